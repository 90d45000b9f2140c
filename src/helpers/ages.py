"""An age beside a number → the people of that age, or their share."""

from __future__ import annotations

import re

from helpers.indicator_table import Indicator, row_of
from helpers.numerals import chinese_number
from helpers.surroundings import Surroundings

_AGE = re.compile("([0-9]{2,3}|[六七八九]十五?)周?岁")


def of_age(name: Indicator, words: Surroundings, topic: str, own: str) -> Indicator | None:
    """People of 65 are not those of 60: the age that the text says is part of the name, and so is
    its silence."""
    if name.indicator == "share_of_elderly":
        return elderly_share(words)
    if own and _AGE.search(own):
        return None  # 为2.9万名75岁以上老人: some of them, not all
    ages = _AGE.findall(topic)
    if ages:
        return _aged(_years(ages[-1]))
    if name.indicator != "aged_60_plus":
        return name
    return Indicator(
        "aged_0_plus", "老年人口(未注明年龄)", "older people (age not stated)", name.group
    )


def _years(age: str) -> int:
    return int(age) if age.isdigit() else chinese_number(age) or 0


def _aged(years: int) -> Indicator:
    """The people of an age and over."""
    return row_of(f"aged_{years}_plus") or Indicator(
        f"aged_{years}_plus", f"{years}岁及以上人口", f"people aged {years} and over", "context"
    )


def elderly_share(words: Surroundings) -> Indicator:
    """The share of the people of the age that the words beside it, the number before or the
    sentence name."""
    years = 0
    if found := _AGE.findall(words.near):
        years = _years(found[-1])
    else:
        for earlier in reversed(words.named):
            if earlier.name.indicator.startswith("aged_"):
                years = int(earlier.name.indicator.split("_")[1])
                break
            if earlier.name.indicator.startswith("share_of_elderly"):
                return earlier.name
        else:
            if found := _AGE.findall(words.before):
                years = _years(found[-1])
    row = row_of("share_of_elderly")
    if years == 60 and row:
        return row
    if not years:
        return Indicator(
            "share_of_elderly_0",
            "老年人口占比(未注明年龄)",
            "share of older people (age not stated)",
            "context",
        )
    return Indicator(
        f"share_of_elderly_{years}",
        f"{years}岁及以上人口占比",
        f"share of people aged {years} and over",
        "context",
    )
