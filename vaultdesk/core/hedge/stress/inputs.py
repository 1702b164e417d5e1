"""What is assumed of the world in a stress, and how far each assumption may be moved."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.loan.state import LoanState

LEAST_GOLD, MOST_GOLD = -60, 40
"""Per cent of gold's price today."""
LEAST_VOL, MOST_VOL = -20, 60
"""Points added to every volatility."""
LEAST_FX, MOST_FX = -30, 30
"""Per cent of the foreign currency's price today."""
LEAST_ADVANCE, MOST_ADVANCE = 30, 95
"""Per cent of the market value that is lent on gold."""
YEAR_AHEAD = 365
"""Days that are looked ahead where no hedge ends the view."""


@dataclass(frozen=True, slots=True)
class Stress:
    """One state of the world besides today's; the default is today's.

    Attributes:
        gold: relative move of its price, above -1.
        days: calendar days from now, 0 for now.
        vol_pts: points added to every volatility.
        fx: relative move of the foreign currency that matters most.
        advance: the advance rate of gold from then on, a fraction; None for those of the terms.
        smile: how volatilities move with the price.
    """

    gold: Decimal = Decimal(0)
    days: int = 0
    vol_pts: Decimal = Decimal(0)
    fx: Decimal = Decimal(0)
    advance: Decimal | None = None
    smile: SmileRule = SmileRule.STRIKE


def advance_of(state: LoanState) -> Decimal | None:
    """What the terms advance on gold: lending value by market value; None where none is pledged."""
    gold = [one for one in state.pledged if state.terms.falls_with(one.lot)]
    value = sum((one.value for one in gold), Decimal(0))
    return sum((one.lending_value for one in gold), Decimal(0)) / value if value else None


def advance_percent(state: LoanState) -> Decimal:
    """The same in whole per cent, where a slider may stand."""
    lent = rounded(100 * (advance_of(state) or Decimal(0)), 0)
    return min(max(lent, Decimal(LEAST_ADVANCE)), Decimal(MOST_ADVANCE))


def last_day(config: StrategyConfig, position: Position) -> int:
    """Calendar days from now until the last leg ends; a year without any."""
    until = position.last_expiry
    return max((until - trading_date(config.at)).days, 1) if until else YEAR_AHEAD
