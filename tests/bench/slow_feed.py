"""A feed that takes five seconds to answer, and one that never does: the window must not notice."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

from tests.bench.loop import LoopProbe
from tests.bench.session import SETTLED_S, with_desk
from vaultdesk.core.market import Chain, DailyClose, Quote

ANSWER_S, WATCHED_S = 5.0, 12.0


class SlowFeed:
    """Another feed's answers, late; with `hung` they never come."""

    def __init__(self, feed: Any) -> None:  # noqa: ANN401
        self.name, self.clock, self._feed = feed.name, feed.clock, feed
        self.hung = False

    async def _wait(self) -> None:
        await (asyncio.Event().wait() if self.hung else asyncio.sleep(ANSWER_S))

    async def quote(self, symbol: str) -> Quote:
        await self._wait()
        return await self._feed.quote(symbol)  # type: ignore[no-any-return]

    async def stream(self, symbol: str) -> AsyncIterator[Quote]:
        async for quote in self._feed.stream(symbol):
            await self._wait()
            yield quote

    async def expirations(self, symbol: str) -> tuple[date, ...]:
        await self._wait()
        return await self._feed.expirations(symbol)  # type: ignore[no-any-return]

    async def chain(self, symbol: str, expiry: date) -> Chain:
        await self._wait()
        return await self._feed.chain(symbol, expiry)  # type: ignore[no-any-return]

    async def closes(self, symbol: str, start: date) -> tuple[DailyClose, ...]:
        await self._wait()
        return await self._feed.closes(symbol, start)  # type: ignore[no-any-return]

    def status(self) -> Any:  # noqa: ANN401
        return self._feed.status()

    async def close(self) -> None:
        await self._feed.close()


def run() -> None:
    """Print the loop's lateness while answers take five seconds, and the time to quit hung."""

    async def watch(desk: Any) -> None:  # noqa: ANN401
        await asyncio.sleep(SETTLED_S)
        slow = SlowFeed(desk.feed._feed)
        desk.feed._feed = slow
        probe = LoopProbe()
        probe.start()
        for expiry in desk.services.chain.expirations[3:5]:
            desk.services.chain.request(expiry)
            await asyncio.sleep(WATCHED_S / 2)
        probe.stop()
        print(
            f"feed that answers after {ANSWER_S:g} s: lateness p99 {probe.quantile(0.99):.2f} ms, "
            f"worst {max(probe.samples):.1f} ms over {WATCHED_S:g} s"
        )
        slow.hung = True
        desk.services.chain.request(desk.services.chain.expirations[6])
        print("then a feed that hangs (limit 2 s):")
        await asyncio.sleep(0.1)

    start = time.perf_counter()
    with_desk(watch)
    print(f"  ({time.perf_counter() - start:.0f} s in all)")
