"""The bytes of a table (CSV or JSON lines) → its records, even if quotation marks are wrong.

If a quotation mark is never closed, Python's csv module takes all later rows for a single cell.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, NamedTuple

from .decode import Unreadable, Warnings, closest, decode_strictly, score

# The largest number of characters in a cell. Without a limit, a cell whose quotation mark is never
# closed would fill the memory.
_LONGEST_CELL = 10_000_000
_HEADER_WITHIN = 5  # the header must be among the first five records


class Record(NamedTuple):
    """One record of a CSV file, usually one line."""

    cells: list[str] | None  # None if the line cannot be split into cells.
    error: str = ""  # The message of Python's csv module, if it cannot parse the line.
    bad: bool = False  # Whether the record held undecodable bytes.


class Head(NamedTuple):
    """The header of a CSV file: the names of its columns and the delimiter between cells."""

    columns: list[str]
    delimiter: str


def records(lines: Lines, delimiter: str) -> Iterator[Record]:
    r"""Read the records of a CSV file one by one, and never read beyond the current record.

    In `"十四五"以来` ("since the 14th Five-Year Plan") text follows a closing quotation mark, which
    CSV forbids. A line with this error, or with a quotation mark that is never closed, becomes a
    record of its own and keeps its quotation marks. An error in one line therefore does not change
    later records, and a table that is read slice by slice gives the same records as a table that is
    read whole.

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
            yield Record(_split(next(lines), delimiter), str(error), lines.bad)
        else:
            yield Record(cells, "", lines.bad)


def read_head(lines: Lines, is_wanted: Callable[[str], bool], *, delimiters: str) -> Head:
    """Find the header among the first five records of a CSV file: the first record with a column
    for which `is_wanted` is true. If no record has a wanted column, the first record is the header.

    A search is needed, since spreadsheet programs may put `sep=;`, a title or an empty line before
    the header. `lines` must be at the beginning of the table and is moved to the end of the header.
    Of all delimiters, the one that finds the earliest header is used.
    """
    start, line = lines.mark(), next(lines, "").strip().strip('"')
    if line[:4].lower() == "sep=" and len(line) == 5:
        start, delimiters = lines.mark(), line[4]
    # the headers found, each after the number of its record and the position of the record's end
    headers: list[tuple[int, int, Head]] = []
    for delimiter in delimiters:
        lines.back(start)
        for number, record in enumerate(islice(records(lines, delimiter), _HEADER_WITHIN)):
            if any(map(is_wanted, record.cells or [])):
                head = Head([name.strip() for name in record.cells], delimiter)
                headers.append((number, lines.mark(), head))
                break
    if headers:
        _, mark, head = min(headers, key=lambda header: (header[0], -len(header[2].columns)))
        lines.back(mark)
        return head
    lines.back(start)
    delimiter = max(delimiters, key=next(lines, "").count)
    lines.back(start)
    record = next(records(lines, delimiter), Record([]))
    if record.cells is None:
        detail = f"The first line is not a header ({record.error})."
        raise Unreadable("damaged", f"{detail} Save the table again as CSV UTF-8.")
    return Head([name.strip() for name in record.cells], delimiter)


def _split(line: str, delimiter: str) -> list[str] | None:
    """Split a line into cells, treating quotation marks as ordinary characters."""
    with suppress(csv.Error):
        return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    return None


def text_of(record: Record, head: Head, place: int, number: int) -> tuple[str | None, Warnings]:
    """Return the text of a record, and a warning if the record has too many or too few cells or a
    quotation mark in the wrong place.

    `place` is the position of the column with the texts. A text without quotation marks around it
    is split at each delimiter that it contains. If the column with the texts is the last one, this
    function joins the pieces of the text again.
    """
    cells, columns = record.cells or [], head.columns
    width = max((n for n, name in enumerate(columns, 1) if name), default=0)
    if not record.error and len(cells) > place and not any(map(str.strip, cells[width:])):
        return cells[place], ()
    text, counted = None, f"Row {number} has {len(cells)} cells, the header {len(columns)}"
    sign = {",": "comma", ";": "semicolon", "\t": "tab"}.get(head.delimiter, f"'{head.delimiter}'")
    hint = f"{counted}: put quotation marks around a text that contains a {sign}."
    if record.error and len(cells) != len(columns):
        detail = (
            f"Row {number} is not valid CSV ({record.error}) and is not read. {counted}: close each"
            ' cell that opens with ", and write " inside it twice.'
        )
    elif record.error:
        text = cells[place]
        detail = (
            f'Row {number} has a " in the wrong place ({record.error}). Its line is read with all'
            ' its quotation marks. Write " inside a cell twice.'
        )
    elif len(cells) <= place:
        detail = f"Row {number} has {len(cells)} cells, but the text is in column {place + 1}."
        detail += " Complete the row, or remove it."
    elif place == width - 1:
        text = head.delimiter.join(cells[place:])
        detail = f"{hint} The cells from column {place + 1} on are read as one text."
    else:
        detail = f"{hint} The row is not read, since it is unclear which cells belong together."
    return text, (("damaged", detail),)


_SAMPLE = 200_000  # The size in bytes of the sample from which the encoding is judged.
_TRIED = 20  # At least one of the first 20 lines of a JSON-lines table must be JSON.
_ARRAY = re.compile(r"\s*\[\s*(?:\{|$)")


class Lines:
    """Reads the lines of a stream as text, tells where the next line begins, and can go back.

    Reading begins at byte `start` and ends at byte `end`, or at the end of the stream if `end` is
    None. The encoding is the one in which the first 200,000 bytes read most like Chinese. Lines of
    more than `limit` characters are cut. `place` is the byte where the next line begins.
    Undecodable bytes become U+FFFD and set `bad` to True; the caller sets `bad` back to False. A
    table in UTF-16 is read whole, and Unreadable (`too_large`) is raised if this table is over the
    limit.

    >>> list(Lines(io.BytesIO("text\\n养老\\n".encode()), 0, None, 100))
    ['text\\n', '养老\\n']
    """

    def __init__(self, stream: BinaryIO, start: int, end: int | None, limit: int) -> None:
        self.stream, self.place, self.end = stream, start, end
        self.limit, self.bad = 4 * limit, False
        stream.seek(0)
        sample = stream.read(_SAMPLE)
        self.encoding = closest(sample[: sample.rfind(b"\n") + 1] or sample)
        # A table in UTF-16 is read whole, because it cannot be cut after each byte 0A. In other
        # encodings this byte ends a line, but in UTF-16 it may be half of a character: 上 ("on") is
        # 0A 4E.
        self._buffer: io.StringIO | None = None
        self._wide = self.encoding.startswith(("utf-16", "utf-32"))
        stream.seek(start)

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self._wide:
            return self._next_of_buffer()
        start = self.place
        ended = self.end is not None and start >= self.end
        line = chunk = b"" if ended else self.stream.readline(self.limit)
        if not line:
            raise StopIteration
        self.place += len(line)
        # Skip the rest of a line that is longer than the limit.
        while len(chunk) == self.limit and not chunk.endswith(b"\n"):
            chunk = self.stream.readline(self.limit)
            self.place += len(chunk)
        text = decode_strictly(line, self.encoding)
        text = self._damaged(line) if text is None else text
        return text if start else text.removeprefix("\ufeff")

    def mark(self) -> int:
        """Return the position of the next line, so that `back` can later return to this line."""
        if self._buffer:
            return self._buffer.tell()
        return 0 if self._wide else self.place

    def back(self, mark: int) -> None:
        """Go back to a position that `mark` returned, to read the lines from there again."""
        self.bad = False
        if self._buffer:
            self._buffer.seek(mark)
        elif not self._wide:
            self.place = mark
            self.stream.seek(mark)

    def _next_of_buffer(self) -> str:
        if self._buffer is None:
            data = self.stream.read(self.limit + 1)
            if len(data) > self.limit:
                detail = "A table in UTF-16 must be read whole, and this table is over the limit."
                raise Unreadable("too_large", f"{detail} Save it as UTF-8.")
            self.place += len(data)
            text = data.decode(self.encoding, "replace").removeprefix("\ufeff")
            # StringIO splits the lines here, because str.splitlines would also split at U+2028.
            self._buffer = io.StringIO(text, newline="")
        line = self._buffer.readline()
        if not line:
            raise StopIteration
        self.bad = self.bad or "\ufffd" in line
        return line

    def _damaged(self, line: bytes) -> str:
        """Decode a line that holds bytes which are undecodable in the encoding of the table. If the
        line reads better as Chinese in another encoding, use that encoding: someone may have joined
        tables in two encodings. If no other encoding fits better, U+FFFD replaces the undecodable
        bytes.

        A single character does not prove another encoding: 走 has three bytes in UTF-8, and the
        first two of these bytes happen to be 璧 in GB18030. A line stays UTF-8 if it has at least
        as many complete Chinese characters as errors, since the bytes of another encoding rarely
        form a Chinese character in UTF-8.
        """
        text = line.decode(self.encoding, "replace")
        n_complete = sum("\u3000" <= char <= "\u9fff" for char in text)
        names = (name for name in ("utf-8", "gb18030", "big5hkscs") if name != self.encoding)
        others = [other for name in names if (other := decode_strictly(line, name))]
        best = max(others, key=score, default="")
        is_utf8 = self.encoding == "utf-8" and n_complete >= text.count("\ufffd")
        long_enough = sum(not char.isascii() for char in best) >= 2
        if not is_utf8 and long_enough and score(best) > score(text):
            return best
        self.bad = True
        return text


def check_json(lines: Lines) -> None:
    """Raise one error (Unreadable) for a whole table if none of its first 20 lines is JSON."""
    tried = 0
    for tried, line in enumerate(islice((line for line in lines if line.strip()), _TRIED), 1):
        if tried == 1 and _ARRAY.match(line[:1000]):
            remedy = "Write one object per line, without [ ] around them and commas between them."
            raise Unreadable("damaged", f"The table is one JSON array. {remedy}")
        with suppress(ValueError, RecursionError):
            json.loads(line)
            return
    if tried > 1:
        remedy = """such as {"text": "…"}, or correct the ending of the file's name."""
        detail = f"None of the first {tried} lines is JSON. Write one object per line, {remedy}"
        raise Unreadable("damaged", detail)
