"""Counts of themes → how much they depend on terms, broken lines and the way of counting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, Matcher, has_wildcard, term_pattern
from helpers.text import Corpus, tokenize
from helpers.writing import as_table

from .counts import count_themes, is_word, n_chars, sentence_counts


def compare_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, engine: str = "jieba"
) -> pd.DataFrame:
    """Set the string count of each term beside the segmenter's.

    Returns
    -------
    DataFrame
        `theme, term, n_string, n_segmenter, n_user_words, n_sentences_differ`, a row a term that
        either side finds, by `n_string - n_segmenter` falling, ties by term. `n_segmenter` counts
        tokens of jieba's own dictionary equal to the term, `n_user_words` those with the user
        dictionary; `n_sentences_differ` sentences where string and jieba's own dictionary disagree.
        The string count can be the lower one: 助餐 inside 老年助餐服务 is that hit.
    """
    codebook = codebook or corpus.codebook
    cells = _count_both_ways(corpus, codebook, (), engine)
    own = _count_both_ways(corpus, codebook, codebook.words, engine)
    string, segmenter, user, differ = Counter(), Counter(), Counter(), Counter()
    for (_, _, term), (n_string, n_segmenter) in cells.items():
        string[term] += n_string
        segmenter[term] += n_segmenter
        differ[term] += n_string != n_segmenter
    for (_, _, term), (_, n_user) in own.items():
        user[term] += n_user
    terms = sorted(set(string) | set(user), key=lambda t: (segmenter[t] - string[t], t))
    rows = [
        ("|".join(codebook.themes_of_term[t]), t, string[t], segmenter[t], user[t], differ[t])
        for t in terms
    ]
    return _table(rows, "theme term n_string n_segmenter n_user_words n_sentences_differ")


def count_disagreements(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    words: Iterable[str] = (),
    engine: str = "jieba",
) -> pd.DataFrame:
    """List the sentences where string count and segmenter disagree about a term.

    Parameters
    ----------
    corpus, codebook
    words : iterable of str
        User dictionary of the segmenter; none by default, as in most studies.

    Returns
    -------
    DataFrame
        `doc, section, sentence, term, n_string, n_segmenter, tokens, start, end, quote`: sentences
        in text order, in a sentence by term; `tokens` is the segmenter's cut, parted by `|`;
        offsets and quotation are the sentence's.
    """
    codebook = codebook or corpus.codebook
    cells = _count_both_ways(corpus, codebook, tuple(words), engine)
    rows = []
    for (doc, number, term), counts in sorted(cells.items()):
        if counts[0] != counts[1]:
            document = corpus[doc]
            sentence = document.sentences[number]
            text = document.text[sentence.start : sentence.end]
            tokens = "|".join(tokenize(text, words=words, engine=engine))
            start, end = document.raw_span(sentence.start, sentence.end)
            place = (doc, sentence.section, sentence.sentence)
            rows.append((*place, term, *counts, tokens, start, end, document.quote(start, end)))
    columns = "doc section sentence term n_string n_segmenter tokens start end quote"
    return _table(rows, columns)


def _count_both_ways(
    corpus: Corpus, codebook: Codebook, words: tuple[str, ...], engine: str
) -> dict[tuple[str, int, str], tuple[int, int]]:
    """String count and token count by (doc, place of the sentence, term); at least one is not 0."""
    terms = codebook.matcher.terms
    plain = {term for term in terms if not has_wildcard(term)}
    wild = [(term, re.compile(term_pattern(term))) for term in terms if has_wildcard(term)]
    cells: dict[tuple[str, int, str], tuple[int, int]] = {}
    for document in corpus:
        texts = [document.text[s.start : s.end] for s in document.sentences]
        tokenized = tokenize(texts, words=words, engine=engine)
        for place, (text, tokens) in enumerate(zip(texts, tokenized, strict=True)):
            string = Counter(terms[number] for number, _, _ in codebook.matcher.find(text))
            cut = Counter(token for token in tokens if token in plain)
            others = [token for token in tokens if token not in plain]
            for term, pattern in wild:
                cut[term] += sum(pattern.fullmatch(token) is not None for token in others)
            for term in set(string) | {term for term, n in cut.items() if n}:
                cells[document.doc, place, term] = string[term], cut[term]
    return cells


def hidden_hits(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Count theme hits in the body as the file has it, its lines broken, and in the clean text.

    Returns
    -------
    DataFrame
        `doc, n_raw_lines, n_clean, n_hidden, share_hidden` (percent of the hits in the clean text).
        Both sides are half width, so that only the broken lines differ.
    """
    codebook = codebook or corpus.codebook
    rows = []
    for document in corpus:
        # the body, from its first character to its last
        span = document.raw_span(0, len(document.text)) if document.text else (0, 0)
        body = half_width(document.raw[slice(*span)])
        raw, clean = codebook.matcher.count([body, document.text]).sum(axis=1).tolist()
        share = 100 * (clean - raw) / clean if clean else np.nan
        rows.append((document.doc, raw, clean, clean - raw, share))
    return _table(rows, "doc n_raw_lines n_clean n_hidden share_hidden")


def sensitivity(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    only_changes: bool = True,
    engine: str = "jieba",
) -> pd.DataFrame:
    """Recount without one term at a time, without headings, and by other measures; say which ranks
    change.

    Returns
    -------
    DataFrame
        `variant, term, doc, theme, family, n, n_variant, rank, rank_variant, doc_rank,
        doc_rank_variant`. `rank` is the theme's within its family in a document, `doc_rank` the
        document's within a theme (1 = highest; equals share the better rank). Variants: `without
        term` (`term` says which), `without headings`, `per 1,000 words`, `share of sentences`
        (those with a hit). Rows in the order of variants, terms by codebook, documents, themes; by
        default only rows in which a rank changes.
    """
    codebook = codebook or corpus.codebook
    docs, themes = [document.doc for document in corpus], codebook.theme_table()
    names = list(themes[["theme", "family"]].itertuples(index=False, name=None))
    (_, _, n, rates), *variants = _variants(corpus, codebook, engine)
    rank, doc_rank = _ranks(rates, themes["family"])
    rows = []
    for variant, term, n_variant, rates in variants:
        other, other_doc = _ranks(rates, themes["family"])
        shown = (rank != other) | (doc_rank != other_doc) | (not only_changes)
        measures = (n, n_variant, rank, other, doc_rank, other_doc)
        rows += [
            (variant, term, docs[i], *names[j], *(measure[i, j] for measure in measures))
            for i, j in np.argwhere(shown)
        ]
    columns = "variant term doc theme family n n_variant rank rank_variant doc_rank"
    return _table(rows, columns + " doc_rank_variant")


def _variants(
    corpus: Corpus, codebook: Codebook, engine: str
) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Name, term, hits and rates (documents × themes) of the count as it is, then of each other."""
    texts = [document.text for document in corpus]
    shape = (len(texts), codebook.incidence.shape[1])
    counts = codebook.matcher.count(texts)
    n = (counts @ codebook.incidence).reshape(shape)
    chars = np.array([[n_chars(text) or 1] for text in texts]).reshape(-1, 1)
    yield "", "", n, n / chars
    for number in np.flatnonzero(counts.any(axis=0)):
        terms = list(codebook.matcher.terms)
        term = terms.pop(number)
        fewer = Matcher(terms).count(texts) @ np.delete(codebook.incidence, number, axis=0)
        yield "without term", term, fewer, fewer / chars
    bare = count_themes(corpus, codebook, n_boot=0, headings=False)
    fewer, rates = (bare[name].fillna(0).to_numpy() for name in ("n", "per_1000_chars"))
    yield "without headings", "", fewer.reshape(shape), rates.reshape(shape)
    tokenized = tokenize(texts, words=codebook.words, engine=engine)
    words = [[sum(map(is_word, tokens)) or 1] for tokens in tokenized]
    yield "per 1,000 words", "", n, n / np.array(words).reshape(-1, 1)
    said = [(sentence_counts(document, codebook)[0] > 0).sum(axis=0) for document in corpus]
    sentences = np.array([[len(document.sentences) or 1] for document in corpus]).reshape(-1, 1)
    yield "share of sentences", "", n, np.array(said).reshape(shape) / sentences


def _ranks(rates: np.ndarray, family: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Rank of a theme in its document and family, and of a document in its theme."""
    from scipy.stats import rankdata

    within = np.zeros(rates.shape, dtype=np.int64)
    for name in family.unique():
        columns = np.flatnonzero(family == name)
        within[:, columns] = rankdata(-rates[:, columns], method="min", axis=1)
    return within, rankdata(-rates, method="min", axis=0).astype(np.int64)


def cloud_words(
    corpus: Corpus,
    *,
    most: int = 100,
    codebook: Codebook | None = None,
    stopwords: Iterable[str] | None = None,
    engine: str = "jieba",
) -> pd.DataFrame:
    """Count the words for a word cloud of each document (the cloud places them, it never counts).

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, word, n, per_1000_chars`, in corpus order, the `most` frequent words
        of each document by `n` falling, ties by word. Words of one character and the codebook's
        stopwords are left out. For one scale across cities size by `per_1000_chars`.
    """
    codebook = codebook or corpus.codebook
    drop = set(codebook.stopwords["word"] if stopwords is None else stopwords)
    rows = []
    for document in corpus:
        tokens = tokenize(document.text, words=codebook.words, engine=engine)
        counts = Counter(t for t in tokens if is_word(t) and len(t) > 1 and t not in drop)
        city, chars = (document.doc, document.city_zh, document.city_en), n_chars(document.text)
        for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]:
            rows.append((*city, word, n, 1000 * n / chars))
    return _table(rows, "doc city_zh city_en word n per_1000_chars")


_TEXTS = "doc city_zh city_en variant theme family term tokens quote word".split()
_TYPES = dict.fromkeys(_TEXTS, "str") | {"share_hidden": "float64", "per_1000_chars": "float64"}


def _table(rows: list[tuple], columns: str) -> pd.DataFrame:
    """A table with these columns; those that are neither texts nor rates are whole numbers."""
    return as_table(rows, {name: _TYPES.get(name, "int64") for name in columns.split()})
