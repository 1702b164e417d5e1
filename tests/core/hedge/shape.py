"""What every strategy has to be, a plug-in's too: tried on any of them by `check_shape`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.hedge.position import HedgeLeg
from vaultdesk.core.hedge.strategy import Strategy
from vaultdesk.core.hedge.views import Cost, Protection, Scenario

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None
MOVES = tuple(Decimal(move) / 100 for move in (-40, -20, 0, 20))
DIGITS = 9
"""Of a model's numbers in a golden file."""


def views(strategy: Strategy) -> dict[str, Plain]:
    """All that a strategy says, as JSON has it: numbers that are exact as text."""
    return {
        "name": strategy.name,
        "title": strategy.title,
        "legs": [_leg(one) for one in strategy.position.legs],
        "warnings": list(strategy.position.warnings),
        "cost": _plain(strategy.calculate_cost()),
        "cost_unrounded": _plain(strategy.calculate_cost(whole=False)),
        "protection": _plain(strategy.calculate_protection()),
        "protection_unrounded": _plain(strategy.calculate_protection(whole=False)),
        "scenarios": [_plain(row) for row in strategy.get_scenarios(MOVES)],
    }


def _leg(leg: HedgeLeg) -> str:
    return f"{leg.contracts:f} ({leg.ideal:f}) {leg.listed.words}: {leg.wanted}"


def _plain(value: object) -> Plain:
    match value:
        case HedgeLeg():
            found: Plain = _leg(value)
        case tuple():
            found = [_plain(one) for one in value]
        case Decimal():
            found = f"{value.quantize(Decimal(1).scaleb(-DIGITS)).normalize() + 0:f}"
        case float():
            found = round(value, DIGITS)
        case dt.date():
            found = value.isoformat()
        case None | int() | str():
            found = value
        case _:
            assert dataclasses.is_dataclass(value), value
            names = [field.name for field in dataclasses.fields(value)]
            found = {name: _plain(getattr(value, name)) for name in names}
    return found


def check_shape(strategy: Strategy, config: StrategyConfig) -> None:
    """Fail where a strategy does not keep what the desk counts on.

    Args:
        strategy: of `config`, whose board has what it needs.
        config: that very one.
    """
    assert isinstance(strategy, Strategy)
    assert strategy.config is config
    assert re.fullmatch(r"[a-z][a-z0-9_.]*", strategy.name)
    assert strategy.title
    _check_position(strategy)
    _check_cost(strategy)
    _check_protection(strategy, config)
    _check_scenarios(strategy)
    elsewhere = dataclasses.replace(strategy, config=dataclasses.replace(config))
    assert views(elsewhere) == views(strategy), "the same inputs give the same answer"


def _check_position(strategy: Strategy) -> None:
    position, board = strategy.position, strategy.config.board
    assert position is strategy.position, "it is chosen once"
    assert position.legs
    assert any(leg.contracts for leg in position.legs)
    for leg in position.legs:
        assert leg.listed in board.listed
        assert leg.listed.usable
        assert leg.contracts == leg.contracts.to_integral_value()
        assert abs(leg.contracts - leg.ideal) < 1
        assert leg.contracts * leg.ideal >= 0
        assert leg.wanted
        assert leg.listed in strategy.considered()


def _check_cost(strategy: Strategy) -> None:
    for whole in (True, False):
        cost = strategy.calculate_cost(whole=whole)
        assert isinstance(cost, Cost)
        assert cost.total == cost.premium + cost.commission
        assert cost.premium == sum(one.premium for one in cost.legs)
        assert cost.commission == sum(one.commission for one in cost.legs)
        assert cost.spread_cost == cost.premium - cost.at_mid >= 0
        assert cost.days >= 1
        assert abs(cost.annualised * cost.days - cost.total * 365) < Decimal("1e-6")


def _check_protection(strategy: Strategy, config: StrategyConfig) -> None:
    seen = strategy.calculate_protection()
    assert isinstance(seen, Protection)
    assert (seen.threshold_price is None) == (seen.payoff_at_threshold is None)
    assert seen.threshold_price == config.portfolio.call_price
    assert seen.protected_units + seen.unprotected_units == config.units
    assert 0 <= seen.protected_units <= config.units
    assert math.isfinite(seen.worst_ltv)
    assert 0 <= seen.worst_day <= strategy.calculate_cost().days


def _check_scenarios(strategy: Strategy) -> None:
    cost = strategy.calculate_cost().total
    rows = strategy.get_scenarios(MOVES)
    assert [row.change for row in rows] == list(MOVES)
    for row in rows:
        assert isinstance(row, Scenario)
        assert row.cost == cost
        assert row.equity <= row.net_value
        assert row.call_triggered or not row.call_avoided
    unhedged = [row.unhedged_ltv for row in rows]
    assert unhedged == sorted(unhedged, reverse=True)
    assert {row.days for row in strategy.get_scenarios(MOVES, 5)} == {5}
