"""Many files → tables of results, written as Parquet files for one part of the documents at a time.

This module analyses corpora that do not fit into memory. A run that was killed can be continued.
"""

from __future__ import annotations

import errno
import hashlib
import json
import operator
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib import metadata
from itertools import groupby
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
from .folder import (
    check_foreign,
    describe_faults,
    examine,
    is_ours,
    mark_files,
    only_call,
    plans_of_marks,
    read_manifest,
    remove_unfinished,
    remove_unlisted,
)
from .parts import TABLES, Job, make_folders, run_part, write_problems
from .records import Damaged, hash_files, write_record
from .results import duplicates

# The largest size of a part in bytes. A small corpus is cut into about eight parts, so that several
# processes share the work, but the parts of a small corpus are not made smaller than a sixth of
# this size.
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
    done. The mark is a small file with the size and the hash of each table file. To continue a run
    that was killed, call `analyse` again with the same arguments. The repeated call does only the
    parts that are not marked as done, and the parts whose files were changed. Documents count as
    the same if their names and contents are the same. The times of the files do not matter.

    One decision needs all documents: how to read documents that do not show whether their decimal
    points were lost (see `Corpus.decimals_read_as`). Each part first decides from its own documents
    how to read undecided decimal points. At the end, all documents together decide how to read
    undecided decimal points. A part that read some of them differently is done again.

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
        Number of local processes, from 1 on; by default one per core. With 1, all is done in this
        process.
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
        If `out` holds the results of other input or settings, or files that `analyse` did not
        write, or if an argument is out of its range. An argument of a wrong type is a TypeError.
    OSError
        If nothing can be written or the disk is full. Finished parts stay, and no file is left
        incomplete.
    ConnectionError
        If the scheduler cannot be reached, has no worker, or disappears.
    RuntimeError
        If a part crashes every process that reads it although no single file does, or if another
        call of `analyse` is writing to the folder.
    KeyboardInterrupt
        After Ctrl-C. Finished parts stay, and no file is left incomplete.

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
    workers = _checked_count("workers", workers, "None for one process per core", or_none=True)
    settings = {
        "codebook": str(Path(codebook).resolve()) if codebook else None,
        # `read_codebook` raises an error for a faulty codebook before anything is written.
        "digest": read_codebook(codebook).digest,
        "size_limit": _checked_count("size_limit", size_limit, f"{SIZE_LIMIT:,} bytes by default"),
        "text_column": _checked_column(text_column),
    }
    run = run_processes if scheduler is None else run_cluster
    place = workers if scheduler is None else scheduler
    try:
        jobs, problems = _list(paths, out, settings)
        with _clear_errors(out):
            plan = _plan(jobs, settings, problems)
            # If all parts are done, write nothing, because the disk may be read-only.
            if not _is_complete(out, plan):
                _complete(
                    lambda todo: run(run_part, todo, place), jobs, out, plan, problems, progress
                )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Stopped. {len(mark_files(out))} parts are done and stay. Call analyse again with the"
            " same arguments to do the other parts."
        ) from None
    finally:
        end_processes()
    return out


def _list(
    paths: str | Path | list[str | Path], out: Path, settings: dict[str, Any]
) -> tuple[list[Job], Problems]:
    """List the documents without reading them, and divide them into parts."""
    problems = Problems()
    files = find_files(paths, problems)
    check_sums(files)
    files = [(name, path.resolve()) for name, path in files]
    reading = {name: settings[name] for name in ("size_limit", "text_column")}
    entries = list(expand(files, problems, **reading))
    if not files:
        problems.add(*no_documents(paths))
    return _cut(entries, out, settings), problems


def _checked_count(name: str, value: Any, otherwise: str, or_none: bool = False) -> int | None:
    """Return the value of an argument if the value is a whole number from 1 on."""
    if value is None and or_none:
        return None
    problem = f"{name}={value!r}: expected a whole number from 1 on ({otherwise})."
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(problem)
    if value < 1:
        raise ValueError(problem)
    return operator.index(value)


def _checked_column(text_column: Any) -> str | None:
    problem = (
        f"text_column={text_column!r}: expected the name of a column, or None to search for it."
    )
    if not (text_column is None or isinstance(text_column, str)):
        raise TypeError(problem)
    if text_column is not None and not text_column.strip():
        raise ValueError(problem)
    return text_column


def _is_complete(out: Path, plan: dict[str, Any]) -> bool:
    """Tell whether the folder holds all results of the run with this plan, and all files are
    intact."""
    manifest = _check_folder(out, plan)
    return manifest.get("state") == "complete" and not examine(out, manifest)[1]


def _complete(
    run: Any,
    jobs: list[Job],
    out: Path,
    plan: dict[str, Any],
    problems: Problems,
    progress: bool,
) -> None:
    """Do the parts that are not done or not intact. At the end, record in the manifest that the run
    is complete."""
    make_folders(out)
    with only_call(out):
        try:
            # Examine the folder again, since another call of `analyse` may have written to it until
            # now.
            marks, _ = examine(out, _check_folder(out, plan) or plan)
            manifest = plan | {"state": "running", "run": uuid4().hex}
            manifest["files"] = _file_of_run("files", write_problems(out, "files", problems.rows))
            write_record(out / "manifest.json", manifest)
            remove_unlisted(out, manifest, marks)
            remove_unfinished(out)
            jobs = [replace(job, run=manifest["run"], plan=plan) for job in jobs]
            todo = [job for job in jobs if job.number not in marks]
            _run(run, todo, jobs, "analyse", progress)
            unknown_as = _decide(run, jobs, out, manifest, progress)
            repeats = write_problems(out, "duplicates", duplicates(out))
            manifest["files"] |= _file_of_run("duplicates", repeats)
            manifest |= {"state": "complete", "unknown_as": unknown_as}
            write_record(out / "manifest.json", manifest)
        finally:
            remove_unfinished(out)


def _file_of_run(stem: str, files: dict[str, Any]) -> dict[str, Any]:
    """Name the files of a run by their paths in the folder of results, as the manifest does."""
    return {f"{table}/{stem}.parquet": facts for table, facts in files.items()}


def _decide(run: Any, jobs: list[Job], out: Path, manifest: dict[str, Any], progress: bool) -> str:
    """Decide from all parts how to read documents that do not show whether their decimal points
    were lost. Do each part again that read such documents differently. Return the decision, `lost`
    or `intact`."""
    marks = _all_marks(jobs, out, manifest)
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
    if again:
        _all_marks(jobs, out, manifest)
    return unknown_as


def _all_marks(jobs: list[Job], out: Path, manifest: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """Return the marks of all parts. Raise RuntimeError if a mark or a table file is missing, or if
    a table file has another size than its mark says."""
    marks, faults = examine(out, manifest, contents=False)
    lost = {f"done/{job.number:06d}.json": "is missing" for job in jobs if job.number not in marks}
    if faults or lost:
        raise RuntimeError(describe_faults(out, faults or lost, manifest))
    return marks


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


def _plan(jobs: list[Job], settings: dict[str, Any], problems: Problems) -> dict[str, Any]:
    """Return the plan of a run: facts that identify its documents and settings. Runs with the same
    plan write the same tables."""
    return {
        "version": metadata.version("city-briefings"),
        "tables": list(TABLES),
        "n_parts": len(jobs),
        "input": _fingerprint(jobs, settings, problems),
    }


def _check_folder(out: Path, plan: dict[str, Any]) -> dict[str, Any]:
    """Check that the folder `out` is empty or holds results of the same plan. Return the manifest
    (the record of the whole run), or an empty dict if the manifest is lost or was never written."""
    check_foreign(out)
    try:
        manifest, lost = read_manifest(out), ""
        plans = [manifest] if manifest else []
    except Damaged as error:
        manifest, lost = {}, str(error)
        plans = plans_of_marks(out)
    if any(known | plan == known for known in plans):
        return manifest
    if plans:
        raise ValueError(
            f"'{out.name}' holds the results of other documents or settings ({plans[0]['n_parts']}"
            f" parts, version {plans[0]['version']}). Name another folder, or delete this one."
        )
    if lost and mark_files(out):
        raise ValueError(
            f"'{out.name}' holds results, but manifest.json and all marks in done are damaged or"
            " come from an earlier version of this package, so that nothing tells which documents"
            " the results belong to. Delete this folder, or name another one."
        )
    if out.is_dir() and not all(map(is_ours, out.iterdir())):
        problem = f"'{out.name}' is not empty and holds no manifest.json of an earlier run"
        raise ValueError(f"{problem}. Name another folder.")
    return {}


def _fingerprint(jobs: list[Job], settings: dict[str, Any], problems: Problems) -> str:
    """Return a hash that changes with the settings, the package's tables, the contents of the input
    files, or what the listing found wrong with them. The times and the folders of files do not
    matter, so that a copy of a corpus counts as the same corpus."""
    facts = {name: value for name, value in settings.items() if name != "codebook"}
    facts["problems"] = problems.rows
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in ("coded/readings", "reference/decimal_cues", "reference/populations"):
        table = DATA / f"{name}.csv"
        digest.update(table.read_bytes() if table.is_file() else b"")
    entries = ((job.number, entry) for job in jobs for entry in job.entries)
    # The entries of an archive or of a table follow each other, so each file is read once.
    by_file = groupby(entries, key=lambda pair: pair[1].path)
    paths = groupby(entry.path for job in jobs for entry in job.entries)
    hashes = hash_files(path for path, _ in paths)
    for (_, group), content in zip(by_file, hashes, strict=True):
        digest.update(content.encode())
        for number, entry in group:
            facts = (number, entry.name, entry.doc, entry.size, entry.part)
            digest.update(repr(facts).encode("utf8", "surrogateescape"))
    return digest.hexdigest()


def _run(run: Any, todo: list[Job], jobs: list[Job], what: str, progress: bool) -> None:
    """Do the jobs in `todo`, and show on a progress bar how much of all `jobs` is done."""
    from tqdm import tqdm

    sizes = {job.number: job.size for job in jobs}
    total, left = sum(sizes.values()), sum(sizes[job.number] for job in todo)
    look = {"desc": what, "unit": "B", "unit_scale": True, "smoothing": 0.1}
    with tqdm(total=total, initial=total - left, disable=not (progress and todo), **look) as bar:
        # If Ctrl-C ends this loop, `closing` ends the processes at once.
        with closing(run(todo)) as numbers:
            for number in numbers:
                bar.update(sizes[number])


@contextmanager
def _clear_errors(out: Path) -> Iterator[None]:
    """Replace an error of the disk by an error that says how to go on."""
    try:
        yield
    except OSError as error:
        if isinstance(error, ConnectionError) or error.errno is None:
            raise
        raise _write_error(out, error) from error


def _write_error(out: Path, error: OSError) -> OSError:
    names = {
        "the disk is full": ("ENOSPC", "EDQUOT"),  # Windows has no EDQUOT
        "the file would be too large": ("EFBIG",),
        "the folder is read-only": ("EROFS", "EACCES", "EPERM"),
        "a file is in the way": ("ENOTDIR", "EEXIST"),
    }
    name = errno.errorcode.get(error.errno)
    cause = next((cause for cause in names if name in names[cause]), error.strerror)
    done = len(mark_files(out))
    detail = (
        f"'{out.name}' cannot be written: {cause}. {done} parts are done and stay. Remove the"
        " obstacle or name another folder, and call analyse again."
    )
    return type(error)(error.errno, detail)
