"""Turn a study into what every answer of the explorer needs, computed once and kept: hits by theme,
names, evidence, indicators."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from helpers import explore_tables as tables
from helpers.codebook import read_table
from helpers.evidence_table import with_human
from helpers.markup import city_of, escape
from helpers.study import Study

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
        tables.sentence_facts(document)
    docs = tuple(document.doc for document in study.corpus)[: read_at_once(study)]
    part = part_of(study, docs)
    _ = names_of(study), hits_by_theme(study), part.matrix, evidence_of(part), part.outcomes


@lru_cache(maxsize=4)
def names_of(study: Study) -> dict[str, str]:
    """Name of every document as it is shown."""
    return city_of(study.corpus.documents)


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
    return str(text) if escape(text) else ""
