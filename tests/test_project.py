"""What the project says of itself in several places is the same everywhere, and names no machine and no registry."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf8")


def name(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def test_every_dependency_is_locked_with_hashes():
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.M))
    wanted = [*PROJECT["dependencies"], *(r for extra in PROJECT["optional-dependencies"].values() for r in extra)]
    assert {name(r) for r in wanted} <= set(locked)
    assert LOCK.count("--hash=sha256:") > len(locked)


def test_the_lock_and_the_project_name_no_address():
    assert not re.search(r"https?://|--index-url|--find-links|file://", LOCK)


def test_conda_users_get_the_locked_versions():
    text = (ROOT / "environment.yml").read_text(encoding="utf8")
    assert "python=3.11" in text and '"-r requirements.lock"' in text


def test_the_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf8")
    assert f"version: {PROJECT['version']}" in citation


def test_make_without_a_target_lists_the_targets():
    shown = subprocess.run(["make", "-s", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    for target in ("reproduce", "test", "test-slow", "lab", "explore", "figures", "bench"):
        assert re.search(rf"^{target}\s", shown, re.M)


def test_ci_calls_what_the_readme_calls_its_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    assert "make test " in readme and "make test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf8")


def test_the_briefings_are_the_ones_their_hashes_name():
    import hashlib

    for line in (ROOT / "data/raw/SHA256SUMS").read_text(encoding="utf8").splitlines():
        value, file = line.split()
        assert hashlib.sha256((ROOT / "data/raw" / file).read_bytes()).hexdigest() == value
