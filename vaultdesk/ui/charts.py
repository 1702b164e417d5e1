"""Charts over time, drawn by pyqtgraph, which is imported when the first one is drawn.

pyqtgraph brings NumPy and takes longer to import than the window takes to paint.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vaultdesk.ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QShowEvent

AIR = 0.06
"""Share of the values' height that is left free above and below them."""
HALF_HOUR_S = 1800.0


@dataclass(frozen=True, slots=True)
class Series:
    """A line, in the unit of its axis; `tone` names a colour of Theme.

    A level holds until the next value, is drawn dashed and carries its name.
    """

    name: str
    tone: str
    values: tuple[float, ...]
    level: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over common times (seconds since 1970, ascending).

    Nothing is known between the points `cuts[i] - 1` and `cuts[i]`: the lines break there and the
    stretch is shaded.
    """

    times: tuple[float, ...]
    series: tuple[Series, ...]
    cuts: tuple[int, ...] = ()
    unit: str = ""


def broken(values: Sequence[float], cuts: Sequence[int], mark: float | None) -> list[float]:
    """The values with one more before each cut: `mark`, or the value at the cut if None."""
    out: list[float] = []
    at = set(cuts)
    for index, value in enumerate(values):
        if index in at:
            out.append(value if mark is None else mark)
        out.append(value)
    return out


def lonely(count: int, cuts: Sequence[int]) -> list[int]:
    """The points with no neighbour on either side: no line passes through them."""
    edges = sorted({0, *cuts, count})
    return [start for start, end in itertools.pairwise(edges) if end - start == 1]


def load() -> None:
    """Import pyqtgraph now, at a moment when a pause of some 0.2 s hurts nobody."""
    import pyqtgraph  # noqa: F401, PLC0415


class TimeChart(QWidget):
    """Shows a Plot; empty until the first. The arrow keys move the cursor as the mouse does."""

    pointed = Signal(int)
    """The position among the times that the cursor is at; -1 when it left."""

    def __init__(self) -> None:
        super().__init__()
        self.plot: Plot | None = None
        self._drawing: _Drawing | None = None
        self._cursor = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_plot(self, plot: Plot) -> None:
        """Draw this, at once or when the chart is first seen."""
        self.plot = plot
        self._cursor = -1
        if self.isVisible():
            self._draw()

    def recolour(self) -> None:
        """Draw anew in the colours of the current theme."""
        if self._drawing is not None:
            self._draw()

    def point_at(self, position: int) -> None:
        """Move the cursor to one of the times; -1 takes it away."""
        if position != self._cursor:
            self._cursor = position
            if self._drawing is not None and self.plot is not None:
                self._drawing.point(self.plot.times[position] if position >= 0 else None)
            self.pointed.emit(position)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Draw what was asked for while nobody looked."""
        super().showEvent(event)
        if self.plot is not None:
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right step through the points."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step or self.plot is None or not self.plot.times:
            super().keyPressEvent(event)
            return
        last = len(self.plot.times) - 1
        start = last + 1 if self._cursor < 0 else self._cursor
        self.point_at(min(max(start + step, 0), last))

    @property
    def is_drawn(self) -> bool:
        """Whether pyqtgraph has drawn anything yet."""
        return self._drawing is not None

    def canvas(self) -> Any:  # noqa: ANN401
        """The pyqtgraph widget; there is one once `is_drawn`."""
        return self._drawing.widget if self._drawing else None

    def mouse_at(self, time: float | None) -> None:
        """Move the cursor to the point nearest to a time; None takes it away."""
        if self.plot is None or time is None:
            self.point_at(-1)
            return
        times = self.plot.times
        right = min(bisect_left(times, time), len(times) - 1)
        left = max(right - 1, 0)
        self.point_at(left if abs(times[left] - time) < abs(times[right] - time) else right)

    def _draw(self) -> None:
        if self.plot is None:
            return
        if self._drawing is None:
            self._drawing = _Drawing(self.mouse_at)
            self._column.addWidget(self._drawing.widget)
        self._drawing.draw(self.plot)


class _Drawing:
    """The pyqtgraph side of a chart; `hover` is told the time under the mouse."""

    def __init__(self, hover: Any) -> None:  # noqa: ANN401
        import pyqtgraph as pg  # noqa: PLC0415

        self._pg, self._hover = pg, hover
        self._values = _unit_axis(pg)
        axes = {"bottom": pg.DateAxisItem(orientation="bottom"), "left": self._values}
        self.widget = pg.PlotWidget(axisItems=axes)
        self.widget.setMenuEnabled(False)
        self.widget.hideButtons()
        self.widget.setMouseEnabled(x=False, y=False)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self.widget.setDownsampling(auto=True, mode="peak")
        self.widget.setClipToView(True)
        self.widget.scene().sigMouseMoved.connect(self._moved)
        self._line: Any = None

    def draw(self, plot: Plot) -> None:
        """Everything anew: a chart of a year of hours takes a few milliseconds."""
        pg, item, now = self._pg, self.widget.getPlotItem(), theme.current()
        item.clear()
        self._values.unit = plot.unit
        self.widget.setBackground(now.panel)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(now.line)
            axis.setTextPen(now.muted)
            axis.setTickFont(theme.ui_font(8))
            axis.setStyle(tickLength=-4)
        item.showGrid(x=False, y=True, alpha=0.12)
        for cut in plot.cuts:
            self._shade(item, plot.times[cut - 1], plot.times[cut])
        for series in plot.series:
            self._add(item, plot, series)
        self._line = pg.InfiniteLine(angle=90, pen=pg.mkPen(now.muted, width=1))
        self._line.setVisible(False)
        item.addItem(self._line, ignoreBounds=True)
        self._frame(item, plot)

    def point(self, time: float | None) -> None:
        """Put the cursor's line at a time, or take it away."""
        if self._line is not None:
            self._line.setVisible(time is not None)
            self._line.setValue(time or 0.0)

    def _shade(self, item: Any, start: float, end: float) -> None:  # noqa: ANN401
        brush = theme.colour(theme.current().muted, 0.13)
        region = self._pg.LinearRegionItem((start, end), movable=False, brush=brush)
        for line in region.lines:
            line.setPen(self._pg.mkPen(None))
        region.setZValue(-10)
        item.addItem(region, ignoreBounds=True)

    def _add(self, item: Any, plot: Plot, series: Series) -> None:  # noqa: ANN401
        pg = self._pg
        colour = getattr(theme.current(), series.tone)
        style = Qt.PenStyle.DashLine if series.level else Qt.PenStyle.SolidLine
        times = broken(plot.times, plot.cuts, None)
        values = broken(series.values, plot.cuts, math.nan)
        if series.level and len(times) == 1:
            times, values = [times[0] - HALF_HOUR_S, times[0] + HALF_HOUR_S], values * 2
        curve = pg.PlotDataItem(
            times,
            values,
            pen=pg.mkPen(colour, width=1, style=style),
            stepMode="right" if series.level else None,
            connect="finite",
            antialias=not series.level,
        )
        item.addItem(curve)
        alone = lonely(len(plot.times), plot.cuts)
        if alone and not series.level:
            dots = pg.ScatterPlotItem(
                [plot.times[i] for i in alone],
                [series.values[i] for i in alone],
                size=5,
                pen=None,
                brush=colour,
            )
            item.addItem(dots)
        if series.level and series.values:
            text = pg.TextItem(series.name, color=colour, anchor=(1, 1))
            text.setFont(theme.ui_font(8.5))
            text.setPos(QPointF(plot.times[-1], series.values[-1]))
            item.addItem(text, ignoreBounds=True)

    def _frame(self, item: Any, plot: Plot) -> None:  # noqa: ANN401
        if not plot.times:
            return
        first, last = plot.times[0], plot.times[-1]
        if first == last:
            first, last = first - HALF_HOUR_S, last + HALF_HOUR_S
        lows = [min(series.values) for series in plot.series]
        highs = [max(series.values) for series in plot.series]
        air = AIR * (max(highs) - min(lows)) or 1.0
        item.setXRange(first, last, padding=0.02)
        item.setYRange(min(lows) - air, max(highs) + 2 * air, padding=0)

    def _moved(self, place: QPointF) -> None:
        box = self.widget.getPlotItem().vb
        inside = box.sceneBoundingRect().contains(place)
        self._hover(float(box.mapSceneToView(place).x()) if inside else None)


def _unit_axis(pg: Any) -> Any:  # noqa: ANN401
    """An axis that prints its unit beside each value."""

    class UnitAxis(pg.AxisItem):  # type: ignore[misc]
        unit = ""

        def tickStrings(self, values: Any, _scale: float, spacing: float) -> list[str]:  # noqa: ANN401, N802
            places = max(0, math.ceil(-math.log10(spacing)))
            return [f"{value:.{places}f} {self.unit}" for value in values]

    return UnitAxis(orientation="left")
