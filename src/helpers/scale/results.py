"""Turn a folder of results that `analyse` wrote into views that can be queried in SQL."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from operator import attrgetter
from pathlib import Path
from typing import Any

from helpers.text import Corpus

from .folder import describe_faults, examine, read_manifest, table_files
from .parts import TABLES, load_builders


def open_results(out: str | Path) -> Any:
    """Open the tables that `analyse` wrote as views of a DuckDB database in memory.

    All files are checked first: each must have the size and the hash that `analyse` recorded.
    Checking a gigabyte of results takes about two seconds on one core.

    Parameters
    ----------
    out : path
        The folder that `analyse` wrote. If `analyse` has not finished, the views show the documents
        that it has analysed so far.

    Returns
    -------
    duckdb.DuckDBPyConnection
        A database with one view per table (`documents`, `sentences`, `theme_hits`,
        `approach_evidence`, `problems` …) and one view per query of `queries.sql`, such as
        `theme_rates`. The table `examples` lists the SQL of each query and the question that the
        query answers. ``.df()`` turns the result of a query into a DataFrame.

    Raises
    ------
    FileNotFoundError
        If the folder holds no results.
    ValueError
        If a file of the folder is damaged, missing, or not from `analyse`. The message names the
        file. `analyse`, called again with the same arguments, repairs the folder.

    Examples
    --------
    Ask in SQL for the themes of one sentence, 推进助餐服务 ("promote meal services"):

    >>> from pathlib import Path
    >>> from helpers import analyse, open_results
    >>> _ = Path("briefing.txt").write_text("推进助餐服务。", encoding="utf8")
    >>> results = analyse("briefing.txt", "results", workers=1, progress=False)
    >>> open_results(results).sql("SELECT doc, theme, quote FROM theme_hits").df()
            doc         theme quote
    0  briefing  meal_service  助餐服务
    """
    import duckdb

    out = Path(out).resolve()  # an absolute path, so that the views work in any working folder
    manifest = read_manifest(out)
    if not manifest:
        raise FileNotFoundError(
            f"'{out}' holds no results of analyse, since it has no manifest.json. Name the folder"
            " that analyse wrote."
        )
    marks, faults = examine(out, manifest)
    if faults:
        raise ValueError(describe_faults(out, faults, manifest))
    connection = duckdb.connect()
    for name in TABLES:
        files = table_files(out, manifest, marks, name)
        connection.execute(f"CREATE VIEW {name} AS {_select(files, name)}")
    connection.execute("CREATE TABLE examples (name VARCHAR, question VARCHAR, query VARCHAR)")
    for name, question, query in ready_queries():
        connection.execute("INSERT INTO examples VALUES (?, ?, ?)", [name, question, query])
        connection.execute(f"CREATE VIEW {name} AS {query}")
    return connection


def ready_queries() -> list[tuple[str, str, str]]:
    """Return, for each query in queries.sql, its name, the question that it answers, and its SQL.
    In queries.sql, each query begins with a line `-- name: question`."""
    text = resources.files("helpers.scale").joinpath("queries.sql").read_text("utf8")
    return re.findall(r"^-- (\w+): (.+)\n(.+(?:\n.+)*)", text, re.MULTILINE)


def _select(files: list[Path], name: str) -> str:
    """Return SQL that selects one table from its files. Without any file, the SQL gives the
    table's columns without rows."""
    if files:
        return f"SELECT * FROM read_parquet([{', '.join(map(_quoted, files))}])"
    empty = load_builders().get(name, attrgetter(name))(Corpus(()))
    kinds = {"int": "BIGINT", "flo": "DOUBLE", "boo": "BOOLEAN"}
    columns = [
        f'NULL::{kinds.get(str(dtype).lower()[:3], "VARCHAR")} AS "{column}"'
        for column, dtype in empty.dtypes.items()
    ]
    return f"SELECT {', '.join(columns)} WHERE false"


def _quoted(path: Path) -> str:
    """Quote a path for SQL. `*`, `?` and `[` are escaped, since DuckDB takes them for wildcards."""
    return "'" + re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''") + "'"


def duplicates(out: Path) -> list[dict[str, str]]:
    """Return a row of the table `problems` for each document that repeats an earlier document."""
    import duckdb

    files = sorted((out / "documents").glob("[!.]*.parquet"))
    if not files:
        return []
    connection = duckdb.connect()  # not DuckDB's default connection, which the caller may use
    names = ", ".join(map(_quoted, files))
    query = f"""
        SELECT source, doc, 'duplicate' AS problem, concat('Same content as ', first,
            ': the text counts twice. Remove one file.') AS detail
        FROM (
            SELECT source, doc, filename, file_row_number,
                first_value(source) OVER twins AS first, row_number() OVER twins AS n
            FROM read_parquet([{names}], filename = true, file_row_number = true)
            WINDOW twins AS (PARTITION BY sha256 ORDER BY filename, file_row_number)
        )
        WHERE n > 1 ORDER BY filename, file_row_number
        """
    # Ctrl-C does not end a query of DuckDB, but ends the wait for a thread. `interrupt` then ends
    # the query.
    with ThreadPoolExecutor(1) as thread:
        repeats = thread.submit(lambda: connection.execute(query).df())
        try:
            return repeats.result().to_dict("records")
        except KeyboardInterrupt:
            connection.interrupt()
            raise
