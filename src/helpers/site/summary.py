"""The summary of a study → its page in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

import pandas as pd

from helpers.figures import MARKS, markup
from helpers.labels import NUMBER_KINDS, STAGES, STATES
from helpers.study import Frame, reported_words

from .pages import Page, beside, link

escape = markup.escape

SIGNS = {"as_printed": "■", "restored": "□", "coder": "◧", "range": "–", "ambiguous": "┆"}
"""The mark of a number, as `NUMBER_MARKS` draws it."""
BLOCKS = 8  # documents with a block each; of more, each has a line of a table
_FILES = {"zh": "summary.html", "en": "summary-en.html"}
_TITLES = {"zh": "一页摘要 Summary in Chinese", "en": "Summary on one page 一页摘要（英文）"}
_TAGS = {"zh": "zh-CN", "en": "en"}


def summary_pages(
    table: pd.DataFrame, frames: Mapping[str, Frame], files: Mapping[str, str]
) -> list[Page]:
    """Write the summary as a page in Chinese and one in English, from `summary_table` and
    `summary_frames`; names and numbers lead to the file of each document's full text."""
    cities = markup.city_of(table)
    return [
        Page(_FILES[lang], _TITLES[lang], _Writer(lang, files, cities).article(table, frames[lang]))
        for lang in ("zh", "en")
    ]


@dataclass(frozen=True)
class _Writer:
    """Writes the summary in one language."""

    lang: str
    files: Mapping[str, str]
    cities: Mapping[str, str]

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def article(self, table: pd.DataFrame, frame: Frame) -> str:
        other, documents = self.say("en", "zh"), dict(list(table.groupby("doc", sort=False)))
        blocks = (self.block(doc, rows) for doc, rows in documents.items())
        evidence = self.say("逐格证据", "Evidence behind every cell")
        texts = self.say("全文", "Full texts")
        return Template(beside("summary.html")).substitute(
            tag=_TAGS[self.lang],
            title=escape(frame.title),
            base=escape(frame.base),
            other_file=_FILES[other],
            other_tag=_TAGS[other],
            other=self.say("In English", "中文"),
            findings="".join(f"<li>{escape(text)}</li>" for text in frame.findings),
            cities="".join(blocks) if len(documents) <= BLOCKS else self.table(documents),
            key=self.key(table),
            notes="".join(f'<p class="note">{escape(text)}</p>' for text in frame.notes),
            links=f"{link('evidence.html', evidence)} · {link('texts.html', texts)}",
        )

    def block(self, doc: str, rows: pd.DataFrame) -> str:
        """What one document tells of: instruments by stage, themes, numbers."""
        instruments = rows[rows["part"] == "instrument"].groupby("stage", sort=False)
        stages = "".join(self.stage(stage, own) for stage, own in instruments)
        most = self.say("讲得最多（次数）：", "Speaks most of (hits): ")
        results = self.numbers(doc, rows[rows["part"] == "result"], "成效：", "Results:")
        outputs = rows[rows["part"].isin(["output", "more"])]
        return (
            f"<section><h2>{link(self.files[doc], self.cities[doc])}"
            f" <span>{reported_words(rows, self.lang)}</span></h2>"
            f'<ul class="stages">{stages}</ul><p>{most}{self.themes(rows)}</p>{results}'
            f"{self.numbers(doc, outputs, '产出：', 'Outputs:')}</section>"
        )

    def stage(self, stage: str, rows: pd.DataFrame) -> str:
        """A stage with a mark for each of its instruments, and the marks in words for who cannot
        see them."""
        n, counts = int((rows["code"] != "").sum()), rows["state"].value_counts()
        said = self.say("，", ", ").join(
            self.say(*STATES[state]) + ("" if state == "not_mentioned" else f" {counts[state]}")
            for state in STATES
            if state in counts
        )
        quiet = ' class="none"' if set(rows["state"]) == {"not_mentioned"} else ""
        return (
            f'<li>{self.stage_name(stage)} {n or ""}<b{quiet} aria-hidden="true">'
            f"{''.join(MARKS[state] for state in rows['state'])}</b>"
            f'<span class="unseen">{escape(said)}</span></li>'
        )

    def stage_name(self, stage: str) -> str:
        return escape(self.say(*STAGES.get(stage, (stage, stage))))

    def themes(self, rows: pd.DataFrame) -> str:
        themes = rows[rows["part"] == "theme"].to_dict("records")
        found = self.say("、", ", ").join(f"{row[self.lang]} {row['n']}" for row in themes)
        return escape(found or self.say("没有词表中的词", "no term of the codebook"))

    def numbers(self, doc: str, rows: pd.DataFrame, *heading: str) -> str:
        items = "".join(self.number(row, self.files[doc]) for row in rows.to_dict("records"))
        none = self.say("没有提到数字", "no number given")
        items = items or f'<li><span class="mark none">–</span> {none}</li>'
        return f'<ul class="told"><li class="note">{self.say(*heading)}</li>{items}</ul>'

    def number(self, row: Mapping[str, Any], file: str) -> str:
        words, place = row[self.lang], f"{file}#s{row['sentence']}"
        if row["part"] == "more":
            return f'<li class="note">{escape(words)}</li>'
        return (
            f'<li><span class="mark" aria-hidden="true">{SIGNS[row["state"]]}</span>'
            f" {link(place, words)}"
            f'<span class="unseen"> {escape(self.say(*NUMBER_KINDS[row["state"]]))}</span></li>'
        )

    def table(self, documents: Mapping[str, pd.DataFrame]) -> str:
        """A line a document, where there are too many for a block each."""
        stages = dict.fromkeys(s for rows in documents.values() for s in rows["stage"] if s)
        tall = "".join(
            f'<th scope="col" class="tall">{self.stage_name(stage)}</th>' for stage in stages
        )
        city, *others = (
            f'<th scope="col">{self.say(*words)}</th>'
            for words in (
                ("城市", "City"),
                ("讲得最多（次数）", "Speaks most of (hits)"),
                ("成效", "Results"),
                ("产出", "Outputs"),
            )
        )
        lines = "".join(self.line(doc, rows, stages) for doc, rows in documents.items())
        return markup.scroll_box(
            f"<table><thead><tr>{city}{tall}{''.join(others)}</tr></thead>"
            f"<tbody>{lines}</tbody></table>",
            self.say("各市的监督方式、主题与数字", "Instruments, themes and numbers of each city"),
        )

    def line(self, doc: str, rows: pd.DataFrame, stages: Iterable[str]) -> str:
        # the same counts as in the supervision chain
        marks = {state: mark for state, mark in MARKS.items() if state != "not_mentioned"}
        told = (_counted(rows[rows["stage"] == stage], marks) for stage in stages)
        cells = "".join(f'<td class="number">{counts}</td>' for counts in told)
        results = _counted(rows[rows["part"] == "result"], SIGNS)
        outputs = int(rows.loc[rows["part"].isin(["output", "more"]), "n"].sum()) or "–"
        return (
            f'<tr><th scope="row">{link(self.files[doc], self.cities[doc])}</th>{cells}'
            f"<td>{self.themes(rows)}</td><td>{results}</td>"
            f'<td class="number">{outputs}</td></tr>'
        )

    def key(self, table: pd.DataFrame) -> str:
        """What the marks on this page mean, those that are there."""
        numbers = table.loc[table["part"].isin(["result", "output"]), "state"]
        entries = [
            f"<li><b>{signs[state]}</b> {self.say(*words[state])}</li>"
            for signs, words, there in (
                (MARKS, STATES, set(table["state"])),
                (SIGNS, NUMBER_KINDS, set(numbers)),
            )
            for state in signs
            if state in there
        ]
        return f'<ul class="key">{"".join(entries)}</ul>'


def _counted(rows: pd.DataFrame, signs: Mapping[str, str]) -> str:
    """Each mark with how often it stands there."""
    counts = rows["state"].value_counts()
    return " ".join(f"{signs[s]} {counts[s]}" for s in signs if s in counts) or "–"
