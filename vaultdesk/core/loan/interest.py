"""What a loan has cost since it was drawn and has not been paid: accrued interest."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.vocabulary import DayCount

if TYPE_CHECKING:
    from vaultdesk.core.loan.vocabulary import Tranche

YEAR = {DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.THIRTY_360: 360}
"""Days in the year that each convention divides by."""


def days_between(start: date, end: date, day_count: DayCount) -> int:
    """Days of interest from `start` to `end`; 30/360 is 30E/360 (ICMA): no month has a 31st."""
    if day_count is not DayCount.THIRTY_360:
        return (end - start).days
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + min(end.day, 30) - min(start.day, 30)


def simple_interest(
    principal: Decimal, rate: Decimal, start: date, end: date, day_count: DayCount
) -> Decimal:
    """Principal times rate times days, by the days of the year."""
    return principal * rate * days_between(start, end, day_count) / YEAR[day_count]


def outstanding(tranche: Tranche, on: date) -> tuple[Decimal, Decimal]:
    """Principal and accrued interest on a day, in the tranche's currency.

    Interest that fell due was added to the principal if it capitalises, else it was paid. Both
    are 0 before the loan was drawn and from the day it is repaid.
    """
    drawn = tranche.since
    if (drawn and on < drawn) or (tranche.until and on >= tranche.until):
        return Decimal(0), Decimal(0)
    if drawn is None:
        return tranche.principal, Decimal(0)
    principal, begin, number = tranche.principal, drawn, 1
    while tranche.period_months and (due := later(drawn, number * tranche.period_months)) <= on:
        if tranche.capitalising:
            principal += simple_interest(principal, tranche.rate, begin, due, tranche.day_count)
        begin, number = due, number + 1
    return principal, simple_interest(principal, tranche.rate, begin, on, tranche.day_count)


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month if it has no such day."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
