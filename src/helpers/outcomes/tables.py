"""The tables number_words.csv and indicators.csv → the patterns by which a number is named."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import pandas as pd

from helpers.codebook import checks, first_characters, last_characters, read_table

_PLACE = "data/codebook/number_words.csv"
ROLES = {  # what a word of each role does
    "silent": "neither names what a number counts nor does anything to it",
    "modifier": "says which of them: whose, where, of which level",
    "remaining": "says that it is the others of them",
    "without_noun": "leaves a number without a noun when nothing else stands before it",
    "done_to_it": "was done to what is counted, and stands between it and the number",
    "verb": "does something; ends the noun before it, begins the one after it",
    "noun_of_verb": "makes a noun of the verb before it",
    "verb_as_noun": "is a verb that can be a noun",
    "lead": "begins a phrase and is no part of its noun",
    "each_unit": "is what a rate is counted by, after 每",
    "each_whom": "says whom a rate is of, after its unit",
    "average": "makes a number a mean or a price",
    "effort": "makes a number without a row in indicators.csv one of effort",
    "output": "makes it one of output",
    "context": "makes it one of context",
    "shortcoming": "makes a result a shortcoming, before the number",
    "shortcoming_after": "makes a result a shortcoming, after the number",
    "answer": "makes a share one of people asked",
    "unmade": "says that nothing was built",
    "planned": "makes a number planned",
    "done": "after 已: makes a planned number an achieved one",
    "assessed": "makes a number assessed only",
    "stock": "makes a number a stock",
    "flow": "makes a number a flow",
    "this_year": "dates a number to the year of the issue",
    "last_year": "dates a number to the year before",
    "during": "says that the supervision brought it about",
    "before": "says that it was so before the supervision",
    "after": "says that it was so after the supervision",
    "county_city": "is a city governed as a county",
    "change_to": "after 由 … and before 到: gives both numbers the words before 由",
    "change_by": "stands between what changed and by how much",
    "service_time": "makes a stretch of time a magnitude",
}
_ROLE = re.compile(r"\{([a-z_]+)\}")
_NO_WORD = "(?!)"


@functools.cache
def pattern(template: str) -> re.Pattern:
    """Compile a pattern in which ``{role}`` stands for the words of that role in
    data/codebook/number_words.csv.

    Of two words that fit, the one that the table has first counts. A role without a row fits
    nothing.

    >>> pattern("(?:{verb})(?!{noun_of_verb})").findall("检查养老院,检查组")
    ['检查']
    """
    try:
        return re.compile(_ROLE.sub(lambda role: _words()[role[1]], template))
    except re.error as error:
        raise _broken_row() or error from None


@functools.cache
def _words() -> dict[str, str]:
    """The words of every role, separated by ``|``, in the order of the table."""
    table = _table()
    checks.check_columns(table, _PLACE, ("role", "words"))
    checks.check_known(table, _PLACE, "role", ROLES, "the roles of docs/codebook.md")
    for row, words in table["words"].items():
        if "" in words.split("|"):  # 累计||共 would fit everywhere
            found = f"words '{words}' holds an empty word"
            checks.fail(_PLACE, row, found, "Remove the '|' too many, or the row.")
    return {role: "|".join(table.loc[table["role"] == role, "words"]) or _NO_WORD for role in ROLES}


def _table() -> pd.DataFrame:
    """The table, its rows numbered as a spreadsheet numbers them."""
    table = read_table("codebook/number_words")
    table.index = range(2, len(table) + 2)
    return table


def _broken_row() -> checks.CodebookError | None:
    """What to say of the first row whose words are no pattern."""
    for row, words in _table()["words"].items():
        try:
            re.compile(words)
        except re.error as error:
            return checks.CodebookError(
                f"{_PLACE} row {row}: words '{words}' is no pattern: {error}. Close every bracket."
            )
    return None


_ANY_KIND = frozenset(("count", "money", "share", "change"))


class Indicator(NamedTuple):
    """A row of data/codebook/indicators.csv, or one made from the nouns beside the number."""

    indicator: str
    zh: str
    en: str
    group: str


class _Rule(NamedTuple):
    """A row of the table, with the characters that its patterns end and begin with; None for any.

    In `before`, ``#`` is the number: ``调研#`` fits 走访调研32个 and not 5个专题调研.
    """

    indicator: Indicator
    before: re.Pattern | None
    after: re.Pattern | None
    ends: frozenset[str] | None
    begins: frozenset[str] | None


# a row that can fit between two characters; the flag: its `before` says where the number stands
_Candidate = tuple[Indicator, re.Pattern | None, bool, re.Pattern | None]


class Rules:
    """The rows of the table that a number of some kind and unit can have, in order."""

    def __init__(self, rows: list[_Rule]):
        self.rows = rows
        self.between: dict[tuple[str, str], list[_Candidate]] = {}

    def first(self, head: str, after: str, own: str = "") -> Indicator | None:
        """The first row that what the number counts ends with, or that what follows begins with.

        What it counts is the words before it (`head`) and the noun after its unit (`own`).
        """
        topic = head + own
        edges = topic[-1:], after[:1]
        if (rows := self.between.get(edges)) is None:
            rows = self.between[edges] = self._between(*edges)
        for indicator, before, marked, following in rows:
            if before and before.search(f"{head}#{own}" if marked else topic):
                return indicator
            if following and following.match(after):
                return indicator
        return None

    def _between(self, last: str, first: str) -> list[_Candidate]:
        """The few rows that can fit between two characters."""
        candidates = []
        for row in self.rows:
            before = row.before if last and (row.ends is None or last in row.ends) else None
            after = row.after if first and (row.begins is None or first in row.begins) else None
            if before or after:
                marked = bool(before and "#" in before.pattern)
                candidates.append((row.indicator, before, marked, after))
        return candidates


@functools.cache
def rules_for(kind: str, unit: str) -> Rules:
    """The indicators of a kind and a unit; many units share theirs."""
    return _rules_of(
        tuple(
            row.indicator
            for row in read_table("codebook/indicators").itertuples()
            if kind in ([row.kind] if row.kind else _ANY_KIND)
            and (not row.units or unit in row.units.split("|"))
        )
    )


@functools.cache
def _rules_of(indicators: tuple[str, ...]) -> Rules:
    return Rules([_compiled()[indicator] for indicator in indicators])


@functools.cache
def _compiled() -> dict[str, _Rule]:
    """The rows of data/codebook/indicators.csv by their id."""
    return {
        row.indicator: _Rule(
            Indicator(row.indicator, row.zh, row.en, row.group),
            *(re.compile(words) if words else None for words in (row.before, row.after)),
            last_characters(row.before.replace("#", "")),
            first_characters(row.after),
        )
        for row in read_table("codebook/indicators").itertuples()
    }


def row_of(indicator: str) -> Indicator | None:
    """The row of the table with this id."""
    row = _compiled().get(indicator)
    return row and row.indicator
