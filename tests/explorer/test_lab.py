"""`python -m helpers lab`: the whole project in JupyterLab, and terminals that find its Python."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from test_browser import Server, free_port
from waiting import patience, wait_until

from helpers.__main__ import main
from helpers.explorer.lab import lab_arguments, lab_environment

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable).parent


def test_python_is_that_of_the_project_whatever_the_user_has_set():
    own = {"PATH": "/usr/bin", "HELPERS_CODEBOOK": "mine", "LANG": "C"}
    chosen = {"HELPERS_OUT": Path("结果"), "HELPERS_CORPUS": None}
    variables = lab_environment(own, chosen)
    assert variables["PATH"] == f"{PYTHON}{os.pathsep}/usr/bin"
    assert variables["HELPERS_OUT"] == str(Path.cwd() / "结果")
    assert variables["HELPERS_CODEBOOK"] == "mine" and "HELPERS_CORPUS" not in variables


def test_a_make_in_a_terminal_of_lab_gets_nothing_from_the_make_that_started_lab():
    own = {"MAKELEVEL": "1", "MAKEFLAGS": "w -- OUT=a", "OUT": "a", "ONLY": "03", "HOME": "/"}
    assert {"MAKEFLAGS", "MAKELEVEL", "OUT", "ONLY"}.isdisjoint(lab_environment(own, {}))
    assert lab_environment({"OUT": "of the user"}, {})["OUT"] == "of the user"


def test_lab_shows_the_project_and_opens_the_index():
    arguments = lab_arguments(Path("/a b/简报"), browser=False)
    assert "--ServerApp.root_dir=/a b/简报" in arguments and "--no-browser" in arguments
    assert "--LabApp.default_url=/lab/tree/notebooks/00_index.ipynb" in arguments
    assert (ROOT / "notebooks" / "00_index.ipynb").is_file()


def test_what_is_wrong_is_said_before_lab_starts(tmp_path, capsys):
    for options, told in {
        ("--codebook", str(tmp_path / "gone")): "gone' does not exist",
        ("--corpus", str(tmp_path / "gone")): "gone' does not exist",
        ("--out", str(ROOT)): "holds the shipped results",
        ("--corpus", str(tmp_path), "--out", str(tmp_path / "x")): "OUT lies in the corpus folder",
    }.items():
        assert main(["lab", "--no-browser", *options]) == 1
        assert told in capsys.readouterr().err


class Lab:
    """A copy of the project, opened by its own command."""

    def __init__(self, folder, *options, environment):
        self.project = folder / "我的 项目"
        for name in ("src", "notebooks", "data"):
            shutil.copytree(ROOT / name, self.project / name)
        for name in ("pyproject.toml", "Makefile"):
            shutil.copy(ROOT / name, self.project)
        command = [sys.executable, "-m", "helpers", "lab", "--no-browser"]
        environment = {"PYTHONPATH": str(self.project / "src"), **environment}
        command += ["--port", str(free_port()), *options]
        self.server = Server(command, folder / "lab.log", environment)
        # the line after that of the address, which is whole then
        wait_until(lambda: "Use Control-C" in self.server.log.read_text("utf8"), 60)
        self.address, _, self.token = self.server.address().partition("?token=")
        self.host = self.address.partition("/lab")[0]

    def ask(self, path, body=None):
        request = Request(self.host + path, body and json.dumps(body).encode())
        request.add_header("Authorization", f"token {self.token}")
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def type(self, command, folder="notebooks"):
        """The lines that a terminal, opened in a folder of the file browser, shows after a command,
        without what sets colours and the cursor."""
        name = self.ask("/api/terminals", {"cwd": folder})["name"]
        shown = subprocess.run(
            [sys.executable, "-c", _TYPE, self.host, name, self.token, command],
            capture_output=True,
            text=True,
            check=True,
            timeout=patience(100),
        ).stdout
        return re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", shown).splitlines()


_TYPE = """
import asyncio, json, sys
from tornado.websocket import websocket_connect
host, name, token, command = sys.argv[1:]
async def main():
    url = host.replace("http", "ws") + f"/terminals/websocket/{name}?token={token}"
    terminal = await websocket_connect(url)
    shown = ""
    await terminal.write_message(json.dumps(["stdin", command + "; echo e''nd\\r"]))
    while "end\\r\\n" not in shown.replace("echo e''nd", ""):
        kind, *rest = json.loads(await terminal.read_message())
        shown += rest[0] if kind == "stdout" else ""
    print(shown)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Lab of a user whose own settings put another Python first."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").write_text("#!/bin/sh\necho another python\n")
    (folder / "bin" / "python").chmod(0o755)
    for name in (".bashrc", ".bash_profile", ".profile"):
        (folder / name).write_text(f"PATH={shlex.quote(str(folder / 'bin'))}:$PATH\n")
    (folder / "我的 词表").mkdir()
    shutil.copy(ROOT / "data" / "codebook" / "themes.csv", folder / "我的 词表")
    environment = {
        "HOME": str(folder),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    lab = Lab(folder, "--codebook", str(folder / "我的 词表"), environment=environment)
    yield lab
    lab.server.end()


@pytest.mark.slow
def test_the_files_of_the_codebook_can_be_opened_and_the_index_is_open(lab):
    assert lab.address.endswith("/lab/tree/notebooks/00_index.ipynb")
    names = {item["name"] for item in lab.ask("/api/contents/data/codebook")["content"]}
    assert {"themes.csv", "approach_rules.csv"} <= names
    said = lab.server.log.read_text("utf8")
    assert "What notebooks write goes to build/lab" in said and "随附的结果不变" in said


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has another shell")
def test_a_terminal_of_lab_begins_in_the_project_and_finds_its_python(lab):
    shown = lab.type('pwd; python -c "import sys; print(sys.executable)"; python -m helpers --help')
    assert str(lab.project) in shown and sys.executable in shown
    assert "another python" not in shown and "new-codebook" in "\n".join(shown)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has another shell")
def test_a_command_in_a_terminal_uses_what_lab_uses_and_changes_nothing_shipped(lab):
    before = {path: path.read_bytes() for path in (lab.project / "data").rglob("*.csv")}
    before[lab.project / "notebooks/00_index.ipynb"] = (
        lab.project / "notebooks/00_index.ipynb"
    ).read_bytes()
    shown = "\n".join(lab.type("python -m helpers reproduce --only 00"))
    assert "词表" in shown and "All done" in shown, shown
    assert (lab.project / "build/lab/notebooks/00_index.ipynb").is_file()
    assert {path: path.read_bytes() for path in before} == before
    assert not (lab.project / "figures").exists()
