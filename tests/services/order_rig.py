"""An order desk on a scripted broker: real services and a real store, with what they tell."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.fakes.broker import Exchange, ScriptedBroker, ScriptedMarket, market_of, option, ticket
from tests.fakes.feed import ManualClock, ScriptedFeed, quote
from tests.fakes.order_store import MemoryOrderStore
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.limits import Limits
from vaultdesk.events import Bus
from vaultdesk.ports import StorageError
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.hedge import HedgeService
from vaultdesk.services.loan import LoanService
from vaultdesk.services.market import MarketService
from vaultdesk.services.orders import OrderService
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.order_store import SqlOrderStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from vaultdesk.core.audit import Fact
    from vaultdesk.core.orders.broker import Execution, Held, HoldingsTold
    from vaultdesk.core.orders.life import Order
    from vaultdesk.core.orders.preview import Preview
    from vaultdesk.storage.database import Database
    from vaultdesk.stores import OrderStore

PROFILE = "0123456789abcdef"
DEADLINE_S = 5.0
"""After so long without what a test waits for, it has failed."""


class Naps:
    """Sleeps that last until the test lets time pass."""

    def __init__(self) -> None:
        self.under_way: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        nap: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.under_way.append((seconds, nap))
        await nap

    def end(self, seconds: float = 10.0) -> None:
        """Let so much time pass."""
        over = [one for one in self.under_way if one[0] <= seconds]
        self.under_way = [(s - seconds, nap) for s, nap in self.under_way if s > seconds]
        for _, nap in over:
            if not nap.done():
                nap.set_result(None)


class Unwilling:
    """A store whose disk refuses what the test names; `log` says what it kept, in order."""

    def __init__(self, store: OrderStore, log: list[str]) -> None:
        self._store, self._log = store, log
        self.refuses: set[str] = set()

    async def confirm(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        self._check("confirm")
        await self._store.confirm(orders, facts)
        self._log.extend(f"kept {one.state.value}" for one in orders)

    async def save(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        self._check("save")
        await self._store.save(orders, facts)
        self._log.extend(f"kept {one.state.value}" for one in orders)

    async def record(
        self, broker: str, executions: tuple[Execution, ...], facts: tuple[Fact, ...]
    ) -> tuple[Execution, ...]:
        self._check("record")
        return await self._store.record(broker, executions, facts)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._store, name)

    def _check(self, what: str) -> None:
        if what in self.refuses:
            raise StorageError("The disk is full: free some space and try again.")


class OrderDesk:
    """An order service with everything it needs; `told` are the bus's events in their order."""

    def __init__(
        self,
        database: Database | None,
        exchange: Exchange | None = None,
        *,
        limits: Limits | None = None,
        rules: HedgeRules | None = None,
        name: str = "test broker",
        broker: ScriptedBroker | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        self.bus = Bus()
        self.told: list[object] = []
        self.clock, self.wall, self.naps = ManualClock(), ManualClock(), Naps()
        self.exchange = exchange or Exchange(clock=self.wall)
        self.broker = broker or ScriptedBroker(self.exchange, name=name)
        self.market = ScriptedMarket()
        self.market.show(market_of(option()), market_of(option("380", "C"), "7.20", "7.40"))
        self.feed = ScriptedFeed(clock=self.clock, quotes=[quote("350")])
        self.log: list[str] = []
        self.memory = MemoryOrderStore()
        kept = SqlOrderStore(database, self.wall.now) if database else self.memory
        self.store = Unwilling(kept, self.log)
        self.broker.before_place = lambda order: self.log.append(f"placed {order.state.value}")
        self._database = database
        self.held: tuple[Held, ...] = ()
        self.holdings: list[HoldingsTold] = []
        self.executions: list[tuple[Execution, ...]] = []
        self._services(rules or HedgeRules())
        self.orders = OrderService(
            self.broker,
            self.market,
            self.bus,
            self.clock,
            self.wall,
            self.hedge,
            self.loan,
            lambda: self.held,
            limits=limits or Limits(),
            profile=PROFILE,
            sleep=self.naps.sleep,
            **options,
        )
        self.orders.on_holdings = self.holdings.append
        self.orders.on_executions = self.executions.append
        self._hear()

    @property
    def audit(self) -> SqlAuditStore:
        assert self._database is not None
        return SqlAuditStore(self._database)

    def _services(self, rules: HedgeRules) -> None:
        self.prices = MarketService(self.feed, self.bus, "GLD")
        self.chains = Chains(self.feed, self.bus, ttl_s=300)
        self.loan = LoanService(self.bus, self.clock, self.wall)
        shown = ChainService(self.chains, self.bus, self.prices)
        self.hedge = HedgeService(
            *(self.chains, self.bus, self.prices, self.loan, shown), rules=rules
        )

    def _hear(self) -> None:
        guarded = self.bus.tell

        def tell(event: object) -> None:
            self.told.append(event)
            guarded(event)

        self.bus.tell = tell  # type: ignore[method-assign]

    def heard(self, kind: type) -> list[Any]:
        return [one for one in self.told if isinstance(one, kind)]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let everything go on until the condition holds."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():  # noqa: ASYNC110 - whatever ends it, on whichever thread
                await asyncio.sleep(0)

    async def ready(self) -> None:
        """Orders are switched on, and the broker's were compared."""
        await self.until(lambda: "compared" not in self.orders.ready)
        await self.orders.switch_on()
        assert self.orders.ready == ""

    async def previewed(self, **changes: Any) -> Preview:  # noqa: ANN401
        """A ticket on the desk and its preview."""
        self.wall.advance(0.001)
        self.orders.put(changes.get("ticket", ticket()))
        made = await self.orders.make_preview()
        assert made is not None
        return made

    async def placed(self, **changes: Any) -> Order:  # noqa: ANN401
        """The first order of a ticket that was previewed and sent."""
        made = await self.previewed(**changes)
        return (await self.orders.place(made.hash))[0]

    def now(self, ref: str) -> Order:
        order = self.orders.order(ref)
        assert order is not None
        return order

    async def kept(self, ref: str) -> Order:
        """As it is on disk."""
        await self.orders.settled()
        kept: tuple[Order, ...] = await self.store.orders()
        return next(one for one in kept if one.ref == ref)

    async def facts(self, subject: str = "") -> list[Fact]:
        await self.orders.settled()
        return [
            entry.fact
            for entry in await self.audit.entries()
            if not subject or entry.fact.subject == subject
        ]


@asynccontextmanager
async def desk(
    database: Database | None,
    exchange: Exchange | None = None,
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[OrderDesk]:
    """An order desk that runs; `on=False` leaves orders switched off."""
    on = options.pop("on", True)
    made = OrderDesk(database, exchange, **options)
    running = asyncio.create_task(made.orders.run())
    try:
        await made.orders.use(made.store)
        if on:
            await made.ready()
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await made.orders.close()
        made.hedge.close()
        made.loan.close()
        made.prices.close()
        made.prices.close() if hasattr(made.prices, "close") else None
