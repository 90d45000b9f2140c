"""Steps of `name_indicator` that name a count, an amount or a size.

The steps read the noun or verb beside the number, or the earlier numbers of the sentence.
"""

from __future__ import annotations

import re

from .circumstances import TERRITORIES, since_last_number
from .context import Indicator
from .naming import Named, Phrase

_OF_LEVEL = re.compile("[省市县区乡镇村]本?级")


def noun_after_unit(phrase: Phrase) -> Indicator | None:
    """Name a number by the noun after its unit: 312名独居老人, "312 old people living alone"."""
    is_unit = phrase.noun == phrase.q.unit and len(phrase.noun) < 2
    return phrase.made("noun", phrase.noun) if phrase.noun and not is_unit else None


def act_after_times(phrase: Phrase) -> Indicator | None:
    """Name a number of times by the act after the unit: 走访 in 3次走访, "three visits"."""
    if phrase.q.unit not in phrase.words.times_units or not phrase.after:
        return None
    act = phrase.words.noun_before(phrase.after[:16])
    return phrase.made("noun", act) if act else None


def what_they_do(phrase: Phrase) -> Indicator | None:
    """Name a number of people by the verb after it: 12名参加培训, "12 took part in training"."""
    after = phrase.after
    if phrase.q.kind != "count" or len(after) >= 15 or not phrase.words.verb.match(after):
        return None
    return phrase.those_who(after.rstrip("。”"))


def told_again(phrase: Phrase) -> Indicator | None:
    """Name a number like the last number of its kind if the text only refers back, as with 这一比例
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
    # a remark such as "only", which changed the group of the last number, is not carried over
    row = name and phrase.rules.row_of(name.indicator)
    name = row or name
    is_change = phrase.words.only_change.fullmatch(phrase.addition)
    # in 其中市级1亿元, "100 million of the city", the level goes into the column `level`
    if not name or not phrase.addition or is_change or _OF_LEVEL.fullmatch(phrase.addition):
        return name
    return phrase.part(name, phrase.addition)


def like_last_of_body(phrase: Phrase) -> Indicator | None:
    """Name a number of another body like the last number of the same kind, as 34 in
    市人大组织检查组6个,各县区另组织34个, "the city's congress formed 6 teams, the counties 34". A
    number of places, such as counties, is passed over."""
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


def modifier_alone(phrase: Phrase) -> Indicator | None:
    """Name a number by the adjective before the number: 农村1200户, "1,200 rural households"."""
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
    """Name a number by the noun before the number, such as 群众 ("residents") in 走访群众380户."""
    words = phrase.words
    noun = phrase.noun or words.noun_before(words.stem_of(phrase.head) or phrase.head)
    noun = words.completion.sub("", noun).lstrip("的") or noun
    if words.bare.fullmatch(words.no_noun.sub("", noun)) and (kind := phrase.kind_told()):
        return kind
    is_body = not phrase.noun and words.verb_last.sub("", noun).endswith(words.not_things)
    is_name = noun and not is_body and not words.not_name.match(noun)
    return phrase.made("noun", noun) if is_name else None


def kind_of_place(phrase: Phrase) -> Indicator | None:
    """Name a count by the kind of thing, such as meal sites, that the text around it names last."""
    return phrase.kind_told() if phrase.q.kind == "count" else None


def act_before_number(phrase: Phrase) -> Indicator | None:
    """Name a number of times by the act before it: 督办 in 现场督办16次, "supervised 16 times"."""
    return noun_before_number(phrase) if phrase.q.unit in phrase.words.act_units else None


def kind_of_number(phrase: Phrase) -> Indicator:
    """Name a number only by its unit, or as an amount of money, if no other step found a name."""
    if phrase.q.kind == "money":
        return phrase.made("money")
    return phrase.made("number_of_unit" if phrase.q.unit else "number")
