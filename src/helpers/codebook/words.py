"""A table of words by role → patterns in which ``{role}`` stands for the words of that role.

Use it where grammar is code but the words are a researcher's: the words stay in the table.
"""

from __future__ import annotations

import re

import pandas as pd

_ROLE = re.compile(r"\{([a-z_]+)\}")
_NO_WORD = "(?!)"  # a pattern that fits nowhere


class RoleWords:
    """The words of each role of one table, in the order of the table.

    A cell of `words` holds alternatives separated by ``|``; each may be a regular expression. Of
    two alternatives that fit, the one that the table has first counts. A role without a row fits
    nowhere.

    >>> table = pd.DataFrame({"role": ["verb", "verb", "noun"], "words": ["检查", "走访", "组"]})
    >>> words = RoleWords(table)
    >>> words.pattern("(?:{verb})(?!{noun})").findall("检查组走访养老院")
    ['走访']
    >>> words.list("verb")
    ['检查', '走访']
    """

    def __init__(self, table: pd.DataFrame) -> None:
        rows = table.groupby("role", sort=False)["words"]
        self._words: dict[str, str] = {str(role): "|".join(words) for role, words in rows}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def pattern(self, template: str) -> re.Pattern[str]:
        """Compile a template once; ``{role}`` stands for the alternatives of that role."""
        if template not in self._patterns:
            filled = _ROLE.sub(lambda role: self._words.get(role[1], _NO_WORD), template)
            self._patterns[template] = re.compile(filled)
        return self._patterns[template]

    def list(self, role: str) -> list[str]:
        """Return the alternatives of a role one by one; empty where the table has none."""
        return self._words[role].split("|") if role in self._words else []

    def set(self, *roles: str) -> frozenset[str]:
        """Return the alternatives of several roles together."""
        return frozenset(word for role in roles for word in self.list(role))
