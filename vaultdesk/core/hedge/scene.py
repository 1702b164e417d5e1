"""What might happen to the market and the loan at once: one scene, and its price on a hedge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.calendar import trading_date, years_to_expiry
from vaultdesk.core.hedge.ltv import hedged_ltvs
from vaultdesk.core.hedge.vocabulary import SmileRule
from vaultdesk.core.loan.fx_grid import exposure, totals
from vaultdesk.core.options.book import Leg
from vaultdesk.core.options.scenario import LEAST_VOLATILITY, scenario_cube
from vaultdesk.core.options.style import formula

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    import numpy.typing as npt

    from vaultdesk.core.hedge.board import Listed
    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.options.smile import Smile
    from vaultdesk.core.options.types import FloatArray

DAYS = 365.0
"""In the year option lives are counted in."""
HALF_A_DAY = 5.0 / 24.0 / DAYS
"""Years: an option that ended at 13:00 on a half day still paid on the day that ends at 16:00."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is assumed besides price and date.

    Attributes:
        vol_pts: points added to every volatility (5 is +0.05 a year).
        fx: relative move of the currency that `foreign` names.
        smile: how volatilities move with the price.
    """

    vol_pts: float = 0.0
    fx: float = 0.0
    smile: SmileRule = SmileRule.STRIKE


TODAY = Scene()


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """A loan with and without a hedge over prices and days; money in the facility's currency.

    Attributes:
        spots: prices of the watched symbol, (spots,).
        days: that have passed from now, (days,).
        loan: owed then, with the premium if it was drawn on the loan, (days,).
        value: of the pledge, (spots, days).
        payoff: what each leg is worth then by the model, before spread; nothing once it has
            expired, (legs, spots, days).
        unhedged: the LTV without the hedge, (spots, days).
        hedged: the LTV with it, as the bank sees it, (spots, days).
        economic: the loan by pledge and options together, whoever holds them, (spots, days).
    """

    spots: FloatArray
    days: FloatArray
    loan: FloatArray
    value: FloatArray
    payoff: FloatArray
    unhedged: FloatArray
    hedged: FloatArray
    economic: FloatArray

    @property
    def equity(self) -> FloatArray:
        """What would be left after the loan, with the hedge; its cost is not taken off."""
        left: FloatArray = self.value + self.payoff.sum(axis=0) - self.loan
        return left


def outlook(
    config: StrategyConfig,
    position: Position,
    spots: npt.ArrayLike,
    days: npt.ArrayLike,
    scene: Scene = TODAY,
) -> Outlook:
    """The loan at other prices on later days.

    At the very moment of expiry a leg pays its intrinsic value, later nothing: what it paid is
    not counted on for a fall that comes after it.

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    prices, passed = (np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (spots, days))
    loan, value = loan_path(config, prices, passed, scene)
    paid = leg_values(config, position.legs, prices, passed, scene)
    rate = float(config.fx) * (1.0 + scene.fx if _options_move(config) else 1.0)
    payoff = paid * rate
    owed = loan
    if config.rules.drawn:
        owed = loan + float(position.cost(config.rules.fees) * config.fx)  # at today's rate
    total = payoff.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        unhedged = loan / value
        economic = np.where(value + total > 0.0, owed / (value + total), np.inf)
    hedged = hedged_ltvs(config.rules.use, owed, value, total)
    return Outlook(prices, passed, owed, value, payoff, unhedged, hedged, economic)


def days_passed(config: StrategyConfig, days: int) -> float:
    """Days of 24 hours until 16:00 New York so many calendar days from today; 0 is now."""
    if days <= 0:
        return 0.0
    return years_to_expiry(trading_date(config.at) + timedelta(days), config.at) * DAYS


def foreign(state: LoanState) -> str:
    """The currency whose rate matters most besides the facility's own; empty where none does."""
    home = state.terms.currency
    if state.quote.currency != home:
        return state.quote.currency
    owed = [one.currency for one in state.owed if one.currency != home]
    pledged = [one.currency for one in state.pledged if one.currency != home]
    return next(iter((*owed, *pledged)), "")


def loan_path(
    config: StrategyConfig, spots: FloatArray, days: FloatArray, scene: Scene = TODAY
) -> tuple[FloatArray, FloatArray]:
    """What is owed on each day, (days,), and what the pledge is worth, (spots, days).

    Raises:
        Unvalued: nothing is pledged on one of the days.
    """
    moves = spots / float(config.spot_price) - 1.0
    rate = np.array([scene.fx])
    currency = foreign(config.portfolio)
    owed, worth = [], []
    for day in days.tolist():
        parts = exposure(config.later(day) if day else config.portfolio, currency)
        loan, value = totals(parts, moves, rate)
        owed.append(loan)
        worth.append(value[0])
    return np.concatenate(owed), np.stack(worth, axis=1)


def leg_values(
    config: StrategyConfig,
    legs: Sequence[HedgeLeg],
    spots: FloatArray,
    days: FloatArray,
    scene: Scene = TODAY,
) -> FloatArray:
    """What each leg is worth by the model, in the options' currency: (legs, spots, days)."""
    values = np.zeros((len(legs), spots.size, days.size))
    for number, leg in enumerate(legs):
        passed = np.minimum(days / DAYS, leg.listed.years)
        alive = days / DAYS - passed <= HALF_A_DAY
        if alive.any():
            values[number][:, alive] = _leg_value(config, leg, spots, passed[alive], scene)
    return values


def book_leg(listed: Listed, contracts: Decimal) -> Leg:
    """Contracts of it, negative when sold, as options are valued together."""
    return Leg(
        kind=listed.kind,
        quantity=float(contracts),
        strike=float(listed.strike),
        years=listed.years,
        volatility=listed.volatility,
        rate=listed.rate,
        dividend_yield=listed.dividend_yield,
        multiplier=float(listed.multiplier),
    )


def _leg_value(
    config: StrategyConfig, leg: HedgeLeg, spots: FloatArray, passed: FloatArray, scene: Scene
) -> FloatArray:
    listed, shift = leg.listed, scene.vol_pts / 100.0
    smile = config.board.smiles.get(listed.expiry)
    if scene.smile is SmileRule.STRIKE or smile is None:
        one = book_leg(listed, leg.contracts)
        return scenario_cube([one], spots, [shift], passed, shift=True, style=listed.style)[:, 0]
    left = listed.years - passed[np.newaxis, :]
    volatility = moved(listed, smile, config, spots[:, np.newaxis], left, scene.smile) + shift
    at = (spots[:, np.newaxis], float(listed.strike), left, listed.rate, listed.dividend_yield)
    values = formula(listed.style)(listed.kind, *at, np.maximum(volatility, LEAST_VOLATILITY))
    worth: FloatArray = values.price * float(leg.shares)
    return worth


def moved(
    listed: Listed,
    smile: Smile,
    config: StrategyConfig,
    spots: FloatArray,
    left: FloatArray,
    rule: SmileRule,
) -> FloatArray:
    """The contract's own volatility and what moving along the smile adds to it."""
    growth = listed.rate - listed.dividend_yield
    now = np.log(float(listed.strike) / float(config.spot_price)) - growth * listed.years
    then = np.log(float(listed.strike) / spots) - growth * left
    if rule is SmileRule.DELTA:
        then = then * np.sqrt(listed.years / np.maximum(left, 1.0 / (24 * DAYS)))
    moved: FloatArray = (
        listed.volatility + smile.volatility_at(then) - smile.volatility_at(np.asarray(now))
    )
    return moved


def _options_move(config: StrategyConfig) -> bool:
    return foreign(config.portfolio) == config.portfolio.quote.currency
