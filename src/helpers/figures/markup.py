"""Turn values, quotations and whole texts into HTML. All content of the web pages passes through
these functions, so that no “<” in a document begins an HTML tag."""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import groupby, pairwise
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from helpers.escaping import escape
from helpers.labels import city_names, document_labels, text_of
from helpers.text import Document


def zh(text: Any) -> Markup:
    """Mark a text as Chinese in HTML, so that browsers break lines and choose fonts correctly."""
    return Markup('<span lang="zh-CN">{}</span>').format(escape(text))


def both(chinese: Any, english: Any) -> Markup:
    """Write a label in Chinese and English, or only once if the two are the same.

    >>> print(both("助餐", "Meal services"))
    <span lang="zh-CN">助餐</span> Meal services
    """
    if str(chinese) == str(english) or not escape(english):
        return zh(chinese)
    return Markup(" ").join([zh(chinese), escape(english)])


def data_address(content: bytes, kind: str) -> str:
    """Return a `data:` address: a URL that contains a file instead of pointing to a file.

    >>> data_address(b"1", "text/csv")
    'data:text/csv;base64,MQ=='
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def data_link(content: bytes, name: str, kind: str, label: str) -> Markup:
    """Write a link that contains `content` and saves it as a file called `name`."""
    link = Markup(
        '<a style="text-decoration:underline" download="{name}" href="{address}">{label}</a>'
    )
    return link.format(name=name, address=data_address(content, kind), label=label)


def picture(content: bytes, kind: str, alt: str) -> Markup:
    """Write an image that is part of the HTML itself, with its alternative text."""
    return Markup('<img src="{}" alt="{}">').format(data_address(content, kind), alt)


def city_of(documents: pd.DataFrame) -> dict[str, str]:
    """Return a label for each document: the name of the city, such as `郑州 Zhengzhou`, or the
    document's id if the city is unknown."""
    return {doc: city_names(label) for doc, label in document_labels(documents).items()}


def place_id(start: int, *, prefix: str = "") -> str:
    """Return an HTML id for the character at an offset in the raw text. Links can lead to this id.

    >>> place_id(487, prefix="d2-")
    'd2-o487'
    """
    return f"{prefix}o{start}"


def place_words(section: int, sentence: int, page: int | None = None, *, title: Any = None) -> str:
    """Say where in a document a quotation stands: section, sentence and, if known, page.

    >>> place_words(2, 14, None, title="二、坚持依法监督")
    'section 2 “二、坚持依法监督”, sentence 14'
    """
    named = f" “{title}”" if escape(title) else ""
    paged = f", page {page}" if escape(page) else ""
    return f"section {section}{named}, sentence {sentence}{paged}"


def marked_quote(
    document: Document,
    start: int,
    end: int,
    marks: Iterable[tuple[int, int]],
    *,
    ids: Mapping[int, str] | None = None,
) -> Markup:
    """Write the raw text from offset `start` to offset `end` as HTML, with some parts highlighted.

    `marks` lists the offsets (start, end) of each part to highlight. If a part begins before
    `start` or ends after `end`, only the text from `start` to `end` is highlighted. `ids` maps the
    start of a part to an HTML id, to which links can lead.

    >>> from helpers import read_corpus
    >>> jiyuan = read_corpus()["000_jiyuan"]
    >>> print(marked_quote(jiyuan, 484, 501, [(487, 488)]))
    成立了<mark>５</mark>个联动专题调研、执法检查组
    """
    spans = [(max(start, a), min(end, b)) for a, b in marks if a < end and b > start]
    cuts = sorted({start, end, *(at for span in spans for at in span)})
    # `cuts` has every offset where a highlighted part begins or ends. So the text between two cuts
    # is highlighted as a whole or not at all.
    parts = []
    for low, high in pairwise(cuts):
        text = escape(document.quote(low, high))
        if text and any(a <= low and high <= b for a, b in spans):
            text = _marked(text, (ids or {}).get(low))
        parts.append(text)
    return Markup("").join(parts)


def _marked(text: Markup, name: str | None) -> Markup:
    """Highlight a text that is already HTML. `name`, if given, becomes the HTML id."""
    named = Markup("") if name is None else Markup(' id="{}"').format(name)
    return Markup("<mark{}>{}</mark>").format(named, text)


def full_text(
    document: Document,
    marks: Iterable[tuple[int, int]] = (),
    *,
    prefix: str = "",
    level: int = 2,
    around: int | None = None,
) -> Markup:
    """Write a document as HTML. Each sentence has an id such as `s14`, and each highlighted part
    has the id that `place_id` returns.

    `marks` lists the offsets (start, end) of the parts to highlight, counted in the raw text. Every
    id begins with `prefix`, so that ids stay unique when a page shows several texts. Headings are
    `<h2>` if `level` is 2. To shorten a long document, set `around`: then the HTML has only
    sentences with a highlighted part, and `around` sentences before and after each of them.
    """
    sentences = document.sentences
    bounds = [document.raw_span(sentence.start, sentence.end) for sentence in sentences]
    held = _marks_of_sentences(bounds, sorted(set(marks)))
    kept = [
        number
        for number in range(len(bounds))
        if around is None or any(held[max(0, number - around) : number + around + 1])
    ]

    def sentence_html(number: int) -> Markup:
        low, high = bounds[number]
        ids = {max(low, start): place_id(start, prefix=prefix) for start, _ in held[number]}
        text = marked_quote(document, low, high, held[number], ids=ids)
        name = f"{prefix}s{sentences[number].sentence}"
        return Markup('<span class="s" id="{}">{}</span>').format(name, text)

    def block(item: tuple[int, int]) -> tuple[int, int, int | bool]:
        """Return a key that all sentences of one HTML paragraph or heading share: how many
        sentences were left out before, the paragraph, and the sentence number of a heading."""
        place, number = item
        sentence = sentences[number]
        return number - place, sentence.paragraph, sentence.kind == "heading" and sentence.sentence

    blocks, out_before = [], 0
    for (left_out, _, heading), group in groupby(enumerate(kept), block):
        if left_out > out_before:
            blocks.append(Markup('<p class="gap">…</p>'))
        out_before = left_out
        tag = f"h{level}" if heading else "p"
        text = Markup("").join(sentence_html(number) for _, number in group)
        blocks.append(Markup("<{tag}>{text}</{tag}>").format(tag=tag, text=text))
    return Markup('<div class="text" lang="zh-CN">{}</div>').format(Markup("").join(blocks))


def _marks_of_sentences(
    bounds: list[tuple[int, int]], spans: list[tuple[int, int]]
) -> list[list[tuple[int, int]]]:
    """Return, for each sentence, the parts to highlight that overlap with the sentence."""
    ends = [high for _, high in bounds]
    held: list[list[tuple[int, int]]] = [[] for _ in bounds]
    for low, high in spans:
        number = bisect_right(ends, low)
        while number < len(bounds) and bounds[number][0] < high:
            held[number].append((low, high))
            number += 1
    return held


def stylesheet() -> Markup:
    """Return the CSS style sheet of two web pages, the reading copy and the explorer."""
    return packaged("figures/reading.css")


def packaged(name: str) -> Markup:
    """Return a file of this package as part of a web page, in which its tags act."""
    return Markup(resources.files("helpers").joinpath(name).read_text("utf8"))


def say(name: str, lang: str = "en zh", **values: Any) -> str:
    """Return a text of data/text/pages.csv, by default the English and then the Chinese text.

    >>> say("explorer.city"), say("explorer.city", "zh en")
    ('City 城市', '城市 City')
    """
    return text_of("text/pages").say(name, lang, **values)


def label_html(name: str) -> Markup:
    """Return a label of data/text/pages.csv as HTML, first in Chinese, then in English."""
    return both(*text_of("text/pages").both(name))


def sentence_html(name: str) -> Markup:
    """Return a sentence of data/text/pages.csv as HTML, first in English, then in Chinese. The
    English sentence may contain HTML tags.

    >>> print(sentence_html("site.on_this_page"))
    On this page <span lang="zh-CN">本页内容</span>
    """
    chinese, english = text_of("text/pages").both(name)
    return Markup("{english} {chinese}").format(english=Markup(english), chinese=zh(chinese))


def fill_template(name: str, /, **values: Any) -> Markup:
    """Fill an HTML template, such as `site/summary.html`, with values and return the HTML.

    HTML tags in a value are shown as text, unless the value is a `Markup`, as the functions of this
    module return it. Line ends and indentation of the template are removed.
    """
    return Markup(_templates().get_template(name).render(values))


@cache
def _templates() -> jinja2.Environment:
    def load(name: str) -> str:
        return re.sub(r"\n *", "", packaged(name))

    templates = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=escape,  # unlike jinja2, it writes a missing value as an empty text
    )
    for maker in (say, zh, both, label_html, sentence_html, marked_quote, place_id):
        templates.globals[maker.__name__] = maker
    return templates
