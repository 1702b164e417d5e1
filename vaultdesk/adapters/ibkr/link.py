"""One socket to TWS, from the call to the hanging-up; there is a new one after each loss."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr import failing
from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.figures import NEW_YORK, zone_of
from vaultdesk.adapters.ibkr.greeting import Greeting
from vaultdesk.adapters.ibkr.waiting import first
from vaultdesk.adapters.ibkr.wire import ErrorRow, Row, tap
from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

REQUESTS_A_SECOND = 40
"""TWS hangs up on a client that sends more than 50 messages a second; the rest is for orders."""

GOODBYE_S = 1.0
"""How long a socket may take to close politely."""


class Link:
    """The library's object and what the library does not tell of its connection.

    The library's own start-up is not used: it swallows time-outs, so that positions nobody told
    would look like none, and it asks for open orders, which a read-only TWS never answers.

    Attributes:
        ib: the library's object.
        loss: why the connection is over, empty while it is not.
    """

    def __init__(self, hear: Callable[[Row], None], lost: Callable[[], None]) -> None:
        self.ib: Any = load().IB()
        self.loss = ""
        self._hear, self._lost = hear, lost
        self._greeting, self._gone = Greeting(), asyncio.Event()
        self._in_use = False
        self.ib.RaiseRequestErrors = True
        self.ib.client.MaxRequests = REQUESTS_A_SECOND
        self.ib.errorEvent -= self.ib._onError  # noqa: SLF001 - at 1102 it starts a stray task
        self.ib.client.conn.hasData += self._greeting.take
        self.ib.client.conn.disconnected += self._disconnected
        tap(self.ib, self._take)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts this client may see; none before it was let in."""
        return tuple(self.ib.client.getAccounts()) if self.ib.client.isReady() else ()

    async def open(self, host: str, port: int, client_id: int, timeout_s: float) -> None:
        """The socket, the greeting, and the two messages TWS lets a client in with.

        Raises:
            BrokerError: it did not come to that; the sentence says what to do (NOT_READY).
        """
        self.ib.wrapper.clientId = client_id
        try:
            # A client id in use ends the connection, and the library waits on: hence `_gone`.
            await first(
                self.ib.client.connectAsync(host, port, client_id, timeout_s), self._gone.wait()
            )
            if not self.ib.client.isReady():
                raise ConnectionResetError
        except (OSError, TimeoutError) as error:
            if self._in_use:
                self.loss = failing.in_use(client_id)
            else:
                self.loss = failing.unreachable(error, host, port, self._greeting)
            raise BrokerError(BrokerFault.NOT_READY, self.loss) from None

    def zone(self, server: datetime) -> tzinfo:
        """TWS's own zone, by its clock right after the greeting; New York where that is unclear."""
        return zone_of(self._greeting.time, server) or NEW_YORK

    def give_up(self, sentence: str) -> None:
        """Drop the connection now."""
        self.loss = self.loss or sentence
        transport = self.ib.client.conn.transport
        if transport is not None:
            transport.abort()
        self._lost()

    async def hang_up(self) -> None:
        """Close the socket and wait until it is, so that nothing of it outlives the loop."""
        transport = self.ib.client.conn.transport
        if transport is None:
            return
        for end in (transport.close, transport.abort):
            end()
            with suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await self._gone.wait()
                return

    def _take(self, row: Row) -> None:
        if isinstance(row, ErrorRow) and row.code == failing.IN_USE:
            self._in_use = True
        self._hear(row)

    def _disconnected(self, _: str) -> None:
        self.loss = self.loss or "TWS has hung up; it is called again by itself."
        self._gone.set()
        self._lost()
