"""A folder of results → views to ask in SQL."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers.codebook import shipped_codebook
from helpers.text import Corpus

from .parts import STAGES, TABLES, load_stages

EXAMPLES = {
    "theme_rates": (
        (
            "How often does each document speak of each theme, per 1,000 characters (count_themes"
            " without its intervals)?"
        ),
        """SELECT d.doc, d.city_zh, d.city_en, t.theme, count(h.doc) AS n, 1000.0 * count(h.doc) / nullif(d.n_chars, 0) AS per_1000_chars
FROM documents d CROSS JOIN (SELECT DISTINCT theme FROM theme_hits) t LEFT JOIN theme_hits h ON h.doc = d.doc AND h.theme = t.theme
GROUP BY d.doc, d.city_zh, d.city_en, d.n_chars, t.theme ORDER BY d.doc, t.theme""",
    ),
    "themes_overall": (
        "Which themes fill most of the corpus, and in how many documents do they occur?",
        """SELECT theme, count(*) AS n, count(DISTINCT doc) AS n_docs, 1000.0 * count(*) / (SELECT sum(n_chars) FROM documents) AS per_1000_chars
FROM theme_hits GROUP BY theme ORDER BY n DESC, theme""",
    ),
    "instruments_by_city": (
        "Which instruments of supervision does each city show, and with how much evidence?",
        """SELECT d.city_zh, e.code, e.state, count(*) AS n_evidence, count(DISTINCT e.doc) AS n_docs
FROM approach_evidence e JOIN documents d USING (doc) GROUP BY ALL ORDER BY d.city_zh, e.code, e.state""",
    ),
    "evidence_with_context": (
        "What does the text around a piece of evidence say?",
        """SELECT e.doc, e.code, e.state, e.quote, s.text FROM approach_evidence e JOIN sentences s USING (doc, sentence)
ORDER BY e.doc, e.start, e.code LIMIT 100""",
    ),
    "numbers_by_indicator": (
        "Which results are claimed most, in what range, and how many of the numbers are settled?",
        """SELECT indicator_zh, unit, count(*) AS n, count(value) AS n_settled, count(DISTINCT doc) AS n_docs, min(value) AS lowest, median(value) AS middle,
max(value) AS highest FROM outcomes WHERE indicator_zh <> '' GROUP BY ALL ORDER BY n DESC, indicator_zh, unit""",
    ),
    "numbers_left_open": (
        "Which numbers of a damaged text have more than one reading?",
        """SELECT doc, quote, value, status FROM outcomes WHERE status = 'ambiguous' ORDER BY doc, start LIMIT 100""",
    ),
    "terms_in_context": (
        "Where does a word occur (here 养老服务), with its sentence and page?",
        """SELECT doc, section, sentence, page, text FROM sentences WHERE contains(text, '养老服务') ORDER BY doc, start LIMIT 100""",
    ),
    "what_was_odd": (
        "What could not be read, or was odd?",
        """SELECT problem, count(*) AS n, min(source) AS example, min(detail) AS detail FROM problems GROUP BY problem ORDER BY n DESC, problem""",
    ),
}


def open_results(out: str | Path) -> Any:
    """Open the tables that `analyse` wrote as views of a DuckDB database in memory.

    Parameters
    ----------
    out : path
        The folder. Of a run that is not finished, the parts that are done are shown.

    Returns
    -------
    duckdb.DuckDBPyConnection
        With a view a table (`documents`, `sentences`, `theme_hits`, `approach_evidence`, `problems`
        …) and one for each of `EXAMPLES`, such as `theme_rates`; the table `examples` holds their
        questions and SQL. ``.df()`` gives a DataFrame.

    Raises
    ------
    FileNotFoundError
        If the folder holds no results.
    """
    import duckdb

    out = Path(out).resolve()  # the views outlive a change of the working folder
    if not read_manifest(out):
        raise FileNotFoundError(
            f"'{out}' holds no results of analyse (no manifest.json of it). Name the folder that"
            " analyse wrote."
        )
    connection = duckdb.connect()
    for name in TABLES:
        connection.execute(f"CREATE VIEW {name} AS {_select(out, name)}")
    connection.execute("CREATE TABLE examples (name VARCHAR, question VARCHAR, query VARCHAR)")
    for name, (question, query) in EXAMPLES.items():
        connection.execute("INSERT INTO examples VALUES (?, ?, ?)", [name, question, query])
        connection.execute(f"CREATE VIEW {name} AS {query}")
    return connection


def read_manifest(out: Path) -> dict[str, Any]:
    """What `analyse` noted of a run; empty where the folder holds none.

    Raises
    ------
    ValueError
        If another program's manifest.json lies there.
    """
    path = out / "manifest.json"
    if not path.is_file():
        return {}
    with suppress(ValueError):
        found = json.loads(path.read_text(encoding="utf8"))
        if (
            isinstance(found, dict)
            and {"version", "tables", "n_parts", "input", "state"} <= found.keys()
        ):
            return found
    raise ValueError(
        f"'{out.name}' holds a manifest.json that analyse did not write. Name another folder."
    )


def _select(out: Path, name: str) -> str:
    """Read the files of the finished parts; of a table without any, its columns without a row."""
    done = {path.stem for path in (out / "done").glob("*.json")} | {"files", "duplicates"}
    files = sorted(path for path in (out / name).glob("*.parquet") if path.stem in done)
    if not files:
        return (
            "SELECT "
            + ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in _columns(name))
            + " WHERE false"
        )
    return f"SELECT * FROM read_parquet([{', '.join(map(_quoted, files))}])"


def _quoted(path: Path) -> str:
    """A path as DuckDB reads it: its `*`, `?` and `[` name files, they do not stand for others."""
    return "'" + re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''") + "'"


def _columns(name: str) -> list[tuple[str, str]]:
    """Columns and types of a table: those that an empty corpus gives."""
    empty = Corpus(())
    stages = (
        {stage: function(empty, shipped_codebook()) for stage, function in load_stages().items()}
        if name in STAGES
        else {}
    )
    table = stages[name] if name in STAGES else getattr(empty, name)
    kinds = {"int": "BIGINT", "flo": "DOUBLE", "boo": "BOOLEAN"}
    return [
        (column, kinds.get(str(dtype).lower()[:3], "VARCHAR"))
        for column, dtype in table.dtypes.items()
    ]


def duplicates(out: Path) -> list[dict[str, str]]:
    """Rows of `problems` for documents whose content came before, as `read_corpus` notes them."""
    import duckdb

    files = sorted((out / "documents").glob("*.parquet"))
    if not files:
        return []
    connection = duckdb.connect()  # the shared one may be busy with the caller's own queries
    found = connection.execute(
        f"""SELECT source, doc, first FROM (
        SELECT source, doc, filename, file_row_number, first_value(source) OVER twins AS first, row_number() OVER twins AS n
        FROM read_parquet([{", ".join(map(_quoted, files))}], filename = true, file_row_number = true)
        WINDOW twins AS (PARTITION BY sha256 ORDER BY filename, file_row_number)) WHERE n > 1 ORDER BY filename, file_row_number"""
    ).fetchall()
    return [
        {
            "source": source,
            "doc": doc,
            "problem": "duplicate",
            "detail": f"Same content as {first}: it counts twice. Take one of the two out.",
        }
        for source, doc, first in found
    ]
