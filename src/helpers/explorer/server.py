"""Serve the notebook of the explorer, in which readers search a corpus, as a web page from this
machine. The command `python -m helpers explore` calls this module."""

from __future__ import annotations

import ipaddress
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .views import say

LOCALHOST = "127.0.0.1"
# The most pages open at the same time. The process of each page takes 200 MB or more.
MOST_PAGES = 8
IDLE_MINUTES = 60  # A page that nobody uses for an hour loses its process.
LEFT_SECONDS = 10  # A page that lost its connection can connect again within ten seconds.


def is_local(ip: str) -> bool:
    """Tell whether a page served at this address can be reached from this machine only.

    >>> [is_local(ip) for ip in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "*", "10.0.0.5")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip == "localhost" or ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def settings(
    notebook: Path,
    *,
    port: int = 8866,
    ip: str = LOCALHOST,
    browser: bool = True,
    pages: int = MOST_PAGES,
) -> dict[str, dict[str, Any]]:
    """Return the settings of the server by the name of the class that they belong to.

    The address of the page contains a new access token. The page does not show code, tracebacks or
    files. Requests from other web sites are refused, which is Jupyter's default. Cells tagged
    `static` are left out: they hold pictures for readers who do not run the notebook.

    Each open page has its own Python process, called a kernel. A kernel ends when its page is
    closed, reloaded or left, and after an hour in which nobody used the page. At most `pages`
    kernels run at the same time. A kernel that crashed is not started again, because the new kernel
    would not know the page.
    """
    sentences = {
        "ended": say("explorer.ended", "zh en", minutes=IDLE_MINUTES),
        "stopped": say("explorer.stopped", "zh en"),
        "reload": say("explorer.reload", "zh en"),
    }
    return {
        "Voila": {
            "notebook_path": str(notebook),
            "ip": ip,
            "port": port,
            "auto_token": True,
            "open_browser": browser,
            "log_level": "ERROR",
            # With an empty list, Voilà does not run a file voila.py in a folder of documents.
            "config_file_paths": [],
        },
        "VoilaConfiguration": {
            "template": "reading",
            "strip_sources": True,
            "show_tracebacks": False,
            "file_allowlist": ["(?!)"],  # this pattern matches no file name
            "multi_kernel_manager_class": "helpers.explorer.application.PageKernels",
            "resources": {"explorer": sentences},
        },
        "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"static"}},
        "PageKernels": {
            "most_kernels": pages,
            "cull_left_timeout": LEFT_SECONDS,
            "cull_idle_timeout": 60 * IDLE_MINUTES,
            "cull_connected": True,  # an idle page stays connected
            "cull_interval": 5,
        },
        "KernelManager": {"shutdown_wait_time": 2.0},
        "KernelRestarter": {"restart_limit": 0, "time_to_dead": 1.0},
    }


def serve(
    notebook: Path,
    *,
    corpus: Path | None = None,
    codebook: Path | None = None,
    port: int = 8866,
    ip: str = LOCALHOST,
    browser: bool = True,
    pages: int = MOST_PAGES,
) -> int:
    """Serve the explorer until the user stops the server, and return 0.

    Raises
    ------
    FileNotFoundError
        If the notebook, the corpus or the codebook does not exist.
    ValueError
        If Voilà is not installed, or if the port or the number of pages is out of range.
    """
    if not 0 < port < 65536:
        raise ValueError(f"port {port} does not exist. Choose a port from 1024 to 65535.")
    if pages < 1:
        raise ValueError(f"{pages} pages cannot be served. Allow one page or more.")
    for path in filter(None, (notebook, corpus, codebook)):
        if not path.exists():
            raise FileNotFoundError(f"'{path}' does not exist. Give an existing file or folder.")
    if find_spec("voila") is None:
        raise ValueError(
            "Voilà is not installed. Install it: pip install 'city-briefings[explore]', or run"
            " `make explore`."
        )
    print(_announcement(ip, pages), flush=True)
    templates = [str(Path(__file__).parent), os.environ.get("JUPYTER_PATH")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, templates))
    chosen = {"HELPERS_CORPUS": corpus, "HELPERS_CODEBOOK": codebook}
    os.environ |= {name: str(path.resolve()) for name, path in chosen.items() if path}
    try:
        _run(settings(notebook, port=port, ip=ip, browser=browser, pages=pages))
    except KeyboardInterrupt:  # the user stopped the server before it was ready
        print(f"\n{say('explorer.closed')}")
    return 0


def _run(options: dict[str, dict[str, Any]]) -> None:
    """Run a server with the given settings until a signal ends the server."""
    from traitlets.config import Config

    from .application import ExplorerServer

    server = ExplorerServer.instance(config=Config(options))
    server.initialize([])
    server.start()


def _announcement(ip: str, pages: int) -> str:
    """Return sentences that say who can reach the page, and how long a page stays open. Each
    sentence stands on one line in English and on the next line in Chinese."""
    names, address = ["explorer.opens", "explorer.local"], ip
    if not is_local(ip):
        names, address = ["explorer.open_to_network"], ip or "every address of this machine"
    values = {"ip": address, "most": pages, "minutes": IDLE_MINUTES}
    names.append("explorer.pages")
    return "\n".join(say(name, lang, **values) for name in names for lang in ("en", "zh"))
