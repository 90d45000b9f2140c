"""A number in its clause → the noun it counts and the words that say when and how."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from helpers.codebook import last_characters
from helpers.numbers import Quantity

from .tables import Indicator, pattern

_REACH = 300  # words further back than this in one sentence say nothing of a number
# what may stand between the digits and the unit: the multiplier, the mark of a note (35¹家)
_BETWEEN = "余多几来万亿百千⁰¹²³⁴⁵⁶⁷⁸⁹"
_CLAUSE_END = re.compile("[,，;；。.]")
# 38项问题已整改31项: of the 31
_OF_NEXT = re.compile(
    "(?:已|均|目前|全部)*(?:整改|办结|销号|解决|完成)(?:到位|完成|销号|办结)*[了率达为共约]*$"
)
_RISE = "(?:{change_to})(?:[到至为成](?!位)|到了|至了)"
_FROM = re.compile("(?:由|从)[^,;由从]{0,12}$")
_TO = f"[^,;]{{0,6}},?[^,;]{{0,6}}{_RISE}"
_TO_NEXT = f"[余多万亿]{{0,2}}[^,;0-9]{{0,8}},?[^,;0-9]{{0,6}}{_RISE}"


class Named(NamedTuple):
    """A number of the same sentence that has its name already."""

    quantity: Quantity
    name: Indicator


class Surroundings(NamedTuple):
    """The text before and after a number, clean, within its sentence.

    `near` reaches back to the magnitude before it, `clause` to the start of its clause, `before` to
    the start of the sentence; `after` ends at the next magnitude or clause. `place` is ``start`` or
    ``end`` for the two numbers of ``由…提高到…``; both have the words before 由 in `near`. `named`
    holds the sentence's earlier numbers, the last one last.
    """

    near: str
    clause: str
    before: str
    after: str
    place: str = ""
    named: tuple[Named, ...] = ()


def words_around(
    text: str, start: int, end: int, magnitudes: list[Quantity], i: int, named: list[Named]
) -> Surroundings:
    """Cut the words around a number out of its sentence; only magnitudes bound them
    (``65岁以上老年人106.3万人``)."""
    q = magnitudes[i]
    start = max(start, q.start - _REACH)
    before = text[start : q.start]
    clause = _last_clause(before)
    previous = magnitudes[i - 1].end if i and magnitudes[i - 1].end > start else start
    near = clause[-(q.start - previous) :] if q.start > previous else ""
    if near and previous > start and len(near) == q.start - previous:
        near = near.lstrip(_BETWEEN).removeprefix(magnitudes[i - 1].unit)
    next_start = magnitudes[i + 1].start if i + 1 < len(magnitudes) else end + 1
    following = min(end, q.end + _REACH, next_start)
    after = text[q.end : following].lstrip(_BETWEEN)
    after, *rest = _CLAUSE_END.split(after.removeprefix(q.unit), maxsplit=1)
    # 养老机构32家、日间照料中心18个: what follows is counted by the next number
    if after.startswith("、"):
        after = ""
    elif not rest and following == next_start:
        after = _OF_NEXT.sub("", after)
    return Surroundings(near, clause, before, after, "", tuple(named))


def of_a_change(words: Surroundings, origin: str, following: str) -> tuple[Surroundings, str]:
    """Give both numbers of ``覆盖率由83.6%提高到97.5%`` the words before 由, and the second none of
    the first's date."""
    near = words.near
    begin = _FROM.search(near) if "由" in near or "从" in near else None
    if begin and pattern(_TO_NEXT).match(following):
        origin = words.before[: len(words.before) - len(near) + begin.start()]
        near = near[: begin.start()] or _last_clause(origin.rstrip(",;:"))
        return words._replace(near=near, place="start"), origin
    if origin and pattern(_TO).match(near):
        head = _last_clause(origin.rstrip(",;:"))
        own = {"near": head, "clause": head + near, "before": origin + near}
        return words._replace(**own, place="end"), ""
    return words, ""


def _last_clause(before: str) -> str:
    """The words after the last mark; clean text has no full-width commas."""
    return before[max(map(before.rfind, ",;:。")) + 1 :]


VERB = "(?:{verb})(?!{noun_of_verb})"
_NOMINAL = "(?:{verb_as_noun})(?:已|均|正在|尚|未|全部|[^一-龥]|$)"
LEAD = "^(?:{lead})+(?=[一-龥]{2})"
_TAIL = "(?:{silent}|[“”\"'‘’《》: ])+$"
_PRUNE = "{silent}|年(?<![上去今]年)|月|占比|占|比例|比|{modifier}|[^一-龥]"
_MODIFIER = "{modifier}|{remaining}"
_ONLY_VERBS = "(?:{verb}|{without_noun}|{remaining})+$"
_DONE_TO_IT = "(?:{silent}|{done_to_it}|[“”])+$"
_EACH = "(?:每(?:[0-9]+|[十百千万])?(?:{each_unit})(?:{each_whom})?(?<!每次))+|{average}"
_OF_A_RATE = frozenset("每均单一")  # words of a rate hold one of these
_HAN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z])+")
_LIST_RUN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z、])+$")
_NOUN_UNITS = re.compile("[一-龥]{2,}(?<!次)(?<!百分点)|[县区市省乡镇村]$")
_BRACKET = re.compile(r"^\([^)]*\)")
# what these count is an act: 现场督办16次
OF_ACTS = frozenset("次 场 轮 趟 人次 户次 场次 件次 批次 遍 期 课时".split())


def noun_after(q: Quantity, after: str) -> str:
    """The noun that follows the unit: 独居老人 of 312名独居老人结对子; empty before a verb."""
    if q.kind in ("share", "change", "duration", "score") or q.unit in OF_ACTS:
        return ""
    noun = ""
    if after:
        piece = after[:22].replace("“", "").replace("”", "")
        end = len(piece)
        for verb in pattern(VERB).finditer(piece):
            if not verb.start() or not pattern(_NOMINAL).match(piece, verb.start()):
                end = verb.start()
                break
        if run := _HAN.match(piece, 0, end):
            noun = _BRACKET.sub("", run[0].removesuffix("的"))
            if noun.count("(") != noun.count(")"):
                noun = noun[: noun.index("(")] if "(" in noun else ""
    if len(noun) > 1:
        return noun
    return q.unit if q.kind == "count" and _NOUN_UNITS.match(q.unit) else ""


def noun_before(head: str) -> str:
    """The noun phrase that ends the words before a number: 智慧养老平台 of 推动建成智慧养老平台."""
    run = _LIST_RUN.search(head.replace("“", "").replace("”", ""))
    if not run:
        return ""
    piece, begin = run[0], 0
    for verb in pattern(VERB).finditer(piece):
        if verb.end() < len(piece) - 1 and (not verb.start() or verb[0] not in "和与"):
            begin = verb.end()
    noun = pattern(LEAD).sub("", piece[begin:].lstrip("、和与"), 1)
    if "、" in noun and len(noun) > 20:
        noun = noun.rpartition("、")[2]
    noun = noun.removesuffix("中")  # 208个乡镇(街道)中还有37个
    return noun if len(noun) > 1 else ""


def trimmed(words: str) -> str:
    """Words without those at their end that name nothing: 达到, 共有, 仅为."""
    ends = _tail_ends()
    return pattern(_TAIL).sub("", words) if not ends or words[-1:] in ends else words


@functools.cache
def _tail_ends() -> frozenset[str]:
    """The characters that such words end with."""
    return last_characters(pattern(_TAIL).pattern) or frozenset()


def stem_of(head: str) -> str:
    """The words before a number without the verbs at their end; empty where there are none."""
    stem = pattern(_DONE_TO_IT).sub("", head)
    return stem if stem != head else ""


def bare_of(near: str) -> tuple[bool, str]:
    """Whether no noun stands before a number (竣工31所, 其中公办87家), and what stands there."""
    rest = pattern(_PRUNE).sub("", near)
    if not rest:
        said = pattern(_MODIFIER).search(near)
        return True, said[0] if said else ""
    return bool(pattern(_ONLY_VERBS).match(rest)), re.sub("[上去今]年|同期", "", rest)


def rate_of(q: Quantity, near: str) -> str:
    """What a rate is a rate of: 每千名老年人, 每人每月, 人均."""
    if q.kind in ("share", "change") or _OF_A_RATE.isdisjoint(near):
        return ""
    found = pattern(_EACH).search(near)
    return found[0] if found else ""
