"""Finds the indicator (the name of what a number measures) from the words around a number.

The function `name_indicator` tries several steps. Each step looks for a name in a different way,
and the first name found is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from helpers.characters import chinese_number
from helpers.codebook import Codebook, first_characters, last_characters
from helpers.numbers import Quantity

from .circumstances import PROBLEMS, TERRITORIES, is_merged, since_last_number
from .context import Indicator, NumberContext, OutcomeWords, base_of
from .distinctions import Distinctions
from .phrases import Phrases

# --- the rows of indicators.csv

_ANY_KIND = frozenset(("count", "money", "share", "change"))
_MOST_EDGES = 1 << 14  # a larger cache is cleared; no corpus has needed so many entries


class _Row(NamedTuple):
    """A row of indicators.csv with its patterns for the words before and after a number.

    In `before`, ``#`` stands for the number. So ``调研#`` fits 走访调研32个 ("inspected 32"), where
    调研 precedes the number, but not 5个专题调研 ("5 inquiries"), where 调研 follows.
    """

    indicator: Indicator
    kinds: frozenset[str]
    units: frozenset[str]  # empty: any unit
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    ends: frozenset[str] | None  # last characters that `before` allows; None: any character
    begins: frozenset[str] | None  # first characters that `after` allows; None: any character


# from one row: its indicator, its `before`, whether `before` contains ``#``, and its `after`
_Candidate = tuple[Indicator, re.Pattern[str] | None, bool, re.Pattern[str] | None]


class _Rows:
    """The rows of indicators.csv for one kind of number and one unit, in the order of the table."""

    def __init__(self, rows: tuple[_Row, ...]) -> None:
        self.rows = rows
        self.between: dict[tuple[str, str], list[_Candidate]] = {}

    def first(self, head: str, after: str = "", noun: str = "") -> Indicator | None:
        """Return the indicator of the first row that fits. A row fits if its pattern `before`
        matches `head` (the words before the number) and `noun` (the noun after the unit), or if its
        pattern `after` matches the words after the unit."""
        topic = head + noun
        edges = topic[-1:], after[:1]
        if (rows := self.between.get(edges)) is None:
            if len(self.between) > _MOST_EDGES:
                self.between.clear()
            rows = self.between[edges] = self._between(*edges)
        for indicator, before, marked, following in rows:
            if before and before.search(f"{head}#{noun}" if marked else topic):
                return indicator
            if following and following.match(after):
                return indicator
        return None

    def _between(self, last: str, first: str) -> list[_Candidate]:
        """Return the rows that can fit if `last` stands before and `first` after the number."""
        candidates = []
        for row in self.rows:
            before = row.before if last and (row.ends is None or last in row.ends) else None
            after = row.after if first and (row.begins is None or first in row.begins) else None
            if before or after:
                marked = bool(before and "#" in before.pattern)
                candidates.append((row.indicator, before, marked, after))
        return candidates


class IndicatorRules:
    """The indicators and units of a codebook. ``codebook.once(IndicatorRules)`` returns them."""

    def __init__(self, codebook: Codebook) -> None:
        self.words = codebook.once(OutcomeWords)
        units = codebook.units.reindex(columns=["unit", "en", "counted_zh", "counted_en"])
        # what a unit counts, in Chinese and English
        self.counted = {
            unit: (zh or ("" if counted else unit), counted or en or "things")
            for unit, en, zh, counted in units.fillna("").itertuples(index=False, name=None)
        }
        phrases = codebook.once(Phrases)
        self.names, self.nouns = phrases.texts, phrases.nouns
        self.distinctions = codebook.once(Distinctions)
        self._table = {row.indicator: _compiled(row) for row in codebook.indicators.itertuples()}
        self._of_unit: dict[tuple[str, str], _Rows] = {}
        self._rows: dict[tuple[_Row, ...], _Rows] = {}

    def rows_for(self, kind: str, unit: str) -> _Rows:
        """Return the rows of indicators.csv that fit a kind of number and a unit. Units with the
        same rows share one `_Rows`."""
        if (kind, unit) not in self._of_unit:
            of_kind = (row for row in self._table.values() if kind in row.kinds)
            fitting = tuple(row for row in of_kind if not row.units or unit in row.units)
            self._of_unit[kind, unit] = self._rows.setdefault(fitting, _Rows(fitting))
        return self._of_unit[kind, unit]

    def of_age(self, indicator: str, name: str, years: int) -> Indicator:
        """Make the indicator for people above some age, or for their share of the population."""
        zh, en = (text.format(years=years) for text in self.names[name])
        return Indicator(indicator, zh, en, "context")

    def takes(self, indicator: str, unit: str) -> bool:
        """Tell whether a row of indicators.csv has a unit."""
        row = self._table.get(indicator)
        return bool(row and unit in row.units)

    def row_of(self, indicator: str) -> Indicator | None:
        """Return the indicator that indicators.csv lists under this id, or None."""
        row = self._table.get(indicator)
        return row and row.indicator


def _compiled(row) -> _Row:
    """Compile the patterns of a row of indicators.csv."""
    return _Row(
        Indicator(row.indicator, row.zh, row.en, row.group, *_fixed(row)),
        frozenset([row.kind]) if row.kind else _ANY_KIND,
        frozenset(row.units.split("|") if row.units else ()),
        re.compile(row.before) if row.before else None,
        re.compile(row.after) if row.after else None,
        last_characters(row.before.replace("#", "")),
        first_characters(row.after),
    )


def _fixed(row) -> tuple[str, str]:
    """Return the columns `flow` and `state` of a row, which a table of one's own may lack."""
    return getattr(row, "flow", ""), getattr(row, "state", "")


# --- naming a number


class Named(NamedTuple):
    """A number and the name found for it. Later numbers of the sentence may reuse the name."""

    quantity: Quantity
    name: Indicator


_OF_PLACES = re.compile(
    "[县市区乡镇村街道社()、]{0,6}的$"
)  # 3个县的14家养老机构, "14 homes of 3 counties"
_KINDS = {"share": "share", "change": "change", "score": "score", "money": "money"}
_GROUPS = {"share": "outcome", "change": "outcome", "score": "outcome"}


class Phrase(NamedTuple):
    """A number and the words around it, which can tell what the number measures."""

    q: Quantity
    context: NumberContext
    named: tuple[Named, ...]  # the earlier numbers of the sentence, in order
    each: str  # the words that make the number a rate (“per head”), or empty
    head: str  # the words before the number, without words that name nothing
    noun: str  # the noun after the unit
    after: str  # all words after the unit
    rows: _Rows  # the rows of indicators.csv for the kind and unit of the number
    rules: IndicatorRules
    words: OutcomeWords
    addition: str = ""  # an adjective (private, rural) before the number, without a noun
    problems: tuple[Named, ...] = ()  # the numbers of problems before it in the paragraph
    earlier: tuple[Named, ...] = ()  # the numbers of the sentence before, in the same paragraph

    def made(
        self, name: str, noun: str = "", group: str = "", *, en: str = "", is_part: bool = False
    ) -> Indicator:
        """Make an indicator by filling a noun into the text `name` of data/text/outcomes.csv. Its
        id is made of the text's name and the noun. `en` is the English of the noun, if known."""
        counted_zh, counted = self.rules.counted.get(self.q.unit, (self.q.unit, "things"))
        values = {"noun": noun, "counted": counted, "counted_zh": counted_zh}
        zh, text = self.rules.names[f"outcomes.{name}"]
        values["en"] = en or self._english(noun, counted) if noun else ""
        indicator = f"{name}:{noun or self.q.unit}"
        group = group or self._group()
        names = zh.format(**values), text.format(**values)
        return Indicator(indicator, *names, group, is_part=is_part)

    def _english(self, noun: str, counted: str) -> str:
        """Return the English of a noun. If the table of nouns lacks a part of it, return its last
        word or what its unit counts, with the remark that only the Chinese names the kind."""
        nouns = self.rules.nouns
        if english := nouns.english(noun):
            return english
        general = nouns.head(noun) or _KINDS.get(self.q.kind, counted)
        return self.rules.names["outcomes.untranslated"][1].format(en=general)

    def those_who(self, clause: str) -> Indicator:
        """Name people or things by what they do, such as “people who took part”. If this is a state
        of completion (正在装修, "being fitted out"), name the kind of place that the text is about.
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
        values = {"addition": addition, "addition_en": nouns.english(addition) or unknown}
        zh, en = self.rules.names[f"outcomes.{text}"]
        zh, en = zh.format(noun=name.zh, **values), en.format(en=name.en, **values)
        indicator = f"{name.indicator}({addition})"
        return name._replace(indicator=indicator, zh=zh, en=en, is_part=True)

    def last(self, fits: Callable[[Named], bool]) -> Indicator | None:
        """Return the name of the nearest earlier number for which `fits` is true, or None."""
        return next((named.name for named in reversed(self.named) if fits(named)), None)

    def last_or_earlier(self, fits: Callable[[Named], bool]) -> Indicator | None:
        """Return the name of the nearest number for which `fits` is true, also of the sentence
        before, or None."""
        both = (*self.earlier, *self.named)
        return next((named.name for named in reversed(both) if fits(named)), None)

    def is_distance(self) -> bool:
        """Tell whether a number is the distance from somebody else, not from an earlier time."""
        return bool(self.words.above.search(self.head)) or self.differs()

    def differs(self) -> bool:
        """Tell whether the words before a number say that it is more or less than elsewhere."""
        words = self.words
        differs = words.more_than.search(self.head) or words.less_than.search(self.head)
        return bool(differs) and not words.earlier.search(self.context.clause)

    def counts_like(self, other: Quantity) -> bool:
        """Tell whether the unit can count the same things as that of another number."""
        same = self.words.problem_units
        return self.q.unit == other.unit or {self.q.unit, other.unit} <= same

    def list_of_problems(self) -> Named | None:
        """Return the last count of problems in the paragraph, or None."""
        counts = (one for one in reversed(self.problems) if one.quantity.kind == "count")
        return next(counts, None)

    def kind_of_problems(self) -> str:
        """Return the kind of problems of a list: 立行立改类27个, "27 to be solved at once"."""
        head = self.head.removesuffix("的")
        return self.words.noun_before(head) or head if head.endswith("类") else ""

    def named_problems(self) -> bool:
        """Tell whether the last number of the sentence counts problems."""
        return bool(self.named) and base_of(self.named[-1].name.indicator) in PROBLEMS

    def is_rest(self) -> bool:
        """Tell whether the number and the solved ones before it add up to the list before both."""
        last = self.problems[-2:]
        if len(last) < 2 or base_of(last[1].name.indicator) != "problems_rectified":
            return False
        values = [named.quantity.value for named in last]
        return None not in (*values, self.q.value) and values[0] - values[1] == self.q.value

    def _group(self) -> str:
        """Return the group of the number: "outcome" for a share, change or score, else the group
        that the nearest verb shows, such as "effort" or "output"."""
        if self.q.kind in _GROUPS:
            return _GROUPS[self.q.kind]
        context = self.context
        for window in filter(None, (context.near, context.clause, context.after)):
            for group, pattern in self.words.groups.items():
                if pattern.search(window):
                    return group
        return "output"


def name_indicator(
    q: Quantity,
    context: NumberContext,
    named: list[Named],
    rules: IndicatorRules,
    problems: tuple[Named, ...] = (),
    earlier: tuple[Named, ...] = (),
) -> Indicator:
    """Name what a number measures: by indicators.csv, or else by the noun that the number counts.

    This noun can follow the unit, as in ``312名独居老人``, "312 old people living alone". Or the
    noun can precede the number, as in ``走访老年人995人``, "visited 995 old people". A row of
    indicators.csv is used if its patterns match the words around the number. `problems` are the
    numbers of problems before it in the paragraph, whose parts may follow without this word, and
    `earlier` those of the sentence before, to which 这一比例 ("this share") may refer.
    """
    last = named[-1] if named else None
    if context.place == "end" and last and last.quantity.unit == q.unit:
        return last.name  # both numbers of “raised from … to …” measure the same
    phrase = phrase_of(q, context, named, rules)._replace(problems=problems, earlier=earlier)
    name = _first_name(STEPS.get(q.kind, STEPS["count"]), phrase)
    if _is_assigned(name, phrase):
        name = rules.row_of("problem_list") or name
    name = _told_apart(name, phrase)
    if phrase.each:
        name = phrase.part(name, phrase.each, "per")
    if name.group in ("outcome", "output") and _is_short(phrase):
        name = name._replace(group="context")  # “only 38.6%” is a shortcoming, not an achievement
    return name


def _first_name(steps: Steps, phrase: Phrase) -> Indicator:
    """Try the steps in order, and return the first name that a step finds."""
    for step in steps:
        if name := step(phrase):
            break
    return name


def _told_apart(name: Indicator, phrase: Phrase) -> Indicator:
    """Add what makes a number that of another thing. What is said of a list of hazards holds for
    those of them that were removed, as long as no other problems are named."""
    distinctions, whole = phrase.rules.distinctions, phrase.list_of_problems()
    plain = phrase.rules.row_of(base_of(name.indicator))
    if plain and not distinctions.agrees(name, phrase.context):
        name = plain  # 2600万元用于助餐,800万元用于床位: like the last sum, but for another purpose
    name = distinctions.told_apart(name, phrase.context)
    is_told = "问题" in phrase.context.near + phrase.after[:8]
    if whole and not is_told and base_of(name.indicator) in PROBLEMS:
        return distinctions.like(name, whole.name, "hazards")
    return name


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


def _is_assigned(name: Indicator, phrase: Phrase) -> bool:
    """Tell whether problems were handed over in the next clause, or those of several sources made
    one list that was then assigned."""
    words, context = phrase.words, phrase.context
    if name.indicator not in ("problems", "problems_found") and "清单" not in name.zh:
        return False
    if words.handed_over.match(context.behind):
        return True
    around = context.before[-120:] + context.behind
    return is_merged(context, words) and bool(words.assigning.search(around))


def _is_short(phrase: Phrase) -> bool:
    """Tell whether the words call a number too low: 入住率仅为38.6%, "occupancy is only 38.6%"."""
    words, near = phrase.words, phrase.context.near
    return bool(words.shortcoming.search(near) or words.shortcoming_after.match(phrase.after))


# --- step: a row of indicators.csv

_AGED = frozenset(("aged_60_plus", "aged_65_plus", "aged_80_plus", "share_of_elderly"))
_OF_PROBLEMS = frozenset(("problems_rectified", "problems_open", "rectified_share"))


def row_of_table(phrase: Phrase) -> Indicator | None:
    """Name a number by the row of indicators.csv that fits the noun beside the number.

    A verb may stand between the noun and the number, as in 农村幸福院已建成41个, "of rural homes,
    41 were built". For a rate such as 每餐补贴4元, "a subsidy of 4 yuan per meal", return None.
    """
    q, near, words = phrase.q, phrase.context.near, phrase.words
    if phrase.each and q.kind == "money" and not words.each_time.search(phrase.each):
        return None
    if q.kind == "share":
        # keep 占 (“makes up”) and the words for the whole, which a pattern for shares may need
        whole = near.rstrip(words.number_end) if "占" in near else words.trimmed(near)
        name = phrase.rows.first(whole, phrase.after)
    else:
        name = phrase.rows.first(phrase.head, phrase.after, phrase.noun)
    name = name and _if_true(name, phrase)
    if name or phrase.noun or q.kind != "count" or q.unit in words.act_units:
        return name
    stem = words.stem_of(phrase.head)
    return phrase.rows.first(stem) if stem else None


def _if_true(name: Indicator, phrase: Phrase) -> Indicator | None:
    """Return the indicator found, or None if other words around the number contradict it.

    关闭养老机构9家, "closed 9 homes", is not a number of homes built, and 办结诉求1215件, "dealt
    with 1,215 requests", is not a number of problems solved.
    """
    topic = phrase.head + phrase.noun
    if name.group == "output" and phrase.words.unmade.search(topic):
        return None
    if name.indicator in _OF_PROBLEMS and _is_of_others(phrase):
        return None
    if name.indicator == "share_growth":
        return growth_of_noun(phrase) or name
    if name.indicator == "completion":
        return completion_of_last(phrase, name)
    return _of_age(name, phrase, topic) if name.indicator in _AGED else name


def completion_of_last(phrase: Phrase, name: Indicator) -> Indicator:
    """Say of which things counted before a task is completed: 助餐场所180个,任务完成率100%."""
    last = phrase.last(lambda named: named.name.group == "output")
    if not last:
        return name
    zh, en = phrase.rules.names["outcomes.completion_of"]
    return name._replace(zh=zh.format(noun=last.zh), en=en.format(en=last.en))


def growth_of_noun(phrase: Phrase) -> Indicator | None:
    """Name a rate of change by what changed: 养老支出增长5.5%, or 1.92亿元,比上年增长23.5%."""
    words, near = phrase.words, phrase.context.near
    noun = words.noun_before(words.trimmed(words.change_by.sub("", near)))
    if noun and not _COMPARED.search(noun):
        return phrase.made("growth_of", noun, "context")
    last = phrase.last(lambda named: named.quantity.kind in ("count", "money"))
    return last and phrase.made("growth_of", last.zh, "context", en=last.en)


def _is_of_others(phrase: Phrase) -> bool:
    """Tell whether a number of solved cases counts requests or other things, not problems."""
    if "问题" in phrase.head or "问题" in phrase.context.after[:8]:
        return False
    if phrase.q.kind == "share":
        return any(named.name.is_part for named in phrase.named)
    kind_of_unit = phrase.words.kind_of_unit
    kind = kind_of_unit(phrase.q.unit)
    last = phrase.last(lambda named: kind_of_unit(named.quantity.unit) == kind)
    is_problem = last and (base_of(last.indicator) in PROBLEMS or "问题" in last.zh)
    return bool(last and not is_problem)


def part_of_problems(phrase: Phrase) -> Indicator | None:
    """Name a number by the list of problems that it is a part of.

    In 交办52个问题,已完成31个, "52 problems assigned, 31 done", the 31 are problems rectified.
    """
    whole, words, near = phrase.list_of_problems(), phrase.words, phrase.context.near
    is_other = phrase.noun and "问题" not in phrase.noun
    if not whole or is_other or not phrase.counts_like(whole.quantity):
        return None
    row_of = phrase.rules.row_of
    name = row_of(base_of(whole.name.indicator)) or whole.name
    if words.rectified_alone.fullmatch(near):
        return row_of("problems_rectified")
    if kind := phrase.kind_of_problems():
        return phrase.part(name, kind)
    if words.sum_alone.fullmatch(near):  # 第一次19个,第二次16个,合计35个
        return row_of("problem_list") if phrase.noun else name
    return row_of("problem_list") if not phrase.noun and _is_batch(phrase) else None


def _is_batch(phrase: Phrase) -> bool:
    """Tell whether a number without a noun counts problems that were assigned: 首批20个."""
    words, near = phrase.words, phrase.context.near
    return bool(words.batch_alone.fullmatch(near) or words.assigning_last.search(phrase.head))


def share_of_problems(phrase: Phrase) -> Indicator | None:
    """Name a share behind a number of problems that of the problems solved: 完成率86.6%."""
    words, problems = phrase.words, phrase.problems
    is_done = words.rate_alone.fullmatch(phrase.context.near.rstrip(words.number_end))
    is_done = is_done and phrase.named_problems()
    # 整改率97.6%。相比8月底时71.7%的进度, "compared with 71.7 %"
    is_compared = problems and problems[-1].quantity.kind == "share"
    is_compared = is_compared and words.progress_behind.match(phrase.context.after)
    return phrase.rules.row_of("rectified_share") if is_done or is_compared else None


def rest_of_problems(phrase: Phrase) -> Indicator | None:
    """Name a number of the problems that are not solved: 剩下的3项, "the 3 that are left"."""
    whole, words = phrase.list_of_problems(), phrase.words
    if not whole or not phrase.counts_like(whole.quantity):
        return None
    context = phrase.context
    is_open = (
        phrase.is_rest()
        or words.remaining_alone.search(context.near)
        or words.unsolved.search(phrase.head)
        or (not phrase.noun and words.unfinished.match(phrase.after))
    )
    if is_open:
        return phrase.rules.row_of("problems_open")
    if words.of_problems.search(context.clause) and not words.rectified_alone.search(context.near):
        is_list = words.assigning.search(context.clause)
        return phrase.rules.row_of("problem_list" if is_list else "problems")
    return None


# --- steps: a count, an amount or a size

_OF_LEVEL = re.compile("[省市县区乡镇村]本?级")


def noun_after_unit(phrase: Phrase) -> Indicator | None:
    """Name a number by the noun after its unit: 312名独居老人, "312 old people living alone"."""
    is_unit = phrase.noun == phrase.q.unit and len(phrase.noun) < 2
    return phrase.made("noun", phrase.noun) if phrase.noun and not is_unit else None


def act_after_times(phrase: Phrase) -> Indicator | None:
    """Name a number of times by the act behind the unit: 3次走访, "three visits"."""
    if phrase.q.unit not in phrase.words.times_units or not phrase.after:
        return None
    act = phrase.words.noun_before(phrase.after[:16])
    return phrase.made("noun", act) if act else None


def what_stands_before(phrase: Phrase) -> Indicator:
    """Name a number by the words before it. If these words hold no noun, other steps are tried."""
    has_no_noun, addition = phrase.words.has_no_noun(phrase.context.near)
    steps = WITHOUT_NOUN if has_no_noun else WITH_NOUN
    return _first_name(steps, phrase._replace(addition=addition))


def what_they_do(phrase: Phrase) -> Indicator | None:
    """Name people by the verb that follows: 12名参加培训, "12 took part in the training"."""
    after = phrase.after
    if phrase.q.kind != "count" or len(after) >= 15 or not phrase.words.verb.match(after):
        return None
    return phrase.those_who(after.rstrip("。”"))


def told_again(phrase: Phrase) -> Indicator | None:
    """Name a number that the text refers to without naming it, like the last of its kind: 这一比例
    ("this share"), 按户籍口径 ("by registered people") or 2500张目标 ("the target of 2,500")."""
    context, words = phrase.context, phrase.words
    is_same = words.same_again.search(context.near) or words.target_behind.match(context.after)
    near = since_last_number(context) if words.has_no_noun(context.near)[0] else context.near
    if not is_same and not words.on_other_base.search(near):
        return None
    kind = phrase.q.kind, words.kind_of_unit(phrase.q.unit)
    return phrase.last_or_earlier(
        lambda named: (named.quantity.kind, words.kind_of_unit(named.quantity.unit)) == kind
    )


def like_last_of_unit(phrase: Phrase) -> Indicator | None:
    """Name a number like the last number with the same unit, and add the difference in brackets.

    In 养老机构87家,其中民办24家, "87 homes, 24 of them private", the 24 are "homes (private)".
    """
    kind_of_unit = phrase.words.kind_of_unit
    kind = phrase.q.kind, kind_of_unit(phrase.q.unit)

    def fits(named: Named) -> bool:
        other, name = named
        return not name.is_part and (other.kind, kind_of_unit(other.unit)) == kind

    name = phrase.last(fits)
    # a stock called too small says nothing of the numbers that follow
    row = name and phrase.rules.row_of(name.indicator)
    name = row or name
    is_change = phrase.words.only_change.fullmatch(phrase.addition)
    # 其中市级1亿元: the column `level` says of which level
    if not name or not phrase.addition or is_change or _OF_LEVEL.fullmatch(phrase.addition):
        return name
    return phrase.part(name, phrase.addition)


def like_last_of_body(phrase: Phrase) -> Indicator | None:
    """Name what another body did like the number before: 市人大组织检查组6个,各县区另组织34个. The
    places where the bodies are do not count."""
    words = phrase.words
    body = words.verb_last.sub("", phrase.head)
    if phrase.noun or body == phrase.head or not words.other_body.search(body):
        return None
    kind_of_unit = words.kind_of_unit
    kind = phrase.q.kind, kind_of_unit(phrase.q.unit)

    def fits(named: Named) -> bool:
        other, name = named
        is_thing = not name.is_part and name.indicator not in TERRITORIES
        return is_thing and (other.kind, kind_of_unit(other.unit)) == kind

    return phrase.last(fits)


def row_of_clause_before(phrase: Phrase) -> Indicator | None:
    """Name a number by the row of indicators.csv that fits the end of an earlier clause."""
    if phrase.q.kind not in ("count", "share"):
        return None
    words = phrase.words
    clauses = phrase.context.before.split(",")[-3:-1]
    for clause in reversed(clauses):
        if row := phrase.rows.first(words.trimmed(words.no_noun_last.sub("", clause))):
            return row
        # 三级人大代表踊跃参与,累计1260人次: the deputies stand at the head of the clause before
        is_of_people = words.kind_of_unit(phrase.q.unit) == "person"
        if is_of_people and (row := phrase.rows.first("", clause)):
            return row
    return None


def modifier_alone(phrase: Phrase) -> Indicator | None:
    """Name a number by the adjective before it: 农村1200户, "1,200 rural households"."""
    noun = phrase.noun or phrase.addition
    if not noun or phrase.q.unit in phrase.words.act_units:
        return None
    return phrase.made("noun_of_unit", noun, is_part=True)


def those_who(phrase: Phrase) -> Indicator | None:
    """Name people by the clause before 的: 参加培训的有12名, "those who took part were 12"."""
    words = phrase.words
    clause = words.that_are.search(phrase.context.near)
    return clause and phrase.those_who(words.lead.sub("", clause[1].rpartition(",")[2], 1))


def noun_before_number(phrase: Phrase) -> Indicator | None:
    """Name a number by the noun before it, such as 群众 ("residents") in 走访群众380户."""
    words = phrase.words
    noun = phrase.noun or words.noun_before(words.stem_of(phrase.head) or phrase.head)
    noun = words.completion.sub("", noun).lstrip("的") or noun
    if words.bare.fullmatch(words.no_noun.sub("", noun)) and (kind := phrase.kind_told()):
        return kind
    is_body = not phrase.noun and words.verb_last.sub("", noun).endswith(words.not_things)
    is_name = noun and not is_body and not words.not_name.match(noun)
    return phrase.made("noun", noun) if is_name else None


def kind_of_place(phrase: Phrase) -> Indicator | None:
    """Name a number of places or papers by the kind that the paragraph is about."""
    return phrase.kind_told() if phrase.q.kind == "count" else None


def act_before_number(phrase: Phrase) -> Indicator | None:
    """Name a number of times by the act before it: 现场督办16次, "supervised on site 16 times"."""
    return noun_before_number(phrase) if phrase.q.unit in phrase.words.act_units else None


def kind_of_number(phrase: Phrase) -> Indicator:
    """Name a number only by its unit, or as an amount of money, if no other step found a name."""
    if phrase.q.kind == "money":
        return phrase.made("money")
    return phrase.made("number_of_unit" if phrase.q.unit else "number")


# --- steps: a share, named by the part or by the whole

_RATE_BEHIND = re.compile("的([一-龥]{1,6}率)")
_SURVEY = re.compile("[^,]{2,24}$")


def _part_named(phrase: Phrase) -> str | None:
    """Return the words before 占 ("makes up"), which name a part of a whole, or None without 占."""
    part, share, _ = phrase.context.near.rpartition("占")
    return part if share else None


def row_of_part(phrase: Phrase) -> Indicator | None:
    """Name a share by the row of indicators.csv that fits the words before 占 ("makes up")."""
    part = _part_named(phrase)
    return None if part is None else phrase.rows.first(phrase.words.trimmed(part))


def answer_to_survey(phrase: Phrase) -> Indicator | None:
    """Name an answer to a survey: 选择居家养老的占71.2%, "71.2% chose care at home"."""
    part, words = _part_named(phrase), phrase.words
    asked = words.answer.search(part) if part else None
    if not asked:
        return None
    return phrase.made("share_who", words.trimmed(part[asked.start() :]), "context")


def noun_of_part(phrase: Phrase) -> Indicator | None:
    """Name a share by the noun before 占: 敬老院占18%, "old people's homes make up 18%"."""
    part, words = _part_named(phrase), phrase.words
    if part is None or words.has_no_noun(part)[0]:
        return None
    return phrase.made("share_of", words.noun_before(words.trimmed(part)))


def distance_of_share(phrase: Phrase) -> Indicator | None:
    """Name a percentage the distance from somebody else: 比全省平均水平高出2.6%."""
    if not phrase.differs():
        return None
    last = phrase.last(lambda named: named.quantity.kind == "share")
    if last and not last.indicator.startswith("distance"):
        return phrase.made("distance_of", last.zh, last.group, en=last.en)
    return last or phrase.made("distance", group="context")


def rate_behind(phrase: Phrase) -> Indicator | None:
    """Name a share by the rate behind it: 以98%的得票率通过, "with 98% of the votes"."""
    rate = _RATE_BEHIND.match(phrase.context.after)
    return phrase.made("noun", rate[1]) if rate else None


def part_counted_before(phrase: Phrase) -> Indicator | None:
    """Name a share by the count before it: 老年人90万人,占18.3%, "900,000 old people, or 18.3%"."""
    if _part_named(phrase) is None:
        return None
    last = phrase.last(lambda named: named.quantity.kind == "count")
    if not last:
        return phrase.made("share")
    if last.indicator.startswith("aged_"):
        return _elderly_share(phrase)
    is_short = last.group == "context" or phrase.words.shortcoming.search(last.zh)
    return phrase.made("share_of", last.zh, "context" if is_short else "", en=last.en)


def compared_share(phrase: Phrase) -> Indicator | None:
    """Name a share like the last one if it is compared with it: 满意率93.2%,较3月时的85.1%提升."""
    if not phrase.words.compared_share.match(phrase.context.near):
        return None
    return phrase.last(lambda named: named.quantity.kind == "share")


def share_who(phrase: Phrase) -> Indicator | None:
    """Name a share by the words after it: 12.4%的老人选择机构, "12.4% of the old chose homes"."""
    words, context = phrase.words, phrase.context
    has_no_noun, addition = words.has_no_noun(context.near)
    if not phrase.after or not (has_no_noun or context.near.endswith("的")):
        return None
    clause = phrase.after.replace("“", "").replace("”", "").strip()
    if not _SURVEY.match(clause) or (has_no_noun and not context.after.startswith("的")):
        return None
    whole = addition if has_no_noun else words.noun_before(phrase.head)
    clause = f"{whole}{clause.removesuffix('.')}"
    return phrase.made("share_who", clause, "" if whole else "context")


# 其中公办机构56%: which of them, without a rate or a share of its own
_OF_WHICH = re.compile(",?其中[^率占比度]*$")


def like_last_share(phrase: Phrase) -> Indicator | None:
    """Name a share like the last share, and add the difference in brackets. In
    满意率92.7%,最高98.1%, "satisfaction 92.7%, at most 98.1%", the second name is 满意率(最高)."""
    has_no_noun, addition = phrase.words.has_no_noun(phrase.context.near)
    if not has_no_noun and _OF_WHICH.match(phrase.context.near):
        has_no_noun, addition = True, phrase.words.noun_before(phrase.head)
    if not has_no_noun:
        return None
    last = phrase.last(lambda named: named.quantity.kind == "share" and not named.name.is_part)
    last = last or _whole_of_last_share(phrase)
    if not last or not addition or _is_told_apart(last, phrase):
        return last
    return phrase.part(last, addition)


def _whole_of_last_share(phrase: Phrase) -> Indicator | None:
    """Return the name of the last share without what tells it apart: 最低的为62%,最高的100%."""
    last = phrase.last(lambda named: named.quantity.kind == "share")
    return last and phrase.rules.row_of(base_of(last.indicator))


def _is_told_apart(name: Indicator, phrase: Phrase) -> bool:
    """Tell whether a row of distinctions.csv already says what is different."""
    return phrase.rules.distinctions.told_apart(name, phrase.context) != name


def row_of_clause_before_share(phrase: Phrase) -> Indicator | None:
    """Name a share by the clause before, if no noun precedes it: 满意率最高,达到95.4%."""
    has_no_noun, _ = phrase.words.has_no_noun(phrase.context.near)
    return row_of_clause_before(phrase) if has_no_noun else None


def noun_before_share(phrase: Phrase) -> Indicator:
    """Name a share by the noun before it, such as 入住率 ("occupancy rate") in 入住率68.6%."""
    noun = phrase.words.noun_before(phrase.head)
    return phrase.made("noun" if noun else "share", noun)


# --- steps: a change, named by the share that changed; a score

_COMPARED = re.compile("[年比]")


def change_of_noun(phrase: Phrase) -> Indicator | None:
    """Name a change by the noun in its clause: 入住率提高4.2个百分点, "occupancy rose by 4.2"."""
    words = phrase.words
    if phrase.is_distance():
        return None
    noun = words.noun_before(words.trimmed(words.change_by.sub("", phrase.context.near)))
    if not noun or _COMPARED.search(noun):
        return None
    if row := phrase.rules.rows_for("share", "%").first(noun):
        return phrase.made("change_of", row.zh, row.group, en=row.en)
    return phrase.made("change_of", noun)


def change_of_part(phrase: Phrase) -> Indicator | None:
    """Name a change like the last change, and add the part: 其中民办机构上升8.1个百分点."""
    last = phrase.named[-1] if phrase.named else None
    if not last or last.quantity.kind != "change" or not phrase.context.near.startswith("其中"):
        return None
    words = phrase.words
    part = words.noun_before(words.trimmed(words.change_by.sub("", phrase.context.near[2:])))
    return phrase.part(last.name, part) if part else last.name


def change_of_last(phrase: Phrase) -> Indicator | None:
    """Name a number as the change of the last share, or as the distance from the last share.

    In 入住率68.6%,提高4.2个百分点, "occupancy is 68.6%, up by 4.2 points", 4.2 is the change.
    """
    of_share = (n for n in reversed(phrase.named) if n.quantity.kind in ("share", "change"))
    quantity, name = next(of_share, (None, None))
    if phrase.is_distance() and (share := phrase.last(lambda n: n.quantity.kind == "share")):
        return phrase.made("distance_of", share.zh, share.group, en=share.en)
    if not quantity or quantity.kind == "change":
        return name
    of_elderly = name.indicator == "share_of_elderly" and phrase.rules.row_of("change_of_share")
    return of_elderly or phrase.made("change_of", name.zh, name.group, en=name.en)


def any_change(phrase: Phrase) -> Indicator:
    """Name a number “change”, or “distance” as in 高于全省3个百分点, "3 above the province"."""
    return phrase.made("distance_of" if phrase.is_distance() else "change_of")


def score_of_noun(phrase: Phrase) -> Indicator:
    """Name a score by the body that received it, such as 市民政局 ("civil affairs bureau") in
    市民政局得分96.5分."""
    noun = phrase.words.noun_before(phrase.head)
    return phrase.made("score_of", noun.removesuffix("得分"))


Steps = tuple[Callable[[Phrase], Indicator | None], ...]
STEPS: dict[str, Steps] = {
    "share": (
        share_of_problems,
        told_again,
        distance_of_share,
        row_of_table,
        row_of_part,
        answer_to_survey,
        noun_of_part,
        rate_behind,
        part_counted_before,
        compared_share,
        share_who,
        like_last_share,
        row_of_clause_before_share,
        noun_before_share,
    ),
    "change": (row_of_table, change_of_part, change_of_noun, change_of_last, any_change),
    "score": (row_of_table, score_of_noun),
    "count": (
        rest_of_problems,
        part_of_problems,
        told_again,
        row_of_table,
        noun_after_unit,
        act_after_times,
        what_stands_before,
    ),
}
"""The steps that name a number of each kind. They are tried in order until one finds a name. The
last step always finds one. Kinds of numbers that are not listed are named like a count."""
WITHOUT_NOUN = (
    what_they_do,
    like_last_of_unit,
    row_of_clause_before,
    kind_of_place,
    act_before_number,
    modifier_alone,
    kind_of_number,
)
"""The steps that `what_stands_before` tries in order if no noun precedes the number."""
WITH_NOUN = (those_who, like_last_of_body, noun_before_number, kind_of_place, kind_of_number)
"""The steps that `what_stands_before` tries in order if a noun precedes the number."""


# --- people of some age

_AGE = re.compile("([0-9]{2,3}|[六七八九]十五?)周?岁")


def _of_age(name: Indicator, phrase: Phrase, topic: str) -> Indicator | None:
    """Put the age that the text states into the name, or say in the name that no age is stated.

    Return None if the age follows the unit, as in 为2.9万名75岁以上老人, "for 29,000 people over
    75". Such a number may count only some of the people over 75.
    """
    if name.indicator == "share_of_elderly":
        return _elderly_share(phrase)
    if phrase.noun and _AGE.search(phrase.noun):
        return None
    if ages := _AGE.findall(topic):
        years = _years(ages)
        indicator = f"aged_{years}_plus"
        row = phrase.rules.row_of(indicator)
        return row or phrase.rules.of_age(indicator, "outcomes.aged", years)
    if name.indicator != "aged_60_plus":
        return name
    return Indicator("aged_0_plus", *phrase.rules.names["outcomes.aged_unstated"], name.group)


def _years(ages: list[str]) -> int:
    """Return the last age of a list as a number. An age can be written as 65 or as 六十 (60)."""
    return int(ages[-1]) if ages[-1].isdigit() else chinese_number(ages[-1]) or 0


def _elderly_share(phrase: Phrase) -> Indicator:
    """Name the share of people above some age. Look for the age next to the share, then in the
    names of earlier numbers, then in all words of the sentence before the share."""
    ages = _AGE.findall(phrase.context.near)
    last = phrase.last(lambda named: named.name.indicator.startswith(("aged_", "share_of_elderly")))
    if not ages and last and last.indicator.startswith("share_of_elderly"):
        return last
    if ages:
        years = _years(ages)
    elif last:
        years = int(last.indicator.split("_")[1])
    else:
        ages = _AGE.findall(phrase.context.before)
        years = _years(ages) if ages else 0
    # by law old people are those of 60 and over, also where no age is given
    if years in (0, 60) and (row := phrase.rules.row_of("share_of_elderly")):
        zh, en = phrase.rules.names["outcomes.share_of_aged_unstated"]
        return row if years else row._replace(zh=zh, en=en)
    return phrase.rules.of_age(f"share_of_elderly_{years}", "outcomes.share_of_aged", years)
