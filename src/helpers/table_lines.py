"""Turn the bytes of a table into lines of text, as many as are asked for, so that a large table is never read whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from helpers.decode import decode
from helpers.sources import Unreadable


class Lines:
    """Gives the lines of a stream as text, up to `end`, and knows at which byte the next one begins.

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
        Judged from the first 200,000 bytes; a line that it cannot read is tried as GB18030.

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
        self.stream, self.place, self.end, self.limit = stream, start, end, 4 * limit
        stream.seek(0)
        sample = stream.read(200_000)
        # UTF-16 has line ends of two bytes: such a table is one slice
        self.encoding = "utf-16" if sample[:2] in (b"\xff\xfe", b"\xfe\xff") else _encoding(sample)
        stream.seek(start)

    def __iter__(self) -> Iterator[str]:
        if self.encoding == "utf-16":
            data = self.stream.read(self.limit + 1)
            if len(data) > self.limit:
                raise Unreadable("too_large", "A table in UTF-16 is read whole, and this one is over the limit. Save it as UTF-8.")
            self.place += len(data)
            yield from io.StringIO(data.decode("utf-16", "replace"), newline="")  # a cell may hold U+2028, which ends no row
            return
        while self.end is None or self.place < self.end:
            line = self.stream.readline(self.limit)
            if not line:
                return
            self.place += len(line)
            rest = line
            while len(rest) == self.limit and not rest.endswith(b"\n"):  # what is over the limit is passed over
                rest = self.stream.readline(self.limit)
                self.place += len(rest)
            yield self._text(line)

    def _text(self, line: bytes) -> str:
        for encoding in (self.encoding, "gb18030"):
            try:
                return line.decode(encoding)
            except UnicodeDecodeError:
                continue
        return line.decode(self.encoding, "replace")


def _encoding(sample: bytes) -> str:
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    _, name = decode(whole)
    return "utf-8-sig" if name == "utf-8" else name if name in ("gb18030", "big5hkscs") else "utf-8"
