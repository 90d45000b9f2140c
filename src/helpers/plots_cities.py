"""Findings of each city → the synthesis table of one row a city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, write
from helpers.labels import city_names, document_labels
from helpers.lettering import text_mm, wrap
from helpers.style import FAINT, INK, QUIET, Style, drawing


def synthesis_table(
    table: pd.DataFrame,
    columns: Mapping[str, tuple[str, str]],
    *,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw a table of one row a city as a figure, texts wrapped, numbers to the right.

    Parameters
    ----------
    table
        ``doc, city_zh, city_en`` and the columns named next; a pair ``x_zh``, ``x_en`` may be named
        ``x``.
    columns
        Column → its heads: ``{"n_done": ("已做手段", "Instruments done")}``, in drawn order.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Rows in the order of the table. A missing cell is a dash, never 0. Where the columns do not
        fit beside one another, or would be long and narrow, they stand below one another under the
        name of the city.
    """
    shown = {
        name: f"{name}_{{}}" if name not in table and f"{name}_zh" in table else name
        for name in columns
    }
    canvas.require(
        table,
        ["doc", "city_zh", "city_en", *(x.format("zh") for x in shown.values())],
        chart="synthesis_table",
        source="the synthesis",
    )
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, list(columns))
        labels = document_labels(table)
        cells = pd.DataFrame(
            {
                name: _column_texts(table[source.format(style.lang)])
                for name, source in shown.items()
            }
        )
        cells.insert(
            0,
            "",
            [
                city_names(labels[d]) if style.double else labels[d].replace(" ", "\n", 1)
                for d in table["doc"]
            ],
        )
        heads = {
            "": style.say("城市", "City"),
            **{name: style.say(*pair) for name, pair in columns.items()},
        }
        numeric = {
            name
            for name, source in shown.items()
            if pd.api.types.is_numeric_dtype(table[source.format(style.lang)])
        }
        widths = _column_widths(cells, heads, style)
        rows = (
            [
                [wrap(x, w - 2) for x, w in zip(row, widths, strict=True)]
                for row in cells.itertuples(index=False)
            ]
            if widths
            else []
        )
        blocks = [
            _below_one_another(row, list(heads.values()), style)
            for row in cells.itertuples(index=False)
        ]
        if rows and sum(map(_row_mm, rows)) < sum(map(_list_mm, blocks)):
            places, pages = canvas.paginate(range(len(rows)), _rows_a_page(rows), page)
            fig = _grid(
                [rows[i] for i in places],
                [wrap(h, w - 2) for h, w in zip(heads.values(), widths, strict=True)],
                widths,
                [name in numeric for name in heads],
                style,
                canvas.of_pages(style, page, pages).strip(),
            )
        else:
            (places, *_), pages = canvas.paginate(_filled(list(map(_list_mm, blocks))), 1, page)
            fig = _list(
                [blocks[i] for i in places], style, canvas.of_pages(style, page, pages).strip()
            )
        drawn = table.iloc[list(places)]
        names = (
            "、".join(pair[0] for pair in columns.values()),
            ", ".join(pair[1] for pair in columns.values()),
        )
        return canvas.finish(
            fig,
            drawn,
            zh=f"综合表：{len(drawn)} 行（每份简报一行），各列为{names[0]}。",
            en=(
                f"Synthesis table of {len(drawn)} row{'s' * (len(drawn) > 1)}, one a briefing:"
                f" {names[1]}."
            ),
            pages=pages,
            page=page,
        )


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(cells: pd.DataFrame, heads: Mapping[str, str], style: Style) -> list[float]:
    """Share the width: every column gets its longest word, the rest goes by the root of the text's
    length; empty where it is not enough."""
    least, wish = [], []
    for name in cells.columns:
        texts = [heads[name], *cells[name]]
        words = [word for text in texts for word in text.split()]
        least.append(
            min(
                max(
                    text_mm(word) if word.isascii() else min(text_mm(word), 12.0) for word in words
                ),
                30.0,
            )
            + 2.2
        )
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
            widths[i] = min(
                most[i], widths[i] + spare * wish[i] / sum(wish[j] for j in open_columns)
            )
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


def _grid(
    rows: list[list[str]],
    heads: list[str],
    widths: list[float],
    numeric: list[bool],
    style: Style,
    part: str,
) -> Chart:
    """Lay out heads and rows with thin rules between them."""
    fig = canvas.new_chart(
        style, _row_mm(heads) + sum(map(_row_mm, rows)) + (LINE_MM if part else 0) + 0.6
    )
    sheet = canvas.sheet(fig)
    left = [sum(widths[:i]) for i in range(len(widths))]
    y = 0.0
    for i, row in enumerate([heads, *rows]):
        for x, w, text, number in zip(left, widths, row, numeric, strict=True):
            # one by one: all lines of a row stand on common baselines
            for n, line in enumerate(text.split("\n")):
                write(
                    sheet,
                    x + w - 1.6 if number else x + 0.4,
                    y + 1.0 + n * LINE_MM,
                    line,
                    ha="right" if number else "left",
                    va="top",
                    color=QUIET if i == 0 else INK,
                )
        y += _row_mm(row)
        sheet.plot(
            [0, sum(widths)],
            [y, y],
            color=QUIET if i == 0 else FAINT,
            linewidth=0.6 if i == 0 else 0.4,
        )
    write(sheet, 0.4, y + LINE_MM / 2 + 0.2, part, color=QUIET)
    return fig
