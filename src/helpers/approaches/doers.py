"""A document → who acts at any place of its text, also where no rule for an instrument applies.

Use `Doers` to find out, for example, which body held the meetings that a number counts.
"""

from __future__ import annotations

from typing import NamedTuple

from helpers.text import Document, as_city, report_level

from .act_patterns import ActPatterns
from .actors import ActorNames, Actors, Mention
from .clauses import Clauses


_HEAD = 300  # Characters at the start of a text that tell whose text it is.


class Report(NamedTuple):
    """A document as the rules read it: the words of a county's report are changed as if a city had
    written the report. The changed text is as long as the document's text."""

    text: str
    author: str
    city: str
    is_below_city: bool  # True for the report of a county, a district or a town


def report_of(document: Document) -> Report:
    """Rewrite the report of a county or a prefecture as a city's report, and tell its author."""
    city = document.city_zh or ""
    said = f"{document.title or ''}\n{document.text}"
    level = report_level(document.city_zh, said, document.codebook)
    text = as_city(document.text, level, document.codebook) if level else document.text
    author = "city_congress" if _is_of_congress(document) else "other"
    if level:
        return Report(text, author, level.name, level.is_below_city)
    return Report(text, author, city, False)


def _is_of_congress(document: Document) -> bool:
    """Tell whether a congress wrote a document or the document begins with a congress. A news item
    or a report of a government that names a congress later is not a congress's document."""
    congress = document.codebook.once(ActPatterns).congress
    marks = (mark.text for mark in document.clean_text.metadata if mark.rule != "distribution")
    return any(map(congress.search, (*marks, document.text[:_HEAD])))


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
        self.is_below_city = report.is_below_city
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
