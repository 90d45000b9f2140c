"""Group numbers of different documents by the question that they answer, if they may stand side by
side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from helpers.outcomes import in_order_of_stages

_KEYS = ["verdict", "question_zh", "question_en"]
_ADDED = [*_KEYS, "caveats", "panel"]
# Rows that are equal in all these columns give the same number of the same document, so only one of
# them is kept.
_SAME = "panel doc value unit qualifier direction level state".split()
_READ = "direction level state timing as_of_from as_of_to".split()


def comparable_values(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """List, question by question, the numbers of different documents that may stand side by side.

    Parameters
    ----------
    outcomes : DataFrame
        From `extract_outcomes`.
    pairs : DataFrame
        From `comparable`, for the numbers in `outcomes`.

    Returns
    -------
    DataFrame
        One row per question and number: the columns of `outcomes` with `verdict`, `question_zh,
        question_en`, `caveats` (all caveats among the numbers of the question) and `panel`, the
        number of the question, counted from 0. Questions whose numbers share an axis come first.
        The numbers of a question are in the order of `outcomes` or, if `state` is one of the
        caveats, in the order of their states of completion. A number that a document gives twice
        has one row. If a document merged the lists of problems of several assigners into one list,
        only the merged list is shown.

    Examples
    --------
    >>> from helpers import read_corpus, study_of
    >>> study = study_of(read_corpus())
    >>> list(comparable_values(study.outcomes, study.pairs).columns[-2:])
    ['caveats', 'panel']
    """
    outcomes = outcomes.reindex(columns=outcomes.columns.union(_READ, sort=False))
    allowed = pairs[pairs["verdict"] != "different"]
    allowed = allowed.sort_values("verdict", kind="stable")  # put same_axis before side_by_side
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
    """Yield sets of rows. Two rows are in the same set if pairs connect them, directly or through
    other rows."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if not group.isdisjoint(pair)]
        groups = [group for group in groups if group.isdisjoint(pair)]
        groups.append(set(pair).union(*touched))
    yield from sorted(groups, key=min)


def _without_merged(numbers: pd.DataFrame, caveats: set[str]) -> pd.DataFrame:
    """If a document merged several lists of problems into one list, keep the merged list and drop
    the other lists of this document. If `caveats` does not contain `merged`, return all numbers."""
    if "merged" not in caveats:
        return numbers
    is_merged = numbers["level"] == "several"
    return numbers[is_merged | ~numbers["doc"].isin(numbers.loc[is_merged, "doc"])]


def _ordered(numbers: pd.DataFrame, caveats: set[str]) -> pd.DataFrame:
    """Sort numbers by their state of completion if `caveats` says that the states differ."""
    if "state" not in caveats:
        return numbers
    return numbers.sort_values("state", kind="stable", key=in_order_of_stages)
