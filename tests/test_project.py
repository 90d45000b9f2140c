"""What several files say about the project agrees, and no file names a machine or a registry."""

import datetime
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
RUNNING, TESTING = (
    (ROOT / name).read_text(encoding="utf8")
    for name in ("requirements.lock", "requirements-test.lock")
)
PERMISSIVE = r"MIT|BSD|Apache|ISC|Python Software Foundation|PSF|MPL|Mozilla|Open Font License"


def name(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def locked(lock):
    """Version and hashes of each locked package, by name; a marker may differ between the locks."""
    entries = re.findall(r"^([\w.-]+)(?:\[[\w,.-]+\])?==(\S+)(.*(?:\n    --hash=.*)+)", lock, re.M)
    return {name: (version, *re.findall(r"sha256:\w+", rest)) for name, version, rest in entries}


def wanted(*extras):
    lists = PROJECT["optional-dependencies"]
    return {name(r) for group in (PROJECT["dependencies"], *map(lists.get, extras)) for r in group}


def test_running_needs_one_lock_and_testing_adds_to_it():
    running, testing = locked(RUNNING), locked(TESTING)
    assert wanted("explore", "scale", "build") <= set(running)
    assert wanted(*PROJECT["optional-dependencies"]) <= set(testing)
    assert running.items() <= testing.items(), "one resolution: run `make lock`"
    assert not {"pytest", "hypothesis", "playwright", "ruff"} & set(running)
    assert all(len(entry) > 1 for entry in testing.values())
    assert set(testing) == {name(line) for line in TESTING.splitlines() if line[:1].strip()}


def test_no_dependency_has_a_licence_that_binds_its_users():
    for package in locked(RUNNING):
        try:
            about = distribution(package).metadata
        except PackageNotFoundError:  # of another system
            continue
        classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License")]
        said = " ".join([about.get("License-Expression") or "", *classifiers])
        said = said.strip() or about.get("License", "")[:100]
        assert re.search(PERMISSIVE, said), f"{package}: {said}"
        assert not re.search(r"\b(?:GPL|AGPL|LGPL|GNU|Affero)", said), f"{package}: {said}"


def test_the_lock_names_the_extras_that_a_package_asks_for():
    """Without them an older pip takes `coverage[toml]` for another package than `coverage==7.17.3`
    and installs nothing once a newer one is out."""
    needs = [
        Requirement(text)
        for dist in distributions()
        for text in dist.requires or []
        if dist.name != "city-briefings"
    ]
    needs = [
        need
        for need in needs
        if need.extras and (need.marker is None or need.marker.evaluate({"extra": ""}))
    ]
    assert needs
    for need in needs:
        assert all(
            re.search(rf"^{need.name}\[(?:[\w-]+,)*{extra}[],]", TESTING, re.M)
            for extra in need.extras
        ), str(need)


def test_the_locks_and_the_project_name_no_address():
    assert not re.search(r"https?://|--index-url|--find-links|file://", RUNNING + TESTING)


def test_code_is_formatted_and_passes_the_linter():
    code = [ROOT / folder for folder in ("src", "tests", "benchmarks")]
    for command in (["format", "--check"], ["check"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", *code],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stdout[-3000:]
    text = "".join(path.read_text("utf8") for folder in code for path in folder.rglob("*.py"))
    assert "# fmt: " + "skip" not in text and "# fmt: " + "off" not in text


def test_conda_users_get_the_locked_versions():
    text = (ROOT / "environment.yml").read_text(encoding="utf8")
    assert "python=3.11" in text and '"-r requirements.lock"' in text


def test_the_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf8")
    assert f"version: {PROJECT['version']}" in citation


def test_make_without_a_target_lists_the_targets():
    shown = subprocess.run(
        ["make", "-s", "-C", str(ROOT)], capture_output=True, text=True, check=True
    ).stdout
    for target in ("reproduce", "test", "test-slow", "lab", "explore", "figures", "bench"):
        assert re.search(rf"^{target}\s", shown, re.M)


def test_ci_calls_what_the_readme_calls_its_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf8")
    assert "make test " in readme and "make test\n" in (ROOT / ".ci" / "run").read_text(
        encoding="utf8"
    )


def test_the_briefings_are_the_ones_their_hashes_name():
    import hashlib

    for line in (ROOT / "data/raw/SHA256SUMS").read_text(encoding="utf8").splitlines():
        value, file = line.split()
        assert hashlib.sha256((ROOT / "data/raw" / file).read_bytes()).hexdigest() == value


def test_the_citation_has_the_fields_that_its_format_requires():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf8"))
    assert (
        citation["cff-version"] == "1.2.0"
        and citation["type"] in ("software", "dataset")
        and citation["message"]
        and citation["title"]
    )
    assert citation["authors"] and all(
        "name" in author or "family-names" in author for author in citation["authors"]
    )
    assert (
        datetime.date.fromisoformat(str(citation["date-released"]))
        and citation["license"] == PROJECT["license"]
    )
    known = {
        "cff-version",
        "message",
        "type",
        "title",
        "abstract",
        "authors",
        "version",
        "date-released",
        "license",
        "keywords",
        "doi",
        "url",
        "repository-code",
        "contact",
        "references",
    }
    assert set(citation) <= known


def test_the_checks_before_a_commit_fetch_nothing_and_refer_to_existing_tests():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = {hook["id"]: hook for hook in config["repos"][0]["hooks"]}
    assert {"ruff", "notebooks"} <= set(hooks) and all(
        hook["language"] == "system" for hook in hooks.values()
    )
    for hook in hooks.values():
        assert all((ROOT / file).is_file() for file in re.findall(r"tests/\S+", hook["entry"]))
    assert re.search(hooks["notebooks"]["files"], "notebooks/03_themes.ipynb") and re.search(
        hooks["docs"]["files"], "README.zh-CN.md"
    )


def attribute(name, file):
    run = subprocess.run(
        ["git", "-C", str(ROOT), "check-attr", name, file], capture_output=True, text=True
    )
    return run.stdout.strip().rpartition(": ")[2]


def test_git_leaves_the_briefings_alone_and_shows_notebooks_by_cells():
    if not (ROOT / ".git").exists():
        return
    assert (
        attribute("text", "data/raw/000_jiyuan.txt") == "unset"
        and attribute("eol", "README.md") == "lf"
    )
    assert (
        attribute("diff", "notebooks/03_themes.ipynb") == "jupyternotebook"
        and attribute("diff", "README.md") == "unspecified"
    )


def test_binder_installs_the_project_as_the_readme_says():
    script = (ROOT / "postBuild").read_text(encoding="utf8")
    assert script.startswith("#!") and os.access(ROOT / "postBuild", os.X_OK)
    command = "pip install --no-deps --no-build-isolation -e ."
    assert (
        command in script
        and command in (ROOT / "README.md").read_text(encoding="utf8")
        and command in (ROOT / "environment.yml").read_text(encoding="utf8")
    )


def test_every_part_of_the_data_has_a_licence():
    text = (ROOT / "data" / "LICENSE.md").read_text(encoding="utf8")
    for folder in (path for path in (ROOT / "data").iterdir() if path.is_dir()):
        assert f"`{folder.name}/`" in text
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf8"))
    assert all(resource["licenses"] for resource in package["resources"])
    raw = [resource for resource in package["resources"] if resource["path"].startswith("raw/")]
    assert raw and all(resource["licenses"][0]["path"] == "LICENSE.md" for resource in raw)


def test_the_changelog_describes_the_current_version():
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf8")


@pytest.mark.skipif(os.name == "nt", reason="make is not used on Windows")
def test_the_environment_starts_in_a_chinese_folder_without_a_locale(tmp_path):
    """Python 3.11 and 3.12 would stop at a path with Chinese characters in a `.pth` file."""
    makefile = (ROOT / "Makefile").read_text("utf8")
    (command,) = re.findall(
        r"^\t@\$\(RUN\) -c '(.*city_briefings\.pth.*)'$", makefile, re.MULTILINE
    )
    folder = tmp_path / "简报"
    (folder / "src" / "helpers").mkdir(parents=True)
    (folder / "src" / "helpers" / "__init__.py").touch()
    make = [sys.executable, "-m", "venv", "--without-pip", ".venv"]
    subprocess.run(make, cwd=folder, check=True)
    python = folder / ".venv" / "bin" / "python"
    subprocess.run([python, "-c", command], cwd=folder, check=True)
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = [python, "-c", "import helpers; print(ascii(helpers.__file__))"]
    environment = without | {"LC_ALL": "C"}
    shown = subprocess.run(run, cwd="/", env=environment, check=True, capture_output=True)
    assert b"src/helpers/__init__.py" in shown.stdout
