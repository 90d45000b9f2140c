"""Reads the dates between which a number holds from the words around it.

`period_of` returns the dates of one number. Dates are ISO dates as exact as the text: 2024,
2024-09, 2024-09-30.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import NamedTuple

from helpers.codebook import Codebook
from helpers.text import Document

from .context import NumberContext

Period = tuple[str, str]
NONE: Period = ("", "")
_TITLE = re.compile("《[^》]*》|“[^”]*”")
# a date before 的 and a number belongs to this number alone, as 去年底 in 由去年底的8个增至27个,
# "from 8 at the end of last year to 27"
_OF_NUMBER = re.compile("[^,;]{0,4}的[0-9一二三四五六七八九十百千万两]")
_SHIFTS = {"last": -1, "this": 0, "next": 1}  # 去年, 今年, 明年: last, this and next year
_DATED = re.compile("[年月]|季度")
_SECOND_QUARTER = 4  # the month in which the second quarter begins
_MONTHS = {"上半年": (1, 6), "下半年": (7, 12)}
_MONTHS |= {f"{n}季度": (1, 3 * (i + 1)) for i, n in enumerate(("前一", "前二", "前三", "前四"))}
_MONTHS |= {f"{n}季度": (3 * i + 1, 3 * i + 3) for i, n in enumerate("一二三四")}
_MONTHS |= {"前两季度": (1, 6)}
_CHINESE = {n: i for i, n in enumerate("零一二三四五六七八九十")} | {"两": 2}


class DateWords:
    """Patterns for dates. ``codebook.once(DateWords)`` builds the patterns only once."""

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


def times_of(document: Document) -> Times:
    """Return the times of a document. A report of the first quarter tells of the year before."""
    days = [bound.day for bound in document.date_bounds if bound]
    years = {day.year for day in days}
    year = document.issue_year or (years.pop() if len(years) == 1 else None)
    is_early = len(days) == 2 and days[0].year == days[1].year and days[1].month < _SECOND_QUARTER
    first, last = (bound.day.isoformat() if bound else "" for bound in document.date_bounds)
    return Times(year, year and year - is_early, (first, last))


class Asked(NamedTuple):
    """What must be known of a number to tell its dates.

    `is_change` is true for an amount by which something rose or fell, and `nth` counts the changes
    before it in the sentence. `is_planned` is true for a number of something still to come; only
    such a number can have a date after the document's. `year` is the year named last before the
    sentence, which 当年 ("in that year") means.
    """

    is_change: bool = False
    is_planned: bool = False
    nth: int = 0
    year: int | None = None


class _Date(NamedTuple):
    start: int
    end: int
    period: Period
    is_compared: bool
    is_deadline: bool


def period_of(context: NumberContext, times: Times, words: DateWords, asked: Asked) -> Period:
    """Return the earliest and the latest date for which a number holds, as far as the text says.

    The period of a change begins with the date of comparison. Return empty strings if the text
    gives no date.
    """
    before = _TITLE.sub(lambda title: "□" * len(title[0]), context.before)
    if words.until_now.search(before):
        return times.written
    dates = _dates(before, times, words, asked.year) if _DATED.search(before) else []
    held = [date for date in dates if _holds(date, before, words)]
    held = held if asked.is_planned else [date for date in held if not _is_ahead(date, times)]
    period = held[-1].period if held else _named_behind(context)
    period = _years_past(before, held, times, words) or period
    return _since_compared(period, dates, asked.nth) if asked.is_change else period


def _since_compared(period: Period, dates: list[_Date], nth: int) -> Period:
    """Return a period that begins with the date with which a change is compared. Of several dates
    of comparison, `nth` tells which one belongs to the change."""
    origins = [date.period[0] for date in dates if date.is_compared]
    if not origins:
        return period
    origin = origins[min(nth, len(origins) - 1)]
    return origin, period[1][: len(origin)]


def _years_past(before: str, held: list[_Date], times: Times, words: DateWords) -> Period | None:
    """Return the period of 三年来, "for three years", or None. A date after these words, or a
    period before them as in 2021年至2023年三年间, is more exact and comes first."""
    past, last = words.years_past.search(before), held[-1] if held else None
    if not past or not times.supervised:
        return None
    if last and (last.start > past.start() or last.period[0] != last.period[1]):
        return None
    return str(times.supervised - _CHINESE[past[1] or past[2]]), str(times.supervised)


def _holds(date: _Date, before: str, words: DateWords) -> bool:
    """Tell whether a number right after a text can have a date that stands in the text. A date of
    comparison belongs only to the number right after the date. A month ends at the word 目前
    ("now").
    """
    behind = before[date.end :]
    if date.is_compared:
        return bool(words.at_that_time.match(behind))
    return len(date.period[1]) < 5 or not words.now.search(behind)


def _is_ahead(date: _Date, times: Times) -> bool:
    """Tell whether a date is a deadline or lies after the day on which the document was written."""
    last = times.written[1]
    return date.is_deadline or bool(last and date.period[0] > last)


def _named_behind(context: NumberContext) -> Period:
    """Return the year of a project to which a number belongs, such as 2024 in
    用于2024年重点民生实事, "for key livelihood projects of 2024"."""
    year = re.search(r"(?<!\d)(20\d\d)年(?!底|末|前|初|\d|[-—至到])", context.after)
    return (year[1], year[1]) if year and year.start() < 24 else NONE


def _dates(text: str, times: Times, words: DateWords, year: int | None) -> list[_Date]:
    """List the dates in a text that a number after the text can have."""
    dates: list[_Date] = []
    for match in words.date.finditer(text):
        if not match[0].removesuffix(match["since"] or ""):
            continue
        period = _period(match, times, dates, year)
        before, behind = text[: match.start()], text[match.end() :]
        is_other = words.event.match(behind) or words.founded.search(before)
        if period == NONE or is_other or _OF_NUMBER.match(behind):
            continue
        is_compared = bool(
            words.compared_before.search(before) or words.compared_behind.match(behind)
        )
        if dates and before[dates[-1].end :] in ("、", "和", "与"):
            is_compared = is_compared or dates[-1].is_compared
        is_deadline = bool(words.deadline.match(behind))
        dates.append(_Date(*match.span(), period, is_compared, is_deadline))
    return dates


def _period(match: re.Match[str], times: Times, dates: list[_Date], named: int | None) -> Period:
    """Return the first and the last day of a date in the text, or empty strings without a year."""
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
        return (f"{_iso(year, first)}-{monthrange(year, first)[1]}",) * 2
    return _iso(year, first), _iso(year, last)


def _year(match: re.Match[str], times: Times, dates: list[_Date], named: int | None) -> int | None:
    """Return the year of a date in the text. A date without a year has the year of the date before
    it in the sentence or, without such a date, the year in which the supervision took place."""
    if match["one"]:
        return int(match["one"])
    said = [int(date.period[1][:4]) for date in dates if not date.is_compared]
    before = said[-1] if said else None
    if match["this"] == "当年":
        return before or named or times.supervised
    for name, shift in _SHIFTS.items():
        if match[name]:
            return times.year and times.year + shift
    return before or times.supervised


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
    """Return a year and a month as an ISO date, or only the year if the month is 0."""
    return f"{year}-{month:02d}" if month else str(year)


def in_short(period: Period) -> str:
    """Return a period as the column `as_of` has it: one date, or two with a dash."""
    first, last = period
    if first == last or not last:
        return first
    return f"{first}–{last}" if first else last
