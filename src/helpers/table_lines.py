"""Turn the bytes of a table into lines of text, as many as are asked for, so that a large table is
never read whole."""

from __future__ import annotations

import io
import json
import re
from itertools import islice
from typing import BinaryIO

from helpers.decode import closest, score
from helpers.sources import Unreadable

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
        self.stream, self.place, self.end, self.limit, self.bad = (
            stream,
            start,
            end,
            4 * limit,
            False,
        )
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
        if self.end is not None and start >= self.end:
            raise StopIteration
        line = self.stream.readline(self.limit)
        if not line:
            raise StopIteration
        self.place += len(line)
        rest = line
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
        others = [
            text
            for name in ("utf-8", "gb18030", "big5hkscs")
            if name != self.encoding and (text := _strict(line, name))
        ]
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
    """Refuse at once what is no table of JSON lines, instead of naming each line.

    Raises
    ------
    Unreadable
        `damaged`.
    """
    tried = 0
    for line in islice((line for line in lines if line.strip()), _TRIED):
        if not tried and _ARRAY.match(line[:1000]):
            raise Unreadable(
                "damaged",
                "It is one JSON array: write one object a line, without [ ] around them and commas"
                " between them.",
            )
        if _is_json(line):
            return
        tried += 1
    if tried > 1:
        raise Unreadable(
            "damaged",
            f'None of its first {tried} lines is JSON. Write one object a line, such as {{"text":'
            ' "…"}, or give the file the ending it should have.',
        )


def _is_json(line: str) -> bool:
    try:
        return json.loads(line) is not Ellipsis
    except (ValueError, RecursionError):
        return False
