"""One look at all orders and trades TWS has, gathered row by row while it answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vaultdesk.adapters.ibkr import answers
from vaultdesk.adapters.ibkr.reading import commission_of, unreadable
from vaultdesk.adapters.ibkr.wire import (
    CommissionRow,
    CompletedRow,
    ExecutionRow,
    Row,
    StatusRow,
    UnreadRow,
)

if TYPE_CHECKING:
    from datetime import tzinfo

    from vaultdesk.adapters.ibkr.reading import Reading
    from vaultdesk.core.orders.broker import BrokerOrder, CommissionTold, Execution


class Taking:
    """Orders by their lasting number, the last word counting; trades by name, the last revision."""

    def __init__(self, reading: Reading, zone: tzinfo) -> None:
        self.problems: list[str] = []
        self._reading, self._zone = reading, zone
        self._orders: dict[tuple[int, int], BrokerOrder] = {}
        self._trades: dict[str, Execution] = {}
        self._commissions: dict[str, CommissionTold] = {}

    def take(self, row: Row) -> None:
        """Hear one row."""
        if isinstance(row, StatusRow | CompletedRow):
            self._order(row)
        elif isinstance(row, ExecutionRow):
            self._trade(row)
        elif isinstance(row, CommissionRow):
            told = commission_of(row)
            if told is not None:
                self._commissions[told.exec_id] = told
        elif isinstance(row, UnreadRow):
            self.problems.append(f"A message of TWS cannot be read ({row.why}): {row.wire}")

    def orders(self) -> tuple[BrokerOrder, ...]:
        """Open and completed ones of today, everybody's."""
        return tuple(self._orders.values())

    def executions(self) -> tuple[Execution, ...]:
        """Each trade once, as corrected last, with its commission where TWS gave it."""
        return tuple(self._with_commission(trade) for trade in self._trades.values())

    def _order(self, row: StatusRow | CompletedRow) -> None:
        order = self._reading.order_of(row)
        if order is None:
            self.problems.append(f"TWS calls an order '{row.status}': {row.wire}")
            return
        key = (0, order.perm_id) if order.perm_id else (order.client_id, order.order_id)
        self._orders[key] = order

    def _trade(self, row: ExecutionRow) -> None:
        if row.contract.sec_type == answers.BAG:
            return  # the sum of legs that have rows of their own
        ref = self._reading.execution_ref(row)
        try:
            trade = answers.execution_of(row, ref, self._zone)
        except ValueError as error:
            self.problems.append(unreadable(row, error))
            return
        known = self._trades.get(trade.exec_id)
        if known is None or known.revision <= trade.revision:
            self._trades[trade.exec_id] = trade

    def _with_commission(self, trade: Execution) -> Execution:
        told = self._commissions.get(trade.exec_id)
        if told is None:
            return trade
        return replace(trade, commission=told.commission, currency=told.currency)
