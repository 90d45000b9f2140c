"""Draw the numbers of several documents that may stand side by side, question by question. Numbers
that nothing keeps apart are dots on one axis; others are a list with their caveats in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import number_words, short_labels
from helpers.outcomes import comparison_word

from . import canvas
from .canvas import Chart, Entry, add_up, aside, mark, tall, text_mm, wrap, write
from .outcomes import limits_of, value_key, value_mark
from .style import FAINT, Style

_ROW_MM, _AXIS_MM, _GAP_MM, _PAGE_MM = 4.4, 6.0, 3.5, 205.0


@canvas.chart(
    (
        "panel verdict question_zh question_en caveats doc city_zh city_en value low high unit"
        " qualifier direction level state timing as_of_from as_of_to status basis",
        "Study.comparable_values",
    )
)
def numbers_by_question(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw the numbers that may stand side by side, one panel per question.

    If nothing keeps the numbers of a question apart, they are dots on one axis. Otherwise they are
    a list, and a line above the list names the caveats. If the state of completion is a caveat, the
    list is in the order of the stages, from planned to in use: a stage is no length. The signs ≥, ↑
    and ↓ stand before a lower bound, a rise and a fall.
    """
    panels = [
        panel
        for _, numbers in table.groupby("panel", sort=False)
        for panel in _parts(_Panel(numbers, style), style)
    ]
    if not panels:
        return None
    pages_of_panels = canvas.filled(panels, _PAGE_MM, lambda page, panel: panel.mm)
    (shown, *_), pages = canvas.paginate(pages_of_panels, 1, page)
    fig = _panels(shown, style, canvas.of_pages(style, page, pages))
    drawn = pd.concat(panel.numbers for panel in shown)
    return canvas.finish(fig, drawn, style, lambda each: _alt(shown, each), pages)


def _parts(panel: _Panel, style: Style) -> list[_Panel]:
    """Divide a panel that is taller than a page into panels that fit."""
    room = _PAGE_MM - panel.head_mm - _AXIS_MM - _GAP_MM
    parts = canvas.filled(range(len(panel.rows)), room, lambda page, row: panel.row_mm[row])
    if len(parts) == 1:
        return [panel]
    return [_Panel(panel.numbers.iloc[rows], style) for rows in parts]


class _Texts(NamedTuple):
    """What stands in a row of a panel: the city, the number, and what sets the number apart."""

    city: str
    number: str
    remark: str


class _Panel:
    """A question with its numbers, the texts to print, and the height in millimetres."""

    def __init__(self, numbers: pd.DataFrame, style: Style) -> None:
        first = numbers.iloc[0]
        self.numbers = numbers
        self.caveats = [name for name in first["caveats"].split(";") if name]
        self.same_axis = first["verdict"] == "same_axis"
        self.question = first[f"question_{style.lang}"]
        self.heading = wrap(self.question, style.mm - 1)
        self.note = wrap(_verdict(self, style), style.mm - 1)
        labels = short_labels(numbers, style.lang)
        self.rows = [
            _Texts(
                wrap(labels[number["doc"]], 40 if style.double else 20),
                _number(number, style),
                "" if self.same_axis else _remark(number, self.caveats, style),
            )
            for number in numbers.to_dict("records")
        ]
        self.row_mm = [max(_ROW_MM, max(map(tall, row)) + 1.1) for row in self.rows]
        self.head_mm = tall(self.heading) + tall(self.note) + 1.5
        axis = _AXIS_MM if self.same_axis else 0.0
        self.mm = self.head_mm + add_up(self.row_mm) + axis + _GAP_MM


def _verdict(panel: _Panel, style: Style) -> str:
    """Say how far the numbers of a panel may be compared, and name the caveats."""
    n = len(panel.numbers)
    if panel.same_axis:
        is_log = limits_of(panel.numbers)[2]
        scale = style.say("numbers_by_question.logarithmic") if is_log else ""
        return style.run_on(style.say("numbers_by_question.same_axis", n=n), scale)
    caveats = [comparison_word(f"caveat.{name}", style.lang) for name in panel.caveats]
    note = style.say("numbers_by_question.side_by_side", n=n, caveats=style.commas(caveats))
    if "state" in panel.caveats:
        note = style.run_on(note, style.say("numbers_by_question.stages"))
    return note


def _number(number: Mapping[str, Any], style: Style) -> str:
    # The remark of a row says when a number holds, so the number itself need not.
    return number_words({**number, "timing": ""}, style.lang, style.codebook)


def _remark(number: Mapping[str, Any], caveats: Sequence[str], style: Style) -> str:
    """Say what the caveats of a panel mean for a number: its stage, its date, who assigned."""
    said = {
        "state": lambda: comparison_word(f"state.{_text(number['state'])}", style.lang),
        "merged": lambda: comparison_word(f"level.{_text(number['level'])}", style.lang),
        "date": lambda: _when(number, style),
    }
    return style.semicolons(said[name]() for name in said if name in caveats)


def _when(number: Mapping[str, Any], style: Style) -> str:
    """Say whether a number holds before or during the campaign or is planned, and its dates."""
    ends = (_text(number[end]) for end in ("as_of_from", "as_of_to"))
    dates = "–".join(dict.fromkeys(filter(None, ends)))
    when = comparison_word(f"when.{_text(number['timing'])}", style.lang)
    return when + style.choose(f"（{dates}）", f" ({dates})") if dates else when


def _text(value: Any) -> str:
    """Return a value as text. A missing value is an empty text."""
    return "" if pd.isna(value) else str(value)


def _panels(panels: Sequence[_Panel], style: Style, part: str) -> Chart:
    """Draw panels one below another, and the key below them."""
    entries = _key(panels, style)
    if part:
        entries.append((None, part))
    body = add_up(panel.mm for panel in panels)
    fig, sheet = canvas.sheet_with_key(style, body + 1, entries, top=body, below=0.5)
    y = 0.5
    for panel in panels:
        write(sheet, 0.3, y, panel.heading, va="top")
        aside(sheet, 0.3, y + tall(panel.heading) + 0.3, panel.note, va="top")
        draw = _axis if panel.same_axis else _list
        draw(fig, sheet, panel, y + panel.head_mm, style)
        y += panel.mm
    return fig


def _axis(fig: Chart, sheet: Axes, panel: _Panel, y: float, style: Style) -> None:
    """Draw the numbers of a panel as dots on one axis, with the numbers in words at the right."""
    city_mm = max(text_mm(row.city) for row in panel.rows) + 3
    number_mm = max(text_mm(row.number) for row in panel.rows) + 2
    height = add_up(panel.row_mm)
    ax = canvas.panel(fig, (city_mm, y, style.mm - city_mm - number_mm - 1, height))
    low, high, logarithmic = limits_of(panel.numbers)
    scale = "log" if logarithmic else "linear"
    ax.set(xscale=scale, xlim=(low, high), ylim=(height, 0), yticks=[])
    canvas.value_axis(ax, style, ticks=7 if style.double else 4, logarithmic=logarithmic)
    top = 0.0
    for number, row, mm in zip(
        panel.numbers.to_dict("records"), panel.rows, panel.row_mm, strict=True
    ):
        middle = top + mm / 2
        write(sheet, 0.3, y + middle, row.city)
        write(sheet, style.mm - 0.3, y + middle, row.number, ha="right")
        ax.axhline(middle, color=FAINT, linewidth=0.4, zorder=0)
        value_mark(ax, number, middle, style)
        top += mm


def _list(fig: Chart, sheet: Axes, panel: _Panel, y: float, style: Style) -> None:
    """Write the numbers of a panel as a list: city, number, and what sets the number apart. Stages
    stand on a line from the first to the last."""
    left = 4.5
    city_mm = max(text_mm(row.city) for row in panel.rows) + 3
    number_mm = max(text_mm(row.number) for row in panel.rows) + 3
    middles = [y + add_up(panel.row_mm[:place]) + mm / 2 for place, mm in enumerate(panel.row_mm)]
    if "state" in panel.caveats:
        sheet.plot([2, 2], [middles[0], middles[-1]], color=FAINT, linewidth=0.8, zorder=0)
    for number, row, middle in zip(
        panel.numbers.to_dict("records"), panel.rows, middles, strict=True
    ):
        colour, marker = style.city_look(number["city_zh"], number["city_en"])
        mark(sheet, [2], [middle], size=4, marker=marker, color=colour)
        write(sheet, left, middle, row.city)
        write(sheet, left + city_mm + number_mm - 3, middle, row.number, ha="right")
        room = style.mm - left - city_mm - number_mm - 0.5
        aside(sheet, left + city_mm + number_mm, middle, canvas.fit(row.remark, room))


def _key(panels: Sequence[_Panel], style: Style) -> list[Entry]:
    """Return the key of the dots, and a note on the signs that stand before numbers."""
    dots = [panel.numbers for panel in panels if panel.same_axis]
    entries: list[Entry] = []
    if dots:
        numbers = pd.concat(dots)
        limits = {unit: limits_of(rows) for unit, rows in numbers.groupby("unit", sort=False)}
        entries = value_key(numbers.to_dict("records"), style, limits)
    words = "".join(row.number for panel in panels for row in panel.rows)
    signs = [
        style.say(f"numbers_by_question.{name}")
        for name, sign in (("at_least", "≥"), ("up", "↑"), ("down", "↓"))
        if sign in words
    ]
    if signs:
        entries.append((None, style.run_on(style.semicolons(signs) + style.choose("。", "."))))
    return entries


def _row_in_words(row: _Texts, style: Style) -> str:
    brackets = style.choose(f"（{row.remark}）", f" ({row.remark})") if row.remark else ""
    return f"{' '.join(row.city.split())} {row.number}{brackets}"


def _alt(panels: Sequence[_Panel], style: Style) -> str:
    """Return the alternative text of the chart: each question with its numbers."""
    questions = []
    for panel in (_Panel(panel.numbers, style) for panel in panels):
        numbers = style.commas(_row_in_words(row, style) for row in panel.rows)
        name = "same" if panel.same_axis else "beside"
        questions.append(
            style.say(f"numbers_by_question.alt_{name}", question=panel.question, numbers=numbers)
        )
    return style.run_on(*questions)
