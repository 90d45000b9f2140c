"""data/codebook/number_words.csv → patterns of the words around a number, by what they do there."""

from __future__ import annotations

import functools
import re

import pandas as pd

from helpers import checks
from helpers.codebook import read_table

_PLACE = "data/codebook/number_words.csv"
ROLES = {
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
"""What a word of each role does."""
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
            checks.fail(
                _PLACE,
                row,
                f"words '{words}' holds an empty word",
                "Remove the '|' too many, or the row.",
            )
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
