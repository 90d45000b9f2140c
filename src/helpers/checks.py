"""Turn a mistake in a researcher's table into an error that says where it stands, what was found
and what to do."""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable

import pandas as pd

WILDCARDS = "*?"
# A match stays within a clause, so a term may hold none of these (half width, as in clean text).
# `?` is the wildcard.
CLAUSE_MARKS = "，。；：！？,.;:!\n\r…"
# In Big5 but not in GB2312, and yet at home in mainland names (东昇养老院): not a sign of a
# traditional text.
_MAINLAND_RARE = set("堃喆昇犇甦珮囍淼頫祎")


class CodebookError(ValueError):
    """A table under data/codebook, data/coded or data/reference says something impossible."""


def fail(place: str, row: int | None, found: str, remedy: str) -> None:
    """Raise a `CodebookError`: place, row as a spreadsheet numbers it (the header is row 1), found,
    remedy."""
    where = place if row is None else f"{place} row {row}"
    raise CodebookError(f"{where}: {found}. {remedy}")


def parse_table(data: bytes, place: str) -> pd.DataFrame:
    """Turn the bytes of a table into strings: the index is the row that a spreadsheet shows, an
    empty cell is "".

    Columns without a name and rows without a cell are left out: Excel leaves bare commas behind
    deleted ones. `CodebookError` for a row that holds more than the header names, or is no CSV.

    >>> parse_table("theme;term\\n养老;助餐".encode(), "themes.csv").loc[2].tolist()
    ['养老', '助餐']
    """
    text = _decode(data, place)
    # a Chinese or German Excel may save tabs or semicolons
    separator = max(",\t;", key=text.partition("\n")[0].count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        fail(
            place,
            len(rows) + 1,
            f"this is no row of a table ({error})",
            "Look for an odd quotation mark, or save the table again as 'CSV UTF-8'.",
        )
    header = [name.strip() for name in rows[0]] if rows else []
    for row, cells in enumerate(rows, 1):
        if any(cells[len(header) :]):
            fail(
                place,
                row,
                f"it has {len(cells)} cells, the header {len(header)}",
                f"Put a cell with '{separator}' in quotation marks.",
            )
    named = [number for number, name in enumerate(header) if name]
    twice = next(
        (name for number, name in enumerate(header) if name and name in header[:number]), None
    )
    if twice:
        fail(place, 1, f"column '{twice}' is there twice", "Remove or rename one of the two.")
    filled = [
        [cells[number] if number < len(cells) else "" for number in named] for cells in rows[1:]
    ]
    table = pd.DataFrame(
        filled,
        columns=[header[number] for number in named],
        index=range(2, len(rows) + 1 if rows else 2),
        dtype=str,
    )
    return table[(table != "").any(axis=1)]


def _decode(data: bytes, place: str) -> str:
    """Excel saves UTF-8 with a mark, UTF-16 (“Unicode text”) or, on a Chinese Windows, GB18030."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CodebookError(f"{place}: neither UTF-8 nor GB18030. Save it again as 'CSV UTF-8'.")


def nearest(value: str, known: Iterable[str]) -> str:
    """Suggest the known id closest to a mistyped one, or list a few.

    >>> nearest("medical_intergration", ["rural", "medical_integration"])
    "Did you mean 'medical_integration'?"
    """
    known = list(known)
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known are {', '.join(known[:6])}{' …' if len(known) > 6 else ''}."


def check_columns(table: pd.DataFrame, place: str, needed: Iterable[str]) -> None:
    """Every needed column is there."""
    for column in needed:
        if column not in table.columns:
            fail(
                place,
                1,
                f"column '{column}' is missing (found: {', '.join(map(str, table.columns))})",
                f"Add a column '{column}' to the header.",
            )


def check_known(
    table: pd.DataFrame, place: str, column: str, known: Iterable[str], source: str
) -> None:
    """Every value of a column is one of the known ids; `source` says where those are kept."""
    known = list(dict.fromkeys(known))
    for row, value in table[column].items():
        if value not in known:
            fail(place, row, f"{column} '{value}' is not in {source}", nearest(value, known))


def check_unique(table: pd.DataFrame, place: str, columns: str | list[str]) -> None:
    """No two rows have the same value in a column (or the same values in several)."""
    columns = [columns] if isinstance(columns, str) else columns
    first: dict[tuple[str, ...], int] = {}
    for row, key in zip(
        table.index, table[columns].itertuples(index=False, name=None), strict=True
    ):
        if key in first:
            found = ", ".join(f"{c} '{v}'" for c, v in zip(columns, key, strict=True))
            fail(
                place,
                row,
                f"{found} stands in row {first[key]} already",
                "Remove one of the two rows or rename it.",
            )
        first[key] = row


def check_filled(table: pd.DataFrame, place: str, columns: Iterable[str]) -> None:
    """No cell of these columns is empty."""
    for column in columns:
        for row, value in table[column].items():
            if not value.strip():
                fail(place, row, f"{column} is empty", f"Fill in {column} or delete the row.")


def check_term(
    term: str, place: str, row: int, *, column: str = "term", clause: bool = True
) -> None:
    """A search term can match something, cannot match everything, and hides no character.

    `clause=False` allows punctuation inside the term (for text that is not matched clause by
    clause).
    """
    shown = f"{column} '{term}'"
    if not term.strip():
        fail(place, row, f"{column} is empty", f"Write a {column} or delete the row.")
    for char in term:
        if unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp", "Co", "Cn") or char == "\u00a0":
            fail(
                place,
                row,
                f"{shown} holds the invisible character U+{ord(char):04X}",
                "Type the term anew.",
            )
    if term != term.strip():
        fail(place, row, f"{shown} begins or ends with a space", f"Write '{term.strip()}'.")
    if not term.strip(WILDCARDS + " "):
        fail(
            place,
            row,
            f"{shown} matches everything",
            "Add at least one character that is not a wildcard.",
        )
    marks = [char for char in term if char in CLAUSE_MARKS]
    if clause and marks:
        fail(
            place,
            row,
            f"{shown} crosses the clause mark '{marks[0]}', where no match can reach",
            "Leave the mark out or write two terms.",
        )


def check_script(terms: pd.Series, place: str, *, column: str = "term") -> None:
    """Terms are written in one script: simplified or traditional, never both (醫养结合 would
    silently count nothing)."""
    if not any(simplified_only(char) for term in terms for char in term):
        return
    for row, term in terms.items():
        odd = [char for char in term if traditional_only(char)]
        if odd:
            fail(
                place,
                row,
                f"{column} '{term}' mixes the traditional '{odd[0]}' into simplified terms",
                "Write it in simplified characters, as the texts are.",
            )


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def traditional_only(char: str) -> bool:
    """A Han character of Big5 that GB2312 lacks: 養 yes; 养 and 老 no."""
    return (
        "一" <= char <= "鿿"
        and char not in _MAINLAND_RARE
        and not _encodes(char, "gb2312")
        and _encodes(char, "big5")
    )


def simplified_only(char: str) -> bool:
    """A Han character of GB2312 that Big5 lacks: 养 yes; 養 and 老 no."""
    return "一" <= char <= "鿿" and _encodes(char, "gb2312") and not _encodes(char, "big5")
