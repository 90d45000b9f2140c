"""Executed notebooks keep their results and no trace of the run: no pieces of output, timings or
machine names. A notebook that fails is kept apart."""

import nbformat
import pytest

from helpers.site.notebooks import execute_notebooks, tidy


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def test_printed_pieces_are_joined_and_widget_views_dropped():
    book = notebook("print(1)")
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}
    pieces = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("a\n", "b\n")]
    book.cells[0].outputs = [*pieces, nbformat.v4.new_output("display_data", data=view)]
    book.cells[0].metadata["execution"] = {"iopub.execute_input": "now"}
    book.metadata.widgets = {"state": {}}
    tidied = tidy(book)
    assert [output.text for output in tidied.cells[0].outputs] == ["a\nb\n"]
    assert "execution" not in tidied.cells[0].metadata and "widgets" not in tidied.metadata


def test_a_failing_notebook_is_named_and_leaves_its_old_copy_whole(tmp_path):
    for name, source in (("good", "print('fine')"), ("bad", "1 / 0")):
        book = notebook("x = 1", source)
        book.cells.insert(
            1,
            nbformat.v4.new_markdown_cell(
                "Some words.\n\n## Words of their own 特色词\n\nMore words."
            ),
        )
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    before = (tmp_path / "bad.ipynb").read_bytes()
    heard = []
    runs = execute_notebooks(sorted(tmp_path.glob("*.ipynb")), tmp_path, report=heard.append)
    assert [run.name for run in runs] == ["bad", "good"] and not runs[1].error
    assert runs[0].error.startswith(
        "under “Words of their own 特色词” (cell 2): ZeroDivisionError: division by zero. If one"
        " document is unlike"
    )
    assert "failed/bad.ipynb" in runs[0].error
    assert {run.name for run in heard} == {"bad", "good"} and all(run.seconds > 0 for run in runs)
    assert (tmp_path / "bad.ipynb").read_bytes() == before and (
        tmp_path / "failed" / "bad.ipynb"
    ).is_file()
    assert nbformat.read(tmp_path / "good.ipynb", 4).cells[2].outputs[0].text == "fine\n"


@pytest.mark.slow
def test_a_cell_that_never_ends_is_stopped_and_the_error_says_what_to_do(tmp_path):
    nbformat.write(notebook("import time; time.sleep(60)"), tmp_path / "long.ipynb")
    (run,) = execute_notebooks([tmp_path / "long.ipynb"], tmp_path, timeout=3)
    assert "--timeout" in run.error
