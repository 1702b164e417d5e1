"""Several lots, loans and currencies: what they are worth together, and dated terms."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.feed import START
from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.loan.prices import Unvalued, pair, symbols_needed
from vaultdesk.core.loan.sensitivity import ltv_delta, ltv_fx
from vaultdesk.core.loan.terms import Facility, TermsError, in_force, with_advance
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.loan.vocabulary import (
    OUNCES_PER_KILOGRAM,
    Asset,
    CureTerms,
    Lot,
    Reserve,
    Tranche,
)
from vaultdesk.core.market import Quality, Quote

TINY = Decimal("1e-18")


def quote(symbol: str, price: str, currency: str = "USD", **changes: Any) -> Quote:  # noqa: ANN401
    made = Quote(symbol, None, None, Decimal(price), START, START, "test", Quality.LIVE)
    return replace(made, currency=currency, **changes)


GLD = quote("GLD", "350.00")
EURUSD = quote("EURUSD", "1.25")
XAU = quote("XAUUSD", "3825.00")

SHARES = Lot(Asset.FUND, "GLD", Decimal(10_000))
BARS = Lot(
    Asset.BAR, "XAU", Decimal(2), unit="kg", ounces_each=OUNCES_PER_KILOGRAM * Decimal("0.9999")
)
COINS = Lot(Asset.COIN, "XAU", Decimal(100), Decimal("0.50"), "coin", Decimal("0.2354"))
CASH = Lot(Asset.CASH, "EUR", Decimal(80_000), Decimal(1), "EUR")
OTHER = Lot(Asset.FUND, "SPY", Decimal(1_000), Decimal("0.50"))


def facility(*lots: Lot, **changes: Any) -> Facility:  # noqa: ANN401
    return replace(terms(), lots=lots or (SHARES,), **changes)


def test_three_ratios_each_of_which_divides_by_something_else() -> None:
    """Gold at 70 % advance: LTV 60 % is utilisation 85.7 % (worked value)."""
    state = valued(terms(), GLD)
    assert state.ltv == Decimal("0.6")
    assert state.lending_value == Decimal(2_450_000)
    assert state.utilisation is not None
    assert round(100 * state.utilisation, 1) == Decimal("85.7")
    assert state.headroom == Decimal(350_000)
    assert state.cash_ltv == state.ltv


def test_only_money_that_arrives_in_time_counts() -> None:
    reserves = (
        Reserve(Decimal(350_000), banking_days=2),
        Reserve(Decimal(900_000), banking_days=3),
    )
    state = valued(facility(reserves=reserves), GLD)
    assert state.cash_ltv == Decimal("0.5")
    day = CureTerms(count=24, hours=True)
    hurried = valued(facility(reserves=reserves, cure=day), GLD)
    assert hurried.cash_ltv == hurried.ltv


def test_every_class_is_valued_by_its_own_price_and_advanced_by_its_own_rate() -> None:
    lots = (SHARES, BARS, COINS, CASH, OTHER)
    state = valued(facility(*lots), GLD, EURUSD, quote("SPY", "600"))
    ounces = ounces_per_share("GLD", START)
    assert ounces is not None
    ounce = Decimal(350) / ounces
    worth = [
        Decimal(3_500_000),
        2 * BARS.ounces_each * ounce,
        100 * COINS.ounces_each * ounce,
        Decimal(100_000),
        Decimal(600_000),
    ]
    assert [one.value for one in state.pledged] == worth
    rates = [lot.advance_rate for lot in lots]
    assert state.lending_value == sum(w * r for w, r in zip(worth, rates, strict=True))
    assert state.ltv == Decimal(2_100_000) / sum(worth)


def test_bars_may_be_valued_by_the_ounces_own_price_with_the_basis_shown() -> None:
    state = valued(facility(SHARES, BARS, gold_from="XAU"), GLD, XAU)
    assert state.pledged[1].value == 2 * BARS.ounces_each * Decimal(3825)
    ounces = ounces_per_share("GLD", START)
    assert ounces is not None
    assert state.gold_basis == Decimal(3825) / (Decimal(350) / ounces) - 1
    assert valued(facility(SHARES, BARS), GLD).gold_basis is None


@given(st.decimals("0.5", "0.95", places=3), st.lists(st.sampled_from([BARS, COINS, CASH, OTHER])))
def test_at_the_call_price_the_ltv_is_the_call_level(level: Decimal, more: list[Lot]) -> None:
    loan = facility(SHARES, *more, call_ltv=level, closeout_ltv=Decimal("0.99"))
    others = (EURUSD, quote("SPY", "600"))
    state = valued(loan, GLD, *others)
    if state.call_price is None:
        rest = state.value - state.falling
        assert state.loan / level <= rest
        return
    fallen = valued(loan, quote("GLD", str(state.call_price)), *others)
    assert abs(fallen.ltv - level) < TINY
    assert abs(fallen.falling / state.falling - state.call_price / 350) < TINY


def test_no_fall_of_gold_calls_a_loan_that_cash_covers() -> None:
    lots = (SHARES, Lot(Asset.CASH, "USD", Decimal(2_800_000), Decimal(1), "USD"))
    state = valued(facility(*lots), GLD)
    assert state.call_price is None
    assert state.distance is None
    assert state.distance_sigma is None
    assert state.closeout_price is None


@given(st.decimals("0.30", "0.74", places=3), st.decimals("210.01", "279", places=2))
def test_each_cure_alone_reaches_the_target(target: Decimal, price: Decimal) -> None:
    state = valued(terms(), quote("GLD", str(price)), cure_to=target)
    cure = state.cure
    assert abs((state.loan - cure.repay) / state.value - target) < TINY
    assert abs(state.loan / (state.value + cure.pledge) - target) < TINY
    assert cure.sell is not None
    assert cure.sell_units is not None
    assert abs((state.loan - cure.sell) / (state.value - cure.sell) - target) < TINY
    assert abs(cure.sell_units * price - cure.sell) < Decimal("1e-12")


def test_the_worked_cure_by_selling() -> None:
    """At 262.50 (LTV 80 %) to 65 %: sell 393,750 / 0.35 = 1,125,000."""
    state = valued(terms(), quote("GLD", "262.50"), cure_to=Decimal("0.65"))
    assert state.cure.sell == Decimal(1_125_000)


def test_selling_everything_does_not_cure_a_loan_that_exceeds_it() -> None:
    state = valued(terms(), quote("GLD", "210.00"))
    assert state.ltv == 1
    assert state.cure.sell is None
    assert state.cure.repay > 0


def test_a_loan_in_euros_moves_with_the_euro_while_gold_stands_still() -> None:
    loan = facility(currency="EUR", tranches=(Tranche(Decimal(1_680_000), "EUR"),))
    state = valued(loan, GLD, EURUSD)
    assert state.value == Decimal(2_800_000)
    assert state.ltv == Decimal("0.6")
    dearer = valued(loan, GLD, quote("EURUSD", "1.2375"))  # the dollar gains 1/99
    assert dearer.ltv < state.ltv
    moved = valued(loan, GLD, quote("EURUSD", str(Decimal("1.25") / Decimal("1.01"))))
    assert abs(ltv_fx(state, "USD") - 100 * (moved.ltv - state.ltv)) < TINY
    assert state.call_price == Decimal(280)
    up = valued(loan, quote("GLD", "353.50"), EURUSD)
    assert abs((ltv_delta(state) or 0) - 100 * (up.ltv - state.ltv)) < TINY


def test_what_is_owed_in_another_currency_grows_with_it() -> None:
    tranches = (Tranche(Decimal(1_000_000), "USD"), Tranche(Decimal(880_000), "EUR"))
    state = valued(facility(tranches=tranches), GLD, EURUSD)
    assert state.loan == Decimal(2_100_000)
    assert ltv_fx(state, "EUR") == pytest.approx(100 * Decimal(11_000) / 3_500_000)


def test_interest_moves_the_ltv_by_itself() -> None:
    """6 % act/360 for 180 days: 61.8 % with gold unchanged (worked value)."""
    day = date(2026, 7, 10)
    loan = facility(tranches=(Tranche(Decimal(2_100_000), rate=Decimal("0.06"), since=day),))
    later = value_loan(loan, {"GLD": GLD}, datetime(2027, 1, 6, 12, tzinfo=UTC))
    assert later.interest == Decimal(63_000)
    assert round(100 * later.ltv, 1) == Decimal("61.8")


def test_a_lot_counts_while_it_is_pledged() -> None:
    more = replace(SHARES, quantity=Decimal(2_000), since=START.date() + timedelta(1))
    loan = facility(SHARES, more)
    assert valued(loan, GLD).value == Decimal(3_500_000)
    tomorrow = value_loan(loan, {"GLD": GLD}, START + timedelta(days=1))
    assert tomorrow.value == Decimal(4_200_000)


def test_the_banks_day_decides_not_the_desks() -> None:
    """23:30 UTC on 30 November is already December in Zurich."""
    december = replace(SHARES, since=date(2026, 12, 1))
    state = value_loan(facility(december), {"GLD": GLD}, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert state.value == Decimal(3_500_000)


def test_a_loan_is_no_surer_than_the_worst_of_its_quotes() -> None:
    state = valued(facility(SHARES, CASH), GLD, replace(EURUSD, quality=Quality.STALE))
    assert state.quality is Quality.STALE
    assert {one.symbol for one in state.quotes} == {"GLD", "EURUSD"}


def test_a_missing_price_is_never_a_silent_zero() -> None:
    with pytest.raises(Unvalued, match="EURUSD"):
        valued(facility(SHARES, CASH), GLD)
    with pytest.raises(Unvalued, match="Nothing is pledged"):
        valued(facility(replace(SHARES, until=date(2020, 1, 1))), GLD)


def test_what_must_be_quoted_is_asked_for() -> None:
    lots = (SHARES, BARS, CASH, OTHER)
    loan = facility(*lots, gold_from="XAU", currency="CHF")
    assert symbols_needed(loan, {}) == {"GLD", "SPY", "XAUUSD", "USDCHF", "EURCHF"}
    assert symbols_needed(terms(), {}) == {"GLD"}
    assert symbols_needed(terms(), {"GLD": "EUR"}) == {"GLD", "EURUSD"}
    assert pair("JPY", "USD") == "USDJPY"
    assert pair("SGD", "EUR") == "EURSGD"


def test_a_version_holds_from_its_day_and_the_later_written_of_two_counts() -> None:
    first = terms()
    cut = with_advance(first, Asset.FUND, Decimal("0.60"), START + timedelta(hours=1))
    coming = replace(cut, effective=START + timedelta(days=10))
    versions = (first, coming)
    assert in_force(versions, START + timedelta(days=9)) is first
    assert in_force(versions, START + timedelta(days=10)) is coming
    back = replace(first, since=START + timedelta(days=2), effective=coming.effective)
    assert in_force((*versions, back), START + timedelta(days=11)) is back
    assert in_force(versions, START - timedelta(days=1)) is first
    assert in_force((), START) is None


def test_a_lender_that_cuts_the_advance_rate_moves_utilisation_and_not_the_ltv() -> None:
    cut = with_advance(terms(), Asset.FUND, Decimal("0.60"), START)
    state = valued(cut, GLD)
    assert state.utilisation == 1
    assert state.ltv == Decimal("0.6")
    assert state.zone is Zone.SAFE


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"lots": ()}, "lots"),
        ({"lots": (CASH,)}, "lots"),
        ({"tranches": ()}, "tranches"),
        ({"lots": (replace(SHARES, advance_rate=Decimal("1.01")),)}, "lots.0.advance_rate"),
        ({"lots": (SHARES, replace(BARS, symbol="GLD"))}, "lots.1.symbol"),
        ({"lots": (replace(COINS, ounces_each=Decimal(0)),)}, "lots.0.ounces_each"),
        ({"lots": (replace(SHARES, quantity=Decimal("NaN")),)}, "lots.0.quantity"),
        ({"tranches": (Tranche(Decimal(1), rate=Decimal("0.05")),)}, "tranches.0.since"),
        ({"tranches": (Tranche(Decimal(1), capitalising=True),)}, "tranches.0.period_months"),
        ({"tranches": (Tranche(Decimal(1), rate=Decimal(6)),)}, "tranches.0.rate"),
        ({"cure": CureTerms(zone="Zurich/Europe")}, "cure.zone"),
        ({"cure": CureTerms(count=-1)}, "cure.count"),
        ({"reserves": (Reserve(Decimal(-1)),)}, "reserves.0.amount"),
        ({"gold_from": "SLV"}, "gold_from"),
        ({"call_ltv": Decimal("NaN")}, "call_ltv"),
    ],
)
def test_terms_that_no_lender_would_sign_are_refused_at_the_field(
    part: dict[str, Any], field: str
) -> None:
    with pytest.raises(TermsError) as refused:
        replace(terms(), **part)
    assert refused.value.field == field


def test_a_facility_survives_json_digit_for_digit() -> None:
    lots = (SHARES, BARS, COINS, CASH)
    loan = facility(*lots, effective=START, reserves=(Reserve(Decimal("0.10")),))
    assert msgspec.json.decode(msgspec.json.encode(loan), type=Facility) == loan
