"""Word's definitions of lists → the number that Word shows in front of a paragraph.

A Word file does not hold the number of a heading, such as 一、 ("1."). Word counts the headings
each time it shows the file. This module counts the headings as Word does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Numbering:
    """Counts the numbered paragraphs of a Word file in reading order and writes their numbers. The
    arguments are the root elements of `numbering.xml` and `styles.xml` inside the Word file."""

    def __init__(self, numbering: Any = None, styles: Any = None) -> None:
        items = () if styles is None else styles.iterchildren(W + "style")
        self.styles = {value(style, "styleId"): style for style in items}
        # For each list definition (by id), its levels.
        self.lists: dict[str, dict[int, Level]] = {}
        # For each list definition (`w:abstractNum`), the style that refers to another definition.
        self.links: dict[str, str] = {}
        # For each list (`w:numId`), the id of its definition and the levels that the list
        # redefines.
        self.uses: dict[str, tuple[str, dict[int, Level]]] = {}
        # For a list and a level, the number of the first paragraph on this level.
        self.restarts: dict[tuple[str, int], int] = {}
        self.counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            for item in numbering.iterchildren(W + "abstractNum"):
                self.lists[value(item, "abstractNumId")] = dict(_levels(item))
                self.links[value(item, "abstractNumId")] = value(item.find(W + "numStyleLink"))
            for item in numbering.iterchildren(W + "num"):
                self._read_use(item)

    def _read_use(self, item: Any) -> None:
        num_id, overrides = value(item, "numId"), {}
        for override in item.iterchildren(W + "lvlOverride"):
            overrides |= dict(_levels(override))
            start = override.find(W + "startOverride")
            if start is not None:
                level = integer(value(override, "ilvl"), 0)
                self.restarts[num_id, level] = integer(value(start), 1)
        self.uses[num_id] = (value(item.find(W + "abstractNumId")), overrides)

    def label(self, properties: Any) -> str:
        """Count a paragraph and return its number. `properties` is the paragraph's XML element
        `w:pPr`."""
        num_id, level = self._position(properties)
        abstract, levels = self._list(num_id)
        if level not in levels:
            return ""
        counts = self.counts.setdefault(abstract, {})
        following = counts[level] + 1 if level in counts else levels[level].start
        counts[level] = self.restarts.pop((num_id, level), following)
        for deeper in [n for n in counts if n > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:
                del counts[deeper]
        text = "" if levels[level].kind == "bullet" else levels[level].text

        def number(match: re.Match) -> str:
            shown = levels.get(int(match[1]) - 1, Level())
            count = counts.get(int(match[1]) - 1, shown.start)
            return numeral(count, "decimal" if levels[level].decimal else shown.kind)

        return _spaced(re.sub("%([1-9])", number, text))

    def _position(self, properties: Any) -> tuple[str, int]:
        """Return the id of a paragraph's list (`w:numId`) and the paragraph's level in this
        list."""
        num_id = level = ""
        styles = []
        for name, style_properties in self._chain(properties):
            number = None if style_properties is None else style_properties.find(W + "numPr")
            if number is not None:
                num_id = num_id or value(number.find(W + "numId"))
                level = level or value(number.find(W + "ilvl"))
            styles.append(name)
        if level:
            return num_id, integer(level, 0)
        # The paragraph and its styles give no level, but a level may name one of the styles.
        levels = {item.style: n for n, item in self._list(num_id)[1].items()}
        return num_id, next((levels[name] for name in styles if name and name in levels), 0)

    def _chain(self, properties: Any) -> Iterator[tuple[str, Any]]:
        """Yield "" with the properties of a paragraph, then the name and properties of its style,
        then those of the style on which this style is based, and so on."""
        yield "", properties
        name = "" if properties is None else value(properties.find(W + "pStyle"))
        seen: set[str] = set()
        while name in self.styles and name not in seen:
            seen.add(name)
            yield name, self.styles[name].find(W + "pPr")
            name = value(self.styles[name].find(W + "basedOn"))

    def _list(self, num_id: str) -> tuple[str, dict[int, Level]]:
        """Return the id of a list's definition (`w:abstractNum`), and the levels of the list."""
        abstract, overrides = self.uses.get(num_id, ("", {}))
        style = self.styles.get(self.links.get(abstract, ""))
        if style is not None:  # the style (`numStyleLink`) names the definition to use
            linked = style.find(f"{W}pPr/{W}numPr/{W}numId")
            abstract = self.uses.get(value(linked), (abstract, {}))[0]
        return abstract, self.lists.get(abstract, {}) | overrides


@dataclass(frozen=True)
class Level:
    """The format of one level of a list (`w:lvl`). In `text`, `%1` stands for level 1's number."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    restart: int | None = None
    decimal: bool = False
    style: str = ""


def _spaced(label: str) -> str:
    """Add a space after a paragraph's number, unless the number ends in Chinese punctuation such as
    、 or ）. Without the space, `1.` in front of `2023年` (the year 2023) would read 1.2023."""
    if not label:
        return ""
    is_tight = unicodedata.category(label[-1]) in ("Po", "Pe", "No") and label[-1] not in ".．"
    return label if is_tight else label + " "


def _levels(item: Any) -> Iterator[tuple[int, Level]]:
    for lvl in item.iterchildren(W + "lvl"):
        restart = value(lvl.find(W + "lvlRestart"))
        level = Level(
            start=integer(value(lvl.find(W + "start")), 1),
            kind=value(lvl.find(W + "numFmt")) or "decimal",
            text=value(lvl.find(W + "lvlText"))[:255],
            restart=integer(restart, 0) if restart else None,
            decimal=is_on(lvl.find(W + "isLgl")),
            style=value(lvl.find(W + "pStyle")),
        )
        yield integer(value(lvl, "ilvl"), 0), level


_DIGITS = "零一二三四五六七八九"
# turns ordinary Chinese numerals into the numerals of cheques, such as 壹 for 一
_LEGAL = str.maketrans(_DIGITS[1:] + "十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_AS_YEARS = str.maketrans("0123456789", "〇一二三四五六七八九")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
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
    """Write a number in one of Word's formats (`w:numFmt`). If this module does not know the
    format, write the number in ordinary digits.

    >>> kinds = "chineseCounting ideographDigital decimalEnclosedCircle upperRoman lowerLetter"
    >>> [numeral(12, kind) for kind in kinds.split()]
    ['十二', '一二', '⑫', 'XII', 'l']
    """
    if kind == "none":
        return ""
    signs = _SIGNS.get(kind, "")
    if 0 < number <= len(signs):
        return signs[number - 1]
    if not 0 < number < 10_000:
        return str(number)
    return _WRITERS.get(kind, str)(number)


def _spoken(number: int) -> str:
    """Write a number in Chinese numerals: 十二 (12), 一百零五 (105)."""
    parts = (
        _DIGITS[int(digit)] + (unit if digit != "0" else "")
        for digit, unit in zip(f"{number:04d}", ("千", "百", "十", ""), strict=True)
    )
    text = re.sub("零+", "零", "".join(parts)).strip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    for sign, worth in _ROMAN.items():
        text += sign * (number // worth)
        number %= worth
    return text


def _letters(number: int) -> str:
    """Write 1 to 26 as a to z, 27 as aa, 28 as bb."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_SPOKEN = (
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting"
    " taiwaneseCountingThousand koreanCounting"
)
_BY_DIGIT = "ideographDigital japaneseDigitalTenThousand taiwaneseDigital koreanDigital2"
_FORMAL = "chineseLegalSimplified ideographLegalTraditional japaneseLegal koreanLegal"
_WRITERS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(_SPOKEN.split(), _spoken),
    **dict.fromkeys(_BY_DIGIT.split(), lambda number: str(number).translate(_AS_YEARS)),
    **dict.fromkeys(_FORMAL.split(), lambda number: _spoken(number).translate(_LEGAL)),
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalZero": "{:02d}".format,
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
}


# --- functions that read attributes of Word's XML elements


def value(element: Any, name: str = "val") -> str:
    """Return an attribute of an XML element, or "" if the element or attribute is missing."""
    return "" if element is None else element.get(W + name, "")


def is_on(element: Any) -> bool:
    """Tell whether an on/off element such as `<w:vanish/>` exists and is not set to "off"."""
    return element is not None and value(element) not in ("0", "false", "off")


def integer(text: str, default: int) -> int:
    """Read an integer of at most nine digits; for any other text, return the default."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else default
