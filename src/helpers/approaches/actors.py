"""A clause → who acts in it: a congress, a government, the Party, others."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
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
        self._clauses, self._author, self._city = clauses, author, city
        self._hits = self._find_hits()
        self._mentions = self._read_mentions()
        self._subjects = {
            clause: who for clause in self._mentions if (who := self._subject(clause))
        }
        self._carried = self._carry()

    def _find_hits(self) -> list[tuple[int, int, str]]:
        """Every actor named in the text: start, end, actor."""
        text, city = self._clauses.text, self._city
        automaton, names = patterns.actor_words()
        hits = []
        for n, start, end in automaton.find_matches_as_indexes(text):
            name = names[n]
            # another city is told from the report's own only where that is known
            if name == "city":
                if (
                    not city
                    or text.startswith(city, start)
                    or text[end : end + 1] in ("路", "街", "大")
                ):
                    continue
                name = "elsewhere"
            elif name == "party" and patterns.NO_PARTY.match(text, end - 1):
                continue
            hits.append((start, end, name))
        named = (
            {match["name"] for match in patterns.NAMED.finditer(text)}
            if "省" in text or "全国人大" in text
            else ()
        )
        if named:
            hits += [
                (*m.span(), "province") for m in re.finditer("|".join(map(re.escape, named)), text)
            ]
            hits.sort()
        return hits

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

    def _relative(self, mention: Mention, start: int, end: int) -> bool:
        """照省人大常委会印发的方案: the act of one whose scheme is followed."""
        text = self._clauses.text
        near = mention.end <= start <= mention.end + 2 and "的" in text[start : end + 1]
        near = (
            near
            or start > mention.end
            and patterns.OF_WHOM.fullmatch(text, mention.end, start) is not None
        )
        return (
            near
            and patterns.FOLLOWED.search(text, max(0, mention.start - 6), mention.start) is not None
        )

    def mentions(self, clause: int) -> Sequence[Mention]:
        """The actors named in a clause, each with its role."""
        return self._mentions.get(clause, ())

    def _read_mentions(self) -> dict[int, list[Mention]]:
        """The mentions of every clause that has some."""
        text, stops = self._clauses.text, self._clauses.stops
        first: dict[int, int] = {}  # clause → its first hit
        for number, (start, _, _) in enumerate(self._hits):
            first.setdefault(bisect_right(stops, start), number)
        heads = {bisect_right(stops, match.start()) for match in patterns.HEAD_ENDS.finditer(text)}
        found: dict[int, list[Mention]] = {}
        for clause in sorted(heads.union(first)):
            if clause < len(stops):
                low = first.get(clause, len(self._hits))
                mentions = self._head(clause, low) if clause in heads else []
                found[clause] = mentions
                for start, end, actor in self._hits[low : low + patterns.MOST_MENTIONS]:
                    if start >= stops[clause]:
                        break
                    mentions.append(self._mention(start, end, actor, mentions, clause, low))
        return found

    def _head(self, clause: int, low: int) -> list[Mention]:
        """A place or a body named at the head of a clause, which acts for its congress or for
        itself."""
        begin, stop = self._clauses.starts[clause], self._clauses.stops[clause]
        if body := patterns.BODY.match(self._clauses.text, begin, stop):
            return [Mention("other", "subject", begin, body.end())]
        if low < len(self._hits) and self._hits[low][::2] == (begin, "elsewhere"):
            return []
        place = patterns.PLACE.match(self._clauses.text, begin, stop)
        if (
            place
            and place["name"] not in patterns.NO_PLACE
            and not (self._city and self._city.startswith(place["name"]))
        ):
            return [Mention("county_congress", "subject", place.start("name"), place.end())]
        return []

    def _mention(
        self, start: int, end: int, actor: str, before: list[Mention], clause: int, low: int
    ) -> Mention:
        begin, last = self._clauses.starts[clause], before[-1] if before else None
        if actor == "group":  # 省人大常委会副主任李某一行
            named = last is not None and start - last.end <= patterns.GROUP_GAP
            actor = last.actor if named else self._team(low)
        if (
            actor == "congress"
            and last is not None
            and last.actor == "county_congress"
            and start - last.end < 4
        ):
            return Mention("county_congress", last.role, start, end)  # 陕州区4名人大常委会副主任
        if (
            last is not None
            and last.actor in ("elsewhere", "province")
            and actor.endswith("congress")
            and start - last.end < 2
        ):
            return Mention(last.actor, last.role, start, end)  # 杭州市人大常委会, 上级人大常委会
        if last is not None and patterns.LINK.fullmatch(self._clauses.text, last.end, start):
            return Mention(
                last.actor if last.role == "subject" and actor == "other" else actor,
                last.role,
                start,
                end,
            )
        lead = self._clauses.text[max(begin, start - 11) : start]
        if actor == "other" and patterns.BY_THEMSELVES.match(self._clauses.text, end):
            role = "subject"
        elif lead and patterns.CAUSE.search(lead):
            role = "causee"
        elif lead and patterns.AGENT.search(lead):
            role = "object" if patterns.ATTENDED.match(self._clauses.text, end) else "agent"
        elif (
            lead
            and patterns.OBJECT.search(lead)
            or actor != "congress"
            and patterns.POSSESSED.match(self._clauses.text, end)
            or start - begin > patterns.NEAR.get(actor, 99)
            or self._second(before, start)
        ):
            role = "object"
        else:
            role = "subject"
        return Mention(actor, role, start, end)

    def _second(self, before: list[Mention], start: int) -> bool:
        """李某还到王楼镇人大代表联络站: named after the subject of the clause, one is its
        object."""
        subjects = [m for m in before if m.role == "subject"]
        return bool(subjects) and not patterns.SINCE.search(
            self._clauses.text, subjects[-1].end, start
        )

    def _subject(self, clause: int) -> str:
        """Who a clause is about; `省人大动员会召开后,` is about nobody."""
        subjects = [m.actor for m in self._mentions[clause] if m.role == "subject"]
        stop = self._clauses.stops[clause]
        text, begin = self._clauses.text, self._clauses.starts[clause]
        passing = patterns.ADVERBIAL.search(text, stop - 4, stop) and not patterns.STAY.search(
            text, begin, stop
        )
        return "" if not subjects or passing else subjects[-1]

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
                if clause in self._subjects:
                    who = self._subjects[clause]
                    if attended.get(clause, -1) < self._mentions[clause][-1].end:
                        acting.append(who)
            if acting:
                lower = [actor for actor in acting if actor in patterns.LOWER_CONGRESS]
                reports = acting[0] == "party" and next(
                    (actor for actor in acting if actor in (self._author, "congress")), ""
                )
                topic = lower[-1] if lower else reports or acting[0]
        return carried

    def _attended(self) -> dict[int, int]:
        """Clauses that tell of attendance, and where: in 9个县区人大负责人参加会议 those named
        before it are not who goes on acting."""
        return {
            bisect_right(self._clauses.stops, match.start()): match.start()
            for match in patterns.ATTENDS.finditer(self._clauses.text)
        }

    def _team(self, low: int) -> str:
        """Whose team `调研组一行` is: of those who were last said to lead one, else of the congress
        that reports."""
        for _, end, actor in reversed(self._hits[max(0, low - 12) : low]):
            if actor not in ("group", "other") and patterns.LEADS.match(self._clauses.text, end):
                return "city_congress" if actor in ("congress", "government") else actor
        return "city_congress"
