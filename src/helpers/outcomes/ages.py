"""Puts the age that a text states into the name of a number of people, or of their share."""

from __future__ import annotations

import re

from helpers.characters import chinese_number

from .context import Indicator
from .naming import Phrase

AGED = frozenset(("aged_60_plus", "aged_65_plus", "aged_80_plus", "share_of_elderly"))
_AGE = re.compile("([0-9]{2,3}|[六七八九]十五?)周?岁")


def of_age(name: Indicator, phrase: Phrase, topic: str) -> Indicator | None:
    """Put the age that the text states into the name of a number of people, or say in the name that
    no age is stated.

    Return None if the age follows the unit, as in 为2.9万名75岁以上老人, "for 29,000 people over
    75". A number before the unit may count only some of the people of this age.
    """
    if name.indicator == "share_of_elderly":
        return elderly_share(phrase)
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


def elderly_share(phrase: Phrase) -> Indicator:
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
    # without a stated age, old people are taken to be aged 60 and over, as the law has it
    if years in (0, 60) and (row := phrase.rules.row_of("share_of_elderly")):
        zh, en = phrase.rules.names["outcomes.share_of_aged_unstated"]
        return row if years else row._replace(zh=zh, en=en)
    return phrase.rules.of_age(f"share_of_elderly_{years}", "outcomes.share_of_aged", years)
