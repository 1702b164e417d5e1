"""Follows the broker: after each beginning and each loss, what it has is laid beside our orders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import BrokerState, HoldingsTold, NoteTold, StatusTold
from vaultdesk.core.orders.life import CANNOT_CANCEL, OrderState
from vaultdesk.core.orders.reconcile import reconciled, unrecorded
from vaultdesk.events import (
    BrokerStatusChanged,
    Bus,
    OrdersLoaded,
    ProblemCleared,
    ProblemRaised,
)
from vaultdesk.ports import Broker, BrokerError, Clock
from vaultdesk.services.orders.writer import Batch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.core.orders.broker import Account, Snapshot, Told
    from vaultdesk.services.orders.keeper import OrderKeeper

ANSWER_S = 10.0
"""An order that the broker has not acknowledged for so long may or may not be there."""
AGAIN_S = 5.0
"""Between two attempts to learn what the broker has."""
SEES = (BrokerState.READY, BrokerState.READ_ONLY)
"""States in which the broker can be asked what it has."""
PROBLEM = "orders.broker"
LOST = "The connection was lost while it was being sent: it is looked for at the broker."
SILENT = "The broker has not acknowledged it for 10 s: it is looked for there."


class Follower:
    """Hears the broker and keeps the desk's view in step with it.

    `compared` is whether nothing was missed since the last comparison: only then may anything be
    sent. `on_holdings` hears of accounts and positions, `on_status` of the connection.
    """

    def __init__(
        self,
        broker: Broker,
        keeper: OrderKeeper,
        bus: Bus,
        wall: Clock,
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self.compared = False
        self.accounts: tuple[Account, ...] = ()
        self.on_holdings: Callable[[HoldingsTold], None] = lambda _holdings: None
        self.on_status: Callable[[], None] = lambda: None
        self._broker, self._keeper, self._bus = broker, keeper, bus
        self._wall, self._sleep = wall, sleep
        self._state: BrokerState | None = None
        self._losses = 0
        self._wanted, self._comparing = asyncio.Event(), asyncio.Lock()
        self._watches: set[asyncio.Task[None]] = set()
        self._undo = broker.hear(self._hear)

    async def run(self) -> None:
        """Keep the broker connected and compare whenever that is needed, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._broker.run())
            tasks.create_task(self._follow())

    def want(self) -> None:
        """Have everything compared anew; nothing is sent until it is."""
        self.compared = False
        self._wanted.set()

    async def compare(self) -> None:
        """Ask the broker what it has, and believe it.

        Raises:
            BrokerError: it does not answer; nothing was concluded.
        """
        async with self._comparing:
            losses = self._losses
            flying = self._keeper.flying
            asked = tuple(one.ref for one in self._keeper.mine() if one.ref not in flying)
            there = await self._broker.snapshot()
            self._believe(asked, there)
            self.compared = losses == self._losses and self._broker.status.state in SEES
        stray = unrecorded(there, lambda ref: self._keeper.book.get(ref) is not None)
        problems = " ".join(filter(None, (*there.problems, stray)))
        self._bus.tell(ProblemRaised(PROBLEM, problems) if problems else ProblemCleared(PROBLEM))

    def watch(self, ref: str) -> None:
        """See to it that the broker answers about this order in time."""
        task = asyncio.get_running_loop().create_task(self._watch(ref))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)

    async def close(self) -> None:
        """Hear nothing more and let all watches go."""
        self._undo()
        watches = tuple(self._watches)
        for task in watches:
            task.cancel()
        await asyncio.gather(*watches, return_exceptions=True)

    async def _follow(self) -> None:
        self._wanted.set()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while self._broker.status.state in SEES and not self.compared:
                try:
                    await self.compare()
                except BrokerError as error:
                    self._bus.tell(ProblemRaised(PROBLEM, str(error)))
                    await self._rest()

    async def _rest(self) -> None:
        """Let the broker be, unless something new is a reason to ask at once: it is back."""
        waits = [
            asyncio.ensure_future(wait) for wait in (self._sleep(AGAIN_S), self._wanted.wait())
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._wanted.clear()

    async def _watch(self, ref: str) -> None:
        """A broker that says nothing is asked; an order it was sent is unknown until then."""
        await self._sleep(ANSWER_S)
        order = self._keeper.book.get(ref)
        if order is None or ref in self._keeper.flying:
            return
        if order.state is OrderState.SENDING:
            self._keeper.move(ref, OrderState.UNKNOWN, SILENT)
            self.want()
        elif order.state is OrderState.CANCEL_REQUESTED:
            self.want()

    def _hear(self, news: Told) -> None:
        if isinstance(news, StatusTold):
            self._status_told(news)
        elif isinstance(news, HoldingsTold):
            self._holdings(news)
        else:
            self._keeper.hear(news)
            if isinstance(news, NoteTold) and news.code in CANNOT_CANCEL:
                self.want()

    def _holdings(self, news: HoldingsTold) -> None:
        self.accounts = news.accounts
        self.on_holdings(news)

    def _status_told(self, news: StatusTold) -> None:
        before, self._state = self._state, news.status.state
        if before is not self._state:
            self._changed_state(news)
        self.on_status()
        self._bus.tell(BrokerStatusChanged(news.status))

    def _changed_state(self, news: StatusTold) -> None:
        state, text = news.status.state, news.status.sentence
        fact = Fact(FactKind.BROKER, self._wall.now(), news.status.name, news.status.name,
                    f"{state.value}: {text}")  # fmt: skip
        self._keeper.writer.add(Batch(facts=(fact,)))
        if state in SEES:
            self.want()
            return
        self._losses += 1
        self.compared = False
        for order in self._keeper.mine():
            if order.state is OrderState.SENDING and order.ref not in self._keeper.flying:
                self._keeper.move(order.ref, OrderState.UNKNOWN, LOST)

    def _believe(self, asked: tuple[str, ...], there: Snapshot) -> None:
        """Take in a snapshot; only orders that were `asked` for can be found missing in it."""
        book = self._keeper.book
        for execution in there.executions:
            self._keeper.trade(execution, quiet=True)
        seen = {one.ref for one in there.orders if one.ref}
        refs = dict.fromkeys((*asked, *sorted(seen)))
        found = (book.get(ref) for ref in refs)
        orders = [one for one in found if one is not None and one.broker == self._keeper.broker]
        for order in reconciled(orders, there, book.trades_of):
            self._keeper.change(order, self._broker.name, quiet=True)
        self._holdings(HoldingsTold(there.accounts, there.positions, there.at))
        self._bus.tell(OrdersLoaded())
