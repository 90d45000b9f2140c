"""Write the findings on the shipped texts as Markdown, for the READMEs and for docs/findings.md.

Use this module to show a finding together with its limit, the evidence against it and its
quotations. The findings and their quotations were written by hand into the tables
data/coded/findings.csv and data/coded/finding_quotes.csv.
"""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from helpers.codebook import read_table
from helpers.escaping import escape_markdown
from helpers.figures import markup
from helpers.labels import text_of
from helpers.study import finding_headlines

_ANCHOR = Markup('<a id="{}"></a>')
_PARTS = ("strength", "limit", "counter")


def headlines(lang: str) -> str:
    """Write the headlines of all findings as a Markdown list. Each headline links to the evidence
    for the finding in docs/findings.md or docs/findings.zh-CN.md."""
    page = {"en": "docs/findings.md", "zh": "docs/findings.zh-CN.md"}[lang]
    return "\n".join(
        f"- [{escape_markdown(headline)}]({page}#{finding})"
        for finding, headline in finding_headlines(lang)
    )


def findings_page(lang: str) -> str:
    """Write all findings in one language, each with the evidence for it, its limit and the evidence
    against it."""
    quotes = read_table("coded/finding_quotes")
    sections = [
        _section(row, quotes[quotes["finding"] == row["finding"]], lang)
        for _, row in read_table("coded/findings").iterrows()
    ]
    return "\n\n".join(sections)


def _section(row: pd.Series, quotes: pd.DataFrame, lang: str) -> str:
    """Write one finding: the headline, the claim, the strength and the limit of the evidence, the
    evidence against the claim, the numbers, and the quotations."""
    texts = text_of("text/pages")
    lines = [
        _ANCHOR.format(row["finding"]),
        f"## {escape_markdown(row[f'headline_{lang}'])}",
        escape_markdown(row[f"claim_{lang}"]),
    ]
    parts = [(part, row[f"{part}_{lang}"]) for part in _PARTS]
    parts += [("numbers", row["numbers"]), ("search", row["search"])]
    lines.append(
        "\n".join(
            f"- **{texts.say(f'site.finding_{part}', lang)}** {escape_markdown(told)}"
            for part, told in parts
            if told
        )
    )
    for role in ("supports", "counter", "context"):
        rows = quotes[quotes["role"] == role]
        if len(rows):
            lines.append(f"*{texts.say(f'site.finding_{role}', lang)}*")
            lines.append("\n".join(_quotation(quote, lang) for _, quote in rows.iterrows()))
    return "\n\n".join(lines)


def _quotation(quote: pd.Series, lang: str) -> str:
    """Write a quotation with a link to its place in the raw file. If the language is English, the
    translation stands before the quotation. In the reading copy, the link leads to the marked place
    in the full text instead."""
    file = f"../data/raw/{quote['doc']}.txt#{markup.place_id(quote['start'])}"
    place = f"[{quote['doc']} {quote['start']}–{quote['end']}]({file})"
    printed = escape_markdown("".join(quote["quote"].split()))
    translated = f"{escape_markdown(quote['quote_en'])} — " if lang == "en" else ""
    return f"- {translated}“{printed}” ({place})"
