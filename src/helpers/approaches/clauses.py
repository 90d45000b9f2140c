"""A clean text and its sentences → numbered clauses with their start, end and sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from helpers.text import Sentence, clause_ends

from .act_patterns import ActPatterns

LONGEST_HEAD = 18  # Greatest length of a paragraph's first sentence that can be a heading.
FEWEST_HEADS = 3  # Paragraphs that must have a short first sentence before any counts as heading.


class Clauses:
    """The clauses of one clean text, numbered from 0.

    In the attribute `text`, `ActPatterns.mask` has replaced titles by □ signs. A clause includes
    the punctuation mark at the end of the clause.
    """

    def __init__(self, text: str, sentences: Sequence[Sentence], patterns: ActPatterns) -> None:
        self.text, self.sentences, self.patterns = text, sentences, patterns
        self.starts: list[int] = []
        self.stops: list[int] = []
        self.sentence_of: list[int] = []
        # `first[n]` is the first clause of sentence n; the last entry is the number of all clauses
        self.first: list[int] = []
        cuts, low = clause_ends(text), 0
        for number, sentence in enumerate(sentences):
            # the last clause of a sentence ends where the sentence ends, even without punctuation
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
        """Return the number of the clause at a place, or `len(stops)` after the last clause."""
        return bisect_right(self.stops, place)

    def at(self, clause: int) -> tuple[str, int, int]:
        """Return text, start and end of a clause, as the arguments of `Pattern.search`."""
        return self.text, self.starts[clause], self.stops[clause]

    def says(self, number: int, pattern: re.Pattern[str]) -> bool:
        """Tell whether a pattern matches somewhere in a sentence."""
        return pattern.search(self.text, *self.sentences[number][-2:]) is not None

    @cached_property
    def headings(self) -> frozenset[int]:
        """The numbers of the sentences that are headings.

        A short first sentence of a paragraph can be a heading, too, for example `列好“任务清单”。`,
        "draw up the task list".
        """
        headings, openings, paragraph_before = [], [], None
        for number, (_, _, paragraph, _, kind, start, end) in enumerate(self.sentences):
            if kind == "heading":
                headings.append(number)
            elif paragraph != paragraph_before and end - start <= LONGEST_HEAD:
                openings.append(number)
            paragraph_before = paragraph
        if len(openings) >= FEWEST_HEADS:  # only several count as headings
            openings = [number for number in openings if self._heads_paragraph(number)]
        return frozenset(headings + (openings if len(openings) >= FEWEST_HEADS else []))

    def _heads_paragraph(self, number: int) -> bool:
        """Tell whether a sentence can be a heading: it reports no act, and another sentence of the
        paragraph follows."""
        after = self.sentences[number + 1 : number + 2]
        is_followed = bool(after) and after[0].paragraph == self.sentences[number].paragraph
        return is_followed and not self.says(number, self.patterns.told_act)

    def context(self, number: int) -> int:
        """Return the start of the sentence before `number`. For the first sentence of a paragraph,
        return the start of the sentence itself."""
        before, sentence = self.sentences[number - 1], self.sentences[number]
        return before.start if number and before.paragraph == sentence.paragraph else sentence.start

    def names_congress(self, clause: int) -> bool:
        """Tell whether the sentence of a clause names a congress."""
        return self.says(self.sentence_of[clause], self.patterns.any_congress)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return start and end of a clause without outer white space and without a final comma."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip(" ,;:\t")))
