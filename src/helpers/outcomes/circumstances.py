"""A number and its words → denominator, flow, level, date and timing."""

from __future__ import annotations

import functools
import re

from helpers.codebook import first_characters
from helpers.numbers import Quantity

from .context import Surroundings
from .tables import Indicator, pattern

_TITLE = re.compile("《[^》]*》")
_YEARS = re.compile("(20[0-9]{2})(?=年|[-—至~])")
_HAN_BEFORE = "|".join(f"(?<=(?<![市各])[一-龥]{{{n}}}[县区])" for n in (1, 2, 3))
_COUNTY = (
    f"(?:[县区](?<![小社城园景地辖片老校库山灾市县]区)(?:{_HAN_BEFORE})(?!域|县|划|分|级|别|间|\\()"
    "|{county_city}|县级)(?=人大|代表|[^,。;]{0,12}$|[一-龥])"
)
# name, characters of which the text must have one, pattern: it begins with a letter that few
# clauses have
_LEVELS = (
    ("province", "省国", "(?:全省|全国)(?!平均|水平)|省人大|省级"),
    ("township", "镇乡街", "(?:乡镇|街道|[一-龥]{1,3}[镇乡])(?:人大|敬老院|代表|主席团|村|有)"),
    (
        "institution",
        "食公院社",
        "(?:大食堂|公寓|养老院|敬老院|幸福院|福利院)(?:现有|共有|有|设|床位|入住)|供销社",
    ),
    ("county", "县区", _COUNTY),
    (
        "city",
        "市州",
        "全州|州人大|市(?:(?<=[一-龥]{2}市)(?!民|场|区|县)|(?<=[全我本]市)|人大|委|政府|本级)",
    ),
)
_AS_OF = re.compile(
    r"(?<![比较])(20\d\d|19\d\d)年(底|末|初|(\d{1,2})月(?:(\d{1,2})日|底|末)?)?"
    r"(?![^,]{0,16}(?:相比|比))"
)
_PERIOD = re.compile("(20[0-9]{2})年?[-—至到~]{1,2}(20[0-9]{2})年")
_PEOPLE = frozenset(
    "aged_60_plus aged_65_plus aged_80_plus disabled_elderly empty_nest poor_elderly".split()
)
_OF = re.compile(
    r"占(?!比)(?:全[市县区省州])?([一-龥]{2,10}?)(?:总数|总量)?(?:的|比)?[约近超过达]{0,2}$"
)


def denominator_of(q: Quantity, words: Surroundings, kind: str) -> str:
    """What a share is a share of: ``占总人口的`` → 总人口 of the kind the sentence names."""
    if q.kind != "share":
        return _residents(words) if kind in _PEOPLE else ""
    whole = ""
    if found := _OF.search(words.clause):
        whole = found[1]
    elif kind == "rectified_share":
        if found := re.search("(?:交办|发现|梳理|移交)[^,]*问题", words.clause):
            whole = "交办问题" if "交办" in found[0] else "问题"
    elif kind.startswith("share_of_elderly"):
        whole = "总人口"
    return _residents(words) or whole if "人口" in whole else whole


def _residents(words: Surroundings) -> str:
    """Whether the people spoken of are those who live there or those registered there."""
    named = re.findall("常住人口|户籍人口", words.before)
    return named[-1] if named else ""


def flow_of(words: Surroundings, indicator: Indicator, issue_year: int | None = None) -> str:
    """planned, assessed, stock or flow; empty where the words do not say."""
    near = words.clause + words.after
    if "《" in near:
        near = _TITLE.sub("", near)  # 《…规划(2021—2035年)》 plans nothing here
    if pattern("{assessed}").search(near):
        return "assessed"
    achieved = pattern("已(?:{done})[^,]{0,12}$")
    if pattern("{planned}").search(near) and not achieved.search(words.near):
        return "planned"
    if issue_year and "20" in near and any(int(year) > issue_year for year in _YEARS.findall(near)):
        return "planned"
    if pattern("{stock}").search(near):
        return "stock"
    if pattern("{flow}").search(near):
        return "flow"
    return "stock" if indicator.group == "context" else ""


def level_of(words: Surroundings) -> str:
    """The level of government that the nearest words name: city, county, township, institution,
    province."""
    best, level, letters = -1, "", frozenset(words.before)
    for name, needed, compiled in _levels():
        if needed and needed.isdisjoint(letters):
            continue
        for found in compiled.finditer(words.before):
            if found.end() >= best:
                best, level = found.end(), name
    return level


@functools.cache
def _levels() -> list[tuple[str, frozenset[str] | None, re.Pattern]]:
    """The levels with the characters of which the text must have one; None where the table's words
    do not tell."""
    cities = first_characters(pattern("{county_city}").pattern)
    needed_by = {name: frozenset(needed) for name, needed, _ in _LEVELS}
    needed_by["county"] = needed_by["county"] | cities if cities else None
    return [(name, needed_by[name], pattern(template)) for name, _, template in _LEVELS]


def as_of(words: Surroundings, issue_year: int | None) -> str:
    """The date a number holds for, as YYYY, YYYY-MM or YYYY-MM-DD, or the years YYYY–YYYY; empty
    where none is named."""
    near = words.before[-14:] if words.place == "start" else words.near
    if issue_year and pattern("{last_year}").search(near):
        return str(issue_year - 1)
    before = _TITLE.sub("", words.before) if "《" in words.before else words.before
    if "年" in before and (dates := list(_AS_OF.finditer(before))):
        year, part, month, day = dates[-1].groups()
        period = _PERIOD.search(before, max(0, dates[-1].start() - 8))
        if period and not part:
            return f"{period[1]}–{period[2]}"
        month = "12" if part in ("底", "末") else month
        return "-".join([year, *(f"{int(number):02d}" for number in (month, day) if number)])
    return str(issue_year) if issue_year and pattern("{this_year}").search(before) else ""


def timing_of(words: Surroundings) -> str:
    """before, during (because of the supervision) or after it; empty where the words do not say."""
    if words.place == "start" or pattern("{before}").search(words.near):
        return "before"
    if words.place != "end" and pattern("{after}").search(words.clause):
        return "after"
    during = pattern("{during}")
    return "during" if during.search(words.before) or during.search(words.after) else ""
