"""The README's first screen: its numbers are those of the tables, in both languages."""

from pathlib import Path

import pandas as pd
import pytest

from helpers import read_corpus, study_of
from helpers.front_page import BEGIN, BENCH, END, READMES, answer, bench_table, fill

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


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_shows_what_was_measured(lang):
    bench = pd.read_csv(ROOT / "data" / "derived" / "bench.csv", encoding="utf-8-sig")
    readme = (ROOT / READMES[lang]).read_text(encoding="utf8")
    assert readme == fill(readme, bench_table(bench.round({"mb_per_s": 1, "times_slower": 2}), lang), BENCH)


def test_a_readme_without_its_marks_is_an_error():
    with pytest.raises(ValueError, match="expected one"):
        fill(f"{BEGIN} {BEGIN} {END}", "answer")
