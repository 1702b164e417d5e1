"""Worker processes on this machine, started when there is work and again when one is killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from vaultdesk.adapters.workers.flight import fly
from vaultdesk.ports import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Tasks given to each process at a time: enough to keep it busy, few enough to drop at once."""
MOST_PROCESSES = 8
"""Each takes some 60 MB and half a second to start: more would start longer than they compute."""
MOST_BREAKS = 5
"""So many times in a row a pool may break without one answer."""


class PoolWorkers:
    """A pool of spawned processes; a fork would copy the threads and locks of the desk's Qt."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        self._pool: ProcessPoolExecutor | None = None

    async def run(
        self, function: Callable[[T], R], tasks: Sequence[T], tell: Callable[[int], None]
    ) -> list[R]:
        """As `Workers.run`: when a process is killed, what has no answer yet runs in a new pool."""
        answers: dict[int, R] = {}
        breaks = 0
        while len(answers) < len(tasks):
            before = len(answers)
            try:
                await self._round(function, tasks, answers, tell)
            except BrokenProcessPool as error:
                await self.close()
                breaks = 0 if len(answers) > before else breaks + 1
                if breaks == MOST_BREAKS:
                    raise WorkerError(
                        "The processes that compute are killed as soon as they start: look "
                        "whether this machine is out of memory, and try again."
                    ) from error
        return [answers[place] for place in range(len(tasks))]

    async def close(self) -> None:
        """Wait for what is being computed, a fraction of a second, and stop the processes."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _round(
        self,
        function: Callable[[T], R],
        tasks: Sequence[T],
        answers: dict[int, R],
        tell: Callable[[int], None],
    ) -> None:
        """Add the answers that are not there yet, until the pool breaks."""
        pool = self._pool or await self._started()

        async def give(places: Sequence[int]) -> list[Future[R]]:
            return [pool.submit(function, tasks[place]) for place in places]

        async def take(done: Sequence[Future[R]]) -> list[R]:
            return [future.result() for future in done]

        await fly(len(tasks), AHEAD * self._processes, answers, give, take, tell)

    async def _started(self) -> ProcessPoolExecutor:
        """A pool whose processes are being started, off the loop: each takes milliseconds."""
        context = multiprocessing.get_context("spawn")
        pool = self._pool = ProcessPoolExecutor(self._processes, context, _begin)
        try:
            await asyncio.to_thread(_start_all, pool, self._processes)
        except OSError as error:
            raise WorkerError(
                f"No process to compute in could be started ({error.strerror}): close other "
                "programs and try again."
            ) from error
        return pool


def _start_all(pool: ProcessPoolExecutor, processes: int) -> None:
    """A pool starts a process for each task that finds none idle."""
    for _ in range(processes):
        pool.submit(_nothing)


def _nothing() -> None:
    """What a process does first."""


def _begin() -> None:
    """In a new process: leave Ctrl+C to the desk, and end when the desk has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A desk that is killed stops nobody; its workers would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
