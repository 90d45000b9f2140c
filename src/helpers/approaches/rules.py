"""A codebook's rules and a clean text → the clauses that speak of an instrument, who acts in each
clause, and whether the act took place."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import ahocorasick_rs as aho
import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, RoleWords, checks
from helpers.text import Sentence, split_sentences

from .act_patterns import ActPatterns
from .actors import LOWER_CONGRESSES, NAMED_CONGRESSES, ActorNames, Actors
from .acts import ActStatus
from .authorities import Relation, RelationWords
from .clauses import Clauses
from .concreteness import Concreteness, Found, Telling

CONGRESSES = frozenset(NAMED_CONGRESSES)
# Each word that the column `actor` of approach_rules.csv allows → the actors whose acts a rule with
# this word accepts. No rule accepts an act of the province as evidence for a city.
ACTORS = {
    "congress": CONGRESSES,
    "own": CONGRESSES,
    "lower": frozenset(LOWER_CONGRESSES),
    "any": CONGRESSES | {"government", "party", "other"},
} | {name: frozenset({name}) for name in ("government", "party", "other")}
AUTHORITIES = ("party", "government")  # actors whose own acts support a congress (`lent`)
# A verb at the start of a team's name, such as 检查 in 检查组, "inspection team", is no verb.
WILDCARDS = {"*": "(?!组).{0,4}", "?": ".", "…": "(?!组).{0,60}?"}
_ROLE = re.compile(r"\{([a-z_]+)\}")
_BODY, _PERSONS = "人大", "代表"


class Evidence(NamedTuple):
    """One clause that speaks of one instrument. `start, end` are the clause's offsets in the clean
    text.

    `state` is "" if the clause is only a formula, that is, a slogan that reports no act. `date`
    holds the offsets of the words that date the act. `present` tells whether this clause alone is
    enough to say that the text reports the instrument.
    """

    code: str
    sentence: int
    actor: str
    state: str
    telling: Telling
    relations: tuple[Relation, ...]
    date: tuple[int, int] | None
    present: bool
    start: int
    end: int
    rule: str


class Term(NamedTuple):
    """A search term of a rule, cut into pieces at the wildcards of the term.

    `pattern` is None for a term without wildcards. A clause that lacks one piece of a term cannot
    hold the term. A term is therefore looked for only where its rarest piece stands.
    """

    rarest: str
    second: str  # another piece of the term, looked for before `others`
    others: list[str]
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class Rule:
    """One row of approach_rules.csv, with the search terms made ready for use."""

    code: str
    rule: str
    terms: tuple[Term, ...]
    actors: frozenset[str]
    only_congress_can: bool  # True if only a congress can do the act of the rule.
    is_of_law: bool  # True if the rule finds the making of a law, the work of a congress.
    whose: str  # The body that by definition acts, or "" for a congress.
    done_by: frozenset[str]  # Modalities, such as `unmarked`, that count as done.
    present_by: frozenset[str]  # Further modalities that make the instrument present.
    relation: str  # The relation that an act of the code implies, such as `lent`, or "".
    requires: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    excludes: re.Pattern[str] | None

    def fits(self, clauses: Clauses, clause: int, span: tuple[str, int, int]) -> bool:
        """Tell whether a clause with a term of the rule meets all other conditions of the rule."""
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
        """Return `actor`, or the city's congress in one case: only a congress can do the act, and
        `actor` is another body that was carried over from an earlier clause."""
        is_other = actor in ("government", "party", "other")
        return "city_congress" if self.only_congress_can and is_carried and is_other else actor

    def evidence(
        self,
        place: tuple[int, int, int],
        actor: str,
        telling: Telling,
        relations: list[Relation],
        date: tuple[int, int] | None,
    ) -> Evidence:
        """Return the evidence that this rule finds in a clause. `place` holds the number of the
        sentence and the start and end of the clause."""
        sentence, start, end = place
        if self.whose and actor in NAMED_CONGRESSES:
            actor = self.whose  # a congress can only urge another body's act
        if self.relation and actor in AUTHORITIES:
            relations = list(dict.fromkeys([*relations, Relation(self.relation, actor)]))
        state, present = self.state_of(telling)
        told = actor, state, telling, tuple(relations), date, present
        return Evidence(self.code, sentence, *told, start, end, self.rule)

    def state_of(self, telling: Telling) -> tuple[str, bool]:
        """Return the state of an act, such as `planned`, and whether the act makes its instrument
        present. An act named only in a formula (a slogan) has the state ""."""
        modality = telling.modality
        if telling.mention == "formula":
            return "", False
        if modality in self.done_by:
            return "done", True
        is_planned = modality in ("arrangement", "scheduled")
        return ("planned" if is_planned else "called_for"), modality in self.present_by


class RuleBook:
    """The rules of a codebook, and a fast search for places where a rule may apply.

    `pairs` holds two forms of each rule, in the order of approach_rules.csv: the rule itself, and
    its variant for reports on a topic other than the codebook's.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[Rule, Rule]],
        patterns: ActPatterns,
        names: ActorNames,
        relations: RelationWords,
    ) -> None:
        self.pairs, self._patterns, self._names = pairs, patterns, names
        self._relations = relations
        # `searches` leads from the rarest piece of a term to the number of the rule, the number of
        # the term in the rule, and the other fields of the `Term`
        searches: dict[str, list[tuple]] = {}
        for number, (rule, _) in enumerate(pairs):
            for order, (rarest, *rest) in enumerate(rule.terms):
                searches.setdefault(rarest, []).append((number, order, *rest))
        self._searches = list(searches.values())
        self._bodies = {n for n, piece in enumerate(searches) if piece.endswith(_BODY)}
        self._automaton = aho.AhoCorasick(
            list(searches), store_patterns=False, implementation=aho.Implementation.DFA
        )

    def only(self, rules: Collection[str]) -> RuleBook:
        """Return a rule book with only the named rules, to compare results without a rule."""
        pairs = [pair for pair in self.pairs if pair[0].rule in rules]
        return RuleBook(pairs, self._patterns, self._names, self._relations)

    def find(
        self,
        text: str,
        sentences: Sequence[Sentence] | None = None,
        *,
        author: str = "city_congress",
        city: str = "",
        other_topic: bool = False,
    ) -> list[Evidence]:
        """Find the clauses of a clean text that report an instrument of supervision, in text order.

        Parameters
        ----------
        author : str
            The actor that wrote the report. The author is taken to act as long as a paragraph has
            named no other actor.
        city : str
            The city that the report is about. In a report about 三门峡, the name of another city,
            such as 灵宝市, can stand for a congress of a lower level.
        other_topic : bool
            True for a report on a topic other than the codebook's. Acts on any topic then count.
        """
        sentences = split_sentences(text) if sentences is None else sentences
        clauses = Clauses(self._patterns.mask(text), sentences, self._patterns)
        # 1. find the clauses that hold a term of a rule and meet the rule's other conditions
        matches = list(self._matches(clauses, [pair[other_topic] for pair in self.pairs]))
        if not matches:
            return []
        # 2. keep the clauses whose actor is one of the actors that the rule allows; in a text that
        # no congress wrote, the sentence must name a congress or tell what only a congress does
        actors = Actors(clauses, self._names, author, city)
        candidates = list(_allowed(matches, clauses, actors, author))
        # 3. keep the clauses that tell of an act; if several rules of one code fit a clause, only
        # the first rule gives evidence
        asked = {clauses.sentence_of[clause] for _, clause, *_ in candidates}
        status = ActStatus(clauses, actors, asked, other_topic=other_topic)
        places = (Found(rule.code, *place) for rule, *place, _ in candidates)
        concreteness = Concreteness(clauses, actors, places)
        relations: dict[int, list[Relation]] = {}
        evidence: dict[tuple[int, str], Evidence] = {}
        for rule, clause, start, end, actor in candidates:
            key = clause, rule.code
            act = "void" if key in evidence else status.status_at(clause, start, end)
            if act == "void":
                continue
            if clause not in relations:
                named = actors.named(clause)
                relations[clause] = self._relations.of_clause(*clauses.at(clause), named)
            telling = concreteness.telling(Found(rule.code, clause, start, end), act)
            date = concreteness.date(clause)
            place = clauses.sentence_of[clause], *clauses.at(clause)[1:]
            evidence[key] = rule.evidence(place, actor, telling, relations[clause], date)
        return list(evidence.values())

    def _matches(self, clauses: Clauses, rules: list[Rule]) -> Iterator[tuple[Rule, int, int, int]]:
        """Yield rule, clause, start and end of each match of a rule in a clause, sorted by clause
        and rule. Matches in headings are left out, since a heading reports no act."""
        if not clauses.stops:
            return
        # `hits` are the places of the rarest pieces of terms, sorted by end, so that the hits of
        # one clause follow each other
        hits = self._automaton.find_matches_as_indexes(clauses.text, overlapping=True)
        if not hits:
            return
        ends = np.array([end for _, _, end in hits], dtype=np.int64)
        owners = np.array(clauses.stops).searchsorted(ends).clip(max=len(clauses.stops) - 1)
        bounds = [0, *(np.flatnonzero(np.diff(owners)) + 1).tolist(), len(hits)]
        for first, last in itertools.pairwise(bounds):
            clause = int(owners[first])
            if clauses.sentence_of[clause] in clauses.headings:
                continue
            span = clauses.at(clause)
            matches = self._first_matches(span, hits[first:last])
            for number in sorted(matches):
                if rules[number].fits(clauses, clause, span):
                    start, _, end = matches[number]
                    yield rules[number], clause, start, end

    def _first_matches(
        self, span: tuple[str, int, int], hits: list[tuple[int, int, int]]
    ) -> dict[int, tuple[int, int, int]]:
        """Return the first match in a clause of each rule, by the rule's number. A match consists
        of its start, the number of the matching term in the rule, and its end."""
        text, begin, stop = span
        words, searches = text[begin:stop], self._searches
        matches: dict[int, tuple[int, int, int]] = {}
        for piece, start, end in hits:
            if start < begin:  # the piece of the term begins in an earlier clause
                continue
            if piece in self._bodies and text.startswith(_PERSONS, end):
                continue  # 县人大代表, "deputies of the county", are not 县人大, their congress
            for rule, order, second, others, pattern in searches[piece]:
                if pattern is None:
                    match = start, order, end
                # most terms with wildcards fail here: the clause lacks the second piece of the term
                elif second not in words or not all(map(words.__contains__, others)):
                    continue
                elif place := pattern.search(text, begin, stop):
                    match = place.start(), order, place.end()
                else:
                    continue
                earlier = matches.get(rule)
                if earlier is None or match < earlier:
                    matches[rule] = match
        return matches


def _allowed(
    matches: list[tuple[Rule, int, int, int]], clauses: Clauses, actors: Actors, author: str
) -> Iterator[tuple[Rule, int, int, int, str]]:
    """Yield the matches whose actor the rule allows, with the actor."""
    for rule, clause, start, end in matches:
        actor = rule.actor_of(*actors.actor(clause, start, end))
        if actor not in rule.actors:
            continue
        is_told = rule.only_congress_can or rule.is_of_law or clauses.names_congress(clause)
        if author != "other" or is_told:
            yield rule, clause, start, end, actor


def rules_of(codebook: Codebook) -> RuleBook:
    """Return the rules of a codebook as a `RuleBook`.

    In a term, `*` stands for 0–4 characters, `?` for one and `…` for 0–60. `{goes}` stands for each
    word that act_words.csv lists for the role `goes`. A term is looked for within one clause. The
    bar `|` separates terms. The terms of the columns `requires` and `excludes` are looked for in
    the clause. The terms of the column `sentence` are looked for in the whole sentence and in the
    sentence before, if both stand in one paragraph.
    """
    patterns = codebook.once(ActPatterns)
    table = codebook.approach_rules.reindex(columns=list(checks.RULE_COLUMNS), fill_value="")
    rows = table.to_dict("records")
    cells = [" ".join(row.values()) for row in rows]
    n_rules = functools.cache(lambda piece: sum(piece in text for text in cells))
    names = ["code", "whose", "done_by", "present_by", "relation"]
    codes = codebook.approaches.reindex(columns=names, fill_value="").set_index("code")
    words = codebook.role_words("act_words")
    for row in rows:
        row["terms"] = "|".join(with_words(row["terms"].split("|"), words))
    pairs = [_rule_and_variant(row, codes.loc[row["code"]], n_rules, patterns) for row in rows]
    return RuleBook(pairs, patterns, codebook.once(ActorNames), codebook.once(RelationWords))


def _rule_and_variant(
    row: dict[str, str],
    code: pd.Series,
    n_rules: Callable[[str], int],
    patterns: ActPatterns,
) -> tuple[Rule, Rule]:
    """Return a rule, and the rule's variant for reports on another topic. The variant for other
    topics does not require the codebook's topic in the sentence and does not exclude clauses on
    another topic. `code` is the row of the rule's code in approaches.csv."""
    actors = (row["actor"] or "congress").split()
    sentence, excludes = _terms(row["sentence"]), _terms(row["excludes"])
    rule = Rule(
        row["code"],
        row["rule"],
        tuple(_term(term, n_rules) for term in _terms(row["terms"])),
        actors=frozenset().union(*(ACTORS[name] for name in actors)),
        only_congress_can="own" in actors,
        is_of_law=bool(row["how_far"]),
        whose=code["whose"],
        done_by=frozenset((code["done_by"] or "done unmarked").split()),
        present_by=frozenset(code["present_by"].split()),
        relation=code["relation"],
        requires=wildcard_pattern(_terms(row["requires"])),
        sentence=wildcard_pattern(sentence),
        excludes=wildcard_pattern(excludes),
    )
    variant = replace(
        rule,
        # a sentence that must name the topic, or something else instead, is not asked for either
        sentence=None if _names_topic(sentence, patterns.topic_in_rules) else rule.sentence,
        excludes=wildcard_pattern(
            [term for term in excludes if term not in patterns.other_in_rules]
        ),
    )
    return rule, variant


def _names_topic(terms: list[str], topic: Collection[str]) -> bool:
    """Tell whether one of the terms is a word of the topic, or a law with such a word in its name,
    such as `市*养老*条例`."""
    return any(
        term in topic or (word in term and "条例" in term) for term in terms for word in topic
    )


def with_words(terms: list[str], words: RoleWords) -> list[str]:
    """Return the terms of a cell with each word of a role in the place of the role.

    >>> table = pd.DataFrame({"role": ["goes", "looks"], "words": ["来到|走进", "察看"]})
    >>> with_words(["{goes}…{looks}", "走访"], RoleWords(table))
    ['来到…察看', '走进…察看', '走访']
    """
    filled: list[str] = []
    for term in terms:
        pieces = _ROLE.split(term)  # the odd pieces are roles
        choices = [words.list(piece) if n % 2 else [piece] for n, piece in enumerate(pieces)]
        filled += map("".join, itertools.product(*choices))
    return list(dict.fromkeys(filled))


def _terms(cell: str) -> list[str]:
    """Return the terms in a cell, converted to half-width characters as in clean text."""
    return half_width(cell).split("|") if cell else []


def _term(term: str, n_rules: Callable[[str], int]) -> Term:
    """Cut a search term into pieces at its wildcards. `n_rules` counts the rules with a piece.

    A piece of a term that many rules contain is also common in reports. Hence `组织…联络站`,
    "organise … liaison station", is looked for only where its rarer piece 联络站 stands.

    >>> _term("组织…联络站$", {"组织": 40, "联络站": 2}.get)[:3]
    ('联络站', '组织', [])
    """
    pieces = {piece for piece in re.split(r"[*?…$]+", term) if piece}
    rarest = max(sorted(pieces), key=lambda piece: (len(piece) > 1, -n_rules(piece), len(piece)))
    second, *others = sorted(pieces - {rarest}) or [rarest]
    return Term(rarest, second, others, None if pieces == {term} else wildcard_pattern([term]))


def wildcard_pattern(terms: list[str]) -> re.Pattern[str] | None:
    """Return one pattern that matches any of the terms, or None. A `$` at the end of a term means
    that a punctuation mark or the end of the text follows."""

    def one(term: str) -> str:
        body = "".join(WILDCARDS.get(char, re.escape(char)) for char in term.rstrip("$"))
        return body + (r"(?=[^\w”’»》)]|$)" if term.endswith("$") else "")

    return re.compile("|".join(map(one, terms))) if terms else None
