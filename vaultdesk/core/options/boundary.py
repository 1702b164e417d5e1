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

from vaultdesk.core.options.premium import Path, rule

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)
STEEP = 1.25
"""Where √s exceeds this multiple of the perpetual distance, system A oscillates; B settles."""
TINY = 1e-30
HARMLESS = 1e-12
"""Smallest dividend yield in units of variance that counts: below it the put has none."""


class Fineness(NamedTuple):
    """Collocation points, quadrature points for each, and rounds of Newton steps."""

    points: int
    quadrature: int
    rounds: int


ACCURATE = Fineness(points=12, quadrature=16, rounds=14)
"""Prices to some 1e-7 of the strike at worst."""
TOUCHED_UP = Fineness(points=12, quadrature=16, rounds=8)
"""From the boundary of nearly the same option."""


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
    roots = 0.5 * (1.0 + _chebyshev(points)[1:])
    at = rule(quadrature)
    wanted = np.outer(roots, np.sqrt(at.left)).ravel()
    return Grid(roots, at.root, at.weight, interpolation(points, wanted))


def _chebyshev(points: int) -> FloatArray:
    return -np.cos(np.pi * np.arange(points + 1) / points)


def interpolation(points: int, roots: FloatArray) -> FloatArray:
    """The matrix from values at the points + 1 Chebyshev points to values at `roots` in [0, 1].

    Barycentric formula of the second kind (Berrut and Trefethen 2004).
    """
    nodes = _chebyshev(points)
    weights = (-1.0) ** np.arange(points + 1)
    weights[[0, -1]] *= 0.5
    gap = (2.0 * roots - 1.0)[:, None] - nodes
    hit = gap == 0.0
    terms = weights / np.where(hit, 1.0, gap)
    matrix: FloatArray = terms / terms.sum(axis=1, keepdims=True)
    exact = hit.any(axis=1)
    matrix[exact] = hit[exact]
    return matrix


@cache
def paths(points: int, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Matrices from values at the points to those, and slopes in √(τ/s), at a rule's nodes."""
    values = interpolation(points, np.sqrt(rule(nodes).left))
    x = 0.5 * (1.0 + _chebyshev(points))
    gap = x[:, None] - x
    np.fill_diagonal(gap, 1.0)
    weights = (-1.0) ** np.arange(points + 1)
    weights[[0, -1]] *= 0.5
    slopes = weights / weights[:, None] / gap
    np.fill_diagonal(slopes, 0.0)
    np.fill_diagonal(slopes, -slopes.sum(axis=1))
    return values.T.copy(), (values @ slopes).T.copy()


def perpetual(rho: FloatArray, kappa: FloatArray) -> FloatArray:
    """ln(1/B) of the put that never expires: ln((m - 1)/m), m the negative root (Merton 1973)."""
    drift = rho - kappa - 0.5
    reach = np.abs(drift) + np.sqrt(drift * drift + 2.0 * rho)
    return np.log1p(np.where(drift > 0.0, 1.0 / reach, reach / (2.0 * rho)))


def start(rho: FloatArray, kappa: FloatArray) -> FloatArray:
    """ln(1/X): how far below the strike the boundary is an instant before expiry."""
    yields = kappa > HARMLESS
    return np.where(yields, np.maximum(np.log(np.where(yields, kappa, 1.0) / rho), 0.0), 0.0)


def collocate(
    rho: FloatArray,
    kappa: FloatArray,
    variance: FloatArray,
    fineness: Fineness = ACCURATE,
    guess: FloatArray | None = None,
) -> FloatArray:
    """Solve for the distance h = ln(X/B) at the Chebyshev points of the remaining variance.

    The fixed point B = e^(-rho·τ)·N/(e^(-kappa·τ)·D) of system A (Andersen et al., section 3) or,
    where the boundary is flat, of system B, by Newton steps whose derivative is that under a
    scaling of the whole boundary.

    Args:
        rho: r/sigma² above 0, one-dimensional as are the others.
        kappa: q/sigma².
        variance: sigma²T above 0.
        fineness: how many points and rounds.
        guess: distances to start from, of the result's shape.

    Returns:
        h of shape (options, points + 1), at √τ = √s·(1 + z)/2, z rising from -1; the first is 0.
    """
    grid = _grid(fineness.points, fineness.quadrature)
    steep = np.sqrt(variance) > STEEP * (perpetual(rho, kappa) - start(rho, kappa))
    result = np.zeros((rho.size, fineness.points + 1))
    for flat in (False, True):
        chosen = np.flatnonzero(steep == flat)
        if chosen.size:
            first = None if guess is None else guess[chosen, 1:]
            parts = (rho[chosen], kappa[chosen], variance[chosen])
            result[chosen, 1:] = _System(*parts, grid, flat=flat).solve(fineness.rounds, first)
    return result


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


class _System:
    """The integral equations of some options; arrays are (options, points[, quadrature])."""

    def __init__(
        self,
        rho: FloatArray,
        kappa: FloatArray,
        variance: FloatArray,
        grid: Grid,
        *,
        flat: bool,
    ) -> None:
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

    def solve(self, rounds: int, guess: FloatArray | None) -> FloatArray:
        """Distances at the collocation points after some rounds."""
        h = self._first_guess() if guess is None else guess
        for _ in range(rounds):
            step = self._step(h)
            h = np.clip(h - step, h / 3.0, np.minimum(3.0 * h, self.limit))
        return h

    def _first_guess(self) -> FloatArray:
        """Between the limits of short (Evans, Kuske and Keller 2002) and long lives.

        Far too wide where the yield exceeds the rate, but from there the steps settle everywhere.
        """
        pull = np.maximum(self.drift, HARMLESS)
        slope = np.sqrt(np.maximum(-np.log(8.0 * np.pi * pull * pull * self.tau), 1.4))
        return self.limit * np.tanh(self.root * slope / self.limit)

    def _step(self, h: FloatArray) -> FloatArray:
        """The Newton step of ln B at each point."""
        known = np.concatenate([np.zeros((len(h), 1)), h * h], axis=1) @ self.grid.interpolation.T
        before = np.sqrt(np.maximum(known.reshape(*h.shape, -1), 0.0))
        d2 = (before - h[:, :, None]) / self.width + self.lean
        log_b = self.start - h
        end2 = (log_b + (self.drift - 0.5) * self.tau) / self.root
        system = self._flat if self.flat else self._curved
        top, bottom, top_slope, bottom_slope = system(d2, end2, end2 + self.root)
        return (np.log(top / bottom) - log_b) / (1.0 - (top_slope / top - bottom_slope / bottom))

    def _curved(self, d2: FloatArray, end2: FloatArray, end1: FloatArray) -> tuple[FloatArray, ...]:
        """System A: numerator, denominator and their derivatives in ln B."""
        bell2 = self.fade2 * _density(end2) / self.root
        bell1 = self.fade1 * _density(end1) / self.root
        top = bell2 + (self.interest * _density(d2) / self.width).sum(axis=2)
        bottom = bell1 + self.fade1 * ndtr(end1)
        if self.yields:
            d1 = d2 + self.width
            bottom += (self.dividend * (ndtr(d1) + _density(d1) / self.width)).sum(axis=2)
        return top, bottom, -end2 * bell2 / self.root, bell1 * (1.0 - end1 / self.root)

    def _flat(self, d2: FloatArray, end2: FloatArray, end1: FloatArray) -> tuple[FloatArray, ...]:
        """System B, likewise."""
        top = self.fade2 * ndtr(end2) + (self.interest * ndtr(d2)).sum(axis=2)
        bottom = self.fade1 * ndtr(end1)
        if self.yields:
            bottom += (self.dividend * ndtr(d2 + self.width)).sum(axis=2)
        slopes = self.fade2 * _density(end2), self.fade1 * _density(end1)
        return top, bottom, slopes[0] / self.root, slopes[1] / self.root


def _density(d: FloatArray) -> FloatArray:
    return DENSITY_AT_ZERO * np.exp(-0.5 * d * d)
