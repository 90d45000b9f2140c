"""Turn the codebook's tables into the tables of docs/codebook.md, in both languages."""

from __future__ import annotations

import re

import pandas as pd

from helpers.codebook import STAGES, read_table
from helpers.number_words import ROLES

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
    for stage in STAGES:
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
