"""The pyqtgraph side of a chart: axes, curves, shades, marks and the cursor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from vaultdesk.core.loan.series import HALF_HOUR_S, line, stepped
from vaultdesk.ui import theme
from vaultdesk.ui.charts.canvas import Canvas, range_of
from vaultdesk.ui.charts.curve import Curve, Shades
from vaultdesk.ui.charts.time_chart import Plot, Series, ink
from vaultdesk.ui.format import calendar_words, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.loan.series import Floats

MARGIN = 0.02
"""Share of the times' width that is left free on either side."""
ROOM_FOR_AXES = 420
"""Pixels of width from which on each overlay has its axis; below, the readout gives its values."""
SHADE = 0.1
"""How far a stretch without data is tinted."""
APART = 3
"""Pixels between two dates."""
MARK = 9
"""Pixels across a mark."""


class UnitAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that groups thousands and prints its unit beside each value."""

    unit = ""

    def tickStrings(self, values: Any, _scale: float, spacing: float) -> list[str]:  # noqa: ANN401, N802
        """What stands at each tick."""
        places = max(0, math.ceil(-math.log10(spacing)))
        unit = f" {self.unit}" if self.unit else ""
        return [f"{number(value, places)}{unit}" for value in values]


class DayAxis(pg.DateAxisItem):  # type: ignore[misc]
    """Dates of which none is printed over another: the coarser one stays."""

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:  # noqa: ANN401, N802
        """What stands at each tick; pyqtgraph names months and days of the week in English."""
        return [calendar_words(text) for text in super().tickStrings(values, scale, spacing)]

    def generateDrawSpecs(self, painter: Any) -> Any:  # noqa: ANN401, N802
        """The axis's line, its ticks and their texts; pyqtgraph lists coarse ones first."""
        specs = super().generateDrawSpecs(painter)
        if specs is None:
            return None
        axis, ticks, texts = specs
        kept: list[Any] = []
        for text in texts:
            room = text[0].adjusted(-APART, 0, APART, 0)
            if not any(room.intersects(other[0]) for other in kept):
                kept.append(text)
        return axis, ticks, kept


class Drawing(Canvas):
    """Draws a Plot into `widget`; `hover` is told the time under the mouse."""

    def __init__(self, hover: Callable[[float | None], None]) -> None:
        self._hover = hover
        self._values, self._rights = UnitAxis("left"), (UnitAxis("right"), UnitAxis("right"))
        bottom = DayAxis(orientation="bottom")
        axes = {"bottom": bottom, "left": self._values, "right": self._rights[0]}
        super().__init__(axes)
        self._item.layout.addItem(self._rights[1], 2, 3)
        for axis in self._rights:
            axis.unlinkFromView()
        self.widget.setMouseEnabled(x=True, y=False)
        self.widget.scene().sigMouseClicked.connect(self._clicked)
        self._plot: Plot | None = None
        self._wide = True
        self._heights = (0.0, 1.0)
        self._cross: tuple[Any, ...] = ()

    def draw(self, plot: Plot, *, whole: bool) -> None:
        """Everything anew; `whole` shows all times, else a zoom stays as it is."""
        zoomed = None if whole or self._is_whole() else self._item.vb.viewRange()[0]
        self._plot = plot
        self._item.clear()
        self._colour()
        self._frame(plot)
        self._item.addItem(
            Shades(*_unknown(plot), self._heights, theme.colour(ink("muted"), SHADE))
        )
        for series, axis in zip(plot.overlays, self._rights, strict=False):
            self._add(series, self._beside(series, axis))
        for series in plot.series:
            self._add(series, series.values)
        for series in plot.series:
            if series.level and len(series.values):
                self._name(series)
        self._mark(plot)
        self._add_cross()
        self.fit(self.widget.width())
        if zoomed is None:
            self.zoom(0)
        else:
            self._item.setXRange(*zoomed, padding=0)

    def fit(self, width: int) -> None:
        """Give the overlays their axes if there is room."""
        self._wide = width >= ROOM_FOR_AXES
        overlays = () if self._plot is None else self._plot.overlays
        for place, axis in enumerate(self._rights):
            axis.setVisible(self._wide and place < len(overlays))

    def point(self, position: int) -> None:
        """Put the cursor on a point of the first series; -1 takes it away."""
        if not self._cross or self._plot is None:
            return
        across, down, dot = self._cross
        for part in self._cross:
            part.setVisible(position >= 0)
        if position >= 0:
            x, y = self._plot.times[position], self._plot.series[0].values[position]
            down.setValue(x)
            across.setValue(y)
            dot.setData([x], [y])

    def zoom(self, factor: float, position: int = -1) -> None:
        """Show a stretch `factor` times as long around a point or the right edge; 0 for all."""
        if self._plot is None or not len(self._plot.times):
            return
        if not factor:
            self._item.setXRange(*_whole(self._plot), padding=MARGIN)
            return
        start, stop = self._item.vb.viewRange()[0]
        still = stop if position < 0 else float(self._plot.times[position])
        new = (still + factor * (edge - still) for edge in (start, stop))
        self._item.setXRange(*new, padding=0)

    def _is_whole(self) -> bool:
        if self._plot is None or not len(self._plot.times):
            return True
        first, last = _whole(self._plot)
        start, stop = self._item.vb.viewRange()[0]
        return bool(start <= first and last <= stop)

    def _colour(self) -> None:
        self._dress()
        overlays = () if self._plot is None else self._plot.overlays
        for series, axis in zip(overlays, self._rights, strict=False):
            self._dress_axis(axis, ink(series.tone))

    def _frame(self, plot: Plot) -> None:
        """Set the heights, and how far one may move and zoom."""
        self._values.unit = plot.unit
        if not len(plot.times):
            return
        self._heights = _heights([series.values for series in plot.series])
        self._item.setYRange(*self._heights, padding=0)
        first, last = _whole(plot)
        margin = MARGIN * (last - first)
        self._item.setLimits(
            xMin=first - 2 * margin, xMax=last + 2 * margin, minXRange=min(2 * HALF_HOUR_S, margin)
        )

    def _beside(self, series: Series, axis: UnitAxis) -> Floats:
        """Values of another unit at the left axis's heights; their own axis says which."""
        low, high = _heights([series.values])
        axis.setRange(low, high)
        bottom, top = self._heights
        return bottom + (series.values - low) * ((top - bottom) / (high - low))

    def _add(self, series: Series, heights: Floats) -> None:
        if self._plot is None:
            return
        style = Qt.PenStyle.DashLine if series.level else Qt.PenStyle.SolidLine
        pen = pg.mkPen(ink(series.tone), width=1, style=style)
        if series.level:
            drawn = line(*stepped(self._plot.times, heights, *_whole(self._plot)))
        else:
            drawn = line(self._plot.times, heights, self._plot.cuts)
        self._item.addItem(Curve(drawn, pen))

    def _name(self, series: Series) -> None:
        if self._plot is None:
            return
        text = pg.TextItem(series.name, color=ink(series.tone), anchor=(1, 1))
        text.setZValue(-5)  # the newest values are more than a name
        text.setFont(theme.ui_font(8.5))
        text.setPos(QPointF(_whole(self._plot)[1], series.values[-1]))
        self._item.addItem(text, ignoreBounds=True)

    def _mark(self, plot: Plot) -> None:
        now = theme.current()
        spots = pg.ScatterPlotItem(
            plot.times[plot.marks],
            plot.series[0].values[plot.marks],
            symbol="d",
            size=MARK,
            pen=pg.mkPen(now.text, width=1),
            brush=pg.mkBrush(now.panel),
        )
        self._item.addItem(spots, ignoreBounds=True)

    def _add_cross(self) -> None:
        now = theme.current()
        pen = pg.mkPen(now.muted, width=1)
        dot = pg.ScatterPlotItem(size=MARK, pen=None, brush=pg.mkBrush(now.text))
        self._cross = (pg.InfiniteLine(angle=0, pen=pen), pg.InfiniteLine(angle=90, pen=pen), dot)
        for part in self._cross:
            part.setVisible(False)
            self._item.addItem(part, ignoreBounds=True)

    def _moved(self, place: QPointF) -> None:
        box = self._item.vb
        inside = box.sceneBoundingRect().contains(place)
        self._hover(float(box.mapSceneToView(place).x()) if inside else None)

    def _clicked(self, event: Any) -> None:  # noqa: ANN401
        if event.double():
            self.zoom(0)


def _whole(plot: Plot) -> tuple[float, float]:
    """The first time and the last, which is now."""
    first, last = float(plot.times[0]), max(float(plot.times[-1]), plot.until)
    return (first, last) if first < last else (first - HALF_HOUR_S, last + HALF_HOUR_S)


def _heights(values: list[Floats]) -> tuple[float, float]:
    """A range that holds all of the values, with air."""
    lows, highs = (float(some.min()) for some in values), (float(some.max()) for some in values)
    return range_of(min(lows), max(highs))


def _unknown(plot: Plot) -> tuple[Floats, Floats]:
    """Where the stretches without data begin and end."""
    begins, ends = plot.times[plot.cuts - 1], plot.times[plot.cuts]
    if plot.stale and len(plot.times):
        begins, ends = np.append(begins, plot.times[-1]), np.append(ends, plot.until)
    return begins, ends
