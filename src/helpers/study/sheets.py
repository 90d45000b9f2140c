"""Make a coding sheet from a folder of documents, measure how far two filled sheets agree, and
combine both in one matrix. Use the sheets to check the codebook's rules on your own documents. The
function `new_corpus` sets up a folder for these documents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import resources
from pathlib import Path

import pandas as pd

from helpers.approaches import STATES, approach_matrix
from helpers.codebook import DATA, Codebook, checks
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes, write_atomically, write_table

from .coders import Agreement, agreement, codable_units

_GIVEN = ["doc", "sha256", "section_title", "sentence", "text"]
_TO_FILL = ["code", "actor", "state", "strength", "remark"]
# The values allowed in each column. An empty cell stands for the first of them.
_VALUES = {
    "actor": (
        *("city_congress", "county_congress", "township_congress"),
        *("government", "party", "other", "province"),
    ),
    "state": STATES[:3],
    "strength": ("specific", "enumerated"),
}
_CELL = ["doc", "code"]


def new_corpus(folder: Path) -> list[Path]:
    """Set up a folder for your own documents: `documents/`, `codebook/` (a copy of the codebook)
    and a README with the commands. Raise FileExistsError if the folder exists and is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"'{folder}' is not empty. Nothing was changed. Name a folder that does not exist yet."
        )
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    shutil.copytree(DATA / "codebook", folder / "codebook", dirs_exist_ok=True)
    text = resources.files("helpers.study").joinpath("corpus_readme.md").read_text("utf8")
    readme = folder / "README.md"
    write_atomically(readme, text.format(name=folder.name, folder=folder.as_posix()).encode("utf8"))
    return [folder / "documents", folder / "codebook", readme]


def write_coding_sheet(documents: Path, sheet: Path, codebook: Codebook | None = None) -> int:
    """Write a blank coding sheet for the documents in a folder, and return its number of rows.
    Raise FileExistsError if the sheet already exists."""
    if sheet.exists():
        raise FileExistsError(
            f"'{sheet}' already exists and may have been filled in. Name another file with --out."
        )
    table = coding_sheet(read_corpus(documents, codebook=codebook))
    write_atomically(sheet, table_bytes(table))
    return len(table)


def read_coding_sheets(
    documents: Path, first: Path, second: Path, out: Path, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Read two filled sheets and return how far their readers agree. Write the agreement, the
    differences and the matrix that combines both sheets as CSV files to the folder `out`."""
    corpus = read_corpus(documents, codebook=codebook)
    coded = [read_sheet(_filled(path), corpus, name=path.name) for path in (first, second)]
    agreed = sheet_agreement(*coded, corpus)
    tables = {
        "agreement": agreed.summary,
        "differences": agreed.disagreements,
        "by_code": agreed.by_code,
        "matrix": sheet_matrix(*coded, corpus),
    }
    for name, table in tables.items():
        write_table(table, name, folder=out)
    return agreed.summary


def _filled(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(
            f"'{path}' does not exist. Give the sheet that was filled in, saved as CSV."
        )
    return checks.parse_table(path.read_bytes(), path.name).reset_index(drop=True)


def coding_sheet(corpus: Corpus) -> pd.DataFrame:
    """Make a blank sheet: one row per sentence, with columns to fill in.

    A reader writes into `code` one or several codes of the codebook (`site_visit; symposium`) or
    `none`. Empty cells in `actor`, `state` and `strength` stand for the usual values
    `city_congress`, `done` and `specific`. If two codes of a sentence need different values in
    these columns, copy the row. Headings are not coded.
    """
    hashes = {document.doc: document.sha256 for document in corpus}
    body = corpus.sentences.query("kind == 'sentence'")
    sheet = body.assign(sha256=body["doc"].map(hashes), **dict.fromkeys(_TO_FILL, ""))
    return sheet[[*_GIVEN, *_TO_FILL]].reset_index(drop=True)


def read_sheet(sheet: pd.DataFrame, corpus: Corpus, *, name: str = "coding sheet") -> pd.DataFrame:
    """Check a filled sheet and return it with one row per code.

    Parameters
    ----------
    sheet : DataFrame
        A sheet made by `coding_sheet` and filled in by a reader.
    corpus : Corpus
        The coded documents. The hashes in the sheet must be the hashes of the documents' files.
    name : str
        The name of the sheet in error messages.

    Returns
    -------
    DataFrame
        `sha256, doc, sentence, code, actor, state, strength, quote`. Sentences coded `none` and
        acts of the province are left out.

    Raises
    ------
    CodebookError
        If a code, actor, state or strength is unknown, if a document has changed or is missing, or
        if a sentence has no code.
    """
    for column in ("sha256", "sentence", "code"):
        if column not in sheet:
            advice = "Fill in the sheet that `coding-sheet` wrote and keep its columns."
            checks.fail(name, 1, f"column '{column}' is missing", advice)
    docs = {document.sha256: document.doc for document in corpus}
    known_codes = [*_codes(corpus), "none"]
    records = sheet.fillna("").astype("str").to_dict("records")
    rows = [
        coding
        for row, cells in enumerate(records, start=2)
        for coding in _codings(cells, docs, known_codes, partial(checks.fail, name, row))
    ]
    return pd.DataFrame(rows, columns=["sha256", "doc", "sentence", "code", *_VALUES, "quote"])


def _codings(
    cells: dict[str, str], docs: Mapping[str, str], known_codes: list[str], fail: Callable
) -> Iterator[dict]:
    """Yield one record per code in a row of a sheet, or call `fail` if the row has an error."""
    doc, sentence = _sentence_of(cells, docs, fail)
    codes = [code.strip() for code in re.split("[;；,，]", cells["code"]) if code.strip()]
    if not codes:
        fail(f"sentence {sentence} of '{doc}' has no code", "Write a code, or 'none'.")
    details = {column: _detail(cells, column, fail) for column in _VALUES}
    coding = {"sha256": cells["sha256"], "doc": doc, "sentence": sentence, **details}
    for code in codes:
        if code not in known_codes:
            fail(f"code '{code}' is not in the codebook", checks.nearest(code, known_codes))
        if code != "none" and details["actor"] != "province":
            yield {**coding, "code": code, "quote": cells.get("text", "")}


def _sentence_of(cells: dict[str, str], docs: Mapping[str, str], fail: Callable) -> tuple[str, int]:
    """Return the document and the number of the sentence to which a row of a sheet belongs."""
    sha256, sentence = cells["sha256"], cells["sentence"]
    if sha256 not in docs:
        problem = f"document '{cells.get('doc', '')}' is not in the corpus, or its file has changed"
        fail(problem, "Code the files that the sheet was made from.")
    if not sentence.isdecimal():
        advice = "Keep the numbers of the sheet that `coding-sheet` wrote."
        fail(f"sentence '{sentence}' is not a number", advice)
    return docs[sha256], int(sentence)


def _detail(cells: dict[str, str], column: str, fail: Callable) -> str:
    """Return what a row says in the column `actor`, `state` or `strength`. For an empty cell,
    return the first value in `_VALUES`."""
    allowed = _VALUES[column]
    value = cells.get(column, "").strip() or allowed[0]
    if value not in allowed:
        fail(f"{column} '{value}' is not known", checks.nearest(value, allowed))
    return value


def _codes(corpus: Corpus) -> list[str]:
    return list(corpus.codebook.approaches["code"])


def sheet_agreement(first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus) -> Agreement:
    """Compare two readers' sheets, sentence by sentence and code by code."""
    return agreement(first, second, units=codable_units(corpus.sentences, _codes(corpus)))


def sheet_matrix(first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Combine two readers' codings and the results of the rules in one matrix. A code that either
    reader gave is kept. `disagree` marks the cells on which the two readers, or the readers and the
    rules, differ. The columns are those of `approach_matrix` and one more, `readers`, which says
    who coded the cell: `both`, `first`, `second` or `neither`.
    """
    either = pd.concat([first, second]).drop_duplicates(["doc", "sentence", "code", "state"])
    matrix = approach_matrix(corpus, human=sheet_cells(either, corpus))
    keys = pd.MultiIndex.from_frame(matrix[_CELL])
    one, two = (
        sheet_cells(coded, corpus).set_index(_CELL)["present"].reindex(keys).to_numpy() == 1
        for coded in (first, second)
    )
    readers = pd.Series("neither", index=matrix.index).mask(one, "first").mask(two, "second")
    return matrix.assign(
        readers=readers.mask(one & two, "both"), disagree=matrix["disagree"] | (one != two)
    )


def sheet_cells(coded: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Summarize coded sentences in a table with one row per document and code: `sha256, doc, code,
    present, state, strength, n_evidence, quote`. `present` is 1 if the state is `done`. `quote` is
    the sentence with the strongest state (of several such sentences, the first)."""
    order = {"_state": coded["state"].map(STATES.index), "_list": coded["strength"] == "enumerated"}
    ranked = coded.assign(**order).sort_values([*order, "sentence"], kind="stable")
    best = ranked.drop_duplicates(_CELL).set_index(_CELL)[["state", "strength", "quote"]]
    best["n_evidence"] = coded.groupby(_CELL).size()
    hashes = {document.doc: document.sha256 for document in corpus}
    grid = pd.MultiIndex.from_product([hashes, _codes(corpus)], names=_CELL)
    silent = {"state": "not_mentioned", "strength": "", "quote": "", "n_evidence": 0}
    cells = best.reindex(grid).fillna(silent).astype({"n_evidence": "int64"}).reset_index()
    present = (cells["state"] == "done").astype("int64")
    cells = cells.assign(sha256=cells["doc"].map(hashes), present=present)
    return cells[["sha256", *_CELL, "present", "state", "strength", "n_evidence", "quote"]]
