"""The words of mastheads and places: every row's example is read by that row, as its role says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import helpers.text
from helpers import clean, read_codebook, read_table
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
    level = report_level(facts["city_zh"], f"{facts['title']}\n{cleaned.text}", codebook)
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


LABELS = (
    dict.fromkeys(CLOSING, "attribution")
    | dict.fromkeys("sent_to staff copies_printed".split(), "distribution")
    | dict.fromkeys("special_edition series".split(), "campaign")
    | dict.fromkeys("imprint after_date".split(), "date")
    | dict.fromkeys("part_of_body office".split(), "masthead issue")
    | dict.fromkeys("about act".split(), "title")
    | {"special_issue": "issue", "meeting": "date", "speaker_title": "speaker"}
)


@pytest.mark.parametrize(("table", "row"), rows_of("masthead_words"))
def test_a_line_with_a_word_is_labelled_as_the_role_of_the_word_says(table, row):
    labels, *_ = reading(row, CODEBOOK)
    expected = LABELS.get(row.role, "masthead").split()
    found = {label for line, label in labels.items() if re.search(row.words, line)}
    assert found and found <= set(expected)


NO_PLACE = set(
    "not_in_name not_one_body kind_of_place kind_of_place_end visits elsewhere_before"
    " congress_in_short committee".split()
)


@pytest.mark.parametrize(("table", "row"), rows_of("place_words"))
def test_a_place_is_read_as_the_role_of_the_word_says(table, row):
    assert re.search(row.words.replace("$", ""), row.example)
    _, facts, level, text = reading(row, CODEBOOK)
    city = facts["city_zh"]
    if row.role in NO_PLACE and row.words != "委":
        assert city is None
    else:
        assert city[:2] in row.example
    if row.role in ("own", "own_body"):  # the county's bodies are read as a city's
        assert "县" not in text
    if row.role.startswith(("not_before", "not_after")):  # and others stay what they are
        kept = re.search(f"(?:{row.words})[区县]|市(?:{row.words})", row.example)
        assert kept.group() in text


@pytest.mark.parametrize("table", ["masthead_words", "place_words"])
def test_every_role_has_words_and_is_asked_for(table):
    roles = read_table("reference/roles").query("table == @table")["role"]
    assert set(getattr(CODEBOOK, table)["role"]) == set(roles)
    folder = Path(helpers.text.__file__).parent
    source = "".join(path.read_text(encoding="utf8") for path in folder.glob("*.py"))
    assert [r for r in roles if f"{{{r}}}" not in source and f'"{r}"' not in source] == []


def test_the_codebook_passed_in_is_what_is_used():
    words = CODEBOOK.masthead_words.assign(
        words=CODEBOOK.masthead_words["words"].str.replace("简报", "监督快览")
    )
    cities = CODEBOOK.cities.assign(aliases="").iloc[:1].replace({"郑州": "鹤岗", "Zhengzhou": "H"})
    codebook = replace(CODEBOOK, masthead_words=words, cities=cities)
    raw = "鹤岗好监督快览\n第3期\n让银龄更幸福在鹤岗\n" + BODY
    assert clean(raw, codebook=codebook).metadata[0].rule == "masthead"
    assert clean(raw).metadata[0].rule == "title"
    cleaned = clean(raw, codebook=codebook)
    assert read_masthead(cleaned.metadata, cleaned.text, codebook)["city_en"] == "H"
    assert read_masthead(cleaned.metadata, cleaned.text)["city_en"] == "Hegang"
