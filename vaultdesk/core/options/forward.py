"""The forward and financing rate that one expiry's calls and puts agree on, American or not.

European put-call parity (Stoll 1969) read off American quotes understates both: the puts carry an
early-exercise premium. Here the model that prices the quotes knows about exercise, so nothing is
left over: a forward and a local smile, a parabola in ln(K/S), are fitted together to the mids of
the strikes near spot by weighted least squares, Huber's (1964) weights keeping wild quotes out.
Calls and puts need not share their strikes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.options.implied import implied_volatility
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.slices import ChainSlice
    from vaultdesk.core.options.types import FloatArray, Valuation

NEAR = 0.04
"""Strikes further from spot than this fraction have no say."""
FEWEST = 2
"""With fewer calls, or fewer puts, one bad quote would be the forward."""
SPOT_ERROR = 0.0005
"""How far, as a fraction, the price that came with the quotes is from the one they were made at:
what GLD moves in half a minute. At two weeks it alone is more than a point of rate."""
PRIOR_RATE = 0.04
PRIOR_ERROR = 0.02
"""Without quotes, a dollar rate is believed to lie within two points of 4 %, two times in three."""
STEEPEST = 0.15
WRONG_SPOT = 0.01
"""A forward further from the expected one than a rate off by the first and a spot off by the
second together explain is a fault of the data."""
UNREAL = "Calls and puts imply a forward that no market has: they or spot are wrong."
FINEST = 0.01
"""In the quotes' currency: half spreads below a cent do not make a mid better still."""
LEAST_SCATTER = 0.1
"""In half spreads: mids stand on a grid, so a closer fit of a few of them is luck."""
HUBER = 1.345
ROUNDS = 6
REWEIGHTINGS = 6
SETTLED = 1e-5


@dataclass(frozen=True, slots=True)
class ImpliedForward:
    """What the quotes of one expiry say of its forward; NaN throughout where they say nothing.

    Always forward = spot · exp((rate - dividend_yield) · years). The forward tells rate and
    dividend yield together only: `rate` is what it leaves for the `dividend_yield` assumed.

    Attributes:
        forward: the price calls and puts agree on.
        rate: continuously compounded, per year (0.04 = 4 %): the quotes' and the prior rate,
            weighed by how well forward and spot can tell it.
        standard_error: of `rate`; nearly the prior's where the expiry is a matter of days.
        quoted_rate: what the forward and the slice's own spot imply, unweighed.
        spot: the price of the underlying at which the quotes are consistent with `rate`: within
            cents of the slice's own, which is of another second. Value the quotes at this one.
        dividend_yield: as assumed, continuously compounded, per year.
        volatility: at the money, as calls and puts agree on it.
        pairs_used: calls or puts that had a say, the fewer of the two.
        style: of exercise, "american" or "european".
        reason: a sentence why there is no forward; empty where there is one.
    """

    forward: float
    rate: float
    standard_error: float
    quoted_rate: float
    spot: float
    dividend_yield: float
    volatility: float
    pairs_used: int
    style: str
    reason: str = ""


def implied_forward(
    quotes: ChainSlice,
    dividend_yield: float = 0.0,
    style: str = "american",
    prior_rate: float = PRIOR_RATE,
    prior_error: float = PRIOR_ERROR,
) -> ImpliedForward:
    """Find the forward at which calls and puts near the money lie on one curve of volatilities.

    A growth ln(F/S) beyond the expected one comes of a rate other than the prior one, of quotes
    made at another spot, or of their spreads. It is divided by the variances: the rate takes the
    share of (prior_error · years)² in the sum of that, of `SPOT_ERROR`² and of the fit's own; so
    the rate of long expiries is the quotes', and that of the last days the prior one.

    Args:
        quotes: one expiry's; those without a bid and an ask have no say.
        dividend_yield: continuously compounded, per year.
        style: "american" or "european".
        prior_rate: the rate expected without quotes, continuously compounded, per year.
        prior_error: its standard error, above 0; infinite to go by the quotes alone.

    Returns:
        The forward, or the reason why there is none: an expiry that is over, no spot, fewer than
        two calls or two puts with a bid and an ask within 4 % of spot, or a forward no market has.

    Raises:
        ValueError: another style, or a prior error that is not above 0.
    """
    if not prior_error > 0.0:
        raise ValueError("The standard error of the prior rate must be above 0.")
    value = formula(style)
    near = _near(quotes)
    if reason := _refusal(quotes, near):
        return _refused(reason, near, dividend_yield, style)
    belief = _belief(quotes, dividend_yield, prior_rate, prior_error)
    growth, error, volatility = _fit(near, belief, value)
    if not abs(growth - belief.growth) <= STEEPEST * quotes.years + WRONG_SPOT:
        return _refused(UNREAL, near, dividend_yield, style)
    rate, spot, standard_error = _weighed(belief, growth, error, prior_error)
    return ImpliedForward(
        forward=quotes.spot * math.exp(growth),
        rate=rate,
        standard_error=standard_error,
        quoted_rate=growth / quotes.years + dividend_yield,
        spot=spot,
        dividend_yield=dividend_yield,
        volatility=volatility,
        pairs_used=_pairs(near),
        style=style,
    )


class _Near(NamedTuple):
    """The quotes that have a say; `basis` is (1, x, x²) or less of it, x = ln(K/S) over `NEAR`."""

    kind: FloatArray
    strike: FloatArray
    mid: FloatArray
    weight: FloatArray
    basis: FloatArray


class _Belief(NamedTuple):
    """The growth = ln(forward / spot given) that is expected before the quotes are seen.

    `share` of what is unexpected in it is laid to the rate, the rest to the spot.
    """

    spot: float
    years: float
    dividend_yield: float
    rate: float
    growth: float
    share: float

    def divided(self, growth: float) -> tuple[float, float]:
        """The rate and the spot that make this growth."""
        unexpected = growth - self.growth
        rate = self.rate + self.share * unexpected / self.years
        return rate, self.spot * math.exp((1.0 - self.share) * unexpected)


def _refused(reason: str, near: _Near, dividend_yield: float, style: str) -> ImpliedForward:
    nothing = (math.nan,) * 5
    return ImpliedForward(*nothing, dividend_yield, math.nan, _pairs(near), style, reason)


def _near(quotes: ChainSlice) -> _Near:
    """Two-sided quotes near spot; narrow ones and near ones weigh more."""
    with np.errstate(all="ignore"):
        distance = np.abs(quotes.strike / quotes.spot - 1.0)
        chosen = (quotes.bid > 0.0) & (quotes.ask >= quotes.bid) & (distance <= NEAR)
        bid, ask, strike = quotes.bid[chosen], quotes.ask[chosen], quotes.strike[chosen]
        x = np.log(strike / quotes.spot) / NEAR
    nearness = 1.0 - (distance[chosen] / (1.25 * NEAR)) ** 2
    half_spread = np.maximum(0.5 * (ask - bid), FINEST)
    degree = min(max(np.unique(strike).size // 2 - 1, 0), 2)
    basis = np.vander(x, degree + 1, increasing=True)
    return _Near(quotes.kind[chosen], strike, 0.5 * (bid + ask), nearness / half_spread, basis)


def _refusal(quotes: ChainSlice, near: _Near) -> str:
    if quotes.verdict is not None:
        return quotes.verdict
    if not 0.0 < quotes.spot < math.inf:
        return "There is no price of the underlying."
    if not 0.0 < quotes.years < math.inf:
        return "The expiry is over."
    if _pairs(near) < FEWEST:
        calls, puts = np.count_nonzero(near.kind > 0.0), np.count_nonzero(near.kind < 0.0)
        return f"Within {NEAR:.0%} of spot {calls} calls and {puts} puts have a bid and an ask."
    return ""


def _pairs(near: _Near) -> int:
    return min(int(np.count_nonzero(near.kind == side)) for side in (1.0, -1.0))


def _belief(
    quotes: ChainSlice, dividend_yield: float, prior_rate: float, prior_error: float
) -> _Belief:
    by_rate = prior_error * quotes.years
    return _Belief(
        spot=quotes.spot,
        years=quotes.years,
        dividend_yield=dividend_yield,
        rate=prior_rate,
        growth=(prior_rate - dividend_yield) * quotes.years,
        share=1.0 / (1.0 + (SPOT_ERROR / by_rate) ** 2),
    )


def _fit(
    near: _Near, belief: _Belief, value: Callable[..., Valuation]
) -> tuple[float, float, float]:
    """Growth, its standard error and the smile's level: Gauss-Newton steps of all together."""
    level = _level(near, belief)
    terms = np.append(np.eye(1, near.basis.shape[1])[0] * level, belief.growth)
    for _ in range(ROUNDS):
        volatility = np.clip(near.basis @ terms[:-1], level / 4.0, level * 4.0)
        residual, slopes = _linear(near, belief, float(terms[-1]), volatility, value)
        step, error = _step(residual * near.weight, slopes * near.weight[:, None])
        terms = terms + step
        if abs(step[-1]) < SETTLED:
            break
    return float(terms[-1]), error, float(np.clip(terms[0], level / 4.0, level * 4.0))


def _weighed(
    belief: _Belief, growth: float, error: float, prior_error: float
) -> tuple[float, float, float]:
    """The rate, the spot and the rate's standard error, now that the fit's own error is known."""
    by_quotes = math.hypot(SPOT_ERROR, error) / belief.years
    told = 1.0 / (1.0 + (by_quotes / prior_error) ** 2)
    rate, spot = belief._replace(share=told).divided(growth)
    return rate, spot, by_quotes * math.sqrt(told)


def _step(residual: FloatArray, slopes: FloatArray) -> tuple[FloatArray, float]:
    """The step to the least squares of the linear model, and the last term's standard error."""
    held_off = np.ones_like(residual)
    for _ in range(REWEIGHTINGS):
        rows = slopes * held_off[:, None]
        step = np.linalg.lstsq(rows, residual * held_off)[0]
        held_off, scatter = _robust(residual - slopes @ step, step.size)
    return np.asarray(step, np.float64), scatter * math.sqrt(np.linalg.pinv(rows.T @ rows)[-1, -1])


def _level(near: _Near, belief: _Belief) -> float:
    """A volatility to start from: the middle one of the quotes taken for European, else 20 %."""
    arguments = (near.strike, belief.years, belief.rate, belief.dividend_yield)
    solved = implied_volatility(near.kind, near.mid, belief.spot, *arguments, style="european")
    found = solved.volatility[np.isfinite(solved.volatility)]
    return float(np.median(found)) if found.size else 0.2


def _linear(
    near: _Near,
    belief: _Belief,
    growth: float,
    volatility: FloatArray,
    value: Callable[..., Valuation],
) -> tuple[FloatArray, FloatArray]:
    """What the model leaves of the mids, and its slopes in the smile's terms and the growth.

    Both are 0, no say this time, where the model has no value at the terms tried.
    """
    rate, spot = belief.divided(growth)
    model = value(
        near.kind, spot, near.strike, belief.years, rate, belief.dividend_yield, volatility
    )
    by_rate = belief.share * model.rho / belief.years
    by_spot = (1.0 - belief.share) * spot * model.delta
    slopes = np.column_stack([near.basis * model.vega[:, None], by_rate + by_spot])
    residual = near.mid - model.price
    valued = np.isfinite(residual + np.sum(slopes, axis=1))
    return np.where(valued, residual, 0.0), np.where(valued[:, None], slopes, 0.0)


def _robust(residual: FloatArray, terms: int) -> tuple[FloatArray, float]:
    """Roots of Huber's weights, and the scatter of weighted residuals of so many fitted terms."""
    freedom = residual.size / (residual.size - terms)
    scatter = max(1.4826 * float(np.median(np.abs(residual))) * math.sqrt(freedom), LEAST_SCATTER)
    excess = np.abs(residual) / (HUBER * scatter)
    return 1.0 / np.sqrt(np.maximum(excess, 1.0)), scatter
