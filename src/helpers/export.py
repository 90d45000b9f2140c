"""Tables and figures → files that a journal, a spreadsheet and a sceptical reader accept: whole,
traceable, the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.cells import json_bytes, plain, table_bytes
from helpers.provenance import (
    KEYS,
    evidence_records,
    matching,
    quotations,
    shared_keys,
    source_records,
    versions,
)

FORMATS = ("svg", "pdf", "png")
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10)),
}


def output_folder() -> Path:
    """Return where results go: the folder named by ``HELPERS_OUT``, else the project, else the
    working folder."""
    if os.environ.get("HELPERS_OUT"):
        return Path(os.environ["HELPERS_OUT"])
    project = Path(__file__).resolve().parents[2]
    return project if (project / "pyproject.toml").is_file() else Path.cwd()


def write_table(df: pd.DataFrame, name: str, *, folder: str | os.PathLike | None = None) -> Path:
    """Write a table as ``data/derived/<name>.csv``, so that Excel opens it right and a second run
    changes no byte.

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
        The file: UTF-8 with BOM, at most six decimals, missing cells empty, text that a spreadsheet
        would run as a formula behind an apostrophe. An interrupted run leaves the old file whole.

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
        raise ValueError(
            f"name {name!r}: expected letters, digits, '_' and '-' only, as in 'theme_rates'. "
            "Give a folder by folder=…, not in the name."
        )
    return name


def write_graph(
    nodes: pd.DataFrame, edges: pd.DataFrame, name: str, *, folder: str | os.PathLike | None = None
) -> Path:
    """Write a word network as ``data/derived/<name>.graphml``, for Gephi, Cytoscape or yEd; nodes
    and edges keep their columns."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from((row["word"], row) for row in nodes.to_dict("records"))
    graph.add_edges_from(
        (row.pop("source"), row.pop("target"), row) for row in edges.to_dict("records")
    )
    path = Path(folder or output_folder() / "data" / "derived") / f"{checked_name(name)}.graphml"
    write_atomically(path, ("\n".join(networkx.generate_graphml(graph)) + "\n").encode("utf8"))
    return path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: first beside its place, then moved onto it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def save_figure(
    fig,
    name: str,
    *,
    data: pd.DataFrame | None = None,
    caption_zh: str,
    caption_en: str,
    alt_zh: str | None = None,
    alt_en: str | None = None,
    sources: Any,
    lang: str | None = None,
    evidence: pd.DataFrame | None = None,
    notebook: str | None = None,
    folder: str | os.PathLike | None = None,
    formats: Iterable[str] = FORMATS,
    svg_text: str = "paths",
) -> list[Path]:
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
        Captions and alternative texts; the latter default to those that the chart made from its
        data.
    sources
        A `Corpus`, its ``documents``, or any table with ``doc`` and ``sha256``.
    lang
        Language of the figure, and so its folder; default: the chart's own.
    evidence
        A row a quotation: ``doc, start, end, quote`` and what ties it to the data (``code``,
        ``theme`` …); default: the data themselves where they carry offsets.
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
        A name that is no file name, an unknown format, or a figure without data or alternative
        text.
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
        raise ValueError(
            f"figure {name!r}: data, alt_zh and alt_en are needed, since this figure was not drawn"
            " by plots."
        )
    if evidence is not None and len(evidence) and not shared_keys(data, evidence):
        raise ValueError(
            f"figure {name!r}: evidence ({', '.join(evidence.columns)}) shares no column with the"
            f" data ({', '.join(map(str, data.columns))}) that could tie a quotation to a mark: one"
            f" of {', '.join(KEYS)}."
        )
    record = {
        "name": stem,
        "lang": lang,
        "notebook": notebook,
        "caption": {"zh": caption_zh, "en": caption_en},
        "alt": alt,
        "sources": source_records(sources),
        "evidence": evidence_records(data if evidence is None else evidence),
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
        raise ValueError(
            f"format {kind!r} with svg_text={svg_text!r}: expected one of {', '.join(FORMATS)}, and"
            " 'paths' or 'text'."
        )
    without_dates = {
        "svg": {"Date": None},
        "pdf": {"CreationDate": None, "ModDate": None},
        "png": {"Software": None},
    }
    buffer = io.BytesIO()
    with matplotlib.rc_context(
        {**style.settings(), "svg.fonttype": "none" if svg_text == "text" else "path"}
    ):
        canvas.embed_fonts(fig)
        fig.savefig(buffer, format=kind, dpi=300, metadata=without_dates[kind])
    if svg_text == "paths":
        return buffer.getvalue()
    # No reader has the cut font installed: the original comes next, then what systems bring along.
    fallback = "'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    return re.sub(rb"(font-family: '[^;\"]*)", rb"\1, " + fallback.encode(), buffer.getvalue())


def trace(
    name: str,
    label: str | tuple[str, ...] | Mapping[str, str],
    *,
    lang: str | None = None,
    folder: str | os.PathLike | None = None,
) -> pd.DataFrame:
    """Return the rows and the quotations behind a mark of an exported figure.

    Parameters
    ----------
    name
        Stem of the figure.
    label
        What the mark says: a word (``"郑州"``), several (``("郑州", "问卷调查")``), or values of
        columns.
    lang, folder
        Where the figure lies; default: the first of ``figures/zh``, ``figures/en`` of the results
        that has it.

    Returns
    -------
    DataFrame
        The columns drawn, then ``start, end, quote``: offsets in the raw text and the verbatim
        quotation. Numbers of the data are given as written in the CSV. A mark without evidence
        (“not mentioned”) is one row without offsets.

    Raises
    ------
    FileNotFoundError
        When no such figure was exported.
    ValueError
        When the figure has no such mark; names the nearest ones.
    """
    root = output_folder() / "figures"
    folders = [Path(folder)] if folder else [root / x for x in ([lang] if lang else ["zh", "en"])]
    place = next((f for f in folders if (f / f"{checked_name(name)}.json").is_file()), None)
    if place is None:
        known = sorted({file.stem for f in folders for file in f.glob("*.json")})
        inside = [
            f / language for f in folders for language in ("zh", "en") if (f / language).is_dir()
        ]
        hint = f" Did you mean '{inside[-1]}'?" if inside else ""
        raise FileNotFoundError(
            f"figure {name!r} is not in {', '.join(map(str, folders))}; there are:"
            f" {', '.join(known) or 'none'}.{hint}"
        )
    drawn = pd.read_csv(
        place / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    record = json.loads((place / f"{name}.json").read_text(encoding="utf-8"))
    rows = matching(drawn.map(plain), label, figure=name)
    return quotations(rows, pd.DataFrame(record["evidence"]))
