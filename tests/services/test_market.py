"""The desk's price: polled on its grid, judged, remembered, and honest when the feed fails."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.fakes.feed import START, JumpingLoop, ManualClock, ScriptedFeed, quote
from vaultdesk.core.calendar import weekday_sessions
from vaultdesk.core.market import Quality
from vaultdesk.events import Bus, HoursChanged, ProblemCleared, ProblemRaised, QuoteChanged
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.market_store import SqlMarketStore

SESSIONS = weekday_sessions(date(2026, 7, 1), date(2026, 7, 31))
DOWN = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached: check the connection.")


def service(feed: ScriptedFeed) -> tuple[MarketService, list[object]]:
    bus = Bus()
    told: list[object] = []
    for kind in (QuoteChanged, ProblemRaised, ProblemCleared, HoursChanged):
        bus.subscribe(kind, told.append)
    return MarketService(feed, bus, "GLD"), told


def quality(market: MarketService) -> Quality | None:
    return market.quote.quality if market.quote else None


def on_jumping_loop(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(work)


def test_the_feed_is_asked_once_every_thirty_seconds() -> None:
    feed = ScriptedFeed(quotes=[quote("350")])

    async def ten_minutes() -> None:
        market, _ = service(feed)
        task = asyncio.create_task(market.run())
        await asyncio.sleep(599)
        task.cancel()
        await asyncio.wait([task])

    on_jumping_loop(ten_minutes())
    assert feed.asked.count("quote GLD") == 20


def test_after_the_machine_slept_the_grid_goes_on_without_a_burst() -> None:
    feed = ScriptedFeed(quotes=[quote("350")])

    async def with_a_sleep() -> None:
        market, _ = service(feed)
        task = asyncio.create_task(market.run())
        await asyncio.sleep(45)  # asked at 0 and 30
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        loop.suspend(3600)
        await asyncio.sleep(1)  # late for one: asked at once
        await asyncio.sleep(30)  # and again on the grid
        task.cancel()
        await asyncio.wait([task])

    on_jumping_loop(with_a_sleep())
    assert feed.asked.count("quote GLD") == 4


async def test_a_failing_feed_leaves_the_last_price_cached_then_stale() -> None:
    clock = ManualClock()
    feed = ScriptedFeed(clock, quotes=[quote("350"), DOWN])
    market, told = service(feed)
    market.use_sessions(SESSIONS)
    await market.refresh()
    await market.refresh()
    assert quality(market) is Quality.CACHED
    assert ProblemRaised("feed", str(DOWN)) in told
    clock.advance(61)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.STALE
    assert market.quote is not None
    assert market.quote.last == Decimal(350)


async def test_a_price_that_comes_again_clears_the_problem() -> None:
    feed = ScriptedFeed(quotes=[DOWN, quote("350")])
    market, told = service(feed)
    await market.refresh()
    await market.refresh()
    assert told.index(ProblemRaised("feed", str(DOWN))) < told.index(ProblemCleared("feed"))
    assert market.quote is not None
    assert market.quote.quality is Quality.LIVE


async def test_a_quote_without_a_price_never_replaces_one_that_has() -> None:
    empty = replace(quote("1"), last=None)
    market, told = service(ScriptedFeed(quotes=[quote("350"), empty]))
    await market.refresh()
    await market.refresh()
    assert market.quote is not None
    assert market.quote.last == Decimal(350)
    assert any(isinstance(event, ProblemRaised) for event in told)


async def test_a_price_grows_stale_while_nothing_comes() -> None:
    clock = ManualClock()
    market, told = service(ScriptedFeed(clock, quotes=[quote("350")]))
    market.use_sessions(SESSIONS)
    await market.refresh()
    clock.advance(59)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.LIVE
    clock.advance(2)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.STALE
    assert market.quote is not None
    assert told[-1] == QuoteChanged(market.quote)


async def test_after_the_close_the_closing_price_stays_good() -> None:
    close = START.replace(hour=20)
    clock = ManualClock(close + timedelta(hours=5))
    market, _ = service(ScriptedFeed(clock, quotes=[quote("350", at=close)]))
    market.use_sessions(SESSIONS)
    await market.refresh()
    assert market.quote is not None
    assert market.quote.quality is Quality.LIVE
    assert market.hours is not None
    assert not market.hours.in_session


async def test_the_last_good_quote_survives_a_restart_as_stale() -> None:
    with Database(None) as database:
        first, _ = service(ScriptedFeed(quotes=[quote("350.25")]))
        await first.use(SqlMarketStore(database))
        await first.refresh()
        await first.keep()
        clock = ManualClock(START + timedelta(hours=1))
        second, _ = service(ScriptedFeed(clock, quotes=[DOWN]))
        await second.use(SqlMarketStore(database))
        await second.refresh()
        assert second.quote is not None
        assert second.quote.last == Decimal("350.25")
        assert second.quote.quality is Quality.STALE
        assert second.quote.age(clock.now()) == timedelta(hours=1)


async def test_a_stale_price_is_never_written_down_as_good() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        clock = ManualClock(START + timedelta(hours=1))
        market, _ = service(ScriptedFeed(clock, quotes=[quote("350")]))
        await market.use(store)
        await market.refresh()
        await market.keep()
        assert market.quote is not None
        assert market.quote.quality is Quality.STALE
        assert await store.last_quote("GLD") is None


async def test_two_sources_that_disagree_are_named_and_the_lower_is_used() -> None:
    market, told = service(ScriptedFeed())
    market.accept(quote("350", source="yahoo"))
    market.accept(quote("360", source="yahoo stream"))
    assert market.quote is not None
    assert market.quote.last == Decimal(350)
    assert any(isinstance(e, ProblemRaised) and e.key == "sources" for e in told)
    market.accept(quote("350.5", source="yahoo stream"))
    assert told[-2] == ProblemCleared("sources")


async def test_streamed_prices_are_told_as_they_come() -> None:
    queue: asyncio.Queue[Any] = asyncio.Queue()
    market, _ = service(ScriptedFeed(quotes=[quote("350")], streamed=queue))
    arrived = asyncio.Event()
    market._bus.subscribe(
        QuoteChanged, lambda e: arrived.set() if e.quote.last == Decimal(352) else None
    )
    task = asyncio.create_task(market.run())
    for price in ("351", "352"):
        queue.put_nowait(quote(price))
    await arrived.wait()
    task.cancel()
    await asyncio.wait([task])


async def test_a_clock_that_jumps_back_neither_ages_a_price_nor_stops_its_keeping() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        clock = ManualClock()
        market, _ = service(ScriptedFeed(clock))
        await market.use(store)
        market.use_sessions(SESSIONS)
        market.accept(quote("350"))
        await market.keep(force=False)
        clock.advance(-3600)
        market.accept(quote("351", at=clock.now()))
        await market.keep(force=False)
        assert quality(market) is Quality.LIVE
        kept = await store.last_quote("GLD")
        assert kept is not None
        assert kept.last == Decimal(351)


async def test_a_clock_that_jumps_ahead_makes_the_price_stale_until_the_next_one() -> None:
    clock = ManualClock()
    market, _ = service(ScriptedFeed(clock))
    market.use_sessions(SESSIONS)
    market.accept(quote("350"))
    clock.advance(7200)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.STALE
    market.accept(quote("351", at=clock.now()))
    assert quality(market) is Quality.LIVE


async def test_a_closing_price_that_came_before_the_hours_were_known_is_judged_anew() -> None:
    close = START.replace(hour=20)
    clock = ManualClock(close + timedelta(hours=5))
    market, _ = service(ScriptedFeed(clock, quotes=[quote("350", at=close)]))
    await market.refresh()
    assert quality(market) is Quality.STALE
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.LIVE
