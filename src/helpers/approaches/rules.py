"""A codebook's rules and a clean text → the clauses that speak of an instrument, with who acts and
whether it took place."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import ahocorasick_rs as aho
import numpy as np

from helpers.characters import half_width
from helpers.codebook import Codebook, checks
from helpers.text import Sentence, split_sentences

from .act_patterns import ActPatterns
from .actors import ActorNames, Actors
from .acts import ActStatus
from .clauses import Clauses

CONGRESSES = frozenset({"city_congress", "county_congress", "township_congress"})
# the words of the column `actor` → whose act counts; the province's is never evidence for a city
ACTORS = {
    "congress": CONGRESSES,
    "own": CONGRESSES,
    "lower": CONGRESSES - {"city_congress"},
    "government": frozenset({"government"}),
    "party": frozenset({"party"}),
    "other": frozenset({"other"}),
    "any": CONGRESSES | {"government", "party", "other"},
}
WILDCARDS = {"*": ".{0,4}", "?": ".", "…": ".{0,60}?"}


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


@dataclass(frozen=True)
class Term:
    """One alternative of a rule's terms: the pieces between its wildcards, and a pattern if it has
    any.

    A clause that lacks one of the pieces cannot hold the term, so it is looked for only where the
    rarest piece stands.
    """

    pieces: frozenset[str]
    rarest: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class Rule:
    """One row of approach_rules.csv, ready to be applied to a clause."""

    code: str
    rule: str
    terms: tuple[Term, ...]
    actors: frozenset[str]
    only_congress_can: bool  # such an act is a congress's, whoever acted before
    tense: frozenset[str]
    grade: str
    requires: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    excludes: re.Pattern[str] | None

    def fits(self, clauses: Clauses, clause: int, span: tuple[str, int, int]) -> bool:
        """Whether a clause that holds one of the terms holds what else the rule asks for."""
        if self.requires and not self.requires.search(*span):
            return False
        if self.excludes and self.excludes.search(*span):
            return False
        if not self.sentence:
            return True
        number = clauses.sentence_of[clause]
        stop = clauses.sentences[number].end
        return self.sentence.search(clauses.text, clauses.context(number), stop) is not None

    def actor_of(self, actor: str, is_carried: bool) -> str:
        """Who acts by this rule: whoever acted before can't do what only a congress can."""
        is_other = actor in ("government", "party", "other")
        return "city_congress" if self.only_congress_can and is_carried and is_other else actor

    def state_of(self, status: str, is_scheduled: bool) -> tuple[str, bool]:
        """The state that a clause with this status proves, and whether that counts as present.

        A plan counts where the definition says “scheduled”: with a date, a session, a decision.
        """
        if status == "narrated" or (status == "ordered" and "ordered" in self.tense):
            return "done", True
        if status == "planned" and "wish" not in self.tense:
            return "planned", "planned" in self.tense and is_scheduled
        return "called_for", False

    def grade_of(self, state: str, strength: str) -> str:
        """The grade that a clause proves: a vote only listed or laid down has not been held."""
        if not self.grade or self.code != "satisfaction":
            return self.grade
        if strength == "enumerated":
            return "listed"
        return self.grade if state == "done" else "laid_down"


class _Search(NamedTuple):
    """What to look for where the rarest piece of a term stands."""

    rule: int
    order: int  # of the term in its rule
    pattern: re.Pattern[str] | None
    second: str  # another piece, the first to be looked for
    pieces: list[str]  # all others


# start, order of the term in its rule, end: the least of them is the match of a rule in a clause
_Match = tuple[int, int, int]


class RuleBook:
    """The rules of a codebook in file order, and the automaton that finds where they could apply.

    Build it with ``codebook.once(rules_of)``.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        other_topic_variants: Iterable[Rule],
        patterns: ActPatterns,
        names: ActorNames,
    ) -> None:
        self.rules = tuple(rules)
        # the same rules for a report on another topic
        self.other_topic_variants = tuple(other_topic_variants)
        self._patterns, self._names = patterns, names
        searches: dict[str, list[_Search]] = {}
        for number, rule in enumerate(self.rules):
            for order, term in enumerate(rule.terms):
                second, *others = sorted(term.pieces - {term.rarest}) or [term.rarest]
                search = _Search(number, order, term.pattern, second, others)
                searches.setdefault(term.rarest, []).append(search)
        self._searches = list(searches.values())
        self._automaton = aho.AhoCorasick(
            list(searches), store_patterns=False, implementation=aho.Implementation.DFA
        )

    def without(self, rule: str) -> RuleBook:
        """The same rules without one, to see how much depends on it."""
        if rule not in {one.rule for one in self.rules}:
            known = checks.nearest(rule, [one.rule for one in self.rules])
            raise ValueError(f"rule '{rule}' is not among these rules. {known}")
        return self._with([one.rule != rule for one in self.rules])

    def only(self, code: str) -> RuleBook:
        """The rules of one code."""
        return self._with([one.code == code for one in self.rules])

    def _with(self, kept: list[bool]) -> RuleBook:
        rules = (rule for rule, keep in zip(self.rules, kept, strict=True) if keep)
        variants = (
            rule for rule, keep in zip(self.other_topic_variants, kept, strict=True) if keep
        )
        return RuleBook(rules, variants, self._patterns, self._names)

    def find(
        self,
        text: str,
        sentences: tuple[Sentence, ...] | list[Sentence] | None = None,
        *,
        author: str = "city_congress",
        city: str = "",
        other_topic: bool = False,
    ) -> list[Evidence]:
        """Find every clause of a clean text that speaks of an instrument.

        Parameters
        ----------
        text : str
            Clean text (see `clean`).
        sentences : sequence of Sentence, optional
            As `split_sentences` gives them.
        author : str
            The actor of a sentence that names none: the one that reports.
        city : str
            The report's own city (三门峡), so that 灵宝市 is known to be a lower level.
        other_topic : bool
            The report is on another topic than the codebook's: its acts are those on that topic.

        Returns
        -------
        list of Evidence
            In text order, within a clause in the order of the rules; one per clause and code.
        """
        sentences = split_sentences(text) if sentences is None else sentences
        clauses = Clauses(self._patterns.mask(text), sentences, self._patterns)
        rules = self.other_topic_variants if other_topic else self.rules
        # 1. the clauses that hold the words of a rule
        matches = list(self._matches(clauses, rules))
        if not matches:
            return []
        # 2. those in which somebody acts whom the rule asks for
        actors = Actors(clauses, self._names, self._patterns, author, city)
        candidates = []
        for rule, clause, start, end in matches:
            actor = rule.actor_of(*actors.actor(clause, start, end))
            if actor in rule.actors:
                candidates.append((rule, clause, start, end, actor))
        # 3. those that tell of an act: of the rules of one code, the first proves it
        asked = {clauses.sentence_of[clause] for _, clause, *_ in candidates}
        status = ActStatus(clauses, actors, self._patterns, asked, other_topic=other_topic)
        evidence: dict[tuple[int, str], Evidence] = {}
        for rule, clause, start, end, actor in candidates:
            key = clause, rule.code
            if key not in evidence:
                act = status.status_at(clause, start, end)
                if act != "void":
                    strength = status.strength(clause, start, end)
                    evidence[key] = self._evidence(rule, clause, actor, act, strength, clauses)
        return list(evidence.values())

    def _evidence(
        self, rule: Rule, clause: int, actor: str, act: str, strength: str, clauses: Clauses
    ) -> Evidence:
        """What a clause proves by a rule, where its act has the status `act`."""
        number = clauses.sentence_of[clause]
        is_scheduled = (
            act == "planned"
            and strength == "specific"
            and clauses.says(number, self._patterns.scheduled)
        )
        state, counts = rule.state_of(act, is_scheduled)
        grade, bounds = rule.grade_of(state, strength), clauses.at(clause)[1:]
        return Evidence(
            rule.code, number, actor, state, strength, grade, counts, *bounds, rule.rule
        )

    def _matches(
        self, clauses: Clauses, rules: tuple[Rule, ...]
    ) -> Iterator[tuple[Rule, int, int, int]]:
        """Rule, clause, start and end of every clause that holds what a rule asks for, in the
        order of clauses and rules; headings prove nothing."""
        if not clauses.stops or not rules:
            return
        # hits come in the order of their ends, so those of one clause stand together
        hits = self._automaton.find_matches_as_indexes(clauses.text, overlapping=True)
        ends = np.array([end for _, _, end in hits], dtype=np.int64)
        owners = np.array(clauses.stops).searchsorted(ends).clip(max=len(clauses.stops) - 1)
        pairs = zip(owners.tolist(), hits, strict=True)
        for clause, group in groupby(pairs, key=itemgetter(0)):
            if clauses.sentence_of[clause] in clauses.headings:
                continue
            span = clauses.at(clause)
            matches = self._first_matches(span, group)
            for number in sorted(matches):
                if rules[number].fits(clauses, clause, span):
                    start, _, end = matches[number]
                    yield rules[number], clause, start, end

    def _first_matches(
        self, span: tuple[str, int, int], hits: Iterable[tuple[int, tuple[int, int, int]]]
    ) -> dict[int, _Match]:
        """The first match of every rule in a clause, by the pieces of terms that stand there."""
        text, begin, stop = span
        words = text[begin:stop]
        matches: dict[int, _Match] = {}
        for _, (piece, start, end) in hits:
            if start < begin:  # a piece that reaches over the bound of two clauses
                continue
            for rule, order, pattern, second, pieces in self._searches[piece]:
                if pattern is None:
                    match = start, order, end
                elif second in words:
                    match = _search(pattern, pieces, order, text, begin, stop)
                else:  # most terms end here: the clause lacks their second piece
                    continue
                if match and (rule not in matches or match < matches[rule]):
                    matches[rule] = match
        return matches


def _search(
    pattern: re.Pattern[str], pieces: list[str], order: int, text: str, begin: int, stop: int
) -> _Match | None:
    """A term with wildcards in a clause, looked for only where its other pieces are there, too."""
    if any(text.find(piece, begin, stop) < 0 for piece in pieces):
        return None
    match = pattern.search(text, begin, stop)
    return (match.start(), order, match.end()) if match else None


def rules_of(codebook: Codebook) -> RuleBook:
    """Make the checked rules of a codebook ready for use.

    In a term `*` stands for 0–4 characters, `?` for one, `…` for 0–60, always within a clause; `|`
    separates alternatives. `requires` and `excludes` are looked for in the clause, `sentence` in
    the sentence and the one before it in the paragraph.
    """
    patterns = codebook.once(ActPatterns)
    columns = list(checks.RULE_COLUMNS)
    table = codebook.approach_rules.reindex(columns=columns, fill_value="")
    rows = table.to_dict("records")
    cells = [" ".join(row.values()) for row in rows]

    @functools.cache
    def n_rules(piece: str) -> int:
        return sum(piece in text for text in cells)

    rules = [_rule(row, n_rules) for row in rows]
    variants = [
        _other_topic_variant(rule, row, patterns) for rule, row in zip(rules, rows, strict=True)
    ]
    return RuleBook(rules, variants, patterns, codebook.once(ActorNames))


def _rule(row: dict[str, str], n_rules: Callable[[str], int]) -> Rule:
    actors = (row["actor"] or "congress").split()
    return Rule(
        row["code"],
        row["rule"],
        tuple(_term(term, n_rules) for term in _terms(row["terms"])),
        actors=frozenset().union(*(ACTORS[name] for name in actors)),
        only_congress_can="own" in actors,
        tense=frozenset((row["tense"] or "done").split()),
        grade=row["grade"],
        requires=_pattern(_terms(row["requires"])),
        sentence=_pattern(_terms(row["sentence"])),
        excludes=_pattern(_terms(row["excludes"])),
    )


def _other_topic_variant(rule: Rule, row: dict[str, str], patterns: ActPatterns) -> Rule:
    """The rule for a report on another topic: its sentences need not speak of the codebook's
    topic, and its clauses may speak of another."""
    sentence, excludes = _terms(row["sentence"]), _terms(row["excludes"])
    sentence_kept = [term for term in sentence if term not in patterns.topic_in_rules]
    excludes_kept = [term for term in excludes if term not in patterns.other_in_rules]
    if (sentence_kept, excludes_kept) == (sentence, excludes):
        return rule
    return replace(rule, sentence=_pattern(sentence_kept), excludes=_pattern(excludes_kept))


def _terms(cell: str) -> list[str]:
    """The alternatives of a cell, half width as clean text is."""
    return half_width(cell).split("|") if cell else []


def _term(term: str, n_rules: Callable[[str], int]) -> Term:
    """Take a term apart; `n_rules` says how many rules name a piece.

    What many rules name is common in reports, too: `组织…联络站`, "organise … liaison station", is
    looked for where 联络站 stands.

    >>> term = _term("组织…联络站$", {"组织": 40, "联络站": 2}.get)
    >>> sorted(term.pieces), term.rarest
    (['组织', '联络站'], '联络站')
    """
    pieces = frozenset(piece for piece in re.split(r"[*?…$]+", term) if piece)
    pattern = None if pieces == {term} else _pattern([term])
    rarest = max(sorted(pieces), key=lambda piece: (len(piece) > 1, -n_rules(piece), len(piece)))
    return Term(pieces, rarest, pattern)


def _pattern(terms: list[str]) -> re.Pattern[str] | None:
    """One pattern for all alternatives; `$` at the end of a term is the end of the clause."""

    def one(term: str) -> str:
        body = "".join(WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(map(one, terms))) if terms else None
