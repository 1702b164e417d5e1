"""Workers that compute here, one task after the other, and can be held or fail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.ports import WorkerError

T = TypeVar("T")
R = TypeVar("R")


class HereWorkers:
    """`go` lets tasks be computed; it is set unless a test clears it."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.go.set()
        self.begun = asyncio.Event()
        self.computed = 0
        self.closed = False
        self.error: WorkerError | None = None

    async def run(
        self, function: Callable[[T], R], tasks: Sequence[T], tell: Callable[[int], None]
    ) -> list[R]:
        answers = []
        if self.error is not None:
            raise self.error
        for task in tasks:
            self.begun.set()
            await self.go.wait()
            answers.append(function(task))
            self.computed += 1
            tell(len(answers))
        return answers

    async def close(self) -> None:
        self.closed = True
