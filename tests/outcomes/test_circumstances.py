"""A number says whether it rose, whose it is, how far things have come, when it holds, and has a
name that a table can carry."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from helpers.codebook.checks import COMPLETION
from helpers.codebook.codebook import DATA, read_codebook, read_table
from helpers.outcomes.outcomes import extract_outcomes
from helpers.outcomes.phrases import Nouns
from helpers.text.corpus import read_corpus

HEAD = "平州市人大常委会关于养老服务监督工作情况的报告\n2024年10月12日\n\n"


@pytest.fixture(scope="module")
def shipped():
    table = extract_outcomes(read_corpus(DATA / "raw")).astype(object)
    return table.where(table.notna(), "")


def read_numbers(tmp_path, text: str, head: str = HEAD) -> pd.DataFrame:
    (tmp_path / "a.txt").write_text(head + text, encoding="utf8")
    table = extract_outcomes(read_corpus(tmp_path / "a.txt")).astype(object)
    return table.where(table.notna(), "")


def column(tmp_path, text: str, name: str, head: str = HEAD) -> list[str]:
    return list(read_numbers(tmp_path, text, head)[name])


# --- the five briefings against the reading made first


@pytest.mark.parametrize(
    "name", ["direction", "group", "flow", "state", "level", "timing", "as_of_from", "as_of_to"]
)
def test_the_columns_of_the_five_are_those_of_the_reference_reading(shipped, name):
    reading = read_table("coded/outcomes")
    place = ["doc", "start"]
    both = reading.astype({"start": int}).merge(shipped, on=place, suffixes=("", "_program"))
    assert len(both) == len(reading) == len(shipped)
    assert (both[name] == both[f"{name}_program"]).mean() >= 0.95


def rows_of(shipped, doc: str, **cells: str) -> pd.DataFrame:
    rows = shipped[shipped["doc"].str.endswith(doc)]
    for name, value in cells.items():
        rows = rows[rows[name] == value]
    return rows


def test_problems_that_the_province_assigned_are_the_provinces_also_when_solved(shipped):
    province = {"level": "province"}
    assert rows_of(shipped, "jiyuan", indicator="problem_list", **province)["value"].tolist() == [2]
    assert rows_of(shipped, "sanmenxia", **province)[["value", "state"]].to_numpy().tolist() == [
        [3, "assigned"],
        [2, "rectified"],
        [1, "in_progress"],
    ]


def test_a_list_made_of_several_is_assigned_and_one_list_told_twice_is_one(shipped):
    (merged,) = rows_of(
        shipped, "sanmenxia", level="several", indicator="problem_list"
    ).itertuples()
    assert (merged.value, merged.state, merged.flow) == (25, "assigned", "stock")
    twice = rows_of(shipped, "jiaozuo", indicator="problem_list")
    assert twice[["value", "level", "flow"]].to_numpy().tolist() == [[57, "several", "stock"]] * 2


def test_teams_of_the_city_and_groups_of_counties_have_their_own_levels(shipped):
    teams = shipped[shipped["indicator"] == "teams"][["value", "level"]].to_numpy().tolist()
    assert [5, "city"] in teams and [7, "city"] in teams and [90, "county"] in teams


def test_meal_sites_have_one_indicator_and_their_state(shipped):
    sites = shipped[shipped["indicator"] == "dining_sites"]
    states = dict(zip(sites["value"], sites["state"], strict=False))
    assert (states[180], states[114], states[155]) == ("in_use", "sited_and_built", "chosen")
    assert rows_of(shipped, "luohe", indicator="dining_sites")["timing"].tolist() == ["planned"]


def test_what_stood_before_and_general_work_are_context_and_completion_an_output(shipped):
    zhengzhou = rows_of(shipped, "zhengzhou", group="context")
    assert {1300, 8000} <= set(zhengzhou["value"])
    assert rows_of(shipped, "jiaozuo", indicator="disputes")["group"].tolist() == ["context"]
    assert rows_of(shipped, "sanmenxia", indicator="completion")["group"].tolist() == ["output"]
    (share,) = rows_of(shipped, "sanmenxia", indicator="rectified_share").itertuples()
    assert (share.group, share.level) == ("outcome", "several")


def test_questionnaires_answered_are_not_those_distributed(shipped):
    answered = shipped[shipped["indicator"] == "questionnaires_answered"]
    assert answered["value"].tolist() == [10000]


def test_no_name_of_the_five_holds_a_unit_or_a_clause(shipped):
    name = "meal sites run by supply and marketing co-operatives under negotiation"
    assert name in set(shipped["indicator_en"])
    assert not shipped["indicator_en"].str.contains("[一-龥]").any()
    assert not shipped["indicator_zh"].str.contains("的\\(").any()
    assert not shipped["indicator_en"].str.contains("named in Chinese").any()
    assert shipped["indicator_zh"].str.len().max() <= 18
    assert shipped["indicator_en"].str.split().str.len().max() <= 12


# --- direction

DIRECTIONS = [  # text, direction of its numbers
    ("养老机构入住率同比上升5.2个百分点。", ["up"]),
    ("养老机构入住率同比下降5.2个百分点。", ["down"]),
    ("养老机构入住率同比减少5.2个百分点。", ["down"]),
    ("全市养老支出负增长3.2%。", ["down"]),
    ("覆盖率提升至40%。", [""]),
    ("全市床位比去年底增加74张。", ["up"]),
    ("全市床位较去年同期又减少5张。", ["down"]),
    ("全市床位增至74张。", [""]),
    ("新增养老床位20张，其中护理型床位12张。", ["up", "up"]),
    ("今年净减护理员6名。", ["down"]),
    ("市财政追加养老资金310万元。", ["up"]),
    ("市财政补贴比去年多300万元。", ["up"]),
    ("社会捐赠比去年少45万元。", ["down"]),
    ("老年人口占比高于全省2.4个百分点。", [""]),
    ("改造提升养老院20家。", [""]),
    ("覆盖率从22.6%提高到40%，提高17.4个百分点。", ["", "", "up"]),
    ("年末床位增幅为3.2%。", ["up"]),
    ("与2021年、2022年相比，占比分别上升2.58和1.48个百分点。", ["up", "up"]),
    ("走访老年人995人。", [""]),
]


@pytest.mark.parametrize("text, expected", DIRECTIONS)
def test_only_an_amount_of_change_has_a_direction(tmp_path, text, expected):
    assert column(tmp_path, text, "direction") == expected


# --- level

LEVELS = [  # text, level of its numbers
    ("市本级组成7个检查组。", ["city"]),
    ("市人大常委会由副主任带队，成立5个检查组，走访养老院32家。", ["city", "city"]),
    ("各区县人大分成90个小组开展监督。", ["county"]),
    ("金水区人大组织代表213名，走访老人35名。", ["county", "county"]),
    ("丰乐镇人大组织代表走访老人210名。", ["township"]),
    ("省人大常委会派出6个检查组，抽查了14家养老院。", ["province", "province"]),
    ("各级人大走访老年人995人，召开座谈会26次。", ["several", "several"]),
    ("市、县人大常委会交办的问题73%以上已整改完成。", ["several"]),
    ("先后组织各级人大代表60余人次。", ["city"]),
    ("三级人大代表踊跃参与，累计1260人次走进社区。", ["several"]),
    ("市人大常委会一是听取汇报。各级人大走访老人9名。二是召开座谈会3次。", ["several", "city"]),
    ("省人大常委会交办我市问题46个，已整改43个，整改率93.5%。", ["province"] * 3),
    (
        "省人大常委会交办我市的问题共46个。市政府逐项明确责任，到9月底已有43个整改到位。"
        "市人大常委会又梳理出58个问题，目前办结49个。",
        ["province", "province", "city", "city"],
    ),
    ("省交办问题61个，已整改61个。市级交办104个，已办结98个，两项合计整改率为96.4%。", None),
    ("全市16个区县、123个街道、81个乡镇同步开展监督。", ["county", "township", "township"]),
    ("市检查组走遍14个乡镇。", ["city"]),
    ("城关镇敬老院设有床位90张，该院护理员只有6名。", ["institution", "institution"]),
    ("全市老年人占24.1%，比全省高出3个百分点。", ["city", "city"]),
    ("县政府同意把补助标准提高到1.2万元。", ["county"]),
]


@pytest.mark.parametrize("text, expected", LEVELS)
def test_a_number_has_the_level_of_who_acts_or_assigns(tmp_path, text, expected):
    levels = column(tmp_path, text, "level")
    if expected is None:
        assert levels[-1] == "several" and levels[-2] == "city" and levels[0] == "province"
    else:
        assert levels == expected


def test_a_report_that_names_no_place_is_the_countys_if_it_says_so(tmp_path):
    text = "县人大走访14个乡镇，我县有敬老院8所，床位320张。"
    assert column(tmp_path, text, "level", "") == ["county"] * 3


def test_what_the_city_assigned_a_county_is_the_citys_and_the_rest_the_countys(tmp_path):
    head = "清河县人大常委会养老服务执法检查情况\n2024年8月2日\n\n"
    text = "县人大常委会检查敬老院8所。市人大常委会交办我县问题5个，已办结4个。全县床位320张。"
    assert column(tmp_path, text, "level", head) == ["county", "city", "city", "county"]


# --- state

STATES = [  # text, states of its numbers
    ("已建成助餐点14家，在建6家，拟建10家，正在洽谈2家，投入使用11家。", None),
    ("全市建成并投入使用助餐点180个。", ["in_use"]),
    ("全市已完成选址并建设助餐场所114个。", ["sited_and_built"]),
    ("目前助餐点3家开始运营，3家正在装修，1家正在洽谈。", ["in_use", "in_progress", "negotiated"]),
    ("计划年底前建成老年食堂20家，眼下已选址16家，动工9家，开业的有3家。", None),
    ("力争2025年底养老床位达到9000张，建成服务中心12个。", ["planned", "planned"]),
    ("原定年内建设助餐点150个，到10月底建成128个。", ["planned", "built"]),
    ("计划新建助餐点30个，其中19个尚待验收后投用。", ["planned", "in_progress"]),
    ("市人大常委会交办问题38个，已整改31个，另有4个正在验收。", None),
    ("走访老年人995人，召开座谈会26次。", ["", ""]),
    ("全市户籍人口90万人。", [""]),
]
MANY = {
    STATES[0][0]: ["built", "in_progress", "planned", "negotiated", "in_use"],
    STATES[4][0]: ["planned", "chosen", "in_progress", "in_use"],
    STATES[8][0]: ["assigned", "rectified", "in_progress"],
}


@pytest.mark.parametrize("text, expected", STATES)
def test_a_number_has_the_state_of_what_it_counts(tmp_path, text, expected):
    table = read_numbers(tmp_path, text)
    states = expected or MANY[text]
    assert list(table["state"]) == states
    ahead = [state in ("planned", "negotiated", "chosen") for state in states]
    assert list(table["timing"] == "planned") == ahead


def test_what_is_counted_keeps_its_indicator_whatever_its_state(tmp_path):
    table = read_numbers(tmp_path, "已建成助餐点14家，在建6家，拟建10家，正在洽谈2家。")
    assert set(table["indicator"]) == {"dining_sites"}
    assert table["indicator_zh"].is_unique and table["indicator_en"].is_unique


STAGES = read_table("codebook/completion")


def test_the_states_of_completion_are_those_the_code_orders():
    assert list(dict.fromkeys(STAGES["state"])) == list(COMPLETION)


@pytest.mark.parametrize("row", STAGES.to_dict("records"), ids=lambda row: row["example"])
def test_the_example_of_a_state_gets_the_state(tmp_path, row):
    assert re.search(row["words"], row["example"])
    assert row["state"] in column(tmp_path, row["example"] + "。", "state")


# --- stock or flow, group, timing

KINDS = [  # text, (group, flow, timing) of its numbers
    ("全市现有养老机构64家，床位9800张。", [("context", "stock", "before")] * 2),
    ("分级分类建有各类养老机构1300余家。", [("context", "stock", "before")]),
    ("今年新增养老床位640张。", [("output", "flow", "during")]),
    ("丰乐镇化解矛盾纠纷86起。", [("context", "flow", "")]),
    ("市政府年度任务完成率96.5%。", [("output", "flow", "during")]),
    ("完成年度预算的87.1%。", [("output", "flow", "during")]),
    ("问题整改率95%，满意度92%。", [("outcome", "flow", "during"), ("outcome", "stock", "during")]),
    ("检查组走遍14个乡镇。", [("effort", "flow", "during")]),
    ("依托全市600个代表联络站收集民意。", [("effort", "stock", "during")]),
    ("助餐列入年度重点督办的十件重点建议之一。", [("context", "stock", "")]),
    ("监督前，全市有助餐点58个。", [("context", "stock", "before")]),
    (
        "助餐点由去年底的8个增至27个。",
        [("output", "stock", "before"), ("output", "stock", "during")],
    ),
    ("近三年，全市累计培训护理员2600人次。", [("output", "flow", "before")]),
    ("问卷中选择居家养老的占90%。", [("context", "stock", "during")]),
    ("明年将新增餐位3000个。", [("output", "flow", "planned")]),
]


@pytest.mark.parametrize("text, expected", KINDS)
def test_group_flow_and_timing_follow_from_the_words(tmp_path, text, expected):
    table = read_numbers(tmp_path, text)
    assert list(table[["group", "flow", "timing"]].itertuples(index=False, name=None)) == expected


# --- dates

PERIODS = [  # text, (as_of_from, as_of_to) of its numbers
    ("截至2023年底，全市户籍人口90万人。", [("2023-12-31", "2023-12-31")]),
    ("10月8日，市人大常委会对7个部门开展测评。", [("2024-10-08", "2024-10-08")]),
    ("截至9月底，已整改问题43个。", [("2024-09-30", "2024-09-30")]),
    ("今年1至9月，全市新增床位1820张。", [("2024-01", "2024-09")]),
    ("今年前三季度，财政支出2180万元。", [("2024-01", "2024-09")]),
    ("2021年至2023年，财政投入1.36亿元。", [("2021", "2023")]),
    ("三年来累计培养护理员3600人次。", [("2021", "2024")]),
    ("截至目前，已建成助餐点20个。", [("2024-10-12", "2024-10-12")]),
    ("去年底全市仅有助餐点45个。", [("2023-12-31", "2023-12-31")]),
    ("省人大常委会7月交办问题52个，目前已完成31个。", [("2024-07", "2024-07"), ("", "")]),
    (
        "截至2023年底，60岁以上人口占22%，与2021年、2022年相比分别上升2.58和1.48个百分点。",
        [("2023-12-31", "2023-12-31"), ("2021", "2023"), ("2022", "2023")],
    ),
    ("用于2024年重点民生实事的资金。投入744万元用于2024年重点民生实事项目。", [("2024", "2024")]),
    ("户籍数据显示，2023年户籍人口929万人。高龄老人约20万人。", [("2023", "2023")] * 2),
    ("这家建于2009年的敬老院有床位120张。", [("", "")]),
    ("3月动员会召开后，成立3个检查组。", [("", "")]),
    ("计划年底前建成食堂20家，已开业3家。", [("2024-12-31", "2024-12-31"), ("", "")]),
    ("2023年查出隐患148处，当年整改139处。", [("2023", "2023")] * 2),
]


@pytest.mark.parametrize("text, expected", PERIODS)
def test_a_number_holds_between_the_dates_that_the_text_says(tmp_path, text, expected):
    table = read_numbers(tmp_path, text)
    assert list(table[["as_of_from", "as_of_to"]].itertuples(index=False, name=None)) == expected
    for row in table.itertuples():
        short = row.as_of_from if row.as_of_from == row.as_of_to else None
        assert row.as_of == (short if short is not None else f"{row.as_of_from}–{row.as_of_to}")


def test_a_report_of_january_tells_of_the_year_before(tmp_path):
    head = "平州市人大常委会养老服务监督工作总结\n2025年1月8日\n\n"
    table = read_numbers(tmp_path, "12月27日，常委会对5个部门测评。年末床位4万张。", head)
    assert list(table["as_of_to"]) == ["2024-12-27", "2024-12-31"]
    assert list(table["timing"]) == ["during", "during"]


# --- names

NAMES = [  # text, (indicator_zh, indicator_en) of its last number
    ("全市在园幼儿260866人。", ("在园幼儿", "children in kindergarten")),
    (
        "办理代表建议4件（主办3件，协办1件）。",
        ("代表建议(协办)", "deputies’ suggestions (as partner)"),
    ),
    ("条例以98%的得票率通过。", ("得票率", "vote share")),
    ("副主任李四、王五及常委会组成人员共23人。", ("常委会组成人员", "standing committee members")),
    ("建成8个村（社区）居家养老服务中心。", ("建成的养老服务中心", "service centres built")),
    ("比全省平均水平高出2.6%，比全国高出5.7%。", ("与他处的差距", "gap to others")),
    ("先后深入4个中心敬老院、9个乡镇敬老院。", ("走访敬老院", "township care homes visited")),
    (
        "走访14个乡镇、36个村。",
        ("监督检查所到的村、社区", "villages and communities visited for the supervision"),
    ),
    ("建成9家养老院、社区食堂3个。", ("建成的助餐场所", "meal sites built")),
    ("新增养老床位20张。", ("新增养老床位", "elderly-care beds added")),
    (
        "建成助餐点180个，任务完成率100%。",
        ("助餐场所任务完成率", "completion of the task: meal sites"),
    ),
    (
        "入住率54.2%，比全市平均水平低3.1个百分点。",
        ("入住率差距", "occupancy: gap to others"),
    ),
    ("对9个部门测评，8个部门为满意。", ("满意票数", "votes of satisfied")),
    (
        "供销社助餐点3家开始运营，1家正在洽谈。",
        (
            "洽谈中的供销社助餐场所",
            "meal sites run by supply and marketing co-operatives under negotiation",
        ),
    ),
    ("建成智慧养老平台16个。", ("建成的智慧养老平台", "smart-care platforms built")),
    ("省人大常委会交办问题2项。", ("省人大交办的问题", "problems assigned by the province")),
    ("各区县人大分成90个小组。", ("县级调研检查组", "inspection teams, county level")),
    (
        "金水区人大召开座谈会20余场。",
        ("某县区人大座谈会", "discussion meetings held by one county congress"),
    ),
    (
        "各区县人大召开座谈会20余场。",
        ("县级人大座谈会", "discussion meetings held by county congresses"),
    ),
    (
        "各级人大走访养老机构35家，各级人大代表走访养老机构12家。",
        ("各级代表走访的养老机构", "elderly-care institutions visited by deputies of all levels"),
    ),
    (
        "观音镇人大代表化解各类矛盾200余起。",
        ("某乡镇化解的矛盾纠纷", "disputes settled, one township"),
    ),
    ("市人大常委会交办问题11项。", ("市人大交办的问题", "problems assigned by the city congress")),
    ("每个代表走访老年人10名。", ("每个代表走访的老年人", "older people visited per deputy")),
    (
        "列入重点督办的10件代表建议。",
        ("重点督办的代表建议", "deputies’ suggestions followed up as a priority"),
    ),
    (
        "失能和半失能老人约16万人。",
        ("失能和半失能老人", "older people wholly or partly unable to care for themselves"),
    ),
    ("检查组走遍14个乡镇。", ("监督检查所到的乡镇", "townships visited for the supervision")),
    ("养老支出增长5.5%。", ("养老支出增幅", "rate of change of spending on care")),
    ("满意度由82.5%上升为91.4%，提升8.9个百分点。", ("满意度升幅", "rise in satisfaction")),
    ("为2.9万名75岁以上老人体检。", ("75岁以上老人", "older people aged 75 and over")),
    ("公办养老院87家，其中民办24家。", ("养老机构(民办)", "elderly-care institutions (private)")),
]


@pytest.mark.parametrize("text, expected", NAMES)
def test_a_name_is_understood_without_the_text(tmp_path, text, expected):
    last = read_numbers(tmp_path, text).iloc[-1]
    assert (last["indicator_zh"], last["indicator_en"]) == expected


def test_a_name_that_cannot_be_translated_says_so_and_holds_no_chinese(tmp_path):
    (row,) = read_numbers(tmp_path, "全市修缮烽火台遗址12处。").itertuples()
    assert row.indicator_en == "places (kind named in Chinese)"
    assert "烽火台" in row.indicator_zh


def test_every_noun_is_translated_and_a_compound_by_its_parts():
    nouns = read_codebook().once(Nouns)
    table = read_table("codebook/nouns")
    assert table["zh"].is_unique
    for row in table[~table["plural"].isin(["", "and"])].itertuples():
        assert nouns.english(row.zh) == row.plural, row.zh
    assert nouns.english("农村智慧养老平台") == "rural smart-care platforms"
    assert nouns.english("烽火台遗址") == "" and nouns.parts("烽火台遗址") == []
    indicators = set(read_table("codebook/indicators")["indicator"])
    assert set(table["indicator"]) - {""} <= indicators
