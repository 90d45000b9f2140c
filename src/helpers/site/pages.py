"""Markdown, notebooks and docstrings → the pages of the reading copy."""

from __future__ import annotations

import inspect
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import nbformat
from lxml import html
from nbconvert import HTMLExporter

import helpers
from helpers.figures import markup

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
    root = html.fragment_fromstring(raw, create_parent="div")
    _disarm(root, files)
    _describe_pictures(root)
    _box_tables(root)
    headings = _number_headings(root)
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    title = re.search(r"^#\s+(.+)$", first, re.M)
    minutes = _MINUTES.search(first)
    body = html.tostring(root, encoding="unicode", method="html")
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


def _disarm(root: html.HtmlElement, files: Container[str] | None) -> None:
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


def _describe_pictures(root: html.HtmlElement) -> None:
    for image in root.iter("img"):
        if not image.get("alt", "").strip() or image.get("alt", "").startswith("No description"):
            image.set("alt", _MISSING_ALT)
        image.set("loading", "lazy")
        image.set("decoding", "async")


def _box_tables(root: html.HtmlElement) -> None:
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


def _number_headings(root: html.HtmlElement) -> tuple[tuple[str, str], ...]:
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
    return markup.stylesheet()


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
        f' href="{markup.escape(name)}"{" aria-current=page" if name == page.name else ""}>{markup.escape(title)}</a></li>'
        for name, title in pages
    )
    parts = "".join(
        f'<li><a href="#{markup.escape(anchor)}">{markup.escape(text)}</a></li>'
        for anchor, text in page.headings
    )
    contents = (
        '<details class="parts"><summary>On this page <span'
        f' lang="zh-CN">本页内容</span></summary><ol>{parts}</ol></details>'
        if len(page.headings) > 2
        else ""
    )
    ways = "".join(
        f'<a rel="{rel}" href="{markup.escape(way[0])}">{arrow[0]}{markup.escape(way[1])}{arrow[1]}</a>'
        for rel, way, arrow in (("prev", before, ("← ", "")), ("next", after, ("", " →")))
        if way
    )
    foot = f'<nav class="ways" aria-label="Previous and next page">{ways}</nav>' if ways else ""
    inline = f"<script>{script}</script>" if script else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{markup.escape(page.title)}</title><link rel="icon" href="data:,"><style>{style()}</style></head>
<body><a class="skip" href="#main">Skip to the text <span lang="zh-CN">跳到正文</span></a>
<header><nav aria-label="Pages"><a class="home" href="index.html">Contents <span lang="zh-CN">目录</span></a>
<details><summary>All pages <span lang="zh-CN">各页</span></summary><ul>{menu}</ul></details></nav></header>
<main id="main" tabindex="-1">{contents}{page.body}</main>{foot}{inline}</body></html>
"""


_HEAD = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}[ ]*\n?", re.M)
_LISTS = ("Parameters", "Attributes", "Returns", "Raises", "Other Parameters")
_ZH = {
    "Parameters": "参数",
    "Attributes": "属性",
    "Returns": "返回",
    "Raises": "报错",
    "Examples": "示例",
    "References": "文献",
    "Notes": "说明",
}


def api_page() -> Page:
    """Write a page with every name of `helpers.__all__`, by module, in the order of the data
    flow."""
    parts, headings = [], []
    for number, (module, names) in enumerate(helpers.PUBLIC.items(), start=1):
        about = inspect.getdoc(import_module(f"helpers.{module}")) or ""
        headings.append((f"part-{number}", module))
        parts.append(
            f'<h2 id="part-{number}">{markup.escape(module)}</h2><p>{_inline(_first(about))}</p>'
        )
        parts += [_entry(name, getattr(helpers, name)) for name in names]
    lead = (
        f"<h1>{markup.both('函数手册', 'Functions and classes')}</h1><p>What <code>from helpers import"
        " …</code> gives, written from the docstrings. "
        f'<span lang="zh-CN">由文档字符串生成。</span></p>'
    )
    return Page(
        "api.html", "Functions and classes 函数手册", lead + "".join(parts), tuple(headings)
    )


def _entry(name: str, thing: Any) -> str:
    """One name: what to call it with, and its docstring; of a class its public members, too."""
    body = docstring_html(inspect.getdoc(thing) or "")
    members = (
        "".join(_member(name, *member) for member in _members(thing))
        if inspect.isclass(thing)
        else ""
    )
    methods = (
        f'<h4>{markup.both("成员", "Members")}</h4><dl class="terms">{members}</dl>'
        if members
        else ""
    )
    return (
        f'<section id="{markup.escape(name)}"><h3>{markup.escape(name)}</h3><pre'
        f' tabindex="0"><code>{markup.escape(name + signature(thing))}</code></pre>{body}{methods}</section>'
    )


def _members(thing: type) -> Iterator[tuple[str, str, str]]:
    """Public methods and properties that a class itself defines and documents: name, signature,
    first sentence."""
    for name, value in vars(thing).items():
        inner = (
            getattr(value, "func", None)
            or getattr(value, "fget", None)
            or getattr(value, "__func__", value)
        )
        documented = inspect.getdoc(inner) if inspect.isfunction(inner) else None
        if documented and not name.startswith("_"):
            yield name, signature(value) if inspect.isfunction(value) else "", _first(documented)


def _member(owner: str, name: str, call: str, about: str) -> str:
    return f"<dt><code>{markup.escape(name + call)}</code></dt><dd>{_inline(about)}</dd>"


def signature(thing: Any) -> str:
    """The arguments with their defaults, without types (they stand below), and the type of the
    result.

    >>> from helpers import keyword_in_context
    >>> signature(keyword_in_context).startswith("(corpus, term, *, window=20")
    True
    """
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    bare = [
        p.replace(annotation=inspect.Parameter.empty)
        for p in found.parameters.values()
        if p.name != "self"
    ]
    result = found.return_annotation
    arrow = (
        f" → {result if isinstance(result, str) else inspect.formatannotation(result)}"
        if result is not inspect.Signature.empty and not inspect.isclass(thing)
        else ""
    )
    return (
        re.sub(
            r" at 0x[0-9a-f]+",
            "",
            str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty)),
        )
        + arrow
    )


def docstring_html(text: str) -> str:
    """Write a numpydoc docstring as HTML.

    >>> docstring_html("Count `x` < 5.")
    '<p>Count <code>x</code> &lt; 5.</p>'
    """
    lead, *rest = _HEAD.split(text)
    parts = [_blocks(lead)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        parts.append(
            f"<h4>{markup.both(_ZH[title], title) if title in _ZH else markup.escape(title)}</h4>"
        )
        parts.append(_entries(body) if title in _LISTS else _blocks(body))
    return "".join(parts)


def _entries(body: str) -> str:
    """`name : type` with indented lines below → a list of terms."""
    items: list[tuple[str, list[str]]] = []
    for line in body.strip("\n").splitlines():
        if line and not line.startswith(" "):
            items.append((line, []))
        elif items:
            items[-1][1].append(line)
    rows = "".join(
        f"<dt>{_term(head)}</dt><dd>{_blocks(inspect.cleandoc(chr(10).join(['', *lines])))}</dd>"
        for head, lines in items
    )
    return f'<dl class="terms">{rows}</dl>'


def _term(head: str) -> str:
    name, colon, kind = head.partition(" : ")
    return (
        f"<code>{markup.escape(name)}</code> {_inline(kind)}"
        if colon
        else f"<code>{markup.escape(name)}</code>"
    )


def _blocks(text: str) -> str:
    """Paragraphs, lists with dashes, and examples (lines that begin with `>>>`)."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.lstrip().startswith(">>>"):
            parts.append(f'<pre tabindex="0"><code>{markup.escape(block)}</code></pre>')
        elif block.startswith("- "):
            rows = "".join(
                f"<li>{_inline(' '.join(row.split()))}</li>"
                for row in re.split(r"^- ", block, flags=re.M)
                if row
            )
            parts.append(f"<ul>{rows}</ul>")
        elif block.strip():
            parts.append(f"<p>{_inline(' '.join(block.split()))}</p>")
    return "".join(parts)


def _inline(text: str) -> str:
    """Escaped text with `code` and *stress* marked."""
    pieces = re.split(r"(``.+?``|`[^`]+`)", text)
    return "".join(
        (
            f"<code>{markup.escape(p.strip('`'))}</code>"
            if p.startswith("`")
            else re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"<em>\1</em>", markup.escape(p))
        )
        for p in pieces
    )


def _first(text: str) -> str:
    """The first paragraph."""
    return " ".join(text.split("\n\n")[0].split())
