"""Corpus → a row for each number that states a magnitude; two of them → may they be compared?"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from helpers.codebook import Codebook, read_table
from helpers.numbers import NOT_METRIC, Quantity, restore_decimals
from helpers.text import Corpus, Document, Sentence, clause_ends
from helpers.writing import as_table

from .circumstances import as_of, denominator_of, flow_of, level_of, timing_of
from .context import Named, Surroundings, of_a_change, words_around
from .indicators import name_indicator
from .tables import Indicator, pattern

_TYPES = dict.fromkeys(
    "doc city_zh city_en section sentence printed value low high best p_best unit qualifier"
    " indicator_zh indicator_en group denominator flow level as_of timing status basis reason"
    " start end quote_start quote_end quote".split(),
    "str",
)
_TYPES |= dict.fromkeys("value low high best p_best".split(), "float64")
_TYPES |= dict.fromkeys("section sentence start end quote_start quote_end".split(), "int64")


def extract_outcomes(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List every number of the briefings that states a magnitude, with what it measures and the
    clause it stands in.

    Parameters
    ----------
    corpus : Corpus
        As `read_corpus` gives it. A number that a reader settled in data/coded/readings.csv (by the
        file's SHA-256 and the offsets of the digits) carries that value with ``basis = coder`` and
        keeps its `low, high`.
    codebook : Codebook, optional
        Default: the corpus's.

    Returns
    -------
    DataFrame
        A row a number, in text order. `value` (in `unit`, multiplied out) is missing where several
        readings are left and for a range; `start, end` bound the digits and `quote_start,
        quote_end` their clause, in the raw text.

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
    rows = [
        row
        for document in corpus
        for row in _document_rows(document, corpus.decimals_read_as[document.doc])
    ]
    return as_table(rows, _TYPES)


@functools.cache
def _settled() -> dict[tuple[str, int, int], tuple[float, str]]:
    """What human readers settled: (sha256, start, end) → (value, reason)."""
    try:
        rows = read_table("coded/readings").itertuples()
    except FileNotFoundError:
        return {}
    return {
        (row.sha256, int(row.start), int(row.end)): (float(row.value), row.reason) for row in rows
    }


def _document_rows(document: Document, decimals: str) -> Iterator[tuple]:
    """The rows of one document."""
    text, sentences = document.text, document.sentences
    found = restore_decimals(
        document.quantities, text, decimals=decimals, gaps=document.gaps, codebook=document.codebook
    )
    magnitudes = [q for q in found if q.kind not in NOT_METRIC]
    starts = [s.start for s in sentences]
    rows, spans = [], []
    last_place, origin = -1, ""
    named: list[Named] = []
    clauses: list[int] = []  # the bounds of the sentence's clauses
    for i, q in enumerate(magnitudes):
        place = bisect_right(starts, q.start) - 1
        if place < 0 or sentences[place].kind != "sentence" or q.end > sentences[place].end:
            continue
        sentence = sentences[place]
        if place != last_place:
            last_place, origin, named, clauses = place, "", [], []
        words = words_around(text, sentence.start, sentence.end, magnitudes, i, named)
        if not _is_metric(q, words):
            continue
        words, origin = of_a_change(words, origin, text[q.end : q.end + 24])
        if not clauses:
            ends = clause_ends(text[sentence.start : sentence.end])
            clauses = [sentence.start, *(sentence.start + end for end in ends)]
        name = name_indicator(q, words)
        named.append(Named(q, name))
        rows.append((sentence, q, words, name))
        clause = clauses[bisect_right(clauses, q.start) - 1], clauses[bisect_left(clauses, q.end)]
        spans += [(q.start, q.end), clause]
    cited = document.cite(spans)
    for row, printed, quote in zip(rows, cited[::2], cited[1::2], strict=True):
        yield _row(document, *row, printed, quote)


def _is_metric(q: Quantity, words: Surroundings) -> bool:
    """A stretch of time is a date's frame (三年来), unless it is what was given or saved (服务时长,
    缩短5天)."""
    if q.kind == "duration":
        return q.multiplier > 1 or bool(pattern("{service_time}").search(words.near))
    return q.kind != "number" or q.multiplier > 1 or q.status != "as_printed" or bool(words.near)


def _row(
    document: Document,
    sentence: Sentence,
    q: Quantity,
    words: Surroundings,
    name: Indicator,
    printed: tuple[int, int, str],
    quote: tuple[int, int, str],
) -> tuple:
    """One row of the table, with offsets into the raw text."""
    start, end, digits = printed
    if settled := _settled().get((document.sha256, start, end)):
        value, reason = settled
        known = {"status": "restored", "basis": "coder", "reason": reason}
        q = replace(q, value=value, best=value, p_best=1.0, **known)
    place = (document.doc, document.city_zh, document.city_en, sentence.section, sentence.sentence)
    number = (q.value, q.low, q.high, q.best, q.p_best, q.unit, q.qualifier)
    said = (
        denominator_of(q, words, name.indicator),
        flow_of(words, name, document.issue_year),
        level_of(words),
        as_of(words, document.issue_year),
        timing_of(words),
    )
    judged = (q.status, q.basis, q.reason)
    return *place, digits, *number, *name[1:], *said, *judged, start, end, *quote


def comparable(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Decide which numbers of two documents may share an axis, and say why the others may not.

    Strict on purpose: where the text does not say what a number is a share of, when it holds or for
    whom, it is not assumed to be the same as elsewhere.

    Parameters
    ----------
    outcomes : DataFrame
        The result of `extract_outcomes`, or a part of it.

    Returns
    -------
    DataFrame
        A row a pair of numbers of two documents with the same indicator: `a, b` (their places in
        `outcomes`, from 0), `doc_a, doc_b, indicator_zh, indicator_en, comparable, reason`;
        `reason` names every objection, empty where there is none. In the order of the rows.

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
    table = outcomes.reset_index(drop=True).astype(object)
    by_indicator: dict[str, list] = {}
    for row in table.where(table.notna(), "").itertuples():
        by_indicator.setdefault(row.indicator_en, []).append(row)
    pairs = []
    for group in by_indicator.values():
        for a, b in itertools.combinations(group, 2):
            if a.doc != b.doc:
                objections = "; ".join(_objections(a, b))
                numbers = (a.Index, b.Index, a.doc, b.doc, a.indicator_zh, a.indicator_en)
                pairs.append((*numbers, not objections, objections))
    columns = "a b doc_a doc_b indicator_zh indicator_en comparable reason".split()
    return pd.DataFrame(sorted(pairs), columns=columns).astype({"comparable": "bool"})


_MEASURE_WORDS = dict.fromkeys("名位", "人") | dict.fromkeys("家所处座项条件", "个") | {"场": "次"}
_CIRCUMSTANCES = {
    "denominator": "what it is a part of",
    "level": "the level it holds for",
    "flow": "stock, flow, planned or assessed",
}


def _objections(a, b) -> Iterator[str]:
    """Everything that keeps two numbers from one axis."""
    if _MEASURE_WORDS.get(a.unit, a.unit) != _MEASURE_WORDS.get(b.unit, b.unit):
        yield f"different units ({a.unit or 'none'} / {b.unit or 'none'})"
    for column, words in _CIRCUMSTANCES.items():
        x, y = getattr(a, column), getattr(b, column)
        if x != y:
            yield f"{words}: {_both(x, y)}"
        elif not x and (column != "denominator" or "%" in (a.unit, b.unit)):
            yield f"{words}: not said in either"
    if a.timing != b.timing:
        yield f"before or after the supervision: {_both(a.timing, b.timing)}"
    if a.as_of != b.as_of:
        shorter, longer = sorted((a.as_of, b.as_of))
        within = shorter and longer.startswith(shorter)
        words = "dates of different precision" if within else "different dates"
        yield f"{words}: {_both(a.as_of, b.as_of)}"
    elif not a.as_of:
        yield "the date or the period: not said in either"
    for row in (a, b):
        if row.status == "ambiguous" or row.value == "":
            yield f"{row.doc} prints {row.printed}, which has no single value"
    if {a.qualifier, b.qualifier} & {"at_most", "range"} and a.qualifier != b.qualifier:
        yield f"a bound beside a value ({a.qualifier} / {b.qualifier})"


def _both(a: str, b: str) -> str:
    return f"{a or 'not said'} / {b or 'not said'}"
