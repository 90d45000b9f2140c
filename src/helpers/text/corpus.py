"""Read files into a `Corpus` of `Document`s, and make tables and verbatim quotations of them.

Every analysis begins with `read_corpus`. All other functions take the corpus that `read_corpus`
returns.
"""

from __future__ import annotations

import bisect
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.codebook import DATA, Codebook, shared_codebook
from helpers.readers import (
    Problems,
    Source,
    check_sums,
    find_files,
    no_documents,
    read_sources,
)
from helpers.writing import as_table

from .cleaning import CleanText, clean
from .dates import Bound, NamedDate, date_bounds, named_dates
from .divisions import UNNAMED
from .genre import Genre, GenreWords, read_genre
from .levels import document_level
from .lines import verbatim
from .masthead import read_masthead
from .segment import Sentence, split_sentences

if TYPE_CHECKING:
    from helpers.numbers import Quantity

_SPANS = [
    f"{fact}_{edge}"
    for fact in ("date_from", "date_to", "type", "direction", "addressee")
    for edge in ("start", "end")
]
_TYPES = dict.fromkeys([*"issue_year issue_number album_number page".split(), *_SPANS], "Int64") | (
    dict.fromkeys("n_sections n_paragraphs n_sentences n_chars".split(), "int64")
    | dict.fromkeys("section paragraph sentence start end".split(), "int64")
)
READ_LIMIT = 30_000_000
"""The largest file, in bytes, that `read_corpus` reads by default. A file of this size takes about
900 MB of memory with all its tables, which most laptops can spare."""
_DOCUMENT_COLUMNS = (
    "doc city_zh city_en level issue_year issue_number date date_from date_to album_number title"
    " contributor document_type direction addressee n_sections n_paragraphs n_sentences n_chars"
    " source sha256 date_from_by date_to_by"
).split() + _SPANS
_SENTENCE_COLUMNS = "doc section section_title paragraph sentence kind text start end page".split()


@dataclass(frozen=True, eq=False)
class Corpus:
    """All documents of an analysis, in the order of their ids, with tables of their contents.

    Iterating over a corpus yields its Documents, ``corpus[doc]`` is the Document with the id `doc`,
    and ``len(corpus)`` is the number of Documents.

    Attributes
    ----------
    unknown_as : "lost" or "intact", optional
        Whether to assume that decimal points were lost, for documents whose numbers do not show it.
        Give `unknown_as` if this corpus is only a part of a larger corpus, because all documents of
        the larger corpus together decide.
    codebook : Codebook
        The codebook with which the documents were read. Every function that takes both a corpus and
        a codebook uses the corpus's codebook by default.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> corpus = read_corpus()
    >>> len(corpus), corpus["003_zhengzhou"].city_en
    (5, 'Zhengzhou')
    """

    items: tuple[Document, ...]
    problem_rows: tuple[dict[str, str], ...] = ()
    unknown_as: str | None = None
    codebook: Codebook = field(default_factory=shared_codebook)

    def using(self, codebook: Codebook | None) -> Corpus:
        """Return a corpus of the same texts that uses another codebook. The city, the title and the
        printed date of each document are not read again. If `codebook` is None, return this
        corpus."""
        if codebook is None or codebook is self.codebook:
            return self
        items = tuple(replace(document, codebook=codebook) for document in self.items)
        return replace(self, items=items, codebook=codebook)

    def __getitem__(self, doc: str) -> Document:
        if doc not in self._by_id:
            known = ", ".join(self._by_id) or "none"
            raise KeyError(f"'{doc}' is not in the corpus. Its documents: {known}.")
        return self._by_id[doc]

    def __contains__(self, doc: object) -> bool:
        return doc in self._by_id

    def __iter__(self) -> Iterator[Document]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        return {document.doc: document for document in self.items}

    @cached_property
    def decimals_read_as(self) -> dict[str, str]:
        """For each document id, whether the document's decimal points are taken as `lost` or
        `intact`. If the numbers of a document show neither, `unknown_read_as` decides."""
        unknown = self.unknown_read_as
        return {d.doc: unknown if d.decimals == "unknown" else d.decimals for d in self.items}

    @cached_property
    def unknown_read_as(self) -> str:
        """The assumption about documents whose numbers do not show whether decimal points were
        lost. The assumption is `lost` if other documents lost points and none has intact points,
        otherwise `intact`."""
        if self.unknown_as:
            return self.unknown_as
        states = {document.decimals for document in self.items} - {"unknown"}
        return "lost" if states == {"lost"} else "intact"

    @cached_property
    def is_shipped(self) -> bool:
        """True if the documents are the five briefings shipped with the project. The project's
        published findings are about the five shipped briefings only."""
        sums = DATA / "raw" / "SHA256SUMS"
        shipped = set(sums.read_text(encoding="utf8").split()[::2]) if sums.is_file() else set()
        return bool(shipped) and {document.sha256 for document in self.items} == shipped

    @cached_property
    def metadata(self) -> pd.DataFrame:
        """A table with one row per document, in the order of the ids. A fact that the file does not
        state is a missing value.

        `date_from` and `date_to` are the earliest and the latest day on which the document can have
        been written. If a document prints its date, `date_from` and `date_to` hold this date. A
        document without a printed date is not older than the latest event that its text reports,
        and not younger than the earliest event that its text announces. `date_from_by` and
        `date_to_by` name the words that show each of these days, such as `date` (the printed date),
        `issue` (year or month of issue), `title`, `album` (the number in a series of briefings of
        which other issues are dated), `event` (a known event) or `text` (a date in the text).
        `level` is the level of the body that wrote the document: province, city, county, township
        or other. `document_type` is a type of the codebook's table `document_types`, such as
        `briefing`.
        `direction` is `up` if the document reports to a higher body, and `down` if the document
        instructs lower bodies. Columns such as `date_from_start, date_from_end` and `type_start,
        type_end` hold the raw offsets of the words that state a fact. The table `documents` also
        describes the decimal points, but takes longer, because all numbers in the texts must be
        read.
        """
        rows = []
        for d in self.items:
            counts = {
                "n_sections": len({s.section for s in d.sentences if s.section}),
                "n_paragraphs": len({s.paragraph for s in d.sentences if s.kind == "sentence"}),
                "n_sentences": sum(s.kind == "sentence" for s in d.sentences),
                "n_chars": d.n_chars,
            }
            row = vars(d) | counts | {"level": d.level} | _facts_with_offsets(d)
            rows.append(tuple(row[name] for name in _DOCUMENT_COLUMNS))
        return _table(rows, _DOCUMENT_COLUMNS)

    @cached_property
    def documents(self) -> pd.DataFrame:
        """The table `metadata` with two more columns on decimal points: `decimals` (`intact`,
        `lost` or `unknown`), and `decimals_read_as` (the state that is assumed, `intact` or
        `lost`)."""
        rows = [(d.decimals, self.decimals_read_as[d.doc]) for d in self.items]
        return self.metadata.join(_table(rows, ["decimals", "decimals_read_as"]))

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """A table with one row per sentence or heading, in the order of the texts. `start` and
        `end` are the sentence's offsets in the raw text. The column `text` holds the clean text."""
        rows = []
        for d in self.items:
            for s in d.sentences:
                start, end = d.raw_span(s.start, s.end)
                rows.append((d.doc, *s[:5], d.text[s.start : s.end], start, end, d.page(start)))
        return _table(rows, _SENTENCE_COLUMNS)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """A table with one row for each file that could not be read, and one for each oddity of a
        document, such as a missing title. The columns are `source, doc, problem, detail`."""
        columns = "source doc problem detail".split()
        return _table([tuple(row[name] for name in columns) for row in self.problem_rows], columns)


def _facts_with_offsets(document: Document) -> dict[str, object]:
    """Return the columns of `Corpus.metadata` on the date bounds, the type, the direction and the
    addressee, with the raw offsets of the words that state each fact."""
    earliest, latest = document.date_bounds
    genre = document.genre
    row: dict[str, object] = dict.fromkeys(_SPANS)
    for name, bound in (("date_from", earliest), ("date_to", latest)):
        row[name] = bound and bound.day.isoformat()
        row[f"{name}_by"] = bound and bound.by
    passages = {"type": genre.type, "direction": genre.direction, "addressee": genre.addressee}
    for name, passage in passages.items():
        row["document_type" if name == "type" else name] = passage and passage.value
    for name, words in (passages | {"date_from": earliest, "date_to": latest}).items():
        if words:
            row[f"{name}_start"], row[f"{name}_end"] = words.start, words.end
    return row


def _table(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    return as_table(rows, {name: _TYPES.get(name, "str") for name in columns})


def read_corpus(
    path: str | Path | list[str | Path] | None = None,
    *,
    codebook: Codebook | None = None,
    size_limit: int = READ_LIMIT,
    text_column: str | None = None,
) -> Corpus:
    """Read a file, a folder, an archive or a list of these into a corpus.

    A file may be `.txt` (UTF-8, UTF-16, GB18030, Big5), `.pdf`, `.docx`, `.html`, `.md`, a table
    with a column of texts (`.csv`, `.tsv`, `.jsonl`, `.parquet`; each row is a document) or a
    `.zip` archive of such files.

    Parameters
    ----------
    path : path or list of paths, optional
        Default: the environment variable HELPERS_CORPUS, else the shipped briefings. An empty list
        gives an empty corpus. A folder is read with its subfolders. If there is a file SHA256SUMS
        beside a document, the hashes must match.
    codebook : Codebook, optional
        The tables used to read mastheads, places and numbers. Default: `read_codebook()`.
    size_limit : int
        Documents with more bytes than `size_limit` are not read. A document is a file, a file in an
        archive or a row of a table. An archive may hold 20 times as much. The default is 30 MB. A
        table or an archive of more than 30 MB is read only if `size_limit` is at least as large,
        because a corpus takes about thirty times its size in memory. `analyse` reads larger files.
    text_column : str, optional
        The column of a table that holds the texts; by default `text`, `content`, `body` or Chinese
        words for these (`正文`, `内容`, `內容`, `全文`, `文本`, `正文内容`). Capital letters make
        no difference. A column that has the name of a column of `Corpus.documents`, such as
        `city_zh`, is read too.

    Returns
    -------
    Corpus
        Documents in the order of their ids. A file that is too large or cannot be read becomes a
        row of `problems` and never raises an error.

    Raises
    ------
    FileNotFoundError
        For a path that does not exist.
    ValueError
        For a file whose hash is not the one in SHA256SUMS, or if `path` is an empty string.

    Examples
    --------
    A file with the one sentence 推进助餐服务 ("promote meal services") gives one document.

    >>> from pathlib import Path
    >>> from helpers import read_corpus
    >>> _ = Path("briefing.txt").write_text("推进助餐服务。", encoding="utf8")
    >>> read_corpus("briefing.txt").documents[["doc", "n_sentences", "n_chars"]]
            doc  n_sentences  n_chars
    0  briefing            1        7
    """
    if path is None:
        path = os.environ.get("HELPERS_CORPUS") or _briefings()
    problems = Problems()
    files = find_files(path, problems)
    check_sums(files)
    if not files:
        problems.add(*no_documents(path))
    files = _without_large(files, problems, max(size_limit, READ_LIMIT))
    sources = read_sources(files, problems, size_limit=size_limit, text_column=text_column)
    codebook = codebook or shared_codebook()
    documents = [make_document(source, problems, codebook) for source in sources]
    _note_duplicates(documents, problems)
    documents.sort(key=lambda document: document.doc)
    return Corpus(tuple(documents), tuple(problems.rows), codebook=codebook)


def _briefings() -> Path:
    """Return the folder of the five briefings. An installed package does not contain this
    folder."""
    if not (DATA / "raw").is_dir():
        raise FileNotFoundError(
            "read_corpus: the five briefings are not part of the installed package. Give a file, a"
            " folder of documents, or a list of these."
        )
    return DATA / "raw"


def _without_large(
    files: list[tuple[str, Path]], problems: Problems, limit: int
) -> list[tuple[str, Path]]:
    """Leave out the files that are too large to be held in memory with all their tables. Add a row
    to `problems` for each file that is left out."""
    small = []
    for name, path in files:
        size = path.stat().st_size if path.is_file() else 0
        if size <= limit:
            small.append((name, path))
            continue
        detail = (
            f"The file has {size:,} bytes, over the limit of {limit:,}, and would take about thirty"
            " times as much memory. Read it with helpers.analyse(…), which keeps only a part in"
            " memory, or raise the limit with read_corpus(…, size_limit=…)."
        )
        problems.add(name, "too_large", detail)
    return small


def make_document(source: Source, problems: Problems, codebook: Codebook) -> Document:
    """Make a `Document` from one source, such as a file: clean the text, and read city, title and
    date. If the city, the title or another fact is missing, add a row to `problems`."""
    cleaned = clean(source.raw, paragraphs=source.paragraphs, codebook=codebook)
    facts = read_masthead(cleaned.metadata, cleaned.text, codebook) | source.metadata
    facts |= {"page_starts": source.page_starts, "point_gaps": source.point_gaps}
    document = Document(source.doc, cleaned, source.name, source.sha256, **facts, codebook=codebook)
    _note_missing(document, problems)
    return document


_CITY_SOUGHT = (
    "A place was looked for before the title's colon (郑州: …), in the contributor (供稿), the"
    " title, the masthead and the dateline, then in the congresses that the body names. To name a"
    " place, begin the title with the place and a colon, or read a table with the columns text and"
    " city_zh."
)


def _note_missing(document: Document, problems: Problems) -> None:
    source, doc = document.source, document.doc
    if not document.text.strip():
        problems.add(source, "no_body", "The text holds only page marks and a masthead.", doc)
    facts = {"city": document.city_zh, "title": document.title}
    missing = [name for name, value in facts.items() if value is None]
    if missing:
        remedy = f" {_CITY_SOUGHT}" if "city" in missing else ""
        detail = f"The text does not say its {' and '.join(missing)}.{remedy}"
        problems.add(source, "missing_metadata", detail, doc)
    if document.city_en == UNNAMED:
        detail = (
            f"The text hides the name of its place ({document.city_zh}). To name the place, read a"
            " table with the columns text and city_zh."
        )
        problems.add(source, "unnamed_place", detail, doc)
    sought = (("issue", "number", document.issue_number), ("date", "day", document.date))
    for rule, part, value in sought:
        printed = [mark.text for mark in document.clean_text.metadata if mark.rule == rule]
        # An issue called 增刊 ("supplement") has no number, and a date may lack the day.
        if printed and value is None:
            detail = f"The masthead's {rule} '{printed[0][:60]}' has no {part} to read."
            problems.add(source, "missing_metadata", detail, doc)


def _note_duplicates(documents: list[Document], problems: Problems) -> None:
    first: dict[str, Document] = {}
    for document in documents:
        twin = first.setdefault(document.sha256, document)
        if twin is not document:
            detail = f"Same content as {twin.source}: the text counts twice. Remove one file."
            problems.add(document.source, "duplicate", detail, document.doc)


@dataclass(frozen=True, eq=False)
class Document:
    """One briefing: its raw text, its clean text, and facts such as its city, title and date.

    Attributes
    ----------
    doc : str
        The id of the document. No other document of the corpus has the same id.
    clean_text : CleanText
    source, sha256 : str
        The file's name, with its path inside the folder that was read, and its SHA-256 hash.
    city_zh, city_en, issue_year, issue_number, date, album_number, title, contributor
        Facts about the document, as in the columns of `Corpus.documents`. A fact that the file does
        not state is None.
    page_starts : tuple of int
        The raw offset at which each page begins. If the pages are not known, `page_starts` is
        empty.
    point_gaps : tuple of int
        The raw offsets of digits before which the page of a PDF shows a gap for a decimal point,
        although the text stored in the PDF has no point there.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> document = read_corpus()["000_jiyuan"]
    >>> document.city_en, document.n_chars, document.decimals
    ('Jiyuan', 2170, 'unknown')
    >>> document.quote(155, 161)  # "people-centred"
    '以人民为中心'
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
    codebook: Codebook = field(default_factory=shared_codebook)

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
        """All headings and sentences of the document in order. The `start` and `end` of a sentence
        are offsets into `text`."""
        return tuple(split_sentences(self.text))

    @cached_property
    def quantities(self) -> Sequence[Quantity]:
        """Every number that `find_quantities` finds in the clean text."""
        from helpers.numbers import find_quantities

        return find_quantities(self.text, self.codebook)

    @cached_property
    def level(self) -> str:
        """The level of the body that wrote the document: province, city, county, township or
        other."""
        return document_level(self.city_zh, f"{self.title or ''}\n{self.text}", self.codebook)

    @cached_property
    def genre(self) -> Genre:
        """The type (such as `report`), the direction (`up` or `down`) and the addressee of the
        document."""
        return read_genre(self)

    @cached_property
    def date_bounds(self) -> tuple[Bound | None, Bound | None]:
        """The earliest and the latest day on which the document can have been written."""
        return date_bounds(self, is_plan=self.is_plan)

    @cached_property
    def named_dates(self) -> tuple[NamedDate, ...]:
        """The days and months that the text names, in the past or in the future."""
        return tuple(named_dates(self, is_plan=self.is_plan))

    @property
    def is_plan(self) -> bool:
        """True for a plan or a notice. Dates in a plan or a notice lie in the future unless the
        words say otherwise."""
        kind = self.genre.type
        return kind is not None and kind.value in self.codebook.once(GenreWords).plans

    @cached_property
    def decimals(self) -> str:
        """Whether the numbers show that decimal points were lost (`lost`), show that they were kept
        (`intact`), or show neither (`unknown`). A number for which the PDF page shows a gap in the
        place of the point does not count, because this point can be put back."""
        from helpers.numbers import judge_decimals

        without_gap = self.quantities
        if self.gaps:
            without_gap = [q for q in without_gap if not self._has_gap(q)]
        proven = judge_decimals(self.text, without_gap, codebook=self.codebook)
        # A decimal point that left a gap on the page can be put back. A document with such gaps
        # counts as intact unless other numbers lost their points without leaving a gap.
        return "intact" if self.gaps and proven != "lost" else proven

    def _has_gap(self, q: Quantity) -> bool:
        """Tell whether the PDF page shows a gap for a decimal point inside a number."""
        return any(q.start < gap < q.end for gap in self.gaps)

    @cached_property
    def n_chars(self) -> int:
        """The number of characters in all sentences and headings, without white space. A rate, such
        as hits per 1,000 characters, is a count divided by `n_chars`."""
        return sum(len("".join(self.text[s.start : s.end].split())) for s in self.sentences)

    def quote(self, start: int, end: int) -> str:
        """Return the raw text from `start` to `end`, without page numbers and line breaks."""
        if not 0 <= start <= end <= len(self.raw):
            found = f"quote({start}, {end}) is outside the text of {len(self.raw)} characters."
            raise ValueError(f"{self.doc}: {found}")
        marks = self.clean_text.page_marks
        # The quotation is the raw text from `start` to `end` minus the page marks inside.
        first = bisect.bisect_left(marks, start, key=itemgetter(0))
        last = bisect.bisect_left(marks, end, key=itemgetter(0))
        edges = [start, *itertools.chain(*marks[first:last]), end]
        pieces = zip(edges[::2], edges[1::2], strict=True)
        return verbatim("".join(self.raw[a:b] for a, b in pieces))

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw offsets of a passage, given its offsets in the clean text. The passage
        must not be empty."""
        offsets = self.clean_text.offsets
        return offsets.item(start), offsets.item(end - 1) + 1

    def cite(self, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """Return (raw start, raw end, quotation) for each span (start, end) of the clean text."""
        text, raw, spans = self.text, self.raw, list(spans)
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        starts, ends = self.offsets[firsts].tolist(), (self.offsets[lasts - 1] + 1).tolist()
        cited = []
        for (first, last), start, end in zip(spans, starts, ends, strict=True):
            # If cleaning left nothing out of the passage and no line ends in it, quote the raw
            # text.
            is_unbroken = end - start == last - first and "\n" not in text[first:last]
            cited.append((start, end, raw[start:end] if is_unbroken else self.quote(start, end)))
        return cited

    def page(self, start: int) -> int | None:
        """Return the number of the page at the raw offset `start`, or None if the pages are not
        known."""
        return bisect.bisect_right(self.page_starts, start) or None if self.page_starts else None

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """The places of `point_gaps` as offsets in the clean text. At each place stands a digit
        before which the PDF page shows a gap as wide as a lost decimal point."""
        return tuple(np.searchsorted(self.offsets, self.point_gaps).tolist())

    @cached_property
    def _squeezed(self) -> tuple[str, np.ndarray]:
        """The text that `locate` searches, and the raw offset of each of its characters. `locate`
        searches the raw text without white space and without what cleaning left out."""
        kept = [(self.raw[i], i) for i in self.offsets.tolist() if not self.raw[i].isspace()]
        return "".join(char for char, _ in kept), np.array([i for _, i in kept], dtype=np.int64)


def locate(
    document: Document, quote: str, *, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Find where a quotation stands in a document. White space and page numbers are ignored.

    Parameters
    ----------
    document : Document
    quote : str
        The words exactly as in the source; for example, full-width digits stay full width.
    within : (start, end), optional
        Two raw offsets between which to search, for example if the quotation occurs more than once.

    Returns
    -------
    (start, end)
        Raw offsets, for ``document.quote(start, end)``.

    Raises
    ------
    ValueError
        If the quotation is empty, does not occur, or occurs more than once.

    Examples
    --------
    >>> from helpers import locate, read_corpus
    >>> locate(read_corpus()["000_jiyuan"], "以人民为中心")  # "people-centred"
    (155, 161)
    """
    text, offsets = document._squeezed
    needle = "".join(quote.split())
    if not needle:
        found = "an empty quotation cannot be located. Copy the words from the source."
        raise ValueError(f"{document.doc}: {found}")
    low, high = within or (0, len(document.raw))
    first, last = np.searchsorted(offsets, [low, high])
    places = [m.start() for m in re.finditer(re.escape(needle), text[first:last])]
    if len(places) == 1:
        at = int(first) + places[0]
        return int(offsets[at]), int(offsets[at + len(needle) - 1]) + 1
    found = "is not in the document. Copy the words from the source, full-width digits included."
    if places:
        found = f"occurs {len(places)} times. Quote more words, or give `within`."
    shown = quote if len(quote) <= 40 else quote[:40] + "…"
    raise ValueError(f"{document.doc}: '{shown}' {found}")
