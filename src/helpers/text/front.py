"""The first lines of a document → masthead, issue, date, campaign, or already title and body."""

from __future__ import annotations

import re
from typing import NamedTuple

_YEAR = r"(?:\d{4}|[〇○零一二三四五六七八九]{4})"
_NUMBER = r"(?:\d+|[〇○零一二三四五六七八九十百]{1,6})"
_OPEN, _CLOSE = r"[(〔\[【]", r"[)〕\]】]"
ISSUE = re.compile(
    rf"(?:{_OPEN}?\s*{_YEAR}\s*年?度?\s*{_CLOSE}?\s*)?{_OPEN}?\s*总?\s*第\s*{_NUMBER}"
    rf"(?:\s*[-—–~至、,]\s*{_NUMBER})?\s*[期号辑]\s*{_CLOSE}?"
    # 豫人常〔2024〕8号
    rf"|(?:[\u4e00-\u9fff]{{2,8}})?{_OPEN}\s*{_YEAR}\s*年?\s*{_CLOSE}\s*第?\s*{_NUMBER}\s*[号期]"
    rf"|{_OPEN}?总期?数?\s*:?\s*{_NUMBER}\s*期?{_CLOSE}?|[Nn][Oo]\.?\s*\d+"
    rf"|(?:{_YEAR}\s*年\s*)?{_OPEN}?(?:[增特合试]\s*刊|创刊号)\s*{_NUMBER}?\s*{_CLOSE}?"
)
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
DATE = re.compile(
    rf"{_YEAR}\s*年\s*{_DAY}\s*月(?:\s*{_DAY}\s*日)?"
    r"|(?<!\d)(?:19|20)\d\d(?P<mark>[-./])\d{1,2}(?P=mark)\d{1,2}(?!\d)"
)
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SPACES = re.compile(r"\s+")
_GAP = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_EDGE = " \t\u00a0\u3000|·•:,_*★☆◆●=~—–-()〔〕[]【】《》"
_EDITED = r"(?:主办|承办|主编|编辑|编印|编制|编发|印发|印制|编|印)"
_NAME = re.compile(  # a publication: these words name nothing else, whatever stands before them
    "[^,.。;:!?、]{0,24}(?:简报|专报|快报|简讯|快讯|内参|摘报|要报|要情|周报|月报|旬报|内刊|会刊)"
    "(?:专刊|专辑)?"
)
_WORDS = (
    "人民代表大会|常务委员会|人大常委会|常委会|人大|政协|人民政府|政府|委员会|办公室|研究室|机关"
    "|代表"
    "|党组|工委|专委|领导小组|社会建设|社会|养老服务|养老|民政|联动|专项|监督|立法|决策|执法检查"
    "|检查"
    "|调研|视察|督查|督办|工作|信息|情况|动态|舆情|理论|重要|内部|最新|每日|每周|与|和|及"
)
_PLACE = rf"(?:[{HAN}]{{1,15}}?(?:省|市|县|区|州|盟|旗|镇|乡|街道))"
# 芜湖人大信息, 工作动态, 许昌人大工作简报: nothing in it but a place, bodies and what a sheet is
# called by
_PURE = re.compile(
    rf"{_PLACE}{{0,3}}(?:[{HAN}]{{2,4}}(?=人大|政协))?(?:{_WORDS}){{0,6}}?"
    "(?:简报|专报|快报|简讯|快讯|内参|摘报|要报|要情|信息|动态|通报|通讯|参阅|参考|交流|公报|文件"
    "|纪要|专刊|反映|之窗|简况|情况|园地)"
)
# 社会建设处 2024年9月3日: what stands alone before a date
_SENDER = re.compile(rf"([{HAN} ]{{2,14}}?)\s+(?=(?:{_YEAR})[年.-])")
_BODY = (
    "(?:委员会|常委会|人民代表大会|人大|政协|办公室|办公厅|研究室|工委|专委|社会委|主席团|党组"
    "|领导小组|检查组|调研组|专班|人民政府|政府|民政局|编辑部|信息中心"
    r"|(?<=[人大会府室委])[\u4e00-\u9fff]{0,6}[处科])"
)
_ACT = re.compile(
    "关于|设立|成立|撤销|组建|更名|召开|听取|审议|视察|调研|走进|推动|推进|加强|助力|开展|组织|赴"
    "|给|向"
    "|提交|报告|如何|建议"
)
_OFFICE = re.compile(rf"[^\d,.。;:!?、]{{0,40}}{_BODY}{_EDITED}?")
_OWN_OFFICE = re.compile(
    rf"{_PLACE}{{0,3}}(?:[{HAN}]{{2,4}}(?=人大|政协))?"
    rf"(?:人大|人民代表大会|人民政府|政协|政府)[{HAN}]{{0,20}}"
)
_PRINTED = re.compile(rf"{_EDITED}|出版|签发|期刊|时间|日期|印发日期|发布时间")
_LABEL = re.compile(
    r"[(\[]?(?:内部(?:资料|刊物|文件|交流)?|注意保存|妥善保管|不得外传|机密|秘密|绝密|特急"
    "|加急|密级|份号|编号|准印证|签发人?|主办|承办|主编|编辑|责任编辑|来源"
    r"|本期(?:要目|导读|主题|内容|摘要)|主题词)(?:[\s:,★☆()\]].{0,30}|.{0,4})"
)
_CAMPAIGN = re.compile(
    r".{4,120}(?:专辑|专刊|专题|系列)\s*"
    r"(?:[之]?\s*[(（]?\s*[〇零一二三四五六七八九十百\d]{1,5}\s*[)）]?)?"
)
_LEAD = re.compile(rf"[{HAN}]{{2,15}}\s*:\s*\S")
FINAL = re.compile(r"[.。!！?？;；:：…][”’」』»》)）\"]*$")
_NUMBERED = re.compile(
    r"[一二三四五六七八九十]{1,3}、"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节部]|\d{1,2}[.、]"
)
_ACTOR = re.compile(rf"[{HAN}]{{0,12}}[市县区州盟旗镇乡](?:人大|人民代表大会|人民政府|政府)")


class _Kind(NamedTuple):
    rule: str
    anchor: bool = False  # holds an issue or a date, or is a campaign: what makes lines a masthead
    issue: bool = False
    pure: bool = True  # can be no title


def is_date(text: str) -> bool:
    """A date, alone or behind an office's name: `鹤城市人大常委会办公室 2024年12月30日`.

    >>> [is_date(line) for line in ("2024.9.3", "二〇二四年九月三日印发", "2024年9月3日,召开会议")]
    [True, True, False]
    """
    kind = _kind(text)
    return kind is not None and kind.rule == "date"


def name_front(texts: list[str]) -> dict[int, str]:
    """Name the lines of a masthead; a line left out is title or body.

    Parameters
    ----------
    texts : list of str
        The first dozen lines, half width, page marks left out.

    Returns
    -------
    dict
        Place in `texts` → `masthead` | `issue` | `date` | `campaign`, and `title` for one that
        stands within the masthead. Empty where neither issue, date nor campaign is there: an
        office's name alone may be a title. One line of another kind may stand between those of a
        masthead (a slogan, a department); whatever may be a title stays one.
    """
    kinds: dict[int, _Kind] = {}
    place, unknown = 0, 0
    while place < len(texts):
        kind, pair = _kind(texts[place]), texts[place : place + 2]
        if kind:
            kinds[place] = kind
            place += 1
        elif len(pair) == 2 and not FINAL.search(pair[0]) and _CAMPAIGN.fullmatch("".join(pair)):
            kinds[place] = kinds[place + 1] = _Kind("campaign", anchor=True)
            place += 2
        elif not unknown and (passed := _passed(texts, place, kinds)):
            unknown += 1
            kinds |= passed
            place = max(passed) + 1
        else:
            break
    return {place: kind.rule for place, kind in _without_title(texts, kinds).items()}


def _kind(text: str) -> _Kind | None:
    """What a line is by itself; None for all that is not of a masthead."""
    if len(text) > 200:
        return None
    text = _SPACES.sub(" ", text)
    left, issues = ISSUE.subn("\n", text) if len(text) <= 90 else (text, 0)
    issue, dated = issues > 0, DATE.search(left)
    behind = left[dated.end() :] if dated else ""
    sender = _SENDER.match(left) if dated and not issue else None
    if sender and sender.end() == dated.start() and not _ACT.search(sender[1]):
        if not behind.strip(_EDGE):
            return _Kind("date", anchor=True)
    parts = [part.strip(_EDGE) for part in DATE.sub("\n", left).split("\n")]
    kinds = [_part(part, named=bool(issue or dated)) for part in parts if part]
    if issue or dated:
        # `2024年9月3日许昌市人大常委会` without a space is how a sentence begins
        runs_on = not issue and not behind.startswith(_BEHIND_DATE) and behind.strip(_EDGE)
        if None in kinds or runs_on:
            return None
        return _Kind("issue" if issue else "date", anchor=True, issue=issue)
    if not text.strip(_EDGE):
        return _Kind("masthead")
    if kinds and None not in kinds:
        return _Kind("masthead", pure=all(kinds))
    return _Kind("campaign", anchor=True) if _CAMPAIGN.fullmatch(text) else None


_BEHIND_DATE = (" ", "编", "印", "出版", ")", "签")


def _part(text: str, *, named: bool) -> bool | None:
    """Of a piece between issue and date: True for a publication or an office, False for what may be
    a title, None for neither."""
    squeezed = _GAP.sub("", text)
    if len(squeezed) > 45:
        return None
    printed = named and _PRINTED.fullmatch(squeezed)
    if printed or _PURE.fullmatch(squeezed) or _LABEL.fullmatch(squeezed):
        return True
    if _NAME.fullmatch(squeezed):
        return False
    if _OFFICE.fullmatch(squeezed) and not _ACT.search(squeezed):
        return _OWN_OFFICE.fullmatch(squeezed) is not None
    return None


def may_be_title(text: str) -> bool:
    """A short line without comma or full stop that does not begin with a number: a title, or a
    heading.

    >>> [may_be_title(line) for line in ("鹤城: 凝聚合力", "今年以来,开展调研", "一、总体情况")]
    [True, False, False]
    """
    return 2 <= len(text) <= 60 and not (
        FINAL.search(text) or _NUMBERED.match(text) or re.search("[,，。]", text)
    )


def _evident_title(text: str) -> bool:
    return not FINAL.search(text) and bool(
        _LEAD.match(text) or (may_be_title(text) and _ACTOR.search(text))
    )


def _passed(texts: list[str], place: int, kinds: dict[int, _Kind]) -> dict[int, _Kind]:
    """What follows a line of another kind, if that is still masthead: the places up to there, empty
    if the masthead is over."""
    run, last = place, min(place + 3, len(texts))
    while run < last and may_be_title(texts[run]) and _kind(texts[run]) is None:
        run += 1
    after: dict[int, _Kind] = {}
    anchored = False
    for n in range(run, len(texts) if run > place else 0):
        kind = _kind(texts[n])
        # at most four lines to an issue or a date, then those alone
        if kind is None or (not kind.anchor if anchored else n == run + 4):
            break
        after[n] = kind
        anchored = anchored or kind.anchor
    if not anchored:
        return {}
    if _is_slogan(texts, place, run, kinds, after):
        return after | {place: _Kind("masthead")}
    return after | {n: _Kind("title", pure=False) for n in range(place, run)}


def _is_slogan(
    texts: list[str], place: int, run: int, kinds: dict[int, _Kind], after: dict[int, _Kind]
) -> bool:
    """One short line within a masthead that is no title: a title follows the masthead, or an issue
    the line."""
    text, end = texts[place], max(after) + 1
    following = texts[end] if end < len(texts) else ""
    is_short = run == place + 1 and len(text) <= 20 and not text.startswith("关于")
    if not is_short or _LEAD.match(text) or _ACTOR.search(text):
        return False
    if kinds and any(kind.issue for kind in after.values()) and may_be_title(following):
        return True
    begun = bool(kinds or after[run].rule == "masthead")
    return begun and not _ACT.search(text) and _evident_title(following)


def _without_title(texts: list[str], kinds: dict[int, _Kind]) -> dict[int, _Kind]:
    """Leave out what may be a title: an office behind the last issue or date, and a name that no
    title follows."""
    anchors = [place for place, kind in kinds.items() if kind.anchor]
    if not anchors:
        return {}
    last = max(anchors)
    kept = {place: kind for place, kind in sorted(kinds.items()) if place <= last}
    for place in range(last + 1, len(texts)):
        following = texts[place + 1] if place + 1 < len(texts) else ""
        titled = may_be_title(following) and not following.startswith(("关于", "—"))
        kind = kinds.get(place)
        if not kind or not kind.pure or not (titled or _LABEL.fullmatch(texts[place])):
            break
        kept[place] = kind
    end = max(kept) + 1
    following = texts[end] if end < len(texts) else ""
    titles = [place for place, kind in kept.items() if kind.rule == "title"]
    # 许昌市人大常委会 / 关于…的报告 / 2024年9月3日, 养老服务信息 / 平台…: the title begins a line
    # before
    if titles:
        before = titles[0] - 1
        if before in kept and not kept[before].anchor:
            if texts[before + 1].startswith("关于") or _is_loose(texts[before], kept):
                kept[before] = _Kind("title")
        return kept
    names = [place for place, kind in kept.items() if not kind.anchor]
    loose = [place for place in names if _is_loose(texts[place], kept)]
    # `关于养老服务监督的简报` is a title where a heading (`总体情况`) or a sentence follows, none
    # where a title does
    if loose and not (
        _evident_title(following)
        or (may_be_title(following) and len(following) >= 8 and "关于" not in texts[loose[-1]])
    ):
        kept[loose[-1]] = _Kind("title")
    return kept


def _is_loose(text: str, kept: dict[int, _Kind]) -> bool:
    """A name that may be a title: by its words, or because no issue says that it names a
    publication."""
    kind = _kind(text)
    if kind is None or not kind.pure:
        return kind is not None
    name = _GAP.sub("", text)
    body = "简报|专报|快报|简讯|内参|人大|人民代表大会|政协|委员会|办公室|政府"
    is_sheet = len(name) <= 4 or re.search(body, name)
    return not is_sheet and not any(kind.issue for kind in kept.values())
