"""Precision and recall of the terms are those counted by hand, and those of the shipped terms are
good enough on every sentence that the reference reading coded."""

import pandas as pd
import pytest

from helpers import (
    analyse,
    count_themes,
    document_feature_matrix,
    open_results,
    read_codebook,
    read_corpus,
    study_of,
    theme_hits,
)
from helpers.themes import POOLED, sensitivity, theme_validity
from helpers.themes.validity import wilson

KEYS = ["doc", "sentence", "theme"]


def rows(*units):
    return pd.DataFrame(units, columns=KEYS)


def test_sentences_are_counted_once_and_only_where_they_were_coded():
    coded = rows(("a", 1, "x"), ("a", 2, "x"), ("a", 2, "y"), ("a", 3, "none"), ("b", 1, "y"))
    hits = rows(("a", 1, "x"), ("a", 1, "x"), ("a", 3, "x"), ("a", 2, "y"), ("c", 9, "y"))
    table = theme_validity(coded, hits).set_index("theme")
    counts = table[["n_coded", "n_found", "n_both"]]
    assert counts.loc["x"].tolist() == [2, 2, 1] and counts.loc["y"].tolist() == [2, 1, 1]
    assert counts.loc[POOLED].tolist() == [4, 3, 2]
    assert table.loc[POOLED, ["precision", "recall"]].tolist() == pytest.approx([2 / 3, 1 / 2])


def test_a_refused_coding_is_no_theme_but_its_sentence_is_compared():
    coded = rows(("a", 1, "x"), ("a", 2, "x")).assign(verdict=["stands", "refused"])
    table = theme_validity(coded, rows(("a", 1, "x"), ("a", 2, "x")))
    assert table.loc[0, ["n_coded", "n_found", "n_both"]].tolist() == [1, 2, 1]


def test_a_theme_without_sentences_has_no_share():
    table = theme_validity(rows(("a", 1, "none")), rows(), themes=["x"])
    assert table["precision"].isna().all() and table["recall"].isna().all()


@pytest.mark.parametrize(
    ("n", "total", "bounds"),
    [  # Newcombe 1998, Statistics in Medicine 17, table I, method 3
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_intervals_are_those_of_wilson(n, total, bounds):
    assert wilson(n, total)[1:] == pytest.approx(bounds, abs=5e-5)


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus()).theme_validity.set_index("theme")


def test_the_shipped_terms_are_right_and_complete_on_the_coded_sentences(shipped):
    pooled = shipped.loc[POOLED]
    assert pooled["n_coded"] == 538
    assert pooled["precision"] >= 0.95 and pooled["recall"] >= 0.92
    assert list(shipped.index) == [*read_codebook().theme_rules["theme"], POOLED]


def test_no_theme_of_the_shipped_codebook_finds_more_than_a_fifth_wrong(shipped):
    assert (shipped["precision"] >= 0.8).all()


@pytest.mark.parametrize(
    ("doc", "sentence", "theme"),
    [
        ("004_jiaozuo", 9, "people_livelihood"),  # 李民生 is a person
        ("004_jiaozuo", 9, "party_leadership"),  # 党组书记 is a title
        ("003_zhengzhou", 35, "regulation"),
        ("003_zhengzhou", 17, "ageing"),  # the campaign's own name
        ("002_luohe", 13, "party_leadership"),  # 市委市政府督查局 is an office
        ("001_sanmenxia", 13, "rectifying"),  # «督查通知» is the name of a paper
        ("002_luohe", 33, "rule_of_law"),  # a law that is being made
    ],
)
def test_a_name_a_title_or_another_word_is_no_hit(doc, sentence, theme):
    hits = theme_hits(read_corpus())
    here = hits[(hits["doc"] == doc) & (hits["sentence"] == sentence)]
    assert theme not in set(here["theme"])


def test_a_persons_name_counts_no_livelihood_and_its_sentence_no_hit_of_it():
    hits = theme_hits(read_corpus())
    assert not hits["quote"].str.contains("李民生").any()
    around = [
        read_corpus()[row.doc].raw[row.start - 1 : row.start]
        for row in hits[hits["term"] == "民生"].itertuples()
    ]
    assert "李" not in around


def test_service_norms_are_not_found_across_words():
    """养老服务规范发展 is an orderly development of services, and no 服务规范 ("service norm")."""
    hits = theme_hits(read_corpus()).query("doc == '001_sanmenxia' and sentence == 55")
    assert "服务规范" not in set(hits["term"]) and "服务规范发展" in set(hits["term"])


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A text whose terms stand in names, in other words, and once for their theme."""
    path = tmp_path_factory.mktemp("named") / "report.txt"
    text = (
        "主任李民生带队检查。某某康养有限公司发言。补齐短板。会议关注民生,推进康养服务,找出短板。"
    )
    path.write_text(text * 30, encoding="utf8")
    return path


def test_an_exclusion_holds_for_counts_hits_matrices_sensitivity_and_many_documents(
    named, tmp_path
):
    corpus = read_corpus(named)
    terms = {"民生": 30, "康养服务": 30, "短板": 30}
    hits = theme_hits(corpus)
    assert hits["term"].value_counts()[list(terms)].to_dict() == terms
    matrix = document_feature_matrix(corpus, features="terms")
    assert matrix[list(terms)].iloc[0].to_dict() == terms
    counts = count_themes(corpus, n_boot=0).set_index("theme")["n"]
    assert counts["people_livelihood"] == counts["medical_integration"] == 30
    assert counts.to_dict() == count_themes(corpus, n_boot=9).set_index("theme")["n"].to_dict()
    changed = sensitivity(corpus, only_changes=False).query("variant == 'without term'")
    without = changed[(changed["term"] == "民生") & (changed["theme"] == "people_livelihood")]
    assert without[["n", "n_variant"]].to_numpy().tolist() == [[30, 0]]
    results = open_results(analyse(named, tmp_path / "out"))
    there = results.sql("SELECT term, count(*) AS n FROM theme_hits GROUP BY term").df()
    assert there.set_index("term")["n"].to_dict() == hits["term"].value_counts().to_dict()
