"""Make patterns in which ``{role}`` stands for the words that a table lists for a role.

Use this module for a pattern whose form is fixed in the code, but whose words researchers choose in
a table of the codebook.
"""

from __future__ import annotations

import re

import pandas as pd

_ROLE = re.compile(r"\{([a-z_]+)\}")
_NO_WORD = "(?!)"  # a pattern that never matches


class RoleWords:
    """The words of a table, grouped by their role in patterns, such as verb or noun.

    A cell of the column `words` holds alternatives separated by ``|``, and each alternative may be
    a regular expression. If two alternatives match, the alternative that comes first in the table
    is used. A role without a row in the table never matches. In the example, the pattern finds the
    verb 走访 ("visit"), but not 检查 ("inspect") in the noun 检查组 ("inspection group").

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
        """Return the compiled pattern of a template, in which ``{role}`` stands for the words of a
        role. Each template is compiled only once."""
        if template not in self._patterns:
            filled = _ROLE.sub(lambda role: self._words.get(role[1], _NO_WORD), template)
            self._patterns[template] = re.compile(filled)
        return self._patterns[template]

    def list(self, role: str) -> list[str]:
        """Return the alternatives of a role, or an empty list if the table lacks the role."""
        return self._words[role].split("|") if role in self._words else []

    def set(self, *roles: str) -> frozenset[str]:
        """Return the alternatives of several roles as one set."""
        return frozenset(word for role in roles for word in self.list(role))
