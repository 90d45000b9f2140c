"""All tables → a page that compares the cities, and a summary on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import NUMBER_KINDS, STATES, city_names, document_labels, short_labels
from helpers.study import reported_words

from . import canvas
from .canvas import (
    LINE_MM,
    Chart,
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
from .rows import COUNTED, Entry, Heads, Look, aside, filled, row_name, stage_name, tall
from .style import FAINT, INK, MAIN, QUIET, STATE_MARKS, Style, drawing


def synthesis_table(
    table: pd.DataFrame,
    columns: Mapping[str, tuple[str, str]],
    *,
    page: int = 1,
    lang: str | None = None,
    width: str | None = None,
) -> Chart:
    """Draw a table of one row a city as a figure, texts wrapped, numbers to the right.

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
    paired = {name for name in columns if name not in table and f"{name}_zh" in table}
    needed = [f"{name}_zh" if name in paired else name for name in columns]
    needed = ["doc", "city_zh", "city_en", *needed]
    canvas.check_columns(table, needed, chart="synthesis_table", source="the synthesis")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.empty_chart(style, list(columns))
        labels = document_labels(table)
        cells = [table[f"{name}_{style.lang}" if name in paired else name] for name in columns]
        numeric = [False, *map(pd.api.types.is_numeric_dtype, cells)]
        heads = [style.say("城市", "City"), *(style.say(*pair) for pair in columns.values())]
        names = [row_name(labels[doc], style) for doc in table["doc"]]
        texts = [names, *map(_column_texts, cells)]
        rows = list(zip(*texts, strict=True))
        blocks = [_below_one_another(row, heads, style) for row in rows]
        widths = _column_widths(heads, texts, style)
        grid = [
            [wrap(text, mm - 2) for text, mm in zip(row, widths, strict=True)]
            for row in ([heads, *rows] if widths else [])
        ]
        beside = widths and sum(map(_row_mm, grid[1:])) < sum(map(_list_mm, blocks))
        if beside:  # as many a page as there is room for the tallest
            tallest = max(map(_row_mm, grid[1:]))
            own, pages = canvas.paginate(range(len(rows)), int(210 // tallest), page)
        else:
            full = filled(range(len(rows)), 210, lambda _, place: _list_mm(blocks[place]))
            (own, *_), pages = canvas.paginate(full, 1, page)
        part = canvas.of_pages(style, page, pages).strip()
        if beside:
            fig = _grid([grid[0], *(grid[i + 1] for i in own)], widths, numeric, style, part)
        else:
            fig = _list([blocks[i] for i in own], style, part)
        drawn, n = table.iloc[list(own)], len(own)
        zh, en = [pair[0] for pair in columns.values()], [pair[1] for pair in columns.values()]
        alt = {
            "zh": f"综合表：{n} 行（每份简报一行），各列为{'、'.join(zh)}。",
            "en": f"Synthesis table of {n} row{'s' * (n > 1)}, one a briefing: {', '.join(en)}.",
        }
        return canvas.finish(fig, drawn, **alt, pages=pages, page=page)


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(
    heads: Sequence[str], columns: Sequence[Sequence[str]], style: Style
) -> list[float]:
    """Share the width: every column gets its longest word, the rest goes by the root of the text's
    length; empty where it is not enough."""
    whole = [[head, *texts] for head, texts in zip(heads, columns, strict=True)]
    widths = [min(max(map(_word_mm, " ".join(texts).split())), 30.0) + 2.2 for texts in whole]
    widths[0] = max(map(text_mm, columns[0])) + 2.2
    if sum(widths) > style.mm:
        return []
    longest = [max(map(text_mm, texts)) for texts in whole]
    for _ in range(20):  # what a column does not need goes to the others
        wishes = {i: mm**0.5 for i, mm in enumerate(longest) if widths[i] < mm + 2.2 - 0.01}
        spare = style.mm - sum(widths)
        if spare < 0.1 or not wishes:
            break
        for i, wish in wishes.items():
            widths[i] = min(longest[i] + 2.2, widths[i] + spare * wish / sum(wishes.values()))
    return widths


def _word_mm(word: str) -> float:
    """Return the room that a word asks for: Chinese breaks anywhere."""
    return text_mm(word) if word.isascii() else min(text_mm(word), 12.0)


def _row_mm(row: Sequence[str]) -> float:
    return max(map(tall, row)) + 2.0


def _grid(
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
            # one by one: all lines of a row stand on common baselines
            for n, line in enumerate(text.split("\n")):
                write(sheet, x, y + 1.0 + n * LINE_MM, line, ha=ha, va="top", color=colour)
        y += _row_mm(row)
        sheet.plot([0, sum(widths)], [y, y], color=rule, linewidth=thick)
    aside(sheet, 0.4, y + LINE_MM / 2 + 0.2, part)
    return fig


_Line = tuple[float, str, str]  # indent in millimetres, colour, text


def _below_one_another(row: Sequence[str], heads: Sequence[str], style: Style) -> list[_Line]:
    """Write a row as lines: the city, then each column as its head and its text."""
    name, *texts = row
    lines = [(0.3, INK, city_names(name))]
    for head, text in zip(heads[1:], texts, strict=True):
        wrapped = wrap(style.say(f"{head}：{text}", f"{head}: {text}"), style.mm - 4).split("\n")
        lines += [(2.5, INK if text != "–" else QUIET, line) for line in wrapped]
    return lines


def _list_mm(block: Sequence[_Line]) -> float:
    return LINE_MM * len(block) + 1.5


def _list(blocks: Sequence[Sequence[_Line]], style: Style, part: str) -> Chart:
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
_BLOCKS = 12  # documents with a block each at most; of more each has a line


def summary(
    table: pd.DataFrame,
    frames: Mapping[str, Any],
    *,
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
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        For a few documents a block each: a dot an instrument under the name of its stage, the
        leading themes, each number with its mark. For many, a line each with the count of every
        state, as in `supervision_chain`. A stage without a dot has a dash: the document says
        nothing about it.
    """
    canvas.check_columns(table, SUMMARY_COLUMNS, chart="summary", source="summary_table")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.empty_chart(style, SUMMARY_COLUMNS)
        labels = document_labels(table)
        head, foot = _head(frames[style.lang]), _foot(table, frames[style.lang])
        room = PAGE_MM - measured(head, style) - measured(foot, style)
        shown, pages, parts = list(labels.index), 1, []
        rows = dict(iter(table.groupby("doc", sort=False)))
        if len(shown) <= _BLOCKS:
            parts = [_block(rows[doc], city_names(labels[doc])) for doc in shown]
        if parts and sum(measured(part, style) for part in parts) <= room:
            canvas.paginate(shown, len(shown), page)  # one page: any other is refused
        else:
            stages = [stage for stage in dict.fromkeys(table["stage"]) if stage]
            names = _stage_heads(stages)
            most = max(_most_lines(style), _deepest(table, style))
            space = room - LINE_MM - measured(names, style)
            shown, pages = canvas.paginate(shown, int(space // (LINE_MM * most + 1.4)), page)
            told = labels.map(city_names) if style.double else short_labels(table, style.lang)
            parts = [names, *(_line(rows[doc], told[doc], stages) for doc in shown)]
        parts = [head, *parts, foot, _part(canvas.of_pages(style, page, pages).strip())]
        fig = canvas.new_chart(style, sum(measured(part, style) for part in parts) + 0.5)
        sheet, y = canvas.mm_axes(fig), 0.0
        for part in parts:
            y = part(sheet, y, style)
        drawn = table[table["doc"].isin(shown)]
        return canvas.finish(fig, drawn, **_alt(drawn, labels), pages=pages, page=page)


def _head(frame: Any) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        y = write_text(sheet, y, style, frame.title, size=12.0 if style.double else 9.0) + 0.6
        y = write_text(sheet, y, style, frame.base, color=QUIET) + 1.6
        for finding in frame.findings:
            y = write_text(sheet, y, style, finding) + 0.8
        return y + 1.2

    return draw


def _block(rows: pd.DataFrame, name: str) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.6)
        letters = letter_size(style)
        write(sheet, 0.3, y + 3.0, name, size=letters + 1.5)
        at, told = 0.3 + text_mm(name, letters + 1.5) + 3, reported_words(rows, style.lang)
        if at + text_mm(told, letters) > style.mm:
            at, y = 0.3, y + LINE_MM + 0.6
        aside(sheet, at, y + 3.0, told, size=letters)
        y = _stages(sheet, y + 5.6, style, _of(rows, "instrument"))
        lead = style.say("讲得最多（次数）：", "Speaks most of (hits): ")
        none = style.say("没有词表中的词", "no term of the codebook")
        y = write_text(sheet, y, style, lead + (_themes(rows, style.lang) or none))
        dash = {**STATE_MARKS["not_mentioned"], "size": 4}
        silence: list[Entry] = [(dash, style.say("没有提到数字", "no number given"))]
        more: list[Entry] = [(None, text) for text in _of(rows, "more")[style.lang]]
        for part, lead, rest in (
            ("result", style.say("成效：", "Results:"), []),
            ("output", style.say("产出：", "Outputs:"), more),
        ):
            own = _of(rows, part)
            numbers = list(zip(map(_look, own["state"]), own[style.lang], strict=True))
            y = write_flow(sheet, y, style, [(None, lead), *(numbers or silence), *rest])
        return y + 1.8

    return draw


def _of(rows: pd.DataFrame, *parts: str) -> pd.DataFrame:
    """Keep the rows of these parts of the page."""
    return rows[rows["part"].isin(parts)]


def _look(state: str) -> Look:
    return {"marker": "s", "color": MAIN, "size": 4.4, **NUMBER_MARKS[state]}


def _themes(rows: pd.DataFrame, lang: str) -> str:
    themes = _of(rows, "theme")
    words = [f"{word} {n}" for word, n in zip(themes[lang], themes["n"], strict=True)]
    return ("、" if lang == "zh" else ", ").join(words)


_DOT_MM = 1.95


def _stages(sheet: Axes, y: float, style: Style, rows: pd.DataFrame) -> float:
    """Write the stages beside one another, under each name its dots; a dash where nothing is
    said."""
    states = {stage: list(own["state"]) for stage, own in rows.groupby("stage", sort=False)}
    told = (rows["code"] != "").groupby(rows["stage"]).sum()
    heads = {s: f"{stage_name(s, style.lang)} {told[s] or ''}".strip() for s in states}
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
    """Lines of words that a document gets at most: so the pages are known before anything is drawn,
    for any number of documents."""
    return {"zh": (4, 2), "en": (6, 3)}[style.lang][style.double]


def _deepest(table: pd.DataFrame, style: Style) -> int:
    """Lines that the counts of a stage take at most."""
    stages = _of(table, "instrument").groupby(["doc", "stage"], sort=False)
    return max((len(_counts(own, style)) for _, own in stages), default=1)


def _counts(own: pd.DataFrame, style: Style) -> list[list[tuple[str, int]]]:
    """Return the states of a stage with their counts as they stand in a cell: beside one another
    where there is room, else in lines."""
    if own.empty:
        return []
    found = own["state"].value_counts()
    counts = [(state, int(found[state])) for state in COUNTED if state in found]
    beside = sum(text_mm(str(n)) + 2.3 for _, n in counts) < _columns(style)[1]
    return [counts] if beside else [[one] for one in counts]


def _stage_heads(stages: Sequence[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        left, step = _columns(style)
        heads = [stage_name(stage, style.lang) for stage in stages]
        lying = all(text_mm(head) < step - 0.4 for head in heads)
        words_at = left + step * len(heads) + 1.5
        words = style.say(
            "讲得最多（次数）；成效与产出的数字",
            "speaks most of (hits); numbers of results and outputs",
        )
        lines = wrap(words, style.mm - words_at).split("\n")
        height = max(LINE_MM * len(lines), LINE_MM if lying else max(map(text_mm, heads)) + 1)
        for i, line in enumerate(reversed(lines)):
            aside(sheet, words_at, y + height - LINE_MM * i, line, va="bottom")
        middles = [left + (i + 0.5) * step for i in range(len(heads))]
        Heads(heads, lying, height).draw(sheet, middles, y + height)
        return y + height + 0.8

    return draw


def _line(rows: pd.DataFrame, name: str, stages: Sequence[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        left, step = _columns(style)
        words_at = left + step * len(stages) + 1.5
        short, most = _in_short(rows, style.lang), _most_lines(style)
        words = wrap(short, style.mm - words_at - 0.5, lines=most).split("\n")
        names = [fit(line, left - 1) for line in wrap(name, left - 1, lines=2).split("\n")]
        told = _of(rows, "instrument")
        cells = [_counts(told[told["stage"] == stage], style) for stage in stages]
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


def _in_short(rows: pd.DataFrame, lang: str) -> str:
    """Say themes and numbers of a document in a few words: 问题整改 23、助餐 16；成效 2（如原文
    2），产出 4."""
    themes, kinds = _themes(rows, lang), _of(rows, "result")["state"].value_counts()
    results, outputs = int(kinds.sum()), int(_of(rows, "output", "more")["n"].sum())
    if lang == "zh":
        how = "、".join(f"{NUMBER_KINDS[k][0]} {kinds[k]}" for k in NUMBER_KINDS if k in kinds)
        claimed = f"成效 {results}（{how}）" if results else "成效 –"
        return f"{themes}{'；' if themes else ''}{claimed}，产出 {outputs or '–'}"
    how = ", ".join(f"{kinds[k]} {NUMBER_KINDS[k][1]}" for k in NUMBER_KINDS if k in kinds)
    claimed = f"{results} result{'s' * (results > 1)} ({how})" if results else "results –"
    made = f"{outputs} output{'s' * (outputs > 1)}" if outputs else "outputs –"
    return f"{themes}{'; ' if themes else ''}{claimed}, {made}"


def _foot(table: pd.DataFrame, frame: Any) -> Part:
    states, kinds = set(table["state"]), set(_of(table, "result", "output")["state"])

    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=QUIET, linewidth=0.6)
        dots = [
            ({**look, "size": 4.4}, style.say(*STATES[state]))
            for state, look in STATE_MARKS.items()
            if state in states
        ]
        lead = style.say("监督方式：", "Instruments:")
        y = write_flow(sheet, y + 1.0, style, [(None, lead), *dots]) + 0.4
        numbers = [
            (_look(kind), style.say(*NUMBER_KINDS[kind])) for kind in NUMBER_MARKS if kind in kinds
        ]
        if numbers:
            lead = style.say("数字：", "Numbers:")
            y = write_flow(sheet, y, style, [(None, lead), *numbers]) + 0.4
        for note in frame.notes:
            y = write_text(sheet, y, style, note, color=QUIET) + 0.6
        return y

    return draw


def _part(text: str) -> Part:
    """Say which page this is, at the very end."""
    return lambda sheet, y, style: write_text(sheet, y, style, text, color=QUIET) if text else y


def _alt(drawn: pd.DataFrame, labels: pd.Series) -> dict[str, str]:
    """Say of each document how many instruments, which themes, how many results."""
    zh, en = [], []
    for doc, rows in drawn.groupby("doc", sort=False):
        city = city_names(labels[doc])
        zh.append(f"{city}：{reported_words(rows, 'zh')}，{_in_short(rows, 'zh')}")
        en.append(f"{city}: {reported_words(rows, 'en')}; {_in_short(rows, 'en')}")
    return {
        "zh": f"一页摘要。{'。'.join(zh)}。",
        "en": f"Summary on one page. {'. '.join(en)}.",
    }
