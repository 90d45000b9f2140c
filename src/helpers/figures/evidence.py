"""Matrix and evidence → HTML in which each filled cell leads to its quotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
    """Write the evidence table of a whole corpus, ten documents a page; see `evidence_html` for the
    parameters."""
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
    level: int = 2,
    prefix: str = "",
    unfolded: bool = False,
) -> str:
    """Write the matrix of instruments and, below it, the quotations of each of its filled cells.

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
    level : int
        Level of the headings.
    prefix : str
        Put before every id, where several tables share a page.
    unfolded : bool
        Whether the quotations stand open from the start.

    Returns
    -------
    str
        Table and quotations. A cell is a link to its quotations, which a browser unfolds by itself.
    """
    if matrix.empty:
        return "<p>No document, no instrument: there is nothing to show. 没有可以显示的内容。</p>"
    cells = {(row.doc, row.code): row for row in matrix.itertuples()}
    quotes: dict[tuple[str, str], list[Any]] = {}
    for row in evidence.itertuples():
        quotes.setdefault((row.doc, row.code), []).append(row)
    names = city_of(documents)
    order = {doc: number for number, doc in enumerate(names)}
    codes = _in_order(matrix)
    ids = {
        (doc, row.code): f"{prefix}cell-{order[doc]}-{row.code}"
        for doc in names
        for row in codes.itertuples()
    }
    table = _table(codes, cells, quotes, names, ids)
    details = "".join(
        _details(row, cells, quotes, names, ids, link, places or {}, level, unfolded)
        for row in codes.itertuples()
    )
    return f"{_key()}{table}<h{level}>{both('证据', 'The quotations')}</h{level}>{details}"


def with_human(evidence: pd.DataFrame, coded: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Put the quotations of a human reading before those of the rules.

    Parameters
    ----------
    evidence : DataFrame
        As `approach_evidence` gives it.
    coded : DataFrame
        data/coded/sentences.csv: `sha256, sentence, code, verdict, actor, state, strength, start,
        end, quote`; its rows belong to the files with these hashes and to no other.
    corpus : Corpus

    Returns
    -------
    DataFrame
        The columns of the evidence, in text order; `rule` says who found it: a reading, a rule, or
        both in the same sentence.
    """
    docs = {document.sha256: document.doc for document in corpus}
    human = coded[coded["sha256"].isin(docs) & (coded["verdict"] == "stands")]
    human = human.assign(doc=human["sha256"].map(docs)).astype(
        {"sentence": "int64", "start": "int64", "end": "int64"}
    )
    sections = {
        (document.doc, s.sentence): s.section
        for document in corpus
        if document.sha256 in set(human["sha256"])
        for s in document.sentences
    }
    human["section"] = [sections.get((row.doc, row.sentence), 0) for row in human.itertuples()]
    rules = {(row.doc, row.code, row.sentence): row.rule for row in evidence.itertuples()}
    found = [rules.get((row.doc, row.code, row.sentence)) for row in human.itertuples()]
    human["rule"] = [
        f"coded by reading 通读编码; rule 规则 {rule}" if rule else "coded by reading 通读编码"
        for rule in found
    ]
    shared = set(zip(human["doc"], human["code"], human["sentence"], strict=True))
    alone = [(row.doc, row.code, row.sentence) not in shared for row in evidence.itertuples()]
    rest = evidence[pd.Series(alone, index=evidence.index, dtype=bool)].assign(
        rule=lambda table: "rule 规则 " + table["rule"]
    )
    whole = pd.concat([human[list(evidence.columns)], rest]).assign(
        _doc=lambda table: table["doc"].map({doc: n for n, doc in enumerate(docs.values())})
    )
    return whole.sort_values(["_doc", "start", "code"], kind="stable", ignore_index=True).drop(
        columns="_doc"
    )


def _in_order(matrix: pd.DataFrame) -> pd.DataFrame:
    """A row an instrument, stages in the order of the cycle, within a stage in that of the
    codebook."""
    codes = matrix.drop_duplicates("code")[["code", "stage", "zh", "en"]]
    stages = list(STAGES)
    return codes.sort_values(
        "stage",
        key=lambda s: s.map(lambda x: stages.index(x) if x in stages else len(stages)),
        kind="stable",
    )


def _key() -> str:
    states = "".join(f"<li><b>{MARKS[state]}</b> {both(*STATES[state])}</li>" for state in MARKS)
    extra = f"<li><b>≠</b> {both('两种编码不一致', 'two codings disagree')}</li>"
    return f'<ul class="key">{states}{extra}</ul>'


def _table(
    codes: pd.DataFrame, cells: Mapping, quotes: Mapping, names: Mapping[str, str], ids: Mapping
) -> str:
    head = "".join(f'<th scope="col">{zh(name)}</th>' for name in names.values())
    parts = []
    for stage, rows in codes.groupby("stage", sort=False):
        label = both(*STAGES.get(stage, (stage, stage)))
        parts.append(
            '<tbody><tr class="stage"><th scope="rowgroup"'
            f' colspan="{len(names) + 1}">{label}</th></tr>'
        )
        for row in rows.itertuples():
            filled = "".join(
                _cell(
                    cells.get((doc, row.code)), len(quotes.get((doc, row.code), [])), name, row, ids
                )
                for doc, name in names.items()
            )
            parts.append(f'<tr><th scope="row">{both(row.zh, row.en)}</th>{filled}</tr>')
        parts.append("</tbody>")
    caption = (
        "Instruments by city; the small number counts the quotations 各市监督方式（小字为引文数）"
    )
    head = f'<thead><tr><th scope="col">{both("监督方式", "Instrument")}</th>{head}</tr></thead>'
    return scroll_box(f'<table class="matrix">{head}{"".join(parts)}</table>', caption)


def _cell(cell: Any, n: int, city: str, instrument: Any, ids: Mapping) -> str:
    if cell is None:
        return "<td></td>"
    disagree = bool(getattr(cell, "disagree", False))
    words = (
        f"{city}, {instrument.zh}:"
        f" {STATES.get(cell.state, ('', cell.state))[1]}{'; two codings disagree' if disagree else ''}"
    )
    shown = f"{MARKS.get(cell.state, '?')}{'≠' if disagree else ''}"
    if not n:
        return (
            f'<td class="{escape(cell.state)}"><span aria-hidden="true">{shown}</span><span'
            f' class="unseen">{escape(words)}</span></td>'
        )
    label = f"{words}; {n} quotation{'s' if n > 1 else ''}"
    return (
        f'<td class="{escape(cell.state)}"><a href="#{escape(ids[cell.doc, instrument.code])}"'
        f' aria-label="{escape(label)}">{shown}<small>{n}</small></a></td>'
    )


def _details(
    instrument: Any,
    cells: Mapping,
    quotes: Mapping,
    names: Mapping,
    ids: Mapping,
    link: Linker | None,
    places: Mapping,
    level: int,
    unfolded: bool,
) -> str:
    """The quotations of one instrument, folded; a link to a cell unfolds them."""
    blocks = []
    for doc, name in names.items():
        rows = quotes.get((doc, instrument.code), [])
        if not rows:
            continue
        state = STATES.get(getattr(cells.get((doc, instrument.code)), "state", ""), ("", ""))
        items = "".join(_quotation(row, link, places.get((doc, row.start), {})) for row in rows)
        title = f"<h{level + 1}>{zh(name)}: {both(*state)}</h{level + 1}>"
        blocks.append(
            f'<section class="proof" id="{escape(ids[doc, instrument.code])}"'
            f' tabindex="-1">{title}<ol>{items}</ol></section>'
        )
    if not blocks:
        return ""
    n = sum(len(quotes.get((doc, instrument.code), [])) for doc in names)
    return (
        f"<details{' open' if unfolded else ''}><summary>{both(instrument.zh, instrument.en)}"
        f" ({n})</summary>{''.join(blocks)}</details>"
    )


def _quotation(row: Any, link: Linker | None, place: Mapping[str, Any]) -> str:
    where = escape(
        f"{row.doc},"
        f" {place_words(row.section, row.sentence, place.get('page'), title=place.get('title'))}"
    )
    where = f'<a href="{escape(link(row.doc, row.start))}">{where}</a>' if link else where
    facts = [
        both(*table.get(value, (value, value)))
        for table, value in ((ACTORS, row.actor), (STATES, row.state), (STRENGTHS, row.strength))
        if escape(value)
    ]
    rule = getattr(row, "rule", "")
    by = f" · {escape(rule)}" if escape(rule) else ""
    return (
        f'<li><blockquote lang="zh-CN">{escape(row.quote)}</blockquote><p'
        f' class="place">{where}<br>{" · ".join(facts)}{by}</p></li>'
    )
