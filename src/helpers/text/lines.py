"""Raw text → its lines, and which of them are page furniture, headings or pieces of a paragraph."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from helpers.characters import half_width, unradical

from .front import FINAL, HAN, is_date, may_be_title, name_front

BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{BREAKS}]+")
# `１１７` of `１１７条`: no paragraph, title or heading ends so
_UNFINISHED = re.compile(r"[0-9０-９,，、(（“‘«《]$")
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}、"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节部]"
)
_PAGE_MARK = re.compile(
    r"[—–―－-]{1,3}[ \u3000\t]*[0-9０-９]{1,4}[ \u3000\t]*[—–―－-]{1,3}"
    r"|[·•～~][ \u3000]*[0-9０-９]{1,4}[ \u3000]*[·•～~]"
    r"|第[ \u3000]*(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4})[ \u3000]*页(?:[ \u3000,，"
    r"/]*共[ \u3000]*(?:[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,4})[ \u3000]*页)?"
)
WIDE = HAN + "“”‘’«»《》〈〉、。，；：？！（）"
BREAK = re.compile(f"[{BREAKS}]")
_MARK_BEGINS = re.compile("[—–―－·•～~第-]")  # a page mark holds one of these
# behind its first dash
INLINE_MARK_REST = f"(?<=[{HAN},，、][—–])[0-9０-９]{{1,3}}[—–](?=[{HAN}])"
_INLINE_MARK = re.compile("[—–]" + INLINE_MARK_REST)


def verbatim(raw: str) -> str:
    r"""Return raw text without page marks, line breaks and the white space around them; nothing
    else is changed.

    >>> verbatim("地域面积\n—３—\n\n大、走访不\n 少于１０名")
    '地域面积大、走访不少于１０名'
    """
    may_hold_marks = _MARK_BEGINS.search(raw) is not None
    # the usual quotation: within a line, nothing to take out
    if not may_hold_marks and raw.isprintable():
        return raw
    first, *rest = BREAK.split(raw)
    pieces = [
        first.rstrip() if rest else first,
        *(piece.strip() for piece in rest[:-1]),
        *(piece.lstrip() for piece in rest[-1:]),
    ]
    if not may_hold_marks:
        return "".join(pieces)
    kept = (piece for piece in pieces if not is_page_mark(piece.strip()))
    return _INLINE_MARK.sub("", "".join(kept))


class Line(NamedTuple):
    """A line that is not blank: its raw span without outer white space, its text and its width in
    full-width characters."""

    start: int
    end: int
    text: str
    width: float
    indent: int


def split_lines(raw: str) -> list[Line]:
    """List the lines that are not blank, in raw order."""
    lines = []
    for match in _LINE.finditer(raw):
        text = match.group()
        left = text.lstrip(" \t\u00a0\u3000\ufeff")
        stripped = left.rstrip(" \t\u00a0\u3000\ufeff")
        if stripped:
            start = match.end() - len(left)
            width = (len(stripped) + len(stripped.encode("utf8", "surrogatepass"))) / 4
            lines.append(Line(start, start + len(stripped), stripped, width, len(text) - len(left)))
    return lines


def is_page_mark(line: str) -> bool:
    """`—３—`, `- 12 -`, `第3页 共5页`; not `１—５月`."""
    return 3 <= len(line) <= 20 and _PAGE_MARK.fullmatch(line) is not None


def page_measure(lines: list[Line], *, paragraphs: bool = False) -> float:
    """Width of a full line of hard-wrapped text in full-width characters; 0 where the lines are not
    wrapped.

    Wrapped text shows by its long lines: most of them end in the middle of a sentence, and at the
    same margin. Lines that are `paragraphs` by their format (Word, web pages) are wrapped only if
    they were pasted so, which takes five of them.
    """
    if len(lines) < 2:
        return 0.0
    widths = sorted(line.width for line in lines)
    measure = widths[min(len(widths) - 1, int(len(widths) * 0.75))]
    full = [line for line in lines[:-1] if line.width >= 0.8 * measure]
    unfinished = sorted(line.width for line in full if not FINAL.search(line.text[-12:]))
    if measure > 60 or not unfinished or len(unfinished) < 0.4 * len(full):
        return 0.0
    margin = unfinished[len(unfinished) // 2]
    # where a program counted characters, lines of many half-width ones are narrower
    even = sum(abs(width - margin) <= max(1.5, 0.13 * margin) for width in unfinished)
    if (paragraphs or len(unfinished) >= 5) and even < max(5, 0.6 * len(unfinished)):
        return 0.0  # a list of short paragraphs: none of them ends at a margin
    is_column = even >= 5 and margin >= 10 and widths[-1] <= margin + 1.5
    if measure >= 20 or is_column:
        return measure
    # no page is so narrow; only a column is, or a fragment that is all one sentence
    return 0.0 if any(FINAL.search(line.text[-12:]) for line in lines[:-1]) else measure


def join_blocks(lines: list[Line], *, paragraphs: bool = False) -> list[list[Line]]:
    """Group lines into paragraphs, headings and title lines: a short line ends a block, an indented
    one begins it."""
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
    short = line.width < 0.8 * measure
    # a number goes on in the next line only where the line was full: `总数达到⏎4⏎35家` is not 435
    if _UNFINISHED.search(line.text):
        return short and line.text[-1].isdigit() and following.text[0].isdigit()
    if short:
        return True
    if not FINAL.search(line.text[-12:]):
        # `一、…` of a wrapped text stands on a short line; in a tiny text every line is "full"
        return bool(measure < 20 and line.width < 16 and _NUMBERED.match(line.text))
    if line.width < measure - 1.5 or following.indent >= 2 or _NUMBERED.match(following.text):
        return True
    # a paragraph's first line is two characters short where the indent was lost; a short line
    # without a stop is a heading
    is_open = not FINAL.search(following.text[-12:])
    return is_open and following.width <= measure - 1.25


def title_length(blocks: list[list[Line]]) -> int:
    """Count the blocks in front that are the title: at most four short ones without a full stop,
    and a body after them."""
    n = 0
    for block in blocks[:4]:
        text = block[-1].text
        is_short = len(block) <= 2 and sum(line.width for line in block) <= 45
        if not is_short or FINAL.search(text[-12:]) or _NUMBERED.match(block[0].text):
            break
        n += 1
    has_body = any(FINAL.search(block[-1].text[-12:]) for block in blocks[n:])
    return n if has_body else 0


_STOP = re.compile(r"[.。!！?？][”’」』»》)）\"]*$")
_LONE_MARK = re.compile(
    r"[\[(]?\s*(?:page|p\.?)?\s*(\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\s*[\])]?", re.IGNORECASE
)


def page_furniture(lines: list[Line], raw: str) -> set[int]:
    """Find the lines that belong to the page: marks by their form, bare numbers that count the
    pages, headers and footers that come again.

    Where form feeds part the pages, only the two outermost lines of a page are looked at; elsewhere
    a bare number is a page's only if it is one of three or more that count up by one, many lines
    apart.
    """
    found = {i for i, line in enumerate(lines) if is_page_mark(line.text)}
    if "\f" not in raw:
        return found | _counting(lines)
    pages: dict[int, list[int]] = {}
    number = place = 0
    for i, line in enumerate(lines):
        number, place = number + raw.count("\f", place, line.start), line.start
        if i not in found:
            pages.setdefault(number, []).append(i)
    for side in (slice(None, 2), slice(-2, None)):
        edges = [inside[side] for inside in pages.values()]
        found |= _running(lines, edges, first=side.start is None)
    outermost = []
    for number, inside in pages.items():
        rest = [i for i in inside if i not in found]
        outermost += [(number, i) for i in dict.fromkeys(rest[:1] + rest[-1:])]
    return found | _numbering(lines, outermost, len(pages))


def _running(lines: list[Line], edges: list[list[int]], *, first: bool) -> set[int]:
    """Headers or footers: the same words at the edge of at least half of the pages. One on the
    first page stays: it may be the masthead."""
    places: dict[str, list[int]] = {}
    for page in edges:
        for i in page:
            words = "".join("#" if c.isdigit() else c for c in "".join(lines[i].text.split()))
            if len(words.replace("#", "")) >= 4:
                places.setdefault(words, []).append(i)
    again = [found for found in places.values() if len(found) >= max(2, len(edges) / 2)]
    return {i for found in again for i in (found[1:] if first and found[0] in edges[0] else found)}


def _numbering(lines: list[Line], edges: list[tuple[int, int]], n_pages: int) -> set[int]:
    """Lines at the edge of a page that are its number: each counts on from the page before, a
    single one is 1."""
    numbers: dict[int, list[int]] = {}
    for page, i in edges:
        if mark := _LONE_MARK.fullmatch(half_width(lines[i].text)):
            numbers.setdefault(int(mark[1]) - page, []).append(i)
    best = max(numbers, key=lambda shift: len(numbers[shift]), default=None)
    if best is None:
        return set()
    proven = len(numbers[best]) > 1 or best == 1 or (n_pages > 1 and len(numbers) == 1)
    return set(numbers[best]) if proven else set()


def _counting(lines: list[Line]) -> set[int]:
    """Bare numbers that count the pages of a text without form feeds."""
    bare = [i for i, line in enumerate(lines) if line.text.isdecimal() and len(line.text) <= 4]
    numbers = [int(lines[i].text) for i in bare]
    by_one = all(after - number == 1 for number, after in itertools.pairwise(numbers))
    apart = all(after - line >= 8 for line, after in itertools.pairwise(bare))
    return set(bare) if len(bare) > 2 and by_one and apart else set()


_ATTRIBUTION = re.compile(
    r"[(（].{2,40}(?:供稿|撰稿|供图|报送|提供|委员会|办公室|研究室|工委|人大|\d日)[)）]"
    r"|(?:供稿|撰稿|作者|来源)(?:单位)?\s*[:：].{2,40}|.{2,30}供稿"
    # a signature behind the last sentence
    r"|[^\s,，.。:：;；]{2,25}(?:委员会|办公室|研究室|工委|专委|社会委|人大|人大常委会)"
)
_DISTRIBUTION = re.compile(
    r"(?:主?报|主?送|发|分\s*送|抄\s*[报送发])\s*[:：].*"
    r"|(?:责任)?(?:编辑|校对|审核|签发)\s*[:：].*|.*共印\s*\d+\s*份.*"
)


def furniture(lines: list[Line], raw: str) -> dict[int, str]:
    """Name the lines that are not body text: page marks anywhere, masthead in front, attribution
    and distribution behind."""
    rules = {i: "page_mark" for i in page_furniture(lines, raw)}
    rest = [i for i in range(len(lines)) if i not in rules]
    front = name_front([unradical(half_width(lines[i].text)) for i in rest[:12]])
    rules |= {rest[n]: rule for n, rule in front.items()}
    rules |= _title_apart([lines[i] for i in rest[:60]], rest, rules, raw)
    last_stop = next((i for i in reversed(rest) if _STOP.search(lines[i].text[-12:])), len(lines))
    distribution = False
    for i in rest:
        if i <= last_stop or i in rules:
            continue
        text = half_width(lines[i].text)
        if _ATTRIBUTION.fullmatch(text):
            rules[i] = "attribution"
        elif is_date(text):
            rules[i] = "date"
        elif distribution or _DISTRIBUTION.fullmatch(text):
            rules[i], distribution = "distribution", True
    return rules


def _title_apart(
    lines: list[Line], places: list[int], rules: dict[int, str], raw: str
) -> dict[int, str]:
    """Name the title behind a masthead where the page shows its end: a blank line that others lack,
    or a line too short to be full.

    Else a title nearly as wide as the page would run into the first sentence; one that no masthead
    announces is left to `title_length`.
    """
    front = [n for n, place in enumerate(places[: len(lines)]) if place in rules]
    if not front or len(lines) - front[-1] < 4 or "title" in rules.values():
        return {}
    body = lines[front[-1] + 1 :]
    pairs = itertools.pairwise(body)
    breaks = [len(BREAK.findall(raw, line.end, after.start)) for line, after in pairs]
    usual = sorted(breaks)[len(breaks) // 2]
    measure = sorted(line.width for line in body)[int(len(body) * 0.75)]
    size = 0
    for n, line in enumerate(body[:-1][:4]):  # up to a blank line that others lack
        if not may_be_title(line.text):
            break
        if breaks[n] > usual:
            size = n + 1
            break
    first, second = body[:2]
    if not size and may_be_title(first.text) and first.width <= measure - 3:
        if not second.text[0].isdigit():  # up to a line that fills the page, or is no title
            titles = (may_be_title(line.text) and line.width < 0.8 * measure for line in body[1:4])
            size = 1 + sum(itertools.takewhile(bool, titles))
    return {place: "title" for place in places[front[-1] + 1 :][:size]}
