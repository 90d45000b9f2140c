"""A clause → the authorities in whose name, or with whose help, a congress supervises.

Four relations are told apart: `mandate` (a higher congress or the Party ordered or guided the
supervision), `lent` (Party or government act on the matter themselves), `reported_to` (the congress
passes results on) and `support` (approval without an act). That a congress acts in its own name is
never coded: it follows where no relation is found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook
from helpers.text import Corpus, Document, clause_ends
from helpers.writing import QUOTATION, as_table

_COLUMNS = "doc section sentence relation relation_to start end quote".split()
_KINDS = dict.fromkeys(_COLUMNS, "str") | dict.fromkeys("section sentence start end".split(), "int64")
_KINDS |= {"quote": QUOTATION}


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
        names = {
            actor: "(?:" + "|".join(sorted(map(re.escape, terms.split("|")), key=len, reverse=True)) + ")"
            for actor, terms in codebook.actors[["actor", "terms"]].itertuples(index=False)
        }
        rows = codebook.relations[["relation", "relation_to", "words"]].itertuples(index=False)
        self._rows = [
            (Relation(relation, body), re.compile(_filled(words, names)))
            for relation, body, words in rows
        ]
        self._any = re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in self._rows))

    def of_clause(self, text: str, start: int, end: int) -> list[Relation]:
        """Return the relations that a clause tells, each once, in the order of the table."""
        if not self._any.search(text, start, end):
            return []
        found = (row for row, pattern in self._rows if pattern.search(text, start, end))
        return list(dict.fromkeys(found))


def _filled(words: str, names: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: names.get(match[1], "(?!)"), words)
