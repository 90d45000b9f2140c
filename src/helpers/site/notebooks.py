"""Execute notebooks, each in its own Jupyter kernel (a process that runs the cells). Executing the
notebooks is the first step of `python -m helpers reproduce`."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets import default

from helpers.writing import write_atomically

from .failures import Failure, failure_of, failure_outside_cells


@dataclass(frozen=True)
class Run:
    """The run of one notebook: the name of the notebook, the seconds that the run took, and the
    failure if the notebook failed."""

    name: str
    seconds: float
    failure: Failure | None = None

    @property
    def error(self) -> str:
        """The failure in English, with a remedy. The text is empty if the notebook did not fail."""
        return self.failure.remedy.en if self.failure else ""


def execute_notebooks(
    notebooks: list[Path],
    target: Path,
    *,
    environment: dict[str, str] | None = None,
    timeout: int = 600,
    jobs: int = 2,
    report: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Execute notebooks, each in its own kernel, and write them under the same names to the folder
    `target`, which may be the notebooks' own folder.

    The kernels get the environment variables of this process and those in `environment`. A cell may
    run for at most `timeout` seconds. At most `jobs` notebooks run at the same time. `report` is
    called with a `Run` each time a notebook ends.

    After a cell that fails, the cells below it are executed all the same, so that a notebook loses
    only the results of this cell and of the cells that need them. A notebook that fails is written
    to ``target/failed/``, and an earlier version of this notebook in `target` stays as it is. If
    the user presses Ctrl-C, the kernels are ended and no notebook is written.
    """
    kernels = _Kernels()

    def one(path: Path) -> Run:
        began = time.perf_counter()
        try:
            failure = _execute(path, target, kernels, variables, timeout)
        except Exception as error:  # whatever is wrong with one notebook, the others go on
            failure = failure_outside_cells(path.stem, error)
        run = Run(path.stem, time.perf_counter() - began, failure)
        if not kernels.stopped.is_set():
            report(run)
        return run

    with tempfile.TemporaryDirectory(prefix="helpers-", ignore_cleanup_errors=True) as folder:
        variables = _kernel_environment(environment or {}, folder)
        pool = concurrent.futures.ThreadPoolExecutor(max(1, jobs))
        runs = [pool.submit(one, path) for path in notebooks]
        try:
            return [run.result() for run in runs]
        except KeyboardInterrupt:
            kernels.stop(runs)
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _kernel_environment(changes: dict[str, str], folder: str) -> dict[str, str]:
    """Return the environment variables of the kernels: those of this process and `changes`.
    Variables through which settings of the user could change the results of notebooks are removed
    or replaced.

    PYTHONSTARTUP and MPLBACKEND are removed: a kernel would run the file that PYTHONSTARTUP names,
    and MPLBACKEND could keep charts from being shown. The empty folder `folder` takes the place of
    the user's IPython folder, whose scripts a kernel would run, and of the folder for temporary
    files, which all users share. Relative paths in PYTHONPATH become absolute, because a kernel has
    another working folder than this process.
    """
    private = dict.fromkeys(("IPYTHONDIR", "TMPDIR", "TEMP", "TMP"), folder)
    variables = {**os.environ, **private, **changes}
    for name in ("PYTHONSTARTUP", "MPLBACKEND"):
        variables.pop(name, None)
    if folders := variables.get("PYTHONPATH"):
        absolute = map(os.path.abspath, folders.split(os.pathsep))
        variables["PYTHONPATH"] = os.pathsep.join(absolute)
    return variables


class _OwnKernelManager(AsyncKernelManager):
    """A manager that starts kernels only with the Python of this process. Without this manager,
    Jupyter would prefer a kernel of the same name that the user has installed with another
    Python."""

    @default("kernel_spec_manager")
    def _only_native(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class _Kernels:
    """A record of the kernels that are running, so that Ctrl-C can end them."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.clients: set[NotebookClient] = set()

    def stop(self, runs: list[concurrent.futures.Future]) -> None:
        """End all kernels and the processes that they started, and wait until no notebook is
        running. The kernels are killed, because a running cell may ignore a request to stop."""
        self.stopped.set()
        for run in runs:
            run.cancel()
        self._kill()
        while concurrent.futures.wait(runs, timeout=0.2).not_done:
            self._kill()  # end kernels that have started since the last call

    def _kill(self) -> None:
        for client in list(self.clients):
            process = getattr(getattr(client.km, "provisioner", None), "process", None)
            with contextlib.suppress(OSError):  # a process may have ended by itself
                if process is not None and hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)  # end the kernel and its child processes
                elif process is not None:
                    process.kill()


def _execute(
    path: Path, target: Path, kernels: _Kernels, environment: dict[str, str], timeout: int
) -> Failure | None:
    """Execute a notebook and write it. Return the failure if a cell failed, or if the notebook
    could not be executed to its end."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        kernel_manager_class=_OwnKernelManager,
        allow_errors=True,  # go on after a cell that failed
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=40"],  # log errors only
    )
    kernels.clients.add(client)
    stop = ""
    try:
        client.execute(env=environment)
    except CellTimeoutError:
        stop = "timeout"
    except DeadKernelError:
        stop = "kernel"
    finally:
        kernels.clients.discard(client)
    if kernels.stopped.is_set():
        return None
    failure = failure_of(notebook, path.stem, stop)
    if failure:
        write_notebook(tidy(notebook), target / "failed" / path.name)
    else:
        write_notebook(tidy(notebook), target / path.name)
    return failure


_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove from a notebook what differs between two runs or two machines: execution times, widget
    views, widget state, and the exact version of Python."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            output.get("data", {}).pop(_WIDGET_VIEW, None)
        cell.outputs = _joined(o for o in cell.outputs if o.output_type != "display_data" or o.data)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.kernelspec, notebook.metadata.language_info = _KERNEL, _LANGUAGE
    return notebook


def _joined(outputs: Iterable[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Join successive outputs of printed text into one output, because a kernel splits the same
    text differently in every run."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        stream = output.get("name") if output.output_type == "stream" else None
        if stream and joined and joined[-1].get("name") == stream:
            joined[-1].text += output.text
        else:
            joined.append(output)
    for output in joined:
        if output.get("name") == "stderr":
            output.text = _WARNING.sub(r"\1\n", output.text)
    return joined


# How Python prints a warning: the file and the number of a line of the program, the message, and
# this line. Only the message says something to readers.
_WARNING = re.compile(r"^\S*\.py:\d+: \w*Warning: (.*)\n  .*\n", re.M)


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook in one step, so that an interrupted run leaves the old file intact."""
    write_atomically(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf8"))
