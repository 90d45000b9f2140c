"""A choice made in the explorer → the answer to it: words, HTML, tables, a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from helpers import figures
from helpers.codebook import read_table
from helpers.figures import Chart, evidence_html, markup, with_human
from helpers.study import Study
from helpers.themes import count_themes

from . import views

VIEWS = ("themes", "search", "instruments", "outcomes")
_MANY_MARKS = 3000  # beyond, only the hits listed are marked in the texts
_NO_DOCUMENT = "Choose at least one city. 请至少选择一个城市。"


@dataclass(frozen=True)
class Choice:
    """What a reader chose. `section` None is the whole text; an empty theme, code or indicator
    means all."""

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
    """What is shown and what can be saved.

    Attributes
    ----------
    html : str
        A page of its own, to be put into a frame.
    summary : str
        The answer in a sentence (plain text).
    tables : dict
        Name → function that returns the table with all rows, whatever part of it is shown.
    n_rows : int
        Rows of the longest table.
    pages : int
        How many pages the list has.
    draw : callable, optional
        Language → chart of what is shown.
    """

    html: str
    summary: str
    tables: dict[str, Callable[[], pd.DataFrame]] = field(default_factory=dict)
    n_rows: int = 0
    pages: int = 1
    draw: Callable[[str], Chart] | None = None


def answer(study: Study, choice: Choice) -> Answer:
    """Answer a choice; an empty or impossible one is answered with a sentence."""
    docs = [document.doc for document in study.corpus if document.doc in set(choice.docs)]
    if not docs:
        return _say(_NO_DOCUMENT)
    one = {
        "themes": _themes,
        "search": _search,
        "instruments": _instruments,
        "outcomes": _outcomes,
    }.get(choice.view)
    if one is None:
        raise ValueError(f"view '{choice.view}' is not known. Views: {', '.join(VIEWS)}.")
    return one(study, choice, docs)


def _say(words: str) -> Answer:
    return Answer(views.page_html(views.message(words)), words)


def _themes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    if choice.theme:
        theme = study.codebook.theme_table().set_index("theme").loc[choice.theme]
        hits = hits_by_theme(study).get(choice.theme, hits_of(study).iloc[:0])
        hits = views.in_section(hits[hits["doc"].isin(docs)], choice.section)
        return _counted(
            study,
            choice,
            docs,
            hits,
            chinese=theme["zh"],
            english=theme["en"],
            family=theme["family"],
        )
    rates = theme_rates_of(study, docs, section=choice.section)
    shown = hits_of(study)[hits_of(study)["doc"].isin(docs[: views.COLUMNS])]
    marks = views.in_section(shown, choice.section).drop_duplicates(["doc", "theme"])
    places = views.Places(study.corpus, marks)
    total = int(rates["n"].sum())
    words = (
        f"{_n(total, 'hit')} of {rates['theme'].nunique()} themes in"
        f" {_n(len(docs), 'document')}{_where(choice)}. 点数字可到原文。"
    )
    found = views.message(words) + views.theme_grid_html(
        rates, views.first_places(marks, places, ["doc", "theme"]), names_of(study)
    )

    def all_hits() -> pd.DataFrame:
        return views.in_section(study.hits[study.hits["doc"].isin(docs)], choice.section)

    return Answer(
        views.page_html(found, places.html(names_of(study))),
        words,
        {"theme_rates": lambda: rates, "theme_hits": all_hits},
        max(total, len(rates)),
        draw=lambda lang: figures.theme_rates(rates, lang=lang),
    )


def theme_rates_of(
    study: Study, docs: Iterable[str], *, section: int | None = None
) -> pd.DataFrame:
    """Return `count_themes` of some documents, or of one section of each, with the themes' names;
    intervals for 60 at most."""
    docs = list(docs)
    themes = study.codebook.theme_table()
    if section is None and len(docs) <= views.INTERVALS_UP_TO:
        some = type(study.corpus)(tuple(study.corpus[doc] for doc in docs))
        return count_themes(some, study.codebook).merge(
            themes[["theme", "zh", "en"]], on="theme", validate="many_to_one"
        )
    parts = []
    for row in themes.itertuples():
        counted = views.frequency(
            study.corpus,
            hits_by_theme(study).get(row.theme, hits_of(study).iloc[:0]),
            docs,
            section=section,
        )
        parts.append(
            counted.assign(
                theme=row.theme, family=row.family, zh=row.zh, en=row.en, _doc=range(len(docs))
            )
        )
    whole = pd.concat(parts).sort_values("_doc", kind="stable")
    return whole[
        [
            "doc",
            "city_zh",
            "city_en",
            "theme",
            "family",
            "n",
            "per_1000_chars",
            "low",
            "high",
            "zh",
            "en",
        ]
    ].reset_index(drop=True)


def _search(study: Study, choice: Choice, docs: list[str]) -> Answer:
    words, problem = views.search_terms(choice.term)
    if problem:
        return _say(problem)
    hits = views.in_section(views.search(study.corpus, words, docs), choice.section)
    if hits.empty:
        return _say(
            f"'{choice.term.strip()}' is not in {_n(len(docs), 'document')}{_where(choice)}. Not"
            " mentioned is not the same as not done. 未检得，“未提及”不等于“未做”。"
        )
    label = " ".join(words)
    return _counted(study, choice, docs, hits, chinese=label, english=label, family="service")


def _counted(
    study: Study,
    choice: Choice,
    docs: list[str],
    hits: pd.DataFrame,
    *,
    chinese: str,
    english: str,
    family: str,
) -> Answer:
    """Frequency and concordance of any set of hits."""
    counted = views.frequency(study.corpus, hits, docs, section=choice.section)
    names = names_of(study)
    pages = max(1, -(-len(hits) // views.ROWS))
    before = views.ROWS * (min(choice.page, pages) - 1)
    shown = hits.iloc[before : before + views.ROWS]
    # else the texts show what is listed, and each document's first hit
    few = len(hits) <= _MANY_MARKS and len(docs) <= views.ROWS
    marks = (
        hits
        if few
        else pd.concat([_first_only(hits, docs, ["doc"]), shown]).drop_duplicates(["doc", "start"])
    )
    places = views.Places(study.corpus, marks)
    label = chinese if chinese == english else f"{chinese} {english}"
    words = (
        f"{label}: {_n(len(hits), 'hit')} in {int((counted['n'] > 0).sum())} of"
        f" {_n(len(docs), 'document')}{_where(choice)}."
    )
    found = (
        views.message(words)
        + views.frequency_html(counted, views.first_places(marks, places, ["doc"]), names)
        + views.concordance_html(
            views.concordance(study.corpus, shown), places, names, total=len(hits), before=before
        )
    )
    return Answer(
        views.page_html(found, places.html(names_of(study))),
        words,
        {
            "frequency": lambda: counted,
            "concordance": lambda: views.concordance(study.corpus, hits),
        },
        len(hits),
        pages,
        lambda lang: figures.theme_rates(
            counted.assign(theme="chosen", family=family, zh=chinese, en=english), lang=lang
        ),
    )


def _first_only(hits: pd.DataFrame, docs: list[str], by: list[str]) -> pd.DataFrame:
    """The first hit of each cell, for the documents that a table shows."""
    return hits[hits["doc"].isin(docs[: views.ROWS])].drop_duplicates(by)


def _limit(study: Study, docs: list[str]) -> tuple[Study, list[str], str]:
    """The documents that are read for an answer, their study, and a sentence where some are left
    out."""
    some = docs[: read_at_once(study)]
    note = (
        f"Read for this view: the first {len(some)} of {len(docs)} documents; choose others, or run"
        f" the analysis of the whole folder. 本视图只读前{len(some)}篇。"
    )
    return part_of(study, tuple(some)), some, views.message(note) if len(some) < len(docs) else ""


def _instruments(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _limit(study, docs)
    evidence = evidence_of(study)
    evidence = views.in_section(evidence[evidence["doc"].isin(docs)], choice.section)
    matrix = study.matrix[study.matrix["doc"].isin(docs)]
    if choice.code:
        evidence, matrix = (
            evidence[evidence["code"] == choice.code],
            matrix[matrix["code"] == choice.code],
        )
    shown = docs[: views.ROWS // 5]
    some = evidence[evidence["doc"].isin(shown)]
    places = views.Places(study.corpus, some)
    documents = study.corpus.documents
    titles = _section_titles(study, shown)
    known = {
        (row.doc, row.start): {"title": titles.get((row.doc, row.section))}
        for row in some.itertuples()
    }
    table = evidence_html(
        matrix[matrix["doc"].isin(shown)],
        some,
        documents[documents["doc"].isin(shown)],
        link=places.link,
        places=known,
        unfolded=bool(choice.code),
    )
    done = int((matrix["state"] == "done").sum())
    label = (
        f"{matrix['zh'].iloc[0]} {matrix['en'].iloc[0]}"
        if choice.code and len(matrix)
        else f"{matrix['code'].nunique()} instruments"
    )
    words = (
        f"{label}: {_n(len(evidence), 'quotation')}{_where(choice)}; {_n(done, 'cell')} done in"
        f" {_n(len(docs), 'document')}."
    )
    more = (
        f"<p>The first {len(shown)} of {len(docs)} documents are shown; the CSV holds all."
        f" 仅列前{len(shown)}篇。</p>"
        if len(shown) < len(docs)
        else ""
    )
    return Answer(
        views.page_html(views.message(words) + note + more + table, places.html(names_of(study))),
        words,
        {"matrix": lambda: matrix, "evidence": lambda: evidence},
        max(len(evidence), len(matrix)),
        draw=lambda lang: figures.instrument_matrix(matrix, lang=lang),
    )


def _section_titles(study: Study, docs: Iterable[str]) -> dict[tuple[str, int], str]:
    return {(doc, s.section): s.section_title for doc in docs for s in study.corpus[doc].sentences}


def _outcomes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _limit(study, docs)
    found = views.in_section(study.outcomes[study.outcomes["doc"].isin(docs)], choice.section)
    kind, _, name = choice.indicator.partition(":")
    if kind:
        found = found[found["group" if kind == "group" else "indicator_zh"] == name]
    if found.empty:
        return _say(
            f"No number of this kind in {_n(len(docs), 'document')}{_where(choice)}. 所选范围没有这类数量。"
        )
    pages = -(-len(found) // views.ROWS)
    before = views.ROWS * (min(choice.page, pages) - 1)
    shown = found.iloc[before : before + views.ROWS]
    places = views.Places(study.corpus, shown)
    open_ones = int((found["status"] == "ambiguous").sum())
    words = (
        f"{_n(len(found), 'number')} in {found['doc'].nunique()} of"
        f" {_n(len(docs), 'document')}{_where(choice)}, {open_ones} of them open to more than one"
        " reading."
    )
    table = views.outcomes_html(
        shown, study.corpus, places, names_of(study), before=before, total=len(found)
    )
    return Answer(
        views.page_html(views.message(words) + note + table, places.html(names_of(study))),
        words,
        {"outcomes": lambda: found},
        len(found),
        pages,
        draw=lambda lang: figures.outcome_values(found, lang=lang),
    )


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _where(choice: Choice) -> str:
    return "" if choice.section is None else f", section {choice.section}"


GROUPS = {
    "context": ("背景", "context"),
    "effort": ("投入", "effort"),
    "output": ("产出", "output"),
    "outcome": ("成效", "outcome"),
}
# documents; of a larger corpus, instruments and numbers are read for so many at a time
_CODED_AT_ONCE = 60


def prepare(study: Study) -> None:
    """Compute what every answer needs, so that none keeps a reader waiting."""
    for document in study.corpus:
        views.sentence_facts(document)
    docs = tuple(document.doc for document in study.corpus)[: read_at_once(study)]
    part = part_of(study, docs)
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
    return {str(theme): rows for theme, rows in hits_of(study).groupby("theme", observed=True)}


def read_at_once(study: Study) -> int:
    """How many documents are coded for one answer: all of a small corpus, else so many as a reader
    will wait for."""
    return len(study.corpus) if len(study.corpus) <= _CODED_AT_ONCE else _CODED_AT_ONCE


@lru_cache(maxsize=8)
def part_of(study: Study, docs: tuple[str, ...]) -> Study:
    """The study of some documents of a corpus that is too large to be coded while a reader
    waits."""
    if len(study.corpus) <= _CODED_AT_ONCE:
        return study
    return Study(type(study.corpus)(tuple(study.corpus[doc] for doc in docs)), study.codebook)


@lru_cache(maxsize=8)
def evidence_of(study: Study) -> pd.DataFrame:
    """The evidence of the rules, and of a human reading where the corpus has one."""
    return with_human(study.evidence, read_table("coded/sentences"), study.corpus)


def indicators_of(study: Study, *, most: int = 300) -> list[tuple[str, str]]:
    """Return what the list of indicators offers: (label, value), groups first, then the indicators
    told most often.

    Of a large corpus, those of the documents read at once.
    """
    docs = [document.doc for document in study.corpus]
    outcomes = part_of(study, tuple(docs[: read_at_once(study)])).outcomes
    groups = [
        (f"{zh} {en} – all", f"group:{group}")
        for group, (zh, en) in GROUPS.items()
        if (outcomes["group"] == group).any()
    ]
    counts = (
        outcomes.dropna(subset=["indicator_zh"])
        .groupby(["indicator_zh", "indicator_en"], sort=False, dropna=False)
        .size()
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][0]))[:most]
    return groups + [
        (f"{zh} {'' if en != en else _label(en)} ({n})", f"indicator:{zh}")
        for (zh, en), n in ranked
    ]


def _label(text: object) -> str:
    """A label of a drop-down list is plain text already; missing becomes nothing."""
    return str(text) if markup.escape(text) else ""
