"""The bytes of a delimited or JSON table → its records, however badly it is quoted."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, NamedTuple

from .decode import Unreadable, closest, score

# characters: one opening quotation mark that is never closed must not fill the memory
_LONGEST_CELL = 10_000_000
_HEADER_WITHIN = 5


class Record(NamedTuple):
    """One record of a CSV."""

    cells: list[str] | None  # None where not even the line can be split
    error: str = ""  # why the record is a line as it stands, with its quotation marks
    bad: bool = False  # whether it held bytes that are no characters


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

    Spreadsheets put `sep=;`, a title or an empty line before it. `lines` stands at the beginning of
    the table, and then behind the header; of equally good delimiters the first is taken.
    """
    start, line = lines.mark(), next(lines, "").strip().strip('"')
    if line[:4].lower() == "sep=" and len(line) == 5:
        start, delimiters = lines.mark(), line[4]
    tried = (_first_wanted(lines, start, delimiter, is_wanted) for delimiter in delimiters)
    if found := list(filter(None, tried)):
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
    for number, record in enumerate(islice(records(lines, delimiter), _HEADER_WITHIN)):
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
    cells, columns = record.cells or [], head.columns
    width = max((n for n, name in enumerate(columns, 1) if name), default=0)
    if not record.error and len(cells) > place and not any(map(str.strip, cells[width:])):
        return cells[place], ()
    text = None
    counted = f"Row {number} has {len(cells)} cells, the header {len(columns)}"
    sign = {",": "comma", ";": "semicolon", "\t": "tab"}.get(head.delimiter, f"'{head.delimiter}'")
    hint = f"{counted}: a {sign} in a text needs quotation marks around the text."
    if record.error and len(cells) != len(columns):
        odd = (
            f"Row {number} is no CSV ({record.error}) and is not read. {counted}: close each cell"
            ' that opens with ", and write " inside it twice.'
        )
    elif record.error:
        text = cells[place]
        odd = (
            f'Row {number} has a " out of place ({record.error}): its line is read as it stands.'
            ' Write " inside a cell twice.'
        )
    elif len(cells) <= place:
        odd = (
            f"Row {number} has {len(cells)} cells, the text is in column {place + 1}. Fill the row"
            " up, or take it out."
        )
    elif place == width - 1:
        text, odd = head.delimiter.join(cells[place:]), f"{hint} What follows is read as one text."
    else:
        odd = f"{hint} It is not read, since which cells belong together is not known."
    return text, (("damaged", odd),)


_SAMPLE = 200_000
_TRIED = 20  # lines of which one must be JSON
_ARRAY = re.compile(r"\s*\[\s*(?:\{|$)")


class Lines:
    """Gives the lines of a stream as text, up to `end`, knows where the next one begins, and can go
    back.

    Parameters
    ----------
    stream : binary file
        Seekable.
    start, end : int
        Bytes; `end` None reads on to the last line.
    limit : int
        Longest line in characters; of a longer one only the beginning is given.

    Attributes
    ----------
    place : int
        Offset in bytes after the lines given so far.
    encoding : str
        The one in which the first 200,000 bytes read best.
    bad : bool
        Whether a line held bytes that are no character in it, which stand as U+FFFD; whoever looks
        sets it back.

    Raises
    ------
    Unreadable
        `too_large`: a table in UTF-16 has to be read whole.

    Examples
    --------
    >>> list(Lines(io.BytesIO("text\\n养老\\n".encode()), 0, None, 100))
    ['text\\n', '养老\\n']
    """

    def __init__(self, stream: BinaryIO, start: int, end: int | None, limit: int) -> None:
        self.stream, self.place, self.end = stream, start, end
        self.limit, self.bad = 4 * limit, False
        stream.seek(0)
        sample = stream.read(_SAMPLE)
        self.encoding = closest(sample[: sample.rfind(b"\n") + 1] or sample)
        # UTF-16 has line ends of two bytes (上 is 0A 4E): such a table is read whole, and is one
        # slice
        self._whole: io.StringIO | None = None
        self._wide = self.encoding.startswith(("utf-16", "utf-32"))
        stream.seek(start)

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self._wide:
            return self._next_of_whole()
        start = self.place
        ended = self.end is not None and start >= self.end
        line = rest = b"" if ended else self.stream.readline(self.limit)
        if not line:
            raise StopIteration
        self.place += len(line)
        # what is over the limit is passed over
        while len(rest) == self.limit and not rest.endswith(b"\n"):
            rest = self.stream.readline(self.limit)
            self.place += len(rest)
        try:
            text = line.decode(self.encoding)
        except UnicodeDecodeError:
            text = self._damaged(line)
        return text if start else text.removeprefix("\ufeff")

    def mark(self) -> int:
        """The place before the next line, for `back`."""
        return self._whole.tell() if self._whole else 0 if self._wide else self.place

    def back(self, mark: int) -> None:
        """Go back, so that the lines after `mark` are given again."""
        self.bad = False
        if self._whole:
            self._whole.seek(mark)
        elif not self._wide:
            self.place = mark
            self.stream.seek(mark)

    def _next_of_whole(self) -> str:
        if self._whole is None:
            data = self.stream.read(self.limit + 1)
            if len(data) > self.limit:
                raise Unreadable(
                    "too_large",
                    "A table in UTF-16 is read whole, and this one is over the limit. Save it as"
                    " UTF-8.",
                )
            self.place += len(data)
            text = data.decode(self.encoding, "replace").removeprefix("\ufeff")
            self._whole = io.StringIO(text, newline="")  # a cell may hold U+2028, which ends no row
        line = self._whole.readline()
        if not line:
            raise StopIteration
        self.bad = self.bad or "\ufffd" in line
        return line

    def _damaged(self, line: bytes) -> str:
        """A line in another encoding if that reads better, as where two tables were put together,
        else with U+FFFD.

        One character proves nothing: 走 cut after two bytes would be 璧 in GB18030. In UTF-8 a
        whole character does, since bytes of another encoding make one only by a rare accident.
        """
        own = line.decode(self.encoding, "replace")
        whole = sum("\u3000" <= char <= "\u9fff" for char in own)
        names = (name for name in ("utf-8", "gb18030", "big5hkscs") if name != self.encoding)
        others = [text for name in names if (text := _strict(line, name))]
        best = max(others, key=score, default="")
        sure = self.encoding == "utf-8" and whole >= own.count("\ufffd")
        if not sure and sum(not char.isascii() for char in best) >= 2 and score(best) > score(own):
            return best
        self.bad = True
        return own


def _strict(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return ""


def check_json(lines: Lines) -> None:
    """Refuse at once what is no table of JSON lines, instead of naming each line."""
    tried = 0
    for tried, line in enumerate(islice((line for line in lines if line.strip()), _TRIED), 1):
        if tried == 1 and _ARRAY.match(line[:1000]):
            raise Unreadable(
                "damaged",
                "It is one JSON array: write one object a line, without [ ] around them and commas"
                " between them.",
            )
        with suppress(ValueError, RecursionError):
            json.loads(line)
            return
    if tried > 1:
        raise Unreadable(
            "damaged",
            f'None of its first {tried} lines is JSON. Write one object a line, such as {{"text":'
            ' "…"}, or give the file the ending it should have.',
        )
