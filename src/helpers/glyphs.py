"""Turn the characters that a PDF draws on a page into text, with the places where the page shows a
point that the text lacks.

A font may draw a point without saying which character it is (no Unicode mapping): the reader sees
21.98%, every extractor returns 2198%. The glyph's shape, or the room it takes between two digits,
is kept as evidence. Room is also what parts the cells of a table and the words of a spaced line:
there it is no evidence of a point.
"""

from __future__ import annotations

import ctypes
import math
import statistics
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from helpers.sources import superscript

UNKNOWN = "\ufffd"
_HYPHENS = {2, 0xFFFE}  # what pdfium returns for a hyphen at the end of a line


class Glyph(NamedTuple):
    """One character on a page: `mapped` is false where the font does not say which one it is."""

    char: str
    place: int
    mapped: bool

    @property
    def digit(self) -> bool:
        return self.mapped and self.char.isdigit()


class PageText(NamedTuple):
    """Text of one page, offsets of point gaps in it, and the number of characters that no reader
    can name."""

    raw: str
    gaps: list[int]
    unmapped: int


def page_text(textpage: Any) -> PageText:
    """Write down a page's characters in the order of the file.

    Parameters
    ----------
    textpage : pypdfium2.PdfTextPage

    Returns
    -------
    PageText
        A digit raised behind another (the mark of a note) is a superscript: ``35¹家``, never 351.
        Characters without a Unicode mapping are U+FFFD; those of a private use area stay, and count
        as unmapped where they are many.
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
    return PageText("".join(out), gaps, unmapped + (private if private * 20 > len(out) else 0))


def is_sideways(textpage: Any) -> bool:
    """Whether most of a page's first characters stand at a right angle to its lines."""
    import pypdfium2.raw as raw

    angles = [
        raw.FPDFText_GetCharAngle(textpage, place)
        for place in range(min(60, textpage.count_chars()))
    ]
    return sum(abs(math.sin(angle)) > 0.7 for angle in angles) * 2 > len(angles) > 0


class _Page:
    """The glyphs of a page and their boxes, each asked for once."""

    def __init__(self, textpage: Any) -> None:
        self.textpage = textpage
        self._boxes: dict[tuple[int, bool], tuple[float, float, float, float]] = {}
        self.glyphs = list(_glyphs(textpage))
        self.glyphs = [
            glyph
            for i, glyph in enumerate(self.glyphs)
            if not (glyph.char == " " and self._is_spread(i))
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
        around = [
            n
            for n in range(max(0, i - 16), min(len(self.glyphs), j + 17))
            if self.glyphs[n].char not in " \r\n"
        ]
        found = [
            room for a, b in pairwise(around) if a != i and (room := self.room(a, b)) is not None
        ]
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
        import pypdfium2.raw as raw

        return raw.FPDFText_IsGenerated(self.textpage, self.glyphs[i].place) == 0

    def one_run(self, i: int, j: int) -> bool:
        """Whether two digits were written as one piece, or stand in running text: not in two cells
        of a table."""
        import pypdfium2.raw as raw

        pieces = [raw.FPDFText_GetTextObject(self.textpage, self.glyphs[n].place) for n in (i, j)]
        return (
            all(pieces)
            and len({ctypes.addressof(piece.contents) for piece in pieces}) == 1
            or self._in_prose(i, j)
        )

    def _in_prose(self, i: int, j: int) -> bool:
        """``占21␣98%``: on both sides of the number something else follows at once."""
        while i >= 0 and self.glyphs[i].digit:
            i -= 1
        while j < len(self.glyphs) and self.glyphs[j].digit:
            j += 1
        return all(
            0 <= a and b < len(self.glyphs) and not self._parted(a, b)
            for a, b in ((i, i + 1), (j - 1, j))
        )

    def _parted(self, i: int, j: int) -> bool:
        if {self.glyphs[i].char, self.glyphs[j].char} & set(" \r\n"):
            return True
        left, _, right, _ = self.box(j if self.glyphs[j].digit else i, loose=True)
        room = self.room(i, j)
        return room is None or room > 0.25 * (right - left)


def _seams(page: _Page) -> dict[int, str]:
    """What parts two digits, by the place of the second: `point`, `comma` (neither is in the text),
    or `space`."""
    glyphs, seams = page.glyphs, {}
    for j, glyph in enumerate(glyphs):
        if glyph.digit and j and glyphs[j - 1].digit:
            seams[j] = _touching(page, j - 1, j)
        elif (
            glyph.digit
            and j > 1
            and glyphs[j - 2].digit
            and (glyphs[j - 1].char == " " or not glyphs[j - 1].mapped)
        ):
            seams[j] = _apart(page, j - 2, j)
    seams = {j: seam for j, seam in seams.items() if seam}
    linked = [
        (a, b)
        for a, b in pairwise(seams)
        if all(glyphs[n].digit or glyphs[n].char == " " for n in range(a, b))
    ]
    chained = {j for pair in linked for j in pair}  # 2022 2023 2024: a number has one point
    return {
        j: ("space" if j in chained else "point") if seam == "room" else seam
        for j, seam in seams.items()
    }


def _touching(page: _Page, i: int, j: int) -> str:
    """Two digits with nothing between them: `room` that a point would take, `space` between cells,
    or nothing."""
    if _has_room(page, i, j) and page.one_run(i, j):
        return "room"
    left, _, right, _ = page.box(i, loose=True)
    room = page.room(i, j)
    return (
        "space"
        if room is not None
        and room - page.usual_room(i, j) > 0.2 * (right - left)
        and not page.one_run(i, j)
        else ""
    )


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
    if (
        room is None
        or not 0.25 <= room / (right - left) <= 8
        or not 0.25 <= (room - page.usual_room(i, j)) / (right - left) <= 1.25
    ):
        return False
    run = 0
    while j + run < len(page.glyphs) and page.glyphs[j + run].digit and run < 4:
        run += 1
    return run != 3


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


def _glyphs(textpage: Any) -> Iterator[Glyph]:
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
            yield Glyph(UNKNOWN, place, False)
        elif code in _HYPHENS:
            yield Glyph("-", place, True)
        elif code >= 32 or code in (9, 10, 13):
            yield Glyph(UNKNOWN if 0xD800 <= code < 0xE000 else chr(code), place, True)
