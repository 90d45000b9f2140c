"""Turn files into raw texts: which files a path holds, how their bytes are decoded, what was odd about them."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUFFIXES = (".txt",)
SIZE_LIMIT = 100_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出会年成工对部法市发展老监督會國時來們"


@dataclass(frozen=True)
class Source:
    """One file's raw text, with what is needed to find it again.

    Attributes
    ----------
    name : str
        Path below the folder that was read; never an absolute path.
    raw : str
        The decoded text, line ends as they are.
    sha256 : str
        Hash of the file's bytes.
    page_starts : tuple of int
        Raw offset at which each page begins; empty where pages are not known.
    """

    name: str
    raw: str
    sha256: str
    page_starts: tuple[int, ...] = ()


@dataclass
class Problems:
    """Collects what was odd: a row `source, doc, problem, detail` each."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, source: str, problem: str, detail: str, doc: str = "") -> None:
        self.rows.append({"source": source, "doc": doc, "problem": problem, "detail": detail})


def find_files(path: str | Path | list[str | Path] | tuple[str | Path, ...]) -> list[tuple[str, Path]]:
    """List the files to read as (name, path), a folder's files in the order of their names, its subfolders' too.

    Hidden files, SHA256SUMS and README files are passed over.

    Raises
    ------
    FileNotFoundError
        For a path that is not there.
    """
    paths = [path] if isinstance(path, (str, Path)) else list(path)
    found: list[tuple[str, Path]] = []
    for place in map(Path, paths):
        if not place.exists():
            raise FileNotFoundError(
                f"read_corpus: '{place}' does not exist. Give a file, a folder of documents, or a list of these."
            )
        if place.is_file():
            found.append((place.name, place))
            continue
        inside = sorted(p for p in place.rglob("*") if p.is_file() and not _passed_over(p.relative_to(place)))
        found += [(p.relative_to(place).as_posix(), p) for p in inside]
    return found


def _passed_over(path: Path) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts) or path.name == "SHA256SUMS" or path.stem.upper() == "README"


def check_sums(files: list[tuple[str, Path]]) -> None:
    """Hold files against the SHA256SUMS beside them, if there is one.

    Raises
    ------
    ValueError
        For a changed file, with the hash expected and found; for a listed file that is gone from a folder read whole.
    """
    for folder in sorted({path.parent for _, path in files}):
        sums = folder / "SHA256SUMS"
        if not sums.is_file():
            continue
        expected = dict(reversed(line.split(maxsplit=1)) for line in sums.read_text(encoding="utf8").splitlines() if line.strip())
        expected = {name.lstrip("*"): value for name, value in expected.items()}
        for name, path in files:
            if path.parent != folder or path.name not in expected:
                continue
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != expected[path.name]:
                raise ValueError(
                    f"{name} was changed: SHA256SUMS expects {expected[path.name]}, the file has {found}. "
                    "Restore the file, or, if the change is meant, write the new hash into SHA256SUMS."
                )


def read_sources(files: list[tuple[str, Path]], problems: Problems, *, size_limit: int = SIZE_LIMIT) -> Iterator[Source]:
    """Read each file; what cannot be read becomes a row of `problems` and loses no other file."""
    for name, path in files:
        try:
            if path.suffix.lower() not in SUFFIXES:
                problems.add(name, "unknown_format", f"'{path.suffix}' is not read. Save it as {', '.join(SUFFIXES)}.")
                continue
            size = path.stat().st_size
            if size > size_limit:
                problems.add(name, "too_large", f"{size:,} bytes, over the limit of {size_limit:,}. Raise it with read_corpus(…, size_limit=…).")
                continue
            data = path.read_bytes()
        except OSError as error:
            problems.add(name, "unreadable", f"{type(error).__name__}: {error.strerror or error}")
            continue
        text, encoding = decode(data)
        if text is None:
            problems.add(name, encoding, _NOT_TEXT[encoding])
        elif not text.strip():
            problems.add(name, "empty", "The file has no text.")
        else:
            if encoding != "utf-8":
                problems.add(name, "encoding", f"Read as {encoding}.")
            yield Source(name, text, hashlib.sha256(data).hexdigest())


_NOT_TEXT = {
    "binary": "The bytes are not text. Export the document as text and read that.",
    "unknown_encoding": "The bytes are text in no encoding known here (UTF-8, UTF-16, GB18030, Big5). Save the file as UTF-8.",
}


def decode(data: bytes) -> tuple[str | None, str]:
    """Decode bytes as UTF-8, UTF-16, GB18030 or Big5, whichever reads as Chinese.

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
    if text is not None:
        return (text, "utf-8") if text.count("\0") * 100 <= len(text) else _wide(data)
    if data.count(b"\0") * 10 > len(data):
        return _wide(data)
    guesses = [(text, name) for name in ("gb18030", "big5hkscs") if (text := _try(data, name)) is not None]
    best = max(guesses, key=lambda guess: sum(guess[0].count(char) for char in _COMMON), default=(None, "unknown_encoding"))
    if best[0] is None or not _reads_as_text(best[0]):
        control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in data[:100_000])
        return None, "binary" if control * 50 > min(len(data), 100_000) else "unknown_encoding"
    return best


def _wide(data: bytes) -> tuple[str | None, str]:
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _try(data, encoding)
        if text is not None and _reads_as_text(text):
            return text, encoding
    return None, "binary"


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_text(text: str) -> bool:
    """Chinese prose is made of common characters and punctuation; bytes read in the wrong encoding are not."""
    sample = text[:20_000]
    odd = sum(not (c.isprintable() or c in "\n\r\t\f\u3000\ufeff\xa0") or "\ue000" <= c <= "\uf8ff" for c in sample)
    common = sum(c in _COMMON or c.isascii() or c in "，。、；：？！“”（）《》\u3000" for c in sample)
    return odd * 50 <= len(sample) and common * 20 >= len(sample)
