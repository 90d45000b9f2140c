"""Folders, archives and globs → the files to read, each known by its place."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, NamedTuple

from helpers.characters import encodable

from .decode import Problems, Unreadable

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
        if place.is_file():
            found.append((place.parent, place))
        else:
            found += [(place, file) for file in _files_of(place, problems)]
    return _named(_once(found, several=len(given) > 1), several=len(given) > 1)


def _files_of(place: Path, problems: Problems | None) -> list[Path]:
    def refuse(error: OSError) -> None:
        if problems is not None:
            below = Path(error.filename or place).relative_to(place).as_posix()
            problems.add(
                readable(place.name if below == "." else below),
                "unreadable",
                f"The folder cannot be opened ({error.strerror}): what it holds is not read. Allow"
                " yourself to read it, or take it out.",
            )

    files = (path for path in _walk(place, refuse) if path.is_file())
    return sorted(path for path in files if not passed_over(path.relative_to(place)))


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
            waiting += [Path(at, name) for name in folders if os.path.islink(Path(at, name))]
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
    deepest = max(map(len, bases.values()), default=0) if several else 0
    for depth in range(1 + deepest):
        front = {base: PurePath(*parts[len(parts) - depth :]) for base, parts in bases.items()}
        names = [(front[base] / path.relative_to(base)).as_posix() for base, path in found]
        if not several or len(set(names)) == len(names):
            break
    return [(readable(name), path) for name, (_, path) in zip(names, found, strict=True)]


def readable(name: str) -> str:
    """A file's name as it was meant: one given on a Chinese Windows is, unpacked elsewhere, GB18030
    in bytes that no table can hold.

    >>> given = "简报.txt".encode("gb18030").decode("utf8", "surrogateescape")
    >>> readable(given), readable("简报.txt")
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
        if path.parent not in expected:
            expected[path.parent] = _listed(path.parent / "SHA256SUMS")
        wanted = expected[path.parent].get(path.name)
        if wanted is None:
            continue
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != wanted:
            raise ValueError(
                f"{name} was changed: SHA256SUMS expects {wanted}, the file has {found}. Restore"
                " the file, or, if the change is meant, write the new hash into SHA256SUMS."
            )


def _listed(sums: Path) -> dict[str, str]:
    """The hash of each file that a list of sums names; `*` before a name says that it was read as
    bytes."""
    text = sums.read_text(encoding="utf8", errors="replace") if sums.is_file() else ""
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {pair[1].strip().lstrip("*"): pair[0] for pair in pairs if len(pair) == 2}


MEMBER_LIMIT = 100_000
DEPTH_LIMIT = 3
RATIO_LIMIT = 200  # prose packs 2–5 times smaller, a bomb 1,000 times
TOTAL_FACTOR = 20
_UNPACK = "Unpack the archive and read the folder."


class Member(NamedTuple):
    """A file in an archive, or (with `problem`) why it is not read."""

    name: str
    size: int
    key: int = -1  # its place in the archive's list
    problem: str = ""
    detail: str = ""


def open_zip(stream: BinaryIO | bytes) -> zipfile.ZipFile:
    """Open an archive; one that cannot be opened is `damaged`."""
    try:
        return zipfile.ZipFile(io.BytesIO(stream) if isinstance(stream, bytes) else stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        detail = f"The archive cannot be opened ({error}). Pack it again."
        raise Unreadable("damaged", detail) from None


def members(
    archive: zipfile.ZipFile, *, limit: int, passed_over: Callable[[PurePath], bool]
) -> Iterator[Member]:
    """List an archive's files in the order of their names, with a problem for each that is not
    read.

    The largest may have `limit` bytes unpacked, and all together 20 times as much; `passed_over`
    says which names are no documents (hidden files …).
    """
    total = 0
    infos = enumerate(archive.infolist())
    files = [(_name(info), key, info) for key, info in infos if not info.filename.endswith("/")]
    files.sort(key=lambda found: found[:2])
    for name, key, info in files[:MEMBER_LIMIT]:
        if passed_over(PurePosixPath(name)):
            continue
        problem, detail = _refusal(info, name, limit)
        total += 0 if problem else info.file_size
        if not problem and total > TOTAL_FACTOR * limit:
            detail = (
                f"Its files together hold more than {TOTAL_FACTOR * limit:,} bytes; the rest is"
            )
            yield Member(name, 0, -1, "too_large", f"{detail} not read. {_UNPACK}")
            return
        yield Member(name, info.file_size, key, problem, detail)
    if len(files) > MEMBER_LIMIT:
        detail = f"Only the first {MEMBER_LIMIT:,} of {len(files):,} files were read. {_UNPACK}"
        yield Member("", 0, -1, "too_many_files", detail)


def read_member(archive: zipfile.ZipFile, key: int, *, limit: int) -> bytes:
    """Unpack the file at one place of the archive's list, never more than `limit` bytes whatever
    the archive promises."""
    try:
        with archive.open(archive.infolist()[key]) as stream:
            data = stream.read(limit + 1)
    except Exception as error:  # zlib, lzma and zipfile each have their own
        detail = f"It cannot be unpacked ({type(error).__name__}). Pack the archive again."
        raise Unreadable("damaged", detail) from None
    if len(data) > limit:
        raise Unreadable(
            "too_large",
            f"Unpacked it holds more than {limit:,} bytes. Raise the limit with read_corpus(…,"
            " size_limit=…).",
        )
    return data


def shown(name: str) -> str:
    """A member's name as it was meant: macOS writes UTF-8, a Chinese Windows GB18030, where the
    format says CP437.

    It is UTF-8 if that gives Chinese characters: a name of two or three in GB18030 may happen to be
    valid UTF-8, but then of Greek or Arabic letters.

    >>> [shown("简报.txt".encode(encoding).decode("cp437")) for encoding in ("gb18030", "utf-8")]
    ['简报.txt', '简报.txt']
    """
    readings = []
    for encoding in ("utf-8", "gb18030"):
        try:
            readings.append(name.encode("cp437").decode(encoding).replace("\\", "/"))
        except UnicodeError:
            continue
    chinese = (found for found in readings if any("\u3400" <= c <= "\u9fff" for c in found))
    return next(chinese, readings[0] if readings else name.replace("\\", "/"))


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/") if info.flag_bits & 0x800 else shown(info.filename)


def _refusal(info: zipfile.ZipInfo, name: str, limit: int) -> tuple[str, str]:
    parts = PurePosixPath(name).parts
    if not parts:
        return "damaged", "The archive holds a file without a name. Pack it again."
    if ".." in parts or name.startswith("/") or parts[0].endswith(":"):
        detail = "Its path leads out of the archive. Pack it without '..' and without a drive."
        return "outside_path", detail
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link", "It is a link, not a file. Pack the file itself."
    if info.flag_bits & 1:
        return "encrypted", "It is protected by a password. Unpack the archive and read the folder."
    size, packed = info.file_size, info.compress_size
    if size > limit:
        return "too_large", f"Unpacked it holds {size:,} bytes, over the limit of {limit:,}."
    if size > 1_000_000 and size > RATIO_LIMIT * max(packed, 1):
        detail = f"{packed:,} bytes would unpack to {size:,}: no document packs so small."
        return "zip_bomb", detail
    return "", ""
