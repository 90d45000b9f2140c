"""What stands before and after a number → its unit, scale, qualifier; or why it is no magnitude."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from helpers.characters import LONGEST, MULTIPLIERS, chinese_number, decimal_number, scaled
from helpers.codebook import first_characters, last_characters, read_table

NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def left_of(half: str, start: int) -> str:
    """The characters before a number, white space out; a ¶ stands for a line break, and for the
    start of the text."""
    piece = half[start - 24 : start] if start > 24 else "¶" + half[:start]
    if "\n" in piece:
        piece = re.sub("¶+", "¶", "¶".join(line.strip() for line in piece.split("\n")))
    return "".join(piece.split())[-16:]


def right_of(half: str, end: int) -> str:
    """The characters after a number, white space and line breaks out, and the mark of a note
    (``35¹家``); not the power of ten (``10⁴``)."""
    right = "".join(half[end : end + 32].split())[:24]
    if right[:1] in _RAISED and half[max(0, end - 2) : end] != "10":
        return right.lstrip(_RAISED)
    return right


def rule_of(digits: str, left: str, right: str) -> tuple[str, str] | None:
    """Return (kind, rule) of the first rule that says this number is no magnitude."""
    arabic, context = digits[0].isascii(), f"{digits}|{right}"
    for rule in _rules_between(arabic, left[-1:], right[:1]):
        if rule.following.match(context) and (not rule.preceding or rule.preceding.search(left)):
            return rule.kind, rule.name
    if arabic and digits.count(".") + digits.count("·") > 1:
        return "code", "more than one point: a version, a section or a date"
    if len(digits) > LONGEST:
        return "code", "too many digits for a magnitude"
    if "·" in digits and not unit_of(right, True)[0] and not right.startswith(("万", "亿")):
        return "date", "day named by its month and day"  # 3·15
    before = left[-1:]
    if arabic and before.isascii() and before.isalpha() and not unit_of(right, True)[0]:
        return "code", "letters before the digits"
    return None


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
        following = re.compile(rf"(?:{printed or '[^|]*'})\|(?:{after})")
        preceding = re.compile(before) if before else None
        edges = first_characters(after), last_characters(before)
        rules.append(_Rule(row.kind, row.rule, following, preceding, *edges))
    return rules


def value_of(digits: str) -> float | None:
    """The digits as a float; None for what names no single number."""
    if not digits[0].isascii():
        number = chinese_number(digits)
        return None if number is None else float(number)
    if digits.count(".") + digits.count("·") > 1 or len(digits) > 2 * LONGEST:
        return None
    return float(int(digits)) if digits.isdigit() else scaled(decimal_number(digits))


_MULTIPLIER = re.compile(
    "[余多几来]?(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百|十)?[余多几来]?"
)
_MORE = re.compile("[余多几]")


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


def unit_of(right: str, arabic: bool) -> tuple[str, str]:
    """The longest unit at the head of `right`, with its kind; two empty strings where none is
    known."""
    for unit, kind, chinese, not_before in _units().get(right[:1], ()):
        if right.startswith(unit) and (arabic or chinese):
            if right[len(unit) : len(unit) + 1] not in not_before:
                return unit, kind
    return "", ""


@functools.cache
def _units() -> dict[str, list[tuple[str, str, bool, frozenset[str]]]]:
    """The units table by first character, longest first: (unit, kind, safe after a Chinese numeral,
    what must not follow)."""
    units: dict[str, list] = {}
    for row in sorted(read_table("codebook/units").itertuples(), key=lambda row: -len(row.unit)):
        unit = row.unit, row.kind, row.chinese == "yes", frozenset(row.not_before)
        units.setdefault(row.unit[0], []).append(unit)
    return units


_BEFORE = {
    "at_most": re.compile(
        "(?:不超过|不多于|不高于|不大于|未超过|至多|最多|(?<!不)低于|(?<!不)少于|不足|不到"
        "|(?<!不)小于|控制在)[了约]?¶?$"
    ),
    "at_least": re.compile(
        "(?:(?<!不)(?<!未)超过|(?<!不)超|突破|逾|不少于|不低于|不小于|至少|最少|(?<!不)多于"
        "|(?<!不)高于|(?<!不)大于|不下|不下于|(?<![以之])上|起码)了?¶?$"
    ),
    "about": re.compile("(?:约|(?<!最)近|接近|将近|大概|左右|估计|几乎)[占为合有计达]?¶?$"),
}
_AFTER = {
    "at_least": re.compile(
        "(?:及|或|\\(含\\)|[(]含[)])?(?:以上|之上)|多(?!次|个|种|名|年|家|项)|余"
    ),
    "at_most": re.compile("(?:及|或)?(?:以下|以内|之内|之下|内(?!部|容|涵|地|外))"),
    "about": re.compile("左右|上下|许(?!可|多)"),
}
# Every pattern of _BEFORE ends within five characters of one of the first, every one of _AFTER
# begins with one of the second: most numbers have neither beside them.
_CUE = re.compile("[超破逾少低多高小下上码满到足在约近左右计]")
_FIRST_AFTER = frozenset("及或(以之多余内左上许")


def qualifier_of(left: str, rest: str, more: bool) -> str:
    """exact, about, at_least or at_most, by what stands before the digits and after the unit."""
    if rest[:1] in _FIRST_AFTER:
        for name, pattern in _AFTER.items():
            if pattern.match(rest):
                return name
    if more:
        return "at_least"
    if _CUE.search(left, max(0, len(left) - 5)):
        for name, pattern in _BEFORE.items():
            if pattern.search(left):
                return name
    return "exact"
