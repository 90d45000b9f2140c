"""Coded instruments: the contract's tables, states told apart, every quotation at its place."""

import pandas as pd
import pytest
from instrument_cases import REPORTS, VIDEO_MEETING

from helpers import read_codebook, read_corpus
from helpers.approaches.coding import approach_evidence, code_approaches, leave_one_rule_out
from helpers.approaches.cycle import law_making

BRIEFING = (
    "平川: 以监督之力守护夕阳红\n\n"
    "平川市人大常委会成立联动监督领导小组,召开动员部署会。\n\n"
    "一、深入一线摸实情\n\n"
    "检查组先后深入4个县区,实地察看养老机构31家,召开座谈会6场。综合运用问卷调查、"
    "暗访等方式了解情况。\n\n"
    "二、下一步工作打算\n\n"
    "市人大常委会将对整改情况开展“回头看”。\n"
)


def corpus_of(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf8")
    return read_corpus(folder)


@pytest.fixture()
def one(tmp_path):
    return corpus_of(tmp_path, pingchuan=BRIEFING)


def test_the_table_has_a_row_for_every_document_and_code(one):
    table = code_approaches(one)
    assert list(table.columns) == [
        "doc",
        "city_zh",
        "city_en",
        "code",
        "stage",
        "strand",
        "type",
        "present",
        "state",
        "mark",
        "n_evidence",
    ]
    assert list(table["code"]) == list(read_codebook().approaches["code"])
    assert set(table["state"]) <= {
        "done",
        "planned",
        "called_for",
        "not_mentioned",
        "not_applicable",
    }


def test_done_planned_and_listed_are_told_apart(one):
    cells = code_approaches(one).set_index("code")
    assert set(cells.index[cells["present"] == 1]) == {
        "leading_group",
        "mobilisation",
        "site_visit",
        "symposium",
        "survey",
        "unannounced",
    }
    assert cells.loc["follow_up", ["present", "state"]].to_list() == [0, "called_for"]
    evidence = approach_evidence(one).drop_duplicates("code", keep="last").set_index("code")
    assert evidence.loc["survey", "mention"] == "listed"
    assert evidence.loc["site_visit", ["mention", "how_many", "actor", "quote"]].to_list() == [
        "own_clause",
        1,
        "city_congress",
        "实地察看养老机构31家",
    ]


def test_every_quotation_stands_at_its_offsets_and_outside_headings(one):
    evidence = approach_evidence(one)
    assert list(evidence.columns) == [
        "doc",
        "code",
        "section",
        "sentence",
        "actor",
        "state",
        "modality",
        "when",
        "how_many",
        "named",
        "mention",
        "relation",
        "relation_to",
        "start",
        "end",
        "quote",
        "rule",
    ]
    headings = one.sentences[one.sentences["kind"] == "heading"]["sentence"]
    for row in evidence.itertuples():
        assert one[row.doc].quote(row.start, row.end) == row.quote
        assert row.sentence not in set(headings)


def test_every_present_cell_has_evidence_and_every_count_is_that_of_the_quotations(one):
    cells, evidence = code_approaches(one), approach_evidence(one)
    counts = evidence[evidence["mention"] != "formula"].groupby(["doc", "code"]).size()
    for row in cells.itertuples():
        assert row.n_evidence == counts.get((row.doc, row.code), 0)
        assert row.present == 0 or row.n_evidence > 0


def test_a_video_meeting_attended_leaves_no_instrument_present(tmp_path):
    table = code_approaches(corpus_of(tmp_path, video=VIDEO_MEETING.replace("\n", "\n\n")))
    assert table["present"].sum() == 0
    assert (table["state"] == "called_for").sum() >= 15


def test_a_city_without_counties_has_no_county_congress_to_link_with(tmp_path):
    corpus = corpus_of(
        tmp_path, a="济源: 监督养老服务\n\n市人大常委会召开座谈会3场,推动养老服务发展。\n"
    )
    cells = code_approaches(corpus).set_index("code")
    assert cells.loc["multilevel", "state"] == "not_applicable"
    assert cells.loc["survey", "state"] == "not_mentioned"


def test_the_provinces_acts_are_no_evidence(tmp_path):
    text = (
        "平川: 养老服务\n\n省人大常委会副主任李明率队到平川市开展养老服务联动监督。"
        "\n\n李明一行先后走访养老机构5家,召开座谈会。\n"
    )
    assert code_approaches(corpus_of(tmp_path, a=text))["present"].sum() == 0


def test_a_report_on_many_topics_is_read_only_where_it_speaks_of_older_people(tmp_path):
    other = "市人大常委会听取审议环境保护情况,召开座谈会12场,发放问卷300份。\n\n" * 20
    text = f"平川市人大常委会工作报告\n\n{other}市人大常委会检查养老机构运行,走访养老机构9家。\n"
    present = code_approaches(corpus_of(tmp_path, a=text)).query("present == 1")
    assert set(present["code"]) == {"site_visit"}


OTHER = "荆州: 守护一江清水\n\n" + (
    "市人大常委会检查水污染防治法实施情况,实地检查排污口67个。"
    "\n\n检查组随机抽查企业36家,召开座谈会12次。\n\n全市水质优良率为92%。\n\n" * 6
)


@pytest.mark.parametrize(
    ("passing", "codes"),
    [
        ("", {"law_inspection", "site_visit", "unannounced", "symposium"}),
        # no word of care: the report stays one on water
        ("调研组走访老人12户。", {"law_inspection", "site_visit", "unannounced", "symposium"}),
    ],
)
def test_a_report_that_does_not_speak_of_care_is_coded_for_its_own_subject_and_says_so(
    tmp_path, passing, codes
):
    corpus = corpus_of(tmp_path, water=OTHER + passing, pingchuan=BRIEFING)
    with pytest.warns(UserWarning, match="^water: no word of the codebook's topic"):
        present = code_approaches(corpus).query("present == 1")
    assert codes <= set(present.loc[present["doc"] == "water", "code"])


def test_a_report_whose_only_words_on_care_tell_of_no_instrument_says_so(tmp_path):
    corpus = corpus_of(tmp_path, water=OTHER + "全市有养老机构12家。\n")
    with pytest.warns(
        UserWarning,
        match="^water: words of the codebook's topic .养老, 敬老, 颐养 …. stand only in passing",
    ):
        assert code_approaches(corpus)["present"].sum() == 0


def test_briefings_on_care_warn_of_nothing(one, recwarn):
    code_approaches(one)
    assert not recwarn.list


@pytest.mark.filterwarnings("ignore:.*the codebook's topic")
@pytest.mark.parametrize(("title", "text", "codes"), REPORTS)
def test_a_report_of_any_level_and_subject_proves_these_instruments(tmp_path, title, text, codes):
    sure = {code for code in codes.split() if "(" not in code}
    open_ = {code.strip("()") for code in codes.split()} - sure
    padding = "\n\n".join(["各项工作有序推进,取得积极成效。"] * 2)
    corpus = corpus_of(tmp_path, report=f"{title}\n\n{text}\n\n{padding}\n")
    evidence = approach_evidence(corpus)
    found = set(code_approaches(corpus).query("present == 1")["code"])
    assert sure <= found <= sure | open_, f"missed {sure - found}, too much {found - sure - open_}"
    assert all(
        corpus["report"].quote(row.start, row.end) == row.quote for row in evidence.itertuples()
    )


def test_a_countys_own_acts_are_a_countys(tmp_path):
    text = (
        "固始县人大常委会监督养老服务\n\n县人大常委会召开座谈会3场。"
        "\n\n往流镇人大主席团走访敬老院4家。\n"
    )
    evidence = approach_evidence(corpus_of(tmp_path, gushi=text))
    assert set(zip(evidence["code"], evidence["actor"], strict=True)) >= {
        ("symposium", "county_congress"),
        ("site_visit", "township_congress"),
    }


def test_a_short_sentence_that_heads_its_paragraph_as_others_do_proves_nothing(tmp_path):
    text = (
        "平川: 监督养老服务\n\n市人大常委会高度重视。\n\n列好“任务清单”。全市有老年人12万人。"
        "\n\n紧盯问题整改。全市有养老机构9家。\n\n"
        "满意度测评打好“收官拳”。全市有护理员300人。\n\n召开座谈会。听取机构意见40条。\n"
    )
    assert set(code_approaches(corpus_of(tmp_path, a=text)).query("present == 1")["code"]) == {
        "symposium"
    }


def test_laws_are_told_as_far_as_they_have_come(tmp_path):
    text = (
        "平川: 养老服务\n\n市人大常委会多次审议《平川市养老服务条例(草案)》,"
        "并将养老服务立法列入2024年立法计划。\n\n"
        "常委会会议对民政局等5个部门整改情况进行了满意度测评。\n"
    )
    laws = law_making(corpus_of(tmp_path, a=text))
    assert laws[["law", "how_far"]].to_numpy().tolist() == [["平川市养老服务条例", "deliberated"]]


def test_an_empty_corpus_gives_empty_tables_with_their_columns(tmp_path):
    corpus = read_corpus(tmp_path)
    assert code_approaches(corpus).empty and "state" in code_approaches(corpus)
    assert approach_evidence(corpus).empty


def test_leaving_a_rule_out_shows_what_hangs_on_it(one):
    flips = leave_one_rule_out(one)
    survey = flips[flips["code"] == "survey"]
    assert survey[["rule", "present", "present_without", "state_without"]].to_numpy().tolist() == [
        ["survey.distributed", 1, 0, "not_mentioned"]
    ]


def test_coding_is_the_same_whatever_other_documents_are_there(one, tmp_path):
    alone = code_approaches(one)
    both = corpus_of(tmp_path, zz="平川: 养老服务\n\n市政府发放问卷。\n")
    pd.testing.assert_frame_equal(
        code_approaches(both)[lambda t: t["doc"] == "pingchuan"].reset_index(drop=True), alone
    )
