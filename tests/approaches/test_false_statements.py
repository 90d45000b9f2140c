"""What was once said wrongly of the five briefings, each with the value that is right.

The right values stand in the reference reading; where the rules find them alone, this is tested,
too.
"""

import functools

import pytest

from helpers import read_corpus, read_table
from helpers.approaches.coding import approach_evidence
from helpers.approaches.comparison import approach_matrix
from helpers.approaches.cycle import law_making, supervision_cycle
from helpers.approaches.rules import rules_of
from helpers.codebook import shared_codebook
from helpers.text import clean

JIYUAN, SANMENXIA, LUOHE = "000_jiyuan", "001_sanmenxia", "002_luohe"
ZHENGZHOU, JIAOZUO = "003_zhengzhou", "004_jiaozuo"
LINKS = ["research", "law_inspection", "special_report", "special_inquiry", "assignment"]
LINKS += ["evaluation"]
both = pytest.mark.parametrize("source", ["rules", "reference"])


@functools.cache
def matrix_of(source):
    reference = read_table("coded/approaches") if source == "reference" else None
    return approach_matrix(read_corpus(), reference=reference)


def cells_of(source, code):
    """State and mark of an instrument in each document."""
    cells = matrix_of(source).query("code == @code")[["doc", "state", "mark"]].fillna("")
    return {row.doc: (row.state, row.mark) for row in cells.itertuples()}


# --- Zhengzhou "reports 25 instruments", Sanmenxia 33: plans were counted as acts


@both
@pytest.mark.parametrize(
    ("doc", "states"),
    [
        (ZHENGZHOU, {"done": 21, "planned": 3, "called_for": 1}),
        (SANMENXIA, {"done": 31, "planned": 1}),
    ],
)
def test_what_is_done_planned_and_called_for_is_counted_apart(source, doc, states):
    cells = matrix_of(source).query("doc == @doc")
    counts = cells["state"].value_counts().drop("not_mentioned").to_dict()
    assert counts == states
    assert cells["present"].sum() == states["done"] + states["planned"]


def test_present_means_the_same_by_rules_by_reading_and_in_the_codebook():
    codes = shared_codebook().approaches.set_index("code")
    rows = approach_evidence(read_corpus()).query("mention != 'formula'")
    for row in rows.itertuples():
        done_by = (codes.loc[row.code, "done_by"] or "done unmarked").split()
        assert (row.state == "done") == (row.modality in done_by)
    sentences = read_table("coded/sentences").query("verdict == 'stands' and mention != 'formula'")
    for row in sentences.itertuples():
        done_by = (codes.loc[row.code, "done_by"] or "done unmarked").split()
        assert (row.state == "done") == (row.modality in done_by)


# --- "most of them in investigating": a stage with more codes always came first


@both
@pytest.mark.parametrize(
    ("doc", "links", "closings"),
    [
        (JIYUAN, LINKS, ["periodic_report", "closing_evaluation"]),
        (
            SANMENXIA,
            ["research", "law_inspection", "special_report", "assignment"],
            ["periodic_report", "carry_over"],
        ),
        (
            LUOHE,
            ["research", "assignment", "evaluation"],
            ["periodic_report", "close_out", "closing_evaluation", "carry_over"],
        ),
        (ZHENGZHOU, [*LINKS[:5]], []),
        (JIAOZUO, LINKS, ["closing_evaluation"]),
    ],
)
def test_the_links_that_a_document_tells_and_how_the_cycle_closes(source, doc, links, closings):
    cycle = supervision_cycle(matrix_of(source))
    told = cycle[(cycle["doc"] == doc) & (cycle["present"] == 1)]
    # Luohe's special report is only the word 报告 in the name of a mechanism, which no rule reads
    named_only = {"special_report"} if (doc, source) == (LUOHE, "reference") else set()
    found = [link for link in told.query("kind == 'link'")["link"] if link not in named_only]
    assert found == links
    assert list(told.query("kind == 'closing'")["link"]) == closings


def test_no_stage_is_compared_by_the_number_of_its_codes():
    cycle = supervision_cycle(matrix_of("reference"))
    assert not {"n", "share", "stage"} & set(cycle.columns)
    hard = shared_codebook().approaches.query("strand == 'hard_form'")
    assert set(hard["stage"]) == {""}, "hard forms would lower the share of a stage"


# --- "3/5 done": one act held with its date, one told, one item of a list


@both
def test_the_satisfaction_evaluations_of_three_cities_are_told_in_three_ways(source):
    assert cells_of(source, "satisfaction") == {
        JIYUAN: ("done", "dated"),
        SANMENXIA: ("not_mentioned", ""),
        LUOHE: ("done", "told"),
        ZHENGZHOU: ("not_mentioned", ""),
        JIAOZUO: ("done", "listed"),
    }


def test_the_evaluation_of_jiyuan_carries_its_date():
    cycle = supervision_cycle(matrix_of("rules")).query("link == 'evaluation'")
    assert cycle.set_index("doc").loc[JIYUAN, "date"] == "10月31日"
    assert cycle.set_index("doc").loc[JIYUAN, "date_iso"] == "2024-10-31"


def test_the_cycle_lists_documents_in_the_order_in_which_they_were_written():
    documents = read_corpus().metadata
    cycle = supervision_cycle(matrix_of("rules"), documents=documents)
    written = cycle.drop_duplicates("doc").set_index("doc")["date_from"]
    assert list(written.index) == [ZHENGZHOU, SANMENXIA, JIAOZUO, LUOHE, JIYUAN]
    assert written[ZHENGZHOU] == "2024-05-20"
    documents.loc[documents["doc"] == ZHENGZHOU, ["date_from", "date_to"]] = None
    documents.loc[documents["doc"] == JIYUAN, "date_from"] = None
    cycle = supervision_cycle(matrix_of("rules"), documents=documents)
    order = [SANMENXIA, JIAOZUO, LUOHE, JIYUAN, ZHENGZHOU]
    assert list(cycle["doc"].unique()) == order, "without a date last, with one bound by this bound"
    undated = supervision_cycle(matrix_of("rules"))
    assert list(undated["doc"].unique()) == list(documents["doc"])
    assert undated[["date_from", "date_to"]].isna().all(axis=None)


def test_laws_are_as_far_as_submission_and_research_and_an_older_law_is_none():
    laws = law_making(read_corpus()).set_index("doc")
    assert laws["how_far"].to_dict() == {SANMENXIA: "submitted", LUOHE: "research"}
    assert laws["from_campaign"].to_dict() == {SANMENXIA: "not_said", LUOHE: "yes"}
    assert set(laws["state"]) == {"planned"}, "neither law has been made yet"
    read = read_table("coded/laws").set_index("doc")
    assert read["how_far"].to_dict() == laws["how_far"].to_dict()


@both
def test_jiyuan_cannot_make_laws_and_jiaozuo_does_not_tell_of_making_one(source):
    states = cells_of(source, "legislation")
    assert states[JIYUAN] == ("not_applicable", "")
    assert states[JIAOZUO] == ("not_mentioned", "")


# --- one act, two instruments


@both
def test_the_report_of_jiyuan_on_its_evaluation_is_only_use_of_results(source):
    assert cells_of(source, "result_use")[JIYUAN] == ("done", "anchored")
    assert cells_of(source, "party_reporting")[JIYUAN] == ("not_mentioned", "")


@both
def test_jiyuan_held_no_meeting_to_mobilise(source):
    assert cells_of(source, "mobilisation")[JIYUAN] == ("not_mentioned", "")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("市人大常委会将满意度测评结果报告市委,并通报市政府。", {"result_use"}),
        ("市人大常委会党组就养老服务监督向市委作了专题汇报。", {"party_reporting"}),
        ("省人大常委会联动监督动员会召开后,市人大常委会认真学习会议精神。", set()),
        ("市人大常委会多次召开主任会议,专题研究部署养老服务监督工作。", set()),
    ],
)
def test_one_act_belongs_to_one_code(text, codes):
    found = shared_codebook().once(rules_of).find(clean(text).text, city="平川")
    asked = {"result_use", "party_reporting", "mobilisation"}
    assert {one.code for one in found if one.present} & asked == codes


# --- a stage was illustrated by the act of another stage


@both
def test_the_quotation_of_a_cell_is_evidence_of_its_own_code(source):
    table = read_table("coded/sentences").query("verdict == 'stands'")
    if source == "rules":
        table = approach_evidence(read_corpus())
    quoted = {(row.doc, row.code, row.quote) for row in table.itertuples()}
    cells = matrix_of(source).query("n_evidence > 0")
    assert all((row.doc, row.code, row.quote) in quoted for row in cells.itertuples())
