"""Words around a number → what it measures: indicator, group, denominator, flow, level, date and timing."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from helpers.codebook import read_table
from helpers.quantities import Quantity


class Surroundings(NamedTuple):
    """The text before and after a number, clean, within its sentence.

    `near` reaches back to the number before it, `clause` to the start of its clause, `before` to the start of the
    sentence; `after` ends at the next number or clause.
    """

    near: str
    clause: str
    before: str
    after: str


class Indicator(NamedTuple):
    """A row of data/codebook/indicators.csv, or one made from the nouns beside the number."""

    indicator: str
    zh: str
    en: str
    group: str


_NOUN_AFTER = re.compile(  # 12名常委会组成人员围绕…: the noun ends where a verb or a preposition begins
    r"(?:的|左右|以上|余|多)*([一-龥]{2,8}?(?=围绕|参加|参与|进行|开展|赴|前往|分别|深入|对|就|在|向|与|和|从|已|将|被|[^一-龥]|$)|[一-龥]{2,8})"
)
_NOUN_BEFORE = re.compile(r"([一-龥]{2,12})(?:已|达|共|约|近|超|为|有|超过|达到|总数|数量)*$")
_NOT_COUNTED = frozenset(("count", "money", "share", "change"))
_GROUPS = {"money": "output", "share": "outcome", "change": "outcome"}
_EFFORT = re.compile(
    "走访|调研|检查|召开|座谈|暗访|视察|听取|组织|发放|收集|征集|提出|梳理|查找|审议|询问|督办|反馈|接访|宣传|印发"
)
_OUTPUT = re.compile(
    "建成|新建|改造|新增|投入|建设|培育|出台|制定|修订|设立|开设|投用|完成|落实资金|补助|拨付|配备|发放补贴|培训"
)
_CONTEXT = re.compile("人口|老龄|现有|共有|辖|截至|目前有|户籍")

_PLANNED = re.compile(
    "选址(?!并建设)|选定|计划|拟|力争|规划(?:建设|新建|布局)|将(?:建|新|投|达|完成|实现)|预计|目标|到20[2-9]\\d年(?:底|末)?[^,]{0,8}(?:达|实现|建)"
)
_ASSESSED = re.compile("评估|评定|鉴定|摸排")
_STOCK = re.compile("现有|共有|已有|拥有|截至|目前有|建有|常住|户籍|人口|总数|存量|辖")
_FLOW = re.compile(
    "新增|新建|建成|完成|召开|走访|组织|开展|发放|投入|培训|提出|交办|整改|刊登|出台|制定|累计|形成|收集|办理|举办|化解|听取|反馈|同比|上升|下降|增长|查看|邀请|培养|成立"
)

_HAN_BEFORE = "|".join(f"(?<=(?<![市各])[一-龥]{{{n}}}[县区])" for n in (1, 2, 3))
_LEVELS = (  # name, characters of which the text must have one, pattern: it begins with a letter that few clauses have
    ("province", frozenset("省国"), re.compile("全省|省人大|省级|全国")),
    ("township", frozenset("镇乡街"), re.compile("(?:乡镇|街道|[一-龥]{1,3}[镇乡])(?:人大|敬老院|代表|主席团|村|有)")),
    (
        "institution",
        frozenset("食公院社"),
        re.compile("(?:大食堂|公寓|养老院|敬老院|幸福院|福利院)(?:现有|共有|有|设|床位|入住)|供销社"),
    ),
    (
        "county",
        frozenset("县区灵沁孟"),
        re.compile(
            f"(?:[县区](?<![小社城园景地辖片老校库山灾市县]区)(?:{_HAN_BEFORE})(?!域|县|划|分|级|别|间|\\()"
            "|灵宝市|沁阳市|孟州市|县级)(?=人大|代表|[^,。;]{0,12}$|[一-龥])"
        ),
    ),
    ("city", frozenset("市"), re.compile("市(?:(?<=[一-龥]{2}市)(?!民|场|区|县)|(?<=[全我本]市)|人大|委|政府|本级)")),
)
_AS_OF = re.compile(r"(20\d\d|19\d\d)年(底|末|初|(\d{1,2})月(?:(\d{1,2})日|底|末)?)?(?![^,]{0,16}(?:相比|比))")
_THIS_YEAR = re.compile("今年|本年|目前|当前")
_LAST_YEAR = re.compile("去年|上年|上一年")
_DURING = re.compile(
    "联动监督|监督(?:以来|过程|开展|推动|工作)|督促|开展以来|期间|推动|今年以来|交办|整改|督办|检查组|调研组|执法检查|专题调研"
)
_BEFORE = re.compile("去年|上年|监督前|整改前|此前|原来|原有|从(?!业)[^,]{0,10}$")
_AFTER = re.compile("监督后|整改后|下一步|今后|到20[2-9]\\d年")
_PEOPLE = frozenset(["aged_60_plus", "aged_65_plus", "aged_80_plus", "disabled_elderly", "empty_nest", "poor_elderly"])
_OF = re.compile(r"占(?:全[市县区省])?([一-龥]{2,10}?)(?:总数|总量)?(?:的|比)?[约近超过达]{0,2}$")
_PART_OF = re.compile(r"([一-龥]{2,12}?)(?:中)?(?:有|的|已|,)?[约近超过达]{0,2}$")


class _Rules(NamedTuple):
    """The rows of the table that a number can have: with words after it, with words before it, with none."""

    after: list[tuple[Indicator, re.Pattern]]
    before: list[tuple[Indicator, re.Pattern]]
    always: list[Indicator]
    some_after: re.Pattern
    some_before: re.Pattern


@functools.cache
def _rules_for(kind: str, unit: str) -> _Rules:
    """The indicators of a kind and a unit; many units share theirs."""
    return _compiled(
        tuple(
            (Indicator(row.indicator, row.zh, row.en, row.group), row.before, row.after)
            for row in read_table("codebook/indicators").itertuples()
            if kind in ([row.kind] if row.kind else _NOT_COUNTED) and (not row.units or unit in row.units.split("|"))
        )
    )


@functools.cache
def _compiled(rows: tuple[tuple[Indicator, str, str], ...]) -> _Rules:
    """The rules of these rows, with two patterns that tell at once whether any of them can fit."""
    after = [(indicator, words) for indicator, _, words in rows if words]
    before = [(indicator, words) for indicator, words, _ in rows if words]
    some = [re.compile("|".join(f"(?:{words})" for _, words in part) or "(?!)") for part in (after, before)]
    patterns = ([(indicator, re.compile(words)) for indicator, words in part] for part in (after, before))
    return _Rules(*patterns, [indicator for indicator, *words in rows if not any(words)], *some)


@functools.cache
def _unit_names() -> dict[str, str]:
    return {row.unit: row.en for row in read_table("codebook/units").itertuples()}


def name_indicator(q: Quantity, words: Surroundings) -> Indicator:
    """Say in plain words what a number measures: by the table, else by the noun that it counts.

    What follows the unit is asked first (``4条审议意见``), then the text since the last number (``走访老年人995人``), then
    the clause, then the sentence.
    """
    rules = _rules_for(q.kind, q.unit)
    if words.after and rules.some_after.match(words.after):
        return next(indicator for indicator, after in rules.after if after.match(words.after))
    for window in dict.fromkeys((words.near, words.clause, words.before[-40:])):
        if window and rules.some_before.search(window):
            return next(indicator for indicator, before in rules.before if before.search(window))
    if rules.always:
        return rules.always[0]
    noun = _NOUN_AFTER.match(words.after) or _NOUN_BEFORE.search(words.near) or _NOUN_BEFORE.search(words.clause)
    zh = noun[1] if noun else q.unit or "数量"
    return Indicator("", zh, f"{_unit_names().get(q.unit, 'number')} ({zh})", _group(q, words))


def _group(q: Quantity, words: Surroundings) -> str:
    """context, effort, output or outcome, by the verb nearest before the number."""
    for window in (words.near, words.clause, words.before):
        for group, pattern in (("effort", _EFFORT), ("output", _OUTPUT), ("context", _CONTEXT)):
            if pattern.search(window):
                return group
    return _GROUPS.get(q.kind, "output")


def denominator_of(q: Quantity, words: Surroundings, kind: str) -> str:
    """What a share is a share of: ``占总人口的`` → 总人口 of the kind the sentence names."""
    if q.kind != "share":  # of a part of the people: which people, as resident and registered ones differ
        named = re.findall("常住人口|户籍人口", words.before) if kind in _PEOPLE else []
        return named[-1] if named else ""
    if found := _OF.search(words.clause):
        whole = found[1]
    elif kind == "rectified_share" and (found := re.search("(?:交办|发现|梳理|移交)[^,]*问题", words.clause)):
        whole = "交办问题" if "交办" in found[0] else "问题"
    elif kind == "share_of_elderly":
        whole = "总人口"
    else:
        whole = ""
    if "人口" in whole:
        named = re.findall("常住人口|户籍人口", words.before)
        return named[-1] if named else whole
    return whole


def flow_of(words: Surroundings, indicator: Indicator) -> str:
    """planned, assessed, stock or flow; empty where the words do not say."""
    near = words.clause + words.after
    for name, pattern in (("assessed", _ASSESSED), ("planned", _PLANNED), ("stock", _STOCK), ("flow", _FLOW)):
        if pattern.search(near):
            return name
    return "stock" if indicator.group == "context" else ""


def level_of(words: Surroundings) -> str:
    """The level of government that the nearest words name: city, county, township, institution, province."""
    best, level, letters = -1, "", frozenset(words.before)
    for name, needed, pattern in _LEVELS:
        if needed.isdisjoint(letters):
            continue
        for found in pattern.finditer(words.before):
            if found.end() >= best:
                best, level = found.end(), name
    return level


def as_of(words: Surroundings, issue_year: int | None) -> str:
    """The date or year a number holds for, as YYYY, YYYY-MM or YYYY-MM-DD; empty where the sentence names none."""
    if _LAST_YEAR.search(words.near) and issue_year:
        return str(issue_year - 1)
    if dates := list(_AS_OF.finditer(words.before)):
        year, part, month, day = dates[-1].groups()
        month = "12" if part in ("底", "末") else month
        return "-".join(filter(None, (year, month and f"{int(month):02d}", day and f"{int(day):02d}")))
    return str(issue_year) if issue_year and _THIS_YEAR.search(words.before) else ""


def timing_of(words: Surroundings) -> str:
    """before, during (because of the supervision) or after it; empty where the words do not say."""
    if _BEFORE.search(words.near):
        return "before"
    if _AFTER.search(words.clause):
        return "after"
    return "during" if _DURING.search(words.before) or _DURING.search(words.after) else ""
