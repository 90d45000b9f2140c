"""Numbers of one text → the same with lost decimal points put back, where one reading survives.

The passes stand in the order in which they run: layout, bounds, arithmetic, outcome; what a number
can read, and how likely that is, is in `readings`.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from helpers.codebook import Codebook, read_table

from .quantities import NOT_METRIC, Quantity, find_quantities, settled
from .readings import GROWTH, PERCENT, SHARE, Slot, echo, most_people, require_a_loss, slots, weigh

Bounds = tuple[float, float]


def restore_decimals(
    quantities: Sequence[Quantity],
    text: str,
    *,
    decimals: str | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    gaps: Sequence[int] = (),
    codebook: Codebook | None = None,
) -> list[Quantity]:
    """Give each number of a damaged text the readings it can have; put a point back only where one
    reading survives.

    The numbers are the variables, the places of the point their values. Printing habits, bounds and
    the arithmetic between neighbours strike readings out, each with its reason; nothing is ever
    chosen by likelihood. What stays open is `ambiguous` and carries `best` and `p_best` from
    ``data/reference/decimal_cues.csv``.

    Parameters
    ----------
    quantities : sequence of Quantity
        As `find_quantities` gives them for this text.
    text : str
        The text they were found in; a whole document settles more than a sentence.
    decimals : {"lost", "intact"}, optional
        What is known of the text; by default `judge_decimals` looks for itself, and touches nothing
        without proof. ``lost`` says that at least one of *its* numbers had a point, and `p_best`
        counts on that.
    bounds : mapping, optional
        Known ranges, such as ``{"population": (1.9e6, 2.2e6)}`` for the city the text is about. By
        default the city that the text names beside the number (``data/reference/populations.csv``).
    gaps : sequence of int, optional
        Offsets of digits before which the layout of the page leaves room for a point (see
        `Document.gaps`): what the eye can see settles a number with ``basis = layout``, in any
        text.
    codebook : Codebook, optional
        Its units and words around numbers; default: `read_codebook()`.

    Returns
    -------
    list of Quantity
        In the same order; in an intact text the very same numbers.

    Examples
    --------
    >>> text = "三门峡市常住人口２０２万,其中:６０岁以上人口４４４万人,占总人口的２１９８％"
    >>> restored = restore_decimals(find_quantities(text), text, decimals="lost")
    >>> [(q.value, q.status) for q in restored][2:]
    [(444000.0, 'restored'), (21.98, 'restored')]
    """
    if decimals is None:
        decimals = judge_decimals(text, quantities, codebook=codebook)
    if decimals not in ("lost", "intact", "unknown"):
        raise ValueError(
            f"decimals={decimals!r}: expected 'lost' or 'intact', or None to judge from the text."
        )
    if decimals != "lost" and not gaps:
        return list(quantities)
    numbers = slots(list(quantities), text)
    for slot in numbers if gaps else ():
        _apply_layout(slot, gaps)
    if decimals != "lost":
        return [_settle(slot) if slot.basis == "layout" else slot.quantity for slot in numbers]
    _apply_bounds(numbers, text, bounds or {})
    weigh(numbers)
    apply_relations(numbers)
    echo(numbers)
    require_a_loss(numbers)
    return [_settle(slot) for slot in numbers]


_TELLING = re.compile(
    r"[0-9０-９]\s*[.．·]\s*[0-9０-９]"
    r"|(?<![0-9０-９])(?:[0０][0-9０-９]|[0-9０-９]{3})[0-9０-９]{0,12}\s*[%％‰个]"
)


def judge_decimals(
    text: str,
    quantities: Sequence[Quantity] | None = None,
    *,
    codebook: Codebook | None = None,
) -> str:
    """Say whether a text kept its decimal points: intact (one survives), lost (a number proves it)
    or unknown.

    >>> judge_decimals("占21.98%"), judge_decimals("占总人口的2198%"), judge_decimals("占21%")
    ('intact', 'lost', 'unknown')
    """
    # only the lines that can tell are read, as most have neither a point nor a large share
    if quantities is None:
        text = "\n".join(line for line in text.splitlines() if _TELLING.search(line))
        quantities = find_quantities(text, codebook)
    metric = [q for q in quantities if q.kind not in NOT_METRIC or q.kind in ("age", "ratio")]
    if any(set(q.printed) & set(".．·") for q in metric):
        return "intact"
    shares = [q for q in metric if q.unit in PERCENT]  # nothing else can prove it
    return "lost" if any(_proves_loss(slot) for slot in slots(shares, text)) else "unknown"


def _proves_loss(slot: Slot) -> bool:
    """A leading zero before a unit, or a share of a whole above 100 %."""
    value = slot.quantity.value
    if value is None:
        return False
    if slot.digits[0] == "0" and len(slot.digits) > 1:
        return slot.places == [len(slot.digits) - 1]
    return slot.quantity.unit == "%" and value > 100 and slot.whole


def _apply_layout(slot: Slot, gaps: Sequence[int]) -> None:
    """Put the point where the page shows room for one, if a point can stand there."""
    inside = [gap for gap in gaps if slot.quantity.start < gap < slot.quantity.end]
    if len(inside) == 1 and slot.kind not in ("none", "count") and slot.digits.isdigit():
        slot.places, slot.basis = [slot.quantity.end - inside[0]], "layout"
        slot.reasons.append("the layout of the page shows the point")


_TOTAL = re.compile(
    "(?:常住|户籍|总)人口(?:总数|总量|数)?(?:已|近|约|共|就)?"
    "(?:超过|达到|增至|增加到|达|为|有|是|超|突破)?[了约近]?$"
)
_ELSEWHERE = re.compile(
    "全省|全国|我国|我省|河南|[县区镇乡村](?:常住|户籍|总)?人口|街道|社区|世界|全球"
)
_FALL = re.compile("(?:下降|减少|降低|减|降|跌|缩小)[了达为约近]?[^0-9,，;；。]{0,2}$")


def _apply_bounds(numbers: list[Slot], text: str, bounds: Mapping[str, Bounds]) -> None:
    """Strike out what cannot be: shares and falls above 100 %, more people than the city or the
    world has."""
    known = bounds.get("population")
    if not known and any(slot.open and slot.quantity.unit == "人" for slot in numbers):
        known = _city_of(text)
    for slot in numbers:
        unit = slot.quantity.unit
        if not slot.open:
            continue
        if unit == "人":
            slot.cap(most_people(slot), "there are not so many people")
            _bound_population(slot, known)
        elif unit in PERCENT:
            whole = 100 if unit == "%" else 1000
            within = [k for k in slot.places if abs(slot.reading(k)) <= whole]
            if all(slot.rare(k) for k in within):
                continue
            if slot.whole:
                slot.keep(within, f"a share of a whole is at most {whole} {unit}", "bound")
            elif _FALL.search(slot.left):
                slot.keep(within, f"nothing falls by more than {whole} {unit}", "bound")
        elif slot.kind == "points" and "基" not in unit:
            slot.cap(100, "a share moves by at most 100 points")
        elif slot.kind == "life":
            slot.cap(130, "nobody lives longer than 130 years")


def _city_of(text: str) -> Bounds | None:
    """The bounds of the city a text is about: the one it names, at least three times as often as
    any other."""
    (times, city), (others, _) = sorted(
        ((text.count(city), city) for city in _populations()), reverse=True
    )[:2]
    return _populations()[city] if times and times >= 3 * others else None


def _bound_population(slot: Slot, known: Bounds | None) -> None:
    """The total of a city lies in its bounds; a part of its people is no more than the upper
    bound."""
    beside = [city for city in _populations() if city in slot.left]
    known = _populations()[beside[-1]] if beside else known
    if not known or _ELSEWHERE.search(slot.left):
        return
    low, high = known
    if _TOTAL.search(slot.left):
        within = [k for k in slot.places if low <= slot.reading(k) <= high]
        slot.keep(within, f"the city has {low:,.0f} to {high:,.0f} people", "bound")
    elif "人口" in slot.left[-8:] or "老" in slot.left[-8:]:
        slot.cap(high, f"the city has at most {high:,.0f} people")


@functools.cache
def _populations() -> dict[str, Bounds]:
    cities = read_table("reference/populations").itertuples()
    return {city.city_zh: (float(city.low), float(city.high)) for city in cities}


CHANCE = 0.006
"""An agreement that random digits would show more often than this proves nothing."""
_MOST_GROWTH = 400
"""A growth beyond five times is written in 倍, not in per cent."""
_FROM_TO = re.compile("(?:从|由)[^,，。;；]{0,14}$")
_TO = re.compile("(?:到|至|为|达)$")
_FALL_WORDS = re.compile("(?:下降|减少|降低|缩小|降|减|跌|回落)[^0-9。]{0,6}$")
_ADDED_UP = re.compile("(?:合计|共计|总计|总共)[^0-9,，;；。]{0,6}$")
"""The whole of what stands before it; 总投资 may be that of something else."""
_MOVE = re.compile("(?:增加|增|减少|减|下降|上升|提高|扩大|多|少)[了为达约近]?[^0-9,，;；。]{0,2}$")
_RISE = re.compile("(?:上升|提高|增加|提升|上涨)[^0-9。]{0,6}$")
_OF_IT = re.compile("其中|包括|分别[是为]")
_AMONG = re.compile("其中(?:[^0-9]|[0-9]+周?岁)*$")
_TOGETHER = re.compile(
    "(?:合计|共计|总计|总共|一共|累计|总额|总数|总量|总投[入资]|总人数)[^0-9,，;；。]{0,6}$"
)


@dataclass(frozen=True)
class Relation:
    """A claim that holds between the readings of some numbers if they belong together.

    `holds` takes one value and one rounding error a number; `chance` is how often random digits
    agree.
    """

    slots: tuple[Slot, ...]
    holds: Callable[[tuple[float, ...], tuple[float, ...]], bool]
    chance: float
    reason: str


def apply_relations(numbers: list[Slot]) -> None:
    """Strike out the readings that no consistent reading of the neighbours supports, until nothing
    changes."""
    by_sentence: dict[int, list[Slot]] = {}
    for slot in numbers:
        is_whole = slot.digits.isascii() and slot.digits.isdigit()
        if is_whole and slot.quantity.value and slot.kind not in ("none", "ratio"):
            by_sentence.setdefault(slot.sentence, []).append(slot)
    for sentence in by_sentence.values():
        if len(sentence) > 2 and any(slot.open for slot in sentence):
            relations = [r for r in _relations(sentence[:40]) if r.chance <= CHANCE]
            while any([_prune(relation) for relation in relations]):
                pass


def _prune(relation: Relation) -> bool:
    """Apply one relation; says whether a reading fell."""
    if not any(slot.open for slot in relation.slots):
        return False
    if relation.holds is _is_less and relation.slots[0].basis != "arithmetic":
        return False  # only a share that is proven can prove something else
    consistent = [
        places
        for places in itertools.product(*(slot.places for slot in relation.slots))
        if relation.holds(
            tuple(abs(slot.reading(k)) for slot, k in zip(relation.slots, places, strict=True)),
            tuple(_rounding(slot, k) for slot, k in zip(relation.slots, places, strict=True)),
        )
    ]
    usual = [places for places in consistent if not any(map(Slot.rare, relation.slots, places))]
    fell = [
        slot.keep(chosen, relation.reason, "arithmetic")
        for slot, chosen in zip(relation.slots, map(set, zip(*usual, strict=True)), strict=False)
    ]
    if any(fell):
        _reweigh(relation.slots, usual)
    return any(fell)


def _reweigh(slots: tuple[Slot, ...], consistent: list[tuple[int, ...]]) -> None:
    """Share out probability among the consistent readings of all numbers together."""
    joint = {
        places: math.prod(s.weights.get(k, 0) for s, k in zip(slots, places, strict=True))
        for places in consistent
    }
    total = sum(joint.values())
    for position, slot in enumerate(slots):
        marginal = dict.fromkeys(slot.places, 0.0)
        for places, weight in joint.items():
            if places[position] in marginal:
                marginal[places[position]] += weight / total if total else 1 / len(joint)
        whole = sum(marginal.values()) or 1.0
        slot.weights = {k: w / whole for k, w in marginal.items()}


def _rounding(slot: Slot, places: int) -> float:
    """Half a unit of the last printed digit; whole things are exact."""
    q = slot.quantity
    whole = q.kind == "count" and q.multiplier == 1 and places == 0
    return 0.0 if whole or slot.kind == "count" else 0.5 * q.multiplier * 10.0**-places


def _chance(*slots: Slot) -> float:
    """How often random digits agree: the relative width of the rounding, over one decade of leading
    digits."""
    return sum(1 / max(int(slot.digits), 1) for slot in slots) / math.log(10)


def _relations(sentence: list[Slot]) -> Iterator[Relation]:
    """Every relation that the words of a sentence suggest."""
    for i, slot in enumerate(sentence):
        before = sentence[max(0, i - 5) : i]
        if _is_proportion(slot):
            yield from _part_of_whole(slot, before)
        elif slot.quantity.unit == "%" and GROWTH.search(slot.left):
            yield from _from_to(slot, before)
        elif slot.kind == "points":
            yield from _points(slot, before)
        yield from _sums(sentence, i)


def _is_proportion(slot: Slot) -> bool:
    """A percentage that says how large a share is, not how much something grew."""
    words = slot.left
    return slot.quantity.unit == "%" and bool(SHARE.search(words)) and not GROWTH.search(words)


def _alike(a: Slot, b: Slot) -> bool:
    """Two numbers of the same things."""
    unit = a.quantity.unit
    return unit == b.quantity.unit != "" and unit not in PERCENT and a.kind != "points"


def _part_of_whole(share: Slot, before: list[Slot]) -> Iterator[Relation]:
    """``全市人口２０２万,６０岁以上４４４万人,占２１９８％``: part ÷ whole = share."""
    pairs = [
        (part, whole)
        for whole, part in itertools.permutations(before, 2)
        if _alike(whole, part) and not _is_said_of(whole, part)  # after 其中 stands the part
    ]
    for part, whole in pairs:
        # the more pairs, the likelier one fits by accident
        chance = _chance(part, whole, share) * math.sqrt(len(pairs))
        reason = f"{part.digits} ÷ {whole.digits} gives the share"
        yield Relation((part, whole, share), _is_share, chance, reason)


def _is_share(values, errors) -> bool:
    part, whole, share = values
    if not 0 < part < whole:  # of two equal numbers no share is told: it would be 100 %
        return False
    slack = errors[2] + 100 * (errors[0] + errors[1] * part / whole) / whole
    return abs(100 * part / whole - share) <= slack * 1.001


def _from_to(growth: Slot, before: list[Slot]) -> Iterator[Relation]:
    """``从２５１吨降低到２２８吨,下降９２％``: the change between two amounts."""
    for first, second in itertools.pairwise(before):
        if _alike(first, second) and _FROM_TO.search(first.left) and _TO.search(second.left):
            change = abs(int(first.digits) - int(second.digits)) or 1
            # the two may differ in scale
            chance = 3 * (2 / change + 1 / max(int(growth.digits), 1)) / math.log(10)
            holds = functools.partial(_is_growth, falls=bool(_FALL_WORDS.search(growth.left)))
            reason = "the change between the two amounts"
            yield Relation((first, second, growth), holds, chance, reason)


def _is_growth(values, errors, *, falls: bool) -> bool:
    first, second, growth = values
    if falls != (second < first) or growth > _MOST_GROWTH:
        return False
    slack = errors[2] + 100 * (errors[0] + errors[1]) / first * (1 + second / first)
    return abs(100 * abs(second - first) / first - growth) <= slack * 1.001


def _points(points: Slot, before: list[Slot]) -> Iterator[Relation]:
    """``从９６％提高到１２４％,提高２８个百分点``: the difference of two shares; a rise is less
    than where it led."""
    for first, second in itertools.pairwise(before):
        if first.quantity.unit == second.quantity.unit == "%" and _FROM_TO.search(first.left):
            holds = functools.partial(_is_difference, falls=bool(_FALL_WORDS.search(points.left)))
            chance = 4 * _chance(first, second, points)
            reason = "the difference of the two shares"
            yield Relation((first, second, points), holds, chance, reason)
    shares = [slot for slot in before if _is_proportion(slot)]
    if shares and _RISE.search(points.left):
        reason = "a share cannot have risen by more than itself"
        yield Relation((shares[-1], points), _is_less, 0.0, reason)


def _is_less(values, _) -> bool:
    return values[1] < values[0]


def _is_difference(values, errors, *, falls: bool) -> bool:
    if max(values) > 100:
        return False
    change = values[0] - values[1] if falls else values[1] - values[0]
    return abs(change - values[2]) <= sum(errors) * 1.001


def _sums(sentence: list[Slot], i: int) -> Iterator[Relation]:
    """``贸易额１５５０８亿美元,其中出口２６５４亿,进口１２８５４亿``: the parts make the whole, and
    none is larger."""
    whole = sentence[i]
    after, before = sentence[i + 1 : i + 5], sentence[max(0, i - 4) : i][::-1]
    together, parts = _TOGETHER.search(whole.left), []
    if not whole.open:
        if after and _alike(whole, after[0]) and _is_said_of(after[0], whole):
            parts.append(after[0])
        if together and _ADDED_UP.search(whole.left):
            parts += itertools.takewhile(functools.partial(_alike, whole), before)
    for part in parts:
        reason = f"a part of {whole.digits} is not larger than it"
        yield Relation((part, whole), _is_part, 0.0, reason)
    named = after and _OF_IT.search(after[0].left)
    for neighbours, linked in ((after, named), (before, together)):
        for size in (2, 3, 4):
            parts = neighbours[:size]
            if linked and len(parts) == size and all(_alike(whole, part) for part in parts):
                chance = sum(1 / max(int(s.digits), 1) for s in (whole, *parts)) * size * (size + 1)
                yield Relation((whole, *parts), _is_sum, chance, "the parts make the whole")


def _is_said_of(part: Slot, whole: Slot) -> bool:
    """``近５万人,其中香港居民子女１４万人``; but of ``收入增加２亿元,其中`` the part is one of the
    income."""
    own_words = part.left is not whole.left  # the numbers of a list share the words before it
    return own_words and bool(_AMONG.search(part.left)) and not _MOVE.search(whole.left)


def _is_part(values, errors) -> bool:
    return values[0] <= values[1] + sum(errors)


def _is_sum(values, errors) -> bool:
    return abs(values[0] - sum(values[1:])) <= sum(errors) * 1.001


def _settle(slot: Slot) -> Quantity:
    """Turn what is left of a number's readings into its outcome."""
    q = slot.quantity
    if slot.kind == "none" or q.value is None and not slot.open:
        return _range_or_none(slot)
    reason = "; ".join(dict.fromkeys(filter(None, slot.reasons)))
    if slot.open:
        readings = tuple(sorted(map(slot.reading, slot.places)))
        best = max(slot.weights, key=lambda k: (slot.weights[k], -k))
        p_best = round(slot.weights[best], 4)
        return _left_open(q, readings, reason, best=slot.reading(best), p_best=p_best)
    if not slot.places[0]:
        return q if q.reason == reason else replace(q, reason=reason)
    value, basis = slot.reading(slot.places[0]), slot.basis or "bound"
    return replace(q, **settled(value), status="restored", basis=basis, reason=reason)


def _range_or_none(slot: Slot) -> Quantity:
    """A range whose ends could have lost a point stays open as a whole: ``３５—４５％`` may be 3.5
    to 4.5 %."""
    q, ends = slot.quantity, re.findall("[0-9]+", slot.digits)
    if (
        q.qualifier != "range"
        or q.kind in NOT_METRIC
        or q.kind in ("count", "duration")
        or len(ends) != 2
        or all(len(end) == 1 or end[-1] == "0" for end in ends)
        or (q.multiplier == 1 and q.unit not in PERCENT)
    ):
        return q
    tenths = tuple(sorted({*q.readings, *(reading / 10 for reading in q.readings)}))
    return _left_open(q, tenths, "either end of the range can have lost a point")


def _left_open(q: Quantity, readings: tuple[float, ...], reason: str, **likeliest) -> Quantity:
    """A number with several readings, in ascending order, and no value."""
    bounds = {"value": None, "low": readings[0], "high": readings[-1]}
    state = {"status": "ambiguous", "basis": None, "reason": reason}
    return replace(q, readings=readings, **bounds, **state, **likeliest)
