"""Labels: what a reader sees comes from tables by name, and every row of these tables is used."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers import labels
from helpers.codebook import DATA
from helpers.labels import Texts, document_labels, text_of

OTHER_FORMS = ("headings", "notes")  # tests/study reads these
TABLES = [
    f"text/{path.stem}"
    for path in sorted((DATA / "text").glob("*.csv"))
    if path.stem not in OTHER_FORMS
]
NAME = re.compile(r"[a-z_]+\.\w+")  # room.what
SAYING = ("say", "both", "label_html", "sentence_html")  # functions that take the name of a text


@pytest.fixture
def texts(monkeypatch):
    """A small table of texts."""
    import pandas as pd

    rows = [("site.pages", "{n}页", "{n} pages"), ("site.brace", "{{x}}", "{{x}}")]
    table = pd.DataFrame(rows, columns=["name", "zh", "en"])
    monkeypatch.setattr("helpers.codebook.read_table", lambda name: table)
    return Texts("text/small")


def test_a_text_is_said_in_either_language_with_its_values(texts):
    assert texts.say("site.pages", "en", n=3) == "3 pages"
    assert texts.both("site.pages", n=3) == ("3页", "3 pages")
    assert texts.say("site.pages", "en zh", n=3) == "3 pages 3页"
    assert texts.say("site.brace", "zh") == "{x}"
    assert list(texts) == ["site.pages", "site.brace"]


def test_a_wrong_name_is_answered_with_the_nearest(texts):
    with pytest.raises(KeyError, match=r"text/small.csv: no row is named 'site.page'.*site.pages"):
        texts.say("site.page", "en")
    with pytest.raises(KeyError, match="Add a row with this name"):
        texts.say("x", "en")


def test_a_placeholder_without_a_value_is_named_with_its_row_and_column(texts):
    place = "data/text/small.csv, row 'site.pages', column zh"
    with pytest.raises(ValueError, match=rf"{place}: .*'n'.* Values given: {{m}}\."):
        texts.say("site.pages", "zh", m=3)


def written_names() -> tuple[set[str], list[re.Pattern]]:
    """Names of texts in the code: whole ones, and a pattern for each name with a part left open."""
    names, patterns = set(), []
    for path in Path(helpers.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pieces = [getattr(piece, "value", None) for piece in node.values]
                if isinstance(pieces[0], str) and re.match(r"[a-z_]+\.", pieces[0]):
                    pattern = (re.escape(p) if isinstance(p, str) else r"\w+" for p in pieces)
                    patterns.append(re.compile("".join(pattern)))
    for path in Path(helpers.__file__).parent.rglob("*.html"):
        names.update(re.findall(r'"([a-z_]+\.\w+)"', path.read_text(encoding="utf8")))
    return names, patterns


def names_asked_for() -> set[str]:
    """Names that the code gives to functions that say a text."""
    calls = [
        node
        for path in Path(helpers.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.Call) and called(node) in SAYING
    ]
    first = [call.args[0].value for call in calls if call.args and is_text(call.args[0])]
    return {name for name in first if NAME.fullmatch(name)}


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_its_own_name_and_a_text_in_both_languages(table):
    rows = helpers.read_table(table)
    assert rows["name"].is_unique
    assert (rows[["name", "zh", "en"]] != "").all(axis=None)


@pytest.mark.parametrize("table", TABLES)
def test_every_text_is_used(table):
    names, patterns = written_names()
    unused = {name for name in text_of(table) if name not in names}
    assert {name for name in unused if not any(p.fullmatch(name) for p in patterns)} == set()


def test_every_text_that_the_code_asks_for_exists():
    assert names_asked_for() <= {name for table in TABLES for name in text_of(table)}


def test_texts_are_read_once():
    assert text_of("text/figures") is labels.text_of("text/figures")


def test_a_name_that_shows_nothing_or_is_endless_can_still_be_drawn():
    rows = [{"doc": "a", "city_zh": "甲\x1b[31m市\n", "city_en": "W" * 50_000}]
    chinese, english = document_labels(pd.DataFrame(rows))["a"].split("\n")
    assert chinese == "甲□[31m市 "
    assert len(english) == 101 and "…" in english
