"""Hold the numbers that the program found against those a human reading found: precision, recall,
every difference."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

_KEYS = ["doc", "start", "end"]


@dataclass(frozen=True)
class NumberAgreement:
    """How far two readings of the numbers agree.

    Attributes
    ----------
    summary : DataFrame
        `variant, n_program, n_reader, n_found, n_right, precision, recall, wrong_unit`: with and
        without what a reader settled in readings.csv. Right = the same digits, unit and value, or
        left open by both.
    differences : DataFrame
        `doc, printed, unit, value_program, value_reader, status_program, status_reader, quote`:
        every number on which they differ with readings.csv; a side that lacks the number is
        missing.
    """

    summary: pd.DataFrame
    differences: pd.DataFrame


def number_agreement(
    outcomes: pd.DataFrame, human: pd.DataFrame, readings: pd.DataFrame
) -> NumberAgreement | None:
    """Compare `extract_outcomes` with a human reading, with and without the numbers a reader
    settled.

    Parameters
    ----------
    outcomes : DataFrame
        From `extract_outcomes`, of the documents that were read by a human.
    human, readings : DataFrame
        data/coded/outcomes.csv and readings.csv, with `doc` as in the corpus.

    Returns
    -------
    NumberAgreement or None
        None where no document was read by a human.
    """
    if human.empty:
        return None
    reader = human[[*_KEYS, "printed", "unit", "value", "status", "quote"]].astype(
        {"start": int, "end": int}
    )
    reader["value"] = pd.to_numeric(reader["value"])
    settled = (
        readings[[*_KEYS, "value"]]
        .astype({"start": int, "end": int, "value": float})
        .rename(columns={"value": "settled"})
    )
    with_readings = reader.merge(settled, on=_KEYS, how="left", validate="one_to_one")
    with_readings["value"] = with_readings.pop("settled").fillna(with_readings["value"])
    program = outcomes[[*_KEYS, "printed", "unit", "value", "status", "quote", "basis"]]
    alone = program.assign(value=program["value"].mask(program["basis"] == "coder"))
    both = _joined(program, with_readings)
    rows = [_row("with readings.csv", both), _row("without readings.csv", _joined(alone, reader))]
    differ = both[~both["right"]].drop(columns=["right", "wrong_unit", "_merge", *_KEYS[1:]])
    return NumberAgreement(pd.DataFrame(rows), differ.reset_index(drop=True))


def _joined(program: pd.DataFrame, reader: pd.DataFrame) -> pd.DataFrame:
    both = program.drop(columns="basis").merge(
        reader, on=_KEYS, how="outer", suffixes=("_program", "_reader"), indicator=True
    )
    same_value = (both["value_program"] == both["value_reader"]) | (
        both["value_program"].isna() & both["value_reader"].isna()
    )
    right = (both["_merge"] == "both") & same_value & (both["unit_program"] == both["unit_reader"])
    for name in ("printed", "quote", "unit"):
        both[name] = both[f"{name}_program"].fillna(both[f"{name}_reader"])
    columns = [
        *_KEYS,
        "printed",
        "unit",
        "value_program",
        "value_reader",
        "status_program",
        "status_reader",
        "quote",
        "_merge",
    ]
    return both[columns].assign(
        right=right,
        wrong_unit=(both["_merge"] == "both") & (both["unit_program"] != both["unit_reader"]),
    )


def _row(variant: str, both: pd.DataFrame) -> dict[str, object]:
    n_program, n_reader = (
        int((both["_merge"] != "right_only").sum()),
        int((both["_merge"] != "left_only").sum()),
    )
    right = int(both["right"].sum())
    return {
        "variant": variant,
        "n_program": n_program,
        "n_reader": n_reader,
        "n_found": int((both["_merge"] == "both").sum()),
        "n_right": right,
        "precision": right / n_program if n_program else float("nan"),
        "recall": right / n_reader,
        "wrong_unit": int(both["wrong_unit"].sum()),
    }
