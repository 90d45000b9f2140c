"""Text → its numbers with unit, qualifier and offsets, as printed.

Start here for `find_quantities`; where a decimal point was lost is decided in `decimals`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from helpers.characters import (
    DIGITS,
    LONGEST,
    chinese_number,
    chinese_range,
    cut_run,
    decimal_number,
    half_width,
    scaled,
)
from helpers.codebook import Codebook

from .rules import NUMERAL, left_of, qualifier_of, right_of, rule_of, scale_and_unit, value_of

_START = re.compile(f"[0-9数几{NUMERAL}]")
_HIT = re.compile(
    rf"[0-9][0-9,.·]*|(?<![0-9{NUMERAL}余多几])(?:[数几](?=[十百千万亿]))?[{NUMERAL}]+"
    rf"(?:几(?![{NUMERAL}]))?"
)


def find_quantities(text: str, codebook: Codebook | None = None) -> list[Quantity]:
    """Find every number of a text; nothing that is written in digits is left out.

    A number that states no magnitude (a date, an age, a clause, a slogan …) carries its class in
    `kind` and the name of the rule in `reason`. Works on raw text (full width, broken lines) and on
    clean text alike. Takes time linear in the text's length: each number looks at no more than 40
    characters around it.

    Parameters
    ----------
    text : str
        Any text.
    codebook : Codebook, optional
        Its units and number rules; default: `read_codebook()`.

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


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text.

    Attributes
    ----------
    start, end : int
        The digits, in the text given.
    printed : str
        The digits verbatim, without 万/亿; of a Chinese numeral all of it (``一万``), of a range
        both ends (``２－３``).
    kind : str
        count, money, share, change, … (``data/codebook/units.csv``), ``number`` where no unit is
        known, or the class of a number that is no magnitude (`NOT_METRIC`).
    multiplier : int
        What follows the digits: 万 → 10000.
    unit, qualifier : str
        As in the units table; exact, about, at_least, at_most, range.
    readings : tuple of float
        Every reading still possible, multiplied out, ascending.
    value : float or None
        The one reading. None for a range (see `low`, `high`) and where several readings are left.
    best, p_best : float or None
        The likeliest reading and its probability; of a settled number the value and 1.
    low, high : float or None
        The bounds of the readings or of the range.
    status, basis, reason : str
        as_printed, restored, ambiguous; printed, bound, arithmetic, layout, coder (None for
        ambiguous); why.

    Examples
    --------
    >>> from helpers import find_quantities
    >>> (beds,) = find_quantities("床位1.2万余张")  # "more than 12,000 beds"
    >>> beds.value, beds.unit, beds.qualifier, beds.status
    (12000.0, '张', 'at_least', 'as_printed')
    """

    start: int
    end: int
    printed: str
    kind: str
    multiplier: int = 1
    unit: str = ""
    qualifier: str = "exact"
    readings: tuple[float, ...] = ()
    value: float | None = None
    best: float | None = None
    p_best: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "as_printed"
    basis: str | None = "printed"
    reason: str = ""


NOT_METRIC = frozenset("date age ordinal clause page issue slogan code ratio indefinite".split())
"""Classes of numbers that state no magnitude (section B of the codebook: not metrics)."""


def settled(value: float) -> dict[str, Any]:
    """The fields of a number that has one reading."""
    same = dict.fromkeys(("value", "best", "low", "high"), value)
    return {"readings": (value,), "p_best": 1.0, **same}


Printed = tuple[int, int, str]
"""Start, end and digits of a number, as the text has them."""
_COMPOUND = re.compile(
    r"[0-9]+(?:\.[0-9]+)?亿[0-9]{1,4}万(?:[0-9]{1,4}(?![0-9.万亿]))?"
    r"|[0-9]+万[0-9]{1,4}(?![0-9.,万亿])(?!年|月|日)"
    r"|[0-9]+(?:\.[0-9]+)?元[0-9]角(?:[0-9]分)?|[0-9]{1,2}/[0-9]{1,3}(?![0-9/.年])"
)


def _read(text: str, half: str, start: int, end: int) -> Quantity | None:
    """Class one number by the rules, then by its unit; None for a Chinese numeral that is only part
    of a word."""
    digits, printed = half[start:end], (start, end, text[start:end])
    arabic = digits[0].isascii()
    left, right = left_of(half, start), right_of(half, end)
    if len(digits) > 2 * LONGEST:
        reason = "a run of digits or numerals too long for a number"
        return _single(printed, "code", None, reason=reason)
    if not arabic and right.startswith("分之"):
        return _read_fraction(text, half, start, end, left)
    if named := rule_of(digits, left, right):
        kind, rule = named
        unit = "岁" if kind == "age" else ""
        return _single(printed, kind, value_of(digits), unit=unit, reason=rule)
    if arabic and (whole := _COMPOUND.match(half, start)) and whole.end() > end:
        return _read_compound(text, half, start, whole.end(), left)
    linked = _read_range(text, half, start, end, left)
    return linked or _magnitude(printed, digits, left, right)


def _single(
    printed: Printed, kind: str, value: float | None, scale=1, unit="", qualifier="exact", reason=""
) -> Quantity:
    """A number as printed: one reading, or none for digits that name no number."""
    readings, sure = ((), None) if value is None else ((value,), 1.0)
    head = *printed, kind or "number", scale, unit, qualifier, readings
    return Quantity(*head, value, value, sure, value, value, reason=reason)


def _ranged(
    printed: Printed, kind: str, multiplier: int, unit: str, low: float, high: float, reason: str
) -> Quantity:
    """A range: both ends kept, no single value."""
    low, high = float(low), float(high)
    head = *printed, kind or "number", multiplier, unit, "range"
    return Quantity(*head, (low, high), low=low, high=high, reason=reason)


_PART = re.compile(
    rf"\s*分\s*之\s*([0-9]+(?:\.[0-9]+)?|[{NUMERAL}]+(?:点[{''.join(DIGITS)}]{{1,12}})?)"
)
_PERCENT = {"百": "%", "千": "‰", "万": "万分之"}


def _read_fraction(text: str, half: str, start: int, end: int, left: str) -> Quantity | None:
    """Read 百分之四十 as 40 %, and 三分之二 as 2/3 of a whole."""
    part = _PART.match(half, end)
    whole = chinese_number(half[start:end])
    if not part or not whole:
        return None
    whole_part, _, decimals = part[1].partition("点")
    number = value_of(whole_part)
    if number is None:
        return None
    if decimals:
        number = float(f"{number:.0f}.{''.join(str(DIGITS[c]) for c in decimals)}")
    if unit := _PERCENT.get(half[start:end], ""):
        start = part.start(1)
    else:
        number /= whole
    qualifier = qualifier_of(left, right_of(half, part.end()), False)
    printed = start, part.end(1), text[start : part.end(1)]
    return _single(printed, "share", number, 1, unit, qualifier, "a fraction in words")


_HUNDREDTHS = {"亿": 10**10, "万": 10**6, "": 100, "元": 100, "角": 10, "分": 1}


def _read_compound(text: str, half: str, start: int, end: int, left: str) -> Quantity:
    """Read ``3万4000``, ``3亿5000万`` and ``123元1角1分`` as the one number they are; 2/3, too."""
    digits, right, printed = half[start:end], right_of(half, end), (start, end, text[start:end])
    if "/" in digits:
        part, whole = map(int, digits.split("/"))
        qualifier = qualifier_of(left, right, False)
        return _single(printed, "share", part / max(whole, 1), 1, "", qualifier, "a fraction")
    parts = re.findall(r"([0-9.]+)(亿|万|元|角|分|)", digits)
    hundredths = sum(decimal_number(number) * _HUNDREDTHS[unit] for number, unit in parts)
    _, unit, kind, rest, more = scale_and_unit(right, True)
    if "角" in digits:
        unit, kind = "元", "money"
    qualifier, reason = qualifier_of(left, rest, more), "parts of one number"
    return _single(printed, kind, float(hundredths / 100), 1, unit, qualifier, reason)


_SPAN = re.compile("[-—–~至到]")
_LINK = re.compile(
    rf"\s*(?P<scale>万亿|亿|万|千|百)?(?P<unit>[^\d\s{NUMERAL}，。,;；:、"
    r"~—–-]{0,4}?)\s*(?P<link>[-—–~－]{1,2}|至|到)\s*"
    rf"(?P<last>[0-9][0-9,.·]*|[{NUMERAL}]+)"
)


def _read_range(text: str, half: str, start: int, end: int, left: str) -> Quantity | None:
    """Read ``2-3人`` and ``五至十年`` as one range; a change (``从5到8人``) and a chain
    (``06-35-10``) are no ranges."""
    link = _LINK.match(half, end) if _SPAN.search(half, end, end + 16) else None
    # ends that bear a scale or a unit of their own (1亿—2亿元) are two numbers: see _join
    if not link or link["scale"] or link["unit"] or re.search("[0-9][-—–~]$", left):
        return None
    if link["link"] in "至到" and re.search("[从由自][^,，。;；、]{0,12}$", left):
        return None
    first_digits, last_digits = half[start:end], link["last"].rstrip(",.·")
    last = link.start("last") + len(last_digits)
    right = right_of(half, last)
    arabic = first_digits[0].isascii()
    is_chain = re.match("[-—–~][0-9]", right)
    if is_chain or arabic != last_digits[0].isascii() or rule_of(last_digits, "", right):
        return None
    multiplier, unit, kind, _, _ = scale_and_unit(right, arabic)
    low, high = value_of(first_digits), value_of(last_digits)
    if low is None or high is None or not (unit or multiplier > 1):
        return None
    low, high, printed = low * multiplier, high * multiplier, (start, last, text[start:last])
    return _ranged(printed, kind, multiplier, unit, low, high, "a range") if low < high else None


_PEOPLE = re.compile(
    "人口(?:总数|总量|数)?(?:已|近|约|共|就)?(?:超过|达到|增至|增加到|达|为|有|是|超|突破)?"
    "[了约近]?¶?$"
)
_MINUS = re.compile(r"(?:^|[长降为至到达,，(（:：])[-−]$")


def _magnitude(printed: Printed, digits: str, left: str, right: str) -> Quantity | None:
    """A number with its unit; a Chinese numeral needs one, or it is part of a word (统一, 十分)."""
    arabic = digits[0].isascii()
    multiplier, unit, kind, rest, more = scale_and_unit(right, arabic)
    qualifier = qualifier_of(left, rest, more)
    if arabic:
        if not unit and multiplier > 1 and _PEOPLE.search(left):
            unit, kind = "人", "count"  # 常住人口２０２万
        if left[-1:] in "-−" and _MINUS.search(left):
            value = scaled(-decimal_number(digits), multiplier)
        elif digits.isdigit():
            value = float(int(digits) * multiplier)
        else:
            value = scaled(decimal_number(digits), multiplier)
        reason = "" if unit else "no known unit follows"
        return _single(printed, kind, value, multiplier, unit, qualifier, reason)
    if not unit or not _is_counting(digits, left, more or right[:1] in "余多"):
        return None
    if between := chinese_range(digits):
        low, high = (end * multiplier for end in between)
        reason = "two neighbouring numerals name a range"
        return _ranged(printed, kind, multiplier, unit, low, high, reason)
    if digits[-1] == "几":
        digits, qualifier = digits[:-1], "at_least"
    if digits == "一" and kind == "count":
        reason = "一 before a measure word is an article"
        return _single(printed, "indefinite", 1.0, unit=unit, reason=reason)
    if (number := chinese_number(digits)) is None:
        return None
    return _single(printed, kind, float(number * multiplier), multiplier, unit, qualifier)


def _is_counting(digits: str, left: str, more: bool) -> bool:
    """百/千/万/亿 alone count only beside 近, 上, 余 … (``近千人``); elsewhere they belong to a
    word (``万人空巷``)."""
    if left[-1:].isdigit() or left[-1:] in "统唯第":
        return False
    return more or digits.strip("百千万亿") != "" or bool(re.search("[近约上超逾过达满]¶?$", left))


_JOINT = re.compile(r"\s*[余多]?\s*(?:、|和|与|及|以及|或)\s*")


def _join(found: list[Quantity], half: str) -> list[Quantity]:
    """Let neighbours inform each other: the unit of a list (``２５８和１４８个百分点``), a range
    (``7%—8%``)."""
    for i in range(len(found) - 2, -1, -1):
        this, after = found[i], found[i + 1]
        if after.start - this.end < 12 and _is_span(this, after, half):
            bounds = {"qualifier": "range", "low": this.value, "high": after.value}
            found[i] = replace(this, **bounds, reason="lower end of a range")
            found[i + 1] = replace(after, **bounds, reason="upper end of a range")
        bare = this.kind == "number" and not this.unit and this.multiplier == 1
        if not bare or not after.unit or after.kind in NOT_METRIC or this.value is None:
            continue
        digits = half[this.start : this.end]
        if set(digits) <= set("0123456789,.·") and _JOINT.fullmatch(half, this.end, after.start):
            shared = {"kind": after.kind, "multiplier": after.multiplier, "unit": after.unit}
            shared |= settled(scaled(decimal_number(digits), after.multiplier))
            found[i] = replace(this, **shared, reason="unit of the list it stands in")
    return found


def _is_span(this: Quantity, after: Quantity, half: str) -> bool:
    """Whether two neighbours, each with its unit, are the ends of one range: ``1亿—2亿元``, not
    ``从7%升至8%``."""
    between = "".join(half[this.end : after.start].split())
    dash = between[-1:] in "-—–~" or (
        between[-1:] in "至到"
        and not re.search("[从由自增减升降提扩达]", half[max(0, this.start - 12) : after.start])
    )
    if not between or not dash or this.kind in NOT_METRIC or this.unit not in ("", after.unit):
        return False
    if this.value is None or after.value is None or this.value >= after.value:
        return False
    return re.fullmatch(r"[\w%‰]*?[余多]?[-—–~至到]+", between) is not None
