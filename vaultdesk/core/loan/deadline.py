"""Until when a margin call must be met: banking days with a cut-off time, or hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vaultdesk.core.calendar import is_weekday

if TYPE_CHECKING:
    from collections.abc import Collection

    from vaultdesk.core.loan.vocabulary import CureTerms

DAY = timedelta(days=1)


def is_banking_day(day: date, holidays: Collection[date]) -> bool:
    """Whether banks work: on weekdays that are no holidays."""
    return is_weekday(day) and day not in holidays


def cure_deadline(notice: datetime, terms: CureTerms, holidays: Collection[date]) -> datetime:
    """When the lender may sell unless the call has been met by then; UTC.

    Hours run from the notice without regard to nights and holidays. Banking days count from the
    day of the notice, which is not counted itself, and end at the cut-off. A notice later than
    the cut-off, to the second, or on a day without banking, is one of the next banking day. With
    none of either the lender may sell at once.

    Args:
        notice: when the lender gave it, aware.
        terms: `zone` is the one that days and the cut-off are of.
        holidays: the lender's, from the notice to the deadline; days beyond those known are taken
            to be banking days where they are weekdays.

    Raises:
        ValueError: the notice has no time zone.
    """
    if notice.tzinfo is None:
        raise ValueError("The time of a notice needs its time zone.")
    notice = notice.astimezone(UTC)
    if terms.hours:
        return notice + timedelta(hours=terms.count)
    if terms.count == 0:
        return notice
    last = notice.astimezone(ZoneInfo(terms.zone)).date()
    if notice > _cut_off(last, terms):
        last += DAY
    last = _banking_day_from(last, holidays)
    for _ in range(terms.count):
        last = _banking_day_from(last + DAY, holidays)
    return _cut_off(last, terms)


def _cut_off(day: date, terms: CureTerms) -> datetime:
    return datetime.combine(day, terms.cut_off, ZoneInfo(terms.zone)).astimezone(UTC)


def _banking_day_from(day: date, holidays: Collection[date]) -> date:
    """The day itself if banks work on it, else the first after it on which they do."""
    while not is_banking_day(day, holidays):
        day += DAY
    return day
