"""Tables (CSV, TSV, JSON lines, Parquet) → the text and the metadata of each row.

This module reads corpora that come as one table with a row per document. A large table is cut into
slices, which several processes can read at the same time.
"""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from helpers.characters import encodable

from .decode import Unreadable, Warnings, encoding_warning
from .records import Head, Lines, check_json, read_head, records, text_of

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
TEXT_COLUMNS = tuple("text content body 正文 内容 全文 文本 內容 正文内容 正文內容".split())
_SLICE = 4_000_000  # A slice of a table ends with the row that reaches this size in bytes.
# A packed table of real texts has far more than 8 bytes per row, unless its rows repeat one text. A
# small table may have more rows, since a thousand rows do no harm.
_ROW_BYTES = 8
_FEW_ROWS = 1000
_UNDECODABLE = (
    "undecodable",
    "Some bytes of the text are undecodable in the table's encoding, and U+FFFD stands for them."
    " Compare the text with the original, and save the table as UTF-8.",
)


class Slice(NamedTuple):
    """A part of a table, from byte `start` to byte `end`. In a Parquet file `start` and `end` are
    numbers of row groups. `first_row` is the slice's first row, counted from 1 in the table."""

    start: int
    end: int
    first_row: int


class Row(NamedTuple):
    """The text of one row (None if the text cannot be read), the metadata from other columns, and
    warnings. A `Row` with the number 0 is not a row, but holds warnings about the whole table."""

    number: int
    text: str | None
    metadata: dict[str, str | int] = {}
    warnings: Warnings = ()


def slices(
    stream: BinaryIO, suffix: str, *, limit: int, column: str | None = None
) -> Iterator[Slice]:
    """Cut a table into slices of about 4 MB, each of which can be read without the others. The
    docstring of `rows` explains the parameters."""
    if suffix == ".parquet":
        yield from _parquet_slices(stream, column)
        return
    lines = table_rows = Lines(stream, 0, None, limit)
    if suffix in (".jsonl", ".ndjson"):
        check_json(lines)
        lines.back(0)
    else:
        head = _csv_head(lines, suffix, column)
        choose_column(head.columns, column)
        table_rows = records(lines, head.delimiter)
    start, first = 0, 1
    for number, _ in enumerate(table_rows, 1):
        if lines.place - start >= _SLICE:
            yield Slice(start, lines.place, first)
            start, first = lines.place, number + 1
    if lines.place > start:
        yield Slice(start, lines.place, first)


def rows(
    stream: BinaryIO, suffix: str, part: Slice, *, column: str | None, limit: int
) -> Iterator[Row]:
    """Read the rows of one slice. `slices` must have cut the slice with the same column and limit.

    `column` is the name of the column with the texts; by default, it is the first name among
    `TEXT_COLUMNS` that the table has. A text of more than `limit` characters is not read.
    """
    read = {".parquet": _parquet_rows, ".csv": _csv_rows, ".tsv": _csv_rows}.get(suffix, _json_rows)
    # Columns that already led to a warning. One warning per column and slice is enough.
    reported: set[str] = set()
    for number, text, values, warnings in read(stream, suffix, part, column, limit):
        if text is None:
            yield Row(number, None, {}, warnings)
        elif len(text) > limit:
            detail = f"The text has {len(text):,} characters, over the limit of {limit:,}."
            yield Row(number, None, {}, (("too_large", detail),))
        else:
            metadata, wrong = metadata_from_columns(values)
            for name, reason in wrong.items():
                if name not in reported:
                    reported.add(name)
                    remedy = "The value is left out, as are similar values in later rows."
                    detail = f"Row {number}: '{name}' is {reason}. {remedy}"
                    warnings += (("fact_not_read", detail),)
            yield Row(number, text, metadata, warnings)


def choose_column(columns: list[str], column: str | None) -> str:
    """Return the name of the column with the texts. Capital letters and outer spaces are ignored.

    >>> choose_column(["ID", "Text "], None)
    'Text '
    """
    by_tidy_name = {tidy(name): name for name in reversed(columns)}
    for name in _wanted(column):
        if name in by_tidy_name:
            return by_tidy_name[name]
    detail = (
        f"The table has no column {column or ' / '.join(TEXT_COLUMNS)}. Its columns:"
        f" {', '.join(columns[:20]) or 'none'}. Name the column of texts: read_corpus(…,"
        " text_column=…)."
    )
    raise Unreadable("no_text_column", detail)


def _wanted(column: str | None) -> tuple[str, ...]:
    return (tidy(column),) if column else TEXT_COLUMNS


_Read = tuple[int, str | None, dict[str, Any], Warnings]
"""The number of a row, its text, the values of all its columns, and the warnings about the row."""
_KINDS = {bool: "true or false", int: "a number", float: "a number"}
_KINDS |= {bytes: "bytes", list: "a list", dict: "an object"}


def _checked(number: int, text: Any, values: dict[str, Any], bad: bool = False) -> _Read:
    """Return a row with its number, text and values. If `text` is empty or no text (such as a
    number), return a warning instead of the text."""
    if isinstance(text, str):
        return number, text, values, _undecodable(text, bad)
    if text is None or text != text:  # NaN, which is not equal to itself, is an empty cell
        return _unread(number, f"Row {number} has no text.", "empty")
    kind = _KINDS.get(type(text), type(text).__name__)
    detail = (
        f"Row {number}: the column of texts holds {kind}, not text. Write text into it, or name"
        " another column: read_corpus(…, text_column=…)."
    )
    return _unread(number, detail)


def _unread(number: int, detail: str, problem: str = "damaged") -> _Read:
    return number, None, {}, ((problem, detail),)


# --- functions that read CSV, TSV and JSON-lines tables


def _csv_head(lines: Lines, suffix: str, column: str | None) -> Head:
    wanted, delimiters = _wanted(column), "\t,;" if suffix == ".tsv" else ",\t;"
    return read_head(lines, lambda name: tidy(name) in wanted, delimiters=delimiters)


def _table_warnings(lines: Lines, part: Slice) -> Iterator[_Read]:
    if warnings := encoding_warning(lines.encoding) if part.start == 0 else ():
        yield 0, None, {}, warnings


def _csv_rows(
    stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int
) -> Iterator[_Read]:
    lines = Lines(stream, 0, None, limit)
    head = _csv_head(lines, suffix, column)
    place = head.columns.index(choose_column(head.columns, column))
    yield from _table_warnings(lines, part)
    if part.start:
        lines = Lines(stream, part.start, None, limit)
    lines.end = part.end
    for number, record in enumerate(records(lines, head.delimiter), part.first_row):
        if record.cells == []:
            continue
        text, warnings = text_of(record, head, place, number)
        values = dict(zip(head.columns, record.cells or [], strict=False))
        yield number, text, values, warnings + _undecodable(text, record.bad)


def _undecodable(text: str | None, bad: bool) -> Warnings:
    return (_UNDECODABLE,) if bad and "\ufffd" in (text or "") else ()


def _json_rows(
    stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int
) -> Iterator[_Read]:
    lines = Lines(stream, part.start, part.end, limit)
    yield from _table_warnings(lines, part)
    for number, line in enumerate(lines, part.first_row):
        bad, lines.bad = lines.bad, False
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _unread(number, f"Line {number} is not valid JSON ({type(error).__name__}).")
            continue
        values = value if isinstance(value, dict) else {}
        try:
            text = values[choose_column(list(values), column)]
        except Unreadable as error:
            yield _unread(number, f"Line {number}: {error}", error.problem)
            continue
        yield _checked(number, text, values, bad)


# --- functions that read Parquet tables


def _parquet(stream: BinaryIO):
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        detail = "Parquet needs pyarrow: pip install pyarrow, or save the table as CSV."
        raise Unreadable("needs_library", detail) from None
    try:
        return parquet.ParquetFile(stream, pre_buffer=False)
    except MemoryError:
        raise
    except Exception as error:
        detail = f"The Parquet file cannot be opened ({type(error).__name__})."
        raise Unreadable("damaged", detail) from None


def _parquet_slices(stream: BinaryIO, column: str | None) -> Iterator[Slice]:
    table = _parquet(stream)
    choose_column(table.schema_arrow.names, column)
    size, n_rows = stream.seek(0, io.SEEK_END), table.metadata.num_rows
    if n_rows > _FEW_ROWS + size // _ROW_BYTES:
        detail = (
            f"{size:,} bytes hold {n_rows:,} rows, unlike any table of real documents. Check where"
            " the file comes from."
        )
        raise Unreadable("too_many_rows", detail)
    first = 1
    for group in range(table.metadata.num_row_groups):
        yield Slice(group, group + 1, first)
        first += table.metadata.row_group(group).num_rows


def _parquet_rows(
    stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int
) -> Iterator[_Read]:
    table = _parquet(stream)
    columns = table.schema_arrow.names
    chosen = choose_column(columns, column)
    wanted = [chosen, *(name for name in columns if tidy(name) in METADATA and name != chosen)]
    number = part.first_row - 1
    try:
        groups = range(part.start, part.end)
        for batch in table.iter_batches(64, groups, wanted, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                yield _checked(number, values[chosen], values)
    except MemoryError:
        raise
    except Exception as error:
        detail = f"Nothing can be read after row {number} ({type(error).__name__})."
        yield _unread(number + 1, detail)


# --- functions that read metadata from the other columns of a table

_NUMBER = re.compile(r"(?:总?\s*第\s*)?(\d{1,9})(?:\.0+)?\s*[年期号辑]?")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s].*)?"
    r"|(\d{4})(\d{2})(\d{2})(?:\.0)?",
    re.DOTALL,
)


def metadata_from_columns(
    values: Mapping[Any, Any],
) -> tuple[dict[str, str | int], dict[str, str]]:
    """Read those columns of a row that hold metadata, such as `title` and `date`.

    Capital letters in names are ignored. The first result is the metadata by column. The second
    result holds, by column, each value that was not understood and what was expected instead.

    >>> metadata_from_columns({"Issue_Year": 2023.0, "issue_number": "第3期", "date": "2024/5/1"})
    ({'issue_year': 2023, 'issue_number': 3, 'date': '2024-05-01'}, {})
    >>> metadata_from_columns({"title": ["成效"]})
    ({}, {'title': "['成效'], not text"})
    """
    metadata, wrong = {}, {}
    by_tidy_name = {tidy(name): value for name, value in values.items()}
    for name, (read, expected) in METADATA.items():
        cell = by_tidy_name.get(name)
        # NaN and NaT, the empty cells of pandas, are not equal to themselves.
        if cell is None or cell != cell or not str(cell).strip():
            continue
        value = read(cell)
        if value is None:
            shown = encodable(str(cell))
            wrong[name] = f"{shown[:40]}{'…' if len(shown) > 40 else ''}, not {expected}"
        else:
            metadata[name] = value
    return metadata, wrong


def tidy(name: Any) -> str:
    r"""Return a column's name in the form used to compare names. The name `"\ufeffText "` gives
    `text`."""
    return str(name).replace("\ufeff", "").strip().casefold()


def _text(cell: Any) -> str | None:
    """Return a text or a number as text, and None for any other cell. The number 2024.0
    gives "2024", since pandas turns 2024 into 2024.0 in a column with empty cells."""
    if not isinstance(cell, (str, int, float)) or isinstance(cell, bool):
        return None
    is_whole = isinstance(cell, float) and cell.is_integer()
    return encodable(str(int(cell) if is_whole else cell)).strip()


def _whole_number(cell: Any) -> int | None:
    match = _NUMBER.fullmatch(_text(cell) or "")
    return int(match[1]) if match else None


def _date(cell: Any) -> str | None:
    if isinstance(cell, datetime.date):  # a datetime is a date, too
        return cell.isoformat()[:10]
    match = _DATE.fullmatch(_text(cell) or "")
    if match is None:
        return None
    try:
        return datetime.date(*map(int, filter(None, match.groups()))).isoformat()
    except ValueError:  # a day that does not exist, such as 2024-02-30
        return None


_AS_TEXT, _AS_NUMBER = (_text, "text"), (_whole_number, "a whole number such as 2024")
METADATA: dict[str, tuple[Callable[[Any], str | int | None], str]] = {
    **dict.fromkeys(("city_zh", "city_en"), _AS_TEXT),
    **dict.fromkeys(("issue_year", "issue_number"), _AS_NUMBER),
    "date": (_date, "a date such as 2024-05-01"),
    "album_number": _AS_NUMBER,
    **dict.fromkeys(("title", "contributor"), _AS_TEXT),
}
"""For each metadata column, the function that reads its cells, and what a cell should hold."""
