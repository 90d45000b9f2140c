"""Turn what stands around a briefing's body (masthead, title, attribution) into its metadata: city, issue, date, album."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from helpers.clean import Mark
from helpers.codebook import read_table
from helpers.numerals import chinese_number

_LETTER = "[^\\W\\d_a-zA-Z省市县区盟和与在对向由被让各全我本该]"
_ENDING = "(?:市|自治州|州|盟|地区|示范区)"
_CONGRESS = "(?=人大|人民代表大会|委、市政府|委市政府)"
_ACTOR = re.compile(rf"[\n.。,，;；:：、“](?P<name>{_LETTER}{{2,10}}?){_ENDING}{_CONGRESS}")
_CONTRIBUTOR_CITY = re.compile(rf"(?P<name>{_LETTER}{{2,8}}?){_ENDING}?(?:人大|人民代表大会)")
_TITLE_CITY = re.compile(rf"(?:^|[\s—-])(?P<name>{_LETTER}{{2,8}}?){_ENDING}(?=\w)")


def read_masthead(metadata: tuple[Mark, ...], body: str) -> dict[str, Any]:
    """Read issue, date, album number, title, contributor and city; None for what the text does not say.

    The city is, in this order: the name before the title's colon (`济源: 打好…`), the contributing congress
    (`(济源市人大…供稿)`), the city in the title, the one city congress that the body names.

    Returns
    -------
    dict
        `city_zh, city_en, issue_year, issue_number, date, album_number, title, contributor`.
    """
    texts: dict[str, list[str]] = {}
    for mark in metadata:
        texts.setdefault(mark.rule, []).append(mark.text)
    title = " ".join(texts.get("title", [])).strip() or None
    contributor = _contributor(texts.get("attribution", []))
    year, number = _issue(" ".join(texts.get("issue", [])))
    city_zh, city_en = _city(title, contributor, body)
    return {
        "city_zh": city_zh,
        "city_en": city_en,
        "issue_year": year,
        "issue_number": number,
        "date": _date(" ".join(texts.get("date", []))),
        "album_number": _album("".join(texts.get("campaign", []))),
        "title": title,
        "contributor": contributor,
    }


def _issue(text: str) -> tuple[int | None, int | None]:
    year = re.search(r"(\d{4})\s*年?|([〇○零一二三四五六七八九]{4})\s*年", text)
    number = re.search(r"第\s*(\d{1,9})\s*期", text)
    value = None if year is None else int(year[1]) if year[1] else chinese_number(year[2])
    return value, int(number[1]) if number else None


def _date(text: str) -> str | None:
    found = re.search(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日", text)
    if not found or int(found[2]) not in range(1, 13) or int(found[3]) not in range(1, 32):
        return None
    return f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}"


def _album(text: str) -> int | None:
    found = re.search(r"[(（]?\s*([〇零一二三四五六七八九十百\d]+)\s*[)）]?$", text)
    if not found:
        return None
    number = int(found[1]) if found[1].isdigit() else chinese_number(found[1])
    return number if number is not None and number < 10**9 else None  # no album has so many parts, and no table such a number


def _contributor(lines: list[str]) -> str | None:
    for line in lines:
        inner = re.sub(r"[,，]?\s*(?:\d{4}年)?\d{1,2}月\d{1,2}日$", "", line.strip("()（） "))
        inner = re.sub(r"^(?:供稿|撰稿|作者|来源)(?:单位)?\s*[:：]\s*|\s*(?:供稿|撰稿|报送|提供)$", "", inner)
        if inner and not re.match(r"图片|摄影|资料图|配图", inner):
            return inner
    return None


def _city(title: str | None, contributor: str | None, body: str) -> tuple[str | None, str | None]:
    lead = re.match(r"([\u4e00-\u9fff]{2,10})\s*[:：]", title or "")
    if lead and (_known(lead[1]) or len(lead[1]) <= 5):
        return _known(lead[1]) or (lead[1], None)
    for found in (_CONTRIBUTOR_CITY.match(contributor or ""), _TITLE_CITY.search(title or "")):
        if found and (city := _city_named(found["name"])):
            return city
    in_title = set(_cities_in(title or ""))
    if len(in_title) == 1:
        return in_title.pop()
    named = {found["name"] for found in _ACTOR.finditer("\n" + body)}
    actors = {city for name in named if (city := _city_named(name))}
    return actors.pop() if len(actors) == 1 else (None, None)


def _city_named(name: str) -> tuple[str, str | None] | None:
    """The name of a city at the end of a few characters: a known one (`近年来郑州`), else all of them if there are but three."""
    known = [alias for alias in _names() if name.endswith(alias)]
    if known:
        return _names()[max(known, key=len)]
    return (name, None) if len(name) <= 3 else None


@cache
def _names() -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for row in read_table("codebook/cities").itertuples():
        for alias in (row.city_zh, row.full_zh, *re.split(r"[;；|、 ]+", row.aliases)):
            if alias:
                names[alias] = (row.city_zh, row.city_en)
    return names


def _known(name: str) -> tuple[str, str] | None:
    return _names().get(name) or _names().get(name.removesuffix("市"))


def _cities_in(text: str) -> list[tuple[str, str]]:
    return [city for alias, city in _names().items() if alias in text]
