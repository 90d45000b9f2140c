"""Turn a clean text and its sentences into numbered clauses: bounds, and the sentence each belongs to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from helpers.segment import Sentence, split_clauses


class Clauses:
    """The clauses of one text, numbered through it.

    Attributes
    ----------
    text : str
        Masked clean text.
    starts, stops : list of int
        Bounds of every clause, in order; the mark that ends a clause belongs to it.
    owners : list of int
        The number (from 0) of the sentence each clause belongs to.
    first : list of int
        The first clause of every sentence, and the number of clauses behind them.
    """

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self.text, self.sentences = text, sentences
        self.starts, self.stops, self.owners = _clause_table(text, sentences)
        self.first = [bisect_left(self.starts, sentence.start) for sentence in sentences] + [len(self.starts)]

    def of_sentence(self, number: int) -> range:
        """The clauses of one sentence."""
        return range(self.first[number], self.first[number + 1])


def _clause_table(text: str, sentences: Sequence[Sentence]) -> tuple[list[int], list[int], list[int]]:
    """Starts, ends and sentence numbers of all clauses: clause marks cut, and so do the bounds of sentences."""
    cuts = {start for start, _ in split_clauses(text)}
    edges = sorted(cuts.union(s.start for s in sentences))
    starts, stops, owners = [], [], []
    place = 0
    for number, sentence in enumerate(sentences):
        while place < len(edges) and edges[place] < sentence.start:
            place += 1
        while place < len(edges) and edges[place] < sentence.end:
            following = edges[place + 1] if place + 1 < len(edges) else sentence.end
            starts.append(edges[place])
            stops.append(min(following, sentence.end))
            owners.append(number)
            place += 1
    return starts, stops, owners
