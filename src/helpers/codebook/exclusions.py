"""Tell where a term does not stand for its theme: in longer words, in names between marks, and in
sentences on other matters.

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

SENTENCE_COLUMNS = ("beside", "unless")
MARKS = "《》«»“”‘’"
_SET = re.compile(r"\[([^]]+)\]")
_LONGEST_NAME = 80  # a longer text between two marks is no name

Hit = tuple[int, int, int]
Name = tuple[int, int, frozenset[str]]  # start, end, and the terms that count inside the name


class Exclusion(NamedTuple):
    """One row of the table of exclusions.

    `before` and `after` are words separated by `|`; in these words, [王李] stands for one of the
    characters 王 and 李. The term does not count between a word of `before` and a word of `after`.
    A row without a term excludes every term in a name between marks, such as 《…》. The words of
    `before` then end with the opening mark, and the words of `after` begin with the closing mark.
    `keeps` lists the terms that still count in a name between marks.

    A row with `beside` or `unless` is about the whole sentence. The term does not count in a
    sentence that holds a word of `beside`, unless the sentence also holds a word of `unless`. If
    `beside` is empty, the term does not count in any sentence without a word of `unless`. The words
    of `beside` and `unless` may contain the wildcards of `Matcher`.
    """

    term: str
    before: str
    after: str
    keeps: frozenset[str] = frozenset()
    beside: str = ""
    unless: str = ""

    def wordings(self) -> Iterator[str]:
        """Yield the term with each pair of words that can stand before and after the term.

        >>> list(Exclusion("短板", "补[齐上]|弥补", "").wordings())  # to make good a shortcoming
        ['补齐短板', '补上短板', '弥补短板']
        """
        for before, after in product(words_of(self.before), words_of(self.after)):
            yield before + self.term + after


def words_of(cell: str) -> list[str]:
    """Return the words of a cell. A set such as [齐上] gives one word for each of its
    characters."""
    words: list[str] = []
    for word in cell.split("|"):
        pieces = _SET.split(word)  # every second piece is a set of characters
        sets = [piece if number % 2 else [piece] for number, piece in enumerate(pieces)]
        words += map("".join, product(*sets))
    return words


def exclusions_of(table: pd.DataFrame, terms_of: Mapping[str, Iterable[str]]) -> list[Exclusion]:
    """Turn the rows of a table into exclusions. `terms_of` lists the terms of each theme. A cell
    with several terms, separated by `|`, gives one exclusion for each term. `*法` stands for every
    term that ends with 法."""
    exclusions = []
    columns = table.columns.union(SENTENCE_COLUMNS, sort=False)
    table = table.reindex(columns=columns, fill_value="")
    known = dict.fromkeys(term for terms in terms_of.values() for term in terms)
    for row in table.itertuples(index=False):
        keeps = frozenset(term for theme in row.keeps.split() for term in terms_of.get(theme, ()))
        for term in terms_in(row.term, known):
            exclusions.append(Exclusion(term, row.before, row.after, keeps, row.beside, row.unless))
    return exclusions


def terms_in(cell: str, known: Iterable[str]) -> list[str]:
    """List the terms that a cell of exclusions names.

    >>> terms_in("条例|*法", ["劳动法", "条例", "消防法"])
    ['条例', '劳动法', '消防法']
    """
    named: list[str] = []
    for term in cell.split("|"):
        ends = term.removeprefix("*")
        named += [term] if ends == term else [one for one in known if one.endswith(ends)]
    return named


class Exclusions:
    """Tells which hits do not count because they stand in a longer wording or in a name between
    marks.

    >>> laws = Exclusions([Exclusion("", "《", "》列入立法")], ["条例"])
    >>> text = "《养老条例》列入立法计划,依据《条例》"
    >>> laws.kept([(0, 3, 5), (0, 16, 18)], laws.names(text))
    [(0, 16, 18)]
    """

    def __init__(self, exclusions: Iterable[Exclusion], terms: Sequence[str]) -> None:
        self._terms, known = terms, set(terms)
        self.wordings: dict[str, str] = {}  # longer wording → the term that does not count inside
        self._names: list[tuple[str, tuple[str, ...], re.Pattern[str], frozenset[str]]] = []
        for row in exclusions:
            if not row.term:
                before, after = words_of(row.before), "|".join(map(re.escape, words_of(row.after)))
                self._names.append((before[0][-1], tuple(before), re.compile(after), row.keeps))
            elif row.term in known and (row.before or row.after):
                for wording in row.wordings():
                    if wording not in known:
                        self.wordings.setdefault(wording, row.term)

    def names(self, text: str) -> list[Name]:
        """Return the names between marks in a text, from left to right and without overlaps. If two
        exclusions fit a name, the exclusion that comes first in the table is used."""
        found: dict[int, Name] = {}
        for mark, before, closing, kept in self._names:
            if mark in text:
                for match in closing.finditer(text):
                    end = match.start()
                    start = text.rfind(mark, max(0, end - _LONGEST_NAME), end)
                    if start >= 0 and text.endswith(before, 0, start + 1):
                        found.setdefault(start, (start, end, kept))
        apart: list[Name] = []
        for start in sorted(found):
            if not apart or start >= apart[-1][1]:
                apart.append(found[start])
        return apart

    def kept(self, hits: list[Hit], names: list[Name]) -> list[Hit]:
        """Return the hits that count. `names` are the names between marks in the same text."""
        starts = [start for _, start, _ in hits] if names else []
        for start, end, kept in reversed(names):
            inside = slice(bisect_left(starts, start), bisect_left(starts, end))
            hits[inside] = [hit for hit in hits[inside] if self._terms[hit[0]] in kept]
        return hits
