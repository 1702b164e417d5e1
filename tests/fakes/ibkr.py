"""The desk's side of TWS in tests: a connection and a broker whose words are written down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from tests.fakes.feed import START, ManualClock
from tests.fakes.tws import FakeTws, Policy
from tests.fakes.tws.faults import Fault
from vaultdesk.adapters.ibkr.asking import Patience
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.adapters.ibkr.connection import Connection, Timeouts
from vaultdesk.core.orders.broker import (
    BrokerOrder,
    BrokerState,
    BrokerStatus,
    Execution,
    ExecutionTold,
    NoteTold,
    OrderTold,
    StatusTold,
    Told,
)
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Tif
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState

T = TypeVar("T")

SHORT = Timeouts(connect_s=0.3, answer_s=0.3, heartbeat_every_s=15.0, heartbeat_answer_s=0.2)
"""For loopback: what is not there after so long does not come."""

LONG = Timeouts(connect_s=10.0, answer_s=10.0)

HASTY = Patience(what_if_s=0.3, better_s=0.1, open_orders_s=0.3)

PATIENCE_S = 5.0
EXPIRY = date(2026, 4, 17)
ACCOUNT = "DU1234567"


class Pauses:
    """The time between heartbeats and tries: each lasts until the test lets it pass."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.begun = asyncio.Event()
        self._waiting: dict[float, list[asyncio.Event]] = {}

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.begun.set()
        passed = asyncio.Event()
        self._waiting.setdefault(seconds, []).append(passed)
        try:
            await passed.wait()
        finally:
            if passed in self._waiting.get(seconds, []):
                self._waiting[seconds].remove(passed)

    async def heartbeat(self, seconds: float = SHORT.heartbeat_every_s) -> None:
        """Let the pause between two heartbeats pass, once it has begun."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._waiting.get(seconds):
                self.begun.clear()
                await self.begun.wait()
        for passed in self._waiting.pop(seconds):
            passed.set()


class Desk:
    """A broker, what it told, and a way to wait for it."""

    def __init__(self, broker: IbkrBroker, connection: Connection, pauses: Pauses) -> None:
        self.broker, self.connection, self.pauses = broker, connection, pauses
        self.told: list[Told] = []
        self._news = pauses.begun
        broker.hear(self._hear)

    def _hear(self, told: Told) -> None:
        self.told.append(told)
        self._news.set()

    async def until(self, happened: Callable[["Desk"], T]) -> T:
        """What the question gives once it is true; each word or pause is a reason to ask."""
        async with asyncio.timeout(PATIENCE_S):
            while not (answer := happened(self)):
                self._news.clear()
                await self._news.wait()
        return answer

    async def state(self, state: BrokerState) -> BrokerStatus:
        await self.until(lambda desk: desk.broker.status.state is state)
        return self.broker.status

    def orders(self, ref: str) -> list[BrokerOrder]:
        return [told.order for told in self.of(OrderTold) if told.order.ref == ref]

    def trades(self, ref: str) -> list[Execution]:
        return [told.execution for told in self.of(ExecutionTold) if told.execution.ref == ref]

    def notes(self, ref: str) -> list[int]:
        return [told.code for told in self.of(NoteTold) if told.ref == ref]

    def states(self) -> list[BrokerState]:
        return [told.status.state for told in self.of(StatusTold)]

    def of(self, kind: type[T]) -> list[T]:
        return [told for told in self.told if isinstance(told, kind)]


@asynccontextmanager
async def desk_at(
    port: int, *, client_id: int = 17, timeouts: Timeouts = LONG, host: str = "127.0.0.1"
) -> AsyncIterator[Desk]:
    """A desk that calls TWS there; in the end nothing of it is left."""
    pauses, clock = Pauses(), ManualClock(START)
    connection = Connection(host, port, client_id, clock, sleep=pauses.sleep, timeouts=timeouts)
    desk = Desk(IbkrBroker(connection, clock, patience=HASTY), connection, pauses)
    running = asyncio.create_task(desk.broker.run())
    try:
        await desk.until(lambda desk: desk.states())
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await desk.broker.close()


@asynccontextmanager
async def connected(
    *faults: Fault,
    policy: Policy = Policy.WORK,
    timeouts: Timeouts = LONG,
    now: Callable[[], datetime] = lambda: START,
) -> AsyncIterator[tuple[FakeTws, Desk]]:
    """A fake TWS and a desk that is ready to send orders; then the faults begin."""
    async with (
        FakeTws(accounts=(ACCOUNT,), policy=policy, clock=now) as tws,
        desk_at(tws.port, timeouts=timeouts) as desk,
    ):
        await desk.state(BrokerState.READY)
        tws.faults.update(faults)
        yield tws, desk


def option(strike: str, right: str = "P") -> Instrument:
    kind = "P" if right == "P" else "C"
    return Instrument("GLD", EXPIRY, Decimal(strike), kind, 100)  # type: ignore[arg-type]


def put(limit: str | None = "3.20", quantity: int = 2, ratio: int = 1) -> OrderDraft:
    price = None if limit is None else Decimal(limit)
    return OrderDraft((OrderLeg(option("300"), ratio),), quantity, price)


def collar(limit: str = "-0.45", quantity: int = 2) -> OrderDraft:
    legs = OrderLeg(option("290"), 1), OrderLeg(option("330", "C"), -1)
    return OrderDraft(legs, quantity, Decimal(limit), Tif.GTC)


def order(ref: str, draft: OrderDraft | None = None, account: str = ACCOUNT) -> Order:
    """A confirmed order, as the service hands it over."""
    return Order(
        ref=ref,
        ticket="t",
        place=0,
        draft=draft or put(),
        title="A put",
        broker="IBKR",
        account=account,
        mode=Mode.PAPER,
        state=OrderState.SENDING,
        confirmed_at=START,
        changed_at=START,
    )


async def placed(desk: Desk, ref: str, draft: OrderDraft | None = None) -> Order:
    """An order that was handed over and that TWS has acknowledged."""
    sent = order(ref, draft)
    number = await desk.broker.place(sent)
    await desk.until(lambda desk: desk.orders(ref))
    return replace(sent, order_id=number)


async def failure(awaitable: Awaitable[object]) -> BaseException | None:
    """What it raises."""
    return (await asyncio.gather(awaitable, return_exceptions=True))[0]  # type: ignore[return-value]
