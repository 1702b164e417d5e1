"""The financing rate and forward that call and put quotes of one expiry agree on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.options.types import ImpliedRate

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

NEAR = 0.04
"""Strikes further from spot than this fraction have no say."""
FEWEST_PAIRS = 3
SHORTEST_YEARS = 3.5 / 365.0
"""Closer to expiry, as on a Friday for Monday, a cent of the quotes is a third of a point."""
STEEPEST = 0.15
"""A larger rate, of either sign, is a fault of the quotes."""


def implied_rate(
    spot: float,
    strikes: npt.ArrayLike,
    call_mid: npt.ArrayLike,
    put_mid: npt.ArrayLike,
    years: float,
) -> ImpliedRate:
    """Take the rate from European put-call parity without dividends, robustly.

    Per strike r = -ln((S - (C - P)) / K) / T (Stoll 1969); the answer is the weighted median over
    strikes within 4 % of spot, with weight 1 - (distance / 5 %)². American puts carry an
    early-exercise premium, so on American quotes the rate comes out some tenths of a point low.

    Args:
        spot: price of the underlying at the time of the quotes.
        strikes: one-dimensional, as are the mids.
        call_mid: per share; NaN (or not above 0) where the call has no two-sided quote.
        put_mid: likewise.
        years: time to expiry in years of 365 days.

    Returns:
        The rate, its forward and the number of pairs used. Rate and forward are NaN with fewer
        than three pairs, less than three and a half days to expiry, a rate beyond ±15 % a year,
        or a spot that is no positive number.

    Raises:
        ValueError: strikes and mids of different lengths, or not numbers.
    """
    strike, call, put = (
        np.atleast_1d(np.asarray(side, dtype=np.float64)) for side in (strikes, call_mid, put_mid)
    )
    with np.errstate(all="ignore"):
        distance = np.abs(strike / spot - 1.0)
        discount = (spot - (call - put)) / strike
        usable = (distance <= NEAR) & (call > 0.0) & (put > 0.0)
        usable &= np.isfinite(discount) & (discount > 0.0)
    pairs = int(np.count_nonzero(usable))
    if pairs < FEWEST_PAIRS or not SHORTEST_YEARS <= years < math.inf:
        return ImpliedRate(math.nan, math.nan, pairs)
    weight = 1.0 - (distance[usable] / 0.05) ** 2
    rate = _weighted_median(-np.log(discount[usable]) / years, weight)
    if not abs(rate) <= STEEPEST:
        return ImpliedRate(math.nan, math.nan, pairs)
    return ImpliedRate(rate, spot * math.exp(rate * years), pairs)


def _weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """The middle value by weight; the mean of two where the weights split evenly between them."""
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / np.sum(weights)
    lower = np.searchsorted(share, 0.5 - 1e-12)
    upper = np.searchsorted(share, 0.5 + 1e-12)
    return float(0.5 * (values[order[lower]] + values[order[upper]]))
