"""Interest by day count, paid and capitalising."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.loan.interest import days_between, later, outstanding
from vaultdesk.core.loan.vocabulary import DayCount, Tranche

DRAWN = date(2026, 1, 15)
LOAN = Tranche(Decimal(2_100_000), "USD", Decimal("0.06"), since=DRAWN)
MILLION = Tranche(Decimal(1_000_000), "USD", Decimal("0.04"), since=DRAWN, period_months=3)


def owed(principal: int, interest: int | Decimal) -> tuple[Decimal, Decimal]:
    return Decimal(principal), Decimal(interest)


def test_the_worked_value() -> None:
    """6 % act/360 on 2.1 M for 180 days: 63,000."""
    assert outstanding(LOAN, DRAWN + timedelta(180)) == owed(2_100_000, 63_000)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 28),
        (date(2026, 1, 30), date(2026, 3, 31), 60),
        (date(2026, 2, 28), date(2026, 3, 31), 32),
        (date(2024, 2, 29), date(2025, 2, 28), 359),
        (date(2026, 1, 1), date(2027, 1, 1), 360),
    ],
)
def test_thirty_days_has_every_month(start: date, end: date, days: int) -> None:
    """30E/360: days 31 count as 30, the end of February as what it is (ICMA rule 251)."""
    assert days_between(start, end, DayCount.THIRTY_360) == days


def test_actual_days_know_leap_years() -> None:
    year = date(2024, 1, 1), date(2025, 1, 1)
    assert days_between(*year, DayCount.ACT_360) == days_between(*year, DayCount.ACT_365) == 366


def test_interest_paid_each_quarter_begins_anew() -> None:
    due = date(2026, 4, 15)
    before = outstanding(MILLION, due - timedelta(1))
    assert before == owed(1_000_000, Decimal(1_000_000) * 4 * 89 / 100 / 360)
    assert outstanding(MILLION, due) == owed(1_000_000, 0)


def test_capitalised_interest_earns_interest() -> None:
    loan = Tranche(
        Decimal(1_000_000), "USD", Decimal("0.04"), DayCount.THIRTY_360, True, 3, since=DRAWN
    )
    principal, interest = outstanding(loan, date(2027, 1, 15))
    assert principal == Decimal(1_000_000) * Decimal("1.01") ** 4
    assert interest == 0


def test_nothing_is_owed_before_it_is_drawn_and_after_it_is_repaid() -> None:
    loan = Tranche(Decimal(100), since=DRAWN, until=date(2026, 6, 1))
    assert outstanding(loan, DRAWN - timedelta(1)) == owed(0, 0)
    assert outstanding(loan, DRAWN) == owed(100, 0)
    assert outstanding(loan, date(2026, 6, 1)) == owed(0, 0)


def test_a_month_without_the_day_ends_with_its_last() -> None:
    assert later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert later(date(2026, 1, 31), 2) == date(2026, 3, 31)
    assert later(date(2026, 11, 30), 3) == date(2027, 2, 28)


@given(st.integers(0, 3_000), st.integers(1, 400), st.sampled_from(DayCount))
def test_what_is_owed_never_falls_while_interest_capitalises(
    first: int, more: int, day_count: DayCount
) -> None:
    loan = Tranche(Decimal(1_000), "USD", Decimal("0.05"), day_count, True, 1, since=DRAWN)
    a, b = (sum(outstanding(loan, DRAWN + timedelta(days))) for days in (first, first + more))
    assert b >= a
