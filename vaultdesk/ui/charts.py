"""Charts over time, drawn by pyqtgraph, which is imported when the first one is drawn.

pyqtgraph brings NumPy and takes longer to import than the window takes to paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

    from vaultdesk.core.loan.series import Floats, Places
    from vaultdesk.ui.drawing import Drawing

BLUE = {theme.DARK.name: "#6ea8fe", theme.LIGHT.name: "#1d5fbf"}
"""What is drawn beside the values of the chart; a tone called "beside"."""


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
    """The colour of a tone in the current theme: one of Theme's, or "beside"."""
    now = theme.current()
    return BLUE[now.name] if tone == "beside" else str(getattr(now, tone))


def load() -> None:
    """Import pyqtgraph now, at a moment when a pause of some 0.2 s hurts nobody."""
    import pyqtgraph  # noqa: F401, PLC0415


class TimeChart(QWidget):
    """Shows a Plot; empty until the first.

    The arrow keys move the cursor as the mouse does; plus and minus zoom as the wheel does, Home
    or a double click shows everything again.
    """

    pointed = Signal(int)
    """The position among the times that the cursor is at; -1 when it left."""

    def __init__(self) -> None:
        super().__init__()
        self.plot: Plot | None = None
        self._drawing: Drawing | None = None
        self._cursor = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_plot(self, plot: Plot, *, whole: bool = True) -> None:
        """Draw this, at once or when the chart is first seen; `whole` undoes any zoom."""
        self.plot = plot
        self._cursor = -1
        if self.isVisible():
            self._draw(whole=whole)

    def recolour(self) -> None:
        """Draw anew in the colours of the current theme."""
        if self._drawing is not None:
            self._draw(whole=False)

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

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what was asked for while nobody looked."""
        super().showEvent(event)
        if self.plot is not None:
            self._draw(whole=False)

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

    @property
    def is_drawn(self) -> bool:
        """Whether pyqtgraph has drawn anything yet."""
        return self._drawing is not None

    def canvas(self) -> Any:  # noqa: ANN401
        """The pyqtgraph widget; there is one once `is_drawn`."""
        return self._drawing.widget if self._drawing else None

    def mouse_at(self, time: float | None) -> None:
        """Move the cursor to the point nearest to a time; None takes it away."""
        if self.plot is None or time is None or not len(self.plot.times):
            self.point_at(-1)
            return
        times = self.plot.times
        right = min(int(times.searchsorted(time)), len(times) - 1)
        left = max(right - 1, 0)
        self.point_at(left if abs(times[left] - time) < abs(times[right] - time) else right)

    def _draw(self, *, whole: bool) -> None:
        if self.plot is None:
            return
        if self._drawing is None:
            from vaultdesk.ui.drawing import Drawing  # noqa: PLC0415 (brings pyqtgraph)

            self._drawing = Drawing(self.mouse_at)
            self._drawing.fit(self.width())
            self._column.addWidget(self._drawing.widget)
        self._drawing.draw(self.plot, whole=whole)
