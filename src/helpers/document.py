"""Turn a cleaned text and what its masthead says into a `Document`: quotations, sentences and
numbers at their places; and a quotation into its place."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from helpers.clean import CleanText
from helpers.layout import verbatim
from helpers.segment import Sentence, split_sentences

if TYPE_CHECKING:
    from helpers.quantities import Quantity

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, eq=False)
class Document:
    """One briefing: its raw text, its clean text with the way back, and what its masthead says.

    Attributes
    ----------
    doc : str
        Id, unique in the corpus.
    clean_text : CleanText
        Raw and clean text, offsets, ledger, metadata.
    source, sha256 : str
        File name below the folder read, and the hash of its bytes.
    city_zh, city_en, issue_year, issue_number, date, album_number, title, contributor
        As in the table `documents`; None where the file does not say.
    page_starts : tuple of int
        Raw offset at which each page begins; empty where pages are not known.
    point_gaps : tuple of int
        Raw offsets before which a PDF's layout shows room for a decimal point that its text lacks.
    """

    doc: str
    clean_text: CleanText
    source: str = ""
    sha256: str = ""
    city_zh: str | None = None
    city_en: str | None = None
    issue_year: int | None = None
    issue_number: int | None = None
    date: str | None = None
    album_number: int | None = None
    title: str | None = None
    contributor: str | None = None
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()

    @property
    def raw(self) -> str:
        return self.clean_text.raw

    @property
    def text(self) -> str:
        return self.clean_text.text

    @property
    def offsets(self) -> np.ndarray:
        return self.clean_text.offsets

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Headings and sentences in order, with offsets into `text` (the clean text)."""
        return tuple(split_sentences(self.text))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every number of the clean text, as `find_quantities` gives them."""
        from helpers.quantities import find_quantities

        return tuple(find_quantities(self.text))

    @cached_property
    def decimals(self) -> str:
        """`intact`, `lost` or `unknown`: what the document's own numbers prove.

        Where a page shows points that its text lacks, they survive in the layout: only a number
        without such room can prove that others are lost for good.
        """
        from helpers.decimals import judge_decimals

        if not self.gaps:
            return judge_decimals(self.text, self.quantities)
        rest = [q for q in self.quantities if not any(q.start < gap < q.end for gap in self.gaps)]
        return "lost" if judge_decimals(self.text, rest) == "lost" else "intact"

    @cached_property
    def n_chars(self) -> int:
        """Characters of all sentence texts without white space: the denominator of every rate."""
        return sum(len("".join(self.text[s.start : s.end].split())) for s in self.sentences)

    def quote(self, start: int, end: int) -> str:
        """Return the raw text between two raw offsets without page marks, line breaks and the white
        space around these."""
        if not 0 <= start <= end <= len(self.raw):
            raise ValueError(
                f"{self.doc}: quote({start}, {end}) is outside the text of {len(self.raw)}"
                " characters."
            )
        marks = self.clean_text.page_marks
        first, last = (
            bisect.bisect_left(marks, place, key=itemgetter(0)) for place in (start, end)
        )
        edges = [start, *(edge for mark in marks[first:last] for edge in mark), end]
        return verbatim(
            "".join(self.raw[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
        )

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn offsets into the clean text to raw offsets; the span must hold at least one
        character."""
        offsets = self.clean_text.offsets
        return offsets.item(start), offsets.item(end - 1) + 1

    def cite(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """Raw offsets and verbatim quotation (start, end, quote) of many spans of the clean text at
        once."""
        text, raw, spans = self.text, self.raw, list(spans)
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        places = zip(
            spans,
            self.offsets[firsts].tolist(),
            (self.offsets[lasts - 1] + 1).tolist(),
            strict=True,
        )
        # where nothing was taken out of the raw text and no line ends, the raw text is the
        # quotation
        return [
            (
                start,
                end,
                (
                    raw[start:end]
                    if end - start == last - first and "\n" not in text[first:last]
                    else self.quote(start, end)
                ),
            )
            for (first, last), start, end in places
        ]

    def page(self, start: int) -> int | None:
        """Page (from 1) of a raw offset, None where pages are not known."""
        return bisect.bisect_right(self.page_starts, start) or None if self.page_starts else None

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """`point_gaps` as offsets into `text`: the digit there follows a point that only the layout
        shows."""
        return tuple(np.searchsorted(self.offsets, self.point_gaps).tolist())

    @cached_property
    def _squeezed(self) -> tuple[str, np.ndarray]:
        """Raw text of the kept characters without white space, and the raw offset of each: where
        `locate` searches."""
        kept = [(self.raw[i], i) for i in self.offsets.tolist() if not self.raw[i].isspace()]
        return "".join(char for char, _ in kept), np.array([i for _, i in kept], dtype=np.int64)


def locate(
    document: Document, quote: str, *, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Find a verbatim quotation in a document, ignoring white space (and page marks) only.

    Parameters
    ----------
    document : Document
        Where to look.
    quote : str
        As in the source: full-width digits stay full width.
    within : (start, end), optional
        Raw offsets to look between, for a quotation that occurs more than once.

    Returns
    -------
    (start, end)
        Raw offsets; ``document.quote(start, end)`` is the quotation as the file has it.

    Raises
    ------
    ValueError
        If the quotation is empty, not there, or there more than once.
    """
    text, offsets = document._squeezed
    needle = _SPACE.sub("", quote)
    if not needle:
        raise ValueError(
            f"{document.doc}: an empty quotation cannot be located. Copy the words from the source."
        )
    low, high = within or (0, len(document.raw))
    first, last = np.searchsorted(offsets, [low, high])
    places = [m.start() for m in re.finditer(re.escape(needle), text[first:last])]
    if len(places) == 1:
        at = int(first) + places[0]
        return int(offsets[at]), int(offsets[at + len(needle) - 1]) + 1
    shown = quote if len(quote) <= 40 else quote[:40] + "…"
    if places:
        raise ValueError(
            f"{document.doc}: '{shown}' is there {len(places)} times. Quote more of it, or say"
            " `within`."
        )
    raise ValueError(
        f"{document.doc}: '{shown}' is not there. Copy it from the source, full-width digits"
        " included."
    )
