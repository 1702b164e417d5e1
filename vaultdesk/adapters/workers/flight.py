"""Tasks in flight: given to workers a few at a time, their answers taken as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

R = TypeVar("R")


class Future(Protocol):
    """What every library of workers calls a future."""

    def add_done_callback(self, fn: Callable[[Any], Any]) -> object:
        """Call `fn` with the future once it is done, in any thread."""


async def fly(
    count: int,
    most: int,
    answers: dict[int, R],
    give: Callable[[Sequence[int]], Awaitable[Sequence[Future]]],
    take: Callable[[Sequence[Any]], Awaitable[Sequence[R]]],
    tell: Callable[[int], None],
) -> None:
    """Fill `answers` with those of the places that are not in it yet, from 0 to `count`.

    No more than `most` tasks are given at a time, so that a cancelled call leaves few behind;
    those are left alone. (Cancelling the futures of a pool that breaks just then kills the thread
    that would tell so: CPython before 3.13.)

    Args:
        count: of all tasks.
        most: in flight.
        answers: by place.
        give: hands tasks to the workers, by their places.
        take: the answers of futures that are done; raises what one of them raised.
        tell: hears how many answers there are.
    """
    loop, arrived = asyncio.get_running_loop(), asyncio.Queue[Any]()
    todo = deque(place for place in range(count) if place not in answers)
    flying: dict[Any, int] = {}

    def land(future: Any) -> None:  # noqa: ANN401
        loop.call_soon_threadsafe(arrived.put_nowait, future)

    while todo or flying:
        some = [todo.popleft() for _ in range(min(most - len(flying), len(todo)))]
        for future, place in zip(await give(some) if some else (), some, strict=True):
            flying[future] = place
            future.add_done_callback(land)
        done = [await arrived.get()]
        done += [arrived.get_nowait() for _ in range(arrived.qsize())]
        for future, answer in zip(done, await take(done), strict=True):
            answers[flying.pop(future)] = answer
        tell(len(answers))
