"""Sentences are put together in both languages, with the plural that a number asks for."""

import string

import numpy as np
import pytest

from helpers import read_table
from helpers.study.wording import (
    Bilingual,
    bracketed,
    date_span,
    joined,
    listed,
    say,
    sentence,
)

ROWS = read_table("text/findings")


@pytest.mark.parametrize("number", [int, np.int64])
@pytest.mark.parametrize(
    ("n", "text"), [(1, "1 more output"), (3, "3 more outputs"), (0, "0 more outputs")]
)
def test_a_number_in_a_sentence_chooses_the_form_of_its_noun(number, n, text):
    assert say("page.more_outputs", "en", n=number(n)) == text


def test_a_value_in_both_languages_is_put_in_in_the_language_of_the_sentence():
    place = Bilingual("郑州", "Zhengzhou")
    assert sentence("list.more", names=place) == ("郑州等", "Zhengzhou …")


def test_only_the_last_of_joined_sentences_keeps_its_full_stop():
    parts = [Bilingual("甲。", "A."), Bilingual("乙。", "B.")]
    assert joined(parts) == ("甲；乙。", "A. B.")
    assert joined(parts, zh="，", en="; ") == ("甲，乙。", "A; B.")


def test_empty_and_repeated_parts_are_left_out_of_joined_ones():
    parts = [Bilingual("甲", "A"), Bilingual("", ""), Bilingual("乙", "A")]
    assert joined(parts, zh="、", en=", ") == ("甲、乙", "A")
    assert joined([]) == joined([Bilingual("", "")]) == ("", "")


def test_a_long_list_of_names_ends_with_a_sign_that_there_are_more():
    assert listed(["甲", "乙"], ["A", "B"], most=2) == ("甲、乙", "A, B")
    assert listed(["甲", "乙"], ["A", "B"], most=1) == ("甲等", "A …")


def test_brackets_are_put_around_a_text_and_around_nothing_else():
    assert bracketed(Bilingual("甲", "A")) == ("（甲）", " (A)")
    assert bracketed(Bilingual("", "")) == ("", "")


def test_one_date_is_not_written_as_a_span():
    assert date_span(["2024-05", "2024-01"]) == ("2024-01至2024-05", "2024-01 to 2024-05")
    assert date_span(["2024-05", "2024-05"]) == ("2024-05", "2024-05")


def test_the_two_forms_that_a_number_chooses_from_are_both_given():
    for text in [*ROWS["zh"], *ROWS["en"]]:
        for _, _, form, _ in string.Formatter().parse(text):
            if form and "|" in form:
                singular, plural = form.split("|")
                assert singular and plural, text
