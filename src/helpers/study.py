"""Turn a corpus into all tables of the notebooks, each computed once, when it is first asked
for."""

from __future__ import annotations

import weakref
from functools import cached_property

import pandas as pd

from helpers import (
    approaches,
    comparison,
    frequency,
    matrix,
    network,
    outcomes,
    robustness,
    synthesis,
)
from helpers.agreement import Agreement, agreement, codable_units
from helpers.codebook import Codebook, read_codebook, read_table
from helpers.corpus import Corpus
from helpers.labels import city_names, document_labels
from helpers.measures import dispersion, keyness
from helpers.number_agreement import NumberAgreement, number_agreement

# a word is ranked by keyness from so many hits in so many paragraphs on
MIN_HITS, MIN_PARAGRAPHS = 5, 2
_STUDIES: weakref.WeakKeyDictionary[Corpus, Study] = weakref.WeakKeyDictionary()


def study_of(corpus: Corpus) -> Study:
    """Return the study of a corpus with the shipped codebook; the same object each time, so that
    tables are computed once."""
    if corpus not in _STUDIES:
        _STUDIES[corpus] = Study(corpus)
    return _STUDIES[corpus]


class Study:
    """The tables of one corpus under one codebook.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        The shipped one by default.
    """

    def __init__(self, corpus: Corpus, codebook: Codebook | None = None) -> None:
        self.corpus = corpus
        self.codebook = codebook or read_codebook()

    @cached_property
    def cities(self) -> pd.DataFrame:
        """`doc, city_zh, city_en`, the columns that tables are joined with."""
        return self.corpus.documents[["doc", "city_zh", "city_en"]]

    # --- how they supervise

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """`approach_evidence`."""
        return approaches.approach_evidence(self.corpus, self.codebook)

    @cached_property
    def automatic(self) -> pd.DataFrame:
        """`code_approaches`: what the rules say alone."""
        return approaches.code_approaches(self.corpus, self.codebook)

    @cached_property
    def human(self) -> pd.DataFrame:
        """The human coding of those documents of the corpus that have one (it belongs to a file's
        SHA-256); `doc` as in the corpus."""
        return self._coded("approaches")

    def _coded(self, name: str) -> pd.DataFrame:
        """The rows of a human table that belong to files of this corpus, under the ids they have
        here."""
        coded = read_table(f"coded/{name}")
        ours = {document.sha256: document.doc for document in self.corpus}
        return (
            coded[coded["sha256"].isin(ours)]
            .assign(doc=lambda t: t["sha256"].map(ours))
            .reset_index(drop=True)
        )

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """`approach_matrix`, reconciled: the human coding wins where there is one, disagreements
        are marked."""
        return matrix.approach_matrix(self.corpus, self.codebook, human=self.human)

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """Rules against the human reading, of `cells` (document × code) and `sentences` (sentence ×
        code); empty without one."""
        human = self.human.astype({"present": int})
        if human.empty:
            return {}
        read = self._coded("sentences")
        read = read[read["verdict"] == "stands"].astype({"sentence": int})
        ours = set(human["doc"])
        units = codable_units(
            self.corpus.sentences[self.corpus.sentences["doc"].isin(ours)],
            list(self.codebook.approaches["code"]),
        )
        mine = self.evidence[self.evidence["doc"].isin(ours)].drop_duplicates(
            ["doc", "sentence", "code"]
        )
        columns = ["doc", "sentence", "code", "quote"]
        return {
            "cells": agreement(self.automatic[self.automatic["doc"].isin(ours)], human),
            "sentences": agreement(mine[columns], read[columns], units=units),
        }

    @cached_property
    def stage_theme(self) -> pd.DataFrame:
        """`stage_theme_counts`."""
        return matrix.stage_theme_counts(self.corpus, self.codebook)

    @cached_property
    def boilerplate(self) -> pd.DataFrame:
        """`boilerplate`: passages that several documents have word for word."""
        return comparison.boilerplate(self.corpus)

    # --- what they talk about

    @cached_property
    def rates(self) -> pd.DataFrame:
        """`count_themes`, with the themes' names `zh, en`."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        return frequency.count_themes(self.corpus, self.codebook).merge(
            names, on="theme", how="left", validate="many_to_one"
        )

    @cached_property
    def hits(self) -> pd.DataFrame:
        """`theme_hits`."""
        return frequency.theme_hits(self.corpus, self.codebook)

    @cached_property
    def words(self) -> pd.DataFrame:
        """Documents × words, stopwords left out."""
        return frequency.document_feature_matrix(
            self.corpus, codebook=self.codebook, stopwords=self._stopwords
        )

    @cached_property
    def _stopwords(self) -> list[str]:
        """The codebook's, and the cities' own names: that a briefing names its city sets nothing
        apart."""
        names = [name for name in self.cities["city_zh"].dropna()]
        return [*self.codebook.stopwords["word"], *names, *(f"{name}市" for name in names)]

    @cached_property
    def paragraphs(self) -> pd.DataFrame:
        """Paragraphs × words, stopwords left out."""
        return frequency.document_feature_matrix(
            self.corpus, unit="paragraph", codebook=self.codebook, stopwords=self._stopwords
        )

    @cached_property
    def keyness(self) -> pd.DataFrame:
        """`keyness` of each document against all the others, of words with enough hits; `doc,
        city_zh, city_en` in front.

        A document without words (see `wordless`) is compared with nothing, and nothing with it.
        """
        parts = []
        spread = (
            (self.paragraphs > 0)
            .groupby(level="doc", sort=False)
            .sum()
            .reindex(self.words.index, fill_value=0)
        )
        worded = [doc for doc in self.words.index if doc not in self.wordless]
        for doc in worded if len(worded) > 1 else []:
            table = keyness(self.words, doc)
            enough = (table["n_target"] >= MIN_HITS) & (
                table["feature"].map(spread.loc[doc]) >= MIN_PARAGRAPHS
            )
            parts.append(
                table[enough & (table["log_ratio"] > 0)]
                .sort_values(["log_ratio", "feature"], ascending=[False, True])
                .assign(doc=doc)
            )
        columns = [
            "doc",
            "city_zh",
            "city_en",
            "feature",
            "n_target",
            "n_reference",
            "docfreq",
            "log_ratio",
            "log_ratio_low",
            "log_ratio_high",
            "lrc",
            "g2",
        ]
        if not parts:
            return pd.DataFrame(columns=columns)
        return (
            pd.concat(parts)
            .merge(self.cities, on="doc", validate="many_to_one")[columns]
            .reset_index(drop=True)
        )

    @cached_property
    def wordless(self) -> list[str]:
        """Documents without a single word that could be compared: a page of figures, a list of
        names on the stop list."""
        return [
            document.doc
            for document in self.corpus
            if document.doc not in self.words.index or not self.words.loc[document.doc].sum()
        ]

    @cached_property
    def names(self) -> pd.Series:
        """Name of each document on one line, by `doc`: its city, and its id where two share a
        city."""
        return document_labels(self.cities).map(city_names)

    @cached_property
    def network(self) -> network.Network:
        """`coword_network` over sentences."""
        return network.coword_network(
            self.corpus, codebook=self.codebook, min_docs=min(2, len(self.corpus))
        )

    @cached_property
    def cloud(self) -> pd.DataFrame:
        """`cloud_words`."""
        return robustness.cloud_words(self.corpus, most=60, codebook=self.codebook)

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """`hidden_hits`: what the broken lines of the raw files hide from a search."""
        return robustness.hidden_hits(self.corpus, self.codebook)

    @cached_property
    def two_counts(self) -> pd.DataFrame:
        """`compare_counts`: string and segmenter side by side."""
        return robustness.compare_counts(self.corpus, self.codebook)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """`sensitivity`: ranks that change when a term or the headings are left out, or by another
        measure."""
        return robustness.sensitivity(self.corpus, self.codebook)

    @cached_property
    def dispersion(self) -> pd.DataFrame:
        """`dispersion` of the themes over the paragraphs of all documents, the commonest theme
        first."""
        themes = frequency.document_feature_matrix(
            self.corpus, features="themes", unit="paragraph", codebook=self.codebook
        )
        return dispersion(themes[themes.columns[themes.sum() > 0]])

    # --- what they claim

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """`extract_outcomes`, with what a reader settled."""
        return outcomes.extract_outcomes(self.corpus)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """`comparable`: which numbers of two documents may share an axis, and why not."""
        return outcomes.comparable(self.outcomes)

    @cached_property
    def number_agreement(self) -> NumberAgreement | None:
        """The program's numbers against the human reading; None without one."""
        human = self._coded("outcomes")
        return number_agreement(
            self.outcomes[self.outcomes["doc"].isin(human["doc"])], human, self._coded("readings")
        )

    @cached_property
    def chain(self) -> pd.DataFrame:
        """`outcome_steps`: the numbers of found → assigned → rectified → evaluated."""
        return synthesis.outcome_steps(self.outcomes)

    @cached_property
    def comparable_values(self) -> pd.DataFrame:
        """The numbers that may share an axis."""
        return synthesis.comparable_values(self.outcomes, self.pairs)

    @cached_property
    def damaged(self) -> pd.DataFrame:
        """The numbers whose decimal point was lost: restored or still open."""
        return self.outcomes[self.outcomes["status"] != "as_printed"].reset_index(drop=True)

    @cached_property
    def naive(self) -> pd.DataFrame:
        """`naive_values`: what a reader without this care would have plotted."""
        return synthesis.naive_values(self.corpus, self.outcomes)

    @cached_property
    def synthesis(self) -> pd.DataFrame:
        """`synthesis_table`: one row a city."""
        return synthesis.synthesis_table(
            self.cities, self.matrix, self.rates, self.outcomes, self.pairs
        )
