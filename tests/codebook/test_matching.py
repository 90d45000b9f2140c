"""Terms are found longest first, left to right, without overlap; wildcards stay within a clause."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.codebook.exclusions import Exclusion
from helpers.codebook.matching import MARKS, Matcher, has_wildcard, term_pattern


def found(terms, text):
    matcher = Matcher(terms)
    return [(matcher.terms[number], text[start:end]) for number, start, end in matcher.find(text)]


@pytest.mark.parametrize(
    ("terms", "text", "expected"),
    [
        (["助餐"], "老年助餐和助餐点", [("助餐", "助餐"), ("助餐", "助餐")]),
        # the nested one is not counted again
        (["助餐", "老年助餐服务"], "老年助餐服务点", [("老年助餐服务", "老年助餐服务")]),
        # the left one first, no overlap
        (["养老服务", "服务中心"], "养老服务中心", [("养老服务", "养老服务")]),
        (["老老"], "老老老老老", [("老老", "老老"), ("老老", "老老")]),
        (["边*改"], "边督边改", [("边*改", "边督边改")]),
        (["边*改"], "边督,边改", [("边*改", "边改")]),  # not across a clause mark
        # four characters at most, as many as there are
        (["定期报*"], "定期报送整改销号情况", [("定期报*", "定期报送整改销")]),
        (["老?人"], "老年人和老人", [("老?人", "老年人")]),  # ? is one character, never none
        (["代表*站"], "代表人民群众的站", []),  # five between
        # the wildcard reaches farther
        (["助餐*", "助餐服务"], "助餐服务体系好", [("助餐*", "助餐服务体系")]),
        # equally long: the plain term
        (["助餐??", "助餐服务"], "助餐服务", [("助餐服务", "助餐服务")]),
        (["*改"], "整改,改", [("*改", "整改"), ("*改", "改")]),
        (
            ["整改", "边*改"],
            "整改和边督边改.整改",
            [("整改", "整改"), ("边*改", "边督边改"), ("整改", "整改")],
        ),
        (["督边", "边*改"], "边督边改", [("边*改", "边督边改")]),  # the wildcard began earlier
        (["小切口”立法"], "推动“小切口”立法", [("小切口”立法", "小切口”立法")]),
        (["(市区)"], "各县(市区)人大", [("(市区)", "(市区)")]),  # nothing is a pattern but * and ?
        (["养老"], "", []),
        ([], "养老", []),
    ],
)
def test_the_longest_term_wins_and_nothing_is_counted_twice(terms, text, expected):
    assert found(terms, text) == expected


@pytest.mark.parametrize("term", ["*", "?", "**?", ""])
def test_a_term_that_matches_everything_is_refused(term):
    with pytest.raises(ValueError, match="matches everything"):
        Matcher(["养老", term])


def ends(term, text, start):
    """Every end at which a term can match from a place: written anew, character by character."""
    if not term:
        return {start}
    if term[0] == "*":
        reached = set()
        for place in range(start, min(start + 4, len(text)) + 1):
            reached |= ends(term[1:], text, place)
            if place < len(text) and text[place] in MARKS:
                break
        return reached
    if start == len(text) or (text[start] in MARKS if term[0] == "?" else text[start] != term[0]):
        return set()
    return ends(term[1:], text, start + 1)


def brute_force(terms, text):
    """The longest match at each place, plain terms before wildcards, by trying everything."""
    ordered = sorted(dict.fromkeys(terms), key=has_wildcard)
    matches, place = [], 0
    while place < len(text):
        options = [
            (max(ends(term, text, place), default=place), -number)
            for number, term in enumerate(ordered)
        ]
        end, number = max(options, default=(place, 0))
        if end > place:
            matches.append((ordered[-number], text[place:end]))
        place = max(end, place + 1)
    return matches


TERMS = st.lists(
    st.text("养老服*?", min_size=1, max_size=5).filter(lambda term: term.strip("*?")), max_size=6
)
PLAIN = st.lists(st.text("养老服务", min_size=1, max_size=4), max_size=8)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(TERMS, PLAIN, TERMS.map(lambda terms: [*terms, "服,养"])),
    st.text("养老服务,.人", max_size=40),
)
def test_matches_equal_those_of_a_brute_force_matcher(terms, text):
    assert found(terms, text) == brute_force(terms, text)


@settings(max_examples=200, deadline=None)
@given(TERMS, st.lists(st.text("养老服务,.人", max_size=30), max_size=4))
def test_count_and_find_agree(terms, texts):
    matcher = Matcher(terms)
    counts = matcher.count(texts)
    assert counts.shape == (len(texts), len(matcher.terms))
    for text, row in zip(texts, counts, strict=True):
        numbers = [number for number, _, _ in matcher.find(text)]
        assert row.tolist() == np.bincount(numbers, minlength=len(matcher.terms)).tolist()


@given(st.text("养老?*", min_size=1, max_size=6), st.text("养老,", max_size=15))
def test_taking_as_much_as_possible_gives_the_longest_match(term, text):
    match = re.compile(term_pattern(term)).match(text)
    assert (match.end() if match else None) == max(ends(term, text, 0), default=None)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_can_be_searched(text):
    for _, start, end in Matcher(["养*老", "a", "\U00020000?"]).find(text):
        assert 0 <= start < end <= len(text)


def test_a_long_text_full_of_wildcard_hits_takes_linear_time():
    import time

    matcher = Matcher(["边*改", "整改"])
    seconds = []
    for size in (2_000, 20_000):
        text = "边督边改,整改;" * size
        began = time.process_time()
        assert len(matcher.find(text)) == 2 * size
        seconds.append(time.process_time() - began)
    assert seconds[1] < 40 * max(seconds[0], 0.01)


def test_the_shipped_terms_match_the_shipped_texts_as_by_brute_force():
    from helpers.codebook.codebook import DATA, read_codebook
    from helpers.text.corpus import read_corpus

    matcher = read_codebook().matcher
    for document in read_corpus(DATA / "raw"):
        text = document.text
        near = [term for term in matcher.terms if re.search(term_pattern(term), text)]
        assert found(matcher.terms, text) == brute_force(near, text)


EXCLUDED = [
    Exclusion("ab", "[xy]", ""),  # the longer words xab and yab
    Exclusion("", "《", "》yx"),  # in title marks before yx nothing counts
    Exclusion("", "《", "》", frozenset({"a"})),  # in title marks only a counts
    Exclusion("", "“", "”xy|”b"),
]


def kept_by_brute_force(terms, text):
    """Take out of the matches of the terms and of the longer words what the exclusions name."""
    longer = [word for word in ("xab", "yab") if "ab" in terms and word not in terms]
    for word, start, end in brute_force_places([*terms, *longer], text):
        if word in longer:
            continue
        names = [
            *re.finditer("《([^《]{0,80}?)》", text),
            *re.finditer("“([^“]{0,80}?)”(?:xy|b)", text),
        ]
        inside = [name for name in names if name.start() <= start < name.end(1)]
        is_kept = word == "a" and not text.startswith("》yx", end_of(inside))
        if not inside or (inside[0][0][0] == "《" and is_kept):
            yield word, start, end


def end_of(names):
    return names[0].end(1) if names else 0


def brute_force_places(terms, text):
    place = 0
    while place < len(text):
        here = [term for term in terms if text.startswith(term, place)]
        if not here:
            place += 1
            continue
        longest = max(here, key=len)
        yield longest, place, place + len(longest)
        place += len(longest)


@settings(max_examples=400)
@given(
    st.lists(
        st.sampled_from(["a", "b", "ab", "ba", "bx", "abab", "xa", "a”x"]), min_size=1, unique=True
    ),
    st.text("abxy,《》“”", max_size=24),
)
def test_exclusions_leave_out_what_brute_force_leaves_out_in_find_and_in_count(terms, text):
    matcher = Matcher(terms, EXCLUDED)
    hits = [(matcher.terms[number], start, end) for number, start, end in matcher.find(text)]
    if text.count("《") + text.count("“") < 2:  # names in names are left to the next test
        assert hits == list(kept_by_brute_force(terms, text))
    counts = matcher.count([text])[0]
    assert {term: int(n) for term, n in zip(matcher.terms, counts, strict=True) if n} == Counter(
        term for term, _, _ in hits
    )


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(["a", "b", "ab", "ba", "a*b", "b?", "xab"]), min_size=2, unique=True),
    st.text("abxy,《》“”", max_size=24),
)
def test_the_search_without_a_term_is_that_of_a_matcher_that_never_had_it(terms, text):
    matcher = Matcher(terms, EXCLUDED)
    for term in terms:
        # A longer wording that is itself a term is a case that no table may hold.
        fewer = Matcher([other for other in terms if other != term], EXCLUDED)
        if term in ("xab", "yab"):
            continue
        assert [
            (matcher.terms[number], *place) for number, *place in matcher.find(text, without=term)
        ] == [(fewer.terms[number], *place) for number, *place in fewer.find(text)]


def test_a_hit_beside_words_of_an_exclusion_is_counted_nowhere():
    matcher = Matcher(
        ["短板", "民生"], [Exclusion("短板", "补齐|补上", ""), Exclusion("民生", "李", "")]
    )
    text = "补齐短板,找出短板;主任李民生谈民生。"
    assert [start for _, start, _ in matcher.find(text)] == [7, 16]
    assert matcher.count([text]).tolist() == [[1, 1]]
