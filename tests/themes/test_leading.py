"""A theme is called leading only if no single term and no doubtful term decides that."""

import dataclasses

import pandas as pd
import pytest

from helpers import count_themes, read_codebook, read_corpus
from helpers.text import Corpus, Document, clean
from helpers.themes import ALL_DOCUMENTS, leading_themes

TERMS = [
    ("meal_service", "service", "助餐", ""),
    ("meal_service", "service", "食堂", ""),
    ("meal_service", "service", "大食堂", ""),
    ("rural", "service", "农村", ""),
    ("rural", "service", "乡村", "doubtful"),
    ("ageing", "frame", "老龄化", ""),
]


@pytest.fixture
def small():
    columns = ["theme", "family", "term", "doubtful"]
    codebook = read_codebook()
    names = codebook.theme_rules[["theme", "zh", "en"]]
    themes = pd.DataFrame(TERMS, columns=columns).merge(names, on="theme", how="left")
    return dataclasses.replace(codebook, themes=themes.assign(shared="", note=""), digest="")


def corpus_of(**texts):
    return Corpus(tuple(Document(name, clean(text)) for name, text in texts.items()))


@pytest.mark.parametrize(
    ("text", "theme", "n", "leads", "deciding", "without"),
    [
        # without one of the terms the theme still leads
        ("助餐,食堂,助餐,食堂,农村。", "meal_service", 4, True, "", "meal_service"),
        # without 助餐 nothing of the theme is left
        ("助餐,助餐,助餐,农村。", "meal_service", 3, False, "助餐", "meal_service"),
        # a tie: none leads, and no term decides
        ("助餐,农村。", "meal_service", 1, False, "", None),
        # where 大食堂 stood, the shorter 食堂 is found, so 大食堂 decides nothing
        ("大食堂,大食堂,助餐,农村。", "meal_service", 3, True, "", "meal_service"),
        # 乡村 is doubtful
        ("乡村,乡村,农村,农村,助餐,助餐。", "rural", 4, False, "农村|乡村", None),
        # no other theme has hits
        ("助餐,食堂。", "meal_service", 2, True, "", "meal_service"),
    ],
)
def test_a_lead_is_tried_without_each_term(small, text, theme, n, leads, deciding, without):
    [row] = leading_themes(corpus_of(a=text), small).to_dict("records")
    assert (row["family"], row["theme"], row["n"]) == ("service", theme, n)
    assert bool(row["leads"]) == leads and set(row["deciding_terms"].split("|")) == set(
        deciding.split("|")
    )
    assert row["without_doubtful"] == without or (
        without is None and pd.isna(row["without_doubtful"])
    )


def test_documents_are_told_one_by_one_and_together(small):
    table = leading_themes(
        corpus_of(a="助餐。老龄化。", b="老人在农村,农村,乡村。", c="天气很好。"), small
    )
    assert table[["doc", "family"]].to_numpy().tolist() == [
        ["a", "frame"],
        ["a", "service"],
        ["b", "service"],
        [ALL_DOCUMENTS, "frame"],
        [ALL_DOCUMENTS, "service"],
    ]
    assert table.iloc[-1][["theme", "n", "next_theme", "n_next"]].tolist() == [
        "rural",
        3,
        "meal_service",
        1,
    ]


def test_a_corpus_without_hits_or_documents_has_no_rows(small):
    assert leading_themes(corpus_of(a="天气很好。"), small).empty
    assert leading_themes(Corpus(()), small).empty


def test_every_lead_is_that_of_a_count_with_a_codebook_without_the_term():
    """Brute force: count anew without each of the terms named, and without some of the others."""
    corpus, codebook = read_corpus(), read_codebook()
    table = leading_themes(corpus).query("family == 'service'")
    for row in table.itertuples():
        for term in [*row.deciding_terms.split("|")[:2], "助餐"]:
            if not term:
                continue
            counts = count_themes(corpus, codebook.without(term), n_boot=0)
            counts = counts[(counts["family"] == "service")]
            if row.doc != ALL_DOCUMENTS:
                counts = counts[counts["doc"] == row.doc]
            n = counts.groupby("theme")["n"].sum().sort_values(ascending=False)
            stays = n.index[0] == row.theme and n.iloc[0] > n.iloc[1]
            if row.n == row.n_next:  # a tie hangs on no term
                continue
            assert stays == (term not in row.deciding_terms.split("|"))
