"""Turn the docstrings of the public names into the page that explains them: signature, meaning,
parameters, result, example."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import helpers
from helpers.markup import both, escape
from helpers.pages import Page

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
        parts.append(f'<h2 id="part-{number}">{escape(module)}</h2><p>{_inline(_first(about))}</p>')
        parts += [_entry(name, getattr(helpers, name)) for name in names]
    lead = (
        f"<h1>{both('函数手册', 'Functions and classes')}</h1><p>What <code>from helpers import"
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
        f'<h4>{both("成员", "Members")}</h4><dl class="terms">{members}</dl>' if members else ""
    )
    return (
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3><pre'
        f' tabindex="0"><code>{escape(name + signature(thing))}</code></pre>{body}{methods}</section>'
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
    return f"<dt><code>{escape(name + call)}</code></dt><dd>{_inline(about)}</dd>"


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
        parts.append(f"<h4>{both(_ZH[title], title) if title in _ZH else escape(title)}</h4>")
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
        f"<code>{escape(name)}</code> {_inline(kind)}" if colon else f"<code>{escape(name)}</code>"
    )


def _blocks(text: str) -> str:
    """Paragraphs, lists with dashes, and examples (lines that begin with `>>>`)."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.lstrip().startswith(">>>"):
            parts.append(f'<pre tabindex="0"><code>{escape(block)}</code></pre>')
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
            f"<code>{escape(p.strip('`'))}</code>"
            if p.startswith("`")
            else re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"<em>\1</em>", escape(p))
        )
        for p in pieces
    )


def _first(text: str) -> str:
    """The first paragraph."""
    return " ".join(text.split("\n\n")[0].split())
