"""A number of a text as a thing: where it stands, what it counts, what it can mean."""

from __future__ import annotations

from dataclasses import dataclass

NOT_METRIC = frozenset(
    {"date", "age", "ordinal", "clause", "page", "issue", "slogan", "code", "ratio", "indefinite"}
)
"""Classes of numbers that state no magnitude (section B of the codebook: not metrics)."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text.

    Attributes
    ----------
    start, end : int
        The digits, in the text given.
    printed : str
        The digits verbatim, without 万/亿; of a Chinese numeral all of it (``一万``), of a range
        both ends (``２－３``).
    kind : str
        count, money, share, change, … (``data/codebook/units.csv``), ``number`` where no unit is
        known, or the class of a number that is no magnitude (`NOT_METRIC`).
    multiplier : int
        What follows the digits: 万 → 10000.
    unit, qualifier : str
        As in the units table; exact, about, at_least, at_most, range.
    readings : tuple of float
        Every reading still possible, multiplied out, ascending.
    value : float or None
        The one reading. None for a range (see `low`, `high`) and where several readings are left.
    best, p_best : float or None
        The likeliest reading and its probability; of a settled number the value and 1.
    low, high : float or None
        The bounds of the readings or of the range.
    status, basis, reason : str
        as_printed, restored, ambiguous; printed, bound, arithmetic, layout, coder (None for
        ambiguous); why.
    """

    start: int
    end: int
    printed: str
    kind: str
    multiplier: int = 1
    unit: str = ""
    qualifier: str = "exact"
    readings: tuple[float, ...] = ()
    value: float | None = None
    best: float | None = None
    p_best: float | None = None
    low: float | None = None
    high: float | None = None
    status: str = "as_printed"
    basis: str | None = "printed"
    reason: str = ""
