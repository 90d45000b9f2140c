"""Many files → tables of results, written as Parquet files for one part of the documents at a time.

This module analyses corpora that do not fit into memory. A run that was killed can be continued.
"""

from __future__ import annotations

import errno
import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import uuid4

from helpers.codebook import DATA, codebook_path, read_codebook
from helpers.readers import (
    SIZE_LIMIT,
    Entry,
    Problems,
    check_sums,
    end_processes,
    expand,
    find_files,
    no_documents,
)

from .executors import run_cluster, run_processes
from .parts import TABLES, Job, has_all_files, make_folders, run_part, write_json, write_problems
from .results import duplicates, read_manifest

# The largest size of a part in bytes. A small corpus is cut into about eight parts, so that several
# processes share the work, but its parts are not made smaller than a sixth of this size.
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
    """Analyse any number of documents. The memory needed does not grow with the number of
    documents. The tables are the same as for a corpus that `read_corpus` reads into memory.

    The documents are listed first, without reading them, and divided into parts of about 3 MB. Each
    part has its own table files. When all table files of a part are complete, the part is marked as
    done. To continue a run that was killed, call `analyse` again with the same arguments. This call
    does only the parts that are not marked as done.

    One decision needs all documents. Some documents do not show whether their decimal points were
    lost, and the other documents decide how these documents are read (see
    `Corpus.decimals_read_as`). Each part first decides from its own documents. At the end, the
    decision is made again from all documents. If a part decided differently and has documents that
    do not show whether their decimal points were lost, the part is done again.

    Parameters
    ----------
    paths : path or list of paths
        Files, folders, archives, tables, as in `read_corpus`.
    out : path
        A folder for the results, which is made if it does not exist.
    scheduler : str, distributed.Client or cluster, optional
        Address of a Dask scheduler such as ``"tcp://…:8786"``. Its workers must see `paths` and
        `out` under the same names. By default, processes of this machine do the work.
    progress : bool
        Show a bar with the rate and the time left, on stderr.
    workers : int, optional
        Number of local processes; by default one per core. With 1, all is done in this process.
    codebook : path, optional
        Folder of tables or a single table of themes, as in `read_codebook`.
    size_limit, text_column
        The same as in `read_corpus`.

    Returns
    -------
    Path
        `out`, with one folder per table, one Parquet file per part in it, and ``manifest.json``.
        Documents are in the order of their files. See `open_results`.

    Raises
    ------
    ValueError
        If `out` holds the results of other input or settings.
    OSError
        If nothing can be written or the disk is full. Finished parts stay, and no file is left
        incomplete.
    ConnectionError
        If the scheduler cannot be reached, has no worker, or disappears.
    RuntimeError
        If a part crashes every process that reads it although no single file does, or if another
        call of `analyse` has taken over the folder.

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
        # This raises an error for a faulty codebook before anything is written.
        "digest": read_codebook(codebook).digest,
        "size_limit": size_limit,
        "text_column": text_column,
    }
    problems = Problems()
    files = find_files(paths, problems)
    check_sums(files)
    files = [(name, path.resolve()) for name, path in files]
    entries = list(expand(files, problems, size_limit=size_limit, text_column=text_column))
    if not files:
        problems.add(*no_documents(paths))
    jobs = _cut(entries, out, settings)
    try:
        plan, manifest = _plan(jobs, settings), read_manifest(out)
        is_complete = manifest | plan | {"state": "complete"} == manifest
        # If all parts are done, write nothing, because the disk may be read-only.
        if not is_complete or len(_read_marks(out)) != len(jobs):
            run_id = _prepare(out, plan, manifest)
            jobs = [replace(job, run=run_id) for job in jobs]
            write_problems(out, "files", problems.rows)
            run = run_processes if scheduler is None else run_cluster
            place = workers if scheduler is None else scheduler
            _run_all(lambda jobs: run(run_part, jobs, place), jobs, out, progress)
    except OSError as error:
        if isinstance(error, ConnectionError) or error.errno is None:
            raise
        raise _write_error(out, error) from error
    finally:
        end_processes()
    return out


def _run_all(run: Any, jobs: list[Job], out: Path, progress: bool) -> None:
    """Do the parts that are not done. Then decide from all parts how to read documents that do not
    show whether their decimal points were lost. Do each part again that read them differently."""
    done = _read_marks(out)
    _run(run, [job for job in jobs if job.number not in done], jobs, "analyse", progress)
    marks = _read_marks(out)
    # Decide how to read documents that do not show whether their decimal points were lost.
    intact, lost = (any(mark[state] for mark in marks.values()) for state in ("intact", "lost"))
    unknown_as = "lost" if lost and not intact else "intact"
    again = []
    for job in jobs:
        mark = marks[job.number]
        if mark["unknown"] and mark["unknown_as"] != unknown_as:
            crashing = frozenset(job.entries[n] for n in mark["crashing_entries"])
            again.append(replace(job, unknown_as=unknown_as, crashing_entries=crashing))
            (out / "done" / f"{job.number:06d}.json").unlink()
    _run(run, again, again, "undecided decimals", progress)
    write_problems(out, "duplicates", duplicates(out))
    state = {"state": "complete", "unknown_as": unknown_as}
    write_json(out / "manifest.json", read_manifest(out) | state)


def _cut(entries: list[Entry], out: Path, settings: dict[str, Any]) -> list[Job]:
    """Divide the documents (`entries`) into parts of similar size, in the order of the files."""
    most = min(PART, max(PART // 6, sum(entry.size for entry in entries) // 8))
    parts: list[list[Entry]] = []
    size = 0
    for entry in entries:
        if not parts or size + entry.size > most:
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += entry.size
    return [Job(number, tuple(part), str(out), **settings) for number, part in enumerate(parts)]


def _plan(jobs: list[Job], settings: dict[str, Any]) -> dict[str, Any]:
    """Return facts that identify a run, its plan. Runs with the same plan write the same tables."""
    return {
        "version": metadata.version("city-briefings"),
        "tables": list(TABLES),
        "n_parts": len(jobs),
        "input": _fingerprint(jobs, settings),
    }


def _prepare(out: Path, plan: dict[str, Any], manifest: dict[str, Any]) -> str:
    """Check that the folder `out` is empty or holds results of the same plan, mark the folder as
    used by this run, and return the run's id."""
    if manifest and manifest | plan != manifest:
        raise ValueError(
            f"'{out.name}' holds the results of other documents or settings ({manifest['n_parts']}"
            f" parts, version {manifest['version']}). Name another folder, or delete this one."
        )
    if not manifest and out.is_dir() and not all(map(_is_ours, out.iterdir())):
        problem = f"'{out.name}' is not empty and holds no manifest.json of an earlier run"
        raise ValueError(f"{problem}. Name another folder.")
    make_folders(out)
    for unfinished in out.glob("*/.*.tmp"):  # files that a killed run left
        unfinished.unlink(missing_ok=True)
    run = uuid4().hex
    write_json(out / "manifest.json", plan | {"state": "running", "run": run})
    return run


def _is_ours(path: Path) -> bool:
    """Tell whether a path may come from a run that was killed before it wrote its manifest."""
    is_empty = path.is_dir() and not any(path.iterdir())
    return path.name.startswith(".") or is_empty and path.name in ("done", *TABLES)


def _fingerprint(jobs: list[Job], settings: dict[str, Any]) -> str:
    """Return a hash that changes with the settings, the package's tables, or the input files. A
    changed file is recognized by its size and time of modification."""
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in ("coded/readings", "reference/decimal_cues", "reference/populations"):
        table = DATA / f"{name}.csv"
        digest.update(table.read_bytes() if table.is_file() else b"")
    for job in jobs:
        for entry in job.entries:
            changed = entry.path.stat().st_mtime_ns if entry.path.exists() else 0
            facts = (job.number, entry.name, entry.doc, entry.size, entry.part, changed)
            digest.update(repr(facts).encode("utf8", "surrogateescape"))
    return digest.hexdigest()


def _run(run: Any, todo: list[Job], jobs: list[Job], what: str, progress: bool) -> None:
    """Do the jobs in `todo`, and show on a progress bar how much of all `jobs` is done."""
    from tqdm import tqdm

    sizes = {job.number: job.size for job in jobs}
    total, left = sum(sizes.values()), sum(sizes[job.number] for job in todo)
    look = {"desc": what, "unit": "B", "unit_scale": True, "smoothing": 0.1}
    with tqdm(total=total, initial=total - left, disable=not (progress and todo), **look) as bar:
        for number in run(todo):
            bar.update(sizes[number])


def _read_marks(out: Path) -> dict[int, dict[str, Any]]:
    """Return what each finished part recorded, by the part's number. A part whose record is damaged
    or whose files are missing does not count as finished."""
    marks = {}
    for path in (out / "done").glob("*.json"):
        with suppress(ValueError, KeyError, TypeError):  # a power cut may leave an empty file
            mark = json.loads(path.read_text(encoding="utf8"))
            if has_all_files(out, int(path.stem), mark):
                marks[int(path.stem)] = mark
    return marks


def _write_error(out: Path, error: OSError) -> OSError:
    names = {
        "the disk is full": ("ENOSPC", "EDQUOT"),  # Windows has no EDQUOT
        "the file would be too large": ("EFBIG",),
        "the folder is read-only": ("EROFS", "EACCES", "EPERM"),
        "a file is in the way": ("ENOTDIR", "EEXIST"),
    }
    name = errno.errorcode.get(error.errno)
    cause = next((cause for cause in names if name in names[cause]), error.strerror)
    done = len(list((out / "done").glob("*.json")))
    detail = (
        f"'{out.name}' cannot be written: {cause}. {done} parts are done and stay. Remove the"
        " obstacle or name another folder, and call analyse again."
    )
    return type(error)(error.errno, detail)
