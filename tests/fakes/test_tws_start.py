"""The start of a connection to the fake TWS: handshake, what is synchronised, and how it fails."""

from decimal import Decimal

import pytest

from tests.fakes.tws import FakeTws, Fault, Policy
from tests.fakes.tws.client import client, codes_of, joined, limit, option, settled

SHORT = 0.2
"""Seconds that a client waits where nothing will come."""


async def test_a_client_is_synchronised_when_it_is_connected() -> None:
    async with FakeTws(accounts=("DU1234567", "DU7654321"), next_id=40) as tws:
        tws.manual_position(9001, 200, "300.5")
        async with joined(tws) as ib:
            assert ib.client.serverVersion() == 176
            assert ib.managedAccounts() == ["DU1234567", "DU7654321"]
            assert ib.client.getReqId() >= 40
            values = {(v.account, v.tag): v.value for v in ib.accountValues()}
            assert values["DU1234567", "NetLiquidation"] == "1062000.00"
            assert values["DU7654321", "NetLiquidation"] == "1000000.00"
            [held] = ib.positions()
            assert (held.contract.symbol, held.position, held.avgCost) == ("GLD", 200, 300.5)
            assert tws.clients == {7}
        assert {entry.kind for entry in tws.journal.entries} == {
            "start_api", "positions", "open_orders", "completed_orders",
            "account_updates_multi", "executions",
        }  # fmt: skip


async def test_one_account_is_followed_with_its_portfolio() -> None:
    async with FakeTws() as tws:
        tws.manual_position(9001, 200, "300.5")
        async with joined(tws) as ib:
            [item] = ib.portfolio()
            assert (item.position, item.marketPrice, item.unrealizedPNL) == (200, 310, 1900)
            tws.manual_position(9001, -200, 0)
            await settled(ib, lambda: not ib.portfolio() and not ib.positions())
            assert tws.positions == []


async def test_nothing_that_is_sent_is_misread(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.manual_position(9001, Decimal(5), "1.5")
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        tws.fill("a")
        await settled(ib, trade.isDone)
        await ib.reqCompletedOrdersAsync(apiOnly=False)
        await ib.reqExecutionsAsync()
        await ib.reqAccountUpdatesAsync("DU1234567")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_the_time_and_the_summary_are_answered() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        assert abs((await ib.reqCurrentTimeAsync() - tws.world.clock()).total_seconds()) < 60
        summary = {value.tag: value.value for value in await ib.accountSummaryAsync()}
        assert summary["BuyingPower"] == "4000000.00"
        assert "CashBalance" not in summary, "it was not asked for"


async def test_a_second_client_with_the_id_gets_326_and_is_closed() -> None:
    async with FakeTws() as tws, joined(tws):
        second = client()
        codes = codes_of(second)
        with pytest.raises(TimeoutError):
            await second.connectAsync(tws.host, tws.port, clientId=7, timeout=SHORT)
        assert codes == [326]
        assert tws.clients == {7}


async def test_the_id_is_free_again_when_the_client_has_left() -> None:
    async with FakeTws() as tws:
        for _ in range(2):
            async with joined(tws):
                assert tws.clients == {7}


@pytest.mark.parametrize("fault", [Fault.SILENT_HANDSHAKE, Fault.DEAF, Fault.MUTE])
async def test_without_a_handshake_the_client_times_out(fault: Fault) -> None:
    async with FakeTws() as tws:
        tws.faults.add(fault)
        with pytest.raises(TimeoutError):
            async with joined(tws, timeout=SHORT):
                pytest.fail("There was no handshake.")
        tws.faults.clear()
        async with joined(tws) as ib:
            assert ib.isConnected()


async def test_a_start_that_is_never_ended_times_out() -> None:
    async with FakeTws() as tws:
        tws.faults.add(Fault.SILENT_START)
        with pytest.raises(TimeoutError):
            async with joined(tws, timeout=SHORT):
                pytest.fail("The start was not ended.")


async def test_a_read_only_tws_never_ends_open_orders(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeTws() as tws:
        tws.faults.add(Fault.READ_ONLY)
        async with joined(tws, timeout=SHORT):
            assert "open orders request timed out" in caplog.text
            assert "completed orders request timed out" in caplog.text


async def test_a_read_only_tws_refuses_orders_with_321() -> None:
    async with FakeTws() as tws:
        tws.faults.add(Fault.READ_ONLY)
        async with joined(tws, readonly=True) as ib:
            codes = codes_of(ib)
            trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
            await settled(ib, lambda: 321 in codes)
            assert trade.orderStatus.status == "Cancelled"
            assert (tws.orders_received("a"), tws.orders_with("a")) == (1, [])


async def test_a_deaf_socket_stays_open_and_is_not_answered() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.DEAF)
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        beat = ib.reqCurrentTimeAsync()
        await tws.until(lambda seen: seen.journal.of("current_time"))
        assert (ib.isConnected(), beat.done(), trade.orderStatus.status) == (
            True, False, "PendingSubmit")  # fmt: skip
        assert [entry.accepted for entry in tws.journal.orders("a")] == [False]
        assert tws.orders_with("a") == []


async def test_a_mute_socket_takes_orders_and_answers_nothing() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.faults.add(Fault.MUTE)
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        tws.fill("a")
        assert tws.orders_with("a")[0].status == "Filled"
        assert trade.orderStatus.status == "PendingSubmit"


async def test_the_broker_remembers_over_a_restart_of_tws() -> None:
    async with FakeTws() as tws:
        async with joined(tws) as ib:
            for ref in ("filled", "working"):
                ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, ref))
                await tws.placed(ref)
            tws.fill("filled")
            lost: list[bool] = []
            ib.disconnectedEvent += lambda: lost.append(True)
            port = tws.port
            await tws.restart()
            assert tws.port == port
            await tws.until(lambda seen: not seen.clients)
        assert lost
        async with joined(tws) as ib:
            assert [trade.order.orderRef for trade in ib.openTrades()] == ["working"]
            assert [fill.execution.orderRef for fill in ib.fills()] == ["filled"]
            assert [held.position for held in ib.positions()] == [1]


async def test_ids_roll_back_and_a_reused_one_changes_a_live_order() -> None:
    from ib_insync import LimitOrder  # noqa: PLC0415

    async with FakeTws() as tws:
        put = option(tws, "300", "P")
        async with joined(tws) as ib:
            ib.placeOrder(put, limit("BUY", 1, 3.2, "done"))
            await tws.placed("done")
            tws.fill("done")
            ib.placeOrder(put, limit("BUY", 1, 3.2, "live"))
            await tws.placed("live")
        done, live = (tws.orders_with(ref)[0].order_id for ref in ("done", "live"))
        await tws.restart(next_id=1)
        async with joined(tws, readonly=True) as ib:
            codes = codes_of(ib)
            for order_id, ref in ((done, "new"), (live, "changes"), (live, "other")):
                action = "SELL" if ref == "other" else "BUY"
                ib.client.placeOrder(order_id, put, LimitOrder(action, 2, 3.0, orderRef=ref))
                await tws.placed(ref)
            await settled(ib, lambda: 105 in codes)
        assert len(tws.orders_with("new")) == 1, "the id was forgotten with its order"
        assert tws.orders_with("changes") == []
        assert [(int(o.quantity), o.limit) for o in tws.orders_with("live")] == [(2, Decimal(3))]


async def test_a_used_id_of_a_done_order_is_refused() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        put = option(tws, "300", "P")
        trade = ib.placeOrder(put, limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        tws.fill("a")
        ib.client.placeOrder(trade.order.orderId, put, limit("BUY", 1, 3.2, "b"))
        await settled(ib, lambda: 103 in codes)
        assert tws.orders_with("b") == []


async def test_orders_from_before_are_told_at_the_start() -> None:
    async with FakeTws() as tws:
        put = option(tws, "300", "P")
        refs = [f"old-{number}" for number in range(500)]
        for ref in refs:
            tws.standing_order(ref, put.conId, 1, "3.20")
        async with joined(tws) as ib:
            assert [trade.order.orderRef for trade in ib.openTrades()] == refs
            assert ib.client.getReqId() > 500
        assert tws.orders_received() == 0


async def test_an_order_made_by_hand_has_no_order_id() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        tws.standing_order("", 9001, 5, "300", client_id=0)
        tws.standing_order("", 9001, 6, "300", client_id=0)
        assert await ib.reqOpenOrdersAsync() == []
        found = await ib.reqAllOpenOrdersAsync()
        assert [(t.order.orderId, t.order.totalQuantity) for t in found] == [(0, 5), (0, 6)]
        assert len({trade.order.permId for trade in found}) == 2


async def test_what_was_done_yesterday_is_not_told_today() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws:
        async with joined(tws) as ib:
            trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
            await settled(ib, trade.isDone)
        tws.new_day()
        async with joined(tws) as ib:
            assert (ib.trades(), ib.fills()) == ([], [])
            assert [held.position for held in ib.positions()] == [1]
        assert len(tws.orders_with("a")) == len(tws.executions) == 1


@pytest.mark.parametrize("code", [1100, 1101, 1102])
async def test_connectivity_is_told_to_every_client(code: int) -> None:
    async with FakeTws() as tws, joined(tws) as ib, joined(tws, client_id=8) as other:
        both = codes_of(ib), codes_of(other)
        tws.connectivity(code)
        await settled(ib, lambda: both[0] == [code])
        await settled(other, lambda: both[1] == [code])
        assert (ib.isConnected(), other.isConnected()) == (True, True)
