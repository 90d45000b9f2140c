"""A clean text and its sentences → numbered clauses with their start, end and sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from helpers.text import Sentence, clause_ends

from .act_patterns import ActPatterns

LONGEST_HEAD = 18  # a sentence of at most this many characters can be a paragraph's heading
FEWEST_HEADS = 3  # so many paragraphs must begin with such a sentence, else it is chance


class Clauses:
    """The clauses of one clean text, numbered from 0, and the `patterns` to read them with.

    In the text, `ActPatterns.mask` has blanked out titles. A clause includes the punctuation mark
    that ends it.
    """

    def __init__(self, text: str, sentences: Sequence[Sentence], patterns: ActPatterns) -> None:
        self.text, self.sentences, self.patterns = text, sentences, patterns
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.sentence_of: list[int] = []
        # the first clause of every sentence; the last entry is the number of clauses
        self.first: list[int] = []
        cuts, low = clause_ends(text), 0
        for number, sentence in enumerate(sentences):
            # the last clause ends with its sentence, even without a punctuation mark
            low = bisect_right(cuts, sentence.start, low)
            high = bisect_left(cuts, sentence.end, low)
            self.first.append(len(self.starts))
            self.starts += sentence.start, *cuts[low:high]
            self.stops += *cuts[low:high], sentence.end
            self.sentence_of += [number] * (high - low + 1)
            low = high
        self.first.append(len(self.starts))

    def of_sentence(self, number: int) -> range:
        """Return the numbers of the clauses of one sentence."""
        return range(self.first[number], self.first[number + 1])

    def at_place(self, place: int) -> int:
        """Return the clause at a place of the text; after the last one, the number of clauses."""
        return bisect_right(self.stops, place)

    def at(self, clause: int) -> tuple[str, int, int]:
        """Return text, start and end of a clause, as `Pattern.search` takes them."""
        return self.text, self.starts[clause], self.stops[clause]

    def says(self, number: int, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern matches somewhere in a sentence."""
        return pattern.search(self.text, *self.sentences[number][-2:]) is not None

    @cached_property
    def headings(self) -> frozenset[int]:
        """The sentences that serve as headings: real ones, and short ones that open paragraphs.

        `列好“任务清单”。`, "draw up the task list", is such a short sentence.
        """
        headings, openings, paragraph_before = [], [], None
        for number, (_, _, paragraph, _, kind, start, end) in enumerate(self.sentences):
            if kind == "heading":
                headings.append(number)
            elif paragraph != paragraph_before and end - start <= LONGEST_HEAD:
                openings.append(number)
            paragraph_before = paragraph
        if len(openings) >= FEWEST_HEADS:  # most texts need no closer look
            openings = [number for number in openings if self._heads_paragraph(number)]
        return frozenset(headings + (openings if len(openings) >= FEWEST_HEADS else []))

    def _heads_paragraph(self, number: int) -> bool:
        """Tell whether a short sentence tells of no act and more follows in its paragraph."""
        after = self.sentences[number + 1 : number + 2]
        is_followed = bool(after) and after[0].paragraph == self.sentences[number].paragraph
        return is_followed and not self.says(number, self.patterns.told_act)

    def context(self, number: int) -> int:
        """Return where the context of a sentence starts: at the sentence before it in the paragraph
        or, if it is the first there, at the sentence itself."""
        before, sentence = self.sentences[number - 1], self.sentences[number]
        return before.start if number and before.paragraph == sentence.paragraph else sentence.start
