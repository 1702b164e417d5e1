"""Time left to trade and to instruct: holidays, half days, clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from vaultdesk.core.calendar import Sessions, new_york_sessions
from vaultdesk.core.positions.countdown import countdown, span

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return new_york_sessions(date(2026, 3, 2), date(2027, 12, 31))


def new_york(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("expiry", "close", "cut_off"),
    [
        (date(2026, 12, 18), new_york(12, 18, 16), new_york(12, 18, 17, 30)),
        (date(2026, 11, 27), new_york(11, 27, 13), new_york(11, 27, 14, 30)),
        (date(2026, 12, 24), new_york(12, 24, 13), new_york(12, 24, 14, 30)),
        (date(2027, 3, 26), new_york(3, 25, 16, year=2027), new_york(3, 25, 17, 30, 2027)),
        (date(2026, 8, 22), new_york(8, 21, 16), new_york(8, 21, 17, 30)),
    ],
    ids=["a Friday", "after Thanksgiving", "Christmas Eve", "Good Friday", "a Saturday"],
)
def test_the_last_session_ends_it(
    sessions: Sessions, expiry: date, close: datetime, cut_off: datetime
) -> None:
    end = countdown(expiry, new_york(7, 10, 11), sessions)
    assert (end.last_trade, end.cut_off) == (close, cut_off)
    assert end.last_day == close.astimezone(NEW_YORK).date()
    assert end.days == (end.last_day - date(2026, 7, 10)).days


def test_without_sessions_it_is_the_usual_close() -> None:
    end = countdown(date(2026, 11, 27), new_york(7, 10, 11))
    assert (end.last_trade, end.cut_off) == (new_york(11, 27, 16), new_york(11, 27, 17, 30))


def test_an_expiry_moved_by_a_holiday_is_as_near_as_its_last_session(sessions: Sessions) -> None:
    good_friday = date(2027, 3, 26)
    end = countdown(good_friday, new_york(3, 25, 15, year=2027), sessions)
    assert end.days == 0
    assert end.left(new_york(3, 25, 15, year=2027)) == timedelta(hours=1)


def test_days_are_those_of_new_york_and_change_at_its_midnight(sessions: Sessions) -> None:
    expiry = date(2026, 12, 18)
    assert countdown(expiry, datetime(2026, 11, 3, 5, 0, tzinfo=UTC), sessions).days == 45
    assert countdown(expiry, datetime(2026, 11, 3, 4, 59, tzinfo=UTC), sessions).days == 46


def test_a_clock_change_between_is_an_hour_of_time_and_no_day(sessions: Sessions) -> None:
    before = new_york(10, 31, 16)  # clocks go back in the night
    end = countdown(date(2026, 11, 2), before, sessions)
    assert end.days == 2
    assert end.left(before) == timedelta(hours=49)


@pytest.mark.parametrize(
    ("now", "words", "over"),
    [
        (new_york(12, 15, 11), "trades 3 d 5 h more", False),
        (new_york(12, 18, 15, 20), "trades 40 min more", False),
        (new_york(12, 18, 16), "no longer trades; instructions 1 h 30 min more", False),
        (new_york(12, 18, 17, 30), "expired", True),
    ],
)
def test_what_can_still_be_done(sessions: Sessions, now: datetime, words: str, over: bool) -> None:
    end = countdown(date(2026, 12, 18), now, sessions)
    assert (end.words(now), end.over(now)) == (words, over)


def test_a_span_is_rounded_down() -> None:
    assert span(timedelta(days=45, hours=3, minutes=59)) == "45 d 3 h"
    assert span(timedelta(hours=5, minutes=20, seconds=59)) == "5 h 20 min"
    assert span(timedelta(seconds=59)) == "0 min"
