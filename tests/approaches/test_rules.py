"""The rules of supervision instruments tell who acted and whether it happened."""

import time
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instrument_cases import CASES, ONLY_INSTRUCTIONS, VIDEO_MEETING

from helpers import read_codebook
from helpers.approaches.rules import ACTORS, rules_of
from helpers.codebook import checks, shared_codebook
from helpers.codebook.checks import CodebookError
from helpers.text.cleaning import clean


def shipped_rules():
    return shared_codebook().once(rules_of)


def proved(text):
    return {e.code for e in shipped_rules().find(clean(text).text) if e.present}


@pytest.mark.parametrize(("text", "codes"), CASES)
def test_a_sentence_proves_these_instruments_and_no_others(text, codes):
    sure = {code for code in codes.split() if "(" not in code and ")" not in code}
    open_ = {code.strip("()") for code in codes.split()} - sure
    found = proved(text)
    assert sure <= found, f"missed {sure - found}"
    assert found <= sure | open_, f"too much: {found - sure - open_}"


def test_a_city_that_only_attended_the_provinces_video_meeting_did_nothing_yet():
    assert proved(VIDEO_MEETING) == set()


@pytest.mark.parametrize(
    "text", ONLY_INSTRUCTIONS, ids=["phases", "plan of work", "speech", "province"]
)
def test_instructions_plans_and_the_provinces_visit_prove_nothing(text):
    assert proved(text.replace("\n", "\n\n")) == set()


def test_another_city_is_elsewhere_and_the_reports_own_is_not():
    text = "杭州市人大常委会聘请社会监督员全程参与检查。"
    coded = {
        city: {e.code for e in shipped_rules().find(text, city=city) if e.present}
        for city in ("平川", "杭州", "")
    }
    assert coded == {"平川": set(), "杭州": {"citizen_supervisor"}, "": {"citizen_supervisor"}}


def rule_table(**cells):
    row = {
        "code": "survey",
        "rule": "r",
        "terms": "问卷*调查",
        "requires": "",
        "sentence": "",
        "excludes": "",
        "actor": "",
    }
    return pd.DataFrame([row | cells])


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"terms": ""}, "row 2: terms is empty"),
        ({"terms": "问卷||调查"}, "row 2: terms holds an empty term"),
        ({"terms": "问卷**调查"}, r"row 2: terms '问卷\*\*调查' has a wildcard"),
        ({"terms": "…调查"}, "row 2: terms '…调查' has a wildcard"),
        ({"terms": "座谈?"}, r"row 2: terms '座谈\?' has a wildcard"),
        ({"requires": "*"}, r"row 2: requires '\*' matches everything"),
        (
            {"actor": "goverment"},
            "row 2: actor 'goverment' is not known. Did you mean 'government'",
        ),
        (
            {"how_far": "in_forse"},
            "row 2: how_far 'in_forse' is not in the values .*. Did you mean 'in_force'",
        ),
        ({"rule": ""}, "row 2: rule is empty"),
    ],
)
def test_a_slip_in_the_rules_is_named_with_file_row_value_and_remedy(tmp_path, cells, message):
    rule_table(**cells).to_csv(tmp_path / "approach_rules.csv", index=False)
    with pytest.raises(CodebookError, match="approach_rules.csv " + message):
        read_codebook(tmp_path)


def test_an_unknown_column_is_named(tmp_path):
    rule_table(exclude="x").to_csv(tmp_path / "approach_rules.csv", index=False)
    with pytest.raises(
        CodebookError, match="row 1: column 'exclude' is not known. Did you mean 'excludes'"
    ):
        read_codebook(tmp_path)


def test_the_actors_that_a_rule_may_name_are_those_that_the_rules_know():
    assert set(ACTORS) == set(checks.RULE_ACTORS)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("goverment", "市政府")],
            "row 2: actor 'goverment' is not in .* Did you mean 'government'",
        ),
        ([("government", "市政府||民政局")], "row 2: terms holds an empty term. Remove"),
        ([("government", "")], "row 2: terms is empty"),
        (
            [("government", "市政府"), ("party", "市委|市政府")],
            "row 3: terms '市政府' already stands in row 2",
        ),
        ([("party", "市委"), ("party", "县委")], "row 3: actor 'party' already stands in row 2"),
    ],
)
def test_a_slip_among_the_actors_is_named_when_the_codebook_is_read(tmp_path, rows, message):
    pd.DataFrame(rows, columns=["actor", "terms"]).to_csv(tmp_path / "actors.csv", index=False)
    with pytest.raises(CodebookError, match="actors.csv " + message):
        read_codebook(tmp_path)


def test_two_rules_of_one_name_are_refused(tmp_path):
    rules = pd.concat([rule_table(), rule_table()])
    rules.to_csv(tmp_path / "approach_rules.csv", index=False)
    with pytest.raises(CodebookError, match="row 3: rule 'r' already stands in row 2"):
        read_codebook(tmp_path)


def test_an_unknown_code_is_refused_when_the_codebook_is_read(tmp_path):
    rule_table(code="surveys").to_csv(tmp_path / "approach_rules.csv", index=False)
    with pytest.raises(
        CodebookError,
        match="row 2: code 'surveys' is not in .*approaches.csv. Did you mean 'survey'",
    ):
        read_codebook(tmp_path)


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("听取…汇报", "听取市民政局等27家单位养老工作情况的汇报。", True),
        ("听取…汇报", "听取意见,作了汇报。", False),
        ("问卷*调查", "问卷抽样调查。", True),
        ("问卷*调查", "问卷以后又作了调查。", False),
    ],
)
def test_wildcards_reach_within_a_clause(term, text, found):
    codebook = replace(shared_codebook(), approach_rules=rule_table(terms=term, actor="any"))
    assert bool(codebook.once(rules_of).find(text)) is found


@given(
    st.text(
        alphabet="市人大常委会省政府要将听取座谈问卷调研“”,。;:\n《》(、将要求强调1年月日",
        max_size=80,
    )
)
def test_no_text_breaks_the_reader_and_every_clause_is_inside_it(text):
    for evidence in shipped_rules().find(text):
        assert 0 <= evidence.start < evidence.end <= len(text)
        assert evidence.state in ("done", "planned", "called_for") and evidence.actor != "province"


@pytest.mark.parametrize(
    "piece",
    [
        "“",
        "《省",
        "省人大",
        "通过走访、",
        "召开座谈会3场,发放问卷,",
        "听取市人大走访调研",
        "要求会议强调将",
    ],
)
def test_text_that_is_no_prose_takes_no_longer_than_its_length(piece):
    start = time.process_time()
    shipped_rules().find(piece * (60_000 // len(piece)))
    # it takes a quarter of a second; quadratic time would be minutes
    assert time.process_time() - start < 5
