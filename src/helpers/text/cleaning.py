"""Raw text → clean text with a map back to every raw character, and a ledger of every edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from helpers.characters import FULL_WIDTH, half_width, unradical
from helpers.codebook import Codebook

from .lines import (
    BREAKS,
    INLINE_MARK_REST,
    WIDE,
    Line,
    furniture,
    join_blocks,
    split_lines,
    title_length,
    verbatim,
)

# `走访不 少于`: a page break left a space where the mark itself is gone; `注重 “顶层`: the empty
# half of a wide glyph.
_STRAY = re.compile(
    # begins with all that can be one: the rest is skipped
    f"[ \u00a0\u200b\u200c\u2060\ufeff—–](?:(?<=[\u200b\u200c\u2060\ufeff])|(?<=[{WIDE},;:.()]["
    f" \u00a0])[ \u00a0]*(?=[{WIDE}])|(?<=[{WIDE}][ \u00a0])[ \u00a0]*(?=[(])|{INLINE_MARK_REST})"
)


class Edit(NamedTuple):
    """One edit: the raw text between `start` and `end` read `before` and stands as `after` in the
    clean text."""

    rule: str
    start: int
    end: int
    before: str
    after: str


class Mark(NamedTuple):
    """A stretch of raw text that is about the issue and not of its body: masthead, title,
    distribution list …"""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class CleanText:
    """Clean text with its way back to the raw text.

    Attributes
    ----------
    raw, text : str
        As received, and clean: one line a paragraph, half width.
    offsets : numpy.ndarray of int, shape (len(text),)
        Raw position of each clean character, strictly rising.
    cuts : tuple of (rule, start, end)
        What was left out, in raw offsets and raw order.
    metadata : tuple of Mark
        Masthead, issue, date, campaign, title, attribution, distribution, in raw order.

    Examples
    --------
    A page mark cuts 共117条 ("117 in total") in two. It is left out; `offsets` tells the place of
    every clean character in the raw text.

    >>> from helpers import clean
    >>> cleaned = clean("共１１７\\n—３—\\n条。")
    >>> cleaned.text, cleaned.offsets.tolist()
    ('共117条。', [0, 1, 2, 3, 9, 10])
    >>> cleaned.cuts
    (('line_break', 4, 5), ('page_mark', 5, 8), ('line_break', 8, 9))
    """

    raw: str
    text: str
    offsets: np.ndarray
    cuts: tuple[tuple[str, int, int], ...]
    metadata: tuple[Mark, ...]

    @cached_property
    def page_marks(self) -> tuple[tuple[int, int], ...]:
        """Raw offsets (start, end) of what belongs to the page: its number, a header or footer that
        comes again."""
        return tuple((start, end) for rule, start, end in self.cuts if rule == "page_mark")

    @cached_property
    def ledger(self) -> tuple[Edit, ...]:
        """Every edit in raw order: applied to `raw`, the rows give `text`."""
        cut = [Edit(rule, start, end, self.raw[start:end], "") for rule, start, end in self.cuts]
        return tuple(sorted(cut + _replacements(self), key=lambda edit: edit.start))


def clean(raw: str, *, paragraphs: bool = False, codebook: Codebook | None = None) -> CleanText:
    r"""Clean one document's raw text without losing the way back.

    Parameters
    ----------
    raw : str
        Any string. Text whose lines were cut by a page layout is unwrapped; other text keeps its
        lines.
    paragraphs : bool
        Whether the lines are paragraphs by their format, as of a Word file or a web page: short
        ones are not joined.
    codebook : Codebook, optional
        Whose words of mastheads are known; default: `read_codebook()`.

    Returns
    -------
    CleanText
        Never raises; runs in time linear in ``len(raw)``.

    Examples
    --------
    >>> clean("养老问题日益突出,共１１７\n—３—\n条.").text
    '养老问题日益突出,共117条.'
    """
    lines = split_lines(raw)
    rules = furniture(lines, raw)
    body = [i for i in range(len(lines)) if i not in rules]
    blocks = join_blocks([lines[i] for i in body], paragraphs=paragraphs)
    n_title = 0 if "title" in rules.values() else title_length(blocks)
    marks = [(rules[i], lines[i].start, lines[i].end) for i in rules]
    marks += [("title", block[0].start, block[-1].end) for block in blocks[:n_title]]
    text, offsets = _assemble(raw, blocks[n_title:])
    cuts = _gaps(raw, offsets, sorted(marks, key=lambda mark: mark[1]))
    return CleanText(raw, text, offsets, cuts, _metadata(raw, marks))


def _assemble(raw: str, blocks: list[list[Line]]) -> tuple[str, np.ndarray]:
    """Join the blocks' lines; a paragraph break is "\\n" at the raw place of the line break it
    stands for."""
    spans: list[tuple[int, int]] = []
    parts: list[str] = []
    for block in blocks:
        for line in block:
            joint = _joint(parts[-1][-1], line.text[0], line is block[0]) if parts else ""
            if joint:
                place = next(i for i in range(spans[-1][1], line.start) if raw[i] in BREAKS)
                spans.append((place, place + 1))
                parts.append(joint)
            spans.append((line.start, line.end))
            parts.append(line.text)
    text, offsets = _without_stray("".join(parts), _expand(spans))
    return unradical(half_width(text)), offsets


def _joint(before: str, after: str, new_block: bool) -> str:
    if new_block:
        return "\n"
    pair = before + after  # two words of a Latin script; Chinese is joined without a space
    return " " if pair.isascii() and pair.isalpha() else ""


def _without_stray(text: str, offsets: np.ndarray) -> tuple[str, np.ndarray]:
    keep, parts, place = np.ones(len(text), dtype=bool), [], 0
    for match in _STRAY.finditer(text):
        keep[match.start() : match.end()] = False
        parts.append(text[place : match.start()])
        place = match.end()
    return ("".join(parts) + text[place:], offsets[keep]) if place else (text, offsets)


def _expand(spans: list[tuple[int, int]]) -> np.ndarray:
    if not spans:
        return np.empty(0, dtype=np.int64)
    starts, ends = np.array(spans, dtype=np.int64).T
    lengths = ends - starts
    return np.arange(lengths.sum()) + np.repeat(starts - (lengths.cumsum() - lengths), lengths)


def _gaps(
    raw: str, offsets: np.ndarray, marks: list[tuple[str, int, int]]
) -> tuple[tuple[str, int, int], ...]:
    """Name what is missing between the kept characters: a mark by its rule, the rest by what it
    was."""
    edges = np.concatenate([[-1], offsets, [len(raw)]])
    holes = np.flatnonzero(np.diff(edges) > 1)
    cuts, pending = [], iter(marks + [("", len(raw), len(raw))])
    mark = next(pending)
    for start, end in zip((edges[holes] + 1).tolist(), edges[holes + 1].tolist(), strict=True):
        place = start
        while mark[1] < end and mark[0]:
            if place < mark[1]:
                cuts.append((_gap_rule(raw[place : mark[1]]), place, mark[1]))
            # else a page mark between two lines of the title, which is cut with it
            if place <= mark[1]:
                cuts.append(mark)
            place, mark = max(place, mark[2]), next(pending)
        if place < end:
            cuts.append((_gap_rule(raw[place:end]), place, end))
    return tuple(cuts)


def _gap_rule(gap: str) -> str:
    if any(c in BREAKS for c in gap):
        return "line_break"
    if gap.isspace():
        return "stray_space"
    return "page_mark" if any(c.isdigit() for c in gap) else "invisible"


def _metadata(raw: str, marks: list[tuple[str, int, int]]) -> tuple[Mark, ...]:
    about = sorted((mark for mark in marks if mark[0] != "page_mark"), key=lambda mark: mark[1])
    return tuple(Mark(*mark, half_width(verbatim(raw[mark[1] : mark[2]]))) for mark in about)


def _replacements(result: CleanText) -> list[Edit]:
    """Find the characters that stand otherwise in the clean text than in the raw text, a row for
    each run of one rule."""
    raw, text = (
        np.frombuffer(s.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        for s in (result.raw, result.text)
    )
    edits: list[Edit] = []
    for i in np.flatnonzero(raw[result.offsets] != text).tolist():
        at = int(result.offsets[i])
        before, after = result.raw[at], result.text[i]
        rule = "width" if ord(before) in FULL_WIDTH else "radical"
        if before in BREAKS:
            rule = "line_break"
        if edits and edits[-1].rule == rule and edits[-1].end == at:
            last = edits.pop()
            before, after, at = last.before + before, last.after + after, last.start
        edits.append(Edit(rule, at, at + len(before), before, after))
    return edits
