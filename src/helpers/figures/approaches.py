"""Draw two charts of the instruments with which people's congresses supervise. The charts show
which city used which instrument, and how far each city went along the sequence of supervision. Use
the charts to show what each city says it has done."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.path import Path as MplPath

from helpers.labels import label_of, short_labels

from . import canvas
from .canvas import (
    LINE_MM,
    Chart,
    Entry,
    add_up,
    aside,
    fit,
    mark,
    tall,
    text_mm,
    wrap,
    write,
)
from .style import ALERT, FAINT, INK, MAIN, MARK_LOOKS, QUIET, STATE_MARKS, Style

_MATRIX = ("doc city_zh city_en code stage state", "approach_matrix")
COUNTED = ("done", "planned", "called_for")  # the states of instruments that are mentioned
_REPORTED = ("done", "planned")  # the states of instruments that are more than called for
_DISAGREE = {"marker": "s", "fillstyle": "none", "color": ALERT, "markeredgewidth": 0.8}


@dataclass(frozen=True)
class Heads:
    """The column headings of a chart: their texts, whether they are written horizontally or
    upright, and their height in millimetres."""

    texts: Sequence[str]
    horizontal: bool
    mm: float

    @classmethod
    def fitting(cls, titles: Sequence[str], width: float) -> Heads:
        """Choose horizontal headings, broken into lines, if all of them fit columns of this width.
        Otherwise choose upright headings, on two lines where two lines fit a column. An upright
        heading of more than 45 mm is cut and ends with “…”."""
        heads = [wrap(title, width - 0.6, even=True) for title in titles]
        if all(text_mm(head) <= width - 0.4 for head in heads):
            return cls(heads, True, max(map(tall, heads)))
        lines = 2 if width > 2 * LINE_MM + 1 else 1
        heads = _upright(titles, lines)
        return cls(heads, False, max(map(text_mm, heads)))

    def draw(self, ax: Axes, middles: Iterable[float], bottom: float, color: str = QUIET) -> None:
        """Write each heading above the height `bottom`, centred on its column."""
        turn = 0 if self.horizontal else 90
        for x, head in zip(middles, self.texts, strict=True):
            write(ax, x, bottom, head, ha="center", va="bottom", rotation=turn, color=color)


def _upright(titles: Sequence[str], lines: int) -> list[str]:
    """Break titles into at most so many lines that the widest line is as short as can be. If a line
    is wider than 45 mm all the same, cut each title to one line of 45 mm."""
    for width in range(12, 46):
        heads = [wrap(title, width) for title in titles]
        if all(text_mm(head) <= width and head.count("\n") < lines for head in heads):
            return heads
    return [fit(title, 45) for title in titles]


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
    a stage, the instrument that most documents report comes first. A document reports an instrument
    if it tells of the act as done, laid down or scheduled; a demand is no report.

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
    >>> chart.drawn[["city_en", "code", "mark"]]
         city_en             code       mark
    0  Zhengzhou  special_inquiry  scheduled
    1    Jiaozuo  special_inquiry     listed
    2  Zhengzhou     satisfaction        NaN
    3    Jiaozuo     satisfaction     listed
    """
    table = _grouped(table)
    labels = short_labels(table, style.lang)
    # With few documents the matrix is narrow, so its upper and lower half fit side by side.
    halves = 2 if style.double and len(labels) <= 6 else 1
    documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 8, page)
    grid = _ordered(table, style) if rows is None else _as_asked(table, rows, style)
    drawn = grid[grid["doc"].isin(documents)]
    share = (style.mm - 4 * (halves - 1)) / halves
    plan = _plan(drawn, labels[documents], style, share=share)
    blocks = _blocks(drawn, halves, plan)
    entries = _matrix_key(style, drawn)
    note = style.say("matrix.note_counts" if plan.counts else "matrix.note", n=len(labels))
    entries.append((None, style.run_on(note, canvas.of_pages(style, page, pages))))
    height = plan.header + max(_block_mm(block, plan) for block in blocks)
    fig, ax = canvas.sheet_with_key(style, height + 2, entries, top=height + 2, margin=0)
    for i, block in enumerate(blocks):
        _draw_block(ax, block, plan, style, left=i * (plan.share + 4), totals=_totals(table))
    # The table of the figure has no quotations, so that `trace` returns all of a cell, not only the
    # one that decides the cell.
    drawn = drawn.drop(columns=["start", "end", "quote"], errors="ignore")
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
    that report the instrument, then by the order of the codebook."""
    # A table joined from several tables may have the same index label twice. Without new labels,
    # `loc` would return some rows twice.
    table = table.reset_index(drop=True)
    reported = table["state"].isin(_REPORTED).groupby(table["code"]).sum()
    places = {stage: i for i, stage in enumerate(_stages_of(table, style))}
    stage, codes = table["stage"].map(places), pd.factorize(table["code"])[0]
    strand = pd.factorize(table["strand"].fillna(""))[0] if "strand" in table else 0
    counts = {"reported": -table["code"].map(reported), "code": codes}
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


def _plan(grid: pd.DataFrame, labels: pd.Series, style: Style, *, share: float) -> _Plan:
    """Decide how wide the row names and the columns of the matrix are, and choose headings that fit
    the columns."""
    codes = grid.drop_duplicates("code")
    names = {row.code: label_of(row, style.lang, style.codebook) for row in codes.itertuples()}
    widest = max(map(text_mm, names.values())) + 1.5
    room = share - _COUNT - 5.2 * len(labels)
    names_mm = min(widest, max(room, 18), 40 if share < 100 else 62)
    step = min(14.0, (share - names_mm - _COUNT) / len(labels))
    heads = Heads.fitting(list(labels), step)
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
    """Return a text such as ``4/5`` for each instrument: 4 of the 5 documents to which the
    instrument applies report it, counted over all pages."""
    reported = table["state"].isin(_REPORTED).groupby(table["code"]).sum()
    asked = (table["state"] != "not_applicable").groupby(table["code"]).sum()
    return {code: f"{reported[code]}/{asked[code]}" for code in reported.index}


def _draw_block(
    ax: Axes, block: pd.DataFrame, plan: _Plan, style: Style, *, left: float, totals: dict[str, str]
) -> None:
    """Draw one block of the matrix: city names above, one row per instrument, and at the right the
    number of documents that report the instrument."""
    right, y = left + plan.share, plan.header
    x = {doc: left + plan.names_mm + plan.step * (i + 0.5) for i, doc in enumerate(plan.documents)}
    plan.heads.draw(ax, x.values(), y - 1.2, INK)
    aside(ax, right - 0.3, y - 1.2, style.say("matrix.count"), ha="right", va="bottom")
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


def _matrix_key(style: Style, drawn: pd.DataFrame) -> list[Entry]:
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


_CYCLE = ("doc city_zh city_en kind link state mark", "supervision_cycle")
_DATES = ("date_iso", "date_from", "date_to")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_KIND_GAP = 3.0  # millimetres between the strip of months, the links and the closings
_MARK_UP, _DATE_DOWN = 1.2, 2.0  # a row has its marks above its middle, and its dates below
_BAR = {"marker": "_", "color": QUIET, "markeredgewidth": 3.2, "size": 7}
_TICK = {"marker": "|", "color": MAIN, "markeredgewidth": 1.3, "size": 7}
# in the key: strokes like those that cover what lies after the writing
_STROKES = MplPath([(x + y, y) for x in (-0.6, 0, 0.6) for y in (-0.5, 0.5)], [1, 2] * 3)
_AFTER = {"marker": _STROKES, "color": "#9A9A9A", "markeredgewidth": 0.6, "size": 7}


@canvas.chart(_CYCLE, rows="link")
def sequence_and_close(
    table: pd.DataFrame, style: Style, page: int, *, rows: Sequence[str] | None
) -> Chart | None:
    """Draw which links of the sequence of supervision each document tells, how concretely, and how
    a matter ends. Each document is a row: first a strip of months, then the links, then the
    closings. A line joins neighbouring links that the document reports. Below a mark stands the
    date of the act. With several documents, the last row counts those that report each link.

    In the strip of months, a bar runs from the earliest to the latest day on which the document can
    have been written, and a tick stands for each dated act. Hatching covers the time after the
    writing, and acts that the document only announces. The strip is left out if no date is known.

    Parameters
    ----------
    table : DataFrame
        One row per document and link, as in `supervision_cycle`. The table may also have the
        columns ``zh``, ``en`` (the names of the link), ``date_iso`` (the date of the act),
        ``date_from`` and ``date_to`` (the earliest and latest date of writing).
    {options}

    Returns
    -------
    Chart
        A matplotlib figure. Its attribute `drawn` is the table of what is drawn, one row per mark.

    Examples
    --------
    >>> from helpers import read_corpus, sequence_and_close, study_of
    >>> cycle = study_of(read_corpus()).supervision_cycle
    >>> links = ["assignment", "closing_evaluation"]
    >>> chart = sequence_and_close(cycle, docs=["Jiyuan", "Jiaozuo"], rows=links, lang="en")
    >>> chart.drawn[["city_en", "link", "mark"]]
       city_en                link      mark
    0   Jiyuan          assignment  anchored
    1   Jiyuan  closing_evaluation     dated
    2  Jiaozuo          assignment  anchored
    3  Jiaozuo  closing_evaluation    listed
    """
    if not table["state"].isin(COUNTED).any():
        return None
    dates = [name for name in _DATES if name not in table]
    table = table.assign(**dict.fromkeys(dates, pd.NA))
    links = table["link"].unique() if rows is None else rows
    orders = {"doc": table["doc"].unique(), "kind": table["kind"].unique(), "link": links}
    table = canvas.in_order(table, **orders)
    labels = short_labels(table, style.lang)
    documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 12, page)
    drawn = table[table["doc"].isin(documents)].reset_index(drop=True)
    grid = _grid(table, labels, style)
    note = style.say("sequence_and_close.note", n=len(labels))
    entries = _matrix_key(style, drawn) + _strip_key(drawn, grid.strip, style)
    entries.append((None, style.run_on(note, canvas.of_pages(style, page, pages))))
    top = grid.head + grid.row * len(documents)
    counts_mm = max(grid.row, tall(grid.count) + 1.5) if len(labels) > 1 else 1
    bottom = top + counts_mm
    fig, sheet = canvas.sheet_with_key(style, bottom + 0.5, entries, top=bottom)
    _draw_heads(sheet, grid, style)
    for i, doc in enumerate(documents):
        _draw_document(sheet, drawn[drawn["doc"] == doc], grid, style, top=grid.head + grid.row * i)
    sheet.plot([0, style.mm], [top] * 2, color=QUIET, linewidth=0.5, zorder=0)
    if len(labels) > 1:
        _draw_counts(sheet, table, grid, middle=top + counts_mm / 2)
    return canvas.finish(fig, drawn, style, lambda each: _sequence_alt(drawn, each), pages)


@dataclass(frozen=True)
class _Strip:
    """The strip of months: the first and the last day that it shows, and where it stands on the
    sheet, in millimetres."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """Return where a day stands. A day before or after the strip stands at its edge."""
        share = (day - self.first).days / ((self.last - self.first).days + 1)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def months(self) -> list[date]:
        """Return the first day of each month of the strip."""
        months = range(12 * self.first.year + self.first.month - 1, 12 * self.last.year + 12)
        days = (date(month // 12, month % 12 + 1, 1) for month in months)
        return [day for day in days if day <= self.last]

    def is_before_end(self, day: date | None) -> bool:
        """Tell whether the strip has room for hatching after a day."""
        return day is not None and self.right - self.x(day) > 1.5


@dataclass(frozen=True)
class _Grid:
    """The layout of the chart of the sequence, equal on all pages, in millimetres: the names of
    the documents, the strip of months (if a date is known), and the columns of links."""

    names: dict[str, str]
    strip: _Strip | None
    x: dict[tuple[str, str], float]  # the middle of the column of each kind and link
    width: float  # of a column
    kinds: dict[str, str]  # the headings of the links, the closings and the strip
    heads: Heads
    count: str  # the name of the last row

    @property
    def head(self) -> float:
        """The height of all headings."""
        kinds_mm = max(map(tall, self.kinds.values()))
        return kinds_mm + 3 + max(self.heads.mm, 2 * LINE_MM if self.strip else 0) + 1

    @property
    def row(self) -> float:
        return max(2 * LINE_MM, *map(tall, self.names.values())) + 2

    def ends(self, kind: str) -> tuple[float, float]:
        """Return where the columns of a kind (links or closings) begin and end, or the strip."""
        if kind == "time":
            return self.strip.left, self.strip.right
        middles = [x for (other, _), x in self.x.items() if other == kind]
        return min(middles) - self.width / 2 + 0.5, max(middles) + self.width / 2 - 0.5


def _grid(table: pd.DataFrame, labels: pd.Series, style: Style) -> _Grid:
    """Decide how wide the names, the strip of months and the columns of links are."""
    columns = table.drop_duplicates(["kind", "link"])
    names = {doc: wrap(label, 40 if style.double else 22) for doc, label in labels.items()}
    left = max(map(text_mm, names.values())) + 3
    strip = None
    if span := _span(table):
        strip_mm = 42 if style.double else 20
        strip = _Strip(*span, left, left + strip_mm)
        left += strip_mm + _KIND_GAP
    kinds = Counter(columns["kind"])
    width = (style.mm - left - _KIND_GAP * (len(kinds) - 1)) / len(columns)
    gaps = {kind: _KIND_GAP * number for number, kind in enumerate(kinds)}
    x = {
        (kind, link): left + width * (number + 0.5) + gaps[kind]
        for number, (kind, link) in enumerate(zip(columns["kind"], columns["link"], strict=True))
    }
    heads = Heads.fitting([_link_name(table, link, style) for link in columns["link"]], width)
    widths = {kind: width * n - 1 for kind, n in kinds.items()}
    if strip:
        widths["time"] = strip.right - strip.left
    said = {name: wrap(style.say(f"sequence_and_close.{name}"), mm) for name, mm in widths.items()}
    count = wrap(style.say("sequence_and_close.count", n=len(labels)), left - 1)
    return _Grid(names, strip, x, width, said, heads, count)


def _span(table: pd.DataFrame) -> tuple[date, date] | None:
    """Return the first day of the first month and the last day of the last month of all dates in a
    table, or None without a date. A document with only an earliest or only a latest date of writing
    counts if no other dates are known: such a date may lie years away from the writing."""
    bounds = table[["date_from", "date_to"]].drop_duplicates()
    for known in (bounds.dropna(), bounds):
        named = [*table["date_iso"], *known["date_from"], *known["date_to"]]
        if days := [day for day in map(_day_of, named) if day]:
            last = max(days)
            length = calendar.monthrange(last.year, last.month)[1]
            return min(days).replace(day=1), last.replace(day=length)
    return None


def _day_of(date_iso: object) -> date | None:
    """Return a date as a day: `2024-10-31` as this day, and `2024-06` as the middle of the month.
    Return None for a date without a year."""
    match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", str(date_iso))
    return date(*(int(part or 15) for part in match.groups())) if match else None


def _date_words(date_iso: object, style: Style) -> str:
    """Write the month, and the day if it is known, of a date such as `2024-10-31`, `2024-06` or
    `06`. A missing date becomes an empty text."""
    match = re.fullmatch(r"(?:\d{4}-)?(\d\d)(?:-(\d\d))?", str(date_iso))
    if not match:
        return ""
    month, day = int(match[1]), int(match[2] or 0)
    zh = f"{month}月" + (f"{day}日" if day else "")
    return style.choose(zh, f"{day or ''} {_MONTHS[month - 1]}".strip())


def _draw_heads(sheet: Axes, grid: _Grid, style: Style) -> None:
    """Write the headings of the links and closings, and those of the strip of months."""
    kinds_mm = max(map(tall, grid.kinds.values()))
    for kind, name in grid.kinds.items():
        left, right = grid.ends(kind)
        aside(sheet, left, 0.5 + kinds_mm / 2, name)
        sheet.plot([left, right], [1 + kinds_mm] * 2, color=FAINT, linewidth=0.5)
    grid.heads.draw(sheet, grid.x.values(), grid.head - 1, INK)
    if grid.strip:
        _draw_months(sheet, grid.strip, style, grid.head - 1)


def _draw_months(sheet: Axes, strip: _Strip, style: Style, bottom: float) -> None:
    """Write the years and, if they fit, the months at the head of the strip."""
    months = strip.months()
    a_month = (strip.right - strip.left) / len(months)
    names = [_date_words(f"{day:%m}", style) for day in months]
    widest = max(map(text_mm, names)) + 0.6
    every = [step for step in (1, 2, 3, 6) if step * a_month >= widest]
    for i in range(0, len(months), every[0]) if every else ():
        middle = strip.x(months[i]) + a_month / 2
        aside(sheet, middle, bottom, names[i], ha="center", va="bottom")
    free = strip.right + 1  # years are written from the last to the first, where there is room
    for day in reversed(months):
        x = min(strip.x(day), strip.right - 6)
        if (day.month == 1 or day == strip.first) and x + 7 <= free:
            free = x
            aside(sheet, x, bottom - LINE_MM * bool(every), str(day.year), va="bottom")


def _draw_document(
    sheet: Axes, links: pd.DataFrame, grid: _Grid, style: Style, *, top: float
) -> None:
    """Draw the row of one document: its name, its strip of months, and the marks of its links."""
    middle = top + grid.row / 2
    sheet.plot([0, style.mm], [top] * 2, color=FAINT, linewidth=0.5, zorder=0)
    write(sheet, 0.3, middle, grid.names[links["doc"].iloc[0]])
    if grid.strip:
        _draw_time(sheet, links, grid, style, top)
    for link, following in pairwise(links.query("kind == 'link'").itertuples()):
        if {link.state, following.state} <= set(_REPORTED):
            ends = [grid.x["link", each.link] for each in (link, following)]
            sheet.plot(ends, [middle - _MARK_UP] * 2, color=QUIET, linewidth=0.8, zorder=1)
    for link in links.itertuples():
        x = grid.x[link.kind, link.link]
        if link.mark == "scheduled":
            _hatch(sheet, x - grid.width / 2 + 0.4, x + grid.width / 2 - 0.4, grid, top)
        mark(sheet, [x], [middle - _MARK_UP], zorder=3, **_look(link.state, link.mark, style))
        words = _date_words(link.date_iso, style)
        if text_mm(words) <= grid.width - 0.5:
            white = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
            aside(sheet, x, middle + _DATE_DOWN, words, ha="center", zorder=2, bbox=white)


def _draw_time(sheet: Axes, links: pd.DataFrame, grid: _Grid, style: Style, top: float) -> None:
    """Draw the strip of months of one document: a bar for the time of writing, hatching for the
    time after it, and a tick for each dated act."""
    strip, middle = grid.strip, top + grid.row / 2
    begin, end = (_day_of(links[name].iloc[0]) for name in ("date_from", "date_to"))
    if strip.is_before_end(end):
        _hatch(sheet, strip.x(end), strip.right, grid, top)
    if begin or end:
        left, right = strip.x(begin or strip.first), strip.x(end or strip.last)
        ends = min(left, strip.right - 0.9), max(right, left + 0.9)  # a single day is a short bar
        y = middle + _DATE_DOWN
        sheet.plot(ends, [y, y], color=QUIET, linewidth=3.2, solid_capstyle="butt", zorder=2)
        # an arrow stands at the open end of the bar, where no bound is known
        for bound, x, arrow in ((begin, ends[0], "<"), (end, ends[1], ">")):
            if not bound:
                mark(sheet, [x], [y], size=5, marker=arrow, color=QUIET)
    days = {_day_of(act): None for act in links["date_iso"]}
    ticks = [strip.x(day) for day in days if day]
    mark(sheet, ticks, [middle - _MARK_UP] * len(ticks), zorder=3, **style.look(_TICK))


def _hatch(sheet: Axes, left: float, right: float, grid: _Grid, top: float) -> None:
    """Cover a part of a row with strokes, for what comes after the writing."""
    place, size = (left, top + 0.4), (right - left, grid.row - 0.8)
    look = {"fill": False, "linewidth": 0, "edgecolor": "#B0B0B0", "hatch_linewidth": 0.5}
    sheet.add_patch(Rectangle(place, *size, hatch="/////", zorder=0.5, **look))


def _draw_counts(sheet: Axes, table: pd.DataFrame, grid: _Grid, *, middle: float) -> None:
    """Write the last row: how many documents report each link, counted over all pages."""
    aside(sheet, 0.3, middle, grid.count)
    reported = table[table["state"].isin(_REPORTED)].groupby(["kind", "link"])["doc"].nunique()
    for column, x in grid.x.items():
        write(sheet, x, middle, str(reported.get(column, 0)), ha="center")


def _strip_key(drawn: pd.DataFrame, strip: _Strip | None, style: Style) -> list[Entry]:
    """List the symbols of the strip of months, and the hatching, for the key below the chart."""
    entries: list[Entry] = []
    if strip:
        entries.append((_BAR, style.say("sequence_and_close.bar")))
        if drawn["date_iso"].map(_day_of).notna().any():
            entries.append((style.look(_TICK), style.say("sequence_and_close.tick")))
    is_announced = (drawn["mark"] == "scheduled").any()
    if is_announced or strip and any(map(strip.is_before_end, map(_day_of, drawn["date_to"]))):
        entries.append((_AFTER, style.say("sequence_and_close.after")))
    return entries


def _link_name(drawn: pd.DataFrame, link: str, style: Style) -> str:
    """Return the name of a link in the style's language, or the id of a link without names."""
    row = drawn[drawn["link"] == link].iloc[0]
    return style.choose(row["zh"], row["en"]) if "zh" in drawn else link


def _sequence_alt(drawn: pd.DataFrame, style: Style) -> str:
    """Write the alternative text of the chart: for each document when it was written, and which
    links and closings it reports."""
    documents = []
    for doc, label in short_labels(drawn, style.lang).items():
        links = drawn[drawn["doc"] == doc]
        parts = [_written(*links.iloc[0][["date_from", "date_to"]], style)]
        for kind, rows in links.groupby("kind", sort=False):
            reported = rows.loc[rows["state"].isin(_REPORTED), "link"]
            names = style.commas(_link_name(drawn, link, style) for link in reported)
            names = names or style.say("sequence_and_close.none")
            parts.append(style.say(f"sequence_and_close.alt_{kind}", names=names))
        told = style.semicolons(filter(None, parts))
        documents.append(style.say("sequence_and_close.alt_city", city=label, told=told))
    return style.say("sequence_and_close.alt", cities=style.semicolons(documents))


def _written(date_from: object, date_to: object, style: Style) -> str:
    """Say in words when a document was written. Without a date, the text is empty."""
    known = [str(day) for day in (date_from, date_to) if not pd.isna(day)]
    if not known:
        return ""
    sign = ""
    if len(known) == 1:
        sign = "≤" if pd.isna(date_from) else "≥"
    return style.say("sequence_and_close.alt_time", time=sign + "–".join(dict.fromkeys(known)))
