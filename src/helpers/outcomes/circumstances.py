"""Reads from the words around a number whether it rose, how far a thing has come, stock or flow.

Use these functions after a number has its name, in the order in which they stand here: what is only
planned is no stock, and a stock that stood before the supervision is no output.
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
# The level at which each kind of place acts, if the places counted act themselves
TERRITORIES = {"districts": "county", "subdistricts": "township", "townships": "township"}
TERRITORIES |= {"villages": "township"}
_OPINIONS = "deliberation_opinions"
_GENERAL = ("people_received", "disputes")
_OF_PROBLEMS = ("assigned", "rectified")  # states that only problems have
_RATES = ("share", "change")
_OF_A_PLAN = frozenset(("completion", "retrofit_progress"))
AHEAD = frozenset(("planned", "negotiated", "chosen"))
_OF_LIST = "、和与及"
_LITTLE = ("", "了", "近", "约")  # what may stand between a word of change and the amount
_DIGIT = re.compile("[0-9](?![0-9]*[年月日])")
_SINCE = 120  # so many characters before a number are searched for the number before
_BEHIND = 14  # words farther behind a number do not tell its state
_TITLE = re.compile("《[^》]*》")


class Stage(NamedTuple):
    """A row of completion.csv: a state, how it is put into a name, and the words that tell it."""

    state: str
    zh: str
    en: str
    pattern: re.Pattern[str]


class Completion:
    """The stages of completion of a codebook. ``codebook.once(Completion)`` returns them."""

    def __init__(self, codebook: Codebook) -> None:
        rows = codebook.completion.itertuples()
        self.stages = [Stage(row.state, row.zh, row.en, re.compile(row.words)) for row in rows]
        self._order = {stage.state: i for i, stage in enumerate(self.stages)}

    def of_number(self, context: NumberContext, words: OutcomeWords) -> Stage | None:
        """Return how far what a number counts has come, or None if no word tells it.

        A plan counts before all else, unless the plan is told as carried out. Then the words behind
        the number count (3家正在装修, "3 are being fitted out"), then those before it.
        """
        near, after = _TITLE.sub("", context.near), context.after[:_BEHIND]
        planned = [hit for hit in self._hits(f"{near}#{after}") if hit[2].state == "planned"]
        if planned and not words.achieved.search(near):
            return planned[-1][2]
        behind = self._hits(after)
        if behind:  # the one told first; of several that begin together, the longest
            return min(behind, key=lambda hit: (hit[0], -hit[1]))[2]
        if not near or near[0] in _OF_LIST:
            near = _TITLE.sub("", context.clause)
        return self._last([hit for hit in self._hits(near) if hit[2].state != "planned"])

    def _hits(self, text: str) -> list[tuple[int, int, Stage]]:
        """List start, end and stage of all words of a text that tell a stage."""
        return [
            (*match.span(), stage)
            for stage in self.stages
            for match in stage.pattern.finditer(text)
        ]

    def _last(self, hits: list[tuple[int, int, Stage]]) -> Stage | None:
        """Return the stage told last: in 建成并投入使用, "built and in use", the later one."""
        if not hits:
            return None
        last = max(hits, key=lambda hit: (hit[1], -hit[0], self._order[hit[2].state]))
        return last[2]


class Told(NamedTuple):
    """A number of the sentence that has been read: later numbers may be parts of it."""

    quantity: Quantity
    name: Indicator
    direction: str
    stage: Stage | None
    state: str


class Number(NamedTuple):
    """A number with its name, the words around it, and the numbers of its sentence before it."""

    q: Quantity
    name: Indicator
    context: NumberContext
    told: list[Told]
    words: OutcomeWords

    @property
    def last(self) -> Told | None:
        """The number before, if it stands in the same sentence."""
        return self.told[-1] if self.told else None

    @property
    def is_next(self) -> bool:
        """True for the next number of a list: 养老机构32家、床位18张."""
        return bool(self.context.near) and self.context.near[0] in _OF_LIST

    @property
    def is_part(self) -> bool:
        """True for a part of the number before: 新增床位20张,其中护理型床位12张."""
        near = self.context.near.lstrip(",;")
        return bool(
            self.last and near.startswith("其中") and self.last.quantity.unit == self.q.unit
        )


def is_merged(context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a number counts a list made of several, not one of those it was made of."""
    if words.merged.search(since_last_number(context)):
        return True
    merged = words.merged.search(context.behind)
    return bool(merged and not _DIGIT.search(context.behind[: merged.end() + 8]))


def since_last_number(context: NumberContext) -> str:
    """Return the words of the sentence between the last digit before a number and the number."""
    before = context.before[-_SINCE:]
    digits = list(_DIGIT.finditer(before))
    return before[digits[-1].end() :] if digits else before


# --- direction


def direction_of(number: Number) -> str:
    """Return `up` or `down` for an amount by which something rose or fell, was added or lost.

    A level that was reached (提升至40%, "raised to 40 %") has no direction, nor has the distance
    from another place (比全省高3个百分点, "3 points above the province").
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
    """Return the last word of change before a number. What is counted is not “raised”: 提升养老院
    means that homes were improved. But 补贴提高2元, "the subsidy rose by 2 yuan", is a change.
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
    """Yield the verbs between a word of change and the number."""
    for verb in words.verb.finditer(tail):
        if not words.verb_as_noun.match(tail, verb.start()) and verb[0] not in "和与已均都":
            yield verb


def _compared(context: NumberContext, words: OutcomeWords) -> str:
    """Return the direction of 比上年多20张, "20 more than last year"."""
    if not words.earlier.search(context.clause):
        return ""
    head = words.trimmed(context.near)
    if words.more_than.search(head):
        return "up"
    return "down" if words.less_than.search(head) else ""


def _of_list(number: Number) -> str:
    """Return the direction of the number before, if this number is the next of a list or a part."""
    if not number.last or not (number.is_next or number.is_part):
        return ""
    rest = number.context.near.lstrip(",;").removeprefix("其中")[number.is_next :]
    return "" if any(_verbs(rest, number.words)) else number.last.direction


# --- state


def stage_of(number: Number, completion: Completion) -> Stage | None:
    """Return how far something counted has come, where its kind can come anywhere: something made
    or spent, a share of a task, or anything that is only planned."""
    name, context, last = number.name, number.context, number.last
    if name.base in PROBLEMS or name.base == _OPINIONS:
        return _target(number, completion) if name.state == "rectified" else None
    if not last or last.quantity.end < number.q.start - len(context.clause):
        context = context._replace(near=context.clause)  # the first number of its clause
    stage = completion.of_number(context, number.words)
    if last and _goes_on(number, stage):
        return last.stage
    if stage and stage.state == "planned":
        return stage
    return _stage_of_thing(number, stage) if name.group in ("output", "context") else None


def _target(number: Number, completion: Completion) -> Stage | None:
    """Return the stage `planned` of 力争整改率达到95%: a target, which is not yet reached."""
    stage = completion.of_number(number.context, number.words)
    return stage if stage and stage.state == "planned" else None


def _stage_of_thing(number: Number, stage: Stage | None) -> Stage | None:
    """Return how far a thing has come that is not only planned. What is part of the number before
    has come as far, and so has the task of which a share is given."""
    if number.name.base in _OF_A_PLAN:
        return number.last.stage if number.last else None
    if stage and (number.q.unit in number.words.made_units or stage.state in AHEAD):
        return stage if stage.state not in _OF_PROBLEMS else None
    return number.last.stage if number.last and number.is_part else None


def _goes_on(number: Number, stage: Stage | None) -> bool:
    """Tell whether a number is the next of a plan: 将建50个助餐点,新增餐位3000个."""
    last, context, words = number.last, number.context, number.words
    if not last or last.state != "planned" or number.name.group != "output":
        return False
    is_made = stage.state == "built" if stage else words.up.search(context.near)
    return bool(is_made) and not words.going_on.search(since_last_number(context))


def state_of(number: Number, stage: Stage | None) -> str:
    """Return the state of completion: that of the stage, or that which the name itself tells."""
    name, context, last = number.name, number.context, number.last
    if stage:
        return stage.state
    if name.base == _OPINIONS:
        return "assigned" if number.words.assigning.search(context.before + context.rest) else ""
    if name.base in _OF_A_PLAN and last and last.state not in _OF_PROBLEMS:
        return last.state
    return name.state


# --- group, stock or flow, timing


def group_of(number: Number, level: str) -> str:
    """Return the group of a number, given the group of its indicator.

    Where supervision took place and what it used is effort. One list of which a matter is a part,
    and work that goes on without the supervision, are context.
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
    """Tell whether a number is of work that goes on with or without the supervision."""
    is_below = level in ("township", "institution")
    return is_below or bool(number.words.general.search(number.context.before))


def flow_of(number: Number, this: Told, level: str, group: str) -> str:
    """Tell whether a number is a `stock`, what exists at a date, or a `flow`, what came about in a
    period."""
    name, context = number.name, number.context
    if this.direction:
        return "flow"
    if this.state in ("planned", "assessed") and name.group == "output":
        return _flow_of_plan(number, this.state)
    if number.words.one_of.search(context.rest):
        return "stock"
    if name.base == "problem_list" and level == "several":
        return "stock"  # one list made of several: what stands on it, not what was handed over
    if name.flow and (name.indicator not in TERRITORIES or group != "effort"):
        return name.flow
    return "flow" if group == "effort" else _flow_by_words(number, this.stage)


def _flow_of_plan(number: Number, state: str) -> str:
    """Return `stock` if a plan says how many things there shall be in all: 计划发展到180个."""
    near, words = number.context.near, number.words
    is_all = number.q.unit in words.made_units and words.level_planned.search(near)
    return "stock" if state == "planned" and is_all and not words.flow.search(near) else "flow"


def _flow_by_words(number: Number, stage: Stage | None) -> str:
    """Tell stock from flow by the words around a number, else by the kind of the number: money and
    shares of a task flow, all else stands."""
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
    """Tell when a number holds: `before` the supervision, `during` it, or only `planned`. Return an
    empty string for work that goes on with or without it. `year` is the year of the supervision."""
    first, last = (int(date[:4]) - year if date and year else 0 for date in period)
    if this.state in AHEAD or last > 0:
        return "planned"
    if number.words.one_of.search(number.context.rest):
        return ""
    if last < 0 or (first < 0 and not _is_compared(number, this)) or _is_told_before(number):
        return "before"
    return "during" if group != "context" else _timing_of_context(number, this, level, period[1])


def _is_told_before(number: Number) -> bool:
    """Tell whether the words say that a number held before: it is the first of “from … to …”."""
    context = number.context
    return context.place == "start" or bool(number.words.before.search(context.near))


def _timing_of_context(number: Number, this: Told, level: str, date: str) -> str:
    """Return the timing of a number of context that no word dates: before the supervision, unless a
    date, a state or a survey says that it is of its year."""
    words, before = number.words, number.context.before
    if this.name.flow == "flow" and is_general(number, level):
        return ""
    is_of_it = date or this.state or this.direction or words.surveyed.search(before)
    return "during" if is_of_it else "before"


def _is_compared(number: Number, this: Told) -> bool:
    """Tell whether a number is a change, so that its first date is only one compared with."""
    is_change = this.direction and number.words.earlier.search(number.context.before)
    return bool(is_change) or number.q.kind == "change"
