"""What becomes of orders that were sent: answers in any order, trades, cancellations, silence."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import (
    PAPER,
    Outcome,
    buying,
    collar,
    option,
    ticket,
)
from tests.services.order_rig import Unwilling, desk
from vaultdesk.core.audit import FactKind
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import (
    BrokerState,
    CommissionTold,
    NoteTold,
    Standing,
)
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import BrokerError, BrokerFault, OrderRefused
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


async def test_an_order_is_filled_in_parts_and_each_trade_counts_once(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        news = d.exchange.fill(order.ref, 2, Decimal("8.40"))
        d.broker.tell(*news, *news)
        now = d.now(order.ref)
        assert (now.state, now.filled, now.average) == (
            OrderState.PARTIAL,
            Decimal(2),
            Decimal("8.40"),
        )
        d.broker.tell(*reversed(d.exchange.fill(order.ref, 3, Decimal("8.50"))))
        now = await d.kept(order.ref)
        assert (now.state, now.filled, now.average) == (
            OrderState.FILLED,
            Decimal(5),
            Decimal("8.46"),
        )
        assert len(await d.store.executions("test broker")) == 2
        assert sum(len(one) for one in d.executions) == 2


async def test_a_collar_is_filled_when_both_legs_are(database: Database) -> None:
    async with desk(database, rules=HedgeRules(naked_calls=True)) as d:
        order = await d.placed(ticket=ticket(collar(3)))
        put, call, told = d.exchange.fill(order.ref, 3, Decimal("7.00"))
        d.broker.tell(put)
        assert d.now(order.ref).filled == 0
        assert d.now(order.ref).state is OrderState.PARTIAL
        d.broker.tell(call)
        now = d.now(order.ref)
        assert (now.state, now.filled, now.average) == (OrderState.FILLED, Decimal(3), Decimal(0))
        d.broker.tell(told)
        assert d.now(order.ref) == now


async def test_a_corrected_trade_takes_the_place_of_what_it_corrects(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        news = d.exchange.fill(order.ref, 5, Decimal("8.40"))
        d.broker.tell(*news)
        (exec_id,) = d.exchange.trades
        d.broker.tell(d.exchange.correct(exec_id, Decimal("8.45")), *news)
        now = await d.kept(order.ref)
        assert (now.filled, now.average) == (Decimal(5), Decimal("8.45"))
        (trade,) = await d.store.executions("test broker")
        assert (trade.revision, trade.price) == (2, Decimal("8.45"))


@pytest.mark.parametrize("first", ["trade", "commission"])
async def test_a_commission_counts_whether_it_comes_before_or_after_its_trade(
    database: Database, first: str
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        news = d.exchange.fill(order.ref, 5)
        (exec_id,) = d.exchange.trades
        told = CommissionTold(exec_id, Decimal("3.25"), "USD", "wire")
        d.broker.tell(*((told, *news) if first == "commission" else (*news, told, told)))
        assert (await d.kept(order.ref)).commission == Decimal("3.25")
        (trade,) = await d.store.executions("test broker")
        assert trade.commission == Decimal("3.25")


async def test_commissions_go_to_disk_with_their_trades_and_a_changed_one_replaces_the_first(
    database: Database,
) -> None:
    """A transaction of its own for each would keep the disk busy for long after a burst."""
    kept: list[str] = []
    async with desk(database) as d:
        count_calls(d.store, kept)
        order = await d.placed()
        for _ in range(5):
            d.broker.tell(*d.exchange.fill(order.ref, 1))
        for exec_id in d.exchange.trades:
            d.broker.tell(CommissionTold(exec_id, Decimal("0.65"), "USD", "wire"))
        await d.orders.settled()
        assert kept.count("record") <= 2
        assert "commission" not in kept
        last = exec_id
        d.broker.tell(CommissionTold(last, Decimal("0.70"), "USD", "wire"))
        assert (await d.kept(order.ref)).commission == Decimal("3.30")
        fees = {one.exec_id: one.commission for one in await d.store.executions("test broker")}
        assert fees.pop(last) == Decimal("0.70")
        assert set(fees.values()) == {Decimal("0.65")}
        texts = [fact.text for fact in await d.facts() if fact.kind is FactKind.EXECUTION]
        assert sum("commission 0.65" in text for text in texts) >= 5
        assert sum("commission 0.7," in text for text in texts) == 1


def count_calls(store: Unwilling, into: list[str]) -> None:
    """Have the store note what is asked of the one behind it."""
    behind = store._store

    class Counting:
        def __getattr__(self, name: str) -> object:
            into.append(name)
            return getattr(behind, name)

    store._store = Counting()  # type: ignore[assignment]


async def test_a_trade_after_the_cancellation_is_counted_and_said(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        await d.orders.cancel(order.ref)
        assert d.now(order.ref).state is OrderState.CANCELLED
        trade, _told = d.exchange.fill(order.ref, 5)
        d.broker.tell(trade)
        now = await d.kept(order.ref)
        assert (now.state, now.filled) == (OrderState.CANCELLED, Decimal(5))
        assert now.said == "It was cancelled, and 5 of it were traded all the same."
        assert len(await d.store.executions("test broker")) == 1


async def test_an_order_that_is_over_stays_over_and_a_contradiction_is_said(
    database: Database,
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        row = d.exchange.rows[order.ref]
        d.broker.tell(d.exchange.end(order.ref, Standing.REJECTED))
        row.standing = Standing.WORKING
        d.broker.tell(d.exchange.told(order.ref))
        now = d.now(order.ref)
        assert now.state is OrderState.REJECTED
        assert now.said.startswith("The broker shows it working although it was rejected")


async def test_a_remark_changes_no_order(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        note = NoteTold(order.ref, 399, "It is not placed before the open.", d.wall.now())
        d.broker.tell(note)
        now = d.now(order.ref)
        assert now.state is OrderState.WORKING
        assert now.said == note.text
        facts = [one for one in await d.facts(order.ref) if one.kind is FactKind.NOTE]
        assert facts[0].text == "working: It is not placed before the open."
        assert facts[0].wire == "399: It is not placed before the open."


@pytest.mark.parametrize("code", [10147, 10148])
async def test_a_cancellation_that_came_too_late_is_looked_for(
    database: Database, code: int
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.chatty = False
        await d.orders.cancel(order.ref)
        assert d.now(order.ref).state is OrderState.CANCEL_REQUESTED
        d.exchange.fill(order.ref, 5)  # and nothing of it is heard
        d.broker.tell(NoteTold(order.ref, code, "It cannot be cancelled.", d.wall.now()))
        assert d.now(order.ref).state is OrderState.UNKNOWN
        await d.until(lambda: not d.orders.ready)
        assert d.now(order.ref).state is OrderState.FILLED
        assert d.now(order.ref).filled == 5


async def test_a_cancellation_leaves_the_order_alone_until_the_broker_confirms(
    database: Database,
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.chatty = False
        await d.orders.cancel(order.ref)
        d.broker.tell(d.exchange.told(order.ref))
        assert d.now(order.ref).state is OrderState.CANCEL_REQUESTED
        d.broker.tell(*d.exchange.fill(order.ref, 2))
        assert d.now(order.ref).state is OrderState.CANCEL_REQUESTED
        assert d.now(order.ref).filled == 2
        d.broker.tell(d.exchange.end(order.ref, Standing.CANCELLED))
        assert (await d.kept(order.ref)).state is OrderState.CANCELLED
        kinds = [one.kind for one in await d.facts(order.ref)]
        assert FactKind.CANCEL in kinds


async def test_a_cancellation_that_is_not_confirmed_is_looked_for_after_ten_seconds(
    database: Database,
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.chatty = False
        await d.orders.cancel(order.ref)
        d.exchange.end(order.ref, Standing.CANCELLED)
        d.naps.end(10)
        await d.until(lambda: d.now(order.ref).state.over)
        assert d.now(order.ref).state is OrderState.CANCELLED


@pytest.mark.parametrize(("sent", "state"), [(False, "working"), (True, "cancel requested")])
async def test_a_cancellation_that_the_broker_was_not_asked_for(
    database: Database, sent: bool, state: str
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.cancel_fails = BrokerError(BrokerFault.LOST, "The connection is lost.", sent=sent)
        with pytest.raises(BrokerError):
            await d.orders.cancel(order.ref)
        assert d.now(order.ref).state.value == state


async def test_all_own_orders_are_cancelled_one_by_one(database: Database) -> None:
    async with desk(database) as d:
        refs = [(await d.placed(ticket=ticket(buying(option(), n)))).ref for n in (1, 2, 3)]
        d.broker.tell(*d.exchange.fill(refs[0], 1))
        await d.orders.cancel_all()
        assert sorted(d.broker.cancels) == sorted(refs[1:])
        with pytest.raises(OrderRefused, match="over already"):
            await d.orders.cancel(refs[0])
        await d.orders.switch_off()
        await d.orders.cancel_all()  # also where nothing is sent any more


async def test_a_broker_that_says_nothing_for_ten_seconds_is_asked(database: Database) -> None:
    async with desk(database) as d:
        d.broker.chatty = False
        order = await d.placed()
        assert order.state is OrderState.SENDING
        d.broker.gate = asyncio.Event()
        d.naps.end(9.9)
        await asyncio.sleep(0)
        assert d.now(order.ref).state is OrderState.SENDING
        d.naps.end(0.2)
        await d.until(lambda: d.now(order.ref).state is OrderState.UNKNOWN)
        assert d.orders.ready != ""
        await d.broker.holding.wait()
        d.broker.gate.set()
        await d.until(lambda: not d.orders.ready)
        assert d.now(order.ref).state is OrderState.WORKING
        assert d.exchange.journal == [order.ref]


async def test_an_answer_that_comes_late_ends_the_doubt(database: Database) -> None:
    async with desk(database) as d:
        d.broker.outcomes.append(Outcome.LOST_AFTER)
        order = await d.placed()
        assert order.state is OrderState.UNKNOWN
        d.broker.tell(d.exchange.told(order.ref))
        assert d.now(order.ref).state is OrderState.WORKING


async def test_a_lost_connection_leaves_what_was_not_acknowledged_unknown(
    database: Database,
) -> None:
    async with desk(database) as d:
        working = await d.placed()
        d.broker.chatty = False
        sending = await d.placed(ticket=ticket(buying(option("380", "C"), 1, "7.30")))
        d.broker.become(BrokerState.OFFLINE)
        assert d.now(working.ref).state is OrderState.WORKING
        assert d.now(sending.ref).state is OrderState.UNKNOWN


async def test_only_an_unknown_order_is_decided_by_hand(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        with pytest.raises(OrderRefused, match="unknown"):
            await d.orders.resolve(order.ref, OrderState.CANCELLED)
        d.broker.chatty = False
        d.broker.outcomes.append(Outcome.LOST_AFTER)
        lost = await d.placed(ticket=ticket(buying(option("380", "C"), 2, "7.30")))
        with pytest.raises(OrderRefused, match="broker's word"):
            await d.orders.resolve(lost.ref, OrderState.FILLED)
        with pytest.raises(OrderRefused, match="not shown"):
            await d.orders.cancel(lost.ref)
        trade, _told = d.exchange.fill(lost.ref, 1)
        d.broker.tell(trade)
        with pytest.raises(OrderRefused, match="did arrive"):
            await d.orders.resolve(lost.ref, OrderState.REJECTED)
        await d.orders.resolve(lost.ref, OrderState.CANCELLED)
        assert (await d.kept(lost.ref)).state is OrderState.CANCELLED
        resolved = [one for one in await d.facts(lost.ref) if one.kind is FactKind.RESOLVED]
        assert resolved[0].who == "user"


async def test_what_the_broker_holds_is_passed_on(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.exchange.fill(order.ref, 5)
        await d.orders.reconcile()
        assert d.holdings[-1].positions[0].quantity == 5
        assert [one.name for one in d.orders.accounts] == [PAPER]


async def test_a_preview_is_by_the_wall_even_where_the_market_stands_in_the_past(
    database: Database,
) -> None:
    async with desk(database) as d:
        d.wall.time += timedelta(days=100)
        made = await d.previewed()
        assert made.at == d.wall.now()
        (order,) = await d.orders.place(made.hash)
        assert order.confirmed_at == d.wall.now()


async def test_close_finishes_what_is_being_sent_and_hangs_up(database: Database) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        click = asyncio.create_task(d.orders.place(made.hash))
        await asyncio.sleep(0)
        await d.orders.close()
        (order,) = await click
        assert d.exchange.journal == [order.ref]
        assert (await d.kept(order.ref)).state is OrderState.WORKING
        assert d.broker.closed
