"""The rows of indicators.csv → the first row that fits the words around a number.

`IndicatorRules` holds all rows of indicators.csv. `Rows` holds the rows for one kind of number and
one unit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook, first_characters, last_characters

from .context import Indicator, OutcomeWords
from .distinctions import Distinctions
from .phrases import Phrases

_ANY_KIND = frozenset(("count", "money", "share", "change"))
_MOST_EDGES = 1 << 14  # a cache of candidate rows with more entries than this is cleared


class _Row(NamedTuple):
    """A row of indicators.csv with its patterns for the words before and after a number.

    In `before`, ``#`` stands for the number. So ``调研#`` fits 走访调研32个 ("inspected 32"), where
    调研 precedes the number, but not 5个专题调研 ("5 inquiries"), where 调研 follows.
    """

    indicator: Indicator
    kinds: frozenset[str]
    units: frozenset[str]  # An empty set stands for any unit.
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    ends: frozenset[str] | None  # Last characters that `before` allows; None: any character.
    begins: frozenset[str] | None  # First characters that `after` allows; None: any character.


# a row of indicators.csv that may fit: its indicator, its `before`, whether `before` contains
# ``#``, and its `after`
_Candidate = tuple[Indicator, re.Pattern[str] | None, bool, re.Pattern[str] | None]


class Rows:
    """The rows of indicators.csv for one kind of number and one unit, in the order of the table."""

    def __init__(self, rows: tuple[_Row, ...]) -> None:
        self.rows = rows
        self.between: dict[tuple[str, str], list[_Candidate]] = {}

    def first(self, head: str, after: str = "", noun: str = "") -> Indicator | None:
        """Return the indicator of the first row that fits. A row fits if its pattern `before`
        matches `head` (the words before the number) and `noun` (the noun after the unit), or if its
        pattern `after` matches the words after the unit."""
        topic = head + noun
        edges = topic[-1:], after[:1]
        if (rows := self.between.get(edges)) is None:
            if len(self.between) > _MOST_EDGES:
                self.between.clear()
            rows = self.between[edges] = self._between(*edges)
        for indicator, before, marked, following in rows:
            if before and before.search(f"{head}#{noun}" if marked else topic):
                return indicator
            if following and following.match(after):
                return indicator
        return None

    def _between(self, last: str, first: str) -> list[_Candidate]:
        """Return the rows that can fit a number with the character `last` before it and `first`
        after it."""
        candidates = []
        for row in self.rows:
            before = row.before if last and (row.ends is None or last in row.ends) else None
            after = row.after if first and (row.begins is None or first in row.begins) else None
            if before or after:
                marked = bool(before and "#" in before.pattern)
                candidates.append((row.indicator, before, marked, after))
        return candidates


class IndicatorRules:
    """Indicators and units. ``codebook.once(IndicatorRules)`` reads the tables only once."""

    def __init__(self, codebook: Codebook) -> None:
        self.words = codebook.once(OutcomeWords)
        units = codebook.units.reindex(columns=["unit", "en", "counted_zh", "counted_en"])
        # unit → what the unit counts, in Chinese and English
        self.counted = {
            unit: (zh or ("" if counted else unit), counted or en or "things")
            for unit, en, zh, counted in units.fillna("").itertuples(index=False, name=None)
        }
        phrases = codebook.once(Phrases)
        self.names, self.nouns = phrases.texts, phrases.nouns
        self.distinctions = codebook.once(Distinctions)
        self._table = {row.indicator: _compiled(row) for row in codebook.indicators.itertuples()}
        self._of_unit: dict[tuple[str, str], Rows] = {}
        self._rows: dict[tuple[_Row, ...], Rows] = {}

    def rows_for(self, kind: str, unit: str) -> Rows:
        """Return the rows of indicators.csv that fit a kind of number and a unit. Units with the
        same rows share one `Rows`."""
        if (kind, unit) not in self._of_unit:
            of_kind = (row for row in self._table.values() if kind in row.kinds)
            fitting = tuple(row for row in of_kind if not row.units or unit in row.units)
            self._of_unit[kind, unit] = self._rows.setdefault(fitting, Rows(fitting))
        return self._of_unit[kind, unit]

    def of_age(self, indicator: str, name: str, years: int) -> Indicator:
        """Make the indicator for people above some age, or for their share of the population."""
        zh, en = (text.format(years=years) for text in self.names[name])
        return Indicator(indicator, zh, en, "context")

    def takes(self, indicator: str, unit: str) -> bool:
        """Tell whether the row of an indicator in indicators.csv lists a unit."""
        row = self._table.get(indicator)
        return bool(row and unit in row.units)

    def row_of(self, indicator: str) -> Indicator | None:
        """Return the indicator that indicators.csv lists under an id, or None."""
        row = self._table.get(indicator)
        return row and row.indicator


def _compiled(row) -> _Row:
    """Compile the patterns of a row of indicators.csv."""
    return _Row(
        Indicator(row.indicator, row.zh, row.en, row.group, *_fixed(row)),
        frozenset([row.kind]) if row.kind else _ANY_KIND,
        frozenset(row.units.split("|") if row.units else ()),
        re.compile(row.before) if row.before else None,
        re.compile(row.after) if row.after else None,
        last_characters(row.before.replace("#", "")),
        first_characters(row.after),
    )


def _fixed(row) -> tuple[str, str]:
    """Return the columns `flow` and `state` of a row. A user's own table may lack the columns
    `flow` and `state`."""
    return getattr(row, "flow", ""), getattr(row, "state", "")
