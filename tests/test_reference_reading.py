"""The reading in data/coded was made by a language model: no table, legend, caption, message,
notebook or doc calls it human or 人工, and agreement with it is nowhere called reliability."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENDINGS = {".py", ".md", ".csv", ".json", ".html", ".ipynb", ".svg", ".js", ".css", ".toml", ".j2"}
# the briefings themselves, a licence of others, and tests, which name what must not be said
LEFT_OUT = ("data/raw/", "src/helpers/figures/fonts/", "tests/")
HUMAN = re.compile("human(?!ities|ize)|人工(?!智能)|由人判定", re.IGNORECASE)
# where the words may stand: file, passage, why
ALLOWED = [
    ("data/codebook/themes.csv", "人工智能", "artificial intelligence, a term of a theme"),
    ("docs/codebook.md", "人工智能", "artificial intelligence, a term of a theme"),
    ("data/coded/README.md", "*coder* 编码员 and *human*\n人工 are kept for", "says what is meant"),
    ("data/coded/README.md", "不是人工编码", "says what the reading is not"),
    ("CONTRIBUTING.md", "never called human 人工", "says what is meant"),
    ("CHANGELOG.md", "no longer called human", "says what was renamed"),
    ("CHANGELOG.md", "two human coders", "people, whom a coding still needs"),
    ("docs/method.md", "two human coders", "people, whom a coding still needs"),
    ("docs/method.md", "Imperfect Human Annotations", "the title of a work"),
    ("docs/method.zh-CN.md", "Imperfect Human Annotations", "the title of a work"),
]
RELIABILITY = re.compile("reliabilit|信度", re.IGNORECASE)
# beside the word it is said whose agreement is meant
PEOPLE = re.compile("repeatability|可重复性|two coders|two people|两位编码员|两个人", re.IGNORECASE)
CITED = "Standard Reliability Measure"  # of a title in the list of references


def text_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        cwd=ROOT,
        check=True,
    ).stdout.decode("utf8")
    names = [name for name in listed.split("\0") if Path(name).suffix in ENDINGS]
    return [name for name in names if not name.startswith(LEFT_OUT) and (ROOT / name).is_file()]


def called_human(name, text):
    """The passages of a text that use the words, outside of the places where they may stand."""
    for file, passage, _ in ALLOWED:
        if file == name:
            text = text.replace(passage, "")
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in HUMAN.finditer(text)]


FILES = text_files()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("cells coded by a human reading", True),
        ("state_human", True),
        ("人工编码与规则不一致", True),
        ("Social Sciences and Humanities", False),
        ("the reference reading 参照编码", False),
    ],
)
def test_the_words_are_found(text, is_found):
    assert bool(called_human("any.md", text)) == is_found


@pytest.mark.parametrize("name", FILES)
def test_the_reference_reading_is_nowhere_called_human(name):
    assert called_human(name, (ROOT / name).read_text(encoding="utf8")) == []


@pytest.mark.parametrize(("name", "passage", "why"), ALLOWED)
def test_every_exception_is_still_there_and_has_a_reason(name, passage, why):
    assert passage in (ROOT / name).read_text(encoding="utf8") and why


@pytest.mark.parametrize("name", FILES)
def test_only_the_agreement_of_people_is_called_reliability(name):
    text = (ROOT / name).read_text(encoding="utf8").replace(CITED, "")
    paragraphs = re.split(r"\n\s*\n|\"\n", text)
    assert [p for p in paragraphs if RELIABILITY.search(p) and not PEOPLE.search(p)] == []
