"""A clean text and its sentences → numbered clauses: bounds, and the sentence each belongs to."""

from __future__ import annotations

import re
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
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.owners: list[int] = []
        self.first: list[int] = []
        cuts, low = clause_ends(text), 0
        for number, sentence in enumerate(sentences):  # the bounds of sentences cut, too
            low = bisect_right(cuts, sentence.start, low)
            high = bisect_left(cuts, sentence.end, low)
            self.first.append(len(self.starts))
            self.starts += sentence.start, *cuts[low:high]
            self.stops += *cuts[low:high], sentence.end
            self.owners += [number] * (high - low + 1)
            low = high
        self.first.append(len(self.starts))

    def of_sentence(self, number: int) -> range:
        """The clauses of one sentence."""
        return range(self.first[number], self.first[number + 1])

    def at(self, clause: int) -> tuple[str, int, int]:
        """Where to search one clause: text, start, end."""
        return self.text, self.starts[clause], self.stops[clause]

    def says(self, number: int, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern fits somewhere in a sentence."""
        return pattern.search(self.text, *self.sentences[number][-2:]) is not None

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
        return frozenset(heads + (opening if len(opening) >= patterns.FEWEST_HEADS else []))

    def _heads_paragraph(self, number: int) -> bool:
        """A short sentence that tells of no act, and with which the paragraph does not end."""
        after = self.sentences[number + 1 : number + 2]
        goes_on = bool(after) and after[0].paragraph == self.sentences[number].paragraph
        return goes_on and not self.says(number, patterns.NO_HEAD)

    def context(self, number: int) -> int:
        """Where what a sentence goes on from begins: the sentence before it in the paragraph, else
        the sentence."""
        before, sentence = self.sentences[number - 1], self.sentences[number]
        return before.start if number and before.paragraph == sentence.paragraph else sentence.start
