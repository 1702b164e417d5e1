"""The real client on answers recorded from Yahoo, and the fake as a program of its own."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.fakes.yahoo import FakeYahoo
from tests.fakes.yahoo_market import RECORDED_GLD, SHARED, for_a_program, recorded_gld
from vaultdesk.adapters.yahoo import YahooFeed
from vaultdesk.core.market import Flag, Quality, flag
from vaultdesk.ports import FeedError, FeedFault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]

HTTP = SHARED / "yahoo" / "http"

needs_recordings = pytest.mark.skipif(
    not HTTP.exists(), reason="the recorded answers of Yahoo are not beside the project"
)
needs_gld = pytest.mark.skipif(
    not RECORDED_GLD.exists(), reason="the recorded GLD chain is not beside the project"
)


def body(name: str) -> dict[str, Any]:
    recorded = json.loads((HTTP / f"{name}.json").read_text(encoding="utf-8"))
    answer: dict[str, Any] = recorded["response"]["bodyJson"]
    return answer


def serve(yahoo: FakeYahoo, symbol: str, name: str) -> dict[str, Any]:
    answer = body(name)
    yahoo.canned[symbol] = json.dumps(answer)
    return answer


@pytest.mark.recorded
@needs_gld
async def test_the_recorded_gld_chain_comes_through_figure_by_figure(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.markets["GLD"] = recorded_gld()
    quote = await yahoo_feed.quote("GLD")
    assert (quote.last, quote.at) == (Decimal("377.01"), datetime(2026, 7, 10, 20, tzinfo=UTC))
    assert len(await yahoo_feed.expirations("GLD")) == 25
    with gzip.open(RECORDED_GLD, "rt", encoding="utf-8") as lines:
        chains = [event["chain"] for event in map(json.loads, lines) if "chain" in event]
    recorded = next(chain for chain in chains if chain["expiry"] == "2026-09-18")
    chain = await yahoo_feed.chain("GLD", date(2026, 9, 18))
    assert (chain.spot, chain.problems, len(chain.rows)) == (Decimal("377.01"), (), 420)
    told = {row["contract"]: row for row in recorded["rows"]}
    for row in chain.rows:
        sent = told[row.contract]
        assert (row.right, row.strike) == (sent["right"], Decimal(sent["strike"]))
        assert row.bid == (sent["bid"] and Decimal(sent["bid"]))
        assert row.ask == (sent["ask"] and Decimal(sent["ask"]))
        assert row.last == (sent["last"] and Decimal(sent["last"]))
        assert (row.volume, row.open_interest) == (sent["volume"], sent["open_interest"])
        assert row.vendor.iv == sent["vendor"]["iv"]


@pytest.mark.recorded
@needs_gld
async def test_every_recorded_gld_expiry_is_read_without_a_problem(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    fake_yahoo.markets["GLD"] = recorded_gld()
    contracts = 0
    for expiry in await yahoo_feed.expirations("GLD"):
        chain = await yahoo_feed.chain("GLD", expiry)
        assert not chain.problems
        contracts += len(chain.rows)
    assert contracts == 5595


@pytest.mark.recorded
@needs_recordings
@pytest.mark.parametrize(
    ("symbol", "quality"),
    [
        ("AAPL", Quality.LIVE),
        ("QQQ", Quality.LIVE),
        ("EBAY", Quality.LIVE),
        ("CRON", Quality.LIVE),
        ("ABBV", Quality.DELAYED),
    ],
)
async def test_recorded_chains_are_read_whole(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, symbol: str, quality: Quality
) -> None:
    (result,) = serve(fake_yahoo, symbol, f"options-{symbol}")["optionChain"]["result"]
    expirations = await yahoo_feed.expirations(symbol)
    assert len(expirations) == len(result["expirationDates"])
    chain = await yahoo_feed.chain(symbol, expirations[0])
    sent = result["options"][0]["calls"] + result["options"][0]["puts"]
    assert len(chain.rows) == len(sent)
    assert not chain.problems
    assert (chain.quality, chain.spot) == (
        quality,
        Decimal(str(result["quote"]["regularMarketPrice"])),
    )
    assert chain.at == datetime.fromtimestamp(result["quote"]["regularMarketTime"], UTC)
    if symbol == "EBAY":  # recorded before the market opened
        flags = {flag(row, chain.spot, chain.quality) for row in chain.rows}
        assert flags == {Flag.NO_QUOTE, Flag.ZERO_BID}


@pytest.mark.recorded
@needs_recordings
@pytest.mark.parametrize("symbol", ["GC=F", "ADH", "BTC-USD", "EURUSD=X", "^VXAPL"])
async def test_recorded_symbols_without_options_are_told(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, symbol: str
) -> None:
    serve(fake_yahoo, symbol, f"options-{symbol}")
    with pytest.raises(FeedError, match="lists no options") as caught:
        await yahoo_feed.expirations(symbol)
    assert caught.value.fault is FeedFault.NO_DATA


@pytest.mark.recorded
@needs_recordings
async def test_an_expiry_long_past_has_no_contracts(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed
) -> None:
    serve(fake_yahoo, "AAPL", "options-AAPL-expire-2022-03-01")
    expirations = await yahoo_feed.expirations("AAPL")
    with pytest.raises(FeedError, match="no contracts of AAPL"):
        await yahoo_feed.chain("AAPL", expirations[0])


@pytest.mark.recorded
@needs_recordings
@pytest.mark.parametrize(
    ("name", "price", "close"),
    [
        ("chart-AAPL", "220.003", "167.3"),
        (
            "chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m",
            "244.87",
            "244.47",
        ),
        ("chart-notimestamp-quotes-length.fake", "244.87", "73.412"),
        ("chart-notimestamp-weird-quote.fake", "244.87", None),
    ],
)
async def test_recorded_charts_give_their_price_however_odd_their_bars(
    fake_yahoo: FakeYahoo, yahoo_feed: YahooFeed, name: str, price: str, close: str | None
) -> None:
    meta = serve(fake_yahoo, "AAPL", name)["chart"]["result"][0]["meta"]
    quote = await yahoo_feed.quote("AAPL")
    assert quote.last == Decimal(price)
    assert close is None or quote.previous_close == Decimal(close)
    assert quote.at == datetime.fromtimestamp(meta["regularMarketTime"], UTC)


@pytest.mark.parametrize("market", [for_a_program], ids=["for a program"])
def test_the_fake_has_a_chain_also_where_nothing_is_recorded(market: Callable[..., Any]) -> None:
    gld, gold = market(generated=True)
    assert len(gld.chains) == 6
    assert gold.symbol == "GC=F"


async def test_the_fake_runs_as_a_program_that_says_how_to_reach_it(
    yahoo_feed: YahooFeed,
) -> None:
    program = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "tests.fakes.yahoo", "--generated"],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    lines = [program.stdout.readline() for _ in range(5)]
    variables = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
    assert "HTTPS_PROXY" in variables
    with patch.dict(os.environ, variables), pytest.raises(FeedError) as caught:
        await yahoo_feed.quote("GLD")
    assert caught.value.fault is FeedFault.OFFLINE, "this process trusts another authority"
    _, told = program.communicate("429\nprice 371.5\nnone\n", timeout=20)
    assert "faults ['429']" in told.splitlines()[0]
    assert "faults []" in told.splitlines()[-1]
    assert program.returncode == 0
