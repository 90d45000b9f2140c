"""Coded cells → a matrix of documents × instruments, and tables that compare the documents.

Use this module after `code_approaches`.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.text import Corpus, Document, ToldDate, split_clauses, takes_corpus

from .coding import coded_cells

SIMILARITY_FROM = 12  # the least number of documents for which similarity is computed
_MATRIX = (
    "doc city_zh city_en code stage strand type zh en state present mark n_evidence start end quote"
    " date source disagree state_rules state_reference"
).split()
# columns of the matrix in which the reference reading replaces the coding by the rules
_REFERENCE = dict.fromkeys(("state", "mark", "quote"), "str")
_REFERENCE |= {"present": "int64", "n_evidence": "int64", "start": "Int64", "end": "Int64"}


@takes_corpus
def approach_matrix(
    corpus: Corpus, codebook: Codebook | None = None, *, reference: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a table with one row per document and instrument, coded by rules or by reading.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
    reference : DataFrame, optional
        The reference reading, or another coding made by reading, with one row per document and
        code. The reference has the columns `sha256, code, state` and may have `present, mark,
        n_evidence, quote`, as has the file data/coded/approaches.csv. A row of the reference is
        used only for the document whose file has the hash `sha256`.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, strand, type, zh, en, state, present, mark, n_evidence,
        start, end, quote, date, source, disagree, state_rules, state_reference`, in the order of
        corpus and codebook. `present`, `state` and `mark` mean the same as in `code_approaches`. A
        row of the reference reading replaces the coding by the rules, and `source` is then
        `reference` instead of `rules`. `disagree` tells whether the rules gave another value of
        `present` than the reference reading. `quote` is the quotation that decides the cell. `date`
        holds the words that date the act according to the rules.

    Examples
    --------
    No reference reading was given, so the rules coded these cells of the questionnaire survey.

    >>> from helpers import approach_matrix, read_corpus
    >>> cells = approach_matrix(read_corpus())
    >>> cells.query("code == 'survey'")[["doc", "state", "n_evidence", "source"]].head(2)
                  doc          state  n_evidence source
    16     000_jiyuan  not_mentioned           0  rules
    62  001_sanmenxia           done           1  rules
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
        documents report. The relation `only_a` lists the instruments that document A reports and
        that document B only plans, calls for or cannot use. The relation `silent_a` lists the
        instruments that B reports and A does not mention, although A may have used them. `only_b`
        and `silent_b` are the same with A and B exchanged. The table does not tell which document
        is better.
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
        `dated_before` if a rectification or evaluation has a date before the first assignment of
        problems. `problem` is `without_assignment` if the text reports an evaluation but never says
        that problems were assigned. A row of this table is a reason to look at the text and not a
        finding.

        A date has a year, such as `2024-06-18` or `2024-06`, if the text or the document says the
        year; otherwise the date is `06-18` or `06`. A date with a year is not compared with a date
        without a year. Dates of acts that a sentence only plans are not compared at all.
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
    """Return the first dated assignment of problems among the dates that can be compared with
    `day`: either both dates have a year, or neither has."""
    assigned = [
        (act, other)
        for act, other in told
        if act.stage == "assign" and day and other and other.has_year == day.has_year
    ]
    return min(assigned, key=lambda pair: pair[1].first, default=None)


def _date(document: Document, number: int) -> ToldDate | None:
    """Return the first day or month at which something took place, as a sentence tells."""
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
    instruments that at least one of the two documents reports (`either`). For two documents that
    report no instrument, Jaccard's measure is missing (NaN), since two silent documents are not
    alike. The list of documents follows the leaves of a dendrogram (average linkage). In the
    dendrogram, a document that reports no instrument has the greatest possible distance from every
    other document.

    Raises
    ------
    ValueError
        If there are fewer than 12 documents. A dendrogram of a few briefings would show how the
        lengths and dates of the briefings differ and not which kinds of cities there are.
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
    jaccard = np.divide(shared, either, out=np.full_like(shared, np.nan), where=either > 0)
    distance = 1 - np.nan_to_num(jaccard, nan=0.0)
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

    A report written in mid-campaign cannot tell of later stages. The silence of a report from
    mid-campaign about a later stage proves nothing (the report is right-censored).

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, date, album_number, position, mid_campaign`; `position` is the album
        number divided by the highest album number of the corpus. `mid_campaign` tells whether the
        report is dated 90 days or more before the latest report or, if it has no date, is in the
        first half of the album. In the row of a report with neither date nor album number,
        `mid_campaign` is missing. If a matrix is given, the table also has `last_stage`, the last
        stage of which the report tells an act.
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


def coding_units(corpus: Corpus, evidence: pd.DataFrame) -> pd.DataFrame:
    """Number each row of the evidence by its place in the text, as studies of policy texts do. The
    number `000_x-2-14-3` means document `000_x`, section 2, sentence 14, clause 3. The columns are
    `unit, doc, section, sentence, clause, code, actor, state, modality, when, how_many, named,
    mention, relation, relation_to, quote`."""
    numbers, starts, read = [], [], None
    for row in evidence.itertuples():
        document = corpus[row.doc]
        sentence = document.sentences[row.sentence - 1]
        place = int(np.searchsorted(document.offsets, row.start)) - sentence.start
        if read != (row.doc, row.sentence):  # evidence of one sentence stands in neighbouring rows
            clauses = split_clauses(document.text[sentence.start : sentence.end])
            starts, read = [start for start, _ in clauses], (row.doc, row.sentence)
        numbers.append(bisect_right(starts, place))
    units = evidence.assign(clause=numbers)
    places = units[["section", "sentence", "clause"]].astype("str")
    units["unit"] = units["doc"].str.cat(places, sep="-")
    told = "code actor state modality when how_many named mention relation relation_to quote"
    return units[["unit", "doc", "section", "sentence", "clause", *told.split()]]


def standing_counts(matrix: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Count the documents that report each instrument, and sort the instruments by legal standing.
    `n_docs` of all `base` documents report the instrument. The columns are `legal_standing, code,
    zh, en, n_docs, base, legal_source`."""
    counts = matrix.groupby("code")["present"].agg(n_docs="sum", base="size").reset_index()
    table = approaches.merge(counts, on="code")
    standings = list(table["legal_standing"].unique())
    table["rank"] = table["legal_standing"].map(standings.index)
    table = table.sort_values(["rank", "n_docs"], ascending=[True, False], ignore_index=True)
    return table["legal_standing code zh en n_docs base legal_source".split()]
