"""Turn theme counts into questions about them: what a segmenter would miss, what broken lines hide, what one term decides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.checks import half_width
from helpers.codebook import Codebook, shipped_codebook
from helpers.corpus import Corpus
from helpers.frequency import count_themes, is_word, sentence_counts
from helpers.matching import has_wildcard, term_pattern
from helpers.segment import tokenize


def compare_counts(corpus: Corpus, codebook: Codebook | None = None, *, engine: str = "jieba") -> pd.DataFrame:
    """Set the string count of each term beside the segmenter's.

    Returns
    -------
    DataFrame
        `theme, term, n_string, n_segmenter, n_user_words, n_sentences_differ`, a row a term that either side finds, by
        `n_string - n_segmenter` falling, ties by term. `n_segmenter` counts tokens of jieba's own dictionary equal to
        the term, `n_user_words` those with the user dictionary; `n_sentences_differ` sentences where string and
        jieba's own dictionary disagree. The string count can be the lower one: 助餐 inside 老年助餐服务 is that hit.
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
    rows = [("|".join(codebook.themes_of_term[t]), t, string[t], segmenter[t], user[t], differ[t]) for t in terms]
    return _typed(pd.DataFrame(rows, columns=["theme", "term", "n_string", "n_segmenter", "n_user_words", "n_sentences_differ"]))


def count_disagreements(
    corpus: Corpus, codebook: Codebook | None = None, *, words: Iterable[str] = (), engine: str = "jieba"
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
        `doc, section, sentence, term, n_string, n_segmenter, tokens, start, end, quote`: sentences in text order, in a
        sentence by term; `tokens` is the segmenter's cut, parted by `|`; offsets and quotation are the sentence's.
    """
    codebook = codebook or shipped_codebook()
    rows = []
    for (doc, number, term), (n_string, n_segmenter) in sorted(_count_both_ways(corpus, codebook, tuple(words), engine).items()):
        if n_string != n_segmenter:
            document = corpus[doc]
            sentence = document.sentences[number]
            tokens = tokenize(document.text[sentence.start : sentence.end], words=words, engine=engine)
            start, end = document.raw_span(sentence.start, sentence.end)
            rows.append((doc, sentence.section, sentence.sentence, term, n_string, n_segmenter, "|".join(tokens), start, end, document.quote(start, end)))
    columns = ["doc", "section", "sentence", "term", "n_string", "n_segmenter", "tokens", "start", "end", "quote"]
    return _typed(pd.DataFrame(rows, columns=columns))


def _count_both_ways(corpus: Corpus, codebook: Codebook, words: tuple[str, ...], engine: str) -> dict[tuple[str, int, str], tuple[int, int]]:
    """String count and token count by (doc, place of the sentence, term), where either is above 0."""
    terms = codebook.matcher.terms
    plain = {term for term in terms if not has_wildcard(term)}
    wild = [(term, re.compile(term_pattern(term))) for term in terms if has_wildcard(term)]
    cells: dict[tuple[str, int, str], tuple[int, int]] = {}
    for document in corpus:
        texts = [document.text[s.start : s.end] for s in document.sentences]
        for place, (text, tokens) in enumerate(zip(texts, tokenize(texts, words=words, engine=engine), strict=True)):
            string = Counter(terms[number] for number, _, _ in codebook.matcher.find(text))
            cut = Counter(token for token in tokens if token in plain)
            for term, pattern in wild:
                cut[term] += sum(pattern.fullmatch(token) is not None for token in tokens if token not in plain)
            for term in set(string) | {term for term, n in cut.items() if n}:
                cells[document.doc, place, term] = string[term], cut[term]
    return cells


def hidden_hits(corpus: Corpus, codebook: Codebook | None = None) -> pd.DataFrame:
    """Count theme hits in the body as the file has it, its lines broken, and in the clean text.

    Returns
    -------
    DataFrame
        `doc, n_raw_lines, n_clean, n_hidden, share_hidden` (percent of the hits in the clean text). Both sides are half
        width, so that only the broken lines differ.
    """
    codebook = codebook or shipped_codebook()
    rows = []
    for document in corpus:
        body = document.raw[int(document.offsets[0]) : int(document.offsets[-1]) + 1] if len(document.offsets) else ""
        raw, clean = (codebook.matcher.count([half_width(body), document.text]).sum(axis=1).tolist())
        rows.append((document.doc, raw, clean, clean - raw, 100 * (clean - raw) / clean if clean else np.nan))
    return _typed(pd.DataFrame(rows, columns=["doc", "n_raw_lines", "n_clean", "n_hidden", "share_hidden"]))


def sensitivity(corpus: Corpus, codebook: Codebook | None = None, *, only_changes: bool = True, engine: str = "jieba") -> pd.DataFrame:
    """Recount without one term at a time, without headings, and by other measures; say which ranks change.

    Returns
    -------
    DataFrame
        `variant, term, doc, theme, family, n, n_variant, rank, rank_variant, doc_rank, doc_rank_variant`. `rank` is the
        theme's within its family in a document, `doc_rank` the document's within a theme (1 = highest; equals share the
        better rank). Variants: `without term` (`term` says which), `without headings`, `per 1,000 words`, `share of
        sentences` (those with a hit). Rows in the order of variants, terms by codebook, documents, themes; by default
        only rows in which a rank changes.
    """
    codebook = codebook or shipped_codebook()
    base = _ranked(count_themes(corpus, codebook, n_boot=0))
    counted = codebook.matcher.count([document.text for document in corpus]).sum(axis=0)
    said = {term for term, n in zip(codebook.matcher.terms, counted, strict=True) if n}
    variants = [("without term", term, count_themes(corpus, codebook.without(term), n_boot=0))
                for term in dict.fromkeys(codebook.themes["term"]) if term in said and len(set(codebook.themes["term"])) > 1]
    variants.append(("without headings", "", count_themes(corpus, codebook, n_boot=0, headings=False)))
    variants.append(("per 1,000 words", "", base.assign(per_1000_chars=_per_word(corpus, base, codebook, engine))))
    variants.append(("share of sentences", "", base.assign(per_1000_chars=_share_of_sentences(corpus, codebook))))
    tables = []
    for variant, term, counted in variants:
        other = _ranked(counted)
        table = base[["doc", "theme", "family", "n", "rank", "doc_rank"]].assign(
            variant=variant, term=term, n_variant=other["n"], rank_variant=other["rank"], doc_rank_variant=other["doc_rank"])
        changed = (table["rank"] != table["rank_variant"]) | (table["doc_rank"] != table["doc_rank_variant"])
        tables.append(table[changed] if only_changes else table)
    columns = ["variant", "term", "doc", "theme", "family", "n", "n_variant", "rank", "rank_variant", "doc_rank", "doc_rank_variant"]
    return _typed(pd.concat(tables, ignore_index=True)[columns])


def _ranked(counts: pd.DataFrame) -> pd.DataFrame:
    """Add the rank of a theme in its document and family, and of a document in its theme."""
    rates = counts["per_1000_chars"].fillna(0)
    within = rates.groupby([counts["doc"], counts["family"]], sort=False).rank(method="min", ascending=False)
    across = rates.groupby(counts["theme"], sort=False).rank(method="min", ascending=False)
    return counts.assign(rank=within.astype("int64"), doc_rank=across.astype("int64"))


def _per_word(corpus: Corpus, base: pd.DataFrame, codebook: Codebook, engine: str) -> np.ndarray:
    """Hits per 1,000 words of the segmenter."""
    words = {d.doc: sum(is_word(token) for token in tokenize(d.text, words=codebook.words, engine=engine)) for d in corpus}
    return (1000 * base["n"] / base["doc"].map(words).replace(0, np.nan)).to_numpy()


def _share_of_sentences(corpus: Corpus, codebook: Codebook) -> np.ndarray:
    """Percent of the sentences and headings with at least one hit."""
    shares = [100 * (counts > 0).mean(axis=0) if len(counts) else counts.sum(axis=0) for counts, _, _ in (sentence_counts(d, codebook) for d in corpus)]
    return np.concatenate(shares) if shares else np.zeros(0)


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
        `doc, city_zh, city_en, word, n, per_1000_chars`, in corpus order, the `most` frequent words of each document by
        `n` falling, ties by word. Words of one character and the codebook's stopwords are left out.
        For one scale across cities size by `per_1000_chars`.
    """
    codebook = codebook or shipped_codebook()
    drop = set(codebook.stopwords["word"] if stopwords is None else stopwords)
    rows = []
    for document in corpus:
        tokens = tokenize(document.text, words=codebook.words, engine=engine)
        counts = Counter(t for t in tokens if is_word(t) and len(t) > 1 and t not in drop)
        chars = len("".join(document.text.split()))
        for word, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]:
            rows.append((document.doc, document.city_zh, document.city_en, word, n, 1000 * n / chars))
    return _typed(pd.DataFrame(rows, columns=["doc", "city_zh", "city_en", "word", "n", "per_1000_chars"]))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Strings as `str` and whole numbers as int64, also in an empty table."""
    floats, numbers = {"share_hidden", "per_1000_chars"}, {"section", "sentence", "start", "end", "rank", "doc_rank"}
    kinds = {c: "float64" if c in floats else "int64" if c in numbers or c.startswith("n") or c.endswith("_variant") else "str" for c in table}
    return table.astype(kinds)
