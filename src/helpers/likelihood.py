"""Numbers with several readings left → how likely each reading is, from the small tables of how
official prose prints."""

from __future__ import annotations

import bisect
import functools
import math
import re
from collections.abc import Mapping

from helpers.codebook import read_table
from helpers.readings import MOST_PLACES, PRICE, Slot, class_group

_HIDDEN_LOSS = 0.01
"""The point of a damaged sentence was lost from a number taken as whole (获５５枚金牌): 4 times in 1,343 sentences."""

Cues = Mapping[tuple[str, str], list[float]]
"""(feature, level) → a factor for each number of decimals."""

_SMALL = re.compile(
    "失业|赤字|不良|通货膨胀|通胀|物价|价格|自然增长|人口增长|出生率|死亡率|病死率|利率|利息|国内生产总值|GDP|经济增|年均|递增"
    "|发生率|返贫|能耗|浓度|研发|研究与试验|差错|负担|股|指数|收市"
)
"""Rates that are mostly below ten per cent: 失业率５５％ is 5.5 %."""
_LARGE = re.compile(
    "合格|达标|覆盖|普及|满意|入学|升学|就业率|成活|机械化|产销|保有|健全|利用率|整改|办结|办复|入住|完成|使用率|知晓|自给"
    "|贡献率|参保|参合|优良|城镇化|回收|处理率|支持|赞成|认为|落实|到位|森林|绿化"
)
"""Shares that are mostly the larger part: 合格率９２％ is 92 %."""


@functools.cache
def shipped_cues() -> dict[tuple[str, str], list[float]]:
    """The factors of data/reference/decimal_cues.csv."""
    return {
        (row.feature, row.level): [
            float(getattr(row, f"weight_{k}")) for k in range(MOST_PLACES + 1)
        ]
        for row in read_table("reference/decimal_cues").itertuples()
    }


def neighbours(all_slots: list[Slot], i: int) -> list[Slot]:
    """The numbers of the same sentence, at most twelve to each side (a table can be one sentence of
    thousands)."""
    return [s for s in all_slots[max(0, i - 12) : i + 13] if s.sentence == all_slots[i].sentence]


def features(slot: Slot, mates: list[Slot]) -> list[tuple[str, str]]:
    """What tells the place: class and digits, first digit, words beside it, the sizes of the
    neighbours of its class."""
    group, digits = class_group(slot.kind), len(slot.digits)
    size, percent = min(digits, 4), group == "percent"
    kin = [m for m in mates if m is not slot and class_group(m.kind) == group]
    found = [
        ("digits", str(min(digits, 6))),
        ("wide class and digits", f"{group} {min(digits, 6)}"),
        ("class and digits", f"{slot.kind} {min(digits, 6)}"),
        ("neighbour is longer", f"{'percent' if percent else 'other'} {size} {_longer(slot, kin)}"),
    ]
    kin = [m for m in kin if m.kind != "points"]
    if group == "plain":
        kin = [
            m
            for m in kin
            if m.quantity.unit == slot.quantity.unit and m.kind not in ("count", "none")
        ]
    longest = max((min(len(m.digits), 4 if percent else 5) for m in kin if m.open), default=0)
    whole = any(not m.open and len(m.digits) > 1 and m.digits[0] != "0" for m in kin)
    found.append(("digits of neighbour", f"{group} {size} {longest}"))
    found.append(
        ("neighbour is whole", f"{'percent' if percent else 'other'} {'yes' if whole else 'no'}")
    )
    if percent:
        growth = "growth" if slot.kind == "percent_growth" else "other"
        found.append(("first digit", f"{growth} {min(digits, 3)} {slot.digits[0]}"))
        found.append(("usual size", f"{_usual_size(slot.left)} {size}"))
    elif slot.kind == "money":
        found.append(("price", f"{'yes' if PRICE.search(slot.left) else 'no'} {size}"))
    return found


def _longer(slot: Slot, kin: list[Slot]) -> str:
    """Whether the longest open number of its class in the sentence has more digits: beside
    ２１９８％, ７４４％ is 7.44."""
    longest = max((len(m.digits) for m in kin if m.open), default=0)
    if not longest:
        return "none"
    return "yes" if longest > len(slot.digits) else "same" if longest == len(slot.digits) else "no"


def _usual_size(left: str) -> str:
    """small, large or unknown: what the last word before a percentage says of its size."""
    words = left[-14:]
    small = max((m.start() for m in _SMALL.finditer(words)), default=-1)
    large = max((m.start() for m in _LARGE.finditer(words)), default=-1)
    return "unknown" if small == large else "small" if small > large else "large"


def _raise(weights: dict[int, float], factors: list[float]) -> dict[int, float]:
    """Multiply by the factors and make the sum 1 again."""
    raised = {k: w * factors[min(k, MOST_PLACES)] for k, w in weights.items()}
    total = sum(raised.values())
    return {k: w / total for k, w in raised.items()}


def weigh(all_slots: list[Slot], cues: Cues | None = None) -> None:
    """Give every open number the probabilities of its readings: each feature multiplies them by its
    factors."""
    cues = shipped_cues() if cues is None else cues
    for i, slot in enumerate(all_slots):
        weights = dict.fromkeys(slot.places, 1 / len(slot.places))
        for feature in features(slot, neighbours(all_slots, i)) if slot.open else ():
            if factors := cues.get(feature):
                weights = _raise(weights, factors)
        slot.weights = weights


def echo(all_slots: list[Slot], cues: Cues | None = None) -> None:
    """Let a point that was put back speak for the open numbers beside it: who prints 21.98 % prints
    two places again."""
    cues = shipped_cues() if cues is None else cues
    settled: dict[str, list[Slot]] = {}
    for slot in all_slots:
        if not slot.open and slot.places[0] and slot.digits[0] != "0":
            settled.setdefault(class_group(slot.kind), []).append(slot)
    for slot in all_slots if settled else ():
        mates = settled.get(class_group(slot.kind), []) if slot.open else []
        if mates:
            place = bisect.bisect(mates, slot.quantity.start, key=lambda mate: mate.quantity.start)
            nearest = min(
                mates[max(0, place - 1) : place + 1],
                key=lambda m: abs(m.quantity.start - slot.quantity.start),
            )
            if factors := cues.get(settled_neighbour(slot, nearest.places[0])):
                slot.weights = _raise(slot.weights, factors)


def settled_neighbour(slot: Slot, places: int) -> tuple[str, str]:
    """The feature of a number whose neighbour is known to have so many places."""
    kind = "percent" if class_group(slot.kind) == "percent" else "other"
    return "settled neighbour", f"{kind} {min(places, MOST_PLACES)}"


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
