"""Reads the dates between which a number holds from the words around it.

Use `period_of` for one number. Dates are ISO dates as exact as the text: 2024, 2024-09, 2024-09-30.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook
from helpers.text import Document

from .context import NumberContext

Period = tuple[str, str]
NONE: Period = ("", "")
_TITLE = re.compile("《[^》]*》|“[^”]*”")
# a date with 的 and a number belongs to that number alone: 由去年底的8个增至27个
_OF_NUMBER = re.compile("[^,;]{0,4}的[0-9一二三四五六七八九十百千万两]")
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS = {"上半年": (1, 6), "下半年": (7, 12)}
_MONTHS |= {f"{n}季度": (1, 3 * (i + 1)) for i, n in enumerate(("前一", "前二", "前三", "前四"))}
_MONTHS |= {f"{n}季度": (3 * i + 1, 3 * i + 3) for i, n in enumerate("一二三四")}
_MONTHS |= {"前两季度": (1, 6)}
_CHINESE = {n: i for i, n in enumerate("零一二三四五六七八九十")} | {"两": 2}


class DateWords:
    """The patterns of dates of a codebook. ``codebook.once(DateWords)`` returns them."""

    def __init__(self, codebook: Codebook) -> None:
        pattern = codebook.role_words("number_words").pattern
        self.date = pattern(
            r"(?:(?P<year>(?<!\d)(?:19|20)\d\d)年?[-—至到~]{1,2}(?P<end>(?:19|20)\d\d)年"
            r"|(?P<one>(?<!\d)(?:19|20)\d\d)年度?|(?P<this>{this_year})|(?P<last>{last_year})"
            r"|(?P<next>{next_year}))?"
            r"(?:(?P<part>年?(?:底|末|初))(?![步数])|(?P<months>[上下]半年|前?第?[一二两三四]季度)"
            r"|前(?P<first>\d{1,2}|[一二三四五六七八九十])个月"
            r"|(?<!\d)(?P<from>\d{1,2})月?[-—至到~]{1,2}(?P<to>\d{1,2})月"
            r"|(?<!\d)(?P<month>1[0-2]|0?[1-9])月(?:份|(?P<day>3[01]|[12]\d|0?[1-9])日|"
            r"(?P<close>底|末)|[上中下]旬|初)?)?(?P<since>以来|起(?![步草点]))?"
        )
        self.compared_before = pattern("(?:[比较同与和]|{compared_with})$")
        self.compared_behind = pattern("^[^,]{0,16}(?:相比|同期|同类)|^比")
        self.founded = pattern("(?:{founded})$")
        self.at_that_time = pattern(r"^(?:[^,;\d]{0,5}(?:{at_that_time}))?的?$")
        self.deadline = pattern("^(?:{deadline})")
        self.now = pattern("{now}")
        self.event = pattern("^[^,;。]{0,40}(?:{event_end})[,;]")
        number = "([一二两三四五六七八九十])"
        self.years_past = pattern(f"(?:近|过去|最近){number}年|{number}年(?:来|间)")
        self.until_now = pattern("{until_now}")


class Times(NamedTuple):
    """What is known of the time of a document: its year, the year in which the supervision took
    place, and the earliest and latest day on which it was written."""

    year: int | None
    supervised: int | None
    written: Period

    @classmethod
    def of(cls, document: Document) -> Times:
        """Return the times of a document: that of a first quarter tells of the year before."""
        first, last = document.date_bounds
        days = [bound.day for bound in (first, last) if bound]
        years = {day.year for day in days}
        year = document.issue_year or (years.pop() if len(years) == 1 else None)
        early = bool(first and last and first.day.year == last.day.year and last.day.month < 4)
        written = [bound.day.isoformat() if bound else "" for bound in (first, last)]
        return cls(year, year and year - early, (written[0], written[1]))


class _Date(NamedTuple):
    start: int
    end: int
    period: Period
    is_compared: bool
    is_deadline: bool


def period_of(
    context: NumberContext,
    times: Times,
    words: DateWords,
    *,
    is_change: bool = False,
    is_planned: bool = False,
    nth: int = 0,
    year: int | None = None,
) -> Period:
    """Return the earliest and the latest date for which a number holds, as far as the text says.

    A change holds from the date that it is compared with. Return empty strings if nothing is said.

    Parameters
    ----------
    is_change : bool
        True for an amount by which something rose or fell.
    is_planned : bool
        True for what lies ahead. Of anything else, days to come are not the date.
    nth : int
        Of several changes in a row ("up by 2.58 and 1.48 points on 2021 and 2022"), the which one.
    year : int, optional
        The year named last before the sentence, which 当年 ("in that year") means.
    """
    before = _TITLE.sub(lambda title: "□" * len(title[0]), context.before)
    is_dated = "年" in before or "月" in before or "季度" in before
    dates = _dates(before, times, words, year) if is_dated else []
    held = [date for date in dates if _holds(date, before, words)]
    if not is_planned:
        held = [date for date in held if not _is_ahead(date, times)]
    if words.until_now.search(before):
        return times.written
    past = words.years_past.search(before)
    if past and times.supervised and not (held and held[-1].start > past.start()):
        if held and held[-1].period[0] != held[-1].period[1]:
            return held[-1].period
        first = times.supervised - _CHINESE[past[1] or past[2]]
        return str(first), str(times.supervised)
    period = held[-1].period if held else _named_behind(context, times, words)
    if is_change:
        compared = [date for date in dates if date.is_compared]
        if compared:
            origin = compared[min(nth, len(compared) - 1)].period[0]
            return origin, period[1][: len(origin)]
    return period


def _holds(date: _Date, before: str, words: DateWords) -> bool:
    """Tell whether a date can be that of the number behind the text. A date that is compared with
    is so only of the number right behind it, and a month is no longer the date after 目前 ("now").
    """
    behind = before[date.end :]
    if date.is_compared:
        return bool(words.at_that_time.match(behind))
    return len(date.period[1]) < 5 or not words.now.search(behind)


def _is_ahead(date: _Date, times: Times) -> bool:
    """Tell whether a date lies behind the day on which the document was written."""
    last = times.written[1]
    return date.is_deadline or bool(last and date.period[0] > last)


def _named_behind(context: NumberContext, times: Times, words: DateWords) -> Period:
    """Return the year of a project that a number belongs to, as in 用于2024年重点民生实事."""
    year = re.search(r"(?<!\d)(20\d\d)年(?!底|末|前|初|\d|[-—至到])", context.after)
    return (year[1], year[1]) if year and year.start() < 24 else NONE


def _dates(text: str, times: Times, words: DateWords, year: int | None) -> list[_Date]:
    """List the dates of a text that can be those of a number behind them."""
    dates: list[_Date] = []
    for match in words.date.finditer(text):
        if not match[0].removesuffix(match["since"] or ""):
            continue
        period = _period(match, times, dates, year)
        behind = text[match.end() :]
        if period == NONE or words.event.match(behind):
            continue
        if words.founded.search(text[: match.start()]) or _OF_NUMBER.match(behind):
            continue
        is_compared = bool(
            words.compared_before.search(text[: match.start()])
            or words.compared_behind.match(behind)
            or (dates and dates[-1].is_compared and text[dates[-1].end : match.start()] in "、和与")
        )
        is_deadline = bool(words.deadline.match(behind))
        dates.append(_Date(*match.span(), period, is_compared, is_deadline))
    return dates


def _period(match: re.Match[str], times: Times, dates: list[_Date], named: int | None) -> Period:
    """Return the first and the last date of a match, or empty strings if its year is not known."""
    if match["end"]:
        return match["year"], match["end"]
    year = _year(match, times, dates, named)
    if not year:
        return NONE
    first, last = _months(match)
    if match["since"] and times.year:
        return _iso(year, first), str(times.year)
    if match["part"]:
        return (f"{year}-01",) * 2 if match["part"][-1] == "初" else (f"{year}-12-31",) * 2
    if match["day"]:
        return (f"{_iso(year, first)}-{int(match['day']):02d}",) * 2
    if match["close"]:
        return (f"{_iso(year, first)}-{_last_day(year, first)}",) * 2
    return _iso(year, first), _iso(year, last)


def _year(match: re.Match[str], times: Times, dates: list[_Date], named: int | None) -> int | None:
    """Return the year that a date names. A date without a year has that of the date before it in
    the sentence, else the year in which the supervision took place."""
    if match["one"]:
        return int(match["one"])
    said = [date for date in dates if not date.is_compared]
    before = int(said[-1].period[1][:4]) if said else None
    if match["this"] == "当年":
        return before or named or times.supervised
    if not times.year:
        return before
    if match["last"] or match["next"]:
        return times.year + (1 if match["next"] else -1)
    return times.year if match["this"] else before or times.supervised


def _months(match: re.Match[str]) -> tuple[int, int]:
    """Return the first and last month of a date, or zeros for a whole year."""
    if match["from"]:
        return int(match["from"]), int(match["to"])
    if match["first"]:
        number = match["first"]
        return 1, int(number) if number.isdigit() else _CHINESE[number]
    if match["months"]:
        return _MONTHS[match["months"].replace("第", "")]
    return (int(match["month"]),) * 2 if match["month"] else (0, 0)


def _iso(year: int, month: int) -> str:
    """Return a year with its month, if there is one."""
    return f"{year}-{month:02d}" if month else str(year)


def _last_day(year: int, month: int) -> int:
    """Return the last day of a month."""
    return 29 if month == 2 and year % 4 == 0 else _LAST_DAYS[month - 1]


def in_short(period: Period) -> str:
    """Return a period as the column `as_of` has it: one date, or two with a dash."""
    first, last = period
    if first == last or not last:
        return first
    return f"{first}–{last}" if first else last
