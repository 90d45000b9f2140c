"""Language and width → the one look of all figures: fonts, sizes, colours, the mark of a city and
of a coded state."""

from __future__ import annotations

import functools
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from helpers import typeface

WIDTHS_MM = {"single": 85.0, "double": 178.0}
MM = 1 / 25.4  # inches
SMALLEST_PT = 7.0

INK, QUIET, FAINT, ALERT, MAIN = "#222222", "#6B6B6B", "#D9D9D9", "#B5121B", "#0B5394"

# Nine colours that stay apart for the three kinds of colour blindness (Okabe and Ito, with wine and
# olive instead of
# yellow, which fades on white); the markers tell the cities apart in grey print.
COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#882255",
    "#8A8A2B",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")

# Marks differ in fill, not in colour alone: “not mentioned” is a neutral dash, never an empty or
# zero-sized dot.
STATE_MARKS: dict[str, dict[str, Any]] = {
    "done": {"marker": "o", "fillstyle": "full", "color": MAIN},
    "planned": {"marker": "o", "fillstyle": "left", "color": MAIN, "markerfacecoloralt": "white"},
    "called_for": {"marker": "o", "fillstyle": "none", "color": MAIN},
    "not_mentioned": {"marker": "_", "fillstyle": "none", "color": "#9A9A9A"},
    "not_applicable": {"marker": "x", "fillstyle": "none", "color": "#9A9A9A"},
}


@dataclass(frozen=True)
class Style:
    """Language and width of a figure, with the sizes that follow from them."""

    lang: str = "zh"
    width: str = "double"

    def __post_init__(self) -> None:
        if self.lang not in ("zh", "en"):
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
        """True for a figure over two columns."""
        return self.width == "double"

    def say(self, zh: str, en: str) -> str:
        """Return the wording of this style's language."""
        return zh if self.lang == "zh" else en


_current = Style()


def use_style(lang: str = "zh", width: str = "double") -> Style:
    """Set language, width and fonts of all figures drawn from now on.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``: language of axes, keys and notes.
    width
        ``"single"`` (85 mm, one journal column) or ``"double"`` (178 mm).

    Returns
    -------
    Style
        The style in force. A missing glyph is an error from here on, for any figure of the process.

    >>> use_style(lang="en", width="single").mm
    85.0
    """
    global _current
    import matplotlib

    _current = Style(lang, width)
    matplotlib.rcParams.update(settings())
    warnings.filterwarnings("error", message=r"Glyph .* missing from font")
    return _current


@contextmanager
def drawing(lang: str | None, width: str | None) -> Iterator[Style]:
    """Draw in the current style, or in another language or width for one figure."""
    import matplotlib

    with matplotlib.rc_context(settings()):
        yield Style(lang or _current.lang, width or _current.width)


def settings() -> dict[str, Any]:
    """Return matplotlib's settings of this project: fonts embedded as TrueType, nothing read as
    mathematics."""
    return {
        "font.family": [typeface.register()],
        "font.size": SMALLEST_PT,
        "font.weight": "normal",
        "axes.titlesize": SMALLEST_PT,
        "axes.titleweight": "normal",
        "axes.labelsize": SMALLEST_PT,
        "xtick.labelsize": SMALLEST_PT,
        "ytick.labelsize": SMALLEST_PT,
        "legend.fontsize": SMALLEST_PT,
        # Without hinting a text is as wide in the PNG as in the PDF, and as measured (hinted: up to
        # 16 % wider).
        # A “$” of a text is a dollar, and the minus sign is drawn as a hyphen that every reader's
        # search finds.
        "text.parse_math": False,
        "text.hinting": "no_hinting",
        "axes.unicode_minus": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": QUIET,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.color": QUIET,
        "ytick.labelcolor": INK,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.major.pad": 2,
        "ytick.major.pad": 2,
        "axes.labelpad": 2,
        "lines.linewidth": 0.9,
        "figure.dpi": 100,
        "savefig.dpi": 300,
        "savefig.bbox": None,
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "helpers",
        "path.simplify": True,
    }


def city_look(city: object) -> tuple[str, str]:
    """Return the colour and the marker of a city: the same in every figure, whatever else is drawn.

    The place in `data/codebook/cities.csv` decides; a city that is not in it gets its look from its
    name.

    >>> city_look("郑州") == city_look("郑州") != city_look("焦作")
    True
    """
    order = city_order()
    name = str(city)
    place = order.index(name) if name in order else len(order) + zlib.crc32(name.encode()) % 7200
    return COLOURS[place % 9], MARKERS[(place + place // 9) % 8]


@functools.cache
def city_order() -> tuple[str, ...]:
    """Return the cities in the order of the shipped table."""
    from helpers.codebook import read_table

    try:
        return tuple(read_table("codebook/cities")["city_zh"])
    # a table under repair must not stop a chart: looks then come from the names
    except (FileNotFoundError, ValueError):
        return ()
