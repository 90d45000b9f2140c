"""Rows of the one-page summary → a page of the reading copy in each language, to be read in a
minute or printed on one sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence_table import MARKS
from helpers.labels import NUMBER_KINDS, STAGES, STATES, city_names, document_labels
from helpers.markup import escape, scroll_box
from helpers.pages import Page
from helpers.summary import Frame, reported_words

SIGNS = {"as_printed": "■", "restored": "□", "coder": "◧", "range": "–", "ambiguous": "┆"}
"""The mark of a number, as `NUMBER_MARKS` draws it."""
BLOCKS = 8  # documents with a block each; of more, each has a line of a table
_FILES = {"zh": "summary.html", "en": "summary-en.html"}
_TITLES = {"zh": "一页摘要 Summary in Chinese", "en": "Summary on one page 一页摘要（英文）"}
_OTHER = {"zh": "In English", "en": "中文"}


def summary_pages(
    table: pd.DataFrame, frames: Mapping[str, Frame], files: Mapping[str, str]
) -> list[Page]:
    """Write the summary as a page in Chinese and one in English.

    Parameters
    ----------
    table, frames
        From `summary_table` and `summary_frames`.
    files
        Document → file of its full text, to which names and numbers lead.
    """
    return [
        Page(_FILES[lang], _TITLES[lang], _body(table, frames[lang], files, lang))
        for lang in ("zh", "en")
    ]


def _body(table: pd.DataFrame, frame: Frame, files: Mapping[str, str], lang: str) -> str:
    other = "en" if lang == "zh" else "zh"
    findings = "".join(f"<li>{escape(text)}</li>" for text in frame.findings)
    names = {doc: city_names(label) for doc, label in document_labels(table).items()}
    groups = [(doc, rows) for doc, rows in table.groupby("doc", sort=False)]
    cities = (
        "".join(_block(doc, rows, names[doc], files, lang) for doc, rows in groups)
        if len(groups) <= BLOCKS
        else _table(groups, names, files, lang)
    )
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in frame.notes)
    links = _say(
        lang,
        '<a href="evidence.html">逐格证据</a> · <a href="texts.html">全文</a>',
        '<a href="evidence.html">Evidence behind every cell</a> · <a href="texts.html">Full'
        " texts</a>",
    )
    return (
        '<article class="summary"'
        f' lang="{_say(lang, "zh-CN", "en")}"><h1>{escape(frame.title)}</h1><p'
        f' class="note">{escape(frame.base)}<span class="elsewhere"> · <a href="{_FILES[other]}"'
        f' lang="{_say(other, "zh-CN", "en")}">{_OTHER[lang]}</a></span></p><ul'
        f' class="findings">{findings}</ul>{cities}{_key(table, lang)}{notes}<p class="note'
        f' elsewhere">{links}</p></article>'
    )


def _say(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def _block(doc: str, rows: pd.DataFrame, name: str, files: Mapping[str, str], lang: str) -> str:
    told = reported_words(rows, lang)
    stages = "".join(
        _stage(stage, own, lang)
        for stage, own in rows[rows["part"] == "instrument"].groupby("stage", sort=False)
    )
    parts = [
        f"<p>{_say(lang, '讲得最多（次数）：', 'Speaks most of (hits): ')}{escape(_themes(rows, lang))}</p>"
    ]
    for part, zh, en in (("result", "成效：", "Results:"), ("output", "产出：", "Outputs:")):
        own = rows[rows["part"].isin([part, "more"] if part == "output" else [part])]
        items = (
            "".join(_number(row, files[doc], lang) for row in own.to_dict("records"))
            or f'<li><span class="mark none">–</span> {_say(lang, "没有提到数字", "no number given")}</li>'
        )
        parts.append(f'<ul class="told"><li class="note">{_say(lang, zh, en)}</li>{items}</ul>')
    return (
        f'<section><h2><a href="{escape(files[doc])}">{escape(name)}</a>'
        f' <span>{told}</span></h2><ul class="stages">{stages}</ul>{"".join(parts)}</section>'
    )


def _stage(stage: str, rows: pd.DataFrame, lang: str) -> str:
    n = int((rows["code"] != "").sum())
    dots = "".join(MARKS[state] for state in rows["state"])
    spoken = {
        state: int((rows["state"] == state).sum())
        for state in STATES
        if (rows["state"] == state).any()
    }
    words = _say(lang, "，", ", ").join(
        f"{STATES[state][lang == 'en']}{'' if state == 'not_mentioned' else f' {count}'}"
        for state, count in spoken.items()
    )
    quiet = "" if set(spoken) != {"not_mentioned"} else ' class="none"'
    return (
        f"<li>{escape(STAGES.get(stage, (stage, stage))[lang == 'en'])} {n or ''}<b{quiet}"
        f' aria-hidden="true">{dots}</b><span class="unseen">{escape(words)}</span></li>'
    )


def _themes(rows: pd.DataFrame, lang: str) -> str:
    found = [f"{row[lang]} {row['n']}" for row in rows[rows["part"] == "theme"].to_dict("records")]
    return _say(lang, "、", ", ").join(found) or _say(
        lang, "没有词表中的词", "no term of the codebook"
    )


def _number(row: Mapping[str, Any], file: str, lang: str) -> str:
    if row["part"] == "more":
        return f'<li class="note">{escape(row[lang])}</li>'
    how = NUMBER_KINDS[row["state"]][lang == "en"]
    return (
        f'<li><span class="mark" aria-hidden="true">{SIGNS[row["state"]]}</span> <a'
        f' href="{escape(file)}#s{row["sentence"]}">{escape(row[lang])}</a><span class="unseen">'
        f" {escape(how)}</span></li>"
    )


def _table(
    groups: list[tuple[str, pd.DataFrame]],
    names: Mapping[str, str],
    files: Mapping[str, str],
    lang: str,
) -> str:
    """Write a line a document where there are too many for a block each."""
    stages = list(dict.fromkeys(stage for _, rows in groups for stage in rows["stage"] if stage))
    tall = "".join(
        f'<th scope="col" class="tall">{escape(STAGES.get(s, (s, s))[lang == "en"])}</th>'
        for s in stages
    )
    others = [
        _say(lang, *words)
        for words in (
            ("讲得最多（次数）", "Speaks most of (hits)"),
            ("成效", "Results"),
            ("产出", "Outputs"),
        )
    ]
    head = f'<th scope="col">{_say(lang, "城市", "City")}</th>{tall}' + "".join(
        f'<th scope="col">{word}</th>' for word in others
    )
    lines = []
    for doc, rows in groups:
        # the same counts as in the supervision chain
        owns = [rows[rows["stage"] == stage]["state"].value_counts() for stage in stages]
        cells = [
            f'<td class="number">{" ".join(f"{MARKS[s]} {own[s]}" for s in MARKS if s in own and s != "not_mentioned") or "–"}</td>'
            for own in owns
        ]
        results = rows[rows["part"] == "result"]["state"].value_counts()
        told = (
            " ".join(f"{SIGNS[kind]} {results[kind]}" for kind in NUMBER_KINDS if kind in results)
            or "–"
        )
        outputs = int(rows[rows["part"].isin(["output", "more"])]["n"].sum())
        link = f'<th scope="row"><a href="{escape(files[doc])}">{escape(names[doc])}</a></th>'
        lines.append(
            f"<tr>{link}{''.join(cells)}<td>{escape(_themes(rows, lang))}</td><td>{escape(told)}</td><td"
            f' class="number">{outputs or "–"}</td></tr>'
        )
    return scroll_box(
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>",
        _say(lang, "各市的监督方式、主题与数字", "Instruments, themes and numbers of each city"),
    )


def _key(table: pd.DataFrame, lang: str) -> str:
    """Say what the marks on this page mean, those that are there."""
    states, kinds = (
        set(table["state"]),
        set(table[table["part"].isin(["result", "output"])]["state"]),
    )
    dots = "".join(
        f"<li><b>{MARKS[s]}</b> {STATES[s][lang == 'en']}</li>" for s in MARKS if s in states
    )
    signs = "".join(
        f"<li><b>{SIGNS[k]}</b> {NUMBER_KINDS[k][lang == 'en']}</li>" for k in SIGNS if k in kinds
    )
    return f'<ul class="key">{dots}{signs}</ul>'
