"""Turn the report of a county, a district or a prefecture into a city's, so that the rules need to
name one level only.

The report's own bodies take the city's names (固始县人大 → 固始市人大, 恩施州人民政府 →
恩施市人民政府), those of the city above a county the province's. Every character keeps its place,
and quotations are taken from the text as it was.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAMED = re.compile(r"[\u4e00-\u9fff]{2,14}$")
_NO_NAME = re.compile(
    "各|全[市县区州省]|[省市县区乡镇级个、]$|示范$|开发$|部分|基层|组织|我$|本$|[一二三四五两]级"
)
# characters of a report within which its congress is named, where its title does not say it
_HEAD = 300
_BODY = (
    r"(?=人大|人民代表|人民政府|人民法院|人民检察院|政府|政协|委(?![托派员])|直|[一二三四五六七八九十]{1,3}届|本级|里(?![^,。"
    r";]{0,4}[路米])|长(?![者期效寿三年大远势])|级(?:人大|领导|部门|媒体|财政|机关)"
    r"|[^县区州市,。;、\s]{1,7}(?:局|委员会|办公室|督查室)|卫健委|发改委|财政|民政)"
)
_UPPER = re.compile("(?<![县旗州])市(?!场)" + _BODY)


class Level(NamedTuple):
    """Whose report it is where that is no city: 固始, 县."""

    name: str
    mark: str

    @property
    def upper(self) -> bool:
        """A county has a city above it, whose acts are not its own."""
        return self.mark in "县区旗"


def own_level(title: str, text: str) -> Level | None:
    """Find out whether a report is that of a county's, a district's or a prefecture's congress.

    It is where the title, or else the beginning of the text, names such a congress first, and the
    text speaks more often of a congress of this level than of a city's (what the title names may be
    named as often).

    Examples
    --------
    >>> own_level("金水区人大常委会专题询问养老服务工作", "区人大常委会走访46个社区。")
    Level(name='金水', mark='区')
    >>> own_level("许昌: 监督养老服务", "市人大常委会召开动员会,建安区人大常委会同步开展。")
    """
    for place in (title, text[:_HEAD]):
        at = place.find("人大")
        while at > 0:
            mark = place[at - 1]
            if mark == "市":
                return None
            name = _name(place[max(0, at - 15) : at - 1]) if mark in "县区州旗盟" else ""
            if name:
                spoken = _spoken_of(mark, title) + _spoken_of(mark, text)
                return (
                    Level(name, mark) if spoken > text.count("市人大") - (place is title) else None
                )
            at = place.find("人大", at + 1)
    return None


def _name(before: str) -> str:
    """The name at the end of what stands before 县人大: 郑州市金水 → 金水, 恩施土家族苗族自治 →
    恩施; of 各 or 部分 none."""
    named = _NAMED.search(before)
    if not named or _NO_NAME.search(named.group()[-4:]):
        return ""
    name = re.split("[省市]", named.group())[-1]
    return name[:2] if "自治" in name else name[-2:] if len(name) > 4 else name


def _spoken_of(mark: str, text: str) -> int:
    return text.count(mark + "人大") + text.count(mark + "人民代表大会")


def as_city(text: str, level: Level) -> str:
    """Give a report's own bodies the names of a city's.

    Examples
    --------
    >>> as_city("固始县人大常委会听取县民政局汇报,市人大代表参加", Level("固始", "县"))
    '固始市人大常委会听取市民政局汇报,省人大代表参加'
    """
    if level.upper:
        text = _UPPER.sub("省", text)
    text = text.replace(level.name + level.mark, level.name + "市")
    guard = "(?<![社园辖地城山小景片校厂灾矿库街林牧郊老市各])" if level.mark == "区" else "(?<!各)"
    return re.sub(f"{guard}{level.mark}{_BODY}|(?<=[全我本]){level.mark}", "市", text)
