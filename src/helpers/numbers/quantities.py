"""Find all numbers in a text: where each stands, what its unit is, and whether it is exact.

Use `find_quantities` on any text. Some texts lost their decimal points; the module `decimals`
restores these points.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

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
from helpers.codebook import Codebook, first_characters, last_characters, shared_codebook

NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_START = re.compile(f"[0-9数几{NUMERAL}]")
_RUN = re.compile(
    rf"[0-9][0-9,.·]*|(?<![0-9{NUMERAL}余多几])(?:[数几](?=[十百千万亿]))?[{NUMERAL}]+"
    rf"(?:几(?![{NUMERAL}]))?"
)


def find_quantities(text: str, codebook: Codebook | None = None) -> Sequence[Quantity]:
    """Find every number of a text, including numbers that measure nothing.

    Some numbers measure or count nothing (a date, an age, a clause number, a slogan …). For such a
    number, `kind` says what the number is, and `reason` names the rule that recognised it. The text
    may hold full-width digits and line breaks inside numbers. The time needed grows in proportion
    to the length of the text.

    Parameters
    ----------
    text : str
        Any text.
    codebook : Codebook, optional
        The tables of units, number rules and words near numbers. Default: the shared codebook.

    Returns
    -------
    sequence of Quantity
        The numbers in text order, without overlaps. Each number q satisfies
        ``text[q.start:q.end] == q.printed``. The sequence is a list or, for a text with very many
        numbers, makes each number when it is asked for, to save memory.

    Examples
    --------
    In 2024, more than 12,000 beds were built:

    >>> [(q.printed, q.value, q.unit, q.kind) for q in find_quantities("2024年建成床位1.2万余张")]
    [('2024', 2024.0, '', 'date'), ('1.2', 12000.0, '张', 'count')]
    """
    half = half_width(text)
    return _join(held_compactly(text, _read_all(text, half, codebook)), half)


def _read_all(text: str, half: str, codebook: Codebook | None) -> Iterator[Quantity]:
    """Read each number of a text alone, without the numbers around it."""
    rules = (codebook or shared_codebook()).once(NumberRules)
    scanned_to = read_to = 0
    for begin in _START.finditer(half):
        # looking for a possible first character is many times faster than trying the whole pattern
        run = _RUN.match(half, begin.start()) if begin.start() >= scanned_to else None
        if not run:
            continue
        scanned_to = run.end()
        # If the previous number ends inside this run of digits, the search goes on behind that
        # number and behind any commas and points that follow that number.
        first = max(run.start(), read_to)
        if first >= scanned_to:
            continue
        first = scanned_to - len(half[first:scanned_to].lstrip(",.·"))
        for start, end in cut_run(half, first, scanned_to) if first < scanned_to else ():
            if start >= read_to and (quantity := _read(text, half, start, end, rules)):
                yield quantity
                read_to = max(quantity.end, end)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text.

    Attributes
    ----------
    start, end : int
        Offsets of the digits in the text given.
    printed : str
        The digits as printed, without a 万 or 亿 (ten thousand, hundred million) behind them. A
        number in Chinese characters is given in full (``一万``), and so is a range (``２－３``).
    kind : str
        What the number states: count, money, share … (see ``data/codebook/units.csv``), ``number``
        if it has no known unit, or one of `NOT_METRIC` if it measures nothing.
    multiplier, unit, qualifier : int, str, str
        The multiplier is 10000 for 万, and 1 if none is printed. The unit is one of the codebook's
        units, or empty. The qualifier is exact, about, at_least, at_most or range.
    readings, value : tuple of float, float or None
        `readings` are all values that the number can have, ascending, with the multiplier applied.
        A lost decimal point leaves several readings. `value` is None for a range or several
        readings.
    best, p_best, low, high : float or None
        `best` is the likeliest reading, and `p_best` is its probability (1 if there is only one
        reading). `low` and `high` are the lowest and highest reading, or the ends of a range.
    status, basis, reason : str
        The status is as_printed, confirmed, restored or ambiguous. For a confirmed number, the
        reference reading found that the printed one of several readings is right. In a restored
        number, a lost point was put back. An ambiguous number has several possible readings. The
        basis is the kind of evidence that decided the reading: printed, bound, arithmetic, layout
        or coder (None if ambiguous). The reason states the evidence in words.

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
"""The kinds of numbers that measure or count nothing, such as dates."""


def is_as_printed(q: Quantity, value: float) -> bool:
    """Tell whether a value is what the printed digits say, with the multiplier behind them.

    >>> (grant,) = find_quantities("补助７４４万元")
    >>> is_as_printed(grant, 7_440_000), is_as_printed(grant, 74_400)
    (True, False)
    """
    if q.status == "as_printed":
        return q.value is not None and math.isclose(q.value, value)
    digits = re.sub(r"[\s,]", "", half_width(q.printed))
    return digits.isdigit() and math.isclose(int(digits) * q.multiplier, abs(value))


def settled(value: float) -> dict[str, Any]:
    """Return the fields that a `Quantity` needs if `value` is its only possible reading."""
    same = dict.fromkeys(("value", "best", "low", "high"), value)
    return {"readings": (value,), "p_best": 1.0, **same}


# --- Hold very many numbers in little memory

# A list holds the numbers of a text if there are at most 1,000, or at most one per 12 characters,
# but never more than 10,000.
_FEWEST, _FEW, _MOST = 1_000, 12, 10_000
_form_of = operator.attrgetter("kind", "multiplier", "unit", "qualifier")
_judged_of = operator.attrgetter("status", "basis", "reason")
_values_of = operator.attrgetter("readings", "value", "best", "p_best", "low", "high")


def held_compactly(text: str, quantities: Iterable[Quantity]) -> Quantities | list[Quantity]:
    """Return the numbers of a text as a list, or as `Quantities` if there are very many of them."""
    quantities = iter(quantities)
    few = list(itertools.islice(quantities, min(max(_FEWEST, len(text) // _FEW), _MOST)))
    if (another := next(quantities, None)) is None:
        return few
    return Quantities(text, itertools.chain(few, [another], quantities))


class Quantities(Sequence[Quantity]):
    """The numbers of a text in about 20 bytes each. A `Quantity` takes more than 200 bytes.

    Each `Quantity` is made when it is asked for. Numbers that differ only in their place, their
    digits and their value share everything else.
    """

    def __init__(self, text: str, quantities: Iterable[Quantity] = ()) -> None:
        self._text = text
        self._starts, self._ends, self._values = array("I"), array("I"), array("d")
        # The form of a number is its kind, unit, qualifier, status and so on.
        self._forms = array("I")  # Number by number, the index of its form in `_known`.
        self._known: list[tuple] = []
        self._place_of: dict[tuple, int] = {}  # form → index of the form in `_known`
        for q in quantities:
            form, value = self._split(q)
            self._starts.append(q.start)
            self._ends.append(q.end)
            self._values.append(value)
            self._forms.append(form)

    def _split(self, q: Quantity) -> tuple[int, float]:
        """Return the index of a number's form in `_known`, and the value of its only reading."""
        values, value = _values_of(q), 0.0
        if q.value is not None and values == _alone_values(q.value):
            values, value = None, q.value
        form = _form_of(q), _judged_of(q), values
        place = self._place_of.setdefault(form, len(self._known))
        if place == len(self._known):
            self._known.append(form)
        return place, value

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, i):
        if isinstance(i, slice):
            return [self[place] for place in range(*i.indices(len(self)))]
        start, end = self._starts[i], self._ends[i]
        form, judged, values = self._known[self._forms[i]]
        values = values or _alone_values(self._values[i])
        printed = sys.intern(self._text[start:end])
        return Quantity(start, end, printed, *form, *values, *judged)

    def __setitem__(self, i: int, q: Quantity) -> None:
        self._starts[i], self._ends[i] = q.start, q.end
        self._forms[i], self._values[i] = self._split(q)


@functools.lru_cache(1024)
def _alone_values(value: float) -> tuple:
    """Return the readings, value, best, p_best, low and high of a number with one reading."""
    return (value,), value, value, 1.0, value, value


# --- Interpret the words before and after a number with the codebook's tables

POPULATION = "(?:{people})(?:{reaches})?[了约近]?¶?$"
"""Pattern for the words before a number of people. A number of people may have no unit."""
# qualifier → pattern for the words before the digits; the first pattern that matches is used
_BEFORE = {
    "at_most": "(?:{at_most})[了约]?¶?$",
    "at_least": "(?:{at_least})了?¶?$",
    "about": "(?:{about})[占为合有计达]?¶?$",
}
# qualifier → pattern for the words behind the unit; the first pattern that matches is used
_AFTER = {"at_least": "{at_least_after}", "at_most": "{at_most_after}", "about": "{about_after}"}
_VAGUE = "余多几来"  # behind a number, these characters mean "and more"
_SAYS_MORE = frozenset(_VAGUE)
_MULTIPLIER = re.compile(
    f"[{_VAGUE}]?({'|'.join(sorted(MULTIPLIERS, key=len, reverse=True))})?[{_VAGUE}]?"
)
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_MOST_EDGES = 1 << 14  # A cache of rules with more entries than this is cleared.
# What follows the digits of a number: multiplier, unit, kind of unit, text behind the unit, and
# whether a word like 余 ("more than") is there
Scale = tuple[int, str, str, str, bool]


class _Rule(NamedTuple):
    """A rule of number_rules.csv. A rule recognises numbers that measure nothing, such as dates.
    `begins` holds the characters that can come directly after the number, and `ends` holds the
    characters that can come directly before the number. If `begins` or `ends` is None, any
    character can stand there."""

    kind: str
    name: str
    following: re.Pattern[str]
    preceding: re.Pattern[str] | None
    begins: frozenset[str] | None
    ends: frozenset[str] | None


class NumberRules:
    """Units and number rules. ``codebook.once(NumberRules)`` reads the tables only once."""

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("number_words")
        self.population = words.pattern(POPULATION)
        self._before = {name: words.pattern(template) for name, template in _BEFORE.items()}
        self._after = {name: words.pattern(template) for name, template in _AFTER.items()}
        # Most numbers have no qualifying word beside them. A test of the one character next to a
        # number shows quickly that no such word stands there.
        self._last_before = last_characters("|".join(p.pattern for p in self._before.values()))
        self._first_after = first_characters("|".join(p.pattern for p in self._after.values()))
        # First character → the units that begin with it, longest first. Each unit has its text, its
        # kind, whether it can also follow a Chinese numeral, and the characters that must not
        # follow it.
        self._units: dict[str, list[tuple[str, str, bool, frozenset[str]]]] = {}
        for row in sorted(codebook.units.itertuples(), key=lambda row: -len(row.unit)):
            unit = row.unit, row.kind, row.chinese == "yes", frozenset(row.not_before)
            self._units.setdefault(row.unit[0], []).append(unit)
        self.rules = {arabic: _compiled(codebook.number_rules, arabic) for arabic in (True, False)}
        self._between: dict[tuple[bool, str, str], list[_Rule]] = {}

    def rule_of(self, digits: str, left: str, right: str) -> tuple[str, str] | None:
        """Return (kind, name) of the first rule which says that a number measures nothing."""
        arabic, context = digits[0].isascii(), f"{digits}|{right}"
        edges = arabic, left[-1:], right[:1]
        if (rules := self._between.get(edges)) is None:
            rules = self._rules_between(*edges)
        for rule in rules:
            if rule.following.match(context):
                if not rule.preceding or rule.preceding.search(left):
                    return rule.kind, rule.name
        return self._not_a_number(digits, left[-1:], right)

    def _not_a_number(self, digits: str, before: str, right: str) -> tuple[str, str] | None:
        """Recognise codes and dates by their form, like V20 (a version) and 3·15 (March 15)."""
        arabic = digits[0].isascii()
        if not digits.isdigit() and arabic and digits.count(".") + digits.count("·") > 1:
            return "code", "more than one point: a version, a section or a date"
        if len(digits) > LONGEST:
            return "code", "too many digits for a magnitude"
        if "·" in digits and not self.unit_of(right, True)[0] and right[:1] not in ("万", "亿"):
            return "date", "day named by its month and day"
        if arabic and before.isascii() and before.isalpha() and not self.unit_of(right, True)[0]:
            return "code", "letters before the digits"
        return None

    def _rules_between(self, arabic: bool, before: str, after: str) -> list[_Rule]:
        """Return the rules that can fit a number between two characters, in table order."""
        if len(self._between) > _MOST_EDGES:
            self._between.clear()
        rules = self._between[arabic, before, after] = [
            rule
            for rule in self.rules[arabic]
            if (rule.begins is None or after in rule.begins)
            and (rule.ends is None or before in rule.ends)
        ]
        return rules

    def scale_and_unit(self, right: str, arabic: bool) -> Scale:
        """Read the multiplier, the unit and the kind of the unit from the text behind the digits.
        In ``20余万元``, "over 200,000 yuan", the multiplier is 10000, the unit 元 and its kind
        money."""
        unit, kind = self.unit_of(right, arabic)
        if unit:
            return 1, unit, kind, right[len(unit) :], False
        scale = _MULTIPLIER.match(right)
        after = right[scale.end() :]
        unit, kind = self.unit_of(after, arabic or scale[1] is not None)
        # a 万 directly behind a Chinese numeral is already part of that numeral
        if not arabic and scale[1] and scale[0][0] not in _VAGUE:
            return 1, "", "", after, False
        says_more = not _SAYS_MORE.isdisjoint(scale[0])
        return MULTIPLIERS.get(scale[1], 1), unit, kind, after[len(unit) :], says_more

    def unit_of(self, right: str, arabic: bool) -> tuple[str, str]:
        """Return the longest unit at the start of `right` and its kind, or two empty texts."""
        for unit, kind, chinese, not_before in self._units.get(right[:1], ()):
            if right.startswith(unit) and (arabic or chinese):
                if right[len(unit) : len(unit) + 1] not in not_before:
                    return unit, kind
        return "", ""

    def qualifier_of(self, left: str, after: str, says_more: bool) -> str:
        """Return exact, about, at_least or at_most, by the words around a number."""
        if self._first_after is None or after[:1] in self._first_after:
            for name, pattern in self._after.items():
                if pattern.match(after):
                    return name
        if says_more:
            return "at_least"
        if self._last_before is None or left[-1:] in self._last_before:
            for name, pattern in self._before.items():
                if pattern.search(left):
                    return name
        return "exact"


def _compiled(table: pd.DataFrame, arabic: bool) -> list[_Rule]:
    """Compile the rules of number_rules.csv: the rules for Arabic digits if `arabic` is true, else
    the rules for Chinese numerals. {汉} stands for all characters of Chinese numerals."""
    rules = []
    for row in table.itertuples():
        printed, before, after = (
            part.replace("{汉}", NUMERAL) for part in (row.printed, row.before, row.after)
        )
        if printed and not re.search(r"\\d|[0-9]" if arabic else f"[{NUMERAL}]", printed):
            continue  # this rule is for the other kind of digits (Arabic or Chinese)
        before = f"(?:{before})¶?$" if before else ""
        following = re.compile(rf"(?:{printed or '[^|]*'})\|(?:{after})")
        preceding = re.compile(before) if before else None
        edges = first_characters(after), last_characters(before)
        rules.append(_Rule(row.kind, row.rule, following, preceding, *edges))
    return rules


def left_of(half: str, start: int) -> str:
    """Return the characters before a number, without white space. A ¶ in the result stands for a
    line break or for the start of the text."""
    piece = half[start - 24 : start] if start > 24 else "¶" + half[:start]
    if "\n" in piece:
        piece = re.sub("¶+", "¶", "¶".join(line.strip() for line in piece.split("\n")))
    return "".join(piece.split())[-16:]


def right_of(half: str, end: int) -> str:
    """Return the characters after a number, without white space. A footnote number, such as ¹ in
    ``35¹家``, is removed, but the exponent in ``10⁴`` is kept."""
    right = "".join(half[end : end + 32].split())[:24]
    if right[:1] in _RAISED and half[max(0, end - 2) : end] != "10":
        return right.lstrip(_RAISED)
    return right


def value_of(digits: str) -> float | None:
    """Convert digits to a float, or return None if they are not one number (such as 3.2.1)."""
    if not digits[0].isascii():
        number = chinese_number(digits)
        return None if number is None else float(number)
    if digits.count(".") + digits.count("·") > 1 or len(digits) > 2 * LONGEST:
        return None
    return float(int(digits)) if digits.isdigit() else scaled(decimal_number(digits))


# --- Read one number


class _Hit(NamedTuple):
    """A run of Arabic digits or Chinese numerals, with the text before and after it."""

    text: str
    half: str
    start: int
    end: int
    digits: str
    left: str
    right: str


_COMPOUND = re.compile(
    r"[0-9]+(?:\.[0-9]+)?亿[0-9]{1,4}万(?:[0-9]{1,4}(?![0-9.万亿]))?"
    r"|[0-9]+万[0-9]{1,4}(?![0-9.,万亿])(?!年|月|日)"
    r"|[0-9]+(?:\.[0-9]+)?元[0-9]角(?:[0-9]分)?|[0-9]{1,2}/[0-9]{1,3}(?![0-9/.年])"
)


def _read(text: str, half: str, start: int, end: int, rules: NumberRules) -> Quantity | None:
    """Read the number between two offsets. Return None for a Chinese numeral inside a word."""
    digits, left, right = half[start:end], left_of(half, start), right_of(half, end)
    hit, arabic = _Hit(text, half, start, end, digits, left, right), digits[0].isascii()
    if len(digits) > 2 * LONGEST:
        reason = "a run of digits or numerals too long for a number"
        return _single(hit, "code", None, reason=reason)
    if not arabic and right.startswith("分之"):
        return _read_fraction(hit, rules)
    if named := rules.rule_of(digits, left, right):
        kind, rule = named
        unit = "岁" if kind == "age" else ""
        return _single(hit, kind, value_of(digits), unit=unit, reason=rule)
    if arabic and (compound := _COMPOUND.match(half, start)):
        return _read_compound(hit, compound, rules)
    # only a number with a dash or a "to" behind it can be the first number of a range
    if _SPAN.search(half, end, end + 16) and (quantity := _read_range(hit, rules)):
        return quantity
    return _in_digits(hit, rules) if arabic else _in_numerals(hit, rules)


def _single(
    hit: _Hit, kind: str, value: float | None, scale=1, unit="", qualifier="exact", reason=""
) -> Quantity:
    """Make a `Quantity` of a number with one value, or with unknown value if `value` is None."""
    readings, sure = ((), None) if value is None else ((value,), 1.0)
    value = readings[0] if readings else None
    start, end = hit.start, hit.end
    printed = sys.intern(hit.text[start:end])
    head = start, end, printed, kind or "number", scale, unit, qualifier, readings
    return Quantity(*head, value, value, sure, value, value, reason=reason)


def _ranged(hit: _Hit, scale: Scale, low: float, high: float, reason: str) -> Quantity:
    """Make a `Quantity` of a range. A range keeps both ends and has no single value."""
    multiplier, unit, kind, _, _ = scale
    ends = float(low * multiplier), float(high * multiplier)
    number = _single(hit, kind, None, multiplier, unit, "range", reason)
    return replace(number, readings=ends, low=ends[0], high=ends[1])


_PART = re.compile(
    rf"\s*分\s*之\s*([0-9]+(?:\.[0-9]+)?|[{NUMERAL}]+(?:点[{''.join(DIGITS)}]{{1,12}})?)"
)
_PERCENT = {"百": "%", "千": "‰", "万": "万分之"}


def _read_fraction(hit: _Hit, rules: NumberRules) -> Quantity | None:
    """Read a fraction in words: 百分之四十 is 40 %, and 三分之二 is 2/3."""
    part = _PART.match(hit.half, hit.end)
    whole = chinese_number(hit.digits)
    if not part or not whole:
        return None
    integer, _, decimals = part[1].partition("点")
    number = value_of(integer)
    if number is None:
        return None
    if decimals:
        number = float(f"{number:.0f}.{''.join(str(DIGITS[c]) for c in decimals)}")
    unit = _PERCENT.get(hit.digits, "")
    start, number = (part.start(1), number) if unit else (hit.start, number / whole)
    qualifier = rules.qualifier_of(hit.left, right_of(hit.half, part.end()), False)
    hit = hit._replace(start=start, end=part.end(1))
    return _single(hit, "share", number, 1, unit, qualifier, "a fraction in words")


_HUNDREDTHS = {"亿": 10**10, "万": 10**6, "": 100, "元": 100, "角": 10, "分": 1}
_PARTS = re.compile("([0-9.]+)([亿万元角分]?)")


def _read_compound(hit: _Hit, compound: re.Match[str], rules: NumberRules) -> Quantity:
    """Read a number of several parts: ``3万4000`` (34,000), ``123元1角1分`` (123.11 yuan), 2/3."""
    end = compound.end()
    hit = hit._replace(end=end, digits=compound[0], right=right_of(hit.half, end))
    if "/" in hit.digits:
        part, whole = map(int, hit.digits.split("/"))
        qualifier = rules.qualifier_of(hit.left, hit.right, False)
        return _single(hit, "share", part / max(whole, 1), 1, "", qualifier, "a fraction")
    parts = _PARTS.findall(hit.digits)
    hundredths = sum(decimal_number(number) * _HUNDREDTHS[unit] for number, unit in parts)
    _, unit, kind, after, says_more = rules.scale_and_unit(hit.right, True)
    if "角" in hit.digits:
        unit, kind = "元", "money"
    qualifier, reason = rules.qualifier_of(hit.left, after, says_more), "parts of one number"
    return _single(hit, kind, float(hundredths / 100), 1, unit, qualifier, reason)


_SPAN = re.compile("[-—–~至到]")
_LINK = re.compile(
    rf"\s*(?P<scale>万亿|亿|万|千|百)?(?P<unit>[^\d\s{NUMERAL}，。,;；:、"
    r"~—–-]{0,4}?)\s*(?P<link>[-—–~－]{1,2}|至|到)\s*"
    rf"(?P<last>[0-9][0-9,.·]*|[{NUMERAL}]+)"
)
_CHAIN_BEFORE = re.compile("[0-9][-—–~]$")
_CHAIN_AFTER = re.compile("[-—–~][0-9]")
_FROM = re.compile("[从由自][^,，。;；、]{0,12}$")


def _read_range(hit: _Hit, rules: NumberRules) -> Quantity | None:
    """Return the range that begins with this number, as in ``2-3人`` (2 to 3 people), or None."""
    if not (link := _range_link(hit)):
        return None
    last_digits = link["last"].rstrip(",.·")
    end = link.start("last") + len(last_digits)
    right = right_of(hit.half, end)
    arabic = hit.digits[0].isascii()
    if (
        _CHAIN_AFTER.match(right)
        or arabic != last_digits[0].isascii()
        or rules.rule_of(last_digits, "", right)
    ):
        return None
    scale = rules.scale_and_unit(right, arabic)
    multiplier, unit, *_ = scale
    low, high = value_of(hit.digits), value_of(last_digits)
    if low is None or high is None or not (unit or multiplier > 1) or low >= high:
        return None
    return _ranged(hit._replace(end=end), scale, low, high, "a range")


def _range_link(hit: _Hit) -> re.Match[str] | None:
    """Find the dash or "to" behind a number, and the second number of the range. Return None for a
    change (``从5到8人``, from 5 to 8 people) or a chain (``06-35-10``), which are no ranges."""
    link = _LINK.match(hit.half, hit.end)
    # if the first number has its own 万 or unit, each number is read alone, and _join links the two
    if not link or link["scale"] or link["unit"] or _CHAIN_BEFORE.search(hit.left):
        return None
    return None if link["link"] in "至到" and _FROM.search(hit.left) else link


_MINUS = re.compile(r"(?:^|[长降为至到达,，(（:：])[-−]$")


def _in_digits(hit: _Hit, rules: NumberRules) -> Quantity:
    """Read a number in Arabic digits, with its unit if it has one."""
    digits, left = hit.digits, hit.left
    multiplier, unit, kind, after, says_more = rules.scale_and_unit(hit.right, True)
    qualifier = rules.qualifier_of(left, after, says_more)
    if not unit and multiplier > 1 and rules.population.search(left):
        unit, kind = "人", "count"
    if digits.isdigit():  # for a whole number, int() is several times faster than decimal_number
        value = float(int(digits) * multiplier)
    else:
        value = scaled(decimal_number(digits), multiplier)
    if left[-1:] in "-−" and _MINUS.search(left):
        value = -value
    reason = "" if unit else "no known unit follows"
    return _single(hit, kind, value, multiplier, unit, qualifier, reason)


def _in_numerals(hit: _Hit, rules: NumberRules) -> Quantity | None:
    """Read a Chinese numeral, or return None if it is part of a word, like 一 in 统一 (unify)."""
    digits, scale = hit.digits, rules.scale_and_unit(hit.right, False)
    multiplier, unit, kind, after, says_more = scale
    if not unit or not _is_counting(digits, hit.left, says_more or hit.right[:1] in "余多"):
        return None
    if between := chinese_range(digits):
        return _ranged(hit, scale, *between, "two neighbouring numerals name a range")
    qualifier = rules.qualifier_of(hit.left, after, says_more)
    if digits[-1] == "几":
        digits, qualifier = digits[:-1], "at_least"
    if digits == "一" and kind == "count":
        reason = "一 before a measure word is an article"
        return _single(hit, "indefinite", 1.0, unit=unit, reason=reason)
    if (number := chinese_number(digits)) is None:
        return None
    return _single(hit, kind, float(number * multiplier), multiplier, unit, qualifier)


_NEARLY = re.compile("[近约上超逾过达满]¶?$")


def _is_counting(digits: str, left: str, says_more: bool) -> bool:
    """Tell whether a Chinese numeral states a number. A lone 百, 千, 万 or 亿 states a number only
    beside a word like 近 ("almost"), as in ``近千人`` (almost 1,000 people). Without such a word, a
    lone 百, 千, 万 or 亿 is part of an idiom, as in ``万人空巷`` (deserted streets)."""
    if left[-1:].isdigit() or left[-1:] in "统唯第":
        return False
    return says_more or digits.strip("百千万亿") != "" or bool(_NEARLY.search(left))


# --- Combine neighbouring numbers

_JOINT = re.compile(r"\s*[余多]?\s*(?:、|和|与|及|以及|或)\s*")


def _join(quantities: Quantities | list[Quantity], half: str) -> Sequence[Quantity]:
    """Complete a number by its neighbour, which can hold its unit or the other end of its range. In
    ``２５８和１４８个百分点``, 258 takes the unit of 148, "percentage points". In ``7%—8%``, the
    two numbers become the ends of a range."""
    for i in range(len(quantities) - 2, -1, -1):
        this, after = quantities[i], quantities[i + 1]
        if after.start - this.end < 12 and _is_span(this, after, half):
            bounds = {"qualifier": "range", "low": this.value, "high": after.value}
            quantities[i] = replace(this, **bounds, reason="lower end of a range")
            quantities[i + 1] = replace(after, **bounds, reason="upper end of a range")
        has_no_unit = this.kind == "number" and not this.unit and this.multiplier == 1
        if not has_no_unit or not after.unit or after.kind in NOT_METRIC or this.value is None:
            continue
        digits = half[this.start : this.end]
        if set(digits) <= set("0123456789,.·") and _JOINT.fullmatch(half, this.end, after.start):
            shared = {"kind": after.kind, "multiplier": after.multiplier, "unit": after.unit}
            shared |= settled(scaled(decimal_number(digits), after.multiplier))
            quantities[i] = replace(this, **shared, reason="unit of the list it stands in")
    return quantities


_CHANGED = re.compile("[从由自增减升降提扩达]")
_SPAN_ONLY = re.compile(r"[\w%‰]*?[余多]?[-—–~至到]+")


def _is_span(this: Quantity, after: Quantity, half: str) -> bool:
    """Tell whether two neighbouring numbers are the ends of one range: yes for ``1亿—2亿元`` (100
    to 200 million yuan), but no for ``从7%升至8%`` (up from 7 % to 8 %)."""
    between = "".join(half[this.end : after.start].split())
    dash = between[-1:] in "-—–~" or (
        between[-1:] in "至到" and not _CHANGED.search(half, max(0, this.start - 12), after.start)
    )
    if not between or not dash or this.kind in NOT_METRIC or this.unit not in ("", after.unit):
        return False
    if this.value is None or after.value is None or this.value >= after.value:
        return False
    return _SPAN_ONLY.fullmatch(between) is not None
