"""Compare the sentences in which terms find a theme with the sentences that a reader coded.

Use it to learn how far the counts of a theme can be trusted: how many of the sentences that the
terms find speak of the theme, and how many of those that speak of it the terms find.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

import pandas as pd

from helpers.writing import as_table

POOLED = "all"  # the row that takes all themes together
_COLUMNS = dict.fromkeys(("theme",), "str") | dict.fromkeys(("n_coded", "n_found", "n_both"), "int")
_SHARES = "precision precision_low precision_high recall recall_low recall_high".split()
_COLUMNS |= dict.fromkeys(_SHARES, "float64")
_Z = 1.959963984540054  # the normal deviate that bounds the middle 95 %


def theme_validity(
    coded: pd.DataFrame, hits: pd.DataFrame, *, themes: Iterable[str] | None = None
) -> pd.DataFrame:
    """Compare theme hits with a coding of the same sentences.

    The unit is a sentence × theme: several hits of a theme in one sentence count once.

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
        themes. `n_coded` counts the sentences that the reader coded, `n_found` those with a hit,
        `n_both` those with both. Precision is `n_both` of `n_found`, recall `n_both` of `n_coded`.
        The bounds are Wilson's 95 % interval (Wilson 1927). Shares of nothing are missing.

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
    keys = ["doc", "sentence", "theme"]
    read = coded[keys].astype({"sentence": int})
    sentences = set(read[keys[:2]].itertuples(index=False, name=None))
    stands = coded["theme"] != "none"
    if "verdict" in coded:
        stands &= coded["verdict"] == "stands"
    right = set(read[stands].itertuples(index=False, name=None))
    found = set(hits[keys].astype({"sentence": int}).itertuples(index=False, name=None))
    found = {unit for unit in found if unit[:2] in sentences}
    listed = list(themes) if themes is not None else sorted({theme for *_, theme in right | found})
    right, found = ({unit for unit in units if unit[2] in listed} for units in (right, found))
    rows = []
    for theme in [*listed, POOLED]:
        of_theme = (
            {unit for unit in units if theme in (unit[2], POOLED)}
            for units in (right, found, right & found)
        )
        n_coded, n_found, n_both = map(len, of_theme)
        shares = *wilson(n_both, n_found), *wilson(n_both, n_coded)
        rows.append((theme, n_coded, n_found, n_both, *shares))
    return as_table(rows, _COLUMNS)


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
