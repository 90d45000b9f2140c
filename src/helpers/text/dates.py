"""Bound the date of a document that prints none by the words of its text.

A text is not older than the latest event that it tells, and not younger than the earliest event
that it announces. `Corpus.documents` shows both bounds, with the words that they rest on.
"""

from __future__ import annotations

import bisect
import calendar
import re
from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from helpers.characters import half_width
from helpers.codebook import Codebook

from .front import DATE, YEAR
from .genre import TextOfDocument
from .masthead import ISSUE_YEAR, NUMBER_AT_END, numeral_value

if TYPE_CHECKING:
    from .segment import Sentence

_ONES = "一二三四五六七八九"
_NUMERALS = f"〇○零{_ONES}十"
# Every moment holds such a hint. The hint begins with a set of characters, so that the engine skips
# other text quickly.
_HINT = re.compile(
    rf"[\d今本去上明来下第{_NUMERALS}][\d{_NUMERALS}]{{0,4}}\s*[年月季半]|年[初底末]"
)
# A month in Chinese numerals counts only where it cannot be a rhythm, as in 一月一评 ("assessed
# monthly").
_MOMENT = re.compile(
    rf"(?=\d{{1,4}}\s*[年月]|[{_NUMERALS}]{{1,4}}\s*[年月季]|[今本去上明来]年|[上下]半年|第.季|年[初底末])"
    rf"(?:(?:(?<!\d)(?P<year>(?:19|20)\d\d|二[〇○零{_ONES}]{{3}})\s*年度?"
    r"|(?P<relative>[今本去上明来]年)度?)\s*)?"
    r"(?:(?:(?P<month>(?<!\d)(?<!\d\.)(?:1[0-2]|0?[1-9])(?=\s*月)"
    rf"|(?:十[一二]?|[{_ONES}])(?=月(?:份|[上中下]旬|[初底末]|[{_ONES}十]{{1,3}}日)))\s*月份?)"
    rf"(?:(?P<part>[上中下]旬|[初底末])|(?P<day>3[01]|[12]\d|0?[1-9]|[{_ONES}十]{{1,3}})\s*日)?"
    rf"|(?P<season>年?[初底末](?![步数])|[上下]半年|第?[{_ONES[:4]}]季度))?"
)
_LONGEST = 24  # the most characters of a moment behind its hint
_SEASONS = {"初": (1, 3), "底": (12, 12), "末": (12, 12), "上半年": (1, 6), "下半年": (7, 12)}
_SEASONS |= {f"{n}季度": (3 * i + 1, 3 * i + 3) for i, n in enumerate(_ONES[:4])}
_PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
_PARTS |= {"初": (1, 10), "底": (21, 31), "末": (21, 31)}
_RELATIVE = {"去": -1, "上": -1, "明": 1, "来": 1}
_TITLE = re.compile("[《«][^》»\n]{0,80}[》»]")
_GIVEN_AT = re.compile(r"\s*(?:上午|下午)?在.{2,60}?上")
_STOPS = re.compile(r"[。;；!！?？\n]|\.(?!\d)")
_NO_YEAR = 2000  # stands for an unknown year; a leap year, so that 2月29日 exists
_REACH = 60  # words more than so many characters away do not belong to a moment
_PARAGRAPH = 400  # so far back 下一步 ("what comes next") is looked for
_OF_TITLE = 40  # the longest part of a section's title that is read


class Bound(NamedTuple):
    """A day before or after which a document cannot have been written. `start` and `end` are the
    raw offsets of the words that say so, and `by` tells what kind of words these are."""

    day: date
    by: str  # date, issue, title, album, event or text
    start: int | None
    end: int | None


class Moment(NamedTuple):
    """A date, month or year that a text names. `start` and `end` are offsets in the clean text."""

    match: re.Match[str]
    # done (the words say so), past (nothing speaks against it), until (an as-of date), future, open
    tense: str
    start: int
    end: int
    sentence: Sentence | None  # None for a moment in a title

    def year(self, own: int | None) -> int | None:
        """Return the year, given the year in which the document was written."""
        if self.match["year"]:
            return numeral_value(self.match["year"])
        relative = self.match["relative"] or ""
        return own and own + _RELATIVE.get(relative[:1], 0)

    @property
    def is_year_only(self) -> bool:
        """True for a year without a month or season."""
        return not (self.match["month"] or self.match["season"])

    def period(self, own: int | None) -> tuple[date, date] | None:
        """Return the first and the last day, or None if the year is unknown or no such day
        exists."""
        year = self.year(own)
        if not year or not 1949 <= year <= 2100:
            return None
        first, last = _SEASONS.get((self.match["season"] or "").lstrip("年第"), (1, 12))
        if not self.match["month"]:
            return date(year, first, 1), _day(year, last, 31)
        month = numeral_value(self.match["month"])
        low, high = _PARTS.get(self.match["part"], (1, 31))
        if self.match["day"]:
            low = high = numeral_value(self.match["day"]) or 0
            if not 1 <= low <= calendar.monthrange(year, month)[1]:
                return None
        return date(year, month, low), _day(year, month, high)

    def bound(self, own: int | None) -> Bound | None:
        """Return the day that bounds the document from below (from above for a future moment)."""
        period = self.period(own)
        if not period:
            return None
        is_end = (self.match["part"] or self.match["season"] or "")[-1:] in ("底", "末")
        day = period[self.tense == "future" or (self.tense == "until" and is_end)]
        return Bound(day, "text", self.start, self.end)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


class ToldDate(NamedTuple):
    """A day or month in which a text tells that something took place. `first` and `last` are its
    first and last day; without a known year both are in the year 2000, and `has_year` is False.
    `start` and `end` are offsets in the clean text."""

    first: date
    last: date
    has_year: bool
    start: int
    end: int

    def __str__(self) -> str:
        """Return the date as far as it is told, such as 2024-06-18, 2024-06 or 06-18."""
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
        self.any_event = re.compile("|".join(events.loc[~is_issue, "words"]) or "(?!)")
        self.issues = [
            (re.compile(row.words), int(row.number), date.fromisoformat(row.begin))
            for row in events[is_issue].itertuples()
        ]


def date_bounds(
    document: TextOfDocument, *, is_plan: bool = False
) -> tuple[Bound | None, Bound | None]:
    """Return the earliest and the latest day on which a document can have been written, or None
    where its words give no bound. A document with a date has this date twice.

    `is_plan` tells that the document is a plan or a notice, whose dates lie ahead unless the words
    say that something happened. A month without a year is one of the document's own year, if the
    issue, the album, the bounds or the years of the text show this year. If bounds contradict each
    other, those without a printed year are left out first.
    """
    if document.date:
        printed = _printed_date(document)
        return printed, printed
    words = document.codebook.once(DateWords)
    moments = _moments(document, words, is_plan=is_plan)
    lows, highs = _fixed_bounds(document, moments, words, is_plan=is_plan)
    low, high = _tightest(lows, highs)
    if low and high and low.day > high.day:
        return None, None
    year, is_sure = _own_year(document, moments, words, low, high)
    for moment, bound in _bounds_of_own_year(moments, year, is_sure=is_sure):
        # A bound beyond one with a printed year has been misread.
        if moment.tense == "future" and (not low or bound.day >= low.day):
            highs.append(bound)
        elif moment.tense != "future" and (not high or bound.day <= high.day):
            lows.append(bound)
    own_low, own_high = _tightest(lows, highs)
    if not (own_low and own_high and own_low.day > own_high.day):
        low, high = own_low, own_high
    return _in_raw(document, low), _in_raw(document, high)


def told_dates(document: TextOfDocument, *, is_plan: bool = False) -> list[ToldDate]:
    """List the days and months in which a text tells that something took place, in the order of
    the text. Dates that lie ahead and years without a month are left out."""
    words = document.codebook.once(DateWords)
    moments = _moments(document, words, is_plan=is_plan)
    if document.date and _is_day(document.date):
        year = date.fromisoformat(document.date).year
    else:
        bounds = _tightest(*_fixed_bounds(document, moments, words, is_plan=is_plan))
        year, is_sure = _own_year(document, moments, words, *bounds)
        year = year if is_sure else None
    told = []
    for moment, own in _with_own_year(moments, year):
        if moment.match["month"] and moment.tense in ("done", "past", "until"):
            period = moment.period(own or _NO_YEAR)
            if period:
                has_year = bool(own or moment.match["year"])
                told.append(ToldDate(*period, has_year, moment.start, moment.end))
    return told


def _in_raw(document: TextOfDocument, bound: Bound | None) -> Bound | None:
    """Return a bound with raw offsets. Those of a date or event in the text point into the clean
    text before."""
    if bound is None or bound.by not in ("text", "event"):
        return bound
    start, end = document.raw_span(bound.start, bound.end)
    return bound._replace(start=start, end=end)


def _tightest(lows: list[Bound], highs: list[Bound]) -> tuple[Bound | None, Bound | None]:
    """Return the latest of the lower bounds and the earliest of the upper bounds."""
    return (
        max(lows, key=attrgetter("day"), default=None),
        min(highs, key=attrgetter("day"), default=None),
    )


def _printed_date(document: TextOfDocument) -> Bound | None:
    """Return the date of a document with the offsets at which a closing or masthead line prints
    it. A date from a column of a table has no offsets."""
    day = date.fromisoformat(document.date) if _is_day(document.date) else None
    if not day:
        return None
    for mark in document.clean_text.metadata:
        if mark.rule in ("date", "issue"):
            for printed in DATE.finditer(half_width(document.raw[mark.start : mark.end])):
                numbers = [
                    numeral_value(part)
                    for part in re.split(r"[年月日\-./]", printed[0].replace(" ", ""))
                    if part
                ]
                if numbers == [day.year, day.month, day.day]:
                    start = mark.start + printed.start()
                    return Bound(day, "date", start, mark.start + printed.end())
    return Bound(day, "date", None, None)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:  # such as 2024-02-30, which a masthead may misprint
        return False
    return True


# --- bounds that need no year of the document


def _fixed_bounds(
    document: TextOfDocument, moments: list[Moment], words: DateWords, *, is_plan: bool
) -> tuple[list[Bound], list[Bound]]:
    """Return the lower and the upper bounds from the masthead, the title, the album, known
    events, and the moments whose year is printed."""
    lows, highs = [], []
    for bound, is_low in (
        *_masthead_bounds(document),
        *(() if is_plan else _title_bounds(document)),
        *_album_bounds(document, words),
        *_event_bounds(document, words),
    ):
        (lows if is_low else highs).append(bound)
    for moment in moments:
        says_when = moment.tense != "past" or not moment.is_year_only
        if moment.match["year"] and moment.tense != "open" and says_when:
            bound = moment.bound(None)
            if bound:
                (highs if moment.tense == "future" else lows).append(bound)
    return lows, highs


def _masthead_bounds(document: TextOfDocument) -> Iterator[tuple[Bound, bool]]:
    """Yield the first and the last day of the year of issue, and of a month that is printed without
    a day."""
    marks = [mark for mark in document.clean_text.metadata if mark.rule in ("date", "issue")]
    for mark in sorted(marks, key=attrgetter("rule")):  # a month says more than a year
        printed = half_width(document.raw[mark.start : mark.end])
        year = ISSUE_YEAR.search(printed) if mark.rule == "issue" else None
        month = re.search(rf"({YEAR})\s*年\s*(\d{{1,2}}|[{_ONES}十]{{1,2}})\s*月", printed)
        found = month or year
        if not found:
            continue
        number = numeral_value(month[2]) if month else None
        value = numeral_value(month[1] if month else year[0]) or 0
        if 1949 <= value <= 2100 and number in (None, *range(1, 13)):
            span = (mark.start + found.start(), mark.start + found.end())
            yield Bound(date(value, number or 1, 1), "issue", *span), True
            yield Bound(_day(value, number or 12, 31), "issue", *span), False
            return
    # The year may also come from a column of a table, without offsets.
    if document.issue_year and 1949 <= document.issue_year <= 2100:
        yield Bound(date(document.issue_year, 1, 1), "issue", None, None), True
        yield Bound(date(document.issue_year, 12, 31), "issue", None, None), False


def _title_bounds(document: TextOfDocument) -> Iterator[tuple[Bound, bool]]:
    """Yield the first day of a date in the title. The day of a meeting at which a report was given
    (——2024年8月28日在…会议上) is that of the report."""
    for mark in document.clean_text.metadata:
        if mark.rule != "title":
            continue
        title = half_width(document.raw[mark.start : mark.end])
        for match in _matches(title):
            span = (mark.start + match.start(), mark.start + match.end())
            moment = Moment(match, "past", *span, sentence=None)
            period = moment.period(None)
            if period and match["month"]:
                yield Bound(period[0], "title", *span), True
                if match["day"] and _GIVEN_AT.match(title, match.end()):
                    yield Bound(period[1], "title", *span), False


def _album_bounds(document: TextOfDocument, words: DateWords) -> Iterator[tuple[Bound, bool]]:
    """Yield the dates of other issues of the same album, of which the table `dated_events` has the
    date: issues appear in the order of their numbers."""
    number = document.album_number
    marks = [mark for mark in document.clean_text.metadata if mark.rule == "campaign"]
    if not number or not marks or not words.issues:
        return
    title = "".join(mark.text for mark in marks)
    raw = half_width(document.raw[marks[-1].start : marks[-1].end])
    printed = NUMBER_AT_END.search(raw)
    if not printed:
        return
    span = (marks[-1].start + printed.start(), marks[-1].start + printed.end())
    for pattern, other, day in words.issues:
        if pattern.search(title):
            if other <= number:
                yield Bound(day, "album", *span), True
            if other >= number:
                yield Bound(day, "album", *span), False


def _event_bounds(document: TextOfDocument, words: DateWords) -> Iterator[tuple[Bound, bool]]:
    """Yield the dates of the events of the table `dated_events` that the text names. An event that
    the text awaits bounds it from above."""
    text = document.text
    for named in words.any_event.finditer(text):
        begin, end = next(
            days for pattern, *days in words.events if pattern.match(text, named.start())
        )
        before = text[max(0, named.start() - 12) : named.start()]
        is_awaited = words.awaited_before.search(before) or words.awaited_behind.match(
            text, named.end()
        )
        day = begin if is_awaited else end
        yield Bound(day, "event", *named.span()), not is_awaited


# --- moments


def _moments(document: TextOfDocument, words: DateWords, *, is_plan: bool) -> list[Moment]:
    """List the moments that a text names outside titles in 《》, with their tense."""
    text, sentences = document.text, document.sentences
    matches = list(_matches(text))
    if not matches:
        return []
    titles = (
        [title.span() for title in _TITLE.finditer(text)] if "《" in text or "«" in text else []
    )
    starts = [sentence.start for sentence in sentences]
    moments = []
    for n, match in enumerate(matches):
        title = bisect.bisect_left(titles, match.span()) - 1
        if title >= 0 and match.start() < titles[title][1]:
            continue
        sentence = sentences[bisect.bisect_right(starts, match.start()) - 1]
        following = matches[n + 1].start() if n + 1 < len(matches) else len(text)
        moments.append(_moment(text, match, sentence, following, words, is_plan=is_plan))
    return moments


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the dates, months and years of a text, which may be parts of longer numbers."""
    place = 0
    for hint in _HINT.finditer(text):
        if hint.end() <= place:
            continue
        start, end = max(place, hint.start()), min(len(text), hint.end() + _LONGEST)
        for match in _MOMENT.finditer(text, start, end):
            if match.end() > match.start():
                place = match.end()
                yield match
                break


def _moment(
    text: str,
    match: re.Match[str],
    sentence: Sentence,
    following: int,
    words: DateWords,
    *,
    is_plan: bool,
) -> Moment:
    """Read the tense of one moment. `following` is where the next moment begins."""
    before = _STOPS.split(text[max(sentence.start, match.start() - _REACH) : match.start()])[-1]
    behind = _STOPS.split(text[match.end() : min(sentence.end, following, match.end() + _REACH)])[0]
    clause, _, later = behind.partition(",")
    adverbial = words.meanwhile.search(clause)
    window = f"{clause},{later.partition(',')[0]}" if adverbial else clause
    window = words.object_marker.sub("把", window)
    start, end = match.span()
    near = before.rpartition(",")[2]
    if until := words.until.search(near):
        return Moment(match, "until", start - len(until[0]), end, sentence)
    announced, will = words.announced.search(near), words.will.search(window)
    happened = words.happened.search(window)
    if announced or (will and not happened):
        told_before = before if announced else before + window
        tense = "open" if happened or words.ordered.search(told_before) else "future"
        if announced:
            start -= len(announced[0])
        else:
            end += will.end()
        return Moment(match, tense, start, end, sentence)
    if happened:
        return Moment(match, "done", start, end, sentence)
    heading = sentence.section_title[:_OF_TITLE]
    paragraph = max(0, start - _PARAGRAPH)
    paragraph = max(paragraph, text.rfind("\n", paragraph, start))
    is_open = (
        is_plan
        or sentence.kind == "heading"
        or words.not_past.search(window)
        or words.not_past_before.search(near)
        or words.ahead.search(heading)
        or words.next_step.search(text, paragraph, start)
    )
    return Moment(match, "open" if is_open else "past", start, end, sentence)


# --- the year in which a document was written


def _own_year(
    document: TextOfDocument,
    moments: list[Moment],
    words: DateWords,
    low: Bound | None,
    high: Bound | None,
) -> tuple[int | None, bool]:
    """Return the year of a document, and whether it is sure. It is sure if the bounds leave no
    other. Else it is the latest year that the text names as its own; the text may then still be
    younger, so that an unsure year only serves for lower bounds."""
    first = low.day.year + (low.day.month == 12 and low.day.day == 31) if low else 0
    last = high.day.year if high else 9999
    if first == last:
        return first, True
    named = [m for m in moments if _may_be_own_year(document.text, m, words)]
    named = [m for m in named if first <= (m.year(None) or 0) <= last]
    if not named:
        return None, False
    year = max(m.year(None) for m in named)
    text = document.text
    if not words.this_year.search(text):
        return year, True
    # Beside 今年 ("this year"), 2024年 … 了 ("in 2024 … was done") may be the year before.
    is_own = any(m.tense != "done" or not m.is_year_only for m in named if m.year(None) == year)
    return year, is_own and not words.last_year.search(text)


def _may_be_own_year(text: str, moment: Moment, words: DateWords) -> bool:
    """Tell whether a printed year may be the year of the document: not a year of statistics, of a
    comparison or of a plan."""
    if not moment.match["year"] or moment.tense in ("until", "future"):
        return False
    if (moment.match["season"] or "")[-1:] in ("底", "末"):
        return False
    before = text[max(moment.sentence.start, moment.start - 12) : moment.start]
    behind = text[moment.end : min(moment.sentence.end, moment.end + 25)]
    return not (
        words.compared.search(before)
        or words.not_past_before.search(before)
        or words.data_year.search(behind)
    )


def _bounds_of_own_year(
    moments: list[Moment], year: int | None, *, is_sure: bool
) -> Iterator[tuple[Moment, Bound]]:
    """Yield the moments without a printed year, and their bounds."""
    for moment, own in _with_own_year(moments, year):
        if moment.match["year"] or moment.is_year_only or moment.tense == "open":
            continue
        is_own_sure = is_sure or own != year
        bound = moment.bound(own) if is_own_sure or moment.tense != "future" else None
        if bound:
            yield moment, bound


def _with_own_year(moments: list[Moment], year: int | None) -> Iterator[tuple[Moment, int | None]]:
    """Yield each moment with the year that counts as its own: the year that its sentence prints
    with a month before it, else the year of the document. The year is None if the sentence or the
    paragraph names another year before the moment, because either year may be meant."""
    named: Moment | None = None  # the last moment with a printed year
    for moment in moments:
        own = year
        if moment.match["year"]:
            named = moment if moment.tense != "until" else named
        elif named and not moment.match["relative"]:
            is_same = named.sentence == moment.sentence
            is_near = named.sentence.paragraph == moment.sentence.paragraph
            if is_same and not named.is_year_only:
                own = named.year(None)
            elif is_same or (is_near and not named.is_year_only):
                own = year if named.year(None) == year else None
        yield moment, own
