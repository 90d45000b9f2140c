"""A coding sheet is checked row by row; state and presence follow from what a coder wrote."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus
from helpers.codebook import CodebookError
from helpers.study.coders import Agreement
from helpers.study.sheets import (
    coding_sheet,
    read_coding_sheet,
    read_sheet,
    sheet_agreement,
    sheet_cells,
    sheet_matrix,
)
from helpers.writing import table_bytes

A = (
    "平川: 养老服务监督\n\n一、深入调研\n\n市人大常委会召开座谈会3场,听取养老机构负责人意见。"
    "按照上级统一要求积极应对老龄化挑战。\n\n"
    "二、跟踪问效\n\n9月10日,市人大常委会将26个问题集中交办市政府。"
    "6月2日,市人大常委会对整改情况进行了满意度测评。\n"
)
B = "东川: 养老服务监督\n\n一、走访\n\n县人大常委会走访敬老院9家,发放问卷200份。"


@pytest.fixture()
def corpus(tmp_path):
    (tmp_path / "a.txt").write_text(A, encoding="utf8")
    (tmp_path / "b.txt").write_text(B, encoding="utf8")
    return read_corpus(tmp_path)


def filled(corpus, **columns):
    """The sheet of the corpus with `none` in every row, and other columns as given."""
    return coding_sheet(corpus).assign(**{"code": "none", **columns})


FIRST = ["symposium；deputies", "none", "handover", "satisfaction", "site_visit、 survey"]


def test_a_blank_sheet_has_a_row_for_each_sentence_and_asks_how_concretely(corpus):
    sheet = coding_sheet(corpus)
    assert list(sheet.columns[5:]) == (
        "code actor modality when how_many named mention relation relation_to remark".split()
    )
    assert len(sheet) == 5 and (sheet.iloc[:, 5:] == "").all(axis=None)


def test_empty_cells_stand_for_the_usual_values(corpus):
    coded = read_sheet(filled(corpus, code=FIRST), corpus)
    assert len(coded) == 6
    row = coded.drop(columns=["sha256", "quote"]).iloc[0].to_dict()
    assert row == {
        **{"doc": "a", "sentence": 2, "code": "symposium", "actor": "city_congress"},
        **{"modality": "done", "when": 0, "how_many": 0, "named": 0, "mention": "own_clause"},
        **{"relation": "", "relation_to": "", "state": "done", "present": 1},
    }


@pytest.mark.parametrize(
    ("modality", "mention", "state", "present"),
    [
        ("done", "own_clause", "done", 1),
        ("unmarked", "listed", "done", 1),
        ("arrangement", "own_clause", "planned", 0),
        ("scheduled", "own_clause", "planned", 0),
        ("called_for", "own_clause", "called_for", 0),
        ("done", "formula", "not_mentioned", 0),
        ("unmarked", "formula", "not_mentioned", 0),
    ],
)
def test_state_and_presence_follow_from_the_modality(corpus, modality, mention, state, present):
    # site_visit is done only by what is told as done
    sheet = filled(corpus, code="site_visit", modality=modality, mention=mention)
    coded = read_sheet(sheet, corpus)
    assert set(coded["state"]) == {state} and set(coded["present"]) == {present}
    cells = sheet_cells(coded, corpus).query("code == 'site_visit'")
    assert set(cells["state"]) == {state} and set(cells["present"]) == {present}


@pytest.mark.parametrize(
    ("code", "modality", "state", "present"),
    [
        ("periodic_report", "arrangement", "done", 1),
        ("special_inquiry", "arrangement", "planned", 1),
        ("special_inquiry", "called_for", "called_for", 0),
        ("site_visit", "arrangement", "planned", 0),
    ],
)
def test_the_codebook_says_by_which_modalities_a_code_is_done_or_present(
    corpus, code, modality, state, present
):
    own = corpus.codebook.approaches.assign(done_by="done unmarked", present_by="")
    own.loc[own["code"] == "periodic_report", "done_by"] = "done unmarked arrangement"
    own.loc[own["code"] == "special_inquiry", "present_by"] = "arrangement scheduled"
    corpus = corpus.using(replace(corpus.codebook, approaches=own))
    coded = read_sheet(filled(corpus, code=code, modality=modality), corpus)
    assert set(coded["state"]) == {state} and set(coded["present"]) == {present}


def test_several_relations_are_kept_in_their_order(corpus):
    sheet = filled(corpus, code="handover", relation="mandate； lent", relation_to="province;party")
    coded = read_sheet(sheet, corpus)
    assert set(coded["relation"]) == {"mandate;lent"}
    assert set(coded["relation_to"]) == {"province;party"}


def test_acts_of_the_province_are_no_evidence(corpus):
    assert read_sheet(filled(corpus, code="handover", actor="province"), corpus).empty


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("code", "site_visits", "not in the codebook. Did you mean 'site_visit'"),
        ("code", "", "sentence .* has no code. Write a code, or 'none'"),
        ("code", "xyz", "not in the codebook. The codes are in docs/codebook.md"),
        ("modality", "schedule", "modality 'schedule' is not known. Did you mean 'scheduled'"),
        ("mention", "?", "mention '\\?' is not known. Known are own_clause, listed, formula"),
        ("when", "yes", "when 'yes' is not known. Known are 0, 1"),
        ("actor", "citycongress", "Did you mean 'city_congress'"),
        ("relation", "lend", "relation 'lend' is not known. Did you mean 'lent'"),
        ("relation", "lent", "relation has 1 values, relation_to has 0. Write one body for each"),
        ("relation_to", "party", "relation has 0 values, relation_to has 1"),
        ("sha256", "0", "document 'a' is not in the corpus"),
        ("sentence", "two", "sentence 'two' is not a number. Keep the numbers of the sheet"),
        ("sentence", "99", "'a' has no sentence 99. Keep the numbers"),
        ("sentence", "3.5", "sentence '3.5' is not a number"),
    ],
)
def test_a_slip_in_a_sheet_is_named_with_its_row_in_both_languages(corpus, column, value, message):
    sheet = filled(corpus).astype({"sentence": "str"})
    sheet.loc[0, column] = value
    with pytest.raises(CodebookError, match=f"row 2: .*{message}(.|\n)*第2行：.*[。？]"):
        read_sheet(sheet, corpus)


def test_a_sheet_that_lost_or_gained_a_column_says_which(corpus):
    with pytest.raises(CodebookError, match="row 1: column 'sha256' is missing. Fill in the sheet"):
        read_sheet(filled(corpus).drop(columns="sha256"), corpus)
    with pytest.raises(CodebookError, match="row 1: column 'modalty' is not a column of the sheet"):
        read_sheet(filled(corpus).rename(columns={"modality": "modalty"}), corpus)


def test_a_sentence_without_a_row_is_not_taken_for_a_sentence_without_a_code(corpus):
    sheet = filled(corpus, code=FIRST)
    with pytest.raises(CodebookError, match="sentence 3 of 'a' has no row. Copy its row back"):
        read_sheet(sheet.drop(index=1), corpus)


def test_a_sheet_in_which_nothing_is_filled_in_says_so(corpus):
    with pytest.raises(CodebookError, match="no row has a code yet"):
        read_sheet(coding_sheet(corpus), corpus)


def test_rows_are_counted_as_in_the_spreadsheet_even_below_an_empty_row(corpus, tmp_path):
    lines = table_bytes(filled(corpus, code=["none", "none", "nnone", "none", "none"])).decode(
        "utf8"
    )
    first, *others = lines.splitlines()
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join([first, ",,,,", *others]), encoding="utf8")
    with pytest.raises(CodebookError, match="sheet.csv row 5: code 'nnone'"):
        read_coding_sheet(path, corpus)


def test_numbers_that_a_spreadsheet_wrote_with_a_decimal_point_are_the_same_sentences(corpus):
    sheet = filled(corpus, code=FIRST)
    pointed = sheet.assign(sentence=sheet["sentence"].astype(float).astype(str))
    pd.testing.assert_frame_equal(read_sheet(pointed, corpus), read_sheet(sheet, corpus))


def test_two_filled_sheets_give_agreement_by_column_and_a_matrix(corpus):
    first = filled(corpus, code=FIRST, modality=["", "", "scheduled", "", ""])
    second = first.assign(code=["symposium", *FIRST[1:]], modality="", when=["1", "", "", "", ""])
    one, two = (read_sheet(each, corpus) for each in (first, second))
    assert len(one) == 6 and len(two) == 5
    found = sheet_agreement(one, two, corpus)
    coded = found["present"]
    assert isinstance(coded, Agreement) and coded.n == 5 * len(read_codebook().approaches)
    assert coded.disagreements["code"].to_list() == ["deputies"]
    # what both coded: five codes, of which the modality of one and the date of one differ
    assert found["modality"].n == 5 and found["modality"].percent == 80
    assert found["modality"].disagreements["code"].to_list() == ["handover"]
    assert found["when"].disagreements["code"].to_list() == ["symposium"]
    matrix = sheet_matrix(one, two, corpus).set_index(["doc", "code"])
    assert matrix.loc[("a", "symposium"), ["coders", "present"]].to_list() == ["both", 1]
    assert matrix.loc[("a", "deputies"), ["coders", "disagree"]].to_list() == ["first", True]
    assert matrix.loc[("a", "handover"), "coders"] == "second"
    assert matrix.loc[("b", "follow_up"), "coders"] == "neither"
    assert set(matrix["source"]) == {"coders"} and "state_coders" in matrix


def test_a_cell_is_told_by_its_best_sentence(corpus):
    sheet = filled(
        corpus,
        code=["handover", "none", "handover", "handover", "none"],
        modality=["scheduled", "", "done", "done", ""],
        mention=["", "", "listed", "", ""],
    )
    cell = sheet_cells(read_sheet(sheet, corpus), corpus).set_index(["doc", "code"])
    cell = cell.loc[("a", "handover")]
    assert cell[["state", "mention", "n_evidence"]].to_list() == ["done", "own_clause", 3]
    assert cell["quote"].startswith("6月2日")
