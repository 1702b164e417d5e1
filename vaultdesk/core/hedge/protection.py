"""What a position protects: at the price the lender would call at, and at the worst of all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.costs import protected_days
from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.hedge.views import Protection
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position

PRICES = 81
DATES = 7
PLACES = 12
"""To which LTVs are compared: without a payoff the one at the call price is the call level but for
what a division of 28 digits leaves."""


def protection_of(config: StrategyConfig, position: Position) -> Protection:
    """The protection view of a position; see `Protection`."""
    state = config.portfolio
    threshold = state.call_price
    payoff = hedged = economic = None
    kept: bool | None = None
    if threshold is not None:
        payoff = position.intrinsic(threshold) * config.fx
        left = value_at(config, threshold) + payoff
        hedged = hedged_at_call(config, position)
        economic = owed(config, position) / left if left > 0 else None
        kept = hedged is not None and rounded(hedged, PLACES) < state.terms.call_ltv
    covered = min(sum((leg.shares for leg in position.long_puts), Decimal(0)), config.units)
    worst, move, day, unhedged = _worst(config, position)
    return Protection(
        threshold_price=threshold,
        payoff_at_threshold=payoff,
        hedged_ltv=hedged,
        economic_ltv=economic,
        buffer_kept=kept,
        floor_value=_floor(config, position),
        guaranteed_until=position.guaranteed_until,
        protected_units=covered,
        unprotected_units=config.units - covered,
        worst_ltv=worst,
        worst_move=move,
        worst_day=day,
        worst_unhedged=unhedged,
    )


def hedged_at_call(config: StrategyConfig, position: Position) -> Decimal | None:
    """The bank's LTV at the call price, all legs at their payoff at expiry.

    None where no fall brings that price about, or pledge and payoff are worth nothing there.
    """
    threshold = config.portfolio.call_price
    if threshold is None:
        return None
    payoff = position.intrinsic(threshold) * config.fx
    value = value_at(config, threshold)
    return hedged_ltv(config.rules.use, owed(config, position), value, payoff)


def value_at(config: StrategyConfig, price: Decimal) -> Decimal:
    """The pledge at another price of the watched symbol, in the facility's currency."""
    state = config.portfolio
    return state.value + state.falling * (price / state.price - 1)


def owed(config: StrategyConfig, position: Position) -> Decimal:
    """The loan now, with the hedge's cost where that is drawn on it."""
    drawn = position.cost(config.rules.fees) * config.fx if config.rules.drawn else Decimal(0)
    return config.portfolio.loan + drawn


def _floor(config: StrategyConfig, position: Position) -> Decimal:
    """The least of a value that is straight between strikes is at one, or at the ends."""
    lowest = config.spot_price * (1 - config.rules.max_fall)
    strikes = (leg.listed.strike for leg in position.legs)
    kinks = {lowest, config.spot_price, *(k for k in strikes if k >= lowest)}
    return min(value_at(config, k) + position.intrinsic(k) * config.fx for k in kinks)


def _worst(config: StrategyConfig, position: Position) -> tuple[float, float, int, float]:
    """The highest hedged LTV over falls and days, where it is, and the highest unhedged one."""
    spot, deepest = float(config.spot_price), float(config.rules.max_fall)
    strikes = [float(leg.listed.strike) for leg in position.legs]
    grid = np.linspace(1.0 - deepest, 1.0, PRICES) * spot
    inside = [k for k in strikes if grid[0] <= k <= spot]
    spots = np.unique(np.concatenate([grid, inside]))
    days = sorted({round(d) for d in np.linspace(0, protected_days(config, position), DATES)})
    passed = [days_passed(config, day) for day in days]
    seen = outlook(config, position, spots, passed, Scene(smile=config.rules.smile))
    where = np.unravel_index(int(np.argmax(seen.hedged)), seen.hedged.shape)
    move = float(spots[where[0]] / spot - 1.0)
    return float(seen.hedged[where]), move, days[where[1]], float(seen.unhedged.max())
