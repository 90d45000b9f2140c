"""Agreement equals published values, scikit-learn, the definition of alpha, and counts by eye."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from helpers.study.coders import agreement, codable_units, measures, nominal_alpha


def table(values, docs=None, **columns):
    return pd.DataFrame(
        {
            "doc": docs or ["d"] * len(values),
            "code": [f"c{i}" for i in range(len(values))],
            "present": values,
            **columns,
        }
    )


def test_cohens_kappa_of_a_published_table():
    # 20 both yes, 5 only the first, 10 only the second, 15 both no: 70 % agree, expected 50 %,
    # kappa 0.4
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    n, percent, kappa, _ = measures(first, second)
    assert (n, percent) == (50, 70.0)
    assert kappa == pytest.approx(0.4)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=60))
def test_kappa_equals_the_value_of_scikit_learn(pairs):
    first, second = zip(*pairs, strict=True)
    n, percent, kappa, alpha = measures(first, second)
    assert percent == pytest.approx(100 * np.mean(np.equal(first, second)))
    if len(set(first) | set(second)) < 2:
        assert math.isnan(kappa) and math.isnan(alpha)
    else:
        assert kappa == pytest.approx(cohen_kappa_score(first, second), nan_ok=True)
        assert alpha <= 1 + 1e-9


def test_alpha_counts_the_values_of_both_sides_together():
    # 4 units, 3 equal; disagreement observed 1/4, expected 2·3·5/(8·7) = 30/56: alpha = 1 −
    # 0.25/0.5357
    assert measures([1, 1, 0, 0], [1, 0, 0, 0])[3] == pytest.approx(1 - 0.25 / (30 / 56))


def codings(*coders):
    """One row per coder, one column per unit; a dot where a coder left a unit out."""
    return [[math.nan if v == "." else ord(v) for v in coder.split()] for coder in coders]


@pytest.mark.parametrize(
    ("coders", "alpha"),
    [
        # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: A, B and C
        (["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"], 0.095),
        (["a a b b d c c c e d d a", "b a b b b c c c e d d d"], 0.692),
        (
            [
                "1 2 3 3 2 1 4 1 2 . . .",
                "1 2 3 3 2 2 4 1 2 5 . 3",
                ". 3 3 3 2 3 4 2 2 5 1 .",
                "1 2 3 3 2 4 4 1 2 5 1 .",
            ],
            0.743,
        ),
        # Wikipedia, Krippendorff's alpha: three coders, three units that nobody or one coded
        (
            [
                ". . . . . 3 4 1 2 1 1 3 3 . 3",
                "1 . 2 1 3 3 4 3 . . . . . . .",
                ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
            ],
            0.691,
        ),
    ],
)
def test_alpha_of_published_examples(coders, alpha):
    assert nominal_alpha(codings(*coders)) == pytest.approx(alpha, abs=5e-4)


def alpha_by_definition(coders):
    """1 − observed/expected disagreement, both counted pair by pair."""
    units = [[v for v in unit if not math.isnan(v)] for unit in zip(*coders, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    every = [v for unit in units for v in unit]
    expected = sum(a != b for a, b in permutations(every, 2)) / max(1, len(every) - 1)
    observed = sum(
        sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units
    )
    return 1 - observed / expected if expected else math.nan


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.sampled_from([0.0, 1.0, 2.0, math.nan]), min_size=n, max_size=n),
            max_size=12,
        ).map(lambda units: np.array(units).reshape(-1, n).T)
    )
)
def test_alpha_equals_the_definition_pair_by_pair(coders):
    assert nominal_alpha(coders) == pytest.approx(alpha_by_definition(coders), nan_ok=True)


@pytest.mark.parametrize("coders", [[[1, 1], [1, 1]], [[1, math.nan], [math.nan, 2]], [[], []]])
def test_alpha_is_missing_where_there_is_nothing_to_disagree_about(coders):
    assert math.isnan(nominal_alpha(coders))


def test_agreement_counts_each_code_and_shows_both_quotations_of_a_difference():
    automatic = table([1, 0, 1], quote=["召开座谈会", "", "走访"])
    human = table([1, 1, 0], quote=["召开座谈会3场", "问卷", ""])
    result = agreement(automatic, human)
    assert result.n == 3
    assert result.by_code[
        ["both", "only_automatic", "only_human", "neither"]
    ].to_numpy().tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert result.disagreements[["code", "automatic_quote", "human_quote"]].to_numpy().tolist() == [
        ["c1", "", "问卷"],
        ["c2", "走访", ""],
    ]


def test_leaving_one_document_out_gives_the_range():
    values, docs = [1, 0, 1, 0, 1, 0], ["a", "a", "b", "b", "c", "c"]
    result = agreement(table(values, docs), table([1, 0, 1, 0, 0, 1], docs))
    low, high = result.summary.set_index("measure").loc["percent", ["low", "high"]]
    assert (low, high) == (50.0, 100.0)
    assert list(result.leave_one_out["left_out"]) == ["a", "b", "c"]
    assert result.by_document.set_index("doc").loc["c", "percent"] == 0


def test_sentences_are_units_where_both_tables_have_them():
    sentences = pd.DataFrame(
        {"doc": "d", "sentence": [1, 2, 3], "kind": ["heading", "sentence", "sentence"]}
    )
    units = codable_units(sentences, ["x", "y"])
    assert len(units) == 4
    automatic = pd.DataFrame({"doc": ["d", "d"], "sentence": [2, 3], "code": ["x", "x"]})
    human = pd.DataFrame({"doc": ["d"], "sentence": [2], "code": ["x"]})
    result = agreement(automatic, human, units=units)
    assert (result.n, result.percent) == (4, 75.0)
    assert result.disagreements[["sentence", "code"]].to_numpy().tolist() == [["3", "x"]]


def test_states_can_be_compared_instead_of_presence():
    a, b = table([1, 1], state=["done", "planned"]), table([1, 1], state=["done", "done"])
    assert agreement(a, b, value="state").percent == 50


def test_codings_that_a_spreadsheet_turned_into_strings_are_compared_as_numbers():
    assert agreement(table([1, 0]), table(["1", "0"])).percent == 100


@pytest.mark.parametrize(
    ("human", "message"),
    [
        (table([1], docs=["other"]), "no document is in both tables"),
        (pd.DataFrame({"doc": ["d"], "present": [1]}), "need a column 'code'"),
        (pd.concat([table([1]), table([1])]), "twice"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused_with_the_reason(human, message):
    with pytest.raises(ValueError, match=message):
        agreement(table([1]), human)
