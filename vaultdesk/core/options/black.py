"""The terms that the European price and all its Greeks share, edges included."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.options.constants import HALF, ONE, ZERO

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    BoolArray = npt.NDArray[np.bool_]
    IndexArray = npt.NDArray[np.intp]

NARROW = np.array(0.02)
"""Below this sigma·√T rounding of ln(S/K) and of N(d) would show in delta and time value."""
FARTHEST = np.array(39.0)
"""Beyond this |d1| both N(d1) and N(d2) are 0 or 1 where the deviation is narrow."""

NOWHERE: IndexArray = np.empty(0, dtype=np.intp)


class Edges(NamedTuple):
    """Options the closed formula does not cover.

    Attributes:
        bad: arguments that are not finite, negative or of no kind; every result is NaN.
        limit: no uncertainty is left (sigma·√T = 0, or spot or strike is 0).
        expired: years = 0.
    """

    bad: BoolArray
    limit: BoolArray
    expired: BoolArray


class Terms(NamedTuple):
    """Black, Scholes and Merton's terms; new arrays of one length, free to be overwritten.

    Attributes:
        spot_growth: exp(q·T), by which spot is divided.
        strike_value: K·exp(-r·T).
        root_time: √T.
        deviation: sigma·√T.
        half: deviation / 2.
        moneyness: ln(S/K) + (r - q)·T.
        d1: moneyness / deviation + deviation / 2.
        d2: d1 - deviation.
        narrow: where the deviation is below `NARROW` and d1 is not far; empty for most arguments.
        edges: None where all options are ordinary or become NaN by themselves, as one look at
            them tells; a chain may have NaN volatilities at no cost.
    """

    spot_growth: FloatArray
    strike_value: FloatArray
    root_time: FloatArray
    deviation: FloatArray
    half: FloatArray
    moneyness: FloatArray
    d1: FloatArray
    d2: FloatArray
    narrow: IndexArray
    edges: Edges | None


def log_ratio(spot: FloatArray, strike: FloatArray) -> FloatArray:
    """ln(spot / strike) to full relative precision, also where the two nearly agree."""
    gap = spot - strike
    ratio = np.abs(gap)
    ratio /= np.minimum(spot, strike)
    np.log1p(ratio, out=ratio)
    return np.copysign(ratio, gap, out=ratio)


def terms(
    kind: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    volatility: FloatArray,
) -> Terms:
    """Compute the shared terms; formula: Merton (1973), as in Haug (2007), section 1.1."""
    root_time = np.sqrt(years)
    deviation = volatility * root_time
    half = HALF * deviation
    interest, dividends = rate * years, dividend_yield * years
    moneyness = spot / strike
    np.log(moneyness, out=moneyness)
    moneyness += interest
    moneyness -= dividends
    d1 = moneyness / deviation
    d1 += half
    narrow, certain, edges = NOWHERE, False, None
    if np.count_nonzero(low := deviation < NARROW):
        near = low.nonzero()[0]
        narrow = near[np.abs(d1[near]) < FARTHEST]
        carry = interest[narrow] - dividends[narrow]
        moneyness[narrow] = log_ratio(spot[narrow], strike[narrow]) + carry
        d1[narrow] = moneyness[narrow] / deviation[narrow] + half[narrow]
        certain = bool(np.count_nonzero(deviation <= ZERO))
    if certain or _odd(kind, strike, d1):
        edges = _edges(kind, spot, strike, years, rate, dividend_yield, volatility)
        step = np.where(moneyness == 0.0, 0.0, np.copysign(np.inf, moneyness))
        d1 = np.where(edges.limit, step, d1)
    growth = np.exp(dividends, out=dividends)
    owed = np.divide(strike, np.exp(interest, out=interest), out=interest)
    d2 = d1 - deviation
    return Terms(growth, owed, root_time, deviation, half, moneyness, d1, d2, narrow, edges)


def _odd(kind: FloatArray, strike: FloatArray, d1: FloatArray) -> bool:
    """Whether an option may be beyond the formula; where S and K differ in sign, d1 is NaN."""
    return bool(
        np.count_nonzero(strike <= ZERO)
        or np.count_nonzero(np.isinf(d1))
        or np.count_nonzero(kind * kind != ONE)
    )


def _edges(
    kind: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    volatility: FloatArray,
) -> Edges:
    numbers = np.isfinite(kind + spot + strike + years + rate + dividend_yield + volatility)
    signs = (spot >= 0.0) & (strike >= 0.0) & (years >= 0.0) & (volatility >= 0.0)
    fine = numbers & signs & (np.abs(kind) == 1.0) & (spot + strike > 0.0)
    certain = (volatility * np.sqrt(years) == 0.0) | (spot == 0.0) | (strike == 0.0)
    return Edges(bad=~fine, limit=fine & certain, expired=fine & (years == 0.0))
