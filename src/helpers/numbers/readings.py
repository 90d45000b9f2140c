"""A number → the readings it can have if its decimal point is lost, and how likely each is."""

from __future__ import annotations

import bisect
import functools
import math
import re
from dataclasses import dataclass, field

from helpers.characters import half_width
from helpers.codebook import read_table

from .quantities import NOT_METRIC, Quantity

MOST_PLACES = 3
PERCENT = frozenset(["%", "‰"])
_CLAUSE = "[^0-9,，;；。]"
GROWTH = re.compile(
    "(?:增长|增加|增|降低|下降|减少|减|上升|提高|增幅|递增|涨|跌|回升|涨幅|降幅|增速|速度|升|扩大"
    f"|缩小){_CLAUSE}{{0,6}}$"
)
SHARE = re.compile(f"(?:占|(?<!增长)率|比重|比例|覆盖|份额){_CLAUSE}{{0,8}}$")
WHOLE = re.compile(
    "(?:占(?!(?:预算|计划|任务|目标|定额|上年|同期|去年|GDP))|比重|份额|满意度"
    "|(?:(?<!拨备)覆盖|整改|满意|入住|合格|达标|普及|化|参保|办结|处置|利用|就业|失业|发生|签约"
    "|知晓|参与|使用|配备|到位|成功|支持|赞成|贫困|出勤|回收|绿化|优良|自给|参合|投票|通过|认可"
    "|空置"
    "|建成|开工|竣工|治愈|接种|整改完成|整改到位|办理|集中供养|登记|入园|巩固|升学|见面|答复|回复"
    "|落实"
    f"|销号|化解|调解|破案|解决|问责|结案|供养|持证)率){_CLAUSE}{{0,8}}$"
)
"""A share of a whole: at most 100 %. 完成率, 入学率, 负债率 and 占预算 can be more: not in it."""
RATE = re.compile("(?:人均|户均|平均|每[^,，。;；]{1,8}|均|密度|系数|指数)[^0-9,，;；。]{0,10}$")
PRICE = re.compile(
    "(?:每(?:桶|斤|公斤|吨|升|平方米|股|度|千瓦时|千克|克|盎司|包|盒)|兑|汇率|收盘|收[在于]|人均"
    "|单价|价格|买入价)[^,，;；。]{0,10}$"
)
WIDE = re.compile("世界|全球|人类|各国|亚洲|国际|地球")
LIFE = re.compile("(?:寿命|年龄)[^,，;；。]{0,8}$")


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

    def cap(self, most: float, reason: str) -> None:
        """Drop every reading above a bound."""
        self.keep([k for k in self.places if self.reading(k) <= most], reason, "bound")


_ENDS = re.compile(r"[。!?！？.](?:(?<!\.)|(?![0-9]))")
_LIST = re.compile(r"\s*[^0-9,，。;；、和与及]{0,5}(?:、|和|与|及|以及)\s*")


def slots(quantities: list[Quantity], text: str) -> list[Slot]:
    """Set each number of a text into its surroundings, with every place its point can have
    stood."""
    half = half_width(text)
    ends = [m.start() for m in _ENDS.finditer(half)]
    found: list[Slot] = []
    sentence = 0
    for q in quantities:
        while sentence < len(ends) and ends[sentence] < q.start:
            sentence += 1
        left = "".join(half[max(0, q.start - 28) : q.start].split())[-24:]
        last = found[-1].quantity if found else None
        if last and last.unit == q.unit and _LIST.fullmatch(half, last.end, q.start):
            # 分别增长１０４％和７４％: what is said of the first holds for all
            left = found[-1].left
        kind, whole = number_class(q, left), _of_whole(q, left, found, half)
        slot = Slot(q, half[q.start : q.end], left, sentence, kind, whole)
        slot.places, reason = _possible(slot)
        slot.reasons.append(reason)
        found.append(slot)
    return found


def number_class(q: Quantity, left: str) -> str:
    """The class by which official prose chooses its decimals: percent_share, 万_money, count …"""
    if q.kind in NOT_METRIC:
        if q.kind == "ratio":
            return "ratio"
        return "life" if q.kind == "age" and LIFE.search(left) else "none"
    if q.unit in PERCENT:
        if GROWTH.search(left):
            return "percent_growth"
        return "percent_share" if SHARE.search(left) else "percent_other"
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


@functools.cache
def _decimals() -> dict[str, int]:
    return {row.unit: int(row.decimals) for row in read_table("codebook/units").itertuples()}


# 办结率由46.4%提高到91.1%, 满意率92.7%,最高的98.1%: what is said of the first holds for the second
_TO = re.compile(
    r"\s*[%％‰]\s*(?:[,，]?\s*[^0-9,，。;；]{0,4}"
    r"(?:提高|提升|上升|增加|增长|扩大|升|下降|降低|降|减少|回落|变)(?:到|至|为)[^0-9,，。;；]{0,8}"
    r"(?:[12][0-9]{3}年|[0-9]{1,2}月)?[底末初份]{0,2}的?"
    r"|[,，、;；]\s*(?:其中)?最[高低](?:的|为|达|是|者)*)\s*"
)
_DATED = re.compile("(?<=[由从])(?:[12][0-9]{3}年|[0-9]{1,2}月)[底末初份]{0,2}的?$")


def _of_whole(q: Quantity, left: str, found: list[Slot], half: str) -> bool:
    """Whether a share is one of a whole, at most 100 %, by the words before it or before the other
    end of its change."""
    if q.unit not in PERCENT or q.kind in NOT_METRIC:
        return False
    near = (slot for slot in found[:-4:-1] if slot.quantity.kind not in ("date", "ordinal"))
    before = next(near, None)
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
        if not digits.strip("0"):
            return [0], "nothing but zeros"
        if q.unit or q.multiplier > 1:
            return [size - 1], "a leading zero stands only before a point"
        return [0, size - 1], "a leading zero without a unit"
    if digits[-1] == "0" and not _prints_zeros(slot):
        return [0], "ends in 0, which is not printed after a point"
    return list(range(min(_most_places(slot), size - 1) + 1)), "a point can have stood here"


def _most_places(slot: Slot) -> int:
    """How many places a class can have: 万 of whole things at most four, of which three are ever
    seen."""
    q = slot.quantity
    unit = _decimals().get(q.unit, 2)
    if q.kind == "duration":
        return unit
    if q.multiplier > 1:
        return min(MOST_PLACES, max(unit, round(math.log10(q.multiplier))))
    return MOST_PLACES if q.unit in PERCENT or slot.kind == "points" else 2


def _prints_zeros(slot: Slot) -> bool:
    """Prices and exchange rates keep their last zero (14.50 元); a share of 3310 ‰ can only have
    lost one (33.10)."""
    q = slot.quantity
    if q.unit in PERCENT:
        return q.value >= 1000 or (q.value > 100 and WHOLE.search(slot.left) is not None)
    # ２７３５４０万人 lost 2735.40: prose prints 27 亿, and nobody has so many people
    if q.unit == "人" and q.value > most_people(slot):
        return True
    if q.multiplier > 1:
        return q.multiplier == 10**4 and len(slot.digits) > 5
    if q.kind == "number" and slot.left.endswith(("-", "－", "—")):
        return True  # a row of a table: －０６－３５－１０
    return q.kind in ("money", "number") and _is_price(slot)


def _is_price(slot: Slot) -> bool:
    """A price or an exchange rate of three digits or more; income a head only where it would be
    absurd without a point."""
    return bool(PRICE.search(slot.left)) and len(slot.digits) > (5 if "人均" in slot.left else 2)


def most_people(slot: Slot) -> float:
    """A bound for every number of 人: China has 1.4 thousand million people, the world 8."""
    return 9e9 if WIDE.search(slot.left) else 1.6e9


def weigh(all_slots: list[Slot]) -> None:
    """Give every open number the probabilities of its readings: each feature multiplies them by its
    factors."""
    cues = shipped_cues()
    for i, slot in enumerate(all_slots):
        weights = dict.fromkeys(slot.places, 1 / len(slot.places))
        for feature in features(slot, neighbours(all_slots, i)) if slot.open else ():
            if factors := cues.get(feature):
                weights = _raise(weights, factors)
        slot.weights = weights


def _raise(weights: dict[int, float], factors: list[float]) -> dict[int, float]:
    """Multiply by the factors and make the sum 1 again."""
    raised = {k: w * factors[min(k, MOST_PLACES)] for k, w in weights.items()}
    total = sum(raised.values())
    return {k: w / total for k, w in raised.items()}


@functools.cache
def shipped_cues() -> dict[tuple[str, str], list[float]]:
    """(feature, level) → a factor for each number of decimals (data/reference/decimal_cues.csv)."""
    table = read_table("reference/decimal_cues").set_index(["feature", "level"])
    factors = table[[f"weight_{k}" for k in range(MOST_PLACES + 1)]].astype(float)
    return dict(zip(factors.index, factors.to_numpy().tolist(), strict=True))


def neighbours(all_slots: list[Slot], i: int) -> list[Slot]:
    """The numbers of the same sentence, at most twelve to each side (a table can be one sentence of
    thousands)."""
    return [s for s in all_slots[max(0, i - 12) : i + 13] if s.sentence == all_slots[i].sentence]


def features(slot: Slot, mates: list[Slot]) -> list[tuple[str, str]]:
    """What tells the place: class and digits, first digit, words beside it, the sizes of the
    neighbours of its class."""
    group, digits = class_group(slot.kind), len(slot.digits)
    size, percent = min(digits, 4), group == "percent"
    wide = "percent" if percent else "other"
    kin = [m for m in mates if m is not slot and class_group(m.kind) == group]
    longer = _longer(slot, kin)
    kin = [m for m in kin if m.kind != "points"]
    if group == "plain":
        unit = slot.quantity.unit
        kin = [m for m in kin if m.quantity.unit == unit and m.kind not in ("count", "none")]
    longest = max((min(len(m.digits), 4 if percent else 5) for m in kin if m.open), default=0)
    whole = any(not m.open and len(m.digits) > 1 and m.digits[0] != "0" for m in kin)
    found = [
        ("digits", str(min(digits, 6))),
        ("wide class and digits", f"{group} {min(digits, 6)}"),
        ("class and digits", f"{slot.kind} {min(digits, 6)}"),
        ("neighbour is longer", f"{wide} {size} {longer}"),
        ("digits of neighbour", f"{group} {size} {longest}"),
        ("neighbour is whole", f"{wide} {'yes' if whole else 'no'}"),
    ]
    if percent:
        growth = "growth" if slot.kind == "percent_growth" else "other"
        found.append(("first digit", f"{growth} {min(digits, 3)} {slot.digits[0]}"))
        found.append(("usual size", f"{_usual_size(slot.left)} {size}"))
    elif slot.kind == "money":
        found.append(("price", f"{'yes' if PRICE.search(slot.left) else 'no'} {size}"))
    return found


def class_group(name: str) -> str:
    """The wider class that a rare one falls back on."""
    if name in ("percent_growth", "percent_share", "percent_other", "points"):
        return "percent"
    if name[0] in "万亿":
        return name.split("_")[0]
    return name if name == "multiple" else "plain"


def _longer(slot: Slot, kin: list[Slot]) -> str:
    """Whether the longest open number of its class in the sentence has more digits: beside
    ２１９８％, ７４４％ is 7.44."""
    longest = max((len(m.digits) for m in kin if m.open), default=0)
    if not longest:
        return "none"
    return "yes" if longest > len(slot.digits) else "same" if longest == len(slot.digits) else "no"


_SMALL = re.compile(
    "失业|赤字|不良|通货膨胀|通胀|物价|价格|自然增长|人口增长|出生率|死亡率|病死率|利率|利息"
    "|国内生产总值|GDP|经济增|年均|递增|发生率|返贫|能耗|浓度|研发|研究与试验|差错|负担|股|指数"
    "|收市"
)
"""Rates that are mostly below ten per cent: 失业率５５％ is 5.5 %."""
_LARGE = re.compile(
    "合格|达标|覆盖|普及|满意|入学|升学|就业率|成活|机械化|产销|保有|健全|利用率|整改|办结|办复"
    "|入住|完成|使用率|知晓|自给|贡献率|参保|参合|优良|城镇化|回收|处理率|支持|赞成|认为|落实|到位"
    "|森林"
    "|绿化"
)
"""Shares that are mostly the larger part: 合格率９２％ is 92 %."""


def _usual_size(left: str) -> str:
    """small, large or unknown: what the last word before a percentage says of its size."""
    words = left[-14:]
    small = max((m.start() for m in _SMALL.finditer(words)), default=-1)
    large = max((m.start() for m in _LARGE.finditer(words)), default=-1)
    return "unknown" if small == large else "small" if small > large else "large"


def echo(all_slots: list[Slot]) -> None:
    """Let a point that was put back speak for the open numbers beside it: who prints 21.98 % prints
    two places again."""
    settled: dict[str, list[Slot]] = {}
    for slot in all_slots:
        if not slot.open and slot.places[0] and slot.digits[0] != "0":
            settled.setdefault(class_group(slot.kind), []).append(slot)
    for slot in all_slots if settled else ():
        mates = settled.get(class_group(slot.kind)) if slot.open else None
        if not mates:
            continue
        start = slot.quantity.start
        place = bisect.bisect(mates, start, key=lambda mate: mate.quantity.start)
        sides = mates[max(0, place - 1) : place + 1]
        nearest = min(sides, key=lambda mate: abs(mate.quantity.start - start))
        if factors := shipped_cues().get(settled_neighbour(slot, nearest.places[0])):
            slot.weights = _raise(slot.weights, factors)


def settled_neighbour(slot: Slot, places: int) -> tuple[str, str]:
    """The feature of a number whose neighbour is known to have so many places."""
    kind = "percent" if class_group(slot.kind) == "percent" else "other"
    return "settled neighbour", f"{kind} {min(places, MOST_PLACES)}"


# of 1,343 damaged sentences, 4 lost their point from a number taken as whole (获５５枚金牌)
_HIDDEN_LOSS = 0.01


def require_a_loss(all_slots: list[Slot]) -> None:
    """Condition on what is known of a text that lost its points: at least one of its numbers had
    one.

    In a document this changes next to nothing; of a sentence with one number that can have lost a
    point it says that this one did: with q the chance that no number had a point, "whole" falls
    from w to (w - q) / (1 - q).
    """
    undecided = [slot for slot in all_slots if slot.open]
    proven = any(slot.places[0] for slot in all_slots if not slot.open)
    if proven or not undecided or any(0 not in slot.places for slot in undecided):
        return
    none = (1 - _HIDDEN_LOSS) * math.prod(slot.weights[0] for slot in undecided)
    for slot in undecided:
        slot.weights = {k: (w if k else w - none) / (1 - none) for k, w in slot.weights.items()}
