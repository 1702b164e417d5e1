"""The whole desk while a broker tells 10,000 things of 500 orders, with 1,000 positions held.

The window is real, its database a file; orders, positions and the audit log are in sight. The
broker is scripted: it speaks as fast as a socket could be read, and costs next to nothing itself.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from tests.bench.loop import LoopProbe, memory_mb
from tests.bench.session import SETTLED_S, with_desk
from tests.fakes.broker import PAPER, Exchange, ScriptedBroker
from tests.fakes.orders import confirmation
from vaultdesk.adapters.simulated import SimulatedFeed
from vaultdesk.app.desk import Desk
from vaultdesk.app.parts import DATABASE, Profile, WallClock
from vaultdesk.app.trading import Trading
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.orders.broker import CommissionTold, Execution, HoldingsTold, NoteTold, Told
from vaultdesk.core.orders.draft import OrderDraft, OrderLeg
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.orders.life import Mode, Order, OrderState
from vaultdesk.storage.database import Database
from vaultdesk.storage.order_store import SqlOrderStore
from vaultdesk.ui.layouts import Split, arrange
from vaultdesk.ui.orders.order_list import SHOWN, OrderList

POSITIONS, ORDERS, FILLS = 1_000, 500, 6
EVENTS = ORDERS * (2 + 3 * FILLS)
"""Of each order: acknowledged, a remark, and of each fill the trade, the order and the fee."""
PER_SECOND = 2_000
ENTRIES = 100_000
FRAME_MS = 16
SCHEDULED = Path("/proc/thread-self/schedstat")
NAME = "bench broker"
PRICE, FEE = Decimal("3.20"), Decimal("0.65")
IN_SIGHT = Split("across", ("orders", Split("down", ("positions", "audit"), (60, 40))), (50, 50))


class Script:
    """A broker with a book: `held` changes with each fill that is told, as at the real one."""

    def __init__(self, instruments: list[Instrument]) -> None:
        self.exchange = Exchange(clock=WallClock())  # type: ignore[arg-type]
        self.broker = ScriptedBroker(self.exchange, name=NAME)
        self.options = instruments
        for number, one in enumerate(instruments):
            trade = _bought(one, number)
            self.exchange.trades[trade.exec_id] = trade
        self.orders = [self._working(number) for number in range(ORDERS)]
        self.held = {one.instrument: one for one in self.exchange.snapshot().positions}
        self.told = 0

    def news(self) -> list[Told]:
        """All that is going to happen: each order's own in order, those of all mixed."""
        dice = random.Random(7)  # noqa: S311
        waiting = [list(self._of(one)) for one in self.orders]
        turns = [place for place, own in enumerate(waiting) for _ in own]
        dice.shuffle(turns)
        parts = [iter(own) for own in waiting]
        return [next(parts[place]) for place in turns]

    def tell(self, news: Told) -> None:
        """Say it, and after a trade what is held now."""
        self.told += 1
        self.broker.tell(news)
        execution = getattr(news, "execution", None)
        if execution is not None:
            before = self.held[execution.instrument]
            self.held[execution.instrument] = replace(
                before, quantity=before.quantity + execution.quantity
            )

    def tell_holdings(self) -> None:
        """Everything that is held, as after each packet that changed it."""
        now = self.exchange.clock.now()
        self.broker.tell(HoldingsTold((), tuple(self.held.values()), now))

    def _working(self, number: int) -> Order:
        now = self.exchange.clock.now()
        leg = OrderLeg(self.options[number % len(self.options)], 1)
        made = Order(
            ref=f"VD-bench-{number:06d}",
            ticket=f"{number:064x}",
            place=0,
            draft=OrderDraft((leg,), FILLS, PRICE),
            title="Protective put",
            broker=NAME,
            account=PAPER,
            mode=Mode.PAPER,
            state=OrderState.SENDING,
            confirmed_at=now,
            changed_at=now,
        )
        row = self.exchange.take(made)
        return replace(made, order_id=row.order_id, perm_id=row.perm_id)

    def _of(self, order: Order) -> Iterator[Told]:
        now = self.exchange.clock.now()
        yield self.exchange.told(order.ref)
        yield NoteTold(order.ref, 399, "The order is routed to an exchange that is open.", now)
        for _ in range(FILLS):
            traded, stands = self.exchange.fill(order.ref, 1, PRICE)
            yield traded
            yield stands
            yield CommissionTold(traded.execution.exec_id, FEE, "USD", "wire")  # type: ignore[union-attr]


def run() -> None:
    """Print how late the loop gets, how long until all is on disk, and the log's export."""
    script = asyncio.run(_script())

    async def work(desk: Desk) -> None:
        desk.trading.broker = script.broker  # type: ignore[assignment]
        await _watch(desk, script)

    print(f"{EVENTS:,} order events at {PER_SECOND:,}/s, {POSITIONS:,} positions, whole desk:")
    with_desk(work, prepare=lambda profile: asyncio.run(_keep(profile, script)))


async def _script() -> Script:
    """Positions in options that the simulated market of the desk lists, too."""
    feed = SimulatedFeed()
    expiries = [day for day in await feed.expirations("GLD") if day > feed.clock.now().date()]
    listed: list[Instrument] = []
    for expiry in expiries:
        chain = await feed.chain("GLD", expiry)
        listed += [Instrument("GLD", expiry, row.strike, row.right, 100) for row in chain.rows]
    step = len(listed) / POSITIONS
    return Script([listed[int(number * step)] for number in range(POSITIONS)])


async def _keep(profile: Profile, script: Script) -> None:
    """The orders are in the profile's database when the desk opens it."""
    with Database(profile.home / DATABASE) as database:
        await SqlOrderStore(database).confirm(tuple(script.orders), confirmation(*script.orders))


async def _watch(desk: Desk, script: Script) -> None:
    await asyncio.sleep(SETTLED_S)
    arrange(desk.window, desk.window.docks, IN_SIGHT)
    await _quiet(desk)
    print(f"  before: {len(desk.trading.positions.rows):,} positions shown, {memory_mb():.0f} MB")
    async with probed("nothing told, 5 s"):
        await asyncio.sleep(5)
    news = script.news()
    start = time.perf_counter()
    async with probed("while they were told, shown and kept"):
        await _tell(script, news)
        said = time.perf_counter()
        await desk.trading.orders.settled()
        kept = time.perf_counter()
        await _quiet(desk)
    print(f"  told in {said - start:.1f} s, all of it on disk {kept - said:.2f} s later")
    await _check(desk, script)
    await _export(desk, Path(desk.profile.home) / "audit.csv")


async def _tell(script: Script, news: list[Told]) -> None:
    """On a fixed grid: what a late loop missed is told at once when it is back."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    while script.told < len(news):
        due = min(int((loop.time() - start) * PER_SECOND), len(news))
        if due > script.told:
            for one in news[script.told : due]:
                script.tell(one)
            script.tell_holdings()
        await asyncio.sleep(0.002)


async def _quiet(desk: Desk) -> None:
    """Until nothing that was told is still to be surveyed or shown."""
    async with asyncio.timeout(120):
        while desk.trading.positions.wanted or not desk.trading.positions.rows:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)


async def _check(desk: Desk, script: Script) -> None:
    """Say what is missing: in the services, in the panels, on disk."""
    trading = desk.trading
    with Database(desk.profile.home / DATABASE) as database:
        store = SqlOrderStore(database)
        kept, trades = await store.orders(), await store.executions(NAME)
    table = desk.window.findChild(OrderList, "orders.table")
    assert table is not None
    there = script.held.values()
    found = (
        ("orders filled", ORDERS, _filled(trading.orders.orders())),
        ("of them on disk", ORDERS, _filled(kept)),
        ("in the list's rows", min(ORDERS, SHOWN), _filled(table.rows)),
        ("trades on disk", ORDERS * FILLS, len(trades) - POSITIONS),
        ("with their fee", ORDERS * FILLS, sum(one.commission == FEE for one in trades)),
        ("contracts at the broker", sum(one.quantity for one in there), _sum(trading)),
        ("differences", 0, len(trading.positions.differences)),
    )
    for name, wanted, got in found:
        print(f"    {got:,} {name}: {'ok' if got == wanted else f'NOT {wanted:,}'}")


def _filled(orders: Iterable[Order]) -> int:
    return sum(one.state is OrderState.FILLED for one in orders)


def _sum(trading: Trading) -> Decimal:
    return sum((one.quantity for one in trading.positions.survey.counted), Decimal(0))


async def _export(desk: Desk, path: Path) -> None:
    """Of a log of so many entries, while it is in sight."""
    audit = desk.trading.audit
    missing = ENTRIES - await audit.count()
    at = datetime.now(UTC)
    for number in range(missing):
        audit.note(Fact(FactKind.NOTE, at, f"bench {number}", NAME, "A remark.", "4;2;-1;2104;OK"))
    await audit.settled()
    await asyncio.sleep(3)
    async with probed(f"while {ENTRIES:,} entries of the audit log are exported"):
        start = time.perf_counter()
        count = await audit.export(path)
        took = time.perf_counter() - start
    print(f"  {count:,} entries exported in {took:.1f} s")


def waited_ms() -> float:
    """Milliseconds that this thread was ready and had no core; 0 where the system does not tell."""
    try:
        return int(SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e6
    except OSError:
        return 0.0


@dataclass
class CoreProbe(LoopProbe):
    """Also the lateness less what the thread waited for a core that other programs had."""

    own: list[float] = field(default_factory=list)
    waited: float = field(default_factory=waited_ms)

    def _called(self, due: float) -> None:
        super()._called(due)
        before, self.waited = self.waited, waited_ms()
        self.own.append(max(self.samples[-1] - (self.waited - before), 0.0))


@asynccontextmanager
async def probed(name: str) -> AsyncIterator[None]:
    """Print how late the loop was within, and how much of it by its own doing."""
    probe, cpu, before = CoreProbe(), time.process_time(), time.perf_counter()
    probe.start()
    yield
    probe.stop()
    busy = 100 * (time.process_time() - cpu) / (time.perf_counter() - before)
    own = sorted(probe.own)
    over = sum(late > FRAME_MS for late in own)
    print(
        f"  {name}: lateness p50 {probe.quantile(0.5):.2f} p99 {probe.quantile(0.99):.2f} worst "
        f"{max(probe.samples):.1f} ms; {memory_mb():.0f} MB, {busy:.0f} % of a core"
    )
    print(
        f"    with a core free at once: p99 {own[int(0.99 * len(own))]:.2f} worst {own[-1]:.1f} ms,"
        f" {over} of {len(own):,} over {FRAME_MS} ms: {'OVER' if over else 'ok'}"
    )


def _bought(option: Instrument, number: int) -> Execution:
    at = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    return Execution(
        exec_id=f"0001.{number + 1:04d}",
        revision=1,
        ref="",
        perm_id=0,
        account=PAPER,
        instrument=option,
        quantity=Decimal(10),
        price=PRICE,
        at=at,
    )
