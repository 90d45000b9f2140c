"""The matrix and its comparisons say no more than the codings behind them."""

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus
from helpers.approaches.coding import approach_evidence
from helpers.approaches.comparison import (
    approach_matrix,
    check_stage_order,
    coding_units,
    compare_pairs,
    similarity,
    standing_counts,
    timeline,
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


def test_a_vote_dated_before_the_assignment_is_flagged(corpus, approaches):
    flags = check_stage_order(corpus, approach_evidence(corpus), approaches)
    assert flags[
        ["doc", "problem", "code", "date", "before", "before_date"]
    ].to_numpy().tolist() == [["a", "dated_before", "satisfaction", "06-02", "handover", "09-10"]]


@pytest.mark.parametrize(
    ("assigned", "voted", "flag"),
    [
        # the year decides, not the month
        ("2023年9月10日", "2024年6月2日", []),
        ("2024年6月2日", "2023年9月10日", ["2023-09-10", "2024-06-02"]),
        ("2024年9月10日", "2024年6月", ["2024-06", "2024-09-10"]),
        # a month that holds the day of the assignment does not come before it
        ("2024年6月20日", "2024年6月", []),
        # a date without a year is of the year that the text names, if it names one
        ("2024年9月10日", "6月2日", ["2024-06-02", "2024-09-10"]),
        ("去年9月10日", "今年6月2日", []),
        ("今年6月10日", "去年9月2日", ["09-02", "06-10"]),
        ("9月10日", "6月2日", ["06-02", "09-10"]),
    ],
)
def test_the_order_of_stages_reads_the_years(tmp_path, approaches, assigned, voted, flag):
    (tmp_path / "d.txt").write_text(
        "南川: 监督养老服务\n\n一、跟踪问效\n\n"
        f"{assigned},市人大常委会将26个问题集中交办市政府。\n\n二、评议\n\n"
        f"{voted},市人大常委会对整改情况进行了满意度测评。\n",
        encoding="utf8",
    )
    one = read_corpus(tmp_path)
    flags = check_stage_order(one, approach_evidence(one), approaches)
    assert flags[["date", "before_date"]].to_numpy().tolist() == ([flag] if flag else [])


def test_a_planned_date_in_a_sentence_is_not_the_date_of_its_act(tmp_path, approaches):
    (tmp_path / "e.txt").write_text(
        "南川: 监督养老服务\n\n2024年9月10日,市人大常委会将26个问题集中交办市政府。"
        "市人大常委会对整改情况进行了满意度测评,其余问题计划于2024年6月完成整改。\n",
        encoding="utf8",
    )
    one = read_corpus(tmp_path)
    assert check_stage_order(one, approach_evidence(one), approaches).empty


def test_a_vote_on_problems_that_were_never_assigned_is_flagged(tmp_path, approaches):
    (tmp_path / "c.txt").write_text(
        "南川: 监督养老服务\n\n市人大常委会对整改情况进行了满意度测评。\n", encoding="utf8"
    )
    one = read_corpus(tmp_path)
    flags = check_stage_order(one, approach_evidence(one), approaches)
    assert flags[["doc", "problem", "code", "before"]].to_numpy().tolist() == [
        ["c", "without_assignment", "satisfaction", "handover"]
    ]


def test_counts_by_actor_add_up_to_the_quotations_that_tell_of_acts(corpus, approaches):
    evidence = approach_evidence(corpus)
    counts = who_acts(evidence, approaches)
    assert counts["n"].sum() == (evidence["state"] == "done").sum()
    assert (counts.groupby("stage")["n"].sum() == counts.groupby("stage")["base"].first()).all()


def test_coding_units_name_document_section_sentence_and_clause(corpus):
    units = coding_units(corpus, approach_evidence(corpus))
    survey = units[units["code"] == "survey"].iloc[0]
    assert survey["unit"] == f"b-1-{survey['sentence']}-2"


def test_legal_standing_keeps_its_source(corpus, approaches):
    table = standing_counts(approach_matrix(corpus), approaches)
    assert (table["legal_source"] != "").all() and (table["base"] == 2).all()


def test_no_tree_is_drawn_from_a_handful_of_documents(corpus):
    with pytest.raises(ValueError, match="from 12 on"):
        similarity(approach_matrix(corpus))


def test_similarity_of_twelve_documents_puts_equal_ones_side_by_side():
    codes = list("abcd")
    rows = [
        (f"d{i:02d}", code, int((j < 2) == (i % 2 == 0)))
        for i in range(12)
        for j, code in enumerate(codes)
    ]
    table, order = similarity(pd.DataFrame(rows, columns=["doc", "code", "present"]))
    assert set(table["jaccard"]) == {0.0, 1.0}
    assert len({int(doc[1:]) % 2 for doc in order[:6]}) == 1


def silent_and_speaking(n_silent, n=12):
    """A matrix of `n` documents, of which the first `n_silent` report nothing."""
    rows = [(f"d{i:02d}", code, int(i >= n_silent)) for i in range(n) for code in "abc"]
    return pd.DataFrame(rows, columns=["doc", "code", "present"])


@pytest.mark.parametrize("n_silent", [2, 3, 12])
def test_documents_that_report_nothing_are_not_alike(n_silent):
    matrix = silent_and_speaking(n_silent)
    table, order = similarity(matrix)
    silent = table["doc_b"] < f"d{n_silent:02d}"
    assert silent.sum() == n_silent * (n_silent - 1) / 2
    assert table.loc[silent, "jaccard"].isna().all()
    assert (table.loc[silent, ["shared", "either"]] == 0).all(axis=None)
    assert not table.loc[~silent, "jaccard"].isna().any()
    # a document that reports something has nothing in common with a silent one
    mixed = ~silent & (table["doc_a"] < f"d{n_silent:02d}")
    assert (table.loc[mixed, "jaccard"] == 0).all()
    assert sorted(order) == list(matrix["doc"].unique())


def test_the_tree_keeps_documents_that_report_something_together():
    _, order = similarity(silent_and_speaking(3))
    places = sorted(order.index(f"d{i:02d}") for i in range(3, 12))
    assert places == list(range(places[0], places[0] + 9))


def test_the_timeline_marks_a_report_of_the_first_half_of_the_album():
    documents = pd.DataFrame(
        {
            "doc": ["x", "y"],
            "city_zh": "",
            "city_en": "",
            "date": [None, None],
            "album_number": [50, 14],
        }
    ).astype({"album_number": "Int64", "date": "str"})
    assert timeline(documents)[["doc", "mid_campaign"]].to_numpy().tolist() == [
        ["y", True],
        ["x", False],
    ]
