"""All tables → a page that compares the cities, and a summary on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.labels import NUMBER_KINDS, STAGES, STATES, city_names, document_labels, short_labels
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
    shown = {
        name: f"{name}_{{}}" if name not in table and f"{name}_zh" in table else name
        for name in columns
    }
    canvas.require(
        table,
        ["doc", "city_zh", "city_en", *(x.format("zh") for x in shown.values())],
        chart="synthesis_table",
        source="the synthesis",
    )
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, list(columns))
        labels = document_labels(table)
        cells = pd.DataFrame(
            {
                name: _column_texts(table[source.format(style.lang)])
                for name, source in shown.items()
            }
        )
        cells.insert(
            0,
            "",
            [
                city_names(labels[d]) if style.double else labels[d].replace(" ", "\n", 1)
                for d in table["doc"]
            ],
        )
        heads = {
            "": style.say("城市", "City"),
            **{name: style.say(*pair) for name, pair in columns.items()},
        }
        numeric = {
            name
            for name, source in shown.items()
            if pd.api.types.is_numeric_dtype(table[source.format(style.lang)])
        }
        widths = _column_widths(cells, heads, style)
        rows = (
            [
                [wrap(x, w - 2) for x, w in zip(row, widths, strict=True)]
                for row in cells.itertuples(index=False)
            ]
            if widths
            else []
        )
        blocks = [
            _below_one_another(row, list(heads.values()), style)
            for row in cells.itertuples(index=False)
        ]
        if rows and sum(map(_row_mm, rows)) < sum(map(_list_mm, blocks)):
            places, pages = canvas.paginate(range(len(rows)), _rows_a_page(rows), page)
            fig = _grid(
                [rows[i] for i in places],
                [wrap(h, w - 2) for h, w in zip(heads.values(), widths, strict=True)],
                widths,
                [name in numeric for name in heads],
                style,
                canvas.of_pages(style, page, pages).strip(),
            )
        else:
            (places, *_), pages = canvas.paginate(_filled(list(map(_list_mm, blocks))), 1, page)
            fig = _list(
                [blocks[i] for i in places], style, canvas.of_pages(style, page, pages).strip()
            )
        drawn = table.iloc[list(places)]
        names = (
            "、".join(pair[0] for pair in columns.values()),
            ", ".join(pair[1] for pair in columns.values()),
        )
        return canvas.finish(
            fig,
            drawn,
            zh=f"综合表：{len(drawn)} 行（每份简报一行），各列为{names[0]}。",
            en=(
                f"Synthesis table of {len(drawn)} row{'s' * (len(drawn) > 1)}, one a briefing:"
                f" {names[1]}."
            ),
            pages=pages,
            page=page,
        )


def _column_texts(column: pd.Series) -> list[str]:
    """Write a column: numbers with the same decimals (two at most), what is missing as a dash."""
    if not pd.api.types.is_numeric_dtype(column):
        return [str(x) if pd.notna(x) and str(x) else "–" for x in column]
    decimals = max([len(f"{x:.2f}".rstrip("0").split(".")[1]) for x in column.dropna()], default=0)
    return [f"{x:,.{decimals}f}" if pd.notna(x) else "–" for x in column]


def _column_widths(cells: pd.DataFrame, heads: Mapping[str, str], style: Style) -> list[float]:
    """Share the width: every column gets its longest word, the rest goes by the root of the text's
    length; empty where it is not enough."""
    least, wish = [], []
    for name in cells.columns:
        texts = [heads[name], *cells[name]]
        words = [word for text in texts for word in text.split()]
        least.append(
            min(
                max(
                    text_mm(word) if word.isascii() else min(text_mm(word), 12.0) for word in words
                ),
                30.0,
            )
            + 2.2
        )
        wish.append(max(text_mm(text) for text in texts) ** 0.5)
    least[0] = max(text_mm(x) for x in cells.iloc[:, 0]) + 2.2
    spare = style.mm - sum(least)
    if spare < 0:
        return []
    most = [max(text_mm(text) for text in [heads[n], *cells[n]]) + 2.2 for n in cells.columns]
    widths = list(least)
    for _ in range(20):  # what a column does not need goes to the others
        open_columns = [i for i in range(len(widths)) if widths[i] < most[i] - 0.01]
        spare = style.mm - sum(widths)
        if spare < 0.1 or not open_columns:
            break
        for i in open_columns:
            widths[i] = min(
                most[i], widths[i] + spare * wish[i] / sum(wish[j] for j in open_columns)
            )
    return widths


def _row_mm(row: list[str]) -> float:
    return LINE_MM * max(text.count("\n") + 1 for text in row) + 2.0


def _rows_a_page(rows: list[list[str]]) -> int:
    """Return how many of the tallest rows fit on a page of 210 mm."""
    return max(1, int(210 // max(map(_row_mm, rows))))


def _filled(heights: Sequence[float], room: float = 210.0) -> list[list[int]]:
    """Fill pages with things of these heights in their order.

    >>> _filled([100, 100, 50])
    [[0, 1], [2]]
    """
    pages: list[list[int]] = [[]]
    for i, height in enumerate(heights):
        if pages[-1] and sum(heights[k] for k in pages[-1]) + height > room:
            pages.append([])
        pages[-1].append(i)
    return pages


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
    sheet, y = canvas.sheet(fig), 0.3
    for block in blocks:
        for i, (indent, colour, line) in enumerate(block):
            write(sheet, indent, y + 0.6 + (i + 0.5) * LINE_MM, line, color=colour)
        y += _list_mm(block)
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
    write(sheet, 0.3, y + LINE_MM / 2 + 0.2, part, color=QUIET)
    return fig


def _grid(
    rows: list[list[str]],
    heads: list[str],
    widths: list[float],
    numeric: list[bool],
    style: Style,
    part: str,
) -> Chart:
    """Lay out heads and rows with thin rules between them."""
    fig = canvas.new_chart(
        style, _row_mm(heads) + sum(map(_row_mm, rows)) + (LINE_MM if part else 0) + 0.6
    )
    sheet = canvas.sheet(fig)
    left = [sum(widths[:i]) for i in range(len(widths))]
    y = 0.0
    for i, row in enumerate([heads, *rows]):
        for x, w, text, number in zip(left, widths, row, numeric, strict=True):
            # one by one: all lines of a row stand on common baselines
            for n, line in enumerate(text.split("\n")):
                write(
                    sheet,
                    x + w - 1.6 if number else x + 0.4,
                    y + 1.0 + n * LINE_MM,
                    line,
                    ha="right" if number else "left",
                    va="top",
                    color=QUIET if i == 0 else INK,
                )
        y += _row_mm(row)
        sheet.plot(
            [0, sum(widths)],
            [y, y],
            color=QUIET if i == 0 else FAINT,
            linewidth=0.6 if i == 0 else 0.4,
        )
    write(sheet, 0.4, y + LINE_MM / 2 + 0.2, part, color=QUIET)
    return fig


SUMMARY_COLUMNS = (
    "doc",
    "city_zh",
    "city_en",
    "part",
    "stage",
    "code",
    "zh",
    "en",
    "n",
    "present",
    "state",
)
PAGE_MM = 247.0  # what A4 leaves between margins of 25 mm
_DOT_MM, _TITLE_PT, _BLOCKS = 1.95, 12.0, 12
_COUNTED = ("done", "planned", "called_for")


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
        The result of `summary_frames`: by language a title, a base, findings and notes.
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
    canvas.require(table, SUMMARY_COLUMNS, chart="summary", source="summary_table")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, SUMMARY_COLUMNS)
        labels = document_labels(table)
        head, foot = _head(frames[style.lang]), _foot(table, frames[style.lang])
        room = PAGE_MM - measured(head, style) - measured(foot, style)
        shown, pages, blocks = list(labels.index), 1, {}
        if len(shown) <= _BLOCKS:
            blocks = {
                doc: _block(table[table["doc"] == doc], city_names(labels[doc])) for doc in shown
            }
        if blocks and sum(measured(block, style) for block in blocks.values()) <= room:
            canvas.paginate(shown, len(shown), page)  # one page: any other is refused
        else:
            names = _stage_heads(stages := list(dict.fromkeys(table["stage"])))
            most = max(_most_lines(style), _deepest(table, style))
            shown, pages = canvas.paginate(
                shown,
                int((room - LINE_MM - measured(names, style)) // (LINE_MM * most + 1.4)),
                page,
            )
            told = labels.map(city_names) if style.double else short_labels(table, style.lang)
            blocks = {
                "": names,
                **{doc: _line(table[table["doc"] == doc], told[doc], stages) for doc in shown},
            }
        parts = [head, *blocks.values(), foot, _part(canvas.of_pages(style, page, pages).strip())]
        fig = canvas.new_chart(style, sum(measured(part, style) for part in parts) + 0.5)
        sheet, y = canvas.sheet(fig), 0.0
        for part in parts:
            y = part(sheet, y, style)
        drawn = table[table["doc"].isin(shown)]
        return canvas.finish(
            fig,
            drawn,
            zh=_alt(drawn, labels, "zh"),
            en=_alt(drawn, labels, "en"),
            pages=pages,
            page=page,
        )


def _head(frame: Any) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        y = write_text(sheet, y, style, frame.title, size=_TITLE_PT if style.double else 9.0) + 0.6
        y = write_text(sheet, y, style, frame.base, color=QUIET) + 1.6
        for finding in frame.findings:
            y = write_text(sheet, y, style, finding) + 0.8
        return y + 1.2

    return draw


def _block(rows: pd.DataFrame, name: str) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.6)
        size = letter_size(style) + 1.5
        write(sheet, 0.3, y + 3.0, name, size=size)
        at, told = 0.3 + text_mm(name, size) + 3, reported_words(rows, style.lang)
        if at + text_mm(told, letter_size(style)) > style.mm:
            at, y = 0.3, y + LINE_MM + 0.6
        write(sheet, at, y + 3.0, told, color=QUIET, size=letter_size(style))
        y = _stages(sheet, y + 5.6, style, rows[rows["part"] == "instrument"])
        themes = [
            f"{getattr(r, style.lang)} {r.n}" for r in rows[rows["part"] == "theme"].itertuples()
        ]
        y = write_text(
            sheet,
            y,
            style,
            style.say("讲得最多（次数）：", "Speaks most of (hits): ")
            + (
                style.say("、", ", ").join(themes)
                or style.say("没有词表中的词", "no term of the codebook")
            ),
        )
        for part, zh, en in (("result", "成效：", "Results:"), ("output", "产出：", "Outputs:")):
            told = [
                (_look(r.state), getattr(r, style.lang))
                for r in rows[rows["part"] == part].itertuples()
            ]
            more = (
                [
                    (None, r[f"{style.lang}"])
                    for r in rows[rows["part"] == "more"].to_dict("records")
                ]
                if part == "output"
                else []
            )
            y = write_flow(
                sheet,
                y,
                style,
                [
                    (None, style.say(zh, en)),
                    *(
                        told
                        or [
                            (
                                {**STATE_MARKS["not_mentioned"], "size": 4},
                                style.say("没有提到数字", "no number given"),
                            )
                        ]
                    ),
                    *more,
                ],
            )
        return y + 1.8

    return draw


def _stages(sheet: Axes, y: float, style: Style, rows: pd.DataFrame) -> float:
    """Write the stages beside one another, under each name its dots; a dash where nothing is
    said."""
    stages = list(dict.fromkeys(rows["stage"]))
    heads = {
        s: f"{style.say(*STAGES.get(s, (s, s)))} {n or ''}".strip()
        for s, n in ((s, int((rows[rows["stage"] == s]["code"] != "").sum())) for s in stages)
    }
    least = max(text_mm(head) for head in heads.values()) + 2.0
    columns = max(1, min(len(stages), int(style.mm // least)))
    step = style.mm / columns
    per_line = int((step - 1.0) // _DOT_MM)
    for first in range(0, len(stages), columns):
        deepest = 1
        for i, stage in enumerate(stages[first : first + columns]):
            states = list(rows[rows["stage"] == stage]["state"])
            write(sheet, 0.3 + i * step, y + LINE_MM / 2, heads[stage], color=QUIET)
            for k, state in enumerate(states):
                at = (
                    0.3 + i * step + 0.9 + _DOT_MM * (k % per_line),
                    y + LINE_MM + 1.2 + 2.0 * (k // per_line),
                )
                mark(sheet, [at[0]], [at[1]], **{"size": 4.4, **STATE_MARKS[state]})
            deepest = max(deepest, -(-len(states) // per_line))
        y += LINE_MM + 0.4 + 2.0 * deepest + 0.8
    return y


def _look(state: str) -> dict[str, Any]:
    look = dict(NUMBER_MARKS[state])
    return {"marker": "s", "color": MAIN, "size": look.pop("markersize", 4.4), **look}


def _columns(style: Style) -> tuple[float, float]:
    """Return where the counts of a line begin and how wide each is; the rest holds the words."""
    return (31.0, 10.7) if style.double else (17.0, 4.2)


def _stage_heads(stages: list[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        left, step = _columns(style)
        heads = [style.say(*STAGES.get(s, (s, s))) for s in stages if s]
        lying = all(text_mm(head) < step - 0.4 for head in heads)
        words_at = left + step * len(heads) + 1.5
        words = wrap(
            style.say(
                "讲得最多（次数）；成效与产出的数字",
                "speaks most of (hits); numbers of results and outputs",
            ),
            style.mm - words_at,
        ).split("\n")
        height = max(LINE_MM * len(words), LINE_MM if lying else max(map(text_mm, heads)) + 1)
        for i, line in enumerate(reversed(words)):
            write(sheet, words_at, y + height - LINE_MM * i, line, va="bottom", color=QUIET)
        for i, head in enumerate(heads):
            write(
                sheet,
                left + (i + 0.5) * step,
                y + height,
                head,
                ha="center",
                va="bottom",
                rotation=0 if lying else 90,
                color=QUIET,
            )
        return y + height + 0.8

    return draw


def _most_lines(style: Style) -> int:
    """Lines of words that a document gets at most: so the pages are known before anything is drawn,
    for any number of documents."""
    return {("zh", True): 2, ("en", True): 3, ("zh", False): 4, ("en", False): 6}[
        style.lang, style.double
    ]


def _counts(own: pd.DataFrame, style: Style) -> list[list[tuple[str, int]]]:
    """Return the states of a stage with their counts as they stand in a cell: beside one another
    where there is room, else in lines."""
    found = own["state"].value_counts()
    counts = [(state, int(found[state])) for state in _COUNTED if state in found]
    beside = sum(text_mm(str(n)) + 2.3 for _, n in counts) < _columns(style)[1]
    return [] if own.empty else [counts] if beside else [[one] for one in counts]


def _deepest(table: pd.DataFrame, style: Style) -> int:
    """Lines that the counts of a stage take at most."""
    rows = table[table["part"] == "instrument"]
    return max(
        (len(_counts(own, style)) for _, own in rows.groupby(["doc", "stage"], sort=False)),
        default=1,
    )


def _part(text: str) -> Part:
    """Say which page this is, at the very end."""
    return lambda sheet, y, style: write_text(sheet, y, style, text, color=QUIET) if text else y


def _line(rows: pd.DataFrame, name: str, stages: list[str]) -> Part:
    def draw(sheet: Axes, y: float, style: Style) -> float:
        named = [s for s in stages if s]
        left, step = _columns(style)
        words_at = left + step * len(named) + 1.5
        words = wrap(
            _in_short(rows, style.lang), style.mm - words_at - 0.5, lines=_most_lines(style)
        ).split("\n")
        names = [fit(line, left - 1) for line in wrap(name, left - 1, lines=2).split("\n")]
        cells = [
            _counts(rows[(rows["part"] == "instrument") & (rows["stage"] == stage)], style)
            for stage in named
        ]
        height = LINE_MM * max(len(words), len(names), *map(len, cells)) + 1.4
        sheet.plot([0, style.mm], [y, y], color=FAINT, linewidth=0.5)
        for lines, x in ((names, 0.3), (words, words_at)):
            for i, line in enumerate(lines):
                write(sheet, x, y + 0.7 + (i + 0.5) * LINE_MM, line)
        for i, lines in enumerate(cells):
            for k, counts in enumerate(lines):
                _states(sheet, left + (i + 0.5) * step, y + 0.7 + (k + 0.5) * LINE_MM, counts)
        return y + height

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
    zh = lang == "zh"
    themes = ("、" if zh else ", ").join(
        f"{getattr(r, lang)} {r.n}" for r in rows[rows["part"] == "theme"].itertuples()
    )
    kinds = rows[rows["part"] == "result"]["state"].value_counts()
    outputs = int(rows[rows["part"].isin(["output", "more"])]["n"].sum())
    how = ("、" if zh else ", ").join(
        f"{NUMBER_KINDS[k][0]} {kinds[k]}" if zh else f"{kinds[k]} {NUMBER_KINDS[k][1]}"
        for k in NUMBER_KINDS
        if k in kinds
    )
    n = int(kinds.sum())
    told = (
        (f"成效 {n}（{how}）" if n else "成效 –")
        if zh
        else (f"{n} result{'s' * (n > 1)} ({how})" if n else "results –")
    )
    made = (
        (f"产出 {outputs}" if outputs else "产出 –")
        if zh
        else (f"{outputs} output{'s' * (outputs > 1)}" if outputs else "outputs –")
    )
    return (
        (themes + ("；" if zh else "; ") if themes else "") + told + ("，" if zh else ", ") + made
    )


def _foot(table: pd.DataFrame, frame: Any) -> Part:
    states, kinds = (
        set(table["state"]),
        [
            k
            for k in NUMBER_MARKS
            if k in set(table[table["part"].isin(["result", "output"])]["state"])
        ],
    )

    def draw(sheet: Axes, y: float, style: Style) -> float:
        sheet.plot([0, style.mm], [y, y], color=QUIET, linewidth=0.6)
        dots = [
            ({**STATE_MARKS[s], "size": 4.4}, style.say(*STATES[s]))
            for s in STATE_MARKS
            if s in states
        ]
        y = (
            write_flow(
                sheet, y + 1.0, style, [(None, style.say("监督方式：", "Instruments:")), *dots]
            )
            + 0.4
        )
        if kinds:
            y = (
                write_flow(
                    sheet,
                    y,
                    style,
                    [
                        (None, style.say("数字：", "Numbers:")),
                        *((_look(k), style.say(*NUMBER_KINDS[k])) for k in kinds),
                    ],
                )
                + 0.4
            )
        for note in frame.notes:
            y = write_text(sheet, y, style, note, color=QUIET) + 0.6
        return y

    return draw


def _alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    """Say of each document how many instruments, which themes, how many results."""
    parts = []
    for doc, rows in drawn.groupby("doc", sort=False):
        name, told = city_names(labels[doc]), reported_words(rows, lang)
        parts.append(
            f"{name}：{told}，{_in_short(rows, lang)}"
            if lang == "zh"
            else f"{name}: {told}; {_in_short(rows, lang)}"
        )
    return (
        ("一页摘要。" + "。".join(parts) + "。")
        if lang == "zh"
        else "Summary on one page. " + ". ".join(parts) + "."
    )
