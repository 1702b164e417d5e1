"""The coverage calendar: by hand on the reference loan, and what must hold for any holdings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hedge import boards
from tests.core.positions.holdings import DECEMBER, SHARES, call, held, option, put
from tests.fakes.loans import REFERENCE, valued
from vaultdesk.core.calendar import new_york_sessions
from vaultdesk.core.loan.gold import ounces_per_share
from vaultdesk.core.loan.vocabulary import Asset, Lot, Tranche
from vaultdesk.core.money import rounded
from vaultdesk.core.positions.coverage import Coverage, Gap, coverage

if TYPE_CHECKING:
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.orders.broker import Held

TODAY = date(2026, 7, 10)
SEPTEMBER = date(2026, 9, 18)
DAY = timedelta(days=1)


def covered(*holdings: Held, terms: Facility = REFERENCE, cover: str = "1") -> Coverage:
    """Of the reference loan: 10,000 GLD at 350, called at 280."""
    return coverage(valued(terms, boards.gold()), holdings, Decimal(cover))


def test_sixty_three_puts_of_the_reference_loan() -> None:
    seen = covered(put("332.5", "63"))
    assert [(span.first, span.last) for span in seen.spans] == [
        (TODAY, DECEMBER),
        (DECEMBER + DAY, DECEMBER + DAY),
    ]
    today = seen.today
    assert (today.required, today.needed, today.protected) == tuple(
        map(Decimal, (10_000, 10_000, 6_300))
    )
    assert today.call_price == 280
    assert today.missing == 3_700
    assert today.fraction == Decimal("0.63")
    assert not today.holds
    assert seen.holds_until is None
    assert seen.next_expiry == DECEMBER
    assert seen.weakest(timedelta(days=161)).fraction == Decimal("0.63")
    assert seen.weakest(timedelta(days=162)).fraction == 0
    assert [(gap.first, gap.last, gap.missing) for gap in seen.gaps] == [
        (TODAY, DECEMBER, Decimal(3_700)),
        (DECEMBER + DAY, None, Decimal(10_000)),
    ]


def test_a_full_hedge_holds_until_its_last_day() -> None:
    seen = covered(put("332.5", "100"))
    assert seen.holds_until == DECEMBER
    (gap,) = seen.gaps
    assert (gap.first, gap.last) == (DECEMBER + DAY, None)
    ounces = ounces_per_share("GLD", boards.NOW + timedelta(days=162))
    assert ounces is not None
    assert seen.ounces(Decimal(10_000), DECEMBER + DAY) == 10_000 * ounces
    assert gap.sentence == (
        f"From 2026-12-19 on {rounded(10_000 * ounces, 1):,} oz (10,000 shares of GLD) are not "
        "protected below the margin call at 280.00: buy puts that reach past it, or roll those "
        "held."
    )


def test_a_gap_between_two_expiries_has_both_its_days() -> None:
    """Half ends in September: from then on 5,000 shares are missing, and all after December."""
    seen = covered(put("332.5", "50", SEPTEMBER), put("315", "50"))
    assert [(gap.first, gap.last, gap.missing) for gap in seen.gaps] == [
        (SEPTEMBER + DAY, DECEMBER, Decimal(5_000)),
        (DECEMBER + DAY, None, Decimal(10_000)),
    ]
    assert seen.holds_until == SEPTEMBER
    assert seen.weakest(SEPTEMBER + DAY - TODAY).fraction == Decimal("0.5")


def test_a_gap_ends_where_more_is_not_needed() -> None:
    """Half of the loan is repaid in October, and half of the pledge given back."""
    gone = date(2026, 10, 1)
    lots = tuple(Lot(Asset.FUND, "GLD", Decimal(5_000), until=until) for until in (None, gone))
    owed = tuple(Tranche(Decimal(1_050_000), until=until) for until in (None, gone))
    terms = replace(REFERENCE, lots=lots, tranches=owed)
    seen = covered(put("332.5", "50", SEPTEMBER), put("315", "50"), terms=terms)
    first, last = seen.gaps
    assert (first.first, first.last, first.missing) == (SEPTEMBER + DAY, gone - DAY, Decimal(5_000))
    assert (last.first, last.last) == (DECEMBER + DAY, None)
    assert "From 2026-09-19 to 2026-09-30" in first.sentence


def test_protection_counts_below_each_strike() -> None:
    span = covered(put("350", "30"), put("300", "40"), put("280", "-20")).spans[0]
    prices = ["350.01", "350", "300.01", "300", "280.01", "280", "100"]
    assert [int(span.protected(Decimal(price))) for price in prices] == [
        *(0, 3_000, 3_000, 7_000, 7_000, 5_000, 5_000)
    ]


def test_puts_sold_at_the_call_price_take_the_protection_back_there() -> None:
    spread = covered(put("350", "100"), put("280", "-100"))
    assert spread.today.protected == 0
    assert covered(put("350", "100"), put("279", "-100")).today.protected == 10_000


def test_calls_and_shares_do_not_protect() -> None:
    seen = covered(call("400", "-100"), held(SHARES, "10000"))
    assert seen.today.protected == 0
    assert seen.next_expiry is None
    assert len(seen.days) == 1


def test_puts_on_something_else_are_named_and_not_counted() -> None:
    other, adjusted = (
        held(option("50", symbol="IAU"), "9"),
        held(option("350", trading_class="GLD1"), "9"),
    )
    seen = covered(other, adjusted)
    assert seen.today.protected == 0
    assert seen.uncounted == ("IAU 50 put of 2026-12-18", "GLD 350 put of 2026-12-18")


def test_only_whole_contracts_are_needed() -> None:
    terms = boards.pledge(units=Decimal(10_050), loan=Decimal(2_100_000))
    seen = covered(put("332.5", "100"), terms=terms)
    assert (seen.today.required, seen.today.needed) == (Decimal(10_050), Decimal(10_000))
    assert seen.today.holds


def test_the_rules_may_want_less_covered() -> None:
    assert covered(put("332.5", "63"), cover="0.63").holds_until == DECEMBER


def test_interest_raises_the_call_price_day_by_day() -> None:
    """6 % act/360 for 161 days: 2.1 M x 0.06 x 161 / 360 = 56,350 more; by 7,500: 287.5133."""
    loan = Tranche(Decimal(2_100_000), rate=Decimal("0.06"), since=TODAY)
    seen = covered(put("283", "100"), terms=replace(REFERENCE, tranches=(loan,)))
    last = seen.days[(DECEMBER - TODAY).days]
    assert last.day == DECEMBER
    assert last.call_price is not None
    assert round(last.call_price, 4) == Decimal("287.5133")
    assert seen.today.holds
    assert not last.holds
    beyond = next(day for day in seen.days if not day.holds)
    assert seen.holds_until == beyond.day - DAY
    assert beyond.call_price is not None
    assert beyond.call_price > 283


def test_an_expiry_without_a_session_protects_until_the_one_before() -> None:
    sessions = new_york_sessions(date(2026, 3, 2), date(2027, 12, 31))
    good_friday = date(2027, 3, 26)
    state = valued(REFERENCE, boards.gold())
    seen = coverage(state, [put("332.5", "100", good_friday)], Decimal(1), sessions)
    assert seen.holds_until == date(2027, 3, 25)


def test_options_that_have_ended_protect_nothing() -> None:
    state = valued(REFERENCE, boards.gold())  # at the close of the tenth
    assert coverage(state, [put("332.5", "100", TODAY)], Decimal(1)).next_expiry is None


STRIKES = st.integers(200, 400).map(str)
EXPIRIES = st.sampled_from([SEPTEMBER, DECEMBER, date(2026, 8, 21)])
HOLDINGS = st.lists(
    st.builds(put, STRIKES, st.integers(-80, 80).filter(bool).map(str), EXPIRIES), max_size=6
)


@given(HOLDINGS, st.integers(150, 450))
def test_protection_is_never_negative_and_spans_and_days_agree(
    holdings: list[Held], price: int
) -> None:
    seen = covered(*holdings)
    assert all(span.protected(Decimal(price)) >= 0 for span in seen.spans)
    assert all(level.protected >= 0 for span in seen.spans for level in span.levels)
    assert [day.day for day in seen.days] == [
        TODAY + timedelta(n) for n in range((seen.spans[-1].last - TODAY).days + 1)
    ]
    for day in seen.days:
        (span,) = (span for span in seen.spans if span.first <= day.day <= span.last)
        assert day.protected == span.protected(Decimal(280))


@given(HOLDINGS, STRIKES, st.integers(1, 50), EXPIRIES, st.integers(150, 450))
def test_a_put_more_never_protects_less(
    holdings: list[Held], strike: str, contracts: int, expiry: date, price: int
) -> None:
    before = covered(*holdings)
    after = covered(*holdings, put(strike, str(contracts), expiry))
    for day in before.days:
        assert at(after, day.day, price) >= at(before, day.day, price)


def at(seen: Coverage, day: date, price: int) -> Decimal:
    """Protected on a day below a price."""
    spans = (span for span in seen.spans if span.first <= day <= span.last)
    return next(spans).protected(Decimal(price))


@given(HOLDINGS)
def test_gaps_are_exactly_the_days_that_do_not_hold(holdings: list[Held]) -> None:
    seen = covered(*holdings)

    def within(gap: Gap, day: date) -> bool:
        return gap.first <= day and (gap.last is None or day <= gap.last)

    for day in seen.days:
        assert any(within(gap, day.day) for gap in seen.gaps) is not day.holds
    assert max((gap.missing for gap in seen.gaps), default=0) == max(
        day.missing for day in seen.days
    )


def test_a_loan_that_is_called_already_needs_protection_from_todays_price() -> None:
    """Owing 2.7 M the call was at 360: puts at 350 protect every fall from here, at 349 not."""
    terms = boards.pledge(loan=Decimal(2_700_000))
    assert covered(put("350", "100"), terms=terms).today.holds
    assert not covered(put("349", "100"), terms=terms).today.holds


@pytest.mark.parametrize("price", ["280", "332.5"])
def test_a_bar_is_counted_in_shares(price: str) -> None:
    """A 400 oz bar is as many shares as its gold is."""
    each = ounces_per_share("GLD", boards.NOW)
    assert each is not None
    bar = Lot(Asset.BAR, "XAU", Decimal(1), ounces_each=Decimal(400))
    terms = replace(REFERENCE, lots=(bar,), tranches=(Tranche(Decimal(900_000)),))
    seen = covered(held(option(price), "10"), terms=terms)
    assert round(seen.today.required, 6) == round(400 / each, 6)
