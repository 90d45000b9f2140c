"""The clauses of a text → who acts in each: a congress, a government, the Party or another body.

Chinese prose names an actor once and may leave it out in the clauses that follow. An actor is
therefore either named in a clause or carried over from the clauses before.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

import ahocorasick_rs as aho

from helpers.codebook import Codebook

from .clauses import Clauses

LOWER_CONGRESSES = ("county_congress", "township_congress")
NAMED_CONGRESSES = ("city_congress", "working_committee", *LOWER_CONGRESSES)
NOT_OF_THE_CITY = ("elsewhere", "province")
_AMBIGUOUS = ("congress", "party", "city")  # Names whose meaning depends on the text around them.
# An actor of one of these kinds can be the subject of a clause only if the actor's name begins
# within the given number of characters from the start of the clause. A later name is part of the
# object, such as 机构, "institutions", in 走访养老机构, "visited institutions".
FARTHEST_SUBJECT = {"government": 12, "party": 12, "other": 2, "congress": 12}
ANYWHERE = 99
LEAD = 11  # Characters before a name that are read to find the actor's role.
TEAM_GAP = 14  # Greatest distance of a team, such as 调研组, from the name of its actor.
TEAM_NAMES = 12  # Names before a team among which the leader of the team is looked for.
AGENT_GAP = 3  # Greatest distance of an agent, as in 座谈会由市政府召开, from the act before it.
VISIT_GAP = 24  # Greatest distance of a name from 来我市, "comes to our city".
MOST_MENTIONS = 60  # Greatest number of names read in a clause: more names are a list.
_AT_MEETING = ("会上,", "会上:")
_CLAUSE_END = re.compile("[,。;\n]")


class ActorNames:
    """Finds names of actors. ``codebook.once(ActorNames)`` builds the search only once."""

    def __init__(self, codebook: Codebook) -> None:
        rows = codebook.actors[["actor", "terms"]].itertuples(index=False, name=None)
        names = [(term, actor) for actor, terms in rows for term in terms.split("|")]
        self._actors = [actor for _, actor in names]
        self._automaton = aho.AhoCorasick(
            [term for term, _ in names],
            matchkind=aho.MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=aho.Implementation.DFA,
        )

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and actor of each name, in text order. Names inside longer names are
        left out."""
        for number, start, end in self._automaton.find_matches_as_indexes(text):
            yield start, end, self._actors[number]


class Mention(NamedTuple):
    """An actor named in a clause, the actor's role, and start and end of the name in the text.

    The role is `subject`, `agent` (the name follows 由, "by"), `causee` (somebody makes the actor
    act) or `object`.
    """

    actor: str
    role: str
    start: int
    end: int


class Actors:
    """Finds out who acts in each clause of one text.

    As long as a paragraph has named no actor, `author` is taken to act. `city` is the city that
    reports, or "" if this city is not known. Any other city counts as the actor `elsewhere`.
    """

    def __init__(self, clauses: Clauses, names: ActorNames, author: str, city: str) -> None:
        self._clauses, self._text, self._patterns = clauses, clauses.text, clauses.patterns
        self._author, self._city = Mention(author, "subject", 0, 0), city
        # The text is read in three passes. Each pass uses the result of the pass before.
        self._names = self._find_names(names)
        self._mentions = self._read_mentions()
        self._carried = self._carry_subjects()

    def actor(self, clause: int, start: int, end: int) -> tuple[str, bool]:
        """Return who does the act told by the words from `start` to `end`, and whether this actor
        was carried over from an earlier clause."""
        doer, is_carried = self.doer(clause, start, end)
        return doer.actor, is_carried

    def doer(self, clause: int, start: int, end: int) -> tuple[Mention, bool]:
        """Return the mention of the actor who does an act, and whether this actor was carried over
        from an earlier clause. The mention of an author whom the text does not name begins and ends
        at 0."""
        mentions = self._mentions.get(clause, ())
        doers = [mention for mention in mentions if self._does(mention, start, end)]
        doer = doers[-1] if doers else self._visitor_at(clause) or self._carried[clause]
        if doers and self._only_attends(doer, self._carried[clause], end):
            doer = self._carried[clause]
        if doer.actor == "congress":  # 人大代表, "deputies", belong to the congress that acted last
            acted_last = self._carried[clause] if doers else self._author
            known = acted_last.actor in NAMED_CONGRESSES
            doer = acted_last if known else doer._replace(actor="city_congress")
        return doer, not doers

    def _only_attends(self, mention: Mention, carried: Mention, end: int) -> bool:
        """Tell whether somebody only attends what a visitor does, as in `市人大主任参加座谈`, "the
        chair took part in the discussion", after a sentence about the province's team."""
        if carried.actor not in NOT_OF_THE_CITY or mention.end > end:
            return False
        return self._patterns.only_attends.search(self._text, mention.end, end + 1) is not None

    def _visitor_at(self, clause: int) -> Mention | None:
        """Return the visitor who acts at the meeting that a clause names, or None.

        In `座谈会上,省调研组听取了汇报`, "at the meeting, the province's team heard reports", the
        meeting is that of the team named in the next clause.
        """
        if not self._text.endswith(_AT_MEETING, 0, self._clauses.stops[clause]):
            return None
        visitors = [
            one for one in self.subject_mentions(clause + 1) if one.actor in NOT_OF_THE_CITY
        ]
        return visitors[-1] if visitors else None

    def named(self, clause: int) -> set[str]:
        """Return the kinds of the actors whose names stand in a clause, such as `government`."""
        _, start, stop = self._clauses.at(clause)
        first, last = (
            bisect_left(self._names, place, key=itemgetter(0)) for place in (start, stop)
        )
        return {actor for _, _, actor in self._names[first:last]}

    def subjects(self, clause: int) -> list[str]:
        """Return the kinds of the actors that are subjects of a clause, such as `government`."""
        return [mention.actor for mention in self.subject_mentions(clause)]

    def subject_mentions(self, clause: int) -> list[Mention]:
        """Return the mentions of the actors that are subjects of a clause."""
        return [one for one in self._mentions.get(clause, ()) if one.role == "subject"]

    def _does(self, mention: Mention, start: int, end: int) -> bool:
        """Tell whether an actor named in the clause does the act that begins at `start`."""
        if mention.role == "object":
            # 省人大执法检查组来时, "when the province's inspectors came": the inspection is theirs
            is_its_name = mention.start <= start < mention.end
            is_theirs = is_its_name and mention.actor in NOT_OF_THE_CITY
            return is_theirs or self._is_followed(mention, start, end)
        if mention.role == "agent":  # e.g. the city in 座谈会由市政府召开, "held by the city"
            return mention.start <= end + AGENT_GAP
        return mention.start < end and mention.start <= start + 1

    def _is_followed(self, mention: Mention, start: int, end: int) -> bool:
        """Tell whether an act was done by a body whose plan, order or the like somebody else
        follows.

        In `照省人大常委会印发的方案`, "following the scheme issued by the province's congress", the
        province's congress issued the scheme.
        """
        text, stop = self._text, mention.end
        is_near = stop <= start <= stop + 2 and "的" in text[start : end + 1]
        is_of_it = start > stop and self._patterns.of_whom.fullmatch(text, stop, start)
        if not is_near and not is_of_it:
            return False
        before = max(0, mention.start - 6)
        return self._patterns.followed.search(text, before, mention.start) is not None

    # --- First pass: find the names of actors

    def _find_names(self, names: ActorNames) -> list[tuple[int, int, str]]:
        """Return start, end and actor of every name in the text."""
        patterns, text = self._patterns, self._text
        self._private = {match.start() for match in patterns.in_private.finditer(text)}
        self._visits = self._find_visits()
        found = []
        for start, end, name in self._outside_titles(names):
            actor = self._actor_named(name, start, end) if name in _AMBIGUOUS else name
            if actor and not patterns.not_body.match(text, end):
                found.append((start, end, actor))
        if self._private or self._visits:
            found = [(start, end, self._in_what_name(actor, end)) for start, end, actor in found]
        return self._with_leaders(found)

    def _outside_titles(self, names: ActorNames) -> Iterator[tuple[int, int, str]]:
        """Yield the names outside titles. A name in a title, such as the province in
        《云南省云州市养老条例》, names no actor."""
        titles = [match.span() for match in self._patterns.title.finditer(self._text)]
        for start, end, name in names.find(self._text):
            while titles and titles[0][1] <= start:
                titles.pop(0)
            if not titles or titles[0][0] >= start:
                yield start, end, name

    def _find_visits(self) -> list[int]:
        """Return the places of the words for coming to the report's own place, as 来 in 来我市."""
        visits = self._patterns.comes_to.finditer(self._text)
        return [one.start() for one in visits if one["own"] or self._is_own(one.end())]

    def _with_leaders(self, found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Add the personal names of the province's leaders to the names of actors.

        After 省人大常委会副主任李某, "Li, vice chair of the province's congress", the name Li
        stands for the province: 李某一行, "Li's team", is the province's team.
        """
        text, patterns = self._text, self._patterns
        if not any(body in text for body in patterns.higher_bodies):
            return found
        leaders = {match["name"] for match in patterns.named.finditer(text)}
        if not leaders:
            return found
        places = re.finditer("|".join(map(re.escape, leaders)), text)
        return sorted([*found, *((*place.span(), "province") for place in places)])

    def _in_what_name(self, actor: str, end: int) -> str:
        """Return `other` for a deputy who acts as a private person, `elsewhere` for a congress that
        comes to the report's own place, as in `邻水市人大来我市考察`, and else `actor`."""
        if actor != "congress" and actor not in NAMED_CONGRESSES:
            return actor
        if end in self._private:
            return "other"
        visit = bisect_left(self._visits, end)
        reach = self._visits[visit] - end if visit < len(self._visits) else VISIT_GAP
        is_visit = reach < VISIT_GAP and not _CLAUSE_END.search(self._text, end, end + reach)
        return "elsewhere" if is_visit else actor

    def _is_own(self, place: int) -> bool:
        """Tell whether the name of the report's own city begins at a place in the text."""
        return bool(self._city) and self._text.startswith(self._city, place)

    def _actor_named(self, name: str, start: int, end: int) -> str:
        """Return the actor that an ambiguous name means, or "" if the name means no actor."""
        if name == "congress":
            is_own = self._city and self._text.endswith(self._city, 0, start)
            return "city_congress" if is_own else name
        if name == "party":
            return "" if self._patterns.party_lookalike.match(self._text, end - 1) else name
        is_own = not self._city or self._text.startswith(self._city, start)
        is_street = self._patterns.street.match(self._text, end)  # e.g. 南京路, "Nanjing Road"
        return "" if is_own or is_street else "elsewhere"

    # --- Second pass: find the role of each actor in the clause that names the actor

    def _read_mentions(self) -> dict[int, list[Mention]]:
        """Return the mentions of actors in each clause that names an actor."""
        first_name: dict[int, int] = {}
        for number, (start, _, _) in enumerate(self._names):
            first_name.setdefault(self._clauses.at_place(start), number)
        ends = self._patterns.head_ends.finditer(self._text)
        heads = {self._clauses.at_place(match.start()) for match in ends}
        mentions: dict[int, list[Mention]] = {}
        for clause in sorted(heads.union(first_name)):
            if clause < len(self._clauses.stops):
                first = first_name.get(clause, len(self._names))
                head = self._head(clause, first) if clause in heads else []
                mentions[clause] = self._read_clause(clause, first, head)
        return mentions

    def _read_clause(self, clause: int, first: int, mentions: list[Mention]) -> list[Mention]:
        """Add the mentions of actors in a clause to the list `mentions`, and return the list.
        `first` is the index in `self._names` of the first name in the clause."""
        stop = self._clauses.stops[clause]
        for start, end, actor in self._names[first : first + MOST_MENTIONS]:
            if start >= stop:
                break
            mentions.append(self._mention(start, end, actor, mentions, clause, first))
        return mentions

    def _head(self, clause: int, first: int) -> list[Mention]:
        """Return a mention of the body or place at the start of a clause, or an empty list. A body,
        such as a hospital, acts for itself. A place, such as a county, stands for its congress."""
        span = self._clauses.at(clause)
        if body := self._patterns.body.match(*span):
            return [Mention("other", "subject", *body.span())]
        if first < len(self._names):
            start, _, actor = self._names[first]
            if start == span[1] and actor == "elsewhere":
                return []
        place = self._patterns.place.match(*span)
        if not place or place["name"] in self._patterns.no_place:
            return []
        is_own = self._city.startswith(place["name"])
        return [] if is_own else [Mention("county_congress", "subject", *place.span())]

    def _mention(
        self, start: int, end: int, actor: str, before: list[Mention], clause: int, first: int
    ) -> Mention:
        """Return the actor that a name means, and the actor's role, by the first rule that fits."""
        last = before[-1] if before else None
        gap = start - last.end if last else 0
        # 1. a team acts for the actor named shortly before, or else for the last leader of a team
        if actor == "group":
            is_near = last and self._leads_team(last, start)
            actor = last.actor if is_near else self._team_of(first)
        if last:
            # 2. a congress named right after a place is the congress of that place
            if whose := _congress_of(last, actor, gap):
                return Mention(whose, last.role, start, end)
            # 3. two names linked by a word such as 和, "and", have the same role. If the first name
            # is a subject, its actor counts for both names in two cases: it is a congress, or the
            # second name is of the kind `other`, as in "the congress and the experts"
            if self._patterns.link.fullmatch(self._text, last.end, start):
                joins = last.actor in ("congress", *NAMED_CONGRESSES) or actor == "other"
                joins = joins and last.role == "subject"
                return Mention(last.actor if joins else actor, last.role, start, end)
        # 4. otherwise the words around the name show the role of the actor
        return Mention(actor, self._role(start, end, actor, before, clause), start, end)

    def _leads_team(self, last: Mention, start: int) -> bool:
        """Tell whether the team named at `start` is that of the actor named last. In
        `养老机构被检查组暗访` the team is not that of the institution, which it checks."""
        is_near = start - last.end <= TEAM_GAP
        return is_near and not self._patterns.agent.search(self._text, last.end, start)

    def _team_of(self, first: int) -> str:
        """Return the actor whose team a phrase such as `调研组一行`, "the research team", means.
        The team belongs to the actor that last led a team. If this actor is a government or an
        unnamed congress, or if no actor has led a team, the team belongs to the city's congress."""
        for _, end, actor in reversed(self._names[max(0, first - TEAM_NAMES) : first]):
            if actor not in ("group", "other") and self._patterns.leads.match(self._text, end):
                return "city_congress" if actor in ("congress", "government") else actor
        return "city_congress"

    def _role(self, start: int, end: int, actor: str, before: list[Mention], clause: int) -> str:
        """Return the role of an actor in a clause, such as `subject`."""
        begin = self._clauses.starts[clause]
        lead = self._text[max(begin, start - LEAD) : start]
        if role := self._role_by_itself(end, actor):
            return role
        if self._patterns.causes.search(lead):
            return "causee"
        if lead and self._patterns.agent.search(lead):
            attends = self._patterns.attended_by.match(self._text, end)
            return "object" if attends else "agent"
        # in 政府职责, "the government's duty", the government does not act but only has the duty
        is_owner = actor != "congress" and self._patterns.possessed.match(self._text, end)
        if is_owner or self._patterns.object.search(lead):
            return "object"
        is_far = start - begin > FARTHEST_SUBJECT.get(actor, ANYWHERE)
        return "object" if is_far or self._is_second(before, start) else "subject"

    def _role_by_itself(self, end: int, actor: str) -> str:
        """Return the role of an actor who acts in a medium of the actor's own or for itself, or ""
        for any other actor."""
        if actor == "other" and end in self._private:
            return "subject"
        by_itself = self._patterns.by_themselves if actor == "other" else self._patterns.own_medium
        if not by_itself.match(self._text, end):
            return ""
        # 在政府网站发布, "on the government's web site": anybody can do so. 在郑州人大官网, "on the
        # web site of the congress": the congress acts.
        return "object" if actor in ("government", "party") else "subject"

    def _is_second(self, before: list[Mention], start: int) -> bool:
        """Tell whether a clause already has a subject, so that a second name must be an object.

        In `李某还到王楼镇人大代表联络站`, "Li also went to the liaison station of Wanglou", Li is
        the subject, so Wanglou is the object.
        """
        ends = [mention.end for mention in before if mention.role == "subject"]
        return bool(ends) and not self._patterns.since.search(self._text, ends[-1], start)

    # --- Third pass: carry subjects over to later clauses

    def _carry_subjects(self) -> list[Mention]:
        """Return for each clause the actor who acts if the clause names none.

        The actor carried over is the subject of an earlier clause of the sentence, or else of an
        earlier sentence of the paragraph, or else the author of the report.
        """
        attends = self._patterns.attends.finditer(self._text)
        attendances = {self._clauses.at_place(match.start()): match.start() for match in attends}
        helps = self._patterns.attends_others.finditer(self._text)
        self._helping = {self._clauses.at_place(match.start()) for match in helps}
        carried: list[Mention] = []
        subject = self._author
        opening: Mention | None = self._author
        paragraph = None
        for number, sentence in enumerate(self._clauses.sentences):
            if sentence.paragraph != paragraph:
                subject, opening, paragraph = self._author, None, sentence.paragraph
            if self._patterns.later_item.match(self._text, sentence.start):
                subject = (
                    opening or self._author
                )  # the item 二是…, "second", has the subject of the first item
            acting = self._carry_through(number, subject, carried, attendances)
            if acting:
                subject = self._subject_after(acting)
                opening = opening or subject
        return carried

    def _carry_through(
        self, number: int, subject: Mention, carried: list[Mention], attendances: dict[int, int]
    ) -> list[Mention]:
        """Return the subjects named in a sentence, clause by clause. Add to the list `carried` the
        subject that each clause takes over from the clauses before.

        `attendances` leads from the number of a clause that says who attended a meeting to the
        place of the word for attending.
        """
        acting = []
        for clause in self._clauses.of_sentence(number):
            carried.append(subject)
            if clause in self._mentions and (named := self._subject_of(clause)):
                if clause in self._helping:
                    continue  # A body that only helps is not the subject of later clauses.
                # 人大代表, "deputies", belong to the congress that acted last
                same = named.actor == "congress" and subject.actor in NAMED_CONGRESSES
                subject = subject if same else named
                # people listed as attending do not become the subject of later sentences
                if attendances.get(clause, -1) < self._mentions[clause][-1].end:
                    acting.append(subject)
        return acting

    def _subject_after(self, acting: list[Mention]) -> Mention:
        """Return the subject that a sentence passes on to the next sentence of the paragraph. The
        list `acting` holds the subjects named in the sentence."""
        lower = [one for one in acting if one.actor in LOWER_CONGRESSES]
        reporting = [one for one in acting if one.actor in (self._author.actor, "congress")]
        if lower:
            return lower[-1]
        if acting[0].actor == "party" and reporting:
            return reporting[0]
        return acting[0]

    def _subject_of(self, clause: int) -> Mention | None:
        """Return the subject that a clause passes on to the next clause, or None.

        `省人大动员会召开后,`, "after the province's meeting", passes on no subject.
        """
        subjects = self.subject_mentions(clause)
        if not subjects:
            return None
        text, begin, stop = self._clauses.at(clause)
        if not self._patterns.adverbial.search(text, stop - 4, stop):
            return subjects[-1]
        # after 省人大来我市期间, "while the province's team was here", the team acts in the next
        # clause
        return subjects[-1] if self._patterns.stay.search(text, begin, stop) else None


def _congress_of(place: Mention, actor: str, gap: int) -> str:
    """Return the actor of `place` if a congress of this place is named right after it, else "".

    `陕州区4名人大常委会副主任`, "four vice chairs of the congress of Shanzhou", means a county's
    congress. `杭州市人大常委会`, "the congress of Hangzhou", means a congress elsewhere.
    """
    if actor == "congress" and place.actor == "county_congress" and gap < 4:
        return place.actor
    if actor.endswith("congress") and place.actor in NOT_OF_THE_CITY and gap < 2:
        return place.actor
    return ""
