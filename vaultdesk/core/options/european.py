"""European option prices and Greeks in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from vaultdesk.core.options.black import terms
from vaultdesk.core.options.blocks import over_blocks
from vaultdesk.core.options.constants import DENSITY_AT_ZERO, MINUS_HALF, ZERO
from vaultdesk.core.options.normalised import short_ratio
from vaultdesk.core.options.types import SecondOrder, Valuation

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.black import Terms
    from vaultdesk.core.options.types import FloatArray


def european(
    kind: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Valuation:
    """Value European options: price, delta, gamma, theta, vega and rho.

    Formula: Merton (1973), with N(-d) for puts, so that an out-of-the-money price keeps its
    relative precision; Greeks as in Haug (2007), chapter 2.

    Conventions at the edges: at expiry (years = 0) the price is the intrinsic value, delta is a
    step (±1 in the money, ±½ at the strike, 0 outside) and all other Greeks are 0. At volatility
    0, or spot or strike 0, the price is the discounted intrinsic value, delta and rho are steps,
    gamma is 0, theta is the carry alone and vega its limit: 0 except at the money forward.
    Where an argument is not finite, or years, volatility, spot or strike is negative, or kind is
    neither +1 nor -1, everything is NaN: an option past its expiry is not valued.

    Args:
        kind: +1 for a call, -1 for a put.
        spot: price of the underlying.
        strike: in the currency of spot.
        years: time to expiry in years of 365 days.
        rate: continuously compounded, per year; any sign.
        dividend_yield: continuously compounded, per year.
        volatility: 1.00 is 100 % a year.

    Returns:
        Float64 arrays of the arguments' broadcast shape; signs are those of a long option.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    arguments = (kind, spot, strike, years, rate, dividend_yield, volatility)
    return Valuation(*over_blocks(_value, 6, *arguments))


def _value(
    kind: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    volatility: FloatArray,
) -> tuple[FloatArray, ...]:
    t = terms(kind, spot, strike, years, rate, dividend_yield, volatility)
    bell = _density(t.d1)
    bell /= t.spot_growth
    delta = _signed_probability(kind, t.d1)
    delta /= t.spot_growth
    held = spot * delta
    owed = _signed_probability(kind, t.d2)
    owed *= t.strike_value
    price = held - owed
    gamma = bell / t.deviation
    gamma /= spot
    bell *= spot
    vega = bell * t.root_time
    carry = dividend_yield * held
    carry -= rate * owed
    decay = t.half
    decay /= years
    decay *= bell
    theta = carry - decay
    rho = owed
    rho *= years
    if t.narrow.size:
        _sharpen(price, kind, bell, t)
    if t.edges is None:
        return price, delta, gamma, theta, vega, rho
    bad, limit, expired = t.edges
    gamma = np.where(limit, 0.0, gamma)
    theta = np.where(expired, 0.0, np.where(limit, carry, theta))
    return tuple(np.where(bad, np.nan, r + 0.0) for r in (price, delta, gamma, theta, vega, rho))


def _density(d: FloatArray) -> FloatArray:
    bell = d * d
    bell *= MINUS_HALF
    np.exp(bell, out=bell)
    bell *= DENSITY_AT_ZERO
    return bell


def _signed_probability(kind: FloatArray, d: FloatArray) -> FloatArray:
    """kind·N(kind·d), written over d."""
    d *= kind
    ndtr(d, out=d)
    d *= kind
    return d


def _sharpen(price: FloatArray, kind: FloatArray, bell: FloatArray, t: Terms) -> None:
    """Take narrow prices out of the money from what held - owed would leave to rounding.

    `bell` is S·exp(-q·T)·φ(d1), and price / bell is `short_ratio`.
    """
    outside = kind[t.narrow] * t.moneyness[t.narrow] <= ZERO
    chosen = t.narrow[outside]
    deviation = t.deviation[chosen]
    distance = np.abs(t.moneyness[chosen]) / deviation
    price[chosen] = bell[chosen] * short_ratio(distance, 0.5 * deviation)


def second_order(
    kind: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> SecondOrder:
    """Second-order Greeks of European options: vanna, charm and vomma.

    Formula: Haug (2007), chapter 2: DdeltaDvol, DdeltaDtime and DvegaDvol.
    Arguments, shapes and NaN are those of `european`. At expiry all three are 0; at volatility 0
    charm is what the dividend yield alone does to delta, vanna and vomma are 0.

    Returns:
        Vanna in delta per 1.00 of volatility, charm in delta per year of calendar time passing,
        vomma in vega (per 1.00) per 1.00 of volatility.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    arguments = (kind, spot, strike, years, rate, dividend_yield, volatility)
    return SecondOrder(*over_blocks(_second_order, 3, *arguments))


def _second_order(
    kind: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
    volatility: FloatArray,
) -> tuple[FloatArray, ...]:
    t = terms(kind, spot, strike, years, rate, dividend_yield, volatility)
    bell = _density(t.d1)
    bell /= t.spot_growth
    vanna = -bell * t.d2 / volatility
    drift = (rate - dividend_yield) / t.deviation - t.d2 / (2.0 * years)
    vomma = bell * spot * t.root_time * t.d1 * t.d2 / volatility
    carry = _signed_probability(kind, t.d1)
    carry *= dividend_yield / t.spot_growth
    charm = carry - bell * drift
    if t.edges is None:
        return vanna, charm, vomma
    bad, limit, expired = t.edges
    vanna = np.where(limit, 0.0, vanna)
    charm = np.where(expired, 0.0, np.where(limit, carry, charm))
    vomma = np.where(limit, 0.0, vomma)
    return tuple(np.where(bad, np.nan, result + 0.0) for result in (vanna, charm, vomma))
