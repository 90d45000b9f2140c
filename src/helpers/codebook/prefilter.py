"""Find the characters with which matches of a regular expression can begin or end.

Use this module to save time: a slow pattern need not be tried where the first or last character
rules out a match.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

# Python's module `re` reads patterns with `re._parser`, which is private and may be missing in a
# later Python. Without `re._parser`, every character counts as possible, which is slower but
# correct.
try:
    from re import _constants as ops
    from re import _parser as parser
except ImportError:  # pragma: no cover
    ops = parser = None

_DIGITS_END = 0x20000  # The digits of all scripts have lower character codes.
_MOST = 3000  # A longer range, such as all Chinese characters `[一-龥]`, counts as any character.
# The type `_Possible` tells what a piece of a pattern can match. A `_Possible` holds the characters
# with which a match can begin or end (None for any character), and True if the match can be empty.
_Possible = tuple[frozenset[str] | None, bool]


@functools.cache
def _digits() -> frozenset[str]:
    """Return the characters that `\\d` matches: the digits of all scripts."""
    return frozenset(char for char in map(chr, range(_DIGITS_END)) if char.isdecimal())


def first_characters(pattern: str) -> frozenset[str] | None:
    """Return all characters with which a match of a pattern can begin, and perhaps some others.

    The result is None if a match can be empty or begin with any character.

    >>> sorted(first_characters("第?[一二]页|(?=期)期"))
    ['一', '二', '期', '第']
    """
    return _outer_characters(pattern, 1)


def last_characters(pattern: str) -> frozenset[str] | None:
    """Return all characters with which a match of a pattern can end, and perhaps some others.

    The result is None if a match can be empty or end with any character.

    >>> sorted(last_characters("总?第(?:年龄)?$"))
    ['第', '龄']
    """
    return _outer_characters(pattern, -1)


def _outer_characters(pattern: str, step: int) -> frozenset[str] | None:
    """Return the characters with which a match can begin (`step` is 1) or end (`step` is -1)."""
    if parser is None:
        return None
    characters, can_be_empty = _of_sequence(parser.parse(pattern), step)
    return None if can_be_empty else characters


def _of_sequence(pieces: Iterable[Any], step: int) -> _Possible:
    """Return the characters with which a match of consecutive pieces of a pattern can begin (or
    end, if `step` is -1). A match begins with the first piece. If the first piece can match the
    empty string, the match may also begin with the second piece, and so on."""
    possible: frozenset[str] = frozenset()
    for op, value in list(pieces)[::step]:
        characters, can_be_empty = _of_piece(op, value, step)
        if characters is None:
            return None, False
        possible |= characters
        if not can_be_empty:
            return possible, False
    return possible, True


def _of_piece(op: Any, value: Any, step: int) -> _Possible:
    if op is ops.LITERAL:
        return frozenset(chr(value)), False
    if op is ops.IN:
        return _of_set(value), False
    if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):  # anchors and lookarounds match no character
        return frozenset(), True
    if op is ops.SUBPATTERN:
        _, added_flags, removed_flags, pieces = value
        return (None, False) if added_flags or removed_flags else _of_sequence(pieces, step)
    if op is ops.BRANCH:
        branches, can_be_empty = zip(*(_of_sequence(b, step) for b in value[1]), strict=True)
        return (None if None in branches else frozenset().union(*branches)), any(can_be_empty)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, _, pieces = value
        characters, can_be_empty = _of_sequence(pieces, step)
        return characters, can_be_empty or least == 0
    return None, False  # any other piece, such as a dot, may match any character


def _of_set(members: list[Any]) -> frozenset[str] | None:
    """Return the characters that a set such as `[abc]` matches, or None if it may match any."""
    possible: set[str] = set()
    for op, value in members:
        if op is ops.LITERAL:
            possible.add(chr(value))
        elif op is ops.RANGE and value[1] - value[0] < _MOST:
            possible.update(map(chr, range(value[0], value[1] + 1)))
        elif op is ops.CATEGORY and value is ops.CATEGORY_DIGIT:
            possible |= _digits()
        else:
            return None
    return frozenset(possible)
