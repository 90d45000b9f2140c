"""Agreement equals published values, scikit-learn, the definition of alpha, and counts by eye."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from helpers.codebook import CodebookError
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
    if len(set(first)) < 2 or len(set(second)) < 2:
        assert math.isnan(kappa) and math.isnan(alpha)
    else:
        assert kappa == pytest.approx(cohen_kappa_score(first, second))
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
    reference = table([1, 1, 0], quote=["召开座谈会3场", "问卷", ""])
    result = agreement(automatic, reference)
    assert result.n == 3
    assert result.by_code[
        ["both", "only_automatic", "only_reference", "neither"]
    ].to_numpy().tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert result.disagreements[
        ["code", "automatic_quote", "reference_quote"]
    ].to_numpy().tolist() == [
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
    reference = pd.DataFrame({"doc": ["d"], "sentence": [2], "code": ["x"]})
    result = agreement(automatic, reference, units=units)
    assert (result.n, result.percent) == (4, 75.0)
    assert result.disagreements[["sentence", "code"]].to_numpy().tolist() == [[3, "x"]]


def test_states_can_be_compared_instead_of_presence():
    a, b = table([1, 1], state=["done", "planned"]), table([1, 1], state=["done", "done"])
    assert agreement(a, b, value="state").percent == 50


def test_codings_that_a_spreadsheet_turned_into_strings_are_compared_as_numbers():
    assert agreement(table([1, 0]), table(["1", "0"])).percent == 100


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (table([1], docs=["other"]), "no document is in both tables"),
        (pd.DataFrame({"doc": ["d"], "present": [1]}), "need a column 'code'"),
        (pd.concat([table([1]), table([1])]), "twice"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused_with_the_reason(other, message):
    with pytest.raises(ValueError, match=message):
        agreement(table([1]), other)


# ---- keys and values


@pytest.mark.parametrize(
    "sentences", [[1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"], ["1.0", 2, 3.0]]
)
def test_sentences_are_matched_as_numbers_however_they_are_written(sentences):
    other = table([1, 0, 1], sentence=[1, 2, 3])
    result = agreement(table([1, 0, 1], sentence=sentences), other)
    assert (result.n, result.percent, result.kappa) == (3, 100, 1)


@pytest.mark.parametrize(
    ("column", "cell", "found"),
    [
        ("doc", None, "'doc' is empty. Expected a text. Fill in the cell, or delete the row"),
        ("doc", "", "'doc' is empty"),
        ("doc", 3, "'doc' holds 3. Expected a text. Correct the cell"),
        ("code", float("nan"), "'code' is empty"),
        ("sentence", float("nan"), "'sentence' is empty. Expected a whole number"),
        ("sentence", 1.5, "'sentence' holds 1.5. Expected a whole number"),
        ("sentence", "one", "'sentence' holds 'one'"),
        ("sentence", True, "'sentence' holds True"),
        ("present", "", "'present' is empty. Expected 0 or 1"),
        ("present", pd.NA, "'present' is empty"),
        ("present", 2, "'present' holds 2. Expected 0 or 1"),
        ("present", "yes", "'present' holds 'yes'"),
    ],
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_missing_or_wrong_key_or_value_is_named_with_table_and_row(column, cell, found, side):
    tables = [table([1, 0], sentence=[1, 2]).set_axis([10, 11]) for _ in range(2)]
    broken = tables[side].astype({column: "object"})
    broken.loc[11, column] = cell
    tables[side] = broken
    name = ("automatic", "reference")[side]
    with pytest.raises(CodebookError, match=f"table '{name}', row 11: {found}"):
        agreement(*tables)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("modalty", "codings cannot be compared in a column 'modalty'. Did you mean 'modality'?"),
        ("start", "codings cannot be compared in a column 'start'. .*Choose one of present, state"),
        ("modality", "table 'b', header: there is no column 'modality'. Found: doc, code, present"),
    ],
)
def test_an_unknown_column_is_an_error_and_not_full_agreement(value, message):
    with pytest.raises(CodebookError, match=message):
        agreement(table([1], modality="done"), table([1]), value=value, names=("a", "b"))


def test_a_mistyped_column_of_codings_is_not_taken_for_a_list_of_units():
    mistyped = table([1, 0]).rename(columns={"present": "presnt"})
    with pytest.raises(CodebookError, match="no column 'present'.*Rename 'presnt' to 'present'"):
        agreement(mistyped, table([1, 0]))


def test_a_coding_outside_the_units_is_an_error():
    units = table([1])[["doc", "code"]]
    with pytest.raises(
        CodebookError, match="table 'reference', row 1: the unit doc 'd', code 'c1'"
    ):
        agreement(table([1]), table([1, 1]), units=units)


@pytest.mark.parametrize(
    ("value", "first", "second", "percent"),
    [
        ("modality", ["done", "unmarked"], ["done", "scheduled"], 50),
        ("mention", ["listed", "listed"], ["listed", "formula"], 50),
        ("relation", ["lent", ""], ["lent", None], 100),
        ("relation", ["lent", ""], ["mandate", "support"], 0),
        ("actor", ["party", "province"], ["party", "province"], 100),
        ("when", [1, "0"], ["1", False], 100),
        ("how_many", [1, 0], [0, 1], 0),
        ("named", [True, 1.0], [1, 0], 50),
    ],
)
def test_every_nominal_column_can_be_compared(value, first, second, percent):
    one, two = table([1, 1], **{value: first}), table([1, 1], **{value: second})
    assert agreement(one, two, value=value).percent == percent


def test_how_an_act_is_told_is_compared_where_both_found_it():
    units = pd.DataFrame({"doc": "d", "code": [f"c{i}" for i in range(9)]})
    one = table([1, 1, 1], modality=["done", "done", "unmarked"])
    two = table([1, 1], modality=["done", "unmarked"])
    assert agreement(one, two, units=units, value="modality").n == 2
    assert agreement(one, two, value="modality").percent == 50


# ---- Holsti's R, categories, bootstrap


@pytest.mark.parametrize(
    ("n_first", "n_second", "n_alike", "ratio"),
    [
        (10, 10, 8, 0.8),  # equal numbers of decisions: the share of equal codings
        (50, 45, 40, 80 / 95),  # 2·40 ÷ (50 + 45)
        (3, 5, 0, 0),
    ],
)
def test_holstis_ratio_is_twice_the_common_codings_over_all_codings(
    n_first, n_second, n_alike, ratio
):
    # Holsti (1969: 140): C.R. = 2M ÷ (N1 + N2)
    first = pd.DataFrame({"doc": "d", "code": [f"c{i}" for i in range(n_first)]})
    start = n_first - n_alike
    second = pd.DataFrame({"doc": "d", "code": [f"c{i}" for i in range(start, start + n_second)]})
    assert agreement(first, second).holsti == pytest.approx(ratio)


def test_where_both_code_every_unit_holstis_ratio_is_the_share_of_equal_codings():
    result = agreement(table([1, 0, 0, 1, 1]), table([1, 0, 1, 1, 0]))
    assert result.holsti == pytest.approx(result.percent / 100) == 0.6


@pytest.mark.parametrize(
    ("first", "second", "alpha"),
    [
        # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: A and B
        ([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 0.095),
        (list("aabbdcccedda"), list("babbbccceddd"), 0.692),
    ],
)
def test_alpha_of_two_coders_is_the_published_value(first, second, alpha):
    assert measures(first, second)[3] == pytest.approx(alpha, abs=5e-4)


def test_each_category_is_compared_with_all_others():
    first, second = list("aabbdcccedda"), list("babbbcccedda")
    result = agreement(
        table([1] * 12, modality=first), table([1] * 12, modality=second), value="modality"
    )
    rows = result.by_category.set_index("category")
    assert list(rows.index) == list("abcde")
    for category in "abcd":
        one, two = ([value == category for value in side] for side in (first, second))
        assert rows.loc[category, "kappa"] == pytest.approx(cohen_kappa_score(one, two))
        assert rows.loc[category, "alpha"] == pytest.approx(alpha_by_definition([one, two]))
    counted = rows.loc["b", ["n_automatic", "n_reference", "n_both"]].to_list()
    assert counted == [2, 4, 2]
    assert rows.loc["c", "kappa"] == 1


def test_no_value_is_given_where_one_coder_used_one_category_and_a_sentence_says_why():
    result = agreement(table([0, 0, 0, 0]), table([0, 1, 0, 1]))
    assert math.isnan(result.kappa) and math.isnan(result.alpha) and result.percent == 50
    assert "“automatic” uses one category only (0)" in result.note.en
    assert "“automatic”只用了一个类别（0）" in result.note.zh
    summary = result.summary.set_index("measure")
    assert result.note.en in summary.loc["kappa", "note"] and summary.loc["percent", "note"] == ""
    assert summary.loc[["kappa", "alpha"], ["boot_low", "boot_high"]].isna().all(axis=None)
    assert agreement(table([0, 1]), table([0, 1])).note == ("", "")
    alone = agreement(
        table([1, 1], actor="party"), table([1, 1], actor=["party", "other"]), value="actor"
    )
    assert alone.by_category.set_index("category").loc["other", "note"].startswith("No value")


CODINGS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=8, max_size=30)


@settings(deadline=None, max_examples=15)
@given(CODINGS, st.integers(0, 3))
def test_the_bootstrap_interval_is_that_of_units_drawn_one_by_one(pairs, seed):
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    one, two = (table([1] * len(pairs), modality=side.astype(str)) for side in (first, second))
    result = agreement(one, two, value="modality", n_boot=4000, seed=seed)
    drawn = np.random.default_rng(seed + 100).integers(0, len(pairs), (2000, len(pairs)))
    values = [measures(first[units], second[units])[1:] for units in drawn]
    for name, each in zip(("percent", "kappa", "alpha"), np.transpose(values), strict=True):
        low, high = result.bootstrap.set_index("measure").loc[name, ["boot_low", "boot_high"]]
        if not math.isnan(low):
            # two runs differ by chance: compare the share of values inside the interval
            inside = np.mean((each >= low - 1e-9) & (each <= high + 1e-9))
            assert 0.9 < inside <= 1


def test_the_bootstrap_is_seeded_and_has_at_least_999_resamples():
    one, two = table([1, 0] * 20), table([1, 0, 0, 1] * 10)
    same = [agreement(one, two, seed=3).bootstrap for _ in range(2)]
    pd.testing.assert_frame_equal(*same)
    assert set(same[0]["n_boot"]) == {999}
    low, high = same[0].set_index("measure").loc["percent", ["boot_low", "boot_high"]]
    # the binomial interval of 20 in 40: 34.3 % to 65.7 %
    assert low == pytest.approx(34.3, abs=3) and high == pytest.approx(65.7, abs=3)
    with pytest.raises(ValueError, match="n_boot is 100. Expected at least 999"):
        agreement(one, two, n_boot=100)


def test_the_two_codings_go_by_the_names_they_are_given():
    result = agreement(table([1, 0]), table([1, 1]), names=("anna", "bo"))
    assert {"only_anna", "only_bo"} <= set(result.by_code)
    assert {"anna", "bo"} <= set(result.disagreements) and "n_bo" in result.by_category
