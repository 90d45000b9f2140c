"""Values, quotations and whole texts → HTML that shows them as text."""

from __future__ import annotations

import base64
import html
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers.labels import city_names, document_labels
from helpers.text import Document


def escape(value: Any) -> str:
    """Write a value as text of a page; missing becomes nothing.

    >>> escape('<b>"1"</b>'), escape(None)
    ('&lt;b&gt;&quot;1&quot;&lt;/b&gt;', '')
    """
    return (
        ""
        if value is None or value is pd.NA or value != value
        else html.escape(str(value), quote=True)
    )


def zh(text: Any) -> str:
    """Mark a text as Chinese, so that a browser breaks and draws it as such and a screen reader
    speaks it."""
    return f'<span lang="zh-CN">{escape(text)}</span>'


def both(chinese: Any, english: Any) -> str:
    """Write a label in both languages, once where the two are the same.

    >>> both("助餐", "Meal services")
    '<span lang="zh-CN">助餐</span> Meal services'
    """
    return (
        zh(chinese)
        if str(chinese) == str(english) or not escape(english)
        else f"{zh(chinese)} {escape(english)}"
    )


def data_link(content: bytes, name: str, kind: str, label: str) -> str:
    """Write a link that saves `content` as a file called `name`; the content travels in the link
    itself."""
    address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return (
        f'<a style="text-decoration:underline" download="{escape(name)}"'
        f' href="{address}">{escape(label)}</a>'
    )


def picture(content: bytes, kind: str, alt: str) -> str:
    """Write an image that travels in the page itself, with its alternative text."""
    return (
        f'<img src="data:{kind};base64,{base64.b64encode(content).decode()}" alt="{escape(alt)}">'
    )


def table_html(
    table: pd.DataFrame,
    headings: Mapping[str, str],
    *,
    caption: str,
    cells: Mapping[str, Callable[[Any], str]] | None = None,
) -> str:
    """Write a table in a box that scrolls sideways by keyboard, too.

    Parameters
    ----------
    table : DataFrame
        Its rows in the order shown.
    headings : dict
        Column → heading, in the order shown; other columns are left out.
    caption : str
        What the table holds; read aloud as its name.
    cells : dict, optional
        Column → function of the row (a named tuple) that returns finished HTML; the other cells are
        escaped.
    """
    cells = cells or {}
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings.values())
    body = "".join(
        "<tr>" + "".join(_cell(row, column, cells) for column in headings) + "</tr>"
        for row in table.itertuples(index=False)
    )
    return scroll_box(
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>", caption
    )


def scroll_box(inner: str, name: str) -> str:
    """Put something wide into a box of its own with its name above it, so that the page itself
    never scrolls sideways."""
    return (
        f'<p class="caption" aria-hidden="true">{escape(name)}</p><div class="scroll" role="region"'
        f' tabindex="0" aria-label="{escape(name)}">{inner}</div>'
    )


def _cell(row: Any, column: str, cells: Mapping[str, Callable[[Any], str]]) -> str:
    if column in cells:
        return f"<td>{cells[column](row)}</td>"
    value = getattr(row, column)
    return (
        f'<td class="number">{escape(value)}</td>'
        if isinstance(value, (int, float))
        else f"<td>{escape(value)}</td>"
    )


def city_of(documents: pd.DataFrame) -> dict[str, str]:
    """Return the name of every document as it is shown: `郑州 Zhengzhou`, or its id where the text
    names no city."""
    return {doc: city_names(label) for doc, label in document_labels(documents).items()}


def place_id(start: int, *, prefix: str = "") -> str:
    """Return the id of the place in a page at which a raw offset stands.

    >>> place_id(487, prefix="d2-")
    'd2-o487'
    """
    return f"{prefix}o{start}"


def place_words(section: int, sentence: int, page: int | None = None, *, title: Any = None) -> str:
    """Say where a quotation stands: section with its title, sentence, page if known.

    >>> place_words(2, 14, None, title="二、坚持依法监督")
    'section 2 “二、坚持依法监督”, sentence 14'
    """
    named = f" “{title}”" if title is not None and title == title and str(title) else ""
    paged = f", page {page}" if page is not None and page == page else ""
    return f"section {section}{named}, sentence {sentence}{paged}"


def marked_quote(
    document: Document,
    start: int,
    end: int,
    marks: Iterable[tuple[int, int]],
    *,
    ids: Mapping[int, str] | None = None,
) -> str:
    """Write the verbatim text between two raw offsets with some of its parts in `<mark>`.

    Parameters
    ----------
    document : Document
    start, end : int
        Raw offsets of the stretch.
    marks : iterable of (start, end)
        Raw offsets; what reaches outside is cut, overlapping ones are drawn as one.
    ids : dict, optional
        Raw start of a mark → id of its element, for links.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> jiyuan = read_corpus()["000_jiyuan"]
    >>> marked_quote(jiyuan, 484, 501, [(487, 488)])
    '成立了<mark>５</mark>个联动专题调研、执法检查组'
    """
    spans = [(max(start, a), min(end, b)) for a, b in marks if a < end and b > start]
    cuts = sorted({start, end, *(at for span in spans for at in span)})
    parts = []
    for low, high in pairwise(cuts):
        text = escape(document.quote(low, high))
        inside = text and any(a <= low and high <= b for a, b in spans)
        name = f' id="{escape(ids[low])}"' if inside and ids and low in ids else ""
        parts.append(f"<mark{name}>{text}</mark>" if inside else text)
    return "".join(parts)


def full_text(
    document: Document,
    marks: Iterable[tuple[int, int]] = (),
    *,
    prefix: str = "",
    level: int = 2,
    around: int | None = None,
) -> str:
    """Write a document's body, headings and paragraphs, each sentence with an id (`s14`), each mark
    with the id of its place.

    Parameters
    ----------
    document : Document
    marks : iterable of (start, end)
        Raw offsets of what is highlighted.
    prefix : str
        Put before every id, where several texts share a page.
    level : int
        Level of the headings.
    around : int, optional
        Only the sentences that hold a mark and so many before and after each, for a document too
        long for one page.
    """
    spans = sorted(set(marks))
    bounds = [document.raw_span(sentence.start, sentence.end) for sentence in document.sentences]
    held = _marks_of_sentences(bounds, spans)
    kept = (
        set(range(len(bounds)))
        if around is None
        else {
            j for i, inside in enumerate(held) if inside for j in range(i - around, i + around + 1)
        }
    )
    blocks: list[str] = []
    paragraph: list[str] = []
    last = None
    for number, sentence in enumerate(document.sentences):
        if number not in kept:
            last = None
            continue
        if last is None and number:
            blocks, paragraph = [*_close(blocks, paragraph)[0], '<p class="gap">…</p>'], []
        low, high = bounds[number]
        ids = {max(low, a): place_id(a, prefix=prefix) for a, _ in held[number]}
        text = (
            '<span class="s"'
            f' id="{escape(prefix)}s{sentence.sentence}">{marked_quote(document, low, high, held[number], ids=ids)}</span>'
        )
        if sentence.kind == "heading" or sentence.paragraph != last:
            blocks, paragraph = _close(blocks, paragraph)
        if sentence.kind == "heading":
            blocks.append(f"<h{level}>{text}</h{level}>")
        else:
            paragraph.append(text)
        last = sentence.paragraph
    blocks, _ = _close(blocks, paragraph)
    return f'<div class="text" lang="zh-CN">{"".join(blocks)}</div>'


def _marks_of_sentences(
    bounds: list[tuple[int, int]], spans: list[tuple[int, int]]
) -> list[list[tuple[int, int]]]:
    """The marks that each sentence holds a part of."""
    ends = [high for _, high in bounds]
    held: list[list[tuple[int, int]]] = [[] for _ in bounds]
    for low, high in spans:
        number = bisect_right(ends, low)
        while number < len(bounds) and bounds[number][0] < high:
            held[number].append((low, high))
            number += 1
    return held


def _close(blocks: list[str], paragraph: list[str]) -> tuple[list[str], list[str]]:
    return ([*blocks, f"<p>{''.join(paragraph)}</p>"] if paragraph else blocks), []


def stylesheet() -> str:
    """The style sheet of every page: the reading copy's and the explorer's."""
    return resources.files("helpers.figures").joinpath("reading.css").read_text("utf8")
