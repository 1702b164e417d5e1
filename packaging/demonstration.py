"""The demonstration's desk opened here, in this process, for whoever looks at it from outside."""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop

from vaultdesk import settings as layers
from vaultdesk.app.defence import Defence
from vaultdesk.app.desk import Desk
from vaultdesk.app.parts import Profile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vaultdesk.events import Bus

T = TypeVar("T")

START = "2026-07-10T15:00:00+00:00"
"""Friday, 11:00 in New York."""
STANDSTILL = 0.01
"""Ticks a second: the first price stands for as long as anybody looks."""
REST_S = 0.25
"""Nothing was painted for so long: whatever was asked for is on the screen."""
PATIENCE_S = 30.0


class Stillness(QObject):
    """Knows when a window was painted last.

    It listens to the window alone: a filter on the application makes Qt lose requests of layouts.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._last = 0.0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take note of paints and let every event through."""
        del watched
        if event.type() is QEvent.Type.UpdateRequest:
            self._last = time.monotonic()
        return False

    async def reached(self) -> None:
        """Return when it has not been painted for a while, or anyway after some patience."""
        self._last = time.monotonic()
        end = self._last + PATIENCE_S
        # It is the lapse of time that is waited for: an event would tell of paints alone.
        while (left := self._last + REST_S - time.monotonic()) > 0 and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(left)


async def heard(bus: Bus, kind: type[T], ready: Callable[[], bool]) -> None:
    """Return once it is ready; it is looked at whenever such an event is told."""
    told = asyncio.Event()
    forget = bus.subscribe(kind, lambda _event: told.set())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not ready():
                await told.wait()
                told.clear()
    finally:
        forget()


def with_demonstration(
    work: Callable[[Desk, Stillness], Awaitable[T]], size: tuple[int, int], **chosen: object
) -> T:
    """Open the demonstration at a fixed moment of a market that stands still, and close it.

    It has a home of its own; `chosen` are settings besides.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    with tempfile.TemporaryDirectory() as home:
        os.environ["VAULTDESK_HOME"] = home
        market = {"simulated_start": START, "simulated_ticks_per_s": STANDSTILL}
        profile = Profile(layers.load({"feed": "simulated", **market, **chosen}), demo=True)
        application = QApplication.instance() or QApplication(["vaultdesk"])
        assert isinstance(application, QApplication)  # noqa: S101 - a QCoreApplication has no windows
        application.setQuitOnLastWindowClosed(False)
        defence = Defence(profile.home, "warning")
        desk = Desk(application, profile, defence, None, size, {}, argparse.ArgumentParser)
        still = Stillness(desk.window)

        async def life() -> T:
            main = asyncio.ensure_future(desk.main(""))
            try:
                return await work(desk, still)
            finally:
                desk.quit.set()
                await main

        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            return runner.run(life())
