"""Draw networks of words and of themes, and a word cloud. The networks show which words or themes
occur in the same sentences, and the cloud shows which words occur most often."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import city_names, document_labels, label_of

from . import canvas
from .canvas import LINE_MM, POINT_MM, Chart, mark, tall, text_mm, wrap, write
from .style import COLOURS, FONT, INK, LANGUAGES, MAIN, QUIET, SMALLEST_PT, Style
from .themes import family_head

_DOT_MM = 5.2 - LINE_MM  # the height of a dot above its label


@canvas.chart(
    ("word n", "the words (nodes)"), ("source target weight", "the pairs of words (edges)")
)
def coword_network(
    nodes: pd.DataFrame, edges: pd.DataFrame, style: Style, page: int
) -> Chart | None:
    """Draw which words occur in the same sentences. A larger dot means a more frequent word. The
    width of a line shows how strongly two words are associated (the Ochiai coefficient, 0–1).

    Only the most frequent words are drawn, at most 45 at double width and 20 at single width. The
    chart's table ``drawn`` has one row per line, with both words and their frequencies.
    """
    named = nodes.assign(label=nodes["word"], color=MAIN)
    drawing = _network(named, edges, style, most=45 if style.double else 20)
    if drawing is None:
        return None
    drawn = {"drawn": len(drawing.kept), "lines": len(drawing.lines)}
    others = len(nodes) - len(drawing.kept)
    note = style.say("coword_network.note", **drawn, others=others)
    return _finished(drawing, style, "coword_network.alt", [(None, note)])


@canvas.chart(
    ("theme family n", "the themes (nodes)"),
    ("source target weight", "the pairs of themes (edges)"),
)
def theme_network(
    nodes: pd.DataFrame, edges: pd.DataFrame, style: Style, page: int
) -> Chart | None:
    """Draw of which themes the same sentences speak. A larger dot means more hits, its colour the
    family of the theme. The width of a line shows the Ochiai coefficient, as in `coword_network`.

    Only the strongest lines are drawn, about two per theme, but of each theme its strongest. The
    chart's table ``drawn`` has one row per line, with the ids, the names and the numbers of hits of
    both themes.
    """
    families = dict(zip(dict.fromkeys(nodes["family"]), COLOURS, strict=False))
    labels = [label_of(row, style.lang, style.codebook) for row in nodes.itertuples()]
    broken = [wrap(label, 26, even=True) for label in labels]
    colors = nodes["family"].map(families)
    named = nodes.rename(columns={"theme": "word"}).assign(label=broken, color=colors)
    drawing = _network(named, edges, style, most=len(named))
    if drawing is None:
        return None
    drawn = {"drawn": len(drawing.kept), "lines": len(drawing.lines)}
    alone = nodes.loc[~nodes["theme"].isin(drawing.kept["word"])]
    names = style.commas([label_of(row, style.lang, style.codebook) for row in alone.itertuples()])
    note = style.say("theme_network.note", **drawn, others=len(edges) - len(drawing.lines))
    if names:
        note = style.run_on(note, style.say("theme_network.alone", names=names))
    entries = [
        ({"marker": "o", "color": color, "size": 5}, family_head(family, style))
        for family, color in families.items()
        if family in set(drawing.kept["family"])
    ]
    return _finished(drawing, style, "theme_network.alt", [*entries, (None, note)])


class _Drawing(NamedTuple):
    """A network that is laid out: the dots and lines to draw, the centres of the labelled dots in
    millimetres, and the height of the picture."""

    kept: pd.DataFrame
    lines: pd.DataFrame
    places: np.ndarray
    height: float


def _network(
    nodes: pd.DataFrame, edges: pd.DataFrame, style: Style, *, most: int
) -> _Drawing | None:
    """Lay out a network, or return None if it has no lines. `nodes` has `word, n, label, color`."""
    import networkx

    kept, lines = _strongest(nodes, edges, most)
    if lines.empty:
        return None
    graph = networkx.Graph()
    graph.add_nodes_from(kept["word"])
    graph.add_weighted_edges_from(lines[["source", "target", "weight"]].itertuples(index=False))
    start = networkx.spring_layout(graph, weight="weight", seed=0)
    places = networkx.kamada_kawai_layout(graph, dist=_distances(graph), pos=start)
    height = (110 if style.double else 105) * min(1.0, 0.35 + len(kept) / 40)
    # Coordinates differ slightly between processors. Rounding makes all figures the same.
    xy = np.array([places[word] for word in kept["word"]]).round(6)
    return _Drawing(
        kept, lines, _spread(list(kept["label"]), xy, style.mm, height).round(3), height
    )


def _finished(drawing: _Drawing, style: Style, alt_name: str, entries: list[canvas.Entry]) -> Chart:
    """Draw a network with its key, and describe its three strongest lines."""
    kept, lines, xy, height = drawing
    fig, sheet = canvas.sheet_with_key(style, height + 1, entries, top=height)
    _draw(sheet, kept, lines, xy)
    hits = kept.set_index("word")["n"]
    drawn = lines.assign(n_source=lines["source"].map(hits), n_target=lines["target"].map(hits))
    for lang in LANGUAGES if {"zh", "en"} <= set(kept) else ():
        names = kept.set_index("word")[lang]
        drawn[f"source_{lang}"] = lines["source"].map(names)
        drawn[f"target_{lang}"] = lines["target"].map(names)

    def alt(each: Style) -> str:
        ends = [f"source_{each.lang}", f"target_{each.lang}"]
        ends = ends if ends[0] in drawn else ["source", "target"]
        strongest = each.commas((drawn[ends[0]] + "–" + drawn[ends[1]]).head(3))
        return each.say(alt_name, words=len(kept), lines=len(lines), strongest=strongest)

    return canvas.finish(fig, drawn, style, alt)


def _by_hits(words: pd.DataFrame) -> pd.DataFrame:
    return words.sort_values(["n", "word"], ascending=[False, True], kind="stable")


def _strongest(
    nodes: pd.DataFrame, edges: pd.DataFrame, most: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the most frequent words, and the lines that connect these words in the network,
    strongest line first. Words without a line are left out."""
    kept = _by_hits(nodes[nodes["word"].isin({*edges["source"], *edges["target"]})]).head(most)
    lines = edges[edges["source"].isin(kept["word"]) & edges["target"].isin(kept["word"])]
    lines = lines.sort_values(
        ["weight", "source", "target"], ascending=[False, True, True], kind="stable"
    )
    # With more than two lines per word, a reader could not tell the lines apart. So only the
    # strongest lines are drawn, and of each word at least its strongest.
    ends = lines[["source", "target"]].stack()
    is_first = (~ends.duplicated()).groupby(level=0, sort=False).any()
    lines = lines[is_first | (np.arange(len(lines)) < 2 * len(kept))]
    return kept[kept["word"].isin({*lines["source"], *lines["target"]})], lines


def _distances(graph) -> dict[str, dict[str, float]]:
    """Return the distance between any two words of a network: the number of lines on the shortest
    path. Two words without a path get the largest of these distances plus 1."""
    import networkx

    steps = dict(networkx.all_pairs_shortest_path_length(graph))
    beyond = 1.0 + max(max(row.values()) for row in steps.values())
    return {a: {b: float(steps[a].get(b, beyond)) for b in graph} for a in graph}


def _height(label: str) -> float:
    """Return the height in millimetres of a dot with its label below."""
    return _DOT_MM + tall(label)


def _spread(words: list[str], places: np.ndarray, width: float, height: float) -> np.ndarray:
    """Stretch a layout over the figure and push words apart until no two words overlap. Return the
    centres of the words in millimetres."""
    half = np.array([[text_mm(word) / 2 + 0.8, _height(word) / 2] for word in words])
    low, high = half + 0.3, np.array([width, height]) - half - 0.3
    span = np.ptp(places, axis=0)
    shares = _closed_up((places - places.min(axis=0)) / np.where(span > 0, span, 1))
    # A word's coordinate is the mean of its position in the layout and its rank in the order of
    # positions. Positions alone would let a distant group of words press all other words into a
    # corner. Ranks alone would not keep words close that are close in the layout.
    ranks = shares.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    xy = low + (shares + ranks / max(1, len(words) - 1)) / 2 * (high - low)
    order = np.sign(np.subtract.outer(np.arange(len(words)), np.arange(len(words))))
    for _ in range(2000):
        apart = xy[:, None] - xy[None]
        overlap = half[:, None] + half[None] - np.abs(apart)
        touching = (overlap > 0).all(axis=2) & (order != 0)
        if not touching.any():
            break
        # Two overlapping words are pushed apart along the axis on which the overlap is smaller. If
        # two words stand at the same place, their order in the table decides the direction.
        axis = (overlap[..., 0] > overlap[..., 1]).astype(int)
        for k in (0, 1):
            sign = np.where(apart[..., k] == 0, order, np.sign(apart[..., k]))
            push = np.where(touching & (axis == k), overlap[..., k], 0) * sign * 0.3
            xy[:, k] += push.sum(axis=1)
        xy = np.clip(xy, low, high)
    return xy


def _closed_up(shares: np.ndarray, *, most: float = 0.08) -> np.ndarray:
    """Narrow the wide gaps between words, such as the gap between two unconnected groups of words.
    `most` is the largest gap allowed, as a share of the whole width or height.

    >>> _closed_up(np.array([[0.0], [0.1], [1.0]]), most=0.1).ravel().round(2).tolist()
    [0.0, 0.5, 1.0]
    """
    order = shares.argsort(axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(shares, order, axis=0), axis=0, prepend=0.0)
    steps = np.minimum(steps, most).cumsum(axis=0)
    closed = np.empty_like(shares)
    np.put_along_axis(closed, order, steps / np.maximum(steps[-1], 1e-9), axis=0)
    return closed


def _draw(sheet: Axes, kept: pd.DataFrame, lines: pd.DataFrame, xy: np.ndarray) -> None:
    """Draw the lines and dots of a network, and the label below each dot."""
    heights = kept["label"].map(_height)
    place = {
        word: (x, y - height / 2 + 1.4)
        for word, height, (x, y) in zip(kept["word"], heights, xy, strict=True)
    }
    strongest = lines["weight"].max()
    line = {"color": "#7A9BBF", "zorder": 1, "solid_capstyle": "round"}
    for pair in lines.iloc[::-1].itertuples():
        share = pair.weight / strongest
        (x1, y1), (x2, y2) = place[pair.source], place[pair.target]
        strength = {"linewidth": 0.3 + 2.0 * share, "alpha": 0.25 + 0.5 * share}
        sheet.plot([x1, x2], [y1, y2], **strength, **line)
    dot = {"marker": "o", "markeredgecolor": "white", "markeredgewidth": 0.5}
    for word in kept.itertuples():
        x, y = place[word.word]
        size = 3.0 + 6.0 * math.sqrt(word.n / kept["n"].max())
        mark(sheet, [x], [y], size=size, zorder=4, color=word.color, **dot)
        middle = y + 2.6 + (tall(word.label) - LINE_MM) / 2
        text = write(sheet, x, middle, word.label, ha="center", zorder=3)
        text.set_bbox({"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.2})


@canvas.chart(("word n", "word counts"))
def word_cloud(
    table: pd.DataFrame,
    style: Style,
    page: int,
    *,
    height_mm: float | None = None,
    largest: float | None = None,
    seed: int = 0,
) -> Chart | None:
    """Draw a word cloud. The area of a letter is exactly proportional to the count of its word. A
    word that does not fit is left out, not made smaller, and a note counts such words.

    If the table has ``doc, city_zh, city_en``, each document gets a page, and all pages use the
    same scale. The cloud is 80 mm high at double width and 70 mm at single width, unless
    `height_mm` is given. A word with the count `largest` gets letters of 36 pt. To compare several
    clouds, pass the same `largest` each time. By default the words of a single cloud fill about
    half of the cloud. Another `seed` puts the words at other places. The chart's table ``drawn``
    has the columns ``word, n, size_pt, placed``. ``placed`` is False for words that did not fit or
    would be smaller than 7 pt.
    """
    words, city, pages = _words_of_page(table, page)
    if words.empty:
        return None
    if pages > 1:
        largest = largest or float(table["n"].max())
    height = height_mm or (80.0 if style.double else 70.0)
    sizes = _sizes(words, style.mm * height, largest)
    places = _places(list(words["word"]), list(sizes), style.mm, height, seed)
    drawn = words.assign(size_pt=sizes, placed=[place is not None for place in places])
    left_out, most = places.count(None), int(words["n"].iloc[0])
    counts = {"words": len(words), "left_out": left_out, "most": most}
    note = " · ".join(filter(None, (city, style.say("word_cloud.note", **counts))))
    note = style.run_on(note, canvas.of_pages(style, page, pages))
    fig, sheet = canvas.sheet_with_note(style, height + 1, note)
    for i, (word, size, place) in enumerate(zip(words["word"], sizes, places, strict=True)):
        if place is not None:
            colour = (MAIN, INK, QUIET)[i % 3]
            write(sheet, *place, word, size=size, va="baseline", color=colour)
    return canvas.finish(
        fig, drawn, style, lambda each: _cloud_alt(words, city, counts, each), pages
    )


def _words_of_page(table: pd.DataFrame, page: int) -> tuple[pd.DataFrame, str, int]:
    """Return the words of the document on this page, the name of its city, and the number of pages.
    If the table has no column `doc`, return all words and an empty text as the name."""
    if "doc" not in table or table.empty:
        _, pages = canvas.paginate([""], 1, page)
        return _by_hits(table[table["n"] > 0]), "", pages
    labels = document_labels(table)
    (doc,), pages = canvas.paginate(list(labels.index), 1, page)
    words = table[(table["doc"] == doc) & (table["n"] > 0)]
    return _by_hits(words), city_names(labels[doc]), pages


def _cloud_alt(words: pd.DataFrame, city: str, counts: dict[str, int], style: Style) -> str:
    """Return the alternative text of the chart: the five commonest words with their counts."""
    first = style.commas(f"{row.word}({row.n})" for row in words.head(5).itertuples())
    name = "word_cloud.alt_city" if city else "word_cloud.alt"
    return style.say(name, city=city, first=first, **counts)


def _sizes(words: pd.DataFrame, area: float, largest: float | None) -> pd.Series:
    """Return each word's letter size in points, proportional to the square root of the count."""
    root = np.sqrt(words["n"].astype(float))
    if largest:
        return (36.0 * root / math.sqrt(largest)).round(2)
    # The area of a word is about its width times 1.15 times its letter size. The sizes are chosen
    # so that all words together cover half of the figure.
    widths = np.array([text_mm(word, 1.0) for word in words["word"]])
    filled = float((widths * 1.15 * POINT_MM * root.to_numpy() ** 2).sum())
    # With very many words, the commonest is still legible, and not all words fit.
    scale = max(math.sqrt(0.5 * area / filled), SMALLEST_PT / float(root.max()))
    return (root * min(scale, 40 / float(root.max()))).round(2)


def _places(
    words: list[str], sizes: list[float], width: float, height: float, seed: int
) -> list[tuple[float, float] | None]:
    """Find a free place for one word after another. For each word, the package `wordcloud` suggests
    15 free places at random. The word gets the place nearest to the middle of the figure.

    Return where the baseline of each word begins, in millimetres, or None if a word does not fit.
    """
    from random import Random

    from PIL import Image, ImageDraw, ImageFont
    from wordcloud.wordcloud import IntegralOccupancyMap

    dots = 3.0  # pixels per millimetre in the map of occupied places
    across, down = round(width * dots), round(height * dots)
    occupied = IntegralOccupancyMap(down, across, np.zeros((down, across), dtype=np.uint32))
    image, random = Image.new("L", (across, down)), Random(seed)
    brush, places = ImageDraw.Draw(image), [None] * len(words)
    for i, (word, size) in enumerate(zip(words, sizes, strict=True)):
        if size < SMALLEST_PT:
            continue
        font = ImageFont.truetype(str(FONT), size * POINT_MM * dots)
        left, top, right, bottom = brush.textbbox((0, 0), word, font=font, anchor="ls")
        tall, wide = math.ceil(bottom - top) + 4, math.ceil(right - left) + 4
        spots = [occupied.sample_position(tall, wide, random) for _ in range(15)]
        spot = min(
            (s for s in spots if s),
            default=None,
            key=lambda s: math.hypot(
                (s[0] + tall / 2) / down - 0.5, (s[1] + wide / 2) / across - 0.5
            ),
        )
        if spot is None:
            continue
        y, x = spot
        # The whole box around a word counts as occupied, so that no word stands between the strokes
        # of another.
        brush.rectangle((x, y, x + wide, y + tall), fill=255)
        occupied.update(np.asarray(image), 0, 0)
        places[i] = (x + 2 - left) / dots, (y + 2 - top) / dots
    return places
