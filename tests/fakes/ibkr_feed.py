"""A feed on a fake TWS, in tests: its clock, its connection's pauses, and ways to wait."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.fakes.feed import ManualClock
from tests.fakes.ibkr import PATIENCE_S, SHORT, Pauses
from tests.fakes.tws import FakeTws
from vaultdesk.adapters.ibkr.connection import Connection
from vaultdesk.adapters.ibkr.feed import IbkrFeed
from vaultdesk.adapters.ibkr.lines import MOST_LINES, Lines
from vaultdesk.core.market import Quote
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ports import FeedError

NOW = datetime(2026, 3, 20, 15, 30, 2, tzinfo=UTC)  # a Friday, 11:30 in New York
CLIENT = 17


@dataclass
class Rig:
    """A feed with what a test moves it by."""

    feed: IbkrFeed
    clock: ManualClock
    pauses: Pauses

    async def state(self, state: BrokerState) -> None:
        """Wait until the connection is in this state."""
        news = asyncio.Event()
        connection = self.feed.connection
        undo = connection.hear_state(lambda _: news.set())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while connection.status.state is not state:
                    news.clear()
                    await news.wait()
        finally:
            undo()


@asynccontextmanager
async def feed_of(
    tws: FakeTws, *, most: int = MOST_LINES, snapshot_s: float = 5.0, timeout_s: float = 5.0
) -> AsyncIterator[Rig]:
    """A feed on a connection of its own; at the end TWS has seen it go."""
    clock, pauses = ManualClock(NOW), Pauses()
    connection = Connection(tws.host, tws.port, CLIENT, clock, sleep=pauses.sleep, timeouts=SHORT)
    lines = Lines(connection, clock, most=most, snapshot_s=snapshot_s)
    feed = IbkrFeed(connection, clock, timeout_s=timeout_s, lines=lines)
    try:
        yield Rig(feed, clock, pauses)
    finally:
        await feed.close()
        await tws.until(lambda seen: CLIENT not in seen.clients)


@asynccontextmanager
async def streaming(feed: IbkrFeed, symbol: str) -> AsyncIterator[AsyncGenerator[Quote, None]]:
    """The stream of a symbol, closed at the end."""
    stream = feed.stream(symbol)
    try:
        yield stream
    finally:
        await stream.aclose()


async def following(stream: AsyncGenerator[Quote, None]) -> Quote:
    """The next quote of a stream."""
    async with asyncio.timeout(PATIENCE_S):
        return await anext(stream)


async def failed(work: Awaitable[object]) -> FeedError:
    """The error it raises."""
    try:
        answer = await work
    except FeedError as error:
        return error
    raise AssertionError(f"It gave {answer}.")
