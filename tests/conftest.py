"""What tests of several files share: the settings of Hypothesis, which has no deadline because
slowness on a busy machine is not a fault of the code, and the browser."""

import os
import shutil
import signal

import pytest
from hypothesis import settings

# a terminal of JupyterLab sets these; tests are about the shipped documents
for variable in ("HELPERS_CORPUS", "HELPERS_CODEBOOK", "HELPERS_OUT"):
    os.environ.pop(variable, None)

settings.register_profile("project", deadline=None)
settings.load_profile("project")

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-default-apps",
]


@pytest.fixture(scope="module")
def chromium():
    """A browser that stays open from the first to the last test of a file."""
    if BROWSER is None:
        pytest.skip(
            "no browser here: install chromium (Debian: apt-get install chromium) to run the"
            " browser tests"
        )
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="the package playwright is not installed"
    )
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium):
    """The browser; the pages that a test leaves open are closed, else they would go on asking for
    a server that has ended."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.fixture
def heeds_ctrl_c():
    """Ctrl-C ends the test and what it starts. A shell that starts the tests with `&` makes both
    ignore it, so that a test of Ctrl-C would wait for ever."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)
