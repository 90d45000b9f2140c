"""Terms and a text → longest matches with offsets; a pattern → what it can begin and end with."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import ahocorasick_rs as aho
import numpy as np

from .checks import CLAUSE_MARKS

# A wildcard reaches over none of these: 定期报* finds 定期报送整改 and stops before the comma.
MARKS = CLAUSE_MARKS + "?"
REACH = 4  # `*` stands for none to four characters


class Matcher:
    """Finds terms in texts.

    `*` in a term stands for 0–4 characters within a clause, `?` for one. Of all terms that begin at
    a place the longest wins; between equally long ones a plain term wins over one with wildcards,
    then the one named first. A wildcard takes as much as it can. The search goes on after the
    match.

    Parameters
    ----------
    terms : iterable of str
        Half width, as clean text is. Repeated terms count once.

    Attributes
    ----------
    terms : tuple of str
        Plain terms first, then those with wildcards; a term's number is its place here.

    Examples
    --------
    >>> matcher = Matcher(["助餐", "老年助餐服务", "老年*服务"])
    >>> found = matcher.find("老年助餐服务,老年康养服务和助餐")
    >>> [(matcher.terms[number], start, end) for number, start, end in found]
    [('老年助餐服务', 0, 6), ('老年*服务', 7, 13), ('助餐', 14, 16)]
    """

    def __init__(self, terms: Iterable[str]) -> None:
        unique = list(dict.fromkeys(terms))
        if any(not term.strip("*?") for term in unique):
            everything = "a term without any character but wildcards matches everything"
            raise ValueError(f"{everything}. Give each term a character.")
        plain = [term for term in unique if not has_wildcard(term)]
        wild = [term for term in unique if has_wildcard(term)]
        self.terms: tuple[str, ...] = (*plain, *wild)
        self._plain = plain
        self._number = {term: number for number, term in enumerate(self.terms)}
        self._longest = aho.AhoCorasick(
            plain,
            matchkind=aho.MatchKind.LeftmostLongest,
            implementation=aho.Implementation.DFA,
            store_patterns=True,
        )
        # Matches end at clause marks, so only a clause with a wildcard match is matched anew –
        # unless a term holds a mark.
        self._bounded = not set("".join(unique)) & (set(MARKS) - {"?"})
        self._wild: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        for term in wild:
            found_anywhere = re.compile(f"(?=({term_pattern(term)}))")
            pattern = self._number[term], found_anywhere
            self._wild.setdefault(literal_piece(term), []).append(pattern)
        self._anchors = aho.AhoCorasick(list(self._wild), store_patterns=True)

    @cached_property
    def _every(self) -> aho.AhoCorasick:
        """Finds overlapping plain terms, too."""
        return aho.AhoCorasick(self._plain, store_patterns=True)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return the matches as (term number, start, end), left to right."""
        matches = self._longest.find_matches_as_indexes(text)
        clauses = list(self._wild_clauses(text))
        if not clauses:
            return matches
        starts = [start for start, _ in clauses]
        matches = [
            match
            for match in matches
            if match[1] >= clauses[bisect_right(starts, match[1]) - 1][1] or match[1] < starts[0]
        ]
        matches += [match for start, end in clauses for match in self._tile(text, start, end)]
        return sorted(matches, key=lambda match: match[1])

    def count(self, texts: Sequence[str]) -> np.ndarray:
        """Return how often each term is matched: texts × `terms`, int (faster than `find`: no
        positions)."""
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
        """Bounds of the clauses in which a term with wildcards matches; in most texts few."""
        clauses: list[tuple[int, int]] = []
        # A few pieces are looked for faster one by one, and most texts hold none.
        if len(self._wild) <= 8 and not any(anchor in text for anchor in self._wild):
            return clauses
        start = end = -1
        held: set[str] = set()
        anchors = list(self._wild)
        for number, place, _ in self._anchors.find_matches_as_indexes(text, overlapping=True):
            if place >= end:
                start, end = _clause(text, place) if self._bounded else (0, len(text))
                held = set()
            if clauses and clauses[-1] == (start, end) or anchors[number] in held:
                continue
            held.add(anchors[number])
            if any(pattern.search(text, start, end) for _, pattern in self._wild[anchors[number]]):
                clauses.append((start, end))
        return clauses

    def _tile(self, text: str, start: int, end: int) -> list[tuple[int, int, int]]:
        """Match one clause by trying every term at every place."""
        clause = text[start:end]
        every = list(self._every.find_matches_as_indexes(clause, overlapping=True))
        for patterns in self._wild.values():
            every += [
                (number, m.start(1), m.end(1))
                for number, pattern in patterns
                for m in pattern.finditer(clause)
            ]
        every.sort(key=lambda match: (match[1], -match[2], match[0]))
        matches, place = [], 0
        for number, first, last in every:
            if first >= place:
                matches.append((number, start + first, start + last))
                place = last
        return matches


def has_wildcard(term: str) -> bool:
    """Whether a term holds `*` or `?`."""
    return "*" in term or "?" in term


def term_pattern(term: str) -> str:
    """Write a term as a regular expression: `*` is 0–4 characters within a clause, `?` one.

    Taking as much as possible at each `*` gives the longest match: a later piece can always reach
    farther.

    >>> re.search(term_pattern("定期报*"), "由单位定期报送整改情况,再").group()
    '定期报送整改情'
    """
    inside = f"[^{re.escape(MARKS)}]"
    pieces = {"*": f"{inside}{{0,{REACH}}}", "?": inside}
    return "".join(pieces.get(char, re.escape(char)) for char in term)


def literal_piece(term: str) -> str:
    """The longest piece without wildcards (the last of several): cheap to look for before the
    pattern is tried."""
    return max(reversed(re.split(r"[*?]+", term)), key=len)


def _clause(text: str, place: int) -> tuple[int, int]:
    """Bounds of the stretch without clause marks around a place."""
    start = end = place
    while start and text[start - 1] not in MARKS:
        start -= 1
    while end < len(text) and text[end] not in MARKS:
        end += 1
    return start, end


# how `re` itself reads a pattern; undocumented, so without it every character counts as possible
try:
    from re import _constants as ops
    from re import _parser as parser
except ImportError:  # pragma: no cover
    ops = parser = None

_DIGITS_END = 0x20000  # no digit has a higher code
_MOST = 3000  # characters of a range: `[一-龥]` says nothing
# the characters, None for any; whether the piece can be empty
_Edge = tuple[frozenset[str] | None, bool]


@functools.cache
def _digits() -> frozenset[str]:
    """What `\\d` matches, of all scripts."""
    return frozenset(char for char in map(chr, range(_DIGITS_END)) if char.isdecimal())


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match can begin with; None where it can be empty or begin with any.

    A superset on purpose: what is not in it cannot begin a match, what is in it need not.

    >>> sorted(first_characters("第?[一二]页|(?=期)期"))
    ['一', '二', '期', '第']
    """
    return _edge(pattern, 1)


def last_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match can end with; None where it can be empty or end with any.

    >>> sorted(last_characters("总?第(?:年龄)?$"))
    ['第', '龄']
    """
    return _edge(pattern, -1)


def _edge(pattern: str, step: int) -> frozenset[str] | None:
    if parser is None:
        return None
    characters, empty = _sequence(parser.parse(pattern), step)
    return None if empty else characters


def _sequence(pieces: Iterable[Any], step: int) -> _Edge:
    """Of pieces one after the other: those of the first (or last) piece, and of the next as long as
    they can be empty."""
    found: frozenset[str] = frozenset()
    for piece in list(pieces)[::step]:
        characters, empty = _piece(*piece, step)
        if characters is None:
            return None, False
        found |= characters
        if not empty:
            return found, False
    return found, True


def _piece(op: Any, value: Any, step: int) -> _Edge:
    if op is ops.LITERAL:
        return frozenset(chr(value)), False
    if op is ops.IN:
        return _set(value), False
    if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):  # takes no room
        return frozenset(), True
    if op is ops.SUBPATTERN:
        return _sequence(value[-1], step) if not value[1] and not value[2] else (None, False)
    if op is ops.BRANCH:
        some, empty = zip(*(_sequence(branch, step) for branch in value[1]), strict=True)
        return (None if None in some else frozenset().union(*some)), any(empty)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        characters, empty = _sequence(value[2], step)
        return characters, empty or value[0] == 0
    return None, False  # any character, a negated one, a group again …


def _set(members: list[Any]) -> frozenset[str] | None:
    """The characters of `[…]`."""
    found: set[str] = set()
    for op, value in members:
        if op is ops.LITERAL:
            found.add(chr(value))
        elif op is ops.RANGE and value[1] - value[0] < _MOST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        elif op is ops.CATEGORY and value is ops.CATEGORY_DIGIT:
            found |= _digits()
        else:
            return None
    return frozenset(found)
