"""Turn the tables of a whole study into a table that compares the cities and a summary on one page.
Use them for a reader who has a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.codebook import Codebook
from helpers.labels import NUMBER_KINDS, city_names, document_labels, short_labels
from helpers.study import reported_words

from . import canvas
from .canvas import (
    LINE_MM,
    Chart,
    Entry,
    Part,
    fit,
    letter_size,
    mark,
    measured,
    text_mm,
    wrap,
    write,
    write_flow,
    write_text,
)
from .outcomes import NUMBER_MARKS
from .rows import COUNTED, Heads, Look, aside, filled, row_name, stage_name, tall
from .style import FAINT, INK, MAIN, QUIET, STATE_MARKS, Style, drawing

_Line = tuple[float, str, str]  # indent in millimetres, colour, text
_GRID_MM = 210.0  # height of a page of the synthesis


def synthesis_table(
    table: pd.DataFrame,
    columns: Mapping[str, tuple[str, str]],
    *,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw a table of one row per city as a figure, texts wrapped, numbers to the right.

    Parameters
    ----------
    table
        ``doc, city_zh, city_en`` and the columns named next; a pair ``x_zh``, ``x_en`` may be named
        ``x``.
    columns
        Column → its heads: ``{"n_done": ("已做手段", "Instruments done")}``, in drawn order.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Rows in the order of the table. A missing cell is a dash, never 0. Where the columns do not
        fit beside one another, or would be long and narrow, they stand below one another under the
        name of the city.
    """
    needed = ["doc", "city_zh", "city_en", *(_column_in(table, name, "zh") for name in columns)]
    canvas.check_columns(table, needed, chart="synthesis_table", source="the synthesis")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.empty_chart(style, list(columns))
        grid = _Grid.of(table, columns, style)
        blocks = [_below_one_another(row, grid.heads, style) for row in grid.rows]
        widths = _column_widths(grid, style)
        lines = [grid.wrapped(row, widths) for row in grid.rows] if widths else []
        if widths and sum(map(_row_mm, lines)) < sum(map(_list_mm, blocks)):
            fig, shown, pages = _grid_page(grid, lines, widths, page, style)
        else:
            fig, shown, pages = _list_page(blocks, page, style)
        alt = {}
        for each in style.in_each_language():
            heads = each.commas(each.choose(*pair) for pair in columns.values())
            alt[each.lang] = each.say("synthesis.alt", n=len(shown), columns=heads)
        return canvas.finish(fig, table.iloc[list(shown)], alt=alt, pages=pages, page=page)


def _column_in(table: pd.DataFrame, name: str, lang: str) -> str:
    """Return the column that a name means in a language: ``x``, or ``x_zh`` of a pair."""
    is_pair = name not in table and f"{name}_zh" in table
    return f"{name}_{lang}" if is_pair else name


@dataclass(frozen=True)
class _Grid:
    """The texts of a table: heads, rows of cells, and which columns hold numbers."""

    heads: list[str]
    rows: list[tuple[str, ...]]
    numeric: list[bool]

    @classmethod
    def of(cls, table: pd.DataFrame, columns: Mapping[str, tuple[str, str]], style: Style) -> _Grid:
        """Write the columns of a table as texts, with the name of the city in front."""
        labels = document_labels(table)
        cities = [row_name(labels[doc], style) for doc in table["doc"]]
        cells = [table[_column_in(table, name, style.lang)] for name in columns]
        return cls(
            [style.say("synthesis.city"), *(style.choose(*pair) for pair in columns.values())],
            list(zip(cities, *map(_column_texts, cells), strict=True)),
            [False, *map(pd.api.types.is_numeric_dtype, cells)],
        )

    @staticmethod
    def wrapped(row: Sequence[str], widths: Sequence[float]) -> list[str]:
        """Break the texts of a row into the lines of their columns."""
        return [wrap(text, mm - 2) for text, mm in zip(row, widths, strict=True)]


_Page = tuple[Chart, Sequence[int], int]  # the chart, the rows it shows, the number of pages


def _grid_page(
    grid: _Grid, lines: Sequence[list[str]], widths: Sequence[float], page: int, style: Style
) -> _Page:
    """Draw a page of columns beside one another. All pages have as many rows as a page has room for
    if each were as tall as the tallest."""
    rows_a_page = int(_GRID_MM // max(map(_row_mm, lines)))
    shown, pages = canvas.paginate(range(len(lines)), rows_a_page, page)
    rows = [grid.wrapped(grid.heads, widths), *(lines[i] for i in shown)]
    part = canvas.of_pages(style, page, pages)
    return _draw_grid(rows, widths, grid.numeric, style, part), shown, pages


def _list_page(blocks: Sequence[list[_Line]], page: int, style: Style) -> _Page:
    """Draw a page of columns below one another."""
    all_pages = filled(range(len(blocks)), _GRID_MM, lambda _, row: _list_mm(blocks[row]))
    (shown, *_), pages = canvas.paginate(all_pages, 1, page)
    part = canvas.of_pages(style, page, pages)
    return _draw_list([blocks[i] for i in shown], style, part), shown, pages


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(grid: _Grid, style: Style) -> list[float]:
    """Share the width: every column gets room for its longest word, and the rest is shared by the
    square root of the length of the texts; empty where there is not enough room."""
    columns = list(zip(grid.heads, *grid.rows, strict=True))
    # 2.2 mm separate two columns; no single word may claim more than 30 mm
    widths = [min(max(map(_word_mm, " ".join(texts).split())), 30.0) + 2.2 for texts in columns]
    widths[0] = max(map(text_mm, columns[0][1:])) + 2.2
    if sum(widths) > style.mm:
        return []
    longest = [max(map(text_mm, texts)) for texts in columns]
    for _ in range(20):  # what a column does not need goes to the others
        wishes = {i: mm**0.5 for i, mm in enumerate(longest) if widths[i] < mm + 2.2 - 0.01}
        spare = style.mm - sum(widths)
        if spare < 0.1 or not wishes:
            break
        for i, wish in wishes.items():
            widths[i] = min(longest[i] + 2.2, widths[i] + spare * wish / sum(wishes.values()))
    return widths


def _word_mm(word: str) -> float:
    """Return the room that a word needs; Chinese can be broken anywhere."""
    return text_mm(word) if word.isascii() else min(text_mm(word), 12.0)


def _row_mm(row: Sequence[str]) -> float:
    return max(map(tall, row)) + 2.0


def _draw_grid(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    numeric: Sequence[bool],
    style: Style,
    part: str,
) -> Chart:
    """Lay out heads (the first row) and rows with thin rules between them."""
    height = _row_mm(rows[0]) + sum(map(_row_mm, rows[1:])) + (LINE_MM if part else 0) + 0.6
    fig = canvas.new_chart(style, height)
    sheet, y, lefts = canvas.mm_axes(fig), 0.0, [sum(widths[:i]) for i in range(len(widths))]
    for row in rows:
        colour, rule, thick = (INK, FAINT, 0.4) if y else (QUIET, QUIET, 0.6)
        for left, mm, text, number in zip(lefts, widths, row, numeric, strict=True):
            x, ha = (left + mm - 1.6, "right") if number else (left + 0.4, "left")
            # written line by line, so that all lines of a row stand on common baselines
            for n, line in enumerate(text.split("\n")):
                write(sheet, x, y + 1.0 + n * LINE_MM, line, ha=ha, va="top", color=colour)
        y += _row_mm(row)
        sheet.plot([0, sum(widths)], [y, y], color=rule, linewidth=thick)
    aside(sheet, 0.4, y + LINE_MM / 2 + 0.2, part)
    return fig


def _below_one_another(row: Sequence[str], heads: Sequence[str], style: Style) -> list[_Line]:
    """Write a row as lines: the city, then each column as its head and its text."""
    name, *texts = row
    lines = [(0.3, INK, city_names(name))]
    for head, text in zip(heads[1:], texts, strict=True):
        colour = INK if text != "–" else QUIET
        broken = wrap(head + style.choose("：", ": ") + text, style.mm - 4).split("\n")
        lines += [(2.5, colour, line) for line in broken]
    return lines


def _list_mm(block: Sequence[_Line]) -> float:
    return LINE_MM * len(block) + 1.5


def _draw_list(blocks: Sequence[Sequence[_Line]], style: Style, part: str) -> Chart:
    """Lay out blocks of lines with thin rules between them."""
    fig = canvas.new_chart(style, sum(map(_list_mm, blocks)) + (LINE_MM if part else 0) + 0.6)
    sheet, y = canvas.mm_axes(fig), 0.3
    for block in blocks:
        for i, (indent, colour, line) in enumerate(block):
            write(sheet, indent, y + 0.6 + (i + 0.5) * LINE_MM, line, color=colour)
        y += _list_mm(block)
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
    aside(sheet, 0.3, y + LINE_MM / 2 + 0.2, part)
    return fig


SUMMARY_COLUMNS = tuple("doc city_zh city_en part stage code zh en n present state".split())
PAGE_MM = 247.0  # what A4 leaves between margins of 25 mm
_BLOCKS = 12  # documents that may have a block each; with more documents each has a line


def summary(
    table: pd.DataFrame,
    frames: Mapping[str, Any],
    *,
    codebook: Codebook | None = None,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw what each city did, speaks of and claims on one page, for a reader with one minute.

    Parameters
    ----------
    table
        The result of `summary_table`.
    frames
        The result of `summary_texts`: by language a title, a base, findings and notes.
    codebook
        Names the stages and states; default: the shipped one.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        Few documents have a block each: one dot per instrument under the name of its stage, the
        leading themes, each number with its mark. Of many documents each has a line with the count
        of every state, as in `supervision_chain`. A stage without a dot has a dash: the document
        says nothing about it.
    """
    canvas.check_columns(table, SUMMARY_COLUMNS, chart="summary", source="summary_table")
    with drawing(lang, width, codebook) as style:
        if table.empty:
            return canvas.empty_chart(style, SUMMARY_COLUMNS)
        labels = document_labels(table)
        head, foot = _head(frames[style.lang]), _foot(table, frames[style.lang])
        room = PAGE_MM - measured(head, style) - measured(foot, style)
        shown, pages, parts = _documents_of_page(table, labels, room, page, style)
        parts = [head, *parts, foot, _page_note(canvas.of_pages(style, page, pages))]
        fig = canvas.new_chart(style, sum(measured(part, style) for part in parts) + 0.5)
        sheet, y = canvas.mm_axes(fig), 0.0
        for part in parts:
            y = part(sheet, y, style)
        drawn = table[table["doc"].isin(shown)]
        alt = {each.lang: _alt(drawn, labels, each) for each in style.in_each_language()}
        return canvas.finish(fig, drawn, alt=alt, pages=pages, page=page)


def _documents_of_page(
    table: pd.DataFrame, labels: pd.Series, room: float, page: int, style: Style
) -> tuple[Sequence[str], int, list[Part]]:
    """Return the documents of a page, the number of pages, and the parts that show them: blocks
    where all documents fit one page as blocks, else lines under the names of the stages."""
    documents = list(labels.index)
    rows = dict(iter(table.groupby("doc", sort=False)))
    if len(documents) <= _BLOCKS:
        parts = [_block(rows[doc], city_names(labels[doc])) for doc in documents]
        if sum(measured(part, style) for part in parts) <= room:
            shown, pages = canvas.paginate(documents, len(documents), page)
            return shown, pages, parts
    stages = [stage for stage in dict.fromkeys(table["stage"]) if stage]
    heads = _stage_heads(stages)
    tallest = LINE_MM * max(_most_lines(style), _deepest(table, style)) + 1.4
    space = room - LINE_MM - measured(heads, style)
    shown, pages = canvas.paginate(documents, int(space // tallest), page)
    names = labels.map(city_names) if style.double else short_labels(table, style.lang)
    return shown, pages, [heads, *(_line(rows[doc], names[doc], stages) for doc in shown)]


def _head(frame: Any) -> Part:
    """Write the title, what the page rests on, and the findings."""

    def draw(sheet: Axes, y: float, style: Style) -> float:
        y = write_text(sheet, y, style, frame.title, size=12.0 if style.double else 9.0) + 0.6
        y = write_text(sheet, y, style, frame.base, color=QUIET) + 1.6
        for finding in frame.findings:
            y = write_text(sheet, y, style, finding) + 0.8
        return y + 1.2

    return draw


def _block(rows: pd.DataFrame, name: str) -> Part:
    """Write one document: its instruments as dots by stage, its themes, results and outputs."""

    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.6)
        letters = letter_size(style)
        write(sheet, 0.3, y + 3.0, name, size=letters + 1.5)
        at, reported = 0.3 + text_mm(name, letters + 1.5) + 3, reported_words(rows, style.lang)
        # where there is no room beside the name, the words go to the next line
        if at + text_mm(reported, letters) > style.mm:
            at, y = 0.3, y + LINE_MM + 0.6
        aside(sheet, at, y + 3.0, reported, size=letters)
        y = _stages(sheet, y + 5.6, style, _of(rows, "instrument"))
        themes = _themes(rows, style) or style.say("summary.no_theme")
        y = write_text(sheet, y, style, style.run_on(style.say("summary.themes"), themes))
        results: list[Entry] = [(None, style.say("summary.result"))]
        results += _numbers(_of(rows, "result"), style)
        y = write_flow(sheet, y, style, results)
        outputs: list[Entry] = [(None, style.say("summary.output"))]
        outputs += _numbers(_of(rows, "output"), style)
        outputs += [(None, text) for text in _of(rows, "more")[style.lang]]
        return write_flow(sheet, y, style, outputs) + 1.8

    return draw


def _numbers(numbers: pd.DataFrame, style: Style) -> list[Entry]:
    """Return results or outputs with their marks; a dash where there are none."""
    if numbers.empty:
        dash = {**STATE_MARKS["not_mentioned"], "size": 4}
        return [(dash, style.say("summary.no_number"))]
    return list(zip(map(_look, numbers["state"]), numbers[style.lang], strict=True))


def _of(rows: pd.DataFrame, *parts: str) -> pd.DataFrame:
    """Keep the rows of these parts of the page."""
    return rows[rows["part"].isin(parts)]


def _look(state: str) -> Look:
    return {"marker": "s", "color": MAIN, "size": 4.4, **NUMBER_MARKS[state]}


def _themes(rows: pd.DataFrame, style: Style) -> str:
    """List the leading themes of a document with their hits."""
    themes = _of(rows, "theme")
    hits = zip(themes[style.lang], themes["n"], strict=True)
    return style.commas(f"{theme} {n}" for theme, n in hits)


_DOT_MM = 1.95


def _stages(sheet: Axes, y: float, style: Style, rows: pd.DataFrame) -> float:
    """Write the stages beside one another, under each name its dots, or a dash where nothing is
    said."""
    states = {stage: list(cells["state"]) for stage, cells in rows.groupby("stage", sort=False)}
    counts = (rows["code"] != "").groupby(rows["stage"]).sum()
    heads = {stage: f"{stage_name(stage, style)} {counts[stage] or ''}".strip() for stage in states}
    # as many stages beside one another as the longest name allows
    least = max(map(text_mm, heads.values())) + 2.0
    columns = max(1, min(len(states), int(style.mm // least)))
    step = style.mm / columns
    per_line = int((step - 1.0) // _DOT_MM)
    stages = list(states)
    for first in range(0, len(stages), columns):
        line = stages[first : first + columns]
        for i, stage in enumerate(line):
            left = 0.3 + i * step
            aside(sheet, left, y + LINE_MM / 2, heads[stage])
            for k, state in enumerate(states[stage]):
                x = left + 0.9 + _DOT_MM * (k % per_line)
                below = y + LINE_MM + 1.2 + 2.0 * (k // per_line)
                mark(sheet, [x], [below], **{"size": 4.4, **STATE_MARKS[state]})
        deepest = max(-(-len(states[stage]) // per_line) for stage in line)
        y += LINE_MM + 0.4 + 2.0 * deepest + 0.8
    return y


def _columns(style: Style) -> tuple[float, float]:
    """Return where the counts of a line begin and how wide each is; the rest holds the words."""
    return (31.0, 10.7) if style.double else (17.0, 4.2)


def _most_lines(style: Style) -> int:
    """Return how many lines of words a document may have. The limit fixes the number of pages
    before anything is drawn."""
    return {"zh": (4, 2), "en": (6, 3)}[style.lang][style.double]


def _deepest(table: pd.DataFrame, style: Style) -> int:
    """Return the largest number of lines that the counts of a stage take."""
    stages = _of(table, "instrument").groupby(["doc", "stage"], sort=False)
    return max((len(_counts(cells, style)) for _, cells in stages), default=1)


def _counts(cells: pd.DataFrame, style: Style) -> list[list[tuple[str, int]]]:
    """Return the states of a stage with their counts as they stand in a cell: beside one another
    where there is room, else in lines."""
    if cells.empty:
        return []
    by_state = cells["state"].value_counts()
    counts = [(state, int(by_state[state])) for state in COUNTED if state in by_state]
    beside = sum(text_mm(str(n)) + 2.3 for _, n in counts) < _columns(style)[1]
    return [counts] if beside else [[one] for one in counts]


def _stage_heads(stages: Sequence[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        left, step = _columns(style)
        heads = [stage_name(stage, style) for stage in stages]
        horizontal = all(text_mm(head) < step - 0.4 for head in heads)
        words_at = left + step * len(heads) + 1.5
        lines = wrap(style.say("summary.head_words"), style.mm - words_at).split("\n")
        height = max(LINE_MM * len(lines), LINE_MM if horizontal else max(map(text_mm, heads)) + 1)
        for i, line in enumerate(reversed(lines)):
            aside(sheet, words_at, y + height - LINE_MM * i, line, va="bottom")
        middles = [left + (i + 0.5) * step for i in range(len(heads))]
        Heads(heads, horizontal, height).draw(sheet, middles, y + height)
        return y + height + 0.8

    return draw


def _line(rows: pd.DataFrame, name: str, stages: Sequence[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        left, step = _columns(style)
        words_at = left + step * len(stages) + 1.5
        short, most = _in_short(rows, style), _most_lines(style)
        words = wrap(short, style.mm - words_at - 0.5, lines=most).split("\n")
        names = [fit(line, left - 1) for line in wrap(name, left - 1, lines=2).split("\n")]
        used = _of(rows, "instrument")
        cells = [_counts(used[used["stage"] == stage], style) for stage in stages]
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        for lines, x in ((names, 0.3), (words, words_at)):
            for i, line in enumerate(lines):
                write(sheet, x, y + 0.7 + (i + 0.5) * LINE_MM, line)
        for i, lines in enumerate(cells):
            for k, counts in enumerate(lines):
                _states(sheet, left + (i + 0.5) * step, y + 0.7 + (k + 0.5) * LINE_MM, counts)
        return y + LINE_MM * max(len(words), len(names), *map(len, cells)) + 1.4

    return draw


def _states(sheet: Axes, middle: float, y: float, counts: list[tuple[str, int]]) -> None:
    """Write marks with their counts side by side around a place; a dash where nothing is said."""
    if not counts:
        mark(sheet, [middle], [y], size=4.2, **STATE_MARKS["not_mentioned"])
    x = middle - sum(text_mm(str(n)) + 2.3 for _, n in counts) / 2 + 0.3
    for state, n in counts:
        mark(sheet, [x + 0.7], [y], size=3.8, **STATE_MARKS[state])
        write(sheet, x + 1.6, y, str(n))
        x += text_mm(str(n)) + 2.3


def _in_short(rows: pd.DataFrame, style: Style) -> str:
    """Say themes and numbers of a document in a few words: 问题整改 23、助餐 16；成效 2（如原文
    2），产出 4, "rectification 23, meals 16; 2 results (2 as printed), 4 outputs"."""
    counts = _of(rows, "result")["state"].value_counts()
    kinds = [
        style.say("chart.kind_count", kind=style.choose(*names), n=counts[kind])
        for kind, names in NUMBER_KINDS.items()
        if kind in counts
    ]
    results, outputs = style.say("summary.no_results"), style.say("summary.no_outputs")
    if kinds:
        results = style.say("summary.results", n=int(counts.sum()), kinds=style.commas(kinds))
    n = int(_of(rows, "output", "more")["n"].sum())
    if n:
        outputs = style.say("summary.outputs", n=n)
    claims = style.say("summary.claims", results=results, outputs=outputs)
    return style.semicolons(filter(None, (_themes(rows, style), claims)))


def _foot(table: pd.DataFrame, frame: Any) -> Part:
    """Write the keys of the marks that occur, and the notes."""
    states, kinds = set(table["state"]), set(_of(table, "result", "output")["state"])

    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=QUIET, linewidth=0.6)
        state_names = style.states
        dots: list[Entry] = [
            ({**look, "size": 4.4}, style.choose(*state_names[state]))
            for state, look in STATE_MARKS.items()
            if state in states
        ]
        lead = style.say("summary.key_instruments")
        y = write_flow(sheet, y + 1.0, style, [(None, lead), *dots]) + 0.4
        numbers: list[Entry] = [
            (_look(kind), style.choose(*NUMBER_KINDS[kind]))
            for kind in NUMBER_MARKS
            if kind in kinds
        ]
        if numbers:
            lead = style.say("summary.key_numbers")
            y = write_flow(sheet, y, style, [(None, lead), *numbers]) + 0.4
        for note in frame.notes:
            y = write_text(sheet, y, style, note, color=QUIET) + 0.6
        return y

    return draw


def _page_note(text: str) -> Part:
    """Say at the very end which page this is; nothing where there is one page."""

    def draw(sheet: Axes, y: float, style: Style) -> float:
        return write_text(sheet, y, style, text, color=QUIET) if text else y

    return draw


def _alt(drawn: pd.DataFrame, labels: pd.Series, style: Style) -> str:
    """Say how many instruments, which themes and how many results each document has."""
    cities = [
        style.say(
            "summary.alt_city",
            city=city_names(labels[doc]),
            instruments=reported_words(rows, style.lang),
            claims=_in_short(rows, style),
        )
        for doc, rows in drawn.groupby("doc", sort=False)
    ]
    return style.say("summary.alt", cities=style.choose("。", ". ").join(cities))
