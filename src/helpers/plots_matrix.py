"""Coded instruments (document × code) → the dot matrix of instruments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers import canvas
from helpers.canvas import LINE_MM, Chart, mark, write
from helpers.labels import STAGES, STATES, city_names, document_labels, label_of, short_labels
from helpers.lettering import fit, text_mm, wrap
from helpers.style import ALERT, QUIET, STATE_MARKS, Style, drawing

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
