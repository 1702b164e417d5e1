"""Contracts, quotes and Greeks of the fake TWS as the real ib_insync sees them."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from math import isnan

import pytest

from tests.fakes.tws import FakeTws, Fault
from tests.fakes.tws.client import Foreign, bag, codes_of, joined, option, settled
from tests.fakes.tws.market import gld_market


def contract(sec_type: str, expiry: str = "", strike: float = 0.0, right: str = "") -> Foreign:
    from ib_insync import Contract  # noqa: PLC0415 - it wants an event loop when it is imported

    return Contract(
        sec_type, symbol="GLD", exchange="SMART", currency="USD", strike=strike, right=right,
        lastTradeDateOrContractMonth=expiry,
    )  # fmt: skip


async def test_one_request_lists_a_whole_expiry() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        expiry = tws.market.expiries[1]
        wanted = contract("OPT", expiry)
        found = await ib.reqContractDetailsAsync(wanted)
        assert len(found) == 2 * len(tws.market.strikes)
        assert {
            details.contract.lastTradeDateOrContractMonth for details in found if details.contract
        } == {expiry}
        first = found[0]
        assert (first.minTick, first.underSymbol) == (0.01, "GLD")
        assert first.contract is not None
        assert first.contract.multiplier == "100"
        assert (first.lastTradeTime, first.realExpirationDate) == ("16:00", expiry)
        assert first.timeZoneId == "US/Eastern"


async def test_the_stock_and_one_option_are_qualified() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        expiry = tws.market.expiries[0]
        asked = contract("STK"), contract("OPT", expiry, 300.0, "P")
        stock, put = await ib.qualifyContractsAsync(*asked)
        assert (stock.conId, stock.primaryExchange) == (9001, "ARCA")
        assert put.conId == tws.market.option(expiry, "300", "P").con_id
        assert put.localSymbol == f"GLD   {expiry[2:]}P00300000"


async def test_no_such_contract_is_error_200_and_a_combination_is_never_answered() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        assert await ib.reqContractDetailsAsync(contract("OPT", strike=7.0)) == []
        assert codes == [200]
        answer = ib.reqContractDetailsAsync(bag((option(tws, "300", "P"), 1, "BUY")))
        await ib.reqCurrentTimeAsync()
        assert not answer.done()
        answer.cancel()


async def test_option_parameters_are_unions_for_each_exchange() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        chains = await ib.reqSecDefOptParamsAsync("GLD", "", "STK", 9001)
        assert [chain.exchange for chain in chains] == ["SMART", "CBOE"]
        assert chains[0].expirations == tws.market.expiries
        assert chains[0].strikes == [float(strike) for strike in tws.market.strikes]
        assert (chains[0].tradingClass, chains[0].multiplier) == ("GLD", "100")


async def test_the_price_rule_has_cents_below_three_dollars_and_nickels_above() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        rule = await ib.reqMarketRuleAsync(32)
        assert [(step.lowEdge, step.increment) for step in rule] == [(0, 0.01), (3, 0.05)]


async def test_large_messages_arrive_whole() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.LARGE_MESSAGES)
        [details] = await ib.reqContractDetailsAsync(contract("STK"))
        assert len(details.longName) > 200_000


async def test_a_subscription_has_quote_sizes_and_greeks_and_follows_the_market() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        put = option(tws, "300", "P")
        tws.market.set_quote(put.conId, "3.10", "3.30", 12, 15)
        ticker = ib.reqMktData(put, "101")
        await settled(ib, lambda: ticker.modelGreeks and ticker.putOpenInterest == 1200)
        assert (ticker.bid, ticker.ask, ticker.last) == (3.1, 3.3, 3.2)
        assert (ticker.bidSize, ticker.askSize) == (12, 15)
        assert (ticker.marketDataType, ticker.minTick) == (1, 0.01)
        assert -0.5 < ticker.modelGreeks.delta < 0 < ticker.modelGreeks.gamma
        assert ticker.modelGreeks.undPrice == 310
        delta = ticker.modelGreeks.delta
        tws.market.set_quote(put.conId, "4.10", "4.30")
        tws.move("305")
        await settled(ib, lambda: ticker.modelGreeks.undPrice == 305)
        assert (ticker.bid, ticker.modelGreeks.delta < delta) == (4.1, True)
        ib.cancelMktData(put)
        await tws.until(lambda seen: seen.journal.of("cancel_market_data"))
        tws.move("300")
        await ib.reqCurrentTimeAsync()
        assert ticker.modelGreeks.undPrice == 305


async def test_after_1101_nobody_is_subscribed_and_after_1102_everybody_is() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        ticker = ib.reqMktData(contract("STK"))
        await settled(ib, lambda: ticker.bid == 309.99)
        tws.connectivity(1102)
        tws.move("311")
        await settled(ib, lambda: ticker.bid == 310.99)
        tws.connectivity(1101)
        tws.move("312")
        await ib.reqCurrentTimeAsync()
        assert ticker.bid == 310.99


async def test_a_snapshot_ends() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        [ticker] = await ib.reqTickersAsync(contract("STK"))
        assert (ticker.bid, ticker.ask) == (309.99, 310.01)


async def test_the_stocks_implied_volatility_is_told_when_asked_for() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        ticker = ib.reqMktData(contract("STK"), "106")
        await settled(ib, lambda: ticker.impliedVolatility == 0.18)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.NO_MARKET_DATA, 354),
        (Fault.NO_API_MARKET_DATA, 10089),
        (Fault.COMPETING_SESSION, 10197),
        (Fault.DELAYED_ONLY, 354),
    ],
)
async def test_market_data_is_refused_with_its_code(fault: Fault, code: int) -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(fault)
        codes = codes_of(ib)
        ticker = ib.reqMktData(option(tws, "300", "P"))
        await settled(ib, lambda: codes == [code])
        assert isnan(ticker.bid)


async def test_delayed_data_comes_with_10167_and_its_type() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.DELAYED_ONLY)
        codes = codes_of(ib)
        ib.reqMarketDataType(3)
        ticker = ib.reqMktData(option(tws, "300", "P"))
        await settled(ib, lambda: ticker.modelGreeks)
        assert (codes, ticker.marketDataType) == ([10167], 3)
        assert ticker.bid < ticker.ask
        assert ticker.bidSize > 0


async def test_no_quote_is_minus_one() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.NO_QUOTES)
        ticker = ib.reqMktData(option(tws, "300", "P"))
        await settled(ib, lambda: ticker.modelGreeks)
        assert (ticker.bid, ticker.ask, ticker.bidSize) == (-1, -1, 0)


async def test_greeks_may_be_absent_and_two_of_them_keep_their_minus_two() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.ABSENT_GREEKS)
        ticker = ib.reqMktData(option(tws, "300", "P"))
        await settled(ib, lambda: ticker.modelGreeks)
        greeks = ticker.modelGreeks
        assert (greeks.impliedVol, greeks.delta, greeks.gamma) == (None, None, None)
        assert (greeks.vega, greeks.theta) == (-2, -2), "the library lets these through"


async def test_greeks_may_not_come() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.NO_GREEKS)
        ticker = ib.reqMktData(option(tws, "300", "P"))
        await asyncio.wait_for(ticker.updateEvent, 5)
        await ib.reqCurrentTimeAsync()
        assert ticker.modelGreeks is None


def test_the_listing_is_synthetic_consistent_and_always_the_same() -> None:
    market = gld_market()
    assert [option.con_id for option in market.options] == [
        option.con_id for option in gld_market().options
    ]
    assert len(market.expiries) == 6
    assert market.expiries[0] == "20260417"
    for expiry in market.expiries:
        calls = [
            market.quote(market.option(expiry, strike, "C").con_id) for strike in market.strikes
        ]
        puts = [
            market.quote(market.option(expiry, strike, "P").con_id) for strike in market.strikes
        ]
        assert all(a.mid >= b.mid for a, b in pairwise(calls))
        assert all(a.mid <= b.mid for a, b in pairwise(puts))
        assert all(0 <= quote.bid < quote.ask for quote in calls + puts)


def test_the_greeks_are_the_slopes_of_the_price() -> None:
    market, bumped = gld_market("310"), gld_market("310.01")
    put = market.option(market.expiries[2], "300", "P").con_id
    before, after = market.greeks(put), bumped.greeks(put)
    assert (after.price - before.price) / 0.01 == pytest.approx(before.delta, abs=1e-3)
    assert (after.delta - before.delta) / 0.01 == pytest.approx(before.gamma, abs=1e-4)
    tomorrow = gld_market("310")
    tomorrow.today += timedelta(1)
    assert tomorrow.greeks(put).price - before.price == pytest.approx(before.theta, rel=1e-2)
    bumped = gld_market("310")
    bumped.volatility += 0.01
    assert bumped.greeks(put).price - before.price == pytest.approx(before.vega, rel=1e-2)
