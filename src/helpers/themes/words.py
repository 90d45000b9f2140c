"""Words of two groups of documents → keyness and dispersion; a term → its lines of context."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import checks, has_wildcard, literal_piece, term_pattern
from helpers.text import Corpus, Document
from helpers.writing import as_table

FEW_DOCUMENTS = 6


def keyness(
    dfm: pd.DataFrame,
    target: str | Iterable[str],
    *,
    reference: str | Iterable[str] | None = None,
    min_count: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Score how far each feature is over-used in one document (or several) against all the others.

    Parameters
    ----------
    dfm : DataFrame
        Documents × features, as `document_feature_matrix` gives it.
    target, reference : document id or ids
        The reference is every other document unless given.
    min_count : int
        Features with fewer hits on both sides together are left out (the totals still hold them).
    confidence : float
        Of the interval of the log ratio, and of the Bonferroni-adjusted one behind `lrc`.

    Returns
    -------
    DataFrame
        `feature, n_target, n_reference, docfreq, log_ratio, log_ratio_low, log_ratio_high, lrc,
        g2`, by `g2` from the most over-used to the most under-used, ties by feature.

        - `log_ratio`: log2 of the ratio of relative frequencies, a count of 0 taken as 0.5 (Hardie
          2014); +1 means twice as frequent. Its interval is exact, given the sum of both counts
          (Clopper–Pearson, with the same 0.5).
        - `lrc`: the bound nearest 0 of that interval (without the 0.5) adjusted for the number of
          features, 0 where the interval holds 0 (Evert 2022, “Measuring keyness”).
        - `g2`: see `log_likelihood` (Dunning 1993, *Computational Linguistics* 19(1)).

    Examples
    --------
    >>> dfm = pd.DataFrame([[7, 3], [2, 7]], index=["a", "b"], columns=["助餐", "其他"])
    >>> keyness(dfm, "a").loc[0, "feature"], round(float(keyness(dfm, "a").loc[0, "g2"]), 4)
    ('助餐', 4.5349)
    """
    chosen = _rows(dfm, target, "target")
    others = ~chosen if reference is None else _rows(dfm, reference, "reference")
    if (chosen & others).any():
        raise ValueError(
            f"'{dfm.index[chosen & others][0]}' is both target and reference. Take it out of one of"
            " them."
        )
    counts = dfm.to_numpy()
    a, b = counts[chosen].sum(axis=0), counts[others].sum(axis=0)
    total_a, total_b = int(a.sum()), int(b.sum())
    if not total_a or not total_b:
        raise ValueError(
            f"the {'target' if not total_a else 'reference'} holds no feature: nothing can be"
            " compared."
        )
    keep = (a + b) >= min_count
    a, b = a[keep], b[keep]
    low, high = log_ratio_interval(a, b, total_a, total_b, confidence=confidence)
    table = pd.DataFrame(
        {
            "feature": dfm.columns[keep].astype("str"),
            "n_target": a,
            "n_reference": b,
            "docfreq": (counts[chosen | others][:, keep] > 0).sum(axis=0),
            "log_ratio": log_ratio(a, b, total_a, total_b),
            "log_ratio_low": low,
            "log_ratio_high": high,
            "lrc": _nearest_zero(a, b, total_a, total_b, confidence),
            "g2": log_likelihood(a, b, total_a, total_b),
        }
    )
    return table.sort_values(
        ["g2", "feature"], ascending=[False, True], kind="stable", ignore_index=True
    )


def log_likelihood(a, b, total_a: int, total_b: int) -> np.ndarray:
    """Signed log-likelihood ratio G² of the four cells {a, total_a − a, b, total_b − b}.

    G² = 2 Σ O ln(O / E), 0 ln 0 = 0; positive where `a` is relatively more frequent. The four-cell
    form of Dunning (1993), not the two-cell form of Rayson and Garside (2000).

    >>> float(log_likelihood(120, 40, 10000, 12000).round(2))
    58.19
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    total = total_a + total_b
    cells = (
        (a, total_a, a + b),
        (b, total_b, a + b),
        (total_a - a, total_a, total - a - b),
        (total_b - b, total_b, total - a - b),
    )
    g2 = np.zeros(np.broadcast(a, b).shape)
    for observed, side, row in cells:
        ratio = np.divide(observed * total, side * row, out=np.ones_like(g2), where=observed > 0)
        g2 += 2 * observed * np.log(ratio)
    return np.sign(a / total_a - b / total_b) * np.maximum(g2, 0)


def log_ratio(a, b, total_a: int, total_b: int) -> np.ndarray:
    """log2 of the ratio of two relative frequencies, a count of 0 taken as 0.5 (Hardie 2014)."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.log2(np.where(a > 0, a, 0.5) / total_a) - np.log2(np.where(b > 0, b, 0.5) / total_b)


def log_ratio_interval(
    a, b, total_a: int, total_b: int, *, confidence: float = 0.95, tests: int = 1, zero: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Exact interval of the log ratio, given a + b (two Poisson counts compared; Clopper and
    Pearson 1934).

    `tests` widens it for so many comparisons (Bonferroni). A count of 0 is taken as `zero`, as in
    `log_ratio`; with `zero=0` the side that such a count leaves open is infinite.
    """
    from scipy.special import betaincinv

    pairs, back = np.unique(
        np.column_stack([np.atleast_1d(a), np.atleast_1d(b)]), axis=0, return_inverse=True
    )
    first, second = pairs.T  # words by the ten thousand share a few hundred pairs of counts
    tail = (1 - confidence) / 2 / tests
    # Both shares are taken as lower tails, so that neither is rounded to 1.
    low = np.log2(_odds(betaincinv(np.where(first > 0, first, zero or 1), second + 1, tail)))
    high = -np.log2(_odds(betaincinv(np.where(second > 0, second, zero or 1), first + 1, tail)))
    if not zero:
        low[first == 0], high[second == 0] = -np.inf, np.inf
    shift = np.log2(total_b / total_a)
    return (low + shift)[back.ravel()], (high + shift)[back.ravel()]


def _odds(share: np.ndarray) -> np.ndarray:
    return share / (1 - share)


def _nearest_zero(
    a: np.ndarray, b: np.ndarray, total_a: int, total_b: int, confidence: float
) -> np.ndarray:
    low, high = log_ratio_interval(
        a, b, total_a, total_b, confidence=confidence, tests=max(1, len(a)), zero=0
    )
    return np.where(low > 0, low, np.where(high < 0, high, 0.0))


def _rows(dfm: pd.DataFrame, wanted: str | Iterable[str], role: str) -> np.ndarray:
    """Mark the rows of the wanted documents."""
    documents = dfm.index.get_level_values(0)
    wanted = [wanted] if isinstance(wanted, str) else list(wanted)
    for doc in wanted:
        if doc not in documents:
            raise KeyError(
                f"{role} '{doc}' is not a row of the matrix."
                f" {checks.nearest(str(doc), map(str, documents.unique()))}"
            )
    return np.asarray(documents.isin(wanted))


def dispersion(parts: pd.DataFrame, *, sizes: Sequence[float] | None = None) -> pd.DataFrame:
    """Measure how unevenly each feature is spread over the parts of a text.

    Parameters
    ----------
    parts : DataFrame
        Parts × features, such as ``document_feature_matrix(corpus, unit="paragraph")``.
    sizes : sequence of numbers, optional
        Size of each part; by default the sum of its row.

    Returns
    -------
    DataFrame
        `feature, n, docfreq, dp, dp_norm`, by `n` falling, ties by feature. `dp` is half the sum of
        the differences between the parts' shares of the text and of the feature: 0 = spread like
        the text, towards 1 = all in one small part; `dp_norm` divides by the largest value possible
        (Gries 2008, *International Journal of Corpus Linguistics* 13(4); normalised as in Lijffijt
        and Gries 2012). `docfreq` counts documents (parts, where the index knows no documents).
        Missing for a feature that never occurs, and `dp_norm` for a text in one part.

    Examples
    --------
    >>> parts = pd.DataFrame({"助餐": [1, 2, 3, 4, 5]})
    >>> dispersion(parts, sizes=[9, 10, 10, 10, 11])[["dp", "dp_norm"]].round(4).iloc[0].tolist()
    [0.18, 0.2195]
    """
    counts = parts.to_numpy(dtype=float)
    sizes = counts.sum(axis=1) if sizes is None else np.asarray(sizes, dtype=float)
    if len(sizes) != len(parts):
        raise ValueError(f"{len(sizes)} sizes for {len(parts)} parts. Give one size for each row.")
    n = counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sizes / sizes.sum()
        dp = np.abs(counts / n - share[:, None]).sum(axis=0) / 2
        norm = dp / (1 - share.min()) if len(share) > 1 else np.full(len(n), np.nan)
    said = parts > 0
    by_document = (
        said.groupby(level="doc", sort=False).any() if "doc" in parts.index.names else said
    )
    table = pd.DataFrame(
        {
            "feature": parts.columns.astype("str"),
            "n": n.astype(np.int64),
            "docfreq": by_document.sum().to_numpy(),
            "dp": dp,
            "dp_norm": norm,
        }
    )
    return table.sort_values(
        ["n", "feature"], ascending=[False, True], kind="stable", ignore_index=True
    )


def document_p_value(values: Sequence[float], in_group: Sequence[bool]) -> float:
    """Share of the relabellings of the documents whose difference of means is at least as large as
    the one found.

    All relabellings are tried where there are fewer than 10,000, else as many are drawn (seeded).
    Refused below six documents: with one briefing a city a label permutation can't go below p =
    0.20.
    """
    from scipy.stats import permutation_test

    values, group = np.asarray(values, dtype=float), np.asarray(in_group, dtype=bool)
    if len(values) < FEW_DOCUMENTS:
        raise ValueError(
            f"{len(values)} documents are too few for a p-value: with one briefing a city a label"
            " permutation can't go below p = 0.20 (five documents). Show the counts, or take at"
            f" least {FEW_DOCUMENTS} documents."
        )
    if group.all() or not group.any():
        raise ValueError("the group holds all documents or none. Mark some of them.")

    def difference(inside: np.ndarray, outside: np.ndarray) -> float:
        return abs(inside.mean() - outside.mean())

    return float(
        permutation_test(
            (values[group], values[~group]), difference, alternative="greater", rng=0
        ).pvalue
    )


_TYPES = {
    "doc": "str",
    "section": "int64",
    "sentence": "int64",
    "pre": "str",
    "keyword": "str",
    "post": "str",
    "start": "int64",
    "end": "int64",
}
_SORTS = ("position", "left", "right", "keyword")


def keyword_in_context(
    corpus: Corpus, term: str, *, window: int = 20, limit: int | None = None, sort: str = "position"
) -> pd.DataFrame:
    """Show a term in its context.

    Parameters
    ----------
    corpus : Corpus
    term : str
        Full or half width; `*` stands for 0–4 characters within a clause, `?` for one. Hits do not
        overlap. Words inside longer words are found, too: 养老 in 养老服务.
    window : int
        Characters of clean text on each side.
    limit : int, optional
        Stop after so many hits (in the order of the corpus): a first look at a large corpus.
    sort : {"position", "left", "right", "keyword"}
        In text order; by what stands before, read outwards from the keyword; by what stands after;
        by the keyword.

    Returns
    -------
    DataFrame
        `doc, section, sentence, pre, keyword, post, start, end`; offsets of the keyword in the raw
        text. `pre`, `keyword` and `post` are verbatim, less page furniture and line breaks, never
        joined with spaces.

    Raises
    ------
    ValueError
        For an empty term or one of wildcards only, a negative window, an unknown order.

    Examples
    --------
    >>> keyword_in_context(corpus, "助餐", window=4)  # doctest: +SKIP
    """
    if not isinstance(term, str) or not term.strip():
        raise ValueError(
            "the term is empty. Give a word such as '助餐', or one with wildcards such as '老年*服务'."
        )
    if not term.strip("*?＊？ \u3000"):
        raise ValueError(
            f"the term '{term}' matches everything. Add at least one character that is not a"
            " wildcard."
        )
    if sort not in _SORTS:
        raise ValueError(f"sort '{sort}' is not known. Use one of {', '.join(_SORTS)}.")
    if window < 0:
        raise ValueError(
            f"window {window} is negative. Give the number of characters on each side."
        )
    term = half_width(term.strip())
    rows: list[tuple] = []
    piece, pattern = (
        literal_piece(term),
        re.compile(term_pattern(term)) if has_wildcard(term) else None,
    )
    for document in corpus:
        if piece not in (text := document.text):  # most documents, at the speed of memory
            continue
        for first, last in (
            _spans(text, term)
            if pattern is None
            else (match.span() for match in pattern.finditer(text))
        ):
            if limit is not None and len(rows) >= limit:
                return _table(rows, sort)
            rows.append(_row(document, first, last, window))
    return _table(rows, sort)


def _spans(text: str, term: str) -> Iterator[tuple[int, int]]:
    """Where a term without wildcards stands in clean text."""
    first = text.find(term)
    while first >= 0:
        yield first, first + len(term)
        first = text.find(term, first + len(term))


def _row(document: Document, first: int, last: int, window: int) -> tuple:
    sentences = document.sentences
    sentence = sentences[max(0, bisect_right(sentences, first, key=lambda one: one.start) - 1)]
    start, end = document.raw_span(first, last)
    return (
        document.doc,
        sentence.section,
        sentence.sentence,
        _context(document, max(0, first - window), first),
        document.quote(start, end),
        _context(document, last, min(len(document.text), last + window)),
        start,
        end,
    )


def _context(document: Document, first: int, last: int) -> str:
    """The raw text behind a stretch of clean text, page furniture and line breaks left out."""
    return document.quote(*document.raw_span(first, last)) if first < last else ""


def _table(rows: list[tuple], sort: str) -> pd.DataFrame:
    """A table in the order asked for; equal neighbours stay in text order."""
    if sort == "left":
        rows = sorted(rows, key=lambda row: row[3][::-1])
    elif sort in ("right", "keyword"):
        rows = sorted(rows, key=lambda row: row[5] if sort == "right" else row[4])
    return as_table(rows, _TYPES)
