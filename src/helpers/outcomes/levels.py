"""Finds the level of government of a number: of those who act or assign, or of the place counted.

Use `Levels` for the numbers of one document, in text order: what one number tells is carried over
to those that follow in its paragraph.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from helpers.approaches import Doers, Mention
from helpers.codebook import Codebook
from helpers.numbers import Quantity
from helpers.text import Document, Sentence

from .circumstances import PROBLEMS, TERRITORIES, is_merged, since_last_number
from .context import Indicator, NumberContext, OutcomeWords, base_of

_ACTING_BELOW = ("county_congress", "township_congress", "government", "party")
_MODIFIER = 6  # words of at most this length before a number say which: 其中市级4个
_HEAD = 12  # a title names its author within so many characters
_PASSED_OVER = 3  # so many bodies that do not act are passed over
_ASSIGNED = PROBLEMS | {"deliberation_opinions"}
_HAN_BEFORE = "|".join(f"(?<=(?<![市各])[一-龥]{{{n}}}[县区])" for n in (1, 2, 3))
# Level → template of the pattern that recognises it. If two end at the same character, the lower
# one counts.
_TEMPLATES = {
    "province": "{level_province}",
    "township": "{level_township}|(?:^|[,;。])(?:在|而)?[一-龥]{1,4}(?:街道|(?<![城县市各区全乡])镇"
    "|(?<![城县市各区全])乡(?![村镇土亲]))(?=[一-龥])",
    "institution": "{level_institution}",
    "city": "{level_city}",
    "county": f"(?:(?:{{level_county}})(?:{_HAN_BEFORE})|{{county_city}}|县级|县里|各县)"
    "(?=人大|代表|[^,。;]{0,12}$|[一-龥(])",
    "several": "{level_several}",
}
# what stands behind such words is compared with, not counted: 比全市高出3个百分点
_COMPARED = "(?:(?<![对相])[比较]|{above})(?![例重率])[^,;]*$"
_GOES_THERE = re.compile("[到赴驻来向对在给率涉对][^,;。]{0,2}$|范围$|(?:高|低|于)$")


class LevelWords:
    """The patterns of levels of a codebook. ``codebook.once(LevelWords)`` returns them."""

    def __init__(self, codebook: Codebook) -> None:
        pattern = codebook.role_words("number_words").pattern
        self.levels = {name: pattern(template) for name, template in _TEMPLATES.items()}
        self.sends = pattern("{sends}")
        self.compared = pattern(_COMPARED)
        self.asked = pattern("(?:{own_several})[^,]{0,4}$")

    def named(self, text: str, *, objects: bool = False) -> list[tuple[int, str]]:
        """List end and level of all words of a text that name a level, in text order. Leave out
        places that somebody goes to and bodies that are asked to act, unless `objects` is true."""
        hits = [
            (hit.end(), number, name, hit.start())
            for number, (name, pattern) in enumerate(self.levels.items())
            for hit in pattern.finditer(text)
        ]
        several = [(start, end) for end, _, name, start in hits if name == "several"]
        kept = []
        for end, _, name, start in sorted(hits):
            before = text[max(0, start - 8) : start]
            # 省市 ("of province and city") names neither of the two alone
            is_part = name != "several" and any(a <= start <= b for a, b in several)
            is_there = not objects and _GOES_THERE.search(before[-3:])
            is_asked = not objects and name == "several" and self.asked.search(before)
            if not (is_part or is_there or is_asked):
                kept.append((end, name))
        return kept


class _List(NamedTuple):
    """A list of problems that a number counts, and the level of whoever made or assigned it."""

    level: str
    paragraph: int


class Levels:
    """The levels of the numbers of one document."""

    def __init__(self, document: Document, words: OutcomeWords) -> None:
        self._document, self._words = document, words
        self._level_words = document.codebook.once(LevelWords)
        self._doers = Doers(document)
        self.own = self._own_level()
        self._lists: list[_List] = []  # the lists of problems told in the paragraph
        self._last = -1  # where the last number of problems ended

    def _own_level(self) -> str:
        """Return the document's level: that of its title, if a province or township wrote it."""
        if self._doers.is_below_city:
            return "county"
        named = self._level_words.named((self._document.title or "")[:_HEAD])
        is_named = named and not self._document.city_zh and named[0][1] in ("province", "township")
        return named[0][1] if is_named else "city"

    def of_number(
        self, q: Quantity, name: Indicator, context: NumberContext, sentence: Sentence
    ) -> str:
        """Return the level of a number: of whoever assigned the problems it counts, of whoever acts
        (for a number of effort), or of the place that is named last before it."""
        before = self._before(q, context, sentence)
        if base_of(name.indicator) in _ASSIGNED:
            level = self._of_problems(q, name, context, sentence)
        elif name.indicator in TERRITORIES and self._acts_itself(context, q):
            level = TERRITORIES[name.indicator]
        elif name.group == "effort":
            level = self._acting(q, context, sentence)
        elif name.indicator == "diners" and not self._level_words.named(context.clause):
            level = "institution"  # how many one site can serve
        else:
            level = self._of_place(before, sentence, q)
        return level

    def _before(self, q: Quantity, context: NumberContext, sentence: Sentence) -> str:
        """Return the words of the sentence before a number."""
        return self._document.text[max(sentence.start, q.start - 300) : q.start]

    def _acts_itself(self, context: NumberContext, q: Quantity) -> bool:
        """Tell whether the counted places act: 81个乡镇同步开展监督, "81 townships supervise"."""
        return bool(re.search(f"[一-龥)](?:{self._words.act_too.pattern})", context.rest[:24]))

    @cached_property
    def _assigned(self) -> dict[tuple[float | None, str], str]:
        """The level of those who assigned a list, by its length and unit, where the text says so
        anywhere: a list told twice is one list."""
        text, known = self._document.text, {}
        for q in self._document.quantities:
            if q.kind == "count" and "问题" in text[q.end : q.end + 12]:
                clause = re.split("[,;:。]", text[max(0, q.start - 40) : q.start])[-1]
                named = self._level_words.named(clause, objects=True)
                if named and self._words.assigning.search(clause):
                    known.setdefault((q.value, q.unit), named[0][1])
        return known

    # --- whoever acts

    def _acting(self, q: Quantity, context: NumberContext, sentence: Sentence) -> str:
        """Return the level of the body that acts where a number stands."""
        text = self._document.text
        doer = self._doer(q)
        begin = max(sentence.start, doer.end)
        named = [
            hit for hit in self._level_words.named(text[begin : q.start]) if hit[1] == "several"
        ]
        behind = self._level_words.levels["several"].match(context.after)
        asked = self._level_words.asked.search(context.near[-8:])
        if named or (
            behind and not asked and "代表" in context.after[:8] and not context.near[-2:]
        ):
            return "several"
        own = self._level_words.named(context.near)
        if own and ("代表" in context.near or len(context.near) <= _MODIFIER):
            return own[-1][1]
        sent = self._level_words.sends.search(context.before)
        if sent and doer.start < sentence.start:
            before = self._level_words.named(context.before[: sent.start()])
            return before[-1][1] if before else self.own
        return self._of_mention(doer.actor, doer.start, doer.end)

    def _doer(self, q: Quantity) -> Mention:
        """Return who acts where a number stands. Those to whom something is done (答复群众疑问,
        "answered questions of residents") are passed over."""
        doer = self._doers.at(q.start)
        for _ in range(_PASSED_OVER):
            if doer.actor != "other" or not doer.start:
                break
            doer = self._doers.at(doer.start - 1)
        return doer

    def _of_mention(self, actor: str, start: int, end: int) -> str:
        """Return the level of a body that the text names between two offsets."""
        text = self._document.text
        around = text[max(0, start - 4) : end + 2]
        if end and self._level_words.levels["several"].search(around):
            return "several"
        if actor == "county_congress" or text.startswith(("县", "区"), start) and end:
            return "county"
        if actor == "township_congress":
            return "township"
        if actor == "province":
            above = self.own == "county" and text.startswith("市", start)
            return "city" if above else "province"
        named = self._level_words.named(text[start:end]) if end else []
        return named[-1][1] if named and named[-1][1] in ("county", "township") else self.own

    # --- the place that is counted

    def _of_place(self, before: str, sentence: Sentence, q: Quantity) -> str:
        """Return the level of the place named last before a number, carried over from the sentence
        before if this sentence goes on about the place."""
        named = self._level_words.named(self._level_words.compared.sub("", before))
        doer = self._doers.at(q.start)
        if doer.start >= sentence.start + len(before) or not doer.end:
            doer = None
        if doer and doer.start >= sentence.start and doer.actor in _ACTING_BELOW:
            level = self._of_mention(doer.actor, doer.start, doer.end)
            if level in ("county", "township") and level != self.own:
                return level
        if named:
            return named[-1][1]
        if doer and doer.actor in ("county_congress", "township_congress"):
            return self._of_mention(doer.actor, doer.start, doer.end)
        return self.own

    # --- lists of problems

    def _of_problems(
        self, q: Quantity, name: Indicator, context: NumberContext, sentence: Sentence
    ) -> str:
        """Return the level of those who assigned problems, also for those now solved."""
        told = [one.level for one in self._lists if one.paragraph == sentence.paragraph]
        level = self._assigner(q, name, context, sentence, told)
        self._lists.append(_List(level, sentence.paragraph))
        self._last = q.end
        return level

    def _assigner(
        self,
        q: Quantity,
        name: Indicator,
        context: NumberContext,
        sentence: Sentence,
        told: list[str],
    ) -> str:
        """Return the level of the body that assigned problems or found them."""
        words, text = self._words, self._document.text
        before = text[sentence.start : q.start]
        if is_merged(context, words) and "问题" in before:
            levels = {level for _, level in self._level_words.named(before, objects=True)}
            if len(levels) > 1 or "several" in levels or words.own_body.search(before):
                return "several"
        is_new = base_of(name.indicator) in (
            "problem_list",
            "problems_found",
            "deliberation_opinions",
        )
        since = text[max(sentence.start, self._last) : q.start]
        if words.summed.search(since) and len(set(told)) > 1:
            return "several"
        says_who = words.assigning.search(context.clause)
        if is_new and not says_who and (q.value, q.unit) in self._assigned:
            return self._assigned[q.value, q.unit]
        clauses = re.split("[,;]", before if is_new or not told else since)
        for clause in [since_last_number(context), *reversed(clauses)]:
            named = self._level_words.named(clause, objects=True)
            if named and (words.assigning.search(clause) or "问题" in clause or "查" in clause):
                levels = [level for _, level in named]
                return (
                    levels[0] if words.assigning.search(clause) and len(levels) < 3 else levels[-1]
                )
        if told and not is_new:
            return told[-1]
        doer = self._doer(q)
        return self._of_mention(doer.actor, doer.start, doer.end)
