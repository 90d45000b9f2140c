"""Turn a clause into who acts and whether it happened: actor, mode and strength, carried along as Chinese prose does.

A report drops its subjects: `市人大常委会高度重视,成立领导小组,召开动员会` has one actor for three acts. It also mixes what was
done with what a leader called for and what comes next, so each is decided at the place of the word, not for the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from helpers import cues
from helpers.segment import Sentence, split_clauses


class _Mention(NamedTuple):
    actor: str
    role: str  # subject | causee | agent | object
    start: int
    end: int


class Reader:
    """Reads the clauses of one masked text; everything is worked out when it is asked for, and once.

    Clauses are numbered through the text; `starts`, `stops` are their bounds, `owners` the numbers of their sentences.
    """

    def __init__(self, text: str, sentences: Sequence[Sentence], author: str, city: str = "") -> None:
        self.text, self.sentences, self.author, self.city = text, sentences, author, city
        self.starts, self.stops, self.owners = _clause_table(text, sentences)
        self._first = [bisect_left(self.starts, sentence.start) for sentence in sentences] + [len(self.starts)]
        self._mentions: dict[int, list[_Mention]] = {}
        self._marks: dict[int, list[tuple[int, str]]] = {}
        self._ends: dict[int, str] = {}
        automaton, names = cues.actor_words()
        self._hits = [(start, end, names[n]) for n, start, end in automaton.find_matches_as_indexes(text)]
        named = {match["name"] for match in cues.NAMED.finditer(text)} if "省" in text or "全国人大" in text else ()
        if named:
            self._hits += [(*m.span(), "province") for m in re.finditer("|".join(map(re.escape, named)), text)]
            self._hits.sort()
        self._hit_starts = [hit[0] for hit in self._hits]
        self._carries: dict[int, str] = {}
        self._topics: dict[int, str] = {}
        self._quotes = [match.span() for match in cues.QUOTED.finditer(text)] if "“" in text else []
        self._quote_starts = [start for start, _ in self._quotes]
        self._cues = self._find_cues()

    def _find_cues(self) -> dict[int, list[re.Match[str]]]:
        """The cues of every clause that has some: a fast pass for the words, then the pattern at their places."""
        found: dict[int, list[re.Match[str]]] = {}
        for _, start, _ in cues.cue_words().find_matches_as_indexes(self.text):
            clause = bisect_right(self.starts, start) - 1
            match = cues.CUES.match(self.text, start, self.stops[clause]) if clause >= 0 else None
            if match and not self._quoted(start):
                found.setdefault(clause, []).append(match)
        return found

    # --- who acts
    def actor(self, clause: int, start: int, end: int) -> tuple[str, bool]:
        """Who does what the words between `start` and `end` tell, and whether that is carried along from before."""
        acting = [m for m in self.mentions(clause) if m.role != "object" and m.start <= start + 1 and m.start < end]
        actor = acting[-1].actor if acting else self._carried(clause)
        if actor == "congress":  # 人大代表, 常委会: of the congress that acted last
            named = self._carried(clause) if acting else self.author
            actor = named if named in cues.LOWER_CONGRESS else "city_congress"
        return actor, not acting

    def mentions(self, clause: int) -> list[_Mention]:
        """The actors named in a clause, each with its role."""
        found = self._mentions.get(clause)
        if found is None:
            begin, stop = self.starts[clause], self.stops[clause]
            found = self._mentions[clause] = []
            place = cues.PLACE.match(self.text, begin, stop)
            if place and place["name"] not in cues.NO_PLACE and not (self.city and self.city.startswith(place["name"])):
                found.append(_Mention("county_congress", "subject", place.start("name"), place.end()))
            low, high = bisect_left(self._hit_starts, begin), bisect_left(self._hit_starts, stop)
            for i in range(low, min(high, low + cues.MOST_MENTIONS)):
                found.append(self._mention(*self._hits[i], found, clause))
        return found

    def _mention(self, start: int, end: int, actor: str, before: list[_Mention], clause: int) -> _Mention:
        begin, last = self.starts[clause], before[-1] if before else None
        if actor == "group":  # 省人大常委会副主任李某一行
            named = last is not None and start - last.end <= cues.GROUP_GAP
            actor = last.actor if named else self._team(clause)
        if actor == "congress" and last is not None and last.actor == "county_congress" and start - last.end < 4:
            return _Mention("county_congress", last.role, start, end)  # 陕州区4名人大常委会副主任
        if last is not None and cues.LINK.fullmatch(self.text, last.end, start):
            return _Mention(last.actor if last.role == "subject" and actor == "other" else actor, last.role, start, end)
        lead = self.text[max(begin, start - 11) : start]
        if cues.CAUSE.search(lead):
            role = "causee"
        elif cues.AGENT.search(lead):
            role = "agent"
        elif cues.OBJECT.search(lead) or start - begin > cues.NEAR.get(actor, 99) or self._second(before, start):
            role = "object"
        else:
            role = "subject"
        return _Mention(actor, role, start, end)

    def _second(self, before: list[_Mention], start: int) -> bool:
        """李某还到王楼镇人大代表联络站: named after the subject of the clause, one is its object."""
        subjects = [m for m in before if m.role == "subject"]
        return bool(subjects) and not re.search("后|以来|期间", self.text[subjects[-1].end : start])

    def _carried(self, clause: int) -> str:
        """The subject carried into a clause: of the clause before it, or the topic of the sentence before."""
        known = self._carries
        if clause not in known:
            first = at = self._first[self.owners[clause]]
            at = next((each for each in range(clause - 1, first - 1, -1) if each in known), first)
            if at not in known:
                known[at] = self._topic_before(self.owners[at])
            for each in range(at + 1, clause + 1):
                known[each] = self._subject(each - 1) or known[each - 1]
        return known[clause]

    def _topic_before(self, number: int) -> str:
        """What the paragraph has been about when a sentence begins: the author, until somebody else acts."""
        paragraph, at = self.sentences[number].paragraph, number - 1
        while at >= 0 and at not in self._topics and self.sentences[at].paragraph == paragraph:
            at -= 1
        topic = self._topics[at] if at >= 0 and self.sentences[at].paragraph == paragraph else self.author
        for each in range(at + 1, number):
            acting = [a for a in map(self._subject, range(self._first[each], self._first[each + 1])) if a]
            lower = [a for a in acting if a in cues.LOWER_CONGRESS]
            topic = self._topics[each] = lower[-1] if lower else acting[0] if acting else topic
        return topic

    def _subject(self, clause: int) -> str:
        """Who a clause is about; `省人大动员会召开后,` is about nobody."""
        subjects = [m.actor for m in self.mentions(clause) if m.role == "subject"]
        if not subjects or cues.ADVERBIAL.search(self.text, self.stops[clause] - 4, self.stops[clause]):
            return ""
        return subjects[-1]

    def _team(self, clause: int) -> str:
        """Whose team `调研组一行` is: of those who were last said to lead one, else of the congress that reports."""
        low = bisect_left(self._hit_starts, self.starts[clause])
        for _, end, actor in reversed(self._hits[max(0, low - 12) : low]):
            if actor not in ("group", "other") and cues.LEADS.match(self.text, end):
                return "city_congress" if actor in ("congress", "government") else actor
        return "city_congress"

    # --- whether it happened
    def mode(self, clause: int, start: int, end: int) -> str:
        """`narrated`, `ordered`, `planned`, `called_for`, or `void` where the words tell of no act at all."""
        if self._quoted(start):
            return "called_for"
        text, begin, stop = self.text, self.starts[clause], self.stops[clause]
        if cues.NEGATED.search(text, max(begin, start - 8), start) or cues.LACKING.match(text, end, stop):
            return "void"
        if cues.GENERAL.search(text, end, stop) or cues.OTHER_TOPIC.search(text, begin, stop):
            return "void"
        if cues.OFF_TOPIC.search(text, begin, stop) and not cues.ON_TOPIC.search(text, begin, stop):
            return "void"
        marks = self.marks(self.owners[clause])
        return marks[bisect_right(marks, (start, "~")) - 1][1]

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
        for clause in range(self._first[number], self._first[number + 1]):
            begin = self.starts[clause]
            if marks and base in ("planned", "called_for") and self._resumes(clause):
                base = "narrated"
            marks.append((begin, base))
            for cue in self._cues.get(clause, ()):
                mode, base = self._cue(cue, begin, base)
                marks.append((begin if cue.group() in cues.FRONTED else cue.start(), mode))
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
        return ("planned" if base == "planned" else "called_for"), (base if base == "planned" else "called_for")

    def _order(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """要求: a leader's speech, an instruction to lower congresses, a noun – or an order to a department."""
        spoken = cues.LEADER.search(self.text[begin : cue.start()])
        if self.text[cue.end() : cue.end() + 1] in tuple(",:“"):
            return ("called_for", "speech") if spoken else (base, base)  # 提出整改要求, is no speech
        if spoken or cues.LOWER.match(self.text, cue.start()):
            return "called_for", "speech"
        return "ordered", base

    def _opening(self, number: int) -> str:
        """The mode in which a sentence begins: speech and plans go on while nobody else acts and nothing is past."""
        sentence = self.sentences[number]
        if sentence.section_title and cues.NEXT.search(sentence.section_title):
            return "planned"
        if number == 0 or not self._goes_on(number):
            return "narrated"
        last = self._ends[number - 1]
        if last == "planned":
            return "narrated" if cues.CLEARLY_PAST.search(self.text, sentence.start, sentence.end) else last
        if last != "speech":
            return "narrated"
        first = range(self._first[number], min(self._first[number] + 2, self._first[number + 1]))
        acting = any(m.role == "subject" for i in first for m in self.mentions(i))
        return "narrated" if acting or cues.PAST.search(self.text, sentence.start, sentence.end) else last

    def _goes_on(self, number: int) -> bool:
        """A sentence of the same paragraph, or an item of a list announced before: `提出三点要求:` ¶ `一是…` ¶ `二是…`."""
        return self.sentences[number - 1].paragraph == self.sentences[number].paragraph or number in self._listed

    @cached_property
    def _listed(self) -> set[int]:
        """The first sentences of paragraphs that are items of a list; what stands below a heading goes with the heading."""
        listed: set[int] = set()
        opened = False
        for number in range(1, len(self.sentences)):
            before, sentence = self.sentences[number - 1], self.sentences[number]
            if before.paragraph == sentence.paragraph:
                continue
            announced = cues.ANNOUNCED.search(self.text, before.start, before.end) is not None
            opened = announced or opened and (before.kind == "heading" or cues.ITEM.match(self.text, sentence.start) is not None)
            if opened:
                listed.add(number)
        return listed

    def _resumes(self, clause: int) -> bool:
        """A clause with a subject of its own and a past act ends what was planned or called for before it."""
        return any(m.role == "subject" for m in self.mentions(clause)) and bool(
            cues.PAST.search(self.text, self.starts[clause], self.stops[clause])
        )

    # --- how it is told
    def strength(self, clause: int, start: int, end: int) -> str:
        """`enumerated` inside a list such as `综合运用…、…等方式`, else `specific`."""
        before = self.text[max(self.starts[clause], start - cues.LIST_REACH) : start]
        after = self.text[end : min(self.stops[clause], end + cues.LIST_REACH)]
        opened, closed = cues.LIST_OPENS.search(before), cues.LIST_CLOSES.search(after)
        if not (opened and closed):
            return "specific"
        return "enumerated" if re.search("[、+]", before[opened.end() :] + after[: closed.start()]) else "specific"


def _clause_table(text: str, sentences: Sequence[Sentence]) -> tuple[list[int], list[int], list[int]]:
    """Starts, ends and sentence numbers of all clauses: clause marks cut, and so do the bounds of sentences."""
    cuts = {start for start, _ in split_clauses(text)}
    edges = sorted(cuts.union(s.start for s in sentences))
    starts, stops, owners = [], [], []
    place = 0
    for number, sentence in enumerate(sentences):
        while place < len(edges) and edges[place] < sentence.start:
            place += 1
        while place < len(edges) and edges[place] < sentence.end:
            following = edges[place + 1] if place + 1 < len(edges) else sentence.end
            starts.append(edges[place])
            stops.append(min(following, sentence.end))
            owners.append(number)
            place += 1
    return starts, stops, owners
