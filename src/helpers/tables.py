"""Turn tables with a column of texts (.csv, .tsv, .jsonl, .parquet) into one text a row, read slice by slice in bounded memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

from helpers.sources import Unreadable, encodable
from helpers.table_lines import Lines

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
TEXT_COLUMNS = ("text", "content", "body", "正文", "内容", "全文", "文本")
FACTS = {"city_zh": str, "city_en": str, "issue_year": int, "issue_number": int, "date": str, "album_number": int, "title": str, "contributor": str}
_SLICE = 4_000_000


class Slice(NamedTuple):
    """A stretch of a table: bytes `start` to `end` (Parquet: row groups), and the number of its first row, from 1."""

    start: int
    end: int
    first_row: int


class Row(NamedTuple):
    """One row's text, or (`text` None) what is wrong with it."""

    number: int
    text: str | None
    facts: dict[str, str | int]
    problem: str = ""
    detail: str = ""


def slices(stream: BinaryIO, suffix: str, *, limit: int) -> Iterator[Slice]:
    """Cut a table into slices of about 4 MB of whole rows, so that each can be read alone.

    Raises
    ------
    Unreadable
        `no_text_column`, `damaged`, `needs_library`.
    """
    if suffix == ".parquet":
        yield from _parquet_slices(stream)
        return
    start, first, place, number = 0, 1, 0, 0
    for number, place in _record_ends(stream, suffix, limit):
        if place - start >= _SLICE:
            yield Slice(start, place, first)
            start, first = place, number + 1
    if place > start:
        yield Slice(start, place, first)


def rows(stream: BinaryIO, suffix: str, part: Slice, *, column: str | None, limit: int) -> Iterator[Row]:
    """Read the rows of one slice.

    Parameters
    ----------
    stream : binary file
        The table, seekable.
    suffix : str
        As in `SUFFIXES`.
    part : Slice
        From `slices`.
    column : str, optional
        Name of the column with the texts; by default the first of `TEXT_COLUMNS` that is there.
    limit : int
        Longest text in characters.
    """
    read = {".parquet": _parquet_rows, ".jsonl": _json_rows, ".ndjson": _json_rows}.get(suffix, _csv_rows)
    for row in read(stream, suffix, part, column, limit):
        yield row if row.text is None or len(row.text) <= limit else Row(row.number, None, {}, "too_large", f"{len(row.text):,} characters, over the limit of {limit:,}.")


def choose_column(columns: list[str], column: str | None) -> str:
    """The column with the texts.

    Raises
    ------
    Unreadable
        With the names of the columns that are there.
    """
    wanted = (column,) if column else TEXT_COLUMNS
    found = next((name for name in wanted if name in columns), None)
    if found is None:
        there = ", ".join(columns[:20]) or "none"
        raise Unreadable("no_text_column", f"No column {' / '.join(wanted)}. Columns there: {there}. Name the one with the texts: read_corpus(…, text_column=…).")
    return found


def _facts(values: dict[str, Any]) -> dict[str, str | int]:
    """What the other columns say of the document, under the names of the table `documents`."""
    facts: dict[str, str | int] = {}
    for name, kind in FACTS.items():
        value = values.get(name)
        if value is None or not str(value).strip():
            continue
        try:
            fact = kind(encodable(str(value)).strip())
        except ValueError:
            continue
        if kind is str or 0 <= fact < 10**9:
            facts[name] = fact
    return facts


# --- lines of text ----------------------------------------------------------------------------------------------------


def _record_ends(stream: BinaryIO, suffix: str, limit: int) -> Iterator[tuple[int, int]]:
    """(number of the row, offset after it): a line of JSON, or a row of a CSV, whose cells may hold line breaks."""
    lines = Lines(stream, 0, None, limit)
    if suffix in (".jsonl", ".ndjson"):
        for number, _ in enumerate(lines, 1):
            yield number, lines.place
        return
    header, reader = _csv_reader(lines, limit)
    yield 0, lines.place
    number = 0
    while True:
        try:
            if next(reader, None) is None:
                return
        except csv.Error:
            pass  # named when the slice is read
        number += 1
        yield number, lines.place


def _csv_reader(lines: Lines, limit: int):
    csv.field_size_limit(limit)
    stream = iter(lines)
    first = next(stream, "").lstrip("\ufeff")
    separator = max(",\t;", key=first.count)
    try:
        header = [name.strip() for name in next(csv.reader(chain([first], stream), delimiter=separator), [])]
    except csv.Error as error:
        raise Unreadable("damaged", f"The first line is no header ({error}). Save the table again as CSV UTF-8.") from None
    return header, csv.reader(stream, delimiter=separator)


def _csv_rows(stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int) -> Iterator[Row]:
    lines = Lines(stream, 0, None, limit)
    header, reader = _csv_reader(lines, limit)
    place = header.index(choose_column(header, column))
    if part.start:
        lines = Lines(stream, part.start, part.end, limit)
        reader = csv.reader(iter(lines), delimiter=_delimiter(reader))
    else:
        lines.end = part.end
    number = part.first_row - 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(number, None, {}, "damaged", f"Row {number} is no CSV ({error}).")
            continue
        if cells is None:
            return
        if len(cells) > place:
            yield Row(number, cells[place], _facts(dict(zip(header, cells, strict=False))))
        elif cells:
            yield Row(number, None, {}, "damaged", f"Row {number} has {len(cells)} cells, the text is in column {place + 1}.")


def _delimiter(reader: Any) -> str:
    return reader.dialect.delimiter


def _json_rows(stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int) -> Iterator[Row]:
    for number, line in enumerate(Lines(stream, part.start, part.end, limit), part.first_row):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Row(number, None, {}, "damaged", f"Line {number} is no JSON ({type(error).__name__}).")
            continue
        values = value if isinstance(value, dict) else {}
        try:
            text = values.get(choose_column(list(map(str, values)), column))
        except Unreadable as error:
            yield Row(number, None, {}, error.problem, f"Line {number}: {error}")
            continue
        if isinstance(text, str):
            yield Row(number, text, _facts(values))
        else:
            yield Row(number, None, {}, "empty" if text is None else "damaged", f"Line {number} has no text.")


# --- Parquet ----------------------------------------------------------------------------------------------------------


def _parquet(stream: BinaryIO):
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise Unreadable("needs_library", "Parquet needs pyarrow: pip install 'city-briefings[scale]', or save the table as CSV.") from None
    try:
        return parquet.ParquetFile(stream, pre_buffer=False)
    except Exception as error:
        raise Unreadable("damaged", f"The Parquet file cannot be opened ({type(error).__name__}).") from None


def _parquet_slices(stream: BinaryIO) -> Iterator[Slice]:
    table = _parquet(stream)
    first = 1
    for group in range(table.metadata.num_row_groups):
        yield Slice(group, group + 1, first)
        first += table.metadata.row_group(group).num_rows


def _parquet_rows(stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int) -> Iterator[Row]:
    table = _parquet(stream)
    columns = table.schema_arrow.names
    chosen = choose_column(columns, column)
    wanted = [chosen, *(name for name in FACTS if name in columns and name != chosen)]
    number = part.first_row - 1
    try:
        for batch in table.iter_batches(batch_size=64, row_groups=range(part.start, part.end), columns=wanted, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                text = values[chosen]
                if isinstance(text, str):
                    yield Row(number, text, _facts(values))
                else:
                    yield Row(number, None, {}, "empty" if text is None else "damaged", f"Row {number} has no text.")
    except Exception as error:
        yield Row(number + 1, None, {}, "damaged", f"Nothing can be read after row {number} ({type(error).__name__}).")
