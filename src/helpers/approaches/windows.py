"""Evidence of instruments and hits of themes → which themes a stage of supervision is about.

Use this module to ask with which service themes each stage deals. The clause that reports an
instrument is too short to look for themes in. The problems that a session named, for example, often
stand in the sentences after the clause that reports the session.
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

# The ways in which a sentence can belong to a stage, explained in `stage_theme_hits`. If a sentence
# belongs to a stage in several ways, the table names the way that comes first in `WINDOWS`.
WINDOWS = ("sentence", "list", "heading")
_HITS = dict.fromkeys(
    "doc stage theme window section sentence terms start end quote".split(), "str"
)
_HITS |= dict.fromkeys("section sentence start end".split(), "int64") | {"quote": QUOTATION}
_NUMERAL = "[一二三四五六七八九十]{1,2}"
# `_ITEM` matches the mark with which an item of a list begins, such as 一是, (二), 3. or 第四, but
# not the beginning of 第一时间, "at once"
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

    The column `window` says in which of three ways a sentence belongs to a stage:

    - `sentence`: the sentence reports an instrument of the stage, or continues such a sentence
      after a semicolon or colon without a mark of an item and without an instrument of its own.
    - `list`: the sentence belongs to a list. The sentence that announces the list, or the sentence
      before the announcement, reports an instrument of the stage. Each item of the list has a mark,
      such as 一是, "first", or stands in the paragraph of the announcement and reports no
      instrument itself.
    - `heading`: the sentence stands under a heading with a word of the stage. The column `headings`
      of stages.csv lists the words of each stage. The first clause of a list's item and a short
      first sentence of a paragraph count as headings, too.

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
        sentence; `start` and `end` are the sentence's offsets in the raw text. Instruments without
        a stage are not considered, and headings have no rows.

    Examples
    --------
    Sentence 48 of Sanmenxia's briefing reports what the standing committee said in its
    deliberation: home care, care homes and funding show deficits.

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
        The arguments of `stage_theme_hits`, whose rows are counted here.

    Returns
    -------
    DataFrame
        `stage, theme, zh, en, n, n_docs, status`: `n` sentences in `n_docs` documents, one row per
        stage and theme, in the order of the codebook. `status` is `found` or `not_found`. In a row
        with `not_found`, `n` and `n_docs` are missing and not 0, since a theme that was not found
        may still be a matter of the stage.

    Examples
    --------
    One sentence of the stage `rectify` is about the theme `retrofit`; no sentence of this stage was
    found to be about `medical_integration`.

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

    The sentences are read in text order. The attributes hold the stages that the next sentence can
    inherit: from the headings above, from a list that has begun, and from a sentence that ended in
    a semicolon or colon.
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
        # number of a sentence → stage → place of the first evidence of the stage in the sentence
        self._own: dict[int, dict[str, int]] = defaultdict(dict)
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
        """Return each sentence that belongs to a stage, with the window of each of its stages."""
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
        """Return the stages to which a sentence belongs, each with its window, such as `list`."""
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
        # a stage found in several windows keeps the window that comes first in `WINDOWS`
        return {stage: name for name in reversed(WINDOWS) for stage in by_window[name]}

    def _named(self, start: int, end: int) -> _Stages:
        """Return the stages of which a word stands between two places of the text."""
        found = [s for s, words in self._words.items() if words.search(self._text, start, end)]
        return frozenset(found)

    def _enter_heading(self, heading: Sentence, before: Sentence | None) -> None:
        """Store the stages that a heading names, for the sentences below the heading.

        The heading of a new section replaces all earlier headings. Lists end at a heading, unless
        the heading is itself an item of a list.
        """
        stages, mark = self._named(heading.start, heading.end), self._mark(heading)
        if before is None or heading.section != before.section:
            self._section, self._subheading = stages, _NONE
        else:
            self._subheading = stages
        # 一、 numbers a section, and the sentence before a section does not announce a list
        if mark and not _SECTION.match(mark):
            self._enter_list(heading, before)
        else:
            self._lists.clear()
        self._lists_of_headings = dict(self._lists)
        self._opening = self._item = self._open = self._unmarked = _NONE

    def _enter_paragraph(self, sentence: Sentence, before: Sentence | None) -> None:
        """Store the stages that the short first sentence of a paragraph names like a heading.

        A new paragraph ends the lists of the paragraph before, unless the new paragraph is itself
        an item or stands right below a heading.
        """
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
        """Store the stages of a list where its first item begins, and the stages that the first
        clause of an item names like a heading."""
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
        while next(reversed(self._lists)) != kind:  # lists inside the item before have ended
            self._lists.popitem()
        clause = re.compile("[^,.。;:]*").match(self._text, sentence.start + len(mark))
        self._item = self._named(*clause.span())

    def _mark(self, sentence: Sentence) -> str:
        """Return the mark with which an item begins, such as 一是, or an empty string."""
        match = _ITEM.match(self._text, sentence.start, sentence.end)
        return match[0] if match else ""

    def _announced(self, sentence: Sentence, end: int) -> _Stages:
        """Return the stages of supervision to which a list belongs. The words of `sentence` up to
        `end` stand before the first item.

        If the words before the first item report an instrument, the list belongs to the stage of
        this instrument. If the words only announce the list, the sentence before in the same
        paragraph decides.
        """
        own = self._own[sentence.sentence].items()
        told = frozenset(stage for stage, place in own if place <= end)
        if not self._announces.search(self._text, sentence.start, end):
            # 市人大常委会一是…, "the committee first …", begins a list without a word that
            # announces the list
            return told if end < sentence.end else _NONE
        first = self._sentences[max(sentence.sentence - 2, 0)]
        if told or first.paragraph != sentence.paragraph:
            return told
        return frozenset(self._own[first.sentence])


def _kind(mark: str) -> str:
    """Return a mark with its number replaced by 1: all items of a list then have the same mark.

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
