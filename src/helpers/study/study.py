"""Compute the tables of results for a corpus. Each table is computed when a program first asks for
it. Notebooks, figures and the explorer share one `Study`, so that no table is computed twice."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

import pandas as pd

from helpers.approaches import (
    approach_evidence,
    approach_matrix,
    boilerplate,
    code_approaches,
    hard_forms,
    law_making,
    relations,
    routes,
    stage_theme_counts,
    stage_theme_hits,
    supervision_cycle,
)
from helpers.characters import half_width
from helpers.codebook import Codebook, read_table
from helpers.labels import city_names, document_labels
from helpers.outcomes import caveat_quotations, comparable, extract_outcomes
from helpers.text import Corpus, takes_corpus
from helpers.themes import (
    Network,
    cloud_words,
    compare_counts,
    count_themes,
    coword_network,
    dispersion,
    document_feature_matrix,
    hidden_hits,
    keyness,
    leading_themes,
    sensitivity,
    theme_hits,
    theme_network,
    theme_pairs,
    theme_validity,
)

from .chain import outcome_steps
from .coders import Agreement, NumberAgreement, agreement, codable_units, number_agreement
from .questions import comparable_values
from .synthesis import synthesis_table

# The least number of hits in a document, and of paragraphs with a hit, that a word needs to be
# listed in `Study.keyness`.
MIN_HITS, MIN_PARAGRAPHS = 5, 2
_KEYNESS = (
    "doc city_zh city_en feature n_target n_reference docfreq log_ratio log_ratio_low"
    " log_ratio_high lrc g2"
).split()
_NAIVE = (
    "doc city_zh city_en indicator_zh indicator_en printed naive value low high unit qualifier"
    " direction status basis reason start end quote_start quote_end quote"
).split()
_STUDIES: weakref.WeakKeyDictionary[Corpus, Study] = weakref.WeakKeyDictionary()


@takes_corpus
def study_of(corpus: Corpus) -> Study:
    """Return the `Study` of a corpus. Later calls return the same object, so that no table is
    computed twice.

    Examples
    --------
    >>> from helpers import read_corpus, study_of
    >>> corpus = read_corpus()
    >>> study_of(corpus) is study_of(corpus)
    True
    """
    if corpus not in _STUDIES:
        _STUDIES[corpus] = Study(corpus)
    return _STUDIES[corpus]


def _table(function: Callable[..., Any], **options: object) -> cached_property:
    """Make a property of `Study` that calls `function` with the corpus of the study and keeps the
    result."""

    @wraps(function)
    def compute(study: Study) -> Any:
        return function(study.corpus, **options)

    return cached_property(compute)


class Study:
    """All tables of results for one corpus, computed with one codebook.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        Default: the codebook with which the corpus was read.

    Examples
    --------
    >>> from helpers import Study, read_corpus
    >>> study = Study(read_corpus())
    >>> study.words.shape  # documents, different words
    (5, 1381)
    """

    def __init__(self, corpus: Corpus, codebook: Codebook | None = None) -> None:
        self.corpus = corpus.using(codebook)
        self.codebook = self.corpus.codebook

    @cached_property
    def cities(self) -> pd.DataFrame:
        """A table with the id of each document (`doc`) and its city (`city_zh`, `city_en`)."""
        return self.corpus.metadata[["doc", "city_zh", "city_en"]]

    @cached_property
    def document_names(self) -> pd.Series:
        """A name for each document: its city, and also its id if another document has the same
        city."""
        return document_labels(self.cities).map(city_names)

    # --- Tables of how the congresses supervise

    approach_evidence = _table(approach_evidence)
    automatic = _table(code_approaches)  # the coding by the rules alone
    relations = _table(relations)
    law_making = _table(law_making)
    hard_forms = _table(hard_forms)
    stage_theme_counts = _table(stage_theme_counts)
    stage_theme_hits = _table(stage_theme_hits)
    boilerplate = _table(boilerplate)

    @cached_property
    def reference(self) -> pd.DataFrame:
        """The coding of the documents by the reference reading, with one row per document and
        instrument of supervision (`code`)."""
        return self.coded("approaches")

    def coded(self, name: str) -> pd.DataFrame:
        """Read the table `name` of the reference reading and keep the rows about documents of this
        corpus. A row and a document are matched by the SHA-256 hash of the file, because the same
        file may have another id in another corpus. The column `doc` gets the ids of this corpus."""
        ids = {document.sha256: document.doc for document in self.corpus}
        coded = read_table(f"coded/{name}")
        coded = coded[coded["sha256"].isin(ids)].reset_index(drop=True)
        return coded.assign(doc=coded["sha256"].map(ids))

    @cached_property
    def approach_matrix(self) -> pd.DataFrame:
        """The coding of each document by the reference reading, with one row per document and
        instrument. A document that the reference reading does not contain is coded by rules."""
        return approach_matrix(self.corpus, reference=self.reference)

    @cached_property
    def supervision_cycle(self) -> pd.DataFrame:
        """Which links of the supervision cycle, and which ways to end a matter, each document
        mentions."""
        documents = self.corpus.metadata
        return supervision_cycle(self.approach_matrix, self.codebook, documents=documents)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """What each document says that one body passes on to another, such as an order of the
        province or a list of problems for the government."""
        return routes(self.corpus, self.approach_matrix, self.approach_evidence, self.relations)

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """How far the coding by rules agrees with the reference reading. The entry `cells` compares
        both codings for each document and code, and the entry `sentences` for each sentence and
        code. The dict is empty if the reference reading contains no document of this corpus.

        A language model made the reference reading, so its agreement with the rules is
        repeatability 可重复性."""
        reference = self.reference
        if reference.empty:
            return {}
        automatic, evidence, sentences = (
            table[table["doc"].isin(reference["doc"])]
            for table in (self.automatic, self.approach_evidence, self.corpus.sentences)
        )
        read = self.coded("sentences").query("verdict == 'stands'")
        units = codable_units(sentences, self.codebook.approaches["code"])
        return {
            "cells": agreement(automatic, reference),
            "sentences": agreement(evidence, read, units=units),
        }

    # --- Tables of what the briefings talk about

    theme_hits = _table(theme_hits)
    theme_pairs = _table(theme_pairs)
    theme_network = _table(theme_network)
    cloud_words = _table(cloud_words, most=60)
    hidden_hits = _table(hidden_hits)  # hits that line breaks in raw text hide from a search
    two_counts = _table(compare_counts)  # each term counted by text search and by the segmenter
    sensitivity = _table(sensitivity)

    @cached_property
    def theme_rates(self) -> pd.DataFrame:
        """The table that `count_themes` returns, with the name of each theme in two more columns
        (`zh, en`)."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        rates = count_themes(self.corpus)
        return rates.merge(names, on="theme", how="left", validate="many_to_one")

    @cached_property
    def leading_themes(self) -> pd.DataFrame:
        """The table that the function `leading_themes` returns, with the names of the theme (`zh,
        en`) and of the next theme (`next_zh, next_en`) in more columns."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        table = leading_themes(self.corpus).merge(names, on="theme", how="left")
        return table.merge(names.add_prefix("next_"), on="next_theme", how="left")

    @cached_property
    def theme_validity(self) -> pd.DataFrame:
        """The table that the function `theme_validity` returns, which says how well the hits of
        each theme agree with the reference reading. The table is empty if the reference reading
        contains no document of this corpus."""
        coded = self.coded("themes")
        themes = self.codebook.theme_rules["theme"] if len(coded) else ()
        table = theme_validity(coded, self.theme_hits, themes=themes)
        return table if len(coded) else table.head(0)

    @cached_property
    def words(self) -> pd.DataFrame:
        """How often each word occurs in each document. Stopwords and names of cities are left
        out."""
        return self._words("document")

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """How often each word occurs in each paragraph. Stopwords and names of cities are left
        out."""
        return self._words("paragraph")

    def _words(self, unit: str) -> pd.DataFrame:
        """Count each word in each document or paragraph, except stopwords and names of cities. The
        names of cities are left out, because every briefing names its own city, whatever its topics
        are."""
        cities = self.cities["city_zh"].dropna()
        stopwords = [*self.codebook.stopwords["word"], *cities, *(cities + "市")]
        return document_feature_matrix(self.corpus, unit=unit, stopwords=stopwords)

    @cached_property
    def wordless(self) -> list[str]:
        """The ids of documents in which no word was counted, such as a page of numbers."""
        counts = self.words.sum(axis=1)
        return list(counts.index[counts == 0])

    @cached_property
    def keyness(self) -> pd.DataFrame:
        """For each document, the words that are more frequent in this document than in the other
        documents. A word must have at least `MIN_HITS` hits in the document, in at least
        `MIN_PARAGRAPHS` paragraphs. The documents in `wordless` are left out."""
        worded = [doc for doc in self.words.index if doc not in self.wordless]
        if len(worded) < 2:
            return pd.DataFrame(columns=_KEYNESS)
        spread = (self.paragraphs > 0).groupby(level="doc", sort=False).sum()
        parts = []
        for doc in worded:
            table = keyness(self.words, doc)
            often = table["n_target"] >= MIN_HITS
            spread_out = table["feature"].map(spread.loc[doc]) >= MIN_PARAGRAPHS
            ranked = table[often & spread_out & (table["log_ratio"] > 0)].assign(doc=doc)
            parts.append(ranked.sort_values(["log_ratio", "feature"], ascending=[False, True]))
        return pd.concat(parts).merge(self.cities, on="doc", validate="many_to_one")[_KEYNESS]

    @cached_property
    def coword_network(self) -> Network:
        """The network of words that occur in the same sentences (see `helpers.coword_network`)."""
        # A word that only one document uses is left out, unless the corpus has only one document.
        return coword_network(self.corpus, min_docs=min(2, len(self.corpus)))

    @cached_property
    def dispersion(self) -> pd.DataFrame:
        """How evenly each theme is spread over all paragraphs. The most frequent theme comes
        first."""
        themes = document_feature_matrix(self.corpus, features="themes", unit="paragraph")
        return dispersion(themes[themes.columns[themes.sum() > 0]])

    # --- Tables of the numbers that the briefings state

    outcomes = _table(extract_outcomes)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The table that the function `comparable` returns. For each pair of numbers from two
        documents that count the same thing, the table says whether both may stand side by side, for
        which question, and what speaks against it."""
        return comparable(self.outcomes, self.codebook)

    @cached_property
    def caveat_quotations(self) -> pd.DataFrame:
        """The quotations that show why numbers that may stand side by side have a caveat, such as
        different dates."""
        beside = self.pairs[self.pairs["verdict"] == "side_by_side"]
        return caveat_quotations(beside, self.outcomes, self.corpus)

    @cached_property
    def number_agreement(self) -> NumberAgreement | None:
        """How far the numbers that the program found agree with the numbers that the reference
        reading found. None if the reference reading contains no document of this corpus."""
        reference = self.coded("outcomes")
        program = self.outcomes[self.outcomes["doc"].isin(reference["doc"])]
        return number_agreement(program, reference, self.coded("readings"))

    @cached_property
    def outcome_steps(self) -> pd.DataFrame:
        """The rows of `outcomes` that count problems found, assigned or rectified, or departments
        evaluated. A list that a document mentions several times has one row. The column `step` says
        which of these four things a row counts."""
        return outcome_steps(self.outcomes)

    @cached_property
    def comparable_values(self) -> pd.DataFrame:
        """The rows of `outcomes` whose number may stand beside a number of another document. The
        rows are grouped by the question that the numbers answer."""
        return comparable_values(self.outcomes, self.pairs)

    @cached_property
    def damaged(self) -> pd.DataFrame:
        """The rows of `outcomes` whose printed digits could be read in several ways. The `status`
        of a number is `restored` if a lost decimal point was put back, `confirmed` if the reference
        reading found that no point was lost, and `ambiguous` if the digits can still be read in
        several ways."""
        return self.outcomes[self.outcomes["status"] != "as_printed"].reset_index(drop=True)

    @cached_property
    def naive_values(self) -> pd.DataFrame:
        """The rows of `damaged` with two values of each number: `value`, in which a lost decimal
        point may have been put back, and `naive`, which takes the digits as they are printed.
        `naive` is the number that the printed digits form, times 10,000 if 万 follows the digits
        and times 100 million if 亿 follows. `naive` is missing for a range of numbers."""
        naive = [
            _printed_value(self.corpus[row.doc].raw, row.start, row.end)
            for row in self.damaged.itertuples()
        ]
        return self.damaged.assign(naive=pd.Series(naive, dtype="float64"))[_NAIVE]

    @cached_property
    def synthesis_table(self) -> pd.DataFrame:
        """The table that the function `synthesis_table` returns, which has one row per document
        with its approaches, themes and outcomes."""
        tables = self.approach_matrix, self.theme_rates, self.outcomes, self.pairs
        return synthesis_table(
            self.cities, *tables, cycle=self.supervision_cycle, names=self.names_of_tellings
        )

    @property
    def names_of_tellings(self) -> dict[str, tuple[str, str]]:
        """The Chinese and English name of each state (such as `done`) and of each mark (such as
        `dated`)."""
        return self.codebook.names("states") | self.codebook.names("marks")


def _printed_value(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    # A line break may separate the digits from a following 万 (10,000) or 亿 (100 million).
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
