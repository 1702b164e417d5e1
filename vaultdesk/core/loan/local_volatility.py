"""The one diffusion that a smile allows, and when it first falls to a barrier.

Dupire (1994) showed that option prices at all strikes and dates fix the volatility at each price
and date. What the smile says of prices above the barrier, day by day, thereby says how they fall
to it, which no single volatility, not even the barrier's own, does.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

NODES, STEPS = 400, 100
"""Of the grid in ln(price/barrier), and in time."""
HALVED = 2
"""First steps taken as two implicit halves each, for the jump that it begins with (Rannacher 1984).
"""
REACH = 5.0
"""Deviations above spot where the grid ends: who rises so far does not come down in time."""
LOOKED_AT = np.linspace(-8.0, 8.0, 641)
"""Strikes that a smile is asked for, in deviations of ln(strike/forward)."""
LEAST_DENSITY = 0.02
"""A smile whose density is thinner than this share of the normal one is mended to have it."""
CALMEST, WILDEST = 0.2, 5.0
"""Bounds of the local volatility, in volatilities of the first expiry at the money."""


class Curve(NamedTuple):
    """The volatilities of one expiry, by strike; `years` from now."""

    years: float
    volatility: Callable[[FloatArray], FloatArray]


class Walk(NamedTuple):
    """What a price does but for its volatility: rates a year, continuously compounded."""

    spot: float
    rate: float
    dividend_yield: float

    def forward(self, years: float) -> float:
        """The price expected, at the rates."""
        return self.spot * math.exp((self.rate - self.dividend_yield) * years)


class Passage(NamedTuple):
    """Of the first touch: its probability, and the years until then on average, if it happens."""

    probability: float
    years: float


class _Table(NamedTuple):
    """Total variance and its derivatives in k = ln(strike/forward), for one expiry."""

    years: float
    k: FloatArray
    w: FloatArray
    slope: FloatArray
    bend: FloatArray

    def at(self, k: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        return (
            np.interp(k, self.k, self.w),
            np.interp(k, self.k, self.slope),
            np.interp(k, self.k, self.bend),
        )


class _Variance(NamedTuple):
    """Total variance at k on one date, its derivatives in k, and `growth`, the one in time."""

    k: FloatArray
    w: FloatArray
    slope: FloatArray
    bend: FloatArray
    growth: FloatArray

    def local(self) -> FloatArray:
        """Local variance, dw/dt / g (Gatheral 2006, equation 1.10)."""
        tilt = 1.0 - 0.5 * self.k * self.slope / self.w
        density = tilt * tilt - 0.25 * self.slope**2 * (1.0 / self.w + 0.25) + 0.5 * self.bend
        return self.growth / np.maximum(density, LEAST_DENSITY)


class LocalVolatility:
    """Local variance by date and ln(price/forward), of one smile or several.

    Between two expiries total variance runs linearly at each k. Before the first, and after the
    last, the smile keeps its shape in standard deviations, w(k, t) = t/T·w_T(k·√(T/t)): skew then
    fades with the root of time, about as in markets, and before the first expiry no arbitrage
    comes in, since there g(k, t) = g_T + (1 - t/T)·w_T'²/16.
    """

    def __init__(self, walk: Walk, curves: Sequence[Curve]) -> None:
        tables = (_table(walk, one) for one in sorted(curves, key=lambda one: one.years))
        self._tables = tuple(tables)
        first = self._tables[0]
        typical = first.w[first.k.size // 2] / first.years
        self._bounds = CALMEST**2 * typical, WILDEST**2 * typical

    @property
    def known(self) -> bool:
        """Whether every smile gave a volatility at all strikes asked for."""
        every = np.concatenate([table.w for table in self._tables])
        return bool(np.all((every > 0.0) & np.isfinite(every)))

    def deviation(self, years: float) -> float:
        """The standard deviation of ln(price) by a date, at the money."""
        return math.sqrt(float(self._total(np.zeros(1), years).w[0]))

    def variance(self, k: FloatArray, years: float) -> FloatArray:
        """Local variance a year.

        Args:
            k: ln(price / forward of that date).
            years: the date, from now; above 0.
        """
        return np.clip(self._total(k, years).local(), *self._bounds)

    def _total(self, k: FloatArray, years: float) -> _Variance:
        later = sum(table.years <= years for table in self._tables)
        if 0 < later < len(self._tables):
            return _mixed(self._tables[later - 1], self._tables[later], k, years)
        return _scaled(self._tables[min(later, len(self._tables) - 1)], k, years)


def _mixed(near: _Table, far: _Table, k: FloatArray, years: float) -> _Variance:
    """Linear in time between two expiries."""
    span = far.years - near.years
    one, two = near.at(k), far.at(k)
    share = (years - near.years) / span
    w, slope, bend = (a + share * (b - a) for a, b in zip(one, two, strict=True))
    return _Variance(k, w, slope, bend, (two[0] - one[0]) / span)


def _scaled(table: _Table, k: FloatArray, years: float) -> _Variance:
    """The same at the same number of deviations; beyond what is known, as at its end."""
    share = years / table.years
    root = math.sqrt(share)
    wide = np.clip(k / root, table.k[0], table.k[-1])
    w, slope, bend = table.at(wide)
    growth = (w - 0.5 * wide * slope) / table.years
    return _Variance(wide * root, share * w, root * slope, bend, growth)


def _table(walk: Walk, curve: Curve) -> _Table:
    forward = walk.forward(curve.years)
    at_the_money = float(curve.volatility(np.array([forward]))[0])
    with np.errstate(all="ignore"):  # without a volatility nothing here is a number
        k = LOOKED_AT * (at_the_money * math.sqrt(curve.years))
        w = curve.years * np.square(curve.volatility(forward * np.exp(k)))
        slope = np.gradient(w, k)
        bend = np.gradient(slope, k)
    return _Table(curve.years, k, w, slope, bend)


def first_touch(
    walk: Walk, volatility: LocalVolatility, barrier: float, growth: float, years: float
) -> Passage:
    """When the price first falls to a barrier that rises: barrier·e^(growth·t), watched always.

    Solves Kolmogorov's backward equation in y = ln(price/barrier), in which the barrier rests at
    0, for two quantities at once: u, the probability to touch before the date, which is 1 at 0,
    and v, the time left to the date when it happens, which there is what is left. Crank and
    Nicolson's steps; no number comes by chance.

    Args:
        walk: spot, above `barrier`, and its rates.
        volatility: of the same walk.
        barrier: above 0.
        growth: a year, continuously compounded.
        years: to the date, above 0.
    """
    distance = math.log(walk.spot / barrier)
    fall = growth - walk.rate + walk.dividend_yield
    y = np.linspace(0.0, distance + REACH * volatility.deviation(years), NODES + 1)
    values = np.zeros((y.size, 2))
    values[0, 0] = 1.0
    for number, (later, sooner) in enumerate(pairwise(_dates(years))):
        middle = 0.5 * (later + sooner)
        variance = volatility.variance(y[1:-1] - distance + fall * middle, middle)
        bands = _bands(variance, -fall - 0.5 * variance, y[1]) * (later - sooner)
        implicit = 1.0 if number < 2 * HALVED else 0.5
        _step(values, bands, implicit, years - sooner)
    u, v = _between(y, values, distance)
    return Passage(float(u), float(years - v / u) if u > 0.0 else math.nan)


def _dates(years: float) -> FloatArray:
    """Evenly from the date back to now, the first steps halved."""
    even = np.linspace(years, 0.0, STEPS + 1)
    halves = 0.5 * (even[:HALVED] + even[1 : HALVED + 1])
    return np.sort(np.concatenate([even, halves]))[::-1]


def _bands(variance: FloatArray, drift: FloatArray, width: float) -> FloatArray:
    """The generator of the walk on the inner nodes: its lower, middle and upper diagonals."""
    spread, tilt = variance / (2.0 * width * width), drift / (2.0 * width)
    return np.stack([spread - tilt, -2.0 * spread, spread + tilt])


def _step(values: FloatArray, bands: FloatArray, implicit: float, left: float) -> None:
    """Go one step towards now, in place; at the barrier `left` years are left by then."""
    from scipy.linalg import solve_banded  # noqa: PLC0415 - as long to import as ten answers take

    inner = values[1:-1]
    lower, middle, upper = bands[:, :, None] * (1.0 - implicit)
    known = inner + lower * values[:-2] + middle * inner + upper * values[2:]
    values[0, 1] = left
    matrix = -implicit * bands
    known[0] -= matrix[0, 0] * values[0]
    matrix[1] += 1.0
    # the solver wants the upper diagonal first, and each entry in its own column
    matrix[0, 1:], matrix[2, :-1] = matrix[2, :-1].copy(), matrix[0, 1:].copy()
    values[1:-1] = solve_banded((1, 1), matrix, known, overwrite_b=True, check_finite=False)


def _between(y: FloatArray, values: FloatArray, at: float) -> FloatArray:
    """Values at a point of the grid, by the cubic through the four nodes around it."""
    first = int(np.clip(at / y[1] - 1.0, 0, y.size - 4))
    nodes = y[first : first + 4]
    gaps = at - nodes
    weights = [
        np.prod(np.delete(gaps, i)) / np.prod(np.delete(nodes[i] - nodes, i)) for i in range(4)
    ]
    result: FloatArray = np.array(weights) @ values[first : first + 4]
    return result
