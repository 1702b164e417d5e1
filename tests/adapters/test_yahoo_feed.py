"""Quotes and chains through the real client from a fake Yahoo in good order, or nearly."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.fakes.yahoo import FakeYahoo, Fault, ShiftedClock, forget_the_session
from tests.fakes.yahoo_asking import CHART, EXPIRY, OPTIONS, failure
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.core.market import FeedState, Flag, Quality, flag
from vaultdesk.ports import FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


async def test_a_quote_carries_what_the_exchange_said_and_when(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    at = datetime(2026, 7, 10, 19, 59, 58, tzinfo=UTC)
    fake_yahoo.markets["GLD"].at = at
    asked = yahoo_feed.clock.now()
    quote = await yahoo_feed.quote("gld")
    assert (quote.symbol, quote.source, quote.quality) == ("GLD", "yahoo", Quality.LIVE)
    assert (quote.last, quote.previous_close) == (Decimal("377.01"), Decimal("374.2"))
    assert (quote.bid, quote.ask) == (None, None)
    assert (quote.at, quote.currency, quote.volume) == (at, "USD", 9123456)
    assert asked <= quote.received <= yahoo_feed.clock.now()


async def test_the_first_call_costs_a_cookie_and_a_crumb_and_each_quote_one_request(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, yahoo_folder: Path
) -> None:
    await yahoo_feed.quote("GLD")
    forget_the_session()
    fake_yahoo.paths.clear()
    fresh = YahooFeed(yahoo_feed.clock, yahoo_folder)
    await fresh.quote("GLD")
    assert fake_yahoo.paths == {"fc.yahoo.com": 1, "/v1/test/getcrumb": 1, CHART: 1}
    await fresh.quote("GLD")
    await fresh.quote("GLD")
    assert fake_yahoo.paths == {"fc.yahoo.com": 1, "/v1/test/getcrumb": 1, CHART: 3}
    await fresh.close()


async def test_the_expiries_and_one_chain_cost_one_request_each(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    assert await yahoo_feed.expirations("GLD") == tuple(sorted(fake_yahoo.markets["GLD"].chains))
    assert fake_yahoo.paths == {OPTIONS: 1}
    await yahoo_feed.chain("GLD", EXPIRY)
    assert fake_yahoo.paths == {OPTIONS: 2}


async def test_a_chain_asked_for_without_the_expiries_costs_one_request_more(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    await yahoo_feed.chain("GLD", EXPIRY)
    await yahoo_feed.chain("GLD", EXPIRY)
    assert fake_yahoo.paths == {OPTIONS: 3}


async def test_a_chain_has_every_contract_and_the_underlying_s_price_and_time(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    market = fake_yahoo.markets["GLD"]
    market.at = datetime(2026, 7, 10, 19, 59, 58, tzinfo=UTC)
    chain = await yahoo_feed.chain("GLD", EXPIRY)
    assert (chain.symbol, chain.expiry, chain.source) == ("GLD", EXPIRY, "yahoo")
    assert (chain.at, chain.spot, chain.multiplier) == (market.at, Decimal("377.01"), 100)
    assert (chain.quality, chain.problems) == (Quality.LIVE, ())
    sent = {row["contractSymbol"]: row for row in market.chains[EXPIRY]}
    assert {row.contract for row in chain.rows} == set(sent)
    for row in chain.rows:
        told = sent[row.contract]
        assert row.right == row.contract[-9]
        assert (float(row.strike), row.volume) == (told["strike"], told.get("volume"))
        assert (row.bid, row.ask) == (Decimal(str(told["bid"])), Decimal(str(told["ask"])))
        assert (row.vendor.iv, row.open_interest) == (0.23, told["openInterest"])
        assert row.last_trade == datetime.fromtimestamp(told["lastTradeDate"], UTC)


async def test_the_bid_and_ask_of_a_chain_go_with_the_quotes_of_the_next_minute(
    yahoo_feed: YahooFeed,
) -> None:
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    await yahoo_feed.chain("GLD", EXPIRY)
    quote = await yahoo_feed.quote("GLD")
    assert (quote.bid, quote.ask) == (Decimal("376.98"), Decimal("377.04"))
    clock.shift += timedelta(seconds=61)
    quote = await yahoo_feed.quote("GLD")
    assert (quote.bid, quote.ask) == (None, None)


async def test_a_source_that_says_it_is_late_makes_delayed_quotes(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.markets["GLD"].delayed_by = 15
    assert (await yahoo_feed.chain("GLD", EXPIRY)).quality is Quality.DELAYED
    assert (await yahoo_feed.quote("GLD")).quality is Quality.DELAYED
    fake_yahoo.markets["GLD"].delayed_by = 0
    assert (await yahoo_feed.chain("GLD", EXPIRY)).quality is Quality.LIVE
    assert (await yahoo_feed.quote("GLD")).quality is Quality.LIVE


async def test_before_the_first_trade_of_a_day_the_last_price_is_found_all_the_same(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.faults = {Fault.NO_TRADES}
    assert (await yahoo_feed.quote("GLD")).last == Decimal("377.01")
    assert fake_yahoo.paths[CHART] == 1


async def test_without_a_price_the_bid_and_ask_that_are_known_still_make_a_quote(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.chain("GLD", EXPIRY)
    fake_yahoo.faults = {Fault.ZERO_PRICE}
    quote = await yahoo_feed.quote("GLD")
    assert quote.last is None
    assert quote.price == Decimal("377.01")


async def test_a_chain_without_puts_has_its_calls_and_says_so(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.faults = {Fault.PUTS_NONE}
    chain = await yahoo_feed.chain("GLD", EXPIRY)
    assert {row.right for row in chain.rows} == {"C"}
    assert chain.problems == ("Yahoo sent no puts of GLD for 2027-01-29.",)


async def test_a_chain_without_quotes_keeps_its_rows_and_prices_nothing(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.faults = {Fault.ZERO_QUOTES}
    chain = await yahoo_feed.chain("GLD", EXPIRY)
    assert chain.rows
    assert {flag(row, chain.spot, chain.quality) for row in chain.rows} == {Flag.NO_QUOTE}


async def test_odd_rows_are_left_out_and_named_and_the_others_stay(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    sent = len(fake_yahoo.markets["GLD"].chains[EXPIRY])
    fake_yahoo.faults = {Fault.ODD_ROWS}
    chain = await yahoo_feed.chain("GLD", EXPIRY)
    assert len(chain.problems) == 8
    assert len(chain.rows) == sent - 8
    (sparse,) = (row for row in chain.rows if row.contract == "GLD270129C00335000")
    assert (sparse.bid, sparse.last, sparse.volume, sparse.last_trade) == (None,) * 4
    assert sparse.ask is not None
    assert all("GLD1" not in row.contract for row in chain.rows)


async def test_all_calls_share_one_thread_and_one_connection(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    for _ in range(3):
        await yahoo_feed.quote("GLD")
        await yahoo_feed.chain("GLD", EXPIRY)
    assert [thread.name for thread in threading.enumerate()].count("yahoo") == 1
    assert fake_yahoo.data_requests() == 7


async def test_status_before_during_and_after(yahoo_feed: YahooFeed) -> None:
    assert yahoo_feed.status().state is FeedState.CONNECTING
    await yahoo_feed.quote("GLD")
    status = yahoo_feed.status()
    assert (status.source, status.state) == ("yahoo", FeedState.POLLING)
    await yahoo_feed.close()
    assert yahoo_feed.status().state is FeedState.ENDED
    assert (await failure(yahoo_feed.quote("GLD"))).fault is FeedFault.ENDED
    assert (await failure(anext(yahoo_feed.stream("GLD")))).fault is FeedFault.ENDED
