"""Clean raw text, list every edit, and record the raw position of each character that remains.

Later steps search and count in the clean text, and quote from the raw text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from helpers.characters import FULL_WIDTH, half_width, unradical
from helpers.codebook import Codebook, shared_codebook

from .lines import (
    BREAKS,
    INLINE_MARK_REST,
    WIDE,
    Line,
    join_blocks,
    label_lines,
    split_lines,
    title_length,
    verbatim,
)

# Characters to delete: invisible characters, a space between two Chinese characters or marks (left
# by a page break or a full-width quotation mark), and a page mark (such as —3—) inside a line.
_STRAY = re.compile(
    # The pattern begins with a set of characters, so that the regular-expression engine quickly
    # skips other text.
    f"[ \u00a0\u200b\u200c\u2060\ufeff—–](?:(?<=[\u200b\u200c\u2060\ufeff])|(?<=[{WIDE},;:.()]["
    f" \u00a0])[ \u00a0]*(?=[{WIDE}])|(?<=[{WIDE}][ \u00a0])[ \u00a0]*(?=[(])|{INLINE_MARK_REST})"
)


class Edit(NamedTuple):
    """One edit: the raw text `before`, from `start` to `end`, became `after` in the clean text."""

    rule: str
    start: int
    end: int
    before: str
    after: str


class Mark(NamedTuple):
    """A passage that describes the briefing and does not belong to the body, such as the title."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, eq=False)
class CleanText:
    """A clean text, with the position that each of its characters has in the raw text.

    Attributes
    ----------
    raw, text : str
        `raw` is the text as received. `text` is the clean text, with one line per paragraph and
        half-width characters.
    offsets : numpy.ndarray of int, shape (len(text),)
        The position in the raw text of each character of `text`, in strictly rising order.
    cuts : tuple of (rule, start, end)
        The stretches of raw text that cleaning left out, in the order of the raw text.
    metadata : tuple of Mark
        The lines recognised as masthead, issue, date, campaign, title, attribution or
        distribution list, in the order of the raw text.

    Examples
    --------
    The page mark —３— stands in the middle of 共117条 ("117 in total"). Cleaning removes the page
    mark.

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
        """The raw offsets (start, end) of page numbers and of repeated headers and footers."""
        return tuple((start, end) for rule, start, end in self.cuts if rule == "page_mark")

    @cached_property
    def ledger(self) -> tuple[Edit, ...]:
        """Every edit, in the order of the raw text. Applying all edits to `raw` gives `text`."""
        cut = [Edit(rule, start, end, self.raw[start:end], "") for rule, start, end in self.cuts]
        return tuple(sorted(cut + _replacements(self), key=itemgetter(1)))


def clean(raw: str, *, paragraphs: bool = False, codebook: Codebook | None = None) -> CleanText:
    r"""Clean the raw text of one document, and keep the raw position of each remaining character.

    No text makes `clean` raise an error, and the running time is proportional to ``len(raw)``.

    Parameters
    ----------
    raw : str
        Any string. Lines that were broken only to fit the page are joined. All other lines stay.
    paragraphs : bool
        True if each line is a paragraph, as in a Word file or on a web page. If True, short lines
        are not joined.
    codebook : Codebook, optional
        The codebook whose table `masthead_words` is used. Default: `read_codebook()`.

    Examples
    --------
    >>> clean("养老问题日益突出,共１１７\n—３—\n条.").text
    '养老问题日益突出,共117条.'
    """
    lines = split_lines(raw)
    labels = label_lines(lines, raw, codebook or shared_codebook())
    body = [line for i, line in enumerate(lines) if i not in labels]
    blocks = join_blocks(body, paragraphs=paragraphs)
    n_title = 0 if "title" in labels.values() else title_length(blocks)
    marks = [(label, lines[i].start, lines[i].end) for i, label in labels.items()]
    marks += [("title", block[0].start, block[-1].end) for block in blocks[:n_title]]
    marks.sort(key=itemgetter(1))
    metadata = tuple(
        Mark(rule, start, end, half_width(verbatim(raw[start:end])))
        for rule, start, end in marks
        if rule != "page_mark"
    )
    text, offsets = _assemble(raw, blocks[n_title:])
    return CleanText(raw, text, offsets, _cuts(raw, offsets, marks), metadata)


def _assemble(raw: str, blocks: list[list[Line]]) -> tuple[str, np.ndarray]:
    """Join the lines of each block (a paragraph or a heading), and put "\\n" between blocks. Return
    the clean text and the raw position of each of its characters. A "\\n" between two blocks has
    the raw position of a line break."""
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
    # Compute the raw positions in all spans at once: start, start + 1, start + 2 and so on.
    starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    lengths = ends - starts
    offsets = np.arange(lengths.sum()) + np.repeat(starts - (lengths.cumsum() - lengths), lengths)
    is_kept = np.ones(len(offsets), dtype=bool)

    def take_out(stray: re.Match[str]) -> str:
        is_kept[stray.start() : stray.end()] = False
        return ""

    text = _STRAY.sub(take_out, "".join(parts))
    return unradical(half_width(text)), offsets[is_kept]


def _joint(before: str, after: str, is_new_block: bool) -> str:
    if is_new_block:
        return "\n"
    pair = before + after
    # Two words in Latin letters need a space between them. Chinese text is joined without spaces.
    return " " if pair.isascii() and pair.isalpha() else ""


def _cuts(
    raw: str, offsets: np.ndarray, marks: list[tuple[str, int, int]]
) -> tuple[tuple[str, int, int], ...]:
    """List the stretches of raw text that cleaning left out, each with the rule that explains why.
    For a stretch in `marks`, such as the title, the name of the rule is given. For any other
    stretch, `_gap_rule` finds the name of the rule."""
    # Where the raw offsets of neighbouring characters differ by more than one, cleaning left out
    # raw text.
    holes = np.flatnonzero(np.diff(offsets) > 1)
    firsts = np.concatenate([offsets[:1], offsets[holes + 1]]).tolist()
    lasts = np.concatenate([offsets[holes], offsets[-1:]]).tolist()
    kept = [("", first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
    cuts, place = [], 0
    for span in [*sorted(kept + marks, key=itemgetter(1)), ("", len(raw), len(raw))]:
        rule, start, end = span
        # A page mark between two lines of a title was already cut with the title.
        if start < place:
            continue
        if place < start:
            cuts.append((_gap_rule(raw[place:start]), place, start))
        if rule:
            cuts.append(span)
        place = end
    return tuple(cuts)


def _gap_rule(gap: str) -> str:
    if any(c in BREAKS for c in gap):
        return "line_break"
    if gap.isspace():
        return "stray_space"
    return "page_mark" if any(c.isdigit() for c in gap) else "invisible"


def _replacements(result: CleanText) -> list[Edit]:
    """List the edits that replaced a character by another one. Neighbouring characters that the
    same rule changed form one edit."""
    edits: list[Edit] = []
    for at, after in zip(result.offsets.tolist(), result.text, strict=True):
        before = result.raw[at]
        if before == after:
            continue
        rule = "width" if ord(before) in FULL_WIDTH else "radical"
        if before in BREAKS:
            rule = "line_break"
        if edits and edits[-1].rule == rule and edits[-1].end == at:
            last = edits.pop()
            before, after, at = last.before + before, last.after + after, last.start
        edits.append(Edit(rule, at, at + len(before), before, after))
    return edits
