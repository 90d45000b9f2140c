"""Rows of data/codebook/indicators.csv → the first that fits what a number counts."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from helpers.codebook import read_table
from helpers.edges import first_characters, last_characters

_ANY_KIND = frozenset(("count", "money", "share", "change"))


class Indicator(NamedTuple):
    """A row of data/codebook/indicators.csv, or one made from the nouns beside the number."""

    indicator: str
    zh: str
    en: str
    group: str


class _Rule(NamedTuple):
    """A row of the table, with the characters that its two patterns can end and begin with; None
    for any.

    In `before`, ``#`` is the number: ``调研#`` fits 走访调研32个 and not 5个专题调研.
    """

    indicator: Indicator
    before: re.Pattern | None
    after: re.Pattern | None
    ends: frozenset[str] | None
    begins: frozenset[str] | None


_Candidate = tuple[Indicator, re.Pattern | None, bool, re.Pattern | None]
"""A row that can fit between two characters; whether its `before` says where the number stands."""


class Rules:
    """The rows of the table that a number of some kind and unit can have, in order."""

    def __init__(self, rows: list[_Rule]):
        self.rows = rows
        self.between: dict[tuple[str, str], list[_Candidate]] = {}

    def first(self, head: str, after: str, own: str = "") -> Indicator | None:
        """The first row that what the number counts ends with, or that what follows begins with.

        What it counts is the words before it (`head`) and the noun after its unit (`own`).
        """
        topic = head + own
        edges = topic[-1:], after[:1]
        if (rows := self.between.get(edges)) is None:
            rows = self.between[edges] = self._between(*edges)
        for indicator, before, marked, following in rows:
            if before and before.search(f"{head}#{own}" if marked else topic):
                return indicator
            if following and following.match(after):
                return indicator
        return None

    def _between(self, last: str, first: str) -> list[_Candidate]:
        """The few rows that can fit between two characters."""
        pairs = (
            (
                row.indicator,
                row.before if last and (row.ends is None or last in row.ends) else None,
                row.after if first and (row.begins is None or first in row.begins) else None,
            )
            for row in self.rows
        )
        return [
            (indicator, before, bool(before and "#" in before.pattern), after)
            for indicator, before, after in pairs
            if before or after
        ]


@functools.cache
def rules_for(kind: str, unit: str) -> Rules:
    """The indicators of a kind and a unit; many units share theirs."""
    return _rules_of(
        tuple(
            row.indicator
            for row in read_table("codebook/indicators").itertuples()
            if kind in ([row.kind] if row.kind else _ANY_KIND)
            and (not row.units or unit in row.units.split("|"))
        )
    )


@functools.cache
def _rules_of(indicators: tuple[str, ...]) -> Rules:
    return Rules([_compiled()[indicator] for indicator in indicators])


@functools.cache
def _compiled() -> dict[str, _Rule]:
    """The rows of data/codebook/indicators.csv by their id."""
    return {
        row.indicator: _Rule(
            Indicator(row.indicator, row.zh, row.en, row.group),
            *(re.compile(words) if words else None for words in (row.before, row.after)),
            last_characters(row.before.replace("#", "")),
            first_characters(row.after),
        )
        for row in read_table("codebook/indicators").itertuples()
    }


def row_of(indicator: str) -> Indicator | None:
    """The row of the table with this id."""
    row = _compiled().get(indicator)
    return row and row.indicator
