"""Black-Scholes-Merton to sixty digits, with Greeks by differentiation: what the tests believe."""

from __future__ import annotations

from functools import partial
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
NAMES = ("price", "delta", "gamma", "theta", "vega", "rho", "vanna", "charm", "vomma")

# The arguments of `price` after kind: 0 spot, 1 strike, 2 years, 3 rate, 4 yield, 5 volatility.
ORDERS = {
    "price": (1, (0, 0, 0, 0, 0, 0)),
    "delta": (1, (1, 0, 0, 0, 0, 0)),
    "gamma": (1, (2, 0, 0, 0, 0, 0)),
    "theta": (-1, (0, 0, 1, 0, 0, 0)),
    "vega": (1, (0, 0, 0, 0, 0, 1)),
    "rho": (1, (0, 0, 0, 1, 0, 0)),
    "vanna": (1, (1, 0, 0, 0, 0, 1)),
    "charm": (-1, (1, 0, 1, 0, 0, 0)),
    "vomma": (1, (0, 0, 0, 0, 0, 2)),
}


def price(kind: float, *arguments: Any) -> Any:  # noqa: ANN401 - mpmath's numbers are untyped
    """The price as an mpmath number, for arguments that are floats or mpmath numbers."""
    spot, strike, years, rate, dividend_yield, volatility = (mpmath.mpf(a) for a in arguments)
    deviation = volatility * mpmath.sqrt(years)
    drift = (rate - dividend_yield) * years
    d1 = (mpmath.log(spot / strike) + drift) / deviation + deviation / 2
    held = spot * mpmath.exp(-dividend_yield * years) * _normal(kind * d1)
    owed = strike * mpmath.exp(-rate * years) * _normal(kind * (d1 - deviation))
    return kind * (held - owed)


def exact(name: str, *arguments: FloatArray | float) -> FloatArray:
    """The named price or Greek for every cell, rounded to float64 once."""
    sign, orders = ORDERS[name]
    cells = np.broadcast(*arguments)
    values = []
    with mpmath.workdps(60):
        for kind, *point in cells:
            numbers = [mpmath.mpf(float(number)) for number in point]
            side = int(kind)
            value = mpmath.diff(lambda *at, side=side: price(side, *at), numbers, orders)
            values.append(float(sign * value))
    return np.array(values, dtype=np.float64).reshape(cells.shape)


def normalised(distance: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The normalised time value b(x, s) and its elasticity s·b'/b, each rounded once.

    b is what an option is worth whose forward is e^(-x/2) and whose strike is e^(x/2).
    """
    values, elasticities = [], []
    with mpmath.workdps(60):
        for x, s in np.broadcast(distance, deviation):
            ends = mpmath.exp(-mpmath.mpf(x) / 2), mpmath.exp(mpmath.mpf(x) / 2)
            worth = partial(price, 1, *ends, 1, 0, 0)
            at = mpmath.mpf(s)
            values.append(float(worth(at)))
            elasticities.append(float(at * mpmath.diff(worth, at) / worth(at)))
    return np.array(values), np.array(elasticities)


def _normal(z: Any) -> Any:  # noqa: ANN401
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2
