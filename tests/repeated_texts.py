"""Texts that repeat what the rules look for, made from the rules themselves.

Each regular expression that the package compiles gives pieces from its own parse tree, and so does
each cell of the codebook. A new rule or pattern is therefore tried without a new test.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from re import _constants as ops
from re import _parser as parser

import helpers
from helpers import Codebook
from helpers.characters import encodable

SOURCE = Path(helpers.__file__).parent
SEPARATORS = ("", ",", "", "、", "", "。", "", "\n")
_HEAD = "鹤城人大工作简报\n第3期\n2024年9月3日\n鹤城: 凝聚合力\n"
_LONGEST_PIECE = 60
_PROSE = ("note", "example", "en", "zh", "definition", "includes", "excludes_note", "legal_source")
_BRACKETS = re.compile(r"[\\()\[\]{}^+]")
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


def library(codebook: Codebook) -> list[str]:
    """Return all pieces, without repetitions, in an order that does not change between runs."""
    pieces: dict[str, None] = {}
    for pattern in sorted(patterns_of(codebook) | patterns_in_code()):
        pieces |= dict.fromkeys(pieces_of(pattern))
    cells = list(cells_of(codebook))
    words = [word for cell in cells for word in re.split(r"[*?…$]+", cell) if word]
    pieces |= dict.fromkeys(cells + words)
    pieces |= dict.fromkeys(a + b for a, b in pairwise(words))
    cut = dict.fromkeys(encodable(piece)[:_LONGEST_PIECE] for piece in pieces)
    return [piece for piece in cut if piece]


def repeated(piece: str, n_chars: int, separator: str = "", *, headed: bool = False) -> str:
    """Return a text of `n_chars` characters in which a piece is repeated."""
    unit = piece + separator
    text = (_HEAD if headed else "") + unit * (n_chars // len(unit) + 1)
    return text[:n_chars]


def texts(pieces: list[str], n_chars: int, *, step: int = 1) -> Iterator[tuple[str, str]]:
    """Yield every `step`-th piece and a text that repeats it, with a separator or without, and
    with a masthead or without."""
    for number, piece in enumerate(pieces[::step]):
        separator = SEPARATORS[number % len(SEPARATORS)]
        yield piece, repeated(piece, n_chars, separator, headed=number % 3 == 2)


def cells_of(codebook: Codebook) -> Iterator[str]:
    """Yield the terms of every table of a codebook, as written and with words for wildcards."""
    for table in vars(codebook).values():
        columns = [name for name in getattr(table, "columns", ()) if name not in _PROSE]
        for cell in table[columns].to_numpy().ravel() if columns else ():
            for term in str(cell).split("|"):
                # cells with brackets are regular expressions, whose pieces `pieces_of` yields
                if term and not term.isascii() and not _BRACKETS.search(term):
                    yield term
                    yield term.replace("*", "医养结合").replace("…", "养老服务").replace("?", "老")


def patterns_in_code() -> set[str]:
    """Return the patterns that the code gives to functions of the module `re` as literals."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and getattr(node.func.value, "id", "") == "re" and node.args:
                pattern = getattr(node.args[0], "value", None)
                if isinstance(pattern, str):
                    found.add(pattern)
    return found


def patterns_of(codebook: Codebook) -> set[str]:
    """Return every compiled pattern that the package's modules and the codebook hold."""
    modules = [module for name, module in sys.modules.items() if name.startswith("helpers")]
    to_see = [*(vars(module) for module in modules), vars(codebook)]
    seen, found = set(), set()
    while to_see:
        one = to_see.pop()
        if id(one) in seen or isinstance(one, (str, bytes, int, float, type)):
            continue
        seen.add(id(one))
        if isinstance(one, re.Pattern):
            found.add(one.pattern)
        elif isinstance(one, dict):
            to_see += one.values()
        elif isinstance(one, (list, tuple, set, frozenset)):
            to_see += one
        elif type(one).__module__.startswith("helpers") and hasattr(one, "__dict__"):
            to_see.append(vars(one))
    return {pattern for pattern in found if isinstance(pattern, str)}


def pieces_of(pattern: str) -> Iterator[str]:
    """Yield strings from the parse tree of a pattern: a match, every beginning of a match, what
    the pattern repeats, and the match of every alternative."""
    tree = parser.parse(pattern)
    whole = [_match_of([item]) for item in tree]
    yield "".join(whole)
    for n in range(1, len(whole)):
        yield "".join(whole[:n])  # a match that breaks off
    yield from _parts(tree)


def _parts(items) -> Iterator[str]:
    """Yield the matches of all repeated parts and alternatives inside a parse tree."""
    for op, value in items:
        if op in _REPEATS:
            least, most, part = value
            unit = _match_of(part)
            if most > 1:
                yield unit
                yield unit * min(int(most), 12)
            yield from _parts(part)
        elif op is ops.BRANCH:
            branches = [_match_of(branch) for branch in value[1]]
            yield from branches
            yield "".join(branches)
            for branch in value[1]:
                yield from _parts(branch)
        elif op is ops.SUBPATTERN:
            yield from _parts(value[3])
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield _match_of(value[1])
            yield from _parts(value[1])


def _match_of(items) -> str:
    """Return one string that a part of a pattern matches, if lookarounds are left out."""
    text = ""
    for op, value in items:
        if op is ops.LITERAL:
            text += chr(value)
        elif op is ops.IN:
            text += _char_of(value)
        elif op is ops.NOT_LITERAL or op is ops.ANY:
            text += "老"
        elif op is ops.BRANCH:
            text += _match_of(value[1][0])
        elif op is ops.SUBPATTERN:
            text += _match_of(value[3])
        elif op in _REPEATS:
            text += _match_of(value[2]) * max(1, min(value[0], 12))
        elif op is ops.ASSERT and value[0] > 0:
            text += _match_of(value[1])
    return text


def _char_of(members) -> str:
    """Return a character that a set of a pattern matches."""
    op, value = members[0]
    if op is ops.LITERAL:
        return chr(value)
    if op is ops.RANGE:
        return chr(value[0])
    if op is ops.CATEGORY:
        return {ops.CATEGORY_DIGIT: "3", ops.CATEGORY_SPACE: " "}.get(value, "老")
    barred = re.compile("[" + "".join(map(_member, members[1:])) + "]")  # a negated set
    return next((char for char in "老3,。 a《" if not barred.match(char)), "龘")


def _member(member) -> str:
    op, value = member
    if op is ops.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if op is ops.CATEGORY:
        return {ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_SPACE: r"\s"}.get(value, r"\w")
    return re.escape(chr(value))
