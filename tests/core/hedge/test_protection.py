"""What a position protects: at the call price by hand, and at the worst of all by search."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, position, positions
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.protection import hedged_at_call, protection_of, value_at
from vaultdesk.core.hedge.scenarios import scenarios_of
from vaultdesk.core.hedge.scene import Scene, days_passed, outlook
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.vocabulary import Asset, Lot, Tranche

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

LOAN, UNITS = Decimal(2_100_000), Decimal(10_000)
PUTS = position(("P", "350", 100))


def ruled(**rules: object) -> StrategyConfig:
    """The usual loan, other rules."""
    return replace(CONFIG, rules=replace(HedgeRules(), **rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("use", "ltv", "kept"),
    [
        (Use.PLEDGED, LOAN / (UNITS * 280 + UNITS * 70), True),
        (Use.REPAYS, (LOAN - UNITS * 70) / (UNITS * 280), True),
        (Use.BROKER, Decimal("0.75"), False),
    ],
)
def test_at_the_call_price_by_hand(use: Use, ltv: Decimal, kept: bool) -> None:
    seen = protection_of(ruled(use=use), PUTS)
    assert seen.threshold_price == 280
    assert seen.payoff_at_threshold == 700_000
    assert seen.hedged_ltv == ltv == hedged_at_call(ruled(use=use), PUTS)
    assert seen.economic_ltv == Decimal("0.6")
    assert seen.buffer_kept is kept
    assert seen.guaranteed_until == boards.EXPIRIES[1]
    assert (seen.protected_units, seen.unprotected_units) == (UNITS, Decimal(0))


def test_a_premium_drawn_on_the_loan_is_owed_at_the_call_price() -> None:
    config = ruled(drawn=True)
    total = ProtectivePut(config).calculate_cost().total
    seen = ProtectivePut(config).calculate_protection()
    assert seen.hedged_ltv == (LOAN + total) / (UNITS * 350)
    assert seen.economic_ltv == seen.hedged_ltv


@given(
    loan=st.decimals(100_000, 2_400_000, places=2),
    units=st.decimals(8_000, 20_000, places=3),
    strike=st.sampled_from(("200", "250")),
)
def test_the_buffer_is_not_kept_by_a_put_that_pays_nothing(
    loan: Decimal, units: Decimal, strike: str
) -> None:
    """Whatever the last digits of the divisions: the LTV there is the call level itself."""
    config = boards.config(terms=boards.pledge(units, loan))
    listed = next(
        one for one in CONFIG.board.of(boards.EXPIRIES[1], "P") if one.strike == Decimal(strike)
    )
    threshold = config.portfolio.call_price
    assert threshold is not None
    worthless = Position((replace(leg("P", "350", 1), listed=listed),))
    seen = protection_of(config, worthless)
    assert seen.buffer_kept is (threshold < listed.strike)


def test_a_loan_that_no_fall_brings_to_its_call_has_no_threshold() -> None:
    cash = Lot(Asset.CASH, "USD", Decimal(5_000_000), unit="USD")
    fund = Lot(Asset.FUND, "GLD", UNITS)
    terms = Facility(
        (fund, cash), (Tranche(LOAN),), boards.CALL_LTV, boards.CLOSEOUT_LTV, boards.NOW
    )
    seen = protection_of(boards.config(terms=terms), PUTS)
    assert seen.threshold_price is None
    assert seen.payoff_at_threshold is None
    assert seen.hedged_ltv is None
    assert seen.economic_ltv is None
    assert seen.buffer_kept is None
    assert seen.floor_value == 5_000_000 + UNITS * 350  # cash does not fall


def test_only_gold_falls_and_shares_beyond_what_there_is_protect_nothing_more() -> None:
    seen = protection_of(CONFIG, position(("P", "350", 70), ("P", "330", 60)))
    assert (seen.protected_units, seen.unprotected_units) == (UNITS, Decimal(0))
    half = protection_of(CONFIG, position(("P", "350", 50), ("P", "300", -50)))
    assert half.protected_units == half.unprotected_units == 5_000


def test_the_floor_of_a_put_spread_is_below_its_lower_strike() -> None:
    spread = position(("P", "332.5", 100), ("P", "300", -100))
    seen = protection_of(CONFIG, spread)
    assert seen.floor_value == UNITS * (210 + Decimal("32.5"))  # 40 % lower
    assert protection_of(ruled(max_fall=Decimal("0.10")), spread).floor_value == UNITS * Decimal(
        "332.5"
    )


@given(position=positions(SEPTEMBER), fall=st.decimals("0.05", "0.60", places=2))
def test_the_floor_is_the_least_of_all_prices(position: Position, fall: Decimal) -> None:
    config = ruled(max_fall=fall)
    floor = protection_of(config, position).floor_value
    lowest = 350 * (1 - fall)
    prices = [lowest + (350 - lowest) * i / 200 for i in range(201)]
    worth = [value_at(config, p) + position.intrinsic(p) for p in prices]
    assert floor <= min(worth) + Decimal("1e-9")


@given(
    position=positions(least=-3),
    use=st.sampled_from(Use),
    drawn=st.booleans(),
)
def test_the_worst_is_no_better_than_any_scene_looked_at(
    position: Position,
    use: Use,
    drawn: bool,
) -> None:
    config = ruled(use=use, drawn=drawn)
    seen = protection_of(config, position)
    end = (seen.guaranteed_until or boards.NOW.date()) - boards.NOW.date()
    days = [days_passed(config, day) for day in {0, end.days}]
    if seen.guaranteed_until is None:
        days = [0.0]
    spots = np.array([0.6, 0.8, 0.9, 1.0]) * 350.0
    there = outlook(config, position, spots, days, Scene(smile=config.rules.smile))
    assert seen.worst_ltv >= there.hedged.max() - 1e-12
    assert seen.worst_unhedged >= there.unhedged.max() - 1e-12
    assert -0.4 - 1e-12 <= seen.worst_move <= 0.0
    at = outlook(
        config, position, [350.0 * (1 + seen.worst_move)], [days_passed(config, seen.worst_day)]
    )
    assert at.hedged[0, 0] == pytest.approx(seen.worst_ltv, abs=1e-12)


@given(
    moneyness=st.sampled_from(("1", "0.95", "0.9", "0.85")),
    move=st.decimals("-0.60", 0, places=3),
    use=st.sampled_from((Use.PLEDGED, Use.REPAYS)),
)
def test_a_hedge_worsens_the_ltv_by_no_more_than_its_cost_drawn(
    moneyness: str, move: Decimal, use: Use
) -> None:
    """The premium is drawn on the loan: it is all that can be lost, below the strike and above."""
    config = ruled(use=use, drawn=True)
    put = ProtectivePut(config, Decimal(moneyness))
    cost = put.calculate_cost().total
    (row,) = put.get_scenarios((move,))
    value = UNITS * 350 * (1 + move)
    assert row.hedged_ltv is not None
    assert row.hedged_ltv <= row.unhedged_ltv + cost / value + Decimal("1e-20")
    strike = put.position.legs[0].listed.strike
    if 350 * (1 + move) < strike - cost / UNITS:
        assert row.hedged_ltv < row.unhedged_ltv + cost / value


@given(
    position=positions(SEPTEMBER, least=1),
    first=st.decimals("-0.7", "0.5", places=3),
    second=st.decimals("-0.7", "0.5", places=3),
)
def test_without_a_hedge_the_ltv_rises_as_gold_falls(
    position: Position, first: Decimal, second: Decimal
) -> None:
    low, high = scenarios_of(CONFIG, position, sorted((first, second)))
    assert low.unhedged_ltv > high.unhedged_ltv or first == second
