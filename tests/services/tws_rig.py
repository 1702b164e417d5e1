"""An order desk at a fake TWS: real services, disk, adapter, library and socket, and the truth."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from tests.fakes.broker import buying, market_of, option
from tests.fakes.feed import START
from tests.fakes.ibkr import ACCOUNT, Pauses
from tests.fakes.tws import FakeTws, Fault, Policy, gld_market
from tests.services.order_rig import OrderDesk
from vaultdesk.adapters.ibkr.asking import Patience
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.adapters.ibkr.connection import Connection, Timeouts
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Ticket
from vaultdesk.core.orders.life import OrderState
from vaultdesk.events import OrderChanged
from vaultdesk.services.audit import AuditService
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.core.orders.instrument import Instrument
    from vaultdesk.core.orders.life import Order

CLIENT = 7
PATIENCE_S = 10.0
TIMEOUTS = Timeouts(connect_s=5.0, answer_s=5.0, heartbeat_every_s=15.0, heartbeat_answer_s=0.2)
"""Against a TWS that answers: never waited for to the end."""
SHORT = Timeouts(connect_s=0.3, answer_s=0.3, heartbeat_every_s=15.0, heartbeat_answer_s=0.2)
"""Against one that does not."""
HASTY = Patience(what_if_s=0.3, better_s=0.1, open_orders_s=0.3)
PUT, OTHER, CALL = option("330"), option("325"), option("370", "C")
Trade = tuple[int, str, Decimal, Decimal, Decimal | None]
"""Revision, ref, signed contracts, price per share and commission of one trade."""


class Steady(Random):
    """No jitter: a wait is as long as it is said to be."""

    def uniform(self, a: float, b: float) -> float:
        del b
        return a


class WallOf:
    """The machine's clock of a desk that is still being built."""

    def __init__(self, desk: OrderDesk) -> None:
        self._desk = desk

    def now(self) -> datetime:
        return self._desk.wall.now()


class TwsDesk(OrderDesk):
    """The desk of `order_rig`, with the adapter of IBKR in the place of the scripted broker."""

    def __init__(
        self,
        port: int,
        database: Database,
        *,
        timeouts: Timeouts = TIMEOUTS,
        kind: type[IbkrBroker] = IbkrBroker,
        **options: Any,  # noqa: ANN401
    ) -> None:
        self.pauses = Pauses()
        self.news = self.pauses.begun
        clock = WallOf(self)
        self.connection = Connection(
            *("127.0.0.1", port, CLIENT, clock), sleep=self.pauses.sleep, timeouts=timeouts,
            rng=Steady(),
        )  # fmt: skip
        self.tws_broker = kind(self.connection, clock, patience=HASTY)
        rules = HedgeRules(naked_calls=True)
        super().__init__(database, broker=self.tws_broker, rules=rules, **options)  # type: ignore[arg-type]
        self.auditing = AuditService(self.bus, self.wall, sleep=self.naps.sleep)
        self.market.show(market_of(PUT), market_of(OTHER), market_of(CALL, "8.90", "9.10"))
        self.connection.hear_wire(lambda _row: self.news.set())
        self.connection.hear_state(lambda _status: self.news.set())

    def _hear(self) -> None:
        super()._hear()
        told = self.bus.tell

        def tell(event: object) -> None:
            told(event)
            self.news.set()

        self.bus.tell = tell  # type: ignore[method-assign]

    @property
    def compared(self) -> bool:
        """Whether the desk is connected and has laid its orders beside the broker's."""
        open_now = self.broker.status.state in (BrokerState.READY, BrokerState.READ_ONLY)
        return open_now and self.orders._follower.compared

    @property
    def status(self) -> tuple[BrokerState, str]:
        return self.tws_broker.status.state, self.tws_broker.status.sentence

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for it; each word of the broker, the desk or a pause is a reason to look again."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            orders = [(one.state.value, one.said) for one in self.orders.orders()]
            said = f"{self.status} {self.orders.ready} {orders}"
            raise AssertionError(f"The desk waited in vain: {said}") from None

    def orders_told(self, ref: str) -> list[Order]:
        """Every change of this order that the window was told of."""
        return [told.order for told in self.heard(OrderChanged) if told.order.ref == ref]

    def states_of(self, ref: str) -> list[OrderState]:
        return [order.state for order in self.orders_told(ref)]

    async def ready(self) -> None:
        await self.until(lambda: self.compared)
        await self.orders.switch_on()
        assert self.orders.ready == ""

    async def passed(self, seconds: float = 10.0) -> None:
        """So much time passes for the watch on an order, which has begun."""
        await super().until(lambda: any(left == seconds for left, _ in self.naps.under_way))
        self.naps.end(seconds)

    async def lost(self) -> None:
        """The desk has noticed that the connection is gone, and waits before it calls again."""
        await self.until(lambda: self.broker.status.retry_at is not None)

    async def reconnected(self) -> None:
        """The wait passes; connected and compared again."""
        await self.lost()
        self.tws_broker.hurry()
        await self.until(lambda: self.compared)

    async def holds(self, tws: FakeTws) -> None:
        """What must be true after whatever happened: each line is an examiner's question."""
        await self.orders.settled()
        await self.auditing.settled()
        assert self.ledger(await self.store.executions(self.broker.name)) == truth(tws)
        kept = {one.ref: one for one in await self.store.orders()}
        assert kept == {one.ref: one for one in self.orders.orders()}
        for ref in kept:
            assert tws.orders_received(ref) <= 1
            assert len(tws.orders_with(ref)) <= 1
        assert tws.journal.of("global_cancel") == []
        assert await self.auditing.broken() == ""
        await self._audited(kept)

    async def _audited(self, kept: Mapping[str, Order]) -> None:
        """The last state that the log tells of an order is the one it is in."""
        states = {state.value for state in OrderState}
        said = {}
        for entry in await self.auditing.entries(None):
            assert "cannot be read" not in entry.fact.text
            state = entry.fact.text.partition(": ")[0]
            if state in states:
                said[entry.fact.subject] = state
        assert {ref: said[ref] for ref in kept} == {
            ref: order.state.value for ref, order in kept.items()
        }

    @staticmethod
    def ledger(trades: Iterable[Execution]) -> dict[str, Trade]:
        return {
            one.exec_id: (one.revision, one.ref, one.quantity, one.price, one.commission)
            for one in trades
        }


def truth(tws: FakeTws) -> dict[str, Trade]:
    """Every trade the broker has, as corrected last; the sum row of a combination is none."""
    found: dict[str, Trade] = {}
    silent = tws.faults & {Fault.NO_COMMISSION, Fault.COMMISSION_UNSET}
    for one in tws.executions:
        if one.contract.sec_type != "BAG":
            root, _, revision = one.exec_id.rpartition(".")
            fee = None if silent else one.commission
            found[root] = int(revision), one.order_ref, one.signed, one.price, fee
    return found


@asynccontextmanager
async def tws_of_the_day(*accounts: str, policy: Policy = Policy.WORK) -> AsyncIterator[FakeTws]:
    """A fake TWS that lists what the desk trades, on the desk's own day."""
    market = gld_market("350", START.date())
    made = FakeTws(
        accounts=accounts or (ACCOUNT,), market=market, policy=policy, clock=lambda: START
    )
    async with made as tws:
        yield tws


@asynccontextmanager
async def trading(
    tws: FakeTws,
    path: Path,
    *,
    on: bool = True,
    alone: bool = True,
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[TwsDesk]:
    """A desk on this file that trades at this TWS; in the end everything is as it must be.

    Args:
        tws: what it calls.
        path: its database.
        on: whether orders are switched on.
        alone: whether nobody else has the desk's client id.
        options: of the desk.
    """
    with Database(path) as database:
        desk = TwsDesk(tws.port, database, **options)
        running = asyncio.create_task(desk.orders.run())
        try:
            await desk.auditing.use(desk.audit)
            await desk.orders.use(desk.store)
            if on:
                await desk.ready()
            yield desk
            await desk.holds(tws)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await desk.orders.close()
            await desk.auditing.close()
            for service in (desk.hedge, desk.loan, desk.prices):
                service.close()
            if alone:
                await tws.until(lambda seen: CLIENT not in seen.clients)


@asynccontextmanager
async def at_work(
    path: Path,
    *,
    policy: Policy = Policy.WORK,
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[tuple[FakeTws, TwsDesk]]:
    """A TWS and a desk that is ready to send orders."""
    async with tws_of_the_day(policy=policy) as tws, trading(tws, path, **options) as desk:
        yield tws, desk


def puts(quantity: int = 5, limit: str = "8.50", put: Instrument = PUT) -> Ticket:
    """Puts bought."""
    return Ticket((buying(put, quantity, limit),), "Protect the gold")


def ladder(quantity: int = 5) -> Ticket:
    """Puts of two strikes, as two orders of one ticket; of the second one more."""
    return Ticket((buying(PUT, quantity), buying(OTHER, quantity + 1)), "Two steps")


def credit_collar(quantity: int = 3, limit: str = "-0.45") -> Ticket:
    """The put bought and the call sold, as one order that pays the buyer."""
    legs = OrderLeg(PUT, 1), OrderLeg(CALL, -1)
    return Ticket((OrderDraft(legs, quantity, Decimal(limit)),), "A collar for nothing")
