"""A clause → the authorities in whose name, or with whose help, a congress supervises.

Four relations are told apart: `mandate` (a higher congress or the Party ordered or guided the
supervision), `lent` (Party or government act on the matter themselves), `reported_to` (the congress
passes results on) and `support` (approval without an act). No code says that a congress acts in its
own name, since this follows where no relation is found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from typing import NamedTuple

import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, Document, Sentence, clause_ends
from helpers.writing import QUOTATION, as_table

from .actors import ActorNames
from .clauses import trimmed

_NAME = re.compile(r"\{([a-z_]+)\}")  # such as {province}: all names of this actor
_COLUMNS = dict.fromkeys(
    "doc section sentence relation relation_to start end quote".split(), "str"
) | dict.fromkeys("section sentence start end".split(), "int64")
_COLUMNS |= {"quote": QUOTATION}


class Relation(NamedTuple):
    """A relation of a congress to an authority, such as `mandate`, and the kind of this authority,
    such as `party`."""

    relation: str
    relation_to: str


class RelationWords:
    """The patterns of relations.csv. ``codebook.once(RelationWords)`` builds the patterns only
    once.

    In the column `words` of relations.csv, `{province}` stands for all names that actors.csv gives
    to the actor `province`. Every other actor of actors.csv can stand in braces in the same way.
    """

    def __init__(self, codebook: Codebook) -> None:
        rows = codebook.relations[["relation", "relation_to", "words"]]
        self._rows = [
            (Relation(relation, body), set(_NAME.findall(words)), named_pattern(words, codebook))
            for relation, body, words in rows.itertuples(index=False, name=None)
        ]
        self.names = codebook.once(ActorNames)

    def of_clause(
        self, text: str, start: int, end: int, named: Collection[str] | None = None
    ) -> list[Relation]:
        """Return the relations that a clause tells, each once, in the order of relations.csv.
        `named` holds the actors whose names stand in the clause; without `named`, the names are
        searched for. A pattern with names of an actor is tried only if the clause names this
        actor."""
        if named is None:
            named = {actor for _, _, actor in self.names.find(text[start:end])}
        found = (
            relation
            for relation, needed, pattern in self._rows
            if needed.issubset(named) and pattern.search(text, start, end)
        )
        return list(dict.fromkeys(found))


def relations(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the clauses that name an authority which ordered, joined, received or approved of the
    supervision.

    Returns
    -------
    DataFrame
        `doc, section, sentence, relation, relation_to, start, end, quote`, in text order, one row
        per clause and relation. `relation` is `mandate`, `lent`, `reported_to` or `support`;
        `relation_to` is the kind of the authority: `party`, `government`, `province` or `inspection
        bureau`. A document without rows names no authority in one of these relations: its congress
        acts in its own name.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> from helpers.approaches.authorities import relations
    >>> found = relations(read_corpus())
    >>> found.query("relation == 'support'")[["doc", "relation_to", "quote"]].iloc[-2:]
                doc relation_to                quote
    31  004_jiaozuo       party      得到市委主要领导的肯定和支持.
    33  004_jiaozuo       party  得到党委主要领导的高度重视和大力支持.
    """
    words = (codebook or corpus.codebook).once(RelationWords)
    rows = []
    for document in corpus:
        names = list(words.names.find(document.text))
        starts = [start for start, _, _ in names]
        for sentence, *span in told_clauses(document):
            first, last = (bisect_left(starts, place) for place in span)
            named = {actor for _, _, actor in names[first:last]}
            place = document.doc, sentence.section, sentence.sentence
            for relation in words.of_clause(document.text, *span, named):
                rows.append((*place, *relation, *document.cite([tuple(span)])[0]))
    return as_table(rows, _COLUMNS)


def told_clauses(document: Document) -> Iterator[tuple[Sentence, int, int]]:
    """Yield the sentence, the start and the end of each clause of a document, without headings."""
    for sentence in document.sentences:
        if sentence.kind != "heading":
            start = sentence.start
            for place in clause_ends(document.text[sentence.start : sentence.end]):
                end = sentence.start + place
                yield sentence, *trimmed(document.text, start, end)
                start = end


def named_pattern(words: str, codebook: Codebook) -> re.Pattern[str]:
    """Turn a cell of a codebook into a pattern: `{party}` becomes all names of that actor."""
    names = codebook.once(_names_of_actors)
    return re.compile(_NAME.sub(lambda name: names.get(name[1], "(?!)"), words))


def _names_of_actors(codebook: Codebook) -> dict[str, str]:
    """Return for each actor of actors.csv a pattern that matches any of the actor's names."""
    actors = codebook.actors[["actor", "terms"]].itertuples(index=False, name=None)
    return {actor: _any_of(terms.split("|")) for actor, terms in actors}


def _any_of(terms: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + ")"
