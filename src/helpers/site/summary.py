"""Turn the summary of a study into a page in Chinese and a page in English. `site` puts them first
among the pages to look things up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.figures import MARKS, markup
from helpers.labels import NUMBER_KINDS, text_of
from helpers.study import SummaryText, reported_words

from .pages import Page, link, template

escape = markup.escape

SIGNS = {"as_printed": "■", "restored": "□", "coder": "◧", "range": "–", "ambiguous": "┆"}
"""The mark of a number, as `NUMBER_MARKS` draws it."""
BLOCKS = 8  # up to this number, each document has a block; more are lines of a table
_FILES = {"zh": "summary.html", "en": "summary-en.html"}
_TAGS = {"zh": "zh-CN", "en": "en"}


def summary_pages(
    table: pd.DataFrame,
    texts: Mapping[str, SummaryText],
    files: Mapping[str, str],
    codebook: Codebook | None = None,
) -> list[Page]:
    """Write the summary as a page in Chinese and one in English, from `summary_table` and
    `summary_texts`; names and numbers link to the files of the full texts."""
    cities, codebook = markup.city_of(table), codebook or shared_codebook()
    names = codebook.names("stages"), codebook.names("states")
    writers = [_Writer(lang, files, cities, *names) for lang in ("zh", "en")]
    return [
        Page(_FILES[w.lang], w.say("site.summary"), w.article(table, texts[w.lang]))
        for w in writers
    ]


@dataclass(frozen=True)
class _Writer:
    """Writes the summary in one language."""

    lang: str
    files: Mapping[str, str]
    cities: Mapping[str, str]
    stages: Mapping[str, tuple[str, str]]
    states: Mapping[str, tuple[str, str]]

    def say(self, name: str, **values: Any) -> str:
        return text_of("text/pages").say(name, self.lang, **values)

    def choose(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def article(self, table: pd.DataFrame, words: SummaryText) -> str:
        other, documents = self.choose("en", "zh"), dict(list(table.groupby("doc", sort=False)))
        blocks = (self.block(doc, rows) for doc, rows in documents.items())
        evidence = link("evidence.html", self.say("site.evidence"))
        return Template(template("summary.html")).substitute(
            tag=_TAGS[self.lang],
            title=escape(words.title),
            base=escape(words.base),
            other_file=_FILES[other],
            other_tag=_TAGS[other],
            other=self.say("site.other_language"),
            findings="".join(f"<li>{escape(text)}</li>" for text in words.findings),
            cities="".join(blocks) if len(documents) <= BLOCKS else self.table(documents),
            key=self.key(table),
            notes="".join(f'<p class="note">{escape(text)}</p>' for text in words.notes),
            links=f"{evidence} · {link('texts.html', self.say('site.full_texts'))}",
        )

    def block(self, doc: str, rows: pd.DataFrame) -> str:
        """The block of one document: instruments by stage, themes and numbers."""
        instruments = rows[rows["part"] == "instrument"].groupby("stage", sort=False)
        stages = "".join(self.stage(stage, of_stage) for stage, of_stage in instruments)
        most = self.say("site.most_themes", themes=self.themes(rows))
        results = self.numbers(doc, rows[rows["part"] == "result"], "site.results_lead")
        outputs = self.numbers(
            doc, rows[rows["part"].isin(["output", "more"])], "site.outputs_lead"
        )
        return (
            f"<section><h2>{link(self.files[doc], self.cities[doc])}"
            f" <span>{reported_words(rows, self.lang)}</span></h2>"
            f'<ul class="stages">{stages}</ul><p>{most}</p>{results}{outputs}</section>'
        )

    def stage(self, stage: str, rows: pd.DataFrame) -> str:
        """A stage with a mark for each of its instruments, and the marks in words for readers who
        cannot see them."""
        n, counts = int((rows["code"] != "").sum()), rows["state"].value_counts()
        numbers = {state: f" {counts[state]}" for state in self.states if state in counts}
        if "not_mentioned" in numbers:
            numbers["not_mentioned"] = ""
        marks_in_words = self.choose("，", ", ").join(
            self.choose(*self.states[state]) + number for state, number in numbers.items()
        )
        quiet = ' class="none"' if set(rows["state"]) == {"not_mentioned"} else ""
        return (
            f'<li>{self.stage_name(stage)} {n or ""}<b{quiet} aria-hidden="true">'
            f"{''.join(MARKS[state] for state in rows['state'])}</b>"
            f'<span class="unseen">{escape(marks_in_words)}</span></li>'
        )

    def stage_name(self, stage: str) -> str:
        return escape(self.choose(*self.stages.get(stage, (stage, stage))))

    def themes(self, rows: pd.DataFrame) -> str:
        themes = rows[rows["part"] == "theme"].to_dict("records")
        counts = self.choose("、", ", ").join(f"{row[self.lang]} {row['n']}" for row in themes)
        return escape(counts or self.say("site.no_term"))

    def numbers(self, doc: str, rows: pd.DataFrame, heading: str) -> str:
        items = "".join(self.number(row, self.files[doc]) for row in rows.to_dict("records"))
        items = items or f'<li><span class="mark none">–</span> {self.say("site.no_number")}</li>'
        return f'<ul class="told"><li class="note">{self.say(heading)}</li>{items}</ul>'

    def number(self, row: Mapping[str, Any], file: str) -> str:
        words, place = row[self.lang], f"{file}#s{row['sentence']}"
        if row["part"] == "more":
            return f'<li class="note">{escape(words)}</li>'
        return (
            f'<li><span class="mark" aria-hidden="true">{SIGNS[row["state"]]}</span>'
            f" {link(place, words)}"
            f'<span class="unseen"> {escape(self.choose(*NUMBER_KINDS[row["state"]]))}</span></li>'
        )

    def table(self, documents: Mapping[str, pd.DataFrame]) -> str:
        """One line per document, if there are too many for blocks."""
        stages = dict.fromkeys(s for rows in documents.values() for s in rows["stage"] if s)
        tall = "".join(
            f'<th scope="col" class="tall">{self.stage_name(stage)}</th>' for stage in stages
        )
        names = ("site.city", "site.most", "site.results", "site.outputs")
        city, *others = (f'<th scope="col">{self.say(name)}</th>' for name in names)
        lines = "".join(self.line(doc, rows, stages) for doc, rows in documents.items())
        return markup.scroll_box(
            f"<table><thead><tr>{city}{tall}{''.join(others)}</tr></thead>"
            f"<tbody>{lines}</tbody></table>",
            self.say("site.cities_table"),
        )

    def line(self, doc: str, rows: pd.DataFrame, stages: Iterable[str]) -> str:
        # “not mentioned” is not counted, as in the figure of the supervision chain
        marks = {state: mark for state, mark in MARKS.items() if state != "not_mentioned"}
        counts = (_counted(rows[rows["stage"] == stage], marks) for stage in stages)
        cells = "".join(f'<td class="number">{marks_of_stage}</td>' for marks_of_stage in counts)
        results = _counted(rows[rows["part"] == "result"], SIGNS)
        outputs = int(rows.loc[rows["part"].isin(["output", "more"]), "n"].sum()) or "–"
        return (
            f'<tr><th scope="row">{link(self.files[doc], self.cities[doc])}</th>{cells}'
            f"<td>{self.themes(rows)}</td><td>{results}</td>"
            f'<td class="number">{outputs}</td></tr>'
        )

    def key(self, table: pd.DataFrame) -> str:
        """What the marks on this page mean."""
        numbers = table.loc[table["part"].isin(["result", "output"]), "state"]
        entries = [
            f"<li><b>{signs[state]}</b> {self.choose(*words[state])}</li>"
            for signs, words, on_page in (
                (MARKS, self.states, set(table["state"])),
                (SIGNS, NUMBER_KINDS, set(numbers)),
            )
            for state in signs
            if state in on_page
        ]
        return f'<ul class="key">{"".join(entries)}</ul>'


def _counted(rows: pd.DataFrame, signs: Mapping[str, str]) -> str:
    """Each mark that occurs, with its count."""
    counts = rows["state"].value_counts()
    return " ".join(f"{signs[s]} {counts[s]}" for s in signs if s in counts) or "–"
