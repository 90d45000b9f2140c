"""Do jobs in local processes or on a Dask cluster, and yield the number of each finished job.

The loop in `_as_completed` hands out the jobs, both to local processes and to a cluster. The rest
of this module deals mostly with jobs that crash the process they run in.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from .parts import Job, load_builders, make_folders

Work = Callable[[Job], int]

# The number of jobs handed out per worker at a time. More jobs at a time would take more memory,
# and with fewer jobs the workers would have to wait.
_AHEAD = 3
_PATIENCE = 30  # seconds to wait for the first worker of a cluster
_DISAPPEARED = (
    "The Dask scheduler disappeared or was restarted. Finished parts stay. Call analyse again with"
    " a scheduler that runs."
)


def run_processes(work: Work, jobs: list[Job], workers: int | None = None) -> Iterator[int]:
    """Do jobs in local processes, by default in one process per core. If `workers` is 1, do all
    jobs in the caller's process.

    If a job crashes its process, each file of the job is tried alone, to report the file that
    causes the crash. RuntimeError is raised if no single file is the cause.
    """
    if not workers:
        on_linux = hasattr(os, "sched_getaffinity")  # Windows and macOS lack `sched_getaffinity`
        workers = len(os.sched_getaffinity(0)) if on_linux else os.cpu_count() or 1
    if workers <= 1:
        yield from map(work, jobs)
        return
    left = {job.number: job for job in jobs}
    while left:
        try:
            with _Pool(min(workers, len(left))) as pool:
                for job, future in _as_completed(pool, work, list(left.values()), lambda: workers):
                    number = future.result()
                    del left[job.number]
                    yield number
        except BrokenProcessPool:
            # One of the running jobs crashed its process. The running jobs are the first `workers`
            # jobs in `left`, so each of these jobs is done alone.
            for job in list(left.values())[:workers]:
                yield _alone(work, job)
                del left[job.number]


def run_cluster(work: Work, jobs: list[Job], scheduler: Any) -> Iterator[int]:
    """Do jobs on a Dask cluster. `scheduler` is a client, a cluster, or the address of a
    scheduler. A job whose worker crashes is repeated by another worker.

    If a job crashes every worker, RuntimeError is raised after all other jobs are done.
    ConnectionError is raised if the scheduler cannot be reached, has no worker, or disappears.
    """
    if not jobs:
        return
    with _client(scheduler) as client:
        lost = yield from _do_on_cluster(client, work, jobs)
        fatal: list[Job] = []
        # When a worker crashes, jobs that only waited for this worker are lost, too. Jobs that only
        # waited succeed when each lost job is done alone.
        for number, job in enumerate(lost):
            try:
                fatal += yield from _do_on_cluster(client, work, [job])
            except _NoWorker:  # no worker was started again after the last crash
                fatal += lost[number:]
                break
    if fatal:
        parts = "; ".join(f"part {job.number}: {job.files}" for job in fatal[:5])
        raise RuntimeError(
            f"{len(fatal)} parts crashed every worker that read them ({parts}): one of their files"
            " crashes a library, or a worker has too little memory. All other parts are done. Call"
            " analyse again without a scheduler: it does the remaining parts on this machine, and"
            " names the file that is the cause."
        )


def _as_completed(
    pool: futures.Executor, work: Work, jobs: list[Job], workers: Callable[[], int]
) -> Iterator[tuple[Job, futures.Future]]:
    """Hand out a few jobs per worker at a time. Yield each finished job with its future."""
    todo, waiting = iter(jobs), {}
    try:
        while True:
            room = max(0, _AHEAD * workers() - len(waiting))
            waiting |= {pool.submit(work, job): job for job in islice(todo, room)}
            if not waiting:
                return
            for future in futures.wait(waiting, 5, futures.FIRST_COMPLETED).done:
                yield waiting.pop(future), future
    finally:
        # Only jobs on a cluster are cancelled. `_Pool` kills local processes instead, and Python's
        # pool prints an error if the process of a cancelled job is killed.
        if not isinstance(pool, _Pool):
            for future in waiting:
                future.cancel()


# --- functions that do jobs in processes of this machine


class _Pool(futures.ProcessPoolExecutor):
    """A pool of processes that load the libraries once and end when the caller's process ends."""

    def __init__(self, workers: int) -> None:
        # Python's method "fork" is unsafe in a notebook, which runs several threads.
        method = "spawn" if sys.platform == "win32" else "forkserver"
        super().__init__(workers, multiprocessing.get_context(method), initializer=_begin)

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool | None:
        """After an error or Ctrl-C, kill the processes, since a part that runs may take long."""
        if kind is not None:
            # From Python 3.14 on, `kill_workers` does the same.
            for process in list((self._processes or {}).values()):
                process.kill()
        return super().__exit__(kind, error, traceback)

    def submit(self, *args: Any, **kwargs: Any) -> futures.Future:
        """Submit a job while `__main__`, the script of the caller, is hidden. If `__main__` were
        visible, each new process would run the script, unless the script has the guard `if __name__
        == "__main__"`."""
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            with _ctrl_c_waits():
                return super().submit(*args, **kwargs)
        finally:
            sys.modules["__main__"] = main


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Let Ctrl-C wait while new processes start, so that the pool knows each process that it must
    kill. A terminal sends Ctrl-C to all processes of a command, but the new processes never notice
    it, so that only the caller's process reacts."""
    pressed: list[Any] = []
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread:  # Python lets only the main thread set what happens at a signal
        handler = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    on_windows = not hasattr(signal, "pthread_sigmask")
    if not on_windows:  # new processes inherit which signals are blocked
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if not on_windows:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if in_main_thread:
            signal.signal(signal.SIGINT, handler)
    if pressed:
        signal.raise_signal(signal.SIGINT)


def _begin() -> None:
    """Load the libraries, exempt them from garbage collection, and end when the parent process
    ends."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)  # otherwise this process would wait for ever for a job

    # Ignore Ctrl-C, which still reaches worker processes if other code started their fork server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()
    load_builders()
    gc.freeze()


def _alone(work: Work, job: Job) -> int:
    """Do a job in a process of its own. If this process crashes, find the files that cause the
    crash, and do the job again without these files."""
    if not _crashes(work, job):
        return job.number
    # Try each file alone, in a temporary folder. In the folder `out`, a trial would mark the part
    # as done.
    with tempfile.TemporaryDirectory() as folder:
        make_folders(Path(folder))
        trials = [replace(job, entries=(entry,), out=folder, run="") for entry in job.entries]
        crashing = frozenset(trial.entries[0] for trial in trials if _crashes(work, trial))
    if not crashing or _crashes(work, replace(job, crashing_entries=crashing)):
        raise RuntimeError(
            f"Part {job.number} ({len(job.entries)} files, {job.files}) crashes its process,"
            " although none of its files does so alone. Usually the memory is too small: call"
            " analyse again with fewer workers, on a larger machine, or without the largest files."
        )
    return job.number


def _crashes(work: Work, job: Job) -> bool:
    try:
        with _Pool(1) as pool:
            pool.submit(work, job).result()
    except BrokenProcessPool:
        return True
    return False


# --- functions that do jobs on a Dask cluster


class _NoWorker(ConnectionError):
    """The scheduler can be reached, but has no worker."""

    def __init__(self, client: Any) -> None:
        remedy = f"Start workers with `dask worker {client.scheduler.address}`."
        super().__init__(f"The Dask scheduler has no worker after {_PATIENCE} s. {remedy}")


@contextmanager
def _client(scheduler: Any) -> Iterator[Any]:
    """Connect to a Dask scheduler and wait for a worker. At the end, close the client if this
    function made it."""
    try:
        import distributed
    except ImportError:
        raise ImportError(
            "A Dask cluster needs the package `distributed`: pip install 'city-briefings[scale]'."
        ) from None
    if isinstance(scheduler, distributed.Client):
        state = "asynchronous" if scheduler.asynchronous else scheduler.status
        if state != "running":
            remedy = "Give a client that is connected and synchronous."
            raise ConnectionError(f"The Dask client is {state}. {remedy}")
        _await_workers(scheduler)
        yield scheduler
        return
    if not (isinstance(scheduler, str) or hasattr(scheduler, "scheduler_address")):
        expected = "an address such as 'tcp://host:8786', a distributed.Client or a cluster"
        raise TypeError(f"scheduler={scheduler!r}: expected {expected}.")
    try:
        client = distributed.Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"No Dask scheduler answers at {scheduler}. Start one with `dask scheduler`, and"
            f" workers with `dask worker {scheduler}`."
        ) from error
    try:
        _await_workers(client)
        yield client
    finally:
        client.close(timeout=5)


def _await_workers(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise _NoWorker(client) from None
    except OSError as error:
        raise ConnectionError(_DISAPPEARED) from error


class _ClusterExecutor(futures.Executor):
    """Hands jobs to a cluster. The executor that `Client.get_executor` returns raises TypeError
    (as of `distributed` 2026.8) if a worker is lost just when the result of its job arrives."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, work: Work, job: Job) -> futures.Future:
        """Submit a job. Cancelling the returned future also removes the job from the cluster."""
        future = self._client.submit(work, job, pure=False, retries=2)

        async def result() -> int:
            try:
                return await future
            except asyncio.CancelledError:
                await future.cancel()
                raise

        return asyncio.run_coroutine_threadsafe(result(), self._client.loop.asyncio_loop)


def _do_on_cluster(client: Any, work: Work, jobs: list[Job]) -> Generator[int, None, list[Job]]:
    """Do jobs on a cluster and yield their numbers. Return the jobs whose workers crashed."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    seen = time.monotonic()

    def workers() -> int:
        nonlocal seen
        if client.status != "running":
            raise ConnectionError(_DISAPPEARED)
        n = len(client.scheduler_info(n_workers=-1)["workers"])
        if n:
            seen = time.monotonic()
        elif time.monotonic() - seen > _PATIENCE:  # otherwise the jobs would wait for ever
            raise _NoWorker(client)
        return max(1, n)

    pool = _ClusterExecutor(client)
    lost: list[Job] = []
    gone = (futures.CancelledError, FutureCancelledError, CommClosedError, TimeoutError)
    try:
        for job, future in _as_completed(pool, work, jobs, workers):
            try:
                number = future.result()
            except KilledWorker:
                lost.append(job)
            else:
                yield number
    except gone as error:
        raise ConnectionError(_DISAPPEARED) from error
    return lost
