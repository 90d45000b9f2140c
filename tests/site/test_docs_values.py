"""The first screen of the README states the numbers of a study computed now, in both languages."""

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.site.docs import bench_table, fill

ROOT = Path(__file__).resolve().parents[2]
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}


@pytest.mark.parametrize("lang", READMES)
def test_every_file_that_the_readme_links_to_exists(lang):
    readme = (ROOT / READMES[lang]).read_text(encoding="utf8")
    for target in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_shows_the_measured_speed(lang):
    bench = pd.read_csv(ROOT / "data" / "derived" / "bench.csv", encoding="utf-8-sig")
    shown = bench_table(bench.round({"mb_per_s": 1, "times_slower": 2}), lang)
    assert f"<!--bench_{lang}-->\n{shown}\n<!--/-->" in (ROOT / READMES[lang]).read_text(
        encoding="utf8"
    )


def test_a_block_is_filled_in_on_separate_lines_and_a_value_within_its_line():
    assert (
        fill("<!--t-->\n<!--/-->\nof <!--n--><!--/-->.", {"t": "|1|", "n": "5"})
        == "<!--t-->\n|1|\n<!--/-->\nof <!--n-->5<!--/-->."
    )
