"""Finds the indicator (the name of what a number measures) from the words around a number.

The function `name_indicator` tries several steps. Each step looks for a name in a different way,
and the first name found is used. `STEPS` holds the order of the steps. The steps of
`table_steps.py` look into indicators.csv. The steps of `problem_steps.py` look for a list of
problems before the number. The steps of `count_steps.py`, `share_steps.py` and `change_steps.py`
make a name of the words around the number.
"""

from __future__ import annotations

from collections.abc import Callable

from helpers.numbers import Quantity

from .change_steps import any_change, change_of_last, change_of_noun, change_of_part, score_of_noun
from .circumstances import PROBLEMS, is_merged
from .context import Indicator, NumberContext
from .count_steps import (
    act_after_times,
    act_before_number,
    kind_of_number,
    kind_of_place,
    like_last_of_body,
    like_last_of_unit,
    modifier_alone,
    noun_after_unit,
    noun_before_number,
    those_who,
    told_again,
    what_they_do,
)
from .indicator_table import IndicatorRules
from .naming import Named, Phrase, phrase_of
from .problem_steps import part_of_problems, rest_of_problems, share_of_problems
from .share_steps import (
    answer_to_survey,
    compared_share,
    distance_of_share,
    like_last_share,
    noun_before_share,
    noun_of_part,
    part_counted_before,
    rate_behind,
    row_of_clause_before_share,
    row_of_part,
    share_who,
)
from .table_steps import row_of_clause_before, row_of_table


def name_indicator(
    q: Quantity,
    context: NumberContext,
    named: list[Named],
    rules: IndicatorRules,
    problems: tuple[Named, ...] = (),
    earlier: tuple[Named, ...] = (),
) -> Indicator:
    """Name what a number measures: by indicators.csv, or else by the noun that the number counts.

    The noun can follow the unit, as in ``312名独居老人``, "312 old people living alone", or precede
    the number, as in ``走访老年人995人``, "visited 995 old people". A row of indicators.csv is used
    if its patterns match the words around the number. `problems` are the earlier numbers of
    problems in the paragraph, since the number may count a part of these problems without the word
    问题 ("problems"). `earlier` are the numbers of the sentence before, to which words such as
    这一比例 ("this share") can refer.
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
    """Add to a name the distinctions of distinctions.csv that fit the number. Parts of a list of
    hazards are named hazards, too, unless the text calls them 问题 ("problems")."""
    distinctions, whole = phrase.rules.distinctions, phrase.list_of_problems()
    plain = phrase.rules.row_of(name.base)
    if plain and not distinctions.agrees(name, phrase.context):
        # in 2600万元用于助餐,800万元用于床位, "26 million for meals, 8 million for beds", the name
        # of the first sum does not fit the purpose of the second
        name = plain
    name = distinctions.told_apart(name, phrase.context)
    is_told = "问题" in phrase.context.near + phrase.after[:8]
    if whole and not is_told and name.base in PROBLEMS:
        return distinctions.like(name, whole.name, "hazards")
    return name


def _is_assigned(name: Indicator, phrase: Phrase) -> bool:
    """Tell whether the problems that a number counts were assigned to those who must solve them.
    Problems were assigned if the next clause says so, or if several lists were merged into one
    assigned list."""
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


def what_stands_before(phrase: Phrase) -> Indicator:
    """Name a number by the words before it, with other steps if these words hold no noun."""
    has_no_noun, addition = phrase.words.has_no_noun(phrase.context.near)
    steps = WITHOUT_NOUN if has_no_noun else WITH_NOUN
    return _first_name(steps, phrase._replace(addition=addition))


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
"""The steps that name a number of each kind. The steps of a kind are tried in order until one step
finds a name. The last step always finds a name. Kinds of numbers that are not listed are named like
a count."""
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
