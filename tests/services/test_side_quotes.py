"""The prices beside the watched one: asked for sparingly, judged by their own hours, kept."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.feed import START, JumpingLoop, ManualClock, ScriptedFeed, quote
from vaultdesk.core.calendar import weekday_sessions
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import (
    AssetQuoted,
    Bus,
    PriceQuarantined,
    ProblemCleared,
    ProblemRaised,
    QuoteChanged,
)
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.market_store import SqlMarketStore

NEW_YORK = ZoneInfo("America/New_York")
SESSIONS = weekday_sessions(date(2026, 7, 1), date(2026, 7, 31))
DOWN = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached: check the connection.")


def euro(price: str = "1.1700", at: datetime = START, quality: Quality = Quality.LIVE) -> Quote:
    return quote(price, at, quality, symbol="EURUSD")


def desk(
    feed: ScriptedFeed, *symbols: str, gold_symbol: str = ""
) -> tuple[MarketService, list[object]]:
    bus, told = Bus(), list[object]()
    for kind in (QuoteChanged, AssetQuoted, ProblemRaised, ProblemCleared, PriceQuarantined):
        bus.subscribe(kind, told.append)
    market = MarketService(feed, bus, "GLD", gold_symbol=gold_symbol)
    market.also(frozenset(symbols))
    return market, told


def quality(market: MarketService, symbol: str = "EURUSD") -> Quality:
    return market.assets[symbol].quality


def on_jumping_loop(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(work)


async def watched(market: MarketService, seconds: float) -> None:
    """Let the service run for so long, the feed's clock going with the loop's."""
    clock, loop = market.clock, asyncio.get_running_loop()
    assert isinstance(clock, ManualClock)
    began, start = clock.time, loop.time()
    task = asyncio.create_task(market.run())
    while loop.time() < start + seconds:
        await asyncio.sleep(1)
        clock.time = began + timedelta(seconds=loop.time() - start)
    task.cancel()
    await asyncio.wait([task])


async def test_an_exchange_rate_is_told_beside_the_watched_price() -> None:
    feed = ScriptedFeed(quotes=[quote("350")], others={"EURUSD": [euro()]})
    market, told = desk(feed, "EURUSD")
    await market.refresh_assets()
    assert told == [AssetQuoted(euro())]
    assert market.assets == {"EURUSD": euro()}
    assert market.quote is None


async def test_the_watched_symbol_is_not_asked_for_twice() -> None:
    feed = ScriptedFeed(quotes=[quote("350")], others={"EURUSD": [euro()]})
    market, _ = desk(feed, "GLD", "EURUSD")
    await market.refresh_assets()
    assert feed.asked == ["quote EURUSD"]


def test_each_is_asked_for_once_a_minute_while_the_watched_one_is_every_thirty_seconds() -> None:
    feed = ScriptedFeed(
        quotes=[quote("350")], others={"EURUSD": [euro()], "USDCHF": [quote("0.8", symbol="X")]}
    )

    async def ten_minutes() -> None:
        market, _ = desk(feed, "EURUSD", "USDCHF")
        await watched(market, 599)

    on_jumping_loop(ten_minutes())
    assert feed.asked.count("quote GLD") == 20
    assert feed.asked.count("quote EURUSD") == 10
    assert feed.asked.count("quote USDCHF") == 10


def test_what_is_newly_wanted_is_asked_for_at_once_and_the_others_not_again() -> None:
    feed = ScriptedFeed(others={"EURUSD": [euro()], "GBPUSD": [quote("1.3", symbol="GBPUSD")]})

    async def in_between() -> None:
        market, _ = desk(feed, "EURUSD")
        task = asyncio.create_task(market.run())
        await asyncio.sleep(10)
        market.also(frozenset({"EURUSD", "GBPUSD"}))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait([task])

    on_jumping_loop(in_between())
    assert [asked for asked in feed.asked if asked != "quote GLD"] == [
        "quote EURUSD",
        "quote GBPUSD",
    ]


def test_a_rate_that_hangs_does_not_hold_the_watched_price_up() -> None:
    feed = ScriptedFeed(
        quotes=[quote("350")], others={"EURUSD": [euro()]}, held={"EURUSD": asyncio.Event()}
    )

    async def two_minutes() -> None:
        market, _ = desk(feed, "EURUSD")
        await watched(market, 119)

    on_jumping_loop(two_minutes())
    assert feed.asked.count("quote GLD") == 4
    assert feed.asked.count("quote EURUSD") == 1


async def test_a_rate_that_does_not_come_stands_cached_then_stale_and_is_a_problem_of_its_own() -> (
    None
):
    clock = ManualClock()
    feed = ScriptedFeed(clock, quotes=[quote("350")], others={"EURUSD": [euro(), DOWN, euro()]})
    market, told = desk(feed, "EURUSD")
    await market.refresh_assets()
    clock.advance(60)
    await market.refresh_assets()
    assert market.assets["EURUSD"] == replace(euro(), quality=Quality.CACHED)
    assert told[-2:] == [
        ProblemRaised("feed.EURUSD", str(DOWN)),
        AssetQuoted(replace(euro(), quality=Quality.CACHED)),
    ]
    clock.advance(61)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.STALE
    await market.refresh_assets()
    assert ProblemCleared("feed.EURUSD") in told


async def test_a_rate_that_never_came_is_a_problem_and_no_asset() -> None:
    market, told = desk(ScriptedFeed(), "EURUSD")
    await market.refresh_assets()
    assert told == [ProblemRaised("feed.EURUSD", "The test feed has no EURUSD.")]
    assert market.assets == {}


async def test_what_is_wanted_no_more_is_forgotten_with_its_problem() -> None:
    feed = ScriptedFeed(others={"EURUSD": [euro()]})
    market, told = desk(feed, "EURUSD", "USDCHF")
    await market.refresh_assets()
    market.also(frozenset())
    assert market.assets == {}
    assert told[-1] == ProblemCleared("feed.USDCHF")


async def test_an_answer_that_comes_after_the_symbol_was_dropped_is_not_told() -> None:
    feed = ScriptedFeed(others={"EURUSD": [euro()]}, held={"EURUSD": asyncio.Event()})
    market, told = desk(feed, "EURUSD")
    asking = asyncio.create_task(market.refresh_assets())
    await feed.waiting.wait()
    market.also(frozenset())
    feed.held["EURUSD"].set()
    await asking
    assert told == []
    assert market.assets == {}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-07-18T12:00", Quality.LIVE),  # Saturday: Friday's last rate is the newest there is
        ("2026-07-19T16:59", Quality.LIVE),
        ("2026-07-19T17:03", Quality.STALE),  # Sunday evening: rates are made again
    ],
)
async def test_a_rate_is_judged_by_the_currencies_own_week(now: str, expected: Quality) -> None:
    clock = ManualClock(datetime.fromisoformat(now).replace(tzinfo=NEW_YORK))
    friday = datetime(2026, 7, 17, 16, 59, 30, tzinfo=NEW_YORK)
    market, _ = desk(ScriptedFeed(clock, others={"EURUSD": [euro(at=friday)]}), "EURUSD")
    market.use_sessions(SESSIONS)
    await market.refresh_assets()
    assert quality(market) is expected


async def test_at_night_a_rate_grows_stale_though_the_stock_exchange_is_closed() -> None:
    night = datetime(2026, 7, 15, 2, tzinfo=NEW_YORK)
    old = night - timedelta(minutes=10)
    feed = ScriptedFeed(
        ManualClock(night),
        others={"EURUSD": [euro(at=old)], "SPY": [quote("600", old, symbol="SPY")]},
    )
    market, _ = desk(feed, "EURUSD", "SPY")
    market.use_sessions(SESSIONS)
    await market.refresh_assets()
    assert quality(market) is Quality.STALE
    assert quality(market, "SPY") is Quality.LIVE


@pytest.mark.parametrize("symbol", ["XAUUSD", "GC=F"])
async def test_gold_rests_from_five_to_six_when_its_last_price_stays_good(symbol: str) -> None:
    last = datetime(2026, 7, 14, 16, 59, tzinfo=NEW_YORK)
    clock = ManualClock(datetime(2026, 7, 14, 17, 55, tzinfo=NEW_YORK))
    feed = ScriptedFeed(clock, others={symbol: [quote("4105.30", last, symbol=symbol)]})
    market, _ = desk(feed, symbol)
    await market.refresh_assets()
    assert quality(market, symbol) is Quality.LIVE
    clock.advance(10 * 60)  # it trades again, and nothing comes
    market.use_sessions(SESSIONS)
    assert quality(market, symbol) is Quality.STALE


async def test_between_two_questions_a_rate_does_not_grow_stale() -> None:
    clock = ManualClock()
    market, _ = desk(ScriptedFeed(clock, others={"EURUSD": [euro()]}), "EURUSD")
    await market.refresh_assets()
    clock.advance(90)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.LIVE
    clock.advance(31)
    market.use_sessions(SESSIONS)
    assert quality(market) is Quality.STALE


async def test_the_last_rate_survives_a_restart_as_stale() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        first, _ = desk(ScriptedFeed(others={"EURUSD": [euro("1.17005")]}), "EURUSD")
        await first.use(store)
        await first.refresh_assets()
        second, told = desk(ScriptedFeed(others={"EURUSD": [DOWN]}), "EURUSD")
        await second.use(store)
        await second.refresh_assets()
        assert second.assets["EURUSD"] == replace(euro("1.17005"), quality=Quality.STALE)
        assert told[0] == AssetQuoted(second.assets["EURUSD"])


async def test_a_rate_that_jumps_is_quarantined_under_its_own_name() -> None:
    clock = ManualClock()
    minutes = [START + timedelta(minutes=i) for i in range(3)]
    rates = [euro(price, at) for price, at in zip(("1.17", "1.07", "1.071"), minutes, strict=True)]
    market, told = desk(ScriptedFeed(clock, others={"EURUSD": [*rates]}), "EURUSD")
    for _ in rates:
        await market.refresh_assets()
        clock.advance(60)
    quarantined = replace(rates[1], confirmed=False)
    assert [e.quote for e in told if isinstance(e, AssetQuoted)] == [
        rates[0],
        quarantined,
        rates[2],
    ]
    assert [e.key for e in told if isinstance(e, ProblemRaised)] == ["outlier.EURUSD"]
    assert told[-2] == ProblemCleared("outlier.EURUSD")


# --- gold by the ounce


def ounce(symbol: str = "GC=F", quality: Quality = Quality.DELAYED) -> Quote:
    return quote("4105.30", quality=quality, symbol=symbol)


def test_an_ounce_of_gold_is_asked_for_once_a_minute_at_most() -> None:
    clock = ManualClock()
    feed = ScriptedFeed(clock, others={"GC=F": [ounce()]})

    async def polled() -> None:
        market, _ = desk(feed, gold_symbol="GC=F")
        for _ in range(10):
            await market.refresh_assets()
            clock.advance(10)
        assert market.gold == ounce()

    on_jumping_loop(polled())
    assert feed.asked == ["quote GC=F"] * 2


async def test_without_gold_the_premium_is_unknown_which_is_no_problem() -> None:
    clock = ManualClock()
    feed = ScriptedFeed(clock, quotes=[quote("377.01")], others={"GC=F": [ounce(), DOWN]})
    market, told = desk(feed, gold_symbol="GC=F")
    await market.refresh()
    await market.refresh_assets()
    assert market.premium is not None
    clock.advance(60)
    await market.refresh_assets()
    assert market.premium is None
    assert not [event for event in told if isinstance(event, ProblemRaised)]


async def test_an_ounce_the_loan_needs_is_asked_for_once_and_gives_the_premium_too() -> None:
    feed = ScriptedFeed(quotes=[quote("377.01")], others={"XAUUSD": [ounce("XAUUSD")]})
    market, told = desk(feed, "XAUUSD", gold_symbol="GC=F")
    await market.refresh()
    await market.refresh_assets()
    assert feed.asked == ["quote GLD", "quote XAUUSD"]
    assert AssetQuoted(ounce("XAUUSD")) in told
    assert market.gold == ounce("XAUUSD")
    assert market.premium == Decimal("377.01") / (market.ounces_per_unit * Decimal("4105.30")) - 1  # type: ignore[operator]
