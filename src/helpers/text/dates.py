"""Find the earliest and the latest day on which a document can have been written.

The earliest and the latest day are called the bounds of the document's date. `Corpus.documents`
shows both bounds and the words that prove them. The rules are applied in this order:

1. If a document prints its date, this date is both bounds.
2. If a document prints no date, words with a year bound its date. A document is not older than the
   month or year of its issue, a date in its title, an earlier issue of its album (a series of
   briefings), an event that it names, a past date that it tells, and a date for which it gives
   figures. A document is not younger than the month or year of its issue, the meeting named in its
   subtitle, a later issue of its album, an event that it awaits, and a date that it announces.
3. A month without a year gets the year in which the document was written, called its own year, and
   then bounds the date like any other month. A document's own year is the only year in which it can
   have been written according to step 2, or else the latest year that the text may call its own.

The latest of the lower bounds and the earliest of the upper bounds count. If the earliest day is
then after the latest day, the bounds of step 3 are left out. If the earliest day is after the
latest day even without step 3, the document has no bounds.

Some dates give no bound: a date that is ordered, aimed at or planned, a date in a heading, a year
alone that no word tells as done or announced, and a month that may belong to either of two years.
If the own year is uncertain, step 3 gives lower bounds only, because the text may have been written
in a later year.
"""

from __future__ import annotations

import bisect
import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import zip_longest
from operator import attrgetter
from typing import NamedTuple

from helpers.characters import half_width
from helpers.codebook import Codebook

from .front import DATE
from .genre import TextOfDocument
from .masthead import ISSUE_YEAR, NUMBER_AT_END, complete_date, numeral_value
from .segment import Sentence

_ONES = "一二三四五六七八九"
_NUMERALS = f"〇○零{_ONES}十"
# The lookahead at the beginning lets the regular-expression engine skip other text quickly. A month
# in Chinese numerals without a year counts only if words such as 上旬 ("early in the month") or a
# day follow. A numeral before a bare 月 may be part of a rhythm, as in 一月一评 ("assessed
# monthly").
_MOMENT = re.compile(
    rf"(?=\d{{1,4}}\s*[年月]|[{_NUMERALS}]{{1,4}}\s*[年月季]|[今本去上明来]年|[上下]半年|第.季|年[初底末])"
    rf"(?:(?:(?<!\d)(?P<year>(?:19|20)\d\d|二[〇○零{_ONES}]{{3}})\s*年度?"
    r"|(?P<relative>[今本去上明来]年)度?)\s*)?"
    r"(?:(?:(?P<month>(?<!\d)(?<!\d\.)(?:1[0-2]|0?[1-9])(?=\s*月)"
    rf"|(?:十[一二]?|[{_ONES}])(?(year)(?=月)"
    rf"|(?=月(?:份|[上中下]旬|[初底末]|[{_ONES}十]{{1,3}}日))))\s*月份?)"
    rf"(?:(?P<part>[上中下]旬|[初底末])|(?P<day>3[01]|[12]\d|0?[1-9]|[{_ONES}十]{{1,3}})\s*日)?"
    rf"|(?P<season>年?[初底末](?![步数])|[上下]半年|第?[{_ONES[:4]}]季度))?"
)
_SEASONS = {"初": (1, 3), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}
_SEASONS |= {f"{n}季度": (3 * i + 1, 3 * i + 3) for i, n in enumerate(_ONES[:4])}
_PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
_PARTS |= {"初": (1, 10), "底": (21, 31), "末": (21, 31)}
_RELATIVE = {"去": -1, "上": -1, "明": 1, "来": 1}
_TITLE = re.compile("[《«][^》»\n]{0,80}[》»]")
_GIVEN_AT = re.compile(r"\s*(?:上午|下午)?在.{2,60}?上")
_STOPS = re.compile(r"[。;；!！?？\n]|\.(?!\d)")
_NO_YEAR = 2000  # Stands for an unknown year. As 2000 is a leap year, 2月29日 exists.
_NOWHERE = (None, None)  # The offsets of a fact that a column of a table states, not the text.
_REACH = 60  # Words more than 60 characters away from a date do not tell its tense.
_PARAGRAPH = 400  # `_is_in_plan` looks for 下一步 ("next step") up to 400 characters before a date.


class Bound(NamedTuple):
    """A day on which a document was written at the earliest or at the latest. `start` and `end` are
    the raw offsets of the words that show this bound, and `by` is the kind of these words, such as
    `title`."""

    day: date
    side: str  # `from` (the earliest day) or `to` (the latest day).
    by: str  # The words that show the bound: date, issue, title, album, event or text.
    start: int | None
    end: int | None


class Moment(NamedTuple):
    """A date, month or year that a text names. `start` and `end` are offsets in the clean text."""

    match: re.Match[str]
    # `tense` is done (words say that something took place), past (no words speak against this),
    # until (an as-of date), future (announced) or open (none of these).
    tense: str
    start: int
    end: int
    sentence: Sentence
    year: int | None  # the printed year; `_with_own_year` sets missing years

    @property
    def is_year_only(self) -> bool:
        """True for a year without a month or season."""
        return not (self.match["month"] or self.match["season"])

    @property
    def shift(self) -> int:
        """The difference from the document's own year: -1 for 去年 ("last year"), 1 for 明年 ("next
        year"), 0 for anything else."""
        return _RELATIVE.get((self.match["relative"] or "")[:1], 0)

    @property
    def is_end_of_year(self) -> bool:
        """True for the end of a year, such as 2023年底 ("the end of 2023")."""
        return (self.match["season"] or "")[-1:] in ("底", "末")

    def bound(self, document: TextOfDocument) -> Bound | None:
        """Return the bound that this moment sets on the document's date, or None if it sets none.
        An announced moment sets its last day as the latest date of the document. A past moment sets
        its first day as the earliest date. An as-of date such as 截至2023年底 ("as of the end of
        2023") sets its last day as the earliest date."""
        period = _period(self.match, self.year)
        is_vague = self.is_year_only and (self.tense == "past" or not self.match["year"])
        if not period or is_vague or self.tense == "open":
            return None
        first, last = period
        span = document.raw_span(self.start, self.end)
        if self.tense == "future":
            return Bound(last, "to", "text", *span)
        is_last = self.is_end_of_year or self.match["part"] in ("底", "末")
        day = last if is_last and self.tense == "until" else first
        return Bound(day, "from", "text", *span)


class NamedDate(NamedTuple):
    """A day or month that a text names. `first` and `last` are the first and the last day of the
    named day or month. If the year is unknown, `has_year` is False and the days are in the year
    2000, or in 1999 for 去年 ("last year"). `start` and `end` are offsets in the clean text."""

    first: date
    last: date
    has_year: bool
    start: int
    end: int

    def __str__(self) -> str:
        """Return the date as far as the text names it: 2024-06-18, 2024-06 or, if the year is
        unknown, 06-18."""
        whole = self.first.isoformat() if self.first == self.last else f"{self.first:%Y-%m}"
        return whole if self.has_year else whole[5:]


class DateWords:
    """The patterns that bound dates, made from the tables `document_words` and `dated_events` of
    one codebook."""

    def __init__(self, codebook: Codebook) -> None:
        pattern = codebook.role_words("document_words").pattern
        self.announced = pattern(r"(?:{announced})$")
        self.will = pattern("{will}")
        self.ordered = pattern("{ordered}")
        self.until = pattern(r"(?:{as_of})$")
        self.happened = pattern("{happened}")
        self.not_past = pattern(r"^(?:{deadline})|{not_past}")
        self.object_marker = pattern("将(?=(?:{object}))")
        self.not_past_before = pattern(r"(?:{not_past_before})[^,;:。]{0,3}$")
        self.meanwhile = pattern("(?:{meanwhile})$|^$")
        self.next_step = pattern("{next_step}")
        self.ahead = pattern("{next_step}|{plan_title}")
        self.data_year = pattern("{data_of_a_year}")
        self.compared = pattern(r"(?:{compared})$|\d[-—–~至]$")
        self.this_year = pattern("{this_year}")
        self.last_year = pattern("{last_year}")
        self.awaited_before = pattern(r"(?:{awaited_before})[^,;。]{0,6}$")
        self.awaited_behind = pattern("[^,;。]{0,6}(?:{awaited_behind})")
        events = codebook.dated_events
        is_issue = events["number"] != ""
        self.events = [
            (re.compile(row.words), date.fromisoformat(row.begin), date.fromisoformat(row.end))
            for row in events[~is_issue].itertuples()
        ]
        self.issues = [
            (re.compile(row.words), int(row.number), date.fromisoformat(row.begin))
            for row in events[is_issue].itertuples()
        ]


def date_bounds(
    document: TextOfDocument, *, is_plan: bool = False
) -> tuple[Bound | None, Bound | None]:
    """Return the earliest and the latest day on which a document can have been written, or None
    where its words give no bound. If a document prints its date, the earliest and the latest day
    are this date.

    `is_plan` is true for a plan or a notice. Dates in a plan or a notice lie in the future unless
    words say that something happened.
    """
    day = _printed_day(document)
    if day:
        return _tightest(_both(day, day, "date", _place_of_date(document)))
    words = document.codebook.once(DateWords)
    moments = _moments(document, words, is_plan=is_plan)
    dated = _bounds_with_year(document, moments, words, is_plan=is_plan)
    year, is_sure = _own_year(document, moments, words, dated)
    lent = _bounds_of(document, _with_own_year(moments, year))
    if not is_sure:
        lent = [bound for bound in lent if bound.side == "from"]
    for bounds in ([*dated, *lent], dated):
        earliest, latest = _tightest(bounds)
        if not (earliest and latest and earliest.day > latest.day):
            return earliest, latest
    return None, None


def named_dates(document: TextOfDocument, *, is_plan: bool = False) -> list[NamedDate]:
    """List the days and months that a text names, in the order of the text. Years without a month
    are left out."""
    words = document.codebook.once(DateWords)
    moments = _moments(document, words, is_plan=is_plan)
    day = _printed_day(document)
    if day:
        year = day.year
    else:
        dated = _bounds_with_year(document, moments, words, is_plan=is_plan)
        year, is_sure = _own_year(document, moments, words, dated)
        year = year if is_sure else None
    named = []
    for moment in _with_own_year(moments, year):
        period = _period(moment.match, moment.year or _NO_YEAR + moment.shift)
        if moment.match["month"] and period:
            named.append(NamedDate(*period, bool(moment.year), moment.start, moment.end))
    return named


# --- functions that turn printed dates into days and bounds


def _printed_day(document: TextOfDocument) -> date | None:
    """Return the printed date of a document, or None if the date is missing or impossible, such as
    2024-02-30."""
    try:
        return date.fromisoformat(document.date or "")
    except ValueError:
        return None


def _place_of_date(document: TextOfDocument) -> tuple[int | None, int | None]:
    """Return the raw offsets at which a masthead or closing line prints the document's date."""
    printed = _printed(document, DATE.finditer, "date", "issue")
    spans = (span for match, span in printed if complete_date(match[0]) == document.date)
    return next(spans, _NOWHERE)


def _period(match: re.Match[str], year: int | None) -> tuple[date, date] | None:
    """Return the first and the last day of a date, month or year that `match` found in a text.
    Return None if `year` is unknown or not between 1949 and 2100, or if no such day exists."""
    if not year or not 1949 <= year <= 2100:
        return None
    first, last = _SEASONS.get((match["season"] or "").lstrip("年第"), (1, 12))
    if not match["month"]:
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    month = numeral_value(match["month"])
    length = calendar.monthrange(year, month)[1]
    low, high = _PARTS.get(match["part"], (1, 31))
    if match["day"]:
        low = high = numeral_value(match["day"]) or 0
    if not 1 <= low <= length:
        return None
    return date(year, month, low), date(year, month, min(high, length))


def _both(first: date, last: date, by: str, span: tuple[int | None, int | None]) -> list[Bound]:
    """Return the lower and the upper bound of the date of a document that was written between two
    days."""
    return [Bound(first, "from", by, *span), Bound(last, "to", by, *span)]


def _tightest(bounds: list[Bound]) -> tuple[Bound | None, Bound | None]:
    """Return the latest of the lower bounds and the earliest of the upper bounds."""
    day = attrgetter("day")
    return (
        max((bound for bound in bounds if bound.side == "from"), key=day, default=None),
        min((bound for bound in bounds if bound.side == "to"), key=day, default=None),
    )


# --- functions that read bounds from words with a year


def _bounds_with_year(
    document: TextOfDocument, moments: list[Moment], words: DateWords, *, is_plan: bool
) -> list[Bound]:
    """List the date bounds that do not depend on the year in which the document was written. The
    title of a plan gives no bound, because it may name a future date."""
    return [
        *_issue_bounds(document),
        *(() if is_plan else _title_bounds(document)),
        *_album_bounds(document, words),
        *_event_bounds(document, words),
        *_bounds_of(document, moments),
    ]


def _bounds_of(document: TextOfDocument, moments: list[Moment]) -> list[Bound]:
    """List the bounds that the `moments` (dates, months and years in the text) set."""
    return [bound for moment in moments if (bound := moment.bound(document))]


def _printed(
    document: TextOfDocument, find: Callable[[str], Iterator[re.Match[str]]], *rules: str
) -> Iterator[tuple[re.Match[str], tuple[int, int]]]:
    """Yield each match of `find` in the metadata lines with the labels `rules` (such as `title`),
    and the raw offsets of the match."""
    for mark in document.clean_text.metadata:
        if mark.rule in rules:
            for match in find(half_width(document.raw[mark.start : mark.end])):
                yield match, (mark.start + match.start(), mark.start + match.end())


def _issue_bounds(document: TextOfDocument) -> list[Bound]:
    """Return the first and the last day of the month of issue that the masthead prints, or else of
    the year of issue."""
    for match, span in _printed(document, _matches, "date", "issue"):
        period = _period(match, _printed_year(match)) if match["month"] else None
        if period:
            return _both(*period, "issue", span)
    year = document.issue_year
    if not year or not 1949 <= year <= 2100:
        return []
    spans = (span for _, span in _printed(document, ISSUE_YEAR.finditer, "issue"))
    return _both(date(year, 1, 1), date(year, 12, 31), "issue", next(spans, _NOWHERE))


def _title_bounds(document: TextOfDocument) -> Iterator[Bound]:
    """Yield the first day of each date in the title as a lower bound. If the title prints the day
    of the meeting that heard the report (——2024年8月28日在…会议上, "at the meeting … on 28 August
    2024"), also yield this day as an upper bound."""
    for match, span in _printed(document, _matches, "title"):
        period = _period(match, _printed_year(match)) if match["month"] else None
        if period:
            is_meeting = match["day"] and _GIVEN_AT.match(match.string, match.end())
            yield from _both(*period, "title", span)[: 2 if is_meeting else 1]


def _album_bounds(document: TextOfDocument, words: DateWords) -> Iterator[Bound]:
    """Yield the dates that the table `dated_events` has for other issues of the same album (a
    series of briefings). Issues appear in the order of their numbers, so that an earlier issue
    gives a lower bound and a later issue an upper bound."""
    name = "".join(mark.text for mark in document.clean_text.metadata if mark.rule == "campaign")
    spans = [span for _, span in _printed(document, NUMBER_AT_END.finditer, "campaign")]
    number = document.album_number
    for pattern, other, day in words.issues if number and spans else ():
        if pattern.search(name):
            earlier, later = _both(day, day, "album", spans[-1])
            if other <= number:
                yield earlier
            if other >= number:
                yield later


def _event_bounds(document: TextOfDocument, words: DateWords) -> Iterator[Bound]:
    """Yield a bound for each event of the table `dated_events` that the text names. An event that
    the text awaits gives an upper bound, any other event a lower bound."""
    text = document.text
    for pattern, begin, end in words.events:
        for named in pattern.finditer(text):
            before = text[max(0, named.start() - 12) : named.start()]
            is_awaited = words.awaited_before.search(before) or words.awaited_behind.match(
                text, named.end()
            )
            day, side = (begin, "to") if is_awaited else (end, "from")
            yield Bound(day, side, "event", *document.raw_span(*named.span()))


# --- functions that find dates in the text and their tense


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the dates, months and years of a text."""
    return (match for match in _MOMENT.finditer(text) if match[0])


def _printed_year(match: re.Match[str]) -> int | None:
    """Return the year that a matched date prints, or None if it prints no year."""
    return numeral_value(match["year"]) if match["year"] else None


def _moments(document: TextOfDocument, words: DateWords, *, is_plan: bool) -> list[Moment]:
    """List the dates, months and years that a text names outside titles in 《》, each with its
    tense."""
    text, sentences = document.text, document.sentences
    starts = [sentence.start for sentence in sentences]
    matches = list(_matches(_TITLE.sub(lambda title: "《" * len(title[0]), text)))
    moments = []
    for match, later in zip_longest(matches, matches[1:]):
        sentence = sentences[bisect.bisect_right(starts, match.start()) - 1]
        following = later.start() if later else len(text)
        moments.append(_moment(text, match, sentence, following, words, is_plan=is_plan))
    return moments


def _moment(
    text: str,
    match: re.Match[str],
    sentence: Sentence,
    following: int,
    words: DateWords,
    *,
    is_plan: bool,
) -> Moment:
    """Return one matched date with its tense. `following` is the offset at which the next date
    begins."""
    start, end = match.span()
    before = _STOPS.split(text[max(sentence.start, start - _REACH) : start])[-1]
    behind = _STOPS.split(text[end : min(sentence.end, following, end + _REACH)])[0]
    clause, _, later = behind.partition(",")
    # A clause such as 会议期间, ("during the session") tells only when. The next clause tells what.
    if words.meanwhile.search(clause):
        clause = f"{clause},{later.partition(',')[0]}"
    clause = words.object_marker.sub("把", clause)
    tense = _tense(before, clause, words)
    paragraph = text[max(0, start - _PARAGRAPH) : start].rpartition("\n")[2]
    if tense == "past" and (
        is_plan
        or words.not_past_before.search(before)
        or words.not_past.search(clause)
        or _is_in_plan(paragraph, sentence, words)
    ):
        tense = "open"
    # Words that set the tense, such as 截至 ("as of"), belong to the quotation of the date.
    if lead := words.until.search(before) or words.announced.search(before):
        start -= len(lead[0])
    elif tense == "future":
        end += words.will.search(clause).end()
    return Moment(match, tense, start, end, sentence, _printed_year(match))


def _tense(before: str, clause: str, words: DateWords) -> str:
    """Return the tense of a date according to the words before it and behind it, or `past` if these
    words show no tense. A date that an order or a former plan sets may be over by now, so that its
    tense is `open`."""
    if words.until.search(before):
        return "until"
    announced = words.announced.search(before)
    if words.happened.search(clause):
        return "open" if announced else "done"
    if announced or words.will.search(clause):
        told_before = before if announced else before + clause
        return "open" if words.ordered.search(told_before) else "future"
    return "past"


def _is_in_plan(paragraph: str, sentence: Sentence, words: DateWords) -> bool:
    """Tell whether a date stands in a heading, in the section of a plan, or behind 下一步 ("next
    step") in its paragraph."""
    return bool(
        sentence.kind == "heading"
        or words.ahead.search(sentence.section_title)
        or words.next_step.search(paragraph)
    )


# --- functions that find the year in which a document was written


def _years_left(bounds: list[Bound]) -> tuple[int, int]:
    """Return the first and the last year in which a document may have been written. If the earliest
    day is 31 December, the first year is the next one, because a text that gives figures as of this
    day is written later."""
    earliest, latest = _tightest(bounds)
    first = (earliest.day + timedelta(days=1)).year if earliest else 0
    return first, latest.day.year if latest else 9999


def _own_year(
    document: TextOfDocument, moments: list[Moment], words: DateWords, dated: list[Bound]
) -> tuple[int | None, bool]:
    """Return the year in which a document was written, and whether this year is certain. If the
    bounds leave only one year, return this year. If the bounds leave several years, return the
    latest year that the text may call its own. The latest year is uncertain if the text says both
    今年 ("this year") and 去年 ("last year")."""
    first, last = _years_left(dated)
    if first == last:
        return first, True
    text = document.text
    says_this_year = bool(words.this_year.search(text))
    # If a text says 今年 ("this year"), the year in 2024年…了 ("in 2024 … was done") may be the
    # year before.
    if says_this_year:
        moments = [m for m in moments if not (m.is_year_only and m.tense == "done")]
    named = {m.year for m in moments if _may_be_own_year(text, m, words)}
    year = max(named.intersection(range(first, last + 1)), default=None)
    return year, not (says_this_year and words.last_year.search(text))


def _may_be_own_year(text: str, moment: Moment, words: DateWords) -> bool:
    """Tell whether a date prints a year in which the document may have been written. The year of
    statistics, of a comparison or of a plan does not count."""
    if not moment.year or moment.tense == "future" or moment.is_end_of_year:
        return False
    before = text[max(moment.sentence.start, moment.start - 12) : moment.start]
    behind = text[moment.end : min(moment.sentence.end, moment.end + 25)]
    return not (
        words.compared.search(before)
        or words.not_past_before.search(before)
        or words.data_year.search(behind)
    )


def _with_own_year(moments: list[Moment], year: int | None) -> list[Moment]:
    """Return the moments (dates in the text), and set the year of those that print none. `year` is
    the year in which the document was written."""
    dated = []
    # the last date that prints a year; as-of dates such as 截至2023年底 do not count
    named: Moment | None = None
    for moment in moments:
        if moment.year:
            named = moment if moment.tense != "until" else named
        elif moment.match["relative"]:
            moment = moment._replace(year=year and year + moment.shift)
        else:
            moment = moment._replace(year=_year_beside(moment, named, year))
        dated.append(moment)
    return dated


def _year_beside(moment: Moment, named: Moment | None, year: int | None) -> int | None:
    """Return the year of a date that prints none, such as 3月 ("March"). If a month with a year
    stands before the date in the same sentence, return that year, otherwise `year`, the document's
    year. Return None if the paragraph names another year before the date, because either year may
    be meant."""
    if not named or named.sentence.paragraph != moment.sentence.paragraph:
        return year
    if named.sentence == moment.sentence and not named.is_year_only:
        return named.year
    return year if named.year == year else None
