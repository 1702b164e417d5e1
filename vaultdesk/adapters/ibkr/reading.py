"""What becomes known of orders while TWS talks: whose a message is, and what it says of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vaultdesk.adapters.ibkr import answers
from vaultdesk.adapters.ibkr.failing import one_line
from vaultdesk.adapters.ibkr.wire import (
    CommissionRow,
    CompletedRow,
    ErrorRow,
    ExecutionRow,
    OpenRow,
    Row,
    StatusRow,
    UnreadRow,
)
from vaultdesk.core.orders.broker import (
    BrokerOrder,
    CommissionTold,
    ExecutionTold,
    NoteTold,
    OrderTold,
    Standing,
    Told,
)

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

ABOUT_NOTHING = -1
NO_CODE = 0

Key = tuple[int, int]
"""(0, the lasting number) of an order that has one, otherwise (its client, its order id)."""


class Reading:
    """Knows by what numbers the desk's orders go, and turns rows into what is told.

    Lasting numbers stay known; order ids are forgotten with `start_over`, for TWS gives them out
    again after a restart.
    """

    def __init__(self, client_id: int) -> None:
        self._client_id = client_id
        self._refs: dict[int, tuple[str, str]] = {}
        self._ids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._taken: set[str] = set()
        self._rejected: dict[str, str] = {}
        self._last: dict[Key, BrokerOrder] = {}

    def start_over(self) -> None:
        """A connection begins: order ids mean nothing until TWS tells them."""
        self._ids.clear()
        self._numbers.clear()
        self._last.clear()

    def sent(self, ref: str, order_id: int) -> None:
        """An order is on its way."""
        self._ids[order_id] = ref
        self._numbers[ref] = order_id

    def number_of(self, ref: str) -> int | None:
        """The id by which TWS knows this order of ours now; None where it told none."""
        return self._numbers.get(ref)

    def told(self, row: Row, at: datetime, zone: tzinfo) -> Told | None:
        """What a row says; None where it is nothing new."""
        said: Told | None = None
        match row:
            case OpenRow():
                self._learn(row)
            case StatusRow():
                said = self._status(row, at)
            case ExecutionRow():
                said = self._execution(row, at, zone)
            case CommissionRow():
                said = commission_of(row)
            case ErrorRow():
                said = self._error(row, at)
            case UnreadRow():
                text = f"A message of TWS cannot be read ({row.why}): look at the order in TWS."
                said = NoteTold("", NO_CODE, text, at)
        return said

    def ref_of(self, order_id: int, perm_id: int, client_id: int) -> str:
        """The desk's name of an order, empty where it is not known."""
        if perm_id in self._refs:
            return self._refs[perm_id][0]
        return self._ids.get(order_id, "") if client_id == self._client_id else ""

    def order_of(self, row: StatusRow | CompletedRow) -> BrokerOrder | None:
        """The order as it stands; None for a status nobody knows."""
        if isinstance(row, CompletedRow):
            standing = answers.standing_of(row.status, over=True)
            return (
                None
                if standing is None
                else BrokerOrder(
                    row.ref,
                    standing,
                    row.filled,
                    perm_id=row.perm_id,
                    account=row.account,
                    text=one_line(row.text or row.status),
                )
            )
        ref = self.ref_of(row.order_id, row.perm_id, row.client_id)
        reason = self._rejected.get(ref, "") if ref else ""
        standing = answers.standing_of(row.status, over=bool(reason))
        text = reason or " ".join(filter(None, (row.status, row.why_held)))
        return (
            None
            if standing is None
            else BrokerOrder(
                ref,
                standing,
                row.filled,
                order_id=max(row.order_id, 0),
                perm_id=row.perm_id,
                client_id=row.client_id,
                account=self._refs.get(row.perm_id, ("", ""))[1],
                text=text,
            )
        )

    def _learn(self, row: OpenRow) -> None:
        if row.perm_id and row.ref:
            self._refs[row.perm_id] = row.ref, row.account
        if row.client_id == self._client_id and row.order_id > 0 and row.ref:
            self._ids[row.order_id] = row.ref
            self._numbers[row.ref] = row.order_id
            self._taken.add(row.ref)

    def _status(self, row: StatusRow, at: datetime) -> Told | None:
        order = self.order_of(row)
        if order is None:
            ref = self.ref_of(row.order_id, row.perm_id, row.client_id)
            text = f"TWS calls the order '{row.status}': look at it in TWS."
            return NoteTold(ref, NO_CODE, text, at)
        if order.ref and row.client_id == self._client_id:
            self._taken.add(order.ref)
        key = (0, order.perm_id) if order.perm_id else (order.client_id, order.order_id)
        if self._last.get(key) == order:
            return None
        self._last[key] = order
        return OrderTold(order, at, row.wire)

    def _execution(self, row: ExecutionRow, at: datetime, zone: tzinfo) -> Told:
        ref = self.execution_ref(row)
        if row.contract.sec_type == answers.BAG:
            done = "bought" if row.side == "BOT" else "sold"
            text = f"{row.shares} of the combination {done} at {row.price} net ({row.exec_id})."
            return NoteTold(ref, NO_CODE, text, at)
        try:
            return ExecutionTold(answers.execution_of(row, ref, zone), row.wire)
        except ValueError as error:
            return NoteTold(ref, NO_CODE, unreadable(row, error), at)

    def execution_ref(self, row: ExecutionRow) -> str:
        """Whose trade it is; its own word counts first."""
        if row.ref and row.perm_id:
            self._refs.setdefault(row.perm_id, (row.ref, row.account))
        return row.ref or self.ref_of(row.order_id, row.perm_id, row.client_id)

    def _error(self, row: ErrorRow, at: datetime) -> Told | None:
        if row.req_id == ABOUT_NOTHING:
            return NoteTold("", row.code, one_line(row.text), at)
        ref = self._ids.get(row.req_id)
        if ref is None:
            return None  # of a request, which its caller hears of
        refused = row.code in answers.REFUSED_AT_ONCE and ref not in self._taken
        if row.code != answers.REJECTED and not refused:
            return NoteTold(ref, row.code, one_line(row.text), at)
        text = self._rejected[ref] = f"{one_line(row.text)} ({row.code})"
        order = BrokerOrder(
            ref, Standing.REJECTED, Decimal(0), row.req_id, client_id=self._client_id, text=text
        )
        return OrderTold(self._with_last(order), at, row.wire)

    def _with_last(self, order: BrokerOrder) -> BrokerOrder:
        """The order with what its last status told of it."""
        for key, last in self._last.items():
            if last.ref == order.ref:
                known = replace(last, standing=order.standing, text=order.text)
                self._last[key] = known
                return known
        return order


def commission_of(row: CommissionRow) -> CommissionTold | None:
    """A trade's commission; None while TWS does not give it."""
    if row.commission is None:
        return None
    return CommissionTold(answers.split(row.exec_id)[0], row.commission, row.currency, row.wire)


def unreadable(row: ExecutionRow, error: ValueError) -> str:
    """The sentence on a trade that cannot be entered."""
    return f"A trade ({row.exec_id}) cannot be read ({error}): enter it by hand from TWS."
