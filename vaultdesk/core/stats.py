"""Resampled history: paths that keep the habits of recorded returns, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

MEAN_BLOCK = 10.0
"""Days that follow each other as they did, on average: two weeks, as long as storms last."""


def log_returns(prices: npt.ArrayLike) -> FloatArray:
    """ln(price / the one before), one fewer than the prices; NaN beside what is not above 0."""
    price = np.asarray(prices, dtype=np.float64)
    result: FloatArray = np.diff(np.log(np.where(price > 0.0, price, np.nan)))
    return result


def without_drift(returns: FloatArray) -> FloatArray:
    """Log returns moved so that a day's price is expected where the one before was: mean e^r = 1.

    Log returns then average about minus half their variance, as those of a fair game do.
    """
    result: FloatArray = returns - np.log(np.mean(np.exp(returns)))
    return result


def stationary_bootstrap(
    returns: FloatArray, days: int, paths: int, seed: int, mean_block: float = MEAN_BLOCK
) -> Iterator[FloatArray]:
    """Resample a series in blocks of random length, round its end into its beginning.

    Each path goes on with the return that followed in history, or, with probability
    1/`mean_block`, with one drawn from anywhere (Politis and Romano 1994, section 2). Blocks keep
    the calm with the calm and the storms with the storms; single days would thin out both.

    Args:
        returns: what is resampled, one-dimensional, at least one.
        days: how many to yield.
        paths: how many, independent of each other.
        seed: the same one gives the same paths.
        mean_block: expected days in a block, at least 1.

    Yields:
        The returns of one day on all paths; (paths,).
    """
    draw = np.random.default_rng(seed)
    at = draw.integers(returns.size, size=paths)
    for _ in range(days):
        yield returns[at]
        anew = np.flatnonzero(draw.random(paths) * mean_block < 1.0)
        at += 1
        at[at == returns.size] = 0
        at[anew] = draw.integers(returns.size, size=anew.size)
