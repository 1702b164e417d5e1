"""New York's hours and the time to an expiry, across holidays, half days and clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vaultdesk.core.calendar import (
    Sessions,
    new_york_sessions,
    trading_date,
    weekday_sessions,
    years_to_expiry,
)

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return new_york_sessions(date(2026, 6, 1), date(2027, 4, 30))


def new_york(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


def test_in_session_the_next_change_is_the_close(sessions: Sessions) -> None:
    hours = sessions.hours(new_york(2026, 7, 10, 12))
    assert hours is not None
    assert hours.in_session
    assert hours.next_change == new_york(2026, 7, 10, 16)
    assert hours.last_close == new_york(2026, 7, 9, 16)


def test_at_the_closing_bell_the_session_is_over(sessions: Sessions) -> None:
    hours = sessions.hours(new_york(2026, 7, 10, 16))
    assert hours is not None
    assert not hours.in_session
    assert hours.last_close == new_york(2026, 7, 10, 16)
    assert hours.next_change == new_york(2026, 7, 13, 9, 30)


def test_independence_day_observed_is_no_session(sessions: Sessions) -> None:
    hours = sessions.hours(new_york(2026, 7, 3, 12))
    assert hours is not None
    assert not hours.in_session
    assert sessions.close_of(date(2026, 7, 3)) is None


def test_the_day_after_thanksgiving_closes_at_one(sessions: Sessions) -> None:
    assert sessions.close_of(date(2026, 11, 27)) == new_york(2026, 11, 27, 13)
    at_one = new_york(2026, 11, 27, 13)
    assert years_to_expiry(date(2026, 11, 27), at_one, sessions) == 0
    assert years_to_expiry(date(2026, 11, 27), at_one) > 0


def test_good_friday_is_no_session(sessions: Sessions) -> None:
    assert sessions.close_of(date(2027, 3, 26)) is None


def test_days_are_counted_on_the_new_york_date() -> None:
    late = datetime(2026, 7, 11, 3, tzinfo=UTC)  # still the 10th in New York
    assert trading_date(late) == date(2026, 7, 10)
    assert (date(2026, 8, 21) - trading_date(late)).days == 42


def test_the_reference_term_of_the_worked_chain() -> None:
    close = new_york(2026, 7, 10, 16)
    assert years_to_expiry(date(2026, 8, 21), close) == pytest.approx(0.115, abs=5e-4)
    assert years_to_expiry(date(2028, 12, 15), close) == pytest.approx(2.436, abs=5e-4)


def test_a_clock_change_takes_an_hour_from_the_term() -> None:
    before = new_york(2026, 10, 30, 16)
    hours = years_to_expiry(date(2026, 11, 2), before) * 365 * 24
    assert hours == pytest.approx(73)


def test_outside_the_known_sessions_nothing_is_claimed(sessions: Sessions) -> None:
    assert sessions.hours(new_york(2020, 1, 1, 12)) is None
    assert sessions.hours(new_york(2030, 1, 1, 12)) is None


def test_the_simulated_exchange_trades_on_weekdays() -> None:
    week = weekday_sessions(date(2026, 7, 6), date(2026, 7, 12))
    assert len(week.opens) == 5
    assert all(c - o == timedelta(hours=6.5) for o, c in zip(week.opens, week.closes, strict=True))


def test_last_traded_is_now_in_session_and_the_close_afterwards(sessions: Sessions) -> None:
    noon, night = new_york(2026, 7, 10, 12), new_york(2026, 7, 11, 12)
    in_session, after = sessions.hours(noon), sessions.hours(night)
    assert in_session is not None
    assert after is not None
    assert in_session.last_traded(noon) == noon
    assert after.last_traded(night) == new_york(2026, 7, 10, 16)
