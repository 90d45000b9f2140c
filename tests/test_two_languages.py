"""The notebooks can be read in one language: every text stands in Chinese and in English."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HAN, LATIN = re.compile("[一-龥]"), re.compile("[A-Za-z]{2}")
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path):
    return nbformat.read(path, as_version=4).cells


def shape(text):
    """What two texts in different languages share: paragraphs, headings, list items, rows of
    tables, code and the files that they link to."""
    lines = [line for line in text.splitlines() if line.strip()]
    kinds = [re.match(r"(#+ |\d\. |- |\| |```|\*\*\d\.|)", line)[0] for line in lines]
    links = [link.replace(".zh-CN", "") for link in re.findall(r"\]\(([^)]+)\)", text)]
    return kinds, links


@every_notebook
def test_each_text_in_english_is_followed_by_the_same_in_chinese(path):
    texts = [cell for cell in cells(path) if cell.cell_type == "markdown"]
    assert len(texts) % 2 == 0
    for english, chinese in zip(texts[::2], texts[1::2], strict=True):
        assert english.metadata.tags == ["lang-en"] and chinese.metadata.tags == ["lang-zh"]
        assert LATIN.search(english.source) and HAN.search(chinese.source)
        assert shape(english.source) == shape(chinese.source), english.source


@every_notebook
def test_the_two_texts_of_a_pair_stand_together(path):
    kinds = "".join(
        cell.metadata.tags[0][-2] if cell.cell_type == "markdown" else "c" for cell in cells(path)
    )
    assert re.fullmatch("(?:ez|c)+", kinds)  # e: English, z: Chinese, c: code


@every_notebook
def test_a_chinese_text_holds_no_english_sentence_and_the_reverse(path):
    for cell in cells(path):
        if cell.cell_type != "markdown":
            continue
        prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", cell.source, flags=re.S)
        if cell.metadata.tags == ["lang-zh"]:
            assert not re.search(r"(?:\b[a-z]+ ){4}", prose), prose
        else:
            assert not re.search("[一-龥]{6}", prose), prose


def outputs(path):
    return [output for cell in cells(path) for output in cell.get("outputs", [])]


@every_notebook
def test_each_text_that_a_cell_shows_says_its_language_and_has_its_counterpart(path):
    for cell in cells(path):
        said = [o for o in cell.get("outputs", []) if "text/markdown" in o.get("data", {})]
        langs = [output.metadata.get("lang") for output in said]
        assert set(langs) <= {"en", "zh"} and langs.count("en") == langs.count("zh")


@every_notebook
def test_every_printed_line_stands_in_both_languages(path):
    for output in outputs(path):
        for line in str(output.get("text", "")).splitlines():
            assert not line or (HAN.search(line) and LATIN.search(line)), line


@every_notebook
def test_every_heading_of_a_table_stands_in_both_languages(path):
    for output in outputs(path):
        table = "".join(output.get("data", {}).get("text/html", ""))
        for heading in re.findall(r"<th>([^<]+)</th>", table.partition("<tbody>")[0]):
            assert HAN.search(heading) and LATIN.search(heading), heading


@every_notebook
def test_charts_are_shown_in_both_languages_unless_a_cell_asks_for_one(path):
    for cell in cells(path):
        charts = [o for o in cell.get("outputs", []) if o.get("metadata", {}).get("lang")]
        langs = [output.metadata.lang for output in charts if "image/png" in output.data]
        asked = re.findall(r'lang="(zh|en)"', cell.source)
        assert langs == (asked or langs) and (asked or langs in ([], ["zh", "en"])), cell.source
