"""Every row of act_words.csv and topic.csv has an example that is read by it."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from helpers.approaches.act_patterns import ActPatterns, opening_words
from helpers.approaches.rules import rules_of
from helpers.codebook import shared_codebook
from helpers.text import clean

RULE = {
    "terms": "座谈会",
    "actor": "any",
    "requires": "",
    "sentence": "",
    "excludes": "",
    "grade": "",
}
# one rule for which an order counts as done, and one for which it does not
RULES = pd.DataFrame(
    [
        RULE | {"code": tense, "rule": tense, "tense": tense}
        for tense in ("done planned", "done planned ordered")
    ]
)
CODEBOOK = replace(shared_codebook(), approach_rules=RULES)
TABLES = ("act_words", "topic")
ROWS = [(table, number) for table in TABLES for number in getattr(CODEBOOK, table).index]
# these are asked for by whole reports or by the rules themselves; their tests stand below
READ_ELSEWHERE = {"congress", "topic_in_rules", "other_in_rules", "announces"}
# what a clause with such a word says of the discussion meeting in it
STATES = {
    **dict.fromkeys("speech says called condition".split(), "called_for"),
    **dict.fromkeys("future plan_paper lays_down will will_go_on decided".split(), "planned"),
    **dict.fromkeys("will_verb will_report will_appoint next_heading".split(), "planned"),
    **dict.fromkeys("programme scheduled intends".split(), "planned"),
    **dict.fromkeys("past past_number settled forecast".split(), "done"),
    **dict.fromkeys("purpose_mark purpose_verb negation not_yet falls_short".split(), None),
    **dict.fromkeys("not_done dropped is_a definition other_campaign".split(), None),
    **dict.fromkeys("article banner campaign higher_lawmaker province_meeting".split(), None),
    **dict.fromkeys("other_matter other_topic other_subject campaign_title".split(), None),
}
ACTORS = {"body": "other", "topic_body": "other", "place_acts": "county_congress"}


def text_of(example):
    return clean(example.replace("¶", "\n\n")).text


def reading(example, codebook=CODEBOOK):
    """What the rules make of the discussion meeting in an example; ¶ parts paragraphs."""
    evidence = codebook.once(rules_of).find(text_of(example), city="平川")
    return [(e.code, e.actor, e.state, e.strength, e.counts) for e in evidence]


def without(table, number):
    rows = getattr(CODEBOOK, table).drop(index=number).reset_index(drop=True)
    return replace(CODEBOOK, **{table: rows})


@pytest.mark.parametrize(("table", "number"), ROWS)
def test_the_example_of_a_row_holds_one_of_its_words_and_is_read_by_it(table, number):
    row = getattr(CODEBOOK, table).loc[number]
    assert re.search(row.words, text_of(row.example), re.MULTILINE)
    if row.role in READ_ELSEWHERE:
        return
    evidence = reading(row.example)
    assert evidence != reading(row.example, without(table, number))
    if row.role in STATES:
        assert {e[2] for e in evidence} == ({STATES[row.role]} - {None})
    if row.role in ACTORS:
        assert {e[1] for e in evidence} == {ACTORS[row.role]}


def test_every_role_of_the_code_has_words():
    codebook = shared_codebook()
    templates = [
        name
        for name, value in vars(codebook.once(ActPatterns)).items()
        if isinstance(value, re.Pattern) and re.search(r"\{[a-z_]+\}|\(\?!\)", value.pattern)
    ]
    assert templates == []


@pytest.mark.parametrize(
    ("role", "column"), [("topic_in_rules", "sentence"), ("other_in_rules", "excludes")]
)
def test_a_report_on_another_topic_is_not_asked_for_words_of_this_one(role, column):
    codebook = shared_codebook()
    words = codebook.role_words("topic").set(role)
    named = {term for cell in codebook.approach_rules[column] for term in cell.split("|")}
    assert words <= named, "a word that no rule names tells nothing"
    pairs = codebook.once(rules_of).pairs
    variants = [getattr(variant, column) for rule, variant in pairs if variant != rule]
    kept = {term for pattern in variants if pattern for term in pattern.pattern.split("|")}
    assert not words & kept


def test_a_cue_opens_with_a_plain_word():
    assert opening_words(
        "(?<![场刚])指出(?!后|的)|分(?:为|成)?[一二]+个?阶段|拟(?:(?![定订])|(?=定于))"
    ) == {
        "指出",
        "分",
        "拟",
    }


def test_words_of_ones_own_may_be_patterns_with_brackets():
    own = pd.DataFrame([{"role": "other_topic", "words": "(?:猫|狗)展", "note": "", "example": ""}])
    topic = pd.concat([CODEBOOK.topic, own], ignore_index=True)
    assert reading("为猫展召开座谈会。") and not reading(
        "为猫展召开座谈会。", replace(CODEBOOK, topic=topic)
    )
