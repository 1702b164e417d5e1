"""A broker whose book a test can see: it takes orders once handed over, and answers as scripted.

`Exchange` is what the broker really has, and outlives the desk and the connection. `ScriptedBroker`
is a connection to it, with everything that goes wrong on the way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING

from tests.fakes.feed import START, ManualClock
from vaultdesk.core.market import Quality, Right
from vaultdesk.core.orders.broker import (
    Account,
    BrokerOrder,
    BrokerState,
    BrokerStatus,
    Execution,
    ExecutionTold,
    Held,
    OrderTold,
    Snapshot,
    Standing,
    StatusTold,
    Told,
    WhatIf,
)
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Ticket
from vaultdesk.core.orders.instrument import Instrument, InstrumentQuote
from vaultdesk.ports import BrokerError, BrokerFault, FeedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.orders.life import Order

PAPER = "DU1234567"
EXPIRY = date(2026, 12, 18)


class Outcome(Enum):
    """What becomes of an order on its way to the broker."""

    TAKEN = auto()
    LOST_BEFORE = auto()
    """The connection ends, and the order has not arrived; the desk cannot tell."""
    LOST_AFTER = auto()
    """The connection ends, and the order has arrived; the desk cannot tell."""
    UNSENT = auto()
    """The connection refuses it: nothing left the desk."""
    SILENT = auto()
    """It arrives, and handing it over never returns."""


@dataclass
class Row:
    """One order as the broker has it."""

    order: Order
    order_id: int
    perm_id: int
    standing: Standing = Standing.WORKING
    filled: Decimal = Decimal(0)

    @property
    def open(self) -> bool:
        return self.standing is Standing.WORKING

    def seen(self) -> BrokerOrder:
        return BrokerOrder(
            self.order.ref, self.standing, self.filled, self.order_id, self.perm_id, 1,
            self.order.account,
        )  # fmt: skip


@dataclass
class Exchange:
    """The broker's truth: `journal` has the ref of every order that arrived, in order."""

    rows: dict[str, Row] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    trades: dict[str, Execution] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    final: bool = False
    accounts: tuple[str, ...] = (PAPER,)
    forgotten: set[str] = field(default_factory=set)
    _ids: int = 0
    _numbers: int = 0

    def take(self, order: Order) -> Row:
        self.journal.append(order.ref)
        self._ids += 1
        self._numbers += 1
        row = Row(order, self._ids, 9_000_000 + self._numbers)
        self.rows[order.ref] = row
        return row

    def restart(self) -> None:
        """Order ids are given out from 1 again, also to orders that are still open."""
        self._ids = 0
        for row in self.rows.values():
            if row.open:
                self._ids += 1
                row.order_id = self._ids
            else:
                row.order_id = 0

    def fill(self, ref: str, units: int, price: Decimal = Decimal("3.20")) -> list[Told]:
        """Trade so many units; what the broker has to say about it."""
        row = self.rows[ref]
        row.filled += units
        if row.filled >= row.order.draft.quantity:
            row.standing = Standing.FILLED
        made = [self._trade(row, leg, units, price) for leg in row.order.draft.legs]
        return [*(ExecutionTold(one, one.exec_id) for one in made), self.told(ref)]

    def correct(self, exec_id: str, price: Decimal) -> Told:
        """A trade at another price than was reported."""
        before = self.trades[exec_id]
        after = replace(before, revision=before.revision + 1, price=price)
        self.trades[exec_id] = after
        return ExecutionTold(after, f"{exec_id}.{after.revision}")

    def end(self, ref: str, standing: Standing) -> Told:
        """Cancel or reject what is left."""
        self.rows[ref].standing = standing
        return self.told(ref)

    def told(self, ref: str) -> OrderTold:
        seen = self.rows[ref].seen()
        return OrderTold(seen, self.clock.now(), f"{ref} {seen.standing} {seen.filled}")

    def snapshot(self) -> Snapshot:
        now = self.clock.now()
        rows = [row.seen() for row in self.rows.values() if row.order.ref not in self.forgotten]
        accounts = tuple(Account(name, "USD", now, "test") for name in self.accounts)
        return Snapshot(
            now, accounts, self._held(), tuple(rows), tuple(self.trades.values()), self.final
        )

    def _trade(self, row: Row, leg: OrderLeg, units: int, price: Decimal) -> Execution:
        exec_id = f"0001.{len(self.trades) + 1:04d}"
        made = Execution(
            exec_id=exec_id,
            revision=1,
            ref=row.order.ref,
            perm_id=row.perm_id,
            account=row.order.account,
            instrument=leg.instrument,
            quantity=Decimal(leg.ratio * units),
            price=price,
            at=self.clock.now(),
            at_text="20260710 15:00:00",
        )
        self.trades[exec_id] = made
        return made

    def _held(self) -> tuple[Held, ...]:
        total: dict[tuple[str, Instrument], Decimal] = {}
        for one in self.trades.values():
            key = (one.account, one.instrument)
            total[key] = total.get(key, Decimal(0)) + one.quantity
        return tuple(Held(account, what, n) for (account, what), n in total.items())


class ScriptedBroker:
    """A connection to an exchange, READY from the start; `outcomes` say what befalls each order.

    Where `chatty`, it acknowledges what it takes and what it cancels at once by itself.
    """

    def __init__(
        self, exchange: Exchange, *, name: str = "test broker", chatty: bool = True
    ) -> None:
        self.exchange, self.name, self.chatty = exchange, name, chatty
        self.state = BrokerState.READY
        self.outcomes: deque[Outcome] = deque()
        self.what_ifs: deque[WhatIf | BrokerError] = deque()
        self.cancels: list[str] = []
        self.cancel_fails: BrokerError | None = None
        self.snapshots = self.hurried = 0
        self.snapshot_fails: deque[BrokerError] = deque()
        self.gate: asyncio.Event | None = None
        """Where set, a snapshot waits for it after the truth was read."""
        self.holding = asyncio.Event()
        self.place_gate: asyncio.Event | None = None
        """Where set, an order waits for it on its way."""
        self.before_place: Callable[[Order], None] = lambda _order: None
        self.closed = False
        self._handlers: list[Callable[[Told], None]] = []

    @property
    def status(self) -> BrokerStatus:
        accounts = self.exchange.accounts if self.state is not BrokerState.OFFLINE else ()
        return BrokerStatus(self.name, self.state, "", accounts)

    def hear(self, handler: Callable[[Told], None]) -> Callable[[], None]:
        self._handlers.append(handler)
        return lambda: self._handlers.remove(handler) if handler in self._handlers else None

    def tell(self, *news: Told) -> None:
        for one in news:
            for handler in tuple(self._handlers):
                handler(one)

    def become(self, state: BrokerState) -> None:
        """The connection is in another state, and says so."""
        self.state = state
        self.tell(StatusTold(self.status))

    async def run(self) -> None:
        self.tell(StatusTold(self.status))
        await asyncio.Event().wait()

    def hurry(self) -> None:
        self.hurried += 1

    async def snapshot(self) -> Snapshot:
        self.snapshots += 1
        if self.snapshot_fails:
            raise self.snapshot_fails.popleft()
        if self.state not in (BrokerState.READY, BrokerState.READ_ONLY):
            raise BrokerError(BrokerFault.NOT_READY, "The broker is not connected.")
        there = self.exchange.snapshot()
        if self.gate is not None:
            self.holding.set()
            await self.gate.wait()
        return there

    async def what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        del draft, account
        answer = self.what_ifs.popleft() if self.what_ifs else WhatIf()
        if isinstance(answer, BrokerError):
            raise answer
        return answer

    async def place(self, order: Order) -> int:
        self.before_place(order)
        if self.place_gate is not None:
            self.holding.set()
            await self.place_gate.wait()
        if self.state is not BrokerState.READY:
            raise BrokerError(BrokerFault.NOT_READY, "The broker is not connected.")
        outcome = self.outcomes.popleft() if self.outcomes else Outcome.TAKEN
        if outcome is Outcome.UNSENT:
            raise BrokerError(BrokerFault.REFUSED, "The connection refused it.")
        if outcome is Outcome.LOST_BEFORE:
            self.become(BrokerState.OFFLINE)
            raise BrokerError(BrokerFault.LOST, "The connection was lost.", sent=True)
        row = self.exchange.take(order)
        if outcome is Outcome.LOST_AFTER:
            self.become(BrokerState.OFFLINE)
            raise BrokerError(BrokerFault.LOST, "The connection was lost.", sent=True)
        if outcome is Outcome.SILENT:
            await asyncio.Event().wait()
        if self.chatty:
            self.tell(self.exchange.told(order.ref))
        return row.order_id

    async def cancel(self, order: Order) -> None:
        if self.cancel_fails is not None:
            raise self.cancel_fails
        self.cancels.append(order.ref)
        row = self.exchange.rows.get(order.ref)
        if row is not None and row.open and self.chatty:
            self.tell(self.exchange.end(order.ref, Standing.CANCELLED))

    async def close(self) -> None:
        self.closed = True
        self._handlers.clear()


@dataclass
class ScriptedMarket:
    """Quotes that a test wrote down; an instrument without one is not listed."""

    quotes: dict[Instrument, InstrumentQuote | FeedError] = field(default_factory=dict)
    asked: list[Instrument] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def quote(self, instrument: Instrument) -> InstrumentQuote | None:
        self.asked.append(instrument)
        if self.gate is not None:
            await self.gate.wait()
        found = self.quotes.get(instrument)
        if isinstance(found, FeedError):
            raise found
        return found

    def show(self, *quotes: InstrumentQuote) -> None:
        for one in quotes:
            self.quotes[one.instrument] = one


def option(strike: str = "332.5", right: Right = "P", expiry: date = EXPIRY) -> Instrument:
    return Instrument("GLD", expiry, Decimal(strike), right, 100)


def market_of(
    instrument: Instrument,
    bid: str | None = "8.40",
    ask: str | None = "8.60",
    *,
    sizes: tuple[int, int] | None = (200, 200),
    quality: Quality = Quality.LIVE,
    at: datetime = START,
) -> InstrumentQuote:
    return InstrumentQuote(
        instrument,
        None if bid is None else Decimal(bid),
        None if ask is None else Decimal(ask),
        at,
        "test",
        quality,
        sizes[0] if sizes else None,
        sizes[1] if sizes else None,
    )


def buying(instrument: Instrument, quantity: int = 5, limit: str | None = "8.50") -> OrderDraft:
    price = None if limit is None else Decimal(limit)
    return OrderDraft((OrderLeg(instrument, 1),), quantity, price)


def ticket(*drafts: OrderDraft, title: str = "Protect the gold") -> Ticket:
    return Ticket(drafts or (buying(option()),), title)


def collar(quantity: int = 3, limit: str = "1.20", call: str = "380") -> OrderDraft:
    legs: Sequence[OrderLeg] = (OrderLeg(option(), 1), OrderLeg(option(call, "C"), -1))
    return OrderDraft(tuple(legs), quantity, Decimal(limit))
