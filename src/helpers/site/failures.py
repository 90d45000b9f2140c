"""Say in plain words, in Chinese and English, which notebook or page failed and why, so that a run
can keep all other results. The sentences are in data/text/pages.csv."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat

from helpers.escaping import MarkdownText
from helpers.labels import text_of
from helpers.study import Bilingual

# The sentences about an error that ended a notebook before its last cell.
_STOPPED = {
    "timeout": ("failed.timeout_reason", "failed.timeout"),
    "kernel": ("failed.kernel_reason", "failed.kernel"),
}


@dataclass(frozen=True)
class Failure:
    """What failed, in Chinese and English: the name of a notebook or page, the `reason` in one
    sentence, and the same with a `remedy` for the person who ran the command."""

    name: str
    reason: Bilingual
    remedy: Bilingual


def failure_of(notebook: nbformat.NotebookNode, name: str, stop: str = "") -> Failure | None:
    """Return why an executed notebook failed, or None if it did not. `stop` says what ended the
    notebook before its last cell: a `timeout`, or the end of its process (`kernel`). Without such
    an end, the first cell that failed is described. Further cells that failed are counted."""
    failed = list(_errors(notebook))
    if not failed and not stop:
        return None
    if stop:
        executed = [at for at, cell in _code_cells(notebook) if cell.get("execution_count")]
        at, values, rows = [0, *executed][-1], {}, _STOPPED[stop]
    else:
        at, output = failed.pop(0)
        values = {"error": _one_line(output), "kind": _kind(output.ename)}
        rows = ("failed.cell_reason", "failed.cell")
    values |= {"cell": at, "heading": _heading(notebook, at), "file": f"failed/{name}.ipynb"}
    texts = [_sentence(row, values) for row in rows]
    if failed:
        more = _sentence("failed.more", {"n": len(failed)})
        texts = [Bilingual(text.zh + more.zh, f"{text.en} {more.en}") for text in texts]
    return Failure(name, *texts)


def failure_outside_cells(name: str, error: Exception) -> Failure:
    """Return the failure of a notebook or page that an error ended outside all cells, such as an
    error of the disk."""
    message = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    values = {"error": f"{type(error).__name__}: {message}", "kind": _kind(type(error).__name__)}
    return Failure(
        name, _sentence("failed.outside", values), _sentence("failed.outside_remedy", values)
    )


def without_errors(notebook: nbformat.NotebookNode, failure: Failure) -> nbformat.NotebookNode:
    """Return a failed notebook for readers: the reason of the failure follows the title, and the
    messages of Python are replaced by a sentence that says what is missing."""
    missing = Bilingual(*text_of("text/pages").both("failed.here"))
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            kept = [output for output in cell.outputs if output.output_type != "error"]
            if len(kept) < len(cell.outputs):
                kept.append(_plain_output(missing))
            cell.outputs = kept
        cells.append(cell)
    head = text_of("text/pages").both("failed.notebook")
    notice = [
        nbformat.v4.new_markdown_cell(
            MarkdownText("**{head}** {reason}").format(head=lead, reason=reason),
            metadata={"tags": [tag]},
        )
        for lead, reason, tag in zip(head, failure.reason, ("lang-zh", "lang-en"), strict=True)
    ]
    titles = next((at for at, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    notebook.cells = [*cells[:titles], *reversed(notice), *cells[titles:]]
    return notebook


def _plain_output(text: Bilingual) -> nbformat.NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=f"{text.en} {text.zh}\n")


def _code_cells(
    notebook: nbformat.NotebookNode,
) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    return ((at, cell) for at, cell in enumerate(notebook.cells) if cell.cell_type == "code")


def _errors(
    notebook: nbformat.NotebookNode,
) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    """Yield the first error output of each cell that failed, with the position of this cell."""
    for at, cell in _code_cells(notebook):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors:
            yield at, errors[0]


def _one_line(output: nbformat.NotebookNode) -> str:
    message = (output.evalue.strip().splitlines() or [""])[0].rstrip(".")
    return f"{output.ename}: {message}"


def _kind(name: str) -> Bilingual:
    """Return in plain words what an error of Python means."""
    texts = text_of("text/pages")
    row = f"failed.kind_{name}"
    return Bilingual(*texts.both(row if row in set(texts) else "failed.kind"))


def _heading(notebook: nbformat.NotebookNode, at: int) -> Bilingual:
    """Return the heading above a cell in each language. The texts of a notebook stand in cells of
    one language, which their tags `lang-zh` and `lang-en` name."""
    texts = text_of("text/pages").both("failed.beginning")
    found = []
    for beginning, other in zip(texts, ("lang-en", "lang-zh"), strict=True):
        above = [
            cell.source
            for cell in notebook.cells[:at]
            if cell.cell_type == "markdown" and other not in cell.metadata.get("tags", ())
        ]
        headings = re.findall(r"^#+ *(.*)", "\n".join(above), re.M)
        found.append([beginning, *headings][-1].strip())
    return Bilingual(*found)


def _sentence(row: str, values: dict[str, object]) -> Bilingual:
    """Return a sentence of data/text/pages.csv in both languages."""
    filled = []
    for side, lang in enumerate(Bilingual._fields):
        shown = {
            key: value[side] if isinstance(value, Bilingual) else value
            for key, value in values.items()
        }
        filled.append(text_of("text/pages").say(row, lang, **shown))
    return Bilingual(*filled)
