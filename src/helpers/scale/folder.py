"""The folder of results: which files belong to it, whether they are intact, and who writes there.

`analyse` does each part again whose files are not intact. `open_results` refuses to open a folder
with damaged files.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from helpers.writing import lock

from .parts import TABLES
from .records import Damaged, hash_files, read_record

# The facts that identify a run: runs that agree in all of them write the same tables. The manifest
# (the record of a run) and each mark (the record of a finished part) hold these facts, so that a
# lost manifest can be made again.
PLAN = ("version", "tables", "n_parts", "input")
_GLANCES = 20  # how often the lock file is read, every 0.05 s, until it names its holder
_OUR_NAME = re.compile(r"\d{6,}\.(json|parquet)|(files|duplicates)\.parquet")


def read_manifest(out: Path) -> dict[str, Any]:
    """Return what manifest.json records about the run, or an empty dict if the folder holds no
    results. Raise Damaged if manifest.json is damaged or lost, and ValueError if another program
    wrote the manifest.json."""
    path = out / "manifest.json"
    if path.is_file():
        with suppress(Damaged):
            manifest = read_record(path)
            # a mark may have been copied over manifest.json
            if {*PLAN, "state"} <= manifest.keys():
                return manifest
        if not (out / "done").is_dir():
            problem = f"'{out.name}' holds a manifest.json that analyse did not write"
            raise ValueError(f"{problem}. Name another folder.")
    elif not mark_files(out):
        return {}
    state = "is damaged" if path.is_file() else "is missing"
    raise Damaged(
        f"'{out.name}/manifest.json' {state}. Call analyse again with the same arguments: analyse"
        f" makes the file again from the marks in '{out.name}/done'."
    )


def mark_files(out: Path) -> list[Path]:
    """Return the paths of the marks (the records of finished parts), in the order of the parts."""
    return _visible(out / "done", "*.json")


def _visible(folder: Path, pattern: str) -> list[Path]:
    """List the files in a folder whose names match a pattern. Hidden files, such as those that
    macOS adds, are left out."""
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def plans_of_marks(out: Path) -> list[dict[str, Any]]:
    """Return the different plans (facts that identify a run) in the intact marks of a folder."""
    plans: list[dict[str, Any]] = []
    for path in mark_files(out):
        with suppress(Damaged):
            plan = read_record(path).get("plan")
            if plan and plan not in plans:
                plans.append(plan)
    return plans


def is_ours(path: Path) -> bool:
    """Tell whether `analyse` may have written the file or folder at a path in a folder of
    results."""
    if path.name in ("done", *TABLES) and path.is_dir():
        return all(_is_hidden_or_ours(file) for file in path.iterdir())
    return path.name.startswith(".") or path.name == "manifest.json"


def _is_hidden_or_ours(file: Path) -> bool:
    return file.name.startswith(".") or bool(_OUR_NAME.fullmatch(file.name))


# --- functions that check whether the files are intact


def examine(
    out: Path, manifest: dict[str, Any], *, contents: bool = True
) -> tuple[dict[int, dict[str, Any]], dict[str, str]]:
    """Return the marks of all intact parts by the part's number, and what is wrong with other files
    by the name of the file. `manifest` needs at least the facts named in `PLAN`.

    A part is intact if its mark is unchanged and if each of its table files has the size and the
    hash that the mark records. If `contents` is False, the hashes are not compared.
    """
    marks, faults = _intact_marks(out, manifest)
    listed = {
        file: facts for number, mark in marks.items() for file, facts in _files_of(number, mark)
    }
    listed |= manifest.get("files", {})
    changed = _changed_files(out, listed, contents=contents)
    faults |= changed | _unlisted_files(out, marks, listed, faults, manifest)
    marks = {
        number: mark
        for number, mark in marks.items()
        if not any(file in changed for file, _ in _files_of(number, mark))
    }
    return marks, faults


def table_files(
    out: Path, manifest: dict[str, Any], marks: dict[int, dict[str, Any]], name: str
) -> list[Path]:
    """Return the files of one table, in the order of the parts."""
    numbers = sorted(number for number, mark in marks.items() if name in mark["files"])
    files = [out / name / f"{number:06d}.parquet" for number in numbers]
    of_the_run = sorted(file for file in manifest.get("files", {}) if file.startswith(f"{name}/"))
    return files + [out / file for file in of_the_run]


def _files_of(number: int, mark: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table file of a part: its path in the folder, and its size and hash."""
    for name, facts in mark["files"].items():
        yield f"{name}/{number:06d}.parquet", facts


def _intact_marks(
    out: Path, manifest: dict[str, Any]
) -> tuple[dict[int, dict[str, Any]], dict[str, str]]:
    """Read the marks of all parts. Return the intact marks, and what is wrong with the other
    marks."""
    marks, faults = {}, {}
    plan = {key: manifest[key] for key in PLAN}
    for path in mark_files(out):
        try:
            mark = read_record(path)
        except Damaged as error:
            faults[f"done/{path.name}"] = str(error).removeprefix(f"{path.name} ")
            continue
        fault = _fault_of_mark(path, mark, plan, manifest)
        if fault:
            faults[f"done/{path.name}"] = fault
        else:
            marks[mark["part"]] = mark
    if manifest.get("state") == "complete":
        for number in range(plan["n_parts"]):
            if number not in marks:
                faults.setdefault(f"done/{number:06d}.json", "is missing")
    return marks, faults


def _fault_of_mark(
    path: Path, mark: dict[str, Any], plan: dict[str, Any], manifest: dict[str, Any]
) -> str:
    """Return what is wrong with a mark whose contents are unchanged, or an empty text."""
    if mark.get("plan") != plan:
        return "belongs to other documents or settings"
    if path.stem != f"{mark['part']:06d}" or mark["part"] >= plan["n_parts"]:
        return f"is the mark of part {mark['part']}"
    # A run that is not complete has not decided how to read undecided decimals.
    read_as = manifest.get("unknown_as", mark["unknown_as"])
    if mark["unknown"] and mark["unknown_as"] != read_as:
        return f"reads undecided decimals as {mark['unknown_as']}, the whole run as {read_as}"
    return ""


def _changed_files(
    out: Path, listed: dict[str, dict[str, Any]], *, contents: bool
) -> dict[str, str]:
    """Return what is wrong with the files in `listed`. A file may be missing or have another size
    or hash."""
    faults, same_size = {}, []
    for file, facts in listed.items():
        try:
            size = (out / file).stat().st_size
        except OSError as error:
            faults[file] = "is missing" if error.errno == errno.ENOENT else f"{error.strerror}"
            continue
        if size == facts["bytes"]:
            same_size.append(file)
        else:
            faults[file] = f"has {size:,} bytes, but analyse wrote {facts['bytes']:,}"
    if not contents:
        return faults
    hashes = hash_files(out / file for file in same_size)
    for file, digest in zip(same_size, hashes, strict=True):
        if not digest:
            faults[file] = "cannot be read"
        elif digest != listed[file]["sha256"]:
            faults[file] = "was changed after analyse wrote the file (its hash differs)"
    return faults


def _unlisted_files(
    out: Path,
    marks: dict[int, dict[str, Any]],
    listed: dict[str, dict[str, Any]],
    faults: dict[str, str],
    manifest: dict[str, Any],
) -> dict[str, str]:
    """Return the table files that no mark lists. Files of unfinished parts are no fault."""
    unlisted = {}
    finished = {f"{number:06d}" for number in marks}
    for name in TABLES:
        for path in _visible(out / name, "*.parquet"):
            file = f"{name}/{path.name}"
            unfinished = manifest.get("state") != "complete" or f"done/{path.stem}.json" in faults
            in_work = unfinished and path.stem not in finished and _OUR_NAME.fullmatch(path.name)
            if file not in listed and not in_work:
                unlisted[file] = "is not a file that analyse wrote"
    return unlisted


def describe_faults(out: Path, faults: dict[str, str], manifest: dict[str, Any]) -> str:
    """Return one message about damaged files: which files, what is wrong, and what to do next."""
    shown = "; ".join(f"{file} {fault}" for file, fault in list(faults.items())[:3])
    more = f"; {len(faults) - 3} more files are damaged" if len(faults) > 3 else ""
    foreign = [file for file in faults if not _OUR_NAME.fullmatch(Path(file).name)]
    if foreign:
        remedy = f"Move {', '.join(foreign[:3])} to another folder."
    elif manifest.get("state") == "complete":
        remedy = "Call analyse again with the same arguments: it does the damaged parts again."
    else:
        remedy = (
            "If analyse is running, wait until it ends. If not, call analyse again with the same"
            " arguments: it does the damaged and the unfinished parts."
        )
    return f"'{out.name}' is not as analyse left it: {shown}{more}. {remedy}"


def check_foreign(out: Path) -> None:
    """Raise ValueError if a folder of tables holds a table file that `analyse` did not write."""
    paths = [path for name in TABLES for path in _visible(out / name, "*.parquet")]
    foreign = {
        path.relative_to(out).as_posix(): "is not a file that analyse wrote"
        for path in paths
        if not _OUR_NAME.fullmatch(path.name)
    }
    if foreign:
        raise ValueError(describe_faults(out, foreign, {}))


def remove_unlisted(out: Path, manifest: dict[str, Any], marks: dict[int, dict[str, Any]]) -> None:
    """Remove all marks and table files that do not belong to an intact part."""
    keep = {out / "done" / f"{number:06d}.json" for number in marks}
    for name in TABLES:
        keep |= set(table_files(out, manifest, marks, name))
    paths = mark_files(out) + [p for name in TABLES for p in _visible(out / name, "*.parquet")]
    for path in paths:
        if path not in keep:
            path.unlink(missing_ok=True)


def remove_unfinished(out: Path) -> None:
    """Remove the hidden files that a process leaves when it is killed while it writes."""
    for unfinished in (*out.glob(".*.tmp"), *out.glob("*/.*.tmp")):
        with suppress(OSError):  # Windows does not delete a file that is still open
            unfinished.unlink()


# --- functions that let only one call of `analyse` write at a time


@contextmanager
def only_call(out: Path) -> Iterator[None]:
    """Keep other calls of `analyse` from writing to the folder. Raise RuntimeError if another call
    of `analyse` is writing to the folder now.

    The operating system frees the lock when the process ends, however it ends. On Windows and on
    network disks without locks, nothing is locked, but `run_part` notices a later call.
    """
    path = out / "done" / ".lock"
    with path.open("a+", encoding="utf8") as file:
        if not lock(file.fileno()):
            raise RuntimeError(
                f"Another call of analyse ({_holder(file)}) is writing to '{out.name}'. Wait until"
                " that call ends, or name another folder. If that process no longer exists, delete"
                f" '{out.name}/done/.lock'."
            )
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield


def _holder(file: TextIO) -> str:
    """Return what the call that holds the lock wrote into the lock file: its process and its
    computer."""
    for _ in range(_GLANCES):
        file.seek(0)
        if holder := file.read(200).strip():
            return holder
        time.sleep(0.05)
    return "an unknown process"
