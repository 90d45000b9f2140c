"""Codebook hits → how often each theme is said in each document, with intervals by resampling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.codebook import Codebook
from helpers.text import Corpus, Document, tokenize
from helpers.writing import as_table


def count_themes(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    n_boot: int = 999,
    seed: int = 0,
    headings: bool = True,
) -> pd.DataFrame:
    """Count the hits of every theme in every document.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        The shipped one by default.
    n_boot : int
        Resamples for the interval; 0 leaves it out.
    seed : int
        Same seed, same interval, whatever the other documents are and however they are ordered.
    headings : bool
        Whether headings count (in the hits and in the characters).

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, theme, family, n, per_1000_chars, low, high`, a row for every
        document × theme in the order of corpus and codebook, zeros kept. `low, high` (per 1,000
        characters) bound the middle 95 % of the rate when the document's sentences are drawn anew
        with replacement: they tell how much the rate hangs on single sentences, not how sure one
        can be of the city. Missing below 20 sentences.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> counts = count_themes(read_corpus("data/raw"), n_boot=0)  # doctest: +SKIP
    """
    codebook = codebook or corpus.codebook
    themes, documents = codebook.theme_table(), list(corpus)
    if headings and not n_boot:  # whole texts at once: no sentence needs to be known
        n = codebook.matcher.count([document.text for document in documents]) @ codebook.incidence
        chars = np.array([[n_chars(document.text)] for document in documents]).reshape(-1, 1)
        low = high = np.full(n.shape, np.nan)
    else:
        n, chars, low, high = _count_sentences(documents, codebook, n_boot, seed, headings)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = 1000 * n / chars
    table: dict[str, np.ndarray] = {}
    for name in ("doc", "city_zh", "city_en"):
        table[name] = np.repeat([getattr(document, name) for document in documents], len(themes))
    for name in ("theme", "family"):
        table[name] = np.tile(themes[name].to_numpy(dtype=object), len(documents))
    texts = dict.fromkeys(table, "str")
    table |= {"n": n.ravel().astype(np.int64), "per_1000_chars": rate.ravel()}
    table |= {"low": low.ravel(), "high": high.ravel()}
    return pd.DataFrame(table).astype(texts)


def _count_sentences(
    documents: list[Document], codebook: Codebook, n_boot: int, seed: int, headings: bool
) -> tuple[np.ndarray, ...]:
    """Hits, characters and the interval's bounds by document × theme, from the sentences."""
    shape = len(documents), codebook.incidence.shape[1]
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
    """Hits by sentence × theme, characters by sentence, and which sentences are headings."""
    sentences, text = document.sentences, document.text
    n_themes = codebook.incidence.shape[1]
    chars = np.array([n_chars(text[s.start : s.end]) for s in sentences], dtype=np.int64)
    heading = np.array([s.kind == "heading" for s in sentences], dtype=bool)
    found = np.array(codebook.matcher.find(text), dtype=np.int64).reshape(-1, 3)
    place = np.searchsorted([s.start for s in sentences], found[:, 1], side="right") - 1
    # a shared term counts for each of its themes
    hit, theme = np.nonzero(codebook.incidence[found[:, 0]])
    cells = np.bincount(place[hit] * n_themes + theme, minlength=len(sentences) * n_themes)
    return cells.reshape(len(sentences), n_themes), chars, heading


def n_chars(text: str) -> int:
    """The number of characters without white space."""
    return len("".join(text.split()))


MIN_BLOCKS = 20  # a document with fewer sentences gets no interval


def stability(
    counts: np.ndarray, chars: np.ndarray, *, n_boot: int = 999, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Bound the middle 95 % of each theme's rate over seeded resamples of a document's sentences.

    Parameters
    ----------
    counts : array of int, shape (sentences, themes)
    chars : array of int, shape (sentences,)
    n_boot, seed : int
        Documents with equally many sentences share their draws, so no document depends on another.

    Returns
    -------
    low, high : arrays of float, shape (themes,)
        Per 1,000 characters; missing with fewer than 20 sentences. With 999 resamples the 25th and
        975th of the ordered rates (Davison and Hinkley 1997, *Bootstrap Methods*, section 5.2).
    """
    n_blocks, n_themes = counts.shape
    low, high = np.full(n_themes, np.nan), np.full(n_themes, np.nan)
    if n_blocks < MIN_BLOCKS:
        return low, high
    low[:] = high[:] = 0.0
    said = np.flatnonzero(counts.any(axis=0))
    both = np.column_stack([counts[:, said], chars]).astype(float)
    sums = np.concatenate([weights @ both for weights in _draws(n_blocks, n_boot, seed)])
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.ascontiguousarray((1000 * sums[:, :-1] / sums[:, -1:]).T)
    low[said], high[said] = np.quantile(rates, [0.025, 0.975], axis=1, method="weibull")
    return low, high


def _draws(n_blocks: int, n_boot: int, seed: int) -> Iterable[np.ndarray]:
    """How often each sentence is drawn in each resample, in pieces that fit into memory."""
    if n_blocks * n_boot > 500_000:
        return _pieces(n_blocks, n_boot, seed)
    return _few_draws(n_blocks, n_boot, seed)


@lru_cache(maxsize=64)
def _few_draws(n_blocks: int, n_boot: int, seed: int) -> tuple[np.ndarray, ...]:
    return tuple(_pieces(n_blocks, n_boot, seed))


def _pieces(n_blocks: int, n_boot: int, seed: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng([seed, n_blocks])
    # Small pieces also keep the products in `stability` in one thread: BLAS threads that wait for
    # a busy core cost ten times more.
    step = max(1, 8_000 // n_blocks)
    for first in range(0, n_boot, step):
        rows = min(step, n_boot - first)
        drawn = random.integers(n_blocks, size=(rows, n_blocks))
        drawn += n_blocks * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n_blocks)
        yield counts.reshape(rows, n_blocks).astype(float)


_HITS = dict.fromkeys("doc section sentence theme term start end quote".split(), "str")


def theme_hits(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List every hit of a theme with its place and its verbatim quotation.

    Returns
    -------
    DataFrame
        `doc, section, sentence, theme, term, start, end, quote`, in text order; offsets into the
        raw text. `term` is the codebook's term, wildcards included. A term shared by two themes
        gives a row for each.
    """
    codebook = codebook or corpus.codebook
    rows = [row for document in corpus for row in _hits(document, codebook)]
    return as_table(rows, _HITS)


def _hits(document: Document, codebook: Codebook) -> Iterator[tuple]:
    """The rows of `theme_hits` for one document."""
    terms, themes, sentences = codebook.matcher.terms, codebook.themes_of_term, document.sentences
    found = codebook.matcher.find(document.text)
    firsts = [start for _, start, _ in found]
    places = np.searchsorted([s.start for s in sentences], firsts, side="right") - 1
    quotes = document.cite((start, end) for _, start, end in found)
    for (number, _, _), quote, place in zip(found, quotes, places, strict=True):
        sentence, term = sentences[place], terms[number]
        for theme in themes[term]:
            yield document.doc, sentence.section, sentence.sentence, theme, term, *quote


def document_feature_matrix(
    corpus: Corpus,
    *,
    features: str = "tokens",
    unit: str = "document",
    codebook: Codebook | None = None,
    stopwords: Iterable[str] = (),
    engine: str = "jieba",
) -> pd.DataFrame:
    """Count features by document, paragraph or sentence.

    Parameters
    ----------
    corpus : Corpus
    features : {"tokens", "terms", "themes"}
        Words of the segmenter (numbers and punctuation are no words), terms or themes of the
        codebook.
    unit : {"document", "paragraph", "sentence"}
        What a row is.
    codebook : Codebook, optional
        Its user dictionary keeps words whole; its terms are counted with `features="terms"`.
    stopwords : iterable of str
        Words to leave out, such as ``read_table("codebook/stopwords")["word"]``.
    engine : {"jieba", "rjieba"}
        See `tokenize`.

    Returns
    -------
    DataFrame of int
        Rows in corpus order (index `doc`, or `doc, paragraph` …); columns by total count, then by
        feature; themes in the order of the codebook. Dense: for documents by the thousand leave
        `unit` as it is.
    """
    if features not in ("tokens", "terms", "themes"):
        raise ValueError(f"features '{features}' is not known. Use 'tokens', 'terms' or 'themes'.")
    if unit not in ("document", "paragraph", "sentence"):
        raise ValueError(f"unit '{unit}' is not known. Use 'document', 'paragraph' or 'sentence'.")
    codebook = codebook or corpus.codebook
    keys, texts = zip(*_units(corpus, unit), strict=True) if len(corpus) else ((), ())
    if features == "tokens":
        drop = set(stopwords)
        tokenized = tokenize(texts, words=codebook.words, engine=engine)
        matrix, names = _tally([[w for w in t if is_word(w) and w not in drop] for t in tokenized])
    else:
        matrix, names = codebook.matcher.count(texts), list(codebook.matcher.terms)
        if features == "themes":
            matrix, names = matrix @ codebook.incidence, list(codebook.theme_table()["theme"])
    if unit == "document":
        index = pd.Index(keys, name="doc")
    else:
        index = pd.MultiIndex.from_tuples(keys, names=("doc", unit))
    table = pd.DataFrame(matrix, index=index, columns=pd.Index(names, name="feature", dtype="str"))
    if features == "themes":
        return table
    totals = matrix.sum(axis=0)
    return table.iloc[:, sorted(range(len(names)), key=lambda i: (-totals[i], names[i]))]


def is_word(token: str) -> bool:
    """Whether a token holds a letter or a Han character: 养老 and APP, not `12.5%` and `、`."""
    return any(char.isalpha() for char in token)


def _units(corpus: Corpus, unit: str) -> Iterator[tuple[str | tuple[str, int], str]]:
    """The key and the text of every document, paragraph or sentence."""
    for document in corpus:
        if unit == "document":
            yield document.doc, document.text
            continue
        parts: dict[int, list[str]] = {}
        for sentence in document.sentences:
            number = sentence.paragraph if unit == "paragraph" else sentence.sentence
            parts.setdefault(number, []).append(document.text[sentence.start : sentence.end])
        for number, texts in parts.items():
            yield (document.doc, number), "\n".join(texts)


def _tally(lists: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """Count words by list: a matrix lists × words and the words."""
    number: dict[str, int] = {}
    columns = [[number.setdefault(word, len(number)) for word in words] for words in lists]
    matrix = np.zeros((len(lists), len(number)), dtype=np.int64)
    for row, column in zip(matrix, columns, strict=True):
        np.add.at(row, column, 1)
    return matrix, list(number)


_HITS |= dict.fromkeys("section sentence start end".split(), "int64")
