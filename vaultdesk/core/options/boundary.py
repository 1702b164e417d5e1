"""The early-exercise boundary of an American put by spectral collocation.

After Andersen, Lake and Offengenden (2016), "High-performance American option pricing". With
rho = r/sigma², kappa = q/sigma² and the variance s = sigma²T the boundary B depends on these three
alone (K = 1). What is solved for is its logarithmic distance h = ln(X/B) below the level
X = min(1, r/q) it starts from at expiry; h² is nearly a polynomial in the root of the remaining
variance, so a few Chebyshev points describe it.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from vaultdesk.core.options.chebyshev import chebyshev, interpolation, paths
from vaultdesk.core.options.premium import Path, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)
STEEP = 1.25
"""Where √s exceeds this multiple of the perpetual distance, system A oscillates; B settles."""
TINY = 1e-30
UNASKED = np.empty(0)
CLOSE = 0.1
"""A last step larger than this fraction is no correction: the option keeps what it has."""
HARMLESS = 1e-12
"""Smallest dividend yield in units of variance that counts: below it the put has none."""


class Fineness(NamedTuple):
    """Collocation points, quadrature points for each, and rounds of Newton steps."""

    points: int
    quadrature: int
    rounds: int


ACCURATE = Fineness(points=12, quadrature=16, rounds=12)
"""Prices to some 1e-7 of the strike at worst."""


class Rates(NamedTuple):
    """What the boundary depends on, each (options,).

    Attributes:
        rho: r/sigma² above 0.
        kappa: q/sigma².
        variance: sigma²T above 0.
    """

    rho: FloatArray
    kappa: FloatArray
    variance: FloatArray

    def of(self, chosen: IndexArray) -> Rates:
        """Those of some options."""
        return Rates(*(column[chosen] for column in self))


class Grid(NamedTuple):
    """What collocation needs and no option changes; u runs over the rule's nodes of each τ.

    Attributes:
        roots: √(τ/s) of the collocation points but the first, which is 0; shape (points,).
        g: √((τ-u)/τ), shape (quadrature,).
        weights: of du/τ, shape (quadrature,).
        interpolation: values at points (0 first) to values at all u, row by row of τ.
    """

    roots: FloatArray
    g: FloatArray
    weights: FloatArray
    interpolation: FloatArray


@cache
def _grid(points: int, quadrature: int) -> Grid:
    roots = 0.5 * (1.0 + chebyshev(points)[1:])
    at = rule(quadrature)
    wanted = np.outer(roots, np.sqrt(at.left)).ravel()
    return Grid(roots, at.root, at.weight, interpolation(points, wanted))


def perpetual(rho: FloatArray, kappa: FloatArray) -> FloatArray:
    """ln(1/B) of the put that never expires: ln((m - 1)/m), m the negative root (Merton 1973)."""
    drift = rho - kappa - 0.5
    reach = np.abs(drift) + np.sqrt(drift * drift + 2.0 * rho)
    return np.log1p(np.where(drift > 0.0, 1.0 / reach, reach / (2.0 * rho)))


def start(rho: FloatArray, kappa: FloatArray) -> FloatArray:
    """ln(1/X): how far below the strike the boundary is an instant before expiry."""
    yields = kappa > HARMLESS
    return np.where(yields, np.maximum(np.log(np.where(yields, kappa, 1.0) / rho), 0.0), 0.0)


def collocate(rates: Rates, fineness: Fineness = ACCURATE) -> FloatArray:
    """Solve for the distance h = ln(X/B) at the Chebyshev points of the remaining variance.

    The fixed point B = e^(-rho·τ)·N/(e^(-kappa·τ)·D) of system A (Andersen et al., section 3) or,
    where the boundary is flat, of system B: rounds of Newton steps whose derivative is that under
    a scaling of the whole boundary, which settle from afar, and one with all derivatives.

    Returns:
        h of shape (options, points + 1), at √τ = √s·(1 + z)/2, z rising from -1; the first is 0.
    """
    grid = _grid(fineness.points, fineness.quadrature)
    result = np.zeros((rates.rho.size, fineness.points + 1))
    for chosen, flat in _kinds(rates):
        result[chosen, 1:] = _System(rates.of(chosen), grid, flat=flat).solve(fineness.rounds)
    return result


def moved(
    rates: Rates, h: FloatArray, pairs: Sequence[tuple[Rates, Rates]], quadrature: int
) -> list[FloatArray]:
    """By how much h changes, to first order, from `rates` to the first of each pair.

    The second is as far on the other side. By the implicit function theorem: the Jacobian of the
    equations in h, and differences of what they leave at the h given.
    """
    grid = _grid(h.shape[1] - 1, quadrature)
    results = [np.zeros_like(h) for _ in pairs]
    for chosen, flat in _kinds(rates):
        inside = h[chosen, 1:]
        slopes = _System(rates.of(chosen), grid, flat=flat).jacobian(inside)
        for result, pair in zip(results, pairs, strict=True):
            up, down = (
                _System(side.of(chosen), grid, flat=flat).left_over(inside) for side in pair
            )
            result[chosen, 1:] = np.linalg.solve(slopes, 0.5 * (down - up)[:, :, None])[:, :, 0]
    return results


def _kinds(rates: Rates) -> Iterator[tuple[IndexArray, bool]]:
    """Options of each system: where they are, and whether it is the one for flat boundaries."""
    distance = perpetual(rates.rho, rates.kappa) - start(rates.rho, rates.kappa)
    steep = np.sqrt(rates.variance) > STEEP * distance
    for flat in (False, True):
        chosen = np.flatnonzero(steep == flat)
        if chosen.size:
            yield chosen, flat


def path(h: FloatArray, begin: FloatArray, deviation: FloatArray, nodes: int) -> Path:
    """What `collocate` found, at the nodes of `rule(nodes)`; `begin` is ln(1/X)."""
    at = rule(nodes)
    values, slopes = paths(h.shape[1] - 1, nodes)
    squares = h * h
    distance = np.sqrt(np.maximum(squares @ values, TINY))
    incline = (squares @ slopes) / (4.0 * distance * np.sqrt(at.left))
    gap = (distance + begin[:, None]) / (deviation[:, None] * at.root)
    rise = -incline / deviation[:, None]
    return Path(gap, rise, None, begin / deviation, -h[:, -1] / deviation - rise @ at.weight)


class _Sides(NamedTuple):
    """Numerator and denominator of the fixed point, and derivatives of their logarithms.

    Attributes:
        top: (options, points), as is bottom.
        bottom: the denominator.
        scaled: the derivative of ln(top/bottom) in ln B, the whole boundary scaled.
        through: that in the boundary's logarithm at each u alone, (options, points, quadrature);
            empty unless asked for.
    """

    top: FloatArray
    bottom: FloatArray
    scaled: FloatArray
    through: FloatArray


class _System:
    """The integral equations of some options; arrays are (options, points[, quadrature])."""

    def __init__(self, rates: Rates, grid: Grid, *, flat: bool) -> None:
        rho, kappa, variance = rates
        self.grid, self.flat = grid, flat
        self.start = -start(rho, kappa)[:, None]
        self.limit = perpetual(rho, kappa)[:, None] + self.start
        self.rho, self.kappa = rho[:, None], kappa[:, None]
        self.drift = self.rho - self.kappa
        self.tau = variance[:, None] * grid.roots**2
        self.root = np.sqrt(self.tau)
        self.width = self.root[:, :, None] * grid.g
        self.interest = self._flow(self.rho)
        self.dividend = self._flow(self.kappa)
        self.yields = bool((np.abs(kappa) > HARMLESS).any())
        self.fade2, self.fade1 = (np.exp(-rate * self.tau) for rate in (self.rho, self.kappa))
        self.lean = (self.drift - 0.5)[:, :, None] * self.width

    def _flow(self, rate: FloatArray) -> FloatArray:
        """rate·e^(-rate·(τ-u)) du, the time values of what a unit earns between now and u."""
        fade = np.exp(-rate[:, :, None] * self.width**2)
        return rate[:, :, None] * self.tau[:, :, None] * self.grid.weights * fade

    def solve(self, rounds: int) -> FloatArray:
        """Distances at the collocation points after some rounds and the last step."""
        h = self._first_guess()
        for _ in range(rounds):
            sides = self._sides(h, self._before(h))
            h = self._kept(h, self._left(h, sides) / (1.0 - sides.scaled))
        last = np.linalg.solve(self.jacobian(h), self.left_over(h)[:, :, None])[:, :, 0]
        return self._kept(h, np.where(np.abs(last) < CLOSE * h, last, 0.0))

    def left_over(self, h: FloatArray) -> FloatArray:
        """What the fixed point's right side is above B, in logarithms; 0 at the solution."""
        return self._left(h, self._sides(h, self._before(h)))

    def jacobian(self, h: FloatArray) -> FloatArray:
        """The derivatives of `left_over` in h, (options, points, points)."""
        before = self._before(h)
        sides = self._sides(h, before, slopes=True)
        share = np.where(before > 0.0, sides.through / np.maximum(before, TINY), 0.0)
        points = h.shape[1]
        weights = self.grid.interpolation[:, 1:].reshape(points, -1, points)
        mixed: FloatArray = np.matmul(share.transpose(1, 0, 2), weights)
        across = mixed.transpose(1, 0, 2) * h[:, None, :]
        own = 1.0 - sides.scaled - sides.through.sum(axis=2)
        across[:, np.arange(points), np.arange(points)] += own
        return across

    def _left(self, h: FloatArray, sides: _Sides) -> FloatArray:
        return np.log(sides.top / sides.bottom) - (self.start - h)

    def _kept(self, h: FloatArray, step: FloatArray) -> FloatArray:
        return np.clip(h - step, h / 3.0, np.minimum(3.0 * h, self.limit))

    def _before(self, h: FloatArray) -> FloatArray:
        """The distances at every u before each point."""
        squares = np.concatenate([np.zeros((len(h), 1)), h * h], axis=1)
        known = (squares @ self.grid.interpolation.T).reshape(*h.shape, -1)
        return np.sqrt(np.maximum(known, 0.0))

    def _first_guess(self) -> FloatArray:
        """Between the limits of short (Evans, Kuske and Keller 2002) and long lives.

        Far too wide where the yield exceeds the rate, but from there the steps settle everywhere.
        """
        pull = np.maximum(self.drift, HARMLESS)
        slope = np.sqrt(np.maximum(-np.log(8.0 * np.pi * pull * pull * self.tau), 1.4))
        return self.limit * np.tanh(self.root * slope / self.limit)

    def _sides(self, h: FloatArray, before: FloatArray, *, slopes: bool = False) -> _Sides:
        d2 = (before - h[:, :, None]) / self.width + self.lean
        end2 = (self.start - h + (self.drift - 0.5) * self.tau) / self.root
        system = self._flat if self.flat else self._curved
        return system(d2, end2, slopes=slopes)

    def _curved(self, d2: FloatArray, end2: FloatArray, *, slopes: bool) -> _Sides:
        """System A."""
        end1 = end2 + self.root
        bell2 = self.fade2 * _density(end2) / self.root
        bell1 = self.fade1 * _density(end1) / self.root
        flow2 = self.interest * _density(d2) / self.width
        top = bell2 + flow2.sum(axis=2)
        bottom = bell1 + self.fade1 * ndtr(end1)
        flow1, d1 = np.zeros_like(d2) if slopes else UNASKED, d2 + self.width
        if self.yields:
            flow1 = self.dividend * _density(d1) / self.width
            bottom += (self.dividend * ndtr(d1) + flow1).sum(axis=2)
        scaled = -end2 * bell2 / (self.root * top) - bell1 * (1.0 - end1 / self.root) / bottom
        if not slopes:
            return _Sides(top, bottom, scaled, UNASKED)
        falling = -d2 / self.width * flow2 / top[:, :, None]
        rising = flow1 * (1.0 - d1 / self.width) / bottom[:, :, None]
        return _Sides(top, bottom, scaled, falling - rising)

    def _flat(self, d2: FloatArray, end2: FloatArray, *, slopes: bool) -> _Sides:
        """System B."""
        end1, d1 = end2 + self.root, d2 + self.width
        top = self.fade2 * ndtr(end2) + (self.interest * ndtr(d2)).sum(axis=2)
        bottom = self.fade1 * ndtr(end1)
        if self.yields:
            bottom += (self.dividend * ndtr(d1)).sum(axis=2)
        bells = self.fade2 * _density(end2) / top - self.fade1 * _density(end1) / bottom
        if not slopes:
            return _Sides(top, bottom, bells / self.root, UNASKED)
        falling = self.interest * _density(d2) / (self.width * top[:, :, None])
        rising = self.dividend * _density(d1) / (self.width * bottom[:, :, None])
        return _Sides(top, bottom, bells / self.root, falling - rising)


def _density(d: FloatArray) -> FloatArray:
    return DENSITY_AT_ZERO * np.exp(-0.5 * d * d)
