"""The front of a document → city, date, issue and title; whose report it is."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

from helpers.characters import chinese_number
from helpers.codebook import Codebook, read_table

from .cleaning import Mark
from .front import DATE, ISSUE


def read_masthead(
    metadata: tuple[Mark, ...], body: str, codebook: Codebook | None = None
) -> dict[str, Any]:
    """Read issue, date, album number, title, contributor and city; None for what the text does not
    say.

    Where the city is looked for: see `city_of`.

    Returns
    -------
    dict
        `city_zh, city_en, issue_year, issue_number, date, album_number, title, contributor`.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for mark in metadata:
        texts[mark.rule].append(mark.text)
    contributor = _contributor(texts["attribution"])
    year, number = _issue(texts["issue"])
    front = [mark.text for mark in metadata if mark.rule in ("masthead", "issue", "date")]
    city_zh, city_en = city_of(texts["title"], contributor, front, body)
    return {
        "city_zh": city_zh,
        "city_en": city_en,
        "issue_year": year,
        "issue_number": number,
        "date": _date([*texts["date"], *texts["issue"]]),
        "album_number": _album("".join(texts["campaign"])),
        "title": " ".join(texts["title"]).strip() or None,
        "contributor": contributor,
    }


_ISSUE_YEAR = re.compile(
    r"(?<!\d)\d{4}(?=\s*[年)〕\]】])|[〇○零一二三四五六七八九]{4}(?=\s*[年)〕\]】])"
)
_ISSUE_NUMBER = re.compile(
    r"(\d+"
    r"|[〇○零一二三四五六七八九十百]+)(?:\s*[-—–~至、,]\s*[\d一二三四五六七八九十]+)?\s*[期号辑]"
    r"|(?:总|[Nn][Oo]\.?)\s*(\d+)"
)


def _issue(lines: list[str]) -> tuple[int | None, int | None]:
    """Year and number: that of the year (`第3期`) before a running one (`总第128期`), and this
    before a document's (`〔2024〕8号`)."""
    found = [m.group() for line in lines for m in ISSUE.finditer(line)]
    found.sort(key=lambda text: ("号" in text, "总" in text))
    years = filter(None, map(_ISSUE_YEAR.search, found))
    numbers = filter(None, map(_ISSUE_NUMBER.search, found))
    year = next((_value(found.group()) for found in years), None)
    return year, next((_value(found[1] or found[2]) for found in numbers), None)


def _value(numeral: str) -> int | None:
    """The number that digits or a Chinese numeral name; nothing on a masthead is numbered by the
    thousand million, and no table holds such a number."""
    if numeral.isdecimal():
        number = int(numeral) if len(numeral) < 20 else None
    else:
        number = chinese_number(numeral)
    return number if number is not None and number < 10**9 else None


_PARTS = re.compile(r"([^年]+)年([^月]+)月(?:(.+)日)?")


def _date(lines: list[str]) -> str | None:
    """The first date with a day, as year-month-day."""
    for found in (m.group() for line in lines for m in DATE.finditer(line)):
        text = re.sub(r"\s+", "", found)
        parts = _PARTS.fullmatch(text).groups() if "年" in text else re.split("[-./]", text)
        year, month, day = (_value(part) if part else None for part in parts)
        if year and month in range(1, 13) and day in range(1, 32):
            return f"{year:04d}-{month:02d}-{day:02d}"
    return None


def _album(text: str) -> int | None:
    found = re.search(r"[(（]?\s*([〇零一二三四五六七八九十百\d]+)\s*[)）]?$", text)
    return _value(found[1]) if found else None


def _contributor(lines: list[str]) -> str | None:
    for line in lines:
        inner = re.sub(r"[,，]?\s*(?:\d{4}年)?\d{1,2}月\d{1,2}日$", "", line.strip("()（） "))
        inner = re.sub(
            r"^(?:供稿|撰稿|作者|来源)(?:单位)?\s*[:：]\s*|\s*(?:供稿|撰稿|报送|提供)$", "", inner
        )
        if inner and not re.match(r"图片|摄影|资料图|配图", inner):
            return inner
    return None


City = tuple[str, str | None]
"""The Chinese name, and the English one of a place that the table of cities has."""
# no name holds 和 or 全 but some: 呼和浩特, 和田, 全椒, 本溪
_LETTER = (
    r"(?:[^\W\d_a-zA-Z省市县区盟和与在对向由被让各全我本该]"
    "|和(?=[田静硕政平林布顺龙]|(?<=[呼政泰永共南仁太]和))|本(?=溪)|全(?=[椒州南])|向(?=阳)"
    "|让(?=胡路))"
)
_ENDS = (
    "自治州|自治县|自治旗|地区|产城融合示范区|示范区|开发区|高新区|新区|市(?!场)|县|区|盟"
    "|(?:州|旗|镇|乡|街道)(?![市县区州族])"
)
_UNIT = re.compile(rf"(?P<name>{_LETTER}{{1,15}}?)(?P<end>{_ENDS})")
_PROVINCE = re.compile(
    rf"(?:中国共产党|中共)?(?:{_LETTER}{{2,5}}(?:省|自治区)"
    "|(?:广西壮族|宁夏回族|新疆维吾尔)自治区)?"
)
_PROVINCES = frozenset(
    "河南 河北 山东 山西 湖南 湖北 江苏 浙江 安徽 福建 江西 广东 广西 海南 四川 贵州 云南 西藏 陕西"
    " 甘肃 青海 宁夏 新疆 内蒙古 辽宁 吉林 黑龙江 台湾 香港 澳门".split()
)
# 社区, 景区, 大县: an ending that names a kind and not a place
_KINDS = frozenset(
    "社 小 园 景 校 片 街 灾 山 库 牧 农 老 特 辖 郊 战 赛 馆 分 专 选 禁 贫困 试点 示范 大 强 百强"
    " 重点 一个 两个 几个 多个 城 都 超 股 夜 集 菜 上 门 楼 乡 村 进 下 同".split()
)
_KIND_END = re.compile(
    "(?:社|小|园|景|校|片|街|灾|库|牧|老|特|选|困|点|范|强|超|百强|人口大|农业大|等|个|集聚|功能"
    "|风景"
    "|管理|经济)$"
)
_BODIES = (
    "人大|人民代表大会|政协|人民政府|政府|委、|委市政府|委县政府|委区政府|纪委|民政局|卫健委|监察委"
)
_CONGRESS = re.compile(_BODIES)
_TAIL = re.compile(
    r"(?:人大|人民代表大会|人民政府|政府|政协|常委会|民政局|委员会|办公室|卫健委)[\u4e00-\u9fff]*$"
)
_PEOPLES = (
    "汉 回 藏 苗 彝 壮 满 侗 瑶 白 傣 黎 佤 畲 水 土 羌 怒 京 各 土家 布依 朝鲜 哈尼 傈僳 高山 拉祜"
    " 东乡 纳西 景颇 达斡尔 仫佬 布朗 撒拉 毛南 仡佬 阿昌 普米 德昂 保安 裕固 塔塔尔 独龙 鄂温克"
    " 赫哲 门巴 珞巴 基诺 维吾尔 俄罗斯 乌孜别克"
).split()
_PEOPLE = re.compile(
    rf"(?<=..)(?:(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})族"
    "|(?:蒙古|哈萨克|柯尔克孜|锡伯|塔吉克|鄂伦春)族?)+$"
)
# before a colon these words name what follows, and no place: `编者按: …`, `养老服务: …`
_NO_PLACE = re.compile(
    "人大|养老|服务|监督|工作|按|语|提示|摘要|题|报道|新闻|来源|作者|时间|日期|地点|背景|经验|做法"
    "|成效"
    "|专|数据|问题|建议|调研|报告|案例|聚焦|代表|委员|主任|关于|老|目标|意见|附|注|领导|同志|标|主"
    "|一"
    "|二|三|全|各|省|我|本|该|如|今|这|那|年|月|日"
)


class Place(NamedTuple):
    """A place: its name as tables give it, and in English where the table of cities has it."""

    zh: str
    en: str | None
    full: str  # as the text has it: 金水区
    rest: str  # what follows it in the text

    @property
    def city(self) -> City:
        return self.zh, self.en


def place_at(text: str) -> Place | None:
    """Read the place that a text begins with, the smallest of `郑州市金水区`; None where it begins
    otherwise.

    A city, prefecture-level or not, goes by its name (郑州), a county, district or banner by its
    full one (固始县, 金水区), an autonomous one without the peoples' names (恩施土家族苗族自治州 →
    恩施州).

    >>> place_at("河南省郑州市金水区人大常委会").zh, place_at("恩施土家族苗族自治州人大").zh
    ('金水区', '恩施州')
    >>> place_at("市人大常委会")
    """
    at = _PROVINCE.match(text).end()
    found: tuple[str, str, int] | None = None
    while unit := _UNIT.match(text, at):
        name, end = unit["name"], unit["end"]
        short = len(name) == 1 and not (end == "县" or (found and end == "区"))
        long = len(name) > 8 and not end.startswith("自治")
        if short or long or name in _KINDS:
            break
        if found and end == "市" and not found[1].endswith(("州", "盟", "地区", "市")):
            break
        if _KIND_END.search(name) and end not in ("市", "自治州", "州"):
            break
        found, at = (name, end, unit.end()), unit.end()
    if not found:
        return None
    return _place(found[0], found[1], text[at:])


def _place(name: str, end: str, rest: str = "") -> Place:
    known = _names().get(name + end) or (_names().get(name) if end == "市" else None)
    if known:
        return Place(*known, name + end, rest)
    short = name if end == "市" else name + end
    if end.startswith("自治"):
        short = _PEOPLE.sub("", name) + end.removeprefix("自治")
    return Place(short, None, name + end, rest)


def city_of(
    title: list[str], contributor: str | None, front: list[str], body: str
) -> City | tuple[None, None]:
    """Find the place a document is about, Chinese and English; (None, None) where the text does not
    say.

    In this order: the name before the title's colon (`济源: …`), the contributing congress
    (`(济源市人大…供稿)`), the place in the title, the masthead's office, a known city in the title,
    the one congress that the body names.
    """
    joined = " ".join(title)
    leads = (_lead(line, body) for line in dict.fromkeys([joined, *title]))
    city = (
        next(filter(None, leads), None)
        or _named(contributor or "", body)
        or _in_title(joined, "\n".join([*front, contributor or "", body]))
        or _in_front(front, body)
    )
    if city:
        return city
    known = {city for alias, city in _names().items() if alias in joined}
    if len(known) == 1:
        return known.pop()
    return _in_body(body) or (None, None)


def _lead(title: str, body: str) -> City | None:
    lead = re.match(r"([\u4e00-\u9fff]{2,24}?)\s*[:：]", title)
    if not lead:
        return None
    name = lead[1]
    if known := _known(name):
        return known
    if (place := place_at(name)) and (not place.rest or _CONGRESS.match(place.rest)):
        return place.city
    name = _TAIL.sub("", name)
    return _bare(name, body) if name and len(name) <= 5 else None


def _bare(name: str, body: str) -> City | None:
    """A place named without its kind (`固始人大`): a known city, else of the kind that the body
    gives it, else a city."""
    if known := _known(name):
        return known
    no_place = len(name) < 2 or name in _PROVINCES or _NO_PLACE.search(name)
    if no_place or not re.fullmatch(f"{_LETTER}+", name):
        return None
    kind = re.search(rf"{re.escape(name)}({_ENDS})", body)
    return _place(name, kind[1] if kind else "市").city


def _named(text: str, body: str) -> City | None:
    """The place whose congress or government a text begins with."""
    text = re.sub(r"\s+", "", text)
    place = place_at(text)
    if place and _CONGRESS.match(place.rest):
        return place.city
    bare = re.match(rf"({_LETTER}{{2,4}}?)(?:人大|政协)", text)
    return _bare(bare[1], body) if bare and not place else None


_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff])")
_BOUNDARY = re.compile(r"^|[\s—\-“(《:：]|关于|——")


def _in_title(title: str, rest: str) -> City | None:
    """The first place in a title that stands where a name may begin; a county or district is told
    again by the `rest`."""
    for boundary in _BOUNDARY.finditer(title):
        place = place_at(title[boundary.end() : boundary.end() + 40])
        if not place or not place.rest:
            continue
        full = place.full
        is_city = len(place.zh) <= 4 and full.endswith(("市", "州", "盟", "示范区"))
        is_named = place.en or _CONGRESS.match(place.rest) or (is_city and full[-2:] != "城市")
        if is_named or re.search(rf"{re.escape(full)}(?:{_BODIES})", rest):
            return place.city
        # 近年来郑州市…: a known city at the end of a few characters
        if full.endswith("市") and (known := _ending(full.removesuffix("市"))):
            return known
    return None


def _in_front(front: list[str], body: str) -> City | None:
    """The one place of a masthead; of a city and its district the district."""
    lines = (_SPACED.sub("", line) for line in front)
    pieces = [piece for line in lines for piece in re.findall(r"[\u4e00-\u9fff]+", line)]
    places = [(piece, place) for piece in pieces if (place := place_at(piece))]
    cities = list(dict.fromkeys(place.city for _, place in places if place.rest or place.en))
    if len(cities) > 1:  # 郑州市 above 郑州市金水区
        cities = [
            city
            for city in cities
            if not any(city[0] in piece and place.zh != city[0] for piece, place in places)
        ]
    if not cities:
        text = "\n".join([*front, body])
        cities = list({city for piece in pieces if (city := _named(piece, text))})
    return cities[0] if len(cities) == 1 else None


_BEFORE = r"[\n.。,，;；:：、“]"
_ACTOR = re.compile(
    rf"{_BEFORE}(?P<name>{_LETTER}{{2,10}}?)(?P<end>市|自治州|州|盟|地区|示范区)"
    "(?=人大|人民代表大会|委、市政府|委市政府)"
)
_COUNTY_ACTOR = re.compile(
    rf"{_BEFORE}(?P<name>{_LETTER}{{1,8}}?)(?P<end>自治县|自治旗|县|区|旗)(?=人大|人民代表大会)"
)
_OWN = re.compile(rf"{_BEFORE}([市县区州旗])人大常委会")


def _in_body(body: str) -> City | None:
    """The one congress that a body names: a county's where it calls its own `县人大常委会`, else a
    city's."""
    text = "\n" + body
    own = _OWN.findall(text)
    county = sum(level in "县区旗" for level in own) > sum(level in "市州" for level in own)
    places = set()
    for found in (_COUNTY_ACTOR if county else _ACTOR).finditer(text):
        name, end = found["name"], found["end"]
        if county:
            if not _KIND_END.search(name) and name not in _KINDS:
                places.add(_place(name, end).city)
        elif (known := _ending(name)) or len(name) <= 3 or end == "自治州":
            places.add(known or _place(name, end).city)
    return places.pop() if len(places) == 1 else None


def _ending(name: str) -> tuple[str, str] | None:
    """A known city at the end of a few characters: `近年来郑州`."""
    known = [alias for alias in _names() if name.endswith(alias)]
    return _names()[max(known, key=len)] if known else None


@cache
def _names() -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for row in read_table("codebook/cities").itertuples():
        for alias in (row.city_zh, row.full_zh, *re.split(r"[;；|、 ]+", row.aliases)):
            if alias:
                names[alias] = (row.city_zh, row.city_en)
    return names


def _known(name: str) -> tuple[str, str] | None:
    return _names().get(name) or _names().get(name.removesuffix("市"))


_NAMED = re.compile(r"[\u4e00-\u9fff]{2,14}$")
_NO_NAME = re.compile(
    "各|全[市县区州省]|[省市县区乡镇级个、]$|示范$|开发$|部分|基层|组织|我$|本$|[一二三四五两]级"
)
# characters of a report within which its congress is named, where its title does not say it
_HEAD = 300
_BODY = (
    "(?=人大|人民代表|人民政府|人民法院|人民检察院|政府|政协|委(?![托派员])|直"
    "|[一二三四五六七八九十]{1,3}届|本级|里(?![^,。;]{0,4}[路米])|长(?![者期效寿三年大远势])"
    r"|级(?:人大|领导|部门|媒体|财政|机关)"
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
                of_city = text.count("市人大") - (place is title)
                return Level(name, mark) if spoken > of_city else None
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
