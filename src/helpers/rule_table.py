"""Turn the table of instrument rules as a researcher wrote it into patterns, or into an error that says where it is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from helpers.checks import check_columns, fail, nearest
from helpers.layout import half_width

PLACE = "data/codebook/approach_rules.csv"
CONGRESS = frozenset({"city_congress", "county_congress", "township_congress"})
ACTORS = {
    "congress": CONGRESS,
    "own": CONGRESS,  # an act that only a congress can do: a government carried over from the clause before is not its actor
    "lower": CONGRESS - {"city_congress"},
    "government": frozenset({"government"}),
    "party": frozenset({"party"}),
    "other": frozenset({"other"}),
    "any": CONGRESS | {"government", "party", "other"},  # the province is never evidence
}
TENSES = ("done", "planned", "ordered", "wish")
_WILDCARDS = {"*": ".{0,4}", "?": ".", "…": ".{0,60}?"}

# Words in every other clause of such a report: of `督促…整改` it is 督促 that is looked for.
COMMON = frozenset(
    "养老 监督 问题 联动 联动监督 人大 人大常委会 常委会 代表 人大代表 报告 政府 落实 整改 调研 检查 部门 意见 建议 机构 汇报 社区 中心 政策 审议 条例 情况 工作 服务 "
    "会议 市委 市政府 开展 组织 听取 清单 交办 督办 深入 解决 要求 政府的 经验 模式 做法 制度 办法 方案 规定 措施 标准 规划 通知 文件".split()
)


@dataclass(frozen=True)
class Rule:
    """One row of approach_rules.csv, ready to be applied to a clause."""

    code: str
    rule: str
    terms: re.Pattern[str]
    pieces: tuple[frozenset[str], ...]
    requires: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    excludes: re.Pattern[str] | None
    actors: frozenset[str]
    own: bool
    tense: frozenset[str]
    grade: str


def parse_rules(table: pd.DataFrame) -> tuple[Rule, ...]:
    table = table.reset_index(drop=True)
    table.index = range(2, len(table) + 2)  # as a spreadsheet numbers the rows
    columns = ("code", "rule", "terms", "requires", "sentence", "excludes", "actor", "tense", "grade")
    check_columns(table, PLACE, ("code", "rule", "terms"))
    for column in table.columns:
        if column not in (*columns, "note"):
            fail(PLACE, 1, f"column '{column}' is not known", nearest(str(column), (*columns, "note")))
    table = table.reindex(columns=columns, fill_value="")
    rules, seen = [], {}
    for row, cells in table.iterrows():
        values = dict(zip(columns, map(str.strip, map(str, cells)), strict=True))
        if values["rule"] in seen:
            fail(PLACE, row, f"rule '{values['rule']}' stands in row {seen[values['rule']]} already", "Give each rule an id of its own.")
        seen[values["rule"]] = row
        rules.append(_rule(values, row))
    return tuple(rules)


def _rule(values: dict[str, str], row: int) -> Rule:
    for column in ("code", "rule", "terms"):
        if not values[column]:
            fail(PLACE, row, f"{column} is empty", f"Fill in {column} or delete the row.")
    terms = [_checked(term, "terms", row) for term in values["terms"].split("|")]
    context = {
        column: _pattern([_checked(term, column, row) for term in values[column].split("|")]) if values[column] else None
        for column in ("requires", "sentence", "excludes")
    }
    actors = frozenset().union(*(ACTORS[name] for name in _words(values, "actor", "congress", ACTORS, row)))
    tense = frozenset(_words(values, "tense", "done", TENSES, row))
    pieces = tuple(dict.fromkeys(map(_pieces, terms)))
    return Rule(values["code"], values["rule"], _pattern(terms), pieces, **context, actors=actors, own="own" in values["actor"].split(), tense=tense, grade=values["grade"])


def _pieces(term: str) -> frozenset[str]:
    """The letters of a term between its wildcards: a clause that lacks one of them cannot hold the term.

    >>> sorted(_pieces("组织…代表*座谈$"))
    ['代表', '座谈', '组织']
    """
    return frozenset(piece for piece in re.split(r"[*?…$]+", term) if piece)


def _words(values: dict[str, str], column: str, default: str, known, row: int) -> list[str]:
    words = (values[column] or default).split()
    for word in words:
        if word not in known:
            fail(PLACE, row, f"{column} '{word}' is not known", nearest(word, known))
    return words


def _checked(term: str, column: str, row: int) -> str:
    term = half_width(term)
    if not term.strip():
        fail(PLACE, row, f"{column} holds an empty term", "Remove the '|' too many.")
    if term != term.strip() or re.search(r"^[*?…]|[?…]$|[*?…]{2}", term) or not re.sub(r"[*?…$]", "", term):
        fail(PLACE, row, f"{column} '{term}' has a wildcard or a space where it stands for nothing",
             "Put '*' (0–4 characters), '?' (one) or '…' (0–60) between two words, without spaces.")  # fmt: skip
    return term


def _pattern(terms: list[str]) -> re.Pattern[str]:
    """One pattern for all alternatives; `$` at the end of a term is the end of the clause."""
    def one(term: str) -> str:
        body = "".join(_WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(one(term) for term in terms))
