"""Outcome numbers → value charts with ambiguous numbers as ranges, the chain from problems found to evaluated, a synthesis table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, mark, text_mm, write
from helpers.labels import city_names, document_labels
from helpers.style import FAINT, INK, QUIET, Style, city_look, drawing

OUTCOME_COLUMNS = ("doc", "city_zh", "city_en", "printed", "value", "low", "high", "unit", "indicator_zh", "indicator_en", "status", "basis")
CHAIN_COLUMNS = ("doc", "city_zh", "city_en", "step", "printed", "value", "low", "high", "unit", "status")
STEPS = {"found": ("发现问题", "Problems found"), "assigned": ("交办", "Assigned"), "rectified": ("已整改", "Rectified"),
         "evaluated": ("测评", "Evaluated")}
_ROW = 4.2
# Fill tells how sure a number is: solid as printed, open restored, open with a cross settled by a reader, a bar for a range.
_STATUS: dict[str, tuple[dict[str, Any], str, str]] = {
    "as_printed": ({"fillstyle": "full"}, "如原文", "as printed"),
    "restored": ({"fillstyle": "none", "markeredgewidth": 1.2}, "补回小数点", "decimal point restored"),
    "coder": ({"fillstyle": "left", "markerfacecoloralt": "white"}, "经人工判定", "settled by a reader"),
    "ambiguous": ({"marker": "|", "markersize": 7, "markeredgewidth": 1.2}, "多种读法(给出区间)", "more than one reading (range)"),
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
        places, pages = canvas.paginate(range(len(rows)), 38, page)
        drawn = rows.iloc[list(places)]
        fig = _value_rows(drawn, style, _limits(rows))
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


def _value_rows(drawn: pd.DataFrame, style: Style, limits: tuple[float, float, bool]) -> Chart:
    """Lay out indicator and city at the left, the mark in the middle, the printed digits at the right."""
    labels = document_labels(drawn)
    indicator = drawn[f"indicator_{style.lang}"].fillna("").astype(str)
    cities = [labels[doc].split("\n")[0 if style.lang == "zh" else -1] for doc in drawn["doc"]]
    city_mm = max(map(text_mm, cities)) + 2
    texts = [canvas.wrap(text or "—", (58 if style.double else 31) - 1, lines=2) for text in indicator]
    names_mm = max(map(text_mm, texts)) + 2
    digits = [_printed(row) for row in drawn.to_dict("records")]
    digits_mm = max(map(text_mm, digits)) + 2
    heights = [max(_ROW, LINE_MM * (t.count("\n") + 1) + 0.9) for t in texts]
    entries = _value_key(drawn, style)
    key_mm = canvas.key_mm(entries, style.mm - 1)
    head, body = LINE_MM + 1, sum(heights)
    fig = canvas.new_chart(style, head + body + 10.5 + key_mm + 0.5)
    sheet = canvas.sheet(fig)
    low, high, logarithmic = limits
    ax = canvas.panel(fig, names_mm + city_mm, head, style.mm - names_mm - city_mm - digits_mm - 1.5, body,
                      ylim=(body, 0), yticks=[], xscale="log" if logarithmic else "linear")
    ax.set_xlim(low, high)
    _ticks(ax, style, logarithmic)
    write(sheet, style.mm - 0.3, head - 0.6, style.say("原文数字", "as printed"), ha="right", va="bottom", color=QUIET)
    y = 0.0
    for row, text, city, digit, height in zip(drawn.to_dict("records"), texts, cities, digits, heights, strict=True):
        middle = y + height / 2
        write(sheet, 0.3, head + middle, text)
        write(sheet, names_mm, head + middle, city)
        write(sheet, style.mm - 0.3, head + middle, digit, ha="right", color=QUIET)
        ax.axhline(middle, color=FAINT, linewidth=0.4, zorder=0)
        _value_mark(ax, row, middle)
        y += height
    unit = str(drawn["unit"].iloc[0])
    scale = style.say(",对数刻度", ", log scale") if logarithmic else ""
    write(sheet, names_mm + city_mm, head + body + 7.2, style.say(f"数值({unit}{scale}),n = {len(drawn)} 个数字", f"value ({unit}{scale}), n = {len(drawn)} numbers"))
    canvas.key(sheet, entries, left=0.3, top=head + body + 10.5, right=style.mm - 0.7)
    return fig


def _printed(row: dict[str, Any]) -> str:
    """Return the digits as they stand in the text, in half width so that they can be compared."""
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in str(row["printed"]))


def _ticks(ax: Axes, style: Style, logarithmic: bool) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    most = 7 if style.double else 4
    ax.xaxis.set_major_locator(LogLocator(numticks=most) if logarithmic else MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value, style.lang)))


def short_number(value: float, lang: str) -> str:
    """Write a number of an axis the way its language does: 万 and 亿, or k and m.

    >>> short_number(250_000, "zh"), short_number(250_000, "en"), short_number(0.5, "zh")
    ('25万', '250k', '0.5')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "bn"), (1e6, "m"), (1e4, "k"))
    for size, word in steps:
        if abs(value) >= size:
            return f"{value / (1e3 if word == 'k' else size):g}{word}"
    return f"{value:,.10g}"


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
        return f"成效数字点图({unit}),共 {len(drawn)} 个:{counted}。居首:{first['city_zh']}“{first['indicator_zh']}”,原文作 {first['printed']}。"
    counted = ", ".join(f"{kinds[k]} {_STATUS[k][2]}" for k in _STATUS if k in kinds)
    return f"Dot chart of {len(drawn)} outcome numbers ({unit}): {counted}. First: {first['city_en']}, {first['indicator_en']}, printed {first['printed']}."


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
    heads = {step: canvas.wrap(style.say(*names), 18 if not style.double else 40) for step, names in STEPS.items()}
    names = {doc: city_names(label) if style.double else label for doc, label in labels.items()}
    names_mm = max(map(text_mm, names.values())) + 2.5
    step_mm = (style.mm - names_mm) / len(STEPS)
    deepest = {doc: int(drawn[drawn["doc"] == doc].groupby("step").size().max()) for doc in labels.index}
    heights = {doc: max(2 * LINE_MM + 1.2, deepest[doc] * 6.2 + 1.5) for doc in labels.index}
    head = LINE_MM * max(h.count("\n") + 1 for h in heads.values()) + 2
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (None, style.say("条形从 0 起,各列同一尺度;虚线为有多种读法的数字;“–”表示简报没有给出数字,不是 0。",
                         "Bars start at 0, one scale for all columns; dashed: more than one reading; “–”: the briefing gives no number, which is not 0.")
         + f" n = {len(labels)}")]
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
        text = "–".join(f"{x:,.10g}" for x in numbers) + " " + str(cell["unit"] if pd.notna(cell["unit"]) else "")
        write(sheet, left, y + 2.0, canvas.fit(text.strip(), width + 2.5))
        length = width * np.array(numbers, dtype=float) / max(most, 1e-9)
        sheet.plot([left, left + length[0]], [y + 4.7] * 2, color=colour, linewidth=3.2, solid_capstyle="butt")
        if not certain:
            sheet.plot([left + length[0], left + length[1]], [y + 4.7] * 2, color=colour, linewidth=1.2, dashes=(3, 1.5))
        y += 6.2


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    parts = []
    for doc, rows in drawn.groupby("doc", sort=False):
        steps = [f"{STEPS[row.step][lang == 'en']} {row.printed}{row.unit}" for row in rows.itertuples()]
        parts.append(f"{city_names(labels[doc])}: {', '.join(steps)}")
    return ("各市问题链条:" if lang == "zh" else "Problems along the chain: ") + "; ".join(parts) + ("。" if lang == "zh" else ".")
