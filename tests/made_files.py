"""Files made for the tests: PDFs in a font of squares, whose decimal points may lack their Unicode
mapping, and small Word files."""

from __future__ import annotations

import io
import zlib

WIDTHS = {".": 250, ",": 250, "．": 1000}


def square_font(characters: str) -> tuple[bytes, dict[str, int], dict[str, int]]:
    """A TrueType font of squares for these characters: bytes, glyph numbers, widths."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    chars = sorted(set(characters))
    names = [".notdef", *(f"g{ord(c):04X}" for c in chars)]
    widths = {c: WIDTHS.get(c, 500 if c.isascii() else 1000) for c in chars}
    boxes = [None] + [_box(c, widths[c]) for c in chars]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): name for c, name in zip(chars, names[1:], strict=True)})
    glyphs = {}
    for name, box in zip(names, boxes, strict=True):
        pen = TTGlyphPen(None)
        if box:
            x0, y0, x1, y1 = box
            for move, point in (
                (pen.moveTo, (x0, y0)),
                (pen.lineTo, (x0, y1)),
                (pen.lineTo, (x1, y1)),
                (pen.lineTo, (x1, y0)),
            ):
                move(point)
            pen.closePath()
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    advances = [500, *widths.values()]
    builder.setupHorizontalMetrics(
        {n: (w, b[0] if b else 0) for n, w, b in zip(names, advances, boxes, strict=True)}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue(), {c: n for n, c in enumerate(chars, 1)}, widths


def _box(char: str, width: int) -> tuple[int, int, int, int] | None:
    if char in ".．":
        return 80, 0, 170, 90
    if char == ",":
        return 80, -150, 170, 90
    return None if char == " " else (50, 0, width - 50, 700)


Piece = tuple[float, float, float, str]
"""x, y, size and words of a text that is written on its own, as a cell of a table is."""


def make_pdf(
    pages: list[str | list[Piece]],
    *,
    unmapped: str = "",
    drawn_apart: str = "",
    size: int = 12,
    spread: float = 0,
) -> bytes:
    """A PDF of these pages: lines, or pieces at their places; `spread` points are added behind each
    character.

    `unmapped` characters are drawn by glyphs that say no character; `drawn_apart` ones are left out
    of the text and only the room for them is kept, as by a program that draws its points as
    graphics.
    """
    words = "".join(
        page if isinstance(page, str) else "".join(text for *_, text in page) for page in pages
    )
    font, glyph, widths = square_font(words.replace("\n", "") or "x")
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(data: bytes, more: bytes = b"") -> bytes:
        packed = zlib.compress(data)
        return (
            b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), more)
            + packed
            + b"\nendstream"
        )

    file = add(stream(font, b"/Length1 %d" % len(font)))
    mapped = "".join(
        f"1 beginbfchar <{n:04X}> <{c.encode('utf-16-be').hex()}> endbfchar\n"
        for c, n in glyph.items()
        if c not in unmapped
    )
    to_unicode = add(
        stream(
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def 1"
                f" begincodespacerange <0000> <FFFF> endcodespacerange\n{mapped}endcmap end end"
            ).encode()
        )
    )
    about = add(
        b"<< /Type /FontDescriptor /FontName /Squares /Flags 4 /FontBBox [0 -150 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 %d 0 R >>"
        % file
    )
    w = " ".join(f"{n} [{widths[c]}]" for c, n in glyph.items())
    cid = add(
        (
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Squares /CIDSystemInfo << /Registry"
            f" (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {about} 0 R /W [{w}]"
            " /DW 1000 /CIDToGIDMap /Identity >>"
        ).encode()
    )
    name = add(
        "<< /Type /Font /Subtype /Type0 /BaseFont /Squares /Encoding /Identity-H /DescendantFonts"
        f" [{cid} 0 R] /ToUnicode {to_unicode} 0 R >>".encode()
    )
    parent = len(objects) + 2 * len(pages) + 1
    kids = []
    for page in pages:
        if isinstance(page, str):
            shown = "".join(
                f"[{_line(line, glyph, widths, drawn_apart)}] TJ T*\n" for line in page.split("\n")
            )
            drawn = (
                f"BT /F {size} Tf {spread} Tc {size * 1.5} TL 50 780 Td\n{shown}ET" if page else ""
            )
        else:
            drawn = "\n".join(
                f"BT /F {high} Tf {x} {y} Td [{_line(text, glyph, widths, drawn_apart)}] TJ ET"
                for x, y, high, text in page
            )
        content = add(stream(drawn.encode()))
        kids.append(
            add(
                f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 595 842] /Contents {content} 0"
                f" R /Resources << /Font << /F {name} 0 R >> >> >>".encode()
            )
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    add(f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode())
    return file_of(objects, add(f"<< /Type /Catalog /Pages {parent} 0 R >>".encode()))


def _line(line: str, glyph: dict[str, int], widths: dict[str, int], drawn_apart: str) -> str:
    return " ".join(str(-widths[c]) if c in drawn_apart else f"<{glyph[c]:04X}>" for c in line)


def file_of(objects: list[bytes], root: int) -> bytes:
    """A PDF of these objects, numbered from 1."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % place for place in places
    )
    return bytes(
        out
        + b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, root, table)
    )


def make_scan(n_pages: int, *, words: str = "") -> bytes:
    """A PDF whose pages are one grey picture each, with a few words (ASCII) on it."""
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray"
        b" /BitsPerComponent 8 /Length 1 >>\nstream\nA\nendstream"
    )
    drawn = b"q 500 0 0 700 40 60 cm /Im Do Q" + (
        b" BT /F 12 Tf 50 70 Td (%s) Tj ET" % words.encode() if words else b""
    )
    draw = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    parent = 4 + n_pages
    page = (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents 2 0 R /Resources <<"
        b" /XObject << /Im 1 0 R >> /Font << /F 3 0 R >> >> >>" % parent
    )
    kids = b" ".join(b"%d 0 R" % (4 + n) for n in range(n_pages))
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, n_pages)
    return file_of(
        [
            picture,
            draw,
            font,
            *[page] * n_pages,
            pages,
            b"<< /Type /Catalog /Pages %d 0 R >>" % parent,
        ],
        parent + 1,
    )


def join_pdfs(*files: bytes) -> bytes:
    """The pages of several PDFs in one."""
    import pypdfium2

    whole, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for file in files:
        whole.import_pages(pypdfium2.PdfDocument(file))
    whole.save(out)
    return out.getvalue()


def lock(pdf: bytes) -> bytes:
    """A PDF that says it is encrypted, with a password that nobody knows."""
    locked = b"/ID [<%s> <%s>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
        b"01" * 16,
        b"01" * 16,
        b"41" * 32,
        b"42" * 32,
    )
    return pdf.replace(b"trailer << ", b"trailer << " + locked + b" ")


def make_docx(paragraphs: list[str], rows: list[list[str]] | None = None) -> bytes:
    """A Word file of paragraphs, and a table behind them."""
    import docx

    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for n, row in enumerate(rows):
            for m, text in enumerate(row):
                table.cell(n, m).text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
