"""Find the places in a text where given terms start and end.

Use this module to find thousands of terms, some with wildcards, in one pass over a text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain

import ahocorasick_rs as aho
import numpy as np

from .checks import CLAUSE_MARKS
from .exclusions import Exclusion, Exclusions, Name

# A wildcard never matches one of the characters in `MARKS`: a match of 定期报* ("report regularly
# …") cannot go beyond a comma.
MARKS = CLAUSE_MARKS + "?"
REACH = 4  # the wildcard `*` stands for zero to four characters


class Matcher:
    """Finds terms in texts.

    In a term, `*` stands for 0–4 characters within a clause, and `?` stands for one character. A
    wildcard takes as many characters as it can. If several matches start at the same place, the
    longest match wins. If matches are equally long, a term without wildcards wins over a term with
    wildcards; otherwise the term that was listed first wins. The search continues after the end of
    each match.

    Write terms in half-width characters (, and not ，), because clean texts are in half width, too.
    A term that is listed twice is searched for once. The attribute `terms` lists the terms without
    wildcards first, then the terms with wildcards. The number of a term is the term's position in
    `terms`.

    Exclusions say where a term does not count: in a longer wording, such as 补齐短板 ("make good a
    shortcoming") for 短板, or in a name. A match of a longer wording is left out of the results.

    In the example, the term 老年*服务 ("… service for older people") finds 老年康养服务 ("health
    service for older people"). The term 助餐 ("meal service") is not found inside the longer term
    老年助餐服务 ("meal service for older people"), because the longest match wins.

    >>> matcher = Matcher(["助餐", "老年助餐服务", "老年*服务"])
    >>> hits = matcher.find("老年助餐服务,老年康养服务和助餐")
    >>> [(matcher.terms[number], start, end) for number, start, end in hits]
    [('老年助餐服务', 0, 6), ('老年*服务', 7, 13), ('助餐', 14, 16)]
    """

    def __init__(self, terms: Iterable[str], exclusions: Iterable[Exclusion] = ()) -> None:
        # Terms without wildcards come first. Terms without wildcards, and then terms with
        # wildcards, keep their given order.
        self.terms: tuple[str, ...] = tuple(sorted(dict.fromkeys(terms), key=has_wildcard))
        for term in self.terms:
            if not term.strip("*?"):
                remedy = "Add at least one character that is not a wildcard."
                raise ValueError(f"the term '{term}' matches everything. {remedy}")
        self._exclusions = Exclusions(exclusions, self.terms)
        # A longer wording that does not count is searched for like a term. A longer wording has a
        # higher number than every term.
        words = dict.fromkeys([*self.terms, *self._exclusions.wordings])
        self._numbers = numbered = {word: number for number, word in enumerate(words)}
        self._plain = [term for term in numbered if not has_wildcard(term)]
        self._plain_numbers = [numbered[term] for term in self._plain]
        self._n_plain = sum(number < len(self.terms) for number in self._plain_numbers)
        # With thousands of terms a `DFA` no longer fits into the cache of a processor.
        kind, compact = aho.MatchKind.LeftmostLongest, aho.Implementation.ContiguousNFA
        options = {"store_patterns": True, "implementation": compact}
        self._longest = aho.AhoCorasick(self._plain, kind, **options)
        # If no term contains punctuation, every match lies within one clause. A second search is
        # then needed only in clauses with a match of a term with wildcards.
        self._bounded = not set("".join(numbered)) & (set(MARKS) - {"?"})
        self._wild: dict[str, list[tuple[int, re.Pattern[str]]]] = {}  # by literal piece
        for term, number in numbered.items():
            if has_wildcard(term):
                # A lookahead consumes no text, so even matches that overlap are found.
                pattern = re.compile(f"(?=({term_pattern(term)}))")
                self._wild.setdefault(literal_piece(term), []).append((number, pattern))
        self._anchors = aho.AhoCorasick(list(self._wild), store_patterns=True)

    @cached_property
    def _overlapping(self) -> aho.AhoCorasick:
        """A search for the terms without wildcards. The search `_overlapping` finds all matches,
        even if they overlap."""
        return aho.AhoCorasick(self._plain, store_patterns=True)

    def find(self, text: str, *, without: str | None = None) -> list[tuple[int, int, int]]:
        """Return the matches as (term number, start, end), from left to right.

        `without` leaves out one term, so that shorter terms may be found in its place. Leaving out
        a term is much faster than making a new matcher, because only the clauses with the term are
        searched anew.
        """
        clauses, dropped = self._wild_clauses(text), frozenset()
        if without is not None:
            wordings = self._exclusions.wordings
            words = [without, *(word for word in wordings if wordings[word] == without)]
            dropped = frozenset(map(self._numbers.__getitem__, words))
            clauses = self._clauses_with(text, words, clauses)
        return self._find(text, clauses, self._exclusions.names(text), dropped)

    def _clauses_with(
        self, text: str, words: list[str], clauses: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Return the given clauses of a text and all clauses that contain one of the words."""
        if not self._bounded:
            return [(0, len(text))]
        places = (
            match.start() for word in words for match in re.finditer(term_pattern(word), text)
        )
        return sorted({*clauses, *(_clause(text, place) for place in places)})

    def _find(
        self,
        text: str,
        clauses: list[tuple[int, int]],
        names: list[Name],
        dropped: frozenset[int] = frozenset(),
    ) -> list[tuple[int, int, int]]:
        """Return the matches of `find`. `names` are the names in the text. `clauses` must be
        searched for all terms except the dropped terms."""
        matches = self._longest.find_matches_as_indexes(text)
        matches = [match for match in matches if match[0] < self._n_plain]
        if clauses:
            starts = [start for start, _ in clauses]
            # In each of the given clauses, a term with wildcards may win over a term without
            # wildcards, or a term is dropped. The clauses are therefore searched anew.
            matches = [
                match
                for match in matches
                if match[1] >= clauses[bisect_right(starts, match[1]) - 1][1]
                or match[1] < starts[0]
            ]
            for start, end in clauses:
                matches += self._tile(text, start, end, dropped)
            matches.sort(key=lambda match: match[1])
        return self._exclusions.kept(matches, names)

    def count(self, texts: Sequence[str]) -> np.ndarray:
        """Return how often each term is found in each text (texts × terms)."""
        n_terms, counts = len(self.terms), np.zeros((len(texts), len(self.terms)), dtype=np.int64)
        for row, text in enumerate(texts):
            numbers = [number for number, *_ in self.find(text)]
            counts[row] = np.bincount(numbers, minlength=n_terms)
        return counts

    def _wild_clauses(self, text: str) -> list[tuple[int, int]]:
        """Return the start and end of each clause in which a term with wildcards matches."""
        clauses: list[tuple[int, int]] = []
        # A term with wildcards can match only in a text that contains the term's longest part
        # without wildcards. Most texts contain none of these parts. If there are only a few such
        # parts, looking for each of them first saves time.
        if len(self._wild) <= 8 and not any(anchor in text for anchor in self._wild):
            return clauses
        start = end = -1
        tried: set[str] = set()  # the literal pieces already tried in the clause
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

    def _tile(
        self, text: str, start: int, end: int, dropped: frozenset[int]
    ) -> list[tuple[int, int, int]]:
        """Find all terms in one clause. From left to right, keep the longest match at each position
        and skip matches that overlap the match kept before."""
        clause = text[start:end]
        numbers = self._plain_numbers
        found = self._overlapping.find_matches_as_indexes(clause, overlapping=True)
        candidates = [(numbers[index], first, last) for index, first, last in found]
        pieces = self._anchors.find_matches_as_indexes(clause, overlapping=True)
        anchors = list(self._wild.values())
        wild = chain.from_iterable(anchors[index] for index in {piece[0] for piece in pieces})
        for number, pattern in wild:
            candidates += [(number, *match.span(1)) for match in pattern.finditer(clause)]
        candidates.sort(key=lambda match: (match[1], -match[2], match[0]))
        matches, covered = [], 0
        for number, first, last in candidates:
            if first >= covered and number not in dropped:
                covered = last
                if number < len(self.terms):
                    matches.append((number, start + first, start + last))
        return matches


def has_wildcard(term: str) -> bool:
    """Tell whether a term contains `*` or `?`."""
    return "*" in term or "?" in term


def term_pattern(term: str) -> str:
    """Turn a term into a regular expression in which `*` matches 0–4 characters of a clause, `?`
    one.

    Each `*` takes as many characters as possible, which gives the longest match. In the example,
    the `*` of 定期报* ("report regularly …") takes the four characters 送整改情.

    >>> re.search(term_pattern("定期报*"), "由单位定期报送整改情况,再").group()
    '定期报送整改情'
    """
    inside = f"[^{re.escape(MARKS)}]"
    pieces = {"*": f"{inside}{{0,{REACH}}}", "?": inside}
    return "".join(pieces.get(char, re.escape(char)) for char in term)


def literal_piece(term: str) -> str:
    """Split a term at its wildcards and return the longest piece, or the last of several longest
    pieces. A text without this piece cannot contain the term, so the text can be skipped."""
    return max(reversed(re.split(r"[*?]+", term)), key=len)


def _clause(text: str, place: int) -> tuple[int, int]:
    """Return the start and end of the clause around a position in the text."""
    start = end = place
    while start and text[start - 1] not in MARKS:
        start -= 1
    while end < len(text) and text[end] not in MARKS:
        end += 1
    return start, end
