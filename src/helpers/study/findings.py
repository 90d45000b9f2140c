"""Turn the tables of a study into English and Chinese sentences that state the findings. The
notebooks and READMEs show these sentences, so that every claim follows from the tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.approaches import supervision_cycle
from helpers.codebook import Codebook
from helpers.escaping import MarkdownText
from helpers.labels import (
    NUMBER_KINDS,
    city_in,
    city_names,
    document_labels,
    number_kind,
    number_words,
    text_of,
)
from helpers.text import Corpus
from helpers.themes import ALL_DOCUMENTS

from .study import Study, study_of
from .synthesis import (
    MENTIONED,
    counts_in_words,
    indicator_and_number,
    links_in_words,
    pair_counts,
    state_counts,
)
from .wording import (
    PARAGRAPH,
    SPACE,
    Bilingual,
    bracketed,
    dated,
    english,
    fullest,
    joined,
    label_in_both,
    listed,
    markdown,
    name_of,
    quotation,
    sentence,
)

_CLAIMS = 3  # how many results the answer of notebook 04 names
_RESULTS = 5  # how many results a paragraph about a document quotes
_LONG = 120  # a sentence with more characters is quoted only if no shorter one names the theme


def source_line(corpus: Corpus) -> MarkdownText:
    """Say how many documents and characters the corpus has, and which dates the documents have."""
    documents = corpus.metadata
    names, dates = ", ".join(study_of(corpus).document_names), dated(documents, "source.dated")
    totals = {"chars": documents["n_chars"].sum(), "sentences": documents["n_sentences"].sum()}
    return english("source.line", n=len(documents), names=names, dates=dates, **totals)


def whose_documents(corpus: Corpus) -> MarkdownText:
    """Say how many documents each city has, and how many documents name no city. Only several
    documents of a city show what is typical of the city and not just of one text."""
    cities = corpus.metadata["city_zh"]
    n, unnamed, per_city = len(cities), cities.isna().sum(), cities.value_counts()
    several = (per_city > 1).sum()
    parts = []
    if n < 2:
        parts.append(sentence(("base.none", "base.one")[n]))
    elif len(per_city):
        name = "base.several" if several else "base.one_each"
        parts.append(sentence(name, n=n - unnamed, cities=len(per_city), several=several))
    if n > 1 and unnamed:
        parts.append(sentence("base.unnamed", n=n, unnamed=unnamed))
    base = joined(parts)
    return SPACE.join([english("base.line", text=base), base.zh])


def corpus_abstract(corpus: Corpus, edits: pd.DataFrame) -> MarkdownText:
    """Answer the question of notebook 01: how large the corpus is, how many documents have no date,
    how many lost decimal points, and how many edits the cleaning made."""
    documents = corpus.documents
    n, chars = len(documents), documents["n_chars"].sum()
    undated, lost = documents["date"].isna().sum(), (documents["decimals"] == "lost").sum()
    name = "corpus.answer_one" if n == 1 else "corpus.answer_several"
    counts = {"chars": chars, "undated": undated, "lost": lost, "edits": len(edits)}
    return _answer(sentence(name, n=n, **counts))


def approaches_abstract(matrix: pd.DataFrame, codebook: Codebook | None = None) -> MarkdownText:
    """Answer the question of notebook 02: which instruments all documents tell as done, which only
    one document does, which links of the cycle all documents tell, which documents say how a matter
    ends, and in how many cells the rules and the reference reading disagree."""
    n = matrix["doc"].nunique()
    counts = instrument_counts(matrix, n, most=4)
    name = "approaches.answer_shared" if counts["shared"] else "approaches.answer_none_shared"
    parts = [sentence("approaches.answer_one" if n == 1 else name, **counts), only_planned(matrix)]
    parts += _cycle(supervision_cycle(matrix, codebook), n)
    disputed = matrix["disagree"].sum() if "disagree" in matrix else 0
    if disputed:
        parts.append(sentence("approaches.disputed", cells=disputed))
    if n > 1:
        parts.append(silent_documents(matrix))
    caution = sentence("approaches.caution")
    return _answer(joined([joined(parts), caution], zh="。"))


def instrument_counts(matrix: pd.DataFrame, n: int, *, most: int) -> dict[str, object]:
    """Count the instruments that all `n` documents tell as done (`shared`), that only one tells as
    done (`single`) and that none mentions (`unused`). Name at most `most` shared ones in
    `examples`."""
    instruments = matrix.drop_duplicates("code").set_index("code")
    done, mentioned = (
        matrix[matrix["state"].isin(states)].groupby("code")["doc"].nunique()
        for states in (["done"], MENTIONED)
    )
    times = done.reindex(instruments.index, fill_value=0)
    shared, unused = instruments[times == n], len(instruments) - len(mentioned)
    examples = listed(shared["zh"], shared["en"].str.lower(), most=most)
    counts = {"shared": len(shared), "single": (times == 1).sum(), "unused": unused}
    return {"n": n, "codes": len(instruments), "examples": bracketed(examples), **counts}


def only_planned(matrix: pd.DataFrame) -> Bilingual:
    """Say how many cells of the matrix tell an instrument only as planned or as called for. Without
    such cells, return two empty texts."""
    counts = state_counts(matrix)
    planned, called_for = counts["planned"], counts["called_for"]
    if not planned + called_for:
        return Bilingual("", "")
    return sentence("approaches.only_planned", planned=planned, called_for=called_for)


def _cycle(cycle: pd.DataFrame, n: int) -> list[Bilingual]:
    """Say which links of the cycle all `n` documents tell, and which documents say how a matter
    ends. The list is empty if the codebook has no cycle."""
    if cycle.empty:
        return []
    told = cycle[cycle["state"].isin(MENTIONED)]
    times = told.groupby("link")["doc"].nunique()
    links = told[(told["kind"] == "link") & told["link"].isin(times.index[times == n])]
    links = links.drop_duplicates("link")
    names = listed(list(links["zh"]), list(links["en"].str.lower()), most=len(links))
    parts = [sentence("approaches.links" if names.en else "approaches.no_link", links=names, n=n)]
    if n == 1:
        closings = told[told["kind"] == "closing"]
        names = listed(list(closings["zh"]), list(closings["en"].str.lower()), most=len(closings))
        name = "approaches.closings" if names.en else "approaches.no_closing"
        return [*parts, sentence(name, closings=names, n=n)]
    closed = document_labels(cycle).map(city_names)
    closed = list(closed[closed.index.isin(told.loc[told["kind"] == "closing", "doc"])])
    name = "approaches.closed_by" if closed else "approaches.no_closing"
    return [*parts, sentence(name, names=listed(closed, closed, most=6), n=n)]


def silent_documents(matrix: pd.DataFrame, *, most: int = 6) -> Bilingual:
    """Say which documents report no instrument. Without such documents, return two empty texts."""
    names = document_labels(matrix).map(city_names)
    names = names[~names.index.isin(matrix.loc[matrix["present"] == 1, "doc"])]
    if names.empty:
        return Bilingual("", "")
    return sentence("approaches.silent", n=len(names), names=listed(names, names, most=most))


def themes_abstract(leading: pd.DataFrame) -> MarkdownText:
    """Answer the question of notebook 03: which theme leads in each family of themes, with how many
    hits, or which term decides that. `leading` is the table `Study.leading_themes`."""
    told = leading_of_all(leading)
    name = "themes.answer" if told else "themes.none"
    return _answer(sentence(name, themes=joined(told, en="; ")))


def leading_of_all(leading: pd.DataFrame) -> list[Bilingual]:
    """Say for each family which theme leads in all documents together."""
    together = leading[leading["doc"] == ALL_DOCUMENTS]
    rows = leading if together.empty else together  # a single document stands for itself
    return [leading_theme(row) for row in rows.to_dict("records")]


def leading_theme(row: Mapping) -> Bilingual:
    """Say which theme of a family leads, or why none does. `row` is a row of the table
    `Study.leading_themes`."""
    names = {"family": sentence(f"family.of_{row['family']}"), "theme": label_in_both(row)}
    names |= {"n": row["n"], "n_next": row["n_next"]}
    if not row["n_next"]:
        return sentence("themes.leading_alone", **names)
    names["next"] = Bilingual(row["next_zh"], row["next_en"])
    return sentence("themes.leading", **names) if row["leads"] else _unsettled(row, names)


def _unsettled(row: Mapping, names: dict[str, object]) -> Bilingual:
    """Say what decides which of two themes comes first."""
    if row["deciding_terms"]:
        terms = row["deciding_terms"].split("|")
        return sentence("themes.hanging", **names, terms=listed(terms, terms, most=3))
    if row["n"] == row["n_next"]:
        return sentence("themes.tied", **names)
    return sentence("themes.doubtful", **names)


def outcomes_abstract(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> MarkdownText:
    """Answer the question of notebook 04: how many numbers the documents state, how many of these
    numbers can be trusted as printed, and how few pairs of numbers can be compared."""
    if outcomes.empty:
        return _answer(sentence("outcomes.none"))
    documents = outcomes["doc"].nunique()
    counts = {"n": len(outcomes), "documents": documents, "statuses": statuses_in_words(outcomes)}
    answer = sentence("outcomes.answer", **counts)
    name = "outcomes.no_pair" if pairs.empty else "outcomes.pairs"
    if documents == 1:
        name = "outcomes.one_document"
    return _answer(joined([_claims(outcomes), answer, sentence(name, **pair_counts(pairs))]))


def _claims(outcomes: pd.DataFrame) -> Bilingual:
    """Name the results that the documents claim in numbers, with city and value. Shares come
    first, because they say how much of the whole was reached."""
    results = reached(outcomes)
    results = results[results["group"] == "outcome"]
    if results.empty:
        return sentence("outcomes.no_claim")
    is_count = (results["unit"] != "%").sort_values(kind="stable")
    claims = [
        sentence(
            "outcomes.claim",
            place=Bilingual(*(city_in(row, lang) for lang in Bilingual._fields)),
            number=indicator_and_number(row),
        )
        for row in results.loc[is_count.index].head(_CLAIMS).to_dict("records")
    ]
    more = len(results) - len(claims)
    name = "outcomes.claims_more" if more else "outcomes.claims"
    return sentence(name, claims=joined(claims, "；", "; "), more=more)


def reached(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers that are neither of an earlier time nor only planned."""
    return outcomes[~outcomes["timing"].isin(["before", "planned"])]


def statuses_in_words(outcomes: pd.DataFrame) -> Bilingual:
    """Say how many numbers are as printed, how many had a lost point put back, and how many are
    open. If the reference reading settled any, say how many it confirmed and how many it put back.
    """
    status, by_reading = outcomes["status"], outcomes["basis"] == "coder"
    restored, confirmed = status == "restored", (status == "confirmed").sum()
    counts = {
        "as_printed": (status == "as_printed").sum() + confirmed,
        "confirmed": confirmed,
        "restored": restored.sum(),
        "deduced": (restored & ~by_reading).sum(),
        "judged": (restored & by_reading).sum(),
        "ambiguous": (status == "ambiguous").sum(),
    }
    name = "outcomes.statuses_read" if by_reading.any() else "outcomes.statuses"
    return sentence(name, **counts)


def synthesis_abstract(
    table: pd.DataFrame, outcomes: pd.DataFrame, pairs: pd.DataFrame
) -> MarkdownText:
    """Answer the question of notebook 05: how far the documents differ in instruments, and how few
    of their numbers can be compared."""
    if table.empty:
        return english("answer.line", text=sentence("synthesis.none"))
    fewest, most = table["n_done"].min(), table["n_done"].max()
    planned, called_for = table["n_planned"].sum(), table["n_called_for"].sum()
    counts = {"n": len(table), "fewest": fewest, "most": most, "numbers": len(outcomes)}
    counts |= {"planned": planned, "called_for": called_for}
    if len(table) == 1:
        return _answer(sentence("synthesis.answer_one", **counts))
    name = "synthesis.equal" if fewest == most else "synthesis.range"
    lowest, highest = (_names_with(table, number) for number in (fewest, most))
    spread = sentence(name, lowest=lowest, highest=highest, **counts)
    counts |= pair_counts(pairs)
    return _answer(sentence("synthesis.answer", spread=spread, **counts))


def _names_with(table: pd.DataFrame, n_done: int) -> str:
    """Name the documents of the synthesis that tell `n_done` instruments as done."""
    names = [name_of(row) for _, row in table[table["n_done"] == n_done].iterrows()]
    return listed(names, names, most=3).en


def portraits(study: Study) -> MarkdownText:
    """Describe each document in a few sentences with quotations: how many instruments it tells as
    done, planned and called for, which links of the cycle it tells, how a matter ends, the
    instruments that no other document reports, and the stages that are never mentioned."""
    cells, alone = study.approach_matrix, _reported_alone(study)
    cycle, parts = study.supervision_cycle, []
    for doc in cells.loc[cells["present"] == 1, "doc"].unique():
        of_document, links = (table[table["doc"] == doc] for table in (cells, cycle))
        counts = {"n": sum(state_counts(of_document).values())}
        counts["counts"] = counts_in_words(of_document)
        sentences = [english("portrait.counts", document=study.document_names[doc], **counts)]
        for kind in ("link", "closing") if len(cycle) else ():
            sentences.append(_links(study, links[links["kind"] == kind], kind))
        if len(study.corpus) > 1:
            only_here = _only_here(alone[alone["doc"] == doc])
            sentences.append(only_here or english("portrait.nothing_alone"))
        sentences.append(_silence(of_document))
        parts.append(SPACE.join(filter(None, sentences)))
    if not parts:
        return english("portrait.none")
    silent = silent_documents(cells, most=len(cells))
    if silent.en:
        parts.append(SPACE.join([silent.en, silent.zh, english("portrait.silence")]))
    return PARAGRAPH.join(parts)


def _links(study: Study, links: pd.DataFrame, kind: str) -> MarkdownText:
    """Name the links, or the closings, of the cycle that a document tells, and quote the link that
    is told most concretely."""
    told = links[links["state"].isin(MENTIONED)]
    if told.empty:
        return english(f"portrait.no_{kind}")
    ranks = {mark: rank for rank, mark in enumerate(study.codebook.names("marks"))}
    best = told.loc[told["mark"].map(ranks).fillna(len(ranks)).idxmin()]
    names = links_in_words(told, study.names_of_tellings)
    return english(f"portrait.{kind}", links=names, link=label_in_both(best), quote=best["quote"])


def city_paragraphs(study: Study) -> MarkdownText:
    """Describe each document in a paragraph: its instruments, the instruments that no other
    document reports, the leading service theme and one result (all with quotations), and the stages
    that the document never mentions."""
    alone, parts = _reported_alone(study), []
    for row in study.synthesis_table.itertuples():
        cells = study.approach_matrix[study.approach_matrix["doc"] == row.doc]
        told = f" ({row.instruments_en})" if row.instruments_en else ""
        n = row.n_done + row.n_planned + row.n_called_for
        values = {"document": study.document_names[row.doc], "n": n, "told": told}
        sentences = [
            english("paragraph.instruments", **values),
            _best_documented(cells[cells["present"] == 1]),
            _only_here(alone[alone["doc"] == row.doc]),
            _leading_service(study, row.doc),
            _results(study, row.doc),
            _silence(cells),
        ]
        parts.append(SPACE.join(filter(None, sentences)))
    return PARAGRAPH.join(parts)


def _best_documented(reported: pd.DataFrame) -> MarkdownText:
    if reported.empty:
        return ""
    best = fullest(reported)
    return english("paragraph.best", instrument=label_in_both(best), quote=best["quote"])


def _reported_alone(study: Study) -> pd.DataFrame:
    """Return the matrix cells of the instruments that only one document reports. Return no rows if
    the corpus has only one document."""
    present = study.approach_matrix[study.approach_matrix["present"] == 1]
    if len(study.corpus) < 2:
        return present.head(0)
    return present[present.groupby("code")["doc"].transform("nunique") == 1]


def _only_here(cells: pd.DataFrame) -> MarkdownText:
    """Name the instruments that only one document reports, and quote the first of them."""
    if cells.empty:
        return ""
    names = ", ".join(cells["en"].str.lower())
    return english("paragraph.alone", instruments=names, quote=cells.iloc[0]["quote"])


def _leading_service(study: Study, doc: str) -> MarkdownText:
    """Name the service theme with most hits in a document, and quote the sentence in which this
    theme has most hits."""
    leading, hits, sentences = (
        table[table["doc"] == doc]
        for table in (study.leading_themes, study.theme_hits, study.corpus.sentences)
    )
    leading = leading[leading["family"] == "service"]
    if leading.empty:
        return english("paragraph.no_service")
    top = leading.iloc[0]
    theme = {"theme": label_in_both(top), "n": top["n"]}
    if not top["leads"]:
        theme["theme"] = sentence("paragraph.unsettled", theme=theme["theme"])
    times = hits[hits["theme"] == top["theme"]].groupby("sentence").size()
    body = sentences[sentences["kind"] == "sentence"]
    named = body[body["sentence"].isin(times.index)]
    if named.empty:
        return english("paragraph.service_in_headings", **theme)
    # Take the sentence with most hits, but prefer any short sentence to a long one.
    length, hits_of = named["text"].str.len(), -named["sentence"].map(times)
    order = {"_long": length > _LONG, "_hits": hits_of, "_length": length}
    best = named.assign(**order).sort_values(list(order), kind="stable").iloc[0]
    quoted = quotation(study.corpus, doc, best["start"], best["end"])
    return english("paragraph.service", **theme, quotation=quoted)


def _results(study: Study, doc: str) -> MarkdownText:
    """Quote the numbers about results of a document, or else its first output, or else its first
    planned output, and say how certain each number is."""
    numbers = study.outcomes[study.outcomes["doc"] == doc]
    if numbers.empty:
        return english("paragraph.no_number")
    told = {
        "outcome": _of_group(reached(numbers), "outcome"),
        "output": _of_group(reached(numbers), "output").head(1),
        "planned": _of_group(numbers[numbers["timing"] == "planned"], "output").head(1),
    }
    name = next((name for name, rows in told.items() if len(rows)), None)
    if name is None:
        return english("paragraph.no_result", n=len(numbers))
    claims = [_claim(study, row) for row in told[name].head(_RESULTS).to_dict("records")]
    more = len(told[name]) - len(claims)
    if more:
        claims.append(english("paragraph.more_results", n=more))
    claims = MarkdownText("; ").join(claims)
    return english(f"paragraph.number_{name}", n=len(numbers), claims=claims)


def _of_group(numbers: pd.DataFrame, group: str) -> pd.DataFrame:
    return numbers[numbers["group"] == group]


def _claim(study: Study, row: dict) -> MarkdownText:
    """Name a number with its certainty, and quote it."""
    values = {"number": number_words(row, "en"), "kind": NUMBER_KINDS[number_kind(row)][1]}
    quoted = quotation(study.corpus, row["doc"], row["quote_start"], row["quote_end"])
    return english("paragraph.claim", indicator=row["indicator_en"], quotation=quoted, **values)


def _silence(cells: pd.DataFrame) -> MarkdownText:
    """Name the stages that a document does not mention. Instruments outside all stages do not
    count, because most documents mention none of them."""
    mentioned = set(cells.loc[cells["state"] != "not_mentioned", "stage"]) | {""}
    silent = [_doing(stage) for stage in cells["stage"].unique() if stage not in mentioned]
    if not silent:
        return ""
    stages = " and ".join(filter(None, [", ".join(silent[:-1]), silent[-1]]))
    return english("paragraph.silence", stages=stages)


def _doing(stage: str) -> MarkdownText:
    """Return the English words for what is done at a stage, such as `rectifying` for `rectify`. If
    the stage is unknown, return its id."""
    name = f"stage.doing_{stage}"
    return english(name) if name in text_of("text/findings") else stage


def _answer(text: Bilingual) -> MarkdownText:
    return PARAGRAPH.join(markdown("answer.line", lang, text=text) for lang in ("en", "zh"))
