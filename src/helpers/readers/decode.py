"""Bytes of any encoding → text; the classes of every reader: `Text`, `Source`, `Problems`."""

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
_CHINESE = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会年成工对部法市发展老监督"
    "會國時來們"
)
_MARKS = frozenset("，。、；：？！“”（）《》\u3000")
_SAMPLE = 20_000
# of a text's characters: a slip of the disk or of a cut; more is another encoding, or no text
_BAD_SHARE = 0.005
_NOT_TEXT = {
    "binary": "The bytes are not text. Export the document as text and read that.",
    "unknown_encoding": (
        "The bytes are text in no encoding known here (UTF-8, UTF-16, GB18030, Big5). Save the file"
        " as UTF-8."
    ),
}


def read_plain(data: bytes, limit: int = 0) -> Text:
    """Decode a plain text file; the encoding is noted unless it is UTF-8, and so are bytes that
    stand for no character.

    Raises
    ------
    Unreadable
        `binary` or `unknown_encoding`.
    """
    text, encoding = decode(data)
    bad: tuple[tuple[str, str], ...] = ()
    if encoding == "unknown_encoding":
        text, encoding, bad = _mended(data)
    if text is None:
        raise Unreadable(encoding, _NOT_TEXT[encoding])
    return Text(text, notes=(*(() if encoding == "utf-8" else (encoding_note(encoding),)), *bad))


def encoding_note(encoding: str) -> tuple[str, str]:
    """The row of `problems` for a file that is not UTF-8."""
    return "encoding", f"Read as {encoding}."


def decode(data: bytes) -> tuple[str | None, str]:
    """Decode bytes as UTF-8, UTF-16, GB18030 or Big5, whichever reads as Chinese.

    A byte order mark decides; then valid UTF-8 is UTF-8; then of the Chinese encodings the one that
    gives most of the commonest characters. Only bytes that are none of these are shown to
    charset-normalizer: on short Chinese texts it is less sure than counting 的一是在.

    Returns
    -------
    (text, encoding)
        ``(None, "binary")`` or ``(None, "unknown_encoding")`` where the bytes are no text.

    Examples
    --------
    >>> decode("养老服务".encode("gb18030"))
    ('养老服务', 'gb18030')
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = _try(data[len(bom) :], encoding)
            return (text, encoding) if text is not None else (None, "unknown_encoding")
    text = _try(data, "utf-8")
    if text is not None and text.count("\0") * 100 <= len(text):
        return text, "utf-8"
    wide = data.count(b"\0") * 10 > len(data) or text is not None
    value, name = _best(data, _CHINESE[3:] if wide else _CHINESE)
    text = _try(data, name) if value > 0 else None
    if text is not None:
        return text, name
    # Chinese with bad bytes: no other guess is better
    if value > 0 and not _mostly_latin(data[:_SAMPLE].decode(name, "replace")):
        return None, "unknown_encoding"
    return (None, "binary") if wide or _has_controls(data) else _other(data)


def closest(data: bytes) -> str:
    r"""Name the encoding in which bytes read best as Chinese, though some of them may stand for no
    character in it.

    >>> closest("養老服務".encode("big5") + b"\xff")
    'big5hkscs'
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    if data.count(b"\0") * 10 <= len(data) and _try(data, "utf-8", whole=False) is not None:
        return "utf-8"
    value, name = _best(data, _CHINESE)
    return name if value > 0 else "utf-8"


def _best(data: bytes, names: tuple[str, ...]) -> tuple[float, str]:
    """The encoding that reads best, bad bytes counted against it, and its score; of equal ones the
    first."""
    sample = data[: 2 * _SAMPLE]
    found = ((score(sample.decode(name, "replace")), name) for name in names)
    return max(found, key=lambda pair: pair[0])


def score(text: str) -> float:
    """Say how well a text reads as Chinese: 0 or less where it does not, at most 1.5.

    Chinese prose is made of everyday characters and punctuation, the commonest (的一是在) most of
    all; bytes read in the wrong encoding are not. A U+FFFD counts against the reading, so that of
    two damaged readings the better one wins.

    >>> score("监督过程") > score("监督过\ufffd") > 0 > score("鐩戠潱杩囩▼")
    True
    """
    sample = text[:_SAMPLE]
    odd = sum(
        not (c.isprintable() or c in "\n\r\t\f\u3000\ufeff\xa0") or "\ue000" <= c <= "\uf8ff"
        for c in sample
    )
    if not sample or odd * 50 > len(sample):
        return 0.0
    everyday, lost = _everyday(), sample.count("\ufffd")
    common = sum(c in _COMMON for c in sample)
    plain = sum(c in everyday for c in sample)
    value = (common + 0.5 * plain - 0.5 * (len(sample) - plain - lost) - lost) / len(sample)
    return value if plain * 2 >= len(sample) else min(0.0, value)


@cache
def _everyday() -> frozenset[str]:
    """The characters that GB 2312 and Big5 put first, as those of everyday texts, with ASCII and
    punctuation."""
    simplified = bytes(
        byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail)
    ).decode("gb2312", "ignore")
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = bytes(
        byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail)
    ).decode("big5", "ignore")
    return _COMMON.union(simplified, traditional, _MARKS, map(chr, range(128)))


def _mended(data: bytes) -> tuple[str | None, str, tuple[tuple[str, str], ...]]:
    """Read a text of which a few bytes stand for no character, if they are few: they become
    U+FFFD."""
    encoding = closest(data)
    bom = next((bom for bom, name in _BOMS if name == encoding and data.startswith(bom)), b"")
    body = data[len(bom) :]
    text = body.decode(encoding, "replace")
    written = "\ufffd".encode(encoding, "ignore")  # what the text itself has; Big5 has none
    n_bad = text.count("\ufffd") - (body.count(written) if written else 0)
    if n_bad > _BAD_SHARE * len(text) or score(text) <= 0:
        return None, "unknown_encoding", ()
    first = _first_bad(body, encoding)
    line = body[:first].decode(encoding, "replace").count("\n") + 1
    places = "In 1 place bytes are" if n_bad == 1 else f"In {n_bad:,} places bytes are"
    detail = (
        f"{places} no character in {encoding}, the first at byte {len(bom) + first + 1:,} (line"
        f" {line:,}); U+FFFD stands there. Compare with the original, and save it as UTF-8."
    )
    return text, encoding, (("undecodable", detail),)


def _first_bad(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _other(data: bytes) -> tuple[str | None, str]:
    """What charset-normalizer takes the bytes for, if that holds common Chinese characters or is
    mostly ASCII letters.

    A short damaged Chinese text passes for Thai or Cyrillic.
    """
    from charset_normalizer import from_bytes

    for guess in list(from_bytes(data[:_SAMPLE]))[:3]:
        text = _try(data, guess.encoding) or ""
        sample = text[:_SAMPLE]
        chinese = sum(c in _COMMON for c in sample) * 50 >= len(sample)
        if (chinese or _mostly_latin(sample)) and score(text) > 0:
            return text, guess.encoding
    return None, "unknown_encoding"


def _mostly_latin(text: str) -> bool:
    return sum(c.isascii() and c.isalpha() for c in text) * 2 > len(text)


def _has_controls(data: bytes) -> bool:
    sample = data[:100_000]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in sample)
    return control * 50 > len(sample)


def _try(data: bytes, encoding: str, *, whole: bool = True) -> str | None:
    """Decode; with ``whole=False`` a character cut at the end is no error."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=whole)
    except (UnicodeError, LookupError):
        return None


SIZE_LIMIT = 100_000_000


class Unreadable(ValueError):
    """A file that gives no text: `problem` is its short name, the message says what to do."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


@dataclass(frozen=True)
class Text:
    """The text that one file gives.

    Attributes
    ----------
    raw : str
        The decoded file; for a PDF, a web page, a Word or Markdown file the text extracted from it.
    page_starts : tuple of int
        Offset at which each page begins; empty where pages are not known.
    point_gaps : tuple of int
        Offsets before which the layout shows room for a decimal point that the text lacks
        (`2｜198%`).
    notes : tuple of (problem, detail)
        What was odd though the text could be read.
    paragraphs : bool
        True where the format itself says what a paragraph is (Word, web pages): a line is one.
    """

    raw: str
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    paragraphs: bool = False


@dataclass(frozen=True)
class Source:
    """One document's raw text, with what is needed to find it again.

    Attributes
    ----------
    name : str
        Path below the folder that was read, never an absolute path; `album.zip/a.txt` in an
        archive, `pages.csv#12` for the twelfth row of a table.
    raw : str
        The text, line ends as they are.
    sha256 : str
        Hash of the file's bytes; of a table's row the hash of its text in UTF-8.
    doc : str
        Id, unique among all that is read.
    page_starts, point_gaps, paragraphs
        As in `Text`.
    facts : dict
        What the other columns of a table's row say, under the names of the table `documents`.
    """

    name: str
    raw: str
    sha256: str
    doc: str
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    paragraphs: bool = False


@dataclass
class Problems:
    """Collects what was odd: a row `source, doc, problem, detail` each."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, source: str, problem: str, detail: str, doc: str = "") -> None:
        self.rows.append({"source": source, "doc": doc, "problem": problem, "detail": detail})
