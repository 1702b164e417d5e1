"""What early exercise adds to one option over many spots, volatilities and lives at once.

One boundary serves all spots of a volatility and a life. Short of it, the logarithm of the premium
is nearly a polynomial in the deviations z between spot and boundary, whose coefficients are smooth
in ln sigma and ln T: boundaries at a few Chebyshev points of these serve a whole grid.

A call is the put with spot and strike, and rate and yield, exchanged (McDonald and Schroder 1998);
`side` is +1 for a put and -1 for a call.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from vaultdesk.core.options import boundary, surface
from vaultdesk.core.options.chebyshev import interpolation
from vaultdesk.core.options.premium import rule

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.curves import Terms
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

NODES = 64
"""Quadrature points of the premium's integral."""
DEGREE = 9
COUNT, COUNT_BENT = 14, 24
"""Points in ln sigma and in ln T; more where the boundary begins away from the strike."""
FAR, FAINT = 5.0, 3e-8
"""The premium is followed so many deviations, or to such a fraction of the perpetual option's."""
TINY = 1e-20
LEAST = 1e-9
BATCH = 2**16

ANGLES = (np.arange(DEGREE + 1) + 0.5) * (math.pi / (DEGREE + 1))
FITTED = -np.cos(ANGLES)
"""Where, on the way from the boundary (-1) to the end of the premium (1), it is computed."""
TO_POWERS = np.linalg.inv(np.vander(FITTED, increasing=True))


class Flows(NamedTuple):
    """What early exercise starts to earn and stops earning, per year: of a put, rate and yield."""

    earning: float
    forgone: float


class Boundaries(NamedTuple):
    """Boundaries of pairs of volatility and years.

    Attributes:
        volatility: (pairs,).
        years: (pairs,).
        begin: ln(K/X) for the boundary X an instant before expiry.
        width: ln(X/B)/(sigma√T) today, (pairs,).
        gap: `Path.gap` at the nodes of the rule, (pairs, nodes).
    """

    volatility: FloatArray
    years: FloatArray
    begin: float
    width: FloatArray
    gap: FloatArray

    @property
    def deviation(self) -> FloatArray:
        """sigma√T, (pairs, 1)."""
        return (self.volatility * np.sqrt(self.years))[:, None]


class Profile(NamedTuple):
    """The premium of pairs of volatility and years as a function of ln S.

    Attributes:
        slope: of t in ln S, (pairs,); t is -1 at the boundary, 1 where the premium ends.
        offset: t at ln S = 0, (pairs,).
        powers: coefficients of ln(premium) in powers of t, (DEGREE + 1, pairs).
    """

    slope: FloatArray
    offset: FloatArray
    powers: FloatArray

    def of(self, pairs: IndexArray) -> Profile:
        """Those of some pairs."""
        return Profile(self.slope[pairs], self.offset[pairs], self.powers[:, pairs])


def flows(terms: Terms) -> Flows:
    """Those of an option; where nothing is earned but a cost is saved, `LEAST` is taken as earned.

    At a rate of exactly 0 the lower of two boundaries is at 0, and the upper one is the limit of
    that for small rates.
    """
    earning, forgone = terms.rate, terms.dividend_yield
    if terms.kind > 0.0:
        earning, forgone = forgone, earning
    return Flows(LEAST if earning == 0.0 else earning, forgone)


def boundaries(of: Flows, volatility: FloatArray, years: FloatArray) -> Boundaries:
    """Look up or solve for the boundaries; all arguments are above 0 but what is forgone."""
    variance = volatility * volatility
    rho, kappa = of.earning / variance, of.forgone / variance
    deviation = np.sqrt(variance * years)
    begin = _begin(of)
    width, gap = np.empty(rho.shape), np.empty((rho.size, NODES))
    listed = surface.covers(rho, variance * years) & (of.forgone == 0.0)
    known, unknown = np.flatnonzero(listed), np.flatnonzero(~listed)
    if known.size:
        stencil = surface.locate(rho[known], (variance * years)[known])
        width[known] = surface.distance(stencil)
        gap[known] = surface.path(stencil, NODES).gap
    if unknown.size:
        h = boundary.collocate(
            boundary.Rates(rho[unknown], kappa[unknown], (variance * years)[unknown])
        )
        start = np.full(unknown.shape, begin)
        width[unknown] = h[:, -1] / deviation[unknown]
        gap[unknown] = boundary.path(h, start, deviation[unknown], NODES).gap
    return Boundaries(volatility, years, begin, width, gap)


def _begin(of: Flows) -> float:
    return float(boundary.start(np.array([of.earning]), np.array([of.forgone]))[0])


def premiums(of: Flows, at: Boundaries, x: FloatArray) -> FloatArray:
    """Integrate the premium over the strike of the put, as `premium` has it.

    Args:
        of: what exercise earns.
        at: the boundaries of some pairs.
        x: ln(S/K), of the put with x > ln(B/K); (pairs, points).

    Returns:
        Of shape (pairs, points).
    """
    result = np.empty(x.shape)
    pairs = max(1, BATCH // (x.shape[1] * NODES))
    for start in range(0, len(x), pairs):
        some = slice(start, start + pairs)
        part = Boundaries(at.volatility[some], at.years[some], at.begin, *(a[some] for a in at[3:]))
        result[some] = _integral(of, part, x[some])
    return result


def _integral(of: Flows, at: Boundaries, x: FloatArray) -> FloatArray:
    nodes = rule(NODES)
    drift = (of.earning - of.forgone) * at.years[:, None] / at.deviation - 0.5 * at.deviation
    d = np.multiply.outer(x / at.deviation, 1.0 / nodes.root)
    d += (drift * nodes.root + at.gap)[:, None, :]
    result = _earned(of.earning * at.years[:, None], d)
    if of.forgone != 0.0:
        d += (at.deviation * nodes.root)[:, None, :]
        result -= np.exp(x) * _earned(of.forgone * at.years[:, None], d)
    return result


def _earned(interest: FloatArray, d: FloatArray) -> FloatArray:
    """interest·∫e^(-interest·v)·N(-d) dv; interest is (pairs, 1), d (pairs, points, nodes)."""
    nodes = rule(NODES)
    weight = interest * np.exp(-interest * nodes.root**2) * nodes.weight
    earned: FloatArray = np.matmul(ndtr(-d), weight[:, :, None])[:, :, 0]
    return earned


def profile(terms: Terms, volatility: FloatArray, years: FloatArray) -> Profile:
    """The premium's course for pairs of volatility and years.

    Args:
        terms: of an option whose early exercise earns something.
        volatility: (pairs,), above 0; best few different ones for the pairs there are.
        years: to expiry, likewise.
    """
    of, side = flows(terms), -terms.kind
    volatilities, row = np.unique(volatility, return_inverse=True)
    lives, column = np.unique(years, return_inverse=True)
    count = COUNT if of.forgone <= of.earning else COUNT_BENT
    (some_vols, to_vols), (some_lives, to_lives) = (_axis(a, count) for a in (volatilities, lives))
    grid = np.meshgrid(some_vols, some_lives, indexing="ij")
    known = _sampled(terms, grid[0].ravel(), grid[1].ravel()).reshape(-1, *grid[0].shape)
    fine = (to_vols @ known @ to_lives.T)[:, row, column]
    width, deviation = np.exp(fine[0]), volatility * np.sqrt(years)
    half = 0.5 * _reach(of, volatility, years, width) * deviation
    end = width * deviation + _begin(of) - side * math.log(terms.strike)
    return Profile(side / half, end / half - 1.0, fine[1:])


def _sampled(terms: Terms, volatility: FloatArray, years: FloatArray) -> FloatArray:
    """The width's logarithm and, in powers of t, the premium's; (1 + powers, pairs)."""
    of = flows(terms)
    at = boundaries(of, volatility, years)
    z = _reach(of, volatility, years, at.width)[:, None] * (0.5 + 0.5 * FITTED)
    x = (z - at.width[:, None]) * at.deviation - at.begin
    unit = math.log(terms.strike) - (x if terms.kind > 0.0 else 0.0)
    value = np.log(np.maximum(premiums(of, at, x), TINY)) + unit
    return np.concatenate([np.log(at.width)[None], TO_POWERS @ value.T])


def _axis(values: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Points in the logarithm of some values, and the matrix from those to the values."""
    logs = np.log(values)
    low, span = logs.min(), np.ptp(logs)
    if values.size <= count or span == 0.0:
        return values, np.eye(values.size)
    points = 0.5 - 0.5 * np.cos(np.arange(count) * (math.pi / (count - 1)))
    return np.exp(low + span * points), interpolation(count - 1, (logs - low) / span)


def _reach(of: Flows, volatility: FloatArray, years: FloatArray, width: FloatArray) -> FloatArray:
    """How many deviations beyond the boundary the premium is worth following, about.

    Until X at expiry is `FAR` deviations off, or the power of a perpetual put (Merton 1973) has
    fallen to `FAINT`, whichever is sooner.
    """
    variance = volatility * volatility
    deviation = np.sqrt(variance * years)
    lean = (of.earning - of.forgone) / variance - 0.5
    power = lean + np.sqrt(lean * lean + 2.0 * of.earning / variance)
    normal = np.maximum(FAR + width - lean * deviation, 0.3)
    perpetual = -math.log(FAINT) / (power * deviation)
    return 1.0 / np.hypot(1.0 / normal, 1.0 / perpetual)


def add_premium(
    values: FloatArray, of: Profile, log_spots: FloatArray, exercised: FloatArray
) -> None:
    """Turn European values into American ones, in place.

    Args:
        values: of shape (pairs, spots).
        of: the profiles of the pairs.
        log_spots: (spots,).
        exercised: what exercise brings, (spots,).
    """
    t = np.multiply.outer(of.slope, log_spots)
    t += of.offset[:, None]
    beyond = t < -1.0
    np.clip(t, -1.0, 1.0, out=t)
    powers = of.powers[:, :, None]
    log_premium = t * powers[-1]
    for power in powers[-2:0:-1]:
        log_premium += power
        log_premium *= t
    log_premium += powers[0]
    values += np.exp(log_premium, out=log_premium)
    np.maximum(values, exercised, out=values)
    np.copyto(values, exercised, where=beyond)


def exercise_early(
    values: FloatArray, terms: Terms, spots: FloatArray, volatility: FloatArray, years: FloatArray
) -> None:
    """Turn European values into American ones, in place, without any interpolation.

    Args:
        values: of shape (pairs, spots).
        terms: of an option whose early exercise earns something.
        spots: one-dimensional.
        volatility: (pairs,), above 0.
        years: to expiry, likewise.
    """
    of, side = flows(terms), -terms.kind
    at = boundaries(of, volatility, years)
    edge = -at.begin - at.width[:, None] * at.deviation
    x = side * np.log(spots / terms.strike)
    unit = terms.strike if side > 0.0 else spots
    exercised = terms.kind * (spots - terms.strike)
    values += unit * premiums(of, at, np.maximum(x, edge))
    np.maximum(values, exercised, out=values)
    np.copyto(values, exercised, where=x <= edge)
