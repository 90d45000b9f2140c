"""Write and read the records of a run of `analyse`, and compute the hashes of files.

A record is a JSON file: `manifest.json` describes the whole run, and a mark such as
`done/000012.json` describes one finished part. Each record carries a hash of its own contents, so
that a record that was cut or edited is noticed.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from helpers.writing import write_atomically

_LARGEST_RECORD = 50_000_000  # The largest size of a record in bytes; a larger file is not read.
_BATCH = 1_000  # The number of files whose hashes are computed at a time.


class Damaged(ValueError):
    """Raised for a record that is not as `analyse` wrote it."""


def write_record(path: Path, facts: dict[str, Any]) -> None:
    """Write facts as a JSON file, together with the hash of these facts."""
    record = facts | {"seal": _seal(facts)}
    write_atomically(path, json.dumps(record, ensure_ascii=False).encode())


def read_record(path: Path) -> dict[str, Any]:
    """Return the facts in a record. Raise Damaged if the record was cut or changed."""
    try:
        if path.stat().st_size > _LARGEST_RECORD:
            raise ValueError
        facts = json.loads(path.read_text(encoding="utf8"))
        seal = facts.pop("seal")
    # JSON with thousands of nested brackets raises RecursionError. JSON that is a list or a number
    # raises TypeError or AttributeError, because a list or a number has no fitting `pop`.
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise Damaged(f"{path.name} is damaged") from None
    if seal != _seal(facts):
        raise Damaged(f"{path.name} was changed after analyse wrote the file")
    return facts


def _seal(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def describe_file(path: Path) -> dict[str, Any]:
    """Return the size and the hash of a file, as a mark records them."""
    return {"bytes": path.stat().st_size, "sha256": next(hash_files([path]))}


def describe_bytes(content: bytes) -> dict[str, Any]:
    """Return the size and the hash of a file with the given content, as a mark records them."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def hash_files(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the SHA-256 of each file, in the order of the paths. A file that cannot be read gives
    an empty text. Several threads read, since one thread waits for a network disk most of the
    time."""
    paths, stop = iter(paths), threading.Event()
    with ThreadPoolExecutor() as threads:
        try:
            while batch := list(islice(paths, _BATCH)):
                yield from threads.map(_hash, batch, [stop] * len(batch))
        finally:
            stop.set()  # otherwise Ctrl-C would wait until the hash of a large file is computed


def _hash(path: Path, stop: threading.Event) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as stream:
            while not stop.is_set() and (block := stream.read(1_000_000)):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()
