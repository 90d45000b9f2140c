"""Web pages and Markdown → the text that a person sees on the screen.

Whole pages are read, including their menus. The subpackage `helpers.text` decides later which parts
of the text are used.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import cache

from helpers.characters import superscript

from .decode import (
    Text,
    Unreadable,
    Warnings,
    closest,
    decode_strictly,
    encoding_warning,
    read_plain,
    score,
)

_SKIPPED = set(
    "script style head noscript template svg math iframe noframes object audio video canvas select"
    " datalist textarea button".split()
)
_BLOCKS = set(
    "p div br h1 h2 h3 h4 h5 h6 li ul ol table caption section article header footer main nav aside"
    " blockquote pre hr dd dt dl form fieldset legend figure figcaption body center address details"
    " summary".split()
)
_INVISIBLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE
)
_HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
_SOFT_BREAK = re.compile(rf"(?<=[{_HAN}])[ \t\r\f]*\n\s*(?=[{_HAN}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MUCH = 500  # If a page hides more than 500 characters, a script may show them later.
_LONG_CELL = 200  # A cell of a table with more than 200 characters may be prose.
_SHOWN_LATER = "The page hides most of its text until a script shows it. Its hidden text was read."


def read_html(data: bytes, limit: int) -> Text:
    """Extract the visible text of a web page. Each paragraph or row of a table becomes a line.
    Spaces that a browser does not show are removed.

    The encoding that the page declares is used, unless the text reads better as Chinese in another
    encoding, which is guessed from the bytes. `Unreadable` (reason `binary` or `unknown_encoding`)
    is raised if the bytes are not text.
    """
    text, warnings = _decoded(data)
    page = _parsed(text, _Lines())
    # A script may show hidden text later. Articles on WeChat are `visibility: hidden` at first.
    if page.n_hidden > max(_MUCH, page.n_shown):
        page = _parsed(text, _Lines(show_hidden=True))
        warnings += (("hidden_text", _SHOWN_LATER),)
    return Text("\n".join(page.lines), warnings=warnings, paragraphs=True)


def _parsed(text: str, page: _Lines) -> _Lines:
    from lxml import etree

    # lxml's parser repairs damaged HTML and never raises an error.
    parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True)
    parser.feed(text.replace("\0", "\ufffd").encode("utf-8", "replace"))
    return parser.close()


class _Lines:
    """Collects the visible text of a web page while the parser runs. No tree of elements is built,
    so deeply nested elements take no more time or memory than others.

    The cells of a table row are kept until the row ends and are then written as one line. But if a
    cell holds another table, the outer table only arranges the page. Each line in a cell of an
    outer table is written as a line of its own.
    """

    def __init__(self, *, show_hidden: bool = False) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        # The lines of each cell in the open row of a table.
        self.row: list[list[str]] | None = None
        # The effect of each open element, such as `hidden`. Effects are the keys of `depth`.
        self.open: list[str] = []
        self.depth = {"skipped": 0, "hidden": 0, "pre": 0, "sup": 0, "": 0}
        self.show_hidden = show_hidden
        self.n_hidden = self.n_shown = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        effect = tag if tag in ("pre", "sup") else ""
        hidden = "hidden" in attributes or _INVISIBLE.search(attributes.get("style", ""))
        if tag in _SKIPPED:
            effect = "skipped"
        elif hidden and not self.show_hidden:
            effect = "hidden"
        self.open.append(effect)
        self.depth[effect] += 1
        self._structure(tag, begins=True)

    def end(self, tag: str) -> None:
        self._structure(tag, begins=False)
        if self.open:
            self.depth[self.open.pop()] -= 1

    def data(self, text: str) -> None:
        if self.depth["skipped"]:
            return
        if self.depth["hidden"]:
            self.n_hidden += len(text)
            return
        self.n_shown += len(text)
        text = superscript(text) if self.depth["sup"] else text
        for n, line in enumerate(re.split("\r\n|\r|\n", text) if self.depth["pre"] else [text]):
            if n:
                self._break()
            self.line.append(line)

    def close(self) -> _Lines:
        self._end_row()
        return self

    def _structure(self, tag: str, *, begins: bool) -> None:
        if self.depth["skipped"] or self.depth["hidden"]:
            return
        if tag in ("td", "th"):
            self._break()
            if begins:
                self.row = self.row or []
                self.row.append([])
        elif tag in ("tr", "table"):
            in_cell = tag == "table" and begins and self.row
            self._end_row(layout=bool(in_cell))
            self.row = [] if tag == "tr" and begins else None
        elif tag in _BLOCKS:
            self._break()

    def _break(self) -> None:
        if text := self._tidy("".join(self.line)):
            (self.row[-1] if self.row else self.lines).append(text)
        self.line = []

    def _tidy(self, text: str) -> str:
        return _SPACES.sub(" ", _SOFT_BREAK.sub("", text)).strip(" ")

    def _end_row(self, *, layout: bool = False) -> None:
        self._break()
        row, self.row = self.row or [], None
        # Web pages of the 2000s use tables to arrange their text. If a long cell has several lines,
        # it holds prose and not data, so each line stays a line of its own.
        prose = any(len(cell) > 1 and sum(map(len, cell)) > _LONG_CELL for cell in row)
        if layout or prose or len(row) == 1:
            self.lines += [line for cell in row for line in cell]
        elif any(row):
            self.lines.append("\t".join(" ".join(cell) for cell in row))


_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE
)
# If a page declares the first encoding of a pair, browsers use the second encoding, which is
# larger.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
# Python can decode the following encodings, but no web page is written in them.
_NO_CHARSETS = {"unicode-escape", "raw-unicode-escape", "utf-7", "idna", "punycode"}
# `_PLAIN_BYTES` finds runs of ASCII characters. A run begins with a byte that cannot be the second
# half of a two-byte character.
_PLAIN_BYTES = re.compile(rb"[\t\n\r\x20-\x3f][\0-\x7f]{3,}")
_ASCII = re.compile(r"[\0-\x7f]+")
_WRONG_CHARSET = "The page declares the encoding '{name}', but is written in another one."


def _decoded(data: bytes) -> tuple[str, Warnings]:
    """Decode a page. Add a warning if the page declares a wrong encoding, as many pages do."""
    match = _META_CHARSET.search(data[:4096])
    name = match[1].decode("ascii") if match else ""
    charset = _charset(name)
    declared = _without_mark(data, charset)
    # The encoding is guessed without the ASCII characters, since the letters in the scripts of a
    # page would outweigh the Chinese text.
    judged = closest(_PLAIN_BYTES.sub(b" ", data))
    readings = [(declared, ()), (_without_mark(data, judged), encoding_warning(judged))]
    try:
        plain = read_plain(data)
        readings.insert(1, (plain.raw, plain.warnings))
    except Unreadable:
        if declared is None and not any(_chinese(text) for text, _ in readings):
            raise
    # Take the text that reads best as Chinese. If several texts read equally well, `max` takes the
    # first of them, so the declared encoding is preferred.
    possible = [reading for reading in readings if reading[0] is not None]
    text, warnings = max(possible, key=lambda reading: _chinese(reading[0]))
    # The declared encoding may be right although a few bytes are undecodable in this encoding. The
    # warning `encoding` then already names the declared encoding.
    if text is not declared and charset not in dict(warnings).get("encoding", "utf-8"):
        warnings = (("encoding", _WRONG_CHARSET.format(name=name)), *warnings)
    return text, warnings


def _charset(name: str) -> str:
    """Return the name of Python's codec for the encoding that a page declares. Return "" if the
    encoding is unknown or impossible: a page in UTF-16 could not hold a declaration in ASCII."""
    try:
        codec = codecs.lookup(_WIDER.get(name.lower(), name)).name
        known = codec.replace("_", "-") not in _NO_CHARSETS
        return codec if known and "<meta".encode(codec) == b"<meta" else ""
    # the codecs 'rot13' and 'undefined' raise these errors, too
    except (UnicodeError, LookupError):
        return ""


def _without_mark(data: bytes, encoding: str) -> str | None:
    text = decode_strictly(data, encoding)
    return None if text is None else text.removeprefix("\ufeff")


def _chinese(text: str | None) -> float:
    """Score how well a text reads as Chinese. Leave out ASCII, which is mostly tags."""
    return max(0.0, score(_ASCII.sub("", text or "")))


def read_markdown(data: bytes, limit: int) -> Text:
    r"""Extract the text of a Markdown file, without the characters that mark headings, lists,
    emphasis and links.

    >>> read_markdown("# 一、成效\n走访**12家**机构。".encode(), 100).raw
    '一、成效\n走访12家机构。'
    """
    plain = read_plain(data)
    # Comments are removed up to the last `-->`. After the last `-->`, any `<!--` is text, because
    # no `-->` closes it.
    before, end, after = plain.raw.replace("\r\n", "\n").rpartition("-->")
    text = _COMMENT.sub("", before + end) + after.replace("<!--", r"\<!--")
    for pattern, replacement in _REWRITTEN:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    lines = _parsed(_to_html()(text), _Sheet()).lines
    return Text("\n".join(lines) + "\n" * text.endswith("\n"), warnings=plain.warnings)


_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
# `_RULE` finds the line of dashes below the header of a table.
_RULE = r"(?=[^|\n]*\|)[ \t>]*+\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*"
_CELL_END = re.compile(r"(?<!\\)\|")


def _rows(match: re.Match) -> str:
    """Turn the rows of a table from Markdown into HTML. The rows may have different numbers of
    cells, and the `|` at the start and end of a row may be missing."""
    lines = []
    for line in match[0].split("\n"):
        inner = line.lstrip(" \t>").rstrip().removeprefix("|")
        inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
        row = f"<tr><td>{'<td>'.join(_CELL_END.split(inner))}</tr>"
        lines.append("" if re.fullmatch(_RULE, line) else row)
    return "\n".join(lines)


# Each item is a pattern and its replacement. The Markdown library, which reads the text afterwards,
# does not know the notations in `_REWRITTEN` or misunderstands what Chinese authors mean.
_REWRITTEN = (
    # Remove the title, date and other metadata between two `---` at the top.
    (
        r"\A---[ \t]*\n(?:\w[\w .-]{0,60}:(?:[ \t].*)?\n(?:(?:[ \t]+|[ \t]*-[ \t]).*\n)*)+"
        r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)",
        "",
    ),
    (r"^ {0,3}(?:```|~~~).*$", ""),
    (r"(?<=[^\n]\n) {0,3}=+[ \t]*$", ""),
    # Remove the `-` before an item of a list. Keep `- 12 -` (a page number) and `* * *` (a rule).
    (r"^[ \t]*[-*+](?![ \t]*\d{1,4}[ \t]*-[ \t]*$|[-*+ \t]*$)[ \t]+", ""),
    # Write a footnote in the same way as a footnote of a Word file: `[1] …`.
    (r"^\[\^([^\[\]\n]{1,50})\]:[ \t]*", r"\\[\1\\] "),
    (r"\[\^([^\[\]\n]{1,50})\]", r"\\[\1\\]"),
    # In a link, put < > around a file name with a space: [附件](附件 1.docx), "attachment".
    (r"(?<=[^\\]\]\()([^()<>\"'\s]+ [^()<>\"'\n]{0,500})(?=\))", r"<\1>"),
    # Remove the signs of bold text such as **“养老”**服务 ("'care' services"). Keep 2*3*4.
    (r"(?<!\\)(\*\*|__|~~)(?=[^\s*_~])((?:[^\n*~]|\n(?!\s)){1,1000}?)(?<=[^\s\\])\1", r"\2"),
    (r"(?<![\w*\\])\*(?=\S)([^\n*]{1,1000}?)(?<=[^\s\\])\*(?![\w*])", r"\1"),
    (rf"^(?:(?:[^|\n]*\|.*\n)?{_RULE}$(?:\n[^|\n]*\|.*)*+|[ \t>]*+\|.*)", _rows),
    # Keep the indent of a Chinese paragraph. Markdown would take an indented paragraph for code.
    (r"^[ \t]+(?=[^\0-\x7f])", lambda match: "&#32;" * len(match[0])),
)


@cache
def _to_html() -> Callable[[str], str]:
    """Return a function that turns Markdown into HTML. The function does not know the rules of
    Markdown for which `_REWRITTEN` has a pattern."""
    import mistune

    rules = "atx_heading thematic_break block_quote ref_link blank_line".split()
    block, inline = mistune.BlockParser(rules, rules), mistune.InlineParser()
    block.rules = rules
    # Markdown would take the note `[1]: 数据来源` ("[1]: source of the data") for the address of a
    # link. With this pattern, the text after the colon must look like an address.
    block.specification["ref_link"] += r"(?=[ \t]*<?[!-~]{0,2000}?[./#:])"
    inline.rules.remove("emphasis")
    # Spaces after a line break must stay, because they may be the indent of the next paragraph.
    inline.specification |= {"softbreak": r" *\n", "linebreak": r"(?:\\| {2,})\n"}
    renderer = mistune.HTMLRenderer(escape=False)
    renderer.blank_line = lambda: "<hr>"
    return mistune.Markdown(renderer, block, inline)


class _Sheet(_Lines):
    """Collects the text of a Markdown file and keeps the line breaks and spaces of the file. A
    blank line is put before and after each table and in place of each horizontal rule."""

    def __init__(self) -> None:
        super().__init__()
        self.depth["pre"] = 1

    def _structure(self, tag: str, *, begins: bool) -> None:
        super()._structure(tag, begins=begins)
        if not self.row and (tag == "table" or tag == "hr" and begins):
            self.lines.append("")

    def _tidy(self, text: str) -> str:
        return text.strip() if self.row else text.rstrip()
