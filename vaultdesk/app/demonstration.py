"""The demonstration: a sample loan on a simulated market, with a past to look at."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.app.parts import WallClock
from vaultdesk.core.loan.snapshots import snapshot
from vaultdesk.core.loan.terms import Facility, single_pledge
from vaultdesk.core.loan.valuation import value_loan
from vaultdesk.core.market import Quality, Quote

if TYPE_CHECKING:
    from datetime import datetime

    from vaultdesk.app.parts import Services
    from vaultdesk.ports import MarketFeed

HISTORY_DAYS = 90


async def prepare_demonstration(services: Services, source: MarketFeed) -> None:
    """Give the sample loan a past: the simulated price of every hour of the last 90 days."""
    if services.loan.terms is None:
        await services.loan.save(sample_terms(WallClock().now()))
    terms = services.loan.terms
    past_closes = getattr(source, "past_closes", None)
    if terms is None or past_closes is None:
        return
    rows = []
    for at, price in await asyncio.to_thread(past_closes, 24 * HISTORY_DAYS):
        quote = Quote(
            terms.symbol, None, None, price, at, at, services.feed.name, Quality.SIMULATED
        )
        rows.append(snapshot(value_loan(terms, {quote.symbol: quote}, at), at, "hour"))
    await services.history.fill(tuple(rows))


def sample_terms(now: datetime) -> Facility:
    """The demonstration's loan: 10,000 GLD at an LTV of about 65 %."""
    return single_pledge(
        symbol="GLD",
        units=Decimal(10_000),
        amount=Decimal(2_450_000),
        currency="USD",
        call_ltv=Decimal("0.75"),
        closeout_ltv=Decimal("0.85"),
        since=now,
        who="demonstration",
    )
