"""The terms that the European price and all its Greeks share, edges included."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    BoolArray = npt.NDArray[np.bool_]

NARROW = 0.02
"""Below this sigma·√T rounding of ln(S/K) and of N(d) would show in delta and time value."""


class Edges(NamedTuple):
    """Cells the closed formula does not cover.

    Attributes:
        bad: arguments that are not finite, negative or of no kind; every result is NaN.
        limit: no uncertainty is left (sigma·√T = 0, or spot or strike is 0).
        expired: years = 0.
    """

    bad: BoolArray
    limit: BoolArray
    expired: BoolArray


class Terms(NamedTuple):
    """Black, Scholes and Merton's terms, each of its natural (not fully broadcast) shape.

    Attributes:
        spot_factor: exp(-q·T).
        strike_value: K·exp(-r·T).
        root_time: √T.
        deviation: sigma·√T.
        moneyness: ln(S/K) + (r - q)·T.
        d1: moneyness / deviation + deviation / 2.
        d2: d1 - deviation.
        narrow: whether some deviation is below `NARROW`.
        edges: None where all cells are ordinary or become NaN by themselves, as one look at the
            extremes tells; a chain may have NaN volatilities at no cost.
    """

    spot_factor: FloatArray
    strike_value: FloatArray
    root_time: FloatArray
    deviation: FloatArray
    moneyness: FloatArray
    d1: FloatArray
    d2: FloatArray
    narrow: bool
    edges: Edges | None


def log_ratio(spot: FloatArray, strike: FloatArray) -> FloatArray:
    """ln(spot / strike) to full relative precision, also where the two nearly agree."""
    gap = spot - strike
    return np.copysign(np.log1p(np.abs(gap) / np.minimum(spot, strike)), gap)


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
    smallest = np.fmin.reduce(deviation, axis=None)
    narrow = not smallest >= NARROW
    ratio = np.log(spot / strike)
    if narrow:
        ratio = np.where(deviation < NARROW, log_ratio(spot, strike), ratio)
    moneyness = ratio + (rate - dividend_yield) * years
    d1 = moneyness / deviation + 0.5 * deviation
    edges = None
    if not (smallest > 0.0 and _ordinary(kind, strike, d1)):
        edges = _edges(kind, spot, strike, years, rate, dividend_yield, volatility)
        step = np.where(moneyness == 0.0, 0.0, np.copysign(np.inf, moneyness))
        d1 = np.where(edges.limit, step, d1)
    return Terms(
        spot_factor=np.exp(-dividend_yield * years),
        strike_value=strike * np.exp(-rate * years),
        root_time=root_time,
        deviation=deviation,
        moneyness=moneyness,
        d1=d1,
        d2=d1 - deviation,
        narrow=narrow,
        edges=edges,
    )


def _ordinary(kind: FloatArray, strike: FloatArray, d1: FloatArray) -> bool:
    positive = np.fmin.reduce(strike, axis=None) > 0.0
    finite = np.fmax.reduce(np.abs(d1), axis=None) < np.inf
    return bool(positive and finite and (np.abs(kind) == 1.0).all())


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
