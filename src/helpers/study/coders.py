"""Measure how far two codings of the same documents agree (kappa, alpha and Holsti's R), and list
where they differ. Use this module to see how far the codebook's rules can be trusted, or how far
two coders agree."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.codebook import checks
from helpers.labels import text_of

from .wording import Bilingual

KEYS = ("doc", "sentence", "code")
# Two codings can be compared in any of these columns. The columns `present` and `state` are
# compared on all units, every other column only on the units that both codings contain.
VALUES = tuple("present state modality mention relation actor when how_many named".split())
_YES_NO = ("present", "when", "how_many", "named")
_UNCODED = {"present": 0, "state": "not_mentioned"}  # categories of units that a coding leaves out
_MEASURES = ["n", "percent", "kappa", "alpha", "holsti"]
_LEAST_RESAMPLES = 999
_NO_CODE = ("none",)


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far two codings agree. The codings are compared unit by unit, and a unit is one code in
    one sentence or in one document. The units of all documents are compared together.

    In the names of columns below, `first` and `second` stand for the names that the two codings
    were given, such as `automatic` and `reference`.

    Attributes
    ----------
    n : int
        The number of units compared.
    percent, kappa, alpha, holsti : float
        The share of equal codings (0–100), Cohen's κ, Krippendorff's α (nominal) and Holsti's R
        (0–1). κ and α are missing if one coding uses only one category. R is missing if neither
        table contains a coding.
    note : (str, str)
        The reason why κ and α are missing, in Chinese (`note.zh`) and English (`note.en`). If κ and
        α are not missing, both texts are empty.
    bootstrap : DataFrame
        For each measure, the interval that holds the middle 95 % of its values when the units are
        drawn anew with replacement. The columns are `measure, boot_low, boot_high, n_boot`. The
        interval is missing if the measure has no value in more than 5 % of the draws. The interval
        is rather too narrow, because units of one document are not independent of each other.
    by_document : DataFrame
        The measures for each document alone, in the columns `doc, n, percent, kappa, alpha,
        holsti`.
    leave_one_out : DataFrame
        The measures of all documents but one, with each document left out once. The column
        `left_out` names the document, and the other columns are those of `by_document`.
    by_code : DataFrame
        For each code, the number of units that have the code in both codings, in one coding or in
        neither. The columns are `code, n, both, only_first, only_second, neither`. The table has no
        κ and α, because a single code has too few units. If the codings are compared in another
        column than `present`, the columns are `code, n, equal`.
    by_category : DataFrame
        For each category of the compared column, how far the codings agree when all other
        categories count as one. The columns are `category, n_first, n_second, n_both, kappa, alpha,
        note`.
    disagreements : DataFrame
        The units on which the codings differ, with quotations if the compared tables contain
        quotations.
    """

    n: int
    percent: float
    kappa: float
    alpha: float
    holsti: float
    note: Bilingual
    bootstrap: pd.DataFrame
    by_document: pd.DataFrame
    leave_one_out: pd.DataFrame
    by_code: pd.DataFrame
    by_category: pd.DataFrame
    disagreements: pd.DataFrame

    @property
    def summary(self) -> pd.DataFrame:
        """Return a table with one row per measure of agreement and the columns `measure, value,
        low, high, boot_low, boot_high, n, note`. `low` and `high` are the lowest and the highest
        value of the measure when each document is left out once; `boot_low` and `boot_high` are the
        bootstrap interval over coding units."""
        without = self.leave_one_out
        rows = [
            (name, getattr(self, name), without[name].min(), without[name].max())
            for name in _MEASURES[1:]
        ]
        table = pd.DataFrame(rows, columns=["measure", "value", "low", "high"])
        table = table.merge(self.bootstrap.drop(columns="n_boot"), on="measure", sort=False)
        has_note = table["measure"].isin(["kappa", "alpha"])
        return table.assign(
            n=self.n, note=np.where(has_note, f"{self.note.en} {self.note.zh}".strip(), "")
        )


def agreement(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    value: str = "present",
    names: tuple[str, str] = ("automatic", "reference"),
    n_boot: int = 999,
    seed: int = 0,
) -> Agreement:
    """Compare two codings of the same documents, such as the codings by two coders, or the coding
    by rules and the reference reading.

    Agreement between rules and a reading by a language model, or between two readings by a language
    model, is repeatability 可重复性. Only the agreement of people who code independently of each
    other is reliability 信度.

    Parameters
    ----------
    first, second : DataFrame
        Tables with the columns `doc` (text), `code` (text) and, if sentences were coded, `sentence`
        (whole number). Units are matched by these columns; `1`, `1.0` and `"1"` mean the same
        sentence. The column that `value` names is compared. If `value` is `present`, a table
        without the column `present` is read as a list of the units coded 1. If a table has a column
        `quote`, its quotations are shown with the units on which the codings differ.
    units : DataFrame, optional
        All units that could be coded (`doc, code` and `sentence`), such as `codable_units` returns.
        By default, all units of the two tables that belong to documents in both tables.
    value : str
        The column compared: `present`, `state`, `modality`, `mention`, `relation`, `actor`, `when`,
        `how_many` or `named`. If a table leaves a unit out, its `present` counts as 0 and its
        `state` as `not_mentioned`. All other columns are compared only on units that both tables
        contain. An empty cell in `relation` is the category `none`; in every other column an empty
        cell is an error.
    names : (str, str)
        The names of the two codings in columns and messages.
    n_boot, seed : int
        How often the units are drawn anew for the bootstrap interval (at least 999 times), and the
        seed of the random draws.

    Returns
    -------
    Agreement

    Raises
    ------
    CodebookError
        If a column is missing or unknown, if a cell is empty or has the wrong type, if a unit is
        coded twice, or if a coding contains a unit that is not in `units`. The message names the
        table and the row. A row is named by its label in the index of the table.
    ValueError
        If no document is in both tables, or `n_boot` is below 999.

    Notes
    -----
    With p the share of equal codings and e the share expected from the totals of each category, κ =
    (p − e) / (1 − e) (Cohen 1960) and α = 1 − observed / expected disagreement (Krippendorff 2018).
    Holsti's R = 2M / (N1 + N2), where N1 and N2 are the numbers of codings that the two tables
    contain and M is the number of codings that both contain alike (Holsti 1969). If both tables
    code every unit, R is the share of equal codings. If the tables list only the units that their
    coders found, a unit that neither table lists does not count in R.

    References
    ----------
    Cohen (1960), *Educational and Psychological Measurement* 20: 37–46; Holsti (1969), *Content
    Analysis for the Social Sciences and Humanities*, 140; Krippendorff (2018), *Content Analysis*,
    4th ed., ch. 12; Hayes and Krippendorff (2007), *CMM* 1(1): 77–89.

    Examples
    --------
    >>> a = pd.DataFrame({"doc": "d", "code": list("abcd"), "present": [1, 1, 0, 0]})
    >>> b = pd.DataFrame({"doc": "d", "code": list("abcd"), "present": [1, 0, 0, 0]})
    >>> result = agreement(a, b)
    >>> round(result.kappa, 2), result.holsti
    (0.5, 0.75)
    """
    _check_request(value, n_boot)
    tables = [first, second] if units is None else [first, second, units]
    keys = [key for key in KEYS if all(key in table for table in tables)]
    for key in ("doc", "code"):
        if key not in keys:
            raise checks.CodebookError(
                f"both tables need a column '{key}'. Found: {list(first.columns)} and"
                f" {list(second.columns)}. Add the column."
            )
    left, right = _coded(first, keys, value, names[0]), _coded(second, keys, value, names[1])
    pairs = _paired(left, right, keys, units, value, names)
    documents = pairs["doc"].unique()
    alone = [(doc, *_measured(pairs[pairs["doc"] == doc])) for doc in documents]
    without = [(doc, *_measured(pairs[pairs["doc"] != doc])) for doc in documents]
    if len(documents) == 1:
        without = []
    differing = pairs[pairs["first"] != pairs["second"]]
    return Agreement(
        *_measured(pairs),
        note=_why_missing(pairs, names),
        bootstrap=_bootstrap(pairs, n_boot, seed),
        by_document=pd.DataFrame(alone, columns=["doc", *_MEASURES]),
        leave_one_out=pd.DataFrame(without, columns=["left_out", *_MEASURES]),
        by_code=_by_code(pairs, value, names),
        by_category=_by_category(pairs, names),
        disagreements=_differences(differing, keys, (first, second), names),
    )


def measures(first: Sequence, second: Sequence) -> tuple[int, float, float, float]:
    """Return the number of units, the percent of equal codings, Cohen's κ and Krippendorff's
    nominal α for two codings of the same units. κ and α are NaN if one coding uses only one
    category, because such a coding does not show whether its coder can tell the categories apart.

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
    percent = 100 * float((both[0] == both[1]).mean())
    totals = np.stack([np.bincount(side, minlength=len(values)) for side in both])
    if (np.count_nonzero(totals, axis=1) < 2).any():
        return n, percent, np.nan, np.nan
    return n, percent, float(_kappa(n, percent / 100, *totals)), nominal_alpha(both)


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
    counts = (codings == values[:, None, None]).sum(axis=1)  # rows are values, columns are units
    counts = counts[:, counts.sum(axis=0) > 1]  # drop units that only one coder coded
    # Sum the pairs of equal codings (the diagonal of the coincidence matrix). If a unit has m
    # codings, each pair of its codings counts 1 / (m − 1), so that all its pairs together count m.
    agreeing = (counts * (counts - 1) / (counts.sum(axis=0) - 1)).sum()
    return float(_alpha(agreeing, counts.sum(axis=1)))


def _kappa(n: int, observed: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return Cohen's κ of two codings of `n` units. `observed` is the share of equal codings. The
    last axis of `first` and `second` holds how often each coding uses each category."""
    expected = (first * second).sum(axis=-1) / n**2
    return (observed - expected) / (1 - expected)


def _alpha(agreeing: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return Krippendorff's nominal α. `agreeing` is the weighted number of pairs of equal codings.
    The last axis of `totals` holds how often each category occurs in all codings together. α is NaN
    if only one category occurs."""
    n = totals.sum(axis=-1)
    unequal = np.asarray(n**2 - (totals**2).sum(axis=-1), dtype="float64")
    return 1 - (n - 1) * (n - agreeing) / np.where(unequal > 0, unequal, np.nan)


def codable_units(sentences: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return a table `doc, sentence, code` that pairs every sentence of ``corpus.sentences`` with
    every code. Headings are left out, because only sentences are coded."""
    body = sentences.loc[sentences["kind"] == "sentence", ["doc", "sentence"]]
    return body.merge(pd.DataFrame({"code": list(codes)}), how="cross")


def _check_request(value: str, n_boot: int) -> None:
    """Raise an error if codings cannot be compared in a column named `value`, or if `n_boot` is too
    small."""
    if value not in VALUES:
        raise checks.CodebookError(
            f"codings cannot be compared in a column '{value}'. {checks.nearest(value, VALUES)}"
            f" Choose one of {', '.join(VALUES)}."
        )
    if n_boot < _LEAST_RESAMPLES:
        raise ValueError(
            f"n_boot is {n_boot}. Expected at least {_LEAST_RESAMPLES} resamples, because with"
            " fewer resamples the bootstrap interval changes with the seed."
        )


def _coded(table: pd.DataFrame, keys: list[str], value: str, name: str) -> pd.DataFrame:
    """Return a table with one row per unit that `table` codes. The returned table has the columns
    `keys`, each with a single type, and the column `coding` with the category of the unit in the
    column `value`. Error messages call the table `name`."""
    # A row with the code `none` says that a coder found no code in a sentence, so it codes no unit.
    table = table[~table["code"].isin(_NO_CODE)]
    coded = _keyed(table, keys, name)
    if value not in table:
        _check_is_list(table, value, name)
        return coded.drop_duplicates().assign(coding=1)
    twice = coded[coded.duplicated()]
    if len(twice):
        unit = ", ".join(f"{key} {cell!r}" for key, cell in twice.iloc[0].items())
        place = _place(name, twice.index[0])
        raise checks.CodebookError(
            f"{place}: the unit {unit} is coded twice. Keep one row per unit."
        )
    return coded.assign(coding=_categories(table[value], value, name))


def _keyed(table: pd.DataFrame, keys: list[str], name: str) -> pd.DataFrame:
    """Return the columns that identify a unit: `doc` and `code` as texts, `sentence` as whole
    numbers."""
    columns = {}
    for key in keys:
        parse = _whole if key == "sentence" else _text
        expected = "a whole number" if key == "sentence" else "a text"
        cells = [parse(cell) for cell in table[key]]
        _check_cells(table[key], cells, expected, name)
        columns[key] = cells
    return pd.DataFrame(columns, index=table.index).astype(
        {key: "int64" if key == "sentence" else "str" for key in keys}
    )


def _categories(column: pd.Series, value: str, name: str) -> list[Hashable]:
    """Return the categories in the column `value` of a coding. Columns that say yes or no give 1 or
    0, and all other columns give texts."""
    if value == "relation":
        column = column.astype("object").where(column.notna() & (column != ""), "none")
    parse = _yes_no if value in _YES_NO else _text
    cells = [parse(cell) for cell in column]
    _check_cells(column, cells, "0 or 1" if value in _YES_NO else "a category", name)
    return cells


def _check_cells(
    column: pd.Series, parsed: Iterable[Hashable | None], expected: str, name: str
) -> None:
    """Raise an error if a cell of a column could not be parsed. The error message names the table
    and the row."""
    for (row, cell), result in zip(column.items(), parsed, strict=True):
        if result is None:
            is_empty = pd.isna(cell) or str(cell).strip() == ""
            found = "is empty" if is_empty else f"holds {cell!r}"
            remedy = "Fill in the cell, or delete the row." if is_empty else "Correct the cell."
            raise checks.CodebookError(
                f"{_place(name, row)}: '{column.name}' {found}. Expected {expected}. {remedy}"
            )


def _text(cell: object) -> str | None:
    return cell.strip() or None if isinstance(cell, str) else None


def _whole(cell: object) -> int | None:
    """Return a cell such as 1, 1.0 or "1" as a whole number, and every other cell as None."""
    if isinstance(cell, bool | np.bool_):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else None


def _yes_no(cell: object) -> int | None:
    """Return 1 or 0 for a cell such as 1, "1", 1.0 or True, and None for every other cell."""
    number = int(cell) if isinstance(cell, bool | np.bool_) else _whole(cell)
    return number if number in (0, 1) else None


def _check_is_list(table: pd.DataFrame, value: str, name: str) -> None:
    """Raise an error about a table that lacks the column `value`. If `value` is `present` and no
    column has a similar name, the table is accepted as a list of the units coded 1."""
    columns = [str(column) for column in table.columns]
    mistyped = difflib.get_close_matches(value, columns, n=1, cutoff=0.8)
    if value == "present" and not mistyped:
        return
    remedy = f"Rename '{mistyped[0]}' to '{value}'." if mistyped else "Add the column."
    raise checks.CodebookError(
        f"{_place(name, None)}: there is no column '{value}'. Found: {', '.join(columns)}. {remedy}"
    )


def _place(name: str, row: Hashable | None) -> str:
    """Return words that say where a mistake is: the name of the table, and the label of the row in
    the table's index or, if `row` is None, the word “header”."""
    return f"table '{name}', " + ("header" if row is None else f"row {row}")


def _paired(
    left: pd.DataFrame,
    right: pd.DataFrame,
    keys: list[str],
    units: pd.DataFrame | None,
    value: str,
    names: tuple[str, str],
) -> pd.DataFrame:
    """Return a table with one row per unit. The columns `first` and `second` hold the two codings
    of the unit, and `in_first` and `in_second` say whether each coding contains the unit. If a
    coding does not contain a unit, the unit gets 0 in the column `present` or `not_mentioned` in
    the column `state`. If another column is compared, only units that both codings contain are
    kept."""
    left, right = (
        left.rename(columns={"coding": "first"}),
        right.rename(columns={"coding": "second"}),
    )
    if units is not None:
        frame = _keyed(units, keys, "units").drop_duplicates()
        for name, coded in zip(names, (left, right), strict=True):
            _check_inside(coded[keys], frame, name)
        pairs = frame.merge(left, on=keys, how="left").merge(right, on=keys, how="left")
    else:
        pairs = left.merge(right, on=keys, how="outer", sort=False)
        pairs = pairs[pairs["doc"].isin(left["doc"]) & pairs["doc"].isin(right["doc"])]
        if pairs.empty:
            raise ValueError(
                "no document is in both tables. Compare codings of the same documents."
            )
    pairs = pairs.assign(in_first=pairs["first"].notna(), in_second=pairs["second"].notna())
    if value in _UNCODED:
        pairs = pairs.fillna({"first": _UNCODED[value], "second": _UNCODED[value]})
    else:
        pairs = pairs[pairs["in_first"] & pairs["in_second"]]
    kind = "int64" if value in _YES_NO else "str"
    return pairs.astype({"first": kind, "second": kind}).reset_index(drop=True)


def _check_inside(coded: pd.DataFrame, units: pd.DataFrame, name: str) -> None:
    """Raise an error if a coding contains a unit that is not in the table `units`. The error
    message names the row."""
    outside = ~pd.MultiIndex.from_frame(coded).isin(pd.MultiIndex.from_frame(units))
    for row, unit in coded[outside].head(1).iterrows():
        shown = ", ".join(f"{key} {cell!r}" for key, cell in unit.items())
        raise checks.CodebookError(
            f"{_place(name, row)}: the unit {shown} is not in the table of all units that could"
            " be coded. Correct the row, or add the unit to that table."
        )


def _measured(pairs: pd.DataFrame) -> tuple[int, float, float, float, float]:
    """Return the number of units, the percentage of equal codings, κ, α and Holsti's R of two
    codings in a table made by `_paired`."""
    alike = ((pairs["first"] == pairs["second"]) & pairs["in_first"] & pairs["in_second"]).sum()
    made = pairs["in_first"].sum() + pairs["in_second"].sum()
    holsti = float(2 * alike / made) if made else np.nan
    return *measures(pairs["first"], pairs["second"]), holsti


def _bootstrap(pairs: pd.DataFrame, n_boot: int, seed: int) -> pd.DataFrame:
    """Return the bootstrap interval of each measure of agreement, from `n_boot` random draws of
    units.

    A measure depends only on how many units have each pair of codings. Instead of drawing single
    units with replacement, the function therefore draws these numbers from a multinomial
    distribution.
    """
    sides, made = ["first", "second"], ["in_first", "in_second"]
    numbers = pairs.groupby([*sides, *made]).size()
    kinds, n = numbers.index.to_frame(index=False), len(pairs)
    values = np.full((n_boot, len(_MEASURES) - 1), np.nan)
    if n:
        drawn = np.random.default_rng(seed).multinomial(n, numbers / n, size=n_boot)
        equal = (kinds["first"] == kinds["second"]).to_numpy()
        categories = np.unique(kinds[sides].to_numpy().ravel())
        totals = [drawn @ (kinds[side].to_numpy()[:, None] == categories) for side in sides]
        agreeing, made_alike = drawn @ equal, drawn @ (equal & kinds[made].all(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            kappa, alpha = _kappa(n, agreeing / n, *totals), _alpha(2 * agreeing, sum(totals))
            holsti = 2 * made_alike / (drawn @ kinds[made].sum(axis=1))
        one_only = np.any([np.count_nonzero(each, axis=1) < 2 for each in totals], axis=0)
        kappa[one_only] = alpha[one_only] = np.nan
        values = np.column_stack([100 * agreeing / n, kappa, alpha, holsti])
    rows = [
        (name, *_middle(each), n_boot) for name, each in zip(_MEASURES[1:], values.T, strict=True)
    ]
    return pd.DataFrame(rows, columns=["measure", "boot_low", "boot_high", "n_boot"])


def _middle(values: np.ndarray) -> tuple[float, float]:
    """Return the lower and upper end of the middle 95 % of the values, or NaN if more than 5 % of
    the values are missing."""
    there = values[~np.isnan(values)]
    if len(there) < 0.95 * len(values):
        return np.nan, np.nan
    low, high = np.percentile(there, [2.5, 97.5])
    return float(low), float(high)


def _why_missing(pairs: pd.DataFrame, names: tuple[str, str]) -> Bilingual:
    """Say in Chinese and English why two codings have no κ and α. If both measures exist, return
    empty texts."""
    both = text_of("text/coding").both
    if pairs.empty:
        return Bilingual(*both("agreement.no_units"))
    for side, name in zip(("first", "second"), names, strict=True):
        if pairs[side].nunique() == 1:
            values = {"coding": name, "category": pairs[side].iloc[0]}
            return Bilingual(*both("agreement.one_category", **values))
    return Bilingual("", "")


def _by_code(pairs: pd.DataFrame, value: str, names: tuple[str, str]) -> pd.DataFrame:
    """Count, for each code, the units that have the code in both codings, in one coding or in
    neither. If the codings are compared in another column than `present`, count the units with
    equal values instead."""
    first, second = pairs["first"] == 1, pairs["second"] == 1
    cases = {
        "both": first & second,
        f"only_{names[0]}": first & ~second,
        f"only_{names[1]}": ~first & second,
        "neither": ~first & ~second,
    }
    if value != "present":
        cases = {"equal": pairs["first"] == pairs["second"]}
    units = pairs[["code"]].assign(n=1, **cases)
    return units.groupby("code", sort=False, as_index=False).sum()


def _by_category(pairs: pd.DataFrame, names: tuple[str, str]) -> pd.DataFrame:
    """Return one row for each category, in alphabetical order, with κ and α of the two codings when
    all other categories count as one."""
    rows = []
    for category in sorted({*pairs["first"], *pairs["second"]}):
        against_rest = pairs.assign(first=pairs["first"] == category)
        against_rest["second"] = pairs["second"] == category
        first, second = against_rest["first"], against_rest["second"]
        _, _, kappa, alpha = measures(first, second)
        counts = (first.sum(), second.sum(), (first & second).sum())
        note = ""
        if np.isnan(kappa):
            note = text_of("text/coding").say(
                "agreement.category_alone", "en zh", category=category
            )
        rows.append((category, *counts, kappa, alpha, note))
    counted = [f"n_{name}" for name in names]
    return pd.DataFrame(rows, columns=["category", *counted, "n_both", "kappa", "alpha", "note"])


def _differences(
    differing: pd.DataFrame,
    keys: list[str],
    tables: tuple[pd.DataFrame, pd.DataFrame],
    names: tuple[str, str],
) -> pd.DataFrame:
    """Return the units on which the codings differ, with the first quotation that each coding gives
    for the unit."""
    rows = differing[[*keys, "first", "second"]]
    rows = rows.rename(columns=dict(zip(("first", "second"), names, strict=True)))
    rows = rows.reset_index(drop=True)
    for name, table in zip(names, tables, strict=True):
        if "quote" in table:
            quoted = table[table["quote"].fillna("") != ""]
            quoted = quoted[~quoted["code"].isin(_NO_CODE)]
            quotes = _keyed(quoted, keys, name).assign(**{f"{name}_quote": quoted["quote"]})
            rows = rows.merge(quotes.drop_duplicates(keys), on=keys, how="left")
            rows = rows.fillna({f"{name}_quote": ""})
    return rows


_PLACE = ["doc", "start", "end"]
_READ = ["printed", "unit", "value", "status", "quote"]
_MEANINGS = "group level timing direction flow state as_of_from as_of_to".split()
_DIFFERENCES = (
    "doc printed unit value_program value_reader status_program status_reader quote"
).split()


@dataclass(frozen=True)
class NumberAgreement:
    """How far the program and the reference reading agree on the numbers in the documents.

    Attributes
    ----------
    summary : DataFrame
        How many numbers the program and the reading found, and how many are right, in the columns
        `variant, n_program, n_reader, n_found, n_right, precision, recall, wrong_unit`. One row is
        computed with readings.csv, which holds the values that the reference reading chose for
        unclear numbers, and one row is computed without readings.csv. A number is right if the
        program and the reading give the same place, unit and value. A number is also right if both
        give the same place and unit and no value. In the names of columns, `reader` stands for the
        reference reading.
    differences : DataFrame
        `doc, printed, unit, value_program, value_reader, status_program, status_reader, quote` of
        every number on which the program and the reading differ after readings.csv was applied. If
        one of the two did not find a number, its cells for this number are missing.
    meanings : DataFrame
        `column, n, n_right, share`, with one row for each column that says what a number means
        (`group, level, timing` …). `n` counts the numbers that both the program and the reading
        found, `n_right` those for which both have the same value in this column, and `share` is
        `n_right` in percent of `n`.
    other_meanings : DataFrame
        `doc, printed, column, program, reader, quote`, one row for each number and each column in
        which the program and the reading have different values.
    """

    summary: pd.DataFrame
    differences: pd.DataFrame
    meanings: pd.DataFrame
    other_meanings: pd.DataFrame


def number_agreement(
    outcomes: pd.DataFrame, reference: pd.DataFrame, readings: pd.DataFrame
) -> NumberAgreement | None:
    """Compare the numbers that `extract_outcomes` found with the reference reading of the same
    documents. Return None if no document has a reference reading.

    Parameters
    ----------
    outcomes : DataFrame
        The result of `extract_outcomes` for the documents that have a reference reading.
    reference, readings : DataFrame
        The tables data/coded/outcomes.csv and data/coded/readings.csv, with the ids of the corpus
        in the column `doc`.
    """
    if reference.empty:
        return None
    places = {"start": int, "end": int}
    reader = reference[[*_PLACE, *_READ]].astype(places)
    reader["value"] = pd.to_numeric(reader["value"])
    settled = readings[[*_PLACE, "value"]].astype({**places, "value": float})
    settled = settled.rename(columns={"value": "settled"})
    with_readings = reader.merge(settled, on=_PLACE, how="left", validate="one_to_one")
    with_readings["value"] = with_readings.pop("settled").fillna(with_readings["value"])
    program = outcomes[[*_PLACE, *_READ]]
    alone = program.assign(value=program["value"].mask(outcomes["basis"] == "coder"))
    both = _joined(program, with_readings)
    rows = {"with readings.csv": both, "without readings.csv": _joined(alone, reader)}
    other = _other_meanings(outcomes, reference.astype(places))
    return NumberAgreement(
        pd.DataFrame([{"variant": variant, **_score(table)} for variant, table in rows.items()]),
        both.loc[~both["right"], _DIFFERENCES].reset_index(drop=True),
        _meanings(other, len(outcomes.merge(reference.astype(places)[_PLACE]))),
        other,
    )


def _other_meanings(outcomes: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each number and each column about its meaning (such as `level`) in which
    the program and the reference reading have different values."""
    sides = [
        table[[*_PLACE, "printed", "quote", *_MEANINGS]].melt(
            [*_PLACE, "printed", "quote"], _MEANINGS, "column", name
        )
        for table, name in ((outcomes, "program"), (reference, "reader"))
    ]
    program, reader = (side.fillna("") for side in sides)
    both = program.merge(reader[[*_PLACE, "column", "reader"]], on=[*_PLACE, "column"])
    other = both[both["program"] != both["reader"]].sort_values(["doc", "start", "column"])
    columns = ["doc", "printed", "column", "program", "reader", "quote"]
    return other[columns].reset_index(drop=True)


def _meanings(other: pd.DataFrame, n: int) -> pd.DataFrame:
    """Count, for each column about the meaning of numbers (such as `level`), for how many of `n`
    numbers the program and the reference reading have the same value. `other` is the table that
    `_other_meanings` returns."""
    wrong = other.groupby("column").size().reindex(_MEANINGS, fill_value=0)
    table = pd.DataFrame({"column": _MEANINGS, "n": n, "n_right": n - wrong.to_numpy()})
    return table.assign(share=100 * table["n_right"] / max(n, 1))


def _joined(program: pd.DataFrame, reader: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each number that the program or the reference reading found, with the
    values of both and whether they agree."""
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
