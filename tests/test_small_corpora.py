"""The notebooks' calls hold on corpora of any size in which a fact is missing everywhere, stands in
one document or in all: no error, no “nan” in what a reader sees, and no empty figure."""

import pandas as pd
import pytest
from notebook_calls import (
    FEATURES,
    MISSING,
    NOTEBOOKS,
    SHAPES,
    SIZES,
    is_empty,
    run_notebook,
    texts_of,
    write_corpus,
)

import helpers
from helpers import read_corpus
from helpers.figures import catalogue

CASES = [(n, lacking, share) for n in SIZES for lacking in FEATURES for share in ("none", "one")]
CASES += [(n, "", "all") for n in SIZES]
# Every size, and every fact missing everywhere or but once, at least once; the others are audited.
PAIRS = [(lacking, share) for lacking in FEATURES for share in ("none", "one")] + [("", "all")]
SOME = [(SIZES[i % len(SIZES)], *pair) for i, pair in enumerate(PAIRS)]
QUICK = [(1, "hit", "none"), (6, "date", "one"), (12, "city", "none")]


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Results go to a temporary folder. Of figures, only data and texts are written."""
    monkeypatch.setenv("HELPERS_OUT", str(tmp_path / "out"))
    save = catalogue.save_figure
    monkeypatch.setattr(
        catalogue, "save_figure", lambda *chart, **options: save(*chart, **options, formats=())
    )
    return tmp_path


def check(path, monkeypatch):
    corpus = read_corpus(path)
    for name in NOTEBOOKS:
        for part in run_notebook(name, corpus, monkeypatch):
            for text in texts_of(part):
                assert not MISSING.search(text), f"{name}: {text[:300]}"
            assert not is_empty(part), f"{name}: an empty figure"


def without_charts(monkeypatch):
    """The charts of this package are not drawn; those that a notebook draws with pandas are."""
    quotations = pd.DataFrame(columns="doc code start end quote".split())
    for name, result in {"show_chart": None, "publish": None, "trace": quotations}.items():
        monkeypatch.setattr(helpers, name, lambda *_, result=result, **__: result)


@pytest.mark.parametrize(("n", "lacking", "share"), QUICK)
def test_tables_notes_and_bars_hold_for(n, lacking, share, results, monkeypatch):
    without_charts(monkeypatch)
    check(write_corpus(results / "in", n, lacking=lacking, share=share), monkeypatch)


def test_tables_notes_and_bars_hold_for_a_document_of_headings(results, monkeypatch):
    without_charts(monkeypatch)
    (results / "one.txt").write_text(SHAPES["only headings"], encoding="utf8")
    check(results / "one.txt", monkeypatch)


@pytest.mark.parametrize(
    ("n", "lacking", "share"),
    [
        pytest.param(*case, marks=pytest.mark.slow if case in SOME else pytest.mark.audit)
        for case in CASES
    ],
)
def test_every_notebook_runs_on(n, lacking, share, results, monkeypatch):
    if n == max(SIZES) and lacking:  # charts of so many documents take a minute
        without_charts(monkeypatch)
    check(write_corpus(results / "in", n, lacking=lacking, share=share), monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_every_notebook_runs_on_a_document_of(shape, results, monkeypatch):
    (results / "one.txt").write_text(SHAPES[shape], encoding="utf8")
    check(results / "one.txt", monkeypatch)


def test_the_search_for_missing_values_can_fail():
    assert all(MISSING.search(text) for text in ("nan", "共 None 篇", "n = <NA>", "NaT–2024"))
    assert not any(MISSING.search(text) for text in ("Nanyang", "finance", "None of 5", "banana"))
