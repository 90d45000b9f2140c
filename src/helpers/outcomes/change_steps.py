"""Steps of `name_indicator` that name a change by what changed, and a score by who received it."""

from __future__ import annotations

import re

from .context import Indicator
from .naming import Phrase

_COMPARED = re.compile("[年比]")


def growth_of_noun(phrase: Phrase) -> Indicator | None:
    """Name a rate of growth by what grew: 养老支出 in 养老支出增长5.5%, "spending grew by 5.5 %".
    Without a noun, as in 1.92亿元,比上年增长23.5%, what grew is the last count or sum of money."""
    words, near = phrase.words, phrase.context.near
    noun = words.noun_before(words.trimmed(words.change_by.sub("", near)))
    if noun and not _COMPARED.search(noun):
        return phrase.made("growth_of", noun, "context")
    last = phrase.last(lambda named: named.quantity.kind in ("count", "money"))
    return last and phrase.made("growth_of", last.zh, "context", en=last.en)


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
    """Name a change like the last change and add the part that changed, such as 民办机构 in
    其中民办机构上升8.1个百分点, "private homes rose by 8.1 points"."""
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
    """Name a score by the body that received it: 市民政局, "civil affairs bureau", in
    市民政局得分96.5分, "the civil affairs bureau scored 96.5"."""
    noun = phrase.words.noun_before(phrase.head)
    return phrase.made("score_of", noun.removesuffix("得分"))
