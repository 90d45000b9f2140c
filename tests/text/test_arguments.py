"""A path in the place of a corpus is answered with what to do."""

import inspect
from pathlib import Path

import pytest

import helpers
from helpers import count_themes, read_corpus

TAKES_CORPUS = [
    name
    for name in helpers.__all__
    if inspect.isfunction(getattr(helpers, name))
    and next(iter(inspect.signature(getattr(helpers, name)).parameters), "") == "corpus"
]
OTHERS = {"keyword_in_context": ["养老"], "collocates": ["养老"]}  # arguments that must follow


def test_most_functions_take_a_corpus():
    assert {"count_themes", "theme_hits", "extract_outcomes", "study_of"} <= set(TAKES_CORPUS)


@pytest.mark.parametrize("name", [name for name in TAKES_CORPUS if name != "explore"])
@pytest.mark.parametrize("given", ["my reports", Path("my reports")])
def test_a_path_is_answered_with_the_call_that_works(name, given):
    with pytest.raises(TypeError) as error:
        getattr(helpers, name)(given, *OTHERS.get(name, []))
    call = f"{name}(read_corpus('my reports'))"
    assert str(error.value).startswith(f"{name}: corpus is the {type(given).__name__}")
    assert f"Read the documents first: {call}." in str(error.value)
    assert f"先读入文件：{call}。" in str(error.value)


def test_a_document_and_a_table_are_answered_too():
    document = read_corpus()["000_jiyuan"]
    with pytest.raises(TypeError, match=r"one Document \(000_jiyuan\).*Corpus\(\(document,\)\)"):
        count_themes(document)
    with pytest.raises(TypeError, match=r"of the type int.*read_corpus\('folder'\)"):
        count_themes(corpus=3)


def test_a_call_without_a_corpus_is_told_by_python():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'corpus'"):
        count_themes()
