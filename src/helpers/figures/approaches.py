"""Draw three charts of the instruments with which people's congresses supervise. The charts show
which city used which instrument, how far each city went along the stages of supervision, and which
stage is mentioned with which theme. Use the charts to show what each city says it has done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.labels import city_names, document_labels, label_of, short_labels

from . import canvas
from .canvas import (
    LINE_MM,
    Chart,
    Entry,
    add_up,
    aside,
    fit,
    mark,
    row_name,
    tall,
    text_mm,
    wrap,
    write,
)
from .style import ALERT, FAINT, INK, MARK_LOOKS, QUIET, STATE_MARKS, Style

_MATRIX = ("doc city_zh city_en code stage state", "approach_matrix")
COUNTED = ("done", "planned", "called_for")  # the states of instruments that are mentioned
_DISAGREE = {"marker": "s", "fillstyle": "none", "color": ALERT, "markeredgewidth": 0.8}


@dataclass(frozen=True)
class Heads:
    """The column headings of a chart: their texts, whether they are written horizontally or
    upright, and their height in millimetres."""

    texts: Sequence[str]
    horizontal: bool
    mm: float

    @classmethod
    def fitting(cls, unbroken: Sequence[str], broken: Sequence[str], width: float) -> Heads:
        """Choose horizontal headings, broken into lines, if all of them fit their columns.
        Otherwise choose upright headings, each on one line."""
        if all(text_mm(head) <= width for head in broken):
            return cls(broken, True, max(map(tall, broken)))
        return cls(unbroken, False, max(map(text_mm, unbroken)))

    def draw(self, ax: Axes, middles: Iterable[float], bottom: float, color: str = QUIET) -> None:
        """Write each heading above the height `bottom`, centred on its column."""
        turn = 0 if self.horizontal else 90
        for x, head in zip(middles, self.texts, strict=True):
            write(ax, x, bottom, head, ha="center", va="bottom", rotation=turn, color=color)


def _stages_of(table: pd.DataFrame, style: Style) -> list[str]:
    """Return the stages of supervision in a table, in the order of the codebook. Stages that are
    not in the codebook come last."""
    order, present = list(style.stages), list(dict.fromkeys(table["stage"]))
    known = [stage for stage in order if stage in present]
    return known + [stage for stage in present if stage not in order]


@canvas.chart(_MATRIX, rows="code")
def instrument_matrix(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart:
    """Draw a matrix of dots that shows which city used which instrument. The size of a dot shows
    how concretely the document tells of the act. A diamond means that the act is laid down, a half
    dot that it is scheduled, a ring that it is only called for. A square marks a cell on which two
    coders disagree. A grey dash means that the document does not mention the instrument.

    The instruments are grouped by stage of supervision; those outside the stages come last. Within
    a stage, the instrument used in the most documents comes first.

    Parameters
    ----------
    table : DataFrame
        One row per document and instrument (`code`), as in `approach_matrix`. The table may also
        have the columns ``mark``, ``strand``, ``n_evidence`` (the number of quotations) and
        ``disagree`` (True or False).
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per cell.

    Examples
    --------
    >>> from helpers import instrument_matrix, read_corpus, study_of
    >>> cells = study_of(read_corpus()).approach_matrix
    >>> codes = ["special_inquiry", "satisfaction"]
    >>> chart = instrument_matrix(cells, docs=["Zhengzhou", "Jiaozuo"], rows=codes, lang="en")
    >>> chart.drawn[["city_en", "code", "state"]].values.tolist()
    """
    table = _grouped(table)
    labels = document_labels(table)
    # With few documents the matrix is narrow, so its upper and lower half fit side by side.
    halves = 2 if style.double and len(labels) <= 6 else 1
    documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 8, page)
    grid = _ordered(table, style) if rows is None else _as_asked(table, rows, style)
    drawn = grid[grid["doc"].isin(documents)]
    shorter = short_labels(table, style.lang)[documents]
    share = (style.mm - 4 * (halves - 1)) / halves
    plan = _plan(drawn, labels[documents], shorter, style, share=share)
    blocks = _blocks(drawn, halves, plan)
    entries = _matrix_key(style, drawn, counts=plan.counts)
    note = style.say("matrix.note_counts" if plan.counts else "matrix.note", n=len(labels))
    entries.append((None, style.run_on(note, canvas.of_pages(style, page, pages))))
    height = plan.header + max(_block_mm(block, plan) for block in blocks)
    fig, ax = canvas.sheet_with_key(style, height + 2, entries, top=height + 2, margin=0)
    for i, block in enumerate(blocks):
        _draw_block(ax, block, plan, style, left=i * (plan.share + 4), totals=_totals(table))
    return canvas.finish(fig, drawn, style, lambda each: _matrix_alt(drawn, each), pages)


def _grouped(table: pd.DataFrame) -> pd.DataFrame:
    """Put the strand of each code outside the stages into the column `stage`, as the group under
    which the matrix shows this code."""
    if "strand" not in table:
        return table
    stage = table["stage"].fillna("").astype(object)
    return table.assign(stage=stage.where(stage != "", table["strand"]))


def _ordered(table: pd.DataFrame, style: Style) -> pd.DataFrame:
    """Sort the rows of the matrix by the stage of the instrument, then by the number of documents
    in which the instrument was used, then by the order of the codebook."""
    # A table joined from several tables may have the same index label twice. Without new labels,
    # `loc` would return some rows twice.
    table = table.reset_index(drop=True)
    done = (table["state"] == "done").groupby(table["code"]).sum()
    places = {stage: i for i, stage in enumerate(_stages_of(table, style))}
    stage, codes = table["stage"].map(places), pd.factorize(table["code"])[0]
    strand = pd.factorize(table["strand"].fillna(""))[0] if "strand" in table else 0
    counts = {"done": -table["code"].map(done), "code": codes}
    order = pd.DataFrame({"stage": stage, "strand": strand, **counts})
    return table.loc[order.sort_values(list(order), kind="stable").index]


def _as_asked(table: pd.DataFrame, rows: Sequence[str], style: Style) -> pd.DataFrame:
    """Sort the rows of the matrix by the stage of the instrument, then as the user listed them."""
    return canvas.in_order(table.reset_index(drop=True), stage=_stages_of(table, style), code=rows)


_ROW, _STAGE_ROW, _COUNT = 3.6, 4.6, 8.0  # heights of rows, and width of a count such as “4/5”


@dataclass(frozen=True)
class _Plan:
    """The layout of a matrix, equal in all blocks: widths in millimetres, row names, headings."""

    share: float
    names: dict[str, str]
    names_mm: float
    step: float
    documents: list[str]
    heads: Heads

    @property
    def header(self) -> float:
        return 2.5 + self.heads.mm

    @property
    def counts(self) -> bool:
        """Tell whether the columns are wide enough for the number of quotations beside each dot."""
        return self.step >= 7

    def row(self, code: str) -> float:
        return max(_ROW, tall(self.names[code]) + 0.4)


def _plan(
    grid: pd.DataFrame, labels: pd.Series, shorter: pd.Series, style: Style, *, share: float
) -> _Plan:
    """Decide how wide the row names and the columns of the matrix are. Choose headings that fit the
    columns: the city's name in Chinese and English or, if this is too wide, a shorter label. If
    even this is too wide, write the names upright."""
    codes = grid.drop_duplicates("code")
    names = {row.code: label_of(row, style.lang, style.codebook) for row in codes.itertuples()}
    widest = max(map(text_mm, names.values())) + 1.5
    room = share - _COUNT - 5.2 * len(labels)
    names_mm = min(widest, max(room, 18), 40 if share < 100 else 62)
    step = min(14.0, (share - names_mm - _COUNT) / len(labels))
    for horizontal in (labels, shorter):
        if all(text_mm(head) <= step - 0.4 for head in horizontal):
            heads = Heads(list(horizontal), True, 2 * LINE_MM)
            break
    else:
        upright = [fit(city_names(label), 45) for label in labels]
        heads = Heads(upright, False, max(map(text_mm, upright)))
    wrapped = {code: wrap(name, names_mm - 1) for code, name in names.items()}
    return _Plan(share, wrapped, names_mm, step, list(labels.index), heads)


def _blocks(grid: pd.DataFrame, n: int, plan: _Plan) -> list[pd.DataFrame]:
    """Divide the matrix into one or two blocks of similar height, without splitting a stage."""
    stages = list(dict.fromkeys(grid["stage"]))
    if n == 1 or len(stages) == 1:
        return [grid]
    firsts = [grid["stage"].isin(stages[:k]) for k in range(1, len(stages))]
    cuts = [[grid[first], grid[~first]] for first in firsts]
    return min(cuts, key=lambda cut: max(_block_mm(block, plan) for block in cut))


def _block_mm(block: pd.DataFrame, plan: _Plan) -> float:
    return add_up(map(plan.row, block["code"].unique())) + _STAGE_ROW * block["stage"].nunique()


def _totals(table: pd.DataFrame) -> dict[str, str]:
    """Return a text such as ``4/5`` for each instrument: the instrument was used in 4 of the 5
    documents to which it applies, counted over all pages."""
    done = (table["state"] == "done").groupby(table["code"]).sum()
    asked = (table["state"] != "not_applicable").groupby(table["code"]).sum()
    return {code: f"{done[code]}/{asked[code]}" for code in done.index}


def _draw_block(
    ax: Axes, block: pd.DataFrame, plan: _Plan, style: Style, *, left: float, totals: dict[str, str]
) -> None:
    """Draw one block of the matrix: city names above, one row per instrument, and at the right the
    number of documents in which the instrument was used."""
    right, y = left + plan.share, plan.header
    x = {doc: left + plan.names_mm + plan.step * (i + 0.5) for i, doc in enumerate(plan.documents)}
    plan.heads.draw(ax, x.values(), y - 1.2, INK)
    aside(ax, right - 0.3, y - 1.2, style.state("done"), ha="right", va="bottom")
    for stage, rows in block.groupby("stage", sort=False):
        ax.plot([left, right], [y + 0.4] * 2, color=QUIET, linewidth=0.5)
        aside(ax, left + 0.3, y + _STAGE_ROW / 2 + 0.3, style.stage(stage))
        y += _STAGE_ROW
        for code, cells in rows.groupby("code", sort=False):
            middle = y + plan.row(code) / 2
            write(ax, left + 0.3, middle, plan.names[code])
            for cell in cells.to_dict("records"):
                _cell(ax, x[cell["doc"]], middle, cell, style, counts=plan.counts)
            aside(ax, right - 0.3, middle, totals[code], ha="right")
            y += plan.row(code)


def _cell(
    ax: Axes, x: float, y: float, cell: dict[str, Any], style: Style, *, counts: bool
) -> None:
    """Draw a cell of the matrix: a dot or dash for the state of the instrument, the number of
    quotations, and a square if two coders disagree."""
    state, n = str(cell["state"]), cell.get("n_evidence")
    evidenced = state in COUNTED
    dot = x - 1.2 if counts else x
    mark(ax, [dot], [y], **_look(state, cell.get("mark"), style))
    if counts and evidenced and pd.notna(n) and n > 1:
        aside(ax, x + 0.7, y, f"{n:.0f}")
    if str(cell.get("disagree")) == "True":
        mark(ax, [dot], [y], size=8.5, **_DISAGREE)


def _look(state: str, told: Any, style: Style) -> dict[str, Any]:
    """Return the look of a cell: that of its mark or, for a cell without a mark, of its state."""
    if state in ("done", "planned") and str(told) in MARK_LOOKS:
        return style.look(MARK_LOOKS[str(told)])
    size = 3.8 if state in ("not_mentioned", "not_applicable") else 6.5
    return {"size": size, **style.look(STATE_MARKS[state])}


def _matrix_key(style: Style, drawn: pd.DataFrame, *, counts: bool) -> list[Entry]:
    """List the symbols in the matrix and their meanings for the key below the matrix."""
    entries: list[Entry] = []
    marks = set(drawn["mark"].fillna("")) if "mark" in drawn else set()
    for told, look in MARK_LOOKS.items():
        if told in marks:
            entries.append((style.look(look), style.mark(told)))
    unmarked = drawn if "mark" not in drawn else drawn[drawn["mark"].fillna("") == ""]
    for state in style.states:
        if (unmarked["state"] == state).any():
            entries.append((_look(state, None, style), style.state(state)))
    if "disagree" in drawn and drawn["disagree"].astype(str).eq("True").any():
        entries.append(({**_DISAGREE, "size": 6.5}, style.say("matrix.disagree")))
    return entries


def _matrix_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Write the alternative text of the matrix, which gives the number of cells in each state."""
    counts = drawn["state"].value_counts()
    cells = [
        style.say("matrix.alt_cells", state=style.choose(*names), cells=counts[state])
        for state, names in style.states.items()
        if state in counts
    ]
    codes, n = drawn["code"].nunique(), drawn["doc"].nunique()
    return style.say("matrix.alt", codes=codes, n=n, cells=style.commas(cells))


@canvas.chart(("doc city_zh city_en kind link state mark", "supervision_cycle"))
def supervision_chain(table: pd.DataFrame, style: Style, page: int) -> Chart:
    """Draw which links of the cycle of supervision each city tells, how concretely, and how a
    matter ends. Each document is a row: the links on the left, joined by a line, and the closings
    on the right. Below a dot stands the date of the act.

    The table has one row per document and link, as in `supervision_cycle`, and may have the columns
    ``zh``, ``en`` (the names of the link) and ``date``. A grey dash means that the document does
    not tell the link; the city may have done it all the same.
    """
    labels = document_labels(table)
    documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 12, page)
    drawn = table[table["doc"].isin(documents)].reset_index(drop=True)
    entries = _matrix_key(style, drawn, counts=False)
    note = style.say("supervision_chain.note", n=len(labels))
    entries.append((None, style.run_on(note, canvas.of_pages(style, page, pages))))
    fig = _chain(drawn, labels[documents], style, entries)
    return canvas.finish(fig, drawn, style, lambda each: _chain_alt(drawn, labels, each), pages)


_KIND_GAP = 5.0  # millimetres between the links and the closings


def _chain(drawn: pd.DataFrame, labels: pd.Series, style: Style, entries: list[Entry]) -> Chart:
    """Draw the column headings (the links, then the closings), then one row per document."""
    columns = drawn.drop_duplicates(["kind", "link"])[["kind", "link"]].itertuples(index=False)
    columns = list(columns)
    names = [wrap(row_name(label, style), 48 if style.double else 24) for label in labels]
    names_mm = max(map(text_mm, names)) + 2
    width = (style.mm - names_mm - _KIND_GAP) / len(columns)
    titles = [_link_name(drawn, link, style) for _, link in columns]
    heads = Heads.fitting(titles, [wrap(title, width - 1, even=True) for title in titles], width)
    kinds = {
        kind: wrap(style.say(f"supervision_chain.{kind}"), width * n - 1)
        for kind, n in Counter(column.kind for column in columns).items()
    }
    kinds_mm = max(map(tall, kinds.values()))
    head_mm = 2 + kinds_mm + 1 + heads.mm
    row_mm = max(2 * LINE_MM, *map(tall, names)) + 2.2
    bottom = head_mm + row_mm * len(labels)
    fig, sheet = canvas.sheet_with_key(style, bottom + 1, entries, top=bottom + 0.5)
    x = {
        (kind, link): names_mm + width * (number + 0.5) + _KIND_GAP * (kind != columns[0].kind)
        for number, (kind, link) in enumerate(columns)
    }
    for kind, name in kinds.items():
        left = min(at for (other, _), at in x.items() if other == kind) - width / 2
        aside(sheet, left + 0.5, kinds_mm / 2 + 0.5, name)
    heads.draw(sheet, x.values(), head_mm - 1, INK)
    for i, (doc, name) in enumerate(zip(labels.index, names, strict=True)):
        middle = head_mm + row_mm * (i + 0.5)
        sheet.plot([0, style.mm], [middle - row_mm / 2] * 2, color=FAINT, linewidth=0.5, zorder=0)
        write(sheet, 0.3, middle, name)
        rows = drawn[drawn["doc"] == doc].to_dict("records")
        _links(sheet, rows, x, middle, style, room=width + _KIND_GAP)
    return fig


def _links(
    sheet: Axes,
    rows: list[dict[str, Any]],
    x: dict[tuple[str, str], float],
    middle: float,
    style: Style,
    *,
    room: float,
) -> None:
    """Draw the marks of one document, a line through its links, and the dates of its acts. A date
    that is wider than `room` millimetres is left out."""
    places = [x[row["kind"], row["link"]] for row in rows if row["kind"] == "link"]
    if len(places) > 1:
        ends = [places[0], places[-1]]
        sheet.plot(ends, [middle - 1.2] * 2, color=FAINT, linewidth=0.8, zorder=1)
    for row in rows:
        at = x[row["kind"], row["link"]]
        mark(sheet, [at], [middle - 1.2], zorder=3, **_look(row["state"], row.get("mark"), style))
        date = "" if pd.isna(row.get("date")) else str(row["date"])
        if text_mm(date) <= room:
            aside(sheet, at, middle + 2.2, date, ha="center")


def _link_name(drawn: pd.DataFrame, link: str, style: Style) -> str:
    """Return the name of a link in the style's language, or the id of a link without names."""
    row = drawn[drawn["link"] == link].iloc[0]
    return style.choose(row["zh"], row["en"]) if "zh" in drawn else link


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Write the alternative text of the chart: which links each city tells."""
    cities = []
    for doc, rows in drawn.groupby("doc", sort=False):
        told = rows.loc[rows["state"].isin(COUNTED), "link"]
        names = [_link_name(drawn, link, style) for link in dict.fromkeys(told)]
        cities.append(f"{city_names(labels[doc])}: {style.commas(names) or '–'}")
    return style.say("supervision_chain.alt", cities=style.semicolons(cities))


# in the key: a box like the empty cells of the shaded table
_NOT_FOUND = {"marker": "s", "fillstyle": "none", "color": "#9A9A9A", "markeredgewidth": 0.6}


@canvas.chart(("stage theme n", "stage × theme counts"))
def stage_theme(table: pd.DataFrame, style: Style, page: int) -> Chart | None:
    """Draw a shaded table that shows in how many sentences a stage of supervision is about a
    service theme. The sums of rows stand at the right, the sums of columns below. A cell stays
    empty if `n` is missing, because the theme was not found in the windows of the stage.

    The table may also have the columns ``doc`` (then the chart shows the sums of ``n`` over all
    documents) and ``zh``, ``en`` (the names of the theme). The stages come in the order of the
    codebook. The theme with the largest sum comes first. The chart's table ``drawn`` has one row
    per cell, with ``n`` and ``status`` (``found`` | ``not_found``).
    """
    themes = list(table.drop_duplicates("theme").itertuples())
    names = {
        each.lang: {row.theme: label_of(row, each.lang, each.codebook) for row in themes}
        for each in style.in_each_language()
    }
    counts = table.assign(n=table["n"].astype("Int64")).groupby(["theme", "stage"])["n"]
    wide = counts.sum(min_count=1).unstack()[_stages_of(table, style)]
    wide = wide.mask(wide == 0)
    if wide.isna().all(axis=None):
        return None
    wide = wide.loc[sorted(wide.index, key=lambda theme: (-wide.loc[theme].sum(), theme))]
    drawn = wide.reset_index().melt("theme", var_name="stage", value_name="n")
    drawn = canvas.in_order(drawn, theme=wide.index, stage=wide.columns)
    drawn["status"] = drawn["n"].notna().map({True: "found", False: "not_found"})
    drawn = drawn.assign(**{lang: drawn["theme"].map(names[lang]) for lang in names})
    total = int(drawn["n"].sum())
    note = style.say("stage_theme.note", total=total)
    if "doc" in table:
        note = style.say("stage_theme.note_documents", total=total, n=table["doc"].nunique())
    key: list[Entry] = [(None, note)]
    if drawn["n"].isna().any():
        key.insert(0, (_NOT_FOUND, style.say("stage_theme.not_found")))
    fig = _heat(wide, names[style.lang], style, key)
    return canvas.finish(fig, drawn, style, lambda each: _heat_alt(drawn, each))


def _heat(wide: pd.DataFrame, names: dict[str, str], style: Style, key: list[Entry]) -> Chart:
    """Draw the shaded table of stages and themes with names, counts and sums, and a key below."""
    most, total_word = int(wide.max().max()), style.say("stage_theme.sum")
    texts = {theme: wrap(names[theme], 52 if style.double else 30) for theme in wide.index}
    names_mm, row_mm = max(map(text_mm, texts.values())) + 2, 5.0 if style.double else 4.4
    heights = {theme: max(row_mm, tall(text) + 0.6) for theme, text in texts.items()}
    step = (style.mm - names_mm - 9.0) / len(wide.columns)  # 9 mm for the sums
    titles = list(map(style.stage, wide.columns))
    broken = [wrap(title, step - 0.6, even=True) for title in titles]
    heads = Heads.fitting(titles, broken, step)
    body_mm = 2 + heads.mm + add_up(heights.values()) + row_mm
    fig, sheet = canvas.sheet_with_key(style, body_mm + 1.5, key, top=body_mm + 0.8)
    y, right = 2 + heads.mm, style.mm - 0.5
    middles = [names_mm + (i + 0.5) * step for i in range(len(titles))]
    heads.draw(sheet, middles, y - 1)
    aside(sheet, right, y - 1, total_word, ha="right", va="bottom")
    for theme, counts in wide.iterrows():
        height = heights[theme]
        write(sheet, 0.3, y + height / 2, texts[theme])
        for i, n in enumerate(counts):
            _heat_cell(sheet, (names_mm + i * step, y, step, height), n, most)
        aside(sheet, right, y + height / 2, _sum_of(counts), ha="right")
        y += height
    aside(sheet, 0.3, y + row_mm / 2, total_word)
    for x, stage in zip(middles, wide, strict=True):
        aside(sheet, x, y + row_mm / 2, _sum_of(wide[stage]), ha="center")
    return fig


def _sum_of(counts: pd.Series) -> str:
    """Return the sum of the counts as a text, which is empty if no count is known."""
    return str(counts.sum()) if counts.notna().any() else ""


def _heat_cell(sheet: Axes, place: canvas.Place, n: int, most: int) -> None:
    """Shade a cell from white to dark blue by the square root of its count, and write the count on
    it in black or white. A cell without a count stays white and empty."""
    left, top, width, height = place
    # without the square root, small counts would be almost white
    depth = 0.0 if pd.isna(n) else (n / most) ** 0.5
    colour = tuple(1.0 + (full - 1.0) * depth for full in (0.043, 0.325, 0.58))
    look = {"facecolor": colour, "edgecolor": FAINT, "linewidth": 0.5}
    sheet.add_patch(Rectangle((left, top), width, height, **look))
    if depth:
        ink = "white" if depth > 0.62 else INK
        write(sheet, left + width / 2, top + height / 2, str(n), ha="center", color=ink)


def _heat_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Write the alternative text of the shaded table, which names the three highest counts and says
    how many cells are empty."""
    order = {"by": ["n", "theme", "stage"], "ascending": [False, True, True]}
    cells = [
        f"{style.stage(row.stage)} × {style.choose(row.zh, row.en)} {row.n}"
        for row in drawn.dropna(subset="n").sort_values(**order, kind="stable").head(3).itertuples()
    ]
    sizes = {"stages": drawn["stage"].nunique(), "themes": drawn["theme"].nunique()}
    missing = drawn["n"].isna().sum()
    return style.say("stage_theme.alt", **sizes, missing=missing, cells=style.commas(cells))
