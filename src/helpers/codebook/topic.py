"""Tell which hits of themes count in a document that is about several matters.

Use this module where terms such as 建成 ("built") stand for a service theme in a report on elderly
care, but mostly for roads and schools in the yearly report of a government.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np

from .exclusions import Hit
from .sentences import sentence_around
from .words import RoleWords

LIMITED_FAMILY = "service"  # Terms that also name services other than care.
# A document with at least `_DENSE` words of the topic per 1,000 characters is mainly about the
# topic. Reports on the supervision of elderly care have 10 to 26 such words, and yearly reports of
# provincial governments have fewer than 2.
_DENSE = 5


class Topic:
    """Tells which hits in a document count, given what the document is about.

    In a document that is not mainly about the codebook's topic, a term for themes of the family
    `service` counts only in a sentence with a word of the topic. A sentence ends with 。！？； or a
    line break. The words of the topic have the roles `topic`, `topic_people` and `topic_in_counts`
    in topic.csv. A word of the topic does not count where it begins a word of the role
    `topic_not_in_counts`, such as 养老金 ("pension"). If no term of the family `service` holds a
    word of the topic, the table topic.csv and the themes belong to different topics, and all hits
    count.

    In the example, 建成 ("built") counts for the canteen for older people (老年食堂) and not for
    the roads.

    >>> from helpers.codebook import shared_codebook
    >>> report = "建成高速公路12公里。" * 60 + "建成老年食堂。"
    >>> codebook = shared_codebook()
    >>> [report[start:end] for _, start, end in codebook.find(report)]
    ['建成', '老年食堂']
    >>> len(codebook.matcher.find(report))
    62
    """

    def __init__(
        self,
        words: RoleWords,
        terms: Sequence[str],
        themes_of: Mapping[str, Iterable[str]],
        limited_themes: Iterable[str],
    ) -> None:
        roles = "(?!{topic_not_in_counts})(?:{topic}|{topic_people}|{topic_in_counts})"
        self._words = speaks = words.pattern(roles)
        limited = set(limited_themes)
        self.limited = np.array([limited.issuperset(themes_of[term]) for term in terms], dtype=bool)
        if not any(speaks.search(terms[number]) for number in np.flatnonzero(self.limited)):
            self.limited[:] = False

    def is_main(self, text: str) -> bool:
        """Tell whether a document with this text is mainly about the topic."""
        enough = max(1, _DENSE * len(text) // 1000)  # number of words at which the search stops
        return sum(1 for _ in islice(self._words.finditer(text), enough)) == enough

    def dropped(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Return the hits in a text that do not count if its document has another main topic."""
        without: list[Hit] = []
        end, speaks = 0, False
        for hit in hits:
            if hit[1] >= end:
                start, end = sentence_around(text, hit[1], end)
                speaks = self._words.search(text, start, end) is not None
            if not speaks and self.limited[hit[0]]:
                without.append(hit)
        return without
