"""Steps of `name_indicator` that name a share by its part or by its whole."""

from __future__ import annotations

import re

from .ages import elderly_share
from .context import Indicator
from .naming import Phrase
from .table_steps import row_of_clause_before

_RATE_BEHIND = re.compile("的([一-龥]{1,6}率)")
_SURVEY = re.compile("[^,]{2,24}$")
# Words such as 其中公办机构, "public homes among them", which hold no name of a share of their own.
_OF_WHICH = re.compile(",?其中[^率占比度]*$")


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
    """Name a percentage “distance” if the text compares it with somebody else, as in
    比全省平均水平高出2.6%, "2.6 % above the average of the province"."""
    if not phrase.differs():
        return None
    last = phrase.last(lambda named: named.quantity.kind == "share")
    if last and not last.indicator.startswith("distance"):
        return phrase.made("distance_of", last.zh, last.group, en=last.en)
    return last or phrase.made("distance", group="context")


def rate_behind(phrase: Phrase) -> Indicator | None:
    """Name a share by the rate after it: 得票率 in 以98%的得票率通过, "with 98% of the votes"."""
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
        return elderly_share(phrase)
    is_short = last.group == "context" or phrase.words.shortcoming.search(last.zh)
    return phrase.made("share_of", last.zh, "context" if is_short else "", en=last.en)


def compared_share(phrase: Phrase) -> Indicator | None:
    """Name a share like the last share if the text compares both, as in
    满意率93.2%,较3月时的85.1%提升, "satisfaction is 93.2%, up from 85.1% in March"."""
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
    """Return the plain name of the last share, without distinctions such as “lowest”."""
    last = phrase.last(lambda named: named.quantity.kind == "share")
    return last and phrase.rules.row_of(last.base)


def _is_told_apart(name: Indicator, phrase: Phrase) -> bool:
    """Tell whether a row of distinctions.csv fits a share, so that this row changes the share's
    name."""
    return phrase.rules.distinctions.told_apart(name, phrase.context) != name


def row_of_clause_before_share(phrase: Phrase) -> Indicator | None:
    """Name a share by the clause before if no noun precedes the share, as in 满意率最高,达到95.4%,
    "satisfaction is highest, reaching 95.4%"."""
    has_no_noun, _ = phrase.words.has_no_noun(phrase.context.near)
    return row_of_clause_before(phrase) if has_no_noun else None


def noun_before_share(phrase: Phrase) -> Indicator:
    """Name a share by the noun before it, such as 入住率 ("occupancy rate") in 入住率68.6%."""
    noun = phrase.words.noun_before(phrase.head)
    return phrase.made("noun" if noun else "share", noun)
