"""New York's hours and the time to an expiry, across holidays, half days and clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.calendar import (
    Sessions,
    bank_holidays,
    currency_hours,
    gold_hours,
    is_weekday,
    new_york_sessions,
    trading_date,
    weekday_sessions,
    years_to_expiry,
)

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return new_york_sessions(date(2026, 3, 2), date(2027, 12, 31))


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
    assert hours.last_close == new_york(2026, 7, 2, 16)


def seconds_left(expiry: date, now: datetime, sessions: Sessions | None) -> float:
    return years_to_expiry(expiry, now, sessions) * 365 * 86_400


@pytest.mark.parametrize(
    "half_day",
    [date(2026, 11, 27), date(2026, 12, 24), date(2027, 11, 26)],
    ids=["after Thanksgiving", "Christmas Eve", "after Thanksgiving a year on"],
)
def test_an_option_that_expires_on_a_half_day_ends_at_one(
    sessions: Sessions, half_day: date
) -> None:
    noon = new_york(half_day.year, half_day.month, half_day.day, 12)
    assert seconds_left(half_day, noon, sessions) == pytest.approx(3600)
    assert seconds_left(half_day, noon, None) == pytest.approx(4 * 3600)


def test_a_half_day_on_the_way_shortens_no_later_term(sessions: Sessions) -> None:
    before = new_york(2026, 11, 25, 16)
    assert seconds_left(date(2026, 12, 4), before, sessions) == pytest.approx(9 * 86_400)


@pytest.mark.parametrize(
    ("holiday", "last_day"),
    [
        (date(2026, 4, 3), date(2026, 4, 2)),
        (date(2027, 3, 26), date(2027, 3, 25)),
        (date(2027, 6, 18), date(2027, 6, 17)),
        (date(2026, 7, 3), date(2026, 7, 2)),
        (date(2027, 12, 24), date(2027, 12, 23)),
        (date(2027, 1, 16), date(2027, 1, 15)),
    ],
    ids=[
        "Good Friday 2026",
        "Good Friday 2027",
        "Juneteenth 2027, a Saturday kept on Friday",
        "Independence Day 2026, a Saturday kept on Friday",
        "Christmas 2027, a Saturday kept on Friday",
        "a Saturday",
    ],
)
def test_an_expiry_on_a_day_without_a_session_ends_with_the_session_before(
    sessions: Sessions, holiday: date, last_day: date
) -> None:
    now = new_york(last_day.year, last_day.month, last_day.day, 10, 30)
    assert seconds_left(holiday, now, sessions) == pytest.approx(5.5 * 3600)
    assert years_to_expiry(holiday, now, sessions) == years_to_expiry(last_day, now, sessions)


def test_the_expiry_listed_for_the_thursday_before_juneteenth_is_a_whole_day(
    sessions: Sessions,
) -> None:
    assert sessions.last_close_by(date(2027, 6, 17)) == new_york(2027, 6, 17, 16)


def test_the_term_runs_by_the_second_and_turns_negative_at_the_close(sessions: Sessions) -> None:
    expiry = date(2026, 8, 21)
    close = new_york(2026, 8, 21, 16)
    for left_s in (86_400.0, 1.0, 0.0, -1.0):
        now = close - timedelta(seconds=left_s)
        assert seconds_left(expiry, now, sessions) == pytest.approx(left_s, abs=1e-6)


@pytest.mark.parametrize("beyond", [date(2026, 2, 27), date(2028, 1, 21)])
def test_where_the_sessions_end_the_close_is_taken_to_be_four_o_clock(
    sessions: Sessions, beyond: date
) -> None:
    now = new_york(beyond.year, beyond.month, beyond.day, 15)
    assert sessions.last_close_by(beyond) is None
    assert seconds_left(beyond, now, sessions) == pytest.approx(3600)


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


# --- what trades round the clock


@pytest.mark.parametrize(
    ("at", "currencies", "gold"),
    [
        ("2026-07-12T16:59:59", False, False),  # Sunday
        ("2026-07-12T17:00:00", True, False),
        ("2026-07-12T18:00:00", True, True),
        ("2026-07-14T03:00:00", True, True),
        ("2026-07-14T16:59:59", True, True),
        ("2026-07-14T17:00:00", True, False),  # gold rests an hour
        ("2026-07-14T18:00:00", True, True),
        ("2026-07-17T16:59:59", True, True),  # Friday
        ("2026-07-17T17:00:00", False, False),
        ("2026-07-18T12:00:00", False, False),
        ("2026-01-04T17:30:00", True, False),  # the same by winter's clock
    ],
)
def test_currencies_trade_from_sunday_to_friday_and_gold_with_an_hour_s_rest_a_day(
    at: str, *, currencies: bool, gold: bool
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)
    assert currency_hours(moment).in_session is currencies
    assert gold_hours(moment).in_session is gold


def test_on_a_weekend_the_last_price_of_currencies_is_friday_s_at_five() -> None:
    saturday = datetime(2026, 7, 18, 12, tzinfo=NEW_YORK)
    hours = currency_hours(saturday)
    assert hours.last_traded(saturday) == datetime(2026, 7, 17, 17, tzinfo=NEW_YORK)
    assert hours.next_change == datetime(2026, 7, 19, 17, tzinfo=NEW_YORK)
    assert gold_hours(saturday).next_change == datetime(2026, 7, 19, 18, tzinfo=NEW_YORK)


def test_the_week_in_which_clocks_change_opens_and_closes_by_new_york_s_clock() -> None:
    saturday = datetime(2026, 3, 7, 12, tzinfo=NEW_YORK)  # clocks go forward the night after
    assert currency_hours(saturday).last_close == datetime(2026, 3, 6, 22, tzinfo=UTC)
    assert currency_hours(saturday).next_change == datetime(2026, 3, 8, 21, tzinfo=UTC)


@given(st.integers(1_100_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_hours_round_the_clock_are_known_at_every_moment(moment: datetime) -> None:
    for hours in (currency_hours(moment), gold_hours(moment)):
        assert hours.last_close <= moment < hours.next_change
        assert hours.last_traded(moment) <= moment
    if gold_hours(moment).in_session:
        assert currency_hours(moment).in_session


# --- holidays that stand for a bank's


def days(*texts: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


@pytest.mark.parametrize(
    ("calendar", "closed"),
    [
        ("XSWX", days("2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01")),
        ("XFRA", days("2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01")),
        ("XNYS", days("2026-12-25", "2027-01-01", "2027-01-18")),
        ("XLON", days("2026-12-25", "2026-12-28", "2027-01-01")),
        ("XHKG", days("2026-12-25", "2027-01-01")),
    ],
)
def test_over_the_turn_of_the_year_each_place_rests_on_its_own_days(
    calendar: str, closed: frozenset[date]
) -> None:
    assert bank_holidays(calendar, date(2026, 12, 20), date(2027, 1, 20)) == closed


def test_new_year_in_hong_kong_is_found_though_asked_for_alone() -> None:
    closed = days("2027-02-08", "2027-02-09")
    assert bank_holidays("XHKG", date(2027, 2, 6), date(2027, 2, 9)) == closed


def test_holidays_of_one_day_and_of_none() -> None:
    christmas = date(2026, 12, 25)
    assert bank_holidays("XSWX", christmas, christmas) == {christmas}
    assert bank_holidays("XSWX", christmas + timedelta(1), christmas) == frozenset()


def test_a_weekend_is_no_holiday_but_no_weekday_either() -> None:
    year = bank_holidays("XLON", date(2026, 1, 1), date(2026, 12, 31))
    assert all(map(is_weekday, year))
    assert len(year) == 8
    assert not is_weekday(date(2026, 12, 26))
    assert not is_weekday(date(2026, 12, 27))


@pytest.mark.parametrize(("name", "year"), [("NOWHERE", 2026), ("XHKG", 2050)])
def test_a_calendar_that_is_not_there_or_ends_too_soon_is_refused(name: str, year: int) -> None:
    with pytest.raises(ValueError, match=f"no calendar of holidays named {name}"):
        bank_holidays(name, date(year, 1, 1), date(year, 12, 31))
