"""Number whose point may be lost → the places where the point can have stood."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass, field

from helpers.codebook import read_table
from helpers.layout import half_width
from helpers.quantities import NOT_METRIC, Quantity

MOST_PLACES = 3
_CLAUSE = "[^0-9,，;；。]"
GROWTH = re.compile(
    f"(?:增长|增加|增|降低|下降|减少|减|上升|提高|增幅|递增|涨|跌|回升|涨幅|降幅|增速|速度|升|扩大|缩小){_CLAUSE}{{0,6}}$"
)
SHARE = re.compile(f"(?:占|(?<!增长)率|比重|比例|覆盖|份额){_CLAUSE}{{0,8}}$")
WHOLE = re.compile(
    "(?:占(?!(?:预算|计划|任务|目标|定额|上年|同期|去年|GDP))|比重|份额|满意度|(?:(?<!拨备)覆盖|整改|满意|入住|合格|达标|普及|化|参保|办结|处置|利用"
    "|就业|失业|发生|签约|知晓|参与|使用|配备|到位|成功|支持|赞成|贫困|出勤|回收|绿化|优良|自给|参合|投票|通过|认可|空置|建成|开工|竣工|治愈|接种"
    f"|整改完成|整改到位|办理|集中供养|登记|入园|巩固|升学|见面|答复|回复|落实|销号|化解|调解|破案|解决|问责|结案|供养|持证)率){_CLAUSE}{{0,8}}$"
)
"""A share of a whole: at most 100 %. 完成率, 入学率, 负债率 and 占预算 can be more and are not in it."""
RATE = re.compile("(?:人均|户均|平均|每[^,，。;；]{1,8}|均|密度|系数|指数)[^0-9,，;；。]{0,10}$")
PRICE = re.compile(
    "(?:每(?:桶|斤|公斤|吨|升|平方米|股|度|千瓦时|千克|克|盎司|包|盒)|兑|汇率|收盘|收[在于]|人均|单价|价格|买入价)[^,，"
    ";；。]{0,10}$"
)
WIDE = re.compile("世界|全球|人类|各国|亚洲|国际|地球")
LIFE = re.compile("(?:寿命|年龄)[^,，;；。]{0,8}$")
_ENDS = re.compile(r"[。!?！？.](?:(?<!\.)|(?![0-9]))")
_LIST = re.compile(r"\s*[^0-9,，。;；、和与及]{0,5}(?:、|和|与|及|以及)\s*")
# 办结率由46.4%提高到91.1%, 满意率92.7%,最高的98.1%: what is said of the first holds for the second
_TO = re.compile(
    r"\s*[%％‰]\s*(?:[,，]?\s*[^0-9,，。"
    r";；]{0,4}(?:提高|提升|上升|增加|增长|扩大|升|下降|降低|降|减少|回落|变)(?:到|至|为)[^0-9,，。"
    r";；]{0,8}"
    r"(?:[12][0-9]{3}年|[0-9]{1,2}月)?[底末初份]{0,2}的?|[,，、"
    r";；]\s*(?:其中)?最[高低](?:的|为|达|是|者)*)\s*"
)
_DATED = re.compile("(?<=[由从])(?:[12][0-9]{3}年|[0-9]{1,2}月)[底末初份]{0,2}的?$")
PERCENT = frozenset(["%", "‰"])


@dataclass
class Slot:
    """One number in its surroundings: what a point could have been lost from."""

    quantity: Quantity
    digits: str
    left: str
    sentence: int
    kind: str
    whole: bool = False
    places: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    weights: dict[int, float] = field(default_factory=dict)
    basis: str | None = None

    @property
    def open(self) -> bool:
        """Whether more than one reading is left."""
        return len(self.places) > 1

    def reading(self, places: int) -> float:
        """The number with its point `places` before the end, multiplied out."""
        sign = -1 if self.quantity.value is not None and self.quantity.value < 0 else 1
        # whole numbers divide exactly, then round once
        return sign * int(self.digits) * self.quantity.multiplier / 10**places

    def rare(self, places: int) -> bool:
        """More places than official prose prints (21.98 %, hardly ever 2.198 %), but not
        impossible."""
        return places > (2 if self.digits[0] != "0" else MOST_PLACES + len(self.digits))

    def keep(self, places, reason: str, basis: str) -> bool:
        """Drop every reading but those; an empty choice, or one that changes nothing, is
        refused."""
        left = [k for k in self.places if k in places]
        if not left or left == self.places:
            return False
        self.places, self.basis = left, basis
        self.reasons.append(reason)
        return True


@functools.cache
def _decimals() -> dict[str, int]:
    return {row.unit: int(row.decimals) for row in read_table("codebook/units").itertuples()}


def number_class(q: Quantity, left: str) -> str:
    """The class by which official prose chooses its decimals: percent_share, 万_money, count …"""
    if q.kind in NOT_METRIC:
        return (
            "life"
            if q.kind == "age" and LIFE.search(left)
            else "ratio"
            if q.kind == "ratio"
            else "none"
        )
    if q.unit in PERCENT:
        return (
            "percent_growth"
            if GROWTH.search(left)
            else "percent_share"
            if SHARE.search(left)
            else "percent_other"
        )
    if q.kind == "change":
        return "points" if "点" in q.unit else "multiple"
    if q.multiplier >= 10**4:
        scale = "万亿" if q.multiplier >= 10**12 else "亿" if q.multiplier >= 10**8 else "万"
        return f"{scale}_{q.kind if q.kind in ('money', 'count') else 'other'}"
    if q.multiplier > 1:
        return "hundreds"
    if _decimals().get(q.unit, 1) == 0:
        return "rate" if RATE.search(left) else "count"
    return q.kind


def class_group(name: str) -> str:
    """The wider class that a rare one falls back on."""
    if name in ("percent_growth", "percent_share", "percent_other", "points"):
        return "percent"
    return (
        name.split("_")[0] if name[0] in "万亿" else "multiple" if name == "multiple" else "plain"
    )


def slots(quantities: list[Quantity], text: str) -> list[Slot]:
    """Set each number of a text into its surroundings, with every place its point can have
    stood."""
    half = half_width(text)
    ends = [m.start() for m in _ENDS.finditer(half)]
    found, sentence = [], 0
    for q in quantities:
        while sentence < len(ends) and ends[sentence] < q.start:
            sentence += 1
        left = "".join(half[max(0, q.start - 28) : q.start].split())[-24:]
        if (
            found
            and _LIST.fullmatch(half, found[-1].quantity.end, q.start)
            and found[-1].quantity.unit == q.unit
        ):
            # 分别增长１０４％和７４％: what is said of the first holds for all
            left = found[-1].left
        slot = Slot(
            q,
            half[q.start : q.end],
            left,
            sentence,
            number_class(q, left),
            _of_whole(q, left, found, half),
        )
        slot.places, reason = _possible(slot)
        slot.reasons.append(reason)
        found.append(slot)
    return found


def _of_whole(q: Quantity, left: str, found: list[Slot], half: str) -> bool:
    """Whether a share is one of a whole, at most 100 %, by the words before it or before the other
    end of its change."""
    if q.unit not in PERCENT or q.kind in NOT_METRIC:
        return False
    before = next(
        (
            slot
            for slot in found[:-4:-1]
            if slot.quantity.kind != "date" and slot.quantity.kind != "ordinal"
        ),
        None,
    )
    if before and before.whole and _TO.fullmatch(half, before.quantity.end, q.start):
        return True
    if "年" in left or "月" in left:
        left = _DATED.sub("", left)
    return WHOLE.search(left) is not None and not GROWTH.search(left)


def _possible(slot: Slot) -> tuple[list[int], str]:
    """The places of the point that printing habits allow, with the rule that says so."""
    digits, q = slot.digits, slot.quantity
    size = len(digits)
    if slot.kind == "none":
        return [0], q.reason
    if not (digits.isascii() and digits.isdigit()) or q.value is None:
        return [0], "a range, a fraction, a compound or a numeral in words: as printed"
    if slot.kind == "count":
        return [0], "counts whole things"
    if size == 1:
        return [0], "one digit has no place for a point"
    if size > 12:
        return [0], "an identifier"
    if digits[0] == "0":
        if digits.strip("0") and (q.unit or q.multiplier > 1):
            return [size - 1], "a leading zero stands only before a point"
        return (
            ([0], "nothing but zeros")
            if not digits.strip("0")
            else ([0, size - 1], "a leading zero without a unit")
        )
    most = _most_places(slot)
    if digits[-1] == "0" and not _prints_zeros(slot):
        return [0], "ends in 0, which is not printed after a point"
    return [k for k in range(min(most, size - 1) + 1)], "a point can have stood here"


def _most_places(slot: Slot) -> int:
    """How many places a class can have: 万 of whole things at most four, of which three are ever
    seen."""
    unit = _decimals().get(slot.quantity.unit, 2)
    if slot.quantity.kind == "duration":
        return unit
    if slot.quantity.multiplier > 1:
        return min(MOST_PLACES, max(unit, round(math.log10(slot.quantity.multiplier))))
    return MOST_PLACES if slot.quantity.unit in PERCENT or slot.kind == "points" else 2


def _prints_zeros(slot: Slot) -> bool:
    """Prices and exchange rates keep their last zero (14.50 元); a share of 3310 ‰ can only have
    lost one (33.10)."""
    q = slot.quantity
    if q.unit in PERCENT and q.value is not None:
        return q.value >= 1000 or (q.value > 100 and WHOLE.search(slot.left) is not None)
    if q.value is not None and (
        q.unit == "人"
        and q.value > most_people(slot)
        or q.multiplier == 10**4
        and len(slot.digits) > 5
    ):
        # ２７３５４０万人 lost 2735.40: prose prints 27 亿, and nobody has so many people
        return True
    if q.kind == "number" and q.multiplier == 1 and slot.left[-1:] in "-－—" and slot.left:
        return True  # a row of a table: －０６－３５－１０
    return q.kind in ("money", "number") and q.multiplier == 1 and _is_price(slot)


def _is_price(slot: Slot) -> bool:
    """A price or an exchange rate of three digits or more; income a head only where it would be
    absurd without a point."""
    return bool(PRICE.search(slot.left)) and len(slot.digits) > (5 if "人均" in slot.left else 2)


def most_people(slot: Slot) -> float:
    """A bound for every number of 人: China has 1.4 thousand million people, the world 8."""
    return 9e9 if WIDE.search(slot.left) else 1.6e9
