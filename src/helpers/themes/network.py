"""Find the words that occur near a term, and connect words or themes that occur in the same
sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, takewhile
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, Matcher
from helpers.text import Corpus, takes_corpus, tokenize

from .counts import WordTest, sentence_texts, theme_hits, typed_table


class Network(NamedTuple):
    """A network as two tables: `nodes` lists words or themes, and `edges` lists connected pairs of
    them.

    `nodes` has the columns `word, n, n_sentences, docfreq, degree`. In a network of themes, the
    columns `theme, family, zh, en` replace `word`. `edges` has the columns `source, target, n_both,
    weight`, and in a network of themes also `docfreq`. `weight` is the Ochiai coefficient, which
    `coword_network` explains.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


@takes_corpus
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
    """List the words that often stand near a term.

    Parameters
    ----------
    corpus : Corpus
    term : str
        A word or phrase, with or without wildcards. The segmenter need not know the term as a word.
    window : int
        How many words on each side of the term count as near. Words of the next sentence never
        count as near.
    min_count : int
        How often a word must stand near the term to be listed.
    codebook, stopwords, engine
        See `document_feature_matrix`.

    Returns
    -------
    DataFrame
        `collocate, n_both, n_term, n_collocate, docfreq, log_dice`, sorted by falling `log_dice`.
        Ties are sorted by falling `n_both`, then by collocate. `log_dice` = 14 + log2(2 · n_both /
        (n_term + n_collocate)) (Rychlý 2008). The maximum of `log_dice` is 14, and a value lower by
        1 means that the ratio in this formula is half as large. `n_both` is the smaller of two
        counts: how many occurrences of the collocate stand near the term, and how many occurrences
        of the term stand near the collocate. `docfreq` counts the documents in which the collocate
        stands near the term.

    Examples
    --------
    The strongest collocates of 助餐 ("meal service") are 供销社 ("supply cooperative") and 服务
    ("service").

    >>> from helpers import collocates, read_corpus
    >>> table = collocates(read_corpus(), "助餐")
    >>> table[["collocate", "n_both", "n_term", "n_collocate"]].head(2)
      collocate  n_both  n_term  n_collocate
    0       供销社       4      14           12
    1        服务       4      14           15
    """
    if not term.strip():
        raise ValueError("the term is empty. Give a word such as '助餐'.")
    codebook = codebook or corpus.codebook
    matcher = Matcher([half_width(term.strip())])
    is_kept = codebook.once(WordTest).without(stopwords)
    n_term = 0
    n_word: Counter[str] = Counter()
    words_near: Counter[str] = Counter()  # How many occurrences of the word are near the term.
    terms_near: Counter[str] = Counter()  # How many occurrences of the term are near the word.
    docs: defaultdict[str, set[str]] = defaultdict(set)
    for doc, words, spans in _words_and_terms(corpus, matcher, codebook.words, engine):
        n_term += len(spans)
        n_word.update(words)
        windows = []  # for each hit of the term, the positions of the words near the hit
        for first, last in spans:
            after = range(last, min(last + window, len(words)))
            windows.append([*range(max(0, first - window), first), *after])
            terms_near.update({words[place] for place in windows[-1]})
        for place in set().union(*windows):  # a word near two hits of the term counts once
            words_near[words[place]] += 1
            docs[words[place]].add(doc)
    rows = []
    for word, n_near in words_near.items():
        # the smaller of two counts, so that `log_dice` can't exceed 14
        n_both = min(n_near, terms_near[word])
        if n_both >= min_count and is_kept(word):
            log_dice = 14 + np.log2(2 * n_both / (n_term + n_word[word]))
            rows.append((word, n_both, n_term, n_word[word], len(docs[word]), log_dice))
    rows.sort(key=lambda row: (-row[5], -row[1], row[0]))
    return typed_table(rows, "collocate n_both n_term n_collocate docfreq log_dice")


def _words_and_terms(
    corpus: Corpus, matcher: Matcher, user_words: Iterable[str], engine: str
) -> Iterator[tuple[str, list[str], list[tuple[int, int]]]]:
    """Yield, for each sentence, the id of its document, its words, and the positions of the
    term."""
    for document in corpus:
        texts = sentence_texts(document)
        tokenized = tokenize(texts, words=user_words, engine=engine)
        for text, tokens in zip(texts, tokenized, strict=True):
            yield document.doc, *_place_terms(tokens, matcher.find(text))


def _place_terms(
    tokens: list[str], hits: list[tuple[int, int, int]]
) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the words of a sentence, and the positions among these words at which each hit of the
    term starts and ends.

    A token that overlaps with a hit becomes an empty word, so that no part of a term is listed as a
    collocate of the term. For example, a search for 养老 ("elderly care") finds the term inside the
    single token 养老服务 ("elderly care service").
    """
    words: list[str] = []
    places: list[list[int]] = [[] for _ in hits]
    start = reached = 0
    for token in tokens:
        stop = start + len(token)
        # the hit of the term ends before the token
        while reached < len(hits) and hits[reached][2] <= start:
            reached += 1
        touched = list(takewhile(lambda i, stop=stop: hits[i][1] < stop, range(reached, len(hits))))
        for i in touched:
            places[i].append(len(words))
        if touched or any(char.isalnum() for char in token):
            words.append("" if touched else token)
        start = stop
    return words, [(of_hit[0], of_hit[-1] + 1) for of_hit in places]


@takes_corpus
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
    """Connect words that occur in the same sentences.

    Parameters
    ----------
    corpus : Corpus
    min_count, min_docs : int
        How often and in how many documents a word must occur to be a node of the network.
    min_both : int
        In how many sentences two words must occur together to be connected.
    codebook, engine
        See `document_feature_matrix`.
    stopwords : iterable of str, optional
        Words to leave out. By default the codebook's stopwords and all single characters.

    Returns
    -------
    Network
        `nodes` is sorted by falling `n`, then by word. `edges` is sorted by falling `weight`, then
        by source and target (source < target). `weight` is the Ochiai coefficient n_both / √(n_a ·
        n_b), between 0 and 1 (Ochiai 1957): the number of sentences with both words, divided by the
        geometric mean of the numbers of sentences with each word.

    Examples
    --------
    The words of a slogan occur only together, so their weight is 1: 中原 ("central plains") with
    添彩 ("add splendour"), and 主题 ("theme") with 行动 ("campaign").

    >>> from helpers import coword_network, read_corpus
    >>> nodes, edges = coword_network(read_corpus())
    >>> edges.head(2)
      source target  n_both  weight
    0     中原     添彩       3     1.0
    1     主题     行动       4     1.0
    """
    codebook = codebook or corpus.codebook
    sentences = _content_words(corpus, codebook, stopwords, engine)
    n_word: Counter[str] = Counter()
    docs: defaultdict[str, set[str]] = defaultdict(set)
    for doc, words in sentences:
        n_word.update(words)
        for word in words:
            docs[word].add(doc)
    frequent = [w for w in n_word if n_word[w] >= min_count and len(docs[w]) >= min_docs]
    frequent.sort(key=lambda word: (-n_word[word], word))
    shared = _shared_sentences([words for _, words in sentences], frequent)
    edges = _edges(frequent, shared, min_both)
    degree = Counter(word for source, target, *_ in edges for word in (source, target))
    nodes = [
        (word, n_word[word], n_sentences, len(docs[word]), degree[word])
        for word, n_sentences in zip(frequent, shared.diagonal(), strict=True)
    ]
    nodes = typed_table(nodes, "word n n_sentences docfreq degree")
    return Network(nodes, typed_table(edges, "source target n_both weight"))


def _content_words(
    corpus: Corpus, codebook: Codebook, stopwords: Iterable[str] | None, engine: str
) -> list[tuple[str, list[str]]]:
    """Return the document id and the words of each sentence, without stopwords, numbers and
    punctuation."""
    dropped = codebook.stopwords["word"] if stopwords is None else stopwords
    is_kept, shortest = codebook.once(WordTest).without(dropped), 2 if stopwords is None else 1
    sentences = []
    for document in corpus:
        for tokens in tokenize(sentence_texts(document), words=codebook.words, engine=engine):
            words = [word for word in tokens if len(word) >= shortest and is_kept(word)]
            sentences.append((document.doc, words))
    return sentences


def _shared_sentences(sentences: list[list[str]], words: list[str]) -> np.ndarray:
    """Return, for each pair of words, how many sentences contain both words (words × words). For a
    word and itself (the diagonal), return the number of sentences that contain the word."""
    from scipy.sparse import csr_matrix

    number = {word: i for i, word in enumerate(words)}
    cells = []
    for row, sentence in enumerate(sentences):
        cells += [(row, number[word]) for word in number.keys() & sentence]
    rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    ones, shape = np.ones(len(rows), dtype=np.int64), (len(sentences), len(words))
    incidence = csr_matrix((ones, (rows, columns)), shape=shape)
    return (incidence.T @ incidence).toarray()


def _edges(words: list[str], shared: np.ndarray, min_both: int) -> list[tuple]:
    """Return each connected pair of words, with the number of sentences that contain both words,
    and the Ochiai coefficient of the pair."""
    n_sentences = shared.diagonal()
    edges = []
    for a, b in np.argwhere(np.triu(shared, k=1) >= max(1, min_both)):
        weight = shared[a, b] / np.sqrt(n_sentences[a] * n_sentences[b])
        edges.append((*sorted((words[a], words[b])), shared[a, b], weight))
    edges.sort(key=lambda edge: (-edge[3], edge[:2]))
    return edges


def theme_network(
    corpus: Corpus, *, min_both: int = 2, codebook: Codebook | None = None
) -> Network:
    """Connect themes that occur in the same sentences.

    `coword_network` connects the words of the documents, and `theme_network` connects the
    categories of the codebook: ways in which a congress acts, and matters that it deals with.

    Parameters
    ----------
    corpus : Corpus
    min_both : int
        In how many sentences two themes must occur together to be connected.
    codebook : Codebook, optional
        By default the codebook that the corpus was read with.

    Returns
    -------
    Network
        `nodes` has one row per theme with hits, in the order of the codebook. `edges` is sorted by
        falling `weight`, then by source and target (of a pair, the theme that the codebook lists
        first is the source). `weight` is the Ochiai coefficient, as in `coword_network`, and
        `docfreq` counts the documents with a sentence on both themes. If two themes share a term, a
        sentence with a single hit of this term does not connect the two themes.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> from helpers.themes import theme_network
    >>> nodes, edges = theme_network(read_corpus())
    >>> bool((edges["n_both"] >= 2).all()), bool(edges["weight"].between(0, 1).all())
    (True, True)
    """
    codebook = codebook or corpus.codebook
    hits, pairs = theme_hits(corpus, codebook), theme_pairs(corpus, codebook)
    spoken = hits.drop_duplicates(["doc", "sentence", "theme"])["theme"].value_counts()
    shared = pairs.groupby(["source", "target"])["doc"].agg(["size", "nunique"])
    edges = [
        (a, b, n_both, n_both / np.sqrt(spoken[a] * spoken[b]), docfreq)
        for (a, b), n_both, docfreq in shared.itertuples(name=None)
        if n_both >= min_both
    ]
    edges.sort(key=lambda edge: (-edge[3], edge[:2]))
    degree = Counter(theme for source, target, *_ in edges for theme in (source, target))
    of_theme = hits.groupby("theme")["doc"].agg(["size", "nunique"])
    nodes = []
    for theme, *described in codebook.theme_table().itertuples(index=False, name=None):
        if theme in spoken:
            n, docfreq = of_theme.loc[theme]
            nodes.append((theme, *described, n, spoken[theme], docfreq, degree[theme]))
    return Network(
        typed_table(nodes, "theme family zh en n n_sentences docfreq degree"),
        typed_table(edges, "source target n_both weight docfreq"),
    )


def theme_pairs(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the sentences behind `theme_network`: one row for each pair of themes in each sentence.

    The columns are `source, target, doc, section, sentence, start, end, quote`, in text order.
    `start` and `end` say where the sentence stands in the raw text.
    """
    codebook = codebook or corpus.codebook
    order = {theme: i for i, theme in enumerate(codebook.theme_rules["theme"])}
    hits_of = theme_hits(corpus, codebook).groupby("doc", sort=False)
    rows = []
    for doc, hits in hits_of:
        themes_of = _themes_of_sentences(hits)
        spoken = [s for s in corpus[doc].sentences if len(themes_of.get(s.sentence, ())) > 1]
        quotes = corpus[doc].cite((sentence.start, sentence.end) for sentence in spoken)
        for sentence, quote in zip(spoken, quotes, strict=True):
            themes = themes_of[sentence.sentence]
            for a, b in combinations(sorted(themes, key=order.__getitem__), 2):
                # Two themes whose only hit in the sentence is the same one are no pair.
                if len(themes[a] | themes[b]) > 1:
                    rows.append((a, b, doc, sentence.section, sentence.sentence, *quote))
    return typed_table(rows, "source target doc section sentence start end quote")


def _themes_of_sentences(hits: pd.DataFrame) -> dict[int, dict[str, set[int]]]:
    """Return, for each sentence of a document, its themes and the raw offsets at which the hits of
    each theme begin."""
    themes_of: dict[int, dict[str, set[int]]] = {}
    for hit in hits.itertuples():
        themes_of.setdefault(hit.sentence, {}).setdefault(hit.theme, set()).add(hit.start)
    return themes_of
