"""List the edits that cleaning made in a corpus, and count the damage in the files.

The tables of this module show a reader how far the clean text can be trusted.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from markupsafe import Markup

from helpers.escaping import escape

from .corpus import Corpus, Document
from .front import HAN

# A point before a digit is a full stop if Chinese text precedes it, as in 到位.10月, not in 12.5.
_STOP_POINT = re.compile(
    rf"(?<![0-9０-９.])\.(?![0-9０-９.])|(?<=[{HAN}”»)）%％])\.(?=[0-9０-９])|\.(?=[”»)）])"
)
_PAGE_MARK = re.compile("[—–][0-9０-９]+[—–]")
_SIDE_BY_SIDE = Markup(
    "<table><tr><th>原始文本 raw, {source}</th><th>清洗后 clean</th></tr>"
    "<tr><td>{raw}</td><td>{text}</td></tr></table>"
)
_MASTHEAD = ("issue_year", "issue_number", "date", "album_number", "title", "contributor")


def ledger_table(corpus: Corpus) -> pd.DataFrame:
    """List every edit that cleaning made, by document and by position in the raw text.

    The columns are `doc, rule, start, end, before, after`. `start` and `end` are offsets into the
    raw text. Applying all edits of a document to the raw text gives the clean text.
    """
    rows = [(document.doc, *edit) for document in corpus for edit in document.clean_text.ledger]
    return pd.DataFrame(rows, columns=["doc", "rule", "start", "end", "before", "after"])


def ledger_counts(corpus: Corpus) -> pd.DataFrame:
    """Count the edits that each cleaning rule made in each document. The table has one row per rule
    (the most frequent rule first), one column per document, and a column `total`."""
    ledger = ledger_table(corpus)
    counts = pd.crosstab(ledger["rule"], ledger["doc"])
    counts = counts.reindex(columns=[d.doc for d in corpus], fill_value=0)
    counts = counts.assign(total=counts.sum(axis=1)).reset_index().rename_axis(columns=None)
    return counts.sort_values(["total", "rule"], ascending=[False, True], ignore_index=True)


def side_by_side(document: Document, *, width: int = 60) -> Markup:
    """Return an HTML table that shows one passage twice: as raw text, with ↵ for line breaks, and
    as clean text. The passage surrounds the first page mark (such as —3—) that interrupts a
    sentence. If no page mark interrupts a sentence, the passage is the beginning of the body."""
    offsets, raw, text = document.offsets, "", ""
    if len(offsets):
        marks = np.searchsorted(offsets, [start for start, _ in document.clean_text.page_marks])
        inside = (place for place in marks.tolist() if document.text[place - 1 : place].isalnum())
        at = next(inside, 0)
        start, end = max(0, at - width), min(len(offsets), at + width)
        raw = document.raw[slice(*document.raw_span(start, end))]
        text = document.text[start:end]
    return _SIDE_BY_SIDE.format(
        source=document.source,
        raw=re.sub(r"[\n\f\r]", "↵", raw),
        text=escape(text).replace("\n", Markup("<br>")),
    )


# the statuses of numbers that can be read in several ways
_IN_DOUBT = ("confirmed", "restored", "ambiguous")


def damage_table(corpus: Corpus, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Count the damage in each document, such as lost decimal points and wrong punctuation.

    `outcomes` is the table of `extract_outcomes`. The first columns are `doc, city_zh`. `missing`
    lists the facts that were not found, such as the date. `points_for_stops` counts ASCII points
    printed instead of the full stop 。, `chevrons` counts « printed instead of 《, and `page_marks`
    counts page marks such as —3—. `decimals` and `decimals_read_as` are as in `Corpus.documents`.
    `confirmed` counts numbers that could be read in several ways and that the reference reading
    confirms as printed. `restored` counts numbers whose decimal point was put back. `ambiguous`
    counts numbers that can still be read in several ways.
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
            **{kind: int(status.get((row.doc, kind), 0)) for kind in _IN_DOUBT},
        }
        for document, row in zip(corpus, corpus.documents.itertuples(), strict=True)
    ]
    return pd.DataFrame(rows)
