"""Market data lines: what is subscribed to at TWS, and the ticks that come for it.

The library's own tickers are not used: they keep every contract for ever, leave a lost vega at -2
and drop the time of the last trade. The messages are taken where they are decoded instead.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from vaultdesk.adapters.ibkr import failing, refusals
from vaultdesk.adapters.ibkr.ticks import (
    COMPUTATION,
    DATA_TYPE,
    DELAYED_TYPES,
    PRICE,
    SIZE,
    TEXT,
    Ticks,
)
from vaultdesk.core.orders.broker import BrokerState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from vaultdesk.adapters.ibkr.connection import Connection
    from vaultdesk.ports import Clock

MOST_LINES = 90
"""Of the 100 that TWS allows a user by default; the rest is for what TWS itself shows."""

RESERVED = 10
"""One line in so many is kept for what somebody waits for, however many a chain wants."""

A_SECOND = 25
"""Requests of a chain: the connection sends 40 messages a second, and a preview must not queue."""

SNAPSHOT_S = 16.0
"""TWS ends a snapshot after 11 s at the latest; the rest is for its turn to be sent."""

LIVE_OR_FROZEN, DELAYED = 2, 3
"""What is asked for: live prices, and the last ones once the market is closed; or delayed ones."""

ERROR, SNAPSHOT_END = 4, 57
_ID_AT = {PRICE: 2, SIZE: 2, ERROR: 2, TEXT: 2, SNAPSHOT_END: 2, DATA_TYPE: 2, COMPUTATION: 1}
"""Where the request's number stands in each message."""

_GONE = (BrokerState.OFFLINE, BrokerState.CONNECTING)


class Line:
    """One request for a contract's prices; `asked` is the type of data it was asked for with."""

    def __init__(self, req_id: int, epoch: int, asked: int) -> None:
        self.req_id, self.epoch, self.asked = req_id, epoch, asked
        self.ticks = Ticks()
        self.refusal: tuple[int, str] | None = None
        self.whole = self.lost = False
        self._news = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come."""
        return self.whole or self.lost or self.refusal is not None

    def tell(self) -> None:
        """Wake who waits for news."""
        self._news.set()

    async def changed(self) -> None:
        """Return once there is news since the last time: the whole of what one packet brought."""
        if not self.is_over:
            await self._news.wait()
        self._news.clear()

    async def over(self) -> None:
        """Return when nothing more can come."""
        while not self.is_over:
            await self.changed()


class Lines:
    """The lines of one client, never more at once than TWS allows.

    Delayed prices are asked for once live ones were refused; a new connection begins with live
    ones again.
    """

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        *,
        most: int = MOST_LINES,
        snapshot_s: float = SNAPSHOT_S,
    ) -> None:
        self.most = most
        self._connection, self._clock, self._snapshot_s = connection, clock, snapshot_s
        self._free = asyncio.Semaphore(most)
        self._for_many = asyncio.Semaphore(most - max(1, most // RESERVED))
        self._row, self._let_through = asyncio.Lock(), deque[float](maxlen=A_SECOND)
        self._ib: Any = None
        self._open: dict[int, Line] = {}
        self._asked, self._why, self._are_late = LIVE_OR_FROZEN, "", False
        self._undo = connection.hear_state(lambda _status: self._look())

    @property
    def left(self) -> int:
        """How many lines are free."""
        return self.most - len(self._open)

    @property
    def late(self) -> str:
        """Why the newest prices are delayed; empty while they are not."""
        return (self._why or refusals.NOT_SUBSCRIBED) if self._are_late else ""

    @asynccontextmanager
    async def line(self, contract: Any, *, snapshot: bool = False) -> AsyncIterator[Line]:  # noqa: ANN401
        """A line of the contract, as soon as one is free, until the block is left.

        Raises:
            BrokerError: there is no connection.
        """
        async with self._free:
            ib = self._prepared()
            opened, client = self._open, ib.client
            line = Line(client.getReqId(), self._connection.epoch, self._asked)
            opened[line.req_id] = line
            client.reqMktData(line.req_id, contract, "", snapshot, False, [])
            try:
                yield line
            finally:
                opened.pop(line.req_id, None)
                if not (line.whole or line.refusal):
                    with suppress(ConnectionError):  # then there is nothing to cancel
                        client.cancelMktData(line.req_id)

    async def one_of_many(self, contract: Any, words: str) -> tuple[Ticks, bool]:  # noqa: ANN401
        """A snapshot likewise, which leaves some lines and some messages a second to others."""
        async with self._for_many:
            await self._turn()
            return await self.snapshot(contract, words)

    async def snapshot(self, contract: Any, words: str) -> tuple[Ticks, bool]:  # noqa: ANN401
        """The contract's market once, and whether TWS had told all of it in time.

        Where live prices are refused, delayed ones are asked for.

        Raises:
            FeedError: the prices are refused.
            BrokerError: there is no connection, or it was lost.
        """
        while True:
            async with self.line(contract, snapshot=True) as line:
                with suppress(TimeoutError):  # then what came is a part
                    async with asyncio.timeout(self._snapshot_s):
                        await line.over()
            if line.lost:
                raise failing.lost()
            if line.refusal is None:
                return line.ticks, line.whole
            if not self.may_be_late(line):
                raise refusals.of_ticks(words, *line.refusal)

    def may_be_late(self, refused: Line) -> bool:
        """Whether it makes sense to ask again, now for delayed prices."""
        code, _ = refused.refusal or (0, "")
        if code not in refusals.NO_LIVE or refused.asked == DELAYED:
            return False
        if self._asked != DELAYED:
            self._asked, self._why = DELAYED, refusals.late_because(code)
            with suppress(ConnectionError):  # then the next connection asks for live ones anyway
                self._ib.reqMarketDataType(DELAYED)
        return True

    async def _turn(self) -> None:
        """Return when no more than `A_SECOND` were let through within the last second."""
        async with self._row:
            loop = asyncio.get_running_loop()
            if len(self._let_through) == A_SECOND:
                await asyncio.sleep(self._let_through[0] + 1 - loop.time())
            self._let_through.append(loop.time())

    def close(self) -> None:
        """End all lines."""
        self._undo()
        self._end(lambda _line: True)

    def _prepared(self) -> Any:  # noqa: ANN401
        """The library's object, whose messages are taken from its first line on."""
        ib = self._connection.ib
        if ib is not self._ib:
            self._ib, self._open = ib, {}
            self._asked, self._why, self._are_late = LIVE_OR_FROZEN, "", False
            handlers = ib.client.decoder.handlers
            for kind in _ID_AT:
                handlers[kind] = self._taking(kind, handlers[kind], self._open)
            ib.reqMarketDataType(LIVE_OR_FROZEN)
        return ib

    def _taking(
        self, kind: int, library: Callable[[list[str]], None], lines: dict[int, Line]
    ) -> Callable[[list[str]], None]:
        """A handler that takes what is for `lines`; nobody else on the desk asks for ticks.

        Ticks that come after their line was let go are dropped.
        """
        place = _ID_AT[kind]

        def handle(fields: list[str]) -> None:
            number = fields[place] if len(fields) > place else ""
            line = lines.get(int(number)) if number.isdecimal() else None
            if line is not None:
                self._take(line, kind, fields)
            elif kind == ERROR:
                library(fields)

        return handle

    def _take(self, line: Line, kind: int, fields: list[str]) -> None:
        if kind == SNAPSHOT_END:
            line.whole = True
            line.tell()
        elif kind == ERROR:
            code = int(fields[3])
            if not refusals.is_note(code):
                line.refusal = code, fields[4]
                line.tell()
        elif line.ticks.take(fields, self._clock.now()):
            line.tell()
        if kind == DATA_TYPE:
            self._are_late = line.ticks.data_type in DELAYED_TYPES

    def _look(self) -> None:
        """End the lines that did not survive what happened to the connection."""
        status, epoch = self._connection.status, self._connection.epoch
        self._end(lambda line: status.state in _GONE or line.epoch != epoch)

    def _end(self, is_gone: Callable[[Line], bool]) -> None:
        for line in tuple(self._open.values()):
            if is_gone(line):
                line.lost = True
                line.tell()
