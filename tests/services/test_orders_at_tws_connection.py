"""The order desk while TWS starts, is lost, reads only, or talks in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Fault
from tests.fakes.tws.client import joined
from tests.services.tws_rig import CLIENT, SHORT, at_work, puts, trading, tws_of_the_day
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import Mode, OrderState
from vaultdesk.ports import OrderRefused

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.tws_rig import TwsDesk


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def refused(desk: TwsDesk) -> str:
    """Why a click is refused now, and that it is."""
    made = await desk.previewed(ticket=puts())
    with pytest.raises(OrderRefused) as caught:
        await desk.orders.place(made.hash)
    assert desk.orders.problem == str(caught.value)
    return str(caught.value)


async def test_a_tws_that_is_silent_at_the_start_gets_no_order_until_it_talks(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        tws.faults.add(Fault.SILENT_START)
        async with trading(tws, disk, on=False, timeouts=SHORT) as desk:
            await desk.lost()
            assert "did not answer within" in desk.status[1]
            assert desk.orders.ready
            assert not desk.compared
            tws.faults.clear()
            await desk.reconnected()
            await desk.ready()
            order = await desk.placed(ticket=puts())
            await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)


async def test_an_order_waits_for_a_comparison_that_tws_answers_late(disk: Path) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        tws.faults.add(Fault.SILENT_START)
        tws.drop()
        await desk.lost()
        assert "hung up" in await refused(desk)
        desk.tws_broker.hurry()
        await desk.until(lambda: desk.status[0] is BrokerState.SYNCING)
        await desk.lost()
        tws.faults.clear()
        await desk.reconnected()
        assert desk.orders.ready == ""
        assert tws.orders_received() == 0


async def test_a_silent_handshake_says_what_to_do(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        tws.faults.add(Fault.SILENT_HANDSHAKE)
        async with trading(tws, disk, on=False, timeouts=SHORT) as desk:
            await desk.lost()
            assert "says nothing: look whether it is still starting" in desk.status[1]
            assert desk.orders.ready == desk.status[1]


async def test_a_client_id_in_use_is_named_and_sends_nothing(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        async with (
            joined(tws, client_id=CLIENT),
            trading(tws, disk, on=False, alone=False) as desk,
        ):
            await desk.lost()
            assert desk.status[1].startswith(f"Client id {CLIENT} is in use at TWS: close")
            assert desk.orders.ready == desk.status[1]
            with pytest.raises(OrderRefused):
                await desk.orders.switch_on()
            assert desk.orders.mode is Mode.READ_ONLY
        assert tws.journal.of("place_order") == []


async def test_a_read_only_tws_is_said_before_anything_is_sent(disk: Path) -> None:
    async with tws_of_the_day() as tws:
        tws.faults.add(Fault.READ_ONLY)
        async with trading(tws, disk, timeouts=SHORT, on=False) as desk:
            await desk.until(lambda: desk.compared)
            assert desk.status[0] is BrokerState.READ_ONLY
            assert "switch off Read-Only API" in desk.status[1]
            await desk.orders.switch_on()
            assert "takes no orders" in await refused(desk)
            assert tws.journal.of("place_order") == []
            tws.faults.clear()
            desk.tws_broker.hurry()
            await desk.until(lambda: desk.orders.ready == "")
            order = await desk.placed(ticket=puts())
            await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)


async def test_an_order_is_refused_by_a_tws_that_turned_read_only_unnoticed(disk: Path) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        made = await desk.previewed(ticket=puts())
        tws.faults.add(Fault.READ_ONLY)
        (order,) = await desk.orders.place(made.hash)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.REJECTED)
        assert "Read-Only" in desk.now(order.ref).said
        assert [one.accepted for one in tws.journal.orders()] == [False]


async def test_orders_that_work_stay_so_while_a_read_only_tws_does_not_list_them(
    disk: Path,
) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        works, fills = await desk.placed(ticket=puts(1)), await desk.placed(ticket=puts(2))
        await desk.until(lambda: desk.now(fills.ref).state is OrderState.WORKING)
        tws.faults.add(Fault.READ_ONLY)
        tws.drop()
        tws.fill(fills.ref)
        await desk.reconnected()
        assert desk.now(works.ref).state is OrderState.WORKING
        assert "does not say now which orders it has" in desk.now(works.ref).said
        assert desk.now(fills.ref).state is OrderState.FILLED


@pytest.mark.parametrize("code", [1101, 1102])
async def test_no_order_is_sent_while_the_servers_are_lost(disk: Path, code: int) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.connectivity(1100)
        await desk.until(lambda: desk.status[0] is BrokerState.DEGRADED)
        assert "lost Interactive Brokers' servers" in await refused(desk)
        assert desk.now(order.ref).state is OrderState.WORKING
        tws.fill(order.ref, 2)
        tws.connectivity(code)
        await desk.until(lambda: desk.orders.ready == "")
        await desk.until(lambda: desk.now(order.ref).state is OrderState.PARTIAL)
        assert tws.orders_received() == 1
        assert OrderState.UNKNOWN not in desk.states_of(order.ref)


async def test_an_order_under_way_when_the_servers_are_lost_is_looked_for(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.SILENT_ORDERS)
        order = await desk.placed(ticket=puts())
        await tws.placed(order.ref)
        tws.connectivity(1100)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.UNKNOWN)
        tws.connectivity(1102)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)


async def test_a_tws_that_restarts_again_and_again_doubles_nothing(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        refs = []
        for quantity in (1, 2, 3):
            order = await desk.placed(ticket=puts(quantity))
            await tws.placed(order.ref)
            refs.append(order.ref)
            await tws.restart(next_id=1)
            await desk.reconnected()
            assert desk.now(order.ref).state is OrderState.WORKING
        for ref in refs:
            tws.fill(ref)
        await desk.until(lambda: all(desk.now(ref).state is OrderState.FILLED for ref in refs))
        assert [one.quantity for one in tws.orders] == [1, 2, 3]


@pytest.mark.parametrize(
    "fault", [Fault.TINY_PACKETS, Fault.LARGE_MESSAGES, Fault.UNKNOWN_MESSAGES]
)
async def test_however_the_messages_come_an_order_lives_its_life(disk: Path, fault: Fault) -> None:
    async with tws_of_the_day() as tws:
        tws.faults.add(fault)
        async with trading(tws, disk) as desk:
            order = await desk.placed(ticket=puts())
            await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
            tws.fill(order.ref, 2)
            await desk.until(lambda: desk.now(order.ref).filled == 2)
            await desk.orders.cancel(order.ref)
            await desk.until(lambda: desk.now(order.ref).state is OrderState.CANCELLED)
            await desk.until(lambda: desk.now(order.ref).commission)
