"""Tables (CSV, TSV, JSON, Parquet) → a text for each row, with what the other columns say of it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from helpers.characters import encodable

from .decode import Unreadable, encoding_note
from .records import Head, Lines, check_json, read_head, records, text_of

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
TEXT_COLUMNS = tuple("text content body 正文 内容 全文 文本 內容 正文内容 正文內容".split())
_SLICE = 4_000_000
_UNDECODABLE = (
    "undecodable",
    "Bytes in it are no characters in the table's encoding; U+FFFD stands there. Compare with the"
    " original, and save the table as UTF-8.",
)
_LEFT_OUT = "It is left out, as are others like it further down."


class Slice(NamedTuple):
    """A stretch of a table: bytes `start` to `end` (Parquet: row groups), and the number of its
    first row, from 1."""

    start: int
    end: int
    first_row: int


class Row(NamedTuple):
    """One row's text (None where there is none to read), what its other columns say, and (problem,
    detail) of what was odd.

    Row 0 is the table itself: what is odd about all of it.
    """

    number: int
    text: str | None
    facts: dict[str, str | int] = {}
    notes: tuple[tuple[str, str], ...] = ()


def slices(
    stream: BinaryIO, suffix: str, *, limit: int, column: str | None = None
) -> Iterator[Slice]:
    """Cut a table into slices of about 4 MB of whole rows, so that each can be read alone;
    parameters as of `rows`."""
    if suffix == ".parquet":
        yield from _parquet_slices(stream, column)
        return
    start, first, place, number = 0, 1, 0, 0
    for number, place in _record_ends(stream, suffix, limit, column):
        if place - start >= _SLICE:
            yield Slice(start, place, first)
            start, first = place, number + 1
    if place > start:
        yield Slice(start, place, first)


def rows(
    stream: BinaryIO, suffix: str, part: Slice, *, column: str | None, limit: int
) -> Iterator[Row]:
    """Read the rows of one slice.

    Parameters
    ----------
    stream : binary file
        The table, seekable.
    suffix : str
        As in `SUFFIXES`.
    part : Slice
        From `slices`, called with the same column and limit: both cut the same records.
    column : str, optional
        Name of the column with the texts; by default the first of `TEXT_COLUMNS` that is there.
    limit : int
        Longest text in characters.
    """
    readers = {".parquet": _parquet_rows, ".jsonl": _json_rows, ".ndjson": _json_rows}
    read = readers.get(suffix, _csv_rows)
    # columns of which a value that is not understood was named: one row a slice is enough
    told: set[str] = set()
    for number, text, values, notes in read(stream, suffix, part, column, limit):
        if text is None:
            yield Row(number, None, {}, notes)
        elif len(text) > limit:
            detail = f"{len(text):,} characters, over the limit of {limit:,}."
            yield Row(number, None, {}, (("too_large", detail),))
        else:
            facts, odd = read_facts(values)
            for name, found in odd.items():
                if name not in told:
                    told.add(name)
                    detail = f"Row {number}: '{name}' is {found}. {_LEFT_OUT}"
                    notes = (*notes, ("fact_not_read", detail))
            yield Row(number, text, facts, notes)


def choose_column(columns: list[str], column: str | None) -> str:
    """The column with the texts; capitals and spaces around a name count nothing.

    >>> choose_column(["ID", "Text "], None)
    'Text '
    """
    there = {tidy(name): name for name in reversed(columns)}
    found = next((there[name] for name in _wanted(column) if name in there), None)
    if found is None:
        shown = ", ".join(columns[:20]) or "none"
        raise Unreadable(
            "no_text_column",
            f"No column {column or ' / '.join(TEXT_COLUMNS)}. Columns there: {shown}. Name the one"
            " with the texts: read_corpus(…, text_column=…).",
        )
    return found


def _wanted(column: str | None) -> tuple[str, ...]:
    return (tidy(column),) if column else TEXT_COLUMNS


_Notes = tuple[tuple[str, str], ...]
_Read = tuple[int, str | None, dict[str, Any], _Notes]
_KINDS = {bool: "true or false", int: "a number", float: "a number"}
_KINDS |= {bytes: "bytes", list: "a list", dict: "an object"}


def _cell(number: int, text: Any, values: dict[str, Any], notes: _Notes = ()) -> _Read:
    """A row whose column of texts may be empty or hold something else."""
    if isinstance(text, str):
        return number, text, values, notes
    if text is None or text != text:  # a gap in a column of numbers is NaN
        return _lost(number, f"Row {number} has no text.", "empty")
    kind = _KINDS.get(type(text), type(text).__name__)
    return _lost(
        number,
        f"Row {number}: the column of texts holds {kind}, not text. Write text into it, or name"
        " another column: read_corpus(…, text_column=…).",
    )


def _lost(number: int, detail: str, problem: str = "damaged") -> _Read:
    return number, None, {}, ((problem, detail),)


# --- lines of text


def _record_ends(
    stream: BinaryIO, suffix: str, limit: int, column: str | None
) -> Iterator[tuple[int, int]]:
    """(number of the row, offset after it): a line of JSON, or a row of a CSV, whose cells may hold
    line breaks."""
    lines = found = Lines(stream, 0, None, limit)
    if suffix in (".jsonl", ".ndjson"):
        check_json(lines)
        lines = found = Lines(stream, 0, None, limit)
    else:
        head = _csv_head(lines, suffix, column)
        choose_column(head.columns, column)
        yield 0, lines.place
        found = records(lines, head.delimiter)
    for number, _ in enumerate(found, 1):
        yield number, lines.place


def _csv_head(lines: Lines, suffix: str, column: str | None) -> Head:
    wanted, delimiters = _wanted(column), "\t,;" if suffix == ".tsv" else ",\t;"
    return read_head(lines, lambda name: tidy(name) in wanted, delimiters=delimiters)


def _of_table(lines: Lines, part: Slice) -> Iterator[_Read]:
    if part.start == 0 and lines.encoding != "utf-8":
        yield 0, None, {}, (encoding_note(lines.encoding),)


def _csv_rows(
    stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int
) -> Iterator[_Read]:
    lines = Lines(stream, 0, None, limit)
    head = _csv_head(lines, suffix, column)
    place = head.columns.index(choose_column(head.columns, column))
    yield from _of_table(lines, part)
    if part.start:
        lines = Lines(stream, part.start, None, limit)
    lines.end = part.end
    for number, record in enumerate(records(lines, head.delimiter), part.first_row):
        if record.cells == []:
            continue
        text, notes = text_of(record, head, place, number)
        values = dict(zip(head.columns, record.cells or [], strict=False))
        yield number, text, values, (*notes, *_undecodable(text, record.bad))


def _undecodable(text: Any, bad: bool) -> _Notes:
    return (_UNDECODABLE,) if bad and isinstance(text, str) and "\ufffd" in text else ()


def _json_rows(
    stream: BinaryIO, suffix: str, part: Slice, column: str | None, limit: int
) -> Iterator[_Read]:
    lines = Lines(stream, part.start, part.end, limit)
    yield from _of_table(lines, part)
    for number, line in enumerate(lines, part.first_row):
        bad, lines.bad = lines.bad, False
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _lost(number, f"Line {number} is no JSON ({type(error).__name__}).")
            continue
        values = value if isinstance(value, dict) else {}
        try:
            text = values[choose_column(list(values), column)]
        except Unreadable as error:
            yield _lost(number, f"Line {number}: {error}", error.problem)
            continue
        yield _cell(number, text, values, _undecodable(text, bad))


# --- Parquet


def _parquet(stream: BinaryIO):
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise Unreadable(
            "needs_library",
            "Parquet needs pyarrow: pip install pyarrow, or save the table as CSV.",
        ) from None
    try:
        return parquet.ParquetFile(stream, pre_buffer=False)
    except Exception as error:
        detail = f"The Parquet file cannot be opened ({type(error).__name__})."
        raise Unreadable("damaged", detail) from None


def _parquet_slices(stream: BinaryIO, column: str | None) -> Iterator[Slice]:
    table = _parquet(stream)
    choose_column(table.schema_arrow.names, column)
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
    wanted = [chosen, *(name for name in columns if tidy(name) in FACTS and name != chosen)]
    number = part.first_row - 1
    try:
        groups = range(part.start, part.end)
        for batch in table.iter_batches(64, groups, wanted, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                yield _cell(number, values[chosen], values)
    except Exception as error:
        detail = f"Nothing can be read after row {number} ({type(error).__name__})."
        yield _lost(number + 1, detail)


# --- what the other columns say

Fact = str | int
_NUMBER = re.compile(r"(?:总?\s*第\s*)?(\d{1,9})(?:\.0+)?\s*[年期号辑]?")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s].*)?"
    r"|(\d{4})(\d{2})(\d{2})(?:\.0)?",
    re.DOTALL,
)


def read_facts(values: Mapping[Any, Any]) -> tuple[dict[str, Fact], dict[str, str]]:
    """Read the columns named as in the table `documents`; capitals in a name count nothing.

    Returns
    -------
    (facts, odd)
        `odd` has, by column, what a value is and what was expected; its fact is left out, never
        guessed.

    Examples
    --------
    >>> read_facts({"Issue_Year": 2023.0, "issue_number": "第3期", "date": "2024/5/1"})
    ({'issue_year': 2023, 'issue_number': 3, 'date': '2024-05-01'}, {})
    >>> read_facts({"title": ["成效"]})
    ({}, {'title': "['成效'], not text"})
    """
    facts: dict[str, Fact] = {}
    odd: dict[str, str] = {}
    named = {tidy(name): value for name, value in values.items()}
    for name, (read, expected) in FACTS.items():
        value = named.get(name)
        # NaN and NaT are not equal to themselves
        if value is None or value != value or not str(value).strip():
            continue
        fact = read(value)
        if fact is None:
            shown = encodable(str(value))
            odd[name] = f"{shown if len(shown) <= 40 else shown[:40] + '…'}, not {expected}"
        else:
            facts[name] = fact
    return facts, odd


def tidy(name: Any) -> str:
    r"""A column's name as it is compared: `"\ufeffText "` is `text`."""
    return str(name).replace("\ufeff", "").strip().casefold()


def _text(value: Any) -> str | None:
    """Text, or a number as one writes it: 2024.0 is what a column of numbers with a gap makes of
    2024."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    whole = isinstance(value, float) and value.is_integer()
    return encodable(str(int(value) if whole else value)).strip()


def _whole(value: Any) -> int | None:
    found = _NUMBER.fullmatch(_text(value) or "")
    return int(found[1]) if found else None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime.date):  # a datetime is one, too
        return value.isoformat()[:10]
    found = _DATE.fullmatch(_text(value) or "")
    try:
        return datetime.date(*map(int, filter(None, found.groups()))).isoformat() if found else None
    except ValueError:  # 2024-02-30
        return None


_AS_TEXT, _AS_NUMBER = (_text, "text"), (_whole, "a whole number such as 2024")
FACTS: dict[str, tuple[Callable[[Any], Fact | None], str]] = {
    **dict.fromkeys(("city_zh", "city_en"), _AS_TEXT),
    **dict.fromkeys(("issue_year", "issue_number"), _AS_NUMBER),
    "date": (_date, "a date such as 2024-05-01"),
    "album_number": _AS_NUMBER,
    **dict.fromkeys(("title", "contributor"), _AS_TEXT),
}
