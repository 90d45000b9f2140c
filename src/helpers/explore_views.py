"""Turn the explorer's tables into one escaped HTML page: what was found on the left, the full texts
with its places on the right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from helpers.corpus import Corpus
from helpers.markup import (
    both,
    escape,
    full_text,
    marked_quote,
    place_id,
    place_words,
    table_html,
    zh,
)

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
    return resources.files("helpers").joinpath("site.css").read_text("utf8") + _LAYOUT


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
    return f'<h1 class="sum">{escape(words)}</h1>'


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
            f"#{place_id(int(start), prefix=self._prefix[doc])}"
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
        body = full_text(
            document,
            self._marks[doc],
            prefix=self._prefix[doc],
            level=3,
            around=6 if long else None,
        )
        return (
            f'<h2>{zh(name)} <a class="up" href="#found">↑'
            f" {both('回到结果', 'results')}</a></h2>{note}{body}"
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
        "doc": lambda row: zh(names[row.doc]),
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
        table_html(table.head(shown), headings, caption="Hits by document 各篇次数", cells=cells)
        + more
    )


def number(value: float) -> str:
    """Write a rate with two decimals, a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.2f}"


def linked_number(n: int, address: str | None) -> str:
    """Write a count as a link to where it is counted; nothing is there to lead to from 0."""
    return f'<a href="{escape(address)}">{n}</a>' if n and address else str(n)


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
    cells = {"theme": lambda row: both(row.zh, row.en)}
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
        table_html(
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
            f'<span lang="zh-CN">{escape(row.pre)}<a'
            f' href="{escape(places.link(row.doc, row.start))}"><mark>{escape(row.keyword)}</mark></a>'
            f"{escape(row.post)}</span>"
        )

    rows = "".join(
        f'<tr><td>{zh(names[row.doc])}</td><td><a href="{escape(places.link(row.doc, row.start))}"'
        f' title="{escape(place_words(row.section, row.sentence))}">{row.section}·{row.sentence}</a></td><td'
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
    unit = f" {row.unit}" if escape(row.unit) else ""
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
            f' lang="zh-CN">{marked_quote(corpus[row.doc], row.quote_start, row.quote_end, [(row.start, row.end)])}</span>'
        )

    cells = {
        "doc": lambda row: zh(names[row.doc]),
        "indicator_zh": lambda row: both(row.indicator_zh, row.indicator_en),
        "printed": lambda row: (
            f'<a href="{escape(places.link(row.doc, row.start))}">{zh(row.printed)}</a>'
        ),
        "value": lambda row: escape(reading_words(row)),
        "quote": clause,
    }
    headings = {
        "doc": "City 城市",
        "indicator_zh": "Indicator 指标",
        "printed": "Printed 原文",
        "value": "Read as 读作",
        "quote": "Clause 原句",
    }
    return table_html(
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
