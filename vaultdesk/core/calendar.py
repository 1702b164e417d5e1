"""New York trading hours, the time left to an expiry, and the days on which banks are closed.

Sessions come from exchange_calendars, which brings pandas: it is imported when first asked for.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPEN, CLOSE = time(9, 30), time(16, 0)
DAY_END = time(17)
"""When a day of currencies and gold ends and the next begins."""
YEAR_S = 365 * 86_400
"""Seconds in the year that option times are counted in: actual seconds over 365 days."""
SATURDAY = 5
MARGIN = timedelta(days=31)
"""How far a calendar is asked to reach beyond: it must hold a session, and a holiday has none."""

Week = tuple[tuple[int, time, int], ...]
"""Sessions of a week: on which day after Sunday and when each opens, and on which it closes."""

CURRENCY_WEEK: Week = ((0, DAY_END, 5),)
GOLD_WEEK: Week = tuple((day, time(18), day + 1) for day in range(5))


@dataclass(frozen=True, slots=True)
class Hours:
    """The exchange at one moment, in UTC: in session or not, and the nearest changes.

    `last_close` is the latest close at or before the moment, `next_change` the next open or close.
    """

    in_session: bool
    last_close: datetime
    next_change: datetime

    def last_traded(self, now: datetime) -> datetime:
        """The latest moment at which a price could have been made: now, or the last close."""
        return now if self.in_session else min(now, self.last_close)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Trading sessions in order: `opens[i]` to `closes[i]`, aware UTC."""

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]

    def hours(self, now: datetime) -> Hours | None:
        """The hours around `now`; None before the first session's end and after the last one."""
        done = bisect_right(self.closes, now)
        if not 0 < done < len(self.closes):
            return None
        in_session = self.opens[done] <= now
        change = self.closes[done] if in_session else self.opens[done]
        return Hours(in_session, self.closes[done - 1], change)

    def last_close_by(self, day: date) -> datetime | None:
        """When the last session up to this New York date closes: that of Thursday on Good Friday.

        None outside the sessions there are.
        """
        end = datetime.combine(day, time(23, 59, 59), NEW_YORK)
        done = bisect_right(self.closes, end)
        if done == 0 or (done == len(self.closes) and trading_date(self.closes[-1]) != day):
            return None
        return self.closes[done - 1]


def weekday_sessions(start: date, end: date) -> Sessions:
    """Monday to Friday, 09:30 to 16:00 New York, without holidays: the simulated exchange's."""
    count = (end - start).days + 1
    days = [day for i in range(count) if is_weekday(day := start + timedelta(i))]
    return Sessions(
        tuple(datetime.combine(day, OPEN, NEW_YORK).astimezone(UTC) for day in days),
        tuple(datetime.combine(day, CLOSE, NEW_YORK).astimezone(UTC) for day in days),
    )


def currency_hours(now: datetime) -> Hours:
    """When currencies trade: without a break from Sunday 17:00 to Friday 17:00 New York.

    Holidays are not known: on the one or two days a year when nobody trades, prices show as stale.
    """
    return _hours_of(CURRENCY_WEEK, now)


def gold_hours(now: datetime) -> Hours:
    """When gold trades: from Sunday 18:00 to Friday 17:00 New York, with an hour's rest at 17:00.

    Those of COMEX futures and of the spot market alike; holidays are not known.
    """
    return _hours_of(GOLD_WEEK, now)


def _hours_of(week: Week, now: datetime) -> Hours:
    today = trading_date(now)
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    sundays = [sunday + timedelta(weeks=weeks) for weeks in (-1, 0, 1)]
    hours = Sessions(
        tuple(_utc(first + timedelta(opens), at) for first in sundays for opens, at, _ in week),
        tuple(_utc(first + timedelta(closes), DAY_END) for first in sundays for *_, closes in week),
    ).hours(now)
    assert hours is not None  # noqa: S101 - a week before and one after are there
    return hours


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, NEW_YORK).astimezone(UTC)


@lru_cache(maxsize=4)
def new_york_sessions(start: date, end: date) -> Sessions:
    """The New York Stock Exchange's sessions, holidays and half days included.

    Takes about a second the first time: call it off the event loop.
    """
    import exchange_calendars  # noqa: PLC0415

    calendar = exchange_calendars.get_calendar("XNYS", start=start, end=end)
    return Sessions(
        tuple(stamp.to_pydatetime().astimezone(UTC) for stamp in calendar.opens),
        tuple(stamp.to_pydatetime().astimezone(UTC) for stamp in calendar.closes),
    )


@lru_cache(maxsize=16)
def bank_holidays(calendar_name: str, start: date, end: date) -> frozenset[date]:
    """The weekdays from `start` to `end`, both included, on which an exchange has no session.

    They stand for a bank's holidays, which they approximate: an exchange may rest when its banks
    work (Zurich and Frankfurt on 24 and 31 December) or trade when they rest (New York on Columbus
    Day), and local holidays are not known. What the lender has agreed to goes first.

    Takes up to a second the first time: call it off the event loop.

    Args:
        calendar_name: exchange by its market identifier: XSWX, XNYS, XLON, XFRA, XHKG and others.
        start: first day.
        end: last day.

    Raises:
        ValueError: there is no such calendar, or it does not reach so far.
    """
    import exchange_calendars  # noqa: PLC0415

    try:
        calendar = exchange_calendars.get_calendar(calendar_name, start=start, end=end + MARGIN)
    except (exchange_calendars.errors.CalendarError, ValueError) as error:
        raise ValueError(
            f"There is no calendar of holidays named {calendar_name} that reaches from {start} "
            f"to {end}: choose another exchange, such as XSWX."
        ) from error
    sessions = {stamp.date() for stamp in calendar.sessions}
    days = (start + timedelta(i) for i in range((end - start).days + 1))
    return frozenset(day for day in days if is_weekday(day) and day not in sessions)


def is_weekday(day: date) -> bool:
    """Whether it is none of Saturday and Sunday."""
    return day.weekday() < SATURDAY


def trading_date(moment: datetime) -> date:
    """The New York date of a moment, whatever the machine's time zone."""
    return moment.astimezone(NEW_YORK).date()


def years_to_expiry(expiry: date, now: datetime, sessions: Sessions | None = None) -> float:
    """Years (actual seconds / 365 days) to the close of the last trading day; negative after it.

    Where the sessions are known, the close is that of the expiry's session (13:00 on half days),
    or of the last one before it if the expiry falls on a day without one; else it is 16:00 New
    York on the expiry's date.
    """
    close = sessions.last_close_by(expiry) if sessions else None
    close = close or datetime.combine(expiry, CLOSE, NEW_YORK)
    return (close - now).total_seconds() / YEAR_S
