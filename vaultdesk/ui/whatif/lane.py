"""Work off the loop of which only the newest ask counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.services.off_loop import Stop, off_loop

if TYPE_CHECKING:
    from vaultdesk.services.errands import Errands

T = TypeVar("T")
Work = Callable[[Stop], T]


class Lane(Generic[T]):
    """Runs one piece of work at a time in a thread and hands its answer to `show`, on the loop.

    Of what is asked meanwhile only the last is ever begun. What is under way then ends and is
    shown, as short work should be while a slider moves. With `rest_s` it is cancelled instead, and
    work begins that long after the last ask: while a slider moves, Python in another thread would
    keep the loop waiting. A loan that cannot be valued is told as a sentence.
    """

    def __init__(
        self,
        errands: Errands,
        show: Callable[[T], None],
        tell: Callable[[str], None],
        *,
        rest_s: float | None = None,
    ) -> None:
        self._errands, self._show, self._tell = errands, show, tell
        self._rest_s = rest_s
        self._wanted: Work[T] | None = None
        self._task: asyncio.Task[None] | None = None

    def ask(self, work: Work[T]) -> None:
        """Have this done next, in the place of whatever waits."""
        self._wanted = work
        if self._task is not None and not self._task.done():
            if self._rest_s is None:
                return
            self._task.cancel()
        self._task = self._errands.begin(self._run())

    async def _run(self) -> None:
        if self._rest_s is not None:
            await asyncio.sleep(self._rest_s)
        while self._wanted is not None:
            work, self._wanted = self._wanted, None
            try:
                answer = await off_loop(work)
            except Unvalued as problem:
                self._tell(str(problem))
            else:
                self._show(answer)
