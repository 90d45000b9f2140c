"""Both engines cut the same words, print nothing, and keep words of the user dictionary whole."""

import random
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.codebook.codebook import DATA
from helpers.text.corpus import read_corpus
from helpers.text.segment import tokenize


@pytest.fixture(scope="module")
def texts():
    return [document.text for document in read_corpus(DATA / "raw")]


def test_domain_words_are_kept_whole_unless_no_words_are_wanted():
    assert tokenize("推进医养结合") == ["推进", "医养结合"]
    assert "医养结合" not in tokenize("推进医养结合", words=())
    assert tokenize("推进颐养三门峡", words=["颐养三门峡"]) == ["推进", "颐养三门峡"]


def test_words_added_here_stay_here():
    import jieba

    tokenize("推进颐养三门峡", words=["颐养三门峡"])
    assert "颐养三门峡" not in jieba.lcut("推进颐养三门峡")
    assert "颐养三门峡" not in tokenize("推进颐养三门峡")


def test_without_user_words_the_tokens_are_those_of_jieba(texts):
    import jieba

    assert tokenize(texts, words=()) == [jieba.lcut(text) for text in texts]


def test_many_texts_give_many_lists():
    assert tokenize(["养老", "", "养老"]) == [["养老"], [], ["养老"]]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60), st.sampled_from(["jieba", "rjieba"]))
def test_joined_tokens_are_the_text(text, engine):
    assert "".join(tokenize(text, engine=engine)) == text


def test_both_engines_cut_the_corpus_alike(texts):
    for words in (None, ()):
        assert tokenize(texts, words=words, engine="rjieba") == tokenize(texts, words=words)


def test_both_engines_cut_generated_text_alike(texts):
    pool, draw = "".join(texts), random.Random(3)
    generated = []
    for _ in range(1500):
        places = [draw.randrange(len(pool) - 30) for _ in range(3)]
        generated.append("".join(pool[place : place + draw.randrange(2, 25)] for place in places))
        generated.append("".join(draw.choices(pool + "0123456789.%-+ ABcd" * 200, k=25)))
    pairs = zip(generated, tokenize(generated), tokenize(generated, engine="rjieba"), strict=True)
    differ = [text for text, one, other in pairs if one != other]
    # Left are points between letters or behind a point (`7c.B`, `1.5.0`), which official prose
    # hardly has; of those, too, few differ.
    glued = re.compile(r"[0-9A-Za-z]\.[A-Za-z]|[A-Za-z]\.[0-9]|\.[0-9]+(?:\.[0-9]|[A-Za-z])")
    assert all(glued.search(text) for text in differ) and len(differ) <= 0.002 * len(generated)


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="engine 'hanlp' is not known. Use 'jieba' or 'rjieba'"):
        tokenize("养老", engine="hanlp")


def test_cutting_prints_nothing():
    script = (
        "from helpers.text.segment import tokenize; tokenize('养老');"
        " tokenize('养老', engine='rjieba')"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == run.stderr == ""
