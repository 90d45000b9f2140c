"""Web pages and Markdown → the text that their reader sees."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import cache

from helpers.characters import superscript

from .decode import Text, Unreadable, closest, encoding_note, read_plain, score

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
_MUCH = 500
_LONG_CELL = 200
_SHOWN_LATER = (
    "The page hides most of its text until a script shows it: what it hides was read, too."
)


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
    page = _parsed(text, _Lines())
    # articles of WeChat are `visibility: hidden` until a script has run
    if page.n_hidden > max(_MUCH, page.n_shown):
        page = _parsed(text, _Lines(show_hidden=True))
        notes += (("hidden_text", _SHOWN_LATER),)
    return Text("\n".join(page.lines), notes=notes, paragraphs=True)


def _parsed(text: str, page: _Lines) -> _Lines:
    from lxml import etree

    # mends whatever it meets, so nothing is raised
    parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True)
    parser.feed(text.replace("\0", "\ufffd").encode("utf-8", "replace"))
    return parser.close()


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
        does = tag if tag in ("pre", "sup") else ""
        if tag in _SKIPPED:
            does = "skipped"
        elif not self.show_hidden and (
            "hidden" in attributes or _INVISIBLE.search(attributes.get("style", ""))
        ):
            does = "hidden"
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
        if text := self._tidy("".join(self.line)):
            (self.row[-1] if self.row else self.lines).append(text)
        self.line = []

    def _tidy(self, text: str) -> str:
        return _SPACES.sub(" ", _SOFT_BREAK.sub("", text)).strip(" ")

    def _end_row(self, *, layout: bool = False) -> None:
        self._break()
        row, self.row = self.row or [], None
        # pages of the 2000s stand in one table: a cell with paragraphs of prose is no cell of data
        prose = any(len(cell) > 1 and sum(map(len, cell)) > _LONG_CELL for cell in row)
        if layout or prose or len(row) == 1:
            self.lines += [line for cell in row for line in cell]
        elif any(row):
            self.lines.append("\t".join(" ".join(cell) for cell in row))


_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE
)
# what browsers read under these names
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
_NO_CHARSETS = set(
    "unicode_escape unicode-escape raw_unicode_escape raw-unicode-escape"
    " utf-7 idna punycode".split()
)
# begins with none that ends a character of two bytes
_PLAIN_BYTES = re.compile(rb"[\t\n\r\x20-\x3f][\0-\x7f]{3,}")
_ASCII = re.compile(r"[\0-\x7f]+")
_WRONG_CHARSET = "The bytes are not in '{name}', which the page declares."


def _decoded(data: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text of a page and what is odd about its encoding: servers write `iso-8859-1` over
    whatever they send."""
    match = _META_CHARSET.search(data[:4096])
    name = match[1].decode("ascii") if match else ""
    charset = _charset(name)
    declared = _strictly(data, charset)
    # 30,000 letters of a script would outweigh what is Chinese
    judged = closest(_PLAIN_BYTES.sub(b" ", data))
    noted = () if judged == "utf-8" else (encoding_note(judged),)
    readings = [(declared, ()), (_strictly(data, judged), noted)]
    try:
        plain = read_plain(data)
        readings.insert(1, (plain.raw, plain.notes))
    except Unreadable:
        if declared is None and not any(_chinese(text) for text, _ in readings):
            raise
    # of equal ones the first
    found = [pair for pair in readings if pair[0] is not None]
    text, notes = max(found, key=lambda pair: _chinese(pair[0]))
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


def read_markdown(data: bytes, limit: int) -> Text:
    r"""Extract the text of a Markdown file: signs of headings, lists, emphasis and links are taken
    off.

    >>> read_markdown("# 一、成效\n走访**12家**机构。".encode(), 100).raw
    '一、成效\n走访12家机构。'
    """
    plain = read_plain(data)
    closed, end, rest = plain.raw.replace("\r\n", "\n").rpartition("-->")
    text = _COMMENT.sub("", closed + end) + rest.replace("<!--", r"\<!--")
    for pattern, replacement in _REWRITTEN:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    lines = _parsed(_to_html()(text), _Sheet()).lines
    return Text("\n".join(lines) + "\n" * text.endswith("\n"), notes=plain.notes)


_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_RULE = r"(?=[^|\n]*\|)[ \t>]*+\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*"
_CELL_END = re.compile(r"(?<!\\)\|")


def _rows(match: re.Match) -> str:
    """Rows of any number of cells, with or without outer pipes, as HTML."""
    lines = []
    for line in match[0].split("\n"):
        inner = line.lstrip(" \t>").rstrip().removeprefix("|")
        inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
        row = f"<tr><td>{'<td>'.join(_CELL_END.split(inner))}</tr>"
        lines.append("" if re.fullmatch(_RULE, line) else row)
    return "\n".join(lines)


# what a Markdown program does not know, or reads otherwise than a Chinese author means it
_REWRITTEN = (
    # the title, date … between two `---` at the top
    (
        r"\A---[ \t]*\n(?:\w[\w .-]{0,60}:(?:[ \t].*)?\n(?:(?:[ \t]+|[ \t]*-[ \t]).*\n)*)+"
        r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)",
        "",
    ),
    (r"^ {0,3}(?:```|~~~).*$", ""),
    (r"(?<=[^\n]\n) {0,3}=+[ \t]*$", ""),
    # an item of a list; `- 12 -` is a page mark, `* * *` a rule
    (r"^[ \t]*[-*+](?![ \t]*\d{1,4}[ \t]*-[ \t]*$|[-*+ \t]*$)[ \t]+", ""),
    (r"^\[\^([^\[\]\n]{1,50})\]:[ \t]*", r"\\[\1\\] "),  # a footnote, as in Word files: `[1] …`
    (r"\[\^([^\[\]\n]{1,50})\]", r"\\[\1\\]"),
    (r"(?<=[^\\]\]\()([^()<>\"'\s]+ [^()<>\"'\n]{0,500})(?=\))", r"<\1>"),  # [附件](附件 1.docx)
    # **“养老”**服务 is bold, 2*3*4 a product
    (r"(?<!\\)(\*\*|__|~~)(?=[^\s*_~])((?:[^\n*~]|\n(?!\s)){1,1000}?)(?<=[^\s\\])\1", r"\2"),
    (r"(?<![\w*\\])\*(?=\S)([^\n*]{1,1000}?)(?<=[^\s\\])\*(?![\w*])", r"\1"),
    (rf"^(?:(?:[^|\n]*\|.*\n)?{_RULE}$(?:\n[^|\n]*\|.*)*+|[ \t>]*+\|.*)", _rows),
    # an indent begins a paragraph, no code
    (r"^[ \t]+(?=[^\0-\x7f])", lambda match: "&#32;" * len(match[0])),
)


@cache
def _to_html() -> Callable[[str], str]:
    """Markdown to HTML, without those of its signs that are rewritten before."""
    import mistune

    rules = "atx_heading thematic_break block_quote ref_link blank_line".split()
    block, inline = mistune.BlockParser(rules, rules), mistune.InlineParser()
    block.rules = rules
    # `[1]: 数据来源` is a note, no address
    block.specification["ref_link"] += r"(?=[ \t]*<?[!-~]{0,2000}?[./#:])"
    inline.rules.remove("emphasis")
    # the white space behind a line break may be the next paragraph's indent
    inline.specification |= {"softbreak": r" *\n", "linebreak": r"(?:\\| {2,})\n"}
    renderer = mistune.HTMLRenderer(escape=False)
    renderer.blank_line = lambda: "<hr>"
    return mistune.Markdown(renderer, block, inline)


class _Sheet(_Lines):
    """Keeps a text's own lines and spaces; a rule is a blank line, and one is around a table."""

    def __init__(self) -> None:
        super().__init__()
        self.depth["pre"] = 1

    def _structure(self, tag: str, *, begins: bool) -> None:
        super()._structure(tag, begins=begins)
        if not self.row and (tag == "table" or tag == "hr" and begins):
            self.lines.append("")

    def _tidy(self, text: str) -> str:
        return text.strip() if self.row else text.rstrip()
