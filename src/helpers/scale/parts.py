"""The documents of one part of a corpus → tables of results in Parquet files.

Each worker process runs `run_part`. The module `analysis` divides the corpus into parts, and the
module `executors` starts the processes.
"""

from __future__ import annotations

import functools
import gc
import io
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.readers import SIZE_LIMIT, Entry, Problems, read_entries
from helpers.text import Corpus, Document, make_document
from helpers.writing import write_atomically

from .records import Damaged, describe_bytes, describe_file, read_record, write_record

# For each table, the function that makes it from a corpus, as "subpackage:function". A new table
# needs only a new line in `TABLE_BUILDERS`.
TABLE_BUILDERS = {
    "theme_hits": "themes:theme_hits",
    "approach_evidence": "approaches:approach_evidence",
    "outcomes": "outcomes:extract_outcomes",
}
TABLES = ("documents", "sentences", *TABLE_BUILDERS, "problems")
BLOCK = 500_000  # number of characters analysed at a time, about 1.5 MB of Chinese text


@dataclass(frozen=True)
class Job:
    """What to do for one part: the documents, how to read them, and the folder for the tables."""

    number: int
    entries: tuple[Entry, ...]
    out: str
    codebook: str | None = None  # Path of the codebook, or None for this package's own codebook.
    digest: str = ""  # Hash of the codebook's contents when the run began.
    size_limit: int = SIZE_LIMIT
    text_column: str | None = None
    # How to read documents that do not show whether their decimal points were lost ("intact" or
    # "lost"). If None, the first documents of the part decide.
    unknown_as: str | None = None
    # Entries that crashed a process in an earlier attempt, so that they are reported and not read
    # again.
    crashing_entries: frozenset[Entry] = frozenset()
    run: str = ""  # Id of the call of `analyse` that made this job.
    # Facts that identify the documents and settings of the whole run. The mark of a part repeats
    # the facts that identify the run.
    plan: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.entries)

    @property
    def files(self) -> str:
        """Return the names of the first and last file of the job, for messages."""
        return f"{self.entries[0].name} to {self.entries[-1].name}"


def run_part(job: Job) -> int:
    """Read a part's documents, write their tables, mark the part as done, and return its number. If
    a later call of `analyse` has taken over the folder, write nothing and raise RuntimeError."""
    out, problems, unknown_as = Path(job.out), Problems(), job.unknown_as
    stem, states = f"{job.number:06d}", dict.fromkeys(("intact", "lost", "unknown"), 0)
    with _Writers(out, stem) as writers, _without_garbage_collection():
        codebook = _codebook(job)
        for documents in _blocks(job, codebook, problems):
            unknown_as = unknown_as or Corpus(documents, codebook=codebook).unknown_read_as
            corpus = Corpus(documents, unknown_as=unknown_as, codebook=codebook)
            for tables in _tabulate(corpus, problems):
                for state, n in tables["documents"]["decimals"].value_counts().items():
                    states[state] += n
                writers.add(tables)
        _check_run(job, out)
        try:
            files = writers.finish()
        except FileNotFoundError:
            # gives a clearer error if another call of `analyse` removed the files
            _check_run(job, out)
            raise
    files |= write_problems(out, stem, problems.rows)
    mark = {
        "part": job.number,
        "plan": job.plan,
        "bytes": job.size,
        "unknown_as": unknown_as,
        "rows": writers.n_rows | {"problems": len(problems.rows)},
        "files": files,
        "crashing_entries": [n for n, e in enumerate(job.entries) if e in job.crashing_entries],
    }
    write_record(out / "done" / f"{stem}.json", mark | states)
    return job.number


def _check_run(job: Job, out: Path) -> None:
    try:
        run = read_record(out / "manifest.json").get("run") if job.run else ""
    except Damaged as error:
        raise RuntimeError(
            f"'{out.name}': {error}, while analyse was running. Call analyse again with the same"
            " arguments: parts that are done stay."
        ) from None
    if run != job.run:
        problem = f"Another call of analyse writes to '{out.name}' now, so this call ends."
        raise RuntimeError(f"{problem} Run one call at a time.")


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Switch Python's garbage collector off while a part is read. The collector would find nothing
    to free, and its search would take 5 % of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _blocks(job: Job, codebook: Codebook, problems: Problems) -> Iterator[tuple[Document, ...]]:
    """Yield the documents of a part in groups of about 1.5 MB of text."""
    block, size = [], 0
    for entry in job.entries:
        if entry in job.crashing_entries:
            rows = f" (its rows from {entry.part.first_row:,} on)" if entry.part else ""
            detail = f"Reading the file{rows} crashed the process. Check or convert the file."
            problems.add(entry.name, "crashed", detail, entry.doc)
    entries = [entry for entry in job.entries if entry not in job.crashing_entries]
    reading = {"size_limit": job.size_limit, "text_column": job.text_column}
    for source in read_entries(entries, problems, **reading):
        try:
            document = make_document(source, problems, codebook)
            document.decimals  # noqa: B018 - read now, so that an error costs only this document
        except Exception as error:
            problems.add(source.name, "failed", _describe(error), source.doc)
            continue
        block.append(document)
        size += len(source.raw)
        if size >= BLOCK:
            yield tuple(block)
            block, size = [], 0
    if block:
        yield tuple(block)


def _tabulate(corpus: Corpus, problems: Problems) -> Iterator[dict[str, pd.DataFrame]]:
    """Yield all tables of the documents in a corpus. If a table cannot be built, analyse the
    documents again one by one, and report and leave out each document that causes an error."""
    try:
        tables = {name: build(corpus) for name, build in load_builders().items()}
        yield {"documents": corpus.documents, "sentences": corpus.sentences} | tables
    except Exception as error:
        if len(corpus) == 1:
            problems.add(corpus.items[0].source, "failed", _describe(error), corpus.items[0].doc)
            return
        for document in corpus:
            yield from _tabulate(replace(corpus, items=(document,)), problems)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


@functools.cache
def load_builders() -> dict[str, Any]:
    """Import and return the functions that make the tables, by the name of the table."""
    places = {name: f"helpers.{place}" for name, place in TABLE_BUILDERS.items()}
    return {name: pkgutil.resolve_name(place) for name, place in places.items()}


def _codebook(job: Job) -> Codebook:
    """Return the codebook of a job. Raise ValueError if the codebook has changed since the run
    began."""
    codebook = shared_codebook(job.codebook)
    if job.digest and codebook.digest != job.digest:
        raise ValueError(
            f"The codebook '{codebook.source}' is not the one that this run began with: its tables"
            " differ on this machine or were edited later. Copy the same tables to every"
            " machine, or call analyse again with another folder for the results."
        )
    return codebook


# --- functions that write the tables of a part


class _Writers:
    """Writes the tables of one part, a group of documents at a time. The table files have hidden
    names until all of them are complete and `finish` renames them."""

    def __init__(self, out: Path, stem: str) -> None:
        self.out, self.stem = out, stem
        self.open: dict[str, Any] = {}
        self.n_rows: dict[str, int] = {}

    def __enter__(self) -> _Writers:
        return self

    def add(self, tables: dict[str, pd.DataFrame]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as parquet

        for name, frame in tables.items():
            table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
            if name not in self.open:
                place, schema = self._hidden(name), table.schema
                self.open[name] = parquet.ParquetWriter(place, schema, compression="zstd")
            self.open[name].write_table(table.cast(self.open[name].schema))
            self.n_rows[name] = self.n_rows.get(name, 0) + len(frame)

    def finish(self) -> dict[str, dict[str, Any]]:
        """Complete all table files and replace their hidden names by the final names. Return the
        size and the hash of each file by the name of the table."""
        for writer in self.open.values():
            writer.close()
        files = {name: describe_file(self._hidden(name)) for name in self.open}
        for name in TABLES[:-1]:
            path = self.out / name / f"{self.stem}.parquet"
            if name in self.open:
                os.replace(self._hidden(name), path)
            else:
                path.unlink(missing_ok=True)
        self.open = {}
        return files

    def __exit__(self, *error: object) -> None:
        for name, writer in self.open.items():
            with suppress(OSError):  # the disk may be full; the next line removes the file
                writer.close()
            self._hidden(name).unlink(missing_ok=True)

    def _hidden(self, name: str) -> Path:
        return self.out / name / f".{self.stem}.parquet.{os.getpid()}.tmp"


def make_folders(out: Path) -> None:
    for name in ("done", *TABLES):
        (out / name).mkdir(parents=True, exist_ok=True)


def write_problems(out: Path, stem: str, rows: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Write rows to the file `stem` of the table `problems`, and return the size and the hash of
    the file by the name of the table. Without rows, remove the file and return an empty dict."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = out / "problems" / f"{stem}.parquet"
    if not rows:
        path.unlink(missing_ok=True)
        return {}
    schema = pa.schema([(name, pa.string()) for name in ("source", "doc", "problem", "detail")])
    safe = [
        {name: value.encode("utf8", "replace").decode() for name, value in row.items()}
        for row in rows
    ]
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(safe, schema), buffer)
    write_atomically(path, buffer.getvalue())
    return {"problems": describe_bytes(buffer.getvalue())}
