"""The fake TWS on a loop in a thread of its own, for tests whose own loop is busy or absent."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tests.fakes.tws.server import PATIENCE, FakeTws

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Served:
    """A fake TWS in another thread; touch it only through `do` and `wait`."""

    tws: FakeTws
    loop: asyncio.AbstractEventLoop
    ended: asyncio.Event

    @property
    def port(self) -> int:
        return self.tws.port

    def do(self, action: Callable[[FakeTws], T]) -> T:
        """Do this on the server's loop; what it gives, or raises, comes back."""

        async def done() -> T:
            return action(self.tws)

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(PATIENCE)

    def wait(self, happened: Callable[[FakeTws], object]) -> None:
        """Block until it happened on the server; raises AssertionError when it does not."""
        waiting = asyncio.run_coroutine_threadsafe(self.tws.until(happened), self.loop)
        waiting.result(2 * PATIENCE)

    def restart(self, next_id: int | None = None) -> None:
        """End the server and start it again."""
        asyncio.run_coroutine_threadsafe(self.tws.restart(next_id), self.loop).result(PATIENCE)


@contextmanager
def in_thread(make: Callable[[], FakeTws] = FakeTws) -> Iterator[Served]:
    """Serve in a thread until the end; `make` builds the server, with what the test wants."""
    started: Future[Served] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(make, started)), name="fake TWS")
    thread.start()
    served = started.result(PATIENCE)
    try:
        yield served
    finally:
        served.loop.call_soon_threadsafe(served.ended.set)
        thread.join()


async def _serve(make: Callable[[], FakeTws], started: Future[Served]) -> None:
    async with make() as tws:
        served = Served(tws, asyncio.get_running_loop(), asyncio.Event())
        started.set_result(served)
        await served.ended.wait()
