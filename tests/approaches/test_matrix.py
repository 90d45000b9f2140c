"""The matrix and its comparisons say no more than the codings behind them."""

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus
from helpers.approaches.coding import approach_evidence
from helpers.approaches.comparison import (
    approach_matrix,
    coding_units,
    compare_pairs,
)
from helpers.approaches.cycle import who_acts

A = (
    "平川: 养老服务监督\n\n一、深入调研\n\n市人大常委会召开座谈会3场,听取养老机构负责人意见。"
    "按照上级统一要求积极应对老龄化挑战。\n\n"
    "二、跟踪问效\n\n9月10日,市人大常委会将26个问题集中交办市政府。"
    "6月2日,市人大常委会对整改情况进行了满意度测评。\n"
)
B = (
    "东川: 养老服务监督\n\n一、走访\n\n县人大常委会走访敬老院9家,发放问卷200份。"
    "按照上级统一要求积极应对老龄化挑战。\n"
)


@pytest.fixture()
def corpus(tmp_path):
    (tmp_path / "a.txt").write_text(A, encoding="utf8")
    (tmp_path / "b.txt").write_text(B, encoding="utf8")
    return read_corpus(tmp_path)


@pytest.fixture()
def approaches():
    return read_codebook().approaches


def reference_row(corpus, **cells):
    return pd.DataFrame(
        [
            {
                "sha256": corpus["a"].sha256,
                "code": "survey",
                "state": "done",
                "present": "1",
                "quote": "召开",
                **cells,
            }
        ]
    )


def test_without_a_reference_reading_the_rules_speak(corpus):
    matrix = approach_matrix(corpus)
    assert len(matrix) == 2 * len(read_codebook().approaches)
    assert set(matrix["source"]) == {"rules"} and not matrix["disagree"].any()
    cell = matrix.set_index(["doc", "code"]).loc[("a", "symposium")]
    assert cell[["state", "mark", "quote"]].to_list() == [
        "done",
        "anchored",
        "市人大常委会召开座谈会3场",
    ]
    assert corpus["a"].quote(cell["start"], cell["end"]) == cell["quote"]


def test_the_reference_reading_wins_and_a_difference_is_marked(corpus):
    matrix = approach_matrix(corpus, reference=reference_row(corpus)).set_index(["doc", "code"])
    assert matrix.loc[
        ("a", "survey"), ["state", "source", "disagree", "state_rules"]
    ].to_list() == ["done", "reference", True, "not_mentioned"]
    assert matrix.loc[("b", "survey"), ["state", "source", "disagree"]].to_list() == [
        "done",
        "rules",
        False,
    ]
    same = approach_matrix(corpus, reference=reference_row(corpus, code="symposium")).set_index(
        ["doc", "code"]
    )
    assert not same.loc[("a", "symposium"), "disagree"]


def test_a_reference_reading_belongs_to_its_file_and_to_no_other(corpus):
    matrix = approach_matrix(corpus, reference=reference_row(corpus, sha256="of another file"))
    assert set(matrix["source"]) == {"rules"}


def test_pairs_tell_sharing_from_silence(corpus):
    pairs = compare_pairs(approach_matrix(corpus)).set_index("relation")
    assert "survey" in pairs.loc["silent_a", "codes"].split()
    assert "handover" in pairs.loc["silent_b", "codes"].split()
    assert pairs["n"].sum() == sum(len(codes.split()) for codes in pairs["codes"])


def test_counts_by_actor_add_up_to_the_quotations_that_tell_of_acts(corpus, approaches):
    evidence = approach_evidence(corpus)
    counts = who_acts(evidence, approaches)
    assert counts["n"].sum() == (evidence["state"] == "done").sum()
    assert (counts.groupby("stage")["n"].sum() == counts.groupby("stage")["base"].first()).all()


def test_coding_units_name_document_section_sentence_and_clause(corpus):
    units = coding_units(corpus, approach_evidence(corpus))
    survey = units[units["code"] == "survey"].iloc[0]
    assert survey["unit"] == f"b-1-{survey['sentence']}-2"
