"""Proposals to roll: which puts, into what, at what cost, and what is risked in between."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import exp
from typing import TYPE_CHECKING

import pytest

from tests.core.hedge import boards
from tests.core.positions.holdings import call, put
from vaultdesk.core.hedge.vocabulary import HedgeRules, Use
from vaultdesk.core.orders.draft import Origin
from vaultdesk.core.positions.roll import RollProposal, Why, roll_ticket, rolls

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.orders.broker import Held

AUGUST, SEPTEMBER, DECEMBER, *LATER = boards.EXPIRIES
CONFIG = boards.config()
LOAN = Decimal(2_100_000)


def ruled(**rules: object) -> StrategyConfig:
    return replace(CONFIG, rules=replace(HedgeRules(), **rules))  # type: ignore[arg-type]


def proposed(
    *holdings: Held, config: StrategyConfig = CONFIG, within: int = 45
) -> list[RollProposal]:
    return list(rolls(config, holdings, within_days=within))


def same_strike(found: list[RollProposal], expiry: date) -> RollProposal:
    return next(x for x in found if x.until == expiry and Why.SAME_STRIKE in x.why)


def test_each_later_expiry_is_proposed_by_strike_and_by_moneyness() -> None:
    found = proposed(put("332.5", "63", AUGUST))
    assert {one.until for one in found} == {SEPTEMBER, DECEMBER, *LATER}
    for expiry in (SEPTEMBER, DECEMBER, *LATER):
        here = [one for one in found if one.until == expiry]
        assert {why for one in here for why in one.why} >= {Why.SAME_STRIKE, Why.SAME_MONEYNESS}
        assert len({one.far.strike for one in here}) == len(here)


def test_moneyness_is_by_forward() -> None:
    """0.043 a year for 2.436 - 0.115 years (21 August 2026 to 21 January 2028): 518 days."""
    found = proposed(put("332.5", "63", AUGUST))
    last = next(x for x in found if x.until == LATER[-1] and Why.SAME_MONEYNESS in x.why)
    growth = 2.718281828 ** (last.far.rate * last.far.years - last.near.rate * last.near.years)
    assert abs(float(last.far.strike) - 332.5 * growth) <= 1.25
    assert last.far.strike > Decimal("332.5")


def test_the_cheapest_is_the_one_of_all_that_cost_least_and_are_struck_no_lower() -> None:
    found = proposed(put("332.5", "63", AUGUST))
    (cheapest,) = [one for one in found if Why.CHEAPEST in one.why]
    before = cheapest.at_call_before
    assert before is not None
    for listed in CONFIG.board.listed:
        if listed.kind < 0 and listed.expiry > AUGUST and listed.usable:
            protects = max(listed.strike - 280, Decimal(0)) >= Decimal("52.5")
            cheaper = (listed.quote.ask or 0) < (cheapest.far.quote.ask or 0)
            assert not (protects and cheaper)
    assert cheapest.at_call_after is not None
    assert cheapest.at_call_after <= before


@pytest.mark.parametrize("strike", ["200", "202.5", "332.5", "347.5", "420", "497.5", "500"])
def test_the_nearest_by_moneyness_is_found_among_all(strike: str) -> None:
    """Of two as near the higher; also where the strike wished for lies beyond the last."""
    for one in proposed(put(strike, "1", AUGUST)):
        if Why.SAME_MONEYNESS not in one.why:
            continue
        near, far = one.near, one.far
        growth = exp(far.rate * far.years) / exp(near.rate * near.years)
        wished = near.strike * Decimal(repr(growth))
        puts = [put for put in CONFIG.board.of(one.until, "P") if put.usable]
        assert far is min(puts, key=lambda put: (abs(put.strike - wished), -put.strike))


def test_of_two_strikes_as_near_the_higher_is_of_the_same_moneyness() -> None:
    """Without interest a forward is the spot, so that 331.25 lies half-way."""
    odd = boards.chain(AUGUST, strikes=(Decimal("331.25"), Decimal(350)))
    made = boards.config(chains=(odd, boards.chain(DECEMBER)))
    listed = tuple(replace(one, dividend_yield=one.rate) for one in made.board.listed)
    config = replace(made, board=replace(made.board, listed=listed))
    found = proposed(put("331.25", "1", AUGUST), config=config)
    assert [x.far.strike for x in found if Why.SAME_MONEYNESS in x.why] == [Decimal("332.5")]


def test_of_two_as_cheap_the_one_that_ends_first_and_is_struck_lowest_is_the_cheapest() -> None:
    days, asked = (SEPTEMBER, DECEMBER), "1.00"
    chains = [boards.chain(AUGUST)]
    for day in days:
        made = boards.chain(day)
        same = [row for row in made.rows if row.right == "P" and row.strike in (340, 345)]
        for row in same:
            made = boards.requoted(made, row.contract, "0.90", asked)
        chains.append(made)
    config = boards.config(chains=tuple(chains))
    usable = {put.strike for put in config.board.of(SEPTEMBER, "P") if put.usable}
    assert {Decimal(340), Decimal(345)} <= usable
    (found,) = [
        x for x in proposed(put("335", "1", AUGUST), config=config) if Why.CHEAPEST in x.why
    ]
    assert (found.until, found.far.strike, found.far.quote.ask) == (
        SEPTEMBER,
        Decimal(340),
        Decimal(asked),
    )


def test_costs_are_natural_and_half_way_with_commission() -> None:
    one = same_strike(proposed(put("332.5", "63", AUGUST)), DECEMBER)
    near, far = one.near.quote, one.far.quote
    assert near.bid is not None
    assert near.ask is not None
    assert far.bid is not None
    assert far.ask is not None
    assert one.natural == far.ask - near.bid
    assert one.mid == (far.bid + far.ask) / 2 - (near.bid + near.ask) / 2
    commission = 2 * 63 * Decimal("0.65")
    assert one.cost_natural == one.natural * 6_300 + commission
    assert one.cost_mid == one.mid * 6_300 + commission
    assert one.cost_natural > one.cost_mid > 0


def test_the_ltv_at_the_margin_call_by_hand() -> None:
    """63 puts at 332.5 pay 330,750 at 280: 2.1 M / 3.13075 M = 67.0766 %; without them 75 %."""
    one = same_strike(proposed(put("332.5", "63", AUGUST)), DECEMBER)
    assert one.at_call_before == LOAN / (2_800_000 + Decimal(330750))
    assert one.at_call_between == Decimal("0.75")
    assert one.at_call_after == one.at_call_before
    assert one.gap == Decimal("0.75") - one.at_call_before
    assert one.sentence.endswith(
        "; traded one after the other, the LTV at the margin call would be 7.92 points higher in "
        "between."
    )


def test_other_puts_go_on_protecting_in_between() -> None:
    one = same_strike(proposed(put("332.5", "63", AUGUST), put("332.5", "37", DECEMBER)), DECEMBER)
    assert one.at_call_between == LOAN / (2_800_000 + Decimal("52.5") * 3_700)


def test_a_premium_drawn_on_the_loan_is_owed_afterwards() -> None:
    one = same_strike(proposed(put("332.5", "63", AUGUST), config=ruled(drawn=True)), DECEMBER)
    assert one.cost_natural is not None
    assert one.at_call_after == (LOAN + one.cost_natural) / (2_800_000 + Decimal(330750))


def test_a_payoff_that_stays_with_the_broker_moves_no_ltv() -> None:
    one = same_strike(proposed(put("332.5", "63", AUGUST), config=ruled(use=Use.BROKER)), DECEMBER)
    assert one.at_call_before == one.at_call_between == Decimal("0.75")
    assert one.gap == 0


def test_one_order_sells_the_near_and_buys_the_far() -> None:
    held = put("332.5", "63", AUGUST)
    one = same_strike(proposed(held), DECEMBER)
    ticket = roll_ticket(one)
    (order,) = ticket.orders
    assert order.combo
    assert [(leg.instrument, leg.ratio) for leg in order.legs] == [
        (held.instrument, -1),
        (replace(held.instrument, expiry=DECEMBER), 1),
    ]
    assert order.quantity == 63
    assert one.mid is not None
    assert order.limit is not None
    assert one.mid - Decimal("0.01") < order.limit <= one.mid
    assert ticket.origin is Origin.ROLL


@pytest.mark.parametrize(
    ("held", "within"),
    [
        (put("332.5", "63", AUGUST), 41),  # 42 days are left
        (put("332.5", "-63", AUGUST), 45),
        (call("332.5", "63", AUGUST), 45),
        (put("331", "63", AUGUST), 45),
        (put("332.5", "63", LATER[-1]), 9_999),
    ],
    ids=["too early", "sold", "a call", "not listed", "nothing later"],
)
def test_nothing_else_is_proposed(held: Held, within: int) -> None:
    assert proposed(held, within=within) == []


def test_a_put_that_ends_just_so_soon_is_proposed() -> None:
    assert proposed(put("332.5", "63", AUGUST), within=42) != []


def test_a_near_put_that_nobody_bids_for_is_sold_for_nothing() -> None:
    chain = boards.requoted(boards.chain(AUGUST), "GLD260821P00332500", "0", "0.05")
    chains = (chain, boards.chain(DECEMBER))
    one = same_strike(
        proposed(put("332.5", "63", AUGUST), config=boards.config(chains=chains)), DECEMBER
    )
    assert one.natural == one.far.quote.ask
    assert one.mid is None
    assert roll_ticket(one).orders[0].limit == one.natural


def test_a_near_put_without_a_quote_cannot_be_sold() -> None:
    chain = boards.requoted(boards.chain(AUGUST), "GLD260821P00332500", None, None)
    chains = (chain, boards.chain(DECEMBER))
    one = same_strike(
        proposed(put("332.5", "63", AUGUST), config=boards.config(chains=chains)), DECEMBER
    )
    assert (one.natural, one.cost_natural) == (None, None)
    assert "at a price that nobody bids" in one.sentence
    with pytest.raises(ValueError, match=r"Nobody bids for the 332.5 put of 2026-08-21: NO-QUOTE"):
        roll_ticket(one)
