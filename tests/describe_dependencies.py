"""The locked versions of all libraries that pyproject.toml names → data/reference/dependencies.csv.

    python tests/describe_dependencies.py build/pylock.toml

`make lock` runs this script in an environment into which requirements-test.lock was installed.
`pylock.toml` is the lock in the form of PEP 751, which says when each file of a version was put on
PyPI. Name and purposes in the table are kept by hand. The licence is kept by hand where the library
itself does not state one as an SPDX expression.
"""

from __future__ import annotations

import csv
import math
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "data" / "reference" / "dependencies.csv"


def named_libraries(project: dict[str, Any]) -> list[str]:
    """Return the names of all libraries in the table `project` of pyproject.toml, each once: first
    what running needs, then the extras."""
    groups = (project["dependencies"], *project["optional-dependencies"].values())
    names = (canonicalize_name(Requirement(text).name) for group in groups for text in group)
    return list(dict.fromkeys(names))


def requirements(lock: str) -> list[Requirement]:
    """Return the packages of a lock that pip reads. A package with different versions for different
    versions of Python is listed once for each version."""
    lines = (line.removesuffix("\\").strip() for line in lock.splitlines() if line[:1].strip())
    return [Requirement(line) for line in lines]


def stated_licence(name: str) -> str:
    """Return the licence that an installed library states as an SPDX expression, or ""."""
    about = distribution(name).metadata
    try:
        said = about.get("License-Expression") or about.get("License") or ""
        return str(canonicalize_license_expression(said))
    except InvalidLicenseExpression:  # a name such as "BSD License", or the licence's whole text
        return ""


def size_mb(name: str) -> float:
    """Return the size of an installed library's files in millions of bytes, rounded up to a tenth.
    Files that Python compiles from these files do not count."""
    return math.ceil(sum(file.size or 0 for file in distribution(name).files or []) / 1e5) / 10


def released(package: dict[str, Any]) -> str:
    """Return the day on which the first file of a package in pylock.toml was put on PyPI."""
    files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    return min(file["upload-time"] for file in files).date().isoformat()


def describe(
    row: dict[str, str], packages: list[dict[str, Any]], running: set[str]
) -> dict[str, Any]:
    """Return a row of the table with everything filled in that can be looked up.

    Raises
    ------
    ValueError
        If the installed version is not one of the locked versions.
    """
    name, version = row["name"], distribution(row["name"]).version
    by_version = {p["version"]: p for p in packages if canonicalize_name(p["name"]) == name}
    if version not in by_version:
        raise ValueError(
            f"pylock.toml: expected {name} {version}, which is installed, found"
            f" {', '.join(by_version) or 'no version'}. Install requirements-test.lock first."
        )
    return row | {
        "installed_by": "reproduce" if name in running else "test",
        "licence": stated_licence(name) or row["licence"],
        "version": version,
        "size_mb": size_mb(name),
        "released": released(by_version[version]),
    }


def sorted_rows(rows: list[dict[str, str]], names: list[str]) -> list[dict[str, str]]:
    """Return the rows of the named libraries in the order of the names.

    Raises
    ------
    ValueError
        If a library has no row.
    """
    by_name = {row["name"]: row for row in rows}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise ValueError(
            f"data/reference/dependencies.csv: expected a row for each library of pyproject.toml,"
            f" found none for {', '.join(missing)}. Add the name, what the library is for (English,"
            " Chinese) and its licence, then run `make lock` again."
        )
    return [by_name[name] for name in names]


def main(pylock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    running = {
        canonicalize_name(requirement.name)
        for requirement in requirements((ROOT / "requirements.lock").read_text(encoding="utf8"))
    }
    packages = tomllib.loads(Path(pylock).read_text(encoding="utf8"))["packages"]
    with TABLE.open(encoding="utf8", newline="") as file:
        rows = sorted_rows(list(csv.DictReader(file)), named_libraries(project))
    rows = [describe(row, packages, running) for row in rows]
    with TABLE.open("w", encoding="utf8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
