"""Turn a pattern into the characters that its matches can begin and end with: a quick test that
spares most searches."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

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
        branches = [_sequence(branch, step) for branch in value[1]]
        some = [characters for characters, _ in branches]
        return (None if None in some else frozenset().union(*some)), any(
            empty for _, empty in branches
        )
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
