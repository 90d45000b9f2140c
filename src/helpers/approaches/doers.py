"""A document → who acts at any place of its text, also where no rule for an instrument applies.

Use `Doers` to find out, for example, which body held the meetings that a number counts.
"""

from __future__ import annotations

from typing import NamedTuple

from helpers.text import Document, Level, as_city, report_level

from .act_patterns import ActPatterns
from .actors import ActorNames, Actors, Mention
from .clauses import Clauses

_PROVINCE, _CITIES = "省", "市州盟"
_COUNTIES, _TOWNSHIPS = "县区旗", ("镇", "乡", "街道")
_HEAD = 300  # Characters at the start of a report that tell whose report it is.
_NAMELESS = "我"  # Stands for the name of a place in 我县, "our county".
_PAD = "□"


class Report(NamedTuple):
    """A document as the rules read it: the words of a county's report are changed as if a city had
    written the report. The changed text is as long as the document's text."""

    text: str
    author: str
    city: str
    mark: str  # the last character of the place: 县, 区, 旗, 州, 盟, 镇 …; empty for a city

    @property
    def is_below_city(self) -> bool:
        """True for the report of a county, a district, a township or a street."""
        return bool(self.mark) and self.mark not in _PROVINCE + _CITIES

    @property
    def own_congress(self) -> str:
        """The kind of actor that the congress of the report is, such as `county_congress`."""
        if not self.is_below_city:
            return "city_congress"
        return "county_congress" if self.mark in _COUNTIES else "township_congress"


def report_of(document: Document) -> Report:
    """Rewrite the report of a county, township or prefecture as a city's report, and tell its
    author."""
    title, city = document.title or "", document.city_zh or ""
    patterns = document.codebook.once(ActPatterns)
    level = report_level(title, document.text, document.codebook)
    if level and city and level.is_below_city and city[-1] not in _COUNTIES:
        level = level if level.name in title else None  # a city's report that names a county
    level = level or (_below_city if city else _unnamed)(document, patterns)
    author = "city_congress" if patterns.congress.search(document.raw) else "other"
    if not level:
        return Report(document.text, author, city, "")
    text = document.text
    if level.mark == _PROVINCE:
        text = patterns.below_province.sub("县", text)
    elif level.mark in _TOWNSHIPS:
        text = patterns.above_town.sub(_PROVINCE, text)
    if level.mark in _TOWNSHIPS or patterns.zone.search(city):
        text = _town_as_city(text, patterns)
    text = as_city(text, level, document.codebook)
    return Report(text, author, level.name.replace(_NAMELESS, ""), level.mark)


def _below_city(document: Document, patterns: ActPatterns) -> Level | None:
    """Return the level of a place such as 云溪镇, or None for a city.

    The name of a city can end like that of a township, as 新乡 does. A place is therefore only
    below a city if the title names a congress of its level, such as 镇人大, or if the text names
    such a congress more often than a city's.
    """
    place = document.city_zh or ""
    ends = [mark for mark in (*_COUNTIES, *_TOWNSHIPS) if place.endswith(mark)]
    if not ends:
        return None
    marks = _marks(document.text, patterns)
    n_more = marks.count(ends[0]) - sum(mark in _CITIES for mark in marks)
    is_named = ends[0] in _marks(document.title or "", patterns)
    return Level(place.removesuffix(ends[0]), ends[0]) if is_named or n_more > 0 else None


def _unnamed(document: Document, patterns: ActPatterns) -> Level | None:
    """Return the level of a report that names no place but calls its congress 县人大, "the county's
    congress", or None if the report calls it a city's congress.

    The first congress named in the title counts, else the first in the head of the text. A congress
    in the text counts only if the text does not name a city's congress more often. A province's
    congress in the text is that of a visitor, so only one in the title counts.
    """
    title, text = document.title or "", document.text
    in_title = _marks(title, patterns)
    marks = in_title or [mark for mark in _marks(text[:_HEAD], patterns) if mark != _PROVINCE]
    if not marks or marks[0] in _CITIES:
        return None
    all_marks = _marks(text, patterns)
    n_of_city = sum(mark in _CITIES for mark in all_marks)
    is_own = bool(in_title) or all_marks.count(marks[0]) >= n_of_city
    return Level(_NAMELESS, marks[0]) if is_own else None


def _marks(passage: str, patterns: ActPatterns) -> list[str]:
    """Return the level, such as 县, of each single congress that a passage names."""
    return [match["mark"] for match in patterns.own_congress.finditer(passage)]


def _town_as_city(text: str, patterns: ActPatterns) -> str:
    """Rewrite the bodies of a township, a street or a zone as those of a city, without changing the
    length of the text.

    In the report of a street, 街道人大工委 ("the street's committee of the congress") becomes
    市人大常委会.
    """
    for pattern, body in patterns.town_bodies:
        text = pattern.sub(lambda found, body=body: _fitted(body, len(found[0])), text)
    return text


def _fitted(body: str, length: int) -> str:
    """Return the name of a body in exactly as many characters as asked for.

    >>> _fitted("市人大常委会", 3), _fitted("市委", 4)
    ('市人大', '市委□□')
    """
    return body[:length].ljust(length, _PAD)


class Doers:
    """Tells who acts at any place of the text of one document.

    Examples
    --------
    The 26 meetings of the second briefing were held by 各级人大, "congresses of all levels". The
    actor 各级人大 is named in an earlier clause.

    >>> from helpers import read_corpus
    >>> document = read_corpus()["001_sanmenxia"]
    >>> doer = Doers(document).at(document.text.index("召开座谈会26次"))
    >>> doer.actor, document.text[doer.start:doer.end]
    ('city_congress', '各级人大')
    """

    def __init__(self, document: Document) -> None:
        codebook, report = document.codebook, report_of(document)
        patterns = codebook.once(ActPatterns)
        self.own_level = report.own_congress.removesuffix("_congress")
        self._clauses = Clauses(patterns.mask(report.text), document.sentences, patterns)
        names = codebook.once(ActorNames)
        self._actors = Actors(self._clauses, names, report.author, report.city)

    def at(self, place: int) -> Mention:
        """Return a mention of the actor who does what the words at an offset of the clean text
        tell. If the text has named no actor, the mention of the author begins and ends at 0."""
        clause = min(self._clauses.at_place(place), len(self._clauses.stops) - 1)
        return self._actors.doer(clause, place, place)[0]

    def named_between(self, start: int, end: int) -> list[Mention]:
        """Return mentions of the actors named as subjects between two offsets, in text order."""
        first, last = self._clauses.at_place(start), self._clauses.at_place(max(start, end - 1))
        last = min(last, len(self._clauses.stops) - 1)
        subjects = (self._actors.subject_mentions(clause) for clause in range(first, last + 1))
        return [one for found in subjects for one in found if start <= one.start < end]
