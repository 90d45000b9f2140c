"""Nothing in a document, its name, its metadata or a codebook acts in a browser: in JupyterLab, the
explorer, the reading copy, and the HTML pages and slides that nbconvert writes.

Without a browser these tests are skipped and say so.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from test_browser import FRAME, ROOT, Server, Watched, free_port

from helpers import read_corpus, read_table
from helpers.site.notebooks import execute_notebooks
from helpers.site.site import build_site

pytestmark = pytest.mark.slow
ACT = "window.pwned=1;document.title='PWNED'"
IMAGE = f'<img src=x onerror="{ACT}">'
ACTIVE = (
    f'{IMAGE}<script>{ACT}</script><svg onload="{ACT}"></svg>'
    f'<iframe srcdoc="<script>parent.{ACT}</script>"></iframe>'
    f"[link](javascript:{ACT})![p](https://canary.invalid/p.png)"
    '<style>@import "https://canary.invalid/s.css";</style>'
)
SHOWN = "`code` **bold** | $x^2$ <!-- gone --> \\(y\\) http://canary.invalid/u"
TEXT = (
    "关于养老服务工作的报告\n\n"
    "　　{a}市人大常委会开展了执法检查，走访养老机构５家，发放问卷３００份。\n\n"
    "　　{b}建成社区食堂２１家，助餐服务覆盖率２１９８％，{a}{b}比上年提高３２个百分点。\n"
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# addresses that the templates of nbconvert load in every page, whatever it shows
TEMPLATES = re.compile(r"https://(cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com)/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two hostile documents: one by its file name, one by the columns of a table."""
    folder = tmp_path_factory.mktemp("hostile") / "documents"
    folder.mkdir()
    text = TEXT.format(a=ACTIVE, b=SHOWN)
    name = IMAGE.replace("/", "_")
    (folder / f"{name}.txt").write_text(text, "utf8")
    row = {"text": text, "doc": ACTIVE, "city_zh": f"{IMAGE}市", "city_en": ACTIVE}
    row |= {"title": ACTIVE + SHOWN, "contributor": ACTIVE, "date": IMAGE, IMAGE: SHOWN}
    table = pd.DataFrame([row, row | {"doc": f"{SHOWN}b", "text": text * 4}])
    table.to_json(folder / "<b>t.jsonl", orient="records", lines=True, force_ascii=False)
    return folder


@pytest.fixture(scope="module")
def codebook(tmp_path_factory):
    """A codebook whose labels try to act, too."""
    folder = tmp_path_factory.mktemp("codebook") / "codebook"
    shutil.copytree(ROOT / "data" / "codebook", folder)
    for name in ("themes", "theme_rules", "approaches"):
        table = read_table(f"codebook/{name}")
        labels = [column for column in ("zh", "en") if column in table]
        table[labels] = table[labels].where(table[labels] == "", table[labels] + IMAGE + SHOWN)
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def executed(folder, codebook, tmp_path_factory):
    """The notebooks, executed on the hostile documents, in a project of their own."""
    project = tmp_path_factory.mktemp("project")
    runs = execute_notebooks(
        NOTEBOOKS,
        project / "notebooks",
        environment={
            "HELPERS_CORPUS": str(folder),
            "HELPERS_CODEBOOK": str(codebook),
            "HELPERS_OUT": str(project),
        },
    )
    assert not [run for run in runs if run.error], runs
    return project


def check(watched, *, allowed=None):
    """Nothing acted, nothing was loaded from elsewhere, and no image comes from a document."""
    page = watched.page
    page.wait_for_timeout(300)
    for frame in page.frames:
        assert not frame.evaluate("window.pwned")
    assert page.title() != "PWNED"
    for locator in (page.locator("body"), *map(lambda f: f.locator("body"), page.frames)):
        images = locator.locator("img").evaluate_all("all => all.map(i => i.getAttribute('src'))")
        assert not [source for source in images if source in ("x", "https://canary.invalid/p.png")]
        links = locator.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert not [link for link in links if re.match(r"javascript:|https?://canary", link or "")]
    elsewhere = [line for line in watched.wrong if line.startswith("elsewhere")]
    assert not [line for line in elsewhere if not (allowed and allowed.search(line))], elsewhere


def test_the_reading_copy_shows_hostile_texts_as_text(browser, executed, folder):
    site = build_site(executed, executed / "site", corpus=read_corpus(folder))
    watched = Watched(browser)
    for path in sorted(site.glob("*.html")):
        watched.page.goto(path.as_uri())
        check(watched)
    watched.page.goto((site / "text-1.html").as_uri())
    assert "<script>" in watched.page.locator("body").inner_text()
    assert not watched.wrong, watched.wrong


@pytest.mark.parametrize("kind", ["html", "slides"])
def test_pages_that_nbconvert_writes_show_hostile_texts_as_text(
    browser,
    executed,
    tmp_path,
    kind,
):
    notebooks = sorted(map(str, (executed / "notebooks").glob("*.ipynb")))
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", kind, *notebooks]
    subprocess.run([*command, "--output-dir", str(tmp_path)], check=True, capture_output=True)
    pages = sorted(tmp_path.glob("*.html"))
    assert len(pages) == len(NOTEBOOKS)
    for path in pages:
        watched = Watched(browser)
        watched.page.goto(path.as_uri(), wait_until="commit")
        watched.page.wait_for_selector("body", state="attached")
        check(watched, allowed=TEMPLATES)
        if path.stem.startswith("00"):
            assert IMAGE[:11] in watched.page.locator("body").inner_text()
        watched.page.close()


@pytest.fixture(scope="module")
def lab(executed, folder, codebook, tmp_path_factory):
    """JupyterLab with the executed notebooks, which it trusts as if it had executed them."""
    home = tmp_path_factory.mktemp("lab")
    environment = {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "HELPERS_CORPUS": str(folder),
        "HELPERS_CODEBOOK": str(codebook),
        "HELPERS_OUT": str(home / "out"),
    }
    notebooks = map(str, (executed / "notebooks").glob("*.ipynb"))
    trust = [sys.executable, "-m", "jupyter", "trust", *notebooks]
    subprocess.run(trust, check=True, capture_output=True, env={**os.environ, **environment})
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={free_port()}"),
        f"--ServerApp.root_dir={executed / 'notebooks'}",
    ]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    server = Server(command, home / "lab.log", environment)
    yield server.address()
    server.end()


def open_in_lab(browser, address, name):
    watched = Watched(browser, height=20_000)  # so high that no output waits for scrolling
    page = address.replace("/lab?", f"/lab/tree/{name}.ipynb?")
    watched.page.goto(f"{page}&reset", timeout=120_000)  # only this notebook is open
    watched.page.locator(".jp-Notebook").wait_for(timeout=120_000)
    watched.page.get_by_text("| Idle").first.wait_for(timeout=120_000)
    return watched


def choose(watched, menu, item):
    watched.page.get_by_role("menuitem", name=menu, exact=True).click()
    watched.page.get_by_role("menuitem", name=item, exact=True).click()


def output_with(watched, text):
    return watched.page.locator(".jp-OutputArea").filter(has_text=text).first


def wait_for_output(watched, text):
    """Lab draws an output some time after the kernel has sent it."""
    output_with(watched, text).wait_for(state="attached", timeout=120_000)


@pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
def test_lab_shows_the_outputs_of_hostile_documents_as_text(browser, lab, name):
    watched = open_in_lab(browser, lab, name)
    if name in ("00_index", "02_approaches", "05_synthesis"):
        wait_for_output(watched, IMAGE[:11])
    if name == "02_approaches":  # a quotation keeps its signs
        wait_for_output(watched, "**bold**")
    check(watched)
    watched.page.close()


def test_running_all_cells_in_lab_runs_nothing_of_a_document(browser, lab):
    watched = open_in_lab(browser, lab, "00_index")
    choose(watched, "Edit", "Clear Outputs of All Cells")
    output_with(watched, IMAGE[:11]).wait_for(state="detached")
    choose(watched, "Run", "Run All Cells")
    wait_for_output(watched, IMAGE[:11])
    watched.page.get_by_text("| Idle").first.wait_for(timeout=120_000)
    check(watched)


def test_the_explorer_runs_nothing_of_a_document(browser, folder, codebook, tmp_path):
    command = [sys.executable, "-m", "helpers", "explore", "--no-browser", "--port"]
    command += [str(free_port()), "--corpus", str(folder), "--codebook", str(codebook)]
    server = Server(command, tmp_path / "explore.log", {})
    try:
        watched = Watched(browser)
        watched.page.goto(server.address(), timeout=120_000)
        watched.page.wait_for_selector(FRAME, timeout=120_000)
        frame = watched.page.frame_locator(FRAME)
        frame.locator("h1").wait_for()
        views = watched.page.get_by_label("看什么 Look at", exact=True)
        for view in views.locator("option").all_inner_texts():
            views.select_option(label=view)
            watched.page.wait_for_timeout(1500)
            check(watched)
        assert IMAGE[:11] in json.dumps(frame.locator("body").inner_text(), ensure_ascii=False)
    finally:
        server.end()
