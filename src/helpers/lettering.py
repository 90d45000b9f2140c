"""Texts and a width → measured, wrapped and shortened texts, as wide on paper as they are counted
here."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import matplotlib

from helpers import typeface
from helpers.style import SMALLEST_PT

POINT_MM = 25.4 / 72


@functools.lru_cache(maxsize=20_000)
def text_mm(text: str, size: float = SMALLEST_PT) -> float:
    """Return the width of the longest line of a text in millimetres.

    >>> round(text_mm("养老服务"), 1)  # four characters of 7 pt
    9.9
    """
    font = matplotlib.font_manager.get_font(str(typeface.FONT))
    font.set_size(100, 72)
    widest = 0.0
    for line in text.split("\n"):
        font.set_text("".join(c if c in typeface.covered() else "国" for c in line))
        widest = max(widest, font.get_width_height()[0] / 64)
    return widest * size / 100 * POINT_MM


def wrap(
    text: str,
    width_mm: float,
    *,
    size: float = SMALLEST_PT,
    lines: int | None = None,
    even: bool = False,
) -> str:
    """Break a text into lines that fit: English at spaces, Chinese anywhere but before a closing
    mark.

    ``lines`` shortens to so many lines with “…”; ``even`` makes the lines about equally long, for
    heads of columns.

    >>> wrap("law inspection", 14)
    'law\\ninspection'
    """
    out, line = [], ""
    for piece in _narrow(pieces(text), width_mm, size):
        if line and text_mm((line + piece).rstrip(), size) > width_mm:
            out.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
    out.append(line.rstrip())
    if even:
        narrower = (wrap(text, width_mm * share / 10, size=size) for share in range(9, 4, -1))
        out = min(
            (t.split("\n") for t in narrower if t.count("\n") + 1 == len(out)),
            default=out,
            key=lambda kept: text_mm("\n".join(kept), size),
        )
    if lines is not None and len(out) > lines:
        last = out[lines - 1]
        while last and text_mm(last + "…", size) > width_mm:
            last = last[:-1]
        out = [*out[: lines - 1], last + "…"]
    return "\n".join(out)


def _narrow(found: list[str], width_mm: float, size: float) -> Iterator[str]:
    """Break at spaces and underscores what is too wide for a line of its own."""
    for piece in found:
        yield from (
            re.findall(r"[^ _]+[ _]*|[ _]+", piece)
            if " = " not in piece and text_mm(piece.rstrip(), size) > width_mm
            else [piece]
        )


_CLOSING, _OPENING = " ，。、；：！？）》”’,.;:!?)%％-=", "（《“‘(≥≤"


def pieces(text: str) -> list[str]:
    """Cut a text where a line may break: not inside an English word, before a closing mark, in “n =
    5” or in “deliberate 3”.

    >>> pieces("assign 2, rectify 1（两）")
    ['assign 2, ', 'rectify 1', '（两）']
    """
    found: list[str] = []
    for at, char in enumerate(text):
        last = found[-1] if found else ""
        word = last[-1:].isascii() and char.isascii() and last[-1:] not in (" ", "-", "")
        counted = last[-1:] == " " and last[-2:-1].isalpha() and re.match(r"\(?\d", text[at:])
        if last and (
            word or counted or char in _CLOSING or last[-1] in _OPENING or last.endswith("= ")
        ):
            found[-1] += char
        else:
            found.append(char)
    return found


def fit(text: str, width_mm: float, *, size: float = SMALLEST_PT) -> str:
    """Shorten a text to one line of a width, with “…” where something is left out."""
    line = wrap(text.replace("\n", " "), width_mm, size=size, lines=1)
    # one word, wider than the line: a file's name
    while len(line) > 1 and text_mm(line, size) > width_mm:
        line = line.removesuffix("…")[:-1] + "…"
    return line
