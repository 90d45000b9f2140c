"""What is chosen → its hits, counts and lines, and the HTML in which the explorer shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Matcher
from helpers.figures import markup
from helpers.text import Corpus, Document
from helpers.themes import stability

ROWS, COLUMNS = 50, 12  # a table shows so many
# characters; of a longer document only the surroundings of the hits are shown
WHOLE_TEXT_UP_TO = 20_000


def page_html(words: str, found: str = "", texts: str = "") -> str:
    """Put an answer in a sentence, what was found and the full texts beside it into one page.

    The page needs nothing from elsewhere and runs nothing.
    """
    named = 'class="texts" tabindex="0" aria-label="Full texts 全文"'
    right = f"<section {named}>{texts}</section>" if texts else ""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"><title>Results'
        f" 结果</title><style>{_style()}</style></head><body"
        f' class="{"two" if texts else "one"}"><main class="found" id="found" tabindex="0"'
        f' aria-label="Results 结果">{message(words)}{found}</main>{right}</body></html>'
    )


@cache
def _style() -> str:
    layout = resources.files("helpers.explorer").joinpath("explorer.css").read_text("utf8")
    return f"{markup.stylesheet()}\n{layout}"


def message(words: str) -> str:
    """Write a sentence to the reader."""
    return f'<h1 class="sum">{markup.escape(words)}</h1>'


class Places:
    """The full texts beside the results, and the address of each of their marks.

    Parameters
    ----------
    corpus : Corpus
    marks : DataFrame
        `doc, start, end` (raw offsets) of everything that is highlighted.
    names : dict
        doc → its name.
    """

    def __init__(self, corpus: Corpus, marks: pd.DataFrame, names: Mapping[str, str]) -> None:
        self.corpus, self.names, self._marks = corpus, names, marks
        self._spans = {
            doc: list(zip(rows["start"], rows["end"], strict=True))
            for doc, rows in marks.groupby("doc", sort=False, observed=True)
        }
        self._prefix = {doc: f"d{number}-" for number, doc in enumerate(self._spans)}

    def link(self, doc: str, start: int) -> str:
        """Return the address of a place; of a document not shown, that of the results."""
        if doc not in self._prefix:
            return "#found"
        return f"#{markup.place_id(int(start), prefix=self._prefix[doc])}"

    def first(self, *by: str) -> dict[Any, str]:
        """Return the address of the first mark for each value of some columns of the marks."""
        rows = self._marks.drop_duplicates(list(by))
        keys = rows.set_index(list(by)).index
        places = zip(rows["doc"], rows["start"], strict=True)
        return {key: self.link(*place) for key, place in zip(keys, places, strict=True)}

    def html(self) -> str:
        """Write the texts with their marks, each under the name of its document."""
        return "".join(map(self._text, self._spans))

    def _text(self, doc: str) -> str:
        document, note, around = self.corpus[doc], "", None
        if len(document.text) > WHOLE_TEXT_UP_TO:
            around = 6
            note = (
                '<p class="place">The document is long: what surrounds the hits is shown.'
                " 文本较长，仅显示命中处前后文。</p>"
            )
        prefix = self._prefix[doc]
        body = markup.full_text(document, self._spans[doc], prefix=prefix, level=3, around=around)
        up = f'<a class="up" href="#found">↑ {markup.both("回到结果", "results")}</a>'
        return f"<h2>{markup.zh(self.names[doc])} {up}</h2>{note}{body}"


def theme_grid_html(rates: pd.DataFrame, places: Places) -> str:
    """Write themes × documents: hits, in small print per 1,000 characters, linked to the first."""
    docs = rates["doc"].unique()
    shown = rates[rates["doc"].isin(docs[:COLUMNS])]
    by_cell = {(row.doc, row.theme): row for row in shown.itertuples()}
    first = places.first("doc", "theme")

    def cell(row: Any, doc: str) -> str:
        counted = by_cell[doc, row.theme]
        n = _linked_number(counted.n, first.get((doc, row.theme)))
        return f"{n} <small>({_number(counted.per_1000_chars)})</small>"

    columns = [("Theme 主题", lambda row: markup.both(row.zh, row.en))]
    columns += [(places.names[doc], partial(cell, doc=doc)) for doc in docs[:COLUMNS]]
    caption = "Hits (per 1,000 characters) by theme 各主题次数（每千字）"
    table = markup.table_html(shown.drop_duplicates("theme"), columns, caption=caption)
    return table + _left_out(COLUMNS, len(docs))


def frequency_html(table: pd.DataFrame, places: Places) -> str:
    """Write hits by document with rate, interval and a bar, linked to the first hit of each."""
    first = places.first("doc")
    rates = [x for x in (*table["per_1000_chars"], *table["high"]) if not math.isnan(x)]
    top = max(rates, default=0) or 1
    columns = [
        ("City 城市", lambda row: markup.zh(places.names[row.doc])),
        ("Hits 次数", lambda row: _linked_number(row.n, first.get(row.doc))),
        ("per 1,000 characters 每千字", lambda row: _number(row.per_1000_chars)),
        ("95% stability 稳定区间", _interval),
        ("Rate and interval 图示", lambda row: _bar(row, top)),
    ]
    shown = markup.table_html(table.head(ROWS), columns, caption="Hits by document 各篇次数")
    return shown + _left_out(ROWS, len(table))


def _left_out(shown: int, n: int) -> str:
    if n <= shown:
        return ""
    return f"<p>{shown} of {n} documents shown; the CSV holds all. 表中仅列部分，CSV 为全部。</p>"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _linked_number(n: int, address: str | None) -> str:
    """A count as a link to where it is counted; nothing is there to lead to from 0."""
    return f'<a href="{markup.escape(address)}">{n}</a>' if n and address else str(n)


def _interval(row: Any) -> str:
    return "" if math.isnan(row.low) else f"{row.low:.2f}–{row.high:.2f}"


def _bar(row: Any, top: float) -> str:
    if math.isnan(row.per_1000_chars):
        return ""
    low, high = (0, 0) if math.isnan(row.low) else (100 * row.low / top, 100 * row.high / top)
    return (
        '<span class="bar" aria-hidden="true"><i'
        f' style="left:{low:.1f}%;width:{high - low:.1f}%"></i><b'
        f' style="left:{100 * row.per_1000_chars / top:.1f}%"></b></span>'
    )


def concordance_html(lines: pd.DataFrame, places: Places, *, before: int, total: int) -> str:
    """Write hits in their context, the term marked; each leads to its place in the full text."""
    if lines.empty:
        return ""
    rows = []
    for row in lines.itertuples():
        address = markup.escape(places.link(row.doc, row.start))
        where = markup.escape(markup.place_words(row.section, row.sentence))
        pre, keyword, post = map(markup.escape, (row.pre, row.keyword, row.post))
        line = f'{pre}<a href="{address}"><mark>{keyword}</mark></a>{post}'
        rows.append(
            f'<tr><td>{markup.zh(places.names[row.doc])}</td><td><a href="{address}"'
            f' title="{where}">{row.section}·{row.sentence}</a></td><td class="line"><span'
            f' lang="zh-CN">{line}</span></td></tr>'
        )
    numbers = f"{before + 1}–{before + len(lines)}"
    count = f"Hits {numbers} of {total} 第{numbers}条，共{total}条"
    headings = ("City 城市", "Section·sentence 节·句", "In its context 上下文")
    head = "".join(f"<th scope=col>{heading}</th>" for heading in headings)
    return (
        f'<p class="caption">{count}</p><div class="scroll" role="region" tabindex="0"'
        f' aria-label="{count}"><table class="kwic"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def outcomes_html(table: pd.DataFrame, places: Places, *, before: int, total: int) -> str:
    """Write numbers with the clause they stand in; the digits lead to their place in the text."""
    if table.empty:
        return ""

    def printed(row: Any) -> str:
        address = markup.escape(places.link(row.doc, row.start))
        return f'<a href="{address}">{markup.zh(row.printed)}</a>'

    def clause(row: Any) -> str:
        document, marks = places.corpus[row.doc], [(row.start, row.end)]
        quote = markup.marked_quote(document, row.quote_start, row.quote_end, marks)
        return f'<span lang="zh-CN">{quote}</span>'

    columns = [
        ("City 城市", lambda row: markup.zh(places.names[row.doc])),
        ("Indicator 指标", lambda row: markup.both(row.indicator_zh, row.indicator_en)),
        ("Printed 原文", printed),
        ("Read as 读作", lambda row: markup.escape(reading_words(row))),
        ("Clause 原句", clause),
    ]
    caption = f"Numbers {before + 1}–{before + len(table)} of {total} 数量"
    return markup.table_html(table, columns, caption=caption)


def reading_words(row: Any) -> str:
    """Say how a printed number is read: the value, or the range that is still possible.

    >>> from types import SimpleNamespace as Row
    >>> reading_words(Row(status="ambiguous", low=7.44, high=74.4, unit="%"))
    '7.44–74.4 %: open 待定'
    """
    unit = f" {row.unit}" if markup.escape(row.unit) else ""
    if row.status == "ambiguous":
        return f"{_plain(row.low)}–{_plain(row.high)}{unit}: open 待定"
    note = "" if row.status == "as_printed" else f" (point restored 补回小数点: {row.basis})"
    return f"{_plain(row.value)}{unit}{note}"


def _plain(value: Any) -> str:
    return "?" if pd.isna(value) else f"{value:,.10g}"


# --- words and themes → hits, counts and lines

INTERVALS_UP_TO = 60  # documents; beyond, resampling takes longer than a reader waits
MOST_WILDCARDS, LONGEST_TERM, MOST_WORDS = 4, 60, 20
_FACTS: WeakKeyDictionary[Document, Facts] = WeakKeyDictionary()


def search_terms(query: str) -> tuple[list[str], str]:
    """Read a search query: its words, and a sentence for the reader where nothing can be searched.

    Words are separated by spaces; `*` stands for 0–4 characters within a clause, `?` for one.

    >>> search_terms("助餐　老年*服务")
    (['助餐', '老年*服务'], '')
    >>> print(search_terms("**")[1])
    '**' is made of wildcards only and matches everything: add a character. 只有通配符，请加上文字。
    """
    words = list(dict.fromkeys(half_width(query).replace("\u3000", " ").split()))
    problem = _problem(words)
    return ([], problem) if problem else (words, "")


def _problem(words: list[str]) -> str:
    """Why words cannot be searched, said to the reader; nothing where they can."""
    if not words:
        return (
            "Type a word to search for, such as 助餐, or one with wildcards: 老年*服务."
            " 请输入要检索的词。"
        )
    for word in words:
        short = word if len(word) <= 24 else word[:24] + "…"
        if not word.strip("*?"):
            return (
                f"'{word}' is made of wildcards only and matches everything: add a character."
                " 只有通配符，请加上文字。"
            )
        if sum(char in "*?" for char in word) > MOST_WILDCARDS:
            return (
                f"'{short}' has more than {MOST_WILDCARDS} wildcards: take some out. 通配符过多。"
            )
        if len(word) > LONGEST_TERM:
            return (
                f"'{short}' is longer than {LONGEST_TERM} characters: search for a part of it."
                " 检索词过长。"
            )
    if len(words) > MOST_WORDS:
        most = f"search for {MOST_WORDS} at most. 检索词过多。"
        return f"{len(words)} words are too many at once: {most}"
    return ""


def search(corpus: Corpus, words: Iterable[str], docs: Iterable[str]) -> pd.DataFrame:
    """Find words: `doc, section, sentence, term, start, end` (raw offsets), without overlap."""
    docs, matcher = list(docs), Matcher(words)
    parts = [_hits(corpus[doc], number, matcher) for number, doc in enumerate(docs)]
    columns = "doc section sentence term start end".split()
    table = dict(zip(columns, np.concatenate([_NO_HITS, *parts]).T, strict=True))
    table["doc"] = pd.Categorical.from_codes(table["doc"], docs)
    table["term"] = pd.Categorical.from_codes(table["term"], list(matcher.terms))
    return pd.DataFrame(table)


_NO_HITS = np.zeros((0, 6), dtype=np.int64)


def _hits(document: Document, number: int, matcher: Matcher) -> np.ndarray:
    found = [hit for hit in matcher.find(document.text) if hit[2] > hit[1]]
    if not found:
        return _NO_HITS
    term, first, last = np.array(found, dtype=np.int64).T
    facts = sentence_facts(document)
    place = np.maximum(np.searchsorted(facts.starts, first, side="right") - 1, 0)
    section = facts.sections[place] if len(facts.sections) else np.zeros_like(place)
    start, end = document.offsets[first], document.offsets[last - 1] + 1
    return np.column_stack([np.full(len(found), number), section, place + 1, term, start, end])


class Facts(NamedTuple):
    """Of each sentence its start in the clean text, section and length; the document's sections."""

    starts: np.ndarray
    sections: np.ndarray
    chars: np.ndarray
    numbers: frozenset[int]


def sentence_facts(document: Document) -> Facts:
    """Return the facts of a document's sentences, computed once and kept as long as it is."""
    if document not in _FACTS:
        rows = [
            (s.start, s.section, len("".join(document.text[s.start : s.end].split())))
            for s in document.sentences
        ]
        columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T.copy()
        _FACTS[document] = Facts(*columns, frozenset(columns[1].tolist()))
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
    """Count any hits by document, as `count_themes` does; a row a document, zeros kept.

    `low, high` bound the middle 95 % of the rate over resampled sentences; missing below 20
    sentences and with more than 60 documents.
    """
    docs, hits = list(docs), in_section(hits, section)
    number = pd.Index(docs).get_indexer(hits["doc"].astype("str"))
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(len(docs) + 1))
    sentences = np.split(hits["sentence"].to_numpy()[order], bounds)[1:-1]
    intervals = len(docs) <= INTERVALS_UP_TO
    columns = "doc city_zh city_en n n_chars per_1000_chars low high".split()
    rows = [
        _rate(corpus[doc], inside, section, intervals)
        for doc, inside in zip(docs, sentences, strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


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
    rate = 1000 * n / total if total else np.nan
    return document.doc, document.city_zh, document.city_en, n, total, rate, low, high


def concordance(corpus: Corpus, hits: pd.DataFrame, *, window: int = 24) -> pd.DataFrame:
    """Show hits in their verbatim context, which ends with its paragraph; a row a hit."""
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
    # 600 cut to 00 would be a number that nobody wrote
    while begin < low and _in_number(text, low):
        low -= 1
    while high < stop and _in_number(text, high):
        high += 1
    pre = document.quote(document.raw_span(low, first)[0], start) if low < first else ""
    post = document.quote(end, document.raw_span(last, high)[1]) if last < high else ""
    return pre, document.quote(start, end), post


_NUMBER = frozenset("0123456789.%零一二三四五六七八九十百千万亿")


def _in_number(text: str, at: int) -> bool:
    """Whether a cut before this character would go through a number."""
    return text[at - 1] in _NUMBER and text[at] in _NUMBER
