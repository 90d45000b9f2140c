"""Put the approaches, themes and outcomes of each document into one row, to compare documents."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.codebook import FAMILIES
from helpers.labels import NUMBER_KINDS, number_kind, number_words

from .wording import Bilingual, bracketed, joined, sentence

MENTIONED = ("done", "planned", "called_for")  # the states of instruments that a text mentions
_COLUMNS = ("instruments", "themes", "results", "numbers")
_BESIDE = ("same_axis", "side_by_side")  # verdicts on pairs of numbers that may be shown together
_TOLD = ("dated", "anchored", "told")  # marks of acts that are told as done


def synthesis_table(
    cities: pd.DataFrame,
    matrix: pd.DataFrame,
    rates: pd.DataFrame,
    outcomes: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    cycle: pd.DataFrame,
    names: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Return a table with one row per document: its approaches, themes and outcomes.

    Parameters
    ----------
    cities : DataFrame
        One row per document, with the columns `doc, city_zh, city_en`.
    matrix, rates, outcomes, pairs : DataFrame
        From `approach_matrix`, `count_themes` (with `zh, en`), `extract_outcomes` and `comparable`.
    cycle : DataFrame
        From `supervision_cycle`.
    names : mapping
        The Chinese and English name of each state and mark.

    Returns
    -------
    DataFrame
        The rows of `cities` with more columns. `n_done`, `n_planned` and `n_called_for` are the
        numbers of instruments in each state. The texts `instruments`, `themes`, `results` and
        `numbers` are each in Chinese (`_zh`) and English (`_en`). `instruments` gives the numbers
        of instruments, the links of the supervision cycle that the document mentions, and the ways
        to end a matter. A text is missing if the document has nothing to fill it.
    """
    beside, rows = numbers_beside_others(pairs), []
    for city in cities.itertuples(index=False):
        reported, links, hits, numbers = (
            table[table["doc"] == city.doc] for table in (matrix, cycle, rates, outcomes)
        )
        counts = state_counts(reported)
        cells = [_instruments(reported, links, names), _themes(hits)]
        cells += [_results(numbers), _numbers(numbers, beside)]
        texts = (text or None for cell in cells for text in cell)
        rows.append([*city, *counts.values(), *texts])
    counted = [f"n_{state}" for state in MENTIONED]
    texts = [f"{column}_{lang}" for column in _COLUMNS for lang in Bilingual._fields]
    return pd.DataFrame(rows, columns=[*cities.columns, *counted, *texts])


def state_counts(cells: pd.DataFrame) -> dict[str, int]:
    """Count the instruments that are told as done, as planned and as called for. Each row of
    `cells` is one instrument in one document."""
    return {state: int((cells["state"] == state).sum()) for state in MENTIONED}


def counts_in_words(cells: pd.DataFrame) -> Bilingual:
    """Return a text such as `22 done, 3 planned`. A state that does not occur is left out, unless
    it is `done`."""
    counts = state_counts(cells).items()
    parts = [sentence(f"count.{s}", n=n) for s, n in counts if n or s == "done"]
    return joined(parts, "，", ", ")


def links_in_words(links: pd.DataFrame, names: Mapping[str, tuple[str, str]]) -> Bilingual:
    """Name the links of the supervision cycle that a document mentions. Brackets after the name of
    a link give its date, or say that the link is only listed, laid down, scheduled or called for.
    `links` are the rows of the document in the table of `supervision_cycle`."""
    mentioned = links[links["state"].isin(MENTIONED)]
    parts = [_link(row, names) for row in mentioned.to_dict("records")]
    return joined(parts, "、", ", ")


def _link(row: Mapping, names: Mapping[str, tuple[str, str]]) -> Bilingual:
    how = row["mark"] if isinstance(row["mark"], str) else row["state"]
    remark = Bilingual(*names[how]) if how in names and how not in _TOLD else Bilingual("", "")
    if isinstance(row["date"], str) and row["date"]:
        date = Bilingual(row["date"], row["date"])
        remark = joined([remark, date], "，", ", ")
    brackets = bracketed(remark)
    return Bilingual(row["zh"] + brackets.zh, row["en"].lower() + brackets.en)


def _instruments(
    cells: pd.DataFrame, cycle: pd.DataFrame, names: Mapping[str, tuple[str, str]]
) -> Bilingual:
    """Say how many instruments a document tells as done, planned and called for. Also name the
    links of the supervision cycle and the ways to end a matter that the document mentions."""
    if not any(state_counts(cells).values()):
        return Bilingual("", "")
    parts = [counts_in_words(cells)]
    for kind in ("link", "closing"):
        links = links_in_words(cycle[cycle["kind"] == kind], names)
        name = f"cell.{kind}" if links.en else f"cell.no_{kind}"
        parts.append(sentence(name, links=links))
    return joined(parts, en="; ")


def _themes(rates: pd.DataFrame) -> Bilingual:
    """List the most frequent themes of each family of themes, with the number of their hits."""
    families = []
    for family, rows in most_frequent_themes(rates).groupby("family", sort=False):
        hits = [Bilingual(f"{row.zh} {row.n}", f"{row.en} {row.n}") for row in rows.itertuples()]
        families.append(sentence(f"cell.themes_{family}", themes=joined(hits, "、", ", ")))
    return joined(families, en="; ")


def _results(outcomes: pd.DataFrame) -> Bilingual:
    """List the numbers that state a result, each with a remark on how its digits were read (such as
    `as printed`)."""
    results = []
    for row in outcomes[outcomes["group"] == "outcome"].to_dict("records"):
        kind = Bilingual(*NUMBER_KINDS[number_kind(row)])
        results.append(sentence("cell.result", number=indicator_and_number(row), kind=kind))
    return joined(results, en="; ")


def indicator_and_number(row: Mapping) -> Bilingual:
    """Return a text such as `meal sites 30`, which says what is counted and gives the number. `row`
    is a row of the table of `extract_outcomes`."""
    return Bilingual(
        *(f"{row[f'indicator_{lang}']} {number_words(row, lang)}" for lang in Bilingual._fields)
    )


def _numbers(outcomes: pd.DataFrame, beside: Mapping[str, set[int]]) -> Bilingual:
    """Say how many numbers a document has, and how many of them may share an axis with a number of
    another document or may only stand beside one. Also count the numbers as printed, those that the
    reference reading confirmed as printed, those whose decimal point was put back, and those that
    can be read in several ways."""
    if outcomes.empty:
        return Bilingual("", "")
    counts = outcomes["status"].value_counts()
    statuses = [
        sentence(f"cell.numbers_{status}", n=counts[status])
        for status in ("as_printed", "confirmed", "restored", "ambiguous")
        if status in counts
    ]
    allowed = {name: len(rows.intersection(outcomes.index)) for name, rows in beside.items()}
    together = joined(statuses, "，", ", ")
    return sentence("cell.numbers", n=len(outcomes), statuses=together, **allowed)


def most_frequent_themes(rates: pd.DataFrame, *, most: int = 2) -> pd.DataFrame:
    """Return, for each document and each family of themes, the `most` themes with most hits. Themes
    without hits are left out. Whether the first of these themes leads is told by the function
    `leading_themes` of `helpers.themes`."""
    with_hits = rates[rates["n"] > 0]
    order = ["doc", "family", "n", "theme"]
    # As categories, documents and families are sorted as in `rates` and not by the alphabet.
    kept = {key: pd.Categorical(with_hits[key], rates[key].unique()) for key in order[:2]}
    ranked = with_hits.assign(**kept).sort_values(order, ascending=[True, True, False, True])
    leading = with_hits.loc[ranked.index].groupby(["doc", "family"], sort=False).head(most)
    return leading.reset_index(drop=True)


def numbers_beside_others(pairs: pd.DataFrame) -> dict[str, set[int]]:
    """Return two sets of rows of the table of `extract_outcomes`. The numbers in the set
    `same_axis` may share an axis with a number of another document. The numbers in the set
    `side_by_side` may only stand beside one."""
    rows = {
        name: {*of_verdict["a"], *of_verdict["b"]}
        for name, of_verdict in ((name, pairs[pairs["verdict"] == name]) for name in _BESIDE)
    }
    return {**rows, "side_by_side": rows["side_by_side"] - rows["same_axis"]}


def cooccurrence(matrix: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Count for each document (`doc, city_zh, city_en`) the instruments that it tells as done
    (`n_done`), and the hits of themes of the process of supervision (`process_hits`), of its frame
    (`frame_hits`) and of services (`service_hits`). No correlation is computed, because a handful
    of documents is too few for it."""
    table = rates.drop_duplicates("doc")[["doc", "city_zh", "city_en"]].reset_index(drop=True)
    counts = {"n_done": matrix[matrix["state"] == "done"].groupby("doc").size()}
    for family in FAMILIES:
        counts[f"{family}_hits"] = rates[rates["family"] == family].groupby("doc")["n"].sum()
    return table.assign(
        **{name: table["doc"].map(n).fillna(0).astype(int) for name, n in counts.items()}
    )
