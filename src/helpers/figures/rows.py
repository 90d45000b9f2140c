"""Turn documents, stages and codes into the names, column heads and pages of a chart. Use it for
charts with one row per document, code or theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import city_names

from .canvas import LINE_MM, text_mm, write
from .style import QUIET, Style

Look = dict[str, Any]  # how a mark is drawn
COUNTED = ("done", "planned", "called_for")  # the states of an instrument that a document mentions


def row_name(label: str, style: Style) -> str:
    """Return the name of a document as it stands before its row; in a narrow figure it takes
    several lines.

    >>> row_name("郑州\\nZhengzhou", Style("en", "double"))
    '郑州 Zhengzhou'
    """
    return city_names(label) if style.double else label.replace(" ", "\n", 1)


def stage_name(stage: str, style: Style) -> str:
    """Return the name of a stage in the style's language; its id where the codebook has no such
    stage."""
    return style.choose(*style.stages.get(stage, (str(stage), str(stage))))


def stages_of(table: pd.DataFrame, style: Style) -> list[str]:
    """Return the stages of a table in the order of the codebook, unknown ones last."""
    order, present = list(style.stages), list(dict.fromkeys(table["stage"]))
    known = [stage for stage in order if stage in present]
    return known + [stage for stage in present if stage not in order]


def in_order(table: pd.DataFrame, **orders: Iterable[str]) -> pd.DataFrame:
    """Sort a table by columns, each of them in the order in which its values are given."""
    places = {
        column: {value: i for i, value in enumerate(values)} for column, values in orders.items()
    }
    return table.sort_values(
        list(places), key=lambda column: column.map(places[column.name]), kind="stable"
    )


Item = TypeVar("Item")


def filled(
    items: Iterable[Item], room: float, needed: Callable[[list[Item], Item], float]
) -> list[list[Item]]:
    """Fill pages with items in their order; ``needed`` tells by how much an item lengthens a page.

    >>> filled([100, 100, 50], 210, lambda page, item: item)
    [[100, 100], [50]]
    """
    pages: list[list[Item]] = [[]]
    used = 0.0
    for item in items:
        if pages[-1] and used + needed(pages[-1], item) > room:
            pages.append([])
            used = 0.0
        used += needed(pages[-1], item)
        pages[-1].append(item)
    return pages


def tall(text: str) -> float:
    """Return the height of a text in millimetres."""
    return LINE_MM * (text.count("\n") + 1)


def aside(ax: Axes, x: float, y: float, text: str, **place: Any) -> None:
    """Write a text in the quiet colour of heads, sums and notes."""
    write(ax, x, y, text, color=QUIET, **place)


@dataclass(frozen=True)
class Heads:
    """The heads of columns, horizontal or upright, and the height that they need."""

    texts: Sequence[str]
    horizontal: bool
    mm: float

    @classmethod
    def fitting(cls, unbroken: Sequence[str], broken: Sequence[str], width: float) -> Heads:
        """Write the heads horizontally, broken into lines, where all of them fit their columns;
        else upright and unbroken."""
        if all(text_mm(head) <= width for head in broken):
            return cls(broken, True, max(map(tall, broken)))
        return cls(unbroken, False, max(map(text_mm, unbroken)))

    def draw(self, ax: Axes, middles: Iterable[float], bottom: float, color: str = QUIET) -> None:
        """Write each head around the middle of its column, above a height."""
        turn = 0 if self.horizontal else 90
        for x, head in zip(middles, self.texts, strict=True):
            write(ax, x, bottom, head, ha="center", va="bottom", rotation=turn, color=color)
