"""Turn docstrings into the web page that lists all public functions and classes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from markupsafe import Markup

import helpers
from helpers.figures import markup
from helpers.labels import text_of

from .pages import Page, titled


def api_page() -> Page:
    """Write the page that explains every name in `helpers.__all__`. The names are grouped by
    subpackage."""
    parts, headings = [], []
    for number, (module, names) in enumerate(helpers.PUBLIC.items(), start=1):
        anchor, about = f"part-{number}", import_module(f"helpers.{module}")
        headings.append((anchor, module))
        things = [(name, getattr(helpers, name)) for name in names]
        entries = [
            (name, name + signature(thing), docstring_html(inspect.getdoc(thing) or ""))
            + (list(_members(thing)) if inspect.isclass(thing) else [],)
            for name, thing in things
        ]
        parts.append((anchor, module, _first(about), entries))
    return titled("api.html", "site.functions", "api.html", tuple(headings), parts=parts)


def _members(thing: type) -> Iterator[tuple[str, str]]:
    """Yield, for each public method or property of a class, its name with its arguments, and the
    first paragraph of its docstring. Inherited or undocumented methods and properties are left
    out."""
    for name, value in vars(thing).items():
        # A property or class method wraps a function, and the docstring belongs to this function.
        function = getattr(value, "func", None) or getattr(value, "fget", None)
        function = function or getattr(value, "__func__", value)
        if inspect.isfunction(function) and function.__doc__ and not name.startswith("_"):
            call = name + signature(value) if inspect.isfunction(value) else name
            yield call, _first(function)


def signature(thing: Any) -> str:
    """Return the arguments of a function with their defaults, and the type of its result. The types
    of the arguments are left out, because the docstring states them.

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
    # If a default is a function, its text contains a memory address, which changes in every run.
    call, result = re.sub(r" at 0x[0-9a-f]+", "", call), full.return_annotation
    if result is inspect.Signature.empty or inspect.isclass(thing):
        return call
    return f"{call} → {result if isinstance(result, str) else inspect.formatannotation(result)}"


# This pattern finds the headings in a numpydoc docstring: lines of words above lines of dashes.
_HEAD = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}[ ]*\n?", re.M)
_LISTS = ("Parameters", "Attributes", "Returns", "Raises", "Other Parameters")


def docstring_html(text: str) -> Markup:
    """Write a docstring in the numpydoc format as HTML.

    >>> print(docstring_html("Count `x` < 5."))
    <p>Count <code>x</code> &lt; 5.</p>
    """
    lead, *sections = _HEAD.split(text)
    parts, labels = [_blocks(lead)], text_of("text/pages")
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        label = f"site.docstring_{title.lower()}"
        heading = markup.label_html(label) if label in labels else title
        parts.append(Markup("<h4>{}</h4>").format(heading))
        parts.append(_entries(body) if title in _LISTS else _blocks(body))
    return Markup("").join(parts)


# This pattern finds the parameters in a numpydoc docstring: a line `name : type` stands above
# indented lines.
_ENTRY = re.compile(r"^(\S.*?)(?: : (.*))?$((?:\n(?: .*)?)*)", re.M)


def _entries(body: str) -> Markup:
    entry = Markup("<dt><code>{name}</code>{kind}</dt><dd>{text}</dd>")
    rows = (
        entry.format(
            name=name,
            kind=Markup(" {}").format(_inline(kind)) if kind else "",
            text=_blocks(inspect.cleandoc(text)),
        )
        for name, kind, text in _ENTRY.findall(body)
    )
    return Markup('<dl class="terms">{}</dl>').format(Markup("").join(rows))


def _blocks(text: str) -> Markup:
    """Write the text of a docstring as HTML: paragraphs, lists whose items begin with a dash, and
    examples that begin with `>>>`."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.lstrip().startswith(">>>"):
            parts.append(Markup('<pre tabindex="0"><code>{}</code></pre>').format(block))
        elif block.startswith("- "):
            rows = filter(None, re.split(r"^- ", block, flags=re.M))
            items = (Markup("<li>{}</li>").format(_inline(row)) for row in rows)
            parts.append(Markup("<ul>{}</ul>").format(Markup("").join(items)))
        elif block.strip():
            parts.append(Markup("<p>{}</p>").format(_inline(block)))
    return Markup("").join(parts)


def _inline(text: str) -> Markup:
    """Write a text as one line of HTML, with `code` in <code> and *emphasis* in <em>."""
    pieces = []
    for piece in re.split(r"(``.+?``|`[^`]+`|(?<!\w)\*\w[^*]*\*)", " ".join(text.split())):
        if piece.startswith("`"):
            pieces.append(Markup("<code>{}</code>").format(piece.strip("`")))
        elif piece.startswith("*") and piece.endswith("*") and len(piece) > 2:
            pieces.append(Markup("<em>{}</em>").format(piece.strip("*")))
        else:
            pieces.append(piece)
    return Markup("").join(pieces)


def _first(thing: Any) -> Markup:
    """Return the first paragraph of an object's docstring as HTML."""
    return _inline((inspect.getdoc(thing) or "").split("\n\n")[0])
