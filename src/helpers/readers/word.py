"""A Word file → the text that a person sees in Word, with text boxes, notes and numbers of lists.

The XML in the file is read directly, because each Python library for Word files skips text boxes,
notes or numbers.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from helpers.characters import superscript

from .decode import Text, Unreadable
from .numbering import Numbering, W, integer, is_on, value

_DAMAGED = (
    "The Word file cannot be opened ({error}). Open it in the program that made it and save it"
    " again."
)
_ENCRYPTED = (
    "The Word file is protected by a password, or is an old .doc. Save it as .docx without one."
)
_HOLDS = (
    "The file holds a '{root}', which is not a Word document. Rename it with the file extension of"
    " the program that made it."
)
_PICTURES = (
    "Pictures that may hold text: {n}. Their text is missing. Run text recognition (OCR) if they"
    " are scans."
)
_CONTENTS = "The table of contents is not read, since it repeats the headings."
_INSERTED = (
    "Another file inserted into the Word file is not read. Open the file in Word and save it again."
)
_FURNITURE = "Headers and footers are not read: {shown}."
_PAGE_NUMBER = re.compile(
    r"[\s\d０-９一二三四五六七八九十第页頁共/of.·—–―－-]*|page[\s\d/of]*", re.IGNORECASE
)
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/"
_VML = "{urn:schemas-microsoft-com:vml}"
_P, _R, _TBL, _TR, _TC = (W + name for name in ("p", "r", "tbl", "tr", "tc"))
_BOX = W + "txbxContent"
_TEXTS = (W + "t", _M + "t")
_SIGNS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n"}
_SIGNS[W + "noBreakHyphen"] = "-"
# For each part of a formula, the characters to write before and after it. With the `/`, the
# fraction ½ becomes 1/2, not 12.
_AROUND = {_M + "den": ("/", ""), _M + "d": ("(", ")"), _M + "rad": ("√", "")}
_NOTES = {W + "footnoteReference": "footnotes", W + "endnoteReference": "endnotes"}
_DRAWN = (_DRAWING + "picture}pic", _DRAWING + "chart}chart", _DRAWING + "diagram}relIds")
# An element that was read gets the name `sectPr`, so that it is not read again.
_BODY, _READ = W + "body", W + "sectPr"
_BODIES = {W + name for name in ("body", "tc", "txbxContent", "footnote", "endnote", "hdr", "ftr")}
_PAGE = {"w": 11_906, "h": 16_838}  # Width and height of A4 paper in units of 1/1440 inch.
_FEW = 200  # In a file with fewer than 200 characters, any picture may be a scan.
_VML_SIZE = re.compile(r"(width|height):([0-9]{1,6}(?:\.[0-9]{1,9})?)(pt|in|cm|mm)")
_TWIPS = {"pt": 20, "in": 1440, "cm": 567, "mm": 56.7}


def read_docx(data: bytes, limit: int) -> Text:
    """Read the paragraphs, tables, text boxes and notes of a Word file as Word shows them once all
    tracked changes are accepted.

    Each row of a table is a line, with tabs between its cells. The number that Word itself shows
    before a paragraph (`一、`, "1.") becomes part of the text. Footnotes and endnotes are lines at
    the end (`[1] …`), and the numbers that refer to them are superscripts (`35¹`).

    `Unreadable` is raised with the reason `damaged`, `encrypted`, `unknown_format`, or `too_large`
    (more than `limit` bytes when unpacked). The reason is `pictures` if the file holds only
    pictures, and `left_out` if the file holds only text that is not read, such as headers.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("encrypted", _ENCRYPTED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [i for i in archive.infolist() if i.filename.endswith((".xml", ".rels"))]
            size = sum(part.file_size for part in parts)
            if size > limit:
                detail = f"The file has {size:,} bytes when unpacked, over the limit of {limit:,}."
                raise Unreadable("too_large", detail)
            text = _read(archive, limit)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # the libraries for ZIP and XML raise many kinds of errors
        raise Unreadable("damaged", _DAMAGED.format(error=type(error).__name__)) from None
    if not text.raw.strip() and text.warnings:
        raise Unreadable(*text.warnings[-1])
    return text


def _read(archive: zipfile.ZipFile, limit: int) -> Text:
    main = next((name for kind, name in related(archive, "") if kind == "officeDocument"), None)
    if main is None:
        raise Unreadable("damaged", _DAMAGED.format(error="it holds no document"))
    parts: dict[str, list[Any]] = {}
    for kind, name in related(archive, main):
        if kind in ("numbering", "styles", "footnotes", "endnotes", "header", "footer"):
            parts.setdefault(kind, []).append(root_of(archive, name, limit))
    walk = _Walk(parts)
    lines = walk.document(data_of(archive, main, limit)) + walk.note_lines()
    warnings = list(_outside_text(parts))
    if walk.left_out:
        warnings.append(("left_out", walk.left_out))
    # In a file with little text, any picture may be a scan. In other files, count only large
    # pictures.
    has_little = sum(map(len, lines)) < _FEW
    if n := sum(has_little or walk.is_large(picture) for picture in walk.pictures):
        warnings.append(("pictures", _PICTURES.format(n=n)))
    return Text("\n".join(lines), warnings=tuple(warnings), paragraphs=True)


class _Look(NamedTuple):
    """How Word shows a text. A text may be `hidden`, and may be `raised` (a superscript)."""

    hidden: bool = False
    raised: bool = False


class _Picture(NamedTuple):
    """The size of a picture in units of 1/1440 inch, and whether it is a chart or a diagram."""

    width: float
    height: float
    is_chart: bool


_Row = tuple[int, list[Any]]
"""The number of empty cells at the start of a row of a table, and the elements of its cells."""


class _Walk:
    """Reads the body of a Word file in order, counting numbered paragraphs, notes and pictures."""

    def __init__(self, parts: dict[str, list[Any]]) -> None:
        styles = parts.get("styles", [None])[0]
        self.numbering = Numbering(parts.get("numbering", [None])[0], styles)
        # styles of hidden text, styles of tables of contents
        self.hidden, self.contents = set(), set()
        for name, style in self.numbering.styles.items():
            # Words such as `窗体顶端` ("top of form") in text pasted from a web page are not read,
            # since their style hides them in Word.
            if is_on(style.find(f"{W}rPr/{W}vanish")):
                self.hidden.add(name)
            if re.match(r"toc \d", value(style.find(W + "name")).lower()):
                self.contents.add(name)
        self.notes = {
            kind: {value(note, "id"): note for root in parts.get(kind, []) for note in root}
            for kind in _NOTES.values()
        }
        self.page: list[int] = []  # Width and height of the first page, once they are read.
        # The number and the XML element of each note so far.
        self.marks: list[tuple[str, Any]] = []
        # For each open field (text that Word computes), whether its result is still to come.
        self.fields: list[bool] = []
        # The text of a paragraph whose final break was deleted, with which the next paragraph
        # begins.
        self.carried = ""
        self.n_marks = 0
        self.pictures: list[_Picture] = []
        self.left_out = ""

    def document(self, data: bytes) -> list[str]:
        """Return the lines of the whole document, given its XML. Each paragraph, and each row of a
        table, is removed as soon as its text is read. Kept whole, the XML of a long document would
        take more than a hundred times the size of the file."""
        from lxml import etree

        events = etree.iterparse(io.BytesIO(data), tag=(_P, _TR, _TBL), **_SAFELY)
        lines: list[str] = []
        rows, frame = [], []  # rows and frame (see `_add_rows`) of the table that is read now
        for _, element in events:
            block = element.getparent() if element.tag == _TR else element
            body = None if block is None else block.getparent()
            if body is None or body.tag != _BODY:
                # A nested paragraph, row or table is read later, with the paragraph or table around
                # it.
                continue
            # Read the elements before `block` that are neither paragraphs nor tables, such as
            # forms.
            lines += self.blocks(body, until=block)
            _remove_before(block)
            if element.tag == _P:
                lines += self._paragraph(element)
            elif element.tag == _TR:
                self._add_rows(_until(inside(block, _TR), element), rows, frame)
                self._add_rows([element], rows, frame)
                _remove_before(element)
            else:
                self._add_rows(inside(element, _TR), rows, frame)
                lines += self.blocks(frame[0][1][0]) if frame else rows
                rows, frame = [], []
            if not frame:
                element.clear(keep_tail=True)
            element.tag = _READ
        return lines + self._rest(events.root)

    def _rest(self, root: Any) -> list[str]:
        """Return the lines after the last paragraph or table. Check that the XML is a document."""
        if root.tag != W + "document":
            raise Unreadable("unknown_format", _HOLDS.format(root=root.tag.rpartition("}")[2]))
        _check_entities(root)
        body = root.find(_BODY)
        self._read_page(root.find(f"{W}body/{W}sectPr/{W}pgSz"))
        return [] if body is None else self.blocks(body)

    def _read_page(self, size: Any) -> None:
        if size is not None and not self.page:
            self.page = [integer(value(size, name), usual) for name, usual in _PAGE.items()]

    def blocks(self, container: Any, *, until: Any = None) -> list[str]:
        """Return the lines of all paragraphs and tables in a body, a cell, a text box or a note. If
        `until` is given, stop before the child `until`."""
        lines: list[str] = []
        for child in _until(branch(container), until):
            if child.tag == _P:
                lines += self._paragraph(child)
            elif child.tag == _TBL:
                lines += self._table(child)
            elif child.tag == W + "altChunk":
                self.left_out = _INSERTED
            elif child.tag not in LEFT_OUT:
                lines += self.blocks(child)
        if self.carried and container.tag in _BODIES and until is None:
            lines.append(self.carried)
            self.carried = ""
        return lines

    def _paragraph(self, paragraph: Any) -> list[str]:
        properties = paragraph.find(W + "pPr")
        style = ""
        if properties is not None:
            style = value(properties.find(W + "pStyle"))
            self._read_page(properties.find(f"{W}sectPr/{W}pgSz"))
        if style in self.contents:
            self.left_out = self.left_out or _CONTENTS
            return []
        line: list[str] = [self.carried]
        boxes: list[Any] = []
        self.carried, self.fields = "", []
        self._inline(paragraph, line, boxes, _Look(hidden=style in self.hidden))
        text, lines = "".join(line), []
        if all(paragraph.find(f"{W}pPr/{W}rPr/{W}{name}") is None for name in ("del", "moveFrom")):
            label = self.numbering.label(properties)
            lines, text = [label + text.lstrip() if label else text], ""
        for box in boxes:
            lines += self.blocks(box)
        # carried text is empty unless the break after the paragraph was deleted
        self.carried = text
        return lines

    def _inline(self, element: Any, line: list[str], boxes: list[Any], look: _Look) -> None:
        """Append the visible text in an element to `line`, and text boxes in it to `boxes`."""
        for child in branch(element):
            name = child.tag
            if name in LEFT_OUT:
                continue
            if name == _BOX:
                boxes.append(child)
            elif name == W + "fldChar":
                self._field(value(child, "fldCharType"))
            elif name in _TEXTS or name in _SIGNS or name in _NOTES:
                line.append("" if look.hidden else self._shown(child, look))
            else:
                self._count_picture(child)
                before, after = _AROUND.get(name, ("", ""))
                line.append(before)
                self._inline(child, line, boxes, self._look_of(child, look))
                line.append(after)

    def _shown(self, element: Any, look: _Look) -> str:
        """Return the text of an element: words, a tab, a line break, a hyphen or a note number."""
        if element.tag in _SIGNS:
            return _SIGNS[element.tag]
        if element.tag in _NOTES:
            return self._mark(element)
        text = "" if any(self.fields) else element.text or ""
        return superscript(text) if look.raised else text

    def _look_of(self, element: Any, look: _Look) -> _Look:
        """Return the look of an element's text, given the look of the text around the element."""
        if element.tag == _M + "sup":
            return look._replace(raised=True)
        properties = element.find(W + "rPr") if element.tag == _R else None
        if properties is None:
            return look
        switch = properties.find(W + "vanish")
        hidden = look.hidden or value(properties.find(W + "rStyle")) in self.hidden
        raised = look.raised or value(properties.find(W + "vertAlign")) == "superscript"
        return _Look(hidden if switch is None else is_on(switch), raised)

    def _field(self, what: str) -> None:
        """Record that a field (text that Word computes) begins, reaches its result (`separate`) or
        ends. A field holds a hidden instruction, such as ` IF … `, and then the result. The
        instruction of a field may hold other fields."""
        if what == "begin":
            self.fields.append(True)
        elif what == "separate" and self.fields:
            self.fields[-1] = False
        elif what == "end" and self.fields:
            self.fields.pop()

    def _mark(self, reference: Any) -> str:
        note = self.notes[_NOTES[reference.tag]].get(value(reference, "id"))
        if note is None:
            return ""
        # A note that the author marked with a sign such as `*` needs no number, because the sign is
        # already part of both the text and the note.
        custom = value(reference, "customMarkFollows") in ("1", "true", "on")
        self.n_marks += not custom
        number = "" if custom else str(self.n_marks)
        self.marks.append((number, note))
        return superscript(number)

    def note_lines(self) -> list[str]:
        """Return each note as a line such as `[1] 数据来源…` ("data source …")."""
        lines = []
        for number, note in self.marks:  # `marks` grows if a note refers to another note
            mark = f"[{number}] " if number else ""
            lines.append(mark + "\n".join(self.blocks(note)).strip())
        return lines

    def _table(self, table: Any) -> list[str]:
        rows, frame = [], []
        self._add_rows(inside(table, _TR), rows, frame)
        return self.blocks(frame[0][1][0]) if frame else rows

    def _add_rows(self, elements: Iterable[Any], rows: list[str], frame: list[_Row]) -> None:
        """Append the text of each row of a table to `rows`. A first row with a single cell is put
        into `frame` instead, until a second row follows: a table of a single cell is only a frame
        around text."""
        for element in elements:
            if element.find(f"{W}trPr/{W}del") is not None:
                continue
            cells, merged = inside(element, _TC), f"{W}tcPr/{W}hMerge"
            n_before = integer(value(element.find(f"{W}trPr/{W}gridBefore")), 0)
            shown = [cell for cell in cells if value(cell.find(merged)) != "continue"]
            frame.append((min(n_before, 63), shown))
            if rows or len(frame) > 1 or len(shown) != 1:
                rows += ["\t".join([""] * n + [*map(self._cell, cells)]) for n, cells in frame]
                frame.clear()

    def _cell(self, cell: Any) -> str:
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        if merged is not None and value(merged) != "restart":
            return ""
        return re.sub(r"[\t\n\r]+", " ", " ".join(filter(None, self.blocks(cell)))).strip()

    def _count_picture(self, element: Any) -> None:
        """If an element is a picture, record its size and whether it is a chart or a diagram."""
        if element.tag in (_WP + "inline", _WP + "anchor"):
            drawn = next(element.iter(*_DRAWN), None)
            extent = element.find(_WP + "extent")
            sides = ("0", "0") if extent is None else (extent.get("cx", ""), extent.get("cy", ""))
            width, height = (integer(side, 0) / 635 for side in sides)
        elif element.tag == _VML + "imagedata":
            drawn, style = element, element.getparent().get("style", "")[:1000]
            sizes = {name: float(n) * _TWIPS[unit] for name, n, unit in _VML_SIZE.findall(style)}
            width, height = sizes.get("width", 0), sizes.get("height", 0)
        else:
            return
        if drawn is not None:
            self.pictures.append(_Picture(width, height, drawn.tag in _DRAWN[1:]))

    def is_large(self, picture: _Picture) -> bool:
        """Tell whether a picture is a chart or a diagram, or is more than half as wide and more
        than half as high as the page."""
        width, height = self.page or _PAGE.values()
        return picture.is_chart or 2 * picture.width > width and 2 * picture.height > height


def _outside_text(parts: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Warn that headers and footers are not read, and quote them, except for page numbers."""
    lines = [
        " ".join(_Walk({}).blocks(root)).strip()
        for kind in ("header", "footer")
        for root in parts.get(kind, [])
    ]
    lines = list(dict.fromkeys(line for line in lines if not _PAGE_NUMBER.fullmatch(line)))
    if lines:
        shown = [f"'{line if len(line) <= 60 else line[:60] + '…'}'" for line in lines[:3]]
        others = f" and {len(lines) - 3} more" if lines[3:] else ""
        yield "left_out", _FURNITURE.format(shown=", ".join(shown) + others)


# --- functions that read the files and XML elements inside a Word file

# Word files saved as "Strict Open XML" use other XML namespaces, which the usual ones replace.
_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"
_STRICT_NAMES = (
    (b"wordprocessingml/main", b"wordprocessingml/2006/main"),
    (b"officeDocument/math", b"officeDocument/2006/math"),
    (b"drawingml/wordprocessingDrawing", b"drawingml/2006/wordprocessingDrawing"),
    (b"drawingml/", b"drawingml/2006/"),
)
_SAFELY = {"resolve_entities": False, "no_network": True}
_SAFELY |= {"remove_comments": True, "remove_pis": True}
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
LEFT_OUT = {
    W + name
    for name in "del moveFrom delText instrText delInstrText rt".split()
    + "pPr rPr sdtPr sdtEndPr sectPr tblPr trPr tcPr".split()
}


def related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and name of each file inside a Word file to which the file `part` refers. If
    `part` is "", yield the files named in the list at the top of the Word file, such as its main
    text. Skip files that do not exist, as Word does."""
    (folder, name), names = posixpath.split(part), set(archive.namelist())
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    for item in _parsed(archive.read(place)) if place in names else ():
        target = posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/")
        if target in names and item.get("TargetMode") != "External":
            yield item.get("Type", "").rpartition("/")[2], target


def root_of(archive: zipfile.ZipFile, name: str, limit: int) -> Any:
    return _parsed(data_of(archive, name, limit))


def data_of(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Return the bytes of a file in a Word file, in the usual namespaces."""
    if archive.getinfo(name).file_size > limit:
        detail = f"The file's part '{name}' has more than {limit:,} bytes when unpacked."
        raise Unreadable("too_large", detail)
    data = archive.read(name)
    for strict, usual in _STRICT_NAMES:
        data = data.replace(_STRICT + strict, _USUAL + usual)
    return data


def _parsed(data: bytes) -> Any:
    from lxml import etree

    root = etree.fromstring(data, etree.XMLParser(**_SAFELY))
    _check_entities(root)
    return root


def _check_entities(root: Any) -> None:
    """Raise Unreadable if the XML declares entities (a DTD), which Word never writes. An entity may
    stand for another file, or for the digits of a number, which would be missing in the text."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("damaged", _DAMAGED.format(error="it declares entities"))


def _remove_before(element: Any) -> None:
    """Remove all elements that stand before an element in the same parent."""
    while (before := element.getprevious()) is not None:
        element.getparent().remove(before)


def _until(elements: Iterable[Any], last: Any) -> Iterator[Any]:
    """Yield elements up to the element `last`, without it."""
    return takewhile(lambda element: element is not last, elements)


def branch(element: Any) -> Iterator[Any]:
    """Yield the children of an element. If the file holds one version of a child for newer programs
    and another for older programs, yield only the version for newer programs."""
    for child in element.iterchildren("{*}*"):
        if child.tag == _MC + "AlternateContent":
            yield from next(child.iterchildren(_MC + "Choice", _MC + "Fallback"), ())
        else:
            yield child


def inside(element: Any, wanted: str) -> Iterator[Any]:
    """Yield a table's rows or a row's cells, also those in form fields or tracked insertions."""
    for child in branch(element):
        if child.tag == wanted:
            yield child
        elif child.tag not in LEFT_OUT:
            yield from inside(child, wanted)
