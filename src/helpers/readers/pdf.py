"""A PDF → the text of its pages, and the gaps between digits that may hold a decimal point.

In some PDFs a decimal point can be seen, but cannot be extracted as text. A gap between two digits
shows where a decimal point may be missing.
"""

from __future__ import annotations

import ctypes
import math
import statistics
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import accumulate, groupby, islice, pairwise, takewhile
from typing import Any, NamedTuple

from helpers.characters import superscript

from .decode import Text, Unreadable

PAGE_LIMIT = 10_000
# A page with a large picture and at most 40 characters of text counts as a scan. The few characters
# on a scan may be only a page number or the name of the scanner.
_FEW = 40
_PICTURES = {"picture", "scan"}
_TOO_LARGE = (
    "The PDF holds more text than the limit allows. Raise the limit: read_corpus(…, size_limit=…)."
)
_SCANNED = "Pages that are pictures with hardly any text:"
_OCR = "Run text recognition (OCR) on the PDF."
_UNKNOWN = "\ufffd"
_HYPHENS = {2, 0xFFFE}  # the library pdfium returns these codes for a hyphen that ends a line


def read_pdf(data: bytes, limit: int) -> Text:
    """Extract the text of a PDF, with a form feed between pages. Only the first `PAGE_LIMIT` pages
    are read.

    `Unreadable` is raised with the reason `encrypted`, `damaged`, `scanned` (no page has more than
    a few characters), `empty`, or `too_large` (more than `limit` characters).
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
        n_pages = len(document)
        if document.get_formtype():
            document.init_forms()
    except (pdfium.PdfiumError, ValueError) as error:
        if "assword" in str(error) or "ecurity" in str(error):
            detail = "The PDF asks for a password. Save a copy without one."
            raise Unreadable("encrypted", detail) from None
        detail = f"The PDF cannot be opened ({error}). Download or copy it again."
        raise Unreadable("damaged", detail) from None
    pages: list[_PageText] = []
    with closing(document):
        for number in range(min(n_pages, PAGE_LIMIT)):
            pages.append(_read_page(document, number, limit))
            limit -= len(pages[-1].raw)
    return _join(pages, n_pages)


class _PageText(NamedTuple):
    """The text of a page of a PDF, and facts about the text."""

    # The kind of the page: "text", "scan" (a picture with hardly any text), "picture", "blank" or
    # "damaged".
    kind: str
    raw: str = ""  # The text of the page.
    gaps: list[int] = []  # Positions in `raw` where a decimal point may be missing.
    unmapped: int = 0  # The number of characters that the font draws without saying which they are.
    sideways: bool = False  # Whether the text is turned by about 90 degrees.


def _read_page(document: Any, number: int, limit: int) -> _PageText:
    import pypdfium2 as pdfium

    try:
        with closing(_load(document, number)) as page, closing(page.get_textpage()) as textpage:
            if textpage.count_chars() > limit:
                raise Unreadable("too_large", _TOO_LARGE)
            raw, gaps, unmapped = _text_of(textpage)
            return _PageText(_kind(page, raw), raw, gaps, unmapped, _is_sideways(textpage))
    except pdfium.PdfiumError:
        return _PageText("damaged")


def _load(document: Any, number: int) -> Any:
    import pypdfium2.raw as raw

    page, kinds = document[number], set()  # kinds of annotations
    for n in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, n)
        kinds.add(raw.FPDFAnnot_GetSubtype(annotation))
        raw.FPDFPage_CloseAnnot(annotation)
    if kinds & {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT}:
        page.flatten()  # `flatten` makes the text of form fields and text boxes part of the page
        page.close()
        page = document[number]  # pdfium finds the text of forms only when the page is loaded again
    return page


def _kind(page: Any, raw: str) -> str:
    """Return the kind of a page, which is `text`, `scan`, `picture` or `blank`."""
    import pypdfium2.raw as pdfium

    n = len("".join(raw.split()))
    if n > _FEW:
        return "text"
    images = list(islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]), 100))
    if n:
        bounds = [image.get_bounds() for image in images]
        areas = [(right - left) * (top - bottom) for left, bottom, right, top in bounds]
        half = 0.5 * page.get_width() * page.get_height()
        return "scan" if any(area > half for area in areas) else "text"
    drawn = images or next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]), None) is not None
    return "picture" if drawn else "blank"


def _is_sideways(textpage: Any) -> bool:
    """Tell whether most of a page's first 60 characters are turned by about 90 degrees."""
    import pypdfium2.raw as raw

    n = min(60, textpage.count_chars())
    angles = [raw.FPDFText_GetCharAngle(textpage, place) for place in range(n)]
    return sum(abs(math.sin(angle)) > 0.7 for angle in angles) * 2 > len(angles) > 0


def _join(pages: list[_PageText], n_pages: int) -> Text:
    kinds = {page.kind for page in pages}
    if "text" not in kinds:
        if pictures := _list(page.kind in _PICTURES for page in pages):
            raise Unreadable("scanned", f"{_SCANNED} {pictures}. {_OCR}")
        detail = f"None of the {n_pages} pages has text. Check that the file is complete."
        raise Unreadable("damaged" if "damaged" in kinds else "empty", detail)
    starts = [0, *accumulate(len(page.raw) + 1 for page in pages[:-1])]
    gaps = [start + gap for start, page in zip(starts, pages, strict=True) for gap in page.gaps]
    raw = "\f".join(page.raw for page in pages)
    return Text(raw, tuple(starts), tuple(gaps), tuple(_warnings(pages, len(gaps), n_pages)))


def _list(chosen: Iterable[bool]) -> str:
    """Write the numbers of those pages for which `chosen` holds True, with ranges such as 5–7.

    >>> _list([False, False, True, False, True, True, True])
    '3, 5–7'
    """
    numbered = groupby(enumerate(chosen, 1), key=lambda page: bool(page[1]))
    runs = [[number for number, _ in run] for is_chosen, run in numbered if is_chosen]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _warnings(pages: list[_PageText], n_gaps: int, n_pages: int) -> Iterator[tuple[str, str]]:
    if pictures := _list(page.kind in _PICTURES for page in pages):
        detail = f"{_SCANNED} {pictures} of {n_pages}. Their text is missing. {_OCR}"
        yield "scanned", detail
    if damaged := _list(page.kind == "damaged" for page in pages):
        yield "damaged_pages", f"Pages that cannot be read: {damaged} of {n_pages}."
    if n_unmapped := sum(page.unmapped for page in pages):
        detail = f"Characters that the fonts of the PDF do not identify: {n_unmapped:,}."
        detail += " The text has U+FFFD or private-use characters there."
        yield "unmapped", f"{detail} Compare the text with the original."
    if turned := _list(page.sideways for page in pages):
        detail = f"Pages with text turned sideways: {turned}. Check that the lines are in order."
        yield "sideways", detail
    if n_gaps:
        detail = f"Numbers with a gap where a decimal point may be missing: {n_gaps}."
        yield "points_in_layout", detail
    if n_pages > len(pages):
        yield "pages_left_out", f"Only the first {len(pages):,} of {n_pages:,} pages were read."


# --- functions that read the characters of a page


def _text_of(textpage: Any) -> tuple[str, list[int], int]:
    """Return the text of a page, the positions in the text where a decimal point may be missing,
    and the number of unidentified characters.

    A small raised digit after another digit is the number of a note and becomes a superscript:
    ``35¹家`` is "35 homes" with note 1, not 351.

    A character is unidentified if the font draws it without saying which character it is. An
    unidentified character becomes U+FFFD. Characters of Unicode's private-use area, which have a
    meaning only in their font, stay in the text. If more than 5 % of a page are private-use
    characters, they count as unidentified.
    """
    page = _Page(textpage)
    seams, out, gaps, written = _seams(page), [], [], []
    for i, glyph in enumerate(page.glyphs):
        seam = seams.get(i)
        if seam == "point":
            gaps.append(len(out))
        elif seam == "space" and page.glyphs[i - 1].char != " ":
            out.append(" ")
        # Skip an unidentified point or comma, and a space that stands for a point or comma.
        if (not glyph.mapped or glyph.char == " ") and seams.get(i + 1) in ("point", "comma"):
            continue
        written.append(glyph)
        out.append(superscript(glyph.char) if page.is_raised(i) else glyph.char)
    n_private = sum("\ue000" <= glyph.char <= "\uf8ff" for glyph in written)
    n_unmapped = sum(not glyph.mapped for glyph in written)
    return "".join(out), gaps, n_unmapped + (n_private if n_private * 20 > len(out) else 0)


class _Glyph(NamedTuple):
    """One character on a page. `mapped` is False if the font does not say which character it is."""

    char: str
    place: int
    mapped: bool

    @property
    def digit(self) -> bool:
        return self.mapped and self.char.isdigit()


class _Page:
    """The characters of a page (`glyphs`) and the boxes around them. Each box is computed once."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as raw

        self.raw, self.textpage = raw, textpage
        self._boxes: dict[tuple[int, bool], tuple[float, float, float, float]] = {}
        self.glyphs = list(_glyphs(textpage))
        spaces = [i for i, glyph in enumerate(self.glyphs) if glyph.char == " "]
        spread = set(filter(self._is_spread, spaces))
        self.glyphs = [glyph for i, glyph in enumerate(self.glyphs) if i not in spread]

    def box(self, i: int, *, loose: bool) -> tuple[float, float, float, float]:
        """Return the left, bottom, right and top edges of a glyph's outline. If `loose` is true,
        return the edges of the whole space that the font reserves for the glyph."""
        key = (self.glyphs[i].place, loose)
        if key not in self._boxes:
            self._boxes[key] = self.textpage.get_charbox(key[0], loose=loose)
        return self._boxes[key]

    def room(self, i: int, j: int) -> float | None:
        """Return the width of the gap between two glyphs in units of 1/72 inch, or None if the
        glyphs are on different lines."""
        left, bottom, right, top = self.box(i, loose=True)
        left2, bottom2, _, _ = self.box(j, loose=True)
        if right <= left or left2 < left or abs(bottom - bottom2) > 0.2 * (top - bottom):
            return None
        return left2 - right

    def usual_room(self, i: int, j: int) -> float:
        """Return the median width of the gaps near glyphs `i` and `j`. The median is large in a
        line that is stretched to the margins, where a wide gap does not show a missing point."""
        near = range(max(0, i - 16), min(len(self.glyphs), j + 17))
        around = [n for n in near if self.glyphs[n].char not in " \r\n"]
        rooms = [self.room(a, b) for a, b in pairwise(around) if a != i]
        known = [room for room in rooms if room is not None]
        return statistics.median(known) if len(known) >= 3 else 0.0

    def _is_spread(self, i: int) -> bool:
        """Tell whether pdfium added a space although the gap is no wider than others in the line.
        In a stretched line, 1200万元 (12 million yuan) wrongly becomes ``1 2 0 0 万 元``."""
        if not 0 < i < len(self.glyphs) - 1 or self.typed(i):
            return False
        _, bottom, _, top = self.box(i - 1, loose=True)
        room = self.room(i - 1, i + 1)
        return room is not None and room - self.usual_room(i - 1, i + 1) < 0.1 * (top - bottom)

    def is_raised(self, i: int) -> bool:
        """Tell whether a digit is smaller than the digit before it and starts higher up."""
        if not (i > 0 and self.glyphs[i].digit and self.glyphs[i - 1].digit):
            return False
        _, bottom, _, top = self.box(i - 1, loose=False)
        _, bottom2, _, top2 = self.box(i, loose=False)
        height = top - bottom
        return height > 0 and 0 < top2 - bottom2 < 0.9 * height and bottom2 > bottom + 0.2 * height

    def typed(self, i: int) -> bool:
        """Tell whether a character is in the PDF itself, unlike the spaces that pdfium adds."""
        return self.raw.FPDFText_IsGenerated(self.textpage, self.glyphs[i].place) == 0

    def one_run(self, i: int, j: int) -> bool:
        """Tell whether two digits belong to one number, and not to two cells of a table."""
        piece_of = self.raw.FPDFText_GetTextObject
        pieces = [piece_of(self.textpage, self.glyphs[n].place) for n in (i, j)]
        places = {ctypes.addressof(piece.contents) for piece in pieces if piece}
        return all(pieces) and len(places) == 1 or self._in_prose(i, j)

    def _in_prose(self, i: int, j: int) -> bool:
        """Tell whether two digits with a gap between them belong to a sentence, not to two cells
        of a table: in ``占21␣98%`` ("accounts for 21␣98 %"), text touches 21 and 98."""
        while i >= 0 and self.glyphs[i].digit:
            i -= 1
        while j < len(self.glyphs) and self.glyphs[j].digit:
            j += 1
        inside = 0 <= i and j < len(self.glyphs)
        return inside and not self._parted(i, i + 1) and not self._parted(j - 1, j)

    def _parted(self, i: int, j: int) -> bool:
        if {self.glyphs[i].char, self.glyphs[j].char} & set(" \r\n"):
            return True
        left, _, right, _ = self.box(j if self.glyphs[j].digit else i, loose=True)
        room = self.room(i, j)
        return room is None or room > 0.25 * (right - left)


def _glyphs(textpage: Any) -> Iterator[_Glyph]:
    import pypdfium2.raw as raw

    get, wrong, n = raw.FPDFText_GetUnicode, raw.FPDFText_HasUnicodeMapError, textpage.count_chars()
    high = 0
    for place in range(n):
        code = get(textpage, place)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if high and 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        if code == 0 or wrong(textpage, place) == 1:
            yield _Glyph(_UNKNOWN, place, False)
        elif code in _HYPHENS:
            yield _Glyph("-", place, True)
        elif code >= 32 or code in (9, 10, 13):
            yield _Glyph(_UNKNOWN if 0xD800 <= code < 0xE000 else chr(code), place, True)


def _seams(page: _Page) -> dict[int, str]:
    """Return what divides each digit from the digit before it. The keys of the result are indexes
    of glyphs (characters)."""
    seams = {
        i: seam
        for i, glyph in enumerate(page.glyphs)
        if i and glyph.digit and (seam := _seam_before(page, i))
    }
    chained: set[int] = set()
    for a, b in pairwise(seams):
        if all(glyph.digit or glyph.char == " " for glyph in page.glyphs[a:b]):
            chained |= {a, b}
    # A number has only one decimal point, so two gaps in a row are spaces: 2022 2023 2024.
    for i, seam in seams.items():
        if seam == "room":
            seams[i] = "space" if i in chained else "point"
    return seams


def _seam_before(page: _Page, i: int) -> str:
    """Return what divides a digit from the digit before it. The result is `point`, `comma`,
    `space`, `room` (a gap that may be a point or a space) or "" (nothing)."""
    before = page.glyphs[i - 1]
    if before.digit:
        return _touching(page, i - 1, i)
    unclear = before.char == " " or not before.mapped
    return _apart(page, i - 2, i) if unclear and i > 1 and page.glyphs[i - 2].digit else ""


def _touching(page: _Page, i: int, j: int) -> str:
    """Return what divides two digits that have no character between them. The result is `room` if a
    decimal point fits into the gap, `space` if the digits are in two cells of a table, ""
    otherwise."""
    if _has_room(page, i, j) and page.one_run(i, j):
        return "room"
    left, _, right, _ = page.box(i, loose=True)
    room = page.room(i, j)
    apart = room is not None and room - page.usual_room(i, j) > 0.2 * (right - left)
    return "space" if apart and not page.one_run(i, j) else ""


def _apart(page: _Page, i: int, j: int) -> str:
    """Return what divides two digits that have a space or unidentified character between them."""
    between = page.glyphs[i + 1]
    if between.mapped and not page.typed(i + 1):
        return "room" if _has_room(page, i, j) and page.one_run(i, j) else "space"
    shape = _shape(page, i, i + 1)
    if shape != "other":
        return shape
    return "space" if between.mapped else ""


def _has_room(page: _Page, i: int, j: int) -> bool:
    """Tell whether the gap between two digits may hold a decimal point. The answer is False for the
    thin space between thousands, as in `12 345`."""
    room = page.room(i, j)
    left, _, right, _ = page.box(i, loose=True)
    width = right - left
    if room is None or not 0.25 <= room / width <= 8:
        return False
    n_digits = len([*takewhile(lambda glyph: glyph.digit, page.glyphs[j : j + 4])])
    return n_digits != 3 and 0.25 <= (room - page.usual_room(i, j)) / width <= 1.25


def _shape(page: _Page, digit: int, i: int) -> str:
    """Judge the outline of a glyph after a digit. Return `point`, `comma` or `other`."""
    _, base, _, top = page.box(digit, loose=False)
    left, bottom, right, upper = page.box(i, loose=False)
    height, wide, tall = top - base, right - left, upper - bottom
    if height <= 0 or not (0 < wide <= 0.4 * height and 0 < tall <= 0.6 * height):
        return "other"
    if bottom < base - 0.08 * height:
        return "comma"
    return "point" if tall <= 0.4 * height and 0.5 <= wide / tall <= 2 else "other"
