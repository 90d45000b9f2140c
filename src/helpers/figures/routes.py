"""Draw a small map for each document that shows which bodies pass something to which others. Use
the chart to see where the results of supervision go, and whom a document leaves out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.path import Path

from helpers.labels import short_labels

from . import canvas
from .canvas import LINE_MM, Chart, Entry, fit, text_mm, wrap, write
from .style import INK, QUIET, SMALLEST_PT, Style

_ROUTES = (
    "doc city_zh city_en route source target results verb_zh verb_en anchored own_clause below",
    "Study.routes",
)
_DRAWN = "doc city_zh city_en source target route verb_zh verb_en results anchored below n".split()
_SILENT = "#9A9A9A"  # the grey of whatever a document does not mention
_GAP = 4.0  # millimetres between two maps
_TITLE = 6.8  # height of the name of a city that stands above its map
_MARGIN = 20.0  # width of the name of a city that stands to the left of its map
_PAGE = 216.0  # height of the maps of one page, without the key
_REACH = 5.6  # height of the space for arrows above and below the congress
_CORE = (15.0, 5.4)  # width and height of the box of the congress
_BESIDE = 0.9  # millimetres between the middle of two opposite arrows and each of them
_HEAD = 1.9  # length of the head of an arrow in millimetres
_WIDE, _THIN = 1.7, 0.8  # widths in points of arrows with results, and of all others
_DASHES = (0, (2.4, 1.5))

Point = tuple[float, float]
Line = tuple[str, str]  # a line of text and its colour


class _Spot(NamedTuple):
    """Where a place stands on a map: above, beside or below the congress, at which share of the
    map's width, how its text is aligned, and at most how wide it is, as a share of that width."""

    row: str
    at: float
    align: str
    share: float


# The places are the same on all maps: the authorities above the congress, the government beside it,
# and those for whom the congress stands below it.
_SPOTS = {
    "party": _Spot("above", 0.0, "left", 0.5),
    "province": _Spot("above", 0.52, "left", 0.48),
    "congress": _Spot("beside", 0.37, "center", 0.3),
    "government": _Spot("beside", 1.0, "right", 0.36),
    "deputies": _Spot("below", 0.0, "left", 0.32),
    "public": _Spot("below", 0.34, "left", 0.31),
    "lower": _Spot("below", 0.68, "left", 0.32),
}
_OUTER = [place for place in _SPOTS if place != "congress"]
_ROWS = ("above", "beside", "below")  # from top to bottom


@canvas.chart(_ROUTES)
def result_routes(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw where results travel: one small map per document, with the same places on all maps.

    An arrow stands for what one body passes to another in a clause of its own; the verb stands at
    the outer end of the arrow. A thick coloured arrow carries a result of the supervision, such as
    a problem list, a rating or a report. A thin grey arrow carries anything else, such as an order
    or an opinion. An arrow is solid if the act was done and a date, number or name pins it down,
    else dashed. Items of a list make no arrow. A place without an arrow stays as a grey name.

    If several clauses tell of one arrow, the verb is that of a result, else of what is pinned down,
    else of the city's own congress, else of the first clause. A star marks a verb that tells what a
    congress of a county or township did.

    Parameters
    ----------
    table : DataFrame
        One row per clause, as in the table `routes` of `Study`, with the columns ``doc, city_zh,
        city_en, route, source, target, results, verb_zh, verb_en, anchored, own_clause, below``.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per arrow,
        in which `n` counts the clauses behind the arrow. A document without arrows has one row.

    Examples
    --------
    >>> from helpers import read_corpus, result_routes, study_of
    >>> chart = result_routes(study_of(read_corpus()).routes, docs=["Zhengzhou"], lang="en")
    >>> results = chart.drawn.query("results == 'yes'")
    >>> results[["source", "target", "verb_en"]].values.tolist()
    [['congress', 'government', 'handed over']]
    """
    arrows = _arrows(table)
    if (arrows["source"] == "").all():
        return None
    labels = short_labels(table, style.lang)
    plan = _Plan.fitting(labels, style)
    maps = {
        doc: _Map(arrows[arrows["doc"] == doc], labels[doc], style, plan) for doc in labels.index
    }
    above, below = (max(one.depth(row) for one in maps.values()) for row in ("above", "below"))
    height = plan.title_mm + above + 2 * _REACH + _CORE[1] + below + _GAP
    per_page = plan.across * max(1, int(_PAGE // height))
    documents, pages = canvas.paginate(list(labels.index), per_page, page)
    drawn = arrows[arrows["doc"].isin(documents)]
    entries = _key(arrows, drawn, style, canvas.of_pages(style, page, pages))
    body = math.ceil(len(documents) / plan.across) * height
    fig, sheet = canvas.sheet_with_key(style, body, entries, top=body)
    for number, doc in enumerate(documents):
        row, column = divmod(number, plan.across)
        maps[doc].draw(sheet, column * (plan.room + _GAP) + 0.3, row * height, above, below)
    return canvas.finish(fig, drawn, style, lambda each: _alt(drawn, each), pages)


def _arrows(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per document and arrow, or one row for a document without arrows."""
    own = table[(table["own_clause"] == 1) & (table["source"] != "")]
    # results first, then what is pinned down, then acts of the city's own congress
    keys = own["results"] != "yes", own["anchored"] != 1, own["below"] == 1
    rank = sum(weight * key.astype(int) for weight, key in zip((4, 2, 1), keys, strict=True))
    ranked = own.assign(rank=rank).sort_values("rank", kind="stable")
    ends = ["doc", "source", "target"]
    first = ranked.drop_duplicates(ends).set_index(ends)
    first = first.assign(n=ranked.groupby(ends).size()).reset_index()
    silent = table.drop_duplicates("doc")
    silent = silent[~silent["doc"].isin(first["doc"])]
    empty: dict[str, Any] = dict.fromkeys("source target route verb_zh verb_en results".split(), "")
    empty |= {"anchored": pd.NA, "below": pd.NA, "n": 0}
    arrows = pd.concat([first, silent.assign(**empty)])[_DRAWN]
    return canvas.in_order(arrows, doc=table["doc"].unique()).reset_index(drop=True)


@dataclass(frozen=True)
class _Block:
    """The text of a place on the sheet: its lines with their colours, and where the lines stand."""

    lines: list[Line]
    align: str
    x: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + LINE_MM * len(self.lines)

    @property
    def sides(self) -> Point:
        """The left and the right edge of the text."""
        width = max(text_mm(line) for line, _ in self.lines)
        left = self.x - width if self.align == "right" else self.x
        return left, left + width

    @property
    def right_of_name(self) -> Point:
        """Where an arrow to another place than the congress begins, so that it crosses no text."""
        return self.sides[1] + 1.0, self.top + LINE_MM / 2

    def draw(self, sheet: Axes) -> None:
        for number, (line, color) in enumerate(self.lines):
            if line:
                y = self.top + LINE_MM * (number + 0.5)
                write(sheet, self.x, y, line, ha=self.align, color=color)

    def end_towards(self, other: Point) -> Point:
        """Return where an arrow between this block and another point begins or ends."""
        (left, right), (x, y) = self.sides, other
        if self.top < y < self.bottom:
            return (left - 0.8 if x < left else right + 0.8), y
        near = min(max(x, left + 2.5), (left + right) / 2)
        return near, self.top - 1.0 if y <= self.top else self.bottom + 1.0


@dataclass(frozen=True)
class _Plan:
    """What all maps share: how many stand side by side, how wide the `room` of each is, and how
    wide the `margin` for the name of the city to the left of a map is. Without a margin, the name
    stands above the map. All sizes are in millimetres."""

    across: int
    room: float
    margin: float

    @classmethod
    def fitting(cls, labels: pd.Series, style: Style) -> _Plan:
        """Put three maps side by side in a wide figure. In a narrow one, a map has a row of its
        own, where short names of cities stand to its left, so that more maps fit one page."""
        across = 3 if style.double else 1
        room = (style.mm - 0.6 - _GAP * (across - 1)) / across
        is_short = all(text_mm(label) <= _MARGIN - 1 for label in labels)
        return cls(across, room, _MARGIN if across == 1 and is_short else 0.0)

    @property
    def width(self) -> float:
        """The width of a map without the name of the city."""
        return self.room - self.margin

    @property
    def title_mm(self) -> float:
        """The height of the name of the city above a map."""
        return 1.6 if self.margin else _TITLE

    @property
    def title_pt(self) -> float:
        """The size of the name of the city, which is larger where other names stand below it."""
        return SMALLEST_PT if self.margin else 8.5


class _Map:
    """The map of one document: the text of each place, and the arrows between the places."""

    def __init__(self, arrows: pd.DataFrame, city: str, style: Style, plan: _Plan) -> None:
        self._city, self._style, self._plan, self._width = city, style, plan, plan.width
        self._arrows = arrows[arrows["source"] != ""].to_dict("records")
        self._lines = {place: self._lines_of(place) for place in _OUTER}

    def depth(self, row: str) -> float:
        """Return how many millimetres the places of a row need."""
        return LINE_MM * max(len(self._lines[x]) for x in _OUTER if _SPOTS[x].row == row)

    def draw(self, sheet: Axes, left: float, top: float, above: float, below: float) -> None:
        """Draw the map with its left top corner at a place of the sheet. `above` and `below` are
        the heights of the places above and below the congress, which are the same on all maps."""
        sheet.plot([left, left + self._plan.room], [top + 0.6] * 2, color=QUIET, linewidth=0.5)
        size = self._plan.title_pt
        name = fit(self._city, self._plan.room * SMALLEST_PT / size)
        write(sheet, left, top + 1.4, name, va="top", size=size)
        top, left = top + self._plan.title_mm, left + self._plan.margin
        core = left + self._width * _SPOTS["congress"].at, top + above + _REACH + _CORE[1] / 2
        end = core[1] + _CORE[1] / 2 + _REACH + below
        heights = {"above": top, "beside": core[1], "below": end}
        blocks = {place: self._block(place, left, heights) for place in _OUTER}
        for block in blocks.values():
            block.draw(sheet)
        for arrow in self._arrows:
            self._draw_arrow(sheet, arrow, blocks, core)
        corner = core[0] - _CORE[0] / 2, core[1] - _CORE[1] / 2
        look = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.8, "zorder": 3}
        sheet.add_patch(Rectangle(corner, *_CORE, **look))
        write(sheet, *core, self._style.say("result_routes.congress"), ha="center", zorder=4)

    def _lines_of(self, place: str) -> list[Line]:
        """Return the lines of text of a place, with their colours. The verbs stand between the name
        of the place and the congress. Beside the congress, what comes in stands above the name."""
        mine = [arrow for arrow in self._arrows if _outer_end(arrow) == place]
        mine.sort(key=lambda arrow: arrow["source"] == "congress")
        incoming = [line for one in mine if one["target"] == place for line in self._verb(one)]
        outgoing = [line for one in mine if one["target"] != place for line in self._verb(one)]
        is_told = any(place in (one["source"], one["target"]) for one in self._arrows)
        names = [(line, INK if is_told else _SILENT) for line in self._names[place]]
        return {
            "above": [*names, *incoming, *outgoing],
            "beside": [*incoming, *names, *outgoing],
            "below": [*incoming, *outgoing, *names],
        }[_SPOTS[place].row]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The lines of the name of each place. Names below the congress all get as many lines as
        the longest of them, so that they begin at the same height."""
        names = {
            place: wrap(self._style.say(f"result_routes.{place}"), spot.share * self._width)
            for place, spot in _SPOTS.items()
        }
        lines = {place: name.split("\n") for place, name in names.items()}
        most = max(len(lines[place]) for place in _OUTER if _SPOTS[place].row == "below")
        for place, spot in _SPOTS.items():
            if spot.row == "below":
                lines[place] += [""] * (most - len(lines[place]))
        return lines

    def _verb(self, arrow: Mapping[str, Any]) -> list[Line]:
        """Return the verb of an arrow as lines of text, after a sign that points as the arrow."""
        verb = self._style.choose(arrow["verb_zh"], arrow["verb_en"])
        verb += "*" if arrow["below"] == 1 else ""
        room = self._width * _SPOTS[_outer_end(arrow)].share - text_mm("↓ ")
        color = self._style.main if arrow["results"] == "yes" else QUIET
        first, *others = wrap(verb, room).split("\n")
        return [(f"{_sign(arrow)} {first}", color), *((f"    {line}", color) for line in others)]

    def _block(self, place: str, left: float, heights: Mapping[str, float]) -> _Block:
        """Return the text of a place where it stands on the sheet. `heights` says where the places
        above the congress begin, where the middle of those beside it is, and where those below it
        end."""
        spot, lines = _SPOTS[place], self._lines[place]
        # beside the congress, the name stands at the height of the congress
        names = [line for line, _ in lines].index(self._names[place][0]) + 0.5
        up = {"above": 0.0, "beside": names, "below": len(lines)}[spot.row]
        x = left + spot.at * self._width
        return _Block(lines, spot.align, x, heights[spot.row] - LINE_MM * up)

    def _draw_arrow(
        self, sheet: Axes, arrow: Mapping[str, Any], blocks: Mapping[str, _Block], core: Point
    ) -> None:
        """Draw an arrow from its source to its target. If there is an arrow in the other direction,
        the two stand beside each other."""
        source, target, outer = arrow["source"], arrow["target"], _outer_end(arrow)
        if "congress" in (source, target):
            far = blocks[outer].end_towards(core)
            near = _edge_of_core(core, far)
        else:
            near = blocks[source].right_of_name
            far = blocks[outer].end_towards(near)
        begin, end = (near, far) if outer == target else (far, near)
        pairs = {(one["source"], one["target"]) for one in self._arrows}
        aside = _BESIDE if (target, source) in pairs else 0.0
        is_result = arrow["results"] == "yes"
        _draw_line(
            sheet,
            *_shifted(begin, end, aside),
            color=self._style.main if is_result else QUIET,
            linewidth=_WIDE if is_result else _THIN,
            linestyle="-" if arrow["anchored"] == 1 else _DASHES,
        )


def _outer_end(arrow: Mapping[str, Any]) -> str:
    """Return the place at which the verb of an arrow stands, which is never the congress."""
    return arrow["target"] if arrow["target"] != "congress" else arrow["source"]


def _sign(arrow: Mapping[str, Any]) -> str:
    """Return a sign that points in the direction of an arrow: ↑, ↓, → or ←."""
    source, target = _SPOTS[arrow["source"]], _SPOTS[arrow["target"]]
    if source.row == target.row:
        return "→" if source.at < target.at else "←"
    return "↓" if _ROWS.index(source.row) < _ROWS.index(target.row) else "↑"


def _edge_of_core(core: Point, other: Point) -> Point:
    """Return where an arrow between the congress and another point touches the box of the congress:
    at the side if the point is beside the box, else above or below."""
    across, down = other[0] - core[0], other[1] - core[1]
    half, tall = _CORE[0] / 2, _CORE[1] / 2
    if abs(down) <= tall:
        return core[0] + math.copysign(half, across), other[1]
    reach = half - 1.6
    return core[0] + min(max(across, -reach), reach), core[1] + math.copysign(tall, down)


def _shifted(begin: Point, end: Point, aside: float) -> tuple[Point, Point]:
    """Move a line to its left, seen in its direction, by some millimetres."""
    length = math.dist(begin, end) or 1.0
    across = (end[1] - begin[1]) / length * aside, -(end[0] - begin[0]) / length * aside
    return tuple((x + across[0], y + across[1]) for x, y in (begin, end))


def _draw_line(sheet: Axes, begin: Point, end: Point, **look: Any) -> None:
    """Draw a line with a head at its end."""
    length = math.dist(begin, end) or 1.0
    along = (end[0] - begin[0]) / length, (end[1] - begin[1]) / length
    neck = end[0] - along[0] * _HEAD, end[1] - along[1] * _HEAD
    half = 0.42 * _HEAD
    wings = [(neck[0] + side * along[1], neck[1] - side * along[0]) for side in (half, -half)]
    sheet.plot([begin[0], neck[0]], [begin[1], neck[1]], solid_capstyle="butt", zorder=2, **look)
    sheet.add_patch(Polygon([end, *wings], color=look["color"], linewidth=0, zorder=2))


# Lines for the key. As markers they are 8 points long, whatever their coordinates.
_SOLID = Path([(-1, 0), (1, 0)])
_DASHED = Path([(-1, 0), (-0.25, 0), (0.25, 0), (1, 0)], [Path.MOVETO, Path.LINETO] * 2)


def _key(arrows: pd.DataFrame, drawn: pd.DataFrame, style: Style, part: str) -> list[Entry]:
    """List the kinds of arrows that are drawn, with their meanings, and count the documents that
    tell of a result for each place."""
    shown = drawn[drawn["source"] != ""]
    entries: list[Entry] = []
    for is_result, color, width in ((True, style.main, _WIDE), (False, QUIET, _THIN)):
        if ((shown["results"] == "yes") == is_result).any():
            name = "result" if is_result else "other"
            entries.append((_line(_SOLID, color, width), style.say(f"result_routes.{name}")))
    for is_anchored, path in ((True, _SOLID), (False, _DASHED)):
        if ((shown["anchored"] == 1) == is_anchored).any():
            name = "anchored" if is_anchored else "not_anchored"
            entries.append((_line(path, INK, _THIN), style.say(f"result_routes.{name}")))
    below = style.say("result_routes.below") if (shown["below"] == 1).any() else ""
    note = style.say(
        "result_routes.note", n=arrows["doc"].nunique(), places=_reached(arrows, style)
    )
    return [*entries, (None, style.run_on(note, below, part))]


def _line(path: Path, color: str, width: float) -> dict[str, Any]:
    return {
        "marker": path,
        "size": 8,
        "color": color,
        "markeredgewidth": width,
        "fillstyle": "none",
    }


def _reached(arrows: pd.DataFrame, style: Style) -> str:
    """Say in how many documents a result goes to each place, most often first."""
    results = arrows[arrows["results"] == "yes"]
    counts = {place: (results["target"] == place).sum() for place in _OUTER}
    return style.commas(
        style.say(
            "result_routes.count", place=style.say(f"result_routes.{place}"), count=counts[place]
        )
        for place in sorted(counts, key=lambda place: -counts[place])
    )


def _alt(drawn: pd.DataFrame, style: Style) -> str:
    """Write the alternative text: which results each document tells to go where."""
    labels, cities = short_labels(drawn, style.lang), []
    for doc, rows in drawn.groupby("doc", sort=False):
        arrows = rows[rows["results"] == "yes"].to_dict("records")
        told = style.commas(_in_words(arrow, style) for arrow in arrows)
        cities.append(style.say("result_routes.alt_city", city=labels[doc], arrows=told or "–"))
    return style.say("result_routes.alt", cities=style.semicolons(cities))


def _in_words(arrow: Mapping[str, Any], style: Style) -> str:
    """Describe an arrow, as in "Congress to Government (handed over)"."""
    ends = {end: style.say(f"result_routes.{arrow[end]}") for end in ("source", "target")}
    verb = style.choose(arrow["verb_zh"], arrow["verb_en"])
    return style.say("result_routes.alt_arrow", verb=verb, **ends)
