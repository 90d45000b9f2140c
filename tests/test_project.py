"""What several files say about the project agrees, and no file names a machine or a registry."""

import ast
import datetime
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import (
    PackageNotFoundError,
    distribution,
    distributions,
    packages_distributions,
)
from pathlib import Path

import nbformat
import pytest
import yaml
from describe_dependencies import (
    describe,
    named_libraries,
    released,
    requirements,
    sorted_rows,
    stated_licence,
)
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers.codebook import read_table

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
RUNNING, TESTING = (
    (ROOT / name).read_text(encoding="utf8")
    for name in ("requirements.lock", "requirements-test.lock")
)
PERMISSIVE = r"MIT|BSD|Apache|ISC|Python Software Foundation|PSF|MPL|Mozilla|Open Font License"


# the licences that a library may have beside the project's own, MIT, by their SPDX ids
PERMITTED = set(
    "MIT MIT-CMU ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 PSF-2.0 Zlib CC0-1.0 MPL-2.0"
    " OFL-1.1".split()
)
OLDEST = {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": "linux"}


def locked(lock):
    """Versions and hashes of a lock's packages, by name; a marker may differ between the locks."""
    entries = re.findall(r"^([\w.-]+)(?:\[[\w,.-]+\])?==(\S+)(.*(?:\n    --hash=.*)+)", lock, re.M)
    packages = defaultdict(frozenset)
    for name, version, rest in entries:
        packages[name] |= {version, *re.findall(r"sha256:\w+", rest)}
    return packages


def wanted(*extras):
    lists = PROJECT["optional-dependencies"]
    return set(named_libraries(PROJECT | {"optional-dependencies": {e: lists[e] for e in extras}}))


def prereleases(lock):
    versions = [(need.name, next(iter(need.specifier)).version) for need in requirements(lock)]
    return [f"{name} {version}" for name, version in versions if Version(version).is_prerelease]


def test_running_needs_one_lock_and_testing_adds_to_it():
    running, testing = locked(RUNNING), locked(TESTING)
    assert wanted("explore", "scale", "build") <= set(running)
    assert wanted(*PROJECT["optional-dependencies"]) <= set(testing)
    assert running.items() <= testing.items(), "one resolution: run `make lock`"
    assert not {"pytest", "hypothesis", "playwright", "ruff", "scikit-learn"} & set(running)
    assert all(len(entry) > 1 for entry in testing.values())
    assert set(testing) == {need.name for need in requirements(TESTING)}


def test_neither_lock_has_a_prerelease():
    assert prereleases(RUNNING + TESTING) == []
    lock = (
        "a[b]==1.0rc1 \\\n    --hash=sha256:0\nc==2.0.dev3 ; sys_platform == 'win32'\nd==1.0.post1"
    )
    assert prereleases(lock) == ["a 1.0rc1", "c 2.0.dev3"]


def test_the_package_and_its_notebooks_import_only_what_running_installs():
    code = [path.read_text(encoding="utf8") for path in (ROOT / "src").rglob("*.py")]
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        code += [cell.source for cell in cells if cell.cell_type == "code"]
    nodes = [node for text in code for node in ast.walk(ast.parse(text))]
    modules = {
        *(name.name for node in nodes if isinstance(node, ast.Import) for name in node.names),
        *(n.module for n in nodes if isinstance(n, ast.ImportFrom) and not n.level),
    }
    roots = {module.partition(".")[0] for module in modules} - {"helpers", *sys.stdlib_module_names}
    owners = packages_distributions()
    # dask[distributed] brings distributed, ipykernel brings IPython, voila the server it extends
    named = wanted("explore", "scale", "build") | {"distributed", "ipython"}
    named |= {"jupyter-client", "jupyter-core", "jupyter-server", "tornado", "traitlets"}
    assert "matplotlib" in roots
    for root in roots:
        assert named & {canonicalize_name(owner) for owner in owners[root]}, root


# ---- the table of libraries in docs/reproduce.md

LIBRARIES = read_table("reference/dependencies")


def test_every_library_has_a_row_with_its_locked_version():
    assert list(LIBRARIES["name"]) == named_libraries(PROJECT), "run `make lock`"
    running = {need.name for need in requirements(RUNNING)}
    versions = {
        need.name: next(iter(need.specifier)).version
        for need in requirements(TESTING)
        if need.marker is None or need.marker.evaluate(OLDEST)
    }
    for row in LIBRARIES.itertuples():
        assert row.version == versions[row.name], f"{row.name}: run `make lock`"
        assert row.installed_by == ("reproduce" if row.name in running else "test"), row.name
        assert row.purpose_en and row.purpose_zh and float(row.size_mb) > 0, row.name
        assert datetime.date.fromisoformat(row.released), row.name


def test_every_library_has_a_licence_that_goes_with_the_projects_own():
    for row in LIBRARIES.itertuples():
        assert canonicalize_license_expression(row.licence) == row.licence, row.name
        assert set(re.split(r" AND | OR ", row.licence)) <= PERMITTED, f"{row.name}: {row.licence}"
        if distribution(row.name).version == row.version:  # a newer Python may get a newer one
            assert stated_licence(row.name) in ("", row.licence), row.name


def test_a_library_without_a_row_is_named_with_what_to_do():
    with pytest.raises(ValueError, match="none for b. Add the name, what the library is for"):
        sorted_rows([{"name": "a"}], ["a", "b"])


def test_a_version_other_than_the_locked_one_is_not_described():
    with pytest.raises(ValueError, match=r"which is installed, found 0\.1\. Install requirements-"):
        describe({"name": "pytest"}, [{"name": "pytest", "version": "0.1"}], set())


def test_a_version_was_released_with_its_first_file():
    days = [datetime.datetime(2026, 3, day, 23, tzinfo=datetime.UTC) for day in (3, 2, 4)]
    wheel, source, later = ({"upload-time": day} for day in days)
    assert released({"wheels": [wheel, later], "sdist": source}) == "2026-03-02"
    assert released({"sdist": wheel}) == released({"wheels": [wheel]}) == "2026-03-03"


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


@pytest.mark.skipif(os.name == "nt", reason="make is not used on Windows")
@pytest.mark.parametrize(
    ("asked", "run"),
    {
        ("reproduce", "ONLY=03 05"): ["reproduce", "--only", "03 05"],
        ("reproduce", "CODEBOOK=我的 词表", "OUT=a b"): [
            *("reproduce", "--out", "a b", "--codebook", "我的 词表")
        ],
        ("lab", "CORPUS=a b", "CODEBOOK=词"): ["lab", "--corpus", "a b", "--codebook", "词"],
        ("new-codebook", "OUT=my_codebook"): ["new-codebook", "my_codebook"],
        ("new-corpus", "OUT=my study", "BRIEFINGS=1"): ["new-corpus", "my study", "--briefings"],
    }.items(),
)
def test_make_hands_names_with_spaces_and_chinese_characters_on(asked, run):
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["make", "-n", "-C", str(ROOT), *asked],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    (line,) = [line for line in done.stdout.splitlines() if " -m helpers " in line]
    assert shlex.split(line)[1:] == ["-m", "helpers", *run]


def test_git_leaves_alone_what_readers_make_beside_the_project():
    if not (ROOT / ".git").exists():
        return
    own = ["my_codebook/themes.csv", "my_results/site", "notebooks/03_themes-Copy1.ipynb"]
    shipped = ["data/codebook/themes.csv", "notebooks/03_themes.ipynb"]
    ignored = subprocess.run(
        ["git", "-C", str(ROOT), "check-ignore", "--no-index", *own, *shipped],
        capture_output=True,
        text=True,
    ).stdout
    assert ignored.split() == own


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
