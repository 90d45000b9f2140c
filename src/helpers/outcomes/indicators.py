"""A number and its words → the indicator it measures."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from helpers.characters import chinese_number
from helpers.codebook import read_table
from helpers.numbers import Quantity

from .context import (
    LEAD,
    OF_ACTS,
    VERB,
    Named,
    Surroundings,
    bare_of,
    noun_after,
    noun_before,
    rate_of,
    stem_of,
    trimmed,
)
from .tables import Indicator, pattern, row_of, rules_for

_AFTER_UNIT = re.compile("(?:以上|以下|左右|以内|多|余|的)+")
_TIMES = frozenset(("次", "轮", "遍", "趟"))
_PERSONS = frozenset(("人", "名", "位", "人次"))
_GENERIC = {"share": "比例", "money": "金额", "change": "变化", "score": "得分"}
_GROUPS = {"share": "outcome", "change": "outcome", "score": "outcome"}
# the id of a name that sets a number apart from the one before: 养老机构(民办)
_QUALIFIED = "~"
_SURVEY = re.compile("[^,]{2,24}$")
_AGED = frozenset(("aged_60_plus", "aged_65_plus", "aged_80_plus"))
_EACH_TIME = re.compile("^(?:每[年月周日天]|每季度|[日月年]均)$")
_CHANGED_BY = "(?:[比较与同][^,]*)?(?:{change_by})[于出了]?$"
_HEADLESS = re.compile("([一-龥]{2,16})的(?:有|约|近|达|共|占|分别有|分别为|仅有|还有)?$")
_LIKE_UNITS = dict.fromkeys("家所处座个", "place") | dict.fromkeys("人名位", "person")
_FIXED = frozenset(("problems_rectified", "problems_open", "rectified_share"))


@functools.cache
def _unit_names() -> dict[str, str]:
    return {row.unit: row.en for row in read_table("codebook/units").itertuples()}


def name_indicator(q: Quantity, words: Surroundings) -> Indicator:
    """Say in plain words what a number measures: by the table, else by the noun that it counts.

    What it counts stands after the unit (``312名独居老人``) or before the number
    (``走访老年人995人``): only there does a row of the table fit, not elsewhere in the sentence. A
    number without a noun (``竣工31所``) takes that of the number before it.
    """
    if words.place == "end" and words.named and words.named[-1].quantity.unit == q.unit:
        return words.named[-1].name
    near, after = words.near, words.after
    if each := rate_of(q, words.before[-14:] if words.place else near):
        near = near.replace(each, "")
    head = trimmed(near)
    if after and (skipped := _AFTER_UNIT.match(after)):
        after = after[skipped.end() :]
    own = "" if words.place else noun_after(q, after)
    if near[:1] in "、和与及" and words.named and not pattern(VERB).search(head):
        head = _verb_of_list(words) + head.lstrip("、和与及以")
        words = words._replace(near=head)
    name = _by_table(q, words, each, head, own, after)
    if not name and q.kind in _SAID:
        name = _SAID[q.kind](q, words, head, after)
    elif not name:
        name = _counted(q, words, head, own, after)
    if each:
        name = _with(name, each, "")
    if name.group in ("outcome", "output") and _is_short(words.near, after):
        name = name._replace(group="context")  # 入住率仅为38.6%: a shortcoming is no result
    return name


def _with(name: Indicator, said: str, indicator: str = _QUALIFIED) -> Indicator:
    """A name with what sets this number apart: 养老机构(民办)."""
    return Indicator(indicator, f"{name.zh}({said})", f"{name.en} ({said})", name.group)


def _is_short(near: str, after: str) -> bool:
    """Whether the words beside a number make it a shortcoming: 入住率仅为38.6%, 3家被关停."""
    if pattern("{shortcoming}").search(near):
        return True
    return bool(after and pattern("{shortcoming_after}").match(after))


def _by_table(
    q: Quantity, words: Surroundings, each: str, head: str, own: str, after: str
) -> Indicator | None:
    """The row of the table for the noun at the number; None where there is none or it says too
    much."""
    if each and q.kind == "money" and not _EACH_TIME.search(each):
        return None  # 每餐补贴4元 is a price
    topic, rules = head + own, rules_for(q.kind, q.unit)
    if q.kind == "share":
        name = rules.first(_whole_of_share(words.near), after)
    else:
        name = rules.first(head, after, own)
    if name and name.group == "output" and pattern("{unmade}").search(topic):
        name = None  # 关闭不合规养老机构9家, 空置床位9800张: none was built
    if name and name.indicator in _FIXED and _of_others(q, words, head):
        name = None  # 梳理诉求1270件,办结1215件: no problems
    if name and (name.indicator in _AGED or name.indicator == "share_of_elderly"):
        name = _of_age(name, words, topic, own)
    if name or own or q.kind != "count" or q.unit in OF_ACTS:
        return name
    stem = stem_of(head)  # 农村幸福院已建成41个
    return rules.first(stem, "") if stem else None


def _made(
    q: Quantity, words: Surroundings, zh: str, group: str = "", indicator: str = ""
) -> Indicator:
    """An indicator that the table does not have, called by the text's own noun."""
    en = f"{_unit_names().get(q.unit, 'number')} ({zh})"
    return Indicator(indicator, zh, en, group or _group(q, words))


def _last(words: Surroundings, fits: Callable[[Named], bool]) -> Indicator | None:
    """The name of the last number before in the sentence that fits."""
    return next((named.name for named in reversed(words.named) if fits(named)), None)


def _like(unit: str) -> str:
    """Units that count the same things are one: 家 and 所."""
    return _LIKE_UNITS.get(unit, unit)


def _whole_of_share(near: str) -> str:
    """What a share's row is looked for in: 占 and what it is a part of stay."""
    return near.rstrip("约近超过达到为的在均分别仅只有不足高至") if "占" in near else trimmed(near)


def _verb_of_list(words: Surroundings) -> str:
    """What is done to every thing of a list: 查看 of 查看养老机构43家、日间照料中心58个."""
    for template in ("{effort}", "{output}"):
        if found := pattern(template).search(words.clause):
            return found[0]
    return ""


def _of_others(q: Quantity, words: Surroundings, head: str) -> bool:
    """Whether something else than problems, counted before in this sentence, was dealt with."""
    if "问题" in head or "问题" in words.after[:8]:
        return False
    if q.kind == "share":
        return any(n.name.indicator == _QUALIFIED for n in words.named)
    like = _like(q.unit)
    last = _last(words, lambda named: _like(named.quantity.unit) == like)
    return bool(last and "问题" not in last.zh)


def _counted(q: Quantity, words: Surroundings, head: str, own: str, after: str) -> Indicator:
    """A count, an amount or a size by the noun after it, before it, or of the number before it."""
    if own and not (own == q.unit and len(own) < 2):
        return _made(q, words, own)
    if q.unit in _TIMES and after and (act := noun_before(after[:16])):
        return _made(q, words, act)
    bare, said = bare_of(words.near)
    those = "人" if q.unit in _PERSONS else f"({q.unit})"
    if bare and after and q.kind == "count" and len(after) < 15 and pattern(VERB).match(after):
        return _made(q, words, f"{after.rstrip('。”')}的{those}", indicator=_QUALIFIED)
    if bare:
        if name := _inherited(q, words, said):
            return name
        for clause in reversed(words.before.split(",")[-3:-1]) if q.kind == "count" else ():
            if name := rules_for(q.kind, q.unit).first(trimmed(clause), ""):
                return name
    elif found := _HEADLESS.search(words.near):
        phrase = pattern(LEAD).sub("", found[1].rpartition(",")[2], 1)
        return _made(q, words, f"{phrase}的{those}", indicator=_QUALIFIED)
    noun = own or (noun_before(stem_of(head) or head) if not bare or q.unit in OF_ACTS else said)
    if bare and noun and q.unit not in OF_ACTS:
        return _made(q, words, f"{noun}({q.unit})", indicator=_QUALIFIED)
    number = f"数量({q.unit})" if q.unit else "数量"
    return _made(q, words, noun or _GENERIC.get(q.kind) or number)


def _inherited(q: Quantity, words: Surroundings, said: str) -> Indicator | None:
    """The name of the sentence's last number of this unit, with what sets this one apart:
    助餐场所(竣工)."""
    like = _like(q.unit)

    def fits(named: Named) -> bool:
        other, name = named
        return other.kind == q.kind and name.indicator != _QUALIFIED and _like(other.unit) == like

    name = _last(words, fits)
    return _with(name, said) if name and said and said not in ("比", "较", "于") else name


def _shared(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A share by what is a part of what: 敬老院占比, 护理型床位占比, 受访老人选择机构养老的比例."""
    near = words.near
    if "占" in near:
        return _part(q, words, near[: near.rfind("占")])
    bare, said = bare_of(near)
    if after and (bare or near.endswith("的")):
        phrase = after.replace("“", "").replace("”", "").strip()
        if _SURVEY.match(phrase) and (words.after.startswith("的") or not bare):
            whole = said if bare else noun_before(head)
            group = "" if whole else "context"
            return _made(q, words, f"{whole}{phrase.removesuffix('.')}的比例", group)
    last = bare and _last(
        words, lambda n: n.quantity.kind == "share" and n.name.indicator != _QUALIFIED
    )
    if last:
        return _with(last, said) if said else last
    return _made(q, words, noun_before(head) or "比例")


def _part(q: Quantity, words: Surroundings, subject: str) -> Indicator:
    """A share by the words before 占, else by the last count of the sentence."""
    if name := rules_for(q.kind, q.unit).first(trimmed(subject), ""):
        return name
    if asked := pattern("{answer}").search(subject):
        return _made(q, words, f"{trimmed(subject[asked.start() :])}的比例", "context")
    if not bare_of(subject)[0]:
        return _made(q, words, f"{noun_before(trimmed(subject))}占比")
    last = _last(words, lambda named: named.quantity.kind == "count")
    if not last:
        return _made(q, words, "占比")
    if last.indicator.startswith("aged_"):
        return _elderly_share(words)
    part = re.sub(r"的\([^)]*\)$", "的", last.zh)
    short = last.group == "context" or pattern("{shortcoming}").search(part)
    return _made(q, words, f"{part}占比", "context" if short else "")


def _changed(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A change by the share that changed, in its own clause or before."""
    above = re.search("[高低优好]于|[高低超]出", head)
    noun = "" if above else noun_before(pattern(_CHANGED_BY).sub("", head))
    if noun and not re.search("[年比]", noun):
        return _made(q, words, f"{noun}变化")
    last = next((n for n in reversed(words.named) if n.quantity.kind in ("share", "change")), None)
    if not last:
        return _made(q, words, "差距" if above else _GENERIC["change"])
    quantity, name = last
    if quantity.kind == "change":
        return name
    if not above and name.indicator == "share_of_elderly" and (row := row_of("change_of_share")):
        return row
    return _made(q, words, name.zh + ("差距" if above else "变化"), name.group)


def _scored(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A score by whose it is."""
    return _made(q, words, f"{noun_before(head)}得分".replace("得分得分", "得分"))


_SAID = {"share": _shared, "change": _changed, "score": _scored}


def _group(q: Quantity, words: Surroundings) -> str:
    """context, effort, output or outcome, by the verb nearest before the number; a share is a
    result."""
    if q.kind in _GROUPS:
        return _GROUPS[q.kind]
    for window in filter(None, (words.near, words.clause, words.after)):
        for template in ("{effort}", "{output}", "{context}"):
            if pattern(template).search(window):
                return template.strip("{}")
    return "output"


_AGE = re.compile("([0-9]{2,3}|[六七八九]十五?)周?岁")


def _of_age(name: Indicator, words: Surroundings, topic: str, own: str) -> Indicator | None:
    """People of 65 are not those of 60: the age is part of the name, and so is silence about it."""
    if name.indicator == "share_of_elderly":
        return _elderly_share(words)
    if own and _AGE.search(own):
        return None  # 为2.9万名75岁以上老人: some of them, not all
    if ages := _AGE.findall(topic):
        years = _years(ages)
        return row_of(f"aged_{years}_plus") or Indicator(
            f"aged_{years}_plus", f"{years}岁及以上人口", f"people aged {years} and over", "context"
        )
    if name.indicator != "aged_60_plus":
        return name
    zh, en = "老年人口(未注明年龄)", "older people (age not stated)"
    return Indicator("aged_0_plus", zh, en, name.group)


def _years(ages: list[str]) -> int:
    """The last of the ages that a text names: 65, 六十."""
    return int(ages[-1]) if ages[-1].isdigit() else chinese_number(ages[-1]) or 0


def _elderly_share(words: Surroundings) -> Indicator:
    """The share of the people of the age that the words beside it, the number before or the
    sentence name."""
    years = 0
    if found := _AGE.findall(words.near):
        years = _years(found)
    else:
        for earlier in reversed(words.named):
            if earlier.name.indicator.startswith("aged_"):
                years = int(earlier.name.indicator.split("_")[1])
                break
            if earlier.name.indicator.startswith("share_of_elderly"):
                return earlier.name
        else:
            if found := _AGE.findall(words.before):
                years = _years(found)
    if years == 60 and (row := row_of("share_of_elderly")):
        return row
    zh, en = f"{years}岁及以上人口占比", f"share of people aged {years} and over"
    if not years:
        zh, en = "老年人口占比(未注明年龄)", "share of older people (age not stated)"
    return Indicator(f"share_of_elderly_{years}", zh, en, "context")
