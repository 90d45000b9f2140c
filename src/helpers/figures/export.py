"""Write a figure to files, together with its data, its captions and the quotations behind it. The
module also finds the quotations behind a dot, bar or cell, so that readers can check the figure."""

from __future__ import annotations

import difflib
import io
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.text import Corpus
from helpers.writing import (
    checked_name,
    json_bytes,
    output_folder,
    plain,
    table_bytes,
    write_atomically,
)

FORMATS = ("svg", "pdf", "png")
# A quotation belongs to a row of the drawn data if both have the same values in these columns.
KEYS = "doc code theme stage feature word source target step indicator_zh".split()


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
    print_png: bool = True,
) -> list[Path]:
    """Save a figure as files, together with its data, its captions and the quotations behind it.

    Parameters
    ----------
    fig
        A chart of `helpers.figures`, or any matplotlib figure.
    name
        Name of the files without folder and ending.
    data
        The data drawn; default: ``fig.drawn``, the table that every chart of this package has.
    caption_zh, caption_en, alt_zh, alt_en
        Captions and alternative texts. By default the alternative texts are those that a chart
        of this package writes from its data.
    sources
        A `Corpus`, its ``documents``, or any table with ``doc`` and ``sha256``.
    lang
        Language of the figure, which is also the name of its folder; default: the chart's own.
    evidence
        One row per quotation: ``doc, start, end, quote`` and the columns that match a quotation
        with a row of the data (``code``, ``theme`` …); default: ``data``, if it has offsets.
    notebook
        Name (without ending) of the notebook that makes the figure; the gallery links to it.
    folder
        Where to write; default: ``figures/<lang>`` in the folder of results.
    formats
        Some of ``svg``, ``pdf``, ``png`` (300 dpi); ``.csv`` and ``.json`` are always written.
    svg_text
        ``"paths"`` draws letters as outlines, which look the same everywhere. ``"text"`` keeps them
        as text, which can be edited but needs a font.
    print_png
        False for a small PNG for the screen, with fewer pixels and colours.

    Returns
    -------
    list of Path
        The files written. If one of them cannot be made, none is written.

    Raises
    ------
    ValueError
        The name is no valid file name, a format is unknown, or data or alternative text is missing.
    MissingGlyph
        A text of the figure has a character that the packaged fonts cannot draw.

    Examples
    --------
    Write a bar chart of the length of each document, with its data, captions and sources:

    >>> from matplotlib.figure import Figure
    >>> from helpers import read_corpus, save_figure
    >>> documents = read_corpus().documents[["doc", "sha256", "n_chars"]]
    >>> fig = Figure(figsize=(4, 2))
    >>> _ = fig.subplots().barh(documents["doc"], documents["n_chars"])
    >>> captions = {"caption_zh": "各篇字数", "caption_en": "Length of each document"}
    >>> alts = {"alt_zh": "条形图", "alt_en": "Bar chart"}
    >>> options = {"data": documents, "sources": documents, "folder": "figures", "formats": ["svg"]}
    >>> [path.name for path in save_figure(fig, "lengths", **options, **captions, **alts)]
    ['lengths.svg', 'lengths.csv', 'lengths.json']
    """
    lang = lang or getattr(fig, "lang", "zh")
    target = Path(folder or output_folder() / "figures" / lang)
    stem = checked_name(name)
    data = getattr(fig, "drawn", None) if data is None else data
    described = getattr(fig, "alt", {})
    alt = {"zh": alt_zh or described.get("zh"), "en": alt_en or described.get("en")}
    _check_parts(name, data, alt, evidence)
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
    # All files are made in memory before the first file is written, so that an error leaves the old
    # files unchanged.
    files = {kind: render(fig, kind, svg_text=svg_text, print_png=print_png) for kind in formats}
    files |= {"csv": table_bytes(data), "json": json_bytes(record)}
    for kind, content in files.items():
        write_atomically(target / f"{stem}.{kind}", content)
    return [target / f"{stem}.{kind}" for kind in files]


def _check_parts(
    name: str, data: pd.DataFrame | None, alt: Mapping[str, str], evidence: pd.DataFrame | None
) -> None:
    """Raise ValueError if the data or an alternative text is missing, or if no column of `KEYS` is
    in both the data and the evidence."""
    if data is None or not all(alt.values()):
        raise ValueError(
            f"figure {name!r}: pass data, alt_zh and alt_en. Only charts of this package bring"
            " their own data and alternative texts."
        )
    if evidence is not None and len(evidence) and not shared_keys(data, evidence):
        raise ValueError(
            f"figure {name!r}: evidence ({', '.join(evidence.columns)}) shares no column with the"
            f" data ({', '.join(map(str, data.columns))}). To match quotations with data, both"
            f" tables need one of the columns {', '.join(KEYS)}."
        )


def render(fig, kind: str, *, svg_text: str = "paths", print_png: bool = True) -> bytes:
    """Return the bytes of a figure's SVG, PDF or PNG file, without dates and random ids."""
    from . import canvas, style

    if kind not in FORMATS or svg_text not in ("paths", "text"):
        raise ValueError(
            f"format {kind!r} with svg_text={svg_text!r}: expected one of {', '.join(FORMATS)} as"
            " the format, and 'paths' or 'text' as svg_text."
        )
    without_dates = {
        "svg": {"Date": None},
        "pdf": {"CreationDate": None, "ModDate": None},
        "png": {"Software": None},
    }
    buffer = io.BytesIO()
    glyphs = {"svg.fonttype": "none" if svg_text == "text" else "path"}
    with style.drawing_settings(**glyphs):
        canvas.embed_fonts(fig)
        if kind == "png" and not print_png:
            return canvas.preview(fig)
        fig.savefig(buffer, format=kind, dpi=300, metadata=without_dates[kind])
    if svg_text == "paths":
        return buffer.getvalue()
    # Most readers do not have the packaged font. So the SVG also names Noto Sans SC, from which the
    # packaged font was made, and fonts that come with operating systems.
    fallback = "'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    return re.sub(rb"(font-family: '[^;\"]*)", rb"\1, " + fallback.encode(), buffer.getvalue())


def shared_keys(data: pd.DataFrame, evidence: pd.DataFrame) -> list[str]:
    """Return those columns of `KEYS` that both tables have."""
    return [key for key in KEYS if key in data.columns and key in evidence.columns]


def source_records(sources: Any) -> list[dict[str, str]]:
    """List the source documents with their hashes and file names, without folder names."""
    rows = sources
    if isinstance(sources, Corpus):  # `sources.documents` is slow: it also finds all numbers
        rows = [{"doc": d.doc, "source": d.source, "sha256": d.sha256} for d in sources]
    elif isinstance(sources, pd.DataFrame):
        rows = sources.to_dict("records")
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
    """Return one record for each quotation behind a figure, with the offsets in the text and the
    columns that link the quotation to rows of the figure's data."""
    if not {"doc", "start", "end"} <= set(table.columns):
        return []
    table = _whole_quotes(table)
    columns = [c for c in (*KEYS, "start", "end", "quote") if c in table.columns]
    rows = table.loc[table["start"].notna(), columns].drop_duplicates()
    rows = rows.astype({"start": int, "end": int})
    rows = rows.sort_values(["doc", "start", "end"], kind="stable")
    return [{k: v for k, v in row.items() if not pd.isna(v)} for row in rows.to_dict("records")]


def _whole_quotes(table: pd.DataFrame) -> pd.DataFrame:
    """Set the columns `start` and `end` to the limits of the whole quotation. In a table of
    numbers, these two columns hold at first the limits of the digits alone."""
    if {"quote_start", "quote_end"} <= set(table.columns):
        return table.assign(start=table["quote_start"], end=table["quote_end"])
    return table


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide the exact bytes of a figure's
    files. The patch number of Python is left out. `python -m helpers reproduce` writes these
    versions to ``build/versions.json``.

    Examples
    --------
    >>> from helpers import versions
    >>> list(versions())
    ['python', 'matplotlib', 'numpy', 'pandas', 'networkx', 'wordcloud']
    """
    import sys
    from importlib.metadata import version

    packages = ("matplotlib", "numpy", "pandas", "networkx", "wordcloud")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"python": python, **{name: version(name) for name in packages}}


def trace(
    name: str,
    label: str | tuple[str, ...] | Mapping[str, str],
    *,
    lang: str | None = None,
    folder: str | os.PathLike | None = None,
) -> pd.DataFrame:
    """Return the data rows and the quotations behind a dot, bar or cell of an exported figure. A
    figure of many documents has several pages, and all of them are searched.

    Parameters
    ----------
    name
        Name of the figure, without ending.
    label
        Words that the wanted rows contain: a word (``"郑州"``, the city Zhengzhou), several
        words (``("郑州", "问卷调查")``, Zhengzhou and surveys), or a dictionary of columns and
        values.
    lang, folder
        Where the figure's files are; default: in ``figures/zh`` of the folder of results or, if
        the figure is not there, in ``figures/en``.

    Returns
    -------
    DataFrame
        The columns of the figure's data, then ``start, end, quote``: offsets in the raw text and
        the verbatim quotation. All values of the data are texts, as the CSV file has them. A cell
        without evidence (“not mentioned”) is one row without offsets.

    Raises
    ------
    FileNotFoundError
        When no such figure was exported.
    ValueError
        When no row of the figure's data contains the label. The message names similar words.

    Examples
    --------
    The quotation behind Zhengzhou's cell "assignment" says that the problems found were listed and
    passed on to the departments of the city government.

    >>> from helpers import publish, read_corpus, study_of, trace
    >>> _ = publish("sequence_and_close", study_of(read_corpus()))
    >>> rows = trace("sequence_and_close", ("Zhengzhou", "assignment"))
    >>> rows.loc[0, "quote"]
    '将发现的问题形成清单转发市政府有关部门研究处理'
    """
    place = _folder_of(checked_name(name), lang, folder)
    drawn = pd.concat(
        pd.read_csv(place / f"{page}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for page in page_names(name, place)
    )
    record = json.loads((place / f"{name}.json").read_text(encoding="utf-8"))
    rows = matching(drawn.map(plain).drop_duplicates(ignore_index=True), label, figure=name)
    return quotations(rows, pd.DataFrame(record["evidence"]))


def page_names(name: str, folder: Path) -> list[str]:
    """Return the names under which the pages of an exported figure are stored, such as
    ``theme_rates`` and ``theme_rates_2``. `name` may also name a single page.

    >>> page_names("theme_rates", Path("nowhere"))
    ['theme_rates']
    """
    names = [name]
    while (folder / f"{name}_{len(names) + 1}.json").is_file():
        names.append(f"{name}_{len(names) + 1}")
    return names


def remove_pages(name: str, folder: Path, *, kept: int = 0) -> None:
    """Delete the files of a figure's pages after page `kept`, which an earlier run with other
    documents has left in the folder. Otherwise they would be shown with the results of this run."""
    for page in page_names(name, folder)[kept:]:
        for kind in (*FORMATS, "csv", "json"):
            (folder / f"{page}.{kind}").unlink(missing_ok=True)


def _folder_of(name: str, lang: str | None, folder: str | os.PathLike | None) -> Path:
    """Return the folder that holds the files of a figure. The parameters are those of `trace`."""
    root = output_folder() / "figures"
    folders = [Path(folder)] if folder else [root / x for x in ([lang] if lang else ["zh", "en"])]
    for place in folders:
        if (place / f"{name}.json").is_file():
            return place
    raise FileNotFoundError(_not_exported(name, folders))


def _not_exported(name: str, folders: list[Path]) -> str:
    """Return the error message for a figure that is not in the folders. The message lists the
    figures that the folders contain, and names a subfolder that the user may have meant."""
    known = sorted({file.stem for place in folders for file in place.glob("*.json")})
    inside = [place / x for place in folders for x in ("zh", "en") if (place / x).is_dir()]
    hint = f" Did you mean '{inside[-1]}'?" if inside else ""
    if not known and not inside:
        hint = f" Save it first: publish({name!r}, study_of(read_corpus()))."
    return (
        f"figure {name!r} is not in {', '.join(map(str, folders))}; there are:"
        f" {', '.join(known) or 'none'}.{hint}"
    )


def matching(
    rows: pd.DataFrame, label: str | tuple[str, ...] | Mapping[str, str], *, figure: str
) -> pd.DataFrame:
    """Return the rows of a figure's data that contain every word of the label given to `trace`."""
    words = [label] if isinstance(label, str) else label
    parts = words if isinstance(words, Mapping) else dict(enumerate(words))
    named = pd.Series(True, index=rows.index)
    for column, word in parts.items():
        cells = rows[[column]] if isinstance(column, str) and column in rows else _words(rows)
        has_word = (cells == str(word).replace("\n", " ")).any(axis=1)
        if not (named & has_word).any():
            known = sorted(set(cells.to_numpy().ravel()) - {""})
            near = difflib.get_close_matches(str(word), known, n=3, cutoff=0.3)
            hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
            raise ValueError(f"figure {figure!r} has no dot, bar or cell {word!r}.{hint}")
        named &= has_word
    return rows[named]


def _words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the texts in which `matching` looks for words: all cells, and city names in both
    languages, as in “郑州 Zhengzhou”."""
    words = rows.drop(columns=["quote", "reason"], errors="ignore")
    if {"city_zh", "city_en"} <= set(rows.columns):
        words = words.assign(_city=rows["city_zh"] + " " + rows["city_en"])
    return words


def quotations(rows: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Join rows of a figure's data with their quotations. Rows without quotation get no offsets.

    If rows already contain quotations, as rows of outcome numbers do, `evidence` is ignored.
    """
    if {"doc", "start", "end", "quote"} <= set(rows.columns):
        joined = _whole_quotes(rows)
    elif evidence.empty:
        joined = rows.assign(start=pd.NA, end=pd.NA, quote=pd.NA)
    else:
        keys = shared_keys(rows, evidence)
        joined = rows.merge(evidence, on=keys, how="left", suffixes=("", "_evidence"))
    offsets = {c: pd.to_numeric(joined[c]).astype("Int64") for c in ("start", "end")}
    return joined.assign(**offsets).reset_index(drop=True)
