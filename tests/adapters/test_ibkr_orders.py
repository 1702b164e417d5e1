"""Orders through the real library to a fake TWS: what the desk is told in each case."""

from decimal import Decimal

from tests.fakes.ibkr import ACCOUNT, collar, connected, order, placed, put
from tests.fakes.tws import Fault, Policy
from vaultdesk.core.orders.broker import CommissionTold, NoteTold, Standing


async def test_a_put_is_bought_filled_and_paid_for() -> None:
    async with connected(policy=Policy.FILL_AT_ONCE) as (tws, desk):
        number = await desk.broker.place(order("VD-1"))
        await desk.until(lambda desk: desk.of(CommissionTold))
        [there] = tws.orders_with("VD-1")
        assert (there.order_id, there.action, int(there.quantity)) == (number, "BUY", 2)
        assert (there.limit, there.tif, there.account) == (Decimal("3.2"), "DAY", ACCOUNT)
        [trade] = desk.trades("VD-1")
        assert trade.instrument.key == "GLD 2026-04-17 300 P"
        assert (trade.quantity, trade.price) == (Decimal(2), Decimal("3.2"))
        [commission] = desk.of(CommissionTold)
        assert (commission.exec_id, commission.commission) == (trade.exec_id, Decimal("1.3"))
        assert [o.standing for o in desk.orders("VD-1")] == [Standing.WORKING, Standing.FILLED]
        assert desk.orders("VD-1")[-1].filled == 2


async def test_what_is_sold_goes_out_with_a_positive_price() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1", put("-3.15", ratio=-1))
        [there] = tws.orders_with("VD-1")
        assert (there.action, there.limit) == ("SELL", Decimal("3.15"))


async def test_a_market_order_has_no_limit() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1", put(None))
        [there] = tws.orders_with("VD-1")
        assert there.order_type == "MKT"


async def test_a_collar_is_one_combination_with_a_net_price() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1", collar("-0.45"))
        [there] = tws.orders_with("VD-1")
        assert (there.contract.sec_type, there.action, there.tif) == ("BAG", "BUY", "GTC")
        assert (there.quantity, there.limit) == (Decimal(2), Decimal("-0.45"))
        wanted = [
            tws.market.option("20260417", "290", "P"),
            tws.market.option("20260417", "330", "C"),
        ]
        assert [(leg.con_id, leg.ratio, leg.action) for leg in there.legs] == [
            (wanted[0].con_id, 1, "BUY"),
            (wanted[1].con_id, 1, "SELL"),
        ]


async def test_only_the_legs_of_a_combination_are_trades() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1", collar())
        tws.fill("VD-1", 1)
        await desk.until(lambda desk: desk.orders("VD-1")[-1].filled == 1)
        bought, sold = desk.trades("VD-1")
        assert (bought.quantity, sold.quantity) == (Decimal(1), Decimal(-1))
        assert bought.price - sold.price == Decimal("-0.45")
        assert bought.exec_id != sold.exec_id
        [note] = [told for told in desk.of(NoteTold) if told.ref == "VD-1"]
        assert note.text.startswith("1 of the combination bought at -0.45 net")


async def test_a_part_is_told_as_a_part() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        tws.fill("VD-1", 1)
        last = await desk.until(lambda desk: desk.orders("VD-1")[1:])
        assert (last[-1].standing, last[-1].filled) == (Standing.WORKING, Decimal(1))


async def test_notes_that_look_like_rejections_leave_the_order_alone() -> None:
    faults = Fault.NOTE_10349, Fault.NOTE_399, Fault.NOTE_2161
    async with connected(*faults) as (tws, desk):
        await placed(desk, "VD-1")
        await desk.until(lambda desk: len(desk.notes("VD-1")) == 3)
        assert set(desk.notes("VD-1")) == {10349, 399, 2161}
        assert {o.standing for o in desk.orders("VD-1")} == {Standing.WORKING}
        tws.fill("VD-1")
        await desk.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.FILLED)


async def test_a_rejection_is_final_with_its_reason() -> None:
    async with connected(Fault.REJECT_ORDERS) as (tws, desk):
        await placed(desk, "VD-1")
        tws.error(2104, "OK")  # after what else comes of it
        await desk.until(lambda desk: desk.notes("")[3:])
        assert {o.standing for o in desk.orders("VD-1")} == {Standing.REJECTED}
        assert "Available funds are insufficient (201)" in desk.orders("VD-1")[-1].text


async def test_an_order_that_worked_can_be_rejected_later() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        tws.fill("VD-1", 1)
        await desk.until(lambda desk: desk.orders("VD-1")[-1].filled)
        tws.reject("VD-1")
        last = await desk.until(lambda desk: desk.orders("VD-1")[2:])
        assert (last[-1].standing, last[-1].filled) == (Standing.REJECTED, Decimal(1))


async def test_inactive_alone_is_not_the_end_of_an_order() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        tws.reject("VD-1", 404, "Shares for this order are not immediately available.")
        await desk.until(lambda desk: desk.orders("VD-1")[-1].text == "Inactive")
        assert desk.orders("VD-1")[-1].standing is Standing.WORKING
        assert desk.notes("VD-1") == [404]


async def test_a_refused_cancel_does_not_reject_the_order() -> None:
    async with connected() as (tws, desk):
        sent = await placed(desk, "VD-1")
        tws.faults.add(Fault.READ_ONLY)
        await desk.broker.cancel(sent)
        await desk.until(lambda desk: desk.notes("VD-1"))
        assert desk.notes("VD-1") == [321]
        assert desk.orders("VD-1")[-1].standing is Standing.WORKING


async def test_a_cancel_reaches_this_order_only() -> None:
    async with connected() as (tws, desk):
        other, sent = await placed(desk, "VD-1"), await placed(desk, "VD-2")
        await desk.broker.cancel(sent)
        await desk.until(lambda desk: desk.orders("VD-2")[-1].standing is Standing.CANCELLED)
        assert desk.orders(other.ref)[-1].standing is Standing.WORKING
        assert [entry.order_ref for entry in tws.journal.of("cancel_order")] == ["VD-2"]
        assert not tws.journal.of("global_cancel")


async def test_a_cancel_that_finds_nothing_leaves_the_order_working() -> None:
    async with connected(Fault.CANCEL_NOT_FOUND) as (tws, desk):
        sent = await placed(desk, "VD-1")
        await desk.broker.cancel(sent)
        await desk.until(lambda desk: desk.notes("VD-1"))
        assert desk.notes("VD-1") == [10147]
        assert desk.orders("VD-1")[-1].standing is Standing.WORKING
        assert tws.orders_with("VD-1")[0].alive


async def test_a_cancel_that_comes_too_late_finds_it_filled() -> None:
    async with connected(Fault.CANCEL_TOO_LATE) as (_, desk):
        sent = await placed(desk, "VD-1")
        await desk.broker.cancel(sent)
        await desk.until(lambda desk: desk.notes("VD-1"))
        assert desk.notes("VD-1") == [10148]
        assert desk.orders("VD-1")[-1].standing is Standing.FILLED


async def test_a_trade_after_the_cancel_is_told() -> None:
    async with connected() as (tws, desk):
        sent = await placed(desk, "VD-1")
        await desk.broker.cancel(sent)
        await desk.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.CANCELLED)
        tws.fill("VD-1")
        await desk.until(lambda desk: desk.trades("VD-1"))
        await desk.until(lambda desk: desk.orders("VD-1")[-1].standing is Standing.FILLED)


async def test_the_same_trade_twice_is_recognised() -> None:
    async with connected(Fault.DUPLICATE_EXECUTIONS) as (tws, desk):
        await placed(desk, "VD-1")
        tws.fill("VD-1")
        first, second = await desk.until(
            lambda desk: desk.trades("VD-1")[1:] and desk.trades("VD-1")
        )
        assert (first.exec_id, first.revision) == (second.exec_id, second.revision)


async def test_a_correction_takes_the_place_of_the_trade() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        [made] = tws.fill("VD-1")
        tws.correct(made.exec_id, contracts=1, price="3.10")
        first, second = await desk.until(
            lambda desk: desk.trades("VD-1")[1:] and desk.trades("VD-1")
        )
        assert first.exec_id == second.exec_id
        assert (first.revision, second.revision) == (1, 2)
        assert (second.quantity, second.price) == (Decimal(1), Decimal("3.1"))


async def test_a_commission_that_is_not_given_is_not_told() -> None:
    async with connected(Fault.COMMISSION_UNSET) as (tws, desk):
        await placed(desk, "VD-1")
        tws.fill("VD-1")
        tws.error(2104, "OK")
        await desk.until(lambda desk: desk.notes("")[3:])
        assert not desk.of(CommissionTold)
        assert desk.trades("VD-1")[0].commission is None


async def test_each_word_keeps_the_message_it_came_in() -> None:
    async with connected() as (tws, desk):
        await placed(desk, "VD-1")
        tws.fill("VD-1")
        await desk.until(lambda desk: desk.of(CommissionTold))
        wires = [getattr(told, "wire", "") for told in desk.told]
        assert any(wire.startswith("3|") and "|Submitted|0|2|" in wire for wire in wires)
        assert any(wire.startswith("11|-1|") and "|BOT|2|3.2|" in wire for wire in wires)
        assert any(wire.startswith("59|1|") and "|1.30|USD|" in wire for wire in wires)


async def test_messages_in_pieces_of_three_bytes_are_whole_messages() -> None:
    async with connected(Fault.TINY_PACKETS, Fault.UNKNOWN_MESSAGES) as (tws, desk):
        await placed(desk, "VD-1", collar())
        tws.fill("VD-1")
        await desk.until(lambda desk: len(desk.of(CommissionTold)) == 2)
        assert len(desk.trades("VD-1")) == 2
        assert (await desk.broker.snapshot()).executions[0].commission == Decimal("1.3")
