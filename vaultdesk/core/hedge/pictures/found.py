"""The finder's answer drawn: the LTV over prices with the hedge and without, now and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.inputs import configured
from vaultdesk.core.hedge.pictures.payoff import curves, price_grid
from vaultdesk.core.hedge.position import At

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.finder import Found
    from vaultdesk.core.hedge.inputs import HedgeInputs
    from vaultdesk.core.hedge.pictures.payoff import Curves

BELOW, ABOVE, STEPS = 0.10, 0.10, 121
"""How much further than the fall that was asked for is drawn, and how far up."""
LOWEST = 0.95
NOW, HORIZON = 0, 1
"""The numbers of the days in `Picture.curves`."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An answer's curves and what it would cost at mid.

    Attributes:
        config: what it was found from.
        curves: for now and for the horizon.
        lowest: the price after the deepest fall that was asked for.
        days: calendar days until the horizon.
        at_mid: the cost if every leg were traded at mid, with commission, options' currency.
    """

    config: StrategyConfig
    curves: Curves
    lowest: float
    days: int
    at_mid: Decimal


def picture(inputs: HedgeInputs, found: Found) -> Picture:
    """Draw an answer by what it was found from; some tenths of a second.

    Raises:
        Unvalued: nothing is pledged any more on the horizon.
    """
    config = configured(inputs)
    request, fall = found.request, float(found.request.max_fall)
    days = max((request.horizon - trading_date(config.at)).days, 0)
    spots = price_grid(config, (found.position,), -min(fall + BELOW, LOWEST), ABOVE, STEPS)
    return Picture(
        config=config,
        curves=curves(config, found.position, spots, [0, days]),
        lowest=float(config.spot_price) * (1.0 - fall),
        days=days,
        at_mid=found.position.cost(config.rules.fees, At.MID),
    )
