"""Finds the files to read in folders and archives, and gives each file a unique name.

All files are listed before any file is read, so that the corpus can be split into parts and the
hashes of the files can be checked.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, NamedTuple

from helpers.characters import encodable

from .decode import Problems, Unreadable

_GIVE = "Give a file, a folder of documents, or a list of these."
_LINK_OUT = (
    "The link leads to a folder that contains the folder being read, so it is not followed. Remove"
    " the link, or read the larger folder instead."
)
_File = tuple[Path, Path]
"""The folder to which the name of a file is relative, and the path of the file."""


def find_files(
    path: str | Path | Sequence[str | Path], problems: Problems | None = None
) -> list[tuple[str, Path]]:
    """List the files to read as (name, path). The files below a given folder are sorted by path.

    Links to folders are followed, and each file is listed once, however many paths or links lead to
    it. Hidden files, SHA256SUMS and README files are left out, as are folders of results that
    `analyse` wrote. `problems` gets a row `unreadable` for a folder that cannot be opened, a row
    `not_a_file` for a device, a pipe or a socket, and a row `link` for a link to a folder that
    holds the given folder.

    The name of a file is the path relative to the given folder. If two given folders hold files of
    the same name, each name begins with the name of the file's folder (`a/x.txt`, `b/x.txt`). A
    path that does not exist raises FileNotFoundError, and an empty path or a path to a device, a
    pipe or a socket raises ValueError.
    """
    paths = [path] if isinstance(path, (str, Path)) else list(path)
    files: list[_File] = []
    for given in paths:
        if not str(given).strip():
            raise ValueError(
                f"read_corpus: '{given}' is an empty path. {_GIVE} Without a path the shipped"
                " briefings are read."
            )
        place = Path(given)
        if not place.exists():
            raise FileNotFoundError(f"read_corpus: '{place}' does not exist. {_GIVE}")
        if place.is_file():
            files.append((place.parent, place))
        elif place.is_dir():
            files += [(place, file) for file in _files_of(place, problems)]
        else:
            raise ValueError(f"read_corpus: '{place}' {_describe_special(place)} {_GIVE}")
    several = len(paths) > 1
    return _named(_without_repeats(files, several=several), several=several)


def _files_of(place: Path, problems: Problems | None) -> list[Path]:
    def report(path: Path, problem: str, detail: str) -> None:
        if problems is not None and not is_ignored(path.relative_to(place)):
            below = path.relative_to(place).as_posix()
            problems.add(readable(place.name if below == "." else below), problem, detail)

    files = (path for path in _walk(place, report) if not is_ignored(path.relative_to(place)))
    return sorted(path for path in files if _is_file(path, report))


_Report = Callable[[Path, str, str], None]
"""A function that adds a row to the table `problems`, given a path, a problem and what to do."""


def _is_file(path: Path, report: _Report) -> bool:
    """Tell whether a path leads to a file. Report a device, a pipe or a socket. A device, a pipe or
    a socket is never opened, because reading a pipe may wait forever and /dev/zero never ends."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # for example, a link that leads nowhere
        return False
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        report(path, "not_a_file", f"This {_describe_special(path)} Take it out of the folder.")
    return stat.S_ISREG(mode)


def _describe_special(path: Path) -> str:
    """Say what a path leads to if this is neither a file nor a folder, such as a pipe."""
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    kind = kinds.get(stat.S_IFMT(path.stat().st_mode), "a device")
    return f"is {kind}, not a file, and is not opened."


def _walk(place: Path, report: _Report) -> Iterator[Path]:
    """Yield all files below a folder. Enter no folder twice, even if links lead back to it, and
    follow no link to a folder that contains `place`."""

    def report_error(error: OSError) -> None:
        detail = (
            f"The folder cannot be opened ({error.strerror}), so the files in it are not read."
            " Give yourself the right to read it, or remove it."
        )
        report(Path(error.filename or place), "unreadable", detail)

    entered: set[str] = set()
    around = set(map(str, Path(os.path.realpath(place)).parents))
    waiting = [place]
    for start in waiting:  # the loop adds the linked folders to `waiting`
        for folder, subfolders, names in os.walk(start, onerror=report_error):
            real = os.path.realpath(folder)
            # A folder with manifest.json and done/ holds results of analyse, which are not input.
            if real in entered or "manifest.json" in names and "done" in subfolders:
                subfolders.clear()
                continue
            entered.add(real)
            subfolders[:] = sorted(name for name in subfolders if not is_ignored(PurePath(name)))
            for link in filter(os.path.islink, (Path(folder, name) for name in subfolders)):
                if os.path.realpath(link) in around:
                    report(link, "link", _LINK_OUT)
                else:
                    waiting.append(link)
            yield from (Path(folder, name) for name in names)


def _without_repeats(files: list[_File], *, several: bool) -> list[_File]:
    """List each file once, even if links lead to it. Prefer the real path of a file to a link."""
    links = {path for _, path in files if path.is_symlink()}
    # In a single folder without links, no file occurs twice. Return the list at once to save
    # memory, since the folder may hold ten million files.
    if not several and not links:
        return files
    chosen: dict[str, int] = {}
    for n, (_, path) in enumerate(files):
        real = os.path.realpath(path)
        if real not in chosen or files[chosen[real]][1] in links and path not in links:
            chosen[real] = n
    return [files[n] for n in sorted(chosen.values())]


def _named(files: list[_File], *, several: bool) -> list[tuple[str, Path]]:
    """Name files by their paths below the given folders. If two names would be equal, put parent
    folders before all names until no two names are equal."""
    parts_of = {base: base.absolute().parts[1:] for base, _ in files}
    deepest = max(map(len, parts_of.values()), default=0) if several else 0
    for depth in range(1 + deepest):
        front = {base: PurePath(*parts[len(parts) - depth :]) for base, parts in parts_of.items()}
        names = [(front[base] / path.relative_to(base)).as_posix() for base, path in files]
        if len(set(names)) == len(names):
            break
    return [(readable(name), path) for name, (_, path) in zip(names, files, strict=True)]


def readable(name: str) -> str:
    """Decode a file name that the system could not decode, so that a table can hold the name.

    Chinese Windows writes file names in GB18030, which other systems do not decode.

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


def is_ignored(path: PurePath) -> bool:
    """Tell whether to skip a file because it is hidden or is named SHA256SUMS or README.

    >>> [is_ignored(PurePath(name)) for name in (".git/a.txt", "~$a.docx", "README.md", "b/a.txt")]
    [True, True, True, False]
    """
    names = set(path.parts) - {".", ".."}
    hidden = any(name.startswith((".", "~$", "__MACOSX")) for name in names)
    return hidden or path.name == "SHA256SUMS" or path.stem.upper() == "README"


def check_sums(files: list[tuple[str, Path]]) -> None:
    """Compare the hash of each file with the hash listed in the file SHA256SUMS of the same folder.
    Raise ValueError if the two hashes differ."""
    sums: dict[Path, dict[str, str]] = {}
    for name, path in files:
        if path.parent not in sums:
            sums[path.parent] = _read_sums(path.parent / "SHA256SUMS")
        expected = sums[path.parent].get(path.name)
        if expected is None:
            continue
        with path.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
        if actual != expected:
            raise ValueError(
                f"{name} was changed: SHA256SUMS expects {expected}, the file has {actual}. Restore"
                " the file, or, if you meant to change it, write the new hash into SHA256SUMS."
            )


_SUMS_LIMIT = 50_000_000  # bytes; enough for the hashes of half a million files


def _read_sums(path: Path) -> dict[str, str]:
    """Return the hashes that SHA256SUMS lists, by file name. The `*` that `sha256sum --binary` puts
    before a name is removed. Raise ValueError if SHA256SUMS has more than `_SUMS_LIMIT` bytes."""
    if path.is_file() and path.stat().st_size > _SUMS_LIMIT:
        found = f"{path.parent.name}/SHA256SUMS has {path.stat().st_size:,} bytes, over the limit"
        remedy = "Write it again with sha256sum, or remove it."
        raise ValueError(f"{found} of {_SUMS_LIMIT:,}. {remedy}")
    text = path.read_text(encoding="utf8", errors="replace") if path.is_file() else ""
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {pair[1].strip().lstrip("*"): pair[0] for pair in pairs if len(pair) == 2}


MEMBER_LIMIT = 100_000
DEPTH_LIMIT = 3
RATIO_LIMIT = 50  # Prose grows at most fivefold when unpacked, but a hostile file a thousandfold.
_NO_BOMB = 1_000_000  # A million unpacked bytes do no harm, whatever their packed size.
TOTAL_FACTOR = 20
RAISE_LIMIT = "Raise the limit with read_corpus(…, size_limit=…)."
_UNPACK = "Unpack the archive and read the folder."


class Member(NamedTuple):
    """A file in an archive. If the file is not read, `problem` and `detail` say why."""

    name: str
    size: int = 0
    key: int = -1  # the file's position in the archive's list of files
    problem: str = ""
    detail: str = ""


def open_zip(stream: BinaryIO | bytes) -> zipfile.ZipFile:
    """Open a zip archive, or raise Unreadable (`damaged`) if it cannot be opened."""
    try:
        return zipfile.ZipFile(io.BytesIO(stream) if isinstance(stream, bytes) else stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        detail = f"The archive cannot be opened ({error}). Pack it again."
        raise Unreadable("damaged", detail) from None


def members(archive: zipfile.ZipFile, *, limit: int) -> Iterator[Member]:
    """List the documents in an archive by name. If a document is not read, its `problem` says why.

    One unpacked document may have at most `limit` bytes. All unpacked documents together may have
    at most 20 times `limit`, and at most about 50 times the bytes of the archive.
    """
    total = 0
    most = min(TOTAL_FACTOR * limit, _NO_BOMB + RATIO_LIMIT * archive.start_dir)
    infos = enumerate(archive.infolist())
    files = [(_name(info), key, info) for key, info in infos if not info.filename.endswith("/")]
    files.sort(key=lambda file: file[:2])
    for name, key, info in files[:MEMBER_LIMIT]:
        if is_ignored(PurePosixPath(name)):
            continue
        problem, detail = _refusal(info, name, limit)
        total += 0 if problem else info.file_size
        if not problem and total > most:
            detail = (
                f"The files of the archive together hold more than {most:,} bytes; this file and"
                f" the files after it are not read. {_UNPACK}"
            )
            yield Member(name, problem="too_large", detail=detail)
            return
        yield Member(name, info.file_size, key, problem, detail)
    if len(files) > MEMBER_LIMIT:
        detail = f"Only the first {MEMBER_LIMIT:,} of {len(files):,} files were read. {_UNPACK}"
        yield Member("", problem="too_many_files", detail=detail)


def read_member(archive: zipfile.ZipFile, key: int, *, limit: int) -> bytes:
    """Unpack the file at position `key` of the archive's list. Raise Unreadable if the unpacked
    file has more than `limit` bytes, whatever size the archive states."""
    try:
        with archive.open(archive.infolist()[key]) as stream:
            data = stream.read(limit + 1)
    except Exception as error:  # zlib, lzma and zipfile raise different errors
        detail = f"The file cannot be unpacked ({type(error).__name__}). Pack the archive again."
        raise Unreadable("damaged", detail) from None
    if len(data) > limit:
        detail = f"The file has more than {limit:,} bytes when unpacked. {RAISE_LIMIT}"
        raise Unreadable("too_large", detail)
    return data


def decoded_name(name: str) -> str:
    """Decode the name of a file in an archive. Names in an archive should be in the encoding CP437,
    but macOS writes UTF-8 and Chinese Windows GB18030.

    The first of UTF-8 and GB18030 that gives Chinese characters is used. A short name in GB18030
    may happen to be valid UTF-8, but UTF-8 then gives Greek or Arabic letters.

    >>> [decoded_name("简报.txt".encode(name).decode("cp437")) for name in ("gb18030", "utf-8")]
    ['简报.txt', '简报.txt']
    """
    readings = []
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeError):
            readings.append(name.encode("cp437").decode(encoding))
    chinese = (text for text in readings if any("\u3400" <= c <= "\u9fff" for c in text))
    return next(chinese, readings[0] if readings else name).replace("\\", "/")


def _name(info: zipfile.ZipInfo) -> str:
    in_utf8 = info.flag_bits & 0x800
    return info.filename.replace("\\", "/") if in_utf8 else decoded_name(info.filename)


def _refusal(info: zipfile.ZipInfo, name: str, limit: int) -> tuple[str, str]:
    parts = PurePosixPath(name).parts
    if not parts:
        return "damaged", "The archive holds a file without a name. Pack it again."
    if ".." in parts or name.startswith("/") or parts[0].endswith(":"):
        detail = "The path leads out of the archive. Pack it without '..' and without a drive."
        return "outside_path", detail
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link", "This is a link, not a file. Pack the file to which it leads."
    if info.flag_bits & 1:
        return "encrypted", f"The file is protected by a password. {_UNPACK}"
    size, packed = info.file_size, info.compress_size
    if size > _NO_BOMB and size > RATIO_LIMIT * max(packed, 1):
        detail = f"{packed:,} bytes would unpack to {size:,}, unlike any real document. {_UNPACK}"
        return "zip_bomb", detail
    if size > limit:
        detail = f"The file has {size:,} bytes when unpacked, over the limit of {limit:,}."
        return "too_large", detail
    return "", ""
