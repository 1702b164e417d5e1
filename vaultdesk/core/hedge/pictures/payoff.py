"""A hedge drawn over prices: profit, LTV, equity and the cash a cure takes, on any days."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.hedge.scene import TODAY, Scene, days_passed, loan_path, outlook
from vaultdesk.core.hedge.vocabulary import Use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.scene import Outlook
    from vaultdesk.core.options.types import FloatArray

LOW, HIGH, POINTS = -0.50, 0.30, 121
"""The moves of gold that are drawn unless others are asked for, and in how many steps."""


class Measure(StrEnum):
    """What stands on the y-axis: money in the facility's currency, or the bank's LTV."""

    PROFIT = "P&L"
    LTV = "LTV"
    EQUITY = "equity"
    CURE = "cash to cure"


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """A loan over prices on several days, with a hedge and without; each array (spots, days).

    Money is in the facility's currency; an LTV that nothing bounds is NaN.

    Attributes:
        spots: prices of the watched symbol, ascending, (spots,).
        days: calendar days from now.
        cost: of the hedge at natural price with commission.
        payoff: what the options are worth then; nothing once they have expired.
        gold: what the pledge has gained since now.
        ltv: the bank's, with the hedge.
        equity: pledge and options less the loan and the hedge's cost.
        cure: what has to be repaid to come back to the target LTV.
        ltv_unhedged: without the hedge, as are the next two.
        equity_unhedged: pledge less loan.
        cure_unhedged: likewise.
    """

    spots: FloatArray
    days: tuple[int, ...]
    cost: float
    payoff: FloatArray
    gold: FloatArray
    ltv: FloatArray
    equity: FloatArray
    cure: FloatArray
    ltv_unhedged: FloatArray
    equity_unhedged: FloatArray
    cure_unhedged: FloatArray

    def hedged(self, measure: Measure, number: int = 0, *, gold: bool = False) -> FloatArray:
        """One curve with the hedge, (spots,).

        Args:
            measure: what it is of.
            number: of the day in `days`.
            gold: whether what the pledge has gained counts as profit; the others always have it.
        """
        if measure is Measure.PROFIT:
            profit: FloatArray = (self.payoff - self.cost + (self.gold if gold else 0.0))[:, number]
            return profit
        found = {Measure.LTV: self.ltv, Measure.EQUITY: self.equity, Measure.CURE: self.cure}
        return found[measure][:, number]

    def unhedged(self, measure: Measure, number: int = 0, *, gold: bool = False) -> FloatArray:
        """The same without the hedge; a profit without `gold` is 0."""
        if measure is Measure.PROFIT:
            return self.gold[:, number] if gold else np.zeros_like(self.spots)
        found = {
            Measure.LTV: self.ltv_unhedged,
            Measure.EQUITY: self.equity_unhedged,
            Measure.CURE: self.cure_unhedged,
        }
        return found[measure][:, number]


def price_grid(
    config: StrategyConfig,
    positions: Sequence[Position],
    low: float = LOW,
    high: float = HIGH,
    points: int = POINTS,
) -> FloatArray:
    """Prices to draw over: even steps of gold's move, and where the curves of any may break.

    Those are the strikes, the price now and the one the lender would call at.
    """
    spot = float(config.spot_price)
    even = np.linspace(1.0 + low, 1.0 + high, points) * spot
    breaks = [leg.listed.strike for position in positions for leg in position.legs]
    breaks += [config.spot_price, config.portfolio.call_price or config.spot_price]
    inside = [float(k) for k in breaks if even[0] < k < even[-1]]
    grid: FloatArray = np.unique(np.concatenate([even, inside]))
    return grid


def curves(
    config: StrategyConfig,
    position: Position,
    spots: FloatArray,
    days: Sequence[int],
    scene: Scene = TODAY,
) -> Curves:
    """All curves of one position, some milliseconds a leg and day.

    Args:
        config: the loan, the market and what becomes of the payoff.
        position: the hedge; an empty one is none.
        spots: prices of the watched symbol, ascending, as `price_grid` gives them.
        days: calendar days from now, 0 for now; N is 16:00 New York on that date.
        scene: of volatilities and the currency.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    passed = np.array([days_passed(config, day) for day in days])
    seen = outlook(config, position, spots, passed, scene)
    _, still = loan_path(config, np.array([float(config.spot_price)]), passed)
    cost = float(position.cost(config.rules.fees) * config.fx)
    equity = seen.equity - (0.0 if config.rules.drawn else cost)
    target = float(config.portfolio.cure_to)
    owed, pledge = _owed_and_pledged(config.rules.use, seen)
    loan = seen.unhedged * seen.value
    return Curves(
        spots=seen.spots,
        days=tuple(days),
        cost=cost,
        payoff=seen.payoff.sum(axis=0),
        gold=seen.value - still,
        ltv=np.where(np.isfinite(seen.hedged), seen.hedged, np.nan),
        equity=equity,
        cure=np.maximum(owed - target * np.maximum(pledge, 0.0), 0.0),
        ltv_unhedged=seen.unhedged,
        equity_unhedged=seen.value - loan,
        cure_unhedged=np.maximum(loan - target * seen.value, 0.0),
    )


def _owed_and_pledged(use: Use, seen: Outlook) -> tuple[FloatArray, FloatArray]:
    payoff = seen.payoff.sum(axis=0)
    owed = np.maximum(seen.loan - payoff, 0.0) if use is Use.REPAYS else seen.loan + 0.0 * payoff
    return owed, seen.value + payoff if use is Use.PLEDGED else seen.value
