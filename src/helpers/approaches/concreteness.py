"""A clause that speaks of an instrument → how concretely the clause tells of the act.

Three questions are kept apart: whether the act took place (`modality`), what pins the act down
(`when`, `how_many`, `named`), and whether the instrument has a clause of its own (`mention`). The
mark that charts draw follows from the answers; see `mark_of`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .actors import Actors
from .clauses import Clauses

LIST_REACH = 120  # a list is looked for in this many characters before and after an instrument


class Telling(NamedTuple):
    """How concretely a clause tells of an act. The anchors are 1 or 0: `when` for a date, month or
    session of the act, `how_many` for a number that counts the act, its participants or its
    objects, `named` for a named document, project or body."""

    modality: str
    when: int
    how_many: int
    named: int
    mention: str


def mark_of(telling: Telling) -> str:
    """Return the mark that a chart draws for an act, or "" for a demand or a formula.

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
    """Where the words of a code stand: the number of the clause, and start and end in the text."""

    code: str
    clause: int
    start: int
    end: int


class Concreteness:
    """Finds out how concretely the clauses of one text tell of acts."""

    def __init__(self, clauses: Clauses, actors: Actors, found: Iterable[Found]) -> None:
        self._clauses, self._actors, self._patterns = clauses, actors, clauses.patterns
        self._found: dict[int, list[Found]] = defaultdict(list)
        for one in found:
            self._found[one.clause].append(one)

    def telling(self, found: Found, status: str) -> Telling:
        """Return how an act is told. `status` is the status that `ActStatus` gives the act, such as
        `narrated` or `planned`."""
        clause = found.clause
        text, begin, stop = self._clauses.at(clause)
        when = self.date_of(clause) is not None
        how_many = self._patterns.counted.search(text, begin, stop) is not None
        named = self._patterns.named_thing.search(text, begin, stop) is not None
        modality = self._modality(clause, status, when)
        mention = self._mention(found, anchored=when or how_many or named, named=named)
        return Telling(modality, int(when), int(how_many), int(named), mention)

    def _modality(self, clause: int, status: str, is_dated: bool) -> str:
        """Return whether the act is told as done, laid down, scheduled or called for."""
        number = self._clauses.sentence_of[clause]
        if status == "planned":
            if self._clauses.says(number, self._patterns.scheduled):
                return "scheduled"
            # a plan without a time or a decision is only a wish
            is_decided = self._clauses.says(number, self._patterns.decided_on)
            return "arrangement" if is_decided else "called_for"
        if status == "ordered":
            return "arrangement"
        if status != "narrated":
            return "called_for"
        span = self._clauses.at(clause)
        chain = self._clauses.text, self._clauses.starts[self._clauses.first[number]], span[1]
        if (
            is_dated
            or self._patterns.completed.search(*span)
            or self._patterns.chained.search(*chain)
        ):
            return "done"
        if self._patterns.next_year.search(*span):
            return "scheduled"
        arranges = self._patterns.arranges.search(*span)
        is_arranged = arranges and not self._patterns.not_arranging.search(*span)
        return "arrangement" if is_arranged else "unmarked"

    def date_of(self, clause: int) -> tuple[int, int] | None:
        """Return start and end of the words that date the act of a clause. These words stand alone
        in a clause before, as in `10月31日,市人大…`, "on 31 October, the congress …", or in the
        clause itself. Those before hold until another act is added or another actor is named."""
        first = self._clauses.first[self._clauses.sentence_of[clause]]
        for earlier in range(clause - 1, first - 1, -1):
            if alone := self._patterns.date_alone.fullmatch(*self._clauses.at(earlier)):
                return alone.span("date")
            # the actor named right behind a date is the one whose act is dated
            behind = earlier + 1
            is_other = behind < clause and self._actors.subjects(behind + 1)
            if is_other or self._patterns.added.match(*self._clauses.at(behind)):
                break
        within = self._patterns.act_date.search(*self._clauses.at(clause))
        return within.span() if within else None

    def _mention(self, found: Found, *, anchored: bool, named: bool) -> str:
        """Return whether the instrument has a clause of its own, is an item of a list such as
        `综合运用…、…等方式`, "by means of … and …", or stands in a formula such as `强化跟踪问效`,
        "strengthen follow-up"."""
        text, begin, stop = self._clauses.at(found.clause)
        if self._is_listed(found) or (not named and self._has_neighbour(found)):
            return "listed"
        if not anchored and self._patterns.formula.search(text, begin, stop):
            return "formula"
        return "own_clause"

    def _has_neighbour(self, found: Found) -> bool:
        """Tell whether another code stands right before or behind, joined by a mark such as 、.
        Research and inspection in the name of a team are no list."""
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
