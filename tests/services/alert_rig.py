"""The reference loan watched by the alert service, with what it tells written down."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from tests.fakes.feed import ManualClock, quote
from tests.fakes.loans import terms
from vaultdesk.core.alerts import Alert, Batch
from vaultdesk.events import AlertRaised, Bus, ProblemCleared, ProblemRaised, QuoteChanged
from vaultdesk.ports import StorageError
from vaultdesk.services.alerts import AlertService
from vaultdesk.services.loan import LoanService
from vaultdesk.storage.alert_store import SqlAlertStore
from vaultdesk.storage.database import Database
from vaultdesk.storage.loan_store import SqlLoanStore
from vaultdesk.stores import AlertStore


class Refusing:
    """A store whose disk is full until it is not."""

    def __init__(self, store: AlertStore) -> None:
        self.store, self.full = store, False

    async def commit(self, batch: Batch) -> None:
        if self.full:
            raise StorageError("The disk is full: free some space and try again.")
        await self.store.commit(batch)

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


class Naps:
    """Sleep that ends when the test says so."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        del seconds
        self.over.clear()
        self.begun.set()
        await self.over.wait()

    async def end(self) -> None:
        """End this one, and wait until the next has begun."""
        await self.begun.wait()
        self.begun.clear()
        self.over.set()
        await self.begun.wait()


class Desk:
    """The reference loan, watched by the alert service."""

    def __init__(
        self, database: Database, at: ManualClock | None = None, **options: object
    ) -> None:
        self.clock = at or ManualClock()
        self.bus = Bus()
        self.raised: list[Alert] = []
        self.problems: dict[str, str] = {}
        self.woken = 0
        self.bus.subscribe(AlertRaised, lambda event: self.raised.append(event.alert))
        self.bus.subscribe(
            ProblemRaised, lambda event: self.problems.update({event.key: event.sentence})
        )
        self.bus.subscribe(ProblemCleared, self._cleared)
        self.loan = LoanService(self.bus, self.clock, self.clock)
        self.alerts = AlertService(
            self.bus,
            self.clock,
            self.clock,
            wake=self.wake,
            **options,  # type: ignore[arg-type]
        )
        self.store = Refusing(SqlAlertStore(database))
        self.loans = SqlLoanStore(database, self.clock)

    def _cleared(self, event: ProblemCleared) -> None:
        self.problems.pop(event.key, None)

    def wake(self) -> None:
        self.woken += 1

    async def open(self, **changes: object) -> "Desk":
        await self.loan.use(self.loans)
        await self.loan.save(terms(**{"advance": Decimal("0.95"), **changes}))
        await self.alerts.use(self.store)  # type: ignore[arg-type]
        return self

    async def price(self, price: str, after: float = 1, **changes: object) -> list[str]:
        """A price comes; gives the ids of what was raised."""
        self.clock.advance(after)
        told = quote(price, self.clock.now())
        self.bus.tell(QuoteChanged(replace(told, **changes)))  # type: ignore[arg-type]
        return await self.said()

    async def wait(self, seconds: float, every: float = 60) -> list[str]:
        for _ in range(round(seconds / every)):
            self.clock.advance(every)
            self.alerts.look()
        return await self.said()

    async def said(self) -> list[str]:
        await self.alerts.settled()
        told, self.raised = self.raised, []
        return [alert.id for alert in told]
