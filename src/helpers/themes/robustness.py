"""Test how much counts of themes depend on single terms, line breaks and ways of counting.

Use these tests before you rely on a difference between two counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, has_wildcard, term_pattern
from helpers.text import Corpus, takes_corpus, tokenize
from helpers.writing import as_table

from .counts import (
    WordTest,
    count_in_texts,
    count_themes,
    is_word,
    n_chars,
    sentence_counts,
    sentence_texts,
    typed_table,
)


def compare_counts(
    corpus: Corpus, codebook: Codebook | None = None, *, engine: str = "jieba"
) -> pd.DataFrame:
    """Compare two counts of each term: by searching the text, and by cutting the text into words.

    The table has the columns `theme, term, n_string, n_segmenter, n_user_words, n_sentences_differ`
    and one row for each term that is found in at least one way. Rows are sorted by falling
    `n_string - n_segmenter`, and rows with equal differences by term. `n_string` counts the places
    where the search finds the term. `n_segmenter` counts the words equal to the term when jieba
    cuts the text with its own dictionary, and `n_user_words` counts these words when jieba also has
    the codebook's user dictionary. `n_sentences_differ` is the number of sentences in which
    `n_string` and `n_segmenter` differ. `n_string` can be lower than `n_segmenter`, because the
    search counts only the longest term at a place: 助餐 ("meal service") is not counted inside
    老年助餐服务 ("meal service for older people").
    """
    codebook = codebook or corpus.codebook
    string, segmenter, user, differ = Counter(), Counter(), Counter(), Counter()
    for (*_, term), counts in _count_both_ways(corpus, codebook, (), engine).items():
        string[term] += counts[0]
        segmenter[term] += counts[1]
        differ[term] += counts[0] != counts[1]
    for (*_, term), counts in _count_both_ways(corpus, codebook, codebook.words, engine).items():
        user[term] += counts[1]
    terms = sorted(set(string) | set(user), key=lambda t: (segmenter[t] - string[t], t))
    rows = [
        ("|".join(codebook.themes_of_term[t]), t, string[t], segmenter[t], user[t], differ[t])
        for t in terms
    ]
    return typed_table(rows, "theme term n_string n_segmenter n_user_words n_sentences_differ")


@takes_corpus
def count_disagreements(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    words: Iterable[str] = (),
    engine: str = "jieba",
) -> pd.DataFrame:
    """List the sentences in which a search in the text and the segmenter count a term differently.

    Parameters
    ----------
    corpus, codebook
    words : iterable of str
        Words that the segmenter must keep whole. By default the segmenter gets no such words, as in
        most studies.

    Returns
    -------
    DataFrame
        `doc, section, sentence, term, n_string, n_segmenter, tokens, start, end, quote`: one row
        per sentence and term, in text order. The rows of one sentence are sorted by term. `tokens`
        shows how the segmenter cuts the sentence, with `|` between the words. `start`, `end` and
        `quote` give the place and the text of the whole sentence.

    Examples
    --------
    The segmenter cuts 以人民为中心 ("people-centred") and 保障和改善民生 ("ensure and improve
    people's livelihood") into several words, so that only the search in the text finds these terms:

    >>> from helpers import count_disagreements, read_corpus
    >>> table = count_disagreements(read_corpus())
    >>> table[["doc", "sentence", "term", "n_string", "n_segmenter"]].head(2)
              doc  sentence     term  n_string  n_segmenter
    0  000_jiyuan         1   以人民为中心         1            0
    1  000_jiyuan         1  保障和改善民生         1            0
    """
    codebook = codebook or corpus.codebook
    cells = _count_both_ways(corpus, codebook, tuple(words), engine)
    differing = (cell for cell in sorted(cells.items()) if cell[1][0] != cell[1][1])
    rows = []
    for (doc, number), group in groupby(differing, key=lambda cell: cell[0][:2]):
        document, sentence = corpus[doc], corpus[doc].sentences[number]
        text = document.text[sentence.start : sentence.end]
        tokens = "|".join(tokenize(text, words=words, engine=engine))
        [cited] = document.cite([(sentence.start, sentence.end)])
        for (*_, term), counts in group:
            rows.append((doc, sentence.section, sentence.sentence, term, *counts, tokens, *cited))
    columns = "doc section sentence term n_string n_segmenter tokens start end quote"
    return typed_table(rows, columns)


def _count_both_ways(
    corpus: Corpus, codebook: Codebook, words: tuple[str, ...], engine: str
) -> dict[tuple[str, int, str], tuple[int, int]]:
    """Return how often the search and the segmenter find each term in each sentence.

    The keys are (doc, index of the sentence, term). A key is left out if both counts are 0.
    """
    terms = codebook.matcher.terms
    plain = {term for term in terms if not has_wildcard(term)}
    wild = [(term, re.compile(term_pattern(term))) for term in terms if has_wildcard(term)]
    cells: dict[tuple[str, int, str], tuple[int, int]] = {}
    for document in corpus:
        texts = sentence_texts(document)
        tokenized = tokenize(texts, words=words, engine=engine)
        for place, (text, tokens) in enumerate(zip(texts, tokenized, strict=True)):
            n_string = Counter(terms[number] for number, _, _ in codebook.matcher.find(text))
            n_tokens = _count_tokens(tokens, plain, wild)
            for term in n_string.keys() | n_tokens.keys():
                cells[document.doc, place, term] = n_string[term], n_tokens[term]
    return cells


def _count_tokens(
    tokens: list[str], plain: set[str], wild: list[tuple[str, re.Pattern[str]]]
) -> Counter[str]:
    """Count, for each term, the tokens that match the whole term, including its wildcards."""
    counts = Counter(token for token in tokens if token in plain)
    others = Counter(token for token in tokens if token not in plain)
    for term, pattern in wild:
        if matches := sum(n for token, n in others.items() if pattern.fullmatch(token)):
            counts[term] += matches
    return counts


def hidden_hits(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Count the theme hits that a search in the raw file misses because lines break inside words.

    The table has the columns `doc, n_raw_lines, n_clean, n_hidden, share_hidden`. `n_raw_lines`
    counts the hits in the text with the file's line breaks, `n_clean` the hits in the clean text.
    `n_hidden` is `n_clean` minus `n_raw_lines`, and `share_hidden` is `n_hidden` in percent of
    `n_clean`. Full-width characters are made half width in both texts, so that width alone causes
    no difference.
    """
    codebook = codebook or corpus.codebook
    rows = []
    for document in corpus:
        # The masthead is left out of the raw text because the clean text has no masthead.
        span = document.raw_span(0, len(document.text)) if document.text else (0, 0)
        body = half_width(document.raw[slice(*span)])
        raw, clean = codebook.matcher.count([body, document.text]).sum(axis=1).tolist()
        share = 100 * (clean - raw) / clean if clean else np.nan
        rows.append((document.doc, raw, clean, clean - raw, share))
    return typed_table(rows, "doc n_raw_lines n_clean n_hidden share_hidden")


def sensitivity(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    only_changes: bool = True,
    engine: str = "jieba",
) -> pd.DataFrame:
    """Count the themes in other ways, such as without headings, and list the ranks that change.

    The table has the columns `variant, term, doc, theme, family, n, n_variant, rank, rank_variant,
    doc_rank, doc_rank_variant`. `rank` ranks a theme among the themes of its family in the same
    document. `doc_rank` ranks a document among all documents for the same theme. Rank 1 is the
    highest rate. Equal rates share the better rank. `variant` names the way of counting:
    `without term` leaves out one term (each term that occurs in turn, named in the column `term`),
    `without headings` leaves out the headings, `per 1,000 words` divides by words instead of
    characters, and `share of sentences` takes the share of sentences with a hit. Rows are ordered
    by variant, then by term, document and theme. By default only rows in which a rank changes are
    listed.
    """
    codebook = codebook or corpus.codebook
    docs, themes = [document.doc for document in corpus], codebook.theme_table()
    names = themes[["theme", "family"]].to_numpy().tolist()
    (_, _, n, rates), *variants = _variants(corpus, codebook, engine)
    rank, doc_rank = _ranks(rates, themes["family"])
    rows = []
    for variant, term, n_variant, rates_variant in variants:
        rank_variant, doc_rank_variant = _ranks(rates_variant, themes["family"])
        changed = (rank != rank_variant) | (doc_rank != doc_rank_variant)
        shown = changed | (not only_changes)
        measures = np.stack([n, n_variant, rank, rank_variant, doc_rank, doc_rank_variant])
        for i, j in np.argwhere(shown):
            rows.append((variant, term, docs[i], *names[j], *measures[:, i, j]))
    columns = "variant term doc theme family n n_variant rank rank_variant doc_rank"
    return typed_table(rows, columns + " doc_rank_variant")


def _variants(
    corpus: Corpus, codebook: Codebook, engine: str
) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Yield each way of counting: its name, the term left out, hits and rates (documents × themes).

    The ordinary count comes first, with an empty name.
    """
    texts = [document.text for document in corpus]
    shape = (len(texts), codebook.term_theme_matrix.shape[1])
    counts = codebook.count_terms(texts).toarray()
    n = (counts @ codebook.term_theme_matrix).reshape(shape)
    chars = np.array([[n_chars(text) or 1] for text in texts]).reshape(-1, 1)
    yield "", "", n, n / chars
    for term, fewer in without_each_term(texts, counts, n, codebook):
        yield "without term", term, fewer, fewer / chars
    bodies = count_themes(corpus, codebook, n_boot=0, headings=False)
    fewer, rates = (bodies[name].fillna(0).to_numpy() for name in ("n", "per_1000_chars"))
    yield "without headings", "", fewer.reshape(shape), rates.reshape(shape)
    tokenized = tokenize(texts, words=codebook.words, engine=engine)
    n_words = [[sum(map(is_word, tokens)) or 1] for tokens in tokenized]
    yield "per 1,000 words", "", n, n / np.array(n_words).reshape(-1, 1)
    with_hit = [(sentence_counts(document, codebook)[0] > 0).sum(axis=0) for document in corpus]
    n_sentences = np.array([[len(document.sentences) or 1] for document in corpus]).reshape(-1, 1)
    yield "share of sentences", "", n, np.array(with_hit).reshape(shape) / n_sentences


def without_each_term(
    texts: list[str], counts: np.ndarray, n: np.ndarray, codebook: Codebook
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each term that occurs, and the hits (texts × themes) if this term is left out. At a
    place of this term, a shorter term inside it may be found instead. `counts` holds the hits of
    each term in the texts, and `n` the hits of each theme."""
    for number in np.flatnonzero(counts.any(axis=0)):
        term, fewer = codebook.matcher.terms[number], n.copy()
        for place in np.flatnonzero(counts[:, number]):
            hits = codebook.find(texts[place], without=term)
            found = [other for other, *_ in hits]
            fewer[place] = codebook.term_theme_matrix[found].sum(axis=0)
        yield term, fewer


def _ranks(rates: np.ndarray, family: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the ranks of themes in each document and family, and of documents for each theme."""
    from scipy.stats import rankdata

    within = np.zeros(rates.shape, dtype=np.int64)
    for name in family.unique():
        columns = np.flatnonzero(family == name)
        within[:, columns] = rankdata(-rates[:, columns], method="min", axis=1)
    return within, rankdata(-rates, method="min", axis=0).astype(np.int64)


ALL_DOCUMENTS = "*"  # the value of the column `doc` in rows for all documents together
_LEADING = {name: "str" for name in ("doc", "family", "theme", "next_theme")}
_LEADING |= {"n": "int64", "n_next": "int64", "leads": "bool"}
_LEADING |= {"deciding_terms": "str", "without_doubtful": "str"}


def leading_themes(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Say which theme of each family leads in each document, and whether a single term decides
    this.

    Parameters
    ----------
    corpus : Corpus
    codebook : Codebook, optional
        By default the codebook that the corpus was read with.

    Returns
    -------
    DataFrame
        `doc, family, theme, n, next_theme, n_next, leads, deciding_terms, without_doubtful`, one
        row for each document and each family with hits, in the order of corpus and codebook. If
        there are several documents, rows with the `doc` `*` follow for all documents together.
        `theme` has most hits (`n`), `next_theme` is the second (missing if no other theme has
        hits). Of themes with equally many hits, the first of the codebook is named, and none leads.
        `deciding_terms` lists the single terms, separated by `|`, without which `theme` would no
        longer come first alone. `without_doubtful` is the theme that comes first when the doubtful
        terms of the codebook are left out (missing if none does). `leads` is true only if the theme
        comes first in all these counts.

    Examples
    --------
    Care at home (居家养老, 日间照料) has one hit more than meals (助餐). Without 日间照料 ("day
    care") both themes have one hit, so this term decides. Without 居家养老 the shorter 居家 is
    found there.

    >>> from pathlib import Path
    >>> from helpers import read_corpus
    >>> _ = Path("one.txt").write_text("发展居家养老和日间照料,开展助餐。", encoding="utf8")
    >>> table = leading_themes(read_corpus("one.txt"))
    >>> table[["family", "theme", "n", "next_theme", "leads", "deciding_terms"]]
        family           theme  n    next_theme  leads deciding_terms
    0  service  home_community  2  meal_service  False           日间照料
    """
    codebook = codebook or corpus.codebook
    texts, docs = [document.text for document in corpus], [document.doc for document in corpus]
    counts = codebook.count_terms(texts).toarray()
    n = (counts @ codebook.term_theme_matrix).reshape(len(texts), len(codebook.theme_rules))
    n_certain = count_in_texts(texts, codebook.without_doubtful()).reshape(n.shape)
    families = _columns_of_families(codebook)
    first, first_certain = _first_themes(n, families), _first_themes(n_certain, families)
    deciding: dict[tuple[int, int], list[str]] = {}
    for term, fewer in without_each_term(texts, counts, n, codebook):
        for place in np.argwhere((first >= 0) & (_first_themes(fewer, families) != first)):
            deciding.setdefault(tuple(place), []).append(term)
    docs = [*docs, ALL_DOCUMENTS]
    rows = []
    for row, hits in enumerate(_with_sum(n)):
        for number, (family, columns) in enumerate(families.items()):
            if hits[columns].any():
                terms, certainly = deciding.get((row, number), []), first_certain[row, number]
                lead = _lead(hits, columns, first[row, number], certainly, terms, codebook)
                rows.append((docs[row], family, *lead))
    columns = "doc family theme n next_theme n_next leads deciding_terms without_doubtful".split()
    return as_table(rows, {name: _LEADING[name] for name in columns})


def _lead(
    hits: np.ndarray,
    columns: np.ndarray,
    first: int,
    certainly: int,
    terms: list[str],
    codebook: Codebook,
) -> tuple:
    """Return the cells of a row of `leading_themes` for one document and the columns of a family.
    `first` is the column of the theme that comes first, and `certainly` is the column of the theme
    that comes first without doubtful terms. `terms` lists the terms that decide which theme comes
    first."""
    # the last entry, at position -1, stands for no theme
    names = [*codebook.theme_rules["theme"], None]
    top, *others = columns[np.argsort(-hits[columns], kind="stable")]
    after = others[0] if others and hits[others[0]] else -1
    leads = not terms and first == certainly == top
    n_after = hits[after] if after >= 0 else 0
    return names[top], hits[top], names[after], n_after, leads, "|".join(terms), names[certainly]


def _columns_of_families(codebook: Codebook) -> dict[str, np.ndarray]:
    """Return, for each family of themes, the columns of its themes in a matrix with one column per
    theme."""
    families = codebook.theme_rules["family"]
    return {name: np.flatnonzero(families == name) for name in families.unique()}


def _with_sum(n: np.ndarray) -> np.ndarray:
    """Add a row with the sums over all documents, if there are several documents."""
    return np.vstack([n, n.sum(axis=0)]) if len(n) > 1 else n


def _first_themes(n: np.ndarray, families: dict[str, np.ndarray]) -> np.ndarray:
    """Return, for each document, for all documents together and for each family, the column of the
    theme with most hits. The column is -1 where several themes have most hits or no theme has any
    hits."""
    n = _with_sum(n)
    first = np.full((len(n), len(families)), -1)
    for number, columns in enumerate(families.values()):
        hits = n[:, columns]
        most = hits.max(axis=1, initial=0)
        alone = ((hits == most[:, None]).sum(axis=1) == 1) & (most > 0)
        first[alone, number] = columns[hits[alone].argmax(axis=1)]
    return first


def cloud_words(
    corpus: Corpus,
    *,
    most: int = 100,
    codebook: Codebook | None = None,
    stopwords: Iterable[str] | None = None,
    engine: str = "jieba",
) -> pd.DataFrame:
    """Count the words of a word cloud in each document.

    The table has the columns `doc, city_zh, city_en, word, n, per_1000_chars`. The table has a row
    for each document and each of its words that is among the `most` most frequent words of the
    corpus or of any document. The sum of `n` over all documents therefore counts a word completely.
    The rows of a document are sorted by falling `n` and then by word. `per_1000_chars` makes
    documents of different length comparable.

    Words of one character, stopwords and names of cities are left out. The stopwords are those of
    the codebook unless `stopwords` gives others.
    """
    codebook = codebook or corpus.codebook
    dropped = codebook.stopwords["word"] if stopwords is None else stopwords
    is_kept = codebook.once(WordTest).without([*dropped, *_names_of_cities(corpus, codebook)])
    counts = []
    for document in corpus:
        tokens = tokenize(document.text, words=codebook.words, engine=engine)
        counts.append(Counter(token for token in tokens if len(token) > 1 and is_kept(token)))
    shown = {word for each in [sum(counts, Counter()), *counts] for word in _first(each, most)}
    rows = []
    for document, words in zip(corpus, counts, strict=True):
        city, chars = (document.doc, document.city_zh, document.city_en), n_chars(document.text)
        for word in _first(words, len(words)):
            if word in shown:
                rows.append((*city, word, words[word], 1000 * words[word] / chars))
    return typed_table(rows, "doc city_zh city_en word n per_1000_chars")


def _first(counts: Counter[str], most: int) -> list[str]:
    """Return at most `most` words, the most frequent first. Words with equal counts are sorted by
    name."""
    return sorted(counts, key=lambda word: (-counts[word], word))[:most]


def _names_of_cities(corpus: Corpus, codebook: Codebook) -> set[str]:
    """Return the names of the codebook's cities and of the documents' cities, both without and with
    市 ("city"), such as 郑州 and 郑州市 (Zhengzhou)."""
    cities = [*codebook.cities["city_zh"], *(document.city_zh for document in corpus)]
    names = {city for city in cities if city and pd.notna(city)}
    return names | {f"{name}市" for name in names} | set(codebook.cities["full_zh"])
