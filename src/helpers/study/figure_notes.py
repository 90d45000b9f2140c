"""Write notes on the tables and figures of a study: what readers should notice, and what the table
or figure cannot show. The notebooks show each note below its table or figure."""

from __future__ import annotations

from itertools import combinations, product

import pandas as pd

from helpers.approaches import boilerplate_share
from helpers.escaping import MarkdownText
from helpers.labels import number_in, number_words, unit_label
from helpers.outcomes import CAVEATS, comparison_word
from helpers.themes import FEW_DOCUMENTS, MIN_BLOCKS, document_p_value, keyword_in_context

from .study import MIN_HITS, MIN_PARAGRAPHS, Study
from .wording import (
    LINE,
    PARAGRAPH,
    SPACE,
    Bilingual,
    english,
    fullest,
    label_in_both,
    name_of,
    quotation,
    say,
    sentence,
)


def read_rates(study: Study) -> MarkdownText:
    """Explain the theme chart by two examples: the highest rate, and the rate with the widest
    interval, which depends most on single sentences."""
    rates, hits = study.theme_rates[study.theme_rates["n"] > 0], study.theme_hits
    if rates.empty:
        return english("rates.none")
    top = fullest(rates, "per_1000_chars")
    first = hits[(hits["doc"] == top["doc"]) & (hits["theme"] == top["theme"])].iloc[0]
    values = {"n": top["n"], "rate": top["per_1000_chars"], "documents": len(study.corpus)}
    quoted = quotation(study.corpus, first["doc"], first["start"], first["end"])
    notes = [english("rates.highest", **_names(top, "theme"), **values, quotation=quoted)]
    width = (rates["high"] - rates["low"]).dropna()
    if len(width):
        widest = rates.loc[width.idxmax()]
        theme, bounds = label_in_both(widest), {end: widest[end] for end in ("low", "high")}
        notes.append(english("rates.widest", theme=theme, place=name_of(widest), **bounds))
    return SPACE.join(filter(None, [*notes, without_interval(study).en]))


def _names(row: pd.Series, noun: str) -> dict[str, str]:
    """Return the document name of a row, and its theme or instrument in both languages."""
    return {"place": name_of(row), f"{noun}_zh": row["zh"], f"{noun}_en": row["en"]}


def without_interval(study: Study) -> Bilingual:
    """Say in both languages how many documents are too short for an interval around their theme
    rates. Both texts are empty if every document has an interval."""
    rates = study.theme_rates
    known = rates[["low", "high"]].notna().all(axis=1).groupby(rates["doc"]).any()
    n, short = len(known), (~known).sum()
    if not short:
        return Bilingual("", "")
    name = "rates.no_interval_one" if n == 1 else "rates.no_interval_several"
    return sentence(name, n=n, short=short, least=MIN_BLOCKS)


def read_keyness(study: Study) -> MarkdownText:
    """Show each document's three most distinctive words, each in two lines of the document. Then
    say which documents have no distinctive words, and why."""
    if len(study.corpus) < 2:
        return english("keyness.one_document")
    lines = []
    for doc, table in study.keyness.groupby("doc", sort=False):
        lines.append(MarkdownText("**{name}**").format(name=study.document_names[doc]))
        lines += [_word_in_lines(study, doc, word) for word in table.head(3).itertuples()]
        lines.append("")
    return LINE.join([*lines, *_without_words(study)])


def _word_in_lines(study: Study, doc: str, word: object) -> MarkdownText:
    """Show a distinctive word in the first two lines in which the document uses the word."""
    hits = keyword_in_context(study.corpus, word.feature, window=16)
    hits = hits[hits["doc"] == doc].head(2)
    line = MarkdownText("…{pre}**{keyword}**{post}…")
    lines = MarkdownText(" / ").join(
        line.format(pre=hit.pre, keyword=hit.keyword, post=hit.post) for hit in hits.itertuples()
    )
    counts = {"here": word.n_target, "elsewhere": word.n_reference}
    return english("keyness.word", word=word.feature, lines=lines, **counts)


def _without_words(study: Study) -> list[str]:
    """Say which documents have no words that set them apart, and why."""
    notes, wordless = [], study.wordless
    if wordless:
        names = ", ".join(study.document_names[wordless])
        notes.append(english("keyness.wordless", documents=names, n=len(wordless)))
    if len(study.corpus) - len(wordless) < 2:
        return [*notes, english("keyness.no_two_documents")]
    quiet = study.document_names.drop([*wordless, *study.keyness["doc"].unique()])
    if len(quiet):
        least = {"hits": MIN_HITS, "paragraphs": MIN_PARAGRAPHS}
        notes.append(english("keyness.no_word", documents=", ".join(quiet), **least))
    return notes


def read_matrix(study: Study) -> MarkdownText:
    """Explain the matrix of instruments by two cells: a dot means that a document reports the
    instrument as done, and a dash means that a document does not mention the instrument."""
    cells = study.approach_matrix
    done = cells[(cells["state"] == "done") & (cells["quote"].fillna("") != "")]
    if done.empty:
        return english("matrix.none_done")
    most = fullest(done.sort_values(["doc", "code"]))
    evidence = {"n": most["n_evidence"], "quote": most["quote"]}
    note = english("matrix.done", **_names(most, "instrument"), **evidence)
    silent = cells[cells["state"] == "not_mentioned"]
    if silent.empty:
        return note
    rarest = silent.groupby("code", sort=False).size().idxmin()
    dash = silent[silent["code"] == rarest].iloc[0]
    return SPACE.join([note, english("matrix.silent", **_names(dash, "instrument"))])


def shared_and_single(study: Study) -> MarkdownText:
    """List, with quotations, the instruments that all documents or only one document tell as
    done."""
    cells, n = study.approach_matrix[study.approach_matrix["state"] == "done"], len(study.corpus)
    if cells.empty:
        return english("shared.none", documents=n)
    by_code = cells.groupby("code", sort=False)
    n_docs, best = by_code["doc"].nunique(), {code: fullest(rows) for code, rows in by_code}
    everywhere, single = ([best[code] for code in n_docs.index[n_docs == k]] for k in (n, 1))
    if n == 1:
        return LINE.join([_head("shared.one_document"), *map(_instrument, everywhere)])
    name = "shared.all" if everywhere else "shared.none_by_all"
    lines = [_head(name, n=n, codes=len(everywhere))]
    for row in everywhere:
        where = english("shared.most_often", document=study.document_names[row["doc"]])
        lines.append(_instrument(row, where))
    lines += ["", _head("shared.single" if single else "shared.none_by_one", codes=len(single))]
    lines += [_instrument(row, study.document_names[row["doc"]]) for row in single]
    return LINE.join(lines)


def _head(name: str, **values: int) -> MarkdownText:
    head = sentence(name, **values)
    return MarkdownText("**{en}** {zh}").format(en=head.en, zh=head.zh)


def _instrument(row: pd.Series, where: str = "") -> MarkdownText:
    form = MarkdownText("- {en} {zh} — {where}: “{quote}”" if where else "- {en} {zh} — “{quote}”")
    return form.format(en=row["en"], zh=row["zh"], where=where, quote=row["quote"])


def read_boilerplate(study: Study) -> MarkdownText:
    """Say which document has the largest share of text that other documents contain word for word,
    and how large this share is. Say how much of all shared text a document of the province has."""
    passages = study.boilerplate
    if passages.empty:
        return english("boilerplate.none")
    top = fullest(boilerplate_share(study.corpus, passages), "share_percent")
    longest = fullest(passages, "n_chars")
    shared = {"quote": longest["quote"], "documents": longest["n_docs"]}
    share = top["share_percent"]
    said = english("boilerplate.share", share=share, place=name_of(top), **shared)
    from_province = passages["n_from_province"].sum(min_count=1)
    if pd.isna(from_province):
        return SPACE.join([said, english("boilerplate.no_province")])
    of_province = 100 * from_province / passages["n_chars"].sum()
    return SPACE.join([said, english("boilerplate.from_province", share=of_province)])


def read_values(outcomes: pd.DataFrame, study: Study) -> MarkdownText:
    """Explain one number whose lost decimal point was put back, one number that the reference
    reading found to have lost none, and one number that has several possible values, and give the
    reasons."""
    notes = []
    for status in ("restored", "confirmed", "ambiguous"):
        for row in outcomes[outcomes["status"] == status].head(1).to_dict("records"):
            quoted = quotation(study.corpus, row["doc"], row["quote_start"], row["quote_end"])
            about = {"document": study.document_names[row["doc"]], "value": _value_with_unit(row)}
            reason = row["reason"].rstrip(".")
            reasons = {"printed": row["printed"], "reason": reason, "quotation": quoted}
            notes.append(english(f"values.point_{status}", **about, **reasons))
    return PARAGRAPH.join(notes) or english("values.none_lost")


def _value_with_unit(row: dict) -> str:
    """Return the value of a number, or the range of its possible values, with its unit."""
    if row["status"] == "ambiguous":
        low, high = number_in(row["low"], "en"), number_in(row["high"], "en")
        value = say("values.between", "en", low=low, high=high)
    else:
        value = number_in(row["value"], "en")
    unit = unit_label(row["unit"], "en")
    return value + unit if unit in ("", "%") else f"{value} {unit}"


def read_together(together: pd.DataFrame) -> MarkdownText:
    """Say which document is longest, which has most instruments and which has most hits. Say in how
    many pairs of documents the longer document also has more instruments or hits. `together` is the
    result of `cooccurrence` with a column `n_chars`."""
    if len(together) < 2:
        return english("together.one_document")
    counted = ("n_chars", "n_done", "process_hits", "frame_hits", "service_hits")
    tops = {column: fullest(together, column) for column in counted}
    most = MarkdownText("; ").join(
        english(f"together.most_{column}", place=name_of(top), n=top[column])
        for column, top in tops.items()
    )
    pairs = list(combinations(together.sort_values("n_chars", kind="stable").itertuples(), 2))
    in_longer = {
        column: sum(getattr(shorter, column) < getattr(longer, column) for shorter, longer in pairs)
        for column in counted
    }
    both = sum((a.n_done - b.n_done) * (a.service_hits - b.service_hits) > 0 for a, b in pairs)
    return english("together.pairs", most=most, pairs=len(pairs), both=both, **in_longer)


def would_settle(study: Study) -> MarkdownText:
    """Say which further data would help with numbers that have several possible values, with pairs
    of numbers that cannot be compared, and with matrix cells without evidence."""
    cells = study.approach_matrix
    silent = (cells["state"] == "not_mentioned").sum()
    own_files = english("settle.own_files", silent=silent, cells=len(cells))
    notes = [_original_files(study.outcomes), _one_form(study.pairs), own_files]
    return LINE.join(filter(None, [*notes, _second_document(study.cities)]))


def _original_files(outcomes: pd.DataFrame) -> MarkdownText:
    """Say how many numbers could be read from the original PDFs: the numbers with several possible
    values and the numbers whose value the reference reading chose."""
    unread = outcomes[outcomes["status"] == "ambiguous"]
    judged = outcomes[outcomes["basis"] == "coder"]
    if unread.empty and judged.empty:
        return ""
    example = pd.concat([unread, judged]).iloc[0]
    values = {"n": len(unread), "judged": len(judged), "printed": example["printed"]}
    name = "settle.original_files_judged" if len(judged) else "settle.original_files"
    return english(name, **values, quote=example["quote"])


def _one_form(pairs: pd.DataFrame) -> MarkdownText:
    """Give the most frequent reasons why two numbers cannot be compared. If all cities filled in
    the same form, these reasons would disappear."""
    reasons = pairs.loc[pairs["verdict"] == "different", "reason"].str.split("; ").explode()
    # Cut off the values of a reason, so that all reasons “level: … / …” count as one kind.
    kinds = reasons.str.split(":").str[0].value_counts().drop(CAVEATS, errors="ignore")
    if kinds.empty:
        return ""
    top = kinds.sort_index().sort_values(ascending=False, kind="stable").head(3).items()
    reasons = [
        english("settle.reason", reason=comparison_word(f"bar.{kind}", "en"), n=n, pairs=len(pairs))
        for kind, n in top
    ]
    return english("settle.one_form", reasons=MarkdownText(", ").join(reasons))


def read_changes(study: Study) -> MarkdownText:
    """List the indicators for which a document gives a value before and a later one, and the
    numbers that say by how much something rose or fell. None of these shows an effect."""
    outcomes, lines = study.outcomes, []
    for (doc, *_), rows in outcomes.groupby(["doc", "sentence", "indicator", "unit"], sort=False):
        levels = rows[~rows["direction"].isin(["up", "down"])]
        before, later = (levels[levels["timing"].isin(when)] for when in (["before"], ["during"]))
        for first, last in product(*(part.to_dict("records") for part in (before, later))):
            values = {"first": number_words(first, "en"), "last": number_words(last, "en")}
            lines.append(_change("changes.from_to", study, last, doc, **values))
    for row in outcomes[outcomes["direction"].isin(["up", "down"])].to_dict("records"):
        number = number_words(row, "en")
        lines.append(_change("changes.by", study, row, row["doc"], number=number))
    return LINE.join([english("changes.told"), *lines]) if lines else english("changes.none")


def _change(name: str, study: Study, row: dict, doc: str, **values: str) -> MarkdownText:
    place = {"document": study.document_names[doc], "indicator": row["indicator_en"]}
    quoted = quotation(study.corpus, doc, row["quote_start"], row["quote_end"])
    return english(name, quotation=quoted, **place, **values)


def _second_document(cities: pd.DataFrame) -> MarkdownText:
    """Say how many cities have only one document. A second document would show what is typical of
    the city and not just of one writer. Documents that name no city are of no known city."""
    per_city = cities["city_zh"].value_counts()
    single = (per_city == 1).sum()
    if not single:
        return ""
    is_every = single == len(cities)
    name = "settle.second_document" if is_every else "settle.second_document_some"
    return english(name, n=single)


def read_test(study: Study) -> MarkdownText:
    """Give the p-value of a test that compares one theme in dated and undated documents, or say why
    these documents allow no such test."""
    documents = study.corpus.metadata
    n, dated = len(documents), documents["date"].notna()
    if n < FEW_DOCUMENTS:
        name = "test.alone" if n < 2 else "test.few"
        return english(name, n=n, lowest=1 / max(n, 1), least=FEW_DOCUMENTS)
    if dated.nunique() == 1:
        return english("test.all_dated" if dated.all() else "test.none_dated", n=n)
    n_dated = dated.sum()
    if n_dated in (1, n - 1):
        return english("test.one_apart", n=n, dated=n_dated)
    theme = study.theme_rates["theme"].iloc[0]
    rates = study.theme_rates[study.theme_rates["theme"] == theme]
    rates = rates.set_index("doc")["per_1000_chars"].reindex(documents["doc"])
    p_value = document_p_value(rates, dated)
    return english("test.p_value", theme=theme, p=p_value, dated=n_dated, undated=n - n_dated)
