"""Draw two charts of what documents are about. The first chart shows how often each theme occurs in
each document. The second chart shows which words are much more frequent in a document than in the
other documents."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.codebook import FAMILIES
from helpers.labels import city_names, document_labels, label_of, short_labels
from helpers.themes import MIN_BLOCKS

from . import canvas
from .canvas import LINE_MM, Chart, aside, fit, mark, tall, text_mm, wrap, write
from .style import FAINT, INK, QUIET, Style

FAMILY_HEADS = {name: f"theme_rates.{name}" for name in FAMILIES}
# Heights in mm of a row, of the document's name above a panel, and of the axis below a panel.
_ROW, _HEAD, _FOOT = 3.7, 2 * LINE_MM + 1.5, 9.5
_EDGE = {"markeredgecolor": INK, "markeredgewidth": 0.4}  # the outline of a dot


@canvas.chart(
    ("doc city_zh city_en theme family n per_1000_chars low high", "count_themes"), rows="theme"
)
def theme_rates(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart:
    """Draw how often each theme occurs per 1,000 characters, with one panel per document. Each rate
    has a stability interval and the number of hits. The interval shows how much the rate depends on
    single sentences.

    The table is the result of `count_themes`; its columns ``zh`` and ``en`` name the themes. The
    families of themes, process, frame and service, are drawn as separate groups. In each group, the
    theme with the highest mean rate comes first. A grey tick shows the mean rate of a theme over
    all documents. The rates of a very short document have no interval.
    """
    labels = document_labels(table)
    ordered = _ordered_themes(table) if rows is None else canvas.in_order(table, theme=rows)
    places = _rows(ordered, style)
    lines_a_page = max(1, int(230 // (_HEAD + places.end + _FOOT)))
    documents, pages = canvas.paginate(
        list(labels.index), lines_a_page * (5 if style.double else 2), page
    )
    drawn = ordered[ordered["doc"].isin(documents)]
    note = style.run_on(
        style.say("theme_rates.note", n=len(labels)),
        _without_interval(table, style),
        canvas.of_pages(style, page, pages),
    )
    means = table.groupby("theme")["per_1000_chars"].mean()
    fig = _rate_panels(drawn, places, labels[documents], style, note=note, means=means)
    return canvas.finish(fig, drawn, style, lambda each: _theme_alt(drawn, labels, each), pages)


def _without_interval(table: pd.DataFrame, style: Style) -> str:
    """Return a note on how many documents lack intervals and why. The note is empty if none
    does."""
    known = table[["low", "high"]].notna().all(axis=1).groupby(table["doc"]).any()
    n = int((~known).sum())
    if not n:
        return ""
    name = "theme_rates.no_interval_one" if n == 1 else "theme_rates.no_interval"
    return style.say(name, n=n, least=MIN_BLOCKS)


def _ordered_themes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table sorted by family of themes, in the order of the table. Within a family, the
    theme with the highest mean rate comes first. Documents keep their order."""
    # A joined table may repeat index labels, and `loc` would return the rows of such a label twice.
    table = table.reset_index(drop=True)
    mean = table.groupby("theme")["per_1000_chars"].transform("mean")
    family = pd.Categorical(table["family"], table["family"].unique())
    keys = table[["theme"]].assign(family=family, mean=-mean)
    return table.loc[keys.sort_values(["family", "mean", "theme"], kind="stable").index]


def family_head(family: str, style: Style) -> str:
    """Return the name of a family of themes, or its id if the family has no name."""
    return style.say(FAMILY_HEADS[family]) if family in FAMILY_HEADS else family


class _Rows(NamedTuple):
    """How far below the top of a panel each theme and each heading stands, in millimetres."""

    at: dict[str, float]
    words: list[tuple[float, str, str]]  # position, text and colour of each heading or theme
    end: float


def _rows(ordered: pd.DataFrame, style: Style) -> _Rows:
    """Return how far below the top of a panel each theme stands. A heading begins each family."""
    y, at, words = 0.0, {}, []
    for family, group in ordered.groupby("family", sort=False):
        words.append((y + 2.1, family_head(family, style), QUIET))
        y += 4.6
        for row in group.drop_duplicates("theme").itertuples():
            name = wrap(label_of(row, style.lang, style.codebook), 55 if style.double else 29)
            height = max(_ROW, tall(name) + 0.2)
            at[row.theme] = y + height / 2
            words.append((at[row.theme], name, INK))
            y += height
    return _Rows(at, words, y)


def _rate_panels(
    drawn: pd.DataFrame,
    rows: _Rows,
    labels: pd.Series,
    style: Style,
    *,
    note: str,
    means: pd.Series,
) -> Chart:
    """Draw one panel per document, several panels side by side in a line. The names of the themes
    are written once per line, at the left."""
    names_mm = max(text_mm(text) for _, text, _ in rows.words) + 2
    across = min(len(labels), 5 if style.double else 2)
    panel_mm = (style.mm - names_mm - 3 * (across - 1) - 1) / across
    line_mm = _HEAD + rows.end + _FOOT
    bottom = math.ceil(len(labels) / across) * line_mm
    fig, sheet = canvas.sheet_with_note(style, bottom, note)
    highest = float(drawn[["per_1000_chars", "high"]].max().max())
    # The axis is longer than the data, to leave space for the counts at the right.
    limit = max(highest, 0.5) * 1.32 if np.isfinite(highest) else 1.0
    for i, (doc, label) in enumerate(labels.items()):
        line, column = divmod(i, across)
        left, top = names_mm + column * (panel_mm + 3), line * line_mm + _HEAD
        if column == 0:
            for y, text, colour in rows.words:
                write(sheet, 0.3, top + y, text, color=colour)
        # The last line of a document's name stands just above its panel.
        for up, words in enumerate(reversed(label.split("\n"))):
            write(sheet, left, top - 1 - up * LINE_MM, fit(words, panel_mm + 1), va="bottom")
        limits = {"xlim": (0, limit), "ylim": (rows.end, 0), "yticks": []}
        ax = canvas.panel(fig, (left, top, panel_mm, rows.end), **limits)
        canvas.value_axis(ax, style, ticks=3)
        ax.spines["left"].set_color(FAINT)
        _rates(ax, drawn[drawn["doc"] == doc], rows.at, means, style)
        if column == 0:
            write(sheet, left, top + rows.end + 5.8, style.say("theme_rates.axis"))
    return fig


def _rates(
    ax: Axes, cells: pd.DataFrame, rows: dict[str, float], means: pd.Series, style: Style
) -> None:
    """Draw the rates of a document's themes as dots, with their intervals and counts."""
    colour, marker = style.city_look(*cells[["city_zh", "city_en"]].iloc[0])
    right = ax.get_xlim()[1]
    at = np.array([rows[theme] for theme in cells["theme"]])
    ax.hlines(at, 0, right, color=FAINT, linewidth=0.4, zorder=0)
    mean = means[cells["theme"]]
    ax.vlines(mean, at - 1.2, at + 1.2, color="#9A9A9A", linewidth=1.0, zorder=1)
    look = {"marker": marker, "color": colour, "zorder": 3, **_EDGE}
    for y, cell in zip(at, cells.itertuples(), strict=True):
        if pd.notna(cell.low) and pd.notna(cell.high):
            ax.plot([cell.low, cell.high], [y, y], color=colour, linewidth=1.1, zorder=2)
        mark(ax, [cell.per_1000_chars], [y], size=4.2, **look)
        aside(ax, right, y, f"{cell.n}", ha="right")


def _theme_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Return the alternative text of the chart: the most frequent theme of each document."""
    ranked = drawn.sort_values(["per_1000_chars", "theme"], ascending=[False, True])
    cities = [
        style.say(
            "theme_rates.alt_city",
            city=city_names(labels[row.doc]),
            theme=label_of(row, style.lang, style.codebook),
            rate=f"{row.per_1000_chars:.1f}",
            hits=row.n,
        )
        for row in ranked.drop_duplicates("doc").sort_values("doc").itertuples()
    ]
    return style.say("theme_rates.alt", cities=style.semicolons(cities))


@canvas.chart(
    ("feature n_target n_reference docfreq log_ratio log_ratio_low log_ratio_high", "keyness")
)
def keyness_lollipop(
    table: pd.DataFrame, style: Style, page: int, *, top: int = 12
) -> Chart | None:
    """Draw the words that a document uses much more often than the other documents do. Each word
    has a dot at its log ratio, a line for the interval of the log ratio, and two counts. The counts
    ``9:2`` mean that the word occurs 9 times in this document and 2 times in all others.

    The table is the result of `keyness`, or several such results one below another, with ``doc,
    city_zh, city_en`` as first columns. Each document has a panel with up to `top` words. The word
    with the largest log ratio comes first. A log ratio of 1 means that a word is twice as frequent
    in this document as in the others, and 2 means that the word is four times as frequent.
    """
    named = table if "doc" in table else table.assign(doc="", city_zh="", city_en="")
    ranked = named[named["log_ratio"] > 0].sort_values(
        ["log_ratio", "n_target", "feature"], ascending=[False, False, True], kind="stable"
    )
    labels = document_labels(named)
    documents, pages = canvas.paginate(list(labels.index), 9 if style.double else 3, page)
    drawn = pd.concat([ranked[ranked["doc"] == doc].head(top) for doc in documents])
    if drawn.empty:
        return None
    briefings = style.say("keyness.note_documents", n=len(labels)) if "doc" in table else ""
    note = style.run_on(style.say("keyness.note"), briefings, canvas.of_pages(style, page, pages))
    heads = labels.map(city_names)
    heads = heads.where(heads.map(text_mm) < 34, short_labels(named, style.lang))
    fig = _keyness_panels(drawn, heads[documents], style, note)
    return canvas.finish(fig, drawn, style, lambda each: _keyness_alt(drawn, labels, each), pages)


def _keyness_panels(drawn: pd.DataFrame, labels: pd.Series, style: Style, note: str) -> Chart:
    """Draw one panel per document, with the words at the left and the counts at the right."""
    across = min(len(labels), 3 if style.double else 1)
    share = (style.mm - 5 * (across - 1)) / across
    counts = drawn["n_target"].astype(str) + ":" + drawn["n_reference"].astype(str)
    words_mm, counts_mm = (max(map(text_mm, texts)) + 1.5 for texts in (drawn["feature"], counts))
    head = LINE_MM + 2
    line_mm = head + drawn.groupby("doc").size().max() * _ROW + 1 + _FOOT
    bottom = math.ceil(len(labels) / across) * line_mm
    fig, sheet = canvas.sheet_with_note(style, bottom, note)
    # If no other document has a word, the interval of its log ratio is very long. The axis stops
    # before the end of such an interval, and an arrow shows that the interval continues.
    largest = drawn["log_ratio"].max()
    low = max(min(0.0, drawn["log_ratio_low"].min()), -3.0)
    high = max(min(largest * 1.25 + 0.5, drawn["log_ratio_high"].max()), largest)
    for i, (doc, label) in enumerate(labels.items()):
        words = drawn[drawn["doc"] == doc]
        line, column = divmod(i, across)
        left, top = column * (share + 5), line * line_mm + head
        axis_left, axis_mm = left + words_mm, len(words) * _ROW + 1
        write(sheet, axis_left, top - 1, fit(label, share - words_mm + 2), va="bottom")
        limits = {"xlim": (low - 0.2, high + 0.2), "ylim": (axis_mm, 0), "yticks": []}
        panel_mm = share - words_mm - counts_mm
        ax = canvas.panel(fig, (axis_left, top, panel_mm, axis_mm), **limits)
        canvas.value_axis(ax, style, ticks=4)
        ax.spines["left"].set_visible(False)
        ax.plot([0, 0], [0, axis_mm], color=QUIET, linewidth=0.6)
        _lollipops(ax, sheet, words, left, share, top, style)
        write(sheet, axis_left, top + axis_mm + 6, style.say("keyness.axis"))
    return fig


def _lollipops(
    ax: Axes, sheet: Axes, words: pd.DataFrame, left: float, share: float, top: float, style: Style
) -> None:
    """Draw the words of a document, with their log ratios, intervals and counts."""
    if words.empty:
        return
    colour, marker = style.city_look(*words[["city_zh", "city_en"]].iloc[0])
    stick = {"color": colour, "linewidth": 1.6, "alpha": 0.45, "solid_capstyle": "butt"}
    low, high = ax.get_xlim()
    for i, word in enumerate(words.itertuples()):
        y = (i + 0.5) * _ROW + 0.5
        ax.plot([0, word.log_ratio], [y, y], **stick)
        if pd.notna(word.log_ratio_low):
            ends = [max(low, word.log_ratio_low), min(high, word.log_ratio_high)]
            ax.plot(ends, [y, y], color=colour, linewidth=0.7)
            if word.log_ratio_high > high:
                mark(ax, [high], [y], size=3, marker=">", color=colour)
        mark(ax, [word.log_ratio], [y], size=4.4, marker=marker, color=colour, **_EDGE)
        counts = f"{word.n_target}:{word.n_reference}"
        write(sheet, left + 0.3, top + y, word.feature)
        aside(sheet, left + share - 0.3, top + y, counts, ha="right")


def _keyness_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Return the alternative text of the chart: three typical words of each document."""
    cities = [
        city_names(labels[doc]) + style.choose("：", ": ") + style.commas(words["feature"].head(3))
        for doc, words in drawn.groupby("doc", sort=False)
    ]
    return style.say("keyness.alt", cities=style.semicolons(cities))
