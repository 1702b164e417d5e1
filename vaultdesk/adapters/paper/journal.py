"""The paper account's events on their way to the disk: one writer, and nothing left half done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultdesk.adapters.paper.book import Book, folded
from vaultdesk.adapters.paper.events import Deposited, Event, read, written
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any, TypeVar

    from vaultdesk.core.orders.broker import Execution
    from vaultdesk.stores import PaperStore

    T = TypeVar("T")
    Made = Sequence[tuple[Event, tuple[Execution, ...]]]


class Journal:
    """Keeps the `book`: an event is on the disk before it is in there and before it is told.

    `tell` hears the events once they are written, each with the trades it made.
    """

    def __init__(self, tell: Callable[[Made], None]) -> None:
        self.book = Book()
        self._tell = tell
        self._store: PaperStore | None = None
        self._writing = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def opened(self) -> bool:
        """Whether the book was read."""
        return self._store is not None

    async def open(self, store: PaperStore, first: Deposited) -> None:
        """Go on with the book that is kept there; an empty one begins with `first`.

        Raises:
            StorageError: it cannot be read.
        """
        lines = await store.events()
        if not lines:
            lines = (written(first),)
            await store.add(lines)
        self.book = await asyncio.to_thread(_made_of, lines)  # half a second for 30,000
        self._store = store

    async def alone(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work to its end, whoever stops waiting for it, and no other beside it."""

        async def one() -> T:
            async with self._writing:
                return await work

        task = asyncio.create_task(one())
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    async def commit(self, events: Sequence[Event]) -> None:
        """Write the events down and into the book, and tell them; called from within `alone`.

        Raises:
            StorageError: the disk refuses; nothing was changed.
        """
        if not events or self._store is None:
            return
        after = self.book.copy()
        made = [(event, after.apply(event)) for event in events]
        await self._store.add(tuple(map(written, events)))
        self.book = after
        self._tell(made)

    async def quiet(self) -> None:
        """Wait until all that was begun is on the disk or refused."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # raised where it is awaited, unless nobody waits any more


def _made_of(lines: Sequence[str]) -> Book:
    try:
        return folded(read(lines))
    except ValueError as error:
        raise StorageError(
            f"The desk paper's book contradicts itself ({error}): restore the profile's "
            "database from a backup."
        ) from error
