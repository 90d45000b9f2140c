"""Lists the numbers of a corpus that measure something, and tells which pairs may be compared.

Use `extract_outcomes` for the table, and `comparable` before you plot two numbers on one axis.
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
from helpers.text import Corpus, Document, Sentence, clause_ends, quotable
from helpers.writing import QUOTATION, as_table

from .context import (
    Indicator,
    NumberContext,
    OutcomeWords,
    as_of,
    context_of,
    denominator_of,
    flow_of,
    level_of,
    of_a_change,
    timing_of,
)
from .indicators import IndicatorRules, Named, name_indicator

_TYPES = dict.fromkeys(
    "doc city_zh city_en section sentence printed value low high best p_best unit qualifier"
    " indicator_zh indicator_en group denominator flow level as_of timing status basis reason"
    " start end quote_start quote_end quote".split(),
    "str",
)
_TYPES |= dict.fromkeys("value low high best p_best".split(), "float64")
_TYPES |= dict.fromkeys("section sentence start end quote_start quote_end".split(), "int64")
_TYPES |= {"quote": QUOTATION}
_BATCH = 1_000  # so many numbers are held with the words around them at a time


def extract_outcomes(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List every number of the briefings that measures something, and say what it measures.

    Parameters
    ----------
    corpus : Corpus
        As `read_corpus` gives it. If data/coded/readings.csv holds the reference reading's value
        for a number, the table has this value, with ``basis = coder``; `low, high` stay as
        computed. The status is ``confirmed`` if this is the number as printed, else ``restored``.
        (The file identifies a number by the document's SHA-256 and the offsets of the digits.)
    codebook : Codebook, optional
        Defines the units, the indicators, the rules for numbers and the words expected near them.
        By default, the codebook with which the corpus was read.

    Returns
    -------
    DataFrame
        One row per number, in text order. `value` is the number in `unit`, with multipliers such as
        万 (10,000) multiplied out. It is missing for a range and for a number that can still be
        read in several ways. `start, end` are the offsets of the digits in the raw text, and
        `quote_start, quote_end` those of the clause. Of a very long clause, such as a list or the
        row of a table, the quotation holds at most 200 characters on each side of the number.

    Examples
    --------
    The first two numbers whose indicator is known (个 is a counting word):

    >>> from helpers import extract_outcomes, read_corpus
    >>> numbers = extract_outcomes(read_corpus()).query("indicator_en != ''")
    >>> numbers[["doc", "printed", "value", "unit", "indicator_en"]].head(2)
              doc printed  value unit                indicator_en
    0  000_jiyuan       ５    5.0    个            inspection teams
    1  000_jiyuan     ６００  600.0    个  deputies’ liaison stations
    """
    corpus = corpus.using(codebook)
    rows = (_document_rows(document, corpus.decimals_read_as[document.doc]) for document in corpus)
    return as_table(itertools.chain.from_iterable(rows), _TYPES)


@functools.cache
def _settled_by_readers() -> dict[tuple[str, int, int], tuple[float, str]]:
    """Return the values that the reference reading chose: (sha256, start, end) → (value, why)."""
    try:
        rows = read_table("coded/readings").itertuples()
    except FileNotFoundError:
        return {}
    return {(r.sha256, int(r.start), int(r.end)): (float(r.value), r.reason) for r in rows}


_Cited = tuple[int, int, str]  # start, end and text of a passage of the raw text


class _Magnitude(NamedTuple):
    """A number with its name, the words around it, and the offsets of the passage to quote."""

    sentence: Sentence
    q: Quantity
    context: NumberContext
    name: Indicator
    quoted: tuple[int, int]


def _document_rows(document: Document, decimals: str) -> Iterator[tuple]:
    """Yield the rows of the table for one document."""
    known = {"decimals": decimals, "gaps": document.gaps, "codebook": document.codebook}
    quantities = restore_decimals(document.quantities, document.text, **known)
    numbers = (
        number
        for sentence, places, magnitudes in _by_sentence(document, quantities)
        for number in _named_numbers(document, sentence, places, magnitudes)
    )
    while batch := list(itertools.islice(numbers, _BATCH)):
        yield from _rows(document, batch)


def _rows(document: Document, numbers: list[_Magnitude]) -> Iterator[tuple]:
    """Yield the rows of the table for some numbers of a document."""
    # one call that cites all passages is faster than one call for each passage
    spans = [(number.q.start, number.q.end) for number in numbers]
    quoted = list(dict.fromkeys(number.quoted for number in numbers))
    cited = document.cite(spans + quoted)
    # numbers with the same passage share one quotation, and a line that repeats itself holds one
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
    """Yield each sentence with numbers, the indices of these numbers in a list, and the list. The
    list also holds the number before the sentence and the number after the sentence."""
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


def _named_numbers(
    document: Document, sentence: Sentence, places: list[int], magnitudes: list[Quantity]
) -> Iterator[_Magnitude]:
    """Name the numbers of a sentence in order, since they may reuse names of earlier numbers."""
    rules, text, origin = document.codebook.once(IndicatorRules), document.text, ""
    words = rules.words
    named: list[Named] = []
    clauses: list[int] = []
    for i in places:
        q = magnitudes[i]
        context = context_of(text, sentence.start, sentence.end, magnitudes, i, words)
        if not _is_metric(q, context, words):
            continue
        context, origin = of_a_change(context, origin, text[q.end : q.end + 24], words)
        name = name_indicator(q, context, named, rules)
        named.append(Named(q, name))
        if not clauses:
            ends = clause_ends(text[sentence.start : sentence.end])
            clauses = [sentence.start, *(sentence.start + end for end in ends)]
        clause = clauses[bisect_right(clauses, q.start) - 1], clauses[bisect_left(clauses, q.end)]
        quoted = quotable(text, clause, q.start, q.end)
        yield _Magnitude(sentence, q, context, name, quoted)


def _is_metric(q: Quantity, context: NumberContext, words: OutcomeWords) -> bool:
    """Tell whether a number measures something. Most durations (“for three years”) do not."""
    if q.kind == "duration":
        return q.multiplier > 1 or bool(words.service_time.search(context.near))
    return q.kind != "number" or q.multiplier > 1 or q.status != "as_printed" or bool(context.near)


def _row(document: Document, number: _Magnitude, printed: _Cited, quote: _Cited) -> tuple:
    """Return one row of the table, with offsets into the raw text."""
    words = document.codebook.once(OutcomeWords)
    sentence, q, context, name, _ = number
    start, end, digits = printed
    if settled := _settled_by_readers().get((document.sha256, start, end)):
        value, reason = settled
        status = "confirmed" if is_as_printed(q, value) else "restored"
        known = {"status": status, "basis": "coder", "reason": reason}
        q = replace(q, value=value, best=value, p_best=1.0, **known)
    place = (document.doc, document.city_zh, document.city_en, sentence.section, sentence.sentence)
    values = (q.value, q.low, q.high, q.best, q.p_best, q.unit, q.qualifier)
    circumstances = (
        denominator_of(q, context, name.indicator, words),
        flow_of(context, name, document.issue_year, words),
        level_of(context, words),
        as_of(context, document.issue_year, words),
        timing_of(context, words),
    )
    judged = (q.status, q.basis, q.reason)
    return *place, digits, *values, *name[1:], *circumstances, *judged, start, end, *quote


def comparable(outcomes: pd.DataFrame) -> pd.DataFrame:
    """List pairs of numbers from two documents, and tell which may be plotted on one axis.

    Two numbers may not be plotted on one axis if a text does not state the date, the level of
    government or, for a share, the whole.

    Parameters
    ----------
    outcomes : DataFrame
        The result of `extract_outcomes`, or a part of it.

    Returns
    -------
    DataFrame
        One row per pair of numbers that have the same indicator and come from two documents:
        `a, b, doc_a, doc_b, indicator_zh, indicator_en, comparable, reason`. `a, b` are the row
        numbers in `outcomes`, counted from 0. The pairs are sorted by `a, b`. `reason` names every
        objection to comparing the two numbers and is empty if there is none.

    Examples
    --------
    Two cities report their inspection teams, but not for the same level and period:

    >>> from helpers import comparable, extract_outcomes, read_corpus
    >>> pair = comparable(extract_outcomes(read_corpus())).iloc[0]
    >>> print(pair["indicator_en"], bool(pair["comparable"]))
    inspection teams False
    >>> print(pair["reason"])
    the level it holds for: not said / city; the date or the period: not said in either
    """
    table = outcomes[_COMPARED].reset_index(drop=True)
    n_docs = table.groupby("indicator_en")["doc"].transform("nunique")
    table = table[n_docs > 1].astype(object)
    by_indicator: dict[str, dict[str, list]] = {}
    for row in table.where(table.notna(), "").itertuples():
        by_indicator.setdefault(row.indicator_en, {}).setdefault(row.doc, []).append(row)
    pairs = []
    for by_doc in by_indicator.values():
        # numbers of one document are never paired, however many the document has
        for numbers, others in itertools.combinations(by_doc.values(), 2):
            pairs += [_pair(a, b) for a, b in itertools.product(numbers, others)]
    columns = "a b doc_a doc_b indicator_zh indicator_en comparable reason".split()
    return pd.DataFrame(sorted(pairs), columns=columns).astype({"comparable": "bool"})


_COMPARED = (
    "doc printed value unit qualifier indicator_zh indicator_en denominator flow level as_of timing"
    " status"
).split()
# Unit → a unit that counts the same things and replaces the first unit in comparisons
_SAME_UNIT = dict.fromkeys("名位", "人") | dict.fromkeys("家所处座项条件", "个") | {"场": "次"}
_CIRCUMSTANCES = {
    "denominator": "what it is a part of",
    "level": "the level it holds for",
    "flow": "stock, flow, planned or assessed",
    "timing": "before or after the supervision",
}


def _pair(a, b) -> tuple:
    """Return the row of `comparable` for two numbers. The number that comes first is `a`."""
    a, b = sorted((a, b), key=lambda row: row.Index)
    objections = "; ".join(_objections(a, b))
    numbers = (a.Index, b.Index, a.doc, b.doc, a.indicator_zh, a.indicator_en)
    return *numbers, not objections, objections


def _objections(a, b) -> Iterator[str]:
    """Yield every reason why two numbers may not be plotted on one axis."""
    if _SAME_UNIT.get(a.unit, a.unit) != _SAME_UNIT.get(b.unit, b.unit):
        yield f"different units ({a.unit or 'none'} / {b.unit or 'none'})"
    yield from _different_circumstances(a, b)
    yield from _different_dates(a.as_of, b.as_of)
    for row in (a, b):
        if row.status == "ambiguous" or row.value == "":
            yield f"{row.doc} prints {row.printed}, which has no single value"
    if {a.qualifier, b.qualifier} & {"at_most", "range"} and a.qualifier != b.qualifier:
        yield f"a bound beside a value ({a.qualifier} / {b.qualifier})"


def _different_circumstances(a, b) -> Iterator[str]:
    must_be_said = {"level", "flow"} | ({"denominator"} if "%" in (a.unit, b.unit) else set())
    for column, meaning in _CIRCUMSTANCES.items():
        x, y = getattr(a, column), getattr(b, column)
        if x != y:
            yield f"{meaning}: {_both(x, y)}"
        elif not x and column in must_be_said:
            yield f"{meaning}: not said in either"


def _different_dates(a: str, b: str) -> Iterator[str]:
    if a != b:
        shorter, longer = sorted((a, b))
        is_within = shorter and longer.startswith(shorter)
        difference = "dates of different precision" if is_within else "different dates"
        yield f"{difference}: {_both(a, b)}"
    elif not a:
        yield "the date or the period: not said in either"


def _both(a: str, b: str) -> str:
    return f"{a or 'not said'} / {b or 'not said'}"
