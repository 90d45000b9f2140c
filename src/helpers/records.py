"""Turn the lines of a CSV into records: cells in quotation marks over several lines, or, where
these are wrong, a line as it stands."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import NamedTuple

from helpers.sources import Unreadable
from helpers.table_lines import Lines

# characters: one opening quotation mark that is never closed must not fill the memory
_LONGEST_CELL = 10_000_000
_HEADER_WITHIN = 5


class Record(NamedTuple):
    """One record of a CSV.

    Attributes
    ----------
    cells : list of str, optional
        None where not even the line can be split.
    error : str
        Why the record is a line as it stands, with its quotation marks; empty for a sound one.
    bad : bool
        Whether it held bytes that are no characters.
    """

    cells: list[str] | None
    error: str = ""
    bad: bool = False


class Head(NamedTuple):
    """What the top of a CSV says: the names of the columns and what divides the cells."""

    columns: list[str]
    delimiter: str


def records(lines: Lines, delimiter: str) -> Iterator[Record]:
    r"""Read records one by one; `lines` stands behind the last one given.

    A quotation mark out of place (`"十四五"以来`, or one that is never closed) makes a record of
    one line, as it stands, and reading goes on with the next line: it does not swallow the rows
    behind it. Whether the lines end with the table or with a slice of it makes no difference: a
    record that fails in the one fails in the other.

    Examples
    --------
    >>> import io
    >>> lines = Lines(io.BytesIO('1,"十四五"以来\n2,"走访\n12家"\n'.encode()), 0, None, 100)
    >>> [record.cells for record in records(lines, ",")]
    [['1', '"十四五"以来'], ['2', '走访\n12家']]
    """
    csv.field_size_limit(min(lines.limit // 4, _LONGEST_CELL))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.mark()
        lines.bad = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.back(start)
            yield Record(_as_it_stands(next(lines), delimiter), str(error), lines.bad)
        else:
            yield Record(cells, "", lines.bad)


def read_head(lines: Lines, is_wanted: Callable[[str], bool], *, delimiters: str) -> Head:
    """Find the header: the first of the first five records with a column that is wanted, else the
    first record.

    Spreadsheets put `sep=;`, a title or an empty line before it. `lines` then stands behind the
    header.

    Parameters
    ----------
    lines : Lines
        At the beginning of the table.
    is_wanted : function of a column's name
    delimiters : str
        Those that may divide the cells; of equally good ones the first.

    Raises
    ------
    Unreadable
        `damaged`.
    """
    start, line = lines.mark(), next(lines, "").strip().strip('"')
    if line[:4].lower() == "sep=" and len(line) == 5:
        start, delimiters = lines.mark(), line[4]
    found = [
        head
        for delimiter in delimiters
        if (head := _first_wanted(lines, start, delimiter, is_wanted))
    ]
    if found:
        _, mark, head = min(found, key=lambda candidate: (candidate[0], -len(candidate[2].columns)))
        lines.back(mark)
        return head
    lines.back(start)
    first = next(lines, "")
    lines.back(start)
    delimiter = max(delimiters, key=first.count)
    record = next(records(lines, delimiter), Record([]))
    if record.cells is None:
        raise Unreadable(
            "damaged",
            f"The first line is no header ({record.error}). Save the table again as CSV UTF-8.",
        )
    return Head([name.strip() for name in record.cells], delimiter)


def _first_wanted(
    lines: Lines, start: int, delimiter: str, is_wanted: Callable[[str], bool]
) -> tuple[int, int, Head] | None:
    """The number of the record that is the header under this delimiter, the place behind it, and
    what it says."""
    lines.back(start)
    for number, record in zip(range(_HEADER_WITHIN), records(lines, delimiter), strict=False):
        if any(map(is_wanted, record.cells or [])):
            return number, lines.mark(), Head([name.strip() for name in record.cells], delimiter)
    return None


def _as_it_stands(line: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    except csv.Error:
        return None


def text_of(
    record: Record, head: Head, place: int, number: int
) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """A record's text and what is odd about it; half-width commas in a text that has no quotation
    marks are put back."""
    cells = record.cells or []
    width = max((n for n, name in enumerate(head.columns, 1) if name), default=0)
    counted = f"Row {number} has {len(cells)} cells, the header {len(head.columns)}"
    if record.error:
        if len(cells) != len(head.columns):
            return None, (
                (
                    "damaged",
                    (
                        f"Row {number} is no CSV ({record.error}) and is not read. {counted}: close"
                        ' each cell that opens with ", and write " inside it twice.'
                    ),
                ),
            )
        return cells[place], (
            (
                "damaged",
                (
                    f'Row {number} has a " out of place ({record.error}): its line is read as it'
                    ' stands. Write " inside a cell twice.'
                ),
            ),
        )
    if len(cells) <= place:
        return None, (
            (
                "damaged",
                (
                    f"Row {number} has {len(cells)} cells, the text is in column {place + 1}. Fill"
                    " the row up, or take it out."
                ),
            ),
        )
    if not any(cell.strip() for cell in cells[width:]):
        return cells[place], ()
    sign = {",": "comma", ";": "semicolon", "\t": "tab"}.get(head.delimiter, f"'{head.delimiter}'")
    hint = f"a {sign} in a text needs quotation marks around the text"
    if place == width - 1:
        return head.delimiter.join(cells[place:]), (
            ("damaged", f"{counted}: {hint}. What follows is read as one text."),
        )
    return None, (
        (
            "damaged",
            f"{counted}: {hint}. It is not read, since which cells belong together is not known.",
        ),
    )
