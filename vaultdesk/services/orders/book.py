"""The desk's orders and the trades of them, in memory: each trade once, found by its order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.core.orders.trades import newer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vaultdesk.core.orders.broker import CommissionTold, Execution
    from vaultdesk.core.orders.life import Order


class OrderBook:
    """Orders by their ref, trades by their id."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._by_perm: dict[int, str] = {}
        self._trades: dict[str, Execution] = {}
        self._of_ref: dict[str, dict[str, Execution]] = {}
        self._of_perm: dict[int, dict[str, Execution]] = {}
        self._early: dict[str, CommissionTold] = {}

    def load(self, orders: Iterable[Order], trades: Iterable[Execution]) -> None:
        """Take what was kept; `orders` the newest first."""
        for order in reversed(tuple(orders)):
            self.put(order)
        for trade in trades:
            self.take(trade)

    def orders(self) -> tuple[Order, ...]:
        """All of them, the newest first."""
        return tuple(reversed(self._orders.values()))

    def get(self, ref: str) -> Order | None:
        """The order of this ref."""
        return self._orders.get(ref)

    def find(self, ref: str, perm_id: int) -> Order | None:
        """The order the broker means: by the ref, else by its lasting number."""
        return self._orders.get(ref or self._by_perm.get(perm_id, ""))

    def put(self, order: Order) -> None:
        """Keep the order as it is now."""
        self._orders[order.ref] = order
        if order.perm_id:
            self._by_perm[order.perm_id] = order.ref

    def trades_of(self, order: Order) -> tuple[Execution, ...]:
        """Those that name its ref, and those without any that have its lasting number."""
        named = self._of_ref.get(order.ref, {})
        numbered = self._of_perm.get(order.perm_id, {}) if order.perm_id else {}
        return (*named.values(), *numbered.values())

    def take(self, told: Execution) -> Execution | None:
        """Count a trade; the trade as it is now, None where nothing is new about it."""
        early = self._early.pop(told.exec_id, None)
        if early is not None and told.commission is None:
            told = replace(told, commission=early.commission, currency=early.currency)
        known = self._trades.get(told.exec_id)
        counts = newer(known, told)
        if counts == known:
            return None
        self._count(known, counts)
        return counts

    def has_commission(self, exec_id: str) -> bool:
        """Whether a trade is known with what it cost."""
        known = self._trades.get(exec_id)
        return known is not None and known.commission is not None

    def commission(self, told: CommissionTold) -> Execution | None:
        """Count a commission; the trade as it is now, None where it is not known yet or is old."""
        known = self._trades.get(told.exec_id)
        if known is None:
            self._early[told.exec_id] = told
            return None
        if known.commission == told.commission:
            return None
        counts = replace(known, commission=told.commission, currency=told.currency)
        self._count(known, counts)
        return counts

    def _count(self, known: Execution | None, trade: Execution) -> None:
        if known is not None:
            self._group(known).pop(known.exec_id, None)
        self._trades[trade.exec_id] = trade
        self._group(trade)[trade.exec_id] = trade

    def _group(self, trade: Execution) -> dict[str, Execution]:
        if trade.ref:
            return self._of_ref.setdefault(trade.ref, {})
        return self._of_perm.setdefault(trade.perm_id, {})
