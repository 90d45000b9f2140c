"""Coded cells → a matrix of documents × instruments, and tables that compare the documents.

Use this module after `code_approaches`.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, split_clauses, takes_corpus

from .coding import coded_cells

_MATRIX = (
    "doc city_zh city_en code stage strand type zh en state present mark n_evidence start end quote"
    " date date_iso source disagree state_rules state_reference"
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
        start, end, quote, date, date_iso, source, disagree, state_rules, state_reference`, in the
        order of corpus and codebook. `present`, `state` and `mark` mean the same as in
        `code_approaches`. A row of the reference reading replaces the coding by the rules, and
        `source` is then `reference` instead of `rules`. `disagree` tells whether the rules gave
        another value of `present` than the reference reading. `quote` is the quotation that decides
        the cell. `date` holds the words that date the act according to the rules, and `date_iso`
        holds this date in digits: `2024-10-31`, `2024-06` or, if the year is unknown, `06`.

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
