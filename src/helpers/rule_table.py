"""Turn the table of instrument rules as a researcher wrote it into patterns, or into an error that
says where it is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from helpers.checks import check_columns, fail, nearest
from helpers.layout import half_width
from helpers.validate import COLUMNS, RULE_COLUMNS, TENSES

PLACE = "data/codebook/approach_rules.csv"
CONGRESS = frozenset({"city_congress", "county_congress", "township_congress"})
ACTORS = {
    "congress": CONGRESS,
    # an act that only a congress can do: a government carried over from the clause before is not
    # its actor
    "own": CONGRESS,
    "lower": CONGRESS - {"city_congress"},
    "government": frozenset({"government"}),
    "party": frozenset({"party"}),
    "other": frozenset({"other"}),
    "any": CONGRESS | {"government", "party", "other"},  # the province is never evidence
}
_WILDCARDS = {"*": ".{0,4}", "?": ".", "…": ".{0,60}?"}

# What rules name to tell elderly care from other matters: no condition in a report on such a matter
# itself
_CARE = frozenset("养老 老年 老龄 敬老 助餐 老人 适老 居家 互助 幸福院 用房 社区 食堂".split())
_OTHERS = frozenset(
    "食品安全 消防 安全生产 安全生产执法 环境 防汛 财政 预算 决算 审计 污染 市场监管 物业 生产专班"
    " 医保 资金".split()
)

# Words in every other clause of such a report, the commonest first: of `督促…整改` it is 督促 that
# is looked for.
_COMMON = (
    "养老 人大 监督 常委会 人大常委会 问题 联动 代表 联动监督 政府 检查 开展 老年 整改 积极 推动"
    " 情况 部门 落实 服务 工作 意见 调研 人大代表 会议 建议 机构 群众 审议 组织 听取 主任 召开 报告"
    " 重点 老龄 市委 汇报 交办 清单 督办 社区 深入 参与 提出 要求 进行 形成 政策 条例 解决 部署"
    " 中心 市政府 助餐 建立 测评 发挥 满意 立法 询问 了解 到位 学习 检查组 贯彻 跟踪 基层 完善 组成"
    " 安排 打造 方案 督促 经验 模式 做法 制度 办法 规定 措施 标准 规划 通知 文件"
).split()
_RANK = {word: rank for rank, word in enumerate(_COMMON)}


@dataclass(frozen=True)
class Term:
    """One alternative of a rule's terms: its letters between the wildcards, and a pattern where it
    has wildcards."""

    pieces: frozenset[str]
    pattern: re.Pattern[str] | None

    @property
    def rarest(self) -> str:
        """The piece at which the term is looked for: `组织…联络站` at 联络站."""
        return max(
            sorted(self.pieces),
            key=lambda piece: (len(piece) > 1, _RANK.get(piece, len(_RANK)), len(piece)),
        )


@dataclass(frozen=True)
class Rule:
    """One row of approach_rules.csv, ready to be applied to a clause."""

    code: str
    rule: str
    terms: tuple[Term, ...]
    requires: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    excludes: re.Pattern[str] | None
    actors: frozenset[str]
    own: bool
    tense: frozenset[str]
    grade: str
    # the same rule for a report on another matter, where that differs
    elsewhere: Rule | None = None


def parse_rules(table: pd.DataFrame) -> tuple[Rule, ...]:
    table = table.reset_index(drop=True)
    table.index = range(2, len(table) + 2)  # as a spreadsheet numbers the rows
    columns = RULE_COLUMNS[:-1]
    check_columns(table, PLACE, COLUMNS["approach_rules"])
    for column in table.columns:
        if column not in RULE_COLUMNS:
            fail(PLACE, 1, f"column '{column}' is not known", nearest(str(column), RULE_COLUMNS))
    table = table.reindex(columns=columns, fill_value="")
    rules, seen = [], {}
    for row, cells in table.iterrows():
        values = dict(zip(columns, map(str.strip, map(str, cells)), strict=True))
        if values["rule"] in seen:
            fail(
                PLACE,
                row,
                f"rule '{values['rule']}' stands in row {seen[values['rule']]} already",
                "Give each rule an id of its own.",
            )
        seen[values["rule"]] = row
        rules.append(_rule(values, row))
    return tuple(rules)


def _rule(values: dict[str, str], row: int) -> Rule:
    for column in ("code", "rule", "terms"):
        if not values[column]:
            fail(PLACE, row, f"{column} is empty", f"Fill in {column} or delete the row.")
    terms = [_checked(term, "terms", row) for term in values["terms"].split("|")]
    context = {
        column: (
            _pattern([_checked(term, column, row) for term in values[column].split("|")])
            if values[column]
            else None
        )
        for column in ("requires", "sentence", "excludes")
    }
    elsewhere = _elsewhere(values)
    actors = frozenset().union(
        *(ACTORS[name] for name in _words(values, "actor", "congress", ACTORS, row))
    )
    tense = frozenset(_words(values, "tense", "done", TENSES, row))
    other = _rule(elsewhere, row) if elsewhere != values else None
    own = "own" in values["actor"].split()
    return Rule(
        values["code"],
        values["rule"],
        tuple(map(_term, terms)),
        **context,
        actors=actors,
        own=own,
        tense=tense,
        grade=values["grade"],
        elsewhere=other,
    )


def _elsewhere(values: dict[str, str]) -> dict[str, str]:
    """The cells of a rule for a report on another matter: elderly care is not asked for, and that
    matter not ruled out.

    >>> _elsewhere({"sentence": "养老|老年", "excludes": "食品安全|迎接"})
    {'sentence': '', 'excludes': '迎接'}
    """
    kept = {
        column: [term for term in values[column].split("|") if term not in words]
        for column, words in (("sentence", _CARE), ("excludes", _OTHERS))
    }
    return values | {column: "|".join(terms) for column, terms in kept.items()}


def _term(term: str) -> Term:
    """Take a term apart; a clause that lacks one of its pieces cannot hold it.

    >>> sorted(_term("组织…代表*座谈$").pieces)
    ['代表', '座谈', '组织']
    """
    pieces = frozenset(piece for piece in re.split(r"[*?…$]+", term) if piece)
    return Term(pieces, None if pieces == {term} else _pattern([term]))


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
    if (
        term != term.strip()
        or re.search(r"^[*?…]|[?…]$|[*?…]{2}", term)
        or not re.sub(r"[*?…$]", "", term)
    ):
        fail(
            PLACE,
            row,
            f"{column} '{term}' has a wildcard or a space where it stands for nothing",
            "Put '*' (0–4 characters), '?' (one) or '…' (0–60) between two words, without spaces.",
        )
    return term


def _pattern(terms: list[str]) -> re.Pattern[str]:
    """One pattern for all alternatives; `$` at the end of a term is the end of the clause."""

    def one(term: str) -> str:
        body = "".join(_WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(one(term) for term in terms))
