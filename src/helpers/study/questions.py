"""Group the numbers that may stand side by side by the question that they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from helpers.outcomes import in_order_of_stages

_KEYS = ["verdict", "question_zh", "question_en"]
_ADDED = [*_KEYS, "caveats", "panel"]
# a document that gives the same number twice has one row
_SAME = "panel doc value unit qualifier direction level state".split()
_READ = "direction level state timing as_of_from as_of_to".split()


def comparable_values(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """List, question by question, the numbers that may stand side by side.

    Parameters
    ----------
    outcomes : DataFrame
        From `extract_outcomes`.
    pairs : DataFrame
        From `comparable`, for these numbers.

    Returns
    -------
    DataFrame
        One row per question and number: the columns of `outcomes` with `verdict`, `question_zh,
        question_en`, `caveats` (all caveats among the numbers of the question) and `panel`, the
        number of the question, counted from 0. Questions whose numbers share an axis come first.
        The numbers are in the order of `outcomes` or, where their state of completion is a caveat,
        in the order of completion. A number given twice has one row. Where a document has a list
        that merges assigners, this list stands for the lists that it merges.

    Examples
    --------
    >>> from helpers import read_corpus, study_of
    >>> study = study_of(read_corpus())
    >>> list(comparable_values(study.outcomes, study.pairs).columns[-2:])
    ['caveats', 'panel']
    """
    outcomes = outcomes.reindex(columns=outcomes.columns.union(_READ, sort=False))
    allowed = pairs[pairs["verdict"] != "different"]
    allowed = allowed.sort_values("verdict", kind="stable")  # same_axis comes before side_by_side
    parts = []
    for keys, group in allowed.groupby(_KEYS, sort=False):
        for rows in _connected(zip(group["a"], group["b"], strict=True)):
            inside = group[group["a"].isin(rows)]
            named = {name for cell in inside["caveats"] for name in cell.split(";") if name}
            numbers = outcomes.iloc[sorted(rows)].assign(
                **dict(zip(_KEYS, keys, strict=True)),
                caveats=";".join(sorted(named)),
                panel=len(parts),
            )
            parts.append(_ordered(_without_merged(numbers, named), named))
    if not parts:
        return outcomes.head(0).reindex(columns=[*outcomes.columns, *_ADDED])
    return pd.concat(parts).drop_duplicates(_SAME, ignore_index=True)


def _connected(pairs: Iterable[tuple[int, int]]) -> Iterator[set[int]]:
    """Yield the sets of rows that pairs connect, directly or through other rows."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if not group.isdisjoint(pair)]
        groups = [group for group in groups if group.isdisjoint(pair)]
        groups.append(set(pair).union(*touched))
    yield from sorted(groups, key=min)


def _without_merged(numbers: pd.DataFrame, caveats: set[str]) -> pd.DataFrame:
    """Leave out the lists of a document that another list of the document merges."""
    if "merged" not in caveats:
        return numbers
    is_merged = numbers["level"] == "several"
    return numbers[is_merged | ~numbers["doc"].isin(numbers.loc[is_merged, "doc"])]


def _ordered(numbers: pd.DataFrame, caveats: set[str]) -> pd.DataFrame:
    """Sort numbers by their state of completion if the states differ."""
    if "state" not in caveats:
        return numbers
    return numbers.sort_values("state", kind="stable", key=in_order_of_stages)
