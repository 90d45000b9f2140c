"""Make sample files from the briefings: many text files, or a PDF. Use these files to try out how
the package reads files, and to measure its speed and memory with a large corpus."""

from __future__ import annotations

import random
from pathlib import Path

from helpers.text import Corpus, Document, takes_corpus


@takes_corpus
def sample_documents(
    corpus: Corpus, n: int, folder: Path, *, sentences: int = 20, seed: int = 0
) -> list[Path]:
    """Write `n` text files of sentences drawn at random from a corpus. The texts make no sense to a
    reader, but suffice to measure speed and memory.

    Parameters
    ----------
    corpus : Corpus
        Where the sentences come from.
    n, sentences : int
        How many files, and how many sentences in each.
    folder : Path
        Where to write the files; it is created if it does not exist.
    seed : int
        The start of the random numbers. Calls with the same seed write the same files.

    Examples
    --------
    >>> from pathlib import Path
    >>> from helpers import read_corpus, sample_documents
    >>> [path.name for path in sample_documents(read_corpus(), 2, Path("samples"))]
    ['sample_00000.txt', 'sample_00001.txt']
    """
    pool = [
        document.text[s.start : s.end]
        for document in corpus
        for s in document.sentences
        if s.kind == "sentence"
    ]
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"sample_{i:05d}.txt" for i in range(n)]
    for path in paths:
        path.write_text("\n".join(draw.choices(pool, k=sentences)) + "\n", encoding="utf8")
    return paths


def sample_pdf(document: Document, path: Path, *, paragraphs: int = 4, per_line: int = 30) -> Path:
    """Write the first paragraphs of a document as a PDF page. All lines have the same number of
    characters, as in a printed briefing, except the last line of a paragraph.

    Examples
    --------
    >>> from pathlib import Path
    >>> from helpers import read_corpus, sample_pdf
    >>> sample_pdf(read_corpus()["000_jiyuan"], Path("sample.pdf")).name
    'sample.pdf'
    """
    from . import canvas, style

    shown = document.text.split("\n")[:paragraphs]
    lines = [text[i : i + per_line] for text in shown for i in range(0, len(text), per_line)]
    with style.drawing("zh", "double") as look:
        page = canvas.new_chart(look, 8.0 + 5.0 * len(lines))
        sheet = canvas.mm_axes(page)
        for i, line in enumerate(lines):
            canvas.write(sheet, 8.0, 8.0 + 5.0 * i, line, size=9)
        page.savefig(path, format="pdf", metadata={"CreationDate": None})
    return path
