"""The tables of `data/codebook` → a checked `Codebook`: what is looked for, and in which words.

Use it to read a codebook, shipped or one's own; no other room reads these tables.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from . import checks
from .checks import TABLES, CodebookError
from .matching import Matcher
from .words import RoleWords

_PACKAGE = Path(__file__).resolve().parents[1]
_REPOSITORY = _PACKAGE.parents[1] / "data"
DATA = _REPOSITORY if (_REPOSITORY / "codebook").is_dir() else _PACKAGE / "data"
_SHIPPED = str(DATA / "codebook")
Built = TypeVar("Built")


@dataclass(frozen=True, eq=False)
class Codebook:
    """The checked tables of a codebook: everything that texts are searched for.

    It is passed as the argument `codebook=`; a corpus keeps the one it was read with.

    Attributes
    ----------
    themes : DataFrame
        One row per term: `theme, family, term, zh, en, shared, note`, in file order.
    theme_rules : DataFrame
        One row per theme: `theme, family, zh, en, includes, excludes`, in the order in which themes
        are reported.
    approaches, approach_rules, actors, cities, stopwords, userdict, units, indicators, \
number_rules, number_words, stages, states, actor_kinds, topic, act_words, masthead_words, \
place_words : DataFrame
        As in data/codebook. A table that one's own folder lacks is the shipped one.
    source : str
        The folder, as messages name it.
    digest : str
        SHA-256 of the tables' names and bytes: equal where two codebooks are.

    Examples
    --------
    >>> codebook = read_codebook()
    >>> codebook.names("states")["planned"]
    ('已定未做', 'planned')
    """

    themes: pd.DataFrame
    theme_rules: pd.DataFrame
    approaches: pd.DataFrame
    approach_rules: pd.DataFrame
    actors: pd.DataFrame
    cities: pd.DataFrame
    stopwords: pd.DataFrame
    userdict: pd.DataFrame
    units: pd.DataFrame
    indicators: pd.DataFrame
    number_rules: pd.DataFrame
    number_words: pd.DataFrame
    stages: pd.DataFrame
    states: pd.DataFrame
    actor_kinds: pd.DataFrame
    topic: pd.DataFrame
    act_words: pd.DataFrame
    masthead_words: pd.DataFrame
    place_words: pd.DataFrame
    source: str = "data/codebook"
    digest: str = ""
    _built: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, build: Callable[[Codebook], Built]) -> Built:
        """Return ``build(codebook)``, built on the first call and kept as long as this codebook.

        Patterns and automata made of the tables are kept here and nowhere else, so that what is
        passed in is what is used.
        """
        if build not in self._built:
            self._built[build] = build(self)
        return self._built[build]

    def role_words(self, table: str) -> RoleWords:
        """Return the words of a table with the columns `role, words`, ready for patterns."""
        if table not in self._built:
            self._built[table] = RoleWords(getattr(self, table))
        return self._built[table]

    def names(self, table: str) -> dict[str, tuple[str, str]]:
        """Return ``{id: (Chinese, English)}`` of a table whose rows bear names, in its order."""
        frame: pd.DataFrame = getattr(self, table)
        return {row[0]: (row.zh, row.en) for row in frame.itertuples(index=False)}

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
    def term_theme_matrix(self) -> np.ndarray:
        """Matrix of terms (in the order of `matcher.terms`) × themes (in that of `theme_table`): 1
        where the term counts for the theme."""
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
        """One row per theme, `theme, family, zh, en`, in the order in which themes are reported."""
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
        """Return the codebook without one theme term, which shows what the shorter terms inside it
        would have counted."""
        self._check_known("term", term, self.themes["term"])
        themes = self.themes[self.themes["term"] != term].reset_index(drop=True)
        return replace(self, themes=themes, digest="")


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
        When the file is not a table, or is in no encoding that spreadsheets write (UTF-8, UTF-16,
        GB18030).

    Examples
    --------
    >>> read_table("codebook/cities").loc[0, "city_zh"]
    '郑州'
    """
    path = DATA / f"{name}.csv"
    if not path.is_file():
        there = sorted(f"{p.parent.name}/{p.stem}" for p in DATA.glob("co*/*.csv")) or ["none"]
        found = f"data/{name}.csv does not exist"
        raise FileNotFoundError(f"{found}. Tables there: {', '.join(there)}.")
    return checks.parse_table(path.read_bytes(), f"data/{name}.csv").reset_index(drop=True)


def read_codebook(path: str | Path | None = None) -> Codebook:
    """Read and validate the codebook.

    Parameters
    ----------
    path : folder or themes.csv, optional
        A folder with tables named as in data/codebook, or one themes table. What is not there is
        taken from the codebook shipped. Default: the folder that the environment variable
        HELPERS_CODEBOOK names, else the shipped one.

    Raises
    ------
    CodebookError
        Naming file, row (as the spreadsheet numbers it), value and remedy.

    Examples
    --------
    >>> sorted(read_codebook().themes["family"].unique())
    ['process', 'service']
    """
    shared = _current(codebook_path(path))
    return replace(shared, **{name: getattr(shared, name).copy() for name in TABLES})


def shared_codebook(path: str | Path | None = None) -> Codebook:
    """Return the one copy of a codebook that the package's own functions share.

    Leave its tables alone; `read_codebook` gives a private copy. Its files are looked at again
    after a tenth of a second, because functions on bare text ask for it again and again.
    """
    path = codebook_path(path)
    looked, codebook = _LOOKED_AT.get(str(path), (-math.inf, None))
    if codebook is None or time.monotonic() - looked > 0.1:
        codebook = _current(path)
    return codebook


_LOOKED_AT: dict[str, tuple[float, Codebook]] = {}


def _current(path: str | Path | None) -> Codebook:
    """The codebook of a path, read again only when one of its files has changed."""
    codebook = _read(path, tuple(map(_version, _candidates(str(path or _SHIPPED)))))
    _LOOKED_AT[str(path)] = time.monotonic(), codebook
    return codebook


@functools.lru_cache(maxsize=8)
def _candidates(folder: str) -> tuple[str, ...]:
    """Every file on which a codebook can depend: the shipped tables and those of its own folder."""
    own = [folder] if folder.endswith(".csv") else [f"{folder}/{name}.csv" for name in TABLES]
    return tuple(dict.fromkeys([*(f"{_SHIPPED}/{name}.csv" for name in TABLES), *own]))


def _version(file: str) -> tuple[int, int] | None:
    """What tells one version of a file from another; None where there is none."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def codebook_path(path: str | Path | None = None) -> str | Path | None:
    """Return where the codebook is read: the path given, else HELPERS_CODEBOOK; None for the
    shipped one."""
    return path or os.environ.get("HELPERS_CODEBOOK") or None


@functools.lru_cache(maxsize=8)
def _read(path: str | Path | None, _state: tuple[tuple[int, int] | None, ...]) -> Codebook:
    """Read and check all tables; `_state` tells one version of the files from another."""
    files = _files(path)
    contents = {name: file.read_bytes() for name, file in files.items()}
    places = {name: _place(file) for name, file in files.items()}
    tables = {name: checks.parse_table(data, places[name]) for name, data in contents.items()}
    own_themes = path is not None and places["theme_rules"].startswith("data/")
    tables = checks.checked(tables, places, read_table("reference/roles"), own_themes=own_themes)
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + hashlib.sha256(contents[name]).digest())
    source = "data/codebook" if path is None else Path(path).as_posix()
    return Codebook(**tables, source=source, digest=digest.hexdigest())


def _files(path: str | Path | None) -> dict[str, Path]:
    """The file of every table: the caller's where there is one, else the shipped one."""
    files = {name: DATA / "codebook" / f"{name}.csv" for name in TABLES}
    if path is None:
        return files
    path = Path(path)
    own = {path.stem if path.stem in TABLES else "themes": path}
    if path.is_dir():
        own = {name: path / f"{name}.csv" for name in TABLES}
    own = {name: file for name, file in own.items() if file.is_file()}
    if not own:
        expected = "a folder with themes.csv, or a themes table"
        raise FileNotFoundError(f"{path}: no codebook here. Expected {expected}.")
    return files | own


def _place(file: Path) -> str:
    """Name a file as the reader knows it: data/codebook/themes.csv, or the caller's own path."""
    if file.is_relative_to(DATA):
        return f"data/{file.relative_to(DATA).as_posix()}"
    return file.as_posix()
