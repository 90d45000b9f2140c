"""The characters that a pattern can begin and end with are never too few: a rule that is skipped
could not have matched."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.codebook.codebook import read_table, shared_codebook
from helpers.codebook.prefilter import _DIGITS_END, first_characters, last_characters
from helpers.numbers.quantities import NumberRules


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("第?[一二]页", "第一二", "页"),
        ("(?:总|第)?期$", "总第期", "期"),
        ("a|bc|(?<!d)e", "abe", "ace"),
        ("(?=x)y(?!z)", "y", "y"),
        ("[a-c]{2,3}?d*", "abc", "abcd"),
        ("(?:ab)+¶?$", "a", "b¶"),
        ("^甲", "甲", "甲"),
    ],
)
def test_first_and_last_characters_are_those_counted_by_eye(pattern, first, last):
    assert first_characters(pattern) == frozenset(first)
    assert last_characters(pattern) == frozenset(last)


@pytest.mark.parametrize(
    "pattern", ["", "a?", "甲|$", ".a", "[^a]b", r"\w", "[一-龥]", "(?i:a)b", r"(a)\1|(?P<x>a)?"]
)
def test_a_pattern_that_can_begin_with_anything_has_no_first_characters(pattern):
    assert first_characters(pattern) is None


def test_digits_of_all_scripts_are_possible_characters():
    digits = {char for char in map(chr, range(sys.maxunicode + 1)) if re.fullmatch(r"\d", char)}
    assert max(map(ord, digits)) < _DIGITS_END and first_characters(r"\d") == digits


RULES = [rule for rules in shared_codebook().once(NumberRules).rules.values() for rule in rules]
LETTERS = "".join(
    sorted(
        set(
            "".join(
                row.before + row.after + row.example
                for row in read_table("codebook/number_rules").itertuples()
            )
        )
    )
)


@given(
    st.sampled_from(RULES),
    st.text(alphabet=LETTERS, max_size=6),
    st.text(alphabet=LETTERS, max_size=6),
)
def test_no_number_rule_matches_beside_a_character_that_it_excludes(rule, left, right):
    if rule.begins is not None and right[:1] not in rule.begins:
        assert not any(
            rule.following.match(f"{digits}|{right}")
            for digits in ("3", "12", "2024", "三", "十五")
        )
    if rule.ends is not None and left[-1:] not in rule.ends:
        assert not rule.preceding.search(left)


def test_most_number_rules_can_be_skipped_by_one_character():
    skippable = [rule for rule in RULES if rule.begins is not None or rule.ends is not None]
    assert len(skippable) > 0.8 * len(RULES)
