"""Implied volatility, American and European, with a reason for every refusal."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.market import exercise_style
from vaultdesk.core.options.american import worth_exercising
from vaultdesk.core.options.black import log_ratio
from vaultdesk.core.options.blocks import over_blocks
from vaultdesk.core.options.constants import ONE, ROUNDING, ZERO
from vaultdesk.core.options.contracts import Contracts
from vaultdesk.core.options.implied_american import solve as solve_american
from vaultdesk.core.options.normalised import solve
from vaultdesk.core.options.types import ImpliedVolatility

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

UNDETERMINED = np.array(1e-4)
"""Refuse where rounding of price, spot and strike alone moves the volatility by this fraction."""
FAINTEST = np.array(1e-280)
"""Normalised time values below this are near the end of the floating-point range."""


class Refusal(IntEnum):
    """Why there is no implied volatility; `OK` where there is one."""

    OK = 0
    BAD_INPUT = 1
    EXPIRED = 2
    ZERO_PRICE = 3
    BELOW_INTRINSIC = 4
    ABOVE_BOUND = 5
    NOT_DETERMINED = 6


REASONS: dict[Refusal, str] = {
    Refusal.OK: "The price has an implied volatility.",
    Refusal.BAD_INPUT: "A price, spot, strike, time or rate is missing, negative or not a number.",
    Refusal.EXPIRED: "The option has expired; it has no volatility left.",
    Refusal.ZERO_PRICE: "The price is zero; no volatility makes an option worth nothing.",
    Refusal.BELOW_INTRINSIC: "The price is below the discounted intrinsic value.",
    Refusal.ABOVE_BOUND: "The price is at or above the most an option of this kind can be worth.",
    Refusal.NOT_DETERMINED: "The time value is too small to tell the volatility from rounding.",
}


def implied_volatility(
    kind: npt.ArrayLike,
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    style: str = "american",
) -> ImpliedVolatility:
    """Find the volatility at which `american` gives the price, or say why there is none.

    European style, and options that nobody would exercise early: the time value, of the
    out-of-the-money side and divided by √(S·e^(-qT)·K·e^(-rT)), is a function of ln(F/K) and
    sigma·√T alone (Jäckel 2015, section 2) and is inverted to the last digits. Otherwise: Newton's
    method on `american`, which starts from that answer.

    Where several reasons apply, the first in the order of `Refusal` is given.

    Args:
        kind: +1 for a call, -1 for a put.
        price: per share, in the currency of spot.
        spot: price of the underlying, above 0.
        strike: above 0.
        years: time to expiry in years of 365 days.
        rate: continuously compounded, per year; any sign.
        dividend_yield: continuously compounded, per year.
        style: "american" or "european".

    Returns:
        Volatilities and reasons of the arguments' broadcast shape.

    Raises:
        ValueError: another style, shapes that do not broadcast, or an argument that is no number.
    """
    exercise_style(style)
    arguments = (kind, price, spot, strike, years, rate, dividend_yield)
    volatility, reason = over_blocks(_implied, 2, *arguments)
    if style == "american":
        _exercise(arguments, volatility.reshape(-1), reason.reshape(-1))
    return ImpliedVolatility(volatility, reason.astype(np.int8))


@np.errstate(all="ignore")
def _exercise(
    arguments: tuple[npt.ArrayLike, ...], volatility: FloatArray, reason: FloatArray
) -> None:
    """Replace European answers, in place, where early exercise may be worth something."""
    columns = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in arguments))
    kind, price, spot, strike, years, rate, dividend_yield = (one.reshape(-1) for one in columns)
    contracts = Contracts(kind, spot, strike, years, rate, dividend_yield, volatility)
    plain = np.isin(reason, (Refusal.BAD_INPUT, Refusal.EXPIRED, Refusal.ZERO_PRICE))
    early = np.flatnonzero(worth_exercising(contracts, price) & ~plain)
    refused = _american_refusals(contracts.of(early), price[early], reason[early])
    reason[early], volatility[early] = refused, np.nan
    good = early[refused == Refusal.OK]
    if good.size:
        found, doubt = _between_europeans(contracts.of(good), price[good])
        clear = doubt < UNDETERMINED
        volatility[good] = np.where(clear, found, np.nan)
        reason[good] = np.where(clear, Refusal.OK, Refusal.NOT_DETERMINED)


def _american_refusals(contracts: Contracts, price: FloatArray, held: FloatArray) -> FloatArray:
    """Codes of `Refusal` for prices that are in order, by the bounds of American options."""
    intrinsic = contracts.kind * (contracts.spot - contracts.strike)
    noise = ROUNDING * (price + np.where(intrinsic > 0.0, contracts.spot + contracts.strike, 0.0))
    above = price - np.maximum(intrinsic, 0.0)
    reason = np.where(above <= 4.0 * noise, Refusal.NOT_DETERMINED, Refusal.OK)
    reason = np.where(price >= contracts.unit, Refusal.ABOVE_BOUND, reason)
    below = (above < -4.0 * noise) | (held == Refusal.BELOW_INTRINSIC)
    return np.where(below, Refusal.BELOW_INTRINSIC, reason)


def _between_europeans(contracts: Contracts, price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Solve between the volatility of the European option and of one with nothing to earn."""
    kind, spot, strike, years, rate, dividend_yield, _ = contracts
    put = kind < 0.0
    forgone = np.maximum(contracts.forgone, 0.0)
    rates = (np.where(put, 0.0, forgone), np.where(put, forgone, 0.0))
    ceiling, _ = _implied(kind, price, spot, strike, years, rate, dividend_yield)
    floor, _ = _implied(kind, price, spot, strike, years, *rates)
    floor = np.where(contracts.earning < 0.0, np.nan, floor)
    return solve_american(contracts, price, floor, ceiling)


class _Quotes(NamedTuple):
    """Prices reduced to their time values, of the out-of-the-money side.

    Attributes:
        distance: |ln(F/K)|.
        worth: the time value divided by `scale`.
        noise: what rounding the price, spot and strike leaves uncertain in the time value.
        scale: √(S·e^(-qT)·K·e^(-rT)).
        bound: the most an option of this kind can be worth.
    """

    distance: FloatArray
    worth: FloatArray
    noise: FloatArray
    scale: FloatArray
    bound: FloatArray

    def of(self, chosen: IndexArray) -> _Quotes:
        """Some of them."""
        return _Quotes(*(column[chosen] for column in self))


def _implied(
    kind: FloatArray,
    price: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """European volatilities and codes of `Refusal`."""
    quotes = _reduce(kind, price, spot, strike, years, rate, dividend_yield)
    fine = quotes.worth >= FAINTEST
    fine &= price < quotes.bound  # spot or strike of 0, below or infinite fails here or above
    fine &= years > ZERO
    fine &= kind * kind == ONE
    if np.count_nonzero(fine) == fine.size:
        return _solved(quotes, years)
    volatility, reason = np.full(price.shape, np.nan), np.zeros(price.shape)
    good, odd = fine.nonzero()[0], (~fine).nonzero()[0]
    volatility[good], reason[good] = _solved(quotes.of(good), years[good])
    given = (column[odd] for column in (kind, price, spot, strike, years))
    reason[odd] = _refusals(quotes.of(odd), *given)
    return volatility, reason


def _solved(quotes: _Quotes, years: FloatArray) -> tuple[FloatArray, FloatArray]:
    deviation, elasticity = solve(quotes.distance, quotes.worth)
    certainty = quotes.worth * quotes.scale
    certainty *= elasticity
    certainty *= UNDETERMINED
    unclear = ~(quotes.noise < certainty)
    deviation /= np.sqrt(years)
    reason = np.zeros(years.shape)
    if np.count_nonzero(unclear):
        deviation[unclear] = np.nan
        reason[unclear] = Refusal.NOT_DETERMINED
    return deviation, reason


def _reduce(
    kind: FloatArray,
    price: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
    rate: FloatArray,
    dividend_yield: FloatArray,
) -> _Quotes:
    interest, dividends = rate * years, dividend_yield * years
    distance = log_ratio(spot, strike)
    distance += interest
    distance -= dividends
    np.abs(distance, out=distance)
    held = spot / np.exp(dividends, out=dividends)
    owed = strike / np.exp(interest, out=interest)
    intrinsic = held - owed
    intrinsic *= kind
    noise = held + owed
    noise *= intrinsic > ZERO
    noise += price
    noise *= ROUNDING
    np.maximum(intrinsic, ZERO, out=intrinsic)
    scale = held * owed
    np.sqrt(scale, out=scale)
    worth = price - intrinsic
    worth /= scale
    bound = np.where(kind > ZERO, held, owed)
    return _Quotes(distance, worth, noise, scale, bound)


def _refusals(
    quotes: _Quotes,
    kind: FloatArray,
    price: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    years: FloatArray,
) -> FloatArray:
    """Codes of `Refusal` for prices that have no volatility."""
    reason = np.full(price.shape, float(Refusal.NOT_DETERMINED))
    reason[price >= quotes.bound] = Refusal.ABOVE_BOUND
    reason[quotes.worth * quotes.scale < -4.0 * quotes.noise] = Refusal.BELOW_INTRINSIC
    reason[price == 0.0] = Refusal.ZERO_PRICE
    reason[years <= 0.0] = Refusal.EXPIRED
    signs = (price >= 0.0) & (spot > 0.0) & (strike > 0.0) & (np.abs(kind) == 1.0)
    reason[~(np.isfinite(quotes.distance + price) & signs)] = Refusal.BAD_INPUT
    return reason
