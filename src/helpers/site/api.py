"""Docstrings → the page of functions and classes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import helpers
from helpers.figures import markup

from .pages import Page, titled

both, escape, zh = markup.both, markup.escape, markup.zh


def api_page() -> Page:
    """Write a page with every name of `helpers.__all__`, by module, in the order of the data
    flow."""
    parts, headings = [], []
    for number, (module, names) in enumerate(helpers.PUBLIC.items(), start=1):
        about = inspect.getdoc(import_module(f"helpers.{module}")) or ""
        anchor = f"part-{number}"
        headings.append((anchor, module))
        parts.append(f'<h2 id="{anchor}">{escape(module)}</h2><p>{_inline(_first(about))}</p>')
        parts += [_entry(name, getattr(helpers, name)) for name in names]
    lead = (
        "<p>What <code>from helpers import …</code> gives, written from the docstrings."
        f" {zh('由文档字符串生成。')}</p>"
    )
    body = lead + "".join(parts)
    return titled("api.html", "函数手册", "Functions and classes", body, tuple(headings))


def _entry(name: str, thing: Any) -> str:
    """One name: what to call it with, and its docstring; of a class its public members, too."""
    members = "".join(_members(thing)) if inspect.isclass(thing) else ""
    if members:
        members = f'<h4>{both("成员", "Members")}</h4><dl class="terms">{members}</dl>'
    return (
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{_code(name + signature(thing))}'
        f"{docstring_html(inspect.getdoc(thing) or '')}{members}</section>"
    )


def _members(thing: type) -> Iterator[str]:
    """Public methods and properties that a class itself defines and documents: name, signature,
    first sentence."""
    for name, value in vars(thing).items():
        inner = getattr(value, "func", None) or getattr(value, "fget", None)
        inner = inner or getattr(value, "__func__", value)
        about = inspect.getdoc(inner) if inspect.isfunction(inner) else None
        if about and not name.startswith("_"):
            call = name + signature(value) if inspect.isfunction(value) else name
            yield f"<dt><code>{escape(call)}</code></dt><dd>{_inline(_first(about))}</dd>"


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
        argument.replace(annotation=inspect.Parameter.empty)
        for argument in found.parameters.values()
        if argument.name != "self"
    ]
    call = str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    call, result = re.sub(r" at 0x[0-9a-f]+", "", call), found.return_annotation
    if result is inspect.Signature.empty or inspect.isclass(thing):
        return call
    return f"{call} → {result if isinstance(result, str) else inspect.formatannotation(result)}"


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
            items.append((line, [""]))
        elif items:
            items[-1][1].append(line)
    rows = "".join(
        f"<dt>{_term(head)}</dt><dd>{_blocks(inspect.cleandoc(chr(10).join(lines)))}</dd>"
        for head, lines in items
    )
    return f'<dl class="terms">{rows}</dl>'


def _term(head: str) -> str:
    name, colon, kind = head.partition(" : ")
    return f"<code>{escape(name)}</code>" + (f" {_inline(kind)}" if colon else "")


def _blocks(text: str) -> str:
    """Paragraphs, lists with dashes, and examples (lines that begin with `>>>`)."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.lstrip().startswith(">>>"):
            parts.append(_code(block))
        elif block.startswith("- "):
            rows = filter(None, re.split(r"^- ", block, flags=re.M))
            parts.append(
                f"<ul>{''.join(f'<li>{_inline(_one_line(row))}</li>' for row in rows)}</ul>"
            )
        elif block.strip():
            parts.append(f"<p>{_inline(_one_line(block))}</p>")
    return "".join(parts)


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _inline(text: str) -> str:
    """Escaped text with `code` and *stress* marked."""
    pieces = []
    for piece in re.split(r"(``.+?``|`[^`]+`)", text):
        if piece.startswith("`"):
            pieces.append(f"<code>{escape(piece.strip('`'))}</code>")
        else:
            pieces.append(re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"<em>\1</em>", escape(piece)))
    return "".join(pieces)


def _first(text: str) -> str:
    """The first paragraph."""
    return _one_line(text.split("\n\n")[0])


def _one_line(text: str) -> str:
    return " ".join(text.split())
