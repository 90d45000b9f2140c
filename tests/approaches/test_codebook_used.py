"""The codebook that is passed in is the one that is used: its actors, states, stages and rules."""

from dataclasses import replace

import pytest

from helpers import read_codebook, read_corpus
from helpers.approaches.coding import approach_evidence, code_approaches
from helpers.approaches.windows import stage_theme_counts
from helpers.codebook.checks import CodebookError

TEXT = (
    "平川: 监督养老服务\n\n市民政局召开座谈会3场。\n\n市人大常委会召开座谈会,听取养老机构意见。"
    "\n\n综合运用问卷调查、座谈会等方式。10月,市人大常委会将召开座谈会。\n"
)


@pytest.fixture()
def corpus(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf8")
    return read_corpus(folder)


def test_a_codebook_whose_actors_name_nobody_leaves_every_act_to_the_author(corpus, tmp_path):
    (tmp_path / "actors.csv").write_text("actor,terms\n", encoding="utf8")
    nobody = read_codebook(tmp_path)
    assert nobody.actors.empty
    shipped, other = approach_evidence(corpus), approach_evidence(corpus, nobody)
    assert set(shipped["actor"]) == {"city_congress"}
    assert len(other) > len(shipped), "the bureau's meeting is now taken for the congress's"
    assert not code_approaches(corpus).equals(code_approaches(corpus, nobody))
    assert code_approaches(corpus).equals(code_approaches(corpus, read_codebook()))


def test_an_actors_table_of_ones_own_names_other_actors(corpus, tmp_path):
    (tmp_path / "actors.csv").write_text("actor,terms\nprovince,市人大常委会\n", encoding="utf8")
    evidence = approach_evidence(corpus, read_codebook(tmp_path))
    assert "市人大常委会召开座谈会" not in set(evidence["quote"])


def test_the_first_state_of_the_table_that_the_text_tells_is_the_state_of_the_cell(corpus):
    shipped = read_codebook()
    # by these definitions a plan with a date counts as well
    codes = shipped.approaches.assign(present_by="scheduled arrangement")
    codebook = replace(shipped, approaches=codes)
    turned = replace(codebook, states=codebook.states[::-1].reset_index(drop=True))
    states = [
        code_approaches(corpus, each).set_index("code").loc["symposium", "state"]
        for each in (codebook, turned)
    ]
    assert states == ["done", "planned"]


def test_a_states_table_must_hold_the_states_that_clauses_can_be_in(tmp_path):
    table = read_codebook().states
    table[table["state"] != "planned"].to_csv(tmp_path / "states.csv", index=False)
    with pytest.raises(CodebookError, match="states.csv: state 'planned' is missing. Add a row"):
        read_codebook(tmp_path)


def test_stages_come_in_the_order_of_the_table(corpus):
    codebook = read_codebook()
    turned = replace(codebook, stages=codebook.stages[::-1].reset_index(drop=True))
    stages = list(turned.names("stages"))
    assert list(stage_theme_counts(corpus, turned)["stage"].unique()) == stages
