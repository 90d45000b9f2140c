"""Find the masthead and the title among the first lines of a document.

The masthead consists of the briefing's name, its issue and date, and sometimes the name of a
campaign (a series of briefings). Cleaning keeps masthead and title out of the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from helpers.codebook import Codebook

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_DIGITS = "一二三四五六七八九"
NUMERAL = f"[{_DIGITS}十]{{1,3}}"
# the characters of numbers such as 二〇二四 (2024) and 二百零三 (203)
ANY_NUMERAL = f"〇零{_DIGITS}十百"
SECTION_NUMBER = rf"{NUMERAL}、|[(（]{NUMERAL}[)）]|第{NUMERAL}[章节部]"
YEAR = rf"(?:\d{{4}}|[〇○零{_DIGITS}]{{4}})"
_NUMBER = rf"(?:\d+|[○{ANY_NUMERAL}]{{1,6}})"
_OPEN, _CLOSE = r"[(〔\[【]", r"[)〕\]】]"
_DAY = rf"(?:\d{{1,2}}|{NUMERAL})"
DATE = re.compile(
    rf"{YEAR}\s*年\s*{_DAY}\s*月(?:\s*{_DAY}\s*日)?"
    r"|(?<!\d)(?:19|20)\d\d(?P<mark>[-./])\d{1,2}(?P=mark)\d{1,2}(?!\d)"
)
FINAL = re.compile(r"[.。!！?？;；:：…][”’」』»》)）\"]*$")
_SPACES = re.compile(r"\s+")
_GAP = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_EDGE = " \t\u00a0\u3000|·•:,_*★☆◆●=~—–-()〔〕[]【】《》"
_COMMA = re.compile("[,，。]")
_NUMBERED = re.compile(SECTION_NUMBER + r"|\d{1,2}[.、]")
_NAME = re.compile(rf"[{HAN}·](?:\s?[{HAN}·]){{1,5}}")
_LEAD = re.compile(rf"[{HAN}]{{2,15}}\s*:\s*\S")
# the words before a date, such as the office that sends the briefing
_SENDER = re.compile(rf"([{HAN} ]{{2,14}}?)\s+(?=(?:{YEAR})[年.-])")


class LineKind(NamedTuple):
    """What a line of a masthead contains, such as an issue, a date or a name."""

    label: str
    is_surely_name: bool = True  # False if the name may also be a title

    @property
    def is_anchor(self) -> bool:
        """True for an issue, a date or a campaign. A masthead needs at least one such line."""
        return self.label in ("issue", "date", "campaign")


class MastheadPatterns:
    """The regular expressions that recognise masthead lines, titles and closing lines. The words in
    these expressions come from the codebook's table `masthead_words`."""

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("masthead_words")
        pattern = words.pattern
        self.about = tuple(words.list("about"))
        self._after_date = (" ", ")", *words.list("after_date"))
        self.issue = pattern(
            rf"(?:{_OPEN}?\s*{YEAR}\s*年?度?\s*{_CLOSE}?\s*)?{_OPEN}?\s*总?\s*第\s*{_NUMBER}"
            rf"(?:\s*[-—–~至、,]\s*{_NUMBER})?\s*[期号辑]\s*{_CLOSE}?"
            # the number of an official document: 豫人常〔2024〕8号 is no. 8 of Henan's congress
            rf"|(?:[\u4e00-\u9fff]{{2,8}})?{_OPEN}\s*{YEAR}\s*年?\s*{_CLOSE}\s*第?\s*{_NUMBER}"
            r"\s*[号期]"
            rf"|{_OPEN}?总期?数?\s*:?\s*{_NUMBER}\s*期?{_CLOSE}?|[Nn][Oo]\.?\s*\d+"
            rf"|(?:{YEAR}\s*年\s*)?{_OPEN}?(?:{{special_issue}})\s*{_NUMBER}?\s*{_CLOSE}?"
        )
        self.campaign = pattern(
            r".{4,120}(?:{special_edition}|{series})\s*"
            rf"(?:[之]?\s*[(（]?\s*[{ANY_NUMERAL}\d]{{1,5}}\s*[)）]?)?"
        )
        # words such as 主办 ("published by") that may stand on the same line as an issue or a date
        self._imprint = pattern("{publishing}|{imprint}")
        self.label = pattern(r"[(\[]?(?:{label})(?:[\s:,★☆()\]].{0,30}|.{0,4})")
        self._publication = pattern(
            "[^,.。;:!?、]{0,24}(?:{briefing}|{periodical})(?:{special_edition})?"
        )
        place = (
            rf"(?:[{HAN}]{{1,15}}?(?:{{level}}|{{other_level}})){{0,3}}"
            rf"(?:[{HAN}]{{2,4}}(?={{after_bare_place}}))?"
        )
        # A name made up only of a place, public bodies and a kind of publication, such as
        # 芜湖人大信息 ("Wuhu congress news"), is certainly the name of a publication.
        self._whole_name = pattern(place + "(?:{part_of_name}){0,6}?(?:{briefing}|{plain_name})")
        body = "(?:{congress}|{conference}|{government})"
        office = f"(?:{body}|{{part_of_body}}|{{office}})"
        self._office = pattern(rf"[^\d,.。;:!?、]{{0,40}}{office}(?:{{publishing}})?")
        self._office_of_place = pattern(place + rf"{body}[{HAN}]{{0,20}}")
        self.act = pattern("{about}|{act}")
        # the second line of a formal report: the day and the meeting at which it was given
        self.given_at = pattern(
            rf"[—–\-(]*(?:{DATE.pattern})[^,。;]{{0,2}}在[^,。;]{{2,40}}(?:{{meeting}})上[)]?"
        )
        # the line that names the speaker: the office, a space and the name
        self._speaker = pattern(
            rf"[^\d,。;:]{{0,30}}(?:{{speaker_title}})\s+[{HAN}·](?:\s?[{HAN}·]){{1,5}}"
        )
        self.actor = pattern(rf"[{HAN}]{{0,12}}(?:{{level}})(?:{{congress}}|{{government}})")
        # words that occur in the names of publications and offices, but not in titles
        self.name_word = pattern("{briefing}|{part_of_body}|" + body)
        credit = (
            r"[(（].{2,40}(?:{contributed}|{pictured}|{signing_office}|\d日)[)）]"
            r"|(?:{contributor_label})\s*[:：].{2,40}|.{2,30}(?:{contributed_unbracketed})"
        )
        # a line of a web page: 发布时间:2024-03-08 来源:云州人大网 ("date: …, source: …")
        self.dated_source = pattern(rf"(?:{{imprint}})\s*[:：]\s*(?:{DATE.pattern}).{{0,60}}")
        # below a title, an office in brackets may be followed by the name of a person
        by_person = rf"[(（].{{2,30}}(?:{{signing_office}})\s*[{HAN} ]{{2,9}}[)）]"
        self.credit = pattern(f"{self.dated_source.pattern}|{credit}|{by_person}")
        self.attribution = pattern(
            credit
            +
            # a signature that follows the last sentence
            r"|[^\s,，.。:：;；]{2,25}(?:{signing_office}|{signing_office_unbracketed})"
        )
        self.distribution = pattern(r"(?:{sent_to}|{staff})\s*[:：].*|.*(?:{copies_printed}).*")
        self.contributor_frame = pattern(
            r"^(?:{contributor_label})\s*[:：]\s*|\s*(?:{contributed})$"
        )
        self.picture_credit = pattern("{picture_credit}")

    def kind(self, text: str) -> LineKind | None:
        """Return the kind of a masthead line, judged by its words alone, or None for any other
        line."""
        if len(text) > 200:
            return None
        text = _SPACES.sub(" ", text)
        without_issue, n_issues = self.issue.subn("\n", text) if len(text) <= 90 else (text, 0)
        date = DATE.search(without_issue)
        if n_issues:
            return LineKind("issue") if self._is_imprint(without_issue) else None
        if date:
            is_date = self.given_at.fullmatch(text) or self._is_dated(text, date)
            return LineKind("date") if is_date else None
        name = text.strip(_EDGE)
        if not name:  # the line has only ornaments, such as ★★★
            return LineKind("masthead")
        if self._speaker.fullmatch(text):
            return LineKind("speaker")
        is_surely_name = self._is_surely_name(name)
        if is_surely_name is not None:
            return LineKind("masthead", is_surely_name)
        return LineKind("campaign") if self.campaign.fullmatch(text) else None

    def _is_imprint(self, text: str) -> bool:
        """Tell whether a text consists only of dates, names of publications or offices, and words
        such as 主办 ("published by")."""
        parts = filter(None, (part.strip(_EDGE) for part in DATE.sub("\n", text).split("\n")))
        return all(self._is_surely_name(part, has_imprint=True) is not None for part in parts)

    def _is_dated(self, text: str, date: re.Match[str]) -> bool:
        """Tell whether a line holds only a date, with or without names, and not a sentence or a
        title. In the line `社会建设处 2024年9月3日`, the name of an office ("section for social
        development") stands before the date."""
        behind, sender = text[date.end() :], _SENDER.match(text)
        if sender and sender.end() == date.start() and not behind.strip(_EDGE):
            if not self.act.search(sender[1]):
                return True
        # A date that no space follows begins a sentence, as in `2024年9月3日许昌市人大常委会` ("On
        # 3 September 2024 the standing committee of Xuchang …").
        if behind.strip(_EDGE) and not behind.startswith(self._after_date):
            return False
        return self._is_imprint(text)

    def _is_surely_name(self, text: str, *, has_imprint: bool = False) -> bool | None:
        """Return True if a text is surely the name of a publication or an office, False if it is a
        name that may also be a title, and None if it is no name."""
        name = _GAP.sub("", text)
        if len(name) > 45:
            return None
        is_imprint = has_imprint and self._imprint.fullmatch(name)
        if is_imprint or self._whole_name.fullmatch(name) or self.label.fullmatch(name):
            return True
        if self._publication.fullmatch(name):
            return False
        if self._office.fullmatch(name) and not self.act.search(name):
            return self._office_of_place.fullmatch(name) is not None
        return None

    def is_date(self, text: str) -> bool:
        """Tell whether a line is a date, with or without the name of an office before it."""
        return self.kind(text) == LineKind("date")

    def is_evident_title(self, text: str) -> bool:
        """Tell whether the words of a line alone show that it is a title: it begins with a place
        and a colon (`鹤城: …`, "Hecheng: …"), or it names a congress or government."""
        if FINAL.search(text):
            return False
        return bool(_LEAD.match(text) or (may_be_title(text) and self.actor.search(text)))


def may_be_title(text: str) -> bool:
    """Tell whether a line may be a title: it is short, has no comma or full stop, and does not
    begin with a number.

    >>> [may_be_title(line) for line in ("鹤城: 凝聚合力", "今年以来,开展调研", "一、总体情况")]
    [True, False, False]
    """
    return 2 <= len(text) <= 60 and not (
        FINAL.search(text) or _NUMBERED.match(text) or _COMMA.search(text)
    )


@dataclass(frozen=True)
class Front:
    """The first lines of a document, and the kind of each line that is already classified. Each
    step of the classification returns a new `Front`, so that every step can be printed."""

    texts: list[str]
    patterns: MastheadPatterns = field(repr=False)
    kinds: tuple[LineKind, ...] = ()
    _by_itself: dict[int, LineKind | None] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> int:
        """The index of the first line that is not yet classified."""
        return len(self.kinds)

    def text(self, line: int) -> str:
        """Return the text of a line, or the empty string if there is no such line."""
        return self.texts[line] if line < len(self.texts) else ""

    def by_itself(self, line: int) -> LineKind | None:
        """Return the kind of a line, judged without the lines around it. Each result is stored for
        the next call."""
        if line not in self._by_itself:
            self._by_itself[line] = self.patterns.kind(self.texts[line])
        return self._by_itself[line]

    def may_be_title(self, line: int) -> bool:
        """Tell whether a name in the masthead may be the title. The sure name of a publication or
        an office may be the title only if it is long, if the masthead has no issue, and if the name
        has no word such as 简报 ("briefing") that titles do not use."""
        kind = self.by_itself(line)
        if kind is None or not kind.is_surely_name:
            return kind is not None
        name = _GAP.sub("", self.texts[line])
        is_proven = LineKind("issue") in self.kinds or self.patterns.name_word.search(name)
        return len(name) > 4 and not is_proven


def classify_masthead_lines(texts: list[str], patterns: MastheadPatterns) -> dict[int, str]:
    """Return {position: label} for the lines of a masthead. A line without a label belongs to the
    title or the body. `texts` are the first dozen lines of a document, without page marks and in
    half-width characters. The labels are `masthead`, `issue`, `date`, `campaign` or `speaker`, and
    `title` for a title inside the masthead. If no line is an issue, a date or a campaign, no line
    gets a label, because the name of an office alone may be a title. One line between masthead
    lines may be of another kind, such as a slogan or a department."""
    front = _give_back_title(_end_at_anchor(_read_down(Front(texts, patterns))))
    return {line: kind.label for line, kind in enumerate(front.kinds)}


def _read_down(front: Front) -> Front:
    """Classify line after line, down to the first line that is not part of the masthead. One
    interruption, such as a slogan, is allowed if masthead lines follow after the interruption."""
    has_passed = False
    while front.end < len(front.texts):
        kinds = _next_line(front)
        if not kinds and not has_passed:
            kinds, has_passed = _past_other_line(front), True
        if not kinds:
            break
        front = replace(front, kinds=front.kinds + kinds)
    return front


def _next_line(front: Front) -> tuple[LineKind, ...]:
    """Return the kind of the next line as a tuple of one. If the name of a campaign fills two
    lines, return two kinds. If the line is not part of a masthead, return an empty tuple."""
    kind = front.by_itself(front.end)
    if not kind and front.end and front.patterns.given_at.fullmatch(front.texts[front.end - 1]):
        kind = LineKind("speaker") if _NAME.fullmatch(front.texts[front.end]) else None
    if kind:
        return (kind,)
    pair = front.texts[front.end : front.end + 2]
    is_pair = len(pair) == 2 and not FINAL.search(pair[0])
    if is_pair and front.patterns.campaign.fullmatch("".join(pair)):
        return (LineKind("campaign"), LineKind("campaign"))
    return ()


def _past_other_line(front: Front) -> tuple[LineKind, ...]:
    """Look past one to three lines that may be a title or a slogan. If masthead lines follow,
    return the kinds of all these lines, otherwise an empty tuple."""
    behind, last = front.end, min(front.end + 3, len(front.texts))
    while behind < last and may_be_title(front.texts[behind]) and not front.by_itself(behind):
        behind += 1
    continued = _continued(front, behind) if behind > front.end else ()
    if not continued:
        return ()
    if behind == front.end + 1 and _is_slogan(front, continued):
        return (LineKind("masthead"), *continued)
    return (LineKind("title", is_surely_name=False),) * (behind - front.end) + continued


def _continued(front: Front, start: int) -> tuple[LineKind, ...]:
    """Return the kinds of the masthead lines from `start` on. One of the first four lines must be
    an issue, a date or a campaign. After an issue, a date or a campaign, only further issues, dates
    and campaigns count."""
    kinds: tuple[LineKind, ...] = ()
    is_anchored = False
    for line in range(start, len(front.texts)):
        kind = front.by_itself(line)
        if not kind or (is_anchored and not kind.is_anchor):
            break
        if not is_anchored and len(kinds) == 4:
            break
        kinds += (kind,)
        is_anchored = is_anchored or kind.is_anchor
    return kinds if is_anchored else ()


def _is_slogan(front: Front, continued: tuple[LineKind, ...]) -> bool:
    """Tell whether the next line is a slogan and not the title. A slogan is short, and the title
    follows later, after the masthead."""
    text, patterns = front.texts[front.end], front.patterns
    following = front.text(front.end + 1 + len(continued))
    if len(text) > 20 or text.startswith(patterns.about):
        return False
    if _LEAD.match(text) or patterns.actor.search(text):
        return False
    if front.kinds and LineKind("issue") in continued and may_be_title(following):
        return True
    # A short line before the first masthead line is more likely the title than a slogan.
    is_within = bool(front.kinds) or continued[0].label == "masthead"
    return is_within and not patterns.act.search(text) and patterns.is_evident_title(following)


def _end_at_anchor(front: Front) -> Front:
    """End the masthead after its last issue, date or campaign. The masthead also includes names of
    offices before a title, and labels such as 内部资料 ("internal")."""
    anchors = [line for line, kind in enumerate(front.kinds) if kind.is_anchor]
    end = anchors[-1] + 1 if anchors else 0
    while anchors and end < front.end and _belongs_to_masthead(front, end):
        end += 1
    return replace(front, kinds=front.kinds[:end])


def _belongs_to_masthead(front: Front, line: int) -> bool:
    """Tell whether a line behind the last issue, date or campaign is a speaker, a label, or the
    name of an office before the title."""
    if front.kinds[line].label == "speaker":
        return True
    following, patterns = front.text(line + 1), front.patterns
    is_title = may_be_title(following) and not following.startswith((*patterns.about, "—"))
    is_name = is_title or patterns.label.fullmatch(front.texts[line]) is not None
    return is_name and front.kinds[line].is_surely_name


def _give_back_title(front: Front) -> Front:
    """Change the label `masthead` to `title` if the lines around a line show that it is a title."""
    titles = [line for line, kind in enumerate(front.kinds) if kind.label == "title"]
    line = _title_line_before(front, titles[0]) if titles else _name_that_is_title(front)
    if line is None:
        return front
    return replace(front, kinds=(*front.kinds[:line], LineKind("title"), *front.kinds[line + 1 :]))


def _title_line_before(front: Front, title: int) -> int | None:
    """Find the line before a title that is in fact the title's first line. An example is the line
    许昌市人大常委会 ("standing committee of Xuchang") before the line 关于…的报告 ("report on …").
    """
    line = title - 1
    if line < 0 or front.kinds[line].is_anchor:
        return None
    is_begun = front.texts[title].startswith(front.patterns.about) or front.may_be_title(line)
    return line if is_begun else None


def _name_that_is_title(front: Front) -> int | None:
    """Find the last name in the masthead that may be the title, such as `关于养老服务监督的简报`
    ("briefing on the supervision of care"). If a title follows the masthead, return None."""
    names = [line for line, kind in enumerate(front.kinds) if not kind.is_anchor]
    candidates = [line for line in names if front.may_be_title(line)]
    if not candidates:
        return None
    name, following = front.texts[candidates[-1]], front.text(front.end)
    is_about = any(word in name for word in front.patterns.about)
    is_long_title = may_be_title(following) and len(following) >= 8
    if front.patterns.is_evident_title(following) or (is_long_title and not is_about):
        return None
    return candidates[-1]
