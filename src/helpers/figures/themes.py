"""Draw two charts of what documents are about. The first chart shows how often each theme occurs in
each document. The second chart shows which words are much more frequent in a document than in the
other documents."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.codebook import FAMILIES
from helpers.labels import label_of, short_labels
from helpers.themes import MIN_BLOCKS

from . import canvas
from .approaches import Heads
from .canvas import LINE_MM, Chart, Entry, add_up, aside, fit, mark, tall, text_mm, wrap, write
from .style import FAINT, INK, MAIN, QUIET, Style

FAMILY_HEADS = {name: f"theme_rates.{name}" for name in FAMILIES}
_ROW, _FAMILY = 4.0, 4.8  # heights in mm of the row of a theme and of the heading of a family
# Widths in mm of a column: at least _COLUMN, for a dot and a count; from _WIDE on, also for the
# interval in figures; at most _WIDEST.
_COLUMN, _WIDE, _WIDEST = 9.2, 21.0, 30.0
# Where in a column the middle of a dot, a count and an interval stand, in mm from its left edge.
_MIDDLE, _COUNT, _INTERVAL = 2.2, 4.4, 10.0
_DOT = 9.0  # the diameter in points of the dot for the highest rate
# How a dot shows its interval: the interval lies above 0, reaches 0, or was not computed.
_FILLS = {"above_0": "full", "reaches_0": "none", "no_interval": "left"}


@canvas.chart(
    ("doc city_zh city_en theme family n per_1000_chars low high", "count_themes"), rows="theme"
)
def theme_rates(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart | None:
    """Draw a table of dots that shows how much each document says about each theme. The area of a
    dot is the rate per 1,000 characters, on one scale for all documents and pages. The number
    beside a dot counts the hits.

    A ring instead of a full dot warns that the rate depends on single sentences: the stability
    interval of the rate reaches 0. Where the columns are wide enough, the interval itself is
    printed, too. A half dot stands for a document that is too short for an interval. A theme
    without hits in a document has an empty cell. A theme without hits in any document has no row:
    a note names it.

    The themes are grouped by family: process, frame and service. In each family, the theme with
    the highest mean rate comes first. The row of a family gives the sum of the hits
    of its themes.

    Parameters
    ----------
    table : DataFrame
        One row per document and theme, as in `count_themes`. The names of the themes come from the
        columns ``zh`` and ``en`` if the table has them, or else from the codebook.
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per
        document and theme, with the bounds of the intervals.

    Examples
    --------
    >>> from helpers import count_themes, read_corpus, theme_rates
    >>> rates = count_themes(read_corpus())
    >>> themes = ["meal_service", "institution"]
    >>> chart = theme_rates(rates, docs=["Jiyuan", "Jiaozuo"], rows=themes, lang="en")
    >>> chart.drawn[["city_en", "theme", "n"]].values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['Jiyuan', 'meal_service', 16], ['Jiaozuo', 'meal_service', 0],
     ['Jiyuan', 'institution', 3], ['Jiaozuo', 'institution', 2]]
    """
    labels = short_labels(table, style.lang)
    is_used = table.groupby("theme")["n"].transform("sum") > 0
    if not is_used.any():
        return None
    used, unused = table[is_used], table[~is_used].drop_duplicates("theme")
    ordered = _ordered_themes(used) if rows is None else canvas.in_order(used, theme=rows)
    blocks = _blocks(ordered, 2 if style.double and len(labels) <= 2 else 1)
    share = (style.mm - 4 * (len(blocks) - 1)) / len(blocks)
    plan, pages = _plan(ordered, labels, style, share, page)
    drawn = ordered[ordered["doc"].isin(plan.columns)]
    printed = style.say("theme_rates.ranges") if plan.step >= _WIDE else ""
    note = style.say("theme_rates.note", n=len(labels))
    absent = _absent_note(unused, style)
    note = style.run_on(printed, note, absent, canvas.of_pages(style, page, pages))
    entries = [*_rates_key(drawn, plan), (None, note)]
    body = plan.top + max(map(plan.height, blocks))
    fig, sheet = canvas.sheet_with_key(style, body + 1.5, entries, top=body + 1)
    for i, block in enumerate(blocks):
        left = i * (share + 4)
        _rates_table(sheet, block, plan, left=left, right=left + share)

    def alt(each: Style) -> str:
        return _theme_alt(drawn, short_labels(table, each.lang), each)

    return canvas.finish(fig, drawn, style, alt, pages)


def _absent_note(themes: pd.DataFrame, style: Style) -> str:
    """Name the themes that no document mentions. The note is empty if there are none."""
    if themes.empty:
        return ""
    names = [label_of(row, style.lang, style.codebook) for row in themes.itertuples()]
    return style.say("theme_rates.absent", names=style.commas(names))


def _ordered_themes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table sorted by family of themes, in the order of the table. Within a family, the
    theme with the highest mean rate comes first. Documents keep their order."""
    # A joined table may repeat index labels, and `loc` would return the rows of such a label twice.
    table = table.reset_index(drop=True)
    mean = table.groupby("theme")["per_1000_chars"].transform("mean")
    family = pd.Categorical(table["family"], table["family"].unique())
    keys = table[["theme"]].assign(family=family, mean=-mean)
    return table.loc[keys.sort_values(["family", "mean", "theme"], kind="stable").index]


def _blocks(ordered: pd.DataFrame, halves: int) -> list[pd.DataFrame]:
    """Return the table as one block or, if `halves` is 2, as two blocks of whole families that have
    about the same number of themes, to be drawn side by side."""
    families = list(ordered["family"].unique())
    if halves == 1 or len(families) == 1:
        return [ordered]
    cuts = [ordered["family"].isin(families[:k]) for k in range(1, len(families))]
    first = min(cuts, key=lambda cut: abs(2 * cut.sum() - len(ordered)))
    return [ordered[first], ordered[~first]]


def family_head(family: str, style: Style) -> str:
    """Return the name of a family of themes, or its id if the family has no name."""
    return style.say(FAMILY_HEADS[family]) if family in FAMILY_HEADS else family


@dataclass(frozen=True)
class _Plan:
    """How the table of dots is laid out, in millimetres: the names of the themes, the headings of
    the columns, where the column of each document begins, and how wide a column is. `highest` is
    the highest rate of all documents, which has the largest dot."""

    names: dict[str, str]
    heads: Heads
    columns: dict[str, float]
    step: float
    highest: float
    style: Style

    @property
    def top(self) -> float:
        """Where the rows of themes begin, below the headings of the columns."""
        return self.heads.mm + 2.5

    def row(self, theme: str) -> float:
        """Return the height of the row of a theme."""
        return max(_ROW, tall(self.names[theme]) + 0.6)

    def height(self, block: pd.DataFrame) -> float:
        """Return the height of the rows of all themes of a block, with the headings of families."""
        rows = add_up(map(self.row, block["theme"].unique()))
        return rows + _FAMILY * block["family"].nunique()

    def dot(self, rate: float) -> float:
        """Return the diameter in points of the dot for a rate."""
        return _DOT * math.sqrt(rate / self.highest)


def _plan(
    ordered: pd.DataFrame, labels: pd.Series, style: Style, share: float, page: int
) -> tuple[_Plan, int]:
    """Lay out a table of dots that is `share` mm wide. Return the plan of a page and the number of
    pages, which depends on how many columns fit beside the names of the themes."""
    names = {
        row.theme: wrap(label_of(row, style.lang, style.codebook), 44 if style.double else 30)
        for row in ordered.drop_duplicates("theme").itertuples()
    }
    families = [family_head(family, style) for family in ordered["family"].unique()]
    names_mm = max(map(text_mm, [*names.values(), *families])) + 2
    room = share - names_mm - (7.0 if len(labels) > 1 else 0.0)  # 7 mm for the sums at the right
    documents, pages = canvas.paginate(list(labels.index), int(room // _COLUMN), page)
    step = min(room / len(documents), _WIDEST)
    titles = [fit(labels[doc], 45) for doc in documents]
    # If two documents have the same city, the id of a document stands below its city.
    heads = Heads.fitting(titles, step - 0.4)
    columns = {doc: names_mm + step * i for i, doc in enumerate(documents)}
    highest = float(ordered["per_1000_chars"].max())
    return _Plan(names, heads, columns, step, highest, style), pages


def _rates_table(
    sheet: Axes, block: pd.DataFrame, plan: _Plan, *, left: float, right: float
) -> None:
    """Draw a block of the table of dots: the names of the documents above, then one row per theme
    under the heading of its family, with the sums over all documents at the right."""
    y = plan.top
    _rates_heads(sheet, plan, left)
    sums_at = right if block["doc"].nunique() > 1 else None
    if sums_at:
        aside(sheet, sums_at, y - 1.2, plan.style.say("theme_rates.all"), ha="right", va="bottom")
    for family, cells in block.groupby("family", sort=False):
        sheet.plot([left, right], [y] * 2, color=QUIET, linewidth=0.5)
        middle = y + _FAMILY / 2 + 0.2
        aside(sheet, left + 0.3, middle, family_head(family, plan.style))
        sums = cells.groupby("doc")["n"].sum()
        for doc, x in plan.columns.items():
            aside(sheet, left + x + _COUNT, middle, str(sums[doc]))
        if sums_at:
            aside(sheet, sums_at, middle, str(sums.sum()), ha="right")
        y += _FAMILY
        for theme, rates in cells.groupby("theme", sort=False):
            middle = y + plan.row(theme) / 2
            write(sheet, left + 0.3, middle, plan.names[theme])
            for rate in rates[rates["doc"].isin(plan.columns)].itertuples():
                _rate(sheet, left + plan.columns[rate.doc], middle, rate, plan)
            if sums_at:
                aside(sheet, sums_at, middle, str(rates["n"].sum()), ha="right")
            y += plan.row(theme)
            sheet.plot([left, right], [y] * 2, color=FAINT, linewidth=0.4, zorder=0)


def _rates_heads(sheet: Axes, plan: _Plan, left: float) -> None:
    """Write the names of the documents above their columns. A name turned by 90 degrees is centred
    above the dots; a horizontal name starts at the left edge of its column."""
    for x, title in zip(plan.columns.values(), plan.heads.texts, strict=True):
        if plan.heads.horizontal:
            write(sheet, left + x + 0.4, plan.top - 1.2, title, va="bottom")
        else:
            place = {"ha": "center", "va": "bottom", "rotation": 90}
            write(sheet, left + x + _MIDDLE, plan.top - 1.2, title, **place)


def _rate(sheet: Axes, x: float, y: float, rate: Any, plan: _Plan) -> None:
    """Draw the rate of a theme in a document: a dot, the number of hits and, in a wide column, the
    stability interval. Draw nothing if there are no hits."""
    if not rate.n:
        return
    look = _look(_certainty(rate), plan.style)
    mark(sheet, [x + _MIDDLE], [y], size=plan.dot(rate.per_1000_chars), **look)
    write(sheet, x + _COUNT, y, str(rate.n))
    if plan.step >= _WIDE and pd.notna(rate.low):
        aside(sheet, x + _INTERVAL, y, f"{rate.low:.1f}–{rate.high:.1f}")


def _certainty(rate: Any) -> str:
    """Tell whether the interval of a rate lies above 0, reaches 0, or was not computed."""
    if pd.isna(rate.low) or pd.isna(rate.high):
        return "no_interval"
    return "above_0" if rate.low > 0 else "reaches_0"


def _look(certainty: str, style: Style) -> dict[str, Any]:
    """Return the look of a dot: full, a ring, or half full."""
    dot = {"marker": "o", "color": MAIN, "markeredgewidth": 0.6, "fillstyle": _FILLS[certainty]}
    return style.look({**dot, "markerfacecoloralt": "white"})


def _rates_key(drawn: pd.DataFrame, plan: _Plan) -> list[Entry]:
    """List dots of up to three round rates, and the looks of dots that occur, for the key."""
    style, entries = plan.style, []
    steps = [digit * 10.0**power for power in range(-2, 4) for digit in (1, 2, 5)]
    for rate in [step for step in steps if step <= plan.highest][-3:]:
        look = {**_look("above_0", style), "size": plan.dot(rate)}
        entries.append((look, style.say("theme_rates.rate", rate=f"{rate:g}")))
    looks = set(map(_certainty, drawn[drawn["n"] > 0].itertuples()))
    for certainty in _FILLS:
        if certainty in looks:
            words = style.say(f"theme_rates.{certainty}", least=MIN_BLOCKS)
            entries.append((_look(certainty, style), words))
    return entries


def _theme_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Return the alternative text of the chart: the most frequent theme of each document."""
    ranked = drawn.sort_values(["per_1000_chars", "theme"], ascending=[False, True], kind="stable")
    cities = [
        style.say(
            "theme_rates.alt_city",
            city=labels[row.doc],
            theme=label_of(row, style.lang, style.codebook),
            rate=f"{row.per_1000_chars:.1f}",
            hits=row.n,
        )
        for row in ranked.drop_duplicates("doc").sort_values("doc").itertuples()
    ]
    sizes = {"themes": drawn["theme"].nunique(), "n": drawn["doc"].nunique()}
    return style.say("theme_rates.alt", cities=style.semicolons(cities), **sizes)


@dataclass(frozen=True)
class _Measure:
    """How a measure of keyness is drawn: the column of the table with the value, the columns with
    the ends of its interval if it has one, the column that must be above 0 for a word to be drawn,
    and whether the value is a logarithm to base 2."""

    value: str
    interval: tuple[str, str] | None
    above_0: str
    is_log: bool = True


_MEASURES = {
    "log_ratio": _Measure("log_ratio", ("log_ratio_low", "log_ratio_high"), "log_ratio_low"),
    "lrc": _Measure("lrc", None, "lrc"),
    "g2": _Measure("g2", None, "log_ratio_low", is_log=False),
}
_WORD, _CITY, _AXIS = 3.8, 5.0, 10.0  # heights in mm of a word's row, a city's heading and the axis
_PAGE = 215.0  # the largest height in mm of a column of words


@canvas.chart(
    (
        "feature n_target n_reference log_ratio log_ratio_low log_ratio_high lrc g2",
        "Study.keyness or keyness",
    ),
    rows="feature",
)
def keyness_chart(
    table: pd.DataFrame,
    style: Style,
    page: int,
    *,
    rows: Sequence[str] | None,
    measure: str = "log_ratio",
    top: int = 12,
) -> Chart | None:
    """Draw the words that a document uses clearly more often than the other documents do. A dot
    shows how many times as frequent the word is in this document, with a line for the 95 %
    interval. The counts ``9:2`` mean 9 hits in this document and 2 in all the others.

    Only words whose interval lies above 0 are drawn, because any two texts differ in some words by
    chance. An English figure prints a gloss beside each word that the codebook's table `glosses`
    has.

    Parameters
    ----------
    table : DataFrame
        One row per document and word, as in `Study.keyness`. The result of `keyness` for a single
        document lacks the columns ``doc, city_zh, city_en`` and is drawn without a heading.
    {options}
    measure : {"log_ratio", "lrc", "g2"}
        What is drawn, and what orders the words of a document: the log ratio; the cautious log
        ratio, which allows for the number of words that were compared; or log-likelihood. The last
        two have no interval. With "lrc", only words with a cautious log ratio above 0 are drawn.
    top : int
        How many words of a document are drawn at most.

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per word.

    Examples
    --------
    供销社 ("supply and marketing co-op") and 大食堂 ("big canteen") are words of Jiyuan's briefing.

    >>> from helpers import keyness_chart, read_corpus, study_of
    >>> table = study_of(read_corpus()).keyness
    >>> chart = keyness_chart(table, docs=["Jiyuan"], top=2, lang="en")
    >>> chart.drawn[["feature", "n_target", "n_reference"]].values.tolist()
    [['供销社', 12, 0], ['大食堂', 5, 0]]
    """
    if measure not in _MEASURES:
        raise ValueError(f"measure {measure!r} is not known. Use {', '.join(_MEASURES)}.")
    kind = _MEASURES[measure]
    named = table if "doc" in table else table.assign(doc="", city_zh="", city_en="")
    clear = named[named[kind.above_0] > 0]
    if clear.empty:
        return None
    labels = short_labels(named, style.lang)
    if rows is None:
        order = [kind.value, "n_target", "feature"]
        clear = clear.sort_values(order, ascending=[False, False, True], kind="stable")
    else:
        clear = canvas.in_order(clear, feature=rows)
    clear = clear.groupby("doc", sort=False).head(top)
    blocks = {doc: _word_names(clear[clear["doc"] == doc], style) for doc in labels.index}
    blocks = {doc: names for doc, names in blocks.items() if names}
    in_column = max(1, int(_PAGE // max(map(_block_mm, blocks.values()))))
    documents, pages = canvas.paginate(list(blocks), in_column * (2 if style.double else 1), page)
    drawn = canvas.in_order(clear[clear["doc"].isin(documents)], doc=documents)
    note = _keyness_note(named, len(blocks), measure, style)
    note = style.run_on(note, canvas.of_pages(style, page, pages))
    shown = {doc: blocks[doc] for doc in documents}
    fig = _keyness_columns(drawn, shown, labels, style, kind, note)

    def alt(each: Style) -> str:
        return _keyness_alt(drawn, short_labels(named, each.lang), each)

    return canvas.finish(fig, drawn, style, alt, pages)


def _word_names(words: pd.DataFrame, style: Style) -> dict[str, str]:
    """Return what is printed for each word of a document: the word and, in English, its gloss."""
    width = 46 if style.double else 42
    texts = {word: f"{word} {style.gloss(word)}".strip() for word in words["feature"]}
    return {word: wrap(text, width) for word, text in texts.items()}


def _word_mm(name: str) -> float:
    """Return the height of the row of a word, whose name may be broken into lines."""
    return max(_WORD, tall(name) + 0.5)


def _block_mm(names: dict[str, str]) -> float:
    """Return the height of the rows of all words of a document, with the heading."""
    return _CITY + add_up(map(_word_mm, names.values()))


def _keyness_note(table: pd.DataFrame, drawn: int, measure: str, style: Style) -> str:
    """Explain the marks below the chart, and say how many documents have words in the chart."""
    note = style.say(f"keyness.note_{measure}")
    if "" in set(table["doc"]):
        return note
    return style.run_on(note, style.say("keyness.note_documents", n=drawn))


@dataclass(frozen=True)
class _Columns:
    """How the columns of words are laid out: what is printed for each word of each document, the
    names of the documents, the measure, and the widths in mm of a column, of its words and of its
    counts. `end` is where the axis of the measure ends."""

    blocks: dict[str, dict[str, str]]
    labels: pd.Series
    kind: _Measure
    share: float
    words_mm: float
    counts_mm: float
    end: float
    style: Style

    def height(self, docs: Sequence[str]) -> float:
        """Return the height of a column with these documents."""
        return add_up(_block_mm(self.blocks[doc]) for doc in docs)


def _keyness_columns(
    drawn: pd.DataFrame,
    blocks: dict[str, dict[str, str]],
    labels: pd.Series,
    style: Style,
    kind: _Measure,
    note: str,
) -> Chart:
    """Draw the words of one document below those of another, at double width in two columns that
    have the same axis."""
    across = 2 if style.double and len(blocks) > 1 else 1
    counts = map(_counts, drawn.to_dict("records"))
    names = [name for names in blocks.values() for name in names.values()]
    share, gap = (style.mm - 6 * (across - 1)) / across, 2.0
    widths = (share, max(map(text_mm, names)) + gap, max(map(text_mm, counts)) + gap)
    plan = _Columns(blocks, labels, kind, *widths, _axis_end(drawn, kind), style)
    columns = _in_columns(plan, across)
    body = LINE_MM + max(map(plan.height, columns)) + _AXIS
    fig, sheet = canvas.sheet_with_note(style, body, note)
    for i, docs in enumerate(columns):
        _keyness_column(sheet, drawn, docs, plan, left=i * (share + 6))
    return fig


def _in_columns(plan: _Columns, across: int) -> list[list[str]]:
    """Divide the documents of a page into columns, in their order, so that the highest column is
    as low as possible."""
    docs = list(plan.blocks)
    if across == 1:
        return [docs]
    cuts = [[docs[:k], docs[k:]] for k in range(1, len(docs))]
    return min(cuts, key=lambda cut: max(map(plan.height, cut)))


def _counts(word: dict[str, Any]) -> str:
    """Return the hits of a word in its document and elsewhere, such as ``9:2``."""
    return f"{word['n_target']}:{word['n_reference']}"


def _axis_end(drawn: pd.DataFrame, kind: _Measure) -> float:
    """Return where the axis of a measure ends. If no other document has a word, the interval of
    its log ratio is very long, so the axis stops soon after the largest value."""
    largest = float(drawn[kind.value].max())
    if kind.interval is None:
        return largest * 1.06
    return max(largest * 1.06, min(largest * 1.25 + 0.5, drawn[kind.interval[1]].max()))


def _keyness_column(
    sheet: Axes, drawn: pd.DataFrame, docs: Sequence[str], plan: _Columns, *, left: float
) -> None:
    """Draw a column: the words of some documents at the left, the measure of each word on an axis,
    and the counts of each word at the right."""
    style, height, top = plan.style, plan.height(docs), LINE_MM
    middle, right = left + plan.words_mm, left + plan.share - 0.3
    place = (middle, top, plan.share - plan.words_mm - plan.counts_mm, height)
    limits = {"xlim": (0, plan.end), "ylim": (height, 0), "yticks": []}
    ax = canvas.panel(sheet.get_figure(), place, **limits)
    ax.spines["left"].set_color(FAINT)
    if plan.kind.is_log:
        _times_axis(ax, style)
    else:
        canvas.value_axis(ax, style, ticks=4)
    aside(sheet, right, top / 2, style.say("keyness.counts"), ha="right")
    write(sheet, right, top + height + 6, style.say(f"keyness.axis_{plan.kind.value}"), ha="right")
    y = 0.0
    for doc in docs:
        aside(sheet, left + 0.3, top + y + _CITY / 2 + 0.4, plan.labels[doc])
        y += _CITY
        for word in drawn[drawn["doc"] == doc].to_dict("records"):
            name = plan.blocks[doc][word["feature"]]
            at = y + _word_mm(name) / 2
            write(sheet, left + 0.3, top + at, name)
            aside(sheet, right, top + at, _counts(word), ha="right")
            _keyness_mark(ax, at, word, plan)
            y += _word_mm(name)


def _times_axis(ax: Axes, style: Style) -> None:
    """Label an axis of logarithms to base 2 with numbers of times: 0 as 1×, 1 as 2×, 2 as 4×."""
    end = ax.get_xlim()[1]
    mm = ax.get_position().width * style.mm / end  # width of one doubling
    step = next(step for step in range(1, 99) if step * mm >= text_mm(f"{2 ** int(end)}×") + 1)
    ticks = range(0, int(end) + 1, step)
    ax.set_xticks(ticks, [style.say("keyness.times", times=2**tick) for tick in ticks])


def _keyness_mark(ax: Axes, y: float, word: dict[str, Any], plan: _Columns) -> None:
    """Draw the measure of a word as a dot in the look of its city, with its interval if the measure
    has one. An arrow shows that the interval goes on beyond the axis."""
    colour, marker = plan.style.city_look(word["city_zh"], word["city_en"])
    ax.plot([0, plan.end], [y, y], color=FAINT, linewidth=0.4, zorder=0)
    start, end = 0.0, word[plan.kind.value]
    if plan.kind.interval:
        start, end = (word[column] for column in plan.kind.interval)
        if end > plan.end:
            mark(ax, [plan.end], [y], size=3, marker=">", color=colour)
    ax.plot([start, min(end, plan.end)], [y, y], color=colour, linewidth=1.0)
    edge = {"markeredgecolor": INK, "markeredgewidth": 0.4}
    mark(ax, [word[plan.kind.value]], [y], size=4.4, marker=marker, color=colour, **edge)


def _keyness_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Return the alternative text of the chart: the first three words of each document, in English
    with their glosses."""
    cities = []
    for doc, words in drawn.groupby("doc", sort=False):
        first = [glossed(word, style) for word in words["feature"].head(3)]
        cities.append(f"{labels[doc]}{style.choose('：', ': ')}{style.commas(first)}")
    return style.say("keyness.alt", cities=style.semicolons(cities))


def glossed(word: str, style: Style) -> str:
    """Return a word with its gloss in brackets, if the style's language has one."""
    gloss = style.gloss(word)
    return f"{word} ({gloss})" if gloss else word
