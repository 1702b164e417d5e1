"""The loan in words: how far, until when, how probable, and what is coming."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vaultdesk.core.loan.cure import Zone
from vaultdesk.core.loan.deadline import cure_deadline
from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.core.loan.sensitivity import ltv_fx
from vaultdesk.core.loan.vocabulary import Asset
from vaultdesk.ui.format import (
    MISSING,
    SIGMA,
    age,
    dated,
    hour_minute,
    number,
    percent,
    short_day,
    signed,
    signed_percent,
    units,
    weekday,
)
from vaultdesk.ui.loan.changes import changes
from vaultdesk.ui.loan.form import of_gold
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from vaultdesk.core.loan.first_passage import CallProbability
    from vaultdesk.core.loan.snapshots import Snapshot
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.loan.terms import Facility
    from vaultdesk.core.loan.vocabulary import Lot
    from vaultdesk.events import CallProbabilityChanged

    Value = Callable[[Facility, datetime], LoanState]
    """Values terms at a moment at the newest prices, or raises `Unvalued`."""

DRIFT = timedelta(days=180)
HUNDRED = 100
CALLED = (Zone.CALL, Zone.CLOSEOUT)
NOT_ASKED = tr("Nobody has asked for it yet: it comes with the option chain.")
Told = tuple[str, str]
"""A text, and its tooltip: the reason where the text is a dash."""


def sigma(state: LoanState) -> str:
    """The distance to the call in standard deviations of one day."""
    if state.distance is None:
        return ""
    if state.distance_sigma is None:
        return tr("in days' {sigma}: not known yet, no volatility to measure it by").format(
            sigma=SIGMA
        )
    return tr("{distance_sigma} days' {sigma} · {sigma} from {sigma_source}").format(
        distance_sigma=number(state.distance_sigma, 1), sigma=SIGMA, sigma_source=state.sigma_source
    )


def deadline(
    terms: Facility, called: datetime | None, now: datetime, holidays: Collection[date] | None
) -> Told:
    """Until when a call must be met: the one that stands since `called`, or one that came now.

    Without `holidays` they are not counted, and it says so.
    """
    cure = terms.cure
    if not cure.count:
        return tr("none: the lender may sell without notice"), ""
    until = cure_deadline(called or now, cure, holidays or ())
    there = until.astimezone(ZoneInfo(cure.zone))
    city = cure.zone.rpartition("/")[2].replace("_", " ")
    text = f"{weekday(there)} {short_day(there)} {hour_minute(there)} {city}"
    hint = (
        tr("Counted from when the desk first saw the call; the lender's notice decides.")
        if called
        else tr("If the lender called now.")
    )
    if holidays is None and not cure.hours:
        hint += tr(" Holidays of {calendar} are not counted: they are not known.").format(
            calendar=cure.calendar
        )
    if called is None:
        return tr("by {text}").format(text=text), hint
    left = until - now
    rest = tr("{left} left").format(left=age(left)) if left > timedelta(0) else "over"
    return tr("by {text} · {rest}").format(text=text, rest=rest), hint


def drift(terms: Facility, now: datetime, value: Value) -> Told:
    """The LTV in half a year if prices stay: what interest alone does to it."""
    if not any(tranche.rate for tranche in terms.tranches):
        return MISSING, tr("No interest is agreed: the LTV moves with prices alone.")
    try:
        state = value(terms, now + DRIFT)
    except Unvalued as problem:
        return MISSING, str(problem)
    return percent(state.ltv), tr("On {date}, by the terms and prices of today.").format(
        date=dated((now + DRIFT).date())
    )


def fx(state: LoanState) -> str:
    """What one per cent of each foreign currency does to the LTV, in points of LTV."""
    moves = (
        tr("{currency} +1 %: {state} points").format(
            currency=currency, state=signed(ltv_fx(state, currency))
        )
        for currency in state.rates
    )
    return "\n".join(moves)


def basis(state: LoanState) -> Told:
    """The ounce's own price over that by GLD's, where bars or coins are pledged."""
    if state.gold_basis is None:
        return tr("by {gold_from}").format(gold_from=state.terms.gold_from), tr(
            "The other price of an ounce is not known."
        )
    return (
        tr("by {gold_from}, XAU {gold_basis}").format(
            gold_from=state.terms.gold_from, gold_basis=signed_percent(state.gold_basis)
        ),
        tr("Price of an ounce (XAUUSD) over that by a GLD share and the ounces it holds, less 1."),
    )


def probability(event: CallProbabilityChanged | None) -> Told:
    """How probable a call is before a date, by the option smile and by history."""
    if event is None:
        return MISSING, NOT_ASKED
    text = tr("{smile} by options, {history} by history").format(
        smile=_chance(event.smile), history=_chance(event.history)
    )
    known = [one for one in (event.smile, event.history) if one.expected_days is not None]
    if known:
        text += tr(" · if so, in {expected_days} days").format(
            expected_days=number(known[0].expected_days, 0)
        )
    hints = (one.reason or one.basis for one in (event.smile, event.history))
    return text, "\n".join(hints)


def _chance(one: CallProbability) -> str:
    if one.probability is None:
        return MISSING
    places = 0 if HUNDRED * one.probability >= 1 or not one.probability else 2
    return percent(one.probability, places)


def coming(now: Facility, later: tuple[Facility, ...], value: Value) -> str:
    """The next version of the terms: when, what changes, and what that does at today's prices."""
    if not later:
        return ""
    following = later[0]
    there = following.holds_from.astimezone(ZoneInfo(following.cure.zone))
    what = ", ".join(changes(now, following)) or tr("nothing changes")
    text = tr("From {day} {time}: {what}").format(
        day=short_day(there), time=hour_minute(there), what=what
    )
    try:
        state = value(following, following.holds_from)
    except Unvalued as problem:
        return f"{text}. {problem}"
    return tr("{text}: LTV {ltv}, utilisation {utilisation}").format(
        text=text, ltv=percent(state.ltv), utilisation=percent(state.utilisation)
    )


def lot_name(lot: Lot) -> str:
    """A lot in a word or two: "10,000 GLD", "2 kg of gold"."""
    if lot.name:
        return lot.name
    if lot.asset in (Asset.FUND, Asset.CASH):
        return f"{units(lot.quantity)} {lot.symbol}"
    return of_gold(units(lot.quantity), lot.unit)


def call_began(past: Sequence[Snapshot]) -> datetime | None:
    """Since when the LTV has stood at or above the call level, by its history, oldest first.

    None if it did not in the newest row. A gap in between is taken for a call that stood: the
    earlier deadline is the safer one.
    """
    began = None
    for row in reversed(past):
        if row.zone not in CALLED:
            break
        began = row.at
    return began


def is_called(state: LoanState | None) -> bool:
    """Whether the LTV stands at or above the call level."""
    return state is not None and state.zone in CALLED
