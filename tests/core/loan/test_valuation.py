"""The worked values of a gold loan, and what must hold for every loan."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.loans import terms, valued
from vaultdesk.core.loan.cure import Zone, cure, zone_of
from vaultdesk.core.loan.gold import ounces_per_share, premium
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.snapshots import gaps, snapshot
from vaultdesk.core.loan.state import sigma_days
from vaultdesk.core.loan.terms import TermsError, same_terms
from vaultdesk.core.loan.valuation import level_without_price
from vaultdesk.core.market import Quality, Quote

NOW = datetime(2026, 7, 10, 16, 23, 45, tzinfo=UTC)


def quote(price: str, **changes: object) -> Quote:
    made = Quote("GLD", None, None, Decimal(price), NOW, NOW, "test", Quality.LIVE)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_reference_loan() -> None:
    """Worked values: 10,000 GLD at 350.00, loan 2.1 M."""
    state = valued(terms(), quote("350.00"))
    assert state.value == Decimal(3_500_000)
    assert state.ltv == Decimal("0.6")
    assert state.zone is Zone.SAFE
    assert state.call_price == Decimal(280)
    assert state.closeout_price is not None
    assert state.closeout_price.quantize(Decimal("0.0001")) == Decimal("247.0588")
    assert state.distance == Decimal(70)
    assert state.distance_pct == Decimal(20)


@pytest.mark.parametrize(
    ("target", "repay", "pledge"),
    [
        ("0.60", "525000.00", "875000.00"),
        ("0.65", "393750.00", "605769.23"),
        ("0.70", "262500.00", "375000.00"),
    ],
)
def test_the_reference_cures_at_eighty_per_cent(target: str, repay: str, pledge: str) -> None:
    state = valued(terms(), quote("262.50"), cure_to=Decimal(target))
    assert state.ltv == Decimal("0.8")
    assert state.cure.repay.quantize(Decimal("0.01")) == Decimal(repay)
    assert state.cure.pledge.quantize(Decimal("0.01")) == Decimal(pledge)


@pytest.mark.parametrize(("fall", "ltv"), [("0.85", "70.6"), ("0.75", "80.0"), ("0.65", "92.3")])
def test_the_public_worked_example(fall: str, ltv: str) -> None:
    loan = terms(units=Decimal(10_000), amount=Decimal(600_000))
    state = valued(loan, quote(str(100 * Decimal(fall))))
    assert (100 * state.ltv).quantize(Decimal("0.1")) == Decimal(ltv)


def test_a_level_reached_exactly_counts_as_reached() -> None:
    call, closeout = Decimal("0.75"), Decimal("0.85")
    just_below = Decimal("0.7499999999")
    assert zone_of(call, call, closeout) is Zone.CALL
    assert zone_of(just_below, call, closeout) is Zone.WARNING
    assert zone_of(Decimal("0.70"), call, closeout) is Zone.WARNING
    assert zone_of(Decimal("0.6999"), call, closeout) is Zone.SAFE
    assert zone_of(closeout, call, closeout) is Zone.CLOSEOUT


def test_exactly_at_the_call_price_the_loan_is_called() -> None:
    state = valued(terms(), quote("280.00"))
    assert state.ltv == Decimal("0.75")
    assert state.zone is Zone.CALL
    assert state.distance == 0


amounts = st.decimals("1", "1e9", places=2)
fractions = st.decimals("0.01", "0.98", places=4)


@given(amounts, amounts, amounts, fractions)
def test_either_cure_reaches_its_target(
    loan: Decimal, units: Decimal, price: Decimal, target: Decimal
) -> None:
    value = units * price
    found = cure(loan, value, price, target)
    assert found.repay >= 0
    assert found.pledge >= 0
    if loan / value > target:
        tiny = Decimal("1e-15")
        assert abs((loan - found.repay) / value - target) < tiny
        assert abs(loan / (value + found.pledge) - target) < tiny
        assert abs(found.pledge_units * price - found.pledge) < Decimal("1e-8")
    else:
        assert found.repay == found.pledge == 0


@given(amounts, amounts, amounts, amounts)
def test_ltv_rises_as_gold_falls(a: Decimal, b: Decimal, units: Decimal, loan: Decimal) -> None:
    low, high = sorted((a, b))
    subject = terms(units=units, amount=loan)
    falling = valued(subject, quote(str(low))).ltv
    assert falling >= valued(subject, quote(str(high))).ltv


@given(amounts, amounts, fractions)
def test_at_the_level_price_the_ltv_is_the_level(
    units: Decimal, loan: Decimal, level: Decimal
) -> None:
    price = level_without_price(terms(units=units, amount=loan), level, NOW)
    assert price is not None
    assert abs(loan / (units * price) - level) < Decimal("1e-20")


def test_the_loan_is_no_surer_than_its_quote() -> None:
    stale = quote("350.00", quality=Quality.STALE)
    assert valued(terms(), stale).quality is Quality.STALE


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (quote("350.00", symbol="SPY"), "GLD"),
        (quote("350.00", currency="CHF"), "USDCHF"),
        (quote("350.00", last=None), "No honest price"),
        (quote("-1"), "No honest price"),
    ],
)
def test_a_quote_that_cannot_value_the_loan_says_why(wrong: Quote, word: str) -> None:
    with pytest.raises(Unvalued, match=word):
        valued(terms(), wrong)


def test_the_distance_in_daily_sigmas() -> None:
    """20 % at 22 % a year: a day's sigma is 1.386 %, so 14.4 of them."""
    state = valued(terms(), quote("350.00"), annual_volatility=0.22, sigma_source="chain")
    assert state.distance_sigma == pytest.approx(14.43, abs=0.01)
    assert sigma_days(Decimal("0.2"), None) is None
    assert sigma_days(Decimal("0.2"), 0.0) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("units", Decimal(0)),
        ("units", Decimal(-5)),
        ("units", Decimal("NaN").max(Decimal(-1))),
        ("amount", Decimal(0)),
        ("currency", "usd"),
        ("symbol", "gld"),
        ("symbol", ""),
        ("call_ltv", Decimal(1)),
        ("call_ltv", Decimal(75)),
        ("call_ltv", Decimal("0.85")),
        ("closeout_ltv", Decimal("1.01")),
        ("closeout_ltv", Decimal(0)),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(TermsError) as refused:
        terms(**{field: value})
    places = {"units": "lots.0.quantity", "symbol": "lots.0.symbol"}
    places |= {"amount": "tranches.0.principal", "currency": "tranches.0.currency"}
    late = (field, value) == ("call_ltv", Decimal("0.85"))
    assert refused.value.field == ("call_ltv" if late else places.get(field, field))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TermsError, match="time zone"):
        terms(since=datetime(2026, 7, 10))  # noqa: DTZ001


def test_versions_that_differ_only_in_who_and_when_are_the_same_terms() -> None:
    assert same_terms(terms(), terms(since=NOW + timedelta(days=1), who="undo"))
    assert not same_terms(terms(), terms(units=Decimal(9_999)))


def test_an_hourly_snapshot_carries_its_hour_and_a_zone_change_its_moment() -> None:
    state = valued(terms(), quote("350.00"))
    assert snapshot(state, NOW, "hour").at == datetime(2026, 7, 10, 16, tzinfo=UTC)
    assert snapshot(state, NOW, "zone").at == NOW


def test_gaps_are_found_where_hours_are_missing() -> None:
    state = valued(terms(), quote("350.00"))
    hours = [0, 1, 2, 5, 6]
    rows = tuple(snapshot(state, NOW + timedelta(hours=h), "hour") for h in hours)
    assert gaps(rows, timedelta(hours=1)) == (3,)


def test_ounces_behind_a_share_match_both_annual_reports() -> None:
    """0.092401 oz on 2024-09-30 and 0.092042 on 2025-09-30."""
    earlier = ounces_per_share("GLD", datetime(2024, 9, 30, tzinfo=UTC))
    later = ounces_per_share("GLD", datetime(2025, 9, 30, tzinfo=UTC))
    assert earlier == pytest.approx(Decimal("0.092401"), abs=Decimal("0.000002"))
    assert later == Decimal("0.092042")
    assert ounces_per_share("SPY", NOW) is None


def test_the_premium_is_what_a_share_costs_above_its_gold() -> None:
    assert premium(Decimal(101), Decimal("0.1"), Decimal(1000)) == Decimal("0.01")
