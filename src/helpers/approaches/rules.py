"""The table of rules → patterns, and clauses → the instruments whose rules fit them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs as aho
import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import checks, read_table
from helpers.text import Sentence, split_sentences

from .actors import Actors
from .acts import Modes
from .clauses import Clauses
from .patterns import mask

# A plan counts where the definition says “scheduled”: a date, a session, a decision.
_SCHEDULED = re.compile(
    r"\d+月|[一二三四五六七八九十]+月|年底|年内|季度|[上中下]旬|次会议|会议期间|会议上|定于|决定"
    r"|明确|议题|议程"
)

# rule, order of the term, its pattern, its other pieces
_Place = tuple[int, int, re.Pattern[str] | None, str, list[str]]
# start, order of the term in its rule, end: the first of them is the match
_Match = tuple[int, int, int]


class Evidence(NamedTuple):
    """One clause that speaks of one instrument; `start, end` are offsets into the clean text.

    `counts` tells whether it makes the instrument present by its definition.
    """

    code: str
    sentence: int
    actor: str
    state: str
    strength: str
    grade: str
    counts: bool
    start: int
    end: int
    rule: str


def read_rules(table: pd.DataFrame | None = None) -> RuleBook:
    """Check the rule table and make it ready for use.

    Parameters
    ----------
    table : DataFrame, optional
        ``code, rule, terms, requires, sentence, excludes, actor, tense, grade``; default: the
        shipped table. In a term `*` stands for 0–4 characters, `?` for one, `…` for 0–60, always
        within a clause; `|` parts alternatives. `requires` and `excludes` are looked for in the
        clause, `sentence` in the sentence and the one before it in the paragraph.

    Returns
    -------
    RuleBook

    Raises
    ------
    CodebookError
        Naming file, row, value and remedy.
    """
    if table is None:
        return _shipped()
    return RuleBook(_parsed(table))


@lru_cache(maxsize=1)
def _shipped() -> RuleBook:
    return RuleBook(_parsed(read_table("codebook/approach_rules")))


class RuleBook:
    """The rules in file order, and the automaton that finds where they could apply."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._elsewhere = tuple(rule.elsewhere or rule for rule in rules)
        # rarest piece of a term → the terms looked for where it stands
        self._places: dict[str, list[_Place]] = {}
        for number, rule in enumerate(rules):
            for order, term in enumerate(rule.terms):
                rarest = term.rarest
                others = sorted(piece for piece in term.pieces if piece not in rarest) or [rarest]
                place = (number, order, term.pattern, others[0], others[1:])
                self._places.setdefault(rarest, []).append(place)
        self._owners = list(self._places.values())
        self._automaton = aho.AhoCorasick(
            list(self._places) or ["\0"],
            store_patterns=False,
            implementation=aho.Implementation.DFA,
        )

    def without(self, rule: str) -> RuleBook:
        """The same rules less one, for the question how much hangs on it."""
        if rule not in {one.rule for one in self.rules}:
            known = checks.nearest(rule, [one.rule for one in self.rules])
            raise ValueError(f"rule '{rule}' is not in {PLACE}. {known}")
        return RuleBook(tuple(one for one in self.rules if one.rule != rule))

    def only(self, code: str) -> RuleBook:
        """The rules of one code."""
        return RuleBook(tuple(one for one in self.rules if one.code == code))

    def find(
        self,
        text: str,
        sentences: tuple[Sentence, ...] | list[Sentence] | None = None,
        *,
        author: str = "city_congress",
        city: str = "",
        elsewhere: bool = False,
    ) -> list[Evidence]:
        """Find every clause of a clean text that speaks of an instrument.

        Parameters
        ----------
        text : str
            Clean text (see `clean`).
        sentences : sequence of Sentence, optional
            As `split_sentences` gives them.
        author : str
            The actor of a sentence that names none: whose report it is.
        city : str
            The report's own city (三门峡), so that 灵宝市 is known to be a lower level.
        elsewhere : bool
            The report is on another matter than elderly care: its acts are those on that matter.

        Returns
        -------
        list of Evidence
            In text order, within a clause in the order of the rules; one a clause and code.
        """
        sentences = split_sentences(text) if sentences is None else sentences
        clauses = Clauses(mask(text), sentences)
        if not clauses.stops:
            return []
        actors = Actors(clauses, author, city)
        modes = Modes(clauses, actors, elsewhere=elsewhere)
        rules = self._elsewhere if elsewhere else self.rules
        found: list[Evidence] = []
        for clause, matches in self._matches(clauses):
            taken: set[str] = set()
            for number in sorted(matches):
                rule = rules[number]
                if rule.code not in taken:
                    start, _, end = matches[number]
                    evidence = _apply(rule, clauses, clause, (start, end), actors, modes)
                    if evidence is not None:
                        taken.add(rule.code)
                        found.append(evidence)
        return found

    def _matches(self, clauses: Clauses) -> Iterator[tuple[int, dict[int, _Match]]]:
        """Clauses in text order, each with the first match of every rule whose terms it holds;
        headings prove nothing."""
        # hits come in the order of their ends: those of one clause stand together
        hits = self._automaton.find_matches_as_indexes(clauses.text, overlapping=True)
        ends = np.array([end for _, _, end in hits], dtype=np.int64)
        owners = np.array(clauses.stops).searchsorted(ends).clip(max=len(clauses.stops) - 1)
        text, sentence, headings = clauses.text, clauses.owners, clauses.headings
        clause, matches = -1, {}
        for owner, (piece, start, end) in zip(owners.tolist(), hits, strict=True):
            if owner != clause:
                if matches:
                    yield clause, matches
                clause, matches = owner, {}
                begin, stop = clauses.starts[clause], clauses.stops[clause]
                heading = sentence[clause] in headings
                words = text[begin:stop]
            if heading or start < begin:
                continue
            for number, order, pattern, other, others in self._owners[piece]:
                if pattern is None:
                    match = start, order, end
                elif other in words:
                    match = _search(pattern, others, order, text, begin, stop)
                else:  # most terms end here: the clause lacks their second piece
                    continue
                if match and (number not in matches or match < matches[number]):
                    matches[number] = match
        if matches:
            yield clause, matches


def _search(
    pattern: re.Pattern[str], others: list[str], order: int, text: str, begin: int, stop: int
) -> _Match | None:
    """A term with wildcards in a clause that holds two of its pieces: looked for only where the
    others are there, too."""
    if any(text.find(other, begin, stop) < 0 for other in others):
        return None
    match = pattern.search(text, begin, stop)
    return (match.start(), order, match.end()) if match else None


def _apply(
    rule: Rule, clauses: Clauses, clause: int, span: tuple[int, int], actors: Actors, modes: Modes
) -> Evidence | None:
    """Apply one rule to a clause that holds one of its terms at `span`: None, or what it proves."""
    text, start, end = clauses.text, clauses.starts[clause], clauses.stops[clause]
    if rule.requires and not rule.requires.search(text, start, end):
        return None
    if rule.excludes and rule.excludes.search(text, start, end):
        return None
    number = clauses.owners[clause]
    if rule.sentence:
        stop = clauses.sentences[number].end
        if not rule.sentence.search(text, clauses.context(number), stop):
            return None
    actor, carried = actors.actor(clause, *span)
    if rule.own and carried and actor in ("government", "party", "other"):
        actor = "city_congress"
    if actor not in rule.actors:
        return None
    mode = modes.mode(clause, *span)
    if mode == "void":
        return None
    strength = modes.strength(clause, *span)
    state, counts = "called_for", False
    if mode == "narrated" or (mode == "ordered" and "ordered" in rule.tense):
        state, counts = "done", True
    elif mode == "planned" and "wish" not in rule.tense:
        scheduled = strength == "specific" and clauses.says(number, _SCHEDULED)
        state, counts = "planned", "planned" in rule.tense and scheduled
    grade = _grade(rule, state, strength)
    return Evidence(rule.code, number, actor, state, strength, grade, counts, start, end, rule.rule)


def _grade(rule: Rule, state: str, strength: str) -> str:
    """A vote that is only listed or only laid down has not been held."""
    if not rule.grade or rule.code != "satisfaction":
        return rule.grade
    if strength == "enumerated":
        return "listed"
    return rule.grade if state == "done" else "laid_down"


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

# What rules name to tell elderly care from other matters; a report on such a matter is not asked
# for the first, nor refused for the second
_CARE = frozenset("养老 老年 老龄 敬老 助餐 老人 适老 居家 互助 幸福院 用房 社区 食堂".split())
_OTHERS = frozenset(
    "食品安全 消防 安全生产 安全生产执法 环境 防汛 财政 预算 决算 审计 污染 市场监管 物业 生产专班"
    " 医保 资金".split()
)

# Words in every other clause of such a report, commonest first: 督促…整改 is looked for at 督促.
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
    """One alternative of a rule's terms: the pieces between its wildcards, and a pattern if any."""

    pieces: frozenset[str]
    pattern: re.Pattern[str] | None

    @property
    def rarest(self) -> str:
        """The piece at which the term is looked for: `组织…联络站` at 联络站."""

        def rarity(piece: str) -> tuple[bool, int, int]:
            return len(piece) > 1, _RANK.get(piece, len(_RANK)), len(piece)

        return max(sorted(self.pieces), key=rarity)


@dataclass(frozen=True)
class Rule:
    """One row of approach_rules.csv, ready to be applied to a clause."""

    code: str
    rule: str
    terms: tuple[Term, ...]
    actors: frozenset[str]
    own: bool
    tense: frozenset[str]
    grade: str
    requires: re.Pattern[str] | None = None
    sentence: re.Pattern[str] | None = None
    excludes: re.Pattern[str] | None = None
    # the same rule for a report on another matter, where that differs
    elsewhere: Rule | None = None


def _parsed(table: pd.DataFrame) -> tuple[Rule, ...]:
    table = table.reset_index(drop=True)
    table.index = range(2, len(table) + 2)  # as a spreadsheet numbers the rows
    checks.check_columns(table, PLACE, checks.COLUMNS["approach_rules"])
    for column in table.columns:
        if column not in checks.RULE_COLUMNS:
            known = checks.nearest(str(column), checks.RULE_COLUMNS)
            checks.fail(PLACE, 1, f"column '{column}' is not known", known)
    checks.check_filled(table, PLACE, ("code", "rule", "terms"))
    checks.check_unique(table, PLACE, "rule")
    columns = checks.RULE_COLUMNS[:-1]
    rows = table.reindex(columns=columns, fill_value="").itertuples(name=None)
    return tuple(
        _rule(dict(zip(columns, map(str.strip, cells), strict=True)), row) for row, *cells in rows
    )


def _rule(values: dict[str, str], row: int) -> Rule:
    terms = [_checked(term, "terms", row) for term in values["terms"].split("|")]
    context = {
        column: _pattern([_checked(term, column, row) for term in values[column].split("|")])
        for column in ("requires", "sentence", "excludes")
        if values[column]
    }
    actors = _words(values, "actor", "congress", ACTORS, row)
    other = _elsewhere(values)
    return Rule(
        values["code"],
        values["rule"],
        tuple(map(_term, terms)),
        actors=frozenset().union(*(ACTORS[name] for name in actors)),
        own="own" in actors,
        tense=frozenset(_words(values, "tense", "done", checks.TENSES, row)),
        grade=values["grade"],
        elsewhere=_rule(other, row) if other != values else None,
        **context,
    )


def _elsewhere(values: dict[str, str]) -> dict[str, str]:
    """The cells of a rule for a report on another matter: without elderly care, with that matter.

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
            checks.fail(PLACE, row, f"{column} '{word}' is not known", checks.nearest(word, known))
    return words


def _checked(term: str, column: str, row: int) -> str:
    term = half_width(term)
    if not term.strip():
        checks.fail(PLACE, row, f"{column} holds an empty term", "Remove the '|' too many.")
    spaced, bare = term != term.strip(), not re.sub("[*?…$]", "", term)
    if spaced or bare or re.search(r"^[*?…]|[?…]$|[*?…]{2}", term):
        found = f"{column} '{term}' has a wildcard or a space where it stands for nothing"
        remedy = (
            "Put '*' (0–4 characters), '?' (one) or '…' (0–60) between two words, without spaces."
        )
        checks.fail(PLACE, row, found, remedy)
    return term


def _pattern(terms: list[str]) -> re.Pattern[str]:
    """One pattern for all alternatives; `$` at the end of a term is the end of the clause."""

    def one(term: str) -> str:
        body = "".join(_WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(one(term) for term in terms))
