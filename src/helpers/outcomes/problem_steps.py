"""Steps of `name_indicator` that name a number by the list of problems before it.

A list of problems is told once, as in 交办52个问题, "52 problems assigned". Later numbers of the
paragraph count the problems that are solved or left, often without the word 问题 ("problems").
"""

from __future__ import annotations

from .context import Indicator
from .naming import Phrase


def part_of_problems(phrase: Phrase) -> Indicator | None:
    """Name a number by the list of problems that it is a part of.

    In 交办52个问题,已完成31个, "52 problems assigned, 31 done", the 31 are problems rectified.
    """
    whole, words, near = phrase.list_of_problems(), phrase.words, phrase.context.near
    is_other = phrase.noun and "问题" not in phrase.noun
    if not whole or is_other or not phrase.counts_like(whole.quantity):
        return None
    row_of = phrase.rules.row_of
    name = row_of(whole.name.base) or whole.name
    if words.rectified_alone.fullmatch(near):
        return row_of("problems_rectified")
    if kind := phrase.kind_of_problems():
        return phrase.part(name, kind)
    if words.sum_alone.fullmatch(near):  # a sum, such as 合计35个, "35 in all"
        return row_of("problem_list") if phrase.noun else name
    return row_of("problem_list") if not phrase.noun and _is_batch(phrase) else None


def _is_batch(phrase: Phrase) -> bool:
    """Tell whether a number without a noun counts assigned problems: 首批20个, "20 at first"."""
    words, near = phrase.words, phrase.context.near
    return bool(words.batch_alone.fullmatch(near) or words.assigning_last.search(phrase.head))


def share_of_problems(phrase: Phrase) -> Indicator | None:
    """Name a share “share of problems rectified” if it follows a number of problems, as in
    交办52个问题,完成率86.6%, "52 problems assigned, 86.6% done"."""
    words, problems = phrase.words, phrase.problems
    is_done = words.rate_alone.fullmatch(phrase.context.near.rstrip(words.number_end))
    is_done = is_done and phrase.named_problems()
    # the second share of 整改率97.6%。相比8月底时71.7%的进度, "97.6% rectified, compared with 71.7%
    # at the end of August", is a share of problems rectified, too
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
