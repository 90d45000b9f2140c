"""Word's definitions of lists → the number that stands before a paragraph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Numbering:
    """Counts the numbered paragraphs of a Word file in reading order and writes the number of each.

    Parameters
    ----------
    numbering, styles : lxml element, optional
        Roots of `numbering.xml` and `styles.xml`.
    """

    def __init__(self, numbering: Any = None, styles: Any = None) -> None:
        found = () if styles is None else styles.iterchildren(W + "style")
        self.styles = {value(style, "styleId"): style for style in found}
        self.lists: dict[str, dict[int, Level]] = {}  # of each abstract list its levels
        # of an abstract list without levels the style that names another
        self.links: dict[str, str] = {}
        # of each number id its abstract list, and levels of its own
        self.uses: dict[str, tuple[str, dict[int, Level]]] = {}
        # a number id may begin anew; each does so once
        self.restarts: dict[tuple[str, int], int] = {}
        self.counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            for item in numbering.iterchildren(W + "abstractNum"):
                self.lists[value(item, "abstractNumId")] = dict(_levels(item))
                self.links[value(item, "abstractNumId")] = value(item.find(W + "numStyleLink"))
            for item in numbering.iterchildren(W + "num"):
                self._read_use(item)

    def _read_use(self, item: Any) -> None:
        num_id, own = value(item, "numId"), {}
        for override in item.iterchildren(W + "lvlOverride"):
            own |= dict(_levels(override))
            start = override.find(W + "startOverride")
            if start is not None:
                self.restarts[num_id, whole(value(override, "ilvl"), 0)] = whole(value(start), 1)
        self.uses[num_id] = (value(item.find(W + "abstractNumId")), own)

    def label(self, properties: Any) -> str:
        """What Word shows in front of the paragraph with these properties (`w:pPr`); it is counted
        by this call."""
        num_id, level = self._place(properties)
        abstract, levels = self._list(num_id)
        if level not in levels:
            return ""
        counts = self.counts.setdefault(abstract, {})
        follows = counts[level] + 1 if level in counts else levels[level].start
        counts[level] = self.restarts.pop((num_id, level), follows)
        for deeper in [n for n in counts if n > level]:
            behind = levels[deeper].restart if deeper in levels else None
            if behind is None or level < behind:
                del counts[deeper]
        text = _written(level, levels, counts)
        # `1.` before `2023年` must not read 1.2023; behind 、 and ） Chinese prose has no space
        tight = (
            unicodedata.category(text[-1:] or " ") in ("Po", "Pe", "No") and text[-1] not in ".．"
        )
        return text if tight or not text else text + " "

    def _place(self, properties: Any) -> tuple[str, int]:
        """Number id and level of a paragraph: its own, else those of its style or of the style that
        this is based on."""
        num_id = level = ""
        styles = []
        for name, place in self._chain(properties):
            own = None if place is None else place.find(W + "numPr")
            if own is not None:
                num_id = num_id or value(own.find(W + "numId"))
                level = level or value(own.find(W + "ilvl"))
            styles.append(name)
        if not level:
            levels = {item.style: n for n, item in self._list(num_id)[1].items()}
            return num_id, next((levels[name] for name in styles if name and name in levels), 0)
        return num_id, whole(level, 0)

    def _chain(self, properties: Any) -> Iterator[tuple[str, Any]]:
        yield "", properties
        name = "" if properties is None else value(properties.find(W + "pStyle"))
        seen: set[str] = set()
        while name in self.styles and name not in seen:
            seen.add(name)
            yield name, self.styles[name].find(W + "pPr")
            name = value(self.styles[name].find(W + "basedOn"))

    def _list(self, num_id: str) -> tuple[str, dict[int, Level]]:
        abstract, own = self.uses.get(num_id, ("", {}))
        style = self.styles.get(self.links.get(abstract, ""))
        if style is not None:  # the list is kept in a style of its own (`numStyleLink`)
            linked = style.find(f"{W}pPr/{W}numPr/{W}numId")
            abstract = self.uses.get(value(linked), (abstract, {}))[0]
        return abstract, self.lists.get(abstract, {}) | own


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered (`w:lvl`): `text` holds `%1` where the number of level 1
    stands."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None
    decimal: bool = False
    style: str = ""


def _written(level: int, levels: dict[int, Level], counts: dict[int, int]) -> str:
    def number(match: re.Match) -> str:
        n = int(match[1]) - 1
        item = levels.get(n, Level())
        return numeral(counts.get(n, item.start), "decimal" if levels[level].decimal else item.kind)

    return "" if levels[level].kind == "bullet" else re.sub("%([1-9])", number, levels[level].text)


def _levels(item: Any) -> Iterator[tuple[int, Level]]:
    for lvl in item.iterchildren(W + "lvl"):
        restart = value(lvl.find(W + "lvlRestart"))
        yield (
            whole(value(lvl, "ilvl"), 0),
            Level(
                start=whole(value(lvl.find(W + "start")), 1),
                kind=value(lvl.find(W + "numFmt")) or "decimal",
                text=value(lvl.find(W + "lvlText"))[:255],
                restart=whole(restart, 0) if restart else None,
                decimal=on(lvl.find(W + "isLgl")),
                style=value(lvl.find(W + "pStyle")),
            ),
        )


_DIGITS = "零一二三四五六七八九"
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SPOKEN = set(
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting"
    " taiwaneseCountingThousand koreanCounting".split()
)
_BY_DIGIT = set(
    "ideographDigital japaneseDigitalTenThousand taiwaneseDigital koreanDigital2".split()
)
_SIGNS = {
    "decimalEnclosedCircle": (
        "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
    ),
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_SIGNS["decimalEnclosedCircleChinese"] = _SIGNS["decimalEnclosedCircle"]
_ROMAN = dict(m=1000, cm=900, d=500, cd=400, c=100, xc=90, l=50, xl=40, x=10, ix=9, v=5, iv=4, i=1)


def numeral(number: int, kind: str) -> str:
    """Write a number in one of Word's formats (`w:numFmt`); what is not known here stays decimal.

    >>> kinds = "chineseCounting ideographDigital decimalEnclosedCircle upperRoman lowerLetter"
    >>> [numeral(12, kind) for kind in kinds.split()]
    ['十二', '一二', '⑫', 'XII', 'l']
    """
    if kind == "none":
        return ""
    if kind in _SIGNS and 0 < number <= len(_SIGNS[kind]):
        return _SIGNS[kind][number - 1]
    if not 0 < number < 10_000:
        return str(number)
    if kind in _SPOKEN:
        return _spoken(number)
    if kind in _BY_DIGIT:
        return "".join("〇" if digit == "0" else _DIGITS[int(digit)] for digit in str(number))
    if "Legal" in kind:
        return _spoken(number).translate(_LEGAL)
    if kind == "decimalZero":
        return f"{number:02d}"
    text = str(number)
    if kind.startswith("decimal"):
        return text.translate(_FULL_WIDTH) if "FullWidth" in kind else text
    if kind.endswith("Roman"):
        text = _roman(number)
    elif kind.endswith("Letter"):  # after z comes aa, then bb
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    return text.upper() if kind.startswith("upper") else text


def _spoken(number: int) -> str:
    """``12``: 十二, ``105``: 一百零五."""
    digits = str(number)
    parts = (
        _DIGITS[int(digit)] + (unit if digit != "0" else "")
        for digit, unit in zip(digits, ("千", "百", "十", "")[-len(digits) :], strict=True)
    )
    text = re.sub("零+", "零", "".join(parts)).rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    for sign, worth in _ROMAN.items():
        text += sign * (number // worth)
        number %= worth
    return text


# --- what Word's elements say


def value(element: Any, name: str = "val") -> str:
    """An attribute of Word's namespace, "" where the element or the attribute is missing."""
    return "" if element is None else element.get(W + name, "")


def on(element: Any) -> bool:
    """Whether a switch such as `<w:vanish/>` is set: it is when it is there and does not say no."""
    return element is not None and value(element) not in ("0", "false", "off")


def whole(text: str, default: int) -> int:
    """An integer of at most nine digits, else the default: a list may claim any start."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else default
