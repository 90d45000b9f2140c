"""Serve the notebook of the explorer, in which readers search a corpus, as a web page from this
machine. The command `python -m helpers explore` calls this module."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from .views import say

LOCALHOST = "127.0.0.1"


def is_local(ip: str) -> bool:
    """Tell whether a page served at this address can be reached from this machine only.

    >>> [is_local(ip) for ip in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "*", "10.0.0.5")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip == "localhost" or ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def voila_command(
    notebook: Path, *, port: int = 8866, ip: str = LOCALHOST, browser: bool = True
) -> list[str]:
    """Return the command that serves a notebook as a web page.

    The address of the page contains a new access token. The page does not show code, tracebacks or
    files. Requests from other web sites are refused, which is Jupyter's default. Cells tagged
    `static` are left out: they hold pictures for readers who do not run the notebook.
    """
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook),
        f"--Voila.ip={ip}",
        f"--Voila.port={port}",
        "--Voila.auto_token=True",
        f"--Voila.open_browser={browser}",
        "--VoilaConfiguration.template=reading",
        "--VoilaConfiguration.strip_sources=True",
        "--VoilaConfiguration.show_tracebacks=False",
        "--VoilaConfiguration.file_allowlist",
        "(?!)",  # this pattern matches no file name, so the page offers no files
        "--TagRemovePreprocessor.enabled=True",
        "--TagRemovePreprocessor.remove_cell_tags",
        "static",
    ]


def serve(
    notebook: Path,
    *,
    corpus: Path | None = None,
    codebook: Path | None = None,
    port: int = 8866,
    ip: str = LOCALHOST,
    browser: bool = True,
) -> int:
    """Serve the explorer until the user stops the server, and return the server's exit code.

    Raises
    ------
    FileNotFoundError
        If the notebook, the corpus or the codebook does not exist.
    ValueError
        If Voilà is not installed.
    """
    for path in filter(None, (notebook, corpus, codebook)):
        if not path.exists():
            raise FileNotFoundError(f"'{path}' does not exist. Give an existing file or folder.")
    if find_spec("voila") is None:
        raise ValueError(
            "Voilà is not installed. Install it: pip install 'city-briefings[explore]', or run"
            " `make explore`."
        )
    print(_announcement(ip), flush=True)
    templates = [str(Path(__file__).parent), os.environ.get("JUPYTER_PATH")]
    environment = os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, templates))}
    chosen = {"HELPERS_CORPUS": corpus, "HELPERS_CODEBOOK": codebook}
    environment |= {name: str(path.resolve()) for name, path in chosen.items() if path}
    command = voila_command(notebook, port=port, ip=ip, browser=browser)
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 0


def _announcement(ip: str) -> str:
    """Return sentences that say who can reach the page. Each sentence stands on one line in English
    and on the next line in Chinese."""
    names, address = ["explorer.opens", "explorer.local"], ip
    if not is_local(ip):
        names, address = ["explorer.open_to_network"], ip or "every address of this machine"
    return "\n".join(say(name, lang, ip=address) for name in names for lang in ("en", "zh"))
