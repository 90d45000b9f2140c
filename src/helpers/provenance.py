"""Figure data and quotations → records of what a figure rests on, and the way back from a mark to
its quotations."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import pandas as pd

KEYS = (
    "doc",
    "code",
    "theme",
    "stage",
    "feature",
    "word",
    "source",
    "target",
    "step",
    "indicator_zh",
)
OFFSETS = ("start", "end", "quote")


def source_records(sources: Any) -> list[dict[str, str]]:
    """List the source documents with their hashes; a folder of this machine is never written
    down."""
    table = getattr(sources, "documents", sources)
    rows = (
        table.to_dict("records")
        if isinstance(table, pd.DataFrame)
        else [dict(row) for row in table]
    )
    records = []
    for row in rows:
        if not row.get("doc") or not row.get("sha256"):
            raise ValueError(
                f"sources: a row lacks doc or sha256: {row}. Pass the corpus, or corpus.documents."
            )
        file = str(row.get("source") or row["doc"]).replace("\\", "/").rsplit("/", 1)[-1]
        records.append({"doc": str(row["doc"]), "file": file, "sha256": str(row["sha256"])})
    return sorted(records, key=lambda record: record["doc"])


def evidence_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """List the quotations behind a figure: what they prove, and where they stand in the raw
    text."""
    if not {"doc", "start", "end"} <= set(table.columns):
        return []
    # of a number, start and end bound the digits alone
    if {"quote_start", "quote_end"} <= set(table.columns):
        table = table.assign(start=table["quote_start"], end=table["quote_end"])
    columns = [c for c in (*KEYS, *OFFSETS) if c in table.columns]
    rows = table.loc[table["start"].notna(), columns].drop_duplicates()
    rows = rows.astype({"start": int, "end": int}).sort_values(
        ["doc", "start", "end"], kind="stable"
    )
    return [{k: v for k, v in row.items() if not pd.isna(v)} for row in rows.to_dict("records")]


def versions() -> dict[str, str]:
    """Return the versions that decide the bytes of a figure; Python without its patch number."""
    import sys
    from importlib.metadata import version

    packages = ("matplotlib", "numpy", "pandas", "networkx", "wordcloud")
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: version(name) for name in packages},
    }


def matching(
    rows: pd.DataFrame, label: str | tuple[str, ...] | Mapping[str, str], *, figure: str
) -> pd.DataFrame:
    """Return the rows of a figure's data that a label names.

    Parameters
    ----------
    rows
        The data drawn, as text.
    label
        A word of the figure (``"郑州"``, ``"郑州 Zhengzhou"``, ``"survey"``), several that must all
        hold (``("郑州", "问卷调查")``), or a value a column (``{"doc": …, "code": …}``).

    Raises
    ------
    ValueError
        When no row has it; names the nearest words of the figure.
    """
    parts = (
        dict(label)
        if isinstance(label, Mapping)
        else dict(enumerate([label] if isinstance(label, str) else label))
    )
    found = pd.Series(True, index=rows.index)
    for column, word in parts.items():
        names = rows[[column]] if isinstance(column, str) and column in rows else _words(rows)
        here = (names == str(word).replace("\n", " ")).any(axis=1)
        if not (found & here).any():
            near = difflib.get_close_matches(
                str(word), sorted(set(names.to_numpy().ravel()) - {""}), n=3, cutoff=0.3
            )
            raise ValueError(
                f"figure {figure!r} has no mark {word!r}"
                + (f". Did you mean {', '.join(map(repr, near))}?" if near else ".")
            )
        found &= here
    return rows[found]


def _words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the words by which a row may be named: its cells, and the two names of its city
    together."""
    words = rows.drop(columns=[c for c in ("quote", "reason") if c in rows])
    if {"city_zh", "city_en"} <= set(rows.columns):
        words = words.assign(_city=rows["city_zh"] + " " + rows["city_en"])
    return words


def shared_keys(data: pd.DataFrame, evidence: pd.DataFrame) -> list[str]:
    """Return the columns that tie a quotation to a row of the data."""
    return [key for key in KEYS if key in data.columns and key in evidence.columns]


def quotations(rows: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Join rows of a figure with the quotations behind them; a row without any keeps missing
    offsets.

    A row that is itself a quotation (an outcome number) is its own evidence.
    """
    if {"doc", "start", "end", "quote"} <= set(rows.columns):
        if {"quote_start", "quote_end"} <= set(rows.columns):
            rows = rows.assign(start=rows["quote_start"], end=rows["quote_end"])
        joined = rows
    elif evidence.empty:
        joined = rows.assign(start=pd.NA, end=pd.NA, quote=pd.NA)
    else:
        joined = rows.merge(
            evidence, on=shared_keys(rows, evidence), how="left", suffixes=("", "_evidence")
        )
    offsets = {c: pd.to_numeric(joined[c]).astype("Int64") for c in ("start", "end")}
    return joined.assign(**offsets).reset_index(drop=True)
