"""Interactive Brokers as a broker: orders go out once, and what TWS says comes back as values."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr import failing, outgoing
from vaultdesk.adapters.ibkr.asking import Patience, WhatIfs
from vaultdesk.adapters.ibkr.contracts import Contracts
from vaultdesk.adapters.ibkr.holdings import Positions, account_of
from vaultdesk.adapters.ibkr.listeners import Listeners
from vaultdesk.adapters.ibkr.reading import Reading
from vaultdesk.adapters.ibkr.taking import Taking
from vaultdesk.adapters.ibkr.wire import (
    ErrorRow,
    ExecutionRow,
    HoldingsRow,
    OpenRow,
    Row,
)
from vaultdesk.core.orders.broker import (
    Account,
    BrokerState,
    BrokerStatus,
    HoldingsTold,
    Snapshot,
    StatusTold,
    Told,
    WhatIf,
)
from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.life import Order
    from vaultdesk.ports import Clock

NOBODY_ASKED = -1
"""The request number of what TWS tells by itself."""

NO_ID = 2_147_483_647
"""The order id of trades that were made by hand."""

MOST_ACCOUNTS = 50
"""Accounts whose money is followed; TWS tells no more to one client."""


class IbkrBroker:
    """Orders, accounts and positions at TWS, over a connection that the feed may share.

    An order's state is never the library's: rows are read off the wire (see wire.py). Nothing is
    sent unless the connection is READY, nothing is ever sent again, and only the desk's own
    orders are cancelled, one by one.
    """

    name = "IBKR"

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        *,
        patience: Patience = Patience(),  # noqa: B008 - a frozen value
    ) -> None:
        self.contracts = Contracts(connection)
        self._connection, self._clock, self._patience = connection, clock, patience
        self._told = Listeners[Told]()
        self._positions = Positions()
        self._reading = Reading(connection.client_id)
        self._placed: set[str] = set()
        self._what_ifs = WhatIfs(patience)
        self._highest = 0
        self._holdings_changed = False
        self._followed: Any = None
        self._read_only = asyncio.Event()
        self._undo = (
            connection.hear_wire(self._hear_row),
            connection.hear_state(self._hear_state),
        )
        connection.at_sync(self._synchronise)

    @property
    def status(self) -> BrokerStatus:
        """How the connection is now."""
        return self._connection.status

    def hear(self, handler: Callable[[Told], None]) -> Callable[[], None]:
        """Tell `handler` everything, until the returned function is called."""
        return self._told.add(handler)

    async def run(self) -> None:
        """Connect, and connect again after every loss."""
        await self._connection.run()

    def hurry(self) -> None:
        """Connect at once instead of waiting; connected already, look again how things stand."""
        self._connection.hurry()

    async def snapshot(self) -> Snapshot:
        """Everything TWS has; not final, for it forgets orders that are over by the next day.

        A read-only TWS does not say which orders are open: that is among the problems then.

        Raises:
            BrokerError: it does not answer, or is not connected.
        """
        self._needs(BrokerState.READY, BrokerState.DEGRADED, BrokerState.READ_ONLY)
        lists_orders = self.status.state is not BrokerState.READ_ONLY
        taking = Taking(self._reading, self._connection.zone)
        undo = self._connection.hear_wire(taking.take)
        try:
            await self._connection.ask_alone(lambda ib: ib.reqPositionsAsync())
            if lists_orders:
                # In this order: what is over between two answers is in the later one.
                await self._connection.ask_alone(_open_orders)
                await self._connection.ask_alone(lambda ib: ib.reqCompletedOrdersAsync(False))
            else:
                taking.problems.append(self.status.sentence)
            await self._connection.ask(lambda ib: ib.reqExecutionsAsync())
        finally:
            undo()
        held, problems = self._positions.read(self._connection.ib.positions())
        return Snapshot(
            at=self._clock.now(),
            accounts=self._accounts(),
            positions=held,
            orders=taking.orders(),
            executions=taking.executions(),
            lists_orders=lists_orders,
            problems=(*problems, *taking.problems),
        )

    async def what_if(self, draft: OrderDraft, account: str) -> WhatIf:
        """What the order would do to the account; nothing of it is traded.

        Raises:
            BrokerError: it cannot be asked.
        """
        if self.status.state is BrokerState.READ_ONLY:
            return WhatIf(why=self.status.sentence)
        self._needs(BrokerState.READY, BrokerState.DEGRADED)
        contract = await self._contract(draft)
        order = outgoing.order_for(draft, account, "")
        return await self._what_ifs.ask(self._connection.ib, contract, order)

    async def place(self, order: Order) -> int:
        """Write the order to the socket and give its id.

        It waits for nothing where TWS's contracts of the legs are known, as after a what-if.

        Raises:
            BrokerError: nothing has left the desk, unless `sent` says that it may have.
        """
        self._admit(order)
        request = outgoing.order_for(order.draft, order.account, order.ref)
        contract = await self._contract(order.draft)
        self._admit(order)
        ib = self._connection.ib
        number = max(int(ib.client.getReqId()), self._highest + 1)
        ib.client.updateReqId(number + 1)
        self._placed.add(order.ref)
        self._reading.sent(order.ref, number)
        self._highest = number
        outgoing.at_once(ib, lambda: ib.client.placeOrder(number, contract, request))
        return number

    async def cancel(self, order: Order) -> None:
        """Ask to cancel this order by the id it has now; one that TWS has not told is not asked.

        Raises:
            BrokerError: it was not asked.
        """
        self._needs(BrokerState.READY, BrokerState.DEGRADED)
        number = self._reading.number_of(order.ref)
        if number is None:
            raise BrokerError(
                BrokerFault.NO_DATA,
                f"TWS lists no open order {order.ref} of this client: look for it in TWS.",
            )
        ib = self._connection.ib
        outgoing.at_once(ib, lambda: ib.client.cancelOrder(number, ""))

    async def close(self) -> None:
        """Hang up at once; never raises."""
        for undo in self._undo:
            undo()
        await self._connection.close()

    def _needs(self, *states: BrokerState) -> None:
        status = self.status
        if status.state not in states:
            raise BrokerError(
                BrokerFault.NOT_READY, f"TWS is {status.state}: {status.sentence}".strip()
            )

    def _admit(self, order: Order) -> None:
        """Refuse what must not be sent now; nothing of this call has left the desk yet."""
        if order.ref in self._placed:
            raise BrokerError(
                BrokerFault.REFUSED,
                f"Order {order.ref} was handed over already and is not sent again.",
                sent=True,
            )
        self._needs(BrokerState.READY)
        if order.account not in self.status.accounts:
            raise BrokerError(
                BrokerFault.REFUSED, f"TWS does not manage the account '{order.account}'."
            )
        outgoing.check(self._connection.ib)

    async def _contract(self, draft: OrderDraft) -> Any:  # noqa: ANN401
        legs = tuple([await self.contracts.find(leg.instrument) for leg in draft.legs])
        return outgoing.contract_for(draft, legs)

    async def _synchronise(self, ib: Any) -> None:  # noqa: ANN401
        """Learn what there is before the first order: positions, money, open orders, ids."""
        ib.client.updateReqId(self._highest + 1)
        if ib is not self._followed:
            self._reading.start_over()
        await self._connection.ask_alone(lambda ib: ib.reqPositionsAsync())
        if ib is not self._followed:
            for account in self.status.accounts[:MOST_ACCOUNTS]:
                with suppress(failing.RequestRefused):  # its figures stay unknown
                    await self._connection.ask(_account_updates(account, self.status.accounts))
            ib.updateEvent += self._packet_read
            self._followed = ib
        await self._connection.ask_alone(self._orders_allowed)
        await self._connection.ask(lambda ib: ib.reqExecutionsAsync())
        ib.client.updateReqId(self._highest + 1)

    async def _orders_allowed(self, ib: Any) -> None:  # noqa: ANN401
        """Ask for open orders: a read-only TWS says so (321), or never ends its answer."""
        self._read_only.clear()
        answer = asyncio.ensure_future(ib.reqOpenOrdersAsync())
        refused = asyncio.ensure_future(self._read_only.wait())
        try:
            await asyncio.wait(
                {answer, refused},
                timeout=self._patience.open_orders_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if answer.done():
                answer.result()
            else:
                self._connection.refuse_orders(
                    "TWS takes no orders: switch off Read-Only API in its API settings and "
                    "connect again."
                )
        finally:
            answer.cancel()
            refused.cancel()

    def _hear_state(self, status: BrokerStatus) -> None:
        if status.state in (BrokerState.OFFLINE, BrokerState.CONNECTING):
            self._what_ifs.lost()
        self._told.tell(StatusTold(status))
        if status.state in (BrokerState.READY, BrokerState.READ_ONLY):
            self._tell_holdings()

    def _hear_row(self, row: Row) -> None:
        if isinstance(row, HoldingsRow):
            self._holdings_changed = True
        if isinstance(row, HoldingsRow) or self._what_ifs.take(row):
            return
        self._note_number(row)
        if isinstance(row, ErrorRow) and row.code == failing.READ_ONLY:
            self._read_only.set()  # looked at only while it is asked for open orders
        if isinstance(row, ExecutionRow) and row.req_id != NOBODY_ASKED:
            return  # of a snapshot, or of one that was given up
        told = self._reading.told(row, self._clock.now(), self._connection.zone)
        if told is not None:
            self._told.tell(told)

    def _note_number(self, row: Row) -> None:
        """Ids of orders that TWS knows are never given out again, whatever it says is next."""
        if isinstance(row, OpenRow | ExecutionRow) and row.order_id < NO_ID:
            self._highest = max(self._highest, row.order_id)

    def _packet_read(self) -> None:
        up = self.status.state in (BrokerState.READY, BrokerState.READ_ONLY, BrokerState.DEGRADED)
        if self._holdings_changed and up:
            self._tell_holdings()

    def _tell_holdings(self) -> None:
        self._holdings_changed = False
        held, _ = self._positions.read(self._connection.ib.positions())
        self._told.tell(HoldingsTold(self._accounts(), held, self._clock.now()))

    def _accounts(self) -> tuple[Account, ...]:
        values, now = self._connection.ib.accountValues(), self._clock.now()
        return tuple(account_of(name, values, now, self.name) for name in self.status.accounts)


def _account_updates(account: str, among: tuple[str, ...]) -> Callable[[Any], Awaitable[Any]]:
    """A single account is followed as every client does it; of several TWS follows but one so."""
    if len(among) == 1:
        return lambda ib: ib.reqAccountUpdatesAsync(account)
    return lambda ib: ib.reqAccountUpdatesMultiAsync(account)


def _open_orders(ib: Any) -> Awaitable[Any]:  # noqa: ANN401
    """Those of all clients and, in the same breath, the desk's own: the first list ends it.

    Both end alike. Where the first request is unknown, the second is what every client asks; where
    it is known, the desk's own orders are told twice, which changes nothing.
    """
    ib.client.reqAllOpenOrders()
    own: Awaitable[Any] = ib.reqOpenOrdersAsync()
    return own
