"""Chinese nouns → English phrases, and full names of numbers, with state and level.

Use `Nouns` for the English of a noun that has no row in indicators.csv. Use `Phrases.full_name` for
the name that a number has in a table.
"""

from __future__ import annotations

import re
from typing import Literal

from helpers.codebook import Codebook, read_table

from .circumstances import TERRITORIES, Number, Stage, Told
from .context import Indicator
from .levels import Whose

# greatest length of a Chinese name in characters, and of an English name in words
_LONGEST_ZH, _LONGEST_EN = 18, 12
_WITHOUT_STATE = frozenset("diners completion retrofit_progress budget_spent".split())
# `_AT_LEVEL`: indicators of effort that count no acts of a congress. `_ASSIGNED_ONCE`: indicators
# that count problems of a list assigned earlier.
_AT_LEVEL = frozenset("deputies leaders key_suggestions teams team_size media_reports".split())
_ASSIGNED = "problem_list"
_ASSIGNED_ONCE = frozenset("problems_rectified problems_open rectified_share".split())
_AND = "and"
_AGED = re.compile(r"([0-9]{2,3})周?岁(?:及|或|\(含\))?以上的?")
_OUTSIDE = re.compile("[“”()《》 ]")


class Nouns:
    """Nouns with their English. ``codebook.once(Nouns)`` reads the nouns only once."""

    def __init__(self, codebook: Codebook) -> None:
        rows = codebook.nouns.reindex(columns=["zh", "en", "plural", "indicator"], fill_value="")
        self._english = {row.zh: (row.en, row.plural) for row in rows.itertuples()}
        self._longest = max(map(len, self._english), default=0)
        self._kinds = {row.zh: row.indicator for row in rows.itertuples() if row.indicator}
        names = sorted(self._kinds, key=len, reverse=True)
        self._kind = re.compile("|".join(map(re.escape, names)) or "(?!)")

    def english(self, noun: str, number: Literal["singular", "plural"] = "plural") -> str:
        """Return the English of a noun, or an empty string if nouns.csv lacks a part of the noun.

        The parts of a compound stand in the same order in both languages: 智慧养老平台 consists of
        智慧 "smart", 养老 "elderly-care" and 平台 "platforms".
        """
        if age := _AGED.match(noun):
            people = self.english(noun[age.end() :])
            return f"{people} aged {age[1]} and over" if people else ""
        parts = self.parts(_OUTSIDE.sub("", noun).rstrip("等的"))
        if not parts:
            return ""
        # a noun can be in the plural at the end of a phrase and before “and”
        can_be_plural = [
            behind == "" or self._english[behind][0] == _AND for behind in [*parts[1:], ""]
        ]
        ends = [can_be and number == "plural" for can_be in can_be_plural]
        words = [self._english[part][end] for part, end in zip(parts, ends, strict=True)]
        return " ".join(filter(None, words)).removesuffix(f" {_AND}")

    def head(self, noun: str) -> str:
        """Return the English of the longest final part of a noun that nouns.csv can translate."""
        ends = (self.english(noun[i:]) for i in range(1, len(noun) - 1))
        return next(filter(None, ends), "")

    def parts(self, noun: str) -> list[str]:
        """Divide a noun into as few words of nouns.csv as possible. Return an empty list if a part
        of the noun is not in nouns.csv."""
        best: list[list[str] | None] = [[]]
        for end in range(1, len(noun) + 1):
            options = [
                [*best[begin], noun[begin:end]]
                for begin in range(max(0, end - self._longest), end)
                if best[begin] is not None and noun[begin:end] in self._english
            ]
            best.append(min(options, key=len, default=None))
        return best[-1] or []

    def kinds(self, text: str) -> list[str]:
        """List the indicators of the kinds of things that a text names, the last named first."""
        return [self._kinds[noun] for noun in reversed(self._kind.findall(text))]

    def shortened(self, noun: str, longest: int) -> str:
        """Return a noun without its first words, so that at most `longest` characters are left."""
        parts = self.parts(noun)
        while len(noun) > longest and len(parts) > 1:
            noun = noun.removeprefix(parts.pop(0)).lstrip("的、和与及")
        return noun if len(noun) <= longest else noun[-longest:]


class Phrases:
    """Makes full names of numbers from the texts of data/text/outcomes.csv."""

    def __init__(self, codebook: Codebook) -> None:
        self.nouns = codebook.once(Nouns)
        self.texts = {
            row.name: (row.zh, row.en) for row in read_table("text/outcomes").itertuples()
        }

    def full_name(self, number: Number, this: Told, whose: Whose, group: str) -> tuple[str, str]:
        """Return the Chinese and the English name of a number, with its state and its level. The
        document's own level is left out, except for lists of problems, whose names always say who
        assigned the problems.
        """
        level, indicator = whose.level, this.name.base
        name, frames = this.name, self._of_completion(number, this)
        zh, en = self._with_direction(name, this.direction)
        if name.base in TERRITORIES:
            does = "acting" if level == TERRITORIES[name.base] else "visited"
            frames = [self.texts[f"outcomes.{does}"]] if group == "effort" else []
        elif level and indicator != "diners" and (level != whose.own or indicator == _ASSIGNED):
            frames.append(self._of_level(name, whose, group))
        for frame_zh, frame_en in frames:
            room = _LONGEST_ZH - len(frame_zh) + len("{noun}")
            zh = frame_zh.format(noun=self.nouns.shortened(zh, room))
            longer = frame_en.format(noun=en)
            en = longer if len(longer.split()) <= _LONGEST_EN else en
        return self.nouns.shortened(zh, _LONGEST_ZH), en

    def _of_level(self, name: Indicator, whose: Whose, group: str) -> tuple[str, str]:
        """Return the frame that puts a level into a name. The frame for an act says which congress
        or deputies acted, and the frame for problems says who assigned them. A frame for any other
        number names only the level.
        """
        indicator = name.base
        is_act = group == "effort" and indicator not in _AT_LEVEL and not name.is_part
        one = "one_" if whose.is_of_one else ""
        kinds = [f"by_deputies_{one}"] if is_act and whose.is_of_deputies else []
        kinds += [f"by_{one}"] if is_act else []
        kinds = ["assigned_", *kinds] if indicator == _ASSIGNED else kinds
        kinds = ["of_"] if indicator in _ASSIGNED_ONCE else kinds
        frames = [f"outcomes.{kind}{whose.level}" for kind in [*kinds, f"at_{one}", "at_"]]
        return next(self.texts[frame] for frame in frames if frame in self.texts)

    def _of_completion(self, number: Number, this: Told) -> list[tuple[str, str]]:
        """List the frame that puts into a name the state of completion, or that things were added
        or lost."""
        if this.stage and self._is_told(this.name, this.stage):
            return [(this.stage.zh, this.stage.en)]
        is_amount = this.direction and number.q.kind in ("count", "money")
        return [self.texts[f"outcomes.{this.direction}"]] if is_amount else []

    def _with_direction(self, name: Indicator, direction: str) -> tuple[str, str]:
        """Return both names of an indicator. A change is called a rise or a fall if its direction
        is known."""
        if not direction or not name.indicator.startswith("change_of"):
            return name.zh, name.en
        (zh, en), (told_zh, told_en) = (
            self.texts["outcomes.changed"],
            self.texts[f"outcomes.changed_{direction}"],
        )
        return name.zh.replace(zh, told_zh), name.en.replace(en, told_en)

    def _is_told(self, name: Indicator, stage: Stage) -> bool:
        """Tell whether a name needs the state of completion. A state that the indicator implies is
        left out, and numbers of diners and shares of a task only need the state `planned`."""
        if stage.state == name.state:
            return False
        return stage.state == "planned" or name.base not in _WITHOUT_STATE
