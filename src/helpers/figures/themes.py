"""Tables of themes → the chart of theme rates and the chart of keyness."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import city_names, document_labels, label_of, short_labels
from helpers.themes import MIN_BLOCKS

from . import canvas
from .canvas import LINE_MM, Chart, fit, mark, text_mm, wrap, write
from .style import FAINT, INK, QUIET, Style, city_look, drawing

THEME_COLUMNS = (
    "doc",
    "city_zh",
    "city_en",
    "theme",
    "family",
    "n",
    "per_1000_chars",
    "low",
    "high",
)
KEYNESS_COLUMNS = (
    "feature",
    "n_target",
    "n_reference",
    "docfreq",
    "log_ratio",
    "log_ratio_low",
    "log_ratio_high",
)
FAMILIES = {
    "process": ("如何监督", "How they supervise"),
    "service": ("服务内容", "What the services are"),
}
_ROW = 3.7
_HEAD, _FOOT = 2 * LINE_MM + 1.5, 9.5


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
    canvas.require(table, THEME_COLUMNS, chart="theme_rates", source="count_themes")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, THEME_COLUMNS)
        labels = document_labels(table)
        ordered = _ordered_themes(table)
        names = {
            row.theme: wrap(label_of(row, style.lang), 55 if style.double else 29)
            for row in ordered.drop_duplicates("theme").itertuples()
        }
        rows = _rows(ordered, names)
        lines_a_page = max(1, int(230 // (_HEAD + rows["#end"] + _FOOT)))
        documents, pages = canvas.paginate(
            list(labels.index), lines_a_page * (5 if style.double else 2), page
        )
        drawn = ordered[ordered["doc"].isin(documents)]
        note = (
            style.say(
                "点为每千字次数，右侧为次数；横线为按句段重抽样的 95% 稳定区间；灰色短线为全部简报均值",
                "Dots: hits per 1,000 characters, counts at the right; lines: 95% stability"
                " interval over sentence blocks; grey ticks: mean of all briefings",
            )
            + style.say(f"（n = {len(labels)}）。", f" (n = {len(labels)}).")
            + _without(table, style)
            + canvas.of_pages(style, page, pages)
        )
        fig = _panels(
            drawn,
            names,
            rows,
            labels[documents],
            style,
            note=note,
            means=table.groupby("theme")["per_1000_chars"].mean(),
        )
        return canvas.finish(
            fig,
            drawn,
            zh=_theme_alt(drawn, labels, "zh"),
            en=_theme_alt(drawn, labels, "en"),
            pages=pages,
            page=page,
        )


def _without(table: pd.DataFrame, style: Style) -> str:
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
    mean = table.groupby("theme")["per_1000_chars"].mean()
    keys = pd.DataFrame(
        {"family": table["family"], "mean": -table["theme"].map(mean), "theme": table["theme"]}
    )
    return table.loc[keys.sort_values(["family", "mean", "theme"], kind="stable").index]


def _rows(drawn: pd.DataFrame, names: dict[str, str]) -> dict[str, float]:
    """Give every theme, and every family head, its height on the panel in millimetres from the
    top."""
    y, rows = 0.0, {}
    for family, group in drawn.groupby("family", sort=False):
        rows[f"#{family}"] = y + 2.1
        y += 4.6
        for theme in group["theme"].unique():
            height = max(_ROW, LINE_MM * (names[theme].count("\n") + 1) + 0.2)
            rows[theme] = y + height / 2
            y += height
    return rows | {"#end": y}


def _panels(
    drawn: pd.DataFrame,
    names: dict[str, str],
    rows: dict[str, float],
    labels: pd.Series,
    style: Style,
    *,
    note: str,
    means: pd.Series,
) -> Chart:
    """Lay out one panel a document in as many lines as needed, theme names at the left of each
    line."""
    names_mm = (
        max(
            text_mm(x)
            for x in [
                *names.values(),
                *(style.say(*FAMILIES.get(f, (f, f))) for f in drawn["family"].unique()),
            ]
        )
        + 2
    )
    across = min(len(labels), 5 if style.double else 2)
    panel_mm = (style.mm - names_mm - 3 * (across - 1) - 1) / across
    lines = math.ceil(len(labels) / across)
    head, line_mm = _HEAD, _HEAD + rows["#end"] + _FOOT
    footer = wrap(note, style.mm - 1)
    fig = canvas.new_chart(style, lines * line_mm + LINE_MM * (footer.count("\n") + 1) + 1)
    sheet = canvas.sheet(fig)
    limit = _upper(drawn[["per_1000_chars", "high"]].max().max())
    for i, (doc, label) in enumerate(labels.items()):
        left, top = names_mm + (i % across) * (panel_mm + 3), (i // across) * line_mm
        if i % across == 0:
            _theme_names(sheet, names, rows, top + head, style)
        # the heads of all panels stand on common baselines
        for up, line in enumerate(reversed(label.split("\n"))):
            write(sheet, left, top + head - 1 - up * LINE_MM, fit(line, panel_mm + 1), va="bottom")
        ax = canvas.panel(
            fig,
            left,
            top + head,
            panel_mm,
            rows["#end"],
            xlim=(0, limit),
            ylim=(rows["#end"], 0),
            yticks=[],
        )
        ax.spines["left"].set_color(FAINT)
        canvas.value_axis(ax, style, ticks=3)
        _rates(ax, drawn[drawn["doc"] == doc], rows, means)
        if i % across == 0:
            write(
                sheet,
                left,
                top + line_mm - _FOOT + 5.8,
                style.say("每千字次数（次）", "hits per 1,000 characters"),
            )
    write(sheet, 0.3, lines * line_mm, footer, va="top", color=QUIET)
    return fig


def _theme_names(
    sheet: Axes, names: dict[str, str], rows: dict[str, float], top: float, style: Style
) -> None:
    for key, y in rows.items():
        if key.startswith("#"):
            family = key[1:]
            if family != "end":
                write(
                    sheet,
                    0.3,
                    top + y,
                    style.say(*FAMILIES.get(family, (family, family))),
                    color=QUIET,
                )
        else:
            write(sheet, 0.3, top + y, names[key])


def _upper(highest: float) -> float:
    """Return the end of the axis, with room at the right for the counts."""
    return max(float(highest), 0.5) * 1.32 if np.isfinite(highest) else 1.0


def _rates(ax: Axes, cells: pd.DataFrame, rows: dict[str, float], means: pd.Series) -> None:
    """Draw a document's dots, intervals and counts."""
    colour, marker = city_look(cells["city_zh"].iloc[0])
    right = ax.get_xlim()[1]
    at = [rows[theme] for theme in cells["theme"]]
    ax.hlines(at, 0, right, color=FAINT, linewidth=0.4, zorder=0)
    ax.vlines(
        means[cells["theme"]],
        np.array(at) - 1.2,
        np.array(at) + 1.2,
        color="#9A9A9A",
        linewidth=1.0,
        zorder=1,
    )
    for cell in cells.itertuples():
        y = rows[cell.theme]
        if pd.notna(cell.low) and pd.notna(cell.high):
            ax.plot([cell.low, cell.high], [y, y], color=colour, linewidth=1.1, zorder=2)
        mark(
            ax,
            [cell.per_1000_chars],
            [y],
            size=4.2,
            marker=marker,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.4,
            zorder=3,
        )
        write(ax, right, y, f"{cell.n}", ha="right", color=QUIET)


def _theme_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    """Name, for each document, the theme with the highest rate."""
    top = (
        drawn.sort_values(["per_1000_chars", "theme"], ascending=[False, True])
        .drop_duplicates("doc")
        .sort_values("doc")
    )
    parts = [
        (city_names(labels[row.doc]), label_of(row, lang), row.per_1000_chars, row.n)
        for row in top.itertuples()
    ]
    if lang == "zh":
        return (
            "各简报主题每千字次数的点图。最高者："
            + "；".join(f"{c} {t} {r:.1f}（{n} 次）" for c, t, r, n in parts)
            + "。"
        )
    return (
        "Dot chart of theme rates per 1,000 characters. Highest: "
        + "; ".join(f"{c}: {t} {r:.1f} ({n} hits)" for c, t, r, n in parts)
        + "."
    )


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
    canvas.require(table, KEYNESS_COLUMNS, chart="keyness_lollipop", source="keyness")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, KEYNESS_COLUMNS)
        whole = table if "doc" in table else table.assign(doc="", city_zh="", city_en="")
        ranked = whole.sort_values(
            ["log_ratio", "n_target", "feature"], ascending=[False, False, True], kind="stable"
        )
        labels = document_labels(whole)
        documents, pages = canvas.paginate(list(labels.index), 9 if style.double else 3, page)
        drawn = pd.concat(
            [
                ranked[(ranked["doc"] == doc) & (ranked["log_ratio"] > 0)].head(top)
                for doc in documents
            ]
        )
        if drawn.empty:
            return canvas.nothing(style, KEYNESS_COLUMNS)
        part = (
            style.say(
                f"n = {len(labels)} 份有特色词的简报。",
                f" n = {len(labels)} briefing{'s' * (len(labels) > 1)} with such words.",
            )
            if "doc" in table
            else ""
        )
        heads = labels.map(city_names).where(
            lambda names: names.map(text_mm) < 34, short_labels(whole, style.lang)
        )
        fig = _keyness_panels(
            drawn, heads[documents], style, part + canvas.of_pages(style, page, pages)
        )
        return canvas.finish(
            fig,
            drawn,
            zh=_keyness_alt(drawn, labels, "zh"),
            en=_keyness_alt(drawn, labels, "en"),
            pages=pages,
            page=page,
        )


def _keyness_panels(drawn: pd.DataFrame, labels: pd.Series, style: Style, part: str) -> Chart:
    """Lay out a panel a document: its words at the left, counts at the right."""
    across = min(len(labels), 3 if style.double else 1)
    share = (style.mm - 5 * (across - 1)) / across
    words_mm = max(map(text_mm, drawn["feature"])) + 1.5
    deepest = drawn.groupby("doc").size().max()
    head, foot = LINE_MM + 2, 9.5
    line_mm = head + deepest * _ROW + 1 + foot
    note = wrap(
        style.say(
            "横轴为对数比（以 2 为底）：1 即两倍于其他简报；横线为 95%"
            " 区间（箭头：延伸出图外）；右侧为本简报次数：其他简报次数。排序用，不作显著性检验。",
            "Axis: log ratio to base 2 (1 = twice as frequent as in the other briefings) with 95%"
            " interval (arrow: it goes on); at the right: hits here : hits elsewhere. A ranking,"
            " not a test.",
        )
        + part,
        style.mm - 1,
    )
    lines = math.ceil(len(labels) / across)
    fig = canvas.new_chart(style, lines * line_mm + LINE_MM * (note.count("\n") + 1) + 1)
    sheet = canvas.sheet(fig)
    # Where a word is absent elsewhere the interval has hardly an upper end: the axis stops, an
    # arrow says so.
    low, high = (
        max(min(0.0, drawn["log_ratio_low"].min()), -3.0),
        min(drawn["log_ratio"].max() * 1.25 + 0.5, drawn["log_ratio_high"].max()),
    )
    counts_mm = (
        max(
            text_mm(f"{a}:{b}")
            for a, b in zip(drawn["n_target"], drawn["n_reference"], strict=True)
        )
        + 1.5
    )
    for i, (doc, label) in enumerate(labels.items()):
        words = drawn[drawn["doc"] == doc]
        left, top = (i % across) * (share + 5), (i // across) * line_mm
        write(sheet, left + words_mm, top + head - 1, fit(label, share - words_mm + 2), va="bottom")
        ax = canvas.panel(
            fig,
            left + words_mm,
            top + head,
            share - words_mm - counts_mm,
            len(words) * _ROW + 1,
            xlim=(low - 0.2, max(high, drawn["log_ratio"].max()) + 0.2),
            ylim=(len(words) * _ROW + 1, 0),
            yticks=[],
        )
        ax.spines["left"].set_visible(False)
        canvas.value_axis(ax, style, ticks=4)
        ax.plot([0, 0], [0, len(words) * _ROW + 1], color=QUIET, linewidth=0.6)
        _lollipops(ax, sheet, words, left, share, top + head)
        write(
            sheet,
            left + words_mm,
            top + head + len(words) * _ROW + 7,
            style.say("对数比 log2", "log ratio (log2)"),
        )
    write(sheet, 0.3, lines * line_mm, note, va="top", color=QUIET)
    return fig


def _lollipops(
    ax: Axes, sheet: Axes, words: pd.DataFrame, left: float, share: float, top: float
) -> None:
    colour, marker = city_look(words["city_zh"].iloc[0]) if len(words) else (INK, "o")
    for i, word in enumerate(words.itertuples()):
        y = (i + 0.5) * _ROW + 0.5
        ax.plot(
            [0, word.log_ratio],
            [y, y],
            color=colour,
            linewidth=1.6,
            alpha=0.45,
            solid_capstyle="butt",
        )
        if pd.notna(word.log_ratio_low):
            low, high = ax.get_xlim()
            ax.plot(
                [max(low, word.log_ratio_low), min(high, word.log_ratio_high)],
                [y, y],
                color=colour,
                linewidth=0.7,
            )
            if word.log_ratio_high > high:
                mark(ax, [high], [y], size=3, marker=">", color=colour)
        mark(
            ax,
            [word.log_ratio],
            [y],
            size=4.4,
            marker=marker,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.4,
        )
        write(sheet, left + 0.3, top + y, word.feature)
        write(
            sheet,
            left + share - 0.3,
            top + y,
            f"{word.n_target}:{word.n_reference}",
            ha="right",
            color=QUIET,
        )


def _keyness_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    parts = [
        (city_names(labels[doc]), words["feature"].head(3).tolist())
        for doc, words in drawn.groupby("doc", sort=False)
    ]
    if lang == "zh":
        return (
            "关键词棒棒糖图（对数比）。"
            + "；".join(f"{city}：{'、'.join(words)}" for city, words in parts)
            + "。"
        )
    return (
        "Lollipop chart of keyness (log ratio). "
        + "; ".join(f"{city}: {', '.join(words)}" for city, words in parts)
        + "."
    )
