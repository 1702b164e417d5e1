"""A desk's services over a month that passes in seconds, and what it is told meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.core.positions.holdings import put
from tests.fakes.feed import ManualClock, ScriptedFeed, quote
from tests.fakes.loans import terms
from vaultdesk.core.alerts import CHANNELS, Alert
from vaultdesk.core.calendar import new_york_sessions
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import HoldingsTold
from vaultdesk.events import AlertRaised, AlertsChanged, Bus, ProblemRaised, SnapshotTaken
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.alerts import AlertService
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.history import HistoryService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.services.outbox import Outbox
from vaultdesk.services.positions import PositionService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.storage.market_store import SqlMarketStore
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.storage.snapshot_store import SqlSnapshotStore

if TYPE_CHECKING:
    from vaultdesk.core.market import Quote
    from vaultdesk.storage.database import Database

BEGIN = datetime(2026, 10, 30, 0, 30, tzinfo=UTC)
END = BEGIN + timedelta(days=30)
"""The end of summer time (1 November), an expiry (20), Thanksgiving (26), half a day (27)."""

OPEN_STEP, CLOSED_STEP = timedelta(minutes=3), timedelta(minutes=30)
"""Between two prices; both steps meet every open and close of the month."""

LOOK = timedelta(minutes=1)
"""How often alerts are looked at: after a minute and a half they take it that the machine slept."""

EXPIRY = date(2026, 11, 20)
BASE, CALLED = Decimal(350), Decimal(278)
"""The reference loan's LTV is 60.0 % and 75.5 % at these."""

FALLS = {
    datetime(2026, 11, 3, 16, tzinfo=UTC): timedelta(hours=2),
    datetime(2026, 11, 10, 20, tzinfo=UTC): timedelta(hours=22),
    datetime(2026, 11, 24, 15, tzinfo=UTC): timedelta(minutes=21),
}
"""When the price falls through both lines, and how long it stays: once over a night."""

SILENT_FROM = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
SILENT = timedelta(minutes=42)
"""The feed is dead for so long, in session."""


class Sink:
    """A channel that takes everything."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[tuple[str, str]] = []

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        self.taken.append((alert.id, delivery_id))
        return "taken"


class Month:
    """Everything of a desk but its window and its broker, on one manual clock."""

    def __init__(self, database: Database) -> None:
        self.clock, self.bus = ManualClock(BEGIN), Bus()
        self.feed = ScriptedFeed(clock=self.clock)
        self.market = MarketService(self.feed, self.bus, "GLD", fresh_for_s=60)
        self.sessions = new_york_sessions(BEGIN.date() - timedelta(days=14), date(2027, 6, 30))
        self.chains = Chains(self.feed, self.bus, ttl_s=300)
        self.loan = LoanService(self.bus, self.clock, self.clock)
        self.history = HistoryService(self.bus, self.clock)
        shown = ChainService(self.chains, self.bus, self.market)
        self.hedge = HedgeService(
            *(self.chains, self.bus, self.market, self.loan, shown), rules=HedgeRules()
        )
        self.positions = PositionService(
            self.bus, self.hedge, self.loan, self.clock,
            wall=self.clock, broker="test", sessions=lambda: self.sessions,
        )  # fmt: skip
        self.sinks = {name: Sink(name) for name in CHANNELS}
        self.outbox = Outbox(self.bus, self.clock, self.sinks)
        self.alerts = AlertService(self.bus, self.clock, self.clock, wake=self.outbox.wake)
        self.raised: list[Alert] = []
        self.snapshots: list[datetime] = []
        self.problems: Counter[str] = Counter()
        self.bus.subscribe(AlertRaised, lambda event: self.raised.append(event.alert))
        self.bus.subscribe(SnapshotTaken, self._taken)
        self.bus.subscribe(ProblemRaised, lambda event: self.problems.update([event.key]))
        self.changed = asyncio.Event()
        self.bus.subscribe(AlertsChanged, lambda _event: self.changed.set())
        self.kept_alerts = SqlAlertStore(database)
        self._database = database

    def _taken(self, event: SnapshotTaken) -> None:
        if event.snapshot.reason == "hour":
            self.snapshots.append(event.snapshot.at)

    async def open(self) -> None:
        """As the desk is opened: stores, loan, alerts, and what is held."""
        database, clock = self._database, self.clock
        self.history.use(SqlSnapshotStore(database))
        await self.loan.use(SqlLoanStore(database, clock))
        await self.loan.save(replace(terms(advance=Decimal("0.95")), since=BEGIN))
        await self.market.use(SqlMarketStore(database))
        self.market.use_sessions(self.sessions)
        await self.outbox.open(self.kept_alerts)
        await self.alerts.use(self.kept_alerts)
        await self.positions.use(SqlOrderStore(database))
        self.delivering = asyncio.create_task(self.outbox.run())
        self.hold(63)

    def hold(self, contracts: int) -> None:
        """The broker tells that so many puts of the expiry are held."""
        held = (put("335", str(contracts), EXPIRY),) if contracts else ()
        self.positions.hear_holdings(HoldingsTold((), held, self.clock.now()))

    async def live(self, until: datetime) -> None:
        """Let time pass, from one price to the next."""
        while self.clock.time < until:
            hours = self.sessions.hours(self.clock.time)
            assert hours is not None
            for _ in range((OPEN_STEP if hours.in_session else CLOSED_STEP) // LOOK):
                self.clock.time += LOOK
                self.alerts.look()
            if (self.clock.time.hour, self.clock.time.minute) == (12, 0):
                self.hold(63 if self.clock.time.date() <= EXPIRY else 0)
            await self.step()

    async def step(self) -> None:
        """Everything that the desk's timers would do since the last price, once each."""
        for told in self._told():
            self.feed.quotes = [told]
            await self.market.refresh()
        self.market._look_at_the_clock()
        if self.positions.wanted:
            await self.positions.refresh()
        await self.history.settled()
        await self.alerts.settled()
        await self.market.keep(force=False)

    def _told(self) -> list[Quote | FeedError]:
        """What the feed says: in session a trade of just now, else the last one."""
        now = self.clock.time
        if SILENT_FROM <= now < SILENT_FROM + SILENT:
            return [FeedError(FeedFault.OFFLINE, "The network is gone.")]
        hours = self.sessions.hours(now)
        assert hours is not None
        at = hours.last_traded(now)
        fallen = any(start <= at < start + long for start, long in FALLS.items())
        price = CALLED if fallen else BASE
        # A jump is believed when a second trade confirms it.
        return [replace(quote(str(price), at - timedelta(seconds=back)), received=now)
                for back in ((2, 0) if hours.in_session else (0,))]  # fmt: skip

    async def delivered(self) -> None:
        """Return when no delivery waits."""
        async with asyncio.timeout(20):
            while await self.kept_alerts.open_deliveries():
                self.changed.clear()
                await self.changed.wait()

    async def close(self) -> None:
        """Take everything down."""
        self.delivering.cancel()
        await asyncio.gather(self.delivering, return_exceptions=True)
        for part in (self.loan, self.hedge, self.market, self.positions):
            part.close()
        await self.history.close()
        await self.alerts.close()
