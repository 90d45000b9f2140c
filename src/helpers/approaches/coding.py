"""Corpus and codebook → which instruments each document reports, with the evidence for each.

Use this module to code all documents of a corpus. The module `rules.py` codes a single text.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pandas as pd

from helpers.codebook import Codebook, checks
from helpers.text import Corpus, Document, takes_corpus
from helpers.writing import QUOTATION, as_table

from .act_patterns import ActPatterns
from .clauses import trimmed
from .concreteness import mark_of
from .doers import report_of
from .rules import Evidence, RuleBook, rules_of

STATES, MARKS = checks.STATES, checks.MARKS
_CELLS = dict.fromkeys(
    "doc city_zh city_en code stage strand type present state mark n_evidence".split(), "str"
) | dict.fromkeys(("present", "n_evidence"), "int64")
_EVIDENCE = dict.fromkeys(
    "doc code section sentence actor state modality when how_many named mention relation"
    " relation_to start end quote rule".split(),
    "str",
) | dict.fromkeys("section sentence when how_many named start end".split(), "int64")
_EVIDENCE |= {"quote": QUOTATION}
_DECIDING = {"start": "Int64", "end": "Int64", "quote": QUOTATION, "date": "str", "date_iso": "str"}
# The texts of warnings about reports that are not on the codebook's topic. `{topic}` is replaced by
# the first words of topic.csv.
_READINGS = {
    "other_subject": "no word of the codebook's topic ({topic} …) was found. The instruments found"
    " are those that a report uses on its own subject.",
    "topic_in_passing": "words of the codebook's topic ({topic} …) stand only in passing, where no"
    " instrument is named. Instruments used on other subjects are left out.",
    "other_subjects_too": "the report is on several subjects. Only instruments in paragraphs with"
    " words of the codebook's topic ({topic} …) are kept.",
    "topic_unsure": "words of the codebook's topic ({topic} …) are rare, and words of other"
    " subjects are no more frequent. All instruments are kept. Whether they belong to the"
    " topic is for a reader to decide; a word that is missing can be added to topic.csv.",
}
MOST_NAMED = 10  # Greatest number of documents that a warning names.
# A report is on the codebook's topic if it has at least `_ON_TOPIC` words of the topic per
# sentence. Reports on the topic have far more words of the topic than that, and general yearly
# reports have far fewer. A report with fewer sentences than `_FEW_SENTENCES` needs only one word of
# the topic.
_ON_TOPIC, _FEW_SENTENCES = 0.15, 12


@takes_corpus
def code_approaches(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Decide by the codebook's rules which instruments the text of each document reports.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        By default the codebook that the corpus was read with.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, code, stage, strand, type, present, state, mark, n_evidence`, one
        row per document and code, in the order of corpus and codebook. `present` is 1 if the text
        meets the definition of the code, else 0. `state` is `done`, `planned` or `called_for`, as
        the best evidence tells: evidence with which the instrument is present comes before other
        evidence, then a clause about the instrument alone before a list, then the stronger state.
        An instrument without evidence is `not_mentioned`, which does not mean that it was not used,
        or `not_applicable` if the city cannot use it. `mark` says how concretely the best evidence
        tells of the act: `dated`, `anchored` (by a number or name), `told`, `arranged`, `scheduled`
        or `listed`. `mark` is empty if the act is only called for or not mentioned. `n_evidence`
        counts the rows of `approach_evidence` that are no formulas, such as slogans. A code that
        belongs to no stage has an empty `stage`.

    Warns
    -----
    UserWarning
        The warning names the documents that do not speak of the codebook's topic, and the documents
        that name no instrument where they speak of the topic.

    Examples
    --------
    The first document does not mention a questionnaire survey, the second document lists one.

    >>> from helpers import code_approaches, read_corpus
    >>> cells = code_approaches(read_corpus())
    >>> cells.query("code == 'survey'")[["doc", "mark", "present", "state"]].head(2)
                  doc    mark  present          state
    16     000_jiyuan                0  not_mentioned
    62  001_sanmenxia  listed        1           done
    """
    return coded_cells(corpus, codebook or corpus.codebook)[list(_CELLS)]


def coded_cells(corpus: Corpus, codebook: Codebook) -> pd.DataFrame:
    """Return the table of `code_approaches` with five more columns. `start, end, quote` give the
    quotation that decides a cell, `date` gives the words that date the act, and `date_iso` gives
    this date in digits, such as `2024-10-31` or `2024-06`."""
    coder = codebook.once(Coder)
    named = codebook.approaches.reindex(columns=["code", "stage", "strand", "type"], fill_value="")
    codes = list(named.itertuples(index=False, name=None))
    rows, readings = [], {}
    for document in corpus:
        evidence, reading = coder.read(document)
        evidence_of: dict[str, list[Evidence]] = defaultdict(list)
        for one in evidence:
            evidence_of[one.code].append(one)
        city = (document.doc, document.city_zh, document.city_en)
        for code, *place in codes:
            cell = coder.cell(evidence_of[code], code, document.city_zh)
            best = cell.best and trimmed(document.text, cell.best.start, cell.best.end)
            cited = document.cite([best])[0] if best else (pd.NA, pd.NA, None)
            date = cell.best and cell.best.date
            words = document.text[slice(*date)] if date else None
            rows.append((*city, code, *place, *cell[:-1], *cited, words, _iso(document, date)))
        if reading:
            readings.setdefault(reading, []).append(document.doc)
    for reading, docs in readings.items():
        others = f" and {len(docs) - MOST_NAMED} others" if len(docs) > MOST_NAMED else ""
        topic = ", ".join(codebook.role_words("topic").list("topic")[:3])
        how_read = _READINGS[reading].format(topic=topic)
        warnings.warn(f"{', '.join(docs[:MOST_NAMED])}{others}: {how_read}", stacklevel=3)
    return as_table(rows, _CELLS | _DECIDING)


def _iso(document: Document, place: tuple[int, int] | None) -> str | None:
    """Return the date that a text names at a place (start and end) in digits, such as `2024-06`.
    Return None if there is no place, or if its words name no month."""
    start, end = place or (0, 0)
    days = (day for day in document.named_dates if day.start < end and start < day.end)
    return next(map(str, days), None)


@takes_corpus
def approach_evidence(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the clauses that speak of an instrument, each with its verbatim quotation.

    Returns
    -------
    DataFrame
        `doc, code, section, sentence, actor, state, modality, when, how_many, named, mention,
        relation, relation_to, start, end, quote, rule`, in text order. `start` and `end` are
        offsets into the raw text. Clauses that only plan or call for an instrument are included.

        - `modality`: `done`, `unmarked` (the act is told without a mark of time or completion),
          `arrangement` (a rule, a duty or a rhythm is laid down), `scheduled` or `called_for`.
        - `when`, `how_many`, `named`: 1 if a date, a number or a name pins the act down, else 0.
        - `mention`: `own_clause`, `listed` (an item of a list) or `formula` (a slogan). A formula
          has an empty `state` and never makes an instrument present.
        - `relation`: `mandate`, `lent`, `reported_to` or `support`. `relation_to` names the
          authority, such as `party`. Several relations of one clause are joined by `;`.

    Examples
    --------
    The first evidence of a survey is the clause "a quiz on elderly care services, a questionnaire
    survey and other activities were held".

    >>> from helpers import approach_evidence, read_corpus
    >>> survey = approach_evidence(read_corpus()).query("code == 'survey'").iloc[0]
    >>> survey["doc"], survey["state"], survey["quote"]
    ('001_sanmenxia', 'done', '开展养老服务知识答题、问卷调查等活动')
    """
    coder = (codebook or corpus.codebook).once(Coder)
    rows = [row for document in corpus for row in _rows(document, coder.read(document)[0])]
    return as_table(rows, _EVIDENCE)


def _rows(document: Document, evidence: list[Evidence]) -> Iterator[tuple]:
    # a clause that proves several instruments is cited only once
    clauses = list(dict.fromkeys((one.start, one.end) for one in evidence))
    cited = document.cite(trimmed(document.text, *clause) for clause in clauses)
    quotes = dict(zip(clauses, cited, strict=True))
    for one in evidence:
        sentence = document.sentences[one.sentence]
        place = (document.doc, one.code, sentence.section, sentence.sentence)
        related = (";".join(names) for names in zip(*one.relations, strict=True))
        relation = tuple(related) or ("", "")
        told = (one.actor, one.state, *one.telling, *relation)
        yield *place, *told, *quotes[one.start, one.end], one.rule


def leave_one_rule_out(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the cells, each of one document and one code, that change if a rule is left out. The
    columns are `rule, doc, code, present, present_without, state, state_without`; the columns
    `…_without` hold the values without the rule."""
    coder = (codebook or corpus.codebook).once(Coder)
    rows, all_rules = [], [rule for rule, _ in coder.rules.pairs]
    for rule in all_rules:
        same_code = [other.rule for other in all_rules if other.code == rule.code]
        others = [other for other in same_code if other != rule.rule]
        books = coder.rules.only(same_code), coder.rules.only(others)
        for document in corpus:
            (present, state), (present_without, state_without) = (
                coder.cell(coder.read(document, book)[0], rule.code, document.city_zh)[:2]
                for book in books
            )
            if (present, state) != (present_without, state_without):
                cells = (present, present_without, state, state_without)
                rows.append((rule.rule, document.doc, rule.code, *cells))
    columns = "rule doc code present present_without state state_without".split()
    return pd.DataFrame(rows, columns=columns)


class Cell(NamedTuple):
    """What a document tells of one code: the last four columns of `code_approaches`, and the
    evidence that decides these columns."""

    present: int
    state: str
    mark: str
    n_evidence: int
    best: Evidence | None


class Coder:
    """Reads documents with the rules, topic and states of one codebook."""

    def __init__(self, codebook: Codebook) -> None:
        self.rules = codebook.once(rules_of)
        self._patterns = codebook.once(ActPatterns)
        self._states = list(codebook.names("states"))  # strongest first, from `done` on
        cities = codebook.cities.reindex(columns=["city_zh", "has_counties"])
        self._without_counties = set(cities.loc[cities["has_counties"] == "0", "city_zh"])
        # `_impossible` holds the codes that a city cannot use: Jiyuan, for example, has no counties
        # and so no county congresses that could take part in its supervision
        needs = codebook.approaches.reindex(columns=["code", "needs"], fill_value="")
        self._impossible = {
            (code, city)
            for code, need in needs[needs["needs"] != ""].itertuples(index=False)
            for city in codebook.cities.loc[codebook.cities[need] == "0", "city_zh"]
        }

    def read(self, document: Document, rules: RuleBook | None = None) -> tuple[list[Evidence], str]:
        """Return the evidence of a document, and a word that describes the document's topic.

        The word is a key of `_READINGS`, such as `other_subject`, or, for a report on the
        codebook's topic, "".

        In a report that never speaks of the codebook's topic, instruments used on any topic are
        found. In a report on many topics, only instruments in paragraphs that speak of the
        codebook's topic are found. If it is uncertain what a report is about, nothing is left out.
        """
        topic = self._topic(document)
        evidence = self._find(document, rules or self.rules, other_topic=topic == "other")
        if topic == "other":
            return evidence, "other_subject"
        if topic == "main" or not evidence:
            return evidence, ""
        if topic == "unsure":
            return evidence, "topic_unsure"
        sentences, words = document.sentences, self._patterns.topic_or_people
        on_topic = {s.paragraph for s in sentences if words.search(document.text, s.start, s.end)}
        kept = [one for one in evidence if sentences[one.sentence].paragraph in on_topic]
        if not kept:
            return kept, "topic_in_passing"
        return kept, "other_subjects_too" if len(kept) < len(evidence) else ""

    def _topic(self, document: Document) -> str:
        """Return `main` if a document is about the codebook's topic, `passing` if the topic is one
        of many in the document, `unsure` if words of the topic are rare but words of other topics
        are no more frequent, and `other` if the document does not speak of the topic."""
        text, n_sentences = document.text, len(document.sentences)
        words = self._patterns.topic_or_people
        if words.search(document.title or ""):
            return "main"
        # a report on water that says 走访老人12户, "visited 12 older people", is not on care
        if not self._patterns.topic.search(text):
            return "other"
        enough = math.ceil(_ON_TOPIC * n_sentences) if n_sentences >= _FEW_SENTENCES else 1
        n_words = sum(1 for _ in islice(words.finditer(text), enough))
        if n_words == enough:
            return "main"
        others = islice(self._patterns.other_words.finditer(text), n_words + 1)
        return "passing" if sum(1 for _ in others) > n_words else "unsure"

    def _find(self, document: Document, rules: RuleBook, *, other_topic: bool) -> list[Evidence]:
        """Return the evidence of one document. A county's report is read as if a city had written
        the report. The acts of this "city" are then counted as acts of the county."""
        report = report_of(document)
        evidence = rules.find(
            report.text,
            document.sentences,
            other_topic=other_topic,
            author=report.author,
            city=report.city,
        )
        actors = {}
        if report.is_below_city:
            actors = {"city_congress": report.own_congress}
        elif document.city_zh in self._without_counties:
            actors = {"county_congress": "township_congress"}
        return [one._replace(actor=actors.get(one.actor, one.actor)) for one in evidence]

    def cell(self, evidence: Sequence[Evidence], code: str, city: str | None) -> Cell:
        """Return what a document tells of one code. Formulas do not count as evidence."""
        acts = [one for one in evidence if one.state]
        if not acts:
            silence = "not_applicable" if (code, city) in self._impossible else "not_mentioned"
            return Cell(0, silence, "", 0, None)
        best = min(acts, key=self._rank)
        return Cell(int(best.present), best.state, mark_of(best.telling), len(acts), best)

    def _rank(self, one: Evidence) -> tuple:
        """Return a sort key that puts the evidence that decides a cell before the other evidence.

        A clause about an inquiry alone, such as 6月份将进行专题询问, "in June there will be an
        inquiry", decides before a list in which the inquiry is only one item.
        """
        mark = mark_of(one.telling)
        mark_rank = MARKS.index(mark) if mark else len(MARKS)
        is_listed = one.telling.mention == "listed"
        return not one.present, is_listed, self._states.index(one.state), mark_rank, one.start
