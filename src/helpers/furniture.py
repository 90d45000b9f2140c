"""Turn the lines of a document into what is not its body: page marks, running heads, masthead,
title, signature, distribution list."""

from __future__ import annotations

import re

from helpers.front import is_date, may_be_title, name_front
from helpers.layout import BREAK, Line, half_width, is_page_mark, unradical

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
        return found | _counting(
            lines,
            [i for i, line in enumerate(lines) if line.text.isdecimal() and len(line.text) <= 4],
        )
    pages: dict[int, list[int]] = {}
    number = place = 0
    for i, line in enumerate(lines):
        number, place = number + raw.count("\f", place, line.start), line.start
        if i not in found:
            pages.setdefault(number, []).append(i)
    for side in (slice(None, 2), slice(-2, None)):
        found |= _running(
            lines, [inside[side] for inside in pages.values()], first=side.start is None
        )
    edges = [
        (number, i)
        for number, inside in pages.items()
        for i in _outermost([i for i in inside if i not in found])
    ]
    return found | _numbering(lines, edges, len(pages))


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


def _outermost(page: list[int]) -> list[int]:
    return [page[0], page[-1]] if len(page) > 1 else page


def _numbering(lines: list[Line], edges: list[tuple[int, int]], n_pages: int) -> set[int]:
    """Lines at the edge of a page that are its number: each counts on from the page before, a
    single one is 1."""
    numbers: dict[int, list[int]] = {}
    for page, i in edges:
        if mark := _LONE_MARK.fullmatch(half_width(lines[i].text)):
            numbers.setdefault(int(mark[1]) - page, []).append(i)
    best = max(numbers, key=lambda shift: len(numbers[shift]), default=None)
    return (
        set(numbers[best])
        if best is not None
        and (len(numbers[best]) > 1 or best == 1 or n_pages > 1 and len(numbers) == 1)
        else set()
    )


def _counting(lines: list[Line], bare: list[int]) -> set[int]:
    """Bare numbers that count the pages of a text without form feeds."""
    steps = [
        (int(lines[b].text) - int(lines[a].text), b - a)
        for a, b in zip(bare, bare[1:], strict=False)
    ]
    return (
        set(bare)
        if len(bare) > 2 and all(step == 1 and apart >= 8 for step, apart in steps)
        else set()
    )


_ATTRIBUTION = re.compile(
    r"[(（].{2,40}(?:供稿|撰稿|供图|报送|提供|委员会|办公室|研究室|工委|人大|\d日)[)）]|(?:供稿|撰稿|作者|来源)(?:单位)?\s*[:：].{2,40}|.{2,30}供稿"
    # a signature behind the last sentence
    r"|[^\s,，.。:：;；]{2,25}(?:委员会|办公室|研究室|工委|专委|社会委|人大|人大常委会)"
)
_DISTRIBUTION = re.compile(
    r"(?:主?报|主?送|发|分\s*送|抄\s*[报送发])\s*[:：].*|(?:责任)?(?:编辑|校对|审核|签发)\s*[:：].*|.*共印\s*\d+\s*份.*"
)


def furniture(lines: list[Line], raw: str) -> dict[int, str]:
    """Name the lines that are not body text: page marks anywhere, masthead in front, attribution
    and distribution behind."""
    rules = {i: "page_mark" for i in page_furniture(lines, raw)}
    rest = [i for i in range(len(lines)) if i not in rules]
    rules |= {
        rest[n]: rule
        for n, rule in name_front([unradical(half_width(lines[i].text)) for i in rest[:12]]).items()
    }
    rules |= _title_apart([lines[i] for i in rest[:60]], rest, rules, raw)
    last_stop = next((i for i in reversed(rest) if _STOP.search(lines[i].text[-12:])), -1)
    distribution = False
    for i in rest:
        if last_stop < 0 or i <= last_stop or i in rules:
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
    breaks = [
        len(BREAK.findall(raw, line.end, following.start))
        for line, following in zip(body, body[1:], strict=False)
    ]
    usual, measure = (
        sorted(breaks)[len(breaks) // 2],
        sorted(line.width for line in body)[int(len(body) * 0.75)],
    )
    n = next(
        (
            n
            for n in range(min(4, len(breaks)))
            if breaks[n] > usual or not may_be_title(body[n].text)
        ),
        4,
    )
    titles = (
        range(n + 1)
        if n < min(4, len(breaks)) and breaks[n] > usual and may_be_title(body[n].text)
        else range(0)
    )
    if (
        not titles
        and may_be_title(body[0].text)
        and body[0].width <= measure - 3
        and not body[1].text[0].isdigit()
    ):
        titles = range(
            next(
                (
                    n
                    for n in range(1, 4)
                    if n >= len(body)
                    or not may_be_title(body[n].text)
                    or body[n].width >= 0.8 * measure
                ),
                4,
            )
        )
    return {places[front[-1] + 1 + n]: "title" for n in titles}
