"""The option chain: expiries first, one chain and no more, cached, cancelled, revalued."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from tests.fakes.feed import START, ManualClock, ScriptedFeed, chain, quote
from vaultdesk.core.calendar import Sessions, weekday_sessions
from vaultdesk.core.market import Flag, Quality
from vaultdesk.events import (
    Bus,
    ChainChanged,
    ChainFailed,
    ExerciseStyleChanged,
    ExpirationsChanged,
    GreeksChanged,
    PricingChanged,
    VolatilityChanged,
)
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.chain import ChainService
from vaultdesk.services.chains import Chains
from vaultdesk.services.market import MarketService
from vaultdesk.storage.database import Database
from vaultdesk.storage.market_store import SqlMarketStore
from vaultdesk.stores import MarketStore

NEAR, MIDDLE, FAR = date(2026, 7, 24), date(2026, 9, 18), date(2028, 1, 21)


def feed() -> ScriptedFeed:
    return ScriptedFeed(
        quotes=[quote("350")],
        expiries=(NEAR, MIDDLE, FAR),
        chains={expiry: chain(expiry) for expiry in (NEAR, MIDDLE, FAR)},
    )


def service(
    source: ScriptedFeed, store: MarketStore | None = None
) -> tuple[ChainService, MarketService, list[object]]:
    bus = Bus()
    told: list[object] = []
    for kind in (
        *(ExpirationsChanged, ChainChanged, ChainFailed, GreeksChanged, VolatilityChanged),
        *(ExerciseStyleChanged, PricingChanged),
    ):
        bus.subscribe(kind, told.append)
    market = MarketService(source, bus, "GLD")
    listed = Chains(source, bus, ttl_s=300)
    if store is not None:
        listed.use(store)
    return ChainService(listed, bus, market), market, told


async def test_opening_asks_for_the_expiries_and_the_chain_nearest_to_sixty_days() -> None:
    source = feed()
    chains, _, told = service(source)
    chains.open()
    await chains.settled()
    assert source.asked == ["expirations GLD", f"chain {MIDDLE}"]
    assert told[0] == ExpirationsChanged("GLD", (NEAR, MIDDLE, FAR))
    assert ChainChanged("GLD", MIDDLE) in told


async def test_another_expiry_is_fetched_only_when_chosen() -> None:
    source = feed()
    chains, _, _ = service(source)
    chains.open()
    await chains.settled()
    chains.request(FAR)
    await chains.settled()
    assert source.asked[2:] == [f"chain {FAR}"]
    assert chains.view is not None
    assert chains.view.chain.expiry == FAR


async def test_a_superseded_fetch_is_cancelled_and_its_answer_dropped() -> None:
    source = feed()
    source.gates[NEAR] = asyncio.Event()
    chains, _, told = service(source)
    chains.request(NEAR)
    await source.waiting.wait()
    chains.request(FAR)
    await chains.settled()
    source.gates[NEAR].set()
    assert source.cancelled == [f"chain {NEAR}"]
    assert [e.expiry for e in told if isinstance(e, ChainChanged)] == [FAR]


@pytest.mark.parametrize(("age_s", "fetches"), [(299, 1), (301, 2)])
async def test_a_chain_is_kept_for_five_minutes(age_s: float, fetches: int) -> None:
    clock = ManualClock()
    source = feed()
    source.clock = clock
    with Database(None) as database:
        chains, _, _ = service(source, SqlMarketStore(database))
        chains.request(MIDDLE)
        await chains.settled()
        clock.advance(age_s)
        chains.request(MIDDLE)
        await chains.settled()
    assert source.asked.count(f"chain {MIDDLE}") == fetches
    assert (chains.hits, chains.misses) == (2 - fetches, fetches)
    assert chains.from_cache is (fetches == 1)


async def test_the_kept_chain_is_the_fetched_one_to_the_digit() -> None:
    with Database(None) as database:
        store = SqlMarketStore(database)
        await store.keep_chain(chain(MIDDLE))
        assert await store.chain("GLD", MIDDLE) == chain(MIDDLE)


async def test_a_failed_fetch_is_told_and_the_shown_chain_stays() -> None:
    source = feed()
    source.chains[FAR] = FeedError(FeedFault.RATE_LIMITED, "Yahoo limits requests: wait a minute.")
    chains, _, told = service(source)
    chains.open()
    await chains.settled()
    chains.request(FAR)
    await chains.settled()
    assert told[-1] == ChainFailed("GLD", FAR, "Yahoo limits requests: wait a minute.")
    assert chains.view is not None
    assert chains.view.chain.expiry == MIDDLE


async def test_greeks_follow_each_tick_without_a_fetch() -> None:
    source = feed()
    chains, market, told = service(source)
    chains.open()
    await chains.settled()
    assert chains.view is not None
    before, asked = chains.view, list(source.asked)
    market.accept(quote("360"))
    assert chains.view.spot == 360.0
    assert np.all(chains.view.greeks.delta > before.greeks.delta)
    assert np.array_equal(chains.view.iv, before.iv)
    assert isinstance(told[-1], GreeksChanged)
    assert source.asked == asked


async def test_the_chain_gives_back_the_volatility_it_was_made_with() -> None:
    chains, _, told = service(feed())
    chains.open()
    await chains.settled()
    view = chains.view
    assert view is not None
    assert view.verdict is None
    assert view.rate == pytest.approx(0.04, abs=5e-4)
    assert np.nanmax(np.abs(view.iv - 0.22)) < 5e-4
    assert "parity" in view.rate_source
    volatility = next(e for e in told if isinstance(e, VolatilityChanged))
    assert volatility.annual == pytest.approx(0.22, abs=5e-4)


async def test_quality_of_the_greeks_is_no_better_than_the_price_s() -> None:
    chains, market, _ = service(feed())
    chains.open()
    await chains.settled()
    market.accept(quote("351", quality=Quality.SIMULATED))
    assert chains.view is not None
    assert chains.view.quality is Quality.SIMULATED


async def test_with_no_price_at_all_the_chain_s_own_spot_serves() -> None:
    chains, market, _ = service(feed())
    assert market.quote is None
    chains.open()
    await chains.settled()
    assert chains.view is not None
    assert Decimal(str(chains.view.spot)) == 350


async def test_closing_cancels_a_hanging_fetch() -> None:
    source = feed()
    source.gates[NEAR] = asyncio.Event()
    chains, _, _ = service(source)
    chains.request(NEAR)
    await source.waiting.wait()
    await chains.close()
    assert source.cancelled == [f"chain {NEAR}"]


async def test_a_quote_of_another_symbol_moves_nothing() -> None:
    chains, market, told = service(feed())
    chains.open()
    await chains.settled()
    told.clear()
    market.accept(replace(quote("1"), symbol="SPY"))
    assert told == []


async def test_a_chain_that_failed_is_asked_for_again_with_the_next_fresh_price() -> None:
    source = feed()
    source.chains[MIDDLE] = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached.")
    chains, market, _ = service(source)
    chains.open()
    await chains.settled()
    source.chains[MIDDLE] = chain(MIDDLE)
    source.clock.advance(59)
    market.accept(quote("350", at=source.clock.now()))
    await chains.settled()
    assert chains.view is None
    source.clock.advance(2)
    market.accept(quote("350", at=source.clock.now()))
    await chains.settled()
    assert chains.view is not None


async def test_a_chain_that_goes_on_failing_is_asked_for_less_and_less_often() -> None:
    source = feed()
    source.chains[MIDDLE] = FeedError(FeedFault.UNAVAILABLE, "Yahoo is out of order.")
    chains, market, _ = service(source)
    chains.open()
    await chains.settled()
    for _ in range(60):  # an hour
        source.clock.advance(60)
        market.accept(quote("350", at=source.clock.now()))
        await chains.settled()
    assert source.asked.count(f"chain {MIDDLE}") == 1 + len((1, 3, 7, 15, 30, 45, 60))


async def test_a_stale_price_asks_for_no_chain() -> None:
    source = feed()
    source.chains[MIDDLE] = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached.")
    chains, market, _ = service(source)
    chains.open()
    await chains.settled()
    source.clock.advance(3600)
    market.accept(quote("350", quality=Quality.STALE))
    await chains.settled()
    assert source.asked.count(f"chain {MIDDLE}") == 1


async def test_a_chain_grows_older_under_fresh_prices_and_says_so() -> None:
    source = feed()
    chains, market, _ = service(source)
    chains.open()
    await chains.settled()
    told = []
    for seconds in (0, 61, 240):  # after 0 s, 61 s and 301 s
        source.clock.advance(seconds)
        market.accept(quote("350", at=source.clock.now()))
        assert chains.view is not None
        told.append((chains.view.quality, set(chains.view.flags)))
    assert told == [
        (Quality.LIVE, {Flag.OK}),
        (Quality.CACHED, {Flag.OK}),
        (Quality.STALE, {Flag.STALE}),
    ]


async def test_after_the_close_the_last_chain_of_the_day_grows_no_older() -> None:
    source = feed()
    source.clock.time = START.replace(hour=19, minute=59)
    source.chains[MIDDLE] = chain(MIDDLE, at=source.clock.time)
    chains, market, _ = service(source)
    market.use_sessions(weekday_sessions(date(2026, 7, 1), date(2026, 7, 31)))
    chains.open()
    await chains.settled()
    source.clock.advance(5 * 3600)
    market.use_sessions(weekday_sessions(date(2026, 7, 1), date(2026, 7, 31)))
    market.accept(quote("350", at=START.replace(hour=20)))
    assert chains.view is not None
    assert chains.view.quality is Quality.LIVE


async def opened(source: ScriptedFeed) -> tuple[ChainService, MarketService, list[object]]:
    chains, market, told = service(source)
    chains.open()
    await chains.settled()
    told.clear()
    return chains, market, told


def volatility_of_the_deepest_put(chains: ChainService) -> float:
    assert chains.view is not None
    row = chains.view.ladder[-1].put
    assert row is not None
    return float(chains.view.iv[row])


async def test_options_are_american_until_told_otherwise() -> None:
    chains, _, _ = await opened(feed())
    assert chains.view is not None
    assert (chains.style, chains.view.style) == ("american", "american")
    assert volatility_of_the_deepest_put(chains) == pytest.approx(0.22, abs=5e-4)


async def test_another_style_values_the_same_chain_anew_without_a_fetch() -> None:
    source = feed()
    chains, _, told = await opened(source)
    asked = list(source.asked)
    chains.use_style("european")
    assert told == [ExerciseStyleChanged("european")]
    assert chains.view is not None
    assert chains.view.style == "american", "it is valued in a thread, not at once"
    await chains.settled()
    assert chains.view.style == "european"
    assert volatility_of_the_deepest_put(chains) > 0.222, "the premium of exercise is taken for it"
    assert ChainChanged("GLD", MIDDLE) in told
    assert source.asked == asked


async def test_the_style_it_has_already_changes_nothing() -> None:
    chains, _, told = await opened(feed())
    chains.use_style("american")
    await chains.settled()
    assert told == []


async def test_of_two_changes_of_style_the_last_one_stands() -> None:
    chains, _, _ = await opened(feed())
    chains.use_style("european")
    await asyncio.sleep(0)  # its valuation is under way
    chains.use_style("american")
    await chains.settled()
    assert chains.view is not None
    assert chains.view.style == "american"
    chains.use_style("european")
    chains.use_style("american")
    chains.use_style("european")
    await chains.settled()
    assert chains.view.style == "european"


async def test_a_chain_under_way_comes_in_the_style_that_was_chosen_meanwhile() -> None:
    source = feed()
    chains, _, _ = await opened(source)
    source.gates[FAR] = asyncio.Event()
    chains.request(FAR)
    await source.waiting.wait()
    chains.use_style("european")
    source.gates[FAR].set()
    await chains.settled()
    assert source.cancelled == []
    assert chains.view is not None
    assert (chains.view.chain.expiry, chains.view.style) == (FAR, "european")


async def test_where_that_chain_fails_the_old_one_is_valued_in_the_chosen_style() -> None:
    source = feed()
    chains, _, _ = await opened(source)
    source.gates[FAR] = asyncio.Event()
    source.chains[FAR] = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached.")
    chains.request(FAR)
    await source.waiting.wait()
    chains.use_style("european")
    source.gates[FAR].set()
    await chains.settled()
    assert chains.view is not None
    assert (chains.view.chain.expiry, chains.view.style) == (MIDDLE, "european")


async def test_valuing_anew_does_not_forget_that_the_last_fetch_failed() -> None:
    source = feed()
    chains, market, _ = await opened(source)
    source.chains[MIDDLE] = FeedError(FeedFault.OFFLINE, "Yahoo cannot be reached.")
    chains.refresh()
    await chains.settled()
    chains.use_style("european")
    await chains.settled()
    source.clock.advance(61)
    market.accept(quote("350", at=source.clock.now()))
    await chains.settled()
    assert source.asked.count(f"chain {MIDDLE}") == 3


async def test_what_a_chain_is_priced_by_is_told_with_it() -> None:
    chains, _, told = await opened(feed())
    chains.refresh()
    await chains.settled()
    pricing = next(event for event in told if isinstance(event, PricingChanged))
    assert (pricing.symbol, pricing.expiry, pricing.style) == ("GLD", MIDDLE, "american")
    assert pricing.dividend_yield == 0
    assert pricing.rate == pytest.approx(0.04, abs=5e-4)
    assert "parity" in pricing.rate_source
    assert 0 < pricing.rate_error < 0.01


async def test_where_the_chain_implies_no_rate_that_of_the_settings_serves_and_is_named() -> None:
    source = feed()
    calls = tuple(row for row in chain(MIDDLE).rows if row.right == "C")
    source.chains[MIDDLE] = replace(chain(MIDDLE), rows=calls)
    chains, _, _ = await opened(source)
    assert chains.view is not None
    assert chains.view.rate == 0.04
    assert chains.view.rate_source.startswith("from the settings: ")
    assert np.isnan(chains.view.rate_error)


async def test_a_chain_that_came_before_the_sessions_is_valued_anew_by_its_early_close() -> None:
    chains, market, told = await opened(feed())
    assert chains.view is not None
    before, taken_for = chains.view.years, volatility_of_the_deepest_put(chains)
    weekdays = weekday_sessions(date(2026, 7, 1), date(2026, 12, 31))
    closes = (close - timedelta(hours=3 * (close.date() == MIDDLE)) for close in weekdays.closes)
    market.use_sessions(Sessions(weekdays.opens, tuple(closes)))
    await chains.settled()
    assert (before - chains.view.years) * 365 * 24 == pytest.approx(3)
    assert volatility_of_the_deepest_put(chains) > taken_for
    assert ChainChanged("GLD", MIDDLE) in told
