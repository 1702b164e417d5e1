"""After a crash, a restart or a lost connection: what the broker has decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.fakes.broker import (
    Exchange,
    Outcome,
    buying,
    option,
    ticket,
)
from tests.services.order_rig import OrderDesk, desk
from vaultdesk.core.orders.broker import (
    BrokerState,
    ExecutionTold,
    OrderTold,
    Standing,
)
from vaultdesk.core.orders.life import OrderState
from vaultdesk.events import OrdersLoaded, ProblemRaised
from vaultdesk.ports import BrokerError, BrokerFault
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as made:
        yield made


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (OrderState.CONFIRMED, OrderState.REJECTED),
        (OrderState.SENDING, OrderState.UNKNOWN),
    ],
)
async def test_what_was_under_way_when_the_desk_ended_is_never_sent_later(
    database: Database, state: OrderState, then: OrderState
) -> None:
    """Before it is on disk as being sent nothing can have left the desk; after, nobody knows."""
    async with desk(database) as d:
        made = await d.previewed()
        ref = await _ended_in(d, made.hash, state)
    async with desk(database, d.exchange, on=False) as again:
        loaded = again.heard(OrdersLoaded)
        assert loaded
        assert again.now(ref).state is then
        await again.until(lambda: again.broker.snapshots)
        assert again.exchange.journal == []
        assert again.now(ref).state is then


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


async def test_an_order_sent_after_the_backup_that_was_restored_is_named(
    database: Database, tmp_path: Path
) -> None:
    async with desk(database) as d:
        order = await d.placed()
        exchange = d.exchange
    restored = Database(tmp_path / "restored.db")
    async with desk(restored, exchange) as d:
        problem = d.heard(ProblemRaised)[-1]
        assert problem.key == "orders.broker"
        assert f"{order.ref} of which this desk has no record" in problem.sentence
        assert exchange.journal == [order.ref]
    restored.close()
