"""Measure how far two codings of the same documents agree (kappa and alpha), and list where they
differ. Use this to see how far to trust the codebook's rules, or how far two readers agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

KEYS = ("doc", "sentence", "code")
_MEASURES = ["n", "percent", "kappa", "alpha"]


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far two codings agree. A unit is one code in one sentence or in one document. The units
    of all documents are compared together.

    Attributes
    ----------
    n : int
        The number of units compared.
    percent, kappa, alpha : float
        The share of equal codings (0–100), Cohen's κ and Krippendorff's α (nominal). κ and α are
        missing if only one value occurs.
    by_document : DataFrame
        The same measures for each document: `doc, n, percent, kappa, alpha`.
    leave_one_out : DataFrame
        The same measures with each document left out once: `left_out, n, percent, kappa, alpha`.
    by_code : DataFrame
        The number of units that have the code in both codings, in one coding or in neither: `code,
        n, both, only_automatic, only_human, neither`. There is no κ or α, because a single code has
        too few units. If states are compared, the columns are `code, n, equal`.
    disagreements : DataFrame
        The units on which the codings differ, with quotations if the compared tables have any.
    """

    n: int
    percent: float
    kappa: float
    alpha: float
    by_document: pd.DataFrame
    leave_one_out: pd.DataFrame
    by_code: pd.DataFrame
    disagreements: pd.DataFrame

    @property
    def summary(self) -> pd.DataFrame:
        """Return a table with one row per measure: `measure, value, low, high, n`. `low` and `high`
        are the lowest and the highest value of the measure when each document is left out once."""
        without = self.leave_one_out
        rows = [
            (name, getattr(self, name), without[name].min(), without[name].max(), self.n)
            for name in _MEASURES[1:]
        ]
        return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "n"])


def agreement(
    automatic: pd.DataFrame,
    human: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    value: str = "present",
) -> Agreement:
    """Compare an automatic coding with a human coding, or compare two human codings.

    Parameters
    ----------
    automatic, human : DataFrame
        Tables with the columns `doc, code` and, if sentences were coded, `sentence`. The column
        that `value` names holds the coding (0/1). A table without this column lists the units coded
        1. Quotations in a column `quote` are shown beside the differences.
    units : DataFrame, optional
        All units that could be coded (`doc, code` and `sentence`), such as `codable_units` returns.
        By default, these are the units of either table in the documents that both tables have.
    value : str
        The column compared: `present` or `state`.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        If a key column is missing, a unit is coded twice, or no document is in both tables.

    References
    ----------
    Cohen (1960); Krippendorff (2011).

    Examples
    --------
    >>> a = pd.DataFrame({"doc": "d", "code": list("abcd"), "present": [1, 1, 0, 0]})
    >>> b = pd.DataFrame({"doc": "d", "code": list("abcd"), "present": [1, 0, 0, 0]})
    >>> round(agreement(a, b).kappa, 2)
    0.5
    """
    tables = [automatic, human] if units is None else [automatic, human, units]
    keys = [key for key in KEYS if all(key in table for table in tables)]
    for key in ("doc", "code"):
        if key not in keys:
            raise ValueError(
                f"both tables need a column '{key}'. Found: {list(automatic.columns)} and"
                f" {list(human.columns)}."
            )
    left = _coded(automatic, keys, value, "automatic")
    right = _coded(human, keys, value, "human")
    pairs = _paired(left, right, keys, units, filler="not_mentioned" if value == "state" else 0)
    documents = pairs["doc"].unique()
    alone = [(doc, *_measured(pairs[pairs["doc"] == doc])) for doc in documents]
    without = [(doc, *_measured(pairs[pairs["doc"] != doc])) for doc in documents]
    if len(documents) == 1:
        without = []
    return Agreement(
        *_measured(pairs),
        by_document=pd.DataFrame(alone, columns=["doc", *_MEASURES]),
        leave_one_out=pd.DataFrame(without, columns=["left_out", *_MEASURES]),
        by_code=_by_code(pairs, value),
        disagreements=_differences(pairs, keys, automatic, human),
    )


def measures(first: Sequence, second: Sequence) -> tuple[int, float, float, float]:
    """Return the number of units, the percent of equal codings, Cohen's κ and Krippendorff's
    nominal α for two codings of the same units.

    Examples
    --------
    >>> measures([1, 1, 0, 0], [1, 0, 0, 0])[:2]
    (4, 75.0)
    """
    first, second = np.asarray(first), np.asarray(second)
    n = len(first)
    if n == 0:
        return 0, np.nan, np.nan, np.nan
    values, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    both = codes.reshape(2, n)
    observed = float((both[0] == both[1]).mean())
    shares = [np.bincount(side, minlength=len(values)) / n for side in both]
    expected = float(shares[0] @ shares[1])
    kappa = (observed - expected) / (1 - expected) if expected < 1 else np.nan
    return n, 100 * observed, kappa, nominal_alpha(both)


def nominal_alpha(codings: np.ndarray) -> float:
    """Return Krippendorff's α for nominal data, or NaN if only one value occurs. `codings` has one
    row per coder and one column per unit. A cell is NaN if the coder left the unit out.

    Examples
    --------
    >>> round(nominal_alpha([[0, 1, 0, 0, 0], [1, 1, 0, 0, float("nan")]]), 3)
    0.533
    """
    codings = np.asarray(codings, dtype="float64")
    values = np.unique(codings[~np.isnan(codings)])
    counts = (codings == values[:, None, None]).sum(axis=1)  # values × units
    counts = counts[:, counts.sum(axis=0) > 1]  # a single coding cannot be compared
    totals = counts.sum(axis=1)
    n = totals.sum()
    # Sum the pairs of equal codings (the diagonal of the coincidence matrix). A pair of a unit with
    # m codings counts 1 / (m − 1), so that all pairs of this unit together count m.
    agreeing = (counts * (counts - 1) / (counts.sum(axis=0) - 1)).sum()
    unequal = n**2 - totals @ totals
    return float(1 - (n - 1) * (n - agreeing) / unequal) if unequal else np.nan


def codable_units(sentences: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return a table `doc, sentence, code` that pairs every sentence of ``corpus.sentences`` with
    every code. Headings are left out, because they are not coded."""
    body = sentences.loc[sentences["kind"] == "sentence", ["doc", "sentence"]]
    return body.merge(pd.DataFrame({"code": list(codes)}), how="cross")


def _coded(table: pd.DataFrame, keys: list[str], value: str, name: str) -> pd.DataFrame:
    """Return one row per unit: the columns `keys`, and the coding in the column that `name`
    names."""
    # a row with `none` codes no unit: it says that a reader found no code in the sentence
    table = table[~table["code"].isin(["none", ""])]
    coded = table[keys].astype("str")
    if value not in table:
        return coded.drop_duplicates().assign(**{name: 1})
    twice = coded[coded.duplicated()]
    if len(twice):
        raise ValueError(
            f"the {name} table codes {tuple(twice.iloc[0])} twice. Keep one row per unit."
        )
    return coded.assign(**{name: table[value].astype("int64" if value == "present" else "str")})


def _paired(
    left: pd.DataFrame, right: pd.DataFrame, keys: list[str], units: pd.DataFrame | None, *, filler
) -> pd.DataFrame:
    """Return one row per unit with its two codings in the columns `automatic` and `human`. If a
    coding does not contain the unit, its cell gets the value `filler`."""
    if units is not None:
        frame = units[keys].astype("str").drop_duplicates()
        pairs = frame.merge(left, on=keys, how="left").merge(right, on=keys, how="left")
    else:
        pairs = left.merge(right, on=keys, how="outer", sort=False)
        pairs = pairs[pairs["doc"].isin(left["doc"]) & pairs["doc"].isin(right["doc"])]
        if pairs.empty:
            raise ValueError(
                "no document is in both tables. Compare codings of the same documents."
            )
    filled = pairs.fillna({"automatic": filler, "human": filler})
    return filled if filler else filled.astype({"automatic": "int64", "human": "int64"})


def _measured(pairs: pd.DataFrame) -> tuple[int, float, float, float]:
    return measures(pairs["automatic"], pairs["human"])


def _by_code(pairs: pd.DataFrame, value: str) -> pd.DataFrame:
    """Count, for each code, the units that have the code in both codings, in one coding or in
    neither. If states are compared, count the units with equal states instead."""
    automatic, human = pairs["automatic"] == 1, pairs["human"] == 1
    cases = {
        "both": automatic & human,
        "only_automatic": automatic & ~human,
        "only_human": ~automatic & human,
        "neither": ~automatic & ~human,
    }
    if value != "present":
        cases = {"equal": pairs["automatic"] == pairs["human"]}
    units = pairs[["code"]].assign(n=1, **cases)
    return units.groupby("code", sort=False, as_index=False).sum()


def _differences(
    pairs: pd.DataFrame, keys: list[str], automatic: pd.DataFrame, human: pd.DataFrame
) -> pd.DataFrame:
    """Return the units on which the codings differ, with the first quotation from each coding."""
    differing = pairs[pairs["automatic"] != pairs["human"]].reset_index(drop=True)
    for name, table in (("automatic_quote", automatic), ("human_quote", human)):
        if "quote" in table:
            quotes = table[keys].astype("str").assign(**{name: table["quote"].fillna("")})
            quotes = quotes[quotes[name] != ""].drop_duplicates(keys)
            differing = differing.merge(quotes, on=keys, how="left").fillna({name: ""})
    return differing


_PLACE = ["doc", "start", "end"]
_READ = ["printed", "unit", "value", "status", "quote"]
_DIFFERENCES = (
    "doc printed unit value_program value_reader status_program status_reader quote"
).split()


@dataclass(frozen=True)
class NumberAgreement:
    """How far the program and a human reader agree on the numbers in the documents.

    Attributes
    ----------
    summary : DataFrame
        `variant, n_program, n_reader, n_found, n_right, precision, recall, wrong_unit`. One row is
        computed with readings.csv, which holds the values that a reader chose for unclear numbers,
        and one row is computed without readings.csv. A number is right if program and reader give
        the same place, unit and value, or the same place and unit and no value.
    differences : DataFrame
        `doc, printed, unit, value_program, value_reader, status_program, status_reader, quote` of
        every number on which program and reader differ after readings.csv was applied. If the
        program or the reader lacks a number, their cells for this number are missing.
    """

    summary: pd.DataFrame
    differences: pd.DataFrame


def number_agreement(
    outcomes: pd.DataFrame, human: pd.DataFrame, readings: pd.DataFrame
) -> NumberAgreement | None:
    """Compare the numbers that `extract_outcomes` found with a human reading of the same documents.
    Return None if no document has a human reading.

    Parameters
    ----------
    outcomes : DataFrame
        The result of `extract_outcomes` for the documents that have a human reading.
    human, readings : DataFrame
        The tables data/coded/outcomes.csv and data/coded/readings.csv, with the document names of
        the corpus in the column `doc`.
    """
    if human.empty:
        return None
    places = {"start": int, "end": int}
    reader = human[[*_PLACE, *_READ]].astype(places)
    reader["value"] = pd.to_numeric(reader["value"])
    settled = readings[[*_PLACE, "value"]].astype({**places, "value": float})
    settled = settled.rename(columns={"value": "settled"})
    with_readings = reader.merge(settled, on=_PLACE, how="left", validate="one_to_one")
    with_readings["value"] = with_readings.pop("settled").fillna(with_readings["value"])
    program = outcomes[[*_PLACE, *_READ]]
    alone = program.assign(value=program["value"].mask(outcomes["basis"] == "coder"))
    both = _joined(program, with_readings)
    rows = {"with readings.csv": both, "without readings.csv": _joined(alone, reader)}
    return NumberAgreement(
        pd.DataFrame([{"variant": variant, **_score(table)} for variant, table in rows.items()]),
        both.loc[~both["right"], _DIFFERENCES].reset_index(drop=True),
    )


def _joined(program: pd.DataFrame, reader: pd.DataFrame) -> pd.DataFrame:
    """Return one row per number: what program and reader found, and whether both agree."""
    sides = ("_program", "_reader")
    both = program.merge(reader, on=_PLACE, how="outer", suffixes=sides, indicator="side")
    for name in ("printed", "quote", "unit"):
        both[name] = both[f"{name}_program"].fillna(both[f"{name}_reader"])
    value, other = both["value_program"], both["value_reader"]
    same_value = (value == other) | (value.isna() & other.isna())
    same_unit = both["unit_program"] == both["unit_reader"]
    found = both["side"] == "both"
    return both.assign(right=found & same_value & same_unit, wrong_unit=found & ~same_unit)


def _score(both: pd.DataFrame) -> dict[str, object]:
    n_program, n_reader = (both["side"] != "right_only").sum(), (both["side"] != "left_only").sum()
    n_right = both["right"].sum()
    return {
        "n_program": n_program,
        "n_reader": n_reader,
        "n_found": (both["side"] == "both").sum(),
        "n_right": n_right,
        "precision": n_right / n_program if n_program else float("nan"),
        "recall": n_right / n_reader,
        "wrong_unit": both["wrong_unit"].sum(),
    }
