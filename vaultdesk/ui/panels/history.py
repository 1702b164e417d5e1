"""The history panel: the LTV over time against the levels that held then, and its export."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
)

from vaultdesk.core.loan.valuation import Snapshot, gaps
from vaultdesk.events import Bus, HistoryChanged, SnapshotTaken
from vaultdesk.ports import Clock, KnownError
from vaultdesk.ui import theme
from vaultdesk.ui.charts import Plot, Series, TimeChart
from vaultdesk.ui.format import MISSING, local_minute, percent, price
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import SEMIBOLD, label, say, sentence

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from PySide6.QtGui import QShowEvent

    from vaultdesk.services.history import HistoryService

RANGES: dict[str, int | None] = {"7 days": 7, "30 days": 30, "90 days": 90, "All": None}
HOUR = timedelta(hours=1)
"""Snapshots come each hour: more than this between two is a gap."""


class HistoryPanel(LivePanel):
    """Shows the history service's snapshots of a range."""

    key = "history"
    title = "LTV history"

    def __init__(self, bus: Bus, history: HistoryService, clock: Clock) -> None:
        super().__init__(bus)
        self._history, self._clock = history, clock
        self._points: tuple[Snapshot, ...] = ()
        self._problem = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._range = named(QComboBox(), "history.range", "How far back the chart goes")
        self._range.setAccessibleName("Range")
        self._range.addItems(list(RANGES))
        self._range.setCurrentText("30 days")
        self._range.currentIndexChanged.connect(lambda _index: self._ask())
        self._export = named(QPushButton("Export CSV…"), "history.export", "Write it to a file")
        self._export.clicked.connect(lambda _checked: self._choose_file())
        self._last = label("history.last", "The newest snapshot")
        self._last.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        self._readout = sentence("history.readout", "The snapshot at the cursor, or what is shown")
        self._readout.setFont(theme.ui_font(9))
        self._empty = sentence("history.empty", "Why there is no chart")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chart = named(TimeChart(), "history.chart", "Left and right step through snapshots")
        self.chart.setAccessibleName("LTV over time")
        self.chart.pointed.connect(self._pointed)
        self._arrange()
        self.hear(SnapshotTaken, lambda _event: self._ask())
        self.hear(HistoryChanged, lambda _event: self._ask())
        self._show_points()

    def days(self) -> int | None:
        """The days of the chosen range; None for all there is."""
        return RANGES[self._range.currentText()]

    async def reload(self) -> None:
        """Read the snapshots of the chosen range and show them."""
        days = self.days()
        problem = ""
        try:
            points = await self._history.points(days)
        except KnownError as error:
            points, problem = (), str(error)
        if days == self.days():  # else another range was chosen meanwhile
            self._points, self._problem = points, problem
            self._show_points()

    async def settled(self) -> None:
        """Return when nothing is being read or written any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def export_to(self, path: Path) -> None:
        """Write the chosen range to a file, and say so."""
        try:
            count = await self._history.export(path, self.days())
        except KnownError as error:
            say(self._readout, str(error), role="down")
            return
        say(self._readout, f"{count} snapshots written to {path}", role="muted")

    def tick(self) -> None:
        """When the next snapshot is due, while there is none."""
        if self._problem:
            say(self._empty, self._problem)
        elif not self._points:
            next_hour = self._clock.now().replace(minute=0, second=0, microsecond=0) + HOUR
            say(
                self._empty,
                "No snapshot in this range. One is taken each full hour while there is a fresh "
                f"price and a loan, next at {local_minute(next_hour)}, and at each change of zone.",
            )

    def recolour(self) -> None:
        """The chart is drawn, not styled."""
        self.chart.recolour()

    def retire(self) -> None:
        """Hear nothing, read nothing any more."""
        super().retire()
        for task in self._tasks:
            task.cancel()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read what was taken while nobody looked."""
        super().showEvent(event)
        self._ask()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 6, 8, 4)
        top.addWidget(self._range)
        top.addSpacing(6)
        top.addWidget(self._last)
        top.addStretch(1)
        top.addWidget(self._export)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.chart)
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 2, 10, 6)
        foot.addWidget(self._readout)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._pages, 1)
        column.addLayout(foot)

    def _ask(self) -> None:
        """Read in the background; a panel nobody sees reads when it is next shown."""
        if not self.isVisible() or self._retired:
            return
        with contextlib.suppress(RuntimeError):  # no loop runs yet: the opened store will ask
            asyncio.get_running_loop()
            self._begin(self.reload())

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Export the LTV history")
        dialog.setObjectName("history.export.dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("CSV (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"ltv-history-{self._clock.now():%Y-%m-%d}.csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._begin(self.export_to(Path(name))))
        dialog.open()

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _show_points(self) -> None:
        points = self._points
        self._pages.setCurrentWidget(self.chart if points else self._empty)
        self._export.setEnabled(bool(points))
        if points:
            self.chart.show_plot(_plot(points))
            say(self._last, f"LTV {percent(points[-1].ltv)}", hint=_told(points[-1]))
        else:
            say(self._last, f"LTV {MISSING}", hint="There is no snapshot in this range.")
        self._pointed(-1)
        self.tick()

    def _pointed(self, position: int) -> None:
        if not self._points:
            say(self._readout, "", role="muted")
        elif position < 0:
            missing = len(gaps(self._points, HOUR))
            shaded = f" · {missing} shaded gap{'s' * (missing != 1)} without data" * bool(missing)
            last = _told(self._points[-1])
            say(self._readout, f"{last}{shaded}", role="muted")
        else:
            say(self._readout, _told(self._points[position]), role="")


def _told(point: Snapshot) -> str:
    """A snapshot in one line."""
    turned = f" · zone became {point.zone}" if point.reason == "zone" else ""
    return (
        f"{local_minute(point.at)} · LTV {percent(point.ltv)} · {point.symbol} "
        f"{price(point.price)} · {point.source} · {point.quality}{turned}"
    )


def _plot(points: tuple[Snapshot, ...]) -> Plot:
    """The LTV and the levels of each snapshot's own terms, in per cent."""

    def series(name: str, tone: str, field: str, *, level: bool = False) -> Series:
        values = tuple(100 * float(getattr(point, field)) for point in points)
        return Series(name, tone, values, level)

    newest = points[-1]
    return Plot(
        times=tuple(point.at.timestamp() for point in points),
        series=(
            series("LTV", "accent", "ltv"),
            series(f"call {percent(newest.call_ltv)}", "warning", "call_ltv", level=True),
            series(f"close-out {percent(newest.closeout_ltv)}", "down", "closeout_ltv", level=True),
        ),
        cuts=gaps(points, HOUR),
        unit="%",
    )
