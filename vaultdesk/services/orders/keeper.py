"""What the desk knows of its orders: each thing the broker tells changes it once, and is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import CommissionTold, ExecutionTold, NoteTold, OrderTold
from vaultdesk.core.orders.facts import order_fact, trade_fact
from vaultdesk.core.orders.life import OrderState, executed, moved, noted, told
from vaultdesk.events import Bus, OrderChanged, OrdersLoaded
from vaultdesk.ports import Clock, StorageError
from vaultdesk.services.orders.book import OrderBook
from vaultdesk.services.orders.writer import Batch, OrderWriter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from vaultdesk.core.orders.broker import Execution, Told
    from vaultdesk.core.orders.life import Order
    from vaultdesk.stores import OrderStore

MOST = 10_000
"""Orders that are brought back at the start, the newest."""
RESTARTED = "The desk ended while it was being sent: it is looked for at the broker."
NEVER_LEFT = "The desk ended before it was sent: nothing left the desk."
INTERRUPTED = {
    OrderState.CONFIRMED: (OrderState.REJECTED, NEVER_LEFT),
    OrderState.SENDING: (OrderState.UNKNOWN, RESTARTED),
}
"""What an order is after the desk ended in the midst of sending it: it is on disk as being sent
before anything of it leaves the desk."""


class OrderKeeper:
    """Keeps orders in memory and on disk, and tells of each that changed.

    `flying` are refs that are being handed to the broker at this moment: nothing is concluded of
    them from what the broker does not have. `on_trades` hears of trades new to the disk.
    """

    def __init__(
        self,
        broker: str,
        bus: Bus,
        wall: Clock,
        on_trades: Callable[[tuple[Execution, ...]], None],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self.broker = broker
        self.book = OrderBook()
        self.flying: set[str] = set()
        self.writer = OrderWriter(bus, broker, on_trades, sleep)
        self._bus, self._wall = bus, wall
        self._store: OrderStore | None = None

    @property
    def store(self) -> OrderStore:
        """Where everything is kept.

        Raises:
            StorageError: it is not open yet.
        """
        if self._store is None:
            raise StorageError("The database is still being opened: try again in a moment.")
        return self._store

    @property
    def opened(self) -> bool:
        """Whether orders were brought back."""
        return self._store is not None

    async def use(self, store: OrderStore) -> None:
        """Bring back what was kept; what may have been under way is unknown from now on.

        Raises:
            StorageError: it cannot be read.
        """
        orders = await store.orders(limit=MOST)
        self.book.load(orders, await store.executions(self.broker))
        self._store = store
        self.writer.use(store)
        for order in orders:
            now = executed(order, self.book.trades_of(order), self._wall.now())
            if now.state in INTERRUPTED:
                state, said = INTERRUPTED[now.state]
                now = moved(now, state, self._wall.now(), said)
            self.change(now, "desk", quiet=True)
        self._bus.tell(OrdersLoaded())

    def mine(self) -> tuple[Order, ...]:
        """Orders at this broker that are not over, the newest first."""
        return tuple(
            one for one in self.book.orders() if not one.state.over and one.broker == self.broker
        )

    def change(
        self,
        order: Order,
        who: str,
        *,
        kind: FactKind | None = None,
        wire: str = "",
        quiet: bool = False,
    ) -> bool:
        """Keep the order as it is now and tell it, unless nothing is new or it is `quiet`."""
        if order == self.book.get(order.ref):
            return False
        self.book.put(order)
        fact = order_fact(order, self._wall.now(), who, kind=kind, wire=wire)
        self.writer.add(Batch(orders={order.ref: order}, facts=(fact,)))
        if not quiet:
            self._bus.tell(OrderChanged(order))
        return True

    def move(self, ref: str, state: OrderState, said: str, *, who: str = "desk") -> None:
        """Bring an order into a state, as it is now in memory; one that is over stays."""
        order = self.book.get(ref)
        if order is not None:
            self.change(moved(order, state, self._wall.now(), said), who)

    def hear(self, news: Told) -> None:
        """Take in what the broker tells of orders and trades."""
        if isinstance(news, OrderTold):
            self._order_told(news)
        elif isinstance(news, ExecutionTold):
            self.trade(news.execution, wire=news.wire)
        elif isinstance(news, CommissionTold):
            self._commission_told(news)
        elif isinstance(news, NoteTold):
            self._note_told(news)

    def trade(self, execution: Execution, *, wire: str = "", quiet: bool = False) -> None:
        """Count a trade, whosever order it is of."""
        counts = self.book.take(execution)
        if counts is None:
            return
        now = self._wall.now()
        facts = (trade_fact(counts, now, self.broker, wire),)
        self.writer.add(Batch(trades=(counts,), trade_facts=facts))
        self._traded(counts, now, quiet=quiet)

    def _order_told(self, news: OrderTold) -> None:
        order = self.book.find(news.order.ref, news.order.perm_id)
        if order is None or order.broker != self.broker:
            return
        trades = self.book.trades_of(order)
        self.change(told(order, news.order, news.at, trades), self.broker, wire=news.wire)

    def _commission_told(self, news: CommissionTold) -> None:
        replaces = self.book.has_commission(news.exec_id)
        trade = self.book.commission(news)
        if trade is None:
            return
        now = self._wall.now()
        facts = (trade_fact(trade, now, self.broker, news.wire),)
        if replaces:
            self.writer.add(Batch(commissions=((news, facts),)))
        else:  # with its trade, in the one transaction of many: each costs a sync of the disk
            self.writer.add(Batch(trades=(trade,), trade_facts=facts))
        self._traded(trade, now)

    def _note_told(self, news: NoteTold) -> None:
        order = self.book.get(news.ref)
        text = f"{news.code}: {news.text}"
        if order is None:
            fact = Fact(FactKind.NOTE, news.at, news.ref, self.broker, text)
            self.writer.add(Batch(facts=(fact,)))
        else:
            self.change(noted(order, news), self.broker, kind=FactKind.NOTE, wire=text)

    def _traded(self, trade: Execution, at: datetime, *, quiet: bool = False) -> None:
        order = self.book.find(trade.ref, trade.perm_id)
        if order is not None:
            now = executed(order, self.book.trades_of(order), at)
            self.change(now, self.broker, kind=FactKind.EXECUTION, quiet=quiet)
