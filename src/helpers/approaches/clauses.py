"""A clean text and its sentences → numbered clauses: bounds, and the sentence each belongs to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from helpers.text import Sentence, clause_ends

from . import patterns


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
        self.first = [bisect_left(self.starts, sentence.start) for sentence in sentences] + [
            len(self.starts)
        ]

    def of_sentence(self, number: int) -> range:
        """The clauses of one sentence."""
        return range(self.first[number], self.first[number + 1])

    @cached_property
    def headings(self) -> frozenset[int]:
        """Sentences that head others: headings, and the short ones that open several paragraphs:
        `列好“任务清单”。`"""
        heads, opening, last = [], [], None
        for number, (_, _, paragraph, _, kind, start, end) in enumerate(self.sentences):
            if kind == "heading":
                heads.append(number)
            elif paragraph != last and end - start <= patterns.LONGEST_HEAD:
                opening.append(number)
            last = paragraph
        if len(opening) >= patterns.FEWEST_HEADS:
            opening = [number for number in opening if self._heads_paragraph(number)]
            heads += opening if len(opening) >= patterns.FEWEST_HEADS else ()
        return frozenset(heads)

    def _heads_paragraph(self, number: int) -> bool:
        """A short sentence that tells of no act, and with which the paragraph does not end."""
        sentence, after = self.sentences[number], self.sentences[number + 1 : number + 2]
        goes_on = bool(after) and after[0].paragraph == sentence.paragraph
        return goes_on and not patterns.NO_HEAD.search(self.text, sentence.start, sentence.end)

    def context(self, number: int) -> int:
        """Where what a sentence goes on from begins: the sentence before it in the paragraph, else
        the sentence."""
        before, sentence = self.sentences[number - 1], self.sentences[number]
        return before.start if number and before.paragraph == sentence.paragraph else sentence.start


def _clause_table(
    text: str, sentences: Sequence[Sentence]
) -> tuple[list[int], list[int], list[int]]:
    """Starts, ends and sentence numbers of all clauses: clause marks cut, and so do the bounds of
    sentences."""
    starts: list[int] = []
    stops: list[int] = []
    owners: list[int] = []
    cuts = clause_ends(text)
    low = 0
    for number, sentence in enumerate(sentences):
        low = bisect_right(cuts, sentence.start, low)
        high = bisect_left(cuts, sentence.end, low)
        starts += sentence.start, *cuts[low:high]
        stops += *cuts[low:high], sentence.end
        owners += [number] * (high - low + 1)
        low = high
    return starts, stops, owners
