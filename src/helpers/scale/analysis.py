"""Many files → the same tables as Parquet, part by part, resumable after any kill."""

from __future__ import annotations

import errno
import hashlib
import json
from contextlib import nullcontext, suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import uuid4

from helpers.codebook import DATA, codebook_path, shared_codebook
from helpers.readers import (
    SIZE_LIMIT,
    Entry,
    Problems,
    check_sums,
    expand,
    find_files,
    no_documents,
)

from .executors import run_cluster, run_processes
from .parts import TABLES, Job, is_whole, make_folders, run_part, write_json, write_problems
from .results import duplicates, read_manifest

# bytes; of a small corpus an eighth, but no less than a sixth of this: no process waits long for
# the last part
PART = 3_000_000


def analyse(
    paths: str | Path | list[str | Path],
    out: str | Path,
    *,
    scheduler: Any = None,
    progress: bool = True,
    workers: int | None = None,
    codebook: str | Path | None = None,
    size_limit: int = SIZE_LIMIT,
    text_column: str | None = None,
) -> Path:
    """Analyse any number of documents in memory that does not grow with their number; the tables
    are those of the in-memory functions, row for row.

    The files are listed first (archives and tables are looked into, not read), and cut into parts
    of at most about 3 MB. A part's tables are files of their own, each moved into place when whole;
    then the part is marked as done. A run that was killed goes on with the parts that are not
    marked: call it again with the same arguments.

    One decision needs the whole corpus: a document that proves neither lost nor intact decimals
    follows the others (see `Corpus.decimals_read_as`). Each part takes it from its own first
    documents, and notes what all of them prove. In the end the parts that hold undecided documents
    and took the other decision than the whole corpus are done again.

    Parameters
    ----------
    paths : path or list of paths
        Files, folders, archives, tables, as in `read_corpus`.
    out : path
        A folder for the results; made if it is not there.
    scheduler : str, distributed.Client or cluster, optional
        Address of a Dask scheduler such as ``"tcp://…:8786"``; its workers must see `paths` and
        `out` under the same names. By default processes of this machine.
    progress : bool
        Show a bar with rate and time left, on stderr.
    workers : int, optional
        Local processes; by default one a core. With 1 all is done in this process.
    codebook : path, optional
        As in `read_codebook`.
    size_limit, text_column
        As in `read_corpus`.

    Returns
    -------
    Path
        `out`: a folder a table with a Parquet file a part, and ``manifest.json``. Documents come in
        the order of their files. See `open_results`.

    Raises
    ------
    ValueError
        If `out` holds the results of other input or settings.
    OSError
        If nothing can be written, or the disk is full; what is done stays, and nothing is
        half-written.
    ConnectionError
        If the scheduler cannot be reached, has no worker, or vanishes.
    RuntimeError
        If a part ends every process that does it and no single file can be named; or another call
        took the folder over.

    Examples
    --------
    One document of one sentence, 推进助餐服务 ("promote meal services"), in this process:

    >>> from pathlib import Path
    >>> from helpers import analyse
    >>> _ = Path("briefing.txt").write_text("推进助餐服务。", encoding="utf8")
    >>> results = analyse("briefing.txt", "results", workers=1, progress=False)
    >>> sorted(path.name for path in results.iterdir())[:4]
    ['approach_evidence', 'documents', 'done', 'manifest.json']
    """
    out = Path(out).resolve()
    codebook = codebook_path(codebook)
    settings = {
        "codebook": str(Path(codebook).resolve()) if codebook else None,
        # an error in a table is said here, before anything is written
        "digest": shared_codebook(codebook).digest,
        "size_limit": size_limit,
        "text_column": text_column,
    }
    problems = Problems()
    files = find_files(paths, problems)
    check_sums(files)
    files = [(name, path.resolve()) for name, path in files]
    jobs = _cut(
        list(expand(files, problems, size_limit=size_limit, text_column=text_column)),
        out,
        settings,
    )
    if not files:
        problems.add(*no_documents(paths))
    try:
        if _is_complete(out, jobs, settings):  # nothing is written, so a read-only disk will do
            return out
        jobs = _prepare(out, jobs, settings)
        write_problems(out, "files", problems.rows)
        run, marks = _runner(scheduler, workers), _marks(out)
        _run(run, [job for job in jobs if job.number not in marks], jobs, "analyse", progress)
        marks = _marks(out)
        unknown_as = _decide(marks)
        again = [
            replace(
                job,
                unknown_as=unknown_as,
                culprits=frozenset(job.entries[n] for n in marks[job.number]["culprits"]),
            )
            for job in jobs
            if _otherwise(marks[job.number], unknown_as)
        ]
        for job in again:
            (out / "done" / f"{job.number:06d}.json").unlink()
        _run(run, again, again, "undecided decimals", progress)
        write_problems(out, "duplicates", duplicates(out))
        write_json(
            out / "manifest.json",
            read_manifest(out) | {"state": "complete", "unknown_as": unknown_as},
        )
    except OSError as error:
        if isinstance(error, ConnectionError) or error.errno is None:
            raise
        raise _write_error(out, error) from error
    return out


def _cut(entries: list[Entry], out: Path, settings: dict[str, Any]) -> list[Job]:
    """Parts of about the same size, in the order of the files."""
    most = min(PART, max(PART // 6, sum(entry.size for entry in entries) // 8))
    parts: list[list[Entry]] = []
    size = 0
    for entry in entries:
        if not parts or size + entry.size > most:
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += entry.size
    return [Job(number, tuple(held), str(out), **settings) for number, held in enumerate(parts)]


def _plan(jobs: list[Job], settings: dict[str, Any]) -> dict[str, Any]:
    """What a run is known by: two calls with the same plan write the same tables."""
    return {
        "version": metadata.version("city-briefings"),
        "tables": list(TABLES),
        "n_parts": len(jobs),
        "input": _fingerprint(jobs, settings),
    }


def _is_complete(out: Path, jobs: list[Job], settings: dict[str, Any]) -> bool:
    """Whether an earlier run of the same plan has done everything."""
    found = read_manifest(out)
    return (
        bool(found)
        and found.get("state") == "complete"
        and found | _plan(jobs, settings) == found
        and len(_marks(out)) == len(jobs)
    )


def _prepare(out: Path, jobs: list[Job], settings: dict[str, Any]) -> list[Job]:
    """Make the folders, hold the plan against that of an earlier run, and take the folder over: the
    jobs of this run."""
    plan, found = _plan(jobs, settings), read_manifest(out)
    if found and any(found.get(key) != value for key, value in plan.items()):
        raise ValueError(
            f"'{out.name}' holds the results of other documents or settings ({found['n_parts']}"
            f" parts, version {found['version']}). Name another folder, or delete this one."
        )
    if not found and out.is_dir() and any(not _is_ours(path) for path in out.iterdir()):
        raise ValueError(
            f"'{out.name}' is not empty and holds no manifest.json of an earlier run. Name another"
            " folder."
        )
    make_folders(out)
    for left in out.glob("*/.*.tmp"):  # of a run that was killed
        left.unlink(missing_ok=True)
    run = uuid4().hex
    write_json(out / "manifest.json", plan | {"state": "running", "run": run})
    return [replace(job, run=run) for job in jobs]


def _is_ours(path: Path) -> bool:
    """Whether a run that ended before its manifest was written can have left this: an empty folder
    of a table, a hidden file."""
    return (
        path.name.startswith(".")
        or path.name in ("done", *TABLES)
        and path.is_dir()
        and not any(path.iterdir())
    )


def _fingerprint(jobs: list[Job], settings: dict[str, Any]) -> str:
    """A hash of what is read and how: files with size and time of change, codebook, settings, and
    the other tables that the results depend on."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in ("coded/readings", "reference/decimal_cues", "reference/populations"):
        table = DATA / f"{name}.csv"
        digest.update(table.read_bytes() if table.is_file() else b"")
    for job in jobs:
        for entry in job.entries:
            changed = entry.path.stat().st_mtime_ns if entry.path.exists() else 0
            digest.update(
                repr((job.number, entry.name, entry.doc, entry.size, entry.part, changed)).encode(
                    "utf8", "surrogateescape"
                )
            )
    return digest.hexdigest()


def _runner(scheduler: Any, workers: int | None):
    if scheduler is None:
        return lambda jobs: run_processes(run_part, jobs, workers)
    return lambda jobs: run_cluster(run_part, jobs, scheduler)


def _run(run: Any, todo: list[Job], jobs: list[Job], what: str, progress: bool) -> None:
    """Do the parts that are not done, and show how far it is."""
    sizes = {job.number: job.size for job in jobs}
    total, left = sum(sizes.values()), sum(sizes[job.number] for job in todo)
    with _bar(total, total - left, what) if progress and todo else nullcontext() as bar:
        for number in run(todo):
            if bar is not None:
                bar.update(sizes[number])


def _bar(total: int, done: int, what: str) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=done, desc=what, unit="B", unit_scale=True, smoothing=0.1)


def _marks(out: Path) -> dict[int, dict[str, Any]]:
    """What the finished parts noted, by number; a part whose mark or files were damaged is not
    finished."""
    marks = {}
    for path in (out / "done").glob("*.json"):
        with suppress(ValueError, KeyError, TypeError):  # an empty mark, after a power cut
            mark = _read_json(path)
            if is_whole(out, int(path.stem), mark):
                marks[int(path.stem)] = mark
    return marks


def _decide(marks: dict[int, dict[str, Any]]) -> str:
    """How documents that prove nothing are read: as in `Corpus.decimals_read_as`."""
    intact, lost = (any(mark[state] for mark in marks.values()) for state in ("intact", "lost"))
    return "lost" if lost and not intact else "intact"


def _otherwise(mark: dict[str, Any], unknown_as: str) -> bool:
    return mark["unknown"] > 0 and mark["unknown_as"] != unknown_as


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf8"))


def _write_error(out: Path, error: OSError) -> OSError:
    read_only = "the folder is read-only"
    causes = {
        errno.ENOSPC: "the disk is full",
        getattr(errno, "EDQUOT", errno.ENOSPC): "the disk is full",
        errno.EFBIG: "the file would be too large",
        errno.EROFS: read_only,
        errno.EACCES: read_only,
        errno.EPERM: read_only,
        errno.ENOTDIR: "a file is in the way",
        errno.EEXIST: "a file is in the way",
    }
    done = len(list((out / "done").glob("*.json"))) if (out / "done").is_dir() else 0
    cause = causes.get(error.errno, error.strerror)
    return type(error)(
        error.errno,
        f"'{out.name}' cannot be written: {cause}. {done} parts are done and stay. Make room or"
        " name another folder, and call analyse again.",
    )
