"""Turn a list of jobs into their answers, in any order: in this process, on local processes, or on a Dask cluster."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from types import ModuleType
from typing import Any

from helpers.parts import Job, load_stages

_AHEAD = 3  # jobs handed out for each worker: enough to keep it busy, few enough to bound the memory
_VANISHED = "The Dask scheduler vanished. What is done stays: call analyse again with a scheduler that runs."


def run_processes(work: Callable[[Job], int], jobs: list[Job], workers: int | None = None) -> Iterator[int]:
    """Do jobs on local processes; one that ends a process is done alone, and the file that ends it is found and named.

    Parameters
    ----------
    work : function of a job
        Importable, so that a new process finds it.
    jobs : list of Job
    workers : int, optional
        By default one a core; with 1, or a single job, all is done in this process.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # not on Windows, macOS
    workers = min(workers or cores, len(jobs))
    if workers <= 1:
        yield from map(work, jobs)
        return
    left = {job.number: job for job in jobs}
    try:
        for number in _pool(work, jobs, workers):
            del left[number]
            yield number
        return
    except BrokenProcessPool:
        pass
    for job in list(left.values()):  # which of them did it shows only one by one
        yield from _alone(work, job)


def _alone(work: Callable[[Job], int], job: Job) -> Iterator[int]:
    try:
        yield from _pool(work, [job], 1)
    except BrokenProcessPool:
        culprits = frozenset(entry.name for entry in job.entries if _breaks(work, replace(job, entries=(entry,))))
        yield from _pool(work, [replace(job, culprits=culprits)], 1)


def _breaks(work: Callable[[Job], int], job: Job) -> bool:
    try:
        list(_pool(work, [job], 1))
    except BrokenProcessPool:
        return True
    return False


def _pool(work: Callable[[Job], int], jobs: list[Job], workers: int) -> Iterator[int]:
    method = "spawn" if sys.platform == "win32" else "forkserver"  # plain fork is unsafe beside a notebook's threads
    with ProcessPoolExecutor(workers, multiprocessing.get_context(method), initializer=_begin) as pool:
        waiting: set[Future] = set()
        todo = iter(jobs)
        try:
            while True:
                with _without_main():
                    waiting |= {pool.submit(work, job) for job in islice(todo, _AHEAD * workers - len(waiting))}
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
    """Start processes without running the caller's script again, which need not have `if __name__ == "__main__"`."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin() -> None:
    """Begin a process: its libraries are loaded once and left alone by the garbage collector; it ends with its parent."""

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
    scheduler : str or distributed.Client
        The scheduler's address, or a client that is connected to it.

    Raises
    ------
    ConnectionError
        If the scheduler cannot be reached, or vanishes.
    """
    try:
        import distributed
    except ImportError:
        raise ImportError("A Dask cluster needs the package distributed: pip install 'city-briefings[scale]'.") from None
    if not jobs:
        return
    own = isinstance(scheduler, str)
    try:
        client = distributed.Client(scheduler, timeout=10, set_as_default=False) if own else scheduler
    except (OSError, ValueError) as error:
        raise ConnectionError(f"No Dask scheduler answers at {scheduler}. Start one with `dask scheduler`, and workers with `dask worker {scheduler}`.") from error
    try:
        yield from _on_client(client, work, jobs)
    finally:
        if own:
            client.close(timeout=5)


def _on_client(client: Any, work: Callable[[Job], int], jobs: list[Job]) -> Iterator[int]:
    from distributed import CancelledError, wait
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    todo, waiting = iter(jobs), set()
    while True:
        try:
            ahead = _AHEAD * max(1, len(client.scheduler_info(n_workers=-1)["workers"])) - len(waiting)
            waiting |= {client.submit(work, job, pure=False, retries=2) for job in islice(todo, max(0, ahead))}
            if not waiting:
                return
            done: set[Any] = set()
            with client.as_current(), suppress(TimeoutError):
                done, waiting = wait(waiting, timeout=5, return_when=FIRST_COMPLETED)
            numbers = [future.result(timeout=30) for future in done]
        except (CancelledError, FutureCancelledError, CommClosedError, TimeoutError) as error:
            raise ConnectionError(_VANISHED) from error
        if client.status != "running":
            raise ConnectionError(_VANISHED)
        yield from numbers
