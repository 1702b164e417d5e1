"""Every fault of Yahoo's is told as what it is, costs few requests and leaves nothing behind."""

import os
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault, Market, ShiftedClock
from tests.fakes.yahoo_asking import CHART, EXPIRY, Ask, chain, expirations, failure, quote
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.core.market import FeedState
from vaultdesk.ports import FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


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
        (Fault.REFUSED, quote, STALE),
        (Fault.REFUSED, expirations, STALE),
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
