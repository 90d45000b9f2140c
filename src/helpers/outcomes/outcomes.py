"""Corpus → one row for each number that states a magnitude; two of them → whether they may be compared."""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Iterator

import pandas as pd

from helpers.codebook import read_table
from helpers.numbers import NOT_METRIC, Quantity, restore_decimals
from helpers.text import Corpus, Document, clause_ends
from helpers.writing import as_table

from .circumstances import as_of, denominator_of, flow_of, level_of, timing_of
from .context import Named, Surroundings, of_a_change, words_around
from .indicators import name_indicator
from .tables import Indicator, pattern

_TYPES = {
    "doc": "str",
    "city_zh": "str",
    "city_en": "str",
    "section": "int64",
    "sentence": "int64",
    "printed": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "best": "float64",
    "p_best": "float64",
    "unit": "str",
    "qualifier": "str",
    "indicator_zh": "str",
    "indicator_en": "str",
    "group": "str",
    "denominator": "str",
    "flow": "str",
    "level": "str",
    "as_of": "str",
    "timing": "str",
    "status": "str",
    "basis": "str",
    "reason": "str",
    "start": "int64",
    "end": "int64",
    "quote_start": "int64",
    "quote_end": "int64",
    "quote": "str",
}
_PAIR_COLUMNS = ["a", "b", "doc_a", "doc_b", "indicator_zh", "indicator_en", "comparable", "reason"]


def extract_outcomes(corpus: Corpus) -> pd.DataFrame:
    """List every number of the briefings that states a magnitude, with what it measures and the
    clause it stands in.

    Parameters
    ----------
    corpus : Corpus
        As `read_corpus` gives it. A number that a reader settled in data/coded/readings.csv (by the
        file's SHA-256 and the offsets of the digits) carries that value with ``basis = coder`` and
        keeps its `low, high`.

    Returns
    -------
    DataFrame
        A row a number, in text order. `value` (in `unit`, multiplied out) is missing where several
        readings are left and for a range; `start, end` bound the digits and `quote_start,
        quote_end` their clause, in the raw text.
    """
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
    found = restore_decimals(document.quantities, text, decimals=decimals, gaps=document.gaps)
    starts = [s.start for s in sentences]
    clauses: dict[int, list[int]] = {}
    magnitudes = [q for q in found if q.kind not in NOT_METRIC]
    named: list[Named] = []
    rows, spans = [], []
    last_place, origin = -1, ""
    for i, q in enumerate(magnitudes):
        place = bisect.bisect_right(starts, q.start) - 1
        if place < 0 or sentences[place].kind != "sentence" or q.end > sentences[place].end:
            continue
        sentence = sentences[place]
        if place != last_place:
            last_place, origin, named = place, "", []
        words = words_around(text, sentence.start, sentence.end, magnitudes, i, named)
        if not _is_metric(q, words):
            continue
        words, origin = of_a_change(words, origin, text[q.end : q.end + 24])
        if place not in clauses:
            clauses[place] = [
                sentence.start + end for end in clause_ends(text[sentence.start : sentence.end])
            ]
        edges = clauses[place]
        before, after = bisect.bisect_right(edges, q.start), bisect.bisect_left(edges, q.end)
        first, last = (
            edges[before - 1] if before else sentence.start,
            edges[min(after, len(edges) - 1)],
        )
        name = name_indicator(q, words)
        named.append(Named(q, name))
        rows.append((sentence, q, words, name))
        spans += [(q.start, q.end), (first, last)]
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
    sentence,
    q: Quantity,
    words: Surroundings,
    name: Indicator,
    printed: tuple,
    quote: tuple,
) -> tuple:
    """One row of the table, with offsets into the raw text."""
    start, end, digits = printed
    value, best, p_best, status, basis, reason = (
        q.value,
        q.best,
        q.p_best,
        q.status,
        q.basis,
        q.reason,
    )
    if (key := (document.sha256, start, end)) in _settled():
        value, reason = _settled()[key]
        best, p_best, status, basis = value, 1.0, "restored", "coder"
    return (
        document.doc,
        document.city_zh,
        document.city_en,
        sentence.section,
        sentence.sentence,
        digits,
        value,
        q.low,
        q.high,
        best,
        p_best,
        q.unit,
        q.qualifier,
        name.zh,
        name.en,
        name.group,
        denominator_of(q, words, name.indicator),
        flow_of(words, name, document.issue_year),
        level_of(words),
        as_of(words, document.issue_year),
        timing_of(words),
        status,
        basis,
        reason,
        start,
        end,
        *quote,
    )


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
    """
    table = outcomes.reset_index(drop=True).astype(object)
    rows = list(table.where(table.notna(), "").itertuples())
    by_indicator: dict[str, list] = {}
    for row in rows:
        by_indicator.setdefault(row.indicator_en, []).append(row)
    pairs = []
    for group in by_indicator.values():
        for a, b in itertools.combinations(group, 2):
            if a.doc != b.doc:
                objections = list(_objections(a, b))
                pairs.append(
                    (
                        a.Index,
                        b.Index,
                        a.doc,
                        b.doc,
                        a.indicator_zh,
                        a.indicator_en,
                        not objections,
                        "; ".join(objections),
                    )
                )
    return pd.DataFrame(sorted(pairs), columns=_PAIR_COLUMNS).astype({"comparable": "bool"})


_MEASURE_WORDS = {
    word: kind
    for kind, words in {"人": "名位", "个": "家所处座项条件", "次": "场"}.items()
    for word in words
}
_SILENT = {
    "denominator": "what it is a part of",
    "level": "the level it holds for",
    "flow": "stock, flow, planned or assessed",
}


def _objections(a, b) -> Iterator[str]:
    """Everything that keeps two numbers from one axis."""
    if _MEASURE_WORDS.get(a.unit, a.unit) != _MEASURE_WORDS.get(b.unit, b.unit):
        yield f"different units ({a.unit or 'none'} / {b.unit or 'none'})"
    for column, words in _SILENT.items():
        x, y = getattr(a, column), getattr(b, column)
        if x != y:
            yield f"{words}: {x or 'not said'} / {y or 'not said'}"
        elif not x and (column != "denominator" or "%" in (a.unit, b.unit)):
            yield f"{words}: not said in either"
    if a.timing != b.timing:
        yield (
            f"before or after the supervision: {a.timing or 'not said'} / {b.timing or 'not said'}"
        )
    if a.as_of != b.as_of:
        precision = (
            a.as_of and b.as_of and (a.as_of.startswith(b.as_of) or b.as_of.startswith(a.as_of))
        )
        words = "dates of different precision" if precision else "different dates"
        yield f"{words}: {a.as_of or 'not said'} / {b.as_of or 'not said'}"
    elif not a.as_of:
        yield "the date or the period: not said in either"
    for row in (a, b):
        if row.status == "ambiguous" or row.value == "":
            yield f"{row.doc} prints {row.printed}, which has no single value"
    if {a.qualifier, b.qualifier} & {"at_most", "range"} and a.qualifier != b.qualifier:
        yield f"a bound beside a value ({a.qualifier} / {b.qualifier})"
