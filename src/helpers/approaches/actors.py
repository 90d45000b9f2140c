"""A clause → who acts in it: a congress, a government, the Party, others."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from . import patterns
from .clauses import Clauses


class Mention(NamedTuple):
    actor: str
    role: str  # subject | causee | agent | object
    start: int
    end: int


class Actors:
    """Who acts in the clauses of one text."""

    def __init__(self, clauses: Clauses, author: str, city: str = "") -> None:
        self._clauses, self._text = clauses, clauses.text
        self._author, self._city = author, city
        self._hits = self._find_hits()
        self._mentions = self._read_mentions()
        self._carried = self._carry()

    def actor(self, clause: int, start: int, end: int) -> tuple[str, bool]:
        """Who does what the words between `start` and `end` tell, and whether that is carried along
        from before."""
        acting = ""
        for m in self._mentions.get(clause, ()):
            if m.role == "object" and self._relative(m, start, end):
                acting = m.actor
            if m.role != "object" and m.start < end and (m.start <= start + 1 or m.role == "agent"):
                acting = m.actor
        actor = acting or self._carried[clause]
        if actor == "congress":  # 人大代表, 常委会: of the congress that acted last
            named = self._carried[clause] if acting else self._author
            actor = named if named in patterns.LOWER_CONGRESS else "city_congress"
        return actor, not acting

    def subjects(self, clause: int) -> list[str]:
        """The actors that are subjects of a clause."""
        return [m.actor for m in self._mentions.get(clause, ()) if m.role == "subject"]

    def _relative(self, mention: Mention, start: int, end: int) -> bool:
        """照省人大常委会印发的方案: the act of one whose scheme is followed."""
        text, stop = self._text, mention.end
        near = stop <= start <= stop + 2 and "的" in text[start : end + 1]
        if not near and not (start > stop and patterns.OF_WHOM.fullmatch(text, stop, start)):
            return False
        begin = mention.start
        return patterns.FOLLOWED.search(text, max(0, begin - 6), begin) is not None

    def _find_hits(self) -> list[tuple[int, int, str]]:
        """Every actor named in the text: start, end, actor."""
        text, city = self._text, self._city
        automaton, names = patterns.actor_words()
        hits = []
        for n, start, end in automaton.find_matches_as_indexes(text):
            name = names[n]
            if name == "city":
                # another city is told from the report's own only where that is known
                if (
                    not city
                    or text.startswith(city, start)
                    or text[end : end + 1] in tuple("路街大")
                ):
                    continue
                name = "elsewhere"
            elif name == "party" and patterns.NO_PARTY.match(text, end - 1):
                continue
            hits.append((start, end, name))
        if "省" in text or "全国人大" in text:
            if named := {match["name"] for match in patterns.NAMED.finditer(text)}:
                places = re.finditer("|".join(map(re.escape, named)), text)
                hits = sorted([*hits, *((*place.span(), "province") for place in places)])
        return hits

    def _read_mentions(self) -> dict[int, list[Mention]]:
        """The mentions of every clause that has some."""
        stops = self._clauses.stops
        first: dict[int, int] = {}  # clause → its first hit
        for number, (start, _, _) in enumerate(self._hits):
            first.setdefault(bisect_right(stops, start), number)
        found = patterns.HEAD_ENDS.finditer(self._text)
        heads = {bisect_right(stops, match.start()) for match in found}
        mentions: dict[int, list[Mention]] = {}
        for clause in sorted(heads.union(first)):
            if clause < len(stops):
                low = first.get(clause, len(self._hits))
                told = mentions[clause] = self._head(clause, low) if clause in heads else []
                for start, end, actor in self._hits[low : low + patterns.MOST_MENTIONS]:
                    if start >= stops[clause]:
                        break
                    told.append(self._mention(start, end, actor, told, clause, low))
        return mentions

    def _head(self, clause: int, low: int) -> list[Mention]:
        """A place or a body named at the head of a clause, which acts for its congress or for
        itself."""
        span = self._clauses.at(clause)
        if body := patterns.BODY.match(*span):
            return [Mention("other", "subject", *body.span())]
        if low < len(self._hits) and self._hits[low][::2] == (span[1], "elsewhere"):
            return []
        place = patterns.PLACE.match(*span)
        if not place or place["name"] in patterns.NO_PLACE:
            return []
        if self._city and self._city.startswith(place["name"]):
            return []
        return [Mention("county_congress", "subject", *place.span())]

    def _mention(
        self, start: int, end: int, actor: str, before: list[Mention], clause: int, low: int
    ) -> Mention:
        last = before[-1] if before else None
        gap = start - last.end if last else 0
        if actor == "group":  # 省人大常委会副主任李某一行
            actor = last.actor if last and gap <= patterns.GROUP_GAP else self._team(low)
        if last:
            if actor == "congress" and last.actor == "county_congress" and gap < 4:
                # 陕州区4名人大常委会副主任
                return Mention("county_congress", last.role, start, end)
            elsewhere = last.actor in ("elsewhere", "province")
            if elsewhere and actor.endswith("congress") and gap < 2:
                # 杭州市人大常委会, 上级人大常委会
                return Mention(last.actor, last.role, start, end)
            if patterns.LINK.fullmatch(self._text, last.end, start):
                if actor == "other" and last.role == "subject":
                    actor = last.actor
                return Mention(actor, last.role, start, end)
        return Mention(actor, self._role(start, end, actor, before, clause), start, end)

    def _role(self, start: int, end: int, actor: str, before: list[Mention], clause: int) -> str:
        """The role of an actor that goes with no other."""
        text, begin = self._text, self._clauses.starts[clause]
        lead = text[max(begin, start - 11) : start]
        if actor == "other" and patterns.BY_THEMSELVES.match(text, end):
            return "subject"
        if lead and patterns.CAUSE.search(lead):
            return "causee"
        if lead and patterns.AGENT.search(lead):
            return "object" if patterns.ATTENDED.match(text, end) else "agent"
        is_object = (
            (lead and patterns.OBJECT.search(lead))
            or (actor != "congress" and patterns.POSSESSED.match(text, end))
            or start - begin > patterns.NEAR.get(actor, 99)
            or self._second(before, start)
        )
        return "object" if is_object else "subject"

    def _second(self, before: list[Mention], start: int) -> bool:
        """李某还到王楼镇人大代表联络站: what is named after the clause's subject is its object."""
        ends = [m.end for m in before if m.role == "subject"]
        return bool(ends) and not patterns.SINCE.search(self._text, ends[-1], start)

    def _team(self, low: int) -> str:
        """Whose team `调研组一行` is: of those who were last said to lead one, else of the congress
        that reports."""
        for _, end, actor in reversed(self._hits[max(0, low - 12) : low]):
            if actor not in ("group", "other") and patterns.LEADS.match(self._text, end):
                return "city_congress" if actor in ("congress", "government") else actor
        return "city_congress"

    def _subject(self, clause: int) -> str:
        """Who a clause is about; `省人大动员会召开后,` is about nobody."""
        subjects = self.subjects(clause)
        if not subjects:
            return ""
        text, begin, stop = self._clauses.at(clause)
        passing = patterns.ADVERBIAL.search(text, stop - 4, stop)
        return "" if passing and not patterns.STAY.search(text, begin, stop) else subjects[-1]

    def _carry(self) -> list[str]:
        """The subject carried into each clause: of the clause before it, or what the paragraph has
        been about until then.

        A paragraph is about the author until somebody else acts.
        """
        carried: list[str] = []
        topic, paragraph = self._author, None
        attended = self._attended()
        for number, sentence in enumerate(self._clauses.sentences):
            if sentence.paragraph != paragraph:
                topic, paragraph = self._author, sentence.paragraph
            who, acting = topic, []
            for clause in self._clauses.of_sentence(number):
                carried.append(who)
                if clause in self._mentions and (subject := self._subject(clause)):
                    who = subject
                    if attended.get(clause, -1) < self._mentions[clause][-1].end:
                        acting.append(who)
            if acting:
                lower = [actor for actor in acting if actor in patterns.LOWER_CONGRESS]
                reporting = [actor for actor in acting if actor in (self._author, "congress")]
                topic = acting[0]
                if lower:
                    topic = lower[-1]
                elif topic == "party" and reporting:
                    topic = reporting[0]
        return carried

    def _attended(self) -> dict[int, int]:
        """Clauses that tell of attendance, and where: in 9个县区人大负责人参加会议 those named
        before it are not who goes on acting."""
        stops, found = self._clauses.stops, patterns.ATTENDS.finditer(self._text)
        return {bisect_right(stops, match.start()): match.start() for match in found}
