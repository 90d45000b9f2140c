"""Turn notebooks and Markdown into pages of the reading copy (a folder of web pages), and put each
page into the frame that all pages share. The module `site` writes the pages to disk."""

from __future__ import annotations

import re
import sys
from collections.abc import Container
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from lxml import html
from markupsafe import Markup
from nbconvert import HTMLExporter

from helpers.figures import markup

say = markup.say


@dataclass(frozen=True)
class Page:
    """A page of the reading copy: the file name, the title, the HTML body, the headings of level 2
    as (id, text), and the reading time in minutes, if the text states a reading time."""

    name: str
    title: str
    body: Markup
    headings: tuple[tuple[str, str], ...] = ()
    minutes: int | None = None


def titled(
    name: str, title: str, template: str, headings: tuple[tuple[str, str], ...] = (), **values: Any
) -> Page:
    """Return a page that begins with its title in both languages and continues with a template,
    into which `values` are filled. `title` is the name of the row with the title in
    data/text/pages.csv."""
    body = markup.fill_template(f"site/{template}", headings=headings, **values)
    heading = Markup("<h1>{}</h1>").format(markup.label_html(title))
    return Page(name, say(title), heading + body, headings)


@cache
def template(name: str) -> Markup:
    """Return a file of the folder helpers/site, without the line break at its end."""
    return markup.packaged(f"site/{name}").removesuffix("\n")


def shell(page: Page, menu: list[tuple[str, str]], **parts: Any) -> str:
    """Put a page's body into the frame that all pages share.

    The frame has a link that skips to the text, a `menu` of all pages as (file, title), and a table
    of contents. `parts` may give the pages `before` and `after` this page, as (file, title), and a
    `script`. Every page contains the style sheet, so that a single page sent to a colleague looks
    as it should.
    """
    defaults = {"before": None, "after": None, "script": ""}
    values = {"page": page, "menu": menu, "style": markup.stylesheet(), **defaults, **parts}
    return markup.fill_template("site/page.html", **values) + "\n"


# This pattern finds the reading time that a text states, so that “8 minutes”, “8–10 分钟” and
# “minutes to read: 8” all give 8.
_MINUTES = re.compile(
    r"(\d+)(?:\s*[–-]\s*\d+)?\s*(?:min(?:ute)?s?\b|分钟)|(?:minutes|分钟)[^\d\n]{0,12}(\d+)", re.I
)


class _Exporter(HTMLExporter):
    """An exporter that uses only the templates installed together with nbconvert, because templates
    that a user keeps elsewhere would change the pages."""

    def get_prefix_root_dirs(self) -> list[str]:
        """Return the folders in which nbconvert looks for templates."""
        installed = Path(sys.prefix, "share", "jupyter")
        if (installed / "nbconvert" / "templates").is_dir():
            return [str(installed)]
        return super().get_prefix_root_dirs()


def notebook_page(
    notebook: nbformat.NotebookNode, stem: str, *, files: Container[str] | None = None
) -> Page:
    """Turn an executed notebook into a page.

    Code is folded away until the reader opens it. Scripts, forms, event handlers and unsafe
    addresses (such as `javascript:`) are removed from every cell. Every picture gets an alternative
    text, and every table gets a box in which it scrolls. `files` names the files of the reading
    copy. A link to a file of the project that is not in the reading copy becomes plain text.
    """
    exporter = _Exporter(
        raw_template=template("notebook.html.j2"),
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        extra_template_basedirs=[],
    )
    raw, _ = exporter.from_notebook_node(notebook)
    root = html.fragment_fromstring(raw, create_parent="div")
    _disarm(root, files)
    _declare_chinese(root)
    _describe_pictures(root)
    _box_tables(root)
    headings = _number_headings(root)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    title, minutes = re.search(r"^#\s+(.+)$", first, re.M), _MINUTES.search(first)
    return Page(
        f"{stem}.html",
        re.sub(r"[`*]|<!--.*?-->", "", title[1]).strip() if title else stem,
        Markup(html.tostring(root, encoding="unicode", method="html")),
        headings,
        int(minutes[1] or minutes[2]) if minutes else None,
    )


def text_page(text: str, stem: str, *, files: Container[str] | None = None) -> Page:
    """Turn a Markdown text into a page, in the same way as `notebook_page` turns a notebook into a
    page. If the file name `stem` ends in ``.zh-CN``, the page declares the text as Chinese."""
    cell = nbformat.v4.new_markdown_cell(text, id=re.sub(r"[^\w-]", "-", stem))
    page = notebook_page(nbformat.v4.new_notebook(cells=[cell]), stem, files=files)
    chinese = Markup('<div lang="zh-CN">{}</div>')
    body = chinese.format(page.body) if stem.endswith(".zh-CN") else page.body
    return replace(page, body=body, minutes=None)


# These HTML elements could run a script, load a file, send data or change the page around them, so
# they are removed from every page.
_ACTIVE = set(
    "script style iframe object embed link meta base form input button textarea svg math template"
    " noscript video audio source portal".split()
)
_ADDRESSES = set("href src action formaction poster background cite xlink:href data srcset".split())
_SAFE_ADDRESS = re.compile(
    r"\s*(https?:|mailto:|#|data:image/(png|jpeg|gif|webp|svg\+xml);|[^:]*$|[^:]*[/?#])", re.I
)


def _disarm(root: html.HtmlElement, files: Container[str] | None) -> None:
    """Remove every element and attribute that could run a script, load a file or send data."""
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
            element.drop_tree()  # this picture would be loaded from another address


def _is_active(attribute: str, value: str) -> bool:
    if attribute in _ADDRESSES:
        # Browsers ignore control characters and spaces, so they run "java\tscript:" as a script.
        return not _SAFE_ADDRESS.match(re.sub(r"[\x00-\x20]", "", value))
    return attribute.startswith("on") or attribute in ("srcdoc", "ping", "border")


def _lead_inward(element: html.HtmlElement, files: Container[str] | None) -> None:
    """Change a link so that it leads to a page or file of the reading copy. If the reading copy
    does not contain the file to which the link leads, replace the link by its text."""
    address = inward(element.get("href"))
    element.set("href", address)
    if re.match(r"[a-z]+:|#|//", address, re.I):
        return
    file = address.partition("#")[0]
    if address.startswith("../") or (files is not None and file not in files):
        element.drop_tag()


# Each row has a pattern for the address of a file in the project, and the address of this file in
# the reading copy, where all pages lie in one folder.
_INWARD = (
    (re.compile(r"^(?:\.\./notebooks/)?([\w-]+)\.ipynb(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^(?:\.\./docs/)?([\w.-]+)\.md(#.*)?$"), r"\1.html\2"),
    (re.compile(r"^\.\./figures/README\.md$"), "gallery.html"),
    (re.compile(r"^\.\./data/derived/([\w-]+\.csv)$"), r"tables/\1"),
    (re.compile(r"^\.\./(figures/(?:en|zh)/[\w-]+\.svg)$"), r"\1"),
)


def inward(address: str) -> str:
    """Change the address of a file of the project into the address of its copy in the reading copy.
    Return any other address unchanged.

    >>> inward("../notebooks/03_themes.ipynb#part-1"), inward("../data/derived/themes.csv")
    ('03_themes.html#part-1', 'tables/themes.csv')
    >>> inward("https://a.example/x.md")
    'https://a.example/x.md'
    """
    for pattern, address_in_copy in _INWARD:
        if pattern.match(address):
            return pattern.sub(address_in_copy, address)
    return address


def _declare_chinese(root: html.HtmlElement) -> None:
    """Set the language of each text that a notebook marks as Chinese to Chinese. The main heading
    of a page is its English title, so the Chinese title becomes a paragraph."""
    for text in root.find_class("celltag_lang-zh"):
        text.set("lang", "zh-CN")
        for heading in text.iter("h1"):
            heading.tag = "p"
            heading.set("class", "title")


def _describe_pictures(root: html.HtmlElement) -> None:
    for image in root.iter("img"):
        if not image.get("alt", "").strip() or image.get("alt").startswith("No description"):
            image.set("alt", say("site.picture"))
        image.set("loading", "lazy")
        image.set("decoding", "async")


_HAN = re.compile(r"[\u3400-\u9fff]")


def _box_tables(root: html.HtmlElement) -> None:
    """Put each table into a box that scrolls and is named after the heading above the table. Set
    the language of cells that contain Chinese characters to Chinese."""
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
            cell.tag = "td"  # a screen reader would announce an empty "th" as a heading
        if _HAN.search(text) and not cell.get("lang"):
            cell.set("lang", "zh-CN")


def _number_headings(root: html.HtmlElement) -> tuple[tuple[str, str], ...]:
    """Give each heading of level 2 its own id, and return the ids and texts of these headings for
    the table of contents."""
    headings = []
    for number, heading in enumerate(root.iter("h2"), start=1):
        heading.set("id", f"part-{number}")
        headings.append((f"part-{number}", _words(heading)))
    return tuple(headings)


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
