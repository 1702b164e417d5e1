"""What the positions panel says: how true the list is, and what is short of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ui.format import age, number, percent, units
from vaultdesk.ui.orders.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from vaultdesk.core.orders.broker import BrokerStatus
    from vaultdesk.core.positions.coverage import Coverage, Day

MOST = 3
"""Sentences of a kind that are shown; the others are counted."""
NOTHING = (
    "No position is held. Fill an order, or add a hedge that is held elsewhere, to see here what "
    "protects the loan."
)
CONNECTED = (BrokerState.READY, BrokerState.READ_ONLY)


def truth(status: BrokerStatus, told_at: datetime | None, now: datetime) -> tuple[str, bool]:
    """How old the broker's positions are, what stands in for them, and whether they are true."""
    connected = status.state in CONNECTED
    if told_at is None:
        why = "has not told its positions yet" if connected else f"is {status.state}"
        return f"▲ {status.name} {why}: the desk's own ledger stands in.", False
    old = age(now - told_at)
    if connected:
        return f"{status.name} told its positions {old} ago.", True
    return f"▲ {status.name} is {status.state}: these are the positions it told {old} ago.", False


def several(sentences: Sequence[str], mark: str, most: int = MOST) -> str:
    """Each on a line of its own after a mark, those beyond `most` counted."""
    shown = [f"{mark} {one}" for one in sentences[:most]]
    more = len(sentences) - most
    return "\n".join([*shown, *([f"… and {more} more."] if more > 0 else [])])


def summary(coverage: Coverage) -> str:
    """What is protected today, and for how long enough is."""
    today = coverage.today
    if not today.needed:
        return "Nothing needs to be protected today."
    until = coverage.holds_until
    if until is None:
        lasts = "not enough"
    elif coverage.gaps:
        lasts = f"enough until {until}"
    else:
        lasts = "enough on every day shown"
    return (
        f"Today {_gold(coverage, today.protected, today.day)} of "
        f"{_gold(coverage, today.needed, today.day)} are protected {below(today)} "
        f"({percent(today.fraction, 0)}): {lasts}."
    )


def gaps(coverage: Coverage) -> list[str]:
    """Each gap with its dates."""
    return [gap.sentence for gap in coverage.gaps]


def uncounted(coverage: Coverage) -> str:
    """Puts that protect nothing here; may be empty."""
    if not coverage.uncounted:
        return ""
    return f"Not on {coverage.symbol}, so not counted here: {some(coverage.uncounted)}."


def some(names: Sequence[str]) -> str:
    """The first few of them, the others counted."""
    more = len(names) - MOST
    others = f" and {counted(more, 'other')}" if more > 0 else ""
    return ", ".join(names[:MOST]) + others


def below(day: Day) -> str:
    """Where protection counts."""
    if day.call_price is None:
        return "against a fall"
    return f"below the margin call at {number(day.call_price)}"


def at_price(coverage: Coverage, number_of_day: int, level: Decimal) -> str:
    """What is read out at a place of the calendar."""
    day = coverage.days[number_of_day]
    span = next(one for one in coverage.spans if one.first <= day.day <= one.last)
    shares = span.protected(level)
    said = f"{day.day}, below {number(level)}: {_gold(coverage, shares, day.day)} protected"
    if day.call_price is not None and level > day.call_price:
        return f"{said}; the loan is called below {number(day.call_price)}"
    missing = max(day.needed - shares, day.needed * 0)
    return (
        f"{said}, ✕ {_gold(coverage, missing, day.day)} missing" if missing else f"{said}, enough"
    )


def _gold(coverage: Coverage, shares: Decimal, day: date) -> str:
    """Ounces where they are known, with the shares."""
    counted_shares = f"{units(shares)} shares"
    ounces = coverage.ounces(shares, day)
    return counted_shares if ounces is None else f"{number(ounces, 1)} oz ({counted_shares})"
