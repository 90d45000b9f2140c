"""Evidence of instruments and hits of themes → which themes a stage of supervision is about.

Use this module to ask with which service themes each stage deals. A clause is too small a place to
look for them: the problems that a session named often stand in clauses and sentences of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook
from helpers.text import Corpus, Document, Sentence
from helpers.themes import theme_hits
from helpers.writing import QUOTATION, as_table

from .act_patterns import ActPatterns
from .clauses import LONGEST_HEAD
from .coding import approach_evidence

# A sentence can lie in several windows of one stage. The first of them in this order is named.
WINDOWS = ("sentence", "list", "heading")
_HITS = dict.fromkeys(
    "doc stage theme window section sentence terms start end quote".split(), "str"
)
_HITS |= dict.fromkeys("section sentence start end".split(), "int64") | {"quote": QUOTATION}
_NUMERAL = "[一二三四五六七八九十]{1,2}"
# the mark of an item, such as 一是, (二), 3. or 第四, but not 第一时间, "at once"
_ITEM = re.compile(
    rf"{_NUMERAL}(?:是|要|、)|第{_NUMERAL}[,、是]|[(（](?:{_NUMERAL}|\d{{1,2}})[)）]"
    r"|\d{1,2}(?:[)）、]|\.(?!\d))|[①-⑳]|(?:首先|其次|再次|最后)[,:是]?"
)
_FIRST = re.compile(r"一(?:是|要|、)|第一|[(（](?:一|1)[)）]|1[)）、.]|①|首先")
_FIRST_INSIDE = re.compile(r"(?<![第同统专单唯])一是|[(（](?:一|1)[)）]|①")
_SECTION = re.compile(rf"{_NUMERAL}、")
_ORDINAL = re.compile(rf"{_NUMERAL}|\d+|[①-⑳]|首先|其次|再次|最后")
_Stages = frozenset[str]
_NONE: _Stages = frozenset()


def stage_theme_hits(
    corpus: Corpus, codebook: Codebook | None = None, *, family: str = "service"
) -> pd.DataFrame:
    """List the sentences in which a stage of supervision is about a theme.

    A sentence belongs to a stage in one of three ways, its `window`:

    - `sentence`: the sentence tells of an instrument of the stage. What follows a semicolon or
      colon belongs to the same sentence, unless it tells of an instrument itself.
    - `list`: the sentence belongs to a list, and the sentence that announces the list, or the one
      before, tells of an instrument of the stage. The items have marks, such as 一是, or stand in
      the same paragraph and tell of no instrument themselves.
    - `heading`: the sentence stands under a heading with a word of the stage (column `headings` of
      the codebook's table `stages`). The first clause of an item and the short first sentence of a
      paragraph serve as headings, too.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        By default the codebook that the corpus was read with.
    family : str
        The family of the themes, such as `service` or `process`.

    Returns
    -------
    DataFrame
        `doc, stage, theme, window, section, sentence, terms, start, end, quote`, one row per
        sentence, stage and theme, in the order of the texts, then of the codebook. `terms` lists
        the terms that name the theme in the sentence, separated by `|`. `quote` is the whole
        sentence, `start` and `end` are offsets into the raw text. Instruments without a stage are
        left out, and so are headings.

    Examples
    --------
    The standing committee of Sanmenxia deliberated, and named deficits of home care,
    of homes and of funding.

    >>> from helpers import read_corpus
    >>> from helpers.approaches import stage_theme_hits
    >>> hits = stage_theme_hits(read_corpus()).query("stage == 'deliberate' and sentence == 48")
    >>> hits[["doc", "theme", "window", "terms"]]
                  doc           theme    window      terms
    71  001_sanmenxia  home_community  sentence   居家社区养老服务
    72  001_sanmenxia     institution  sentence     养老服务机构
    73  001_sanmenxia  funding_policy  sentence  要素投入|扶持政策
    """
    codebook = codebook or corpus.codebook
    themes = list(codebook.theme_table().query("family == @family")["theme"])
    stages = list(codebook.names("stages"))
    evidence = approach_evidence(corpus, codebook)
    evidence = evidence.merge(codebook.approaches[["code", "stage"]], on="code")
    evidence = evidence[evidence["stage"].isin(stages)]
    of_document = dict(list(evidence.groupby("doc")))
    hits = theme_hits(corpus, codebook)
    terms = hits[hits["theme"].isin(themes)].groupby(["doc", "sentence", "theme"])["term"]
    terms = terms.agg(lambda found: "|".join(dict.fromkeys(found))).to_dict()
    rows = []
    for document in corpus:
        own = of_document.get(document.doc, evidence.head(0))
        for sentence, windows in StageWindows(document, own, codebook).items():
            keys = {theme: (document.doc, sentence.sentence, theme) for theme in themes}
            named = {theme: terms[key] for theme, key in keys.items() if key in terms}
            if named:
                stages_of = {stage: windows[stage] for stage in stages if stage in windows}
                rows += _rows(document, sentence, stages_of, named)
    return as_table(rows, _HITS)


def _rows(
    document: Document, sentence: Sentence, windows: dict[str, str], named: dict[str, str]
) -> list[tuple]:
    """Return the rows of a sentence, given the window of each stage and the terms of each theme."""
    span = document.raw_span(sentence.start, sentence.end)
    cited = *span, document.quote(*span)
    place = sentence.section, sentence.sentence
    return [
        (document.doc, stage, theme, window, *place, terms, *cited)
        for stage, window in windows.items()
        for theme, terms in named.items()
    ]


def stage_theme_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, family: str = "service"
) -> pd.DataFrame:
    """Count the sentences in which a stage of supervision is about a theme.

    Parameters
    ----------
    corpus, codebook, family
        As in `stage_theme_hits`, whose rows are counted here.

    Returns
    -------
    DataFrame
        `stage, theme, zh, en, n, n_docs, status`: `n` sentences in `n_docs` documents, one row per
        stage and theme, in the order of the codebook. `status` is `found` or `not_found`. In a row
        with `not_found`, `n` and `n_docs` are missing and not 0: the theme was not found in the
        windows of `stage_theme_hits`, which does not prove that the stage is not about the theme.

    Examples
    --------
    In the windows of the stage *rectify*, a retrofit was found once, medical care was not.

    >>> from helpers import read_corpus
    >>> from helpers.approaches import stage_theme_counts
    >>> counts = stage_theme_counts(read_corpus())
    >>> counts.query("stage == 'rectify'")[["theme", "n", "status"]].iloc[[4, 7]]
                      theme     n     status
    56  medical_integration  <NA>  not_found
    59             retrofit     1      found
    """
    codebook = codebook or corpus.codebook
    themes = codebook.theme_table().query("family == @family")[["theme", "zh", "en"]]
    hits = stage_theme_hits(corpus, codebook, family=family)
    counts = hits.groupby(["stage", "theme"])["doc"].agg(n="size", n_docs="nunique")
    grid = pd.MultiIndex.from_product(
        [list(codebook.names("stages")), themes["theme"]], names=["stage", "theme"]
    )
    counts = counts.reindex(grid).astype("Int64").reset_index()
    counts = counts.merge(themes, on="theme", how="left", validate="many_to_one")
    status = counts["n"].notna().map({True: "found", False: "not_found"}).astype("str")
    return counts.assign(status=status)["stage theme zh en n n_docs status".split()]


class StageWindows:
    """Tells to which stages of supervision each sentence of one document belongs, and why.

    The sentences are read in order. The attributes hold what the sentences read so far have opened:
    headings, lists, and the sentence that a semicolon leaves open.
    """

    def __init__(self, document: Document, evidence: pd.DataFrame, codebook: Codebook) -> None:
        self._text, self._sentences = document.text, document.sentences
        self._words = codebook.once(_heading_words)
        self._told_act = codebook.once(ActPatterns).told_act
        self._announces = codebook.role_words("act_words").pattern(
            r"(?:{as_follows})|(?:{announces})[^,。.;:]{0,3}[。.]?$|:$"
        )
        self._counts = codebook.role_words("act_words").pattern(
            rf"(?:{_NUMERAL}|[两几]|\d+)[个条项点大类]?[^,。.;:、]{{0,3}}(?:{{announces}})[。.]?$|:$"
        )
        self._own: dict[int, dict[str, int]] = defaultdict(dict)  # sentence → stage → first place
        places = np.searchsorted(document.offsets, evidence["start"]).tolist()
        for number, stage, place in zip(
            evidence["sentence"], evidence["stage"], places, strict=True
        ):
            self._own[number].setdefault(stage, place)
        self._section = self._subheading = self._opening = self._item = _NONE
        self._lists: dict[str, _Stages] = {}  # kind of mark → stages of the announcing sentence
        self._lists_of_headings: dict[str, _Stages] = {}
        self._open = self._unmarked = _NONE

    def items(self) -> list[tuple[Sentence, dict[str, str]]]:
        """Return each sentence that belongs to a stage, with the window of every such stage."""
        windows = []
        before: Sentence | None = None
        for sentence in self._sentences:
            if sentence.kind == "heading":
                self._enter_heading(sentence, before)
            else:
                found = self._read(sentence, before)
                if found:
                    windows.append((sentence, found))
            before = sentence
        return windows

    def _read(self, sentence: Sentence, before: Sentence | None) -> dict[str, str]:
        """Return the stages of a sentence, each with its window."""
        self._enter_paragraph(sentence, before)
        self._enter_list(sentence, before)
        own = frozenset(self._own[sentence.sentence])
        if own:
            self._unmarked = _NONE
        elif not self._mark(sentence):
            own = self._open
        listed = self._unmarked.union(*self._lists.values())
        headed = self._section | self._subheading | self._opening | self._item
        ending = self._text[sentence.start : sentence.end].rstrip()[-1:]
        self._open = own if ending in (":", ";") else _NONE
        if own and self._counts.search(self._text, sentence.start, sentence.end):
            self._unmarked = own
        by_window = dict(zip(WINDOWS, (own, listed, headed), strict=True))
        # the last window that is written is the first in the order of `WINDOWS`
        return {stage: name for name in reversed(WINDOWS) for stage in by_window[name]}

    def _named(self, start: int, end: int) -> _Stages:
        """Return the stages whose words stand in a heading between two places."""
        found = [s for s, words in self._words.items() if words.search(self._text, start, end)]
        return frozenset(found)

    def _enter_heading(self, heading: Sentence, before: Sentence | None) -> None:
        """Read a heading. The heading of a section closes what the section before has opened."""
        stages, mark = self._named(heading.start, heading.end), self._mark(heading)
        if before is None or heading.section != before.section:
            self._section, self._subheading = stages, _NONE
        else:
            self._subheading = stages
        # what stands before 一、 introduces the whole report, not a list
        if mark and not _SECTION.match(mark):
            self._enter_list(heading, before)
        else:
            self._lists.clear()
        self._lists_of_headings = dict(self._lists)
        self._opening = self._item = self._open = self._unmarked = _NONE

    def _enter_paragraph(self, sentence: Sentence, before: Sentence | None) -> None:
        """Close what ended with the paragraph before, and read a short first sentence."""
        if before and before.paragraph == sentence.paragraph:
            return
        is_short = sentence.end - sentence.start <= LONGEST_HEAD
        is_told = self._told_act.search(self._text, sentence.start, sentence.end)
        self._opening = self._unmarked = _NONE
        if is_short and not is_told and not self._own[sentence.sentence]:
            self._opening = self._named(sentence.start, sentence.end)
        if before is None or before.kind != "heading":
            if not self._mark(sentence):
                self._lists = dict(self._lists_of_headings)
                self._item = _NONE

    def _enter_list(self, sentence: Sentence, before: Sentence | None) -> None:
        """Open a list at its first item, and read the first clause of every item."""
        mark = self._mark(sentence)
        if not mark:
            inside = _FIRST_INSIDE.search(self._text, sentence.start + 1, sentence.end)
            if inside:
                self._lists[_kind(inside[0])] = self._announced(sentence, inside.start())
            return
        kind = _kind(mark)
        if kind not in self._lists or _FIRST.match(mark):
            self._lists.pop(kind, None)
            self._lists[kind] = self._announced(before, before.end) if before else _NONE
        while next(reversed(self._lists)) != kind:  # the lists inside the item before are over
            self._lists.popitem()
        clause = re.compile("[^,.。;:]*").match(self._text, sentence.start + len(mark))
        self._item = self._named(*clause.span())

    def _mark(self, sentence: Sentence) -> str:
        """Return the mark with which an item begins, such as 一是, or an empty string."""
        match = _ITEM.match(self._text, sentence.start, sentence.end)
        return match[0] if match else ""

    def _announced(self, sentence: Sentence, end: int) -> _Stages:
        """Return the stages of a list, given the sentence that stands before the first item and the
        place where its words end. If these words announce the list and tell of no instrument, the
        sentence before them in the paragraph decides."""
        own = self._own[sentence.sentence].items()
        told = frozenset(stage for stage, place in own if place <= end)
        if not self._announces.search(self._text, sentence.start, end):
            # 市人大常委会一是…, "the committee first …", announces a list without such words
            return told if end < sentence.end else _NONE
        first = self._sentences[max(sentence.sentence - 2, 0)]
        if told or first.paragraph != sentence.paragraph:
            return told
        return frozenset(self._own[first.sentence])


def _kind(mark: str) -> str:
    """Return what the marks of one list have in common.

    >>> _kind("一是") == _kind("三是"), _kind("(一)") == _kind("1.")
    (True, False)
    """
    return _ORDINAL.sub("1", mark)


def _heading_words(codebook: Codebook) -> dict[str, re.Pattern[str]]:
    """Return for each stage a pattern of the words with which a heading names the stage."""
    table = codebook.stages.reindex(columns=["stage", "headings"], fill_value="")
    return {
        row.stage: re.compile(half_width(row.headings))
        for row in table.itertuples()
        if row.headings
    }
