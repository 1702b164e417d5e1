"""How probable a margin call is before a date: as options price it, and as history repeats itself.

The two answers share nothing but the question and are meant to be shown side by side, each with
its `basis`. Options tell what the market charges for insurance, which is more than it expects to
pay; history tells what gold did, closes only, whatever is known today.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.loan.local_volatility import LocalVolatility, first_touch
from vaultdesk.core.stats import MEAN_BLOCK, stationary_bootstrap, without_drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vaultdesk.core.loan.local_volatility import Curve, Walk
    from vaultdesk.core.stats import FloatArray

DAYS_A_YEAR, TRADING_DAYS_A_YEAR = 365, 252
NEGLIGIBLE = 1e-8
"""A probability below this is 0: the grid cannot tell it from its own error."""
PATHS = 10_000
FEWEST_RETURNS = 60
QUANTILES = (0.01, 0.05, 0.25, 0.5)

BY_CHAIN = "option chain, risk-neutral, watched without a break"
EXTENDED = ", its last smile extended to the date"
BY_HISTORY = "history resampled, drift removed, closes only"
BY_HISTORY_WITH_DRIFT = "history resampled, drift kept, closes only"

PASSED = "The date has passed: choose a later one."
UNKNOWN = "The price, the call price or a rate is not a number: wait for a quote."
NO_SMILE = "The option chain draws no smile to ask: wait for better quotes."
TOO_FEW = "The history holds {known} daily returns where {needed} are needed: load more of it."
BROKEN_HISTORY = "The price history holds something that is not a price: load it again."


@dataclass(frozen=True, slots=True)
class Barrier:
    """Where the LTV reaches the call level.

    Attributes:
        price: today's call price of the watched symbol; None if no fall of it brings a call.
        growth: how fast it rises as interest accrues, a year, continuously compounded.
    """

    price: float | None
    growth: float = 0.0


@dataclass(frozen=True, slots=True)
class CallProbability:
    """How probable it is that the call price is reached before a date, and what that rests on.

    Attributes:
        probability: from 0 to 1; None where there is no answer.
        standard_error: of the resampling, not of history being but one of many that might have
            been; None where nothing was left to chance.
        expected_days: calendar days until then on average, over the cases in which it happens
            before the date; None where it does in none.
        basis: what it rests on, to be shown beside it.
        reason: a sentence why there is no answer; empty where there is one.
        worst_prices: (q, the price below which a share q of the paths falls at its lowest) pairs;
            empty unless resampled.
    """

    probability: float | None
    standard_error: float | None
    expected_days: float | None
    basis: str
    reason: str = ""
    worst_prices: tuple[tuple[float, float], ...] = ()


def implied_call_probability(
    walk: Walk, barrier: Barrier, years: float, curves: Sequence[Curve]
) -> CallProbability:
    """By the option chain: Dupire's local volatility, which prices every option of it.

    Risk-neutral: the price is expected to earn the rate, and crashes weigh as much as insurance
    against them costs. The barrier is watched without a break, nights included. American options
    enter by the volatility that prices them, as if European.

    Args:
        walk: spot and rates to the date.
        barrier: today's, in the currency of spot.
        years: to the date, of 365 days.
        curves: smiles of one expiry or several, best those around the date and any before it.
    """
    last = max((one.years for one in curves), default=math.nan)
    basis = BY_CHAIN + (EXTENDED if years > last else "")
    known = _unless_plain(walk.spot, barrier, years, basis)
    if known is not None:
        return known
    assert barrier.price is not None  # noqa: S101 - plain
    if not math.isfinite(walk.rate + walk.dividend_yield):
        return _nothing(basis, UNKNOWN)
    usable = [one for one in curves if one.years > 0.0]
    volatility = LocalVolatility(walk, usable) if usable else None
    if volatility is None or not volatility.known:
        return _nothing(basis, NO_SMILE)
    touch = first_touch(walk, volatility, barrier.price, barrier.growth, years)
    if touch.probability < NEGLIGIBLE:
        return CallProbability(0.0, None, None, basis)
    return CallProbability(min(touch.probability, 1.0), None, DAYS_A_YEAR * touch.years, basis)


def historical_call_probability(
    spot: float,
    barrier: Barrier,
    trading_days: int,
    returns: FloatArray,
    seed: int = 0,
    *,
    keep_drift: bool = False,
    paths: int = PATHS,
    mean_block: float = MEAN_BLOCK,
) -> CallProbability:
    """By history: its daily returns drawn again in blocks, the call price watched at each close.

    Args:
        spot: today's price.
        barrier: today's, in the currency of spot.
        trading_days: to the date, 252 to a year.
        returns: daily log returns, oldest first.
        seed: the same one gives the same answer.
        keep_drift: let prices rise as they did. By default the expected price stays at today's,
            so that a bull market does not hide the risk.
        paths: how many.
        mean_block: expected length of a block in days, at least 1.
    """
    basis = BY_HISTORY_WITH_DRIFT if keep_drift else BY_HISTORY
    known = _unless_plain(spot, barrier, trading_days, basis)
    if known is not None:
        return known
    assert barrier.price is not None  # noqa: S101 - plain
    if not np.all(np.isfinite(returns)):
        return _nothing(basis, BROKEN_HISTORY)
    if returns.size < FEWEST_RETURNS:
        return _nothing(basis, TOO_FEW.format(known=returns.size, needed=FEWEST_RETURNS))
    drawn = stationary_bootstrap(
        returns if keep_drift else without_drift(returns), trading_days, paths, seed, mean_block
    )
    first, lowest = _followed(drawn, paths, math.log(barrier.price / spot), barrier.growth)
    return _counted(first, spot * np.exp(np.quantile(lowest, QUANTILES)), basis)


def _followed(
    drawn: Iterable[FloatArray], paths: int, below: float, growth: float
) -> tuple[FloatArray, FloatArray]:
    """Of each path the trading day of the first touch, 0 if none, and the lowest ln(close/spot)."""
    level, lowest, first = np.zeros(paths), np.zeros(paths), np.zeros(paths)
    for day, moved in enumerate(drawn, 1):
        level += moved
        np.minimum(lowest, level, out=lowest)
        touched = level <= below + growth * day / TRADING_DAYS_A_YEAR
        first[touched & (first == 0)] = day
    return first, lowest


def _counted(first: FloatArray, worst: FloatArray, basis: str) -> CallProbability:
    """From the trading day on which each path touched, 0 where it did not.

    The standard error counts one path more on each side, lest it be 0 where all agree.
    """
    hit = first > 0
    hits, paths = int(hit.sum()), first.size
    near = (hits + 1) / (paths + 2)
    days = float(first[hit].mean()) * DAYS_A_YEAR / TRADING_DAYS_A_YEAR if hits else None
    error = math.sqrt(near * (1.0 - near) / paths)
    worst_prices = tuple(zip(QUANTILES, worst.tolist(), strict=True))
    return CallProbability(hits / paths, error, days, basis, worst_prices=worst_prices)


def _unless_plain(spot: float, barrier: Barrier, time: float, basis: str) -> CallProbability | None:
    """The answer where no model is needed; None where one is, and there is a price to reach."""
    price = barrier.price
    if not all(map(math.isfinite, (spot, price or 0.0, barrier.growth, time))) or spot <= 0.0:
        return _nothing(basis, UNKNOWN)
    if time < 0:
        return _nothing(basis, PASSED)
    if price is not None and price >= spot:
        return CallProbability(1.0, None, 0.0, basis)
    if price is None or price <= 0.0 or time == 0:
        return CallProbability(0.0, None, None, basis)
    return None


def _nothing(basis: str, reason: str) -> CallProbability:
    return CallProbability(None, None, None, basis, reason)
