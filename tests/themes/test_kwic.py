"""A concordance shows every hit with verbatim context and its place in the file."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.codebook.codebook import DATA
from helpers.text.cleaning import clean
from helpers.text.corpus import Corpus, Document, read_corpus
from helpers.themes.words import keyword_in_context


def corpus_of(**texts):
    return Corpus(tuple(Document(doc, clean(text)) for doc, text in texts.items()))


@pytest.fixture(scope="module")
def shipped():
    return read_corpus(DATA / "raw")


def lines(table):
    return [f"{row.pre}[{row.keyword}]{row.post}" for row in table.itertuples()]


@pytest.mark.parametrize(
    ("term", "window", "expected"),
    [
        ("助餐", 2, ["老年[助餐]服务", "送餐[助餐]。"]),
        ("助餐", 0, ["[助餐]", "[助餐]"]),
        ("老年", 3, ["[老年]助餐服"]),  # nothing before the first character
        ("老*服", 1, ["[老年助餐服]务"]),
        ("送?助", 9, ["老年助餐服务好,[送餐助]餐。"]),
        ("餐。", 1, ["助[餐。]"]),
        ("养老", 5, []),
        ("好，", 1, ["务[好,]送"]),  # full width or half
    ],
)
def test_terms_are_shown_in_their_context(term, window, expected):
    assert (
        lines(keyword_in_context(corpus_of(甲="老年助餐服务好,送餐助餐。"), term, window=window))
        == expected
    )


def test_the_table_has_the_columns_of_the_contract(shipped):
    for table in (keyword_in_context(shipped, "助餐"), keyword_in_context(shipped, "量子力学")):
        assert list(table.columns) == [
            "doc",
            "section",
            "sentence",
            "pre",
            "keyword",
            "post",
            "start",
            "end",
        ]
        assert table["start"].dtype == "int64"


@pytest.mark.parametrize("term", ["助餐", "养老", "监督*闭环", "１＋４", "人大代表"])
def test_keyword_and_context_are_verbatim_at_their_offsets(shipped, term):
    table = keyword_in_context(shipped, term)
    assert len(table)
    for row in table.itertuples():
        document = shipped[row.doc]
        assert document.quote(row.start, row.end) == row.keyword
        assert "\n" not in row.pre + row.post
        assert (
            document.quote(0, row.end).replace("\n", "").endswith(row.pre[-3:] + row.keyword)
            or row.pre == ""
        )


def test_hits_equal_those_of_a_plain_search(shipped):
    for term in ("养老", "助餐", "人大", "的"):
        assert len(keyword_in_context(shipped, term)) == sum(d.text.count(term) for d in shipped)


def test_a_keyword_cut_by_the_page_is_found_whole(shipped):
    # `人大代 / 表` and the like: the file breaks lines and pages inside words
    broken = [
        row
        for row in keyword_in_context(shipped, "人大代表").itertuples()
        if row.end - row.start > 4
    ]
    assert broken and all(row.keyword.replace(" ", "") == "人大代表" for row in broken)


def test_lines_are_sorted_by_the_text_before_or_after_the_keyword():
    corpus = corpus_of(甲="乙助餐丙。甲助餐丁。丙助餐七。")
    assert lines(keyword_in_context(corpus, "助餐", window=1)) == [
        "乙[助餐]丙",
        "甲[助餐]丁",
        "丙[助餐]七",
    ]
    assert lines(keyword_in_context(corpus, "助餐", window=1, sort="right")) == [
        "甲[助餐]丁",
        "丙[助餐]七",
        "乙[助餐]丙",
    ]
    assert lines(keyword_in_context(corpus, "助餐", window=1, sort="left")) == [
        "丙[助餐]七",
        "乙[助餐]丙",
        "甲[助餐]丁",
    ]


def test_the_text_before_is_compared_backwards_from_the_keyword():
    corpus = corpus_of(甲="乙甲助餐。甲乙助餐。")
    assert [
        row.pre[-2:]
        for row in keyword_in_context(corpus, "助餐", sort="left", window=2).itertuples()
    ] == ["甲乙", "乙甲"]


@pytest.mark.parametrize("term", ["", "  ", "　", None])
def test_an_empty_term_is_a_clear_error(shipped, term):
    with pytest.raises(ValueError, match="the term is empty. Give a word such as '助餐'"):
        keyword_in_context(shipped, term)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"term": "*"}, "matches everything"),
        ({"term": "？＊"}, "matches everything"),
        ({"term": "养老", "window": -1}, "window -1 is negative"),
        ({"term": "养老", "sort": "up"}, "sort 'up' is not known. Use one of position"),
    ],
)
def test_impossible_options_are_refused(shipped, options, message):
    with pytest.raises(ValueError, match=message):
        keyword_in_context(shipped, **options)


def test_a_limit_gives_the_first_hits(shipped):
    assert keyword_in_context(shipped, "养老", limit=7).equals(
        keyword_in_context(shipped, "养老").head(7)
    )


@settings(max_examples=60, deadline=None)
@given(
    st.text("养老服务,。 \n1人", max_size=60),
    st.text("养老*?", min_size=1, max_size=4).filter(lambda t: t.strip("*?")),
)
def test_any_text_and_term_give_verbatim_rows(text, term):
    corpus = corpus_of(甲=text)
    for row in keyword_in_context(corpus, term, window=4).itertuples():
        assert corpus["甲"].quote(row.start, row.end) == row.keyword


@pytest.mark.slow
def test_the_first_hundred_hits_in_a_hundred_megabytes_take_less_than_fifty_milliseconds():
    from bench import bench_corpus

    small = bench_corpus(10)
    corpus = Corpus(tuple(Document(f"{i}-{d.doc}", d.clean_text) for i in range(10) for d in small))
    times = []
    for _ in range(5):
        began = time.process_time()
        assert len(keyword_in_context(corpus, "供销社", limit=100)) == 100
        times.append(time.process_time() - began)
    assert min(times) < 0.05
