"""What a position does for the loan when gold moves: one row a move."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.hedge.costs import protected_days
from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.position import At
from vaultdesk.core.hedge.scene import DAYS, HALF_A_DAY, TODAY, days_passed, foreign, leg_values
from vaultdesk.core.hedge.views import Scenario
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.core.loan.cure import cure
from vaultdesk.core.loan.prices import OUNCE, pair
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import Quality
from vaultdesk.core.money import from_float

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import HedgeLeg, Position
    from vaultdesk.core.hedge.scene import Scene
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import Quote

ONE = Decimal(1)
MOVES = tuple(Decimal(move) / 100 for move in (-40, -30, -25, -20, -15, -10, -5, 0, 5, 10, 20))
"""Relative moves of gold that are looked at unless others are asked for."""


def scenarios_of(
    config: StrategyConfig,
    position: Position,
    moves: Sequence[Decimal] = MOVES,
    days: int | None = None,
    scene: Scene = TODAY,
    advance: Decimal | None = None,
) -> tuple[Scenario, ...]:
    """The scenario view of a position; see `Scenario` and `Strategy.get_scenarios`."""
    at_day = protected_days(config, position) if days is None else days
    passed = days_passed(config, at_day)
    spots = [float(config.spot_price * (1 + move)) for move in moves]
    worth = leg_values(config, position.legs, np.array(spots), np.array([passed]), scene)[:, :, 0]
    return tuple(
        scenario_from(
            config,
            position,
            stressed(config, move, passed, scene.fx, advance),
            worth[:, i].tolist(),
            (move, at_day),
        )
        for i, move in enumerate(moves)
    )


def scenario_from(
    config: StrategyConfig,
    position: Position,
    state: LoanState,
    worth: Sequence[float],
    at: tuple[Decimal, int],
) -> Scenario:
    """One scenario, where the model's values are known.

    Args:
        config: what is stressed.
        position: the hedge.
        state: the loan without it, as `stressed` gives it.
        worth: of each leg then by the model, in the options' currency.
        at: the relative move of gold, and calendar days from now.
    """
    move, days = at
    passed = days_passed(config, days)
    held = [
        _held(leg, value, passed, state.price)
        for leg, value in zip(position.legs, worth, strict=True)
    ]
    return _row(config, position, state, held, move, days)


class Held(NamedTuple):
    """A leg in a scenario, in the options' currency; signed, negative when sold."""

    value: Decimal
    intrinsic: Decimal
    after_spread: Decimal


def _held(leg: HedgeLeg, value: float, passed: float, spot: Decimal) -> Held:
    """By the model while it lives, and exactly its payoff on its last day.

    Selling what was bought brings half its spread less, but no less than exercising it; buying
    back what was sold costs half the spread more.
    """
    over = passed / DAYS - leg.listed.years
    intrinsic = leg.intrinsic(spot) if over <= HALF_A_DAY else Decimal(0)
    worth = intrinsic if over >= 0 else from_float(value) or Decimal(0)
    less = worth - abs(leg.premium(At.NATURAL) - leg.premium(At.MID))
    sold = leg.contracts < 0
    after = worth if over >= 0 else less if sold else max(less, intrinsic)
    return Held(worth, intrinsic, after)


def stressed(
    config: StrategyConfig, move: Decimal, days: float, fx: float, advance: Decimal | None
) -> LoanState:
    """The loan without a hedge after gold and the foreign currency have moved, so many days on.

    Raises:
        Unvalued: nothing is pledged then.
    """
    state = config.portfolio
    terms = state.terms
    if advance is not None:
        lots = tuple(
            replace(lot, advance_rate=advance) if terms.falls_with(lot) else lot
            for lot in terms.lots
        )
        terms = replace(terms, lots=lots)
    currency, home = foreign(state), terms.currency
    gold = {lot.symbol for lot in terms.lots if terms.falls_with(lot)} | {terms.symbol, OUNCE}
    factors = dict.fromkeys(gold | {"GLD"} if state.ounces else gold, 1 + move)
    if currency and fx:
        name, up = pair(currency, home), 1 + Decimal(repr(fx))
        factors[name] = up if name.startswith(currency) else 1 / up
    quotes = {one.symbol: _times(one, factors.get(one.symbol, ONE)) for one in state.quotes}
    at = state.at + timedelta(days=days)
    return value_loan(terms, quotes, at, cure_to=state.cure_to)


def _times(quote: Quote, factor: Decimal) -> Quote:
    price = quote.price
    if factor == 1 or price is None:
        return quote
    return replace(quote, last=price * factor, bid=None, ask=None, quality=Quality.HYPOTHETICAL)


def _row(
    config: StrategyConfig,
    position: Position,
    state: LoanState,
    held: Sequence[Held],
    move: Decimal,
    days: int,
) -> Scenario:
    use, terms, fx = config.rules.use, state.terms, state.into(state.quote.currency)
    payoff, intrinsic, after = (
        (sum(part, Decimal(0)) * fx for part in zip(*held, strict=True))
        if held
        else (Decimal(0),) * 3
    )
    cost = position.cost(config.rules.fees) * config.fx
    loan = state.loan + (cost if config.rules.drawn else 0)
    ltv = hedged_ltv(use, loan, state.value, payoff)
    pledge = state.value + (payoff if use is Use.PLEDGED else 0)
    owed = max(loan - payoff, Decimal(0)) if use is Use.REPAYS else loan
    lending = state.lending_value + (payoff if use is Use.PLEDGED else 0)
    triggered = state.ltv >= terms.call_ltv
    left = state.value + payoff
    return Scenario(
        change=move,
        spot=state.price,
        days=days,
        unhedged_ltv=state.ltv,
        hedged_ltv=ltv,
        economic_ltv=loan / left if left > 0 else None,
        utilisation=owed / lending if lending > 0 else None,
        headroom=lending - owed,
        payoff=payoff,
        intrinsic=intrinsic,
        after_spread=after,
        cost=cost,
        net_value=left - cost,
        equity=left - cost - state.loan,
        cure=cure(owed, pledge, ONE, state.cure_to).repay if pledge > 0 else owed,
        call_triggered=triggered,
        call_avoided=triggered and ltv is not None and ltv < terms.call_ltv,
    )
