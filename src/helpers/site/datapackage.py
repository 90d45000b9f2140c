"""Turn the stored tables and the meanings of their columns into `data/datapackage.json`. `docs`
writes it, and `stored` reads a table with the types given there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.codebook import DATA, read_table
from helpers.writing import json_bytes

FOLDERS = ("codebook", "coded", "reference", "derived")
_CC = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
_OFFICIAL = {
    "path": "LICENSE.md",
    "title": (
        "Official document of a state organ, not protected by copyright in China (Copyright Law of"
        " the PRC, art. 5)"
    ),
}
_PUBLISHER = "Social Development Committee of the Henan Provincial People's Congress"


def data_package(root: Path) -> dict[str, Any]:
    """Describe the contents of data/ as a Frictionless Data Package (version 1 of the standard):
    the raw texts with their hashes; every table with the types, constraints, keys and meanings of
    its columns; and the word network.

    A column without a row in data/reference/columns.csv has no description and the type "any".
    """
    sums = (root / "data/raw/SHA256SUMS").read_text("utf8").splitlines()
    hashes = dict(reversed(line.split()) for line in sums)
    about = read_table("reference/tables").set_index("table").to_dict("index")
    names = stored_tables()
    return {
        "profile": "data-package",
        "name": "city-briefings",
        "title": (
            "City Briefings: how Chinese cities supervise elderly-care services, from their own"
            " briefings"
        ),
        "description": (
            "Raw texts, codebook, human reading, reference tables and derived tables. Positions are"
            " characters of the raw file, counted from 0, the end not included."
        ),
        "licenses": [_CC],
        "sources": [{"title": _PUBLISHER}],
        "resources": [
            *(_text(file, value) for file, value in sorted(hashes.items())),
            *(_table(name, about.get(name, {}), names) for name in names),
            *(_graph(path.stem) for path in sorted((root / "data/derived").glob("*.graphml"))),
        ],
    }


def data_package_bytes(root: Path) -> bytes:
    """Return the data package as the bytes of data/datapackage.json, one resource per line."""
    return json_bytes(data_package(root))


def _text(file: str, value: str) -> dict[str, Any]:
    stem = Path(file).stem
    return {
        "name": f"raw-{stem}",
        "path": f"raw/{file}",
        "title": f"Briefing {stem}, byte for byte",
        "format": "txt",
        "mediatype": "text/plain",
        "encoding": "utf-8",
        "hash": f"sha256:{value}",
        "licenses": [_OFFICIAL],
        "sources": [{"title": _PUBLISHER}],
    }


def _table(name: str, about: dict[str, str], names: list[str]) -> dict[str, Any]:
    resource = {
        "name": _resource_name(name),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "title": f"{name.partition('/')[2]}: a row is {about.get('a_row_is') or '…'}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": [_CC],
        "schema": {
            "fields": [_field(name, column) for column in read_table(name).columns],
            "missingValues": [""],
        },
    }
    if about.get("source"):
        resource["sources"] = [{"title": about["source"]}]
    if about.get("primary_key"):
        resource["schema"]["primaryKey"] = about["primary_key"].split()
    tables = {_resource_name(other) for other in names}
    keys = [_foreign_key(text) for text in filter(None, about.get("foreign_keys", "").split("|"))]
    known = [key for key in keys if key["reference"]["resource"] in tables]
    if known:
        resource["schema"]["foreignKeys"] = known
    return resource


def _resource_name(table: str) -> str:
    return table.replace("/", "-")


def _foreign_key(text: str) -> dict[str, Any]:
    """Write a key such as `doc > derived/documents.doc` as the standard does."""
    column, _, target = text.partition(" > ")
    table, _, field = target.rpartition(".")
    return {
        "fields": [column],
        "reference": {"resource": _resource_name(table), "fields": [field]},
    }


_NUMBERS = {"integer": int, "number": float}


def _field(table: str, column: str) -> dict[str, Any]:
    row = column_meaning(table, column)
    field: dict[str, Any] = {"name": column, "type": row.get("type", "any")}
    if field["type"] == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    number = _NUMBERS.get(field["type"], int)
    limits = {limit: number(row[limit]) for limit in ("minimum", "maximum") if row.get(limit)}
    if row.get("enum"):
        limits["enum"] = row["enum"].split("|")
    if row:
        field["description"] = row["en"]
    if limits:
        field["constraints"] = limits
    return field


def _graph(stem: str) -> dict[str, Any]:
    return {
        "name": f"derived-{stem}-graphml",
        "path": f"derived/{stem}.graphml",
        "title": "Word network",
        "description": (
            "Words that stand in the same sentences, for Gephi, Cytoscape or yEd; the same as"
            " coword_nodes and coword_edges."
        ),
        "format": "graphml",
        "mediatype": "application/xml",
        "encoding": "utf-8",
        "licenses": [_CC],
    }


def column_meaning(table: str, column: str) -> dict[str, str]:
    """Return the row of data/reference/columns.csv for a column of this table, else the row for
    that column of any table (`*`), else an empty dictionary.

    >>> column_meaning("derived/themes", "n")["type"], column_meaning("derived/themes", "colour")
    ('integer', {})
    """
    meanings = _columns()
    return meanings.get((table, column)) or meanings.get(("*", column)) or {}


@cache
def _columns() -> dict[tuple[str, str], dict[str, str]]:
    rows = read_table("reference/columns").to_dict("records")
    return {(row["table"], row["column"]): row for row in rows}


def stored_tables() -> list[str]:
    """Return every table of the data folder as `folder/stem`, by folder, then by name."""
    return [
        f"{folder}/{path.stem}"
        for folder in FOLDERS
        for path in sorted((DATA / folder).glob("*.csv"))
    ]


def stored(name: str) -> pd.DataFrame:
    """Read a stored table with the types that data/reference/columns.csv gives its columns; empty
    cells are missing values.

    >>> stored("reference/decimal_places")["digits"].dtype
    dtype('int64')
    """
    table = read_table(name)
    for column in table:
        kind = column_meaning(name, column).get("type")
        cells = table[column].replace("", pd.NA)
        if kind == "boolean":
            cells = cells == "True"
        elif kind in _NUMBERS:
            integer = "Int64" if cells.isna().any() else "int64"
            cells = pd.to_numeric(cells).astype("float64" if kind == "number" else integer)
        table[column] = cells
    return table
