"""Read what kind of text a document is, whether it reports upwards, and to whom it is addressed.

`Corpus.documents` shows these facts, each with the offsets of the words that state it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from helpers.characters import half_width, unradical
from helpers.codebook import Codebook

if TYPE_CHECKING:
    from .cleaning import CleanText, Mark
    from .segment import Sentence

_HEAD = 400  # Set phrases stand among the first or the last 400 characters.
_OPENING = 60  # The words by which a news item is recognised stand among its first 60 characters.
# In a title, a bracket such as （草案） ("draft") may follow the word for the genre.
_BEHIND_GENRE = re.compile(r"(?:[(（][^()（）]{1,12}[)）])?$")
_SUBTITLE = re.compile("[—–]{1,2}")
_LONGEST_ADDRESS = 80
# Matches the words that lead to a set phrase, such as 现将有关工作 ("on the work") before 报告如下
# ("reports as follows").
_LEADING = re.compile("现?[就将把][^,。;:\n]*$")
_LEAD = 40


class TextOfDocument(Protocol):
    """The attributes of a `Document` that are needed to find its genre and its date bounds. Genre
    means type, direction and addressee. The class `Document` cannot be imported here, because its
    module imports this one."""

    clean_text: CleanText
    codebook: Codebook
    date: str | None
    issue_year: int | None
    album_number: int | None
    raw: str
    text: str
    sentences: tuple[Sentence, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]: ...

    def quote(self, start: int, end: int) -> str: ...


class Passage(NamedTuple):
    """A fact that a document states, and the raw offsets of the words that state it."""

    value: str
    start: int
    end: int


class Genre(NamedTuple):
    """The type (such as `report`), the direction (`up` or `down`) and the addressee of a document.
    A fact that the document does not state is None."""

    type: Passage | None
    direction: Passage | None
    addressee: Passage | None


class GenreWords:
    """The patterns that show the type, the direction and the addressee of a document, made from the
    tables `document_types`, `document_words` and `masthead_words` of one codebook."""

    def __init__(self, codebook: Codebook) -> None:
        types = codebook.document_types
        is_plan = types["ahead"] == "yes" if "ahead" in types else []
        self.plans = frozenset(types.loc[is_plan, "type"])
        self.types: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        for row in types.itertuples():
            pattern = re.compile(f"(?:{row.words})$" if row.place == "title" else row.words)
            self.types[row.place].append((row.type, pattern))
        words, masthead = (
            codebook.role_words(f"{name}_words") for name in ("document", "masthead")
        )
        self.handled = words.pattern("{handled}")
        self.about = masthead.pattern("{about}")
        self.directions = {
            "up": words.pattern("{reports_up}"),
            "down": words.pattern("{hands_down}"),
        }
        self.addressed = words.pattern("{addressed}")
        self.not_address = words.pattern("{not_address}")
        self.commissioned = words.pattern("{commissioned}")
        self.readers = masthead.pattern(r"(?:{sent_to})\s*:")
        self.not_readers = masthead.pattern(r"(?:{staff})\s*:|{copies_printed}|[(].*[)]$")


def read_genre(document: TextOfDocument) -> Genre:
    """Return the type, the direction and the addressee of a document. A fact that the document does
    not state is None."""
    words = document.codebook.once(GenreWords)
    return Genre(
        next(_types(document, words), None),
        _direction(document, words),
        _addressee(document, words),
    )


# --- functions that find the type


def _types(document: TextOfDocument, words: GenreWords) -> Iterator[Passage]:
    """Yield the types that a document states, first those in its title, then those in its masthead,
    in its first words and in a set phrase."""
    marks = document.clean_text.metadata
    yield from _types_of_title(*_squeezed(document, marks, "title"), words)
    letters, places = _squeezed(document, marks, "masthead", "issue", "campaign")
    for kind, pattern in words.types["masthead"]:
        if found := pattern.search(letters):
            yield Passage(kind, places[found.start()], places[found.end() - 1] + 1)
    text = document.text
    for kind, pattern in words.types["opening"]:
        if found := pattern.search(text, 0, _OPENING):
            yield Passage(kind, *document.raw_span(*found.span()))
    for kind, pattern in words.types["formula"]:
        if found := _at_head_or_tail(pattern, text):
            yield Passage(kind, *document.raw_span(*found.span()))


def _squeezed(
    document: TextOfDocument, marks: tuple[Mark, ...], *rules: str
) -> tuple[str, list[int]]:
    """Return the characters of the metadata lines with the labels `rules`, without white space, and
    their raw offsets. White space is removed because a masthead may print 简　　报 ("briefing") and
    a title may break inside a word."""
    raw = document.raw
    places = [
        place
        for mark in marks
        if mark.rule in rules
        for place in range(mark.start, mark.end)
        if not raw[place].isspace()
    ]
    return unradical(half_width("".join(raw[place] for place in places))), places


def _types_of_title(title: str, places: list[int], words: GenreWords) -> Iterator[Passage]:
    """Yield the type whose word stands at the end of a title or at the end of its part before a
    dash. `市人大常委会听取…报告` ("the standing committee hears the report …") is not the title of
    a report."""
    ends = [len(title), *(dash.start() for dash in _SUBTITLE.finditer(title))]
    for end in ends:
        head = title[: _BEHIND_GENRE.search(title, 0, end).start()]
        for kind, pattern in words.types["title"]:
            found = pattern.search(head)
            if found and not words.handled.search(words.about.split(head[: found.start()])[0]):
                yield Passage(kind, places[found.start()], places[found.end() - 1] + 1)


def _at_head_or_tail(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Return the first match in the first or the last 400 characters of a text."""
    if len(text) <= 2 * _HEAD:
        return pattern.search(text)
    return pattern.search(text, 0, _HEAD) or pattern.search(text, len(text) - _HEAD)


# --- functions that find the direction and the addressee


def _direction(document: TextOfDocument, words: GenreWords) -> Passage | None:
    """Return `up` if a set phrase of the document reports to a higher body, and `down` if a set
    phrase instructs lower bodies."""
    for direction, pattern in words.directions.items():
        if found := _at_head_or_tail(pattern, document.text):
            lead = _LEADING.search(document.text, max(0, found.start() - _LEAD), found.start())
            start = lead.start() if lead else found.start()
            return Passage(direction, *document.raw_span(start, found.end()))
    return None


def _addressee(document: TextOfDocument, words: GenreWords) -> Passage | None:
    """Return the addressee of a document: the form of address above the text, or else the body that
    a speaker reports to, or else the list of readers (报:… 发:…, "reported to …, sent to …") below
    the text."""
    span = _form_of_address(document.text, words)
    if not span and (spoken := words.commissioned.search(document.text, 0, _HEAD)):
        span = next(spoken.span(n) for n in range(1, spoken.re.groups + 1) if spoken[n])
    if span:
        start, end = document.raw_span(*span)
    else:
        start, end = _list_of_readers(document.clean_text.metadata, words)
    return Passage(document.quote(start, end), start, end) if end else None


def _form_of_address(text: str, words: GenreWords) -> tuple[int, int] | None:
    """Return the offsets of a form of address in the first three lines, such as 市人大常委会: ("To
    the city's standing committee:")."""
    start = 0
    for _ in range(3):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else None].rstrip()
        is_short = line.endswith(":") and len(line) <= _LONGEST_ADDRESS
        if is_short and words.addressed.search(line) and not words.not_address.search(line):
            return start, start + len(line) - 1
        if end < 0:
            break
        start = end + 1
    return None


def _list_of_readers(marks: tuple[Mark, ...], words: GenreWords) -> tuple[int, int]:
    """Return the raw offsets of the list of readers, without lines that name editors or the number
    of copies. If there is no such list, return two zeros."""
    start = end = 0
    for mark in marks:
        if mark.rule == "distribution" and not end and words.readers.match(mark.text):
            start, end = mark.start, mark.end
        elif end:
            is_reader = mark.rule in ("distribution", "attribution")
            if not is_reader or words.not_readers.search(mark.text):
                break
            end = mark.end
    return start, end
