"""Option chains from TWS: listed by one request, quoted many at once, with TWS's own Greeks."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.fakes.ibkr import PATIENCE_S
from tests.fakes.ibkr_feed import NOW, failed, feed_of
from tests.fakes.tws import UNSET, FakeTws, Fault
from tests.fakes.tws_prices import PricesTws, adjusted, wide_market
from vaultdesk.core.market import (
    Chain,
    FeedState,
    Flag,
    OptionQuote,
    Quality,
    VendorGreeks,
    flag,
)
from vaultdesk.ports import FeedFault

APRIL = date(2026, 4, 17)
STRIKE = Decimal(300)


def asked(tws: FakeTws) -> int:
    return len(tws.journal.of("market_data"))


def put_300(chain: Chain) -> OptionQuote:
    [row] = [row for row in chain.rows if row.strike == STRIKE and row.right == "P"]
    return row


def with_adjusted(trading_class: str = "GLD1", multiplier: str = "100") -> PricesTws:
    """A fake TWS that lists each option once more, as it is after a corporate action."""
    return PricesTws(
        wide_market(lambda options: options + adjusted(options[:4], trading_class, multiplier))
    )


async def test_the_expiries_are_those_of_the_standard_series_at_smart() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.series = [
            ("CBOE", "GLD", "100", "20270101"),
            ("SMART", "GLD1", "100", "20270102"),
            ("SMART", "GLD", "10", "20270103"),
            ("SMART", "GLD", "100", "20250103"),
        ]
        earliest, *days = await rig.feed.expirations("GLD")
        assert earliest == date(2025, 1, 3)
        assert [f"{day:%Y%m%d}" for day in days] == tws.market.expiries
        assert len(tws.journal.of("option_parameters")) == 1


async def test_an_expiry_that_is_no_day_is_told() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.series = [("SMART", "GLD", "100", "202613")]
        error = await failed(rig.feed.expirations("GLD"))
    assert (error.fault, str(error)) == (
        FeedFault.MALFORMED,
        "TWS's expiries of GLD cannot be read: '202613' is not a day.",
    )


async def test_a_symbol_without_options_says_so() -> None:
    async with PricesTws(wide_market(lambda _: ())) as tws, feed_of(tws) as rig:
        error = await failed(rig.feed.expirations("GLD"))
    assert (error.fault, str(error)) == (
        FeedFault.NO_DATA,
        "TWS lists no standard options on GLD: choose a symbol that has them.",
    )


async def test_a_chain_has_every_contract_with_its_market_and_both_sizes() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        chain = await rig.feed.chain("GLD", APRIL)
        listed = {each.local_symbol.replace(" ", ""): each for each in tws.market.options
                  if each.expiry == "20260417"}  # fmt: skip
        assert (chain.symbol, chain.expiry, chain.source) == ("GLD", APRIL, "ibkr")
        assert (chain.spot, chain.multiplier, chain.quality) == (Decimal(310), 100, Quality.LIVE)
        assert (chain.at, chain.received, chain.problems) == (NOW, NOW, ())
        assert {row.contract for row in chain.rows} == set(listed)
        for row in chain.rows:
            told = listed[row.contract]
            quote = tws.market.quote(told.con_id)
            assert (row.right, row.strike) == (told.right, told.strike)
            assert (row.bid, row.ask, row.last) == (quote.bid, quote.ask, quote.mid)
            assert (row.bid_size, row.ask_size) == (40, 30)
            assert (row.open_interest, row.last_trade) == (None, tws.traded_at)
            assert flag(row, chain.spot, chain.quality) is Flag.OK


async def test_the_vendor_s_greeks_come_beside_the_quote() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        chain = await rig.feed.chain("GLD", APRIL)
        row = put_300(chain)
        told = tws.market.greeks(tws.market.option("20260417", "300", "P").con_id)
    assert row.vendor == VendorGreeks(
        iv=told.volatility, delta=told.delta, gamma=told.gamma, theta=told.theta, vega=told.vega
    )
    assert row.vendor.delta is not None
    assert -1 < row.vendor.delta < 0


@pytest.mark.parametrize("fault", [Fault.NO_GREEKS, Fault.ABSENT_GREEKS])
async def test_missing_greeks_are_none_and_no_problem(fault: Fault) -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(fault)
        chain = await rig.feed.chain("GLD", APRIL)
    assert {row.vendor for row in chain.rows} == {VendorGreeks()}
    assert all(row.bid for row in chain.rows)
    assert chain.problems == ()


async def test_one_request_lists_the_expiry_and_one_more_quotes_each_contract() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        chain = await rig.feed.chain("GLD", APRIL)
        details = [entry.fields for entry in tws.journal.of("contract_details")]
        assert [(*each[5:9], each[10]) for each in details] == [
            ("STK", "", "0.0", "", "SMART"), ("OPT", "20260417", "0.0", "", "SMART"),
        ]  # fmt: skip
        assert asked(tws) == len(chain.rows) + 1
        assert all(entry.fields[16:18] == ("", "1") for entry in tws.journal.of("market_data"))


@pytest.mark.parametrize(("name", "multiplier"), [("GLD1", "100"), ("2GLD", "100"), ("GLD", "10")])
async def test_adjusted_contracts_are_kept_out_and_named(name: str, multiplier: str) -> None:
    async with with_adjusted(name, multiplier) as tws, feed_of(tws) as rig:
        chain = await rig.feed.chain("GLD", APRIL)
        assert chain.problems == (
            f"4 contracts of {name} are left out: they do not deliver 100 shares.",
        )
        assert len(chain.rows) == 10
        assert len({(row.strike, row.right) for row in chain.rows}) == 10


async def test_an_expiry_of_adjusted_contracts_alone_is_no_chain() -> None:
    market = wide_market(lambda options: adjusted(options, "GLD1", "100"))
    async with PricesTws(market) as tws, feed_of(tws) as rig:
        error = await failed(rig.feed.chain("GLD", APRIL))
    assert error.fault is FeedFault.NO_DATA


async def test_an_expiry_that_is_not_listed_is_named() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        error = await failed(rig.feed.chain("GLD", APRIL + timedelta(1)))
    assert (error.fault, str(error)) == (
        FeedFault.NO_DATA,
        "TWS lists no standard options on GLD of 2026-04-18: choose another expiry.",
    )


async def test_no_quote_is_a_row_without_prices() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.NO_QUOTES)
        chain = await rig.feed.chain("GLD", APRIL)
    assert {(row.bid, row.ask, row.bid_size, row.ask_size) for row in chain.rows} == {(None,) * 4}
    assert {flag(row, None, chain.quality) for row in chain.rows} == {Flag.NO_QUOTE}
    assert (chain.quality, chain.spot) == (Quality.CACHED, Decimal(310))  # the model's own spot


async def test_what_came_of_a_contract_in_time_is_kept_and_the_rest_is_none() -> None:
    async with PricesTws() as tws, feed_of(tws, snapshot_s=0.3) as rig:
        put = tws.market.option("20260417", "300", "P")
        tws.silent.add(put.con_id)
        chain = await rig.feed.chain("GLD", APRIL)
        row = put_300(chain)
        assert (row.bid, row.ask, row.vendor) == (
            tws.market.quote(put.con_id).bid,
            None,
            VendorGreeks(),
        )
        assert sum(bool(row.ask) for row in chain.rows) == 9
        assert chain.problems == ("TWS did not tell all of GLD260417P00300000 in time.",)
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 1)


async def test_a_contract_that_is_gone_costs_its_own_row_only() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        put = tws.market.option("20260417", "300", "P")
        tws.silent.add(put.con_id)
        asking = asyncio.create_task(rig.feed.chain("GLD", APRIL))
        await tws.until(lambda seen: asked(seen) == 11)
        [entry] = [
            each for each in tws.journal.of("market_data") if each.fields[3] == str(put.con_id)
        ]
        tws.error(200, "No security definition has been found", int(entry.fields[2]))
        chain = await asking
        [problem] = chain.problems
        assert problem.startswith(
            "GLD260417P00300000 has no quote: TWS lists no options on GLD (No"
        )
        assert len(chain.rows) == 10


async def test_delayed_chains_are_asked_for_where_live_ones_are_refused() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.DELAYED_ONLY)
        chain = await rig.feed.chain("GLD", APRIL)
        assert chain.quality is Quality.DELAYED
        assert chain.at == NOW - timedelta(minutes=15)
        assert all(row.bid and row.vendor.delta for row in chain.rows)
        types = [entry.fields[2] for entry in tws.journal.of("market_data_type")]
        assert types == ["2", "3"]
        before = asked(tws)
        await rig.feed.chain("GLD", APRIL)
        assert asked(tws) - before == 11  # none in vain


async def test_a_chain_without_any_data_is_refused_whole_with_one_sentence() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.NO_MARKET_DATA)
        error = await failed(rig.feed.chain("GLD", APRIL))
        assert error.fault is FeedFault.UNAVAILABLE
        assert "neither live nor delayed" in str(error)
        assert rig.feed.status().requests_left == 90


async def test_the_first_refusal_ends_the_rest_of_a_chain() -> None:
    async with PricesTws() as tws, feed_of(tws, snapshot_s=60) as rig:
        tws.silent.update(each.con_id for each in tws.market.options)
        asking = asyncio.create_task(failed(rig.feed.chain("GLD", APRIL)))
        await tws.until(lambda seen: asked(seen) == 11)
        tws.error(10186, "not subscribed", int(tws.journal.of("market_data")[5].fields[2]))
        async with asyncio.timeout(PATIENCE_S):
            assert (await asking).fault is FeedFault.UNAVAILABLE
        assert rig.feed.status().requests_left == 90
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 9)


async def test_options_come_without_their_underlying_s_price_too() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.add(9001)
        asking = asyncio.create_task(rig.feed.chain("GLD", APRIL))
        await tws.until(lambda seen: asked(seen) == 11)
        [entry] = [each for each in tws.journal.of("market_data") if each.fields[3] == "9001"]
        tws.error(10186, "not subscribed, delayed not available", int(entry.fields[2]))
        chain = await asking
        assert chain.spot == 310  # the model's
        assert "TWS gives no prices of GLD" in chain.problems[0]
        assert all(row.bid for row in chain.rows)


async def test_no_more_lines_are_taken_than_there_are_and_the_status_says_how_far_it_is() -> None:
    async with PricesTws() as tws, feed_of(tws, most=4) as rig:
        options = [each for each in tws.market.options if each.expiry == "20260417"]
        tws.silent.update(each.con_id for each in options[-2:])
        asking = asyncio.create_task(rig.feed.chain("GLD", APRIL))
        await tws.until(lambda seen: asked(seen) == 11)
        await rig.feed.expirations("GLD")  # there and back again: all that was sent has been heard
        status = rig.feed.status()
        assert status.sentence == (
            "TWS is asked at intervals. 8 of 10 options on GLD of 2026-04-17 are quoted."
        )
        assert (status.state, status.requests_left) == (FeedState.POLLING, 2)
        asking.cancel()
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 2)
        await rig.feed.expirations("GLD")
        assert rig.feed.status().sentence == "TWS is asked at intervals."


async def test_a_chain_leaves_lines_to_those_who_wait() -> None:
    async with PricesTws() as tws, feed_of(tws, most=4) as rig:
        tws.silent.update(each.con_id for each in tws.market.options)
        asking = [asyncio.create_task(rig.feed.chain("GLD", day))
                  for day in (APRIL, date(2026, 5, 15))]  # fmt: skip
        await tws.until(lambda seen: asked(seen) == 5)  # two of the fund, three of its options
        assert (await rig.feed.quote("EURUSD")).price == Decimal("1.0851")
        assert (asked(tws), rig.feed.status().requests_left) == (6, 1)
        for each in asking:
            each.cancel()
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 3)


async def test_a_cancelled_chain_asks_nothing_more_and_gives_its_lines_back() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.update(each.con_id for each in tws.market.options)
        asking = asyncio.create_task(rig.feed.chain("GLD", APRIL))
        await tws.until(lambda seen: asked(seen) == 11)
        asking.cancel()
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 10)
        assert asking.cancelled()
        assert rig.feed.status().requests_left == 90


async def test_a_chain_under_way_ends_with_its_connection() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.update(each.con_id for each in tws.market.options)
        asking = asyncio.create_task(failed(rig.feed.chain("GLD", APRIL)))
        await tws.until(lambda seen: asked(seen) == 11)
        tws.drop()
        assert (await asking).fault is FeedFault.OFFLINE


@pytest.mark.parametrize("nonsense", [UNSET, "NaN", "Infinity", "", "abc", "-0.5"])
async def test_numbers_that_are_none_are_none(nonsense: str) -> None:
    async with PricesTws() as tws, feed_of(tws, snapshot_s=0.3) as rig:
        put = tws.market.option("20260417", "300", "P")
        tws.silent.add(put.con_id)
        asking = asyncio.create_task(rig.feed.chain("GLD", APRIL))
        await tws.until(lambda seen: asked(seen) == 11)
        [entry] = [
            each for each in tws.journal.of("market_data") if each.fields[3] == str(put.con_id)
        ]
        req_id = entry.fields[2]
        for session in tws.world.sessions:
            session.send(
                (1, 6, req_id, 1, nonsense, nonsense, 0),
                (1, 6, req_id, 2, nonsense, 5, 0),
                (21, req_id, 13, 0, *[nonsense] * 8),
            )
        chain = await asking
    row = put_300(chain)
    assert (row.bid, row.ask, row.bid_size, row.ask_size) == (None,) * 4
    greeks = (
        row.vendor
        if nonsense != "-0.5"
        else replace(row.vendor, delta=None, gamma=None, theta=None, vega=None)
    )
    assert greeks == VendorGreeks()
    assert chain.spot == Decimal(310)
