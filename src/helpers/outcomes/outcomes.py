"""Lists the numbers of a corpus that measure something, and says what each of them measures.

`extract_outcomes` returns a table with one row per number.
"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from helpers.codebook import Codebook, read_table
from helpers.numbers import NOT_METRIC, Quantity, is_as_printed, restore_decimals
from helpers.text import Corpus, Document, Sentence, clause_ends, quotable, takes_corpus
from helpers.writing import QUOTATION, as_table

from .circumstances import (
    AHEAD,
    PROBLEMS,
    Completion,
    Number,
    Told,
    direction_of,
    flow_of,
    group_of,
    stage_of,
    state_of,
    timing_of,
)
from .context import (
    PEOPLE,
    POPULATIONS,
    NumberContext,
    OutcomeWords,
    context_of,
    denominator_of,
    of_a_change,
    residents_of,
)
from .indicator_table import IndicatorRules
from .indicators import name_indicator
from .levels import Levels
from .naming import Named
from .periods import NONE, Asked, DateWords, Period, in_short, period_of, times_of
from .phrases import Phrases

_TYPES = dict.fromkeys(
    "doc city_zh city_en section sentence printed value low high best p_best unit qualifier"
    " direction indicator indicator_zh indicator_en group denominator flow state doc_level level"
    " as_of timing"
    " as_of_from as_of_to status basis reason start end quote_start quote_end quote".split(),
    "str",
)
_TYPES |= dict.fromkeys("value low high best p_best".split(), "float64")
_TYPES |= dict.fromkeys("section sentence start end quote_start quote_end".split(), "int64")
_TYPES |= {"quote": QUOTATION}
_REMEMBERED = 12  # Earlier numbers that are remembered for the name of a later number.
_BATCH = 1_000  # Numbers that are held in memory at a time, with the words around them.


@takes_corpus
def extract_outcomes(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List every number of the briefings that measures something, and say what it measures.

    Parameters
    ----------
    corpus : Corpus
        A corpus as `read_corpus` returns it. If data/coded/readings.csv holds the reference
        reading's value for a number, the table has this value, with ``basis = coder``; `low, high`
        stay as computed. The status is ``confirmed`` if the reference reading's value is the number
        as printed, else ``restored``. The file readings.csv identifies a number by the document's
        SHA-256 and the offsets of the digits.
    codebook : Codebook, optional
        The codebook with the units, the indicators, the rules for numbers and the words expected
        near numbers. By default, the codebook with which the corpus was read.

    Returns
    -------
    DataFrame
        One row per number, in text order: `doc, city_zh, city_en, section, sentence, printed,
        value, low, high, best, p_best, unit, qualifier, direction, indicator, indicator_zh,
        indicator_en, group, denominator, flow, state, level, as_of, timing, as_of_from, as_of_to,
        status, basis, reason, start, end, quote_start, quote_end, quote`.

        - `value` is the number in `unit`, with multipliers such as 万 (10,000) multiplied out.
          `value` is missing for a range and for a number that can still be read in several ways.
        - `direction`: `up` or `down` for an amount by which something rose or fell, was added or
          lost. A level that was reached has no direction.
        - `indicator` tells what is counted, whatever its state or level. `indicator_zh` and
          `indicator_en` are full names, with the state, and with the level unless it is the
          document's own.
        - `group`: `context`, `effort`, `output` or `outcome`; `flow`: `stock` or `flow`.
        - `state`: the state of completion by completion.csv, from `planned` to `in_use`; for
          problems, `assigned` or `rectified`.
        - `level`: the level of who acts or assigns, or of the place counted: `province`, `city`,
          `county`, `township`, `institution`, or `several` for bodies of several levels together.
        - `timing`: `before` the campaign, `during` it, or only `planned`.
        - `as_of_from, as_of_to`: the first and the last date for which the number holds, as ISO
          dates as exact as the text; `as_of` joins both dates.
        - `start, end` are the offsets of the digits in the raw text, and `quote_start, quote_end`
          the offsets of the clause. The quotation of a very long clause, such as a list or the row
          of a table, holds at most 200 characters on each side of the number.

    Examples
    --------
    The province assigned problems to two cities; one city says how many were rectified:

    >>> from helpers import extract_outcomes, read_corpus
    >>> numbers = extract_outcomes(read_corpus()).query("level == 'province'")
    >>> numbers[["doc", "value", "indicator", "state"]].reset_index(drop=True)
                 doc  value           indicator        state
    0     000_jiyuan    2.0        problem_list     assigned
    1  001_sanmenxia    3.0        problem_list     assigned
    2  001_sanmenxia    2.0  problems_rectified    rectified
    3  001_sanmenxia    1.0       problems_open  in_progress
    """
    corpus = corpus.using(codebook)
    rows = (_document_rows(document, corpus.decimals_read_as[document.doc]) for document in corpus)
    return as_table(itertools.chain.from_iterable(rows), _TYPES)


@functools.cache
def _settled_by_readers() -> dict[tuple[str, int, int], tuple[float, str]]:
    """Return the values that the reference reading chose: hash of the document, start and end of
    the digits → value and reason."""
    try:
        rows = read_table("coded/readings").itertuples()
    except FileNotFoundError:
        return {}
    return {(r.sha256, int(r.start), int(r.end)): (float(r.value), r.reason) for r in rows}


_Cited = tuple[int, int, str]  # start, end and text of a passage of the raw text


class _Reading(NamedTuple):
    """What the text says of a number: the columns of the table between `qualifier` and `status`."""

    direction: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    group: str
    denominator: str
    flow: str
    state: str
    doc_level: str
    level: str
    as_of: str
    timing: str
    as_of_from: str
    as_of_to: str


class _Magnitude(NamedTuple):
    """A number, what the text says of it, and the offsets of the passage to quote."""

    sentence: Sentence
    q: Quantity
    reading: _Reading
    quoted: tuple[int, int]


def _document_rows(document: Document, decimals: str) -> Iterator[tuple]:
    """Yield the rows of the table for one document."""
    known = {"decimals": decimals, "gaps": document.gaps, "codebook": document.codebook}
    quantities = restore_decimals(document.quantities, document.text, **known)
    reader = _Reader(document)
    numbers = (
        number
        for sentence, places, magnitudes in _by_sentence(document, quantities)
        for number in reader.read(sentence, places, magnitudes)
    )
    while batch := list(itertools.islice(numbers, _BATCH)):
        yield from _rows(document, batch)


def _rows(document: Document, numbers: list[_Magnitude]) -> Iterator[tuple]:
    """Yield the rows of the table for some numbers of a document."""
    # one call that cites all passages is faster than one call for each passage
    spans = [(number.q.start, number.q.end) for number in numbers]
    quoted = list(dict.fromkeys(number.quoted for number in numbers))
    cited = document.cite(spans + quoted)
    # numbers with the same passage share one quotation, and equal quotations share one string
    texts: dict[str, str] = {}
    quotes = {
        span: (start, end, texts.setdefault(text, text))
        for span, (start, end, text) in zip(quoted, cited[len(spans) :], strict=True)
    }
    for number, printed in zip(numbers, cited, strict=False):
        yield _row(document, number, printed, quotes[number.quoted])


def _by_sentence(
    document: Document, quantities: Iterable[Quantity]
) -> Iterator[tuple[Sentence, list[int], list[Quantity]]]:
    """Yield each sentence with numbers, a list of numbers, and the indices of the sentence's
    numbers in this list. The list also holds the numbers before and after the sentence."""
    sentences = document.sentences
    starts = [sentence.start for sentence in sentences]
    magnitudes = (q for q in quantities if q.kind not in NOT_METRIC)
    groups = itertools.groupby(magnitudes, lambda q: bisect_right(starts, q.start) - 1)
    held = ((number, list(group)) for number, group in groups)
    before: list[Quantity] = []
    for (number, group), (_, after) in itertools.pairwise(itertools.chain(held, [(-1, [])])):
        if number >= 0 and sentences[number].kind == "sentence":
            sentence, nearby = sentences[number], [*before, *group, *after[:1]]
            inside = range(len(before), len(before) + len(group))
            yield sentence, [i for i in inside if nearby[i].end <= sentence.end], nearby
        before = group[-1:]


class _Reader:
    """Reads the numbers of one document in text order: a number can depend on earlier ones."""

    def __init__(self, document: Document) -> None:
        codebook = document.codebook
        self._document = document
        self._rules, self._phrases = codebook.once(IndicatorRules), codebook.once(Phrases)
        self._words, self._completion = self._rules.words, codebook.once(Completion)
        self._dates, self._times = codebook.once(DateWords), times_of(document)
        self._paragraphs: dict[int, int] = {}  # Number of a paragraph → where the paragraph begins.
        for sentence in document.sentences:
            self._paragraphs.setdefault(sentence.paragraph, sentence.start)
        # `_problems`, `_sentence` and `_year` hold the index of a paragraph and, of this paragraph,
        # the numbers of problems, the numbers of the last sentence, and the year named last.
        # `_whole` holds the index of a sentence and the whole of the last share in this sentence.
        # `_people` holds the index of a sentence and the dates and residents of its last people.
        self._problems: tuple[int, tuple[Named, ...]] = (-1, ())
        self._whole: tuple[int, str] = (-1, "")
        self._sentence: tuple[int, tuple[Named, ...]] = (-1, ())
        self._year: tuple[int, int | None] = (-1, None)
        self._people: tuple[int, Period, str] = (-1, NONE, "")

    @functools.cached_property
    def _levels(self) -> Levels:
        return Levels(self._document, self._words)

    def read(
        self, sentence: Sentence, places: list[int], magnitudes: list[Quantity]
    ) -> Iterator[_Magnitude]:
        """Yield the numbers of a sentence with what the text says of them."""
        text, words, origin = self._document.text, self._words, ""
        begin = max(self._paragraphs[sentence.paragraph], sentence.start - 300)
        paragraph = text[begin : sentence.start]
        paragraph_of, earlier = self._sentence
        earlier = earlier if paragraph_of == sentence.paragraph else ()
        named: list[Named] = []
        told: list[Told] = []
        clauses: list[int] = []
        for i in places:
            q = magnitudes[i]
            context = context_of(text, sentence.start, sentence.end, magnitudes, i, words)
            if not _is_metric(q, context, words):
                continue
            context, origin = of_a_change(context, origin, text[q.end : q.end + 24], words)
            context = context._replace(paragraph=paragraph)
            paragraph_of, problems = self._problems
            problems = problems if paragraph_of == sentence.paragraph else ()
            name = name_indicator(q, context, named, self._rules, problems, earlier)
            named.append(Named(q, name))
            if name.base in PROBLEMS:
                self._problems = sentence.paragraph, (*problems[-_REMEMBERED:], named[-1])
            reading = self._reading(sentence, Number(q, name, context, told, words))
            if not clauses:
                ends = clause_ends(text[sentence.start : sentence.end])
                clauses = [sentence.start, *(sentence.start + end for end in ends)]
            first, last = bisect_right(clauses, q.start) - 1, bisect_left(clauses, q.end)
            quoted = quotable(text, (clauses[first], clauses[last]), q.start, q.end)
            yield _Magnitude(sentence, q, reading, quoted)
        self._sentence = sentence.paragraph, tuple(named[-_REMEMBERED:])

    def _reading(self, sentence: Sentence, number: Number) -> _Reading:
        """Return all that the text says of a number, and add the number to `number.told`."""
        q, name, context = number.q, number.name, number.context
        stage = stage_of(number, self._completion)
        this = Told(q, name, direction_of(number), stage, state_of(number, stage))
        whose = self._levels.whose(number, sentence)
        level = whose.level
        period = self._period(sentence, number, this)
        this = this._replace(state=this.state or self._state_ahead(period))
        group = group_of(number, level)
        flow = flow_of(number, this, level, group)
        if group == "output" and flow == "stock" and not this.state and not context.place:
            group = "context"  # a mere stock existed before the supervision
        denominator = denominator_of(q, context, name.indicator, self._words)
        denominator = self._of_share(sentence, q, denominator)
        of_share, indicator = name.base == "share_of_elderly", name.base
        if of_share or indicator in PEOPLE | POPULATIONS:
            period, residents = self._of_people(sentence, context, period)
            residents = denominator if of_share else residents
            denominator = residents if indicator not in POPULATIONS else ""
        timing = timing_of(number, this, period, self._times.supervised, group, level)
        zh, en = self._phrases.full_name(number, this, whose, group)
        number.told.append(this)
        names = (this.direction, name.indicator, zh, en, group, denominator, flow, this.state)
        return _Reading(*names, whose.own, level, in_short(period), timing, *period)

    def _state_ahead(self, period: Period) -> str:
        """Return `planned` if a number holds only after the year of the supervision."""
        year = self._times.supervised
        return "planned" if period[0] and year and int(period[0][:4]) > year else ""

    def _period(self, sentence: Sentence, number: Number, this: Told) -> Period:
        """Return the dates between which a number holds."""
        is_change = bool(this.direction) or number.q.kind == "change"
        if self._year[0] != sentence.paragraph:
            self._year = sentence.paragraph, None
        asked = Asked(
            is_change=is_change,
            is_planned=this.state in AHEAD,
            nth=sum(one.quantity.kind == "change" for one in number.told[-_REMEMBERED:]),
            year=self._year[1],
        )
        period = period_of(number.context, self._times, self._dates, asked)
        if period[1] and not is_change:
            self._year = sentence.paragraph, int(period[1][:4])
        return period

    def _of_share(self, sentence: Sentence, q: Quantity, denominator: str) -> str:
        """Return the denominator of a share or of a change. A change without a denominator takes
        that of the last share in its sentence: 入住率54.6%,上升5.4个百分点, "occupancy 54.6%, up by
        5.4 points"."""
        place, whole = self._whole
        if q.kind == "change" and not denominator and place == sentence.sentence:
            return whole
        if q.kind == "share":
            self._whole = sentence.sentence, denominator
        return denominator

    def _of_people(
        self, sentence: Sentence, context: NumberContext, period: Period
    ) -> tuple[Period, str]:
        """Carry the date and the kind of residents over to the numbers of people that follow in the
        next sentence: 户籍人口…。高龄老人约20万人, "registered … 200,000 are very old"."""
        last, known, residents = self._people
        own = residents_of(context, self._words)
        if sentence.sentence - last <= 1:
            period, own = (known if period == NONE else period), own or residents
        self._people = sentence.sentence, period, own
        return period, own


def _is_metric(q: Quantity, context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a number measures something. Most durations (“for three years”) do not."""
    if q.kind == "duration":
        return q.multiplier > 1 or bool(words.service_time.search(context.near))
    return q.kind != "number" or q.multiplier > 1 or q.status != "as_printed" or bool(context.near)


def _row(document: Document, number: _Magnitude, printed: _Cited, quote: _Cited) -> tuple:
    """Return one row of the table, with offsets into the raw text."""
    sentence, q, reading, _ = number
    start, end, digits = printed
    if settled := _settled_by_readers().get((document.sha256, start, end)):
        value, reason = settled
        status = "confirmed" if is_as_printed(q, value) else "restored"
        known = {"status": status, "basis": "coder", "reason": reason}
        q = replace(q, value=value, best=value, p_best=1.0, **known)
    place = (document.doc, document.city_zh, document.city_en, sentence.section, sentence.sentence)
    values = (q.value, q.low, q.high, q.best, q.p_best, q.unit, q.qualifier)
    judged = (q.status, q.basis, q.reason)
    return *place, digits, *values, *reading, *judged, start, end, *quote
