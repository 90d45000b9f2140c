"""Reads direction, state of completion, group, stock or flow, and timing of a number from its text.

Call the functions of this module after a number has got its name, in the order in which the
functions are defined. Later functions use the results of earlier ones: `flow_of`, for example, must
know the state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.codebook import Codebook
from helpers.numbers import Quantity

from .context import Indicator, NumberContext, OutcomeWords

PROBLEMS = frozenset(
    "problems problems_found problem_list problems_rectified problems_open rectified_share".split()
)
# Indicator that counts places → level of these places, if they act themselves.
TERRITORIES = {"districts": "county", "subdistricts": "township", "townships": "township"}
TERRITORIES |= {"villages": "township"}
_OPINIONS = "deliberation_opinions"
_GENERAL = ("people_received", "disputes")
_OF_PROBLEMS = ("assigned", "rectified")  # states of completion that only problems have
_RATES = ("share", "change")
_OF_A_PLAN = frozenset(("completion", "retrofit_progress"))
AHEAD = frozenset(("planned", "negotiated", "chosen"))
_OF_LIST = "、和与及"
_LITTLE = ("", "了", "近", "约")  # what may stand between a word of change and the amount
_DIGIT = re.compile("[0-9](?![0-9]*[年月日])")
_SINCE = 120  # Characters before a number in which the previous number is looked for.
_BEHIND = 14  # Characters after a number in which words for its state are looked for.
_TITLE = re.compile("《[^》]*》")


class Stage(NamedTuple):
    """A row of completion.csv: a state of completion, the frames (`zh`, `en`) that put the state
    into a name, and the pattern of words that tell the state."""

    state: str
    zh: str
    en: str
    pattern: re.Pattern[str]


class Completion:
    """The rows of completion.csv. ``codebook.once(Completion)`` reads the rows only once."""

    def __init__(self, codebook: Codebook) -> None:
        rows = codebook.completion.itertuples()
        self.stages = [Stage(row.state, row.zh, row.en, re.compile(row.words)) for row in rows]
        self._order = {stage.state: i for i, stage in enumerate(self.stages)}

    def of_number(self, context: NumberContext, words: OutcomeWords) -> Stage | None:
        """Return the stage of completion of what a number counts, or None if no word tells a stage.

        A word for a plan decides first, unless the text says that the plan was carried out. Next
        decide the words after the number, as in 3家正在装修, "3 are being fitted out", and last the
        words before the number.
        """
        near, after = _TITLE.sub("", context.near), context.after[:_BEHIND]
        planned = [hit for hit in self._hits(f"{near}#{after}") if hit[2].state == "planned"]
        if planned and not words.achieved.search(near):
            return planned[-1][2]
        behind = self._hits(after)
        if behind:  # the first word decides, or the longest of several
            return min(behind, key=lambda hit: (hit[0], -hit[1]))[2]
        if not near or near[0] in _OF_LIST:
            near = _TITLE.sub("", context.clause)
        return self._last([hit for hit in self._hits(near) if hit[2].state != "planned"])

    def _hits(self, text: str) -> list[tuple[int, int, Stage]]:
        """List start, end and stage of all words of a text that tell a stage of completion."""
        return [
            (*match.span(), stage)
            for stage in self.stages
            for match in stage.pattern.finditer(text)
        ]

    def _last(self, hits: list[tuple[int, int, Stage]]) -> Stage | None:
        """Return the stage whose word ends last: `in_use` for 建成并投入使用, "built and in
        use"."""
        if not hits:
            return None
        last = max(hits, key=lambda hit: (hit[1], -hit[0], self._order[hit[2].state]))
        return last[2]


class Told(NamedTuple):
    """An earlier number of the sentence, with what was read about it for use by later numbers."""

    quantity: Quantity
    name: Indicator
    direction: str
    stage: Stage | None
    state: str


class Number(NamedTuple):
    """A number with its name, the words around it, and the earlier numbers of its sentence."""

    q: Quantity
    name: Indicator
    context: NumberContext
    told: list[Told]
    words: OutcomeWords

    @property
    def last(self) -> Told | None:
        """The previous number of the same sentence, or None."""
        return self.told[-1] if self.told else None

    @property
    def is_next(self) -> bool:
        """True for a later number of a list: 18 in 养老机构32家、床位18张, "32 homes, 18 beds"."""
        return bool(self.context.near) and self.context.near[0] in _OF_LIST

    @property
    def is_part(self) -> bool:
        """True for a part of the previous number, such as 12 in 床位20张,其中护理型床位12张, "20
        beds, 12 of them for nursing"."""
        near = self.context.near.lstrip(",;")
        return bool(
            self.last and near.startswith("其中") and self.last.quantity.unit == self.q.unit
        )


def is_merged(context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a number counts the items of one list that was merged from several lists."""
    if words.merged.search(since_last_number(context)):
        return True
    merged = words.merged.search(context.behind)
    return bool(merged and not _DIGIT.search(context.behind[: merged.end() + 8]))


def since_last_number(context: NumberContext) -> str:
    """Return the words of the sentence between the previous digits and a number."""
    before = context.before[-_SINCE:]
    digits = list(_DIGIT.finditer(before))
    return before[digits[-1].end() :] if digits else before


# --- Direction: whether an amount rose or fell


def direction_of(number: Number) -> str:
    """Return `up` or `down` for an amount by which something rose or fell, was added or lost.

    A level that was reached, as in 提升至40%, "raised to 40 %", has no direction. The distance from
    another place, as in 比全省高3个百分点, "3 points above the province", has no direction either.
    """
    q, context, words = number.q, number.context, number.words
    if context.place:
        return ""
    behind = words.changed_after.match(context.after) if q.kind in _RATES else None
    if behind:
        return "up" if words.up.search(behind[0]) else "down"
    hit = _last_change(number)
    if not hit:
        return _compared(context, words) or _of_list(number)
    tail = context.near[hit.end() :]
    is_amount = words.named_change.match(context.near, hit.start())
    if not is_amount and (words.reached.match(tail) or any(_verbs(tail, words))):
        return ""
    return "down" if words.down.fullmatch(hit[0]) else "up"


def _last_change(number: Number) -> re.Match[str] | None:
    """Return the last word before a number that tells a rise or fall, or None.

    In 补贴提高2元, "the subsidy rose by 2 yuan", the word 提高 tells a rise. Before a count, such
    words can mean “improve” and tell no rise, as in 提升养老院3家, "improved 3 homes".
    """
    q, near, words = number.q, number.context.near, number.words
    is_sum = q.kind in ("money", "duration")

    def is_change(hit: re.Match[str]) -> bool:
        if q.kind in _RATES or hit[0] not in words.improved:
            return True
        return is_sum and near[hit.end() :] in _LITTLE

    hits = filter(is_change, [*words.up.finditer(near), *words.down.finditer(near)])
    return max(hits, key=lambda hit: (hit.end(), -hit.start()), default=None)


def _verbs(tail: str, words: OutcomeWords) -> Iterator[re.Match[str]]:
    """Yield the verbs in a piece of text that ends at a number."""
    for verb in words.verb.finditer(tail):
        if not words.verb_as_noun.match(tail, verb.start()) and verb[0] not in "和与已均都":
            yield verb


def _compared(context: NumberContext, words: OutcomeWords) -> str:
    """Return the direction that a comparison tells: 比上年多20张, "20 more than last year"."""
    if not words.earlier.search(context.clause):
        return ""
    head = words.trimmed(context.near)
    if words.more_than.search(head):
        return "up"
    return "down" if words.less_than.search(head) else ""


def _of_list(number: Number) -> str:
    """Return the previous number's direction if a number goes on with its list or is its part."""
    if not number.last or not (number.is_next or number.is_part):
        return ""
    rest = number.context.near.lstrip(",;").removeprefix("其中")[number.is_next :]
    return "" if any(_verbs(rest, number.words)) else number.last.direction


# --- State of completion: how far a thing has come


def stage_of(number: Number, completion: Completion) -> Stage | None:
    """Return the stage of completion of what a number counts, or None.

    The stage `planned` is returned for a number of almost any kind. The other stages are returned
    only for numbers of things that are made, for shares of a task, and for a number that is part of
    such a number.
    """
    name, context, last = number.name, number.context, number.last
    if name.base in PROBLEMS or name.base == _OPINIONS:
        return _target(number, completion) if name.state == "rectified" else None
    if not last or last.quantity.end < number.q.start - len(context.clause):
        context = context._replace(near=context.clause)  # the number is the first of its clause
    stage = completion.of_number(context, number.words)
    if last and _goes_on(number, stage):
        return last.stage
    if stage and stage.state == "planned":
        return stage
    return _stage_of_thing(number, stage) if name.group in ("output", "context") else None


def _target(number: Number, completion: Completion) -> Stage | None:
    """Return the stage `planned` for a target that is not yet reached, as in 力争整改率达到95%,
    "aim at 95 % rectified", or else None."""
    stage = completion.of_number(number.context, number.words)
    return stage if stage and stage.state == "planned" else None


def _stage_of_thing(number: Number, stage: Stage | None) -> Stage | None:
    """Return the stage of completion of a thing that is not only planned, or None. A part and a
    share of a task have the stage of the previous number."""
    if number.name.base in _OF_A_PLAN:
        return number.last.stage if number.last else None
    if stage and (number.q.unit in number.words.made_units or stage.state in AHEAD):
        return stage if stage.state not in _OF_PROBLEMS else None
    return number.last.stage if number.last and number.is_part else None


def _goes_on(number: Number, stage: Stage | None) -> bool:
    """Tell whether a number goes on with the plan of the previous number, as does 3000 in
    将建50个助餐点,新增餐位3000个, "will build 50 meal sites with 3,000 seats"."""
    last, context, words = number.last, number.context, number.words
    if not last or last.state != "planned" or number.name.group != "output":
        return False
    is_made = stage.state == "built" if stage else words.up.search(context.near)
    return bool(is_made) and not words.going_on.search(since_last_number(context))


def state_of(number: Number, stage: Stage | None) -> str:
    """Return the state of completion of a number: the state of its stage or, without a stage, the
    state that its name tells."""
    name, context, last = number.name, number.context, number.last
    if stage:
        return stage.state
    if name.base == _OPINIONS:
        return "assigned" if number.words.assigning.search(context.before + context.rest) else ""
    if name.base in _OF_A_PLAN and last and last.state not in _OF_PROBLEMS:
        return last.state
    return name.state


# --- Group, stock or flow, and timing


def group_of(number: Number, level: str) -> str:
    """Return the group of a number, which can differ from the group of its indicator.

    Places where supervision took place, and stations that the supervision used, are `effort`; other
    places and stations are `context`. The length of a list in which the matter is one item, and
    work that goes on without the supervision, are `context`, too.
    """
    name, context, words = number.name, number.context, number.words
    if words.one_of.search(context.rest):
        return "context"
    if name.base in TERRITORIES:
        return "effort" if words.supervised.search(context.clause + context.rest) else "context"
    if name.base == "liaison_stations":
        return "effort" if words.used_for.search(context.clause) else "context"
    if name.base in _GENERAL and is_general(number, level):
        return "context"
    return name.group


def is_general(number: Number, level: str) -> bool:
    """Tell whether a number counts work that goes on with or without the supervision."""
    is_below = level in ("township", "institution")
    return is_below or bool(number.words.general.search(number.context.before))


def flow_of(number: Number, this: Told, level: str, group: str) -> str:
    """Tell whether a number is a `stock`, which exists at a date, or a `flow`, which came about in
    a period of time."""
    name, context = number.name, number.context
    if this.direction:
        return "flow"
    if this.state in ("planned", "assessed") and name.group == "output":
        return _flow_of_plan(number, this.state)
    if number.words.one_of.search(context.rest):
        return "stock"
    if name.base == "problem_list" and level == "several":
        return "stock"  # a merged list counts its items, not what was handed over
    if name.flow and (name.indicator not in TERRITORIES or group != "effort"):
        return name.flow
    return "flow" if group == "effort" else _flow_by_words(number, this.stage)


def _flow_of_plan(number: Number, state: str) -> str:
    """Return `stock` if a plan gives a total (计划发展到180个, "to reach 180"), else `flow`."""
    near, words = number.context.near, number.words
    is_all = number.q.unit in words.made_units and words.level_planned.search(near)
    return "stock" if state == "planned" and is_all and not words.flow.search(near) else "flow"


def _flow_by_words(number: Number, stage: Stage | None) -> str:
    """Tell `stock` from `flow` by the words around a number, or else by the kind of the number:
    money, changes, acts and shares of a task are a `flow`, all other numbers a `stock`."""
    q, context, words = number.q, number.context, number.words
    around = f"{context.near}#{context.after}"
    if words.stock.search(around):
        return "stock"
    if number.is_next:
        around += context.clause
    if stage or words.flow.search(around):
        return "flow"
    if q.kind == "share":
        return "flow" if words.share_of_task.search(number.name.zh) else "stock"
    return "flow" if q.kind in ("money", "change") or q.unit in words.act_units else "stock"


def timing_of(
    number: Number, this: Told, period: tuple[str, str], year: int | None, group: str, level: str
) -> str:
    """Tell when a number holds: `before` or `during` the supervision, or only `planned`. Work that
    goes on with or without the supervision has no timing (""). `year` is the year of the
    supervision."""
    first, last = (int(date[:4]) - year if date and year else 0 for date in period)
    if this.state in AHEAD or last > 0:
        return "planned"
    if number.words.one_of.search(number.context.rest):
        return ""
    if last < 0 or (first < 0 and not _is_compared(number, this)) or _is_told_before(number):
        return "before"
    return "during" if group != "context" else _timing_of_context(number, this, level, period[1])


def _is_told_before(number: Number) -> bool:
    """Tell whether words say that a number held before the supervision. The first number of “from …
    to …” always holds before the supervision."""
    context = number.context
    return context.place == "start" or bool(number.words.before.search(context.near))


def _timing_of_context(number: Number, this: Told, level: str, date: str) -> str:
    """Return the timing of a number of the group `context` that no word places before the
    supervision. A number of the group `context` is `during` the supervision only if it has a date,
    a state or a direction, or comes from a survey."""
    words, before = number.words, number.context.before
    if this.name.flow == "flow" and is_general(number, level):
        return ""
    is_of_it = date or this.state or this.direction or words.surveyed.search(before)
    return "during" if is_of_it else "before"


def _is_compared(number: Number, this: Told) -> bool:
    """Tell whether a number is a change, so that its first date is only a date of comparison."""
    is_change = this.direction and number.words.earlier.search(number.context.before)
    return bool(is_change) or number.q.kind == "change"
