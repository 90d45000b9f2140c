"""The tables of `data/codebook` → a `Codebook`: what is looked for, and in which words."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from . import checks
from .checks import COLUMNS, TABLES, CodebookError
from .matching import Matcher

_PACKAGE = Path(__file__).resolve().parents[1]
_REPOSITORY = _PACKAGE.parents[1] / "data"
DATA = _REPOSITORY if (_REPOSITORY / "codebook").is_dir() else _PACKAGE / "data"


@dataclass(frozen=True)
class Codebook:
    """The validated tables; a table that the folder lacks comes from the shipped codebook.

    Attributes
    ----------
    themes : DataFrame
        A row a term: `theme, family, term, zh, en, shared, note`, in file order.
    theme_rules : DataFrame
        A row a theme: `theme, family, zh, en, includes, excludes`, the order in which themes are
        reported.
    approaches, approach_rules, actors, cities, stopwords, userdict : DataFrame
        As in data/codebook.
    """

    themes: pd.DataFrame
    theme_rules: pd.DataFrame
    approaches: pd.DataFrame
    approach_rules: pd.DataFrame
    actors: pd.DataFrame
    cities: pd.DataFrame
    stopwords: pd.DataFrame
    userdict: pd.DataFrame
    source: str = field(default="data/codebook", compare=False)

    @functools.cached_property
    def matcher(self) -> Matcher:
        """Finds the terms of all themes; its term numbers are positions in `matcher.terms`."""
        return Matcher(self.themes["term"])

    @functools.cached_property
    def themes_of_term(self) -> dict[str, tuple[str, ...]]:
        """The themes that each term counts for: one, or several for a shared term."""
        grouped = self.themes.groupby("term", sort=False)["theme"]
        return {term: tuple(themes) for term, themes in grouped}

    @functools.cached_property
    def incidence(self) -> np.ndarray:
        """Terms (in the order of `matcher.terms`) × themes (in that of `theme_table`): 1 where the
        term counts."""
        column = {theme: number for number, theme in enumerate(self.theme_rules["theme"])}
        matrix = np.zeros((len(self.matcher.terms), len(column)), dtype=np.int64)
        for row, term in enumerate(self.matcher.terms):
            matrix[row, [column[theme] for theme in self.themes_of_term[term]]] = 1
        return matrix

    @functools.cached_property
    def words(self) -> tuple[str, ...]:
        """The words that the segmenter should keep whole."""
        return tuple(self.userdict["word"])

    def theme_table(self) -> pd.DataFrame:
        """A row a theme, `theme, family, zh, en`, in the order in which themes are reported."""
        return self.theme_rules[["theme", "family", "zh", "en"]].copy()

    def check_theme(self, theme: str) -> str:
        """Return the id of a theme, or say which one was meant."""
        self._check_known("theme", theme, self.theme_rules["theme"])
        return theme

    def _check_known(self, column: str, value: str, known: pd.Series) -> None:
        if value not in set(known):
            where = f"{column} '{value}' is not in {self.source}/themes.csv"
            raise CodebookError(f"{where}. {checks.nearest(value, known)}")

    def without(self, term: str) -> Codebook:
        """The same codebook less one theme term: what its nested shorter terms would have counted
        comes to light."""
        self._check_known("term", term, self.themes["term"])
        return self.with_themes(self.themes[self.themes["term"] != term].reset_index(drop=True))

    def with_themes(self, themes: pd.DataFrame) -> Codebook:
        """The same codebook with another table of theme terms (`theme, term` at least)."""
        return replace(self, themes=themes)


def read_table(name: str) -> pd.DataFrame:
    """Read a table of the data folder: every cell a string, an empty cell the empty string.

    Parameters
    ----------
    name : str
        Folder and stem, such as ``"codebook/units"`` or ``"coded/readings"``.

    Returns
    -------
    DataFrame
        In file order. A private copy: change it as you like.

    Raises
    ------
    FileNotFoundError
        With the names of the tables that are there.
    CodebookError
        When the file is no table, or in no encoding that spreadsheets write (UTF-8, UTF-16,
        GB18030).

    Examples
    --------
    >>> read_table("codebook/cities").loc[0, "city_zh"]
    '郑州'
    """
    path = _default_file(name)
    if not path.is_file():
        there = sorted(f"{p.parent.name}/{p.stem}" for p in DATA.glob("co*/*.csv")) or ["none"]
        raise FileNotFoundError(
            f"data/{name}.csv does not exist. Tables there: {', '.join(there)}."
        )
    return _read(path).reset_index(drop=True)


def read_codebook(path: str | Path | None = None) -> Codebook:
    """Read and validate the codebook.

    Parameters
    ----------
    path : folder or themes.csv, optional
        A folder with tables named as in data/codebook, or one themes table. What is not there is
        taken from the codebook shipped. Default: the folder that the environment variable
        HELPERS_CODEBOOK names, else the shipped one.

    Returns
    -------
    Codebook

    Raises
    ------
    CodebookError
        Naming file, row (as the spreadsheet numbers it), value and remedy.

    Examples
    --------
    >>> sorted(read_codebook().themes["family"].unique())
    ['process', 'service']
    """
    if path is not None:
        return _validated(path)
    shipped = shipped_codebook()
    return replace(shipped, **{name: getattr(shipped, name).copy() for name in TABLES})


def shipped_codebook() -> Codebook:
    """The shipped codebook itself, read anew only when one of its files has changed: shared, so
    leave its tables alone."""
    files = filter(None, _files(None).values())
    return _shipped(tuple((file, file.stat().st_mtime_ns) for file in files))


@functools.lru_cache(maxsize=1)
def _shipped(_files_and_times: tuple[tuple[Path, int], ...]) -> Codebook:
    return _validated(None)


def _validated(path: str | Path | None) -> Codebook:
    files = _files(path)
    tables = {
        name: _read(file) if file else pd.DataFrame(columns=COLUMNS[name])
        for name, file in files.items()
    }
    places = {name: _place(file) if file else f"{name}.csv" for name, file in files.items()}
    for name, table in tables.items():
        checks.check_columns(table, places[name], COLUMNS[name])
    for name in ("theme_rules", "cities", "stopwords", "userdict"):
        key = COLUMNS[name][0]
        checks.check_filled(tables[name], places[name], [key])
        checks.check_unique(tables[name], places[name], key)
    own_themes = path is not None and _place(files["theme_rules"]).startswith("data/")
    tables["themes"] = checks.complete_themes(
        tables["themes"], tables["theme_rules"], places, declared=own_themes
    )
    if own_themes:
        tables["theme_rules"] = checks.rules_of(tables["themes"], tables["theme_rules"])
    checks.check_approaches(tables["approaches"], places["approaches"])
    checks.check_actors(tables["actors"], places["actors"])
    checks.check_approach_rules(tables["approach_rules"], tables["approaches"], places)
    source = "data/codebook" if path is None else Path(path).as_posix()
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    return Codebook(**tables, source=source)


def _files(path: str | Path | None) -> dict[str, Path | None]:
    """The file of every table: the caller's where there is one, else the shipped one."""
    chosen = {name: _default_file(f"codebook/{name}") for name in TABLES}
    if path is not None:
        path = Path(path)
        own = {path.stem if path.stem in TABLES else "themes": path}
        if path.is_dir():
            own = {name: path / f"{name}.csv" for name in TABLES}
        own = {name: file for name, file in own.items() if file.is_file()}
        if not own:
            raise FileNotFoundError(
                f"{path}: no codebook here. Expected a folder with themes.csv, or a themes table."
            )
        chosen |= own
    return {name: file if file.is_file() else None for name, file in chosen.items()}


def _default_file(name: str) -> Path:
    """The file of a table: in the folder that HELPERS_CODEBOOK names, if it is there, else the
    shipped one."""
    own = os.environ.get("HELPERS_CODEBOOK")
    if own and name.startswith("codebook/"):
        file = Path(own) / f"{name.removeprefix('codebook/')}.csv"
        if file.is_file():
            return file
    return DATA / f"{name}.csv"


def _place(file: Path | None) -> str:
    """Name a file as the reader knows it: data/codebook/themes.csv, or the caller's own path."""
    if file and file.is_relative_to(DATA):
        return f"data/{file.relative_to(DATA).as_posix()}"
    return file.as_posix() if file else ""


def _read(file: Path) -> pd.DataFrame:
    """Read a table; the index is the row number that a spreadsheet shows."""
    stat = file.stat()
    return _read_cached(file, stat.st_mtime_ns, stat.st_size).copy()


@functools.lru_cache(maxsize=64)
def _read_cached(file: Path, _changed: int, _size: int) -> pd.DataFrame:
    return checks.parse_table(file.read_bytes(), _place(file))
