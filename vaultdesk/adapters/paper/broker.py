"""The desk paper: a broker inside the desk that fills orders on paper by the desk's own quotes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.accounts import account as account_of
from vaultdesk.adapters.paper.accounts import concerned, what_if
from vaultdesk.adapters.paper.asked import Asked
from vaultdesk.adapters.paper.book import ACCOUNT, Positions
from vaultdesk.adapters.paper.events import (
    Cancelled,
    Deposited,
    Event,
    Filled,
    Received,
    Rejected,
    written,
)
from vaultdesk.adapters.paper.journal import Journal
from vaultdesk.adapters.paper.matching import Rules, fault, lacking
from vaultdesk.adapters.paper.rounds import Rounds
from vaultdesk.adapters.paper.telling import Telling
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import (
    BrokerState,
    BrokerStatus,
    ExecutionTold,
    OrderTold,
    Snapshot,
    Standing,
)
from vaultdesk.core.orders.fills import Luck
from vaultdesk.ports import BrokerError, BrokerFault, StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from decimal import Decimal

    from vaultdesk.adapters.paper.book import Book
    from vaultdesk.adapters.paper.journal import Made
    from vaultdesk.adapters.paper.settling import Closes
    from vaultdesk.core.calendar import Sessions
    from vaultdesk.core.hedge.vocabulary import FeeSchedule
    from vaultdesk.core.orders.broker import Told, WhatIf
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.life import Order
    from vaultdesk.ports import Clock, InstrumentMarket
    from vaultdesk.stores import PaperStore

LOOK_EVERY_S = 1.0
WHAT_IF_S = 10.0

REAL = frozenset({Quality.LIVE, Quality.DELAYED, Quality.CACHED})
"""Qualities of a real market that fill orders; the demonstration's is simulated."""


class PaperBroker:
    """A broker whose whole book is a fold over the events in its store.

    It is READY once it may `use` its store. An event is on the disk before anything is told of it,
    so that what was told is never lost and what was lost was never told.

    Args:
        market: what instruments are quoted at.
        clock: the market's.
        name: as the window shows it.
        fees: commission of a leg.
        cash: what a new account begins with.
        seed: decides what the source leaves open.
        sessions: the exchange's; None while they are not known.
        closes: the underlying's closes from a day on, which expiries are settled by.
        real_market: False in the demonstration, where everything is simulated.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        market: InstrumentMarket,
        clock: Clock,
        *,
        name: str = "desk paper",
        fees: FeeSchedule,
        cash: Decimal,
        seed: int,
        sessions: Callable[[], Sessions | None],
        closes: Closes,
        real_market: bool = True,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._clock, self._sleep, self._cash = clock, sleep, cash
        trusted = REAL if real_market else REAL | {Quality.SIMULATED}
        prices = "real quotes" if real_market else "the simulated market's quotes"
        self._sentence = f"Orders are filled on paper by {prices}; none leaves the desk."
        self._rules = Rules(fees, trusted, Luck(seed))
        self._asked, self._telling = Asked(market), Telling(name)
        self._positions = Positions()
        self._journal = Journal(self._tell_made)
        self._rounds = Rounds(
            self._journal,
            self._asked,
            self._telling,
            self._positions,
            clock,
            sessions=sessions,
            closes=closes,
            rules=self._rules,
        )
        self._opened = asyncio.Event()

    @property
    def status(self) -> BrokerStatus:
        """READY as soon as the book was read, DEGRADED while the disk refuses."""
        return self._telling.status

    def hear(self, handler: Callable[[Told], None]) -> Callable[[], None]:
        """Tell `handler` everything, until the returned function is called."""
        return self._telling.hear(handler)

    async def use(self, store: PaperStore) -> None:
        """Go on with the book that is kept there; an empty one begins with the cash.

        Raises:
            StorageError: it cannot be read.
        """
        await self._journal.open(store, Deposited(self._clock.now(), self._cash))
        self._rounds.begin()
        self._telling.become(BrokerState.READY, self._sentence)
        self._opened.set()

    async def run(self) -> None:
        """Look at everything each second, until cancelled."""
        await self._opened.wait()
        while True:
            try:
                await self.look()
            except StorageError as error:
                self._telling.become(BrokerState.DEGRADED, str(error))
            else:
                self._telling.become(BrokerState.READY, self._sentence)
            await self._sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Settle what has expired, end what is over, fill what can be filled, value the rest.

        Raises:
            StorageError: the disk refuses; what was not written down has not happened.
        """
        await self._rounds.look()

    def hurry(self) -> None:
        """There is nothing to wait for: it is connected as soon as its book is open."""

    async def snapshot(self) -> Snapshot:
        """Everything in the book; no order that ever reached it is missing.

        Raises:
            BrokerError: the book is not read yet.
        """
        self._ready()
        await self._journal.quiet()  # an order under way has arrived or has not
        now, book = self._clock.now(), self._book
        return Snapshot(
            at=now,
            accounts=(account_of(book, self._asked.quotes, now, self.name),),
            positions=self._positions.of(book),
            orders=tuple(order.told for order in book.orders.values()),
            executions=tuple(book.executions),
            final=True,
        )

    async def what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        """The account before and after the order, at natural prices.

        Raises:
            BrokerError: the book is not read yet, or it is another's account.
        """
        self._ready()
        self._own(account)
        wanted = concerned(self._book, (draft,)) | set(self._book.held)
        try:
            async with asyncio.timeout(WHAT_IF_S):
                await self._asked.ask(wanted)
            failed = self._asked.why(wanted)
        except TimeoutError:
            failed = "The quotes did not come within 10 s; preview it again."
        return what_if(self._book, draft, self._asked.quotes, self._rules.fees, failed)

    async def place(self, order: Order) -> int:
        """Take the order; its own number is given once it is on the disk.

        The same ref again is the same order.

        Raises:
            BrokerError: nothing was taken.
        """
        self._ready()
        self._own(order.account)
        try:
            return await self._journal.alone(self._receive(order.ref, order.draft))
        except StorageError as error:
            raise BrokerError(BrokerFault.REFUSED, str(error)) from error

    async def cancel(self, order: Order) -> None:
        """End what is left of the order; of one that is over, what became of it is told again.

        Raises:
            BrokerError: there is no such order, or the disk refuses.
        """
        self._ready()
        try:
            await self._journal.alone(self._cancel(order.ref))
        except StorageError as error:
            raise BrokerError(BrokerFault.REFUSED, str(error)) from error

    async def close(self) -> None:
        """Finish what is being written, and tell nobody more."""
        self._telling.close()
        await self._journal.quiet()

    @property
    def _book(self) -> Book:
        return self._journal.book

    def _ready(self) -> None:
        if not self._journal.opened:
            raise BrokerError(
                BrokerFault.NOT_READY, "The paper account is still being read; try again shortly."
            )

    def _own(self, account: str) -> None:
        if account != ACCOUNT:
            raise BrokerError(
                BrokerFault.REFUSED, f"The desk paper trades for {ACCOUNT} only; choose it."
            )

    async def _receive(self, ref: str, draft: OrderDraft) -> int:
        known = self._book.orders.get(ref)
        if known is not None:
            return known.number
        now = self._clock.now()
        events: list[Event] = [Received(now, ref, draft)]
        wrong = fault(draft) or self._unpaid(draft)
        if wrong:
            events.append(Rejected(now, ref, wrong))
        await self._journal.commit(events)
        return self._book.orders[ref].number

    def _unpaid(self, draft: OrderDraft) -> str:
        """What the account lacks that no quote is needed to see; a look sees the rest."""
        return lacking(self._book, draft, {}, self._rules.fees) or ""

    async def _cancel(self, ref: str) -> None:
        now = self._clock.now()
        if ref in self._book.working:
            await self._journal.commit((Cancelled(now, ref, "Cancelled as you asked."),))
        elif ref in self._book.orders:
            self._telling.tell(OrderTold(self._book.orders[ref].told, now))
        else:
            raise BrokerError(
                BrokerFault.REFUSED, f"The desk paper never received {ref}; reconcile the orders."
            )

    def _tell_made(self, made: Made) -> None:
        for event, trades in made:
            wire = written(event)
            for trade in trades:
                self._telling.tell(ExecutionTold(trade, wire))
            if isinstance(event, Received | Rejected | Cancelled | Filled):
                order = self._book.orders[event.ref].told
                self._telling.tell(OrderTold(order, event.at, wire))
                if order.standing is not Standing.WORKING:
                    self._telling.forget(event.ref)
        if any(trades for _, trades in made):
            self._rounds.tell_holdings()
