"""What must reach the disk: written in the order it came, kept and tried again where it refuses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from vaultdesk.events import Bus, ProblemCleared, ProblemRaised
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

AGAIN_S = 5.0
"""How long a disk that refuses is left alone."""


class WriteQueue(Generic[T]):
    """Writes items one go after the other; a go under way outlives whoever began it.

    `write` is given the items of a go and takes out of that list what is on the disk; what it
    leaves there when it raises StorageError is written first the next time. `problem` is what the
    banner knows the refusal by. Without `sleep` only the next `go_on` tries again.
    """

    def __init__(
        self,
        bus: Bus,
        problem: str,
        write: Callable[[list[T]], Awaitable[None]],
        *,
        at_once: int | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        self._bus, self._problem, self._write = bus, problem, write
        self._at_once, self._sleep = at_once, sleep
        self._open = False
        self._pending: list[T] = []
        self._refusal = ""
        self._going: asyncio.Task[None] | None = None
        self._again: asyncio.Task[None] | None = None

    def open(self) -> None:
        """There is somewhere to write to from now on."""
        self._open = True
        self.go_on()

    def add(self, item: T) -> None:
        """Write this after what came before it."""
        self._pending.append(item)
        self.go_on()

    def go_on(self) -> None:
        """Begin to write what there is to write, if nobody is at it."""
        idle = self._going is None or self._going.done()
        if idle and self._open and self._pending:
            self._going = asyncio.get_running_loop().create_task(self._go())

    async def settled(self) -> None:
        """Return when everything is written.

        Raises:
            StorageError: The disk refused; what it refused is still here.
        """
        self.go_on()
        if self._going is not None:
            await asyncio.shield(self._going)
        if self._refusal:
            raise StorageError(self._refusal)

    async def close(self) -> None:
        """Write what can be written, once more, and stop trying.

        Raises:
            StorageError: The disk refused; the rest is lost.
        """
        try:
            await self.settled()
        finally:
            if self._again is not None:
                self._again.cancel()

    async def _go(self) -> None:
        while self._pending:
            items = self._pending[: self._at_once]
            self._pending = self._pending[len(items) :]
            try:
                await self._write(items)
            except StorageError as error:
                self._refused(str(error))
                return
            finally:
                self._pending = items + self._pending
            if self._refusal:
                self._refusal = ""
                self._bus.tell(ProblemCleared(self._problem))

    def _refused(self, sentence: str) -> None:
        if sentence != self._refusal:
            self._refusal = sentence
            self._bus.tell(ProblemRaised(self._problem, sentence))
        if self._sleep is not None and (self._again is None or self._again.done()):
            self._again = asyncio.get_running_loop().create_task(self._try_again(self._sleep))

    async def _try_again(self, sleep: Callable[[float], Awaitable[object]]) -> None:
        await sleep(AGAIN_S)
        self._again = None  # a refusal that comes of this may begin the next
        self.go_on()
