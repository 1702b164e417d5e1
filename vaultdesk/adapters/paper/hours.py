"""When orders work and end: the session an order belongs to, and the last moment of an option."""

from bisect import bisect_right
from datetime import date, datetime, timedelta

from vaultdesk.core.calendar import CLOSE, NEW_YORK, Sessions, trading_date
from vaultdesk.core.market import DailyClose
from vaultdesk.core.orders.instrument import Instrument

Session = tuple[datetime, datetime]
"""From its open to its close."""

RECENT = timedelta(days=7)
"""No market rests longer: a close within so many days before an expiry was its last."""


def session_of(sessions: Sessions | None, moment: datetime) -> Session | None:
    """The session that the moment is in, or else the next; None where none is known."""
    if sessions is None:
        return None
    done = bisect_right(sessions.closes, moment)
    if done == len(sessions.closes):
        return None
    return sessions.opens[done], sessions.closes[done]


def is_over(expiry: date, now: datetime, sessions: Sessions | None) -> bool:
    """Whether options of this expiry have traded for the last time."""
    last = sessions.last_close_by(expiry) if sessions else None
    return now >= (last or datetime.combine(expiry, CLOSE, NEW_YORK))


def last_close(
    closes: tuple[DailyClose, ...], expiry: date, sessions: Sessions | None
) -> DailyClose | None:
    """The underlying's close that an expiry is settled by; None while it is not told.

    Where the expiry's session is known it is the close of that day and no other.
    """
    until = [close for close in closes if expiry - RECENT < close.day <= expiry]
    if not until:
        return None
    last = sessions.last_close_by(expiry) if sessions else None
    if last is not None and until[-1].day != trading_date(last):
        return None
    return until[-1]


def has_expired(instrument: Instrument, now: datetime, sessions: Sessions | None) -> bool:
    """Whether this is an option that has traded for the last time."""
    return instrument.expiry is not None and is_over(instrument.expiry, now, sessions)
