"""Stored tables → the single values that READMEs and docs state."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.approaches import SIMILARITY_FROM
from helpers.codebook import read_table
from helpers.study import (
    MIN_HITS,
    MIN_PARAGRAPHS,
    Agreement,
    agreement,
    codable_units,
    number_agreement,
)
from helpers.themes import count_themes

from .datapackage import stored


@dataclass(frozen=True)
class Stated:
    """One value as texts print it, what it is, and the stored table (or the module) it comes
    from."""

    text: str
    what: str
    source: str


def stated_values() -> dict[str, Stated]:
    """Every value that a README or a page of docs/ may state, by name, from the tables as they are
    stored.

    >>> stated_values()["n_documents"].text
    '5'
    """
    parts = (
        _corpus(),
        _codebook(),
        _approaches(),
        _themes(),
        _numbers(),
        _settings(),
        _measured(),
        _bench(),
        _plan(),
    )
    return {name: value for part in parts for name, value in part}


_Row = tuple[str, Stated]


def _row(name: str, value: Any, what: str, source: str) -> _Row:
    return name, Stated(value if isinstance(value, str) else f"{int(value):,}", what, source)


def _corpus() -> Iterator[_Row]:
    documents, ledger = stored("derived/documents"), stored("derived/ledger")
    source = "derived/documents"
    yield _row("n_documents", len(documents), "documents", source)
    yield _row("n_chars", documents["n_chars"].sum(), "characters of body text", source)
    yield _row("n_sentences", documents["n_sentences"].sum(), "sentences, heads left out", source)
    yield _row(
        "shortest", documents["n_chars"].min(), "characters of the shortest document", source
    )
    yield _row("longest", documents["n_chars"].max(), "characters of the longest document", source)
    yield _row(
        "n_undated", documents["date"].isna().sum(), "documents that do not say their date", source
    )
    yield _row(
        "n_lost",
        (documents["decimals"] == "lost").sum(),
        "documents whose numbers prove that points were lost",
        source,
    )
    yield _row("n_edits", len(ledger), "edits of the cleaning", "derived/ledger")
    yield _row("n_edit_kinds", ledger["rule"].nunique(), "kinds of edits", "derived/ledger")
    yield _row(
        "n_passages",
        len(stored("derived/boilerplate")),
        "passages that several documents share",
        "derived/boilerplate",
    )


def _codebook() -> Iterator[_Row]:
    approaches, themes = stored("codebook/approaches"), stored("codebook/theme_rules")
    yield _row(
        "n_instruments", len(approaches), "instruments of supervision", "codebook/approaches"
    )
    yield _row(
        "n_stages", approaches["stage"].nunique(), "stages of the cycle", "codebook/approaches"
    )
    for kind, count in approaches["type"].value_counts().items():
        yield _row(f"n_{kind}", count, f"instruments of type {kind}", "codebook/approaches")
    yield _row("n_themes", len(themes), "themes", "codebook/theme_rules")
    for family, count in themes["family"].value_counts().items():
        yield _row(f"n_{family}", count, f"themes of the family {family}", "codebook/theme_rules")
    for name, table, what in (
        ("n_rules", "approach_rules", "rules of the instruments"),
        ("n_actors", "actors", "kinds of actors"),
        ("n_terms", "themes", "terms of the themes"),
        ("n_units", "units", "units"),
        ("n_indicators", "indicators", "indicators"),
        ("n_number_rules", "number_rules", "rules for numbers that measure nothing"),
        ("n_number_words", "number_words", "groups of words around numbers"),
        ("n_cities", "cities", "cities known by name"),
        ("n_stopwords", "stopwords", "words left out of word lists"),
        ("n_user_words", "userdict", "words kept whole"),
    ):
        yield _row(name, len(read_table(f"codebook/{table}")), what, f"codebook/{table}")


def _approaches() -> Iterator[_Row]:
    matrix, evidence, units = (
        stored("derived/approach_matrix"),
        stored("derived/approach_evidence"),
        _units(),
    )
    reported = matrix[matrix["present"] == 1].groupby("code")["doc"].nunique()
    documents = matrix["doc"].nunique()
    source = "derived/approach_matrix"
    yield _row("n_cells", len(matrix), "cells, documents × instruments", source)
    yield _row(
        "n_evidence", len(evidence), "clauses found by the rules", "derived/approach_evidence"
    )
    yield _row(
        "n_common", (reported == documents).sum(), "instruments that all documents report", source
    )
    yield _row("n_single", (reported == 1).sum(), "instruments that one document reports", source)
    yield _row(
        "n_disputed",
        matrix["disagree"].sum(),
        "cells on which rules and human reading differ",
        source,
    )
    yield _row("n_agreed", (~matrix["disagree"]).sum(), "cells on which they agree", source)
    cells = agreement(stored("derived/approaches"), stored("coded/approaches"))
    read = stored("coded/sentences")
    standing = read[read["verdict"] == "stands"][["doc", "sentence", "code"]]
    sentences = agreement(evidence[["doc", "sentence", "code"]], standing, units=units)
    first, second = (
        read[read[reader].notna() & (read["code"] != "none")][["doc", "sentence", "code"]]
        for reader in ("reader1", "reader2")
    )
    yield from _agreed("cells", cells, "rules and human reading, cells", "derived/approaches")
    yield from _agreed(
        "sentences",
        sentences,
        "rules and human reading, sentence × instrument",
        "derived/approach_evidence",
    )
    yield from _agreed(
        "readers",
        agreement(first, second, units=units),
        "first and second reading, sentence × instrument",
        "coded/sentences",
    )
    yield _row("n_units_coded", len(units), "sentences × instruments compared", "derived/sentences")
    hanging = stored("derived/leave_one_rule_out")
    yield _row(
        "n_rules_needed",
        hanging["rule"].nunique(),
        "rules that change a cell when left out",
        "derived/leave_one_rule_out",
    )
    yield _row(
        "n_cells_hanging",
        len(hanging.drop_duplicates(["doc", "code"])),
        "cells that hang on one rule",
        "derived/leave_one_rule_out",
    )


def _units() -> pd.DataFrame:
    return codable_units(
        stored("derived/sentences"), list(read_table("codebook/approaches")["code"])
    )


def _agreed(name: str, found: Agreement, what: str, source: str) -> Iterator[_Row]:
    summary = found.summary.set_index("measure").loc["kappa"]
    yield _row(f"{name}_kappa", f"{summary['value']:.2f}", f"κ, {what}", source)
    yield _row(
        f"{name}_kappa_low",
        f"{summary['low']:.2f}",
        f"lowest κ with one document left out, {what}",
        source,
    )
    yield _row(
        f"{name}_kappa_high",
        f"{summary['high']:.2f}",
        f"highest κ with one document left out, {what}",
        source,
    )


def _themes() -> Iterator[_Row]:
    hits, hidden, counts, ranks = (
        stored(f"derived/{name}")
        for name in ("theme_hits", "hidden_hits", "two_counts", "sensitivity")
    )
    yield _row("n_theme_hits", len(hits), "theme hits", "derived/theme_hits")
    yield _row(
        "n_hidden", hidden["n_hidden"].sum(), "hits that broken lines hide", "derived/hidden_hits"
    )
    yield _row(
        "n_terms_cut",
        (counts["n_segmenter"] < counts["n_string"]).sum(),
        "terms that the segmenter finds less often than they stand there",
        "derived/two_counts",
    )
    yield _row("n_terms_met", len(counts), "terms met by either count", "derived/two_counts")
    one_term = ranks[
        (ranks["variant"] == "without term") & (ranks["rank"] != ranks["rank_variant"])
    ]
    yield _row(
        "n_terms_decisive",
        one_term["term"].nunique(),
        "terms whose removal moves a theme's rank in a document",
        "derived/sensitivity",
    )
    yield _row(
        "most_moved",
        (one_term["rank_variant"] - one_term["rank"]).abs().max(),
        "places that a theme moves at most",
        "derived/sensitivity",
    )


def _numbers() -> Iterator[_Row]:
    outcomes, pairs = stored("derived/outcomes"), stored("derived/outcome_pairs")
    source, status = "derived/outcomes", outcomes["status"].value_counts()
    yield _row("n_numbers", len(outcomes), "numbers that state a magnitude", source)
    for name in ("as_printed", "restored", "ambiguous"):
        yield _row(f"n_{name}", status.get(name, 0), f"of them {name.replace('_', ' ')}", source)
    yield _row(
        "n_by_reader",
        (outcomes["basis"] == "coder").sum(),
        "restored on a reader's judgement",
        source,
    )
    yield _row(
        "n_deduced",
        ((outcomes["basis"] != "coder") & (outcomes["status"] == "restored")).sum(),
        "restored by deduction",
        source,
    )
    yield _row(
        "n_pairs",
        len(pairs),
        "pairs of numbers of two documents with the same indicator",
        "derived/outcome_pairs",
    )
    yield _row(
        "n_comparable",
        pairs["comparable"].sum(),
        "pairs that may share an axis",
        "derived/outcome_pairs",
    )
    yield _row(
        "n_readings",
        len(read_table("coded/readings")),
        "numbers that a reader settled",
        "coded/readings",
    )
    found = number_agreement(outcomes, stored("coded/outcomes"), stored("coded/readings"))
    rows = found.summary.set_index("variant")
    for name, variant in (("with", "with readings.csv"), ("alone", "without readings.csv")):
        yield _row(
            f"numbers_right_{name}",
            rows.loc[variant, "n_right"],
            f"numbers as in the human reading, {variant}",
            source,
        )


def _settings() -> Iterator[_Row]:
    drawn = inspect.signature(count_themes).parameters["n_boot"].default
    yield _row("n_resamples", drawn, "resamples of the stability interval", "frequency.py")
    yield _row("keyness_hits", MIN_HITS, "hits from which a word is ranked", "study.py")
    yield _row(
        "keyness_paragraphs",
        MIN_PARAGRAPHS,
        "paragraphs from which a word is ranked",
        "study.py",
    )
    yield _row(
        "tree_from",
        SIMILARITY_FROM,
        "documents from which cities are grouped",
        "comparison.py",
    )


def _measured() -> Iterator[_Row]:
    for row in read_table("reference/measured").itertuples():
        yield row.name, Stated(row.value, f"{row.en}; {row.material}", "reference/measured")


def _bench() -> Iterator[_Row]:
    """Memory of `analyse` by the size of the corpus, and what a second process is worth."""
    bench = stored("derived/bench")
    for name, row in zip(
        ("small", "middle", "large"), bench[bench["peak_mb"].notna()].itertuples(), strict=True
    ):
        yield _row(
            f"size_{name}",
            round(row.size_mb),
            "MB of text whose memory was measured",
            "derived/bench",
        )
        yield _row(
            f"memory_{name}",
            row.peak_mb,
            f"most MB in one process, {row.size_mb:.0f} MB of text, two processes",
            "derived/bench",
        )
    whole = bench[
        bench["task"].str.startswith("all tables")
        & bench["peak_mb"].isna()
        & (bench["contender"] == "ours")
    ]
    one, two = (
        whole[whole["task"].str.contains(f"{n} process")].set_index("size_mb")["seconds"]
        for n in (1, 2)
    )
    size = max(one.index)
    yield _row(
        "rate_one",
        f"{size / one[size]:.2g}",
        f"MB/s with one process, {size:.0f} MB of text",
        "derived/bench",
    )
    yield _row(
        "times_two",
        f"{one[size] / two[size]:.2g}",
        f"times as fast with two processes, {size:.0f} MB of text",
        "derived/bench",
    )
    timed = bench[(bench["contender"] == "ours") & (bench["size_mb"] == _STAGES_AT)].set_index(
        "task"
    )["seconds"]
    yield _row("stages_mb", _STAGES_AT, "MB of text at which the stages are timed", "derived/bench")
    for name, task in _TIMED.items():
        yield _row(
            f"rate_{name}",
            f"{_STAGES_AT / timed[task]:.2g}",
            f"MB/s, {task}, {_STAGES_AT} MB of text",
            "derived/bench",
        )


_STAGES_AT = 10  # MB: the largest size at which the stages are timed one by one
_TIMED = {
    "sentences": "documents and sentences from files",
    "numbers": "numbers with units",
    "themes": "theme hits with quotations",
    "outcomes": "outcomes",
    "evidence": "instruments",
    "all": "all tables from files, 1 process",
}


def _plan() -> Iterator[_Row]:
    """What a corpus costs beyond one machine, by the measured rate: bytes / rate / cores."""
    rate = float(dict(_bench())["rate_one"].text)
    share = float(read_table("reference/measured").set_index("name")["value"]["results_share"])
    for name, gigabytes, cores in (("province", 1, 2), ("nation", 100, 32), ("web", 5000, 500)):
        hours = gigabytes * 1000 / rate / 3600
        yield _row(
            f"{name}_hours",
            _two_digits(hours),
            f"core hours, {gigabytes} GB of text",
            "reference/measured",
        )
        yield _row(
            f"{name}_time",
            _two_digits(hours / cores),
            f"hours on {cores} cores",
            "reference/measured",
        )
        yield _row(
            f"{name}_minutes",
            _two_digits(60 * hours / cores),
            f"minutes on {cores} cores",
            "reference/measured",
        )
        yield _row(
            f"{name}_results",
            _two_digits(gigabytes * share),
            f"GB of results, {gigabytes} GB of text",
            "reference/measured",
        )
    yield _row(
        "cluster_reads",
        _two_digits(500 * rate),
        "MB read in a second by 500 cores",
        "reference/measured",
    )
    yield _row(
        "cluster_writes",
        _two_digits(500 * rate * share),
        "MB written in a second by 500 cores",
        "reference/measured",
    )


def _two_digits(value: float) -> str:
    """`0.35`, `35`, `1,700`: two digits are all that an extrapolation carries."""
    return f"{float(f'{value:.2g}'):,g}" if value < 1e6 else f"{value:.2g}"
