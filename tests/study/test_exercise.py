"""The coding exercise leads from a blank sheet to κ, α, R and every difference with its reason."""

import pandas as pd
import pytest

from helpers import read_codebook
from helpers.labels import text_of
from helpers.study import exercise
from helpers.study.exercise import coding_exercise, coding_guide, reference_coding
from helpers.study.sheets import ALLOWED, SEVERAL

DOCUMENT = "002_luohe"


@pytest.fixture()
def sheet(tmp_path):
    """A blank sheet, as the exercise writes it."""
    path = tmp_path / "my sheet.csv"
    coding_exercise(DOCUMENT, path)
    return path


def fill(path, codes):
    """Fill in the codes of sentences, and `none` in all other rows."""
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    table["code"] = table["sentence"].astype(int).map(codes).fillna("none")
    table.to_csv(path, index=False, encoding="gb18030")  # as a Chinese Excel saves it


@pytest.fixture()
def reference():
    return reference_coding(exercise._shipped(DOCUMENT))


def test_the_first_run_writes_a_blank_sheet_and_a_guide_and_says_what_to_do(tmp_path):
    path = tmp_path / "sheet.csv"
    told = coding_exercise(DOCUMENT, path)
    assert "漯河" in told and "29句" in told and str(tmp_path / "sheet_guide.csv") in told
    blank = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert len(blank) == 29 and set(blank["code"]) == {""}
    assert "29 sentences" in coding_exercise(DOCUMENT, tmp_path / "other.csv", lang="en")


def test_a_sheet_that_is_not_filled_in_yet_is_left_alone(sheet):
    before = sheet.read_bytes()
    with pytest.raises(ValueError, match="no row has a code yet"):
        coding_exercise(DOCUMENT, sheet)
    assert sheet.read_bytes() == before


def test_whoever_codes_like_the_reference_reading_is_told_that_nothing_differs(
    sheet, reference, monkeypatch
):
    monkeypatch.setattr(
        exercise, "reference_coding", lambda corpus: reference[["doc", "sentence", "code"]]
    )
    fill(sheet, reference.groupby("sentence")["code"].agg("; ".join))
    told = coding_exercise(DOCUMENT, sheet, lang="en")
    assert "κ = 1.00, α = 1.00" in told and "R = 1.00" in told
    assert told.endswith("The two codings do not differ anywhere.")


def test_every_difference_is_shown_with_both_codings_and_the_definition(sheet, reference):
    codes = reference.groupby("sentence")["code"].agg("; ".join)
    left_out, added = codes.index[0], 1
    assert added not in codes.index
    fill(sheet, codes.drop(left_out).to_dict() | {added: "survey"})
    names = read_codebook().approaches.set_index("code")
    for lang, you, silent in (("zh", "您的编码：", "未编此项"), ("en", "You:", "not coded")):
        told = coding_exercise(DOCUMENT, sheet, lang=lang)
        assert all(f"{measure} = 0." in told for measure in ("κ", "α", "R"))
        paragraphs = told.split("\n\n")
        mine = next(text for text in paragraphs if "survey" in text)
        assert f"{you} " in mine and silent in mine
        definition = f"definition_{lang}" if f"definition_{lang}" in names else "definition"
        assert names.loc["survey", definition] in mine
        theirs = next(text for text in paragraphs if f"{you} {silent}" in text)
        assert all(code in theirs for code in codes[left_out].split("; "))
        assert all(names.loc[code, lang] in theirs for code in codes[left_out].split("; "))


def test_the_report_calls_agreement_with_a_model_repeatability(sheet, reference):
    fill(sheet, reference.groupby("sentence")["code"].agg("; ".join))
    assert "可重复性" in coding_exercise(DOCUMENT, sheet)
    told = coding_exercise(DOCUMENT, sheet, lang="en")
    assert "repeatability" in told and "language model" in told


def test_values_that_differ_are_defined(sheet, reference, monkeypatch):
    fill(sheet, reference.groupby("sentence")["code"].agg("; ".join))
    kept = reference.drop(columns=["state", "strength", "grade"], errors="ignore").assign(
        modality="unmarked", mention="own_clause", when=1, how_many=0, named=0, relation=""
    )
    kept.iloc[0, kept.columns.get_loc("relation")] = "mandate;lent"
    monkeypatch.setattr(exercise, "reference_coding", lambda corpus: kept)
    told = coding_exercise(DOCUMENT, sheet, lang="en")
    for value in ("modality_done", "modality_unmarked", "when_1", "relation_mandate"):
        assert text_of("text/coding").say(f"coding.means_{value}", "en") in told
    assert "whether it was done: n = " in told and "no κ and α, because" in told


def test_an_unknown_document_is_answered_with_the_list(tmp_path):
    with pytest.raises(ValueError, match="no document 'luohe'. Choose one of 000_jiyuan, 001"):
        coding_exercise("luohe", tmp_path / "sheet.csv")


def test_the_guide_has_every_code_and_every_value_with_both_names():
    codebook = read_codebook()
    guide = coding_guide(codebook)
    assert list(guide.loc[guide["column"] == "code", "value"]) == list(codebook.approaches["code"])
    for column, values in {**ALLOWED, **SEVERAL}.items():
        assert tuple(guide.loc[guide["column"] == column, "value"]) == values
    assert (guide[["zh", "en"]] != "").all(axis=None)
    judged = guide[guide["column"].isin(["modality", "mention", "relation"])]
    assert (judged[["meaning_zh", "meaning_en"]] != "").all(axis=None)
