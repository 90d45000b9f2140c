"""Chinese official prose → every number in it, with unit, qualifier and offsets, classed as a
magnitude or by what else it is."""

from __future__ import annotations

import re
from dataclasses import replace

from helpers.layout import half_width
from helpers.number_forms import COMPOUND, ranged, read_compound, read_fraction, read_range
from helpers.number_rules import (
    NUMERAL,
    left_of,
    qualifier_of,
    right_of,
    rule_of,
    scale_and_unit,
    value_of,
)
from helpers.numerals import LONGEST, chinese_number, chinese_range, cut_run, decimal_number, scaled
from helpers.quantity import NOT_METRIC, Quantity

__all__ = ["NOT_METRIC", "Quantity", "find_quantities"]

_START = re.compile(f"[0-9数几{NUMERAL}]")
_HIT = re.compile(
    rf"[0-9][0-9,.·]*|(?<![0-9{NUMERAL}余多几])(?:[数几](?=[十百千万亿]))?[{NUMERAL}]+(?:几(?![{NUMERAL}]))?"
)
_JOINT = re.compile(r"\s*[余多]?\s*(?:、|和|与|及|以及|或)\s*")
_PEOPLE = re.compile(
    "人口(?:总数|总量|数)?(?:已|近|约|共|就)?(?:超过|达到|增至|增加到|达|为|有|是|超|突破)?[了约近]?¶?$"
)
_MINUS = re.compile(r"(?:^|[长降为至到达,，(（:：])[-−]$")


def find_quantities(text: str) -> list[Quantity]:
    """Find every number of a text; nothing that is written in digits is left out.

    A number that states no magnitude (a date, an age, a clause, a slogan …) carries its class in
    `kind` and the name of the rule in `reason`. Works on raw text (full width, broken lines) and on
    clean text alike. Takes time linear in the text's length: each number looks at no more than 40
    characters around it.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of Quantity
        In text order, not overlapping; ``text[q.start:q.end] == q.printed``.

    Examples
    --------
    >>> [(q.printed, q.value, q.unit, q.kind) for q in find_quantities("2024年建成床位1.2万余张")]
    [('2024', 2024.0, '', 'date'), ('1.2', 12000.0, '张', 'count')]
    """
    half = half_width(text)
    found: list[Quantity] = []
    passed = reached = 0
    for begin in _START.finditer(half):
        # a scan for one of few characters is many times faster than one for the whole pattern
        hit = _HIT.match(half, begin.start()) if begin.start() >= passed else None
        if not hit:
            continue
        passed = hit.end()
        if passed <= reached:
            continue
        first = max(hit.start(), reached)  # 百分之0 may end within the run `0..0`, 0/0 within `0·0`
        first += passed - first - len(half[first:passed].lstrip(",.·"))
        for start, end in cut_run(half, first, passed) if first < passed else ():
            if start >= reached and (quantity := _read(text, half, start, end)):
                found.append(quantity)
                reached = max(quantity.end, end)
    return _join(found, half)


def _join(found: list[Quantity], half: str) -> list[Quantity]:
    """Let neighbours inform each other: the unit of a list (``２５８和１４８个百分点``), a range
    (``7%—8%``)."""
    for i in range(len(found) - 2, -1, -1):
        this, after = found[i], found[i + 1]
        if after.start - this.end < 12 and _is_span(this, after, half):
            low, high = this.value, after.value
            found[i] = replace(
                this, qualifier="range", low=low, high=high, reason="lower end of a range"
            )
            found[i + 1] = replace(
                after, qualifier="range", low=low, high=high, reason="upper end of a range"
            )
        if (
            this.kind != "number"
            or this.unit
            or this.multiplier > 1
            or not after.unit
            or after.kind in NOT_METRIC
        ):
            continue
        digits = half[this.start : this.end]
        if (
            _JOINT.fullmatch(half, this.end, after.start)
            and this.value is not None
            and set(digits) <= set("0123456789,.·")
        ):
            value = scaled(decimal_number(digits), after.multiplier)
            found[i] = replace(
                this,
                kind=after.kind,
                multiplier=after.multiplier,
                unit=after.unit,
                readings=(value,),
                value=value,
                best=value,
                low=value,
                high=value,
                reason="unit of the list it stands in",
            )
    return found


def _is_span(this: Quantity, after: Quantity, half: str) -> bool:
    """Whether two neighbours, each with its unit, are the ends of one range: ``1亿—2亿元``, not
    ``从7%升至8%``."""
    between = "".join(half[this.end : after.start].split())
    dash = between[-1:] in "-—–~" or (
        between[-1:] in "至到"
        and not re.search("[从由自增减升降提扩达]", half[max(0, this.start - 12) : after.start])
    )
    return (
        bool(between)
        and dash
        and this.kind not in NOT_METRIC
        and this.unit in ("", after.unit)
        and re.fullmatch(r"[\w%‰]*?[余多]?[-—–~至到]+", between) is not None
        and this.value is not None
        and after.value is not None
        and this.value < after.value
    )


def _read(text: str, half: str, start: int, end: int) -> Quantity | None:
    """Class one number by the rules, then by its unit; None for a Chinese numeral that is only part
    of a word."""
    digits = half[start:end]
    arabic = digits[0].isascii()
    left, right = left_of(half, start), right_of(half, end)
    if len(digits) > 2 * LONGEST:
        return _other(
            text, start, end, "code", "a run of digits or numerals too long for a number", None
        )
    if not arabic and right.startswith("分之"):
        return read_fraction(text, half, start, end, left)
    named = rule_of(digits, left, right)
    if arabic and not named and (rest := COMPOUND.match(half, start)) and rest.end() > end:
        return read_compound(text, half, start, rest.end(), left)
    if linked := read_range(text, half, start, end, left, named):
        return linked
    if named:
        return _other(text, start, end, *named, value_of(digits))
    return _magnitude(text, start, end, digits, left, right)


def _magnitude(
    text: str, start: int, end: int, digits: str, left: str, right: str
) -> Quantity | None:
    """A number with its unit; a Chinese numeral needs one, or it is part of a word (统一, 十分)."""
    arabic = digits[0].isascii()
    multiplier, unit, kind, rest, more = scale_and_unit(right, arabic)
    qualifier = qualifier_of(left, rest, more)
    if not arabic:
        if not unit or not _is_counting(digits, left, more or right[:1] in "余多"):
            return None
        if between := chinese_range(digits):
            low, high = (end_ * multiplier for end_ in between)
            return ranged(
                text,
                start,
                end,
                kind,
                multiplier,
                unit,
                low,
                high,
                "two neighbouring numerals name a range",
            )
        if digits[-1] == "几":
            digits, qualifier = digits[:-1], "at_least"
        if digits == "一" and kind == "count":
            return _other(
                text, start, end, "indefinite", "一 before a measure word is an article", 1.0, unit
            )
        if (number := chinese_number(digits)) is None:
            return None
        value = float(number * multiplier)
    else:
        if not unit and multiplier > 1 and _PEOPLE.search(left):
            unit, kind = "人", "count"  # 常住人口２０２万
        if left[-1:] in "-−" and _MINUS.search(left):
            value = scaled(-decimal_number(digits), multiplier)
        else:
            value = (
                float(int(digits) * multiplier)
                if digits.isdigit()
                else scaled(decimal_number(digits), multiplier)
            )
    return Quantity(
        start,
        end,
        text[start:end],
        kind or "number",
        multiplier,
        unit,
        qualifier,
        (value,),
        value,
        value,
        1.0,
        value,
        value,
        reason="" if unit or not arabic else "no known unit follows",
    )


def _is_counting(digits: str, left: str, more: bool) -> bool:
    """百/千/万/亿 alone count only beside 近, 上, 余 … (``近千人``); elsewhere they belong to a
    word (``万人空巷``)."""
    if left[-1:].isdigit() or left[-1:] in "统唯第":
        return False
    return (
        any(c not in "百千万亿" for c in digits)
        or more
        or bool(re.search("[近约上超逾过达满]¶?$", left))
    )


def _other(
    text: str, start: int, end: int, kind: str, rule: str, value: float | None, unit: str = ""
) -> Quantity:
    """A number that is no magnitude: kept, with the name of the rule."""
    readings = () if value is None else (value,)
    return Quantity(
        start,
        end,
        text[start:end],
        kind,
        1,
        unit or _DEFAULT_UNIT.get(kind, ""),
        "exact",
        readings,
        value,
        value,
        None if value is None else 1.0,
        value,
        value,
        reason=rule,
    )


_DEFAULT_UNIT = {"age": "岁"}
