"""Counts of themes → how much they depend on terms, broken lines and the way of counting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import Codebook, Matcher, has_wildcard, shipped_codebook, term_pattern
from helpers.text import Corpus, tokenize

from .counts import count_themes, is_word, sentence_counts


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
    codebook = codebook or shipped_codebook()
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
    return _typed(
        pd.DataFrame(
            rows,
            columns=[
                "theme",
                "term",
                "n_string",
                "n_segmenter",
                "n_user_words",
                "n_sentences_differ",
            ],
        )
    )


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
    codebook = codebook or shipped_codebook()
    rows = []
    for (doc, number, term), (n_string, n_segmenter) in sorted(
        _count_both_ways(corpus, codebook, tuple(words), engine).items()
    ):
        if n_string != n_segmenter:
            document = corpus[doc]
            sentence = document.sentences[number]
            tokens = tokenize(
                document.text[sentence.start : sentence.end], words=words, engine=engine
            )
            start, end = document.raw_span(sentence.start, sentence.end)
            rows.append(
                (
                    doc,
                    sentence.section,
                    sentence.sentence,
                    term,
                    n_string,
                    n_segmenter,
                    "|".join(tokens),
                    start,
                    end,
                    document.quote(start, end),
                )
            )
    columns = [
        "doc",
        "section",
        "sentence",
        "term",
        "n_string",
        "n_segmenter",
        "tokens",
        "start",
        "end",
        "quote",
    ]
    return _typed(pd.DataFrame(rows, columns=columns))


def _count_both_ways(
    corpus: Corpus, codebook: Codebook, words: tuple[str, ...], engine: str
) -> dict[tuple[str, int, str], tuple[int, int]]:
    """String count and token count by (doc, place of the sentence, term), where either is above
    0."""
    terms = codebook.matcher.terms
    plain = {term for term in terms if not has_wildcard(term)}
    wild = [(term, re.compile(term_pattern(term))) for term in terms if has_wildcard(term)]
    cells: dict[tuple[str, int, str], tuple[int, int]] = {}
    for document in corpus:
        texts = [document.text[s.start : s.end] for s in document.sentences]
        for place, (text, tokens) in enumerate(
            zip(texts, tokenize(texts, words=words, engine=engine), strict=True)
        ):
            string = Counter(terms[number] for number, _, _ in codebook.matcher.find(text))
            cut = Counter(token for token in tokens if token in plain)
            for term, pattern in wild:
                cut[term] += sum(
                    pattern.fullmatch(token) is not None for token in tokens if token not in plain
                )
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
    codebook = codebook or shipped_codebook()
    rows = []
    for document in corpus:
        body = (
            document.raw[int(document.offsets[0]) : int(document.offsets[-1]) + 1]
            if len(document.offsets)
            else ""
        )
        raw, clean = codebook.matcher.count([half_width(body), document.text]).sum(axis=1).tolist()
        rows.append(
            (
                document.doc,
                raw,
                clean,
                clean - raw,
                100 * (clean - raw) / clean if clean else np.nan,
            )
        )
    return _typed(
        pd.DataFrame(rows, columns=["doc", "n_raw_lines", "n_clean", "n_hidden", "share_hidden"])
    )


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
    codebook = codebook or shipped_codebook()
    documents, themes = list(corpus), codebook.theme_table()
    variants = list(_variants(corpus, codebook, engine))
    _, _, n, rates = variants[0]
    rank, doc_rank = _ranks(rates, themes["family"])
    tables = []
    for variant, term, n_variant, rates in variants[1:]:
        other, other_doc = _ranks(rates, themes["family"])
        changed = (
            (rank != other) | (doc_rank != other_doc)
            if only_changes
            else np.ones(n.shape, dtype=bool)
        )
        row, column = np.nonzero(changed)
        tables.append(
            pd.DataFrame(
                {
                    "variant": variant,
                    "term": term,
                    "doc": [documents[i].doc for i in row],
                    "theme": themes["theme"].to_numpy()[column],
                    "family": themes["family"].to_numpy()[column],
                    "n": n[changed],
                    "n_variant": n_variant[changed],
                    "rank": rank[changed],
                    "rank_variant": other[changed],
                    "doc_rank": doc_rank[changed],
                    "doc_rank_variant": other_doc[changed],
                }
            )
        )
    return _typed(pd.concat(tables, ignore_index=True))


def _variants(
    corpus: Corpus, codebook: Codebook, engine: str
) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Name, term, hits and rates (documents × themes) of the count as it is, then of every other
    way to count."""
    texts = [document.text for document in corpus]
    shape = (len(texts), codebook.incidence.shape[1])
    counts = codebook.matcher.count(texts)
    n = (counts @ codebook.incidence).reshape(shape)
    chars = np.array([[len("".join(text.split())) or 1] for text in texts]).reshape(-1, 1)
    yield "", "", n, n / chars
    for number in np.flatnonzero(counts.any(axis=0)):
        terms = list(codebook.matcher.terms)
        term = terms.pop(number)
        fewer = Matcher(terms).count(texts) @ np.delete(codebook.incidence, number, axis=0)
        yield "without term", term, fewer, fewer / chars
    bare = count_themes(corpus, codebook, n_boot=0, headings=False)
    yield (
        "without headings",
        "",
        bare["n"].to_numpy().reshape(shape),
        bare["per_1000_chars"].fillna(0).to_numpy().reshape(shape),
    )
    words = [
        [sum(map(is_word, tokens)) or 1]
        for tokens in tokenize(texts, words=codebook.words, engine=engine)
    ]
    yield "per 1,000 words", "", n, n / np.array(words).reshape(-1, 1)
    said = [(sentence_counts(document, codebook)[0] > 0).sum(axis=0) for document in corpus]
    sentences = np.array([[len(document.sentences) or 1] for document in corpus]).reshape(-1, 1)
    yield "share of sentences", "", n, np.array(said).reshape(shape) / sentences


def _ranks(rates: np.ndarray, family: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Rank of a theme in its document and family, and of a document in its theme; 1 = highest,
    equals share the better."""
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
    codebook = codebook or shipped_codebook()
    drop = set(codebook.stopwords["word"] if stopwords is None else stopwords)
    rows = []
    for document in corpus:
        tokens = tokenize(document.text, words=codebook.words, engine=engine)
        counts = Counter(t for t in tokens if is_word(t) and len(t) > 1 and t not in drop)
        chars = len("".join(document.text.split()))
        for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]:
            rows.append(
                (document.doc, document.city_zh, document.city_en, word, n, 1000 * n / chars)
            )
    return _typed(
        pd.DataFrame(rows, columns=["doc", "city_zh", "city_en", "word", "n", "per_1000_chars"])
    )


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Strings as `str` and whole numbers as int64, also in an empty table."""
    floats, numbers = (
        {"share_hidden", "per_1000_chars"},
        {"section", "sentence", "start", "end", "rank", "doc_rank"},
    )
    kinds = {
        c: (
            "float64"
            if c in floats
            else "int64"
            if c in numbers or c.startswith("n") or c.endswith("_variant")
            else "str"
        )
        for c in table
    }
    return table.astype(kinds)
