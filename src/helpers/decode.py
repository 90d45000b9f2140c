"""Turn bytes into text: UTF-8, UTF-16, GB18030 or Big5, whichever reads as Chinese, else what charset-normalizer finds."""

from __future__ import annotations

import codecs

from helpers.sources import Text, Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_CHINESE = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_COMMON = frozenset("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会年成工对部法市发展老监督會國時來們")
_MARKS = frozenset("，。、；：？！“”（）《》\u3000")
_SAMPLE = 20_000
_NOT_TEXT = {
    "binary": "The bytes are not text. Export the document as text and read that.",
    "unknown_encoding": "The bytes are text in no encoding known here (UTF-8, UTF-16, GB18030, Big5). Save the file as UTF-8.",
}


def read_plain(data: bytes, limit: int = 0) -> Text:
    """Decode a plain text file; the encoding is noted unless it is UTF-8.

    Raises
    ------
    Unreadable
        `binary` or `unknown_encoding`.
    """
    text, encoding = decode(data)
    if text is None:
        raise Unreadable(encoding, _NOT_TEXT[encoding])
    return Text(text, notes=() if encoding == "utf-8" else (("encoding", f"Read as {encoding}."),))


def decode(data: bytes) -> tuple[str | None, str]:
    """Decode bytes as UTF-8, UTF-16, GB18030 or Big5, whichever reads as Chinese.

    A byte order mark decides; then valid UTF-8 is UTF-8; then of the Chinese encodings the one that gives most of the
    commonest characters. Only bytes that are none of these are shown to charset-normalizer: on short Chinese texts it
    is less sure than counting 的一是在.

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
    names = _CHINESE[2:] if wide else _CHINESE[: 2 if len(data) % 2 else 4]
    guesses = [(_score(sample), name) for name in names if (sample := _try(data[: 2 * _SAMPLE], name, whole=len(data) <= 2 * _SAMPLE))]
    for score, name in sorted(guesses, key=lambda guess: -guess[0]):
        text = _try(data, name) if score > 0 else None
        if text is not None:
            return text, name
    return (None, "binary") if wide or _has_controls(data) else _other(data)


def _other(data: bytes) -> tuple[str | None, str]:
    """What charset-normalizer takes the bytes for, if that reads as Chinese."""
    from charset_normalizer import from_bytes

    for guess in list(from_bytes(data[:_SAMPLE]))[:3]:
        text = _try(data, guess.encoding)
        if text and _score(text) > 0:
            return text, guess.encoding
    return None, "unknown_encoding"


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


def _score(text: str) -> float:
    """Share of common characters; 0 where the text does not read as Chinese.

    Chinese prose is made of common characters and punctuation; bytes read in the wrong encoding are not.
    """
    sample = text[:_SAMPLE]
    odd = sum(not (c.isprintable() or c in "\n\r\t\f\u3000\ufeff\xa0") or "\ue000" <= c <= "\uf8ff" for c in sample)
    common = sum(c in _COMMON for c in sample)
    plain = common + sum(c.isascii() or c in _MARKS for c in sample)
    return (common + 0.01 * plain) / len(sample) if odd * 50 <= len(sample) and plain * 20 >= len(sample) else 0.0
