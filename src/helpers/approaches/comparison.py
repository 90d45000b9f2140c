"""Coded cells → the matrix of documents × instruments, and comparisons of cities, stages, wording.

Use it after `code_approaches`, to set documents side by side.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.text import Corpus, Document, split_clauses
from helpers.themes import theme_hits

from .coding import approach_evidence, code_approaches

SIMILARITY_FROM = 12  # documents
_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(?:份)?(?:([12]\d|3[01]|[1-9])日)?")
_HAN = re.compile("[\u4e00-\u9fff]")
_MATRIX = (
    "doc city_zh city_en code stage type zh en state present strength grade n_evidence quote source"
    " disagree state_rules state_human"
).split()


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
        One row per document and code: `sha256, code, state` and, if there, `present, strength,
        grade, n_evidence, quote` (data/coded/approaches.csv). A row belongs only to the file with
        that hash.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, type, zh, en, state, present, strength, grade,
        n_evidence, quote, source, disagree, state_rules, state_human`, in the order of corpus and
        codebook. Where a human coding covers a cell it wins (`source` = `human`), and `disagree`
        says whether the rules found otherwise (another `present`); else `source` = `rules`.
        `strength` is `specific` where one quotation is specific; `quote` is the first of the
        strongest quotations.

    Examples
    --------
    The cells of the questionnaire survey in the first two documents; `source` says who coded them.

    >>> from helpers import approach_matrix, read_corpus
    >>> cells = approach_matrix(read_corpus())
    >>> cells.query("code == 'survey'")[["doc", "state", "n_evidence", "source"]].head(2)
                  doc          state  n_evidence source
    16     000_jiyuan  not_mentioned           0  rules
    58  001_sanmenxia           done           1  rules
    """
    codebook = codebook or corpus.codebook
    labels = codebook.approaches[["code", "zh", "en"]]
    cells = code_approaches(corpus, codebook).merge(labels, on="code", how="left")
    best = _best_evidence(cells, approach_evidence(corpus, codebook))
    cells = cells.merge(best, on=["doc", "code"], how="left")
    cells = cells.assign(source="rules", disagree=False, state_rules=cells["state"])
    cells["state_human"] = pd.NA
    if human is not None and len(human):
        _reconcile(cells, human, corpus)
    return cells[_MATRIX].astype({"state_human": "str", "source": "str"})


def _best_evidence(cells: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: its strength and its best quotation (of the cell's state, specific before
    listed, then the first)."""
    quotes = evidence.merge(cells[["doc", "code", "state"]], on=["doc", "code", "state"])
    is_listed = quotes["strength"] == "enumerated"
    ranked = quotes.assign(_list=is_listed).sort_values(["_list", "start"])
    return ranked.drop_duplicates(["doc", "code"])[["doc", "code", "strength", "quote"]]


def _reconcile(cells: pd.DataFrame, human: pd.DataFrame, corpus: Corpus) -> None:
    """Let the human coding win, file by file and cell by cell, and mark where the rules found
    otherwise."""
    docs = {document.sha256: document.doc for document in corpus}
    human = human.assign(doc=human["sha256"].map(docs)).dropna(subset=["doc"])
    human = human.drop_duplicates(["doc", "code"]).set_index(["doc", "code"])
    keys = pd.MultiIndex.from_frame(cells[["doc", "code"]])
    covered = keys.isin(human.index)
    rows = human.reindex(keys[covered])
    present = rows["present"] if "present" in rows else rows["state"] == "done"
    present = present.astype("int64").to_numpy()
    cells.loc[covered, "disagree"] = present != cells.loc[covered, "present"].to_numpy()
    cells.loc[covered, "present"] = present
    for name in ("state", "strength", "grade", "quote"):
        if name in rows:
            cells.loc[covered, name] = rows[name].replace("", pd.NA).astype("str").to_numpy()
    if "n_evidence" in rows:
        cells.loc[covered, "n_evidence"] = rows["n_evidence"].astype("int64").to_numpy()
    cells.loc[covered, "state_human"] = rows["state"].to_numpy()
    cells.loc[covered, "source"] = "human"


def compare_pairs(matrix: pd.DataFrame) -> pd.DataFrame:
    """List for every two documents what both report, what only one reports, and what silence could
    hide.

    Returns
    -------
    DataFrame
        `doc_a, doc_b, relation, codes, n`: `relation` = `shared`, `only_a`, `only_b` (the other
        reports it as planned, called for or not applicable) or `silent_a`, `silent_b` (this
        document does not mention what the other did, and may have done it all the same). No
        ranking follows from these numbers.
    """
    wide = matrix[["doc", "code", "present", "state"]].pivot(index="code", columns="doc")
    wide = wide.reindex(matrix["code"].unique())
    present, silent = wide["present"] == 1, wide["state"] == "not_mentioned"
    rows = []
    for a, b in combinations(matrix["doc"].unique(), 2):
        for relation, chosen in (
            ("shared", present[a] & present[b]),
            ("only_a", present[a] & ~present[b] & ~silent[b]),
            ("only_b", present[b] & ~present[a] & ~silent[a]),
            ("silent_a", present[b] & silent[a]),
            ("silent_b", present[a] & silent[b]),
        ):
            codes = list(chosen.index[chosen])
            rows.append((a, b, relation, " ".join(codes), len(codes)))
    return pd.DataFrame(rows, columns=["doc_a", "doc_b", "relation", "codes", "n"])


def check_stage_order(
    corpus: Corpus, evidence: pd.DataFrame, approaches: pd.DataFrame
) -> pd.DataFrame:
    """Flag documents in which a later stage comes before an earlier one: a satisfaction vote dated
    before the assignment, or without one.

    Returns
    -------
    DataFrame
        `doc, problem, code, date, quote, before, before_date, before_quote`; `problem` =
        `dated_before` (the dates in the sentences contradict the order of the stages) or
        `without_assignment` (problems are rectified or evaluated that the text never says were
        assigned). A flag asks for a look at the text; it is not a finding.
    """
    done = _done(evidence, approaches).sort_values(["doc", "start"], kind="stable")
    done["date"] = [_date(corpus, row.doc, row.sentence) for row in done.itertuples()]
    rows = []
    for doc, acts in done.groupby("doc", sort=False):
        dated = acts.dropna(subset=["date"])
        assignments = dated[dated["stage"] == "assign"].sort_values("date").head(1)
        for first in assignments.itertuples():
            is_later_stage = dated["stage"].isin(["rectify", "evaluate"])
            too_early = dated[is_later_stage & (dated["date"] < first.date)]
            assigned = (first.code, first.date, first.quote)
            rows += [(doc, "dated_before", *act, *assigned) for act in _quoted(too_early)]
        if not (acts["stage"] == "assign").any():
            votes = acts[acts["stage"] == "evaluate"].drop_duplicates("code")
            assigned = ("handover", pd.NA, "")
            rows += [(doc, "without_assignment", *vote, *assigned) for vote in _quoted(votes)]
    columns = "doc problem code date quote before before_date before_quote".split()
    return pd.DataFrame(rows, columns=columns)


def _quoted(acts: pd.DataFrame) -> Iterator[tuple]:
    return acts[["code", "date", "quote"]].itertuples(index=False, name=None)


def _date(corpus: Corpus, doc: str, number: int) -> str | None:
    """Month and day that a sentence names, as `10-31`; None where it names none."""
    document = corpus[doc]
    sentence = document.sentences[number - 1]
    match = _MONTH.search(document.text, sentence.start, sentence.end)
    return f"{int(match[1]):02d}-{int(match[2] or 1):02d}" if match else None


def _done(evidence: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """The evidence of what was done, with its stage."""
    done = evidence[evidence["state"] == "done"]
    return done.merge(approaches[["code", "stage"]], on="code")


def similarity(matrix: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Measure how alike documents are (Jaccard: shared of all that either reports) and order them
    as a dendrogram would.

    Returns
    -------
    table : DataFrame
        `doc_a, doc_b, shared, either, jaccard`.
    order : list of str
        Documents in the order of the leaves (average linkage).

    Raises
    ------
    ValueError
        For fewer than 12 documents: a tree of a handful of briefings shows their length and date,
        not kinds of cities.
    """
    names = list(matrix["doc"].unique())
    if len(names) < SIMILARITY_FROM:
        raise ValueError(
            f"{len(names)} documents: similarity is shown from {SIMILARITY_FROM} on. Use"
            " compare_pairs instead."
        )
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    wide = matrix.pivot(index="doc", columns="code", values="present").reindex(names)
    cells = wide.to_numpy(dtype=float)
    shared = cells @ cells.T
    either = cells.sum(1)[:, None] + cells.sum(1)[None, :] - shared
    jaccard = np.divide(shared, either, out=np.ones_like(shared), where=either > 0)
    distance = 1 - jaccard
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    rows = [
        (names[i], names[j], int(shared[i, j]), int(either[i, j]), jaccard[i, j])
        for i, j in combinations(range(len(names)), 2)
    ]
    table = pd.DataFrame(rows, columns=["doc_a", "doc_b", "shared", "either", "jaccard"])
    return table, [names[i] for i in leaves_list(tree)]


def timeline(
    documents: pd.DataFrame,
    matrix: pd.DataFrame | None = None,
    codebook: Codebook | None = None,
) -> pd.DataFrame:
    """Put documents in the order of their date or, where that is missing, of their number in the
    album.

    A report written in mid-campaign cannot tell of later stages, so its silence about them says
    nothing (it is right-censored).

    Parameters
    ----------
    documents : DataFrame
        ``corpus.documents``.
    matrix : DataFrame, optional
        As from `approach_matrix`: adds the last stage that each document reports as done.
    codebook : Codebook, optional
        Whose `stages` say which stage is later.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, date, album_number, position, mid_campaign, last_stage`; `position`
        = album number over the highest of the corpus (missing without one); `mid_campaign` = in the
        first half of the album, or dated 90 days or more before the latest date; missing where the
        text says neither.
    """
    table = documents[["doc", "city_zh", "city_en", "date", "album_number"]].copy()
    table["position"] = (table["album_number"] / table["album_number"].max()).astype("Float64")
    dates = pd.to_datetime(table["date"], errors="coerce")
    early_date = ((dates.max() - dates).dt.days >= 90).astype("boolean").where(dates.notna())
    early_number = (table["position"] <= 0.5).astype("boolean")
    first, second = early_date, early_number
    if dates.notna().sum() < 2:  # a single date is the latest of all, and says nothing
        first, second = second, first
    table["mid_campaign"] = first.fillna(second)
    if matrix is not None:
        done = matrix[matrix["state"] == "done"]
        stages = list((codebook or shared_codebook()).names("stages"))
        last = done["stage"].map(stages.index).groupby(done["doc"]).max()
        table["last_stage"] = table["doc"].map(last.map(dict(enumerate(stages))))
    return table.sort_values(["album_number", "date", "doc"], ignore_index=True)


def boilerplate(corpus: Corpus, *, n: int = 8, documents: int = 2) -> pd.DataFrame:
    """Find the passages that several documents share word for word: formulas handed down to them,
    not a city's own words.

    Parameters
    ----------
    corpus : Corpus
    n : int
        Length of the shortest passage in Chinese characters; overlapping passages of that length
        are joined.
    documents : int
        How many documents must share each n characters of it.

    Returns
    -------
    DataFrame
        `doc, section, sentence, start, end, quote, n_chars, n_docs, docs`, in text order; offsets
        into the raw text; `docs` lists all documents that have some part of the passage.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    grams = {document.doc: _grams(document, n) for document in corpus}
    for doc, doc_grams in grams.items():
        for gram, *_ in doc_grams:
            owners[gram].add(doc)
    rows = [
        row
        for document in corpus
        for row in _passages(document, grams[document.doc], owners, documents)
    ]
    columns = "doc section sentence start end quote n_chars n_docs docs".split()
    return pd.DataFrame(rows, columns=columns)


def boilerplate_share(corpus: Corpus, passages: pd.DataFrame) -> pd.DataFrame:
    """Say how much of each document is shared formulas: `doc, city_zh, city_en, n_passages,
    n_chars, base, share_percent`."""
    counts = passages.groupby("doc")["n_chars"]
    table = pd.DataFrame(
        [(d.doc, d.city_zh, d.city_en) for d in corpus], columns=["doc", "city_zh", "city_en"]
    )
    for name, totals in (("n_passages", counts.size()), ("n_chars", counts.sum())):
        table[name] = [int(totals.get(doc, 0)) for doc in table["doc"]]
    table["base"] = [
        sum(len(_HAN.findall(d.text, s.start, s.end)) for s in d.sentences) for d in corpus
    ]
    share = 100 * table["n_chars"] / table["base"].where(table["base"] > 0)
    return table.assign(share_percent=share.astype("Float64"))


def _grams(document: Document, n: int) -> list[tuple[str, int, int, int]]:
    """Every n Chinese characters in a row within a sentence, marks between them ignored: gram,
    sentence, first and last place."""
    grams, text = [], document.text
    for number, sentence in enumerate(document.sentences):
        places = [match.start() for match in _HAN.finditer(text, sentence.start, sentence.end)]
        chars = "".join(text[place] for place in places)
        grams += [
            (chars[i : i + n], number, places[i], places[i + n - 1] + 1)
            for i in range(len(chars) - n + 1)
        ]
    return grams


def _passages(
    document: Document, grams: list, owners: dict[str, set[str]], documents: int
) -> list[tuple]:
    """Join overlapping shared n-grams of one document."""
    spans: list[list] = []
    for gram, number, start, end in grams:
        if len(owners[gram]) < documents:
            continue
        if spans and spans[-1][0] == number and start < spans[-1][2]:
            spans[-1][2] = end
            spans[-1][3] |= owners[gram]
        else:
            spans.append([number, start, end, set(owners[gram])])
    rows = []
    for number, start, end, docs in spans:
        sentence, raw = document.sentences[number], document.raw_span(start, end)
        n_chars = len(_HAN.findall(document.text, start, end))
        place = (document.doc, sentence.section, sentence.sentence, *raw, document.quote(*raw))
        rows.append((*place, n_chars, len(docs), " ".join(sorted(docs))))
    return rows


def coding_units(corpus: Corpus, evidence: pd.DataFrame) -> pd.DataFrame:
    """List the coding units as policy-text studies print them: `000_x-2-14-3` = document, section,
    sentence, clause.

    Returns
    -------
    DataFrame
        `unit, doc, section, sentence, clause, code, actor, state, strength, quote`, one row per
        row of the evidence.
    """
    units = evidence.copy()
    units["clause"] = [_clause_number(corpus[row.doc], row) for row in evidence.itertuples()]
    parts = units[["doc", "section", "sentence", "clause"]].astype("str")
    units["unit"] = parts["doc"].str.cat(parts[["section", "sentence", "clause"]], sep="-")
    columns = "unit doc section sentence clause code actor state strength quote"
    return units[columns.split()]


def _clause_number(document: Document, row: NamedTuple) -> int:
    """Which clause of its sentence, from 1, a row of evidence is."""
    sentence = document.sentences[row.sentence - 1]
    place = int(np.searchsorted(document.offsets, row.start)) - sentence.start
    clauses = split_clauses(document.text[sentence.start : sentence.end])
    return sum(start <= place for start, _ in clauses)


_LEVELS = {name: name for name in ("government", "party", "other")} | {
    f"{name}_congress": name for name in ("city", "county", "township")
}


def stage_counts(
    evidence: pd.DataFrame,
    approaches: pd.DataFrame,
    codebook: Codebook | None = None,
    *,
    by: str = "actor",
) -> pd.DataFrame:
    """Count the evidence of each stage by who acts.

    Parameters
    ----------
    evidence : DataFrame
        As from `approach_evidence`; only what is done counts.
    approaches : DataFrame
        ``codebook.approaches``.
    codebook : Codebook, optional
        Whose `stages` give the order of the rows.
    by : {"actor", "level"}
        A level puts actors together: city, county and township congress, government, Party.

    Returns
    -------
    DataFrame
        `stage, <by>, n, base, n_docs`: `base` is the number of quotations of the stage, `n_docs`
        the documents behind `n`. Quotations are counted, not acts: whoever writes more counts for
        more.
    """
    done = _done(evidence, approaches)
    done["level"] = done["actor"].map(_LEVELS).fillna("other")
    groups = done.groupby(["stage", by])
    counts = groups.agg(n=("doc", "size"), n_docs=("doc", "nunique")).reset_index()
    counts["base"] = counts["stage"].map(done["stage"].value_counts())
    stages = list((codebook or shared_codebook()).names("stages"))
    counts["_rank"] = counts["stage"].map(stages.index)
    counts = counts.sort_values(["_rank", by], ignore_index=True)
    return counts[["stage", by, "n", "base", "n_docs"]]


def stage_theme_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, family: str = "service"
) -> pd.DataFrame:
    """Count clauses in which an instrument and a theme meet: stage of supervision × theme of
    service.

    Returns
    -------
    DataFrame
        `stage, theme, zh, en, n, n_docs`: clauses (a clause counts once per cell) and documents,
        zeros kept; stages and themes in the order of the codebook.
    """
    codebook = codebook or corpus.codebook
    themes = codebook.theme_table().query("family == @family")
    stages = codebook.approaches[["code", "stage"]]
    clauses = approach_evidence(corpus, codebook).merge(stages, on="code")
    clauses = clauses[["doc", "sentence", "stage", "start", "end"]].drop_duplicates()
    hits = theme_hits(corpus, codebook).rename(columns={"start": "hit"})
    hits = hits.loc[hits["theme"].isin(themes["theme"]), ["doc", "sentence", "theme", "hit"]]
    met = clauses.merge(hits, on=["doc", "sentence"]).query("start <= hit < end")
    met = met.drop_duplicates(["doc", "stage", "theme", "start"])
    counts = met.groupby(["stage", "theme"]).agg(n=("doc", "size"), n_docs=("doc", "nunique"))
    stage_order = list(codebook.names("stages"))
    grid = pd.MultiIndex.from_product([stage_order, themes["theme"]], names=["stage", "theme"])
    counts = counts.reindex(grid, fill_value=0).astype("int64").reset_index()
    counts = counts.merge(themes[["theme", "zh", "en"]], on="theme")
    return counts[["stage", "theme", "zh", "en", "n", "n_docs"]]


def standing_counts(matrix: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Sort instruments by their legal standing and say how many documents report each.

    Returns
    -------
    DataFrame
        `legal_standing, code, zh, en, n_docs, base, legal_source`: `n_docs` of `base` documents
        have it present.
    """
    present = matrix.groupby("code", sort=False)["present"]
    counts = present.agg(n_docs="sum", base="size").reset_index()
    columns = "legal_standing code zh en n_docs base legal_source".split()
    table = approaches[["legal_standing", "code", "zh", "en", "legal_source"]]
    table = table.merge(counts, on="code")[columns]
    order = list(dict.fromkeys(table["legal_standing"]))
    table = table.sort_values("n_docs", ascending=False, kind="stable")
    return table.sort_values(
        "legal_standing", key=lambda standings: standings.map(order.index), kind="stable"
    ).reset_index(drop=True)
