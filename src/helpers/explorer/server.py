"""Turn the explorer's notebook into a web page served on this machine. `python -m helpers explore`
calls it."""

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
    """Tell whether an address can be reached from this machine only.

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

    Its address contains a new access token. Code, tracebacks and files are not shown. Requests from
    other web sites are refused, which is Jupyter's default. Cells tagged `static` are left out,
    because their pictures are for readers who see the notebook without running it.
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
        "(?!)",  # matches no file name
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
    """Serve the explorer until it is interrupted, and return the exit code of the server.

    Raises
    ------
    FileNotFoundError
        If the notebook, the corpus or the codebook does not exist.
    ValueError
        If Voilà is not installed.
    """
    for path in filter(None, (notebook, corpus, codebook)):
        if not path.exists():
            raise FileNotFoundError(f"'{path}' does not exist. Name a file or folder that does.")
    if find_spec("voila") is None:
        raise ValueError(
            "Voilà is not installed. Install the extra: pip install 'city-briefings[explore]', or"
            " run `make explore`."
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
    """Say who can reach the page: each sentence as a line in English and a line in Chinese."""
    names, address = ["explorer.opens", "explorer.local"], ip
    if not is_local(ip):
        names, address = ["explorer.open_to_network"], ip or "every address of this machine"
    return "\n".join(say(name, lang, ip=address) for name in names for lang in ("en", "zh"))
