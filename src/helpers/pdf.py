"""Turn a PDF into text by page, and name the pages that are pictures, damaged or set sideways."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from helpers.glyphs import PageText, is_sideways, page_text
from helpers.sources import Text, Unreadable, page_list

PAGE_LIMIT = 10_000
_FEW = 40
"""Characters that a picture of a page may carry as text (its number, the mark of the scanner) and be a scan all the same."""


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
            raise Unreadable(
                "encrypted", "The PDF asks for a password. Save a copy without one."
            ) from None
        raise Unreadable(
            "damaged", f"The PDF cannot be opened ({error}). Get it again from where it came."
        ) from None
    try:
        return _join(_read_pages(document, min(n_pages, PAGE_LIMIT), limit), n_pages)
    finally:
        document.close()


def _read_pages(document: Any, n: int, limit: int) -> list[_Page]:
    pages: list[_Page] = []
    left = limit
    for number in range(n):
        pages.append(_read_page(document, number, left))
        left -= len(pages[-1].text.raw)
    return pages


class _Page(NamedTuple):
    text: PageText
    kind: str  # text | scan (a picture with hardly any text) | picture | blank | damaged
    sideways: bool = False


_NOTHING = PageText("", [], 0)


def _read_page(document: Any, number: int, limit: int) -> _Page:
    import pypdfium2 as pdfium

    try:
        page = document[number]
        if any(list(_fields(page))):
            page.flatten()  # what was typed into them becomes text of the page,
            page.close()
            page = document[number]  # which shows when it is loaded again
    except pdfium.PdfiumError:
        return _Page(_NOTHING, "damaged")
    try:
        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > limit:
                raise Unreadable(
                    "too_large",
                    "More text than the limit allows. Raise it with read_corpus(…, size_limit=…).",
                )
            text, sideways = page_text(textpage), is_sideways(textpage)
        finally:
            textpage.close()
        return _Page(text, _kind(page, text.raw), sideways)
    except pdfium.PdfiumError:
        return _Page(_NOTHING, "damaged")
    finally:
        page.close()


def _fields(page: Any) -> Iterator[bool]:
    """Whether each annotation of a page is a field of a form or a text written onto the page; a
    note or a link is neither."""
    import pypdfium2.raw as raw

    for n in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, n)
        yield raw.FPDFAnnot_GetSubtype(annotation) in (
            raw.FPDF_ANNOT_WIDGET,
            raw.FPDF_ANNOT_FREETEXT,
        )
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


def _join(pages: list[_Page], n_pages: int) -> Text:
    of_kind = {
        kind: [n for n, page in enumerate(pages, 1) if page.kind == kind]
        for kind in ("text", "scan", "picture", "blank", "damaged")
    }
    pictures = page_list(sorted(of_kind["picture"] + of_kind["scan"]))
    if not of_kind["text"]:
        if pictures:
            raise Unreadable(
                "scanned",
                f"Pages {pictures} are pictures with hardly any text. Run text recognition (OCR) on"
                " the PDF first.",
            )
        raise Unreadable(
            "damaged" if of_kind["damaged"] else "empty", f"None of its {n_pages} pages has text."
        )
    parts, starts, gaps, place = [], [], [], 0
    for page in pages:
        starts.append(place)
        gaps += [place + gap for gap in page.text.gaps]
        parts.append(page.text.raw)
        place += len(page.text.raw) + 1
    return Text(
        "\f".join(parts),
        tuple(starts),
        tuple(gaps),
        tuple(_notes(pages, of_kind, pictures, len(gaps), n_pages)),
    )


def _notes(
    pages: list[_Page], of_kind: dict[str, list[int]], pictures: str, n_gaps: int, n_pages: int
) -> Iterator[tuple[str, str]]:
    """What was odd though there is text."""
    if pictures:
        yield (
            "scanned",
            (
                f"Pages {pictures} of {n_pages} are pictures with hardly any text: what they say is"
                " missing. Run text recognition (OCR)."
            ),
        )
    if of_kind["damaged"]:
        yield "damaged_pages", f"Pages {page_list(of_kind['damaged'])} of {n_pages} cannot be read."
    if unmapped := sum(page.text.unmapped for page in pages):
        yield (
            "unmapped",
            (
                f"{unmapped} characters are drawn without saying which they are; they stand as"
                " U+FFFD, or as signs that only their font knows."
            ),
        )
    if sideways := [n for n, page in enumerate(pages, 1) if page.sideways]:
        yield (
            "sideways",
            (
                f"Pages {page_list(sideways)} are set sideways: look whether their lines come in"
                " order."
            ),
        )
    if n_gaps:
        yield "points_in_layout", f"{n_gaps} numbers show room for a point that the text lacks."
    if n_pages > len(pages):
        yield "pages_left_out", f"Only the first {len(pages):,} of {n_pages:,} pages were read."
