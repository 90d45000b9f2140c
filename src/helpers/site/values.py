"""Stored tables → the single values that READMEs and docs state."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
    parts = (_corpus, _codebook, _approaches, _themes, _numbers, _settings, _measured, _bench)
    values = {name: value for part in parts for name, value in part()}
    return values | dict(_plan(float(values["rate_one"].text)))


_Rows = Iterator[tuple[str, Stated]]


def _rows(source: str, **values: tuple[Any, str]) -> _Rows:
    """Name = (value, what it is), for values of one table; a number is printed as a whole one."""
    for name, (value, what) in values.items():
        yield name, Stated(value if isinstance(value, str) else f"{int(value):,}", what, source)


def _corpus() -> _Rows:
    documents, ledger = stored("derived/documents"), stored("derived/ledger")
    size, lost = documents["n_chars"], documents["decimals"] == "lost"
    yield from _rows(
        "derived/documents",
        n_documents=(len(documents), "documents"),
        n_chars=(size.sum(), "characters of body text"),
        n_sentences=(documents["n_sentences"].sum(), "sentences, heads left out"),
        shortest=(size.min(), "characters of the shortest document"),
        longest=(size.max(), "characters of the longest document"),
        n_undated=(documents["date"].isna().sum(), "documents that do not say their date"),
        n_lost=(lost.sum(), "documents whose numbers prove that points were lost"),
    )
    yield from _rows(
        "derived/ledger",
        n_edits=(len(ledger), "edits of the cleaning"),
        n_edit_kinds=(ledger["rule"].nunique(), "kinds of edits"),
    )
    passages = len(stored("derived/boilerplate"))
    yield from _rows(
        "derived/boilerplate", n_passages=(passages, "passages that several documents share")
    )


_COUNTED = (  # value, table of the codebook whose rows are counted, what a row is
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
)


def _codebook() -> _Rows:
    approaches, themes = stored("codebook/approaches"), stored("codebook/theme_rules")
    types, families = approaches["type"].value_counts(), themes["family"].value_counts()
    yield from _rows(
        "codebook/approaches",
        n_instruments=(len(approaches), "instruments of supervision"),
        n_stages=(approaches["stage"].nunique(), "stages of the cycle"),
        **{f"n_{kind}": (n, f"instruments of type {kind}") for kind, n in types.items()},
    )
    yield from _rows(
        "codebook/theme_rules",
        n_themes=(len(themes), "themes"),
        **{f"n_{name}": (n, f"themes of the family {name}") for name, n in families.items()},
    )
    for name, table, what in _COUNTED:
        source = f"codebook/{table}"
        yield from _rows(source, **{name: (len(read_table(source)), what)})


def _approaches() -> _Rows:
    matrix, evidence = stored("derived/approach_matrix"), stored("derived/approach_evidence")
    reported = matrix[matrix["present"] == 1].groupby("code")["doc"].nunique()
    everywhere, disputed = reported == matrix["doc"].nunique(), matrix["disagree"]
    yield from _rows(
        "derived/approach_matrix", n_cells=(len(matrix), "cells, documents × instruments")
    )
    yield from _rows(
        "derived/approach_evidence", n_evidence=(len(evidence), "clauses found by the rules")
    )
    yield from _rows(
        "derived/approach_matrix",
        n_common=(everywhere.sum(), "instruments that all documents report"),
        n_single=((reported == 1).sum(), "instruments that one document reports"),
        n_disputed=(disputed.sum(), "cells on which rules and human reading differ"),
        n_agreed=((~disputed).sum(), "cells on which they agree"),
    )
    yield from _agreements()
    hanging = stored("derived/leave_one_rule_out")
    cells = hanging.drop_duplicates(["doc", "code"])
    yield from _rows(
        "derived/leave_one_rule_out",
        n_rules_needed=(hanging["rule"].nunique(), "rules that change a cell when left out"),
        n_cells_hanging=(len(cells), "cells that hang on one rule"),
    )


def _agreements() -> _Rows:
    """How far rules and readers agree, on cells and on sentences."""
    place, found_by_rules = ["doc", "sentence", "code"], "derived/approach_evidence"
    codes = list(read_table("codebook/approaches")["code"])
    units = codable_units(stored("derived/sentences"), codes)
    read = stored("coded/sentences")
    standing = read.loc[read["verdict"] == "stands", place]
    first, second = (
        read.loc[read[reader].notna() & (read["code"] != "none"), place]
        for reader in ("reader1", "reader2")
    )
    cells = agreement(stored("derived/approaches"), stored("coded/approaches"))
    sentences = agreement(stored(found_by_rules)[place], standing, units=units)
    readers = agreement(first, second, units=units)
    for name, found, what, source in (
        ("cells", cells, "rules and human reading, cells", "derived/approaches"),
        ("sentences", sentences, "rules and human reading, sentence × instrument", found_by_rules),
        ("readers", readers, "first and second reading, sentence × instrument", "coded/sentences"),
    ):
        yield from _agreed(name, found, what, source)
    yield from _rows(
        "derived/sentences", n_units_coded=(len(units), "sentences × instruments compared")
    )


def _agreed(name: str, found: Agreement, what: str, source: str) -> _Rows:
    kappa = found.summary.set_index("measure").loc["kappa"].map("{:.2f}".format)
    values = {
        f"{name}_kappa": (kappa["value"], f"κ, {what}"),
        f"{name}_kappa_low": (kappa["low"], f"lowest κ with one document left out, {what}"),
        f"{name}_kappa_high": (kappa["high"], f"highest κ with one document left out, {what}"),
    }
    return _rows(source, **values)


def _themes() -> _Rows:
    hits, hidden, counts, ranks = (
        stored(f"derived/{name}")
        for name in ("theme_hits", "hidden_hits", "two_counts", "sensitivity")
    )
    cut = counts["n_segmenter"] < counts["n_string"]
    moved = ranks[(ranks["variant"] == "without term") & (ranks["rank"] != ranks["rank_variant"])]
    places = (moved["rank_variant"] - moved["rank"]).abs().max()
    decisive = moved["term"].nunique()
    yield from _rows("derived/theme_hits", n_theme_hits=(len(hits), "theme hits"))
    yield from _rows(
        "derived/hidden_hits", n_hidden=(hidden["n_hidden"].sum(), "hits that broken lines hide")
    )
    yield from _rows(
        "derived/two_counts",
        n_terms_cut=(cut.sum(), "terms that the segmenter finds less often than they stand there"),
        n_terms_met=(len(counts), "terms met by either count"),
    )
    yield from _rows(
        "derived/sensitivity",
        n_terms_decisive=(decisive, "terms whose removal moves a theme's rank in a document"),
        most_moved=(places, "places that a theme moves at most"),
    )


def _numbers() -> _Rows:
    outcomes, pairs = stored("derived/outcomes"), stored("derived/outcome_pairs")
    status, by_reader = outcomes["status"], outcomes["basis"] == "coder"
    yield from _rows(
        "derived/outcomes",
        n_numbers=(len(outcomes), "numbers that state a magnitude"),
        n_as_printed=((status == "as_printed").sum(), "of them as printed"),
        n_restored=((status == "restored").sum(), "of them restored"),
        n_ambiguous=((status == "ambiguous").sum(), "of them ambiguous"),
        n_by_reader=(by_reader.sum(), "restored on a reader's judgement"),
        n_deduced=((~by_reader & (status == "restored")).sum(), "restored by deduction"),
    )
    alike = "pairs of numbers of two documents with the same indicator"
    yield from _rows(
        "derived/outcome_pairs",
        n_pairs=(len(pairs), alike),
        n_comparable=(pairs["comparable"].sum(), "pairs that may share an axis"),
    )
    readings = stored("coded/readings")
    yield from _rows("coded/readings", n_readings=(len(readings), "numbers that a reader settled"))
    found = number_agreement(outcomes, stored("coded/outcomes"), readings)
    right = found.summary.set_index("variant")["n_right"]
    for name, variant in (("with", "with readings.csv"), ("alone", "without readings.csv")):
        what = f"numbers as in the human reading, {variant}"
        yield from _rows(
            "derived/outcomes", **{f"numbers_right_{name}": (right.loc[variant], what)}
        )


def _settings() -> _Rows:
    resamples = inspect.signature(count_themes).parameters["n_boot"].default
    yield from _rows("frequency.py", n_resamples=(resamples, "resamples of the stability interval"))
    yield from _rows(
        "study.py",
        keyness_hits=(MIN_HITS, "hits from which a word is ranked"),
        keyness_paragraphs=(MIN_PARAGRAPHS, "paragraphs from which a word is ranked"),
    )
    yield from _rows(
        "comparison.py", tree_from=(SIMILARITY_FROM, "documents from which cities are grouped")
    )


def _measured() -> _Rows:
    source = "reference/measured"
    for row in read_table(source).itertuples():
        yield row.name, Stated(row.value, f"{row.en}; {row.material}", source)


_STAGES_AT = 10  # MB: the largest size at which the stages are timed one by one
_TIMED = {
    "sentences": "documents and sentences from files",
    "numbers": "numbers with units",
    "themes": "theme hits with quotations",
    "outcomes": "outcomes",
    "evidence": "instruments",
    "all": "all tables from files, 1 process",
}


def _bench() -> _Rows:
    """Memory of `analyse` by the size of the corpus, what a second process is worth, and the rate
    of each stage."""
    bench = stored("derived/bench")
    values = {}
    weighed = bench[bench["peak_mb"].notna()].itertuples()
    for name, row in zip(("small", "middle", "large"), weighed, strict=True):
        peak = f"most MB in one process, {row.size_mb:.0f} MB of text, two processes"
        values[f"size_{name}"] = (round(row.size_mb), "MB of text whose memory was measured")
        values[f"memory_{name}"] = (row.peak_mb, peak)
    ours = bench[bench["contender"] == "ours"]
    timed = ours[ours["peak_mb"].isna() & ours["task"].str.startswith("all tables")]
    one, two = (
        timed[timed["task"].str.contains(f"{n} process")].set_index("size_mb")["seconds"]
        for n in (1, 2)
    )
    size = max(one.index)
    text = f"{size:.0f} MB of text"
    values["rate_one"] = (f"{size / one[size]:.2g}", f"MB/s with one process, {text}")
    times = f"{one[size] / two[size]:.2g}"
    values["times_two"] = (times, f"times as fast with two processes, {text}")
    values["stages_mb"] = (_STAGES_AT, "MB of text at which the stages are timed")
    seconds = ours[ours["size_mb"] == _STAGES_AT].set_index("task")["seconds"]
    for name, task in _TIMED.items():
        rate = f"{_STAGES_AT / seconds[task]:.2g}"
        values[f"rate_{name}"] = (rate, f"MB/s, {task}, {_STAGES_AT} MB of text")
    return _rows("derived/bench", **values)


def _plan(rate: float) -> _Rows:
    """What a corpus costs beyond one machine, by the measured rate: bytes / rate / cores."""
    source = "reference/measured"
    share = float(read_table(source).set_index("name")["value"]["results_share"])
    values = {}
    for name, gigabytes, cores in (("province", 1, 2), ("nation", 100, 32), ("web", 5000, 500)):
        hours, text = gigabytes * 1000 / rate / 3600, f"{gigabytes} GB of text"
        values[f"{name}_hours"] = (hours, f"core hours, {text}")
        values[f"{name}_time"] = (hours / cores, f"hours on {cores} cores")
        values[f"{name}_minutes"] = (60 * hours / cores, f"minutes on {cores} cores")
        values[f"{name}_results"] = (gigabytes * share, f"GB of results, {text}")
    values["cluster_reads"] = (500 * rate, "MB read in a second by 500 cores")
    values["cluster_writes"] = (500 * rate * share, "MB written in a second by 500 cores")
    return _rows(source, **{name: (_two_digits(n), what) for name, (n, what) in values.items()})


def _two_digits(value: float) -> str:
    """`0.35`, `35`, `1,700`: two digits are all that an extrapolation carries."""
    return f"{float(f'{value:.2g}'):,g}" if value < 1e6 else f"{value:.2g}"
