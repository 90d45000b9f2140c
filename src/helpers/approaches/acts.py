"""The clauses of a text → whether the act told in a clause was done, planned or called for.

Each place in a sentence has a status, such as `planned`: an act told at this place is planned. The
last status of a sentence may carry over to the next sentence. A cue is a word such as 强调,
"stressed", or 将, "will", that changes the status of the words after the cue.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from .actors import NAMED_CONGRESSES, Actors
from .clauses import Clauses

_CONGRESSES = {"congress", "group", *NAMED_CONGRESSES}
_SLOGAN_ENDS = frozenset("!！”’」》»")
NEGATION_REACH = 20  # Characters before an act in which a negation is looked for.
LONGEST_VERB = 4  # Greatest length of a verb before its 了, the mark of completion.
MOST_ITEMS = 40  # Sentences among which the first item of a list is looked for.


class Mark(NamedTuple):
    """A place in a sentence, and the status of the words between this place and the next `Mark`.

    The status is `narrated` (told as done), `ordered` (demanded from a department), `planned`,
    `called_for`, `speech` (what a speaker said) or `void` (no act of supervision).
    """

    place: int
    status: str


class ActStatus:
    """Finds out whether the acts of one text took place.

    `asked` holds the numbers of the sentences whose acts will be looked up. Only the sentences in
    `asked`, and the sentences that they continue, are read. `other_topic` is true for a report on a
    topic other than the codebook's. No clause of a report on another topic is rejected because of
    its topic.
    """

    def __init__(
        self, clauses: Clauses, actors: Actors, asked: set[int], *, other_topic: bool
    ) -> None:
        self._clauses, self._text, self._sentences = clauses, clauses.text, clauses.sentences
        self._actors, self._patterns, self._other_topic = actors, clauses.patterns, other_topic
        quotes = self._patterns.quoted.finditer(self._text) if "“" in self._text else ()
        self._quotes = [match.span() for match in quotes]
        self._quote_starts = [start for start, _ in self._quotes]
        self._cues = self._find_cues()
        # A sentence that tells everything as done has no entry in `_marks`. Most sentences do so.
        self._marks: dict[int, list[Mark]] = {}
        self._read_sentences(self._with_those_before(asked))
        self._no_report = {number for number in asked if self._is_no_report(number)}

    def status_at(self, clause: int, start: int, end: int) -> str:
        """Return the status of the act told from `start` to `end`, by the first rule that fits."""
        # 1. an act in a long quotation is only called for, since a long quotation counts as speech
        if self._is_quoted(start):
            return "called_for"
        # 2. an act is void if its sentence or its clause reports no act of supervision
        number = self._clauses.sentence_of[clause]
        is_void = number in self._no_report or clause in self._off_topic
        if is_void or self._is_denied(clause, start, end):
            return "void"
        # 3. otherwise the act has the status of the last `Mark` before the act
        return self._status(number, start)

    def _status(self, number: int, place: int) -> str:
        """Return the status that the last `Mark` before a place in a sentence gives."""
        marks = self._marks.get(number)
        if not marks:
            return "narrated"
        return marks[bisect_right(marks, place, key=lambda mark: mark.place) - 1].status

    # --- Clauses and sentences that report no act

    def _is_denied(self, clause: int, start: int, end: int) -> bool:
        """Tell whether a clause only defines an instrument or denies the use of the instrument."""
        text, begin, stop = self._clauses.at(clause)
        negated = self._patterns.negated.search(text, max(begin, start - NEGATION_REACH), start)
        lacking = negated or self._patterns.lacking.match(text, end, stop)
        return bool(lacking or self._patterns.general.search(text, end, stop))

    def _is_no_report(self, number: int) -> bool:
        """Tell whether a sentence reports no act of supervision.

        A sentence reports no act if it is a slogan, defines a term, or is about another body's
        campaign or about a subject other than the codebook's.
        """
        says, patterns = self._clauses.says, self._patterns
        if says(number, patterns.other_campaign) and not says(number, patterns.supervision):
            return True
        names_other_subject = not self._other_topic and says(number, patterns.other_subject)
        if names_other_subject and not says(number, patterns.on_topic):
            return True
        start, end = self._sentences[number][-2:]
        is_exclaimed = self._text[end - 1 : end] in _SLOGAN_ENDS
        if is_exclaimed and patterns.slogan.fullmatch(self._text, start, end):
            return True
        return says(number, patterns.defining)

    @cached_property
    def _off_topic(self) -> set[int]:
        """The numbers of the clauses that are on a topic other than the codebook's.

        An off-topic clause names another topic, or follows an off-topic clause in its sentence
        without naming the codebook's topic.
        """
        if self._other_topic:
            return set()
        patterns, clauses = self._patterns, self._clauses
        last = len(clauses.stops) - 1
        suspects = {
            clauses.sentence_of[min(clauses.at_place(match.start()), last)]
            for pattern in (patterns.other_matter, patterns.other_report, patterns.other_topic)
            for match in pattern.finditer(self._text)
        }
        off_topic: set[int] = set()
        for number in suspects:
            on_other_matter = False
            for clause in clauses.of_sentence(number):
                span = clauses.at(clause)
                on_topic = patterns.on_topic.search(*span) is not None
                if on_topic:
                    on_other_matter = False
                elif patterns.other_matter.search(*span):
                    on_other_matter = True  # the later clauses of the sentence are off topic, too
                is_off = on_other_matter or (not on_topic and patterns.other_topic.search(*span))
                if is_off or patterns.other_report.search(*span):
                    off_topic.add(clause)
        return off_topic

    # --- Cues: words such as 将, "will", that change the status of the words after them

    def _find_cues(self) -> dict[int, list[re.Match[str]]]:
        """Return the cues of each clause. Cues in long quotations are left out.

        The slow pattern of cues is tried only where a fast search has found a word that can begin a
        cue.
        """
        starts, stops = self._clauses.starts, self._clauses.stops
        cues: dict[int, list[re.Match[str]]] = {}
        for _, start, _ in self._patterns.cue_words.find_matches_as_indexes(self._text):
            clause = bisect_right(starts, start) - 1
            if clause < 0:
                continue
            cue = self._patterns.cue.match(self._text, start, stops[clause])
            if cue and not self._is_quoted(start) and not self._is_embedded(cue, clause):
                cues.setdefault(clause, []).append(cue)
        return cues

    def _is_embedded(self, cue: re.Match[str], clause: int) -> bool:
        """Tell whether a cue only belongs to the object or the basis of an act.

        The scheme in `按照方案要求`, "as the scheme demands", is followed and no plan. In
        `听取了关于下一步打算的汇报`, "heard a report on the next steps", the steps were reported.
        """
        patterns, (text, begin, stop) = self._patterns, self._clauses.at(clause)
        lead = patterns.embedding.search(text, begin, cue.start())
        if not lead or cue.lastgroup == "speech":
            return False
        # the word 要求 behind a paper, as in 方案要求, belongs to the paper
        named = lead["between"][-2:] + cue.group() if cue.lastgroup == "order" else cue.group()
        if patterns.paper.match(named) or patterns.aspect.search(text, cue.end(), stop):
            return True
        is_modal = patterns.modal.match(cue.group()) and lead["between"]
        return not is_modal and patterns.modifier.match(text, cue.end(), stop) is not None

    def _is_quoted(self, place: int) -> bool:
        """Tell whether a place in the text lies in a long quotation, which counts as speech."""
        quote = bisect_right(self._quote_starts, place) - 1
        return quote >= 0 and place < self._quotes[quote][1]

    def _after_cue(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """Return the status after a cue, and the status with which the next clause begins.

        `begin` is the start of the clause in which the cue stands. `base` is the status with which
        the next clause would begin if this cue did not stand there.
        """
        kind = cue.lastgroup
        if base == "speech" or kind == "speech":
            return "called_for", "speech"
        if kind == "future":
            return ("called_for", base) if base == "called_for" else ("planned", "planned")
        if kind == "decided":
            return ("planned" if base == "narrated" else base), base
        if kind == "purpose":
            return "void", base
        if kind == "order":
            return self._after_order(cue, begin, base)
        return ("planned", base) if base == "planned" else ("called_for", "called_for")

    def _after_order(self, cue: re.Match[str], begin: int, base: str) -> tuple[str, str]:
        """Return the status after the cue `要求`, "demand", and the status with which the next
        clause begins.

        `要求` can report what a leader said, give an instruction to lower levels, or be a noun. In
        all other cases `要求` is an order to a department, and giving such an order is itself an
        act.
        """
        is_spoken = self._patterns.leader.search(self._text[begin : cue.start()])
        if self._text[cue.end() : cue.end() + 1] in tuple(",:“"):
            # in 提出整改要求, "made demands", 要求 is a noun, unless a leader is speaking
            return ("called_for", "speech") if is_spoken else (base, base)
        if is_spoken or self._patterns.below.match(self._text, cue.end()):
            return "called_for", "speech"
        return "ordered", base

    # --- Sentences: the status of each place in a sentence

    def _with_those_before(self, asked: set[int]) -> list[int]:
        """Return the sorted numbers of the sentences in `asked` and of the earlier sentences that
        the sentences in `asked` continue."""
        needed = set(asked)
        for number in asked:
            while self._continues(number) and number - 1 not in needed:
                number -= 1
                needed.add(number)
        return sorted(needed)

    def _read_sentences(self, numbers: list[int]) -> None:
        """Find the `Mark`s of the given sentences. The last status of a sentence may carry over to
        the next sentence."""
        cued = {self._clauses.sentence_of[clause] for clause in self._cues}
        endings: dict[int, str] = {}
        for number in numbers:
            opening = self._opening(number, endings.get(number - 1, "narrated"))
            endings[number] = opening
            if opening != "narrated" or number in cued:
                self._marks[number], endings[number] = self._read_sentence(number, opening)

    def _opening(self, number: int, ending: str) -> str:
        """Return the status, such as `planned`, with which a sentence begins. `ending` is the last
        status of the sentence before."""
        # 1. below a heading such as 下一步工作, "next steps", every act is planned, unless a word
        # of the role `settled` shows that the act was done
        title = self._sentences[number].section_title
        if title and self._patterns.next_heading.search(title):
            is_settled = self._clauses.says(number, self._patterns.settled)
            return "narrated" if is_settled else "planned"
        # 2. a plan or a speech of the sentence before may go on in this sentence
        if ending == "planned" and self._continues(number) and not self._plan_is_over(number):
            return "planned"
        if ending == "speech" and self._continues(number) and not self._speech_is_over(number):
            return "speech"
        # 3. otherwise the sentence tells what happened
        return "narrated"

    def _read_sentence(self, number: int, base: str) -> tuple[list[Mark], str]:
        """Return the `Mark`s and the last status of a sentence that begins with status `base`."""
        marks: list[Mark] = []
        for clause in self._clauses.of_sentence(number):
            begin = self._clauses.starts[clause]
            if marks and base in ("planned", "called_for") and self._resumes(clause):
                base = "narrated"
            also_decided = base == "narrated" and self._is_also_decided(clause, marks)
            marks.append(Mark(begin, "planned" if also_decided else base))
            before = base
            for cue in self._cues.get(clause, ()):
                status, base = self._after_cue(cue, begin, base)
                if base == "speech":
                    self._mark_fronted(marks, begin)
                is_behind = cue.group() in self._patterns.after_object
                marks.append(Mark(begin if is_behind else cue.start(), status))
                done = self._done_after(cue, clause)
                if done and base != "speech":
                    marks.append(Mark(done, before))
                    base = before
        return marks, base

    def _mark_fronted(self, marks: list[Mark], begin: int) -> None:
        """Change the mark of a topic that stands before a speech: it is called for, too."""
        if len(marks) > 1:
            topic = marks[-2].place
            if self._patterns.fronted.fullmatch(self._text, topic, begin):
                marks[-2] = Mark(topic, "called_for")

    def _done_after(self, cue: re.Match[str], clause: int) -> int | None:
        """Return the place after a cue of a verb that its own 了 marks as done, or None.

        The verb and its 了 decide, not a word far before them: in `要求整改的6家机构检查组查看了`,
        the visit was made.
        """
        stop = self._clauses.stops[clause]
        aspect = self._patterns.aspect.search(self._text, cue.end(), stop)
        return max(cue.end(), aspect.start() - LONGEST_VERB) if aspect else None

    def _is_also_decided(self, clause: int, marks: list[Mark]) -> bool:
        """Tell whether a clause only names one more report that a body decided to hear."""
        is_decided = bool(marks) and marks[-1].status == "planned"
        return is_decided and bool(self._patterns.also_decided.fullmatch(*self._clauses.at(clause)))

    def _resumes(self, clause: int) -> bool:
        """Tell whether a clause after a plan or demand goes back to telling what was done. A clause
        that goes back names a subject and has a sign of a past act, such as 已, "already"."""
        span = self._clauses.at(clause)
        if self._patterns.aspect.search(*span):
            return True
        # a number often shows a past act, but not in 计划新建40个, "they plan to build 40"
        if self._patterns.intends.search(*span):
            return False
        return bool(self._actors.subjects(clause) and self._patterns.past_or_counted.search(*span))

    def _continues(self, number: int) -> bool:
        """Tell whether a sentence continues the sentence before: both stand in one paragraph, or
        the later sentence begins an item of an announced list."""
        before, sentence = self._sentences[number - 1], self._sentences[number]
        return number > 0 and (before.paragraph == sentence.paragraph or number in self._items)

    @cached_property
    def _items(self) -> set[int]:
        """The number of the first sentence of each paragraph that is an item of an announced list.

        An announced list is `提出三点要求:` ¶ `一是…` ¶ `二是…`, "made three demands: first …
        second …", where ¶ begins a paragraph. A paragraph below a heading is an item if the heading
        is itself an item of the list.
        """
        items, is_open = set(), False
        for number in range(1, len(self._sentences)):
            before, sentence = self._sentences[number - 1], self._sentences[number]
            if before.paragraph == sentence.paragraph:
                continue
            if self._clauses.says(number - 1, self._patterns.announced):
                is_open = True
            elif before.kind != "heading":
                is_open = is_open and bool(self._patterns.item.match(self._text, sentence.start))
            if is_open:
                items.add(number)
        return items

    def _plan_is_over(self, number: int) -> bool:
        """Tell whether a plan told in the sentence before does not go on in sentence `number`."""
        if self._clauses.says(number, self._patterns.past):
            return True
        marks, subjects = self._marks[number - 1], self._actors.subjects
        # if the sentence before tells of a plan from its first word on, the plan goes on
        if marks[0].status == "planned" or self._clauses.says(number - 1, self._patterns.programme):
            return False
        # a forecast does not go on in the next sentence: 老年人口预计将突破100万人, "the number of
        # older people is expected to pass a million"
        cue = next(mark.place for mark in marks if mark.status == "planned")
        if self._patterns.forecast.match(self._text, cue):
            return True
        # the plan of a body that is not a congress ends where a congress acts
        clauses = self._clauses.of_sentence(number - 1)
        planning = {actor for clause in clauses for actor in subjects(clause)}
        is_other_bodys = bool(planning) and not planning & _CONGRESSES
        acting = subjects(self._clauses.first[number])
        return is_other_bodys and bool(acting) and acting[-1] in _CONGRESSES

    def _speech_is_over(self, number: int) -> bool:
        """Tell whether a speech told in the sentence before does not go on in sentence `number`."""
        first_clauses = self._clauses.of_sentence(number)[:2]
        if any(self._actors.subjects(clause) for clause in first_clauses):
            return True
        is_past = self._clauses.says(number, self._patterns.past_or_counted)
        return is_past or self._continues_narrated_list(number)

    def _continues_narrated_list(self, number: int) -> bool:
        """Tell whether a sentence is a later item (`二是…`, "second") of a list whose first item
        (`一是…`, "first") was told as done. A later item of a narrated list ends a speech told
        between the items."""
        sentences, text = self._sentences, self._text
        if not self._patterns.later_item.match(text, sentences[number].start):
            return False
        paragraph = sentences[number].paragraph
        for each in range(number - 1, max(number - MOST_ITEMS, -1), -1):
            if sentences[each].paragraph != paragraph:
                return False
            first = self._patterns.first_item.search(text, *sentences[each][-2:])
            if first:
                return self._status(each, first.start()) == "narrated"
        return False
