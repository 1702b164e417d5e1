"""The curves of a hedge agree with its scenarios, and with cash counted by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tests.core.hedge.boards import SPOT, config, pledge
from vaultdesk.core.hedge.costs import protected_days
from vaultdesk.core.hedge.pictures.payoff import Curves, Measure, curves, price_grid
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scenarios import MOVES, scenarios_of
from vaultdesk.core.hedge.scene import Scene
from vaultdesk.core.hedge.strategies.collar import Collar
from vaultdesk.core.hedge.strategies.ladder import Ladder
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import HedgeRules, SmileRule, Use

NOTHING = Position(())


def drawn_at(rules: HedgeRules, days: int, scene: Scene) -> tuple[Curves, list[object]]:
    made = config(rules)
    position = Collar(made).position
    spots = np.array([float(SPOT * (1 + move)) for move in MOVES])
    rows = scenarios_of(made, position, MOVES, days, scene)
    return curves(made, position, spots, (days,), scene), list(rows)


@pytest.mark.parametrize("use", list(Use))
@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("days", [0, 30, 70])
def test_every_curve_passes_through_the_scenarios(use: Use, drawn: bool, days: int) -> None:
    rules = HedgeRules(use=use, drawn=drawn, naked_calls=True)
    scene = Scene(vol_pts=5.0, smile=SmileRule.MONEYNESS)
    found, rows = drawn_at(rules, days, scene)
    for number, row in enumerate(rows):
        assert found.hedged(Measure.LTV)[number] == pytest.approx(float(row.hedged_ltv))  # type: ignore[attr-defined]
        assert found.hedged(Measure.EQUITY)[number] == pytest.approx(float(row.equity))  # type: ignore[attr-defined]
        assert found.hedged(Measure.CURE)[number] == pytest.approx(float(row.cure), abs=0.01)  # type: ignore[attr-defined]
        assert found.payoff[number, 0] == pytest.approx(float(row.payoff), abs=0.01)  # type: ignore[attr-defined]
        assert found.unhedged(Measure.LTV)[number] == pytest.approx(float(row.unhedged_ltv))  # type: ignore[attr-defined]


def test_profit_is_payoff_less_cost_and_with_gold_what_the_pledge_gained_too() -> None:
    made = config()
    position = ProtectivePut(made).position
    end = protected_days(made, position)
    found = curves(made, position, np.array([280.0, 350.0, 420.0]), (end,))
    cost = float(position.cost(made.rules.fees))
    assert found.hedged(Measure.PROFIT) == pytest.approx([70 * 10_000 - cost, -cost, -cost])
    with_gold = found.hedged(Measure.PROFIT, gold=True)
    assert with_gold == pytest.approx([-cost, -cost, 700_000 - cost])
    assert found.unhedged(Measure.PROFIT, gold=True) == pytest.approx([-700_000, 0, 700_000])
    assert found.unhedged(Measure.PROFIT).tolist() == [0, 0, 0]


def test_without_legs_both_curves_are_one() -> None:
    made = config()
    found = curves(made, NOTHING, price_grid(made, [NOTHING]), (0, 30))
    for measure in Measure:
        for number in (0, 1):
            assert found.hedged(measure, number) == pytest.approx(
                found.unhedged(measure, number), abs=1e-6
            )


def test_the_cure_without_a_hedge_is_that_of_the_loan() -> None:
    made = config(terms=pledge(loan=Decimal(2_700_000)))
    found = curves(made, NOTHING, np.array([350.0]), (0,))
    assert found.unhedged(Measure.CURE)[0] == pytest.approx(float(made.portfolio.cure.repay))
    assert float(made.portfolio.cure.repay) > 0


def test_an_ltv_that_nothing_bounds_is_a_gap() -> None:
    made = config(HedgeRules(naked_calls=True))
    position = Collar(made).position
    many = replace(
        position, legs=tuple(replace(leg, contracts=40 * leg.contracts) for leg in position.legs)
    )
    found = curves(made, many, np.array([350.0, 600.0]), (70,))
    assert np.isfinite(found.hedged(Measure.LTV)[0])
    assert np.isnan(found.hedged(Measure.LTV)[1])
    assert float(found.hedged(Measure.CURE)[1]) > 2_000_000


def test_the_grid_has_every_strike_the_price_and_the_call_price() -> None:
    made = config()
    ladder = Ladder(made).position
    grid = price_grid(made, [ladder, NOTHING], low=-0.3, high=0.1, points=5)
    strikes = {float(leg.listed.strike) for leg in ladder.legs}
    assert made.portfolio.call_price is not None
    wanted = strikes | {350.0, float(made.portfolio.call_price), 245.0, 385.0}
    assert wanted <= set(np.round(grid, 10))
    assert (np.diff(grid) > 0).all()


def test_more_volatility_lifts_todays_curve_and_leaves_expiry_alone() -> None:
    made = config()
    position = ProtectivePut(made).position
    grid, days = price_grid(made, [position]), (0, protected_days(made, position))
    calm = curves(made, position, grid, days)
    wild = curves(made, position, grid, days, Scene(vol_pts=5))
    near = (grid > 320) & (grid < 420)
    assert (wild.payoff[near, 0] > calm.payoff[near, 0]).all()
    assert wild.payoff[:, 1] == pytest.approx(calm.payoff[:, 1])
