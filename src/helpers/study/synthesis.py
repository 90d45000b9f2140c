"""Approaches, themes and outcomes of each document side by side: one row a city."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.labels import NUMBER_KINDS, STAGES, number_kind, number_words

COLUMNS = {
    "instruments": ("报告的监督方式（按阶段）", "Instruments reported, by stage"),
    "themes": ("主要主题（次数）", "Leading themes (hits)"),
    "results": ("所称成效及其可靠性", "Results claimed and how they stand"),
    "numbers": ("全部数量", "All numbers"),
}
"""The columns of the table as a figure draws them: column → heads in Chinese and English."""
_FAMILIES = {"process": ("监督：", "process: "), "service": ("服务：", "service: ")}
_STATUS = {
    "as_printed": ("如原文", "as printed"),
    "restored": ("补回小数点", "restored"),
    "ambiguous": ("未定", "open"),
}


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
    present, shared = matrix[matrix["present"] == 1], comparable_rows(pairs)
    rows = []
    for city in cities.itertuples(index=False):
        done, hits, own = (table[table["doc"] == city.doc] for table in (present, rates, outcomes))
        cells = (_stages(done), _themes(hits), _results(own), _numbers(own, shared))
        rows.append([*city, len(done), *(text or None for cell in cells for text in cell)])
    texts = [f"{column}_{lang}" for column in COLUMNS for lang in ("zh", "en")]
    return pd.DataFrame(rows, columns=[*cities.columns, "n_present", *texts])


def _joined(parts: Iterable[tuple[str, str]], zh: str, en: str) -> tuple[str, str]:
    """Parts in Chinese and English → the two texts of a cell; what a text has said is not said
    again."""
    chinese, english = zip(*parts, strict=True) if parts else ((), ())
    return zh.join(dict.fromkeys(chinese)), en.join(dict.fromkeys(english))


def _stages(present: pd.DataFrame) -> tuple[str, str]:
    """How many instruments are reported of each stage."""
    counts = present["stage"].value_counts()
    told = {names: counts[stage] for stage, names in STAGES.items() if stage in counts}
    return _joined([(f"{zh} {n}", f"{en.lower()} {n}") for (zh, en), n in told.items()], "，", ", ")


def _themes(rates: pd.DataFrame) -> tuple[str, str]:
    """The leading themes of each family with their hits."""
    families = []
    for family, rows in leading_themes(rates).groupby("family", sort=False):
        head_zh, head_en = _FAMILIES.get(family, ("", ""))
        hits = [(f"{row.zh} {row.n}", f"{row.en} {row.n}") for row in rows.itertuples()]
        zh, en = _joined(hits, "、", ", ")
        families.append((head_zh + zh, head_en + en))
    return _joined(families, "；", "; ")


def _results(own: pd.DataFrame) -> tuple[str, str]:
    """Each number that claims a result, with how sure its reading is."""
    told = []
    for row in own[own["group"] == "outcome"].to_dict("records"):
        zh, en = (f"{row[f'indicator_{lang}']} {number_words(row, lang)}" for lang in ("zh", "en"))
        kind_zh, kind_en = NUMBER_KINDS[number_kind(row)]
        told.append((f"{zh}（{kind_zh}）", f"{en} ({kind_en})"))
    return _joined(told, "；", "; ")


def _numbers(own: pd.DataFrame, comparable: set[int]) -> tuple[str, str]:
    """How many numbers stand as printed, restored or open, and how many may be compared with
    another document's."""
    if own.empty:
        return "", ""
    counts, shared = own["status"].value_counts(), len(comparable.intersection(own.index))
    told = {words: counts[status] for status, words in _STATUS.items() if status in counts}
    zh, en = _joined([(f"{zh}{n}", f"{n} {en}") for (zh, en), n in told.items()], "，", ", ")
    return f"{len(own)}个：{zh}；可跨市比较{shared}", f"{len(own)}: {en}; {shared} comparable"


def leading_themes(rates: pd.DataFrame, *, most: int = 2) -> pd.DataFrame:
    """Return the rows of `count_themes` with most hits in each document and family, those with no
    hit left out."""
    found = rates[rates["n"] > 0]
    order = ["doc", "family", "n", "theme"]
    given = {key: pd.Categorical(found[key], rates[key].unique()) for key in order[:2]}
    ranked = found.assign(**given).sort_values(order, ascending=[True, True, False, True])
    leading = found.loc[ranked.index].groupby(["doc", "family"], sort=False).head(most)
    return leading.reset_index(drop=True)


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
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {"n_present": matrix[matrix["present"] == 1].groupby("doc").size()}
    for family in ("process", "service"):
        counts[f"{family}_hits"] = rates[rates["family"] == family].groupby("doc")["n"].sum()
    return table.assign(
        **{name: table["doc"].map(n).fillna(0).astype(int) for name, n in counts.items()}
    )
