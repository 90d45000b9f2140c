"""Execute notebooks, each in its own Jupyter kernel (a process that runs the cells). This is the
first step of `python -m helpers reproduce`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from helpers.writing import write_atomically


@dataclass(frozen=True)
class Run:
    """The run of one notebook: its name, the seconds it took, and the error if it failed."""

    name: str
    seconds: float
    error: str = ""


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
    called with a `Run` each time a notebook ends. A notebook that fails is written to
    ``target/failed/``, and an earlier version in `target` stays as it is.
    """

    def one(path: Path) -> Run:
        began = time.perf_counter()
        error = _execute(path, target, {**os.environ, **(environment or {})}, timeout)
        run = Run(path.stem, time.perf_counter() - began, error)
        report(run)
        return run

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return list(pool.map(one, notebooks))


def _execute(path: Path, target: Path, environment: dict[str, str], timeout: int) -> str:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=40"],  # log errors only
    )
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        write_notebook(notebook, target / "failed" / path.name)
        return _explain(notebook, error, path.name)
    write_notebook(tidy(notebook), target / path.name)
    return ""


def _explain(notebook: nbformat.NotebookNode, error: Exception, name: str) -> str:
    """Say under which heading a notebook stopped, why, and what to do, in words for readers who do
    not program."""
    # The notebook stopped at the cell that shows an error. If no cell shows an error, the notebook
    # stopped at the last cell that was executed.
    cells = list(_code_cells(notebook))
    stopped = [i for i, cell in cells if any(o.output_type == "error" for o in cell.outputs)]
    executed = [i for i, cell in cells if cell.get("execution_count")]
    at = (stopped or [0, *executed][-1:])[0]
    texts = [cell.source for cell in notebook.cells[:at] if cell.cell_type == "markdown"]
    headings = re.findall(r"^#+ *(.*)", "\n".join(texts), re.M)
    heading = ["the beginning", *headings][-1].strip()
    place = f"under “{heading}” (cell {at})"
    if isinstance(error, CellTimeoutError):
        return (
            f"{place} a cell took longer than the timeout. Allow more time with --timeout, or use"
            " fewer documents."
        )
    if isinstance(error, DeadKernelError):
        return (
            f"{place} the notebook's process ended, most likely because memory ran out. Use fewer"
            " documents, or run with --jobs 1."
        )
    message = (error.evalue.strip().splitlines() or [""])[0].rstrip(".")
    return (
        f"{place}: {error.ename}: {message}. If one document is unlike the others, take it out of"
        " the folder and run again. The results up to this cell, and the whole message, are in"
        f" failed/{name}."
    )


_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove from a notebook what differs between two runs or two machines: execution times, widget
    views, widget state, and the exact version of Python."""
    for _, cell in _code_cells(notebook):
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
    return joined


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook in one step, so that an interrupted run leaves the old file intact."""
    write_atomically(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf8"))


def _code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    return ((i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
