"""Turn choices (documents, section, theme, term, instrument, indicator) into the tables that the
explorer shows and saves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from helpers.corpus import Corpus, Document
from helpers.frequency import stability
from helpers.layout import half_width
from helpers.matching import Matcher

INTERVALS_UP_TO = 60  # documents; beyond, resampling takes longer than a reader waits
MOST_WILDCARDS, LONGEST_TERM = 4, 60
CONTEXT = 24
_NUMBER = frozenset("0123456789.%零一二三四五六七八九十百千万亿")
_FACTS: WeakKeyDictionary[Document, Facts] = WeakKeyDictionary()


def search_terms(query: str) -> tuple[list[str], str]:
    """Read a search query: its words, and a sentence for the reader where nothing can be searched.

    Words are separated by spaces; `*` stands for 0–4 characters within a clause, `?` for one.

    >>> search_terms("助餐　老年*服务")
    (['助餐', '老年*服务'], '')
    >>> search_terms("**")[1]
    "'**' is made of wildcards only and matches everything: add a character. 只有通配符，请加上文字。"
    """
    words = list(dict.fromkeys(half_width(query).replace("\u3000", " ").split()))
    if not words:
        return (
            [],
            "Type a word to search for, such as 助餐, or one with wildcards: 老年*服务. 请输入要检索的词。",
        )
    for word in words:
        if not word.strip("*?"):
            return (
                [],
                (
                    f"'{word}' is made of wildcards only and matches everything: add a character."
                    " 只有通配符，请加上文字。"
                ),
            )
        if sum(char in "*?" for char in word) > MOST_WILDCARDS:
            return (
                [],
                f"'{_short(word)}' has more than {MOST_WILDCARDS} wildcards: take some out. 通配符过多。",
            )
        if len(word) > LONGEST_TERM:
            return (
                [],
                (
                    f"'{_short(word)}' is longer than {LONGEST_TERM} characters: search for a part"
                    " of it. 检索词过长。"
                ),
            )
    if len(words) > 20:
        return [], f"{len(words)} words are too many at once: search for 20 at most. 检索词过多。"
    return words, ""


def _short(word: str) -> str:
    return word if len(word) <= 24 else word[:24] + "…"


def search(corpus: Corpus, words: Iterable[str], docs: Iterable[str]) -> pd.DataFrame:
    """Find words in documents: `doc, section, sentence, term, start, end` (raw offsets), in text
    order, without overlap."""
    docs, matcher = list(docs), Matcher(words)
    parts = [_hits(corpus[doc], number, matcher) for number, doc in enumerate(docs)]
    number, section, sentence, term, start, end = (
        np.concatenate(parts).T if parts else np.zeros((6, 0), dtype=np.int64)
    )
    table = {
        "doc": pd.Categorical.from_codes(number, docs),
        "section": section,
        "sentence": sentence,
    }
    return pd.DataFrame(
        table
        | {
            "term": pd.Categorical.from_codes(term, list(matcher.terms)),
            "start": start,
            "end": end,
        }
    )


def _hits(document: Document, number: int, matcher: Matcher) -> np.ndarray:
    found = np.array(
        [one for one in matcher.find(document.text) if one[2] > one[1]], dtype=np.int64
    ).reshape(-1, 3)
    if not len(found):
        return np.zeros((0, 6), dtype=np.int64)
    term, first, last = found.T
    facts = sentence_facts(document)
    place = np.maximum(np.searchsorted(facts.starts, first, side="right") - 1, 0)
    section = facts.sections[place] if len(facts.sections) else np.zeros_like(place)
    return np.column_stack(
        [
            np.full(len(found), number),
            section,
            place + 1,
            term,
            document.offsets[first],
            document.offsets[last - 1] + 1,
        ]
    )


class Facts(NamedTuple):
    """Start (in the clean text), section and number of characters of each sentence of a document,
    and its section numbers."""

    starts: np.ndarray
    sections: np.ndarray
    chars: np.ndarray
    numbers: frozenset[int]


def sentence_facts(document: Document) -> Facts:
    """Return the facts of a document's sentences, computed once and kept as long as the
    document."""
    if document not in _FACTS:
        sentences, text = document.sentences, document.text
        chars = [len("".join(text[s.start : s.end].split())) for s in sentences]
        arrays = (
            np.array(values, dtype=np.int64)
            for values in ([s.start for s in sentences], [s.section for s in sentences], chars)
        )
        _FACTS[document] = Facts(*arrays, frozenset(s.section for s in sentences))
    return _FACTS[document]


def sections_of(corpus: Corpus, docs: Iterable[str]) -> list[int]:
    """Return the numbers of the sections that the documents have, in order."""
    return sorted(frozenset().union(*(sentence_facts(corpus[doc]).numbers for doc in docs)))


def in_section(table: pd.DataFrame, section: int | None) -> pd.DataFrame:
    """Keep the rows of one section; None keeps all."""
    return table if section is None else table[table["section"] == section]


def frequency(
    corpus: Corpus, hits: pd.DataFrame, docs: Iterable[str], *, section: int | None = None
) -> pd.DataFrame:
    """Count hits by document: the same numbers as `count_themes`, for any set of hits and for a
    part of each document.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, n, n_chars, per_1000_chars, low, high`, a row a document, zeros
        kept. `low, high` bound the middle 95 % of the rate over resampled sentences; missing below
        20 sentences and with more than 60 documents.
    """
    docs, hits = list(docs), in_section(hits, section)
    number = pd.Index(docs).get_indexer(hits["doc"].astype("str"))
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(len(docs) + 1))
    sentences = hits["sentence"].to_numpy()[order]
    intervals = len(docs) <= INTERVALS_UP_TO
    rows = [
        _rate(corpus[doc], sentences[bounds[i] : bounds[i + 1]], section, intervals)
        for i, doc in enumerate(docs)
    ]
    return pd.DataFrame(
        rows, columns=["doc", "city_zh", "city_en", "n", "n_chars", "per_1000_chars", "low", "high"]
    )


def _rate(
    document: Document, sentences: np.ndarray, section: int | None, intervals: bool
) -> tuple[Any, ...]:
    facts = sentence_facts(document)
    kept = slice(None) if section is None else facts.sections == section
    chars = facts.chars[kept]
    n, total = len(sentences), int(chars.sum())
    low = high = np.nan
    if intervals and total:
        counts = np.bincount(sentences - 1, minlength=len(facts.chars))[kept]
        (low,), (high,) = stability(counts[:, None], chars)
    return (
        document.doc,
        document.city_zh,
        document.city_en,
        n,
        total,
        1000 * n / total if total else np.nan,
        low,
        high,
    )


def concordance(corpus: Corpus, hits: pd.DataFrame, *, window: int = CONTEXT) -> pd.DataFrame:
    """Show hits in their verbatim context.

    Returns
    -------
    DataFrame
        `doc, section, sentence, term, pre, keyword, post, start, end`, a row a hit in the order
        given. The context ends with its paragraph.
    """
    rows = [
        (
            row.doc,
            row.section,
            row.sentence,
            row.term,
            *_context(corpus[row.doc], row.start, row.end, window),
            row.start,
            row.end,
        )
        for row in hits.itertuples()
    ]
    return pd.DataFrame(
        rows,
        columns=["doc", "section", "sentence", "term", "pre", "keyword", "post", "start", "end"],
    )


def _context(document: Document, start: int, end: int, window: int) -> tuple[str, str, str]:
    first, last = (int(at) for at in np.searchsorted(document.offsets, [start, end]))
    text = document.text
    begin, stop = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    stop = len(text) if stop < 0 else stop
    low, high = max(first - window, begin), min(last + window, stop)
    # 600 cut to 00 would be a number that nobody wrote
    while begin < low and _in_number(text, low):
        low -= 1
    while high < stop and _in_number(text, high):
        high += 1
    pre = document.quote(document.raw_span(low, first)[0], start) if low < first else ""
    post = document.quote(end, document.raw_span(last, high)[1]) if last < high else ""
    return pre, document.quote(start, end), post


def _in_number(text: str, at: int) -> bool:
    """Whether a cut before this character would go through a number."""
    return text[at - 1] in _NUMBER and text[at] in _NUMBER
