"""Words and marks → parts of a page that are written below one another, each as high as its lines
take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import canvas
from helpers.canvas import LINE_MM, mark, write
from helpers.lettering import text_mm, wrap
from helpers.style import INK, MM, QUIET, SMALLEST_PT, Style

Part = Callable[[Axes, float, Style], float]  # draws from a height on, returns where it ends


def measured(part: Part, style: Style) -> float:
    return part(canvas.sheet(Figure(figsize=(style.mm * MM, 1))), 0.0, style)


def letter_size(style: Style) -> float:
    """Letters of 8.5 points on a page of its own; the smallest allowed in a column."""
    return 8.5 if style.double else SMALLEST_PT


def write_text(
    sheet: Axes, y: float, style: Style, text: str, *, size: float | None = None, color: str = INK
) -> float:
    size = size or letter_size(style)
    step = LINE_MM * size / SMALLEST_PT
    lines = wrap(text, style.mm - 1, size=size).split("\n")
    for i, line in enumerate(lines):
        write(sheet, 0.3, y + (i + 0.5) * step, line, size=size, color=color)
    return y + step * len(lines)


def write_flow(
    sheet: Axes, y: float, style: Style, entries: Sequence[tuple[dict[str, Any] | None, str]]
) -> float:
    """Write words one after another, each with its mark if it has one, in as many lines as it
    takes."""
    size = letter_size(style)
    x, step = 0.3, LINE_MM * size / SMALLEST_PT
    for look, text in entries:
        lead = 3.4 if look else 0.0
        for i, line in enumerate(wrap(text, style.mm - lead - 1.5, size=size).split("\n")):
            needed = lead + text_mm(line, size) + 2.6
            if x > 0.3 and (i or x + needed - 2.0 > style.mm):
                x, y = 0.3, y + step
            if look and not i:
                mark(sheet, [x + 1.3], [y + step / 2], **{"size": 4.8, **look})
            write(sheet, x + lead, y + step / 2, line, size=size, color=INK if look else QUIET)
            x += needed
    return y + step
