"""Tables of instruments → the matrix, the chain of supervision, stages by themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from helpers.labels import STAGES, STATES, city_names, document_labels, label_of, short_labels

from . import canvas
from .canvas import LINE_MM, Chart, fit, mark, text_mm, wrap, write
from .style import ALERT, FAINT, QUIET, STATE_MARKS, Style, drawing

MATRIX_COLUMNS = ("doc", "city_zh", "city_en", "code", "stage", "state")
SPECIFIC_PT, ENUMERATED_PT = 6.5, 3.8
_DISAGREE: dict[str, Any] = {
    "marker": "s",
    "fillstyle": "none",
    "color": ALERT,
    "markeredgewidth": 0.8,
}


def instrument_matrix(
    table: pd.DataFrame, *, page: int = 1, lang: str | None = None, width: str | None = None
) -> Chart:
    """Draw which city used which instrument: state as the fill of a dot, strength as its size.

    Parameters
    ----------
    table
        A row a document × code, as `approach_matrix` gives it: ``doc, city_zh, city_en, code,
        stage, zh, en, state``, and if there ``strength`` (``specific`` | ``enumerated``),
        ``n_evidence`` (quotations) and ``disagree`` (boolean).
    page
        Part of a corpus with more documents than fit side by side; ``.pages`` of the result says
        how many.

    Returns
    -------
    Chart
        Stages in the order of the supervision cycle, within a stage the instrument done by most
        documents first. “Not mentioned” is a grey dash; a cell on which two codings disagree stands
        in a square.

    Raises
    ------
    ValueError
        When a column is missing or the page does not exist.
    """
    canvas.require(table, MATRIX_COLUMNS, chart="instrument_matrix", source="approach_matrix")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, MATRIX_COLUMNS)
        labels = document_labels(table)
        halves = 2 if style.double and len(labels) <= 6 else 1
        documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 8, page)
        grid = _ordered(table)
        drawn = grid[grid["doc"].isin(documents)]
        plan = _plan(
            drawn,
            labels[documents],
            short_labels(table, style.lang)[documents],
            style,
            share=(style.mm - 4 * (halves - 1)) / halves,
        )
        blocks = _blocks(drawn, halves, plan)
        entries = _matrix_key(
            style, drawn, len(labels), counts=plan.counts, part=canvas.of_pages(style, page, pages)
        )
        height = (
            plan.header
            + max(_block_mm(block, plan) for block in blocks)
            + 2
            + canvas.key_mm(entries, style.mm)
        )
        fig = canvas.new_chart(style, height)
        ax = canvas.sheet(fig)
        for i, block in enumerate(blocks):
            _draw_block(ax, block, plan, style, left=i * (plan.share + 4), totals=_totals(table))
        canvas.key(
            ax, entries, left=0.3, top=height - canvas.key_mm(entries, style.mm), right=style.mm
        )
        return canvas.finish(
            fig, drawn, zh=_alt(drawn, "zh"), en=_alt(drawn, "en"), pages=pages, page=page
        )


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Sort codes by stage, then by the number of documents that did them, then by the order of the
    codebook."""
    table = table.reset_index(drop=True)  # stacked tables repeat their index
    rank = {stage: i for i, stage in enumerate(STAGES)}
    stages = list(dict.fromkeys(table["stage"]))
    rank |= {stage: len(rank) + i for i, stage in enumerate(s for s in stages if s not in rank)}
    codes = list(dict.fromkeys(table["code"]))
    done = (table["state"] == "done").groupby(table["code"]).sum()
    order = pd.DataFrame(
        {
            "_stage": table["stage"].map(rank),
            "_done": -table["code"].map(done),
            "_code": table["code"].map({c: i for i, c in enumerate(codes)}),
        }
    )
    return table.loc[order.sort_values(["_stage", "_done", "_code"], kind="stable").index]


@dataclass(frozen=True)
class _Plan:
    """Measures of a matrix in millimetres, shared by its blocks."""

    share: float
    names: dict[str, str]
    names_mm: float
    step: float
    header: float
    heads: dict[str, str]
    lying: bool

    @property
    def counts(self) -> bool:
        """True where a number of quotations fits beside the dot."""
        return self.step >= 7

    def row(self, code: str) -> float:
        return max(_ROW, LINE_MM * (self.names[code].count("\n") + 1) + 0.4)


_ROW, _STAGE_ROW, _COUNT = 3.6, 4.6, 8.0


def _plan(
    grid: pd.DataFrame, labels: pd.Series, shorter: pd.Series, style: Style, *, share: float
) -> _Plan:
    """Share the width between names and columns, and choose heads that fit: two names, one, or
    upright."""
    names = {
        row.code: label_of(row, style.lang) for row in grid.drop_duplicates("code").itertuples()
    }
    room = share - _COUNT - 5.2 * len(labels)
    names_mm = min(
        max(map(text_mm, names.values())) + 1.5, max(room, 18), 40 if share < 100 else 62
    )
    step = min(14.0, (share - names_mm - _COUNT) / len(labels))
    wrapped = {code: wrap(name, names_mm - 1) for code, name in names.items()}
    choices = [dict(labels.items()), dict(shorter.items())]
    for heads in choices:
        if all(text_mm(head) <= step - 0.4 for head in heads.values()):
            return _Plan(share, wrapped, names_mm, step, 2.5 + 2 * LINE_MM, heads, True)
    heads = {doc: fit(city_names(label), 45) for doc, label in labels.items()}
    return _Plan(
        share, wrapped, names_mm, step, 2.5 + max(map(text_mm, heads.values())), heads, False
    )


def _blocks(grid: pd.DataFrame, n: int, plan: _Plan) -> list[pd.DataFrame]:
    """Cut the list of codes between two stages into blocks of about the same height."""
    stages = list(dict.fromkeys(grid["stage"]))
    if n == 1 or len(stages) == 1:
        return [grid]
    cuts = [
        (grid[grid["stage"].isin(stages[:k])], grid[grid["stage"].isin(stages[k:])])
        for k in range(1, len(stages))
    ]
    return list(min(cuts, key=lambda cut: max(_block_mm(block, plan) for block in cut)))


def _block_mm(block: pd.DataFrame, plan: _Plan) -> float:
    return sum(map(plan.row, block["code"].unique())) + _STAGE_ROW * block["stage"].nunique()


def _totals(table: pd.DataFrame) -> dict[str, str]:
    """Count, over all pages, the documents that did what a code names, of those it applies to:
    ``4/5``."""
    done = (table["state"] == "done").groupby(table["code"]).sum()
    asked = (table["state"] != "not_applicable").groupby(table["code"]).sum()
    return {code: f"{done[code]}/{asked[code]}" for code in done.index}


def _draw_block(
    ax, block: pd.DataFrame, plan: _Plan, style: Style, *, left: float, totals: dict[str, str]
) -> None:
    """Draw one block: city names above, a row an instrument, the number of documents that did it at
    the right."""
    right = left + plan.share
    x = {doc: left + plan.names_mm + plan.step * (i + 0.5) for i, doc in enumerate(plan.heads)}
    for doc, head in plan.heads.items():
        write(
            ax,
            x[doc],
            plan.header - 1.2,
            head,
            ha="center",
            va="bottom",
            rotation=0 if plan.lying else 90,
        )
    write(
        ax,
        right - 0.3,
        plan.header - 1.2,
        style.say("已做", "done"),
        ha="right",
        va="bottom",
        color=QUIET,
    )
    y = plan.header
    for stage, rows in block.groupby("stage", sort=False):
        ax.plot([left, right], [y + 0.4] * 2, color=QUIET, linewidth=0.5)
        write(
            ax,
            left + 0.3,
            y + _STAGE_ROW / 2 + 0.3,
            style.say(*STAGES.get(str(stage), (str(stage),) * 2)),
            color=QUIET,
        )
        y += _STAGE_ROW
        for code, cells in rows.groupby("code", sort=False):
            middle = y + plan.row(code) / 2
            write(ax, left + 0.3, middle, plan.names[code])
            for cell in cells.to_dict("records"):
                _cell(ax, x[cell["doc"]], middle, cell, counts=plan.counts)
            write(ax, right - 0.3, middle, totals[code], ha="right", color=QUIET)
            y += plan.row(code)


def _cell(ax, x: float, y: float, cell: dict[str, Any], *, counts: bool) -> None:
    """Draw a cell: the mark of its state, the number of its quotations, a square where two codings
    disagree."""
    state = str(cell["state"])
    evidenced = state in ("done", "planned", "called_for")
    size = SPECIFIC_PT if evidenced and cell.get("strength") != "enumerated" else ENUMERATED_PT
    n = cell.get("n_evidence")
    shown = counts and evidenced and pd.notna(n) and n > 1
    mark(ax, [x - (1.2 if counts else 0)], [y], size=size, **STATE_MARKS[state])
    if shown:
        write(ax, x + 0.7, y, f"{n:.0f}", color=QUIET)
    if cell.get("disagree") is True or str(cell.get("disagree")) == "True":
        mark(ax, [x - (1.2 if counts else 0)], [y], size=8.5, **_DISAGREE)


def _matrix_key(
    style: Style, drawn: pd.DataFrame, n: int, *, counts: bool, part: str
) -> list[tuple[dict[str, Any] | None, str]]:
    """List the marks that occur, in the order of the states."""
    entries: list[tuple[dict[str, Any] | None, str]] = []
    for state in (s for s in STATES if (drawn["state"] == s).any()):
        word = style.say(*STATES[state])
        if state == "done":
            entries.append(
                (
                    {**STATE_MARKS[state], "size": SPECIFIC_PT},
                    word + style.say("（有具体语句）", " (a sentence of its own)"),
                )
            )
            if "strength" in drawn and (drawn["strength"] == "enumerated").any():
                entries.append(
                    (
                        {**STATE_MARKS[state], "size": ENUMERATED_PT},
                        word + style.say("（仅列举）", " (in a list only)"),
                    )
                )
        else:
            entries.append((STATE_MARKS[state], word))
    if "disagree" in drawn and drawn["disagree"].astype(str).eq("True").any():
        entries.append(
            (
                {**_DISAGREE, "size": 6.5},
                style.say("人工与规则编码不一致", "human and rule coding disagree"),
            )
        )
    note = (
        style.say(
            "圆点旁数字为引文条数（一条不标）；",
            "figures beside dots count quotations where there are several; ",
        )
        if counts
        else ""
    )
    entries.append(
        (
            None,
            style.say(
                f"n = {n} 份简报；{note}未提及不等于未做。",
                f"n = {n} briefing{'s' * (n > 1)}; {note}not mentioned is not the same as not"
                " done.",
            )
            + part,
        )
    )
    return entries


def _alt(drawn: pd.DataFrame, lang: str) -> str:
    counts = drawn["state"].value_counts()
    states = [(STATES[s][lang == "en"], int(counts.get(s, 0))) for s in STATES if counts.get(s, 0)]
    if lang == "zh":
        listed = "、".join(f"{word} {n} 格" for word, n in states)
        return (
            f"点阵图：{drawn['code'].nunique()} 项监督手段（行）与 {drawn['doc'].nunique()}"
            f" 份简报（列）。{listed}。"
        )
    listed = ", ".join(f"{n} {word}" for word, n in states)
    return (
        f"Dot matrix of {drawn['code'].nunique()} supervision instruments (rows) by"
        f" {(n := drawn['doc'].nunique())} briefing{'s' * (n > 1)} (columns). Cells: {listed}."
    )


CHAIN_COLUMNS = ("doc", "city_zh", "city_en", "code", "stage", "state")
STAGE_THEME_COLUMNS = ("stage", "theme", "n")
_COUNTED = ("done", "planned", "called_for")


def supervision_chain(
    table: pd.DataFrame, *, page: int = 1, lang: str | None = None, width: str | None = None
) -> Chart:
    """Draw each city's supervision as a chain of stages, with the number of instruments in each
    state.

    Parameters
    ----------
    table
        A row a document × code: ``doc, city_zh, city_en, code, stage, state``, as for
        `instrument_matrix`.
    page
        Part of a corpus with more documents than fit.

    Returns
    -------
    Chart
        A row a document, a box a stage. A stage of which a briefing mentions nothing is a dashed
        box with a dash: it says nothing about what the city did. ``drawn`` has ``doc, city_zh,
        city_en, stage, n_codes`` and a count a state.
    """
    canvas.require(table, CHAIN_COLUMNS, chart="supervision_chain", source="approach_matrix")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, CHAIN_COLUMNS)
        labels = document_labels(table)
        documents, pages = canvas.paginate(list(labels.index), 20 if style.double else 16, page)
        drawn = _stage_counts(table[table["doc"].isin(documents)])
        fig = _chain(
            drawn, labels[documents], style, n=len(labels), part=canvas.of_pages(style, page, pages)
        )
        return canvas.finish(
            fig,
            drawn,
            zh=_chain_alt(drawn, labels, "zh"),
            en=_chain_alt(drawn, labels, "en"),
            pages=pages,
            page=page,
        )


def stages_of(table: pd.DataFrame) -> list[str]:
    """Return the stages of a table in the order of the supervision cycle, unknown ones last."""
    found = list(dict.fromkeys(table["stage"]))
    return [s for s in STAGES if s in found] + [s for s in found if s not in STAGES]


def _stage_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count codes by state for every document × stage, in drawn order."""
    counts = (
        table.groupby(["doc", "city_zh", "city_en", "stage", "state"], sort=False, dropna=False)
        .size()
        .unstack(fill_value=0)
    )
    counts = counts.reindex(columns=list(STATES), fill_value=0)
    counts.insert(0, "n_codes", counts.sum(axis=1))
    counts = counts.reset_index().rename_axis(columns=None)
    order = {
        "doc": {d: i for i, d in enumerate(dict.fromkeys(table["doc"]))},
        "stage": {s: i for i, s in enumerate(stages_of(table))},
    }
    return counts.sort_values(
        ["doc", "stage"], key=lambda column: column.map(order[column.name]), kind="stable"
    )


def _chain(drawn: pd.DataFrame, labels: pd.Series, style: Style, *, n: int, part: str) -> Chart:
    """Lay out heads with the number of instruments a stage, then a row of joined boxes a
    document."""
    stages = stages_of(drawn)
    names = {
        doc: city_names(label) if style.double else label.replace(" ", "\n", 1)
        for doc, label in labels.items()
    }
    names_mm = max(map(text_mm, names.values())) + 1.5
    gap = 2.2 if style.double else 1.0
    box_mm = (style.mm - 0.8 - names_mm + gap) / len(stages) - gap
    box_height = 5.6 if style.double else 3 * LINE_MM + 1.2
    sizes = drawn.groupby("stage")["n_codes"].max()
    heads = {s: f"{style.say(*STAGES.get(s, (s, s)))} ({sizes[s]})" for s in stages}
    wrapped = {s: _head(head, box_mm) for s, head in heads.items()}
    lying = all(text_mm(head) <= box_mm for head in wrapped.values())
    head_mm = 2 + (
        LINE_MM * max(h.count("\n") + 1 for h in wrapped.values())
        if lying
        else max(map(text_mm, heads.values()))
    )
    entries = _chain_key(style, n, part)
    row_mm = box_height + 2.4
    fig = canvas.new_chart(
        style, head_mm + row_mm * len(labels) + 1 + canvas.key_mm(entries, style.mm - 1)
    )
    sheet = canvas.sheet(fig)
    left = {s: names_mm + i * (box_mm + gap) for i, s in enumerate(stages)}
    for s in stages:
        write(
            sheet,
            left[s] + box_mm / 2,
            head_mm - 1,
            wrapped[s] if lying else heads[s],
            ha="center",
            va="bottom",
            color=QUIET,
            rotation=0 if lying else 90,
        )
    for i, (doc, name) in enumerate(names.items()):
        middle = head_mm + row_mm * (i + 0.5)
        write(sheet, 0.3, middle, name)
        sheet.plot([names_mm + 1, style.mm - 2], [middle] * 2, color=QUIET, linewidth=0.8, zorder=1)
        for row in drawn[drawn["doc"] == doc].to_dict("records"):
            _box(sheet, row, left[row["stage"]], middle, box_mm, box_height, style)
    canvas.key(
        sheet, entries, left=0.3, top=head_mm + row_mm * len(labels) + 0.5, right=style.mm - 0.7
    )
    return fig


def _head(head: str, width: float) -> str:
    """Break a head into a name of even lines and, below it, the count in brackets: 动员 / 部署 /
    (8)."""
    if text_mm(head) <= width:
        return head
    name, count = head.rsplit(" ", 1)
    return wrap(name, width, even=True) + "\n" + count


def _box(
    sheet: Axes,
    row: dict[str, Any],
    left: float,
    middle: float,
    width: float,
    height: float,
    style: Style,
) -> None:
    """Draw a stage: how many instruments in each state, beside one another or, in a narrow figure,
    one above another."""
    counts = [(state, row[state]) for state in _COUNTED if row[state]]
    look = (
        {"edgecolor": QUIET, "facecolor": "white", "linewidth": 0.6}
        if counts
        else {
            "edgecolor": "#9A9A9A",
            "facecolor": "white",
            "linewidth": 0.6,
            "linestyle": (0, (2, 2)),
        }
    )
    sheet.add_patch(
        FancyBboxPatch(
            (left + 0.6, middle - height / 2 + 0.6),
            width - 1.2,
            height - 1.2,
            boxstyle="round,pad=0.6,rounding_size=1",
            zorder=2,
            **look,
        )
    )
    if not counts:
        mark(sheet, [left + width / 2], [middle], size=4, zorder=3, **STATE_MARKS["not_mentioned"])
        return
    widths = [3.0 + text_mm(str(n)) for _, n in counts]
    x, y = (
        left + (width - sum(widths) - 1.2 * (len(counts) - 1)) / 2,
        middle - (len(counts) - 1) * LINE_MM / 2,
    )
    for (state, n), needed in zip(counts, widths, strict=True):
        at = x if style.double else left + (width - needed) / 2
        mark(
            sheet,
            [at + 1.2],
            [y if not style.double else middle],
            size=5,
            zorder=3,
            **STATE_MARKS[state],
        )
        write(sheet, at + 3.0, y if not style.double else middle, str(n), zorder=3)
        x, y = x + needed + 1.2, y + LINE_MM


def _chain_key(style: Style, n: int, part: str) -> list[tuple[dict[str, Any] | None, str]]:
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (STATE_MARKS[s], style.say(*STATES[s])) for s in (*_COUNTED, "not_mentioned")
    ]
    note = style.say(
        f"数字为监督手段项数，括号内为该阶段的手段总数；n = {n} 份简报；未提及不等于未做。",
        f"Figures count instruments, in brackets all of the stage; n = {n} briefing{'s' * (n > 1)};"
        " not mentioned is not the same as not done.",
    )
    return [*entries, (None, note + part)]


def _chain_alt(drawn: pd.DataFrame, labels: pd.Series, lang: str) -> str:
    parts = []
    for doc, rows in drawn.groupby("doc", sort=False):
        counted = [
            f"{STAGES.get(r.stage, (r.stage,) * 2)[lang == 'en']} {r.done}"
            for r in rows.itertuples()
            if r.done
        ]
        parts.append(f"{city_names(labels[doc])}: {', '.join(counted) or '–'}")
    if lang == "zh":
        return "监督链条，各阶段已做的手段项数。" + "；".join(parts) + "。"
    return "Supervision chain, instruments done in each stage. " + "; ".join(parts) + "."


def stage_theme(table: pd.DataFrame, *, lang: str | None = None, width: str | None = None) -> Chart:
    """Draw how often a stage of supervision and a service theme meet in one clause: a shaded table
    with its counts.

    Parameters
    ----------
    table
        ``stage, theme, n``, and if there ``doc`` (then ``n`` is summed over documents) and ``zh``,
        ``en`` of the theme.

    Returns
    -------
    Chart
        Stages in the order of the cycle, themes by their sum; sums at the right and below.
        ``drawn`` has every cell.
    """
    canvas.require(table, STAGE_THEME_COLUMNS, chart="stage_theme", source="stage × theme counts")
    with drawing(lang, width) as style:
        if table.empty:
            return canvas.nothing(style, STAGE_THEME_COLUMNS)
        names = {
            row.theme: (label_of(row, "zh"), label_of(row, "en"))
            for row in table.drop_duplicates("theme").itertuples()
        }
        wide = table.pivot_table(
            index="theme", columns="stage", values="n", aggfunc="sum", fill_value=0
        )[stages_of(table)]
        wide = wide.loc[sorted(wide.index, key=lambda theme: (-wide.loc[theme].sum(), theme))]
        drawn = wide.stack().rename("n").reset_index()
        drawn = drawn.assign(
            zh=[names[t][0] for t in drawn["theme"]], en=[names[t][1] for t in drawn["theme"]]
        )
        documents = table["doc"].nunique() if "doc" in table else None
        fig = _heat(wide.astype(int), names, style, documents)
        return canvas.finish(fig, drawn, zh=_heat_alt(drawn, "zh"), en=_heat_alt(drawn, "en"))


def _heat(
    wide: pd.DataFrame, names: dict[str, tuple[str, str]], style: Style, documents: int | None
) -> Chart:
    """Lay out the table: theme names, shaded counts, sums."""
    stages, sum_mm, row_mm = list(wide.columns), 9.0, 5.0 if style.double else 4.4
    texts = {
        theme: wrap(style.say(*names[theme]), 52 if style.double else 30) for theme in wide.index
    }
    names_mm = max(map(text_mm, texts.values())) + 2
    step = (style.mm - names_mm - sum_mm) / len(stages)
    heads = {s: wrap(style.say(*STAGES.get(s, (s, s))), step - 0.6, even=True) for s in stages}
    lying = all(text_mm(h) <= step for h in heads.values())
    if not lying:
        heads = {s: style.say(*STAGES.get(s, (s, s))) for s in stages}
    head_mm = 2 + (
        LINE_MM * max(h.count("\n") + 1 for h in heads.values())
        if lying
        else max(map(text_mm, heads.values()))
    )
    heights = {
        theme: max(row_mm, LINE_MM * (text.count("\n") + 1) + 0.6) for theme, text in texts.items()
    }
    entries: list[tuple[dict[str, Any] | None, str]] = [
        (
            None,
            style.say(
                "同一分句中监督阶段与主题共现的次数",
                "Clauses in which a stage of supervision and a theme occur together",
            )
            + style.say("；", "; ")
            + f"n = {int(wide.to_numpy().sum())}"
            + (
                style.say(
                    f"，{documents} 份简报", f" in {documents} briefing{'s' * (documents > 1)}"
                )
                if documents
                else ""
            ),
        )
    ]
    fig = canvas.new_chart(
        style, head_mm + sum(heights.values()) + row_mm + 1.5 + canvas.key_mm(entries, style.mm - 1)
    )
    sheet = canvas.sheet(fig)
    for i, s in enumerate(stages):
        write(
            sheet,
            names_mm + (i + 0.5) * step,
            head_mm - 1,
            heads[s],
            ha="center",
            va="bottom",
            color=QUIET,
            rotation=0 if lying else 90,
        )
    write(
        sheet,
        style.mm - 0.5,
        head_mm - 1,
        style.say("合计", "sum"),
        ha="right",
        va="bottom",
        color=QUIET,
    )
    y, most = head_mm, max(1, int(wide.to_numpy().max()))
    for theme in wide.index:
        write(sheet, 0.3, y + heights[theme] / 2, texts[theme])
        for i, n in enumerate(wide.loc[theme]):
            _heat_cell(sheet, names_mm + i * step, y, step, heights[theme], int(n), most)
        write(
            sheet,
            style.mm - 0.5,
            y + heights[theme] / 2,
            str(wide.loc[theme].sum()),
            ha="right",
            color=QUIET,
        )
        y += heights[theme]
    write(sheet, 0.3, y + row_mm / 2, style.say("合计", "sum"), color=QUIET)
    for i, n in enumerate(wide.sum()):
        write(sheet, names_mm + (i + 0.5) * step, y + row_mm / 2, str(n), ha="center", color=QUIET)
    canvas.key(sheet, entries, left=0.3, top=y + row_mm + 0.8, right=style.mm - 0.7)
    return fig


def _heat_cell(
    sheet: Axes, left: float, top: float, width: float, height: float, n: int, most: int
) -> None:
    """Shade a cell from white to dark blue by the root of its count, with the count in black or
    white upon it."""
    depth = (n / most) ** 0.5
    low, high = (1.0, 1.0, 1.0), (0.043, 0.325, 0.58)
    colour = tuple(a + (b - a) * depth for a, b in zip(low, high, strict=True))
    sheet.add_patch(
        Rectangle((left, top), width, height, facecolor=colour, edgecolor=FAINT, linewidth=0.5)
    )
    write(
        sheet,
        left + width / 2,
        top + height / 2,
        str(n),
        ha="center",
        color="white" if depth > 0.62 else "#222222" if n else "#8A8A8A",
    )


def _heat_alt(drawn: pd.DataFrame, lang: str) -> str:
    top = drawn.sort_values(
        ["n", "theme", "stage"], ascending=[False, True, True], kind="stable"
    ).head(3)
    cells = [
        f"{STAGES.get(r.stage, (r.stage,) * 2)[lang == 'en']} × {getattr(r, lang)} {r.n}"
        for r in top.itertuples()
    ]
    if lang == "zh":
        return (
            f"监督阶段与主题共现表（{drawn['stage'].nunique()} × {drawn['theme'].nunique()}）。"
            f"最多：{'、'.join(cells)}。"
        )
    return (
        f"Table of stages by themes ({drawn['stage'].nunique()} × {drawn['theme'].nunique()}),"
        f" co-occurrence in clauses. Most often: {', '.join(cells)}."
    )
