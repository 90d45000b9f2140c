"""Turn a path into the files to read, and hold them against the hashes kept beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath

from helpers.sources import encodable


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
            found.append((readable(place.name), place))
            continue
        inside = sorted(p for p in place.rglob("*") if p.is_file() and not passed_over(p.relative_to(place)))
        found += [(readable(p.relative_to(place).as_posix()), p) for p in inside]
    return found


def readable(name: str) -> str:
    """A file's name as it was meant: one given on a Chinese Windows is, unpacked elsewhere, GB18030 in bytes that no table can hold.

    >>> readable("简报.txt".encode("gb18030").decode("utf8", "surrogateescape")), readable("简报.txt")
    ('简报.txt', '简报.txt')
    """
    if encodable(name) == name:
        return name
    try:
        return name.encode("utf8", "surrogateescape").decode("gb18030")
    except UnicodeError:
        return encodable(name)


def passed_over(path: PurePath) -> bool:
    """Whether a file below a folder or in an archive is no document: hidden, SHA256SUMS, README.

    >>> [passed_over(PurePath(name)) for name in (".git/a.txt", "~$a.docx", "README.md", "b/a.txt")]
    [True, True, True, False]
    """
    hidden = any(part.startswith((".", "~$", "__MACOSX")) and part not in (".", "..") for part in path.parts)
    return hidden or path.name == "SHA256SUMS" or path.stem.upper() == "README"


def check_sums(files: list[tuple[str, Path]]) -> None:
    """Hold files against the SHA256SUMS beside them, if there is one.

    Raises
    ------
    ValueError
        For a changed file, with the hash expected and found.
    """
    for folder in sorted({path.parent for _, path in files}):
        sums = folder / "SHA256SUMS"
        expected = _listed(sums.read_text(encoding="utf8", errors="replace")) if sums.is_file() else {}
        for name, path in files:
            if path.parent != folder or path.name not in expected:
                continue
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != expected[path.name]:
                raise ValueError(
                    f"{name} was changed: SHA256SUMS expects {expected[path.name]}, the file has {found}. "
                    "Restore the file, or, if the change is meant, write the new hash into SHA256SUMS."
                )


def _listed(sums: str) -> dict[str, str]:
    """The hash of each file that a list of sums names; `*` before a name says that it was read as bytes."""
    pairs = (line.split(maxsplit=1) for line in sums.splitlines())
    return {pair[1].strip().lstrip("*"): pair[0] for pair in pairs if len(pair) == 2}
