"""The shipped briefings are read as the definitions ask: every example of a category is read as
this category, and every negative as something else or as nothing.

A passage is cited by its document and its words in clean text; it must stand there once.
"""

import functools
from dataclasses import replace

import pytest

from helpers import read_corpus, read_table
from helpers.approaches.authorities import relations
from helpers.approaches.coding import approach_evidence, code_approaches
from helpers.approaches.cycle import hard_forms, law_making
from helpers.approaches.rules import rules_of
from helpers.codebook import shared_codebook
from helpers.text import clean

JIYUAN, SANMENXIA, LUOHE = "000_jiyuan", "001_sanmenxia", "002_luohe"
ZHENGZHOU, JIAOZUO = "003_zhengzhou", "004_jiaozuo"
ALL = ""  # instead of a code: evidence of any instrument


@functools.cache
def table(build):
    """A table of the shipped briefings, as the rules make it."""
    return build(read_corpus())


def rows_at(build, doc, words):
    """The rows of a table whose quotation shares characters with a passage."""
    document = read_corpus()[doc]
    place = document.text.find(words)
    assert document.text.count(words) == 1, "a passage is cited by words that stand there once"
    start, end, _ = document.cite([(place, place + len(words))])[0]
    rows = table(build)
    return rows[(rows["doc"] == doc) & (rows["start"] < end) & (rows["end"] > start)]


def evidence_at(doc, words, code):
    rows = rows_at(approach_evidence, doc, words)
    return rows if code == ALL else rows[rows["code"] == code]


def one_at(doc, words, code):
    """The only evidence of a code in a passage."""
    rows = evidence_at(doc, words, code)
    assert len(rows) == 1
    return rows.iloc[0]


def corpus_of(folder, text):
    """A corpus of one document with a text of one's own."""
    (folder / "a.txt").write_text(f"平川: 监督养老服务\n\n{text}\n", encoding="utf8")
    return read_corpus(folder)


def read(text):
    """What the rules find in a text of one's own, by code."""
    found = shared_codebook().once(rules_of).find(clean(text).text, city="平川")
    return {one.code: one for one in found}


# --- how concretely an act is told: did it happen?


@pytest.mark.parametrize(
    ("doc", "words", "code", "modality"),
    [
        # scheduled: a future session is named; not a session of the past
        (ZHENGZHOU, "6月份常委会会议期间,我们还将召开联组会议", "special_inquiry", "scheduled"),
        (SANMENXIA, "今年6月,市八届人大常委会第十四次会议听取审议了", "special_report", "done"),
        (SANMENXIA, "今年6月,市八届人大常委会第十四次会议听取审议了", "inspection_report", "done"),
        # called for: a wish without time or body; not what is under way
        (ZHENGZHOU, "擦亮“郑好颐养”服务品牌", "brand", "called_for"),
        (SANMENXIA, "“颐养三门峡”健康养老品牌正在积极打造", "brand", "unmarked"),
        # done: rounds of the act are counted; not the founding of a rule about it
        (SANMENXIA, "召开座谈会26次", "symposium", "done"),
        (SANMENXIA, "建立月督查、月报告、月推进制度", "periodic_report", "arrangement"),
        # arrangement: a duty with its rhythm; the report is coded, not the demand
        (JIYUAN, "要求相关部门每月底汇报问题整改进展情况", "periodic_report", "arrangement"),
        (JIYUAN, "召开专题会议集中交办", "handover", "unmarked"),
        # unmarked: an act verb and its object, nothing more; not beside 先后
        (LUOHE, "对政府落实审议意见情况进行再审议", "redeliberation", "unmarked"),
        (LUOHE, "先后组织40名市人大代表走进漯河老年公寓", "deputies", "done"),
        (LUOHE, "先后组织40名市人大代表走进漯河老年公寓", "site_visit", "done"),
    ],
)
def test_whether_an_act_took_place_is_told_by_its_marks(doc, words, code, modality):
    assert one_at(doc, words, code)["modality"] == modality


def test_what_is_only_called_for_is_never_present():
    rows = table(approach_evidence)
    demanded = rows[rows["modality"] == "called_for"]
    assert len(demanded) and not (demanded["state"] == "done").any()
    cells = table(code_approaches)
    assert not ((cells["state"] == "called_for") & (cells["present"] == 1)).any()


def test_an_unmarked_act_is_drawn_as_told_and_not_resolved_by_guess():
    cell = table(code_approaches).set_index(["doc", "code"]).loc[(LUOHE, "redeliberation")]
    assert cell[["present", "mark"]].to_list() == [1, "told"]


# --- what pins an act down


@pytest.mark.parametrize(
    ("doc", "words", "code", "anchor", "value"),
    [
        (
            JIYUAN,
            "10月31日,市人大常委会对市民政、发改、住建等7个市政府组成部门",
            "satisfaction",
            "when",
            1,
        ),
        (
            JIYUAN,
            "10月31日,市人大常委会对市民政、发改、住建等7个市政府组成部门",
            "satisfaction",
            "how_many",
            1,
        ),
        (ZHENGZHOU, "7个专题调研、执法检查组共赴全市16个区县(市)", "site_visit", "how_many", 1),
        (ZHENGZHOU, "制定并印发«郑州市人大常委会关于开展", "plan", "named", 1),
        (SANMENXIA, "制定综合监督方案", "plan", "named", 0),
        # 今年以来, 期间 and 目前 are no dates
        (SANMENXIA, "召开座谈会26次", "symposium", "when", 0),
        (LUOHE, "目前通过跟踪督办", "follow_up", "when", 0),
    ],
)
def test_a_date_number_or_name_pins_an_act_down(doc, words, code, anchor, value):
    assert one_at(doc, words, code)[anchor] == value


@pytest.mark.parametrize(
    ("doc", "words"),
    [
        (JIYUAN, "9月份克井镇柿槟村与供销社签订合作协议"),  # a date, but not of the congress
        (ZHENGZHOU, "聚焦“三举措”"),  # a number, but of a slogan
    ],
)
def test_a_date_of_others_and_a_number_in_a_slogan_are_no_evidence(doc, words):
    assert evidence_at(doc, words, ALL).empty


@pytest.mark.parametrize(
    ("text", "code", "anchors"),
    [
        ("10月12日,市人大常委会召开座谈会。", "symposium", (1, 0, 0)),
        ("今年以来,市人大常委会召开座谈会。", "symposium", (0, 0, 0)),
        ("监督期间,市人大常委会召开座谈会8次。", "symposium", (0, 1, 0)),
        ("市人大常委会聚焦“三举措”,召开座谈会。", "symposium", (0, 0, 0)),
        ("检查组先后深入5个县区,实地查看养老机构31家。", "site_visit", (0, 1, 0)),
        ("主任会议通过了《平川市人大常委会养老服务监督方案》。", "plan", (0, 0, 1)),
        ("市人大常委会制定养老服务监督方案。", "plan", (0, 0, 0)),
        ("市人大常委会将问题清单交市政府及相关部门研究处理。", "handover", (0, 0, 0)),
        ("8月份某村与养老公司签约,市人大常委会召开座谈会。", "symposium", (0, 0, 0)),
    ],
)
def test_anchors_of_other_sentences(text, code, anchors):
    assert read(text)[code].telling[1:4] == anchors


# --- how an instrument is mentioned


@pytest.mark.parametrize(
    ("doc", "words", "code", "mention"),
    [
        (JIYUAN, "市人大常委会及时开展专题询问", "special_inquiry", "own_clause"),
        *(
            (JIAOZUO, "综合运用听取审议专项工作报告、执法检查、专题询问等方式", code, "listed")
            for code in ("special_report", "law_inspection", "special_inquiry")
        ),
        *(
            (
                JIYUAN,
                "综合运用专题调研、执法检查、听取和审议专项工作报告、专题询问、满意度测评等",
                code,
                "listed",
            )
            for code in ("special_investigation", "law_inspection", "special_report")
        ),
        *(
            (
                JIYUAN,
                "综合运用专题调研、执法检查、听取和审议专项工作报告、专题询问、满意度测评等",
                code,
                "listed",
            )
            for code in ("special_inquiry", "satisfaction")
        ),
        # a list of objects behind one verb is no list of instruments
        (JIYUAN, "对市民政、发改、住建等7个市政府组成部门", "satisfaction", "own_clause"),
        # four meetings are predicate and list at once
        (
            JIYUAN,
            "常委会领导多次主持召开汇报会、现场会、协调会、推进会",
            "department_hearing",
            "listed",
        ),
        (JIYUAN, "强化跟踪问效", "follow_up", "formula"),
        # no object besides 工作, 力度 or 问效
        (JIAOZUO, "只交办并加强跟踪督办", "follow_up", "formula"),
        (JIAOZUO, "召开问题交办会", "handover", "own_clause"),
        (JIAOZUO, "面对面交市政府、县区人大及相关部门研究办理整改", "handover", "own_clause"),
    ],
)
def test_an_instrument_has_a_clause_or_stands_in_a_list_or_formula(doc, words, code, mention):
    assert one_at(doc, words, code)["mention"] == mention


def test_a_formula_has_no_state_and_makes_nothing_present():
    rows = table(approach_evidence)
    formulas = rows[rows["mention"] == "formula"]
    assert len(formulas) and (formulas["state"] == "").all()
    for text in ("市人大常委会强化跟踪问效。", "加大跟踪监督力度。", "牢固树立上下联动意识。"):
        assert not any(one.present for one in read(text).values()), text


# --- in whose name


@pytest.mark.parametrize(
    ("doc", "words", "expected"),
    [
        # mandate: a higher congress orders; asking it to approve of a law is a legal step
        (
            SANMENXIA,
            "按照省人大常委会和市委部署要求",
            {("mandate", "province"), ("mandate", "party")},
        ),
        (SANMENXIA, "提请省人大常委会审查批准", set()),
        # lent: the body and its act; not a formula
        (
            LUOHE,
            "市委市政府督查局、“一府一委两院”及相关部门点对点督办",
            {("lent", "inspection bureau")},
        ),
        (ZHENGZHOU, "在市委的正确领导下", set()),
        (SANMENXIA, "市政府下发«督查通知»", {("lent", "government")}),
        # a government that is urged lends its weight by an instrument of its own
        (SANMENXIA, "督促市政府以«政务督查通知»形式", {("lent", "government")}),
        # reported to: results are passed on; who asks for instruction has a mandate besides
        (
            JIYUAN,
            "将测评结果向市委报告,同时通报市委组织部、市政府",
            {("reported_to", "party"), ("reported_to", "government")},
        ),
        (
            SANMENXIA,
            "梳理养老服务工作的重要情况、重大问题向市委请示报告",
            {("reported_to", "party"), ("mandate", "party")},
        ),
        # what goes to the Party and is adopted there is both
        (JIAOZUO, "报市委常委会议研究通过", {("reported_to", "party"), ("lent", "party")}),
        # support: approval without an act; not a leader who acts
        (JIAOZUO, "得到市委主要领导的肯定和支持", {("support", "party")}),
        (SANMENXIA, "市委书记范付中亲自督办新建三门峡市养老中心", {("lent", "party")}),
    ],
)
def test_relations_to_authorities_are_told_apart(doc, words, expected):
    rows = rows_at(relations, doc, words)
    assert set(zip(rows["relation"], rows["relation_to"], strict=True)) == expected


def test_titles_and_lines_of_address_name_no_mandate():
    corpus = read_corpus()
    rows = table(relations)
    for document in corpus:
        cited = rows[rows["doc"] == document.doc]
        body = {s.sentence for s in document.sentences if s.kind != "heading"}
        assert set(cited["sentence"]) <= body
        assert (cited["start"] >= document.offsets[0]).all()
        assert (cited["end"] <= document.offsets[-1] + 1).all()


def test_the_province_is_a_mandate_and_never_an_actor():
    assert "province" in set(table(relations)["relation_to"])
    assert "province" not in set(table(approach_evidence)["actor"])


def test_that_a_congress_acts_in_its_own_name_is_never_coded():
    named = {"mandate", "lent", "reported_to", "support"}
    assert set(table(relations)["relation"]) == named
    told = set(";".join(table(approach_evidence)["relation"]).split(";")) - {""}
    assert told <= named


# --- hard statutory forms


def test_no_briefing_reports_a_hard_form():
    log = table(hard_forms)
    codes = {"addressing_inquiries", "special_commission", "removal", "resolution"}
    assert set(log["code"]) == codes and log["n_evidence"].sum() == 0
    cells = table(code_approaches)
    assert set(cells.loc[cells["code"].isin(codes), "state"]) == {"not_mentioned"}


def test_hard_forms_belong_to_no_stage():
    approaches = shared_codebook().approaches
    assert set(approaches.loc[approaches["strand"] == "hard_form", "stage"]) == {""}


@pytest.mark.parametrize(
    ("doc", "words", "hard_form", "code"),
    [
        (JIYUAN, "市人大常委会及时开展专题询问", "addressing_inquiries", "special_inquiry"),
        (JIAOZUO, "建立工作专班", "special_commission", "leading_group"),
        (JIYUAN, "同时通报市委组织部、市政府", "removal", "result_use"),
        (SANMENXIA, "形成了«审议意见书»", "resolution", "deliberation_opinion"),
    ],
)
def test_a_soft_form_is_not_taken_for_a_hard_one(doc, words, hard_form, code):
    assert evidence_at(doc, words, hard_form).empty
    assert not evidence_at(doc, words, code).empty


@pytest.mark.parametrize(
    ("text", "code", "is_found"),
    [
        ("8名常委会组成人员联名提出质询案,市民政局作出书面答复。", "addressing_inquiries", True),
        ("市人大常委会对市民政局依法提出质询。", "addressing_inquiries", True),
        ("市人大常委会开展专题询问,各部门现场应询。", "addressing_inquiries", False),
        ("市人大常委会决定成立关于养老服务资金的特定问题调查委员会。", "special_commission", True),
        ("市人大常委会组织特定问题调查,查明养老机构补贴资金去向。", "special_commission", True),
        ("市人大常委会成立工作专班,开展专题调研。", "special_commission", False),
        ("常委会会议审议通过撤职案,撤销李某市民政局局长职务。", "removal", True),
        ("对整改不力的单位严肃问责,并予以通报批评。", "removal", False),
        ("市人大常委会作出《关于加快发展养老服务的决议》。", "resolution", True),
        ("常委会会议通过了关于加强养老服务设施建设的决定。", "resolution", True),
        ("市人大常委会决定成立养老服务监督领导小组。", "resolution", False),
        ("会议形成审议意见,交市政府研究处理。", "resolution", False),
    ],
)
def test_a_hard_form_is_known_by_its_words(text, code, is_found):
    found = read(text)
    assert (code in found and found[code].present) == is_found


# --- who takes part, laws, channels, results


def test_an_inspection_bureau_that_takes_part_lends_its_weight():
    act = one_at(LUOHE, "市委市政府督查局", "key_suggestion")
    assert (act["relation"], act["relation_to"]) == ("lent", "inspection bureau")
    assert act["actor"] == "city_congress"


def test_a_government_that_acts_alone_does_so_by_an_instrument_of_its_own():
    passage = "市政府下发«督查通知»,对相关单位承担养老服务的重点任务再明确、再夯实"
    act = one_at(SANMENXIA, passage, "government_dispatch")
    assert (act["actor"], act["relation"], act["relation_to"]) == (
        "government",
        "lent",
        "government",
    )


def test_a_law_is_told_as_far_as_it_has_come_and_whether_the_supervision_led_to_it():
    laws = rows_at(law_making, LUOHE, "列入2025年立法调研内容")
    assert laws[["how_far", "from_campaign"]].to_numpy().tolist() == [["research", "yes"]]
    act = one_at(LUOHE, "列入2025年立法调研内容", "legislation")
    assert (act["modality"], act["state"]) == ("scheduled", "planned")


def test_a_law_that_is_the_yardstick_of_an_inspection_is_not_being_made():
    passage = "省、市出台的«河南省养老服务条例»«焦作市养老服务促进条例»"
    assert evidence_at(JIAOZUO, passage, "legislation").empty
    assert not evidence_at(JIAOZUO, passage, "law_inspection").empty
    assert JIAOZUO not in set(table(law_making)["doc"])


def strand_of(code):
    approaches = shared_codebook().approaches.set_index("code")
    return approaches.loc[code, "strand"]


def test_a_suggestion_of_deputies_on_the_agenda_is_a_channel():
    act = one_at(LUOHE, "列入年度重点督办的十件重点建议之一", "key_suggestion")
    assert act["state"] == "done" and strand_of("key_suggestion") == "channels"
    assert strand_of("livelihood_vote") == "channels"
    assert evidence_at(ZHENGZHOU, "代表建议办理三促进三提升", "key_suggestion").empty


def test_rules_made_because_of_the_supervision_are_a_result_and_an_older_stock_is_none():
    act = one_at(ZHENGZHOU, "出台制度性规定5项", "policy_output")
    assert (act["actor"], act["state"], act["how_many"]) == ("government", "done", 1)
    assert strand_of("policy_output") == "results"
    assert evidence_at(ZHENGZHOU, "分级分类建有各类养老服务机构1300余家", ALL).empty


# --- other sentences of the same kinds

TELLINGS = [
    ("市人大常委会将于11月开展养老服务专题询问。", "special_inquiry", "scheduled"),
    ("今年8月召开的常委会会议将听取和审议专项工作报告。", "special_report", "scheduled"),
    ("年底前,将对整改情况开展满意度测评。", "satisfaction", "scheduled"),
    ("检查组下周将于6月10日走访养老机构。", "site_visit", "scheduled"),
    ("去年10月,市人大常委会开展专题询问。", "special_inquiry", "done"),
    ("9月26日,常委会第二十次会议听取和审议了专项工作报告。", "special_report", "done"),
    ("9月26日,常委会第二十次会议听取和审议了专项工作报告。", "special_report", (1, 0, 0)),
    ("各级人大要持续跟踪督办养老服务问题。", "follow_up", "called_for"),
    ("市人大推动建设“孝养平川”养老服务品牌。", "brand", "unmarked"),
    ("发放问卷3轮。", "survey", "done"),
    ("发放问卷3轮。", "survey", (0, 1, 0)),
    ("先后召开座谈会听取养老机构意见。", "symposium", "done"),
    ("对养老服务条例执法检查已完成。", "law_inspection", "done"),
    ("向市政府交办了养老服务问题清单。", "handover", "done"),
    ("建立整改情况月报制度。", "periodic_report", "arrangement"),
    ("对整改问题实行销号管理制度。", "close_out", "arrangement"),
    ("监督方案明确对整改情况进行满意度测评。", "satisfaction", "arrangement"),
    ("要求市民政局每季度报告养老问题整改进展。", "periodic_report", "arrangement"),
    ("明确整改责任单位、整改时限。", "deadline_ledger", "arrangement"),
    ("市人大常委会召开交办会,将问题清单交市政府办理。", "handover", "unmarked"),
    ("组织代表视察养老机构。", "site_visit", "unmarked"),
    ("形成审议意见交市政府研究处理。", "deliberation_opinion", "unmarked"),
    ("市人大常委会听取和审议市政府专项工作报告。", "special_report", "unmarked"),
    ("市人大常委会听取和审议了市政府专项工作报告。", "special_report", "done"),
    ("11月5日,市人大常委会对整改情况进行满意度测评。", "satisfaction", (1, 0, 0)),
    ("目前,市人大常委会对整改情况进行满意度测评。", "satisfaction", (0, 0, 0)),
    ("今年以来,召开座谈会听取养老机构意见。", "symposium", (0, 0, 0)),
    ("检查组深入养老机构实地查看。", "site_visit", (0, 0, 0)),
    ("检查组深入18家养老机构实地查看。", "site_visit", (0, 1, 0)),
    ("组织人大代表60余人次参与养老服务执法检查。", "deputies", (0, 1, 0)),
    ("组织检查组成员学习《老年人权益保障法》。", "training", (0, 0, 1)),
    ("将问题交市政府及相关部门办理。", "handover", (0, 0, 0)),
    ("将问题交市民政局、市财政局办理。", "handover", (0, 0, 1)),
    ("围绕“四个着力”开展养老服务执法检查。", "law_inspection", (0, 0, 0)),
    ("综合采取执法检查、专题询问等形式推动养老服务。", "law_inspection", "listed"),
    ("综合采取执法检查、专题询问等形式推动养老服务。", "special_inquiry", "listed"),
    ("打好执法检查、专题询问、满意度测评“组合拳”。", "special_inquiry", "listed"),
    ("通过座谈走访、问卷调查、实地查看等方式了解养老服务情况。", "survey", "listed"),
    ("灵活运用“执法检查+专题询问”监督方式推动养老服务。", "law_inspection", "listed"),
    ("召开民政、卫健、财政等部门参加的座谈会。", "symposium", "own_clause"),
    ("实地查看养老院、日间照料中心、老年食堂。", "site_visit", "own_clause"),
    ("走访社区、机构、家庭12户。", "site_visit", "own_clause"),
    ("强化养老服务跟踪监督。", "follow_up", "formula"),
    ("加大跟踪问效力度。", "follow_up", "formula"),
    ("持续强化跟踪问效,确保整改到位。", "follow_up", "formula"),
    ("坚持边检查、边整改。", "immediate_fix", "formula"),
    ("对重点问题持续跟踪督办。", "follow_up", "own_clause"),
    ("加强对12项养老服务问题整改的跟踪督办。", "follow_up", "own_clause"),
    ("组织人大代表参加养老服务执法检查。", "deputies", "own_clause"),
    ("下半年,市人大常委会还将围绕养老服务开展专题询问。", "special_inquiry", "scheduled"),
    ("按照安排,8月份召开的常委会会议将听取和审议专项工作报告。", "special_report", "scheduled"),
    ("定于12月下旬召开的常委会会议上对整改情况开展满意度测评。", "satisfaction", "scheduled"),
    ("拟在第三十次常委会会议上听取和审议执法检查报告。", "inspection_report", "scheduled"),
    ("下一步,将适时开展专题询问。", "special_inquiry", "called_for"),
    ("要加大养老服务条例宣传力度。", "publicity", "called_for"),
    ("8月20日,市人大常委会召开交办会,向市政府交办养老问题清单。", "handover", "done"),
    ("8月20日,市人大常委会召开交办会,向市政府交办养老问题清单。", "handover", (1, 0, 0)),
    ("在6月26日召开的常委会会议上,听取和审议了专项工作报告。", "special_report", "done"),
    ("在6月26日召开的常委会会议上,听取和审议了专项工作报告。", "special_report", (1, 0, 0)),
    ("6月底,市人大常委会召开联组会议,对养老服务工作开展专题询问。", "special_inquiry", "done"),
    ("6月底,市人大常委会召开联组会议,对养老服务工作开展专题询问。", "special_inquiry", (1, 0, 0)),
    ("根据2024年监督计划,市人大常委会将养老问题清单交市政府办理。", "handover", (0, 0, 0)),
    ("5月1日《养老服务条例》施行后,检查组走访养老机构。", "site_visit", (0, 0, 0)),
    ("9月某养老中心投入运营,检查组实地查看养老机构。", "site_visit", (0, 0, 0)),
    ("调查问卷已全部收回。", "survey", "done"),
    ("期间召开养老服务座谈会。", "symposium", "done"),
    ("开展“回头看”3次。", "follow_up", "done"),
    ("开展“回头看”3次。", "follow_up", (0, 1, 0)),
    ("聘请养老服务监督员20名参与监督。", "citizen_supervisor", "unmarked"),
    ("聘请养老服务监督员20名参与监督。", "citizen_supervisor", (0, 1, 0)),
    ("30名市人大代表参与养老服务执法检查。", "deputies", (0, 1, 0)),
    ("梳理形成6个方面23项问题清单。", "problem_list", (0, 1, 0)),
    ("将测评结果通报市委组织部。", "result_use", (0, 0, 1)),
    ("将测评结果报告市委。", "result_use", (0, 0, 0)),
    ("建立养老服务问题跟踪督办机制。", "follow_up", "arrangement"),
    ("每月25日前报送整改进展。", "periodic_report", "arrangement"),
    ("要求各部门对照清单开展自查。", "self_check", "arrangement"),
    ("主任会议决定开展养老服务专题询问。", "special_inquiry", "arrangement"),
    ("紧盯养老服务问题整改,开展“回头看”。", "follow_up", "unmarked"),
    ("对养老服务审议意见落实情况再次听取和审议。", "redeliberation", "unmarked"),
    ("采取现场查看、座谈交流、查阅资料等形式,了解养老服务情况。", "site_visit", "listed"),
    ("采取明查与暗访、集中检查与随机抽查相结合的方式检查养老机构。", "unannounced", "listed"),
    ("召开座谈会、推进会、协调会,推动养老服务发展。", "symposium", "listed"),
    ("召开养老机构座谈会、老年人座谈会。", "symposium", "own_clause"),
    ("制定《养老服务监督方案》《执法检查方案》。", "plan", "own_clause"),
    ("突出跟踪问效。", "follow_up", "formula"),
    ("充分发挥代表作用。", "deputies", "formula"),
    ("强化养老服务监督,加强跟踪督办力度。", "follow_up", "formula"),
]


@pytest.mark.parametrize(("text", "code", "value"), TELLINGS)
def test_other_sentences_are_told_as_the_definitions_say(text, code, value):
    telling = read(text)[code].telling
    assert value in (telling.modality, telling[1:4], telling.mention)


NEAR_MISSES = [
    ("special_investigation", "省人大常委会调研组来平川调研养老服务。"),
    ("party_reporting", "市委高度重视人大监督工作。"),
    ("party_reporting", "得到市委主要领导的肯定和支持。"),
    ("leader_action", "省委书记来平川调研养老服务。"),
    ("department_hearing", "市委书记听取市人大常委会汇报养老服务监督情况。"),
    ("leading_group", "市政府成立养老服务整改专班。"),
    ("multilevel", "开展养老服务联动监督。"),
    ("publicity", "媒体广泛关注养老服务工作。"),
    ("legislation", "检查组对照《平川市养老服务条例》开展检查。"),
    ("legislation", "学习宣传《河南省养老服务条例》。"),
    ("key_suggestion", "推动代表建议高质量办理。"),
    ("policy_output", "近年来,市政府出台养老服务政策20余项。"),
    ("demonstration", "我市入选全国养老服务试点城市。"),
    ("brand", "打造人大监督品牌。"),
    ("livelihood_vote", "市政府将老年助餐列为民生实事。"),
    ("deputies", "人大代表李某向敬老院捐款。"),
    ("liaison_station", "全市建成代表联络站60个。"),
    ("citizen_supervisor", "邀请人大代表参加养老服务检查。"),
    ("special_report", "检查组听取市民政局关于养老服务工作的汇报。"),
    ("inspection_report", "检查组开展养老服务条例执法检查。"),
    ("redeliberation", "常委会会议审议了养老服务专项工作报告。"),
    ("problem_list", "检查发现养老服务问题36个。"),
    ("close_out", "养老服务问题已整改80%。"),
    ("periodic_report", "市民政局汇报了全年养老服务工作。"),
    ("training", "市民政局组织养老护理员培训。"),
    ("annual_plan", "市政府将养老服务写入政府工作报告。"),
    ("plan", "市民政局制定养老服务整改方案。"),
    ("checklist", "检查后梳理形成问题清单。"),
    ("satisfaction", "开展老年人满意度调查。"),
    ("result_use", "监督情况向市委作了汇报。"),
    ("handover", "省人大常委会向我市交办3项问题。"),
    ("government_dispatch", "市人大常委会印发监督方案。"),
    ("self_check", "检查组逐家检查养老机构。"),
    ("survey", "收集养老服务意见建议300条。"),
    ("symposium", "与老年人面对面交流。"),
    ("unannounced", "检查组按计划察看了养老机构。"),
    ("law_inspection", "市场监管局开展养老机构食品安全执法检查。"),
    ("mobilisation", "组织收看全省养老服务监督动员会。"),
    ("immediate_fix", "将发现的问题列入清单。"),
    ("deadline_ledger", "养老服务问题逐条销号。"),
    ("follow_up", "强化跟踪问效。"),
    ("deliberation_opinion", "检查组提出养老服务意见建议20条。"),
    ("special_inquiry", "专题询问是人大监督的重要形式。"),
    ("law_inspection", "积极应对人口老龄化联动监督执法检查工作方案。"),
    ("special_commission", "成立养老服务专题调研组。"),
    ("resolution", "会议决定开展执法检查。"),
    ("addressing_inquiries", "代表现场询问,部门负责人回答。"),
    ("removal", "对履职不力的局长进行约谈。"),
    ("legislation", "贯彻落实《河南省养老服务条例》。"),
    ("deputies", "全市有人大代表3000名。"),
]


@pytest.mark.parametrize(("code", "text"), NEAR_MISSES)
def test_what_only_looks_like_an_instrument_does_not_make_it_present(code, text):
    found = read(text).get(code)
    assert found is None or not found.present


OTHER_RELATIONS = [
    ("按照省人大常委会的统一部署,市人大常委会开展养老服务联动监督。", [("mandate", "province")]),
    ("根据省人大常委会工作安排,开展执法检查。", [("mandate", "province")]),
    ("在省人大常委会的精心指导下,开展联动监督。", [("mandate", "province")]),
    ("落实省人大联动监督工作要求。", [("mandate", "province")]),
    ("省人大常委会动员部署会召开后,我市迅速行动。", [("mandate", "province")]),
    ("省人大常委会交办的3项问题全部整改到位。", [("mandate", "province")]),
    ("按照省、市人大联动监督要求,县人大开展检查。", [("mandate", "province")]),
    ("受省人大常委会委托,市人大常委会开展执法检查。", [("mandate", "province")]),
    ("按照市委部署,市人大开展养老服务监督。", [("mandate", "party")]),
    ("报省人大常委会批准后公布施行。", []),
    ("提请省人大常委会审查批准。", []),
    ("省人大常委会副主任李某到我市调研。", []),
    ("市委市政府督查局全程参与督办。", [("lent", "inspection bureau")]),
    ("会同市委督查室开展联合督查。", [("lent", "inspection bureau")]),
    ("市委书记亲自带队暗访养老机构。", [("lent", "party")]),
    ("市长召开政府常务会议专题研究养老服务问题整改。", [("lent", "government")]),
    ("市政府印发《督查通知》分解任务。", [("lent", "government")]),
    ("督促市政府以《政务督查通知》分解任务。", [("lent", "government")]),
    ("督促市政府加快整改。", []),
    ("在市委的坚强领导下,市人大开展监督。", []),
    ("坚持党的领导、人大监督、政府主责。", []),
    ("市政府及相关部门汇报了养老服务工作。", []),
    ("市人大常委会党组向市委专题报告养老服务监督情况。", [("reported_to", "party")]),
    ("测评结果报市委,抄送市政府。", [("reported_to", "government"), ("reported_to", "party")]),
    ("将检查情况反馈市政府。", [("reported_to", "government")]),
    ("将测评结果通报市委组织部。", [("reported_to", "party")]),
    ("监督情况报省人大常委会。", [("reported_to", "province")]),
    ("重大事项及时向市委请示报告。", [("mandate", "party"), ("reported_to", "party")]),
    ("监督方案报市委常委会会议研究通过。", [("lent", "party"), ("reported_to", "party")]),
    ("整改方案报请市委批准后印发。", [("lent", "party"), ("reported_to", "party")]),
    ("监督报告报市委,市委书记作出批示。", [("lent", "party"), ("reported_to", "party")]),
    ("得到市委主要领导的充分肯定。", [("support", "party")]),
    ("市委高度重视、大力支持人大监督工作。", [("support", "party")]),
    ("市委、市政府高度重视养老服务工作。", [("support", "government"), ("support", "party")]),
    ("受到省人大常委会的肯定。", [("support", "province")]),
    ("市委书记亲自督办养老中心建设。", [("lent", "party")]),
    ("市委主要领导现场督办养老服务项目。", [("lent", "party")]),
]


@pytest.mark.parametrize(("text", "expected"), OTHER_RELATIONS)
def test_relations_of_other_sentences(tmp_path, text, expected):
    found = relations(corpus_of(tmp_path, text))
    pairs = set(zip(found["relation"], found["relation_to"], strict=True))
    assert sorted(pairs) == expected


@pytest.mark.parametrize(
    ("text", "how_far"),
    [
        ("市人大常委会就居家养老立法开展立法调研。", "research"),
        ("市人大常委会将《平川市居家养老服务条例》列入2025年立法计划。", "planned"),
        ("常委会会议初次审议了《平川市养老服务条例(草案)》。", "deliberated"),
        ("《平川市养老服务条例》将提请省人大常委会批准。", "submitted"),
        ("《平川市养老服务条例》于2024年5月1日起施行。", "in_force"),
    ],
)
def test_how_far_other_laws_have_come(tmp_path, text, how_far):
    laws = law_making(corpus_of(tmp_path, text))
    assert laws[["how_far", "from_campaign"]].to_numpy().tolist() == [[how_far, "not_said"]]


def test_a_law_to_which_the_supervision_led_says_so(tmp_path):
    text = "在养老服务联动监督中,市人大常委会将《平川市养老服务条例》列入2025年立法计划。"
    assert list(law_making(corpus_of(tmp_path, text))["from_campaign"]) == ["yes"]


# --- an example and a negative of every code

CODES = shared_codebook().approaches
# a code whose acts count although they are still to come; all other examples tell of a done act
STILL_TO_COME = {"legislation": "planned"}


@pytest.mark.parametrize("code", CODES["code"])
def test_the_example_of_a_code_makes_it_present_and_the_negative_does_not(code):
    row = CODES.set_index("code").loc[code]
    act = read(row["example"])[code]
    assert act.present and act.state == STILL_TO_COME.get(code, "done")
    negative = read(row["negative"]).get(code)
    assert negative is None or not negative.present


def test_every_code_has_a_definition_in_both_languages_an_example_and_a_negative():
    columns = ["zh", "en", "definition_zh", "definition", "example", "negative"]
    assert len(CODES) == 46 and (CODES[columns] != "").all(axis=None)
    assert read_table("codebook/approaches")["code"].is_unique


RELATION_ROWS = shared_codebook().relations


@pytest.mark.parametrize("row", list(RELATION_ROWS.itertuples()), ids=lambda row: str(row.Index))
def test_the_example_of_a_row_of_relations_tells_its_relation_only_with_the_row(tmp_path, row):
    corpus = corpus_of(tmp_path, row.example)
    codebook = shared_codebook()
    less = replace(codebook, relations=RELATION_ROWS.drop(index=row.Index).reset_index(drop=True))
    with_row, without_row = (
        {(found.relation, found.relation_to) for found in relations(corpus, book).itertuples()}
        for book in (codebook, less)
    )
    assert with_row - without_row == {(row.relation, row.relation_to)}
