"""A table made of rows has the given columns and types, whatever the rows contain."""

import pandas as pd
import pytest

from helpers.writing import as_table

TYPES = {"doc": "str", "n": "int64", "value": "float64", "page": "Int64"}


def test_columns_have_the_given_types_and_missing_values_stay_missing():
    table = as_table([("甲", 1, None, None), (None, 2, 0.5, 3)], TYPES)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == TYPES
    assert table["doc"].isna().tolist() == [False, True] and table["value"].isna().tolist() == [
        True,
        False,
    ]
    assert table["page"].tolist() == [pd.NA, 3]


def test_the_table_equals_the_one_that_pandas_makes():
    rows = [("甲", 1, None, None), (None, 2, 0.5, 3)]
    pd.testing.assert_frame_equal(
        as_table(rows, TYPES), pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
    )


def test_no_rows_give_an_empty_table_of_the_same_types():
    table = as_table([], TYPES)
    assert table.empty and {name: str(kind) for name, kind in table.dtypes.items()} == TYPES


@pytest.mark.parametrize("rows", [[("甲", 1)], [("甲", 1, 2.0, 3), ("乙", 1)]])
def test_a_row_of_the_wrong_length_is_refused(rows):
    with pytest.raises(ValueError):
        as_table(rows, TYPES)


def test_missing_numbers_in_more_rows_than_one_batch_do_no_harm():
    rows = [("甲", 1, None, None)] * 12_000
    table = as_table(rows, TYPES)
    assert len(table) == 12_000 and table["page"].isna().all()
