"""Look up China's administrative divisions, from provinces down to counties, by their names.

The names are in the table `data/reference/divisions.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs as aho

from helpers.codebook import Codebook, read_table

# 云州市第十五届人大 is the fifteenth congress of Yunzhou.
TERM = "(?:第?[一二三四五六七八九十]{1,3}届)?"
UNNAMED = "unnamed place"  # The English name of a place such as 某市 ("a certain city").
_DIGITS = {"province": 2, "prefecture": 4, "county": 6}  # Digits of a code that tell a division.


class Place(NamedTuple):
    """A province, city, county, town or similar place.

    `zh` is the name as tables show it: 郑州 for 郑州市, 固始县 with its ending, 恩施州 without the
    names of peoples. `en` is the English name. `level` is province, prefecture, county or township.
    `kind` is the ending of the full name, such as 自治县. `code` is the code by GB/T 2260, without
    the zeros at its end: the code of a county begins with the code of its city. It is empty for a
    place that the table of divisions lacks.
    """

    zh: str
    en: str | None = None
    level: str = ""
    kind: str = ""
    code: str = ""

    def is_related(self, other: Place) -> bool:
        """Tell whether one of two places lies in the other, or both are the same."""
        ours, theirs = self.code or "?", other.code or "!"
        return ours.startswith(theirs) or theirs.startswith(ours)

    @property
    def mark(self) -> str:
        """The word for the level, as in 县人大 ("the county's congress"): 县 for an autonomous
        county, 区 for a development zone."""
        if self.kind == "自治区" or self.kind in ("街道", "苏木"):
            return self.kind
        return self.kind[-1:]


class Divisions:
    """The divisions of the table, and the cities of one codebook, by their full and short names.

    Examples
    --------
    >>> from helpers import read_codebook
    >>> divisions = Divisions(read_codebook())
    >>> divisions.full["恩施土家族苗族自治州"]
    Place(zh='恩施州', en='Enshi Prefecture', level='prefecture', kind='自治州', code='4228')
    >>> divisions.short["固始"]
    Place(zh='固始县', en='Gushi County', level='county', kind='县', code='411525')
    """

    def __init__(self, codebook: Codebook) -> None:
        self.full, self.short, self.provinces = map(dict, _tables())
        for row in codebook.cities.itertuples():
            # The user's table counts first, also where it gives a city another English name.
            known = self.full.get(row.full_zh, Place("", level="prefecture"))
            place = Place(row.city_zh, row.city_en, known.level, "市", known.code)
            aliases = [name for name in row.aliases.replace("|", " ").split() if name]
            self.full |= dict.fromkeys([row.full_zh, *aliases], place)
            self.short[row.city_zh] = place
        self.longest = max(map(len, self.full))
        self._names = list(self.full)
        self._search = aho.AhoCorasick(
            self._names, matchkind=aho.MatchKind.LeftmostLongest, store_patterns=False
        )

    def shown(self, name: str) -> Place | None:
        """Return the division with this name in tables (`city_zh`), such as 郑州, or None."""
        for names in (self.full, self.short, self.provinces):
            place = names.get(name)
            if place and place.zh == name:
                return place
        return None

    def find(self, text: str) -> Iterator[tuple[int, int, Place]]:
        """Yield start, end and place of each full name of a division in a text."""
        for number, start, end in self._search.find_matches_as_indexes(text):
            yield start, end, self.full[self._names[number]]


@lru_cache(maxsize=1)
def place_kinds() -> dict[str, tuple[str, str]]:
    """Return {ending of a place name: (level, English word)}, with longer endings first."""
    rows = read_table("reference/place_kinds").itertuples(index=False)
    return {row.kind_zh: (row.level, row.kind_en) for row in rows}


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Place], dict[str, Place], dict[str, Place]]:
    """Return the places by full name, by short name, and the provinces by short name.

    If several divisions have the same name, the division of the highest level counts, and a
    present division counts before a former one. A short name that two divisions of one level share,
    such as 东安 of a county and a district, is left out.
    """
    full: dict[str, Place] = {}
    short: dict[str, Place] = {}
    provinces: dict[str, Place] = {}
    ambiguous: set[str] = set()
    rows = read_table("reference/divisions").to_dict("records")
    order = ["province", "prefecture", "county"]
    for row in sorted(rows, key=lambda row: (row["former"], order.index(row["level"]))):
        place = _place(row)
        full.setdefault(row["name_zh"], place)
        if len(place.zh) > 2:
            full.setdefault(place.zh, place)
        by_short = provinces if row["level"] == "province" else short
        if row["short_zh"] != row["name_zh"]:
            first = by_short.setdefault(row["short_zh"], place)
            if first.level == place.level and first.zh != place.zh and not row["former"]:
                ambiguous.add(row["short_zh"])
    for name in ambiguous:
        del short[name]
    return full, short, provinces


def _place(row: dict[str, str]) -> Place:
    """Return the place of a row of the table, in the form in which tables show it."""
    full, short, en, level = (row[name] for name in ("name_zh", "short_zh", "name_en", "level"))
    kind = next(kind for kind in place_kinds() if full.endswith(kind))
    code = row["code"][: _DIGITS[level]]
    if level == "province":
        zh = short if kind == "市" else full
        return Place(zh, f"{en} Province" if kind == "省" else en, level, kind, code)
    return Place(shown_name(short, kind), english(en, kind), level, kind, code)


def shown_name(short: str, kind: str) -> str:
    """Return a place's name as tables show it: 郑州, 固始县, 恩施州."""
    if kind == "市" or short.endswith(kind):
        return short
    return short + kind.removeprefix("自治")


def english(en: str, kind: str) -> str:
    """Return an English name with the word for the kind of place, such as `Gushi County`."""
    return f"{en} {place_kinds()[kind][1]}".rstrip()
