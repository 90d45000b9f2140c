"""Open JupyterLab on this machine, in the project's folder. The command `python -m helpers lab`
calls this module."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from .views import say

INDEX = "notebooks/00_index.ipynb"
# The variables in which `make` hands its options on to the programs that it starts. In a terminal
# of JupyterLab the variables of `make` would change a second `make`.
_OF_MAKE = "MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL CORPUS CODEBOOK OUT ONLY".split()


def lab_environment(own: Mapping[str, str], chosen: Mapping[str, Path | None]) -> dict[str, str]:
    """Return the environment variables of JupyterLab, which its notebooks and terminals inherit.
    The variables in `own` are changed so that the command `python` means the Python of this
    process. The paths in `chosen` are added as absolute paths, by the name of the variable."""
    dropped = _OF_MAKE if "MAKELEVEL" in own else []
    variables = {name: value for name, value in own.items() if name not in dropped}
    programs = str(Path(sys.executable).parent)
    variables["PATH"] = os.pathsep.join(filter(None, [programs, own.get("PATH")]))
    if sys.prefix != sys.base_prefix:
        variables["VIRTUAL_ENV"] = sys.prefix
    # hides the advice of macOS to use another shell
    variables["BASH_SILENCE_DEPRECATION_WARNING"] = "1"
    return variables | {name: str(path.resolve()) for name, path in chosen.items() if path}


def lab_arguments(project: Path, *, port: int | None = None, browser: bool = True) -> list[str]:
    """Return the arguments with which JupyterLab shows the whole project and opens the index
    notebook."""
    arguments = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={project}",
        f"--LabApp.default_url=/lab/tree/{INDEX}",
    ]
    # A terminal of JupyterLab reads terminal.sh in place of the user's settings, which often put
    # another Python first. Without bash, as on Windows, JupyterLab opens the usual terminal of the
    # system.
    if os.name != "nt" and (bash := shutil.which("bash")):
        command = [bash, "--rcfile", str(Path(__file__).with_name("terminal.sh"))]
        arguments.append(f"--ServerApp.terminado_settings={{'shell_command': {command}}}")
    if port:
        arguments.append(f"--ServerApp.port={port}")
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    return arguments


def open_lab(
    project: Path,
    *,
    out: Path,
    corpus: Path | None = None,
    codebook: Path | None = None,
    port: int | None = None,
    browser: bool = True,
) -> int:
    """Run JupyterLab until the user stops it, and return 0. The notebooks write their results to
    the folder `out`.

    Raises
    ------
    FileNotFoundError
        If the corpus or the codebook does not exist.
    """
    for path in filter(None, (corpus, codebook)):
        if not path.exists():
            raise FileNotFoundError(f"'{path}' does not exist. Give an existing file or folder.")
    from jupyterlab.labapp import LabApp

    chosen = {"HELPERS_CORPUS": corpus, "HELPERS_CODEBOOK": codebook, "HELPERS_OUT": out}
    variables = lab_environment(os.environ, chosen)
    os.environ.clear()
    os.environ |= variables
    shown = out.relative_to(project) if out.is_relative_to(project) else out
    for lang in ("en", "zh"):
        print(say("lab.opens", lang, out=shown), flush=True)
    LabApp.launch_instance(lab_arguments(project, port=port, browser=browser))
    return 0
