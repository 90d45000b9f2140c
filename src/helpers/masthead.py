"""Turn what stands around a briefing's body (masthead, title, attribution) into its metadata: city,
issue, date, album."""

from __future__ import annotations

import re
from typing import Any

from helpers.clean import Mark
from helpers.front import DATE, ISSUE
from helpers.numerals import chinese_number
from helpers.places import city_of


def read_masthead(metadata: tuple[Mark, ...], body: str) -> dict[str, Any]:
    """Read issue, date, album number, title, contributor and city; None for what the text does not
    say.

    Where the city is looked for: see `places.city_of`.

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
    year, number = _issue(texts.get("issue", []))
    front = [mark.text for mark in metadata if mark.rule in ("masthead", "issue", "date")]
    city_zh, city_en = city_of(texts.get("title", []), contributor, front, body)
    return {
        "city_zh": city_zh,
        "city_en": city_en,
        "issue_year": year,
        "issue_number": number,
        "date": _date([*texts.get("date", []), *texts.get("issue", [])]),
        "album_number": _album("".join(texts.get("campaign", []))),
        "title": title,
        "contributor": contributor,
    }


def _issue(lines: list[str]) -> tuple[int | None, int | None]:
    """Year and number: that of the year (`第3期`) before a running one (`总第128期`), and this
    before a document's (`〔2024〕8号`)."""
    found = [m.group() for line in lines for m in ISSUE.finditer(line)]
    found.sort(key=lambda text: ("号" in text, "总" in text))
    years = [
        year
        for text in found
        if (
            year := re.search(
                r"(?<!\d)\d{4}(?=\s*[年)〕\]】])|[〇○零一二三四五六七八九]{4}(?=\s*[年)〕\]】])",
                text,
            )
        )
    ]
    numbers = [
        number
        for text in found
        if (
            number := re.search(
                r"(\d+|[〇○零一二三四五六七八九十百]+)(?:\s*[-—–~至、"
                r",]\s*[\d一二三四五六七八九十]+)?\s*[期号辑]|(?:总|[Nn][Oo]\.?)\s*(\d+)",
                text,
            )
        )
    ]
    number = next((_value(n[1] or n[2]) for n in numbers), None)
    return (_value(years[0].group()) if years else None), (
        number if number is not None and number < 10**9 else None
    )


def _value(numeral: str) -> int | None:
    return (
        (int(numeral) if len(numeral) < 20 else None)
        if numeral.isdecimal()
        else chinese_number(numeral)
    )


_PARTS = re.compile(r"([^年]+)年([^月]+)月(?:(.+)日)?")


def _date(lines: list[str]) -> str | None:
    """The first date with a day, as year-month-day."""
    for found in (m.group() for line in lines for m in DATE.finditer(line)):
        text = re.sub(r"\s+", "", found)
        parts = (
            text.split("-")
            if "-" in text
            else re.split("[./]", text)
            if "年" not in text
            else _PARTS.fullmatch(text).groups()
        )
        year, month, day = (_value(part) if part else None for part in parts)
        if year and month in range(1, 13) and day in range(1, 32):
            return f"{year:04d}-{month:02d}-{day:02d}"
    return None


def _album(text: str) -> int | None:
    found = re.search(r"[(（]?\s*([〇零一二三四五六七八九十百\d]+)\s*[)）]?$", text)
    if not found:
        return None
    number = int(found[1]) if found[1].isdigit() else chinese_number(found[1])
    # no album has so many parts, and no table such a number
    return number if number is not None and number < 10**9 else None


def _contributor(lines: list[str]) -> str | None:
    for line in lines:
        inner = re.sub(r"[,，]?\s*(?:\d{4}年)?\d{1,2}月\d{1,2}日$", "", line.strip("()（） "))
        inner = re.sub(
            r"^(?:供稿|撰稿|作者|来源)(?:单位)?\s*[:：]\s*|\s*(?:供稿|撰稿|报送|提供)$", "", inner
        )
        if inner and not re.match(r"图片|摄影|资料图|配图", inner):
            return inner
    return None
