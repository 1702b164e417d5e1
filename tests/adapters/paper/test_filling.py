"""Orders at the desk paper: received once, filled by new quotes alone, ended as they should."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.adapters.paper.rig import (
    CALL,
    EXPIRY,
    LOWER,
    PUT,
    SHARE,
    Desk,
    buy,
    combo,
    new_york,
    offline,
    option,
    order,
    sell,
)
from tests.fakes.feed import START
from vaultdesk.core.market import Quality
from vaultdesk.core.orders.broker import (
    BrokerState,
    ExecutionTold,
    HoldingsTold,
    NoteTold,
    OrderTold,
    Standing,
    StatusTold,
)
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg, Tif
from vaultdesk.ports import Broker, BrokerError, BrokerFault, StorageError

D = Decimal


async def shown(**changes: object) -> Desk:
    """A desk on which both puts and the call are quoted."""
    desk = await Desk(**changes).start()  # type: ignore[arg-type]
    desk.market.show(PUT, "3.10", "3.20")
    desk.market.show(LOWER, "1.00", "1.05")
    desk.market.show(CALL, "4.20", "4.30")
    desk.market.show(SHARE, "350.00", "350.02", (500, 500))
    return desk


async def test_it_is_ready_once_its_book_is_read_and_says_what_it_trades() -> None:
    desk = Desk()
    broker: Broker = desk.broker
    assert broker.status.state is BrokerState.SYNCING
    for asked in (broker.snapshot(), broker.place(order("a", buy(PUT)))):
        with pytest.raises(BrokerError, match="still being read") as raised:
            await asked
        assert (raised.value.fault, raised.value.sent) == (BrokerFault.NOT_READY, False)
    await desk.start()
    assert [told.status.state for told in desk.of(StatusTold)] == [BrokerState.READY]
    assert broker.status.accounts == ("DUPAPER",)
    assert "real quotes" in broker.status.sentence
    assert "simulated market" in (await Desk(real_market=False).start()).broker.status.sentence


async def test_an_order_is_filled_at_the_ask_by_the_next_quote() -> None:
    desk = await shown()
    assert await desk.place("a", buy(PUT, 3, "3.20")) == 1
    assert desk.standings == [("a", "working", 0)]
    await desk.later()
    assert desk.fills == [(PUT.key, 3, D("3.20"))]
    assert desk.standings[-1] == ("a", "filled", 3)
    snapshot = await desk.broker.snapshot()
    assert snapshot.final
    assert snapshot.accounts[0].cash == D(100_000) - 960 - D("1.95")
    assert [(held.quantity, held.average_cost) for held in snapshot.positions] == [(D(3), D("3.2"))]


async def test_what_is_told_comes_in_the_order_it_happened() -> None:
    desk = await shown()
    desk.told.clear()
    await desk.place("a", buy(PUT, 3, "3.20"))
    await desk.later()
    kinds = [type(told) for told in desk.told]
    assert kinds[:4] == [OrderTold, ExecutionTold, OrderTold, HoldingsTold]
    fill, ended = desk.of(ExecutionTold)[0], desk.of(OrderTold)[-1]
    assert fill.wire == ended.wire == desk.disk.lines[-1]
    assert fill.execution.perm_id == ended.order.perm_id > 0
    assert (fill.execution.ref, fill.execution.account) == ("a", "DUPAPER")


async def test_the_quote_that_was_there_before_the_order_does_not_fill_it() -> None:
    desk = await shown()
    desk.clock.advance(1)
    await desk.place("a", buy(PUT, 3, "3.20"))
    await desk.broker.look()
    assert desk.fills == []
    desk.market.again()
    await desk.broker.look()
    assert len(desk.fills) == 1


async def test_one_quote_is_not_sold_twice() -> None:
    desk = await shown()
    desk.market.show(PUT, "3.10", "3.20", (5, 5))
    await desk.place("a", buy(PUT, 4, "3.20"))
    await desk.place("b", buy(PUT, 4, "3.20"))
    await desk.broker.look()
    assert [fill[1] for fill in desk.fills] == [4, 1]
    desk.clock.advance(1)
    await desk.broker.look()
    await desk.restart()
    await desk.broker.look()  # the same quote, after a restart
    assert desk.fills == []
    await desk.later()
    assert desk.fills == [(PUT.key, 3, D("3.20"))]
    assert desk.standings[-1] == ("b", "filled", 4)


async def test_a_large_order_is_filled_part_by_part_for_one_commission() -> None:
    desk = await shown()
    desk.market.show(PUT, "3.10", "3.20", (1, 1))
    await desk.place("a", buy(PUT, 3, "3.20"))
    for _ in range(3):
        await desk.later()
    assert [fill[1] for fill in desk.fills] == [1, 1, 1]
    assert [filled for _, _, filled in desk.standings] == [0, 1, 2, 3]
    paid = [told.execution.commission for told in desk.of(ExecutionTold)]
    assert paid == [D("1.00"), D("0.30"), D("0.65")]  # 3 x 0.65, at least a dollar


async def test_a_collar_is_one_order_and_both_legs_trade_at_one_moment() -> None:
    desk = await shown()
    desk.market.show(CALL, "4.20", "4.30", (2, 2))
    held = combo((SHARE, 1), quantity=500, limit="351")
    await desk.place("s", held)
    await desk.later()
    await desk.place("a", combo((PUT, 1), (CALL, -1), quantity=5, limit="-1.00"))
    await desk.later()
    trades = [told.execution for told in desk.of(ExecutionTold)][1:]
    assert [(one.instrument, int(one.quantity)) for one in trades] == [(PUT, 2), (CALL, -2)]
    assert len({one.at for one in trades}) == 1
    assert len({one.exec_id for one in trades}) == 2
    assert desk.standings[-1] == ("a", "working", 2)


async def test_a_combo_that_would_cost_more_than_its_limit_waits_without_a_word() -> None:
    desk = await shown()
    await desk.place("a", combo((PUT, 1), (LOWER, -1), limit="2.19"))
    await desk.later()
    desk.market.show(LOWER, "1.01", "1.05")
    assert (desk.fills, desk.notes) == ([], [])
    await desk.later()
    assert desk.fills == [(PUT.key, 1, D("3.20")), (LOWER.key, -1, D("1.01"))]


async def test_the_same_ref_is_the_same_order() -> None:
    desk = await shown()
    first = await desk.place("a", buy(PUT, 3, "3.20"))
    again = await asyncio.gather(*(desk.place("a", buy(PUT, 3, "3.20")) for _ in range(5)))
    await desk.restart()
    assert {first, *again, await desk.place("a", buy(PUT, 3, "3.20"))} == {1}
    await desk.later()
    await desk.later()
    assert [fill[1] for fill in desk.fills] == [3]
    assert len((await desk.broker.snapshot()).orders) == 1


async def test_an_order_is_on_the_disk_before_it_is_acknowledged() -> None:
    desk = await shown()
    lines: list[int] = []
    desk.broker.hear(lambda _told: lines.append(len(desk.disk.lines)))
    await desk.place("a", buy(PUT, 3, "3.20"))
    assert lines == [2]  # the cash and the order


async def test_a_disk_that_refuses_takes_no_order_and_ends_none() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 3, "3.20"))
    desk.disk.full = True
    with pytest.raises(BrokerError, match="make room") as raised:
        await desk.place("b", buy(PUT, 3, "3.20"))
    assert not raised.value.sent
    with pytest.raises(BrokerError, match="make room"):
        await desk.broker.cancel(order("a", buy(PUT)))
    with pytest.raises(StorageError):
        await desk.later()
    assert desk.standings == [("a", "working", 0)]
    assert desk.fills == []
    desk.disk.full = False
    await desk.later()
    assert [fill[1] for fill in desk.fills] == [3]
    assert [told.ref for told in (await desk.broker.snapshot()).orders] == ["a"]


async def test_who_stops_waiting_for_an_order_does_not_stop_it() -> None:
    desk = await shown()
    placing = asyncio.create_task(desk.place("a", buy(PUT, 3, "3.20")))
    await asyncio.sleep(0)
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    snapshot = await desk.broker.snapshot()  # says so at once: it has arrived
    assert [told.ref for told in snapshot.orders] == ["a"]
    await desk.later()
    assert [fill[1] for fill in desk.fills] == [3]


async def test_a_snapshot_waits_for_an_order_that_is_being_written() -> None:
    desk = await shown()
    desk.disk.gate = asyncio.Event()
    placing = asyncio.create_task(desk.place("a", buy(PUT, 3, "3.20")))
    asking = asyncio.create_task(desk.broker.snapshot())
    for _ in range(9):
        await asyncio.sleep(0)
    assert not asking.done()  # it would say that the order never arrived
    desk.disk.gate.set()
    assert [told.ref for told in (await asking).orders] == ["a"]
    assert await placing == 1


async def test_it_runs_by_itself_and_says_when_the_disk_refuses() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 3, "3.20"))
    desk.disk.full = True
    rounds: list[float] = []
    over = asyncio.Event()

    async def sleep(seconds: float) -> None:
        rounds.append(seconds)
        desk.disk.full = False
        if len(rounds) == 2:
            over.set()
            await asyncio.Event().wait()

    desk.broker._sleep = sleep
    running = asyncio.create_task(desk.broker.run())
    await over.wait()
    running.cancel()
    assert rounds == [1, 1]
    states = [told.status.state for told in desk.of(StatusTold)]
    assert states == [BrokerState.READY, BrokerState.DEGRADED, BrokerState.READY]
    assert [fill[1] for fill in desk.fills] == [3]


async def test_cancelling_ends_what_is_left_and_a_second_time_tells_it_again() -> None:
    desk = await shown()
    desk.market.show(PUT, "3.10", "3.20", (1, 1))
    asked = order("a", buy(PUT, 3, "3.20"))
    await desk.broker.place(asked)
    await desk.later()
    await desk.broker.cancel(asked)
    await desk.broker.cancel(asked)
    await desk.later()
    assert desk.standings[-2:] == [("a", "cancelled", 1)] * 2
    assert [fill[1] for fill in desk.fills] == [1]
    with pytest.raises(BrokerError, match="never received b"):
        await desk.broker.cancel(order("b", buy(PUT)))


async def test_another_account_is_not_traded_for() -> None:
    desk = await shown()
    with pytest.raises(BrokerError, match="DUPAPER only"):
        await desk.broker.place(order("a", buy(PUT), account="U1234567"))
    with pytest.raises(BrokerError, match="DUPAPER only"):
        await desk.broker.what_if(buy(PUT), "DU7")


async def test_a_day_order_ends_with_its_session_and_another_stays() -> None:
    desk = await shown()
    await desk.place("day", buy(PUT, 1, "3.00"))
    await desk.place("gtc", buy(PUT, 1, "3.00", Tif.GTC))
    desk.clock.time = new_york(7, 10, 15, 59)
    await desk.broker.look()
    assert len(desk.standings) == 2
    desk.clock.time = new_york(7, 10, 16)
    await desk.broker.look()
    assert desk.standings[2:] == [("day", "cancelled", 0)]
    assert "session" in desk.of(OrderTold)[-1].order.text
    desk.clock.time = new_york(7, 13, 10)  # Monday
    desk.market.show(PUT, "2.90", "2.95")
    await desk.broker.look()
    assert desk.standings[-1] == ("gtc", "filled", 1)


async def test_an_order_of_the_evening_is_for_the_next_session() -> None:
    desk = await shown()
    desk.clock.time = new_york(7, 10, 20)
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.later()
    await desk.later()
    assert desk.fills == []
    assert desk.notes == [("a", "The exchange is closed; the order waits for its next session.")]
    desk.clock.time = new_york(7, 13, 9, 29)
    desk.market.again()
    desk.clock.time = new_york(7, 13, 9, 31)
    await desk.broker.look()
    assert desk.fills == []  # a quote from before the opening
    await desk.later()
    assert len(desk.fills) == 1


async def test_while_the_hours_are_not_known_nothing_is_filled() -> None:
    desk = await shown(sessions=None)
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.later()
    assert (desk.fills, desk.notes) == ([], [])


@pytest.mark.parametrize("quality", [Quality.STALE, Quality.SIMULATED, Quality.HYPOTHETICAL])
async def test_in_a_real_market_only_real_quotes_fill_and_the_reason_is_told_once(
    quality: Quality,
) -> None:
    desk = await shown()
    desk.market.show(PUT, "3.10", "3.20", quality=quality)
    await desk.place("a", buy(PUT, 1, "3.20"))
    for _ in range(3):
        await desk.later()
    assert desk.fills == []
    (told,) = desk.of(NoteTold)
    assert f"The quote of {PUT.words} is {quality.value.lower()}; the order waits" in told.text


async def test_the_demonstration_trades_its_simulated_market() -> None:
    desk = await shown(real_market=False)
    desk.market.show(PUT, "3.10", "3.20", quality=Quality.SIMULATED)
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.later()
    assert len(desk.fills) == 1


async def test_a_source_that_fails_is_said_once_and_asked_again() -> None:
    desk = await shown()
    desk.market.quotes[PUT] = offline()
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.place("b", buy(LOWER, 1, "1.05"))
    for _ in range(3):
        await desk.later()
    assert desk.notes == [("a", "GLD cannot be reached: check the connection.")]
    assert desk.standings[-1] == ("b", "filled", 1)
    desk.market.show(PUT, "3.10", "3.20")
    await desk.later()
    assert desk.standings[-1] == ("a", "filled", 1)


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (buy(PUT, 400, "3.20"), "USD 28,260.00 short of the premium"),
        (sell(PUT, 40, "3.10"), "short of the premium, commission and margin"),
        (combo((PUT, 1), (SHARE, 100)), "cannot be traded in one order"),
        (OrderDraft((OrderLeg(PUT, 1), OrderLeg(PUT, 1)), 1, None), "has a contract twice"),
        (buy(PUT, 0, "3.20"), "for nothing"),
    ],
)
async def test_what_cannot_be_carried_is_rejected_with_a_sentence(
    draft: OrderDraft, sentence: str
) -> None:
    desk = await shown()
    await desk.broker.what_if(buy(PUT), "DUPAPER")  # a preview, which knows the quotes
    told = await desk.broker.what_if(draft, "DUPAPER")
    await desk.place("a", draft)
    await desk.later()
    last = desk.of(OrderTold)[-1].order
    assert last.standing is Standing.REJECTED
    assert sentence in last.text
    assert desk.fills == []
    assert told.rejected
    assert sentence in told.why


async def test_money_that_an_earlier_fill_took_ends_the_later_order() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 250, "3.20"))
    await desk.place("b", buy(PUT, 250, "3.20"))
    for _ in range(6):
        await desk.later()
    account = (await desk.broker.snapshot()).accounts[0]
    ended = [told.order for told in desk.of(OrderTold)][-1]
    assert (ended.ref, ended.standing) == ("b", Standing.CANCELLED)
    assert "short of the premium" in ended.text
    assert account.cash is not None
    assert account.cash >= 0


async def test_what_only_closes_is_taken_even_without_money() -> None:
    desk = await shown(cash=D(3_000))
    await desk.place("a", combo((PUT, -1), (LOWER, 1), limit="-2.00"))
    await desk.later()
    assert desk.standings[-1] == ("a", "filled", 1)
    desk.market.show(PUT, "60.00", "60.10")
    await desk.place("b", buy(PUT, 1, "60.10"))
    await desk.later()
    assert desk.standings[-1] == ("b", "filled", 1)
    assert (await desk.broker.snapshot()).accounts[0].cash < 0  # type: ignore[operator]


async def test_what_would_turn_a_position_round_needs_the_money_for_it() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.later()
    await desk.place("b", sell(PUT, 40, "3.10"))
    await desk.later()
    assert desk.standings[-1] == ("b", "rejected", 0)


async def test_a_preview_gives_the_account_before_and_after() -> None:
    desk = await shown()
    told = await desk.broker.what_if(buy(PUT, 10, "3.20"), "DUPAPER")
    assert (told.initial_before, told.initial_after, told.rejected) == (D(0), D(0), False)
    assert told.equity_before == D(100_000)
    assert told.commission == D("6.50")
    assert told.equity_after == D(100_000) - D("6.50") - 10 * 100 * D("0.05")  # half the spread
    naked = await desk.broker.what_if(sell(PUT, 1, "3.10"), "DUPAPER")
    # its value of 3.15, and 20 % of 350.01 less the 15.01 it is out of the money
    assert naked.initial_after == naked.maintenance_after == 100 * (D("3.15") + D("54.992"))
    assert "DUPAPER" not in desk.disk.lines[-1]  # nothing was written by asking


async def test_a_preview_without_quotes_says_what_is_missing() -> None:
    desk = await shown()
    desk.market.quotes[PUT] = offline()
    told = await desk.broker.what_if(sell(PUT, 1, "3.10"), "DUPAPER")
    assert (told.initial_before, told.initial_after) == (D(0), None)
    assert told.why == "GLD cannot be reached: check the connection."
    unlisted = await desk.broker.what_if(buy(option(1), 1), "DUPAPER")
    assert unlisted.commission is None
    assert unlisted.why == "A leg has no bid or no ask."


async def test_holdings_are_valued_again_about_once_a_minute() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 1, "3.20"))
    await desk.later()
    desk.told.clear()
    desk.market.show(PUT, "9.00", "9.10")
    for _ in range(59):
        desk.clock.advance(1)
        await desk.broker.look()
    assert desk.of(HoldingsTold) == []
    desk.clock.advance(2)
    await desk.broker.look()
    (told,) = desk.of(HoldingsTold)
    assert told.accounts[0].equity == D(100_000) - 320 - 1 + 905


async def test_a_demonstration_whose_clock_begins_anew_goes_on_filling() -> None:
    desk = await shown()
    await desk.place("a", buy(PUT, 1, "3.00", Tif.GTC))
    desk.clock.time = START - (new_york(7, 10, 11) - new_york(7, 10, 10))
    await desk.restart()
    desk.market.show(PUT, "2.90", "3.00")
    await desk.later()
    assert desk.standings[-1] == ("a", "filled", 1)


async def test_the_log_is_plain_json_that_names_the_order() -> None:
    desk = await shown()
    await desk.place("a", replace(buy(PUT, 3, "3.20"), tif=Tif.GTC))
    assert desk.disk.lines[1] == (
        '{"type":"received","at":"2026-07-10T15:00:00Z","ref":"a","draft":{"legs":[{"instrument":'
        '{"symbol":"GLD","expiry":"2026-09-18","strike":"335","right":"P","multiplier":100,'
        '"currency":"USD","trading_class":""},"ratio":1}],"quantity":3,"limit":"3.20",'
        '"tif":"GTC"}}'
    )
    assert EXPIRY.isoformat() in desk.disk.lines[1]


async def test_closing_tells_nobody_more() -> None:
    desk = await shown()
    await desk.broker.close()
    desk.told.clear()
    await desk.place("a", buy(PUT, 3, "3.20"))
    assert desk.told == []
