"""Turn the summary of a study into a page in Chinese and a page in English. In the menu, both pages
come directly after the notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.figures import markup, symbols_of
from helpers.labels import NUMBER_KINDS
from helpers.study import SummaryText, reported_words

from .pages import Page

SIGNS = {
    "as_printed": "■",
    "confirmed": "▣",
    "restored": "□",
    "coder": "◧",
    "range": "–",
    "ambiguous": "┆",
}
"""The sign that stands before a number and shows how sure its value is, such as ■ for a number as
printed. Figures draw the same signs."""
BLOCKS = 8  # with more documents than this, each document gets a table row instead of a block
_FILES = {"zh": "summary.html", "en": "summary-en.html"}
_FINDINGS = {"zh": "findings.zh-CN.html", "en": "findings.html"}
_TAGS = {"zh": "zh-CN", "en": "en"}


def summary_pages(
    table: pd.DataFrame,
    texts: Mapping[str, SummaryText],
    files: Mapping[str, str],
    codebook: Codebook | None = None,
) -> list[Page]:
    """Write the summary as a page in Chinese and a page in English, from the results of
    `summary_table` and `summary_texts`. City names and numbers link to the full texts. `files`
    names the file of each document's full text."""
    codebook, cities = codebook or shared_codebook(), markup.city_of(table)
    states, groups = codebook.names("states"), codebook.names("stages") | codebook.names("strands")
    by_document = table.groupby("doc", sort=False)
    pages = []
    for index, (lang, other) in enumerate((("zh", "en"), ("en", "zh"))):
        say = partial(markup.say, lang=lang)
        documents = [
            _document(rows, lang) | {"file": files[doc], "city": cities[doc]}
            for doc, rows in by_document
        ]
        body = markup.fill_template(
            "site/summary.html",
            say=say,
            lang=lang,
            tag=_TAGS[lang],
            other_file=_FILES[other],
            other_tag=_TAGS[other],
            summary=texts[lang],
            findings_file=_FINDINGS[lang],
            documents=documents,
            blocks=BLOCKS,
            marks={state: symbols_of(codebook)[state] for state in states},
            signs=SIGNS,
            words={state: names[index] for state, names in (states | NUMBER_KINDS).items()},
            state_names=list(states),
            stages={stage: names[index] for stage, names in groups.items()},
            all_stages=list(dict.fromkeys(s for document in documents for s in document["stages"])),
            on_page=set(table["state"]),
        )
        pages.append(Page(_FILES[lang], say("site.summary"), body))
    return pages


def _document(rows: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Return what the summary says about one document: the states of its instruments by stage, the
    most frequent theme of each family, and its numbers."""
    instruments = rows[rows["part"] == "instrument"].groupby("stage", sort=False)
    comma, themes = {"zh": "、", "en": ", "}[lang], rows[rows["part"] == "theme"]
    outputs = rows[rows["part"].isin(["output", "more"])]
    return {
        "reported": reported_words(rows, lang),
        "stages": {stage: list(of_stage["state"]) for stage, of_stage in instruments},
        "themes": comma.join(f"{row[lang]} {row['n']}" for row in themes.to_dict("records")),
        "results": rows[rows["part"] == "result"].to_dict("records"),
        "outputs": outputs.to_dict("records"),
        "n_outputs": int(outputs["n"].sum()),
    }
