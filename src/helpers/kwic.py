"""Turn a term into a concordance: every hit with the characters before and after it, as they stand
in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import pandas as pd

from helpers.corpus import Corpus, Document
from helpers.layout import half_width
from helpers.matching import has_wildcard, literal_piece, term_pattern
from helpers.rows import as_table

_TYPES = {
    "doc": "str",
    "section": "int64",
    "sentence": "int64",
    "pre": "str",
    "keyword": "str",
    "post": "str",
    "start": "int64",
    "end": "int64",
}
_SORTS = ("position", "left", "right", "keyword")


def keyword_in_context(
    corpus: Corpus, term: str, *, window: int = 20, limit: int | None = None, sort: str = "position"
) -> pd.DataFrame:
    """Show a term in its context.

    Parameters
    ----------
    corpus : Corpus
    term : str
        Full or half width; `*` stands for 0–4 characters within a clause, `?` for one. Hits do not
        overlap. Words inside longer words are found, too: 养老 in 养老服务.
    window : int
        Characters of clean text on each side.
    limit : int, optional
        Stop after so many hits (in the order of the corpus): a first look at a large corpus.
    sort : {"position", "left", "right", "keyword"}
        In text order; by what stands before, read outwards from the keyword; by what stands after;
        by the keyword.

    Returns
    -------
    DataFrame
        `doc, section, sentence, pre, keyword, post, start, end`; offsets of the keyword in the raw
        text. `pre`, `keyword` and `post` are verbatim, less page furniture and line breaks, never
        joined with spaces.

    Raises
    ------
    ValueError
        For an empty term or one of wildcards only, a negative window, an unknown order.

    Examples
    --------
    >>> keyword_in_context(corpus, "助餐", window=4)  # doctest: +SKIP
    """
    if not isinstance(term, str) or not term.strip():
        raise ValueError(
            "the term is empty. Give a word such as '助餐', or one with wildcards such as '老年*服务'."
        )
    if not term.strip("*?＊？ \u3000"):
        raise ValueError(
            f"the term '{term}' matches everything. Add at least one character that is not a"
            " wildcard."
        )
    if sort not in _SORTS:
        raise ValueError(f"sort '{sort}' is not known. Use one of {', '.join(_SORTS)}.")
    if window < 0:
        raise ValueError(
            f"window {window} is negative. Give the number of characters on each side."
        )
    term = half_width(term.strip())
    rows: list[tuple] = []
    piece, pattern = (
        literal_piece(term),
        re.compile(term_pattern(term)) if has_wildcard(term) else None,
    )
    for document in corpus:
        if piece not in (text := document.text):  # most documents, at the speed of memory
            continue
        for first, last in (
            _spans(text, term)
            if pattern is None
            else (match.span() for match in pattern.finditer(text))
        ):
            if limit is not None and len(rows) >= limit:
                return _table(rows, sort)
            rows.append(_row(document, first, last, window))
    return _table(rows, sort)


def _spans(text: str, term: str) -> Iterator[tuple[int, int]]:
    """Where a term without wildcards stands in clean text."""
    first = text.find(term)
    while first >= 0:
        yield first, first + len(term)
        first = text.find(term, first + len(term))


def _row(document: Document, first: int, last: int, window: int) -> tuple:
    sentences = document.sentences
    sentence = sentences[max(0, bisect_right(sentences, first, key=lambda one: one.start) - 1)]
    start, end = document.raw_span(first, last)
    return (
        document.doc,
        sentence.section,
        sentence.sentence,
        _context(document, max(0, first - window), first),
        document.quote(start, end),
        _context(document, last, min(len(document.text), last + window)),
        start,
        end,
    )


def _context(document: Document, first: int, last: int) -> str:
    """The raw text behind a stretch of clean text, page furniture and line breaks left out."""
    return document.quote(*document.raw_span(first, last)) if first < last else ""


def _table(rows: list[tuple], sort: str) -> pd.DataFrame:
    """A table in the order asked for; equal neighbours stay in text order."""
    if sort == "left":
        rows = sorted(rows, key=lambda row: row[3][::-1])
    elif sort in ("right", "keyword"):
        rows = sorted(rows, key=lambda row: row[5] if sort == "right" else row[4])
    return as_table(rows, _TYPES)
