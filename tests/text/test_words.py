"""The words of mastheads and places: every row's example is read by that row, as its role says."""

from dataclasses import replace

import pytest

from helpers import clean, read_codebook
from helpers.text import as_city, report_level
from helpers.text.masthead import read_masthead

BODY = (
    "　　今年以来,各有关方面坚持问题导向,扎实开展专题调研,走访养老机构12家。\n　　下一步,"
    "将持续跟踪问效,推动各项任务落到实处、见到成效,让老年人满意。\n"
)
CODEBOOK = read_codebook()
# their examples stand behind the body, those of the other roles before it
CLOSING = set(
    "contributed contributed_unbracketed contributor_label pictured picture_credit signing_office"
    " signing_office_unbracketed sent_to staff copies_printed".split()
)


def text_of(row):
    """The example as a document: ` / ` separates its lines."""
    lines = row.example.replace(" / ", "\n") + "\n"
    return f"走深走实\n{BODY}{lines}" if row.role in CLOSING else lines + BODY


def reading(row, codebook):
    """What is read in a row's example: marks, masthead, level and the text read as a city's."""
    cleaned = clean(text_of(row), codebook=codebook)
    facts = read_masthead(cleaned.metadata, cleaned.text, codebook)
    level = report_level(facts["title"] or "", cleaned.text, codebook)
    as_read = as_city(cleaned.text, level, codebook) if level else cleaned.text
    return {mark.text: mark.rule for mark in cleaned.metadata}, facts, level, as_read


def rows_of(table):
    rows = list(getattr(CODEBOOK, table).itertuples())
    return [pytest.param(table, row, id=f"{row.role}:{row.words[:12]}") for row in rows]


ROWS = rows_of("masthead_words") + rows_of("place_words")


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_without_its_row_an_example_is_read_otherwise(table, row):
    others = getattr(CODEBOOK, table).drop(index=row.Index)
    assert reading(row, CODEBOOK) != reading(row, replace(CODEBOOK, **{table: others}))
