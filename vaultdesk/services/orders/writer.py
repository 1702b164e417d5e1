"""What becomes of orders, written down in the order it became known; nothing is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vaultdesk.services.write_queue import WriteQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from vaultdesk.core.audit import Fact
    from vaultdesk.core.orders.broker import CommissionTold, Execution
    from vaultdesk.core.orders.life import Order
    from vaultdesk.events import Bus
    from vaultdesk.stores import OrderStore

PROBLEM = "orders.store"
AT_ONCE = 200
"""Batches in one transaction: a click's own must not wait long behind it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Things to keep; of an order and of a trade only the newest, of everything else all.

    `trade_facts` are kept together with the trades, `facts` with the orders.
    """

    trades: tuple[Execution, ...] = ()
    trade_facts: tuple[Fact, ...] = ()
    commissions: tuple[tuple[CommissionTold, tuple[Fact, ...]], ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


def joined(batches: Sequence[Batch]) -> Batch:
    """All of them as one, in their order."""
    return Batch(
        tuple({one.exec_id: one for batch in batches for one in batch.trades}.values()),
        tuple(one for batch in batches for one in batch.trade_facts),
        tuple(one for batch in batches for one in batch.commissions),
        {ref: order for batch in batches for ref, order in batch.orders.items()},
        tuple(one for batch in batches for one in batch.facts),
    )


class OrderWriter:
    """Keeps batches one after the other; `kept` hears of trades that were new to the disk."""

    def __init__(
        self,
        bus: Bus,
        broker: str,
        kept: Callable[[tuple[Execution, ...]], None],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._broker, self._kept = broker, kept
        self._store: OrderStore | None = None
        queue = WriteQueue[Batch](bus, PROBLEM, self._write, at_once=AT_ONCE, sleep=sleep)
        self.add, self.settled, self.close = queue.add, queue.settled, queue.close
        self._open = queue.open

    def use(self, store: OrderStore) -> None:
        """Keep everything in this store."""
        self._store = store
        self._open()

    async def _write(self, batches: list[Batch]) -> None:
        """Take out part by part what is on the disk: no trade of it is told a second time."""
        assert self._store is not None  # noqa: S101 - the queue opens with it
        store, batch = self._store, joined(batches)
        if batch.trades or batch.trade_facts:
            new = await store.record(self._broker, batch.trades, batch.trade_facts)
            batch = replace(batch, trades=(), trade_facts=())
            batches[:] = [batch]
            if new:
                self._kept(new)
        while batch.commissions:
            told, facts = batch.commissions[0]
            await store.commission(self._broker, told, facts)
            batch = replace(batch, commissions=batch.commissions[1:])
            batches[:] = [batch]
        if batch.orders or batch.facts:
            await store.save(tuple(batch.orders.values()), batch.facts)
        batches.clear()
