"""The thread in which the blocking client runs, and one call's right to go on there."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from vaultdesk.adapters.yahoo.faults import Exchange

T = TypeVar("T")

Jobs = queue.SimpleQueue[Callable[[], None] | None]


@dataclass
class Call:
    """One call to the client: how long it may last and what it saw on the wire.

    `seen` grows in the worker's thread; the loop reads it when the call is over.
    """

    seconds: float
    seen: list[Exchange] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    given_up: bool = False

    def left(self) -> float:
        """Seconds the call may still last; none once nobody waits for its answer."""
        return 0.0 if self.given_up else self.started + self.seconds - time.monotonic()


class Worker:
    """Runs one function at a time in one daemon thread, which starts with the first.

    A thread cannot be killed: when a call hangs, `retire` leaves the thread to its request and the
    next call gets a new one. The old thread ends by itself as soon as its request does, because
    every request is limited to what its call has `left()` and none is begun after that; what it
    still answers is dropped. The thread is a daemon and no executor knows it, so a hung request
    does not keep the process alive.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: Jobs | None = None

    def run(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """What the function returns or raises in the thread; its late answer is dropped."""
        answer: Future[T] = Future()

        def job() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(function())
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                answer.set_exception(error)

        if self._jobs is None:
            self._jobs = queue.SimpleQueue()
            threading.Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True).start()
        self._jobs.put(job)
        return asyncio.wrap_future(answer)

    def retire(self) -> None:
        """Let the thread end after what it is doing; the next call starts another."""
        if self._jobs is not None:
            self._jobs.put(None)
            self._jobs = None


def _work(jobs: Jobs) -> None:
    while (job := jobs.get()) is not None:
        job()
