"""Tables and figures → files that a journal, a spreadsheet and a sceptical reader accept: whole, traceable, the same bytes every time."""

from __future__ import annotations

import io
import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

FORMATS = ("svg", "pdf", "png")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))}
_FORMULA = "=+-@\t\r\n＝＋－＠"
_KEYS = ("doc", "code", "theme", "feature", "indicator_zh", "printed", "step", "stage")
_OFFSETS = ("start", "end", "quote")


def output_folder() -> Path:
    """Return where results go: the folder named by ``HELPERS_OUT``, else the project, else the working folder."""
    if os.environ.get("HELPERS_OUT"):
        return Path(os.environ["HELPERS_OUT"])
    project = Path(__file__).resolve().parents[2]
    return project if (project / "pyproject.toml").is_file() else Path.cwd()


def write_table(df: pd.DataFrame, name: str, *, folder: str | os.PathLike | None = None) -> Path:
    """Write a table as ``data/derived/<name>.csv``, so that Excel opens it right and a second run changes no byte.

    Parameters
    ----------
    df
        Any table; its index is not written.
    name
        Name of the file without ``.csv``: letters, digits, ``_`` and ``-``.
    folder
        Another folder than ``data/derived`` of the results.

    Returns
    -------
    Path
        The file: UTF-8 with BOM, at most six decimals, missing cells empty, text that a spreadsheet would run as a
        formula behind an apostrophe. An interrupted run leaves the old file whole.

    Raises
    ------
    ValueError
        When the name holds a path separator or anything else that is not fit for every file system.
    """
    path = Path(folder or output_folder() / "data" / "derived") / f"{checked_name(name)}.csv"
    write_atomically(path, table_bytes(df))
    return path


def checked_name(name: str) -> str:
    """Return a name that is fit for a file on every system, or say what is wrong with it.

    >>> checked_name("instrument_matrix")
    'instrument_matrix'
    """
    if not re.fullmatch(r"\w[\w-]{0,99}", name) or name.lower() in _RESERVED:
        raise ValueError(f"name {name!r}: expected letters, digits, '_' and '-' only, as in 'theme_rates'. "
                         "Give a folder by folder=…, not in the name.")
    return name


def table_bytes(df: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, one line a row, numbers in one fixed way.

    >>> table_bytes(pd.DataFrame({"x": [0.1 + 0.2], "t": ["=1+1"]})).decode("utf-8-sig")
    "x,t\\n0.3,'=1+1\\n"
    """
    cells = pd.DataFrame({i: [cell_text(x) for x in df.iloc[:, i]] for i in range(df.shape[1])}, dtype=object)
    cells.columns = [cell_text(column) for column in df.columns]
    return cells.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def cell_text(value: Any) -> str:
    """Write one cell: at most six decimals, nothing for missing, an apostrophe before what a spreadsheet would run.

    >>> [cell_text(x) for x in (3.0, 2 / 3, None, "-", "-2%", "+cmd")]
    ['3', '0.666667', '', '-', "'-2%", "'+cmd"]
    """
    if isinstance(value, (list, tuple)):
        return neutral(";".join(map(cell_text, value)))
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return number_text(float(value))
    return neutral(str(value))


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
    """Put an apostrophe before a text that a spreadsheet would run as a formula; a lone sign is harmless.

    The full-width signs count too: Chinese editions of Excel run ＝1+1 as well.
    """
    return "'" + text if len(text) > 1 and text.lstrip(" ")[:1] and text.lstrip(" ")[0] in _FORMULA else text


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: first beside its place, then moved onto it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def save_figure(fig, name: str, *, data: pd.DataFrame | None = None, caption_zh: str, caption_en: str, alt_zh: str | None = None,
                alt_en: str | None = None, sources: Any, lang: str | None = None, evidence: pd.DataFrame | None = None,
                notebook: str | None = None, folder: str | os.PathLike | None = None, formats: Iterable[str] = FORMATS,
                svg_text: str = "paths") -> list[Path]:
    """Write a figure for a paper, with its data, its captions and the evidence behind every mark.

    Parameters
    ----------
    fig
        A chart of `plots`, or any matplotlib figure.
    name
        Stem of the files, without folder and ending.
    data
        The data drawn; default: what the chart itself kept (``fig.drawn``).
    caption_zh, caption_en, alt_zh, alt_en
        Captions and alternative texts; the latter default to those that the chart made from its data.
    sources
        A `Corpus`, its ``documents``, or any table with ``doc`` and ``sha256``.
    lang
        Language of the figure, and so its folder; default: the chart's own.
    evidence
        A row a quotation: ``doc, start, end, quote`` and what ties it to the data (``code``, ``theme`` …); default: the
        data themselves where they carry offsets.
    notebook
        Stem of the notebook that makes the figure, for the gallery.
    folder
        Where to write; default: ``figures/<lang>`` of the results.
    formats
        Some of ``svg``, ``pdf``, ``png`` (300 dpi); ``.csv`` and ``.json`` are always written.
    svg_text
        ``"paths"`` (looks the same everywhere) or ``"text"`` (can be edited; names fallback fonts).

    Returns
    -------
    list of Path
        The files written, all rendered before the first is replaced.

    Raises
    ------
    ValueError
        A name that is no file name, an unknown format, or a figure without data or alternative text.
    MissingGlyph
        A text that the packaged fonts cannot draw.
    """
    lang = lang or getattr(fig, "lang", "zh")
    target = Path(folder or output_folder() / "figures" / lang)
    stem = checked_name(name)
    data = getattr(fig, "drawn", None) if data is None else data
    alt = {"zh": alt_zh, "en": alt_en}
    alt = {key: text or getattr(fig, "alt", {}).get(key) for key, text in alt.items()}
    if data is None or not all(alt.values()):
        raise ValueError(f"figure {name!r}: data, alt_zh and alt_en are needed, since this figure was not drawn by plots.")
    record = {
        "name": stem, "lang": lang, "notebook": notebook, "caption": {"zh": caption_zh, "en": caption_en}, "alt": alt,
        "sources": source_records(sources), "evidence": evidence_records(data if evidence is None else evidence),
        "versions": versions(),
    }
    files = {kind: render(fig, kind, svg_text=svg_text) for kind in formats}
    files |= {"csv": table_bytes(data), "json": json_bytes(record)}
    for kind, content in files.items():
        write_atomically(target / f"{stem}.{kind}", content)
    return [target / f"{stem}.{kind}" for kind in files]


def render(fig, kind: str, *, svg_text: str = "paths") -> bytes:
    """Return a figure as the bytes of one format, without dates or random ids."""
    import matplotlib

    from helpers import canvas, style

    if kind not in FORMATS or svg_text not in ("paths", "text"):
        raise ValueError(f"format {kind!r} with svg_text={svg_text!r}: expected one of {', '.join(FORMATS)}, and 'paths' or 'text'.")
    without_dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {"Software": None}}
    buffer = io.BytesIO()
    with matplotlib.rc_context({**style.settings(), "svg.fonttype": "none" if svg_text == "text" else "path"}):
        canvas.embed_fonts(fig)
        fig.savefig(buffer, format=kind, dpi=300, metadata=without_dates[kind])
    return buffer.getvalue()


def source_records(sources: Any) -> list[dict[str, str]]:
    """List the source documents with their hashes; a folder of this machine is never written down."""
    table = getattr(sources, "documents", sources)
    rows = table.to_dict("records") if isinstance(table, pd.DataFrame) else [dict(row) for row in table]
    records = []
    for row in rows:
        if not row.get("doc") or not row.get("sha256"):
            raise ValueError(f"sources: a row lacks doc or sha256: {row}. Pass the corpus, or corpus.documents.")
        file = str(row.get("source") or row["doc"]).replace("\\", "/").rsplit("/", 1)[-1]
        records.append({"doc": str(row["doc"]), "file": file, "sha256": str(row["sha256"])})
    return sorted(records, key=lambda record: record["doc"])


def evidence_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """List the quotations behind a figure: what they prove, and where they stand in the raw text."""
    if not {"doc", "start", "end"} <= set(table.columns):
        return []
    if {"quote_start", "quote_end"} <= set(table.columns):  # of a number, start and end bound the digits alone
        table = table.assign(start=table["quote_start"], end=table["quote_end"])
    columns = [c for c in (*_KEYS, *_OFFSETS) if c in table.columns]
    rows = table.loc[table["start"].notna(), columns].drop_duplicates()
    rows = rows.astype({"start": int, "end": int}).sort_values(["doc", "start", "end"], kind="stable")
    return [{k: v for k, v in row.items() if not pd.isna(v)} for row in rows.to_dict("records")]


def versions() -> dict[str, str]:
    """Return the versions that decide the bytes of a figure; Python without its patch number."""
    import sys
    from importlib.metadata import version

    packages = ("matplotlib", "numpy", "pandas", "networkx", "wordcloud")
    return {"python": f"{sys.version_info.major}.{sys.version_info.minor}", **{name: version(name) for name in packages}}


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
