"""Words beside a number → the noun that it counts."""

from __future__ import annotations

import functools
import re

from helpers.edges import last_characters
from helpers.number_words import pattern
from helpers.quantities import Quantity

VERB = "(?:{verb})(?!{noun_of_verb})"
_NOMINAL = "(?:{verb_as_noun})(?:已|均|正在|尚|未|全部|[^一-龥]|$)"
LEAD = "^(?:{lead})+(?=[一-龥]{2})"
_TAIL = "(?:{silent}|[“”\"'‘’《》: ])+$"
_PRUNE = "{silent}|年(?<![上去今]年)|月|占比|占|比例|比|{modifier}|[^一-龥]"
_MODIFIER = "{modifier}|{remaining}"
_ONLY_VERBS = "(?:{verb}|{without_noun}|{remaining})+$"
_DONE_TO_IT = "(?:{silent}|{done_to_it}|[“”])+$"
_EACH = "(?:每(?:[0-9]+|[十百千万])?(?:{each_unit})(?:{each_whom})?(?<!每次))+|{average}"
_HAN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z])+")
_LIST_RUN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z、])+$")
_NOUN_UNITS = re.compile("[一-龥]{2,}(?<!次)(?<!百分点)|[县区市省乡镇村]$")
_BRACKET = re.compile(r"^\([^)]*\)")
OF_ACTS = frozenset(
    ("次", "场", "轮", "趟", "人次", "户次", "场次", "件次", "批次", "遍", "期", "课时")
)
"""What these count is an act: 现场督办16次."""


def noun_after(q: Quantity, after: str) -> str:
    """The noun that follows the unit: 独居老人 of 312名独居老人结对子; empty where a verb
    follows."""
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
    """The noun phrase at the end of the words before a number: 智慧养老平台 of
    推动建成智慧养老平台."""
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
    """Whether no noun stands before a number (``竣工31所``, ``其中公办87家``), and what is said
    instead."""
    rest = pattern(_PRUNE).sub("", near)
    if not rest:
        said = pattern(_MODIFIER).search(near)
        return True, said[0] if said else ""
    return bool(pattern(_ONLY_VERBS).match(rest)), re.sub("[上去今]年|同期", "", rest)


def rate_of(q: Quantity, near: str) -> str:
    """What a rate is a rate of: 每千名老年人, 每人每月, 人均."""
    if q.kind in ("share", "change") or not (
        "每" in near or "均" in near or "单" in near or "一" in near
    ):
        return ""
    found = pattern(_EACH).search(near)
    return found[0] if found else ""
