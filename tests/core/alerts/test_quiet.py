"""Quiet hours by the clock on the wall, over midnight and over changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.alerts import QuietHours, Severity

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-07-10T19:59", None),
        ("2026-07-10T20:00", "2026-07-11T05:00"),  # 22:00 to 07:00 in Zurich, summer
        ("2026-07-11T04:59", "2026-07-11T05:00"),
        ("2026-07-11T05:00", None),
        ("2026-10-24T22:00", "2026-10-25T06:00"),  # the clock goes back in that night
        ("2026-03-28T22:00", "2026-03-29T05:00"),  # and forward in this one
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(at: str, until: str | None) -> None:
    quiet = QuietHours(time(22), time(7), ZURICH)
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    end = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert quiet.held_until(Severity.CRITICAL, moment) == end
    assert quiet.held_until(Severity.CLOSEOUT, moment) is None


@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC), min_value=datetime(2000, 1, 1)))  # noqa: DTZ001
def test_nothing_is_held_longer_than_a_day_or_into_quiet_hours(
    start: time, end: time, at: datetime
) -> None:
    quiet = QuietHours(start, end, UTC)
    until = quiet.held_until(Severity.WARNING, at)
    if until is not None:
        assert at < until <= at + timedelta(days=1)
        assert quiet.held_until(Severity.WARNING, until) is None


def test_equal_times_are_no_quiet_hours() -> None:
    assert QuietHours(time(7), time(7), UTC).held_until(Severity.INFO, NOON) is None
