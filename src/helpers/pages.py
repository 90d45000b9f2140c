"""Turn an executed notebook into a page of the reading copy: safe, with alternative texts,
contents, and boxes for what is wide."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import nbformat
from lxml import html as markup
from nbconvert import HTMLExporter

from helpers.markup import escape

_TEMPLATE = """{%- extends 'basic/index.html.j2' -%}
{%- block input -%}<details class="code"><summary>Code <span lang="zh-CN">代码</span></summary>{{ super() }}</details>{%- endblock input -%}
"""
# Nothing of these is ever needed to read; a text shown as Markdown might bring one along.
_ACTIVE = (
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "link",
    "meta",
    "base",
    "form",
    "input",
    "button",
    "textarea",
    "svg",
    "math",
    "template",
    "noscript",
    "video",
    "audio",
    "source",
    "portal",
)
_SAFE_ADDRESS = re.compile(
    r"\s*(https?:|mailto:|#|data:image/(png|jpeg|gif|webp|svg\+xml);|[^:]*$|[^:]*[/?#])", re.I
)
_ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "background",
    "cite",
    "xlink:href",
    "data",
    "srcset",
)
_MISSING_ALT = "Chart; its data stand in the table beside it. 图表；数据见同处表格。"
# A link from file to file of the project is one from page to page here: notebook to notebook,
# notebook to text, text to table.
_INWARD = (
    (re.compile(r"^(?:\.\./notebooks/)?([\w-]+)\.ipynb(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^(?:\.\./docs/)?([\w.-]+)\.md(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^\.\./figures/README\.md$"), "gallery.html"),
    (re.compile(r"^\.\./data/derived/([\w-]+\.csv)$"), r"tables/\1"),
    (re.compile(r"^\.\./(figures/(?:en|zh)/[\w-]+\.svg)$"), r"\1"),
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_MINUTES = re.compile(
    r"(\d+)(?:\s*[–-]\s*\d+)?\s*(?:min(?:ute)?s?\b|分钟)|(?:minutes|分钟)[^\d\n]{0,12}(\d+)", re.I
)


@dataclass(frozen=True)
class Page:
    """One page: its file name, title, body, headings of the second level as (id, text), and minutes
    to read if it says so."""

    name: str
    title: str
    body: str
    headings: tuple[tuple[str, str], ...] = ()
    minutes: int | None = None


def notebook_page(
    notebook: nbformat.NotebookNode, stem: str, *, files: Container[str] | None = None
) -> Page:
    """Write a notebook as the body of a page.

    Code is folded. Scripts, forms, event handlers and addresses other than links and pictures are
    taken out, whatever cell they come from; every picture gets an alternative text, every table a
    box that scrolls on its own.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    stem : str
        Name of the page's file without ``.html``.
    files : container of str, optional
        The files of the copy: a link to a file of the project that is not among them is named, not
        linked.
    """
    exporter = HTMLExporter(
        raw_template=_TEMPLATE,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    raw, _ = exporter.from_notebook_node(notebook)
    root = markup.fragment_fromstring(raw, create_parent="div")
    _disarm(root, files)
    _describe_pictures(root)
    _box_tables(root)
    headings = _number_headings(root)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    title = re.search(r"^#\s+(.+)$", first, re.M)
    minutes = _MINUTES.search(first)
    body = markup.tostring(root, encoding="unicode", method="html")
    name = re.sub(r"[`*]|<!--.*?-->", "", title[1]).strip() if title else stem
    return Page(
        f"{stem}.html", name, body, headings, int(minutes[1] or minutes[2]) if minutes else None
    )


def text_page(text: str, stem: str, *, files: Container[str] | None = None) -> Page:
    """Write a Markdown text as the body of a page, by the same rules as a notebook; ``.zh-CN`` in
    its name says that it is Chinese."""
    cell = nbformat.v4.new_markdown_cell(text, id=re.sub(r"[^\w-]", "-", stem))
    page = notebook_page(nbformat.v4.new_notebook(cells=[cell]), stem, files=files)
    return replace(
        page,
        body=f'<div lang="zh-CN">{page.body}</div>' if stem.endswith(".zh-CN") else page.body,
        minutes=None,
    )


def _disarm(root: markup.HtmlElement, files: Container[str] | None) -> None:
    """Take out whatever could run, load or send."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag.lower() in _ACTIVE:
            if element.getparent() is not None:
                element.drop_tree()
            continue
        for name, value in list(element.attrib.items()):
            unsafe_address = name.lower() in _ADDRESSES and not _SAFE_ADDRESS.match(
                re.sub(r"[\x00-\x20]", "", value)
            )
            if (
                name.lower().startswith("on")
                or unsafe_address
                or name.lower() in ("srcdoc", "ping", "border")
            ):
                del element.attrib[name]
        if element.tag == "a" and "href" in element.attrib:
            address = inward(element.get("href"))
            element.set("href", address)
            here = not re.match(r"[a-z]+:|#|//", address, re.I)
            if here and (
                address.startswith("../")
                or files is not None
                and address.partition("#")[0] not in files
            ):
                # a file of the project that does not travel with the copy is named, not linked
                element.drop_tag()
        if element.tag == "img" and not element.get("src", "").lower().startswith("data:image/"):
            element.drop_tree()  # a picture from elsewhere would be a request


def inward(address: str) -> str:
    """The address, in the copy, of a file of the project.

    >>> inward("../notebooks/03_themes.ipynb#part-1"), inward("../data/derived/themes.csv"), inward("https://a.example/x.md")
    ('03_themes.html#part-1', 'tables/themes.csv', 'https://a.example/x.md')
    """
    for pattern, there in _INWARD:
        if pattern.match(address):
            return pattern.sub(there, address)
    return address


def _describe_pictures(root: markup.HtmlElement) -> None:
    for image in root.iter("img"):
        if not image.get("alt", "").strip() or image.get("alt", "").startswith("No description"):
            image.set("alt", _MISSING_ALT)
        image.set("loading", "lazy")
        image.set("decoding", "async")


def _box_tables(root: markup.HtmlElement) -> None:
    """Put each table into a scroll box named by the heading before it; mark Chinese cells as
    Chinese."""
    heading, number = "Table", 0
    for element in list(root.iter("h1", "h2", "h3", "h4", "table", "pre")):
        if element.tag.startswith("h"):
            heading = " ".join(element.text_content().split())
            continue
        if element.tag == "pre":
            element.set("tabindex", "0")
            continue
        number += 1
        name = f"Table {number}: {heading}"[:120]
        box = element.makeelement(
            "div", {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": name}
        )
        tail, element.tail = element.tail, None
        element.getparent().replace(element, box)
        box.append(element)
        box.tail = tail
        for empty in element.iter("th"):
            if not empty.text_content().strip():
                empty.tag = "td"  # an empty heading cell says nothing
        for cell in element.iter("td", "th"):
            if _HAN.search(cell.text_content()) and not cell.get("lang"):
                cell.set("lang", "zh-CN")


def _number_headings(root: markup.HtmlElement) -> tuple[tuple[str, str], ...]:
    """Give each heading of level 2 an id of its own and return them for the contents."""
    found = []
    for number, heading in enumerate(root.iter("h2"), start=1):
        heading.set("id", f"part-{number}")
        found.append((f"part-{number}", " ".join(heading.text_content().split())))
    return tuple(found)


@cache
def style() -> str:
    """Return the style sheet; it stands in every page, so that one page sent to a colleague looks
    as it should."""
    return resources.files("helpers").joinpath("site.css").read_text("utf8")


def shell(
    page: Page,
    pages: list[tuple[str, str]],
    *,
    before: tuple[str, str] | None = None,
    after: tuple[str, str] | None = None,
    script: str = "",
) -> str:
    """Put a page's body into the frame that all pages share: way to the text, pages, contents,
    neighbours.

    Parameters
    ----------
    page : Page
    pages : list of (file, title)
        What the menu lists.
    before, after : (file, title), optional
        Neighbours in reading order.
    script : str
        A few lines of our own; nothing from elsewhere.
    """
    menu = "".join(
        "<li><a"
        f' href="{escape(name)}"{" aria-current=page" if name == page.name else ""}>{escape(title)}</a></li>'
        for name, title in pages
    )
    parts = "".join(
        f'<li><a href="#{escape(anchor)}">{escape(text)}</a></li>' for anchor, text in page.headings
    )
    contents = (
        '<details class="parts"><summary>On this page <span'
        f' lang="zh-CN">本页内容</span></summary><ol>{parts}</ol></details>'
        if len(page.headings) > 2
        else ""
    )
    ways = "".join(
        f'<a rel="{rel}" href="{escape(way[0])}">{arrow[0]}{escape(way[1])}{arrow[1]}</a>'
        for rel, way, arrow in (("prev", before, ("← ", "")), ("next", after, ("", " →")))
        if way
    )
    foot = f'<nav class="ways" aria-label="Previous and next page">{ways}</nav>' if ways else ""
    inline = f"<script>{script}</script>" if script else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(page.title)}</title><link rel="icon" href="data:,"><style>{style()}</style></head>
<body><a class="skip" href="#main">Skip to the text <span lang="zh-CN">跳到正文</span></a>
<header><nav aria-label="Pages"><a class="home" href="index.html">Contents <span lang="zh-CN">目录</span></a>
<details><summary>All pages <span lang="zh-CN">各页</span></summary><ul>{menu}</ul></details></nav></header>
<main id="main" tabindex="-1">{contents}{page.body}</main>{foot}{inline}</body></html>
"""
