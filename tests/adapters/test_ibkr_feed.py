"""Prices from TWS: the real ib_insync on a fake TWS over loopback."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.fakes.ibkr import PATIENCE_S
from tests.fakes.ibkr_feed import NOW, failed, feed_of, following, streaming
from tests.fakes.tws import FakeTws, Fault
from tests.fakes.tws_prices import EURUSD, TRADED_AT, PricesTws
from vaultdesk.core.market import FeedState, Quality
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ports import FeedFault


def data_types(tws: FakeTws) -> list[str]:
    return [entry.fields[2] for entry in tws.journal.of("market_data_type")]


async def test_a_quote_is_the_market_with_the_time_of_its_last_trade() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        quote = await rig.feed.quote("gld")
    assert (quote.symbol, quote.source, quote.currency) == ("GLD", "ibkr", "USD")
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("309.99"),
        Decimal("310.01"),
        Decimal(310),
    )
    assert (quote.at, quote.received, quote.quality) == (TRADED_AT, NOW, Quality.LIVE)
    assert quote.previous_close == 310


async def test_pairs_are_asked_for_where_they_trade_and_are_as_new_as_their_market() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        euro, gold = await rig.feed.quote("EURUSD"), await rig.feed.quote("XAUUSD")
        wanted = [entry.fields for entry in tws.journal.of("contract_details")]
    assert (euro.last, euro.price, euro.currency) == (None, Decimal("1.0851"), "USD")
    assert (euro.at, gold.price) == (NOW, Decimal("3365.5"))
    assert [(each[4], each[5], each[10]) for each in wanted] == [
        ("EUR", "CASH", "IDEALPRO"), ("XAUUSD", "CMDTY", "SMART"),
    ]  # fmt: skip


async def test_a_quote_more_costs_one_request_and_gives_its_line_back() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        for _ in range(3):
            await rig.feed.quote("GLD")
        assert len(tws.journal.of("contract_details")) == 1
        assert len(tws.journal.of("market_data")) == 3
        assert data_types(tws) == ["2"]
        assert tws.journal.of("cancel_market_data") == []  # a snapshot ends by itself
        assert rig.feed.status().requests_left == 90


@pytest.mark.parametrize("symbol", ["XYZ", "USDEUR", "XAUEUR"])
async def test_what_tws_does_not_list_is_unknown(symbol: str) -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        error = await failed(rig.feed.quote(symbol))
        assert error.fault is FeedFault.UNKNOWN_SYMBOL
        assert symbol in str(error)
        assert rig.feed.status().sentence == str(error)
        await rig.feed.quote("GLD")
        assert rig.feed.status().sentence == "TWS is asked at intervals."


@pytest.mark.parametrize("symbol", ["GC=F", "^VIX", "", "GLD;DROP", "GLD\0", "ÄÖ"])
async def test_what_cannot_be_a_symbol_is_refused_without_a_request(symbol: str) -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        error = await failed(rig.feed.quote(symbol))
        assert error.fault is FeedFault.UNKNOWN_SYMBOL
        assert "give a share or a fund such as GLD" in str(error)
        assert tws.clients == set()


async def test_without_a_subscription_the_delayed_price_comes_and_the_status_says_so() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.DELAYED_ONLY)
        quote = await rig.feed.quote("GLD")
        assert (quote.quality, quote.last, quote.at) == (Quality.DELAYED, Decimal(310), TRADED_AT)
        assert quote.bid == Decimal("309.99")
        assert data_types(tws) == ["2", "3"]
        await rig.feed.quote("GLD")
        assert data_types(tws) == ["2", "3"]
        assert len(tws.journal.of("market_data")) == 3
        assert rig.feed.status().sentence == (
            "TWS is asked at intervals. Prices are delayed: the account is not subscribed to live "
            "ones for the API."
        )


async def test_a_delayed_price_without_a_time_counts_as_a_quarter_of_an_hour_old() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.DELAYED_ONLY)
        tws.traded_at = None
        assert (await rig.feed.quote("GLD")).at == NOW - timedelta(minutes=15)
        assert (await rig.feed.quote("EURUSD")).at == NOW - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.NO_MARKET_DATA, 354),
        (Fault.NO_API_MARKET_DATA, 10089),
        (Fault.COMPETING_SESSION, 10197),
    ],
)
async def test_no_market_data_at_all_is_one_sentence(fault: Fault, code: int) -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(fault)
        error = await failed(rig.feed.quote("GLD"))
        assert error.fault is FeedFault.UNAVAILABLE
        assert str(error).startswith("TWS gives no prices of GLD, neither live nor delayed (")
        assert f", {code}): subscribe to them in the account" in str(error)
        assert data_types(tws) == ["2", "3"]
        assert rig.feed.status().requests_left == 90


async def test_a_new_connection_asks_for_live_prices_again() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.COMPETING_SESSION)
        error = await failed(rig.feed.quote("GLD"))
        assert rig.feed.status().sentence == str(error)  # nothing is delayed: there is nothing
        tws.faults.clear()
        tws.drop()
        await rig.state(BrokerState.OFFLINE)
        rig.feed.connection.hurry()
        await rig.state(BrokerState.READY)
        assert (await rig.feed.quote("GLD")).quality is Quality.LIVE
        assert data_types(tws) == ["2", "3", "2"]
        assert rig.feed.status().sentence == "TWS is asked at intervals."


async def test_a_new_connection_finds_out_again_that_only_delayed_prices_come() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.DELAYED_ONLY)
        for types in (["2", "3"], ["2", "3", "2", "3"]):
            assert (await rig.feed.quote("GLD")).quality is Quality.DELAYED
            assert data_types(tws) == types
            tws.drop()
            await rig.state(BrokerState.OFFLINE)
            rig.feed.connection.hurry()
            await rig.state(BrokerState.READY)


async def test_another_session_that_takes_the_live_prices_is_named() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.COMPETING_SESSION)
        async with streaming(rig.feed, "GLD") as stream:
            first = asyncio.create_task(following(stream))
            await tws.until(lambda seen: data_types(seen) == ["2", "3"])
            await failed(first)
        tws.faults.clear()
        tws.faults.add(Fault.DELAYED_ONLY)
        await rig.feed.quote("GLD")
        assert "end that session and connect again" in rig.feed.status().sentence


async def test_the_last_prices_of_a_closed_market_are_kept_ones() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.frozen = True
        assert (await rig.feed.quote("GLD")).quality is Quality.CACHED


async def test_no_quote_is_an_error_and_not_a_price_of_minus_one() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.NO_QUOTES)
        error = await failed(rig.feed.quote("GLD"))
    assert (error.fault, str(error)) == (
        FeedFault.NO_DATA,
        "TWS has no price of GLD now; the desk asks again.",
    )


async def test_a_part_that_came_in_time_is_a_quote_and_nothing_is_a_time_out() -> None:
    async with PricesTws() as tws, feed_of(tws, snapshot_s=0.2) as rig:
        tws.silent.add(EURUSD.con_id)
        tws.faults.add(Fault.NO_QUOTES)
        error = await failed(rig.feed.quote("EURUSD"))
        assert error.fault is FeedFault.TIMEOUT
        tws.faults.clear()
        assert (await rig.feed.quote("EURUSD")).bid == Decimal("1.085")
        await tws.until(lambda seen: len(seen.journal.of("cancel_market_data")) == 2)


async def test_too_many_lines_are_told_as_a_limit() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.add(EURUSD.con_id)
        asked = asyncio.create_task(failed(rig.feed.quote("EURUSD")))
        await tws.until(lambda seen: seen.journal.of("market_data"))
        [entry] = tws.journal.of("market_data")
        tws.error(101, "Max number of tickers has been reached", int(entry.fields[2]))
        error = await asked
    assert error.fault is FeedFault.RATE_LIMITED
    assert str(error) == (
        "TWS takes no more requests for now (Max number of tickers has been reached, 101); "
        "the desk asks again."
    )


async def test_where_no_tws_is_the_reason_comes_at_once_with_the_time_of_the_next_try() -> None:
    async with PricesTws() as tws:
        await tws.stop()
        async with feed_of(tws) as rig:
            assert rig.feed.status().state is FeedState.CONNECTING
            error = await failed(rig.feed.quote("GLD"))
            status = rig.feed.status()
        await tws.start()
    assert error.fault is FeedFault.OFFLINE
    assert str(error).startswith("Nothing listens at 127.0.0.1:")
    assert error.retry_at is not None
    assert (status.state, status.sentence, status.retry_at) == (
        FeedState.OFFLINE, str(error), error.retry_at,
    )  # fmt: skip


async def test_without_the_servers_behind_tws_nothing_is_asked() -> None:
    async with PricesTws() as tws, feed_of(tws, timeout_s=60) as rig:
        await rig.feed.quote("GLD")
        tws.connectivity(1100)
        await rig.state(BrokerState.DEGRADED)
        async with asyncio.timeout(PATIENCE_S):
            error = await failed(rig.feed.quote("GLD"))
        assert error.fault is FeedFault.OFFLINE
        assert "goes on trying by itself" in str(error)
        assert rig.feed.status().state is FeedState.OFFLINE
        assert len(tws.journal.of("market_data")) == 1


async def test_a_connection_lost_under_a_request_is_told() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.add(EURUSD.con_id)
        asked = asyncio.create_task(failed(rig.feed.quote("EURUSD")))
        await tws.until(lambda seen: seen.journal.of("market_data"))
        tws.drop()
        error = await asked
        assert (error.fault, str(error)) == (
            FeedFault.OFFLINE,
            "The connection to TWS was lost: it is made again by itself.",
        )


async def test_closing_ends_a_request_that_hangs_and_refuses_the_next() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.add(EURUSD.con_id)
        asked = asyncio.create_task(failed(rig.feed.quote("EURUSD")))
        await tws.until(lambda seen: seen.journal.of("market_data"))
        await rig.feed.close()
        assert (await asked).fault is FeedFault.ENDED
        assert (await failed(rig.feed.quote("GLD"))).fault is FeedFault.ENDED
        assert rig.feed.status().state is FeedState.ENDED


async def test_closing_ends_a_question_on_a_connection_that_stays() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.history = False
        broker = asyncio.create_task(rig.feed.connection.run())
        asked = asyncio.create_task(failed(rig.feed.closes("GLD", NOW.date())))
        await tws.until(lambda seen: seen.journal.of("history"))
        await rig.feed.close()
        async with asyncio.timeout(PATIENCE_S):
            assert (await asked).fault is FeedFault.ENDED
        broker.cancel()
        await asyncio.gather(broker, return_exceptions=True)


async def test_no_more_is_asked_at_once_than_there_are_lines() -> None:
    async with PricesTws() as tws, feed_of(tws, most=2) as rig:
        tws.silent.add(EURUSD.con_id)
        asking = [asyncio.create_task(rig.feed.quote("EURUSD")) for _ in range(3)]
        await tws.until(lambda seen: len(seen.journal.of("market_data")) == 2)
        await rig.feed.expirations("GLD")  # by now the third would have been there as well
        assert len(tws.journal.of("market_data")) == 2
        assert rig.feed.status().requests_left == 0
        asking[0].cancel()
        await tws.until(lambda seen: len(seen.journal.of("market_data")) == 3)
        for each in asking:
            each.cancel()


async def test_a_cancelled_quote_gives_its_line_back_and_tells_tws() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.silent.add(EURUSD.con_id)
        asked = asyncio.create_task(rig.feed.quote("EURUSD"))
        await tws.until(lambda seen: seen.journal.of("market_data"))
        asked.cancel()
        await tws.until(lambda seen: seen.journal.of("cancel_market_data"))
        assert asked.cancelled()
        assert rig.feed.status().requests_left == 90


async def test_the_connection_outlives_the_feed_where_the_broker_runs_it_too() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        broker = asyncio.create_task(rig.feed.connection.run())
        await rig.feed.quote("GLD")
        await rig.feed.close()
        assert rig.feed.connection.status.state is BrokerState.READY
        assert tws.clients == {17}
        broker.cancel()
        await asyncio.gather(broker, return_exceptions=True)


async def test_prices_go_on_where_tws_takes_no_orders() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:

        async def refuses(_: object) -> None:
            rig.feed.connection.refuse_orders("TWS is read-only.")

        rig.feed.connection.at_sync(refuses)
        assert (await rig.feed.quote("GLD")).last == 310
        assert rig.feed.connection.status.state is BrokerState.READ_ONLY


async def test_packets_of_three_bytes_bring_the_same_quote() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.update({Fault.TINY_PACKETS, Fault.UNKNOWN_MESSAGES})
        assert (await rig.feed.quote("GLD")).last == 310
