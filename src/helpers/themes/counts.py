"""Count the hits of the codebook's terms and themes per document, and give rates with intervals.

Use `count_themes` to compare how often documents mention each theme. The functions that count
sentences and words also serve other modules.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.characters import chinese_number
from helpers.codebook import Codebook
from helpers.text import Corpus, Document, takes_corpus, tokenize
from helpers.writing import QUOTATION, as_table


@takes_corpus
def count_themes(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    n_boot: int = 999,
    seed: int = 0,
    headings: bool = True,
) -> pd.DataFrame:
    """Count the hits of every theme in every document.

    In a document that is not mainly about the codebook's topic, such as a government's yearly
    report, terms of the family `service` count only in sentences with a word of the topic. All
    counts of themes and terms follow this rule for documents on several matters.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        By default the codebook that the corpus was read with.
    n_boot : int
        Number of resamples from which the interval of each rate is taken. With 0 there is no
        interval.
    seed : int
        The same seed gives a document the same interval, whatever the other documents are.
    headings : bool
        Whether the hits and the characters of headings are counted.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, theme, family, n, per_1000_chars, low, high`, one row for each pair
        of document and theme, in the order of corpus and codebook. A theme without hits has a row
        in which `n` is 0. `low, high` (per 1,000 characters) bound the middle 95 % of the rates
        that result when the document's sentences are resampled with replacement. The bounds show
        how much the rate depends on single sentences, not how certain the rate is for the city.
        `low` and `high` are missing for a document with fewer than 20 sentences.

    Examples
    --------
    The first two themes in the briefing from Jiyuan:

    >>> from helpers import count_themes, read_corpus
    >>> counts = count_themes(read_corpus(), n_boot=0)
    >>> counts[["doc", "theme", "n"]].head(2)
              doc          theme   n
    0  000_jiyuan     mobilising   9
    1  000_jiyuan  investigating  31
    """
    codebook = codebook or corpus.codebook
    themes, documents = codebook.theme_table(), list(corpus)
    # With headings and without intervals, texts need not be split into sentences, which saves time.
    if headings and not n_boot:
        n = count_in_texts([document.text for document in documents], codebook)
        chars = np.array([[n_chars(document.text)] for document in documents]).reshape(-1, 1)
        low = high = np.full(n.shape, np.nan)
    else:
        n, chars, low, high = _count_sentences(documents, codebook, n_boot, seed, headings)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 1000 * n / chars
    # Each string of a column is made once and then repeated, because making strings is slow.
    places = (
        np.arange(len(documents)).repeat(len(themes)),
        np.tile(range(len(themes)), len(documents)),
    )
    columns: dict[str, object] = {}
    for name in ("doc", "city_zh", "city_en"):
        texts = [getattr(document, name) for document in documents]
        columns[name] = pd.array(texts, dtype="str").take(places[0])
    for name in ("theme", "family"):
        columns[name] = pd.array(themes[name], dtype="str").take(places[1])
    measures = {"n": n.astype(np.int64), "per_1000_chars": rate, "low": low, "high": high}
    return pd.DataFrame(columns | {name: value.ravel() for name, value in measures.items()})


def count_in_texts(
    texts: Sequence[str], codebook: Codebook, is_main: Sequence[bool] | None = None
) -> np.ndarray:
    """Return how often each theme is found in each text (texts × themes). If the texts are parts of
    documents, `is_main` says whether the document of each part is mainly about the codebook's
    topic."""
    return codebook.count_terms(texts, is_main) @ codebook.term_theme_matrix


def _count_sentences(
    documents: list[Document], codebook: Codebook, n_boot: int, seed: int, headings: bool
) -> tuple[np.ndarray, ...]:
    """Return each document's hits per theme, its number of characters, and the bounds of each
    theme's rate."""
    shape = len(documents), codebook.term_theme_matrix.shape[1]
    n, chars = np.zeros(shape), np.zeros((len(documents), 1))
    low, high = np.full((2, *shape), np.nan)
    for row, document in enumerate(documents):
        counts, lengths, heading = sentence_counts(document, codebook)
        kept = np.ones(len(heading), dtype=bool) if headings else ~heading
        n[row], chars[row] = counts[kept].sum(axis=0), lengths[kept].sum()
        if n_boot:
            low[row], high[row] = stability(counts[kept], lengths[kept], n_boot=n_boot, seed=seed)
    return n, chars, low, high


def sentence_counts(
    document: Document, codebook: Codebook
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, for each sentence, its hits per theme, its length, and whether it is a heading."""
    sentences = document.sentences
    n_themes = codebook.term_theme_matrix.shape[1]
    chars = np.array([n_chars(text) for text in sentence_texts(document)], dtype=np.int64)
    heading = np.array([s.kind == "heading" for s in sentences], dtype=bool)
    hits = np.array(codebook.find(document.text), dtype=np.int64).reshape(-1, 3)
    place = np.searchsorted([s.start for s in sentences], hits[:, 1], side="right") - 1
    # A hit of a term that several themes share counts for each of these themes.
    hit, theme = np.nonzero(codebook.term_theme_matrix[hits[:, 0]])
    cells = np.bincount(place[hit] * n_themes + theme, minlength=len(sentences) * n_themes)
    return cells.reshape(len(sentences), n_themes), chars, heading


def sentence_texts(document: Document) -> list[str]:
    """Return the clean texts of a document's sentences and headings, in order."""
    return [document.text[sentence.start : sentence.end] for sentence in document.sentences]


def n_chars(text: str) -> int:
    """Count the characters of a text that are not white space."""
    return len("".join(text.split()))


MIN_BLOCKS = 20  # a document with fewer than 20 sentences gets no interval around its rates


def stability(
    counts: np.ndarray, chars: np.ndarray, *, n_boot: int = 999, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return two bounds for each theme, which show how much its rate depends on single sentences.

    The bounds enclose the middle 95 % of the rates that result when the sentences are resampled
    with replacement.

    `counts` holds the hits (sentences × themes), `chars` the length of each sentence. The lower and
    the upper bound are rates per 1,000 characters, and are missing if the document has fewer than
    20 sentences. With 999 resamples the bounds are the 25th and the 975th of the ordered rates
    (Davison and Hinkley 1997, *Bootstrap Methods*, section 5.2). The random draws depend only on
    the seed and the number of sentences, so that no result depends on another document.
    """
    n_blocks, n_themes = counts.shape
    low, high = np.full((2, n_themes), 0.0 if n_blocks >= MIN_BLOCKS else np.nan)
    if n_blocks < MIN_BLOCKS:
        return low, high
    # the rate of a theme without hits is 0 in every resample
    present = np.flatnonzero(counts.any(axis=0))
    hits_and_chars = np.column_stack([counts[:, present], chars]).astype(float)
    # Random draws are kept for other documents with the same number of sentences, unless the draws
    # would take too much memory.
    draws = _batches if n_blocks * n_boot > 500_000 else _kept_draws
    sums = np.concatenate([weights @ hits_and_chars for weights in draws(n_blocks, n_boot, seed)])
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.ascontiguousarray((1000 * sums[:, :-1] / sums[:, -1:]).T)
    low[present], high[present] = np.quantile(rates, [0.025, 0.975], axis=1, method="weibull")
    return low, high


@lru_cache(maxsize=64)
def _kept_draws(n_blocks: int, n_boot: int, seed: int) -> tuple[np.ndarray, ...]:
    return tuple(_batches(n_blocks, n_boot, seed))


def _batches(n_blocks: int, n_boot: int, seed: int) -> Iterator[np.ndarray]:
    """Yield in batches how often each resample draws each sentence (resamples × sentences)."""
    random = np.random.default_rng([seed, n_blocks])
    # With small batches the matrix products in `stability` stay in one thread. Several threads
    # would take ten times longer on a machine whose other cores are busy.
    step = max(1, 8_000 // n_blocks)
    for first in range(0, n_boot, step):
        rows = min(step, n_boot - first)
        drawn = random.integers(n_blocks, size=(rows, n_blocks))
        # Each resample (row) gets numbers of its own, so that one call of `bincount` counts all
        # resamples.
        drawn += n_blocks * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n_blocks)
        yield counts.reshape(rows, n_blocks).astype(float)


_TEXTS = (
    "doc city_zh city_en variant theme family zh en term word pre keyword post collocate source"
    " target"
)
_TYPES = dict.fromkeys(_TEXTS.split(), "str")
_TYPES |= dict.fromkeys(("quote", "tokens"), QUOTATION)
_TYPES |= dict.fromkeys("share_hidden per_1000_chars log_dice weight".split(), "float64")


def typed_table(rows: Iterable[tuple], columns: str) -> pd.DataFrame:
    """Make a table with the named columns. A column without a type in `_TYPES` holds integers."""
    return as_table(rows, {name: _TYPES.get(name, "int64") for name in columns.split()})


@takes_corpus
def theme_hits(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List every hit of a theme with its place in the file and its verbatim text.

    Returns
    -------
    DataFrame
        `doc, section, sentence, theme, term, start, end, quote`, in text order. `start` and `end`
        say where the hit stands in the raw text. `term` is written as in the codebook, with its
        wildcards. A hit of a term that two themes share gives one row for each theme.
        `count_themes` says which hits count in documents on several matters.

    Examples
    --------
    The first two hits: 以人民为中心 ("people-centred") and 保障和改善民生 ("ensure and improve
    people's livelihood").

    >>> from helpers import read_corpus, theme_hits
    >>> theme_hits(read_corpus())[["doc", "theme", "term", "start", "end", "quote"]].head(2)
              doc              theme     term  start  end    quote
    0  000_jiyuan  people_livelihood   以人民为中心    155  161   以人民为中心
    1  000_jiyuan  people_livelihood  保障和改善民生    175  182  保障和改善民生
    """
    codebook = codebook or corpus.codebook
    rows = [row for document in corpus for row in _hits(document, codebook)]
    return typed_table(rows, "doc section sentence theme term start end quote")


def _hits(document: Document, codebook: Codebook) -> Iterator[tuple]:
    """Yield the rows of `theme_hits` for one document."""
    terms, themes, sentences = codebook.matcher.terms, codebook.themes_of_term, document.sentences
    hits = codebook.find(document.text)
    firsts = [start for _, start, _ in hits]
    places = np.searchsorted([s.start for s in sentences], firsts, side="right") - 1
    quotes = document.cite((start, end) for _, start, end in hits)
    for (number, _, _), quote, place in zip(hits, quotes, places, strict=True):
        sentence, term = sentences[place], terms[number]
        for theme in themes[term]:
            yield document.doc, sentence.section, sentence.sentence, theme, term, *quote


@takes_corpus
def document_feature_matrix(
    corpus: Corpus,
    *,
    features: str = "tokens",
    unit: str = "document",
    codebook: Codebook | None = None,
    stopwords: Iterable[str] = (),
    engine: str = "jieba",
) -> pd.DataFrame:
    """Count words, terms or themes in each document, paragraph or sentence.

    Parameters
    ----------
    corpus : Corpus
    features : {"tokens", "terms", "themes"}
        What is counted: words as the segmenter cuts them (without numbers and punctuation), or
        terms of the codebook, or themes of the codebook.
    unit : {"document", "paragraph", "sentence"}
        The part of the text that each row of the matrix stands for.
    codebook : Codebook, optional
        By default the codebook that the corpus was read with. Its user dictionary tells the
        segmenter which words to keep whole. Its terms and themes are the ones that
        `features="terms"` and `features="themes"` count.
    stopwords : iterable of str
        Words to leave out of the tokens, such as ``read_table("codebook/stopwords")["word"]``.
    engine : {"jieba", "rjieba"}
        The segmenter that cuts the text into words (see `tokenize`).

    Returns
    -------
    DataFrame of int
        Rows are in corpus order (index `doc`, or `doc, paragraph` …). Columns are sorted by falling
        total count, then by name, but themes keep the order of the codebook. The matrix stores its
        zeros, so a matrix of the sentences of thousands of documents may not fit in memory.

    Examples
    --------
    The most frequent words here are 的 (a particle), 工作 ("work") and 养老服务 ("elderly care
    service").

    >>> from helpers import document_feature_matrix, read_corpus
    >>> matrix = document_feature_matrix(read_corpus())
    >>> matrix.loc["001_sanmenxia"].head(3).to_dict()
    {'的': 48, '工作': 38, '养老服务': 35}
    """
    if features not in ("tokens", "terms", "themes"):
        raise ValueError(f"features '{features}' is not known. Use 'tokens', 'terms' or 'themes'.")
    if unit not in ("document", "paragraph", "sentence"):
        raise ValueError(f"unit '{unit}' is not known. Use 'document', 'paragraph' or 'sentence'.")
    codebook = codebook or corpus.codebook
    units = list(_units(corpus, unit))
    keys, texts = [key for key, _ in units], [text for _, text in units]
    if features == "tokens":
        matrix, names = _count_tokens(texts, codebook, stopwords, engine)
    else:
        docs = keys if unit == "document" else [key[0] for key in keys]
        matrix, names = _count_terms(texts, _are_main(docs, corpus, codebook), features, codebook)
    if unit == "document":
        index = pd.Index(keys, name="doc")
    else:
        levels = list(zip(*keys, strict=True)) or [(), ()]
        index = pd.MultiIndex.from_arrays(levels, names=("doc", unit))
    table = pd.DataFrame(matrix, index=index, columns=pd.Index(names, name="feature", dtype="str"))
    if features == "themes":
        return table
    totals = matrix.sum(axis=0)
    return table.iloc[:, sorted(range(len(names)), key=lambda i: (-totals[i], names[i]))]


def _are_main(docs: Sequence[str], corpus: Corpus, codebook: Codebook) -> list[bool]:
    """Return, for each document id in `docs`, whether the document is mainly about the codebook's
    topic."""
    main = {document.doc: codebook.subject.is_main(document.text) for document in corpus}
    return [main[doc] for doc in docs]


def _count_terms(
    texts: Sequence[str], is_main: Sequence[bool], features: str, codebook: Codebook
) -> tuple[np.ndarray, list[str]]:
    """Return the counts of terms or themes (texts × features) and the names of the features.
    `is_main` says whether the document of each text is mainly about the codebook's topic."""
    if features == "terms":
        return codebook.count_terms(texts, is_main).toarray(), list(codebook.matcher.terms)
    return count_in_texts(texts, codebook, is_main), list(codebook.theme_table()["theme"])


def _count_tokens(
    texts: Sequence[str], codebook: Codebook, stopwords: Iterable[str], engine: str
) -> tuple[np.ndarray, list[str]]:
    """Count the words in each text, without stopwords, numbers and signs. Return the counts (texts
    × words) and the words."""
    is_kept = codebook.once(WordTest).without(stopwords)
    tokenized = tokenize(texts, words=codebook.words, engine=engine)
    return _tally([list(filter(is_kept, tokens)) for tokens in tokenized])


def is_word(token: str) -> bool:
    """Tell whether a token contains a letter or a Han character.

    >>> [is_word(token) for token in ("养老", "APP", "12.5%", "、")]  # 养老: "elderly care"
    [True, True, False, False]
    """
    return any(char.isalpha() for char in token)


_LARGE = re.compile("[十百千万亿]")
_NUMERALS = "一二两三四五六七八九十百千万亿"


class WordTest:
    """Tells whether a token is a word and not a sign, a number or a part of a number.
    ``codebook.once(WordTest)`` returns the test for a codebook's table `units`.

    The segmenter cuts 30余个 ("more than 30") into 30 and 余个. A token such as 余个, 万余, 多次 or
    两家 consists only of numerals and measure words, so that it counts as part of a number.

    >>> from helpers.codebook import shared_codebook
    >>> is_word_of = WordTest(shared_codebook())
    >>> list(filter(is_word_of, ["余个", "万余", "多次", "三百", "12", "多元", "十四五", "养老"]))
    ['多元', '十四五', '养老']
    """

    def __init__(self, codebook: Codebook) -> None:
        units = codebook.units
        counted = units[units["chinese"] == "yes"]["unit"]
        # After 多, 几 or 数 ("several"), only a unit of counts or durations shows a number.
        # Therefore 多元 ("diverse") and 数字 ("digital") are words, although 元 ("yuan") and 字
        # ("character") are units.
        is_measure = units["kind"].isin(["count", "duration"]) & (units["chinese"] == "yes")
        unit, measure = (
            "|".join(map(re.escape, names)) for names in (counted, units["unit"][is_measure])
        )
        numeral = f"第?[{_NUMERALS}]+[余多几]?[{_NUMERALS}]*"
        self._part = re.compile(
            f"(?:{numeral}|余[{_NUMERALS}]*)(?:{unit})"
            f"|(?:[多几][{_NUMERALS}]*|数[{_NUMERALS}]+)(?:{measure})"
            f"|第[{_NUMERALS}]+|[{_NUMERALS}]+[余多几]|[余多几数][{_NUMERALS}]+"
        )

    def __call__(self, token: str) -> bool:
        if not is_word(token) or self._part.fullmatch(token):
            return False
        # A token of numerals without 十, 百, 千, 万 or 亿 may be a name, such as 五四 ("May
        # Fourth").
        return len(token) == 1 or not _LARGE.search(token) or chinese_number(token) is None

    def without(self, stopwords: Iterable[str]) -> Callable[[str], bool]:
        """Return a test that also refuses `stopwords`, and that stores its result for each
        token."""
        dropped = set(stopwords)
        return functools.cache(lambda token: token not in dropped and self(token))


def _units(corpus: Corpus, unit: str) -> Iterator[tuple[str | tuple[str, int], str]]:
    """Yield the key and the text of each document, paragraph or sentence. The key of a document is
    its id. The key of a paragraph or sentence is the document's id and a number."""
    for document in corpus:
        if unit == "document":
            yield document.doc, document.text
            continue
        parts: dict[int, list[str]] = {}
        for sentence, text in zip(document.sentences, sentence_texts(document), strict=True):
            parts.setdefault(getattr(sentence, unit), []).append(text)
        for number, texts in parts.items():
            yield (document.doc, number), "\n".join(texts)


def _tally(lists: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """Count the words in each list. Return the counts (lists × words) and the words."""
    number: dict[str, int] = {}
    columns = [[number.setdefault(word, len(number)) for word in words] for words in lists]
    counts = [np.bincount(np.array(column, dtype=int), minlength=len(number)) for column in columns]
    return np.array(counts, dtype=np.int64).reshape(len(lists), len(number)), list(number)
