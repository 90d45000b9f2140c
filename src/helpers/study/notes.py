"""Tables → what a reader should notice in them, and what they cannot show."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from helpers.approaches import boilerplate_share
from helpers.labels import number_in, unit_label
from helpers.themes import FEW_DOCUMENTS, MIN_BLOCKS, document_p_value, keyword_in_context

from .findings import count, fullest, name_of, one, quotation
from .study import MIN_HITS, MIN_PARAGRAPHS, Study


def read_rates(study: Study) -> str:
    """How to read the theme chart: the highest rate, and a rate that hangs on few sentences."""
    rates, hits = study.theme_rates[study.theme_rates["n"] > 0], study.theme_hits
    if rates.empty:
        return "No term of the codebook occurs here."
    top = fullest(rates, "per_1000_chars")
    hit = hits[(hits["doc"] == top["doc"]) & (hits["theme"] == top["theme"])].iloc[0]
    notes = [
        f"*Read this as:* in {name_of(top)} the theme *{top['en']}* {top['zh']} has"
        f" {count(top['n'], 'hit')}, {top['per_1000_chars']:.1f} per 1,000 characters, the highest"
        f" rate {one(len(study.corpus), 'of its themes', 'here')}; the first of them is"
        f" {quotation(study.corpus, hit['doc'], hit['start'], hit['end'])}."
    ]
    width = (rates["high"] - rates["low"]).dropna()
    if len(width):
        loose = rates.loc[width.idxmax()]
        notes.append(
            f"The widest interval is that of *{loose['en']}* in {name_of(loose)}"
            f" ({loose['low']:.1f}–{loose['high']:.1f}): drawn anew, its sentences would give quite"
            " another rate, so nothing should be made of its rank."
        )
    return " ".join(filter(None, [*notes, without_interval(study)[1]]))


def without_interval(study: Study) -> tuple[str, str]:
    """Say in Chinese and English how many documents have no interval of their rates, and why; two
    empty texts where each has one."""
    known = (
        study.theme_rates[["low", "high"]]
        .notna()
        .all(axis=1)
        .groupby(study.theme_rates["doc"])
        .any()
    )
    n, short = len(known), (~known).sum()
    if not short:
        return "", ""
    which_zh, which_en, for_them = "这篇", "The document has", ""
    if n > 1:
        which_zh = f"{n}篇中有{short}篇"
        which_en = f"{short} of {n} documents {one(short, 'has', 'have')}"
        for_them = f" for {one(short, 'it', 'them')}"
    return (
        f"{which_zh}连标题不足{MIN_BLOCKS}句，句子太少，不计算区间，也就没有横线。",
        f"{which_en} fewer than {MIN_BLOCKS} sentences and headings, too few to draw anew:"
        f" no interval is computed{for_them}, so there is no line.",
    )


def read_keyness(study: Study) -> str:
    """The three strongest words of each document in two of their lines, and which documents have
    none and why."""
    if len(study.corpus) < 2:
        return "With a single document there is nothing to compare with."
    parts = []
    for doc, table in study.keyness.groupby("doc", sort=False):
        parts.append(f"**{study.document_names[doc]}**")
        for row in table.head(3).itertuples():
            hits = keyword_in_context(study.corpus, row.feature, window=16)
            lines = " / ".join(
                f"…{hit.pre}**{hit.keyword}**{hit.post}…"
                for hit in hits[hits["doc"] == doc].head(2).itertuples()
            )
            times = f"{row.n_target} here, {row.n_reference} elsewhere"
            parts.append(f"- {row.feature} ({times}): {lines}")
        parts.append("")
    return "\n".join([*parts, *_left_out(study)])


def _left_out(study: Study) -> list[str]:
    """Which documents have no words of their own, and why."""
    told, wordless = [], study.wordless
    if wordless:
        told.append(
            f"Left out of the comparison: {', '.join(study.document_names[wordless])}"
            f" ({one(len(wordless), 'it holds', 'they hold')} no word, only numbers,"
            " signs or words of the stop list)."
        )
    if len(study.corpus) - len(wordless) < 2:
        return [*told, "There are no two documents with words, so nothing can be compared."]
    quiet = study.document_names.drop([*wordless, *study.keyness["doc"].unique()])
    if len(quiet):
        told.append(
            f"No word stands out in {', '.join(quiet)}: none is used more than elsewhere and has"
            f" {MIN_HITS} hits in {MIN_PARAGRAPHS} paragraphs."
        )
    return told


def read_matrix(study: Study) -> str:
    """How to read the matrix: one dot with its quotation, and one dash."""
    cells = study.approach_matrix
    done = cells[(cells["state"] == "done") & (cells["quote"].fillna("") != "")]
    if done.empty:
        return "No instrument is reported as done in these documents."
    most = fullest(done.sort_values(["doc", "code"]))
    text = (
        f"*Read this as:* {name_of(most)} reports *{most['en']}* {most['zh']} as done, with"
        f" {count(most['n_evidence'], 'quotation')}, among them “{most['quote']}”."
    )
    silent = cells[cells["state"] == "not_mentioned"]
    if len(silent):
        rarest = silent.groupby("code", sort=False).size().idxmin()
        row = silent[silent["code"] == rarest].iloc[0]
        text += (
            f" {name_of(row)} does not mention *{row['en']}* {row['zh']}: a dash, not a zero — it"
            " may have been done and left out."
        )
    return text


def shared_and_single(study: Study) -> str:
    """What all documents report and what only one does, each with a quotation."""
    cells, n = study.approach_matrix[study.approach_matrix["present"] == 1], len(study.corpus)
    if cells.empty:
        return f"No instrument is reported in {one(n, 'this document', 'these documents')}."
    by_code = cells.groupby("code", sort=False)["doc"].nunique()
    best = {code: fullest(rows) for code, rows in cells.groupby("code")}
    everywhere, single = (
        [best[code] for code in by_code.index[by_code == times]] for times in (n, 1)
    )
    if n == 1:
        return "\n".join(["**Reported** 所报告的:", *map(_instrument, everywhere)])
    lines = [
        f"**All {n} report {count(len(everywhere), 'instrument')}** 各篇都有:"
        if everywhere
        else f"**No instrument is reported by all {n}** 没有各篇都报告的"
    ]
    lines += [
        _instrument(row, f"most often in {study.document_names[row['doc']]}: ")
        for row in everywhere
    ]
    lines.append(
        f"\n**Only one reports {count(len(single), 'instrument')}** 仅一篇有:"
        if single
        else "\n**No instrument is reported by one only** 没有仅一篇报告的"
    )
    lines += [_instrument(row, f"{study.document_names[row['doc']]}: ") for row in single]
    return "\n".join(lines)


def _instrument(row: pd.Series, where: str = "") -> str:
    return f"- {row['en']} {row['zh']} — {where}“{row['quote']}”"


def read_boilerplate(study: Study) -> str:
    """How much of each document is formulas that another document has word for word."""
    passages = study.boilerplate
    if passages.empty:
        return "No passage of eight characters stands in two documents."
    top = fullest(boilerplate_share(study.corpus, passages), "share_percent")
    longest = fullest(passages, "n_chars")
    return (
        f"*Read this as:* {top['share_percent']:.1f} % of {name_of(top)} stands word for word in"
        f" another document; the longest shared passage is “{longest['quote']}”"
        f" ({longest['n_docs']} documents). What is handed down says little about the city."
    )


def read_values(outcomes: pd.DataFrame, study: Study) -> str:
    """One restored number and one open one, with the reason of each."""
    parts = []
    for status, verb in (("restored", "was put back"), ("ambiguous", "stays open")):
        for row in outcomes[outcomes["status"] == status].head(1).to_dict("records"):
            what = number_in(row["value"], "en")
            if status == "ambiguous":
                what = f"between {number_in(row['low'], 'en')} and {number_in(row['high'], 'en')}"
            unit = unit_label(row["unit"], "en")
            gap = "" if unit in ("", "%") else " "
            place = quotation(study.corpus, row["doc"], row["quote_start"], row["quote_end"])
            parts.append(
                f"*Read this as:* the point in {study.document_names[row['doc']]}'s"
                f" {row['printed']} {verb} ({what}{gap}{unit}), because {row['reason']}: {place}."
            )
    return "\n\n".join(parts) or "No number of these documents has lost a point."


def read_together(together: pd.DataFrame) -> str:
    """What goes together, described: which document leads in what, and how often the longer one of
    two has more.

    Parameters
    ----------
    together : DataFrame
        From `cooccurrence`, with `n_chars`.
    """
    if len(together) < 2:
        return "With one document nothing can go together with anything."
    counted = {
        "n_chars": "characters",
        "n_present": "instruments",
        "process_hits": "hits of process themes",
        "service_hits": "hits of service themes",
    }
    tops = [
        f"most {what}: {name_of(fullest(together, column))} ({together[column].max():,})"
        for column, what in counted.items()
    ]
    pairs = list(combinations(together.sort_values("n_chars", kind="stable").itertuples(), 2))
    more = {
        column: sum(getattr(a, column) < getattr(b, column) for a, b in pairs) for column in counted
    }
    both = sum(
        (a.n_present - b.n_present) * (a.service_hits - b.service_hits) > 0 for a, b in pairs
    )
    return (
        f"*Read this as:* {'; '.join(tops)}. Of {count(len(pairs), 'pair')} of documents the longer"
        f" one has more instruments in {more['n_present']}, more hits of process themes in"
        f" {more['process_hits']} and more of service themes in {more['service_hits']}; the one"
        f" with more instruments also has more hits of service themes in {both}. That is how these"
        " texts are written side by side; why, they cannot say."
    )


def would_settle(study: Study) -> str:
    """What data would settle what stays open, from the reasons why numbers cannot be compared and
    cells are empty."""
    silent = (study.approach_matrix["state"] == "not_mentioned").sum()
    lines = [
        _original_files(study.outcomes),
        _one_form(study.pairs),
        f"- **The congresses' own files.** {silent} of {len(study.approach_matrix)} cells are not"
        " mentioned; minutes and gazettes say whether that means not done.",
        _second_document(study.cities),
    ]
    return "\n".join(filter(None, lines))


def _original_files(outcomes: pd.DataFrame) -> str:
    """What the pages as printed would settle: numbers left open or to a reader."""
    unread = outcomes[outcomes["status"] == "ambiguous"]
    judged = outcomes[outcomes["basis"] == "coder"]
    if unread.empty and judged.empty:
        return ""
    row = pd.concat([unread, judged]).iloc[0]
    settled = f" and {len(judged)} that a reader settled" if len(judged) else ""
    return (
        f"- **The original PDFs.** {count(len(unread), 'number')} with more than one"
        f" reading{settled} would be read off the page, such as {row['printed']} in"
        f" “{row['quote']}”."
    )


def _one_form(pairs: pd.DataFrame) -> str:
    """What a form for all cities would settle: the commonest reasons why two numbers cannot be
    compared."""
    if pairs.empty:
        return ""
    reasons = pairs.loc[~pairs["comparable"], "reason"].str.split("; ").explode()
    kinds = reasons.str.replace(r":.*| is not said.*| \(.*", "", regex=True).value_counts()
    top = kinds.sort_index().sort_values(ascending=False, kind="stable").head(3)
    told = ", ".join(f"{kind} ({n} of {len(pairs)} pairs)" for kind, n in top.items())
    return (
        f"- **One form for all cities.** What most often keeps two numbers apart: {told}. A form"
        " with a unit, a date and a denominator for each indicator would do."
    )


def _second_document(cities: pd.DataFrame) -> str:
    """What a second document would settle, of the cities that have only one."""
    times = cities["city_zh"].fillna(cities["doc"]).value_counts()
    single = (times == 1).sum()
    if not single:
        return ""
    whose = f"the {count(single, 'city', 'cities')} with one"
    if single == len(times):
        whose = one(single, "the city", "each city")
    return (
        f"- **A second document of {whose}.** Only then can what is the city's be told from what"
        " is the writer's."
    )


def read_test(study: Study) -> str:
    """The p-value of one theme in dated against undated documents, or why none is computed."""
    documents = study.corpus.documents
    n, dated = len(documents), documents["date"].notna()
    if n < FEW_DOCUMENTS:
        why = "One alone has no other labels"
        if n > 1:
            why = (
                f"One of {n} set against the others cannot fall below p = {1 / n:.2f} by chance of"
                " labels alone"
            )
        return (
            f"{count(n, 'document')}: too few for a p-value. {why}; at least {FEW_DOCUMENTS} are"
            " needed."
        )
    if dated.nunique() == 1:
        say_their = f"All of the {n} documents say their"
        if not dated.all():
            say_their = f"None of the {n} documents says its"
        return f"{say_their} date, so these are no two groups to set against each other."
    theme = study.theme_rates["theme"].iloc[0]
    rates = study.theme_rates[study.theme_rates["theme"] == theme].set_index("doc")[
        "per_1000_chars"
    ]
    p = document_p_value(rates.reindex(documents["doc"]), dated)
    return (
        f"p = {p:.2f} for {theme} in dated against undated documents"
        f" ({dated.sum()} against {(~dated).sum()})."
    )
