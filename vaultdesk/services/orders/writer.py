"""What becomes of orders, written down in the order it became known; nothing is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vaultdesk.events import Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from vaultdesk.core.audit import Fact
    from vaultdesk.core.orders.broker import CommissionTold, Execution
    from vaultdesk.core.orders.life import Order
    from vaultdesk.ports import OrderStore

PROBLEM = "orders.store"
AGAIN_S = 5.0
"""How long a disk that refuses is left alone."""
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

    @property
    def empty(self) -> bool:
        """Whether nothing is to be kept."""
        return not (self.trades or self.trade_facts or self.commissions or self.orders
                    or self.facts)  # fmt: skip


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
    """Keeps batches one after the other; `kept` hears of trades that were new to the disk.

    What the disk refuses is said and tried again until it is kept. A batch under way is finished
    even if whoever began it is cancelled.
    """

    def __init__(
        self,
        bus: Bus,
        broker: str,
        kept: Callable[[tuple[Execution, ...]], None],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._bus, self._broker, self._kept, self._sleep = bus, broker, kept, sleep
        self._store: OrderStore | None = None
        self._pending: list[Batch] = []
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.Task[None] | None = None
        self._refusal = ""

    def use(self, store: OrderStore) -> None:
        """Keep everything in this store."""
        self._store = store
        self.go_on()

    def add(self, batch: Batch) -> None:
        """Keep this after what came before it."""
        self._pending.append(batch)
        self.go_on()

    def go_on(self) -> None:
        """Begin to write what there is to write, if nobody is at it."""
        idle = self._task is None or self._task.done()
        if idle and self._store is not None and self._pending:
            self._task = asyncio.get_running_loop().create_task(self._write(self._store))

    async def settled(self) -> None:
        """Return when everything is kept.

        Raises:
            StorageError: the disk refused; it is tried again all the same.
        """
        self.go_on()
        if self._task is not None:
            await asyncio.shield(self._task)
        if self._refusal:
            raise StorageError(self._refusal)

    async def close(self) -> None:
        """Write what can be written, once more, and stop trying."""
        if self._again is not None:
            self._again.cancel()
        self.go_on()
        if self._task is not None:
            await asyncio.shield(self._task)
        if self._again is not None:
            self._again.cancel()

    async def _write(self, store: OrderStore) -> None:
        while self._pending:
            left = joined(self._pending[:AT_ONCE])
            self._pending = self._pending[AT_ONCE:]
            try:
                left = await self._keep(store, left)
            finally:
                if not left.empty:
                    self._pending.insert(0, left)
            if not left.empty:
                return
            if self._refusal:
                self._refusal = ""
                self._bus.tell(ProblemCleared(PROBLEM))

    async def _keep(self, store: OrderStore, batch: Batch) -> Batch:
        """Keep a batch and give what the disk refused of it."""
        try:
            if batch.trades or batch.trade_facts:
                new = await store.record(self._broker, batch.trades, batch.trade_facts)
                batch = replace(batch, trades=(), trade_facts=())
                if new:
                    self._kept(new)
            while batch.commissions:
                told, facts = batch.commissions[0]
                await store.commission(self._broker, told, facts)
                batch = replace(batch, commissions=batch.commissions[1:])
            if batch.orders or batch.facts:
                await store.save(tuple(batch.orders.values()), batch.facts)
        except StorageError as error:
            self._refused(str(error))
            return batch
        return Batch()

    def _refused(self, sentence: str) -> None:
        if sentence != self._refusal:
            self._refusal = sentence
            self._bus.tell(ProblemRaised(PROBLEM, sentence))
        self._again = asyncio.get_running_loop().create_task(self._try_again())

    async def _try_again(self) -> None:
        await self._sleep(AGAIN_S)
        self.go_on()
