"""Work in the background: told when it fails, waited for, and ended with its widget."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from vaultdesk.ports import StorageError
from vaultdesk.services.errands import Errands


class Told(Errands):
    """Errands that keep what they tell, and the bugs that the loop hears of."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.bugs: list[BaseException | None] = []
        super().__init__(self.said.append)

    def on_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.bugs.append(context.get("exception"))


@pytest.fixture
async def errands() -> AsyncIterator[Told]:
    made = Told()
    asyncio.get_running_loop().set_exception_handler(made.on_loop)
    yield made
    made.cancel()
    await made.settled()


async def refused() -> None:
    raise StorageError("The disk is full: free some space.")


async def broken() -> None:
    raise ZeroDivisionError


async def test_a_known_error_is_told_and_a_bug_is_the_loops(errands: Told) -> None:
    errands.begin(refused())
    errands.begin(broken())
    await errands.settled()
    assert errands.said == ["The disk is full: free some space."]
    assert [type(bug) for bug in errands.bugs] == [ZeroDivisionError]


async def test_what_is_awaited_in_place_is_told_the_same_way(errands: Told) -> None:
    await errands.told(refused())
    assert len(errands.said) == 1
    with pytest.raises(ZeroDivisionError):
        await errands.told(broken())


async def test_settled_waits_for_what_an_errand_begins(errands: Told) -> None:
    done: list[str] = []

    async def second() -> None:
        for _turn in range(10):
            await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        errands.begin(second())
        done.append("first")

    errands.begin(first())
    await errands.settled()
    assert done == ["first", "second"]


async def test_what_is_cancelled_ends_silently(errands: Told) -> None:
    task = errands.begin(asyncio.Event().wait())
    await asyncio.sleep(0)
    errands.cancel()
    await errands.settled()
    assert task.cancelled()
    assert (errands.said, errands.bugs) == ([], [])


async def test_what_is_cancelled_before_it_began_leaves_no_warning(errands: Told) -> None:
    """A coroutine that nobody ever awaits would warn, and warnings fail the tests."""
    errands.begin(refused())
    errands.cancel()
    await errands.settled()
    gc.collect()
    assert errands.said == []
