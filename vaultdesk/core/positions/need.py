"""What a loan needs covered on each coming day: what falls with gold, and where it is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.valuation import later
from vaultdesk.core.money import rounded

if TYPE_CHECKING:
    from datetime import date

    from vaultdesk.core.loan.state import LoanState


@dataclass(frozen=True, slots=True)
class Need:
    """One day: all that falls with gold in shares of the watched symbol, and the call price then.

    The price is None where no fall brings a margin call about.
    """

    day: date
    units: Decimal
    call_price: Decimal | None


def needs(state: LoanState, first: date, last: date) -> tuple[Need, ...]:
    """Each day from `first`, which is that of the valuation, to `last`, at today's prices.

    Interest runs and lots come and go by the terms in force; what is repaid later by other terms
    is not known to them.
    """
    days = range((last - first).days + 1)
    return tuple(_need(state, first, days_on) for days_on in days)


def _need(state: LoanState, first: date, days: int) -> Need:
    day = first + timedelta(days=days)
    try:
        then = later(state, days) if days else state
    except Unvalued:  # nothing is pledged on this day
        return Need(day, Decimal(0), None)
    unit = then.price * then.into(then.quote.currency)
    return Need(day, then.falling / unit, then.call_price)


def signature(state: LoanState | None) -> object:
    """What of a valuation decides coverage and advice: equal ones need no new survey.

    A tick of gold rarely changes it.
    """
    if state is None:
        return None
    call = state.call_price
    return (
        state.terms,
        state.quality,
        rounded(state.falling / state.price, 2),
        None if call is None else rounded(call, 2),
        rounded(state.price, 0),
    )
