"""Put lost decimal points back into numbers, if a number can be read in only one way.

Use `restore_decimals` on a text that lost its decimal points. `restore_decimals` calls the
functions of `PASSES` one after another. Each pass takes the numbers with their possible readings,
and rules out readings or changes the probabilities of readings. You can print the numbers after
each pass.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from helpers.codebook import Codebook, read_table, shared_codebook

from .quantities import NOT_METRIC, Quantity, find_quantities, held_compactly, settled
from .readings import (
    CAN_HAVE_A_POINT,
    PERCENT,
    Bounds,
    Candidates,
    DecimalCandidates,
    DecimalContext,
    DecimalWords,
    copy_settled_places,
    decimal_candidates,
    each_candidate,
    most_people,
    plain,
    require_a_loss,
    weigh,
)


def restore_decimals(
    quantities: Sequence[Quantity],
    text: str,
    *,
    decimals: str | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    gaps: Sequence[int] = (),
    codebook: Codebook | None = None,
) -> Sequence[Quantity]:
    """Put lost decimal points back into the numbers of a text, but only into numbers for which all
    readings but one can be ruled out.

    A reading is ruled out by printing habits, by known bounds or by arithmetic with neighbouring
    numbers. The recorded reason of a number shows what was computed or compared. No reading is ever
    chosen because it is likely. A number with several readings left gets the status `ambiguous`.
    For an ambiguous number, the likeliest reading (`best`) and its probability (`p_best`) are
    estimated with ``data/reference/decimal_cues.csv``.

    Parameters
    ----------
    quantities : sequence of Quantity
        The numbers of the text, as `find_quantities` returns them.
    text : str
        The text in which the numbers stand. In a whole document, more numbers can be restored than
        in a single sentence.
    decimals : {"lost", "intact"}, optional
        Whether the text lost its decimal points. By default `judge_decimals` decides, and without
        proof of a loss no number is changed. Pass ``lost`` only if at least one number of this text
        had a point, because `p_best` is computed under this assumption.
    bounds : mapping, optional
        Known ranges of values, such as ``{"population": (1.9e6, 2.2e6)}``. By default, the
        population of the text's city is looked up in ``data/reference/populations.csv``.
    gaps : sequence of int, optional
        Offsets of digits before which the page has a gap where a point was (see `Document.gaps`).
        At such a gap, a point is put back even in an intact text, with ``basis = layout``.
    codebook : Codebook, optional
        The codebook with the units and the words that explain numbers; default: the shared
        codebook.

    Returns
    -------
    sequence of Quantity
        The numbers in the same order. Without proof of a loss, numbers are returned unchanged.

    Examples
    --------
    The text says that of 2.02 million inhabitants 444,000, or 21.98 %, are 60 or older. Two numbers
    of the text lost their points, and both are restored:

    >>> text = "三门峡市常住人口２０２万,其中:６０岁以上人口４４４万人,占总人口的２１９８％"
    >>> restored = restore_decimals(find_quantities(text), text, decimals="lost")
    >>> [(q.value, q.status) for q in restored][2:]
    [(444000.0, 'restored'), (21.98, 'restored')]

    The share of 21.98 %, the last number of this text, after each of the first four passes:

    >>> candidates = decimal_candidates(find_quantities(text), text)
    >>> context = DecimalContext(text, shared_codebook().once(DecimalWords))
    >>> for one_pass in PASSES[:4]:
    ...     candidates = one_pass(candidates, context)
    ...     print(one_pass.__name__, candidates[-1], sep=" -> ")
    point_in_layout -> 2198%: 2198 (p=0.25) or 219.8 (p=0.25) or 21.98 (p=0.25) or 2.198 (p=0.25)
    within_bounds -> 2198%: 21.98 (p=0.50) or 2.198 (p=0.50)
    weigh -> 2198%: 21.98 (p=0.98) or 2.198 (p=0.02)
    apply_arithmetic -> 2198%: 21.98 (44.4 ÷ 202 = 21.98 %)
    """
    if decimals is None:
        decimals = judge_decimals(text, quantities, codebook=codebook)
    if decimals not in ("lost", "intact", "unknown"):
        raise ValueError(
            f"decimals={decimals!r}: expected 'lost' or 'intact', or None to judge from the text."
        )
    if decimals != "lost" and not gaps:
        return quantities
    codebook = codebook or shared_codebook()
    context = DecimalContext(text, codebook.once(DecimalWords), gaps, bounds or {})
    candidates = decimal_candidates(quantities, text, codebook)
    if decimals != "lost":
        # a gap on the page proves that a point was lost, even if nothing else in the text does
        candidates = point_in_layout(candidates, context)
        at_gaps = (_settle(n) if n.basis == "layout" else n.quantity for n in candidates)
        return held_compactly(text, at_gaps)
    for one_pass in PASSES:
        candidates = one_pass(candidates, context)
    return held_compactly(text, map(_settle, candidates))


_TELLING = re.compile(
    r"[0-9０-９]\s*[.．·]\s*[0-9０-９]"
    r"|(?<![0-9０-９])(?:[0０][0-9０-９]|[0-9０-９]{3})[0-9０-９]{0,12}\s*[%％‰个]"
)
_POINTS = frozenset(".．·")


def judge_decimals(
    text: str, quantities: Sequence[Quantity] | None = None, *, codebook: Codebook | None = None
) -> str:
    """Tell whether a text kept its decimal points. Return "intact" if the text has at least one
    decimal point, "lost" if a number of the text is impossible without a point, otherwise
    "unknown".

    >>> judge_decimals("占21.98%"), judge_decimals("占总人口的2198%"), judge_decimals("占21%")
    ('intact', 'lost', 'unknown')
    """
    if quantities is None:
        # to save time, skip lines that have no point and no number that could prove a loss
        text = "\n".join(line for line in text.splitlines() if _TELLING.search(line))
        quantities = find_quantities(text, codebook)
    if not all(_POINTS.isdisjoint(q.printed) for q in quantities if _can_have_a_point(q)):
        return "intact"
    # only percentages can prove a lost point
    shares = (q for q in quantities if q.unit in PERCENT and _can_have_a_point(q))
    candidates = each_candidate(shares, text, codebook)
    return "lost" if any(map(_proves_loss, candidates)) else "unknown"


def _can_have_a_point(q: Quantity) -> bool:
    """Tell whether numbers of this kind are printed with decimal points."""
    return q.kind not in NOT_METRIC or q.kind in ("age", "ratio")


def _proves_loss(number: DecimalCandidates) -> bool:
    """Tell whether a number is impossible without a point, such as 05 % or a share of 180 %."""
    value = number.quantity.value
    if value is None:
        return False
    if number.digits[0] == "0" and len(number.digits) > 1:
        return number.decimal_places == (len(number.digits) - 1,)
    return number.quantity.unit == "%" and value > 100 and number.of_whole


# --- Pass: layout, that is, gaps on the page


def point_in_layout(candidates: Candidates, context: DecimalContext) -> Candidates:
    """Put a point back where the page has a gap between two digits of a number."""
    if not context.gaps:
        return candidates
    return [_at_gap(number, context.gaps) for number in candidates]


def _at_gap(number: DecimalCandidates, gaps: Sequence[int]) -> DecimalCandidates:
    q = number.quantity
    inside = [gap for gap in gaps if q.start < gap < q.end]
    if len(inside) != 1 or number.kind in ("none", "count") or not number.digits.isdigit():
        return number
    places = q.end - inside[0]
    value = plain(int(number.digits) / 10**places)
    return number.weighed({places: 1.0}, f"the page has a gap for the point of {value}", "layout")


# --- Pass: bounds


def within_bounds(candidates: Candidates, context: DecimalContext) -> Candidates:
    """Rule out impossible readings, such as shares above 100 % or more people than a city has."""
    city = context.bounds.get("population")
    if not city and any(n.is_undecided and n.quantity.unit == "人" for n in candidates):
        city = _city_of(context.text)
    return [_bounded(n, city, context.words) if n.is_undecided else n for n in candidates]


def _bounded(
    number: DecimalCandidates, city: Bounds | None, words: DecimalWords
) -> DecimalCandidates:
    """Rule out the readings that are impossible for the unit of the number."""
    unit = number.quantity.unit
    if unit == "人":
        return _bounded_people(number, city, words)
    if unit in PERCENT:
        return _bounded_share(number, words)
    if number.kind == "points" and "基" not in unit:
        return number.at_most(100, "a share moves by at most 100 points")
    if number.kind == "life":
        return number.at_most(130, "nobody lives longer than 130 years")
    return number


def _bounded_share(number: DecimalCandidates, words: DecimalWords) -> DecimalCandidates:
    """If a number is a decrease, or a share of a whole, rule out readings above 100 %. All readings
    are kept, however, if only readings with unusually many decimals would be left."""
    unit = number.quantity.unit
    whole = 100 if unit == "%" else 1000
    within = [k for k in number.decimal_places if abs(number.reading(k)) <= whole]
    if all(map(number.is_rare, within)):
        return number
    if number.of_whole:
        return number.at_most(whole, f"a share of a whole is at most {whole} {unit}")
    if words.fall_of.search(number.left):
        return number.at_most(whole, f"nothing falls by more than {whole} {unit}")
    return number


def _bounded_people(
    number: DecimalCandidates, city: Bounds | None, words: DecimalWords
) -> DecimalCandidates:
    """Rule out readings that do not fit the population of the city. Readings below the population
    stay possible if a number counts only some people, such as people over 60."""
    left = number.left
    most, where = most_people(left, words), "the world" if words.world.search(left) else "China"
    number = number.at_most(most, f"{where} has at most {most:,.0f} people")
    beside = [name for name in _populations() if name in left]
    known = _populations()[beside[-1]] if beside else city
    if not known or words.other_place.search(left):
        return number
    low, high = known
    if words.population.search(left):
        return number.within(low, high, f"the city has {low:,.0f} to {high:,.0f} people")
    if "人口" in left[-8:] or "老" in left[-8:]:
        return number.at_most(high, f"the city has at most {high:,.0f} people")
    return number


def _city_of(text: str) -> Bounds | None:
    """Return the lowest and highest known population of the city that a text names at least three
    times as often as any other city."""
    (times, city), (others, _) = sorted(
        ((text.count(city), city) for city in _populations()), reverse=True
    )[:2]
    return _populations()[city] if times and times >= 3 * others else None


@functools.cache
def _populations() -> dict[str, Bounds]:
    cities = read_table("reference/populations").itertuples()
    return {city.city_zh: (float(city.low), float(city.high)) for city in cities}


# --- Pass: arithmetic

CHANCE = 0.006
"""The largest `Relation.chance` allowed. A relation that random digits often fit proves nothing."""
_MOST_GROWTH = 400  # Per cent: reports write a larger growth as “sixfold” or the like.
_MOST_NUMBERS = 40  # Only the first 40 numbers of a sentence are compared: longer lists are tables.
_FROM_TO = re.compile("(?:从|由)[^,，。;；]{0,14}$")
_TO = re.compile("(?:到|至|为|达)$")
_AMONG = re.compile("其中(?:[^0-9]|[0-9]+周?岁)*$")
Relations = Iterator["Relation"]


# writes a calculation, given the numbers and how many decimals each number has
Equation = Callable[[Candidates, tuple[int, ...]], str]


@dataclass(frozen=True)
class Relation:
    """A calculation that numbers of a sentence should satisfy, such as part ÷ whole = share."""

    members: tuple[int, ...]  # The positions of the numbers in their sentence.
    holds: Callable[
        [tuple[float, ...], tuple[float, ...]], bool
    ]  # Takes the values of the numbers and their rounding errors.
    chance: float  # How often random digits satisfy the relation.
    equation: Equation | None = None  # Writes the calculation; None for a comparison.
    rule: str = ""  # The rule behind a comparison: the first member is not larger than the second.
    needs_proof: bool = False  # True: wait until arithmetic has decided the last member.

    def holds_for(self, numbers: Candidates, places: tuple[int, ...]) -> bool:
        """Tell whether the relation holds if each number is read with as many decimals as `places`
        says. The relation does not hold if a number would have unusually many decimals."""
        if any(map(DecimalCandidates.is_rare, numbers, places)):
            return False
        values = tuple(abs(n.reading(k)) for n, k in zip(numbers, places, strict=True))
        return self.holds(values, tuple(map(_rounding, numbers, places)))

    def ways(self, numbers: Candidates) -> list[tuple[int, ...]]:
        """List the combinations of readings for which the relation holds, as numbers of
        decimals."""
        readings = itertools.product(*(number.decimal_places for number in numbers))
        return [places for places in readings if self.holds_for(numbers, places)]

    def reason(self, before: Candidates, after: Candidates) -> str:
        """Say what was computed with the readings that are left, as in “44.4 ÷ 202 = 21.98 %”.
        `before` has the numbers with the readings that they had before any calculation."""
        if self.equation is None:
            return f"{self.rule}: {_compared(before, after)}"
        # if two calculations contradict each other, no readings in `after` fit both
        ways = self.ways(after) or self.ways(before)
        said = self.equation(after, ways[0])
        return said if len(ways) == 1 else f"{said} (other points fit the calculation, too)"


def _compared(before: Candidates, after: Candidates) -> str:
    """Write the comparison of a smaller and a larger number, as in “1.4 ≤ 5 < 14”. In “1.4 ≤ 5 <
    14”, the larger number is 5, so the smaller number can be 1.4 but not 14."""
    small, large = ([abs(n.reading(k)) for k in n.decimal_places] for n in after)
    first = before[0]
    ruled_out = [v for v in map(abs, map(first.reading, first.decimal_places)) if v > max(large)]
    scale = _scale(after)
    terms = [max(small), max(large), *([min(ruled_out)] if ruled_out else [])]
    return " < ".join(plain(term / scale) for term in terms).replace("<", "≤", 1)


def _scale(numbers: Candidates) -> int:
    """Return the multiplier that all numbers have, such as 10,000 for 万, or 1 if they differ."""
    multipliers = {number.quantity.multiplier for number in numbers}
    return multipliers.pop() if len(multipliers) == 1 else 1


def _terms(numbers: Candidates, places: tuple[int, ...]) -> tuple[list[float], list[str]]:
    """Return the readings of numbers, and how a calculation writes them. A multiplier that all
    numbers have, such as 万, is left out."""
    scale = _scale(numbers)
    values = [abs(n.reading(k)) / scale for n, k in zip(numbers, places, strict=True)]
    return values, list(map(plain, values))


def _sign(computed: float, stated: float, places: int) -> str:
    """Return “=” if a computed value, rounded like the stated value, equals the stated value,
    otherwise “≈”. The values can differ because the numbers used are rounded, too."""
    return "=" if abs(computed - stated) <= 0.5 * 10.0**-places * (1 + 1e-9) else "≈"


def apply_arithmetic(candidates: Candidates, context: DecimalContext) -> Candidates:
    """Rule out readings that make a calculation with other numbers of the sentence wrong."""
    by_sentence: dict[int, list[int]] = {}
    for place, number in enumerate(candidates):
        if number.kind in ("none", "ratio") or not number.quantity.value:
            continue
        if number.digits.isascii() and number.digits.isdigit():
            by_sentence.setdefault(number.sentence, []).append(place)
    candidates = list(candidates)
    for places in by_sentence.values():
        if len(places) > 2 and any(candidates[place].is_undecided for place in places):
            places = places[:_MOST_NUMBERS]
            sentence = _consistent([candidates[place] for place in places], context.words)
            for place, number in zip(places, sentence, strict=True):
                candidates[place] = number
    return candidates


def _consistent(sentence: Candidates, words: DecimalWords) -> Candidates:
    """Apply the relations of a sentence again and again until none of them rules out a reading.
    Afterwards record for each number which calculations ruled out one of its readings."""
    relations = [r for r in _relations(sentence, words) if r.chance <= CHANCE]
    before, applied = sentence, set()
    while True:
        earlier = sentence
        for i, relation in enumerate(relations):
            pruned = _pruned(sentence, relation)
            applied |= {
                (place, i)
                for place in relation.members
                if len(pruned[place].decimal_places) < len(sentence[place].decimal_places)
            }
            sentence = pruned
        if sentence is earlier:
            break
    # the reasons are written last, since they name the readings that are left
    sentence = list(sentence)
    for place, i in sorted(applied):
        numbers = (
            [numbers[member] for member in relations[i].members] for numbers in (before, sentence)
        )
        number, reason = sentence[place], relations[i].reason(*numbers)
        sentence[place] = number.weighed(number.weights, reason)
    return sentence


def _pruned(sentence: Candidates, relation: Relation) -> Candidates:
    """Rule out readings by one relation. If no reading is ruled out, return the same list."""
    numbers = [sentence[place] for place in relation.members]
    if not any(number.is_undecided for number in numbers):
        return sentence
    if relation.needs_proof and numbers[-1].basis != "arithmetic":
        return sentence
    usual = relation.ways(numbers)
    restricted = [
        number.restrict_to(set(chosen), "", "arithmetic")
        for number, chosen in zip(numbers, zip(*usual, strict=True), strict=False)
    ]
    if all(map(operator.is_, restricted, numbers)):
        return sentence
    sentence = list(sentence)
    weighed = _weighed_together(numbers, restricted, usual)
    for place, number in zip(relation.members, weighed, strict=True):
        sentence[place] = number
    return sentence


def _weighed_together(
    numbers: Candidates, restricted: Candidates, consistent: list[tuple[int, ...]]
) -> Iterator[DecimalCandidates]:
    """Yield the numbers of a relation with new probabilities of their readings. The probabilities
    come from the combinations of readings for which the relation holds."""
    joint = {
        places: math.prod(n.weights.get(k, 0) for n, k in zip(numbers, places, strict=True))
        for places in consistent
    }
    total = sum(joint.values())
    for position, number in enumerate(restricted):
        marginal = dict.fromkeys(number.decimal_places, 0.0)
        for places, weight in joint.items():
            marginal[places[position]] += weight / total if total else 1 / len(joint)
        whole = sum(marginal.values()) or 1.0
        yield number.weighed({k: w / whole for k, w in marginal.items()})


def _rounding(number: DecimalCandidates, places: int) -> float:
    """Return the largest rounding error of a number: 0.05 for 21.9, and 0 for a count."""
    q = number.quantity
    whole = q.kind == "count" and q.multiplier == 1 and places == 0
    return 0.0 if whole or number.kind == "count" else 0.5 * q.multiplier * 10.0**-places


def _chance(*numbers: DecimalCandidates) -> float:
    """Return how often numbers would satisfy a relation by accident if their digits were random.
    The more digits the numbers have, the rarer is such an accident."""
    return sum(map(_width, numbers)) / math.log(10)


def _width(number: DecimalCandidates) -> float:
    """Return 1 divided by a number's digits, read without a point: 0.005 for 200 and for 2.00."""
    return 1 / max(int(number.digits), 1)


def _relations(sentence: Candidates, words: DecimalWords) -> Relations:
    """Yield every arithmetic relation that the words of a sentence suggest between its numbers."""
    for i, number in enumerate(sentence):
        before = range(max(0, i - 5), i)
        if _is_proportion(number, words):
            yield from _part_of_whole(sentence, i, before, words)
        elif number.quantity.unit == "%" and words.growth.search(number.left):
            yield from _from_to(sentence, i, before, words)
        elif number.kind == "points":
            yield from _points(sentence, i, before, words)
        yield from _sums(sentence, i, words)


def _is_proportion(number: DecimalCandidates, words: DecimalWords) -> bool:
    """Tell whether a percentage says how large a share is, rather than how much something grew."""
    is_share = number.quantity.unit == "%" and words.share.search(number.left)
    return bool(is_share) and not words.growth.search(number.left)


def _alike(a: DecimalCandidates, b: DecimalCandidates) -> bool:
    """Tell whether two numbers have the same unit and are amounts, not percentages."""
    unit = a.quantity.unit
    return unit == b.quantity.unit != "" and unit not in PERCENT and a.kind != "points"


def _part_of_whole(sentence: Candidates, i: int, before: range, words: DecimalWords) -> Relations:
    """Yield each relation part ÷ whole = share between a share and two numbers before the share. In
    ``全市人口２０２万,６０岁以上４４４万人,占２１９８％`` the relation holds only if the numbers
    are read as 2.02 million inhabitants, of whom 444,000 are over 60, which is 21.98 %."""
    pairs = [
        (p, w)
        for w, p in itertools.permutations(before, 2)
        if _alike(sentence[w], sentence[p]) and not _is_said_of(sentence[w], sentence[p], words)
    ]
    for p, w in pairs:
        part, whole = sentence[p], sentence[w]
        # the more pairs there are, the likelier it is that one of them fits by accident
        chance = _chance(part, whole, sentence[i]) * math.sqrt(len(pairs))
        yield Relation((p, w, i), _is_share, chance, _share_equation)


def _share_equation(numbers: Candidates, places: tuple[int, ...]) -> str:
    """Write how a share follows from its part and its whole, as in “44.4 ÷ 202 = 21.98 %”."""
    (part, whole), amounts = _terms(numbers[:2], places[:2])
    [share], [stated] = _terms(numbers[2:], places[2:])
    sign = _sign(100 * part / whole, share, places[2])
    return f"{amounts[0]} ÷ {amounts[1]} {sign} {stated} %"


def _is_share(values, errors) -> bool:
    part, whole, share = values
    if not 0 < part < whole:  # a text never states a share of 100 %
        return False
    slack = errors[2] + 100 * (errors[0] + errors[1] * part / whole) / whole
    return abs(100 * part / whole - share) <= slack * 1.001


def _from_to(sentence: Candidates, i: int, before: range, words: DecimalWords) -> Relations:
    """Yield the relation between two amounts and their change in per cent. For example, 92 must be
    read as 9.2 in ``从２５１吨降低到２２８吨,下降９２％`` (from 251 to 228 tonnes, down 92 %)."""
    falls = bool(words.fall.search(sentence[i].left))
    for a, b in itertools.pairwise(before):
        first, second = sentence[a], sentence[b]
        if _alike(first, second) and _FROM_TO.search(first.left) and _TO.search(second.left):
            change = abs(int(first.digits) - int(second.digits)) or 1
            # three cases: both amounts have equally many decimals, or one of them has more
            chance = 3 * (2 / change + _width(sentence[i])) / math.log(10)
            holds = functools.partial(_is_growth, falls=falls)
            yield Relation((a, b, i), holds, chance, _growth_equation)


def _growth_equation(numbers: Candidates, places: tuple[int, ...]) -> str:
    """Write how two amounts give a change, as in “(25.1 − 22.8) ÷ 25.1 = 9.2 %”."""
    (first, second), (one, other) = _terms(numbers[:2], places[:2])
    [growth], [stated] = _terms(numbers[2:], places[2:])
    difference = f"{other} − {one}" if first < second else f"{one} − {other}"
    sign = _sign(100 * abs(second - first) / first, growth, places[2])
    return f"({difference}) ÷ {one} {sign} {stated} %"


def _is_growth(values, errors, *, falls: bool) -> bool:
    first, second, growth = values
    if falls != (second < first) or growth > _MOST_GROWTH:
        return False
    slack = errors[2] + 100 * (errors[0] + errors[1]) / first * (1 + second / first)
    return abs(100 * abs(second - first) / first - growth) <= slack * 1.001


def _points(sentence: Candidates, i: int, before: range, words: DecimalWords) -> Relations:
    """Yield relations for a change in percentage points. A change is the difference of two shares,
    as in ``从９６％提高到１２４％,提高２８个百分点`` (from 9.6 to 12.4 %, up by 2.8 points). A rise
    is smaller than the share after the rise."""
    moved = sentence[i]
    holds = functools.partial(_is_difference, falls=bool(words.fall.search(moved.left)))
    for a, b in itertools.pairwise(before):
        first, second = sentence[a], sentence[b]
        if first.quantity.unit == second.quantity.unit == "%" and _FROM_TO.search(first.left):
            chance = 4 * _chance(first, second, moved)
            yield Relation((a, b, i), holds, chance, _difference_equation)
    shares = [place for place in before if _is_proportion(sentence[place], words)]
    if shares and words.rise.search(moved.left):
        rule = "a share cannot have risen by more than itself"
        members = i, shares[-1]
        yield Relation(members, lambda v, _: v[0] <= v[1], 0.0, rule=rule, needs_proof=True)


def _difference_equation(numbers: Candidates, places: tuple[int, ...]) -> str:
    """Write how two shares give a change in points, as in “12.4 − 9.6 = 2.8”."""
    (first, second, change), (one, other, stated) = _terms(numbers, places)
    difference = f"{other} − {one}" if first < second else f"{one} − {other}"
    return f"{difference} {_sign(abs(second - first), change, places[2])} {stated}"


def _is_difference(values, errors, *, falls: bool) -> bool:
    if max(values) > 100:
        return False
    change = values[0] - values[1] if falls else values[1] - values[0]
    return abs(change - values[2]) <= sum(errors) * 1.001


def _sums(sentence: Candidates, i: int, words: DecimalWords) -> Relations:
    """Yield the relations between a whole and its parts. In
    ``贸易额１５５０８亿美元,其中出口２６５４亿,进口１２８５４亿`` (trade, of which exports and
    imports) the two parts add up to the whole, and neither part is larger than the whole."""
    whole = sentence[i]
    after = range(i + 1, min(i + 5, len(sentence)))
    before = range(i - 1, max(0, i - 4) - 1, -1)
    if not whole.is_undecided:
        parts = _smaller_parts(sentence, i, after, before, words)
        rule = "a part is not larger than its whole"
        for part in parts:
            yield Relation((part, i), lambda v, errors: v[0] <= v[1] + sum(errors), 0.0, rule=rule)
    named = after and words.of_it.search(sentence[after[0]].left)
    together = words.together.search(whole.left)
    for neighbours, linked in ((after, named), (before, together)):
        for size in (2, 3, 4) if linked else ():
            parts = neighbours[:size]
            if len(parts) == size and all(_alike(whole, sentence[part]) for part in parts):
                numbers = (whole, *(sentence[part] for part in parts))
                chance = sum(map(_width, numbers)) * size * (size + 1)
                yield Relation((i, *parts), _is_sum, chance, _sum_equation)


def _sum_equation(numbers: Candidates, places: tuple[int, ...]) -> str:
    """Write how parts add up to their whole, as in “26.54 + 128.54 = 155.08”."""
    values, (whole, *parts) = _terms(numbers, places)
    return f"{' + '.join(parts)} {_sign(sum(values[1:]), values[0], places[0])} {whole}"


def _smaller_parts(
    sentence: Candidates, i: int, after: range, before: range, words: DecimalWords
) -> Iterator[int]:
    """Yield the positions of the numbers that are parts of number `i`, the whole. The next number
    is a part if 其中 ("of which") precedes it. The numbers before the whole are parts if 合计 ("in
    total") precedes the whole."""
    whole = sentence[i]
    if after and _alike(whole, sentence[after[0]]):
        if _is_said_of(sentence[after[0]], whole, words):
            yield after[0]
    if words.added_up.search(whole.left):
        yield from itertools.takewhile(lambda part: _alike(whole, sentence[part]), before)


def _is_said_of(part: DecimalCandidates, whole: DecimalCandidates, words: DecimalWords) -> bool:
    """Tell whether 其中 ("of which") makes one number a part of the other. In
    ``近５万人,其中香港居民子女１４万人`` (50,000 people, 14,000 of them from Hong Kong) the second
    number is a part of the first. After ``收入增加２亿元,其中`` (income rose by 200 million yuan,
    of which) a number is a part of the income, not of the rise."""
    # two numbers with the same words before them are items of a list, not a part and its whole
    if part.left == whole.left or not _AMONG.search(part.left):
        return False
    return not words.difference.search(whole.left)


def _is_sum(values, errors) -> bool:
    return abs(values[0] - sum(values[1:])) <= sum(errors) * 1.001


PASSES = (
    point_in_layout,
    within_bounds,
    weigh,
    apply_arithmetic,
    copy_settled_places,
    require_a_loss,
)
"""The passes of `restore_decimals` in order. Each pass takes and returns all numbers of a text."""


# --- The result: one reading of a number, or several

_DIGITS = re.compile("[0-9]+")
# For most numbers only the reason changes. Copying the other fields by hand is several times faster
# than dataclasses.replace.
_ALL_BUT_REASON = operator.attrgetter(*(f.name for f in fields(Quantity) if f.name != "reason"))


def _settle(number: DecimalCandidates) -> Quantity:
    """Return the final reading of a number: as printed, with its point put back, or ambiguous."""
    q, is_undecided = number.quantity, number.is_undecided
    if number.kind == "none" or q.value is None and not is_undecided:
        return _range_or_none(number)
    reasons = dict.fromkeys(filter(None, number.reasons))
    if len(reasons) > 1:  # another reason says more than `CAN_HAVE_A_POINT`
        reasons.pop(CAN_HAVE_A_POINT, None)
    reason = "; ".join(reasons)
    if is_undecided:
        readings = map(number.reading, number.decimal_places)
        best = max(number.weights, key=lambda k: (number.weights[k], -k))
        p_best = round(number.weights[best], 4)
        return _left_open(q, readings, reason, best=number.reading(best), p_best=p_best)
    [places] = number.decimal_places
    if not places:
        return q if q.reason == reason else Quantity(*_ALL_BUT_REASON(q), reason)
    value, basis = number.reading(places), number.basis or "bound"
    return replace(q, **settled(value), status="restored", basis=basis, reason=reason)


def _range_or_none(number: DecimalCandidates) -> Quantity:
    """Return a range as ambiguous if its first or its last number may have lost a point. For
    example, ``３５—４５％`` may mean 3.5 to 4.5 %. Return any other number unchanged."""
    q = number.quantity
    if q.qualifier != "range" or q.kind in NOT_METRIC or q.kind in ("count", "duration"):
        return q
    ends = _DIGITS.findall(number.digits)
    if len(ends) != 2 or all(len(end) == 1 or end[-1] == "0" for end in ends):
        return q
    if q.multiplier == 1 and q.unit not in PERCENT:
        return q
    tenths = {reading / 10 for reading in q.readings}
    return _left_open(q, tenths | {*q.readings}, "either end of the range can have lost a point")


def _left_open(q: Quantity, readings: Iterable[float], reason: str, **likeliest) -> Quantity:
    """Return a number as ambiguous, with the given readings and without a value."""
    readings = tuple(sorted(readings))
    bounds = {"readings": readings, "value": None, "low": readings[0], "high": readings[-1]}
    return replace(q, **bounds, status="ambiguous", basis=None, reason=reason, **likeliest)
