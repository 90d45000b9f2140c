"""Turn Word files, web pages and Markdown into their text: one line a paragraph, in reading order."""

from __future__ import annotations

import io
import re
import zipfile

from helpers.decode import decode, read_plain
from helpers.sources import Text, Unreadable

_DAMAGED = "The {what} cannot be opened ({error}). Open it in the program that made it and save it again."


def read_docx(data: bytes, limit: int) -> Text:
    """Extract paragraphs and tables of a Word file in order; a table's row is a line, its cells divided by tabs.

    Raises
    ------
    Unreadable
        `damaged`, `encrypted`, `too_large` (unpacked, more than `limit` bytes).
    """
    import docx

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("encrypted", "The Word file is protected by a password, or is an old .doc. Save it as .docx without one.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(info.file_size for info in packed.infolist() if info.filename.endswith((".xml", ".rels")))
        if size > limit:
            raise Unreadable("too_large", f"Unpacked it holds {size:,} bytes, over the limit of {limit:,}.")
        lines = list(_docx_lines(docx.Document(io.BytesIO(data))))
    except Unreadable:
        raise
    except Exception as error:  # python-docx lets the errors of zip, XML and its own parts through
        raise Unreadable("damaged", _DAMAGED.format(what="Word file", error=type(error).__name__)) from None
    return Text("\n".join(lines))


def _docx_lines(part):
    from docx.table import Table

    for block in part.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = [cell for n, cell in enumerate(row.cells) if cell not in row.cells[:n]]  # a merged cell comes twice
                yield "\t".join(" ".join(cell.text.split("\n")) for cell in cells)
        else:
            yield block.text


_SKIPPED = {"script", "style", "head", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea", "button"}
_BLOCKS = {
    "p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "tr", "table", "section", "article", "header",
    "footer", "main", "nav", "aside", "blockquote", "pre", "hr", "dd", "dt", "dl", "form", "fieldset", "figure", "figcaption", "body", "center",
}  # fmt: skip
_VOID = {"br", "hr", "img", "input", "link", "meta", "iframe"}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,30})", re.IGNORECASE)
_HAN = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
_SOFT_BREAK = re.compile(rf"(?<=[{_HAN}])[ \t\r\f]*\n\s*(?=[{_HAN}])")
_SPACES = re.compile(r"[ \t\r\n\f]+")


class _Lines:
    """Collects the visible text of a web page while the parser runs: no tree is built, so depth costs nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.hidden = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _SKIPPED and tag not in _VOID:
            self.hidden += 1
        elif tag in _BLOCKS:
            self._break()
        elif tag in ("td", "th") and self.line:
            self.line.append("\t")

    def end(self, tag: str) -> None:
        if tag in _SKIPPED and tag not in _VOID:
            self.hidden -= 1
        elif tag in _BLOCKS:
            self._break()

    def data(self, text: str) -> None:
        if not self.hidden:
            self.line.append(text)

    def close(self) -> str:
        self._break()
        return "\n".join(self.lines)

    def _break(self) -> None:
        cells = "".join(self.line).split("\t") if "\t" in self.line else ["".join(self.line)]
        text = "\t".join(_SPACES.sub(" ", _SOFT_BREAK.sub("", cell)).strip(" ") for cell in cells)
        if text.strip():
            self.lines.append(text)
        self.line = []


def read_html(data: bytes, limit: int) -> Text:
    """Extract the visible text of a web page: a line a block, white space as a browser shows it.

    Nothing is left out by guess: menus and footers are text too. The encoding is what a byte order mark or the page's
    own `charset` says, else what reads as Chinese.
    """
    from lxml import etree

    named = _META_CHARSET.search(data[:4096])
    text, encoding = _declared(data, named[1].decode("ascii")) if named else (None, "")
    notes: tuple[tuple[str, str], ...] = ()
    if text is None:
        plain = read_plain(data)
        text, notes = plain.raw, plain.notes
    parser = etree.HTMLParser(target=_Lines(), encoding="utf-8", huge_tree=True)  # mends whatever it meets, so nothing is raised
    parser.feed(text.replace("\0", "\ufffd").encode("utf-8", "replace"))
    return Text(parser.close(), notes=notes)


def _declared(data: bytes, name: str) -> tuple[str | None, str]:
    name = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(name.lower(), name)
    try:
        return data.decode(name), name
    except (UnicodeError, LookupError):  # 'idna' and 'undefined' are encodings, too, and raise the wider error
        return decode(data)


_MARKDOWN = (
    (re.compile(r"\A---\n.*?\n---\n", re.DOTALL), ""),
    (re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)*\|?[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"!\[[^\[\]\n]{0,500}\]\([^)\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,1000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^\n*]{1,1000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"`([^`\n]{1,500})`"), r"\1"),
)  # fmt: skip


def read_markdown(data: bytes, limit: int) -> Text:
    r"""Extract the text of a Markdown file: signs of headings, lists, emphasis and links are taken off.

    >>> read_markdown("# 一、成效\n走访**12家**机构。".encode(), 100).raw
    '一、成效\n走访12家机构。'
    """
    plain = read_plain(data)
    text = _without_comments(plain.raw.replace("\r\n", "\n"))
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    lines = (re.sub(r"[ \t]*\|[ \t]*", "\t", line).strip("\t") if line.lstrip().startswith("|") else line for line in text.split("\n"))
    return Text("\n".join(lines), notes=plain.notes)


def _without_comments(text: str) -> str:
    parts, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[place:start])
        place = end + 3
    return "".join(parts) + text[place:]
