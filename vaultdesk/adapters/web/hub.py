"""Tells everybody who listens, each at its own pace: a slow listener never holds up another."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import ClientConnectionResetError, WSCloseCode

from vaultdesk.adapters.web.shapes.messages import PortfolioUpdate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from aiohttp import web

    from vaultdesk.adapters.web.shapes.messages import Message
    from vaultdesk.adapters.web.shapes.portfolio import Portfolio

MOST = 2_000
"""Listeners at a time."""
HELD = 256
"""Messages that may wait for one listener without one of them being replaceable."""
AT_ONCE = 8
"""Listeners served between two turns of the loop: about 1 ms, so that the window stays awake."""
GOODBYE_S = 5.0
"""How long a listener that is too slow may take to hear that it is."""
TOO_SLOW = b"Too slow: messages were piling up. Connect again and read faster."


class Listener:
    """One connection; what is newer replaces what waits, where `replaces` names the same."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.wake = asyncio.Event()
        self.lost = False
        self._waiting: deque[str] = deque()
        self._latest: dict[str, str] = {}

    def put(self, text: str, replaces: str) -> bool:
        """Have it sent; False where too much waits already and nothing may be dropped."""
        if replaces:
            self._latest[replaces] = text
            return True
        self._waiting.append(text)
        return len(self._waiting) <= HELD

    async def write(self) -> None:
        """Send what is put, until cancelled or the connection is gone."""
        with suppress(ClientConnectionResetError):
            while not self.lost:
                await self.wake.wait()
                self.wake.clear()
                while (text := self._next()) is not None:
                    # A frame deflated by itself: no listener costs a compressor of 256 KB.
                    await self.socket.send_str(text, compress=int(self.socket.compress) or None)

    def _next(self) -> str | None:
        if self._waiting:
            return self._waiting.popleft()
        for name in self._latest:
            return self._latest.pop(name)
        return None


class Hub:
    """All who listen; `now` is the machine's clock, `portfolio` what is told regularly.

    `interval` is asked before each wait, so that it may change while they listen.
    """

    def __init__(
        self,
        portfolio: Callable[[], Awaitable[Portfolio]],
        now: Callable[[], datetime],
        interval: Callable[[], float],
    ) -> None:
        self._portfolio, self._now, self._interval = portfolio, now, interval
        self._listeners: set[Listener] = set()
        self._sequence = 0
        self._to_wake: deque[Listener] = deque()
        self._waker: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[object]] = set()

    @property
    def full(self) -> bool:
        """Whether nobody else can be served."""
        return len(self._listeners) >= MOST

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def tell(self, kind: type[Message], data: Any, replaces: str = "") -> None:  # noqa: ANN401
        """Tell all; what waits under the same `replaces` is dropped, and nothing where empty."""
        if not self._listeners:
            return
        text = self._encoded(kind, data)
        for listener in tuple(self._listeners):
            if listener.put(text, replaces):
                self._to_wake.append(listener)
            else:
                self._dismiss(listener, WSCloseCode.TRY_AGAIN_LATER, TOO_SLOW)
        if self._waker is None or self._waker.done():
            self._waker = asyncio.get_running_loop().create_task(self._wake_all())

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Tell this one until it leaves; what it says itself is not listened to."""
        listener = Listener(socket)
        listener.put(self._encoded(PortfolioUpdate, await self._portfolio()), "portfolio_update")
        listener.wake.set()
        self._listeners.add(listener)
        writing = asyncio.get_running_loop().create_task(listener.write())
        try:
            async for _message in socket:
                pass
        finally:
            self._listeners.discard(listener)
            listener.lost = True
            writing.cancel()
            await asyncio.wait([writing])

    async def publish(self) -> None:
        """Tell the portfolio regularly until cancelled; a sleep of the machine is not made up."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + self._interval(), loop.time())
            await asyncio.sleep(due - loop.time())
            if self._listeners:
                self.tell(PortfolioUpdate, await self._portfolio(), "portfolio_update")

    async def close(self, patience_s: float) -> None:
        """Say goodbye to all."""
        for listener in tuple(self._listeners):
            self._dismiss(listener, WSCloseCode.GOING_AWAY, b"The desk closes.")
        if self._waker is not None:
            self._waker.cancel()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=patience_s)

    def _encoded(self, kind: type[Message], data: Any) -> str:  # noqa: ANN401
        self._sequence += 1
        message = kind(sequence=self._sequence, told=self._now().isoformat(), data=data)
        return msgspec.json.encode(message).decode()

    def _dismiss(self, listener: Listener, code: int, reason: bytes) -> None:
        self._listeners.discard(listener)
        listener.lost = True
        task = asyncio.get_running_loop().create_task(_hang_up(listener.socket, code, reason))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _wake_all(self) -> None:
        while self._to_wake:
            for _ in range(min(AT_ONCE, len(self._to_wake))):
                self._to_wake.popleft().wake.set()
            await asyncio.sleep(0)


async def _hang_up(socket: web.WebSocketResponse, code: int, reason: bytes) -> None:
    """Close with a reason, and without one where even that is not read."""
    with suppress(TimeoutError, ClientConnectionResetError):
        async with asyncio.timeout(GOODBYE_S):
            await socket.close(code=code, message=reason)
