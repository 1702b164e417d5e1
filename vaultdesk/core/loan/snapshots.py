"""One row of LTV history, and where rows are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from decimal import Decimal

    from vaultdesk.core.loan.cure import Zone
    from vaultdesk.core.loan.state import LoanState
    from vaultdesk.core.market import Quality

Reason = Literal["hour", "zone", "alert"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One row of LTV history: the hour's value, or the moment the zone changed.

    `at` is the UTC hour for reason "hour", the moment itself for "zone", a change of it, and for
    "alert", the crossing of a threshold. The terms of its day stand in the row: changing the loan
    later does not change history. `price` is the watched symbol's, `lending_value` None in rows
    of a time before it was kept.
    """

    at: datetime
    reason: Reason
    symbol: str
    price: Decimal
    value: Decimal
    amount: Decimal
    ltv: Decimal
    zone: Zone
    call_ltv: Decimal
    closeout_ltv: Decimal
    currency: str
    source: str
    quality: Quality
    price_at: datetime
    lending_value: Decimal | None = None


def snapshot(state: LoanState, at: datetime, reason: Reason) -> Snapshot:
    """The row that records `state`; an hourly row carries the start of its hour."""
    return Snapshot(
        at=at.replace(minute=0, second=0, microsecond=0) if reason == "hour" else at,
        reason=reason,
        symbol=state.terms.symbol,
        price=state.price,
        value=state.value,
        amount=state.loan,
        ltv=state.ltv,
        zone=state.zone,
        call_ltv=state.terms.call_ltv,
        closeout_ltv=state.terms.closeout_ltv,
        currency=state.terms.currency,
        source=state.quote.source,
        quality=state.quality,
        price_at=state.quote.at,
        lending_value=state.lending_value,
    )


def gaps(snapshots: tuple[Snapshot, ...], longest: timedelta) -> tuple[int, ...]:
    """The positions of snapshots that come more than `longest` after the one before them."""
    return tuple(
        index
        for index in range(1, len(snapshots))
        if snapshots[index].at - snapshots[index - 1].at > longest
    )
