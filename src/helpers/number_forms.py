"""Numbers that are more than one run of digits: ranges, fractions and amounts in parts → one
`Quantity` each."""

from __future__ import annotations

import re

from helpers.number_rules import NUMERAL, qualifier_of, right_of, rule_of, scale_and_unit, value_of
from helpers.numerals import DIGITS, MULTIPLIERS, chinese_number, decimal_number
from helpers.quantity import Quantity

COMPOUND = re.compile(
    r"[0-9]+(?:\.[0-9]+)?亿[0-9]{1,4}万(?:[0-9]{1,4}(?![0-9.万亿]))?|[0-9]+万[0-9]{1,4}(?![0-9.,万亿])(?!年|月|日)"
    r"|[0-9]+(?:\.[0-9]+)?元[0-9]角(?:[0-9]分)?|[0-9]{1,2}/[0-9]{1,3}(?![0-9/.年])"
)
_LINK = re.compile(
    rf"\s*(?P<scale>万亿|亿|万|千|百)?(?P<unit>[^\d\s{NUMERAL}，。,;；:、"
    r"~—–-]{0,4}?)\s*(?P<link>[-—–~－]{1,2}|至|到)\s*"
    rf"(?P<last>[0-9][0-9,.·]*|[{NUMERAL}]+)"
)
_PART = re.compile(
    rf"\s*分\s*之\s*([0-9]+(?:\.[0-9]+)?|[{NUMERAL}]+(?:点[{''.join(DIGITS)}]{{1,12}})?)"
)
_PERCENT = {"百": "%", "千": "‰", "万": "万分之"}
_SPAN = re.compile("[-—–~至到]")


def ranged(text, start, end, kind, multiplier, unit, low, high, reason) -> Quantity:
    """A range: both ends kept, no single value."""
    low, high = float(low), float(high)
    return Quantity(
        start,
        end,
        text[start:end],
        kind or "number",
        multiplier,
        unit,
        "range",
        (low, high),
        None,
        None,
        None,
        low,
        high,
        reason=reason,
    )


def read_range(text: str, half: str, start: int, end: int, left: str, named) -> Quantity | None:
    """Read ``2-3人`` and ``五至十年`` as one range; a change (``从5到8人``) and a chain
    (``06-35-10``) are no ranges."""
    link = None if named or not _SPAN.search(half, end, end + 16) else _LINK.match(half, end)
    if not link or re.search("[0-9][-—–~]$", left):
        return None
    if link["link"] in "至到" and re.search("[从由自][^,，。;；、]{0,12}$", left):
        return None
    first_digits, last_digits = half[start:end], link["last"].rstrip(",.·")
    last = link.start("last") + len(last_digits)
    right = right_of(half, last)
    arabic = first_digits[0].isascii()
    if (
        arabic != last_digits[0].isascii()
        or rule_of(last_digits, "", right)
        or re.match("[-—–~][0-9]", right)
    ):
        return None
    multiplier, unit, kind, _, _ = scale_and_unit(right, arabic)
    low, high = value_of(first_digits), value_of(last_digits)
    if (
        low is None
        or high is None
        or link["unit"] not in ("", unit)
        or not (unit or multiplier > 1)
    ):
        return None
    low *= MULTIPLIERS[link["scale"]] if link["scale"] else (1 if link["unit"] else multiplier)
    if low >= high * multiplier:
        return None
    if not (link["scale"] or link["unit"]):
        return ranged(text, start, last, kind, multiplier, unit, low, high * multiplier, "a range")
    return None


def read_compound(text: str, half: str, start: int, end: int, left: str) -> Quantity:
    """Read ``3万4000``, ``3亿5000万`` and ``123元1角1分`` as the one number they are."""
    if "/" in half[start:end]:
        part, whole = half[start:end].split("/")
        value = int(part) / max(int(whole), 1)
        return Quantity(
            start,
            end,
            text[start:end],
            "share",
            1,
            "",
            qualifier_of(left, right_of(half, end), False),
            (value,),
            value,
            value,
            1.0,
            value,
            value,
            reason="a fraction",
        )
    parts = re.findall(r"([0-9.]+)(亿|万|元|角|分|)", half[start:end])
    scale = {"亿": 10**10, "万": 10**6, "": 100, "元": 100, "角": 10, "分": 1}
    hundredths = sum(decimal_number(digits) * scale[unit] for digits, unit in parts)
    _, unit, kind, rest, more = scale_and_unit(right_of(half, end), True)
    if "角" in half[start:end]:
        unit, kind = "元", "money"
    value = float(hundredths / 100)
    return Quantity(
        start,
        end,
        text[start:end],
        kind or "number",
        1,
        unit,
        qualifier_of(left, rest, more),
        (value,),
        value,
        value,
        1.0,
        value,
        value,
        reason="parts of one number",
    )


def read_fraction(text: str, half: str, start: int, end: int, left: str) -> Quantity | None:
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
    qualifier = qualifier_of(left, right_of(half, part.end()), False)
    if unit := _PERCENT.get(half[start:end]):
        start, value = part.start(1), number
    else:
        unit, value = "", number / whole
    return Quantity(
        start,
        part.end(1),
        text[start : part.end(1)],
        "share",
        1,
        unit,
        qualifier,
        (value,),
        value,
        value,
        1.0,
        value,
        value,
        reason="a fraction in words",
    )
