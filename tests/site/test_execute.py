"""Executed notebooks keep their results and no trace of the run: no pieces of output, timings or
machine names. A notebook that fails is kept apart."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from waiting import patience

from helpers import read_corpus
from helpers.__main__ import _chosen_notebooks, main
from helpers.codebook import DATA
from helpers.site import build_site
from helpers.site.notebooks import execute_notebooks, tidy

ROOT = Path(__file__).resolve().parents[2]


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


def test_of_a_warning_only_the_message_is_kept():
    book = notebook("warn()")
    printed = (
        "/home/me/helpers/text/arguments.py:38: UserWarning: no word: 养老\n  return f(x)\nx\n"
    )
    book.cells[0].outputs = [nbformat.v4.new_output("stream", name="stderr", text=printed)]
    assert tidy(book).cells[0].outputs[0].text == "no word: 养老\nx\n"


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


def test_a_kernel_takes_nothing_from_the_settings_of_the_user(tmp_path, monkeypatch):
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    other = {"argv": ["/bin/false"], "display_name": "other", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(other))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    for script in (startup / "first.py", tmp_path / "second.py"):
        script.write_text("print('ran')")
    (tmp_path / "here" / "inner").mkdir(parents=True)
    variables = {
        "JUPYTER_PATH": tmp_path / "jupyter",
        "IPYTHONDIR": tmp_path / "ipython",
        "PYTHONSTARTUP": tmp_path / "second.py",
        "MPLBACKEND": "Agg",
        "PYTHONPATH": "inner",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path / "here")
    book = notebook("import os, sys", "print(sys.executable, os.environ['PYTHONPATH'])")
    nbformat.write(book, tmp_path / "one.ipynb")
    (run,) = execute_notebooks([tmp_path / "one.ipynb"], tmp_path / "out")
    assert run.error == ""
    (output,) = nbformat.read(tmp_path / "out" / "one.ipynb", 4).cells[1].outputs
    assert output.text.split() == [sys.executable, str(tmp_path / "here" / "inner")]


@pytest.mark.slow
@pytest.mark.usefixtures("heeds_ctrl_c")
@pytest.mark.parametrize("cell", ["import time; time.sleep(60)", "sum(range(10**11))"])
def test_ctrl_c_ends_a_run_within_three_seconds_and_leaves_nothing(cell, tmp_path):
    (tmp_path / "temporary").mkdir()
    mark = tmp_path / "begun"
    nbformat.write(notebook(f"open({str(mark)!r}, 'w').close()", cell), tmp_path / "long.ipynb")
    script = (
        "import sys, pathlib; from helpers import __main__ as commands\n"
        "from helpers.site import execute_notebooks\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "def _reproduce(options):\n"
        "    execute_notebooks([here / 'long.ipynb'] * 2, here / 'out', jobs=1)\n"
        "commands._reproduce = _reproduce\n"
        "sys.exit(commands.main(['reproduce']))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", script, str(tmp_path)]
    process = subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    while not mark.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < patience(3)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "reproduce: stopped before the end."
    assert list((tmp_path / "temporary").iterdir()) == [] and not (tmp_path / "out").exists()
    assert not kernels_under(tmp_path / "temporary")


def kernels_under(folder):
    """Processes whose command line names a connection file in a folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes())
        except OSError:  # the process has ended
            continue
    return [line for line in lines if str(folder).encode() in line]


def test_a_second_run_into_the_same_folder_says_that_the_first_is_not_done(tmp_path, capsys):
    fcntl = pytest.importorskip("fcntl")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "one.txt").write_text("养老服务。", encoding="utf8")
    out = tmp_path / "out"
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    command = ["reproduce", "--corpus", str(tmp_path / "documents"), "--out", str(out)]
    assert main(command) == 1
    os.close(handle)
    assert (
        "another `reproduce` is writing its results to this folder. Wait" in capsys.readouterr().err
    )


def test_a_name_that_no_notebook_has_is_an_error_that_lists_the_notebooks(capsys):
    assert main(["reproduce", "--only", "nosuch"]) == 1
    told = capsys.readouterr()
    assert "no notebook's name contains 'nosuch'. Notebooks: 00_index, 01_corpus" in told.err
    assert "没有名称包含“nosuch”的笔记本" in told.err
    assert told.out == ""
    assert main(["reproduce", "--only", "03,nosuch"]) == 1
    assert "contains 'nosuch'" in capsys.readouterr().err


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the shipped notebooks and a copy that a reader made of one."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copy(ROOT / "notebooks/03_themes.ipynb", tmp_path / "notebooks/03_themes-Copy1.ipynb")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr("helpers.__main__.ROOT", tmp_path)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("only", "names"),
    [
        ("03", "03_themes"),
        ("03_themes.ipynb", "03_themes"),
        ("notebooks/03_themes.ipynb", "03_themes"),
        ("03,05", "03_themes 05_synthesis"),
        ("05 themes，01", "01_corpus 03_themes 05_synthesis"),
        ("03_themes-Copy1", "03_themes-Copy1"),
    ],
)
def test_notebooks_are_chosen_by_any_part_of_their_names(only, names):
    assert [path.stem for path in _chosen_notebooks(only)] == names.split()


@pytest.mark.usefixtures("project")
def test_without_a_choice_all_notebooks_run_but_not_the_copies_that_a_reader_made():
    shipped = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [path.stem for path in _chosen_notebooks("")] == shipped


@pytest.mark.parametrize("name", ["HELPERS_CORPUS", "HELPERS_CODEBOOK"])
def test_a_variable_that_names_other_input_needs_a_folder_for_the_results(
    name, monkeypatch, capsys
):
    monkeypatch.setenv(name, "somewhere")
    assert main(["reproduce"]) == 1
    told = capsys.readouterr().err
    assert f"{name}) needs --out, so that the shipped results" in told and "OUT=my_results" in told
    assert "以免覆盖随附结果" in told


def test_the_variable_of_results_is_where_they_go(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HELPERS_OUT", str(tmp_path / "结果"))
    monkeypatch.setenv("HELPERS_CODEBOOK", str(tmp_path / "nosuch"))
    command = ["reproduce", "--only", "00_index", "--codebook", str(DATA / "codebook")]
    assert main(command) == 0
    assert "5 documents read. Codebook: " in capsys.readouterr().out
    assert (tmp_path / "结果" / "notebooks" / "00_index.ipynb").is_file()


@pytest.mark.parametrize("command", [["reproduce"], ["explore", "--no-browser"], ["docs"]])
def test_a_package_without_its_project_says_what_is_missing(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.__main__.ROOT", tmp_path / "site-packages")
    assert main(command) == 1
    told = capsys.readouterr()
    assert "a copy of the whole project" in told.err and "site-packages" not in told.err + told.out


def test_figures_of_a_package_without_its_project_go_to_the_working_folder(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("helpers.writing._PROJECT", tmp_path / "site-packages")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    corpus = str(DATA / "raw")
    command = ["figures", "--only", "theme_rates", "--lang", "en", "--corpus", corpus]
    assert main(command) == 0
    assert (tmp_path / "here/build/figures/en/theme_rates.svg").is_file()
    assert not (tmp_path / "site-packages").exists()


def test_an_interrupted_reading_copy_leaves_the_earlier_one_and_no_half(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("earlier")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.site.site._figures", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_site(tmp_path, tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (tmp_path / "site" / "index.html").read_text() == "earlier"


@pytest.mark.slow
def test_a_cell_that_never_ends_is_stopped_and_the_error_says_what_to_do(tmp_path):
    nbformat.write(notebook("import time; time.sleep(60)"), tmp_path / "long.ipynb")
    (run,) = execute_notebooks([tmp_path / "long.ipynb"], tmp_path, timeout=3)
    assert "--timeout" in run.error


@pytest.fixture
def half_failed(tmp_path, monkeypatch, capsys):
    """A run of two notebooks, one of which fails in its second section: exit code, printed text,
    errors, folder of the results."""
    titles = [
        nbformat.v4.new_markdown_cell("# Two sections", metadata={"tags": ["lang-en"]}),
        nbformat.v4.new_markdown_cell("# 两节", metadata={"tags": ["lang-zh"]}),
    ]
    parts = [
        nbformat.v4.new_markdown_cell("## Second *part*", metadata={"tags": ["lang-en"]}),
        nbformat.v4.new_markdown_cell("## 第二节", metadata={"tags": ["lang-zh"]}),
    ]
    first, lost, needs, last = notebook(
        "print('before')", "value = {}['no such key']", "print(value)", "print('behind')"
    ).cells
    bad = nbformat.v4.new_notebook(cells=[*titles, first, *parts, lost, needs, last])
    (tmp_path / "notebooks").mkdir()
    nbformat.write(bad, tmp_path / "notebooks" / "03_bad.ipynb")
    good = notebook("print('whole')")
    good.cells.insert(0, nbformat.v4.new_markdown_cell("# Whole"))
    nbformat.write(good, tmp_path / "notebooks" / "01_good.ipynb")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr("helpers.__main__.ROOT", tmp_path)
    (tmp_path / "documents").mkdir()
    text = "漯河市人大常委会走访养老机构15家。"
    (tmp_path / "documents" / "one.txt").write_text(text, encoding="utf8")
    out = tmp_path / "out"
    code = main(["reproduce", "--corpus", str(tmp_path / "documents"), "--out", str(out)])
    return code, *capsys.readouterr(), out


def test_a_run_with_a_failed_notebook_says_so_in_both_languages_and_ends_with_an_error(half_failed):
    code, told, errors, _ = half_failed
    assert code == 1
    assert "FAILED: under “Second *part*” (cell 5): KeyError: 'no such key'. If one" in told
    assert "Look at:" in told and "All done" not in told
    assert "1 of 2 notebooks failed." in errors and "2个笔记本中1个没有全部完成" in errors
    assert (
        "03_bad: Under “Second *part*” a calculation failed (KeyError: 'no such key'). Further"
        " cells failed, or lack its results: 1." in errors
    )
    assert "“第二节”一节计算出错（KeyError: 'no such key'）。另有1个单元格出错" in errors


def test_the_reading_copy_is_built_from_the_rest_and_names_what_failed(half_failed):
    *_, out = half_failed
    assert (out / "versions.json").is_file()
    pages = {path.name: path.read_text("utf8") for path in (out / "site").glob("*.html")}
    assert {"01_good.html", "03_bad.html", "summary.html", "evidence.html"} <= set(pages)
    assert "whole" in pages["01_good.html"] and "not complete" not in pages["01_good.html"]
    assert 'href="03_bad.html">03_bad</a>: Under' in pages["index.html"]
    assert "“第二节”一节计算出错" in pages["index.html"]
    page = pages["03_bad.html"]
    assert "before" in page and "behind" in page and "Traceback" not in page
    assert page.count("This result is missing") == 2 and "此处结果没有得出" in page
    assert "This notebook is not complete." in page and "Second *part*”" in page
    # the whole message stays where the command line says
    kept = (out / "notebooks" / "failed" / "03_bad.ipynb").read_text("utf8")
    assert "KeyError" in kept and not (out / "notebooks" / "03_bad.ipynb").exists()


def test_a_notebook_that_cannot_even_start_does_not_stop_the_others(tmp_path):
    nbformat.write(notebook("print('fine')"), tmp_path / "good.ipynb")
    (tmp_path / "broken.ipynb").write_text("no notebook")
    runs = execute_notebooks(sorted(tmp_path.glob("*.ipynb")), tmp_path / "out")
    assert [bool(run.error) for run in runs] == [True, False]
    assert runs[0].failure.reason.zh.startswith("没有运行完：计算出错（NotJSONError")


def test_a_page_that_cannot_be_made_is_left_out_and_named(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no such row")

    monkeypatch.setattr("helpers.site.site.summary_table", fail)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "one.txt").write_text("漯河市人大常委会走访养老机构15家。", encoding="utf8")
    heard = []
    corpus = read_corpus(tmp_path / "one.txt")
    site = build_site(tmp_path, tmp_path / "site", corpus=corpus, report=heard.append)
    assert len(heard) == 1 and "no such row" in heard[0].reason.en
    index = (site / "index.html").read_text("utf8")
    assert "What failed" in index and "no such row" in index
    assert (site / "evidence.html").is_file() and (site / "text-1.html").is_file()
    assert not (site / "summary.html").exists()


def test_many_problems_of_one_kind_take_one_line_and_are_listed_in_a_table(tmp_path, capsys):
    (tmp_path / "documents").mkdir()
    for number in range(25):
        text = f"第{number}次会议听取了养老服务工作报告。"
        (tmp_path / "documents" / f"{number:02d}.txt").write_text(text, encoding="utf8")
    (tmp_path / "documents" / "bad.pdf").write_bytes(b"%PDF no")
    out = tmp_path / "out"
    arguments = ["--corpus", str(tmp_path / "documents"), "--out", str(out), "--only", "00_index"]
    assert main(["reproduce", *arguments]) == 0
    told = capsys.readouterr().out.partition("documents read")[0]
    assert (
        "  25 files do not say their city" in told
        and "such as 00.txt." in told
        and "文件25个" in told
    )
    assert "  bad.pdf: damaged" in told and len(told.splitlines()) == 4
    table = pd.read_csv(out / "data" / "derived" / "problems.csv", encoding="utf-8-sig")
    assert len(table) == 26 and "problems.csv" in told
