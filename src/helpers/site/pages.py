"""Notebooks and Markdown → the pages of the reading copy, and the frame that all pages share."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from string import Template

import nbformat
from lxml import html
from nbconvert import HTMLExporter

from helpers.figures import markup

escape = markup.escape


@dataclass(frozen=True)
class Page:
    """One page: its file name, title, body, headings of the second level as (id, text), and minutes
    to read if it says so."""

    name: str
    title: str
    body: str
    headings: tuple[tuple[str, str], ...] = ()
    minutes: int | None = None


def titled(
    name: str, chinese: str, english: str, body: str, headings: tuple[tuple[str, str], ...] = ()
) -> Page:
    """A page of our own, under its title in both languages."""
    body = f"<h1>{markup.both(chinese, english)}</h1>{body}"
    return Page(name, f"{english} {chinese}", body, headings)


def link(address: str, text: str, attributes: str = "") -> str:
    """A link; its attributes, if any, are HTML and begin with a space."""
    return f'<a href="{escape(address)}"{attributes}>{escape(text)}</a>'


@cache
def beside(name: str) -> str:
    """The text of a file that lies beside this module, without its last line end."""
    return resources.files("helpers.site").joinpath(name).read_text("utf8").removesuffix("\n")


def shell(
    page: Page,
    pages: list[tuple[str, str]],
    *,
    before: tuple[str, str] | None = None,
    after: tuple[str, str] | None = None,
    script: str = "",
) -> str:
    """Put a page's body into the frame that all pages share: way to the text, menu of the `pages`
    (file, title), contents, neighbours in reading order, and a few lines of script of our own.

    The style sheet stands in every page, so that one page sent to a colleague looks as it should.
    """
    here = {page.name: " aria-current=page"}
    menu = "".join(f"<li>{link(name, title, here.get(name, ''))}</li>" for name, title in pages)
    contents = foot = ""
    if len(page.headings) > 2:
        parts = "".join(f"<li>{link(f'#{anchor}', text)}</li>" for anchor, text in page.headings)
        contents = (
            '<details class="parts"><summary>On this page <span lang="zh-CN">本页内容</span>'
            f"</summary><ol>{parts}</ol></details>"
        )
    if before or after:
        ways = _way("prev", before, "← {}") + _way("next", after, "{} →")
        foot = f'<nav class="ways" aria-label="Previous and next page">{ways}</nav>'
    return Template(beside("page.html") + "\n").substitute(
        title=escape(page.title),
        style=markup.stylesheet(),
        menu=menu,
        contents=contents,
        body=page.body,
        foot=foot,
        script=f"<script>{script}</script>" if script else "",
    )


def _way(relation: str, page: tuple[str, str] | None, words: str) -> str:
    if not page:
        return ""
    return f'<a rel="{relation}" href="{escape(page[0])}">{words.format(escape(page[1]))}</a>'


_MINUTES = re.compile(
    r"(\d+)(?:\s*[–-]\s*\d+)?\s*(?:min(?:ute)?s?\b|分钟)|(?:minutes|分钟)[^\d\n]{0,12}(\d+)", re.I
)


def notebook_page(
    notebook: nbformat.NotebookNode, stem: str, *, files: Container[str] | None = None
) -> Page:
    """Write an executed notebook as the body of a page.

    Code is folded. Scripts, forms, event handlers and addresses other than links and pictures are
    taken out, whatever cell they come from; every picture gets an alternative text, every table a
    box that scrolls on its own. A link to a file of the project that is not among the `files` of
    the copy is named, not linked.
    """
    exporter = HTMLExporter(
        raw_template=beside("notebook.html.j2"),
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    raw, _ = exporter.from_notebook_node(notebook)
    root = html.fragment_fromstring(raw, create_parent="div")
    _disarm(root, files)
    _describe_pictures(root)
    _box_tables(root)
    headings = _number_headings(root)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    title, minutes = re.search(r"^#\s+(.+)$", first, re.M), _MINUTES.search(first)
    return Page(
        f"{stem}.html",
        re.sub(r"[`*]|<!--.*?-->", "", title[1]).strip() if title else stem,
        html.tostring(root, encoding="unicode", method="html"),
        headings,
        int(minutes[1] or minutes[2]) if minutes else None,
    )


def text_page(text: str, stem: str, *, files: Container[str] | None = None) -> Page:
    """Write a Markdown text as the body of a page, by the same rules as a notebook; ``.zh-CN`` in
    its name says that it is Chinese."""
    cell = nbformat.v4.new_markdown_cell(text, id=re.sub(r"[^\w-]", "-", stem))
    page = notebook_page(nbformat.v4.new_notebook(cells=[cell]), stem, files=files)
    body = f'<div lang="zh-CN">{page.body}</div>' if stem.endswith(".zh-CN") else page.body
    return replace(page, body=body, minutes=None)


# Nothing of these is ever needed to read; a text shown as Markdown might bring one along.
_ACTIVE = set(
    "script style iframe object embed link meta base form input button textarea svg math template"
    " noscript video audio source portal".split()
)
_ADDRESSES = set("href src action formaction poster background cite xlink:href data srcset".split())
_SAFE_ADDRESS = re.compile(
    r"\s*(https?:|mailto:|#|data:image/(png|jpeg|gif|webp|svg\+xml);|[^:]*$|[^:]*[/?#])", re.I
)


def _disarm(root: html.HtmlElement, files: Container[str] | None) -> None:
    """Take out whatever could run, load or send."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag.lower() in _ACTIVE:
            element.drop_tree()
            continue
        for name, value in list(element.attrib.items()):
            if _is_active(name.lower(), value):
                del element.attrib[name]
        if element.tag == "a" and "href" in element.attrib:
            _lead_inward(element, files)
        if element.tag == "img" and not element.get("src", "").lower().startswith("data:image/"):
            element.drop_tree()  # a picture from elsewhere would be a request


def _is_active(attribute: str, value: str) -> bool:
    if attribute in _ADDRESSES:
        return not _SAFE_ADDRESS.match(re.sub(r"[\x00-\x20]", "", value))
    return attribute.startswith("on") or attribute in ("srcdoc", "ping", "border")


def _lead_inward(element: html.HtmlElement, files: Container[str] | None) -> None:
    """Let a link lead to a page or file of the copy; a file of the project that does not travel
    with the copy is named, not linked."""
    address = inward(element.get("href"))
    element.set("href", address)
    if re.match(r"[a-z]+:|#|//", address, re.I):
        return
    file = address.partition("#")[0]
    if address.startswith("../") or (files is not None and file not in files):
        element.drop_tag()


# A link from file to file of the project is one from page to page here: notebook to notebook,
# notebook to text, text to table.
_INWARD = (
    (re.compile(r"^(?:\.\./notebooks/)?([\w-]+)\.ipynb(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^(?:\.\./docs/)?([\w.-]+)\.md(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^\.\./figures/README\.md$"), "gallery.html"),
    (re.compile(r"^\.\./data/derived/([\w-]+\.csv)$"), r"tables/\1"),
    (re.compile(r"^\.\./(figures/(?:en|zh)/[\w-]+\.svg)$"), r"\1"),
)


def inward(address: str) -> str:
    """The address, in the copy, of a file of the project.

    >>> inward("../notebooks/03_themes.ipynb#part-1"), inward("../data/derived/themes.csv")
    ('03_themes.html#part-1', 'tables/themes.csv')
    >>> inward("https://a.example/x.md")
    'https://a.example/x.md'
    """
    for pattern, there in _INWARD:
        if pattern.match(address):
            return pattern.sub(there, address)
    return address


_MISSING_ALT = "Chart; its data stand in the table beside it. 图表；数据见同处表格。"


def _describe_pictures(root: html.HtmlElement) -> None:
    for image in root.iter("img"):
        if not image.get("alt", "").strip() or image.get("alt").startswith("No description"):
            image.set("alt", _MISSING_ALT)
        image.set("loading", "lazy")
        image.set("decoding", "async")


_HAN = re.compile(r"[\u3400-\u9fff]")


def _box_tables(root: html.HtmlElement) -> None:
    """Put each table into a scroll box named by the heading before it; mark Chinese cells as
    Chinese."""
    heading, number = "Table", 0
    for element in list(root.iter("h1", "h2", "h3", "h4", "table", "pre")):
        if element.tag.startswith("h"):
            heading = _words(element)
        elif element.tag == "pre":
            element.set("tabindex", "0")
        else:
            number += 1
            _box(element, f"Table {number}: {heading}"[:120])


def _box(table: html.HtmlElement, name: str) -> None:
    attributes = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": name}
    box = table.makeelement("div", attributes)
    box.tail, table.tail = table.tail, None
    table.getparent().replace(table, box)
    box.append(table)
    for cell in table.iter("td", "th"):
        text = cell.text_content()
        if not text.strip():
            cell.tag = "td"  # an empty heading cell says nothing
        if _HAN.search(text) and not cell.get("lang"):
            cell.set("lang", "zh-CN")


def _number_headings(root: html.HtmlElement) -> tuple[tuple[str, str], ...]:
    """Give each heading of level 2 an id of its own and return them for the contents."""
    found = []
    for number, heading in enumerate(root.iter("h2"), start=1):
        heading.set("id", f"part-{number}")
        found.append((f"part-{number}", _words(heading)))
    return tuple(found)


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
