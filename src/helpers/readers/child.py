"""The program of the reading process: reads PDF, Word and Parquet files for the user's process.

`process.py` starts this program in a process of its own and limits the memory and the time that
each file may take. A file that takes more ends the reading process, and the user's process goes on
with the next file.

Requests come in through the standard input, and answers go out through the standard output, both as
JSON. Python's pickle is not used: with pickle, a hostile file that takes over the reading process
could run any code in the user's process, too.
"""

from __future__ import annotations

import faulthandler
import hashlib
import importlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from . import tables
from .decode import Unreadable, describe
from .pdf import read_pdf
from .word import read_docx

READERS = {".pdf": read_pdf, ".docx": read_docx}
# The libraries are loaded before the memory of the process is measured, because their memory must
# not count as memory for a file.
_LIBRARIES = {".pdf": "pypdfium2", ".docx": "lxml.etree", ".parquet": "pyarrow.parquet"}
NO_MEMORY = 75  # The exit code of the reading process if a file takes too much memory.
_BATCH = 64  # At most 64 rows of a table are sent at a time.
_BATCH_SIZE = 500_000  # Rows are sent earlier if together they have 500,000 characters.
_TOO_MUCH_TEXT = (
    "{bytes:,} bytes hold more than {text:,} bytes of text, unlike any real document. Check where"
    " the file comes from, and export its text as a .txt file."
)


def serve() -> None:
    """Answer requests until the standard input is closed, which happens when the user's process
    ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("r+b") as nothing:
        # What a library prints is dropped, because it would garble the answers.
        os.dup2(nothing.fileno(), 1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C must end only the user's process.
        while (head := receive(requests)) is not None:
            request = json.loads(head)
            data = receive(requests) if request["path"] is None else None
            try:
                _answer(request, data, answers, nothing)
            except MemoryError:
                os._exit(NO_MEMORY)


def _answer(
    request: dict[str, Any], data: bytes | None, answers: BinaryIO, nothing: BinaryIO
) -> None:
    """Send each part of the answer to a request. A last message says that the answer is complete or
    why it is not. If a part takes longer than the request allows, the reading process ends."""
    _limit_memory(None)  # the memory limit of the file before may be too low to load a library
    with suppress(ImportError):
        importlib.import_module(_LIBRARIES[request["suffix"]])
    _limit_memory(request["memory"])
    last: dict[str, Any] = {"end": True}
    try:
        parts = _TASKS[request["task"]](request, data)
        while True:
            # The time limit runs only while this process reads, and not while it waits for the
            # user's process to take the answer. The time limit also stops code of a library that
            # never returns.
            faulthandler.dump_traceback_later(request["seconds"], exit=True, file=nothing)
            part = json.dumps({"part": next(parts)}, ensure_ascii=False)
            frame = part.encode("utf8", "surrogatepass")
            faulthandler.cancel_dump_traceback_later()
            send(answers, frame)
    except StopIteration:
        pass
    except MemoryError:
        raise
    except Exception as error:  # whatever the error, the next file can be read
        problem, detail = describe(error)
        last = {"problem": problem, "detail": detail}
    faulthandler.cancel_dump_traceback_later()
    send(answers, json.dumps(last).encode())


def _limit_memory(allowed: int | None) -> None:
    """Let the process take `allowed` bytes more than it has now, or any number of bytes if
    `allowed` is None. Only Linux can limit the memory that a process fills (RLIMIT_DATA), so on
    other systems this function does nothing.
    """
    if not sys.platform.startswith("linux"):
        return
    import resource

    most = hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if allowed is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = pages * resource.getpagesize() + allowed
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    # The limit 0 keeps a crash from writing the memory of the process into a file in the user's
    # folder.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _stream(request: dict[str, Any], data: bytes | None) -> BinaryIO:
    return Path(request["path"]).open("rb") if data is None else io.BytesIO(data)


def _text(request: dict[str, Any], data: bytes | None) -> Iterator[dict[str, Any]]:
    """Yield the text of a file, with the SHA-256 hash of the file."""
    with _stream(request, data) as stream:
        data = stream.read()
    text = READERS[request["suffix"]](data, request["limit"])
    if _n_bytes(text.raw) > request["text"]:
        detail = _TOO_MUCH_TEXT.format(bytes=len(data), text=request["text"])
        raise Unreadable("too_much_text", detail)
    yield {"sha256": hashlib.sha256(data).hexdigest(), "text": vars(text)}


def _slices(request: dict[str, Any], data: bytes | None) -> Iterator[list[tables.Slice]]:
    """Yield one list of all slices of a table. A slice is a part of the table that is read at
    once."""
    with _stream(request, data) as stream:
        reading = {"limit": request["limit"], "column": request["column"]}
        yield list(tables.slices(stream, request["suffix"], **reading))


def _rows(request: dict[str, Any], data: bytes | None) -> Iterator[list[tables.Row]]:
    """Yield the rows of one slice of a table in batches, and stop if the rows hold more text than
    the request allows."""
    batch: list[tables.Row] = []
    n_chars, left = 0, request["text"]
    part = tables.Slice(*request["part"])
    with _stream(request, data) as stream:
        reading = {"limit": request["limit"], "column": request["column"]}
        for row in tables.rows(stream, request["suffix"], part, **reading):
            left -= sum(map(_n_bytes, (row.text, *row.metadata.values())))
            if left < 0:
                share = {"bytes": request["size"], "text": request["text"]}
                detail = f"Row {row.number} and all later rows are not read: "
                warning = ("too_much_text", detail + _TOO_MUCH_TEXT.format(**share))
                batch.append(tables.Row(row.number, None, {}, (warning,)))
                break
            batch.append(row)
            n_chars += len(row.text or "")
            if len(batch) >= _BATCH or n_chars >= _BATCH_SIZE:
                yield batch
                batch, n_chars = [], 0
    yield batch


def _n_bytes(value: Any) -> int:
    return len(value.encode("utf8", "surrogatepass")) if isinstance(value, str) else 8


_TASKS = {"text": _text, "slices": _slices, "rows": _rows}


# --- functions that send messages between the user's process and the reading process


def send(stream: BinaryIO, message: bytes) -> None:
    """Write the length of a message in eight bytes, and then the message."""
    stream.write(len(message).to_bytes(8, "big"))
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read a message that `send` wrote, or return None if the stream ends before the message is
    complete."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    n = int.from_bytes(size, "big")
    message = stream.read(n)
    return message if len(message) == n else None
