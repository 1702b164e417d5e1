"""The volatility of past days, and what a model makes options cost on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.loan.state import TRADING_DAYS
from vaultdesk.core.options.american import american
from vaultdesk.core.stats import log_returns

if TYPE_CHECKING:
    from vaultdesk.core.hedge.rolling.model import RollModel
    from vaultdesk.core.options.types import FloatArray

YEAR = 365.0
MONTH = 30.0 / YEAR
"""Years: nearer to expiry a skew by the root of time left would have no bound."""


def realised_volatility(prices: FloatArray, span: int) -> FloatArray:
    """Volatility per year on each day, from the closes up to that day; NaN for the first `span`.

    The exponentially weighted mean square of log returns (J.P. Morgan and Reuters, RiskMetrics
    Technical Document, 1996, section 5.2), begun with the plain mean square of the first `span`.
    """
    squares = log_returns(prices) ** 2
    found = np.full(prices.shape, np.nan)
    if squares.size < span:
        return found
    fresh = 2.0 / (span + 1.0)
    mean = float(np.mean(squares[:span]))
    found[span] = mean
    for place, square in enumerate(squares[span:].tolist(), start=span + 1):
        mean += fresh * (square - mean)
        found[place] = mean
    result: FloatArray = np.sqrt(found * TRADING_DAYS)
    return result


def volatilities(
    model: RollModel, realised: FloatArray, spot: FloatArray, strike: FloatArray, years: FloatArray
) -> FloatArray:
    """Of contracts on days of a realised volatility; the arguments broadcast."""
    slope = model.skew / np.sqrt(np.maximum(years, MONTH))
    level = model.premium * realised + slope * np.log(spot / strike)
    result: FloatArray = np.maximum(level, model.floor)
    return result


def mids(
    model: RollModel,
    kind: FloatArray,
    spot: FloatArray,
    strike: FloatArray,
    days: FloatArray,
    realised: FloatArray,
) -> FloatArray:
    """Mid prices per share of American options; `days` are calendar days to expiry."""
    years = days / YEAR
    level = volatilities(model, realised, spot, strike, years)
    return american(kind, spot, strike, years, model.rate, 0.0, level).price
