"""Turn what the other columns of a table's row say (year, date, title …) into facts of the
document, and name what is not understood."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from helpers.sources import encodable

Fact = str | int
_NUMBER = re.compile(r"(?:总?\s*第\s*)?(\d{1,9})(?:\.0+)?\s*[年期号辑]?")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s].*)?|(\d{4})(\d{2})(\d{2})(?:\.0)?",
    re.DOTALL,
)


def read_facts(values: Mapping[Any, Any]) -> tuple[dict[str, Fact], dict[str, str]]:
    """Read the columns named as in the table `documents`; capitals in a name count nothing.

    Returns
    -------
    (facts, odd)
        `odd` has, by column, what a value is and what was expected; its fact is left out, never
        guessed.

    Examples
    --------
    >>> read_facts({"Issue_Year": 2023.0, "issue_number": "第3期", "date": "2024/5/1", "title": ["成效"]})
    ({'issue_year': 2023, 'issue_number': 3, 'date': '2024-05-01'}, {'title': "['成效'], not text"})
    """
    facts: dict[str, Fact] = {}
    odd: dict[str, str] = {}
    named = {tidy(name): value for name, value in values.items()}
    for name, (read, expected) in FACTS.items():
        value = named.get(name)
        # NaN and NaT are not equal to themselves
        if value is None or value != value or not str(value).strip():
            continue
        fact = read(value)
        if fact is None:
            shown = encodable(str(value))
            odd[name] = f"{shown if len(shown) <= 40 else shown[:40] + '…'}, not {expected}"
        else:
            facts[name] = fact
    return facts, odd


def tidy(name: Any) -> str:
    r"""A column's name as it is compared: `"\ufeffText "` is `text`."""
    return str(name).replace("\ufeff", "").strip().casefold()


def _text(value: Any) -> str | None:
    """Text, or a number as one writes it: 2024.0 is what a column of numbers with a gap makes of
    2024."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (
        encodable(str(value)).strip()
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
        else None
    )


def _whole(value: Any) -> int | None:
    found = _NUMBER.fullmatch(_text(value) or "")
    return int(found[1]) if found else None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime.date):  # a datetime is one, too
        return value.isoformat()[:10]
    found = _DATE.fullmatch(_text(value) or "")
    try:
        return (
            datetime.date(*(int(part) for part in found.groups() if part)).isoformat()
            if found
            else None
        )
    except ValueError:  # 2024-02-30
        return None


_AS_TEXT, _AS_NUMBER, _AS_DATE = (
    (_text, "text"),
    (_whole, "a whole number such as 2024"),
    (_date, "a date such as 2024-05-01"),
)
FACTS: dict[str, tuple[Callable[[Any], Fact | None], str]] = {
    "city_zh": _AS_TEXT,
    "city_en": _AS_TEXT,
    "issue_year": _AS_NUMBER,
    "issue_number": _AS_NUMBER,
    "date": _AS_DATE,
    "album_number": _AS_NUMBER,
    "title": _AS_TEXT,
    "contributor": _AS_TEXT,
}
