"""An order leaves the desk once, and only when it may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.fakes.ibkr import SHORT, connected, desk_at, failure, option, order, placed, put
from tests.fakes.tws import FakeTws, Fault
from vaultdesk.core.orders.broker import BrokerState, Standing
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Order
from vaultdesk.ports import BrokerError, BrokerFault


async def test_nothing_is_waited_for_between_the_click_and_the_socket() -> None:
    async with connected() as (tws, desk):
        await desk.broker.what_if(put(), "DU1234567")
        placing = desk.broker.place(order("VD-1"))
        with pytest.raises(StopIteration) as stopped:
            placing.send(None)
        await tws.placed("VD-1")
        assert tws.orders_with("VD-1")[0].order_id == stopped.value.value


async def test_an_order_does_not_wait_behind_a_queue_of_requests() -> None:
    async with connected() as (tws, desk):
        await desk.broker.what_if(put(), "DU1234567")
        ib = desk.connection.ib
        before = len(tws.journal.of("current_time"))
        for ref in ("VD-1", "VD-2"):  # the second shows that only the first order jumped the queue
            for _ in range(100):
                ib.client.reqCurrentTime()
            await desk.broker.place(order(ref))
            await tws.placed(ref)
        assert len(tws.journal.of("current_time")) - before < 50


async def test_an_order_that_was_read_and_not_taken_is_not_sent_again() -> None:
    async with connected(Fault.CUT_BEFORE_ORDER) as (tws, desk):
        number = await desk.broker.place(order("VD-1"))
        assert number > 0
        await desk.state(BrokerState.OFFLINE)
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        found = await desk.broker.snapshot()
        assert not [there for there in found.orders if there.ref == "VD-1"]
        assert not found.final
        assert (tws.orders_received("VD-1"), tws.orders_with("VD-1")) == (1, [])


async def test_an_order_that_was_taken_without_a_word_is_found_again() -> None:
    async with connected(Fault.CUT_AFTER_ORDER) as (tws, desk):
        await desk.broker.place(order("VD-1"))
        await desk.state(BrokerState.OFFLINE)
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        found = await desk.broker.snapshot()
        [there] = [there for there in found.orders if there.ref == "VD-1"]
        assert there.standing is Standing.WORKING
        assert (tws.orders_received("VD-1"), len(tws.orders_with("VD-1"))) == (1, 1)
        again = await failure(desk.broker.place(order("VD-1")))
        assert isinstance(again, BrokerError)
        assert again.sent
        assert tws.orders_received("VD-1") == 1


async def test_an_order_nobody_acknowledges_is_in_the_next_snapshot() -> None:
    async with connected(Fault.SILENT_ORDERS) as (tws, desk):
        await desk.broker.place(order("VD-1"))
        await tws.placed("VD-1")
        assert not desk.orders("VD-1")
        [there] = (await desk.broker.snapshot()).orders
        assert (there.ref, there.standing) == ("VD-1", Standing.WORKING)


async def test_ids_that_roll_back_are_not_used_twice() -> None:
    async with connected() as (tws, desk):
        first = await placed(desk, "VD-1")
        await tws.restart(next_id=1)
        await desk.state(BrokerState.OFFLINE)
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        second = await placed(desk, "VD-2")
        assert second.order_id > first.order_id
        assert [len(tws.orders_with(ref)) for ref in ("VD-1", "VD-2")] == [1, 1]
        await desk.broker.cancel(first)
        await desk.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.CANCELLED)
        assert tws.orders_with("VD-2")[0].alive


async def test_a_desk_that_starts_later_does_not_use_the_id_of_a_trade_of_today() -> None:
    async with connected() as (tws, desk):
        first = await placed(desk, "VD-1")
        tws.fill("VD-1")
        await desk.until(lambda desk: desk.trades("VD-1"))
        tws.world.book.next_id = 1
        async with desk_at(tws.port, client_id=18) as other:
            await other.state(BrokerState.READY)
            second = await placed(other, "VD-2")
            assert second.order_id > first.order_id


async def test_a_desk_that_starts_again_can_cancel_what_it_sent_before() -> None:
    async with connected() as (tws, desk):
        sent = await placed(desk, "VD-1")
        tws.drop()
        await desk.state(BrokerState.OFFLINE)
        async with desk_at(tws.port) as again:
            await again.state(BrokerState.READY)
            await again.broker.cancel(replace(sent, order_id=0))
            await again.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.CANCELLED)


async def test_an_id_of_a_former_connection_is_not_used_to_cancel() -> None:
    async with connected() as (tws, desk):
        sent = await placed(desk, "VD-1")
        tws.fill("VD-1")
        await desk.until(lambda desk: desk.trades("VD-1"))
        await tws.restart(next_id=1)
        await desk.state(BrokerState.OFFLINE)
        desk.broker.hurry()
        await desk.state(BrokerState.READY)
        refused = await failure(desk.broker.cancel(sent))
        assert isinstance(refused, BrokerError)
        assert refused.fault is BrokerFault.NO_DATA
        assert not tws.journal.of("cancel_order")


async def test_nothing_is_written_to_a_socket_that_closes() -> None:
    async with connected() as (tws, desk):
        await desk.broker.what_if(put(), "DU1234567")
        sent = await placed(desk, "VD-1")
        desk.connection.ib.client.conn.transport.close()
        for asked in (desk.broker.place(order("VD-2")), desk.broker.cancel(sent)):
            with pytest.raises(BrokerError, match="was lost") as refused:
                asked.send(None)  # at once: the loop has not noticed anything yet
            assert not refused.value.sent
        assert tws.orders_received("VD-2") == 0
        await desk.state(BrokerState.OFFLINE)


async def test_an_order_of_another_client_is_not_cancelled() -> None:
    async with connected() as (tws, desk):
        sent = await placed(desk, "VD-1")
        async with desk_at(tws.port, client_id=18) as other:
            await other.state(BrokerState.READY)
            await other.broker.snapshot()
            refused = await failure(other.broker.cancel(sent))
            assert isinstance(refused, BrokerError)
            assert "VD-1" in str(refused)
        assert not tws.journal.of("cancel_order")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: order("VD-1", account="U7654321"), "U7654321"),
        (lambda: order("VD\0-1"), "reference"),
        (lambda: order("V" * 41), "reference"),
        (lambda: order("VD-1", put("0")), "above zero"),
        (lambda: order("VD-1", put("-3.20")), "above zero"),
        (lambda: order("VD-1", put(ratio=2)), "ratio 1"),
        (lambda: order("VD-1", _buying(Instrument("NONE"))), "NONE shares"),
        (lambda: order("VD-1", _buying(option("301"))), "GLD 301 put"),
        (lambda: order("VD-1", _buying(replace(option("300"), trading_class="GLD1"))), "GLD 300"),
        (lambda: order("VD-1", _buying(replace(option("300"), multiplier=150))), "GLD 300 put"),
        (
            lambda: order("VD-1", _buying(replace(option("300"), expiry=date(2026, 4, 18)))),
            "2026-04-18",
        ),
    ],
)
async def test_what_cannot_be_right_is_not_sent(wrong: Callable[[], Order], said: str) -> None:
    async with connected() as (tws, desk):
        refused = await failure(desk.broker.place(wrong()))
        assert isinstance(refused, BrokerError)
        assert said in str(refused)
        assert not refused.sent
        assert tws.orders_received() == 0


def _buying(instrument: Instrument) -> OrderDraft:
    return OrderDraft((OrderLeg(instrument, 1),), 1, Decimal("1.00"))


async def test_nothing_is_sent_while_tws_has_lost_its_servers() -> None:
    async with connected() as (tws, desk):
        tws.connectivity(1100)
        await desk.state(BrokerState.DEGRADED)
        refused = await failure(desk.broker.place(order("VD-1")))
        assert isinstance(refused, BrokerError)
        assert (refused.fault, refused.sent) == (BrokerFault.NOT_READY, False)
        assert "lost Interactive Brokers' servers" in str(refused)
        assert tws.orders_received() == 0


async def test_nothing_is_sent_while_there_is_no_connection() -> None:
    async with connected() as (tws, desk):
        await tws.stop()
        await desk.state(BrokerState.OFFLINE)
        for asked in (
            desk.broker.place(order("VD-1")),
            desk.broker.cancel(order("VD-1")),
            desk.broker.what_if(put(), "DU1234567"),
            desk.broker.snapshot(),
        ):
            refused = await failure(asked)
            assert isinstance(refused, BrokerError)
            assert (refused.fault, refused.sent) == (BrokerFault.NOT_READY, False)


async def test_a_placement_that_is_cancelled_while_contracts_are_asked_sends_nothing() -> None:
    async with connected(Fault.DEAF, timeouts=SHORT) as (tws, desk):
        refused = await failure(desk.broker.place(order("VD-1")))
        assert isinstance(refused, BrokerError)
        assert (refused.fault, refused.sent) == (BrokerFault.TIMEOUT, False)
        assert tws.orders_received() == 0


async def test_a_read_only_tws_is_recognised_without_an_order() -> None:
    async with FakeTws() as tws:
        tws.faults.add(Fault.READ_ONLY)
        async with desk_at(tws.port) as desk:
            status = await desk.state(BrokerState.READ_ONLY)
            assert "Read-Only API" in status.sentence
            assert tws.orders_received() == 0
            refused = await failure(desk.broker.place(order("VD-1")))
            assert isinstance(refused, BrokerError)
            assert (refused.fault, refused.sent) == (BrokerFault.NOT_READY, False)
            answer = await desk.broker.what_if(put(), "DU1234567")
            assert (answer.commission, answer.why) == (None, status.sentence)
            found = await desk.broker.snapshot()
            assert found.accounts[0].name == "DU1234567"
            assert found.problems == (status.sentence,)
            assert tws.orders_received() == 0
            tws.faults.clear()
            desk.broker.hurry()
            await desk.state(BrokerState.READY)
            await placed(desk, "VD-1")
