"""The stored notebooks are executed in order, without warnings and without traces of a machine; the
check of their outputs can fail."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code_cells(path):
    return [
        cell
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code" and cell.source.strip()
    ]


def test_the_notebooks_are_numbered_without_gaps():
    assert [path.stem[:2] for path in NOTEBOOKS] == [
        f"{n:02d}" for n in range(len(NOTEBOOKS))
    ] and len(NOTEBOOKS) >= 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_code_cell_is_executed_in_order_and_without_warnings(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [
        output
        for output in outputs
        if output.get("name") == "stderr" or output.output_type == "error"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short_and_define_nothing(path):
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= 14, cell.source
        assert not re.search(r"^\s*(def|class) ", cell.source, re.M)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_hold_no_traces_of_a_machine(path):
    text = json.dumps(nbformat.read(path, as_version=4), ensure_ascii=False)
    assert not re.search(r"(?<![\w.:/])/(home|root|tmp|work|usr|Users)/", text)
    assert "iopub.execute_input" not in text and '"version": "3.' not in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_holds_a_version_because_another_python_would_give_another(path):
    text = json.dumps(nbformat.read(path, as_version=4), ensure_ascii=False)
    assert "versions()" not in text and "'matplotlib': " not in text


def test_a_broken_notebook_fails_the_regression(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('now')")])
    notebook.cells[0].update(
        execution_count=1, outputs=[nbformat.v4.new_output("stream", name="stdout", text="then\n")]
    )
    notebook.metadata.kernelspec = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    nbformat.write(notebook, tmp_path / "broken.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-p",
        "no:cacheprovider",
        str(tmp_path / "broken.ipynb"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 1 and "mismatch 'stdout'" in run.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_results_are_written_before_the_checks(path):
    cells = nbformat.read(path, as_version=4).cells
    checks = [at for at, cell in enumerate(cells) if cell.source.startswith("## Checks")]
    loops = [
        at
        for at, cell in enumerate(cells)
        if cell.cell_type == "code" and re.search(r"publish\(|write_table\(table, ", cell.source)
    ]
    assert not checks or (loops and max(loops) < checks[0])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_check_at_the_head_of_a_notebook_comes_after_what_it_shows(path):
    for cell in code_cells(path)[:1]:
        head = cell.source.partition("\nassert ")
        if head[1]:
            assert "show(" in head[0] and "show(" not in head[2]
