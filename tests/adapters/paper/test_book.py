"""The paper account's book: conserved to the cent, the same after any restart, made by its log."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.adapters.paper.rig import (
    CALL,
    CASH,
    EXPIRY,
    LOWER,
    PUT,
    SHARE,
    Desk,
    Disk,
    buy,
    combo,
    option,
    order,
    sell,
)
from vaultdesk.adapters.paper.book import Book, folded
from vaultdesk.adapters.paper.events import Filled, read, written
from vaultdesk.core.calendar import trading_date
from vaultdesk.core.market import DailyClose
from vaultdesk.core.orders.broker import ExecutionTold, Snapshot, Standing
from vaultdesk.core.orders.draft import Tif
from vaultdesk.core.orders.fills import net
from vaultdesk.core.orders.instrument import Instrument
from vaultdesk.core.positions.ledger import ledger
from vaultdesk.ports import BrokerError, StorageError
from vaultdesk.storage.database import Database
from vaultdesk.storage.paper_store import SqlPaperStore

D = Decimal
SOON = option(350, "P", date(2026, 7, 17))
INSTRUMENTS = (PUT, LOWER, CALL, SOON, SHARE)
DRAFTS = (
    buy(PUT, 7, "3.20"),
    buy(PUT, 3, tif=Tif.GTC),
    sell(PUT, 5, "3.00"),
    sell(PUT, 2),
    buy(SOON, 9, "4.00", Tif.GTC),
    sell(SOON, 2),
    combo((PUT, 1), (CALL, -1), quantity=4, limit="0.10"),
    combo((PUT, -1), (LOWER, 2), quantity=3, limit="1.00"),
    buy(SHARE, 150, "351"),
    sell(SHARE, 90),
    buy(PUT, 4_000, "3.20"),
)
REFS = [f"VD-{number}" for number in range(6)]
CENTS = st.integers(1, 700)
SIZE = st.none() | st.integers(0, 12)
STEP = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(REFS), st.integers(0, len(DRAFTS) - 1)),
    st.tuples(st.just("place"), st.sampled_from(REFS), st.integers(0, len(DRAFTS) - 1)),
    st.tuples(st.just("quote"), st.integers(0, 3), CENTS, st.integers(-5, 60), SIZE, SIZE),
    st.tuples(st.just("spot"), st.integers(330, 370), SIZE),
    st.tuples(st.just("look"), st.integers(0, 90)),
    st.tuples(st.just("look"), st.integers(0, 90)),
    st.tuples(st.just("night"), st.integers(1, 6)),
    st.tuples(st.just("cancel"), st.sampled_from(REFS)),
    st.tuples(st.just("full"), st.sampled_from([False, False, True])),
    st.tuples(st.just("restart")),
)
Steps = list[tuple[object, ...]]
Traded = defaultdict[tuple[str, Instrument], int]


@dataclass
class Story:
    """The same things happening to one desk, with or without the restarts among them."""

    restarts: bool = True
    desk: Desk = field(default_factory=Desk)

    async def play(self, steps: Steps) -> "Story":
        """One step after another, then two looks with room on the disk."""
        await self.desk.start()
        self.desk.closes = [
            DailyClose(date(2026, 7, 1) + timedelta(days=day), D("345.67")) for day in range(30)
        ]
        for number, bid in enumerate((310, 100, 300, 380)):
            await self._quote(number, bid, 10, 5, 5)
        await self._spot(350, None)
        for name, *values in steps:
            await getattr(self, f"_{name}")(*values)
        await self._full(False)
        await self._look(1)
        await self._night(8)  # one of the puts has expired by then
        return self

    async def _place(self, ref: str, number: int) -> None:
        try:
            await self.desk.broker.place(order(ref, DRAFTS[number]))
        except BrokerError:
            assert self.desk.disk.full

    async def _quote(
        self, number: int, bid: int, spread: int, bid_size: int | None, ask_size: int | None
    ) -> None:
        prices = (str(D(bid) / 100), str(D(max(bid + spread, 0)) / 100))
        self.desk.market.show(INSTRUMENTS[number], *prices, (bid_size, ask_size))

    async def _spot(self, price: int, size: int | None) -> None:
        self.desk.market.show(SHARE, None, None, (size, size), last=str(price))

    async def _look(self, seconds: int) -> None:
        self.desk.clock.advance(seconds)
        self.desk.market.again()
        try:
            await self.desk.broker.look()
        except StorageError:
            assert self.desk.disk.full

    async def _night(self, days: int) -> None:
        await self._look(86_400 * days)

    async def _cancel(self, ref: str) -> None:
        try:
            await self.desk.broker.cancel(order(ref, DRAFTS[0]))
        except BrokerError:
            received = any(f'"ref":"{ref}"' in line for line in self.desk.disk.lines)
            assert self.desk.disk.full or not received

    async def _full(self, refuse: bool) -> None:
        self.desk.disk.full = refuse

    async def _restart(self) -> None:
        if self.restarts:
            before = await self.desk.broker.snapshot()
            await self.desk.restart()
            after = await self.desk.broker.snapshot()
            for name in ("positions", "orders", "executions", "final"):
                assert getattr(before, name) == getattr(after, name)
            assert before.accounts[0].cash == after.accounts[0].cash


def check(desk: Desk, told: Snapshot) -> None:
    """What must hold of any account whatever happened."""
    flows = sum(
        (one.quantity * one.price * one.instrument.multiplier + (one.commission or 0)
         for one in told.executions), D(0))  # fmt: skip
    assert told.accounts[0].cash == CASH - flows
    assert told.positions == ledger(told.executions)
    assert len({one.exec_id for one in told.executions}) == len(told.executions)
    lines = read(desk.disk.lines)
    book = folded(lines)
    assert msgspec.json.encode(canonical(book)) == msgspec.json.encode(
        canonical(desk.broker._journal.book)
    )
    traded = Traded(int)
    for one in told.executions:
        traded[one.ref, one.instrument] += int(one.quantity)
    for kept in book.orders.values():
        assert 0 <= kept.filled <= kept.draft.quantity
        assert (kept.standing is Standing.FILLED) == (kept.filled == kept.draft.quantity)
        for leg in kept.draft.legs:
            assert traded[kept.ref, leg.instrument] == leg.ratio * kept.filled
    for made in lines:
        if isinstance(made, Filled):
            draft = book.orders[made.ref].draft
            price = net(draft, [leg.price for leg in made.legs])
            assert draft.limit is None or price <= draft.limit
            assert all(leg.quoted >= book.orders[made.ref].received for leg in made.legs)


def canonical(book: Book) -> dict[str, object]:
    return {
        "cash": book.cash,
        "held": sorted((one.key, count) for one, count in book.held.items()),
        "orders": list(book.orders.values()),
        "working": list(book.working),
        "executions": book.executions,
        "taken": [(one.key, side, *gone) for (one, side), gone in book.taken.items()],
        "count": book.count,
    }


@settings(max_examples=200)
@given(steps=st.lists(STEP, min_size=12, max_size=60))
def test_whatever_happens_the_account_is_conserved_and_a_restart_changes_nothing(
    steps: Steps,
) -> None:
    async def told() -> tuple[Snapshot, list[str], list[str]]:
        story, other = await Story().play(steps), await Story(restarts=False).play(steps)
        snapshot = await story.desk.broker.snapshot()
        check(story.desk, snapshot)
        return snapshot, story.desk.disk.lines, other.desk.disk.lines

    snapshot, lines, unbroken = asyncio.run(told())
    assert lines == unbroken
    kinds = {msgspec.json.decode(line)["type"] for line in lines}
    event(f"{len(snapshot.executions) > 0} executions, {'settled' in kinds} settled")


def test_every_event_is_read_back_as_it_was_written() -> None:
    steps: Steps = [("place", REFS[i], i) for i in range(6)]
    steps += [("look", 1), ("quote", 3, 200, 5, None, None), ("look", 1), ("look", 1)]
    steps += [("quote", 0, 400, 10, 5, 5), ("place", "late", 0), ("cancel", "late")]
    steps += [("place", "big", 10), ("night", 1), ("night", 7)]
    desk = asyncio.run(Story().play(steps)).desk
    events = read(desk.disk.lines)
    assert [written(one) for one in events] == desk.disk.lines
    assert {type(one).__name__ for one in events} == {
        *("Deposited", "Received", "Accepted", "Rejected", "Cancelled", "Filled", "Settled")
    }


async def test_another_seed_is_another_luck_and_the_same_the_same() -> None:
    async def lines(seed: int) -> list[str]:
        desk = await Desk(seed=seed).start()
        desk.market.show(PUT, "3.10", "3.20", (None, None))
        await desk.place("a", buy(PUT, 100, "3.40"))
        for _ in range(9):
            await desk.later()
        return desk.disk.lines

    assert await lines(1) == await lines(1)
    assert await lines(1) != await lines(2)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda lines: [*lines, "no json"], "Entry 5 .* cannot be read"),
        (lambda lines: [*lines, '{"type":"robbed"}'], "Entry 5 .* cannot be read"),
        (lambda lines: [*lines, lines[1]], "received twice"),
        (lambda lines: [lines[0], *lines[2:]], "is not open"),
        (lambda lines: [*lines, lines[-1]], "is not open"),
    ],
)
async def test_a_book_that_cannot_be_is_refused_with_a_sentence(
    spoil: Callable[[list[str]], list[str]], sentence: str
) -> None:
    desk = await Desk().start()
    desk.market.show(PUT, "3.10", "3.20")
    await desk.place("a", buy(PUT, 3, "3.20"))
    await desk.later()
    desk.disk.lines = spoil(desk.disk.lines)
    with pytest.raises(StorageError, match=sentence) as raised:
        await desk.restart()
    assert "restore the profile's database from a backup" in str(raised.value)


async def test_it_lives_on_the_desks_database() -> None:
    with Database(None) as database:
        store = SqlPaperStore(database)
        desk = Desk()
        await desk.broker.use(store)
        desk.market.show(PUT, "3.10", "3.20")
        await desk.place("a", buy(PUT, 3, "3.20"))
        await desk.later()
        before = await desk.broker.snapshot()
        desk.broker = desk._made()
        await desk.broker.use(store)
        after = await desk.broker.snapshot()
        assert before.executions == after.executions != ()
        assert (before.orders, before.positions) == (after.orders, after.positions)
        assert len(await store.events()) == 4


async def test_the_book_takes_nothing_for_a_position_it_does_not_have() -> None:
    desk = await Desk(disk=Disk()).start()
    desk.market.show(SOON, "3.10", "3.20")
    await desk.place("a", buy(SOON, 3, "3.20"))
    await desk.later()
    assert [one.execution.quantity for one in desk.of(ExecutionTold)] == [3]
    assert trading_date(desk.clock.now()) < EXPIRY
    line = written(read(desk.disk.lines)[-1])
    desk.disk.lines[-1] = line.replace('"units":3', '"units":4')
    with pytest.raises(StorageError, match="more than is left of it"):
        await desk.restart()
