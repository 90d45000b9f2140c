"""Both engines cut the same words, print nothing, and keep words of the user dictionary whole."""

import marshal
import os
import random
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.codebook import CodebookError
from helpers.codebook.codebook import DATA, read_codebook
from helpers.text import segment
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


def test_without_user_words_the_tokens_are_those_of_jieba(texts, tmp_path):
    import jieba

    reference = jieba.Tokenizer()
    reference.tmp_dir = str(tmp_path)  # so that jieba's cache of another program is not read
    assert tokenize(texts, words=()) == [reference.lcut(text) for text in texts]
    assert segment._dictionary() == (reference.FREQ, reference.total)


def test_a_cache_of_jieba_in_the_temporary_folder_changes_no_word_and_is_not_opened(tmp_path):
    """Somebody else's `jieba.cache` would cut 养老服务 (care for the elderly) apart. The folder
    cannot be written to either, which jieba would answer with a printed traceback."""
    (tmp_path / "jieba.cache").write_bytes(marshal.dumps(({"养": 1, "老": 1}, 2)))
    tmp_path.chmod(0o500)
    script = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, of: event == 'open' and opened.append(str(of[0])))\n"
        "from helpers import tokenize\n"
        "print(tokenize('推进养老服务工作', words=()), [p for p in opened if 'jieba.cache' in p])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.stdout == "['推进', '养老', '服务', '工作'] []\n" and run.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]


def test_a_dictionary_other_than_the_locked_one_is_an_error_that_names_the_remedy(
    tmp_path, monkeypatch
):
    (tmp_path / "dict.txt").write_text("养老服务 5 n\n", encoding="utf8")
    monkeypatch.setattr(segment, "files", lambda package: tmp_path)
    segment._dictionary.cache_clear()
    with pytest.raises(
        ValueError, match=r"dict.txt of the package jieba: .* jieba==0.42.1"
    ) as told:
        tokenize("养老服务", words=["只为本测试"])
    assert str(tmp_path) not in str(told.value)


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


def test_every_word_of_the_codebook_is_kept_whole_by_both_engines():
    for word in read_codebook().words:
        for engine in ("jieba", "rjieba"):
            assert word in tokenize(f"关于{word}的工作", engine=engine), (word, engine)


@pytest.mark.parametrize("word", ["Edu Trust认证", "医养·结合", "居家/社区", "〇五", "𠀀老"])
def test_a_word_that_does_not_stay_whole_is_named(word):
    with pytest.raises(CodebookError, match="does not stay whole") as error:
        tokenize("养老服务", words=["养老驿站", word])
    assert f"userdict: word '{word}' (word 2 of the list)" in str(error.value)
    assert "Delete the word" in str(error.value)
