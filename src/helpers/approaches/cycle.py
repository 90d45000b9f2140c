"""The evidence of instruments → tables of the links of the supervision cycle, of the ways in which
a matter ends, of laws that are made, of hard statutory forms, and of the actors.

Use this module for questions that no single cell of `approach_matrix` can answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

import pandas as pd

from helpers.characters import half_width
from helpers.codebook import HOW_FAR, Codebook, shared_codebook
from helpers.text import Corpus, Document
from helpers.writing import QUOTATION, as_table

from .act_patterns import ActPatterns
from .clauses import trimmed
from .coding import Coder
from .rules import Evidence, wildcard_pattern

_CITY = "doc city_zh city_en"
_PLACE = "start end quote"
_LAWS = dict.fromkeys(f"{_CITY} law how_far from_campaign state {_PLACE}".split(), "str")
_LAWS |= {"start": "int64", "end": "int64", "quote": QUOTATION}
_LOG = dict.fromkeys(f"{_CITY} code term n n_evidence".split(), "str")
_LOG |= {"n": "int64", "n_evidence": "int64"}
_CYCLE = (
    f"{_CITY} kind link zh en code present state mark date date_iso date_from date_to {_PLACE}"
).split()
_ORDER = {step: number for number, step in enumerate(HOW_FAR)}
# the title of a law, without a remark such as (草案), "draft"
_TITLE = re.compile("[《«]([^》»(（]*(?:条例|法|办法|规定))(?:[(（][^》»]*)?[》»]")


def supervision_cycle(
    matrix: pd.DataFrame,
    codebook: Codebook | None = None,
    *,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Tell which links of the supervision cycle, and which ways to end a matter, a document
    reports.

    The table says whether and how a document tells a link, such as the assignment of problems. How
    often a document tells a link is not counted, since a longer document would then count for more.

    Parameters
    ----------
    matrix : DataFrame
        The result of `approach_matrix`.
    codebook : Codebook, optional
        The codebook's table `cycle` lists the links and their codes. By default the shared
        codebook.
    documents : DataFrame, optional
        The table `Corpus.metadata`, which says when each document can have been written. By default
        no date of writing is known.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, kind, link, zh, en, code, present, state, mark, date, date_iso,
        date_from, date_to, start, end, quote`, one row per document and row of cycle.csv. Documents
        are sorted by the earliest day on which they can have been written; documents without a
        date of writing come last.

        `kind` is `link` or `closing`. `date` holds the words that date the act, if the mark is
        `dated` or `scheduled`, and `date_iso` holds this date in digits, such as `2024-10-31` or
        `2024-06`. `date_from` and `date_to` are the earliest and the latest day on which the
        document can have been written. `start, end, quote` are missing for a link that the document
        does not tell.

    Examples
    --------
    >>> from helpers import approach_matrix, read_corpus
    >>> from helpers.approaches.cycle import supervision_cycle
    >>> cycle = supervision_cycle(approach_matrix(read_corpus()))
    >>> cycle.query("link == 'evaluation'")[["doc", "state", "mark", "date"]]
                  doc          state    mark    date
    5      000_jiyuan           done   dated  10月31日
    15  001_sanmenxia  not_mentioned             NaN
    25      002_luohe           done    told     NaN
    35  003_zhengzhou  not_mentioned             NaN
    45    004_jiaozuo           done  listed     NaN
    """
    links = (codebook or shared_codebook()).cycle
    links = links.assign(code=links["codes"].str.split()).explode("code")
    links = links[["link", "kind", "zh", "en", "code"]].reset_index(drop=True)
    cells = matrix.drop(columns=["zh", "en"]).merge(links.reset_index(), on="code")
    written = _written(matrix, documents)
    docs = pd.Categorical(cells["doc"], written["doc"])
    cells = cells.assign(doc=docs).sort_values(["doc", "index"])
    # if a link has several codes, a code that the document reports is kept
    cells = cells.sort_values("present", ascending=False, kind="stable")
    cells = cells.drop_duplicates(["doc", "link"]).sort_values(["doc", "index"])
    is_dated = cells["mark"].isin(["dated", "scheduled"])
    dates = {name: cells[name].where(is_dated) for name in ("date", "date_iso")}
    cells = cells.assign(doc=cells["doc"].astype("str"), **dates).merge(written, on="doc")
    return cells[_CYCLE]


def _written(matrix: pd.DataFrame, documents: pd.DataFrame | None) -> pd.DataFrame:
    """Return the columns `doc, date_from, date_to` with one row per document of the matrix, in the
    order in which the documents were written. Documents without a date come last."""
    columns = ["doc", "date_from", "date_to"]
    docs = matrix[["doc"]].drop_duplicates()
    if documents is None:
        return docs.reindex(columns=columns).astype("str")
    written = docs.merge(documents[columns], on="doc", how="left", validate="one_to_one")
    earliest = written["date_from"].fillna(written["date_to"])
    order = earliest.to_frame("earliest").assign(latest=written["date_to"])
    return written.loc[order.sort_values(["earliest", "latest"], kind="stable").index]


def law_making(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the local laws whose making each document tells, how far the making of each law has
    come, and whether the supervision led to the law.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, law, how_far, from_campaign, state, start, end, quote`, one row per
        document and law. `how_far` is the furthest step that the document reports: `research`,
        `planned`, `deliberated`, `submitted` or `in_force`. `from_campaign` is `yes` if the
        paragraph, up to the end of the quoted clause, says that the supervision led to the law,
        else `not_said`. `law` is empty if the sentence gives no title of a law.
    """
    codebook = codebook or corpus.codebook
    coder, came_of = codebook.once(Coder), codebook.once(ActPatterns).came_of
    steps = codebook.approach_rules.reindex(columns=["rule", "how_far"], fill_value="")
    how_far = {rule: step for rule, step in steps.itertuples(index=False) if step}
    rows = []
    for document, evidence_of in _evidence(corpus, coder):
        acts = [one for found in evidence_of.values() for one in found if one.rule in how_far]
        laws: dict[str, tuple[str, str, Evidence]] = {}
        for one in filter(attrgetter("state"), acts):
            step, (begin, law) = how_far[one.rule], _law_of(document, one)
            if law not in laws or _ORDER[laws[law][0]] < _ORDER[step]:
                origin = "yes" if came_of.search(document.text, begin, one.end) else "not_said"
                laws[law] = step, origin, one
        rows += _law_rows(document, laws)
    return as_table(rows, _LAWS)


def _law_rows(
    document: Document, laws: dict[str, tuple[str, str, Evidence]]
) -> Iterator[tuple[object, ...]]:
    """Yield a row of the table `law_making` for each law of a document. Evidence of a law without a
    title is left out if the document names another law by its title."""
    for law, (step, origin, one) in laws.items():
        if not law and len(laws) > 1:
            continue
        cited = document.cite([trimmed(document.text, one.start, one.end)])[0]
        yield *_city(document), law, step, origin, one.state, *cited


def _law_of(document: Document, one: Evidence) -> tuple[int, str]:
    """Return where the paragraph of a piece of evidence begins, and the title of the last law that
    the sentence names up to the end of the evidence (or "" without such a title)."""
    sentences, number = document.sentences, one.sentence
    laws = _TITLE.findall(document.text, sentences[number].start, one.end)
    while number and sentences[number - 1].paragraph == sentences[number].paragraph:
        number -= 1
    return sentences[number].start, laws[-1] if laws else ""


def hard_forms(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Log the search for hard statutory forms: inquiry motions, special commissions, removal from
    office and resolutions. The log shows which words were looked for in a document that reports no
    such form.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, term, n, n_evidence`, one row per document and term of the
        rules for codes of the strand `hard_form`. `n` counts how often the term stands in the text,
        also in another meaning. `n_evidence` counts the clauses that report the code.
    """
    codebook = codebook or corpus.codebook
    coder, rows = codebook.once(Coder), []
    approaches = codebook.approaches.reindex(columns=["code", "strand"], fill_value="")
    hard = list(approaches.loc[approaches["strand"] == "hard_form", "code"])
    rules = codebook.approach_rules
    terms = {
        code: list(dict.fromkeys("|".join(rules.loc[rules["code"] == code, "terms"]).split("|")))
        for code in hard
    }
    for document, evidence_of in _evidence(corpus, coder):
        for code in hard:
            n_evidence = sum(1 for one in evidence_of[code] if one.state)
            for term in terms[code]:
                n = len(wildcard_pattern([half_width(term)]).findall(document.text))
                rows.append((*_city(document), code, term, n, n_evidence))
    return as_table(rows, _LOG)


def who_acts(evidence: pd.DataFrame, approaches: pd.DataFrame) -> pd.DataFrame:
    """Count for each stage and actor the clauses that tell an act as done.

    Returns
    -------
    DataFrame
        `stage, actor, n, base, n_docs, docs`, in the order of the codebook's stages: `base` counts
        the clauses of the stage, and `docs` lists the `n_docs` documents with the `n` clauses.
        Clauses are counted, not acts, so a document that writes more counts for more.
    """
    done = evidence[evidence["state"] == "done"].merge(approaches[["code", "stage"]], on="code")
    done["stage"] = pd.Categorical(done["stage"], list(approaches["stage"].unique()))
    groups = done.groupby(["stage", "actor"], observed=True)["doc"]
    counts = groups.agg(n="size", n_docs="nunique", docs=lambda docs: " ".join(dict.fromkeys(docs)))
    counts = counts.reset_index().astype({"stage": "str"})
    counts.insert(3, "base", counts.groupby("stage")["n"].transform("sum"))
    return counts


def _city(document: Document) -> tuple[str, str | None, str | None]:
    return document.doc, document.city_zh, document.city_en


def _evidence(corpus: Corpus, coder: Coder) -> Iterator[tuple[Document, dict[str, list[Evidence]]]]:
    """Yield each document with its evidence, grouped by code."""
    for document in corpus:
        evidence_of: dict[str, list[Evidence]] = defaultdict(list)
        for one in coder.read(document)[0]:
            evidence_of[one.code].append(one)
        yield document, evidence_of
