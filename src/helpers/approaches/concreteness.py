"""A clause that reports an instrument → how concretely the clause tells of the act.

Three questions are kept apart: whether the act took place (`modality`), what pins the act down
(`when`, `how_many`, `named`), and whether the instrument has a clause of its own (`mention`). The
mark that a chart draws for the act follows from the three answers; see `mark_of`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .actors import Actors
from .clauses import Clauses

LIST_REACH = 120  # characters before and after an instrument in which a list is looked for


class Telling(NamedTuple):
    """How concretely a clause tells of an act. The anchors `when`, `how_many` and `named` are 1 if
    the clause has them, else 0: `when` is a date, month or session of the act; `how_many` is a
    number that counts the act, its participants or its objects; `named` is a named document,
    project or body."""

    modality: str
    when: int
    how_many: int
    named: int
    mention: str


def mark_of(telling: Telling) -> str:
    """Return the mark that a chart draws for an act, or "" for a demand or a slogan (`formula`).

    >>> mark_of(Telling("done", 1, 0, 1, "own_clause"))
    'dated'
    """
    if telling.mention == "formula" or telling.modality == "called_for":
        return ""
    if telling.mention == "listed":
        return "listed"
    if telling.modality in ("arrangement", "scheduled"):
        return {"arrangement": "arranged"}.get(telling.modality, "scheduled")
    if telling.modality == "done" and telling.when:
        return "dated"
    return "anchored" if telling.how_many or telling.named else "told"


class Found(NamedTuple):
    """A place where the text names the instrument of a code: clause, start and end."""

    code: str
    clause: int
    start: int
    end: int


# the patterns of `ActPatterns` that are looked for in each clause
_SEARCHED = "counted named_thing completed arranges not_arranging next_year formula".split()


class _Facts(NamedTuple):
    """What a clause says about every act that the clause tells, such as a date."""

    date: tuple[int, int] | None
    is_counted: bool
    is_named: bool
    is_completed: bool
    is_arranged: bool
    is_later: bool
    is_formula: bool


class Concreteness:
    """Finds out how concretely the clauses of one text tell of acts."""

    def __init__(self, clauses: Clauses, actors: Actors, found: Iterable[Found]) -> None:
        self._clauses, self._actors, self._patterns = clauses, actors, clauses.patterns
        # for each clause the words that date an act, and whether the clause has no other words
        self._dates: dict[int, tuple[tuple[int, int], bool]] = {}
        for date in self._patterns.act_date.finditer(clauses.text):
            clause = clauses.at_place(date.start())
            if clause not in self._dates and clause < len(clauses.stops):
                alone = self._patterns.date_alone.fullmatch(*clauses.at(clause))
                self._dates[clause] = date.span(), alone is not None
        self._facts: dict[int, _Facts] = {}
        self._found: dict[int, list[Found]] = defaultdict(list)
        for one in found:
            self._found[one.clause].append(one)

    def telling(self, found: Found, status: str) -> Telling:
        """Return how concretely an act is told. `status` is the status that `ActStatus` gives the
        act, such as `narrated` or `planned`."""
        facts = self._facts_of(found.clause)
        return Telling(
            self._modality(found.clause, status, facts),
            when=int(facts.date is not None),
            how_many=int(facts.is_counted),
            named=int(facts.is_named),
            mention=self._mention(found, facts),
        )

    def date(self, clause: int) -> tuple[int, int] | None:
        """Return start and end of the words that date the act of a clause, or None."""
        return self._facts_of(clause).date

    def _facts_of(self, clause: int) -> _Facts:
        """Return what a clause says about every act that the clause tells, such as a date."""
        if clause not in self._facts:
            search = {name: getattr(self._patterns, name).search for name in _SEARCHED}
            found = {name: bool(each(*self._clauses.at(clause))) for name, each in search.items()}
            self._facts[clause] = _Facts(
                self._date_of(clause),
                is_counted=found["counted"],
                is_named=found["named_thing"],
                is_completed=found["completed"],
                is_arranged=found["arranges"] and not found["not_arranging"],
                is_later=found["next_year"],
                is_formula=found["formula"],
            )
        return self._facts[clause]

    def _modality(self, clause: int, status: str, facts: _Facts) -> str:
        """Return an act's modality: `done`, `unmarked`, `arrangement`, `scheduled` or
        `called_for`."""
        number = self._clauses.sentence_of[clause]
        if status == "planned":
            if self._clauses.says(number, self._patterns.scheduled):
                return "scheduled"
            # a plan without a time or a decision is only a wish
            is_decided = self._clauses.says(number, self._patterns.decided_on)
            return "arrangement" if is_decided else "called_for"
        if status != "narrated":
            return "arrangement" if status == "ordered" else "called_for"
        sentence = self._clauses.starts[self._clauses.first[number]]
        text, _, stop = self._clauses.at(clause)
        if facts.date or facts.is_completed or self._patterns.chained.search(text, sentence, stop):
            return "done"
        if facts.is_later:
            return "scheduled"
        return "arrangement" if facts.is_arranged else "unmarked"

    def _date_of(self, clause: int) -> tuple[int, int] | None:
        """Return start and end of the words that date the act of a clause. The words that date an
        act stand in the clause itself or make up an earlier clause, as in `10月31日,市人大…`, "on
        31 October, the congress …". The date in an earlier clause holds until a clause adds another
        act or names another actor."""
        first = self._clauses.first[self._clauses.sentence_of[clause]]
        for earlier in range(clause - 1, first - 1, -1) if self._dates else ():
            date, is_alone = self._dates.get(earlier, (None, False))
            if is_alone:
                return date
            # the date belongs to the act of the actor named right after the date
            behind = earlier + 1
            is_other = behind < clause and self._actors.subjects(behind + 1)
            if is_other or self._patterns.added.match(*self._clauses.at(behind)):
                break
        return self._dates.get(clause, (None, False))[0]

    def _mention(self, found: Found, facts: _Facts) -> str:
        """Return how a clause mentions an instrument: `own_clause`, `listed` or `formula`. A list
        is `综合运用…、…等方式`, "by means of … and …"; a formula is a slogan such as
        `强化跟踪问效`, "strengthen follow-up"."""
        if self._is_listed(found) or (not facts.is_named and self._has_neighbour(found)):
            return "listed"
        if self._is_among_meetings(found):
            return "listed"
        is_anchored = facts.date or facts.is_counted or facts.is_named
        is_formula = facts.is_formula or self._is_slogan(found)
        return "formula" if is_formula and not is_anchored else "own_clause"

    def _is_slogan(self, found: Found) -> bool:
        """Tell whether a clause only intensifies an instrument, as in `加强跟踪督办`, "strengthen
        the follow-up"."""
        text, begin, stop = self._clauses.at(found.clause)
        intensified = self._patterns.intensified.search(text, begin, found.start)
        return bool(intensified and self._patterns.nothing_else.fullmatch(text, found.end, stop))

    def _is_among_meetings(self, found: Found) -> bool:
        """Tell whether an instrument is one of several types of meetings, as in
        `召开汇报会、现场会`, "held a report meeting and an on-site meeting"."""
        text, begin, stop = self._clauses.at(found.clause)
        meeting = self._patterns.meeting.search(text, begin, found.end)
        before = self._patterns.meeting_before.search(text, begin, found.start)
        behind = self._patterns.meeting_behind.match(text, found.end, stop)
        others = {other[1] for other in (before, behind) if other}
        return meeting is not None and bool(others - {meeting[1]})

    def _has_neighbour(self, found: Found) -> bool:
        """Tell whether words of another code stand right before or after the instrument, joined by
        a mark such as 、. The name of a team, such as `调研、检查组`, is no such list."""
        text = self._clauses.text
        for other in self._found[found.clause]:
            if other.code == found.code:
                continue
            first, last = sorted((found, other), key=lambda one: one.end)
            is_joined = self._patterns.joined.fullmatch(text, first.end, last.start)
            if is_joined and not self._patterns.team.match(text, last.end):
                return True
        return False

    def _is_listed(self, found: Found) -> bool:
        text, begin, stop = self._clauses.at(found.clause)
        start, end = found.start, found.end
        closed = self._patterns.list_closes.search(text, end, min(stop, end + LIST_REACH))
        before = max(begin, start - LIST_REACH)
        opened = closed and self._patterns.list_opens.search(text, before, end)
        if not opened:
            return False
        mark = self._patterns.list_mark
        return mark.search(text, opened.end(), closed.start()) is not None
