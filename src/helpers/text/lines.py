"""Split raw text into lines, label those outside the body, and join the others into paragraphs.

The labels say which lines are page marks (such as —3—), masthead, title, attribution (who
contributed the text) or distribution list (who receives it).
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from helpers.characters import half_width, unradical
from helpers.codebook import Codebook

from .front import (
    ANY_NUMERAL,
    FINAL,
    HAN,
    SECTION_NUMBER,
    MastheadPatterns,
    classify_masthead_lines,
    may_be_title,
)

BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{BREAKS}]+")
# No paragraph, title or heading ends with a digit, a comma, 、 or an opening bracket. A line break
# after one of these characters must be inside a number, a list or a quotation.
_UNFINISHED = re.compile(r"[0-9０-９,，、(（“‘«《]$")
_NUMBERED = re.compile(SECTION_NUMBER)
_PAGE_NUMBER = f"(?:[0-9０-９]{{1,4}}|[{ANY_NUMERAL}]{{1,4}})"
_PAGE_MARK = re.compile(
    r"[—–―－-]{1,3}[ \u3000\t]*[0-9０-９]{1,4}[ \u3000\t]*[—–―－-]{1,3}"
    r"|[·•～~][ \u3000]*[0-9０-９]{1,4}[ \u3000]*[·•～~]"
    rf"|第[ \u3000]*{_PAGE_NUMBER}[ \u3000]*页"
    rf"(?:[ \u3000,，/]*共[ \u3000]*{_PAGE_NUMBER}[ \u3000]*页)?"
)
WIDE = HAN + "“”‘’«»《》〈〉、。，；：？！（）"
BREAK = re.compile(f"[{BREAKS}]")
_MARK_BEGINS = re.compile("[—–―－·•～~第-]")  # every page mark contains a dash, a dot, ~ or 第

# A page mark in the middle of a line (such as —3—), without its first dash.
INLINE_MARK_REST = f"(?<=[{HAN},，、][—–])[0-9０-９]{{1,3}}[—–](?=[{HAN}])"
_INLINE_MARK = re.compile("[—–]" + INLINE_MARK_REST)


def verbatim(raw: str) -> str:
    r"""Return raw text without page marks and line breaks, and without white space around these.

    >>> verbatim("地域面积\n—３—\n\n大、走访不\n 少于１０名")
    '地域面积大、走访不少于１０名'
    """
    may_hold_marks = _MARK_BEGINS.search(raw) is not None
    # Most quotations stand on one line and contain nothing that has to be taken out.
    if not may_hold_marks and raw.isprintable():
        return raw
    pieces = BREAK.split(raw)
    pieces[1:] = map(str.lstrip, pieces[1:])
    pieces[:-1] = map(str.rstrip, pieces[:-1])
    if not may_hold_marks:
        return "".join(pieces)
    kept = (piece for piece in pieces if not is_page_mark(piece.strip()))
    return _INLINE_MARK.sub("", "".join(kept))


class Line(NamedTuple):
    """A line that is not blank, without the white space around it. `start` and `end` are offsets
    into the raw text."""

    start: int
    end: int
    text: str
    width: float  # the width in full-width characters
    indent: int


def split_lines(raw: str) -> list[Line]:
    """List the lines of a text that are not blank."""
    lines = []
    for match in _LINE.finditer(raw):
        text = match.group()
        left = text.lstrip(" \t\u00a0\u3000\ufeff")
        stripped = left.rstrip(" \t\u00a0\u3000\ufeff")
        if stripped:
            start = match.end() - len(left)
            # The width in Chinese characters is (characters + bytes) / 4, since a Chinese character
            # has three bytes in UTF-8, and an ASCII character has one byte and half the width.
            width = (len(stripped) + len(stripped.encode("utf8", "surrogatepass"))) / 4
            lines.append(Line(start, start + len(stripped), stripped, width, len(text) - len(left)))
    return lines


def is_page_mark(line: str) -> bool:
    """Tell whether a line is a page mark, such as `—３—`, `- 12 -` or `第3页 共5页` ("page 3 of
    5"). `１—５月` ("January to May") is not a page mark."""
    return 3 <= len(line) <= 20 and _PAGE_MARK.fullmatch(line) is not None


def page_measure(lines: list[Line], *, paragraphs: bool = False) -> float:
    """Return how many full-width characters a full line has, or 0 if the text is not wrapped. In
    wrapped text, many of the long lines end in the middle of a sentence, at the same margin.
    `paragraphs` is true for files in which each line is a paragraph, such as Word files. If
    `paragraphs` is true, the text counts as wrapped only if at least five lines end at the
    margin."""
    if len(lines) < 2:
        return 0.0
    widths = sorted(line.width for line in lines)
    measure = widths[int(len(widths) * 0.75)]
    unfinished = _unfinished_widths(lines, measure)
    if measure > 60 or not unfinished:
        return 0.0
    margin = unfinished[len(unfinished) // 2]
    # A line may end a little before or after the margin: some programs break every line after the
    # same number of characters, so that lines with many half-width characters are narrower.
    n_even = sum(abs(width - margin) <= max(1.5, 0.13 * margin) for width in unfinished)
    if _is_list(unfinished, n_even, paragraphs=paragraphs):
        return 0.0
    is_column = n_even >= 5 and margin >= 10 and widths[-1] <= margin + 1.5
    if measure >= 20 or is_column:
        return measure
    # Lines of fewer than 20 characters, which no page has, count as wrapped only if together they
    # form one sentence.
    return 0.0 if any(map(_is_finished, lines[:-1])) else measure


def _unfinished_widths(lines: list[Line], measure: float) -> list[float]:
    """Return the sorted widths of the long lines that end in the middle of a sentence. Return an
    empty list if fewer than 40% of the long lines end in the middle of a sentence."""
    full = [line for line in lines[:-1] if line.width >= 0.8 * measure]
    unfinished = sorted(line.width for line in full if not _is_finished(line))
    return unfinished if len(unfinished) >= 0.4 * len(full) else []


def _is_finished(line: Line) -> bool:
    return FINAL.search(line.text[-12:]) is not None


def _is_list(widths: list[float], n_even: int, *, paragraphs: bool) -> bool:
    """Tell whether lines of these widths are short paragraphs and not wrapped text, because too few
    lines (`n_even`) end at the margin."""
    are_enough = paragraphs or len(widths) >= 5
    return are_enough and n_even < max(5, 0.6 * len(widths))


def join_blocks(lines: list[Line], *, paragraphs: bool = False) -> list[list[Line]]:
    """Group lines into blocks: each block is a paragraph, a heading or a part of the title."""
    measure = page_measure(lines, paragraphs=paragraphs)
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and not _ends_block(blocks[-1][-1], line, measure):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _ends_block(line: Line, following: Line, measure: float) -> bool:
    if measure == 0:
        return True
    is_short = line.width < 0.8 * measure
    # A number continues on the next line only if the number's line is full. In `总数达到⏎4⏎35家`
    # ("the total reaches ⏎4⏎35") the line with 4 is short, so the number is not 435.
    if _UNFINISHED.search(line.text):
        return is_short and line.text[-1].isdigit() and following.text[0].isdigit()
    if is_short:
        return True
    if _is_finished(line):
        return _begins_paragraph(line, following, measure)
    # In a very narrow text even a numbered heading is as wide as a full line, but the next line
    # must not be joined to the heading.
    return bool(measure < 20 and line.width < 16 and _NUMBERED.match(line.text))


def _begins_paragraph(line: Line, following: Line, measure: float) -> bool:
    """Tell whether `following` begins a new paragraph, after a full `line` that ends a sentence."""
    if line.width < measure - 1.5 or following.indent >= 2 or _NUMBERED.match(following.text):
        return True
    # If the indents were lost, the first line of a paragraph is two characters narrower than the
    # other lines. A heading, too, is narrower than a full line.
    return not _is_finished(following) and following.width <= measure - 1.25


def title_length(blocks: list[list[Line]]) -> int:
    """Count the blocks at the beginning that form the title. The blocks of a title are short and
    have no full stop at the end, and a body with complete sentences follows them."""
    n = 0
    for block in blocks[:4]:
        is_short = len(block) <= 2 and sum(line.width for line in block) <= 45
        if not is_short or _is_finished(block[-1]) or _NUMBERED.match(block[0].text):
            break
        n += 1
    has_body = any(_is_finished(block[-1]) for block in blocks[n:])
    return n if has_body else 0


_STOP = re.compile(r"[.。!！?？][”’」』»》)）\"]*$")
_LONE_MARK = re.compile(
    r"[\[(]?\s*(?:page|p\.?)?\s*(\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\s*[\])]?", re.IGNORECASE
)


def page_furniture(lines: list[Line], raw: str) -> set[int]:
    """Find the lines that belong to the page and not to the text: page marks (such as —3—), page
    numbers, and repeated headers and footers. If form feeds separate the pages, only the first two
    and the last two lines of a page can be headers and footers. Without form feeds, lines with only
    a number are page numbers if there are at least three such lines, if each number is one more
    than the number before, and if many lines stand between the numbers."""
    furniture = {i for i, line in enumerate(lines) if is_page_mark(line.text)}
    if "\f" not in raw:
        return furniture | _counting(lines)
    pages: dict[int, list[int]] = {}
    number = place = 0
    for i, line in enumerate(lines):
        number, place = number + raw.count("\f", place, line.start), line.start
        if i not in furniture:
            pages.setdefault(number, []).append(i)
    furniture |= _running(lines, [page[:2] for page in pages.values()], is_header=True)
    furniture |= _running(lines, [page[-2:] for page in pages.values()], is_header=False)
    outermost = {}
    for number, page in pages.items():
        text = [i for i in page if i not in furniture]
        outermost[number] = text[:1] + text[-1:]
    return furniture | _numbering(lines, outermost)


def _running(lines: list[Line], edges: list[list[int]], *, is_header: bool) -> set[int]:
    """Find headers or footers: lines with the same words at the top or bottom of at least half of
    the pages."""
    places: dict[str, list[int]] = {}
    for page in edges:
        for i in page:
            # If # replaces each digit, `page 3 of 12` and `page 4 of 12` become the same words.
            words = "".join("#" if c.isdigit() else c for c in "".join(lines[i].text.split()))
            if len(words.replace("#", "")) >= 4:
                places.setdefault(words, []).append(i)
    running: set[int] = set()
    for repeated in places.values():
        if len(repeated) >= max(2, len(edges) / 2):
            # A header on the first page may be the masthead, so it is kept.
            stays = is_header and repeated[0] in edges[0]
            running.update(repeated[1:] if stays else repeated)
    return running


def _numbering(lines: list[Line], edges: dict[int, list[int]]) -> set[int]:
    """Find the page numbers. Each page number is one more than the number on the page before. A
    number on one page only is a page number if it counts the pages from 1, or if the text has
    several pages and no other number that could be a page number."""
    # On every page, the printed number minus the index of the page must be the same.
    by_shift: dict[int, set[int]] = {}
    for page, i in ((page, i) for page, places in edges.items() for i in places):
        if mark := _LONE_MARK.fullmatch(half_width(lines[i].text)):
            by_shift.setdefault(int(mark[1]) - page, set()).add(i)
    shift, best = max(by_shift.items(), key=lambda item: len(item[1]), default=(0, set()))
    is_proven = len(best) > 1 or shift == 1 or (len(edges) > 1 and len(by_shift) == 1)
    return best if is_proven else set()


def _counting(lines: list[Line]) -> set[int]:
    """Find the page numbers of a text without form feeds: lines that hold only a number."""
    bare = [i for i, line in enumerate(lines) if line.text.isdecimal() and len(line.text) <= 4]
    numbers = [int(lines[i].text) for i in bare]
    by_one = all(after - number == 1 for number, after in itertools.pairwise(numbers))
    # If only few lines stand between the numbers, the numbers more likely count the rows of a
    # table.
    are_apart = all(after - line >= 8 for line, after in itertools.pairwise(bare))
    return set(bare) if len(bare) > 2 and by_one and are_apart else set()


def label_lines(lines: list[Line], raw: str, codebook: Codebook) -> dict[int, str]:
    """Return {position in `lines`: label} for the lines that are not body text. Page marks may
    stand anywhere. Masthead lines stand at the beginning (`masthead`, `issue`, `date`, `campaign`,
    `title`). The attribution (who contributed the text), a date and the distribution list (who
    receives it) stand after the last sentence."""
    patterns = codebook.once(MastheadPatterns)
    labels = dict.fromkeys(page_furniture(lines, raw), "page_mark")
    text_lines = [i for i in range(len(lines)) if i not in labels]
    # A masthead has at most a dozen lines.
    first_lines = [unradical(half_width(lines[i].text)) for i in text_lines[:12]]
    front = classify_masthead_lines(first_lines, patterns)
    labels |= {text_lines[n]: label for n, label in front.items()}
    if front and "title" not in front.values():
        behind = text_lines[max(front) + 1 : 60]
        n_title = _count_title_lines([lines[i] for i in behind], raw)
        labels |= dict.fromkeys(behind[:n_title], "title")
    labels |= _label_credits(first_lines, text_lines, labels, patterns)
    return labels | _label_closing_lines(lines, text_lines, labels, patterns)


def _label_credits(
    texts: list[str], places: list[int], labels: dict[int, str], patterns: MastheadPatterns
) -> dict[int, str]:
    """Label the lines below the first line that say who contributed the text, such as `来源:…`
    ("source: …"). They stand before the first sentence."""
    credits = {}
    for text, place in list(zip(texts, places, strict=False))[1:6]:
        if FINAL.search(text):
            break
        if place not in labels and patterns.credit.fullmatch(text):
            credits[place] = "attribution"
    return credits


def _label_closing_lines(
    lines: list[Line], places: list[int], labels: dict[int, str], patterns: MastheadPatterns
) -> dict[int, str]:
    """Label the lines after the last sentence of a document. Once a distribution list (who receives
    the text) has begun, every later line belongs to it, except an attribution or a date."""
    stops = (n for n, i in enumerate(reversed(places)) if _STOP.search(lines[i].text[-12:]))
    n_behind = next(stops, 0)
    closing: dict[int, str] = {}
    is_distribution = False
    for i in places[len(places) - n_behind :]:
        text = half_width(lines[i].text)
        if i in labels:
            continue
        if patterns.attribution.fullmatch(text):
            closing[i] = "attribution"
        elif patterns.is_date(text):
            closing[i] = "date"
        elif is_distribution or patterns.distribution.fullmatch(text):
            closing[i], is_distribution = "distribution", True
    return closing


def _count_title_lines(lines: list[Line], raw: str) -> int:
    """Count the title lines after a masthead, or return 0 if the layout does not show where the
    title ends. Without this count, a title nearly as wide as the page would be joined to the first
    sentence."""
    if len(lines) < 3:
        return 0
    n_before_gap = _title_before_gap(lines, raw)
    first, second = lines[:2]
    measure = sorted(line.width for line in lines)[int(len(lines) * 0.75)]
    is_full = first.width > measure - 3
    if n_before_gap or not may_be_title(first.text) or is_full or second.text[0].isdigit():
        return n_before_gap
    # The title ends before the first line that is nearly full or cannot be a title.
    further = (may_be_title(line.text) and line.width < 0.8 * measure for line in lines[1:4])
    return 1 + sum(itertools.takewhile(bool, further))


def _title_before_gap(lines: list[Line], raw: str) -> int:
    """Count the lines of a title that stand before a blank line or another wide gap."""
    pairs = itertools.pairwise(lines)
    breaks = [len(BREAK.findall(raw, line.end, after.start)) for line, after in pairs]
    usual = sorted(breaks)[len(breaks) // 2]
    for n, line in enumerate(lines[:-1][:4]):
        if not may_be_title(line.text):
            break
        if breaks[n] > usual:
            return n + 1
    return 0
