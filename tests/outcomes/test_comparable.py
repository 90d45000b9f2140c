"""Two numbers stand side by side as far as nothing keeps them apart, and for a question that is
stored with the pair."""

import pandas as pd
import pytest
from read_outcomes import read_outcomes

from helpers.codebook import read_codebook
from helpers.labels import text_of
from helpers.outcomes import (
    CAVEATS,
    STAGES,
    caveat_quotations,
    comparable,
    extract_outcomes,
    in_order_of_stages,
)
from helpers.text import read_corpus

COLUMNS = (
    "a b doc_a doc_b indicator indicator_zh indicator_en question_zh question_en verdict caveats"
    " reason"
).split()
KNOWN = {
    "indicator": "beds",
    "indicator_zh": "养老床位",
    "indicator_en": "elderly-care beds",
    "printed": "30",
    "value": 30.0,
    "unit": "张",
    "qualifier": "exact",
    "flow": "stock",
    "level": "city",
    "timing": "during",
}


def pair_of(a, b):
    """Return the only pair of two numbers that differ from `KNOWN` in the given columns."""
    table = pd.DataFrame([{"doc": "a", **KNOWN, **a}, {"doc": "b", **KNOWN, **b}])
    pairs = comparable(table)
    assert len(pairs) == 1
    return pairs.iloc[0]


@pytest.fixture(scope="module")
def five():
    table = read_outcomes()
    return table, comparable(table)


def found(five, indicator, verdict):
    """Return the pairs with a verdict as city and value of both numbers, and their caveats."""
    table, pairs = five
    chosen = pairs[(pairs["indicator"] == indicator) & (pairs["verdict"] == verdict)]
    number = [f"{row.city_zh}{row.value:g}" for row in table.itertuples()]
    return {(number[row.a], number[row.b]): row.caveats for row in chosen.itertuples()}


# ---- what a careful reader of the five briefings finds


def test_problems_that_the_province_assigned_share_an_axis(five):
    assert found(five, "problem_list", "same_axis") == {("济源2", "三门峡3"): ""}
    question = five[1].query("verdict == 'same_axis' and indicator == 'problem_list'").iloc[0]
    assert question["question_en"] == "How many problems did the province assign?"
    assert question["question_zh"] == "省交办了多少问题？"


def test_teams_of_the_city_congresses_share_an_axis_and_county_groups_stay_apart(five):
    assert found(five, "teams", "same_axis") == {("济源5", "郑州7"): ""}
    assert list(found(five, "teams", "different")) == [("济源5", "郑州90")]


def test_nothing_else_of_the_five_shares_an_axis(five):
    same = five[1].query("verdict == 'same_axis'")
    assert set(same["indicator"]) == {"problem_list", "teams"}


def test_meal_sites_stand_side_by_side_with_their_stage_as_caveat(five):
    assert found(five, "dining_sites", "side_by_side") == {
        ("三门峡180", "漯河155"): "state",
        ("三门峡180", "郑州114"): "state",
        ("漯河155", "郑州114"): "date;state",
    }


def test_assigned_problems_stand_beside_a_list_that_merges_assigners(five):
    merged = found(five, "problem_list", "side_by_side")
    assert set(merged.values()) == {"merged"}
    assert {("济源11", "三门峡25"), ("济源2", "三门峡25"), ("三门峡25", "焦作57")} <= set(merged)
    questions = five[1].loc[five[1]["caveats"] == "merged", "question_en"]
    assert set(questions) == {"How many problems were assigned, whoever assigned them?"}


@pytest.mark.parametrize(
    ("indicator", "bar"),
    [
        ("share_of_elderly", "denominator: 常住人口 / 户籍人口"),
        ("aged_60_plus", "denominator: 常住 / 户籍"),
        ("questionnaires", "level: city / county"),
        ("symposia", "level: several / county"),
    ],
)
def test_what_misleads_is_kept_apart_and_the_bar_is_named(five, indicator, bar):
    pairs = five[1][five[1]["indicator"] == indicator]
    assert set(pairs["verdict"]) == {"different"} and bar in pairs["reason"].iloc[0]


def test_persons_are_never_compared_with_person_times(five):
    table, pairs = five
    deputies = pairs[pairs["indicator"] == "deputies"]
    mixed = [
        {table["unit"][row.a], table["unit"][row.b]} != {"人次"} for row in deputies.itertuples()
    ]
    assert deputies.loc[mixed, "reason"].str.contains("unit: ").all() and sum(mixed) == 3
    assert (deputies["verdict"] == "different").all()


# ---- bars


@pytest.mark.parametrize(
    ("a", "b", "bar"),
    [
        ({"unit": "人"}, {"unit": "人次"}, "unit: 人 / 人次"),
        ({"unit": "张"}, {"unit": "户"}, "unit: 张 / 户"),
        ({"denominator": "常住"}, {}, "denominator: 常住 / not said"),
        ({"unit": "%"}, {"unit": "%"}, "denominator: not said / not said"),
        ({"unit": "个百分点"}, {"unit": "个百分点"}, "denominator: not said / not said"),
        ({"level": "county"}, {}, "level: county / city"),
        ({"level": ""}, {"level": None}, "level: not said / not said"),
        ({"level": "several"}, {}, "level: several / city"),
        ({"level": "several", "state": "built"}, {"state": "built"}, "level: several / city"),
        ({"flow": "flow"}, {}, "flow: flow / stock"),
        # of things that are made, all that are built are a stock, and those added a flow
        ({"state": "built", "direction": "up"}, {"state": "built"}, "flow: flow / stock"),
        ({"doc_level": "county"}, {"doc_level": "city"}, "doc_level: county / city"),
        ({"direction": "up"}, {"direction": "down"}, "direction: up / down"),
        ({"direction": "up"}, {}, "flow: flow / stock"),
        (
            {"unit": "%", "denominator": "常住人口", "flow": None, "direction": "up"},
            {"unit": "%", "denominator": "常住人口", "flow": None},
            "direction: up / not said",
        ),
        ({"value": None}, {}, "value: 30 (exact) / 30 (exact)"),
        ({"qualifier": "at_most"}, {}, "value: 30 (at_most) / 30 (exact)"),
        ({"qualifier": "range", "value": None}, {}, "value: 30 (range) / 30 (exact)"),
    ],
)
def test_a_bar_keeps_two_numbers_apart_and_is_named_with_both_values(a, b, bar):
    pair = pair_of(a, b)
    assert (pair["verdict"], pair["reason"], pair["caveats"]) == ("different", bar, "")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({}, {"value": 50.0}),
        ({"unit": "张"}, {"unit": "个"}),  # classifiers count the same things
        ({"unit": "名"}, {"unit": "人"}),
        ({"unit": "场"}, {"unit": "次"}),
        ({"qualifier": "at_least"}, {}),  # the sign ≥ says what it is
        ({"qualifier": "about"}, {}),
        ({"direction": "down"}, {"direction": "down"}),
        ({"unit": "%", "denominator": "常住人口"}, {"unit": "%", "denominator": "常住人口"}),
        ({"timing": "before", "as_of_from": "2023", "as_of_to": "2023"},) * 2,
        ({"level": "several"}, {"level": "several"}),
        ({"flow": None}, {}),
        ({"state": "built", "flow": "flow"}, {"state": "built"}),
    ],
)
def test_without_bar_and_caveat_two_numbers_share_an_axis(a, b):
    pair = pair_of(a, b)
    assert (pair["verdict"], pair["reason"], pair["caveats"]) == ("same_axis", "", "")


# ---- caveats


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ({"timing": "before"}, {}, "date: before / during"),
        ({"timing": None}, {"timing": None}, "date: not said / not said"),
        ({"timing": "before"}, {"timing": "before"}, "date: before / before"),
        (
            {"timing": "before", "as_of_from": "2023", "as_of_to": "2023"},
            {"timing": "before", "as_of_from": "2021", "as_of_to": "2024"},
            "date: before, 2023 / before, 2021–2024",
        ),
        ({"state": "in_use"}, {"state": "built"}, "state: in_use / built"),
        ({"state": "in_use"}, {}, "state: in_use / not said"),
        # what is not yet made is neither a stock nor a flow
        ({"state": "in_use"}, {"state": "chosen", "flow": None}, "state: in_use / chosen"),
        # a list that was handed over is both
        (
            {"state": "assigned", "level": "several"},
            {"state": "assigned", "flow": "flow"},
            "merged: several / city",
        ),
        (
            {"state": "assigned", "level": "several", "timing": "before"},
            {"state": "rectified", "timing": "before", "as_of_from": "2023"},
            "",
        ),
    ],
)
def test_caveats_come_from_a_closed_list_and_a_third_one_keeps_apart(a, b, reason):
    pair = pair_of(a, b)
    caveats = pair["caveats"].split(";")
    assert set(caveats) <= set(CAVEATS)
    assert pair["verdict"] == ("side_by_side" if len(caveats) < 3 else "different")
    assert [part.partition(":")[0] for part in pair["reason"].split("; ")] == caveats
    assert pair["reason"] == reason or len(caveats) == 3


def test_every_caveat_state_and_level_has_a_name_in_both_languages():
    words = set(text_of("text/comparison"))
    levels = "province city county township institution several".split()
    named = {f"caveat.{name}" for name in CAVEATS}
    named |= {f"state.{state}" for state in STAGES} | {f"level.{level}" for level in levels}
    assert named <= words
    assert {name for name in words if name.startswith("caveat.")} == {
        f"caveat.{name}" for name in CAVEATS
    }


def test_stages_are_ordered_from_planned_to_rectified():
    states = pd.Series(["in_use", "unknown", "chosen", "sited_and_built"])
    ordered = states.sort_values(key=in_order_of_stages)
    assert list(ordered) == ["chosen", "sited_and_built", "in_use", "unknown"]


def test_each_caveat_has_the_quotation_of_both_texts(five):
    table, pairs = five
    chosen = pairs[pairs["caveats"] == "date;state"]
    quotations = caveat_quotations(chosen, table, read_corpus())
    states = quotations[quotations["caveat"] == "state"].set_index("doc")
    assert states["value"].to_dict() == {"002_luohe": "chosen", "003_zhengzhou": "sited_and_built"}
    assert "已选定老年助餐服务点位１５５个" in states.loc["002_luohe", "quote"]
    dates = quotations[(quotations["caveat"] == "date") & (quotations["doc"] == "002_luohe")]
    assert list(dates["value"]) == ["planned", "2024", "2024"]


def test_quotations_of_caveats_are_verbatim(five):
    table, pairs = five
    corpus = read_corpus()
    quotations = caveat_quotations(pairs, table, corpus)
    assert len(quotations) > 20 and set(quotations["caveat"]) == {"date", "state", "merged"}
    for row in quotations.itertuples():
        assert corpus[row.doc].quote(row.start, row.end) == row.quote
    merged = quotations[(quotations["caveat"] == "merged") & (quotations["value"] == "several")]
    words = {doc: "".join(rows["quote"]) for doc, rows in merged.groupby("doc")}
    assert "合并形成" in words["001_sanmenxia"] and "对省市人大交办的" in words["004_jiaozuo"]


def test_of_a_very_long_sentence_the_clause_is_quoted(tmp_path):
    for doc in "ab":
        text = "市人大成立５个检查组，" + "听取汇报，" * 200 + "深入调研。"
        (tmp_path / f"{doc}.txt").write_text(text, encoding="utf8")
    corpus = read_corpus(tmp_path)
    table = extract_outcomes(corpus).assign(level="city", indicator="teams", timing="before")
    quotations = caveat_quotations(comparable(table), table, corpus)
    assert set(quotations["quote"]) == {"市人大成立５个检查组，"}


# ---- questions


@pytest.mark.parametrize(
    ("both", "zh", "en"),
    [
        ({}, "有多少养老床位（市级；存量）？", "How many elderly-care beds (city level; on hand)?"),
        (
            {"state": "built", "flow": "flow"},
            "有多少养老床位（市级；已建成；存量）？",
            "How many elderly-care beds (city level; built; on hand)?",
        ),
        (
            {"unit": "%", "denominator": "常住人口", "flow": None, "level": "county"},
            "养老床位是多少（县级；分母：常住人口）？",
            "How high is the elderly-care beds (county level; as a share of “常住人口”)?",
        ),
        (
            {"indicator": "problem_list", "state": "rectified", "level": "province"},
            "省交办的问题中已整改多少？",
            "How many of the problems that the province assigned were rectified?",
        ),
        (
            {"unit": "人次", "direction": "up", "flow": None},
            "有多少养老床位（市级；期间数；增加；单位：人次）？",
            "How many elderly-care beds"
            " (city level; over the period; an increase; in person-times)?",
        ),
    ],
)
def test_the_question_names_all_that_two_numbers_have_in_common(both, zh, en):
    pair = pair_of(both, both)
    assert (pair["question_zh"], pair["question_en"]) == (zh, en)


def test_a_date_that_two_numbers_share_belongs_to_their_question():
    questions = []
    for year in ("2021", "2023"):
        dated = {"timing": "before", "as_of_from": year, "as_of_to": year}
        pair = pair_of(dated, dated)
        assert pair["verdict"] == "same_axis"
        questions.append(pair["question_en"])
    assert questions[1] == "How many elderly-care beds (city level; on hand; 2023)?" != questions[0]


def test_numbers_that_may_not_meet_never_get_the_same_question():
    """Otherwise a chart by question would draw them on one axis."""
    bars = [{}, {"flow": "flow"}, {"level": "county"}, {"direction": "up"}, {"unit": "户"}]
    bars += [{"denominator": "常住"}, {"state": "built"}]
    questions = [pair_of(both, both)["question_en"] for both in bars]
    assert len(set(questions)) == len(bars)


def test_a_name_that_holds_for_one_number_gives_way_to_the_codebooks():
    built = {"indicator_zh": "建成的养老床位", "indicator_en": "elderly-care beds built"}
    pair = pair_of(built, {**built, "indicator_zh": "床"})
    assert pair["indicator_en"] == read_codebook().names("indicators")["beds"][1]
    unknown = {"indicator": "noun:coaches"}
    own = {**unknown, "indicator_zh": "教练", "indicator_en": "coaches"}
    pair = pair_of({**own, "indicator_zh": "选定的教练", "indicator_en": "coaches chosen"}, own)
    assert (pair["indicator_zh"], pair["indicator_en"]) == ("教练", "coaches")


# ---- the table


def test_numbers_without_an_indicator_or_a_partner_give_no_pair():
    same = pd.DataFrame([{"doc": "a", **KNOWN}] * 2)
    assert comparable(same).empty and list(comparable(same).columns) == COLUMNS
    unnamed = pd.DataFrame([{"doc": doc, **KNOWN, "indicator": ""} for doc in "ab"])
    assert comparable(unnamed).empty
    assert comparable(pd.DataFrame([{"doc": "a"}, {"doc": "b"}])).empty


def test_pairs_are_sorted_and_the_input_stays_as_it_is(five):
    table, pairs = five
    before = table.copy()
    assert list(pairs.columns) == COLUMNS
    assert pairs[["a", "b"]].to_numpy().tolist() == sorted(pairs[["a", "b"]].to_numpy().tolist())
    assert (pairs["a"] < pairs["b"]).all() and (pairs["doc_a"] != pairs["doc_b"]).all()
    comparable(table)
    pd.testing.assert_frame_equal(table, before)


def test_row_numbers_count_from_0_whatever_the_index(five):
    table, pairs = five
    shuffled = table.set_index(pd.Index(range(len(table), 0, -1)))
    pd.testing.assert_frame_equal(comparable(shuffled), pairs)
