"""What a position costs: by hand for one put, and what holds for any position."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.hedge.positions import CONFIG, SEPTEMBER, leg, position, positions
from vaultdesk.core.hedge.costs import cost_of, covered_shares, loan_rate, protected_days
from vaultdesk.core.hedge.position import At, HedgeLeg, Position
from vaultdesk.core.hedge.strategies.protective_put import ProtectivePut
from vaultdesk.core.hedge.vocabulary import FeeSchedule, HedgeRules
from vaultdesk.core.loan.terms import Facility
from vaultdesk.core.loan.vocabulary import Asset, Lot, Tranche
from vaultdesk.core.market import Quality, Quote

if TYPE_CHECKING:
    from vaultdesk.core.hedge.config import StrategyConfig

SHARES = Decimal(10_000)
fees = st.builds(FeeSchedule, st.decimals(0, 2, places=2), st.decimals(0, 20, places=2))


def at_ten(rate: str = "0") -> StrategyConfig:
    """The 350 put of September is 9.80 bid, 10.00 asked; the loan bears interest."""
    september = boards.requoted(
        boards.chain(boards.EXPIRIES[1]), "GLD260918P00350000", "9.80", "10.00"
    )
    loan = Tranche(Decimal(2_100_000), rate=Decimal(rate), since=boards.NOW.date())
    terms = replace(boards.pledge(), tranches=(loan,))
    return boards.config(terms=terms, chains=(september,))


def test_every_figure_of_one_put_by_hand() -> None:
    cost = ProtectivePut(at_ten("0.06")).calculate_cost()
    assert cost.per_share == Decimal("10.00")
    assert cost.premium == cost.at_ask == Decimal(100_000)
    assert cost.at_mid == Decimal(99_000)
    assert cost.spread_cost == Decimal(1000)
    assert cost.commission == Decimal(65)
    assert cost.total == Decimal(100_065)
    assert cost.days == 70
    assert cost.annualised == Decimal(100_065) / 70 * 365
    assert cost.of_portfolio == cost.break_even == Decimal(100_065) / Decimal(3_500_000)
    assert cost.financing == Decimal(100_065) * Decimal("0.06") * 70 / 365
    assert cost.pays_below == Decimal("339.9935")
    (one,) = cost.legs
    assert [one.weight, one.price, one.premium] == [1, 10, 100_000]
    assert [one.mid, one.commission] == [99_000, 65]


def test_a_collar_that_brings_money_has_costs_below_zero() -> None:
    collar = position(("P", "315", 100), ("C", "355", -100))
    cost = cost_of(CONFIG, collar)
    assert cost.total < 0
    assert cost.annualised < 0
    assert cost.of_portfolio < 0
    assert cost.break_even < 0
    assert cost.legs[1].weight == -1
    assert cost.legs[1].premium < 0 < cost.legs[1].commission
    # what was received lasts until the call has taken it back
    assert cost.pays_below == 355 - cost.total / SHARES


def test_a_collar_sells_at_the_bid_unless_all_is_taken_at_the_ask() -> None:
    cost = cost_of(CONFIG, position(("P", "332.5", 10), ("C", "385", -10)))
    put, call = cost.legs
    assert put.price == put.leg.listed.quote.ask
    assert call.price == call.leg.listed.quote.bid
    assert cost.premium - cost.at_ask == Decimal("0.20") * 1000
    assert cost.spread_cost == Decimal("0.10") * 2000


def test_weights_are_of_the_long_puts() -> None:
    ladder = position(("P", "350", 30), ("P", "332.5", 10), ("P", "300", -20))
    assert [one.weight for one in cost_of(CONFIG, ladder).legs] == [
        Decimal("0.75"),
        Decimal("0.25"),
        Decimal("-0.5"),
    ]


def test_a_leg_rounded_to_nothing_shows_the_price_it_would_have_been_bought_at() -> None:
    nothing = replace(leg("P", "350", 1), contracts=Decimal(0), ideal=Decimal("0.4"))
    cost = cost_of(CONFIG, Position((nothing,)))
    assert cost.total == cost.commission == cost.legs[0].weight == 0
    assert cost.legs[0].price == nothing.listed.quote.ask


def test_the_least_commission_is_for_each_leg() -> None:
    rules = HedgeRules(fees=FeeSchedule(Decimal("0.65"), Decimal(5)))
    cost = cost_of(replace(CONFIG, rules=rules), position(("P", "350", 1), ("P", "300", -10)))
    assert [one.commission for one in cost.legs] == [Decimal(5), Decimal("6.50")]


def test_no_hedge_costs_nothing() -> None:
    cost = cost_of(CONFIG, Position(()))
    assert cost.total == cost.per_share == cost.days == 0
    assert cost.pays_below is None


def test_protection_lasts_until_the_first_of_the_long_puts_ends() -> None:
    mixed = Position((leg("P", "350", 5, 2), leg("P", "330", 5, 1), leg("C", "385", -5, 0)))
    assert mixed.guaranteed_until == boards.EXPIRIES[1]
    assert mixed.last_expiry == boards.EXPIRIES[2]
    assert protected_days(CONFIG, mixed) == cost_of(CONFIG, mixed).days == 70


def test_calls_alone_last_until_they_end() -> None:
    assert protected_days(CONFIG, Position((leg("C", "385", -5, 2),))) == 161


def in_francs() -> StrategyConfig:
    """Shares in dollars against a loan in francs, a dollar 0.80 of one."""
    terms = boards.pledge(loan=Decimal(1_680_000), currency="CHF")
    rate = Quote(
        "USDCHF",
        None,
        None,
        Decimal("0.80"),
        boards.NOW,
        boards.NOW,
        "made",
        Quality.LIVE,
        currency="CHF",
    )
    return boards.config(terms=terms, quotes=(boards.gold(), rate))


def test_in_a_foreign_currency_money_is_converted_and_prices_are_not() -> None:
    dollars = ProtectivePut(CONFIG).calculate_cost()
    francs = ProtectivePut(in_francs()).calculate_cost()
    rate = Decimal("0.80")
    for name in ("premium", "at_mid", "at_ask", "spread_cost", "commission", "total"):
        assert getattr(francs, name) == rate * getattr(dollars, name)
    assert francs.legs[0].premium == rate * dollars.legs[0].premium
    assert francs.legs[0].commission == rate * dollars.legs[0].commission
    for name in ("per_share", "pays_below", "of_portfolio", "break_even", "days"):
        assert getattr(francs, name) == getattr(dollars, name)


def test_bars_are_hedged_by_whole_contracts_and_a_fraction_is_left() -> None:
    bar = Lot(Asset.BAR, "XAU", Decimal(30), unit="kg", ounces_each=Decimal("32.1507465686"))
    terms = Facility(
        (bar,), (Tranche(Decimal(2_000_000)),), boards.CALL_LTV, boards.CLOSEOUT_LTV, boards.NOW
    )
    config = boards.config(terms=terms)
    put = ProtectivePut(config)
    assert config.units != config.units.to_integral_value()
    assert put.position.legs[0].contracts == config.units // 100
    assert put.position.legs[0].ideal == config.units / 100
    protection = put.calculate_protection()
    assert protection.protected_units + protection.unprotected_units == config.units
    assert 0 < protection.unprotected_units < 100
    whole, exact = put.calculate_cost(), put.calculate_cost(whole=False)
    assert whole.premium < exact.premium
    assert exact.premium == whole.premium / (config.units // 100) * config.units / 100
    assert put.calculate_protection(whole=False).unprotected_units == pytest.approx(0)


def test_interest_is_that_of_the_tranches_by_what_is_owed() -> None:
    day = boards.NOW.date()
    tranches = (
        Tranche(Decimal(1_400_000), rate=Decimal("0.03"), since=day),
        Tranche(Decimal(700_000), rate=Decimal("0.06"), since=day),
    )
    terms = replace(boards.pledge(), tranches=tranches)
    assert loan_rate(boards.config(terms=terms).portfolio) == Decimal("0.04")


@given(position=positions(), fees=fees)
def test_cash_is_conserved_to_the_last_digit(position: Position, fees: FeeSchedule) -> None:
    cost = cost_of(replace(CONFIG, rules=HedgeRules(fees=fees)), position)
    assert cost.total == cost.premium + cost.commission
    assert cost.premium == sum(one.premium for one in cost.legs)
    assert cost.commission == sum(one.commission for one in cost.legs)
    assert cost.at_mid == sum(one.mid for one in cost.legs)
    assert cost.spread_cost == cost.premium - cost.at_mid >= 0
    assert cost.at_ask == sum(x.shares * x.price(At.ASK) for x in position.legs) <= cost.premium
    halves = sum(
        abs(leg.shares) * (leg.listed.quote.ask - leg.listed.quote.bid) / 2
        for leg in position.legs
        if leg.listed.quote.ask is not None and leg.listed.quote.bid is not None
    )
    assert cost.spread_cost == halves
    shares = covered_shares(position)
    assert abs(cost.per_share * shares - cost.premium) < Decimal("1e-15")


@given(position=positions(SEPTEMBER), fees=fees)
def test_below_that_price_it_pays_more_than_it_cost(position: Position, fees: FeeSchedule) -> None:
    """And nowhere above it does the sign turn the same way again: tried on every quarter."""
    cost = position.cost(fees)
    price = cost_of(replace(CONFIG, rules=HedgeRules(fees=fees)), position).pays_below
    step = Decimal("0.25")
    if price is not None:
        assert abs(position.intrinsic(price) - cost) < Decimal("1e-12")
        assert position.intrinsic(price - Decimal("1e-6")) > cost
    grid = [step * i for i in range(2400)]  # to 600, above every strike
    for below, above in itertools.pairwise(grid):
        if price is None or below > price:
            assert not position.intrinsic(below) > cost >= position.intrinsic(above)


@given(position=positions())
def test_the_price_of_a_leg_is_what_one_can_have_now(position: Position) -> None:
    for one in position.legs:
        quote = one.listed.quote
        assert one.price() == (quote.ask if one.contracts > 0 else quote.bid)
        assert one.price(At.ASK) == quote.ask
        assert quote.bid is not None and quote.ask is not None  # noqa: PT018
        assert one.price(At.MID) * 2 == quote.bid + quote.ask


def test_unrounded_views_leave_out_what_was_never_wanted() -> None:
    extra = HedgeLeg(leg("P", "300", 1).listed, Decimal(1), Decimal(0))
    exact = Position((replace(leg("P", "350", 2), ideal=Decimal("1.5")), extra)).unrounded()
    assert [one.contracts for one in exact.legs] == [Decimal("1.5")]
