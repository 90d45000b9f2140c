"""Numbers of each city → the chain from problems found to evaluated."""

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
from helpers.style import FAINT, QUIET, Style, city_look, drawing

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
