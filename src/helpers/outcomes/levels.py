"""Finds the level of government of a number: the level of who acts or assigns, or of the place.

Use `Levels` for the numbers of one document, in text order, since the level of a number can carry
over to later numbers of its paragraph.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from helpers.approaches import Doers, Mention
from helpers.codebook import Codebook
from helpers.numbers import Quantity
from helpers.text import Document, Sentence

from .circumstances import PROBLEMS, TERRITORIES, Number, is_merged, since_last_number
from .context import NumberContext, OutcomeWords

_ACTING_BELOW = ("county_congress", "township_congress", "government", "party")
_MODIFIER = 6  # Greatest length of a phrase such as 其中市级 that gives a number its level.
_HEAD_OF = 24  # Characters after a number of places in which acts of these places are looked for.
_HEAD = 12  # Characters at the start of a title that can name the author.
_NEW_LISTS = ("problem_list", "problems_found", "deliberation_opinions")
_ENUMERATED = 3  # Levels of a clause that enumerates lists, so that its last level counts.
# How many levels of lists of problems are kept while a paragraph is read; the oldest is dropped.
_REMEMBERED = 12
_REACH = 300  # Characters before a number in which its place or level is looked for.
_PASSED_OVER = 3  # Greatest number of bodies passed over in the search for who acts.
_ASSIGNED = PROBLEMS | {"deliberation_opinions"}
_HAN_BEFORE = "|".join(f"(?<=(?<![市各])[一-龥]{{{n}}}[县区])" for n in (1, 2, 3))
# Level → template of the pattern for words that name the level. If words of two levels end at the
# same character, the level that stands later in `_TEMPLATES` counts.
_TEMPLATES = {
    "province": "{level_province}",
    "township": "{level_township}|{township_itself}|(?:^|[,;。])(?:在|而)?[一-龥]{1,4}"
    "(?:街道|(?<![城县市各区全乡])镇|(?<![城县市各区全])乡(?![村镇土亲]))(?=[一-龥])",
    "institution": "{level_institution}",
    "city": "{level_city}",
    "county": f"(?:(?:{{level_county}})(?:{_HAN_BEFORE})|{{county_city}}|县级|县里|各县)"
    "(?=人大|代表|[^,。;]{0,12}$|[一-龥(])",
    "several": "{level_several}",
}
# words that compare with a place, such as 比全市 in 比全市高出3个百分点, "3 points above the whole
# city": the number does not belong to this place
_COMPARED = "(?:(?<![对相])[比较]|{above})(?![例重率])[^,;]*$"


# the name of one body or place, such as 解放区人大 or 陕州区, but not 各区县人大 or 乡镇
_ONE_BODY = re.compile(
    "[一-龥](?<![各全每市县区乡镇城辖个级街村])(?:[县区旗镇乡]|街道)(?:人大(?:常委会)?)?$"
)


class Whose(NamedTuple):
    """The body to which a number belongs."""

    level: str
    own: str  # The level of the document.
    is_of_deputies: bool  # True if deputies act and not their congress.
    is_of_one: bool  # True for one named county or township, not for all of them.


class _Hit(NamedTuple):
    """Words in a text that name a level. Hits are sorted by end, then by the order of
    `_TEMPLATES`."""

    end: int
    number: int
    name: str
    start: int


class LevelWords:
    """Patterns for levels. ``codebook.once(LevelWords)`` builds the patterns only once."""

    def __init__(self, codebook: Codebook) -> None:
        pattern = codebook.role_words("number_words").pattern
        self.levels = {name: pattern(template) for name, template in _TEMPLATES.items()}
        self.own_county, self.own_city = pattern("{own_county}"), pattern("{own_city}")
        self.sends, self.township = pattern("{sends}"), pattern("{township_itself}")
        self.compared = pattern(_COMPARED)
        self.goes_there = pattern("(?:{goes_there})[^,;。]{0,2}$|(?:{in_a_comparison})$")
        self.asked = pattern("(?:{own_several})[^,]{0,4}$")

    def named(self, text: str, *, objects: bool = False) -> list[str]:
        """List the levels that a text names, in text order. Leave out places that somebody goes to
        and bodies that are asked to act, unless `objects` is true."""
        hits = [
            _Hit(hit.end(), number, name, hit.start())
            for number, (name, pattern) in enumerate(self.levels.items())
            for hit in pattern.finditer(text)
        ]
        several = [hit for hit in hits if hit.name == "several"]
        return [
            hit.name
            for hit in sorted(hits)
            if not _is_inside(hit, several) and (objects or not self._is_object(hit, text))
        ]

    def _is_object(self, hit: _Hit, text: str) -> bool:
        """Tell whether somebody goes to the place of a level, or asks its bodies to act."""
        before = text[max(0, hit.start - 8) : hit.start]
        is_asked = hit.name == "several" and self.asked.search(before)
        return bool(is_asked or self.goes_there.search(before[-3:]))


def _is_inside(hit: _Hit, several: list[_Hit]) -> bool:
    """Tell whether the word for one level is a part of words for several levels, such as 省 in
    省市, "of province and city"."""
    return hit.name != "several" and any(one.start <= hit.start <= one.end for one in several)


class Levels:
    """The levels of the numbers of one document."""

    def __init__(self, document: Document, words: OutcomeWords) -> None:
        self._document, self._words = document, words
        self._level_words = document.codebook.once(LevelWords)
        self._doers = Doers(document)
        self.own = self._own_level()
        self._paragraph = -1
        self._told: list[str] = []  # The levels of the last lists of problems of the paragraph.
        self._last = -1  # Where the last number of problems ended.

    def _own_level(self) -> str:
        """Return the level of government of the document. A province or a township counts as the
        author only if the title begins with its name."""
        if self._doers.own_level != "city":
            return self._doers.own_level
        document, words = self._document, self._level_words
        if document.city_zh:
            return "city"
        named = words.named((document.title or "")[:_HEAD])
        if named[:1] in (["province"], ["township"]):
            return named[0]
        is_county = words.own_county.search(document.text)
        return "county" if is_county and not words.own_city.search(document.text) else "city"

    def whose(self, number: Number, sentence: Sentence) -> Whose:
        """Return the body to which a number belongs."""
        level, doer = self.of_number(number, sentence), self._doer(number.q)
        text = self._document.text
        is_of_deputies = text.startswith("代表", doer.end)
        is_at_doer = level == self._of_mention(doer)
        is_one = is_at_doer and bool(_ONE_BODY.search(text[max(0, doer.start - 4) : doer.end]))
        return Whose(level, self.own, is_of_deputies, is_one)

    def of_number(self, number: Number, sentence: Sentence) -> str:
        """Return the level of a number. The level of problems is the level of the body that
        assigned them. The level of a number of effort is the level of the body that acts. Other
        numbers mostly have the level of the place named last before the number."""
        name, context = number.name, number.context
        if name.base in _ASSIGNED:
            return self._of_problems(number, sentence)
        if name.base in TERRITORIES and self._words.acts_too.search(context.rest[:_HEAD_OF]):
            return TERRITORIES[name.base]
        if name.group == "effort":
            return self._acting(number.q, context, sentence)
        if name.base == "diners" and not self._level_words.named(context.clause):
            return "institution"  # diners: the people that one site can serve
        return self._of_place(number.q, sentence)

    @cached_property
    def _assigned(self) -> dict[tuple[float | None, str], str]:
        """Length and unit of a list of problems → level of the body that assigned the list. If a
        text tells of a list twice, the assigner may be named only once."""
        text, known = self._document.text, {}
        for q in self._document.quantities:
            if q.kind == "count" and "问题" in text[q.end : q.end + 12]:
                clause = re.split("[,;:。]", text[max(0, q.start - 40) : q.start])[-1]
                named = self._level_words.named(clause, objects=True)
                if named and self._words.assigning.search(clause):
                    known.setdefault((q.value, q.unit), named[0])
        return known

    # --- The body that acts

    def _acting(self, q: Quantity, context: NumberContext, sentence: Sentence) -> str:
        """Return the level of the body that acts where a number stands."""
        levels, text = self._level_words, self._document.text
        doer = self._doer(q)
        since = text[max(sentence.start, doer.end, q.start - _REACH) : q.start]
        if "several" in levels.named(since) or self._are_several_behind(context):
            return "several"
        if levels.township.search(context.clause):
            return "township"
        own = levels.named(context.near)  # 其中省人大代表23名, "23 of them of the province"
        if own and ("代表" in context.near or len(context.near) <= _MODIFIER):
            return own[-1]
        sent = levels.sends.search(context.before)
        if sent and doer.start < sentence.start:
            senders = levels.named(context.before[: sent.start()])
            return senders[-1] if senders else self.own
        return self._of_mention(doer)

    def _are_several_behind(self, context: NumberContext) -> bool:
        """Tell whether deputies of several levels stand behind a number as the subject."""
        is_subject = not self._words.silent.sub("", context.near)
        is_subject = is_subject and "代表" in context.after[:8]
        return is_subject and bool(self._level_words.levels["several"].match(context.after))

    def _doer(self, q: Quantity) -> Mention:
        """Return a mention of the body that acts where a number stands. People to whom something is
        done, such as 群众 in 答复群众疑问, "answered questions of residents", are passed over."""
        doer = self._doers.at(q.start)
        for _ in range(_PASSED_OVER):
            if doer.actor != "other" or not doer.start:
                break
            doer = self._doers.at(doer.start - 1)
        return doer

    def _of_mention(self, doer: Mention) -> str:
        """Return the level of a body that the text names."""
        text, actor, start, end = self._document.text, doer.actor, doer.start, doer.end
        if not end:
            return self.own
        if self._level_words.levels["several"].search(text[max(0, start - 4) : end + 2]):
            return "several"
        if actor == "province":  # in a county's report, the city can be the higher level
            return "city" if self.own == "county" and text[start] == "市" else "province"
        if actor == "county_congress" or text[start] in "县区":
            return "county"
        named = self._level_words.named(text[start:end])
        if actor == "township_congress" or named[-1:] == ["township"]:
            return "township"
        return "county" if named[-1:] == ["county"] else self.own

    # --- The place that is counted

    def _of_place(self, q: Quantity, sentence: Sentence) -> str:
        """Return the level of the place to which a number belongs. The place is a lower body that
        acts in the sentence, else the place named last before the number, else a lower congress
        that acts, else the place of the document."""
        levels, doer = self._level_words, self._doers.at(q.start)
        before = self._document.text[max(sentence.start, q.start - _REACH) : q.start]
        named = levels.named(levels.compared.sub("", before))
        acting = self._of_mention(doer) if doer.actor in _ACTING_BELOW else self.own
        is_below = acting in ("county", "township") and acting != self.own
        if is_below and doer.start >= sentence.start:
            return acting
        if named:
            return named[-1]
        return acting if is_below and doer.actor.endswith("congress") else self.own

    # --- Lists of problems

    def _of_problems(self, number: Number, sentence: Sentence) -> str:
        """Return the level of the body that assigned the problems which a number counts."""
        if self._paragraph != sentence.paragraph:
            self._paragraph, self._told = sentence.paragraph, []
        told = self._told
        level = self._of_several_lists(number, sentence, told) or self._assigner(
            number, sentence, told
        )
        self._told = [*told[1 - _REMEMBERED :], level]
        self._last = number.q.end
        return level

    def _of_several_lists(self, number: Number, sentence: Sentence, told: list[str]) -> str:
        """Return `several` if a number counts problems of lists that were merged or added up."""
        words, text, start = self._words, self._document.text, number.q.start
        begin = max(sentence.start, start - _REACH)
        before, since = text[begin:start], text[max(begin, self._last) : start]
        if words.summed.search(since) and len(set(told)) > 1:
            return "several"
        if not is_merged(number.context, words) or "问题" not in before:
            return ""
        levels = set(self._level_words.named(before, objects=True))
        is_own = words.own_body.search(before)
        return "several" if len(levels) > 1 or "several" in levels or is_own else ""

    def _assigner(self, number: Number, sentence: Sentence, told: list[str]) -> str:
        """Return the level of the body that assigned or found problems."""
        words, text, q = self._words, self._document.text, number.q
        is_new = number.name.base in _NEW_LISTS
        known = self._assigned.get((q.value, q.unit)) if is_new else None
        if known and not words.assigning.search(number.context.clause):
            return known
        start = max(sentence.start, q.start - _REACH)
        start = start if is_new or not told else max(start, self._last)
        clauses = re.split("[,;]", text[start : q.start])
        since = since_last_number(number.context)
        if words.own_body.search(since) and not self._level_words.named(since, objects=True):
            return self.own
        for clause in [since, *reversed(clauses)]:
            if level := self._named_in(clause):
                return level
        return told[-1] if told and not is_new else self._of_mention(self._doer(q))

    def _named_in(self, clause: str) -> str:
        """Return the level of the body that assigned or found problems as a clause tells, or "".
        The first level named in 省人大常委会交办我市46个问题, "the province's congress assigned 46
        problems to our city", is the level that assigned them.
        """
        named = self._level_words.named(clause, objects=True)
        if not named:
            return ""
        if self._words.assigning.search(clause):
            return named[0] if len(named) < _ENUMERATED else named[-1]
        return named[-1] if "问题" in clause else ""
