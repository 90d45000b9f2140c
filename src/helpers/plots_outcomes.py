"""Outcome numbers → a chart of values: a dot a number, a range where more than one reading is possible."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, mark, text_mm, write
from helpers.labels import document_labels, unit_label
from helpers.style import FAINT, INK, QUIET, Style, city_look, drawing

OUTCOME_COLUMNS = ("doc", "city_zh", "city_en", "printed", "value", "low", "high", "unit", "indicator_zh", "indicator_en", "status", "basis")
_ROW = 4.2
# Fill tells how sure a number is: solid as printed, open restored, open with a cross settled by a reader, a bar for a range.
_STATUS: dict[str, tuple[dict[str, Any], str, str]] = {
    "as_printed": ({"fillstyle": "full"}, "如原文", "as printed"),
    "restored": ({"fillstyle": "none", "markeredgewidth": 1.2}, "补回小数点", "decimal point restored"),
    "coder": ({"fillstyle": "left", "markerfacecoloralt": "white"}, "经人工判定", "settled by a reader"),
    "ambiguous": ({"marker": "|", "markersize": 7, "markeredgewidth": 1.2}, "多种读法（给出区间）", "more than one reading (range)"),
}


def outcome_values(table: pd.DataFrame, *, unit: str | None = None, page: int = 1, lang: str | None = None,
                   width: str | None = None) -> Chart:
    """Draw outcome numbers of one unit, a row a number, the largest first; what is ambiguous as a range.

    Parameters
    ----------
    table
        The result of `extract_outcomes`, or a part of it.
    unit
        Draw the rows of this unit; default: the commonest unit of the table.
    page
        Part of a long table.

    Returns
    -------
    Chart
        The digits as printed stand at the right of every mark. The axis is logarithmic when the values span more than
        a factor of 50 (percentages never). An ambiguous number has no dot: a bar from its lowest to its highest reading.
    """
    canvas.require(table, OUTCOME_COLUMNS, chart="outcome_values", source="extract_outcomes")
    with drawing(lang, width) as style:
        rows = _of_unit(table, unit)
        if rows.empty:
            return canvas.nothing(style, OUTCOME_COLUMNS)
        texts = _row_texts(rows, style)
        places, pages = canvas.paginate(range(len(rows)), int(200 // max(row[-1] for row in texts)), page)
        drawn = rows.iloc[list(places)]
        fig = _value_rows(drawn, [texts[i] for i in places], style, _limits(rows))
        return canvas.finish(fig, drawn, zh=_value_alt(drawn, "zh"), en=_value_alt(drawn, "en"), pages=pages, page=page)


def _of_unit(table: pd.DataFrame, unit: str | None) -> pd.DataFrame:
    """Keep the numbers of one unit that can be drawn, largest (of their highest reading) first."""
    if table.empty:
        return table
    wanted = unit if unit is not None else sorted(table["unit"].dropna().value_counts().items(), key=lambda x: (-x[1], x[0]))[0][0]
    rows = table[(table["unit"] == wanted) & table[["value", "high"]].notna().any(axis=1)]
    size = rows["value"].fillna(rows["high"]).astype(float)
    return rows.assign(_size=-size).sort_values(["_size", "doc"], kind="stable").drop(columns="_size")


def _limits(rows: pd.DataFrame) -> tuple[float, float, bool]:
    """Return the ends of the value axis and whether it is logarithmic."""
    values = pd.concat([rows[c].astype(float) for c in ("value", "low", "high")]).dropna()
    smallest, largest = values[values > 0].min(), values.max()
    if (rows["unit"] == "%").all() or not largest / smallest > 50:
        return min(0.0, values.min() * 1.05), max(largest, 1e-9) * 1.04, False
    return smallest / 1.6, largest * 1.6, True


def _row_texts(rows: pd.DataFrame, style: Style) -> list[tuple[str, str, str, float]]:
    """Return, for every number, its indicator, city and digits as they are written, and the height of the row."""
    labels = document_labels(rows)
    indicators = rows[f"indicator_{style.lang}"].fillna("").astype(str)
    wide, most = (57, 2) if style.double else (24, 3)
    out = []
    for row, indicator in zip(rows.to_dict("records"), indicators, strict=True):
        text = canvas.wrap(indicator or "—", wide, lines=most)
        city = labels[row["doc"]].split("\n")[0 if style.lang == "zh" else -1]
        digits = _printed(row, " " if style.double else "\n")
        lines = max(text.count("\n"), digits.count("\n")) + 1
        out.append((text, city, digits, max(_ROW, LINE_MM * lines + 0.9)))
    return out


def _value_rows(drawn: pd.DataFrame, rows: list[tuple[str, str, str, float]], style: Style, limits: tuple[float, float, bool]) -> Chart:
    """Lay out indicator and city at the left, the mark in the middle, the printed digits at the right."""
    texts, cities, digits, heights = zip(*rows, strict=True)
    city_mm = max(map(text_mm, cities)) + 2
    names_mm = max(map(text_mm, texts)) + 2
    digits_mm = max(map(text_mm, digits)) + 2
    entries = _value_key(drawn, style)
    key_mm = canvas.key_mm(entries, style.mm - 1)
    head, body = LINE_MM + 1, sum(heights)
    fig = canvas.new_chart(style, head + body + 10.5 + key_mm + 0.5)
    sheet = canvas.sheet(fig)
    low, high, logarithmic = limits
    ax = canvas.panel(fig, names_mm + city_mm, head, style.mm - names_mm - city_mm - digits_mm - 1.5, body,
                      ylim=(body, 0), yticks=[], xscale="log" if logarithmic else "linear")
    ax.set_xlim(low, high)
    canvas.value_axis(ax, style, ticks=7 if style.double else 4, logarithmic=logarithmic)
    write(sheet, style.mm - 0.3, head - 0.6, style.say("原文数字 → 读作", "printed → read"), ha="right", va="bottom", color=QUIET)
    y = 0.0
    for row, text, city, digit, height in zip(drawn.to_dict("records"), texts, cities, digits, heights, strict=True):
        middle = y + height / 2
        write(sheet, 0.3, head + middle, text)
        write(sheet, names_mm, head + middle, city)
        write(sheet, style.mm - 0.3, head + middle, digit, ha="right", color=QUIET)
        ax.axhline(middle, color=FAINT, linewidth=0.4, zorder=0)
        _value_mark(ax, row, middle)
        y += height
    unit = unit_label(drawn["unit"].iloc[0], style.lang)
    scale = style.say("，对数刻度", ", log scale") if logarithmic else ""
    write(sheet, names_mm + city_mm, head + body + 7.2, style.say(f"数值（{unit}{scale}），n = {len(drawn)} 个数字", f"value ({unit}{scale}), n = {len(drawn)} numbers"))
    canvas.key(sheet, entries, left=0.3, top=head + body + 10.5, right=style.mm - 0.7)
    return fig


def _printed(row: dict[str, Any], gap: str) -> str:
    """Return the digits as they stand in the text, in half width, and how they are read where that differs: ``2198 → 21.98``."""
    printed = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in str(row["printed"]))
    if _kind(row) == "as_printed":
        return printed
    readings = [row["value"]] if pd.notna(row["value"]) else [row["low"], row["high"]]
    return f"{printed} →{gap}{'–'.join(f'{x:,.10g}' for x in readings)}"


def _kind(row: dict[str, Any]) -> str:
    return "coder" if row.get("basis") == "coder" else str(row["status"])


def _value_mark(ax: Axes, row: dict[str, Any], y: float) -> None:
    """Draw one number: a dot, or a bar between its readings where more than one is possible."""
    colour, marker = city_look(row["city_zh"])
    kind = _kind(row)
    if kind == "ambiguous" or pd.isna(row["value"]):
        ax.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=1.2, dashes=(3, 1.5), zorder=2)
        mark(ax, [row["low"], row["high"]], [y, y], size=7, marker="|", color=colour, markeredgewidth=1.2)
        return
    look = dict(_STATUS.get(kind, _STATUS["as_printed"])[0])
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.4} if look["fillstyle"] == "full" else {}
    mark(ax, [row["value"]], [y], size=5, marker=marker, color=colour, zorder=3, **{**look, **edge})


def _value_key(drawn: pd.DataFrame, style: Style) -> list[tuple[dict[str, Any] | None, str]]:
    kinds = {_kind(row) for row in drawn.to_dict("records")}
    entries: list[tuple[dict[str, Any] | None, str]] = []
    for kind, (look, zh, en) in _STATUS.items():
        if kind in kinds:
            size = look.get("markersize", 5)
            rest = {k: v for k, v in look.items() if k != "markersize"}
            entries.append(({"marker": "o", "color": QUIET, **rest, "size": size}, style.say(zh, en)))
    return entries


def _value_alt(drawn: pd.DataFrame, lang: str) -> str:
    kinds = pd.Series([_kind(row) for row in drawn.to_dict("records")]).value_counts()
    first, unit = drawn.iloc[0], str(drawn["unit"].iloc[0])
    if lang == "zh":
        counted = "、".join(f"{_STATUS[k][1]} {kinds[k]} 个" for k in _STATUS if k in kinds)
        return f"成效数字点图（{unit}），共 {len(drawn)} 个：{counted}。居首：{first['city_zh']}“{first['indicator_zh']}”，原文作 {first['printed']}。"
    counted = ", ".join(f"{kinds[k]} {_STATUS[k][2]}" for k in _STATUS if k in kinds)
    return f"Dot chart of {len(drawn)} outcome numbers ({unit}): {counted}. First: {first['city_en']}, {first['indicator_en']}, printed {first['printed']}."
