"""Numbers of a text that lost its decimal points → the readings each can have, and why."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from helpers.codebook import read_table
from helpers.likelihood import echo, require_a_loss, weigh
from helpers.quantities import NOT_METRIC, Quantity, find_quantities
from helpers.readings import PERCENT, Slot, most_people, slots
from helpers.relations import apply_relations

_TELLING = re.compile(
    r"[0-9０-９]\s*[.．·]\s*[0-9０-９]|(?<![0-9０-９])(?:[0０][0-9０-９]|[0-9０-９]{3})[0-9０-９]{0,12}\s*[%％‰个]"
)
_TOTAL = re.compile(
    "(?:常住|户籍|总)人口(?:总数|总量|数)?(?:已|近|约|共|就)?(?:超过|达到|增至|增加到|达|为|有|是|超|突破)?[了约近]?$"
)
_ELSEWHERE = re.compile(
    "全省|全国|我国|我省|河南|[县区镇乡村](?:常住|户籍|总)?人口|街道|社区|世界|全球"
)
_FALL = re.compile("(?:下降|减少|降低|减|降|跌|缩小)[了达为约近]?[^0-9,，;；。]{0,2}$")


def restore_decimals(
    quantities: Sequence[Quantity],
    text: str,
    *,
    decimals: str | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    gaps: Sequence[int] = (),
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

    Returns
    -------
    list of Quantity
        In the same order; in an intact text the very same numbers.

    Examples
    --------
    >>> text = "三门峡市常住人口２０２万,其中:６０岁以上人口４４４万人,占总人口的２１９８％"
    >>> [(q.value, q.status) for q in restore_decimals(find_quantities(text), text, decimals="lost")][2:]
    [(444000.0, 'restored'), (21.98, 'restored')]
    """
    if decimals is None:
        decimals = judge_decimals(text, quantities)
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


def judge_decimals(text: str, quantities: Sequence[Quantity] | None = None) -> str:
    """Say whether a text kept its decimal points: intact (one survives), lost (a number proves it)
    or unknown.

    >>> judge_decimals("占21.98%"), judge_decimals("占总人口的2198%"), judge_decimals("占21%")
    ('intact', 'lost', 'unknown')
    """
    numbers = quantities
    # only the lines that can tell are read, as most have neither a point nor a large share
    if numbers is None:
        text = "\n".join(line for line in text.splitlines() if _TELLING.search(line))
        numbers = find_quantities(text)
    if any(
        set(q.printed) & set(".．·") and (q.kind not in NOT_METRIC or q.kind in ("age", "ratio"))
        for q in numbers
    ):
        return "intact"
    # nothing else can prove it
    shares = [q for q in numbers if q.unit in PERCENT and q.kind not in NOT_METRIC]
    return "lost" if any(_proves_loss(slot) for slot in slots(shares, text)) else "unknown"


def _proves_loss(slot: Slot) -> bool:
    """A leading zero before a unit, or a share of a whole above 100 %."""
    q = slot.quantity
    if q.value is None:
        return False
    if slot.digits[0] == "0" and len(slot.digits) > 1:
        return slot.places == [len(slot.digits) - 1]
    return q.unit == "%" and q.value > 100 and slot.whole


def _apply_layout(slot: Slot, gaps: Sequence[int]) -> None:
    """Put the point where the page shows room for one, if a point can stand there."""
    inside = [gap for gap in gaps if slot.quantity.start < gap < slot.quantity.end]
    if len(inside) == 1 and slot.kind not in ("none", "count") and slot.digits.isdigit():
        slot.places, slot.basis = [slot.quantity.end - inside[0]], "layout"
        slot.reasons.append("the layout of the page shows the point")


@functools.cache
def _populations() -> dict[str, tuple[float, float]]:
    return {
        r.city_zh: (float(r.low), float(r.high))
        for r in read_table("reference/populations").itertuples()
    }


def _apply_bounds(
    numbers: list[Slot], text: str, bounds: Mapping[str, tuple[float, float]]
) -> None:
    """Strike out what cannot be: shares and falls above 100 %, more people than the city or the
    world has."""
    known = bounds.get("population")
    if not known and any(slot.open and slot.quantity.unit == "人" for slot in numbers):
        known = _city_of(text)
    for slot in numbers:
        q = slot.quantity
        if q.unit == "人" and slot.open:
            slot.keep(
                [k for k in slot.places if slot.reading(k) <= most_people(slot)],
                "there are not so many people",
                "bound",
            )
            _bound_population(slot, known)
        elif q.unit in PERCENT and slot.open:
            whole = 100 if q.unit == "%" else 1000
            within = [k for k in slot.places if abs(slot.reading(k)) <= whole]
            if any(not slot.rare(k) for k in within) and slot.whole:
                slot.keep(within, f"a share of a whole is at most {whole} {q.unit}", "bound")
            elif _FALL.search(slot.left) and any(not slot.rare(k) for k in within):
                slot.keep(within, f"nothing falls by more than {whole} {q.unit}", "bound")
        # a range (`2—3个百分点`) is never open
        elif slot.kind == "points" and slot.open and "基" not in q.unit:
            slot.keep(
                [k for k in slot.places if slot.reading(k) <= 100],
                "a share moves by at most 100 points",
                "bound",
            )
        elif slot.kind == "life" and slot.open:
            slot.keep(
                [k for k in slot.places if slot.reading(k) <= 130],
                "nobody lives longer than 130 years",
                "bound",
            )


def _city_of(text: str) -> tuple[float, float] | None:
    """The bounds of the city a text is about: the one it names, at least three times as often as
    any other."""
    named = sorted(((text.count(city), city) for city in _populations()), reverse=True)
    return _populations()[named[0][1]] if named[0][0] and named[0][0] >= 3 * named[1][0] else None


def _bound_population(slot: Slot, known: tuple[float, float] | None) -> None:
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
        slot.keep(
            [k for k in slot.places if slot.reading(k) <= high],
            f"the city has at most {high:,.0f} people",
            "bound",
        )


def _settle(slot: Slot) -> Quantity:
    """Turn what is left of a number's readings into its outcome."""
    q = slot.quantity
    if slot.kind == "none" or q.value is None and not slot.open:
        return _range_or_none(slot)
    reason = "; ".join(dict.fromkeys(filter(None, slot.reasons)))
    if not slot.open:
        places = slot.places[0]
        if not places:
            return q if q.reason == reason else replace(q, reason=reason)
        value = slot.reading(places)
        basis = slot.basis or "bound"
        return replace(
            q,
            readings=(value,),
            value=value,
            best=value,
            p_best=1.0,
            low=value,
            high=value,
            status="restored",
            basis=basis,
            reason=reason,
        )
    readings = tuple(sorted(slot.reading(k) for k in slot.places))
    best = max(slot.weights, key=lambda k: (slot.weights[k], -k))
    return replace(
        q,
        readings=readings,
        value=None,
        best=slot.reading(best),
        p_best=round(slot.weights[best], 4),
        low=readings[0],
        high=readings[-1],
        status="ambiguous",
        basis=None,
        reason=reason,
    )


def _range_or_none(slot: Slot) -> Quantity:
    """A range whose ends could have lost a point stays open as a whole: ``３５—４５％`` may be 3.5
    to 4.5 %."""
    q = slot.quantity
    if q.qualifier != "range" or q.kind in NOT_METRIC or q.kind in ("count", "duration"):
        return q
    ends = re.findall("[0-9]+", slot.digits)
    if len(ends) != 2:
        return q
    if (
        all(len(end) == 1 or end[-1] == "0" for end in ends)
        or slot.quantity.multiplier == 1
        and q.unit not in PERCENT
    ):
        return q
    tenths = tuple(sorted({v for v in (*q.readings, *(r / 10 for r in q.readings))}))
    return replace(
        q,
        readings=tenths,
        low=tenths[0],
        high=tenths[-1],
        status="ambiguous",
        basis=None,
        reason="either end of the range can have lost a point",
    )
