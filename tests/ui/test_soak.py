"""The one event loop under load: 20,000 callbacks of each kind, in order, none lost, none kept."""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

CALLBACKS = 20_000
AT_ONCE = 500
"""As many are under way together; a desk has some tens."""
GROWTH = CALLBACKS // 20
"""Objects, and references to None, that other parts of the process may leave meanwhile."""


def soak(qapp: QApplication, work: Callable[[int], Awaitable[list[int]]]) -> list[int]:
    """Run `work` under qasync in batches, the first to warm up; what it gave, in order.

    Fails when objects or references to None grow with the number of callbacks.
    """

    async def main() -> list[int]:
        await work(0)
        with steady():
            done: list[int] = []
            for start in range(0, CALLBACKS, AT_ONCE):
                done += await work(start)
        return done

    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        return runner.run(main())


@contextmanager
def steady() -> Iterator[None]:
    """Hold that neither the living objects nor the references to None change by much."""
    gc.collect()
    objects, nones = len(gc.get_objects()), sys.getrefcount(None)
    yield
    gc.collect()
    assert len(gc.get_objects()) - objects < GROWTH
    assert abs(sys.getrefcount(None) - nones) < GROWTH


async def soon(start: int) -> list[int]:
    loop, done, ran = asyncio.get_running_loop(), asyncio.Event(), list[int]()
    for number in range(start, start + AT_ONCE):
        loop.call_soon(ran.append, number)
    loop.call_soon(done.set)
    await done.wait()
    return ran


async def later(start: int) -> list[int]:
    loop, done, ran = asyncio.get_running_loop(), asyncio.Event(), list[int]()
    for number in range(start, start + AT_ONCE):
        loop.call_later(0, ran.append, number)
    loop.call_later(0, done.set)
    await done.wait()
    return ran


async def futures(start: int) -> list[int]:
    loop, ran = asyncio.get_running_loop(), list[int]()
    waiting = [loop.create_future() for _ in range(AT_ONCE)]
    for future in waiting:
        future.add_done_callback(lambda done: ran.append(done.result()))
    for number, future in enumerate(waiting, start):
        loop.call_soon(future.set_result, number)
    await asyncio.gather(*waiting)
    return ran


async def tasks(start: int) -> list[int]:
    ran: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        ran.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(start, start + AT_ONCE):
            group.create_task(one(number))
    return ran


async def threads(start: int) -> list[int]:
    """From another thread, as a blocking client's answers come."""
    loop, done, ran = asyncio.get_running_loop(), asyncio.Event(), list[int]()

    def answer() -> None:
        for number in range(start, start + AT_ONCE):
            loop.call_soon_threadsafe(ran.append, number)
        loop.call_soon_threadsafe(done.set)

    await asyncio.to_thread(answer)
    await done.wait()
    return ran


@pytest.mark.parametrize("kind", [soon, later, futures, tasks, threads])
def test_every_callback_runs_once_in_order_and_leaves_nothing(
    qapp: QApplication, kind: Callable[[int], Awaitable[list[int]]]
) -> None:
    assert soak(qapp, kind) == list(range(CALLBACKS))


def test_what_is_due_later_runs_later(qapp: QApplication) -> None:
    async def main() -> list[float]:
        loop, ran = asyncio.get_running_loop(), list[float]()
        done = asyncio.Event()
        for delay in (0.03, 0.01, 0.02, 0.0):
            loop.call_later(delay, ran.append, delay)
        loop.call_later(0.05, done.set)
        await done.wait()
        return ran

    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        ran = runner.run(main())
    assert len(ran) == 4
    assert all(earlier < later_ for earlier, later_ in pairwise(ran))
