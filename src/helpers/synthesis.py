"""Turn a study's tables into one row a city: instruments by stage, leading themes, results claimed
and how their numbers stand."""

from __future__ import annotations

import re

import pandas as pd

from helpers.corpus import Corpus
from helpers.labels import NUMBER_KINDS, STAGES, number_kind, number_words
from helpers.layout import half_width

COLUMNS = {
    "instruments": ("报告的监督方式（按阶段）", "Instruments reported, by stage"),
    "themes": ("主要主题（次数）", "Leading themes (hits)"),
    "results": ("所称成效及其可靠性", "Results claimed and how they stand"),
    "numbers": ("全部数量", "All numbers"),
}
"""The columns of the table as a figure draws them: column → heads in Chinese and English."""
STEPS = {
    "problems found": "found",
    "problems assigned": "assigned",
    "problems rectified": "rectified",
    "departments evaluated": "evaluated",
}
"""Indicators (`indicator_en`) that make up the chain found → assigned → rectified → evaluated."""


def synthesis_table(
    cities: pd.DataFrame,
    matrix: pd.DataFrame,
    rates: pd.DataFrame,
    outcomes: pd.DataFrame,
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    """Join approaches, themes and outcomes to one row a document.

    Parameters
    ----------
    cities : DataFrame
        `doc, city_zh, city_en`.
    matrix, rates, outcomes, pairs : DataFrame
        From `approach_matrix`, `count_themes` (with `zh, en`), `extract_outcomes` and `comparable`.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present` and, each in `_zh` and `_en`, `instruments`, `themes`,
        `results`, `numbers`; rows as in `cities`. A cell about which a document says nothing is
        missing.
    """
    rows, shared = [], comparable_rows(pairs)
    for city in cities.itertuples():
        present = matrix[(matrix["doc"] == city.doc) & (matrix["present"] == 1)]
        row = {
            "doc": city.doc,
            "city_zh": city.city_zh,
            "city_en": city.city_en,
            "n_present": len(present),
        }
        row |= _pair("instruments", _by_stage(present, 0), _by_stage(present, 1))
        row |= _pair("themes", *_leading(rates[rates["doc"] == city.doc]))
        own = outcomes[outcomes["doc"] == city.doc]
        row |= _pair("results", *_results(own)) | _pair("numbers", *_numbers(own, shared))
        rows.append(row)
    return pd.DataFrame(
        rows,
        columns=[
            "doc",
            "city_zh",
            "city_en",
            "n_present",
            *(f"{c}_{lang}" for c in COLUMNS for lang in ("zh", "en")),
        ],
    )


def _pair(column: str, zh: str, en: str) -> dict[str, str | None]:
    return {f"{column}_zh": zh or None, f"{column}_en": en or None}


def leading_themes(rates: pd.DataFrame, *, most: int = 2) -> pd.DataFrame:
    """Return the rows of `count_themes` with most hits in each document and family, those with no
    hit left out."""
    found = rates[rates["n"] > 0]
    order = {
        key: {value: i for i, value in enumerate(dict.fromkeys(rates[key]))}
        for key in ("doc", "family")
    }
    keys = pd.DataFrame({key: found[key].map(places) for key, places in order.items()}).assign(
        n=-found["n"], theme=found["theme"]
    )
    ranked = found.loc[keys.sort_values(["doc", "family", "n", "theme"], kind="stable").index]
    return ranked.groupby(["doc", "family"], sort=False).head(most).reset_index(drop=True)


def _leading(rates: pd.DataFrame) -> tuple[str, str]:
    zh, en = [], []
    for family, rows in leading_themes(rates).groupby("family", sort=False):
        words = {"process": ("监督：", "process: "), "service": ("服务：", "service: ")}.get(
            family, ("", "")
        )
        zh.append(words[0] + "、".join(f"{r.zh} {r.n}" for r in rows.itertuples()))
        en.append(words[1] + ", ".join(f"{r.en} {r.n}" for r in rows.itertuples()))
    return "；".join(zh), "; ".join(en)


def _by_stage(present: pd.DataFrame, language: int) -> str:
    counts = present.groupby("stage").size()
    joint = "，" if language == 0 else ", "
    return joint.join(
        f"{STAGES[stage][language].lower()} {counts[stage]}" for stage in STAGES if stage in counts
    )


def _results(own: pd.DataFrame) -> tuple[str, str]:
    """Say each number that claims a result, with how sure its reading is."""
    rows = own[own["group"] == "outcome"].to_dict("records")
    zh = [
        f"{row['indicator_zh']} {number_words(row, 'zh')}（{NUMBER_KINDS[number_kind(row)][0]}）"
        for row in rows
    ]
    en = [
        f"{row['indicator_en']} {number_words(row, 'en')} ({NUMBER_KINDS[number_kind(row)][1]})"
        for row in rows
    ]
    return "；".join(dict.fromkeys(zh)), "; ".join(dict.fromkeys(en))


def _numbers(own: pd.DataFrame, comparable: set[int]) -> tuple[str, str]:
    """Count the numbers by how they stand, and those that may be compared with another
    document's."""
    n, shared = own["status"].value_counts(), len(comparable.intersection(own.index))
    parts = [
        (n.get(status, 0), zh, en)
        for status, zh, en in (
            ("as_printed", "如原文", "as printed"),
            ("restored", "补回小数点", "restored"),
            ("ambiguous", "未定", "open"),
        )
    ]
    if own.empty:
        return "", ""
    zh = (
        f"{len(own)}个："
        + "，".join(f"{word}{k}" for k, word, _ in parts if k)
        + f"；可跨市比较{shared}"
    )
    return (
        zh,
        f"{len(own)}: "
        + ", ".join(f"{k} {word}" for k, _, word in parts if k)
        + f"; {shared} comparable",
    )


def outcome_steps(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Pick the numbers of the chain found → assigned → rectified → evaluated, with the column
    `step`; counts only."""
    chosen = outcomes[outcomes["indicator_en"].isin(STEPS)]
    return chosen.assign(step=chosen["indicator_en"].map(STEPS)).reset_index(drop=True)


def comparable_values(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the numbers that may share an axis with another document's, as `comparable` found."""
    return outcomes.iloc[sorted(comparable_rows(pairs))].reset_index(drop=True)


def comparable_rows(pairs: pd.DataFrame) -> set[int]:
    """Return the rows of `extract_outcomes` that stand in a pair which may share an axis."""
    allowed = pairs[pairs["comparable"]]
    return {*allowed["a"], *allowed["b"]}


def cooccurrence(matrix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Describe what goes together: for each document the instruments present and the hits of both
    families, side by side.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present, process_hits, service_hits`. Described, not explained:
        with a handful of documents no coefficient is computed.
    """
    present = matrix[matrix["present"] == 1].groupby("doc").size()
    hits = rates.groupby(["doc", "family"])["n"].sum().unstack(fill_value=0)
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {
        family: table["doc"].map(hits.get(family, pd.Series(dtype="int64"))).fillna(0).astype(int)
        for family in ("process", "service")
    }
    return table.assign(
        n_present=table["doc"].map(present).fillna(0).astype(int),
        process_hits=counts["process"],
        service_hits=counts["service"],
    )


def naive_values(corpus: Corpus, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Set what the digits say as they stand beside what they mean, for every number whose point was
    lost.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, indicator_zh, indicator_en, unit, naive, value, low, high, status,
        basis, reason, quote`: `naive` is the printed digits times 万 or 亿, what any tool reads
        that takes the text as it is.
    """
    damaged = outcomes[outcomes["status"].isin(["restored", "ambiguous"])]
    naive = [_as_it_stands(corpus[row.doc].raw, row.start, row.end) for row in damaged.itertuples()]
    columns = [
        "doc",
        "city_zh",
        "city_en",
        "indicator_zh",
        "indicator_en",
        "unit",
        "naive",
        "value",
        "low",
        "high",
        "status",
        "basis",
        "reason",
        "quote",
    ]
    return damaged.assign(naive=pd.Series(naive, index=damaged.index, dtype="float64"))[
        columns
    ].reset_index(drop=True)


def _as_it_stands(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
