"""Text → its numbers with unit, qualifier and offsets, as printed.

Start here for `find_quantities`; where a decimal point was lost is decided in `decimals`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from helpers.characters import (
    DIGITS,
    LONGEST,
    MULTIPLIERS,
    chinese_number,
    chinese_range,
    cut_run,
    decimal_number,
    half_width,
    scaled,
)
from helpers.codebook import first_characters, last_characters, read_table

NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_MULTIPLIER = re.compile(
    "[余多几来]?(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|十)?[余多几来]?"
)
_MORE = re.compile("[余多几]")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_BEFORE = (
    (
        "at_most",
        re.compile(
            "(?:不超过|不多于|不高于|不大于|未超过|至多|最多|(?<!不)低于|(?<!不)少于|不足|不到|(?<!不)小于|控制在)[了约]?¶?$"
        ),
    ),
    (
        "at_least",
        re.compile(
            "(?:(?<!不)(?<!未)超过|(?<!不)超|突破|逾|不少于|不低于|不小于|至少|最少|(?<!不)多于|(?<!不)高于|(?<!不)大于|不下|不下于|(?<![以之])上|起码)了?¶?$"
        ),
    ),
    ("about", re.compile("(?:约|(?<!最)近|接近|将近|大概|左右|估计|几乎)[占为合有计达]?¶?$")),
)
_AFTER = (
    (
        "at_least",
        re.compile("(?:及|或|\\(含\\)|[(]含[)])?(?:以上|之上)|多(?!次|个|种|名|年|家|项)|余"),
    ),
    ("at_most", re.compile("(?:及|或)?(?:以下|以内|之内|之下|内(?!部|容|涵|地|外))")),
    ("about", re.compile("左右|上下|许(?!可|多)")),
)
_CUE = re.compile("[超破逾少低多高小下上码满到足在约近左右计]")
_FIRST_AFTER = frozenset("及或(以之多余内左上许")


@functools.cache
def _units() -> dict[str, list[tuple[str, str, bool, frozenset[str]]]]:
    """The units table by first character, longest first: (unit, kind, safe after a Chinese numeral,
    what must not follow)."""
    rows = sorted(read_table("codebook/units").itertuples(), key=lambda row: -len(row.unit))
    units: dict[str, list] = {}
    for row in rows:
        units.setdefault(row.unit[0], []).append(
            (row.unit, row.kind, row.chinese == "yes", frozenset(row.not_before))
        )
    return units


class _Rule(NamedTuple):
    """A row of data/codebook/number_rules.csv, with the characters that what stands after and
    before can begin and end with."""

    kind: str
    name: str
    following: re.Pattern
    preceding: re.Pattern | None
    begins: frozenset[str] | None
    ends: frozenset[str] | None


@functools.cache
def _rules(arabic: bool) -> list[_Rule]:
    """Compile the rules of data/codebook/number_rules.csv for digits, or for numerals; {汉} stands
    for the numerals."""
    rules = []
    for row in read_table("codebook/number_rules").itertuples():
        printed, before, after = (
            part.replace("{汉}", NUMERAL) for part in (row.printed, row.before, row.after)
        )
        if printed and not re.search(r"\\d|[0-9]" if arabic else f"[{NUMERAL}]", printed):
            continue  # 十[五六七八九]? is no pattern of digits
        before = f"(?:{before})¶?$" if before else ""
        rules.append(
            _Rule(
                row.kind,
                row.rule,
                re.compile(rf"(?:{printed or '[^|]*'})\|(?:{after})"),
                re.compile(before) if before else None,
                first_characters(after),
                last_characters(before),
            )
        )
    return rules


@functools.lru_cache(maxsize=1 << 14)
def _rules_between(arabic: bool, before: str, after: str) -> list[_Rule]:
    """The rules that can hold between two characters, in the order of the table: a few of a
    hundred."""
    return [
        rule
        for rule in _rules(arabic)
        if (rule.begins is None or after in rule.begins)
        and (rule.ends is None or before in rule.ends)
    ]


def left_of(half: str, start: int) -> str:
    """The characters before a number, white space out; a ¶ stands for a line break, and for the
    start of the text."""
    piece = half[start - 24 : start] if start > 24 else "¶" + half[:start]
    if "\n" in piece:
        piece = "¶".join(line.strip() for line in piece.split("\n"))
        piece = re.sub("¶+", "¶", piece)
    return "".join(piece.split())[-16:]


def right_of(half: str, end: int) -> str:
    """The characters after a number, white space and line breaks out, and the mark of a note
    (``35¹家``); not the power of ten (``10⁴``)."""
    right = "".join(half[end : end + 32].split())[:24]
    return (
        right.lstrip(_RAISED)
        if right[:1] in _RAISED and half[max(0, end - 2) : end] != "10"
        else right
    )


def rule_of(digits: str, left: str, right: str) -> tuple[str, str] | None:
    """Return (kind, rule) of the first rule that says this number is no magnitude."""
    context = f"{digits}|{right}"
    for rule in _rules_between(digits[0].isascii(), left[-1:], right[:1]):
        if rule.following.match(context) and (
            rule.preceding is None or rule.preceding.search(left)
        ):
            return rule.kind, rule.name
    if digits[0].isascii() and digits.count(".") + digits.count("·") > 1:
        return "code", "more than one point: a version, a section or a date"
    if len(digits) > LONGEST:
        return "code", "too many digits for a magnitude"
    if "·" in digits and not unit_of(right, True)[0] and not right.startswith(("万", "亿")):
        return "date", "day named by its month and day"  # 3·15
    if (
        left[-1:].isascii()
        and left[-1:].isalpha()
        and digits[0].isascii()
        and not unit_of(right, True)[0]
    ):
        return "code", "letters before the digits"
    return None


def value_of(digits: str) -> float | None:
    """The digits as a float; None for what names no single number."""
    if not digits[0].isascii():
        number = chinese_number(digits)
        return None if number is None else float(number)
    if digits.count(".") + digits.count("·") > 1 or len(digits) > 2 * LONGEST:
        return None
    if digits.isdigit():
        return float(int(digits))
    return scaled(decimal_number(digits))


def unit_of(right: str, arabic: bool) -> tuple[str, str]:
    """The longest unit at the head of `right`, with its kind; two empty strings where none is
    known."""
    for unit, kind, chinese, not_before in _units().get(right[:1], ()):
        if (
            right.startswith(unit)
            and (arabic or chinese)
            and right[len(unit) : len(unit) + 1] not in not_before
        ):
            return unit, kind
    return "", ""


def scale_and_unit(right: str, arabic: bool) -> tuple[int, str, str, str, bool]:
    """Read ``余万元以上`` → (10000, 元, money, what follows the unit, says 余/多)."""
    unit, kind = unit_of(right, arabic)
    if unit:
        return 1, unit, kind, right[len(unit) :], False
    scale = _MULTIPLIER.match(right)
    rest = right[scale.end() :]
    unit, kind = unit_of(rest, arabic or scale[1] is not None)
    # 百 of 三余百 never follows a Chinese numeral: the run has taken it
    if not arabic and scale[1] and scale[0][0] not in "余多几来":
        return 1, "", "", rest, False
    more = bool(_MORE.search(scale[0])) or "来" in scale[0]
    return MULTIPLIERS.get(scale[1], 1), unit, kind, rest[len(unit) :], more


def qualifier_of(left: str, rest: str, more: bool) -> str:
    """exact, about, at_least or at_most, by what stands before the digits and after the unit."""
    if rest[:1] in _FIRST_AFTER:
        for name, pattern in _AFTER:
            if pattern.match(rest):
                return name
    if more:
        return "at_least"
    for name, pattern in _BEFORE if _CUE.search(left, max(0, len(left) - 5)) else ():
        if pattern.search(left):
            return name
    return "exact"


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


NOT_METRIC = frozenset(
    {"date", "age", "ordinal", "clause", "page", "issue", "slogan", "code", "ratio", "indefinite"}
)
"""Classes of numbers that state no magnitude (section B of the codebook: not metrics)."""


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
