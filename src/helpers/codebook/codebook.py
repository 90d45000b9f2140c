"""Read and check the tables of `data/codebook`, which say what to look for in texts.

Use this module to read the shipped tables or your own as a `Codebook`.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from . import checks
from .checks import TABLES, CodebookError
from .exclusions import Exclusion, exclusions_of
from .matching import Matcher
from .sentences import OtherMatters
from .topic import LIMITED_FAMILY, Topic
from .words import RoleWords

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_PACKAGE = Path(__file__).resolve().parents[1]
_REPOSITORY = _PACKAGE.parents[1] / "data"
DATA = _REPOSITORY if (_REPOSITORY / "codebook").is_dir() else _PACKAGE / "data"
_SHIPPED = str(DATA / "codebook")
Built = TypeVar("Built")


@dataclass(frozen=True, eq=False)
class Codebook:
    """The checked tables of a codebook, which say what to look for in texts.

    Functions that search texts take a codebook as the argument `codebook=`. A corpus keeps the
    codebook with which the corpus was read.

    Attributes
    ----------
    themes : DataFrame
        One row per term, in the order of the file: `theme, family, term, zh, en, shared, doubtful,
        note`.
    theme_rules : DataFrame
        One row per theme: `theme, family, stage, zh, en, includes, excludes` and others, in the
        order in which themes are reported. Themes of the family `process` name their `stage`.
    theme_exclusions : DataFrame
        One row per exclusion, that is, a wording in which a term does not count: `term, before,
        after, keeps, instead_zh, instead_en, example`.
    approaches, approach_rules, actors, cities, stopwords, userdict, units, indicators, \
number_rules, number_words, stages, states, actor_kinds, topic, act_words, masthead_words, \
place_words, document_words, document_types, dated_events, relations, routes, cycle, marks, \
strands, completion, nouns, distinctions, glosses : DataFrame
        The tables of the same names in data/codebook. If a user's own folder lacks a table, the
        table of the shipped codebook is used.
    source : str
        The folder of the codebook, as error messages name it.
    digest : str
        SHA-256 of the tables' names and bytes. Equal codebooks have equal digests.

    Examples
    --------
    >>> codebook = read_codebook()
    >>> codebook.names("states")["planned"]
    ('已作安排', 'planned')
    """

    themes: pd.DataFrame
    theme_rules: pd.DataFrame
    theme_exclusions: pd.DataFrame
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
    document_words: pd.DataFrame
    document_types: pd.DataFrame
    dated_events: pd.DataFrame
    relations: pd.DataFrame
    routes: pd.DataFrame
    cycle: pd.DataFrame
    marks: pd.DataFrame
    strands: pd.DataFrame
    completion: pd.DataFrame
    nouns: pd.DataFrame
    distinctions: pd.DataFrame
    glosses: pd.DataFrame
    source: str = "data/codebook"
    digest: str = ""
    _built: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, build: Callable[[Codebook], Built]) -> Built:
        """Call ``build`` with this codebook, keep the result, and return it on later calls. Each
        codebook keeps what was made from its tables, such as patterns. A function that gets another
        codebook therefore never uses the patterns of this codebook."""
        if build not in self._built:
            self._built[build] = build(self)
        return self._built[build]

    def role_words(self, table: str) -> RoleWords:
        """Return the words of a table as `RoleWords`, which puts the words into patterns. The table
        must have the columns `role, words`."""
        if table not in self._built:
            self._built[table] = RoleWords(getattr(self, table))
        return self._built[table]

    def names(self, table: str) -> dict[str, tuple[str, str]]:
        """Return ``{id: (Chinese name, English name)}`` with one entry per row of a table."""
        frame: pd.DataFrame = getattr(self, table)
        return {row[0]: (row.zh, row.en) for row in frame.itertuples(index=False)}

    @functools.cached_property
    def matcher(self) -> Matcher:
        """The matcher that finds the terms of all themes. The matcher returns a term as a number:
        the term's position in `matcher.terms`."""
        return Matcher(self.themes["term"], self.exclusions)

    @functools.cached_property
    def subject(self) -> Topic:
        """The `Topic` tells which hits count in a document that is mainly about another topic."""
        themes = self.theme_rules.loc[self.theme_rules["family"] == LIMITED_FAMILY, "theme"]
        words, terms = self.role_words("topic"), self.matcher.terms
        return Topic(words, terms, self.themes_of_term, themes)

    @functools.cached_property
    def other_matters(self) -> OtherMatters:
        """The object that tells which hits do not count because of the rest of their sentences."""
        return OtherMatters(self.exclusions, self.matcher.terms)

    def find(
        self, text: str, *, without: str | None = None, is_main: bool | None = None
    ) -> list[tuple[int, int, int]]:
        """Return the hits that count in a text as (term number, start, end), from left to right.

        `without` leaves out one term, as in `Matcher.find`. If the text is part of a document, pass
        as `is_main` whether the document is mainly about the codebook's topic. In a document mainly
        about the topic, hits of every theme count.
        """
        hits = self.matcher.find(text, without=without)
        dropped = set(self.other_matters.dropped(text, hits))
        if not (self.subject.is_main(text) if is_main is None else is_main):
            dropped.update(self.subject.dropped(text, hits))
        return [hit for hit in hits if hit not in dropped] if dropped else hits

    def count_terms(self, texts: Sequence[str], is_main: Sequence[bool] | None = None) -> csr_array:
        """Return how many hits of `find` each term has in each text, as a matrix of texts × terms.

        `is_main` says for each text whether the document is mainly about the codebook's topic.
        """
        from scipy.sparse import csr_array

        if is_main is None:
            is_main = [self.subject.is_main(text) for text in texts]
        columns, ends = [], [0]
        for text, main in zip(texts, is_main, strict=True):
            columns += [number for number, *_ in self.find(text, is_main=main)]
            ends.append(len(columns))
        shape, ones = (len(texts), len(self.matcher.terms)), np.ones(len(columns), dtype=np.int64)
        counts = csr_array((ones, np.array(columns, dtype=np.int64), ends), shape=shape)
        counts.sum_duplicates()
        return counts

    @functools.cached_property
    def exclusions(self) -> list[Exclusion]:
        """The wordings and names in which terms do not count."""
        terms_of = self.themes.groupby("theme")["term"].agg(list).to_dict()
        return exclusions_of(self.theme_exclusions, terms_of)

    @functools.cached_property
    def themes_of_term(self) -> dict[str, tuple[str, ...]]:
        """The themes to which each term belongs. A shared term belongs to several themes."""
        grouped = self.themes.groupby("term", sort=False)["theme"]
        return {term: tuple(themes) for term, themes in grouped}

    @functools.cached_property
    def term_theme_matrix(self) -> np.ndarray:
        """A matrix that has 1 where a term belongs to a theme, and 0 elsewhere. The rows are the
        terms in the order of `matcher.terms`. The columns are the themes in the order of
        `theme_table`."""
        column = {theme: number for number, theme in enumerate(self.theme_rules["theme"])}
        matrix = np.zeros((len(self.matcher.terms), len(column)), dtype=np.int64)
        for row, term in enumerate(self.matcher.terms):
            matrix[row, [column[theme] for theme in self.themes_of_term[term]]] = 1
        return matrix

    @functools.cached_property
    def words(self) -> tuple[str, ...]:
        """The words that must stay whole when a Chinese text is split into words."""
        return tuple(self.userdict["word"])

    def theme_table(self) -> pd.DataFrame:
        """Return a table with one row per theme and the columns `theme, family, zh, en`. The themes
        stand in the order in which reports list them."""
        return self.theme_rules[["theme", "family", "zh", "en"]].copy()

    def check_theme(self, theme: str) -> str:
        """Return a theme's id if it is in the codebook, or else raise an error that suggests a
        similar id."""
        self._check_known("theme", theme, self.theme_rules["theme"])
        return theme

    def _check_known(self, column: str, value: str, known: pd.Series) -> None:
        if value not in set(known):
            where = f"{column} '{value}' is not in {self.source}/themes.csv"
            raise CodebookError(f"{where}. {checks.nearest(value, known)}")

    def without(self, term: str) -> Codebook:
        """Return a copy of the codebook without one term. Counts with this copy show how often
        shorter terms are found in the places of the removed term."""
        self._check_known("term", term, self.themes["term"])
        themes = self.themes[self.themes["term"] != term].reset_index(drop=True)
        return replace(self, themes=themes, digest="")

    def without_doubtful(self) -> Codebook:
        """Return a copy of the codebook without the terms that the codebook marks as doubtful."""
        themes = self.themes[self.themes["doubtful"] == ""].reset_index(drop=True)
        return replace(self, themes=themes, digest="")


def read_table(name: str) -> pd.DataFrame:
    """Read a CSV table from the data folder. Every cell is a string; an empty cell is "".

    Parameters
    ----------
    name : str
        Folder and file name without `.csv`, such as ``"codebook/units"`` or ``"coded/readings"``.

    Returns
    -------
    DataFrame
        The rows in the order of the file. The table is your own copy: change it as you like.

    Raises
    ------
    FileNotFoundError
        If there is no table with this name. The message lists the tables that exist.
    CodebookError
        If the file is not a table, or if its encoding is not one that spreadsheet programs write
        (UTF-8, UTF-16, GB18030).

    Examples
    --------
    >>> read_table("codebook/cities").loc[0, "city_zh"]
    '郑州'
    """
    path = DATA / f"{name}.csv"
    if not path.is_file():
        there = sorted(f"{p.parent.name}/{p.stem}" for p in DATA.glob("co*/*.csv")) or ["none"]
        found = f"data/{name}.csv does not exist"
        raise FileNotFoundError(f"{found}. The tables are: {', '.join(there)}.")
    return checks.parse_table(path.read_bytes(), f"data/{name}.csv").reset_index(drop=True)


def read_codebook(path: str | Path | None = None) -> Codebook:
    """Read a codebook and check its tables.

    Parameters
    ----------
    path : folder or themes.csv, optional
        A folder with tables named as in data/codebook, or a single table of themes. Tables that
        are missing are taken from the shipped codebook. Default: the folder named by the
        environment variable HELPERS_CODEBOOK or, if this is not set, the shipped codebook.

    Raises
    ------
    CodebookError
        If a table contains a mistake. The message names the file, the row (numbered as in a
        spreadsheet) and the wrong value, and says how to correct the mistake.

    Examples
    --------
    >>> sorted(read_codebook().themes["family"].unique())
    ['frame', 'process', 'service']
    """
    shared = _current(codebook_path(path))
    return replace(shared, **{name: getattr(shared, name).copy() for name in TABLES})


def shared_codebook(path: str | Path | None = None) -> Codebook:
    """Return a codebook that all callers share, instead of a new copy for each call. Do not change
    the tables of the shared codebook; `read_codebook` gives a copy that may be changed.
    `shared_codebook` is called very often and looks for changed files at most ten times a
    second."""
    path = codebook_path(path)
    looked, codebook = _LOOKED_AT.get(str(path), (-math.inf, None))
    if codebook is None or time.monotonic() - looked > 0.1:
        codebook = _current(path)
    return codebook


_LOOKED_AT: dict[str, tuple[float, Codebook]] = {}


def _current(path: str | Path | None) -> Codebook:
    """Return the codebook at a path. Read the files again only if one of the files has changed."""
    codebook = _read(path, tuple(map(_version, _candidates(str(path or _SHIPPED)))))
    _LOOKED_AT[str(path)] = time.monotonic(), codebook
    return codebook


@functools.lru_cache(maxsize=8)
def _candidates(folder: str) -> tuple[str, ...]:
    """Return the paths of all files that a codebook may use: the shipped tables and the user's."""
    own = [folder] if folder.endswith(".csv") else [f"{folder}/{name}.csv" for name in TABLES]
    return tuple(dict.fromkeys([*(f"{_SHIPPED}/{name}.csv" for name in TABLES), *own]))


def _version(file: str) -> tuple[int, int] | None:
    """Return the time of a file's last change and the file's size, or None if there is no file. If
    the time or the size has changed, the file must be read again."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def codebook_path(path: str | Path | None = None) -> str | Path | None:
    """Return the given path or, without one, the path in the environment variable
    HELPERS_CODEBOOK. The result None stands for the shipped codebook."""
    return path or os.environ.get("HELPERS_CODEBOOK") or None


@functools.lru_cache(maxsize=8)
def _read(path: str | Path | None, _state: tuple[tuple[int, int] | None, ...]) -> Codebook:
    """Read and check all tables of a codebook. `_state` holds the versions of the files. Only the
    cache uses `_state`, so that the tables are read again after a file has changed."""
    files = _files(path)
    contents = {name: file.read_bytes() for name, file in files.items()}
    places = {name: _place(file) for name, file in files.items()}
    tables = {name: checks.parse_table(data, places[name]) for name, data in contents.items()}
    own_themes = path is not None and places["theme_rules"].startswith("data/")
    tables = checks.checked(
        tables,
        places,
        read_table("reference/roles"),
        own_themes=own_themes,
        shipped_exclusions=read_table("codebook/theme_exclusions"),
    )
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(name.encode() + hashlib.sha256(contents[name]).digest())
    source = "data/codebook" if path is None else Path(path).as_posix()
    return Codebook(**tables, source=source, digest=digest.hexdigest())


def _files(path: str | Path | None) -> dict[str, Path]:
    """Return the file to read for every table: the user's own file or, without such a file, the
    shipped file."""
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
    """Return the name of a file for use in messages: the path of a user's own file, or a short name
    such as data/codebook/themes.csv for a shipped table."""
    if file.is_relative_to(DATA):
        return f"data/{file.relative_to(DATA).as_posix()}"
    return file.as_posix()
