"""The pages work in a real browser: JupyterLab, the explorer as a page, and the reading copy.

Without a browser these tests are skipped and say so.
"""

import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import nbformat
import pandas as pd
import psutil
import pytest
from waiting import patience, wait_until

from helpers import keyword_in_context, read_corpus, study_of
from helpers.explorer.answers import Choice, answer
from helpers.explorer.views import frequency, search
from helpers.site.site import build_site

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
FRAME = 'iframe[title="结果 Results"]'
NASTY = """济源:打好“组合拳”<script>document.title='x'</script>

　　市人大常委会开展执法检查,走访养老机构５家."><img src=x \
onerror="document.title='x'"><b>助餐</b> =1+1食堂助餐'.

　　=cmd|'/c calc'!A1助餐,发放问卷３００份<script>parent.document.title='x'</script>.
"""


class Watched:
    """A page with whatever went wrong on it: failed requests, errors on the console, requests to
    other servers."""

    def __init__(self, browser, width=1280, height=900, **options):
        self.page = browser.new_page(viewport={"width": width, "height": height}, **options)
        self.wrong = []
        self.page.on(
            "console",
            lambda message: self.wrong.append(message.text) if message.type == "error" else None,
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "requestfailed", lambda request: self.wrong.append(f"failed: {request.url[:90]}")
        )
        self.page.on("request", self._note)

    def _note(self, request):
        if not re.match(
            r"(file|data|blob|about|chrome-extension):|(http|ws)://(127\.0\.0\.1|localhost)[:/]",
            request.url,
        ):
            self.wrong.append(f"elsewhere: {request.url[:90]}")


def serious(page):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="the package axe-playwright-python is not installed",
    )
    violations = axe.Axe().run(page).response["violations"]
    return [
        (v["id"], v["nodes"][0]["html"][:120])
        for v in violations
        if v["impact"] in ("serious", "critical")
    ]


def sideways(page):
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


# --- the reading copy


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build_site(
        ROOT, tmp_path_factory.mktemp("copy") / "site", corpus=read_corpus(ROOT / "data" / "raw")
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_opens_from_disk_complete_and_without_horizontal_scrolling(browser, site, width):
    for path in sorted(site.glob("*.html")):
        watched = Watched(browser, width)
        watched.page.goto(path.as_uri())
        assert not watched.wrong and sideways(watched.page) <= 0, (
            path.name,
            watched.wrong,
            sideways(watched.page),
        )
        assert watched.page.evaluate("[...document.images].every(image => image.alt.trim())"), (
            path.name
        )
        watched.page.close()


def test_no_page_has_a_serious_accessibility_problem(browser, site):
    for path in sorted(site.glob("*.html")):
        watched = Watched(browser)
        watched.page.goto(path.as_uri())
        assert not serious(watched.page), path.name
        watched.page.close()


def test_the_reading_copy_works_without_scripts(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "evidence.html").as_uri())
    link = page.locator(".matrix td a").first
    target = page.locator(link.get_attribute("href"))
    assert not target.is_visible()
    link.click()
    assert target.is_visible() and target.locator("blockquote").count() >= 1
    quote = target.locator("blockquote").first.inner_text()
    target.locator(".place a").first.click()
    assert page.url.split("/")[-1].startswith("text-")
    mark = page.locator("mark:target")
    assert mark.is_visible() and quote.startswith(mark.inner_text())
    context.close()


def test_a_page_can_be_read_by_keyboard(browser, site):
    watched = Watched(browser)
    watched.page.goto((site / "evidence.html").as_uri())
    watched.page.keyboard.press("Tab")
    assert "Skip" in watched.page.evaluate("document.activeElement.textContent")
    watched.page.keyboard.press("Enter")
    watched.page.keyboard.press("Tab")
    for _ in range(3):
        assert (
            watched.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        )
        watched.page.keyboard.press("Tab")


def test_a_page_can_be_printed_with_its_quotations(browser, site):
    watched = Watched(browser)
    watched.page.goto((site / "evidence.html").as_uri())
    watched.page.emulate_media(media="print")
    assert not watched.page.locator("header").is_visible()
    assert watched.page.locator("blockquote").first.is_visible()
    assert watched.page.pdf().startswith(b"%PDF")


# --- servers on this machine


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A server of ours, its address with the token, ended by its own process group."""

    def __init__(self, command, log, environment):
        self.log = log
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                cwd=ROOT,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def address(self):
        for _ in range(240):
            found = re.search(
                r"http://(?:127\.0\.0\.1|localhost):\d+/\S*token=\w+",
                self.log.read_text(errors="replace"),
            )
            if found:
                return found[0]
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            time.sleep(0.25)
        raise AssertionError(self.log.read_text()[-2000:])

    def end(self):
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def nasty_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "a'b<img src=y onerror=alert(3)>.txt").write_text(NASTY, encoding="utf8")
    (folder / "=1+1.txt").write_text(
        NASTY.replace("济源:", "焦作:") + "\n　　回访.\n", encoding="utf8"
    )
    return folder


@pytest.fixture
def explorer(browser, tmp_path):
    """Open the explorer page on a corpus; afterwards the server is ended."""
    servers = []

    def open_page(corpus=None, width=1280, options=()):
        extra = [*options, *(["--corpus", str(corpus)] if corpus else [])]
        command = [
            sys.executable,
            "-m",
            "helpers",
            "explore",
            "--no-browser",
            "--port",
            str(free_port()),
            *extra,
        ]
        server = Server(command, tmp_path / f"voila{len(servers)}.log", {})
        servers.append(server)
        watched = Watched(browser, width, accept_downloads=True)
        watched.page.goto(server.address(), timeout=120_000)
        watched.page.wait_for_selector(FRAME, timeout=120_000)
        watched.frame = watched.page.frame_locator(FRAME)
        watched.frame.locator("h1").wait_for()
        watched.address, watched.server = server.address(), server
        return watched

    yield open_page
    for server in servers:
        server.end()


def choose(watched, label, values):
    watched.page.get_by_label(label, exact=True).select_option(label=values)


def download(watched, link):
    """Save what a link offers; returns name and bytes."""
    link.scroll_into_view_if_needed()
    link.hover()  # else the click may fall into the frame that scrolling has just moved
    with watched.page.expect_download() as found:
        link.click()
    return found.value.suggested_filename, Path(found.value.path()).read_bytes()


def saved(watched, name):
    file, content = download(watched, watched.page.get_by_role("link", name=f"{name}.csv"))
    assert file == f"explore_{name}.csv"
    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", keep_default_na=False)


def explore_a_theme(watched):
    """Choose a theme and two cities, follow a hit, save the table: what a reader does, in Lab as on
    the page."""
    choose(watched, "主题 Theme", "助餐 Meal services")
    watched.frame.locator("h1", has_text="助餐").wait_for()
    before = watched.frame.locator("table.kwic").inner_text()
    choose(watched, "城市 Cities", ["济源 Jiyuan", "郑州 Zhengzhou"])
    watched.frame.locator("h1", has_text="of 2 documents").wait_for()
    assert watched.frame.locator("table.kwic").inner_text() != before

    line = watched.frame.locator("table.kwic .line a").nth(7)
    word, address = line.inner_text(), line.get_attribute("href")
    line.click()
    place = watched.frame.locator(address)
    assert place.inner_text() == word
    top, bottom, height, target = place.evaluate(
        "e => { const r = e.getBoundingClientRect(); return [r.top, r.bottom, innerHeight,"
        " e.matches(':target')] }"
    )
    assert target and 0 <= top < bottom <= height
    assert place.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 201, 60)"

    study = study_of(read_corpus(ROOT / "data" / "raw"))
    expected = answer(
        study, Choice(docs=("000_jiyuan", "003_zhengzhou"), theme="meal_service")
    ).tables["concordance"]()
    found = saved(watched, "concordance")
    assert (
        found[["doc", "start", "end", "keyword"]].to_numpy().tolist()
        == expected[["doc", "start", "end", "keyword"]].astype({"doc": "str"}).to_numpy().tolist()
    )


def test_the_explorer_page_answers_links_to_the_text_and_saves_the_table(explorer):
    watched = explorer()
    assert (
        "explore(corpus)" not in watched.page.locator("body").inner_text()
        and watched.page.locator(".cm-editor, .highlight").count() == 0
    )
    explore_a_theme(watched)
    watched.page.get_by_role("button", name="准备下载 Prepare files").click()
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<?xml"), ("PDF", b"%PDF")):
        link = watched.page.get_by_role("link", name=kind, exact=True)
        link.wait_for()
        watched.page.wait_for_function("[...document.images].every(image => image.complete)")
        assert download(watched, link)[1].startswith(begins)
    choose(watched, "看什么 Look at", "检索 Search")
    watched.page.get_by_label("词语 Words").fill("老年*服务")
    watched.page.keyboard.press("Enter")
    watched.frame.locator("h1", has_text="老年*服务").wait_for()
    corpus = read_corpus(ROOT / "data" / "raw")
    two = type(corpus)((corpus["000_jiyuan"], corpus["003_zhengzhou"]))
    assert len(saved(watched, "concordance")) == len(keyword_in_context(two, "老年*服务"))
    expected = frequency(
        corpus,
        search(corpus, ["老年*服务"], ["000_jiyuan", "003_zhengzhou"]),
        ["000_jiyuan", "003_zhengzhou"],
    )
    assert saved(watched, "frequency")["n"].tolist() == expected["n"].tolist()
    assert not watched.wrong, watched.wrong


def test_the_explorer_page_shows_cells_and_numbers_and_fits_a_phone(explorer):
    watched = explorer(width=390)
    choose(watched, "看什么 Look at", "监督方式 Instruments")
    choose(watched, "监督方式 Instrument", "问卷调查 Questionnaire survey")
    watched.frame.locator("h1", has_text="问卷调查").wait_for()
    watched.frame.locator(".matrix td a").first.click()
    assert watched.frame.locator(".proof blockquote").first.is_visible()
    choose(watched, "看什么 Look at", "数量 Outcomes")
    watched.frame.locator("h1", has_text="number").wait_for()
    assert watched.frame.locator("td mark").count() > 10
    assert (
        sideways(watched.page) <= 0
        and watched.frame.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    )
    assert not watched.wrong, watched.wrong


def test_the_explorer_page_needs_its_token(explorer):
    watched = explorer()
    bare = watched.address.split("?")[0]
    try:
        with urlopen(bare) as reply:
            assert "login" in reply.url
    except HTTPError as error:
        assert error.code in (401, 403)


def test_nothing_in_a_document_a_name_or_a_query_becomes_markup_or_formula(explorer, nasty_folder):
    watched = explorer(nasty_folder)
    title = watched.page.title()
    for view, label, term in (
        ("主题 Themes", "主题 Theme", None),
        ("监督方式 Instruments", "监督方式 Instrument", None),
        ("检索 Search", "词语 Words", "<b>助餐 =1+1 助餐"),
    ):
        choose(watched, "看什么 Look at", view)
        if term:
            watched.page.get_by_label(label).fill(term)
            watched.page.keyboard.press("Enter")
            watched.frame.locator("table.kwic").wait_for()
        watched.frame.locator("h1").wait_for()
        assert watched.frame.locator("script, img, svg, b:text-is('助餐')").count() == 0
    assert "<b>助餐</b>" in watched.frame.locator("body").inner_text()
    found = saved(watched, "concordance")
    assert (
        len(found)
        and not found.map(
            lambda cell: isinstance(cell, str) and len(cell) > 1 and cell[0] in "=+-@＝＋－＠"
        )
        .to_numpy()
        .any()
    )
    watched.page.get_by_label("词语 Words").fill("<script>document.title='x'</script>?")
    watched.page.keyboard.press("Enter")
    watched.frame.locator("h1", has_text="<script>").wait_for()
    assert watched.page.title() == title and not watched.wrong, watched.wrong


def test_the_explorer_page_has_no_serious_accessibility_problem(browser, explorer):
    watched = explorer()
    watched.page.evaluate("document.documentElement.lang ||= 'en'")
    outside = [finding for finding in serious(watched.page) if finding[0] not in ("frame-tested",)]
    assert not outside
    study = study_of(read_corpus(ROOT / "data" / "raw"))
    docs = tuple(document.doc for document in study.corpus)
    for choice in (
        Choice(docs=docs),
        Choice(docs=docs, theme="rural"),
        Choice("instruments", docs),
        Choice("outcomes", docs),
        Choice("search", docs, term="*"),
    ):
        inside = Watched(browser)
        inside.page.set_content(answer(study, choice).html)
        assert not serious(inside.page), choice
        inside.page.close()


# --- the processes behind the explorer page: each open page has a kernel, and no other page has one


def kernels_of(server):
    """The kernels of a server: its child processes that run ipykernel."""
    found = []
    for child in psutil.Process(server.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if any("ipykernel" in word for word in child.cmdline()):
                found.append(child)
    return found


def load(page, address):
    page.goto(address, timeout=120_000)
    page.wait_for_selector(FRAME, timeout=120_000)


@pytest.mark.parametrize("loads", [5, pytest.param(30, marks=pytest.mark.audit)])
def test_many_loads_of_the_explorer_leave_one_kernel(explorer, loads):
    watched = explorer()
    numbers, sizes = [], []
    for number in range(loads):
        if number % 2:
            watched.page.reload(timeout=120_000)
        else:
            watched.page.goto(watched.address, timeout=120_000)
        watched.page.wait_for_selector(FRAME, timeout=120_000)
        kernels = kernels_of(watched.server)
        numbers.append(len(kernels))
        sizes.append(sum(kernel.memory_info().rss for kernel in kernels) / 1e6)
    assert max(numbers) <= 2 and max(sizes) < 800, (numbers, sizes)
    assert wait_until(lambda: len(kernels_of(watched.server)) == 1, 5)
    watched.page.goto("about:blank")
    assert wait_until(lambda: not kernels_of(watched.server), 5), "leaving the page ends its kernel"


def test_closing_the_explorer_page_ends_its_kernel_and_no_other(browser, explorer):
    watched = explorer()
    other = browser.new_page()
    load(other, watched.address)
    assert len(kernels_of(watched.server)) == 2
    other.close(run_before_unload=True)
    assert wait_until(lambda: len(kernels_of(watched.server)) == 1, 20)
    choose(watched, "主题 Theme", "助餐 Meal services")
    watched.frame.locator("h1", has_text="助餐").wait_for()
    watched.page.close()  # without `beforeunload`, like a browser that crashes
    assert wait_until(lambda: not kernels_of(watched.server), 20)


@pytest.mark.parametrize("times", [2, pytest.param(5, marks=pytest.mark.audit)])
def test_loads_of_the_explorer_that_are_broken_off_leave_no_kernel(browser, explorer, times):
    watched = explorer(options=["--pages", "3"])
    page = browser.new_page()
    for seconds in (0.05, 0.2, 0.5, 0.8, 1.2, 1.6) * times:
        with contextlib.suppress(Exception):  # the time is over before the page is there
            page.goto(watched.address, timeout=1000 * seconds, wait_until="load")
        assert len(kernels_of(watched.server)) <= 3
    page.goto("about:blank")
    assert wait_until(lambda: len(kernels_of(watched.server)) == 1, 20)
    choose(watched, "主题 Theme", "助餐 Meal services")
    watched.frame.locator("h1", has_text="助餐").wait_for()


def test_a_full_explorer_says_what_to_do_and_opens_when_a_page_is_closed(browser, explorer):
    watched = explorer(options=["--pages", "1"])
    second = Watched(browser)
    reply = second.page.goto(watched.address)
    text = second.page.locator("body").inner_text()
    assert reply.status == 503 and len(kernels_of(watched.server)) == 1
    assert "Close a page of the explorer" in text and "请关闭一个" in text
    assert not [line for line in second.wrong if line.startswith("elsewhere")], second.wrong
    assert not serious(second.page)
    watched.page.goto("about:blank")
    assert wait_until(lambda: not kernels_of(watched.server), 5)
    second.page.get_by_role("link", name="重新加载 Reload").click()
    second.page.wait_for_selector(FRAME, timeout=120_000)


SLOW_END = """
import asyncio, sys
from pathlib import Path
from helpers.explorer import server
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

clean_up = ServerKernelManager.cleanup_resources

async def slow(*arguments, **options):
    await asyncio.sleep(3)
    await clean_up(*arguments, **options)

ServerKernelManager.cleanup_resources = slow
notebook = Path("notebooks/06_explore.ipynb")
sys.exit(server.serve(notebook, port=int(sys.argv[1]), browser=False, pages=1))
"""


def test_a_page_that_is_reloaded_while_the_kernel_of_another_ends_opens(browser, tmp_path):
    server = Server([sys.executable, "-c", SLOW_END, str(free_port())], tmp_path / "end.log", {})
    try:
        page = browser.new_page()
        load(page, server.address())
        page.goto("about:blank")
        assert wait_until(lambda: not kernels_of(server), 5)
        assert page.goto(server.address(), timeout=120_000).status == 200
    finally:
        server.end()


def test_the_explorer_page_says_that_its_kernel_died_and_a_reload_helps(explorer):
    watched = explorer()
    notice = watched.page.get_by_role("alert").filter(has_text="The Python process of this page")
    assert not notice.is_visible()
    (kernel,) = kernels_of(watched.server)
    kernel.kill()
    notice.wait_for(timeout=1000 * patience(10))
    assert "本页的 Python 进程已结束" in notice.inner_text()
    assert not kernels_of(watched.server), "a new kernel would not know the page"
    notice.get_by_role("button", name="重新加载 Reload").click()
    watched.page.wait_for_selector(FRAME, timeout=120_000)
    assert not notice.is_visible()
    choose(watched, "主题 Theme", "助餐 Meal services")
    watched.frame.locator("h1", has_text="助餐").wait_for()


def test_a_kernel_that_dies_while_its_page_loads_is_announced(browser, explorer):
    watched = explorer()
    (first,) = kernels_of(watched.server)
    page = browser.new_page()
    page.goto(watched.address, wait_until="commit")
    page.wait_for_selector("#jupyter-config-data", state="attached", timeout=60_000)
    (kernel,) = (kernel for kernel in kernels_of(watched.server) if kernel != first)
    kernel.kill()
    page.get_by_text("本页的 Python 进程已结束").wait_for(timeout=1000 * patience(20))


SHORT = """
import sys
from pathlib import Path
from helpers.explorer import server

whole = server.settings

def short(*arguments, **options):
    settings = whole(*arguments, **options)
    settings["PageKernels"]["cull_idle_timeout"] = 6
    return settings

server.settings = short
notebook = Path("notebooks/06_explore.ipynb")
sys.exit(server.serve(notebook, port=int(sys.argv[1]), browser=False))
"""


def test_an_idle_explorer_page_loses_its_kernel_and_says_so(browser, tmp_path):
    server = Server([sys.executable, "-c", SHORT, str(free_port())], tmp_path / "idle.log", {})
    try:
        page = browser.new_page()
        load(page, server.address())
        assert len(kernels_of(server)) == 1
        assert wait_until(lambda: not kernels_of(server), 20)
        page.get_by_text("本页的 Python 进程已结束").wait_for(timeout=1000 * patience(10))
    finally:
        server.end()


def test_another_web_site_cannot_end_a_kernel_of_the_explorer(explorer):
    watched = explorer()
    (cookie,) = (c for c in watched.page.context.cookies() if c["name"].startswith("username"))
    kernel = watched.page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )
    bare = watched.address.split("?")[0]
    for extra in ({}, {"Origin": "http://evil.example"}):
        request = Request(f"{bare}voila/api/shutdown/{kernel}", data=b"", method="POST")
        request.add_header("Cookie", f"{cookie['name']}={cookie['value']}")
        for name, value in extra.items():
            request.add_header(name, value)
        with pytest.raises(HTTPError) as error:
            urlopen(request)
        assert error.value.code in (403, 404)
    assert len(kernels_of(watched.server)) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_explorer_ends_in_three_seconds_with_one_line_and_leaves_nothing(
    browser, tmp_path, how
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "helpers", "explore", "--no-browser"]
    command += ["--port", str(free_port())]
    server = Server(command, tmp_path / "stopped.log", {"TMPDIR": str(temporary)})
    try:
        page, loading = browser.new_page(), browser.new_page()
        load(page, server.address())
        loading.goto(server.address(), wait_until="commit")  # its notebook is still being run
        kernels, before = kernels_of(server), len(server.log.read_text())
        began = time.monotonic()
        server.process.send_signal(how)
        assert server.process.wait(60) == 0 and time.monotonic() - began < patience(3)
        lines = server.log.read_text()[before:].split("\n")
        lines = [line for line in lines if line and "[IPKernelApp]" not in line]
        assert lines == ["The explorer has ended. 查阅页面已结束。"]
        assert kernels and not any(kernel.is_running() for kernel in kernels)
        left = [path.name for path in temporary.iterdir() if "jieba" not in path.name]
        assert not left
        page.get_by_text("无法连接查阅服务").wait_for(timeout=1000 * patience(10))
    finally:
        server.end()


def test_the_browser_is_opened_with_the_token_and_nobody_else_sees_it(tmp_path):
    opened, seen = tmp_path / "opened", tmp_path / "browser"
    seen.write_text(f'#!/bin/sh\necho "$1" > {opened}.part; mv {opened}.part {opened}\n')
    seen.chmod(0o755)
    command = [sys.executable, "-m", "helpers", "explore", "--port", str(free_port())]
    server = Server(command, tmp_path / "opened.log", {"BROWSER": f"{seen} %s"})
    try:
        token = server.address().split("token=")[1]
        assert wait_until(opened.exists, 10)
        address = opened.read_text().strip()
        page = Path(address.removeprefix("file://"))
        assert token not in address and token in page.read_text()
        assert page.parent.stat().st_mode & 0o077 == 0
    finally:
        server.end()


def test_lab_opens_and_runs_the_explorer_notebook(browser, tmp_path):
    copy = tmp_path / "06_explore.ipynb"
    nbformat.write(nbformat.read(ROOT / "notebooks" / "06_explore.ipynb", as_version=4), copy)
    settings = {
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
        "HELPERS_CORPUS": str(ROOT / "data" / "raw"),
    }
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "lab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={free_port()}",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    server = Server(command, tmp_path / "lab.log", settings)
    try:
        address = server.address()
        watched = Watched(browser, accept_downloads=True)
        watched.page.goto(address.replace("/lab?", "/lab/tree/06_explore.ipynb?"), timeout=120_000)
        watched.page.locator(".jp-Notebook").wait_for(timeout=120_000)
        watched.page.get_by_text("| Idle").first.wait_for(timeout=120_000)
        watched.page.get_by_role("menuitem", name="Run", exact=True).click()
        watched.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        for _ in range(300):  # the notebook has scrolled to its end: back to the explorer
            if watched.page.locator(FRAME).is_visible():
                break
            watched.page.locator(".jp-WindowedPanel-outer").first.hover()
            watched.page.mouse.wheel(0, -400)
            time.sleep(0.2)
        watched.frame = watched.page.frame_locator(FRAME)
        watched.frame.locator("h1").wait_for()
        explore_a_theme(watched)
        assert not [line for line in watched.wrong if line.startswith("elsewhere")], watched.wrong
    finally:
        server.end()
