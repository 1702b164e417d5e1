"""Workers of a real dask cluster on this machine: the same answers, and what is told of faults."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.core.hedge.rolls import closes, request, same
from tests.fakes import tasks
from vaultdesk.adapters.workers import ClusterWorkers, PoolWorkers
from vaultdesk.core.hedge.rolling.history import rolled, windows
from vaultdesk.ports import WorkerError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the tasks speak through named pipes")
WAIT_S = 60


def started(**options: Any) -> Any:  # noqa: ANN401
    """A scheduler on the loopback and workers in processes of their own."""
    from distributed import LocalCluster  # noqa: PLC0415 (slow to import)

    parts = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"} | options
    return LocalCluster(host="127.0.0.1", processes=True, **parts)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with started() as cluster:
        yield cluster.scheduler_address


@pytest_asyncio.fixture
async def workers(address: str) -> AsyncIterator[ClusterWorkers]:
    made = ClusterWorkers(address)
    yield made
    await made.close()


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return tasks.pipes(tmp_path)


def nobody(_count: int) -> None:
    """Hears nothing."""


async def test_windows_are_identical_on_a_cluster_in_a_pool_and_here(
    workers: ClusterWorkers,
) -> None:
    told: list[int] = []
    found = windows(closes(500), request())
    here = [rolled(window) for window in found]
    there = await workers.run(rolled, found, told.append)
    pool = PoolWorkers(2)
    beside = await pool.run(rolled, found, nobody)
    await pool.close()
    assert len(here) == len(there) == len(beside) > 10
    assert all(same(*pair) for pair in zip(here, there, strict=True))
    assert all(same(*pair) for pair in zip(beside, there, strict=True))
    assert told == sorted(told)
    assert told[-1] == len(found)


async def test_a_lost_worker_loses_nothing(workers: ClusterWorkers, folder: str) -> None:
    work = asyncio.ensure_future(
        workers.run(tasks.lost_once, [(folder, n) for n in range(40)], nobody)
    )
    os.kill(await asyncio.to_thread(tasks.started, folder), signal.SIGKILL)
    assert await asyncio.wait_for(work, WAIT_S) == [n * n for n in range(40)]


async def test_a_cancelled_run_drops_what_has_not_begun(
    workers: ClusterWorkers, folder: str
) -> None:
    work = asyncio.ensure_future(
        workers.run(tasks.held_first, [(folder, n) for n in range(500)], nobody)
    )
    await asyncio.to_thread(tasks.started, folder)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    tasks.release(folder)
    assert await workers.run(tasks.square, [5], nobody) == [25]
    marks = await asyncio.to_thread(lambda: list(Path(folder).glob("done-*")))
    assert len(marks) < 500


async def test_what_the_function_raises_is_raised(workers: ClusterWorkers) -> None:
    with pytest.raises(ValueError, match=r"No \d+ here"):
        await workers.run(tasks.refuse, range(20), nobody)
    assert await workers.run(tasks.square, [7], nobody) == [49]


async def test_an_address_where_nobody_listens_is_told_in_a_sentence() -> None:
    lost = ClusterWorkers("tcp://127.0.0.1:1", timeout_s=0.5)
    with pytest.raises(WorkerError, match="No dask scheduler answers at tcp:"):
        await lost.run(tasks.square, [1], nobody)
    await lost.close()


async def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(WorkerError, match="extra “cluster”"):
        await ClusterWorkers("tcp://127.0.0.1:1").run(tasks.square, [1], nobody)


async def refusal(**options: Any) -> str:  # noqa: ANN401
    """What is told of a cluster that is started so."""
    cluster = await asyncio.to_thread(lambda: started(**options))
    made = ClusterWorkers(cluster.scheduler_address)
    try:
        with pytest.raises(WorkerError) as raised:
            await made.run(tasks.square, [1], nobody)
    finally:
        await made.close()
        await asyncio.to_thread(cluster.close)
    return str(raised.value)


async def test_a_cluster_without_workers_is_told() -> None:
    assert "has no workers" in await refusal(n_workers=0)


async def test_workers_of_another_version_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "older.py"
    other.write_text("import vaultdesk\n\nvaultdesk.__version__ = '0.0.1'\n")
    told = await refusal(n_workers=1, preload=str(other))
    assert "workers have VaultDesk 0.0.1" in told


async def test_workers_without_vaultdesk_are_told(tmp_path: Path) -> None:
    other = tmp_path / "bare.py"
    other.write_text("import sys\n\nsys.modules['vaultdesk'] = None\n")
    assert "lack vaultdesk" in await refusal(n_workers=1, preload=str(other))


async def test_a_scheduler_that_ends_is_told(folder: str) -> None:
    cluster = await asyncio.to_thread(started)
    made = ClusterWorkers(cluster.scheduler_address, timeout_s=1)
    work = asyncio.ensure_future(made.run(tasks.held_first, [(folder, 0)], nobody))
    await asyncio.to_thread(tasks.started, folder)
    await asyncio.to_thread(cluster.close)
    with pytest.raises(WorkerError, match="No dask scheduler answers"):
        await asyncio.wait_for(work, WAIT_S)
    await made.close()
