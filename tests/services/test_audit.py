"""The audit service: facts in order, none lost to a full disk, told no more often than needed."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fakes.alerts import ALERT
from tests.fakes.feed import START, ManualClock
from tests.fakes.orders import note, order
from vaultdesk.core.audit import Entry, Fact, FactKind
from vaultdesk.events import (
    AlertRaised,
    AuditChanged,
    Bus,
    OrderChanged,
    ProblemCleared,
    ProblemRaised,
)
from vaultdesk.ports import StorageError
from vaultdesk.services.audit import (
    PAGE,
    PROBLEM,
    TELL_AFTER_S,
    AuditService,
)
from vaultdesk.services.write_queue import AGAIN_S
from vaultdesk.storage.audit_store import SqlAuditStore
from vaultdesk.storage.database import Database
from vaultdesk.stores import AuditStore

PATIENCE_S = 10.0
"""After so long it is certain that nothing comes any more."""


class Disk:
    """A log whose disk is full until it is not."""

    def __init__(self, store: AuditStore) -> None:
        self.store, self.full = store, False
        self.asked = asyncio.Semaphore(0)
        self.turns = asyncio.Event()
        self.turns.set()

    async def append(self, facts: tuple[Fact, ...]) -> None:
        self.asked.release()
        await self.turns.wait()
        if self.full:
            raise StorageError("The disk is full: free some space and try again.")
        await self.store.append(facts)

    async def entries(
        self,
        *,
        newest: int | None = None,
        since: datetime | None = None,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        return await self.store.entries(newest=newest, since=since, before=before)

    async def count(self) -> int:
        return await self.store.count()

    async def broken(self) -> str:
        return await self.store.broken()


class Naps:
    """Sleeps of the service; each length has a nap of its own, which the test ends."""

    def __init__(self) -> None:
        self.asleep: set[float] = set()
        self.clashes = 0
        self._changed = asyncio.Condition()
        self._over: dict[float, asyncio.Event] = {}

    async def sleep(self, seconds: float) -> None:
        self.clashes += seconds in self.asleep
        self._over[seconds] = asyncio.Event()
        self.asleep.add(seconds)
        try:
            async with self._changed:
                self._changed.notify_all()
            await self._over[seconds].wait()
        finally:
            self.asleep.discard(seconds)

    async def end(self, seconds: float) -> None:
        """Wait until this nap has begun, and end it."""
        async with self._changed:
            await self._changed.wait_for(lambda: seconds in self.asleep)
        self._over[seconds].set()


class Desk:
    """The service on a log of its own, with what it tells written down."""

    def __init__(self, database: Database) -> None:
        self.bus, self.clock, self.naps = Bus(), ManualClock(), Naps()
        self.disk = Disk(SqlAuditStore(database))
        self.told: list[object] = []
        for kind in (AuditChanged, ProblemRaised, ProblemCleared):
            self.bus.subscribe(kind, self.told.append)
        self.audit = AuditService(self.bus, self.clock, sleep=self.naps.sleep)

    async def open(self) -> "Desk":
        await self.audit.use(self.disk)
        return self

    async def changed(self) -> None:
        """Let the time pass after which a change is told, and wait until it is."""
        told = asyncio.Event()
        undo = self.bus.subscribe(AuditChanged, lambda _: told.set())
        async with asyncio.timeout(PATIENCE_S):
            await self.naps.end(TELL_AFTER_S)
            await told.wait()
        undo()

    async def facts(self) -> list[Fact]:
        return [entry.fact for entry in await self.audit.entries(None)]


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(None) as opened:
        yield opened


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    opened = await Desk(database).open()
    yield opened
    opened.disk.full = False
    await opened.audit.close()
    assert not opened.naps.clashes, "it waits once at a time for the same thing"


async def test_facts_are_written_in_the_order_they_were_noted(desk: Desk) -> None:
    told = [note(str(number)) for number in range(50)]
    for number, fact in enumerate(told):
        desk.audit.note(fact)
        if number % 7 == 0:
            await asyncio.sleep(0)
    await desk.audit.settled()
    assert await desk.facts() == told
    assert await desk.audit.count() == 50
    assert await desk.audit.broken() == ""


async def test_facts_from_before_the_log_was_open_are_written_first(database: Database) -> None:
    desk = Desk(database)
    desk.audit.note(note("early"))
    with pytest.raises(StorageError, match="not open yet"):
        await desk.audit.entries()
    await desk.open()
    desk.audit.note(note("late"))
    await desk.audit.settled()
    assert [fact.text for fact in await desk.facts()] == ["early", "late"]
    await desk.audit.close()


async def test_an_alert_is_written_with_its_sentence(desk: Desk) -> None:
    desk.bus.tell(AlertRaised(ALERT))
    await desk.audit.settled()
    (fact,) = await desk.facts()
    assert (fact.kind, fact.at, fact.subject) == (FactKind.ALERT, START, ALERT.id)
    assert fact.text == ALERT.sentence


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("yahoo", "ibkr", "feed: 'yahoo' became 'ibkr'."),
        ("", 4002, "feed: nothing became '4002'."),
        (True, False, "feed: 'True' became 'False'."),
        (
            "https://hooks.example.com/services/T0/secret",
            "https://me:secret@other.example.com?key=secret",
            "feed: 'https://hooks.example.com/…' became 'https://other.example.com/…'.",
        ),
        ("same", "same", None),
    ],
)
async def test_a_changed_setting_is_written_and_no_secret_with_it(
    desk: Desk, before: object, after: object, text: str | None
) -> None:
    desk.audit.setting_changed("feed", before, after)
    await desk.audit.settled()
    facts = await desk.facts()
    assert [fact.text for fact in facts] == ([text] if text else [])
    assert all(fact.who == "user" and fact.kind is FactKind.SETTING for fact in facts)


async def test_that_a_secret_changed_is_written(desk: Desk) -> None:
    desk.audit.secret_changed("Mail password", kept=True)
    desk.audit.secret_changed("Mail password", kept=False)
    await desk.audit.settled()
    assert [fact.text for fact in await desk.facts()] == [
        "Mail password was entered.",
        "Mail password was removed.",
    ]


async def test_what_a_full_disk_refuses_is_written_later_in_order(desk: Desk) -> None:
    desk.disk.full = True
    desk.audit.note(note("one"))
    with pytest.raises(StorageError, match="disk is full"):
        await desk.audit.settled()
    desk.audit.note(note("two"))
    with pytest.raises(StorageError):
        await desk.audit.settled()
    assert [type(event) for event in desk.told] == [ProblemRaised], "one problem, told once"
    desk.disk.full = False
    desk.audit.note(note("three"))
    await desk.audit.settled()
    assert [fact.text for fact in await desk.facts()] == ["one", "two", "three"]
    assert desk.told[1:] == [ProblemCleared(PROBLEM)]


async def test_what_came_while_the_disk_was_refusing_stays_behind(desk: Desk) -> None:
    desk.disk.full = True
    desk.disk.turns.clear()
    desk.audit.note(note("one"))
    await desk.disk.asked.acquire()
    desk.audit.note(note("two"))
    desk.disk.turns.set()
    with pytest.raises(StorageError):
        await desk.audit.settled()
    desk.disk.full = False
    await desk.audit.settled()
    assert [fact.text for fact in await desk.facts()] == ["one", "two"]


async def test_a_disk_that_refused_is_asked_again_by_itself(desk: Desk) -> None:
    cleared = asyncio.Event()
    desk.bus.subscribe(ProblemCleared, lambda _: cleared.set())
    desk.disk.full = True
    desk.audit.note(note("one"))
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(2):
            await desk.disk.asked.acquire()
            await desk.naps.end(AGAIN_S)
        await desk.disk.asked.acquire()
        desk.disk.full = False
        await desk.naps.end(AGAIN_S)
        await cleared.wait()
    assert [fact.text for fact in await desk.facts()] == ["one"]


async def test_closing_on_a_full_disk_says_so(database: Database) -> None:
    desk = await Desk(database).open()
    desk.disk.full = True
    desk.audit.note(note())
    with pytest.raises(StorageError, match="disk is full"):
        await desk.audit.close()


async def test_closing_writes_the_rest_and_hears_nothing_more(desk: Desk) -> None:
    desk.audit.note(note("last"))
    await desk.audit.close()
    desk.bus.tell(AlertRaised(ALERT))
    desk.bus.tell(OrderChanged(order()))
    await desk.audit.settled()
    assert [fact.text for fact in await desk.facts()] == ["last"]
    assert not desk.naps.asleep, "nothing sleeps on"


async def test_many_changes_are_told_as_one(desk: Desk) -> None:
    for _ in range(1_000):
        desk.bus.tell(OrderChanged(order()))
        desk.audit.note(note())
    await desk.audit.settled()
    assert desk.told == []
    await desk.changed()
    assert desk.told == [AuditChanged()]
    desk.bus.tell(OrderChanged(order()))
    await desk.changed()
    assert desk.told == [AuditChanged()] * 2


async def test_the_export_has_every_entry_with_its_wire(desk: Desk, tmp_path: Path) -> None:
    wires = ['3;2;"quoted"\r\nline', "=HYPERLINK(1)", "-1", "@x", "+1", "\tx", "1=2"]
    at = datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
    for wire in (*wires, *[""] * PAGE):  # more than are read at once
        desk.audit.note(note("said", at=at, subject="VD-1", wire=wire))
    await desk.audit.settled()
    path, count = tmp_path / "audit.csv", len(wires) + PAGE
    assert await desk.audit.export(path) == count
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, count + 1)]
    assert rows[0]["at"] == "2026-03-08T02:30:00.000000+00:00"
    defused = ["'=HYPERLINK(1)", "'-1", "'@x", "'+1", "'\tx"]
    assert [row["wire"] for row in rows[: len(wires)]] == [wires[0], *defused, wires[-1]]
    assert [row["hash"] for row in rows] == [entry.hash for entry in await desk.audit.entries(None)]
    with pytest.raises(StorageError, match="choose another place"):
        await desk.audit.export(tmp_path / "nowhere" / "audit.csv")


async def test_an_export_that_fails_leaves_the_one_before(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "audit.csv"
    desk.audit.note(note("said"))
    await desk.audit.settled()
    assert await desk.audit.export(path) == 1
    before = path.read_bytes()
    for _ in range(PAGE):
        desk.audit.note(note("said"))
    await desk.audit.settled()
    (tmp_path / "audit.csv.part").mkdir()
    with pytest.raises(StorageError, match="choose another place"):
        await desk.audit.export(path)
    assert path.read_bytes() == before


async def test_an_export_of_nothing_is_a_heading(desk: Desk, tmp_path: Path) -> None:
    assert await desk.audit.export(tmp_path / "audit.csv") == 0
    assert (tmp_path / "audit.csv").read_text().startswith("number,kind,at,subject")
