"""Draw one tile for every number that documents report, in one column per city and one row for each
of context, effort, output and outcome. Use the chart to see what the numbers are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from helpers.characters import half_width
from helpers.labels import (
    digits,
    number_in,
    number_sign,
    readings_of,
    short_labels,
    unit_label,
)
from helpers.outcomes import comparison_word

from . import canvas
from .canvas import LINE_MM, Chart, add_up, aside, fit, tall, text_mm, wrap, write
from .style import FAINT, INK, QUIET, Style

GROUPS = ("context", "effort", "output", "outcome")
# Sizes in mm: a tile with its text, the gap between tiles, the gap between cities, the heading of a
# row, the line of counts below it, and the height of a page.
_WIDE, _HIGH, _GAP, _APART = 16.0, 4.0, 0.5, 1.0
_HEAD, _COUNT, _PAGE_MM = 5.0, 3.5, 200.0
_TEXT = _WIDE - 1.0  # the widest text that a tile holds

# How dark the left and the right half of a tile are, by whose number it is. A number of several
# levels together has one half like that of a city and one half like that of a county.
_DARKNESS: dict[str, tuple[float, float]] = {
    "province": (1.0, 1.0),
    "city": (0.36, 0.36),
    "lower": (0.1, 0.1),
    "several": (0.36, 0.1),
    "institution": (0.66, 0.66),
    "unsaid": (0.0, 0.0),
}
# How dark the lines of hatched tiles are: unlike the fill, and unlike the number on it, which is
# white on the darkest fill.
_HATCHING = {
    "province": 0.7,
    "city": 0.0,
    "lower": 0.36,
    "several": 0.0,
    "institution": 0.0,
    "unsaid": 0.36,
}
_LOWER = ("county", "township")
# The outline of a tile shows what is known about a decimal point.
_OUTLINES: dict[str, dict[str, Any]] = {
    "restored": {"linewidth": 1.3},
    "confirmed": {"linewidth": 0.5},
    "ambiguous": {"linewidth": 1.3, "linestyle": (0, (2, 1))},
}


@canvas.chart(
    (
        "doc city_zh city_en group indicator printed value low high unit qualifier direction level"
        " timing status basis",
        "extract_outcomes",
    ),
    rows="group",
)
def number_tiles(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart:
    """Draw one tile for every number that documents report. A column stands for a document and a
    row for a group: context, effort, output or outcome. The number of tiles shows how much of what
    is counted is activity and how much is a result.

    A tile holds the number with the sign of a bound and a short unit. Its fill shows the level of
    the number, such as province or city. Its outline shows whether a decimal point was put back, is
    confirmed or is uncertain. Hatching marks a number for the time before the supervision began.
    Within a cell, what the most documents count comes first, so that equal indicators stand in the
    same order in all columns.

    Parameters
    ----------
    table : DataFrame
        One row per number, as in the result of `extract_outcomes`.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per tile,
        with the names of what each number counts in `indicator_zh` and `indicator_en`.

    Examples
    --------
    >>> from helpers import number_tiles, read_corpus, study_of
    >>> numbers = study_of(read_corpus()).outcomes
    >>> chart = number_tiles(numbers, docs=["Luohe"], rows=["output", "effort"], lang="en")
    >>> chart.drawn[["group", "printed", "unit", "indicator"]].values.tolist()[:2]
    [['output', '１５５', '个', 'dining_sites'], ['effort', '４０', '名', 'deputies(visiting)']]
    """
    numbers = _in_order_of_tiles(table, rows)
    names = short_labels(table, style.lang)
    tiles = _tiles(numbers, style)
    counts = _Counts.of(numbers, rows)
    sheets = _sheets(list(names.index), tiles, counts.groups, style)
    (sheet, *_), pages = canvas.paginate(sheets, 1, page)
    heads = {doc: wrap(names[doc], sheet.step - _APART, lines=3) for doc in sheet.documents}
    key = _Key.of(tiles, style, canvas.of_pages(style, page, pages))
    fig = _draw(sheet, heads, counts, key, style)
    drawn = numbers.iloc[[tile.place for tile in sheet.tiles()]]
    return canvas.finish(fig, drawn, style, lambda each: _alt(numbers, counts, each), pages)


def _in_order_of_tiles(table: pd.DataFrame, rows: Sequence[str] | None) -> pd.DataFrame:
    """Sort numbers by their group, then by how many documents count the same thing, then by where
    this thing is mentioned first. The numbers of a document that count one thing keep their
    order."""
    numbers = table.reset_index(drop=True)
    numbers = numbers.assign(group=numbers["group"].fillna("").astype(str))
    things = numbers["indicator"].fillna("").astype(str)
    order = {group: place for place, group in enumerate(_groups(numbers, rows))}
    keys = pd.DataFrame(
        {
            "group": numbers["group"].map(order),
            "n": -numbers.groupby(things)["doc"].transform("nunique"),
            "thing": pd.factorize(things)[0],
        }
    )
    return numbers.loc[keys.sort_values(list(keys), kind="stable").index].reset_index(drop=True)


def _groups(numbers: pd.DataFrame, rows: Sequence[str] | None) -> list[str]:
    """Return the groups to draw: those that the user chose or else all four, whether or not there
    are numbers of each. Groups that the project does not have come last."""
    wanted = list(GROUPS if rows is None else rows)
    return wanted + [group for group in dict.fromkeys(numbers["group"]) if group not in wanted]


@dataclass(frozen=True)
class _Counts:
    """How many numbers there are in each group, and in each group of each document."""

    groups: list[str]
    cells: Counter[tuple[str, str]]

    @classmethod
    def of(cls, numbers: pd.DataFrame, rows: Sequence[str] | None) -> _Counts:
        """Count the numbers of a table. `rows` are the groups that the user chose, or None."""
        cells = Counter(zip(numbers["group"], numbers["doc"], strict=True))
        return cls(_groups(numbers, rows), cells)

    def heading(self, group: str, style: Style) -> str:
        """Return the name of a group with its share of all numbers, such as “Output: 19 of 91”."""
        n = sum(count for (of_group, _), count in self.cells.items() if of_group == group)
        name = style.say(f"number_tiles.{group}") if group in GROUPS else group
        return style.say("number_tiles.heading", group=name or "–", n=n, total=self.cells.total())


class _Tile(NamedTuple):
    """A tile: the row number in the sorted table, the document and the group of the number, the
    text on the tile, the full and the short name of the unit, and the number itself."""

    place: int
    doc: str
    group: str
    text: str
    unit: tuple[str, str]
    number: Mapping[str, Any]


def _tiles(numbers: pd.DataFrame, style: Style) -> list[_Tile]:
    """Return a tile for each row of the sorted table of numbers."""
    units = [unit_label(unit, style.lang, style.codebook) for unit in numbers["unit"]]
    shorter = _short_units(units, style.lang)
    return [
        _Tile(place, row["doc"], row["group"], *_words(row, (unit, shorter[unit]), style), row)
        for place, (row, unit) in enumerate(zip(numbers.to_dict("records"), units, strict=True))
    ]


def _short_units(units: Iterable[str], lang: str) -> dict[str, str]:
    """Return a short form of each unit. A Chinese unit loses a leading 个. An English unit becomes
    its initials or, if another unit has these, its first letters.

    >>> _short_units(["person-times", "percentage points", "people", "%"], "en")
    {'person-times': 'pt', 'percentage points': 'pp', 'people': 'p', '%': '%'}
    """
    shorter: dict[str, str] = {}
    for unit in dict.fromkeys(units):
        if lang == "zh":
            shorter[unit] = unit.removeprefix("个") or unit
            continue
        initials = "".join(word[:1] for word in re.split(r"[ -]", unit))
        forms = [initials, *(unit[:n] for n in range(2, len(unit)))]
        free = (form for form in forms if form not in shorter.values())
        shorter[unit] = next(free, unit)
    return shorter


_SIGNS = {"yuan": "¥"}  # a currency has a sign instead of a name


def _words(
    number: Mapping[str, Any], unit: tuple[str, str], style: Style
) -> tuple[str, tuple[str, str]]:
    """Return the text on a tile, and the full and the written name of the unit. Of a text that is
    too wide for a tile the unit is shortened first, then the number, as in 36k for 36,000. If even
    this is too wide, the unit is left out."""
    sign, readings = number_sign(number, style.lang).replace("about ", "≈"), readings_of(number)
    if any(map(pd.isna, readings)):
        return fit(half_width(str(number["printed"])), _TEXT), ("", "")
    if number.get("direction") in ("up", "down"):
        readings = sorted(map(abs, readings))  # the arrow takes the place of the minus sign
    whole = "–".join(number_in(value, style.lang) for value in readings)
    brief = _brief(readings, style.lang)
    full, short = unit
    for text, name in ((whole, full), (whole, short), (brief, short)):
        written = _with_unit(sign, text, name, style)
        if text_mm(written) <= _TEXT:
            return written, (full, name)
    return fit(sign + brief, _TEXT), ("", "")


def _with_unit(sign: str, text: str, unit: str, style: Style) -> str:
    """Join the sign of a bound, a number and its unit. A currency stands before the number."""
    if unit in _SIGNS:
        return sign + _SIGNS[unit] + text
    gap = " " if style.lang == "en" and unit not in ("", "%") else ""
    return sign + text + gap + unit


def _brief(values: Sequence[float], lang: str) -> str:
    """Write a number, or both ends of a range, as short as possible without rounding.

    >>> _brief([36_000, 360_000], "en"), _brief([36_000, 360_000], "zh")
    ('36k–360k', '3.6–36万')
    """
    if lang == "en":
        return "–".join(map(_in_thousands, values))
    texts = [number_in(value, lang) for value in values]
    if len({text[-1] for text in texts}) == 1 and texts[0][-1] in "万亿":
        texts[:-1] = [text[:-1] for text in texts[:-1]]
    return "–".join(texts)


def _in_thousands(value: float) -> str:
    """Write a number from ten thousand on with k (thousand), m (million) or bn (billion)."""
    for least, size, word in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return digits(value / size) + word
    return digits(value)


class _Line(NamedTuple):
    """One line of tiles: its group, and the tiles of each document."""

    group: str
    cells: dict[str, list[_Tile]]

    @property
    def is_empty(self) -> bool:
        return not any(self.cells.values())


@dataclass(frozen=True)
class _Sheet:
    """What one page shows: the documents side by side, the width of a column in millimetres, and
    the lines of tiles."""

    documents: list[str]
    step: float
    lines: list[_Line]

    def groups(self) -> Iterator[tuple[str, list[_Line]]]:
        """Yield each group of this page with its lines of tiles."""
        for group, lines in groupby(self.lines, key=lambda line: line.group):
            yield group, list(lines)

    def tiles(self) -> list[_Tile]:
        """Return the tiles of this page, group by group and document by document."""
        return [
            tile
            for _, lines in self.groups()
            for doc in self.documents
            for line in lines
            for tile in line.cells[doc]
        ]


def _sheets(
    documents: list[str], tiles: Sequence[_Tile], groups: Sequence[str], style: Style
) -> list[_Sheet]:
    """Divide documents and tiles among as few pages as possible. Of several ways to do so, take the
    one with the most documents side by side."""
    most = min(len(documents), int(style.mm // (_WIDE + _APART)))
    cells: _Cells = {}
    for tile in tiles:
        cells.setdefault((tile.group, tile.doc), []).append(tile)
    ways = [_sheets_of(n, documents, cells, groups, style) for n in range(most, 0, -1)]
    return min(ways, key=len)


_Cells = dict[tuple[str, str], list[_Tile]]  # the tiles of each group and document


def _sheets_of(
    n: int, documents: list[str], cells: _Cells, groups: Sequence[str], style: Style
) -> list[_Sheet]:
    """Divide documents and tiles among pages with at most n documents side by side."""
    _, pages = canvas.paginate(documents, n, 1)
    parts = [canvas.paginate(documents, n, page + 1)[0] for page in range(pages)]
    step = style.mm / max(map(len, parts))
    # without the hundredth of a millimetre, an error of rounding could cost a tile
    across = max(1, int((step - _APART + _GAP + 0.01) // (_WIDE + _GAP)))
    sheets = []
    for part in parts:
        lines = [line for group in groups for line in _lines(group, part, cells, across)]
        sheets += [_Sheet(part, step, page) for page in canvas.filled(lines, _PAGE_MM, _line_mm)]
    return sheets


def _lines(group: str, documents: Sequence[str], cells: _Cells, across: int) -> list[_Line]:
    """Divide the tiles of a group into lines of `across` tiles for each document. A group without
    tiles has one line without tiles, so that its counts of 0 are shown."""
    of_docs = {doc: cells.get((group, doc), []) for doc in documents}
    deepest = max(map(len, of_docs.values()))
    return [
        _Line(group, {doc: tiles[at : at + across] for doc, tiles in of_docs.items()})
        for at in range(0, max(deepest, 1), across)
    ]


def _line_mm(page: Sequence[_Line], line: _Line) -> float:
    """Return the height that a line adds to a page. The first line of a group on a page also adds
    the heading of the group and the line of counts."""
    begins = not page or page[-1].group != line.group
    tiles_mm = 0.0 if line.is_empty else _HIGH + _GAP
    return tiles_mm + (_HEAD + _COUNT if begins else 0.0)


def _draw(
    sheet: _Sheet, heads: Mapping[str, str], counts: _Counts, key: _Key, style: Style
) -> Chart:
    """Draw a page: the names of the cities, the groups with their tiles, and the key."""
    y = max(map(tall, heads.values())) + 1.0
    lines_mm = [_line_mm(sheet.lines[:i], line) for i, line in enumerate(sheet.lines)]
    body = y + add_up(lines_mm) + 1.5
    fig, ax = canvas.sheet_with_key(
        style, body + key.mm, [(None, key.note)], top=body + key.mm, below=0.5
    )
    left = {doc: 0.3 + i * sheet.step for i, doc in enumerate(sheet.documents)}
    for doc, x in left.items():
        write(ax, x, y - 0.6, heads[doc], va="bottom")
    for group, lines in sheet.groups():
        ax.plot([0, style.mm], [y + 0.3] * 2, color=QUIET, linewidth=0.5)
        write(ax, 0.3, y + _HEAD / 2 + 0.4, counts.heading(group, style))
        for doc, x in left.items():
            aside(ax, x, y + _HEAD + _COUNT / 2 - 0.2, f"n = {counts.cells[group, doc]}")
        y += _HEAD + _COUNT
        for line in lines:
            _draw_line(ax, line, left, y, style)
            y += 0.0 if line.is_empty else _HIGH + _GAP
    key.draw(ax, body, style)
    return fig


def _draw_line(ax: Axes, line: _Line, left: Mapping[str, float], y: float, style: Style) -> None:
    """Draw the tiles of one line, those of each document side by side."""
    for doc, tiles in line.cells.items():
        for i, tile in enumerate(tiles):
            x = left[doc] + i * (_WIDE + _GAP)
            ink = _draw_tile(ax, (x, y, _WIDE, _HIGH), _look(tile.number), style)
            write(ax, x + _WIDE / 2, y + _HIGH / 2, tile.text, ha="center", color=ink)


class _Look(NamedTuple):
    """How a tile looks: the key of its fill in `_DARKNESS`, the key of its outline in `_OUTLINES`
    (empty for a plain outline), and whether it is hatched."""

    fill: str
    outline: str = ""
    hatched: bool = False


def _look(number: Mapping[str, Any]) -> _Look:
    """Return the look of a number's tile. An unknown level looks like a level that is not said."""
    level = number["level"]
    fill = "unsaid" if pd.isna(level) or not level else str(level)
    if fill in _LOWER:
        fill = "lower"
    status = str(number["status"])
    outline = status if status in _OUTLINES else ""
    return _Look(fill if fill in _DARKNESS else "unsaid", outline, number["timing"] == "before")


def _draw_tile(ax: Axes, place: canvas.Place, look: _Look, style: Style) -> str:
    """Draw a tile without its text, and return the colour in which a text on it can be read."""
    x, y, width, height = place
    halves = [_tint(style.main, share) for share in _DARKNESS[look.fill]]
    for i, colour in enumerate(halves):
        half = Rectangle((x + i * width / 2, y), width / 2, height, linewidth=0, facecolor=colour)
        ax.add_patch(half)
    dark = sum(halves[0]) < 1.4
    if look.hatched:
        lines = _tint(style.main, _HATCHING[look.fill])
        bars = Rectangle((x, y), width, height, fill=False, linewidth=0, hatch="/////")
        bars.set(edgecolor=lines)
        ax.add_patch(bars)
    edge: dict[str, Any] = {"linewidth": 0.4, "edgecolor": FAINT}
    if look.outline:
        edge = {"edgecolor": INK, **_OUTLINES[look.outline]}
    inset = edge["linewidth"] * canvas.POINT_MM / 2
    frame = (x + inset, y + inset), width - 2 * inset, height - 2 * inset
    ax.add_patch(Rectangle(*frame, fill=False, joinstyle="miter", **edge))
    return "white" if dark else INK


def _tint(colour: str, share: float) -> tuple[float, ...]:
    """Return a colour mixed with white; 1 is the colour itself and 0 is white."""
    return tuple(1 - share * (1 - part) for part in to_rgb(colour))


_SAMPLE = (5.0, 3.0)  # width and height in mm of a tile in the key


@dataclass(frozen=True)
class _Key:
    """The explanation below the tiles: sample tiles with their meanings, each with its place from
    the left and its line, the height of these lines, and a note."""

    samples: list[tuple[_Look, str, float, int]]
    mm: float
    note: str

    @classmethod
    def of(cls, tiles: Sequence[_Tile], style: Style, part: str) -> _Key:
        """Explain the looks, signs and units that the tiles have."""
        looks, samples, x, line = [_look(tile.number) for tile in tiles], [], 0.3, 0
        for look, meaning in _meanings(looks, style):
            needed = _SAMPLE[0] + 1.0 + text_mm(meaning)
            if x > 0.3 and x + needed > style.mm - 0.5:
                x, line = 0.3, line + 1
            samples.append((look, meaning, x, line))
            x += needed + 2.4
        note = style.run_on(_note(tiles, style), part)
        return cls(samples, (line + 1) * (LINE_MM + 0.6) + 0.6, note)

    def draw(self, ax: Axes, top: float, style: Style) -> None:
        """Draw the sample tiles and their meanings, from `top` millimetres downwards."""
        width, height = _SAMPLE
        for look, meaning, x, line in self.samples:
            middle = top + (line + 0.5) * (LINE_MM + 0.6)
            _draw_tile(ax, (x, middle - height / 2, width, height), look, style)
            write(ax, x + width + 1.0, middle, meaning)


def _meanings(looks: Sequence[_Look], style: Style) -> Iterator[tuple[_Look, str]]:
    """Yield each fill, outline and hatching that some tile has, with its meaning."""
    fills, outlines = ({look[part] for look in looks} for part in (0, 1))
    for fill in filter(fills.__contains__, _DARKNESS):
        if fill in ("lower", "unsaid"):
            yield _Look(fill), style.say(f"number_tiles.level_{fill}")
        else:
            yield _Look(fill), comparison_word(f"level.{fill}", style.lang)
    for outline in filter(outlines.__contains__, _OUTLINES):
        yield _Look("unsaid", outline), style.say(f"number_tiles.{outline}")
    if any(look.hatched for look in looks):
        yield _Look("city", hatched=True), style.say("number_tiles.before")


def _note(tiles: Sequence[_Tile], style: Style) -> str:
    """Say how many numbers and documents there are, and explain the signs and units."""
    n = len({tile.doc for tile in tiles})
    note = style.say("number_tiles.note", n=n, total=len(tiles))
    written = " ".join(tile.text for tile in tiles)
    signs = [
        style.say(f"number_tiles.sign_{name}")
        for name, sign in _SIGNS_EXPLAINED.items()
        if re.search(sign, written)
    ]
    in_words = style.semicolons(signs) + style.choose("。", ".") if signs else ""
    return style.run_on(note, _units(tiles, style), in_words)


def _units(tiles: Sequence[_Tile], style: Style) -> str:
    """Explain the initials that stand for units. Chinese units need no explanation."""
    units = {short: unit for unit, short in (tile.unit for tile in tiles) if short != unit}
    if style.lang == "zh" or not units:
        return ""
    named = style.commas(f"{short} {unit}" for short, unit in units.items())
    return style.say("number_tiles.units", units=named)


_SIGNS_EXPLAINED = {
    "at_least": "≥",
    "about": "≈",
    "change": "[↑↓]",
    "thousand": r"\dk",
    "million": r"\dm",
    "billion": r"\dbn",
}


def _alt(numbers: pd.DataFrame, counts: _Counts, style: Style) -> str:
    """Return the alternative text of the chart: how many numbers each group has, over all documents
    and in each."""
    labels, cities = short_labels(numbers, style.lang), []
    for doc, name in labels.items():
        cells = [
            style.say("number_tiles.alt_cell", group=style.say(f"number_tiles.{group}"), n=n)
            for group in GROUPS
            if (n := counts.cells[group, doc])
        ]
        cities.append(style.say("number_tiles.alt_city", city=name, cells=style.commas(cells)))
    groups = style.commas(counts.heading(group, style) for group in counts.groups)
    return style.say("number_tiles.alt", groups=groups, cities=style.semicolons(cities))
