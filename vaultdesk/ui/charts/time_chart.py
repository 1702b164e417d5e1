"""Charts over time, drawn by pyqtgraph, which is imported when the first one is drawn.

pyqtgraph brings NumPy and takes longer to import than the window takes to paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal

from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import LazyChart

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from vaultdesk.core.loan.series import Floats, Places
    from vaultdesk.ui.charts.drawing import Drawing

BLUE = {theme.DARK.name: "#6ea8fe", theme.LIGHT.name: "#1d5fbf"}
"""What is drawn beside the values of the chart; a tone called "beside"."""

KINDS = {
    theme.DARK.name: (
        *("#6ea8fe", "#f2a93b", "#3ecf8e", "#e58fd0", "#5cc8d7", "#d9c94a", "#ff8f6b", "#a9b4c6"),
    ),
    theme.LIGHT.name: (
        *("#1d5fbf", "#8c5200", "#087042", "#a3217f", "#00697a", "#6b6000", "#b23a10", "#4d5868"),
    ),
}
"""Colours that say which, not how good: the tones "kind 1" to "kind 8".

Each differs from the panel by 4.5:1 or more, so its name may be written in it.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A line; `tone` names a colour for `ink`.

    A level holds until the next value, across cuts too, and is drawn dashed.
    """

    name: str
    tone: str
    values: Floats
    level: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """Lines over common times (seconds since 1970, ascending).

    Attributes:
        times: of the points.
        series: on the axis on the left, in `unit`; the first is marked and read out, levels carry
            their names.
        overlays: each with an axis of its own on the right, in its own colour.
        cuts: nothing is known between the points `cuts[i] - 1` and `cuts[i]`: lines that are no
            levels break there, and the stretch is shaded.
        marks: points of the first series that stand out.
        until: the time now; a stretch without data up to it is shaded if `stale`.
        stale: nothing is known from the last point until now.
        unit: of the left axis.
    """

    times: Floats
    series: tuple[Series, ...]
    overlays: tuple[Series, ...]
    cuts: Places
    marks: Places
    until: float
    stale: bool = False
    unit: str = ""


def ink(tone: str) -> str:
    """The colour of a tone in the current theme: one of Theme's, "beside" or "kind 3"."""
    now = theme.current()
    if tone.startswith("kind "):
        return KINDS[now.name][int(tone.removeprefix("kind ")) - 1]
    return BLUE[now.name] if tone == "beside" else str(getattr(now, tone))


def load() -> None:
    """Import pyqtgraph now, at a moment when a pause of some 0.2 s hurts nobody."""
    import pyqtgraph  # noqa: F401, PLC0415


class TimeChart(LazyChart["Drawing"]):
    """Shows a Plot; empty until the first.

    The arrow keys move the cursor as the mouse does; plus and minus zoom as the wheel does, Home
    or a double click shows everything again.
    """

    pointed = Signal(int)
    """The position among the times that the cursor is at; -1 when it left."""

    def __init__(self) -> None:
        super().__init__()
        self.plot: Plot | None = None
        self._cursor = -1

    def show_plot(self, plot: Plot, *, whole: bool = True) -> None:
        """Draw this, at once or when the chart is first seen; `whole` undoes any zoom."""
        self.plot = plot
        self._cursor = -1
        if self.isVisible():
            self._draw(whole=whole)

    def point_at(self, position: int) -> None:
        """Move the cursor to one of the times; -1 takes it away."""
        if position != self._cursor:
            self._cursor = position
            if self._drawing is not None:
                self._drawing.point(position)
            self.pointed.emit(position)

    def zoom(self, factor: float) -> None:
        """Show a stretch `factor` times as long around the cursor or the right edge; 0 for all."""
        if self._drawing is not None:
            self._drawing.zoom(factor, self._cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A narrow chart has no room for more than one axis."""
        super().resizeEvent(event)
        if self._drawing is not None:
            self._drawing.fit(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right step through the points; plus, minus and Home zoom."""
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        zooms = {Qt.Key.Key_Plus: 0.5, Qt.Key.Key_Minus: 2.0, Qt.Key.Key_Home: 0.0}
        if self.plot is None or not len(self.plot.times) or not (step or key in zooms):
            super().keyPressEvent(event)
        elif step:
            last = len(self.plot.times) - 1
            start = last + 1 if self._cursor < 0 else self._cursor
            self.point_at(min(max(start + step, 0), last))
        else:
            self.zoom(zooms[key])

    def mouse_at(self, time: float | None) -> None:
        """Move the cursor to the point nearest to a time; None takes it away."""
        if self.plot is None or time is None or not len(self.plot.times):
            self.point_at(-1)
            return
        times = self.plot.times
        right = min(int(times.searchsorted(time)), len(times) - 1)
        left = max(right - 1, 0)
        self.point_at(left if abs(times[left] - time) < abs(times[right] - time) else right)

    def _make(self) -> Drawing:
        from vaultdesk.ui.charts.drawing import Drawing  # noqa: PLC0415 (brings pyqtgraph)

        made = Drawing(self.mouse_at)
        made.fit(self.width())
        return made

    def _redraw(self) -> None:
        self._draw(whole=False)

    def _draw(self, *, whole: bool) -> None:
        if self.plot is not None:
            self._canvas().draw(self.plot, whole=whole)
