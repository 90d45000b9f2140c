"""Turn rows into typed tables, and write files. The whole package uses the functions of this
module.

A file is written completely or not at all. The same content always gives the same bytes. A table
file holds nothing that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import math
import os
import re
from array import array
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# The pandas type of a column of quotations. Rows with the same quotation share one string. The
# usual type of texts would store a long quotation once for every row.
QUOTATION = pd.StringDtype("python", na_value=np.nan)
_BATCH = 5_000  # At most 5,000 rows are held as Python objects at a time.
# The types of columns of numbers, and their codes in Python's `array`.
_GROWN = {"int64": "q", "float64": "d"}


def as_table(rows: Iterable[tuple], types: Mapping[str, Any]) -> pd.DataFrame:
    """Make a table from rows in which None stands for a missing value. `types` names the columns
    and their pandas types. Giving the types is faster than letting pandas guess them.

    >>> as_table([("a", None), ("b", 3)], {"doc": "str", "page": "Int64"}).dtypes.to_dict()["page"]
    Int64Dtype()
    """
    # A column of numbers grows in one block of memory. Many small pieces, joined at the end, would
    # leave holes in the memory, so that a long table would take twice its size.
    grown = {name: array(_GROWN[kind]) for name, kind in types.items() if kind in _GROWN}
    pieces: dict[str, list[Any]] = {name: [] for name in types if name not in grown}
    texts: dict[str, tuple] = {}  # for each column, the texts of its last batch of rows
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        for name, values in zip(types, zip(*batch, strict=True), strict=True):
            if name in grown:
                grown[name].frombytes(np.asarray(values, dtype=types[name]).tobytes())
            elif types[name] == "str" and texts.get(name) == values:
                # A batch that repeats the texts before it, such as the name of one document, shares
                # their storage.
                pieces[name].append(pieces[name][-1])
            else:
                texts[name] = values
                pieces[name].append(_piece(values, types[name]))
    table = {
        name: np.frombuffer(grown[name], dtype=kind)
        if name in grown
        else _joined(pieces[name], kind)
        for name, kind in types.items()
    }
    return pd.DataFrame(table, copy=False)


def _piece(values: tuple, kind: Any) -> Any:
    """Return values of a column as an array of the column's type."""
    return pd.array(np.array(values, dtype=object) if kind == "str" else list(values), dtype=kind)


def _joined(pieces: list[Any], kind: Any) -> Any:
    """Join the pieces of a column of texts."""
    if len(pieces) > 1:
        return pd.concat(map(pd.Series, pieces), ignore_index=True).array
    return pieces[0] if pieces else pd.array([], dtype=kind)


def table_bytes(df: pd.DataFrame) -> bytes:
    """Return a table as CSV in UTF-8 with BOM. Each row is one line, and `number_text` writes the
    numbers.

    >>> table_bytes(pd.DataFrame({"x": [0.1 + 0.2], "t": ["=1+1"]})).decode("utf-8-sig")
    "x,t\\n0.3,'=1+1\\n"
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([cell_text(column) for column in df.columns])
    writer.writerows([cell_text(x) for x in row] for row in df.itertuples(index=False))
    return buffer.getvalue().encode("utf-8-sig")


def cell_text(value: Any) -> str:
    """Return the text of one cell: a number with at most six decimals, an empty text for a missing
    value, and an apostrophe before a text that a spreadsheet would run as a formula.

    >>> [cell_text(x) for x in (3.0, 2 / 3, None, "-", "-2%", "+cmd")]
    ['3', '0.666667', '', '-', "'-2%", "'+cmd"]
    """
    if isinstance(value, (list, tuple)):
        value = ";".join(map(cell_text, value))
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else number_text(float(value))
    return "" if value is None or value is pd.NA or value is pd.NaT else str(value)


def number_text(value: float) -> str:
    """Return a number as text: with at most six decimals, or with six significant digits if its
    absolute value is below 0.0001.

    >>> number_text(1234567.0), number_text(0.0000012345)
    ('1234567', '1.2345e-06')
    """
    if math.isinf(value) or (value and abs(value) < 1e-4):
        return f"{value:.6g}"
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


# Full-width signs such as ＝ are listed because Chinese Excel also runs ＝1+1 as a formula.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def neutral(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula. A lone `-`
    is left as it is, because no spreadsheet runs it."""
    return "'" + text if len(text) > 1 and text.lstrip(" ").startswith(_FORMULA) else text


def plain(text: str) -> str:
    """Remove the apostrophe that `neutral` put before a text.

    >>> plain(neutral("=1+1")), plain("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text


def json_bytes(record: Mapping[str, Any]) -> bytes:
    """Return a record as readable JSON, with one line per key and per item of a list."""
    lines = []
    for name, value in record.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value:
            rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in value)
            text = f"[\n{rows}\n  ]"
        lines.append(f"  {json.dumps(name)}: {text}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def write_table(df: pd.DataFrame, name: str, *, folder: str | os.PathLike | None = None) -> Path:
    """Write a table as ``data/derived/<name>.csv``. Excel opens the file correctly, and writing the
    same table again gives the same bytes.

    Parameters
    ----------
    df
        Any table. The index of the table is not written to the file.
    name
        Name of the file without ``.csv``: letters, digits, ``_`` and ``-``.
    folder
        Where to write the file. By default ``data/derived`` in the folder of the results.

    Returns
    -------
    Path
        The file that was written: UTF-8 with BOM, at most six decimals, missing cells empty, and an
        apostrophe before text that a spreadsheet would run as a formula. If writing is interrupted,
        an older file of the same name stays as it was.

    Raises
    ------
    ValueError
        If the name holds a path separator or another character that some systems do not allow.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers import write_table
    >>> rates = pd.DataFrame({"city": ["Jiyuan"], "rate": [2 / 3]})
    >>> path = write_table(rates, "rates", folder="results")
    >>> print(path.read_text(encoding="utf-8-sig"), end="")
    city,rate
    Jiyuan,0.666667
    """
    return _write_result(f"{checked_name(name)}.csv", folder, table_bytes(df))


def write_graph(
    nodes: pd.DataFrame, edges: pd.DataFrame, name: str, *, folder: str | os.PathLike | None = None
) -> Path:
    """Write a word network as ``data/derived/<name>.graphml``, for Gephi, Cytoscape or yEd. All
    columns except `source` and `target` become attributes of the nodes or edges.

    Examples
    --------
    Four sentences contain both 助餐 ("meal service") and 老年 ("old age"), hence one edge.

    >>> import pandas as pd
    >>> from helpers import write_graph
    >>> nodes = pd.DataFrame({"word": ["助餐", "老年"], "n": [9, 12]})
    >>> edges = pd.DataFrame({"source": ["助餐"], "target": ["老年"], "n_both": [4]})
    >>> write_graph(nodes, edges, "words", folder="results").name
    'words.graphml'
    """
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from((row["word"], row) for row in nodes.to_dict("records"))
    graph.add_edges_from(
        (row.pop("source"), row.pop("target"), row) for row in edges.to_dict("records")
    )
    lines = [*networkx.generate_graphml(graph), ""]
    return _write_result(f"{checked_name(name)}.graphml", folder, "\n".join(lines).encode("utf8"))


def _write_result(file: str, folder: str | os.PathLike | None, content: bytes) -> Path:
    path = Path(folder or output_folder() / "data" / "derived") / file
    write_atomically(path, content)
    return path


_PROJECT = Path(__file__).resolve().parents[2]


def output_folder() -> Path:
    """Return the folder for results: the one named by the environment variable ``HELPERS_OUT``, or
    the folder that `project_folder` returns."""
    if os.environ.get("HELPERS_OUT"):
        return Path(os.environ["HELPERS_OUT"])
    return project_folder()


def project_folder() -> Path:
    """Return the project's folder, or the working folder if the package is installed without the
    project."""
    return _PROJECT if (_PROJECT / "pyproject.toml").is_file() else Path.cwd()


def in_project() -> bool:
    """Tell whether results are written to the project's folder and not to another folder."""
    return output_folder() == _PROJECT


# On Windows no file can have the name of a device, such as COM1, so these names are refused.
_FILE_NAME = re.compile(r"(?!(?i:con|prn|aux|nul|(?:com|lpt)[1-9])$)\w[\w-]{0,99}")


def checked_name(name: str) -> str:
    """Return the name if every system allows it as a file name, and raise ValueError if not.

    >>> checked_name("instrument_matrix")
    'instrument_matrix'
    """
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(
            f"name {name!r}: expected letters, digits, '_' and '-' only, as in 'theme_rates'. "
            "If you want another folder, name it with folder=…, not in the name."
        )
    return name


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, then rename it, so that no half-written file remains."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def lock(descriptor: int) -> bool:
    """Lock an open file or folder. Return False only if another process has locked it.

    The operating system frees the lock when the process ends, however it ends. Windows and some
    network disks have no such locks, so that nothing is locked there and the answer is True.
    """
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return True
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
    return True
