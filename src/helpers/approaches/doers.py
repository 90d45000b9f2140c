"""A document → who acts at any place of its text, also where no rule for an instrument applies.

Use `Doers` to find out, for example, which body held the meetings that a number counts.
"""

from __future__ import annotations

from typing import NamedTuple

from helpers.text import Document, as_city, report_level

from .act_patterns import ActPatterns
from .actors import ActorNames, Actors, Mention
from .clauses import Clauses

_HIGHER = ("市", "州", "盟", "省", "自治区")
_COUNTIES, _TOWNSHIPS = "县区旗", ("镇", "乡", "街道", "苏木")
_HEAD = 300  # Characters at the start of a text that tell whose text it is.
_SHARE = 0.2  # Of the sentences of a congress's own report, so many speak of it.
_PAD = "□"


class Report(NamedTuple):
    """A document as the rules read it: the words of a county's report are changed as if a city had
    written the report. The changed text is as long as the document's text."""

    text: str
    author: str
    city: str
    mark: str  # the word for the level: 县, 区, 旗, 州, 盟, 镇, 省 …; empty for a city

    @property
    def is_below_city(self) -> bool:
        """True for the report of a county, a district, a township or a street."""
        return bool(self.mark) and self.mark not in _HIGHER

    @property
    def own_congress(self) -> str:
        """The kind of actor that the congress of the report is, such as `county_congress`."""
        if not self.is_below_city:
            return "city_congress"
        return "county_congress" if self.mark in _COUNTIES else "township_congress"


def report_of(document: Document) -> Report:
    """Rewrite the report of a county, township, prefecture or province as a city's report, and tell
    its author."""
    patterns = document.codebook.once(ActPatterns)
    said = f"{document.title or ''}\n{document.text}"
    level = report_level(document.city_zh, said, document.codebook)
    author = "city_congress" if _is_of_congress(document, patterns) else "other"
    text = document.text
    if not level:
        return Report(text, author, document.city_zh or "", "")
    if level.mark in _TOWNSHIPS:
        text = _town_as_city(patterns.above_town.sub("省", text), patterns)
    text = as_city(text, level, document.codebook)
    if patterns.zone.search(document.city_zh or ""):
        text = _town_as_city(text, patterns)
    return Report(text, author, level.name, level.mark)


def _is_of_congress(document: Document, patterns: ActPatterns) -> bool:
    """Tell whether a document is a congress's own: its title, masthead or contributor names a
    congress, or it begins with a congress, and its title says 监督 ("supervision") or the like or
    at least every fifth sentence speaks of the congress. News and reports of governments name a
    congress once or twice."""
    marks = (mark.text for mark in document.clean_text.metadata if mark.rule != "distribution")
    if any(map(patterns.congress.search, marks)):
        return True
    text = document.text
    if not patterns.congress.search(text, 0, _HEAD):
        return False
    if patterns.congress_subject.search(document.title or ""):
        return True
    spans = [(s.start, s.end) for s in document.sentences]
    n = sum(patterns.congress_works.search(text, *span) is not None for span in spans)
    return n >= _SHARE * len(spans)


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
