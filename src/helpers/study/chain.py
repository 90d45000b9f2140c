"""Select the numbers that count problems found, assigned or rectified, or departments evaluated.
Use this module to count each list of problems once, even if a document mentions it several
times."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.outcomes import PROBLEMS

STEPS = ("found", "assigned", "rectified", "evaluated")
_OF_STATE = {"assigned": "assigned", "rectified": "rectified"}
_OF_INDICATOR = {
    "problems_found": "found",
    "problem_list": "assigned",
    "problems_rectified": "rectified",
    "departments_evaluated": "evaluated",
}
_SHARES = ("%", "个百分点", "百分点")


def outcome_steps(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers that count problems found, assigned or rectified, or departments
    evaluated. A list of problems that a document mentions several times has one row.

    Parameters
    ----------
    outcomes : DataFrame
        From `extract_outcomes`.

    Returns
    -------
    DataFrame
        Rows of `outcomes`, in their order, with two more columns: `step` is ``found``,
        ``assigned``, ``rectified`` or ``evaluated``, and `n_mentions` says how often the document
        gives the number. `level` says who found or assigned the problems; ``several`` stands for a
        list into which the lists of several assigners were merged. Do not divide one of these
        numbers by another: the problems of one step need not be among those of another step, and
        ``evaluated`` counts departments instead of problems.

    Examples
    --------
    >>> import pandas as pd
    >>> known = {"doc": "a", "indicator": "problem_list", "unit": "条", "value": 57.0}
    >>> numbers = pd.DataFrame(
    ...     [
    ...         {**known, "sentence": 3, "level": "", "state": "assigned"},
    ...         {**known, "sentence": 9, "level": "several", "state": "assigned"},
    ...     ]
    ... )
    >>> outcome_steps(numbers)[["step", "value", "level", "n_mentions"]]
           step  value    level  n_mentions
    0  assigned   57.0  several           2
    """
    numbers = outcomes.reindex(columns=outcomes.columns.union(_READ, sort=False))
    steps = [_step(row) for row in numbers.to_dict("records")]
    numbers = numbers.assign(step=pd.Series(steps, index=numbers.index, dtype="str"))
    lists: list[dict] = []
    for row in numbers[numbers["step"] != ""].to_dict("records"):
        same = next((other for other in lists if _is_same_list(other, row)), None)
        if same is None:
            lists.append({**row, "n_mentions": 1})
            continue
        # Of two mentions of a list, keep the one that says more about who assigned the problems:
        # `several` assigners rank before one assigner, and one assigner ranks before none.
        told = max(same, row, key=lambda each: _LEVELS.get(_text(each["level"]), 1))
        same.update(told, n_mentions=same["n_mentions"] + 1)
    columns = [*numbers.columns, "n_mentions"]
    return pd.DataFrame(lists, columns=columns).astype({**numbers.dtypes, "n_mentions": "int64"})


_READ = ["indicator", "state", "level", "qualifier", "low", "high"]
_LEVELS = {"": 0, "several": 2}  # rank of a mention by its `level`; any other level ranks 1


def _step(row: Mapping) -> str:
    """Return the step that a number belongs to, such as `found`, or an empty text if it belongs to
    none. Problems that were found and then assigned belong to the step `assigned`."""
    if _text(row["unit"]) in _SHARES:
        return ""
    indicator = _text(row["indicator"])
    if indicator in PROBLEMS and _text(row["state"]) in _OF_STATE:
        return _OF_STATE[row["state"]]
    return _OF_INDICATOR.get(indicator, "")


def _is_same_list(a: Mapping, b: Mapping) -> bool:
    """Tell whether two numbers in different sentences count the same list. The two numbers must be
    equal and belong to the same document and step. The two sentences must name the same assigner of
    the problems, unless one of them names no assigner or several."""
    keys = ("doc", "step", "value", "low", "high", "qualifier")
    if any(_text(a[key]) != _text(b[key]) for key in keys) or a["sentence"] == b["sentence"]:
        return False
    levels = {_text(a["level"]), _text(b["level"])}
    return len(levels) == 1 or bool(levels & {"", "several"})


def _text(value: object) -> str:
    """Return a value as text. A missing value becomes an empty text."""
    return "" if pd.isna(value) else str(value)
