"""Words that stand together in paragraphs → collocates and a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, Matcher
from helpers.text import Corpus, tokenize

from .counts import is_word


class Network(NamedTuple):
    """`nodes`: `word, n, n_sentences, docfreq, degree`; `edges`: `source, target, n_both, weight`
    (Ochiai)."""

    nodes: pd.DataFrame
    edges: pd.DataFrame


def collocates(
    corpus: Corpus,
    term: str,
    *,
    window: int = 5,
    min_count: int = 2,
    codebook: Codebook | None = None,
    stopwords: Iterable[str] = (),
    engine: str = "jieba",
) -> pd.DataFrame:
    """List the words that keep company with a term.

    Parameters
    ----------
    corpus : Corpus
    term : str
        Found on the string (wildcards allowed), so that it need not be a word of the segmenter.
    window : int
        Words to each side, within the sentence.
    min_count : int
        Fewest times that both stand together.
    codebook, stopwords, engine
        See `document_feature_matrix`.

    Returns
    -------
    DataFrame
        `collocate, n_both, n_term, n_collocate, docfreq, log_dice`, by `log_dice` falling, ties by
        `n_both` falling, then by collocate. `log_dice` = 14 + log2(2 · n_both / (n_term +
        n_collocate)) (Rychlý 2008); 14 is the most possible, one less means half as often. `n_both`
        counts each term and each collocate once at most.
    """
    if not term.strip():
        raise ValueError("the term is empty. Give a word such as '助餐'.")
    codebook = codebook or corpus.codebook
    matcher, drop = Matcher([half_width(term.strip())]), set(stopwords)
    near: Counter[str] = Counter()  # collocates beside a term
    with_near: Counter[str] = Counter()  # terms with such a collocate
    total: Counter[str] = Counter()
    docs: dict[str, set[str]] = {}
    n_term = 0
    for document in corpus:
        texts = [document.text[s.start : s.end] for s in document.sentences]
        tokenized = tokenize(texts, words=codebook.words, engine=engine)
        for text, tokens in zip(texts, tokenized, strict=True):
            words, nodes = _words_and_nodes(tokens, matcher.find(text))
            n_term += len(nodes)
            total.update(word for word in words if word)
            beside: set[int] = set()
            for first, last in nodes:
                places = [
                    *range(max(0, first - window), first),
                    *range(last, min(last + window, len(words))),
                ]
                beside.update(places)
                with_near.update({words[place] for place in places})
            for place in beside:
                near[words[place]] += 1
                docs.setdefault(words[place], set()).add(document.doc)
    rows = []
    for word, count in near.items():
        both = min(count, with_near[word])
        if word and word not in drop and is_word(word) and both >= min_count:
            score = 14 + np.log2(2 * both / (n_term + total[word]))
            rows.append((word, both, n_term, total[word], len(docs[word]), score))
    rows.sort(key=lambda row: (-row[5], -row[1], row[0]))
    columns = "collocate n_both n_term n_collocate docfreq log_dice".split()
    return pd.DataFrame(rows, columns=columns).astype({"collocate": "str", "log_dice": "float64"})


def _words_and_nodes(
    tokens: list[str], found: list[tuple[int, int, int]]
) -> tuple[list[str], list[tuple[int, int]]]:
    """Words of a sentence without punctuation, and the term's places among them.

    Tokens that the term touches are the term and empty: 养老 is found in the one token 养老服务.
    Numbers keep their place.
    """
    words: list[str] = []
    spans: list[list[int]] = [[] for _ in found]
    place = 0
    for token in tokens:
        stop = place + len(token)
        touched = [i for i, (_, start, end) in enumerate(found) if place < end and start < stop]
        for i in touched:
            spans[i].append(len(words))
        if touched or any(char.isalnum() for char in token):
            words.append("" if touched else token)
        place = stop
    return words, [(span[0], span[-1] + 1) for span in spans]


def coword_network(
    corpus: Corpus,
    *,
    min_count: int = 3,
    min_docs: int = 2,
    min_both: int = 2,
    codebook: Codebook | None = None,
    stopwords: Iterable[str] | None = None,
    engine: str = "jieba",
) -> Network:
    """Connect words that stand in the same sentences.

    Parameters
    ----------
    corpus : Corpus
    min_count, min_docs : int
        A word needs so many hits, in so many documents.
    min_both : int
        A line needs so many shared sentences.
    codebook, engine
        See `document_feature_matrix`.
    stopwords : iterable of str, optional
        By default the codebook's, and single characters.

    Returns
    -------
    Network
        `nodes` by `n` falling, then by word; `edges` by `weight` falling, then by source and target
        (source < target). `weight` is the Ochiai coefficient n_both / √(n_a · n_b) over sentences
        (0–1; Ochiai 1957).
    """
    codebook = codebook or corpus.codebook
    drop = set(codebook.stopwords["word"] if stopwords is None else stopwords)
    texts = [(d.doc, d.text[s.start : s.end]) for d in corpus for s in d.sentences]
    shortest = 2 if stopwords is None else 1
    sentences = [
        [word for word in tokens if is_word(word) and word not in drop and len(word) >= shortest]
        for tokens in tokenize([text for _, text in texts], words=codebook.words, engine=engine)
    ]
    hits = Counter(word for words in sentences for word in words)
    docs: dict[str, set[str]] = {}
    for (doc, _), words in zip(texts, sentences, strict=True):
        for word in words:
            docs.setdefault(word, set()).add(doc)
    kept = [w for w in hits if hits[w] >= min_count and len(docs[w]) >= min_docs]
    kept.sort(key=lambda w: (-hits[w], w))
    both = _shared_sentences(sentences, kept)
    alone = both.diagonal()
    pairs = [
        (*sorted((kept[a], kept[b])), int(both[a, b]), both[a, b] / np.sqrt(alone[a] * alone[b]))
        for a, b in np.argwhere(np.triu(both, k=1) >= max(1, min_both))
    ]
    pairs.sort(key=lambda pair: (-pair[3], pair[:2]))
    degree = Counter(word for pair in pairs for word in pair[:2])
    rows = [
        (word, hits[word], int(alone[i]), len(docs[word]), degree[word])
        for i, word in enumerate(kept)
    ]
    nodes = pd.DataFrame(rows, columns=["word", "n", "n_sentences", "docfreq", "degree"])
    edges = pd.DataFrame(pairs, columns=["source", "target", "n_both", "weight"])
    return Network(
        nodes.astype({"word": "str"}),
        edges.astype({"source": "str", "target": "str", "weight": "float64"}),
    )


def _shared_sentences(sentences: list[list[str]], kept: list[str]) -> np.ndarray:
    """Words × words: in how many sentences both stand; on the diagonal, a word's own."""
    from scipy.sparse import csr_matrix

    number = {word: i for i, word in enumerate(kept)}
    cells = [
        (row, number[word])
        for row, words in enumerate(sentences)
        for word in set(words)
        if word in number
    ]
    rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    ones, shape = np.ones(len(rows), dtype=np.int64), (len(sentences), len(kept))
    stands = csr_matrix((ones, (rows, columns)), shape=shape)
    return (stands.T @ stands).toarray()
