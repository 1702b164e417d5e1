"""Work that a widget, or a desk, starts on the loop and that ends with it."""

import asyncio
from collections.abc import Callable, Coroutine

from vaultdesk.ports import KnownError


class Errands:
    """Runs coroutines in the background; a known error is told, any other is the loop's."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[object, object, object]) -> asyncio.Task[None]:
        """Start it now."""
        task = asyncio.get_running_loop().create_task(self.told(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        task.add_done_callback(lambda _task: work.close())  # never begun, if cancelled before
        return task

    async def told(self, work: Coroutine[object, object, object]) -> None:
        """Await it; a known error is told."""
        try:
            await work
        except KnownError as error:
            self._tell(str(error))

    async def settled(self) -> None:
        """Return when nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def cancel(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "An errand failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)
