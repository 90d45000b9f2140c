"""A codebook's rules and a clean text → the clauses that speak of an instrument, with who acts and
whether it took place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
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
    any. A clause that lacks one of the pieces cannot hold the term."""

    pieces: frozenset[str]
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

    def fits(self, clauses: Clauses, clause: int) -> bool:
        """Whether a clause that holds one of the terms holds what else the rule asks for."""
        span = clauses.at(clause)
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
        """The state that a clause with this status proves, and whether that counts as present."""
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
        self._variants = tuple(other_topic_variants)
        self._patterns, self._names = patterns, names
        pieces = Counter(
            piece for rule in self.rules for term in rule.terms for piece in term.pieces
        )
        searches: dict[str, list[_Search]] = {}
        for number, rule in enumerate(self.rules):
            for order, term in enumerate(rule.terms):
                rarest = _rarest(term.pieces, pieces)
                others = sorted(term.pieces - {rarest}) or [rarest]
                search = _Search(number, order, term.pattern, others[0], others[1:])
                searches.setdefault(rarest, []).append(search)
        self._searches = list(searches.values())
        self._automaton = aho.AhoCorasick(
            list(searches), store_patterns=False, implementation=aho.Implementation.DFA
        )

    def without(self, rule: str) -> RuleBook:
        """The same rules less one, for the question how much hangs on it."""
        if rule not in {one.rule for one in self.rules}:
            known = checks.nearest(rule, [one.rule for one in self.rules])
            raise ValueError(f"rule '{rule}' is not in this book of rules. {known}")
        return self._with([one.rule != rule for one in self.rules])

    def only(self, code: str) -> RuleBook:
        """The rules of one code."""
        return self._with([one.code == code for one in self.rules])

    def _with(self, kept: list[bool]) -> RuleBook:
        rules = (rule for rule, keep in zip(self.rules, kept, strict=True) if keep)
        variants = (rule for rule, keep in zip(self._variants, kept, strict=True) if keep)
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
        if not clauses.stops or not self.rules:
            return []
        actors = Actors(clauses, self._names, self._patterns, author, city)
        status = ActStatus(clauses, actors, self._patterns, other_topic=other_topic)
        rules = self._variants if other_topic else self.rules
        evidence: list[Evidence] = []
        for clause, matches in self._matches(clauses):
            proved: set[str] = set()
            for number in sorted(matches):
                rule = rules[number]
                if rule.code not in proved:
                    start, _, end = matches[number]
                    proof = self._apply(rule, clauses, clause, (start, end), actors, status)
                    if proof is not None:
                        proved.add(rule.code)
                        evidence.append(proof)
        return evidence

    def _matches(self, clauses: Clauses) -> Iterator[tuple[int, dict[int, _Match]]]:
        """Clauses in text order, each with the first match of every rule whose terms it holds;
        headings prove nothing."""
        # hits come in the order of their ends, so those of one clause stand together
        hits = self._automaton.find_matches_as_indexes(clauses.text, overlapping=True)
        ends = np.array([end for _, _, end in hits], dtype=np.int64)
        owners = np.array(clauses.stops).searchsorted(ends).clip(max=len(clauses.stops) - 1)
        pairs = zip(owners.tolist(), hits, strict=True)
        for clause, group in groupby(pairs, key=lambda pair: pair[0]):
            if clauses.sentence_of[clause] not in clauses.headings:
                matches = self._first_matches(clauses, clause, (hit for _, hit in group))
                if matches:
                    yield clause, matches

    def _first_matches(
        self, clauses: Clauses, clause: int, hits: Iterable[tuple[int, int, int]]
    ) -> dict[int, _Match]:
        """The first match of every rule in a clause, by the pieces of terms that stand there."""
        text, begin, stop = clauses.at(clause)
        words = text[begin:stop]
        matches: dict[int, _Match] = {}
        for piece, start, end in hits:
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

    def _apply(
        self,
        rule: Rule,
        clauses: Clauses,
        clause: int,
        span: tuple[int, int],
        actors: Actors,
        status: ActStatus,
    ) -> Evidence | None:
        """What a rule proves in a clause that holds one of its terms at `span`; None for nothing."""
        if not rule.fits(clauses, clause):
            return None
        actor = rule.actor_of(*actors.actor(clause, *span))
        if actor not in rule.actors:
            return None
        act = status.status_at(clause, *span)
        if act == "void":
            return None
        number, strength = clauses.sentence_of[clause], status.strength(clause, *span)
        # a plan counts where the definition says “scheduled”: with a date, a session, a decision
        is_scheduled = strength == "specific" and clauses.says(number, self._patterns.scheduled)
        state, counts = rule.state_of(act, is_scheduled)
        grade, (_, start, end) = rule.grade_of(state, strength), clauses.at(clause)
        return Evidence(
            rule.code, number, actor, state, strength, grade, counts, start, end, rule.rule
        )


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
    rules = [_rule(row) for row in table.to_dict("records")]
    variants = [
        _other_topic_variant(rule, row, patterns)
        for rule, row in zip(rules, table.to_dict("records"), strict=True)
    ]
    return RuleBook(rules, variants, patterns, codebook.once(ActorNames))


def _rule(row: dict[str, str]) -> Rule:
    actors = (row["actor"] or "congress").split()
    return Rule(
        row["code"],
        row["rule"],
        tuple(map(_term, _terms(row["terms"]))),
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


def _term(term: str) -> Term:
    """Take a term apart.

    >>> sorted(_term("组织…代表*座谈$").pieces)
    ['代表', '座谈', '组织']
    """
    pieces = frozenset(piece for piece in re.split(r"[*?…$]+", term) if piece)
    return Term(pieces, None if pieces == {term} else _pattern([term]))


def _pattern(terms: list[str]) -> re.Pattern[str] | None:
    """One pattern for all alternatives; `$` at the end of a term is the end of the clause."""

    def one(term: str) -> str:
        body = "".join(WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(map(one, terms))) if terms else None


def _rarest(pieces: frozenset[str], frequency: Counter[str]) -> str:
    """The piece at which a term is looked for: `组织…联络站` at 联络站, "liaison station".

    What many rules name is common in reports, too; of two equally common the longer one is rarer.
    """
    return max(
        sorted(pieces), key=lambda piece: (len(piece) > 1, -frequency[piece], len(piece))
    )
