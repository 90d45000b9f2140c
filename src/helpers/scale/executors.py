"""Jobs → results, on this process, on several, or on a cluster."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from .parts import Job, load_stages, make_folders

# jobs handed out for each worker: enough to keep it busy, few enough to bound the memory
_AHEAD = 3
_VANISHED = (
    "The Dask scheduler vanished or was restarted. What is done stays: call analyse again with a"
    " scheduler that runs."
)
_PATIENCE = 30  # seconds to wait for the first worker of a cluster


def run_processes(
    work: Callable[[Job], int], jobs: list[Job], workers: int | None = None
) -> Iterator[int]:
    """Do jobs on local processes; one that ends a process is done alone, and the file that ends it
    is found and named.

    Parameters
    ----------
    work : function of a job
        Importable, so that a new process finds it.
    jobs : list of Job
    workers : int, optional
        By default one a core; with 1 all is done in this process, which a file that breaks a
        library can then end.

    Raises
    ------
    RuntimeError
        If a job ends its process and no single file of it can be named.
    """
    # not on Windows, macOS
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    workers = workers or cores
    if workers <= 1:
        yield from map(work, jobs)
        return
    left = {job.number: job for job in jobs}
    while left:
        try:
            for number in _pool(work, list(left.values()), min(workers, len(left))):
                del left[number]
                yield number
        # which job did it shows only one by one; it is among those that ran, the first that are
        # left
        except BrokenProcessPool:
            for job in list(left.values())[:workers]:
                yield _alone(work, job)
                del left[job.number]


def _alone(work: Callable[[Job], int], job: Job) -> int:
    """Do a job in a process of its own; if it ends that, without the files that do so."""
    if not _breaks(work, job):
        return job.number
    # what is tried leaves no mark of a part that is done
    with tempfile.TemporaryDirectory() as aside:
        make_folders(Path(aside))
        trials = [replace(job, entries=(entry,), out=aside, run="") for entry in job.entries]
        culprits = frozenset(trial.entries[0] for trial in trials if _breaks(work, trial))
    if not culprits or _breaks(work, replace(job, culprits=culprits)):
        first, last = job.entries[0].name, job.entries[-1].name
        raise RuntimeError(
            f"Part {job.number} ({len(job.entries)} files, {first} to {last}) ends its process,"
            " though no single file of it does: mostly the memory is too small. Call analyse again"
            " with fewer workers, on a machine with more memory, or without the largest files."
        )
    return job.number


def _breaks(work: Callable[[Job], int], job: Job) -> bool:
    try:
        list(_pool(work, [job], 1))
    except BrokenProcessPool:
        return True
    return False


def _pool(work: Callable[[Job], int], jobs: list[Job], workers: int) -> Iterator[int]:
    # plain fork is unsafe beside a notebook's threads
    method = "spawn" if sys.platform == "win32" else "forkserver"
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context(method), initializer=_begin
    ) as pool:
        waiting: set[Future] = set()
        todo = iter(jobs)
        try:
            while True:
                with _without_main():
                    waiting |= {
                        pool.submit(work, job)
                        for job in islice(todo, _AHEAD * workers - len(waiting))
                    }
                if not waiting:
                    return
                done, waiting = wait_for(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def _without_main() -> Iterator[None]:
    """Start processes without running the caller's script again, which need not have `if __name__
    == "__main__"`."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin() -> None:
    """Begin a process: its libraries are loaded once and left alone by the garbage collector; it
    ends with its parent."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)  # when the one that asked for the work is killed, it would wait for ever

    threading.Thread(target=watch, daemon=True).start()
    load_stages()
    gc.freeze()


def run_cluster(work: Callable[[Job], int], jobs: list[Job], scheduler: Any) -> Iterator[int]:
    """Do jobs on a Dask cluster; a job whose worker dies is done by another one.

    Parameters
    ----------
    scheduler : str, distributed.Client or a cluster such as distributed.LocalCluster
        The scheduler's address, or what is connected to it.

    Raises
    ------
    ConnectionError
        If the scheduler cannot be reached, has no worker, or vanishes.
    RuntimeError
        If jobs end the workers that do them; raised when all others are done.
    TypeError
        For something that is no scheduler.
    """
    try:
        import distributed
    except ImportError:
        raise ImportError(
            "A Dask cluster needs the package distributed: pip install 'city-briefings[scale]'."
        ) from None
    if not jobs:
        return
    own = not isinstance(scheduler, distributed.Client)
    if own and not (isinstance(scheduler, str) or hasattr(scheduler, "scheduler_address")):
        raise TypeError(
            f"scheduler={scheduler!r}: expected an address such as 'tcp://host:8786', a"
            " distributed.Client or a cluster."
        )
    if not own and (scheduler.status != "running" or scheduler.asynchronous):
        raise ConnectionError(
            f"The Dask client is {'asynchronous' if scheduler.asynchronous else scheduler.status}."
            " Give one that is connected and synchronous."
        )
    try:
        client = (
            distributed.Client(scheduler, timeout=10, set_as_default=False) if own else scheduler
        )
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"No Dask scheduler answers at {scheduler}. Start one with `dask scheduler`, and"
            f" workers with `dask worker {scheduler}`."
        ) from error
    try:
        _await_workers(client)
        yield from _on_client(client, work, jobs)
    finally:
        if own:
            client.close(timeout=5)


def _await_workers(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise ConnectionError(
            f"The Dask scheduler has no worker after {_PATIENCE} s. Start some with `dask worker"
            f" {client.scheduler.address}`."
        ) from None
    except OSError as error:
        raise ConnectionError(_VANISHED) from error


def _on_client(client: Any, work: Callable[[Job], int], jobs: list[Job]) -> Iterator[int]:
    ended = yield from _submit(client, work, jobs)
    fatal: list[Job] = []
    # a worker takes with it what waits beside the fatal job: alone, each shows which it is
    for job in ended:
        fatal += yield from _submit(client, work, [job])
    if fatal:
        parts = "; ".join(
            f"part {job.number}: {job.entries[0].name} to {job.entries[-1].name}"
            for job in fatal[:5]
        )
        raise RuntimeError(
            f"{len(fatal)} parts ended every worker that did them ({parts}): a file of theirs"
            " breaks a library, or a worker has too little memory. All others are done. Call"
            " analyse again without a scheduler: it does the parts that are left on this machine,"
            " and names the file."
        )


def _submit(
    client: Any, work: Callable[[Job], int], jobs: list[Job]
) -> Generator[int, None, list[Job]]:
    """Have jobs done, a few for each worker at a time; return those whose workers ended."""
    from distributed import CancelledError, KilledWorker, wait
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    todo, waiting, ended = iter(jobs), {}, []
    while True:
        try:
            ahead = _AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"])) - len(
                waiting
            )
            waiting |= {
                client.submit(work, job, pure=False, retries=2): job
                for job in islice(todo, max(0, ahead))
            }
            if not waiting:
                return ended
            done: set[Any] = set()
            with client.as_current(), suppress(TimeoutError):
                done = wait(list(waiting), timeout=5, return_when=FIRST_COMPLETED).done
            numbers = []
            for future, job in [(future, waiting.pop(future)) for future in done]:
                try:
                    numbers.append(future.result(timeout=30))
                except KilledWorker:
                    ended.append(job)
        except (CancelledError, FutureCancelledError, CommClosedError, TimeoutError) as error:
            raise ConnectionError(_VANISHED) from error
        if client.status != "running":
            raise ConnectionError(_VANISHED)
        yield from numbers
