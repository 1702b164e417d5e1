"""Orders at a fake TWS that fails on the way: none is lost, none is sent twice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Fault, Policy
from tests.services.tws_rig import (
    SHORT,
    at_work,
    ladder,
    puts,
)
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import OrderRefused

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def test_a_click_is_one_order_and_its_fill_one_trade(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref, 2)
        await desk.until(lambda: desk.now(order.ref).filled == 2)
        assert desk.now(order.ref).state is OrderState.PARTIAL
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)
        await desk.until(lambda: desk.now(order.ref).commission)
        assert [one.accepted for one in tws.journal.orders()] == [True]
        assert len(tws.executions) == 2


async def test_an_order_cut_off_before_it_was_taken_is_unknown_until_the_user_decides(
    disk: Path,
) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.CUT_BEFORE_ORDER)
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.UNKNOWN)
        assert "connection was lost while it was being sent" in desk.now(order.ref).said
        await desk.reconnected()
        now = desk.now(order.ref)
        assert now.state is OrderState.UNKNOWN
        assert "no trace of it" in now.said
        assert (tws.orders_received(order.ref), tws.orders_with(order.ref)) == (1, [])
        await desk.orders.resolve(order.ref, OrderState.REJECTED)
        again = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(again.ref).state is OrderState.WORKING)
        assert [one.order_ref for one in tws.orders] == [again.ref]


async def test_an_order_cut_off_after_it_was_taken_is_found_working(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.UNKNOWN)
        await desk.reconnected()
        assert desk.now(order.ref).state is OrderState.WORKING
        assert desk.now(order.ref).perm_id == tws.orders_with(order.ref)[0].perm_id
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)


async def test_what_the_user_decided_wrongly_is_said_and_its_trades_count(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        order = await desk.placed(ticket=puts())
        await desk.lost()
        await desk.orders.resolve(order.ref, OrderState.REJECTED)
        await desk.reconnected()
        now = desk.now(order.ref)
        assert now.state is OrderState.REJECTED
        assert "shows it working although it was rejected: look there and cancel it" in now.said
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).filled == 5)
        assert desk.now(order.ref).state is OrderState.REJECTED
        assert "5 of it were traded all the same" in desk.now(order.ref).said


async def test_an_order_filled_while_the_desk_was_cut_off_is_found_filled(disk: Path) -> None:
    async with at_work(disk, policy=Policy.FILL_AT_ONCE) as (tws, desk):
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        order = await desk.placed(ticket=puts())
        await desk.reconnected()
        now = desk.now(order.ref)
        assert (now.state, now.filled, now.average) == (
            OrderState.FILLED,
            Decimal(5),
            Decimal("8.50"),
        )
        assert now.commission == Decimal("3.25")


async def test_the_same_order_cannot_be_sent_while_the_first_is_unknown(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.CUT_BEFORE_ORDER)
        await desk.placed(ticket=puts())
        await desk.reconnected()
        made = await desk.previewed(ticket=puts())
        with pytest.raises(OrderRefused):
            await desk.orders.place(made.hash)
        assert tws.orders_received() == 1


async def test_of_two_orders_cut_off_at_the_first_only_the_first_is_there(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        made = await desk.previewed(ticket=ladder())
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        first, second = await desk.orders.place(made.hash)
        await desk.reconnected()
        assert desk.now(first.ref).state is OrderState.WORKING
        assert desk.now(second.ref).state is OrderState.UNKNOWN
        assert [one.order_ref for one in tws.orders] == [first.ref]


async def test_an_order_that_is_not_acknowledged_is_looked_for(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.SILENT_ORDERS)
        order = await desk.placed(ticket=puts())
        await tws.placed(order.ref)
        assert desk.now(order.ref).state is OrderState.SENDING
        await desk.passed(10)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        assert OrderState.UNKNOWN in desk.states_of(order.ref)


@pytest.mark.parametrize(("fault", "taken"), [(Fault.DEAF, 0), (Fault.MUTE, 1)])
async def test_an_order_into_a_half_open_socket_is_unknown_until_it_is_looked_for(
    disk: Path, fault: Fault, taken: int
) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        made = await desk.previewed(ticket=puts())
        tws.faults.add(fault)
        (order,) = await desk.orders.place(made.hash)
        await tws.placed(order.ref)
        await desk.passed(10)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.UNKNOWN)
        assert "not acknowledged it for 10 s" in desk.now(order.ref).said
        assert desk.orders.ready
        await desk.lost()
        assert desk.orders.ready
        tws.faults.clear()
        await desk.reconnected()
        now = desk.now(order.ref)
        assert now.state is (OrderState.WORKING if taken else OrderState.UNKNOWN)
        assert (tws.orders_received(order.ref), len(tws.orders_with(order.ref))) == (1, taken)


@pytest.mark.parametrize("fault", [Fault.DEAF, Fault.MUTE])
async def test_a_socket_that_is_half_open_while_idle_is_noticed_before_a_click(
    disk: Path, fault: Fault
) -> None:
    async with at_work(disk) as (tws, desk):
        made = await desk.previewed(ticket=puts())
        tws.faults.add(fault)
        await desk.pauses.heartbeat()
        await desk.until(lambda: desk.status[0] is BrokerState.DEGRADED)
        with pytest.raises(OrderRefused, match="does not answer"):
            await desk.orders.place(made.hash)
        await desk.lost()
        with pytest.raises(OrderRefused):
            await desk.orders.place(made.hash)
        tws.faults.clear()
        await desk.reconnected()
        assert tws.orders_received() == 0
        assert desk.orders.ready == ""


@pytest.mark.parametrize("fault", [Fault.NOTE_10349, Fault.NOTE_399, Fault.NOTE_2161])
@pytest.mark.parametrize("first", [False, True])
async def test_a_note_that_looks_like_a_rejection_ends_no_order(
    disk: Path, fault: Fault, first: bool
) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.update({fault, Fault.NOTES_FIRST} if first else {fault})
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        await desk.until(lambda: [one for one in desk.orders_told(order.ref) if one.said])
        await desk.orders.reconcile()
        assert desk.now(order.ref).state is OrderState.WORKING
        tws.fill(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.FILLED)
        over = {OrderState.CANCELLED, OrderState.REJECTED, OrderState.UNKNOWN}
        assert not over & set(desk.states_of(order.ref))


async def test_a_note_long_after_the_order_ends_none_either(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        for code in (10349, 399, 2161):
            tws.note(order.ref, code)
        await desk.until(lambda: "we may cap your price" in desk.now(order.ref).said)
        assert desk.now(order.ref).state is OrderState.WORKING


async def test_a_rejection_is_final_with_the_broker_s_reason(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        tws.faults.add(Fault.REJECT_ORDERS)
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.REJECTED)
        assert "Available funds are insufficient" in desk.now(order.ref).said
        await desk.orders.reconcile()
        assert desk.now(order.ref).state is OrderState.REJECTED
        tws.faults.clear()
        assert (await desk.placed(ticket=puts())).ref != order.ref


async def test_an_order_may_be_rejected_after_it_worked(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        order = await desk.placed(ticket=puts())
        await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
        tws.fill(order.ref, 1)
        tws.reject(order.ref)
        await desk.until(lambda: desk.now(order.ref).state is OrderState.REJECTED)
        assert desk.now(order.ref).filled == 1
