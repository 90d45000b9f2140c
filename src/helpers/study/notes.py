"""Fill hand-written notes on tables and charts with numbers computed from the tables of a study.
Notes on the shipped texts stand in data/coded/notes.csv. Notes that fit any documents stand in
data/text/notes.csv and give only counts."""

from __future__ import annotations

import functools
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
    """Return a note that says what readers should notice in a table or chart.

    Parameters
    ----------
    study : Study
    name : str
        The name of the note, such as "02.closings": the number of the notebook and the subject of
        the note.
    doc : str
        For a note on a single document: the document's id.
    **numbers
        Numbers that the notebook computed and that the note mentions.

    Returns
    -------
    list of MarkdownText
        The note in English and in Chinese. For the shipped texts, the note can say what a reader
        found in them; for other documents, it only gives counts. The list is empty if the documents
        are not the shipped texts and only the shipped texts have a note of this name.

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
    """Return a note in each language as plain text, without the asterisks of Markdown."""
    return {lang: text.replace("*", "") for lang, text in _texts(study, name, str, {}).items()}


def message(study: Study, figure: str) -> dict[str, str]:
    """Return one sentence in each language that says what a figure shows about the shipped texts.
    This sentence is the note whose name is "figure." and the name of the figure. The dict is empty
    if the study has other documents, or if the figure has no such note."""
    name = f"figure.{figure}"
    known = study.corpus.is_shipped and name in _notes("coded/notes").index
    return _texts(study, name, str, {}) if known else {}


def _texts(study: Study, name: str, kind: type[str], given: Mapping[str, object]) -> dict[str, str]:
    """Return a note in each language, as a text of the type `kind`. The gaps in the note are filled
    with the values in `given` and with the numbers that the note's row asks for. The dict is empty
    if the note exists only for the shipped texts and the study has other documents."""
    found, general = _notes("coded/notes"), _notes("text/notes")
    if name not in found.index.union(general.index):
        known = ", ".join(found.index.union(general.index))
        raise ValueError(f"no note is named {name!r}. Known notes: {known}.")
    own = found if study.corpus.is_shipped and name in found.index else general
    if name not in own.index:
        return {}
    queries = own.loc[name, "numbers"].replace("{doc}", str(given.get("doc", "")))
    numbers = {**numbers_of(queries, study), **given}
    values = {key: fillable(value) for key, value in numbers.items()}
    return {lang: kind(own.loc[name, lang]).format(**values) for lang in ("en", "zh")}


@functools.lru_cache
def _notes(table: str) -> pd.DataFrame:
    """Read a table of notes, with the names of the notes as its index. The table is kept, because
    a notebook asks for many notes."""
    return read_table(table).set_index("note")


def numbers_of(numbers: str, study: Study) -> dict[str, object]:
    """Compute the numbers that a note asks for. `numbers` holds entries such as ``n = outcomes:
    group=effort`` with " | " between them. The table in an entry is a property of the study or of
    its corpus, such as ``theme_network.edges``, or a table of the reference reading, such as
    ``coded/relations``."""

    def table_of(name: str) -> pd.DataFrame:
        if name.startswith("coded/"):
            return study.coded(name.removeprefix("coded/"))
        holder = study if hasattr(study, name.split(".")[0]) else study.corpus
        return attrgetter(name)(holder)

    entries = (entry.split(" = ", 1) for entry in numbers.split(" | ") if entry)
    return {name.strip(): cell(query.strip(), table_of) for name, query in entries}


def cell(query: str, table_of: TableOf) -> object:
    """Return the number or text that a query asks for.

    A query names a table and, after a colon, which rows of the table to keep. A query without
    square brackets asks for the number of rows that are kept. A query with a column in square
    brackets asks for the value in this column, which must be the same in all rows that are kept.
    The word `distinct` before the column asks for the number of different values instead, and
    `sum`, `min` or `max` for the sum, minimum or maximum, which is 0 if there are no rows.

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
        raise ValueError(f"query {query!r}: expected one value in all rows, found {different[:5]}.")
    return different[0]


def kept(rows: pd.DataFrame, filters: str) -> pd.DataFrame:
    """Return the rows that pass all filters in a text such as ``doc=a/b & state!=done``. The filter
    ``doc=a/b`` keeps the rows with the value `a` or `b` in the column `doc`. The filter
    ``state!=done`` keeps the rows without the value `done` in the column `state`."""
    for condition in filter(None, filters.split(" & ")):
        column, sign, values = re.fullmatch(r"(\w+)(!?=)(.*)", condition).groups()
        fits = rows[column].fillna("").astype(str).isin(values.split("/"))
        rows = rows[fits if sign == "=" else ~fits]
    return rows
