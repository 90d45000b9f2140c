"""Tell where a term does not stand for its theme because its sentence is about another matter.

Use this module if the words right beside a term do not tell what the term stands for. In a sentence
on a draft law, 审议 ("deliberate") does not stand for hearing a report, wherever in the sentence
the draft is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .exclusions import Exclusion, Hit, words_of
from .matching import term_pattern

_STOP = re.compile(r"[。！？!?；;\n\r]|(?<!\d)\.|\.(?!\d)")  # the point of 21.98 ends no sentence
_ANYTHING, _NOTHING = re.compile(""), re.compile("(?!)")


class OtherMatters:
    """Tells which hits do not count because their sentences are about another matter.

    In the example, the first 审议 ("deliberated") does not stand for deliberating a report, because
    the first sentence is about a draft law.

    >>> rows = [Exclusion("审议", "", "", beside="修订草案", unless="预算")]
    >>> text = "会议审议了养老条例修订草案。会议审议专项报告。"
    >>> OtherMatters(rows, ["审议"]).dropped(text, [(0, 2, 4), (0, 16, 18)])
    [(0, 2, 4)]
    """

    def __init__(self, exclusions: Iterable[Exclusion], terms: Sequence[str]) -> None:
        numbers = {term: number for number, term in enumerate(terms)}
        self._rows: dict[int, list[tuple[re.Pattern[str], re.Pattern[str]]]] = {}
        for row in exclusions:
            if row.term in numbers and (row.beside or row.unless):
                beside = _one_of(row.beside) if row.beside else _ANYTHING
                unless = _one_of(row.unless) if row.unless else _NOTHING
                self._rows.setdefault(numbers[row.term], []).append((beside, unless))

    def dropped(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Return the hits in a text that do not count because of the matter of their sentences."""
        without: list[Hit] = []
        start = end = 0
        judged: dict[int, bool] = {}  # term number → True: it does not count in the sentence
        for hit in hits:
            term, place, _ = hit
            if term not in self._rows:
                continue
            if place >= end:
                start, end = sentence_around(text, place, end)
                judged = {}
            if term not in judged:
                judged[term] = self._is_on_other_matter(term, text, start, end)
            if judged[term]:
                without.append(hit)
        return without

    def _is_on_other_matter(self, term: int, text: str, start: int, end: int) -> bool:
        """Tell whether a sentence is about another matter than the matter of a term's theme."""
        return any(
            beside.search(text, start, end) and not unless.search(text, start, end)
            for beside, unless in self._rows[term]
        )


def _one_of(cell: str) -> re.Pattern[str]:
    """Return the pattern that finds one of the words of a cell."""
    return re.compile("|".join(map(term_pattern, words_of(cell))))


def sentence_around(text: str, place: int, first: int) -> tuple[int, int]:
    """Return the start and end of the sentence around a place. The sentence begins at `first` or
    later. The end lies behind the punctuation mark that ends the sentence."""
    start = first
    for stop in _STOP.finditer(text, first):
        if stop.end() > place:
            return start, stop.end()
        start = stop.end()
    return start, len(text) + 1
