"""Find the level of a report, such as a county's, and rewrite the report as a city's.

The rules that find ways of supervision are written for reports of cities. After a report is
rewritten, these rules also fit reports of provinces, counties, districts, towns and prefectures.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from helpers.codebook import Codebook, RoleWords, shared_codebook

from .divisions import TERM, Divisions, Place, place_kinds

_CITY, _PROVINCE, _COUNTY = "市", "省", "县"
_COUNTIES = ("县", "区", "旗")
_TOWNS = ("镇", "乡", "街道", "苏木")
_PREFECTURES = ("州", "盟")
_PROVINCES = (_PROVINCE, "自治区")
_NAMES = {
    "province": _PROVINCES,
    "city": (_CITY, *_PREFECTURES),
    "county": _COUNTIES,
    "township": _TOWNS,
}
_UNDER_PROVINCE = ("90",)  # In a code: a county-level city directly under its province.
# What stands for the level in a rewritten report, in as many characters: 自治区 becomes 本地市.
_AS_CITY = {1: "市", 2: "本市", 3: "本地市"}


class Level(NamedTuple):
    """The level of a report that is not a city's. For Gushi county, 固始县, the `name` is 固始 and
    the `mark` is 县, the word for "county". The name is empty if the report does not say it."""

    name: str
    mark: str

    @property
    def is_below_city(self) -> bool:
        """True for a county, a district, a banner (a county in Inner Mongolia) or a town."""
        return self.mark in (*_COUNTIES, *_TOWNS)


def document_level(place: str | None, text: str, codebook: Codebook) -> str:
    """Return the level of the body that wrote a document: province, city, county or township, or
    `other` if the document names neither its place nor its own congress."""
    known = codebook.once(Divisions).shown(place or "")
    if known and known.code[2:4] not in _UNDER_PROVINCE:
        return "city" if known.level == "prefecture" else known.level
    mark = _mark_of(place, codebook) if place else _most_named(text, codebook)
    return next((name for name, marks in _NAMES.items() if mark in marks), "other")


def report_level(place: str | None, text: str, codebook: Codebook | None = None) -> Level | None:
    """Return the level of a report, or None if a city wrote it.

    The level is that of the report's place, such as 县 for 固始县. If the place is not known, or if
    the text names only congresses of another level, the level is the one whose standing committee
    the text names most often without a place (`县人大常委会`, "the county's standing committee").

    Parameters
    ----------
    place : str or None
        The Chinese name of the report's place (`city_zh`).
    text : str
        The title and the clean text.
    codebook : Codebook, optional
        The codebook whose table `place_words` is used. Default: `read_codebook()`.

    Examples
    --------
    >>> report_level("金水区", "区人大常委会走访46个社区。")
    Level(name='金水', mark='区')
    >>> report_level("许昌", "市人大常委会召开动员会,建安区人大常委会同步开展。")
    >>> report_level(None, "县人大常委会组成调研组,对我县养老服务情况进行调研。")
    Level(name='', mark='县')
    """
    codebook = codebook or shared_codebook()
    level = _level_of(place, codebook)
    named = _congresses(text, codebook)
    if place and level and (named[level.mark] >= named[_CITY] or level.mark in _PROVINCES):
        return level
    if place:
        return None
    mark = _most_named(text, codebook)
    return None if mark in ("", _CITY) else Level("", mark)


def _most_named(text: str, codebook: Codebook) -> str:
    """Return the level whose congress a text names most often, or "" if it names none. Of two
    levels named equally often, a city's comes first and a province's last, because cities and
    counties tell what their province does."""
    named = _congresses(text, codebook)
    marks = [mark for names in ("city", "county", "township", "province") for mark in _NAMES[names]]
    return max(filter(named.get, marks), key=named.__getitem__, default="")


def _congresses(text: str, codebook: Codebook) -> Counter[str]:
    """Count the congresses that a text names by their level. 各县人大 ("the counties' congresses")
    and 市、县人大 ("congresses of cities and counties") do not count, nor do those of visitors.
    人大街道工委 is the committee of a street."""
    words = codebook.role_words("place_words")
    congress = f"(?<!{{not_one_body}})({{level_of_report}}){TERM}(?:{{congress}})"
    own = words.pattern(congress + "(?![^。;\n]{0,24}?(?:{visits}))")
    of_street = words.pattern("(?<={congress_in_short})({level_of_report})(?={committee})")
    return Counter([*own.findall(text), *of_street.findall(text)])


def _level_of(place: str | None, codebook: Codebook) -> Level | None:
    """Return the level of a place, or None for a city."""
    mark = _mark_of(place, codebook) if place else _CITY
    if not place or mark == _CITY:
        return None
    kind = next(kind for kind in place_kinds() if place.endswith(kind))
    return Level(place.removesuffix(kind), mark)


def _mark_of(place: str, codebook: Codebook) -> str:
    """Return the word for the level of a place (`city_zh`), such as 县 for 固始县."""
    if known := codebook.once(Divisions).shown(place):
        return known.mark
    if len(place) == 2 and place[-1] in _PREFECTURES:
        return _CITY  # 云州 for 云州市; the name of a prefecture has three characters
    kind = next((kind for kind in place_kinds() if place.endswith(kind)), _CITY)
    return Place("", kind=kind).mark


def as_city(text: str, level: Level, codebook: Codebook | None = None) -> str:
    """Rewrite a report as if a city had written it: rename its congress and offices to a city's.

    The rewritten report has the same length. In the example, the offices of a county (县) become
    those of a city (市), and the deputies of the city above the county become those of a province
    (省). In the report of a province, the cities below it become counties.

    Examples
    --------
    >>> as_city("固始县人大常委会听取县民政局汇报,市人大代表参加", Level("固始", "县"))
    '固始市人大常委会听取市民政局汇报,省人大代表参加'
    >>> as_city("省人大常委会听取报告,各市人大同步检查", Level("云岭", "省"))
    '市人大常委会听取报告,各县人大同步检查'
    """
    words, mark = (codebook or shared_codebook()).role_words("place_words"), level.mark
    text = _other_levels(text, level, words)
    own_name = _AS_CITY[len(mark)]
    if level.name:
        text = text.replace(level.name + mark, level.name + own_name)
    other = "not_before_district" if mark == "区" else "not_before_level"
    own = f"(?<!{{{other}}}){mark}(?={{own_body}})|(?<={{own}}){mark}"
    return words.pattern(own).sub(own_name, text)


def _other_levels(text: str, level: Level, words: RoleWords) -> str:
    """Rename the bodies of the levels above and below the level of a report."""
    if level.mark in _PROVINCES:
        below = f"{_CITY}(?!{{not_after_city}})(?={{own_body}})"
        return words.pattern(below).sub(_COUNTY, text)
    if level.mark not in _COUNTIES:
        return text
    above = f"(?<![县旗州]){_CITY}(?!{{not_after_city}})(?={{own_body}})"
    return words.pattern(above).sub(_PROVINCE, text)
