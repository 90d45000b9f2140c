"""Turn notebooks into executed notebooks, each in a fresh kernel, without timings or facts of the machine in them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Run:
    """What became of one notebook: its name, seconds taken, and the error's text where it failed."""

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
    """Execute notebooks, each in a kernel of its own, and write them to `target` under their own names.

    Parameters
    ----------
    notebooks : list of Path
        In reading order.
    target : Path
        Folder of the executed notebooks; may be the one they come from.
    environment : dict, optional
        Environment variables for the kernels, added to those of this process.
    timeout : int
        Seconds that one cell may take.
    jobs : int
        Notebooks executed at the same time.
    report : callable
        Called with each `Run` as it ends.

    Returns
    -------
    list of Run
        In the order of `notebooks`. A notebook that fails is written to ``target/failed/`` and leaves its old copy whole.
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
        notebook, timeout=timeout, kernel_name="python3", record_timing=False, store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}}, extra_arguments=["--IPKernelApp.log_level=40"],
    )  # fmt: skip
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        write_notebook(notebook, target / "failed" / path.name)
        return _explain(notebook, error)
    write_notebook(tidy(notebook), target / path.name)
    return ""


def _explain(notebook: nbformat.NotebookNode, error: Exception) -> str:
    failed = [i for i, cell in _code_cells(notebook) if any(o.output_type == "error" for o in cell.get("outputs", []))]
    place = f"cell {failed[0]}" if failed else "a cell"
    if isinstance(error, CellTimeoutError):
        return f"{place} took longer than the timeout. Raise it with --timeout, or make the cell's work smaller."
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", str(error))
    return f"{place}: {name}: {value}"


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Drop what differs from run to run or machine to machine: widget views, widget state, the Python patch version."""
    for _, cell in _code_cells(notebook):
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            output.get("data", {}).pop(_WIDGET_VIEW, None)
        cell.outputs = _joined([output for output in cell.outputs if output.output_type != "display_data" or output.data])
    notebook.metadata.pop("widgets", None)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata.language_info = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Join printed lines that reached us in several pieces: where a kernel flushes is chance."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        if kept and output.output_type == kept[-1].output_type == "stream" and output.name == kept[-1].name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook in one step: an interrupted run leaves the old file whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf8", newline="\n")
    os.replace(part, path)


def _code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    return ((i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
