"""Turn the stored tables into the values that READMEs and docs state. To add a value, yield it in a
function of this module and put `<!--name--><!--/-->` into the text. The module `docs` fills in the
value."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.codebook import read_table
from helpers.study import (
    MIN_HITS,
    MIN_PARAGRAPHS,
    agreement,
    codable_units,
    measures,
    number_agreement,
)
from helpers.themes import ALL_DOCUMENTS, POOLED, count_themes

from .datapackage import stored


@dataclass(frozen=True)
class DocValue:
    """A value for READMEs and docs: how it is printed, what it means, and the stored table or
    module from which it comes."""

    text: str
    what: str
    source: str


def doc_values() -> dict[str, DocValue]:
    """Return, by name, every value that a README or a page of docs/ may state.

    >>> doc_values()["n_documents"].text
    '5'
    """
    parts = (_corpus, _codebook, _approaches, _reading, _themes, _numbers, _settings, _measured)
    parts = (*parts, _bench)
    rows = [row for part in parts for row in part()]
    # the time that large corpora would take is estimated from the measured speed of one process
    rate = next(float(value) for _, name, value, _ in rows if name == "rate_one")
    return {
        name: DocValue(value if isinstance(value, str) else f"{int(value):,}", what, source)
        for source, name, value, what in (*rows, *_plan(rate))
    }


_Rows = Iterator[tuple[str, str, Any, str]]  # the source, name, value and meaning of a value


def _corpus() -> _Rows:
    source, documents = "derived/documents", stored("derived/documents")
    size, lost = documents["n_chars"], documents["decimals"] == "lost"
    yield source, "n_documents", len(documents), "documents"
    yield source, "n_chars", size.sum(), "characters of body text"
    yield source, "n_sentences", documents["n_sentences"].sum(), "sentences, headings left out"
    yield source, "shortest", size.min(), "characters of the shortest document"
    yield source, "longest", size.max(), "characters of the longest document"
    undated = documents["date"].isna()
    yield source, "n_undated", undated.sum(), "documents that do not say their date"
    yield source, "n_lost", lost.sum(), "documents that provably lost decimal points"
    issues = sorted(int(number) for number in documents["album_number"].dropna())
    yield source, "album_issues", ", ".join(map(str, issues)), "issues of the album at hand"
    yield source, "album_issues_zh", "、".join(map(str, issues)), "the same, in Chinese"
    yield source, "album_last", issues[-1], "highest number of an issue of the album"
    source, ledger = "derived/ledger", stored("derived/ledger")
    yield source, "n_edits", len(ledger), "edits made by the cleaning"
    yield source, "n_edit_kinds", ledger["rule"].nunique(), "kinds of edits"
    source = "derived/boilerplate"
    yield source, "n_passages", len(stored(source)), "passages that several documents share"


_COUNTED = (  # each line names a value, the codebook table whose rows it counts, and what a row is
    ("n_rules", "approach_rules", "rules of the instruments"),
    ("n_actors", "actors", "kinds of actors"),
    ("n_terms", "themes", "terms of the themes"),
    ("n_exclusions", "theme_exclusions", "wordings in which terms do not count"),
    ("n_units", "units", "units"),
    ("n_indicators", "indicators", "indicators"),
    ("n_number_rules", "number_rules", "rules for numbers that measure nothing"),
    ("n_number_words", "number_words", "groups of words looked for near numbers"),
    ("n_cities", "cities", "cities known by name"),
    ("n_stopwords", "stopwords", "words left out of word lists"),
    ("n_user_words", "userdict", "words that are never split"),
)


def _codebook() -> _Rows:
    source, approaches = "codebook/approaches", stored("codebook/approaches")
    yield source, "n_instruments", len(approaches), "instruments of supervision"
    yield source, "n_stages", approaches["stage"].nunique(), "stages of the cycle"
    for kind, count in approaches["type"].value_counts().items():
        yield source, f"n_{kind}", count, f"instruments of type {kind}"
    hard = (approaches["strand"] == "hard_form").sum()
    yield source, "n_hard_forms", hard, "hard statutory forms, outside every stage"
    source, cycle = "codebook/cycle", stored("codebook/cycle")
    yield source, "n_links", (cycle["kind"] == "link").sum(), "links of the cycle"
    yield source, "n_closings", (cycle["kind"] == "closing").sum(), "ways in which a matter ends"
    source, themes = "codebook/theme_rules", stored("codebook/theme_rules")
    yield source, "n_themes", len(themes), "themes"
    for family, count in themes["family"].value_counts().items():
        yield source, f"n_{family}", count, f"themes of the family {family}"
    source, law = "reference/supervision_law", stored("reference/supervision_law")
    named = law["in_2024"] == "named"
    new = (named & (law["in_2006"] != "named")).sum()
    yield source, "n_law_named", named.sum(), "instruments that the amended Supervision Law names"
    yield source, "n_law_new", new, "of these, instruments that the law of 2006 did not name"
    near = (law["in_2024"] == "near").sum()
    yield source, "n_law_near", near, "instruments near to which the amended law names something"
    silent = (law["in_2024"] == "not_named").sum()
    yield source, "n_law_silent", silent, "instruments that the amended law does not name"
    for name, table, what in _COUNTED:
        yield f"codebook/{table}", name, len(read_table(f"codebook/{table}")), what


def _approaches() -> _Rows:
    source, matrix = "derived/approach_matrix", stored("derived/approach_matrix")
    disputed = matrix["disagree"]
    found_by_rules = "derived/approach_evidence"
    yield source, "n_cells", len(matrix), "cells, documents × instruments"
    for state in ("done", "planned", "called_for"):
        what = f"cells told as {state.replace('_', ' ')}"
        yield source, f"n_cells_{state}", (matrix["state"] == state).sum(), what
    yield found_by_rules, "n_evidence", len(stored(found_by_rules)), "clauses found by the rules"
    yield source, "n_disputed", disputed.sum(), "cells on which rules and reference reading differ"
    yield source, "n_agreed", (~disputed).sum(), "cells on which rules and reference reading agree"
    yield from _agreements()
    source, hanging = "derived/leave_one_rule_out", stored("derived/leave_one_rule_out")
    cells, rules = hanging.drop_duplicates(["doc", "code"]), hanging["rule"].nunique()
    yield source, "n_rules_needed", rules, "rules that change a cell when left out"
    yield source, "n_cells_hanging", len(cells), "cells that depend on one rule"


def _agreements() -> _Rows:
    """Yield how far the rules agree with the reference reading. Also yield how far the first and
    the second reading agree, from which the reference reading was settled."""
    place, found_by_rules = ["doc", "sentence", "code"], "derived/approach_evidence"
    codes = list(read_table("codebook/approaches")["code"])
    units = codable_units(stored("derived/sentences"), codes)
    read = stored("coded/sentences")
    reading = read.loc[read["verdict"] == "stands", place]
    first, second = (
        read.loc[read[reader].notna() & (read["code"] != "none"), place]
        for reader in ("reader1", "reader2")
    )
    cells = agreement(stored("derived/approaches"), stored("coded/approaches"))
    sentences = agreement(stored(found_by_rules)[place], reading, units=units)
    readers = agreement(first, second, units=units)
    for name, result, what, source in (
        ("cells", cells, "rules and reference reading, cells", "derived/approaches"),
        (
            "sentences",
            sentences,
            "rules and reference reading, sentence × instrument",
            found_by_rules,
        ),
        ("readers", readers, "first and second reading, sentence × instrument", "coded/sentences"),
    ):
        kappa = result.summary.set_index("measure").loc["kappa", ["value", "low", "high"]]
        kappa = kappa.map("{:.2f}".format)
        without = f"κ with one document left out, {what}"
        yield source, f"{name}_kappa", kappa["value"], f"κ, {what}"
        yield source, f"{name}_kappa_low", kappa["low"], f"lowest {without}"
        yield source, f"{name}_kappa_high", kappa["high"], f"highest {without}"
    what = "sentences × instruments compared"
    yield "derived/sentences", "n_units_coded", len(units), what


_TELLING = tuple("actor modality when how_many named mention relation relation_to".split())


def _reading() -> _Rows:
    """Yield how many rows the reference reading has, and how far the rules agree with these rows.
    Also yield how far the first and the second reading agree, from which the reference reading was
    settled."""
    source, read = "coded/sentences", stored("coded/sentences")
    read = read[read["code"] != "none"]
    stands = read[read["verdict"] == "stands"]
    both = read.dropna(subset=["reader1", "reader2"])
    first, second = (both[r].str.split("/", expand=True) for r in ("reader1", "reader2"))
    yield source, "n_read", len(stands), "rows of the reference reading, clause × instrument"
    for number, reader in (("first", "reader1"), ("second", "reader2")):
        yield (
            source,
            f"n_read_{number}",
            read[reader].notna().sum(),
            f"rows of the {number} reading",
        )
    yield source, "n_read_both", len(both), "rows that both readings have"
    alike = (both["reader1"] == both["reader2"]).sum()
    yield source, "n_read_alike", alike, "rows that both readings code alike in every column"
    pairs = _matched(stands, stored("derived/approach_evidence"))
    yield source, "n_read_found", len(pairs), "rows of the reference reading that the rules find"
    sides = [pairs[f"{column}_{side}"] for column in _TELLING for side in ("read", "rules")]
    sides = [side.fillna("").astype("str").to_numpy() for side in sides]
    for place, column in enumerate(_TELLING):
        readings = first[place].to_numpy(), second[place].to_numpy()
        yield from _alike(f"readers_{column}", readings, f"{column}, first and second reading")
        coded = sides[2 * place], sides[2 * place + 1]
        yield from _alike(f"rules_{column}", coded, f"{column}, rules and reference reading")


def _alike(name: str, codings: tuple, what: str) -> _Rows:
    """Yield the percentage of equal codings and Krippendorff's α for two codings of a column."""
    _, percent, _, alpha = measures(*codings)
    yield "coded/sentences", name, f"{percent:.0f}", f"% of rows coded alike, {what}"
    yield "coded/sentences", f"{name}_alpha", f"{alpha:.2f}", f"α, {what}"


def _matched(read: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Pair rows of the reference reading with rows that the rules found for the same code in the
    same sentence, if their quotations overlap. Rows whose quotations overlap most are paired first,
    and no row is paired twice."""
    sides = read.reset_index(), found.reset_index()
    pairs = sides[0].merge(sides[1], on=["doc", "sentence", "code"], suffixes=("_read", "_rules"))
    ends, starts = (pairs[[f"{e}_read", f"{e}_rules"]] for e in ("end", "start"))
    pairs = pairs.assign(overlap=ends.min(axis=1) - starts.max(axis=1))
    pairs = pairs[pairs["overlap"] > 0].sort_values("overlap", ascending=False, kind="stable")
    return pairs.drop_duplicates("index_read").drop_duplicates("index_rules")


def _themes() -> _Rows:
    hits, hidden = stored("derived/theme_hits"), stored("derived/hidden_hits")["n_hidden"]
    yield "derived/theme_hits", "n_theme_hits", len(hits), "theme hits"
    yield "derived/hidden_hits", "n_hidden", hidden.sum(), "hits hidden by line breaks in a term"
    source, counts = "derived/two_counts", stored("derived/two_counts")
    cut = (counts["n_segmenter"] < counts["n_string"]).sum()
    what = "terms that the word segmenter finds less often than they occur"
    yield source, "n_terms_cut", cut, what
    yield source, "n_terms_met", len(counts), "terms found by at least one of the two counts"
    yield from _theme_validity()
    source, leading = "derived/leading_themes", stored("derived/leading_themes")
    leading = leading[leading["doc"] != ALL_DOCUMENTS]
    yield source, "n_leads", len(leading), "documents × families of themes with hits"
    yield source, "n_leading", leading["leads"].sum(), "of them with a theme that leads"
    source, ranks = "derived/sensitivity", stored("derived/sensitivity")
    moved = ranks[(ranks["variant"] == "without term") & (ranks["rank"] != ranks["rank_variant"])]
    terms, places = moved["term"].nunique(), (moved["rank_variant"] - moved["rank"]).abs().max()
    what = "terms whose removal moves a theme's rank in a document"
    yield source, "n_terms_decisive", terms, what
    yield source, "most_moved", places, "most places that a theme moves in the ranking"


def _theme_validity() -> _Rows:
    source, table = "derived/theme_validity", stored("derived/theme_validity")
    pooled = table[table["theme"] == POOLED].iloc[0]
    for name in ("precision", "recall"):
        for end in ("", "_low", "_high"):
            what = f"percent, {name} of all themes{end.replace('_', ', bound: ')}"
            yield source, f"themes_{name}{end}", round(100 * pooled[f"{name}{end}"]), what


def _numbers() -> _Rows:
    source, outcomes = "derived/outcomes", stored("derived/outcomes")
    status, by_reader = outcomes["status"], outcomes["basis"] == "coder"
    restored, confirmed = status == "restored", status == "confirmed"
    yield source, "n_numbers", len(outcomes), "numbers that state a magnitude"
    as_printed = (confirmed | (status == "as_printed")).sum()
    yield source, "n_as_printed", as_printed, "numbers as printed, confirmed ones included"
    what = "numbers that the reference reading confirmed as printed"
    yield source, "n_confirmed", confirmed.sum(), what
    yield source, "n_restored", restored.sum(), "numbers whose decimal point was restored"
    yield source, "n_deduced", (~by_reader & restored).sum(), "numbers restored by deduction"
    what = "numbers restored on the reference reading's judgement"
    yield source, "n_by_reader", (by_reader & restored).sum(), what
    yield source, "n_ambiguous", (status == "ambiguous").sum(), "numbers still open"
    of_pairs, pairs = "derived/outcome_pairs", stored("derived/outcome_pairs")
    what = "pairs of numbers of two documents with the same indicator"
    yield of_pairs, "n_pairs", len(pairs), what
    for verdict, may in (("same_axis", "share an axis"), ("side_by_side", "stand side by side")):
        yield of_pairs, f"n_{verdict}", (pairs["verdict"] == verdict).sum(), f"pairs that may {may}"
    readings = stored("coded/readings")
    yield (
        "coded/readings",
        "n_readings",
        len(readings),
        "numbers whose value the reference reading chose",
    )
    result = number_agreement(outcomes, stored("coded/outcomes"), readings)
    right = result.summary.set_index("variant")["n_right"]
    for name, variant in (("with", "with readings.csv"), ("alone", "without readings.csv")):
        what = f"numbers that agree with the reference reading, {variant}"
        yield source, f"numbers_right_{name}", right[variant], what
    for row in result.meanings.itertuples():
        what = f"numbers of which `{row.column}` is that of the reference reading"
        yield source, f"{row.column}_right", row.n_right, what


def _settings() -> _Rows:
    drawn = inspect.signature(count_themes).parameters["n_boot"].default
    ranked = "that a word needs to be ranked"
    yield "themes/counts.py", "n_resamples", drawn, "resamples drawn for a stability interval"
    yield "study/study.py", "keyness_hits", MIN_HITS, f"hits {ranked}"
    yield "study/study.py", "keyness_paragraphs", MIN_PARAGRAPHS, f"paragraphs {ranked}"


def _measured() -> _Rows:
    for row in read_table("reference/measured").itertuples():
        yield "reference/measured", row.name, row.value, f"{row.en}; {row.material}"


_STAGES_AT = 10  # size in MB of the largest corpus for which all tasks in `_TIMED` are timed
_TIMED = {
    "sentences": "documents and sentences from files",
    "numbers": "numbers with units",
    "themes": "theme hits with quotations",
    "outcomes": "outcomes",
    "evidence": "instruments",
    "all": "all tables from files, 1 process",
}


def _bench() -> _Rows:
    """Yield how much memory `analyse` needs for corpora of several sizes, how much faster `analyse`
    is with two processes, and the speed of each task in `_TIMED`."""
    source, bench = "derived/bench", stored("derived/bench")
    weighed = bench[bench["peak_mb"].notna()].itertuples()
    for name, row in zip(("small", "middle", "large"), weighed, strict=True):
        yield source, f"size_{name}", round(row.size_mb), "MB of text in a measurement of memory"
        what = f"MB of memory in the larger process, {row.size_mb:.0f} MB of text, two processes"
        yield source, f"memory_{name}", row.peak_mb, what
    ours = bench[bench["contender"] == "ours"]
    timed = ours[ours["peak_mb"].isna() & ours["task"].str.startswith("all tables")]
    one, two = (
        timed[timed["task"].str.contains(f"{n} process")].set_index("size_mb")["seconds"]
        for n in (1, 2)
    )
    size = max(one.index)
    rate, times, text = size / one[size], one[size] / two[size], f"{size:.0f} MB of text"
    yield source, "rate_one", f"{rate:.2g}", f"MB/s with one process, {text}"
    yield source, "times_two", f"{times:.2g}", f"times as fast with two processes, {text}"
    yield source, "stages_mb", _STAGES_AT, "MB of text at which the stages are timed"
    seconds = ours[ours["size_mb"] == _STAGES_AT].set_index("task")["seconds"]
    for name, task in _TIMED.items():
        rate, what = _STAGES_AT / seconds[task], f"MB/s, {task}, {_STAGES_AT} MB of text"
        yield source, f"rate_{name}", f"{rate:.2g}", what


def _plan(rate: float) -> _Rows:
    """Yield estimates of the time and storage that very large corpora need. The time is the size of
    the corpus divided by the measured speed of one process and by the number of cores."""
    source = "reference/measured"
    share = float(read_table(source).set_index("name")["value"]["results_share"])
    for name, gigabytes, cores in (("province", 1, 2), ("nation", 100, 32), ("web", 5000, 500)):
        hours, text = gigabytes * 1000 / rate / 3600, f"{gigabytes} GB of text"
        time, results = hours / cores, gigabytes * share
        yield source, f"{name}_hours", _two_digits(hours), f"core hours, {text}"
        yield source, f"{name}_time", _two_digits(time), f"hours on {cores} cores"
        yield source, f"{name}_minutes", _two_digits(60 * time), f"minutes on {cores} cores"
        yield source, f"{name}_results", _two_digits(results), f"GB of results, {text}"
    read = 500 * rate
    yield source, "cluster_reads", _two_digits(read), "MB read in a second by 500 cores"
    yield source, "cluster_writes", _two_digits(read * share), "MB written in a second by 500 cores"


def _two_digits(value: float) -> str:
    """Print an estimate with two digits (`0.35`, `35`, `1,700`), because further digits would be
    guesses."""
    return f"{float(f'{value:.2g}'):,g}" if value < 1e6 else f"{value:.2g}"
