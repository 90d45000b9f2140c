"""Split clean text into sections, sentences, clauses and words.

Later steps count and quote sentences, clauses, words or parts of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from helpers.codebook import CodebookError, shared_codebook

from .front import NUMERAL

if TYPE_CHECKING:
    import jieba

_CLOSE = "”’」』»》)）"
# The next patterns begin with a set of characters, because the regular-expression engine then
# quickly skips other text. A single point ends a sentence. Two or more points are an ellipsis.
_END = re.compile(rf"[。！？!?；;.](?:(?<!\.)[。！？!?；;]*|(?<=\.)(?<!\.\.)(?!\.))[{_CLOSE}]*")
_LIST_NUMBER = re.compile(r"\s*[(（]?\d{1,2}[)）]?\.$")
# A clause does not end at a comma inside a number (1,200), at a colon between digits (8:30) or at
# a decimal point.
_CLAUSE_END = re.compile(
    r"[,，。！？!?；;：:.](?:(?<=[。！？!?；;：])|(?<=[,，])(?!\d{3}(?!\d))|(?<=\D[,，])"
    r"|(?<=:)(?<!\d:)|(?<=:)(?!\d)|(?<=\.)(?<!\.\.)(?![.\d])|(?<=\.)(?<![.\d]\.)(?=\d))"
)
_LEVEL_1 = re.compile(f"{NUMERAL}、|第{NUMERAL}[章节部]分?")
_LEVEL_2 = re.compile(rf"[(（]{NUMERAL}[)）]|\d{{1,2}}[.、．](?!\d)")
_NUMBER_OF_ITEM = re.compile(r"^\d{1,2}\.")
_INNER_STOP = re.compile(r"[。！？!?；;]|\.(?!\d)")
_LATIN = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_BARE = 3  # the level of a heading without a number
_STOP = re.compile(rf"[.。！？!?；;:：,，、][{_CLOSE}]*$")
# Later steps search from a word to the end of its clause or sentence. The next two limits keep the
# time and the memory of these searches proportional to the length of the text.
LONGEST_SENTENCE = 2000
LONGEST_CLAUSE = 400
LONGEST_CITED = 200  # A quotation ends at most 200 characters away from the words that it shows.
_STEP = 50  # Quotations are cut near multiples of 50, so that neighbouring words share one.
_OVERLONG = re.compile(f"[^\n]{{{LONGEST_CLAUSE + 1},}}")
# a run of more than 400 characters that jieba would cut as one piece
_LONG_RUN = re.compile(rf"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]{{{LONGEST_CLAUSE + 1},}}")
_WEAK_MARK = re.compile(r"[、\s|]")
_IN_NUMBER = re.compile("[0-9零〇一二两三四五六七八九十百千万亿.,·%‰]")


class Sentence(NamedTuple):
    """One sentence or heading of a document. `start` and `end` are offsets into the clean text."""

    section: int  # number of the section, from 1; 0 before the first heading
    section_title: str
    paragraph: int  # Number of the paragraph or heading in the document, from 1.
    sentence: int  # Number of the sentence or heading in the document, from 1.
    kind: str  # The kind of unit, either "sentence" or "heading".
    start: int
    end: int


def split_sentences(text: str) -> list[Sentence]:
    """Split clean text into sections and sentences.

    A section begins at a numbered heading (`一、…`, "1. …") or at a short line that has neither
    number nor full stop. Headings such as `(一)` and `1.` begin a section only if no heading of the
    text has the form `一、`. A sentence of more than 2,000 characters, such as a table without
    full stops, is cut into several where a clause ends.

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
    top = min((level for level in levels if level), default=1)
    sentences: list[Sentence] = []
    section, title, paragraph = 0, "", 0
    for (offset, line), level in zip(lines, levels, strict=True):
        if not line.strip():
            continue
        paragraph += 1
        if level in (1, top):
            section, title = section + 1, line.strip()
        kind = "heading" if level else "sentence"
        for start, end in pairwise([0, len(line)] if level else _sentence_edges(line)):
            words, number = line[start:end], len(sentences) + 1
            first, last = end - len(words.lstrip()), start + len(words.rstrip())
            if first < last:
                span = (offset + first, offset + last)
                sentences.append(Sentence(section, title, paragraph, number, kind, *span))
    return sentences


def split_clauses(text: str) -> list[tuple[int, int]]:
    """Split a sentence into clauses, and return the offsets (start, end) of each clause.

    Clauses end at commas, colons, semicolons and full stops. No clause ends inside a number, or at
    a 、 between the items of a list. Each clause includes the punctuation at its end, so that the
    clauses together cover all of `text`.

    Examples
    --------
    >>> [("走访1,200人,占12.5%.")[a:b] for a, b in split_clauses("走访1,200人,占12.5%.")]
    ['走访1,200人,', '占12.5%.']
    """
    return list(pairwise([0, *clause_ends(text)]))


def clause_ends(text: str) -> list[int]:
    """Return the offsets at which the clauses of a text end. The last offset is `len(text)`."""
    ends = [match.end() for match in _CLAUSE_END.finditer(text)]
    if text and (not ends or ends[-1] < len(text)):
        ends.append(len(text))
    if len(text) <= LONGEST_CLAUSE:
        return ends
    cuts = [
        cut
        for start, end in pairwise([0, *ends])
        if end - start > LONGEST_CLAUSE
        for line in _OVERLONG.finditer(text, start, end)
        for cut in _cuts(text, *line.span())
    ]
    return sorted(ends + cuts)


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places at which a clause is cut so that no piece has more than 400 characters."""
    while end - start > LONGEST_CLAUSE:
        start = _cut_before(text, start + LONGEST_CLAUSE // 2, start + LONGEST_CLAUSE)
        yield start


def _cut_before(text: str, low: int, high: int) -> int:
    """Return the last place between two offsets at which a clause without punctuation can be cut:
    behind a 、 or a space, or else at a place that is not inside a number."""
    behind = max((mark.end() for mark in _WEAK_MARK.finditer(text, low, high)), default=0)
    return behind or next((at for at in range(high, low, -1) if not _in_number(text, at)), high)


def _cut_after(text: str, low: int, high: int) -> int:
    """Return the first place between two offsets at which a clause without punctuation can be
    cut."""
    mark = _WEAK_MARK.search(text, low, high)
    if mark:
        return mark.end()
    return next((at for at in range(low, high) if not _in_number(text, at)), low)


def _in_number(text: str, at: int) -> bool:
    """Tell whether the characters before and after a place may belong to one number."""
    before = at > 0 and _IN_NUMBER.match(text, at - 1)
    return bool(before and _IN_NUMBER.match(text, at))


def quotable(text: str, clause: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """Return the part of a clause that is quoted to show the words from `start` to `end`.

    If at most 200 characters of the clause stand before the words and at most 200 behind them, the
    whole clause is quoted. A longer clause is quoted in part, and is cut at a 、 or a space, or
    else outside a number.
    """
    first, last = clause
    if start - first > LONGEST_CITED:
        first = -((LONGEST_CITED - start) // _STEP) * _STEP
        first = _cut_after(text, first, min(start, first + _STEP))
    if last - end > LONGEST_CITED:
        last = (end + LONGEST_CITED) // _STEP * _STEP
        last = _cut_before(text, max(end, last - _STEP), last)
    return first, last


def tokenize(
    text: str | Iterable[str], *, words: Iterable[str] | None = None, engine: str = "jieba"
) -> list[str] | list[list[str]]:
    """Cut clean text into words, white space and punctuation. The pieces, joined, give the text
    again.

    Parameters
    ----------
    text : str or iterable of str
        The text must have half-width digits, because jieba cuts `１２．５` into single characters.
    words : iterable of str, optional
        Words that are not to be cut apart. By default these are the words of the codebook's table
        `userdict`. For the texts of a corpus, pass ``corpus.codebook.words``.
    engine : {"jieba", "rjieba"}
        "jieba" is the reference. "rjieba" is the same algorithm in Rust and about twenty times
        faster. The results of the two engines differ only next to rare characters (beyond the Basic
        Multilingual Plane, such as 𠀀) and where digits meet Latin letters (`0.X`).

    Examples
    --------
    >>> tokenize("推进医养结合")
    ['推进', '医养结合']
    """
    kept = shared_codebook().words if words is None else tuple(words)
    if engine not in ("jieba", "rjieba"):
        raise ValueError(f"engine '{engine}' is not known. Use 'jieba' or 'rjieba'.")
    cut = _cutter(kept, engine)
    if isinstance(text, str):
        return _words_of(text, cut)
    return [_words_of(one, cut) for one in text]


def _words_of(text: str, cut: Callable[[str], list[str]]) -> list[str]:
    """Cut a text into words with the function `cut`. A run of more than 400 characters without
    punctuation is given to `cut` in pieces, because jieba's time grows with the square of the run's
    length."""
    tokens: list[str] = []
    done = 0
    for run in _LONG_RUN.finditer(text) if len(text) > LONGEST_CLAUSE else ():
        for place in _cuts(text, *run.span()):
            tokens += cut(text[done:place])
            done = place
    return tokens + cut(text[done:]) if done else cut(text)


@lru_cache(maxsize=8)
def _cutter(words: tuple[str, ...], engine: str) -> Callable[[str], list[str]]:
    """Return a function that cuts text into words and keeps the given `words` whole. The function
    has its own segmenter, because words added to jieba's global segmenter would change the results
    of other code that uses jieba."""
    reference = _segmenter()
    for word in words:
        reference.add_word(word)
    _check_kept(words, reference.lcut)
    if engine == "jieba":
        return reference.lcut
    import rjieba

    fast = rjieba.Jieba()
    for word in words:
        # A word's frequency decides whether it is kept whole, so give both engines the same
        # frequency.
        fast.add_word(word, reference.FREQ[word], None)

    def cut(text: str) -> list[str]:
        tokens: list[str] = []
        for token in fast.cut(text):
            # rjieba keeps `2-3` as one token, but jieba cuts it into 2 | - | 3.
            if "-" in token and token not in reference.FREQ:
                tokens += [part for part in _LATIN.split(token) if part]
            else:
                tokens.append(token)
        return tokens

    return cut


def _check_kept(words: Iterable[str], cut: Callable[[str], list[str]]) -> None:
    """Raise an error for the first word that is not kept whole in the phrase 关于…的工作 ("the work
    on …"). A count of a word that is cut into pieces would find nothing."""
    for place, word in enumerate(words, 1):
        pieces = cut(f"关于{word}的工作")
        if word not in pieces:
            raise CodebookError(
                f"userdict: word '{word}' (word {place} of the list) does not stay whole. The"
                f" segmenter cuts 关于{word}的工作 into {' | '.join(pieces)}. Delete the word, or"
                " write a longer phrase that contains the word."
            )


# The SHA-256 of the file dict.txt in jieba 0.42.1, the version in requirements.lock.
_DICTIONARY = "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"


def _segmenter() -> jieba.Tokenizer:
    """Return a new segmenter of jieba with jieba's own dictionary.

    jieba itself would trust the file `jieba.cache` in the folder for temporary files. Any program
    and any user may have written this file.
    """
    import jieba

    segmenter = jieba.Tokenizer()
    frequencies, segmenter.total = _dictionary()
    segmenter.FREQ = dict(frequencies)
    segmenter.initialized = True
    return segmenter


def part_of_speech(word: str) -> str | None:
    """Return the part of speech that jieba's dictionary gives a word of two to four characters, or
    None for any other word.

    >>> part_of_speech("按照"), part_of_speech("郑州"), part_of_speech("云溪")
    ('p', 'ns', None)
    """
    return _parts_of_speech().get(word)


@lru_cache(maxsize=1)
def _parts_of_speech() -> dict[str, str]:
    entries = (files("jieba") / "dict.txt").read_text(encoding="utf8").split()
    pairs = zip(entries[::3], entries[2::3], strict=True)
    return {word: part for word, part in pairs if 2 <= len(word) <= 4}


@lru_cache(maxsize=1)
def _dictionary() -> tuple[dict[str, int], int]:
    """Read jieba's dictionary from the installed package, and return the frequency of each word and
    the sum of all frequencies. The beginning of each word is in the dictionary too, with frequency
    0 if the beginning is no word, because jieba looks for a longer word only if it finds the
    beginning."""
    content = (files("jieba") / "dict.txt").read_bytes()
    digest = sha256(content).hexdigest()
    if digest != _DICTIONARY:
        raise ValueError(
            f"dict.txt of the package jieba: the SHA-256 is {digest[:12]}…, expected"
            f" {_DICTIONARY[:12]}…, so texts would be cut into other words. Install the dictionary"
            " again: pip install --force-reinstall --no-deps jieba==0.42.1"
        )
    # each line of dict.txt holds a word, its frequency and its part of speech
    entries = content.decode().split()
    words, numbers = entries[::3], [int(number) for number in entries[1::3]]
    frequencies = dict.fromkeys((word[:end] for word in words for end in range(1, len(word))), 0)
    frequencies.update(zip(words, numbers, strict=True))
    return frequencies, sum(numbers)


def _heading_levels(lines: list[str]) -> list[int]:
    """Return the heading level of each line: 1 for `一、`, 2 for `(一)` or `1.`, 0 for a paragraph.
    A line is a heading only if a paragraph follows somewhere after it. A heading without a number
    gets level 2 if the text has numbered headings of level 2 and none of level 1, else level 1."""
    levels = [_heading_level(line.strip()) for line in lines]
    bare = min({1, 2}.intersection(levels), default=1)
    end = max((i for i, level in enumerate(levels, 1) if not level), default=0)
    kept = [bare if level == _BARE else level for level in levels[:end]]
    return kept + [0] * (len(levels) - end)


def _heading_level(line: str) -> int:
    inner = line.rstrip("。.")
    if len(line) > 60 or _INNER_STOP.search(_NUMBER_OF_ITEM.sub("", inner)):
        return 0
    is_stopped, is_short = _STOP.search(line) is not None, len(line) <= 40
    if _LEVEL_1.match(line):
        return int(not is_stopped or (is_short and not line.endswith((":", "：", ",", "，"))))
    if is_stopped:
        return 0
    if _LEVEL_2.match(line):
        return 2
    return _BARE if is_short else 0


def _sentence_edges(line: str) -> list[int]:
    """Return the offsets at which the sentences of a paragraph begin and end."""
    edges = [0]
    for match in _END.finditer(line):
        if line[match.start()] != "." or not _is_inner_point(line, edges[-1], match.start()):
            edges.append(match.end())
    edges.append(len(line))
    if len(line) <= LONGEST_SENTENCE:
        return edges
    return [0, *(edge for span in pairwise(edges) for edge in _sentence_pieces(line, *span))]


def _sentence_pieces(line: str, start: int, end: int) -> Iterator[int]:
    """Yield the offsets at which a sentence is cut into pieces of at most 2,000 characters, and
    the end of the sentence."""
    if end - start > LONGEST_SENTENCE:
        places = [start + place for place in clause_ends(line[start:end])]
        for before, after in pairwise(places):
            if after - start > LONGEST_SENTENCE:
                yield before
                start = before
    yield end


def _is_inner_point(line: str, start: int, place: int) -> bool:
    """Tell whether a point does not end a sentence, as in `12.5`, `1.加强领导` and `www.gov.cn`."""
    before, after = line[place - 1 : place], line[place + 1 : place + 2]
    if before.isalpha() and after.isalpha() and (before + after).isascii():
        return True
    if not before.isdigit():  # the point is a full stop, even if a digit follows (as in a date)
        return False
    if after.isdigit():  # 12.5
        return True
    return place - start <= 4 and _LIST_NUMBER.match(line[start : place + 1]) is not None
