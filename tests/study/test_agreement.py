"""Agreement holds against outside implementations and counts that can be made by eye."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from helpers.study.coders import agreement, codable_units, measures


def table(values, docs=None, **more):
    return pd.DataFrame(
        {
            "doc": docs or ["d"] * len(values),
            "code": [f"c{i}" for i in range(len(values))],
            "present": values,
            **more,
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
def test_kappa_equals_that_of_scikit_learn(pairs):
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


def test_counts_by_code_and_differing_cells_with_both_quotations():
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


def test_states_can_be_compared_as_well():
    a, b = table([1, 1], state=["done", "planned"]), table([1, 1], state=["done", "done"])
    assert agreement(a, b, value="state").percent == 50


def test_a_table_read_from_a_spreadsheet_has_strings_and_compares_all_the_same():
    assert agreement(table([1, 0]), table(["1", "0"])).percent == 100


@pytest.mark.parametrize(
    ("human", "message"),
    [
        (table([1], docs=["other"]), "no document is in both tables"),
        (pd.DataFrame({"doc": ["d"], "present": [1]}), "need a column 'code'"),
        (pd.concat([table([1]), table([1])]), "twice"),
    ],
)
def test_what_cannot_be_compared_is_said_clearly(human, message):
    with pytest.raises(ValueError, match=message):
        agreement(table([1]), human)
