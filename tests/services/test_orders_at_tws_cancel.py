"""Cancelling at a fake TWS: every race between the cancel, the fill and the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.tws import Fault
from tests.services.tws_rig import SHORT, at_work, puts
from vaultdesk.core.orders.broker import BrokerState
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.tws_rig import TwsDesk


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def working(desk: TwsDesk, quantity: int = 5) -> str:
    """The ref of an order that the broker has acknowledged."""
    order = await desk.placed(ticket=puts(quantity))
    await desk.until(lambda: desk.now(order.ref).state is OrderState.WORKING)
    return order.ref


async def test_a_cancel_ends_this_order_and_no_other(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        kept, gone = await working(desk), await working(desk, 2)
        await desk.orders.cancel(gone)
        await desk.until(lambda: desk.now(gone).state is OrderState.CANCELLED)
        assert [one.order_ref for one in tws.orders if one.alive] == [kept]
        assert [one.order_ref for one in tws.journal.of("cancel_order")] == [gone]


async def test_all_own_orders_are_cancelled_one_by_one_and_nobody_else_s(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        refs = [await working(desk), await working(desk, 2)]
        put = tws.market.option(tws.market.expiries[0], "330", "P")
        tws.standing_order("theirs", put.con_id, 3, "1.00", client_id=9)
        tws.standing_order("", put.con_id, 1, "1.00", client_id=0)
        await desk.orders.cancel_all()
        await desk.until(lambda: all(desk.now(ref).state.over for ref in refs))
        assert sorted(one.order_ref for one in tws.orders if one.alive) == ["", "theirs"]
        assert sorted(one.order_ref for one in tws.journal.of("cancel_order")) == sorted(refs)


async def test_a_cancel_that_finds_nothing_leaves_the_order_that_works(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(Fault.CANCEL_NOT_FOUND)
        await desk.orders.cancel(ref)
        await desk.until(lambda: OrderState.UNKNOWN in desk.states_of(ref))
        await desk.until(lambda: desk.now(ref).state is OrderState.WORKING)
        tws.faults.clear()
        await desk.until(lambda: desk.orders.ready == "")
        await desk.orders.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)


async def test_a_cancel_that_comes_too_late_finds_it_filled(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(Fault.CANCEL_TOO_LATE)
        await desk.orders.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.FILLED)
        await desk.until(lambda: desk.now(ref).commission)
        assert desk.now(ref).filled == 5
        await desk.until(lambda: desk.orders.ready == "")


async def test_a_cancel_nobody_answers_is_looked_for_and_can_be_asked_again(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(Fault.CANCEL_IGNORED)
        await desk.orders.cancel(ref)
        asked = len(tws.journal.of("all_open_orders"))
        await desk.passed(10)
        await tws.until(lambda seen: len(seen.journal.of("all_open_orders")) > asked)
        await desk.until(lambda: desk.orders.ready == "")
        assert desk.now(ref).state is OrderState.CANCEL_REQUESTED
        assert "still shows it working" in desk.now(ref).said
        tws.faults.clear()
        await desk.orders.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)
        assert desk.now(ref).filled == 0


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault.CUT_BEFORE_CANCEL, OrderState.CANCEL_REQUESTED),
        (Fault.CUT_AFTER_CANCEL, OrderState.CANCELLED),
    ],
)
async def test_a_cancel_cut_off_is_as_the_broker_has_it(
    disk: Path, fault: Fault, state: OrderState
) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(fault)
        await desk.orders.cancel(ref)
        await desk.reconnected()
        assert desk.now(ref).state is state
        if state is OrderState.CANCEL_REQUESTED:
            assert "still shows it working" in desk.now(ref).said
            await desk.orders.cancel(ref)
            await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)


@pytest.mark.parametrize(("fault", "done"), [(Fault.DEAF, False), (Fault.MUTE, True)])
async def test_a_cancel_into_a_half_open_socket_is_as_the_broker_has_it(
    disk: Path, fault: Fault, done: bool
) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(fault)
        await desk.orders.cancel(ref)
        await tws.until(lambda seen: seen.journal.of("cancel_order") or not done)
        await desk.passed(10)
        await desk.lost()
        assert desk.now(ref).state is OrderState.CANCEL_REQUESTED
        tws.faults.clear()
        await desk.reconnected()
        now = desk.now(ref).state
        assert now is (OrderState.CANCELLED if done else OrderState.CANCEL_REQUESTED)


async def test_a_cancel_without_a_connection_is_refused_and_changes_nothing(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.drop()
        await desk.lost()
        with pytest.raises(BrokerError):
            await desk.orders.cancel(ref)
        assert desk.now(ref).state is OrderState.WORKING
        assert "was not asked to cancel it" in desk.now(ref).said
        await desk.reconnected()
        assert desk.now(ref).state is OrderState.WORKING
        assert tws.journal.of("cancel_order") == []
        tws.note(ref, 399)
        await desk.until(lambda: "until the open" in desk.now(ref).said)
        tws.fill(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.FILLED)
        assert "until the open" not in desk.now(ref).said  # it does not hold any more


async def test_a_fill_after_the_cancel_is_counted_and_said(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        await desk.orders.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)
        tws.fill(ref, 2, "8.50")
        await desk.until(lambda: desk.now(ref).filled == 2)
        await desk.until(lambda: desk.now(ref).commission)
        now = desk.now(ref)
        assert now.state is OrderState.CANCELLED
        assert now.said == "It was cancelled, and 2 of it were traded all the same."
        await desk.orders.settled()
        assert [one.quantity for one in desk.executions[-1]] == [2]
        await desk.orders.reconcile()
        assert desk.now(ref).state is OrderState.CANCELLED


async def test_an_order_that_the_broker_cancels_by_itself_is_cancelled(disk: Path) -> None:
    async with at_work(disk) as (tws, desk):
        ref = await working(desk)
        tws.fill(ref, 1)
        tws.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)
        await desk.until(lambda: desk.now(ref).filled == 1)


async def test_a_tws_that_turned_read_only_cancels_nothing_and_the_order_is_kept(
    disk: Path,
) -> None:
    async with at_work(disk, timeouts=SHORT) as (tws, desk):
        ref = await working(desk)
        tws.faults.add(Fault.READ_ONLY)
        await desk.orders.cancel(ref)
        await desk.until(lambda: "Read-Only" in desk.now(ref).said)
        await desk.passed(10)
        await desk.reconnected()
        assert desk.status[0] is BrokerState.READ_ONLY
        assert desk.now(ref).state is OrderState.CANCEL_REQUESTED
        tws.faults.clear()
        tws.drop()
        await desk.reconnected()
        assert desk.now(ref).state is OrderState.CANCEL_REQUESTED
        await desk.orders.cancel(ref)
        await desk.until(lambda: desk.now(ref).state is OrderState.CANCELLED)
