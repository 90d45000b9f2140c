"""Turn a PDF into text by page, with the places where its layout shows a decimal point that the text lacks.

A font may draw a point without saying which character it is (no Unicode mapping): the reader sees 21.98%, every
extractor returns 2198%. The glyph's shape, or the room it takes between two digits, is kept as evidence.
"""

from __future__ import annotations

import statistics
from typing import Any, NamedTuple

from helpers.sources import Text, Unreadable, page_list

PAGE_LIMIT = 10_000
_HYPHENS = {2, 0xFFFE}  # what pdfium returns for a hyphen at the end of a line
_UNKNOWN = "\ufffd"


class _Glyph(NamedTuple):
    """One character on a page: `mapped` is false where the font does not say which one it is."""

    char: str
    place: int
    mapped: bool


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
        With `page_starts`, `point_gaps`, and notes `scanned` (pages that are pictures), `unmapped` (characters that the
        font does not name, U+FFFD in the text), `pages_left_out`.

    Raises
    ------
    Unreadable
        `encrypted`, `damaged`, `scanned` (no page has text), `empty`, `too_large`.
    """
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(data)
        n_pages = len(document)
    except (pdfium.PdfiumError, ValueError) as error:
        if "assword" in str(error) or "ecurity" in str(error):
            raise Unreadable("encrypted", "The PDF asks for a password. Save a copy without one.") from None
        raise Unreadable("damaged", f"The PDF cannot be opened ({error}). Get it again from where it came.") from None
    try:
        return _join(_read_pages(document, min(n_pages, PAGE_LIMIT), limit), n_pages)
    finally:
        document.close()


def _read_pages(document: Any, n: int, limit: int) -> list[_Page]:
    pages: list[_Page] = []
    left = limit
    for number in range(n):
        pages.append(_read_page(document, number, left))
        left -= len(pages[-1].raw)
    return pages


class _Page(NamedTuple):
    raw: str
    gaps: list[int]
    kind: str  # text | picture | blank | damaged
    unmapped: int


def _read_page(document: Any, number: int, limit: int) -> _Page:
    import pypdfium2 as pdfium

    try:
        page = document[number]
    except pdfium.PdfiumError:
        return _Page("", [], "damaged", 0)
    try:
        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > limit:
                raise Unreadable("too_large", "More text than the limit allows. Raise it with read_corpus(…, size_limit=…).")
            raw, gaps, unmapped = _page_text(textpage)
        finally:
            textpage.close()
        if raw.strip():
            return _Page(raw, gaps, "text", unmapped)
        picture = next(page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE, pdfium.raw.FPDF_PAGEOBJ_PATH]), None)
        return _Page("", [], "blank" if picture is None else "picture", 0)
    except pdfium.PdfiumError:
        return _Page("", [], "damaged", 0)
    finally:
        page.close()


def _join(pages: list[_Page], n_pages: int) -> Text:
    of_kind = {kind: [n for n, page in enumerate(pages, 1) if page.kind == kind] for kind in ("text", "picture", "blank", "damaged")}
    pictures = page_list(of_kind["picture"])
    if not of_kind["text"]:
        if pictures:
            raise Unreadable("scanned", f"Pages {pictures} are pictures without text. Run text recognition (OCR) on the PDF first.")
        raise Unreadable("damaged" if of_kind["damaged"] else "empty", f"None of its {n_pages} pages has text.")
    parts, starts, gaps, place = [], [], [], 0
    for page in pages:
        starts.append(place)
        gaps += [place + gap for gap in page.gaps]
        parts.append(page.raw)
        place += len(page.raw) + 1
    notes = []
    if pictures:
        notes.append(("scanned", f"Pages {pictures} of {n_pages} are pictures without text: what they say is missing."))
    if of_kind["damaged"]:
        notes.append(("damaged_pages", f"Pages {page_list(of_kind['damaged'])} of {n_pages} cannot be read."))
    unmapped = sum(page.unmapped for page in pages)
    if unmapped:
        notes.append(("unmapped", f"{unmapped} characters are drawn without saying which they are; they stand as U+FFFD."))
    if gaps:
        notes.append(("points_in_layout", f"{len(gaps)} numbers show room for a point that the text lacks."))
    if n_pages > len(pages):
        notes.append(("pages_left_out", f"Only the first {len(pages):,} of {n_pages:,} pages were read."))
    return Text("\f".join(parts), tuple(starts), tuple(gaps), tuple(notes))


def _page_text(textpage: Any) -> tuple[str, list[int], int]:
    """Text of one page, offsets of point gaps in it, number of characters without mapping."""
    glyphs = list(_glyphs(textpage))
    out: list[str] = []
    gaps: list[int] = []
    unmapped = 0
    usual = None
    for i, glyph in enumerate(glyphs):
        before = glyphs[i - 1] if i else None
        after = glyphs[i + 1] if i + 1 < len(glyphs) else None
        between = before is not None and after is not None and before.char.isdigit() and after.char.isdigit()
        if not glyph.mapped:
            if between and before.mapped and after.mapped:
                shape = _shape(textpage, before, glyph)
                if shape == "point":
                    gaps.append(len(out))
                if shape in ("point", "comma"):
                    continue
            unmapped += 1
            out.append(_UNKNOWN)
            continue
        if glyph.char == " " and between:  # pdfium puts a space where it sees room
            usual = _usual_gap(textpage, glyphs) if usual is None else usual
            if _has_room(textpage, glyphs, i - 1, i + 1, usual):
                gaps.append(len(out))
                continue
        out.append(glyph.char)
        if after is not None and glyph.char.isdigit() and after.char.isdigit() and glyph.mapped and after.mapped:
            usual = _usual_gap(textpage, glyphs) if usual is None else usual
            if _has_room(textpage, glyphs, i, i + 1, usual):
                gaps.append(len(out))
    return "".join(out), gaps, unmapped


def _glyphs(textpage: Any):
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
        if wrong(textpage, place) == 1:
            yield _Glyph(_UNKNOWN, place, False)
        elif code in _HYPHENS:
            yield _Glyph("-", place, True)
        elif code >= 32 or code in (9, 10, 13):
            yield _Glyph(_UNKNOWN if 0xD800 <= code < 0xE000 else chr(code), place, True)


def _box(textpage: Any, glyph: _Glyph, *, loose: bool) -> tuple[float, float, float, float]:
    return textpage.get_charbox(glyph.place, loose=loose)  # left, bottom, right, top


def _shape(textpage: Any, digit: _Glyph, glyph: _Glyph) -> str:
    """Tell by its outline what an unnamed glyph between digits is: `point` (on the line, or raised), `comma`, `other`."""
    _, base, _, top = _box(textpage, digit, loose=False)
    left, bottom, right, upper = _box(textpage, glyph, loose=False)
    height, wide, tall = top - base, right - left, upper - bottom
    if height <= 0 or not (0 < wide <= 0.4 * height and 0 < tall <= 0.6 * height):
        return "other"
    if bottom < base - 0.08 * height:
        return "comma"
    return "point" if tall <= 0.4 * height and 0.5 <= wide / tall <= 2 else "other"


def _advance_gap(textpage: Any, first: _Glyph, second: _Glyph) -> float | None:
    """Room between two digits of a line, in widths of the first; None where they stand on different lines."""
    left, bottom, right, top = _box(textpage, first, loose=True)
    left2, bottom2, _, _ = _box(textpage, second, loose=True)
    if right <= left or left2 < left or abs(bottom - bottom2) > 0.2 * (top - bottom):
        return None
    return (left2 - right) / (right - left)


def _usual_gap(textpage: Any, glyphs: list[_Glyph]) -> float:
    """Median room between neighbouring digits of the page: justified lines spread their characters."""
    pairs = [(a, b) for a, b in zip(glyphs, glyphs[1:], strict=False) if a.char.isdigit() and b.char.isdigit() and a.mapped and b.mapped]
    found = [gap for a, b in pairs[:500] if (gap := _advance_gap(textpage, a, b)) is not None]
    return statistics.median(found) if len(found) >= 3 else 0.0


def _has_room(textpage: Any, glyphs: list[_Glyph], first: int, second: int, usual: float) -> bool:
    """Whether the room between two digits is that of a point, and not a thin space before three digits (`12 345`)."""
    gap = _advance_gap(textpage, glyphs[first], glyphs[second])
    if gap is None or not 0.25 <= gap - usual <= 1.25:
        return False
    run = 0
    while second + run < len(glyphs) and glyphs[second + run].char.isdigit() and run < 4:
        run += 1
    return run != 3
