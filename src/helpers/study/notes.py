"""Show hand-written notes below a table or a chart, with numbers computed from the tables of a
study. Notes on the shipped texts stand in data/coded/notes.csv. Notes for any documents stand in
data/text/notes.csv and only give counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import attrgetter

import pandas as pd

from helpers.codebook import read_table
from helpers.escaping import MarkdownText

from .study import Study
from .wording import fillable

TableOf = Callable[[str], pd.DataFrame]
_QUERY = re.compile(r"([\w/.]+)(?:\[(?:(sum|distinct|min|max) )?(\w+)\])?")


def note(study: Study, name: str, *, doc: str = "", **numbers: object) -> list[MarkdownText]:
    """Return what readers should notice in a table or chart.

    Parameters
    ----------
    study : Study
    name : str
        The name of the note, such as "02.closings": the notebook and what the note is about.
    doc : str
        For a note on a single document: the document's id.
    **numbers
        Numbers that the notebook computed and that the note names.

    Returns
    -------
    list of MarkdownText
        The note in English and in Chinese. With the shipped texts, this is what a reader found in
        them; with other documents it is a sentence of counts. The list is empty if only the
        shipped texts have a note of this name.

    Raises
    ------
    ValueError
        If no note has this name, or if a number of the note cannot be computed.

    Examples
    --------
    >>> from helpers import note, read_corpus, study_of
    >>> english, chinese = note(study_of(read_corpus()), "04.groups")
    >>> "91" in english and "91" in chinese
    True
    """
    if doc:
        numbers |= {"doc": doc, "document": study.document_names[doc]}
        name += f".{doc}" if study.corpus.is_shipped else ""
    texts = _texts(study, name, MarkdownText, numbers)
    return [texts[lang].in_language(lang) for lang in ("en", "zh") if texts]


def plain_note(study: Study, name: str) -> dict[str, str]:
    """Return a note without the marks of Markdown, by language."""
    return {lang: text.replace("*", "") for lang, text in _texts(study, name, str, {}).items()}


def message(study: Study, figure: str) -> dict[str, str]:
    """Return what a figure shows of the shipped texts, as one sentence in each language: the note
    named "figure." and the figure's name. For other documents the dict is empty."""
    name = f"figure.{figure}"
    known = study.corpus.is_shipped and name in set(read_table("coded/notes")["note"])
    return _texts(study, name, str, {}) if known else {}


def _texts(study: Study, name: str, kind: type[str], given: Mapping[str, object]) -> dict[str, str]:
    """Return the two texts of a note, by language. Their gaps are filled with the numbers that the
    note asks for and with those given. The dict is empty if these documents have no such note."""
    tables = ("coded/notes", "text/notes")
    found, general = (read_table(table).set_index("note") for table in tables)
    if name not in found.index.union(general.index):
        known = ", ".join(found.index.union(general.index))
        raise ValueError(f"note {name!r} is not known. Notes: {known}.")
    own = found if study.corpus.is_shipped and name in found.index else general
    if name not in own.index:
        return {}
    queries = own.loc[name, "numbers"].replace("{doc}", str(given.get("doc", "")))
    numbers = {**numbers_of(queries, study), **given}
    values = {key: fillable(value) for key, value in numbers.items()}
    return {lang: kind(own.loc[name, lang]).format(**values) for lang in ("en", "zh")}


def numbers_of(numbers: str, study: Study) -> dict[str, object]:
    """Compute the numbers of a note. `numbers` holds entries such as ``n = outcomes: group=effort``
    with " | " between them. A table is a property of the study or of its corpus, such as
    ``theme_network.edges``, or a table of the reference reading, such as ``coded/relations``."""

    def table_of(name: str) -> pd.DataFrame:
        if name.startswith("coded/"):
            return study.coded(name.removeprefix("coded/"))
        holder = study if hasattr(study, name.split(".")[0]) else study.corpus
        return attrgetter(name)(holder)

    entries = (entry.split(" = ", 1) for entry in numbers.split(" | ") if entry)
    return {name.strip(): cell(query.strip(), table_of) for name, query in entries}


def cell(query: str, table_of: TableOf) -> object:
    """Return the number or text that a query asks for.

    A query names a table and, after a colon, which rows to keep. It stands for the number of rows.
    A column in square brackets stands for the one value that these rows have in the column; with
    `distinct`, for the number of its different values; with `sum`, `min` or `max`, for their sum,
    minimum or maximum, which is 0 without rows.

    >>> table = pd.DataFrame({"doc": ["a", "a", "b"], "n": [1, 2, 4]})
    >>> queries = ["t", "t: doc=a", "t[sum n]: doc!=b", "t[distinct doc]", "t[n]: doc=b"]
    >>> [cell(query, lambda name: table) for query in queries]
    [3, 2, 3, 2, 4]
    """
    head, _, filters = query.partition(": ")
    match = _QUERY.fullmatch(head)
    if not match:
        raise ValueError(f"query {query!r}: expected a form such as 'outcomes[value]: doc=a'.")
    name, how, column = match.groups()
    rows = kept(table_of(name), filters)
    if not column:
        return len(rows)
    values = rows[column]
    if how == "distinct":
        return values.nunique()
    if how:
        return getattr(pd.to_numeric(values), how)().item() if len(rows) else 0
    different = list(dict.fromkeys(values))
    if len(different) != 1:
        raise ValueError(f"query {query!r}: expected one value, found {different[:5]}.")
    return different[0]


def kept(rows: pd.DataFrame, filters: str) -> pd.DataFrame:
    """Return the rows that pass filters such as ``doc=a/b & state!=done``. A slash stands between
    values of which a row may have any."""
    for condition in filter(None, filters.split(" & ")):
        column, sign, values = re.fullmatch(r"(\w+)(!?=)(.*)", condition).groups()
        fits = rows[column].fillna("").astype(str).isin(values.split("/"))
        rows = rows[fits if sign == "=" else ~fits]
    return rows
