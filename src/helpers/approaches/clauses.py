"""A clean text and its sentences → numbered clauses: bounds, and the sentence each belongs to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from helpers.text import Sentence, clause_ends

from .act_patterns import ActPatterns

LONGEST_HEAD = 18  # characters of a short sentence that can head a paragraph
FEWEST_HEADS = 3  # of a text: fewer short sentences are no pattern of its layout


class Clauses:
    """The clauses of one masked clean text, numbered through it, and the `patterns` to read them.

    The mark that ends a clause belongs to it.
    """

    def __init__(self, text: str, sentences: Sequence[Sentence], patterns: ActPatterns) -> None:
        self.text, self.sentences, self.patterns = text, sentences, patterns
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.sentence_of: list[int] = []
        # the first clause of every sentence and, behind them, the number of clauses
        self.first: list[int] = []
        cuts, low = clause_ends(text), 0
        for number, sentence in enumerate(sentences):
            # a sentence ends its last clause, even where no mark stands
            low = bisect_right(cuts, sentence.start, low)
            high = bisect_left(cuts, sentence.end, low)
            self.first.append(len(self.starts))
            self.starts += sentence.start, *cuts[low:high]
            self.stops += *cuts[low:high], sentence.end
            self.sentence_of += [number] * (high - low + 1)
            low = high
        self.first.append(len(self.starts))

    def of_sentence(self, number: int) -> range:
        """The clauses of one sentence."""
        return range(self.first[number], self.first[number + 1])

    def at_place(self, place: int) -> int:
        """The clause in which a place of the text lies; behind the last one: their number."""
        return bisect_right(self.stops, place)

    def at(self, clause: int) -> tuple[str, int, int]:
        """Where to search one clause: text, start, end."""
        return self.text, self.starts[clause], self.stops[clause]

    def says(self, number: int, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern fits somewhere in a sentence."""
        return pattern.search(self.text, *self.sentences[number][-2:]) is not None

    @cached_property
    def headings(self) -> frozenset[int]:
        """Sentences that head others: headings, and short sentences that open several paragraphs.

        `列好“任务清单”。`, "draw up the task list", is such a short sentence.
        """
        headings, openings, paragraph_before = [], [], None
        for number, (_, _, paragraph, _, kind, start, end) in enumerate(self.sentences):
            if kind == "heading":
                headings.append(number)
            elif paragraph != paragraph_before and end - start <= LONGEST_HEAD:
                openings.append(number)
            paragraph_before = paragraph
        if len(openings) >= FEWEST_HEADS:  # saves most texts the closer look
            openings = [number for number in openings if self._heads_paragraph(number)]
        return frozenset(headings + (openings if len(openings) >= FEWEST_HEADS else []))

    def _heads_paragraph(self, number: int) -> bool:
        """Whether a short sentence tells of no act and is not the end of its paragraph."""
        after = self.sentences[number + 1 : number + 2]
        is_followed = bool(after) and after[0].paragraph == self.sentences[number].paragraph
        return is_followed and not self.says(number, self.patterns.told_act)

    def context(self, number: int) -> int:
        """Start of the context that a sentence continues: of the sentence before it in the
        paragraph, else of the sentence itself."""
        before, sentence = self.sentences[number - 1], self.sentences[number]
        return before.start if number and before.paragraph == sentence.paragraph else sentence.start
