"""Steps of `name_indicator` that name a number by the row of indicators.csv that fits its words.

If other words contradict the row that fits, a step finds no name or a more exact name.
"""

from __future__ import annotations

from .ages import AGED, of_age
from .change_steps import growth_of_noun
from .circumstances import PROBLEMS
from .context import Indicator
from .naming import Phrase

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
    return of_age(name, phrase, topic) if name.indicator in AGED else name


def completion_of_last(phrase: Phrase, name: Indicator) -> Indicator:
    """Name a completion rate by the things counted before it, such as 助餐场所 in
    助餐场所180个,任务完成率100%, "180 meal sites, 100% of the task completed"."""
    last = phrase.last(lambda named: named.name.group == "output")
    if not last:
        return name
    zh, en = phrase.rules.names["outcomes.completion_of"]
    return name._replace(zh=zh.format(noun=last.zh), en=en.format(en=last.en))


def _is_of_others(phrase: Phrase) -> bool:
    """Tell whether a number of solved cases counts requests or other things, not problems."""
    if "问题" in phrase.head or "问题" in phrase.context.after[:8]:
        return False
    if phrase.q.kind == "share":
        return any(named.name.is_part for named in phrase.named)
    kind_of_unit = phrase.words.kind_of_unit
    kind = kind_of_unit(phrase.q.unit)
    last = phrase.last(lambda named: kind_of_unit(named.quantity.unit) == kind)
    is_problem = last and (last.base in PROBLEMS or "问题" in last.zh)
    return bool(last and not is_problem)


def row_of_clause_before(phrase: Phrase) -> Indicator | None:
    """Name a number by the row of indicators.csv that fits the end of an earlier clause."""
    if phrase.q.kind not in ("count", "share"):
        return None
    words = phrase.words
    clauses = phrase.context.before.split(",")[-3:-1]
    for clause in reversed(clauses):
        if row := phrase.rows.first(words.trimmed(words.no_noun_last.sub("", clause))):
            return row
        # in 三级人大代表踊跃参与,累计1260人次, "deputies took part eagerly, 1,260 in all", the
        # deputies begin the clause before
        is_of_people = words.kind_of_unit(phrase.q.unit) == "person"
        if is_of_people and (row := phrase.rows.first("", clause)):
            return row
    return None
