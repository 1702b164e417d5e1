"""The price stream from TWS, and how it comes back after every kind of loss."""

import asyncio
from decimal import Decimal

from tests.fakes.ibkr_feed import NOW, Rig, failed, feed_of, following, streaming
from tests.fakes.tws import FakeTws, Fault
from tests.fakes.tws_prices import TRADED_AT, PricesTws
from vaultdesk.core.market import FeedState, Quality
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.ports import FeedFault

GLD = 9001


def subscribed(tws: FakeTws) -> int:
    return len(tws.journal.of("market_data"))


def given_back(tws: FakeTws) -> int:
    return len(tws.journal.of("cancel_market_data"))


async def hurried(rig: Rig) -> None:
    await rig.state(BrokerState.OFFLINE)
    rig.feed.connection.hurry()


async def test_each_packet_that_changes_a_price_is_one_quote() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        first = await following(stream)
        assert (first.bid, first.ask, first.last) == (
            Decimal("309.99"),
            Decimal("310.01"),
            Decimal(310),
        )
        assert (first.at, first.quality, first.source) == (TRADED_AT, Quality.LIVE, "ibkr")
        tws.move("305.5")
        assert (await following(stream)).last == Decimal("305.5")
        status = rig.feed.status()
        assert (status.state, status.sentence) == (FeedState.STREAMING, "Prices stream from TWS.")
        assert (subscribed(tws), status.requests_left) == (1, 89)


async def test_what_comes_while_the_reader_is_busy_is_the_next_quote() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.move("305.5")
        tws.move("304")
        await rig.feed.expirations("GLD")  # by now the ticks are there
        assert (await following(stream)).last == 304


async def test_a_poll_beside_the_stream_is_answered_from_it() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.move("305.5")
        await following(stream)
        assert (await rig.feed.quote("GLD")).last == Decimal("305.5")
        assert subscribed(tws) == 1


async def test_zeros_say_nothing_minus_one_says_there_is_none_and_sizes_are_no_news() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.say(GLD, (1, 6, 1, "0", "0", 0), (1, 6, 4, "0", "0", 0), (2, 6, 0, "700"))
        tws.say(GLD, (1, 6, 2, "-1", "0", 0))
        quote = await following(stream)
        assert (quote.bid, quote.ask, quote.last) == (Decimal("309.99"), None, Decimal(310))


async def test_without_trades_a_quote_is_as_new_as_its_newest_tick() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "EURUSD") as stream:
        assert (await following(stream)).at == NOW
        rig.clock.advance(90)
        assert (await rig.feed.quote("EURUSD")).at == NOW
        tws.tick(12_087_792)
        assert (await following(stream)).at == rig.clock.now()


async def test_it_is_subscribed_anew_after_the_servers_were_lost() -> None:
    for code in (1101, 1102):
        async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
            await following(stream)
            tws.connectivity(1100)
            await rig.state(BrokerState.DEGRADED)
            tws.market.spot = Decimal("299.25")
            tws.connectivity(code)
            assert (await following(stream)).last == Decimal("299.25")
            assert (subscribed(tws), given_back(tws)) == (2, 1)
            assert rig.feed.status().requests_left == 89


async def test_it_is_subscribed_anew_after_a_reconnect() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.drop()
        waiting = asyncio.create_task(following(stream))
        await hurried(rig)
        assert (await waiting).last == 310
        assert (subscribed(tws), rig.feed.status().requests_left) == (2, 89)


async def test_it_comes_back_after_tws_was_away_and_forgot_its_numbers() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        await tws.stop()
        waiting = asyncio.create_task(following(stream))
        for _ in range(3):  # in vain
            await hurried(rig)
            await rig.state(BrokerState.CONNECTING)
        await rig.state(BrokerState.OFFLINE)
        assert rig.feed.status().state is FeedState.OFFLINE
        await tws.restart(next_id=1)
        rig.feed.connection.hurry()
        assert (await waiting).last == 310


async def test_a_half_open_connection_ends_the_stream_until_it_is_a_new_one() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.faults.add(Fault.DEAF)
        waiting = asyncio.create_task(following(stream))
        await rig.pauses.heartbeat()
        await rig.state(BrokerState.OFFLINE)
        tws.faults.clear()
        rig.feed.connection.hurry()
        assert (await waiting).last == 310
        assert subscribed(tws) == 2


async def test_a_refused_stream_goes_on_with_delayed_prices() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.DELAYED_ONLY)
        async with streaming(rig.feed, "GLD") as stream:
            assert (await following(stream)).quality is Quality.DELAYED
            assert rig.feed.status().sentence.startswith("Prices stream from TWS. Prices are del")


async def test_without_any_data_it_fails_so_that_it_is_tried_again() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        tws.faults.add(Fault.NO_MARKET_DATA)
        async with streaming(rig.feed, "GLD") as stream:
            error = await failed(following(stream))
        assert error.fault is FeedFault.UNAVAILABLE
        assert rig.feed.status().requests_left == 90


async def test_the_end_of_a_stream_gives_its_line_back() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        async with streaming(rig.feed, "GLD") as stream:
            await following(stream)
        await tws.until(lambda seen: given_back(seen) == 1)
        assert rig.feed.status().requests_left == 90
        tws.tick(GLD)  # nobody listens
        assert (await rig.feed.quote("GLD")).last == 310
        assert subscribed(tws) == 2


async def test_closing_the_feed_ends_the_stream() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig:
        stream = rig.feed.stream("GLD")
        await following(stream)
        waiting = asyncio.create_task(anext(stream, None))
        await asyncio.wait([waiting], timeout=0.01)
        await rig.feed.close()
        assert await waiting is None


async def test_a_tick_that_cannot_be_read_costs_neither_stream_nor_connection() -> None:
    async with PricesTws() as tws, feed_of(tws) as rig, streaming(rig.feed, "GLD") as stream:
        await following(stream)
        tws.say(GLD, (1, 6, "x", "1"), (46, 6, 45, "soon"), (58, 1, "?"))
        tws.move("301")
        assert (await following(stream)).last == 301
        assert "TWS sent a tick that cannot be read: '?' is not a" in rig.feed.status().sentence
        assert rig.feed.connection.status.state is BrokerState.READY
