"""Place axes, dots and texts on a figure at positions given in millimetres. All charts use these
functions, which measure every text before drawing, so that no text overlaps another or is cut."""

from __future__ import annotations

import functools
import inspect
import io
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator
from matplotlib.transforms import ScaledTranslation
from PIL import Image

from helpers.codebook import Codebook
from helpers.escaping import show

from . import style
from .style import INK, LANGUAGES, MM, QUIET, SMALLEST_PT, Style, drawing, families_for, say

LINE_MM = 3.3  # the height of one line of 7 pt text
POINT_MM = 25.4 / 72
PREVIEW_DPI = 120  # dots per inch of a PNG for the screen
Place = tuple[float, float, float, float]  # left, top (or middle), width and height in millimetres
# Each entry of a legend holds a symbol and its meaning, or None and a note.
Entry = tuple[dict[str, Any] | None, str]


class Chart(Figure):
    """A figure that holds the table it shows, and an alternative text in Chinese and English."""

    drawn: pd.DataFrame  # exactly the data drawn, in the order of drawing: one row per dot or cell
    alt: dict[str, str]  # {"zh": …, "en": …}: alternative text, generated from the data
    page: int  # which part of a long table this figure shows
    pages: int  # over how many figures the table is divided
    lang: str  # language of the labels
    foot: dict[str, Any]  # the arguments with which `finish` calls `key` to draw the legend

    def draw(self, renderer: Any) -> None:
        """Draw the figure without hinting, that is, without moving letters to whole pixels. So
        texts in the PNG and in the PDF are exactly as wide as they were measured."""
        with matplotlib.rc_context({"text.hinting": "no_hinting"}):
            super().draw(renderer)

    def _ipython_display_(self) -> None:
        # Jupyter calls this method to show the chart in a notebook. Without it, Jupyter would draw
        # the chart in its own way once pyplot is imported, and without the alternative text.
        show(_Picture(self))


@dataclass(frozen=True)
class _Picture:
    """A chart as Jupyter shows it: a small PNG with its alternative text."""

    chart: Chart

    @property
    def lang(self) -> str:
        return self.chart.lang

    def __repr__(self) -> str:
        return repr(self.chart)

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        # A web page made from the notebook uses `alt` as the alternative text of the picture.
        width, height = (round(100 * inches) for inches in self.chart.get_size_inches())
        alt = getattr(self.chart, "alt", {}).get(self.lang, "")
        return preview(self.chart), {"width": width, "height": height, "alt": alt}


def preview(fig: Figure) -> bytes:
    """Return a figure as a PNG for the screen, which is a tenth as large as a PNG for print. Such
    files keep a repository of figures and executed notebooks small."""
    buffer, small = io.BytesIO(), io.BytesIO()
    with style.drawing_settings():
        fig.savefig(buffer, format="png", dpi=PREVIEW_DPI, metadata={"Software": None})
    few = {"colors": 32, "method": Image.Quantize.MAXCOVERAGE, "dither": Image.Dither.NONE}
    picture = Image.open(buffer).convert("RGB").quantize(**few)
    picture.save(small, format="PNG", optimize=True, dpi=(PREVIEW_DPI, PREVIEW_DPI))
    return small.getvalue()


# These parameters are the same for all charts. They stand in a docstring at the word {options}.
_OPTIONS = """docs : sequence of str, optional
    Ids or city names (Chinese or English) of the documents to draw, in this order. Default: all.
{rows}colour : str or mapping, optional
    A colour instead of the project's blue; or, for charts in which each city has a colour, a
    mapping from city name to colour, such as ``{{"Zhengzhou": "black"}}``.
lang : {{"zh", "en"}}, optional
    Language of the labels. Default: the language set by `use_style`.
width : {{"single", "double"}}, optional
    One journal column (85 mm) or two (178 mm). Default: the width set by `use_style`.
page : int
    Which part to draw if the documents do not fit one figure; counted from 1.
codebook : Codebook, optional
    Gives the names to print and the colours of cities. Default: the shipped codebook."""
_ROWS_OPTION = """rows : sequence of str, optional
    Values of the column `{column}` to draw, in this order. Default: all, in the chart's order.
"""


def chart(
    *inputs: tuple[str, str], rows: str = ""
) -> Callable[[Callable[..., Chart | None]], Callable[..., Chart]]:
    """Turn a function that draws tables in a given style into a chart function for users.

    `inputs` has one pair per table: the columns that the table needs, and the function or property
    that makes such a table. `rows` names the column whose values are the rows of the chart, if
    users may choose and order them; `draw` then gets their choice as `rows`, or None.

    The chart function takes the tables and the options that `_OPTIONS` describes. It raises
    ValueError if a column is missing, if a document or row is not in the tables, or if the page
    does not exist. If nothing is left to draw, it returns a figure that says so.
    """

    def with_style(draw: Callable[..., Chart | None]) -> Callable[..., Chart]:
        @functools.wraps(draw)
        def draw_tables(
            *tables: pd.DataFrame,
            docs: Sequence[str] | None = None,
            rows: Sequence[str] | None = None,
            colour: str | Mapping[str, str] | None = None,
            codebook: Codebook | None = None,
            page: int = 1,
            lang: str | None = None,
            width: str | None = None,
            **options: Any,
        ) -> Chart:
            for table, (columns, source) in zip(tables, inputs, strict=True):
                check_columns(table, columns.split(), chart=draw.__name__, source=source)
            if docs is not None and not any("doc" in table for table in tables):
                raise TypeError(f"{draw.__name__}: a table without column 'doc' takes no docs.")
            tables = tuple(only_documents(table, docs) for table in tables)
            if row_column:
                tables = tuple(only_rows(table, row_column, rows) for table in tables)
                options["rows"] = rows
            elif rows is not None:
                raise TypeError(f"{draw.__name__}: the rows of this chart cannot be chosen.")
            with drawing(lang, width, codebook, colour) as style:
                fig = None
                if not any(table.empty for table in tables):
                    fig = draw(*tables, style, page, **options)
                fig = fig or empty_chart(style, inputs[-1][0].split())
            paginate(range(fig.pages), 1, page)  # raises an error if the figure has no such page
            fig.page = page
            return fig

        del draw_tables.__wrapped__  # otherwise help() would show the arguments of `draw`
        draw_tables.__signature__ = _signature(draw_tables, draw, len(inputs), row_column)
        draw_tables.__doc__ = _with_options(draw.__doc__, row_column)
        return draw_tables

    row_column = rows
    return with_style


def _signature(
    function: Callable[..., Any], draw: Callable[..., Any], tables: int, rows: str
) -> inspect.Signature:
    """Return the arguments of a chart function as help() shall show them: the names of the tables,
    the options that all charts have, then the options that only this chart has."""
    options = list(inspect.signature(function).parameters.values())[1:-1]
    drawing = list(inspect.signature(draw).parameters.values())
    first = [inspect.Parameter(each.name, each.POSITIONAL_ONLY) for each in drawing[:tables]]
    own = [each for each in drawing if each.kind is each.KEYWORD_ONLY and each.name != "rows"]
    shared = [each for each in options if rows or each.name != "rows"]
    return inspect.Signature([*first, *shared, *own])


def _with_options(doc: str | None, rows: str) -> str:
    """Write the options of all charts into a docstring, in place of the word {options}."""
    options = _OPTIONS.format(rows=_ROWS_OPTION.format(column=rows) if rows else "")
    return inspect.cleandoc(doc or "").replace("{options}", options)


def only_documents(table: pd.DataFrame, docs: Sequence[str] | None) -> pd.DataFrame:
    """Return the rows of a table about some documents, in the order of `docs`. A document is named
    by its id or by its city, in Chinese or in English. None stands for all documents."""
    if docs is None or "doc" not in table:
        return table
    names = ["doc", *(column for column in ("city_zh", "city_en") if column in table)]
    parts = []
    for name in [docs] if isinstance(docs, str) else docs:
        named = (table[names] == name).any(axis=1)
        if not named.any():
            raise ValueError(_not_there("document", name, table[names]))
        parts.append(table[named])
    return pd.concat(parts) if parts else table.head(0)


def only_rows(table: pd.DataFrame, column: str, rows: Sequence[str] | None) -> pd.DataFrame:
    """Return the rows of a table whose `column` has one of the values `rows`. None stands for all
    values. The order of the table stays."""
    if rows is None or column not in table:
        return table
    for name in rows:
        if not (table[column] == name).any():
            raise ValueError(_not_there(column, name, table[[column]]))
    return table[table[column].isin(rows)]


def _not_there(what: str, name: object, table: pd.DataFrame) -> str:
    """Say that a table has no such document or row, and which ones it has."""
    known = dict.fromkeys(str(value) for value in table.to_numpy().ravel() if not pd.isna(value))
    return f"{what} {name!r} is not in the table, which has {', '.join(known) or 'none'}."


def new_chart(style: Style, height_mm: float) -> Chart:
    """Return an empty figure of the given height and of the width that the style sets."""
    fig = Chart(figsize=(style.mm * MM, height_mm * MM))
    FigureCanvasAgg(fig)
    fig.lang, fig.page, fig.pages, fig.foot = style.lang, 1, 1, {}
    return fig


def sheet_with_key(
    style: Style,
    body: float,
    entries: Sequence[Entry],
    *,
    top: float,
    below: float = 0.0,
    margin: float = 0.7,
) -> tuple[Chart, Axes]:
    """Return an empty figure and axes in millimetres. The figure has space for a chart `body` mm
    high and a key below it. Later `finish` draws the key, which begins `top` mm from the top."""
    fig = new_chart(style, body + key_mm(entries, style.mm - margin - 0.3) + below)
    fig.foot = {"entries": entries, "left": 0.3, "top": top, "right": style.mm - margin}
    return fig, mm_axes(fig)


def sheet_with_note(style: Style, body: float, note: str) -> tuple[Chart, Axes]:
    """Return an empty figure and axes in millimetres. The figure has space for a chart `body` mm
    high and a note below it. Later `finish` writes the note."""
    fig = new_chart(style, body + tall(wrap(note, style.mm - 1)) + 1)
    fig.foot = {"entries": [(None, note)], "left": 0.3, "top": body, "right": style.mm - 0.7}
    return fig, mm_axes(fig)


def mm_axes(fig: Figure) -> Axes:
    """Return axes that cover the whole figure and count millimetres from its top left corner."""
    width, height = (inches / MM for inches in fig.get_size_inches())
    ax = fig.add_axes((0, 0, 1, 1), zorder=-1)
    ax.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
    ax.axis("off")
    return ax


def panel(fig: Figure, place: Place, **options: Any) -> Axes:
    """Add axes to a figure at a place measured in millimetres from the top left corner."""
    left, top, width, height = place
    across, down = (inches / MM for inches in fig.get_size_inches())
    share = (left / across, 1 - (top + height) / down, width / across, height / down)
    return fig.add_axes(share, **options)


def value_axis(ax: Axes, style: Style, *, ticks: int = 5) -> None:
    """Give the horizontal axis a few round ticks, written in the style's language."""
    # Each round of the loop tries fewer ticks, until no two labels touch.
    for most in range(ticks, 0, -1):
        locator = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])
        if _apart(ax, locator, style):
            break
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value, style.lang)))


def _apart(ax: Axes, locator: Any, style: Style) -> bool:
    """Tell whether the labels of an axis would stand at least a millimetre apart."""
    low, high = ax.get_xlim()
    width = ax.get_position().width * ax.get_figure().get_size_inches()[0] / MM
    a_unit = width / (high - low)
    shown = [x for x in locator.tick_values(low, high) if low <= x <= high]
    labels = [text_mm(short_number(x, style.lang)) for x in shown]
    return all(
        a_unit * (right - left) >= (p + q) / 2 + 1
        for (left, right), (p, q) in zip(pairwise(shown), pairwise(labels), strict=True)
    )


def short_number(value: float, lang: str) -> str:
    """Shorten a large number for an axis: in Chinese with 万 (10,000) and 亿 (100 million), in
    English with k (thousand), m and bn.

    >>> short_number(250_000, "zh"), short_number(250_000, "en"), short_number(0.5, "zh")
    ('25万', '250k', '0.5')
    """
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "bn"), (1e6, "m"), (1e4, "k"))
    for size, word in steps:
        if abs(value) >= size:
            return f"{value / (1e3 if word == 'k' else size):g}{word}"
    return f"{value:,.10g}"


# How far the baseline of a text lies below the given height, as a multiple of the letter size.
_BASELINE = {"top": 0.95, "center": 0.33, "bottom": -0.28}


def write(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    *,
    ha: str = "left",
    va: str = "center",
    color: str = INK,
    size: float = SMALLEST_PT,
    **options: Any,
) -> Text:
    """Write a text at a place on the axes.

    In a text without Chinese, curved quotation marks become straight, because in the charts' font
    curved quotation marks are as wide as a Chinese character. The vertical place of a single line
    depends on the letter size only. Otherwise matplotlib would place “Assigned” higher than
    “Rectified”, because the g of “Assigned” reaches below the line.
    """
    if not any("\u2e80" <= c <= "\uffef" for c in text):
        text = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'})
    if va in _BASELINE and "\n" not in text and not options.get("rotation"):
        drop = ScaledTranslation(0, -_BASELINE[va] * size / 72, ax.get_figure().dpi_scale_trans)
        options["transform"], va = ax.transData + drop, "baseline"
    return ax.text(
        x, y, text, ha=ha, va=va, color=color, fontsize=size, linespacing=1.35, **options
    )


def aside(ax: Axes, x: float, y: float, text: str, **place: Any) -> None:
    """Write a text in grey, the colour of headings, sums and notes."""
    write(ax, x, y, text, color=QUIET, **place)


def mark(ax: Axes, x: Any, y: Any, *, size: float, **look: Any) -> None:
    """Draw symbols such as dots or dashes; `size` is their diameter in points. A symbol that is
    `ringed` has a white ring inside its edge."""
    ringed = look.pop("ringed", False)
    look = {"markeredgewidth": 0.8, "linestyle": "none", "clip_on": False, **look}
    if not ringed:
        ax.plot(x, y, markersize=size, **look)
        return
    ax.plot(x, y, markersize=size, **{**look, "fillstyle": "none"})
    ax.plot(x, y, markersize=size - 3.2, **look)


def key(ax: Axes, entries: Sequence[Entry], *, left: float, top: float, right: float) -> float:
    """Draw a key of symbols and their meanings in as many lines as the width requires. Return where
    the key ends, in millimetres from the top.

    An entry without a symbol is a note on a line of its own.
    """
    x, y = left, top + LINE_MM / 2
    for look, label in entries:
        if look is None:
            lines = wrap(label, right - left)
            y += LINE_MM + 0.6 if x > left else 0
            write(ax, left, y - LINE_MM / 2, lines, va="top", color=QUIET)
            y += LINE_MM * (lines.count("\n") + 1) + 0.2
            x = left
            continue
        needed = 4.2 + text_mm(label)
        if x > left and x + needed > right:
            x, y = left, y + LINE_MM + 0.5
        mark(ax, [x + 1.4], [y], **{"size": 5, **look})
        write(ax, x + 3.4, y, label)
        x += needed + 2.4
    return y + (LINE_MM / 2 + 0.4 if x > left else 0.4 - LINE_MM / 2)


def key_mm(entries: Sequence[Entry], width: float) -> float:
    """Return the height that `key` needs for these entries."""
    ax = mm_axes(Figure(figsize=(width * MM, 1)))
    return key(ax, entries, left=0, top=0, right=width)


def paginate(items: Sequence[Any], per_page: int, page: int) -> tuple[Sequence[Any], int]:
    """Return the items of one page and the number of pages. Pages are counted from 1. No page has
    more than `per_page` items, and the pages are about equally full.

    >>> paginate(list("abcde"), 3, 2)
    (['d', 'e'], 2)
    """
    pages = max(1, math.ceil(len(items) / max(1, per_page)))
    if not 1 <= page <= pages:
        raise ValueError(f"page {page}: this figure has pages 1 to {pages}.")
    size = math.ceil(len(items) / pages)
    return items[(page - 1) * size : page * size], pages


def filled(
    items: Iterable[Any], room: float, needed: Callable[[list[Any], Any], float]
) -> list[list[Any]]:
    """Divide items among pages without changing the order of the items. A page has the height
    ``room``, and ``needed(page, item)`` returns the height that an item adds to a page.

    >>> filled([100, 100, 50], 210, lambda page, item: item)
    [[100, 100], [50]]
    """
    pages: list[list[Any]] = [[]]
    used = 0.0
    for item in items:
        if pages[-1] and used + needed(pages[-1], item) > room:
            pages.append([])
            used = 0.0
        used += needed(pages[-1], item)
        pages[-1].append(item)
    return pages


def check_columns(table: pd.DataFrame, columns: Iterable[str], *, chart: str, source: str) -> None:
    """Raise an error if a table lacks a column. The message names the column, and the function or
    property that makes a table with this column."""
    missing = [c for c in columns if c not in table.columns]
    if missing:
        raise ValueError(
            f"{chart}: column {', '.join(map(repr, missing))} is missing; found"
            f" {', '.join(map(str, table.columns))}. Pass the table of {source}."
        )


def in_order(table: pd.DataFrame, **orders: Iterable[str]) -> pd.DataFrame:
    """Sort a table by several columns. `orders` lists the values of each column in order."""
    places = {column: {v: i for i, v in enumerate(values)} for column, values in orders.items()}
    return table.sort_values(
        list(places), key=lambda column: column.map(places[column.name]), kind="stable"
    )


def of_pages(style: Style, page: int, pages: int) -> str:
    """Say which page of a figure this is, or return an empty text if there is only one page.

    >>> of_pages(Style("en"), 1, 3), of_pages(Style("en"), 1, 1)
    ('Page 1 of 3.', '')
    """
    return style.say("chart.page", page=page, pages=pages) if pages > 1 else ""


def empty_chart(style: Style, columns: Iterable[str], *, why: tuple[str, str] = ("", "")) -> Chart:
    """Return a small figure to show when a corpus has no data for a chart. The figure says that
    there is nothing to draw. `why` gives the reason in Chinese and English."""
    name = "chart.empty_why" if any(why) else "chart.empty"
    texts = {lang: say(name, lang, why=reason) for lang, reason in zip(LANGUAGES, why, strict=True)}
    lines = wrap(texts[style.lang], style.mm - 4)
    height = 12 + LINE_MM * lines.count("\n")
    fig = new_chart(style, height)
    write(mm_axes(fig), style.mm / 2, height / 2, lines, ha="center", color=QUIET)
    nothing = pd.DataFrame(columns=list(columns))
    return finish(fig, nothing, style, lambda each: texts[each.lang] + each.choose("。", "."))


def finish(
    fig: Chart, drawn: pd.DataFrame, style: Style, alt: Callable[[Style], str], pages: int = 1
) -> Chart:
    """Complete a figure: draw the key, store the table and the alternative text in Chinese and
    English, and give every text fonts that have all characters of the text."""
    if fig.foot:
        key(fig.axes[0], **fig.foot)
    fig.drawn, fig.pages = drawn.reset_index(drop=True), pages
    fig.alt = {each.lang: alt(each) for each in style.in_each_language()}
    embed_fonts(fig)
    return fig


def embed_fonts(fig: Figure) -> None:
    """Give every text of a figure fonts that together have all characters of the text."""
    for text in fig.findobj(Text):
        if text.get_text():
            text.set_family(families_for(text.get_text()))


def add_up(lengths: Iterable[float]) -> float:
    """Return the sum of lengths, rounded in the same way by every Python. The last digit of the
    built-in `sum` depends on Python's version, and would change the ids in an SVG file."""
    return math.fsum(lengths)


@functools.lru_cache(maxsize=20_000)
def text_mm(text: str, size: float = SMALLEST_PT) -> float:
    """Return how wide a text is in millimetres, measured at its widest line.

    >>> round(text_mm("养老服务"), 1)  # four characters of 7 pt
    9.9
    """
    font = matplotlib.font_manager.get_font(str(style.FONT))
    font.set_size(100, 72)
    widest = 0.0
    for line in text.split("\n"):
        font.set_text("".join(c if c in style.covered() else "国" for c in line))
        widest = max(widest, font.get_width_height()[0] / 64)
    return widest * size / 100 * POINT_MM


def tall(text: str) -> float:
    """Return the height of a text in millimetres."""
    return LINE_MM * (text.count("\n") + 1)


def wrap(text: str, width_mm: float, *, lines: int | None = None, even: bool = False) -> str:
    """Break a text into lines that fit a width: English at spaces, Chinese anywhere except before
    closing punctuation such as “）” or “。”. A word of more than 30 characters is broken, too.

    If ``lines`` is given, a longer text is cut to this number of lines and ends with “…”. With
    ``even``, the lines are about equally long, which looks better in column headings.

    >>> wrap("law inspection", 14)
    'law\\ninspection'
    """
    broken = _filled_lines(text, width_mm)
    if even:
        narrower = (_filled_lines(text, width_mm * share / 10) for share in range(9, 4, -1))
        as_many = [other for other in narrower if len(other) == len(broken)]
        broken = min(as_many, default=broken, key=lambda other: text_mm("\n".join(other)))
    if lines is not None and len(broken) > lines:
        broken = [*broken[: lines - 1], _ended_by_dots(broken[lines - 1], width_mm)]
    return "\n".join(broken)


def _filled_lines(text: str, width_mm: float) -> list[str]:
    """Fill one line after another with as many unbreakable parts of the text as fit."""
    lines, line = [], ""
    for piece in _narrow(pieces(text), width_mm):
        if line and text_mm((line + piece).rstrip()) > width_mm:
            lines.append(line.rstrip())
            line = ""
        if line or not piece.isspace():  # no line begins with a space
            line += piece
    return [*lines, line.rstrip()]


def _ended_by_dots(line: str, width_mm: float) -> str:
    """Remove characters from the end of a line until the line and a final “…” fit the width."""
    while line and text_mm(line + "…") > width_mm:
        line = line[:-1]
    return line + "…"


LONGEST_WORD = 30  # characters; the longest words of captions and labels have about twenty


def _narrow(parts: list[str], width_mm: float) -> Iterator[str]:
    """Find the parts of a text that are wider than a whole line, and break them at spaces and
    underscores. Break what is longer than any word, such as a file name, at any character."""
    for piece in parts:
        if " = " in piece or text_mm(piece.rstrip()) <= width_mm:
            yield piece
            continue
        for word in re.findall(r"[^ _]+[ _]*|[ _]+", piece):
            while len(word) > LONGEST_WORD and text_mm(word.rstrip()) > width_mm:
                widths = range(1, len(word))  # of the first 1, 2, … characters
                fits = bisect_right(widths, width_mm, key=lambda n, word=word: text_mm(word[:n]))
                yield word[: max(1, fits)]
                word = word[max(1, fits) :]
            yield word


_CLOSING, _OPENING = " ，。、；：！？）》”’,.;:!?)%％-=", "（《“‘(≥≤"
_COUNT = re.compile(r"\(?\d")


def pieces(text: str) -> list[str]:
    """Cut a text at every place where a line may break. Lines may not break inside an English word,
    before closing punctuation, or before the number in “n = 5” or “deliberate 3”.

    >>> pieces("assign 2, rectify 1（两）")  # 两, "two"
    ['assign 2, ', 'rectify 1', '（两）']
    """
    parts: list[str] = []
    for at, char in enumerate(text):
        if parts and _stay_together(parts[-1], text, at):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _stay_together(piece: str, text: str, at: int) -> bool:
    """Tell whether a character must stay on the same line as the piece of text before it."""
    last, char = piece[-1], text[at]
    inside_word = last.isascii() and char.isascii() and last not in " -"
    before_count = last == " " and piece[-2:-1].isalpha() and bool(_COUNT.match(text, at))
    beside_mark = char in _CLOSING or last in _OPENING or piece.endswith("= ")
    return inside_word or before_count or beside_mark


def fit(text: str, width_mm: float) -> str:
    """Shorten a text to one line that fits a width; “…” shows that something was left out."""
    line = wrap(text.replace("\n", " "), width_mm, lines=1)
    # A single word may be too wide, because `wrap` does not break words.
    return line if text_mm(line) <= width_mm else _ended_by_dots(line, width_mm)
