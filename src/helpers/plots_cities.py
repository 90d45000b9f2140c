"""Findings of each city → the chain from problems found to evaluated, and the synthesis table of one row a city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, mark, write
from helpers.labels import city_names, digits, document_labels, number_in, unit_label
from helpers.layout import half_width
from helpers.lettering import fit, text_mm, wrap
from helpers.style import FAINT, INK, QUIET, Style, city_look, drawing

CHAIN_COLUMNS = ("doc", "city_zh", "city_en", "step", "printed", "value", "low", "high", "unit", "status")
STEPS = {"found": ("发现问题", "Problems found"), "assigned": ("交办", "Assigned"), "rectified": ("已整改", "Rectified"),
         "evaluated": ("测评", "Evaluated")}
_NUMBER_MM, _PAGE_MM, _DOCUMENTS = 6.2, 195.0, 18  # height of a number with its bar; room of a page, and documents on it at most


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
        order = {step: i for i, step in enumerate(STEPS)}
        rows = rows.assign(_step=rows["step"].map(order), _doc=rows["doc"].map({d: i for i, d in enumerate(labels.index)}))
        rows = rows.sort_values(["_doc", "_step"], kind="stable").drop(columns=["_doc", "_step"])
        line = rows.groupby(["doc", "step"], sort=False).cumcount()
        (blocks, *_), pages = canvas.paginate(_chain_pages((line.groupby(rows["doc"], sort=False).max() + 1).to_dict()), 1, page)
        drawn = pd.concat([rows[(rows["doc"] == doc) & line.between(first, last - 1)] for doc, first, last in blocks])
        silent = {(doc, step) for doc, first, _ in blocks if not first for step in STEPS if not ((rows["doc"] == doc) & (rows["step"] == step)).any()}
        fig = _chain(drawn, labels, style, blocks, silent, most=float(rows[["value", "high"]].astype(float).max().max()), part=canvas.of_pages(style, page, pages))
        return canvas.finish(fig, drawn, zh=_chain_alt(drawn, labels, "zh"), en=_chain_alt(drawn, labels, "en"), pages=pages, page=page)


_Block = tuple[str, int, int]  # a document and which of its numbers, counted from the top of every step


def _block_mm(first: int, last: int) -> float:
    return max(2 * LINE_MM + 1.2, (last - first) * _NUMBER_MM + 1.5)


def _chain_pages(depths: Mapping[str, int]) -> list[list[_Block]]:
    """Fill pages with documents in their order; one with more numbers than fit is continued on the next.

    >>> _chain_pages({"a": 40, "b": 1})
    [[('a', 0, 31)], [('a', 31, 40), ('b', 0, 1)]]
    """
    most = int((_PAGE_MM - 1.5) // _NUMBER_MM)
    pages: list[list[_Block]] = [[]]
    for doc, depth in depths.items():
        for first in range(0, depth, most):
            block = (doc, first, min(first + most, depth))
            used = sum(_block_mm(*other[1:]) for other in pages[-1])
            if pages[-1] and (used + _block_mm(*block[1:]) > _PAGE_MM or len(pages[-1]) == _DOCUMENTS):
                pages.append([])
            pages[-1].append(block)
    return pages


def _chain(drawn: pd.DataFrame, labels: pd.Series, style: Style, blocks: Sequence[_Block], silent: set[tuple[str, str]], *, most: float, part: str) -> Chart:
    """Lay out a row a city and a column a step; number above its bar."""
    heads = {step: wrap(style.say(*names), 18 if not style.double else 40) for step, names in STEPS.items()}
    names = {doc: wrap(city_names(labels[doc]), 48) if style.double else labels[doc].replace(" ", "\n", 1) for doc, _, _ in blocks}
    names_mm = max(map(text_mm, names.values())) + 2.5
    step_mm = (style.mm - names_mm) / len(STEPS)
    heights = {doc: max(_block_mm(first, last), LINE_MM * (names[doc].count("\n") + 1) + 1.2) for doc, first, last in blocks}
    head = LINE_MM * max(h.count("\n") + 1 for h in heads.values()) + 2
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (None, style.say("条形从 0 起，各列同一尺度；虚线为有多种读法的数字；短横表示简报没有给出数字，不是 0。",
                         "Bars start at 0, one scale for all columns; dashed: more than one reading; a dash: the briefing gives no number, which is not 0.")
         + style.say(f"n = {len(labels)} 份给出此类数字的简报。", f" n = {len(labels)} briefing{'s' * (len(labels) > 1)} with such numbers.") + part)]
    fig = canvas.new_chart(style, head + sum(heights.values()) + 1.5 + canvas.key_mm(entries, style.mm - 1))
    sheet = canvas.sheet(fig)
    for i, text in enumerate(heads.values()):
        write(sheet, names_mm + i * step_mm, head - 1, text, va="bottom", color=QUIET)
    y = head
    for doc, name in names.items():
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        lines = name.count("\n") + 1
        write(sheet, 0.3, y + min(heights[doc] / 2, LINE_MM * lines / 2 + 1.5), name)  # in a long row the name stands at its head
        for i, step in enumerate(STEPS):
            cells = drawn[(drawn["doc"] == doc) & (drawn["step"] == step)]
            if len(cells):
                _chain_cell(sheet, cells.to_dict("records"), names_mm + i * step_mm, y, step_mm - 3, heights[doc], most, style)
            elif (doc, step) in silent:
                mark(sheet, [names_mm + i * step_mm + 1.5], [y + min(heights[doc] / 2, LINE_MM + 1.5)], size=4, marker="_", color="#9A9A9A")
        y += heights[doc]
    canvas.key(sheet, entries, left=0.3, top=y + 1, right=style.mm - 0.7)
    return fig


def _chain_cell(sheet: Axes, cells: list[dict[str, Any]], left: float, top: float, width: float, height: float, most: float, style: Style) -> None:
    """Draw the numbers of a city at one step: in the middle of a short row, from the head of a long one."""
    colour = city_look(cells[0]["city_zh"])[0]
    y = top + (min(height, max(_NUMBER_MM * len(cells) + 1.5, 2 * _NUMBER_MM + 1.5)) - _NUMBER_MM * len(cells)) / 2
    for cell in cells:
        certain = pd.notna(cell["value"])
        numbers = [cell["value"]] if certain else [cell["low"], cell["high"]]
        text = "–".join(number_in(x, style.lang) if abs(x) >= 1e9 else digits(x) for x in numbers) + " " + unit_label(cell["unit"], style.lang)
        write(sheet, left, y + 2.0, fit(text.strip(), width + 2.5))
        length = width * np.array(numbers, dtype=float) / max(most, 1e-9)
        sheet.plot([left, left + length[0]], [y + 4.7] * 2, color=colour, linewidth=3.2, solid_capstyle="butt")
        if not certain:
            sheet.plot([left + length[0], left + length[1]], [y + 4.7] * 2, color=colour, linewidth=1.2, dashes=(3, 1.5))
        y += _NUMBER_MM


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
        Rows in the order of the table. A missing cell is a dash, never 0. Where the columns do not fit beside one another,
        or would be long and narrow, they stand below one another under the name of the city.
    """
    shown = {name: f"{name}_{{}}" if name not in table and f"{name}_zh" in table else name for name in columns}
    canvas.require(table, ["doc", "city_zh", "city_en", *(x.format("zh") for x in shown.values())], chart="synthesis_table", source="the synthesis")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, list(columns))
        labels = document_labels(table)
        cells = pd.DataFrame({name: _column_texts(table[source.format(style.lang)]) for name, source in shown.items()})
        cells.insert(0, "", [city_names(labels[d]) if style.double else labels[d].replace(" ", "\n", 1) for d in table["doc"]])
        heads = {"": style.say("城市", "City"), **{name: style.say(*pair) for name, pair in columns.items()}}
        numeric = {name for name, source in shown.items() if pd.api.types.is_numeric_dtype(table[source.format(style.lang)])}
        widths = _column_widths(cells, heads, style)
        rows = [[wrap(x, w - 2) for x, w in zip(row, widths, strict=True)] for row in cells.itertuples(index=False)] if widths else []
        blocks = [_below_one_another(row, list(heads.values()), style) for row in cells.itertuples(index=False)]
        if rows and sum(map(_row_mm, rows)) < sum(map(_list_mm, blocks)):
            places, pages = canvas.paginate(range(len(rows)), _rows_a_page(rows), page)
            fig = _grid([rows[i] for i in places], [wrap(h, w - 2) for h, w in zip(heads.values(), widths, strict=True)],
                        widths, [name in numeric for name in heads], style, canvas.of_pages(style, page, pages).strip())
        else:
            (places, *_), pages = canvas.paginate(_filled(list(map(_list_mm, blocks))), 1, page)
            fig = _list([blocks[i] for i in places], style, canvas.of_pages(style, page, pages).strip())
        drawn = table.iloc[list(places)]
        names = "、".join(pair[0] for pair in columns.values()), ", ".join(pair[1] for pair in columns.values())
        return canvas.finish(fig, drawn, zh=f"综合表：{len(drawn)} 行（每份简报一行），各列为{names[0]}。",
                             en=f"Synthesis table of {len(drawn)} row{'s' * (len(drawn) > 1)}, one a briefing: {names[1]}.", pages=pages, page=page)


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(cells: pd.DataFrame, heads: Mapping[str, str], style: Style) -> list[float]:
    """Share the width: every column gets its longest word, the rest goes by the root of the text's length; empty where it is not enough."""
    least, wish = [], []
    for name in cells.columns:
        texts = [heads[name], *cells[name]]
        words = [word for text in texts for word in text.split()]
        least.append(min(max(text_mm(word) if word.isascii() else min(text_mm(word), 12.0) for word in words), 30.0) + 2.2)
        wish.append(max(text_mm(text) for text in texts) ** 0.5)
    least[0] = max(text_mm(x) for x in cells.iloc[:, 0]) + 2.2
    spare = style.mm - sum(least)
    if spare < 0:
        return []
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


def _filled(heights: Sequence[float], room: float = 210.0) -> list[list[int]]:
    """Fill pages with things of these heights in their order.

    >>> _filled([100, 100, 50])
    [[0, 1], [2]]
    """
    pages: list[list[int]] = [[]]
    for i, height in enumerate(heights):
        if pages[-1] and sum(heights[k] for k in pages[-1]) + height > room:
            pages.append([])
        pages[-1].append(i)
    return pages


_Line = tuple[float, str, str]  # indent in millimetres, colour, text


def _below_one_another(row: Sequence[str], heads: Sequence[str], style: Style) -> list[_Line]:
    """Write a row as lines: the city, then each column as its head and its text."""
    name, *texts = row
    lines = [(0.3, INK, city_names(name))]
    for head, text in zip(heads[1:], texts, strict=True):
        wrapped = wrap(style.say(f"{head}：{text}", f"{head}: {text}"), style.mm - 4).split("\n")
        lines += [(2.5, INK if text != "–" else QUIET, line) for line in wrapped]
    return lines


def _list_mm(block: Sequence[_Line]) -> float:
    return LINE_MM * len(block) + 1.5


def _list(blocks: Sequence[Sequence[_Line]], style: Style, part: str) -> Chart:
    """Lay out blocks of lines with thin rules between them."""
    fig = canvas.new_chart(style, sum(map(_list_mm, blocks)) + (LINE_MM if part else 0) + 0.6)
    sheet, y = canvas.sheet(fig), 0.3
    for block in blocks:
        for i, (indent, colour, line) in enumerate(block):
            write(sheet, indent, y + 0.6 + (i + 0.5) * LINE_MM, line, color=colour)
        y += _list_mm(block)
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
    write(sheet, 0.3, y + LINE_MM / 2 + 0.2, part, color=QUIET)
    return fig


def _grid(rows: list[list[str]], heads: list[str], widths: list[float], numeric: list[bool], style: Style, part: str) -> Chart:
    """Lay out heads and rows with thin rules between them."""
    fig = canvas.new_chart(style, _row_mm(heads) + sum(map(_row_mm, rows)) + (LINE_MM if part else 0) + 0.6)
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
    write(sheet, 0.4, y + LINE_MM / 2 + 0.2, part, color=QUIET)
    return fig
