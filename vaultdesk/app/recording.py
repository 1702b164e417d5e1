"""`vaultdesk record`: the market of any feed, written down without a window."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.app.parts import build_feed, build_services, symbol_of
from vaultdesk.core.market import FeedState
from vaultdesk.events import Bus, FeedStatusChanged, ProblemRaised
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vaultdesk.app.parts import Profile


def record(profile: Profile, path: Path, seconds: float | None, say: Callable[[str], None]) -> str:
    """Record quotes and the opening chain until Ctrl+C, the end of the feed or `seconds`.

    Gives a sentence on what the file holds; `say` gets the feed's complaints meanwhile.

    Raises:
        StorageError: The file cannot be written.
    """
    return asyncio.run(_record(profile, path, seconds, say))


async def _record(
    profile: Profile, path: Path, seconds: float | None, say: Callable[[str], None]
) -> str:
    done = asyncio.Event()
    broken: list[str] = []

    def fail(sentence: str) -> None:
        broken.append(sentence)
        done.set()

    def hear(event: FeedStatusChanged) -> None:
        if event.status.state is FeedState.ENDED:
            done.set()

    bus = Bus()
    bus.subscribe(ProblemRaised, lambda event: say(event.sentence))
    bus.subscribe(FeedStatusChanged, hear)
    source = build_feed(profile)
    feed = RecordingFeed(source, tell=fail)
    feed.start(path)
    services = build_services(profile, feed, bus, symbol_of(source, profile.settings.symbol))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, done.set)
    watching = asyncio.create_task(services.market.run())
    services.chain.open()
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), seconds)
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await services.chain.close()
        summary = feed.stop()
        await feed.close()
    if broken:
        raise StorageError(broken[0])
    return str(summary)
