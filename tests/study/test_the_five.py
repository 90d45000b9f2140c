"""What the tables of the shipped briefings say, held to the reference reading."""

import pytest

from helpers import read_corpus, study_of
from helpers.labels import number_in
from helpers.text.ledger import damage_table


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus())


def test_program_and_reader_agree_on_the_numbers_of_the_shipped_briefings(shipped):
    summary = shipped.number_agreement.summary.set_index("variant")
    assert summary.loc["with readings.csv", ["n_program", "n_found", "n_right"]].nunique() == 1
    assert (
        summary.loc["without readings.csv", "precision"] > 0.98
        and (summary["wrong_unit"] == 0).all()
    )
    assert shipped.number_agreement.differences.empty


def test_numbers_put_back_and_numbers_confirmed_are_told_apart_wherever_numbers_are_counted(
    shipped,
):
    cells = " ".join(shipped.synthesis_table["numbers_en"])
    assert "2 confirmed as printed, 5 restored" in cells and "1 confirmed as printed" in cells
    counts = damage_table(shipped.corpus, shipped.outcomes)
    assert counts[["confirmed", "restored", "ambiguous"]].sum().tolist() == [3, 9, 1]


def test_the_naive_values_leave_no_number_out_that_could_be_read_in_several_ways(shipped):
    naive = shipped.naive_values
    assert naive["status"].value_counts().to_dict() == {
        "restored": 9,
        "confirmed": 3,
        "ambiguous": 1,
    }
    confirmed = naive[naive["status"] == "confirmed"]
    assert (confirmed["naive"] == confirmed["value"]).all() and naive["naive"].notna().all()
    restored = naive[naive["status"] == "restored"]
    assert (restored["naive"] > restored["value"]).all()


def test_program_and_reader_agree_on_the_instruments_of_the_shipped_briefings(shipped):
    cells, sentences = (
        shipped.agreement[name].summary.set_index("measure")["value"]
        for name in ("cells", "sentences")
    )
    assert cells["kappa"] > 0.85 and sentences["kappa"] > 0.75


def test_done_planned_and_called_for_are_told_apart_in_the_synthesis(shipped):
    matrix = shipped.approach_matrix
    counts = matrix[matrix["city_en"] == "Zhengzhou"]["state"].value_counts()
    row = shipped.synthesis_table.query("city_en == 'Zhengzhou'").iloc[0]
    states = ("done", "planned", "called_for")
    assert [row[f"n_{state}"] for state in states] == [counts[state] for state in states]


def test_two_documents_of_one_city_are_told_apart_by_their_ids(tmp_path):
    for name, city in (("a", "郑州"), ("b", "郑州"), ("c", "焦作")):
        text = f"{city}:养老服务监督\n\n　　市人大常委会开展执法检查.\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    names = ["郑州 Zhengzhou a", "郑州 Zhengzhou b", "焦作 Jiaozuo"]
    assert list(study_of(read_corpus(tmp_path)).document_names) == names


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (48_300_000_000, "483亿", "48.3 billion"),
        (1_572_000, "157.2万", "1,572,000"),
        (1_234_567_891, "1,234,567,891", "1,234,567,891"),
        (18.22, "18.22", "18.22"),
    ],
)
def test_a_large_number_is_written_as_is_usual_in_its_language(value, zh, en):
    assert (number_in(value, "zh"), number_in(value, "en")) == (zh, en)
