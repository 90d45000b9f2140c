"""Show the text of documents, file names and codebooks as text, whatever characters it contains.

A folder of documents may come from anybody, so nothing in it may act as HTML, as Markdown or as a
formula. All text passes through a function of this module on its way into a notebook or a web page.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable
from typing import Any

import pandas as pd
from markupsafe import Markup

# JupyterLab takes $…$ in a table for a formula, unless pandas marks the table as plain text.
pd.set_option("display.html.use_mathjax", False)
# A quotation or a reason that is cut off can no longer be checked, so tables show whole texts.
pd.set_option("display.max_colwidth", None)


def escape(value: Any) -> Markup:
    """Return a value as text of a web page. A value that is HTML already (`Markup`) stays as it is,
    and a missing value becomes an empty text.

    >>> escape('<b>"1"</b>'), escape(None), escape(Markup("<b>1</b>"))
    (Markup('&lt;b&gt;&quot;1&quot;&lt;/b&gt;'), Markup(''), Markup('<b>1</b>'))
    """
    if hasattr(value, "__html__"):
        return Markup(value)
    if value is None or value is pd.NA or value != value:
        return Markup("")
    return Markup(html.escape(str(value), quote=True))


class MarkdownText(str):
    """Text in which Markdown acts, so that `**` makes bold. The methods `format` and `join` fill in
    values in which Markdown does not act, so that a value can be the text of a document.

    Examples
    --------
    >>> from helpers import MarkdownText
    >>> print(MarkdownText("**{name}**").format(name="a*b"))
    **a\\*b**
    """

    lang = ""  # "en" or "zh", if the text is in one language only

    def in_language(self, lang: str) -> MarkdownText:
        """Return the same text with its language noted in `lang`. `show` passes the language on, so
        that a page can hide the texts in the other language."""
        text = MarkdownText(self)
        text.lang = lang
        return text

    def format(self, **values: Any) -> MarkdownText:
        """Fill the gaps of the text with values. Each value is escaped, unless it is a
        `MarkdownText` itself."""
        return MarkdownText(_Filler().vformat(self, (), values))

    def join(self, parts: Iterable[Any]) -> MarkdownText:
        """Join values with this text between them. Each value is escaped, unless it is a
        `MarkdownText` itself."""
        return MarkdownText(str.join(self, map(escape_markdown, parts)))


class _Filler(string.Formatter):
    """Fills the gaps of a text like `str.format`, and escapes the values that it fills in."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, MarkdownText):
            return value
        return escape_markdown(super().format_field(value, format_spec))


# Line ends would begin a new paragraph, and spaces at the start of a text would begin a block of
# code.
_GAPS = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*|^[ \t]+(?=[ \t])")
_ACTIVE = re.compile(
    r"[&<>$\\`*~\[\]|@]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # The underscore inside a name such as 000_jiyuan does not act.
    r"|:(?=//)|(?<=www)\."  # Addresses such as http://… and www.… would become links.
    r"|^(?:#+|\d+[.)]|[-+=])(?=[-=\s]|$)",  # The signs of headings, lists and lines.
    re.IGNORECASE,
)
# JupyterLab looks for formulas in the finished page, but not inside elements of the classes
# tex2jax_ignore and mathjax_ignore. Other programs look in the Markdown itself, where the entity
# `&#36;` stands in place of $.
_NO_FORMULA = '<span class="tex2jax_ignore mathjax_ignore">&#{};</span>'
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {
    char: _NO_FORMULA.format(ord(char)) for char in "$\\"
}


def escape_markdown(value: Any) -> MarkdownText:
    """Return a value as Markdown text in which no character acts as Markdown, HTML or a formula. A
    value that is Markdown already (`MarkdownText`) stays as it is.

    >>> print(escape_markdown("[a](http://b.example) <script> | `c` 3 * 4"))
    \\[a\\](http\\://b.example) &lt;script&gt; \\| \\`c\\` 3 \\* 4
    """
    if isinstance(value, MarkdownText):
        return value
    text = _GAPS.sub(" ", str(value))
    return MarkdownText(_ACTIVE.sub(_disarmed, text))


def _disarmed(match: re.Match[str]) -> str:
    """Return a sign that would act in Markdown as an entity, or with a backslash before its last
    character. In a number such as `12.` at the beginning of a text, the backslash stands before
    the point, so that the number begins no list."""
    active = match[0]
    return _ENTITIES.get(active) or f"{active[:-1]}\\{active[-1]}"


def show(*parts: Any) -> None:
    """Display texts, tables and other results in a notebook, one below the other.

    Parameters
    ----------
    *parts
        Findings and notes of this package (`MarkdownText`) are shown as Markdown, and what is
        HTML (`Markup`) as HTML. Any other string is shown as it is, whatever it contains, so it
        may be the text of a document. Tables, charts and other objects are shown as usual.

    Examples
    --------
    Outside a notebook, only the kind of what would be shown is printed:

    >>> from helpers import show
    >>> show("<b>3 * 4</b>")
    <IPython.core.display.Markdown object>
    """
    from IPython.display import HTML, Markdown, display

    for part in parts:
        lang = getattr(part, "lang", "")
        options = {"metadata": {"lang": lang}} if lang else {}
        if isinstance(part, Markup):
            display(HTML(part))
        elif isinstance(part, str):
            display(Markdown(escape_markdown(part)), **options)
        else:
            display(part, **options)
