"""The history panel: the LTV over time against the levels that held then, and its export."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout

from vaultdesk.events import Bus, HistoryChanged, SnapshotTaken
from vaultdesk.ports import Clock, KnownError
from vaultdesk.services.errands import Errands
from vaultdesk.ui import theme
from vaultdesk.ui.charts.time_chart import TimeChart
from vaultdesk.ui.format import MISSING, local_minute, percent
from vaultdesk.ui.history.bar import HistoryBar
from vaultdesk.ui.history.view import RANGES, View, parsed, plot_of, told, written
from vaultdesk.ui.live import LivePanel
from vaultdesk.ui.panel import named
from vaultdesk.ui.readout import NARROWEST, say, sentence
from vaultdesk.ui.save_dialog import ask_where
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from vaultdesk.core.loan.series import LtvSeries
    from vaultdesk.services.history import HistoryService

HOUR = timedelta(hours=1)


class HistoryPanel(LivePanel):
    """Shows the history service's snapshots of a range; `kept` is the view chosen last time."""

    key = "history"
    title = tr("LTV history")

    view_changed = Signal(str)
    """The view that was chosen, as text to be given as `kept` next time."""

    def __init__(self, bus: Bus, history: HistoryService, clock: Clock, kept: str = "") -> None:
        super().__init__(bus)
        self._history, self._clock = history, clock
        self._series: LtvSeries | None = None
        self._shown: View | None = None
        self._problem = ""
        self._cursor, self._reading = -1, False
        self._loading = self._ask_again = False
        self._drawn_at = clock.now()
        self.errands = Errands(lambda wrong: self._read_out(wrong, "down"))
        self._bar = HistoryBar(parsed(kept))
        self._bar.chosen.connect(self._choose)
        self._bar.export_asked.connect(self._choose_file)
        self._readout = sentence(
            "history.readout", tr("The snapshot at the cursor, or what is shown")
        )
        self._readout.setFont(theme.ui_font(9))
        self._empty = sentence("history.empty", tr("Why there is no chart"))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chart = named(
            TimeChart(),
            "history.chart",
            tr("Left and right step through snapshots, plus and minus zoom"),
        )
        self.chart.setAccessibleName(tr("LTV over time"))
        self.chart.pointed.connect(self._pointed)
        self.setMinimumWidth(NARROWEST)
        self._arrange()
        self.hear(SnapshotTaken, lambda _event: self._ask())
        self.hear(HistoryChanged, lambda _event: self._ask())
        self._show_series()

    async def reload(self) -> None:
        """Read the snapshots of the chosen range and show them."""
        chosen = self._bar.view().range
        series, problem = None, ""
        try:
            series = await self._history.series(RANGES[chosen])
        except KnownError as error:
            problem = str(error)
        if chosen == self._bar.view().range:  # else another range was chosen meanwhile
            self._series = series if series is not None and len(series.times) else None
            self._problem = problem
            self._show_series()

    async def export_to(self, path: Path) -> None:
        """Write the chosen range to a file, and say so.

        Raises:
            StorageError: It cannot be read, or the file not written.
        """
        count = await self._history.export(path, RANGES[self._bar.view().range])
        self._read_out(tr("{count} snapshots written to {path}").format(count=count, path=path))

    def tick(self) -> None:
        """When the next snapshot is due, while there is none; an hour without one is drawn."""
        if self._problem:
            say(self._empty, self._problem)
        elif self._series is None:
            next_hour = self._clock.now().replace(minute=0, second=0, microsecond=0) + HOUR
            say(
                self._empty,
                tr(
                    "No snapshot in this range. One is taken each full hour while there is a "
                    "fresh price and a loan, next at {next_hour}, and at each crossing of a "
                    "threshold."
                ).format(next_hour=local_minute(next_hour)),
            )
        elif self._clock.now() - self._drawn_at >= HOUR:
            self._drawn_at = self._clock.now()
            self._ask()

    def recolour(self) -> None:
        """The chart and its legend are drawn, not styled."""
        self._bar.recolour()

    def retire(self) -> None:
        """Hear nothing, read nothing any more."""
        super().retire()
        self.errands.cancel()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read what was taken while nobody looked."""
        super().showEvent(event)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The readout takes as many lines as it needs at this width."""
        super().resizeEvent(event)
        self._readout.setMinimumHeight(0)

    def _arrange(self) -> None:
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.chart)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 2, 10, 6)
        foot.addWidget(self._readout)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(self._pages, 1)
        column.addLayout(foot)

    def _choose(self, view: View) -> None:
        self.view_changed.emit(written(view))
        if self._shown is not None and view.range == self._shown.range:
            self._show_series()
        else:
            self._ask()

    def _ask(self) -> None:
        """Read in the background; a panel nobody sees reads when it is next shown."""
        if not self.isVisible() or self._retired:
            return
        with contextlib.suppress(RuntimeError):  # no loop runs yet: the opened store will ask
            asyncio.get_running_loop()
            self._ask_again = True
            if not self._loading:
                self.errands.begin(self._load())

    async def _load(self) -> None:
        """Read once, and once more if that was asked for meanwhile, however often."""
        self._loading = True
        try:
            while self._ask_again:
                self._ask_again = False
                await self.reload()
        finally:
            self._loading = False

    def _choose_file(self) -> None:
        proposed = f"ltv-history-{self._clock.now():%Y-%m-%d}"
        ask_where(
            self, self.key, tr("Export the LTV history"), proposed,
            lambda path: self.errands.begin(self.export_to(path)),
        )  # fmt: skip

    def _show_series(self) -> None:
        series, view = self._series, self._bar.view()
        whole = self._shown is None or self._shown.range != view.range
        self._shown, self._drawn_at = view, self._clock.now()
        self._pages.setCurrentWidget(self._empty if series is None else self.chart)
        self._bar.export.setEnabled(series is not None)
        if series is not None and series.last is not None:
            plot = plot_of(series, view, self._clock.now().timestamp())
            self.chart.show_plot(plot, whole=whole)
            say(self._bar.last, f"LTV {percent(series.last.ltv)}", hint=told(series.last))
        else:
            say(self._bar.last, f"LTV {MISSING}", hint=tr("There is no snapshot in this range."))
        self._pointed(-1)
        self.tick()

    def _pointed(self, position: int) -> None:
        self._cursor = position
        if position >= 0:
            if not self._reading:
                self.errands.begin(self._read_cursor())
        elif self._series is None or self._series.last is None:
            self._read_out("")
        else:
            plot = self.chart.plot
            missing = len(self._series.gaps()) + (plot is not None and plot.stale)
            shaded = tr(
                " · {n} shaded gaps without data", " · {n} shaded gap without data", missing
            ).format(n=missing)
            self._read_out(told(self._series.last) + shaded * bool(missing))

    async def _read_cursor(self) -> None:
        """Read the snapshot at the cursor to the digit; a cursor that moved on is followed."""
        self._reading = True
        try:
            place = -1
            while self._series is not None and self._cursor not in (-1, place):
                series, place = self._series, self._cursor
                point = await self._history.snapshot(int(series.ids[place]))
                if point is not None and (series, place) == (self._series, self._cursor):
                    self._read_out(told(point), "")
        finally:
            self._reading = False

    def _read_out(self, text: str, role: str = "muted") -> None:
        """Say it below the chart, which never grows while one looks from point to point."""
        say(self._readout, text, role=role)
        lines = self._readout.heightForWidth(max(self._readout.width(), 1))
        self._readout.setMinimumHeight(max(lines, self._readout.minimumHeight()))
