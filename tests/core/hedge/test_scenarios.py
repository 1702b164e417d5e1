"""The loan and the hedge when gold moves: by hand at expiry, by the model before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, position, positions
from vaultdesk.core.hedge.ltv import hedged_ltv
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.scenarios import MOVES, scenarios_of
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.vocabulary import DayCount, Tranche
from vaultdesk.core.market import Quality, Quote

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

LOAN, UNITS = Decimal(2_100_000), Decimal(10_000)
PUTS = position(("P", "350", 100))
DOWN_30 = (Decimal("-0.30"),)


def ruled(config: StrategyConfig = CONFIG, **rules: object) -> StrategyConfig:
    """The usual loan, other rules."""
    return replace(config, rules=replace(HedgeRules(), **rules))  # type: ignore[arg-type]


def in_francs(loan: int = 1_680_000) -> StrategyConfig:
    """Shares in dollars against a loan in francs, a dollar 0.80 of one."""
    rate = Quote(
        symbol="USDCHF",
        bid=None,
        ask=None,
        last=Decimal("0.80"),
        at=boards.NOW,
        received=boards.NOW,
        source="made",
        quality=Quality.LIVE,
        currency="CHF",
    )
    terms = boards.pledge(loan=Decimal(loan), currency="CHF")
    return boards.config(terms=terms, quotes=(boards.gold(), rate))


@pytest.mark.parametrize(
    ("use", "ltv", "cure"),
    [
        (Use.PLEDGED, Decimal("0.6"), 0),
        (Use.REPAYS, (LOAN - 1_050_000) / (UNITS * 245), 0),
        (Use.BROKER, LOAN / (UNITS * 245), LOAN - UNITS * 245 * Decimal("0.65")),
    ],
)
def test_at_expiry_every_column_by_hand(use: Use, ltv: Decimal, cure: Decimal) -> None:
    cost = PUTS.cost(HedgeRules().fees)
    (row,) = scenarios_of(ruled(use=use), PUTS, DOWN_30)
    assert (row.change, row.spot, row.days) == (*DOWN_30, Decimal(245), 70)
    assert row.unhedged_ltv == LOAN / (UNITS * 245)
    assert row.hedged_ltv == ltv
    assert row.economic_ltv == Decimal("0.6")
    assert row.payoff == row.intrinsic == row.after_spread == 1_050_000
    assert row.cost == cost
    assert row.net_value == 3_500_000 - cost
    assert row.equity == 1_400_000 - cost
    assert row.cure == cure
    assert row.call_triggered
    assert row.call_avoided is (use is not Use.BROKER)


def test_a_premium_drawn_is_owed_and_not_counted_twice() -> None:
    cost = PUTS.cost(HedgeRules().fees)
    (row,) = scenarios_of(ruled(drawn=True), PUTS, DOWN_30)
    assert row.hedged_ltv == (LOAN + cost) / 3_500_000
    assert row.unhedged_ltv == LOAN / (UNITS * 245)
    assert row.equity == 1_400_000 - cost


def test_the_call_level_itself_is_a_call() -> None:
    (row,) = scenarios_of(CONFIG, PUTS, (Decimal("-0.20"),))
    assert row.unhedged_ltv == Decimal("0.75")
    assert row.call_triggered
    assert row.call_avoided


def test_before_expiry_a_put_is_worth_more_than_exercising_it_brings() -> None:
    for row in scenarios_of(CONFIG, PUTS, (Decimal("-0.1"), Decimal(0), Decimal("0.1")), days=30):
        assert row.payoff > row.intrinsic
        assert row.intrinsic == max(350 - row.spot, Decimal(0)) * UNITS
        assert row.after_spread == max(row.payoff - Decimal("0.10") * UNITS, row.intrinsic)


def test_buying_back_what_was_sold_costs_half_the_spread_more() -> None:
    calls = position(("C", "350", -10))
    (row,) = scenarios_of(CONFIG, calls, (Decimal(0),), days=10)
    assert row.payoff < 0
    assert row.after_spread == row.payoff - Decimal("0.10") * 1000


def test_now_a_position_is_worth_its_mid() -> None:
    (row,) = scenarios_of(CONFIG, PUTS, (Decimal(0),), days=0)
    assert float(row.payoff) == pytest.approx(float(PUTS.legs[0].listed.mid or 0) * 1e4, rel=1e-5)


def test_after_it_has_ended_a_leg_is_worth_nothing() -> None:
    (row,) = scenarios_of(CONFIG, PUTS, DOWN_30, days=71)
    assert row.payoff == row.intrinsic == row.after_spread == 0
    assert row.hedged_ltv == row.unhedged_ltv


def test_when_the_first_leg_ends_the_second_lives_on() -> None:
    mixed = Position((leg("P", "350", 50, 1), leg("P", "350", 50, 2)))
    (row,) = scenarios_of(CONFIG, mixed, (Decimal("-0.05"),))
    assert row.days == 70
    first = Decimal("17.5") * 5000
    assert row.payoff > 2 * first  # the first pays its intrinsic value, the other more
    (later,) = scenarios_of(CONFIG, mixed, (Decimal("-0.05"),), days=100)
    assert first < later.payoff < row.payoff


def test_interest_runs_until_the_day_looked_at() -> None:
    tranche = Tranche(
        LOAN, rate=Decimal("0.06"), day_count=DayCount.ACT_360, since=date(2026, 7, 10)
    )
    config = boards.config(terms=replace(boards.pledge(), tranches=(tranche,)))
    (row,) = scenarios_of(config, Position(()), (Decimal(0),), days=180)
    assert row.unhedged_ltv == Decimal("0.618")  # 63,000 of interest


def test_a_higher_volatility_makes_a_put_worth_more_and_a_sold_call_cost_more() -> None:
    for one, sign in ((PUTS, 1), (position(("C", "385", -100)), -1)):
        (calm,) = scenarios_of(CONFIG, one, (Decimal(0),), days=10)
        (wild,) = scenarios_of(CONFIG, one, (Decimal(0),), 10, Scene(vol_pts=5.0))
        assert sign * (wild.payoff - calm.payoff) > 0


def test_the_bank_lowers_its_advance_rate() -> None:
    (row,) = scenarios_of(CONFIG, Position(()), (Decimal(0),), 0, advance=Decimal("0.60"))
    assert row.unhedged_ltv == Decimal("0.6")
    assert row.utilisation == 1
    (before,) = scenarios_of(CONFIG, Position(()), (Decimal(0),), 0)
    assert before.utilisation == LOAN / (3_500_000 * Decimal("0.7"))


def test_a_dearer_dollar_helps_a_loan_in_francs_and_the_premium_was_paid_at_the_old_rate() -> None:
    config = ruled(in_francs(), drawn=True)
    cost = PUTS.cost(HedgeRules().fees) * Decimal("0.80")
    (row,) = scenarios_of(config, PUTS, DOWN_30, scene=Scene(fx=0.25))
    assert row.cost == cost
    assert row.payoff == 1_050_000  # dollars, at par now
    assert row.hedged_ltv == (1_680_000 + cost) / 3_500_000
    seen = outlook(config, PUTS, [245.0], [days_passed(config, 70)], Scene(fx=0.25))
    assert seen.hedged[0, 0] == pytest.approx(float(row.hedged_ltv), rel=1e-12)


def test_in_a_foreign_currency_ratios_are_the_same() -> None:
    here, there = (scenarios_of(c, PUTS, MOVES, 20) for c in (CONFIG, in_francs()))
    for usd, chf in zip(here, there, strict=True):
        assert usd.hedged_ltv is not None
        assert chf.hedged_ltv is not None
        assert float(chf.hedged_ltv) == pytest.approx(float(usd.hedged_ltv), rel=1e-12)
        assert chf.equity == pytest.approx(usd.equity * Decimal("0.8"), abs=Decimal("1e-3"))
        assert (usd.spot, usd.call_triggered) == (chf.spot, chf.call_triggered)


@given(
    position=positions(),
    move=st.decimals("-0.6", "0.4", places=3),
    days=st.integers(0, 200),
    use=st.sampled_from(Use),
    drawn=st.booleans(),
)
def test_decimal_rows_agree_with_the_array_of_the_same_scene(
    position: Position,
    move: Decimal,
    days: int,
    use: Use,
    drawn: bool,
) -> None:
    config = ruled(use=use, drawn=drawn)
    (row,) = scenarios_of(config, position, (move,), days)
    spot = float(350 * (1 + move))
    seen = outlook(config, position, [spot], [days_passed(config, days)])
    assert float(row.payoff) == pytest.approx(seen.payoff.sum(), rel=1e-9, abs=1e-3)
    assert float(row.unhedged_ltv) == pytest.approx(seen.unhedged[0, 0], rel=1e-12)
    if row.hedged_ltv is None:
        assert seen.hedged[0, 0] == np.inf
    else:
        assert float(row.hedged_ltv) == pytest.approx(seen.hedged[0, 0], rel=1e-6)


@given(position=positions(SEPTEMBER), move=st.decimals("-0.6", "0.4", places=3))
def test_money_adds_up_in_every_row(position: Position, move: Decimal) -> None:
    (row,) = scenarios_of(CONFIG, position, (move,))
    value = UNITS * row.spot
    assert row.payoff == position.intrinsic(row.spot)
    assert row.net_value == value + row.payoff - row.cost
    assert row.equity == row.net_value - LOAN
    assert row.hedged_ltv == hedged_ltv(Use.PLEDGED, LOAN, value, row.payoff)
    if row.cure and value + row.payoff > 0:
        after = (LOAN - row.cure) / (value + row.payoff)
        assert abs(after - Decimal("0.65")) < Decimal("1e-20")
