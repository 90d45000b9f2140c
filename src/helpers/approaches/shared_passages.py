"""Corpus → the passages that several documents share word for word, and whether these passages
stand in a document of the province.

Use this module to tell set phrases, which say little about a city, from a city's own words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, Matcher
from helpers.text import Corpus, Document
from helpers.writing import QUOTATION, as_table

from .act_patterns import ActPatterns

FROM_PROVINCE = ("yes", "partly", "no", "no_document")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_RUN = re.compile("[\u4e00-\u9fff]+")
_MARKED_TITLE = re.compile(r"[《«][^《》«»\n]{2,120}[》»]")
# the actors of actors.csv whose terms are names of congresses, offices and departments
_BODIES = frozenset(
    "congress city_congress county_congress township_congress government party province".split()
)
_NAME, _TITLE = 1, 2  # marks of characters that belong to the name of a body or to a title
_PASSAGES = dict.fromkeys(
    (
        "doc section sentence start end quote n_chars n_docs docs from_province n_from_province"
    ).split(),
    "str",
)
_PASSAGES |= dict.fromkeys("section sentence start end n_chars n_docs".split(), "int64")
_PASSAGES |= {"quote": QUOTATION, "n_from_province": "Int64"}


def boilerplate(corpus: Corpus, *, n: int = 8, documents: int = 2) -> pd.DataFrame:
    """Find the passages that several documents share word for word.

    A shared passage may be a set phrase that was handed down to the cities. If the corpus holds a
    document of the province, the column `from_province` tells whether the passage stands in this
    document.

    A title is no set phrase, and no passage reaches into a title. Titles are words in 《》, quoted
    names of campaigns, and all other places where the words of such a title stand. The names of
    congresses, of offices and of departments (table `actors`) do not count among the `n` characters
    that a passage must have.

    Parameters
    ----------
    corpus : Corpus
    n : int
        A passage has at least this many Chinese characters besides the names of bodies such as
        congresses. Overlapping passages are joined.
    documents : int
        A passage stands in at least this many documents, of which one may be the province's. Joined
        passages may have their parts in different documents.

    Returns
    -------
    DataFrame
        `doc, section, sentence, start, end, quote, n_chars, n_docs, docs, from_province,
        n_from_province`, in text order. Documents of the province have no rows of their own.
        `start` and `end` are offsets into the raw text. `docs` lists all documents that have some
        part of the passage. `from_province` is `yes`, `partly` or `no`, or `no_document` if the
        corpus holds no document of the province. `n_from_province` counts the characters of the
        passage that stand in a document of the province. `n_from_province` is missing if the corpus
        holds no such document.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> from helpers.approaches import boilerplate
    >>> passages = boilerplate(read_corpus())
    >>> passages.nlargest(1, "n_chars")[["quote", "n_docs", "from_province"]]
                        quote  n_docs from_province
    37  专题调研、执法检查、听取审议专项工作报告等       3   no_document
    """
    of_province = {document.doc for document in corpus if is_of_province(document)}
    titles = Matcher(_known_titles(corpus, n))
    owners: dict[str, set[str]] = defaultdict(set)
    grams = {document.doc: list(_grams(document, n, titles)) for document in corpus}
    for doc, doc_grams in grams.items():
        for gram in doc_grams:
            owners[gram.chars].add(doc)
    rows = []
    for document in corpus:
        if document.doc in of_province:
            continue
        shared = [g for g in grams[document.doc] if len(owners[g.chars]) >= documents]
        for passage in _passages(shared):
            rows.append(_row(document, passage, owners, of_province))
    return as_table(rows, _PASSAGES)


def boilerplate_share(corpus: Corpus, passages: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each document consists of shared passages.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n_passages, n_chars, base, share_percent, n_from_province`, one row
        per document that is not the province's. `base` counts all Chinese characters of a document.
        `n_from_province` counts the characters of a document's passages that stand in a document of
        the province. `n_from_province` is missing if the corpus holds no document of the province.
    """
    own = [document for document in corpus if not is_of_province(document)]
    table = corpus.metadata[["doc", "city_zh", "city_en"]].set_index("doc")
    table = table.loc[[document.doc for document in own]].reset_index()
    counts = passages.groupby("doc")
    totals = {"n_passages": counts.size(), "n_chars": counts["n_chars"].sum()}
    for name, total in totals.items():
        table[name] = table["doc"].map(total).fillna(0).astype("int64")
    table["base"] = [
        sum(len(_HAN.findall(d.text, s.start, s.end)) for s in d.sentences) for d in own
    ]
    share = 100 * table["n_chars"] / table["base"].where(table["base"] > 0)
    handed_down = table["doc"].map(counts["n_from_province"].sum(min_count=1)).astype("Int64")
    if len(own) < len(corpus):  # a document without passages shares 0 characters with the province
        handed_down = handed_down.fillna(0)
    return table.assign(share_percent=share.astype("Float64"), n_from_province=handed_down)


def is_of_province(document: Document) -> bool:
    """Tell whether the congress of a province (or autonomous region) wrote a document.

    >>> from helpers import read_corpus
    >>> any(map(is_of_province, read_corpus()))
    False
    """
    return document.level == "province"


class _Gram(NamedTuple):
    """A run of Chinese characters with its sentence, its start and its end. `n` characters of the
    run belong to no name of a body such as a congress."""

    chars: str
    sentence: int
    start: int
    end: int


@dataclass
class _Passage:
    """A passage of one sentence, joined from overlapping runs that several documents share."""

    sentence: int
    start: int
    end: int
    grams: list[_Gram]


def _known_titles(corpus: Corpus, n: int) -> set[str]:
    """Return the Chinese characters of all titles in a corpus and of the parts of these titles, as
    far as they are long enough for a passage. Spaces and punctuation marks divide a title."""
    known = set()
    for document in corpus:
        for start, end in _titles(document):
            parts = _HAN_RUN.findall(document.text, start, end)
            known |= {part for part in ("".join(parts), *parts) if len(part) >= n}
    return known


def _titles(document: Document) -> Iterator[tuple[int, int]]:
    """Yield start and end of each title in a document. A title stands in 《》, is a quoted name
    before a word such as 专项行动, "special campaign", or is a campaign title of the codebook."""
    codebook, text = document.codebook, document.text
    quoted = codebook.role_words("act_words").pattern(
        r"“[^“”\n]{4,60}”(?=[^,。;.\n]{0,6}(?:{campaign}))"
    )
    for pattern in (_MARKED_TITLE, quoted, codebook.once(ActPatterns).campaign_title):
        for match in pattern.finditer(text):
            yield match.span()


def _names_of_bodies(codebook: Codebook) -> Matcher:
    """Return a search for the names of congresses, offices and departments of a codebook."""
    rows = codebook.actors[codebook.actors["actor"].isin(_BODIES)]
    return Matcher(half_width(term) for terms in rows["terms"] for term in terms.split("|") if term)


def _marks(document: Document, titles: Matcher) -> np.ndarray:
    """Return for each character of a document whether the character belongs to the name of a body,
    to a title, or to neither."""
    marks = np.zeros(len(document.text), dtype=np.int8)
    for _, start, end in document.codebook.once(_names_of_bodies).find(document.text):
        marks[start:end] = _NAME
    for start, end in _titles(document):
        marks[start:end] = _TITLE
    for sentence in document.sentences:
        places = _places(document, sentence.start, sentence.end)
        chars = "".join(document.text[place] for place in places)
        for _, first, end in titles.find(chars):
            marks[places[first] : places[end - 1] + 1] = _TITLE
    return marks


def _places(document: Document, start: int, end: int) -> list[int]:
    """Return the places of all Chinese characters in a part of a document."""
    return [match.start() for match in _HAN.finditer(document.text, start, end)]


def _grams(document: Document, n: int, titles: Matcher) -> Iterator[_Gram]:
    """Yield each run of Chinese characters in a sentence that holds `n` characters besides names. A
    run skips punctuation marks and never holds a part of a title."""
    text, marks = document.text, _marks(document, titles)
    for number, sentence in enumerate(document.sentences):
        places = _places(document, sentence.start, sentence.end)
        cuts = [i for i, place in enumerate(places) if marks[place] == _TITLE]
        for first, last in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(places)], strict=True):
            own = [i for i in range(first, last) if not marks[places[i]]]
            for low, high in zip(own, own[n - 1 :], strict=False):
                chars = "".join(text[place] for place in places[low : high + 1])
                yield _Gram(chars, number, places[low], places[high] + 1)


def _passages(shared: list[_Gram]) -> list[_Passage]:
    """Join overlapping runs of shared characters into passages."""
    passages: list[_Passage] = []
    for gram in shared:
        last = passages[-1] if passages else None
        if last and last.sentence == gram.sentence and gram.start < last.end:
            last.end = gram.end
            last.grams.append(gram)
        else:
            passages.append(_Passage(gram.sentence, gram.start, gram.end, [gram]))
    return passages


def _row(
    document: Document,
    passage: _Passage,
    owners: dict[str, set[str]],
    of_province: Collection[str],
) -> tuple:
    """Return the row of a passage in the table `boilerplate`."""
    sentence = document.sentences[passage.sentence]
    raw = document.raw_span(passage.start, passage.end)
    docs = set().union(*(owners[gram.chars] for gram in passage.grams))
    places = _places(document, passage.start, passage.end)
    handed_down = [g for g in passage.grams if not owners[g.chars].isdisjoint(of_province)]
    n_from_province = sum(any(g.start <= at < g.end for g in handed_down) for at in places)
    if not of_province:
        answer, n_from_province = "no_document", None
    elif not handed_down:
        answer = "no"
    else:
        answer = "yes" if n_from_province == len(places) else "partly"
    place = (document.doc, sentence.section, sentence.sentence, *raw, document.quote(*raw))
    shared_by = len(docs), " ".join(sorted(docs))
    return (*place, len(places), *shared_by, answer, n_from_province)
