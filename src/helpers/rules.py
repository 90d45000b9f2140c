"""Turn the rule table of supervision instruments into a coder: clean text → evidence with actor,
state and strength.

One pass of an Aho–Corasick automaton finds where a rule could apply; only the clauses around these
places are read. Who acts is decided in `actors`, whether it happened in `modes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs as aho
import numpy as np
import pandas as pd

from helpers.actors import Actors
from helpers.checks import nearest
from helpers.clauses import Clauses
from helpers.codebook import read_table
from helpers.cues import mask
from helpers.modes import Modes
from helpers.rule_table import PLACE, Rule, parse_rules
from helpers.segment import Sentence, split_sentences

# A plan counts where the definition says “scheduled”: a date, a session, a decision – not a mere
# intention.
_SCHEDULED = re.compile(
    r"\d+月|[一二三四五六七八九十]+月|年底|年内|季度|[上中下]旬|次会议|会议期间|会议上|定于|决定|明确|议题|议程"
)


# rule, order of the term, its pattern, its other pieces
_Place = tuple[int, int, re.Pattern[str] | None, str, list[str]]
# start, order of the term in its rule, end: the first of them is the match
_Match = tuple[int, int, int]


class Evidence(NamedTuple):
    """One clause that speaks of one instrument; `start, end` are offsets into the clean text.

    `counts` tells whether it makes the instrument present by its definition.
    """

    code: str
    sentence: int
    actor: str
    state: str
    strength: str
    grade: str
    counts: bool
    start: int
    end: int
    rule: str


def read_rules(table: pd.DataFrame | None = None) -> RuleBook:
    """Check the rule table and make it ready for use.

    Parameters
    ----------
    table : DataFrame, optional
        ``code, rule, terms, requires, sentence, excludes, actor, tense, grade``; default: the
        shipped table. In a term `*` stands for 0–4 characters, `?` for one, `…` for 0–60, always
        within a clause; `|` parts alternatives. `requires` and `excludes` are looked for in the
        clause, `sentence` in the sentence and the one before it in the paragraph.

    Returns
    -------
    RuleBook

    Raises
    ------
    CodebookError
        Naming file, row, value and remedy.
    """
    if table is None:
        return _shipped()
    return RuleBook(parse_rules(table))


@lru_cache(maxsize=1)
def _shipped() -> RuleBook:
    return RuleBook(parse_rules(read_table("codebook/approach_rules")))


class RuleBook:
    """The rules in file order, and the automaton that finds where they could apply."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._elsewhere = tuple(rule.elsewhere or rule for rule in rules)
        # rarest piece of a term → the terms looked for where it stands
        self._places: dict[str, list[_Place]] = {}
        for number, rule in enumerate(rules):
            for order, term in enumerate(rule.terms):
                rarest = term.rarest
                other, *others = sorted(piece for piece in term.pieces if piece not in rarest) or [
                    rarest
                ]
                self._places.setdefault(rarest, []).append(
                    (number, order, term.pattern, other, others)
                )
        self._owners = list(self._places.values())
        self._automaton = aho.AhoCorasick(
            list(self._places) or ["\0"],
            store_patterns=False,
            implementation=aho.Implementation.DFA,
        )

    def without(self, rule: str) -> RuleBook:
        """The same rules less one, for the question how much hangs on it."""
        if rule not in {one.rule for one in self.rules}:
            raise ValueError(
                f"rule '{rule}' is not in {PLACE}."
                f" {nearest(rule, [one.rule for one in self.rules])}"
            )
        return RuleBook(tuple(one for one in self.rules if one.rule != rule))

    def only(self, code: str) -> RuleBook:
        """The rules of one code."""
        return RuleBook(tuple(one for one in self.rules if one.code == code))

    def find(
        self,
        text: str,
        sentences: tuple[Sentence, ...] | list[Sentence] | None = None,
        *,
        author: str = "city_congress",
        city: str = "",
        elsewhere: bool = False,
    ) -> list[Evidence]:
        """Find every clause of a clean text that speaks of an instrument.

        Parameters
        ----------
        text : str
            Clean text (see `clean`).
        sentences : sequence of Sentence, optional
            As `split_sentences` gives them.
        author : str
            The actor of a sentence that names none: whose report it is.
        city : str
            The report's own city (三门峡), so that 灵宝市 is known to be a lower level.
        elsewhere : bool
            The report is on another matter than elderly care: its acts are those on that matter.

        Returns
        -------
        list of Evidence
            In text order, within a clause in the order of the rules; one a clause and code.
        """
        sentences = split_sentences(text) if sentences is None else sentences
        clauses = Clauses(mask(text), sentences)
        if not clauses.stops:
            return []
        actors = Actors(clauses, author, city)
        modes = Modes(clauses, actors, elsewhere=elsewhere)
        rules = self._elsewhere if elsewhere else self.rules
        found: list[Evidence] = []
        for clause, matches in self._matches(clauses):
            taken: set[str] = set()
            for number in sorted(matches):
                rule = rules[number]
                if rule.code not in taken:
                    start, _, end = matches[number]
                    evidence = _apply(rule, clauses, clause, (start, end), actors, modes)
                    if evidence is not None:
                        taken.add(rule.code)
                        found.append(evidence)
        return found

    def _matches(self, clauses: Clauses) -> Iterator[tuple[int, dict[int, _Match]]]:
        """Clauses in text order, each with the first match of every rule whose terms it holds;
        headings prove nothing."""
        # in the order of their ends
        hits = self._automaton.find_matches_as_indexes(clauses.text, overlapping=True)
        ends = np.array([end for _, _, end in hits], dtype=np.int64)
        owners = np.minimum(
            np.array(clauses.stops).searchsorted(ends), len(clauses.stops) - 1
        ).tolist()
        text, clause, matches, sentence, headings = (
            clauses.text,
            -1,
            {},
            clauses.owners,
            clauses.headings,
        )
        for owner, (piece, start, end) in zip(owners, hits, strict=True):
            if owner != clause:
                if matches:
                    yield clause, matches
                clause, matches = owner, {}
                begin, stop = clauses.starts[clause], clauses.stops[clause]
                heading = sentence[clause] in headings
                words = text[begin:stop]
            if heading or start < begin:
                continue
            for number, order, pattern, other, others in self._owners[piece]:
                if pattern is None:
                    match = start, order, end
                # most terms end here: their other pieces are not in the clause
                elif other not in words:
                    continue
                else:
                    match = _search(pattern, others, order, text, begin, stop)
                if match and (number not in matches or match < matches[number]):
                    matches[number] = match
        if matches:
            yield clause, matches


def _search(
    pattern: re.Pattern[str], others: list[str], order: int, text: str, begin: int, stop: int
) -> _Match | None:
    """A term with wildcards in a clause that holds two of its pieces: looked for only where the
    others are there, too."""
    if any(text.find(other, begin, stop) < 0 for other in others):
        return None
    match = pattern.search(text, begin, stop)
    return (match.start(), order, match.end()) if match else None


def _apply(
    rule: Rule, clauses: Clauses, clause: int, span: tuple[int, int], actors: Actors, modes: Modes
) -> Evidence | None:
    """Apply one rule to a clause that holds one of its terms at `span`: None, or what it proves."""
    text, start, end = clauses.text, clauses.starts[clause], clauses.stops[clause]
    if rule.requires and not rule.requires.search(text, start, end):
        return None
    if rule.excludes and rule.excludes.search(text, start, end):
        return None
    number = clauses.owners[clause]
    sentence = clauses.sentences[number]
    if rule.sentence and not rule.sentence.search(text, clauses.context(number), sentence.end):
        return None
    actor, carried = actors.actor(clause, *span)
    if rule.own and carried and actor in ("government", "party", "other"):
        actor = "city_congress"
    if actor not in rule.actors:
        return None
    mode = modes.mode(clause, *span)
    if mode == "void":
        return None
    strength = modes.strength(clause, *span)
    state, counts = _state(rule, mode, strength, text, sentence)
    grade = _grade(rule, state, strength) if rule.grade else ""
    return Evidence(rule.code, number, actor, state, strength, grade, counts, start, end, rule.rule)


def _state(rule: Rule, mode: str, strength: str, text: str, sentence: Sentence) -> tuple[str, bool]:
    """Turn the mode of a clause into a state, and say whether that state is enough for the
    definition."""
    if mode == "narrated" or (mode == "ordered" and "ordered" in rule.tense):
        return "done", True
    if mode == "planned" and "wish" not in rule.tense:
        scheduled = (
            strength == "specific"
            and _SCHEDULED.search(text, sentence.start, sentence.end) is not None
        )
        return "planned", "planned" in rule.tense and scheduled
    return "called_for", False


def _grade(rule: Rule, state: str, strength: str) -> str:
    """A vote that is only listed or only laid down has not been held."""
    if rule.code == "satisfaction":
        return (
            "listed" if strength == "enumerated" else "laid_down" if state != "done" else rule.grade
        )
    return rule.grade
