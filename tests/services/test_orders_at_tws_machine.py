"""Clicks, fills, cancels, drops, restarts and crashes at a fake TWS, over the real library."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.fakes.broker import market_of, option
from tests.fakes.feed import START
from tests.fakes.ibkr import ACCOUNT
from tests.fakes.tws import FakeTws, Fault, gld_market, in_thread
from tests.services.tws_rig import CLIENT, TwsDesk, credit_collar, ladder, puts
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.core.orders.life import OrderState
from vaultdesk.ports import BrokerError, OrderRefused
from vaultdesk.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.fakes.tws import BrokerOrder
    from tests.services.order_rig import Unwilling
    from vaultdesk.core.orders.draft import Ticket
    from vaultdesk.core.orders.life import Order

POINTS = (
    *("before confirm", "after confirm", "before sending", "after sending"),
    *("before place", "after place"),
)
"""Where the desk may die between the click and the broker's answer."""
SAME = {
    "Submitted": (OrderState.WORKING, OrderState.PARTIAL, OrderState.CANCEL_REQUESTED),
    "Filled": (OrderState.FILLED,),
    "Cancelled": (OrderState.CANCELLED,),
    "Inactive": (OrderState.REJECTED,),
}
CUTS = {
    *(Fault.CUT_BEFORE_ORDER, Fault.CUT_AFTER_ORDER),
    *(Fault.CUT_BEFORE_CANCEL, Fault.CUT_AFTER_CANCEL),
}

PUTS = [option(f"{strike}") for strike in (300, 305, 310)]
crashes = st.sampled_from([None, None, None, *POINTS])
on_the_way = st.sampled_from(
    [
        *(None, None, None, Fault.CUT_BEFORE_ORDER, Fault.CUT_AFTER_ORDER),
        *(Fault.SILENT_ORDERS, Fault.REJECT_ORDERS, Fault.NOTE_10349, Fault.NOTE_399),
    ]
)
at_the_cancel = st.sampled_from(
    [
        *(None, None, Fault.CUT_BEFORE_CANCEL, Fault.CUT_AFTER_CANCEL),
        *(Fault.CANCEL_NOT_FOUND, Fault.CANCEL_TOO_LATE, Fault.CANCEL_IGNORED),
    ]
)
at_the_fill = st.sampled_from([None, Fault.DUPLICATE_EXECUTIONS, Fault.STATUS_FIRST])
some = st.integers(0, 9)


class Life:
    """Of one run of the desk: it ends at `end`, and nothing gets past that."""

    def __init__(self) -> None:
        self.end: str | None = None
        self.dead = asyncio.Event()
        self.durable: dict[str, OrderState] = {}

    async def point(self, name: str = "") -> None:
        if name and name == self.end:
            self.dead.set()
        if self.dead.is_set():
            await asyncio.Event().wait()


class MortalStore:
    """A store whose desk may die around what a click writes."""

    def __init__(self, store: Unwilling, life: Life) -> None:
        self._store, self._life = store, life

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        inner = getattr(self._store, name)

        async def doing(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            orders = given[0] if name in ("confirm", "save") else ()
            sending = any(one.state is OrderState.SENDING for one in orders)
            what = name if name == "confirm" else "sending" if sending else ""
            await self._life.point(what and f"before {what}")
            answer = await inner(*given, **named)
            self._life.durable.update({one.ref: one.state for one in orders})
            await self._life.point(what and f"after {what}")
            return answer

        return doing


class MortalBroker(IbkrBroker):
    """The real one, whose desk may die before or after an order is written to the socket."""

    life: Life

    async def place(self, order: Order) -> int:
        assert self.life.durable[order.ref] is OrderState.SENDING, "sent before it was on disk"
        await self.life.point("before place")
        number = await super().place(order)
        await self.life.point("after place")
        return number


class TwsMachine(RuleBasedStateMachine):
    """A desk, its file and a TWS; no rule draws anything that hangs on how these are."""

    def __init__(self) -> None:
        super().__init__()
        self.serving = in_thread(
            lambda: FakeTws(
                accounts=(ACCOUNT,), market=gld_market("350", START.date()), clock=lambda: START
            )
        )
        self.served = self.serving.__enter__()
        self.home = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.wall = START
        self.hashes: list[str] = []
        self.ended: dict[str, OrderState] = {}
        self.by_hand: set[str] = set()
        self.loop.run_until_complete(self._start())
        self.do(_nothing())
        for which in range(3):
            self.click(which, 3, 1, None, None)

    async def _start(self) -> None:
        """The desk, on the file there is."""
        self.life = Life()
        self.database = Database(Path(self.home.name) / "desk.db")
        self.desk = TwsDesk(self.served.port, self.database, kind=MortalBroker)
        self.desk.tws_broker.life = self.life  # type: ignore[attr-defined]
        self.desk.connection.at_sync(_unpaced)
        self.desk.wall.time = self.wall
        self.desk.market.show(*(market_of(put) for put in PUTS))
        self.orders = self.desk.orders
        self.running = asyncio.create_task(self.orders.run())
        await self.desk.auditing.use(self.desk.audit)
        store = MortalStore(self.desk.store, self.life)
        await self.orders.use(store)
        await self.desk.until(lambda: self.desk.compared)

    async def _killed(self) -> None:
        """Nothing of this run goes on; what it wrote to the socket may have arrived."""
        self.life.dead.set()
        link = self.desk.connection._link
        if link is not None and link.ib.client.conn.transport is not None:
            link.ib.client.conn.transport.abort()
        while left := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        self.wall = self.desk.wall.time
        self.database.close()
        self.served.wait(lambda tws: CLIENT not in tws.clients)

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Do it and let all answers come; a desk that died of it starts again."""
        self.loop.run_until_complete(self._done(work))

    async def _done(self, work: Coroutine[Any, Any, object]) -> None:
        doing = asyncio.create_task(work)
        dying = asyncio.create_task(self.life.dead.wait())
        await asyncio.wait({doing, dying}, return_when=asyncio.FIRST_COMPLETED)
        dying.cancel()
        if self.life.dead.is_set():
            await self._killed()
            self.fail(None)
            await self._start()
        if doing.done() and not doing.cancelled():
            doing.result()
        await self._calm()

    async def _calm(self) -> None:
        """Everything that was said has been heard, compared and written."""
        if self.served.do(_consumed) and CUTS & self.faults:
            await self.desk.lost()
        self.fail(None)
        for _ in range(2):
            if self.connected:
                await self.desk.connection.ask(lambda ib: ib.reqCurrentTimeAsync())
                await self.desk.until(lambda: self.desk.compared)
        await self.orders.settled()

    @property
    def connected(self) -> bool:
        return self.desk.broker.status.retry_at is None

    faults: set[Fault] = set()  # noqa: RUF012 - replaced, never changed

    def fail(self, fault: Fault | None) -> None:
        """From now on this goes wrong at TWS, and nothing else does."""
        self.faults = {fault} if fault else set()
        self.served.do(lambda tws: tws.faults.clear())
        self.served.do(lambda tws: tws.faults.update(self.faults))

    @rule(which=some, quantity=st.integers(1, 4), clicks=st.integers(1, 3), fault=on_the_way,
          crash=crashes)  # fmt: skip
    def click(
        self, which: int, quantity: int, clicks: int, fault: Fault | None, crash: str | None
    ) -> None:
        """On a preview that was just made, once or several times at the same moment."""
        if not self.connected and which % 3:
            self.do(self.desk.reconnected())
        self.do(self._previewed(KINDS[which % len(KINDS)](quantity)))
        made = self.orders.preview
        if made is not None:
            self.hashes.append(made.hash)
            self._click(made.hash, clicks, fault, crash)

    @rule(which=some, clicks=st.integers(1, 2))
    def click_on_an_old_preview(self, which: int, clicks: int) -> None:
        if self.hashes:
            self._click(self.hashes[which % len(self.hashes)], clicks, None, None)

    def _click(self, chosen: str, clicks: int, fault: Fault | None, crash: str | None) -> None:
        self.fail(fault)
        self.life.end = crash

        async def clicking() -> None:
            given = (self.orders.place(chosen) for _ in range(clicks))
            answers = await asyncio.gather(*given, return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException):
                    assert isinstance(answer, OrderRefused), answer
            sent = [one.ref for each in answers if not isinstance(each, BaseException)
                    for one in each if one.order_id]  # fmt: skip
            if sent:
                await asyncio.to_thread(
                    self.served.wait, lambda tws: tws.orders_received(sent[0]) > 0
                )

        self.do(clicking())
        self.life.end = None

    async def _previewed(self, wanted: Ticket) -> None:
        with suppress(OrderRefused):
            if self.orders.mode.value == "read-only":
                await self.orders.switch_on()
        self.desk.wall.advance(0.01)
        self.orders.put(wanted)
        await self.orders.make_preview()

    @rule(which=some, units=st.integers(1, 4), late=st.booleans(), fault=at_the_fill)
    def filled(self, which: int, units: int, late: bool, fault: Fault | None) -> None:
        """Also one that was cancelled already, where it is late."""
        row = self._row(which)
        if row is None or not row.remaining or row.status == "Filled":
            return
        if row.alive or (late and row.status == "Cancelled"):
            self.fail(fault)
            size = min(units, int(row.remaining))
            self.served.do(lambda tws: tws.fill(row.order_ref, size))
            self.do(_nothing())

    @rule(which=some, less=st.booleans(), cents=st.integers(1, 9))
    def corrected(self, which: int, less: bool, cents: int) -> None:
        """To another price, or a contract fewer where that is an order of one leg."""

        def correct(tws: FakeTws) -> None:
            newest = {one.exec_id.rpartition(".")[0]: one for one in tws.executions
                      if one.contract.sec_type != "BAG"}  # fmt: skip
            if newest:
                one = list(newest.values())[which % len(newest)]
                legs = tws.orders_with(one.order_ref)[0].legs
                fewer = max(int(one.shares) - 1, 1) if less and not legs else None
                tws.correct(one.exec_id, fewer, f"8.4{cents}")

        self.served.do(correct)
        self.do(_nothing())

    @rule(which=some)
    def told_again(self, which: int) -> None:
        def repeat(tws: FakeTws) -> None:
            if tws.executions:
                tws.repeat(tws.executions[which % len(tws.executions)].exec_id)

        self.served.do(repeat)
        self.do(_nothing())

    @rule(which=some, rejected=st.booleans())
    def ended_by_the_broker(self, which: int, rejected: bool) -> None:
        row = self._row(which)
        if row is not None and row.alive:
            self.served.do(lambda tws: (tws.reject if rejected else tws.cancel)(row.order_ref))
            self.do(_nothing())

    @rule(which=some, fault=at_the_cancel)
    def cancel(self, which: int, fault: Fault | None) -> None:
        orders = self.orders.orders()
        if not orders:
            return
        ref = orders[which % len(orders)].ref
        self.fail(fault)

        async def cancelling() -> None:
            count = self.served.do(_cancels)
            with suppress(OrderRefused, BrokerError):
                await self.orders.cancel(ref)
                await asyncio.to_thread(self.served.wait, lambda tws: _cancels(tws) > count)

        self.do(cancelling())

    @rule()
    def dropped(self) -> None:
        if self.connected:
            self.served.do(lambda tws: tws.drop())
            self.do(self.desk.lost())

    @rule(rolled=st.booleans())
    def tws_restarted(self, rolled: bool) -> None:
        connected = self.connected
        self.served.restart(next_id=1 if rolled else None)
        self.do(self.desk.lost() if connected else _nothing())

    @rule()
    def connected_again(self) -> None:
        if not self.connected:
            self.do(self.desk.reconnected())

    @rule(kept=st.booleans(), which=some)
    def servers_lost(self, kept: bool, which: int) -> None:
        """And back, with a fill meanwhile."""
        if not self.connected:
            return
        self.served.do(lambda tws: tws.connectivity(1100))
        row = self._row(which)
        if row is not None and row.alive:
            self.served.do(lambda tws: tws.fill(row.order_ref, 1))
        self.served.do(lambda tws: tws.connectivity(1102 if kept else 1101))
        self.do(_nothing())

    @rule()
    def time_passes(self) -> None:
        async def passing() -> None:
            self.desk.naps.end(10)

        self.do(passing())

    @rule()
    def killed(self) -> None:
        async def dying() -> None:
            self.life.dead.set()

        self.do(dying())

    @rule(state=st.sampled_from([OrderState.CANCELLED, OrderState.REJECTED]))
    def decided_by_hand(self, state: OrderState) -> None:
        unknown = [one for one in self.orders.orders() if one.state is OrderState.UNKNOWN]
        if unknown:

            async def deciding() -> None:
                with suppress(OrderRefused):  # a part of it was traded
                    await self.orders.resolve(unknown[0].ref, state)
                    self.by_hand.add(unknown[0].ref)

            self.do(deciding())

    @invariant()
    def no_intent_is_at_the_broker_twice_and_none_changed_another(self) -> None:
        placed = self.served.do(lambda tws: tws.journal.orders())
        refs = [one.order_ref for one in placed]
        assert len(set(refs)) == len(refs)
        taken = [one.perm_id for one in placed if one.accepted]
        assert len(set(taken)) == len(taken)
        known = {one.ref: (one.ticket, one.place) for one in self.orders.orders()}
        intents = [known[ref] for ref in refs]
        assert len(set(intents)) == len(intents)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for order in self.orders.orders():
            before = self.ended.get(order.ref)
            assert before in (None, order.state), f"{order.ref}: {before} became {order.state}"
            if order.state.over:
                self.ended[order.ref] = order.state

    def teardown(self) -> None:
        try:
            if not self.connected:
                self.do(self.desk.reconnected())
            self.do(self._compared_with_the_truth())
        finally:
            self.loop.run_until_complete(self._killed())
            self.loop.close()
            self.serving.__exit__(None, None, None)
            self.home.cleanup()

    async def _compared_with_the_truth(self) -> None:
        await self.orders.reconcile()
        await self.desk.holds(self.served.tws)
        for row in self.served.do(lambda tws: list(tws.orders)):
            order = self.desk.now(row.order_ref)
            assert order.filled == row.filled
            late = order.state is OrderState.CANCELLED and "all the same" in order.said
            if row.order_ref not in self.by_hand and not late:
                assert order.state in SAME[row.status]

    def _row(self, which: int) -> BrokerOrder | None:
        rows = self.served.do(lambda tws: list(tws.orders))
        return rows[which % len(rows)] if rows else None


async def _nothing() -> None:
    pass


async def _unpaced(ib: Any) -> None:  # noqa: ANN401
    """Have the library send at once: this TWS counts no requests a second."""
    ib.client.MaxRequests = 0


def _cancels(tws: FakeTws) -> int:
    return len(tws.journal.of("cancel_order"))


def _consumed(tws: FakeTws) -> bool:
    """Whether a cut that was asked for has happened."""
    return not tws.faults & CUTS


KINDS: tuple[Callable[[int], Ticket], ...] = (
    *(credit_collar, ladder),
    *(lambda quantity, put=put: puts(quantity, put=put) for put in PUTS),
)


TestOrdersAtTws = TwsMachine.TestCase
TestOrdersAtTws.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
