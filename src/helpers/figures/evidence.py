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

STATES = ("done", "planned", "called_for", "not_mentioned", "not_applicable")
MARKS = dict(zip(STATES, "●◐○–×", strict=True))
PER_PAGE = 10  # documents side by side; a larger corpus takes several pages
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
    link: Callable[[str, int], str] | None = None,
    places: Mapping[tuple[str, int], Mapping[str, Any]] | None = None,
    unfolded: bool = False,
) -> str:
    """Write the matrix of instruments and, below it, the quotations of each of its filled cells.

    A cell is a link to its quotations. They are folded, and the browser unfolds those that a link
    leads to.

    Parameters
    ----------
    matrix, evidence : DataFrame
        As `approach_matrix`, optionally with `disagree`, and `approach_evidence` give them.
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
    names = map(codebook.names, ("stages", "states", "actor_kinds"))
    page = _Page(*names, link, places or {}, unfolded)
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
    order = {stage: number for number, stage in enumerate(page.stages)}
    instruments = sorted(
        matrix.drop_duplicates("code").itertuples(),
        key=lambda row: order.get(row.stage, len(order)),
    )
    details = "".join(page.quotations(row, cells[row.code]) for row in instruments)
    heading = f"<h2>{_label('evidence.heading')}</h2>"
    return page.key() + page.table(instruments, cells) + heading + details


def _label(name: str) -> str:
    """Write a text of data/text/figure_labels.csv in both languages, each marked as such."""
    return both(*text_of("text/figure_labels").both(name))


class _Cell(NamedTuple):
    """An instrument in a document; `row` is None where the matrix has none."""

    city: str
    row: Any
    quotes: list[Any]
    id: str


@dataclass(frozen=True)
class _Page:
    """What the table and the quotations are written with; options as in `evidence_html`."""

    stages: Names
    states: Names
    actors: Names
    link: Callable[[str, int], str] | None
    places: Mapping[tuple[str, int], Mapping[str, Any]]
    unfolded: bool

    def key(self) -> str:
        entries = "".join(f"<li><b>{MARKS[s]}</b> {both(*self.states[s])}</li>" for s in MARKS)
        return f'<ul class="key">{entries}<li><b>≠</b> {_label("evidence.disagree")}</li></ul>'

    def table(self, instruments: list[Any], cells: Mapping[str, list[_Cell]]) -> str:
        """Write one row per instrument, under its stage, and one column per document."""
        by_stage = defaultdict(str)
        for row in instruments:
            filled = "".join(self._cell(cell, row) for cell in cells[row.code])
            by_stage[row.stage] += f'<tr><th scope="row">{both(row.zh, row.en)}</th>{filled}</tr>'
        columns = cells[instruments[0].code]
        body = "".join(
            f'<tbody><tr class="stage"><th scope="rowgroup" colspan="{len(columns) + 1}">'
            f"{both(*self.stages.get(stage, (stage, stage)))}</th></tr>{rows}</tbody>"
            for stage, rows in by_stage.items()
        )
        cities = "".join(f'<th scope="col">{zh(cell.city)}</th>' for cell in columns)
        head = f'<th scope="col">{_label("evidence.instrument")}</th>{cities}'
        table = f'<table class="matrix"><thead><tr>{head}</tr></thead>{body}</table>'
        return scroll_box(table, say("evidence.caption", "en zh"))

    def _cell(self, cell: _Cell, instrument: Any) -> str:
        """Write the mark of a state and the number of its quotations, as a link to them."""
        if cell.row is None:
            return "<td></td>"
        state, n = cell.row.state, len(cell.quotes)
        shown, (_, english) = MARKS.get(state, "?"), self.states.get(state, ("", state))
        words = f"{cell.city}, {instrument.zh}: {english}"
        if getattr(cell.row, "disagree", False):
            shown += "≠"
            words += f"; {say('evidence.disagree', 'en')}"
        hidden = f'<span class="unseen">{escape(words)}</span>'
        inner = f'<span aria-hidden="true">{shown}</span>{hidden}'
        if n:
            label = escape(f"{words}; {n} quotation{'s' if n > 1 else ''}")
            shown += f"<small>{n}</small>"
            inner = f'<a href="#{escape(cell.id)}" aria-label="{label}">{shown}</a>'
        return f'<td class="{escape(state)}">{inner}</td>'

    def quotations(self, instrument: Any, cells: list[_Cell]) -> str:
        """Write the quotations of one instrument, folded; a link to a cell unfolds them."""
        blocks, n = "", 0
        for cell in filter(lambda cell: cell.quotes, cells):
            state = self.states.get(getattr(cell.row, "state", ""), ("", ""))
            items = "".join(map(self._item, cell.quotes))
            n += len(cell.quotes)
            blocks += (
                f'<section class="proof" id="{escape(cell.id)}" tabindex="-1">'
                f"<h3>{zh(cell.city)}: {both(*state)}</h3><ol>{items}</ol></section>"
            )
        summary = f"<summary>{both(instrument.zh, instrument.en)} ({n})</summary>"
        opened = " open" if self.unfolded else ""
        return f"<details{opened}>{summary}{blocks}</details>" if n else ""

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
        if row.strength in ("specific", "enumerated"):
            facts.append(_label(f"evidence.{row.strength}"))
        rule = escape(getattr(row, "rule", ""))
        by = f" · {rule}" if rule else ""
        return (
            f'<li><blockquote lang="zh-CN">{escape(row.quote)}</blockquote>'
            f'<p class="place">{where}<br>{" · ".join(facts)}{by}</p></li>'
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
    return pd.concat([human[list(evidence.columns)], by_rules_alone]).sort_values(
        ["doc", "start", "code"],
        kind="stable",
        ignore_index=True,
        key=lambda column: column.map(order) if column.name == "doc" else column,
    )
