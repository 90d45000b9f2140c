"""The things that reading files gives: a text with what is known of its pages, a source, and rows
for what was odd."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SIZE_LIMIT = 100_000_000
_LONE = re.compile("[\ud800-\udfff]")
_SUPERSCRIPT = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)


class Unreadable(ValueError):
    """A file that gives no text: `problem` is its short name, the message says what to do."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


@dataclass(frozen=True)
class Text:
    """The text that one file gives.

    Attributes
    ----------
    raw : str
        The decoded file; for a PDF, a web page, a Word or Markdown file the text extracted from it.
    page_starts : tuple of int
        Offset at which each page begins; empty where pages are not known.
    point_gaps : tuple of int
        Offsets before which the layout shows room for a decimal point that the text lacks
        (`2｜198%`).
    notes : tuple of (problem, detail)
        What was odd though the text could be read.
    paragraphs : bool
        True where the format itself says what a paragraph is (Word, web pages): a line is one.
    """

    raw: str
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    paragraphs: bool = False


@dataclass(frozen=True)
class Source:
    """One document's raw text, with what is needed to find it again.

    Attributes
    ----------
    name : str
        Path below the folder that was read, never an absolute path; `album.zip/a.txt` in an
        archive, `pages.csv#12` for the twelfth row of a table.
    raw : str
        The text, line ends as they are.
    sha256 : str
        Hash of the file's bytes; of a table's row the hash of its text in UTF-8.
    doc : str
        Id, unique among all that is read.
    page_starts, point_gaps, paragraphs
        As in `Text`.
    facts : dict
        What the other columns of a table's row say, under the names of the table `documents`.
    """

    name: str
    raw: str
    sha256: str
    doc: str
    page_starts: tuple[int, ...] = ()
    point_gaps: tuple[int, ...] = ()
    facts: dict[str, str | int] = field(default_factory=dict)
    paragraphs: bool = False


@dataclass
class Problems:
    """Collects what was odd: a row `source, doc, problem, detail` each."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, source: str, problem: str, detail: str, doc: str = "") -> None:
        self.rows.append({"source": source, "doc": doc, "problem": problem, "detail": detail})


def encodable(raw: str) -> str:
    r"""Put U+FFFD for halves of characters, which JSON and PDF may bring and no file can hold; the
    length stays.

    >>> encodable("养\ud800老")
    '养\ufffd老'
    """
    return _LONE.sub("\ufffd", raw)


def superscript(text: str) -> str:
    """Write digits as superscripts, so that 35 with the mark 1 never reads 351; `[1]` needs no such
    thing.

    >>> superscript("1"), superscript("[1]")
    ('¹', '[1]')
    """
    return text if "[" in text or "〔" in text else text.translate(_SUPERSCRIPT)


def page_list(pages: list[int]) -> str:
    """Name pages as a reader would.

    >>> page_list([3, 5, 6, 7])
    '3, 5–7'
    """
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
