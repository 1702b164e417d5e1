"""Clicks, crashes, drops and answers in any order: no order is lost, doubled or wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.fakes.broker import (
    Exchange,
    Outcome,
    ScriptedBroker,
    buying,
    collar,
    market_of,
    option,
    ticket,
)
from tests.fakes.feed import ManualClock
from tests.services.order_rig import OrderDesk, Unwilling
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.core.orders.broker import BrokerState, CommissionTold, Standing
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import BrokerError, OrderRefused, StorageError
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from random import Random

    from vaultdesk.core.orders.broker import Told
    from vaultdesk.core.orders.draft import OrderDraft
    from vaultdesk.core.orders.life import Order

DRAFTS: tuple[tuple[OrderDraft, ...], ...] = (
    (buying(option(), 5),),
    (buying(option("315"), 2),),
    (collar(2),),
    (buying(option("300"), 1), buying(option("290"), 3)),
)
SAME = {
    Standing.WORKING: (OrderState.WORKING, OrderState.PARTIAL, OrderState.CANCEL_REQUESTED),
    Standing.FILLED: (OrderState.FILLED,),
    Standing.CANCELLED: (OrderState.CANCELLED,),
    Standing.REJECTED: (OrderState.REJECTED,),
}
ON_THE_WAY = (Outcome.TAKEN, Outcome.TAKEN, Outcome.LOST_BEFORE, Outcome.LOST_AFTER, Outcome.UNSENT)
STEADY = 12
"""Turns of the loop without anything happening after which nothing more will."""

crashes = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 14))
"""At which point on the way to disk or broker the desk dies; None is not at all."""


class Life:
    """Of one run of the desk: it ends at a point that was chosen, and nothing gets past that."""

    def __init__(self) -> None:
        self.dead = False
        self.left: int | None = None
        self.points = self.inside = 0

    async def point(self) -> None:
        if self.left is not None:
            self.left -= 1
            self.dead = self.dead or self.left < 0
        self.points += 1
        if self.dead:
            await asyncio.Event().wait()


class MortalStore:
    """A store whose desk may die before or after everything it does."""

    def __init__(self, store: Unwilling, life: Life, durable: dict[str, OrderState]) -> None:
        self._store, self._life, self._durable = store, life, durable

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        inner = getattr(self._store, name)

        async def doing(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            await self._life.point()
            self._life.inside += 1
            try:
                answer = await inner(*given, **named)
            finally:
                self._life.inside -= 1
            if name in ("confirm", "save"):
                self._durable.update({one.ref: one.state for one in given[0]})
            await self._life.point()
            return answer

        return doing


class MortalBroker(ScriptedBroker):
    """A connection whose desk may die before or after an order is handed over."""

    life: Life

    async def place(self, order: Order) -> int:
        await self.life.point()
        order_id = await super().place(order)
        await self.life.point()
        return order_id


class OrdersMachine(RuleBasedStateMachine):
    """The desk, its database, and a broker, to which anything may happen at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.database = Database(None)
        self.wall = ManualClock()
        self.exchange = Exchange(clock=self.wall)
        self.durable: dict[str, OrderState] = {}
        self.ended: dict[str, OrderState] = {}
        self.hashes: list[str] = []
        self.mail: list[Told] = []
        self.before_sent: list[str] = []
        self.by_hand: set[str] = set()
        self.start()

    @initialize(
        final=st.booleans(),
        which=st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
    )
    def orders_that_work_already(self, final: bool, which: list[int]) -> None:
        self.exchange.final = final
        for one in which:
            self.click(one, 1, [], None)

    def start(self) -> None:
        """The desk, on the same disk."""
        self.life = Life()
        broker = MortalBroker(self.exchange, chatty=False)
        broker.life = self.life
        rules = HedgeRules(naked_calls=True)
        self.desk = OrderDesk(self.database, self.exchange, broker=broker, rules=rules)
        self.desk.wall.time = self.wall.time
        self.wall = self.desk.wall
        self.exchange.clock = self.wall
        broker.before_place = self._handed_over
        for strike in ("315", "300", "290"):
            self.desk.market.show(market_of(option(strike)))
        self.orders = self.desk.orders
        self.do(self._begin())

    async def _begin(self) -> None:
        self.running = asyncio.create_task(self.orders.run())
        await self.orders.use(MortalStore(self.desk.store, self.life, self.durable))

    def _handed_over(self, order: Order) -> None:
        assert self.durable.get(order.ref) is OrderState.SENDING, "sent before it was on disk"
        self.before_sent.append(order.ref)

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Do it and let everything go on until nothing happens any more, or the desk is dead."""
        self.loop.run_until_complete(self._done(work))

    async def _done(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        steady = 0
        while steady < STEADY and not self.life.dead:
            points = self.life.points
            await asyncio.sleep(0)
            moved = self.life.inside or self.life.points != points
            steady = 0 if moved else steady + 1
        if self.life.dead:
            await self._buried()
        elif task.done():
            _known(task)

    async def _buried(self) -> None:
        """Nothing of this run goes on."""
        me = asyncio.current_task()
        while left := [one for one in asyncio.all_tasks() if one is not me]:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    @rule(
        which=st.integers(0, 3),
        clicks=st.integers(1, 3),
        outcomes=st.lists(st.sampled_from(ON_THE_WAY), max_size=2),
        crash=crashes,
    )
    def click(self, which: int, clicks: int, outcomes: list[Outcome], crash: int | None) -> None:
        """On a preview that was just made, once or more often at the same time."""
        self.wall.advance(0.01)
        self.do(self._previewed(which))
        if self.orders.preview is not None:
            self._click(self.orders.preview.hash, clicks, outcomes, crash)

    @precondition(lambda self: self.hashes)
    @rule(which=st.integers(0, 9), clicks=st.integers(1, 2), crash=crashes)
    def click_on_an_old_preview(self, which: int, clicks: int, crash: int | None) -> None:
        self._click(self.hashes[which % len(self.hashes)], clicks, [], crash)

    def _click(self, chosen: str, clicks: int, outcomes: list[Outcome], crash: int | None) -> None:
        self.desk.broker.outcomes.clear()
        self.desk.broker.outcomes.extend(outcomes)

        async def clicking() -> None:
            given = (self.orders.place(chosen) for _ in range(clicks))
            for answer in await asyncio.gather(*given, return_exceptions=True):
                if isinstance(answer, BaseException):
                    assert isinstance(answer, (OrderRefused, StorageError)), answer

        self._mortally(clicking(), crash)

    async def _previewed(self, which: int) -> None:
        if self.orders.mode.value == "read-only":
            await self.orders.switch_on()
        self.orders.put(ticket(*DRAFTS[which], title=f"Hedge {which}"))
        made = await self.orders.make_preview()
        if made is not None:
            self.hashes.append(made.hash)

    @precondition(lambda self: self.exchange.rows)
    @rule(which=st.integers(0, 9), units=st.integers(1, 3))
    def filled_at_the_broker(self, which: int, units: int) -> None:
        row = self._row(which)
        left = row.order.draft.quantity - int(row.filled)
        if row.open and left:
            self.mail += self.exchange.fill(row.order.ref, min(units, left))

    @precondition(lambda self: self.exchange.rows)
    @rule(which=st.integers(0, 9), how=st.sampled_from([Standing.CANCELLED, Standing.REJECTED]))
    def ended_at_the_broker(self, which: int, how: Standing) -> None:
        row = self._row(which)
        if row.open:
            self.mail.append(self.exchange.end(row.order.ref, how))

    @precondition(lambda self: self.exchange.rows)
    @rule(which=st.integers(0, 9))
    def acknowledged(self, which: int) -> None:
        self.mail.append(self.exchange.told(self._row(which).order.ref))

    @precondition(lambda self: self.exchange.trades)
    @rule(which=st.integers(0, 9))
    def corrected(self, which: int) -> None:
        ids = sorted(self.exchange.trades)
        self.mail.append(self.exchange.correct(ids[which % len(ids)], Decimal("3.15")))

    @precondition(lambda self: self.exchange.trades)
    @rule(which=st.integers(0, 9))
    def charged(self, which: int) -> None:
        ids = sorted(self.exchange.trades)
        told = CommissionTold(ids[which % len(ids)], Decimal("1.30"), "USD")
        trade = self.exchange.trades[told.exec_id]
        self.exchange.trades[told.exec_id] = replace(trade, commission=told.commission)
        self.mail.append(told)

    @precondition(lambda self: self.mail)
    @rule(order=st.randoms(use_true_random=False), repeated=st.booleans())
    def all_answers(self, order: Random, repeated: bool) -> None:
        """Everything that is on its way arrives, in any order."""
        news = self.mail * (2 if repeated else 1)
        order.shuffle(news)
        self.mail.clear()

        async def answering() -> None:
            if self.desk.broker.state is BrokerState.READY:
                self.desk.broker.tell(*news)

        self.do(answering())

    @precondition(lambda self: self.mail)
    @rule(which=st.integers(0, 9), again=st.booleans(), crash=crashes)
    def answer(self, which: int, again: bool, crash: int | None) -> None:
        """Something that is on its way arrives, in any order, and maybe once more later."""
        at = which % len(self.mail)
        news = self.mail[at] if again else self.mail.pop(at)

        async def answering() -> None:
            if self.desk.broker.state is BrokerState.READY:
                self.desk.broker.tell(news)

        self._mortally(answering(), crash)

    @rule(crash=crashes)
    def connection_lost(self, crash: int | None) -> None:
        self.mail.clear()
        self._mortally(self._become(BrokerState.OFFLINE), crash)

    @rule(crash=crashes, restarted=st.booleans())
    def connected_again(self, crash: int | None, restarted: bool) -> None:
        if restarted and self.desk.broker.state is not BrokerState.READY:
            self.exchange.restart()
        self._mortally(self._become(BrokerState.READY), crash)

    @rule(crash=crashes)
    def time_passes(self, crash: int | None) -> None:
        self.wall.advance(10)

        async def passing() -> None:
            self.desk.naps.end(10)

        self._mortally(passing(), crash)

    @precondition(lambda self: self.orders.orders())
    @rule(which=st.integers(0, 9), crash=crashes, reaches=st.booleans())
    def cancel(self, which: int, crash: int | None, reaches: bool) -> None:
        orders = self.orders.orders()
        ref = orders[which % len(orders)].ref

        async def cancelling() -> None:
            await self.orders.cancel(ref)

        self._mortally(cancelling(), crash)
        row = self.exchange.rows.get(ref)
        if reaches and row is not None and row.open and ref in self.desk.broker.cancels:
            self.mail.append(self.exchange.end(ref, Standing.CANCELLED))

    @precondition(lambda self: any(o.state is OrderState.UNKNOWN for o in self.orders.orders()))
    @rule(state=st.sampled_from([OrderState.CANCELLED, OrderState.REJECTED]))
    def decided_by_hand(self, state: OrderState) -> None:
        unknown = next(o for o in self.orders.orders() if o.state is OrderState.UNKNOWN)
        self.by_hand.add(unknown.ref)
        self.do(self.orders.resolve(unknown.ref, state))

    @rule(full=st.booleans())
    def disk(self, full: bool) -> None:
        self.desk.store.refuses = {"confirm", "save", "record"} if full else set()

    @rule()
    def crash(self) -> None:
        self.life.dead = True
        self.loop.run_until_complete(self._buried())
        self._restart()

    @invariant()
    def no_intent_is_at_the_broker_twice(self) -> None:
        journal = self.exchange.journal
        assert len(set(journal)) == len(journal)
        assert len(set(self.before_sent)) == len(self.before_sent)
        intents = [(row.order.ticket, row.order.place) for row in self.exchange.rows.values()]
        assert len(set(intents)) == len(intents)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for order in self.orders.orders():
            before = self.ended.get(order.ref)
            assert before in (None, order.state), f"{order.ref}: {before} became {order.state}"
            if order.state.over and self.durable.get(order.ref) is order.state:
                self.ended[order.ref] = order.state  # what is in memory only dies with the desk

    @invariant()
    def everything_at_the_broker_is_known(self) -> None:
        known = {order.ref for order in self.orders.orders()}
        assert set(self.exchange.rows) <= known

    def teardown(self) -> None:
        try:
            self.desk.store.refuses = set()
            self.do(self._passed())
            self.do(self._become(BrokerState.READY))
            self.do(self.orders.reconcile())
            self.do(self._compared_with_the_truth())
        finally:
            self.life.dead = True
            self.loop.run_until_complete(self._buried())
            self.loop.close()
            self.database.close()

    async def _passed(self) -> None:
        self.desk.naps.end(100)

    async def _compared_with_the_truth(self) -> None:
        await self.orders.settled()
        kept = {one.exec_id: one for one in await self.desk.store.executions("test broker")}
        assert kept == self.exchange.trades
        on_disk = {one.ref: one for one in await self.desk.store.orders()}
        for ref, row in self.exchange.rows.items():
            order = on_disk[ref]
            assert order == self.desk.now(ref)
            assert order.filled == row.filled
            if ref not in self.by_hand:
                assert order.state in SAME[row.standing]
        assert await self.desk.audit.broken() == ""

    async def _become(self, state: BrokerState) -> None:
        self.desk.broker.become(state)

    def _row(self, which: int) -> Any:  # noqa: ANN401
        rows = list(self.exchange.rows.values())
        return rows[which % len(rows)]

    def _mortally(self, work: Coroutine[Any, Any, object], crash: int | None) -> None:
        """Do it, and have the desk die at some point of it or of what follows."""
        self.life.left = crash
        self.do(work)
        self.life.left = None
        if self.life.dead:
            self._restart()

    def _restart(self) -> None:
        self.mail.clear()
        self.start()


def _known(task: asyncio.Task[object]) -> None:
    """What may be answered to what a user does."""
    error = task.exception()
    if error is not None and not isinstance(error, (OrderRefused, StorageError, BrokerError)):
        raise error


TestOrders = OrdersMachine.TestCase
TestOrders.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
