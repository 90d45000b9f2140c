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
        self._clauses, self._actors, self._elsewhere = clauses, actors, elsewhere
        self._marks: dict[int, list[tuple[int, str]]] = {}
        self._ends: dict[int, str] = {}
        self._idle: dict[int, bool] = {}
        self._quotes = (
            [match.span() for match in patterns.QUOTED.finditer(clauses.text)]
            if "“" in clauses.text
            else []
        )
        self._quote_starts = [start for start, _ in self._quotes]
        self._cues = self._find_cues()
        self._cued = {clauses.owners[clause] for clause in self._cues}

    def _find_cues(self) -> dict[int, list[re.Match[str]]]:
        """The cues of every clause that has some: a fast pass for the words, then the pattern at
        their places."""
        found: dict[int, list[re.Match[str]]] = {}
        for _, start, _ in patterns.cue_words().find_matches_as_indexes(self._clauses.text):
            clause = bisect_right(self._clauses.starts, start) - 1
            match = (
                patterns.CUES.match(self._clauses.text, start, self._clauses.stops[clause])
                if clause >= 0
                else None
            )
            if match and not (self._quotes and self._quoted(start)):
                found.setdefault(clause, []).append(match)
        return found

    def mode(self, clause: int, start: int, end: int) -> str:
        """`narrated`, `ordered`, `planned`, `called_for`, or `void` where the words tell of no act
        at all."""
        if self._quotes and self._quoted(start):
            return "called_for"
        text, begin, stop = (
            self._clauses.text,
            self._clauses.starts[clause],
            self._clauses.stops[clause],
        )
        if patterns.NEGATED.search(text, max(begin, start - 20), start) or patterns.LACKING.match(
            text, end, stop
        ):
            return "void"
        if patterns.GENERAL.search(text, end, stop) or clause in self._off_topic:
            return "void"
        number = self._clauses.owners[clause]
        if self._tells_nothing(number):
            return "void"
        marks = self._marks.get(number) or self.marks(number)
        return marks[bisect_right(marks, (start, "~")) - 1][1] if len(marks) > 1 else marks[0][1]

    @cached_property
    def _off_topic(self) -> set[int]:
        """Clauses about something else than care for older people (围绕物业管理…), said there or
        before in the sentence."""
        text, clauses = self._clauses.text, self._clauses
        if self._elsewhere:
            return set()
        named = (
            match.start()
            for pattern in (patterns.OTHER_MATTER, patterns.OTHER_TOPIC, patterns.OFF_TOPIC)
            for match in pattern.finditer(text)
        )
        off: set[int] = set()
        for number in {
            clauses.owners[min(bisect_right(clauses.stops, place), len(clauses.stops) - 1)]
            for place in named
        }:
            other = False
            for clause in clauses.of_sentence(number):
                span = text, clauses.starts[clause], clauses.stops[clause]
                on = patterns.ON_TOPIC.search(*span)
                other = not on and (other or bool(patterns.OTHER_MATTER.search(*span)))
                if (
                    other
                    or patterns.OTHER_TOPIC.search(*span)
                    or not on
                    and patterns.OFF_TOPIC.search(*span)
                ):
                    off.add(clause)
        return off

    def _tells_nothing(self, number: int) -> bool:
        """A sentence that explains a term (专题询问,是指…), or tells of a campaign that is not the
        congress's (防汛)."""
        if number not in self._idle:
            span = self._clauses.sentences[number][-2:]
            text = self._clauses.text
            other = patterns.OTHER_CAMPAIGN.search(text, *span) and not patterns.SUPERVISION.search(
                text, *span
            )
            other = (
                other
                or not self._elsewhere
                and patterns.OTHER_SUBJECT.search(text, *span)
                and not patterns.ON_TOPIC.search(text, *span)
            )
            slogan = text[
                span[1] - 1 : span[1]
            ] in patterns.SLOGAN_ENDS and patterns.SLOGAN.fullmatch(text, *span)
            self._idle[number] = bool(other or slogan or patterns.DEFINING.search(text, *span))
        return self._idle[number]

    def _quoted(self, place: int) -> bool:
        at = bisect_right(self._quote_starts, place) - 1
        return at >= 0 and place < self._quotes[at][1]

    def marks(self, number: int) -> list[tuple[int, str]]:
        """Places of a sentence from which another mode holds, in order."""
        if number not in self._marks:
            first = number
            while first > 0 and first - 1 not in self._marks and self._goes_on(first):
                first -= 1
            for each in range(first, number + 1):
                self._read(each)
        return self._marks[number]

    def _read(self, number: int) -> None:
        base = self._opening(number)
        marks = []
        if base == "narrated" and number not in self._cued:  # most sentences: told from end to end
            self._marks[number], self._ends[number] = (
                [(self._clauses.sentences[number].start, base)],
                base,
            )
            return
        for clause in self._clauses.of_sentence(number):
            begin = self._clauses.starts[clause]
            if marks and base in ("planned", "called_for") and self._resumes(clause):
                base = "narrated"
            marks.append((begin, base))
            for cue in self._cues.get(clause, ()):
                mode, base = self._cue(cue, begin, base)
                if (
                    base == "speech"
                    and len(marks) > 1
                    and patterns.FRONTED_TOPIC.fullmatch(self._clauses.text, marks[-2][0], begin)
                ):
                    marks[-2] = (marks[-2][0], "called_for")
                marks.append((begin if cue.group() in patterns.FRONTED else cue.start(), mode))
        self._marks[number], self._ends[number] = marks, base

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
        return ("planned" if base == "planned" else "called_for"), (
            base if base == "planned" else "called_for"
        )

    def _order(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """要求: a leader's speech, an instruction to lower congresses, a noun – or an order to a
        department."""
        spoken = patterns.LEADER.search(self._clauses.text[begin : cue.start()])
        if self._clauses.text[cue.end() : cue.end() + 1] in tuple(",:“"):
            # 提出整改要求, is no speech
            return ("called_for", "speech") if spoken else (base, base)
        if spoken or patterns.LOWER.match(self._clauses.text, cue.start()):
            return "called_for", "speech"
        return "ordered", base

    def _opening(self, number: int) -> str:
        """The mode in which a sentence begins: speech and plans go on while nobody else acts and
        nothing is past."""
        sentence = self._clauses.sentences[number]
        if sentence.section_title and patterns.NEXT.search(sentence.section_title):
            return (
                "narrated"
                if patterns.SETTLED.search(self._clauses.text, sentence.start, sentence.end)
                else "planned"
            )
        if number == 0 or not self._goes_on(number):
            return "narrated"
        last = self._ends[number - 1]
        if last == "planned" and self._ended(number):
            return "narrated"
        if last == "planned":
            return (
                "narrated"
                if patterns.CLEARLY_PAST.search(self._clauses.text, sentence.start, sentence.end)
                else last
            )
        if last != "speech" or self._goes_on_listing(number):
            return "narrated"
        first = range(
            self._clauses.first[number],
            min(self._clauses.first[number] + 2, self._clauses.first[number + 1]),
        )
        acting = any(m.role == "subject" for i in first for m in self._actors.mentions(i))
        return (
            "narrated"
            if acting or patterns.PAST.search(self._clauses.text, sentence.start, sentence.end)
            else last
        )

    def _ended(self, number: int) -> bool:
        """A plan that the sentence before only mentions is over where another acts; a forecast is
        none that goes on."""
        text, before = self._clauses.text, self._clauses.sentences[number - 1]
        marks = self._marks[number - 1]
        if marks[0][1] == "planned" or patterns.PROGRAMME.search(text, before.start, before.end):
            return False
        cue = next(place for place, mode in marks if mode == "planned")
        if patterns.FORECAST.match(text, cue):
            return True
        planning = {
            m.actor
            for clause in self._clauses.of_sentence(number - 1)
            for m in self._actors.mentions(clause)
            if m.role == "subject"
        }
        acting = [
            m.actor
            for m in self._actors.mentions(self._clauses.first[number])
            if m.role == "subject"
        ]
        return (
            bool(planning and acting) and not _CONGRESSES & planning and acting[-1] in _CONGRESSES
        )

    def _goes_on_listing(self, number: int) -> bool:
        """`二是督办代表建议` behind a speech, where `一是` was told: the list goes on, not the
        speech."""
        sentences, text = self._clauses.sentences, self._clauses.text
        if not patterns.LATER_ITEM.match(text, sentences[number].start):
            return False
        paragraph = sentences[number].paragraph
        for each in range(number - 1, max(number - 40, -1), -1):  # no list of a briefing is longer
            if sentences[each].paragraph != paragraph:
                return False
            place = text.find("一是", sentences[each].start, sentences[each].end)
            if place >= 0:
                marks = self._marks.get(each, ())
                return bool(marks) and marks[bisect_right(marks, (place, "~")) - 1][1] == "narrated"
        return False

    def _goes_on(self, number: int) -> bool:
        """A sentence of the same paragraph, or an item of a list announced before: `提出三点要求:`
        ¶ `一是…` ¶ `二是…`."""
        return (
            self._clauses.sentences[number - 1].paragraph
            == self._clauses.sentences[number].paragraph
            or number in self._listed
        )

    @cached_property
    def _listed(self) -> set[int]:
        """The first sentences of paragraphs that are items of a list; what stands below a heading
        goes with the heading."""
        listed: set[int] = set()
        opened = False
        for number in range(1, len(self._clauses.sentences)):
            before, sentence = self._clauses.sentences[number - 1], self._clauses.sentences[number]
            if before.paragraph == sentence.paragraph:
                continue
            announced = (
                patterns.ANNOUNCED.search(self._clauses.text, before.start, before.end) is not None
            )
            opened = (
                announced
                or opened
                and (
                    before.kind == "heading"
                    or patterns.ITEM.match(self._clauses.text, sentence.start) is not None
                )
            )
            if opened:
                listed.add(number)
        return listed

    def _resumes(self, clause: int) -> bool:
        """A clause with a subject of its own and a past act ends what was planned or called for
        before it."""
        span = self._clauses.text, self._clauses.starts[clause], self._clauses.stops[clause]
        if patterns.INTENDS.search(*span):  # 下一步,市政府计划新建40个: no past, for all its number
            return False
        return (
            any(m.role == "subject" for m in self._actors.mentions(clause))
            and patterns.PAST.search(*span) is not None
        )

    def strength(self, clause: int, start: int, end: int) -> str:
        """`enumerated` inside a list such as `综合运用…、…等方式`, else `specific`."""
        text, begin, stop = (
            self._clauses.text,
            self._clauses.starts[clause],
            self._clauses.stops[clause],
        )
        closed = patterns.LIST_CLOSES.search(text, end, min(stop, end + patterns.LIST_REACH))
        opened = (
            patterns.LIST_OPENS.search(text, max(begin, start - patterns.LIST_REACH), start)
            if closed
            else None
        )
        if not (opened and closed):
            return "specific"
        listed = patterns.LIST_MARK.search(text, opened.end(), start) or patterns.LIST_MARK.search(
            text, end, closed.start()
        )
        return "enumerated" if listed else "specific"
