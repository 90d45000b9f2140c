"""Findings of each city → the chain from problems found to evaluated, and the synthesis table of one row a city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, mark, write
from helpers.labels import city_names, document_labels, unit_label
from helpers.layout import half_width
from helpers.lettering import fit, text_mm, wrap
from helpers.style import FAINT, INK, QUIET, Style, city_look, drawing

CHAIN_COLUMNS = ("doc", "city_zh", "city_en", "step", "printed", "value", "low", "high", "unit", "status")
STEPS = {"found": ("发现问题", "Problems found"), "assigned": ("交办", "Assigned"), "rectified": ("已整改", "Rectified"),
         "evaluated": ("测评", "Evaluated")}


def outcome_chain(table: pd.DataFrame, *, page: int = 1, lang: str | None = None, width: str | None = None) -> Chart:
    """Draw how many problems each city says it found, assigned, rectified and evaluated, as counts side by side.

    Parameters
    ----------
    table
        A row a number: ``doc, city_zh, city_en, step, printed, value, low, high, unit, status``; ``step`` is one of
        ``found``, ``assigned``, ``rectified``, ``evaluated``. Several numbers of one step are drawn one under another.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Bars of a step share one scale; a step for which a briefing gives no number is a grey dash, never a bar of length 0.
    """
    canvas.require(table, CHAIN_COLUMNS, chart="outcome_chain", source="outcome numbers with their step in the chain")
    with drawing(lang, width) as style:
        rows = table[table["step"].isin(STEPS)]
        if rows.empty:
            return canvas.nothing(style, CHAIN_COLUMNS)
        labels = document_labels(rows)
        documents, pages = canvas.paginate(list(labels.index), 18, page)
        order = {step: i for i, step in enumerate(STEPS)}
        kept = rows[rows["doc"].isin(documents)]
        drawn = kept.assign(_step=kept["step"].map(order), _doc=kept["doc"].map({d: i for i, d in enumerate(labels.index)}))
        drawn = drawn.sort_values(["_doc", "_step"], kind="stable").drop(columns=["_doc", "_step"])
        fig = _chain(drawn, labels[documents], style, most=float(rows[["value", "high"]].astype(float).max().max()))
        return canvas.finish(fig, drawn, zh=_chain_alt(drawn, labels, "zh"), en=_chain_alt(drawn, labels, "en"), pages=pages, page=page)


def _chain(drawn: pd.DataFrame, labels: pd.Series, style: Style, *, most: float) -> Chart:
    """Lay out a row a city and a column a step; number above its bar."""
    heads = {step: wrap(style.say(*names), 18 if not style.double else 40) for step, names in STEPS.items()}
    names = {doc: city_names(label) if style.double else label for doc, label in labels.items()}
    names_mm = max(map(text_mm, names.values())) + 2.5
    step_mm = (style.mm - names_mm) / len(STEPS)
    deepest = {doc: int(drawn[drawn["doc"] == doc].groupby("step").size().max()) for doc in labels.index}
    heights = {doc: max(2 * LINE_MM + 1.2, deepest[doc] * 6.2 + 1.5) for doc in labels.index}
    head = LINE_MM * max(h.count("\n") + 1 for h in heads.values()) + 2
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (None, style.say("条形从 0 起，各列同一尺度；虚线为有多种读法的数字；短横表示简报没有给出数字，不是 0。",
                         "Bars start at 0, one scale for all columns; dashed: more than one reading; a dash: the briefing gives no number, which is not 0.")
         + style.say(f"n = {len(labels)} 份给出此类数字的简报。", f" n = {len(labels)} briefings with such numbers."))]
    fig = canvas.new_chart(style, head + sum(heights.values()) + 1.5 + canvas.key_mm(entries, style.mm - 1))
    sheet = canvas.sheet(fig)
    for i, text in enumerate(heads.values()):
        write(sheet, names_mm + i * step_mm, head - 1, text, va="bottom", color=QUIET)
    y = head
    for doc, name in names.items():
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        write(sheet, 0.3, y + heights[doc] / 2, name)
        for i, step in enumerate(STEPS):
            cells = drawn[(drawn["doc"] == doc) & (drawn["step"] == step)]
            _chain_cell(sheet, cells.to_dict("records"), names_mm + i * step_mm, y, step_mm - 3, heights[doc], most, style)
        y += heights[doc]
    canvas.key(sheet, entries, left=0.3, top=y + 1, right=style.mm - 0.7)
    return fig


def _chain_cell(sheet: Axes, cells: list[dict[str, Any]], left: float, top: float, width: float, height: float, most: float, style: Style) -> None:
    """Draw the numbers of a city at one step, or a dash."""
    if not cells:
        mark(sheet, [left + 1.5], [top + height / 2], size=4, marker="_", color="#9A9A9A")
    colour = city_look(cells[0]["city_zh"])[0] if cells else QUIET
    y = top + (height - 6.2 * len(cells)) / 2
    for cell in cells:
        certain = pd.notna(cell["value"])
        numbers = [cell["value"]] if certain else [cell["low"], cell["high"]]
        text = "–".join(f"{x:,.10g}" for x in numbers) + " " + unit_label(cell["unit"], style.lang)
        write(sheet, left, y + 2.0, fit(text.strip(), width + 2.5))
        length = width * np.array(numbers, dtype=float) / max(most, 1e-9)
        sheet.plot([left, left + length[0]], [y + 4.7] * 2, color=colour, linewidth=3.2, solid_capstyle="butt")
        if not certain:
            sheet.plot([left + length[0], left + length[1]], [y + 4.7] * 2, color=colour, linewidth=1.2, dashes=(3, 1.5))
        y += 6.2


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    parts = []
    for doc, rows in drawn.groupby("doc", sort=False):
        steps = [f"{STEPS[row.step][lang == 'en']} {half_width(row.printed)}{'' if lang == 'zh' else ' '}{unit_label(row.unit, lang)}".rstrip() for row in rows.itertuples()]
        parts.append(f"{city_names(labels[doc])}: {', '.join(steps)}")
    return ("各市问题链条：" if lang == "zh" else "Problems along the chain: ") + "; ".join(parts) + ("。" if lang == "zh" else ".")


def synthesis_table(table: pd.DataFrame, columns: Mapping[str, tuple[str, str]], *, page: int = 1, lang: str | None = None,
                    width: str | None = None) -> Chart:
    """Draw a table of one row a city as a figure, texts wrapped, numbers to the right.

    Parameters
    ----------
    table
        ``doc, city_zh, city_en`` and the columns named next; a pair ``x_zh``, ``x_en`` may be named ``x``.
    columns
        Column → its heads: ``{"n_done": ("已做手段", "Instruments done")}``, in drawn order.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Rows in the order of the table. A missing cell is a dash, never 0.
    """
    shown = {name: f"{name}_{{}}" if name not in table and f"{name}_zh" in table else name for name in columns}
    canvas.require(table, ["doc", "city_zh", "city_en", *(x.format("zh") for x in shown.values())], chart="synthesis_table", source="the synthesis")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, list(columns))
        labels = document_labels(table)
        cells = pd.DataFrame({name: _column_texts(table[source.format(style.lang)]) for name, source in shown.items()})
        cells.insert(0, "", [city_names(labels[d]) if style.double else labels[d] for d in table["doc"]])
        heads = {"": style.say("城市", "City"), **{name: style.say(*pair) for name, pair in columns.items()}}
        numeric = {name for name, source in shown.items() if pd.api.types.is_numeric_dtype(table[source.format(style.lang)])}
        widths = _column_widths(cells, heads, style)
        rows = [[wrap(x, w - 2) for x, w in zip(row, widths, strict=True)] for row in cells.itertuples(index=False)]
        places, pages = canvas.paginate(range(len(rows)), _rows_a_page(rows), page)
        fig = _grid([rows[i] for i in places], [wrap(h, w - 2) for h, w in zip(heads.values(), widths, strict=True)],
                    widths, [name in numeric for name in heads], style)
        drawn = table.iloc[list(places)]
        names = "、".join(pair[0] for pair in columns.values()), ", ".join(pair[1] for pair in columns.values())
        return canvas.finish(fig, drawn, zh=f"综合表：{len(drawn)} 行（每份简报一行），各列为{names[0]}。",
                             en=f"Synthesis table of {len(drawn)} rows, one a briefing: {names[1]}.", pages=pages, page=page)


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(cells: pd.DataFrame, heads: Mapping[str, str], style: Style) -> list[float]:
    """Share the width: every column gets its longest word, the rest goes by the root of the text's length."""
    least, wish = [], []
    for name in cells.columns:
        texts = [heads[name], *cells[name]]
        words = [word for text in texts for word in text.split()]
        least.append(min(max(text_mm(word) if word.isascii() else min(text_mm(word), 12.0) for word in words), 30.0) + 2.2)
        wish.append(max(text_mm(text) for text in texts) ** 0.5)
    least[0] = max(text_mm(x) for x in cells.iloc[:, 0]) + 2.2
    spare = style.mm - sum(least)
    if spare < 0:
        raise ValueError(f"synthesis_table: {len(least)} columns do not fit into {style.mm:g} mm; name fewer columns or draw it double.")
    most = [max(text_mm(text) for text in [heads[n], *cells[n]]) + 2.2 for n in cells.columns]
    widths = list(least)
    for _ in range(20):  # what a column does not need goes to the others
        open_columns = [i for i in range(len(widths)) if widths[i] < most[i] - 0.01]
        spare = style.mm - sum(widths)
        if spare < 0.1 or not open_columns:
            break
        for i in open_columns:
            widths[i] = min(most[i], widths[i] + spare * wish[i] / sum(wish[j] for j in open_columns))
    return widths


def _row_mm(row: list[str]) -> float:
    return LINE_MM * max(text.count("\n") + 1 for text in row) + 2.0


def _rows_a_page(rows: list[list[str]]) -> int:
    """Return how many of the tallest rows fit on a page of 210 mm."""
    return max(1, int(210 // max(map(_row_mm, rows))))


def _grid(rows: list[list[str]], heads: list[str], widths: list[float], numeric: list[bool], style: Style) -> Chart:
    """Lay out heads and rows with thin rules between them."""
    fig = canvas.new_chart(style, _row_mm(heads) + sum(map(_row_mm, rows)) + 0.6)
    sheet = canvas.sheet(fig)
    left = [sum(widths[:i]) for i in range(len(widths))]
    y = 0.0
    for i, row in enumerate([heads, *rows]):
        for x, w, text, number in zip(left, widths, row, numeric, strict=True):
            for n, line in enumerate(text.split("\n")):  # one by one: all lines of a row stand on common baselines
                write(sheet, x + w - 1.6 if number else x + 0.4, y + 1.0 + n * LINE_MM, line, ha="right" if number else "left", va="top",
                      color=QUIET if i == 0 else INK)
        y += _row_mm(row)
        sheet.plot([0, sum(widths)], [y, y], color=QUIET if i == 0 else FAINT, linewidth=0.6 if i == 0 else 0.4)
    return fig
