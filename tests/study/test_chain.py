"""The chain from problems found to departments evaluated counts each list once."""

import pandas as pd
import pytest
from read_outcomes import read_outcomes

from helpers import Study, figures, read_corpus
from helpers.study.chain import outcome_steps

KNOWN = {
    "doc": "a",
    "indicator": "problem_list",
    "state": "assigned",
    "level": "city",
    "unit": "条",
    "qualifier": "exact",
    "value": 20.0,
    "low": 20.0,
    "high": 20.0,
}


def steps_of(*numbers):
    """Return step, value, level and mentions of numbers that differ from `KNOWN`, each of a
    sentence of its own unless it names one."""
    table = pd.DataFrame([{**KNOWN, "sentence": i, **number} for i, number in enumerate(numbers)])
    steps = outcome_steps(table)
    return [
        (row.step, row.value, row.level, row.n_mentions)
        for row in steps.astype({"level": "object"}).itertuples()
    ]


@pytest.fixture(scope="module")
def five():
    table = outcome_steps(read_outcomes())
    columns = ["step", "value", "level", "n_mentions"]
    return {
        city: list(rows[columns].itertuples(index=False, name=None))
        for city, rows in table.groupby("city_zh", sort=False)
    }


def test_the_chain_of_the_five_has_each_list_once_with_who_assigned_it(five):
    assert five == {
        "济源": [
            ("found", 30.0, "city", 1),
            ("assigned", 2.0, "province", 1),
            ("assigned", 11.0, "city", 1),
            ("evaluated", 7.0, "city", 1),
        ],
        "三门峡": [
            ("found", 84.0, "several", 1),
            ("assigned", 25.0, "several", 1),
            ("assigned", 3.0, "province", 1),
            ("rectified", 2.0, "province", 1),
        ],
        "焦作": [("assigned", 57.0, "several", 2)],
    }


def test_lower_bounds_stay_lower_bounds_in_the_chart():
    fig = figures.outcome_chain(outcome_steps(read_outcomes()), lang="en", width="double")
    assert "Problems found ≥30 (city)" in fig.alt["en"] and "发现的问题 ≥30个" in fig.alt["zh"]
    assert "Problems assigned 57 (several levels)." in fig.alt["en"]
    assert "Departments evaluated 7" in fig.alt["en"]


def test_a_rise_stays_a_rise_beside_its_printed_digits():
    fig = figures.outcome_values(Study(read_corpus()).naive_values, lang="en", width="double")
    assert "258 → ↑2.58 percentage points" in fig.alt["en"]


def test_a_list_that_was_found_and_handed_over_is_assigned():
    assert steps_of({"indicator": "problems_found"}) == [("assigned", 20.0, "city", 1)]
    assert steps_of({"indicator": "problems_found", "state": ""}) == [("found", 20.0, "city", 1)]
    assert steps_of({"indicator": "problems", "state": "rectified"})[0][0] == "rectified"


@pytest.mark.parametrize(
    ("numbers", "lists"),
    [
        ([{}, {}], 1),
        ([{"level": "several"}, {"level": "city"}], 1),
        ([{"level": ""}, {"level": "province"}], 1),
        ([{"level": "city"}, {"level": "province"}], 2),  # two assigners, by chance 20 each
        ([{}, {"value": 21.0}], 2),
        ([{}, {"qualifier": "at_least"}], 2),
        ([{}, {"doc": "b"}], 2),
        ([{"sentence": 4}, {"sentence": 4}], 2),  # “20 of roads and 20 of schools”
        ([{}, {"state": "rectified"}], 2),
    ],
)
def test_mentions_of_one_list_are_one_row_and_other_lists_are_not(numbers, lists):
    assert len(steps_of(*numbers)) == lists


def test_the_mention_that_says_who_assigned_is_kept():
    assert steps_of({"level": ""}, {"level": "province"}) == [("assigned", 20.0, "province", 2)]
    assert steps_of({"level": "city"}, {"level": "several"}) == [("assigned", 20.0, "several", 2)]


def test_shares_and_other_numbers_are_no_step():
    assert steps_of({"indicator": "rectified_share", "unit": "%", "state": "rectified"}) == []
    assert steps_of({"indicator": "problem_list", "unit": "%"}) == []
    assert steps_of({"indicator": "beds"}) == []
    assert outcome_steps(pd.DataFrame(columns=[*KNOWN, "sentence"])).empty


def test_a_study_of_the_five_gives_the_same_chain(five):
    steps = Study(read_corpus()).outcome_steps
    found = steps.groupby("city_zh", sort=False)["value"].apply(list).to_dict()
    assert found == {city: [value for _, value, *_ in rows] for city, rows in five.items()}
