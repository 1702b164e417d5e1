"""Orders kept in memory, for loops on which time jumps and no thread may work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.orders.trades import newer
from vaultdesk.ports import OrderRefused

if TYPE_CHECKING:
    from vaultdesk.core.audit import Fact
    from vaultdesk.core.orders.broker import CommissionTold, Execution, Held
    from vaultdesk.core.orders.life import Order


class MemoryOrderStore:
    """A `stores.OrderStore` that forgets everything with the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Order] = {}
        self.trades: dict[str, Execution] = {}
        self.held: tuple[Held, ...] = ()
        self.facts: list[Fact] = []

    async def confirm(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        known = {(one.ticket, one.place) for one in self.kept.values()}
        if any((one.ticket, one.place) in known for one in orders):
            raise OrderRefused("This was confirmed already.")
        await self.save(orders, facts)

    async def save(self, orders: tuple[Order, ...], facts: tuple[Fact, ...]) -> None:
        self.kept.update({one.ref: one for one in orders})
        self.facts.extend(facts)

    async def orders(self, *, open_only: bool = False, limit: int = 10_000) -> tuple[Order, ...]:
        newest = tuple(reversed(self.kept.values()))[:limit]
        return tuple(one for one in newest if not (open_only and one.state.over))

    async def record(
        self, broker: str, executions: tuple[Execution, ...], facts: tuple[Fact, ...]
    ) -> tuple[Execution, ...]:
        del broker
        self.facts.extend(facts)
        changed = []
        for told in executions:
            counts = newer(self.trades.get(told.exec_id), told)
            if counts != self.trades.get(told.exec_id):
                self.trades[told.exec_id] = counts
                changed.append(counts)
        return tuple(changed)

    async def commission(self, broker: str, told: CommissionTold, facts: tuple[Fact, ...]) -> bool:
        del broker
        self.facts.extend(facts)
        known = self.trades.get(told.exec_id)
        if known is None or known.commission == told.commission:
            return False
        self.trades[told.exec_id] = replace(
            known, commission=told.commission, currency=told.currency
        )
        return True

    async def executions(self, broker: str, ref: str = "") -> tuple[Execution, ...]:
        del broker
        return tuple(one for one in self.trades.values() if ref in ("", one.ref))

    async def manual(self) -> tuple[Held, ...]:
        return self.held

    async def set_manual(self, held: tuple[Held, ...], facts: tuple[Fact, ...]) -> None:
        self.held = held
        self.facts.extend(facts)
