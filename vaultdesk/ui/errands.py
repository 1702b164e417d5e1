"""Work that a widget starts on the loop and that ends with the widget."""

import asyncio
from collections.abc import Callable, Coroutine

from vaultdesk.ports import KnownError


class Errands:
    """Runs coroutines in the background; a known error is told, any other is the loop's."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[object, object, None]) -> None:
        """Start it now."""
        task = asyncio.get_running_loop().create_task(self._told(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        task.add_done_callback(lambda _task: work.close())  # never begun, if cancelled before

    async def settled(self) -> None:
        """Return when nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def cancel(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()

    async def _told(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except KnownError as error:
            self._tell(str(error))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "An errand failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)
