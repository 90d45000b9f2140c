"""Make the content of `data/datapackage.json`, which tells other programs what the files in data/
contain. The module `docs` writes this file."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.codebook import DATA, read_table
from helpers.writing import json_bytes

from .pages import template

FOLDERS = ("codebook", "coded", "reference", "derived")


def data_package(root: Path) -> dict[str, Any]:
    """Describe the contents of data/ as a Frictionless Data Package (version 1 of the standard).
    The description lists the raw texts with their hashes, the networks of words (`*.graphml`), and
    every table with the types, constraints, keys and meanings of its columns.

    A column without a row in data/reference/columns.csv has no description and the type "any".
    """
    sums = (root / "data/raw/SHA256SUMS").read_text("utf8").splitlines()
    hashes = dict(reversed(line.split()) for line in sums)
    graphs = sorted((root / "data/derived").glob("*.graphml"))
    about = read_table("reference/tables").set_index("table").to_dict("index")
    names = stored_tables()
    resources = [
        *(
            _skeleton("text", stem=Path(file).stem, suffix=Path(file).suffix, hash=value)
            for file, value in sorted(hashes.items())
        ),
        *(_table(name, about.get(name, {}), names) for name in names),
        *(_skeleton("graph", stem=path.stem) for path in graphs),
    ]
    return _skeleton("package") | {"resources": resources}


def data_package_bytes(root: Path) -> bytes:
    """Return the bytes of data/datapackage.json, with one line for each file that it describes."""
    return json_bytes(data_package(root))


def _skeleton(kind: str, **values: str) -> dict[str, Any]:
    """Return the entry `kind` of site/datapackage.json, with its {placeholders} replaced by
    `values`."""
    skeleton = json.loads(template("datapackage.json"))[kind]
    return {
        key: value.format(**values) if isinstance(value, str) else value
        for key, value in skeleton.items()
    }


def _table(name: str, about: dict[str, str], names: list[str]) -> dict[str, Any]:
    folder, _, stem = name.partition("/")
    resource = _skeleton("table", folder=folder, stem=stem, row=about.get("a_row_is") or "…")
    fields = [_field(name, column) for column in read_table(name).columns]
    resource["schema"] = {"fields": fields, "missingValues": [""]}
    if about.get("source"):
        resource["sources"] = [{"title": about["source"]}]
    if about.get("primary_key"):
        resource["schema"]["primaryKey"] = about["primary_key"].split()
    # `foreign_keys` holds links, separated by bars. The link `doc > derived/documents.doc` leads
    # from the column `doc` to the column `doc` of the table derived/documents. A link to a table
    # that is not stored is skipped, because this link would make the data package invalid.
    for column, table, field in re.findall(r"(\w+) > (.+?)\.(\w+)", about.get("foreign_keys", "")):
        if table in names:
            reference = {"resource": table.replace("/", "-"), "fields": [field]}
            keys = resource["schema"].setdefault("foreignKeys", [])
            keys.append({"fields": [column], "reference": reference})
    return resource


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


def column_meaning(table: str, column: str) -> dict[str, str]:
    """Return the row of data/reference/columns.csv that describes a column of a table. If no row
    describes the column of this table, return the row with the table `*`, which describes columns
    of this name in all tables. If neither row exists, return an empty dictionary.

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
    """Return the names of all tables in data/ as `folder/name`, sorted within each folder."""
    return [
        f"{folder}/{path.stem}"
        for folder in FOLDERS
        for path in sorted((DATA / folder).glob("*.csv"))
    ]


def stored(name: str) -> pd.DataFrame:
    """Read a stored table with the types that data/reference/columns.csv gives its columns. Empty
    cells become missing values.

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
