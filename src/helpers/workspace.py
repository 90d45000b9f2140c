"""Set up folders for one's own work: a corpus with codebook tables to edit, coding sheets to fill
in and to read back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from helpers.cells import table_bytes
from helpers.checks import parse_table
from helpers.codebook import DATA
from helpers.corpus import read_corpus
from helpers.export import write_atomically, write_table
from helpers.sheets import coding_sheet, read_sheet, sheet_agreement, sheet_matrix

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
    return parse_table(path.read_bytes(), path.name).reset_index(drop=True)
