"""The whole desk on a simulated session at 20 ticks a second: loop lateness and memory."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from tests.bench.loop import LoopProbe, memory_mb
from vaultdesk import settings as layers
from vaultdesk.app.defence import Defence
from vaultdesk.app.desk import Desk
from vaultdesk.app.parts import Profile

TICKS_PER_S = 20
SETTLED_S = 8
"""The first chain, the charts and the history are there by then."""


def with_desk(
    work: Callable[[Desk], Awaitable[None]],
    *,
    prepare: Callable[[Profile], object] = lambda _profile: None,
    **settings: object,
) -> None:
    """Open the demonstration's desk offscreen, do `work(desk)`, and close it.

    `prepare` sees the profile's folder before anything is in it.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["VAULTDESK_HOME"] = home
        chosen = layers.load({"feed": "simulated", **settings})
        profile = Profile(chosen, demo=True)
        prepare(profile)
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        application.setQuitOnLastWindowClosed(False)
        desk = Desk(application, profile, Defence(profile.home, "warning"), None, (1600, 1000), {})

        async def life() -> None:
            main = asyncio.ensure_future(desk.main(""))
            await work(desk)
            start = time.perf_counter()
            desk.quit.set()
            await main
            print(f"  quit in {time.perf_counter() - start:.2f} s")

        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            runner.run(life())


def run(minutes: float) -> None:
    """Print lateness and memory over the session."""

    async def watch(desk: Desk) -> None:
        del desk
        await asyncio.sleep(SETTLED_S)
        probe, cpu, before = LoopProbe(), time.process_time(), memory_mb()
        probe.start()
        await asyncio.sleep(60 * minutes)
        probe.stop()
        busy = (time.process_time() - cpu) / (60 * minutes)
        print(f"simulated session, {minutes:g} min at {TICKS_PER_S} ticks/s, whole desk:")
        print(
            f"  loop lateness p50 {probe.quantile(0.5):.2f} ms, p99 {probe.quantile(0.99):.2f} ms,"
            f" worst {max(probe.samples):.1f} ms; stalls over 16 ms: {len(probe.stalls)}"
        )
        for at, late in probe.stalls[:10]:
            print(f"    at {at:.1f} s: {late:.1f} ms")
        print(f"  memory {before:.0f} -> {memory_mb():.0f} MB, {100 * busy:.0f} % of a core")

    with_desk(watch, simulated_ticks_per_s=TICKS_PER_S)
