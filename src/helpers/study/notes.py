"""Tables → what a reader should notice in them, and what they cannot show."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from helpers.labels import number_in, unit_label
from helpers.themes import FEW_DOCUMENTS, MIN_BLOCKS, document_p_value, keyword_in_context

from .findings import count, name_of, quotation
from .study import MIN_HITS, MIN_PARAGRAPHS, Study


def read_rates(study: Study) -> str:
    """How to read the theme chart: the highest rate, and a rate that hangs on few sentences."""
    rates = study.rates[study.rates["n"] > 0]
    if rates.empty:
        return "No term of the codebook occurs here."
    top = rates.loc[rates["per_1000_chars"].idxmax()]
    hit = study.hits[
        (study.hits["doc"] == top["doc"]) & (study.hits["theme"] == top["theme"])
    ].iloc[0]
    text = (
        f"*Read this as:* in {name_of(top)} the theme *{top['en']}* {top['zh']} has"
        f" {count(int(top['n']), 'hit')}, {top['per_1000_chars']:.1f} per 1,000 characters, the"
        f" highest rate {'of its themes' if len(study.corpus) == 1 else 'here'}; the first of them"
        f" is {quotation(study.corpus, hit['doc'], hit['start'], hit['end'])}."
    )
    bounded = rates.dropna(subset=["low", "high"])
    if len(bounded):
        loose = bounded.loc[(bounded["high"] - bounded["low"]).idxmax()]
        text += (
            f" The widest interval is that of *{loose['en']}* in {name_of(loose)}"
            f" ({loose['low']:.1f}–{loose['high']:.1f}): drawn anew, its sentences would give quite"
            " another rate, so nothing should be made of its rank."
        )
    return " ".join(filter(None, [text, without_interval(study)[1]]))


def without_interval(study: Study) -> tuple[str, str]:
    """Say in Chinese and English how many documents have no interval of their rates, and why; two
    empty texts where each has one."""
    known = study.rates[["low", "high"]].notna().all(axis=1).groupby(study.rates["doc"]).any()
    n, short = len(known), int((~known).sum())
    if not short:
        return "", ""
    zh = (
        f"{'这篇' if n == 1 else f'{n}篇中有{short}篇'}连标题不足{MIN_BLOCKS}句，句子太少，"
        "不计算区间，也就没有横线。"
    )
    what = (
        "The document has"
        if n == 1
        else f"{short} of {n} documents {'has' if short == 1 else 'have'}"
    )
    what += f" fewer than {MIN_BLOCKS} sentences and headings, too few"
    return (
        zh,
        (
            f"{what} to draw anew: no interval is"
            f" computed{'' if n == 1 else ' for ' + ('it' if short == 1 else 'them')}, so there is"
            " no line."
        ),
    )


def read_keyness(study: Study, *, words: int = 3, lines: int = 2) -> str:
    """The strongest words of each document in their lines, and which documents have none and
    why."""
    if len(study.corpus) < 2:
        return "With a single document there is nothing to compare with."
    parts = []
    for doc, table in study.keyness.groupby("doc", sort=False):
        parts.append(f"**{study.names[doc]}**")
        for row in table.head(words).itertuples():
            hits = keyword_in_context(study.corpus, row.feature, window=16)
            shown = [
                f"…{h.pre}**{h.keyword}**{h.post}…"
                for h in hits[hits["doc"] == row.doc].head(lines).itertuples()
            ]
            parts.append(
                f"- {row.feature} ({row.n_target} here, {row.n_reference} elsewhere): "
                + " / ".join(shown)
            )
        parts.append("")
    return "\n".join([*parts, *_left_out(study)])


def _left_out(study: Study) -> list[str]:
    """Which documents have no words of their own, and why."""
    told = []
    if study.wordless:
        names = ", ".join(study.names[doc] for doc in study.wordless)
        told.append(
            f"Left out of the comparison: {names}"
            f" ({'it holds' if len(study.wordless) == 1 else 'they hold'} no word, only numbers,"
            " signs or words of the stop list)."
        )
    if len(study.corpus) - len(study.wordless) < 2:
        return [*told, "There are no two documents with words, so nothing can be compared."]
    quiet = [
        doc
        for doc in study.names.index
        if doc not in study.wordless and doc not in set(study.keyness["doc"])
    ]
    if quiet:
        told.append(
            f"No word stands out in {', '.join(study.names[doc] for doc in quiet)}: none is used"
            f" more than elsewhere and has {MIN_HITS} hits in {MIN_PARAGRAPHS} paragraphs."
        )
    return told


def read_matrix(study: Study) -> str:
    """How to read the matrix: one dot with its quotation, and one dash."""
    cells = study.matrix
    done = cells[(cells["state"] == "done") & (cells["quote"].fillna("") != "")]
    if done.empty:
        return "No instrument is reported as done in these documents."
    most = done.sort_values(
        ["n_evidence", "doc", "code"], ascending=[False, True, True], kind="stable"
    ).iloc[0]
    text = (
        f"*Read this as:* {name_of(most)} reports *{most['en']}* {most['zh']} as done, with"
        f" {count(int(most['n_evidence']), 'quotation')}, among them “{most['quote']}”."
    )
    silent = cells[cells["state"] == "not_mentioned"]
    if len(silent):
        codes = silent.groupby("code", sort=False).size()
        code = codes.idxmin()
        row = silent[silent["code"] == code].iloc[0]
        text += (
            f" {name_of(row)} does not mention *{row['en']}* {row['zh']}: a dash, not a zero — it"
            " may have been done and left out."
        )
    return text


def shared_and_single(study: Study) -> str:
    """What all documents report and what only one does, each with a quotation."""
    cells = study.matrix[study.matrix["present"] == 1]
    n = len(study.corpus)
    by_code = cells.groupby("code", sort=False)["doc"].nunique()
    everywhere, single = by_code[by_code == n].index, by_code[by_code == 1].index
    if cells.empty:
        return (
            "No instrument is reported in these documents."
            if n != 1
            else "No instrument is reported in this document."
        )
    lines = [
        (
            f"**All {n} report {count(len(everywhere), 'instrument')}** 各篇都有:"
            if len(everywhere)
            else f"**No instrument is reported by all {n}** 没有各篇都报告的"
        )
    ]
    lines = lines if n > 1 else ["**Reported** 所报告的:"]
    for code in everywhere:
        row = (
            cells[cells["code"] == code]
            .sort_values("n_evidence", ascending=False, kind="stable")
            .iloc[0]
        )
        where = f"most often in {study.names[row['doc']]}: " if n > 1 else ""
        lines.append(f"- {row['en']} {row['zh']} — {where}“{row['quote']}”")
    if n > 1:
        lines.append(
            f"\n**Only one reports {count(len(single), 'instrument')}** 仅一篇有:"
            if len(single)
            else "\n**No instrument is reported by one only** 没有仅一篇报告的"
        )
        for code in single:
            row = cells[cells["code"] == code].iloc[0]
            lines.append(f"- {row['en']} {row['zh']} — {study.names[row['doc']]}: “{row['quote']}”")
    return "\n".join(lines)


def read_boilerplate(study: Study) -> str:
    """How much of each document is formulas that another document has word for word."""
    from helpers.approaches import boilerplate_share

    table = boilerplate_share(study.corpus, study.boilerplate)
    if table.empty or study.boilerplate.empty:
        return "No passage of eight characters stands in two documents."
    top = table.loc[table["share_percent"].idxmax()]
    longest = study.boilerplate.loc[study.boilerplate["n_chars"].idxmax()]
    return (
        f"*Read this as:* {top['share_percent']:.1f} % of {name_of(top)} stands word for word in"
        f" another document; the longest shared passage is “{longest['quote']}”"
        f" ({longest['n_docs']} documents). What is handed down says little about the city."
    )


def read_values(outcomes: pd.DataFrame, study: Study) -> str:
    """One restored number and one open one, with the reason of each."""
    parts = []
    for status, verb in (("restored", "was put back"), ("ambiguous", "stays open")):
        rows = outcomes[outcomes["status"] == status]
        if len(rows):
            row = rows.iloc[0]
            place = quotation(study.corpus, row["doc"], row["quote_start"], row["quote_end"])
            what = (
                number_in(row["value"], "en")
                if status == "restored"
                else f"between {number_in(row['low'], 'en')} and {number_in(row['high'], 'en')}"
            )
            unit = unit_label(row["unit"], "en")
            parts.append(
                f"*Read this as:* the point in {study.names[row['doc']]}'s {row['printed']} {verb}"
                f" ({what}{'' if unit in ('', '%') else ' '}{unit}), because {row['reason']}:"
                f" {place}."
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
    tops = [
        f"{what}: {name_of(together.loc[together[column].idxmax()])} ({together[column].max():,})"
        for column, what in (
            ("n_chars", "most characters"),
            ("n_present", "most instruments"),
            ("process_hits", "most hits of process themes"),
            ("service_hits", "most hits of service themes"),
        )
    ]
    pairs = list(combinations(together.sort_values("n_chars", kind="stable").itertuples(), 2))
    more = {
        column: sum(getattr(a, column) < getattr(b, column) for a, b in pairs)
        for column in ("n_present", "process_hits", "service_hits")
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
    lines = []
    open_numbers = study.outcomes[study.outcomes["status"] == "ambiguous"]
    judged = int((study.outcomes["basis"] == "coder").sum())
    if len(open_numbers) or judged:
        row = (
            open_numbers.iloc[0]
            if len(open_numbers)
            else study.outcomes[study.outcomes["basis"] == "coder"].iloc[0]
        )
        lines.append(
            f"- **The original PDFs.** {count(len(open_numbers), 'number')} with more than one"
            f" reading{f' and {judged} that a reader settled' if judged else ''} would be read off"
            f" the page, such as {row['printed']} in “{row['quote']}”."
        )
    if len(study.pairs):
        reasons = (
            study.pairs.loc[~study.pairs["comparable"], "reason"]
            .str.split("; ")
            .explode()
            .str.replace(r":.*| is not said.*| \(.*", "", regex=True)
        )
        top = (
            reasons.value_counts().sort_index().sort_values(ascending=False, kind="stable").head(3)
        )
        told = ", ".join(f"{reason} ({n} of {len(study.pairs)} pairs)" for reason, n in top.items())
        lines.append(
            f"- **One form for all cities.** What most often keeps two numbers apart: {told}. A"
            " form with a unit, a date and a denominator for each indicator would do."
        )
    silent = int((study.matrix["state"] == "not_mentioned").sum())
    lines.append(
        f"- **The congresses' own files.** {silent} of {len(study.matrix)} cells are not mentioned;"
        " minutes and gazettes say whether that means not done."
    )
    cities = study.cities["city_zh"].fillna(study.cities["doc"]).value_counts()
    single = int((cities == 1).sum())
    if single:
        whose = (
            "the city"
            if len(cities) == 1
            else (
                "each city"
                if single == len(cities)
                else f"the {count(single, 'city', 'cities')} with one"
            )
        )
        lines.append(
            f"- **A second document of {whose}.** Only then can what is the city's be told from"
            " what is the writer's."
        )
    return "\n".join(lines)


def read_test(study: Study) -> str:
    """The p-value of one theme in dated against undated documents, or why none is computed."""
    n, dated = len(study.corpus), study.corpus.documents["date"].notna()
    if n < FEW_DOCUMENTS:
        return (
            f"{count(n, 'document')}: too few for a p-value."
            f" {'One alone has no other labels' if n < 2 else f'One of {n} set against the others cannot fall below p = {1 / n:.2f} by chance of labels alone'};"
            f" at least {FEW_DOCUMENTS} are needed."
        )
    if dated.all() or not dated.any():
        return (
            f"{'All' if dated.all() else 'None'} of the {n} documents"
            f" {'say' if dated.all() else 'says'} {'their' if dated.all() else 'its'} date, so"
            " these are no two groups to set against each other."
        )
    theme = study.rates["theme"].iloc[0]
    rate = (
        study.rates[study.rates["theme"] == theme]
        .set_index("doc")["per_1000_chars"]
        .reindex(study.corpus.documents["doc"])
    )
    return (
        f"p = {document_p_value(rate, dated):.2f} for {theme} in dated against undated documents"
        f" ({int(dated.sum())} against {int((~dated).sum())})."
    )
