"""A clause of a briefing → who passes something to whom: orders, reports, problem lists, opinions.

Use this module to see which bodies a congress tells of the results of its supervision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, Document
from helpers.writing import QUOTATION, as_table

from .act_patterns import ActPatterns
from .actors import LOWER_CONGRESSES
from .authorities import named_pattern, told_clauses

_COLUMNS: dict[str, object] = dict.fromkeys(
    "doc city_zh city_en route source target results verb_zh verb_en".split(), "str"
) | dict.fromkeys("anchored own_clause below start end".split(), "Int64")
_COLUMNS |= {"quote": QUOTATION}
_SILENT = (*[""] * 6, *[pd.NA] * 5, None)  # the row of a document without any route


class Clause(NamedTuple):
    """A clause that tells of an instrument (`code`), of a relation to an authority, or of neither.

    `start, end` are offsets into the clean text. `is_pinned` tells whether a date, number or name
    in the clause pins down what was done.
    """

    sentence: int
    start: int
    end: int
    text: str
    is_pinned: bool
    code: str = ""
    relation: str = ""
    relation_to: str = ""
    modality: str = "unmarked"
    mention: str = "own_clause"
    actor: str = ""
    is_present: bool = True  # False for a clause of an instrument that the matrix does not hold

    @property
    def is_act(self) -> bool:
        """Tell whether something was done, and not only arranged, scheduled or called for."""
        return self.modality in ("done", "unmarked")


class Route(NamedTuple):
    """A row of routes.csv. The patterns `words` and `excludes` are None where the cell is empty."""

    route: str
    source: str
    target: str
    results: str
    zh: str
    en: str
    code: str
    relation: str
    relation_to: str
    words: re.Pattern[str] | None
    excludes: re.Pattern[str] | None

    def fits(self, clause: Clause) -> bool:
        """Tell whether something takes this route in a clause."""
        if self[6:9] != (clause.code, clause.relation, clause.relation_to):
            return False
        return self.is_worded_in(clause.text)

    def is_worded_in(self, text: str) -> bool:
        """Tell whether a text has the words that the route needs, and none that rule it out."""
        if self.words and not self.words.search(text):
            return False
        return not (self.excludes and self.excludes.search(text))


class RouteBook:
    """The rows of routes.csv. ``codebook.once(RouteBook)`` builds their patterns only once."""

    def __init__(self, codebook: Codebook) -> None:
        plain = "route source target results zh en code relation relation_to".split()
        rows = codebook.routes[[*plain, "words", "excludes"]].itertuples(index=False, name=None)
        self.routes = [
            Route(*cells, *(named_pattern(cell, codebook) if cell else None for cell in patterns))
            for *cells, patterns in ((*row[:-2], row[-2:]) for row in rows)
        ]
        # routes that no instrument and no relation shows, such as publishing a result
        self.by_words = [one for one in self.routes if not (one.code or one.relation)]
        self.patterns = codebook.once(ActPatterns)


def routes(
    corpus: Corpus,
    matrix: pd.DataFrame,
    evidence: pd.DataFrame,
    relations: pd.DataFrame,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """List the clauses in which one body passes something to another.

    Parameters
    ----------
    corpus : Corpus
    matrix, evidence, relations : DataFrame
        The tables of `approach_matrix`, `approach_evidence` and `relations` for this corpus. An
        instrument that the matrix does not call present makes no route.
    codebook : Codebook, optional
        Its table `routes` says which instrument, relation or words make which route. Default: the
        codebook with which the corpus was read.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, route, source, target, results, verb_zh, verb_en, anchored,
        own_clause, below, start, end, quote`, in the order of the corpus, then of the text. A
        clause has one row per pair of source and target. A document without any route has one row
        in which `route` and all columns after it are empty.

        - `source`, `target`: `province`, `party`, `congress`, `government`, `lower` (congresses of
          counties and townships), `deputies` or `public`. `congress` is the congress that reports.
        - `results`: `yes` if what is passed on is a result of the supervision: a problem list, an
          opinion, a rating, the state of rectification, or a report on the supervision.
        - `anchored`: 1 if the act was done, and a date, number or name pins it down.
        - `own_clause`: 0 for an item of a list, such as `听取汇报` in `听取汇报、座谈等方式`, "by
          hearing reports, discussions and other means".
        - `below`: 1 if a congress of a county or township did the act.

    Examples
    --------
    >>> from helpers import read_corpus, study_of
    >>> table = study_of(read_corpus()).routes
    >>> to_party = table[(table["target"] == "party") & (table["anchored"] == 1)]
    >>> to_party[["doc", "verb_en", "quote"]].head(1).values.tolist()
    [['000_jiyuan', 'reported ratings', '并将测评结果向市委报告']]
    """
    book = (codebook or corpus.codebook).once(RouteBook)
    acts = evidence.merge(matrix[["doc", "code", "present"]], on=["doc", "code"])
    rows: list[tuple] = []
    for document in corpus:
        of_document = (table[table["doc"] == document.doc] for table in (acts, relations))
        own = list(_rows(document, book, *of_document))
        city = document.doc, document.city_zh, document.city_en
        rows += [(*city, *row) for row in own or [_SILENT]]
    return as_table(rows, _COLUMNS)


def _rows(
    document: Document, book: RouteBook, evidence: pd.DataFrame, relations: pd.DataFrame
) -> Iterator[tuple]:
    """Yield the rows of one document, in text order, without the names of the document."""
    acts = list(_acts(document, evidence))
    others = [*_related(document, book, relations), *_worded(document, book)]
    clauses = [*acts, *(_with_its_act(clause, acts) for clause in others)]
    routed: dict[tuple[int, str, str], tuple[Clause, Route]] = {}
    for route in book.routes:
        for clause in clauses:
            is_told = clause.is_present and clause.modality != "called_for"
            if is_told and route.fits(clause):
                # where two routes show the same arrow, the first row of the table names the act
                key = clause.start, route.source, route.target
                routed.setdefault(key, (clause, route))
    for clause, route in sorted(routed.values(), key=lambda pair: pair[0].start):
        is_pinned = _is_pinned_down(document, book, clause)
        if route.results == "yes":
            is_pinned = is_pinned or _is_pinned_before(clause, acts)
        is_own = clause.mention == "own_clause"
        is_below = clause.actor in LOWER_CONGRESSES and "lower" not in (route.source, route.target)
        flags = int(is_pinned and clause.is_act), int(is_own), int(is_below)
        yield *route[:6], *flags, *document.cite([(clause.start, clause.end)])[0]


def _acts(document: Document, evidence: pd.DataFrame) -> Iterator[Clause]:
    """Yield the clauses of one document that tell of an instrument. Formulas tell of no act."""
    for row in evidence[evidence["mention"] != "formula"].itertuples():
        is_pinned = bool(row.when or row.how_many or row.named)
        told = {"code": row.code, "modality": row.modality, "mention": row.mention}
        told |= {"actor": row.actor, "is_present": row.present == 1}
        yield Clause(*_span(document, row), is_pinned, **told)


def _related(document: Document, book: RouteBook, relations: pd.DataFrame) -> Iterator[Clause]:
    """Yield the clauses of one document that tell of a relation to an authority."""
    for row in relations.itertuples():
        sentence, start, end, text = _span(document, row)
        is_pinned = _has_number_or_name(book, text)
        to = {"relation": row.relation, "relation_to": row.relation_to}
        yield Clause(sentence, start, end, text, is_pinned, **to)


def _worded(document: Document, book: RouteBook) -> Iterator[Clause]:
    """Yield the clauses of one document that have the words of a route without code."""
    for sentence, start, end in told_clauses(document):
        text = document.text[start:end]
        if any(route.is_worded_in(text) for route in book.by_words):
            yield Clause(sentence.sentence, start, end, text, _has_number_or_name(book, text))


def _span(document: Document, row: Any) -> tuple[int, int, int, str]:
    """Return the sentence of a row of evidence, and start, end and text of its clause, as they are
    in the clean text."""
    start, end = np.searchsorted(document.offsets, [row.start, row.end]).tolist()
    return row.sentence, start, end, document.text[start:end]


def _has_number_or_name(book: RouteBook, text: str) -> bool:
    patterns = book.patterns
    return bool(patterns.counted.search(text) or patterns.named_thing.search(text))


def _with_its_act(clause: Clause, acts: Iterable[Clause]) -> Clause:
    """Return a clause with the actor of the last instrument in its sentence so far. If the clause
    itself tells of an instrument, it gets the modality and the mention of this instrument, too.
    A clause without an instrument counts as done."""
    so_far = [a for a in acts if a.sentence == clause.sentence and a.start <= clause.start]
    if so_far:
        clause = clause._replace(actor=so_far[-1].actor)
    if same := [act for act in so_far if act.start == clause.start]:
        act = min(same, key=lambda act: (act.mention != "own_clause", not act.is_act))
        clause = clause._replace(modality=act.modality, mention=act.mention)
    return clause


def _is_pinned_down(document: Document, book: RouteBook, clause: Clause) -> bool:
    """Tell whether a clause has a number or name, or a date stands in it or before it in the
    sentence."""
    begin = document.sentences[clause.sentence - 1].start
    return clause.is_pinned or bool(book.patterns.act_date.search(document.text, begin, clause.end))


def _is_pinned_before(clause: Clause, acts: Iterable[Clause]) -> bool:
    """Tell whether an instrument before a clause in its sentence is pinned down.

    What is passed on is often pinned down one clause before. In `形成57条意见问题清单,交市政府`,
    "drew up a list of 57 problems, handed it to the government", the 57 stand in the first clause.
    """
    before = (act for act in acts if act.sentence == clause.sentence and act.start < clause.start)
    return any(act.is_pinned and act.is_act for act in before)
