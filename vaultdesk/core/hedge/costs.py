"""What a position costs, in every way people ask for it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import trading_date
from vaultdesk.core.hedge.position import At
from vaultdesk.core.hedge.views import Cost, LegCost

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.loan.state import LoanState

YEAR = Decimal(365)


def cost_of(config: StrategyConfig, position: Position) -> Cost:
    """The cost view of a position; see `Cost`."""
    fx, fees = config.fx, config.rules.fees
    premium, commission = position.premium(), position.commission(fees)
    total = (premium + commission) * fx
    days = protected_days(config, position)
    shares = covered_shares(position)
    return Cost(
        legs=tuple(_leg(config, position, leg) for leg in position.legs),
        per_share=premium / shares if shares else Decimal(0),
        premium=premium * fx,
        at_mid=position.premium(At.MID) * fx,
        at_ask=position.premium(At.ASK) * fx,
        spread_cost=(premium - position.premium(At.MID)) * fx,
        commission=commission * fx,
        total=total,
        days=days,
        annualised=total / max(days, 1) * YEAR,
        of_portfolio=total / config.portfolio.value,
        financing=total * loan_rate(config.portfolio) * days / YEAR,
        break_even=total / config.portfolio.falling if config.portfolio.falling else Decimal(0),
        pays_below=_pays_below(position, premium + commission),
    )


def covered_shares(position: Position) -> Decimal:
    """Shares that the long puts are on; those of the sold calls where there are none."""
    puts = sum((leg.shares for leg in position.long_puts), Decimal(0))
    return puts or sum((abs(leg.shares) for leg in position.legs), Decimal(0))


def protected_days(config: StrategyConfig, position: Position) -> int:
    """Calendar days from now until the protection ends; 0 without any."""
    until = position.guaranteed_until or position.last_expiry
    return max((until - trading_date(config.at)).days, 0) if until else 0


def loan_rate(state: LoanState) -> Decimal:
    """Interest on the loan per year: the tranches' rates weighted by what is owed."""
    total = sum((one.total for one in state.owed), Decimal(0))
    paid = sum((one.total * one.tranche.rate for one in state.owed), Decimal(0))
    return paid / total if total else Decimal(0)


def _leg(config: StrategyConfig, position: Position, leg: HedgeLeg) -> LegCost:
    puts = sum((one.contracts for one in position.long_puts), Decimal(0))
    return LegCost(
        leg=leg,
        weight=leg.contracts / (puts or abs(leg.contracts) or 1),
        price=leg.price(),
        premium=leg.premium() * config.fx,
        mid=leg.premium(At.MID) * config.fx,
        commission=config.rules.fees.commission(leg.contracts) * config.fx,
    )


def _pays_below(position: Position, cost: Decimal) -> Decimal | None:
    """The highest price below which the legs together pay more at expiry than they cost.

    The payoff is straight between strikes, so it is enough to look at those, at 0, and at how
    it goes on above the highest.
    """
    kinks = sorted({Decimal(0), *(leg.listed.strike for leg in position.legs)}, reverse=True)
    gains = [position.intrinsic(price) - cost for price in kinks]
    falls = -sum((leg.shares for leg in position.legs if leg.listed.kind > 0), Decimal(0))
    if gains[0] > 0 and falls > 0:
        return kinks[0] + gains[0] / falls
    for (above, high), (below, low) in pairwise(zip(kinks, gains, strict=True)):
        if high <= 0 < low:
            return above + high * (above - below) / (low - high)
    return None
