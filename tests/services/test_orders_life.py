"""What becomes of orders that were sent: answers in any order, trades, cancellations, silence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import (
    PAPER,
    Exchange,
    Outcome,
    buying,
    collar,
    option,
    ticket,
)
from tests.services.order_rig import OrderDesk, desk
from vaultdesk.core.audit import FactKind
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import (
    BrokerState,
    CommissionTold,
    ExecutionTold,
    NoteTold,
    OrderTold,
    Standing,
)
from vaultdesk.core.orders.life import OrderState
from vaultdesk.events import OrdersLoaded, ProblemRaised
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


@pytest.mark.parametrize("state", [OrderState.CONFIRMED, OrderState.SENDING])
async def test_what_was_under_way_when_the_desk_ended_is_unknown_and_not_sent(
    database: Database, state: OrderState
) -> None:
    async with desk(database) as d:
        made = await d.previewed()
        ref = await _ended_in(d, made.hash, state)
    async with desk(database, d.exchange, on=False) as again:
        loaded = again.heard(OrdersLoaded)
        assert loaded
        assert again.now(ref).state is OrderState.UNKNOWN
        await again.until(lambda: again.broker.snapshots)
        assert again.exchange.journal == []
        assert again.now(ref).state is OrderState.UNKNOWN


async def _ended_in(d: OrderDesk, preview: str, state: OrderState) -> str:
    """The click, with the power gone once the order is on disk in this state."""
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    refs: list[str] = []

    class Ending:
        """The store, which takes nothing more after that."""

        def __getattr__(self, name: str) -> object:
            inner = getattr(d.store, name)
            if name not in ("confirm", "save"):
                return inner

            async def kept(orders: tuple[object, ...], facts: tuple[object, ...]) -> None:
                if gone.done():
                    await asyncio.Event().wait()
                await inner(orders, facts)
                if orders and orders[0].state is state:  # type: ignore[attr-defined]
                    refs.append(orders[0].ref)  # type: ignore[attr-defined]
                    gone.set_result(None)
                    await asyncio.Event().wait()

            return kept

    d.orders._keeper._store = Ending()  # type: ignore[assignment]
    click = asyncio.create_task(d.orders.place(preview))
    await gone
    click.cancel()
    sending = d.orders._sender._task
    assert sending is not None
    sending.cancel()
    await asyncio.gather(click, sending, return_exceptions=True)
    return refs[0]


async def test_orders_come_back_with_their_trades(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        d.broker.tell(*d.exchange.fill(order.ref, 2))
        await d.orders.settled()
    async with desk(database, d.exchange) as again:
        now = again.now(order.ref)
        assert (now.state, now.filled) == (OrderState.PARTIAL, Decimal(2))
        assert [one.quantity for one in again.orders.executions(order.ref)] == [2]
        again.broker.tell(*d.exchange.fill(order.ref, 3))
        assert again.now(order.ref).state is OrderState.FILLED
        await again.orders.settled()
        assert len(await again.store.executions("test broker")) == 2


async def test_what_happened_while_the_desk_was_away_is_learnt_at_the_next_start(
    database: Database,
) -> None:
    async with desk(database) as d:
        filled = await d.placed()
        cancelled = await d.placed(ticket=ticket(buying(option("380", "C"), 1, "7.30")))
    d.exchange.fill(filled.ref, 5)
    d.exchange.end(cancelled.ref, Standing.CANCELLED)
    d.exchange.restart()
    async with desk(database, d.exchange) as again:
        assert again.now(filled.ref).state is OrderState.FILLED
        assert again.now(filled.ref).average == Decimal("3.20")
        assert again.now(cancelled.ref).state is OrderState.CANCELLED
        assert len(await again.store.executions("test broker")) == 1


async def test_order_ids_that_rolled_back_are_never_taken_for_the_same_order(
    database: Database,
) -> None:
    async with desk(database) as d:
        d.broker.outcomes.append(Outcome.LOST_BEFORE)
        lost = await d.placed()
    async with desk(database, d.exchange, on=False) as again:
        other = await _somebody_elses(again)
        assert d.exchange.rows[other].order_id == 1
        assert again.now(lost.ref).state is OrderState.UNKNOWN


async def _somebody_elses(again: OrderDesk) -> str:
    """An order of somebody else under the id that ours would have had."""
    theirs = replace(again.orders.orders()[0], ref="somebody else's")
    row = again.exchange.take(theirs)
    again.broker.tell(again.exchange.told(theirs.ref))
    await again.orders.reconcile()
    assert row.open
    return theirs.ref


async def test_an_order_without_a_ref_is_known_by_its_lasting_number(database: Database) -> None:
    async with desk(database) as d:
        order = await d.placed()
        news = d.exchange.fill(order.ref, 5)
        nameless = []
        for one in news:
            if isinstance(one, ExecutionTold):
                nameless.append(ExecutionTold(replace(one.execution, ref="")))
            elif isinstance(one, OrderTold):
                nameless.append(OrderTold(replace(one.order, ref="", order_id=0), one.at))  # type: ignore[arg-type]
        d.broker.tell(*nameless)
        now = await d.kept(order.ref)
        assert (now.state, now.filled) == (OrderState.FILLED, Decimal(5))


async def test_what_never_arrived_is_rejected_where_the_broker_shows_everything(
    database: Database,
) -> None:
    exchange = Exchange(final=True)
    async with desk(database, exchange) as d:
        d.broker.outcomes.append(Outcome.LOST_BEFORE)
        order = await d.placed()
        d.broker.become(BrokerState.READY)
        await d.until(lambda: not d.orders.ready)
        now = d.now(order.ref)
        assert now.state is OrderState.REJECTED
        assert "never arrived" in now.said


async def test_an_order_placed_while_the_broker_is_asked_is_not_missing(database: Database) -> None:
    exchange = Exchange(final=True)
    async with desk(database, exchange) as d:
        made = await d.previewed()
        d.broker.gate = asyncio.Event()
        asking = asyncio.create_task(d.orders.reconcile())
        await d.broker.holding.wait()
        (order,) = await d.orders.place(made.hash)
        d.broker.gate.set()
        await asking
        assert d.now(order.ref).state is OrderState.WORKING


async def test_an_order_on_its_way_while_the_broker_is_asked_is_not_missing(
    database: Database,
) -> None:
    async with desk(database, Exchange(final=True)) as d:
        made = await d.previewed()
        d.broker.place_gate = asyncio.Event()
        click = asyncio.create_task(d.orders.place(made.hash))
        await d.broker.holding.wait()
        d.broker.holding.clear()
        await d.orders.reconcile()
        assert d.orders.orders()[0].state is OrderState.SENDING
        d.broker.gate = asyncio.Event()
        asking = asyncio.create_task(d.orders.reconcile())
        await d.broker.holding.wait()
        d.broker.place_gate.set()
        (order,) = await click
        d.broker.gate.set()
        await asking
        assert d.now(order.ref).state is OrderState.WORKING


async def test_a_broker_that_does_not_answer_is_asked_again(database: Database) -> None:
    async with desk(database) as d:
        error = BrokerError(BrokerFault.TIMEOUT, "The broker does not say what it has.")
        d.broker.snapshot_fails.append(error)
        d.broker.become(BrokerState.OFFLINE)
        d.broker.become(BrokerState.READY)
        await d.until(lambda: any(seconds == 5 for seconds, _ in d.naps.under_way))
        assert d.orders.ready != ""
        assert d.heard(ProblemRaised)[-1].sentence == str(error)
        d.naps.end(5)
        await d.until(lambda: not d.orders.ready)


async def test_a_connection_lost_while_it_is_compared_is_compared_again(database: Database) -> None:
    async with desk(database) as d:
        d.broker.gate = asyncio.Event()
        asking = asyncio.create_task(d.orders.reconcile())
        await d.broker.holding.wait()
        d.broker.become(BrokerState.OFFLINE)
        d.broker.become(BrokerState.READY)
        first, d.broker.gate = d.broker.gate, asyncio.Event()
        first.set()
        await asking
        assert "compared" in d.orders.ready
        d.broker.gate.set()
        await d.until(lambda: not d.orders.ready)


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
