"""Stored tables and codebook → the way back to every result, and the codebook's page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from helpers.codebook import read_table
from helpers.figures import FIGURES
from helpers.labels import STAGES
from helpers.outcomes import ROLES

from .datapackage import stored_tables
from .values import Stated

_ANSWER = "**Answer.**"
_NOWHERE = "no notebook"  # tests/site/test_docs.py refuses it
# the one derived table that no notebook writes: timings are no part of reproducing
_ELSEWHERE = {"bench": "`make bench`"}


def markdown_table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table in Markdown; what stands in the cells is Markdown already.

    >>> print(markdown_table(("a", "b"), [(1, "`x`")]))
    | a | b |
    |---|---|
    | 1 | `x` |
    """
    head, *lines = (f"| {' | '.join(map(str, row))} |" for row in (heads, *rows))
    return "\n".join([head, re.sub("[^|]+", "---", head), *lines])


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
        address = f"../notebooks/{self.notebook}.ipynb#cell-id={self.cell}"
        return f"[{self.notebook}]({address}) `{self.cell}`"

    @property
    def command(self) -> str:
        """What executes the notebook again."""
        return f"`python -m helpers reproduce --only {self.notebook}`"


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
    for output in cell.outputs:
        text = "".join(output.get("data", {}).get("text/markdown", ""))
        if text.startswith(_ANSWER):
            return re.split(r"\n\n|\*\*回答", text)[0].removeprefix(_ANSWER).strip()
    return ""


def answers_block(root: Path) -> str:
    """Every notebook's answer, as the notebook shows it: cell, command."""
    rows = [
        (place.answer.replace("|", r"\|"), place.link, place.command)
        for place in code_cells(root / "notebooks")
        if place.answer
    ]
    return markdown_table(("answer", "notebook, cell", "command"), rows)


def figures_block(root: Path) -> str:
    """Every figure: files, notebook, cell, command."""
    places = figure_places(code_cells(root / "notebooks"))
    rows = []
    for name in FIGURES:
        files = f"[en](../figures/en/{name}.svg) [zh](../figures/zh/{name}.svg)"
        if not (root / "figures" / "en" / f"{name}.svg").is_file():
            files = "not drawn for these documents"
        cell = places[name].link if name in places else _NOWHERE
        rows.append((f"`{name}`", files, cell, f"`make figures ONLY={name}`"))
    return markdown_table(("figure", "files", "notebook, cell", "command"), rows)


def tables_block(root: Path) -> str:
    """Every derived table: a row of it, notebook, cell, command."""
    places = table_places(code_cells(root / "notebooks"))
    about = read_table("reference/tables").set_index("table")["a_row_is"]
    rows = [
        (f"[{_stem(table)}](../data/{table}.csv)", about.get(table, ""), *_way(table, places))
        for table in stored_tables()
        if table.startswith("derived/")
    ]
    return markdown_table(("table", "a row is", "notebook, cell", "command"), rows)


def values_block(root: Path, values: dict[str, Stated]) -> str:
    """Every value that READMEs and docs state: from which table, notebook, cell, command."""
    places = table_places(code_cells(root / "notebooks"))
    rows = [
        (value.text, value.what, f"`{value.source}`", *_way(value.source, places))
        for value in values.values()
        if value.source.startswith(("derived/", "coded/", "codebook/"))
    ]
    return markdown_table(("value", "what", "table", "notebook, cell", "command"), rows)


def measured_block() -> str:
    """Every value measured outside the notebooks: on what, when, by which command."""
    rows = [
        (row.value, row.en, row.material, row.date, f"`{row.command}`" if row.command else "–")
        for row in read_table("reference/measured").itertuples()
    ]
    return markdown_table(("value", "what", "on what", "when", "command"), rows)


def figure_places(cells: Iterable[Place]) -> dict[str, Place]:
    """The cell that publishes each figure, in the order of `FIGURES`; a figure that no cell
    publishes is left out.

    >>> figure_places([Place("03_themes", "nb03-07", 'publish("keyness", study)')])["keyness"].cell
    'nb03-07'
    """
    found = {}
    for cell in cells:
        for call in _calls(cell.source, ("publish",)):
            found |= dict.fromkeys(_words(call), cell)
    return {name: found[name] for name in FIGURES if name in found}


def table_places(cells: Iterable[Place]) -> dict[str, Place]:
    """The cell that writes each table, by the names that stand in a cell that calls `write_table`
    or `write_graph`."""
    found = {}
    for cell in cells:
        if _calls(cell.source, ("write_table", "write_graph")):
            found |= dict.fromkeys(_words(ast.parse(cell.source)), cell)
    return found


def _calls(source: str, functions: tuple[str, ...]) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", "") in functions]


def _words(code: ast.AST) -> Iterator[str]:
    """The texts in quotation marks that stand in some code."""
    constants = (node.value for node in ast.walk(code) if isinstance(node, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def _way(table: str, places: dict[str, Place]) -> tuple[str, str]:
    """Notebook with cell, and command, that give a table anew."""
    stem = _stem(table)
    if not table.startswith("derived/"):
        return "kept by hand", "–"
    if stem in _ELSEWHERE:
        return "–", _ELSEWHERE[stem]
    if stem not in places:
        return _NOWHERE, "–"
    return places[stem].link, places[stem].command


def _stem(table: str) -> str:
    return table.partition("/")[2]


_TYPES = {"form": "形式", "technique": "手段", "support": "保障", "result": "成果"}
_FAMILIES = {"process": "监督过程 process", "service": "服务内容 service"}
_KINDS = dict(
    pair.split("=")
    for pair in (
        "age=年龄 clause=条款 code=编号 date=日期 issue=期号 ordinal=序数 page=页码 ratio=比例"
        " slogan=口号 count=数量 money=金额 share=比重 change=变化 duration=时长 length=长度"
        " area=面积 mass=重量 volume=体积 energy=能量 data=数据量 score=分值 temperature=温度"
        " speed=速度 multiple=倍数 context=背景 effort=工作 output=产出 outcome=成效"
    ).split()
)


def instruments_block() -> str:
    """Instruments by stage: code, type, names, definition, grades, number of rules."""
    table = read_table("codebook/approaches")
    rules = read_table("codebook/approach_rules")["code"].value_counts()
    heads = ("code", "名称", "name", "type 类型", "present when", "grades", "rules")
    parts = []
    for stage, names in STAGES.items():
        rows = []
        for r in table[table["stage"] == stage].itertuples():
            kind, grades = f"{r.type} {_TYPES[r.type]}", _cell(r.grades.replace("<", " < ")) or "–"
            what = _cell(r.definition)
            rows.append((f"`{r.code}`", r.zh, r.en, kind, what, grades, rules.get(r.code, 0)))
        parts.append(f"### {' '.join(names)}\n\n{markdown_table(heads, rows)}")
    return "\n\n".join(parts)


def themes_block() -> str:
    """Themes by family: names, what counts and what does not, and all terms."""
    rules, terms = read_table("codebook/theme_rules"), read_table("codebook/themes")
    parts = []
    for family, rows in rules.groupby("family", sort=False):
        parts.append(f"### {_FAMILIES.get(family, family)}")
        for r in rows.itertuples():
            mine = terms[terms["theme"] == r.theme]
            words = (f"`{row.term}`{'†' if row.shared else ''}" for row in mine.itertuples())
            parts.append(
                f"**{r.zh} {r.en}** (`{r.theme}`, {len(mine)} terms). Counts: {_cell(r.includes)}."
                f" Does not count: {_cell(r.excludes)}.\n\n{'、'.join(words)}"
            )
    return "\n\n".join(parts)


def indicators_block() -> str:
    """Indicators: names, group, kind of number and units."""
    rows = []
    for r in read_table("codebook/indicators").itertuples():
        units = _cell(r.units.replace("|", " ")) or "–"
        rows.append((r.zh, r.en, _named(r.group), _named(r.kind).strip() or "–", units))
    return markdown_table(("指标", "indicator", "group 组", "kind 类", "units"), rows)


def units_block() -> str:
    """Units by class: how many, and which."""
    rows = [
        (_named(kind), len(rows), " ".join(map(_cell, rows["unit"])))
        for kind, rows in _by_size(read_table("codebook/units"))
    ]
    return markdown_table(("class 类", "n", "units"), rows)


def number_rules_block() -> str:
    """What makes a number no magnitude: class, rules with an example each."""
    rows = [
        (_named(kind), len(rows), "; ".join(map(_cell, rows["example"].unique())))
        for kind, rows in _by_size(read_table("codebook/number_rules"))
    ]
    return markdown_table(("class 类", "n", "examples"), rows)


def number_words_block() -> str:
    """Words around numbers: role, what the words do, the words."""
    words = read_table("codebook/number_words").groupby("role")["words"].agg(" ".join)
    rows = [
        (f"`{role}`", _cell(meaning), _cell(words.get(role, ""))) for role, meaning in ROLES.items()
    ]
    return markdown_table(("role", "a word of it …", "words"), rows)


def actors_block() -> str:
    """Actors and their names."""
    rows = [
        (f"`{row.actor}`", _cell(row.terms.replace("|", "、")))
        for row in read_table("codebook/actors").itertuples()
    ]
    return markdown_table(("actor", "names"), rows)


def _by_size(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows by `kind`, the largest group first, ties by name."""
    return sorted(table.groupby("kind"), key=lambda item: (-len(item[1]), item[0]))


def _named(kind: str) -> str:
    return f"{kind} {_KINDS.get(kind, '')}"


def _cell(text: str) -> str:
    """Text as a cell of a Markdown table: nothing in it is markup.

    >>> _cell("a|b *c* <d>")
    'a\\\\|b \\\\*c\\\\* &lt;d>'
    """
    return re.sub(r"([|*_`\[\]\\])", r"\\\1", text).replace("<", "&lt;").replace("\n", " ")
