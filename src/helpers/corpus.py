"""Turn files into a `Corpus`: documents, the tables of documents and sentences, and a list of
whatever was odd."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import formats
from helpers.clean import clean
from helpers.codebook import DATA
from helpers.document import Document as Document
from helpers.document import locate as locate
from helpers.listing import check_sums, find_files
from helpers.masthead import read_masthead
from helpers.rows import as_table

_DOCUMENT_TYPES = {
    "doc": "str",
    "city_zh": "str",
    "city_en": "str",
    "issue_year": "Int64",
    "issue_number": "Int64",
    "date": "str",
    "album_number": "Int64",
    "title": "str",
    "contributor": "str",
    "n_sections": "int64",
    "n_paragraphs": "int64",
    "n_sentences": "int64",
    "n_chars": "int64",
    "source": "str",
    "sha256": "str",
    "decimals": "str",
    "decimals_read_as": "str",
}
_SENTENCE_TYPES = {
    "doc": "str",
    "section": "int64",
    "section_title": "str",
    "paragraph": "int64",
    "sentence": "int64",
    "kind": "str",
    "text": "str",
    "start": "int64",
    "end": "int64",
    "page": "Int64",
}


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents in the order of their ids, with the tables `documents`, `sentences` and `problems`.

    Iteration gives Documents, ``corpus[doc]`` one of them, ``len(corpus)`` their number.
    `unknown_as` (`lost` or `intact`) is given where these are only a part of a corpus, whose other
    documents decide how those that prove nothing are read.
    """

    items: tuple[Document, ...]
    problem_rows: tuple[dict[str, str], ...] = ()
    unknown_as: str | None = None

    def __getitem__(self, doc: str) -> Document:
        if doc not in self._by_id:
            raise KeyError(
                f"'{doc}' is not in the corpus. Documents there:"
                f" {', '.join(self._by_id) or 'none'}."
            )
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
        """How each document's numbers are read: `lost` or `intact`; a document that proves neither
        follows its corpus."""
        return {
            d.doc: self.unknown_read_as if d.decimals == "unknown" else d.decimals
            for d in self.items
        }

    @cached_property
    def unknown_read_as(self) -> str:
        """`lost` where others are lost and none is intact, else `intact`."""
        states = set() if self.unknown_as else {document.decimals for document in self.items}
        return self.unknown_as or (
            "lost" if "lost" in states and "intact" not in states else "intact"
        )

    @cached_property
    def is_shipped(self) -> bool:
        """True for the five briefings that the project ships: what is asserted of them is said of
        no other corpus."""
        sums = DATA / "raw" / "SHA256SUMS"
        shipped = (
            {line.split()[0] for line in sums.read_text(encoding="utf8").splitlines()}
            if sums.is_file()
            else set()
        )
        return bool(shipped) and {document.sha256 for document in self.items} == shipped

    @cached_property
    def documents(self) -> pd.DataFrame:
        """A row a document, in `doc` order; what a file does not say is missing."""
        rows = [
            {
                **{
                    name: getattr(d, name)
                    for name in _DOCUMENT_TYPES
                    if name in Document.__dataclass_fields__
                },
                "n_sections": len({s.section for s in d.sentences if s.section}),
                "n_paragraphs": len({s.paragraph for s in d.sentences if s.kind == "sentence"}),
                "n_sentences": sum(s.kind == "sentence" for s in d.sentences),
                "n_chars": d.n_chars,
                "decimals": d.decimals,
                "decimals_read_as": self.decimals_read_as[d.doc],
            }
            for d in self.items
        ]
        return pd.DataFrame(rows, columns=list(_DOCUMENT_TYPES)).astype(_DOCUMENT_TYPES)

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """A row a sentence or heading, in text order; `start, end` are raw offsets, `text` is
        clean."""
        rows = [
            (
                d.doc,
                *s[:5],
                d.text[s.start : s.end],
                *d.raw_span(s.start, s.end),
                d.page(int(d.offsets[s.start])),
            )
            for d in self.items
            for s in d.sentences
        ]
        return as_table(rows, _SENTENCE_TYPES)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """A row for whatever was odd or could not be read: `source, doc, problem, detail`."""
        columns = ["source", "doc", "problem", "detail"]
        return pd.DataFrame(list(self.problem_rows), columns=columns).astype("str")


def read_corpus(
    path: str | Path | list[str | Path] | None = None,
    *,
    size_limit: int = formats.SIZE_LIMIT,
    text_column: str | None = None,
) -> Corpus:
    """Read a file, a folder, an archive or a list of these into a corpus.

    Read are `.txt` (UTF-8, UTF-16, GB18030, Big5), `.pdf`, `.docx`, `.html`, `.md`, tables with a
    column of texts (`.csv`, `.tsv`, `.jsonl`, `.parquet`; a row is a document) and `.zip` archives
    of these.

    Parameters
    ----------
    path : path or list of paths, optional
        Default: the environment variable HELPERS_CORPUS, else the shipped briefings; an empty list
        is an empty corpus. A folder is read with its subfolders. Where a SHA256SUMS file lies
        beside a document, the hashes must match.
    size_limit : int
        Largest document read, in bytes: a file, a file in an archive (the archive may hold 20 times
        as much) or a table's row; larger ones become a row of `problems`. The default is 100 MB.
    text_column : str, optional
        The column of a table that holds the texts; by default `text`, `content`, `body`, `正文`,
        `内容` (`內容`), `全文`, `文本` or `正文内容`, in capitals or not. Other columns named as in
        the table `documents` (`title`, `date`, `city_zh` …) say what they say there.

    Returns
    -------
    Corpus
        Documents in the order of their ids. A file that cannot be read is a row of `problems`,
        never an error.

    Raises
    ------
    FileNotFoundError
        For a path that does not exist.
    ValueError
        For a file whose hash is not the one in SHA256SUMS, or an empty path.
    """
    if path is None:
        path = os.environ.get("HELPERS_CORPUS") or DATA / "raw"
    problems = formats.Problems()
    files = find_files(path, problems)
    check_sums(files)
    if not files:
        problems.add(*formats.no_documents(path))
    sources = formats.read_sources(files, problems, size_limit=size_limit, text_column=text_column)
    documents = [make_document(source, problems) for source in sources]
    _note_duplicates(documents, problems)
    return Corpus(tuple(sorted(documents, key=lambda d: d.doc)), tuple(problems.rows))


def make_document(source: formats.Source, problems: formats.Problems) -> Document:
    """Clean a source and read its masthead; what it does not say becomes a row of `problems`."""
    cleaned = clean(source.raw, paragraphs=source.paragraphs)
    facts = read_masthead(cleaned.metadata, cleaned.text) | source.facts
    places = {"page_starts": source.page_starts, "point_gaps": source.point_gaps}
    document = Document(source.doc, cleaned, source.name, source.sha256, **places, **facts)
    _note_missing(document, problems)
    return document


_CITY_SOUGHT = (
    "Looked for was a city, county or district before the title's colon (郑州: …), in the title,"
    " the 供稿 line and the masthead, then the one congress that the body names. To give it, begin"
    " the title with its name and a colon, or read a table with the columns text and city_zh."
)


def _note_missing(document: Document, problems: formats.Problems) -> None:
    if not document.text.strip():
        problems.add(
            document.source, "no_body", "Nothing is left but page marks and masthead.", document.doc
        )
    missing = [
        name
        for name, value in (("city", document.city_zh), ("title", document.title))
        if value is None
    ]
    if missing:
        detail = f"The text does not say its {' and '.join(missing)}."
        if document.city_zh is None:
            detail += f" {_CITY_SOUGHT}"
        problems.add(document.source, "missing_metadata", detail, document.doc)
    for rule, value in (("issue", document.issue_number), ("date", document.date)):
        printed = [mark.text for mark in document.clean_text.metadata if mark.rule == rule]
        if printed and value is None:  # 增刊, 2024年9月: seen, but no number or day in it
            problems.add(
                document.source,
                "missing_metadata",
                f"The masthead's {rule} '{printed[0][:60]}' has no"
                f" {'number' if rule == 'issue' else 'day'} to read.",
                document.doc,
            )


def _note_duplicates(documents: list[Document], problems: formats.Problems) -> None:
    first: dict[str, Document] = {}
    for document in documents:
        twin = first.setdefault(document.sha256, document)
        if twin is not document:
            detail = f"Same content as {twin.source}: it counts twice. Take one of the two out."
            problems.add(document.source, "duplicate", detail, document.doc)
