"""The README's first screen: its numbers are those of the tables, in both languages."""

from pathlib import Path

import pytest

from helpers import read_corpus, study_of
from helpers.front_page import BEGIN, END, READMES, answer, fill

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_states_what_the_tables_say(lang):
    readme = (ROOT / READMES[lang]).read_text(encoding="utf8")
    assert readme == fill(readme, answer(study_of(read_corpus()), lang)), "make reproduce writes the answer anew"


@pytest.mark.parametrize("lang", READMES)
def test_every_file_the_readme_points_at_is_there(lang):
    import re

    readme = (ROOT / READMES[lang]).read_text(encoding="utf8")
    for target in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (ROOT / target).exists(), target


def test_a_readme_without_its_marks_is_an_error():
    with pytest.raises(ValueError, match="expected one"):
        fill(f"{BEGIN} {BEGIN} {END}", "answer")
