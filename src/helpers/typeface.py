"""The packaged Noto Sans SC (OpenType, CFF) → a static TrueType cut that journals and every PDF
viewer accept, and which glyphs a text needs.

A PDF with the CFF font as Type 42 shows no text in MuPDF, and Type 3 is refused by many journals;
TrueType outlines as Type 42 are right everywhere. The cut beside this module
(`fonts/BriefingsSansSC-Regular.ttf`) holds GB 2312, Latin and the signs of the charts. A character
beyond it (瀍, 㴋 …) is cut from the full font when first needed and kept in matplotlib's cache
folder. `python -m helpers.typeface` makes the shipped file again, byte for byte.

The cut has a name of its own: it is a modified version under the SIL Open Font License, “Noto” is a
trademark, and a name that no system carries keeps matplotlib from picking up another “Noto Sans SC”
(a variable one renders Thin).
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
from collections.abc import Iterable
from pathlib import Path

FAMILY = "Briefings Sans SC"
FOLDER = Path(__file__).parent / "fonts"
FONT = FOLDER / "BriefingsSansSC-Regular.ttf"
# of 1000 units an em: the quadratic outline stays within a thousandth of the font size
MAX_ERROR = 1.0
CREATED = 3_600_000_000  # seconds since 1904 in `head`: fixed, so that two cuts are the same bytes


class MissingGlyph(ValueError):
    """A text holds a character that no packaged font can draw."""


def basic_characters() -> str:
    """Characters of the shipped cut: GB 2312, Latin, punctuation, and the signs that charts draw,
    in code order.

    >>> all(c in basic_characters() for c in "郑州Zhengzhou，“％”—→≥●")
    True
    """
    gb2312 = {_gb2312(row, cell) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)} - {""}
    ranges = (
        (0x20, 0x7F),
        (0xA0, 0x180),
        (0x2010, 0x2044),
        (0x2103, 0x2104),
        (0x2190, 0x219A),
        (0x2200, 0x2270),
        (0x2460, 0x2500),
        (0x25A0, 0x2600),
        (0x3000, 0x3020),
        (0xFF01, 0xFF5F),
    )
    return "".join(
        sorted(gb2312.union(chr(code) for low, high in ranges for code in range(low, high)))
    )


def _gb2312(row: int, cell: int) -> str:
    return bytes([row, cell]).decode("gb2312", errors="ignore")


def cut_font(characters: Iterable[str], *, family: str = FAMILY) -> bytes:
    """Cut the characters out of the packaged Noto Sans SC and turn their cubic outlines into
    TrueType.

    Parameters
    ----------
    characters
        What the cut should hold; a character that the full font lacks is left out.
    family
        Family name written into the font.

    Returns
    -------
    bytes
        A static `.ttf`: unhinted, without layout features, the same bytes at every call.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from pylopdf_fonts_zh_cn import sans_path

    font = TTFont(sans_path(), recalcTimestamp=False)
    options = subset.Options(
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
        recalc_timestamp=False,
        name_IDs=["*"],
    )
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in characters])
    cutter.subset(font)
    _to_truetype(font)
    _rename(font, family)
    font["head"].created = font["head"].modified = CREATED
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=True)
    return buffer.getvalue()


def _to_truetype(font) -> None:
    """Replace the CFF outlines by quadratic ones, in place."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    order, cubic = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(None)
        cubic[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, outlines
    for name in order:
        outlines[name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(outlines[name], "xMin", 0))
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion, maxp.maxZones = 0x00010000, 1
    for field in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
        "maxComponentDepth",
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
    ):
        setattr(maxp, field, 0)
    (
        font["post"].formatType,
        font["post"].glyphOrder,
        font["post"].extraNames,
        font["post"].mapping,
    ) = (
        3.0,
        None,
        [],
        {},
    )
    font.sfntVersion = "\x00\x01\x00\x00"


def _rename(font, family: str) -> None:
    """Give the cut its own name, and keep the copyright, designers and licence of the original."""
    postscript = family.replace(" ", "") + "-Regular"
    names = {
        1: family,
        2: "Regular",
        3: f"1.000;{postscript}",
        4: family,
        5: "Version 1.000",
        6: postscript,
        10: "TrueType cut of Noto Sans SC Regular 2.004, made by fontTools",
    }
    for record in [r for r in font["name"].names if r.nameID in names or r.nameID == 7]:
        font["name"].removeNames(nameID=record.nameID)
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


@functools.cache
def covered(path: str | Path = FONT) -> frozenset[str]:
    """Return the characters that a font file can draw.

    >>> "养" in covered(), "😀" in covered()
    (True, False)
    """
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@functools.cache
def register(path: str | Path = FONT) -> str:
    """Tell matplotlib of a font file, once a process, and return its family name."""
    from matplotlib import font_manager

    if not Path(path).is_file():
        raise FileNotFoundError(
            f"{Path(path).name} is missing from helpers/fonts. Make it again: python -m"
            " helpers.typeface"
        )
    font_manager.fontManager.addfont(str(path))
    return font_manager.get_font(str(path)).family_name


def families_for(text: str) -> list[str]:
    """Return the font families that draw a text completely: the shipped cut and, if needed, a
    supplement.

    Raises
    ------
    MissingGlyph
        When not even the full font has a character; names it, its code and the text.

    >>> families_for("济源 Jiyuan")
    ['Briefings Sans SC']
    """
    beyond = "".join(sorted(set(text) - covered() - {"\n"}))
    if not beyond:
        return [register()]
    absent = [c for c in beyond if c not in _full_font()]
    if absent:
        listed = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in absent)
        raise MissingGlyph(
            f"text {text[:40]!r}: no packaged font has {listed}. Replace the character, or draw it"
            " as words."
        )
    return [register(), register(_supplement(beyond))]


def _full_font() -> frozenset[str]:
    from pylopdf_fonts_zh_cn import sans_path

    return covered(sans_path())


@functools.cache
def _supplement(characters: str) -> Path:
    """Cut the characters into a font of its own in matplotlib's cache folder, unless it is there
    already."""
    import matplotlib

    digest = hashlib.sha256(characters.encode()).hexdigest()[:12]
    path = Path(matplotlib.get_cachedir()) / f"BriefingsSansSC-{digest}.ttf"
    if not path.is_file():
        _write_atomically(path, cut_font(characters, family=f"{FAMILY} {digest}"))
    return path


def _write_atomically(path: Path, content: bytes) -> None:
    # Two processes may cut the same supplement at once: the last whole file wins, nobody reads half
    # a font.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, path)


def main() -> None:
    """Make the shipped cut and its licence again."""
    from importlib.metadata import distribution

    _write_atomically(FONT, cut_font(basic_characters()))
    licence = next(
        f for f in distribution("pylopdf-fonts-zh-cn").files or () if f.name.startswith("LICENSE")
    )
    notice = (
        "Briefings Sans SC is a modified version (TrueType cut) of Noto Sans SC Regular 2.004,\n"
        "© 2014-2021 Adobe (http://www.adobe.com/). Noto is a trademark of Google Inc.\n\n"
    )
    _write_atomically(FOLDER / "OFL.txt", (notice + licence.read_text()).encode())
    print(f"{FONT.name}: {FONT.stat().st_size:,} bytes, {len(covered()):,} characters")


if __name__ == "__main__":
    main()
