"""READMEs and docs say what the tables say: every digit, link and description. Writing them again
changes nothing."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from frictionless import Package, validate

from helpers.__main__ import main
from helpers.codebook.codebook import read_table
from helpers.figures.catalogue import FIGURES
from helpers.site import docs, reference
from helpers.site.datapackage import column_meaning, data_package_bytes, stored, stored_tables
from helpers.site.docs import doc_texts, documents, fill, update_documents
from helpers.site.values import doc_values

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [*documents(ROOT), ROOT / "CONTRIBUTING.md"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# Digits that are not results: dates, names with digits, definitions, and the sizes that the plan
# for large corpora assumes.
_FREE = (
    r"```.*?```",
    r"`[^`\n]*`",
    r"<!--(\w+)-->.*?<!--/-->",
    r"\]\([^)]*\)",
    r"\d{4}-\d\d-\d\d",
    r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)",
    r"(?:UTF-8|UTF-16|GB18030|SHA-256|G²|Python 3\.1\d|OFL 1\.1|CC BY 4\.0|Figure \d)",
    r"0-based|从0起",
    r"1,000 characters",
    r"每千字",
    r"95 ?%",
    r"100 ?%",
    r"10[⁰¹²³⁴⁵⁶⁷⁸⁹]+",
    r"\b(?:10|100) MB\b",
    r"\b(?:5|10) KB\b",
    r"\b(?:3|1\.5) MB\b",
    r"\b(?:1|5|100) [GT]B\b",
    r"\b(?:2|32|500) cores\b",
    r"3,300 characters",
    r"10,000 rows",
    r"^\d+\. ",
)
FREE = re.compile("|".join(_FREE), re.S | re.M)


def loose_digits(text):
    """Lines of a text with digits that are not filled in from the tables."""
    typed = FREE.sub(lambda free: "\n" * free[0].count("\n"), text)
    return [
        (number, line)
        for number, line in enumerate(typed.splitlines(), 1)
        if re.search(r"[0-9０-９]", line)
    ]


# ---- numbers


@pytest.fixture(scope="module")
def texts():
    return doc_texts(ROOT)


@pytest.mark.parametrize("path", documents(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_value_between_marks_is_that_of_the_stored_tables(path, texts):
    text = path.read_text(encoding="utf8")
    assert text == fill(text, texts, place=path.name), "run `python -m helpers docs`"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_digit_stands_outside_of_marks(path):
    assert loose_digits(path.read_text(encoding="utf8")) == []


@pytest.mark.parametrize(
    ("text", "is_loose"),
    [
        ("of 42 instruments", True),
        ("of <!--n-->42<!--/--> instruments", False),
        ("共42种", True),
        ("４２种", True),
        ("κ .98", True),
        ("on 2026-11-22, in 2024年, Hardie 2014", False),
        ("`21.98 %`", False),
        ("95 % of 12", True),
        ("<!--n-->4<!--/--> of 5", True),
        ("[a](b2.md)", False),
        ("<!--n-->\n| 1 |\n<!--/-->", False),
        ("per 1,000 characters", False),
        ("3 MB of 4 MB", True),
    ],
)
def test_a_digit_typed_by_hand_is_reported(text, is_loose):
    assert bool(loose_digits(text)) is is_loose


@pytest.mark.parametrize(
    "path", [*TEXTS, ROOT / "CHANGELOG.md"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_counts_in_words_are_those_of_the_files(path):
    """Prose may write numbers in words, such as “eight notebooks” or 五篇简报 (“five briefings”),
    but they must be right."""
    words = "zero one two three four five six seven eight nine ten eleven twelve".split()
    there = {
        "briefings": len(stored("derived/documents")),
        "notebooks": len(NOTEBOOKS),
        "texts'": len(stored("derived/documents")),
    }
    text = path.read_text(encoding="utf8")
    for word, noun in re.findall(rf"\b({'|'.join(words)}) ({'|'.join(there)})", text, re.I):
        assert words.index(word.lower()) == there[noun], f"{word} {noun}"
    for word in re.findall("([二三四五六七八九十])(?:篇简报|市（)", text):
        assert "零一二三四五六七八九十".index(word) == there["briefings"], word


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_begins_with_a_value(path):
    """Markdown reads a line that begins with a comment as HTML and would show *stars* in it as
    stars."""
    assert not re.search(
        r"^(?:[ \t]*(?:[-*>]|\d+\.)?[ \t]*)<!--\w+-->.", path.read_text(encoding="utf8"), re.M
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "a\n<!--n-->1",
            r"T, line 2: expected comments in pairs.*found '<!--n-->' without its partner",
        ),
        ("1<!--/-->", "found '<!--/-->' without its partner"),
        ("<!--n--><!--n-->1<!--/--><!--/-->", "without its partner"),
        ("<!--n_rule-->1<!--/-->", "no value is named 'n_rule'. Did you mean 'n_rules'"),
    ],
)
def test_a_mark_without_its_partner_or_with_an_unknown_name_is_an_error(text, says):
    with pytest.raises(ValueError, match=says):
        fill(text, {"n": "1", "n_rules": "2"}, place="T")


def test_single_values_are_counted_again_from_the_files():
    """Some values are counted a second time from the files, without the package's functions."""
    values = {name: value.text for name, value in doc_values().items()}

    def table(name):
        return pd.read_csv(ROOT / "data" / f"{name}.csv", encoding="utf-8-sig")

    outcomes, matrix = table("derived/outcomes"), table("derived/approach_matrix")
    assert values["n_documents"] == str(len(table("derived/documents"))) and values[
        "n_numbers"
    ] == str(len(outcomes))
    assert values["n_restored"] == str((outcomes["status"] == "restored").sum())
    assert values["n_disputed"] == str(matrix["disagree"].sum()) and values["n_cells"] == str(
        len(matrix)
    )
    assert values["n_chars"] == f"{table('derived/documents')['n_chars'].sum():,}"
    assert values["n_theme_hits"] == str(table("derived/themes")["n"].sum())
    verdicts = table("derived/outcome_pairs")["verdict"]
    for verdict in ("same_axis", "side_by_side"):
        assert values[f"n_{verdict}"] == str((verdicts == verdict).sum())


def test_nothing_is_written_for_another_corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(docs, "write_atomically", lambda *_: pytest.fail("written"))
    for name in ("HELPERS_CORPUS", "HELPERS_OUT", "HELPERS_CODEBOOK"):
        with monkeypatch.context() as patch:
            patch.setenv(name, str(tmp_path))
            assert update_documents(ROOT) == []


def test_the_command_says_why_it_writes_nothing(monkeypatch, capsys):
    monkeypatch.setenv("HELPERS_CORPUS", "somewhere")
    assert (
        main(["docs"]) == 1
        and "this command is about the shipped documents" in capsys.readouterr().err
    )


def test_writing_the_docs_again_changes_no_byte(tmp_path):
    for name in ("README.md", "README.zh-CN.md", "docs", "data", "notebooks", "figures"):
        source = ROOT / name
        (
            shutil.copytree(source, tmp_path / name)
            if source.is_dir()
            else shutil.copy(source, tmp_path / name)
        )
    first = {path: path.read_bytes() for path in update_documents(tmp_path)}
    assert (
        len(first) >= 8
        and {path: path.read_bytes() for path in update_documents(tmp_path)} == first
    )


# ---- tables


def test_the_data_package_is_current():
    assert (ROOT / "data" / "datapackage.json").read_bytes() == data_package_bytes(ROOT), (
        "run `python -m helpers docs`"
    )


def test_the_data_package_is_valid_and_so_is_every_row_of_every_table():
    report = validate(str(ROOT / "data" / "datapackage.json"))
    assert report.valid, [
        (task.name, [error.message for error in task.errors][:3])
        for task in report.tasks
        if not task.valid
    ] + report.errors
    tables = [task for task in report.tasks if task.type == "table"]
    assert (
        len(tables) == len(stored_tables())
        and sum(task.stats.get("rows", 0) for task in tables) > 5000
    )


def test_the_data_package_names_every_file_of_data():
    named = {
        resource.path for resource in Package(str(ROOT / "data" / "datapackage.json")).resources
    }
    there = {
        path.relative_to(ROOT / "data").as_posix()
        for folder in ("raw", "codebook", "coded", "reference", "derived")
        for path in (ROOT / "data" / folder).iterdir()
    }
    assert there - named == {"raw/SHA256SUMS", "coded/README.md"} and named <= there


def test_the_validation_can_fail(tmp_path):
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf8"))
    package["resources"] = [
        r
        for r in package["resources"]
        if r["name"] in ("derived-themes", "derived-documents", "codebook-theme_rules")
    ]
    for resource in package["resources"]:
        (tmp_path / resource["path"]).parent.mkdir(exist_ok=True)
        (tmp_path / resource["path"]).write_bytes((ROOT / "data" / resource["path"]).read_bytes())
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf8")
    assert validate(str(tmp_path / "datapackage.json")).valid
    themes = tmp_path / "derived" / "themes.csv"
    themes.write_text(
        re.sub(
            r"000_jiyuan,济源,Jiyuan,party_leadership,frame,\d+",
            "nowhere,济源,Jiyuan,party_leadership,ways,-6",
            themes.read_text(encoding="utf8"),
        ),
        encoding="utf8",
    )
    kinds = {
        error.type
        for task in validate(str(tmp_path / "datapackage.json")).tasks
        for error in task.errors
    }
    assert {"constraint-error", "foreign-key"} <= kinds


@pytest.mark.parametrize("name", stored_tables())
def test_every_column_of_every_table_says_what_it_means(name):
    assert name in set(read_table("reference/tables")["table"]), (
        f"data/reference/tables.csv: no row for '{name}'"
    )
    for column in read_table(name).columns:
        assert column_meaning(name, column).get("en", "").endswith((".", ")")), (
            f"data/reference/columns.csv: no meaning of '{column}' in {name}"
        )


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_variables_named_in_the_readme_are_columns_of_the_tables(name):
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| `([^`]+)` \|$", (ROOT / name).read_text(encoding="utf8"), re.M
    )
    assert len(rows) >= 5
    for table, columns in rows:
        assert set(columns.replace("…", "doc").split(", ")) <= set(
            read_table(f"derived/{table}").columns
        ), table


def test_the_command_behind_every_measured_value_exists():
    tests = (ROOT / "tests" / "numbers" / "test_decimals.py").read_text(encoding="utf8")
    for command in set(read_table("reference/measured")["command"]) - {""}:
        named = re.fullmatch(r'pytest -s tests/numbers/test_decimals\.py -k "(\w+)"', command)
        assert re.search(rf"^def test_\w*{named[1]}", tests, re.M), command


def test_every_description_belongs_to_a_table_or_column_that_exists():
    names = stored_tables()
    columns = {name: set(read_table(name).columns) for name in names}
    assert set(read_table("reference/tables")["table"]) == set(names)
    for row in read_table("reference/columns").itertuples():
        assert row.column in (
            set().union(*columns.values()) if row.table == "*" else columns[row.table]
        ), (row.table, row.column)


def test_a_stored_table_has_the_types_that_its_description_names():
    table = stored("derived/outcome_pairs")
    assert str(table["a"].dtype) == "int64" and str(table["verdict"].dtype) == "str"
    assert (
        str(stored("derived/outcomes")["value"].dtype) == "float64"
        and stored("derived/outcomes")["value"].isna().any()
    )


# ---- the cell behind every result


def test_every_figure_and_table_has_the_cell_that_makes_it():
    text = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf8")
    for name in FIGURES:
        row = re.search(rf"^\| `{name}` \|.*\[([\w]+)\]\(\S+\) `([\w-]+)` \|", text, re.M)
        cell = next(
            c
            for c in nbformat.read(ROOT / "notebooks" / f"{row[1]}.ipynb", 4).cells
            if c.id == row[2]
        )
        assert "publish(" in cell.source and f'"{name}"' in cell.source
    for path in (ROOT / "data" / "derived").glob("*.csv"):
        assert f"(../data/derived/{path.name})" in text


def test_a_figure_or_table_that_no_notebook_makes_is_reported(tmp_path):
    for folder in ("notebooks", "figures/en"):
        (tmp_path / folder).mkdir(parents=True)
    blocks = reference.blocks(tmp_path, {})
    assert "no notebook" in blocks["figures"] and "no notebook" in blocks["tables"]
    assert "no notebook" not in (ROOT / "docs" / "reproduce.md").read_text(encoding="utf8")


def test_the_findings_are_listed_with_the_notebook_that_shows_them():
    text = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf8")
    for row in read_table("coded/findings").itertuples():
        (path,) = (ROOT / "notebooks").glob(f"{row.notebook}_*.ipynb")
        assert f"](findings.md#{row.finding}) | [{path.stem}](" in text


def test_a_table_written_in_a_loop_is_found_in_its_cell():
    cells = [
        reference.CellReference("a", "c1", 'x = "themes"'),
        reference.CellReference(
            "a", "c2", 'for name, t in {"themes": x}.items():\n    write_table(t, name)'
        ),
    ]
    assert reference.table_cells(cells)["themes"].cell == "c2"


def test_every_link_of_the_docs_leads_to_a_file():
    for path in TEXTS:
        for target in re.findall(r"(?<!\\)\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf8")):
            assert re.match(r"https?:", target) or (path.parent / target).exists(), (
                path.name,
                target,
            )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("tag", "head", "expect"), [("en", "Exercises", "xpect"), ("zh", "练习", "应")]
)
def test_a_notebook_ends_with_exercises_that_say_what_to_expect(path, tag, head, expect):
    texts = [
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and f"lang-{tag}" in cell.metadata.tags
    ]
    last = "\n".join(texts).rpartition(f"## {head}\n")[2]
    exercises = re.findall(r"^\*\*\d\. (.+?)(?=^\*\*\d\. |\Z)", last, re.M | re.S)
    assert len(exercises) >= 2 and all(expect in exercise for exercise in exercises)
