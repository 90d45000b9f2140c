"""Define the fonts, sizes, colours and words of figures. A `Style` holds the language, the width
and the codebook of a figure. Charts get their style from the context manager `drawing`."""

from __future__ import annotations

import functools
import hashlib
import io
import tempfile
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib.style
from matplotlib import font_manager

from helpers.codebook import Codebook, shared_codebook
from helpers.labels import text_of
from helpers.writing import write_atomically

WIDTHS_MM = {"single": 85.0, "double": 178.0}
MM = 1 / 25.4  # inches
SMALLEST_PT = 7.0

INK, QUIET, FAINT, ALERT, MAIN = "#222222", "#6B6B6B", "#D9D9D9", "#B5121B", "#0B5394"

# Nine colours that people with any of the three kinds of colour blindness can tell apart. They are
# the colours that Okabe and Ito proposed, but with wine and olive instead of yellow, which is hard
# to see on white. In print without colours, the markers still tell the cities apart.
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"),
    *("#000000", "#882255", "#8A8A2B"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")

# The marker for each state of an instrument. The first three markers differ in fill, for readers
# who see no colours. “Not mentioned” is a grey dash, because an empty dot would look like zero.
STATE_MARKS: dict[str, dict[str, Any]] = {
    "done": {"marker": "o", "fillstyle": "full", "color": MAIN},
    "planned": {"marker": "o", "fillstyle": "left", "color": MAIN, "markerfacecoloralt": "white"},
    "called_for": {"marker": "o", "fillstyle": "none", "color": MAIN},
    "not_mentioned": {"marker": "_", "fillstyle": "none", "color": "#9A9A9A"},
    "not_applicable": {"marker": "x", "fillstyle": "none", "color": "#9A9A9A"},
}
# The look of an instrument that was used or laid down, by how concretely the document tells of it.
# A larger dot stands for a more concrete account. A diamond and a half dot are no ranks: they show
# that the act was laid down or has a date in the future.
MARK_LOOKS: dict[str, dict[str, Any]] = {
    "dated": {"marker": "o", "fillstyle": "full", "color": MAIN, "size": 7.6, "ringed": True},
    "anchored": {"marker": "o", "fillstyle": "full", "color": MAIN, "size": 6.5},
    "told": {"marker": "o", "fillstyle": "full", "color": MAIN, "size": 4.4},
    "listed": {"marker": "o", "fillstyle": "full", "color": MAIN, "size": 2.4},
    "arranged": {"marker": "D", "fillstyle": "full", "color": MAIN, "size": 4.2},
    "scheduled": {**STATE_MARKS["planned"], "size": 6.5},
}


LANGUAGES = ("zh", "en")


def say(name: str, lang: str, **values: Any) -> str:
    """Return a text of data/text/figure_labels.csv in a language, with its placeholders filled in.
    The placeholder ``{s}`` becomes “s”, or nothing if ``n`` is 1: “1 number”, “2 numbers”.

    >>> say("number_tiles.note", "en", n=2, total=9), say("chart.page", "zh", page=1, pages=3)
    ('n = 2 briefings (numbers: 9); fill: whose number it is.', '第 1/3 页。')
    """
    if "n" in values:
        values["s"] = "" if values["n"] == 1 else "s"
    return text_of("text/figure_labels").say(name, lang, **values)


@dataclass(frozen=True)
class Style:
    """The language and width of a figure, the codebook with the names that the figure shows, and
    the colour that a user wants. By default, the names come from the shared codebook of the
    package, and the colours are those of the project."""

    lang: str = "zh"
    width: str = "double"
    codebook: Codebook | None = None
    colour: str | Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ValueError(f"lang {self.lang!r}: expected 'zh' or 'en'.")
        if self.width not in WIDTHS_MM:
            raise ValueError(
                f"width {self.width!r}: expected 'single' (85 mm) or 'double' (178 mm)."
            )

    @property
    def mm(self) -> float:
        """Width of the figure in millimetres."""
        return WIDTHS_MM[self.width]

    @property
    def double(self) -> bool:
        """True for a figure as wide as two columns of a journal."""
        return self.width == "double"

    def say(self, name: str, **values: Any) -> str:
        """Return a text of data/text/figure_labels.csv in this style's language."""
        return say(name, self.lang, **values)

    def choose(self, zh: str, en: str) -> str:
        """Return the Chinese or the English wording, according to this style's language."""
        return zh if self.lang == "zh" else en

    def run_on(self, *sentences: str) -> str:
        """Join texts, with spaces in English and without spaces in Chinese. Skip empty texts."""
        return self.choose("", " ").join(filter(None, sentences))

    def commas(self, words: Iterable[str]) -> str:
        """Join words with the comma of this style's language."""
        return self.choose("、", ", ").join(words)

    def semicolons(self, parts: Iterable[str]) -> str:
        """Join parts of a sentence with the semicolon of this style's language."""
        return self.choose("；", "; ").join(parts)

    def in_each_language(self) -> list[Style]:
        """Return two copies of this style, one in Chinese and one in English."""
        return [replace(self, lang=lang) for lang in LANGUAGES]

    @property
    def main(self) -> str:
        """The colour of dots and bars that stand for no single city."""
        return self.colour if isinstance(self.colour, str) else MAIN

    def look(self, look: Mapping[str, Any]) -> dict[str, Any]:
        """Return the look of a symbol with the colour `main` instead of the project's blue."""
        return {key: self.main if value == MAIN else value for key, value in look.items()}

    def city_look(self, *names: object) -> tuple[str, str]:
        """Return the colour and the marker of a city; see `city_look`. `names` are the names of the
        city, the Chinese name first. A user may have set a colour for any of them."""
        colour, marker = city_look(names[0], self.codebook)
        if isinstance(self.colour, str):
            return self.colour, marker
        wanted = [self.colour[name] for name in names if name in (self.colour or {})]
        return (wanted or [colour])[0], marker

    @functools.cached_property
    def stages(self) -> dict[str, tuple[str, str]]:
        """The stages of supervision in the codebook's order, with Chinese and English names."""
        return (self.codebook or shared_codebook()).names("stages")

    @functools.cached_property
    def states(self) -> dict[str, tuple[str, str]]:
        """States of an instrument, such as done or planned, with Chinese and English names."""
        return (self.codebook or shared_codebook()).names("states")

    def stage(self, stage: str) -> str:
        """Return a stage of supervision, or a strand outside the stages, in this style's language.
        An unknown stage keeps its id."""
        strands = (self.codebook or shared_codebook()).names("strands")
        return self.choose(*(self.stages | strands).get(stage, (str(stage), str(stage))))

    def mark(self, mark: str) -> str:
        """Return the name of a mark in this style's language, such as "dated" for `dated`."""
        return self.choose(*(self.codebook or shared_codebook()).names("marks")[mark])

    def gloss(self, word: str) -> str:
        """Return a short English gloss for a Chinese word, from the codebook's table `glosses`. The
        gloss is empty if the table lacks the word, or in a Chinese figure."""
        if self.lang == "zh":
            return ""
        return (self.codebook or shared_codebook()).once(_glosses).get(word, "")

    def state(self, state: str) -> str:
        """Return the name of a state, in this style's language, such as "planned" for `planned`."""
        return self.choose(*self.states[state])


def _glosses(codebook: Codebook) -> dict[str, str]:
    """Return the English gloss of each word in the codebook's table `glosses`."""
    return dict(zip(codebook.glosses["word"], codebook.glosses["en"], strict=True))


_current = Style()


def use_style(lang: str = "zh", width: str = "double", *, texts: Iterable[str] = ()) -> Style:
    """Set the language, the width and the fonts of all figures drawn from now on.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``: language of axes, keys and notes.
    width
        ``"single"`` (85 mm, one journal column) or ``"double"`` (178 mm).
    texts
        Texts that you will draw with matplotlib, such as names of places. Rare characters in them,
        which the packaged font lacks, are taken from a second font. The charts of this package do
        this by themselves.

    Returns
    -------
    Style
        The new style. From now on, a character that the font cannot draw is an error in any
        matplotlib figure of this Python process.

    Examples
    --------
    >>> from helpers import use_style
    >>> use_style(lang="en", width="single").mm
    85.0
    """
    global _current
    _current = Style(lang, width)
    families = {"font.family": families_for("".join(texts))}
    matplotlib.style.use(["default", {**settings(), **families}])
    warnings.filterwarnings("error", message=r"Glyph .* missing from font")
    return _current


@contextmanager
def drawing(
    lang: str | None,
    width: str | None,
    codebook: Codebook | None = None,
    colour: str | Mapping[str, str] | None = None,
) -> Iterator[Style]:
    """Yield a figure's style: what `use_style` set, with another language, width or colour if
    given."""
    with drawing_settings():
        codebook = codebook or shared_codebook()
        yield Style(lang or _current.lang, width or _current.width, codebook, colour)


# Each row has a value and the names of all matplotlib settings that get this value. The function
# `settings` adds the font.
_SETTINGS = (
    (SMALLEST_PT, "font.size axes.titlesize axes.labelsize legend.fontsize"),
    (SMALLEST_PT, "xtick.labelsize ytick.labelsize"),
    ("normal", "font.weight axes.titleweight"),
    (INK, "text.color axes.labelcolor xtick.labelcolor ytick.labelcolor"),
    (QUIET, "axes.edgecolor xtick.color ytick.color"),
    (0.6, "axes.linewidth xtick.major.width ytick.major.width"),
    (2.5, "xtick.major.size ytick.major.size"),
    (2, "xtick.major.pad ytick.major.pad axes.labelpad"),
    (0.9, "lines.linewidth"),
    (False, "axes.spines.top axes.spines.right"),
    # A “$” in a text is a dollar sign and does not start a formula. A hyphen serves as minus sign,
    # so that readers who search a PDF for “-5” find the number.
    (False, "text.parse_math axes.unicode_minus"),
    # Hinting (fitting letters to pixels) would make texts in a PNG up to 16 % wider than measured.
    ("no_hinting", "text.hinting"),
    (100, "figure.dpi"),
    (300, "savefig.dpi"),
    (None, "savefig.bbox"),
    (42, "pdf.fonttype ps.fonttype"),  # 42: embed fonts as TrueType
    ("path", "svg.fonttype"),
    ("helpers", "svg.hashsalt"),
    (True, "path.simplify"),
)


def drawing_settings(**changes: Any) -> AbstractContextManager[None]:
    """Return a context in which matplotlib has its own default settings, this project's settings
    and `changes` on top. A file `matplotlibrc` on this machine thus changes no figure."""
    return matplotlib.style.context(["default", settings() | changes])


def settings() -> dict[str, Any]:
    """Return the names and values of this project's matplotlib settings, including the font."""
    by_name = {name: value for value, names in _SETTINGS for name in names.split()}
    return {"font.family": [register()], **by_name}


def city_look(city: object, codebook: Codebook | None = None) -> tuple[str, str]:
    """Return the colour and the marker (shape of the dots) that a city has in every figure.

    The row of the city in the codebook's table `cities.csv` decides colour and marker. If this
    table lacks the city, the city's name decides.

    >>> city_look("郑州") == city_look("郑州") != city_look("焦作")
    True
    """
    rows = (codebook or shared_codebook()).once(_city_rows)
    name = str(city)
    place = rows.get(name, len(rows) + zlib.crc32(name.encode()) % 7200)
    return COLOURS[place % 9], MARKERS[(place + place // 9) % 8]


def _city_rows(codebook: Codebook) -> dict[str, int]:
    """Return the row number of each city in cities.csv."""
    return {city: row for row, city in enumerate(codebook.cities["city_zh"])}


FAMILY = "Briefings Sans SC"
FOLDER = Path(__file__).parent / "fonts"
FONT = FOLDER / "BriefingsSansSC-Regular.ttf"
MAX_ERROR = 1.0  # the largest error of a converted outline, in thousandths of the font size
CREATED = 3_600_000_000  # seconds since 1904; with a fixed date the font file is always the same


class MissingGlyph(ValueError):
    """Raised when a text has a character that no packaged font can draw."""


def basic_characters() -> str:
    """Return the characters that the packaged font must have, sorted by Unicode number: the Chinese
    characters of the standard GB 2312, Latin letters, punctuation, and the symbols in charts.

    >>> all(c in basic_characters() for c in "郑州Zhengzhou，“％”—→≥●")
    True
    """
    pairs = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    found = {pair.decode("gb2312", errors="ignore") for pair in pairs} - {""}
    for span in _BESIDE_GB2312.split():
        first, last = (int(code, 16) for code in span.split("-"))
        found.update(map(chr, range(first, last + 1)))
    return "".join(sorted(found))


# The packaged font has the characters of GB 2312 and these ranges of Unicode numbers: Latin,
# accented Latin, punctuation, ℃, arrows, mathematics, numbers in circles, shapes, Chinese
# punctuation, full-width characters.
_BESIDE_GB2312 = """
0020-007E 00A0-017F 2010-2043 2103-2103 2190-2199 2200-226F 2460-24FF 25A0-25FF 3000-301F FF01-FF5E
"""


def cut_font(characters: Iterable[str], *, family: str = FAMILY) -> bytes:
    """Return the bytes of a TrueType font that has only these characters of the font Noto Sans SC.
    The same characters always give the same bytes. The font has no hinting (fitting letters to
    pixels) and no ligatures. Characters that Noto Sans SC lacks are left out.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from pylopdf_fonts_zh_cn import sans_path

    font = TTFont(sans_path(), recalcTimestamp=False)
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True)
    options.recalc_timestamp, options.name_IDs, options.layout_features = False, ["*"], []
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
    """Change the outlines of a font in place, from cubic curves (CFF) to quadratic (TrueType)."""
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
    for field in _UNUSED_IN_MAXP:
        setattr(maxp, field, 0)
    post = font["post"]
    post.formatType, post.glyphOrder = 3.0, None
    post.extraNames, post.mapping = [], {}
    font.sfntVersion = "\x00\x01\x00\x00"


# These fields of a font describe hinting and glyphs composed of other glyphs. The packaged font has
# neither, so all of these fields are set to 0.
_UNUSED_IN_MAXP = """
maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements
maxSizeOfInstructions maxComponentElements maxComponentDepth maxPoints maxContours
maxCompositePoints maxCompositeContours
""".split()


def _rename(font, family: str) -> None:
    """Give the font a new name, but keep the copyright, designers and licence of the original."""
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
    """Make a font file known to matplotlib and return the name of its font family."""
    if not Path(path).is_file():
        raise FileNotFoundError(
            f"{Path(path).name} is missing from helpers/figures/fonts. Make this file again with:"
            " python -m helpers.figures.style"
        )
    family, manager = font_manager.get_font(str(path)).family_name, font_manager.fontManager
    # Another file with the same family name may be installed on this machine. Forget this file,
    # because matplotlib would draw with the first file that it knows.
    manager.ttflist = [font for font in manager.ttflist if font.name != family]
    manager.addfont(str(path))
    return family


def families_for(text: str) -> list[str]:
    """Return the font families that together can draw a text. The first family is that of the
    packaged font. If this font lacks characters of the text, a second font with these characters is
    made from Noto Sans SC. If Noto Sans SC also lacks a character, MissingGlyph is raised.

    >>> families_for("济源 Jiyuan")
    ['Briefings Sans SC']
    """
    beyond = "".join(sorted(set(text) - covered() - {"\n"}))
    if not beyond:
        return [register()]
    from pylopdf_fonts_zh_cn import sans_path

    absent = sorted(set(beyond) - covered(sans_path()))
    if absent:
        listed = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in absent)
        raise MissingGlyph(
            f"text {text[:40]!r}: no packaged font has {listed}. Replace the character"
            " by a character of the font or by words."
        )
    return [register(), register(_supplement(beyond))]


@functools.cache
def _supplement(characters: str) -> Path:
    """Make a font file with these characters, and return its path."""
    digest = hashlib.sha256(characters.encode()).hexdigest()[:12]
    path = Path(_supplements().name) / f"BriefingsSansSC-{digest}.ttf"
    write_atomically(path, cut_font(characters, family=f"{FAMILY} {digest}"))
    return path


@functools.cache
def _supplements() -> tempfile.TemporaryDirectory:
    """Return a new folder for the font files of this Python process. Other users cannot write to
    this folder, and the folder is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="helpers-fonts-")


def main() -> None:
    """Make the packaged font again, and write the font and its licence to the folder of fonts."""
    from importlib.metadata import distribution

    write_atomically(FONT, cut_font(basic_characters()))
    licence = next(
        f for f in distribution("pylopdf-fonts-zh-cn").files or () if f.name.startswith("LICENSE")
    )
    notice = (
        "Briefings Sans SC is a modified version (TrueType cut) of Noto Sans SC Regular 2.004,\n"
        "© 2014-2021 Adobe (http://www.adobe.com/). Noto is a trademark of Google Inc.\n\n"
    )
    write_atomically(FOLDER / "OFL.txt", (notice + licence.read_text()).encode())
    print(f"{FONT.name}: {FONT.stat().st_size:,} bytes, {len(covered()):,} characters")


if __name__ == "__main__":
    main()
