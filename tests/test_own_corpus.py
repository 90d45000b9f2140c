"""Someone's own documents go through every step, and nothing of the shipped five appears in their
results."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus
from helpers.__main__ import main
from helpers.codebook.codebook import DATA

ROOT = Path(__file__).resolve().parents[1]
REPORT = """“积极应对人口老龄化　加快发展养老服务”联动监督专辑 (三十一)

鹤壁: 以监督之力托起幸福晚年

今年以来,鹤壁市人大常委会把养老服务监督列入年度工作要

点,成立监督工作领导小组,制定监督方案,扎实开展联动监督.

一、深入调研,摸清底数

市人大常委会组成３个调研组,走访养老机构２８家,召开座谈

会１２次,发放调查问卷１２００余份,梳理出问题１９条.全市

６０岁以上老人２８６万人,占总人口的１８２２％.

二、跟踪督办,务求实效

市人大常委会召开交办会,将问题清单集中交办市政府,明确整

改时限.

(鹤壁市人大社会建设委员会供稿)
"""
SHIPPED = re.compile(
    "济源|三门峡|漯河|郑州|焦作|Jiyuan|Sanmenxia|Luohe|Zhengzhou|Jiaozuo|供销社|银发顾问|万安老年公寓"
)


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "helpers", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "documents").mkdir()
    (folder / "documents" / "hebi.txt").write_text(REPORT, encoding="utf8")
    done = run("reproduce", "--corpus", folder / "documents", "--out", folder / "results")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "results"


@pytest.mark.slow
def test_no_city_number_or_quotation_of_the_shipped_five_appears(results):
    files = [
        path
        for path in results.rglob("*")
        if path.suffix in (".ipynb", ".csv", ".json", ".html", ".md", ".svg", ".graphml")
    ]
    assert len(files) > 50
    for path in files:
        found = SHIPPED.search(path.read_text(encoding="utf8"))
        assert not found, f"{path.relative_to(results)}: {found[0]}"


@pytest.mark.slow
def test_the_new_city_is_in_the_tables_and_in_the_reading_copy(results):
    approaches = (results / "data" / "derived" / "approaches.csv").read_text(encoding="utf-8-sig")
    assert "鹤壁" in approaches and "Hebi" in approaches
    assert "鹤壁" in (results / "site" / "evidence.html").read_text(encoding="utf8")
    outcomes = (results / "data" / "derived" / "outcomes.csv").read_text(encoding="utf-8-sig")
    assert "２８６" in outcomes and "18.22" in outcomes


@pytest.mark.slow
def test_a_document_without_words_stops_no_notebook_and_is_named(tmp_path):
    for name, text in {
        "hebi": REPORT,
        "hebi_2": REPORT.replace("三十一", "三十二").replace("走访", "座谈"),
        "numbers": "12 34 56\n\n78.9\n",
    }.items():
        (tmp_path / "documents").mkdir(exist_ok=True)
        (tmp_path / "documents" / f"{name}.txt").write_text(text, encoding="utf8")
    done = run(
        "reproduce",
        "--corpus",
        tmp_path / "documents",
        "--out",
        tmp_path / "results",
        "--only",
        "03_themes",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Left out of the comparison: numbers" in (
        tmp_path / "results" / "notebooks" / "03_themes.ipynb"
    ).read_text(encoding="utf8")


def test_every_figure_is_drawn_in_a_column_of_a_journal(tmp_path, capsys):
    (tmp_path / "documents").mkdir()
    for i in range(2):
        (tmp_path / "documents" / f"hebi_{i}.txt").write_text(
            REPORT.replace("三十一", f"三十{'二三'[i]}"), encoding="utf8"
        )
    arguments = [
        "figures",
        "--corpus",
        str(tmp_path / "documents"),
        "--only",
        "04_outcomes",
        "--lang",
        "en",
        "--width",
        "single",
        "--out",
        str(tmp_path / "figures"),
    ]
    assert main(arguments) == 0 and "[4/4] en comparable_values" in capsys.readouterr().out


def test_results_never_overwrite_the_shipped_ones_or_go_into_the_documents():
    for out in (ROOT, ROOT / "data" / "x", DATA / "raw" / "out"):
        done = run("reproduce", "--corpus", DATA / "raw", "--out", out)
        assert done.returncode == 1 and "Choose" in done.stderr
    for name, folder in {"--corpus": DATA / "raw", "--codebook": DATA / "codebook"}.items():
        done = run("reproduce", name, folder)
        assert done.returncode == 1 and "needs --out" in done.stderr
    assert (
        "does not exist"
        in run("reproduce", "--corpus", ROOT / "nowhere", "--out", ROOT / "build" / "x").stderr
    )


def test_a_new_corpus_folder_is_set_up_once(tmp_path):
    assert run("new-corpus", tmp_path / "mine").returncode == 0
    assert (tmp_path / "mine" / "codebook" / "themes.csv").is_file() and (
        tmp_path / "mine" / "documents"
    ).is_dir()
    assert not list((tmp_path / "mine" / "documents").iterdir())
    again = run("new-corpus", tmp_path / "mine")
    assert again.returncode == 1 and "not empty" in again.stderr


def test_a_new_corpus_folder_may_begin_with_the_briefings(tmp_path, capsys):
    assert main(["new-corpus", str(tmp_path / "mine"), "--briefings"]) == 0
    documents = tmp_path / "mine" / "documents"
    assert [path.name for path in sorted(documents.iterdir())] == [
        path.name for path in sorted((DATA / "raw").glob("*.txt"))
    ]
    (documents / "hebi.txt").write_text(REPORT, encoding="utf8")
    corpus = read_corpus(documents, codebook=read_codebook(tmp_path / "mine" / "codebook"))
    assert len(corpus) == 6 and "鹤壁" in set(corpus.metadata["city_zh"])


def test_a_codebook_is_copied_once_and_never_over_what_somebody_edited(tmp_path, capsys):
    folder = tmp_path / "我的 词表"
    assert main(["new-codebook", str(folder)]) == 0
    assert f'CODEBOOK="{folder}" OUT=my_results' in capsys.readouterr().out
    shipped = sorted((DATA / "codebook").glob("*.csv"))
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [
        path.read_bytes() for path in shipped
    ]
    (folder / "themes.csv").write_text("edited")
    assert main(["new-codebook", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "is not empty. Nothing was changed" in told and "未作任何改动" in told
    assert (folder / "themes.csv").read_text() == "edited"
    (tmp_path / "file").touch()
    assert main(["new-codebook", str(tmp_path / "file")]) == 1


@pytest.mark.slow
def test_a_codebook_of_ones_own_changes_the_results_elsewhere_and_nothing_shipped(tmp_path):
    assert main(["new-codebook", str(tmp_path / "codebook")]) == 0
    path = tmp_path / "codebook" / "themes.csv"
    lines = path.read_text("utf8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",民生," not in line), "utf8")
    shipped = [*(ROOT / "data/derived").iterdir(), *(ROOT / "notebooks").glob("*.ipynb")]
    before = {path: path.read_bytes() for path in shipped}
    done = run(
        *("reproduce", "--only", "03", "--codebook", tmp_path / "codebook"),
        *("--out", tmp_path / "out"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.read_bytes() for path in shipped} == before
    tables = [pd.read_csv(root / "data/derived/themes.csv") for root in (ROOT, tmp_path / "out")]
    both = tables[0].merge(tables[1], on=["doc", "theme"], suffixes=("", "_new"))
    changed = both[both["n"] != both["n_new"]]
    assert set(changed["theme"]) == {"people_livelihood"}
    assert (changed["n"] > changed["n_new"]).all()


def test_a_coding_sheet_is_written_filled_in_and_read_back(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "hebi.txt").write_text(REPORT, encoding="utf8")
    sheet = tmp_path / "sheet.csv"
    assert "4 sentences" in run("coding-sheet", tmp_path / "documents", "--out", sheet).stdout
    assert "already exists" in run("coding-sheet", tmp_path / "documents", "--out", sheet).stderr
    blank = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    code = blank["text"].str.contains("走访").map({True: "site_visit", False: "none"})
    for name in ("a", "b"):
        filled = blank.assign(code=code)
        filled.to_csv(tmp_path / f"{name}.csv", index=False, encoding="gb18030")
    read = run(
        "coding-sheet",
        tmp_path / "documents",
        "--read",
        tmp_path / "a.csv",
        tmp_path / "b.csv",
        "--out",
        tmp_path / "coded",
    )
    assert read.returncode == 0, read.stderr
    assert "κ = 1.00" in read.stdout and "done" in (tmp_path / "coded" / "matrix.csv").read_text(
        encoding="utf-8-sig"
    )


def test_the_coding_exercise_is_one_command_run_before_and_after_coding(tmp_path):
    sheet = tmp_path / "exercise.csv"
    command = ("coding-exercise", "--sheet", sheet, "--lang", "en")
    assert "29 sentences to code" in run(*command).stdout
    early = run(*command)
    assert early.returncode == 1 and "no row has a code yet" in early.stderr
    blank = pd.read_csv(sheet, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    blank.assign(code="none").to_csv(sheet, index=False)
    told = run(*command)
    assert told.returncode == 0, told.stderr
    assert "no κ and α, because" in told.stdout and "You: not coded" in told.stdout


def test_a_coding_sheet_that_is_missing_or_is_not_a_table_is_named(tmp_path):
    (tmp_path / "hebi.txt").write_text(REPORT, encoding="utf8")
    (tmp_path / "bad.csv").write_bytes(b"sha256\n\xff\xff\xff")
    gone = run(
        "coding-sheet",
        tmp_path / "hebi.txt",
        "--read",
        tmp_path / "gone.csv",
        tmp_path / "bad.csv",
        "--out",
        tmp_path / "coded",
    )
    assert (
        gone.returncode == 1
        and "does not exist. Name the file of the filled-in sheet" in gone.stderr
    )
    bad = run(
        "coding-sheet",
        tmp_path / "hebi.txt",
        "--read",
        tmp_path / "bad.csv",
        tmp_path / "bad.csv",
        "--out",
        tmp_path / "coded",
    )
    assert bad.returncode == 1 and "bad.csv: neither UTF-8 nor GB18030" in bad.stderr


def test_one_figure_is_exported_in_one_language_and_width(tmp_path, capsys):
    assert (
        main(
            [
                "figures",
                "--only",
                "theme_rates",
                "--lang",
                "en",
                "--width",
                "single",
                "--out",
                str(tmp_path),
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    assert "[1/1] en theme_rates" in said and [folder.name for folder in tmp_path.iterdir()] == [
        "en"
    ]
    written = {file.name for file in (tmp_path / "en").iterdir()}
    assert {f"theme_rates.{kind}" for kind in ("csv", "json", "pdf", "png", "svg")} <= written
    assert (
        main(["figures", "--only", "theme_rats"]) == 1
        and "no figure's name contains 'theme_rats'. Figures: " in capsys.readouterr().err
    )
