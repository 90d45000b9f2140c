"""Turn coded instruments into the tables a comparison rests on: reconciled matrix, counts by actor,
level and theme."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.approaches import approach_evidence, code_approaches
from helpers.codebook import STAGES, Codebook, read_codebook
from helpers.corpus import Corpus
from helpers.frequency import theme_hits

LEVELS = {
    "city_congress": "city",
    "county_congress": "county",
    "township_congress": "township",
    "government": "government",
    "party": "party",
    "other": "other",
}
_MATRIX = [
    "doc",
    "city_zh",
    "city_en",
    "code",
    "stage",
    "type",
    "zh",
    "en",
    "state",
    "present",
    "strength",
    "grade",
    "n_evidence",
    "quote",
    "source",
    "disagree",
    "state_rules",
    "state_human",
]


def approach_matrix(
    corpus: Corpus, codebook: Codebook | None = None, *, human: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Put documents and instruments into one table of cells, reconciled with a human coding where
    there is one.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
    human : DataFrame, optional
        A row a document × code: `sha256, code, state` and, if there, `present, strength, grade,
        n_evidence, quote` (data/coded/approaches.csv). A row belongs to the file with that hash and
        to no other.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, type, zh, en, state, present, strength, grade,
        n_evidence, quote, source, disagree, state_rules, state_human`, in the order of corpus and
        codebook. Where a human coding covers a cell it wins (`source` = `human`), and `disagree`
        says whether the rules found otherwise (another `present`); else `source` = `rules`.
        `strength` is `specific` where one quotation is, `quote` the first of the strongest.
    """
    codebook = codebook or read_codebook()
    cells = code_approaches(corpus, codebook).merge(
        codebook.approaches[["code", "zh", "en"]], on="code", how="left"
    )
    best = _best_evidence(cells, approach_evidence(corpus, codebook))
    cells = cells.merge(best, on=["doc", "code"], how="left")
    cells = cells.assign(
        source="rules", disagree=False, state_rules=cells["state"], state_human=pd.NA
    )
    if human is not None and len(human):
        cells = _reconciled(cells, human, corpus)
    return cells[_MATRIX].astype({"state_human": "str", "source": "str"})


def _best_evidence(cells: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """One row a cell: its strength and its best quotation (of the cell's state, specific before
    listed, then the first)."""
    found = evidence.merge(cells[["doc", "code", "state"]], on=["doc", "code", "state"])
    order = found.assign(_list=found["strength"] == "enumerated").sort_values(
        ["_list", "start"], kind="stable"
    )
    return order.drop_duplicates(["doc", "code"])[["doc", "code", "strength", "quote"]]


def _reconciled(cells: pd.DataFrame, human: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Let the human coding win, file by file and cell by cell, and mark where the rules found
    otherwise."""
    docs = {document.sha256: document.doc for document in corpus}
    human = (
        human.assign(doc=human["sha256"].map(docs))
        .dropna(subset=["doc"])
        .drop_duplicates(["doc", "code"])
        .set_index(["doc", "code"])
    )
    cells = cells.copy()
    keys = pd.MultiIndex.from_frame(cells[["doc", "code"]])
    covered = keys.isin(human.index)
    rows = human.reindex(keys[covered])
    present = (
        rows["present"].astype("int64")
        if "present" in rows
        else (rows["state"] == "done").astype("int64")
    )
    cells.loc[covered, "disagree"] = present.to_numpy() != cells.loc[covered, "present"].to_numpy()
    cells.loc[covered, "present"] = present.to_numpy()
    for name in ("state", "strength", "grade", "quote"):
        if name in rows:
            cells.loc[covered, name] = rows[name].replace("", pd.NA).astype("str").to_numpy()
    if "n_evidence" in rows:
        cells.loc[covered, "n_evidence"] = rows["n_evidence"].astype("int64").to_numpy()
    cells.loc[covered, "state_human"] = rows["state"].to_numpy()
    cells.loc[covered, "source"] = "human"
    return cells


def coding_units(corpus: Corpus, evidence: pd.DataFrame) -> pd.DataFrame:
    """List the coding units as policy-text studies print them: `000_x-2-14-3` = document, section,
    sentence, clause.

    Returns
    -------
    DataFrame
        `unit, doc, section, sentence, clause, code, actor, state, strength, quote`, a row for each
        row of the evidence.
    """
    from helpers.segment import split_clauses

    clauses = []
    for row in evidence.itertuples():
        document = corpus[row.doc]
        sentence = document.sentences[row.sentence - 1]
        place = int(np.searchsorted(document.offsets, row.start))
        starts = [
            sentence.start + start
            for start, _ in split_clauses(document.text[sentence.start : sentence.end])
        ]
        clauses.append(int(np.searchsorted(starts, place, side="right")))
    units = evidence.assign(clause=clauses)
    parts = units[["doc", "section", "sentence", "clause"]].astype("str")
    units["unit"] = parts["doc"].str.cat(parts[["section", "sentence", "clause"]], sep="-")
    return units[
        [
            "unit",
            "doc",
            "section",
            "sentence",
            "clause",
            "code",
            "actor",
            "state",
            "strength",
            "quote",
        ]
    ]


def stage_counts(
    evidence: pd.DataFrame, approaches: pd.DataFrame, *, by: str = "actor"
) -> pd.DataFrame:
    """Count the evidence of each stage by who acts.

    Parameters
    ----------
    evidence : DataFrame
        As from `approach_evidence`; only what is done counts.
    approaches : DataFrame
        ``codebook.approaches``.
    by : {"actor", "level"}
        A level puts actors together: city, county, township congress; government; Party.

    Returns
    -------
    DataFrame
        `stage, <by>, n, base, n_docs`: `base` is the number of quotations of the stage, `n_docs`
        the documents behind `n`. Quotations are counted, not acts: who writes more counts for more.
    """
    done = evidence[evidence["state"] == "done"].merge(approaches[["code", "stage"]], on="code")
    done = done.assign(level=done["actor"].map(LEVELS).fillna("other"))
    found = (
        done.groupby(["stage", by]).agg(n=("doc", "size"), n_docs=("doc", "nunique")).reset_index()
    )
    found["base"] = found["stage"].map(done["stage"].value_counts())
    return _staged(found, [by])[["stage", by, "n", "base", "n_docs"]]


def stage_theme_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, family: str = "service"
) -> pd.DataFrame:
    """Count clauses in which an instrument and a theme meet: stage of supervision × theme of
    service.

    Returns
    -------
    DataFrame
        `stage, theme, zh, en, n, n_docs`: clauses (a clause counts once a cell) and documents,
        zeros kept; stages in the order of the cycle, themes in that of the codebook.
    """
    codebook = codebook or read_codebook()
    themes = codebook.theme_table().query("family == @family")
    clauses = approach_evidence(corpus, codebook).merge(
        codebook.approaches[["code", "stage"]], on="code"
    )
    hits = theme_hits(corpus, codebook)
    hits = hits[hits["theme"].isin(themes["theme"])][["doc", "sentence", "theme", "start"]].rename(
        columns={"start": "hit"}
    )
    met = (
        clauses[["doc", "sentence", "stage", "start", "end"]]
        .drop_duplicates()
        .merge(hits, on=["doc", "sentence"])
    )
    met = met[(met["hit"] >= met["start"]) & (met["hit"] < met["end"])].drop_duplicates(
        ["doc", "stage", "theme", "start"]
    )
    counts = met.groupby(["stage", "theme"]).agg(n=("doc", "size"), n_docs=("doc", "nunique"))
    grid = pd.MultiIndex.from_product([STAGES, themes["theme"]], names=["stage", "theme"])
    counts = counts.reindex(grid, fill_value=0).astype("int64").reset_index()
    return counts.merge(themes[["theme", "zh", "en"]], on="theme")[
        ["stage", "theme", "zh", "en", "n", "n_docs"]
    ]


def standing_counts(matrix: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Sort instruments by their legal standing and say how many documents report each.

    Returns
    -------
    DataFrame
        `legal_standing, code, zh, en, n_docs, base, legal_source`: `n_docs` of `base` documents
        have it present.
    """
    counts = (
        matrix.groupby("code", sort=False)["present"].agg(n_docs="sum", base="size").reset_index()
    )
    table = approaches[["legal_standing", "code", "zh", "en", "legal_source"]].merge(
        counts, on="code"
    )
    order = {name: i for i, name in enumerate(dict.fromkeys(table["legal_standing"]))}
    table = table.sort_values(
        ["legal_standing", "n_docs"],
        key=lambda s: s.map(order) if s.name == "legal_standing" else -s,
        kind="stable",
    )
    return table[
        ["legal_standing", "code", "zh", "en", "n_docs", "base", "legal_source"]
    ].reset_index(drop=True)


def _staged(table: pd.DataFrame, then: list[str]) -> pd.DataFrame:
    """Rows in the order of the cycle, then by the columns named."""
    rank = table["stage"].map(STAGES.index)
    return (
        table.assign(_rank=rank)
        .sort_values(["_rank", *then], kind="stable")
        .drop(columns="_rank")
        .reset_index(drop=True)
    )
