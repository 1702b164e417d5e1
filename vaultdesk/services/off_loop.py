"""Work in a thread that stops soon after nobody waits for it any more."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Stop = Callable[[], bool]
"""Asked between two parts of a long work: True means that its answer is not wanted any more."""


async def off_loop(work: Callable[[Stop], T]) -> T:
    """Run the work in a thread; a cancelled caller leaves at once and the work is told to stop."""
    stopped = threading.Event()
    try:
        return await asyncio.to_thread(work, stopped.is_set)
    except asyncio.CancelledError:
        stopped.set()
        raise
