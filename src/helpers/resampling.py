"""Turn the sentences of one document into intervals: how far its rates hang on single sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

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
    return (
        _few_draws(n_blocks, n_boot, seed)
        if n_blocks * n_boot <= 500_000
        else _pieces(n_blocks, n_boot, seed)
    )


@lru_cache(maxsize=64)
def _few_draws(n_blocks: int, n_boot: int, seed: int) -> tuple[np.ndarray, ...]:
    return tuple(_pieces(n_blocks, n_boot, seed))


def _pieces(n_blocks: int, n_boot: int, seed: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng([seed, n_blocks])
    # Small pieces also keep the products below in one thread: BLAS threads that wait for a busy
    # core cost ten times more.
    step = max(1, 8_000 // n_blocks)
    for first in range(0, n_boot, step):
        rows = min(step, n_boot - first)
        drawn = (
            random.integers(n_blocks, size=(rows, n_blocks)) + n_blocks * np.arange(rows)[:, None]
        )
        yield (
            np.bincount(drawn.ravel(), minlength=rows * n_blocks)
            .reshape(rows, n_blocks)
            .astype(float)
        )
