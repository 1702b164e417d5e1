"""What the feed does while Yahoo does not answer: nobody waits longer than they must."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault, ShiftedClock, forget_the_session
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.adapters.yahoo.call import Call
from vaultdesk.core.market import FeedState
from vaultdesk.ports import FeedError, FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]

EXPIRY = date(2027, 1, 29)
AT_ONCE = 3.0
"""Seconds that count as at once on a busy machine; a held request hangs for a minute."""


@contextmanager
def at_once() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < AT_ONCE


async def asked(yahoo: FakeYahoo, requests: int = 1) -> None:
    """Wait until so many requests for data have come."""
    await asyncio.to_thread(yahoo.wait, lambda: yahoo.data_requests() >= requests)


def yahoo_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "yahoo"]


async def hanging(yahoo: FakeYahoo, feed: YahooFeed) -> asyncio.Task[object]:
    """A call whose request the fake holds."""
    await feed.quote("GLD")
    yahoo.paths.clear()
    yahoo.faults = {Fault.SLOW}
    task: asyncio.Task[object] = asyncio.create_task(feed.quote("GLD"))
    await asked(yahoo)
    return task


async def test_a_call_that_gets_no_answer_ends_after_its_time(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    feed = YahooFeed(ShiftedClock(), yahoo_folder, timeout=0.4)
    await feed.quote("GLD")
    fake_yahoo.faults = {Fault.SLOW}
    start = time.monotonic()
    with pytest.raises(FeedError, match="did not answer in time") as caught:
        await feed.quote("GLD")
    assert 0.3 < time.monotonic() - start < 0.4 + AT_ONCE
    assert caught.value.fault is FeedFault.TIMEOUT
    assert feed.status().state is FeedState.OFFLINE
    fake_yahoo.release()
    await feed.quote("GLD")
    assert feed.status().state is FeedState.POLLING
    await feed.close()


async def test_a_cookie_that_does_not_come_takes_no_more_than_the_call_s_time(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    feed = YahooFeed(ShiftedClock(), yahoo_folder, timeout=0.4)
    await feed.quote("GLD")
    fake_yahoo.faults = {Fault.SLOW_HANDSHAKE, Fault.BAD_CRUMB}
    with at_once(), pytest.raises(FeedError) as caught:
        await feed.expirations("GLD")
    assert caught.value.fault is FeedFault.TIMEOUT
    await feed.close()


async def test_a_quote_does_without_a_cookie_that_does_not_come(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.quote("GLD")
    forget_the_session()
    feed = YahooFeed(yahoo_feed.clock, Path())
    fake_yahoo.faults = {Fault.SLOW_HANDSHAKE}
    with patch("vaultdesk.adapters.yahoo.session.HANDSHAKE_SECONDS", 0.1), at_once():
        assert (await feed.quote("GLD")).last
    await feed.close()


async def test_a_cancelled_call_ends_at_once_and_the_next_does_not_wait_for_it(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    task = await hanging(fake_yahoo, yahoo_feed)
    (hung,) = yahoo_threads()
    fake_yahoo.faults = set()  # what is held stays held
    with at_once():
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await yahoo_feed.chain("GLD", EXPIRY)
    assert len(yahoo_threads()) == 2
    fake_yahoo.release()
    await asyncio.to_thread(hung.join, AT_ONCE)
    assert not hung.is_alive(), "the thread left behind ends with its request"
    assert len(yahoo_threads()) == 1


async def test_a_superseded_call_that_waits_for_its_turn_is_never_asked(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    running = await hanging(fake_yahoo, yahoo_feed)
    superseded = asyncio.create_task(yahoo_feed.chain("GLD", EXPIRY))
    await asyncio.sleep(0)
    superseded.cancel()
    with pytest.raises(asyncio.CancelledError):
        await superseded
    fake_yahoo.release()
    await running
    assert not [path for path in fake_yahoo.paths if path.startswith("/v7/")]


async def test_a_probe_that_is_cancelled_leaves_the_next_call_to_probe(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    with pytest.raises(FeedError):
        await yahoo_feed.quote("GLD")
    clock.shift += timedelta(seconds=73)
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {Fault.SLOW}
    probe = asyncio.create_task(yahoo_feed.quote("GLD"))
    await asked(fake_yahoo)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    fake_yahoo.faults = set()
    assert (await yahoo_feed.quote("GLD")).last


async def test_a_late_answer_changes_nothing(fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed) -> None:
    task = await hanging(fake_yahoo, yahoo_feed)
    (hung,) = yahoo_threads()
    task.cancel()
    fake_yahoo.markets["GLD"].currency = "EUR"
    before = yahoo_feed.status()
    fake_yahoo.release()
    await asyncio.to_thread(hung.join, AT_ONCE)
    await asyncio.gather(task, return_exceptions=True)
    assert yahoo_feed.status().state is before.state
    assert yahoo_feed._facts["GLD"].currency == "USD"


class StuckClient:
    """A client that neither answers nor looks at its call's time."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.calls: list[Call] = []

    def quote(self, _symbol: str, call: Call) -> dict[str, object]:
        self.calls.append(call)
        self.let_go.wait(20)
        return {}

    def expirations(self, _symbol: str, _call: Call) -> tuple[date, ...]:
        return (EXPIRY,)


async def test_a_thread_that_misses_its_time_is_left_behind(yahoo_folder: Path) -> None:
    feed, stuck = YahooFeed(ShiftedClock(), yahoo_folder, timeout=0.1), StuckClient()
    with patch.object(feed, "_client", stuck):
        with at_once(), pytest.raises(FeedError, match="did not answer in time"):
            await feed.quote("GLD")
        assert stuck.calls[0].given_up
        assert stuck.calls[0].left() == 0
        with at_once():
            assert await feed.expirations("GLD") == (EXPIRY,)
    stuck.let_go.set()
    await feed.close()


async def test_who_waits_too_long_for_a_turn_is_told(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    task = await hanging(fake_yahoo, yahoo_feed)
    with patch.object(yahoo_feed, "_timeout", 0.1), pytest.raises(FeedError) as caught:
        await yahoo_feed.expirations("GLD")
    assert caught.value.fault is FeedFault.TIMEOUT
    fake_yahoo.release()
    await task


async def test_closing_ends_a_hanging_call_and_those_behind_it_at_once(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    first = await hanging(fake_yahoo, yahoo_feed)
    second = asyncio.create_task(yahoo_feed.chain("GLD", EXPIRY))
    await asyncio.sleep(0)
    with at_once():
        await yahoo_feed.close()
        ends = await asyncio.gather(first, second, return_exceptions=True)
    assert [end.fault for end in ends if isinstance(end, FeedError)] == [FeedFault.ENDED] * 2
    await yahoo_feed.close()
