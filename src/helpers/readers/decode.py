"""Decodes the bytes of text files, and defines the classes `Text`, `Source` and `Problems`.

Text files rarely declare an encoding. This module tries several encodings and chooses the one in
which the text looks most like Chinese.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from functools import cache

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_CHINESE = ("utf-8", "gb18030", "big5hkscs", *_WIDE)
_NO_ENCODING = (None, "unknown_encoding")
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会年成工对部法市发展老监督"
    "會國時來們"
)
_MARKS = frozenset("，。、；：？！“”（）《》\u3000")
_SAMPLE = 20_000  # The first 20,000 characters of a text are enough to judge its encoding.
# The share of characters that may be undecodable, for example after a disk error. If more
# characters are undecodable, the file is in another encoding or is not a text.
_BAD_SHARE = 0.005
_NOT_TEXT = {
    "binary": "The bytes are not text. Export the document as text and read the text.",
    "unknown_encoding": (
        "The bytes are not text in any encoding that can be read (UTF-8, UTF-16, GB18030, Big5)."
        " Save the file as UTF-8."
    ),
}


def read_plain(data: bytes, limit: int = 0) -> Text:
    """Decode a plain text file, and warn if the file is not in UTF-8 or has undecodable bytes.
    Raise Unreadable (`binary` or `unknown_encoding`) if the file is not text."""
    text, encoding = decode(data)
    undecodable: Warnings = ()
    if encoding == "unknown_encoding":
        text, encoding, undecodable = _decode_with_gaps(data)
    if text is None:
        raise Unreadable(encoding, _NOT_TEXT[encoding])
    return Text(text, warnings=encoding_warning(encoding) + undecodable)


def encoding_warning(encoding: str) -> Warnings:
    """Return a warning for a file that is not in UTF-8, and nothing for a file in UTF-8."""
    return () if encoding == "utf-8" else (("encoding", f"Read as {encoding}."),)


def decode(data: bytes) -> tuple[str | None, str]:
    """Decode bytes as UTF-8, UTF-16, GB18030 or Big5; return the text and its encoding.

    A byte order mark decides the encoding. Bytes without a byte order mark are read as UTF-8 if
    they are valid UTF-8. Bytes that are not valid UTF-8 are read in the Chinese encoding that gives
    the largest share of common characters. If no such encoding gives Chinese text, the package
    charset-normalizer guesses the encoding. charset-normalizer comes last because its guesses on
    short Chinese texts are often wrong. Bytes that are not text give ``(None, "binary")`` or
    ``(None, "unknown_encoding")``.

    >>> decode("养老服务".encode("gb18030"))  # care for older people
    ('养老服务', 'gb18030')
    """
    mark, encoding = _byte_order_mark(data)
    if mark:
        text = decode_strictly(data[len(mark) :], encoding)
        return _NO_ENCODING if text is None else (text, encoding)
    text = decode_strictly(data, "utf-8")
    if text is not None and text.count("\0") * 100 <= len(text):
        return text, "utf-8"
    # Many NUL bytes mean UTF-16 or a binary file, since texts in GB18030 and Big5 hold no NUL.
    return _decode_chinese(data, wide=text is not None or data.count(b"\0") * 10 > len(data))


def _byte_order_mark(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark at the start of the data and its encoding, or two empty values."""
    return next((pair for pair in _BOMS if data.startswith(pair[0])), (b"", ""))


def _decode_chinese(data: bytes, *, wide: bool) -> tuple[str | None, str]:
    """Decode bytes in the encoding in which they look most like Chinese. If the bytes look like
    Chinese in no encoding, let the package charset-normalizer guess."""
    value, encoding = _best(data, _WIDE if wide else _CHINESE)
    text = decode_strictly(data, encoding) if value > 0 else None
    if text is not None:
        return text, encoding
    # The bytes are Chinese text, but some bytes are undecodable. charset-normalizer would misread
    # such a text, so the caller decodes the bytes.
    if value > 0 and not _mostly_latin(data[:_SAMPLE].decode(encoding, "replace")):
        return _NO_ENCODING
    n_control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in data[:100_000])
    if wide or n_control * 50 > len(data[:100_000]):
        return None, "binary"
    return _decode_other(data)


def closest(data: bytes) -> str:
    r"""Name the encoding in which bytes look most like Chinese, even if some bytes are undecodable.

    >>> closest("養老服務".encode("big5") + b"\xff")
    'big5hkscs'
    """
    mark, encoding = _byte_order_mark(data)
    if mark:
        return encoding
    if data.count(b"\0") * 10 <= len(data) and decode_strictly(data, "utf-8", cut=True) is not None:
        return "utf-8"
    value, encoding = _best(data, _CHINESE)
    return encoding if value > 0 else "utf-8"


def _best(data: bytes, encodings: tuple[str, ...]) -> tuple[float, str]:
    """Return the highest `score` of the bytes in any of the encodings, and this encoding."""
    sample = data[: 2 * _SAMPLE]
    scores = ((score(sample.decode(name, "replace")), name) for name in encodings)
    return max(scores, key=lambda pair: pair[0])


def score(text: str) -> float:
    """Measure how much a text looks like Chinese: at most 1.5, and 0 or less if not at all.

    Chinese prose consists mostly of everyday characters and punctuation, and above all of the
    commonest characters (的一是在). A text that is decoded in the wrong encoding has many rare
    characters. Each U+FFFD, which stands for undecodable bytes, lowers the score.

    >>> score("监督过程") > score("监督过\ufffd") > 0 > score("鐩戠潱杩囩▼")
    True
    """
    sample = text[:_SAMPLE]
    # Many control and private-use characters show that the bytes are not text.
    n_strange = sum(
        not (c.isprintable() or c in "\n\r\t\f\u3000\ufeff\xa0") or "\ue000" <= c <= "\uf8ff"
        for c in sample
    )
    if not sample or n_strange * 50 > len(sample):
        return 0.0
    everyday, n_lost = _everyday(), sample.count("\ufffd")
    n_common = sum(c in _COMMON for c in sample)
    n_plain = sum(c in everyday for c in sample)
    n_rare = len(sample) - n_plain - n_lost
    value = (n_common + 0.5 * n_plain - 0.5 * n_rare - n_lost) / len(sample)
    return value if n_plain * 2 >= len(sample) else min(0.0, value)


@cache
def _everyday() -> frozenset[str]:
    """Return the everyday characters, which are ASCII, punctuation, and the Chinese characters that
    the standards GB 2312 and Big5 list first because they are the commonest."""
    characters = {*_COMMON, *_MARKS, *map(chr, range(128))}
    for encoding, leads in (("gb2312", range(0xB0, 0xD8)), ("big5", range(0xA4, 0xC7))):
        trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
        pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
        characters.update("".join(pair.decode(encoding, "ignore") for pair in pairs))
    return frozenset(characters)


def _decode_with_gaps(data: bytes) -> tuple[str | None, str, Warnings]:
    """Decode a text with a few undecodable bytes, which become U+FFFD. If many bytes are
    undecodable, return None instead of the text."""
    encoding, (mark, _) = closest(data), _byte_order_mark(data)
    body = data[len(mark) :]
    text = body.decode(encoding, "replace")
    # A U+FFFD that was already in the file does not count as undecodable. (Big5 cannot encode
    # U+FFFD.)
    written = "\ufffd".encode(encoding, "ignore")
    n_bad = text.count("\ufffd") - (body.count(written) if written else 0)
    if n_bad > _BAD_SHARE * len(text) or score(text) <= 0:
        return (*_NO_ENCODING, ())
    try:
        body.decode(encoding)
        first = len(body)
    except UnicodeDecodeError as error:
        first = error.start
    line = body[:first].decode(encoding, "replace").count("\n") + 1
    places = "1 place" if n_bad == 1 else f"{n_bad:,} places"
    detail = (
        f"Bytes in {places} are undecodable as {encoding}, the first at byte"
        f" {len(mark) + first + 1:,} (line {line:,}); the text has U+FFFD there. Compare the text"
        " with the original document, and save the original as UTF-8."
    )
    return text, encoding, (("undecodable", detail),)


def _decode_other(data: bytes) -> tuple[str | None, str]:
    """Decode bytes in the encoding that charset-normalizer guesses. charset-normalizer mistakes
    short damaged Chinese texts for Thai or Cyrillic. A guess is therefore accepted only if its text
    has common Chinese characters or mostly ASCII letters."""
    from charset_normalizer import from_bytes

    for guess in list(from_bytes(data[:_SAMPLE]))[:3]:
        text = decode_strictly(data, guess.encoding) or ""
        chinese = sum(c in _COMMON for c in text[:_SAMPLE]) * 50 >= len(text[:_SAMPLE])
        if (chinese or _mostly_latin(text)) and score(text) > 0:
            return text, guess.encoding
    return _NO_ENCODING


def _mostly_latin(text: str) -> bool:
    sample = text[:_SAMPLE]
    return sum(c.isascii() and c.isalpha() for c in sample) * 2 > len(sample)


def decode_strictly(data: bytes, encoding: str, *, cut: bool = False) -> str | None:
    """Decode bytes, or return None if some bytes are undecodable. With `cut`, an incomplete
    character at the end is ignored."""
    try:
        if cut:
            return codecs.getincrementaldecoder(encoding)().decode(data)
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


SIZE_LIMIT = 100_000_000  # bytes
Warnings = tuple[tuple[str, str], ...]
"""Warnings about a text, each as (problem, detail)."""


class Unreadable(ValueError):
    """Raised for a file from which no text can be read. `problem` is a short name for the reason,
    and the message says what to do."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


def describe(error: Exception) -> tuple[str, str]:
    """Return the cells `problem` and `detail` of a row of the table `problems`, for an error.

    >>> describe(Unreadable("empty", "The file has no text."))
    ('empty', 'The file has no text.')
    """
    if isinstance(error, Unreadable):
        return error.problem, str(error)
    reason = getattr(error, "strerror", None) or error
    return "unreadable", f"{type(error).__name__}: {reason}"


@dataclass(frozen=True)
class Text:
    """The text of one file. `paragraphs` is True if the format itself marks paragraphs (Word, web
    pages), so that each line of the text is one paragraph."""

    raw: str  # The decoded file, or the text extracted from the file.
    page_starts: tuple[int, ...] = ()  # The offset at which each page starts, or empty if unknown.
    # Offsets between two digits where the page has a gap as wide as a decimal point, but the text
    # has no point. In `21｜98%` the gap is at ｜, and the point was probably lost there.
    point_gaps: tuple[int, ...] = ()
    warnings: Warnings = ()
    paragraphs: bool = False


@dataclass(frozen=True)
class Source:
    """The raw text of one document, and the file from which the document comes.

    `name` is the path below the folder that was read, never an absolute path. Examples are
    `album.zip/a.txt` for a file in an archive, and `pages.csv#12` for the twelfth row of a table.
    """

    name: str
    raw: str
    sha256: str  # The hash of the file. For a row of a table, the hash of the row's text in UTF-8.
    doc: str  # The document's id, which no other document has.
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()
    # For a document that is a row of a table, the other columns of the row (name → value).
    metadata: dict[str, str | int] = field(default_factory=dict)
    paragraphs: bool = False


@dataclass
class Problems:
    """Collects the problems found while reading, as rows `source, doc, problem, detail`."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, source: str, problem: str, detail: str, doc: str = "") -> None:
        self.rows.append({"source": source, "doc": doc, "problem": problem, "detail": detail})
