"""Tables that a notebook shows have headings and names in Chinese and English."""

import re

import pandas as pd
import pytest

from helpers import read_corpus, read_table, readable, study_of

HEADINGS = read_table("text/headings")


@pytest.fixture(scope="module")
def study():
    return study_of(read_corpus())


def test_ids_become_names_and_headings_in_both_languages(study):
    table = readable(study.law_making[["doc", "how_far", "state"]], study)
    assert list(table.columns) == ["文本 document", "进展 how far", "状态 state"]
    assert table.iloc[0].tolist() == ["三门峡 Sanmenxia", "提请批准 submitted", "已作安排 planned"]


def test_a_pivoted_table_gets_names_on_both_axes_and_in_its_cells(study):
    cycle = study.supervision_cycle
    wide = cycle.pivot_table(index=["kind", "link"], columns="doc", values="state", aggfunc="first")
    table = readable(wide, study, cells="state")
    assert table.index.names == ["类别 kind", "环节 link"]
    assert "焦作 Jiaozuo" in table.columns and table.columns.name == "文本 document"
    assert set(table.to_numpy().ravel()) <= {
        "已做 done",
        "未提及 not mentioned",
        "已作安排 planned",
    }


def test_rows_columns_and_the_table_given_stay_as_they_are(study):
    given = study.outcomes[["doc", "printed", "value"]]
    before = given.copy()
    table = readable(given, study)
    pd.testing.assert_frame_equal(given, before)
    assert table.shape == given.shape and table["数值 value"].tolist()[0] == given["value"].iloc[0]


def test_a_missing_value_is_a_dash_and_an_unknown_id_stays(study):
    table = readable(pd.DataFrame({"state": ["done", "x", None], "mine": [1, None, 3]}), study)
    assert table["状态 state"].tolist() == ["已做 done", "x", "–"]
    assert table["mine"].tolist() == [1, "–", 3]


def test_a_series_becomes_a_table_with_a_heading(study):
    table = readable(study.pairs.groupby("verdict").size().rename("n_pairs"), study)
    assert list(table.columns) == ["对数 pairs"] and table.index.name == "可比程度 verdict"


@pytest.mark.parametrize("row", list(HEADINGS.itertuples()), ids=lambda row: row.column + row.value)
def test_every_heading_and_name_stands_in_both_languages(row):
    assert row.zh and re.search("[A-Za-z²]", row.en)


def test_no_heading_stands_twice():
    assert not HEADINGS.duplicated(["column", "value"]).any()
