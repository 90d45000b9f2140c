"""Clean text → sections, sentences, clauses and words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from helpers.codebook import shared_codebook

_CLOSE = "”’」』»》)）"
# Patterns that are run over whole texts begin with the set of marks they look for: the engine then
# skips all other characters.
_END = re.compile(rf"[。！？!?；;.](?:(?<!\.)[。！？!?；;]*|(?<=\.)(?<!\.\.)(?!\.))[{_CLOSE}]*")
_LIST_NUMBER = re.compile(r"\s*[(（]?\d{1,2}[)）]?\.$")
_CLAUSE_END = re.compile(
    r"[,，。！？!?；;：:.](?:(?<=[。！？!?；;：])|(?<=[,，])(?!\d{3}(?!\d))|(?<=\D[,，])"
    r"|(?<=:)(?<!\d:)|(?<=:)(?!\d)|(?<=\.)(?<!\.\.)(?![.\d])|(?<=\.)(?<![.\d]\.)(?=\d))"
)
_LEVEL_1 = re.compile(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节部]分?")
_LEVEL_2 = re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.、．](?!\d)")
_LATIN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_STOP = re.compile(rf"[.。！？!?；;:：,，、][{_CLOSE}]*$")


class Sentence(NamedTuple):
    """One sentence or heading of a document; `start` and `end` are offsets into the clean text.

    `section` is 0 before the first heading; `paragraph` counts paragraphs and headings, `sentence`
    counts sentences and headings, both from 1 through the document.
    """

    section: int
    section_title: str
    paragraph: int
    sentence: int
    kind: str
    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Split clean text (one line a paragraph) into sections and sentences.

    A section opens at a numbered heading (`一、…`) or at a bare line without a full stop; `(一)`
    and `1.` open one only in a text that has no `一、`.

    Parameters
    ----------
    text : str
        Clean text: half width, one line a paragraph (see `clean`).

    Returns
    -------
    list of Sentence
        In text order. ``text[s.start:s.end]`` is the sentence, without white space around it.

    Examples
    --------
    >>> text = "一、注重实效\\n占12.5%.同比上升."
    >>> [text[s.start:s.end] for s in split_sentences(text)]
    ['一、注重实效', '占12.5%.', '同比上升.']
    """
    lines = [(match.start(), match.group()) for match in re.finditer(r"[^\n]+", text)]
    levels = _heading_levels([line for _, line in lines])
    top = min((level for level in levels if level), default=0)
    found: list[Sentence] = []
    section, title, paragraph = 0, "", 0
    for (offset, line), level in zip(lines, levels, strict=True):
        spans = [_trim(line, 0, len(line))] if level else _sentence_spans(line)
        spans = [(start, end) for start, end in spans if start < end]
        if not spans:
            continue
        paragraph += 1
        if level and (level == top or level == 1):
            section, title = section + 1, line.strip()
        kind = "heading" if level else "sentence"
        for start, end in spans:
            number, first, last = len(found) + 1, offset + start, offset + end
            found.append(Sentence(section, title, paragraph, number, kind, first, last))
    return found


def split_clauses(text: str) -> list[tuple[int, int]]:
    """Split a sentence at commas, colons, semicolons and full stops, not at 、 and not inside a
    number.

    Parameters
    ----------
    text : str
        A sentence, or any clean text.

    Returns
    -------
    list of (start, end)
        Offsets into `text`, in order, the closing mark included; together they cover all of `text`.

    Examples
    --------
    >>> [("走访1,200人,占12.5%.")[a:b] for a, b in split_clauses("走访1,200人,占12.5%.")]
    ['走访1,200人,', '占12.5%.']
    """
    edges = [0, *clause_ends(text)]
    return list(zip(edges, edges[1:], strict=False))


def clause_ends(text: str) -> list[int]:
    """The ends of the clauses of a text, as `split_clauses` cuts them; the last is the end of the
    text."""
    ends = [match.end() for match in _CLAUSE_END.finditer(text)]
    if text and (not ends or ends[-1] < len(text)):
        ends.append(len(text))
    return ends


def tokenize(
    text: str | Iterable[str], *, words: Iterable[str] | None = None, engine: str = "jieba"
) -> list[str] | list[list[str]]:
    """Cut clean text into words.

    Parameters
    ----------
    text : str or iterable of str
        One text or many. Half width: jieba cuts `１２．５` into single characters.
    words : iterable of str, optional
        Words to keep whole; by default the shipped user dictionary (data/codebook/userdict.csv),
        with `()` none.
    engine : {"jieba", "rjieba"}
        The reference, or the same algorithm in Rust, some twenty times faster. The two differ only
        beside characters beyond the Basic Multilingual Plane (𠀀) and between digits and Latin
        letters (`0.X`).

    Returns
    -------
    list of str, or a list of such lists
        The tokens in order; joined they are the text, white space and punctuation included.

    Examples
    --------
    >>> tokenize("推进医养结合")
    ['推进', '医养结合']
    """
    kept = shared_codebook().words if words is None else tuple(words)
    if engine not in ("jieba", "rjieba"):
        raise ValueError(f"engine '{engine}' is not known. Use 'jieba' or 'rjieba'.")
    cut = _cutter(kept, engine)
    return cut(text) if isinstance(text, str) else [cut(one) for one in text]


@lru_cache(maxsize=8)
def _cutter(words: tuple[str, ...], engine: str) -> Callable[[str], list[str]]:
    """A segmenter of our own: jieba's shared one would keep the words added by any other program
    part."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    reference = jieba.Tokenizer()
    reference.initialize()
    for word in words:
        reference.add_word(word)
    if engine == "jieba":
        return reference.lcut
    import rjieba

    fast = rjieba.Jieba()
    for word in words:
        # the frequency decides where a word wins over its neighbours
        fast.add_word(word, reference.FREQ[word], None)
    known = reference.FREQ

    def cut(text: str) -> list[str]:
        tokens: list[str] = []
        for token in fast.cut(text):
            # rjieba leaves `2-3` whole where jieba cuts 2 | - | 3
            if "-" in token and token not in known:
                tokens += [part for part in _LATIN.split(token) if part]
            else:
                tokens.append(token)
        return tokens

    return cut


def _heading_levels(lines: list[str]) -> list[int]:
    """Tell headings from paragraphs: 1 = `一、`, 2 = `(一)` or `1.`, 1 for a bare line where
    paragraphs follow, 0 = none."""
    levels = [_heading_level(line.strip()) for line in lines]
    # a bare line stands as high as the highest numbered heading
    bare = min({1, 2}.intersection(levels), default=1)
    last_paragraph = max((i for i, level in enumerate(levels) if not level), default=-1)
    levels = [bare if level == 3 else level for level in levels]
    return levels[: last_paragraph + 1] + [0] * (len(levels) - last_paragraph - 1)


def _heading_level(line: str) -> int:
    inner = line.rstrip("。.")
    if len(line) > 60 or re.search(r"[。！？!?；;]|\.(?!\d)", re.sub(r"^\d{1,2}\.", "", inner)):
        return 0
    stopped, short = _STOP.search(line) is not None, len(line) <= 40
    if _LEVEL_1.match(line):
        return int(not stopped or short and not line.endswith((":", "：", ",", "，")))
    if stopped:
        return 0
    return 2 if _LEVEL_2.match(line) else 3 if short else 0


def _sentence_spans(line: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for match in _END.finditer(line):
        if line[match.start()] == "." and _is_inner_point(line, start, match.start()):
            continue
        spans.append(_trim(line, start, match.end()))
        start = match.end()
    if start < len(line):
        spans.append(_trim(line, start, len(line)))
    return spans


def _is_inner_point(line: str, start: int, place: int) -> bool:
    """`12.5`, `1.加强领导` and `www.gov.cn`: a point that ends no sentence."""
    before, after = line[place - 1 : place], line[place + 1 : place + 2]
    if before.isascii() and before.isalpha() and after.isascii() and after.isalpha():
        return True
    if not before.isdigit():
        return False
    if after.isdigit():  # 12.5, but not `整改到位.10月31日`
        return True
    return place - start <= 4 and _LIST_NUMBER.match(line[start : place + 1]) is not None


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    part = line[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
