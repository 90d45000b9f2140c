"""Reads from the words around a number whether it rose, how far a thing has come, stock or flow.

Use `circumstances_of` after a number has its name. The columns depend on each other: a number that
is only planned is neither an output of before nor a stock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helpers.codebook import Codebook
from helpers.numbers import Quantity

from .context import Indicator, NumberContext, OutcomeWords, base_of

PROBLEMS = frozenset(
    "problems problems_found problem_list problems_rectified problems_open rectified_share".split()
)
# The level at which each kind of place acts, if the places counted act themselves
TERRITORIES = {"districts": "county", "subdistricts": "township", "townships": "township"}
TERRITORIES |= {"villages": "village"}
_OF_A_PLAN = frozenset(("completion", "retrofit_progress"))
AHEAD = frozenset(("planned", "negotiated", "chosen"))
_OF_LIST = "、和与及"
_LITTLE = ("", "了", "近", "约")  # what may stand between a word of change and the amount
_DIGIT = re.compile("[0-9](?![0-9]*[年月日])")
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
        near, after = _TITLE.sub("", context.near), context.after[:14]
        planned = [hit for hit in self._hits(near + "#" + after) if hit[2].state == "planned"]
        if planned and not words.achieved.search(near):
            return planned[-1][2]
        behind = [hit for hit in self._hits(after) if hit[0] < 10]
        if behind:
            return self._first(behind)
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

    def _first(self, hits: list[tuple[int, int, Stage]]) -> Stage:
        """Return the stage told first; of several that begin together, the longest."""
        return min(hits, key=lambda hit: (hit[0], -hit[1]))[2]

    def _last(self, hits: list[tuple[int, int, Stage]]) -> Stage | None:
        """Return the stage told last: in 建成并投入使用, "built and in use", the later one."""
        if not hits:
            return None
        last = max(hits, key=lambda hit: (hit[1], -hit[0], self._order[hit[2].state]))
        return last[2]


class Circumstances(NamedTuple):
    """What the words around a number say of it, apart from its name, its level and its date."""

    direction: str
    state: str
    stage: Stage | None
    flow: str
    timing: str
    group: str


class Told(NamedTuple):
    """A number of the sentence that has been read: later numbers may be parts of it."""

    quantity: Quantity
    name: Indicator
    direction: str
    stage: Stage | None
    state: str


def is_merged(context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a number counts a list made of several, not one of those it was made of."""
    if words.merged.search(since_last_number(context)):
        return True
    merged = words.merged.search(context.behind)
    return bool(merged and not _DIGIT.search(context.behind[: merged.end() + 8]))


def since_last_number(context: NumberContext) -> str:
    """Return the words of the sentence between the last digit before a number and the number."""
    digits = list(_DIGIT.finditer(context.before))
    return context.before[digits[-1].end() :] if digits else context.before


# --- direction


def direction_of(q: Quantity, context: NumberContext, told: list[Told], words: OutcomeWords) -> str:
    """Return `up` or `down` for an amount by which something rose or fell, was added or lost.

    A level that was reached (提升至40%, "raised to 40 %") has no direction, nor has the distance
    from another place (比全省高3个百分点, "3 points above the province").
    """
    if context.place:
        return ""
    if q.kind in ("share", "change") and (behind := words.changed_after.match(context.after)):
        return "up" if words.up.search(behind[0]) else "down"
    near = context.near
    hit = _last_change(q, near, words)
    if not hit:
        return _compared(context, words) or _of_list(q, near, told, words)
    name, tail = hit[0], near[hit.end() :]
    is_amount = words.named_change.match(near, hit.start())
    if not is_amount and (words.reached.match(tail) or any(_verbs(tail, words))):
        return ""
    return "down" if words.down.fullmatch(name) else "up"


def _last_change(q: Quantity, near: str, words: OutcomeWords) -> re.Match[str] | None:
    """Return the last word of change before a number. What is counted is not “raised”: 提升养老院
    means that homes were improved."""
    hits = [*words.up.finditer(near), *words.down.finditer(near)]
    if q.kind not in ("share", "change"):
        # but 补贴提高2元, "the subsidy was raised by 2 yuan", is a change
        is_sum = q.kind in ("money", "duration")
        hits = [
            hit
            for hit in hits
            if hit[0] not in words.improved or (is_sum and near[hit.end() :] in _LITTLE)
        ]
    return max(hits, key=lambda hit: (hit.end(), -hit.start()), default=None)


def _verbs(tail: str, words: OutcomeWords) -> Iterator[re.Match[str]]:
    """Yield the verbs between a word of change and the number."""
    for verb in words.verb.finditer(tail):
        if not words.verb_as_noun.match(tail, verb.start()) and verb[0] not in "和与已均都":
            yield verb


def _compared(context: NumberContext, words: OutcomeWords) -> str:
    """Return the direction of 比上年多20张, "20 more than last year"."""
    head = words.trimmed(context.near)
    if not words.earlier.search(context.clause):
        return ""
    if words.more_than.search(head):
        return "up"
    return "down" if words.less_than.search(head) else ""


def _of_list(q: Quantity, near: str, told: list[Told], words: OutcomeWords) -> str:
    """Return the direction of the number before, if this number is the next of a list or a part."""
    last = told[-1] if told else None
    if not last or last.quantity.unit != q.unit and near[:1] not in _OF_LIST:
        return ""
    body = near.lstrip(",;")
    is_next = bool(near) and near[0] in _OF_LIST
    is_part = body.startswith("其中") and last.quantity.unit == q.unit
    if not (is_next or is_part) or any(_verbs(body.removeprefix("其中")[is_next:], words)):
        return ""
    return last.direction


# --- state


def stage_of(
    name: Indicator,
    context: NumberContext,
    told: list[Told],
    q: Quantity,
    rules: tuple[Completion, OutcomeWords],
) -> Stage | None:
    """Return how far something counted has come, where its kind can come anywhere: something made
    or spent, a share of a task, or anything that is only planned."""
    completion, words = rules
    if name.state == "rectified":  # 力争整改率达到95%: a target, not yet reached
        stage = completion.of_number(context, words)
        return stage if stage and stage.state == "planned" else None
    if base_of(name.indicator) in PROBLEMS or name.indicator == "deliberation_opinions":
        return None
    if not told or told[-1].quantity.end < q.start - len(context.clause):
        context = context._replace(near=context.clause)  # the first number of its clause
    stage = completion.of_number(context, words)
    if _goes_on(name, context, told, stage, words):
        return told[-1].stage
    if stage and stage.state == "planned":
        return stage
    if name.group not in ("output", "context"):
        return None
    if name.indicator in _OF_A_PLAN:
        return told[-1].stage if told else None
    is_thing = q.unit in words.made_units
    if stage and (is_thing or stage.state in AHEAD):
        return stage if stage.state not in ("assigned", "rectified") else None
    part = context.near.lstrip(",;").startswith("其中")
    if part and told and told[-1].quantity.unit == q.unit:
        return told[-1].stage
    return None


def _goes_on(
    name: Indicator,
    context: NumberContext,
    told: list[Told],
    stage: Stage | None,
    words: OutcomeWords,
) -> bool:
    """Tell whether a number is the next of a plan: 将建50个助餐点,新增餐位3000个."""
    if not told or told[-1].state != "planned" or name.group != "output":
        return False
    is_made = stage.state == "built" if stage else words.up.search(context.near)
    return bool(is_made) and not words.going_on.search(since_last_number(context))


def state_of(
    name: Indicator,
    stage: Stage | None,
    context: NumberContext,
    told: list[Told],
    words: OutcomeWords,
) -> str:
    """Return the state of completion: that of the stage, or that which the name itself tells."""
    if stage:
        return stage.state
    if name.indicator == "deliberation_opinions":
        return "assigned" if words.assigning.search(context.before + context.rest) else ""
    if name.indicator in _OF_A_PLAN and told and told[-1].state not in ("assigned", "rectified"):
        return told[-1].state  # the share of a task of which the number before counts the things
    return name.state


# --- stock or flow, group, timing


def flow_of(
    q: Quantity, context: NumberContext, told: Told, level: str, words: OutcomeWords, *, group: str
) -> str:
    """Tell whether a number is a `stock`, what exists at a date, or a `flow`, what came about in a
    period."""
    name = told.name
    if told.direction or told.state in ("planned", "assessed") and name.group == "output":
        is_level = not told.direction and told.state == "planned" and _is_level(q, context, words)
        return "stock" if is_level else "flow"
    if words.one_of.search(context.rest):
        return "stock"
    if name.indicator == "problem_list" and level == "several":
        return "stock"  # one list made of several: what stands on it, not what was handed over
    if name.flow and (name.indicator not in TERRITORIES or group != "effort"):
        return name.flow
    if group == "effort":
        return "flow"
    around = context.near + "#" + context.after
    if words.stock.search(around):
        return "stock"
    if told.stage or words.flow.search(around):
        return "flow"
    if context.near[:1] in _OF_LIST and words.flow.search(context.clause):
        return "flow"
    return _flow_by_kind(q, name, words)


def _is_level(q: Quantity, context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a plan says how many things there shall be in all: 计划发展到180个."""
    near = context.near
    is_all = q.unit in words.made_units and words.level_planned.search(near)
    return bool(is_all) and not words.flow.search(near)


def _flow_by_kind(q: Quantity, name: Indicator, words: OutcomeWords) -> str:
    """Return what a number without words is: money and shares of a task flow, all else stands."""
    if q.kind == "money" or q.unit in words.act_units or q.kind == "change":
        return "flow"
    if q.kind == "share":
        return "flow" if words.share_of_task.search(name.zh) else "stock"
    return "stock"


def group_of(context: NumberContext, name: Indicator, level: str, words: OutcomeWords) -> str:
    """Return the group of a number, given the group of its indicator.

    Where supervision took place and what it used is effort. One list of which a matter is a part,
    and work that goes on without the supervision, are context.
    """
    around = context.clause + context.rest
    if words.one_of.search(context.rest):
        return "context"
    if name.indicator in TERRITORIES or name.indicator == "liaison_stations":
        used = name.indicator == "liaison_stations" and words.used_for.search(context.clause)
        at_work = name.indicator in TERRITORIES and words.supervised.search(around)
        return "effort" if used or at_work else "context"
    if name.indicator in ("people_received", "disputes") and is_general(context, level, words):
        return "context"
    return name.group


def is_general(context: NumberContext, level: str, words: OutcomeWords) -> bool:
    """Tell whether a number is of work that goes on with or without the supervision."""
    return level in ("township", "institution") or bool(words.general.search(context.before))


def timing_of(
    context: NumberContext,
    told: Told,
    period: tuple[str, str],
    year: int | None,
    words: OutcomeWords,
    *,
    group: str,
    general: bool,
) -> str:
    """Tell when a number holds: `before` the supervision, `during` it, or only `planned`. Return an
    empty string for work that goes on with or without it."""
    first, last = (int(date[:4]) if date else None for date in period)
    if told.state in AHEAD or (last and year and last > year):
        return "planned"
    if words.one_of.search(context.rest):
        return ""
    if context.place == "start" or words.before.search(context.near):
        return "before"
    is_compared = told.direction and words.earlier.search(context.before)
    is_compared = is_compared or told.quantity.kind == "change"
    if year and (last and last < year or first and first < year and not is_compared):
        return "before"
    if general:
        return ""
    if group != "context" or told.state or told.direction or last:
        return "during"
    return "during" if words.surveyed.search(context.before) else "before"
