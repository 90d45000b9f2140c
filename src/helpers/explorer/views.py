"""Find words in documents, count the hits, quote the text around each hit, and write all this as
HTML. The module `answers` builds each answer of the explorer with these functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from markupsafe import Markup

from helpers.characters import half_width
from helpers.codebook import Matcher
from helpers.escaping import escape
from helpers.figures import markup
from helpers.text import Corpus, Document
from helpers.themes import stability

say = markup.say
ROWS, COLUMNS = 50, 12  # The most rows and columns that one table shows.
# Of a document with more than 20,000 characters, only the sentences around each hit are shown.
WHOLE_TEXT_UP_TO = 20_000
SENTENCES_AROUND = 6


def page_html(sentence: str, results: Markup, texts: Markup) -> Markup:
    """Write an answer as one HTML page: a sentence, the results, and beside them the full texts.

    The page loads no other file and runs no script.
    """
    style = Markup("\n").join([markup.stylesheet(), markup.packaged("explorer/explorer.css")])
    values = {"style": style, "sentence": sentence, "results": results, "texts": texts}
    return markup.fill_template("explorer/page.html", **values)


class MarkedTexts:
    """The full texts that the page shows beside the results, with some passages highlighted.

    `marks` is a table of the highlighted passages with the columns `doc, start, end` (offsets in
    the raw text). `names` maps each document's identifier to the name that is shown.
    """

    def __init__(self, corpus: Corpus, marks: pd.DataFrame, names: Mapping[str, str]) -> None:
        self.corpus, self.names, self._marks = corpus, names, marks
        self._spans = {
            doc: list(zip(rows["start"], rows["end"], strict=True))
            for doc, rows in marks.groupby("doc", sort=False, observed=True)
        }
        # Each text has its own prefix for the ids of its passages, so no two passages share an id.
        self._prefix = {doc: f"d{number}-" for number, doc in enumerate(self._spans)}

    def link(self, doc: str, start: int) -> str:
        """Return the address of a passage on the page. If the document of the passage is not shown,
        return the address of the results."""
        if doc not in self._prefix:
            return "#found"
        return f"#{markup.place_id(int(start), prefix=self._prefix[doc])}"

    def first(self, *by: str) -> dict[Any, str]:
        """Group the highlighted passages by the columns `by`. Return for each group the address of
        the first passage."""
        rows = self._marks.drop_duplicates(list(by))
        keys = rows.set_index(list(by)).index
        targets = zip(keys, rows["doc"], rows["start"], strict=True)
        return {key: self.link(doc, start) for key, doc, start in targets}

    def html(self) -> Markup:
        """Write each text as HTML under the name of its document, with the passages highlighted."""
        return Markup("").join(map(self._text, self._spans))

    def _text(self, doc: str) -> Markup:
        document, spans, prefix = self.corpus[doc], self._spans[doc], self._prefix[doc]
        around = SENTENCES_AROUND if len(document.text) > WHOLE_TEXT_UP_TO else None
        body = markup.full_text(document, spans, prefix=prefix, level=3, around=around)
        values = {"name": self.names[doc], "body": body, "cut": around is not None}
        return markup.fill_template("explorer/text.html", **values)


def theme_grid_html(rates: pd.DataFrame, texts: MarkedTexts) -> Markup:
    """Write a table with a row per theme and a column per document. Each cell holds the number of
    hits as a link to the first hit, and in small print the rate per 1,000 characters."""
    docs = list(rates["doc"].unique())
    shown = rates[rates["doc"].isin(docs[:COLUMNS])]
    return markup.fill_template(
        "explorer/themes.html",
        docs=docs[:COLUMNS],
        n_docs=len(docs),
        cities=[texts.names[doc] for doc in docs[:COLUMNS]],
        first=texts.first("doc", "theme"),
        themes=list(shown.drop_duplicates("theme").itertuples()),
        cells={(row.doc, row.theme): row for row in shown.itertuples()},
    )


def frequency_html(table: pd.DataFrame, texts: MarkedTexts) -> Markup:
    """Write a table with one row per document. Each row shows the number of hits as a link to the
    first hit, the rate per 1,000 characters as a number and a bar, and the interval of the rate."""
    rates = [x for x in (*table["per_1000_chars"], *table["high"]) if not math.isnan(x)]
    return markup.fill_template(
        "explorer/frequency.html",
        rows=list(table.head(ROWS).itertuples()),
        n_docs=len(table),
        names=texts.names,
        first=texts.first("doc"),
        top=max(rates, default=0) or 1,
    )


def rows_html(
    kind: str, table: pd.DataFrame, texts: MarkedTexts, *, before: int, total: int
) -> Markup:
    """Write one page of a list whose rows link to the full texts. If `kind` is `concordance`, the
    list shows hits with the text around them. If `kind` is `outcomes`, the list shows numbers with
    the clauses that contain them."""
    if table.empty:
        return Markup()
    return markup.fill_template(
        f"explorer/{kind}.html",
        rows=list(table.itertuples()),
        texts=texts,
        numbers=f"{before + 1}–{before + len(table)}",
        total=total,
        place_words=markup.place_words,
        reading_words=reading_words,
    )


def reading_words(row: Any) -> str:
    """Return the value of a printed number in words, or its range if the number is ambiguous.

    In the example, a decimal point may have been lost, so the number may be 7.44 or 74.4.

    >>> from types import SimpleNamespace as Row
    >>> reading_words(Row(status="ambiguous", low=7.44, high=74.4, unit="%"))
    '7.44–74.4 %: open 待定'
    >>> reading_words(Row(status="confirmed", value=73.0, unit="%", basis="coder"))
    '73 % (confirmed as printed 确认如原文: coder)'
    """
    unit = f" {row.unit}" if escape(row.unit) else ""
    if row.status == "ambiguous":
        return f"{_plain(row.low)}–{_plain(row.high)}{unit}: {say('explorer.open')}"
    note = ""
    if row.status in ("confirmed", "restored"):
        note = f" ({say(f'explorer.point_{row.status}')}: {row.basis})"
    return f"{_plain(row.value)}{unit}{note}"


def _plain(value: Any) -> str:
    return "?" if pd.isna(value) else f"{value:,.10g}"


# --- functions that find words, count the hits, and quote the text around each hit

# with more documents, computing the intervals of rates would keep readers waiting
INTERVALS_UP_TO = 60
MOST_WILDCARDS, LONGEST_TERM, MOST_WORDS = 4, 60, 20
_INDEXES: WeakKeyDictionary[Document, SentenceIndex] = WeakKeyDictionary()


def search_terms(query: str) -> tuple[list[str], str]:
    """Split a search query into words, and return the words and "". If something is wrong with the
    query, return an empty list and a sentence that says what is wrong.

    Words are separated by spaces. `*` stands for 0–4 characters of a clause, `?` for one character.

    >>> search_terms("助餐　老年*服务")  # meal services; services of any kind for older people
    (['助餐', '老年*服务'], '')
    >>> print(search_terms("**")[1])
    '**' has wildcards only and matches everything: add a character. 只有通配符，请加上文字。
    """
    words = list(dict.fromkeys(half_width(query).replace("\u3000", " ").split()))
    if not words:
        return [], say("explorer.no_word")
    for word in words:
        short = word if len(word) <= 24 else word[:24] + "…"
        if not word.strip("*?"):
            return [], say("explorer.only_wildcards", word=word)
        if sum(char in "*?" for char in word) > MOST_WILDCARDS:
            return [], say("explorer.many_wildcards", word=short, most=MOST_WILDCARDS)
        if len(word) > LONGEST_TERM:
            return [], say("explorer.long_word", word=short, most=LONGEST_TERM)
    if len(words) > MOST_WORDS:
        return [], say("explorer.many_words", n=len(words), most=MOST_WORDS)
    return words, ""


def search(corpus: Corpus, words: Iterable[str], docs: Iterable[str]) -> pd.DataFrame:
    """Find words in documents. Return one row per hit with the columns `doc, section, sentence,
    term, start, end`; `start` and `end` are offsets in the raw text. Hits do not overlap."""
    docs, matcher = list(docs), Matcher(words)
    parts = [_hits(corpus[doc], number, matcher) for number, doc in enumerate(docs)]
    columns = "doc section sentence term start end".split()
    table = dict(zip(columns, np.concatenate([_NO_HITS, *parts]).T, strict=True))
    table["doc"] = pd.Categorical.from_codes(table["doc"], docs)
    table["term"] = pd.Categorical.from_codes(table["term"], list(matcher.terms))
    return pd.DataFrame(table)


_NO_HITS = np.zeros((0, 6), dtype=np.int64)


def _hits(document: Document, number: int, matcher: Matcher) -> np.ndarray:
    hits = list(matcher.find(document.text))
    if not hits:
        return _NO_HITS
    term, first, last = np.array(hits, dtype=np.int64).T
    index = sentence_index(document)
    sentence = np.maximum(np.searchsorted(index.starts, first, side="right") - 1, 0)
    section = index.sections[sentence] if len(index.sections) else np.zeros_like(sentence)
    # The end of a hit is the offset of its last character plus 1, because the next character of the
    # clean text may lie far away in the raw text, after a page break.
    start, end = document.offsets[first], document.offsets[last - 1] + 1
    return np.column_stack([np.full(len(hits), number), section, sentence + 1, term, start, end])


class SentenceIndex(NamedTuple):
    """Arrays with one value per sentence of a document: where the sentence starts in the clean text
    (`starts`), the number of its section (`sections`), and the number of its characters without
    white space (`chars`). `numbers` is the set of all section numbers."""

    starts: np.ndarray
    sections: np.ndarray
    chars: np.ndarray
    numbers: frozenset[int]


def sentence_index(document: Document) -> SentenceIndex:
    """Return the `SentenceIndex` of a document, which is built once and then kept in memory."""
    if document not in _INDEXES:
        rows = [
            (s.start, s.section, len("".join(document.text[s.start : s.end].split())))
            for s in document.sentences
        ]
        columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T.copy()
        _INDEXES[document] = SentenceIndex(*columns, frozenset(columns[1].tolist()))
    return _INDEXES[document]


def sections_of(corpus: Corpus, docs: Iterable[str]) -> list[int]:
    """Return the section numbers that occur in any of the documents, in ascending order."""
    return sorted(frozenset().union(*(sentence_index(corpus[doc]).numbers for doc in docs)))


def in_section(table: pd.DataFrame, section: int | None) -> pd.DataFrame:
    """Return the rows of one section, or all rows if the section is None."""
    return table if section is None else table[table["section"] == section]


def frequency(
    corpus: Corpus, hits: pd.DataFrame, docs: Iterable[str], *, section: int | None = None
) -> pd.DataFrame:
    """Count the hits in each document in the same way as `count_themes`. Return one row per
    document, even for a document without hits.

    To test how stable a rate is, the function computes the rate again and again for sentences drawn
    at random from the document. The middle 95 % of these rates lie between `low` and `high`. `low`
    and `high` are missing if the document has fewer than 20 sentences, or if there are more than 60
    documents.
    """
    docs, hits = list(docs), in_section(hits, section)
    # `sentences` has one array per document: the numbers of the sentences with hits.
    number = pd.Index(docs).get_indexer(hits["doc"].astype("str"))
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(len(docs) + 1))
    sentences = np.split(hits["sentence"].to_numpy()[order], bounds)[1:-1]
    rows = []
    for doc, with_hits in zip(docs, sentences, strict=True):
        document, index = corpus[doc], sentence_index(corpus[doc])
        kept = slice(None) if section is None else index.sections == section
        chars = index.chars[kept]
        n, total = len(with_hits), int(chars.sum())
        low = high = np.nan
        if total and len(docs) <= INTERVALS_UP_TO:
            counts = np.bincount(with_hits - 1, minlength=len(index.chars))[kept]
            (low,), (high,) = stability(counts[:, None], chars)
        rate = 1000 * n / total if total else np.nan
        rows.append((doc, document.city_zh, document.city_en, n, total, rate, low, high))
    columns = "doc city_zh city_en n n_chars per_1000_chars low high".split()
    return pd.DataFrame(rows, columns=columns)


def concordance(corpus: Corpus, hits: pd.DataFrame, *, window: int = 24) -> pd.DataFrame:
    """Return one row per hit with the text before and after the hit in the same paragraph."""
    rows = []
    for row in hits.itertuples():
        context = _context(corpus[row.doc], row.start, row.end, window)
        rows.append((row.doc, row.section, row.sentence, row.term, *context, row.start, row.end))
    columns = "doc section sentence term pre keyword post start end".split()
    return pd.DataFrame(rows, columns=columns)


def _context(document: Document, start: int, end: int, window: int) -> tuple[str, str, str]:
    first, last = (int(at) for at in np.searchsorted(document.offsets, [start, end]))
    text = document.text
    begin, stop = text.rfind("\n", 0, first) + 1, text.find("\n", last)
    stop = len(text) if stop < 0 else stop
    low, high = max(first - window, begin), min(last + window, stop)
    # The text around a hit must not begin or end inside a number, or 600 would be shown as 00.
    while begin < low and _in_number(text, low):
        low -= 1
    while high < stop and _in_number(text, high):
        high += 1
    pre = document.quote(document.raw_span(low, first)[0], start) if low < first else ""
    post = document.quote(end, document.raw_span(last, high)[1]) if last < high else ""
    return pre, document.quote(start, end), post


_NUMBER = frozenset("0123456789.%零一二三四五六七八九十百千万亿")


def _in_number(text: str, at: int) -> bool:
    """Tell whether the character at a position and the one before it both belong to a number."""
    return text[at - 1] in _NUMBER and text[at] in _NUMBER
