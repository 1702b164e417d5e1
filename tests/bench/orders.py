"""From the click to the socket, and from a lost connection to 500 orders compared, at TWS's fake.

The fake serves in a thread of the same process: what it costs is counted too.
"""

import asyncio
import tempfile
import time
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench import order_window
from tests.fakes.broker import buying, market_of, option, ticket
from tests.fakes.tws import FakeTws, Served, gld_market, in_thread
from tests.services.order_rig import OrderDesk
from vaultdesk.adapters.ibkr.broker import IbkrBroker
from vaultdesk.adapters.ibkr.connection import Connection
from vaultdesk.app.parts import WallClock
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Order, OrderState
from vaultdesk.core.orders.limits import Limits
from vaultdesk.storage.database import Database

CLICKS = 500
CLICK_MS, RECONCILE_S = 20, 3
CLICKED = (OrderState.CONFIRMED, OrderState.SENDING)
PUTS = [option(f"{strike}") for strike in range(300, 350, 5)]


class Sending(IbkrBroker):
    """The real one; `took` are the milliseconds each order spent in it, `out` when one was out.

    `commits` say how long it waited for the disk before.
    """

    def __init__(self, connection: Connection, clock: WallClock) -> None:
        super().__init__(connection, clock)
        self.took: list[float] = []
        self.out = self.waited = 0.0
        self.commits = Commits(None)

    async def place(self, order: Order) -> int:
        start, self.waited = time.perf_counter(), self.commits.spent
        order_id = await super().place(order)
        self.out = time.perf_counter()
        self.took.append(1000 * (self.out - start))
        return order_id


class Commits:
    """A store that knows how long the commits took that a click waits for."""

    def __init__(self, store: Any) -> None:  # noqa: ANN401
        self._store, self.spent = store, 0.0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._store, name)
        return self._timed(found) if name in ("confirm", "save") else found

    def _timed(self, work: Any) -> Any:  # noqa: ANN401
        async def timed(orders: tuple[Order, ...], *more: Any) -> Any:  # noqa: ANN401
            start = time.perf_counter()
            try:
                return await work(orders, *more)
            finally:
                if any(order.state in CLICKED for order in orders):
                    self.spent += time.perf_counter() - start

        return timed


def run() -> None:
    """Print all, with their limits; the window last."""
    print(f"orders, {CLICKS} of one put each, the real client of TWS over loopback:")
    market = gld_market("350", date(2026, 11, 2))
    with in_thread(lambda: FakeTws(market=market)) as served, tempfile.TemporaryDirectory() as home:
        asyncio.run(_session(served, Path(home)))
    order_window.run()


async def _session(served: Served, home: Path) -> None:
    broker = Sending(Connection("127.0.0.1", served.port, 7, WallClock()), WallClock())
    with Database(home / "desk.db") as database:
        desk = OrderDesk(database, broker=broker, limits=Limits(max_contracts=10**6))  # type: ignore[arg-type]
        desk.market.show(*(market_of(put) for put in PUTS))
        commits = Commits(desk.store)
        broker.commits = commits
        await desk.orders.use(commits)
        running = asyncio.create_task(desk.orders.run())
        await _ready(desk)
        await desk.orders.switch_on()
        await _clicks(desk, broker, commits)
        await _lost(desk, served)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await desk.orders.close()


async def _ready(desk: OrderDesk) -> None:
    """Connected and compared."""
    async with asyncio.timeout(60):
        while "compared" in desk.orders.ready or desk.broker.status.state != "ready":  # noqa: ASYNC110
            await asyncio.sleep(0)  # whatever ends it


async def _clicks(desk: OrderDesk, broker: Sending, commits: Commits) -> None:
    beyond = []
    for number in range(CLICKS):
        preview = await desk.previewed(ticket=ticket(_one(PUTS[number % len(PUTS)])))
        await desk.orders.settled()  # what was said of the last one is on disk
        commits.spent, start = 0.0, time.perf_counter()
        await desk.orders.place(preview.hash)
        beyond.append(1000 * (broker.out - start - broker.waited))
    for name, took in (
        ("click to socket beyond the commits", beyond),
        ("of it in the adapter", broker.took),
    ):
        high = sorted(took)[int(0.99 * CLICKS)]
        verdict = "ok" if high < CLICK_MS else f"OVER {CLICK_MS} ms"
        print(f"  {name}: median {sorted(took)[CLICKS // 2]:.2f} ms, p99 {high:.2f} ms: {verdict}")


def _one(put: Instrument) -> Any:  # noqa: ANN401
    return buying(put, 1, "8.50")


async def _lost(desk: OrderDesk, served: Served) -> None:
    """Every second order was filled while the desk was away."""
    await desk.until(lambda: _count(desk, OrderState.WORKING) == CLICKS)
    start = time.perf_counter()
    served.do(lambda tws: tws.drop())
    refs = [order.ref for order in desk.orders.orders()][::2]
    served.do(lambda tws: [tws.fill(ref, "1", "8.50") for ref in refs])
    await desk.until(lambda: desk.broker.status.state != "ready")
    await _ready(desk)
    took = time.perf_counter() - start
    filled = _count(desk, OrderState.FILLED)
    verdict = "ok" if took < RECONCILE_S and filled == len(refs) else "NOT REACHED"
    print(
        f"  connection lost, made again, {CLICKS} orders compared, {filled} found filled: "
        f"{took:.2f} s (limit {RECONCILE_S} s, of it 1.0 to 1.2 s of rest): {verdict}"
    )


def _count(desk: OrderDesk, state: OrderState) -> int:
    return sum(order.state is state for order in desk.orders.orders())
