"""Tables of words → the word cloud and the word network."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import city_names, document_labels

from . import canvas
from .canvas import POINT_MM, Chart, mark, text_mm, wrap, write
from .style import FONT, INK, MAIN, QUIET, SMALLEST_PT, Style, drawing

NODE_COLUMNS = CLOUD_COLUMNS = ("word", "n")
EDGE_COLUMNS = ("source", "target", "weight")
_LINE_MM = 5.2  # height of a word with its dot


def coword_network(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    most: int | None = None,
    seed: int = 0,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw which words stand in the same sentences: a dot a word (area = hits), a line a pair
    (width = association).

    Parameters
    ----------
    nodes, edges
        ``word, n`` and ``source, target, weight`` (Ochiai coefficient, 0–1).
    most
        Words drawn at most, those with most hits; default 45 (double width) or 20. The rest is in
        the table only.
    seed
        Seed of the layout.

    Returns
    -------
    Chart
        ``drawn`` has a row a line (``source, target, weight``) and the hits of both words.
    """
    import networkx

    canvas.check_columns(nodes, NODE_COLUMNS, chart="coword_network", source="the words (nodes)")
    canvas.check_columns(edges, EDGE_COLUMNS, chart="coword_network", source="the pairs of words (edges)")
    with drawing(lang, width) as style:
        kept, lines = _strongest(nodes, edges, most or (45 if style.double else 20))
        if lines.empty:
            return canvas.empty_chart(style, EDGE_COLUMNS)
        graph = networkx.Graph()
        graph.add_nodes_from(kept["word"])
        graph.add_weighted_edges_from(lines[["source", "target", "weight"]].itertuples(index=False))
        start = networkx.spring_layout(graph, weight="weight", seed=seed)
        places = networkx.kamada_kawai_layout(graph, dist=_distances(graph), pos=start)
        note = _network_note(len(kept), len(nodes), len(lines), style)
        height = (110 if style.double else 105) * min(1.0, 0.35 + len(kept) / 40)
        fig, sheet = canvas.noted_chart(style, height + 1, note)
        words = kept["word"].tolist()
        # another processor rounds the last digits otherwise: cut off, the picture is the same to
        # the byte
        xy = np.array([places[word] for word in words]).round(6)
        xy = _spread(words, xy, style.mm, height).round(3)
        _network(sheet, kept, lines, xy)
        write(sheet, 0.3, height + 1, note, va="top", color=QUIET)
        hits = kept.set_index("word")["n"]
        drawn = lines.assign(n_source=lines["source"].map(hits), n_target=lines["target"].map(hits))
        top = (lines["source"] + "–" + lines["target"]).head(3)
        return canvas.finish(
            fig,
            drawn,
            zh=f"共词网络：{len(kept)} 个词，{len(lines)} 条连线。联系最强：{'、'.join(top)}。",
            en=f"Co-word network of {len(kept)} words and {len(lines)} lines. Strongest:"
            f" {', '.join(top)}.",
        )


def _by_hits(words: pd.DataFrame) -> pd.DataFrame:
    return words.sort_values(["n", "word"], ascending=[False, True], kind="stable")


def _strongest(
    nodes: pd.DataFrame, edges: pd.DataFrame, most: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the words with most hits that have a line among them, and those lines, strongest
    first."""
    kept = _by_hits(nodes[nodes["word"].isin({*edges["source"], *edges["target"]})]).head(most)
    lines = edges[edges["source"].isin(kept["word"]) & edges["target"].isin(kept["word"])]
    # More than two lines a word make a ball of wool: the strongest are drawn, the table has all.
    lines = lines.sort_values(
        ["weight", "source", "target"], ascending=[False, True, True], kind="stable"
    ).head(2 * len(kept))
    return kept[kept["word"].isin({*lines["source"], *lines["target"]})], lines


def _distances(graph) -> dict[str, dict[str, float]]:
    """Return steps between all words; words of separate components stand one step beyond the
    longest way."""
    import networkx

    steps = dict(networkx.all_pairs_shortest_path_length(graph))
    beyond = 1.0 + max(max(row.values()) for row in steps.values())
    return {a: {b: float(steps[a].get(b, beyond)) for b in graph} for a in graph}


def _spread(words: list[str], places: np.ndarray, width: float, height: float) -> np.ndarray:
    """Stretch a layout over the figure and push words apart until no two overlap; return centres in
    millimetres."""
    half = np.array([[text_mm(word) / 2 + 0.8, _LINE_MM / 2] for word in words])
    low, high = half + 0.3, np.array([width, height]) - half - 0.3
    span = np.ptp(places, axis=0)
    shares = _closed_up((places - places.min(axis=0)) / np.where(span > 0, span, 1))
    # Half place, half rank: a far component no longer presses the rest into a corner, neighbours
    # stay neighbours.
    ranks = shares.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    xy = low + (shares + ranks / max(1, len(words) - 1)) / 2 * (high - low)
    order = np.sign(np.subtract.outer(np.arange(len(words)), np.arange(len(words))))
    for _ in range(2000):
        apart = xy[:, None] - xy[None]
        overlap = half[:, None] + half[None] - np.abs(apart)
        touching = (overlap > 0).all(axis=2) & (order != 0)
        if not touching.any():
            break
        # Push along the axis that needs the shorter way; equal places are told apart by their
        # order.
        axis = (overlap[..., 0] > overlap[..., 1]).astype(int)
        for k in (0, 1):
            sign = np.where(apart[..., k] == 0, order, np.sign(apart[..., k]))
            push = np.where(touching & (axis == k), overlap[..., k], 0) * sign * 0.3
            xy[:, k] += push.sum(axis=1)
        xy = np.clip(xy, low, high)
    return xy


def _closed_up(shares: np.ndarray, *, most: float = 0.08) -> np.ndarray:
    """Narrow empty stretches of both axes, such as the one between two components, to a part of the
    span.

    >>> _closed_up(np.array([[0.0], [0.1], [1.0]]), most=0.1).ravel().round(2).tolist()
    [0.0, 0.5, 1.0]
    """
    order = shares.argsort(axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(shares, order, axis=0), axis=0, prepend=0.0)
    steps = np.minimum(steps, most).cumsum(axis=0)
    closed = np.empty_like(shares)
    np.put_along_axis(closed, order, steps / np.maximum(steps[-1], 1e-9), axis=0)
    return closed


def _network(sheet: Axes, kept: pd.DataFrame, lines: pd.DataFrame, xy: np.ndarray) -> None:
    """Draw lines, dots and the words under them."""
    place = {word: (x, y - 1.2) for word, (x, y) in zip(kept["word"], xy, strict=True)}
    strongest = lines["weight"].max()
    line = {"color": "#7A9BBF", "zorder": 1, "solid_capstyle": "round"}
    for pair in lines.iloc[::-1].itertuples():
        share = pair.weight / strongest
        (x1, y1), (x2, y2) = place[pair.source], place[pair.target]
        strength = {"linewidth": 0.3 + 2.0 * share, "alpha": 0.25 + 0.5 * share}
        sheet.plot([x1, x2], [y1, y2], **strength, **line)
    dot = {"marker": "o", "color": MAIN, "markeredgecolor": "white", "markeredgewidth": 0.5}
    for word in kept.itertuples():
        x, y = place[word.word]
        size = 3.0 + 6.0 * math.sqrt(word.n / kept["n"].max())
        mark(sheet, [x], [y], size=size, zorder=4, **dot)
        text = write(sheet, x, y + 2.6, word.word, ha="center", zorder=3)
        text.set_bbox({"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.2})


def _network_note(drawn: int, words: int, lines: int, style: Style) -> str:
    return wrap(
        style.say(
            f"点面积为词频，线宽为同句共现强度（Ochiai 系数）；n = {drawn} 个词、{lines} 条线；另有"
            f" {words - drawn} 个词只列于数据表。",
            f"Dot area: hits; line width: co-occurrence in sentences (Ochiai); n = {drawn} words,"
            f" {lines} lines; {words - drawn} more words in the table only.",
        ),
        style.mm - 1,
    )


def word_cloud(
    table: pd.DataFrame,
    *,
    height_mm: float | None = None,
    largest: float | None = None,
    seed: int = 0,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw words in sizes that follow their counts exactly (area ∝ n), at seeded places; none is
    shrunk or dropped unseen.

    Parameters
    ----------
    table
        ``word, n``; drawn in the order (−n, word). With ``doc, city_zh, city_en`` a page a
        document, all on one scale.
    height_mm
        Height of the cloud; default 80 (double) or 70 mm.
    largest
        Count that gets letters of 36 pt: pass the same one for several clouds to compare them.
        Default: letters as large as fill half of this cloud.
    seed
        Seed of the places.
    page
        Which document, where the table has several.

    Returns
    -------
    Chart
        ``drawn`` has ``word, n, size_pt, placed``: words that found no room, or would be smaller
        than 7 pt, have ``placed`` False and are counted under the cloud.
    """
    canvas.check_columns(table, CLOUD_COLUMNS, chart="word_cloud", source="word counts")
    with drawing(lang, width) as style:
        labels = document_labels(table) if "doc" in table else pd.Series([""], index=[""])
        (doc,), pages = canvas.paginate(list(labels.index) or [""], 1, page)
        shown = table[table["doc"] == doc] if "doc" in table else table
        words = _by_hits(shown[shown["n"] > 0])
        if words.empty:
            return canvas.empty_chart(style, CLOUD_COLUMNS)
        if pages > 1:
            largest = largest or float(table["n"].max())
        name, height = city_names(labels[doc]), height_mm or (80.0 if style.double else 70.0)
        sizes = _sizes(words, style.mm * height, largest)
        places = _places(list(words["word"]), list(sizes), style.mm, height, seed)
        drawn = words.assign(size_pt=sizes, placed=[place is not None for place in places])
        left_out, most = places.count(None), int(words["n"].iloc[0])
        note = style.say(
            f"字号平方与次数成正比（最大 {most} 次）；n = {len(words)} 个词，未能放入 {left_out}"
            " 个；颜色只为区分词语；仅作示意。",
            f"Squared letter size is proportional to hits (largest: {most}); n = {len(words)}"
            f" words, {left_out} not placed; colours only set words apart; an illustration only.",
        )
        note = (f"{name} · " if name else "") + note + canvas.of_pages(style, page, pages)
        note = wrap(note, style.mm - 1)
        fig, sheet = canvas.noted_chart(style, height + 1, note)
        for i, (word, size, place) in enumerate(zip(words["word"], sizes, places, strict=True)):
            if place is not None:
                colour = (MAIN, INK, QUIET)[i % 3]
                write(sheet, *place, word, size=size, va="baseline", color=colour)
        write(sheet, 0.3, height + 1, note, va="top", color=QUIET)
        first = [f"{row.word}({row.n})" for row in words.head(5).itertuples()]
        return canvas.finish(
            fig,
            drawn,
            pages=pages,
            page=page,
            zh=f"{name}词云，共 {len(words)} 个词，未放入 {left_out} 个。"
            f"居前：{'、'.join(first)}。",
            en=f"Word cloud{' of ' if name else ''}{name}: {len(words)} words, {left_out} not"
            f" placed. First: {', '.join(first)}.",
        )


def _sizes(words: pd.DataFrame, area: float, largest: float | None) -> pd.Series:
    """Return letter sizes in points whose squares follow the counts."""
    root = np.sqrt(words["n"].astype(float))
    if largest:
        return (36.0 * root / math.sqrt(largest)).round(2)
    # A word of size s takes about its measured width times 1.15 s; half of the sheet stays white.
    widths = np.array([text_mm(word, 1.0) for word in words["word"]])
    filled = float((widths * 1.15 * POINT_MM * root.to_numpy() ** 2).sum())
    return (root * min(math.sqrt(0.5 * area / filled), 40 / float(root.max()))).round(2)


def _places(
    words: list[str], sizes: list[float], width: float, height: float, seed: int
) -> list[tuple[float, float] | None]:
    """Find room for each word in turn with wordcloud's occupancy map: of 15 free places the nearest
    to the middle.

    Returns the left ends of the baselines in millimetres, None for a word without room.
    """
    from random import Random

    from PIL import Image, ImageDraw, ImageFont
    from wordcloud.wordcloud import IntegralOccupancyMap

    dots = 3.0  # a millimetre of the map
    across, down = round(width * dots), round(height * dots)
    occupied = IntegralOccupancyMap(down, across, np.zeros((down, across), dtype=np.uint32))
    image, random = Image.new("L", (across, down)), Random(seed)
    brush, found = ImageDraw.Draw(image), [None] * len(words)
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
        # The whole box is taken, not only the ink: words never run into one another's strokes.
        brush.rectangle((x, y, x + wide, y + tall), fill=255)
        occupied.update(np.asarray(image), 0, 0)
        found[i] = (x + 2 - left) / dots, (y + 2 - top) / dots
    return found
