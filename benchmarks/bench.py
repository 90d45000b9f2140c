"""Turn the project's own documents into a stopwatch: each function here against what one would
write without it.

The text is made of the shipped briefings' sentences, drawn again and again (seeded) into documents
of the usual length until the size is reached. Contenders take turns on the same text in the same
run; medians are compared.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import (
    Corpus,
    Document,
    analyse,
    clean,
    code_approaches,
    count_themes,
    extract_outcomes,
    find_quantities,
    keyword_in_context,
    read_corpus,
    theme_hits,
    tokenize,
)
from helpers.codebook import DATA, shared_codebook

Work = Callable[[Corpus], int]


@dataclass(frozen=True)
class Task:
    """A job, our way of doing it and others; each takes a corpus and returns how much it found.

    `largest` is the largest size in MB at which the slow contenders are still asked, `up_to` the
    largest of the task; `once` the size from which on it is timed once.
    """

    name: str
    ours: Work
    theirs: dict[str, Work] = field(default_factory=dict)
    largest: float = 10
    up_to: float = 100
    once: float = 1000


def run_bench(
    sizes: Iterable[float] = (1, 10, 100, 400),
    *,
    repeats: int = 3,
    tasks: Iterable[Task] | None = None,
) -> pd.DataFrame:
    """Time every task at every size.

    Returns
    -------
    DataFrame
        `task, size_mb, contender, seconds, mb_per_s, times_slower, found, peak_mb`: median seconds
        of `repeats` interleaved runs after a first one that does not count; `times_slower` than
        ours; `found` = hits, tokens or documents; `peak_mb` = the most memory that one process
        held, measured from 10 MB on for runs in processes of their own.
    """
    rows = []
    for size in sizes:
        corpus = bench_corpus(size)
        megabytes = sum(len(d.text.encode()) for d in corpus) / 1e6
        for task in TASKS if tasks is None else tasks:
            if size > task.up_to:
                continue
            print(f"{megabytes:.0f} MB: {task.name} …", file=sys.stderr)
            contenders = {"ours": task.ours} | (task.theirs if size <= task.largest else {})
            seconds, found = _take_turns(contenders, corpus, repeats if size < task.once else 1)
            for name in contenders:
                median = statistics.median(seconds[name])
                rows.append(
                    (
                        task.name,
                        round(megabytes, 1),
                        name,
                        median,
                        megabytes / median,
                        median / statistics.median(seconds["ours"]),
                        found[name],
                        None,
                    )
                )
        if size >= 10 and tasks is None:
            seconds, peak = _in_own_process(corpus, workers=2)
            rows.append(
                (
                    "all tables from files, memory",
                    round(megabytes, 1),
                    "ours",
                    seconds,
                    megabytes / seconds,
                    1.0,
                    len(corpus),
                    peak,
                )
            )
    columns = [
        "task",
        "size_mb",
        "contender",
        "seconds",
        "mb_per_s",
        "times_slower",
        "found",
        "peak_mb",
    ]
    return pd.DataFrame(rows, columns=columns)


def write_bench(path: Path | None = None, **options) -> pd.DataFrame:
    """Run the benchmark and write its table (data/derived/bench.csv by default)."""
    table = run_bench(**options)
    path = DATA / "derived" / "bench.csv" if path is None else Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.round({"seconds": 4, "mb_per_s": 1, "times_slower": 2, "peak_mb": 0}).to_csv(
        path, index=False, encoding="utf-8-sig", lineterminator="\n"
    )
    return table


def bench_corpus(megabytes: float, *, seed: int = 0) -> Corpus:
    """Distinct documents of about 9 kB, made of sentences of the shipped briefings, up to a size in
    UTF-8."""
    source = read_corpus(DATA / "raw")
    sentences = [
        d.text[s.start : s.end] for d in source for s in d.sentences if s.kind == "sentence"
    ]
    draw, documents, size = random.Random(seed), [], 0
    while size < megabytes * 1e6:
        text = "\n".join("".join(draw.choices(sentences, k=6)) for _ in range(8))
        documents.append(Document(f"{len(documents):06}", clean(text)))
        size += len(text.encode())
    for document in documents:  # a corpus as read: sentences known
        document.sentences  # noqa: B018
    return Corpus(tuple(documents))


def _take_turns(
    contenders: dict[str, Work], corpus: Corpus, repeats: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Run every contender once unmeasured, then all of them in turn, `repeats` times."""
    small = Corpus(corpus.items[:5])
    for work in contenders.values():
        work(small)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    found: dict[str, int] = {}
    for _ in range(repeats):
        for name, work in contenders.items():
            began = time.perf_counter()
            found[name] = work(corpus)
            seconds[name].append(time.perf_counter() - began)
    return seconds, found


def _plain_terms() -> list[str]:
    return [term for term in shared_codebook().matcher.terms if "*" not in term and "?" not in term]


def _jieba_counter(corpus: Corpus) -> int:
    import jieba

    terms = set(_plain_terms())
    counts = [Counter(jieba.lcut(document.text)) for document in corpus]
    return sum(n for count in counts for word, n in count.items() if word in terms)


def _count_vectorizer(corpus: Corpus) -> int:
    import jieba
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        tokenizer=jieba.lcut, vocabulary=_plain_terms(), token_pattern=None, lowercase=False
    )
    return int(vectorizer.fit_transform([document.text for document in corpus]).sum())


def _alternation(corpus: Corpus) -> int:
    pattern = re.compile("|".join(map(re.escape, sorted(_plain_terms(), key=len, reverse=True))))
    return sum(sum(Counter(pattern.findall(document.text)).values()) for document in corpus)


def _first_hits(corpus: Corpus) -> int:
    return len(keyword_in_context(corpus, "供销社", limit=100))


def _every_hit_by_pattern(corpus: Corpus) -> int:
    pattern = re.compile(".{0,20}供销社.{0,20}")
    return sum(len(pattern.findall(document.text)) for document in corpus)


def _tokens(engine: str) -> Work:
    return lambda corpus: sum(
        map(len, tokenize([document.text for document in corpus], engine=engine))
    )


_COUNTERS = {
    "jieba + Counter": _jieba_counter,
    "CountVectorizer(jieba)": _count_vectorizer,
    "re alternation": _alternation,
}


def _anew(corpus: Corpus) -> Corpus:
    """The same documents without what they remember of earlier runs."""
    return Corpus(tuple(replace(document) for document in corpus))


def _numbers(corpus: Corpus) -> int:
    return sum(len(find_quantities(document.text)) for document in corpus)


def _sentences(corpus: Corpus) -> int:
    return sum(len(document.sentences) for document in read_corpus(_texts(corpus).name))


def _digits(corpus: Corpus) -> int:
    pattern = re.compile(r"\d+(?:\.\d+)?[万亿]?[^\W\d_]")
    return sum(len(pattern.findall(document.text)) for document in corpus)


@lru_cache(maxsize=1)
def _texts(corpus: Corpus) -> tempfile.TemporaryDirectory:
    """The corpus as files, written once: that is not what is timed."""
    folder = tempfile.TemporaryDirectory()
    for document in corpus:
        Path(folder.name, f"{document.doc}.txt").write_text(document.raw, encoding="utf8")
    return folder


def _analyse(workers: int) -> Work:
    def work(corpus: Corpus) -> int:
        with tempfile.TemporaryDirectory() as out:
            analyse(_texts(corpus).name, Path(out) / "results", workers=workers, progress=False)
            return len(corpus)

    return work


def _in_own_process(corpus: Corpus, workers: int) -> tuple[float, float]:
    """Seconds of `analyse` in processes of its own, their start included, and the most memory (MB)
    that one of them held."""
    import psutil

    code = (
        "import sys; from helpers.scale import analyse; analyse(sys.argv[1], sys.argv[2],"
        " workers=int(sys.argv[3]), progress=False)"
    )
    peak = 0
    with tempfile.TemporaryDirectory() as out:
        texts, began = _texts(corpus).name, time.perf_counter()
        run = psutil.Popen(
            [sys.executable, "-c", code, texts, str(Path(out) / "results"), str(workers)]
        )
        while run.poll() is None:
            for process in [run, *run.children(recursive=True)] if run.is_running() else []:
                with suppress(psutil.Error):
                    peak = max(peak, process.memory_info().rss)
            time.sleep(0.05)
        if run.returncode:
            raise RuntimeError(
                f"analyse ended with {run.returncode} on {len(corpus)} documents: its message"
                " stands above."
            )
        return time.perf_counter() - began, peak / 1e6


def _loop(corpus: Corpus) -> int:
    """What one would write: read, cut into words, count those wanted, find digits, a row a file."""
    import jieba

    terms, number = set(_plain_terms()), re.compile(r"\d+(?:\.\d+)?%?")
    rows = []
    for path in sorted(Path(_texts(corpus).name).glob("*.txt")):
        text = path.read_text(encoding="utf8")
        words = Counter(word for word in jieba.lcut(text) if word in terms)
        rows.append({"doc": path.stem, "numbers": len(number.findall(text)), **words})
    return len(pd.DataFrame(rows).fillna(0))


TASKS = [
    Task("count themes", lambda corpus: int(count_themes(corpus, n_boot=0)["n"].sum()), _COUNTERS),
    Task(
        "count themes, 999 resamples",
        lambda corpus: int(count_themes(corpus)["n"].sum()),
        {"CountVectorizer(jieba)": _count_vectorizer},
    ),
    Task("words", _tokens("rjieba"), {"jieba": _tokens("jieba")}),
    Task(
        "first 100 hits of a term in context",
        _first_hits,
        {"re over all texts": _every_hit_by_pattern},
        largest=100,
    ),
    Task("documents and sentences from files", _sentences, up_to=10),
    Task("theme hits with quotations", lambda corpus: len(theme_hits(corpus)), up_to=10),
    Task("numbers with units", _numbers, {"re, digits and one character": _digits}, up_to=10),
    Task("outcomes", lambda corpus: len(extract_outcomes(_anew(corpus))), up_to=10),
    Task(
        "instruments",
        lambda corpus: int(code_approaches(_anew(corpus))["n_evidence"].sum()),
        up_to=10,
    ),
    Task(
        "all tables from files, 1 process",
        _analyse(1),
        {"loop of jieba, Counter and re": _loop},
        once=100,
    ),
    Task("all tables from files, 2 processes", _analyse(2), once=100),
]


def main(arguments: list[str] | None = None) -> None:
    """Measure and store, or only show some sizes; then the docs state what was stored."""
    parser = argparse.ArgumentParser(prog="python benchmarks/bench.py", description=__doc__)
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=float,
        metavar="MB",
        help="only show these sizes; without it the usual ones are measured and stored",
    )
    sizes = parser.parse_args(arguments).sizes
    if sizes:
        print(run_bench(sizes).to_string(index=False))
        return
    from helpers.site import update_documents

    print(write_bench().to_string(index=False))
    update_documents(DATA.parent)


if __name__ == "__main__":
    main()
