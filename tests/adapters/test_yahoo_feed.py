"""Quotes and chains through the real client from a fake Yahoo, in order and with every fault."""

import os
import random
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault, Market, ShiftedClock, forget_the_session
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.core.market import FeedState, Flag, Quality, flag
from vaultdesk.ports import FeedError, FeedFault
from vaultdesk.services.pacing import TokenBucket

pytest_plugins = ["tests.fakes.yahoo_fixtures"]

EXPIRY = date(2027, 1, 29)
CHART, OPTIONS = "/v8/finance/chart/GLD", "/v7/finance/options/GLD"

Ask = Callable[[YahooFeed], Awaitable[object]]


async def quote(feed: YahooFeed) -> object:
    return await feed.quote("GLD")


async def expirations(feed: YahooFeed) -> object:
    return await feed.expirations("GLD")


async def chain(feed: YahooFeed) -> object:
    return await feed.chain("GLD", EXPIRY)


async def failure(asked: Awaitable[object]) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await asked
    assert str(caught.value).endswith("."), "one sentence"
    assert "\n" not in str(caught.value)
    return caught.value


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


LIMITED, STALE, DOWN, UNREADABLE, EMPTY, GONE = (
    FeedFault.RATE_LIMITED,
    FeedFault.AUTH_STALE,
    FeedFault.UNAVAILABLE,
    FeedFault.MALFORMED,
    FeedFault.NO_DATA,
    FeedFault.OFFLINE,
)


@pytest.mark.parametrize(
    ("fault", "ask", "told"),
    [
        (Fault.RATE_LIMITED, quote, LIMITED),
        (Fault.RATE_LIMITED, expirations, LIMITED),
        (Fault.RATE_LIMITED, chain, LIMITED),
        (Fault.BAD_CRUMB, expirations, STALE),
        (Fault.BAD_CRUMB, chain, STALE),
        (Fault.ERROR, quote, DOWN),
        (Fault.ERROR, expirations, DOWN),
        (Fault.ERROR, chain, DOWN),
        (Fault.TRUNCATED, quote, UNREADABLE),
        (Fault.TRUNCATED, expirations, UNREADABLE),
        (Fault.TRUNCATED, chain, UNREADABLE),
        (Fault.WEB_PAGE, quote, UNREADABLE),
        (Fault.WEB_PAGE, chain, UNREADABLE),
        (Fault.OTHER_SHAPE, quote, UNREADABLE),
        (Fault.OTHER_SHAPE, expirations, UNREADABLE),
        (Fault.NO_TIME, quote, UNREADABLE),
        (Fault.PUTS_MISSING, chain, UNREADABLE),
        (Fault.DROPPED, quote, GONE),
        (Fault.DROPPED, chain, GONE),
        (Fault.CUT_OFF, quote, GONE),
        (Fault.CUT_OFF, chain, GONE),
        (Fault.ZERO_PRICE, quote, EMPTY),
        (Fault.NAN_PRICE, quote, EMPTY),
        (Fault.EMPTY_CHAIN, chain, EMPTY),
        (Fault.NO_CHAIN, chain, EMPTY),
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["in use", "new"])
async def test_a_fault_is_told_as_what_it_is_and_leaves_nothing_behind(
    fake_yahoo: FakeYahoo,
    yahoo_feed: YahooFeed,
    fault: Fault,
    ask: Ask,
    told: FeedFault,
    known: bool,
) -> None:
    if known:
        await yahoo_feed.expirations("GLD")
    fake_yahoo.faults = {fault}
    error = await failure(ask(yahoo_feed))
    assert error.fault is told
    assert yahoo_feed.status().sentence == str(error)
    fake_yahoo.faults = set()
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    clock.shift += timedelta(minutes=15)
    await ask(yahoo_feed)
    assert yahoo_feed.status().state is FeedState.POLLING


@pytest.mark.parametrize("ask", [quote, expirations, chain])
async def test_one_server_error_is_asked_again_and_not_noticed(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, ask: Ask
) -> None:
    await yahoo_feed.expirations("GLD")
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {Fault.ERROR_ONCE}
    await ask(yahoo_feed)
    assert sum(fake_yahoo.paths.values()) == 2


async def test_a_lasting_server_error_is_not_asked_more_than_twice(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {Fault.ERROR}
    await failure(yahoo_feed.quote("GLD"))
    assert fake_yahoo.paths == {CHART: 2}
    assert yahoo_feed.status().state is FeedState.OFFLINE


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.WEB_PAGE, Fault.OTHER_SHAPE])
async def test_an_answer_that_cannot_be_read_costs_one_request(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, fault: Fault
) -> None:
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {fault}
    await failure(yahoo_feed.quote("GLD"))
    assert fake_yahoo.paths == {CHART: 1}


async def test_a_fault_after_an_answer_without_expiries_is_told_as_what_it_is(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.markets["GC=F"] = Market("GC=F", 4102.3)
    await failure(yahoo_feed.expirations("GC=F"))
    fake_yahoo.faults = {Fault.ERROR}
    assert (await failure(yahoo_feed.chain("GC=F", EXPIRY))).fault is FeedFault.UNAVAILABLE


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


async def test_an_unknown_symbol_is_told_after_one_request(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    for asked in (yahoo_feed.quote("NOPE"), yahoo_feed.expirations("NOPE")):
        error = await failure(asked)
        assert error.fault is FeedFault.UNKNOWN_SYMBOL
        assert "NOPE" in str(error)
    assert sum(fake_yahoo.paths.values()) == 2


async def test_what_is_no_symbol_is_not_asked_for(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    assert (await failure(yahoo_feed.quote("../GLD"))).fault is FeedFault.UNKNOWN_SYMBOL
    assert (await failure(anext(yahoo_feed.stream("G/D")))).fault is FeedFault.UNKNOWN_SYMBOL
    assert not fake_yahoo.paths


async def test_a_symbol_without_options_is_told_from_an_unknown_one(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.markets["GC=F"] = Market("GC=F", 4102.3)
    error = await failure(yahoo_feed.expirations("GC=F"))
    assert error.fault is FeedFault.NO_DATA
    assert "no options on GC=F" in str(error)
    assert (await yahoo_feed.quote("GC=F")).last == Decimal("4102.3")


async def test_an_expiry_that_is_not_listed_is_told(yahoo_feed: YahooFeed) -> None:
    error = await failure(yahoo_feed.chain("GLD", date(2027, 1, 30)))
    assert error.fault is FeedFault.NO_DATA
    assert "2027-01-30" in str(error)


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


async def test_a_rate_limit_stops_all_requests_until_a_probe_succeeds(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    clock = yahoo_feed.clock
    assert isinstance(clock, ShiftedClock)
    await yahoo_feed.quote("GLD")
    fake_yahoo.paths.clear()
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    error = await failure(yahoo_feed.quote("GLD"))
    assert error.retry_at is not None
    wait = error.retry_at - clock.now()
    assert timedelta(seconds=59) < wait <= timedelta(seconds=72)
    status = yahoo_feed.status()
    assert (status.state, status.retry_at) == (FeedState.BACKING_OFF, error.retry_at)
    assert f"{error.retry_at:%H:%M:%S} UTC" in status.sentence

    again = await failure(yahoo_feed.chain("GLD", EXPIRY))
    assert (again.fault, again.retry_at) == (FeedFault.RATE_LIMITED, error.retry_at)
    assert fake_yahoo.paths == {CHART: 1}, "the open breaker lets nothing through"

    clock.shift += timedelta(seconds=73)
    probe = await failure(yahoo_feed.quote("GLD"))
    assert probe.retry_at is not None
    assert probe.retry_at - clock.now() > timedelta(seconds=119), "twice as long"
    clock.shift += timedelta(seconds=145)
    fake_yahoo.faults = set()
    await yahoo_feed.quote("GLD")
    assert yahoo_feed.status().state is FeedState.POLLING


@pytest.mark.parametrize("fault", [Fault.CRUMB_LIMITED, Fault.CRUMB_LIMITED_POLITELY])
async def test_a_limit_on_the_crumb_alone_is_told_as_a_limit(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, fault: Fault
) -> None:
    await yahoo_feed.quote("GLD")
    forget_the_session()
    feed = YahooFeed(yahoo_feed.clock, Path(), rng=random.Random(1))  # noqa: S311
    fake_yahoo.faults = {fault}
    assert (await feed.quote("GLD")).last, "quotes are served without a crumb"
    assert (await failure(feed.expirations("GLD"))).fault is FeedFault.RATE_LIMITED
    await feed.close()


async def test_a_crumb_that_expired_is_renewed_within_the_call(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.expirations("GLD")
    with patch.object(fake_yahoo, "crumb", "another"):
        await yahoo_feed.expirations("GLD")
    await yahoo_feed.expirations("GLD")


async def test_a_session_that_is_rejected_is_replaced_at_the_next_call(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    await yahoo_feed.expirations("GLD")
    with patch.multiple(fake_yahoo, cookie="d=another", crumb="another"):
        error = await failure(yahoo_feed.expirations("GLD"))
        assert error.fault is FeedFault.AUTH_STALE
        await yahoo_feed.expirations("GLD")
    await failure(yahoo_feed.expirations("GLD"))
    await yahoo_feed.expirations("GLD")


async def test_the_desk_s_own_quota_is_shown_and_kept(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, yahoo_folder: Path
) -> None:
    await yahoo_feed.quote("GLD")
    before = yahoo_feed.status().requests_left
    assert before is not None
    await yahoo_feed.quote("GLD")
    assert yahoo_feed.status().requests_left == before - 1

    quota = TokenBucket(capacity=2, every=timedelta(minutes=1))
    feed = YahooFeed(ShiftedClock(), yahoo_folder, quota=quota)
    await feed.quote("GLD")
    await feed.quote("GLD")
    fake_yahoo.paths.clear()
    error = await failure(feed.quote("GLD"))
    assert (error.fault, feed.status().requests_left) == (FeedFault.RATE_LIMITED, 0)
    assert error.retry_at is not None
    assert not fake_yahoo.paths
    await feed.close()


@pytest.mark.parametrize(
    "environment",
    [{"HTTPS_PROXY": "http://127.0.0.1:1"}, {"HTTPS_PROXY": "http://nowhere.invalid:80"}],
    ids=["refused", "no such name"],
)
async def test_without_a_network_the_desk_is_offline(
    yahoo_feed: YahooFeed, environment: dict[str, str]
) -> None:
    with patch.dict(os.environ, environment):
        error = await failure(yahoo_feed.quote("GLD"))
    assert error.fault is FeedFault.OFFLINE
    assert yahoo_feed.status().state is FeedState.OFFLINE
    await yahoo_feed.quote("GLD")
    assert yahoo_feed.status().state is FeedState.POLLING


async def test_a_bug_is_not_taken_for_a_fault_of_yahoo_s(yahoo_feed: YahooFeed) -> None:
    await yahoo_feed.quote("GLD")
    client = yahoo_feed._client
    assert client is not None
    with (
        patch.object(client, "_ticker", side_effect=RuntimeError("a bug")),
        pytest.raises(RuntimeError, match="a bug"),
    ):
        await yahoo_feed.quote("GLD")
    await yahoo_feed.quote("GLD")


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
