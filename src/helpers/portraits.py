"""What was found of each document → a paragraph on each, every claim with its quotation."""

from __future__ import annotations

import pandas as pd

from helpers.labels import NUMBER_KINDS, number_kind, number_words
from helpers.prose import count, quotation, silent_documents
from helpers.study import Study
from helpers.synthesis import leading_themes

_STAGES = {
    "mobilise": "mobilising",
    "investigate": "investigating",
    "deliberate": "deliberating",
    "assign": "assigning",
    "rectify": "rectifying",
    "evaluate": "evaluating",
    "institutionalise": "institutionalising",
}


def portraits(study: Study) -> str:
    """Three sentences a document, each backed by a quotation: its fullest stage, what it alone
    reports, where it stops."""
    cells = study.matrix
    present = cells[cells["present"] == 1]
    alone = present.groupby("code")["doc"].transform("nunique") == 1
    parts = []
    for doc, own in present.groupby("doc", sort=False):
        stages = own.groupby("stage", sort=False).size().sort_values(ascending=False, kind="stable")
        best = (
            own[own["stage"] == stages.index[0]]
            .sort_values("n_evidence", ascending=False, kind="stable")
            .iloc[0]
        )
        text = [
            f"**{study.names[doc]}** reports"
            f" {count(len(own), 'instrument')}{', ' if len(own) == 1 else ' and most of them '}in"
            f" {_STAGES.get(stages.index[0], stages.index[0])}{'' if len(own) == 1 else f' ({stages.iloc[0]})'}:"
            f" “{best['quote']}”."
        ]
        mine = own[alone.loc[own.index]]
        if len(mine) and len(study.corpus) > 1:
            text.append(
                f"It alone reports {', '.join(mine['en'].str.lower())}: “{mine.iloc[0]['quote']}”."
            )
        elif len(study.corpus) > 1:
            text.append("Nothing it reports is reported by no other.")
        silent = [stage for stage in cells["stage"].unique() if stage not in set(stages.index)]
        if silent:
            text.append(f"Of {_listed(silent)} it says nothing; that is silence, not absence.")
        else:
            last = own.iloc[-1]
            text.append(f"It has something to report at every stage, up to “{last['quote']}”.")
        parts.append(" ".join(text))
    if not parts:
        return "No instrument is reported in these documents."
    silent = silent_documents(cells, most=len(cells))
    return "\n\n".join(
        [
            *parts,
            *(
                [
                    f"{silent[1]} {silent[0]} That is silence about the instruments of the"
                    " codebook, not proof that none was used."
                ]
                if silent[1]
                else []
            ),
        ]
    )


def city_paragraphs(study: Study) -> str:
    """A paragraph a document: instruments, what it alone reports, leading service, results,
    silence, each with a quotation."""
    present = study.matrix[study.matrix["present"] == 1]
    alone = (
        present[present.groupby("code")["doc"].transform("nunique") == 1]
        if len(study.corpus) > 1
        else present.head(0)
    )
    parts = []
    for row in study.synthesis.itertuples():
        cells = present[present["doc"] == row.doc]
        text = [
            f"**{study.names[row.doc]}** reports {count(int(row.n_present), 'instrument')}"
            + (f" ({row.instruments_en})." if row.n_present else ".")
        ]
        if len(cells):
            best = cells.sort_values("n_evidence", ascending=False, kind="stable").iloc[0]
            text.append(f"Best documented is *{best['en']}*: “{best['quote']}”.")
        mine = alone[alone["doc"] == row.doc]
        if len(mine):
            text.append(
                f"It alone reports {', '.join(mine['en'].str.lower())}: “{mine.iloc[0]['quote']}”."
            )
        parts.append(
            " ".join(
                [
                    *text,
                    _leading_service(study, row.doc),
                    _results(study, row.doc),
                    _silence(study.matrix, row.doc),
                ]
            )
        )
    return "\n\n".join(part.replace("  ", " ").strip() for part in parts)


def _leading_service(study: Study, doc: str) -> str:
    """The service theme with most hits, with the sentence that says most about it."""
    leading = leading_themes(
        study.rates[(study.rates["doc"] == doc) & (study.rates["family"] == "service")], most=1
    )
    if leading.empty:
        return "Of services it uses no word of the codebook."
    theme, sentences = leading.iloc[0], study.corpus.sentences
    hits = (
        study.hits[(study.hits["doc"] == doc) & (study.hits["theme"] == theme["theme"])]
        .groupby("sentence")
        .size()
    )
    own = sentences[
        (sentences["doc"] == doc)
        & (sentences["kind"] == "sentence")
        & sentences["sentence"].isin(hits.index)
    ]
    if own.empty:
        return (
            f"Of services it speaks most of *{theme['en']}* ({count(int(theme['n']), 'hit')}), in"
            " headings only."
        )
    # a sentence over 120 characters is quoted only where no shorter one names the theme
    length = own["text"].str.len()
    first = (
        own.assign(_long=length > 120, _hits=-own["sentence"].map(hits), _length=length)
        .sort_values(["_long", "_hits", "_length"], kind="stable")
        .iloc[0]
    )
    return (
        f"Of services it speaks most of *{theme['en']}* ({count(int(theme['n']), 'hit')}), as in"
        f" {quotation(study.corpus, doc, first['start'], first['end'])}."
    )


def _results(study: Study, doc: str) -> str:
    """The first result that is claimed, else the first output, with how sure its number is."""
    numbers = study.outcomes[study.outcomes["doc"] == doc]
    if numbers.empty:
        return "It states no number."
    for group, verb in (
        ("outcome", "claims as a result"),
        ("output", "claims no result in numbers, but as an output"),
    ):
        rows = numbers[
            (numbers["group"] == group)
            & (numbers["timing"] != "before")
            & (numbers["flow"] != "planned")
        ]
        if len(rows):
            row = rows.iloc[0].to_dict()
            words = (
                f"*{row['indicator_en']}* {number_words(row, 'en')}"
                f" ({NUMBER_KINDS[number_kind(row)][1]})"
            )
            return (
                f"It states {count(len(numbers), 'number')} and {verb} {words}:"
                f" {quotation(study.corpus, doc, row['quote_start'], row['quote_end'])}."
            )
    return f"It states {count(len(numbers), 'number')}, none of them of an output or a result."


def _silence(matrix: pd.DataFrame, doc: str) -> str:
    cells = matrix[matrix["doc"] == doc]
    told = set(cells.loc[cells["state"] != "not_mentioned", "stage"])
    silent = [stage for stage in cells["stage"].unique() if stage not in told]
    return f"Of {_listed(silent)} it says nothing; that is silence, not absence." if silent else ""


def _listed(stages: list[str]) -> str:
    words = [_STAGES.get(stage, stage) for stage in stages]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
