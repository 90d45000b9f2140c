"""Web pages and Markdown → the text that their reader sees."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable

from helpers.characters import superscript

from .decode import Text, Unreadable, closest, encoding_note, read_plain, score

_SKIPPED = {
    "script",
    "style",
    "head",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "noframes",
    "object",
    "audio",
    "video",
    "canvas",
    "select",
    "datalist",
    "textarea",
    "button",
}
_BLOCKS = {
    "p",
    "div",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "table",
    "caption",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "blockquote",
    "pre",
    "hr",
    "dd",
    "dt",
    "dl",
    "form",
    "fieldset",
    "legend",
    "figure",
    "figcaption",
    "body",
    "center",
    "address",
    "details",
    "summary",
}
_INVISIBLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE
)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE
)
# what browsers read under these names
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
_NO_CHARSETS = {
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "raw-unicode-escape",
    "utf-7",
    "idna",
    "punycode",
}
_HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
_SOFT_BREAK = re.compile(rf"(?<=[{_HAN}])[ \t\r\f]*\n\s*(?=[{_HAN}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")
# begins with none that ends a character of two bytes
_PLAIN_BYTES = re.compile(rb"[\t\n\r\x20-\x3f][\0-\x7f]{3,}")
_ASCII = re.compile(r"[\0-\x7f]+")
_MUCH = 500
_LONG_CELL = 200
_SHOWN_LATER = (
    "The page hides most of its text until a script shows it: what it hides was read, too."
)
_WRONG_CHARSET = "The bytes are not in '{name}', which the page declares."


class _Lines:
    """Collects the visible text of a web page while the parser runs: no tree is built, so depth
    costs nothing.

    Only the innermost row of a table is held back until it ends; a table within a cell means that
    the outer one is there for the layout, and what its row holds so far is written as it stands.
    """

    def __init__(self, *, show_hidden: bool = False) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.row: list[list[str]] | None = None  # of each cell its lines
        self.open: list[str] = []  # of each open element what it does to its text
        self.depth = {"skipped": 0, "hidden": 0, "pre": 0, "sup": 0, "": 0}
        self.show_hidden = show_hidden
        self.n_hidden = self.n_shown = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        hidden = not self.show_hidden and (
            "hidden" in attributes or _INVISIBLE.search(attributes.get("style", ""))
        )
        does = (
            "skipped"
            if tag in _SKIPPED
            else "hidden"
            if hidden
            else tag
            if tag in ("pre", "sup")
            else ""
        )
        self.open.append(does)
        self.depth[does] += 1
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
        first, *rest = re.split("\r\n|\r|\n", text) if self.depth["pre"] else [text]
        self.line.append(first)
        for piece in rest:
            self._break()
            self.line.append(piece)

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
        text = _SPACES.sub(" ", _SOFT_BREAK.sub("", "".join(self.line))).strip(" ")
        if text:
            (self.row[-1] if self.row else self.lines).append(text)
        self.line = []

    def _end_row(self, *, layout: bool = False) -> None:
        self._break()
        row, self.row = self.row or [], None
        # pages of the 2000s stand in one table: a cell with paragraphs of prose is no cell of data
        prose = any(len(cell) > 1 and sum(map(len, cell)) > _LONG_CELL for cell in row)
        if layout or prose or len(row) == 1:
            self.lines += [line for cell in row for line in cell]
        elif any(row):
            self.lines.append("\t".join(" ".join(cell) for cell in row))


def read_html(data: bytes, limit: int) -> Text:
    """Extract the visible text of a web page: a line a block or a row of a table, white space as a
    browser shows it.

    Nothing is left out by guess: menus and footers are text too. The encoding is what the page's
    own `charset` says if that reads as Chinese at least as well as what the bytes themselves say.

    Raises
    ------
    Unreadable
        `binary` or `unknown_encoding`.
    """
    text, notes = _decoded(data)
    page = _parsed(text)
    # articles of WeChat are `visibility: hidden` until a script has run
    if page.n_hidden > max(_MUCH, page.n_shown):
        page, notes = _parsed(text, show_hidden=True), (*notes, ("hidden_text", _SHOWN_LATER))
    return Text("\n".join(page.lines), notes=notes, paragraphs=True)


def _parsed(text: str, *, show_hidden: bool = False) -> _Lines:
    from lxml import etree

    # mends whatever it meets, so nothing is raised
    parser = etree.HTMLParser(
        target=_Lines(show_hidden=show_hidden), encoding="utf-8", huge_tree=True
    )
    parser.feed(text.replace("\0", "\ufffd").encode("utf-8", "replace"))
    return parser.close()


def _decoded(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text of a page and what is odd about its encoding: servers write `iso-8859-1` over
    whatever they send."""
    match = _META_CHARSET.search(data[:4096])
    name = match[1].decode("ascii") if match else ""
    charset = _charset(name)
    declared = _strictly(data, charset)
    # 30,000 letters of a script would outweigh what is Chinese
    judged = closest(_PLAIN_BYTES.sub(b" ", data))
    readings = [
        (declared, ()),
        (_strictly(data, judged), () if judged == "utf-8" else (encoding_note(judged),)),
    ]
    try:
        plain = read_plain(data)
        readings.insert(1, (plain.raw, plain.notes))
    except Unreadable:
        if declared is None and not any(_chinese(text) for text, _ in readings):
            raise
    # of equal ones the first
    text, notes = max(
        readings, key=lambda reading: -1 if reading[0] is None else _chinese(reading[0])
    )
    # else its own, with a few bad bytes
    wrong = text is not declared and charset not in dict(notes).get("encoding", "utf-8")
    return text, ((("encoding", _WRONG_CHARSET.format(name=name)),) if wrong else ()) + notes


def _charset(name: str) -> str:
    """The codec of a declared encoding; "" for what can be no page's: the declaration was found in
    ASCII, so neither UTF-16 nor EBCDIC."""
    try:
        codec = codecs.lookup(_WIDER.get(name.lower(), name)).name
        return codec if codec not in _NO_CHARSETS and "<meta".encode(codec) == b"<meta" else ""
    except (UnicodeError, LookupError):  # 'rot13' and 'undefined' are codecs, too
        return ""


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except (UnicodeError, LookupError):
        return None


def _chinese(text: str | None) -> float:
    """How well what is not ASCII reads as Chinese: tags and scripts read alike in every
    encoding."""
    return max(0.0, score(_ASCII.sub("", text or "")))


_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?:\w[\w .-]{0,60}:(?:[ \t].*)?\n(?:(?:[ \t]+|[ \t]*-["
    r" \t]).*\n)*)+(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]^\n]{1,200})\]:[ \t]*<?(?=[!-~]{0,2000}?[./#:])[!-~]++(?:[ \t]+[\"'(].*)?["
    r" \t]*$\n?",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"(?<!!)\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])?")
_TO = r"\((?:[^()\n]|\([^()\n]{0,200}\)){0,2000}\)"  # where a link leads; an address may hold (…)
_TAGS = "a|abbr|b|big|center|cite|code|del|div|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|s|small|span|strong|sub|sup|t[dhr]|table|tbody|tfoot|thead|caption|u|ul"
_MARKDOWN = (
    (
        re.compile(r"<sup>([^<>\n]{1,100})</sup>", re.IGNORECASE),
        lambda match: superscript(match[1]),
    ),
    (re.compile(r"</t[dh]\s*>\s*<t[dh](?:\s[^<>\n]{0,500})?>", re.IGNORECASE), "\t"),
    (
        re.compile(r"<br\s{0,9}/?>\n?|</(?:p|div|li|tr|h[1-6]|caption)\s{0,9}>\n?", re.IGNORECASE),
        "\n",
    ),
    (re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]{{0,500}})?/?>", re.IGNORECASE), ""),
    (re.compile(r"<((?:https?|mailto):[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<=[^\n]\n) {0,3}=+[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE), ""),
    # `- 12 -` is a page mark
    (re.compile(r"^[ \t]*[-*+](?![ \t]*\d{1,4}[ \t]*-[ \t]*$)[ \t]+", re.MULTILINE), ""),
    (re.compile(rf"!\[[^\[\]\n]{{0,500}}\]{_TO}"), ""),
    (re.compile(rf"(?<!\\)\[([^\[\]\n]{{0,500}})\]{_TO}"), r"\1"),
    # a footnote, as in Word files: `[1] …`
    (re.compile(r"^(\[)\^([^\[\]\n]{1,50}\]):[ \t]*", re.MULTILINE), r"\1\2 "),
    (re.compile(r"\[\^([^\[\]\n]{1,50})\]"), r"[\1]"),
    (re.compile(r"(?<![\\~])~~(?=[^\s~])([^\n~]{1,1000}?)(?<=[^\s\\])~~(?!~)"), r"\1"),
    (re.compile(r"(?<!\\)(\*\*|__)(?=\S)([^\n*_]{1,1000}?)(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=\S)([^\n*]{1,1000}?)(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\\)`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"&(?:#\d{1,6}|[a-z]{2,8});"), lambda match: html.unescape(match[0])),
)
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL_END = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(data: bytes, limit: int) -> Text:
    r"""Extract the text of a Markdown file: signs of headings, lists, emphasis and links are taken
    off.

    >>> read_markdown("# 一、成效\n走访**12家**机构。".encode(), 100).raw
    '一、成效\n走访12家机构。'
    """
    plain = read_plain(data)
    text = _FRONT_MATTER.sub("", _without_comments(plain.raw.replace("\r\n", "\n")))
    text = _without_references(text)
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return Text(_ESCAPED.sub(r"\1", "\n".join(_rows(text.split("\n")))), notes=plain.notes)


def _without_comments(text: str) -> str:
    parts, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[place:start])
        place = end + 3
    return "".join(parts) + text[place:]


def _without_references(text: str) -> str:
    """Take `[条例][1]` for 条例 where a line `[1]: http…` says what 1 is; 豫政[2023][5] stays."""
    names = {match[1].casefold() for match in _DEFINITION.finditer(text)}

    def shown(match: re.Match) -> str:
        return match[1] if (match[2] or match[1]).casefold() in names else match[0]

    return _REFERENCE.sub(shown, _DEFINITION.sub("", text)) if names else text


def _rows(lines: list[str]) -> Iterable[str]:
    """Divide the cells of tables by tabs: of lines that begin with a pipe, and of those around a
    line like `---|---`."""
    ruled = False  # whether a table without outer pipes goes on
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _is_delimiter(line):
            ruled = True
            yield ""
        else:
            ruled = ruled and "|" in line
            header = "|" in line and _is_delimiter(after)
            yield _row(line) if ruled or header or line.lstrip().startswith("|") else line


def _is_delimiter(line: str) -> bool:
    return "|" in line and "-" in line and _DELIMITER.fullmatch(line) is not None


def _row(line: str) -> str:
    """``|  | 12 |``: an empty cell and 12; only the outer pipes are no cells."""
    inner = line.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return "\t".join(cell.strip() for cell in _CELL_END.split(inner))
