"""Tables of themes → the chart of theme rates and the chart of keyness."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import city_names, document_labels, label_of, short_labels
from helpers.themes import MIN_BLOCKS

from . import canvas
from .canvas import LINE_MM, Chart, fit, mark, text_mm, wrap, write
from .style import FAINT, INK, QUIET, Style, city_look, drawing

THEME_COLUMNS = "doc city_zh city_en theme family n per_1000_chars low high".split()
KEYNESS_COLUMNS = """
feature n_target n_reference docfreq log_ratio log_ratio_low log_ratio_high
""".split()
FAMILIES = {
    "process": ("如何监督", "How they supervise"),
    "service": ("服务内容", "What the services are"),
}
# millimetres: a row, the head of a panel with the name of its document, its axis below
_ROW, _HEAD, _FOOT = 3.7, 2 * LINE_MM + 1.5, 9.5
_EDGE = {"markeredgecolor": INK, "markeredgewidth": 0.4}  # of a dot


def theme_rates(
    table: pd.DataFrame, *, page: int = 1, lang: str | None = None, width: str | None = None
) -> Chart:
    """Draw hits per 1,000 characters of each theme, a panel a document, with stability intervals
    and counts.

    Parameters
    ----------
    table
        The result of `count_themes`; ``zh``/``en`` columns name themes of one's own codebook.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        The two families apart, within a family the theme with the highest mean rate first; the grey
        tick is that mean over all documents. An interval that was not computed is not drawn.
    """
    canvas.check_columns(table, THEME_COLUMNS, chart="theme_rates", source="count_themes")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.empty_chart(style, THEME_COLUMNS)
        labels, ordered = document_labels(table), _ordered_themes(table)
        rows = _rows(ordered, style)
        lines_a_page = max(1, int(230 // (_HEAD + rows.end + _FOOT)))
        documents, pages = canvas.paginate(
            list(labels.index), lines_a_page * (5 if style.double else 2), page
        )
        drawn = ordered[ordered["doc"].isin(documents)]
        note = style.say(
            "点为每千字次数，右侧为次数；横线为按句段重抽样的 95% 稳定区间；"
            f"灰色短线为全部简报均值（n = {len(labels)}）。",
            "Dots: hits per 1,000 characters, counts at the right; lines: 95% stability interval"
            f" over sentence blocks; grey ticks: mean of all briefings (n = {len(labels)}).",
        )
        note += _without_interval(table, style) + canvas.of_pages(style, page, pages)
        means = table.groupby("theme")["per_1000_chars"].mean()
        fig = _rate_panels(drawn, rows, labels[documents], style, note=note, means=means)
        return canvas.finish(fig, drawn, **_theme_alt(drawn, labels), pages=pages, page=page)


def _without_interval(table: pd.DataFrame, style: Style) -> str:
    """Say how many documents have no interval, and why."""
    known = table[["low", "high"]].notna().all(axis=1).groupby(table["doc"]).any()
    n = int((~known).sum())
    if not n:
        return ""
    return style.say(
        f"{n} 份没有横线：连标题不足 {MIN_BLOCKS} 句，不计算区间。",
        f" {n} {'has' if n == 1 else 'have'} no line: with fewer than {MIN_BLOCKS} sentences and"
        " headings no interval is computed.",
    )


def _ordered_themes(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by family, then by the mean rate of the theme (high first), then by theme; documents
    keep their order."""
    table = table.reset_index(drop=True)  # stacked tables repeat their index
    mean = table.groupby("theme")["per_1000_chars"].transform("mean")
    keys = table[["family", "theme"]].assign(mean=-mean)
    return table.loc[keys.sort_values(["family", "mean", "theme"], kind="stable").index]


class _Rows(NamedTuple):
    """Where the themes stand in a panel, in millimetres from its top."""

    at: dict[str, float]
    words: list[tuple[float, str, str]]  # place, text and colour of heads and names at the left
    end: float


def _rows(ordered: pd.DataFrame, style: Style) -> _Rows:
    """Give every theme its row, families apart."""
    y, at, words = 0.0, {}, []
    for family, group in ordered.groupby("family", sort=False):
        words.append((y + 2.1, style.say(*FAMILIES.get(family, (family, family))), QUIET))
        y += 4.6
        for row in group.drop_duplicates("theme").itertuples():
            name = wrap(label_of(row, style.lang), 55 if style.double else 29)
            height = max(_ROW, LINE_MM * (name.count("\n") + 1) + 0.2)
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
    """Lay out one panel a document in as many lines as needed, theme names at the left of each
    line."""
    names_mm = max(text_mm(text) for _, text, _ in rows.words) + 2
    across = min(len(labels), 5 if style.double else 2)
    panel_mm = (style.mm - names_mm - 3 * (across - 1) - 1) / across
    line_mm = _HEAD + rows.end + _FOOT
    bottom = math.ceil(len(labels) / across) * line_mm
    note = wrap(note, style.mm - 1)
    fig, sheet = canvas.noted_chart(style, bottom, note)
    highest = float(drawn[["per_1000_chars", "high"]].max().max())
    # with room at the right for the counts
    limit = max(highest, 0.5) * 1.32 if np.isfinite(highest) else 1.0
    for i, (doc, label) in enumerate(labels.items()):
        line, column = divmod(i, across)
        left, top = names_mm + column * (panel_mm + 3), line * line_mm + _HEAD
        if column == 0:
            for y, text, colour in rows.words:
                write(sheet, 0.3, top + y, text, color=colour)
        # the heads of all panels stand on common baselines
        for up, words in enumerate(reversed(label.split("\n"))):
            write(sheet, left, top - 1 - up * LINE_MM, fit(words, panel_mm + 1), va="bottom")
        ax = _panel(fig, style, left, top, panel_mm, rows.end, xlim=(0, limit), ticks=3)
        ax.spines["left"].set_color(FAINT)
        _rates(ax, drawn[drawn["doc"] == doc], rows.at, means)
        if column == 0:
            what = style.say("每千字次数（次）", "hits per 1,000 characters")
            write(sheet, left, top + rows.end + 5.8, what)
    write(sheet, 0.3, bottom, note, va="top", color=QUIET)
    return fig


def _panel(
    fig: Chart,
    style: Style,
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    xlim: tuple[float, float],
    ticks: int,
) -> Axes:
    """Return axes with ticks below, whose vertical unit is the millimetre."""
    ax = canvas.panel(fig, left, top, width, height, xlim=xlim, ylim=(height, 0), yticks=[])
    canvas.value_axis(ax, style, ticks=ticks)
    return ax


def _rates(ax: Axes, cells: pd.DataFrame, rows: dict[str, float], means: pd.Series) -> None:
    """Draw a document's dots, intervals and counts."""
    colour, marker = city_look(cells["city_zh"].iloc[0])
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
        write(ax, right, y, f"{cell.n}", ha="right", color=QUIET)


def _theme_alt(drawn: pd.DataFrame, labels: pd.Series) -> dict[str, str]:
    """Name, for each document, the theme with the highest rate."""
    ranked = drawn.sort_values(["per_1000_chars", "theme"], ascending=[False, True])
    zh, en = [], []
    for row in ranked.drop_duplicates("doc").sort_values("doc").itertuples():
        city, rate = city_names(labels[row.doc]), f"{row.per_1000_chars:.1f}"
        zh.append(f"{city} {label_of(row, 'zh')} {rate}（{row.n} 次）")
        en.append(f"{city}: {label_of(row, 'en')} {rate} ({row.n} hits)")
    return {
        "zh": f"各简报主题每千字次数的点图。最高者：{'；'.join(zh)}。",
        "en": f"Dot chart of theme rates per 1,000 characters. Highest: {'; '.join(en)}.",
    }


def keyness_lollipop(
    table: pd.DataFrame,
    *,
    top: int = 12,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw the words that a document over-uses most against the others: log ratio with its interval
    and both counts.

    Parameters
    ----------
    table
        Results of `keyness`; for several documents stacked, with ``doc, city_zh, city_en`` in
        front.
    top
        Words a document, the largest log ratio first.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        A panel a document; the axis counts doublings (1 = twice as frequent); at the right ``n in
        it : n elsewhere``.
    """
    canvas.check_columns(table, KEYNESS_COLUMNS, chart="keyness_lollipop", source="keyness")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.empty_chart(style, KEYNESS_COLUMNS)
        whole = table if "doc" in table else table.assign(doc="", city_zh="", city_en="")
        ranked = whole[whole["log_ratio"] > 0].sort_values(
            ["log_ratio", "n_target", "feature"], ascending=[False, False, True], kind="stable"
        )
        labels = document_labels(whole)
        documents, pages = canvas.paginate(list(labels.index), 9 if style.double else 3, page)
        drawn = pd.concat([ranked[ranked["doc"] == doc].head(top) for doc in documents])
        if drawn.empty:
            return canvas.empty_chart(style, KEYNESS_COLUMNS)
        note = style.say(
            "横轴为对数比（以 2 为底）：1 即两倍于其他简报；横线为 95%"
            " 区间（箭头：延伸出图外）；右侧为本简报次数：其他简报次数。排序用，不作显著性检验。",
            "Axis: log ratio to base 2 (1 = twice as frequent as in the other briefings) with 95%"
            " interval (arrow: it goes on); at the right: hits here : hits elsewhere. A ranking,"
            " not a test.",
        )
        if "doc" in table:
            note += style.say(
                f"n = {len(labels)} 份有特色词的简报。",
                f" n = {len(labels)} briefing{'s' * (len(labels) > 1)} with such words.",
            )
        note += canvas.of_pages(style, page, pages)
        heads = labels.map(city_names)
        heads = heads.where(heads.map(text_mm) < 34, short_labels(whole, style.lang))
        fig = _keyness_panels(drawn, heads[documents], style, note)
        return canvas.finish(fig, drawn, **_keyness_alt(drawn, labels), pages=pages, page=page)


def _keyness_panels(drawn: pd.DataFrame, labels: pd.Series, style: Style, note: str) -> Chart:
    """Lay out a panel a document: its words at the left, counts at the right."""
    across = min(len(labels), 3 if style.double else 1)
    share = (style.mm - 5 * (across - 1)) / across
    counts = drawn["n_target"].astype(str) + ":" + drawn["n_reference"].astype(str)
    words_mm, counts_mm = (max(map(text_mm, texts)) + 1.5 for texts in (drawn["feature"], counts))
    head = LINE_MM + 2
    line_mm = head + drawn.groupby("doc").size().max() * _ROW + 1 + _FOOT
    bottom = math.ceil(len(labels) / across) * line_mm
    note = wrap(note, style.mm - 1)
    fig, sheet = canvas.noted_chart(style, bottom, note)
    # Where a word is absent elsewhere the interval has hardly an upper end: the axis stops, an
    # arrow says so.
    largest = drawn["log_ratio"].max()
    low = max(min(0.0, drawn["log_ratio_low"].min()), -3.0)
    high = max(min(largest * 1.25 + 0.5, drawn["log_ratio_high"].max()), largest)
    for i, (doc, label) in enumerate(labels.items()):
        words = drawn[drawn["doc"] == doc]
        line, column = divmod(i, across)
        left, top = column * (share + 5), line * line_mm + head
        axis_left, axis_mm = left + words_mm, len(words) * _ROW + 1
        write(sheet, axis_left, top - 1, fit(label, share - words_mm + 2), va="bottom")
        ax = _panel(
            fig,
            style,
            axis_left,
            top,
            share - words_mm - counts_mm,
            axis_mm,
            xlim=(low - 0.2, high + 0.2),
            ticks=4,
        )
        ax.spines["left"].set_visible(False)
        ax.plot([0, 0], [0, axis_mm], color=QUIET, linewidth=0.6)
        _lollipops(ax, sheet, words, left, share, top)
        what = style.say("对数比 log2", "log ratio (log2)")
        write(sheet, axis_left, top + axis_mm + 6, what)
    write(sheet, 0.3, bottom, note, va="top", color=QUIET)
    return fig


def _lollipops(
    ax: Axes, sheet: Axes, words: pd.DataFrame, left: float, share: float, top: float
) -> None:
    """Draw a document's words, their log ratios with intervals, and the counts."""
    colour, marker = city_look(words["city_zh"].iloc[0]) if len(words) else (INK, "o")
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
        write(sheet, left + share - 0.3, top + y, counts, ha="right", color=QUIET)


def _keyness_alt(drawn: pd.DataFrame, labels: pd.Series) -> dict[str, str]:
    """Name, for each document, the three words it over-uses most."""
    zh, en = [], []
    for doc, words in drawn.groupby("doc", sort=False):
        city, first = city_names(labels[doc]), words["feature"].head(3)
        zh.append(f"{city}：{'、'.join(first)}")
        en.append(f"{city}: {', '.join(first)}")
    return {
        "zh": f"关键词棒棒糖图（对数比）。{'；'.join(zh)}。",
        "en": f"Lollipop chart of keyness (log ratio). {'; '.join(en)}.",
    }
