"""Make a blank coding sheet from documents, check a sheet that a coder filled in, measure how far
two sheets agree, and combine two sheets in one matrix. Use coding sheets to check the codebook's
rules on your own documents."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import pandas as pd

from helpers.approaches import STATES, approach_matrix
from helpers.codebook import Codebook, CodebookError, checks
from helpers.labels import text_of
from helpers.text import Corpus
from helpers.writing import table_bytes, write_atomically, write_table

from .coders import KEYS, VALUES, Agreement, agreement, codable_units

_GIVEN = ["doc", "sha256", "section_title", "sentence", "text"]
# The values that a coder may write into each column of a sheet. An empty cell stands for the first
# value of its column.
ALLOWED = {
    "actor": (
        *("city_congress", "working_committee", "county_congress", "township_congress"),
        *("government", "party", "other", "province"),
    ),
    "modality": ("done", "unmarked", "arrangement", "scheduled", "called_for"),
    "when": ("0", "1"),
    "how_many": ("0", "1"),
    "named": ("0", "1"),
    "mention": ("own_clause", "listed", "formula"),
}
# The values that a coder may write into columns whose cells may be empty or hold several values.
SEVERAL = {
    "relation": ("mandate", "lent", "reported_to", "support"),
    "relation_to": ("party", "government", "province", "inspection bureau"),
}
_TO_FILL = ["code", *ALLOWED, *SEVERAL, "remark"]
# A code with one of these modalities has the state `done`, unless the codebook names other
# modalities for this code.
_DONE_BY = ("done", "unmarked")
_CELL = ["doc", "code"]
_SEPARATORS = re.compile("[;；,，、]")


def write_coding_sheet(corpus: Corpus, path: Path) -> int:
    """Write a blank coding sheet for the documents of a corpus as CSV, and return how many rows it
    has. Raise FileExistsError if the file already exists."""
    if path.exists():
        raise FileExistsError(
            f"'{path}' already exists and may have been filled in. Name another file with --out."
            f" “{path}”已存在，可能已经填写，请用 --out 另取文件名。"
        )
    table = coding_sheet(corpus)
    write_atomically(path, table_bytes(table))
    return len(table)


def read_coding_sheet(path: Path, corpus: Corpus) -> pd.DataFrame:
    """Read a filled-in coding sheet from a CSV file, and check it as `read_sheet` does."""
    if not path.is_file():
        raise FileNotFoundError(
            f"'{path}' does not exist. Name the file of the filled-in sheet, saved as CSV."
            f" 没有“{path}”这个文件，请给出填好并存为 CSV 的编码表。"
        )
    table = checks.parse_table(path.read_bytes(), path.name)
    return read_sheet(table.rename(index=lambda row: row - 2), corpus, name=path.name)


def compare_coders(
    first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus, out: Path
) -> dict[str, Agreement]:
    """Compare two coders' sheets (see `sheet_agreement`). Write the agreement, the differences and
    the matrix that combines both sheets as CSV files to the folder `out`."""
    found = sheet_agreement(first, second, corpus)
    parts = {"agreement": "summary", "categories": "by_category", "differences": "disagreements"}
    tables = {name: _stacked(found, part) for name, part in parts.items()}
    tables["by_code"] = found["present"].by_code
    tables["matrix"] = sheet_matrix(first, second, corpus)
    for name, table in tables.items():
        write_table(table, name, folder=out)
    return found


def _stacked(found: Mapping[str, Agreement], part: str) -> pd.DataFrame:
    """Put the table `part` of several agreements below each other. The new first column `compared`
    says in which column of the sheets the codings were compared."""
    tables = [getattr(result, part).assign(compared=value) for value, result in found.items()]
    table = pd.concat([each for each in tables if len(each)] or tables, ignore_index=True)
    return table[["compared", *table.columns.drop("compared")]]


def coding_sheet(corpus: Corpus) -> pd.DataFrame:
    """Make a blank coding sheet: one row per sentence, in text order, with columns to fill in.

    A coder writes into `code` one or several codes of the codebook (`site_visit; symposium`) or
    `none`. All other cells may stay empty: an empty cell stands for the usual value of its column,
    such as `city_congress` for the actor or `done` for the modality. If two codes of a sentence
    need different values, the coder copies the row. Headings get no row, because they are not
    coded.
    """
    hashes = {document.doc: document.sha256 for document in corpus}
    body = corpus.sentences.query("kind == 'sentence'")
    sheet = body.assign(sha256=body["doc"].map(hashes), **dict.fromkeys(_TO_FILL, ""))
    return sheet[[*_GIVEN, *_TO_FILL]].reset_index(drop=True)


def read_sheet(sheet: pd.DataFrame, corpus: Corpus, *, name: str = "coding sheet") -> pd.DataFrame:
    """Check a filled-in coding sheet, and return a table with one row per sentence and code.

    Parameters
    ----------
    sheet : DataFrame
        A sheet made by `coding_sheet` and filled in by a coder. Error messages number the rows as a
        spreadsheet does: the row with the index 0 is row 2.
    corpus : Corpus
        The coded documents. The hashes in the sheet must be the hashes of the documents' files, and
        every sentence must have a row.
    name : str
        The name of the sheet in error messages.

    Returns
    -------
    DataFrame
        `sha256, doc, sentence, code, actor, modality, when, how_many, named, mention, relation,
        relation_to, state, present, quote`, in the order of the sheet. `state` and `present` follow
        from `modality`, by the columns `done_by` and `present_by` of the codebook. If `mention` is
        `formula`, `state` is `not_mentioned` and `present` is 0. Sentences coded `none` and acts of
        the province are left out.

    Raises
    ------
    CodebookError
        If a column is missing or unknown, a value is unknown, a document has changed or is missing,
        a sentence has no code, or a sentence has no row. The message says in English and Chinese
        what to do.
    """
    _check_header(list(sheet.columns), name)
    docs = {document.sha256: document.doc for document in corpus}
    records = sheet.fillna("").astype("str").to_dict("records")
    known_codes = [*_codes(corpus), "none"]
    if not any(cells["code"].strip() for cells in records):
        _fail(name, None, "sheet.blank")
    rows, sentences = [], set()
    for row, cells in zip(sheet.index, records, strict=True):
        fail = partial(_fail, name, row + 2)
        doc, sentence = _sentence_of(cells, docs, corpus, fail)
        sentences.add((doc, sentence))
        rows += _codings({**cells, "doc": doc, "sentence": sentence}, known_codes, fail)
    body = corpus.sentences.query("kind == 'sentence'")
    for doc, sentence in zip(body["doc"], body["sentence"], strict=True):
        if (doc, sentence) not in sentences:
            _fail(name, None, "sheet.no_row", sentence=sentence, doc=doc)
    columns = ["sha256", *KEYS, *ALLOWED, *SEVERAL, "quote"]
    coded = pd.DataFrame(rows, columns=columns).astype({"when": int, "how_many": int, "named": int})
    return _with_states(coded, corpus.codebook)


def _fail(place: str, row: int | None, text: str, **values: object) -> NoReturn:
    """Raise an error that says in English and Chinese what is wrong in a coding sheet or in one row
    of it."""
    zh, en = text_of("text/coding").both(text, **values)
    places = (
        (f"{place}: ", f"{place}：") if row is None else (f"{place} row {row}: ", f"第{row}行：")
    )
    raise CodebookError(f"{places[0]}{en}\n{places[1]}{zh}")


def _check_header(columns: list[str], name: str) -> None:
    """Raise an error if a coding sheet lacks a needed column or has an unknown column."""
    for column in ("sha256", "sentence", "code"):
        if column not in columns:
            _fail(name, 1, "sheet.no_column", column=column)
    known = [*_GIVEN, *_TO_FILL]
    for column in columns:
        if column not in known:
            _fail(name, 1, "sheet.new_column", column=column, known=", ".join(known))


def _sentence_of(
    cells: Mapping[str, str], docs: Mapping[str, str], corpus: Corpus, fail: Callable
) -> tuple[str, int]:
    """Return the document's id and the sentence's number for a row of a coding sheet, or call
    `fail` if the row has a mistake."""
    sha256, sentence = cells["sha256"], cells["sentence"]
    if sha256 not in docs:
        fail("sheet.no_document", doc=cells.get("doc", ""))
    doc = docs[sha256]
    if not re.fullmatch(r"\d+(\.0+)?", sentence):
        fail("sheet.no_number", sentence=sentence)
    number = int(float(sentence))
    if not 0 < number <= len(corpus[doc].sentences):
        fail("sheet.no_sentence", sentence=number, doc=doc)
    return doc, number


def _codings(cells: dict, known_codes: list[str], fail: Callable) -> Iterator[dict]:
    """Yield one record per code in a row of a coding sheet, or call `fail` if the row has a
    mistake."""
    codes = _split(cells["code"])
    if not codes:
        fail("sheet.no_code", sentence=cells["sentence"], doc=cells["doc"])
    details = {column: _detail(cells, column, fail) for column in ALLOWED}
    details |= {column: _details(cells, column, fail) for column in SEVERAL}
    n_relations, n_bodies = (len(_split(details[column])) for column in SEVERAL)
    if n_relations != n_bodies:
        fail("sheet.relations", relations=n_relations, bodies=n_bodies)
    given = {key: cells[key] for key in ("sha256", "doc", "sentence")}
    for code in codes:
        _check_known("code", code, known_codes, fail)
        if code != "none" and details["actor"] != "province":
            yield {**given, "code": code, **details, "quote": cells.get("text", "")}


def _split(cell: str) -> list[str]:
    return [piece.strip() for piece in _SEPARATORS.split(cell) if piece.strip()]


def _detail(cells: Mapping[str, str], column: str, fail: Callable) -> str:
    """Return the value of a column in a row of a coding sheet. An empty cell gives the first value
    that `ALLOWED` lists for the column."""
    value = cells.get(column, "").strip() or ALLOWED[column][0]
    _check_known(column, value, ALLOWED[column], fail)
    return value


def _details(cells: Mapping[str, str], column: str, fail: Callable) -> str:
    """Return the values in a cell that may hold several values, joined by semicolons. An empty cell
    gives an empty text."""
    values = _split(cells.get(column, ""))
    for value in values:
        _check_known(column, value, SEVERAL[column], fail)
    return ";".join(values)


def _check_known(
    column: str, value: str, known: list[str] | tuple[str, ...], fail: Callable
) -> None:
    """Call `fail` if a value in a coding sheet is not allowed. The error message names the most
    similar allowed value or, if no value is similar, some allowed values."""
    if value in known:
        return
    kind, values = "code" if column == "code" else "value", {"column": column, "value": value}
    nearest = difflib.get_close_matches(value, known, n=1)
    if nearest:
        fail(f"sheet.near_{kind}", **values, nearest=nearest[0])
    shown = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
    fail(f"sheet.new_{kind}", **values, known=shown)


def _with_states(coded: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Add the columns `state` and `present` to a coding. Both columns follow from `mention` and
    `modality`, because the codebook says for each code which modalities make the code done or
    present."""
    done_by, present_by = (_modalities(codebook, name) for name in ("done_by", "present_by"))
    states, present = [], []
    for row in coded.itertuples():
        done = row.modality in (done_by.get(row.code) or _DONE_BY)
        if row.mention == "formula":
            states.append("not_mentioned")
        elif done:
            states.append("done")
        else:
            states.append("called_for" if row.modality == "called_for" else "planned")
        is_present = done or row.modality in present_by.get(row.code, ())
        present.append(int(is_present and row.mention != "formula"))
    quote = coded["quote"]
    return coded.drop(columns="quote").assign(state=states, present=present, quote=quote)


def _modalities(codebook: Codebook, column: str) -> dict[str, list[str]]:
    """Return the modalities that a column of approaches.csv names for each code. The dict is empty
    if the column is missing, as it may be in a user's own codebook."""
    approaches = codebook.approaches
    if column not in approaches:
        return {}
    return dict(zip(approaches["code"], approaches[column].str.split(), strict=True))


def _codes(corpus: Corpus) -> list[str]:
    return list(corpus.codebook.approaches["code"])


def sheet_agreement(
    first: pd.DataFrame,
    second: pd.DataFrame,
    corpus: Corpus,
    *,
    names: tuple[str, str] = ("first", "second"),
) -> dict[str, Agreement]:
    """Compare two codings of the same sentences, and return one `Agreement` for each column that
    both codings have.

    The `Agreement` for `present` compares, for every sentence and code, whether the codings give
    the sentence the code at all, with whatever modality. The other columns are compared only for
    sentences and codes that are in both codings. If a coding gives a sentence the same code in
    several rows, only the first of these rows counts.
    """
    units = codable_units(corpus.sentences, _codes(corpus))
    first, second = (coded.drop_duplicates([*KEYS]) for coded in (first, second))
    listed = [coded.drop(columns="present", errors="ignore") for coded in (first, second)]
    found = {"present": agreement(*listed, units=units, names=names)}
    for value in VALUES[2:]:
        if value in first and value in second:
            found[value] = agreement(first, second, units=units, value=value, names=names)
    return found


def sheet_matrix(first: pd.DataFrame, second: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Combine two coders' sheets and the results of the rules in one matrix. A code counts even if
    only one of the two coders gave it. `disagree` marks the cells on which the two coders, or the
    coders and the rules, differ. The matrix has the columns of `approach_matrix` with three
    differences. The column `source` holds `coders` in place of `reference`, the column
    `state_reference` is named `state_coders`, and a new column `coders` says whether `both`,
    `first`, `second` or `neither` of the coders gave the code.
    """
    either = pd.concat([first, second]).drop_duplicates([*KEYS, "modality", "mention"])
    matrix = approach_matrix(corpus, reference=sheet_cells(either, corpus))
    keys = pd.MultiIndex.from_frame(matrix[_CELL])
    one, two = (
        sheet_cells(coded, corpus).set_index(_CELL)["present"].reindex(keys).to_numpy() == 1
        for coded in (first, second)
    )
    coders = pd.Series("neither", index=matrix.index).mask(one, "first").mask(two, "second")
    return matrix.rename(columns={"state_reference": "state_coders"}).assign(
        source=matrix["source"].replace("reference", "coders"),
        coders=coders.mask(one & two, "both"),
        disagree=matrix["disagree"] | (one != two),
    )


def sheet_cells(coded: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Summarize coded sentences in a table with one row per document and code, in the order of
    corpus and codebook. The columns are `sha256, doc, code, present, state, modality, when,
    how_many, named, mention, n_evidence, quote`.

    If a document has a code in several sentences, the row shows the values of the best sentence.
    The best sentence is found by these criteria, one after the other: the code is present, its
    state is the strongest, it has a clause of its own, it has a date, it has a number or a name,
    and the sentence comes first. Coded sentences with the mention `formula` are left out."""
    coded = coded[coded["mention"] != "formula"]
    order = {
        "_absent": 1 - coded["present"],
        "_state": coded["state"].map(STATES.index),
        "_list": coded["mention"] == "listed",
        "_undated": 1 - coded["when"],
        "_unanchored": 1 - coded[["how_many", "named"]].max(axis=1),
    }
    ranked = coded.assign(**order).sort_values([*order, "sentence"], kind="stable")
    shown = ["present", "state", *list(ALLOWED)[1:], "quote"]
    best = ranked.drop_duplicates(_CELL).set_index(_CELL)[shown]
    best["n_evidence"] = coded.groupby(_CELL).size()
    hashes = {document.doc: document.sha256 for document in corpus}
    grid = pd.MultiIndex.from_product([hashes, _codes(corpus)], names=_CELL)
    counts = dict.fromkeys(("present", "when", "how_many", "named", "n_evidence"), 0)
    silent = {**counts, "state": "not_mentioned", "modality": "", "mention": "", "quote": ""}
    cells = best.reindex(grid).fillna(silent).astype(dict.fromkeys(counts, "int64")).reset_index()
    cells["sha256"] = cells["doc"].map(hashes)
    return cells[["sha256", *_CELL, *shown[:-1], "n_evidence", "quote"]]
