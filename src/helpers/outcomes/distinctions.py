"""Tells apart numbers of one indicator that count different things, such as homes of two owners.

Use `Distinctions` on a name found by the steps of `indicators.py`. A number under a condition, the
lowest of several shares or a sum for a special purpose must not be compared with a plain number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from helpers.codebook import Codebook

from .context import Indicator, NumberContext

_AFTER, _BEFORE = 60, 160  # Characters after and before a number whose words can add a distinction.


_OWNER = "owner"


class _Distinction(NamedTuple):
    """A row of distinctions.csv. In the pattern of a row, ``#`` stands for the number."""

    name: str
    indicators: frozenset[str]  # empty: any indicator
    pattern: re.Pattern[str]
    zh: str
    en: str
    is_part: bool

    @property
    def aspect(self) -> str:
        """The aspect of a distinction: `with` for `with.meals`, "satisfaction with meals". Of the
        rows of one aspect, only the first row that fits a number is used."""
        return self.name.partition(".")[0]


class Distinctions:
    """All distinctions. ``codebook.once(Distinctions)`` reads the distinctions only once."""

    def __init__(self, codebook: Codebook) -> None:
        self._rows = [
            _Distinction(
                row.distinction,
                frozenset(row.indicators.split("|") if row.indicators else ()),
                re.compile(row.words),
                row.zh,
                row.en,
                row.part == "yes",
            )
            for row in codebook.distinctions.itertuples()
        ]
        known = frozenset().union(*(row.indicators for row in self._rows))
        self._of_indicator = {
            indicator: [row for row in self._rows if self._takes(row, indicator)]
            for indicator in known
        }
        self._of_any = [row for row in self._rows if not row.indicators]
        self._named = {row.name: row for row in self._rows}

    @staticmethod
    def _takes(row: _Distinction, indicator: str) -> bool:
        return not row.indicators or indicator in row.indicators

    def told_apart(self, name: Indicator, context: NumberContext) -> Indicator:
        """Return a name with all distinctions that fit the number, in brackets of its id."""
        for row in self._found(name, context):
            name = self._added(name, row)
        return name

    def agrees(self, name: Indicator, context: NumberContext) -> bool:
        """Tell whether a name taken over from an earlier number fits the words around a number. A
        name with another distinction of the same aspect, such as another purpose, does not fit."""
        others = (
            row for row in self._found(name, context) if f"({row.name})" not in name.indicator
        )
        return not any(f"({row.aspect}." in name.indicator for row in others)

    def _found(self, name: Indicator, context: NumberContext) -> Iterable[_Distinction]:
        """Return the first row of each aspect that fits the words around a number."""
        text = f"{context.before[-_BEFORE:]}#{context.behind[:_AFTER]}"
        # an earlier sentence of the paragraph may name the owner of a thing
        with_paragraph = f"{context.paragraph.rstrip('。.')}。{text}"
        found: dict[str, _Distinction] = {}
        for row in self._of_indicator.get(name.base, self._of_any):
            around = with_paragraph if row.aspect == _OWNER else text
            if row.aspect not in found and row.pattern.search(around):
                found[row.aspect] = row
        return found.values()

    def like(self, name: Indicator, other: Indicator, distinction: str) -> Indicator:
        """Return a name with a distinction if the other name has this distinction. A number of
        hazards removed, for example, gets the distinction `hazards` from the hazards found."""
        if f"({distinction})" not in other.indicator:
            return name
        return self._added(name, self._named[distinction])

    @staticmethod
    def _added(name: Indicator, row: _Distinction) -> Indicator:
        if f"({row.name})" in name.indicator:
            return name
        zh, en = _put_in(row.zh, name.zh), _put_in(row.en, name.en)
        indicator = f"{name.indicator}({row.name})"
        is_part = name.is_part or row.is_part
        return name._replace(indicator=indicator, zh=zh, en=en, is_part=is_part)


def _put_in(frame: str, name: str) -> str:
    """Put a name into a frame such as `{noun}(最低)`, or replace `a` in the name by `b` if the
    frame has the form `a→b`."""
    old, arrow, new = frame.partition("→")
    return name.replace(old, new) if arrow else frame.format(noun=name, en=name)
