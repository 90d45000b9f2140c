"""Files, archives and tables → the raw text of each document.

The ending of a file's name tells the format of the file. `expand` lists the documents, but reads
none of them. `read_entries` reads the listed documents, in the same process or in another one.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZipFile

from helpers.characters import encodable

from . import process, tables
from .decode import SIZE_LIMIT, Problems, Source, Text, Unreadable, describe, read_plain
from .files import DEPTH_LIMIT, RAISE_LIMIT, members, open_zip, read_member, readable
from .web import read_html, read_markdown

READERS: dict[str, Callable[[bytes, int], Text]] = {
    ".txt": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
SUFFIXES = (*READERS, ".docx", ".pdf", *tables.SUFFIXES, ".zip")


@dataclass(frozen=True)
class Entry:
    """One thing to read: a file, a file in an archive, or some consecutive rows of a table."""

    name: str  # the name that messages show, such as archive.zip/table.csv
    path: Path
    # The position of the file in its archive. (Its name would not do, since two files in an archive
    # may have the same name.) For a file in an archive in an archive, both positions, the outer one
    # first.
    inside: tuple[int, ...] = ()
    size: int = 0  # number of bytes when unpacked; for a Parquet file, an estimate
    part: tables.Slice | None = None
    doc: str = ""  # id of the document; if the rows are documents, id of the table

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix.lower()


def read_sources(
    files: list[tuple[str, Path]], problems: Problems, **options: Any
) -> Iterator[Source]:
    """Read every document in the given files, archives and tables. A document that cannot be read
    adds a row to `problems`. `options` are the keyword arguments that `expand` explains."""
    return read_entries(expand(files, problems, **options), problems, **options)


def no_documents(path: str | Path | Sequence[str | Path]) -> tuple[str, str, str]:
    """Return a row for the table `problems` that says that a path holds no document.

    >>> no_documents([])
    ('', 'no_documents', 'The list holds no document. Give files, or folders that hold some.')
    """
    is_path = isinstance(path, (str, Path))
    name, what = (readable(Path(path).name), "folder") if is_path else ("", "list")
    detail = f"The {what} holds no document. Give files, or folders that hold some."
    return name, "no_documents", detail


# --- functions that list the documents to read


def expand(
    files: Iterable[tuple[str, Path]],
    problems: Problems,
    *,
    size_limit: int = SIZE_LIMIT,
    text_column: str | None = None,
) -> Iterator[Entry]:
    """List the documents in the given files without reading the documents. Archives and tables are
    opened only to list their contents. Each file that cannot be read adds a row to `problems`.

    A document may have at most `size_limit` bytes, and an archive at most 20 times `size_limit`.
    `text_column` names the column of a table that holds the texts, and helps to find the header.
    """
    taken: dict[str, int] = {}
    is_limited = process.MEMORY_IS_LIMITED
    try:
        for name, path in files:
            try:
                doc = table = ""
                file = Entry(name, path, (), path.stat().st_size)
                with ExitStack() as stack:
                    for entry in _Listing(stack, problems, size_limit, text_column).entries(file):
                        same_table = entry.part is not None and entry.name == table
                        doc = doc if same_table else unique_id(entry.name, taken)
                        table = entry.name
                        if not is_limited and entry.suffix in process.SUFFIXES:
                            problems.add(*process.NO_LIMIT)
                            is_limited = True  # one row about the missing limit is enough
                        yield replace(entry, doc=doc)
            except Exception as error:  # whatever the error, go on with the next file
                _add(problems, name, error)
    finally:
        process.end_processes()


def unique_id(name: str, taken: dict[str, int]) -> str:
    """Return an id for a file: its name without the ending, plus a number if another file has this
    id. `taken` holds the ids in use, and this function adds the new id to the dict.

    >>> taken = {}
    >>> [unique_id(name, taken) for name in ("a/report.txt", "b/report.pdf", "c/report.txt")]
    ['report', 'report_2', 'report_3']
    """
    # an id such as table#000012 means a row of a table
    stem = doc = PurePath(name).stem.replace("#", "_")
    while doc in taken:
        taken[stem] += 1
        doc = f"{stem}_{taken[stem]}"
    taken[doc] = 1
    return doc


class _Listing(NamedTuple):
    """Lists what is to be read: a file itself, the files in an archive, or slices of a table."""

    stack: ExitStack
    problems: Problems
    limit: int
    column: str | None

    def entries(self, entry: Entry, archive: ZipFile | None = None) -> Iterator[Entry]:
        try:
            if entry.suffix not in SUFFIXES:
                ending = f"the ending '{entry.suffix}'" if entry.suffix else "no ending"
                remedy = f"Save the file as one of {', '.join(SUFFIXES)}."
                raise Unreadable("unknown_format", f"Files with {ending} are not read. {remedy}")
            if entry.size == 0:
                raise Unreadable("empty", "The file has no text.")
            if entry.suffix == ".zip":
                yield from self._archived(entry, archive)
            elif entry.suffix in tables.SUFFIXES:
                yield from self._slices(entry, archive)
            elif entry.size > self.limit:
                detail = f"The file has {entry.size:,} bytes, over the limit of {self.limit:,}."
                raise Unreadable("too_large", f"{detail} {RAISE_LIMIT}")
            else:
                yield entry
        except Unreadable as error:
            _add(self.problems, entry.name, error)

    def _archived(self, entry: Entry, outer: ZipFile | None) -> Iterator[Entry]:
        if len(entry.inside) >= DEPTH_LIMIT:
            detail = f"Archives in archives are read to a depth of {DEPTH_LIMIT}."
            raise Unreadable("nested_too_deep", f"{detail} Unpack the outer archive.")
        archive = self.stack.enter_context(open_zip(_stream(entry, self.stack, outer, self.limit)))
        contents = list(members(archive, limit=self.limit))
        if not contents:
            raise Unreadable("empty", "The archive holds no document.")
        for member in contents:
            name = f"{entry.name}/{member.name}" if member.name else entry.name
            if member.problem:
                self.problems.add(name, member.problem, member.detail)
            else:
                inside = (*entry.inside, member.key)
                yield from self.entries(Entry(name, entry.path, inside, member.size), archive)

    def _slices(self, entry: Entry, archive: ZipFile | None) -> Iterator[Entry]:
        reading = {"limit": self.limit, "column": self.column}
        if entry.suffix in process.SUFFIXES:
            origin = _origin(entry, archive, self.limit)
            parts = process.read_slices(origin, entry.suffix, **reading)
        else:
            stream = _stream(entry, self.stack, archive, self.limit)
            parts = list(tables.slices(stream, entry.suffix, **reading))
        if not parts:
            raise Unreadable("empty", "The table has no rows.")
        for part in parts:  # the size of a Parquet file is divided equally among its slices
            shared = entry.suffix == ".parquet"
            size = entry.size // len(parts) if shared else part.end - part.start
            yield replace(entry, size=size, part=part)


def _stream(entry: Entry, stack: ExitStack, archive: ZipFile | None, limit: int) -> BinaryIO:
    origin = _origin(entry, archive, limit)
    if isinstance(origin, bytes):
        return io.BytesIO(origin)
    return stack.enter_context(origin.open("rb"))


def _origin(entry: Entry, archive: ZipFile | None, limit: int) -> Path | bytes:
    """Return the path of a file, or the bytes of a file in an archive."""
    return entry.path if archive is None else read_member(archive, entry.inside[-1], limit=limit)


# --- functions that read the listed documents


def read_entries(
    entries: Iterable[Entry],
    problems: Problems,
    *,
    size_limit: int = SIZE_LIMIT,
    text_column: str | None = None,
) -> Iterator[Source]:
    """Read the documents that `expand` listed. If consecutive entries come from the same archive,
    the archive is opened only once."""
    by_archive = groupby(entries, lambda entry: (entry.path, entry.inside[:-1], bool(entry.inside)))
    for (path, outer, packed), group in by_archive:
        with ExitStack() as stack:
            try:
                archive = _open_archive(path, outer, stack, size_limit) if packed else None
            except (Unreadable, OSError) as error:
                for entry in group:
                    _add(problems, entry.name, error)
            # After an error the loop above has used up `group`, so that this loop reads nothing.
            for entry in group:
                yield from _read_entry(entry, archive, problems, size_limit, text_column)


def _open_archive(path: Path, outer: tuple[int, ...], stack: ExitStack, limit: int) -> ZipFile:
    archive = stack.enter_context(open_zip(stack.enter_context(path.open("rb"))))
    for key in outer:
        archive = stack.enter_context(open_zip(read_member(archive, key, limit=limit)))
    return archive


def _read_entry(
    entry: Entry, archive: ZipFile | None, problems: Problems, limit: int, column: str | None
) -> Iterator[Source]:
    try:
        if entry.part is not None:
            with closing(_rows(entry, archive, limit, column)) as rows:
                yield from _read_rows(entry, rows, problems)
            return
        text, sha256 = _read_text(entry, archive, limit)
    # Catch all errors: each library has its own errors, and the next file must still be read.
    except Exception as error:
        _add(problems, entry.name, error)
        return
    if not text.raw.strip():
        problems.add(entry.name, "empty", "The file has no text.")
        return
    for problem, detail in text.warnings:
        problems.add(entry.name, problem, detail)
    raw = _encodable(entry.name, text.raw, problems)
    layout = (text.page_starts, text.point_gaps)
    yield Source(entry.name, raw, sha256, entry.doc, *layout, paragraphs=text.paragraphs)


def _read_text(entry: Entry, archive: ZipFile | None, limit: int) -> tuple[Text, str]:
    """Return the text of a file and the SHA-256 hash of its bytes."""
    if entry.suffix in process.SUFFIXES:
        return process.read_text(_origin(entry, archive, limit), entry.suffix, limit=limit)
    with ExitStack() as stack:
        data = _stream(entry, stack, archive, limit).read()
    return READERS[entry.suffix](data, limit), hashlib.sha256(data).hexdigest()


def _rows(
    entry: Entry, archive: ZipFile | None, limit: int, column: str | None
) -> Iterator[tables.Row]:
    """Yield the rows of a slice of a table."""
    reading = {"limit": limit, "column": column}
    if entry.suffix in process.SUFFIXES:
        origin = _origin(entry, archive, limit)
        reading["size"] = entry.size
        yield from process.read_rows(origin, entry.suffix, entry.part, **reading)
        return
    with ExitStack() as stack:
        stream = _stream(entry, stack, archive, limit)
        yield from tables.rows(stream, entry.suffix, entry.part, **reading)


def _read_rows(entry: Entry, rows: Iterator[tables.Row], problems: Problems) -> Iterator[Source]:
    number = 0
    for row in rows:
        number = row.number
        name = f"{entry.name}#{number}" if number else entry.name
        for problem, detail in row.warnings:
            problems.add(name, problem, detail)
        if row.text and not row.text.isspace():
            raw = _encodable(name, row.text, problems)
            sha256 = hashlib.sha256(raw.encode("utf8")).hexdigest()
            yield Source(name, raw, sha256, f"{entry.doc}#{number:06d}", metadata=row.metadata)
        elif row.text is not None:
            problems.add(name, "empty", f"Row {number} has no text.")
    if not number:  # no row was read; a row with the number 0 only holds warnings
        detail = f"The table ends before row {entry.part.first_row}."
        problems.add(entry.name, "empty", detail)


def _encodable(name: str, raw: str, problems: Problems) -> str:
    text = encodable(raw)
    if text != raw:
        found = "Some characters are incomplete, and the text has U+FFFD in their place"
        reason = "the file was cut or badly converted. Compare the text with the original."
        problems.add(name, "surrogates", f"{found}: {reason}")
    return text


def _add(problems: Problems, name: str, error: Exception) -> None:
    problems.add(name, *describe(error))
