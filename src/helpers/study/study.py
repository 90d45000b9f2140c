"""A corpus → all its tables, each computed once."""

from __future__ import annotations

import re
import weakref
from functools import cached_property

import pandas as pd

from helpers.approaches import (
    approach_evidence,
    approach_matrix,
    boilerplate,
    code_approaches,
    stage_theme_counts,
)
from helpers.characters import half_width
from helpers.codebook import Codebook, read_codebook, read_table
from helpers.labels import (
    NUMBER_KINDS,
    STAGES,
    city_names,
    document_labels,
    number_kind,
    number_words,
)
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
        return approach_evidence(self.corpus, self.codebook)

    @cached_property
    def automatic(self) -> pd.DataFrame:
        """`code_approaches`: what the rules say alone."""
        return code_approaches(self.corpus, self.codebook)

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
        return approach_matrix(self.corpus, self.codebook, human=self.human)

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
        return stage_theme_counts(self.corpus, self.codebook)

    @cached_property
    def boilerplate(self) -> pd.DataFrame:
        """`boilerplate`: passages that several documents have word for word."""
        return boilerplate(self.corpus)

    # --- what they talk about

    @cached_property
    def rates(self) -> pd.DataFrame:
        """`count_themes`, with the themes' names `zh, en`."""
        names = self.codebook.theme_table()[["theme", "zh", "en"]]
        return count_themes(self.corpus, self.codebook).merge(
            names, on="theme", how="left", validate="many_to_one"
        )

    @cached_property
    def hits(self) -> pd.DataFrame:
        """`theme_hits`."""
        return theme_hits(self.corpus, self.codebook)

    @cached_property
    def words(self) -> pd.DataFrame:
        """Documents × words, stopwords left out."""
        return document_feature_matrix(
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
        return document_feature_matrix(
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
    def network(self) -> Network:
        """`coword_network` over sentences."""
        return coword_network(
            self.corpus, codebook=self.codebook, min_docs=min(2, len(self.corpus))
        )

    @cached_property
    def cloud(self) -> pd.DataFrame:
        """`cloud_words`."""
        return cloud_words(self.corpus, most=60, codebook=self.codebook)

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """`hidden_hits`: what the broken lines of the raw files hide from a search."""
        return hidden_hits(self.corpus, self.codebook)

    @cached_property
    def two_counts(self) -> pd.DataFrame:
        """`compare_counts`: string and segmenter side by side."""
        return compare_counts(self.corpus, self.codebook)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """`sensitivity`: ranks that change when a term or the headings are left out, or by another
        measure."""
        return sensitivity(self.corpus, self.codebook)

    @cached_property
    def dispersion(self) -> pd.DataFrame:
        """`dispersion` of the themes over the paragraphs of all documents, the commonest theme
        first."""
        themes = document_feature_matrix(
            self.corpus, features="themes", unit="paragraph", codebook=self.codebook
        )
        return dispersion(themes[themes.columns[themes.sum() > 0]])

    # --- what they claim

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """`extract_outcomes`, with what a reader settled."""
        return extract_outcomes(self.corpus)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """`comparable`: which numbers of two documents may share an axis, and why not."""
        return comparable(self.outcomes)

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
        return outcome_steps(self.outcomes)

    @cached_property
    def comparable_values(self) -> pd.DataFrame:
        """The numbers that may share an axis."""
        return comparable_values(self.outcomes, self.pairs)

    @cached_property
    def damaged(self) -> pd.DataFrame:
        """The numbers whose decimal point was lost: restored or still open."""
        return self.outcomes[self.outcomes["status"] != "as_printed"].reset_index(drop=True)

    @cached_property
    def naive(self) -> pd.DataFrame:
        """`naive_values`: what a reader without this care would have plotted."""
        return naive_values(self.corpus, self.outcomes)

    @cached_property
    def synthesis(self) -> pd.DataFrame:
        """`synthesis_table`: one row a city."""
        return synthesis_table(self.cities, self.matrix, self.rates, self.outcomes, self.pairs)


COLUMNS = {
    "instruments": ("报告的监督方式（按阶段）", "Instruments reported, by stage"),
    "themes": ("主要主题（次数）", "Leading themes (hits)"),
    "results": ("所称成效及其可靠性", "Results claimed and how they stand"),
    "numbers": ("全部数量", "All numbers"),
}
"""The columns of the table as a figure draws them: column → heads in Chinese and English."""
STEPS = {
    "problems found": "found",
    "problems assigned": "assigned",
    "problems rectified": "rectified",
    "departments evaluated": "evaluated",
}
"""Indicators (`indicator_en`) that make up the chain found → assigned → rectified → evaluated."""


def synthesis_table(
    cities: pd.DataFrame,
    matrix: pd.DataFrame,
    rates: pd.DataFrame,
    outcomes: pd.DataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """Join approaches, themes and outcomes to one row a document.

    Parameters
    ----------
    cities : DataFrame
        `doc, city_zh, city_en`.
    matrix, rates, outcomes, pairs : DataFrame
        From `approach_matrix`, `count_themes` (with `zh, en`), `extract_outcomes` and `comparable`.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present` and, each in `_zh` and `_en`, `instruments`, `themes`,
        `results`, `numbers`; rows as in `cities`. A cell about which a document says nothing is
        missing.
    """
    rows, shared = [], comparable_rows(pairs)
    for city in cities.itertuples():
        present = matrix[(matrix["doc"] == city.doc) & (matrix["present"] == 1)]
        row = {
            "doc": city.doc,
            "city_zh": city.city_zh,
            "city_en": city.city_en,
            "n_present": len(present),
        }
        row |= _pair("instruments", _by_stage(present, 0), _by_stage(present, 1))
        row |= _pair("themes", *_leading(rates[rates["doc"] == city.doc]))
        own = outcomes[outcomes["doc"] == city.doc]
        row |= _pair("results", *_results(own)) | _pair("numbers", *_numbers(own, shared))
        rows.append(row)
    return pd.DataFrame(
        rows,
        columns=[
            "doc",
            "city_zh",
            "city_en",
            "n_present",
            *(f"{c}_{lang}" for c in COLUMNS for lang in ("zh", "en")),
        ],
    )


def _pair(column: str, zh: str, en: str) -> dict[str, str | None]:
    return {f"{column}_zh": zh or None, f"{column}_en": en or None}


def leading_themes(rates: pd.DataFrame, *, most: int = 2) -> pd.DataFrame:
    """Return the rows of `count_themes` with most hits in each document and family, those with no
    hit left out."""
    found = rates[rates["n"] > 0]
    order = {
        key: {value: i for i, value in enumerate(dict.fromkeys(rates[key]))}
        for key in ("doc", "family")
    }
    keys = pd.DataFrame({key: found[key].map(places) for key, places in order.items()}).assign(
        n=-found["n"], theme=found["theme"]
    )
    ranked = found.loc[keys.sort_values(["doc", "family", "n", "theme"], kind="stable").index]
    return ranked.groupby(["doc", "family"], sort=False).head(most).reset_index(drop=True)


def _leading(rates: pd.DataFrame) -> tuple[str, str]:
    zh, en = [], []
    for family, rows in leading_themes(rates).groupby("family", sort=False):
        words = {"process": ("监督：", "process: "), "service": ("服务：", "service: ")}.get(
            family, ("", "")
        )
        zh.append(words[0] + "、".join(f"{r.zh} {r.n}" for r in rows.itertuples()))
        en.append(words[1] + ", ".join(f"{r.en} {r.n}" for r in rows.itertuples()))
    return "；".join(zh), "; ".join(en)


def _by_stage(present: pd.DataFrame, language: int) -> str:
    counts = present.groupby("stage").size()
    joint = "，" if language == 0 else ", "
    return joint.join(
        f"{STAGES[stage][language].lower()} {counts[stage]}" for stage in STAGES if stage in counts
    )


def _results(own: pd.DataFrame) -> tuple[str, str]:
    """Say each number that claims a result, with how sure its reading is."""
    rows = own[own["group"] == "outcome"].to_dict("records")
    zh = [
        f"{row['indicator_zh']} {number_words(row, 'zh')}（{NUMBER_KINDS[number_kind(row)][0]}）"
        for row in rows
    ]
    en = [
        f"{row['indicator_en']} {number_words(row, 'en')} ({NUMBER_KINDS[number_kind(row)][1]})"
        for row in rows
    ]
    return "；".join(dict.fromkeys(zh)), "; ".join(dict.fromkeys(en))


def _numbers(own: pd.DataFrame, comparable: set[int]) -> tuple[str, str]:
    """Count the numbers by how they stand, and those that may be compared with another
    document's."""
    n, shared = own["status"].value_counts(), len(comparable.intersection(own.index))
    parts = [
        (n.get(status, 0), zh, en)
        for status, zh, en in (
            ("as_printed", "如原文", "as printed"),
            ("restored", "补回小数点", "restored"),
            ("ambiguous", "未定", "open"),
        )
    ]
    if own.empty:
        return "", ""
    zh = (
        f"{len(own)}个："
        + "，".join(f"{word}{k}" for k, word, _ in parts if k)
        + f"；可跨市比较{shared}"
    )
    return (
        zh,
        f"{len(own)}: "
        + ", ".join(f"{k} {word}" for k, _, word in parts if k)
        + f"; {shared} comparable",
    )


def outcome_steps(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Pick the numbers of the chain found → assigned → rectified → evaluated, with the column
    `step`; counts only."""
    chosen = outcomes[outcomes["indicator_en"].isin(STEPS)]
    return chosen.assign(step=chosen["indicator_en"].map(STEPS)).reset_index(drop=True)


def comparable_values(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the numbers that may share an axis with another document's, as `comparable` found."""
    return outcomes.iloc[sorted(comparable_rows(pairs))].reset_index(drop=True)


def comparable_rows(pairs: pd.DataFrame) -> set[int]:
    """Return the rows of `extract_outcomes` that stand in a pair which may share an axis."""
    allowed = pairs[pairs["comparable"]]
    return {*allowed["a"], *allowed["b"]}


def cooccurrence(matrix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Describe what goes together: for each document the instruments present and the hits of both
    families, side by side.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present, process_hits, service_hits`. Described, not explained:
        with a handful of documents no coefficient is computed.
    """
    present = matrix[matrix["present"] == 1].groupby("doc").size()
    hits = rates.groupby(["doc", "family"])["n"].sum().unstack(fill_value=0)
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {
        family: table["doc"].map(hits.get(family, pd.Series(dtype="int64"))).fillna(0).astype(int)
        for family in ("process", "service")
    }
    return table.assign(
        n_present=table["doc"].map(present).fillna(0).astype(int),
        process_hits=counts["process"],
        service_hits=counts["service"],
    )


def naive_values(corpus: Corpus, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Set what the digits say as they stand beside what they mean, for every number whose point was
    lost.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, indicator_zh, indicator_en, unit, naive, value, low, high, status,
        basis, reason, quote`: `naive` is the printed digits times 万 or 亿, what any tool reads
        that takes the text as it is.
    """
    damaged = outcomes[outcomes["status"].isin(["restored", "ambiguous"])]
    naive = [_as_it_stands(corpus[row.doc].raw, row.start, row.end) for row in damaged.itertuples()]
    columns = [
        "doc",
        "city_zh",
        "city_en",
        "indicator_zh",
        "indicator_en",
        "unit",
        "naive",
        "value",
        "low",
        "high",
        "status",
        "basis",
        "reason",
        "quote",
    ]
    return damaged.assign(naive=pd.Series(naive, index=damaged.index, dtype="float64"))[
        columns
    ].reset_index(drop=True)


def _as_it_stands(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
