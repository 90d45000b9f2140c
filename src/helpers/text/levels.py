"""Find the county, district or prefecture that wrote a report, and rewrite the report as a city's.

The rules that find ways of supervision are written for reports of cities. After a report is
rewritten, these rules also fit reports of counties, districts and prefectures.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook, RoleWords, shared_codebook

_CITY, _PROVINCE = "市", "省"
_COUNTIES = frozenset("县区旗")
_LEVELS = _COUNTIES | frozenset("州盟")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,14}$")
_LARGER = re.compile("[省市]")
# If the title names no congress, the first 300 characters of the report usually name one.
_HEAD = 300


class Level(NamedTuple):
    """The county, district or prefecture that wrote a report. For Gushi county, 固始县, the `name`
    is 固始 and the `mark` is 县, the character for "county"."""

    name: str
    mark: str

    @property
    def is_below_city(self) -> bool:
        """True for a county, a district or a banner (a county in Inner Mongolia)."""
        return self.mark in _COUNTIES


def report_level(title: str, text: str, codebook: Codebook | None = None) -> Level | None:
    """Return the county, district or prefecture that wrote a report, or None if a city wrote it.

    The place is the first one whose congress is named in the title or, if the title names none, at
    the beginning of the text. Title and text must also name congresses of the place's level, such
    as 县人大 ("county congress"), more often than the text names a city's congress. If the title
    names the place's congress, the two counts may be equal.

    Examples
    --------
    >>> report_level("金水区人大常委会专题询问养老服务工作", "区人大常委会走访46个社区。")
    Level(name='金水', mark='区')
    >>> report_level("许昌: 监督养老服务", "市人大常委会召开动员会,建安区人大常委会同步开展。")
    """
    words = (codebook or shared_codebook()).role_words("place_words")
    in_title = _first_congress(title, words)
    level = in_title or _first_congress(text[:_HEAD], words)
    if not level or level.mark == _CITY:
        return None
    congresses = [level.mark + congress for congress in words.list("congress")]
    n_own = sum(passage.count(name) for passage in (title, text) for name in congresses)
    of_city = words.pattern(_CITY + "(?:{congress_in_short})").findall(text)
    return level if n_own > len(of_city) - (in_title is not None) else None


def _first_congress(passage: str, words: RoleWords) -> Level | None:
    """Return the place of the first congress that a passage names. If the place is a city, `name`
    is empty, because callers only need to know that it is a city."""
    for congress in words.pattern("{congress_in_short}").finditer(passage):
        before = passage[max(0, congress.start() - 15) : congress.start()]
        mark = before[-1:]
        if mark == _CITY:
            return Level("", mark)
        name = _name_before(before[:-1], words) if mark in _LEVELS else ""
        if name:
            return Level(name, mark)
    return None


def _name_before(text: str, words: RoleWords) -> str:
    """Return the place's name from the text that stands before 县人大 ("county congress"). The name
    of a larger place (郑州市金水 → 金水) and the names of peoples (恩施土家族苗族自治 → 恩施) are
    cut off. The words 各 ("each") and 部分 ("some") are not names."""
    match = _NAME.search(text)
    if not match or words.pattern("{not_a_report_name}").search(match.group()[-4:]):
        return ""
    name = _LARGER.split(match.group())[-1]
    if "自治" in name:
        return name[:2]
    return name[-2:] if len(name) > 4 else name


def as_city(text: str, level: Level, codebook: Codebook | None = None) -> str:
    """Rewrite a report as if a city had written it: rename its congress and offices to a city's.

    The rewritten report has the same length. In the example, the offices of a county (县) become
    those of a city (市), and the deputies of the city above the county become those of a province
    (省).

    Examples
    --------
    >>> as_city("固始县人大常委会听取县民政局汇报,市人大代表参加", Level("固始", "县"))
    '固始市人大常委会听取市民政局汇报,省人大代表参加'
    """
    words, mark = (codebook or shared_codebook()).role_words("place_words"), level.mark
    if level.is_below_city:
        above = f"(?<![县旗州]){_CITY}(?!{{not_after_city}})(?={{own_body}})"
        text = words.pattern(above).sub(_PROVINCE, text)
    text = text.replace(level.name + mark, level.name + _CITY)
    other = "not_before_district" if mark == "区" else "not_before_level"
    own = f"(?<!{{{other}}}){mark}(?={{own_body}})|(?<={{own}}){mark}"
    return words.pattern(own).sub(_CITY, text)
