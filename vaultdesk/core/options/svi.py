"""Gatheral's SVI curve of total variance, fitted without a start value and free of arbitrage.

w(k) = a + b·(rho·(k - m) + √((k - m)² + sigma²)), k = ln(strike/forward), w = volatility²·years
(Gatheral 2004). Given m and sigma the rest is linear least squares (De Marco and Martini 2009,
"Quasi-explicit calibration of Gatheral's SVI model"), so only two numbers are searched for: over
a net first, then by Levenberg-Marquardt steps with the linear terms projected out (Kaufman 1975).
Whatever allows arbitrage between strikes is not a candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    BoolArray = npt.NDArray[np.bool_]

FEWEST = 6
"""Different strikes that five terms need; from three on the place and width are given."""
FEWEST_CENTRED = 3
HUBER = 2.0
ROUNDS = 3
FINEST = 1e-9
NET_M = np.linspace(-2.0, 2.0, 7)
NET_SIGMA = np.geomspace(0.1, 10.0, 7)
NARROWEST, WIDEST = 0.05, 20.0
DAMPING = np.array([1e-6, 1e-4, 1e-2, 1.0, 100.0])
STEPS = 20
SETTLED = 1e-4
WATCHED = np.linspace(-12.0, 12.0, 37)
AROUND = np.sinh(np.linspace(-4.0, 4.0, 13))
"""Where butterflies are looked for: in units of the deviation, and of sigma about m."""
MARGIN = 0.01
"""How far g(k) stays above 0 there, for what it may do in between."""
FINELY = np.linspace(-12.0, 12.0, 601)


class Svi(NamedTuple):
    """The five terms of the raw parametrisation: numbers, or arrays that broadcast with k."""

    a: FloatArray | float
    b: FloatArray | float
    rho: FloatArray | float
    m: FloatArray | float
    sigma: FloatArray | float

    def total_variance(self, k: FloatArray) -> FloatArray:
        """w(k), dimensionless."""
        y = k - self.m
        result: FloatArray = self.a + self.b * (self.rho * y + np.sqrt(y * y + self.sigma**2))
        return result

    def density(self, k: FloatArray) -> FloatArray:
        """g(k) of Gatheral and Jacquier (2014), equation 2.1: negative where butterflies pay."""
        y = k - self.m
        root = np.sqrt(y * y + self.sigma**2)
        w = self.a + self.b * (self.rho * y + root)
        slope = self.b * (self.rho + y / root)
        bend = self.b * self.sigma**2 / root**3
        tilt = 1.0 - 0.5 * k * slope / w
        result: FloatArray = tilt * tilt - 0.25 * slope * slope * (1.0 / w + 0.25) + 0.5 * bend
        return result


class _Points(NamedTuple):
    """What is fitted to: w at k; `share` are squared weights that sum to 1."""

    k: FloatArray
    w: FloatArray
    share: FloatArray
    deviation: float


class _Curve(NamedTuple):
    """w = a + d·y + c·√(y² + 1) with y = (k - m) / sigma, and the mean square it misses by."""

    cost: float
    a: float
    d: float
    c: float
    m: float
    sigma: float

    def raw(self) -> Svi:
        rho = self.d / self.c if self.c > 0.0 else 0.0
        return Svi(self.a, self.c / self.sigma, rho, self.m, self.sigma)


def calibrate(k: FloatArray, w: FloatArray, error: FloatArray, deviation: float) -> tuple[Svi, str]:
    """The curve through the points that allows no butterfly arbitrage, and what kind of one.

    Args:
        k: ln(strike/forward), one-dimensional, at least one.
        w: total variance at each, above 0.
        error: standard error of each w, above 0.
        deviation: volatility·√years at the money: the scale of the search.

    Returns:
        "SVI" from six different strikes on, with Huber's (1964) weights; "SVI of given shape",
        its m and sigma fixed, from three on; else, or where nothing better is free of arbitrage,
        a constant: "flat".
    """
    strikes = np.unique(k).size
    points = _weighted(k, w, error, deviation)
    curve = None
    with np.errstate(all="ignore"):
        if strikes >= FEWEST:
            curve, method = _robust(k, w, error, deviation), "SVI"
        elif strikes >= FEWEST_CENTRED:
            curve, method = _centred(points), "SVI of given shape"
    mean = Svi(float(points.share @ w), 0.0, 0.0, 0.0, deviation)
    return (mean, "flat") if curve is None else (flattened(curve.raw(), mean), method)


def flattened(curve: Svi, mean: Svi) -> Svi:
    """The curve itself, or as much nearer to a flat one as butterflies that pay make necessary.

    `mean` is flat, its sigma the deviation. What was `WATCHED` too coarsely is found here.
    """
    k = np.concatenate([mean.sigma * FINELY, curve.m + curve.sigma * np.sinh(FINELY)])
    blend = curve
    for share in np.linspace(0.0, 1.0, 65):
        a, b = curve.a + share * (mean.a - curve.a), curve.b * (1.0 - share)
        blend = curve._replace(a=a, b=b)
        if np.min(blend.density(k)) >= 0.0:
            break
    return blend


def _weighted(k: FloatArray, w: FloatArray, error: FloatArray, deviation: float) -> _Points:
    square = (np.min(error) / error) ** 2
    return _Points(k, w, square / np.sum(square), deviation)


def _robust(k: FloatArray, w: FloatArray, error: FloatArray, deviation: float) -> _Curve | None:
    """Over the net until it is clear which points are wild, then downhill with them held off."""
    points = _weighted(k, w, error, deviation)
    m, sigma = (net.ravel() * deviation for net in np.meshgrid(NET_M, NET_SIGMA))
    m = np.clip(m, np.min(k), np.max(k))
    curve = _best(points, m, sigma)
    for _ in range(ROUNDS):
        if curve is None:
            return None
        miss = np.abs(curve.raw().total_variance(k) - w) / error
        scatter = max(1.4826 * float(np.median(miss)), FINEST)
        held_off = np.sqrt(np.maximum(miss / (HUBER * scatter), 1.0))
        points = _weighted(k, w, error * held_off, deviation)
        curve = _best(points, m, sigma)
    return None if curve is None else _polished(points, curve)


def _centred(points: _Points) -> _Curve | None:
    for width in (2.0, 4.0, 8.0):
        curve = _best(points, np.zeros(1), np.array([width * points.deviation]))
        if curve is not None:
            return curve
    return None


def _best(points: _Points, m: FloatArray, sigma: FloatArray) -> _Curve | None:
    """The best curve without arbitrage among those of the given m and sigma, if there is one."""
    columns = np.broadcast_arrays(*_linear_terms(points, m, sigma), m, sigma)
    cost, a, d, c, m, sigma = (column.ravel() for column in columns)
    cost = np.where(_allowed(a, d, c, m, sigma, points.deviation), cost, np.inf)
    best = int(np.argmin(cost))
    if not cost[best] < np.inf:
        return None
    return _Curve(*(float(column[best]) for column in (cost, a, d, c, m, sigma)))


def _linear_terms(points: _Points, m: FloatArray, sigma: FloatArray) -> tuple[FloatArray, ...]:
    """Cost, a, d and c of three curves for each m and sigma: rows of three.

    The least squares of all three terms, and of those two edges of what is allowed on which one
    wing is flat (d = ±c).
    """
    y = (points.k - m[:, None]) / sigma[:, None]
    z = np.sqrt(y * y + 1.0)
    mean_y, mean_z, mean_w = y @ points.share, z @ points.share, points.w @ points.share
    y, z, w = y - mean_y[:, None], z - mean_z[:, None], points.w - mean_w
    yy, yz, zz = (y * y) @ points.share, (y * z) @ points.share, (z * z) @ points.share
    yw, zw, ww = y @ (points.share * w), z @ (points.share * w), (w * w) @ points.share
    determinant = yy * zz - yz * yz
    right, left = ((zw + side * yw) / (zz + 2.0 * side * yz + yy) for side in (1.0, -1.0))
    edges = np.maximum([right, left], 0.0)
    d = np.vstack([(yw * zz - zw * yz) / determinant, edges * [[1.0], [-1.0]]])
    c = np.vstack([(zw * yy - yw * yz) / determinant, edges])
    a = mean_w - d * mean_y - c * mean_z
    cost = ww - 2.0 * (d * yw + c * zw) + d * d * yy + 2.0 * d * c * yz + c * c * zz
    return cost, a, d, c


def _allowed(
    a: FloatArray,
    d: FloatArray,
    c: FloatArray,
    m: FloatArray,
    sigma: FloatArray,
    deviation: float,
) -> BoolArray:
    """Which curves are everywhere above 0 and free of butterflies.

    Far out g(k) tends to 1/4 - slope²/16: no wing is steeper than 2, which is Lee's (2004) bound.
    """
    least = a + np.sqrt(np.maximum(c * c - d * d, 0.0))
    fair = (np.abs(d) <= c) & (least > 0.0)
    i = np.flatnonzero(fair)
    raw = Svi(*(part[i, None] for part in (a, c / sigma, d / np.maximum(c, 1e-300), m, sigma)))
    watched = np.broadcast_to(WATCHED * deviation, (i.size, WATCHED.size))
    k = np.hstack([watched, raw.m + raw.sigma * AROUND])
    fair[i] = np.min(raw.density(k), axis=1) >= MARGIN
    return fair


def _polished(points: _Points, curve: _Curve) -> _Curve:
    """The best curve downhill of this one."""
    least, most = np.min(points.k), np.max(points.k)
    for _ in range(STEPS):
        steps = _steps(points, curve)
        m = np.clip(curve.m + steps[:, 0] * curve.sigma, least, most)
        sigma = curve.sigma * np.exp(np.clip(steps[:, 1], -1.0, 1.0))
        sigma = np.clip(sigma, NARROWEST * points.deviation, WIDEST * points.deviation)
        found = _best(points, m, sigma)
        if found is None or not found.cost < curve.cost * (1.0 - SETTLED):
            break
        curve = found
    return curve


def _steps(points: _Points, curve: _Curve) -> FloatArray:
    """Levenberg-Marquardt steps in (m / sigma, ln sigma), one for each of `DAMPING`."""
    root = np.sqrt(points.share)
    y = (points.k - curve.m) / curve.sigma
    z = np.sqrt(y * y + 1.0)
    flat, _ = np.linalg.qr(np.column_stack([root, root * y, root * z]))
    by_m = -(curve.d + curve.c * y / z)
    slopes = np.column_stack([by_m, by_m * y]) * root[:, None]
    slopes -= flat @ (flat.T @ slopes)
    missed = root * (points.w - curve.a - curve.d * y - curve.c * z)
    square = slopes.T @ slopes
    damped = square + DAMPING[:, None, None] * np.diag(np.diag(square) + 1e-300)
    wanted = np.broadcast_to(slopes.T @ missed, (DAMPING.size, 2))
    steps: FloatArray = np.linalg.solve(damped, wanted[..., None])[..., 0]
    return steps
