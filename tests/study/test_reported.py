"""Findings are shown with the texts in which they were found, and with no others."""

import shutil

import nbformat
import pytest

from helpers import read_corpus, read_table
from helpers.codebook import DATA
from helpers.study.reported import reported_findings

FINDINGS = read_table("coded/findings")


def test_all_findings_are_shown_with_the_shipped_texts_each_with_its_limit():
    english, chinese = reported_findings(read_corpus())
    for row in FINDINGS.itertuples():
        assert row.headline_en in english and row.limit_en in english.replace("\\", "")
        assert f"(../docs/findings.md#{row.finding})" in english
        assert row.headline_zh in chinese and "局限" in chinese


def test_a_notebook_shows_its_own_findings():
    for notebook in ("01", "02", "03", "04", "05"):
        english, _ = reported_findings(read_corpus(), notebook)
        own = FINDINGS[FINDINGS["notebook"].astype(int) == int(notebook)]
        assert english.count("\n- ") == len(own) > 0
    assert reported_findings(read_corpus(), "07") == []


@pytest.mark.parametrize("change", ["one file less", "one file more", "one file changed"])
def test_no_finding_is_shown_with_other_documents(tmp_path, change):
    shutil.copytree(DATA / "raw", tmp_path / "texts")
    first = tmp_path / "texts" / "000_jiyuan.txt"
    if change == "one file less":
        first.unlink()
    elif change == "one file more":
        (tmp_path / "texts" / "new.txt").write_text("信阳市人大开展监督。", encoding="utf-8")
    else:
        (tmp_path / "texts" / "SHA256SUMS").unlink()  # it would tell of the change
        first.write_text(first.read_text(encoding="utf-8") + "另。", encoding="utf-8")
    assert reported_findings(read_corpus(tmp_path / "texts")) == []


def test_every_notebook_of_results_begins_with_its_findings():
    root = DATA.parent / "notebooks"
    for notebook in sorted(set(FINDINGS["notebook"].astype(int))):
        (path,) = root.glob(f"{notebook:02d}_*.ipynb")
        outputs = [
            output
            for cell in nbformat.read(path, 4).cells[:4]
            for output in cell.get("outputs", [])
        ]
        shown = "".join(str(output.get("data", {}).get("text/markdown", "")) for output in outputs)
        own = FINDINGS[FINDINGS["notebook"].astype(int) == notebook]
        assert all(headline in shown for headline in own["headline_zh"]), path.name
