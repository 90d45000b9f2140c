"""Compare the sentences in which terms find a theme with the sentences that a reader coded.

Use `theme_validity` to learn how far the counts of a theme can be trusted. Precision is the share
of the sentences found by the terms that really speak of the theme. Recall is the share of the
sentences on the theme that the terms find.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import pandas as pd

from helpers.writing import as_table

POOLED = "all"  # the name of the row for all themes together
_COLUMNS = dict.fromkeys(("theme",), "str") | dict.fromkeys(("n_coded", "n_found", "n_both"), "int")
_SHARES = "precision precision_low precision_high recall recall_low recall_high".split()
_COLUMNS |= dict.fromkeys(_SHARES, "float64")
_Z = 1.959963984540054  # 95 % of a normal distribution lie within ±1.96 standard deviations


def theme_validity(
    coded: pd.DataFrame, hits: pd.DataFrame, *, themes: Iterable[str] | None = None
) -> pd.DataFrame:
    """Compare theme hits with a coding of the same sentences.

    Several hits of a theme in one sentence count once.

    Parameters
    ----------
    coded : DataFrame
        `doc, sentence, theme`, one row for each theme of which a sentence speaks. If there is a
        column `verdict`, only rows with `stands` count. A sentence without a theme has a row with
        the theme `none`, because only sentences of this table are compared.
    hits : DataFrame
        `doc, sentence, theme`, such as the result of `theme_hits`.
    themes : iterable of str, optional
        The themes to list, in this order. By default all themes of both tables, by name.

    Returns
    -------
    DataFrame
        `theme, n_coded, n_found, n_both, precision, precision_low, precision_high, recall,
        recall_low, recall_high`, one row per theme, and a last row `all` for the sums of all
        themes. `n_coded` counts the sentences that the reader coded with the theme, `n_found` the
        sentences with a hit, and `n_both` the sentences with both. Precision is the share `n_both`
        / `n_found`, recall the share `n_both` / `n_coded`. The bounds are Wilson's 95 % interval
        (Wilson 1927). A share of 0 sentences is missing.

    Examples
    --------
    The terms find meal services in two sentences, and one of the two was coded.

    >>> coded = pd.DataFrame([("a", 1, "meal_service"), ("a", 2, "none")])
    >>> hits = pd.DataFrame([("a", 1, "meal_service"), ("a", 2, "meal_service")])
    >>> coded.columns = hits.columns = ["doc", "sentence", "theme"]
    >>> theme_validity(coded, hits)[["theme", "precision", "recall"]]
              theme  precision  recall
    0  meal_service        0.5     1.0
    1           all        0.5     1.0
    """
    stands = coded["theme"] != "none"
    if "verdict" in coded:
        stands &= coded["verdict"] == "stands"
    right, found = _units(coded[stands]), _units(hits)
    sentences = {unit[:2] for unit in _units(coded)}
    listed = list(themes) if themes is not None else sorted({unit[2] for unit in right | found})
    right = {unit for unit in right if unit[2] in listed}
    found = {unit for unit in found if unit[2] in listed and unit[:2] in sentences}
    return as_table((_shares(theme, right, found) for theme in [*listed, POOLED]), _COLUMNS)


def _shares(theme: str, right: set[tuple], found: set[tuple]) -> tuple:
    """Return the row of a theme: its counts, precision and recall with their bounds."""
    n_coded, n_found, n_both = (
        sum(theme in (unit[2], POOLED) for unit in units) for units in (right, found, right & found)
    )
    return theme, n_coded, n_found, n_both, *wilson(n_both, n_found), *wilson(n_both, n_coded)


def _units(table: pd.DataFrame) -> set[tuple]:
    """Return each combination of document, sentence and theme in a table once."""
    keys = table[["doc", "sentence", "theme"]].astype({"sentence": int})
    return set(keys.itertuples(index=False, name=None))


def wilson(n: int, total: int) -> tuple[float, float, float]:
    """Return the share `n` of `total` with the bounds of its 95 % interval (Wilson 1927).

    >>> [round(float(bound), 4) for bound in wilson(81, 263)]  # Newcombe 1998, table I
    [0.308, 0.2553, 0.3662]
    """
    if not total:
        return float("nan"), float("nan"), float("nan")
    share, spread = n / total, _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * sqrt(share * (1 - share) / total + spread / (4 * total))
    return share, middle - half, middle + half
