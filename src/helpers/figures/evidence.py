"""Write the matrix of instruments as HTML: a table that shows which document mentions which
instrument of supervision. Each filled cell is a link to the quotations that mention the instrument.
Two web pages, the reading copy and the explorer, show this table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from helpers.codebook import Codebook, shared_codebook
from helpers.escaping import escape
from helpers.labels import text_of
from helpers.text import Corpus

from .markup import city_of, fill_template, place_words
from .style import say

ANCHORS = ("when", "how_many", "named")  # what can pin an act down
PER_PAGE = 10  # the most documents in one table; a larger corpus gets several tables
Names = dict[str, tuple[str, str]]  # for each id, a Chinese and an English name


def evidence_pages(
    matrix: pd.DataFrame, evidence: pd.DataFrame, documents: pd.DataFrame, **options: Any
) -> list[str]:
    """Write a table of documents and instruments of supervision as several HTML texts, each with up
    to ten documents. The parameters are those of `evidence_html`."""
    docs, pages = list(dict.fromkeys(matrix["doc"])), []
    for first in range(0, len(docs), PER_PAGE):
        shown = docs[first : first + PER_PAGE]
        tables = (table[table["doc"].isin(shown)] for table in (matrix, evidence, documents))
        pages.append(evidence_html(*tables, **options))
    return pages


def evidence_html(
    matrix: pd.DataFrame,
    evidence: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    codebook: Codebook | None = None,
    link: Callable[[str, int], str] | None = None,
    places: Mapping[tuple[str, int], Mapping[str, Any]] | None = None,
    unfolded: bool = False,
) -> Markup:
    """Write a table of documents and instruments of supervision as HTML, with quotations below.

    Each filled cell is a link to the quotations in which the document mentions the instrument.
    These quotations are hidden until a reader follows the link.

    Parameters
    ----------
    matrix, evidence : DataFrame
        The results of `approach_matrix` and `approach_evidence`. The matrix may have a column
        `disagree`, which says where the rules contradict the reference reading.
    documents : DataFrame
        A table with `doc, city_zh, city_en`. The HTML shows the documents in the same order.
    codebook : Codebook, optional
        Where the names of stages, states and actors come from; default: the shared codebook.
    link : callable, optional
        Takes a document and an offset in its raw text; returns the address of that place.
    places : dict, optional
        Section title and page of a quotation, where known. Keys are (document, offset in its raw
        text), values are `{"title": section title, "page": page}`.
    unfolded : bool
        True to show the quotations from the start.
    """
    if matrix.empty:
        return Markup("<p>{}</p>").format(say("evidence.empty", "en zh"))
    texts = text_of("text/figure_labels")
    names = (codebook or shared_codebook()).names
    stages, states, actors = names("stages"), names("states"), names("actor_kinds")
    stages |= names("strands")

    def where(quote: Any) -> str:
        place = (places or {}).get((quote.doc, quote.start), {})
        page, title = place.get("page"), place.get("title")
        return f"{quote.doc}, {place_words(quote.section, quote.sentence, page, title=title)}"

    def facts(quote: Any) -> list[tuple[str, str]]:
        """Return who acts, whether the act is done or planned, and how concretely this is told."""
        known = ((actors, quote.actor), (states, quote.state))
        named = [names.get(value, (value, value)) for names, value in known if escape(value)]
        anchors = [name for name in ANCHORS if str(getattr(quote, name)) == "1"]
        told = [quote.modality, quote.mention, *anchors]
        return named + [texts.both(f"evidence.{word}") for word in told if escape(word)]

    rows = {(row.doc, row.code): row for row in matrix.itertuples()}
    quotes = defaultdict(list)
    for quote in evidence.itertuples():
        quotes[quote.doc, quote.code].append(quote)
    cities = city_of(documents)
    cells = {
        code: [
            _Cell(city, rows.get((doc, code)), quotes[doc, code], f"cell-{number}-{code}")
            for number, (doc, city) in enumerate(cities.items())
        ]
        for code in matrix["code"].unique()
    }
    # Instruments are sorted by stage of supervision. A stage that the codebook lacks comes last.
    order = {stage: number for number, stage in enumerate(stages)}
    grouped = matrix.drop_duplicates("code")
    if "strand" in grouped:  # a code outside the stages stands under its strand
        stage = grouped["stage"].fillna("")
        grouped = grouped.assign(stage=stage.where(stage != "", grouped["strand"]))
    instruments = sorted(grouped.itertuples(), key=lambda row: order.get(row.stage, len(order)))
    by_stage = defaultdict(list)
    for row in instruments:
        by_stage[row.stage].append(row)
    options = {"link": link, "unfolded": unfolded, "where": where, "facts": facts}
    named = {"stages": stages, "states": states, "marks": names("marks"), "texts": texts}
    named["symbols"] = symbols_of(codebook or shared_codebook())
    table = {"by_stage": by_stage, "cells": cells, "cities": list(cities.values())}
    return fill_template(
        "figures/evidence.html", instruments=instruments, **table, **named, **options
    )


def symbols_of(codebook: Codebook) -> dict[str, str]:
    """Return the symbol of each state and of each mark, such as ○ for `called_for`."""
    states, marks = codebook.states, codebook.marks
    symbols = dict(zip(states["state"], states["mark"], strict=True))
    return symbols | dict(zip(marks["mark"], marks["symbol"], strict=True))


class _Cell(NamedTuple):
    """The cell of the HTML table for one instrument in one document. `row` is None if the DataFrame
    `matrix` has no row for this instrument and document."""

    city: str
    row: Any
    quotes: list[Any]
    id: str


def with_reference(evidence: pd.DataFrame, coded: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Combine the quotations of the reference reading with those that rules found, in text order.

    Parameters
    ----------
    evidence : DataFrame
        The quotations that rules found, as `approach_evidence` returns them. In the combined table
        the column `rule` says whether the reading, a rule or both found a quotation.
    coded : DataFrame
        The quotations of the reference reading: the table data/coded/sentences.csv with the columns
        `sha256, sentence, code, verdict, start, end, quote` and the columns of the evidence. A row
        is left out if no file of the corpus has its `sha256`.
    """
    docs = {document.sha256: document.doc for document in corpus}
    reference = coded[coded["sha256"].isin(docs) & (coded["verdict"] == "stands")]
    reference = reference.assign(doc=reference["sha256"].map(docs))
    reference = reference.astype({"sentence": "int64", "start": "int64", "end": "int64"})
    sections = {
        (doc, sentence.sentence): sentence.section
        for doc in reference["doc"].unique()
        for sentence in corpus[doc].sentences
    }
    # A sentence that the reading and a rule found gets one row, and the column `rule` names both.
    rules = {(row.doc, row.code, row.sentence): row.rule for row in evidence.itertuples()}
    read = [(row.doc, row.code, row.sentence) for row in reference.itertuples()]
    by_reading, by_rule = say("evidence.read", "en zh"), say("evidence.rule", "en zh")
    reference["section"] = [sections.get((doc, sentence), 0) for doc, _, sentence in read]
    reference["rule"] = [
        f"{by_reading}; {by_rule} {rules[place]}" if rules.get(place) else by_reading
        for place in read
    ]
    places = zip(evidence["doc"], evidence["code"], evidence["sentence"], strict=True)
    already_read = set(read)
    by_rules_alone = evidence.loc[[place not in already_read for place in places]]
    by_rules_alone = by_rules_alone.assign(rule=f"{by_rule} " + by_rules_alone["rule"])
    order = {doc: number for number, doc in enumerate(docs.values())}
    return pd.concat([reference[list(evidence.columns)], by_rules_alone]).sort_values(
        ["doc", "start", "code"],
        kind="stable",
        ignore_index=True,
        key=lambda column: column.map(order) if column.name == "doc" else column,
    )
