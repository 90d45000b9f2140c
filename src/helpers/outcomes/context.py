"""Finds the words of a text that tell what a number measures.

The module `indicators.py` uses the words found here to name what the number measures.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook, last_characters
from helpers.numbers import Quantity

_REACH = 300  # Characters around a number in which words can belong to the number.
# Characters that may stand between the digits and the unit of a number, such as 万 (10,000) and the
# numbers of footnotes.
_BETWEEN = "余多几来万亿百千⁰¹²³⁴⁵⁶⁷⁸⁹"
_CLAUSE_END = re.compile("[,，;；。.]")


class Indicator(NamedTuple):
    """What a number measures: a row of indicators.csv, or a name made of nouns near the number."""

    indicator: str
    zh: str
    en: str
    group: str
    flow: str = ""  # `stock` or `flow`, if each number of the indicator is one.
    state: str = ""  # The state of completion that the indicator implies, if any.
    is_part: bool = False  # True for a part: later numbers do not take over “homes (private)”.

    @property
    def base(self) -> str:
        """The id of the indicator without the distinctions in brackets."""
        return base_of(self.indicator)


def base_of(indicator: str) -> str:
    """Return an indicator's id without the distinctions in brackets.

    >>> base_of("satisfaction(with.meals)(each)")
    'satisfaction'
    """
    return indicator.partition("(")[0]


class NumberContext(NamedTuple):
    """The text before and after a number, within one sentence."""

    near: str  # Words before the number, or before “from … to …”.
    clause: str  # Text from the start of the clause to the number.
    before: str  # Text from the start of the sentence to the number.
    after: str  # Text from the number to the next number or the end of the clause.
    rest: str = ""  # Text from the number to the end of the clause.
    behind: str = ""  # Text from the number to the end of the sentence.
    paragraph: str = ""  # Text from the start of the paragraph to the start of the sentence.
    place: str = ""  # “start” or “end” for the first or second number of “from … to …”.


_NO_NOUN_AFTER = frozenset("share change duration score".split())
_HAN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z])+")
_LIST_RUN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z、])+$")
_NOUN_UNITS = re.compile("[一-龥]{2,}(?<!次)(?<!百分点)|[县区市省乡镇村]$")
_BRACKET = re.compile(r"^\([^)]*\)")
_YEAR_BEFORE = re.compile("[上去今]年|同期")
_FROM = re.compile("(?:由|从)[^,;由从]{0,12}$")
# Words that make a number a rate, such as 每人, "per person", contain one of the characters 每, 均,
# 单, 一.
_OF_A_RATE = frozenset("每均单一")
# Each role of number_words.csv that is listed here becomes a pattern for all words of the role.
_ROLES = """
{shortcoming} {shortcoming_after} {unmade} {answer} {above} {service_time} {stock} {flow}
{residents} {before} {up} {down} {earlier} {assigning} {summed} {merged} {supervised} {used_for}
{one_of} {general} {surveyed} {share_of_task} {solved} {going_on} {own_body}
{by_residents} {by_members} {by_trainees} {on_other_base} {same_again} {census}
{by_families} {by_occupants} {by_public} {by_elderly} {by_own_members} {by_deputies}
""".split()
_RISE = "(?:{change_to})(?:[到至为成](?!位)|到了|至了)"
_TEMPLATES = {
    # patterns that show where a noun begins and ends
    "verb": "(?:{verb})(?!{noun_of_verb})",
    "verb_as_noun": "(?:{verb_as_noun})(?:{after_noun}|[^一-龥]|$)",
    "lead": "^(?:{lead})+(?=[一-龥]{2})",
    "silent_end": "(?:{silent}|[“”\"'‘’《》: ])+$",
    "done_to_it": "(?:{silent}|{done_to_it}|{up}|{down}|[“”])+$",
    "no_noun": "{silent}|{no_noun}|{modifier}|[^一-龥]",
    "only_verbs": "(?:{verb}|{without_noun}|{remaining})+$",
    "modifier": "{modifier}|{remaining}",
    "rate": "(?:每(?:[0-9]+|[十百千万])?(?:{each_unit})(?:{each_whom})?(?<!每次))+|{average}",
    # patterns for the words between the two numbers of “raised from … to …”
    "to": f"[^,;]{{0,6}},?[^,;]{{0,6}}{_RISE}",
    "to_next": f"[余多万亿]{{0,2}}[^,;0-9]{{0,8}},?[^,;0-9]{{0,6}}{_RISE}",
    "of_next": "(?:{dealt_with})$",
    # patterns for words that may stand around a noun
    "after_unit": "(?:{after_unit})+",
    "that_are": "([一-龥]{2,16})的(?:{that_are})?$",
    "each_time": "^(?:{each_time})$",
    # patterns for words that introduce a change, an achievement or a source of problems
    "change_by": "(?:[比较与同][^,]*)?(?:{change_by})[于出了]?$",
    "achieved": "已(?:{done})[^,]{0,12}$",
    "reached": "(?:{reached})",
    "acts_too": "[一-龥)](?:{act_too})",
    "named_change": "(?:{change_noun})",
    "changed_after": "^的?(?:{up}|{down})",
    "unsolved": "(?:{unsolved})[^,]{0,4}$",
    "unfinished": "^(?:{unfinished})",
    "of_problems": "(?:{of_problems})[^,]*$",
    "progress_behind": "^的?(?:{progress_behind})",
    "compared_share": "^(?:{compared_share})",
    "still": "^(?:{still})+|(?:{still})+$",
    "verb_last": "(?:{verb}|[另也还又])+$",
    "not_name": "{not_a_name}",
    "rate_alone": "(?:{silent}|{summed}|[,;的])*(?:(?:{solved})*(?:率|比例)?|占)(?:{silent})*",
    "only_change": "(?:{only_changed}|{earlier}|{up}|{down})+",
    "level_planned": "(?:{change_to})[到至]|达到?|{in_total}",
    "target_behind": "^的?(?:{target_behind})",
    "handed_over": "^[^,;。0-9]{0,10},[^,;。0-9]{0,4}(?:{handing_over})",
    "bare": "(?:{verb}|{without_noun})*(?:{bare_place})",
    "other_body": "(?:{no_thing}|[县区市乡镇]|街道|社区)$",
    "sum_alone": "(?:{silent}|[,;的])*(?:{added_up}|{summed}|共)(?:{silent})*",
    "of_a_rate": "(?:{rate_of}|的)+(?:{silent})*$",
    "assigning_last": "(?:{assigning}|{problems_from})(?:了|出|并)?(?:[^,]{0,6}(?:{no_thing}))?$",
    "batch_alone": "(?:{silent}|[,;的])*(?:{batch})(?:{silent})*",
    "no_noun_last": "(?:最高|最低|较高|较低|明显|突出)+$",
    "more_than": "(?:{more})$",
    "less_than": "(?:{less})$",
    "remaining_alone": "(?:{remaining})的?$|^[,;。]?(?:{remaining})",
    "rectified_alone": "(?:{silent}|{when_rectified}|问题|也|[,以来的])*(?:{solved})了?"
    "(?:{silent})*$",
    "problems_from": "(?:{problems_from})[^,]*问题",
}


class OutcomeWords:
    """Patterns for the words that a codebook expects near numbers, and methods that find nouns.

    `_ROLES` and `_TEMPLATES` define the patterns. In a template, ``{verb}`` stands for all words to
    which number_words.csv gives the role "verb".
    """

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("number_words")
        pattern = words.pattern
        for role in _ROLES:
            setattr(self, role.strip("{}"), pattern(role))
        for name, template in _TEMPLATES.items():
            setattr(self, name, pattern(template))
        self.silent_last = last_characters(self.silent_end.pattern) or frozenset()
        for role in (
            "act_unit",
            "times_unit",
            "person_unit",
            "place_unit",
            "made_unit",
            "problem_unit",
        ):
            setattr(self, f"{role}s", words.set(role))
        self.number_end = "".join(words.list("number_end"))
        self.groups = {name: pattern(f"{{{name}}}") for name in ("effort", "output", "context")}
        self.improved = words.set("improved")
        self.not_things = tuple(words.list("no_thing"))
        self.silent, self.totals = pattern("{silent}"), pattern("{in_all}|{added_up}|共计")
        # words that tell what was done to a thing, such as 建成, "built", are no part of its name
        rows = codebook.completion
        of_things = rows.loc[~rows["state"].isin(["assigned", "rectified"]), "words"]
        self.completion = re.compile("|".join(of_things) or "(?!)")

    def trimmed(self, head: str) -> str:
        """Return the words before a number without final words such as 达到, "reach", which name
        nothing."""
        if self.silent_last and head[-1:] not in self.silent_last:
            return head
        return self.silent_end.sub("", head)

    def stem_of(self, head: str) -> str:
        """Return the words before a number without final verbs, or "" if there are none."""
        stem = self.done_to_it.sub("", head)
        return stem if stem != head else ""

    def noun_after(self, q: Quantity, after: str) -> str:
        """Return the noun after the unit of a number, such as 独居老人 in ``312名独居老人``, "312
        old people living alone". Without a noun there, return a unit that is a noun, or ""."""
        if q.kind in _NO_NOUN_AFTER or q.unit in self.act_units:
            return ""
        noun = self.still.sub("", self._noun_at_head(after)) if after else ""
        noun = noun if self.silent.sub("", self.completion.sub("", noun)) else ""
        if len(noun) > 1:
            return noun
        return q.unit if q.kind == "count" and _NOUN_UNITS.match(q.unit) else ""

    def _noun_at_head(self, after: str) -> str:
        """Return the noun with which a text begins, that is, all words before the first verb."""
        piece = _unquoted(after[:22])
        end = len(piece)
        for verb in self.verb.finditer(piece):
            if not verb.start() or not self.verb_as_noun.match(piece, verb.start()):
                end = verb.start()
                break
        if total := self.totals.search(piece, 0, end):  # the noun ends before 共计, "in all"
            end = total.start()
        run = _HAN.match(piece, 0, end)
        noun = _BRACKET.sub("", run[0].removesuffix("的")) if run else ""
        if noun.count("(") == noun.count(")"):
            return noun
        return noun[: noun.index("(")] if "(" in noun else ""

    def noun_before(self, head: str) -> str:
        """Return the noun with which a text ends: 养老平台, "care platforms", in 建成养老平台."""
        run = _LIST_RUN.search(_unquoted(head))
        if not run:
            return ""
        piece, begin = run[0], 0
        for verb in self.verb.finditer(piece):
            if verb.end() < len(piece) - 1 and (not verb.start() or verb[0] not in "和与"):
                begin = verb.end()
        noun = self.lead.sub("", piece[begin:].lstrip("、和与("), 1)
        if "、" in noun and "及" in noun:  # 甲、乙及委员, "A, B and members", ends in the noun 委员
            noun = noun.rpartition("及")[2]
        if "、" in noun and len(noun) > 20:
            noun = noun.rpartition("、")[2]
        noun = noun.removesuffix("中")  # 中 ("among") in 乡镇中 is no part of the noun
        return noun if len(noun) > 1 else ""

    def has_no_noun(self, near: str) -> tuple[bool, str]:
        """Tell whether no noun precedes a number, as in 竣工31所 ("finished 31"). Also return the
        other words before the number, such as an adjective."""
        near = self.completion.sub("", near)
        left = self.no_noun.sub("", near)
        if not left:
            modifier = self.modifier.search(near)
            return True, modifier[0] if modifier else ""
        if self.only_verbs.match(near) and not self.only_verbs.match(left):
            return True, ""
        return bool(self.only_verbs.match(left)), _YEAR_BEFORE.sub("", left)

    def rate_of(self, q: Quantity, near: str) -> str:
        """Return words before a number that make it a rate, such as 人均, "per head", or ""."""
        if q.kind in ("share", "change") or _OF_A_RATE.isdisjoint(near):
            return ""
        each = self.rate.search(near)
        return each[0] if each else ""

    def kind_of_unit(self, unit: str) -> str:
        """Return "place" if a unit counts places, "person" if the unit counts people or their
        visits (人次), else the unit."""
        if unit in self.place_units:
            return "place"
        return "person" if unit in self.person_units or unit == "人次" else unit


def _unquoted(words: str) -> str:
    return words.replace("“", "").replace("”", "")


# --- The words around one number


def context_of(
    text: str, start: int, end: int, magnitudes: list[Quantity], i: int, words: OutcomeWords
) -> NumberContext:
    """Return the words of a sentence that stand before and after one of its numbers.

    Some words after a number are left out because they belong to the next number. In
    ``养老机构32家、日间照料中心18个``, "32 homes, 18 centres", the noun "centres" belongs to 18. In
    ``38项问题已整改31项``, "of 38 problems, 31 were solved", the verb "solved" belongs to 31.
    """
    q = magnitudes[i]
    start = max(start, q.start - _REACH)
    before = text[start : q.start]
    clause = _last_clause(before)
    previous = max(start, magnitudes[i - 1].end) if i else start
    begin = max(q.start - len(clause), previous)
    near = text[begin : q.start]
    if begin == previous > start:
        near = near.lstrip(_BETWEEN).removeprefix(magnitudes[i - 1].unit)
        noun, mark, rest = near.partition("、")  # in 14个乡镇、36个村, 乡镇 belongs to 14
        near = mark + rest if noun and mark else near
    next_start = magnitudes[i + 1].start if i + 1 < len(magnitudes) else end + 1
    following = min(end, q.end + _REACH, next_start)
    after = text[q.end : following].lstrip(_BETWEEN)
    after, *later = _CLAUSE_END.split(after.removeprefix(q.unit), maxsplit=1)
    if after.startswith("、"):
        after = ""
    elif not later and following == next_start:
        after = words.of_next.sub("", after)
    behind = text[q.end : min(end, q.end + _REACH)]
    rest = _CLAUSE_END.split(behind, maxsplit=1)[0]
    return NumberContext(near, clause, before, after, rest, behind)


def of_a_change(
    context: NumberContext, origin: str, following: str, words: OutcomeWords
) -> tuple[NumberContext, str]:
    """Give both numbers of a change ("from … to …") the words that say what changed.

    In ``覆盖率由83.6%提高到97.5%``, "coverage raised from 83.6% to 97.5%", the words before 由
    ("from") say what changed. For the first number, `of_a_change` also returns the text before 由.
    Pass the text before 由 as `origin` in the call for the second number.
    """
    near = context.near
    begin = _FROM.search(near) if "由" in near or "从" in near else None
    if begin and words.to_next.match(following):
        origin = context.before[: len(context.before) - len(near) + begin.start()]
        near = near[: begin.start()] or _last_clause(origin.rstrip(",;:"))
        return context._replace(near=near, place="start"), origin
    if origin and words.to.match(near):
        head = _last_clause(origin.rstrip(",;:"))
        of_both = {"near": head, "clause": head + near, "before": origin + near}
        return context._replace(**of_both, place="end"), ""
    return context, ""


def _last_clause(before: str) -> str:
    """Return the words of a text after its last comma, semicolon, colon or full stop."""
    return before[max(map(before.rfind, ",;:。")) + 1 :]


# --- The whole to which a share refers

POPULATIONS = frozenset(("resident_population", "registered_population", "total_population"))
PEOPLE = frozenset(
    "aged_60_plus aged_65_plus aged_80_plus disabled_elderly empty_nest poor_elderly".split()
)
_WHOLES = {"nursing_share": "养老床位"}
_WHOLE = re.compile(
    r"占(?!比)(?:全[市县区省州])?([一-龥]{2,10}?)(?:总数|总量)?(?:的|比)?[约近超过达]{0,2}$"
)


def denominator_of(q: Quantity, context: NumberContext, indicator: str, words: OutcomeWords) -> str:
    """Return the whole to which a share refers, such as 总人口 ("population") in ``占总人口的``.

    For a count of old people, return a word such as 户籍人口 ("registered people") that says which
    residents are counted.
    """
    indicator = base_of(indicator)
    if q.kind == "change":
        return _of_rate(context.near, words)
    if q.kind != "share":
        return residents_of(context, words) if indicator in PEOPLE else ""
    if indicator == "satisfaction":
        return _asked(context, words)
    if indicator in ("occupancy", "coverage"):
        return words.noun_before(words.of_a_rate.sub("", context.near))
    whole = _whole_named(context, indicator, words)
    return residents_of(context, words) or whole if "人口" in whole else whole


def _of_rate(near: str, words: OutcomeWords) -> str:
    """Return the whole of a rate that changed, such as 养老机构 ("homes") in
    养老机构入住率上升5.8个百分点, "occupancy of homes rose by 5.8 points"."""
    rate, is_rate, _ = near.partition("率")
    whole = words.of_a_rate.sub("", rate + is_rate) if is_rate else near
    return words.noun_before(whole) if whole != near[: len(rate) + 1] else ""


def _whole_named(context: NumberContext, indicator: str, words: OutcomeWords) -> str:
    """Return the whole that is named after 占 ("makes up"), or else the whole that the indicator
    has by definition."""
    if named := _WHOLE.search(context.clause):
        return named[1]
    if indicator == "rectified_share":
        problems = words.problems_from.search(context.clause)
        return ("交办的问题" if "交办" in problems[0] else "问题") if problems else ""
    return "总人口" if indicator.startswith("share_of_elderly") else _WHOLES.get(indicator, "")


def residents_of(context: NumberContext, words: OutcomeWords) -> str:
    """Return 常住人口 ("people living here"), 户籍人口 ("people registered here") or ""."""
    named = words.residents.findall(context.before)
    if not named:  # a census counts people where they live
        return "常住人口" if words.census.search(context.before) else ""
    return named[-1].removesuffix("人口") + "人口"


_OBJECT = re.compile("对[^,;。]{1,24}?(?=的?满意|表示|感到|评价|[进开]行|开展|测评|评议)")
# group of people asked → parts of this group, the most precise first, and for each part the role of
# the words that name it
_PARTS_ASKED = {
    "群众": {
        "老年人及家属": "by_families",
        "入住老人": "by_occupants",
        "群众": "by_public",
        "老年人": "by_elderly",
    },
    "组成人员": {"组成人员": "by_own_members", "代表": "by_deputies"},
}


def _asked(context: NumberContext, words: OutcomeWords) -> str:
    """Return the people who were asked how satisfied they are.

    The people asked are the group, such as 群众 ("residents"), named last before the number or, if
    the sentence names parts of this group, the part named last. People named only as the matter of
    the question do not count, such as the care workers in 对护理员表示满意, "satisfied with the
    care workers".
    """
    before = _OBJECT.sub("对", context.paragraph[-80:] + context.before)
    groups = {"群众": words.by_residents, "组成人员": words.by_members, "学员": words.by_trainees}
    last = {
        who: max((hit.end() for hit in p.finditer(before)), default=0) for who, p in groups.items()
    }
    group = max(last, key=lambda each: last[each])
    if not last[group]:
        return ""
    sentence = _OBJECT.sub("对", context.before)
    named = [
        (hit.end(), -i, who)
        for i, (who, role) in enumerate(_PARTS_ASKED.get(group, {}).items())
        for hit in getattr(words, role).finditer(sentence)
    ]
    return max(named)[2] if named else group
