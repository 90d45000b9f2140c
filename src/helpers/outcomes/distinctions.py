"""Tells apart numbers of one indicator that count another thing, such as a part or another owner.

Use `Distinctions` for the name that a number got from its noun: a number under a condition, the
lowest of several shares or a sum for a purpose of its own must not stand beside the plain one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from helpers.codebook import Codebook

from .context import Indicator, NumberContext

_AFTER, _BEFORE = 60, 160  # characters around a number that can tell it apart


_OWNER = "owner"


class _Distinction(NamedTuple):
    """A row of distinctions.csv. In its pattern, ``#`` stands for the number."""

    name: str
    indicators: frozenset[str]  # empty: any
    pattern: re.Pattern[str]
    zh: str
    en: str
    is_part: bool

    @property
    def aspect(self) -> str:
        """What the rows of one aspect, such as `purpose`, have in common: the first that fits
        counts."""
        return self.name.partition(".")[0]


class Distinctions:
    """The distinctions of a codebook. ``codebook.once(Distinctions)`` returns them."""

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
        """Return a name with all that makes it the name of another thing, in brackets of its id."""
        for row in self._found(name, context):
            name = self._added(name, row)
        return name

    def agrees(self, name: Indicator, context: NumberContext) -> bool:
        """Tell whether a name taken over from an earlier number says nothing else of an aspect,
        such as the purpose, than the words around the number."""
        others = (
            row for row in self._found(name, context) if f"({row.name})" not in name.indicator
        )
        return not any(f"({row.aspect}." in name.indicator for row in others)

    def _found(self, name: Indicator, context: NumberContext) -> Iterable[_Distinction]:
        """Return the first row of each aspect that fits the words around a number."""
        text = f"{context.before[-_BEFORE:]}#{context.behind[:_AFTER]}"
        # whose a thing is, an earlier sentence of the paragraph may say
        with_paragraph = f"{context.paragraph.rstrip('。.')}。{text}"
        found: dict[str, _Distinction] = {}
        for row in self._of_indicator.get(name.base, self._of_any):
            around = with_paragraph if row.aspect == _OWNER else text
            if row.aspect not in found and row.pattern.search(around):
                found[row.aspect] = row
        return found.values()

    def like(self, name: Indicator, other: Indicator, distinction: str) -> Indicator:
        """Return a name with a distinction, if the other name has it: of hazards found, those that
        were removed are hazards too."""
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
    """Put a name into a frame, or a word into the name, if the frame has the form `a→b`."""
    old, arrow, new = frame.partition("→")
    return name.replace(old, new) if arrow else frame.format(noun=name, en=name)
