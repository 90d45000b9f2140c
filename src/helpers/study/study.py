"""Turn a corpus into all its tables, each computed when it is first asked for. Notebooks, figures
and the explorer share one `Study`, so that no table is computed twice."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from functools import cached_property, wraps

import pandas as pd

from helpers.approaches import (
    approach_evidence,
    approach_matrix,
    boilerplate,
    code_approaches,
    stage_theme_counts,
)
from helpers.characters import half_width
from helpers.codebook import Codebook, read_table
from helpers.labels import city_names, document_labels
from helpers.outcomes import comparable, extract_outcomes
from helpers.text import Corpus
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
    sensitivity,
    theme_hits,
)

from .coders import Agreement, NumberAgreement, agreement, codable_units, number_agreement
from .synthesis import comparable_rows, synthesis_table

# `keyness` ranks a word only if a document has this many hits of it, in this many paragraphs.
MIN_HITS, MIN_PARAGRAPHS = 5, 2
_KEYNESS = (
    "doc city_zh city_en feature n_target n_reference docfreq log_ratio log_ratio_low"
    " log_ratio_high lrc g2"
).split()
_NAIVE = (
    "doc city_zh city_en indicator_zh indicator_en unit naive value low high status basis reason"
    " quote"
).split()
_STEPS = {
    "problems found": "found",
    "problems assigned": "assigned",
    "problems rectified": "rectified",
    "departments evaluated": "evaluated",
}
_STUDIES: weakref.WeakKeyDictionary[Corpus, Study] = weakref.WeakKeyDictionary()


def study_of(corpus: Corpus) -> Study:
    """Return the study of a corpus, the same object each time, so that tables are computed once.

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


def _table(function: Callable[..., pd.DataFrame], **options: object) -> cached_property:
    """Return a cached property: the table that `function` returns for the corpus of the study."""

    @wraps(function)
    def compute(study: Study) -> pd.DataFrame:
        return function(study.corpus, **options)

    return cached_property(compute)


class Study:
    """The tables of one corpus under one codebook.

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
    (5, 1471)
    """

    def __init__(self, corpus: Corpus, codebook: Codebook | None = None) -> None:
        self.corpus = corpus.using(codebook)
        self.codebook = self.corpus.codebook

    @cached_property
    def cities(self) -> pd.DataFrame:
        """The id of each document and the names of its city: `doc, city_zh, city_en`."""
        return self.corpus.metadata[["doc", "city_zh", "city_en"]]

    @cached_property
    def document_names(self) -> pd.Series:
        """The city of each document, by `doc`. If documents share a city, their ids are added."""
        return document_labels(self.cities).map(city_names)

    # --- how the congresses supervise

    approach_evidence = _table(approach_evidence)
    automatic = _table(code_approaches)  # the coding by rules, without the human coding
    stage_theme_counts = _table(stage_theme_counts)
    boilerplate = _table(boilerplate)

    @cached_property
    def human(self) -> pd.DataFrame:
        """The approaches found by a human coder, for the documents that a human has coded."""
        return self._coded("approaches")

    def _coded(self, name: str) -> pd.DataFrame:
        """Return the rows of a table of human readings that belong to documents of this corpus.
        Rows and documents are matched by the SHA-256 hash of the file, because ids may differ
        between corpora. The rows get the ids of this corpus."""
        ids = {document.sha256: document.doc for document in self.corpus}
        coded = read_table(f"coded/{name}")
        coded = coded[coded["sha256"].isin(ids)].reset_index(drop=True)
        return coded.assign(doc=coded["sha256"].map(ids))

    @cached_property
    def approach_matrix(self) -> pd.DataFrame:
        """The `approach_matrix`, in which a human coding (if any) replaces the coding by rules."""
        return approach_matrix(self.corpus, human=self.human)

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """How far the coding by rules agrees with the human coding. The agreement is counted over
        `cells` (one per document and code) and over `sentences` (one per sentence and code). The
        result is empty if no document has a human coding."""
        human = self.human.astype({"present": int})
        if human.empty:
            return {}
        automatic, evidence, sentences = (
            table[table["doc"].isin(human["doc"])]
            for table in (self.automatic, self.approach_evidence, self.corpus.sentences)
        )
        read = self._coded("sentences").query("verdict == 'stands'")
        units = codable_units(sentences, self.codebook.approaches["code"])
        return {
            "cells": agreement(automatic, human),
            "sentences": agreement(evidence, read, units=units),
        }

    # --- what the briefings talk about

    theme_hits = _table(theme_hits)
    cloud_words = _table(cloud_words, most=60)
    hidden_hits = _table(hidden_hits)  # hits that a search of the raw files misses at line breaks
    two_counts = _table(compare_counts)  # hits in the clean text and in the words cut from it
    sensitivity = _table(sensitivity)

    @cached_property
    def theme_rates(self) -> pd.DataFrame:
        """The table of `count_themes`, with the Chinese and English names of themes (`zh, en`)."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        rates = count_themes(self.corpus)
        return rates.merge(names, on="theme", how="left", validate="many_to_one")

    @cached_property
    def words(self) -> pd.DataFrame:
        """How often each word occurs in each document. Stopwords are left out."""
        return self._words("document")

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """How often each word occurs in each paragraph. Stopwords are left out."""
        return self._words("paragraph")

    def _words(self, unit: str) -> pd.DataFrame:
        """Count the words of each document or paragraph (`unit`), without stopwords and names of
        cities. Every briefing names its own city, so this name says nothing about its topics."""
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
        """The words that each document uses more often than all other documents, as ranked by
        `keyness`. Words with fewer than `MIN_HITS` hits in the document, or in fewer than
        `MIN_PARAGRAPHS` of its paragraphs, are left out. So are the documents in `wordless`."""
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
        """The network of words that occur together in sentences, from `coword_network`."""
        # If there are several documents, words that only one of them uses are not drawn.
        return coword_network(self.corpus, min_docs=min(2, len(self.corpus)))

    @cached_property
    def dispersion(self) -> pd.DataFrame:
        """How evenly each theme is spread over all paragraphs, the most frequent theme first."""
        themes = document_feature_matrix(self.corpus, features="themes", unit="paragraph")
        return dispersion(themes[themes.columns[themes.sum() > 0]])

    # --- which numbers the briefings claim

    outcomes = _table(extract_outcomes)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The table of `comparable`. It says for each pair of numbers from two documents whether
        both may be drawn on one axis and, if not, why."""
        return comparable(self.outcomes)

    @cached_property
    def number_agreement(self) -> NumberAgreement | None:
        """How far the numbers that the program found agree with those that a human reader found.
        None if no document was read by a human."""
        human = self._coded("outcomes")
        program = self.outcomes[self.outcomes["doc"].isin(human["doc"])]
        return number_agreement(program, human, self._coded("readings"))

    @cached_property
    def outcome_steps(self) -> pd.DataFrame:
        """The numbers of problems found, assigned and rectified, and of departments evaluated.
        The column `step` says which of these four a number counts."""
        chosen = self.outcomes[self.outcomes["indicator_en"].isin(_STEPS)]
        return chosen.assign(step=chosen["indicator_en"].map(_STEPS)).reset_index(drop=True)

    @cached_property
    def comparable_values(self) -> pd.DataFrame:
        """The numbers that may share an axis with a number of another document (see `pairs`)."""
        return self.outcomes.iloc[sorted(comparable_rows(self.pairs))].reset_index(drop=True)

    @cached_property
    def damaged(self) -> pd.DataFrame:
        """The numbers whose decimal point was lost. For some the point was put back (`restored`),
        and others can be read in several ways (`ambiguous`). The column `status` says which."""
        return self.outcomes[self.outcomes["status"] != "as_printed"].reset_index(drop=True)

    @cached_property
    def naive_values(self) -> pd.DataFrame:
        """The numbers whose decimal point was lost, each with its repaired `value` and its `naive`
        value. The naive value is that of the digits as printed, times 10,000 if 万 follows them
        and times 100 million if 亿 follows them."""
        naive = [
            _printed_value(self.corpus[row.doc].raw, row.start, row.end)
            for row in self.damaged.itertuples()
        ]
        return self.damaged.assign(naive=pd.Series(naive, dtype="float64"))[_NAIVE]

    @cached_property
    def synthesis_table(self) -> pd.DataFrame:
        """Approaches, themes and outcomes in one row per document, from `synthesis_table`."""
        tables = self.approach_matrix, self.theme_rates, self.outcomes, self.pairs
        return synthesis_table(self.cities, *tables, stages=self.codebook.names("stages"))


def _printed_value(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    # A line break may stand between the digits and a following 万 (10,000) or 亿 (100 million).
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
