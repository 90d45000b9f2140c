"""A folder of documents → coding sheets to fill in, or a workspace of one's own; filled sheets →
results."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from importlib import resources
from pathlib import Path

import pandas as pd

from helpers.approaches import STATES, approach_matrix
from helpers.codebook import DATA, checks, read_codebook
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes, write_atomically, write_table

from .coders import Agreement, agreement, codable_units

_GIVEN = ["doc", "sha256", "section_title", "sentence", "text"]
_TO_FILL = ["code", "actor", "state", "strength", "remark"]
# what a cell may say; the first is meant where it is empty
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
    """Set up a folder for one's own documents: `documents/`, `codebook/` (copies of the tables) and
    a README with the commands.

    Raises
    ------
    FileExistsError
        When the folder already holds something: nothing is ever overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"'{folder}' is not empty. Name a folder that does not exist yet; nothing was changed."
        )
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    shutil.copytree(DATA / "codebook", folder / "codebook", dirs_exist_ok=True)
    text = resources.files("helpers.study").joinpath("corpus_readme.md").read_text("utf8")
    readme = folder / "README.md"
    write_atomically(readme, text.format(name=folder.name, folder=folder.as_posix()).encode("utf8"))
    return [folder / "documents", folder / "codebook", readme]


def write_coding_sheet(documents: Path, sheet: Path) -> int:
    """Write a blank coding sheet of a folder's documents, one sentence a row; returns the number of
    rows.

    Raises
    ------
    FileExistsError
        When the sheet is there already: it may have been filled in.
    """
    if sheet.exists():
        raise FileExistsError(
            f"'{sheet}' is there already and may be filled in. Name another file by --out."
        )
    table = coding_sheet(read_corpus(documents))
    write_atomically(sheet, table_bytes(table))
    return len(table)


def read_coding_sheets(documents: Path, first: Path, second: Path, out: Path) -> pd.DataFrame:
    """Read two filled sheets; write agreement, differences and the reconciled matrix as CSV to
    `out`; return the agreement."""
    corpus = read_corpus(documents)
    coded = [read_sheet(_filled(path), corpus, name=path.name) for path in (first, second)]
    found = sheet_agreement(*coded, corpus)
    tables = {
        "agreement": found.summary,
        "differences": found.disagreements,
        "by_code": found.by_code,
        "matrix": sheet_matrix(*coded, corpus),
    }
    for name, table in tables.items():
        write_table(table, name, folder=out)
    return found.summary


def _filled(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(
            f"'{path}' does not exist. Give the sheet that was filled in, saved as CSV."
        )
    return checks.parse_table(path.read_bytes(), path.name).reset_index(drop=True)


def coding_sheet(corpus: Corpus) -> pd.DataFrame:
    """Write a blank sheet: one sentence a row, four columns to fill in.

    A reader writes into `code` one or several codes of the codebook (`site_visit; symposium`) or
    `none`. `actor`, `state`, `strength` may stay empty for the usual case: city_congress, done,
    specific; a sentence that needs two different entries is copied into a second row.

    Returns
    -------
    DataFrame
        `doc, sha256, section_title, sentence, text, code, actor, state, strength, remark`, in text
        order, headings left out.
    """
    hashes = {document.doc: document.sha256 for document in corpus}
    body = corpus.sentences.query("kind == 'sentence'")
    sheet = body.assign(sha256=body["doc"].map(hashes), **dict.fromkeys(_TO_FILL, ""))
    return sheet[[*_GIVEN, *_TO_FILL]].reset_index(drop=True)


def read_sheet(sheet: pd.DataFrame, corpus: Corpus, *, name: str = "coding sheet") -> pd.DataFrame:
    """Check a filled sheet and give every code a row of its own.

    Parameters
    ----------
    sheet : DataFrame
        As `coding_sheet` gives it, filled in; cells are strings, empty ones "".
    corpus : Corpus
        The documents coded: the sheet's hashes must be theirs.
    name : str
        What the sheet is called in errors.

    Returns
    -------
    DataFrame
        `sha256, doc, sentence, code, actor, state, strength, quote`, sentences without a code left
        out.

    Raises
    ------
    CodebookError
        For an unknown code, actor, state or strength, a document that changed or is not there, a
        sentence left blank.
    """
    for column in ("sha256", "sentence", "code"):
        if column not in sheet:
            checks.fail(
                name,
                1,
                f"column '{column}' is missing",
                "Fill in the sheet that `coding-sheet` wrote and keep its columns.",
            )
    docs = {document.sha256: document.doc for document in corpus}
    known = [*_codes(), "none"]
    records = sheet.fillna("").astype("str").to_dict("records")
    rows = [
        coding
        for row, cells in enumerate(records, start=2)
        for coding in _codings(cells, docs, known, partial(checks.fail, name, row))
    ]
    columns = ["sha256", "doc", "sentence", "code", *_VALUES, "quote"]
    return pd.DataFrame(rows, columns=columns)


def _codings(
    cells: dict[str, str], docs: dict[str, str], known: list[str], fail: Callable
) -> Iterator[dict]:
    """Each code of one row of a sheet; `fail` says what is wrong with the row."""
    if cells["sha256"] not in docs:
        fail(
            f"document '{cells.get('doc', '')}' is not in the corpus, or its file has changed",
            "Code the files that the sheet was made from.",
        )
    doc, sentence = docs[cells["sha256"]], cells["sentence"]
    if not sentence.isdecimal():
        fail(
            f"sentence '{sentence}' is no number",
            "Keep the numbers of the sheet that `coding-sheet` wrote.",
        )
    codes = [code.strip() for code in re.split("[;；,，]", cells["code"]) if code.strip()]
    if not codes:
        fail(f"sentence {sentence} of '{doc}' has no code", "Write a code, or 'none'.")
    said = {"sha256": cells["sha256"], "doc": doc, "sentence": int(sentence)}
    for column, allowed in _VALUES.items():
        said[column] = cells.get(column, "").strip() or allowed[0]
        if said[column] not in allowed:
            fail(f"{column} '{said[column]}' is not known", checks.nearest(said[column], allowed))
    for code in codes:
        if code not in known:
            fail(f"code '{code}' is not in the codebook", checks.nearest(code, known))
        if code != "none" and said["actor"] != "province":
            yield {**said, "code": code, "quote": cells.get("text", "")}


def _codes() -> list[str]:
    return list(read_codebook().approaches["code"])


def sheet_agreement(first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus) -> Agreement:
    """Compare two readers, sentence by sentence and code by code, over all sentences of the bodies.

    Parameters
    ----------
    first, second : DataFrame
        As from `read_sheet`.
    """
    return agreement(first, second, units=codable_units(corpus.sentences, _codes()))


def sheet_matrix(first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Reconcile two readers and the rules: what both readers coded stands, what one coded alone is
    left to a third look.

    Returns
    -------
    DataFrame
        As from `approach_matrix`, and `readers` = `both` | `first` | `second` | `neither`. A cell
        that one reader alone coded is present as that reader has it, and marked in `disagree`.
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
    """Sum up coded sentences into cells: `sha256, doc, code, present, state, strength, n_evidence,
    quote`, a row a document × code.

    `present` is 1 where something was done; the first sentence of the strongest state gives the
    quotation.
    """
    codes = _codes()
    order = {
        "_state": coded["state"].map(STATES.index),
        "_list": coded["strength"] == "enumerated",
    }
    ranked = coded.assign(**order).sort_values([*order, "sentence"], kind="stable")
    best = ranked.drop_duplicates(_CELL)[[*_CELL, "state", "strength", "quote"]]
    counts = coded.groupby(_CELL).size().rename("n_evidence").reset_index()
    grid = pd.DataFrame(
        [(document.sha256, document.doc, code) for document in corpus for code in codes],
        columns=["sha256", *_CELL],
    )
    cells = grid.merge(best, on=_CELL, how="left").merge(counts, on=_CELL, how="left")
    silent = {"state": "not_mentioned", "strength": "", "quote": "", "n_evidence": 0}
    cells = cells.fillna(silent).astype({"n_evidence": "int64"})
    cells["present"] = (cells["state"] == "done").astype("int64")
    return cells[["sha256", *_CELL, "present", "state", "strength", "n_evidence", "quote"]]
