"""The what-if panel under a dragged slider: how soon it shows exact values, what that stalls."""

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import cycle, islice

from tests.bench.cells import run_on_qt
from tests.bench.loop import LoopProbe
from tests.core.hedge import boards
from tests.core.hedge.positions import leg
from tests.fakes.feed import ManualClock
from vaultdesk.core.hedge.config import StrategyConfig
from vaultdesk.core.hedge.position import Position
from vaultdesk.core.hedge.vocabulary import HedgeRules
from vaultdesk.events import Bus
from vaultdesk.services.scenes import SceneService
from vaultdesk.ui.panels.whatif import WhatIfPanel
from vaultdesk.ui.slider_row import SliderRow
from vaultdesk.ui.whatif.pages import REST_S

MOVES, FRAME_S = 150, 1 / 60
RESTED = f"of it {1000 * REST_S:.0f} at rest"
LIMITS = {"tornado": RESTED, "crash": RESTED}
"""Pages that wait until the slider rests; the figures beside them do not."""
ONE = Position((leg("P", "332.5", 100),))
SIX = Position(
    tuple(
        leg(right, strike, contracts, expiry)
        for expiry in (1, 2)
        for right, strike, contracts in (("P", "350", 50), ("P", "332.5", 50), ("C", "385", -50))
    )
)


class Desk:
    """As much of the hedge service as a panel asks for."""

    loading, problem, title, rules = False, "", "a hedge", HedgeRules()

    def __init__(self, config: StrategyConfig, chosen: Position) -> None:
        self.config, self.chosen = config, chosen

    def attend(self) -> Callable[[], None]:
        """Nothing is fetched here."""
        return lambda: None


def run() -> None:
    """Print for one leg and for six."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    run_on_qt(_both())


async def _both() -> None:
    for position in (ONE, SIX):
        await _measured(position)


async def _measured(position: Position) -> None:
    config = boards.config()
    desk = Desk(config, position)
    bus = Bus()
    panel = WhatIfPanel(bus, desk, SceneService(bus), ManualClock(boards.NOW))  # type: ignore[arg-type]
    panel.resize(900, 640)
    panel.show()
    print(f"what-if, a hedge of {len(position.legs)} legs, in milliseconds:")
    for number, page in enumerate(panel.body.pages):
        panel.body.tabs.setCurrentIndex(number)
        for name, row in (("gold", panel.body.sliders.gold), ("vol", panel.body.sliders.vol)):
            await panel.errands.settled()
            await _page(panel, page.key, name, row)
    panel.retire()
    panel.deleteLater()


async def _page(panel: WhatIfPanel, key: str, name: str, row: SliderRow) -> None:
    """Single moves until all is shown, then a drag of sixty moves a second."""
    values = [Decimal(value) for value in islice(cycle((*range(-20, 20), *range(20, -20, -1))), 40)]
    took = []
    for value in values:
        start = time.perf_counter()
        row.set_value(value)
        handed_over = time.perf_counter()
        await panel.errands.settled()
        took.append((1000 * (time.perf_counter() - start), 1000 * (handed_over - start)))
        await asyncio.sleep(0.002)  # the frame is painted
    probe = LoopProbe()
    probe.start()
    for value in islice(cycle(values), MOVES):
        row.set_value(value)
        await asyncio.sleep(FRAME_S)
    probe.stop()
    await panel.errands.settled()
    whole, turn = (sorted(times) for times in zip(*took, strict=True))
    print(
        f"  {key}, {name}: all shown after {statistics.median(whole):.1f}, p95 "
        f"{whole[int(0.95 * len(whole))]:.1f} ({LIMITS.get(key, 'limit 16')}); on the loop "
        f"{statistics.median(turn):.1f} at once; dragged 60 times a second it is late by "
        f"p50 {probe.quantile(0.5):.1f}, p99 {probe.quantile(0.99):.1f}, "
        f"worst {max(probe.samples):.1f}"
    )
    row.reset()
