"""Stored tables and codebook → the way back to every result, and the codebook's page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd

from helpers.codebook import checks, read_table
from helpers.figures import FIGURES
from helpers.outcomes import ROLES

from .datapackage import stored_tables
from .values import Stated

_ANSWER = "**Answer.**"
_WRITERS = ("write_table", "write_graph")
_NOWHERE = "no notebook"  # tests/site/test_docs.py refuses it
# the one derived table that no notebook writes: timings are no part of reproducing
_ELSEWHERE = {"bench": "`make bench`"}


@dataclass(frozen=True)
class Place:
    """A code cell: the notebook's stem, the cell's id, its source, and the answer that it shows, if
    it shows one."""

    notebook: str
    cell: str
    source: str
    answer: str = ""

    @property
    def link(self) -> str:
        """The cell as a link from docs/: its anchor is the one of the reading copy."""
        return (
            f"[{self.notebook}](../notebooks/{self.notebook}.ipynb#cell-id={self.cell})"
            f" `{self.cell}`"
        )


def code_cells(folder: Path) -> list[Place]:
    """All code cells of the notebooks of a folder, in reading order."""
    return [
        Place(path.stem, cell.id, cell.source, _answer(cell))
        for path in sorted(folder.glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def _answer(cell: nbformat.NotebookNode) -> str:
    """The English answer among what a cell shows: the paragraph that begins with **Answer.**"""
    shown = ("".join(output.get("data", {}).get("text/markdown", "")) for output in cell.outputs)
    return next(
        (
            re.split(r"\n\n|\*\*回答", text)[0].removeprefix(_ANSWER).strip()
            for text in shown
            if text.startswith(_ANSWER)
        ),
        "",
    )


def answers_block(root: Path) -> str:
    """Every notebook's answer, as the notebook shows it: cell, command."""
    lines = ["| answer | notebook, cell | command |", "|---|---|---|"]
    for place in code_cells(root / "notebooks"):
        if place.answer:
            lines.append(
                f"| {place.answer.replace('|', chr(92) + '|')} | {place.link} | `python -m helpers"
                f" reproduce --only {place.notebook}` |"
            )
    return "\n".join(lines)


def figure_places(cells: Iterable[Place]) -> dict[str, Place]:
    """The cell that publishes each figure, in the order of `FIGURES`; a figure that no cell
    publishes is left out.

    >>> figure_places([Place("03_themes", "nb03-07", 'publish("keyness", study)')])["keyness"].cell
    'nb03-07'
    """
    found = {word: cell for cell in cells for word in _words(cell.source, ("publish",))}
    return {name: found[name] for name in FIGURES if name in found}


def table_places(cells: Iterable[Place]) -> dict[str, Place]:
    """The cell that writes each table, by the names that stand in a cell that calls `write_table`
    or `write_graph`."""
    return {word: cell for cell in cells for word in _words(cell.source, _WRITERS, whole_cell=True)}


def _words(source: str, functions: tuple[str, ...], *, whole_cell: bool = False) -> Iterator[str]:
    """Words given to a call of one of the functions; with `whole_cell` all words of a cell that has
    such a call."""
    tree = ast.parse(source)
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in functions
    ]
    for part in [tree] if whole_cell and calls else calls:
        yield from (
            node.value
            for node in ast.walk(part)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


def figures_block(root: Path) -> str:
    """Every figure: files, notebook, cell, command."""
    lines = ["| figure | files | notebook, cell | command |", "|---|---|---|---|"]
    places = figure_places(code_cells(root / "notebooks"))
    for name in FIGURES:
        drawn = (root / "figures" / "en" / f"{name}.svg").is_file()
        files = (
            f"[en](../figures/en/{name}.svg) [zh](../figures/zh/{name}.svg)"
            if drawn
            else "not drawn for these documents"
        )
        lines.append(
            f"| `{name}` | {files} | {places[name].link if name in places else _NOWHERE} | `make"
            f" figures ONLY={name}` |"
        )
    return "\n".join(lines)


def tables_block(root: Path) -> str:
    """Every derived table: a row of it, notebook, cell, command."""
    places, about = (
        table_places(code_cells(root / "notebooks")),
        read_table("reference/tables").set_index("table")["a_row_is"].to_dict(),
    )
    lines = ["| table | a row is | notebook, cell | command |", "|---|---|---|---|"]
    for table in (name for name in stored_tables() if name.startswith("derived/")):
        lines.append(
            f"| [{_stem(table)}](../data/{table}.csv) | {about.get(table, '')} |"
            f" {' | '.join(_way(table, places))} |"
        )
    return "\n".join(lines)


def values_block(root: Path, values: dict[str, Stated]) -> str:
    """Every value that READMEs and docs state: from which table, notebook, cell, command."""
    places = table_places(code_cells(root / "notebooks"))
    lines = ["| value | what | table | notebook, cell | command |", "|---|---|---|---|---|"]
    for value in values.values():
        if value.source.startswith(("derived/", "coded/", "codebook/")):
            lines.append(
                f"| {value.text} | {value.what} | `{value.source}` |"
                f" {' | '.join(_way(value.source, places))} |"
            )
    return "\n".join(lines)


def measured_block() -> str:
    """Every value measured outside the notebooks: on what, when, by which command."""
    lines = ["| value | what | on what | when | command |", "|---|---|---|---|---|"]
    for row in read_table("reference/measured").itertuples():
        lines.append(
            f"| {row.value} | {row.en} | {row.material} | {row.date} |"
            f" {f'`{row.command}`' if row.command else '–'} |"
        )
    return "\n".join(lines)


def _way(table: str, places: dict[str, Place]) -> tuple[str, str]:
    """Notebook with cell, and command, that give a table anew."""
    stem = _stem(table)
    if not table.startswith("derived/"):
        return "kept by hand", "–"
    if stem in _ELSEWHERE:
        return "–", _ELSEWHERE[stem]
    if stem not in places:
        return _NOWHERE, "–"
    return places[stem].link, f"`python -m helpers reproduce --only {places[stem].notebook}`"


def _stem(table: str) -> str:
    return table.partition("/")[2]


STAGE_NAMES = {
    "mobilise": "动员部署 Mobilise",
    "investigate": "调查了解 Investigate",
    "deliberate": "审议 Deliberate",
    "assign": "交办 Assign",
    "rectify": "整改督办 Rectify",
    "evaluate": "评价 Evaluate",
    "institutionalise": "建章立制 Institutionalise",
}
_KINDS = {
    "age": "年龄",
    "clause": "条款",
    "code": "编号",
    "date": "日期",
    "issue": "期号",
    "ordinal": "序数",
    "page": "页码",
    "ratio": "比例",
    "slogan": "口号",
    "count": "数量",
    "money": "金额",
    "share": "比重",
    "change": "变化",
    "duration": "时长",
    "length": "长度",
    "area": "面积",
    "mass": "重量",
    "volume": "体积",
    "energy": "能量",
    "data": "数据量",
    "score": "分值",
    "temperature": "温度",
    "speed": "速度",
    "multiple": "倍数",
    "context": "背景",
    "effort": "工作",
    "output": "产出",
    "outcome": "成效",
}
_TYPES = {"form": "形式", "technique": "手段", "support": "保障", "result": "成果"}
_FAMILIES = {"process": "监督过程 process", "service": "服务内容 service"}


def instruments_block() -> str:
    """Instruments by stage: code, type, names, definition, grades, number of rules."""
    table, rules = (
        read_table("codebook/approaches"),
        read_table("codebook/approach_rules")["code"].value_counts(),
    )
    parts = []
    for stage in checks.STAGES:
        rows = table[table["stage"] == stage]
        head = [
            "| code | 名称 | name | type 类型 | present when | grades | rules |",
            "|---|---|---|---|---|---|---|",
        ]
        body = [
            f"| `{r.code}` | {r.zh} | {r.en} | {r.type} {_TYPES[r.type]} | {_cell(r.definition)} |"
            f" {_cell(r.grades.replace('<', ' < ')) or '–'} | {rules.get(r.code, 0)} |"
            for r in rows.itertuples()
        ]
        parts.append(f"### {STAGE_NAMES[stage]}\n\n" + "\n".join(head + body))
    return "\n\n".join(parts)


def themes_block() -> str:
    """Themes by family: names, what counts and what does not, and all terms."""
    rules, terms = read_table("codebook/theme_rules"), read_table("codebook/themes")
    parts = []
    for family, rows in rules.groupby("family", sort=False):
        parts.append(f"### {_FAMILIES.get(family, family)}")
        for r in rows.itertuples():
            mine = terms[terms["theme"] == r.theme]
            words = "、".join(
                f"`{row.term}`{'†' if row.shared else ''}" for row in mine.itertuples()
            )
            parts.append(
                f"**{r.zh} {r.en}** (`{r.theme}`, {len(mine)} terms). Counts: {_cell(r.includes)}."
                f" Does not count: {_cell(r.excludes)}.\n\n{words}"
            )
    return "\n\n".join(parts)


def indicators_block() -> str:
    """Indicators: names, group, kind of number and units."""
    lines = ["| 指标 | indicator | group 组 | kind 类 | units |", "|---|---|---|---|---|"]
    for r in read_table("codebook/indicators").itertuples():
        kind = f"{r.kind} {_KINDS.get(r.kind, '')}".strip() or "–"
        lines.append(
            f"| {r.zh} | {r.en} | {r.group} {_KINDS.get(r.group, '')} | {kind} |"
            f" {_cell(r.units).replace(chr(92) + '|', ' ') or '–'} |"
        )
    return "\n".join(lines)


def units_block() -> str:
    """Units by class: how many, and which."""
    lines = ["| class 类 | n | units |", "|---|---|---|"]
    for kind, rows in _by_size(read_table("codebook/units"), "kind"):
        lines.append(
            f"| {kind} {_KINDS.get(kind, '')} | {len(rows)} |"
            f" {' '.join(map(_cell, rows['unit']))} |"
        )
    return "\n".join(lines)


def number_rules_block() -> str:
    """What makes a number no magnitude: class, rules with an example each."""
    lines = ["| class 类 | n | examples |", "|---|---|---|"]
    for kind, rows in _by_size(read_table("codebook/number_rules"), "kind"):
        lines.append(
            f"| {kind} {_KINDS.get(kind, '')} | {len(rows)} |"
            f" {'; '.join(map(_cell, dict.fromkeys(rows['example'])))} |"
        )
    return "\n".join(lines)


def number_words_block() -> str:
    """Words around numbers: role, what the words do, the words."""
    table = read_table("codebook/number_words")
    lines = ["| role | a word of it … | words |", "|---|---|---|"]
    for role, meaning in ROLES.items():
        words = " ".join(table.loc[table["role"] == role, "words"])
        lines.append(f"| `{role}` | {_cell(meaning)} | {_cell(words)} |")
    return "\n".join(lines)


def actors_block() -> str:
    """Actors and their names."""
    lines = ["| actor | names |", "|---|---|"]
    return "\n".join(
        lines
        + [
            f"| `{r.actor}` | {_cell(r.terms.replace('|', '、'))} |"
            for r in read_table("codebook/actors").itertuples()
        ]
    )


def _by_size(table: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """Groups, the largest first, ties by name."""
    return sorted(table.groupby(column), key=lambda item: (-len(item[1]), item[0]))


def _cell(text: str) -> str:
    """Text as a cell of a Markdown table: nothing in it is markup.

    >>> _cell("a|b *c* <d>")
    'a\\\\|b \\\\*c\\\\* &lt;d>'
    """
    return re.sub(r"([|*_`\[\]\\])", r"\\\1", text).replace("<", "&lt;").replace("\n", " ")
