"""Coded cells → a matrix of documents × instruments, and tables that compare the documents.

Use this module after `code_approaches`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.text import Corpus, Document, ToldDate, split_clauses
from helpers.themes import theme_hits

from .coding import approach_evidence, coded_cells

SIMILARITY_FROM = 12  # similarity is computed only for at least this many documents
_HAN = re.compile("[\u4e00-\u9fff]")
_MATRIX = (
    "doc city_zh city_en code stage strand type zh en state present mark n_evidence start end quote"
    " date source disagree state_rules state_reference"
).split()
# in these columns of the matrix, the reference reading replaces the coding by the rules
_REFERENCE = dict.fromkeys(("state", "mark", "quote"), "str")
_REFERENCE |= {"present": "int64", "n_evidence": "int64", "start": "Int64", "end": "Int64"}


def approach_matrix(
    corpus: Corpus, codebook: Codebook | None = None, *, reference: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a table with a row for each document and instrument, coded by rules or by reading.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
    reference : DataFrame, optional
        The reference reading, or another coding made by reading, with one row per document and
        code. It has the columns `sha256, code, state` and may have `present, mark, n_evidence,
        quote`, as has data/coded/approaches.csv. A row is used only for the document file with this
        hash.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, strand, type, zh, en, state, present, mark, n_evidence,
        start, end, quote, date, source, disagree, state_rules, state_reference`, in the order of
        corpus and codebook.
        `present`, `state` and `mark` mean the same as in `code_approaches`. Where there is a
        reference reading, it replaces the coding by the rules, and `source` is `reference` instead
        of `rules`. `disagree` tells whether the rules gave another value of `present`. `quote` is
        the quotation that decides the cell, and `date` are the words by which the rules date it.

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
    cells = coded_cells(corpus, codebook)
    cells = cells.merge(codebook.approaches[["code", "zh", "en"]], on="code", how="left")
    cells = cells.assign(source="rules", disagree=False, state_rules=cells["state"])
    cells["state_reference"] = pd.NA
    if reference is not None and len(reference):
        _reconcile(cells, reference, corpus)
    return cells[_MATRIX].astype({"state_reference": "str", "source": "str"})


def _reconcile(cells: pd.DataFrame, reference: pd.DataFrame, corpus: Corpus) -> None:
    """Put the reference reading into `cells`, and record where the coding by the rules differs."""
    docs = {document.sha256: document.doc for document in corpus}
    reference = reference.assign(doc=reference["sha256"].map(docs)).dropna(subset=["doc"])
    reference = reference.drop_duplicates(["doc", "code"]).set_index(["doc", "code"])
    keys = pd.MultiIndex.from_frame(cells[["doc", "code"]])
    covered = keys.isin(reference.index)
    rows = reference.reindex(keys[covered])
    if "present" not in rows:
        rows["present"] = rows["state"] == "done"
    present_by_rules = cells.loc[covered, "present"].to_numpy()
    cells.loc[covered, "disagree"] = rows["present"].astype("int64").to_numpy() != present_by_rules
    for name, kind in _REFERENCE.items():
        if name in rows:
            values = rows[name].replace("", pd.NA)
            if kind == "Int64":
                values = pd.to_numeric(values)
            cells.loc[covered, name] = values.astype(kind).to_numpy()
    cells.loc[covered, "state_reference"] = rows["state"].to_numpy()
    cells.loc[covered, "source"] = "reference"


def compare_pairs(matrix: pd.DataFrame) -> pd.DataFrame:
    """List for every two documents which instruments both report and which only one reports.

    Returns
    -------
    DataFrame
        `doc_a, doc_b, relation, codes, n`. The relation `shared` lists the instruments that both
        documents report. `only_a` lists those that A reports and that B only plans, calls for or
        cannot use. `silent_a` lists those that B reports and A does not mention, although A may
        have used them. `only_b` and `silent_b` are the reverse. No ranking follows from this table.
    """
    wide = matrix.pivot(index="code", columns="doc", values=["present", "state"])
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
    """Flag documents in which a later stage of supervision seems to come before an earlier stage.

    Returns
    -------
    DataFrame
        `doc, problem, code, date, quote, before, before_date, before_quote`. `problem` is
        `dated_before` if a sentence dates a later act before the assignment of problems. It is
        `without_assignment` if the text tells of a vote on problems but never says that they were
        assigned. A flag asks for a look at the text and is not a finding.

        A date has its year, such as `2024-06-18` or `2024-06`, if the text or the document says the
        year, else it is `06-18` or `06`. Dates with a year are not compared with dates without one,
        nor is a date that the sentence only plans.
    """
    done = _done(evidence, approaches).sort_values(["doc", "start"], kind="stable")
    rows = []
    for doc, acts in done.groupby("doc", sort=False):
        told = [(act, _date(corpus[doc], act.sentence)) for act in acts.itertuples()]
        for act, day in told:
            first = _first_assignment(told, day) if act.stage in ("rectify", "evaluate") else None
            if first and day.last < first[1].first:
                before = (first[0].code, str(first[1]), first[0].quote)
                rows.append((doc, "dated_before", act.code, str(day), act.quote, *before))
        if not (acts["stage"] == "assign").any():
            for act in acts[acts["stage"] == "evaluate"].drop_duplicates("code").itertuples():
                day = _date(corpus[doc], act.sentence)
                shown = str(day) if day else pd.NA
                before = ("handover", pd.NA, "")
                rows.append((doc, "without_assignment", act.code, shown, act.quote, *before))
    columns = "doc problem code date quote before before_date before_quote".split()
    return pd.DataFrame(rows, columns=columns)


def _first_assignment(
    told: list[tuple[Any, ToldDate | None]], day: ToldDate | None
) -> tuple[Any, ToldDate] | None:
    """Return the first dated assignment of problems whose date compares with `day`: both have a
    year, or neither has."""
    assigned = [
        (act, other)
        for act, other in told
        if act.stage == "assign" and day and other and other.has_year == day.has_year
    ]
    return min(assigned, key=lambda pair: pair[1].first, default=None)


def _date(document: Document, number: int) -> ToldDate | None:
    """Return the first day or month in which a sentence tells that something took place."""
    sentence = document.sentences[number - 1]
    inside = (day for day in document.told_dates if sentence.start <= day.start < sentence.end)
    return next(inside, None)


def _done(evidence: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Return the evidence whose state is `done`, and add the stage of each instrument."""
    done = evidence[evidence["state"] == "done"]
    return done.merge(approaches[["code", "stage"]], on="code")


def similarity(matrix: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Measure how alike every two documents are, and put similar documents next to each other.

    The table has the columns `doc_a, doc_b, shared, either, jaccard`. Jaccard's measure is the
    number of instruments that both documents report (`shared`), divided by the number of
    instruments that at least one of the two documents reports (`either`). The list of documents
    follows the leaves of a dendrogram (average linkage).

    Raises
    ------
    ValueError
        For fewer than 12 documents, because a tree of a few briefings would show how their lengths
        and dates differ, not which kinds of cities there are.
    """
    names = list(matrix["doc"].unique())
    if len(names) < SIMILARITY_FROM:
        found = f"{len(names)} documents: similarity is computed only from {SIMILARITY_FROM} on"
        raise ValueError(f"{found}. Use compare_pairs instead.")
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    wide = matrix.pivot(index="doc", columns="code", values="present")
    cells = wide.reindex(names).to_numpy(dtype=float)
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
    documents: pd.DataFrame, matrix: pd.DataFrame | None = None, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Sort documents by their number in the album of briefings, then by date.

    A report written in mid-campaign cannot tell of later stages. If such a report does not mention
    a later stage, this proves nothing (the report is right-censored).

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, date, album_number, position, mid_campaign`; `position` is the
        album number divided by the highest album number of the corpus. `mid_campaign` tells whether
        the report is dated 90 days or more before the latest report or, if it has no date, is in
        the first half of the album. A report with neither date nor album number has no value. With
        a matrix the table also has `last_stage`, the last stage of which the report tells an act.
    """
    table = documents[["doc", "city_zh", "city_en", "date", "album_number"]].copy()
    table["position"] = (table["album_number"] / table["album_number"].max()).astype("Float64")
    dates = pd.to_datetime(table["date"], errors="coerce")
    early_date = ((dates.max() - dates).dt.days >= 90).astype("boolean").where(dates.notna())
    early_number = (table["position"] <= 0.5).astype("boolean")
    if dates.notna().sum() < 2:  # a single date cannot be early or late
        table["mid_campaign"] = early_number.fillna(early_date)
    else:
        table["mid_campaign"] = early_date.fillna(early_number)
    if matrix is not None:
        done = matrix[matrix["state"] == "done"]
        stages = list((codebook or shared_codebook()).names("stages"))
        last = done["stage"].map(stages.index).groupby(done["doc"]).max()
        table["last_stage"] = table["doc"].map(last.map(dict(enumerate(stages))))
    return table.sort_values(["album_number", "date", "doc"], ignore_index=True)


def boilerplate(corpus: Corpus, *, n: int = 8, documents: int = 2) -> pd.DataFrame:
    """Find the passages that several documents share word for word. Such passages are set phrases
    handed down to the cities, not a city's own words.

    Parameters
    ----------
    n : int
        A passage has at least this many Chinese characters. Overlapping passages are joined.
    documents : int
        Each `n` successive characters of a passage stand in at least this many documents.

    Returns
    -------
    DataFrame
        `doc, section, sentence, start, end, quote, n_chars, n_docs, docs`, in text order. Offsets
        point into the raw text. `docs` lists all documents that have some part of the passage.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    grams = {document.doc: _grams(document, n) for document in corpus}
    for doc, doc_grams in grams.items():
        for gram, *_ in doc_grams:
            owners[gram].add(doc)
    rows = []
    for document in corpus:
        shared = [
            (number, start, end, owners[gram])
            for gram, number, start, end in grams[document.doc]
            if len(owners[gram]) >= documents
        ]
        rows += _passages(document, shared)
    columns = "doc section sentence start end quote n_chars n_docs docs".split()
    return pd.DataFrame(rows, columns=columns)


def boilerplate_share(corpus: Corpus, passages: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each document consists of shared passages: `doc, city_zh, city_en,
    n_passages, n_chars, base, share_percent`. `base` counts all Chinese characters of a document.
    """
    table = corpus.documents[["doc", "city_zh", "city_en"]].copy()
    counts = passages.groupby("doc")["n_chars"]
    for name, totals in (("n_passages", counts.size()), ("n_chars", counts.sum())):
        table[name] = table["doc"].map(totals).fillna(0).astype("int64")
    table["base"] = [
        sum(len(_HAN.findall(d.text, s.start, s.end)) for s in d.sentences) for d in corpus
    ]
    share = 100 * table["n_chars"] / table["base"].where(table["base"] > 0)
    return table.assign(share_percent=share.astype("Float64"))


def _grams(document: Document, n: int) -> list[tuple[str, int, int, int]]:
    """Return every run of `n` successive Chinese characters in a sentence, ignoring punctuation.
    Each run is given as its characters, the number of the sentence, and the run's start and end."""
    grams, text = [], document.text
    for number, sentence in enumerate(document.sentences):
        places = [match.start() for match in _HAN.finditer(text, sentence.start, sentence.end)]
        chars = "".join(text[place] for place in places)
        grams += [
            (chars[i : i + n], number, places[i], places[i + n - 1] + 1)
            for i in range(len(chars) - n + 1)
        ]
    return grams


def _passages(document: Document, shared: list[tuple[int, int, int, set[str]]]) -> list[tuple]:
    """Join overlapping runs of shared characters into passages. Return a row for each passage."""
    spans: list[list] = []
    for number, start, end, docs in shared:
        if spans and spans[-1][0] == number and start < spans[-1][2]:
            spans[-1][2] = end
            spans[-1][3] |= docs
        else:
            spans.append([number, start, end, set(docs)])
    rows = []
    for number, start, end, docs in spans:
        sentence, raw = document.sentences[number], document.raw_span(start, end)
        n_chars = len(_HAN.findall(document.text, start, end))
        place = (document.doc, sentence.section, sentence.sentence, *raw, document.quote(*raw))
        rows.append((*place, n_chars, len(docs), " ".join(sorted(docs))))
    return rows


def coding_units(corpus: Corpus, evidence: pd.DataFrame) -> pd.DataFrame:
    """Number each row of the evidence as policy-text studies do. The number `000_x-2-14-3` means
    document `000_x`, section 2, sentence 14, clause 3. The columns are `unit, doc, section,
    sentence, clause, code, actor, state, modality, when, how_many, named, mention, relation,
    relation_to, quote`."""
    numbers, starts, read = [], [], None
    for row in evidence.itertuples():
        document = corpus[row.doc]
        sentence = document.sentences[row.sentence - 1]
        place = int(np.searchsorted(document.offsets, row.start)) - sentence.start
        if read != (row.doc, row.sentence):  # the rows of one sentence follow each other
            clauses = split_clauses(document.text[sentence.start : sentence.end])
            starts, read = [start for start, _ in clauses], (row.doc, row.sentence)
        numbers.append(bisect_right(starts, place))
    units = evidence.assign(clause=numbers)
    places = units[["section", "sentence", "clause"]].astype("str")
    units["unit"] = units["doc"].str.cat(places, sep="-")
    told = "code actor state modality when how_many named mention relation relation_to quote"
    return units[["unit", "doc", "section", "sentence", "clause", *told.split()]]


def stage_theme_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, family: str = "service"
) -> pd.DataFrame:
    """Count the clauses that name both an instrument and a theme, by stage and theme.

    Returns
    -------
    DataFrame
        `stage, theme, zh, en, n, n_docs`: `n` clauses (each counted once per stage and theme) in
        `n_docs` documents. A pair that no clause names has `n` = 0. The order is the codebook's.
    """
    codebook = codebook or corpus.codebook
    themes = codebook.theme_table().query("family == @family")
    clauses = approach_evidence(corpus, codebook)
    clauses = clauses.merge(codebook.approaches[["code", "stage"]], on="code")
    hits = theme_hits(corpus, codebook).rename(columns={"start": "hit"})
    hits = hits.loc[hits["theme"].isin(themes["theme"]), ["doc", "theme", "hit"]]
    # each hit belongs to the last clause that begins before it, if that clause reaches so far
    places = clauses[["doc", "start", "end"]].drop_duplicates().sort_values("start")
    hits = pd.merge_asof(hits.sort_values("hit"), places, left_on="hit", right_on="start", by="doc")
    hits = hits.query("hit < end").astype({"start": "int64"})
    hits = hits.drop_duplicates(["doc", "theme", "start"])
    met = clauses.merge(hits[["doc", "theme", "start"]], on=["doc", "start"])
    met = met.drop_duplicates(["doc", "stage", "theme", "start"])
    counts = met.groupby(["stage", "theme"]).agg(n=("doc", "size"), n_docs=("doc", "nunique"))
    stages = list(codebook.names("stages"))
    grid = pd.MultiIndex.from_product([stages, themes["theme"]], names=["stage", "theme"])
    counts = counts.reindex(grid, fill_value=0).astype("int64").reset_index()
    counts = counts.merge(themes[["theme", "zh", "en"]], on="theme")
    return counts[["stage", "theme", "zh", "en", "n", "n_docs"]]


def standing_counts(matrix: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Count the documents that report each instrument, and sort the instruments by legal standing.
    Of all `base` documents, `n_docs` report the instrument. The columns are `legal_standing, code,
    zh, en, n_docs, base, legal_source`."""
    counts = matrix.groupby("code")["present"].agg(n_docs="sum", base="size").reset_index()
    table = approaches.merge(counts, on="code")
    standings = list(table["legal_standing"].unique())
    table["rank"] = table["legal_standing"].map(standings.index)
    table = table.sort_values(["rank", "n_docs"], ascending=[True, False], ignore_index=True)
    return table["legal_standing code zh en n_docs base legal_source".split()]
