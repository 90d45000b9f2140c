"""A clause → whether its act was done, planned or only called for."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from . import patterns
from .actors import Actors
from .clauses import Clauses

_CONGRESSES = {"congress", "city_congress", "county_congress", "township_congress", "group"}


class Modes:
    """Whether the acts of one text happened; everything is worked out when it is asked for, and
    once."""

    def __init__(self, clauses: Clauses, actors: Actors, *, elsewhere: bool = False) -> None:
        self._clauses, self._text, self._sentences = clauses, clauses.text, clauses.sentences
        self._actors, self._elsewhere = actors, elsewhere
        self._marks: dict[int, list[tuple[int, str]]] = {}
        self._ends: dict[int, str] = {}
        self._idle: dict[int, bool] = {}
        quotes = patterns.QUOTED.finditer(self._text) if "“" in self._text else ()
        self._quotes = [match.span() for match in quotes]
        self._quote_starts = [start for start, _ in self._quotes]
        self._cues = self._find_cues()
        self._cued = {clauses.owners[clause] for clause in self._cues}

    def mode(self, clause: int, start: int, end: int) -> str:
        """`narrated`, `ordered`, `planned`, `called_for`, or `void` where the words tell of no act
        at all."""
        if self._quotes and self._quoted(start):
            return "called_for"
        text, begin, stop = self._clauses.at(clause)
        number = self._clauses.owners[clause]
        if (
            patterns.NEGATED.search(text, max(begin, start - 20), start)
            or patterns.LACKING.match(text, end, stop)
            or patterns.GENERAL.search(text, end, stop)
            or clause in self._off_topic
            or self._tells_nothing(number)
        ):
            return "void"
        return _mode_at(self._marks.get(number) or self.marks(number), start)

    def strength(self, clause: int, start: int, end: int) -> str:
        """`enumerated` inside a list such as `综合运用…、…等方式`, else `specific`."""
        text, begin, stop = self._clauses.at(clause)
        closed = patterns.LIST_CLOSES.search(text, end, min(stop, end + patterns.LIST_REACH))
        if not closed:
            return "specific"
        opened = patterns.LIST_OPENS.search(text, max(begin, start - patterns.LIST_REACH), start)
        if not opened:
            return "specific"
        before = patterns.LIST_MARK.search(text, opened.end(), start)
        listed = before or patterns.LIST_MARK.search(text, end, closed.start())
        return "enumerated" if listed else "specific"

    def _find_cues(self) -> dict[int, list[re.Match[str]]]:
        """The cues of every clause that has some: a fast pass for the words, then the pattern at
        their places."""
        starts, stops = self._clauses.starts, self._clauses.stops
        found: dict[int, list[re.Match[str]]] = {}
        for _, start, _ in patterns.cue_words().find_matches_as_indexes(self._text):
            clause = bisect_right(starts, start) - 1
            match = patterns.CUES.match(self._text, start, stops[clause]) if clause >= 0 else None
            if match and not (self._quotes and self._quoted(start)):
                found.setdefault(clause, []).append(match)
        return found

    def _quoted(self, place: int) -> bool:
        at = bisect_right(self._quote_starts, place) - 1
        return at >= 0 and place < self._quotes[at][1]

    @cached_property
    def _off_topic(self) -> set[int]:
        """Clauses about something else than care for older people (围绕物业管理…), said there or
        before in the sentence."""
        if self._elsewhere:
            return set()
        clauses, last = self._clauses, len(self._clauses.stops) - 1
        named = {
            clauses.owners[min(bisect_right(clauses.stops, match.start()), last)]
            for pattern in (patterns.OTHER_MATTER, patterns.OTHER_TOPIC, patterns.OFF_TOPIC)
            for match in pattern.finditer(self._text)
        }
        off: set[int] = set()
        for number in named:
            other = False
            for clause in clauses.of_sentence(number):
                span = clauses.at(clause)
                on = patterns.ON_TOPIC.search(*span)
                other = not on and (other or bool(patterns.OTHER_MATTER.search(*span)))
                away = other or (not on and patterns.OFF_TOPIC.search(*span))
                if away or patterns.OTHER_TOPIC.search(*span):
                    off.add(clause)
        return off

    def _tells_nothing(self, number: int) -> bool:
        """A sentence that explains a term (专题询问,是指…), or tells of a campaign that is not the
        congress's (防汛)."""
        if number not in self._idle:
            self._idle[number] = self._is_idle(number)
        return self._idle[number]

    def _is_idle(self, number: int) -> bool:
        says, (start, end) = self._clauses.says, self._sentences[number][-2:]
        if says(number, patterns.OTHER_CAMPAIGN) and not says(number, patterns.SUPERVISION):
            return True
        if not self._elsewhere and says(number, patterns.OTHER_SUBJECT):
            if not says(number, patterns.ON_TOPIC):
                return True
        if self._text[end - 1 : end] in patterns.SLOGAN_ENDS:
            if patterns.SLOGAN.fullmatch(self._text, start, end):
                return True
        return says(number, patterns.DEFINING)

    def marks(self, number: int) -> list[tuple[int, str]]:
        """Places of a sentence from which another mode holds, in order."""
        if number not in self._marks:
            first = number
            while first > 0 and first - 1 not in self._marks and self._goes_on(first):
                first -= 1
            for each in range(first, number + 1):
                self._marks[each], self._ends[each] = self._read(each)
        return self._marks[number]

    def _read(self, number: int) -> tuple[list[tuple[int, str]], str]:
        """The marks of a sentence, and the mode that holds at its end."""
        base = self._opening(number)
        if base == "narrated" and number not in self._cued:  # most sentences: told from end to end
            return [(self._sentences[number].start, base)], base
        marks: list[tuple[int, str]] = []
        for clause in self._clauses.of_sentence(number):
            begin = self._clauses.starts[clause]
            if marks and base in ("planned", "called_for") and self._resumes(clause):
                base = "narrated"
            marks.append((begin, base))
            for cue in self._cues.get(clause, ()):
                mode, base = self._cue(cue, begin, base)
                if base == "speech" and len(marks) > 1:
                    topic = marks[-2][0]
                    if patterns.FRONTED_TOPIC.fullmatch(self._text, topic, begin):
                        marks[-2] = (topic, "called_for")
                marks.append((begin if cue.group() in patterns.FRONTED else cue.start(), mode))
        return marks, base

    def _cue(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """The mode from a cue on, and the mode that the clauses after this one begin with."""
        kind = cue.lastgroup
        if base == "speech" or kind == "speech":
            return "called_for", "speech"
        if kind == "future":
            return ("planned", "planned") if base != "called_for" else ("called_for", base)
        if kind == "decided":
            return ("planned" if base == "narrated" else base), base
        if kind == "purpose":
            return "void", base
        if kind == "order":
            return self._order(cue, begin, base)
        return ("planned", base) if base == "planned" else ("called_for", "called_for")

    def _order(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """要求: a leader's speech, an instruction to lower congresses, a noun – or an order to a
        department."""
        spoken = patterns.LEADER.search(self._text[begin : cue.start()])
        if self._text[cue.end() : cue.end() + 1] in tuple(",:“"):
            # 提出整改要求, is no speech
            return ("called_for", "speech") if spoken else (base, base)
        if spoken or patterns.LOWER.match(self._text, cue.start()):
            return "called_for", "speech"
        return "ordered", base

    def _opening(self, number: int) -> str:
        """The mode in which a sentence begins: speech and plans go on while nobody else acts and
        nothing is past."""
        says, title = self._clauses.says, self._sentences[number].section_title
        if title and patterns.NEXT.search(title):
            return "narrated" if says(number, patterns.SETTLED) else "planned"
        if number == 0 or not self._goes_on(number):
            return "narrated"
        last = self._ends[number - 1]
        if last == "planned":
            over = self._ended(number) or says(number, patterns.CLEARLY_PAST)
        elif last == "speech":
            first = self._clauses.of_sentence(number)[:2]
            over = (
                self._goes_on_listing(number)
                or any(self._actors.subjects(clause) for clause in first)
                or says(number, patterns.PAST)
            )
        else:
            over = True
        return "narrated" if over else last

    def _ended(self, number: int) -> bool:
        """A plan that the sentence before only mentions is over where another acts; a forecast is
        none that goes on."""
        marks, clauses, subjects = self._marks[number - 1], self._clauses, self._actors.subjects
        if marks[0][1] == "planned" or clauses.says(number - 1, patterns.PROGRAMME):
            return False
        cue = next(place for place, mode in marks if mode == "planned")
        if patterns.FORECAST.match(self._text, cue):
            return True
        planning = {a for clause in clauses.of_sentence(number - 1) for a in subjects(clause)}
        acting = subjects(clauses.first[number])
        if not planning or not acting:
            return False
        return not _CONGRESSES & planning and acting[-1] in _CONGRESSES

    def _goes_on_listing(self, number: int) -> bool:
        """`二是督办代表建议` behind a speech, where `一是` was told: the list goes on, not the
        speech."""
        sentences, text = self._sentences, self._text
        if not patterns.LATER_ITEM.match(text, sentences[number].start):
            return False
        paragraph = sentences[number].paragraph
        for each in range(number - 1, max(number - 40, -1), -1):  # no list of a briefing is longer
            if sentences[each].paragraph != paragraph:
                return False
            place = text.find("一是", sentences[each].start, sentences[each].end)
            if place >= 0:
                marks = self._marks.get(each)
                return bool(marks) and _mode_at(marks, place) == "narrated"
        return False

    def _goes_on(self, number: int) -> bool:
        """A sentence of the same paragraph, or an item of a list announced before: `提出三点要求:`
        ¶ `一是…` ¶ `二是…`."""
        before, sentence = self._sentences[number - 1], self._sentences[number]
        return before.paragraph == sentence.paragraph or number in self._listed

    @cached_property
    def _listed(self) -> set[int]:
        """The first sentences of paragraphs that are items of a list; what stands below a heading
        goes with the heading."""
        listed: set[int] = set()
        opened = False
        for number in range(1, len(self._sentences)):
            before, sentence = self._sentences[number - 1], self._sentences[number]
            if before.paragraph == sentence.paragraph:
                continue
            goes_on = before.kind == "heading" or patterns.ITEM.match(self._text, sentence.start)
            opened = self._clauses.says(number - 1, patterns.ANNOUNCED) or bool(opened and goes_on)
            if opened:
                listed.add(number)
        return listed

    def _resumes(self, clause: int) -> bool:
        """A clause with a subject of its own and a past act ends what was planned or called for
        before it."""
        span = self._clauses.at(clause)
        if patterns.INTENDS.search(*span):  # 下一步,市政府计划新建40个: no past, for all its number
            return False
        return bool(self._actors.subjects(clause) and patterns.PAST.search(*span))


def _mode_at(marks: list[tuple[int, str]], place: int) -> str:
    """The mode that holds at a place of a sentence: that of the last mark before it."""
    return marks[bisect_right(marks, (place, "~")) - 1][1]  # "~" is behind the name of every mode
