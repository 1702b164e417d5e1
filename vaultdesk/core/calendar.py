"""New York trading hours and the time left to an expiry.

Sessions come from exchange_calendars, which brings pandas: it is imported when first asked for.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPEN, CLOSE = time(9, 30), time(16, 0)
YEAR_S = 365 * 86_400
"""Seconds in the year that option times are counted in: actual seconds over 365 days."""


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
    days = [day for i in range(count) if (day := start + timedelta(i)).weekday() < 5]  # noqa: PLR2004
    return Sessions(
        tuple(datetime.combine(day, OPEN, NEW_YORK).astimezone(UTC) for day in days),
        tuple(datetime.combine(day, CLOSE, NEW_YORK).astimezone(UTC) for day in days),
    )


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
