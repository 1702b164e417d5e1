"""One thread for calls that block: in turn, never after a cancellation, and never in the way."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from vaultdesk.services.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 10
HANGING = """
import asyncio, threading
from vaultdesk.services.worker import Worker

async def main():
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang():
        loop.call_soon_threadsafe(begun.set)
        threading.Event().wait()

    Worker("a test's").run(hang)
    await begun.wait()
    print("left", flush=True)

asyncio.run(main())
"""


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker("a test's")
    yield made
    made.retire()


async def test_calls_take_turns_in_one_thread(worker: Worker) -> None:
    seen: list[tuple[int, int]] = []

    def call(number: int) -> None:
        seen.append((number, threading.get_ident()))

    await asyncio.gather(*(worker.run(partial(call, number)) for number in range(5)))
    assert [number for number, _thread in seen] == list(range(5))
    assert len({thread for _number, thread in seen}) == 1
    assert seen[0][1] != threading.get_ident()


async def test_what_a_call_raises_is_raised_where_it_is_awaited(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)
    assert await worker.run(lambda: "alive") == "alive"


async def test_a_call_that_is_cancelled_before_its_turn_is_never_made(worker: Worker) -> None:
    let_go, made = threading.Event(), list[str]()
    first = worker.run(let_go.wait)
    waiting = worker.run(lambda: made.append("waiting"))
    last = worker.run(lambda: made.append("last"))
    waiting.cancel()
    let_go.set()
    await asyncio.wait_for(asyncio.gather(first, last), PATIENCE_S)
    assert made == ["last"]


async def test_a_thread_that_hangs_is_left_behind_and_ends_with_its_call(worker: Worker) -> None:
    first = await worker.run(threading.current_thread)
    assert first.daemon
    let_go = threading.Event()
    hung = worker.run(let_go.wait)
    worker.retire()
    second = await asyncio.wait_for(worker.run(threading.current_thread), PATIENCE_S)
    assert second is not first
    let_go.set()
    assert await hung
    await asyncio.to_thread(first.join, PATIENCE_S)
    assert not first.is_alive()


def test_a_worker_that_was_never_asked_has_no_thread() -> None:
    before = threading.active_count()
    worker = Worker("a test's")
    assert threading.active_count() == before
    worker.retire()
    assert threading.active_count() == before


def test_a_call_that_hangs_does_not_keep_the_program_alive() -> None:
    ran = subprocess.run(  # noqa: S603  this interpreter, our own code
        [sys.executable, "-c", HANGING],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.strip()) == (0, "left"), ran.stderr
