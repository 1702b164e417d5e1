"""The one connection to TWS: made, watched, and made again after every loss."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk.adapters.ibkr import failing
from vaultdesk.adapters.ibkr._library import load
from vaultdesk.adapters.ibkr.figures import NEW_YORK
from vaultdesk.adapters.ibkr.link import Link
from vaultdesk.adapters.ibkr.listeners import Listeners
from vaultdesk.adapters.ibkr.waiting import end, first
from vaultdesk.adapters.ibkr.wire import ErrorRow, Row
from vaultdesk.core.orders.broker import BrokerState, BrokerStatus
from vaultdesk.ports import BrokerError, BrokerFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime, tzinfo

    from vaultdesk.ports import Clock

T = TypeVar("T")

BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds to wait after the first, second … failure; the last for all others."""

JITTER = 0.2
"""A wait is longer by up to this fraction, so that several desks do not come back at once."""

SYNCING = "TWS is asked how things stand."

SERVERS_LOST, DATA_LOST, DATA_KEPT = 1100, 1101, 1102

_OPEN = (BrokerState.READY, BrokerState.READ_ONLY, BrokerState.DEGRADED)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds TWS has for what, and between two heartbeats."""

    connect_s: float = 10.0
    answer_s: float = 10.0
    heartbeat_every_s: float = 15.0
    heartbeat_answer_s: float = 5.0


class Connection:
    """Supervises one client of TWS; the broker and the feed share it.

    A loss is noticed by the socket or, half open, by two heartbeats that are not answered; then
    it is made again after 1, 2, 5, 10, 30, 30 … seconds. The library's object is a new one each
    time: nothing of a former connection can be taken for news.
    """

    name = "IBKR"

    def __init__(
        self,
        host: str,
        port: int,
        client_id: int,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeouts: Timeouts = Timeouts(),
        rng: random.Random | None = None,
    ) -> None:
        self.client_id = client_id
        self.epoch = 0
        self.zone: tzinfo = NEW_YORK
        self._host, self._port, self._clock, self._sleep = host, port, clock, sleep
        self._timeouts = timeouts
        self._rng = rng or random.Random()  # noqa: S311 - jitter
        self._status = BrokerStatus(self.name, BrokerState.OFFLINE, "TWS was not called yet.")
        self._states, self._wires = Listeners[BrokerStatus](), Listeners[Row]()
        self._syncs: list[Callable[[Any], Awaitable[None]]] = []
        self._link: Link | None = None
        self._alone = asyncio.Lock()
        self._asking: set[asyncio.Task[Any]] = set()
        self._running: asyncio.Task[None] | None = None
        self._users = 0
        self._changed, self._wake, self._hurry = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._loss = self._orders_refused = ""
        self._servers_lost = self._data_lost = self._was_up = self._kept = False

    @property
    def status(self) -> BrokerStatus:
        """How things stand."""
        return self._status

    @property
    def ib(self) -> Any:  # noqa: ANN401
        """The library's object of this connection; another one after each loss.

        Raises:
            BrokerError: there is no connection (NOT_READY).
        """
        if self._link is None or self._link.loss:
            raise self._not_ready()
        return self._link.ib

    def hear_state(self, handler: Callable[[BrokerStatus], None]) -> Callable[[], None]:
        """Tell `handler` each new state, until the returned function is called."""
        return self._states.add(handler)

    def hear_wire(self, handler: Callable[[Row], None]) -> Callable[[], None]:
        """Tell `handler` each row TWS sends, until the returned function is called."""
        return self._wires.add(handler)

    def at_sync(self, work: Callable[[Any], Awaitable[None]]) -> None:
        """Await `work` before the connection counts as ready, in every epoch.

        It may raise BrokerError: then the connection is given up and made again.
        """
        self._syncs.append(work)

    def start(self) -> None:
        """Connect and stay connected until `close`, whoever else waits in `run`."""
        self._kept = True
        self._begin()

    async def run(self) -> None:
        """Connect and stay connected, until the last one who waits here is cancelled."""
        self._users += 1
        try:
            await asyncio.shield(self._begin())
        finally:
            self._users -= 1
            if not (self._users or self._kept):
                await self.close()

    def hurry(self) -> None:
        """Connect at once instead of waiting; connected already, look again how things stand."""
        self._hurry.set()
        if self._status.state in _OPEN:
            self._data_lost = True
            self._wake.set()

    async def ready(self, timeout_s: float) -> Any:  # noqa: ANN401
        """The library's object once the connection is up.

        Raises:
            BrokerError: it is not within this time (NOT_READY).
        """
        try:
            async with asyncio.timeout(timeout_s):
                while self._status.state not in _OPEN:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise self._not_ready() from None
        return self.ib

    async def ask(self, start: Callable[[Any], Awaitable[T]], timeout_s: float | None = None) -> T:
        """The answer to one of the library's `*Async` requests.

        Raises:
            BrokerError: no connection (NOT_READY), it was lost meanwhile (LOST), no answer in
                time (TIMEOUT), or RequestRefused with TWS's own words (NO_DATA).
        """
        seconds = self._timeouts.answer_s if timeout_s is None else timeout_s
        refused = load().wrapper.RequestError
        try:
            async with asyncio.timeout(seconds):
                return await start(self.ib)
        except TimeoutError:
            raise failing.silent(seconds) from None
        except ConnectionError:
            raise failing.lost() from None
        except refused as error:
            raise failing.RequestRefused(error.code, error.message) from None

    async def ask_alone(
        self, start: Callable[[Any], Awaitable[T]], timeout_s: float | None = None
    ) -> T:
        """Likewise for positions, open orders and completed orders: one request at a time.

        Their answers carry no number: a second request hangs the first, and a late answer would
        pass for the next one's. A request therefore goes on when its caller is cancelled, and
        one without an answer ends the connection.
        """
        task = asyncio.create_task(self._asked_alone(start, timeout_s))
        self._asking.add(task)
        task.add_done_callback(self._answered)
        return await asyncio.shield(task)

    def refuse_orders(self, sentence: str) -> None:
        """TWS takes no orders, says who found out while it was synchronised."""
        self._orders_refused = sentence

    async def close(self) -> None:
        """Hang up at once; never raises."""
        tasks = [*self._asking, *([self._running] if self._running else [])]
        self._kept, self._running = False, None
        await end(*tasks)

    def _begin(self) -> asyncio.Task[None]:
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run(), name="tws")
        return self._running

    async def _asked_alone(
        self, start: Callable[[Any], Awaitable[T]], timeout_s: float | None
    ) -> T:
        async with self._alone:
            try:
                return await self.ask(start, timeout_s)
            except BrokerError as error:
                if error.fault is BrokerFault.TIMEOUT and self._link is not None:
                    self._link.give_up(str(error))
                raise

    def _answered(self, task: asyncio.Task[Any]) -> None:
        self._asking.discard(task)
        if not task.cancelled():
            task.exception()  # the caller may be gone

    async def _run(self) -> None:
        failures = 0
        try:
            while True:
                with suppress(BrokerError):
                    await self._session()
                failures = 0 if self._was_up else failures
                wait = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
                failures += 1
                await self._pause(wait * (1 + self._rng.uniform(0, JITTER)))
        finally:
            self._become(BrokerState.OFFLINE, "The connection to TWS was closed.")

    async def _pause(self, seconds: float) -> None:
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        self._hurry.clear()
        self._become(BrokerState.OFFLINE, self._loss, retry_at)
        await first(self._sleep(seconds), self._hurry.wait())

    async def _session(self) -> None:
        """One connection, from the call to its loss; it always ends by raising."""
        self._was_up = self._servers_lost = self._data_lost = False
        self._wake.clear()
        self._become(BrokerState.CONNECTING, f"TWS at {self._host}:{self._port} is called.")
        link = Link(self._hear, self._wake.set)
        try:
            await link.open(self._host, self._port, self.client_id, self._timeouts.connect_s)
            self._link = link
            self.epoch += 1
            self._become(BrokerState.SYNCING, SYNCING)
            self.zone = link.zone(await self.ask(lambda ib: ib.reqCurrentTimeAsync()))
            await self._synchronise()
            while True:
                await self._watch(link)
        except BrokerError as error:
            self._loss = link.loss = link.loss or str(error)  # hanging up is a loss as well
            raise
        finally:
            self._link = None
            await link.hang_up()

    async def _synchronise(self) -> None:
        """Everything that must be known before orders may be sent."""
        self._become(BrokerState.SYNCING, SYNCING)
        self._data_lost, self._orders_refused = False, ""
        for work in tuple(self._syncs):
            await work(self.ib)
        self._settle()

    async def _watch(self, link: Link) -> None:
        """Wait for news or the next heartbeat, and see to it."""
        if not (link.loss or self._data_lost):
            self._wake.clear()
            await first(self._sleep(self._timeouts.heartbeat_every_s), self._wake.wait())
        if link.loss:
            raise BrokerError(BrokerFault.LOST, link.loss)
        if self._data_lost:
            self.epoch += 1
            await self._synchronise()
        else:
            await self._beat()

    async def _beat(self) -> None:
        """Ask the time, twice at most: who does not answer is not there, whatever the socket."""
        seconds = self._timeouts.heartbeat_answer_s
        try:
            await self.ask(lambda ib: ib.reqCurrentTimeAsync(), seconds)
        except BrokerError as error:
            if error.fault is not BrokerFault.TIMEOUT:
                raise
            self._become(BrokerState.DEGRADED, "TWS does not answer; it is asked once more.")
            await self.ask(lambda ib: ib.reqCurrentTimeAsync(), seconds)
            self._settle()

    def _not_ready(self) -> BrokerError:
        why = self._link.loss if self._link is not None else self._status.sentence
        return BrokerError(BrokerFault.NOT_READY, f"TWS is not connected. {why}".strip())

    def _settle(self) -> None:
        """The state that follows from what is known."""
        if self._servers_lost:
            sentence = "TWS has lost Interactive Brokers' servers and goes on trying by itself."
            self._become(BrokerState.DEGRADED, sentence)
        elif self._orders_refused:
            self._become(BrokerState.READ_ONLY, self._orders_refused)
        else:
            self._become(BrokerState.READY, "TWS is connected.")
        self._was_up = True

    def _hear(self, row: Row) -> None:
        if isinstance(row, ErrorRow):
            self._hear_error(row)
        self._wires.tell(row)

    def _hear_error(self, row: ErrorRow) -> None:
        if row.code == SERVERS_LOST:
            self._servers_lost = True
            if self._status.state in _OPEN:
                self._settle()
        elif row.code in (DATA_LOST, DATA_KEPT):
            self._servers_lost, self._data_lost = False, True
            self._wake.set()

    def _become(self, state: BrokerState, sentence: str, retry_at: datetime | None = None) -> None:
        accounts = (self._link and self._link.accounts) or self._status.accounts
        status = BrokerStatus(self.name, state, sentence, accounts, retry_at)
        if status == self._status:
            return
        self._status = status
        self._changed.set()
        self._states.tell(status)
