"""The queue before the disk: in order, once, kept over refusals, alive over cancelled callers."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.events import Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import StorageError
from vaultdesk.services.write_queue import AGAIN_S, WriteQueue


class Disk:
    """Takes items one by one; refuses each that `refusals` says so of, once for each mention."""

    def __init__(self, refusals: list[int] | None = None) -> None:
        self.kept: list[int] = []
        self.refusals = list(refusals or [])
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, items: list[int]) -> None:
        await self.gate.wait()
        while items:
            if items[0] in self.refusals:
                self.refusals.remove(items[0])
                raise StorageError("The disk is full: free some space.")
            self.kept.append(items.pop(0))


def told(bus: Bus) -> list[str]:
    heard: list[str] = []
    bus.subscribe(ProblemRaised, lambda event: heard.append(event.sentence))
    bus.subscribe(ProblemCleared, lambda event: heard.append(f"{event.key} is over"))
    return heard


async def test_nothing_is_written_before_it_is_open() -> None:
    disk = Disk()
    queue = WriteQueue[int](Bus(), "store", disk.write)
    queue.add(1)
    queue.add(2)
    await queue.settled()
    assert disk.kept == []
    queue.open()
    await queue.settled()
    assert disk.kept == [1, 2]


async def test_what_was_refused_is_first_the_next_time_and_said_once() -> None:
    bus, disk = Bus(), Disk([2, 2])
    heard = told(bus)
    queue = WriteQueue[int](bus, "store", disk.write)
    queue.open()
    for item in (1, 2, 3):
        queue.add(item)
    for _ in range(2):
        with pytest.raises(StorageError, match="free some space"):
            await queue.settled()
    assert disk.kept == [1]
    await queue.settled()
    assert disk.kept == [1, 2, 3]
    assert heard == ["The disk is full: free some space.", "store is over"]


async def test_it_tries_again_by_itself_after_a_while() -> None:
    bus, disk, naps = Bus(), Disk([1]), asyncio.Queue[float]()
    over, written = asyncio.Event(), asyncio.Event()
    bus.subscribe(ProblemCleared, lambda _: written.set())

    async def sleep(seconds: float) -> None:
        naps.put_nowait(seconds)
        await over.wait()

    queue = WriteQueue[int](bus, "store", disk.write, sleep=sleep)
    queue.open()
    queue.add(1)
    assert await naps.get() == AGAIN_S
    assert disk.kept == []
    over.set()
    await written.wait()
    assert disk.kept == [1]
    await queue.close()


async def test_closing_writes_once_more_and_says_what_is_lost() -> None:
    disk = Disk([1, 1])
    queue = WriteQueue[int](Bus(), "store", disk.write, sleep=lambda _s: asyncio.Event().wait())
    queue.open()
    queue.add(1)
    with pytest.raises(StorageError):
        await queue.settled()
    with pytest.raises(StorageError):
        await queue.close()
    assert len(asyncio.all_tasks()) == 2  # this test and the nap that is being cancelled
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


async def test_a_go_outlives_whoever_waits_for_it() -> None:
    disk = Disk()
    disk.gate.clear()
    queue = WriteQueue[int](Bus(), "store", disk.write)
    queue.open()
    queue.add(1)
    waiting = asyncio.create_task(queue.settled())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    disk.gate.set()
    await queue.settled()
    assert disk.kept == [1]


async def test_a_go_takes_no_more_than_it_may() -> None:
    gone: list[int] = []

    async def write(items: list[int]) -> None:
        gone.append(len(items))
        items.clear()

    queue = WriteQueue[int](Bus(), "store", write, at_once=2)
    for item in range(5):
        queue.add(item)
    queue.open()
    await queue.settled()
    assert gone == [2, 2, 1]


@given(st.lists(st.integers(0, 8), max_size=12), st.lists(st.integers(0, 8), max_size=6))
async def test_everything_reaches_the_disk_once_and_in_order(
    items: list[int], refusals: list[int]
) -> None:
    disk = Disk(refusals)
    queue = WriteQueue[int](Bus(), "store", disk.write, at_once=3)
    queue.open()
    for item in items:
        queue.add(item)
        await asyncio.sleep(0)
    for _ in range(len(refusals) + 1):
        try:
            await queue.settled()
        except StorageError:
            continue
    assert disk.kept == items
