"""Previews at a fake TWS: what it does not give reads "not given", and why."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Fault
from tests.services.tws_rig import PUT, at_work, credit_collar, puts
from vaultdesk.adapters.ibkr.feed import IbkrFeed
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.life import OrderState
from vaultdesk.core.orders.preview import Caution
from vaultdesk.ports import FeedError
from vaultdesk.services.chains import Chains
from vaultdesk.services.instrument_quotes import InstrumentQuotes
from vaultdesk.services.market import MarketService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.tws import FakeTws
    from tests.services.tws_rig import TwsDesk
    from vaultdesk.core.orders.broker import WhatIf
    from vaultdesk.core.orders.preview import Preview


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def margins(what_if: WhatIf) -> set[Decimal | None]:
    return {
        *(what_if.initial_before, what_if.initial_after),
        *(what_if.maintenance_before, what_if.maintenance_after),
        *(what_if.equity_before, what_if.equity_after),
    }


def answer(preview: Preview) -> WhatIf:
    (estimate,) = preview.estimates
    return estimate.what_if


async def test_what_tws_gives_is_in_the_preview_and_nothing_is_sent(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        for ticket in (puts(), credit_collar()):
            told = answer(await desk.previewed(ticket=ticket))
            assert None not in margins(told)
            assert told.commission is not None
            assert (told.why, told.rejected) == ("", False)
        assert tws.orders_received() == 0
        assert tws.orders == []


@pytest.mark.parametrize(
    "fault", [Fault.WHAT_IF_UNSET, Fault.WHAT_IF_UNSET_LOWER, Fault.WHAT_IF_BLANK]
)
async def test_figures_that_are_none_are_not_given(disk: Path, fault: Fault) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(fault)
        made = await desk.previewed(ticket=puts())
        told = answer(made)
        assert margins(told) == {None}
        assert told.commission is None
        assert "TWS does not give the margin or the equity or the commission" in told.why
        assert "E+30" not in repr(made)
        (order,) = await desk.orders.place(made.hash)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        assert tws.orders_received() == 1


async def test_a_commission_alone_that_is_missing_is_named_alone(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.WHAT_IF_NO_COMMISSION)
        told = answer(await desk.previewed(ticket=puts()))
        assert None not in margins(told)
        assert told.commission is None
        assert told.why == "TWS does not give the commission."


async def test_silence_is_not_given_and_says_so(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.WHAT_IF_SILENT)
        told = answer(await desk.previewed(ticket=puts()))
        assert margins(told) == {None}
        assert "did not say within 0.3 s" in told.why


async def test_a_what_if_that_is_rejected_says_the_broker_s_reason(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.WHAT_IF_REJECTED)
        made = await desk.previewed(ticket=puts())
        told = answer(made)
        assert (told.rejected, margins(told)) == (True, {None})
        assert "Available funds are insufficient (201)" in told.why
        assert any("Available funds" in one.sentence for one in made.warnings)


@pytest.mark.parametrize("fault", [Fault.DEAF, Fault.MUTE])
async def test_a_preview_over_a_half_open_socket_comes_without_the_broker_s_figures(
    disk: Path, fault: Fault
) -> None:
    async with at_work(disk) as (tws, desk):
        await desk.previewed(ticket=puts())
        tws.faults.add(fault)
        told = answer(await desk.previewed(ticket=puts()))
        assert margins(told) == {None}
        assert told.why
        tws.faults.clear()


async def test_a_connection_lost_under_a_preview_is_said_in_it(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        await desk.previewed(ticket=puts())
        tws.drop()
        await desk.lost()
        told = answer(await desk.previewed(ticket=puts()))
        assert margins(told) == {None}
        assert "hung up" in told.why


async def test_orders_go_out_where_tws_gives_no_market_data(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.update({Fault.NO_MARKET_DATA, Fault.NO_QUOTES, Fault.NO_GREEKS})
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)


@asynccontextmanager
async def quoted_by_tws(disk: Path, *faults: Fault) -> AsyncIterator[tuple[FakeTws, TwsDesk]]:
    """The desk with quotes from the same TWS, over the same connection, as `--feed ibkr` has it."""
    async with at_work(disk) as (tws, desk):
        tws.faults.update(faults)
        desk.connection.ib.client.MaxRequests = 0  # this TWS counts no requests a second
        feed = IbkrFeed(desk.connection, desk.wall, timeout_s=0.5)
        chains = Chains(feed, desk.bus, ttl_s=300)
        prices = MarketService(feed, desk.bus, "GLD")
        desk.market.quote = InstrumentQuotes(chains, prices).quote  # type: ignore[method-assign]
        try:
            yield tws, desk
        finally:
            prices.close()


async def test_quotes_and_orders_go_over_one_connection(disk: Path) -> None:
    async with quoted_by_tws(disk) as (tws, desk):
        put = tws.market.option(f"{PUT.expiry:%Y%m%d}", "330", "P")
        tws.market.set_quote(put.con_id, "8.40", "8.60", 20, 30)
        made = await desk.previewed(ticket=puts())
        (quote,) = made.estimates[0].quotes
        assert (quote.bid, quote.ask, quote.ask_size) == (Decimal("8.40"), Decimal("8.60"), 30)
        (order,) = await desk.orders.place(made.hash)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        assert tws.orders_received() == 1


@pytest.mark.parametrize(
    "fault", [Fault.NO_MARKET_DATA, Fault.NO_API_MARKET_DATA, Fault.COMPETING_SESSION]
)
async def test_without_market_data_there_is_no_preview_and_no_order(
    disk: Path, fault: Fault
) -> None:
    async with quoted_by_tws(disk, fault) as (tws, desk):
        with pytest.raises(FeedError, match="gives no prices of") as caught:
            await desk.previewed(ticket=puts())
        assert desk.orders.problem == str(caught.value)
        assert desk.orders.preview is None
        assert tws.orders_received() == 0


async def test_delayed_market_data_is_called_delayed_before_the_click(disk: Path) -> None:
    async with quoted_by_tws(disk, Fault.DELAYED_ONLY) as (_, desk):
        made = await desk.previewed(ticket=puts())
        assert made.quality is Quality.DELAYED
        assert any(one.about is Caution.QUOTE_STALE for one in made.warnings)


async def test_an_option_without_bid_and_ask_has_no_natural_price(disk: Path) -> None:
    async with quoted_by_tws(disk, Fault.NO_QUOTES) as (tws, desk):
        made = await desk.previewed(ticket=puts())
        (estimate,) = made.estimates
        assert (estimate.natural, estimate.mid, estimate.expected) == (None, None, None)
        assert tws.orders_received() == 0
