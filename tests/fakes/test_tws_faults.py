"""What goes wrong with orders on the fake TWS, and what the real ib_insync makes of it."""

import pytest

from tests.fakes.tws import FakeTws, Fault, Policy
from tests.fakes.tws.client import (
    Foreign,
    acknowledged,
    codes_of,
    joined,
    limit,
    lost,
    option,
    settled,
)


def bought(ib: Foreign, tws: FakeTws, order_ref: str = "a", contracts: int = 2) -> Foreign:
    return ib.placeOrder(option(tws, "300", "P"), limit("BUY", contracts, 3.2, order_ref))


@pytest.mark.parametrize(
    ("fault", "kept"), [(Fault.CUT_BEFORE_ORDER, 0), (Fault.CUT_AFTER_ORDER, 1)]
)
async def test_a_cut_before_and_after_acceptance_look_alike_to_the_client(
    fault: Fault, kept: int
) -> None:
    async with FakeTws() as tws:
        tws.faults.add(fault)
        async with joined(tws) as ib:
            trade = bought(ib, tws)
            await lost(ib)
            assert trade.orderStatus.status == "PendingSubmit"
            assert ib.trades() == [], "a drop wipes them"
        assert tws.orders_received("a") == 1
        assert len(tws.orders_with("a")) == kept
        assert [entry.accepted for entry in tws.journal.orders("a")] == [bool(kept)]
        assert tws.faults == set()
        async with joined(tws) as ib:
            assert [trade.order.orderRef for trade in ib.openTrades()] == ["a"] * kept


async def test_what_was_written_behind_a_cut_order_is_lost_with_it() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.CUT_BEFORE_ORDER)
        for ref in ("a", "b"):
            bought(ib, tws, ref)
        await lost(ib)
        assert tws.orders == []
        assert [entry.order_ref for entry in tws.journal.orders()] == ["a"]


async def test_an_order_that_filled_behind_a_cut_is_found_among_the_executions() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws:
        tws.faults.add(Fault.CUT_AFTER_ORDER)
        async with joined(tws) as ib:
            bought(ib, tws)
            await lost(ib)
        async with joined(tws) as ib:
            assert [fill.execution.orderRef for fill in ib.fills()] == ["a"]
            assert [trade.order.orderId for trade in ib.trades()] == [0]


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.CUT_BEFORE_CANCEL, "Submitted"), (Fault.CUT_AFTER_CANCEL, "Cancelled")],
)
async def test_a_cancel_can_be_cut_as_an_order_can(fault: Fault, status: str) -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await tws.placed("a")
        tws.faults.add(fault)
        ib.cancelOrder(trade.order)
        await lost(ib)
        assert tws.orders_with("a")[0].status == status


async def test_an_unacknowledged_order_stays_pending_while_all_else_answers() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.SILENT_ORDERS)
        trade = bought(ib, tws)
        await ib.reqCurrentTimeAsync()
        assert trade.orderStatus.status == "PendingSubmit"
        assert tws.orders_with("a")[0].alive


async def test_a_rejection_ends_inactive_which_ib_insync_does_not_call_done() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.REJECT_ORDERS)
        trade = bought(ib, tws)
        await settled(ib, lambda: trade.orderStatus.status == "Inactive")
        assert not trade.isDone()
        assert 201 in [entry.errorCode for entry in trade.log]
        assert not tws.orders_with("a")[0].alive


async def test_a_working_order_can_be_rejected_later() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        trade = bought(ib, tws)
        await acknowledged(ib, trade)
        tws.reject("a", 203, "The security is not available for this account.")
        await settled(ib, lambda: trade.orderStatus.status == "Inactive")
        assert codes == [203]


async def test_note_10349_makes_ib_insync_call_a_live_order_cancelled() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        tws.faults.add(Fault.NOTE_10349)
        trade = bought(ib, tws)
        await settled(ib, lambda: 10349 in codes)
        assert trade.orderStatus.status == "Cancelled"
        assert tws.orders_with("a")[0].status == "Submitted"
        tws.fill("a")
        await settled(ib, lambda: trade.orderStatus.status == "Filled")


async def test_a_note_before_the_acknowledgement_cancels_only_for_a_moment() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.update({Fault.NOTE_10349, Fault.NOTES_FIRST})
        trade = bought(ib, tws)
        seen: list[str] = []
        trade.statusEvent += lambda told: seen.append(told.orderStatus.status)
        await acknowledged(ib, trade)
        assert seen == ["Cancelled", "Submitted"]


async def test_the_status_may_come_before_the_executions() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.STATUS_FIRST)
        trade = bought(ib, tws)
        await tws.placed("a")
        found: list[tuple[str, int]] = []
        trade.statusEvent += lambda told: found.append((told.orderStatus.status, len(told.fills)))
        tws.fill("a")
        await settled(ib, lambda: trade.fills)
        assert found[-1] == ("Filled", 0)


@pytest.mark.parametrize(("fault", "code"), [(Fault.NOTE_399, 399), (Fault.NOTE_2161, 2161)])
async def test_warnings_leave_the_order_as_it_is(fault: Fault, code: int) -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        tws.faults.add(fault)
        trade = bought(ib, tws)
        await settled(ib, lambda: code in codes)
        assert trade.orderStatus.status == "Submitted"


async def test_a_note_comes_for_a_working_order_as_well() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await acknowledged(ib, trade)
        tws.note("a", 10349)
        await settled(ib, trade.isDone)
        assert tws.orders_with("a")[0].alive


async def test_a_fill_after_the_cancel_comes_as_an_execution() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await tws.placed("a")
        ib.cancelOrder(trade.order)
        await settled(ib, lambda: trade.orderStatus.status == "Cancelled")
        tws.fill("a", 1)
        await settled(ib, lambda: trade.fills and ib.positions())
        assert (trade.orderStatus.status, trade.filled()) == ("Cancelled", 1)
        assert [held.position for held in ib.positions()] == [1]


async def test_10147_shows_cancelled_although_the_order_lives() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await acknowledged(ib, trade)
        tws.faults.add(Fault.CANCEL_NOT_FOUND)
        codes = codes_of(ib)
        ib.cancelOrder(trade.order)
        await settled(ib, lambda: 10147 in codes)
        assert trade.orderStatus.status == "Cancelled"
        assert tws.orders_with("a")[0].alive


async def test_a_cancel_that_comes_too_late_gets_10148_and_the_fill() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await acknowledged(ib, trade)
        tws.faults.add(Fault.CANCEL_TOO_LATE)
        codes = codes_of(ib)
        ib.cancelOrder(trade.order)
        await settled(ib, lambda: 10148 in codes)
        assert (trade.orderStatus.status, trade.filled()) == ("Filled", 2)


async def test_cancels_of_unknown_and_of_done_orders_are_refused() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await settled(ib, trade.isDone)
        codes = codes_of(ib)
        ib.client.cancelOrder(trade.order.orderId)
        ib.client.cancelOrder(9999)
        await settled(ib, lambda: codes == [10148, 10147])
        assert [entry.accepted for entry in tws.journal.of("cancel_order")] == [True, False]


async def test_an_ignored_cancel_stays_pending() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = bought(ib, tws)
        await acknowledged(ib, trade)
        tws.faults.add(Fault.CANCEL_IGNORED)
        ib.cancelOrder(trade.order)
        await ib.reqCurrentTimeAsync()
        assert trade.orderStatus.status == "PendingCancel"
        assert tws.orders_with("a")[0].alive


async def test_three_byte_packets_arrive_in_pieces_and_are_understood() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws:
        tws.faults.add(Fault.TINY_PACKETS)
        async with joined(tws) as ib:
            sizes: list[int] = []
            ib.client.conn.hasData += lambda data: sizes.append(len(data))
            trade = bought(ib, tws)
            await settled(ib, trade.isDone)
            assert len(sizes) > 20, "the pieces did not come one by one"
            assert sum(sizes) > 500


async def test_messages_of_a_later_version_are_passed_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws:
        tws.faults.add(Fault.UNKNOWN_MESSAGES)
        async with joined(tws) as ib:
            trade = bought(ib, tws)
            await settled(ib, trade.isDone)
    unknown = [record.message for record in caplog.records if record.name == "ib_insync.Decoder"]
    assert len(unknown) > 5
    assert all("'250'" in message for message in unknown), "nothing else was misread"
