"""Turn the numbers of a corpus into the chain of problems found, assigned and rectified, and of
departments evaluated. Use this module to count each list of problems once."""

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
        list that merges assigners. The steps are not nested, and departments are no problems: no
        number may be divided by another.

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
        # the mention that says who assigned tells most, above all of a merged list
        told = max(same, row, key=lambda each: _LEVELS.get(_text(each["level"]), 1))
        same.update(told, n_mentions=same["n_mentions"] + 1)
    columns = [*numbers.columns, "n_mentions"]
    return pd.DataFrame(lists, columns=columns).astype({**numbers.dtypes, "n_mentions": "int64"})


_READ = ["indicator", "state", "level", "qualifier", "low", "high"]
_LEVELS = {"": 0, "several": 2}  # how much a level tells of a list; any other level tells 1


def _step(row: Mapping) -> str:
    """Return the step that a number counts. A list that was found and then handed over is counted
    as assigned."""
    if _text(row["unit"]) in _SHARES:
        return ""
    indicator = _text(row["indicator"])
    if indicator in PROBLEMS and _text(row["state"]) in _OF_STATE:
        return _OF_STATE[row["state"]]
    return _OF_INDICATOR.get(indicator, "")


def _is_same_list(a: Mapping, b: Mapping) -> bool:
    """Tell whether two numbers of different sentences are the same list: the same step, number and
    assigner, unless a mention leaves the assigner out or merges several."""
    keys = ("doc", "step", "value", "low", "high", "qualifier")
    if any(_text(a[key]) != _text(b[key]) for key in keys) or a["sentence"] == b["sentence"]:
        return False
    levels = {_text(a["level"]), _text(b["level"])}
    return len(levels) == 1 or bool(levels & {"", "several"})


def _text(value: object) -> str:
    """Return a value as text. A missing value is an empty text."""
    return "" if pd.isna(value) else str(value)
