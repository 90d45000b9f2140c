"""Corpus and codebook → which instruments each document reports, with the evidence for each."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from itertools import islice

import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, Document, as_city, report_level
from helpers.writing import as_table

from .rules import Evidence, RuleBook, read_rules

STATES = ("done", "planned", "called_for", "not_mentioned", "not_applicable")
# 济源 has towns and streets only: no county congress to link with
NEEDS_COUNTIES = frozenset({"multilevel"})
_CELLS = dict.fromkeys(
    "doc city_zh city_en code stage type present state grade n_evidence".split(), "str"
) | dict.fromkeys(("present", "n_evidence"), "int64")
_EVIDENCE = dict.fromkeys(
    "doc code section sentence actor state strength start end quote rule".split(), "str"
) | dict.fromkeys("section sentence start end".split(), "int64")
_TOPIC = re.compile("养老|老年|老龄|敬老|助餐|老人|颐养|康养|适老")
# 走访老人12户 alone makes a report on water none on elderly care
_CARE = re.compile("养老|老年|老龄|敬老|助餐|颐养|康养|适老")
_READINGS = {
    "other_subject": "It does not speak of elderly care: its instruments are those on its own"
    " subject.",
    "care_in_passing": "It speaks of elderly care in passing and names no instrument there; what it"
    " did on its other subjects is left out.",
}
# hits a sentence: a report on elderly care has far more, a yearly report on everything far fewer
_ON_TOPIC, _SHORT = 0.15, 12


def code_approaches(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Say for every document and instrument whether the text proves it, by the rules of the
    codebook.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        The shipped one by default.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, type, present, state, grade, n_evidence`, a row for
        every document × code in the order of corpus and codebook. `present` is 0 or 1 by the code's
        definition; `state` is the strongest of `done`, `planned`, `called_for` that the text tells
        (in a sentence of its own, or else in a list), else `not_mentioned` (which is not: not done)
        or `not_applicable`; `grade` is the highest reached of a graded code, else missing;
        `n_evidence` counts the rows of `approach_evidence`.

    Warns
    -----
    UserWarning
        Naming the documents that speak of no elderly care, or of it in passing and of no instrument
        there.

    Examples
    --------
    Which documents show a questionnaire survey? The first does not mention one, the second does.

    >>> from helpers import code_approaches, read_corpus
    >>> cells = code_approaches(read_corpus())
    >>> cells.query("code == 'survey'")[["doc", "present", "state", "n_evidence"]].head(2)
                  doc  present          state  n_evidence
    16     000_jiyuan        0  not_mentioned           0
    58  001_sanmenxia        1           done           1
    """
    codebook = codebook or corpus.codebook
    rules, grades, bare = _rules(codebook), _grades(codebook), _bare_cities(codebook)
    codes = list(codebook.approaches[["code", "stage", "type"]].itertuples(index=False, name=None))
    rows, read = [], {}
    for document in corpus:
        evidence, reading = _read(document, rules)
        found, city = _by_code(evidence), (document.doc, document.city_zh, document.city_en)
        bare_here = document.city_zh in bare
        for code, stage, kind in codes:
            cell = _cell(found.get(code, ()), grades.get(code, ()), code, bare_here)
            rows.append((*city, code, stage, kind, *cell))
        if reading:
            read.setdefault(reading, []).append(document.doc)
    for reading, docs in read.items():
        more = f" and {len(docs) - 10} others" if len(docs) > 10 else ""
        warnings.warn(f"{', '.join(docs[:10])}{more}: {_READINGS[reading]}", stacklevel=2)
    return as_table(rows, _CELLS)


def _by_code(found: list[Evidence]) -> dict[str, list[Evidence]]:
    cells: dict[str, list[Evidence]] = {}
    for evidence in found:
        cells.setdefault(evidence.code, []).append(evidence)
    return cells


def _cell(
    found: Sequence[Evidence], scale: tuple[str, ...], code: str, bare: bool
) -> tuple[int, str, str | None, int]:
    """Sum up one document's evidence for one code: present, state, grade, number of quotations."""
    if not found:
        return 0, "not_applicable" if bare and code in NEEDS_COUNTIES else "not_mentioned", None, 0
    counting = [evidence for evidence in found if evidence.counts]
    telling = counting or found
    # 6月份将进行专题询问 says more than an 专题询问 in a list of forms: a sentence of its own
    # decides the state
    specific = [evidence for evidence in telling if evidence.strength == "specific"]
    state = min((evidence.state for evidence in specific or telling), key=STATES.index)
    reached = [scale.index(evidence.grade) for evidence in telling if evidence.grade in scale]
    return int(bool(counting)), state, scale[max(reached)] if reached else None, len(found)


def approach_evidence(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the clauses that speak of an instrument, each with its verbatim quotation.

    Returns
    -------
    DataFrame
        `doc, code, section, sentence, actor, state, strength, start, end, quote, rule`, in text
        order; offsets into the raw text. Clauses that only plan or call for an instrument are
        there, too: their state says so.

    Examples
    --------
    The first evidence of a survey is the clause "a quiz on elderly care services, a questionnaire
    survey and other activities were held".

    >>> from helpers import approach_evidence, read_corpus
    >>> survey = approach_evidence(read_corpus()).query("code == 'survey'").iloc[0]
    >>> survey["doc"], survey["state"], survey["quote"]
    ('001_sanmenxia', 'done', '开展养老服务知识答题、问卷调查等活动')
    """
    rules = _rules(codebook or corpus.codebook)
    rows = [row for document in corpus for row in _rows(document, _read(document, rules)[0])]
    return as_table(rows, _EVIDENCE)


def _rows(document: Document, found: list[Evidence]) -> Iterator[tuple]:
    # a clause often proves several instruments: it is cited once
    clauses = list(dict.fromkeys((one.start, one.end) for one in found))
    cited = document.cite(_trimmed(document.text, *clause) for clause in clauses)
    quotes = dict(zip(clauses, cited, strict=True))
    for one in found:
        sentence = document.sentences[one.sentence]
        place = (document.doc, one.code, sentence.section, sentence.sentence)
        yield *place, one.actor, one.state, one.strength, *quotes[one.start, one.end], one.rule


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A clause without the comma behind it and the white space around it."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip(" ,;:\t")))


def leave_one_rule_out(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Say which cells hang on a single rule.

    Returns
    -------
    DataFrame
        `rule, doc, code, present, present_without, state, state_without`: a row for every cell that
        changes when the rule is left out, in the order of rules and corpus. No row for a rule
        without which nothing changes.
    """
    codebook = codebook or corpus.codebook
    rules, grades, bare = _rules(codebook), _grades(codebook), _bare_cities(codebook)
    rows = []
    for rule in rules.rules:
        mine, scale = rules.only(rule.code), grades.get(rule.code, ())
        rest = mine.without(rule.rule) if len(mine.rules) > 1 else None
        for document in corpus:
            found = _read(document, mine)[0], _read(document, rest)[0] if rest else ()
            city = document.city_zh in bare
            (present, state, *_), (present_without, state_without, *_) = (
                _cell(evidence, scale, rule.code, city) for evidence in found
            )
            if (present, state) != (present_without, state_without):
                cells = (present, present_without, state, state_without)
                rows.append((rule.rule, document.doc, rule.code, *cells))
    columns = "rule doc code present present_without state state_without".split()
    return pd.DataFrame(rows, columns=columns)


def _read(document: Document, rules: RuleBook) -> tuple[list[Evidence], str]:
    """One document's evidence, by offsets of its clean text, and how it was read (`other_subject`,
    `care_in_passing`) where that must be said.

    A report on many topics is read only where its paragraph speaks of older people, one that never
    does for its own topic. A county's, a district's or a prefecture's report is read as a city's.
    """
    text, sentences, topic = document.text, document.sentences, _topic(document)
    level = report_level(document.title or "", text, document.codebook)
    found = rules.find(
        as_city(text, level, document.codebook) if level else text,
        sentences,
        elsewhere=topic == "other",
        author="city_congress" if "人大" in document.raw else "other",
        city=level.name if level else document.city_zh or "",
    )
    if level and level.is_below_city:
        found = [
            one._replace(actor="county_congress") if one.actor == "city_congress" else one
            for one in found
        ]
    if topic == "other":
        return found, "other_subject"
    if not found or topic == "care":
        return found, ""
    paragraphs = {s.paragraph for s in sentences if _TOPIC.search(text, s.start, s.end)}
    kept = [evidence for evidence in found if sentences[evidence.sentence].paragraph in paragraphs]
    return kept, "" if kept else "care_in_passing"


def _topic(document: Document) -> str:
    """Whether a document is about elderly care (`care`), speaks of it among others (`passing`) or
    not at all (`other`)."""
    text, sentences = document.text, document.sentences
    if _TOPIC.search(document.title or ""):
        return "care"
    enough = math.ceil(_ON_TOPIC * len(sentences)) if len(sentences) >= _SHORT else 1
    if not _CARE.search(text):
        return "other"
    return "care" if sum(1 for _ in islice(_TOPIC.finditer(text), enough)) == enough else "passing"


def _bare_cities(codebook: Codebook) -> frozenset[str]:
    """Cities without counties, by the table of cities."""
    cities = codebook.cities
    if "has_counties" not in cities:
        return frozenset()
    return frozenset(cities.loc[cities["has_counties"] == "0", "city_zh"])


_compiled: dict[int, tuple[pd.DataFrame, RuleBook]] = {}


def _rules(codebook: Codebook) -> RuleBook:
    """The codebook's rules, made ready once for each table."""
    table = codebook.approach_rules
    known = _compiled.get(id(table))
    if known is None or known[0] is not table:
        if len(_compiled) > 8:
            _compiled.clear()
        known = _compiled[id(table)] = (table, read_rules(table))
    return known[1]


def _grades(codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """The scale of every graded code, lowest first: `research<deliberated<submitted<in_force`."""
    table = codebook.approaches
    if "grades" not in table:
        return {}
    return {row.code: tuple(row.grades.split("<")) for row in table.itertuples() if row.grades}
