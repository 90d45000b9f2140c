"""Hits and tables → the HTML of the explorer's views."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Matcher
from helpers.figures import markup
from helpers.text import Corpus, Document
from helpers.themes import stability

# characters; of a longer document only the surroundings of the hits are shown
WHOLE_TEXT_UP_TO = 20_000
ROWS, COLUMNS = 50, 12
_LAYOUT = """
html { font-size: .95rem; } body { margin: 0; } .found, .texts { padding: .2rem 1rem 1rem; } .found > h1, .texts > h2 { font-size: 1.1rem; margin: .8rem 0 .4rem; }
.found:focus-visible, .texts:focus-visible { outline-offset: -3px; } h1.sum { font-size: 1.05rem; font-weight: 500; } .kwic td { white-space: nowrap; } .kwic .pre { text-align: right; }
.kwic td.line { white-space: normal; } .bar { display: block; position: relative; width: 9rem; height: 1.1rem; } .bar i, .bar b { position: absolute; display: block; }
.bar { border-left: 1px solid var(--rule); } .bar i { top: .48rem; height: 3px; background: #6f9ccb; } .bar b { top: .22rem; width: .62rem; height: .62rem; margin-left: -.31rem; border-radius: 50%; background: var(--link); }
.line mark a, .line a mark { color: inherit; } .line a { text-decoration: none; color: inherit; } .line a:hover mark, .line a:focus mark { background: var(--hit); }
.gap { text-indent: 0 !important; color: var(--quiet); } .text { max-width: none; } .texts h2 { border: 0; } .texts h3 { font-size: 1rem; } .up { font-size: .85rem; float: right; }
@media (max-width: 34rem) { .kwic thead { position: absolute; clip-path: inset(50%); } .kwic tr, .kwic td.line { display: block; } .kwic td { display: inline-block; border: 0; padding: .2rem .4rem 0 0; } .kwic tr { border-bottom: 1px solid var(--line); padding: .2rem 0; } .bar { width: 5rem; } }
@media (min-width: 54rem) { body.two { display: grid; grid-template-columns: 11fr 9fr; height: 100vh; } .two .found, .two .texts { overflow-y: auto; height: 100vh; } .two .texts { border-left: 1px solid var(--line); background: #fcfcfd; } .up { display: none; } }
"""


@cache
def _style() -> str:
    return markup.stylesheet() + _LAYOUT


def page_html(found: str, texts: str = "") -> str:
    """Put both halves into one page that needs nothing from elsewhere and runs nothing."""
    right = (
        f'<section class="texts" tabindex="0" aria-label="Full texts 全文">{texts}</section>'
        if texts
        else ""
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"><title>Results'
        f" 结果</title><style>{_style()}</style></head><body"
        f' class="{"two" if texts else "one"}"><main class="found" id="found" tabindex="0"'
        f' aria-label="Results 结果">{found}</main>{right}</body></html>'
    )


def message(words: str) -> str:
    """Say in a sentence why there is nothing to show."""
    return f'<h1 class="sum">{markup.escape(words)}</h1>'


class Places:
    """The full texts beside the results: which documents, which marks, and the address of each
    place.

    Parameters
    ----------
    corpus : Corpus
    marks : DataFrame
        `doc, start, end` (raw offsets) of everything that is highlighted.
    """

    def __init__(self, corpus: Corpus, marks: pd.DataFrame) -> None:
        self._corpus = corpus
        self._marks = {
            doc: list(zip(rows["start"], rows["end"], strict=True))
            for doc, rows in marks.groupby("doc", sort=False, observed=True)
        }
        self._prefix = {doc: f"d{number}-" for number, doc in enumerate(self._marks)}

    def link(self, doc: str, start: int) -> str:
        """Return the address of a place; of a document whose text is not shown, that of the
        results."""
        return (
            f"#{markup.place_id(int(start), prefix=self._prefix[doc])}"
            if doc in self._prefix
            else "#found"
        )

    def html(self, names: Mapping[str, str]) -> str:
        """Write the texts with their marks, each under the name of its document."""
        return "".join(self._text(doc, names[doc]) for doc in self._marks)

    def _text(self, doc: str, name: str) -> str:
        document = self._corpus[doc]
        long = len(document.text) > WHOLE_TEXT_UP_TO
        note = (
            '<p class="place">The document is long: what surrounds the hits is shown. 文本较长，'
            "仅显示命中处前后文。</p>"
            if long
            else ""
        )
        body = markup.full_text(
            document,
            self._marks[doc],
            prefix=self._prefix[doc],
            level=3,
            around=6 if long else None,
        )
        return (
            f'<h2>{markup.zh(name)} <a class="up" href="#found">↑'
            f" {markup.both('回到结果', 'results')}</a></h2>{note}{body}"
        )


def frequency_html(
    table: pd.DataFrame, first: Mapping[str, str], names: Mapping[str, str], *, shown: int = ROWS
) -> str:
    """Write hits by document with rate, interval and a bar; each count leads to its first hit.

    Parameters
    ----------
    table : DataFrame
        As from `explore_tables.frequency`.
    first : dict
        doc → address of its first hit.
    names : dict
        doc → its name.
    """
    top = (
        max([x for x in (*table["per_1000_chars"], *table["high"]) if not math.isnan(x)], default=0)
        or 1
    )
    cells = {
        "doc": lambda row: markup.zh(names[row.doc]),
        "n": lambda row: linked_number(row.n, first.get(row.doc)),
        "per_1000_chars": lambda row: number(row.per_1000_chars),
        "low": lambda row: "" if math.isnan(row.low) else f"{row.low:.2f}–{row.high:.2f}",
        "high": lambda row: _bar(row, top),
    }
    headings = {
        "doc": "City 城市",
        "n": "Hits 次数",
        "per_1000_chars": "per 1,000 characters 每千字",
        "low": "95% stability 稳定区间",
        "high": "Rate and interval 图示",
    }
    more = (
        f"<p>{shown} of {len(table)} documents shown; the CSV holds all. 表中仅列部分，CSV"
        " 为全部。</p>"
        if len(table) > shown
        else ""
    )
    return (
        markup.table_html(
            table.head(shown), headings, caption="Hits by document 各篇次数", cells=cells
        )
        + more
    )


def number(value: float) -> str:
    """Write a rate with two decimals, a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.2f}"


def linked_number(n: int, address: str | None) -> str:
    """Write a count as a link to where it is counted; nothing is there to lead to from 0."""
    return f'<a href="{markup.escape(address)}">{n}</a>' if n and address else str(n)


def _bar(row: Any, top: float) -> str:
    if math.isnan(row.per_1000_chars):
        return ""
    low, high = (0, 0) if math.isnan(row.low) else (100 * row.low / top, 100 * row.high / top)
    return (
        '<span class="bar" aria-hidden="true"><i'
        f' style="left:{low:.1f}%;width:{high - low:.1f}%"></i><b'
        f' style="left:{100 * row.per_1000_chars / top:.1f}%"></b></span>'
    )


def theme_grid_html(
    rates: pd.DataFrame,
    first: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
    *,
    shown: int = COLUMNS,
) -> str:
    """Write themes × documents: hits, and per 1,000 characters in small print; each count leads to
    its first hit."""
    names = {doc: names[doc] for doc in rates["doc"].unique()[:shown]}
    by_cell = {(row.doc, row.theme): row for row in rates[rates["doc"].isin(names)].itertuples()}
    themes = rates.drop_duplicates("theme")[["theme", "family", "zh", "en"]]
    wide = themes.assign(**{f"d{i}": "" for i in range(len(names))})
    cells = {"theme": lambda row: markup.both(row.zh, row.en)}
    for i, doc in enumerate(names):
        cells[f"d{i}"] = lambda row, doc=doc: _theme_cell(
            by_cell[doc, row.theme], first.get((doc, row.theme))
        )
    headings = {"theme": "Theme 主题", **{f"d{i}": name for i, name in enumerate(names.values())}}
    n = rates["doc"].nunique()
    more = (
        f"<p>{shown} of {n} documents shown; the CSV holds all. 表中仅列部分，CSV 为全部。</p>"
        if n > shown
        else ""
    )
    return (
        markup.table_html(
            wide,
            headings,
            caption="Hits (per 1,000 characters) by theme 各主题次数（每千字）",
            cells=cells,
        )
        + more
    )


def _theme_cell(row: Any, address: str | None) -> str:
    return f"{linked_number(row.n, address)} <small>({number(row.per_1000_chars)})</small>"


def concordance_html(
    lines: pd.DataFrame, places: Places, names: Mapping[str, str], *, total: int, before: int = 0
) -> str:
    """Write hits in their context, the term marked; each leads to its place in the full text."""
    if lines.empty:
        return ""

    def context(row: Any) -> str:
        return (
            f'<span lang="zh-CN">{markup.escape(row.pre)}<a'
            f' href="{markup.escape(places.link(row.doc, row.start))}"><mark>{markup.escape(row.keyword)}</mark></a>'
            f"{markup.escape(row.post)}</span>"
        )

    rows = "".join(
        f'<tr><td>{markup.zh(names[row.doc])}</td><td><a href="{markup.escape(places.link(row.doc, row.start))}"'
        f' title="{markup.escape(markup.place_words(row.section, row.sentence))}">{row.section}·{row.sentence}</a></td><td'
        f' class="line">{context(row)}</td></tr>'
        for row in lines.itertuples()
    )
    count = (
        f"Hits {before + 1}–{before + len(lines)} of {total}"
        f" 第{before + 1}–{before + len(lines)}条，共{total}条"
    )
    head = (
        "<thead><tr><th scope=col>City 城市</th><th scope=col>Section·sentence 节·句</th><th"
        " scope=col>In its context 上下文</th></tr></thead>"
    )
    return (
        f'<p class="caption">{count}</p><div class="scroll" role="region" tabindex="0"'
        f' aria-label="{count}"><table class="kwic">{head}<tbody>{rows}</tbody></table></div>'
    )


def reading_words(row: Any) -> str:
    """Say how a printed number is read: the value, or the range that is still possible.

    >>> from types import SimpleNamespace as Row
    >>> reading_words(Row(status="ambiguous", low=7.44, high=74.4, value=None, unit="%", basis=None))
    '7.44–74.4 %: open 待定'
    """
    unit = f" {row.unit}" if markup.escape(row.unit) else ""
    if row.status == "ambiguous":
        return f"{_plain(row.low)}–{_plain(row.high)}{unit}: open 待定"
    note = "" if row.status == "as_printed" else f" (point restored 补回小数点: {row.basis})"
    return f"{_plain(row.value)}{unit}{note}"


def _plain(value: Any) -> str:
    if value is None or value is pd.NA or value != value:
        return "?"
    return f"{value:,.10g}"


def outcomes_html(
    table: pd.DataFrame,
    corpus: Corpus,
    places: Places,
    names: Mapping[str, str],
    *,
    before: int = 0,
    total: int,
) -> str:
    """Write metrics with the clause they stand in; the digits lead to their place in the full
    text."""
    if table.empty:
        return ""

    def clause(row: Any) -> str:
        return (
            "<span"
            f' lang="zh-CN">{markup.marked_quote(corpus[row.doc], row.quote_start, row.quote_end, [(row.start, row.end)])}</span>'
        )

    cells = {
        "doc": lambda row: markup.zh(names[row.doc]),
        "indicator_zh": lambda row: markup.both(row.indicator_zh, row.indicator_en),
        "printed": lambda row: (
            f'<a href="{markup.escape(places.link(row.doc, row.start))}">{markup.zh(row.printed)}</a>'
        ),
        "value": lambda row: markup.escape(reading_words(row)),
        "quote": clause,
    }
    headings = {
        "doc": "City 城市",
        "indicator_zh": "Indicator 指标",
        "printed": "Printed 原文",
        "value": "Read as 读作",
        "quote": "Clause 原句",
    }
    return markup.table_html(
        table,
        headings,
        caption=f"Numbers {before + 1}–{before + len(table)} of {total} 数量",
        cells=cells,
    )


def first_places(hits: pd.DataFrame, places: Places, by: Iterable[str]) -> dict[Any, str]:
    """Return the address of the first hit for each value of `by` (`doc`, or `doc, theme`)."""
    by = list(by)
    rows = hits.drop_duplicates(by)
    return {
        (key[0] if len(by) == 1 else key): places.link(doc, start)
        for key, doc, start in zip(
            rows[by].itertuples(index=False, name=None), rows["doc"], rows["start"], strict=True
        )
    }


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
