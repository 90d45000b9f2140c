"""Turn zip archives into the files they hold, within bounds: nothing outside, no bombs, no endless
nesting."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from helpers.sources import Unreadable

MEMBER_LIMIT = 100_000
DEPTH_LIMIT = 3
RATIO_LIMIT = 200  # prose packs 2–5 times smaller, a bomb 1,000 times
TOTAL_FACTOR = 20


class Member(NamedTuple):
    """A file in an archive, or (with `problem`) why it is not read."""

    name: str
    size: int
    key: int = -1  # its place in the archive's list
    problem: str = ""
    detail: str = ""


def open_zip(stream: BinaryIO | bytes) -> zipfile.ZipFile:
    """Open an archive.

    Raises
    ------
    Unreadable
        `damaged`.
    """
    try:
        return zipfile.ZipFile(io.BytesIO(stream) if isinstance(stream, bytes) else stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(
            "damaged", f"The archive cannot be opened ({error}). Pack it again."
        ) from None


def members(archive: zipfile.ZipFile, *, limit: int, passed_over) -> Iterator[Member]:
    """List an archive's files in the order of their names, with a problem for each that is not
    read.

    Parameters
    ----------
    archive : ZipFile
    limit : int
        Largest file, in bytes unpacked; all files together may have 20 times as much.
    passed_over : function of a path
        Says which names are no documents (hidden files …).
    """
    total = 0
    infos = [
        (_name(info), key, info)
        for key, info in enumerate(archive.infolist())
        if not info.filename.endswith("/")
    ]
    infos.sort(key=lambda found: found[:2])
    for n, (name, key, info) in enumerate(infos):
        if n >= MEMBER_LIMIT:
            yield Member(
                "",
                0,
                -1,
                "too_many_files",
                f"Only the first {MEMBER_LIMIT:,} of {len(infos):,} files were read. Unpack the"
                " archive and read the folder.",
            )
            return
        if passed_over(PurePosixPath(name)):
            continue
        problem, detail = _refusal(info, name, limit)
        if not problem:
            total += info.file_size
            if total > TOTAL_FACTOR * limit:
                yield Member(
                    name,
                    0,
                    -1,
                    "too_large",
                    f"Its files together hold more than {TOTAL_FACTOR * limit:,} bytes; the rest is"
                    " not read. Unpack the archive and read the folder.",
                )
                return
        yield Member(name, info.file_size, key, problem, detail)


def read_member(archive: zipfile.ZipFile, key: int, *, limit: int) -> bytes:
    """Unpack the file at one place of the archive's list, never more than `limit` bytes whatever
    the archive promises.

    Raises
    ------
    Unreadable
        `damaged`, `too_large`.
    """
    try:
        with archive.open(archive.infolist()[key]) as stream:
            data = stream.read(limit + 1)
    except Exception as error:  # zlib, lzma and zipfile each have their own
        raise Unreadable(
            "damaged", f"It cannot be unpacked ({type(error).__name__}). Pack the archive again."
        ) from None
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
    chinese = (
        reading for reading in readings if any("\u3400" <= char <= "\u9fff" for char in reading)
    )
    return next(chinese, readings[0] if readings else name.replace("\\", "/"))


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/") if info.flag_bits & 0x800 else shown(info.filename)


def _refusal(info: zipfile.ZipInfo, name: str, limit: int) -> tuple[str, str]:
    parts = PurePosixPath(name).parts
    if not parts:
        return "damaged", "The archive holds a file without a name. Pack it again."
    if ".." in parts or name.startswith("/") or (parts and parts[0].endswith(":")):
        return (
            "outside_path",
            "Its path leads out of the archive. Pack it without '..' and without a drive.",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link", "It is a link, not a file. Pack the file itself."
    if info.flag_bits & 1:
        return "encrypted", "It is protected by a password. Unpack the archive and read the folder."
    if info.file_size > limit:
        return (
            "too_large",
            f"Unpacked it holds {info.file_size:,} bytes, over the limit of {limit:,}.",
        )
    if info.file_size > 1_000_000 and info.file_size > RATIO_LIMIT * max(info.compress_size, 1):
        return (
            "zip_bomb",
            (
                f"{info.compress_size:,} bytes would unpack to {info.file_size:,}: no document"
                " packs so small."
            ),
        )
    return "", ""
