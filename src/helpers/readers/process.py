"""PDF, Word and Parquet files → texts, read in a process with limits of memory and time.

A hostile PDF of 600 bytes may draw itself again and again, and 5 KB of Parquet may hold a terabyte
of text. A hostile file ends the reading process, becomes a row of `problems`, and harms nothing
else. The reading process (see `child.py`) is started for the first PDF, Word or Parquet file and
then reads all later ones. Text files, CSV and JSON tables and web pages are read without this
process, because they cannot grow when they are read.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from .child import NO_MEMORY, receive, send
from .decode import Text, Unreadable
from .tables import Row, Slice

MEMORY_IS_LIMITED = sys.platform.startswith("linux")

# Bytes of memory that the reading process may take for a file, besides the 25 to 75 MB of Python
# and the libraries. Each pair holds the bytes for any file, above all for its fonts, and the bytes
# for each byte of the file. Real PDFs took 22 times their size at most, Word files 15 times, tables
# 10 times. Arrow may also start two threads, whose stacks count 16 MB although they stay empty.
_MEMORY = {".pdf": (30_000_000, 40), ".docx": (30_000_000, 40), ".parquet": (27_000_000, 20)}
SUFFIXES = tuple(_MEMORY)
# Seconds that reading a file may take: a fixed number, and a number per byte. The slowest real PDF
# took 17 seconds per MB on a slow, busy machine, so that a minute per MB leaves room.
_SECONDS, _SECONDS_PER_BYTE = 40, 60e-6
# Bytes of text (in UTF-8) that a file may hold. Prose shrinks to a fifth at best when it is packed,
# so that no real file holds ten times its size in text.
_TEXT, _TEXT_PER_BYTE = 1_000_000, 10

_REMEDY = (
    "Check where the file comes from. If it is sound, open it in the program that made it and save"
    " it again, or export its text as a .txt file."
)
NO_LIMIT = (
    "",
    "no_memory_limit",
    "This system cannot limit the memory of a process, so that a hostile PDF, Word or Parquet file"
    " can fill the memory. Only the time is limited. Read files of unknown origin on Linux.",
)
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from helpers.readers.child import serve; serve()"


def read_text(origin: Path | bytes, suffix: str, *, limit: int) -> tuple[Text, str]:
    """Read a PDF or Word file, given its path or its bytes. Return the file's text and its SHA-256
    hash.

    `Unreadable` is raised for the reasons of `read_pdf` and `read_docx`, and for `too_much_memory`,
    `too_slow`, `too_much_text` or `crashed`.
    """
    (answer,) = _ask("text", origin, suffix, _size(origin), limit=limit)
    text = answer["text"]
    layout = (tuple(text["page_starts"]), tuple(text["point_gaps"]))
    warnings = tuple(map(tuple, text["warnings"]))
    return Text(text["raw"], *layout, warnings, text["paragraphs"]), answer["sha256"]


def read_slices(
    origin: Path | bytes, suffix: str, *, limit: int, column: str | None
) -> list[Slice]:
    """Cut a table into slices, as `tables.slices` does."""
    (parts,) = _ask("slices", origin, suffix, _size(origin), limit=limit, column=column)
    return [Slice(*part) for part in parts]


def read_rows(
    origin: Path | bytes, suffix: str, part: Slice, *, size: int, limit: int, column: str | None
) -> Iterator[Row]:
    """Read the rows of one slice, as `tables.rows` does. `size` is the slice's share of the bytes
    of the file."""
    reading = {"limit": limit, "column": column, "part": part}
    # All slices of a table together may hold as much text as one file of the same size.
    share = size / max(1, _size(origin))
    for batch in _ask("rows", origin, suffix, _size(origin), share=share, **reading):
        for number, text, metadata, warnings in batch:
            yield Row(number, text, metadata, tuple(map(tuple, warnings)))


def _size(origin: Path | bytes) -> int:
    return len(origin) if isinstance(origin, bytes) else origin.stat().st_size


def _ask(
    task: str, origin: Path | bytes, suffix: str, size: int, *, share: float = 1, **reading: Any
) -> Iterator[Any]:
    """Yield the parts of the reading process's answer to a request."""
    packed, (memory, memory_per_byte) = isinstance(origin, bytes), _MEMORY[suffix]
    request = reading | {
        "task": task,
        "suffix": suffix,
        "path": None if packed else os.path.abspath(origin),
        "size": size,
        "memory": memory + memory_per_byte * size,
        "seconds": _SECONDS + _SECONDS_PER_BYTE * size,
        "text": int((_TEXT + _TEXT_PER_BYTE * size) * share),
    }
    with _borrowed() as process, closing(process.ask(request, origin if packed else None)) as parts:
        yield from parts


# --- functions that start, use and end reading processes

_idle: list[_Process] = []
"""Reading processes that run and wait for a request."""


@contextmanager
def _borrowed() -> Iterator[_Process]:
    """Take an idle reading process or start a new one. Afterwards, keep the process for later if
    its answer is complete, otherwise end the process. Several threads may call this function at the
    same time."""
    process = _next_idle()
    while process is not None and not process.runs:
        process = _next_idle()
    process = process or _Process()
    try:
        yield process
    finally:
        if process.has_answered:
            _idle.append(process)
        else:
            process.end()


def _next_idle() -> _Process | None:
    with suppress(IndexError):  # another thread may have taken the last idle process
        return _idle.pop()
    return None


def end_processes() -> None:
    """End the reading processes that wait for a request. The next file starts a new process."""
    while (process := _next_idle()) is not None:
        process.end()


atexit.register(end_processes)
if hasattr(os, "register_at_fork"):
    # A forked process must not write to the reading process of its parent.
    os.register_at_fork(after_in_child=_idle.clear)


class _Process:
    """A process that runs `child.py`. `has_answered` tells whether the last answer is complete."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        # Only Windows opens a window for a new process.
        no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        # The command does not run the user's script again, so that the script needs no `if __name__
        # == "__main__"`. With multiprocessing it would.
        command = [sys.executable, "-c", _BOOT, *sys.path]
        # Arrow's own memory pool reserves a gigabyte at once, which the limit would not allow, and
        # more threads would count more memory than they use.
        arrow = {"ARROW_DEFAULT_MEMORY_POOL": "system", "ARROW_IO_THREADS": "1"}
        environment = os.environ | arrow | {"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
        self.popen = subprocess.Popen(command, **pipes, env=environment, creationflags=no_window)
        self.has_answered = True

    @property
    def runs(self) -> bool:
        return self.popen.poll() is None

    def ask(self, request: dict[str, Any], data: bytes | None) -> Iterator[Any]:
        """Send a request and yield the parts of the answer. Raise Unreadable if the answer is a
        problem, or if the process ends before it has answered."""
        self.has_answered, began = False, time.monotonic()
        with suppress(OSError):  # if the process has ended, the loop below gets no answer
            send(self.popen.stdin, json.dumps(request).encode())
            if data is not None:
                send(self.popen.stdin, data)
        while (frame := receive(self.popen.stdout)) is not None:
            answer = json.loads(frame.decode("utf8", "surrogatepass"))
            if "part" not in answer:
                self.has_answered = True
                if "problem" in answer:
                    raise Unreadable(answer["problem"], answer["detail"])
                return
            yield answer["part"]
            began = time.monotonic()
        raise _why_ended(self.popen.wait(), time.monotonic() - began, request)

    def end(self) -> None:
        with suppress(OSError):
            self.popen.kill()
        for stream in (self.popen.stdin, self.popen.stdout):
            # closing a pipe fails if the ended process has not read all data
            with suppress(OSError):
                stream.close()
        self.popen.wait()


def _why_ended(code: int, seconds: float, request: dict[str, Any]) -> Unreadable:
    """Return an error that says why the reading process ended in the middle of a file. `code` is
    the exit code of the process."""
    if seconds >= request["seconds"]:
        found = f"Reading the file took longer than {request['seconds']:,.0f} seconds"
        return Unreadable("too_slow", f"{found} and was stopped. {_REMEDY}")
    # Libraries in C end the process (SIGABRT) if they get no memory. The system sends SIGKILL if
    # its own memory runs out.
    out_of_memory = {NO_MEMORY, -signal.SIGABRT, -getattr(signal, "SIGKILL", signal.SIGABRT)}
    if code in out_of_memory:
        most = request["memory"] // 1_000_000
        found = f"Reading the file took more than {most:,} MB of memory and was stopped"
        return Unreadable("too_much_memory", f"{found}, unlike any real file. {_REMEDY}")
    found = f"Reading the file crashed the process that reads it (code {code})"
    return Unreadable("crashed", f"{found}. {_REMEDY}")
