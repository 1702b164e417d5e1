"""The price stream against a fake streamer: what it tells, and how it is begun again."""

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pytest

from tests.fakes.yahoo import FakeYahoo, Fault, ShiftedClock
from tests.fakes.yahoo_asking import QUICK, STREAMER, next_of, polling, read_on, streaming
from tests.fakes.yahoo_market import pricing
from vaultdesk.adapters.yahoo.pulse import Pulse
from vaultdesk.core.market import FeedState, Quality

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


TICK_MS = 1783713598000


async def test_ticks_come_as_quotes_of_the_stream(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        stream = feed.stream("gld")
        first = await next_of(stream)
        assert (first.symbol, first.source, first.quality) == ("GLD", "yahoo stream", Quality.LIVE)
        assert (first.last, first.bid, first.currency) == (Decimal("377.01"), None, "USD")
        assert feed.status().state is FeedState.STREAMING
        fake_yahoo.tick("IAU", price=70.0, time=TICK_MS)
        fake_yahoo.tick("GLD", price=378.12, time=TICK_MS, bid=378.1, ask=378.15, day_volume=77)
        tick = await next_of(stream)
        assert (tick.last, tick.bid, tick.ask, tick.volume) == (
            Decimal("378.12"),
            Decimal("378.1"),
            Decimal("378.15"),
            77,
        )
        assert tick.at == datetime(2026, 7, 10, 19, 59, 58, tzinfo=UTC)
        assert fake_yahoo.subscriptions == [["GLD"]]


async def test_the_stream_s_bid_and_ask_go_with_polled_quotes_and_the_poll_s_close_with_ticks(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        await feed.quote("GLD")
        stream = feed.stream("GLD")
        await next_of(stream)
        fake_yahoo.tick("GLD", price=378.12, time=TICK_MS, bid=378.1, ask=378.15)
        assert (await next_of(stream)).day_change == Decimal("3.92")
        polled = await feed.quote("GLD")
        assert (polled.bid, polled.ask) == (Decimal("378.1"), Decimal("378.15"))
        fake_yahoo.tick("GLD", price=378.2, time=TICK_MS)
        assert (await next_of(stream)).bid == Decimal("378.1")
        assert isinstance(feed.clock, ShiftedClock)
        feed.clock.shift += timedelta(seconds=61)
        fake_yahoo.tick("GLD", price=378.3, time=TICK_MS)
        assert (await next_of(stream)).bid is None


async def test_the_subscription_is_renewed_while_it_lasts(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder, replace(QUICK, resubscribe=0.02)) as feed:
        stream = feed.stream("GLD")
        await next_of(stream)
        await asyncio.to_thread(fake_yahoo.wait, lambda: len(fake_yahoo.subscriptions) >= 4)
        assert fake_yahoo.paths[STREAMER] == 1, "all on one connection"
        assert fake_yahoo.subscriptions[:4] == [["GLD"]] * 4


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.STREAM_CLOSED, "stream was closed"),
        (Fault.STREAM_ABORTED, "stream broke off"),
    ],
)
async def test_a_stream_that_ends_is_begun_again(
    fake_yahoo: FakeYahoo, yahoo_folder: Path, fault: Fault, why: str
) -> None:
    fake_yahoo.faults = {fault}
    async with streaming(yahoo_folder, replace(QUICK, shortest_wait=0.3)) as feed:
        await feed.quote("GLD")
        stream = feed.stream("GLD")
        await next_of(stream)
        await polling(feed, why)
        fake_yahoo.faults = set()
        await next_of(stream)
        assert fake_yahoo.paths[STREAMER] >= 2
        assert feed.status().state is FeedState.STREAMING


async def test_a_silent_stream_is_left_for_polling_and_begun_again(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder, replace(QUICK, silent_after=0.2)) as feed:
        await feed.quote("GLD")
        stream = feed.stream("GLD")
        await next_of(stream)
        fake_yahoo.faults = {Fault.STREAM_SILENT}
        assert feed.status().state is FeedState.STREAMING
        await polling(feed, "silent")
        fake_yahoo.faults = set()
        await next_of(stream)
        assert feed.status().state is FeedState.STREAMING


async def test_a_stream_that_sends_nothing_readable_counts_as_silent(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    fake_yahoo.faults = {Fault.STREAM_GARBLED, Fault.STREAM_SILENT}
    async with streaming(yahoo_folder, replace(QUICK, silent_after=0.1)) as feed:
        stream = feed.stream("GLD")
        reading = asyncio.ensure_future(next_of(stream))
        await asyncio.to_thread(fake_yahoo.wait, lambda: fake_yahoo.paths[STREAMER] >= 2)
        fake_yahoo.faults = {Fault.STREAM_GARBLED}
        assert (await reading).last == Decimal("377.01"), "what is garbled is passed over"


async def test_a_streamer_that_refuses_is_asked_again(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    fake_yahoo.faults = {Fault.STREAM_REFUSED}
    async with streaming(yahoo_folder) as feed:
        await feed.quote("GLD")
        fake_yahoo.paths.clear()
        reading = asyncio.ensure_future(next_of(feed.stream("GLD")))
        await asyncio.to_thread(fake_yahoo.wait, lambda: fake_yahoo.paths[STREAMER] >= 3)
        await polling(feed, "cannot be reached")
        fake_yahoo.faults = set()
        await reading


class FullSocket:
    """A connection with so many frames waiting that reading one never pauses."""

    close_code = 1000

    def __init__(self, frames: int) -> None:
        self.frames = frames

    async def receive(self) -> aiohttp.WSMessage:
        self.frames -= 1
        kind = aiohttp.WSMsgType.TEXT if self.frames else aiohttp.WSMsgType.CLOSED
        return aiohttp.WSMessage(kind, pricing(id="GLD", price=1.0, time=TICK_MS), None)


async def test_a_flood_of_ticks_leaves_the_loop_a_turn_between_any_two() -> None:
    from vaultdesk.adapters.yahoo.stream import Stream  # noqa: PLC0415

    turns, done = 0, False

    async def other_work() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    work = asyncio.ensure_future(other_work())
    heard: list[object] = []
    stream = Stream("GLD", QUICK, random.Random(1))  # noqa: S311
    why = await stream._listen(FullSocket(500), heard.append)  # type: ignore[arg-type]
    done = True
    await work
    assert (len(heard), why) == (499, "Yahoo's stream was closed")
    assert turns >= 499


async def test_ticks_that_keep_coming_keep_the_connection(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder, replace(QUICK, silent_after=0.3)) as feed:
        stream = feed.stream("GLD")
        await next_of(stream)
        end = time.monotonic() + 0.7
        while time.monotonic() < end:
            await asyncio.to_thread(fake_yahoo.tick, "GLD", price=378.0, time=TICK_MS)
            await next_of(stream)
        assert fake_yahoo.paths[STREAMER] == 1


@dataclass(frozen=True, slots=True)
class CountingPulse(Pulse):
    asked: list[int] = field(default_factory=list)

    def wait(self, failures: int, rng: random.Random) -> float:
        self.asked.append(failures)
        return 0.01 * rng.random()


@pytest.mark.parametrize(
    ("fault", "failures"),
    [(Fault.STREAM_CLOSED, [0, 0, 0]), (Fault.STREAM_REFUSED, [0, 1, 2])],
)
async def test_waits_grow_while_nothing_comes_and_start_anew_after_a_tick(
    fake_yahoo: FakeYahoo, yahoo_folder: Path, fault: Fault, failures: list[int]
) -> None:
    fake_yahoo.faults = {fault}
    pulse = CountingPulse()
    async with streaming(yahoo_folder, pulse) as feed:
        reading = asyncio.ensure_future(read_on(feed))
        await asyncio.to_thread(fake_yahoo.wait, lambda: fake_yahoo.paths[STREAMER] >= 4)
    await reading
    assert pulse.asked[:3] == failures


async def test_a_slow_reader_loses_the_oldest_ticks_not_the_newest(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    async with streaming(yahoo_folder) as feed:
        stream = feed.stream("GLD")
        await next_of(stream)
        with patch("vaultdesk.adapters.yahoo.feed.WAITING_TICKS", 3):
            await asyncio.to_thread(fake_yahoo.flood, "GLD", 50)
            polled = 0
            while polled != 50:
                await feed.quote("GLD")
                market, _ = feed._markets.get("GLD", (None, None))
                polled = int(market.bid) if market and market.bid else 0
        assert [int((await next_of(stream)).last or 0) for _ in range(3)] == [48, 49, 50]


def test_waits_grow_to_their_limit_and_are_never_the_same() -> None:
    pulse, rng = Pulse(), random.Random(1)  # noqa: S311
    assert 0.5 <= pulse.wait(0, rng) <= 1
    assert 2 <= pulse.wait(2, rng) <= 4
    for failures in (6, 20, 10_000):
        assert 30 <= pulse.wait(failures, rng) <= 60
    assert len({pulse.wait(3, rng) for _ in range(20)}) == 20
