"""Write the texts and tables of a one-page summary of all results. The summary is shown in a figure
and on a page of the reading copy (a folder of web pages)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.labels import number_kind
from helpers.themes import ALL_DOCUMENTS

from .notes import plain_note
from .reported import finding_headlines
from .study import Study
from .synthesis import MENTIONED, counts_in_words, indicator_and_number
from .wording import Bilingual, dated, label_in_both, say, sentence

_ANSWERS = ("02.answer", "03.rates", "04.groups")  # notes that sum up notebooks 02 to 04
OUTPUTS = 3  # number of outputs listed for a document; further outputs are only counted
_COUNTS = ["n", "present", "sentence"]
COLUMNS = (
    "doc city_zh city_en part stage code theme indicator_zh zh en n present state sentence"
).split()
_WORDS = [column for column in COLUMNS[3:] if column not in _COUNTS]
_STATES = (*MENTIONED, "not_mentioned")


def summary_table(study: Study) -> pd.DataFrame:
    """List everything that the summary page shows about each document, one row per item.

    Returns
    -------
    DataFrame
        The columns are `COLUMNS`, the documents are in the order of the corpus, and `part` says
        what a row shows. A row `instrument` shows an instrument that the document mentions, with
        `present` as in `approach_matrix`. Instruments outside all stages have their strand as
        `stage`. A stage of which the document mentions no instrument has one row without `code`. A
        row `theme` shows the theme with most hits (`n`) in a family of themes. A remark after the
        theme's name says if the theme does not lead. A row `result` or `output` shows a number, and
        its `state` is the number's `number_kind`. At most `OUTPUTS` outputs of a document are
        listed, and the row `more` says in `n` how many outputs are not listed. A column that does
        not apply to a row holds an empty text or 0.
    """
    parts = [_instruments(study), _themes(study), _numbers(study)]
    rows = [part for part in parts if len(part)] or [pd.DataFrame(columns=["doc"])]
    table = study.cities.merge(pd.concat(rows), on="doc", validate="one_to_many")
    table = table.reindex(columns=COLUMNS)
    counts = {name: table[name].fillna(0).astype(int) for name in _COUNTS}
    words = {name: table[name].astype("object").fillna("").astype("str") for name in _WORDS}
    return table.assign(**counts, **words)


def _instruments(study: Study) -> pd.DataFrame:
    """Return the instruments that each document mentions, sorted by stage of supervision and by
    state (such as planned). If a document mentions no instrument of a stage, the stage has one row
    without a code."""
    cells, keys = study.approach_matrix, ["doc", "stage"]
    cells = cells.assign(stage=cells["stage"].where(cells["stage"] != "", cells["strand"]))
    mentioned = cells[cells["state"].isin(MENTIONED)]
    in_silent_stage = ~cells.set_index(keys).index.isin(mentioned.set_index(keys).index)
    silent = cells[in_silent_stage].drop_duplicates(keys)
    silent = silent.assign(code="", zh="", en="", state="not_mentioned", n_evidence=0, present=0)
    rows = pd.concat([mentioned, silent]).assign(part="instrument")
    rows = rows.rename(columns={"n_evidence": "n"})
    stages = list(dict.fromkeys([*study.codebook.names("stages"), *cells["stage"]]))
    order = {"_stage": rows["stage"].map(stages.index), "_state": rows["state"].map(_STATES.index)}
    rows = rows.assign(**order).sort_values(list(order), kind="stable")
    return rows[["doc", "part", "stage", "code", "zh", "en", "n", "present", "state"]]


def _themes(study: Study) -> pd.DataFrame:
    """Return, for each document and family of themes, the theme with most hits. If the table
    `leading_themes` says that this theme does not lead, a remark follows the theme's name."""
    table = study.leading_themes[study.leading_themes["doc"] != ALL_DOCUMENTS]
    named = [
        label_in_both(row)
        if row["leads"]
        else sentence("page.unsettled_theme", theme=label_in_both(row))
        for row in table.to_dict("records")
    ]
    table = table.assign(zh=[name.zh for name in named], en=[name.en for name in named])
    return table[["doc", "theme", "zh", "en", "n"]].assign(part="theme")


def _numbers(study: Study) -> pd.DataFrame:
    """Return the numbers that the summary shows for each document: all results and the first
    outputs. If a document has more outputs, a row `more` says how many."""
    rows = []
    for doc, numbers in study.outcomes.groupby("doc", sort=False):
        results, outputs = (
            [_number(row, part) for row in numbers[numbers["group"] == group].to_dict("records")]
            for group, part in (("outcome", "result"), ("output", "output"))
        )
        # An output that the document states several times in the same words is shown only once.
        outputs = list({row["zh"]: row for row in outputs}.values())
        rows += results + outputs[:OUTPUTS]
        n = len(outputs) - OUTPUTS
        if n > 0:
            words = sentence("page.more_outputs", n=n)
            rows.append({"doc": doc, "part": "more", "n": n, **words._asdict()})
    return pd.DataFrame(rows)


def _number(row: dict, part: str) -> dict[str, object]:
    words = indicator_and_number(row)._asdict()
    kept = {column: row[column] for column in ("doc", "indicator_zh", "sentence")}
    return {**kept, **words, "part": part, "n": 1, "state": number_kind(row)}


def reported_words(rows: pd.DataFrame, lang: str) -> str:
    """Say how many instruments a document tells as done, as planned and as called for. `rows` are
    the rows of this document in the result of `summary_table`."""
    counts = counts_in_words(rows[rows["part"] == "instrument"])
    return say("page.count", lang, counts=counts)


@dataclass(frozen=True)
class SummaryText:
    """The texts above and below the documents on the summary page, in one language."""

    title: str
    base: str
    findings: tuple[tuple[str, str], ...]  # the id and the headline of each finding
    notes: tuple[str, ...]


def summary_texts(study: Study) -> dict[str, SummaryText]:
    """Write the texts above and below the documents on the summary page, in Chinese and English."""
    documents, matrix = study.corpus.metadata, study.approach_matrix
    chars, dates = documents["n_chars"].sum(), dated(documents, "page.dated")
    silent = (matrix["state"] == "not_mentioned").sum()
    base = sentence("page.base", n=len(documents), chars=chars, dates=dates)
    notes = [
        sentence("page.note_silence", cells=len(matrix), silent=silent),
        sentence("page.note_claims"),
        sentence("page.note_places"),
    ]
    title, words = sentence("page.title"), {}
    for side, lang in enumerate(Bilingual._fields):
        said = tuple(text[side] for text in notes)
        words[lang] = SummaryText(title[side], base[side], _findings(study, lang), said)
    return words


def _findings(study: Study, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the sentences at the top of the summary page, each with an id. For the shipped texts,
    these are the headlines of the findings, with their ids in docs/findings.md. For other
    documents, they are sentences of counts, and each id is an empty text."""
    if study.corpus.is_shipped:
        return finding_headlines(lang)
    return tuple(("", plain_note(study, name)[lang]) for name in _ANSWERS)
