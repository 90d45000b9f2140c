"""Text of documents, names and codebooks is shown as text: it never acts as Markdown, HTML or a
formula, and nothing in the package or the notebooks leads around the escape."""

import ast
import re
from html import unescape
from pathlib import Path

import mistune
import nbformat
import pandas as pd
import pytest
from lxml import html
from markupsafe import Markup

import helpers
from helpers import MarkdownText, read_corpus, show, study_of
from helpers.escaping import escape, escape_markdown
from helpers.study import note
from helpers.text.ledger import side_by_side

SOURCE = Path(helpers.__file__).parent
NOTEBOOKS = sorted((SOURCE.parents[1] / "notebooks").glob("*.ipynb"))
HOSTILE = [
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    "[click](javascript:alert(1)) ![p](http://a.example/x.png)",
    "`code` ``two`` ~~gone~~ **bold** *it* __b__ _i_",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "$x^2$ and $$y$$ and \\(z\\) and \\[w\\] and \\begin{array}{c}1\\end{array}",
    "<!-- gone --> text",
    "# heading",
    "- item\n- item",
    "12. item",
    "    code",
    "text\n===",
    "---",
    "> quoted",
    "<https://a.example> http://a.example www.a.example a@b.example",
    "[a]: http://a.example\n\n[a]",
    "&lt;b&gt; &#36;x&#36; &copy;",
    "a\u2028b\r\n\r\nc\x85d",
]
# renders Markdown with the additions that Jupyter and GitHub have
RENDER = mistune.create_markdown(
    escape=False, plugins=["table", "strikethrough", "url", "task_lists", "footnotes"]
)


def rendered(text: str) -> html.HtmlElement:
    return html.fragment_fromstring(RENDER(text), create_parent="div")


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("sentence", ["{x}", "A **b** {x} c.", "- {x}", "“{x}” (doc, 1–2)"])
def test_a_value_in_markdown_is_shown_as_it_is(text, sentence):
    page = rendered(MarkdownText(sentence).format(x=text))
    assert words(page.text_content()).endswith(words(sentence.split("{x}")[-1]))
    assert words(text) in words(page.text_content())
    tags = {element.tag for element in page.iter()} - {"div", "p", "ul", "li"}
    assert tags <= {"span", "strong"}
    assert len(page.findall(".//strong")) == sentence.count("**") // 2


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sign_of_a_formula_stands_outside_an_element_that_formulas_ignore(text):
    page = rendered(escape_markdown(text))
    for element in page.xpath("//span[contains(@class, 'mathjax_ignore')]"):
        element.drop_tree()
    assert not re.search(r"[$\\]", page.text_content())


def test_markdown_that_the_program_wrote_is_not_escaped_again():
    inner = MarkdownText("**{x}**").format(x="a*b")
    assert MarkdownText("{y} {z}").format(y=inner, z="*") == "**a\\*b** \\*"
    assert MarkdownText(", ").join([inner, "*"]) == "**a\\*b**, \\*"
    assert isinstance(MarkdownText(", ").join([inner]), MarkdownText)


def test_a_number_keeps_its_form_and_a_missing_value_is_empty_in_html():
    assert MarkdownText("{n:,} {x:.1f}").format(n=1200, x=-0.5) == "1,200 -0.5"
    assert escape(float("nan")) == escape(None) == escape(pd.NA) == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_a_value_as_it_is(text):
    assert unescape(str(escape(text))) == text
    assert not re.search(r"[<>\"']", escape(text))


def test_a_plain_string_is_escaped_when_it_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show("*a*", MarkdownText("*b*"), Markup("<b>c</b>"), 4)
    assert [getattr(one, "data", one) for one in shown] == ["\\*a\\*", "*b*", "<b>c</b>", 4]


# --- what a reader sees of hostile documents


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Two documents whose names, cities, titles and sentences try to act."""
    folder = tmp_path_factory.mktemp("hostile")
    bad = "<img src=x onerror=alert(1)>[a](javascript:b) `c` $d$ | **e** "
    sentences = f"市人大常委会开展了执法检查，走访养老机构５家{bad}助餐２１９８％。\n"
    rows = [
        {"text": sentences * 3, "doc": f"{bad}{n}", "city_zh": f"{bad}市", "title": bad}
        for n in range(2)
    ]
    pd.DataFrame(rows).to_json(
        folder / "<svg onload=alert(1)>.jsonl", orient="records", lines=True, force_ascii=False
    )
    return study_of(read_corpus(folder))


def test_findings_about_hostile_documents_contain_no_tag_link_or_code(hostile):
    doc = next(iter(hostile.corpus)).doc
    for said in note(hostile, "05.portrait", doc=doc):
        assert isinstance(said, MarkdownText), said
        page = rendered(said)
        tags = {element.tag for element in page.iter()}
        assert tags <= {"div", "p", "ul", "li", "strong", "em", "span"}, note


def test_the_passage_shown_raw_and_clean_is_html_only_where_the_program_wrote_it(hostile):
    page = html.fragment_fromstring(side_by_side(next(iter(hostile.corpus))), create_parent="div")
    assert {element.tag for element in page.iter()} <= {"div", "table", "tr", "th", "td", "br"}
    assert "<img src=x" in page.text_content()


# --- no way around the escape


def calls(tree: ast.Module, *names: str):
    for node in ast.walk(tree):
        name = getattr(node, "func", None)
        if isinstance(node, ast.Call) and getattr(name, "id", getattr(name, "attr", "")) in names:
            yield node


FILES = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}
# the only places where text becomes HTML or Markdown without being a constant, with the reason
TRUSTED = {
    "escaping.py": "the escape itself",
    "figures/markup.py": "files of the package, and the texts of data/text",
    "labels.py": "the texts of data/text",
    "site/pages.py": "the page of a notebook, after everything active was removed",
}


@pytest.mark.parametrize("file", sorted(FILES.keys() - TRUSTED.keys()))
def test_only_constants_are_declared_to_be_html_or_markdown(file):
    for call in calls(ast.parse(FILES[file].read_text("utf8")), "Markup", "MarkdownText"):
        assert all(is_constant(argument) for argument in call.args), ast.unparse(call)


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return is_constant(node.body) and is_constant(node.orelse)
    return isinstance(node, ast.Constant)


@pytest.mark.parametrize("file", sorted(FILES.keys() - {"escaping.py"}))
def test_only_the_escape_shows_markdown_and_html(file):
    text = FILES[file].read_text("utf8")
    assert "IPython.display" not in text
    assert not re.search(r"_repr_(html|markdown|latex|javascript|mimebundle)_", text)


TAG = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*[ >/]", re.IGNORECASE)
# files whose tags are looked for in documents, and the escape itself
READ = {"readers/web.py", "readers/word.py", "escaping.py"}


@pytest.mark.parametrize("file", sorted(FILES.keys() - READ))
def test_tags_are_written_only_in_constants_that_fill_in_values_escaped(file):
    tree = ast.parse(FILES[file].read_text("utf8"))
    escaped = {id(part) for call in calls(tree, "Markup") for part in ast.walk(call)}
    docstrings = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in escaped | docstrings:
                assert not TAG.search(node.value), ast.unparse(node)


def test_no_template_lets_a_value_through_unescaped():
    templates = [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.j2")]
    assert templates
    for path in templates:
        if path.name != "notebook.html.j2":  # what nbconvert made is disarmed after it
            assert not re.search(r"\|\s*safe|autoescape", path.read_text("utf8")), path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_show_texts_by_the_escape_only(path):
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert "IPython" not in code
    for call in calls(ast.parse(code), "MarkdownText"):
        assert all(is_constant(argument) for argument in call.args), ast.unparse(call)
    assert not list(calls(ast.parse(code), "Markup", "Markdown", "HTML", "display"))


def test_a_table_in_a_notebook_never_cuts_a_reason_or_a_quotation_off():
    reason = "a share of a whole is at most 100 %: 21.98 ≤ 100 < 219.8; 44.4 ÷ 202 = 21.98 % " * 9
    shown = pd.DataFrame({"reason": [reason]})._repr_html_()
    assert reason.strip() in unescape(shown) and "..." not in shown
