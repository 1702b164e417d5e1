"""Prices and orders over one connection to TWS: neither is in the other's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from tests.fakes.feed import ManualClock
from tests.fakes.ibkr import Desk, desk_at, placed
from tests.fakes.ibkr_feed import NOW, failed, following, streaming
from tests.fakes.tws_prices import PricesTws, WideMarket, wide_market
from vaultdesk.adapters.ibkr.feed import IbkrFeed
from vaultdesk.core.orders.broker import BrokerState, ExecutionTold, Standing
from vaultdesk.ports import FeedFault


@asynccontextmanager
async def shared(
    market: WideMarket | None = None,
) -> AsyncIterator[tuple[PricesTws, Desk, IbkrFeed]]:
    """A broker that is ready, and a feed on its connection."""
    async with PricesTws(market) as tws, desk_at(tws.port) as desk:
        await desk.state(BrokerState.READY)
        feed = IbkrFeed(desk.connection, ManualClock(NOW))
        try:
            yield tws, desk, feed
        finally:
            await feed.close()


async def test_the_broker_hears_all_of_an_order_s_life_beside_a_stream() -> None:
    async with shared() as (tws, desk, feed), streaming(feed, "GLD") as stream:
        await following(stream)
        await placed(desk, "VD-1")
        tws.reject("VD-1")
        await desk.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.REJECTED)
        await placed(desk, "VD-2")
        tws.fill("VD-2")
        await desk.until(lambda desk: desk.of(ExecutionTold))
        tws.move("305.5")
        assert (await following(stream)).last is not None
        assert tws.clients == {17}


async def test_an_order_and_a_quote_do_not_wait_for_a_chain() -> None:
    market = wide_market(reach=50)  # 42 contracts an expiry: more than may go within a second
    async with shared(market) as (tws, desk, feed):
        chain = asyncio.create_task(feed.chain("GLD", date(2026, 4, 17)))
        await tws.until(lambda seen: len(seen.journal.of("market_data")) == 26)
        await placed(desk, "VD-1")
        await feed.quote("EURUSD")
        assert len(tws.journal.of("market_data")) == 27
        assert len((await chain).rows) == 42


async def test_a_refusal_of_prices_is_not_taken_for_one_of_an_order() -> None:
    async with shared() as (tws, desk, feed):
        await placed(desk, "VD-1")
        error = await failed(feed.quote("XYZ"))
        assert error.fault is FeedFault.UNKNOWN_SYMBOL
        assert [each.standing for each in desk.orders("VD-1")] == [Standing.WORKING]
        assert desk.notes("VD-1") == []
        assert tws.orders_received() == 1
