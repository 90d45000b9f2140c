"""A magnitude becomes a row with its indicator, its clause and its offsets."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers.codebook.checks import CodebookError
from helpers.codebook.codebook import DATA, read_codebook, read_table
from helpers.numbers.quantities import find_quantities
from helpers.numbers.readings import decimal_candidates
from helpers.outcomes.outcomes import extract_outcomes
from helpers.text.corpus import read_corpus

COLUMNS = (
    "doc city_zh city_en section sentence printed value low high best p_best unit qualifier"
    " direction indicator indicator_zh indicator_en group denominator flow state doc_level level"
    " as_of timing as_of_from as_of_to status basis reason start end quote_start quote_end quote"
).split()


@pytest.fixture(scope="module")
def shipped():
    corpus = read_corpus(DATA / "raw")
    return corpus, extract_outcomes(corpus)


def outcomes_of(tmp_path: Path, *texts: str) -> pd.DataFrame:
    for i, text in enumerate(texts):
        (tmp_path / f"{i}.txt").write_text(text, encoding="utf8")
    return extract_outcomes(read_corpus(tmp_path))


CASES = [  # text, [(printed, value, unit, group, indicator_zh)]
    ("养老机构护理型床位占比58.5%。", [("58.5", 58.5, "%", "outcome", "护理型床位占比")]),
    (
        "全市60岁以上老年人90万人，占比18.3%。",
        [
            ("90", 900000, "人", "context", "60岁及以上人口"),
            ("18.3", 18.3, "%", "context", "60岁及以上人口占比"),
        ],
    ),
    (
        "建成养老机构32家、日间照料中心18个。",
        [
            ("32", 32, "家", "output", "建成的养老机构"),
            ("18", 18, "个", "output", "建成的养老服务中心"),
        ],
    ),
    (
        "38项问题已整改31项。",
        [("38", 38, "项", "effort", "问题"), ("31", 31, "项", "outcome", "已整改的问题")],
    ),
    ("12名常委会组成人员围绕床位提出询问。", [("12", 12, "名", "effort", "常委会组成人员")]),
    ("依托代表联络站收集意见建议213条。", [("213", 213, "条", "effort", "提出的意见建议")]),
    ("全市建成养老床位1.2万张。", [("1.2", 12000, "张", "output", "建成的养老床位")]),
    (
        "检查组走访老年人995人，召开座谈会26次。",
        [("995", 995, "人", "effort", "走访的老年人"), ("26", 26, "次", "effort", "座谈会")],
    ),
    ("市人大形成了4条审议意见。", [("4", 4, "条", "effort", "审议意见")]),
    ("发放调查问卷一万余份。", [("一万", 10000, "份", "effort", "发放的调查问卷")]),
    ("市财政投入744.5万元。", [("744.5", 7445000, "元", "output", "投入资金")]),
    ("交办的问题整改率达95.5%。", [("95.5", 95.5, "%", "outcome", "问题整改率")]),
    ("2023年5月召开市八届人大常委会第十四次会议，60岁以上老人参加。", []),
    ("建立“1+4+N”体系，打造15分钟养老圈，落实“四个一”。", []),
    ("今后五至十年，市、县两级人大将三级联动。", []),
    ("三年来累计培训护理员3.5万人次。", [("3.5", 35000, "人次", "output", "培训养老从业人员")]),
]


@pytest.mark.parametrize("text, expected", CASES)
def test_only_magnitudes_become_rows_each_with_its_indicator(tmp_path, text, expected):
    table = outcomes_of(tmp_path, text)
    assert [
        tuple(row)
        for row in table[["printed", "value", "unit", "group", "indicator_zh"]].itertuples(
            index=False
        )
    ] == expected


NAMES = [  # text, [(printed, indicator_zh, group)]: what is counted has its own noun at the number
    # an age is part of the name, and written as a number it bounds nothing
    (
        "全市65周岁及以上老年人口106.3万人，占14.9%。",
        [("106.3", "65岁及以上人口", "context"), ("14.9", "65岁及以上人口占比", "context")],
    ),
    (
        "全市70岁以上老人8万人，占比6.1%。",
        [("8", "70岁及以上人口", "context"), ("6.1", "70岁及以上人口占比", "context")],
    ),
    (
        "全市老年人口73.8万人，占比18.1%。",
        [
            ("73.8", "老年人口(未注年龄)", "context"),
            ("18.1", "老年人口占比(未注年龄)", "context"),
        ],
    ),
    ("为2.9万名75岁以上老人体检。", [("2.9", "75岁以上老人", "output")]),
    # both ends of a change are of the rate before 由 and 从
    (
        "护理型床位占比由52.1%提升至58.7%。",
        [("52.1", "护理型床位占比", "outcome"), ("58.7", "护理型床位占比", "outcome")],
    ),
    (
        "幸福院由年初的20个增加到48个。",
        [("20", "养老服务中心", "output"), ("48", "养老服务中心", "output")],
    ),
    ("从12个候选项目中票决产生。", [("12", "候选项目", "context")]),
    # what is not yet put right is no result, and what is no problem is not one put right
    (
        "已完成整改60项，正在整改4项。",
        [("60", "已整改的问题", "outcome"), ("4", "尚未整改到位的问题", "outcome")],
    ),
    ("对尚未整改到位的16条问题紧盯不放。", [("16", "尚未整改到位的问题", "outcome")]),
    ("其余5个问题预计年底前完成。", [("5", "尚未整改到位的问题", "outcome")]),
    (
        "梳理诉求1270件，办结1215件。",
        [("1270", "诉求", "effort"), ("1215", "诉求(办结)", "effort")],
    ),
    # other things than elderly care
    (
        "暗访学校食堂42家、小餐饮店110家。",
        [("42", "学校食堂", "effort"), ("110", "小餐饮店", "effort")],
    ),
    ("关停企业45家，抽查企业36家。", [("45", "企业", "output"), ("36", "企业", "effort")]),
    ("走访群众380户。", [("380", "群众", "effort")]),
    # marks of notes
    (
        "建成35¹家养老机构，走访老人12²名。",
        [("35", "建成的养老机构", "output"), ("12", "走访的老年人", "effort")],
    ),
    (
        "整改问题台账，投入3200万元建设快检室86个。",
        [("3200", "投入资金", "output"), ("86", "快检室", "output")],
    ),
    (
        "走访养老机构92家、日间照料中心18个。",
        [("92", "走访的养老机构", "effort"), ("18", "走访养老服务中心", "effort")],
    ),
    # a verb at the end of the noun after the unit is no visit
    ("成立了5个联动专题调研、执法检查组，赴县区检查。", [("5", "调研检查组", "effort")]),
    ("市本级组成7个专题调研、执法检查组在全市开展联动监督。", [("7", "调研检查组", "effort")]),
    ("开展5个专题调研。", [("5", "专题调研", "effort")]),
    ("查看点位32个。", [("32", "查看的点位", "effort")]),
    ("走访调研32个。", [("32", "查看的点位", "effort")]),
    ("现场查看32个助餐点位。", [("32", "查看的点位", "effort")]),
    # answers of a survey
    ("12.4%的受访老人选择机构养老。", [("12.4", "受访老人选择机构养老的比例", "context")]),
    (
        "选择社区养老的占23.5%，选择居家养老的占71.2%。",
        [
            ("23.5", "选择社区养老的比例", "context"),
            ("71.2", "选择居家养老的受访者比例", "context"),
        ],
    ),
    # prices and rates are not what is spent and built
    (
        "每餐补贴4元，市财政投入744万元。",
        [("4", "每餐补贴", "output"), ("744", "投入资金", "output")],
    ),
    ("每千名老人拥有床位31.2张。", [("31.2", "每千名老人养老床位", "context")]),
    (
        "建成智慧养老平台16个，新增养老床位20张。",
        [("16", "建成的智慧养老平台", "output"), ("20", "新增养老床位", "output")],
    ),
    # the noun, not its neighbours
    ("代表与312名独居老人结对。", [("312", "留守、空巢、独居老人", "context")]),
    ("把23个问题分解到15个市直部门。", [("23", "问题", "effort"), ("15", "市直部门", "effort")]),
    (
        "对8个部门进行满意度测评，结果为满意6个、基本满意2个。",
        [
            ("8", "接受测评的部门", "effort"),
            ("6", "满意票数", "outcome"),
            ("2", "基本满意票数", "outcome"),
        ],
    ),
    (
        "公办养老机构87家，其中民办24家。",
        [("87", "养老机构", "context"), ("24", "养老机构(民办)", "context")],
    ),
    ("征集“金点子”460条。", [("460", "金点子", "effort")]),
    ("先后开展现场督办16次。", [("16", "督办", "effort")]),
    # a shortcoming is no result
    (
        "入住率仅为38.6%，床位空置率57.2%。",
        [("38.6", "入住率", "context"), ("57.2", "床位空置率", "context")],
    ),
    ("入住率达到68.6%。", [("68.6", "入住率", "outcome")]),
    (
        "完成率93.5%，其中占30.6%。",
        [("93.5", "任务完成率", "output"), ("30.6", "比例", "outcome")],
    ),
]


@pytest.mark.parametrize("text, expected", NAMES)
def test_a_number_is_named_by_the_noun_that_it_counts(tmp_path, text, expected):
    table = outcomes_of(tmp_path, text)
    assert [
        tuple(row) for row in table[["printed", "indicator_zh", "group"]].itertuples(index=False)
    ] == expected


PLANS = [  # text, state of its only number
    ("确保年底前整改率达到95%以上。", "planned"),
    ("建议市政府再投入2亿元。", "planned"),
    ("年内培训护理员不少于500人次。", "planned"),
    ("力争建成养老机构3家。", "planned"),
    ("争取上级资金2亿元，用于养老机构。", ""),
    ("提出意见建议117条。", ""),
    ("出台《养老规划(2021—2035年)》等文件7个。", ""),
]


@pytest.mark.parametrize("text, state", PLANS)
def test_what_is_wanted_counts_as_planned_and_what_exists_does_not(tmp_path, text, state):
    table = outcomes_of(tmp_path, text)
    assert list(table["state"] == "planned") == [state == "planned"]
    assert list(table["timing"] == "planned") == [state == "planned"]


def test_years_to_come_are_a_plan_and_a_period(tmp_path):
    table = outcomes_of(
        tmp_path,
        "人大简报\n（2024年第3期）\n\n市政府明确2024至2026年每年安排专项资金不少于5000万元。",
    )
    assert table[["as_of", "timing"]].to_numpy().tolist() == [["2024–2026", "planned"]]
    assert table[["as_of_from", "as_of_to"]].to_numpy().tolist() == [["2024", "2026"]]


def test_the_first_number_of_a_change_is_before_and_its_date_is_not_that_of_the_second(tmp_path):
    table = outcomes_of(
        tmp_path, "全市养老服务设施达标率由2022年的61.5%提高到94.2%，比上年提高3个百分点。"
    )
    assert list(table["timing"]) == ["before", "during", "during"]
    assert list(table["as_of"])[:2] == ["2022", ""]


def test_the_table_has_the_columns_of_the_contract_even_when_empty(tmp_path):
    assert list(outcomes_of(tmp_path, "没有数字。").columns) == COLUMNS


def test_a_share_names_its_whole_and_a_stock_its_date(tmp_path):
    table = outcomes_of(
        tmp_path,
        "截至2023年底，全市常住人口202.5万人，其中60岁以上人口44.4万人，占总人口的21.93%。",
    ).set_index("printed")
    assert (
        (table["as_of"] == "2023-12-31").all()
        and (table["level"] == "city").all()
        and (table["flow"] == "stock").all()
    )
    assert (
        table.loc["21.93", "denominator"] == "常住人口" and table.loc["202.5", "denominator"] == ""
    )


def test_chosen_assessed_and_built_are_told_apart(tmp_path):
    table = outcomes_of(
        tmp_path, "已选定助餐点位155个，完成适老化改造评估2605户，建成养老床位1229张。"
    )
    assert list(table["state"]) == ["chosen", "assessed", "built"]
    assert set(table["flow"]) == {"flow"}


def test_every_row_of_the_shipped_briefings_stands_at_its_offsets(shipped):
    corpus, table = shipped
    assert list(table.columns) == COLUMNS and len(table) > 80
    for row in table.itertuples():
        document = corpus[row.doc]
        assert document.quote(row.start, row.end) == row.printed
        assert (
            document.quote(row.quote_start, row.quote_end) == row.quote and row.printed in row.quote
        )
        assert row.quote_start <= row.start < row.end <= row.quote_end


def test_values_of_the_shipped_briefings_lie_within_their_bounds(shipped):
    _, table = shipped
    settled = table[table["status"] != "ambiguous"].dropna(subset=["value"])
    assert (settled["value"] >= settled["low"] - 1e-9).all() and (
        settled["value"] <= settled["high"] + 1e-9
    ).all()
    shares = table[table["unit"] == "%"]
    assert shares["value"].dropna().between(0, 100).all()
    assert set(table["group"]) <= {"context", "effort", "output", "outcome"}
    assert table.loc[table["status"] == "ambiguous", "value"].isna().all()


def test_the_worked_example_of_the_codebook_is_restored(shipped):
    _, table = shipped
    city = table[table["doc"] == "001_sanmenxia"].set_index("printed")
    assert (
        city.loc["４４４", "value"] == 444000
        and city.loc["２１９８", "value"] == 21.98
        and city.loc["２０２", "value"] == 2020000
    )
    assert (
        city.loc["２１９８", "basis"] == "arithmetic"
        and city.loc["２１９８", "denominator"] == "常住人口"
    )


def test_what_a_reader_settled_is_marked_and_keeps_its_bounds(shipped):
    corpus, table = shipped
    for settled in read_table("coded/readings").itertuples():
        row = table[(table["doc"] == settled.doc) & (table["start"] == int(settled.start))].iloc[0]
        # 744万元, 73 % and 16万 keep what is printed: no point was put back
        status = "confirmed" if settled.value in ("7440000", "73", "160000") else "restored"
        assert (row["value"], row["status"], row["basis"]) == (
            float(settled.value),
            status,
            "coder",
        )
        assert (
            row["low"] < row["high"]
            and row["reason"] == settled.reason
            and row["printed"] == settled.printed
        )
        assert corpus[settled.doc].sha256 == settled.sha256


def test_numbers_confirmed_are_not_counted_among_those_put_back(shipped):
    _, table = shipped
    assert table["status"].value_counts().to_dict() == {
        "as_printed": 78,
        "confirmed": 3,
        "restored": 9,
        "ambiguous": 1,
    }
    restored = table[table["status"] == "restored"]
    assert (restored["basis"] == "coder").sum() == 3 and (restored["basis"] != "coder").sum() == 6


def test_a_readers_judgement_belongs_to_the_file_and_not_to_its_name(tmp_path, shipped):
    text = (DATA / "raw" / "001_sanmenxia.txt").read_text(encoding="utf8")
    (tmp_path / "001_sanmenxia.txt").write_text(text + "\n", encoding="utf8")
    shutil.copy(DATA / "raw" / "001_sanmenxia.txt", tmp_path / "renamed.txt")
    table = extract_outcomes(read_corpus(tmp_path))
    assert set(table.loc[table["basis"] == "coder", "doc"]) == {"renamed"}


NUMBER_WORDS = read_table("codebook/number_words")
ROLES = read_table("reference/roles").query("table == 'number_words'")["role"]
SOURCE = "".join(
    path.read_text(encoding="utf8")
    for room in ("numbers", "outcomes")
    for path in (Path(helpers.__file__).parent / room).glob("*.py")
)


def test_every_role_of_a_word_is_asked_for_and_has_words():
    assert set(NUMBER_WORDS["role"]) == set(ROLES)
    asked_for = set(re.findall(r"\{([a-z_]+)\}", SOURCE)) | set(re.findall('"([a-z_]+)"', SOURCE))
    assert set(ROLES) - asked_for == set()


@pytest.mark.parametrize("row", NUMBER_WORDS.to_dict("records"), ids=lambda row: row["example"])
def test_every_row_of_words_is_found_in_its_example(row):
    assert re.search(row["words"], row["example"])


COLUMN_OF = {  # roles that decide one cell of a number: the column and what it says
    "stock": ("flow", "stock"),
    "flow": ("flow", "flow"),
    "before": ("timing", "before"),
    "last_year": ("as_of", "2023"),
    "this_year": ("as_of", "2024"),
    "shortcoming": ("group", "context"),
    "shortcoming_after": ("group", "context"),
    "effort": ("group", "effort"),
    "output": ("group", "output"),
    "up": ("direction", "up"),
    "down": ("direction", "down"),
    "more": ("direction", "up"),
    "less": ("direction", "down"),
    "change_noun": ("direction", "up"),
    "level_several": ("level", "several"),
    "merged": ("level", "several"),
    "one_of": ("group", "context"),
    "general": ("group", "context"),
    "supervised": ("group", "effort"),
    "used_for": ("group", "effort"),
    "act_too": ("level", "county"),
    "unsolved": ("indicator", "problems_open"),
    "surveyed": ("timing", "during"),
    "by_residents": ("denominator", "群众"),
    "by_members": ("denominator", "组成人员"),
    "by_trainees": ("denominator", "学员"),
    "next_year": ("timing", "planned"),
    "level_province": ("level", "province"),
    "level_township": ("level", "township"),
    "level_institution": ("level", "institution"),
    "level_county": ("level", "county"),
    "county_city": ("level", "county"),
    "level_city": ("level", "city"),
    "at_most": ("qualifier", "at_most"),
    "at_most_after": ("qualifier", "at_most"),
    "at_least": ("qualifier", "at_least"),
    "at_least_after": ("qualifier", "at_least"),
    "about": ("qualifier", "about"),
    "about_after": ("qualifier", "about"),
}
DECIDING = NUMBER_WORDS[NUMBER_WORDS["role"].isin(COLUMN_OF)]
# a stretch of time is listed as an outcome only with the words of service_time
DURATIONS = ("at_most", "at_most_after")


@pytest.mark.parametrize("row", DECIDING.to_dict("records"), ids=lambda row: row["example"])
def test_the_example_of_a_role_gets_what_the_role_decides(tmp_path, row):
    column, value = COLUMN_OF[row["role"]]
    if row["role"] in DURATIONS:
        assert value in [q.qualifier for q in find_quantities(row["example"])]
        return
    text = f"人大简报\n（2024年第3期）\n\n{row['example']}。"
    assert value in list(outcomes_of(tmp_path, text)[column])


@pytest.mark.parametrize("role", ["growth", "share", "mean"])
def test_the_example_of_a_word_of_decimals_gives_the_class_of_its_number(role):
    kinds = {"growth": "percent_growth", "share": "percent_share", "mean": "rate"}
    for example in NUMBER_WORDS.loc[NUMBER_WORDS["role"] == role, "example"]:
        candidates = decimal_candidates(find_quantities(example), example)
        assert kinds[role] in [one.kind for one in candidates]


def test_words_and_indicators_of_ones_own_are_those_by_which_numbers_are_named(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("全市建成养老床位120张。", encoding="utf8")
    corpus = read_corpus(tmp_path / "texts")
    assert list(extract_outcomes(corpus)["indicator_en"]) == ["elderly-care beds built"]
    read_table("codebook/indicators").head(3).to_csv(tmp_path / "indicators.csv", index=False)
    words = NUMBER_WORDS[~NUMBER_WORDS["role"].isin(["output", "level_city"])]
    words.to_csv(tmp_path / "number_words.csv", index=False)
    table = extract_outcomes(corpus, read_codebook(tmp_path))
    assert list(table["indicator"]) == ["noun:养老床位"]


@pytest.mark.parametrize(
    "row",
    [
        (
            "verbs",
            "检查",
            "row 3: role 'verbs' is not in the roles of data/reference/roles.csv. Did you mean"
            " 'verb'?",
        ),
        (
            "verb",
            "检查||调研",
            "row 3: words '检查[|][|]调研' holds an empty word",
        ),
        ("verb", "检查(?!组", "row 3: words '检查[(][?]!组' is not a "),
    ],
)
def test_a_slip_among_the_words_around_numbers_is_named(tmp_path, row):
    table = pd.DataFrame([("silent", "共"), row[:2]], columns=["role", "words"])
    table.to_csv(tmp_path / "number_words.csv", index=False)
    with pytest.raises(CodebookError, match="number_words.csv " + row[2]):
        read_codebook(tmp_path)


def test_indicator_table_is_whole():
    table = read_table("codebook/indicators")
    assert (
        table["indicator"].is_unique
        and table["en"].is_unique
        and (table[["zh", "en", "group"]] != "").all(axis=None)
    )
    assert set(table["group"]) <= {"context", "effort", "output", "outcome"}
    units = set(read_table("codebook/units")["unit"])
    named = {unit for cell in table["units"] for unit in cell.split("|") if unit}
    assert named <= units, named - units


def quoted_from(tmp_path, text: str):
    """The numbers of a text, each checked to be quoted verbatim and from nearby."""
    (tmp_path / "long.txt").write_text(text, "utf8")
    corpus = read_corpus(tmp_path / "long.txt")
    numbers = extract_outcomes(corpus)
    document = corpus["long"]
    for row in numbers.itertuples():
        assert row.quote == document.quote(row.quote_start, row.quote_end)
        assert row.quote_start <= row.start < row.end <= row.quote_end
        assert row.start - row.quote_start <= 200 and row.quote_end - row.end <= 200
    return numbers


@pytest.mark.parametrize("mark", ["", "、", "|"])
def test_a_number_in_an_endless_clause_is_quoted_from_nearby(mark, tmp_path):
    numbers = quoted_from(tmp_path, f"服务12家{mark}" * 600)
    assert len(numbers) == 600
    inside = numbers.iloc[100:-100]
    assert inside["quote"].str.len().median() > 150
    cut = inside["quote"].str[:1].isin(list("0123456789")) & ~inside["quote"].str.startswith("12")
    assert not cut.any()  # no number is cut in two


def test_a_clause_of_usual_length_is_quoted_whole(tmp_path):
    clause = "市人大常委会走访了" + "、".join(["养老院"] * 40) + "等养老机构12家,"
    numbers = quoted_from(tmp_path, "三月," + clause + "反响很好。")
    assert numbers["quote"].tolist() == [clause]
