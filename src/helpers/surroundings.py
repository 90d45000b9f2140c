"""Sentence and number → the words around the number: before it, after it, and the numbers named
already."""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.indicator_table import Indicator
from helpers.number_words import pattern
from helpers.quantities import Quantity

_REACH = 300
"""Words further back than this in one sentence say nothing of a number."""
_BETWEEN = "余多几来万亿百千⁰¹²³⁴⁵⁶⁷⁸⁹"
"""What may stand between the digits and the unit: the multiplier, the mark of a note (``35¹家``)."""
_CLAUSE_END = re.compile("[,，;；。.]")
# 38项问题已整改31项: of the 31
_OF_NEXT = re.compile(
    "(?:已|均|目前|全部)*(?:整改|办结|销号|解决|完成)(?:到位|完成|销号|办结)*[了率达为共约]*$"
)
_RISE = "(?:{change_to})(?:[到至为成](?!位)|到了|至了)"
_FROM = re.compile("(?:由|从)[^,;由从]{0,12}$")
_TO = f"[^,;]{{0,6}},?[^,;]{{0,6}}{_RISE}"
_TO_NEXT = f"[余多万亿]{{0,2}}[^,;0-9]{{0,8}},?[^,;0-9]{{0,6}}{_RISE}"


class Named(NamedTuple):
    """A number of the same sentence that has its name already."""

    quantity: Quantity
    name: Indicator


class Surroundings(NamedTuple):
    """The text before and after a number, clean, within its sentence.

    `near` reaches back to the magnitude before it, `clause` to the start of its clause, `before` to
    the start of the sentence; `after` ends at the next magnitude or clause. `place` is ``start`` or
    ``end`` for the two numbers of ``由…提高到…``; both have the words before 由 in `near`. `named`
    holds the sentence's earlier numbers, the last one last.
    """

    near: str
    clause: str
    before: str
    after: str
    place: str = ""
    named: tuple[Named, ...] = ()


def words_around(
    text: str, start: int, end: int, magnitudes: list[Quantity], i: int, named: list[Named]
) -> Surroundings:
    """Cut the words around a number out of its sentence; only magnitudes bound them
    (``65岁以上老年人106.3万人``)."""
    q = magnitudes[i]
    start = max(start, q.start - _REACH)
    before = text[start : q.start]
    clause = before[max(map(before.rfind, ",;:。")) + 1 :]  # clean text has no full-width commas
    previous = magnitudes[i - 1].end if i and magnitudes[i - 1].end > start else start
    near = clause[-(q.start - previous) :] if q.start > previous else ""
    if near and previous > start and len(near) == q.start - previous:
        near = near.lstrip(_BETWEEN).removeprefix(magnitudes[i - 1].unit)
    following = min(
        end, q.end + _REACH, magnitudes[i + 1].start if i + 1 < len(magnitudes) else end
    )
    after = text[q.end : following].lstrip(_BETWEEN)
    after, *rest = _CLAUSE_END.split(after.removeprefix(q.unit), maxsplit=1)
    # 养老机构32家、日间照料中心18个: what follows is counted by the next number
    if after.startswith("、"):
        after = ""
    elif not rest and i + 1 < len(magnitudes) and following == magnitudes[i + 1].start:
        after = _OF_NEXT.sub("", after)
    return Surroundings(near, clause, before, after, "", tuple(named))


def of_a_change(words: Surroundings, origin: str, following: str) -> tuple[Surroundings, str]:
    """Give both numbers of ``覆盖率由83.6%提高到97.5%`` the words before 由, and the second none of
    the first's date."""
    near = words.near
    if (
        ("由" in near or "从" in near)
        and (begin := _FROM.search(near))
        and pattern(_TO_NEXT).match(following)
    ):
        origin = words.before[: len(words.before) - len(near) + begin.start()]
        return (
            words._replace(near=near[: begin.start()] or _last_clause(origin), place="start"),
            origin,
        )
    if origin and pattern(_TO).match(near):
        return (
            words._replace(
                near=_last_clause(origin),
                clause=_last_clause(origin) + near,
                before=origin + near,
                place="end",
            ),
            "",
        )
    return words, ""


def _last_clause(before: str) -> str:
    """The words after the last comma, a bare comma at the end left out."""
    before = before.rstrip(",;:")
    return before[max(map(before.rfind, ",;:。")) + 1 :]
