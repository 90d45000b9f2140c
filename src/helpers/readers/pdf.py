"""A PDF → text page by page, in reading order, and the gaps where a decimal point may have been."""

from __future__ import annotations

import ctypes
import math
import statistics
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice, pairwise, takewhile
from typing import Any, NamedTuple

from helpers.characters import superscript

from .decode import Text, Unreadable

PAGE_LIMIT = 10_000
# characters that a picture of a page may carry as text (its number, the mark of the scanner) and be
# a scan all the same
_FEW = 40
_PICTURES = {"picture", "scan"}
_TOO_LARGE = "More text than the limit allows. Raise it with read_corpus(…, size_limit=…)."
_UNKNOWN = "\ufffd"
_HYPHENS = {2, 0xFFFE}  # what pdfium returns for a hyphen at the end of a line


def read_pdf(data: bytes, limit: int) -> Text:
    """Extract the text of a PDF, pages divided by form feeds.

    Parameters
    ----------
    data : bytes
        The file.
    limit : int
        Most characters extracted; at most `PAGE_LIMIT` pages are read.

    Returns
    -------
    Text
        With `page_starts`, `point_gaps`, and notes `scanned` (pages that are pictures), `unmapped`
        (characters that the font does not name, U+FFFD in the text), `sideways`, `damaged_pages`,
        `points_in_layout`, `pages_left_out`.

    Raises
    ------
    Unreadable
        `encrypted`, `damaged`, `scanned` (no page has more than a few characters), `empty`,
        `too_large`.
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
        detail = f"The PDF cannot be opened ({error}). Get it again from where it came."
        raise Unreadable("damaged", detail) from None
    pages: list[_PageText] = []
    with closing(document):
        for number in range(min(n_pages, PAGE_LIMIT)):
            pages.append(_read_page(document, number, limit))
            limit -= len(pages[-1].raw)
    return _join(pages, n_pages)


class _PageText(NamedTuple):
    """A page's text, the offsets of point gaps in it and the number of characters that no reader
    can name."""

    kind: str  # text | scan (a picture with hardly any text) | picture | blank | damaged
    raw: str = ""
    gaps: list[int] = []
    unmapped: int = 0
    sideways: bool = False


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
    page = document[number]
    if any(list(_fields(page))):
        page.flatten()  # what was typed into them becomes text of the page,
        page.close()
        page = document[number]  # which shows when it is loaded again
    return page


def _fields(page: Any) -> Iterator[bool]:
    """Whether each annotation of a page is a field of a form or a text written onto the page; a
    note or a link is neither."""
    import pypdfium2.raw as raw

    fields = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)
    for n in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, n)
        yield raw.FPDFAnnot_GetSubtype(annotation) in fields
        raw.FPDFPage_CloseAnnot(annotation)


def _kind(page: Any, raw: str) -> str:
    """text, or what a page with little or no text is."""
    import pypdfium2.raw as pdfium

    n = len("".join(raw.split()))
    if n > _FEW:
        return "text"
    images = list(islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]), 100))
    area = page.get_width() * page.get_height()
    if n:
        return "scan" if any(_area(image) > 0.5 * area for image in images) else "text"
    drawn = images or next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]), None) is not None
    return "picture" if drawn else "blank"


def _area(image: Any) -> float:
    left, bottom, right, top = image.get_bounds()
    return (right - left) * (top - bottom)


def _is_sideways(textpage: Any) -> bool:
    """Whether most of a page's first characters stand at a right angle to its lines."""
    import pypdfium2.raw as raw

    n = min(60, textpage.count_chars())
    angles = [raw.FPDFText_GetCharAngle(textpage, place) for place in range(n)]
    return sum(abs(math.sin(angle)) > 0.7 for angle in angles) * 2 > len(angles) > 0


def _join(pages: list[_PageText], n_pages: int) -> Text:
    kinds = {page.kind for page in pages}
    if "text" not in kinds:
        if pictures := _list(page.kind in _PICTURES for page in pages):
            raise Unreadable(
                "scanned",
                f"Pages {pictures} are pictures with hardly any text. Run text recognition (OCR) on"
                " the PDF first.",
            )
        problem = "damaged" if "damaged" in kinds else "empty"
        raise Unreadable(problem, f"None of its {n_pages} pages has text.")
    parts, starts, gaps, place = [], [], [], 0
    for page in pages:
        starts.append(place)
        gaps += [place + gap for gap in page.gaps]
        parts.append(page.raw)
        place += len(page.raw) + 1
    notes = tuple(_notes(pages, len(gaps), n_pages))
    return Text("\f".join(parts), tuple(starts), tuple(gaps), notes)


def _list(chosen: Iterable[bool]) -> str:
    """Name the chosen pages as a reader would.

    >>> _list([False, False, True, False, True, True, True])
    '3, 5–7'
    """
    runs: list[list[int]] = []
    for page in (n for n, is_chosen in enumerate(chosen, 1) if is_chosen):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def _notes(pages: list[_PageText], n_gaps: int, n_pages: int) -> Iterator[tuple[str, str]]:
    """What was odd though there is text."""
    if pictures := _list(page.kind in _PICTURES for page in pages):
        yield (
            "scanned",
            f"Pages {pictures} of {n_pages} are pictures with hardly any text: what they say is"
            " missing. Run text recognition (OCR).",
        )
    if damaged := _list(page.kind == "damaged" for page in pages):
        yield "damaged_pages", f"Pages {damaged} of {n_pages} cannot be read."
    if unmapped := sum(page.unmapped for page in pages):
        yield (
            "unmapped",
            f"{unmapped} characters are drawn without saying which they are; they stand as U+FFFD,"
            " or as signs that only their font knows.",
        )
    if turned := _list(page.sideways for page in pages):
        yield (
            "sideways",
            f"Pages {turned} are set sideways: look whether their lines come in order.",
        )
    if n_gaps:
        yield "points_in_layout", f"{n_gaps} numbers show room for a point that the text lacks."
    if n_pages > len(pages):
        yield "pages_left_out", f"Only the first {len(pages):,} of {n_pages:,} pages were read."


# --- the characters of a page


def _text_of(textpage: Any) -> tuple[str, list[int], int]:
    """Write down a page's characters in the order of the file; its gaps, and how many are unmapped.

    A digit raised behind another (the mark of a note) is a superscript: ``35¹家``, never 351.
    Characters without a Unicode mapping are U+FFFD; those of a private use area stay, and count as
    unmapped where they are many.
    """
    page = _Page(textpage)
    seams = _seams(page)
    out: list[str] = []
    gaps: list[int] = []
    unmapped = private = 0
    for i, glyph in enumerate(page.glyphs):
        seam = seams.get(i)
        if seam == "point":
            gaps.append(len(out))
        elif seam == "space" and page.glyphs[i - 1].char != " ":
            out.append(" ")
        if (not glyph.mapped or glyph.char == " ") and seams.get(i + 1) in ("point", "comma"):
            continue  # pdfium puts a space where it sees room
        unmapped += not glyph.mapped
        private += "\ue000" <= glyph.char <= "\uf8ff"
        raised = glyph.digit and i > 0 and page.glyphs[i - 1].digit and page.raised(i - 1, i)
        out.append(superscript(glyph.char) if raised else glyph.char)
    return "".join(out), gaps, unmapped + (private if private * 20 > len(out) else 0)


class _Glyph(NamedTuple):
    """One character on a page: `mapped` is false where the font does not say which one it is."""

    char: str
    place: int
    mapped: bool

    @property
    def digit(self) -> bool:
        return self.mapped and self.char.isdigit()


class _Page:
    """The glyphs of a page and their boxes, each asked for once."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as raw

        self.raw, self.textpage = raw, textpage
        self._boxes: dict[tuple[int, bool], tuple[float, float, float, float]] = {}
        self.glyphs = list(_glyphs(textpage))
        self.glyphs = [
            glyph
            for i, glyph in enumerate(self.glyphs)
            if glyph.char != " " or not self._is_spread(i)
        ]

    def box(self, i: int, *, loose: bool) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a glyph: of its ink, or (loose) of the room it takes."""
        key = (self.glyphs[i].place, loose)
        if key not in self._boxes:
            self._boxes[key] = self.textpage.get_charbox(key[0], loose=loose)
        return self._boxes[key]

    def room(self, i: int, j: int) -> float | None:
        """Room between two glyphs of a line in points; None where they stand on different lines."""
        left, bottom, right, top = self.box(i, loose=True)
        left2, bottom2, _, _ = self.box(j, loose=True)
        if right <= left or left2 < left or abs(bottom - bottom2) > 0.2 * (top - bottom):
            return None
        return left2 - right

    def usual_room(self, i: int, j: int) -> float:
        """Median room between the neighbours around a seam: justified and spaced lines spread their
        characters."""
        near = range(max(0, i - 16), min(len(self.glyphs), j + 17))
        around = [n for n in near if self.glyphs[n].char not in " \r\n"]
        rooms = (self.room(a, b) for a, b in pairwise(around) if a != i)
        found = [room for room in rooms if room is not None]
        return statistics.median(found) if len(found) >= 3 else 0.0

    def _is_spread(self, i: int) -> bool:
        """Whether a space was put in where the line is no wider than around it: ``1 2 0 0 万 元``
        of a spread line is 1200万元."""
        if not 0 < i < len(self.glyphs) - 1 or self.typed(i):
            return False
        _, bottom, _, top = self.box(i - 1, loose=True)
        room = self.room(i - 1, i + 1)
        return room is not None and room - self.usual_room(i - 1, i + 1) < 0.1 * (top - bottom)

    def raised(self, i: int, j: int) -> bool:
        """Whether a digit is smaller than the one before it and stands above its foot."""
        _, bottom, _, top = self.box(i, loose=False)
        _, bottom2, _, top2 = self.box(j, loose=False)
        height = top - bottom
        return height > 0 and 0 < top2 - bottom2 < 0.9 * height and bottom2 > bottom + 0.2 * height

    def typed(self, i: int) -> bool:
        """Whether the file itself holds this character: the other spaces are put in where there is
        room."""
        return self.raw.FPDFText_IsGenerated(self.textpage, self.glyphs[i].place) == 0

    def one_run(self, i: int, j: int) -> bool:
        """Whether two digits were written as one piece, or stand in running text: not in two cells
        of a table."""
        piece_of = self.raw.FPDFText_GetTextObject
        pieces = [piece_of(self.textpage, self.glyphs[n].place) for n in (i, j)]
        places = {ctypes.addressof(piece.contents) for piece in pieces if piece}
        return all(pieces) and len(places) == 1 or self._in_prose(i, j)

    def _in_prose(self, i: int, j: int) -> bool:
        """``占21␣98%``: on both sides of the number something else follows at once."""
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
    """What parts two digits, by the place of the second: `point`, `comma` (neither is in the text),
    or `space`."""
    glyphs, seams = page.glyphs, {}
    for j, glyph in enumerate(glyphs):
        if not (glyph.digit and j):
            continue
        before = glyphs[j - 1]
        if before.digit:
            seams[j] = _touching(page, j - 1, j)
        elif j > 1 and glyphs[j - 2].digit and (before.char == " " or not before.mapped):
            seams[j] = _apart(page, j - 2, j)
    seams = {j: seam for j, seam in seams.items() if seam}
    chained: set[int] = set()  # 2022 2023 2024: a number has one point
    for a, b in pairwise(seams):
        if all(glyph.digit or glyph.char == " " for glyph in glyphs[a:b]):
            chained |= {a, b}
    of_room = {True: "space", False: "point"}
    return {j: of_room[j in chained] if seam == "room" else seam for j, seam in seams.items()}


def _touching(page: _Page, i: int, j: int) -> str:
    """Two digits with nothing between them: `room` that a point would take, `space` between cells,
    or nothing."""
    if _has_room(page, i, j) and page.one_run(i, j):
        return "room"
    left, _, right, _ = page.box(i, loose=True)
    room = page.room(i, j)
    apart = room is not None and room - page.usual_room(i, j) > 0.2 * (right - left)
    return "space" if apart and not page.one_run(i, j) else ""


def _apart(page: _Page, i: int, j: int) -> str:
    """Two digits with one character between them that is a space or has no name."""
    between = page.glyphs[i + 1]
    if not between.mapped or page.typed(i + 1):
        shape = _shape(page, i, i + 1)
        return shape if shape != "other" else "space" if between.mapped else ""
    return "room" if _has_room(page, i, j) and page.one_run(i, j) else "space"


def _has_room(page: _Page, i: int, j: int) -> bool:
    """Whether the room between two digits is that of a point, and not a thin space before three
    digits (`12 345`)."""
    room = page.room(i, j)
    left, _, right, _ = page.box(i, loose=True)
    width = right - left
    if room is None or not 0.25 <= room / width <= 8:
        return False
    run = len([*takewhile(lambda glyph: glyph.digit, page.glyphs[j : j + 4])])
    return run != 3 and 0.25 <= (room - page.usual_room(i, j)) / width <= 1.25


def _shape(page: _Page, digit: int, i: int) -> str:
    """Tell by its outline what a glyph behind a digit is: `point` (on the line, or raised),
    `comma`, `other`."""
    _, base, _, top = page.box(digit, loose=False)
    left, bottom, right, upper = page.box(i, loose=False)
    height, wide, tall = top - base, right - left, upper - bottom
    if height <= 0 or not (0 < wide <= 0.4 * height and 0 < tall <= 0.6 * height):
        return "other"
    if bottom < base - 0.08 * height:
        return "comma"
    return "point" if tall <= 0.4 * height and 0.5 <= wide / tall <= 2 else "other"
