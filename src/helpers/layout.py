"""Turn raw text into its lines, and group those of the body into the paragraphs that a page cut up.

Text out of a PDF is hard-wrapped: what looks like a line is a piece of a paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_RUN = re.compile("[\uff01-\uff5e\u3000]+")
_RADICAL = re.compile("[\u2e80-\u2eff\u2f00-\u2fd5]")
# Chromium's PDFs carry radicals for the characters they look like (⼈⽼⺠⻓); NFKC knows those from
# U+2F00 on.
RADICALS = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)
} | dict(
    zip(
        map(
            ord,
            "⺁⺇⺋⺌⺍⺎⺐⺓⺕⺙⺜⺝⺟⺠⺡⺢⺣⺤⺥⺧⺩⺪⺫⺬⺭⺮⺯⺱⺲⺶⺸⺹⺺⺼⺽⻁⻂⻃⻄⻅⻆⻇⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        ),
        "厂几㔾小⺍兀尢幺彐攵日月母民水水火爪爪牛王疋目示礻竹糹罒罒羊羊耂聿肉臼虎衤西西见角角讠贝车辶辶辶钅長镸长门阜阝雨青韦页风飞食飠饣飠首马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_LINE = re.compile(f"[^{BREAKS}]+")
_FINAL = re.compile(r"[.。!！?？;；:：…][”’」』»》)）\"]*$")
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
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
WIDE = _HAN + "“”‘’«»《》〈〉、。，；：？！（）"
BREAK = re.compile(f"[{BREAKS}]")
_MARK_BEGINS = re.compile("[—–―－·•～~第-]")  # a page mark holds one of these
# behind its first dash
INLINE_MARK_REST = f"(?<=[{_HAN},，、][—–])[0-9０-９]{{1,3}}[—–](?=[{_HAN}])"
_INLINE_MARK = re.compile("[—–]" + INLINE_MARK_REST)


def half_width(text: str) -> str:
    """Map full-width ASCII and the ideographic space (U+FF01–FF5E, U+3000) to half width, one to
    one.

    >>> half_width("２１９８％，约５㎡")
    '2198%,约5㎡'
    """
    # most clean text holds none: seen at the speed of memory
    coded = text.encode("utf8", "surrogatepass")
    if b"\xef\xbc" not in coded and b"\xef\xbd" not in coded and "\u3000" not in text:
        return text
    return _FULL_RUN.sub(lambda run: run.group().translate(FULL_WIDTH), text)


def unradical(text: str) -> str:
    """Map Kangxi and other radicals to the characters they stand for, one to one.

    >>> unradical("⼈⺠代表")
    '人民代表'
    """
    return text.translate(RADICALS) if _RADICAL.search(text) else text


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
    return _INLINE_MARK.sub(
        "", "".join(piece for piece in pieces if not is_page_mark(piece.strip()))
    )


# --- lines and what they are


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


# --- paragraphs


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
    unfinished = sorted(line.width for line in full if not _FINAL.search(line.text[-12:]))
    if measure > 60 or not unfinished or len(unfinished) < 0.4 * len(full):
        return 0.0
    margin = unfinished[len(unfinished) // 2]
    # where a program counted characters, lines of many half-width ones are narrower
    even = sum(abs(width - margin) <= max(1.5, 0.13 * margin) for width in unfinished)
    if (paragraphs or len(unfinished) >= 5) and even < max(5, 0.6 * len(unfinished)):
        return 0.0  # a list of short paragraphs: none of them ends at a margin
    is_column = even >= 5 and margin >= 10 and widths[-1] <= margin + 1.5
    if (
        measure < 20
        and not is_column
        and any(_FINAL.search(line.text[-12:]) for line in lines[:-1])
    ):
        return 0.0  # no page is so narrow; only a column is, or a fragment that is all one sentence
    return measure


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
    # a number goes on in the next line only where the line was full: `总数达到⏎4⏎35家` is not 435
    if _UNFINISHED.search(line.text):
        return (
            line.text[-1].isdigit() and following.text[0].isdigit() and line.width < 0.8 * measure
        )
    if line.width < 0.8 * measure:
        return True
    if not _FINAL.search(line.text[-12:]):
        # `一、…` of a wrapped text stands on a short line; in a tiny text every line is "full"
        return bool(measure < 20 and line.width < 16 and _NUMBERED.match(line.text))
    if line.width < measure - 1.5 or following.indent >= 2 or _NUMBERED.match(following.text):
        return True
    # a paragraph's first line is two characters short where the indent was lost; a short line
    # without a stop is a heading
    is_open = not _FINAL.search(following.text[-12:])
    return is_open and following.width <= measure - 1.25


def title_length(blocks: list[list[Line]]) -> int:
    """Count the blocks in front that are the title: at most four short ones without a full stop,
    and a body after them."""
    n = 0
    for block in blocks[:4]:
        text = block[-1].text
        if (
            _FINAL.search(text[-12:])
            or _NUMBERED.match(block[0].text)
            or sum(line.width for line in block) > 45
            or len(block) > 2
        ):
            break
        n += 1
    has_body = any(_FINAL.search(block[-1].text[-12:]) for block in blocks[n:])
    return n if has_body else 0
