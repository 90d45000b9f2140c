"""A choice made in the explorer → the answer to it: words, HTML, tables, a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from helpers import figures
from helpers.codebook import read_table
from helpers.figures import Chart, evidence_html, markup, with_human
from helpers.study import Study, count
from helpers.text import Corpus
from helpers.themes import count_themes

from . import views

VIEWS = ("themes", "search", "instruments", "outcomes")
_MANY_MARKS = 3000  # beyond, only the hits listed are marked in the texts
# documents; of a larger corpus, instruments and numbers are read for so many at a time
_CODED_AT_ONCE = 60


@dataclass(frozen=True)
class Choice:
    """What a reader chose; `section` None is the whole text, an empty text means all."""

    view: str = "themes"
    docs: tuple[str, ...] = ()
    section: int | None = None
    theme: str = ""
    term: str = ""
    code: str = ""
    indicator: str = ""
    page: int = 1


@dataclass(frozen=True)
class Answer:
    """What is shown and what can be saved."""

    html: str  # a page of its own, to be put into a frame
    summary: str  # the answer in a sentence (plain text)
    # name → function that returns the table with all rows, whatever part of it is shown
    tables: dict[str, Callable[[], pd.DataFrame]] = field(default_factory=dict)
    n_rows: int = 0  # of the longest table
    pages: int = 1  # of the list
    draw: Callable[[str], Chart] | None = None  # language → chart of what is shown


def answer(study: Study, choice: Choice) -> Answer:
    """Answer a choice; an empty or impossible one is answered with a sentence."""
    docs = [document.doc for document in study.corpus if document.doc in set(choice.docs)]
    if not docs:
        return _say("Choose at least one city. 请至少选择一个城市。")
    answers = dict(zip(VIEWS, (_themes, _search, _instruments, _outcomes), strict=True))
    if choice.view not in answers:
        raise ValueError(f"view '{choice.view}' is not known. Views: {', '.join(VIEWS)}.")
    return answers[choice.view](study, choice, docs)


def _say(words: str, found: str = "", texts: str = "", **rest: Any) -> Answer:
    return Answer(views.page_html(words, found, texts), words, **rest)


def _themes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    if choice.theme:
        theme = study.codebook.theme_table().set_index("theme").loc[choice.theme]
        hits = _chosen(hits_by_theme(study)[choice.theme], docs, choice)
        return _counted(study, choice, docs, hits, theme[["family", "zh", "en"]].to_dict())
    rates = theme_rates_of(study, docs, section=choice.section)
    shown = _chosen(hits_of(study), docs[: views.COLUMNS], choice)
    marks = shown.drop_duplicates(["doc", "theme"])
    places = views.Places(study.corpus, marks, names_of(study))
    total = int(rates["n"].sum())
    return _say(
        f"{count(total, 'hit')} of {rates['theme'].nunique()} themes in"
        f" {_in_documents(docs, choice)}. 点数字可到原文。",
        views.theme_grid_html(rates, places),
        places.html(),
        tables={
            "theme_rates": lambda: rates,
            "theme_hits": lambda: _chosen(study.hits, docs, choice),
        },
        n_rows=max(total, len(rates)),
        draw=lambda lang: figures.theme_rates(rates, lang=lang),
    )


def _search(study: Study, choice: Choice, docs: list[str]) -> Answer:
    words, problem = views.search_terms(choice.term)
    if problem:
        return _say(problem)
    hits = views.in_section(views.search(study.corpus, words, docs), choice.section)
    if hits.empty:
        return _say(
            f"'{choice.term.strip()}' is not in {_in_documents(docs, choice)}. Not"
            " mentioned is not the same as not done. 未检得，“未提及”不等于“未做”。"
        )
    label = " ".join(words)
    return _counted(study, choice, docs, hits, {"family": "service", "zh": label, "en": label})


def _counted(
    study: Study, choice: Choice, docs: list[str], hits: pd.DataFrame, theme: dict[str, str]
) -> Answer:
    """Frequency and concordance of any set of hits; `theme` has their family, zh and en."""
    counted = views.frequency(study.corpus, hits, docs, section=choice.section)
    shown, paging, pages = _page(hits, choice)
    marks = hits
    if len(hits) > _MANY_MARKS or len(docs) > views.ROWS:
        first = hits[hits["doc"].isin(docs[: views.ROWS])].drop_duplicates("doc")
        marks = pd.concat([first, shown]).drop_duplicates(["doc", "start"])
    places = views.Places(study.corpus, marks, names_of(study))
    lines = partial(views.concordance, study.corpus)
    label = " ".join(dict.fromkeys([theme["zh"], theme["en"]]))
    return _say(
        f"{label}: {count(len(hits), 'hit')} in {int((counted['n'] > 0).sum())} of"
        f" {_in_documents(docs, choice)}.",
        views.frequency_html(counted, places)
        + views.concordance_html(lines(shown), places, **paging),
        places.html(),
        tables={"frequency": lambda: counted, "concordance": lambda: lines(hits)},
        n_rows=len(hits),
        pages=pages,
        draw=lambda lang: figures.theme_rates(counted.assign(theme="chosen", **theme), lang=lang),
    )


def _instruments(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _limit(study, docs)
    evidence = _chosen(evidence_of(study), docs, choice)
    matrix = study.matrix[study.matrix["doc"].isin(docs)]
    if choice.code:
        evidence = evidence[evidence["code"] == choice.code]
        matrix = matrix[matrix["code"] == choice.code]
    label = f"{matrix['code'].nunique()} instruments"
    if choice.code and len(matrix):
        label = f"{matrix['zh'].iloc[0]} {matrix['en'].iloc[0]}"
    shown = docs[: views.ROWS // 5]
    if len(shown) < len(docs):
        note += (
            f"<p>The first {len(shown)} of {len(docs)} documents are shown; the CSV holds all."
            f" 仅列前{len(shown)}篇。</p>"
        )
    tables = (matrix, evidence, study.corpus.documents)
    matrix_shown, quotes, documents = (t[t["doc"].isin(shown)] for t in tables)
    places = views.Places(study.corpus, quotes, names_of(study))
    titles = {
        (doc, s.section): s.section_title for doc in shown for s in study.corpus[doc].sentences
    }
    known = {
        (row.doc, row.start): {"title": titles.get((row.doc, row.section))}
        for row in quotes.itertuples()
    }
    unfolded = bool(choice.code)
    table = evidence_html(
        matrix_shown, quotes, documents, link=places.link, places=known, unfolded=unfolded
    )
    done = int((matrix["state"] == "done").sum())
    return _say(
        f"{label}: {count(len(evidence), 'quotation')}{_where(choice)}; {count(done, 'cell')} done"
        f" in {count(len(docs), 'document')}.",
        note + table,
        places.html(),
        tables={"matrix": lambda: matrix, "evidence": lambda: evidence},
        n_rows=max(len(evidence), len(matrix)),
        draw=lambda lang: figures.instrument_matrix(matrix, lang=lang),
    )


def _outcomes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _limit(study, docs)
    found = _chosen(study.outcomes, docs, choice)
    kind, _, name = choice.indicator.partition(":")
    if kind:
        found = found[found["group" if kind == "group" else "indicator_zh"] == name]
    if found.empty:
        where = _in_documents(docs, choice)
        return _say(f"No number of this kind in {where}. 所选范围没有这类数量。")
    shown, paging, pages = _page(found, choice)
    places = views.Places(study.corpus, shown, names_of(study))
    open_ones = int((found["status"] == "ambiguous").sum())
    return _say(
        f"{count(len(found), 'number')} in {found['doc'].nunique()} of"
        f" {_in_documents(docs, choice)}, {open_ones} of them open to more than one reading.",
        note + views.outcomes_html(shown, places, **paging),
        places.html(),
        tables={"outcomes": lambda: found},
        n_rows=len(found),
        pages=pages,
        draw=lambda lang: figures.outcome_values(found, lang=lang),
    )


def _chosen(table: pd.DataFrame, docs: list[str], choice: Choice) -> pd.DataFrame:
    return views.in_section(table[table["doc"].isin(docs)], choice.section)


def _page(table: pd.DataFrame, choice: Choice) -> tuple[pd.DataFrame, dict[str, int], int]:
    """The rows of the page chosen, how many are before it and in total, the number of pages."""
    pages = max(1, -(-len(table) // views.ROWS))
    before = views.ROWS * (min(choice.page, pages) - 1)
    shown = table.iloc[before : before + views.ROWS]
    return shown, {"before": before, "total": len(table)}, pages


def _in_documents(docs: list[str], choice: Choice) -> str:
    return f"{count(len(docs), 'document')}{_where(choice)}"


def _where(choice: Choice) -> str:
    return "" if choice.section is None else f", section {choice.section}"


def _limit(study: Study, docs: list[str]) -> tuple[Study, list[str], str]:
    """The study of the documents read for an answer, these, and a note if some are left out."""
    some = docs[:_CODED_AT_ONCE]
    note = ""
    if len(some) < len(docs):
        note = views.message(
            f"Read for this view: the first {len(some)} of {len(docs)} documents; choose others,"
            f" or run the analysis of the whole folder. 本视图只读前{len(some)}篇。"
        )
    return part_of(study, tuple(some)), some, note


def theme_rates_of(
    study: Study, docs: Iterable[str], *, section: int | None = None
) -> pd.DataFrame:
    """Return `count_themes` of some documents or of a section of each, with the themes' names."""
    docs = list(docs)
    themes = study.codebook.theme_table()
    if section is None and len(docs) <= views.INTERVALS_UP_TO:
        counted = count_themes(_corpus_of(study, docs), study.codebook)
        return counted.merge(themes[["theme", "zh", "en"]], on="theme", validate="many_to_one")
    parts = [
        views.frequency(
            study.corpus, hits_by_theme(study)[row.theme], docs, section=section
        ).assign(theme=row.theme, family=row.family, zh=row.zh, en=row.en)
        for row in themes.itertuples()
    ]
    columns = "doc city_zh city_en theme family n per_1000_chars low high zh en".split()
    # by document, in each in the order of the themes
    return pd.concat(parts).sort_index(kind="stable")[columns].reset_index(drop=True)


# --- what is computed once


def prepare(study: Study) -> None:
    """Compute what every answer needs, so that none keeps a reader waiting."""
    for document in study.corpus:
        views.sentence_facts(document)
    part = _first_part(study)
    _ = names_of(study), hits_by_theme(study), part.matrix, evidence_of(part), part.outcomes


@lru_cache(maxsize=4)
def names_of(study: Study) -> dict[str, str]:
    """Name of every document as it is shown."""
    return markup.city_of(study.corpus.documents)


@lru_cache(maxsize=4)
def hits_of(study: Study) -> pd.DataFrame:
    """`theme_hits` with documents and themes as categories: the same rows, chosen among faster."""
    return study.hits.astype({"doc": "category", "theme": "category", "term": "category"})


@lru_cache(maxsize=4)
def hits_by_theme(study: Study) -> dict[str, pd.DataFrame]:
    """The hits of each theme."""
    hits = hits_of(study)
    found = {str(theme): rows for theme, rows in hits.groupby("theme", observed=True)}
    themes = study.codebook.theme_table()["theme"]
    return {theme: found.get(theme, hits.iloc[:0]) for theme in themes}


@lru_cache(maxsize=8)
def part_of(study: Study, docs: tuple[str, ...]) -> Study:
    """The study of some documents of a corpus too large to be coded while a reader waits."""
    if len(study.corpus) <= _CODED_AT_ONCE:
        return study
    return Study(_corpus_of(study, docs), study.codebook)


def _first_part(study: Study) -> Study:
    return part_of(study, tuple(d.doc for d in study.corpus)[:_CODED_AT_ONCE])


def _corpus_of(study: Study, docs: Iterable[str]) -> Corpus:
    return Corpus(tuple(study.corpus[doc] for doc in docs))


@lru_cache(maxsize=8)
def evidence_of(study: Study) -> pd.DataFrame:
    """The evidence of the rules, and of a human reading where the corpus has one."""
    return with_human(study.evidence, read_table("coded/sentences"), study.corpus)


_GROUPS = {
    "context": "背景 context",
    "effort": "投入 effort",
    "output": "产出 output",
    "outcome": "成效 outcome",
}


def indicators_of(study: Study, *, most: int = 300) -> list[tuple[str, str]]:
    """Return what the list of indicators offers: (label, value), groups first, then the indicators
    told most often; of a large corpus, those of the documents read at once."""
    outcomes = _first_part(study).outcomes
    groups = set(outcomes["group"])
    offered = [(f"{name} – all", f"group:{g}") for g, name in _GROUPS.items() if g in groups]
    named = outcomes.dropna(subset=["indicator_zh"])
    names = ["indicator_zh", "indicator_en"]
    counts = named.groupby(names, sort=False, dropna=False).size()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))[:most]
    return offered + [
        (f"{zh} {'' if pd.isna(en) else en} ({n})", f"indicator:{zh}") for (zh, en), n in ranked
    ]
