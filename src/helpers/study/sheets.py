"""A folder of documents → blank coding sheets, a workspace of one's own; filled sheets → results."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from helpers.approaches import STATES, approach_matrix
from helpers.codebook import DATA, Codebook, checks, read_codebook
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes, write_atomically, write_table

from .coders import Agreement, agreement, codable_units

COLUMNS = (
    "doc",
    "sha256",
    "section_title",
    "sentence",
    "text",
    "code",
    "actor",
    "state",
    "strength",
    "remark",
)
ACTORS = (
    "city_congress",
    "county_congress",
    "township_congress",
    "government",
    "party",
    "other",
    "province",
)
_VALUES = {"actor": ACTORS, "state": STATES[:3], "strength": ("specific", "enumerated")}
_DEFAULTS = {"actor": "city_congress", "state": "done", "strength": "specific"}


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
    sheet = body.assign(
        sha256=body["doc"].map(hashes), code="", actor="", state="", strength="", remark=""
    )
    return sheet[list(COLUMNS)].reset_index(drop=True)


def read_sheet(
    sheet: pd.DataFrame,
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    name: str = "coding sheet",
) -> pd.DataFrame:
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
    codebook = codebook or read_codebook()
    known = [*codebook.approaches["code"], "none"]
    docs = {document.sha256: document.doc for document in corpus}
    for column in ("sha256", "sentence", "code"):
        if column not in sheet:
            checks.fail(
                name,
                1,
                f"column '{column}' is missing",
                "Fill in the sheet that `coding-sheet` wrote and keep its columns.",
            )
    rows = []
    for row, cells in enumerate(sheet.fillna("").astype("str").to_dict("records"), start=2):
        if cells["sha256"] not in docs:
            checks.fail(
                name,
                row,
                f"document '{cells.get('doc', '')}' is not in the corpus, or its file has changed",
                "Code the files that the sheet was made from.",
            )
        if not cells["sentence"].isdecimal():
            checks.fail(
                name,
                row,
                f"sentence '{cells['sentence']}' is no number",
                "Keep the numbers of the sheet that `coding-sheet` wrote.",
            )
        codes = [
            code.strip()
            for code in (
                cells["code"].replace("；", ";").replace("，", ";").replace(",", ";").split(";")
            )
            if code.strip()
        ]
        if not codes:
            checks.fail(
                name,
                row,
                f"sentence {cells['sentence']} of '{docs[cells['sha256']]}' has no code",
                "Write a code, or 'none'.",
            )
        rest = {
            column: _value(cells, column, allowed, name, row) for column, allowed in _VALUES.items()
        }
        for code in codes:
            if code not in known:
                checks.fail(
                    name, row, f"code '{code}' is not in the codebook", checks.nearest(code, known)
                )
            if code != "none" and rest["actor"] != "province":
                rows.append(
                    {
                        "sha256": cells["sha256"],
                        "doc": docs[cells["sha256"]],
                        "sentence": int(cells["sentence"]),
                        "code": code,
                        **rest,
                        "quote": cells.get("text", ""),
                    }
                )
    columns = ["sha256", "doc", "sentence", "code", *_VALUES, "quote"]
    return pd.DataFrame(rows, columns=columns)


def sheet_agreement(
    first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus, codebook: Codebook | None = None
) -> Agreement:
    """Compare two readers, sentence by sentence and code by code, over all sentences of the bodies.

    Parameters
    ----------
    first, second : DataFrame
        As from `read_sheet`.
    """
    codebook = codebook or read_codebook()
    units = codable_units(corpus.sentences, list(codebook.approaches["code"]))
    return agreement(first, second, units=units)


def sheet_cells(
    coded: pd.DataFrame, corpus: Corpus, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Sum up coded sentences into cells: `sha256, doc, code, present, state, strength, n_evidence,
    quote`, a row a document × code.

    `present` is 1 where something was done; the first sentence of the strongest state gives the
    quotation.
    """
    codebook = codebook or read_codebook()
    order = coded.assign(
        _state=coded["state"].map(STATES.index), _list=coded["strength"] == "enumerated"
    )
    order = order.sort_values(["_state", "_list", "sentence"], kind="stable")
    best = order.drop_duplicates(["doc", "code"])[["doc", "code", "state", "strength", "quote"]]
    counts = coded.groupby(["doc", "code"]).size().rename("n_evidence").reset_index()
    grid = pd.DataFrame(
        [(d.sha256, d.doc, code) for d in corpus for code in codebook.approaches["code"]],
        columns=["sha256", "doc", "code"],
    )
    cells = grid.merge(best, on=["doc", "code"], how="left").merge(
        counts, on=["doc", "code"], how="left"
    )
    cells = cells.fillna(
        {"state": "not_mentioned", "strength": "", "quote": "", "n_evidence": 0}
    ).astype({"n_evidence": "int64"})
    cells["present"] = (cells["state"] == "done").astype("int64")
    return cells[["sha256", "doc", "code", "present", "state", "strength", "n_evidence", "quote"]]


def sheet_matrix(
    first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Reconcile two readers and the rules: what both readers coded stands, what one coded alone is
    left to a third look.

    Returns
    -------
    DataFrame
        As from `approach_matrix`, and `readers` = `both` | `first` | `second` | `neither`. A cell
        that one reader alone coded is present as that reader has it, and marked in `disagree`.
    """
    codebook = codebook or read_codebook()
    cells = [sheet_cells(coded, corpus, codebook) for coded in (first, second)]
    either = sheet_cells(
        pd.concat([first, second]).drop_duplicates(["doc", "sentence", "code", "state"]),
        corpus,
        codebook,
    )
    matrix = approach_matrix(corpus, codebook, human=either)
    keys = pd.MultiIndex.from_frame(matrix[["doc", "code"]])
    one, two = (
        side.set_index(["doc", "code"])["present"].reindex(keys).to_numpy() == 1 for side in cells
    )
    readers = (
        pd.Series("neither", index=matrix.index)
        .mask(one & two, "both")
        .mask(one & ~two, "first")
        .mask(~one & two, "second")
    )
    return matrix.assign(readers=readers, disagree=matrix["disagree"] | (one != two))


def _value(
    cells: dict[str, str], column: str, allowed: tuple[str, ...], name: str, row: int
) -> str:
    value = cells.get(column, "").strip() or _DEFAULTS[column]
    if value not in allowed:
        checks.fail(name, row, f"{column} '{value}' is not known", checks.nearest(value, allowed))
    return value


_README = """# {name}

Put your documents into `documents/` (.txt, .pdf, .docx, .html, .md, tables with a text column, or zip archives of these).
把文本放进 `documents/`。

The tables in `codebook/` are copies: edit them in a spreadsheet. What you delete is not looked for, what you add is.
`codebook/` 中的编码表可以用电子表格修改。

Then, in the folder of the project 然后在项目文件夹中运行:

    make reproduce CORPUS="{folder}/documents" CODEBOOK="{folder}/codebook" OUT="{folder}/results"
    make explore CORPUS="{folder}/documents"
    python -m helpers coding-sheet "{folder}/documents"

`results/site/index.html` is the reading copy. 阅读版在 `results/site/index.html`。
"""


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
    readme = folder / "README.md"
    write_atomically(
        readme, _README.format(name=folder.name, folder=folder.as_posix()).encode("utf8")
    )
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
    coded = [read_sheet(_read(path), corpus, name=path.name) for path in (first, second)]
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


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise FileNotFoundError(
            f"'{path}' does not exist. Give the sheet that was filled in, saved as CSV."
        )
    return checks.parse_table(path.read_bytes(), path.name).reset_index(drop=True)
