"""A codebook of one's own gives the same results by every way in, and other results than the
shipped one."""

import shutil

import pandas as pd
import pytest

from helpers import (
    approach_evidence,
    code_approaches,
    extract_outcomes,
    read_codebook,
    read_corpus,
    study_of,
)
from helpers.__main__ import main
from helpers.codebook import DATA
from helpers.scale import analyse, open_results

EVIDENCE = ["doc", "code", "actor", "state", "start", "end", "quote"]


@pytest.fixture(scope="module")
def nobody(tmp_path_factory):
    """A codebook whose table of actors names nobody."""
    folder = tmp_path_factory.mktemp("codebook")
    (folder / "actors.csv").write_text("actor,terms,note\n", encoding="utf8")
    return folder


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Two of the briefings, as somebody's own folder."""
    folder = tmp_path_factory.mktemp("documents")
    for path in sorted((DATA / "raw").glob("*.txt"))[:2]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def expected(documents, nobody):
    return approach_evidence(read_corpus(documents, codebook=read_codebook(nobody)))[EVIDENCE]


def test_a_table_of_actors_that_names_nobody_changes_who_acted(documents, expected):
    shipped = approach_evidence(read_corpus(documents))[EVIDENCE]
    assert set(shipped["actor"]) > {"city_congress"}
    # some codes are acts of the government by definition
    assert set(expected["actor"]) <= {"city_congress", "county_congress", "government"}
    assert not expected.equals(shipped)


def test_the_argument_of_a_function_does_what_the_argument_of_read_corpus_does(
    documents, nobody, expected
):
    corpus, codebook = read_corpus(documents), read_codebook(nobody)
    assert approach_evidence(corpus, codebook)[EVIDENCE].equals(expected)
    cells = code_approaches(read_corpus(documents, codebook=codebook))
    assert code_approaches(corpus, codebook).equals(cells)
    assert not code_approaches(corpus).equals(cells)


def test_the_environment_variable_does_the_same(documents, nobody, expected, monkeypatch):
    monkeypatch.setenv("HELPERS_CODEBOOK", str(nobody))
    corpus = read_corpus(documents)
    assert approach_evidence(corpus)[EVIDENCE].equals(expected)
    assert study_of(corpus).approach_evidence[EVIDENCE].equals(expected)


@pytest.mark.parametrize("workers", [1, 2])
def test_analyse_does_the_same_in_every_process(documents, nobody, expected, tmp_path, workers):
    out = analyse(documents, tmp_path / "out", codebook=nobody, workers=workers, progress=False)
    found = open_results(out).sql("SELECT * FROM approach_evidence").df()[EVIDENCE]
    assert found.astype(expected.dtypes).equals(expected)


def test_a_worker_whose_codebook_says_something_else_stops(documents, nobody, tmp_path):
    from helpers.scale.parts import Job, run_part

    job = Job(0, (), str(tmp_path), codebook=str(nobody), digest="of another codebook")
    with pytest.raises(ValueError, match="is not the one that this run began with"):
        run_part(job)


def test_the_command_for_figures_does_the_same(documents, nobody, tmp_path):
    command = ["figures", "--only", "instrument_matrix", "--lang", "en", "--corpus", str(documents)]
    drawn = {}
    for name, options in {"shipped": [], "nobody": ["--codebook", str(nobody)]}.items():
        assert main([*command, "--out", str(tmp_path / name), *options]) == 0
        (file,) = (tmp_path / name / "en").glob("*.csv")
        drawn[name] = pd.read_csv(file)
    study = study_of(read_corpus(documents, codebook=read_codebook(nobody)))
    columns = ["doc", "code", "state", "n_evidence"]
    cells = study.approach_matrix[columns].sort_values(columns, ignore_index=True)
    assert drawn["nobody"][columns].sort_values(columns, ignore_index=True).equals(cells)
    assert not drawn["nobody"].equals(drawn["shipped"])


@pytest.mark.slow
def test_reproduce_does_the_same(documents, nobody, expected, tmp_path):
    command = ["reproduce", "--corpus", str(documents), "--out", str(tmp_path / "out")]
    assert main([*command, "--codebook", str(nobody), "--only", "02_approaches"]) == 0
    found = pd.read_csv(tmp_path / "out" / "data" / "derived" / "approach_evidence.csv")
    found = found[EVIDENCE].fillna({"state": ""})  # a formula has no state
    assert found.astype(expected.dtypes).equals(expected)


def test_units_of_ones_own_are_those_by_which_numbers_are_found(documents, tmp_path):
    units = read_codebook().units
    units[units["unit"] != "家"].to_csv(tmp_path / "units.csv", index=False)
    codebook, corpus = read_codebook(tmp_path), read_corpus(documents)
    assert "家" in set(extract_outcomes(corpus)["unit"])
    assert "家" not in set(extract_outcomes(corpus, codebook)["unit"])
    assert "家" not in set(extract_outcomes(read_corpus(documents, codebook=codebook))["unit"])
