"""How long an option can still be traded, and until when its holder may say what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vaultdesk.core.calendar import CLOSE, NEW_YORK, trading_date

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.calendar import Sessions

CUT_OFF_AFTER = timedelta(minutes=90)
"""From the close to the last exercise instruction: 17:30 New York, and 14:30 on a half day (FINRA
rule 2360(b)(23)(A)(viii)). A broker may want it earlier."""


@dataclass(frozen=True, slots=True)
class Countdown:
    """One expiry, seen from one moment.

    Attributes:
        expiry: as it is listed.
        last_trade: the close of its last session, aware UTC.
        cut_off: the last moment for an instruction to exercise or not to, aware UTC.
        days: calendar days to the last session by New York dates; negative once it is past.
    """

    expiry: date
    last_trade: datetime
    cut_off: datetime
    days: int

    @property
    def last_day(self) -> date:
        """New York date of the last session: the one before where the expiry has none."""
        return trading_date(self.last_trade)

    def left(self, now: datetime) -> timedelta:
        """Time left to trade; negative afterwards."""
        return self.last_trade - now

    def to_cut_off(self, now: datetime) -> timedelta:
        """Time left for an instruction; negative afterwards."""
        return self.cut_off - now

    def over(self, now: datetime) -> bool:
        """Whether nothing can be done about it any more."""
        return now >= self.cut_off

    def words(self, now: datetime) -> str:
        """What can still be done and how long, such as "trades 3 d 5 h more"."""
        if self.left(now) > timedelta(0):
            return f"trades {span(self.left(now))} more"
        if not self.over(now):
            return f"no longer trades; instructions {span(self.to_cut_off(now))} more"
        return "expired"


def countdown(expiry: date, now: datetime, sessions: Sessions | None = None) -> Countdown:
    """Of an expiry at a moment; 16:00 New York on its date where the sessions are not known."""
    close = sessions.last_close_by(expiry) if sessions else None
    close = (close or datetime.combine(expiry, CLOSE, NEW_YORK)).astimezone(UTC)
    days = (trading_date(close) - trading_date(now)).days
    return Countdown(expiry, close, close + CUT_OFF_AFTER, days)


def span(time: timedelta) -> str:
    """A length of time in its two largest units, rounded down: "45 d 3 h", "5 h 20 min"."""
    minutes = int(time.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
