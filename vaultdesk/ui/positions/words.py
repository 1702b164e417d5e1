"""What the positions panel says: how true the list is, and what is short of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ui.format import age, dated, number, percent, units
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.orders.broker import BrokerStatus
    from vaultdesk.core.positions.coverage import Coverage, Day

MOST = 3
"""Sentences of a kind that are shown; the others are counted."""
NOTHING = tr(
    "No position is held. Fill an order, or add a hedge that is held "
    "elsewhere, to see here what protects the loan."
)
CONNECTED = (BrokerState.READY, BrokerState.READ_ONLY)


def truth(status: BrokerStatus, told_at: datetime | None, now: datetime) -> tuple[str, bool]:
    """How old the broker's positions are, what stands in for them, and whether they are true."""
    connected = status.state in CONNECTED
    if told_at is None:
        why = (
            tr("has not told its positions yet")
            if connected
            else tr("is {state}").format(state=status.state)
        )
        return tr("▲ {name} {why}: the desk's own ledger stands in.").format(
            name=status.name, why=why
        ), False
    old = age(now - told_at)
    if connected:
        return tr("{name} told its positions {old} ago.").format(name=status.name, old=old), True
    return tr("▲ {name} is {state}: these are the positions it told {old} ago.").format(
        name=status.name, state=status.state, old=old
    ), False


def several(sentences: Sequence[str], mark: str, most: int = MOST) -> str:
    """Each on a line of its own after a mark, those beyond `most` counted."""
    shown = [f"{mark} {one}" for one in sentences[:most]]
    more = len(sentences) - most
    return "\n".join([*shown, *([tr("… and {more} more.").format(more=more)] if more > 0 else [])])


def summary(coverage: Coverage) -> str:
    """What is protected today, and for how long enough is."""
    today = coverage.today
    if not today.needed:
        return tr("Nothing needs to be protected today.")
    until = coverage.holds_until
    if until is None:
        lasts = tr("not enough")
    elif coverage.gaps:
        lasts = tr("enough until {until}").format(until=dated(until))
    else:
        lasts = tr("enough on every day shown")
    return tr("Today {protected} of {needed} are protected {today} ({fraction}): {lasts}.").format(
        protected=_gold(coverage, today.protected, today.day),
        needed=_gold(coverage, today.needed, today.day),
        today=below(today),
        fraction=percent(today.fraction, 0),
        lasts=lasts,
    )


def gaps(coverage: Coverage) -> list[str]:
    """Each gap with its dates."""
    return [gap.sentence for gap in coverage.gaps]


def uncounted(coverage: Coverage) -> str:
    """Puts that protect nothing here; may be empty."""
    if not coverage.uncounted:
        return ""
    return tr("Not on {symbol}, so not counted here: {uncounted}.").format(
        symbol=coverage.symbol, uncounted=some(coverage.uncounted)
    )


def some(names: Sequence[str]) -> str:
    """The first few of them, the others counted."""
    more = len(names) - MOST
    shown = ", ".join(names[:MOST])
    if more <= 0:
        return shown
    return tr("{names} and {n} others", "{names} and {n} other", more).format(names=shown, n=more)


def below(day: Day) -> str:
    """Where protection counts."""
    if day.call_price is None:
        return tr("against a fall")
    return tr("below the margin call at {call_price}").format(call_price=number(day.call_price))


def at_price(coverage: Coverage, number_of_day: int, level: Decimal) -> str:
    """What is read out at a place of the calendar."""
    day = coverage.days[number_of_day]
    span = next(one for one in coverage.spans if one.first <= day.day <= one.last)
    shares = span.protected(level)
    said = tr("{day}, below {level}: {coverage} protected").format(
        day=dated(day.day), level=number(level), coverage=_gold(coverage, shares, day.day)
    )
    if day.call_price is not None and level > day.call_price:
        return tr("{said}; the loan is called below {call_price}").format(
            said=said, call_price=number(day.call_price)
        )
    missing = max(day.needed - shares, day.needed * 0)
    return (
        tr("{said}, ✕ {coverage} missing").format(
            said=said, coverage=_gold(coverage, missing, day.day)
        )
        if missing
        else tr("{said}, enough").format(said=said)
    )


def _gold(coverage: Coverage, shares: Decimal, day: date) -> str:
    """Ounces where they are known, with the shares."""
    counted_shares = tr("{shares} shares").format(shares=units(shares))
    ounces = coverage.ounces(shares, day)
    return (
        counted_shares
        if ounces is None
        else tr("{ounces} oz ({counted_shares})").format(
            ounces=number(ounces, 1), counted_shares=counted_shares
        )
    )
