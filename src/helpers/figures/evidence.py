"""Matrix and evidence → HTML in which each filled cell leads to its quotations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from helpers.labels import STAGES, STATES
from helpers.text import Corpus

from .markup import both, city_of, escape, place_words, scroll_box, zh

MARKS = {
    "done": "●",
    "planned": "◐",
    "called_for": "○",
    "not_mentioned": "–",
    "not_applicable": "×",
}
ACTORS = {
    "city_congress": ("市人大", "city congress"),
    "county_congress": ("县区人大", "county congress"),
    "township_congress": ("乡镇人大", "township congress"),
    "government": ("政府", "government"),
    "party": ("党委", "Party"),
    "province": ("省", "province"),
    "other": ("其他", "other"),
}
STRENGTHS = {
    "specific": ("专句", "a sentence of its own"),
    "enumerated": ("仅列举", "only in a list"),
}
PER_PAGE = 10  # documents side by side; a larger corpus takes several pages
Linker = Callable[[str, int], str]


def evidence_pages(
    matrix: pd.DataFrame, evidence: pd.DataFrame, documents: pd.DataFrame, **options: Any
) -> list[str]:
    """Write the table of a whole corpus, ten documents a page; parameters as `evidence_html`'s."""
    docs = list(dict.fromkeys(matrix["doc"]))
    groups = [docs[first : first + PER_PAGE] for first in range(0, len(docs), PER_PAGE)]
    return [
        evidence_html(*(t[t["doc"].isin(group)] for t in (matrix, evidence, documents)), **options)
        for group in groups
    ]


def evidence_html(
    matrix: pd.DataFrame,
    evidence: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    link: Linker | None = None,
    places: Mapping[tuple[str, int], Mapping[str, Any]] | None = None,
    unfolded: bool = False,
) -> str:
    """Write the matrix of instruments and, below it, the quotations of each of its filled cells.

    A cell is a link to its quotations, which a browser unfolds by itself.

    Parameters
    ----------
    matrix : DataFrame
        A row a document × code as `approach_matrix` gives it: `doc, code, stage, zh, en, state`; if
        there `strength`, `disagree`.
    evidence : DataFrame
        As `approach_evidence` gives it: `doc, code, section, sentence, actor, state, strength,
        start, end, quote, rule`.
    documents : DataFrame
        `doc, city_zh, city_en`; the columns of the table in this order.
    link : callable, optional
        (doc, raw start) → address of the place in the full text.
    places : dict, optional
        (doc, raw start) → `{"title": section title, "page": page}`, where known.
    unfolded : bool
        Whether the quotations stand open from the start.
    """
    if matrix.empty:
        return "<p>No document, no instrument: there is nothing to show. 没有可以显示的内容。</p>"
    rows = {(row.doc, row.code): row for row in matrix.itertuples()}
    quotes = defaultdict(list)
    for quote in evidence.itertuples():
        quotes[quote.doc, quote.code].append(quote)
    names = city_of(documents)
    cells = {
        code: [
            _Cell(name, rows.get((doc, code)), quotes[doc, code], f"cell-{number}-{code}")
            for number, (doc, name) in enumerate(names.items())
        ]
        for code in matrix["code"].unique()
    }
    order = {stage: number for number, stage in enumerate(STAGES)}
    instruments = sorted(
        matrix.drop_duplicates("code").itertuples(),
        key=lambda row: order.get(row.stage, len(order)),
    )
    details = "".join(
        _details(instrument, cells[instrument.code], link, places or {}, unfolded)
        for instrument in instruments
    )
    heading = both("证据", "The quotations")
    return f"{_key()}{_table(instruments, cells)}<h2>{heading}</h2>{details}"


class _Cell(NamedTuple):
    """An instrument in a document; `row` is None where the matrix has none."""

    city: str
    row: Any
    quotes: list[Any]
    id: str


def _key() -> str:
    states = "".join(f"<li><b>{MARKS[state]}</b> {both(*STATES[state])}</li>" for state in MARKS)
    extra = f"<li><b>≠</b> {both('两种编码不一致', 'two codings disagree')}</li>"
    return f'<ul class="key">{states}{extra}</ul>'


def _table(instruments: list[Any], cells: Mapping[str, list[_Cell]]) -> str:
    by_stage = defaultdict(list)
    for row in instruments:
        filled = "".join(_cell(cell, row) for cell in cells[row.code])
        by_stage[row.stage].append(f'<tr><th scope="row">{both(row.zh, row.en)}</th>{filled}</tr>')
    columns = cells[instruments[0].code]
    body = "".join(
        f'<tbody><tr class="stage"><th scope="rowgroup" colspan="{len(columns) + 1}">'
        f"{both(*STAGES.get(stage, (stage, stage)))}</th></tr>{''.join(rows)}</tbody>"
        for stage, rows in by_stage.items()
    )
    cities = "".join(f'<th scope="col">{zh(cell.city)}</th>' for cell in columns)
    first = f'<th scope="col">{both("监督方式", "Instrument")}</th>'
    return scroll_box(
        f'<table class="matrix"><thead><tr>{first}{cities}</tr></thead>{body}</table>',
        "Instruments by city; the small number counts the quotations 各市监督方式（小字为引文数）",
    )


def _cell(cell: _Cell, instrument: Any) -> str:
    if cell.row is None:
        return "<td></td>"
    state, n = cell.row.state, len(cell.quotes)
    disagree = getattr(cell.row, "disagree", False)
    shown = MARKS.get(state, "?") + ("≠" if disagree else "")
    words = f"{cell.city}, {instrument.zh}: {STATES.get(state, ('', state))[1]}"
    words += "; two codings disagree" if disagree else ""
    if n:
        label = escape(f"{words}; {n} quotation{'s' if n > 1 else ''}")
        inner = f'<a href="#{escape(cell.id)}" aria-label="{label}">{shown}<small>{n}</small></a>'
    else:
        hidden = f'<span class="unseen">{escape(words)}</span>'
        inner = f'<span aria-hidden="true">{shown}</span>{hidden}'
    return f'<td class="{escape(state)}">{inner}</td>'


def _details(
    instrument: Any, cells: list[_Cell], link: Linker | None, places: Mapping, unfolded: bool
) -> str:
    """The quotations of one instrument, folded; a link to a cell unfolds them."""
    blocks = []
    for cell in cells:
        if cell.quotes:
            state = STATES.get(getattr(cell.row, "state", ""), ("", ""))
            items = "".join(_quotation(quote, link, places) for quote in cell.quotes)
            blocks.append(
                f'<section class="proof" id="{escape(cell.id)}" tabindex="-1">'
                f"<h3>{zh(cell.city)}: {both(*state)}</h3><ol>{items}</ol></section>"
            )
    if not blocks:
        return ""
    n = sum(len(cell.quotes) for cell in cells)
    return (
        f"<details{' open' if unfolded else ''}><summary>{both(instrument.zh, instrument.en)}"
        f" ({n})</summary>{''.join(blocks)}</details>"
    )


def _quotation(row: Any, link: Linker | None, places: Mapping) -> str:
    place = places.get((row.doc, row.start), {})
    words = place_words(row.section, row.sentence, place.get("page"), title=place.get("title"))
    where = escape(f"{row.doc}, {words}")
    where = f'<a href="{escape(link(row.doc, row.start))}">{where}</a>' if link else where
    facts = [
        both(*table.get(value, (value, value)))
        for table, value in ((ACTORS, row.actor), (STATES, row.state), (STRENGTHS, row.strength))
        if escape(value)
    ]
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
        As `approach_evidence` gives it; in the result `rule` says who found a quotation: a reading,
        a rule, or both in the same sentence.
    coded : DataFrame
        data/coded/sentences.csv: `sha256, sentence, code, verdict, actor, state, strength, start,
        end, quote`; its rows belong to the files with these hashes and to no other.
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
    rules = {(row.doc, row.code, row.sentence): row.rule for row in evidence.itertuples()}
    read = [(row.doc, row.code, row.sentence) for row in human.itertuples()]
    human["section"] = [sections.get((doc, sentence), 0) for doc, _, sentence in read]
    human["rule"] = [
        "coded by reading 通读编码" + (f"; rule 规则 {rules[place]}" if rules.get(place) else "")
        for place in read
    ]
    found = set(read)
    places = zip(evidence["doc"], evidence["code"], evidence["sentence"], strict=True)
    rest = evidence.loc[[place not in found for place in places]]
    rest = rest.assign(rule="rule 规则 " + rest["rule"])
    order = {doc: number for number, doc in enumerate(docs.values())}
    whole = pd.concat([human[list(evidence.columns)], rest])
    whole = whole.assign(_doc=whole["doc"].map(order))
    whole = whole.sort_values(["_doc", "start", "code"], kind="stable", ignore_index=True)
    return whole.drop(columns="_doc")
