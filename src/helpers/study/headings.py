"""Replace the headings and ids in a table by Chinese and English names, so that a notebook can show
the table to readers. The names come from the codebook and from data/text/headings.csv."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pandas as pd

from helpers.codebook import Codebook, read_table

from .study import Study

Names = Mapping[str, tuple[str, str]]
_DOCUMENTS = ("doc", "doc_a", "doc_b")


def readable(table: pd.DataFrame | pd.Series, study: Study, *, cells: str = "") -> pd.DataFrame:
    """Return a table in which headings and ids are replaced by their names in Chinese and English.

    Parameters
    ----------
    table : DataFrame or Series
        A table of the study, or a table that you made from it with pandas.
    study : Study
        The study whose documents and codebook give the names.
    cells : str
        For a pivoted table: the column from which its cells come, such as "state".

    Returns
    -------
    DataFrame
        A new table with the same rows and columns in the same order. Headings such as `theme`
        become “主题 theme”; ids of documents, codes, themes, stages, states and the like become
        their names. A heading or id without a name stays as it is. Missing values become “–”.

    Examples
    --------
    >>> from helpers import read_corpus, readable, study_of
    >>> study = study_of(read_corpus())
    >>> readable(study.law_making[["doc", "how_far"]], study).values.tolist()
    [['三门峡 Sanmenxia', '提请批准 submitted'], ['漯河 Luohe', '立法调研 researched']]
    """
    table = table.to_frame() if isinstance(table, pd.Series) else table.copy()
    headings = _headings()
    for column in table.columns:
        names = _names_of(cells or column, study)
        if names:
            table[column] = table[column].map(lambda value, names=names: _both(value, names))
    table.index = _axis(table.index, study)
    if table.columns.names != [None]:
        table.columns = _axis(table.columns, study)
    else:
        table.columns = [_both(name, headings[""]) for name in table.columns]
    return table.astype(object).where(table.notna(), "–")


def _axis(axis: pd.Index, study: Study) -> pd.Index:
    """Return the row labels or the column labels of a table with names in place of ids. The
    headings above the labels are replaced by names, too."""
    headings = _headings()[""]
    titles = [name and _both(name, headings) for name in axis.names]
    if isinstance(axis, pd.MultiIndex):
        levels = [_names_of(name, study) for name in axis.names]
        rows = [
            tuple(_both(value, names) for value, names in zip(row, levels, strict=True))
            for row in axis
        ]
        return pd.MultiIndex.from_tuples(rows, names=titles)
    if axis.name is None:
        return axis
    names = _names_of(axis.name, study)
    return pd.Index([_both(value, names) for value in axis], name=titles[0])


def _both(value: object, names: Names) -> object:
    """Return the Chinese and the English name of an id, or the id itself if it has no names."""
    zh, en = names.get(value, ("", "")) if isinstance(value, str) else ("", "")
    return " ".join(dict.fromkeys(filter(None, (zh, en)))) or value


def _names_of(column: object, study: Study) -> Names:
    """Return the Chinese and English name of each id that can stand in the column `column`. If the
    column holds no ids, return an empty mapping."""
    if not isinstance(column, str):
        return {}
    if column in _DOCUMENTS:
        return {doc: (name, "") for doc, name in study.document_names.items()}
    names = dict(_codebook_names(study.codebook).get(column, {}))
    return names | _headings().get(column, {})


def _codebook_names(codebook: Codebook) -> dict[str, Names]:
    """Return, for each column that holds ids of the codebook, the names that the codebook gives to
    these ids."""
    return codebook.once(_read_names)


def _read_names(codebook: Codebook) -> dict[str, Names]:
    approaches, themes, cycle = codebook.approaches, codebook.theme_table(), codebook.cycle
    stages = codebook.names("stages")
    tellings = codebook.names("states") | codebook.names("marks")
    of_themes = dict(
        zip(themes["theme"], zip(themes["zh"], themes["en"], strict=True), strict=True)
    )
    return {
        "code": {row.code: (row.zh, row.en) for row in approaches.itertuples()},
        "stage": stages | codebook.names("strands"),
        "strand": codebook.names("strands"),
        "link": {row.link: (row.zh, row.en) for row in cycle.itertuples()},
        "actor": codebook.names("actor_kinds"),
        **dict.fromkeys(("state", "mark", "told", "state_rules", "state_reference"), tellings),
        **dict.fromkeys(("theme", "next_theme", "theme_a", "theme_b"), of_themes),
    }


@functools.lru_cache
def _headings() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the names in data/text/headings.csv as a dict. The key of a column leads to a dict
    with the names of the ids in this column. The key "" leads to a dict with the names of all
    headings."""
    rows: dict[str, dict[str, tuple[str, str]]] = {"": {}}
    for row in read_table("text/headings").itertuples():
        key, inner = (row.column, row.value) if row.value else ("", row.column)
        rows.setdefault(key, {})[inner] = (row.zh, row.en)
    return rows
