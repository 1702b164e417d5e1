"""One thread for calls that block, one after the other."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

Jobs = queue.SimpleQueue[Callable[[], None] | None]


class Worker:
    """Runs one function at a time in one daemon thread, which starts with the first.

    A thread cannot be killed: when a call hangs, `retire` leaves the thread to it and the next
    call gets a new one. The old thread ends by itself once its call and those that wait behind it
    are over; what a cancelled call still answers is dropped. The thread is a daemon and no
    executor knows it, so a question that nobody answers does not keep the program alive.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: Jobs | None = None

    def run(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """What the function returns or raises in the thread; never begun once cancelled."""
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
