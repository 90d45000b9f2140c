"""Numbers that may stand side by side are grouped by the question that they answer."""

import pandas as pd
import pytest
from read_outcomes import read_outcomes

from helpers import comparable, figures, read_corpus
from helpers.study.questions import comparable_values


@pytest.fixture(scope="module")
def five():
    table = read_outcomes()
    return comparable_values(table, comparable(table))


def panel(table, question):
    rows = table[table["question_en"] == question]
    return [f"{row.city_zh}{row.value:g}" for row in rows.itertuples()]


def test_the_five_answer_four_questions(five):
    assert panel(five, "How many problems did the province assign?") == ["济源2", "三门峡3"]
    assert panel(five, "How many inspection teams (city level; over the period)?") == [
        "济源5",
        "郑州7",
    ]
    assert panel(five, "How many problems were assigned, whoever assigned them?") == [
        "济源2",
        "济源11",
        "三门峡25",
        "焦作57",
    ]
    assert five["panel"].nunique() == 4
    assert (
        list(five.groupby("panel")["verdict"].first()) == ["same_axis"] * 2 + ["side_by_side"] * 2
    )


def test_meal_sites_are_a_list_in_the_order_of_their_stages(five):
    question = "How many meal sites (city level; at whatever stage)?"
    assert panel(five, question) == ["漯河155", "郑州114", "三门峡180"]
    assert set(five.loc[five["question_en"] == question, "caveats"]) == {"date;state"}


def test_the_figure_names_the_caveats_and_draws_no_lengths_for_stages(five):
    for lang, words in {
        "zh": ("多级合并", "差别：完成阶段", "已选址并建设"),
        "en": ("several levels", "caveat: state of completion", "sited and built"),
    }.items():
        fig = figures.numbers_by_question(five, lang=lang, width="single")
        written = " ".join(text.get_text().replace("\n", " ") for text in fig.axes[0].texts)
        assert all(word in written for word in words)
        bars = [line for line in fig.axes[0].get_lines() if line.get_linewidth() == 3.2]
        assert len(bars) == (five["verdict"] == "same_axis").sum()
    assert "Luohe 155 (chosen, planned 2024)" in fig.alt["en"]


def test_each_number_leads_to_its_quotation(five):
    corpus = read_corpus()
    for row in five.itertuples():
        assert corpus[row.doc].quote(row.quote_start, row.quote_end) == row.quote


def test_a_number_given_twice_is_drawn_once(five):
    assert not five.duplicated(["panel", "doc", "value", "level", "state"]).any()


def numbers(*rows):
    known = {"indicator": "beds", "indicator_zh": "床位", "indicator_en": "beds", "unit": "张"}
    known |= {"level": "city", "timing": "during", "qualifier": "exact", "flow": "stock"}
    return pd.DataFrame([{**known, "value": 10.0 + i, **row} for i, row in enumerate(rows)])


def test_numbers_that_no_pair_connects_are_not_drawn_together():
    table = numbers(
        {"doc": "a"}, {"doc": "b"}, {"doc": "a", "unit": "人"}, {"doc": "b", "unit": "人"}
    )
    values = comparable_values(table, comparable(table))
    assert [list(rows["unit"]) for _, rows in values.groupby("panel")] == [["张"] * 2, ["人"] * 2]


def test_without_a_pair_nothing_is_drawn_and_the_reason_is_said():
    table = read_outcomes().query("doc in ['000_jiyuan', '002_luohe']")
    values = comparable_values(table, comparable(table))
    assert values.empty and "panel" in values
    assert figures.numbers_by_question(values, lang="en").drawn.empty
