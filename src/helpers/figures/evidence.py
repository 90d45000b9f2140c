"""Turn the matrix of instruments and its evidence into HTML in which each filled cell leads to its
quotations. The reading copy and the explorer show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.labels import text_of
from helpers.text import Corpus

from .markup import both, city_of, escape, place_words, scroll_box, zh
from .style import say

MARKS = {
    "done": "●",
    "planned": "◐",
    "called_for": "○",
    "not_mentioned": "–",
    "not_applicable": "×",
}
STRENGTHS = {"specific": "evidence.specific", "enumerated": "evidence.enumerated"}
PER_PAGE = 10  # documents side by side; a larger corpus takes several pages
Linker = Callable[[str, int], str]
Names = dict[str, tuple[str, str]]  # id → name in Chinese and English


def evidence_pages(
    matrix: pd.DataFrame, evidence: pd.DataFrame, documents: pd.DataFrame, **options: Any
) -> list[str]:
    """Write the table of a whole corpus, ten documents per page; parameters as in
    `evidence_html`."""
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
    link: Linker | None = None,
    places: Mapping[tuple[str, int], Mapping[str, Any]] | None = None,
    unfolded: bool = False,
) -> str:
    """Write the matrix of instruments and, below it, the quotations of each of its filled cells.

    A cell is a link to its quotations. They are folded, and the browser unfolds those that a link
    leads to.

    Parameters
    ----------
    matrix : DataFrame
        One row per document and code as `approach_matrix` gives it: `doc, code, stage, zh, en,
        state`, and optionally `disagree`.
    evidence : DataFrame
        As `approach_evidence` gives it: `doc, code, section, sentence, actor, state, strength,
        start, end, quote, rule`.
    documents : DataFrame
        `doc, city_zh, city_en`; the columns of the table in this order.
    codebook : Codebook, optional
        Names the stages, states and actors; default: the shipped one.
    link : callable, optional
        (doc, raw start) → address of the place in the full text.
    places : dict, optional
        (doc, raw start) → `{"title": section title, "page": page}`, where known.
    unfolded : bool
        Whether the quotations stand open from the start.
    """
    if matrix.empty:
        return f"<p>{say('evidence.empty', 'en zh')}</p>"
    codebook = codebook or shared_codebook()
    stages, states = codebook.names("stages"), codebook.names("states")
    quotations = _Quotations(states, codebook.names("actor_kinds"), link, places or {}, unfolded)
    rows = {(row.doc, row.code): row for row in matrix.itertuples()}
    quotes = defaultdict(list)
    for quote in evidence.itertuples():
        quotes[quote.doc, quote.code].append(quote)
    cells = {
        code: [
            _Cell(city, rows.get((doc, code)), quotes[doc, code], f"cell-{number}-{code}")
            for number, (doc, city) in enumerate(city_of(documents).items())
        ]
        for code in matrix["code"].unique()
    }
    # a stage that the codebook lacks comes last
    order = {stage: number for number, stage in enumerate(stages)}
    instruments = sorted(
        matrix.drop_duplicates("code").itertuples(),
        key=lambda row: order.get(row.stage, len(order)),
    )
    details = "".join(quotations.of(row, cells[row.code]) for row in instruments)
    table = _table(instruments, cells, stages, states)
    return f"{_key(states)}{table}<h2>{_label('evidence.heading')}</h2>{details}"


def _label(name: str) -> str:
    """Write a text of data/text/figure_labels.csv in both languages, each marked as such."""
    return both(*text_of("text/figure_labels").both(name))


class _Cell(NamedTuple):
    """An instrument in a document; `row` is None where the matrix has none."""

    city: str
    row: Any
    quotes: list[Any]
    id: str


def _key(states: Names) -> str:
    entries = "".join(f"<li><b>{MARKS[state]}</b> {both(*states[state])}</li>" for state in MARKS)
    return f'<ul class="key">{entries}<li><b>≠</b> {_label("evidence.disagree")}</li></ul>'


def _table(
    instruments: list[Any], cells: Mapping[str, list[_Cell]], stages: Names, states: Names
) -> str:
    by_stage = defaultdict(list)
    for row in instruments:
        filled = "".join(_cell(cell, row, states) for cell in cells[row.code])
        by_stage[row.stage].append(f'<tr><th scope="row">{both(row.zh, row.en)}</th>{filled}</tr>')
    columns = cells[instruments[0].code]
    body = "".join(
        f'<tbody><tr class="stage"><th scope="rowgroup" colspan="{len(columns) + 1}">'
        f"{both(*stages.get(stage, (stage, stage)))}</th></tr>{''.join(rows)}</tbody>"
        for stage, rows in by_stage.items()
    )
    cities = "".join(f'<th scope="col">{zh(cell.city)}</th>' for cell in columns)
    head = f'<th scope="col">{_label("evidence.instrument")}</th>{cities}'
    return scroll_box(
        f'<table class="matrix"><thead><tr>{head}</tr></thead>{body}</table>',
        say("evidence.caption", "en zh"),
    )


def _cell(cell: _Cell, instrument: Any, states: Names) -> str:
    """Write a cell: the mark of its state and the number of its quotations, as a link to them."""
    if cell.row is None:
        return "<td></td>"
    state, n = cell.row.state, len(cell.quotes)
    shown, words = MARKS.get(state, "?"), f"{cell.city}, {instrument.zh}: {_english(state, states)}"
    if getattr(cell.row, "disagree", False):
        shown += "≠"
        words += f"; {say('evidence.disagree', 'en')}"
    if n:
        label = escape(f"{words}; {n} quotation{'s' if n > 1 else ''}")
        inner = f'<a href="#{escape(cell.id)}" aria-label="{label}">{shown}<small>{n}</small></a>'
    else:
        hidden = f'<span class="unseen">{escape(words)}</span>'
        inner = f'<span aria-hidden="true">{shown}</span>{hidden}'
    return f'<td class="{escape(state)}">{inner}</td>'


def _english(state: str, states: Names) -> str:
    return states.get(state, ("", state))[1]


@dataclass(frozen=True)
class _Quotations:
    """Names and places that the quotations below the table are written with."""

    states: Names
    actors: Names
    link: Linker | None
    places: Mapping[tuple[str, int], Mapping[str, Any]]
    unfolded: bool

    def of(self, instrument: Any, cells: list[_Cell]) -> str:
        """Write the quotations of one instrument, folded; a link to a cell unfolds them."""
        blocks = []
        for cell in cells:
            if cell.quotes:
                state = self.states.get(getattr(cell.row, "state", ""), ("", ""))
                items = "".join(map(self._item, cell.quotes))
                blocks.append(
                    f'<section class="proof" id="{escape(cell.id)}" tabindex="-1">'
                    f"<h3>{zh(cell.city)}: {both(*state)}</h3><ol>{items}</ol></section>"
                )
        if not blocks:
            return ""
        n = sum(len(cell.quotes) for cell in cells)
        return (
            f"<details{' open' if self.unfolded else ''}>"
            f"<summary>{both(instrument.zh, instrument.en)} ({n})</summary>"
            f"{''.join(blocks)}</details>"
        )

    def _item(self, row: Any) -> str:
        """Write one quotation with its place, who acted in which state, and who found it."""
        place = self.places.get((row.doc, row.start), {})
        words = place_words(row.section, row.sentence, place.get("page"), title=place.get("title"))
        where = escape(f"{row.doc}, {words}")
        if self.link:
            where = f'<a href="{escape(self.link(row.doc, row.start))}">{where}</a>'
        facts = [
            both(*names.get(value, (value, value)))
            for names, value in ((self.actors, row.actor), (self.states, row.state))
            if escape(value)
        ]
        if row.strength in STRENGTHS:
            facts.append(_label(STRENGTHS[row.strength]))
        rule = escape(getattr(row, "rule", ""))
        by = f" · {rule}" if rule else ""
        return (
            f'<li><blockquote lang="zh-CN">{escape(row.quote)}</blockquote><p'
            f' class="place">{where}<br>{" · ".join(facts)}{by}</p></li>'
        )


def with_human(evidence: pd.DataFrame, coded: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Put the quotations of a human reading before those of the rules, all in text order.

    Parameters
    ----------
    evidence : DataFrame
        As `approach_evidence` gives it. In the result `rule` says who found a quotation: a reader,
        a rule, or both in the same sentence.
    coded : DataFrame
        data/coded/sentences.csv: `sha256, sentence, code, verdict, actor, state, strength, start,
        end, quote`; its rows belong to the files with these hashes alone.
    """
    docs = {document.sha256: document.doc for document in corpus}
    human = coded[coded["sha256"].isin(docs) & (coded["verdict"] == "stands")]
    human = human.assign(doc=human["sha256"].map(docs))
    human = human.astype({"sentence": "int64", "start": "int64", "end": "int64"})
    sections = {
        (doc, sentence.sentence): sentence.section
        for doc in human["doc"].unique()
        for sentence in corpus[doc].sentences
    }
    # A reader and a rule may find the same sentence: it is listed once, with both.
    rules = {(row.doc, row.code, row.sentence): row.rule for row in evidence.itertuples()}
    read = [(row.doc, row.code, row.sentence) for row in human.itertuples()]
    by_reading, by_rule = say("evidence.read", "en zh"), say("evidence.rule", "en zh")
    human["section"] = [sections.get((doc, sentence), 0) for doc, _, sentence in read]
    human["rule"] = [
        f"{by_reading}; {by_rule} {rules[place]}" if rules.get(place) else by_reading
        for place in read
    ]
    places = zip(evidence["doc"], evidence["code"], evidence["sentence"], strict=True)
    already_read = set(read)
    by_rules_alone = evidence.loc[[place not in already_read for place in places]]
    by_rules_alone = by_rules_alone.assign(rule=f"{by_rule} " + by_rules_alone["rule"])
    order = {doc: number for number, doc in enumerate(docs.values())}
    both_tables = pd.concat([human[list(evidence.columns)], by_rules_alone])
    both_tables = both_tables.assign(_doc=both_tables["doc"].map(order)).sort_values(
        ["_doc", "start", "code"], kind="stable", ignore_index=True
    )
    return both_tables.drop(columns="_doc")
