"""The explorer's notebook → a page served on this machine."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from pathlib import Path

LOCALHOST = "127.0.0.1"
_WORDS = """The explorer opens in your browser in a few seconds; Ctrl+C here ends it.
浏览器几秒后打开查阅页面；在此窗口按 Ctrl+C 结束。
Only this machine can reach it, and only with the token in the address below.
仅本机可访问，且须用下方带令牌（token）的网址。"""
_WIDER = """CAUTION: the page listens on {ip}: whoever can reach this machine over the network and \
has the token can read
all documents of the corpus, and each visitor starts a Python process here. Nothing is encrypted: \
the token and the texts can be
overheard. Use it in a network that you trust, or leave --ip out.
注意：页面将在 {ip} 上监听，同一网络中持有令牌者均可阅读全部文本，传输未加密。\
请只在可信网络中使用，或去掉 --ip。"""


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
    """Return the command that serves a notebook: a fresh token, no code, no tracebacks, no files.

    Origins stay as Jupyter has them (the page's own only). Cells tagged `static`, the still
    pictures for readers without a kernel, are left out.
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
    """Serve the explorer until it is interrupted; returns the exit code.

    Raises
    ------
    FileNotFoundError
        Where notebook, corpus or codebook is not there.
    ValueError
        Without Voilà.
    """
    from importlib.util import find_spec

    for path in filter(None, (notebook, corpus, codebook)):
        if not path.exists():
            raise FileNotFoundError(f"'{path}' does not exist. Name a file or folder that does.")
    if find_spec("voila") is None:
        raise ValueError(
            "Voilà is not installed. Install the extra: pip install 'city-briefings[explore]', or"
            " run `make explore`."
        )
    words = _WORDS if is_local(ip) else _WIDER.format(ip=ip or "every address of this machine")
    print(words, flush=True)
    templates = [str(Path(__file__).parent), os.environ.get("JUPYTER_PATH")]
    environment = os.environ | {"JUPYTER_PATH": os.pathsep.join(filter(None, templates))}
    if corpus:
        environment["HELPERS_CORPUS"] = str(corpus.resolve())
    if codebook:
        environment["HELPERS_CODEBOOK"] = str(codebook.resolve())
    command = voila_command(notebook, port=port, ip=ip, browser=browser)
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 0
