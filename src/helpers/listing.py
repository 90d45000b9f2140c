"""Turn a path into the files to read, and hold them against the hashes kept beside them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath

from helpers.sources import Problems, encodable

_GIVE = "Give a file, a folder of documents, or a list of these."


def find_files(
    path: str | Path | Sequence[str | Path], problems: Problems | None = None
) -> list[tuple[str, Path]]:
    """List the files to read as (name, path), a folder's files in the order of their names, its
    subfolders' too.

    Links to folders are followed, and each file is listed once, however many paths or links lead to
    it. Hidden files, SHA256SUMS and README files are passed over, and folders of results that
    `analyse` wrote.

    Parameters
    ----------
    path : path or list of paths
    problems : Problems, optional
        Takes a row `unreadable` for each folder that cannot be opened.

    Returns
    -------
    list of (name, path)
        `name` is the path below the folder that was given; where two of several folders would give
        the same name, it begins with the folders' own names (`a/x.txt`, `b/x.txt`).

    Raises
    ------
    FileNotFoundError
        For a path that is not there.
    ValueError
        For an empty path.
    """
    given = [path] if isinstance(path, (str, Path)) else list(path)
    found: list[tuple[Path, Path]] = []  # (what its name is told from, the file)
    for one in given:
        if not str(one).strip():
            raise ValueError(
                f"read_corpus: '{one}' is an empty path. {_GIVE} Without a path the shipped"
                " briefings are read."
            )
        place = Path(one)
        if not place.exists():
            raise FileNotFoundError(f"read_corpus: '{place}' does not exist. {_GIVE}")
        found += (
            [(place.parent, place)]
            if place.is_file()
            else [(place, file) for file in _files_of(place, problems)]
        )
    return _named(_once(found, several=len(given) > 1), several=len(given) > 1)


def _files_of(place: Path, problems: Problems | None) -> list[Path]:
    def refuse(error: OSError) -> None:
        if problems is not None:
            below = Path(error.filename or place).relative_to(place).as_posix()
            name = readable(place.name if below == "." else below)
            problems.add(
                name,
                "unreadable",
                f"The folder cannot be opened ({error.strerror}): what it holds is not read. Allow"
                " yourself to read it, or take it out.",
            )

    inside = (
        path
        for path in _walk(place, refuse)
        if path.is_file() and not passed_over(path.relative_to(place))
    )
    return sorted(inside)


def _walk(place: Path, refuse: Callable[[OSError], None]) -> Iterator[Path]:
    """All that lies below a folder; each folder is entered once, those behind links last: a link
    may lead back up."""
    entered: set[str] = set()
    waiting = [place]
    for start in waiting:
        for at, folders, names in os.walk(start, onerror=refuse):
            real = os.path.realpath(at)
            # what analyse wrote is no input
            if real in entered or "manifest.json" in names and "done" in folders:
                folders.clear()
                continue
            entered.add(real)
            folders[:] = sorted(name for name in folders if not passed_over(PurePath(name)))
            waiting += [
                Path(at, name) for name in folders if os.path.islink(os.path.join(at, name))
            ]
            yield from (Path(at, name) for name in names)


def _once(found: list[tuple[Path, Path]], *, several: bool) -> list[tuple[Path, Path]]:
    """Each real file once: under its own name rather than a link's, else where it comes first."""
    links = {path for _, path in found if path.is_symlink()}
    # a folder is entered once: nothing can be there twice, and ten million paths need not be kept
    if not several and not links:
        return found
    best: dict[str, int] = {}
    for n, (_, path) in enumerate(found):
        real = os.path.realpath(path)
        if real not in best or found[best[real]][1] in links and path not in links:
            best[real] = n
    return [found[n] for n in sorted(best.values())]


def _named(found: list[tuple[Path, Path]], *, several: bool) -> list[tuple[str, Path]]:
    """Names below the folders given, with as many folders in front as tell the names of several
    apart."""
    bases = {base: base.absolute().parts[1:] for base, _ in found}
    for depth in range(1 + max((len(parts) for parts in bases.values()), default=0) * several):
        front = {
            base: PurePath(*parts[len(parts) - depth :]) if depth else PurePath()
            for base, parts in bases.items()
        }
        names = [(front[base] / path.relative_to(base)).as_posix() for base, path in found]
        if not several or len(set(names)) == len(names):
            break
    return [(readable(name), path) for name, (_, path) in zip(names, found, strict=True)]


def readable(name: str) -> str:
    """A file's name as it was meant: one given on a Chinese Windows is, unpacked elsewhere, GB18030
    in bytes that no table can hold.

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
    hidden = any(
        part.startswith((".", "~$", "__MACOSX")) and part not in (".", "..") for part in path.parts
    )
    return hidden or path.name == "SHA256SUMS" or path.stem.upper() == "README"


def check_sums(files: list[tuple[str, Path]]) -> None:
    """Hold files against the SHA256SUMS beside them, if there is one.

    Raises
    ------
    ValueError
        For a changed file, with the hash expected and found.
    """
    expected: dict[Path, dict[str, str]] = {}
    for name, path in files:
        folder = path.parent
        if folder not in expected:
            sums = folder / "SHA256SUMS"
            expected[folder] = (
                _listed(sums.read_text(encoding="utf8", errors="replace")) if sums.is_file() else {}
            )
        if path.name not in expected[folder]:
            continue
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != expected[folder][path.name]:
            raise ValueError(
                f"{name} was changed: SHA256SUMS expects {expected[folder][path.name]}, the file"
                f" has {found}. Restore the file, or, if the change is meant, write the new hash"
                " into SHA256SUMS."
            )


def _listed(sums: str) -> dict[str, str]:
    """The hash of each file that a list of sums names; `*` before a name says that it was read as
    bytes."""
    pairs = (line.split(maxsplit=1) for line in sums.splitlines())
    return {pair[1].strip().lstrip("*"): pair[0] for pair in pairs if len(pair) == 2}
