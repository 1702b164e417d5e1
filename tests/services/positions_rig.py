"""The reference loan, a hedge desk on a scripted feed, and what is held beside them."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from tests.core.positions.holdings import put
from tests.fakes.feed import START, ManualClock, ScriptedFeed, chain, quote
from tests.fakes.loans import REFERENCE
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import HoldingsTold
from vaultdesk.events import Bus, HedgesHeld, PositionsChanged
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.services.positions import PositionService
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore
from vaultdesk.storage.order_store import SqlOrderStore

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.alerts.hedges import Hedges
    from vaultdesk.core.orders.broker import Held
    from vaultdesk.storage.database import Database

AUGUST, OCTOBER, JUNE = date(2026, 8, 21), date(2026, 10, 16), date(2027, 6, 17)
ODD = date(2026, 7, 17)
"""Listed, and on the board only when it is asked for."""
BROKER = "desk paper"
PUT = put("335", "63", AUGUST)


class Positions:
    """A position service with what it rests on."""

    def __init__(self, database: Database) -> None:
        self.clock, self.wall, self.bus = ManualClock(), ManualClock(), Bus()
        expiries = (AUGUST, ODD, OCTOBER, JUNE)
        self.feed = ScriptedFeed(
            clock=self.clock,
            quotes=[quote("350")],
            expiries=expiries,
            chains={expiry: chain(expiry) for expiry in expiries},
        )
        self.market = MarketService(self.feed, self.bus, "GLD")
        self.chains = Chains(self.feed, self.bus, ttl_s=300)
        self.chains.use(SqlMarketStore(database))
        self.loan = LoanService(self.bus, self.clock, self.wall)
        shown = ChainService(self.chains, self.bus, self.market)
        self.hedge = HedgeService(
            *(self.chains, self.bus, self.market, self.loan, shown), rules=HedgeRules()
        )
        self.slept, self.wake = asyncio.Event(), asyncio.Event()
        self.service = PositionService(
            self.bus,
            self.hedge,
            self.loan,
            self.clock,
            wall=self.wall,
            broker=BROKER,
            sleep=self._sleep,
        )
        self.changes: list[PositionsChanged] = []
        self.watched: list[Hedges] = []
        self.bus.subscribe(PositionsChanged, self.changes.append)
        self.bus.subscribe(HedgesHeld, lambda event: self.watched.append(event.hedges))
        self.store, self.audit = SqlOrderStore(database), SqlAuditStore(database)
        self.loans = SqlLoanStore(database, self.clock)

    async def begin(self) -> Positions:
        """The loan, a first price and the store are there."""
        await self.loan.use(self.loans)
        await self.loan.save(REFERENCE)
        await self.market.refresh()
        await self.service.use(self.store)
        return self

    def hold(self, *positions: Held) -> None:
        """The broker tells these."""
        self.service.hear_holdings(HoldingsTold((), positions, self.clock.now()))

    async def price(self, price: str) -> None:
        """Another price of gold comes."""
        self.clock.advance(1)
        self.feed.quotes = [quote(price, self.clock.now())]
        await self.market.refresh()

    async def facts(self) -> list[tuple[str, str]]:
        """Who did what to the positions, by the audit log."""
        entries = await self.audit.entries()
        return [(e.fact.who, e.fact.text) for e in entries if e.fact.kind == "position"]

    async def _sleep(self, _seconds: float) -> None:
        self.slept.set()
        await self.wake.wait()
        self.wake.clear()


def cents(value: Decimal | None) -> str:
    """For comparing figures that are shown."""
    return "none" if value is None else f"{value:.2f}"


__all__ = ["AUGUST", "BROKER", "JUNE", "OCTOBER", "ODD", "PUT", "START", "Positions", "cents"]
