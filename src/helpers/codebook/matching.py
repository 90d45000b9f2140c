"""Turns terms and a text into the longest matches, with their offsets.

Use it to find thousands of terms, some with wildcards, in one pass over a text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain

import ahocorasick_rs as aho
import numpy as np

from .checks import CLAUSE_MARKS

# A wildcard matches none of these: 定期报* ("report regularly …") stops before a comma.
MARKS = CLAUSE_MARKS + "?"
REACH = 4  # `*` stands for zero to four characters


class Matcher:
    """Finds terms in texts.

    `*` in a term stands for 0–4 characters within a clause, `?` for one. Of all terms that begin at
    the same place the longest match wins; of equally long ones a plain term wins over one with
    wildcards, then the term listed first. A wildcard takes as many characters as it can. The search
    continues after the match.

    Terms are in half width, like clean text; repeated terms count once. The attribute `terms` lists
    the plain terms first, then those with wildcards; the number of a term is its position there.

    老年*服务 ("… service for older people") also finds 老年康养服务 ("health service for older
    people"); 助餐 ("meal service") is found only where no longer term holds it.

    >>> matcher = Matcher(["助餐", "老年助餐服务", "老年*服务"])
    >>> hits = matcher.find("老年助餐服务,老年康养服务和助餐")
    >>> [(matcher.terms[number], start, end) for number, start, end in hits]
    [('老年助餐服务', 0, 6), ('老年*服务', 7, 13), ('助餐', 14, 16)]
    """

    def __init__(self, terms: Iterable[str]) -> None:
        # sorting keeps the order within the plain terms and within those with wildcards
        self.terms: tuple[str, ...] = tuple(sorted(dict.fromkeys(terms), key=has_wildcard))
        for term in self.terms:
            if not term.strip("*?"):
                remedy = "Add at least one character that is not a wildcard."
                raise ValueError(f"the term '{term}' matches everything. {remedy}")
        self._number = {term: number for number, term in enumerate(self.terms)}
        self._plain = [term for term in self.terms if not has_wildcard(term)]
        kind, dfa = aho.MatchKind.LeftmostLongest, aho.Implementation.DFA
        self._longest = aho.AhoCorasick(self._plain, kind, store_patterns=True, implementation=dfa)
        # No match crosses a clause mark, unless a term contains one. So it is enough to match those
        # clauses again in which a term with wildcards is found.
        self._bounded = not set("".join(self.terms)) & (set(MARKS) - {"?"})
        self._wild: dict[str, list[tuple[int, re.Pattern[str]]]] = {}  # by literal piece
        for term in self.terms[len(self._plain) :]:
            # the lookahead finds overlapping matches, too
            pattern = re.compile(f"(?=({term_pattern(term)}))")
            self._wild.setdefault(literal_piece(term), []).append((self._number[term], pattern))
        self._anchors = aho.AhoCorasick(list(self._wild), store_patterns=True)

    @cached_property
    def _overlapping(self) -> aho.AhoCorasick:
        """Finds all plain terms, also those that overlap."""
        return aho.AhoCorasick(self._plain, store_patterns=True)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return the matches as (term number, start, end), from left to right."""
        matches = self._longest.find_matches_as_indexes(text)
        clauses = list(self._wild_clauses(text))
        if not clauses:
            return matches
        starts = [start for start, _ in clauses]
        # In these clauses a term with wildcards may win over a plain one: match them again.
        matches = [
            match
            for match in matches
            if match[1] >= clauses[bisect_right(starts, match[1]) - 1][1] or match[1] < starts[0]
        ]
        matches += [match for start, end in clauses for match in self._tile(text, start, end)]
        return sorted(matches, key=lambda match: match[1])

    def count(self, texts: Sequence[str]) -> np.ndarray:
        """Return how often each term is found (texts × `terms`); faster than `find`, which also
        gives positions."""
        rows, numbers, times = [], [], []
        for row, text in enumerate(texts):
            tally = Counter(self._longest.find_matches_as_strings(text))
            for start, end in self._wild_clauses(text):
                tally.subtract(self._longest.find_matches_as_strings(text[start:end]))
                tally.update(self.terms[number] for number, _, _ in self._tile(text, start, end))
            rows += [row] * len(tally)
            numbers += map(self._number.__getitem__, tally)
            times += tally.values()
        matrix = np.zeros((len(texts), len(self.terms)), dtype=np.int64)
        matrix[rows, numbers] = times
        return matrix

    def _wild_clauses(self, text: str) -> list[tuple[int, int]]:
        """Start and end of each clause in which a term with wildcards matches."""
        clauses: list[tuple[int, int]] = []
        # Most texts hold no such piece, and a few pieces are searched faster one by one.
        if len(self._wild) <= 8 and not any(anchor in text for anchor in self._wild):
            return clauses
        start = end = -1
        tried: set[str] = set()  # pieces already tried in this clause
        anchors = list(self._wild)
        for number, place, _ in self._anchors.find_matches_as_indexes(text, overlapping=True):
            if place >= end:
                start, end = _clause(text, place) if self._bounded else (0, len(text))
                tried = set()
            if clauses and clauses[-1] == (start, end) or anchors[number] in tried:
                continue
            tried.add(anchors[number])
            if any(pattern.search(text, start, end) for _, pattern in self._wild[anchors[number]]):
                clauses.append((start, end))
        return clauses

    def _tile(self, text: str, start: int, end: int) -> list[tuple[int, int, int]]:
        """Match one clause: find all terms, then keep the longest from left to right."""
        clause = text[start:end]
        candidates = list(self._overlapping.find_matches_as_indexes(clause, overlapping=True))
        for number, pattern in chain.from_iterable(self._wild.values()):
            candidates += [(number, *match.span(1)) for match in pattern.finditer(clause)]
        candidates.sort(key=lambda match: (match[1], -match[2], match[0]))
        matches, covered = [], 0
        for number, first, last in candidates:
            if first >= covered:
                matches.append((number, start + first, start + last))
                covered = last
        return matches


def has_wildcard(term: str) -> bool:
    """Whether a term holds `*` or `?`."""
    return "*" in term or "?" in term


def term_pattern(term: str) -> str:
    """Write a term as a regular expression: `*` is 0–4 characters within a clause, `?` one.

    Taking as many characters as possible at each `*` gives the longest match. Here 定期报* ("report
    regularly …") takes in four characters more.

    >>> re.search(term_pattern("定期报*"), "由单位定期报送整改情况,再").group()
    '定期报送整改情'
    """
    inside = f"[^{re.escape(MARKS)}]"
    pieces = {"*": f"{inside}{{0,{REACH}}}", "?": inside}
    return "".join(pieces.get(char, re.escape(char)) for char in term)


def literal_piece(term: str) -> str:
    """The longest piece without wildcards, the last of several: a fast first test whether the term
    can be in a text."""
    return max(reversed(re.split(r"[*?]+", term)), key=len)


def _clause(text: str, place: int) -> tuple[int, int]:
    """Start and end of the clause around a place."""
    start = end = place
    while start and text[start - 1] not in MARKS:
        start -= 1
    while end < len(text) and text[end] not in MARKS:
        end += 1
    return start, end
