"""Join approaches, themes and outcomes to one row per document, to see documents side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.labels import NUMBER_KINDS, number_kind, number_words

from .wording import Bilingual, joined, sentence

_COLUMNS = ("instruments", "themes", "results", "numbers")


def synthesis_table(
    cities: pd.DataFrame,
    matrix: pd.DataFrame,
    rates: pd.DataFrame,
    outcomes: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    stages: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Join approaches, themes and outcomes to one row per document.

    Parameters
    ----------
    cities : DataFrame
        `doc, city_zh, city_en`.
    matrix, rates, outcomes, pairs : DataFrame
        From `approach_matrix`, `count_themes` (with `zh, en`), `extract_outcomes` and `comparable`.
    stages : mapping
        Stage → its Chinese and English name, in the order of the cycle.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present` and, each in `_zh` and `_en`, `instruments`, `themes`,
        `results`, `numbers`, missing where a document says nothing; rows as in `cities`.
    """
    present, shared = matrix[matrix["present"] == 1], comparable_rows(pairs)
    rows = []
    for city in cities.itertuples(index=False):
        reported, hits, numbers = (
            table[table["doc"] == city.doc] for table in (present, rates, outcomes)
        )
        cells = [_stages(reported, stages), _themes(hits)]
        cells += [_results(numbers), _numbers(numbers, shared)]
        rows.append([*city, len(reported), *(text or None for cell in cells for text in cell)])
    texts = [f"{column}_{lang}" for column in _COLUMNS for lang in Bilingual._fields]
    return pd.DataFrame(rows, columns=[*cities.columns, "n_present", *texts])


def _stages(present: pd.DataFrame, stages: Mapping[str, tuple[str, str]]) -> Bilingual:
    """Say how many instruments a document reports at each stage."""
    counts = present["stage"].value_counts()
    parts = [
        Bilingual(f"{zh} {counts[stage]}", f"{en.lower()} {counts[stage]}")
        for stage, (zh, en) in stages.items()
        if stage in counts
    ]
    return joined(parts, "，", ", ")


def _themes(rates: pd.DataFrame) -> Bilingual:
    """Name the leading themes of each family, with their hits."""
    families = []
    for family, rows in leading_themes(rates).groupby("family", sort=False):
        hits = [Bilingual(f"{row.zh} {row.n}", f"{row.en} {row.n}") for row in rows.itertuples()]
        families.append(sentence(f"cell.themes_{family}", themes=joined(hits, "、", ", ")))
    return joined(families, en="; ")


def _results(outcomes: pd.DataFrame) -> Bilingual:
    """List the numbers that claim a result, and say how sure each of them is."""
    results = []
    for row in outcomes[outcomes["group"] == "outcome"].to_dict("records"):
        kind = Bilingual(*NUMBER_KINDS[number_kind(row)])
        results.append(sentence("cell.result", number=indicator_and_number(row), kind=kind))
    return joined(results, en="; ")


def indicator_and_number(row: Mapping) -> Bilingual:
    """Return what a number of `extract_outcomes` counts, then the number: `meal sites 30`."""
    return Bilingual(
        *(f"{row[f'indicator_{lang}']} {number_words(row, lang)}" for lang in Bilingual._fields)
    )


def _numbers(outcomes: pd.DataFrame, comparable: set[int]) -> Bilingual:
    """Say how many numbers are as printed, restored or open, and how many may be compared."""
    if outcomes.empty:
        return Bilingual("", "")
    counts = outcomes["status"].value_counts()
    statuses = [
        sentence(f"cell.numbers_{status}", n=counts[status])
        for status in ("as_printed", "restored", "ambiguous")
        if status in counts
    ]
    allowed = len(comparable.intersection(outcomes.index))
    together = joined(statuses, "，", ", ")
    return sentence("cell.numbers", n=len(outcomes), statuses=together, comparable=allowed)


def leading_themes(rates: pd.DataFrame, *, most: int = 2) -> pd.DataFrame:
    """Return the `most` themes with most hits in each document and family, none without hits."""
    with_hits = rates[rates["n"] > 0]
    order = ["doc", "family", "n", "theme"]
    # documents and families keep the order of `rates`
    kept = {key: pd.Categorical(with_hits[key], rates[key].unique()) for key in order[:2]}
    ranked = with_hits.assign(**kept).sort_values(order, ascending=[True, True, False, True])
    leading = with_hits.loc[ranked.index].groupby(["doc", "family"], sort=False).head(most)
    return leading.reset_index(drop=True)


def comparable_rows(pairs: pd.DataFrame) -> set[int]:
    """Return the row numbers in `extract_outcomes` of all numbers that may be compared."""
    allowed = pairs[pairs["comparable"]]
    return {*allowed["a"], *allowed["b"]}


def cooccurrence(matrix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return the instruments present and the hits of both families in each document: `doc, city_zh,
    city_en, n_present, process_hits, service_hits`. No coefficient is computed: a handful of
    documents can be described, but not explained."""
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {"n_present": matrix[matrix["present"] == 1].groupby("doc").size()}
    for family in ("process", "service"):
        counts[f"{family}_hits"] = rates[rates["family"] == family].groupby("doc")["n"].sum()
    return table.assign(
        **{name: table["doc"].map(n).fillna(0).astype(int) for name, n in counts.items()}
    )
