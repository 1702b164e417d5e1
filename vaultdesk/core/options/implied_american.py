"""Implied volatility of American options that may be worth exercising early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.options.american import valued
from vaultdesk.core.options.european import european

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.contracts import Contracts
    from vaultdesk.core.options.types import FloatArray

    IntArray = npt.NDArray[np.intp]

SETTLED = 1e-6
"""A relative step this small leaves an error of its square."""
PATIENCE = 60
LOWEST = 1e-6
PREMIUM_NOISE = 1e-6
"""Share of the early-exercise premium that the pricer may be wrong by."""


def solve(
    contracts: Contracts, price: FloatArray, floor: FloatArray, ceiling: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Find the volatilities at which `american` gives the prices.

    Newton's steps on the logarithm of the price or, in the money, on the root of what it is above
    intrinsic value: near the boundary that is a line where the price is a parabola. They are kept
    between the two European volatilities that enclose the answer: an American option is worth at
    least the European one, and at most the European one without the rate that exercise would earn.

    Args:
        contracts: options worth exercising early; their volatility is not looked at.
        price: above intrinsic value and below the price's bound.
        floor: volatility at which the option is worth too little, or NaN.
        ceiling: volatility at which it is worth too much, or NaN.

    Returns:
        The volatilities, NaN where they do not settle, and by how much rounding and the pricer's
        own error may move them, per volatility.
    """
    intrinsic = np.maximum(contracts.kind * (contracts.spot - contracts.strike), 0.0)
    inside = intrinsic > 0.0
    low = np.where(np.isfinite(floor), floor, LOWEST) * (1.0 - SETTLED)
    high = np.where(np.isfinite(ceiling), ceiling, np.inf) * (1.0 + SETTLED)
    volatility = np.where(np.isfinite(ceiling), ceiling, 2.0 * low + 0.5)
    vega = np.full(price.shape, np.nan)
    active = np.arange(price.size)
    for _ in range(PATIENCE):
        now = volatility[active]
        values = valued(contracts.of(active)._replace(volatility=now), rho=False)
        worth, target = values[0] - intrinsic[active], (price - intrinsic)[active]
        low[active] = np.where(worth < target, now, low[active])
        high[active] = np.where(worth > target, now, high[active])
        fall = np.where(
            inside[active], 2.0 * (1.0 - np.sqrt(target / worth)), np.log(worth / target)
        )
        newton = now - fall * worth / values[4]
        volatility[active] = _between(newton, low[active], high[active])
        vega[active] = values[4]
        active = active[~(np.abs(volatility[active] - now) <= SETTLED * now)]
        if not active.size:
            break
    volatility[active] = np.nan
    held = european(*contracts._replace(volatility=volatility)).price
    noise = np.finfo(np.float64).eps * (price + intrinsic) + PREMIUM_NOISE * np.abs(price - held)
    return volatility, noise / (vega * volatility)


def _between(wanted: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """The wanted volatility where it lies inside the bracket, else one that halves it."""
    middle = np.where(high < np.inf, np.sqrt(low * high), 2.0 * low)
    return np.where((wanted > low) & (wanted < high), wanted, middle)
