"""Draw two charts of the numbers that briefings report. The first chart shows where a lost decimal
point was put back. The second chart shows how many problems were found, assigned and rectified, and
whose lists these are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from helpers.characters import half_width
from helpers.labels import (
    NUMBER_KINDS,
    number_kind,
    number_words,
    readings_of,
    short_labels,
)
from helpers.outcomes import comparison_word

from . import canvas
from .canvas import LINE_MM, Chart, Entry, add_up, aside, fit, mark, tall, text_mm, wrap, write
from .style import FAINT, QUIET, Style

# ---- where a decimal point was put back

# The look of a decimal point that was put back, by how its place was found. For an ambiguous
# number, a ring stands at each place at which the point may have stood.
POINTS: dict[str, dict[str, Any]] = {
    "restored": {"fillstyle": "full", "size": 3.4},
    "coder": {"fillstyle": "left", "markerfacecoloralt": "white", "size": 4.6},
    "ambiguous": {"fillstyle": "none", "size": 3.6},
}
# Sizes in mm: the width of a digit and of a point, the height of the line with a city's name and of
# a row, and the height of a page.
_DIGIT, _POINT, _CITY_MM, _ROW_MM, _PAGE_MM = 1.85, 1.7, 5.0, 4.8, 200.0
_DIGITS_PT = 8.5


@canvas.chart(
    (
        "doc city_zh city_en indicator_zh indicator_en printed naive value low high unit qualifier"
        " direction status basis reason",
        "Study.naive_values",
    )
)
def outcome_values(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw the numbers in which a lost decimal point was put back: the digits as printed in the
    text with the point at its place, and the number as it is read. Numbers that needed no repair
    are left out. Ambiguous numbers of the same documents are included: a ring shows each place at
    which their point may have stood.

    Parameters
    ----------
    table : DataFrame
        One row per number that can be read in several ways, as in `Study.naive_values`. `naive` is
        the number that the printed digits form without a point, times 10,000 if 万 follows them.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per
        number.

    Examples
    --------
    >>> from helpers import outcome_values, read_corpus, study_of
    >>> chart = outcome_values(study_of(read_corpus()).naive_values, docs=["Zhengzhou"], lang="en")
    >>> chart.drawn[["printed", "value", "unit"]].values.tolist()[:2]
    [['９２９２４', 9292400.0, '人'], ['１６６８９', 1668900.0, '人']]
    """
    numbers = _repaired(table)
    if numbers.empty:
        return None
    numbers = canvas.in_order(numbers, doc=numbers["doc"].unique()).reset_index(drop=True)
    rows = _rows(numbers, style)
    all_pages = canvas.filled(rows, _PAGE_MM, _row_mm)
    (shown, *_), pages = canvas.paginate(all_pages, 1, page)
    n = {"n": numbers["doc"].nunique(), "total": len(numbers)}
    note = style.run_on(style.say("outcome_values.note", **n), canvas.of_pages(style, page, pages))
    fig = _points(shown, short_labels(numbers, style.lang), note, style)
    drawn = numbers.iloc[[row.place for row in shown]]
    return canvas.finish(fig, drawn, style, lambda each: _value_alt(drawn, each), pages)


def _repaired(table: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers in which a point was put back and, of the same documents, the ambiguous
    ones. An ambiguous number of another document may well have lost nothing."""
    readable = table[table[["value", "high"]].notna().any(axis=1)]
    restored = readable["status"] == "restored"
    damaged = readable["doc"].isin(readable.loc[restored, "doc"])
    return readable[restored | (damaged & (readable["status"] == "ambiguous"))]


class _Row(NamedTuple):
    """A row of the chart: the number, its row number in the table, the three texts beside the
    digits, and the height of the row in millimetres."""

    number: dict[str, Any]
    place: int
    indicator: str
    read: str
    reason: str
    mm: float


def _rows(numbers: pd.DataFrame, style: Style) -> list[_Row]:
    """Return a row for each number, with its texts broken into lines that fit their columns."""
    wide, read_mm, reason_mm = (60, 45, 40) if style.double else (31, 28, 0)
    rows = []
    for place, number in enumerate(numbers.to_dict("records")):
        name = number[f"indicator_{style.lang}"]
        texts = (
            wrap("—" if pd.isna(name) or not name else str(name), wide),
            wrap(number_words(number, style.lang, style.codebook), read_mm),
            wrap(_reason(number, style), reason_mm) if style.double else "",
        )
        rows.append(_Row(number, place, *texts, max(_ROW_MM, max(map(tall, texts)) + 1.2)))
    return rows


def _row_mm(page: Sequence[_Row], row: _Row) -> float:
    """Return the height that a row adds to a page. The first row of a city adds its name."""
    return row.mm if page and page[-1].number["doc"] == row.number["doc"] else row.mm + _CITY_MM


def _reason(number: Mapping[str, Any], style: Style) -> str:
    """Say in a few signs why the point stands where it does. The last comparison or division that
    settled the place needs no words, such as “44.4 ÷ 202 = 21.98 %”."""
    kind = point_kind(number)
    if kind != "restored":
        return style.say(f"outcome_values.reason_{kind}")
    parts = (part.rpartition(": ")[2] for part in str(number["reason"]).split("; "))
    signs = [part for part in parts if not re.search(r"[^\W\d_]", part)]
    return signs[-1] if signs else style.choose(*NUMBER_KINDS[kind])


def _points(rows: Sequence[_Row], names: pd.Series, note: str, style: Style) -> Chart:
    """Draw one row per number, under the name of its city: what is counted, the printed digits with
    the point, the number as read, and the reason."""
    heads = [style.say(f"outcome_values.{column}") for column in ("printed", "read", "reason")]
    indicator_mm = max(text_mm(row.indicator) for row in rows) + 4.5
    digits_mm = max(max(_printed_mm(row.number) for row in rows), text_mm(heads[0])) + 6
    read_mm = max(max(text_mm(row.read) for row in rows), text_mm(heads[1])) + 4
    y = LINE_MM + 1.5
    body = y + add_up(_row_mm(rows[:i], row) for i, row in enumerate(rows)) + 1
    kinds = {point_kind(row.number) for row in rows}
    entries = [*point_key(kinds, style), *_scales(rows, style), (None, note)]
    fig, sheet = canvas.sheet_with_key(style, body, entries, top=body, below=0.5)
    columns = (indicator_mm, indicator_mm + digits_mm, indicator_mm + digits_mm + read_mm)
    for x, head in zip(columns[: 3 if style.double else 2], heads, strict=False):
        aside(sheet, x, y - 0.8, head, va="bottom")
    for doc, numbers in groupby(rows, key=lambda row: row.number["doc"]):
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        write(sheet, 0.3, y + _CITY_MM / 2, fit(names[doc], style.mm - 1))
        y += _CITY_MM
        for row in numbers:
            middle = y + row.mm / 2
            write(sheet, 2.3, middle, row.indicator)
            _digits(sheet, row.number, columns[0], middle, style)
            aside(sheet, columns[1] - 4.2, middle, "→")
            write(sheet, columns[1], middle, row.read)
            aside(sheet, columns[2], middle, row.reason)
            y += row.mm
    return fig


def _printed(number: Mapping[str, Any]) -> tuple[str, str]:
    """Return the printed digits in half-width characters, and the 万, 亿 or % that follows them in
    the text."""
    digits = half_width(str(number["printed"])).replace(",", "")
    naive = number["naive"]
    scale = round(naive / int(digits)) if digits.isdecimal() and int(digits) and naive > 0 else 1
    following = {10_000: "万", 100_000_000: "亿"}.get(scale, "")
    return digits, following + ("%" if number["unit"] == "%" else "")


def _places(number: Mapping[str, Any]) -> set[int]:
    """Return how many digits may stand behind the lost point: one number for a restored value, and
    several for an ambiguous one."""
    digits, _ = _printed(number)
    behind = {
        len(str(round(number["naive"] / reading))) - 1
        for reading in readings_of(number)
        if pd.notna(number["naive"]) and reading > 0
    }
    between = range(min(behind, default=0), max(behind, default=0) + 1)
    return {place for place in between if 0 < place <= len(digits)}


def _printed_mm(number: Mapping[str, Any]) -> float:
    """Return the width of the printed digits with the points between them, in millimetres."""
    digits, following = _printed(number)
    return len(digits) * _DIGIT + len(_places(number)) * _POINT + text_mm(following)


def _digits(sheet: Axes, number: Mapping[str, Any], x: float, y: float, style: Style) -> None:
    """Draw the printed digits and, between them, the point that was put back."""
    digits, following = _printed(number)
    look, places = point_look(point_kind(number), style), _places(number)
    for i, digit in enumerate(digits):
        if len(digits) - i in places:
            mark(sheet, [x + _POINT / 2], [y + 0.8], **look)
            x += _POINT
        write(sheet, x + _DIGIT / 2, y, digit, ha="center", size=_DIGITS_PT)
        x += _DIGIT
    aside(sheet, x + 0.4, y, following)


def point_kind(number: Mapping[str, Any]) -> str:
    """Tell how the decimal point of a number was found: return a key of `POINTS`, or the status of
    a number in which none was put back."""
    is_read = number["status"] == "restored" and number.get("basis") == "coder"
    return "coder" if is_read else str(number["status"])


def point_look(kind: str, style: Style) -> dict[str, Any]:
    """Return the look of a decimal point that was put back; `kind` is a key of `POINTS`."""
    return {"marker": "o", "color": style.main, **POINTS[kind]}


def point_key(kinds: Collection[str], style: Style) -> list[Entry]:
    """Explain the looks of decimal points that a chart has; `kinds` are keys of `POINTS`."""
    return [
        (point_look(kind, style), style.say(f"outcome_values.point_{kind}"))
        for kind in POINTS
        if kind in kinds
    ]


def _scales(rows: Sequence[_Row], style: Style) -> list[Entry]:
    """Explain the characters 万 and 亿 in an English chart, if they follow printed digits."""
    written = "".join(_printed(row.number)[1] for row in rows)
    if style.lang == "zh" or not set(written) & set(_SCALES):
        return []
    names = (name for sign, name in _SCALES.items() if sign in written)
    return [(None, style.commas(style.say(f"outcome_values.{name}") for name in names) + ".")]


_SCALES = {"万": "ten_thousand", "亿": "hundred_million"}


def _value_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Return the alternative text of the chart: how many points were put back and in which way, and
    the first dozen numbers as printed and as read."""
    counts = Counter(map(point_kind, drawn.to_dict("records")))
    kinds = [
        style.say(
            "outcome_values.alt_kind", kind=style.choose(*NUMBER_KINDS[kind]), numbers=counts[kind]
        )
        for kind in POINTS
        if counts[kind]
    ]
    names = short_labels(drawn, style.lang)
    first = [
        f"{names[row['doc']]} {''.join(_printed(row))} →"
        f" {number_words(row, style.lang, style.codebook)}"
        for row in drawn.head(12).to_dict("records")
    ]
    numbers = {"n": len(drawn), "kinds": style.commas(kinds), "numbers": style.semicolons(first)}
    return style.say("outcome_values.alt", **numbers)


# ---- problems found, assigned and rectified

STEPS = ("found", "assigned", "rectified", "evaluated")
_NO_PROBLEMS = ("evaluated",)  # departments are no problems and have no bar on the same scale
_LEVELS = ("province", "city", "county", "township", "institution", "several", "")
_LIST_MM = 6.6  # the height of a number with its bar


@canvas.chart(
    (
        "doc city_zh city_en step printed value low high unit qualifier level status",
        "Study.outcome_steps",
    ),
    rows="level",
)
def outcome_chain(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart | None:
    """Draw how many problems each city says it found, assigned and rectified, and how many
    departments it evaluated. Each list of problems has a row that says who found or assigned them,
    so that an assigned and a rectified number of one assigner stand side by side.

    All bars have the same scale. The sign ≥ and an arrow show a lower bound, and a dashed line
    leads to the highest reading of an ambiguous number. Departments have no bar, because they are
    no problems. A dash means that the briefing gives no number for a step, not that it is 0.

    Parameters
    ----------
    table : DataFrame
        One row per number, as in `Study.outcome_steps`, which has each list of problems once.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per
        number.

    Examples
    --------
    >>> from helpers import outcome_chain, read_corpus, study_of
    >>> lists = study_of(read_corpus()).outcome_steps
    >>> chart = outcome_chain(lists, rows=["province"], lang="en")
    >>> chart.drawn[["city_en", "step", "value"]].values.tolist()
    [['Jiyuan', 'assigned', 2.0], ['Sanmenxia', 'assigned', 3.0], ['Sanmenxia', 'rectified', 2.0]]
    """
    numbers = table[table["step"].isin(STEPS)]
    if numbers.empty:
        return None
    names = short_labels(numbers, style.lang)
    numbers = numbers.assign(level=numbers["level"].fillna("").astype(str))
    known = list(_LEVELS if rows is None else rows)
    levels = known + [level for level in numbers["level"].unique() if level not in known]
    numbers = canvas.in_order(numbers, doc=names.index, level=levels, step=STEPS)
    numbers = numbers.reset_index(drop=True)
    problems = numbers[~numbers["step"].isin(_NO_PROBLEMS)]
    most = largest(problems.to_dict("records"))
    all_pages = canvas.filled(_lists(numbers), _PAGE_MM, _list_mm)
    (shown, *_), pages = canvas.paginate(all_pages, 1, page)
    note = style.say("outcome_chain.note", n=len(names))
    note = style.run_on(note, canvas.of_pages(style, page, pages))
    fig = _chain(shown, names, note, most, style)
    drawn = numbers.iloc[sorted(place for each in shown for place in each.places)]
    return canvas.finish(fig, drawn, style, lambda each: _chain_alt(drawn, each), pages)


class _List(NamedTuple):
    """A row of the chart: the document, who found or assigned the problems, the numbers by step,
    their row numbers in the table, and the steps for which the document gives no number. Only the
    first list of a document names these steps."""

    doc: str
    level: str
    numbers: dict[str, dict[str, Any]]
    places: list[int]
    silent: list[str]


def _lists(numbers: pd.DataFrame) -> list[_List]:
    """Return the rows of the chart. If a document has several numbers of one step and assigner, the
    second of these numbers stands in a second row, and so on."""
    lists = []
    for doc, of_doc in numbers.groupby("doc", sort=False):
        silent = [step for step in STEPS if step not in set(of_doc["step"])]
        for level, of_level in of_doc.groupby("level", sort=False):
            line = of_level.groupby("step", sort=False).cumcount()
            for _, of_line in of_level.groupby(line):
                by_step = {row["step"]: row for row in of_line.to_dict("records")}
                lists.append(_List(doc, level, by_step, list(of_line.index), silent))
                silent = []
    return lists


def _list_mm(page: Sequence[_List], row: _List) -> float:
    """Return the height that a row adds to a page. The first row of a city adds its name."""
    return _LIST_MM if page and page[-1].doc == row.doc else _LIST_MM + _CITY_MM


def _chain(lists: Sequence[_List], names: pd.Series, note: str, most: float, style: Style) -> Chart:
    """Draw the lists of each city under its name, with one column per step."""
    whose = style.say("outcome_chain.whose")
    who_mm = 34 if style.double else 21
    step_mm = (style.mm - who_mm) / len(STEPS)
    heads = [wrap(style.say(f"outcome_chain.{step}"), step_mm - 1) for step in STEPS]
    whose = wrap(whose, who_mm - 2)
    y = max(map(tall, [whose, *heads])) + 1.5
    body = y + add_up(_list_mm(lists[:i], row) for i, row in enumerate(lists)) + 1
    fig, sheet = canvas.sheet_with_key(style, body, [(None, note)], top=body + 0.5, below=0.5)
    left = {step: who_mm + i * step_mm for i, step in enumerate(STEPS)}
    aside(sheet, 2.3, y - 0.8, whose, va="bottom")
    for x, head in zip(left.values(), heads, strict=True):
        aside(sheet, x, y - 0.8, head, va="bottom")
    for doc, of_doc in groupby(lists, key=lambda row: row.doc):
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        write(sheet, 0.3, y + _CITY_MM / 2, fit(names[doc], style.mm - 1))
        y += _CITY_MM
        for row in of_doc:
            for step in row.silent:
                at = y - _CITY_MM / 2
                mark(sheet, [left[step] + 1], [at], size=4, marker="_", color=QUIET)
            aside(sheet, 2.3, y + 2.6, fit(level_word(row.level, style), who_mm - 3))
            for step, number in row.numbers.items():
                _counted(sheet, number, (left[step], y, step_mm, _LIST_MM), most, style)
            y += _LIST_MM
    return fig


def _counted(
    sheet: Axes, number: Mapping[str, Any], place: canvas.Place, most: float, style: Style
) -> None:
    """Write a number of the chain and draw its bar, unless the number counts departments."""
    x, y, width, _ = place
    words = number_words(number, style.lang, style.codebook)
    write(sheet, x, y + 2.0, fit(words, width - 0.5))
    if number["step"] not in _NO_PROBLEMS:
        draw_bar(sheet, number, (x, y + 4.7, width - 3, 0), most, style)


def largest(numbers: Iterable[Mapping[str, Any]]) -> float:
    """Return the largest value or reading of some numbers: the number whose bar is the longest."""
    readings = (abs(reading) for number in numbers for reading in readings_of(number))
    return max(readings, default=0.0) or 1.0


def draw_bar(
    ax: Axes, number: Mapping[str, Any], place: canvas.Place, most: float, style: Style
) -> None:
    """Draw a number as a bar from 0 on a scale on which `most` has the whole width. A lower bound
    ends with an arrow. A line leads to the upper end of a range, and is dashed if the number is
    ambiguous."""
    left, y, width, _ = place
    ends = [left + width * abs(reading) / most for reading in readings_of(number)]
    colour = {"color": style.main}
    ax.plot([left, ends[0]], [y, y], linewidth=3.2, solid_capstyle="butt", **colour)
    if len(ends) > 1:
        dashes = "-" if number_kind(number) == "range" else (0, (2, 1))
        ax.plot(ends, [y, y], linewidth=1.2, linestyle=dashes, **colour)
    if number["qualifier"] == "at_least":
        mark(ax, [ends[-1] + 0.7], [y], size=4, marker=">", **colour)


def level_word(level: str, style: Style) -> str:
    """Name the level that found or assigned problems, or say that the text does not name it."""
    if level in ("", "several"):
        return style.say(f"outcome_chain.{level or 'unsaid'}")
    return comparison_word(f"level.{level}", style.lang)


def _chain_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Return the alternative text of the chart: each city with its numbers for each step."""
    names, cities = short_labels(drawn, style.lang), []
    for doc, rows in drawn.groupby("doc", sort=False):
        numbers = [
            style.say(
                "outcome_chain.alt_number",
                step=style.say(f"outcome_chain.{row['step']}"),
                number=number_words(row, style.lang, style.codebook),
                who=level_word(row["level"], style),
            )
            for row in rows.to_dict("records")
        ]
        cities.append(
            style.say("outcome_chain.alt_city", city=names[doc], numbers=style.commas(numbers))
        )
    return style.say("outcome_chain.alt", cities=style.semicolons(cities))
