"""A clause → the authorities in whose name, or with whose help, a congress supervises.

Four relations are told apart: `mandate` (a higher congress or the Party ordered or guided the
supervision), `lent` (Party or government act on the matter themselves), `reported_to` (the congress
passes results on) and `support` (approval without an act). That a congress acts in its own name is
never coded: this follows where no relation is found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, clause_ends
from helpers.writing import QUOTATION, as_table

from .clauses import trimmed

_COLUMNS = dict.fromkeys(
    "doc section sentence relation relation_to start end quote".split(), "str"
) | dict.fromkeys("section sentence start end".split(), "int64")
_COLUMNS |= {"quote": QUOTATION}


class Relation(NamedTuple):
    """A relation to an authority, and the kind of the authority (such as `party`)."""

    relation: str
    relation_to: str


class RelationWords:
    """The patterns of relations.csv. ``codebook.once(RelationWords)`` builds them only once.

    In a cell of the column `words`, `{province}` stands for all names that actors.csv gives to the
    province, and so on for each actor.
    """

    def __init__(self, codebook: Codebook) -> None:
        actors = codebook.actors[["actor", "terms"]].itertuples(index=False, name=None)
        names = {actor: _any_of(terms.split("|")) for actor, terms in actors}
        rows = codebook.relations[["relation", "relation_to", "words"]]
        self._patterns = [
            (Relation(relation, body), re.compile(_with_names(words, names)))
            for relation, body, words in rows.itertuples(index=False, name=None)
        ]

    def of_clause(self, text: str, start: int, end: int) -> list[Relation]:
        """Return the relations that a clause tells, each once, in the order of the table."""
        found = (
            relation for relation, pattern in self._patterns if pattern.search(text, start, end)
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
        `relation_to` is the kind of the authority: `party`, `government`, `province` or
        `inspection bureau`. Where a document has no row, the text names no such authority, and the
        congress acts in its own name.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> from helpers.approaches.relations import relations
    >>> found = relations(read_corpus())
    >>> found.query("relation == 'support'")[["doc", "relation_to", "quote"]].iloc[-2:]
    """
    words = (codebook or corpus.codebook).once(RelationWords)
    rows = []
    for document in corpus:
        for sentence in document.sentences:
            if sentence.kind == "heading":
                continue
            start = sentence.start
            for place in clause_ends(document.text[sentence.start : sentence.end]):
                end = sentence.start + place
                span = trimmed(document.text, start, end)
                for relation in words.of_clause(document.text, *span):
                    place_in_text = (document.doc, sentence.section, sentence.sentence)
                    rows.append((*place_in_text, *relation, *document.cite([span])[0]))
                start = end
    return as_table(rows, _COLUMNS)


def _any_of(terms: list[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + ")"


def _with_names(words: str, names: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: names.get(match[1], "(?!)"), words)
