"""Orders on the fake TWS as the real ib_insync sees them: fills, combinations, what-ifs."""

from decimal import Decimal

import pytest

from tests.fakes.tws import BrokerOrder, FakeTws, Policy
from tests.fakes.tws.client import (
    Foreign,
    acknowledged,
    bag,
    codes_of,
    joined,
    limit,
    option,
    settled,
)


def collar(tws: FakeTws) -> Foreign:
    return bag((option(tws, "295", "P"), 1, "BUY"), (option(tws, "330", "C"), 1, "SELL"))


async def test_an_order_works_until_it_is_filled_in_two_parts() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 3, 3.2, "a"))
        await settled(ib, lambda: trade.orderStatus.status == "Submitted")
        assert trade.order.permId == tws.orders_with("a")[0].perm_id > 0
        tws.fill("a", 1, "3.1")
        await settled(ib, lambda: trade.orderStatus.filled == 1)
        assert trade.orderStatus.status == "Submitted"
        assert trade.orderStatus.remaining == 2
        tws.fill("a")
        await settled(ib, lambda: len([f for f in trade.fills if f.commissionReport.execId]) == 2)
        assert trade.orderStatus.status == "Filled"
        assert [(f.execution.shares, f.execution.price) for f in trade.fills] == [
            (1, 3.1),
            (2, 3.2),
        ]
        assert trade.orderStatus.avgFillPrice == pytest.approx((3.1 + 6.4) / 3)
        assert [f.commissionReport.commission for f in trade.fills] == [0.65, 1.3]
        await settled(ib, lambda: [held.position for held in ib.positions()] == [3])
        [held] = ib.positions()
        assert held.contract.conId == trade.contract.conId
        assert held.avgCost == pytest.approx(100 * (3.1 + 6.4) / 3)


async def test_each_policy_does_what_it_says_to_a_new_order() -> None:
    found: dict[Policy, BrokerOrder] = {}
    async with FakeTws() as tws, joined(tws) as ib:
        put = option(tws, "300", "P")
        tws.market.set_quote(put.conId, "3.10", "3.20", 40, 30)
        for policy in Policy:
            tws.policy = policy
            trade = ib.placeOrder(put, limit("BUY", 50, 3.2, policy.name))
            await acknowledged(ib, trade)
            found[policy] = tws.orders_with(policy.name)[0]
    assert [(o.status, int(o.filled)) for o in found.values()] == [
        ("Submitted", 0),
        ("PreSubmitted", 0),
        ("Filled", 50),
        ("Submitted", 30),
    ]


async def test_the_natural_price_and_size_of_a_combination_turn_with_its_side() -> None:
    from ib_insync import MarketOrder  # noqa: PLC0415

    async with FakeTws(policy=Policy.PARTIAL) as tws, joined(tws) as ib:
        both = collar(tws)
        put, call = (leg.conId for leg in both.comboLegs)
        tws.market.set_quote(put, "3.10", "3.20", 11, 12)
        tws.market.set_quote(call, "2.00", "2.30", 13, 14)
        for action in ("BUY", "SELL"):
            ib.placeOrder(both, MarketOrder(action, 20, orderRef=action))
            await tws.placed(action)
        bought, sold = tws.orders
        assert [bought.average, bought.filled] == [Decimal("1.20"), Decimal(12)]
        assert [sold.average, sold.filled] == [Decimal("0.80"), Decimal(11)]


async def test_a_position_keeps_its_cost_when_part_of_it_is_sold() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        for number, (action, price) in enumerate((("BUY", 3.0), ("BUY", 4.0), ("SELL", 5.0))):
            ib.placeOrder(
                option(tws, "300", "P"), limit(action, 2 - number // 2, price, f"{number}")
            )
            await tws.placed(f"{number}")
        [held] = tws.positions
        assert [held.contracts, held.cost] == [Decimal(3), Decimal(350)]
        assert tws.world.book.cash == Decimal(1_000_000) - 600 - 800 + 500


async def test_a_market_order_trades_at_the_natural_price() -> None:
    from ib_insync import MarketOrder  # noqa: PLC0415

    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        put = option(tws, "300", "P")
        tws.market.set_quote(put.conId, "3.10", "3.20")
        prices = []
        for action in ("BUY", "SELL"):
            trade = ib.placeOrder(put, MarketOrder(action, 1, orderRef=action))
            await settled(ib, trade.isDone)
            prices.append(trade.orderStatus.avgFillPrice)
        assert prices == [3.2, 3.1]
        assert tws.positions == []


async def test_a_combination_trades_as_one_row_and_one_a_leg_at_a_negative_net_price() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = ib.placeOrder(collar(tws), limit("BUY", 2, -0.35, "c"))
        await tws.placed("c")
        made = tws.fill("c", 2, "-0.40")
        await settled(ib, lambda: trade.isDone() and len(ib.positions()) == 2)
        rows = [(f.contract.secType, f.execution.side, f.execution.shares) for f in trade.fills]
        assert rows == [("BAG", "BOT", 2), ("OPT", "BOT", 2), ("OPT", "SLD", 2)]
        assert [row.exec_id.rsplit(".", 2)[1:] for row in made] == [["01", "01"], ["02", "01"],
                                                                  ["03", "01"]]  # fmt: skip
        assert len({row.exec_id.rsplit(".", 2)[0] for row in made}) == 1
        whole, put, call = made
        assert put.price - call.price == whole.price == Decimal("-0.40")
        assert trade.orderStatus.avgFillPrice == -0.4
        assert trade.filled() == 2
        assert [leg.conId for leg in trade.contract.comboLegs] == [
            put.contract.con_id, call.contract.con_id]  # fmt: skip
        assert {p.contract.conId: p.position for p in ib.positions()} == {
            put.contract.con_id: 2, call.contract.con_id: -2}  # fmt: skip
        assert whole.commission is None
        assert put.commission == call.commission == Decimal("1.30")


async def test_a_sold_combination_turns_its_legs_round() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        trade = ib.placeOrder(collar(tws), limit("SELL", 1, 0.35, "c"))
        await settled(ib, trade.isDone)
        assert [row.side for row in tws.executions] == ["SLD", "SLD", "BOT"]


async def test_a_combination_comes_back_whole_after_a_reconnect() -> None:
    async with FakeTws() as tws:
        async with joined(tws) as ib:
            ib.placeOrder(collar(tws), limit("BUY", 2, -0.35, "c"))
            await tws.placed("c")
        async with joined(tws) as ib:
            [trade] = ib.openTrades()
            assert trade.contract.secType == "BAG"
            assert [(leg.ratio, leg.action) for leg in trade.contract.comboLegs] == [
                (1, "BUY"), (1, "SELL")]  # fmt: skip
            assert (trade.order.orderRef, trade.order.lmtPrice) == ("c", -0.35)


async def test_a_cancelled_order_is_cancelled_on_both_sides() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        ib.cancelOrder(trade.order)
        await settled(ib, lambda: 202 in codes)
        assert trade.orderStatus.status == tws.orders_with("a")[0].status == "Cancelled"
        [entry] = tws.journal.of("cancel_order")
        assert (entry.order_ref, entry.perm_id) == ("a", tws.orders[0].perm_id)


async def test_a_changed_order_is_the_same_order() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await acknowledged(ib, trade)
        trade.order.lmtPrice = 3.3
        ib.placeOrder(trade.contract, trade.order)
        await tws.until(lambda seen: seen.orders_received("a") == 2)
        [order] = tws.orders_with("a")
        assert order.limit == Decimal("3.3")


async def test_finished_orders_come_without_their_order_id() -> None:
    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws:
        async with joined(tws) as ib:
            trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 2, 3.2, "a"))
            await settled(ib, trade.isDone)
        async with joined(tws) as ib:
            [done] = await ib.reqCompletedOrdersAsync(apiOnly=False)
            assert (done.order.orderId, done.order.orderRef) == (0, "a")
            assert (done.order.permId, done.order.filledQuantity) == (tws.orders[0].perm_id, 2)
            assert done.orderStatus.status == "Filled"
            [fill] = ib.fills()
            assert (fill.execution.orderRef, fill.commissionReport.commission) == ("a", 1.3)


async def test_executions_pass_the_filter() -> None:
    from ib_insync import ExecutionFilter  # noqa: PLC0415

    async with FakeTws(policy=Policy.FILL_AT_ONCE) as tws, joined(tws) as ib:
        for action in ("BUY", "SELL"):
            trade = ib.placeOrder(option(tws, "300", "P"), limit(action, 1, 3.2, action))
            await settled(ib, trade.isDone)

        async def asked(**wanted: Foreign) -> list[str]:
            fills = await ib.reqExecutionsAsync(ExecutionFilter(**wanted))
            return [fill.execution.side for fill in fills]

        assert await asked() == ["BOT", "SLD"]
        assert await asked(side="SELL", symbol="GLD", clientId=7) == ["SLD"]
        assert await asked(clientId=8) == []
        assert await asked(secType="STK") == []
        assert await asked(time="20990101 00:00:00") == []


async def test_a_what_if_gives_margin_and_commission_and_is_no_order() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        state = await ib.whatIfOrderAsync(collar(tws), limit("BUY", 2, -0.35, "w"))
        margins = (state.initMarginBefore, state.initMarginChange, state.initMarginAfter)
        assert margins == ("10000", "1000", "11000")
        assert (state.commission, state.commissionCurrency) == (2.6, "USD")
        assert tws.orders == []
        assert tws.orders_received() == 0
        assert [entry.what_if for entry in tws.journal.of("place_order")] == [True]


async def test_the_broker_cancels_by_itself() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        trade = ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        tws.cancel("a")
        await settled(ib, trade.isDone)
        assert trade.orderStatus.status == "Cancelled"


async def test_a_global_cancel_is_journalled_and_takes_everybodys_orders() -> None:
    async with FakeTws() as tws, joined(tws) as ib, joined(tws, client_id=8) as other:
        for client, ref in ((ib, "mine"), (other, "theirs")):
            client.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, ref))
            await tws.placed(ref)
        ib.reqGlobalCancel()
        await tws.until(lambda seen: seen.journal.of("global_cancel"))
        assert [order.status for order in tws.orders] == ["Cancelled", "Cancelled"]


async def test_only_the_client_whose_order_it_is_hears_of_it() -> None:
    async with FakeTws() as tws, joined(tws) as ib, joined(tws, client_id=8) as other:
        ib.placeOrder(option(tws, "300", "P"), limit("BUY", 1, 3.2, "a"))
        await tws.placed("a")
        assert await other.reqOpenOrdersAsync() == []
        [seen] = await other.reqAllOpenOrdersAsync()
        assert (seen.order.clientId, seen.order.orderRef) == (7, "a")


async def test_an_unknown_contract_is_no_order() -> None:
    async with FakeTws() as tws, joined(tws) as ib:
        codes = codes_of(ib)
        contract = option(tws, "300", "P")
        contract.conId = 5
        ib.placeOrder(contract, limit("BUY", 1, 3.2, "a"))
        await settled(ib, lambda: 200 in codes)
        assert (tws.orders_received("a"), tws.orders_with("a")) == (1, [])
