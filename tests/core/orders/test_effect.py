"""What a ticket does for the reference loan: 10,000 GLD at 350 against 2.1 million; by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.core.hedge import boards
from tests.fakes.broker import buying, option, ticket
from vaultdesk.core.hedge.protection import hedged_at_call
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.money import rounded
from vaultdesk.core.orders.broker import Held
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.effect import loan_effect
from vaultdesk.core.orders.legs import holding, position

PUT = option()
BUY_63 = ticket(buying(PUT, 63, "8.50"))
OUNCES = ounces_per_share("GLD", boards.NOW)


def test_63_puts_pledged_keep_the_loan_below_the_call() -> None:
    effect = loan_effect(boards.config(), {}, BUY_63, Decimal(53_591))
    assert effect.ltv_before == Decimal("0.6")
    assert effect.ltv_after == Decimal("0.6")  # the premium is paid from elsewhere
    assert effect.at_call_before is not None
    assert rounded(effect.at_call_before, 12) == Decimal("0.75")
    # the call price is 280: 2.1 M / (2.8 M + 63 x 100 x 52.5)
    assert effect.at_call_after is not None
    assert rounded(effect.at_call_after, 10) == rounded(Decimal(2_100_000) / 3_130_750, 10)
    assert OUNCES is not None
    assert effect.ounces == 10_000 * OUNCES
    assert (effect.covered_before, effect.covered_after) == (Decimal(0), 6_300 * OUNCES)
    assert effect.until == "2026-12-18"
    assert effect.problem == ""


def test_a_premium_drawn_on_the_loan_raises_it_at_once() -> None:
    config = boards.config(HedgeRules(drawn=True))
    effect = loan_effect(config, {}, BUY_63, Decimal(53_591))
    assert effect.ltv_after == Decimal(2_153_591) / 3_500_000
    assert effect.at_call_after is not None
    assert rounded(effect.at_call_after, 10) == rounded(Decimal(2_153_591) / 3_130_750, 10)


def test_a_premium_that_is_not_known_leaves_out_what_depends_on_it() -> None:
    effect = loan_effect(boards.config(HedgeRules(drawn=True)), {}, BUY_63, None)
    assert (effect.ltv_after, effect.at_call_after) == (None, None)
    assert effect.covered_after is not None
    assert "not known" in effect.problem
    assert loan_effect(boards.config(), {}, BUY_63, None).ltv_after == Decimal("0.6")


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (Use.REPAYS, Decimal(2_100_000 - 330_750) / 2_800_000),
        (Use.BROKER, Decimal("0.75")),
    ],
)
def test_what_becomes_of_the_payoff_decides(use: Use, expected: Decimal) -> None:
    effect = loan_effect(boards.config(HedgeRules(use=use)), {}, BUY_63, Decimal(0))
    assert effect.at_call_after is not None
    assert rounded(effect.at_call_after, 10) == rounded(expected, 10)


def test_what_is_held_was_paid_before_and_counts() -> None:
    config = boards.config(HedgeRules(drawn=True))
    held = {PUT: Decimal(63)}
    closing = ticket(OrderDraft((OrderLeg(PUT, -1),), 63, Decimal("-8.50")))
    effect = loan_effect(config, held, closing, Decimal(-53_509))
    assert effect.at_call_before is not None
    assert rounded(effect.at_call_before, 10) == rounded(Decimal(2_100_000) / 3_130_750, 10)
    assert effect.covered_after == 0
    assert effect.until == ""
    assert effect.ltv_after == Decimal(2_100_000 - 53_509) / 3_500_000


def test_more_puts_than_gold_cover_no_more_than_the_gold() -> None:
    assert OUNCES is not None
    effect = loan_effect(boards.config(), {PUT: Decimal(90)}, BUY_63, Decimal(0))
    assert effect.covered_after == 10_000 * OUNCES


def test_it_agrees_with_the_hedge_desk() -> None:
    config = boards.config(HedgeRules(drawn=True))
    listed = next(
        one for one in config.board.of(boards.EXPIRIES[2], "P") if one.strike == PUT.strike
    )
    held = position({PUT: Decimal(63)}, "GLD")
    hedge = replace(held, legs=(replace(held.legs[0], listed=listed),))
    cost = hedge.cost(config.rules.fees)
    assert loan_effect(config, {}, BUY_63, cost).at_call_after == hedged_at_call(config, hedge)


def test_adjusted_and_foreign_contracts_are_named_and_not_counted() -> None:
    odd = replace(PUT, trading_class="GLD1")
    effect = loan_effect(boards.config(), {odd: Decimal(63)}, BUY_63, Decimal(0))
    assert effect.covered_before == 0
    assert "delivers something else" in effect.problem
    foreign = ticket(buying(replace(PUT, symbol="SLV"), 63))
    assert "SLV" in loan_effect(boards.config(), {}, foreign, Decimal(0)).problem


def test_holdings_add_up_by_instrument_in_one_account_or_in_all() -> None:
    held = [Held("a", PUT, Decimal(3)), Held("b", PUT, Decimal(4)), Held("a", PUT, Decimal(-1))]
    assert holding(held) == {PUT: 6}
    assert holding(held, "a") == {PUT: 2}
