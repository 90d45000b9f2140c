"""Turn a clause into who acts in it: named there, or carried along as Chinese prose does.

A report drops its subjects: `市人大常委会高度重视,成立领导小组,召开动员会` has one actor for three acts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from helpers import cues
from helpers.clauses import Clauses


class Mention(NamedTuple):
    actor: str
    role: str  # subject | causee | agent | object
    start: int
    end: int


class Actors:
    """Who acts in the clauses of one text; everything is worked out when it is asked for, and once."""

    def __init__(self, clauses: Clauses, author: str, city: str = "") -> None:
        self._clauses, self._author, self._city = clauses, author, city
        self._mentions: dict[int, list[Mention]] = {}
        self._carries: dict[int, str] = {}
        self._topics: dict[int, str] = {}
        self._hits = self._find_hits()
        self._hit_starts = [hit[0] for hit in self._hits]

    def _find_hits(self) -> list[tuple[int, int, str]]:
        """Every actor named in the text: start, end, actor."""
        text, city = self._clauses.text, self._city
        automaton, names = cues.actor_words()
        hits = [(start, end, names[n]) for n, start, end in automaton.find_matches_as_indexes(text)]
        # another city is told from the report's own only where that is known
        hits = [(start, end, "elsewhere" if name == "city" else name) for start, end, name in hits
                if name != "city" or city and not text.startswith(city, start) and text[end : end + 1] not in tuple("路街大")]  # fmt: skip
        named = {match["name"] for match in cues.NAMED.finditer(text)} if "省" in text or "全国人大" in text else ()
        if named:
            hits += [(*m.span(), "province") for m in re.finditer("|".join(map(re.escape, named)), text)]
        return sorted(hits)

    def actor(self, clause: int, start: int, end: int) -> tuple[str, bool]:
        """Who does what the words between `start` and `end` tell, and whether that is carried along from before."""
        acting = [m for m in self.mentions(clause) if m.role != "object" and m.start < end and (m.start <= start + 1 or m.role == "agent")]
        actor = acting[-1].actor if acting else self._carried(clause)
        if actor == "congress":  # 人大代表, 常委会: of the congress that acted last
            named = self._carried(clause) if acting else self._author
            actor = named if named in cues.LOWER_CONGRESS else "city_congress"
        return actor, not acting

    def mentions(self, clause: int) -> list[Mention]:
        """The actors named in a clause, each with its role."""
        found = self._mentions.get(clause)
        if found is None:
            begin, stop = self._clauses.starts[clause], self._clauses.stops[clause]
            found = self._mentions[clause] = []
            low, high = bisect_left(self._hit_starts, begin), bisect_left(self._hit_starts, stop)
            place = cues.PLACE.match(self._clauses.text, begin, stop)
            if low < high and self._hits[low][::2] == (begin, "elsewhere"):
                place = None
            if body := cues.BODY.match(self._clauses.text, begin, stop):
                found.append(Mention("other", "subject", begin, body.end()))
            elif place and place["name"] not in cues.NO_PLACE and not (self._city and self._city.startswith(place["name"])):
                found.append(Mention("county_congress", "subject", place.start("name"), place.end()))
            for i in range(low, min(high, low + cues.MOST_MENTIONS)):
                found.append(self._mention(*self._hits[i], found, clause))
        return found

    def _mention(self, start: int, end: int, actor: str, before: list[Mention], clause: int) -> Mention:
        begin, last = self._clauses.starts[clause], before[-1] if before else None
        if actor == "group":  # 省人大常委会副主任李某一行
            named = last is not None and start - last.end <= cues.GROUP_GAP
            actor = last.actor if named else self._team(clause)
        if actor == "congress" and last is not None and last.actor == "county_congress" and start - last.end < 4:
            return Mention("county_congress", last.role, start, end)  # 陕州区4名人大常委会副主任
        if last is not None and last.actor in ("elsewhere", "province") and actor.endswith("congress") and start - last.end < 2:
            return Mention(last.actor, last.role, start, end)  # 杭州市人大常委会, 上级人大常委会
        if last is not None and cues.LINK.fullmatch(self._clauses.text, last.end, start):
            return Mention(last.actor if last.role == "subject" and actor == "other" else actor, last.role, start, end)
        lead = self._clauses.text[max(begin, start - 11) : start]
        if cues.CAUSE.search(lead):
            role = "causee"
        elif cues.AGENT.search(lead):
            role = "agent"
        elif cues.OBJECT.search(lead) or actor != "congress" and cues.POSSESSED.match(self._clauses.text, end) or start - begin > cues.NEAR.get(actor, 99) or self._second(before, start):
            role = "object"
        else:
            role = "subject"
        return Mention(actor, role, start, end)

    def _second(self, before: list[Mention], start: int) -> bool:
        """李某还到王楼镇人大代表联络站: named after the subject of the clause, one is its object."""
        subjects = [m for m in before if m.role == "subject"]
        return bool(subjects) and not re.search("后|以来|期间", self._clauses.text[subjects[-1].end : start])

    def _carried(self, clause: int) -> str:
        """The subject carried into a clause: of the clause before it, or the topic of the sentence before."""
        known = self._carries
        if clause not in known:
            first = at = self._clauses.first[self._clauses.owners[clause]]
            at = next((each for each in range(clause - 1, first - 1, -1) if each in known), first)
            if at not in known:
                known[at] = self._topic_before(self._clauses.owners[at])
            for each in range(at + 1, clause + 1):
                known[each] = self.subject(each - 1) or known[each - 1]
        return known[clause]

    def _topic_before(self, number: int) -> str:
        """What the paragraph has been about when a sentence begins: the author, until somebody else acts."""
        paragraph, at = self._clauses.sentences[number].paragraph, number - 1
        while at >= 0 and at not in self._topics and self._clauses.sentences[at].paragraph == paragraph:
            at -= 1
        topic = self._topics[at] if at >= 0 and self._clauses.sentences[at].paragraph == paragraph else self._author
        for each in range(at + 1, number):
            acting = [a for a in map(self.subject, self._clauses.of_sentence(each)) if a]
            lower = [a for a in acting if a in cues.LOWER_CONGRESS]
            topic = self._topics[each] = lower[-1] if lower else acting[0] if acting else topic
        return topic

    def subject(self, clause: int) -> str:
        """Who a clause is about; `省人大动员会召开后,` is about nobody."""
        subjects = [m.actor for m in self.mentions(clause) if m.role == "subject"]
        if not subjects or cues.ADVERBIAL.search(self._clauses.text, self._clauses.stops[clause] - 4, self._clauses.stops[clause]):
            return ""
        return subjects[-1]

    def _team(self, clause: int) -> str:
        """Whose team `调研组一行` is: of those who were last said to lead one, else of the congress that reports."""
        low = bisect_left(self._hit_starts, self._clauses.starts[clause])
        for _, end, actor in reversed(self._hits[max(0, low - 12) : low]):
            if actor not in ("group", "other") and cues.LEADS.match(self._clauses.text, end):
                return "city_congress" if actor in ("congress", "government") else actor
        return "city_congress"
