"""Turn rows into a table whose columns have the types they are said to have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd


def as_table(rows: Iterable[tuple], types: Mapping[str, str]) -> pd.DataFrame:
    """Make a table of rows; nothing is guessed from the values, which also takes less time.

    Parameters
    ----------
    rows : iterable of tuple
        A value for each column; None where it is missing.
    types : mapping
        The pandas type of every column, in order.

    Examples
    --------
    >>> as_table([("a", None), ("b", 3)], {"doc": "str", "page": "Int64"}).dtypes.to_dict()["page"]
    Int64Dtype()
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return pd.DataFrame(
        {
            name: _column(values, kind)
            for (name, kind), values in zip(types.items(), columns, strict=True)
        }
    )


def _column(values: tuple, kind: str) -> pd.api.extensions.ExtensionArray:
    return pd.array(np.array(values, dtype=object) if kind == "str" else list(values), dtype=kind)
