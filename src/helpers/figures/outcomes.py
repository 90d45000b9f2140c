"""Draw two charts of the numbers that briefings report as outcomes. The first chart shows the
numbers on axes. The second chart shows how many problems were found, assigned, rectified and
evaluated. Both charts show how certain each number is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

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
    number_sign,
    number_words,
    readings_of,
    short_labels,
    unit_label,
)
from helpers.outcomes import comparison_word

from . import canvas
from .canvas import (
    LINE_MM,
    Chart,
    Entry,
    add_up,
    aside,
    fit,
    mark,
    row_name,
    tall,
    text_mm,
    wrap,
    write,
)
from .style import FAINT, INK, QUIET, Style

# The fill of a dot shows how certain a number is. A dot is solid for a number as printed, with a
# thick edge if the reference reading confirmed it, hollow if a lost decimal point was restored, and
# half filled if the reference reading restored it. A range or an ambiguous number has a bar instead
# of a dot.
NUMBER_MARKS: dict[str, dict[str, Any]] = {
    "as_printed": {"fillstyle": "full", "markeredgecolor": INK, "markeredgewidth": 0.4},
    "confirmed": {"fillstyle": "full", "markeredgecolor": INK, "markeredgewidth": 1.3},
    "restored": {"fillstyle": "none", "markeredgewidth": 1.2},
    "coder": {"fillstyle": "left", "markerfacecoloralt": "white"},
    "range": {"marker": "_", "size": 6, "markeredgewidth": 1.2},
    "ambiguous": {"marker": "|", "size": 7, "markeredgewidth": 1.2},
}

# what the digits say as they stand: on the axis, and beyond its end
_NAIVE_LOOKS: dict[bool, dict[str, Any]] = {
    False: {"marker": "x", "size": 5, "markeredgewidth": 1.1},
    True: {"marker": ">", "size": 4},
}


@canvas.chart(
    (
        "doc city_zh city_en printed value low high unit indicator_zh indicator_en status basis",
        "extract_outcomes",
    )
)
def outcome_values(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw numbers that briefings report as outcomes: one panel per unit, one row per number. In a
    panel the largest number comes first. The digits as printed in the text stand at the right.

    The table is the result of `extract_outcomes`, or a part of it. An axis is logarithmic when the
    largest value is more than 50 times the smallest. An axis of percentages ends at 100 % or at the
    largest value that is certain, whichever is larger. An arrow shows that a number could also be
    read as a value beyond the end of the axis. A number that can be read in several ways has no
    dot, but a bar from its lowest to its highest reading. If the table has a column `naive`, as
    `Study.naive_values` does, a cross shows what the digits say as they stand.
    """
    rows = _by_unit(table)
    if rows.empty:
        return None
    all_pages = canvas.filled(_rows(rows, style), 205, _row_mm)
    (shown, *_), pages = canvas.paginate(all_pages, 1, page)
    limits = {name: limits_of(group) for name, group in rows.groupby("unit", sort=False)}
    part = canvas.of_pages(style, page, pages)
    fig = _value_panels(shown, style, limits, Counter(rows["unit"]), part)
    drawn = rows.iloc[[row.place for row in shown]]
    return canvas.finish(fig, drawn, style, lambda each: _value_alt(drawn, each), pages)


def _by_unit(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a value or a highest possible reading, sorted. The unit with the
    most numbers comes first and, within a unit, the largest number."""
    # A joined table may repeat index labels, and `loc` would return the rows of such a label twice.
    rows = table[table[["value", "high"]].notna().any(axis=1)].reset_index(drop=True)
    if rows.empty:
        return rows
    rows = rows.assign(unit=rows["unit"].fillna("").astype("str"))
    n = -rows["unit"].map(rows["unit"].value_counts())
    size = -rows["value"].fillna(rows["high"]).astype(float)
    keys = pd.DataFrame({"n": n, "unit": rows["unit"], "size": size, "doc": rows["doc"]})
    return rows.loc[keys.sort_values(list(keys), kind="stable").index]


class _Row(NamedTuple):
    """A row of the chart: a number, its row number in the table, the three texts that stand beside
    the number's dot, and the height of the row."""

    number: dict[str, Any]
    place: int
    indicator: str
    city: str
    digits: str
    mm: float

    @property
    def unit(self) -> str:
        return self.number["unit"]


_AXIS = 11.5  # height in millimetres of an axis with its label


def _row_mm(page: Sequence[_Row], row: _Row) -> float:
    """Return the height that a row adds to a page. A unit's first row also adds an axis."""
    return row.mm if page and page[-1].unit == row.unit else row.mm + _AXIS


def _rows(table: pd.DataFrame, style: Style) -> list[_Row]:
    labels = short_labels(table, style.lang)
    indicators = table[f"indicator_{style.lang}"].fillna("").astype(str)
    (wide, most), gap = ((57, 2), " ") if style.double else ((24, 3), "\n")
    rows = []
    for place, number in enumerate(table.to_dict("records")):
        texts = (
            wrap(indicators.iloc[place] or "—", wide, lines=most),
            wrap(labels[number["doc"]], 40 if style.double else 18),
            _printed(number, gap, style.lang),
        )
        rows.append(_Row(number, place, *texts, max(4.2, max(map(tall, texts)) + 0.9)))
    return rows


def _printed(number: dict[str, Any], gap: str, lang: str) -> str:
    """Return a number's digits as printed in the text, but in half-width characters, after the sign
    of a bound or change. If the number is read as another value, an arrow and that value follow:
    ``2198 → 21.98``."""
    sign = number_sign(number, lang)
    printed, readings = half_width(str(number["printed"])), readings_of(number)
    read = "–".join(map(digits, readings))
    # “202 万人” means 2,020,000 people, because 万 is ten thousand. The chart shows both 202 and
    # 2,020,000, although no decimal point was restored.
    if printed.replace(",", "").replace("-", "–") == read.replace(",", ""):
        return sign + printed
    if max(map(abs, readings)) >= 1e9:  # 48,300,000,000 has too many zeros to count at a glance
        read = "–".join(number_in(x, lang) for x in readings)
    return f"{sign}{printed} →{gap}{read}"


_Limits = tuple[float, float, bool]  # first and last value; True if the axis is logarithmic


def limits_of(rows: pd.DataFrame) -> _Limits:
    """Return the ends of a unit's axis, and whether the axis is logarithmic. An axis with a largest
    value of more than 50 times the smallest is logarithmic; any other axis includes 0."""
    # The axis need not reach the rejected readings of a number that has a value.
    undecided = rows[rows["value"].isna()]
    settled = pd.concat([rows["value"], undecided["low"]]).astype(float).dropna()
    values = pd.concat([settled, undecided["high"].astype(float).dropna()])
    percent, end = (rows["unit"] == "%").all(), max(100.0, settled.max())
    if percent and values.max() > 2 * end:
        # If a share lost its decimal point, its digits or its highest reading may be as large as
        # 9,375 %. On an axis of that length all other values would be too close together.
        values = values.clip(upper=end)
    smallest, largest = values[values > 0].min(), values.max()
    shares = percent and largest <= 200
    if shares or values.min() < 0 or not largest / smallest > 50:
        return min(0.0, values.min() * 1.05), max(largest, 1e-9) * 1.04, False
    return smallest / 1.6, largest * 1.6, True


def _value_panels(
    rows: Sequence[_Row],
    style: Style,
    limits: Mapping[str, _Limits],
    totals: Mapping[str, int],
    part: str,
) -> Chart:
    """Draw one panel per unit: indicator and city at the left, dots and bars in the middle, the
    printed digits at the right."""
    names_mm, city_mm, digits_mm = (
        max(text_mm(getattr(row, column)) for row in rows) + 2
        for column in ("indicator", "city", "digits")
    )
    entries = value_key([row.number for row in rows], style, limits)
    if part:
        entries.append((None, part))
    panels = {unit: list(group) for unit, group in groupby(rows, key=lambda row: row.unit)}
    y, left, right = LINE_MM + 1, names_mm + city_mm, style.mm - 0.3
    body = add_up(row.mm for row in rows) + _AXIS * len(panels)
    fig, sheet = canvas.sheet_with_key(style, y + body, entries, top=y + body, below=0.5)
    aside(sheet, right, y - 0.6, style.say("outcome_values.digits"), ha="right", va="bottom")
    for unit, numbers in panels.items():
        height = add_up(row.mm for row in numbers)
        low, high, log = limits[unit]
        ax = canvas.panel(fig, (left, y, style.mm - left - digits_mm - 1.5, height))
        ax.set(xscale="log" if log else "linear", xlim=(low, high), ylim=(height, 0), yticks=[])
        canvas.value_axis(ax, style, ticks=7 if style.double else 4, logarithmic=log)
        top = 0.0
        for row in numbers:
            middle = top + row.mm / 2
            write(sheet, 0.3, y + middle, row.indicator)
            write(sheet, names_mm, y + middle, row.city)
            aside(sheet, right, y + middle, row.digits, ha="right")
            ax.axhline(middle, color=FAINT, linewidth=0.4, zorder=0)
            value_mark(ax, row.number, middle, style)
            top += row.mm
        label = _axis_label(unit, len(numbers), totals[unit], style, log)
        write(sheet, min(left, style.mm - text_mm(label) - 0.5), y + height + 7.2, label)
        y += height + _AXIS
    return fig


def _axis_label(unit: str, here: int, n: int, style: Style, logarithmic: bool) -> str:
    """Return the label of an axis: its unit, and how many numbers have this unit."""
    name = unit_label(unit, style.lang, style.codebook)
    if not unit:
        name = style.say("outcome_values.no_unit")
    elif not name:  # a Chinese measure word, which has no English name
        name = style.say("outcome_values.counted", unit=unit)
    if logarithmic:
        name = style.say("outcome_values.logarithmic", unit=name)
    row = "outcome_values.axis_part" if here < n else "outcome_values.axis"
    return style.say(row, unit=name, n=n, here=here)


def value_mark(ax: Axes, number: dict[str, Any], y: float, style: Style) -> None:
    """Draw a number as a dot or, without a value, as a bar from its lowest to highest reading."""
    colour, marker = style.city_look(number["city_zh"], number["city_en"])
    kind, (start, end) = number_kind(number), ax.get_xlim()
    low, high = number["low"], number["high"]
    if _is_misread(number):
        look = _NAIVE_LOOKS[number["naive"] > end]
        mark(ax, [min(number["naive"], end)], [y], color=QUIET, zorder=2, **look)
    if pd.isna(number["value"]):
        dashes = "-" if kind == "range" else (0, (3, 1.5))
        span = [low, min(high, end)]
        ax.plot(span, [y, y], color=colour, linewidth=1.2, linestyle=dashes, zorder=2)
        ends = span[:1] if high > end else span
        mark(ax, ends, [y] * len(ends), size=7, marker="|", color=colour, markeredgewidth=1.2)
        if high > end:
            mark(ax, [end], [y], size=4, marker=">", color=colour)
        return
    if _set_aside(number):
        band, pale = [max(low, start), min(high, end)], {"alpha": 0.25, "linewidth": 3.5}
        ax.plot(band, [y, y], color=colour, solid_capstyle="butt", zorder=1, **pale)
    look = NUMBER_MARKS.get(kind, NUMBER_MARKS["as_printed"])
    mark(ax, [number["value"]], [y], size=5, marker=marker, color=colour, zorder=3, **look)


def _is_misread(number: Mapping[str, Any]) -> bool:
    """Tell whether the digits as they stand say something else than the number's value."""
    naive = number.get("naive")
    return pd.notna(naive) and pd.notna(number["value"]) and naive != number["value"]


def _set_aside(number: Mapping[str, Any]) -> bool:
    """Tell whether a number has a value although its digits allow other readings too."""
    known = pd.notna([number["value"], number["low"], number["high"]]).all()
    return known and number["low"] < number["high"]


def value_key(
    numbers: Sequence[dict[str, Any]], style: Style, limits: Mapping[str, _Limits]
) -> list[Entry]:
    kinds = set(map(number_kind, numbers))
    entries: list[Entry] = []
    for kind in (kind for kind in NUMBER_MARKS if kind in kinds):
        word = style.choose(*NUMBER_KINDS[kind])
        if kind == "ambiguous":
            word = style.run_on(word, style.say("outcome_values.range"))
        entries.append(({"marker": "o", "color": QUIET, **NUMBER_MARKS[kind]}, word))
    if any(pd.isna(row["value"]) and row["high"] > limits[row["unit"]][1] for row in numbers):
        arrow = {"marker": ">", "color": QUIET, "size": 4}
        entries.append((arrow, style.say("outcome_values.arrow")))
    entries += _naive_entries(numbers, style, limits)
    if any(map(_set_aside, numbers)):
        band = {"marker": "_", "color": QUIET, "alpha": 0.4, "size": 8, "markeredgewidth": 3.5}
        entries.append((band, style.say("outcome_values.band")))
    return entries


def _naive_entries(
    numbers: Sequence[dict[str, Any]], style: Style, limits: Mapping[str, _Limits]
) -> list[Entry]:
    """Explain the marks for what the digits say as they stand, as far as the chart has any."""
    misread = [row for row in numbers if _is_misread(row)]
    beyond = sorted({bool(row["naive"] > limits[row["unit"]][1]) for row in misread})
    names = {False: "outcome_values.naive", True: "outcome_values.naive_beyond"}
    return [({"color": QUIET, **_NAIVE_LOOKS[far]}, style.say(names[far])) for far in beyond]


def _value_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Return the alternative text of the chart: how many numbers are as printed, restored and so
    on, and what the first number is."""
    counts, first = Counter(map(number_kind, drawn.to_dict("records"))), drawn.iloc[0]
    kinds = [
        style.say("outcome_values.alt_kind", kind=style.choose(*names), numbers=counts[kind])
        for kind, names in NUMBER_KINDS.items()
        if kind in counts
    ]
    indicator = first[f"indicator_{style.lang}"]
    return style.say(
        "outcome_values.alt",
        n=len(drawn),
        kinds=style.commas(kinds),
        city=city_in(first, style.lang),
        indicator=indicator if pd.notna(indicator) else "–",
        number=_printed_with_unit(first["printed"], first["unit"], style),
    )


def _printed_with_unit(printed: Any, unit: Any, style: Style) -> str:
    """Return the digits as printed in the text, and the unit in the language of the figure. In
    English, 98条 ("98 items") becomes “98”, because English has no word for the measure word 条."""
    name = unit_label(unit, style.lang, style.codebook)
    return style.run_on(half_width(str(printed)), name)


STEPS = {
    "found": "outcome_chain.found",
    "assigned": "outcome_chain.assigned",
    "rectified": "outcome_chain.rectified",
    "evaluated": "outcome_chain.evaluated",
}
_NO_PROBLEMS = ("evaluated",)  # departments are no problems and have no bar on the same scale


@canvas.chart(
    (
        "doc city_zh city_en step printed value low high unit qualifier level status",
        "Study.outcome_steps",
    )
)
def outcome_chain(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw how many problems each city says it found, assigned and rectified, and how many
    departments it evaluated. The four counts of a city stand side by side.

    The table has one row per number; ``step`` is one of ``found``, ``assigned``, ``rectified``,
    ``evaluated``. If a city has several numbers for a step, these numbers stand one under another.
    Below a number stands in grey who found or assigned the problems (``level``). All bars have the
    same scale. An arrow at the end of a bar and the sign ≥ show that the number is a lower bound.
    Departments have no bar, because they are no problems. A grey dash means that the briefing gives
    no number for a step, not that the number is 0.
    """
    rows = table[table["step"].isin(STEPS)]
    if rows.empty:
        return None
    labels = document_labels(rows)
    rows = canvas.in_order(rows, doc=labels.index, step=STEPS)
    line = rows.groupby(["doc", "step"], sort=False).cumcount()
    depths = line.groupby(rows["doc"], sort=False).max() + 1
    (blocks, *_), pages = canvas.paginate(_chain_pages(depths.to_dict()), 1, page)
    drawn = pd.concat(
        rows[(rows["doc"] == doc) & line.between(first, last - 1)] for doc, first, last in blocks
    )
    problems = rows.loc[~rows["step"].isin(_NO_PROBLEMS), ["value", "high"]]
    most = max(problems.astype(float).max().max(), 1e-9) if len(problems) else 1.0
    note = style.say("outcome_chain.note", n=len(labels))
    note = style.run_on(note, canvas.of_pages(style, page, pages))
    names = [row_name(labels[doc], style) for doc, _, _ in blocks]
    if style.double:
        names = [wrap(name, 48) for name in names]
    fig = _chain(drawn, names, style, blocks, note, most)
    return canvas.finish(fig, drawn, style, lambda each: _chain_alt(drawn, labels, each), pages)


# A tuple (id, first, last) says: for every step, the page shows the numbers first, first + 1, …,
# last - 1 of the document with this id.
_Block = tuple[str, int, int]
# Height in mm of a number with its bar, height in mm of a page, limit of documents per page.
_NUMBER_MM, _PAGE_MM, _DOCUMENTS = 9.2, 195.0, 18


def _block_mm(block: _Block) -> float:
    _, first, last = block
    return max(2 * LINE_MM + 1.2, (last - first) * _NUMBER_MM + 1.5)


def _chain_pages(depths: Mapping[str, int]) -> list[list[_Block]]:
    """Divide documents among the pages of a figure without changing the order of the documents. A
    document with more numbers than fit on a page continues on the next page.

    >>> _chain_pages({"a": 40, "b": 1})
    [[('a', 0, 21)], [('a', 21, 40), ('b', 0, 1)]]
    """
    most = int((_PAGE_MM - 1.5) // _NUMBER_MM)
    blocks = [
        (doc, first, min(first + most, depth))
        for doc, depth in depths.items()
        for first in range(0, depth, most)
    ]

    def needed(page: list[_Block], block: _Block) -> float:
        return _block_mm(block) if len(page) < _DOCUMENTS else _PAGE_MM

    return canvas.filled(blocks, _PAGE_MM, needed)


def _chain(
    drawn: pd.DataFrame,
    names: list[str],
    style: Style,
    blocks: Sequence[_Block],
    note: str,
    most: float,
) -> Chart:
    """Draw one row per city and one column per step. Each number stands above a bar."""
    heads_mm = 40 if style.double else 18
    heads = [wrap(style.say(name), heads_mm) for name in STEPS.values()]
    names_mm = max(map(text_mm, names)) + 2.5
    step_mm = (style.mm - names_mm) / len(STEPS)
    heights = [
        max(_block_mm(block), tall(name) + 1.2) for block, name in zip(blocks, names, strict=True)
    ]
    y = max(map(tall, heads)) + 2
    bottom = y + add_up(heights)
    fig, sheet = canvas.sheet_with_key(style, bottom + 1.5, [(None, note)], top=bottom + 1)
    left = {step: names_mm + i * step_mm for i, step in enumerate(STEPS)}
    for x, head in zip(left.values(), heads, strict=True):
        aside(sheet, x, y - 1, head, va="bottom")
    for (doc, first, _), name, height in zip(blocks, names, heights, strict=True):
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        # The name of a city stands in the middle of a low row and at the top of a tall row.
        write(sheet, 0.3, y + min(height / 2, tall(name) / 2 + 1.5), name)
        rows = drawn[drawn["doc"] == doc]
        for step, x in left.items():
            numbers = rows[rows["step"] == step].to_dict("records")
            if numbers:
                _bars(sheet, numbers, (x, y, step_mm - 3, height), most, style)
            elif not first:  # a continued document has its dashes on its first page
                at = y + min(height / 2, LINE_MM + 1.5)
                mark(sheet, [x + 1.5], [at], size=4, marker="_", color="#9A9A9A")
        y += height
    return fig


def _bars(
    sheet: Axes, numbers: list[dict[str, Any]], place: canvas.Place, most: float, style: Style
) -> None:
    """Draw the numbers that a city has for one step, each above its bar. In a low row the numbers
    stand in the middle, in a tall row at the top."""
    left, y, width, height = place
    colour, _ = style.city_look(numbers[0]["city_zh"], numbers[0]["city_en"])
    room = min(height, _NUMBER_MM * max(len(numbers), 1) + 1.5)
    y += (room - _NUMBER_MM * len(numbers)) / 2
    for number in numbers:
        write(sheet, left, y + 2.0, fit(_chain_words(number, style), width + 2.5))
        aside(sheet, left, y + 5.1, fit(_whose(number, style), width + 2.5))
        if number["step"] not in _NO_PROBLEMS:
            _bar(sheet, number, (left, y + 7.7, width), most, colour)
        y += _NUMBER_MM


def _bar(
    sheet: Axes, number: dict[str, Any], place: tuple[float, float, float], most: float, colour: str
) -> None:
    """Draw the bar of a number, dashed up to its highest reading, with an arrow at its end if the
    number is a lower bound."""
    left, y, width = place
    ends, at = left + width * np.array(readings_of(number), dtype=float) / most, [y, y]
    sheet.plot([left, ends[0]], at, color=colour, linewidth=3.2, solid_capstyle="butt")
    if len(ends) > 1:
        sheet.plot(ends, at, color=colour, linewidth=1.2, dashes=(3, 1.5))
    if number["qualifier"] == "at_least":
        mark(sheet, [ends[-1] + 0.7], [y], size=4, marker=">", color=colour)


def _chain_words(number: Mapping[str, Any], style: Style) -> str:
    return number_words(number, style.lang, style.codebook)


def _whose(number: Mapping[str, Any], style: Style) -> str:
    """Say who found or assigned the problems of a number, or return an empty text."""
    level = number["level"]
    if pd.isna(level) or not level or number["step"] in _NO_PROBLEMS:
        return ""
    if level == "several":
        return style.say(f"outcome_chain.several_{number['step']}")
    return comparison_word(f"level.{level}", style.lang)


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Return the alternative text of the chart: each city with its numbers for each step."""
    cities = []
    for doc, rows in drawn.groupby("doc", sort=False):
        steps = []
        for row in rows.to_dict("records"):
            whose = _whose(row, style)
            brackets = style.choose(f"（{whose}）", f" ({whose})") if whose else ""
            steps.append(f"{style.say(STEPS[row['step']])} {_chain_words(row, style)}{brackets}")
        cities.append(f"{city_names(labels[doc])}: {style.commas(steps)}")
    return style.say("outcome_chain.alt", cities=style.semicolons(cities))
