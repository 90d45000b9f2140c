"""The reading copy is complete, linked, described and safe, and loads nothing from elsewhere."""

import base64
import html
import inspect
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import helpers
from helpers import read_corpus
from helpers.site.api import docstring_html
from helpers.site.pages import notebook_page
from helpers.site.site import build_site

ROOT = Path(__file__).resolve().parents[2]
METHOD = """# Method <!--n-->5<!--/-->

Of <!--n-->5<!--/--> *cities*: [cell](../notebooks/03_themes.ipynb#cell-id=picture), \
[table](../data/derived/rates.csv), [figure](../figures/en/rates.svg), \
[Chinese](method.zh-CN.md),
[not here](../notebooks/09_none.ipynb), [nor this](../CONTRIBUTING.md), \
[far](https://law.example/a). <script>alert(2)</script>
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def code(source, **data):
    return new_code_cell(
        source,
        execution_count=1,
        outputs=[new_output("execute_result", data=data, execution_count=1)],
    )


def picture(alt=None):
    cell = code("chart", **{"image/png": PIXEL, "text/plain": "<Chart>"})
    cell.outputs[0].metadata = {
        "image/png": {"width": 10, "height": 10, **({"alt": alt} if alt else {})}
    }
    return cell


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A small project: two notebooks, a figure in two languages, a table, and a document with
    markup in it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("00_index", "03_themes"):
        cells = [
            new_markdown_cell(
                f"# {name}: what is said? 说什么\n\n**Question.** What?\n\n8 minutes"
            ),
            new_markdown_cell("## One\n\n## Two\n\n## Three"),
            picture("Five dots"),
        ]
        cells[-1].id = "picture"
        (root / "notebooks").mkdir(exist_ok=True)
        nbformat.write(new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")
    for lang in ("zh", "en"):
        folder = root / "figures" / lang
        folder.mkdir(parents=True)
        record = {
            "caption": {"zh": "图 <1>", "en": "Figure <1>"},
            "alt": {"zh": "五个点", "en": 'Five "dots"'},
        }
        (folder / "rates.json").write_text(json.dumps(record), encoding="utf8")
        for kind in ("svg", "csv", "pdf", "png"):
            (folder / f"rates.{kind}").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (root / "data" / "derived").mkdir(parents=True)
    (root / "data" / "derived" / "rates.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf8")
    (root / "docs").mkdir()
    (root / "docs" / "method.md").write_text(METHOD, encoding="utf8")
    (root / "docs" / "method.zh-CN.md").write_text(
        "# 方法\n\n共<!--n-->5<!--/-->篇，约15分钟。\n", encoding="utf8"
    )
    (root / "texts").mkdir()
    for n, name in enumerate(("郑州", "焦作")):
        text = (
            f"{name}:打好“组合拳”<script>alert(1)</script>\n\n"
            f"　　市人大常委会开展执法检查{n},走访养老机构５家.发放问卷３００份<b>.\n"
        )
        (root / "texts" / f"{n} <b>&'.txt").write_text(text, encoding="utf8")
    return root


@pytest.fixture(scope="module")
def site(root):
    return build_site(root, root / "site", corpus=read_corpus(root / "texts"))


def pages(site):
    return {path.name: path.read_text(encoding="utf8") for path in sorted(site.glob("*.html"))}


def test_the_copy_holds_notebooks_figures_tables_evidence_texts_and_an_index(site):
    assert set(pages(site)) == {
        "index.html",
        "00_index.html",
        "03_themes.html",
        "gallery.html",
        "tables.html",
        "evidence.html",
        "texts.html",
        "text-1.html",
        "text-2.html",
        "method.html",
        "method.zh-CN.html",
        "api.html",
        "summary.html",
        "summary-en.html",
    }


def test_every_link_leads_to_a_file_and_a_place(site):
    found = pages(site)
    ids = {name: set(re.findall(r'\bid="([^"]+)"', page)) for name, page in found.items()}
    for name, page in found.items():
        for address in map(html.unescape, re.findall(r'(?:href|src)="([^"]*)"', page)):
            if address.startswith("data:"):
                continue
            file, _, anchor = address.partition("#")
            if address == "https://law.example/a":
                continue
            assert not re.match(r"[a-z]+:|//", file), address
            assert not file or (site / file).is_file(), (name, address)
            assert not anchor or anchor in ids[file or name] | {"main"}, (name, address)


def test_no_page_loads_anything_from_elsewhere(site):
    for page in pages(site).values():
        assert (
            not re.search(
                r'(?:src|href)="(?:https?:)?//',
                page.replace('<a href="https://law.example/a">', ""),
            )
            and "@import" not in page
            and "url(" not in page
        )
        assert "MathJax" not in page and "require.js" not in page


def test_every_picture_is_described(site):
    for name, page in pages(site).items():
        for tag in re.findall(r"<img [^>]*>", page):
            assert re.search(r'alt="[^"]+"', tag), (name, tag)
    assert (
        'alt="Five dots"' in pages(site)["03_themes.html"]
        and 'alt="Five &quot;dots&quot;"' in pages(site)["gallery.html"]
    )


def test_every_page_says_its_language_its_title_and_has_one_main_heading(site):
    for name, page in pages(site).items():
        assert (
            '<html lang="en">' in page
            and re.search("<title>[^<]+</title>", page)
            and page.count("<main") == 1
        )
        assert len(re.findall("<h1[ >]", page)) == 1, name


def test_ids_are_unique_on_a_page(site):
    for name, page in pages(site).items():
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), name


def test_markup_in_texts_captions_and_file_names_is_shown_as_text(site):
    for name, page in pages(site).items():
        assert "<script>alert" not in page and "<1>" not in page, name
        assert not re.search(r"<b>[&.]", page), name
    assert "&lt;b&gt;" in pages(site)["text-1.html"]


def test_each_quotation_of_the_evidence_leads_to_its_words(site):
    found = pages(site)
    links = re.findall(r'href="(text-\d\.html)#(o\d+)"', found["evidence.html"])
    assert links and all(re.search(rf'<mark id="{anchor}">', found[file]) for file, anchor in links)


def test_notebooks_follow_one_another_and_say_their_minutes(site):
    found = pages(site)
    assert (
        re.search(r'rel="next" href="03_themes.html"', found["00_index.html"])
        and 'rel="prev"' not in found["00_index.html"]
    )
    assert re.search(r'rel="prev" href="00_index.html"', found["03_themes.html"])
    assert found["index.html"].count("8 min") == 2


def test_a_second_run_writes_the_same_bytes_and_leaves_no_old_file(root, site):
    before = pages(site)
    (site / "old.html").write_text("left over")
    assert pages(build_site(root, root / "site", corpus=read_corpus(root / "texts"))) == before


def test_a_project_without_results_gives_an_index(tmp_path):
    (tmp_path / "notebooks").mkdir()
    assert [path.name for path in build_site(tmp_path, tmp_path / "site").glob("*")] == [
        "index.html"
    ]


def test_a_failed_run_leaves_the_old_copy_intact(root, site):
    before = pages(site)
    broken = root / "notebooks" / "99_broken.ipynb"
    broken.write_text("{")
    try:
        with pytest.raises(Exception, match=r"."):
            build_site(root, root / "site", corpus=read_corpus(root / "texts"))
    finally:
        broken.unlink()
    assert pages(site) == before


@pytest.mark.parametrize(
    ("source", "gone", "kept"),
    [
        ("<script>alert(1)</script>words", "<script", "words"),
        ("<img src=x onerror=alert(1)> words", "<img", "words"),
        ("<p onclick='alert(1)'>words</p>", "onclick", "words"),
        ("<a href='javascript:alert(1)'>words</a>", "javascript", "words"),
        ("<a href=' java\tscript:alert(1)'>words</a>", "script:", "words"),
        ("<a href='data:text/html,x'>words</a>", "data:text", "words"),
        ("<iframe src='https://a.example'></iframe>words", "<iframe", "words"),
        ("<svg><script>alert(1)</script></svg>words", "<svg", "words"),
        ("<style>body{display:none}</style>words", "display:none", "words"),
        ("<form action='https://a.example'><input name=a></form>words", "<input", "words"),
        ("<img src='https://a.example/x.png'>words", "a.example", "words"),
        (
            "<a href='https://law.example/a?b=1'>words</a>",
            "onclick",
            'href="https://law.example/a?b=1"',
        ),
        ("<a href='#part-1'>words</a>", "onclick", 'href="#part-1"'),
        ("<a href='03_themes.html'>words</a>", "onclick", 'href="03_themes.html"'),
        ("> 人大代表 **quoted**", "onclick", "<blockquote>"),
    ],
)
@pytest.mark.parametrize("kind", ["markdown", "html"])
def test_nothing_in_a_notebook_can_run_or_load(source, gone, kept, kind):
    if kind == "html" and source.startswith(">"):
        pytest.skip("Markdown only")
    cell = (
        new_markdown_cell(source)
        if kind == "markdown"
        else code("x", **{"text/html": source, "text/plain": "x"})
    )
    body = notebook_page(new_notebook(cells=[new_markdown_cell("# Title"), cell]), "x").body
    assert gone not in body and kept in body


def test_a_link_to_a_notebook_becomes_a_link_to_its_page():
    body = notebook_page(
        new_notebook(
            cells=[
                new_markdown_cell(
                    "[next](03_themes.ipynb#part-1) [far](https://a.example/x.ipynb)"
                    " [notes](../docs/scale.md)"
                )
            ]
        ),
        "x",
    ).body
    assert "notes" in body and "../docs" not in body
    assert 'href="03_themes.html#part-1"' in body and 'href="https://a.example/x.ipynb"' in body


def test_a_picture_without_a_description_gets_a_neutral_one():
    body = notebook_page(new_notebook(cells=[picture()]), "x").body
    assert re.search(r'<img [^>]*alt="Chart; its data', body)


def test_tables_scroll_in_a_box_that_the_keyboard_reaches():
    body = notebook_page(
        new_notebook(cells=[new_markdown_cell("# T\n\n## Rates\n\n|a|b|\n|-|-|\n|养老|2|")]), "x"
    ).body
    assert re.search(
        r'<div class="scroll" role="region" tabindex="0" aria-label="Table 1: Rates"><table>', body
    )
    assert '<td lang="zh-CN">养老</td>' in body


def test_a_chinese_text_of_a_notebook_says_so_and_adds_no_second_main_heading():
    chinese = new_markdown_cell("# 题目\n\n正文", metadata={"tags": ["lang-zh"]})
    body = notebook_page(new_notebook(cells=[new_markdown_cell("# Title"), chinese]), "x").body
    assert body.count("<h1") == 1 and re.search(
        r'lang="zh-CN"[^>]*>.*<p [^>]*class="title"', body, re.S
    )


def test_code_is_folded_and_still_there():
    body = notebook_page(new_notebook(cells=[new_code_cell("corpus = read_corpus()")]), "x").body
    assert '<details class="code"><summary>Code' in body and "read_corpus" in body


def contrast(one, other):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_has_the_contrast_that_wcag_aa_requires():
    css = (ROOT / "src/helpers/figures/reading.css").read_text(encoding="utf8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", css))
    full = {
        name: value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:])
        for name, value in colours.items()
    }
    for ink in ("ink", "quiet", "link"):
        for ground in ("paper", "wash", "mark"):
            assert contrast(full[ink], full[ground]) >= 4.5, (ink, ground)
    assert contrast(full["ink"], full["hit"]) >= 4.5
    assert (
        round(contrast("#000000", "#ffffff"), 1) == 21.0
        and round(contrast("#777777", "#ffffff"), 2) == 4.48
    )


def test_the_picture_used_in_these_tests_is_a_png():
    assert base64.b64decode(PIXEL).startswith(b"\x89PNG")


def test_a_doc_links_to_files_in_the_copy_and_names_the_others(site):
    body = pages(site)["method.html"].partition("<main")[2]
    for address in (
        "03_themes.html#cell-id=picture",
        "tables/rates.csv",
        "figures/en/rates.svg",
        "method.zh-CN.html",
        "https://law.example/a",
    ):
        assert f'href="{address}"' in body
    assert (
        "not here" in body
        and "09_none" not in body
        and "nor this" in body
        and "CONTRIBUTING" not in body
    )
    assert "<h1>Method 5</h1>" in body and "Of 5 <em>cities</em>" in body and "<!--" not in body


def test_a_chinese_text_says_so_and_is_listed_without_minutes(site):
    found = pages(site)
    assert (
        '<div lang="zh-CN">' in found["method.zh-CN.html"] and "15 min" not in found["index.html"]
    )
    assert (
        'href="method.html">Method 5</a>' in found["index.html"]
        and 'href="api.html"' in found["index.html"]
    )


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_is_explained_with_its_arguments(site, name):
    section = re.search(
        rf'<section id="{name}"><h3>{name}</h3><pre'
        rf' tabindex="0"><code>{name}(.*?)</code></pre>(.*?)</section>',
        pages(site)["api.html"],
        re.S,
    )
    assert section and "<p>" in section[2] and " object at " not in section[0]
    thing = getattr(helpers, name)
    if inspect.isfunction(thing):
        for argument in inspect.signature(thing).parameters:
            assert re.search(rf"\b{argument}\b", section[1])


def test_a_docstring_becomes_headings_terms_and_code():
    text = (
        "Count `x` < 5.\n\nParameters\n----------\na, b : int\n    More *than* `c`.\n\n    - one\n "
        "   - two\n\nExamples\n--------\n>>> f(1)\n'<b>'\n"
    )
    shown = docstring_html(text)
    assert shown.startswith("<p>Count <code>x</code> &lt; 5.</p><h4>")
    assert (
        "<dt><code>a, b</code> int</dt><dd><p>More <em>than</em>"
        " <code>c</code>.</p><ul><li>one</li><li>two</li></ul></dd>" in shown
    )
    assert '<pre tabindex="0"><code>&gt;&gt;&gt; f(1)\n&#39;&lt;b&gt;&#39;</code></pre>' in shown


def test_results_of_another_corpus_come_without_the_docs_of_the_project(tmp_path, root):
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    site = build_site(tmp_path, tmp_path / "site")
    assert not (site / "api.html").exists() and not list(site.glob("method*"))


def test_templates_of_a_user_or_of_the_working_folder_change_no_page(tmp_path, monkeypatch):
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), code("1", **{"text/plain": "1"})])
    before = notebook_page(notebook, "one").body
    for folder in (tmp_path, tmp_path / "nbconvert" / "templates"):
        for name in ("base", "basic", "classic", "lab"):
            (folder / name).mkdir(parents=True)
            for file in ("index.html.j2", "base.html.j2", "null.j2", "display_priority.j2"):
                (folder / name / file).write_text("other")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert notebook_page(notebook, "one").body == before
