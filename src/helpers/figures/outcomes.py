"""The table of outcomes → values on one axis, and the chain from effort to result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.characters import half_width
from helpers.labels import (
    NUMBER_KINDS,
    city_in,
    city_names,
    digits,
    document_labels,
    number_in,
    number_kind,
    short_labels,
    unit_label,
)

from . import canvas
from .canvas import LINE_MM, Chart, fit, mark, text_mm, wrap, write
from .style import FAINT, INK, QUIET, Style, city_look, drawing

OUTCOME_COLUMNS = (
    "doc",
    "city_zh",
    "city_en",
    "printed",
    "value",
    "low",
    "high",
    "unit",
    "indicator_zh",
    "indicator_en",
    "status",
    "basis",
)
_ROW, _AXIS = 4.2, 11.5  # millimetres of a row, and of an axis with its label
# Fill tells how sure a number is: solid as printed, open restored, half settled by a reader, a bar
# for a range.
NUMBER_MARKS: dict[str, dict[str, Any]] = {
    "as_printed": {"fillstyle": "full"},
    "restored": {"fillstyle": "none", "markeredgewidth": 1.2},
    "coder": {"fillstyle": "left", "markerfacecoloralt": "white"},
    "range": {"marker": "_", "markersize": 6, "markeredgewidth": 1.2},
    "ambiguous": {"marker": "|", "markersize": 7, "markeredgewidth": 1.2},
}


def outcome_values(
    table: pd.DataFrame,
    *,
    unit: str | None = None,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw outcome numbers, a panel a unit and a row a number, the largest first; what is ambiguous
    as a range.

    Parameters
    ----------
    table
        The result of `extract_outcomes`, or a part of it.
    unit
        Draw the rows of this unit alone; default: all units, those with most numbers first.
    page
        Part of a long table.

    Returns
    -------
    Chart
        The digits as printed stand at the right of every mark. An axis is logarithmic when its
        values span more than a factor of 50. An axis of percentages ends where its settled values
        do, at 100 % at least: a reading beyond it has an arrow. An ambiguous number has no dot: a
        bar from its lowest to its highest reading.
    """
    canvas.require(table, OUTCOME_COLUMNS, chart="outcome_values", source="extract_outcomes")
    with drawing(lang, width) as style:
        rows = _by_unit(table if unit is None else table[table["unit"] == unit])
        if rows.empty:
            return canvas.nothing(style, OUTCOME_COLUMNS)
        texts = _row_texts(rows, style)
        (places, *_), pages = canvas.paginate(
            _pages(list(rows["unit"]), [row[-1] for row in texts]), 1, page
        )
        drawn = rows.iloc[places]
        limits = {name: _limits(group) for name, group in rows.groupby("unit", sort=False)}
        totals = rows["unit"].value_counts()
        fig = _value_panels(
            drawn,
            [texts[i] for i in places],
            style,
            limits,
            totals,
            canvas.of_pages(style, page, pages).strip(),
        )
        return canvas.finish(
            fig,
            drawn,
            zh=_value_alt(drawn, "zh"),
            en=_value_alt(drawn, "en"),
            pages=pages,
            page=page,
        )


def _by_unit(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the numbers that can be drawn; units with most numbers first, within a unit the largest
    (highest reading) first."""
    # stacked tables repeat their index
    rows = table[table[["value", "high"]].notna().any(axis=1)].reset_index(drop=True)
    if rows.empty:
        return rows
    rows = rows.assign(unit=rows["unit"].fillna("").astype("str"))
    keys = pd.DataFrame(
        {
            "n": -rows["unit"].map(rows["unit"].value_counts()),
            "unit": rows["unit"],
            "size": -rows["value"].fillna(rows["high"]).astype(float),
            "doc": rows["doc"],
        }
    )
    return rows.loc[keys.sort_values(["n", "unit", "size", "doc"], kind="stable").index]


def _pages(units: list[str], heights: list[float]) -> list[list[int]]:
    """Fill pages of 205 mm with rows in their order, counting the axis of every panel."""
    pages: list[list[int]] = [[]]
    used = 0.0
    for i, height in enumerate(heights):
        new_panel = not pages[-1] or units[pages[-1][-1]] != units[i]
        if pages[-1] and used + height + _AXIS * new_panel > 205:
            pages.append([])
            used, new_panel = 0.0, True
        pages[-1].append(i)
        used += height + _AXIS * new_panel
    return pages


def _limits(rows: pd.DataFrame) -> tuple[float, float, bool]:
    """Return the ends of the value axis and whether it is logarithmic."""
    # a reading that was set aside must not stretch the axis of what is drawn
    open_ones = rows[rows["value"].isna()]
    values = pd.concat([rows["value"], open_ones["low"], open_ones["high"]]).astype(float).dropna()
    if (rows["unit"] == "%").all():
        # One share that lost its point reads up to 9,375 %: on an axis as long as that, all others
        # would be slivers.
        settled = pd.concat([rows["value"], open_ones["low"]]).astype(float).dropna()
        values = (
            values.clip(upper=max(100.0, settled.max()))
            if values.max() > 2 * max(100.0, settled.max())
            else values
        )
    smallest, largest = values[values > 0].min(), values.max()
    shares = (rows["unit"] == "%").all() and largest <= 200
    if shares or values.min() < 0 or not largest / smallest > 50:
        return min(0.0, values.min() * 1.05), max(largest, 1e-9) * 1.04, False
    return smallest / 1.6, largest * 1.6, True


def _row_texts(rows: pd.DataFrame, style: Style) -> list[tuple[str, str, str, float]]:
    """Return, for every number, its indicator, city and digits as they are written, and the height
    of the row."""
    labels = short_labels(rows, style.lang)
    indicators = rows[f"indicator_{style.lang}"].fillna("").astype(str)
    wide, most = (57, 2) if style.double else (24, 3)
    out = []
    for row, indicator in zip(rows.to_dict("records"), indicators, strict=True):
        text = wrap(indicator or "—", wide, lines=most)
        city = wrap(labels[row["doc"]], 40 if style.double else 18)
        numbers = _printed(row, " " if style.double else "\n", style.lang)
        lines = max(text.count("\n"), city.count("\n"), numbers.count("\n")) + 1
        out.append((text, city, numbers, max(_ROW, LINE_MM * lines + 0.9)))
    return out


def _value_panels(
    drawn: pd.DataFrame,
    rows: list[tuple[str, str, str, float]],
    style: Style,
    limits: dict[str, tuple[float, float, bool]],
    totals: pd.Series,
    part: str,
) -> Chart:
    """Lay out a panel a unit: indicator and city at the left, marks in the middle, the printed
    digits at the right."""
    names_mm, city_mm, digits_mm = (
        max(map(text_mm, column)) + 2 for column in list(zip(*rows, strict=True))[:3]
    )
    entries = _value_key(drawn, style, limits) + ([(None, part)] if part else [])
    head, panels = LINE_MM + 1, drawn["unit"].nunique()
    body = sum(row[-1] for row in rows) + _AXIS * panels
    fig = canvas.new_chart(style, head + body + canvas.key_mm(entries, style.mm - 1) + 0.5)
    sheet = canvas.sheet(fig)
    write(
        sheet,
        style.mm - 0.3,
        head - 0.6,
        style.say("原文数字 → 读作", "printed → read"),
        ha="right",
        va="bottom",
        color=QUIET,
    )
    left, y = names_mm + city_mm, head
    cells = list(zip(drawn.to_dict("records"), rows, strict=True))
    for unit in drawn["unit"].unique():
        own = [(row, texts) for row, texts in cells if row["unit"] == unit]
        tall = sum(texts[-1] for _, texts in own)
        low, high, logarithmic = limits[unit]
        ax = canvas.panel(
            fig,
            left,
            y,
            style.mm - left - digits_mm - 1.5,
            tall,
            ylim=(tall, 0),
            yticks=[],
            xscale="log" if logarithmic else "linear",
        )
        ax.set_xlim(low, high)
        canvas.value_axis(ax, style, ticks=7 if style.double else 4, logarithmic=logarithmic)
        _value_rows(ax, sheet, own, y, (0.3, names_mm, style.mm - 0.3))
        scale = style.say("，对数刻度", ", log scale") if logarithmic else ""
        name = unit_label(unit, style.lang) or (
            f"count, {unit}" if unit else style.say("无单位", "no unit")
        )
        n, here = int(totals[unit]), len(own)
        count = style.say(f"{n} 个数字", f"{n} number{'s' * (n > 1)}") + (
            style.say(f"（本页 {here} 个）", f" ({here} on this page)") if here < n else ""
        )
        label = style.say(
            f"数值（{name}{scale}），n = {count}", f"value ({name}{scale}), n = {count}"
        )
        write(sheet, min(left, style.mm - text_mm(label) - 0.5), y + tall + 7.2, label)
        y += tall + _AXIS
    canvas.key(sheet, entries, left=0.3, top=y, right=style.mm - 0.7)
    return fig


def _value_rows(
    ax: Axes,
    sheet: Axes,
    own: list[tuple[dict[str, Any], tuple[str, str, str, float]]],
    top: float,
    at: tuple[float, float, float],
) -> None:
    """Draw the rows of a panel, the mark on its axes and the texts on the sheet."""
    y = 0.0
    for row, (text, city, numbers, height) in own:
        middle = y + height / 2
        write(sheet, at[0], top + middle, text)
        write(sheet, at[1], top + middle, city)
        write(sheet, at[2], top + middle, numbers, ha="right", color=QUIET)
        ax.axhline(middle, color=FAINT, linewidth=0.4, zorder=0)
        _value_mark(ax, row, middle)
        y += height


def _printed(row: dict[str, Any], gap: str, lang: str) -> str:
    """Return the digits as they stand in the text, in half width, and how they are read where that
    differs: ``2198 → 21.98``."""
    printed = half_width(str(row["printed"]))
    readings = [row["value"]] if pd.notna(row["value"]) else [row["low"], row["high"]]
    read = "–".join(digits(x) for x in readings)
    # 202 of “202 万人” is read as 2,020,000: said too, although nothing was restored.
    same = printed.replace(",", "").replace("-", "–") == read.replace(",", "")
    if max(map(abs, readings)) >= 1e9:  # nobody counts the noughts of 48,300,000,000
        read = "–".join(number_in(x, lang) for x in readings)
    return printed if same else f"{printed} →{gap}{read}"


def _set_aside(row: dict[str, Any]) -> bool:
    """Whether other readings of a settled number were possible before a reader decided."""
    return bool(
        pd.notna(row["value"])
        and pd.notna(row["low"])
        and pd.notna(row["high"])
        and row["low"] < row["high"]
    )


def _value_mark(ax: Axes, row: dict[str, Any], y: float) -> None:
    """Draw one number: a dot, or a bar between its readings where more than one is possible."""
    colour, marker = city_look(row["city_zh"])
    kind = number_kind(row)
    if pd.isna(row["value"]):
        end = ax.get_xlim()[1]
        beyond = row["high"] > end
        ax.plot(
            [row["low"], min(row["high"], end)],
            [y, y],
            color=colour,
            linewidth=1.2,
            linestyle="-" if kind == "range" else (0, (3, 1.5)),
            zorder=2,
        )
        mark(
            ax,
            [row["low"]] if beyond else [row["low"], row["high"]],
            [y] if beyond else [y, y],
            size=7,
            marker="|",
            color=colour,
            markeredgewidth=1.2,
        )
        if beyond:
            mark(ax, [end], [y], size=4, marker=">", color=colour)
        return
    if _set_aside(row):
        low, high = ax.get_xlim()
        ax.plot(
            [max(row["low"], low), min(row["high"], high)],
            [y, y],
            color=colour,
            alpha=0.25,
            linewidth=3.5,
            solid_capstyle="butt",
            zorder=1,
        )
    look = dict(NUMBER_MARKS.get(kind, NUMBER_MARKS["as_printed"]))
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.4} if look["fillstyle"] == "full" else {}
    mark(ax, [row["value"]], [y], size=5, marker=marker, color=colour, zorder=3, **{**look, **edge})


def _beyond(row: dict[str, Any], limits: dict[str, tuple[float, float, bool]]) -> bool:
    """Whether the highest reading of an open number lies outside its axis."""
    return bool(pd.isna(row["value"]) and row["high"] > limits[row["unit"]][1])


def _value_key(
    drawn: pd.DataFrame, style: Style, limits: dict[str, tuple[float, float, bool]]
) -> list[tuple[dict[str, Any] | None, str]]:
    kinds = {number_kind(row) for row in drawn.to_dict("records")}
    entries: list[tuple[dict[str, Any] | None, str]] = []
    for kind, look in NUMBER_MARKS.items():
        if kind in kinds:
            size = look.get("markersize", 5)
            rest = {k: v for k, v in look.items() if k != "markersize"}
            entries.append(
                (
                    {"marker": "o", "color": QUIET, **rest, "size": size},
                    style.say(*NUMBER_KINDS[kind])
                    + (style.say("（给出区间）", " (range)") if kind == "ambiguous" else ""),
                )
            )
    if any(_beyond(row, limits) for row in drawn.to_dict("records")):
        look = {"marker": ">", "color": QUIET, "size": 4}
        entries.append(
            (
                look,
                style.say(
                    "箭头：最高的读法超出坐标轴，数值见右", "arrow: highest reading beyond the axis"
                ),
            )
        )
    if any(map(_set_aside, drawn.to_dict("records"))):
        look = {"marker": "_", "color": QUIET, "alpha": 0.4, "size": 8, "markeredgewidth": 3.5}
        entries.append(
            (
                look,
                style.say(
                    "淡色带：判定时舍去的读法所及，可超出坐标轴",
                    "pale band: reach of the readings set aside, which may leave the axis",
                ),
            )
        )
    return entries


def _value_alt(drawn: pd.DataFrame, lang: str) -> str:
    kinds = pd.Series([number_kind(row) for row in drawn.to_dict("records")]).value_counts()
    first = drawn.iloc[0]
    city, indicator = (
        city_in(first, lang),
        str(first[f"indicator_{lang}"]) if pd.notna(first[f"indicator_{lang}"]) else "–",
    )
    if lang == "zh":
        counted = "、".join(
            f"{NUMBER_KINDS[k][0]} {kinds[k]} 个" for k in NUMBER_KINDS if k in kinds
        )
        return (
            f"成效数字点图，共 {len(drawn)} 个：{counted}。居首：{city}“{indicator}”，原文作"
            f" {half_width(str(first['printed']))}{first['unit']}。"
        )
    counted = ", ".join(f"{kinds[k]} {NUMBER_KINDS[k][1]}" for k in NUMBER_KINDS if k in kinds)
    return (
        f"Dot chart of {len(drawn)} outcome number{'s' * (len(drawn) > 1)}: {counted}. First:"
        f" {city}, {indicator}, printed {half_width(str(first['printed']))}"
        f" {unit_label(first['unit'], 'en')}".rstrip()
        + "."
    )


CHAIN_COLUMNS = (
    "doc",
    "city_zh",
    "city_en",
    "step",
    "printed",
    "value",
    "low",
    "high",
    "unit",
    "status",
)
STEPS = {
    "found": ("发现问题", "Problems found"),
    "assigned": ("交办", "Assigned"),
    "rectified": ("已整改", "Rectified"),
    "evaluated": ("测评", "Evaluated"),
}
# height of a number with its bar; room of a page, and documents on it at most
_NUMBER_MM, _PAGE_MM, _DOCUMENTS = 6.2, 195.0, 18


def outcome_chain(
    table: pd.DataFrame, *, page: int = 1, lang: str | None = None, width: str | None = None
) -> Chart:
    """Draw how many problems each city says it found, assigned, rectified and evaluated, as counts
    side by side.

    Parameters
    ----------
    table
        A row a number: ``doc, city_zh, city_en, step, printed, value, low, high, unit, status``;
        ``step`` is one of ``found``, ``assigned``, ``rectified``, ``evaluated``. Several numbers of
        one step are drawn one under another.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Bars of a step share one scale; a step for which a briefing gives no number is a grey dash,
        never a bar of length 0.
    """
    canvas.require(
        table,
        CHAIN_COLUMNS,
        chart="outcome_chain",
        source="outcome numbers with their step in the chain",
    )
    with drawing(lang, width) as style:
        rows = table[table["step"].isin(STEPS)]
        if rows.empty:
            return canvas.nothing(style, CHAIN_COLUMNS)
        labels = document_labels(rows)
        order = {step: i for i, step in enumerate(STEPS)}
        rows = rows.assign(
            _step=rows["step"].map(order),
            _doc=rows["doc"].map({d: i for i, d in enumerate(labels.index)}),
        )
        rows = rows.sort_values(["_doc", "_step"], kind="stable").drop(columns=["_doc", "_step"])
        line = rows.groupby(["doc", "step"], sort=False).cumcount()
        (blocks, *_), pages = canvas.paginate(
            _chain_pages((line.groupby(rows["doc"], sort=False).max() + 1).to_dict()), 1, page
        )
        drawn = pd.concat(
            [
                rows[(rows["doc"] == doc) & line.between(first, last - 1)]
                for doc, first, last in blocks
            ]
        )
        silent = {
            (doc, step)
            for doc, first, _ in blocks
            if not first
            for step in STEPS
            if not ((rows["doc"] == doc) & (rows["step"] == step)).any()
        }
        fig = _chain(
            drawn,
            labels,
            style,
            blocks,
            silent,
            most=float(rows[["value", "high"]].astype(float).max().max()),
            part=canvas.of_pages(style, page, pages),
        )
        return canvas.finish(
            fig,
            drawn,
            zh=_chain_alt(drawn, labels, "zh"),
            en=_chain_alt(drawn, labels, "en"),
            pages=pages,
            page=page,
        )


# a document and which of its numbers, counted from the top of every step
_Block = tuple[str, int, int]


def _block_mm(first: int, last: int) -> float:
    return max(2 * LINE_MM + 1.2, (last - first) * _NUMBER_MM + 1.5)


def _chain_pages(depths: Mapping[str, int]) -> list[list[_Block]]:
    """Fill pages with documents in their order; one with more numbers than fit is continued on the
    next.

    >>> _chain_pages({"a": 40, "b": 1})
    [[('a', 0, 31)], [('a', 31, 40), ('b', 0, 1)]]
    """
    most = int((_PAGE_MM - 1.5) // _NUMBER_MM)
    pages: list[list[_Block]] = [[]]
    for doc, depth in depths.items():
        for first in range(0, depth, most):
            block = (doc, first, min(first + most, depth))
            used = sum(_block_mm(*other[1:]) for other in pages[-1])
            if pages[-1] and (
                used + _block_mm(*block[1:]) > _PAGE_MM or len(pages[-1]) == _DOCUMENTS
            ):
                pages.append([])
            pages[-1].append(block)
    return pages


def _chain(
    drawn: pd.DataFrame,
    labels: pd.Series,
    style: Style,
    blocks: Sequence[_Block],
    silent: set[tuple[str, str]],
    *,
    most: float,
    part: str,
) -> Chart:
    """Lay out a row a city and a column a step; number above its bar."""
    heads = {
        step: wrap(style.say(*names), 18 if not style.double else 40)
        for step, names in STEPS.items()
    }
    names = {
        doc: (
            wrap(city_names(labels[doc]), 48) if style.double else labels[doc].replace(" ", "\n", 1)
        )
        for doc, _, _ in blocks
    }
    names_mm = max(map(text_mm, names.values())) + 2.5
    step_mm = (style.mm - names_mm) / len(STEPS)
    heights = {
        doc: max(_block_mm(first, last), LINE_MM * (names[doc].count("\n") + 1) + 1.2)
        for doc, first, last in blocks
    }
    head = LINE_MM * max(h.count("\n") + 1 for h in heads.values()) + 2
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (
            None,
            style.say(
                "条形从 0 起，各列同一尺度；虚线为有多种读法的数字；短横表示简报没有给出数字，不是 0。",
                "Bars start at 0, one scale for all columns; dashed: more than one reading; a dash:"
                " the briefing gives no number, which is not 0.",
            )
            + style.say(
                f"n = {len(labels)} 份给出此类数字的简报。",
                f" n = {len(labels)} briefing{'s' * (len(labels) > 1)} with such numbers.",
            )
            + part,
        )
    ]
    fig = canvas.new_chart(
        style, head + sum(heights.values()) + 1.5 + canvas.key_mm(entries, style.mm - 1)
    )
    sheet = canvas.sheet(fig)
    for i, text in enumerate(heads.values()):
        write(sheet, names_mm + i * step_mm, head - 1, text, va="bottom", color=QUIET)
    y = head
    for doc, name in names.items():
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        lines = name.count("\n") + 1
        # in a long row the name stands at its head
        write(sheet, 0.3, y + min(heights[doc] / 2, LINE_MM * lines / 2 + 1.5), name)
        for i, step in enumerate(STEPS):
            cells = drawn[(drawn["doc"] == doc) & (drawn["step"] == step)]
            if len(cells):
                _chain_cell(
                    sheet,
                    cells.to_dict("records"),
                    names_mm + i * step_mm,
                    y,
                    step_mm - 3,
                    heights[doc],
                    most,
                    style,
                )
            elif (doc, step) in silent:
                mark(
                    sheet,
                    [names_mm + i * step_mm + 1.5],
                    [y + min(heights[doc] / 2, LINE_MM + 1.5)],
                    size=4,
                    marker="_",
                    color="#9A9A9A",
                )
        y += heights[doc]
    canvas.key(sheet, entries, left=0.3, top=y + 1, right=style.mm - 0.7)
    return fig


def _chain_cell(
    sheet: Axes,
    cells: list[dict[str, Any]],
    left: float,
    top: float,
    width: float,
    height: float,
    most: float,
    style: Style,
) -> None:
    """Draw the numbers of a city at one step: in the middle of a short row, from the head of a long
    one."""
    colour = city_look(cells[0]["city_zh"])[0]
    y = (
        top
        + (
            min(height, max(_NUMBER_MM * len(cells) + 1.5, 2 * _NUMBER_MM + 1.5))
            - _NUMBER_MM * len(cells)
        )
        / 2
    )
    for cell in cells:
        certain = pd.notna(cell["value"])
        numbers = [cell["value"]] if certain else [cell["low"], cell["high"]]
        text = (
            "–".join(number_in(x, style.lang) if abs(x) >= 1e9 else digits(x) for x in numbers)
            + " "
            + unit_label(cell["unit"], style.lang)
        )
        write(sheet, left, y + 2.0, fit(text.strip(), width + 2.5))
        length = width * np.array(numbers, dtype=float) / max(most, 1e-9)
        sheet.plot(
            [left, left + length[0]],
            [y + 4.7] * 2,
            color=colour,
            linewidth=3.2,
            solid_capstyle="butt",
        )
        if not certain:
            sheet.plot(
                [left + length[0], left + length[1]],
                [y + 4.7] * 2,
                color=colour,
                linewidth=1.2,
                dashes=(3, 1.5),
            )
        y += _NUMBER_MM


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    parts = []
    for doc, rows in drawn.groupby("doc", sort=False):
        steps = [
            f"{STEPS[row.step][lang == 'en']}"
            f" {half_width(row.printed)}{'' if lang == 'zh' else ' '}{unit_label(row.unit, lang)}".rstrip()
            for row in rows.itertuples()
        ]
        parts.append(f"{city_names(labels[doc])}: {', '.join(steps)}")
    return (
        ("各市问题链条：" if lang == "zh" else "Problems along the chain: ")
        + "; ".join(parts)
        + ("。" if lang == "zh" else ".")
    )
