"""10,000 updates a second to visible cells of the chain's table, and how late the loop gets.

The same feed of updates also drives Qt's own item model and view, the named peer.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem
from qasync import QEventLoop

from tests.bench.loop import LoopProbe
from vaultdesk.ui import theme
from vaultdesk.ui.tables.model import Column, TableModel
from vaultdesk.ui.tables.view import Table

ROWS, COLUMNS = 5000, 20
PER_SECOND, BATCHES = 10_000, 200
SECONDS = 8


class _Feed:
    """Changes `PER_SECOND` random visible cells a second, in small batches on a fixed grid."""

    def __init__(self, visible: int, change: Callable[[int, int, float], None]) -> None:
        self._visible, self._change = visible, change
        self._random = random.Random(7)  # noqa: S311
        self.sent = 0

    async def run(self, seconds: float) -> None:
        """Send until the time is over."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while (now := loop.time() - start) < seconds:
            due = int(now * PER_SECOND)
            while self.sent < due:
                row, column = self._random.randrange(self._visible), self._random.randrange(COLUMNS)
                self._change(row, column, self._random.random() * 100)
                self.sent += 1
            await asyncio.sleep(1 / BATCHES)


def _ours() -> tuple[Any, Callable[[int, int, float], None]]:
    def text(column: int) -> Callable[[list[float]], str]:
        return lambda row: f"{row[column]:.2f}"

    rows = [[float(r + c) for c in range(COLUMNS)] for r in range(ROWS)]
    model: Any = TableModel(
        [Column(f"c{c}", f"C{c}", "", text(c), sample="000.00") for c in range(COLUMNS)]
    )
    model.show_rows(rows)
    table = Table(model)

    def change(row: int, column: int, value: float) -> None:
        rows[row][column] = value
        model.touch(row, column)

    return table, change


def _peer() -> tuple[Any, Callable[[int, int, float], None]]:
    table = QTableWidget(ROWS, COLUMNS)
    items = [[QTableWidgetItem(f"{r + c:.2f}") for c in range(COLUMNS)] for r in range(ROWS)]
    for row, cells in enumerate(items):
        for column, item in enumerate(cells):
            table.setItem(row, column, item)

    def change(row: int, column: int, value: float) -> None:
        items[row][column].setText(f"{value:.2f}")

    return table, change


async def _measure(name: str, table: Any, change: Callable[[int, int, float], None]) -> None:  # noqa: ANN401
    table.resize(1600, 1000)
    table.show()
    await asyncio.sleep(1)
    visible = max(1, table.rowAt(table.viewport().height() - 1))
    feed, probe, cpu = _Feed(visible, change), LoopProbe(), time.process_time()
    probe.start()
    await feed.run(SECONDS)
    probe.stop()
    busy = 100 * (time.process_time() - cpu) / SECONDS
    table.hide()
    print(
        f"  {name}: {feed.sent / SECONDS:,.0f} updates/s over {visible} visible rows, lateness "
        f"p50 {probe.quantile(0.5):.2f} p99 {probe.quantile(0.99):.2f} "
        f"worst {max(probe.samples):.1f} ms, {busy:.0f} % of a core"
    )


async def _both() -> None:
    for name, build in (("VaultDesk table", _ours), ("QTableWidget", _peer)):
        table, change = build()
        await _measure(name, table, change)


def run() -> None:
    """Print both."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"table of {ROWS} x {COLUMNS} cells, {PER_SECOND:,} changes a second (limit p99 5 ms):")
    run_on_qt(_both())


def run_on_qt(work: Coroutine[Any, Any, None]) -> None:
    """Run on an event loop of Qt, dressed as the desk is."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.DARK)
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        runner.run(work)
