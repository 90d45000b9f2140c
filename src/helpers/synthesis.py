"""Turn a study's tables into one row a city: instruments by stage, leading themes, numbers that can be checked."""

from __future__ import annotations

import re

import pandas as pd

from helpers.codebook import STAGES
from helpers.corpus import Corpus
from helpers.layout import half_width

COLUMNS = {
    "instruments": ("报告的监督方式（按阶段）", "Instruments reported, by stage"),
    "process": ("监督主题", "Process theme"),
    "service": ("服务主题", "Service theme"),
    "numbers": ("数量及其可靠性", "Numbers and how they stand"),
}
"""The columns of the table as a figure draws them: column → heads in Chinese and English."""
_STAGES = {
    "mobilise": ("动员", "mobilise"), "investigate": ("调研", "investigate"), "deliberate": ("审议", "deliberate"), "assign": ("交办", "assign"),
    "rectify": ("整改", "rectify"), "evaluate": ("评价", "evaluate"), "institutionalise": ("固化", "institutionalise"),
}  # fmt: skip
STEPS = {
    "problems found": "found",
    "problems assigned": "assigned",
    "problems rectified": "rectified",
    "departments evaluated": "evaluated",
}
"""Indicators (`indicator_en`) that make up the chain found → assigned → rectified → evaluated."""


def synthesis_table(cities: pd.DataFrame, matrix: pd.DataFrame, rates: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Join approaches, themes and outcomes to one row a document.

    Parameters
    ----------
    cities : DataFrame
        `doc, city_zh, city_en`.
    matrix, rates, outcomes : DataFrame
        From `approach_matrix`, `count_themes` (with `zh, en`) and `extract_outcomes`.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present` and, each in `_zh` and `_en`, `instruments`, `process`, `service`, `numbers`;
        rows as in `cities`. A cell about which a document says nothing is missing.
    """
    rows = []
    for city in cities.itertuples():
        present = matrix[(matrix["doc"] == city.doc) & (matrix["present"] == 1)]
        row = {"doc": city.doc, "city_zh": city.city_zh, "city_en": city.city_en, "n_present": len(present)}
        row |= _pair("instruments", _by_stage(present, 0), _by_stage(present, 1))
        for family in ("process", "service"):
            own = rates[(rates["doc"] == city.doc) & (rates["family"] == family) & (rates["n"] > 0)]
            top = own.sort_values(["n", "theme"], ascending=[False, True], kind="stable").head(2)
            row |= _pair(family, "，".join(f"{r.zh} {r.n}次" for r in top.itertuples()), ", ".join(f"{r.en} ({r.n})" for r in top.itertuples()))
        row |= _pair("numbers", *_numbers(outcomes[outcomes["doc"] == city.doc]))
        rows.append(row)
    return pd.DataFrame(rows, columns=["doc", "city_zh", "city_en", "n_present", *(f"{c}_{lang}" for c in COLUMNS for lang in ("zh", "en"))])


def _pair(column: str, zh: str, en: str) -> dict[str, str | None]:
    return {f"{column}_zh": zh or None, f"{column}_en": en or None}


def _by_stage(present: pd.DataFrame, language: int) -> str:
    counts = present.groupby("stage").size()
    joint = "，" if language == 0 else ", "
    return joint.join(f"{_STAGES[stage][language]} {counts[stage]}" for stage in STAGES if stage in counts)


def _numbers(own: pd.DataFrame) -> tuple[str, str]:
    if own.empty:
        return "", ""
    n = own["status"].value_counts()
    parts = [n.get(status, 0) for status in ("as_printed", "restored", "ambiguous")]
    zh = f"共{len(own)}个：原样{parts[0]}，补小数点{parts[1]}，未定{parts[2]}"
    return zh, f"{len(own)}: {parts[0]} as printed, {parts[1]} restored, {parts[2]} open"


def outcome_steps(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Pick the numbers of the chain found → assigned → rectified → evaluated, with the column `step`; counts only."""
    chosen = outcomes[outcomes["indicator_en"].isin(STEPS)]
    return chosen.assign(step=chosen["indicator_en"].map(STEPS)).reset_index(drop=True)


def comparable_values(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the numbers that may share an axis with another document's, as `comparable` found."""
    allowed = pairs[pairs["comparable"]]
    return outcomes.iloc[sorted({*allowed["a"], *allowed["b"]})].reset_index(drop=True)


def cooccurrence(matrix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Describe what goes together: for each document the instruments present and the hits of both families, side by side.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_present, process_hits, service_hits`. Described, not explained: with a handful of documents no
        coefficient is computed.
    """
    present = matrix[matrix["present"] == 1].groupby("doc").size()
    hits = rates.groupby(["doc", "family"])["n"].sum().unstack(fill_value=0)
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {family: table["doc"].map(hits.get(family, pd.Series(dtype="int64"))).fillna(0).astype(int) for family in ("process", "service")}
    return table.assign(n_present=table["doc"].map(present).fillna(0).astype(int), process_hits=counts["process"], service_hits=counts["service"])


def naive_values(corpus: Corpus, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Set what the digits say as they stand beside what they mean, for every number whose point was lost.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, indicator_zh, indicator_en, unit, naive, value, low, high, status, basis, reason, quote`:
        `naive` is the printed digits times 万 or 亿, what any tool reads that takes the text as it is.
    """
    damaged = outcomes[outcomes["status"].isin(["restored", "ambiguous"])]
    naive = [_as_it_stands(corpus[row.doc].raw, row.start, row.end) for row in damaged.itertuples()]
    columns = ["doc", "city_zh", "city_en", "indicator_zh", "indicator_en", "unit", "naive", "value", "low", "high", "status", "basis", "reason", "quote"]
    return damaged.assign(naive=pd.Series(naive, index=damaged.index, dtype="float64"))[columns].reset_index(drop=True)


def _as_it_stands(raw: str, start: int, end: int) -> float | None:
    digits = re.sub(r"[\s,]", "", half_width(raw[start:end]))
    scale = {"万": 10_000, "亿": 100_000_000}.get(raw[end : end + 3].strip()[:1], 1)
    return float(digits) * scale if digits.isascii() and digits.isdigit() else None
