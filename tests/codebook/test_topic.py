"""In a document on several matters, services count only where a sentence speaks of the topic."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers import (
    analyse,
    count_themes,
    document_feature_matrix,
    open_results,
    read_codebook,
    read_corpus,
    theme_hits,
)
from helpers.themes import leading_themes, sensitivity

CODEBOOK = read_codebook()
ROADS = "建成高速公路12.5公里,加大财政投入。" * 30  # "built 12.5 km of motorway, more public money"


def terms_in(text, codebook=CODEBOOK):
    return [codebook.matcher.terms[number] for number, _, _ in codebook.find(text)]


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("建成老年食堂。", ["建成", "老年食堂"]),
        ("建成学校;为老人送餐。", ["送餐"]),  # a semicolon ends the sentence of the school
        ("养老服务占比21.98%,建成一批。", ["建成"]),  # the point of a number ends none
        ("建成医院.老人送餐", ["送餐"]),
        ("建成医院\n老人送餐", ["送餐"]),
        ("提高基础养老金,加大财政投入。", []),  # pensions are not care
        ("市人大常委会审议报告,开展执法检查。", ["审议报告", "执法检查"]),  # no service
        ("完善监管机制。", ["完善监管机制"]),  # shared with a family that is not limited
    ],
)
def test_a_service_counts_where_its_sentence_speaks_of_the_topic(sentence, counted):
    assert terms_in(ROADS + sentence) == counted
    assert terms_in(sentence + "\n" + ROADS) == counted


def test_in_a_document_on_the_topic_every_hit_counts():
    text = "养老服务。建成高速公路。"
    assert CODEBOOK.subject.is_main(text) and terms_in(text) == ["建成"]
    assert not CODEBOOK.subject.is_main(ROADS + text)
    assert not CODEBOOK.subject.is_main("") and terms_in("") == []


def test_the_shipped_briefings_are_mainly_on_the_topic():
    assert all(CODEBOOK.subject.is_main(document.text) for document in read_corpus())


@pytest.mark.parametrize("row", CODEBOOK.topic.index[CODEBOOK.topic["role"] == "topic_in_counts"])
def test_each_word_of_the_role_makes_its_sentence_one_on_the_topic(row):
    for word in CODEBOOK.topic.loc[row, "words"].split("|"):
        assert terms_in(f"{ROADS}建成后有{word}的。").count("建成") == 1
    less = replace(CODEBOOK, topic=CODEBOOK.topic.drop(index=row))
    assert less.subject._words.search(CODEBOOK.topic.loc[row, "example"]) is None


def test_counts_hits_matrices_ranks_and_many_documents_agree(tmp_path):
    (tmp_path / "in").mkdir()
    text = 2 * ROADS + "为老人建成食堂;建成学校。审议报告。\n\n发展养老服务,建成敬老院。建成公园。"
    (tmp_path / "in" / "yearly.txt").write_text(text, encoding="utf8")
    corpus = read_corpus(tmp_path / "in")
    hits = theme_hits(corpus)
    n = hits["theme"].value_counts()
    assert n["facility"] == 2 and "funding_policy" not in n
    for n_boot in (0, 9):
        counts = count_themes(corpus, n_boot=n_boot).set_index("theme")["n"]
        assert counts[counts > 0].to_dict() == n.to_dict()
    for unit in ("document", "paragraph", "sentence"):
        themes = document_feature_matrix(corpus, features="themes", unit=unit).sum()
        assert themes[themes > 0].to_dict() == n.to_dict()
        terms = document_feature_matrix(corpus, features="terms", unit=unit).sum()
        assert terms[terms > 0].to_dict() == hits["term"].value_counts().to_dict()
    table = sensitivity(corpus, only_changes=False)
    facility = table[(table["theme"] == "facility") & (table["variant"] == "per 1,000 words")]
    assert facility[["n", "n_variant"]].to_numpy().tolist() == [[2, 2]]
    without = table[(table["theme"] == "facility") & (table["term"] == "建成")]
    assert without["n_variant"].tolist() == [0]
    service = leading_themes(corpus).query("family == 'service'").iloc[0]
    assert (service["theme"], service["n"]) == ("facility", 2)
    results = open_results(analyse(tmp_path / "in", tmp_path / "out"))
    there = results.sql("SELECT theme, count(*) AS n FROM theme_hits GROUP BY theme").df()
    assert there.set_index("theme")["n"].to_dict() == n.to_dict()


def other_topic():
    """A codebook on water, of which the words stand in the table of the topic."""
    themes = CODEBOOK.theme_rules.query("theme == 'facility'")
    terms = pd.DataFrame({"theme": "facility", "family": "service", "term": ["建成", "污水管网"]})
    names = themes[["theme", "zh", "en"]]
    terms = terms.merge(names).assign(shared="", doubtful="", note="")
    topic = pd.DataFrame({"role": ["topic"], "words": ["污水|水质"], "note": "", "example": ""})
    return replace(CODEBOOK, themes=terms, theme_rules=themes, topic=topic, digest="")


def test_the_table_of_another_topic_works_the_same():
    water = other_topic()
    assert terms_in(ROADS + "为老人建成食堂。为改善水质建成管网。", water) == ["建成"]


def test_themes_without_a_word_of_the_topic_are_not_limited():
    """Whoever brings a table of themes alone still has the shipped words on elderly care."""
    water = replace(other_topic(), topic=CODEBOOK.topic)
    assert terms_in(ROADS, water) == ["建成"] * 30
