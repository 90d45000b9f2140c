"""List the edits that cleaning made in a corpus, and count the damage in its files.

These tables show a reader how far the clean text can be trusted.
"""

from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd

from .corpus import Corpus, Document

_STOP_POINT = re.compile(r"(?<![0-9０-９.])\.(?![0-9０-９.])|\.(?=[”»)）])")
_PAGE_MARK = re.compile("[—–][0-9０-９]+[—–]")
_MASTHEAD = ("issue_year", "issue_number", "date", "album_number", "title", "contributor")


def ledger_table(corpus: Corpus) -> pd.DataFrame:
    """List every edit of every document, in the order of the raw text.

    The columns are `doc, rule, start, end, before, after`. `start` and `end` are raw offsets. If
    the edits of a document are applied to its raw text, they give its clean text.
    """
    rows = [(document.doc, *edit) for document in corpus for edit in document.clean_text.ledger]
    return pd.DataFrame(rows, columns=["doc", "rule", "start", "end", "before", "after"])


def ledger_counts(corpus: Corpus) -> pd.DataFrame:
    """Count the edits of each rule in each document. There is one row per rule, the most frequent
    first, with one column per document and a column `total`."""
    ledger = ledger_table(corpus)
    counts = pd.crosstab(ledger["rule"], ledger["doc"])
    counts = counts.reindex(columns=[d.doc for d in corpus], fill_value=0)
    counts = counts.assign(total=counts.sum(axis=1)).reset_index().rename_axis(columns=None)
    return counts.sort_values(["total", "rule"], ascending=[False, True], ignore_index=True)


def side_by_side(document: Document, *, width: int = 60) -> str:
    """Return an HTML table that shows the same passage raw, with ↵ for line breaks, and clean. The
    passage is the one around the first page mark inside a sentence. If there is no such mark, it is
    the beginning of the body."""
    offsets, raw, text = document.offsets, "", ""
    if len(offsets):
        marks = np.searchsorted(offsets, [start for start, _ in document.clean_text.page_marks])
        inside = (place for place in marks.tolist() if document.text[place - 1 : place].isalnum())
        at = next(inside, 0)
        start, end = max(0, at - width), min(len(offsets), at + width)
        raw = document.raw[slice(*document.raw_span(start, end))]
        text = document.text[start:end]
    raw = html.escape(re.sub(r"[\n\f\r]", "↵", raw))
    head = f"<tr><th>raw, {document.source}</th><th>clean</th></tr>"
    cells = f"<tr><td>{raw}</td><td>{html.escape(text)}</td></tr>"
    return f"<table>{head}{cells}</table>".replace("\n", "<br>")


def damage_table(corpus: Corpus, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Count the signs of damage in each document. `outcomes` is the table of `extract_outcomes`.

    The columns begin with `doc, city_zh`. `missing` lists the facts that were not found, such as
    the date. `points_for_stops` counts ASCII points in the place of 。, `chevrons` counts « in the
    place of 《, and `page_marks` counts page marks. `decimals` says what the numbers prove about
    decimal points, and `decimals_read_as` says how decimal points are read. `restored` counts
    numbers whose decimal point was put back, and `ambiguous` numbers with several readings.
    """
    status = outcomes.groupby(["doc", "status"]).size()
    rows = [
        {
            "doc": row.doc,
            "city_zh": row.city_zh,
            "missing": ", ".join(name for name in _MASTHEAD if pd.isna(getattr(row, name))),
            "points_for_stops": len(_STOP_POINT.findall(document.raw)),
            "chevrons": document.raw.count("«"),
            "page_marks": len(_PAGE_MARK.findall(document.raw)),
            "decimals": row.decimals,
            "decimals_read_as": row.decimals_read_as,
            "restored": int(status.get((row.doc, "restored"), 0)),
            "ambiguous": int(status.get((row.doc, "ambiguous"), 0)),
        }
        for document, row in zip(corpus, corpus.documents.itertuples(), strict=True)
    ]
    return pd.DataFrame(rows)
