"""Say where a term does not stand for its theme: in longer words, in names and between marks.

Use this module for a search in which a term counts in most places, but not as part of a name such
as 李民生, a person whose name holds the term 民生 ("people's livelihood").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import pandas as pd

from .prefilter import first_characters, last_characters

MARKS = "《》«»“”‘’"
_PATTERN = re.compile(r"[\[\](){}\\^$+.]")
_REACH = 30  # so many characters before a term are looked at
_LONGEST_NAME = 80  # more characters between two marks are no name

Hit = tuple[int, int, int]
Name = tuple[int, int, frozenset[str]]  # start, end, and the terms that count inside


class Exclusion(NamedTuple):
    """One row of the table of exclusions.

    `before` and `after` are alternatives separated by `|`. They are words, or regular expressions
    if they contain a bracket. A row without a term excludes every term that stands between the mark
    `before` and one of the words `after`, which begin with the closing mark. `keeps` lists the
    terms that count there all the same.
    """

    term: str
    before: str
    after: str
    keeps: frozenset[str] = frozenset()

    @property
    def is_name(self) -> bool:
        """Whether the row is about all terms between two marks."""
        return not self.term

    @property
    def is_pattern(self) -> bool:
        """Whether the words beside the term must be looked up at its place. Other rows give longer
        wordings that are found in the same pass as the terms."""
        return any(_PATTERN.search(cell) or set(cell) & set(MARKS) for cell in self[1:3])

    def wordings(self) -> Iterator[str]:
        """Yield the term with each of the words that stand before and after it.

        >>> list(Exclusion("短板", "补齐|补上", "").wordings())  # to make good a shortcoming
        ['补齐短板', '补上短板']
        """
        for before, after in product(self.before.split("|"), self.after.split("|")):
            yield before + self.term + after


def exclusions_of(table: pd.DataFrame, terms_of: Mapping[str, Iterable[str]]) -> list[Exclusion]:
    """Turn the rows of a table into exclusions. `terms_of` lists the terms of each theme. A cell
    with several terms, separated by `|`, gives an exclusion for each of these terms."""
    exclusions = []
    for row in table.itertuples(index=False):
        keeps = frozenset(term for theme in row.keeps.split() for term in terms_of.get(theme, ()))
        for term in row.term.split("|"):
            exclusions.append(Exclusion(term, row.before, row.after, keeps))
    return exclusions


class _Beside(NamedTuple):
    """The patterns of the words before and after a term, and the characters next to the term with
    which these words can end or begin (None stands for any character)."""

    before: re.Pattern[str] | None
    after: re.Pattern[str]
    last: frozenset[str] | None
    first: frozenset[str] | None

    def fits(self, text: str, start: int, end: int) -> bool:
        """Tell whether the words stand before and after a place of a text."""
        if not self.after.match(text, end):
            return False
        return not self.before or bool(self.before.search(text, max(0, start - _REACH), start))


class Exclusions:
    """Tells which hits stand in a name, or beside words that change the sense of the term.

    >>> exclusions = Exclusions([Exclusion("条例", "", "[»》]列入立法")], ["条例"])
    >>> exclusions.kept("《养老条例》列入立法计划,依据条例", [(0, 3, 5), (0, 16, 18)], [])
    [(0, 16, 18)]
    """

    def __init__(self, exclusions: Iterable[Exclusion], terms: Sequence[str]) -> None:
        self._terms, known = terms, set(terms)
        self.wordings: dict[str, str] = {}  # longer wording → the term that does not count in it
        self._beside: dict[str, list[_Beside]] = {}
        self._names: list[tuple[str, re.Pattern[str], frozenset[str]]] = []
        for row in exclusions:
            if row.is_name:
                after = re.compile("|".join(map(re.escape, row.after.split("|"))))
                self._names.append((row.before, after, row.keeps))
            elif row.term in known and row.is_pattern:
                before = re.compile(f"(?:{row.before})$") if row.before else None
                patterns = before, re.compile(row.after)
                ends = last_characters(row.before), first_characters(row.after)
                self._beside.setdefault(row.term, []).append(_Beside(*patterns, *ends))
            elif row.term in known:
                for wording in row.wordings():
                    if wording not in known:
                        self.wordings.setdefault(wording, row.term)
        self.beside = self._beside.keys()

    def names(self, text: str) -> list[Name]:
        """Return the names between marks, from left to right. No two of them overlap."""
        found: list[Name] = []
        for mark, closing, kept in self._names:
            if mark in text:
                for match in closing.finditer(text):
                    end = match.start()
                    start = text.rfind(mark, max(0, end - _LONGEST_NAME), end)
                    if start >= 0:
                        found.append((start, end, kept))
        found.sort(key=lambda name: name[:2])
        apart: list[Name] = []
        for name in found:
            if not apart or name[0] >= apart[-1][1]:
                apart.append(name)
        return apart

    def kept(self, text: str, hits: list[Hit], names: list[Name]) -> list[Hit]:
        """Return the hits that are not excluded. `names` are the names of this text."""
        if self._beside:
            terms, beside = self._terms, self._beside
            hits = [
                (number, start, end)
                for number, start, end in hits
                if terms[number] not in beside or not self._is_other(text, terms[number], start)
            ]
        if not names:
            return hits
        starts = [start for _, start, _ in hits]
        for start, end, kept in reversed(names):
            inside = slice(bisect_left(starts, start), bisect_left(starts, end))
            hits[inside] = [hit for hit in hits[inside] if self._terms[hit[0]] in kept]
        return hits

    def places(self, text: str, term: str, names: list[Name]) -> Iterator[int]:
        """Yield each place outside of names where a term stands beside words that exclude it."""
        place = text.find(term)
        while place >= 0:
            if self._is_other(text, term, place) and not any(
                start <= place < end and term not in kept for start, end, kept in names
            ):
                yield place
            place = text.find(term, place + 1)

    def _is_other(self, text: str, term: str, start: int) -> bool:
        """Tell whether the words beside a term are those of an exclusion."""
        end = start + len(term)
        for words in self._beside[term]:
            # Looking at two characters first saves most of the time.
            if words.last is not None and text[start - 1 : start] not in words.last:
                continue
            if words.first is not None and text[end : end + 1] not in words.first:
                continue
            if words.fits(text, start, end):
                return True
        return False
