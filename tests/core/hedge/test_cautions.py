"""What has to be read before trading: naked calls, exercise into a short, caps, thin markets."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, legs, position
from vaultdesk.core.hedge.board import Lacking
from vaultdesk.core.hedge.cautions import most_exercised, naked_calls, with_cautions
from vaultdesk.core.hedge.position import HedgeLeg, Position
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

COLLAR = position(("P", "332.5", 100), ("C", "385", -100))
SHORT = "exercised into a short"


def ruled(**rules: object) -> StrategyConfig:
    """The usual loan, other rules."""
    return replace(CONFIG, rules=replace(HedgeRules(), **rules))  # type: ignore[arg-type]


def warnings(config: StrategyConfig, position: Position) -> str:
    """All of them."""
    return "\n".join(with_cautions(config, position).warnings)


def test_calls_on_pledged_gold_are_not_sold_unless_allowed() -> None:
    with pytest.raises(Lacking, match="100 of the calls would be sold without shares"):
        with_cautions(CONFIG, COLLAR)
    assert "100 sold calls are a naked short" in warnings(ruled(naked_calls=True), COLLAR)


def test_free_shares_cover_calls_and_deliver_for_puts() -> None:
    said = warnings(ruled(free_units=Decimal(10_000)), COLLAR)
    assert "naked" not in said
    assert SHORT not in said
    assert "Above 385 (+10.0 %) the calls sold give the rise of gold away." in said


def test_some_free_shares_leave_the_rest_naked() -> None:
    with pytest.raises(Lacking, match=r"^61 of the calls"):
        with_cautions(ruled(free_units=Decimal(3_999)), COLLAR)


def test_bought_calls_cover_sold_ones_of_higher_strikes_that_end_no_later() -> None:
    assert naked_calls(CONFIG, position(("C", "385", -10), ("C", "380", 10))) == 0
    assert naked_calls(CONFIG, position(("C", "380", -10), ("C", "385", 10))) == 10
    later = Position((leg("C", "385", -10, 1), leg("C", "380", 10, 2)))
    earlier = Position((leg("C", "385", -10, 2), leg("C", "380", 10, 1)))
    assert naked_calls(CONFIG, later) == 0
    assert naked_calls(CONFIG, earlier) == 10


@given(
    drawn=st.lists(
        legs(tuple(x for x in SEPTEMBER if x.kind > 0), -30, 30),
        max_size=4,
        unique_by=lambda x: x.listed.quote.contract,
    ),
    free=st.integers(0, 4000),
)
def test_naked_is_what_a_rise_without_end_would_cost(drawn: list[HedgeLeg], free: int) -> None:
    """Never less than sold calls less bought ones and shares; nothing is naked without a sale."""
    config = ruled(free_units=Decimal(free))
    found = naked_calls(config, Position(tuple(drawn)))
    net = -sum((one.contracts for one in drawn), Decimal(0)) - free // 100
    assert found >= max(net, Decimal(0))
    sold = -sum((one.contracts for one in drawn if one.contracts < 0), Decimal(0))
    assert found <= max(sold - free // 100, Decimal(0))


def test_a_put_in_the_money_sells_shares_that_lie_with_the_lender() -> None:
    puts = position(("P", "350", 100))
    assert SHORT in warnings(CONFIG, puts)
    assert SHORT not in warnings(ruled(free_units=Decimal(10_000)), puts)
    assert SHORT in warnings(ruled(free_units=Decimal(9_999)), puts)


def test_a_put_spread_ends_short_between_its_strikes() -> None:
    spread = position(("P", "332.5", 100), ("P", "300", -100))
    assert most_exercised(spread) == 10_000
    said = warnings(CONFIG, spread)
    assert SHORT in said
    assert "Below 300 (-14.3 %) the puts sold take back what those bought pay" in said


def test_a_put_sold_above_the_one_bought_is_never_exercised_into_a_short() -> None:
    assert most_exercised(position(("P", "300", 10), ("P", "332.5", -10))) == 0


def test_puts_that_end_on_different_days_are_exercised_on_different_days() -> None:
    two = Position((leg("P", "350", 10, 1), leg("P", "350", 20, 2)))
    assert most_exercised(two) == 2000


def test_a_payoff_that_stays_with_the_broker_does_not_lower_the_bank_ltv() -> None:
    puts = position(("P", "350", 100))
    assert "stays with the broker" in warnings(ruled(use=Use.BROKER), puts)
    assert "stays with the broker" not in warnings(CONFIG, puts)


def test_drawing_the_premium_raises_the_ltv_at_once() -> None:
    puts = position(("P", "350", 100))
    cost = puts.cost(HedgeRules().fees)
    after = (2_100_000 + cost) / 35_000
    assert f"raises its LTV from 60.00 % to {after:.2f} % at once" in warnings(
        ruled(drawn=True), puts
    )
    assert "Drawing" not in warnings(CONFIG, puts)


def test_a_wide_or_thin_prices_named() -> None:
    puts = position(("P", "350", 100))
    assert "you allow" not in warnings(CONFIG, puts)
    said = warnings(ruled(max_spread=Decimal("0.01"), min_open_interest=501), puts)
    assert "The spread of the 350 put of 2026-09-18 is 2 % of its mid, more than the 1 %" in said
    thin = warnings(ruled(min_open_interest=501), puts)
    assert "only 500 are open, fewer than the 501" in thin


def test_what_a_strategy_said_itself_is_kept_first_and_nothing_is_said_twice() -> None:
    puts = replace(position(("P", "350", 50), ("P", "332.5", 50)), warnings=("First.",))
    found = with_cautions(CONFIG, puts).warnings
    assert found[0] == "First."
    assert len(set(found)) == len(found)
    assert with_cautions(CONFIG, with_cautions(CONFIG, puts)).warnings == found


def test_no_hedge_needs_no_caution() -> None:
    assert with_cautions(ruled(use=Use.BROKER, drawn=True), Position(())).warnings == ()
