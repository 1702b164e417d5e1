"""A price that jumps is shown but not believed, until a second trade confirms it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.fakes.feed import START, ManualClock, ScriptedFeed, quote
from vaultdesk.core.market import Quality, Quote
from vaultdesk.events import (
    Bus,
    PriceQuarantined,
    ProblemCleared,
    ProblemRaised,
    QuoteChanged,
    VolatilityChanged,
)
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.market_store import SqlMarketStore

DOWN = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached: check the connection.")


def desk(
    feed: ScriptedFeed | None = None, volatility: float | None = None
) -> tuple[MarketService, list[object]]:
    bus, told = Bus(), list[object]()
    for kind in (QuoteChanged, ProblemRaised, ProblemCleared, PriceQuarantined):
        bus.subscribe(kind, told.append)
    market = MarketService(feed or ScriptedFeed(), bus, "GLD")
    if volatility is not None:
        bus.tell(VolatilityChanged("GLD", volatility, "the chain", Quality.LIVE))
    return market, told


def traded(price: str, minute: float, source: str = "yahoo") -> Quote:
    return quote(price, START + timedelta(minutes=minute), source=source)


def prices(told: list[object]) -> list[tuple[str, bool]]:
    return [(str(e.quote.last), e.quote.confirmed) for e in told if isinstance(e, QuoteChanged)]


def test_a_crash_is_shown_at_its_first_trade_and_believed_at_its_second() -> None:
    market, told = desk()
    for minute, price in enumerate(("350", "322", "320")):
        market.accept(traded(price, minute))
    assert prices(told) == [("350", True), ("322", False), ("320", True)]
    (quarantined,) = (event for event in told if isinstance(event, PriceQuarantined))
    assert quarantined.quote == replace(traded("322", 1), confirmed=False)
    assert ProblemRaised("outlier", quarantined.sentence) in told
    assert "8.0 % below 350" in quarantined.sentence
    assert told.count(ProblemCleared("outlier")) == 1
    assert told[-1] == QuoteChanged(traded("320", 2))


def test_a_mistyped_trade_is_gone_with_the_next_one() -> None:
    market, told = desk()
    for minute, price in enumerate(("350", "35", "350.10")):
        market.accept(traded(price, minute))
    assert prices(told) == [("350", True), ("35", False), ("350.10", True)]
    assert told[-2] == ProblemCleared("outlier")


def test_a_poll_that_brings_the_same_trade_again_leaves_the_price_in_quarantine() -> None:
    market, told = desk()
    market.accept(traded("350", 0))
    for _ in range(3):
        market.accept(traded("300", 1))
    assert market.quote is not None
    assert not market.quote.confirmed
    assert len([event for event in told if isinstance(event, PriceQuarantined)]) == 1
    assert ProblemCleared("outlier") not in told


async def test_a_price_in_quarantine_is_not_made_better_by_growing_old_or_by_a_failing_feed() -> (
    None
):
    clock = ManualClock()
    feed = ScriptedFeed(clock, quotes=[traded("350", 0), traded("300", 1), DOWN])
    market, _ = desk(feed)
    for _ in range(3):
        await market.refresh()
    assert market.quote is not None
    assert (market.quote.quality, market.quote.confirmed) == (Quality.CACHED, False)


def test_the_market_s_own_volatility_widens_the_reach() -> None:
    # five sigma of a minute are 0.29 % at 18 % a year and 0.80 % at 50 %
    for volatility, confirmed in ((None, False), (0.18, False), (0.5, True)):
        market, told = desk(volatility=volatility)
        market.accept(traded("350", 0))
        market.accept(traded("348", 1))  # -0.57 %
        assert prices(told)[1] == ("348", confirmed)


def test_the_volatility_of_another_symbol_changes_nothing() -> None:
    market, told = desk()
    market._bus.tell(VolatilityChanged("SPY", 0.9, "the chain", Quality.LIVE))
    market._bus.tell(VolatilityChanged("GLD", None, "the chain", Quality.LIVE))
    market.accept(traded("350", 0))
    market.accept(traded("348", 1))
    assert prices(told)[1] == ("348", False)


def test_a_volatility_drawn_from_a_price_in_quarantine_does_not_open_the_gate_for_it() -> None:
    market, told = desk()
    market.accept(traded("350", 0))
    market.accept(traded("343", 1))
    market._bus.tell(VolatilityChanged("GLD", 0.9, "the chain", Quality.LIVE))
    market.accept(traded("346.60", 2))  # not half-way to the doubted price
    assert prices(told)[-1] == ("346.60", False)


async def test_a_price_in_quarantine_is_not_kept_for_the_next_run() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        market, _ = desk()
        await market.use(store)
        market.accept(traded("350", 0))
        await market.keep()
        market.accept(traded("300", 1))
        await market.keep()
        kept = await store.last_quote("GLD")
        assert kept is not None
        assert kept.last == Decimal(350)


async def test_the_first_price_of_a_run_is_weighed_against_the_last_of_the_one_before() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        await store.keep_quote(traded("350", 0))
        for price, confirmed in (("300", False), ("351", True)):
            market, told = desk()
            await market.use(store)
            market.accept(traded(price, 60))
            assert prices(told) == [("350", True), (price, confirmed)]


async def test_the_last_price_of_another_simulation_says_nothing_about_this_one() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        await store.keep_quote(replace(traded("350", 0), quality=Quality.SIMULATED))
        market, told = desk()
        await market.use(store)
        market.accept(replace(traded("300", 1), quality=Quality.SIMULATED))
        assert prices(told) == [("350", True), ("300", True)]


def test_another_vendor_confirms_at_once() -> None:
    market, told = desk()
    market.accept(traded("350", 0))
    market.accept(traded("320", 1))
    market.accept(traded("320.50", 1, "cboe"))
    assert prices(told) == [("350", True), ("320", False), ("320.50", True)]


def test_after_a_crash_was_confirmed_the_old_level_of_another_source_weighs_nothing() -> None:
    market, told = desk()
    market.accept(traded("350", 0, "cboe"))
    market.accept(traded("400", 0.5, "yahoo"))
    market.accept(traded("401", 1, "yahoo"))
    assert prices(told)[-1] == ("401", True)
    assert [e.key for e in told if isinstance(e, ProblemCleared)] == ["outlier", "sources"]


def test_another_symbol_starts_with_a_clean_sheet() -> None:
    market, told = desk()
    market.accept(traded("350", 0))
    market.accept(traded("300", 1))
    market.watch("SPY")
    assert told[-1] == ProblemCleared("outlier")
    market.accept(quote("600", START + timedelta(minutes=2), symbol="SPY"))
    assert prices(told)[-1] == ("600", True)


def test_a_service_that_was_closed_hears_nothing_more() -> None:
    market, told = desk()
    market.close()
    market._bus.tell(VolatilityChanged("GLD", 0.9, "the chain", Quality.LIVE))
    market.accept(traded("350", 0))
    market.accept(traded("348", 1))
    assert prices(told)[1] == ("348", False)
