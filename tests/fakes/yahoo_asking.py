"""How tests put questions to a Yahoo feed and read its stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.fakes.yahoo import ShiftedClock
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.adapters.yahoo.pulse import Pulse
from vaultdesk.core.market import FeedState, Quote
from vaultdesk.ports import FeedError

EXPIRY = date(2027, 1, 29)
CHART, OPTIONS = "/v8/finance/chart/GLD", "/v7/finance/options/GLD"
STREAMER = "streamer.finance.yahoo.com"

QUICK = Pulse(resubscribe=60.0, silent_after=60.0, shortest_wait=0.01, longest_wait=0.02)

Ask = Callable[[YahooFeed], Awaitable[object]]


async def quote(feed: YahooFeed) -> object:
    return await feed.quote("GLD")


async def expirations(feed: YahooFeed) -> object:
    return await feed.expirations("GLD")


async def chain(feed: YahooFeed) -> object:
    return await feed.chain("GLD", EXPIRY)


async def failure(asked: Awaitable[object]) -> FeedError:
    """The error a call ends with, which is told in one sentence."""
    with pytest.raises(FeedError) as caught:
        await asked
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    return caught.value


@asynccontextmanager
async def streaming(folder: Path, pulse: Pulse = QUICK) -> AsyncIterator[YahooFeed]:
    feed = YahooFeed(ShiftedClock(), folder, pulse=pulse)
    yield feed
    await feed.close()


async def next_of(stream: AsyncIterator[Quote]) -> Quote:
    return await asyncio.wait_for(anext(stream), 20)


async def polling(feed: YahooFeed, why: str) -> None:
    """Wait until the feed polls, and says why."""
    async with asyncio.timeout(20):
        while (now := feed.status()).state is not FeedState.POLLING or why not in now.sentence:  # noqa: ASYNC110
            await asyncio.sleep(0)  # a feed is asked how it stands, it tells nobody


async def read_on(feed: YahooFeed) -> None:
    async for _ in feed.stream("GLD"):
        pass
