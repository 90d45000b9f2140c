"""A number with the words around it → the names that can be made of these words.

`phrase_of` collects the words. Each step that `indicators.py` lists makes a name from the `Phrase`
of a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from helpers.numbers import Quantity

from .circumstances import PROBLEMS
from .context import Indicator, NumberContext, OutcomeWords
from .indicator_table import IndicatorRules, Rows

# words for places between two numbers: 县的 in 3个县的14家养老机构, "14 homes of 3 counties"
_OF_PLACES = re.compile("[县市区乡镇村街道社()、]{0,6}的$")
_EACH_ONE = re.compile("每(?![0-9十百千万])")  # each one, as in 每个代表, but not 每千名老年人
_KINDS = {"share": "share", "change": "change", "score": "score", "money": "money"}
_GROUPS = {"share": "outcome", "change": "outcome", "score": "outcome"}


class Named(NamedTuple):
    """A number and the name found for it. Later numbers of the sentence may reuse the name."""

    quantity: Quantity
    name: Indicator


class Phrase(NamedTuple):
    """A number and the words around it, which can tell what the number measures."""

    q: Quantity
    context: NumberContext
    named: tuple[Named, ...]  # The earlier numbers of the sentence, in order.
    each: str  # The words that make the number a rate, such as “per head”, or empty.
    head: str  # The words before the number, without words that name nothing.
    noun: str  # The noun after the unit.
    after: str  # All words after the unit.
    rows: Rows  # The rows of indicators.csv for the kind and unit of the number.
    rules: IndicatorRules
    words: OutcomeWords
    addition: str = ""  # An adjective before the number without a noun, such as “private”.
    problems: tuple[Named, ...] = ()  # Earlier numbers of problems in the paragraph.
    earlier: tuple[Named, ...] = ()  # Numbers of the sentence before, in the same paragraph.

    def made(
        self, name: str, noun: str = "", group: str = "", *, en: str = "", is_part: bool = False
    ) -> Indicator:
        """Make an indicator by filling a noun into the text `name` of data/text/outcomes.csv. The
        indicator's id consists of the text's name and the noun. `en` is the noun in English."""
        counted_zh, counted = self.rules.counted.get(self.q.unit, (self.q.unit, "things"))
        values = {"noun": noun, "counted": counted, "counted_zh": counted_zh}
        zh, text = self.rules.names[f"outcomes.{name}"]
        values["en"] = en or self._english(noun, counted) if noun else ""
        indicator = f"{name}:{noun or self.q.unit}"
        group = group or self._group()
        names = zh.format(**values), text.format(**values)
        return Indicator(indicator, *names, group, is_part=is_part)

    def _english(self, noun: str, counted: str) -> str:
        """Return the English of a noun. If nouns.csv lacks a part of the noun, return a more
        general word, such as the noun's last word, with the remark that only the Chinese text names
        the kind."""
        nouns = self.rules.nouns
        if english := nouns.english(noun):
            return english
        general = nouns.head(noun) or _KINDS.get(self.q.kind, counted)
        return self.rules.names["outcomes.untranslated"][1].format(en=general)

    def those_who(self, clause: str) -> Indicator:
        """Name people or things by what they do, such as “people who took part”. If the clause only
        tells a state of completion, such as 正在装修, "being fitted out", name the kind of place
        that the text is about.
        """
        if self.words.completion.search(clause) and (place := self.kind_told()):
            return place
        kind = self.words.kind_of_unit
        last = self.last(lambda named: kind(named.quantity.unit) == kind(self.q.unit) == "place")
        if last and not last.is_part:
            return self.part(last, clause)
        is_person = self.q.unit in self.words.person_units or self.q.unit == "人次"
        return self.made("people_who" if is_person else "things_that", clause, is_part=True)

    def kind_told(self) -> Indicator | None:
        """Return the indicator of the kind of thing that the sentence or the paragraph names last,
        if the unit of the number counts such things."""
        context, nouns = self.context, self.rules.nouns
        for words in (context.before, context.paragraph, context.behind):
            for indicator in nouns.kinds(words):
                if self.rules.takes(indicator, self.q.unit):
                    return self.rules.row_of(indicator)
        return None

    def part(self, name: Indicator, addition: str, text: str = "part") -> Indicator:
        """Add a distinguishing word to a name, as in “homes (private)”."""
        nouns = self.rules.nouns
        unknown = self.rules.names["outcomes.untranslated_part"][1]
        number = "singular" if _EACH_ONE.match(addition) else "plural"
        values = {"addition": addition, "addition_en": nouns.english(addition, number) or unknown}
        zh, en = self.rules.names[f"outcomes.{text}"]
        zh, en = zh.format(noun=name.zh, **values), en.format(en=name.en, **values)
        indicator = f"{name.indicator}({addition})"
        return name._replace(indicator=indicator, zh=zh, en=en, is_part=True)

    def last(self, fits: Callable[[Named], bool]) -> Indicator | None:
        """Return the name of the nearest earlier number for which `fits` is true, or None."""
        return next((named.name for named in reversed(self.named) if fits(named)), None)

    def last_or_earlier(self, fits: Callable[[Named], bool]) -> Indicator | None:
        """Return the name of the nearest earlier number of the sentence, or of the sentence before,
        for which `fits` is true, or None."""
        both = (*self.earlier, *self.named)
        return next((named.name for named in reversed(both) if fits(named)), None)

    def is_distance(self) -> bool:
        """Tell whether a number is a distance from somebody else and no change over time."""
        return bool(self.words.above.search(self.head)) or self.differs()

    def differs(self) -> bool:
        """Tell whether words before a number say that the number is more or less than elsewhere."""
        words = self.words
        differs = words.more_than.search(self.head) or words.less_than.search(self.head)
        return bool(differs) and not words.earlier.search(self.context.clause)

    def counts_like(self, other: Quantity) -> bool:
        """Tell whether the unit can count the same things as the unit of another number."""
        same = self.words.problem_units
        return self.q.unit == other.unit or {self.q.unit, other.unit} <= same

    def list_of_problems(self) -> Named | None:
        """Return the last count of problems in the paragraph, or None."""
        counts = (one for one in reversed(self.problems) if one.quantity.kind == "count")
        return next(counts, None)

    def kind_of_problems(self) -> str:
        """Return the kind of the problems counted, such as 立行立改类 in 立行立改类27个, "27 to be
        solved at once", or ""."""
        head = self.head.removesuffix("的")
        return self.words.noun_before(head) or head if head.endswith("类") else ""

    def named_problems(self) -> bool:
        """Tell whether the last number of the sentence counts problems."""
        return bool(self.named) and self.named[-1].name.base in PROBLEMS

    def is_rest(self) -> bool:
        """Tell whether the number is the rest of a list: this number and the number of problems
        rectified before it add up to the number on the list."""
        last = self.problems[-2:]
        if len(last) < 2 or last[1].name.base != "problems_rectified":
            return False
        values = [named.quantity.value for named in last]
        return None not in (*values, self.q.value) and values[0] - values[1] == self.q.value

    def _group(self) -> str:
        """Return the group of the number: "outcome" for a share, change or score, or else the group
        that the nearest word shows, such as "effort" or "output"."""
        if self.q.kind in _GROUPS:
            return _GROUPS[self.q.kind]
        context = self.context
        for window in filter(None, (context.near, context.clause, context.after)):
            for group, pattern in self.words.groups.items():
                if pattern.search(window):
                    return group
        return "output"


def phrase_of(
    q: Quantity, context: NumberContext, named: list[Named], rules: IndicatorRules
) -> Phrase:
    """Collect the words around a number that can tell what the number measures."""
    words, near, after = rules.words, context.near, context.after
    if each := words.rate_of(q, context.before[-14:] if context.place else near):
        near = near.replace(each, "")
    head = words.trimmed(near)
    if after and (skipped := words.after_unit.match(after)):
        after = after[skipped.end() :]
    noun = "" if context.place else words.noun_after(q, after)
    goes_on = near[:1] in "、和与及" or _OF_PLACES.match(near)
    if goes_on and named and not words.verb.search(head):
        head = head.lstrip("、和与及以") if near[:1] in "、和与及" else ""
        head = _verb_of_list(context, words) + head
        context = context._replace(near=head)
    rows = rules.rows_for(q.kind, q.unit)
    return Phrase(q, context, tuple(named), each, head, noun, after, rows, rules, words)


def _verb_of_list(context: NumberContext, words: OutcomeWords) -> str:
    """Return the verb that the numbers of a list share. In 查看养老院3家、中心5个, "inspected 3
    homes, 5 centres", the verb is 查看 ("inspected")."""
    hits = (words.groups[group].search(context.clause) for group in ("effort", "output"))
    return next((verb[0] for verb in hits if verb), "")
