"""Draw which themes occur in the same sentences, and a cloud of the most frequent words. The
network of themes serves as a figure of an argument, the word cloud only as an illustration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import label_of

from . import canvas
from .canvas import LINE_MM, POINT_MM, Chart, add_up, aside, tall, text_mm, wrap, write
from .style import INK, QUIET, SMALLEST_PT, Style
from .themes import family_head, glossed

# The smallest Ochiai coefficient and number of common sentences of two themes that are joined.
LEAST_WEIGHT, LEAST_BOTH = 0.3, 4
_ROW, _FAMILY = 5.6, 6.0  # heights in mm of the row of a theme and of the heading of a family
Box = tuple[float, float, float, float]  # left, top, right and bottom in millimetres


@canvas.chart(
    ("theme family n", "the themes (nodes)"),
    ("source target n_both weight", "the pairs of themes (edges)"),
    rows="theme",
)
def theme_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    style: Style,
    page: int,
    *,
    rows: Sequence[str] | None,
    least_weight: float = LEAST_WEIGHT,
    least_both: int = LEAST_BOTH,
    most: int = 18,
) -> Chart | None:
    """Draw which themes the same sentences speak of. The themes stand below one another, and an
    arc joins two themes that go together. Arcs between themes of one family are drawn at the left,
    arcs between families at the right. The number on an arc counts the sentences that speak of
    both themes, and a thicker arc means a higher Ochiai coefficient.

    Themes that no arc joins are left out. To draw some documents only, pass the network of these
    documents: the tables of a network do not say in which document a sentence stands.

    Parameters
    ----------
    nodes, edges : DataFrame
        The themes and the pairs of themes of `theme_network` in `helpers.themes`.
    {options}
    least_weight : float
        The smallest Ochiai coefficient (0 to 1) of a pair that is drawn.
    least_both : int
        The smallest number of sentences with both themes of a pair that is drawn.
    most : int
        How many arcs are drawn at most. The strongest are drawn, and a note counts the others.

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per arc,
        strongest first, with the names and numbers of hits of both themes.

    Examples
    --------
    >>> from helpers import read_corpus, study_of, theme_network
    >>> network = study_of(read_corpus()).theme_network
    >>> chart = theme_network(network.nodes, network.edges, most=1, lang="en")
    >>> chart.drawn[["source_en", "target_en", "n_both"]].values.tolist()
    [['Problems and assignment', 'Rectifying and follow-up', 24]]
    """
    canvas.paginate([""], 1, page)  # raises an error if another page than the first is wanted
    strong = edges["weight"].ge(least_weight) & edges["n_both"].ge(least_both)
    known = edges["source"].isin(nodes["theme"]) & edges["target"].isin(nodes["theme"])
    lines = edges[strong & known].sort_values(
        ["weight", "source", "target"], ascending=[False, True, True], kind="stable"
    )
    if lines.empty:
        return None
    lines = lines.head(most)
    joined = nodes[nodes["theme"].isin([*lines["source"], *lines["target"]])]
    joined = joined if rows is None else canvas.in_order(joined, theme=rows)
    others = int(known.sum()) - len(lines)
    limits = {"weight": least_weight, "both": least_both}
    counts = {"drawn": len(joined), "lines": len(lines), "others": others}
    note = style.say("theme_network.note", **counts, **limits)
    fig = _arc_diagram(joined, lines, style, note)
    drawn = _named_ends(lines, nodes, style)
    return canvas.finish(fig, drawn, style, lambda each: _network_alt(drawn, len(joined), each))


def _named_ends(lines: pd.DataFrame, nodes: pd.DataFrame, style: Style) -> pd.DataFrame:
    """Return the lines with the numbers of hits and the names of both themes of each line."""
    hits, themes = nodes.set_index("theme")["n"], list(nodes.itertuples())
    drawn = lines.assign(n_source=lines["source"].map(hits), n_target=lines["target"].map(hits))
    for each in style.in_each_language():
        names = {row.theme: label_of(row, each.lang, each.codebook) for row in themes}
        drawn[f"source_{each.lang}"] = lines["source"].map(names)
        drawn[f"target_{each.lang}"] = lines["target"].map(names)
    return drawn


def _network_alt(drawn: pd.DataFrame, themes: int, style: Style) -> str:
    """Return the alternative text of the network: its three strongest lines."""
    ends = drawn[[f"source_{style.lang}", f"target_{style.lang}", "n_both"]].head(3)
    pairs = [f"{a}–{b} ({n})" for a, b, n in ends.itertuples(index=False)]
    sizes = {"themes": themes, "lines": len(drawn)}
    return style.say("theme_network.alt", strongest=style.commas(pairs), **sizes)


@dataclass(frozen=True)
class _Themes:
    """The column of themes in the middle of the network: the height in mm of the centre of each
    theme, the texts to write with their heights and colours, half the width of the column, and
    where the column ends."""

    at: dict[str, float]
    texts: list[tuple[float, str, str]]
    half: float
    bottom: float

    @classmethod
    def of(cls, joined: pd.DataFrame, style: Style) -> _Themes:
        """Put the themes below one another, under the headings of their families."""
        y, at, texts = LINE_MM + 1.5, {}, []
        for family, themes in joined.groupby("family", sort=False):
            texts.append((y + _FAMILY / 2 + 0.5, family_head(family, style), QUIET))
            y += _FAMILY
            for theme in themes.itertuples():
                name = label_of(theme, style.lang, style.codebook)
                name = wrap(name, 46 if style.double else 32, even=True)
                height = max(_ROW, tall(name) + 1.2)
                at[theme.theme] = y + height / 2
                texts.append((at[theme.theme], name, INK))
                y += height
        return cls(at, texts, max(text_mm(text) for _, text, _ in texts) / 2 + 1.6, y)


def _arc_diagram(joined: pd.DataFrame, lines: pd.DataFrame, style: Style, note: str) -> Chart:
    """Draw the themes in a column in the middle, and the arcs that join two themes of one family
    at the left, those between families at the right."""
    themes, middle = _Themes.of(joined, style), style.mm / 2
    fig, sheet = canvas.sheet_with_note(style, themes.bottom + 1, note)
    for y, text, colour in themes.texts:
        write(sheet, middle, y, text, ha="center", color=colour)
    family_of = dict(zip(joined["theme"], joined["family"], strict=True))
    is_within = lines["source"].map(family_of) == lines["target"].map(family_of)
    for side, arcs, sign in (("within", lines[is_within], -1), ("between", lines[~is_within], 1)):
        x = middle + sign * themes.half
        if len(arcs):
            head = style.say(f"theme_network.{side}")
            aside(sheet, x, LINE_MM / 2 + 0.3, head, ha="right" if sign < 0 else "left")
            thickness = 0.5 + 2.5 * arcs["weight"] / lines["weight"].max()
            room = min(middle - themes.half - 6.5, 42.0)  # 6.5 mm for the numbers
            _draw_arcs(sheet, arcs, thickness, themes.at, x=x, room=sign * room, colour=style.main)
    return fig


def _draw_arcs(
    sheet: Axes,
    arcs: pd.DataFrame,
    thickness: pd.Series,
    at: dict[str, float],
    *,
    x: float,
    room: float,
    colour: str,
) -> None:
    """Draw arcs from the edge `x` of the column of themes, with the number of sentences beside
    each. `thickness` is that of the lines in points. A negative `room` means that the arcs lie at
    the left of `x`."""
    ends = [sorted((at[arc.source], at[arc.target])) for arc in arcs.itertuples()]
    spans = np.array([low - high for high, low in ends])
    # The shortest arc is 4 mm wide. A longer arc is wider, in proportion to its height, but the
    # longest arc must fit the room.
    slope = min(1.3, (abs(room) - 4) / max(np.ptp(spans), 1e-9))
    widths_mm = 4 + slope * (spans - spans.min())
    boxes: list[Box] = []
    look = {"color": colour, "alpha": 0.5, "zorder": 1, "solid_capstyle": "round"}
    described = zip(widths_mm, ends, arcs["n_both"], thickness, strict=True)
    # Short arcs come first, because their numbers have the fewest places to choose from.
    for width_mm, (high, low), n, points in sorted(described, key=lambda arc: arc[0]):
        centre = (x, (high + low) / 2)
        radii = math.copysign(width_mm, room), (low - high) / 2
        sheet.plot(*_on_arc(centre, radii, np.linspace(-90, 90, 61)), linewidth=points, **look)
        _number(sheet, str(n), centre, radii, boxes)


def _on_arc(
    centre: tuple[float, float], radii: tuple[float, float], degrees: Any
) -> tuple[Any, Any]:
    """Return the points of half an ellipse: -90 degrees is its upper end, 90 its lower end."""
    turn = np.radians(degrees)
    return centre[0] + radii[0] * np.cos(turn), centre[1] + radii[1] * np.sin(turn)


def _number(
    sheet: Axes,
    text: str,
    centre: tuple[float, float],
    radii: tuple[float, float],
    boxes: list[Box],
) -> None:
    """Write the number of an arc beside the arc, as near to its middle as the numbers written
    before allow. `boxes` holds the places of these numbers and gets the place of the new one."""
    width, height = text_mm(text) / 2 + 0.4, LINE_MM / 2
    beside = radii[0] + math.copysign(width + 0.8, radii[0]), radii[1]
    turns = sorted(range(-72, 73, 6), key=abs)  # degrees from the middle of the arc
    places = [_on_arc(centre, beside, turn) for turn in turns]
    candidates = [(x - width, y - height, x + width, y + height) for x, y in places]
    free = [box for box in candidates if not any(_overlap(box, other) for other in boxes)]
    box = (free or candidates)[0]
    boxes.append(box)
    at = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    number = write(sheet, *at, text, ha="center", zorder=3)
    number.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.3})


def _overlap(a: Box, b: Box) -> bool:
    """Tell whether two boxes overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@canvas.chart(("word n", "Study.cloud_words or word counts"))
def word_cloud(
    table: pd.DataFrame, style: Style, page: int, *, most: int | None = None, seed: int = 0
) -> Chart | None:
    """Draw a cloud of the most frequent words. The area of a letter is proportional to the number
    of hits of its word, and the place of a word means nothing.

    Words that occur in at least half of the documents are blue, words of fewer documents grey. An
    English figure prints a gloss below each word that the codebook's table `glosses` has. A word
    that does not fit is left out, not made smaller, and a note counts such words.

    Parameters
    ----------
    table : DataFrame
        One row per word, or per document and word, as in `Study.cloud_words`. The hits of all
        documents are added up.
    {options}
    most : int, optional
        How many words are drawn, the most frequent ones. Default: 60, or 30 at single width.
    seed : int
        Another seed puts the words at other places.

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per word.
        ``placed`` is False for words that did not fit or would be smaller than 7 pt.

    Examples
    --------
    The most frequent words are 问题 ("problem") and 推动 ("drive forward").

    >>> from helpers import read_corpus, study_of, word_cloud
    >>> chart = word_cloud(study_of(read_corpus()).cloud_words, most=2, lang="en")
    >>> chart.drawn[["word", "n", "docfreq"]].values.tolist()
    [['问题', 60, 5], ['推动', 39, 5]]
    """
    canvas.paginate([""], 1, page)  # raises an error if another page than the first is wanted
    words = _summed(table).head(most or (60 if style.double else 30))
    if words.empty:
        return None
    n_documents = table["doc"].nunique() if "doc" in table else 1
    is_common = 2 * words["docfreq"] >= n_documents
    height = 80.0 if style.double else 100.0
    items = _scaled(words, style, style.mm * height)
    places = _places(items, style.mm, height, seed)
    placed = [place is not None for place in places]
    drawn = words.assign(size_pt=[item.size for item in items], placed=placed)
    counts = {"words": len(words), "left_out": placed.count(False), "most": int(words["n"].max())}
    entries = _cloud_key(items, is_common, style, {"n": n_documents, **counts})
    fig, sheet = canvas.sheet_with_key(style, height + 1, entries, top=height + 1)
    for item, place, common in zip(items, places, is_common, strict=True):
        if place is not None:
            item.draw(sheet, *place, style.main if common else QUIET)
    return canvas.finish(fig, drawn, style, lambda each: _cloud_alt(words, counts, each))


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per word, most frequent first: `word`, its hits `n` in all documents, and the
    number of documents that use the word, `docfreq`."""
    used = table[table["n"] > 0]
    words = used.groupby("word", as_index=False).agg(n=("n", "sum"), docfreq=("n", "size"))
    order = {"by": ["n", "word"], "ascending": [False, True]}
    return words.sort_values(**order, kind="stable", ignore_index=True)


def _cloud_key(
    items: list[_Item], is_common: pd.Series, style: Style, counts: dict[str, int]
) -> list[canvas.Entry]:
    """Explain the sizes of the words, their glosses and, if the words are from several documents,
    their colours."""
    looks = ((True, "many", style.main), (False, "few", QUIET))
    entries: list[canvas.Entry] = [
        ({"marker": "s", "color": colour}, style.say(f"word_cloud.{name}"))
        for common, name, colour in looks
        if counts["n"] > 1 and (is_common == common).any()
    ]
    note = style.say("word_cloud.note", **counts)
    glosses = style.say("word_cloud.glosses") if any(item.gloss for item in items) else ""
    return [*entries, (None, style.run_on(note, glosses))]


def _cloud_alt(words: pd.DataFrame, counts: dict[str, int], style: Style) -> str:
    """Return the alternative text of the cloud: the five commonest words with their counts."""
    first = style.commas(
        f"{glossed(row.word, style)} {row.n}" for row in words.head(5).itertuples()
    )
    return style.say("word_cloud.alt", first=first, **counts)


@dataclass(frozen=True)
class _Item:
    """A word of the cloud with its gloss, which may be empty, and the size of the word in points.
    The gloss is printed below the word in the smallest letters."""

    word: str
    gloss: str
    size: float

    @property
    def width(self) -> float:
        """Width of the word or the gloss in millimetres, whichever is wider."""
        return max(text_mm(self.word, self.size), text_mm(self.gloss)) + 0.8

    @property
    def height(self) -> float:
        """Height of the word and the gloss in millimetres."""
        return 1.2 * self.size * POINT_MM + (LINE_MM if self.gloss else 0) + 0.4

    def draw(self, sheet: Axes, left: float, top: float, colour: str) -> None:
        """Write the word in a colour and the gloss in grey below it."""
        middle, size = left + self.width / 2, self.size
        write(sheet, middle, top + 0.2, self.word, ha="center", va="top", color=colour, size=size)
        below = top + self.height - 0.2
        if self.gloss:
            aside(sheet, middle, below, self.gloss, ha="center", va="bottom")


def _scaled(words: pd.DataFrame, style: Style, area: float) -> list[_Item]:
    """Return the words in letters as large as a cloud of this area allows, so that words and
    glosses cover about half of the area. The commonest word has 7 to 40 points."""
    roots = np.sqrt(words["n"].astype(float))
    for largest in range(40, int(SMALLEST_PT) - 1, -1):
        sizes = (roots * largest / roots.max()).round(2)
        items = [
            _Item(word, style.gloss(word), size)
            for word, size in zip(words["word"], sizes, strict=True)
        ]
        if add_up(item.width * item.height for item in items) <= 0.5 * area:
            break
    return items


def _places(
    items: list[_Item], width: float, height: float, seed: int
) -> list[tuple[float, float] | None]:
    """Find a free place for one word after another. For each word, the package `wordcloud` suggests
    15 free places at random. The word gets the place nearest to the middle of the figure.

    Return the left and top end of each word in millimetres, or None if a word does not fit.
    """
    from random import Random

    from wordcloud.wordcloud import IntegralOccupancyMap

    dots = 3.0  # pixels per millimetre in the map of occupied places
    across, down = round(width * dots), round(height * dots)
    occupied = IntegralOccupancyMap(down, across, np.zeros((down, across), dtype=np.uint32))
    image, random = np.zeros((down, across), dtype=np.uint8), Random(seed)
    places: list[tuple[float, float] | None] = [None] * len(items)
    for i, item in enumerate(items):
        if item.size < SMALLEST_PT:
            continue
        tall, wide = math.ceil(item.height * dots), math.ceil(item.width * dots)
        spots = [occupied.sample_position(tall, wide, random) for _ in range(15)]
        middles = [(y + tall / 2, x + wide / 2, y, x) for y, x in filter(None, spots)]
        if not middles:
            continue
        *_, y, x = min(
            middles, key=lambda spot: math.hypot(spot[0] / down - 0.5, spot[1] / across - 0.5)
        )
        image[y : y + tall, x : x + wide] = 255
        occupied.update(image, 0, 0)
        places[i] = x / dots, y / dots
    return places
