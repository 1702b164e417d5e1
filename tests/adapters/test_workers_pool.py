"""Worker processes: their answers, their death, their end; real processes, really killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from tests.core.hedge.rolls import closes, request, same
from tests.fakes import tasks
from vaultdesk.adapters.workers import PoolWorkers
from vaultdesk.core.hedge.rolling.history import rolled, windows
from vaultdesk.ports import WorkerError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the tasks speak through named pipes")
WAIT_S = 30
ORPHAN = """
import asyncio
from tests.fakes import tasks
from vaultdesk.adapters.workers import PoolWorkers

if __name__ == "__main__":
    asyncio.run(PoolWorkers(1).run(tasks.held_first, [({folder!r}, 0)], print))
"""


@pytest_asyncio.fixture
async def pool() -> AsyncIterator[PoolWorkers]:
    made = PoolWorkers(2)
    yield made
    await made.close()


def done(folder: str) -> list[Path]:
    """The marks that tasks have left."""
    return list(Path(folder).glob("done-*"))


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return tasks.pipes(tmp_path)


async def test_answers_come_in_the_tasks_order_and_the_count_never_falls(
    pool: PoolWorkers,
) -> None:
    told: list[int] = []
    assert await pool.run(tasks.square, range(100), told.append) == [n * n for n in range(100)]
    assert told == sorted(told)
    assert told[-1] == 100
    assert await pool.run(tasks.square, (), told.append) == []


async def test_processes_are_spawned_know_no_qt_and_start_only_for_work(
    pool: PoolWorkers,
) -> None:
    before = psutil.Process().children()
    assert PoolWorkers(2) is not pool
    assert psutil.Process().children() == before
    found = await pool.run(tasks.imported, range(4), lambda _count: None)
    assert set(found) == {(False, "SpawnProcess")}


async def test_windows_of_history_are_identical_in_processes_and_here(pool: PoolWorkers) -> None:
    found = windows(closes(500), request())
    here = [rolled(window) for window in found]
    there = await pool.run(rolled, found, lambda _count: None)
    assert len(here) == len(there) > 10
    assert all(same(*pair) for pair in zip(here, there, strict=True))


async def test_a_killed_worker_loses_nothing(pool: PoolWorkers, folder: str) -> None:
    told: list[int] = []
    work = asyncio.ensure_future(
        pool.run(tasks.lost_once, [(folder, n) for n in range(40)], told.append)
    )
    os.kill(await asyncio.to_thread(tasks.started, folder), signal.SIGKILL)
    assert await asyncio.wait_for(work, WAIT_S) == [n * n for n in range(40)]
    assert told == sorted(told)
    assert told[-1] == 40


async def test_workers_that_always_die_are_given_up_in_a_sentence(pool: PoolWorkers) -> None:
    with pytest.raises(WorkerError, match="out of memory"):
        await pool.run(tasks.die, range(3), lambda _count: None)
    assert await pool.run(tasks.square, [7], lambda _count: None) == [49]


async def test_what_the_function_raises_is_raised_and_the_pool_lives(pool: PoolWorkers) -> None:
    with pytest.raises(ValueError, match=r"No \d+ here"):
        await pool.run(tasks.refuse, range(50), lambda _count: None)
    assert await pool.run(tasks.square, [7], lambda _count: None) == [49]


async def test_a_cancelled_run_drops_what_has_not_begun(folder: str) -> None:
    pool = PoolWorkers(1)
    work = asyncio.ensure_future(
        pool.run(tasks.held_first, [(folder, n) for n in range(100)], lambda _count: None)
    )
    await asyncio.to_thread(tasks.started, folder)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    tasks.release(folder)
    assert await pool.run(tasks.square, [5], lambda _count: None) == [25]  # in turn behind those
    assert len(done(folder)) <= 4  # the one held, and those in flight behind it
    await pool.close()


async def test_closing_stops_the_processes_and_the_next_run_starts_others() -> None:
    pool = PoolWorkers(2)
    await pool.close()  # nothing was started yet
    await pool.run(tasks.square, range(4), lambda _count: None)
    children = {one.pid for one in psutil.Process().children()}
    await pool.close()
    left = {one.pid for one in psutil.Process().children()}
    assert len(children - left) == 2
    assert await pool.run(tasks.square, [3], lambda _count: None) == [9]
    await pool.close()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl+C is not ignored, as it is in a job of the background, whose children inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_is_left_to_the_desk(pool: PoolWorkers, folder: str) -> None:
    work = asyncio.ensure_future(pool.run(tasks.held_first, [(folder, 0)], lambda _count: None))
    os.kill(await asyncio.to_thread(tasks.started, folder), signal.SIGINT)
    tasks.release(folder)
    assert await asyncio.wait_for(work, WAIT_S) == [0]


def test_workers_end_when_the_desk_is_killed(folder: str, tmp_path: Path) -> None:
    script = tmp_path / "desk.py"
    script.write_text(ORPHAN.format(folder=folder))
    root = Path(__file__).parents[2]
    desk = subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(root)}
    )
    worker = psutil.Process(tasks.started(folder))
    desk.kill()
    desk.wait()
    worker.wait(WAIT_S)
    assert not worker.is_running()
