"""Cells, tables and records → the bytes of CSV and JSON files: one way to write every number,
nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

_FORMULA = "=+-@\t\r\n" + "".join(chr(ord(sign) + 0xFEE0) for sign in "=+-@")


def table_bytes(df: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, one line a row, numbers in one fixed way.

    >>> table_bytes(pd.DataFrame({"x": [0.1 + 0.2], "t": ["=1+1"]})).decode("utf-8-sig")
    "x,t\\n0.3,'=1+1\\n"
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([cell_text(column) for column in df.columns])
    writer.writerows([cell_text(x) for x in row] for row in df.itertuples(index=False))
    return buffer.getvalue().encode("utf-8-sig")


def cell_text(value: Any) -> str:
    """Write one cell: at most six decimals, nothing for missing, an apostrophe before what a
    spreadsheet would run.

    >>> [cell_text(x) for x in (3.0, 2 / 3, None, "-", "-2%", "+cmd")]
    ['3', '0.666667', '', '-', "'-2%", "'+cmd"]
    """
    if isinstance(value, (list, tuple)):
        return neutral(";".join(map(cell_text, value)))
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and math.isnan(value))
    ):
        return ""
    if isinstance(value, float):
        return number_text(float(value))
    return neutral(value) if isinstance(value, str) else str(value)


def number_text(value: float) -> str:
    """Write a number with at most six decimals, or six figures when it is smaller than that.

    >>> number_text(1234567.0), number_text(0.0000012345)
    ('1234567', '1.2345e-06')
    """
    if math.isinf(value) or (value and abs(value) < 1e-4):
        return f"{value:.6g}"
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def neutral(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; a lone sign is
    harmless.

    The full-width signs count too: Chinese editions of Excel run ＝1+1 as well.
    """
    return (
        "'" + text
        if len(text) > 1 and text.lstrip(" ")[:1] and text.lstrip(" ")[0] in _FORMULA
        else text
    )


def plain(text: str) -> str:
    """Take away the apostrophe that `neutral` put before a text.

    >>> plain(neutral("=1+1")), plain("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text


def json_bytes(record: Mapping[str, Any]) -> bytes:
    """Return a record as readable JSON: a key a line, a quotation a line, Chinese as it is."""
    lines = []
    for name, value in record.items():
        if isinstance(value, list) and value:
            rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in value)
            lines.append(f"  {json.dumps(name)}: [\n{rows}\n  ]")
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()
