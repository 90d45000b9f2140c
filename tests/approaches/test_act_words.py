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
}
# one code for which an arrangement counts as done, and one for which it does not
RULES = pd.DataFrame([RULE | {"code": code, "rule": code} for code in ("plain", "arranged")])
CODES = pd.DataFrame(
    {"code": ["plain", "arranged"], "done_by": ["done unmarked", "done unmarked arrangement"]}
).assign(present_by="scheduled")
CODEBOOK = replace(shared_codebook(), approach_rules=RULES, approaches=CODES)
TABLES = ("act_words", "topic")
ROWS = [(table, number) for table in TABLES for number in getattr(CODEBOOK, table).index]
IN_RULES = {"goes", "looks", "enters", "premises"}  # words that terms of rules name by their role
# these are asked for by whole reports, by the rules themselves or where themes are counted; their
# tests stand below, in tests/codebook/test_topic.py and in test_doers.py
READ_ELSEWHERE = {"congress", "topic_in_rules", "other_in_rules", "announces", "came_of", "team"}
READ_ELSEWHERE |= {"topic_in_counts", "topic_not_in_counts"}
READ_ELSEWHERE |= {"not_one_body", "body_above_town", "zone"}
READ_ELSEWHERE |= {"any_congress", "congress_team", "congress_subject"}
READ_ELSEWHERE |= IN_RULES
READ_ELSEWHERE |= {"town_congress", "town_party", "town_government"}
# what a clause with such a word says of the discussion meeting in it
STATES = {
    **dict.fromkeys("speech says called condition".split(), "called_for"),
    # a plan without a time or a decision is only called for
    **dict.fromkeys("future will will_go_on will_verb will_report".split(), "called_for"),
    **dict.fromkeys("will_appoint next_heading programme intends".split(), "called_for"),
    **dict.fromkeys(
        "plan_paper lays_down decided decided_on scheduled next_year".split(), "planned"
    ),
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
    return [(e.code, e.actor, e.state, e.telling, e.date, e.present) for e in evidence]


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
        states = {e[2] for e in evidence if e[0] == "plain"}
        assert states == ({STATES[row.role]} - {None})
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


def test_research_and_inspection_in_the_name_of_a_team_are_no_list():
    find = shared_codebook().once(rules_of).find
    for text, mention in (
        ("市人大组成专题调研、执法检查组走访养老机构。", "own_clause"),
        ("市人大通过专题调研和执法检查,了解养老机构情况。", "listed"),
    ):
        mentions = {one.code: one.telling.mention for one in find(text)}
        assert mentions["special_investigation"] == mentions["law_inspection"] == mention


def test_words_of_ones_own_may_be_patterns_with_brackets():
    own = pd.DataFrame([{"role": "other_topic", "words": "(?:猫|狗)展", "note": "", "example": ""}])
    topic = pd.concat([CODEBOOK.topic, own], ignore_index=True)
    assert reading("为猫展召开座谈会。") and not reading(
        "为猫展召开座谈会。", replace(CODEBOOK, topic=topic)
    )


@pytest.mark.parametrize("role", sorted(IN_RULES))
def test_words_that_rules_name_by_their_role_are_read_by_a_rule(role):
    codebook = shared_codebook()
    rows = codebook.act_words.query("role == @role")
    for number, row in rows.iterrows():
        less = replace(codebook, act_words=codebook.act_words.drop(index=number))
        found = [
            {one.code for one in of.once(rules_of).find(clean(row.example).text, city="平川")}
            for of in (codebook, less)
        ]
        assert "site_visit" in found[0] - found[1]


def test_every_role_that_a_rule_names_has_words():
    codebook = shared_codebook()
    named = set(re.findall(r"{([a-z_]+)}", "|".join(codebook.approach_rules["terms"])))
    assert named == IN_RULES
