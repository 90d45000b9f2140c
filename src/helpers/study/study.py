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

# keyness ranks a word that has at least this many hits in at least this many paragraphs
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
    """Return a cached property that holds the table which a function makes of the corpus."""

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
        By default the one that the corpus was read with.

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
        """`doc, city_zh, city_en`, the columns that tables are joined with."""
        return self.corpus.metadata[["doc", "city_zh", "city_en"]]

    @cached_property
    def document_names(self) -> pd.Series:
        """The city of each document by `doc`, with its id where two share a city."""
        return document_labels(self.cities).map(city_names)

    # --- how they supervise

    approach_evidence = _table(approach_evidence)
    automatic = _table(code_approaches)  # the coding by rules, without the human coding
    stage_theme_counts = _table(stage_theme_counts)
    boilerplate = _table(boilerplate)

    @cached_property
    def human(self) -> pd.DataFrame:
        """The human coding of the documents that have one."""
        return self._coded("approaches")

    def _coded(self, name: str) -> pd.DataFrame:
        """Return the rows of a table of human readings whose SHA-256 is that of a file of this
        corpus, with the ids of this corpus."""
        ids = {document.sha256: document.doc for document in self.corpus}
        coded = read_table(f"coded/{name}")
        coded = coded[coded["sha256"].isin(ids)].reset_index(drop=True)
        return coded.assign(doc=coded["sha256"].map(ids))

    @cached_property
    def approach_matrix(self) -> pd.DataFrame:
        """`approach_matrix`, with the human coding where there is one."""
        return approach_matrix(self.corpus, human=self.human)

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """The rules compared with the human reading, by `cells` (document × code) and `sentences`
        (sentence × code); empty where no document has a human reading."""
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

    # --- what they talk about

    theme_hits = _table(theme_hits)
    cloud_words = _table(cloud_words, most=60)
    hidden_hits = _table(hidden_hits)  # hits that broken lines hide from a search of the raw files
    two_counts = _table(compare_counts)  # hits in the plain text and in segmented words
    sensitivity = _table(sensitivity)

    @cached_property
    def theme_rates(self) -> pd.DataFrame:
        """`count_themes`, with the themes' names `zh, en`."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        rates = count_themes(self.corpus)
        return rates.merge(names, on="theme", how="left", validate="many_to_one")

    @cached_property
    def words(self) -> pd.DataFrame:
        """The counts of words by document, without stopwords."""
        return self._words("document")

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """The counts of words by paragraph, without stopwords."""
        return self._words("paragraph")

    def _words(self, unit: str) -> pd.DataFrame:
        """Count words by unit, without stopwords and names of cities: every briefing names its own
        city, which says nothing about what it writes."""
        cities = self.cities["city_zh"].dropna()
        stopwords = [*self.codebook.stopwords["word"], *cities, *(cities + "市")]
        return document_feature_matrix(self.corpus, unit=unit, stopwords=stopwords)

    @cached_property
    def wordless(self) -> list[str]:
        """Documents without a word that could be compared, such as a page of numbers."""
        counts = self.words.sum(axis=1)
        return list(counts.index[counts == 0])

    @cached_property
    def keyness(self) -> pd.DataFrame:
        """`keyness` of each document against all the others and `doc, city_zh, city_en`, for words
        with enough hits. Documents in `wordless` are left out."""
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
        """`coword_network` over sentences."""
        # a word that only one of several documents uses is not drawn
        return coword_network(self.corpus, min_docs=min(2, len(self.corpus)))

    @cached_property
    def dispersion(self) -> pd.DataFrame:
        """`dispersion` of the themes over all paragraphs, the most frequent theme first."""
        themes = document_feature_matrix(self.corpus, features="themes", unit="paragraph")
        return dispersion(themes[themes.columns[themes.sum() > 0]])

    # --- what they claim

    outcomes = _table(extract_outcomes)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """`comparable`: which numbers of two documents may share an axis, and why not."""
        return comparable(self.outcomes)

    @cached_property
    def number_agreement(self) -> NumberAgreement | None:
        """The program's numbers compared with the human reading; None where no document has one."""
        human = self._coded("outcomes")
        program = self.outcomes[self.outcomes["doc"].isin(human["doc"])]
        return number_agreement(program, human, self._coded("readings"))

    @cached_property
    def outcome_steps(self) -> pd.DataFrame:
        """The numbers of problems found, assigned and rectified, and of departments evaluated, with
        the column `step`."""
        chosen = self.outcomes[self.outcomes["indicator_en"].isin(_STEPS)]
        return chosen.assign(step=chosen["indicator_en"].map(_STEPS)).reset_index(drop=True)

    @cached_property
    def comparable_values(self) -> pd.DataFrame:
        """The numbers that may share an axis with one of another document (see `comparable`)."""
        return self.outcomes.iloc[sorted(comparable_rows(self.pairs))].reset_index(drop=True)

    @cached_property
    def damaged(self) -> pd.DataFrame:
        """The numbers whose decimal point was lost: those restored and those left open."""
        return self.outcomes[self.outcomes["status"] != "as_printed"].reset_index(drop=True)

    @cached_property
    def naive_values(self) -> pd.DataFrame:
        """For every number whose point was lost, the value of its digits as printed (`naive`, times
        万, 10,000, or 亿, 100 million), beside its repaired value."""
        naive = [
            _printed_value(self.corpus[row.doc].raw, row.start, row.end)
            for row in self.damaged.itertuples()
        ]
        return self.damaged.assign(naive=pd.Series(naive, dtype="float64"))[_NAIVE]

    @cached_property
    def synthesis_table(self) -> pd.DataFrame:
        """`synthesis_table`: one row per document."""
        tables = self.approach_matrix, self.theme_rates, self.outcomes, self.pairs
        return synthesis_table(self.cities, *tables, stages=self.codebook.names("stages"))


def _printed_value(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    # a line break may stand between the digits and their 万 or 亿
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
