"""Find the words that are typical of a document, measure how evenly words are spread, and list a
term with the text around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import pandas as pd

from helpers.characters import half_width
from helpers.codebook import checks, literal_piece, term_pattern
from helpers.text import Corpus, Document, takes_corpus

from .counts import typed_table


def keyness(
    dfm: pd.DataFrame,
    target: str | Iterable[str],
    *,
    reference: str | Iterable[str] | None = None,
    min_count: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Score how much more often features (such as words) occur in some documents than in others.

    Parameters
    ----------
    dfm : DataFrame
        Counts (documents × features), such as `document_feature_matrix` returns. The counts may be
        weighted, so they need not be whole numbers.
    target, reference : document id or ids
        The documents to compare. By default the reference is every document that is not a target.
    min_count : int
        Features with fewer hits in target and reference together are not listed, but the hits of
        these features still count in the totals.
    confidence : float
        Confidence level of the interval of `log_ratio`, and of the wider interval behind `lrc`.

    Returns
    -------
    DataFrame
        `feature, n_target, n_reference, docfreq, log_ratio, log_ratio_low, log_ratio_high, lrc,
        g2`, sorted by falling `g2`, ties by feature. The features that the target uses far more
        than the reference come first, the features that it uses far less come last.

        - `log_ratio`: log2 of the ratio of relative frequencies, where a count of 0 is taken as 0.5
          (Hardie 2014). A value of 1 means that the feature is twice as frequent in the target. The
          interval of `log_ratio` is exact for a fixed sum of `n_target` and `n_reference`
          (Clopper–Pearson, where a count of 0 is again taken as 0.5).
        - `lrc`: a cautious log ratio (Evert 2022, “Measuring keyness”). `lrc` is the bound nearest
          to 0 of an interval that is widened for the number of features (Bonferroni) and in which a
          count of 0 stays 0. `lrc` is 0 where this interval contains 0.
        - `g2`: the signed log-likelihood ratio, explained in `log_likelihood` (Dunning 1993,
          *Computational Linguistics* 19(1)).

    Examples
    --------
    助餐 ("meal service") is 7 of 10 words in document a and 2 of 9 in document b (其他: "other").

    >>> import pandas as pd
    >>> from helpers import keyness
    >>> dfm = pd.DataFrame([[7, 3], [2, 7]], index=["a", "b"], columns=["助餐", "其他"])
    >>> keyness(dfm, "a")[["feature", "n_target", "n_reference", "g2"]].round(2)
      feature  n_target  n_reference    g2
    0      助餐         7            2  4.53
    1      其他         3            7 -4.53
    """
    chosen = _rows(dfm, target, "target")
    others = ~chosen if reference is None else _rows(dfm, reference, "reference")
    if (chosen & others).any():
        both = dfm.index[chosen & others][0]
        raise ValueError(f"'{both}' is both target and reference. Leave it out of one list.")
    counts = dfm.to_numpy()
    _check_counts(dfm, counts)
    # In the literature, a and b are the hits of a feature in the target and in the reference.
    a, b = counts[chosen].sum(axis=0), counts[others].sum(axis=0)
    total_a, total_b = a.sum(), b.sum()
    if not total_a or not total_b:
        empty = "reference" if total_a else "target"
        raise ValueError(f"the {empty} holds no feature. Choose documents with counts above 0.")
    keep = (a + b) >= min_count
    cells, options = (a[keep], b[keep], total_a, total_b), {"confidence": confidence}
    low, high = log_ratio_interval(*cells, **options)
    options |= {"tests": max(1, int(keep.sum())), "zero": 0}
    adjusted_low, adjusted_high = log_ratio_interval(*cells, **options)
    table = pd.DataFrame({"feature": dfm.columns[keep].astype("str")})
    table["n_target"], table["n_reference"] = a[keep], b[keep]
    table["docfreq"] = (counts[chosen | others][:, keep] > 0).sum(axis=0)
    table["log_ratio"] = log_ratio(*cells)
    table["log_ratio_low"], table["log_ratio_high"] = low, high
    bounds = [adjusted_low, adjusted_high]
    table["lrc"] = np.select([adjusted_low > 0, adjusted_high < 0], bounds)
    table["g2"] = log_likelihood(*cells)
    return table.sort_values(["g2", "feature"], ascending=[False, True], ignore_index=True)


def _check_counts(dfm: pd.DataFrame, counts: np.ndarray) -> None:
    """Raise an error that names the first cell that is negative or missing, and so is no count."""
    for row, column in np.argwhere(~(counts >= 0))[:1]:
        raise ValueError(
            f"row '{dfm.index[row]}', feature '{dfm.columns[column]}': {counts[row, column]} is no"
            " count. Give numbers of 0 or more."
        )


def _rows(dfm: pd.DataFrame, wanted: str | Iterable[str], role: str) -> np.ndarray:
    """Return True for each row of the matrix whose document is in `wanted`, else False."""
    documents = dfm.index.get_level_values(0)
    wanted = [wanted] if isinstance(wanted, str) else list(wanted)
    for doc in wanted:
        if doc not in documents:
            known = checks.nearest(str(doc), map(str, documents.unique()))
            raise KeyError(f"{role} '{doc}' is not a row of the matrix. {known}")
    return np.asarray(documents.isin(wanted))


def log_likelihood(a, b, total_a: float, total_b: float) -> np.ndarray:
    """Return the signed log-likelihood ratio G² of two frequencies, a of total_a and b of total_b.

    G² = 2 Σ O ln(O / E) over the four cells {a, total_a − a, b, total_b − b}, where O is the
    observed and E the expected count of a cell, and 0 ln 0 is 0. G² is positive where a / total_a
    is higher than b / total_b, and negative where it is lower. The function computes the four-cell
    G² of Dunning (1993), not the two-cell G² of Rayson and Garside (2000).

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


def log_ratio(a, b, total_a: float, total_b: float) -> np.ndarray:
    """Return log2 of (a / total_a) / (b / total_b). A count of 0 is taken as 0.5 (Hardie 2014)."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.log2(np.where(a > 0, a, 0.5) / total_a) - np.log2(np.where(b > 0, b, 0.5) / total_b)


def log_ratio_interval(
    a,
    b,
    total_a: float,
    total_b: float,
    *,
    confidence: float = 0.95,
    tests: int = 1,
    zero: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact interval of the log ratio for a fixed sum a + b (Clopper and Pearson 1934).

    `tests` is the number of comparisons for which the interval is widened (Bonferroni). A count of
    0 is replaced by `zero`. With `zero=0` a count of 0 gives an infinite bound.
    """
    from scipy.special import betaincinv

    counts = np.column_stack([np.atleast_1d(a), np.atleast_1d(b)])
    # Many words have the same two counts, so the interval of each pair of counts is computed only
    # once.
    pairs, back = np.unique(counts, axis=0, return_inverse=True)
    first, second = pairs.T
    tail = (1 - confidence) / 2 / tests
    # Both bounds use the small probability `tail`, because 1 - tail would lose digits by rounding.
    low = np.log2(_odds(betaincinv(np.where(first > 0, first, zero or 1), second + 1, tail)))
    high = -np.log2(_odds(betaincinv(np.where(second > 0, second, zero or 1), first + 1, tail)))
    if not zero:
        low[first == 0], high[second == 0] = -np.inf, np.inf
    shift = np.log2(total_b / total_a)
    return (low + shift)[back.ravel()], (high + shift)[back.ravel()]


def _odds(share: np.ndarray) -> np.ndarray:
    return share / (1 - share)


def dispersion(parts: pd.DataFrame, *, sizes: Sequence[float] | None = None) -> pd.DataFrame:
    """Measure how unevenly each feature is spread over the parts of a text.

    Parameters
    ----------
    parts : DataFrame
        Counts (parts × features), such as ``document_feature_matrix(corpus, unit="paragraph")``.
    sizes : sequence of numbers, optional
        Size of each part. By default the size of a part is the sum of its row in `parts`.

    Returns
    -------
    DataFrame
        `feature, n, docfreq, dp, dp_norm`, sorted by falling `n`, ties by feature. `dp` compares
        each part's share of the text with its share of the feature's occurrences, and is half the
        sum of the absolute differences (Gries 2008, *International Journal of Corpus Linguistics*
        13(4)). A `dp` of 0 means that the feature is spread like the text, a `dp` near 1 that all
        its occurrences are in one small part. `dp_norm` is `dp` divided by the largest possible
        `dp` (Lijffijt and Gries 2012). `docfreq` counts the documents that contain the feature (or
        the parts, if the index has no level `doc`). `dp` and `dp_norm` are missing for a feature
        that never occurs, and `dp_norm` is also missing for a text that has only one part.

    Examples
    --------
    助餐 ("meal service") stands for the feature in the example of Gries 2008, a text in five parts.

    >>> import pandas as pd
    >>> from helpers import dispersion
    >>> parts = pd.DataFrame({"助餐": [1, 2, 3, 4, 5]})
    >>> dispersion(parts, sizes=[9, 10, 10, 10, 11]).round(4)
      feature   n  docfreq    dp  dp_norm
    0      助餐  15        5  0.18   0.2195
    """
    counts = parts.to_numpy(dtype=float)
    sizes = counts.sum(axis=1) if sizes is None else np.asarray(sizes, dtype=float)
    if len(sizes) != len(parts):
        raise ValueError(f"{len(sizes)} sizes for {len(parts)} parts. Give one size per part.")
    n = counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sizes / sizes.sum()
        dp = np.abs(counts / n - share[:, None]).sum(axis=0) / 2
        norm = dp / (1 - share.min()) if len(share) > 1 else np.full(len(n), np.nan)
    present = parts > 0
    if "doc" in parts.index.names:
        present = present.groupby(level="doc", sort=False).any()
    table = pd.DataFrame({"feature": parts.columns.astype("str"), "n": n.astype(np.int64)})
    table = table.assign(docfreq=present.sum().to_numpy(), dp=dp, dp_norm=norm)
    return table.sort_values(["n", "feature"], ascending=[False, True], ignore_index=True)


_SORTS = {  # For each value of `sort`, a function that returns the sort key of a row.
    "position": None,  # The rows already have the order of the text.
    "left": lambda line: line[3][::-1],
    "right": lambda line: line[5],
    "keyword": lambda line: line[4],
}


@takes_corpus
def keyword_in_context(
    corpus: Corpus, term: str, *, window: int = 20, limit: int | None = None, sort: str = "position"
) -> pd.DataFrame:
    """List every occurrence of a term with the text before and after it (a concordance).

    Parameters
    ----------
    corpus : Corpus
    term : str
        The term may be full or half width. `*` stands for 0–4 characters within a clause, `?` for
        one character. Hits do not overlap. The term is also found inside longer words, for example
        养老 ("elderly care") inside 养老服务 ("elderly care service").
    window : int
        Number of characters shown on each side of the term.
    limit : int, optional
        The search stops after this number of hits (in the order of the corpus). A limit is useful
        for a first look at a large corpus.
    sort : {"position", "left", "right", "keyword"}
        `position` keeps the order of the text, `left` sorts by the text before the keyword (read
        backwards), `right` by the text after the keyword, `keyword` by the keyword itself.

    Returns
    -------
    DataFrame
        `doc, section, sentence, pre, keyword, post, start, end`. `start` and `end` say where the
        keyword starts and ends in the raw text. `pre`, `keyword` and `post` are verbatim, but
        without line breaks and page marks (such as —3—).

    Raises
    ------
    ValueError
        If the term is empty or has only wildcards, the window is negative, or the order is unknown.

    Examples
    --------
    The first two places where 助餐 ("meal service") occurs:

    >>> from helpers import keyword_in_context, read_corpus
    >>> lines = keyword_in_context(read_corpus(), "助餐", window=4, limit=2)
    >>> lines[["doc", "pre", "keyword", "post"]]
              doc   pre keyword  post
    0  000_jiyuan  设、养老      助餐  、老年康
    1  000_jiyuan  设和老年      助餐  结合起来
    """
    if not isinstance(term, str) or not term.strip():
        examples = "a word such as '助餐', or one with wildcards such as '老年*服务'"
        raise ValueError(f"the term is empty. Give {examples}.")
    if not term.strip("*?＊？ \u3000"):
        remedy = "Add at least one character that is not a wildcard."
        raise ValueError(f"the term '{term}' matches everything. {remedy}")
    if sort not in _SORTS:
        raise ValueError(f"sort '{sort}' is not known. Use one of {', '.join(_SORTS)}.")
    if window < 0:
        remedy = "Give the number of characters to show on each side."
        raise ValueError(f"window {window} is negative. {remedy}")
    lines = _lines(corpus, half_width(term.strip()), window)
    lines = islice(lines, None if limit is None else max(0, limit))
    columns = "doc section sentence pre keyword post start end"
    if sort != "position":
        lines = sorted(lines, key=_SORTS[sort])
    return typed_table(lines, columns)


def _lines(corpus: Corpus, term: str, window: int) -> Iterator[tuple]:
    piece, pattern = literal_piece(term), re.compile(term_pattern(term))
    for document in corpus:
        # a fast test that skips most documents in which the term cannot occur
        if piece in document.text:
            for match in pattern.finditer(document.text):
                yield _line(document, *match.span(), window)


def _line(document: Document, first: int, last: int, window: int) -> tuple:
    sentences = document.sentences
    sentence = sentences[max(0, bisect_right(sentences, first, key=lambda one: one.start) - 1)]
    start, end = document.raw_span(first, last)
    before, after = max(0, first - window), min(len(document.text), last + window)
    pre = document.quote(*document.raw_span(before, first)) if before < first else ""
    post = document.quote(*document.raw_span(last, after)) if last < after else ""
    quotes = (pre, document.quote(start, end), post)
    return document.doc, sentence.section, sentence.sentence, *quotes, start, end
