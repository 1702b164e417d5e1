"""Currency pairs and gold from a fake Yahoo: asked for by Yahoo's names, told under the desk's."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault
from tests.fakes.yahoo_asking import failure, next_of, streaming
from tests.fakes.yahoo_market import Market
from vaultdesk.adapters.yahoo import YahooFeed, names
from vaultdesk.core.market import FeedState, Quality
from vaultdesk.ports import FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]

EURO = Market("EURUSD=X", 1.0481081, previous_close=1.046244, currency="USD")
GOLD = Market("GC=F", 4102.3, previous_close=4088.1, currency="USD")


def serve(fake_yahoo: FakeYahoo, *markets: Market) -> None:
    fake_yahoo.markets.update({market.symbol: market for market in markets})


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("EURUSD", "EURUSD=X"),
        ("USDCHF", "USDCHF=X"),
        ("XAUUSD", "GC=F"),
        ("XAGUSD", "SI=F"),
        ("GLD", "GLD"),
        ("GC=F", "GC=F"),
        ("EURUSD=X", "EURUSD=X"),
        ("BTC-USD", "BTC-USD"),
    ],
)
def test_yahoo_has_names_of_its_own_for_pairs_and_metals(symbol: str, name: str) -> None:
    assert names.listed(symbol) == name


async def test_a_pair_is_quoted_under_the_desk_s_name_in_its_second_currency(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, EURO)
    quote = await yahoo_feed.quote("eurusd")
    assert (quote.symbol, quote.source, quote.currency) == ("EURUSD", "yahoo", "USD")
    assert (quote.last, quote.previous_close) == (Decimal("1.048108"), Decimal("1.046244"))
    assert quote.quality is Quality.LIVE
    assert fake_yahoo.paths["/v8/finance/chart/EURUSD=X"] == 1


async def test_gold_by_the_ounce_says_that_a_delayed_future_stands_in_for_it(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, GOLD)
    quote = await yahoo_feed.quote("XAUUSD")
    assert (quote.symbol, quote.source, quote.currency) == ("XAUUSD", "yahoo GC=F", "USD")
    assert (quote.last, quote.quality) == (Decimal("4102.3"), Quality.DELAYED)
    itself = await yahoo_feed.quote("GC=F")
    assert (itself.symbol, itself.source, itself.quality) == ("GC=F", "yahoo", Quality.DELAYED)


async def test_a_pair_in_another_currency_than_its_name_says_is_refused(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, Market("EURUSD=X", 1.05, currency="CHF"))
    error = await failure(yahoo_feed.quote("EURUSD"))
    assert error.fault is FeedFault.MALFORMED
    assert "is in CHF" in str(error)


async def test_gold_in_euros_is_refused_without_a_request(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    for asked in (yahoo_feed.quote("XAUEUR"), yahoo_feed.quote("USDXAU")):
        error = await failure(asked)
        assert error.fault is FeedFault.UNKNOWN_SYMBOL
        assert "XAUUSD" in str(error)
    assert fake_yahoo.data_requests() == 0


async def test_a_pair_yahoo_does_not_list_is_unknown(yahoo_feed: YahooFeed) -> None:
    error = await failure(yahoo_feed.quote("EURSEK"))
    assert error.fault is FeedFault.UNKNOWN_SYMBOL


async def test_a_pair_streams_under_the_desk_s_name(
    fake_yahoo: FakeYahoo, yahoo_folder: Path
) -> None:
    serve(fake_yahoo, EURO)
    async with streaming(yahoo_folder) as feed:
        stream = feed.stream("EURUSD")
        quote = await next_of(stream)
        assert (quote.symbol, quote.source, quote.currency) == ("EURUSD", "yahoo stream", "USD")
        assert fake_yahoo.subscriptions == [["EURUSD=X"]]


async def test_a_rate_limit_met_by_a_pair_holds_the_watched_symbol_back_too(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, EURO)
    fake_yahoo.faults = {Fault.RATE_LIMITED}
    await failure(yahoo_feed.quote("EURUSD"))
    fake_yahoo.faults.clear()
    asked = fake_yahoo.data_requests()
    assert (await failure(yahoo_feed.quote("GLD"))).fault is FeedFault.RATE_LIMITED
    assert fake_yahoo.data_requests() == asked
    assert yahoo_feed.status().state is FeedState.BACKING_OFF
