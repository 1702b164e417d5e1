"""Waiting for the first of several things, and ending the others for certain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable

AGAIN_S = 0.1
"""Seconds after which a task is cancelled once more."""


async def first(*waits: Awaitable[Any]) -> None:
    """Wait for the first of these; the others are cancelled. What it raises is raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(*tasks)
    for task in done:
        task.result()


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel these until they are over.

    The library uses `asyncio.wait_for`, which swallows a cancellation that comes together with
    the answer (Python 3.11, cpython issue 81839); nothing here does.
    """
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=AGAIN_S)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # heard, so that nobody is told that it never was
