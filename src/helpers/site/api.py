"""Turn docstrings into the page of functions and classes. `site` adds it to the project's own
texts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import helpers
from helpers.figures import markup
from helpers.labels import text_of

from .pages import Page, label_html, sentence_html, titled

escape = markup.escape


def api_page() -> Page:
    """Write the page that explains every name of `helpers.__all__`, by module in the order of the
    data flow."""
    parts, headings = [], []
    for number, (module, names) in enumerate(helpers.PUBLIC.items(), start=1):
        about = inspect.getdoc(import_module(f"helpers.{module}")) or ""
        anchor = f"part-{number}"
        headings.append((anchor, module))
        parts.append(f'<h2 id="{anchor}">{escape(module)}</h2><p>{_inline(_first(about))}</p>')
        parts += [_entry(name, getattr(helpers, name)) for name in names]
    body = f"<p>{sentence_html('site.functions_lead')}</p>{''.join(parts)}"
    return titled("api.html", "site.functions", body, tuple(headings))


def _entry(name: str, thing: Any) -> str:
    """One name with its signature and docstring; a class also with its public members."""
    members = "".join(_members(thing)) if inspect.isclass(thing) else ""
    if members:
        members = f'<h4>{label_html("site.members")}</h4><dl class="terms">{members}</dl>'
    return (
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{_code(name + signature(thing))}'
        f"{docstring_html(inspect.getdoc(thing) or '')}{members}</section>"
    )


def _members(thing: type) -> Iterator[str]:
    """The public methods and properties that a class itself defines and documents, each with its
    signature and first paragraph."""
    for name, value in vars(thing).items():
        # the function behind a cached property, a property or a class method
        function = getattr(value, "func", None) or getattr(value, "fget", None)
        function = function or getattr(value, "__func__", value)
        about = inspect.getdoc(function) if inspect.isfunction(function) else None
        if about and not name.startswith("_"):
            call = name + signature(value) if inspect.isfunction(value) else name
            yield f"<dt><code>{escape(call)}</code></dt><dd>{_inline(_first(about))}</dd>"


def signature(thing: Any) -> str:
    """Return the arguments with their defaults, and the type of the result. The docstring below
    gives the types of the arguments.

    >>> from helpers import keyword_in_context
    >>> signature(keyword_in_context).startswith("(corpus, term, *, window=20")
    True
    """
    try:
        full = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    untyped = [
        argument.replace(annotation=inspect.Parameter.empty)
        for argument in full.parameters.values()
        if argument.name != "self"
    ]
    call = str(full.replace(parameters=untyped, return_annotation=inspect.Signature.empty))
    # a default that is a function is written with its address in memory, which changes every time
    call, result = re.sub(r" at 0x[0-9a-f]+", "", call), full.return_annotation
    if result is inspect.Signature.empty or inspect.isclass(thing):
        return call
    return f"{call} → {result if isinstance(result, str) else inspect.formatannotation(result)}"


# a heading of numpydoc: a line of words, underlined
_HEAD = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}[ ]*\n?", re.M)
_LISTS = ("Parameters", "Attributes", "Returns", "Raises", "Other Parameters")


def docstring_html(text: str) -> str:
    """Write a numpydoc docstring as HTML.

    >>> docstring_html("Count `x` < 5.")
    '<p>Count <code>x</code> &lt; 5.</p>'
    """
    lead, *sections = _HEAD.split(text)
    parts, labels = [_blocks(lead)], text_of("text/pages")
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        label = f"site.docstring_{title.lower()}"
        parts.append(f"<h4>{label_html(label) if label in labels else escape(title)}</h4>")
        parts.append(_entries(body) if title in _LISTS else _blocks(body))
    return "".join(parts)


def _entries(body: str) -> str:
    """Entries `name : type`, each with indented lines below it, as a list of terms."""
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
    """Paragraphs, lists with dashes, and examples (blocks that begin with `>>>`)."""
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
    """Escaped text in which `code` and *emphasis* are marked."""
    pieces = []
    for piece in re.split(r"(``.+?``|`[^`]+`)", text):
        if piece.startswith("`"):
            pieces.append(f"<code>{escape(piece.strip('`'))}</code>")
        else:
            pieces.append(re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"<em>\1</em>", escape(piece)))
    return "".join(pieces)


def _first(text: str) -> str:
    """The first paragraph of a docstring."""
    return _one_line(text.split("\n\n")[0])


def _one_line(text: str) -> str:
    return " ".join(text.split())
