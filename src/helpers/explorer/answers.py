"""Turn a reader's choice in the explorer (a search page) into a text, HTML, tables and a figure.
Call `answer` to get an answer without opening the explorer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers import figures
from helpers.codebook import read_table
from helpers.figures import Chart, evidence_html, markup, with_reference
from helpers.study import Study, count
from helpers.text import Corpus
from helpers.themes import count_themes

from . import views
from .views import say

VIEWS = ("themes", "search", "instruments", "outcomes")
# If there are more than 3,000 hits, only the hits listed on the page are highlighted.
_MANY_MARKS = 3000
# To save time, the explorer looks for instruments and numbers in at most 60 documents.
_CODED_AT_ONCE = 60


_NOTHING = Markup()


@dataclass(frozen=True)
class Choice:
    """What a reader chose in the explorer. A `section` of None means the whole text. An empty
    `theme`, `code` or `indicator` means all themes, all instruments or all indicators."""

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
    """What the explorer shows for a reader's choice, and what the reader can save."""

    html: Markup  # A complete HTML page, which the explorer shows in a frame.
    summary: str  # The answer in one sentence, without HTML.
    # For each table, by name, a function that returns all its rows, even rows not on the page.
    tables: dict[str, Callable[[], pd.DataFrame]] = field(default_factory=dict)
    n_rows: int = 0  # The number of rows of the longest table.
    pages: int = 1  # The number of pages of results, which the explorer shows one at a time.
    # A function that takes "zh" or "en" and returns the chart.
    draw: Callable[[str], Chart] | None = None


def answer(study: Study, choice: Choice) -> Answer:
    """Return the answer to a reader's choice. If nothing in the corpus fits the choice, the answer
    is a sentence that says so."""
    chosen = set(choice.docs)
    docs = [document.doc for document in study.corpus if document.doc in chosen]
    if not docs:
        return _answer(say("explorer.choose_city"))
    answers = dict(zip(VIEWS, (_themes, _search, _instruments, _outcomes), strict=True))
    if choice.view not in answers:
        raise ValueError(f"view '{choice.view}' is not known. Views: {', '.join(VIEWS)}.")
    return answers[choice.view](study, choice, docs)


def _answer(
    sentence: str, results: Markup = _NOTHING, texts: Markup = _NOTHING, **fields: Any
) -> Answer:
    """Return an answer whose page shows a sentence, results and full texts. `fields` holds all
    other fields of `Answer`, such as `tables`."""
    return Answer(views.page_html(sentence, results, texts), sentence, **fields)


def _themes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    if choice.theme:
        theme = study.codebook.theme_table().set_index("theme").loc[choice.theme]
        hits = _chosen(hits_by_theme(study)[choice.theme], docs, choice)
        return _hits_answer(study, choice, docs, hits, theme[["family", "zh", "en"]].to_dict())
    rates = theme_rates_of(study, docs, section=choice.section)
    shown = _chosen(hits_of(study), docs[: views.COLUMNS], choice)
    marks = shown.drop_duplicates(["doc", "theme"])
    texts = views.MarkedTexts(study.corpus, marks, names_of(study))
    total = int(rates["n"].sum())
    sentence = say(
        "explorer.theme_hits",
        hits=count(total, "hit"),
        themes=rates["theme"].nunique(),
        documents=_documents_chosen(docs, choice),
    )
    return _answer(
        sentence,
        views.theme_grid_html(rates, texts),
        texts.html(),
        tables={
            "theme_rates": lambda: rates,
            "theme_hits": lambda: _chosen(study.theme_hits, docs, choice),
        },
        n_rows=max(total, len(rates)),
        draw=lambda lang: figures.theme_rates(rates, codebook=study.codebook, lang=lang),
    )


def _search(study: Study, choice: Choice, docs: list[str]) -> Answer:
    words, problem = views.search_terms(choice.term)
    if problem:
        return _answer(problem)
    hits = views.in_section(views.search(study.corpus, words, docs), choice.section)
    if hits.empty:
        where = _documents_chosen(docs, choice)
        return _answer(say("explorer.no_hits", term=choice.term.strip(), documents=where))
    label = " ".join(words)
    return _hits_answer(study, choice, docs, hits, {"family": "service", "zh": label, "en": label})


def _hits_answer(
    study: Study, choice: Choice, docs: list[str], hits: pd.DataFrame, theme: dict[str, str]
) -> Answer:
    """Return the answer that shows hits: the number of hits in each document, and each hit with the
    text around it. `theme` holds the family of themes, the Chinese name and the English name under
    which the hits are shown."""
    frequency = views.frequency(study.corpus, hits, docs, section=choice.section)
    shown, paging, pages = _page(hits, choice)
    marks = hits
    if len(hits) > _MANY_MARKS or len(docs) > views.ROWS:
        # Each listed document links to its first hit, so these first hits are highlighted, too.
        first = hits[hits["doc"].isin(docs[: views.ROWS])].drop_duplicates("doc")
        marks = pd.concat([first, shown]).drop_duplicates(["doc", "start"])
    texts = views.MarkedTexts(study.corpus, marks, names_of(study))
    lines = partial(views.concordance, study.corpus)
    label = " ".join(dict.fromkeys([theme["zh"], theme["en"]]))
    rates = frequency.assign(theme="chosen", **theme)
    return _answer(
        f"{label}: {count(len(hits), 'hit')} in {int((frequency['n'] > 0).sum())} of"
        f" {_documents_chosen(docs, choice)}.",
        views.frequency_html(frequency, texts)
        + views.rows_html("concordance", lines(shown), texts, **paging),
        texts.html(),
        tables={"frequency": lambda: frequency, "concordance": lambda: lines(hits)},
        n_rows=len(hits),
        pages=pages,
        draw=lambda lang: figures.theme_rates(rates, codebook=study.codebook, lang=lang),
    )


def _instruments(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _first_documents(study, docs)
    evidence = _chosen(evidence_of(study), docs, choice)
    matrix = study.approach_matrix[study.approach_matrix["doc"].isin(docs)]
    if choice.code:
        evidence = evidence[evidence["code"] == choice.code]
        matrix = matrix[matrix["code"] == choice.code]
    label = f"{matrix['code'].nunique()} instruments"
    if choice.code and len(matrix):
        label = f"{matrix['zh'].iloc[0]} {matrix['en'].iloc[0]}"
    shown = docs[: views.ROWS // 5]  # show few documents, because each has dozens of quotations
    if len(shown) < len(docs):
        words = say("explorer.first_shown", shown=len(shown), total=len(docs))
        note += Markup("<p>{}</p>").format(words)
    tables = (matrix, evidence, study.corpus.metadata)
    cells, quotations, documents = (table[table["doc"].isin(shown)] for table in tables)
    texts = views.MarkedTexts(study.corpus, quotations, names_of(study))
    titles = {
        (doc, s.section): s.section_title for doc in shown for s in study.corpus[doc].sentences
    }
    places = {
        (row.doc, row.start): {"title": titles.get((row.doc, row.section))}
        for row in quotations.itertuples()
    }
    options = {"link": texts.link, "places": places, "unfolded": bool(choice.code)}
    table = evidence_html(cells, quotations, documents, codebook=study.codebook, **options)
    done = int((matrix["state"] == "done").sum())
    return _answer(
        f"{label}: {count(len(evidence), 'quotation')}{_where(choice)}; {count(done, 'cell')} done"
        f" in {count(len(docs), 'document')}.",
        note + table,
        texts.html(),
        tables={"matrix": lambda: matrix, "evidence": lambda: evidence},
        n_rows=max(len(evidence), len(matrix)),
        draw=lambda lang: figures.instrument_matrix(matrix, codebook=study.codebook, lang=lang),
    )


def _outcomes(study: Study, choice: Choice, docs: list[str]) -> Answer:
    study, docs, note = _first_documents(study, docs)
    outcomes, where = _chosen(study.outcomes, docs, choice), _documents_chosen(docs, choice)
    kind, _, name = choice.indicator.partition(":")
    if kind:
        column = "group" if kind == "group" else "indicator"
        outcomes = outcomes[outcomes[column] == name]
    if outcomes.empty:
        return _answer(say("explorer.no_number", documents=where))
    shown, paging, pages = _page(outcomes, choice)
    texts = views.MarkedTexts(study.corpus, shown, names_of(study))
    n_open = int((outcomes["status"] == "ambiguous").sum())
    groups = [group for group in _GROUPS if group in set(outcomes["group"])]
    return _answer(
        f"{count(len(outcomes), 'number')} in {outcomes['doc'].nunique()} of"
        f" {where}, {n_open} of them open to more than one reading.",
        note + views.rows_html("outcomes", shown, texts, **paging),
        texts.html(),
        tables={"outcomes": lambda: outcomes},
        n_rows=len(outcomes),
        pages=pages,
        draw=lambda lang: figures.number_tiles(
            outcomes, rows=groups, codebook=study.codebook, lang=lang
        ),
    )


def _chosen(table: pd.DataFrame, docs: list[str], choice: Choice) -> pd.DataFrame:
    return views.in_section(table[table["doc"].isin(docs)], choice.section)


def _page(table: pd.DataFrame, choice: Choice) -> tuple[pd.DataFrame, dict[str, int], int]:
    """Return the rows of the chosen page, a dictionary, and the number of pages. The dictionary
    holds the number of rows before the chosen page and the number of all rows."""
    pages = max(1, -(-len(table) // views.ROWS))
    before = views.ROWS * (min(choice.page, pages) - 1)
    shown = table.iloc[before : before + views.ROWS]
    return shown, {"before": before, "total": len(table)}, pages


def _documents_chosen(docs: list[str], choice: Choice) -> str:
    return f"{count(len(docs), 'document')}{_where(choice)}"


def _where(choice: Choice) -> str:
    return "" if choice.section is None else f", section {choice.section}"


def _first_documents(study: Study, docs: list[str]) -> tuple[Study, list[str], Markup]:
    """Keep only the first 60 of the given documents, so that readers need not wait. Return a study
    of these documents, the list of their ids, and a note in HTML if some documents were left
    out."""
    first, note = docs[:_CODED_AT_ONCE], _NOTHING
    if len(first) < len(docs):
        sentence = say("explorer.first_read", n=len(first), total=len(docs))
        note = Markup('<h1 class="sum">{}</h1>').format(sentence)
    return part_of(study, tuple(first)), first, note


def theme_rates_of(
    study: Study, docs: Iterable[str], *, section: int | None = None
) -> pd.DataFrame:
    """Count themes in the given documents, or in one section of each document, in the same way as
    `count_themes`. Add the Chinese and English names of the themes."""
    docs = list(docs)
    themes = study.codebook.theme_table()
    if section is None and len(docs) <= views.INTERVALS_UP_TO:
        rates = count_themes(_corpus_of(study, docs), study.codebook)
        return rates.merge(themes[["theme", "zh", "en"]], on="theme", validate="many_to_one")
    parts = [
        views.frequency(
            study.corpus, hits_by_theme(study)[row.theme], docs, section=section
        ).assign(theme=row.theme, family=row.family, zh=row.zh, en=row.en)
        for row in themes.itertuples()
    ]
    columns = "doc city_zh city_en theme family n per_1000_chars low high zh en".split()
    # Each table in `parts` has one theme, and its index numbers the documents. Sorting by the index
    # brings the rows of each document together and keeps the themes in the order of the codebook.
    return pd.concat(parts).sort_index(kind="stable")[columns].reset_index(drop=True)


# --- functions that compute a table once and keep it in memory


def prepare(study: Study) -> None:
    """Compute in advance the tables that answers need, so that readers get each answer at once."""
    for document in study.corpus:
        views.sentence_index(document)
    part, _, _ = _first_documents(study, [document.doc for document in study.corpus])
    _ = names_of(study), hits_by_theme(study)
    _ = part.approach_matrix, evidence_of(part), part.outcomes


@lru_cache(maxsize=4)
def names_of(study: Study) -> dict[str, str]:
    """Return a dictionary from the id of a document to the name that the explorer shows."""
    return markup.city_of(study.corpus.metadata)


@lru_cache(maxsize=4)
def hits_of(study: Study) -> pd.DataFrame:
    """Return the table `theme_hits` of a study with documents, themes and terms as pandas
    categories. Rows are selected faster by a category than by a string."""
    return study.theme_hits.astype({"doc": "category", "theme": "category", "term": "category"})


@lru_cache(maxsize=4)
def hits_by_theme(study: Study) -> dict[str, pd.DataFrame]:
    """Return a table of hits for each theme of the codebook, even for a theme without hits."""
    hits = hits_of(study)
    by_theme = {str(theme): rows for theme, rows in hits.groupby("theme", observed=True)}
    themes = study.codebook.theme_table()["theme"]
    return {theme: by_theme.get(theme, hits.iloc[:0]) for theme in themes}


@lru_cache(maxsize=8)
def part_of(study: Study, docs: tuple[str, ...]) -> Study:
    """Return a study of the given documents only, if analysing the whole corpus would keep a reader
    waiting. For a small corpus, return the study of the whole corpus."""
    if len(study.corpus) <= _CODED_AT_ONCE:
        return study
    return Study(_corpus_of(study, docs), study.codebook)


def _corpus_of(study: Study, docs: Iterable[str]) -> Corpus:
    return Corpus(tuple(study.corpus[doc] for doc in docs))


@lru_cache(maxsize=8)
def evidence_of(study: Study) -> pd.DataFrame:
    """Return the quotations that show the use of an instrument: the quotations found by rules
    and, if there are any, the quotations of the reference reading."""
    return with_reference(study.approach_evidence, read_table("coded/sentences"), study.corpus)


_GROUPS = ("context", "effort", "output", "outcome")


def indicators_of(study: Study, *, most: int = 300) -> list[tuple[str, str]]:
    """Return the entries of the drop-down list of indicators as (label, value): first the groups,
    then the most frequent indicators. Only the first 60 documents of a corpus are searched."""
    part, _, _ = _first_documents(study, [document.doc for document in study.corpus])
    outcomes = part.outcomes
    groups = set(outcomes["group"])
    entries = [
        (f"{say(f'explorer.group_{group}', 'zh en')} – all", f"group:{group}")
        for group in _GROUPS
        if group in groups
    ]
    # Of the names of one indicator, take the shortest, which tells least of its state, level and
    # place.
    named = outcomes.dropna(subset=["indicator_zh"]).fillna({"indicator_en": ""})
    named = named.sort_values("indicator_zh", key=lambda names: names.str.len(), kind="stable")
    names = named.drop_duplicates("indicator").set_index("indicator")
    counts = named.groupby("indicator", sort=False).size()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return entries + [
        (f"{names.indicator_zh[thing]} {names.indicator_en[thing]} ({n})", f"indicator:{thing}")
        for thing, n in ranked
    ]
