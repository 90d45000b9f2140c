"""Draw the numbers of several documents that may stand side by side, question by question. Numbers
that nothing keeps apart have bars on one scale; other numbers have marks for what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import number_words, short_labels
from helpers.outcomes import comparison_word

from . import canvas
from .canvas import Chart, Entry, add_up, aside, fit, mark, tall, text_mm, wrap, write
from .outcomes import POINTS, draw_bar, largest, level_word, point_key, point_kind, point_look
from .style import FAINT, MAIN, Style

_ROW_MM, _GAP_MM, _PAGE_MM, _BETWEEN_MM = 4.4, 3.0, 200.0, 5.0

# The mark of each caveat. The fill of the circle shows the stage of completion, the half square a
# list that merges several assigners, and the direction of the triangle a time before or after.
_STATE: dict[str, Any] = {"marker": "o", "size": 5.4, "color": MAIN, "markerfacecoloralt": "white"}
_DATE: dict[str, Any] = {"size": 4.6, "color": MAIN, "fillstyle": "none"}
_MERGED: dict[str, Any] = {"marker": "s", "size": 4.6, "color": MAIN, "markerfacecoloralt": "white"}
_FILLS = {
    **dict.fromkeys(("planned", "negotiated", "chosen", "assessed"), "none"),
    **dict.fromkeys(("in_progress", "sited_and_built", "assigned"), "left"),
    **dict.fromkeys(("built", "in_use", "rectified"), "full"),
}
_TIMES = {"before": "<", "planned": ">"}
CAVEAT_MARKS = {
    "state": {**_STATE, "fillstyle": "left"},
    "date": {**_DATE, "marker": "d"},
    "merged": {**_MERGED, "fillstyle": "left"},
}


@canvas.chart(
    (
        "panel verdict question_zh question_en caveats indicator doc city_zh city_en value low high"
        " unit qualifier direction level state timing as_of_from as_of_to status basis",
        "Study.comparable_values",
    ),
    rows="indicator",
)
def numbers_by_question(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart | None:
    """Draw the numbers that may stand side by side, one panel per question. If nothing keeps the
    numbers of a question apart, each has a bar on the scale of the panel. Otherwise, marks and
    words show what differs: the stage of completion, the date, or the body whose list it is.

    Numbers that differ in stage stand in the order of completion, from planned to in use. They have
    no bars, because stages are no lengths. The signs ≥, ↑ and ↓ stand before a lower bound, a rise
    and a fall. A question that only one document answers is left out.

    Parameters
    ----------
    table : DataFrame
        One row per question and number, as in `Study.comparable_values`.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per
        number.

    Examples
    --------
    >>> from helpers import numbers_by_question, read_corpus, study_of
    >>> values = study_of(read_corpus()).comparable_values
    >>> chart = numbers_by_question(values, rows=["dining_sites"], lang="en")
    >>> chart.drawn[["city_en", "value", "state", "caveats"]].values.tolist()[0]
    ['Luohe', 155.0, 'chosen', 'date;state']
    """
    table = canvas.in_order(table, indicator=rows) if rows is not None else table
    width = (style.mm - _BETWEEN_MM) / 2 if style.double else style.mm
    panels = [
        panel
        for _, numbers in table.groupby("panel", sort=False)
        if numbers["doc"].nunique() > 1
        for panel in _parts(_Panel.of(numbers.reset_index(drop=True), style, width))
    ]
    if not panels:
        return None
    all_pages = list(_pages(panels, 2 if style.double else 1))
    (columns, *_), pages = canvas.paginate(all_pages, 1, page)
    part = canvas.of_pages(style, page, pages)
    fig = _draw(columns, panels, style, width, part)
    drawn = pd.concat(panel.numbers for column in columns for panel in column)
    return canvas.finish(fig, drawn, style, lambda each: _alt(drawn, each), pages)


class _Row(NamedTuple):
    """A row of a panel: the number, the city, the number as text, the height in millimetres, and
    the mark and word of each caveat."""

    number: dict[str, Any]
    city: str
    text: str
    mm: float
    caveats: list[tuple[dict[str, Any], str]]


class _Panel(NamedTuple):
    """A question with its numbers: the heading, the rows, whether the rows have bars, and the
    number whose bar has the whole width, also if the question continues on another page."""

    numbers: pd.DataFrame
    heading: str
    rows: list[_Row]
    has_bars: bool
    most: float

    @classmethod
    def of(cls, numbers: pd.DataFrame, style: Style, width: float) -> _Panel:
        """Make the panel of one question. `width` is the width of a panel in millimetres."""
        first = numbers.iloc[0]
        question = style.say(
            "numbers_by_question.question",
            question=first[f"question_{style.lang}"],
            n=len(numbers),
        )
        caveats = [name for name in CAVEAT_MARKS if name in first["caveats"].split(";")]
        names, rows = short_labels(numbers, style.lang), []
        for number in numbers.to_dict("records"):
            city = wrap(names[number["doc"]], width * 0.28)
            text = _number_text(number, style)
            marks = [_marked(name, number, style) for name in caveats]
            height = max(_ROW_MM, tall(city) + 1.1, tall(text) + 1.1)
            rows.append(_Row(number, city, text, height, marks))
        heading, has_bars = wrap(question, width - 1), first["verdict"] == "same_axis"
        return cls(numbers, heading, rows, has_bars, largest(row.number for row in rows))

    @property
    def head_mm(self) -> float:
        return tall(self.heading) + 1.0

    @property
    def mm(self) -> float:
        return self.head_mm + add_up(row.mm for row in self.rows) + _GAP_MM


def _number_text(number: Mapping[str, Any], style: Style) -> str:
    """Write a number with its sign and unit. The mark of the caveat “date” says when the number
    holds, so the text does not."""
    return wrap(number_words({**number, "timing": ""}, style.lang, style.codebook), 30)


def _marked(caveat: str, number: Mapping[str, Any], style: Style) -> tuple[dict[str, Any], str]:
    """Return the mark and the word that show where a number stands on a caveat."""
    if caveat == "state":
        state = _text(number["state"])
        fill = _FILLS.get(state, "none")
        return {**_STATE, "fillstyle": fill}, comparison_word(f"state.{state}", style.lang)
    if caveat == "date":
        timing = _text(number["timing"])
        ends = (_text(number[end]) for end in ("as_of_from", "as_of_to"))
        dates = "–".join(dict.fromkeys(filter(None, ends)))
        said = comparison_word(f"when.{timing}", style.lang) if timing or not dates else ""
        words = " ".join(filter(None, [said, dates]))
        return {**_DATE, "marker": _TIMES.get(timing, "d")}, words
    level = _text(number["level"])
    fill = "left" if level == "several" else "none"
    return {**_MERGED, "fillstyle": fill}, level_word(level, style)


def _text(value: Any) -> str:
    """Return a value as text. A missing value is an empty text."""
    return "" if pd.isna(value) else str(value)


def _parts(panel: _Panel) -> list[_Panel]:
    """Divide a panel that is taller than a page into panels that fit, each with the heading."""
    room = _PAGE_MM - panel.head_mm - _GAP_MM
    parts = canvas.filled(range(len(panel.rows)), room, lambda page, row: panel.rows[row].mm)
    return [
        panel._replace(numbers=panel.numbers.iloc[part], rows=[panel.rows[row] for row in part])
        for part in parts
    ]


def _pages(panels: Sequence[_Panel], n_columns: int) -> Iterator[list[list[_Panel]]]:
    """Yield the columns of each page. On a page of two columns, these are about equally high."""
    columns = canvas.filled(panels, _PAGE_MM, lambda page, panel: panel.mm)
    for at in range(0, len(columns), n_columns):
        of_page = [panel for column in columns[at : at + n_columns] for panel in column]
        cuts = range(1, len(of_page)) if n_columns == 2 else ()
        ways = [[of_page[:cut], of_page[cut:]] for cut in cuts] or [[of_page]]
        yield min(ways, key=_highest)


def _highest(columns: Sequence[Sequence[_Panel]]) -> float:
    """Return the height of the highest column of panels in millimetres."""
    return max(add_up(panel.mm for panel in column) for column in columns)


def _draw(
    columns: Sequence[Sequence[_Panel]],
    panels: Sequence[_Panel],
    style: Style,
    width: float,
    part: str,
) -> Chart:
    """Draw the panels of each column one below another, and the key below them."""
    shown = [panel for column in columns for panel in column]
    entries = _key(shown, style)
    if part:
        entries.append((None, part))
    body = _highest(columns) + 0.5
    fig, sheet = canvas.sheet_with_key(style, body, entries, top=body, below=0.5)
    for i, column in enumerate(columns):
        left, y = i * (width + _BETWEEN_MM), 0.5
        for panel in column:
            write(sheet, left + 0.3, y, panel.heading, va="top")
            _rows(sheet, panel, (left, y + panel.head_mm, width, panel.mm), style)
            y += panel.mm
    return fig


def _rows(sheet: Axes, panel: _Panel, place: canvas.Place, style: Style) -> None:
    """Draw the rows of a panel: city, number, and a bar or the marks of the caveats."""
    left, y, width, _ = place
    city_mm = max(text_mm(row.city) for row in panel.rows) + 2.5
    number_mm = max(text_mm(row.text) for row in panel.rows) + 3.2
    start, end = left + city_mm + number_mm, left + width - 1.5
    before = ""
    for row in panel.rows:
        middle = y + row.mm / 2
        sheet.plot([left, left + width], [y, y], color=FAINT, linewidth=0.4)
        if row.number["doc"] != before:
            write(sheet, left + 0.3, middle, row.city)
        before = row.number["doc"]
        write(sheet, start - 3.2, middle, row.text, ha="right")
        if (kind := point_kind(row.number)) in POINTS:
            mark(sheet, [start - 1.8], [middle], **point_look(kind, style))
        if panel.has_bars:
            draw_bar(sheet, row.number, (start, middle, end - start - 1, 0), panel.most, style)
        for right, (look, word) in zip(_places_of_marks(panel.rows), row.caveats, strict=True):
            x = start + right
            mark(sheet, [x + 1.2], [middle], **style.look(look))
            aside(sheet, x + 3.2, middle, fit(word, left + width - x - 3.2))
        y += row.mm


def _places_of_marks(rows: Sequence[_Row]) -> list[float]:
    """Return how far to the right each mark of a row stands, in millimetres. The marks of one
    caveat stand below each other, and the widest word decides where the next caveat begins."""
    by_caveat = zip(*(row.caveats for row in rows), strict=True)
    widths = [max(text_mm(word) for _, word in marks) + 5.5 for marks in by_caveat]
    return [add_up(widths[:i]) for i in range(len(widths))]


def _key(panels: Sequence[_Panel], style: Style) -> list[Entry]:
    """Explain the bar, the marks of the caveats, the points put back and the signs before numbers,
    as far as the chart has any."""
    entries: list[Entry] = []
    if any(panel.has_bars for panel in panels):
        bar = {"marker": "_", "size": 8, "markeredgewidth": 3.2, "color": style.main}
        entries.append((bar, style.say("numbers_by_question.axis")))
    named = {name for panel in panels for name in panel.numbers["caveats"].iloc[0].split(";")}
    entries += [
        (style.look(look), _caveat_words(name, style))
        for name, look in CAVEAT_MARKS.items()
        if name in named
    ]
    rows = [row for panel in panels for row in panel.rows]
    entries += point_key({point_kind(row.number) for row in rows}, style)
    signs = _signs("".join(row.text for row in rows), style)
    return [*entries, (None, signs)] if signs else entries


def _caveat_words(name: str, style: Style) -> str:
    """Name a caveat for the key, and say how its mark is to be read."""
    caveat = comparison_word(f"caveat.{name}", style.lang)
    return style.say(f"numbers_by_question.caveat_{name}", caveat=caveat)


def _signs(written: str, style: Style) -> str:
    """Explain the signs ≥, ↑ and ↓ that occur in the numbers of the chart."""
    signs = {"at_least": "≥", "up": "↑", "down": "↓"}
    meanings = [
        style.say(f"numbers_by_question.{name}") for name, sign in signs.items() if sign in written
    ]
    return style.semicolons(meanings) + style.choose("。", ".") if meanings else ""


def _alt(drawn: pd.DataFrame, style: Style) -> str:
    """Return the alternative text of the chart: each question with its numbers."""
    questions = []
    for _, numbers in drawn.groupby("panel", sort=False):
        first, names = numbers.iloc[0], short_labels(numbers, style.lang)
        caveats = [name for name in CAVEAT_MARKS if name in first["caveats"].split(";")]
        told = []
        for number in numbers.to_dict("records"):
            words = style.commas(_marked(name, number, style)[1] for name in caveats)
            brackets = style.choose(f"（{words}）", f" ({words})") if words else ""
            text = " ".join(_number_text(number, style).split("\n"))
            told.append(f"{names[number['doc']]} {text}{brackets}")
        name = "same" if first["verdict"] == "same_axis" else "beside"
        question = first[f"question_{style.lang}"]
        questions.append(
            style.say(
                f"numbers_by_question.alt_{name}", question=question, numbers=style.commas(told)
            )
        )
    return style.run_on(*questions)
