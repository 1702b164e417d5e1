"""A line of any number of points, of which each painting draws those that its pixels can show.

pyqtgraph's own line looks at every point each time it is moved. Brings pyqtgraph and NumPy, so it
is imported when the first chart is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from vaultdesk.core.loan.series import A_COLUMN, Line, joined, lonely, thinned

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from vaultdesk.core.loan.series import Floats

DOT = 4.0
"""Pixels across a point that stands alone."""
SMOOTH_BELOW = A_COLUMN // 2
"""Points a column up to which edges are smoothed; a denser line is a band and gains nothing."""


class Curve(pg.GraphicsObject):  # type: ignore[misc]
    """Draws a Line in a pyqtgraph view whose horizontal axis is time.

    A dense line is one pixel of the screen wide, whatever its scale: wider pens are drawn seven to
    eleven times as slowly. One of few points is as wide as the scale has it.
    """

    def __init__(self, line: Line, pen: QPen) -> None:
        super().__init__()
        self.line, self.pen = line, pen
        self.shown = np.empty(0, dtype=np.int64)
        """The positions of the points that were drawn last."""
        self._bounds = _bounds(line)
        self._stretch: tuple[float, float, int] | None = None
        self._path: Any = None
        self._dots = QPolygonF()

    def set_line(self, line: Line, pen: QPen) -> None:
        """Show another line in place of this."""
        bounds = _bounds(line)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.line, self.pen = line, pen
        self._stretch = None
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        """The rectangle of all points."""
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Draw, having thinned anew where the view shows another stretch or width than before."""
        box = self.getViewBox()
        (start, stop), _ = box.viewRange()
        scale = painter.device().devicePixelRatioF()
        columns = max(int(box.width() * scale), 1)
        if self._stretch != (start, stop, columns):
            self._stretch = start, stop, columns
            self._thin(*self._stretch)
        smooth = len(self.shown) <= SMOOTH_BELOW * columns
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(_scaled(self.pen, scale if smooth else 1.0))
        painter.drawPath(self._path)
        if self._dots:
            painter.setPen(_dots(self.pen, scale))
            painter.drawPoints(self._dots)

    def _thin(self, start: float, stop: float, columns: int) -> None:
        self.shown = thinned(self.line, start, stop, columns)
        leads = joined(self.shown, self.line.cuts)
        x, y = self.line.times[self.shown], self.line.values[self.shown]
        connect = "all" if leads[:-1].all() else leads.astype(np.int32)
        self._path = pg.arrayToQPath(x, y, connect=connect, finiteCheck=False)
        self._dots = _polygon(x[lonely(leads)], y[lonely(leads)])


def _polygon(x: Floats, y: Floats) -> QPolygonF:
    return QPolygonF([QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)])


def _scaled(pen: QPen, scale: float) -> QPen:
    made = QPen(pen)
    made.setWidthF(pen.widthF() * scale)
    return made


def _dots(pen: QPen, scale: float) -> QPen:
    made = QPen(pen.color(), DOT * scale)
    made.setCosmetic(True)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    return made


def _bounds(line: Line) -> QRectF:
    if not len(line.times):
        return QRectF()
    first, last = float(line.times[0]), float(line.times[-1])
    low, high = float(line.values.min()), float(line.values.max())
    return QRectF(first, low, last - first, high - low)


class Shades(pg.GraphicsObject):  # type: ignore[misc]
    """Grounds the stretches between `begins` and `ends` that are a pixel wide or more.

    They are as high as `heights` of the view's vertical axis.
    """

    def __init__(
        self, begins: Floats, ends: Floats, heights: tuple[float, float], colour: QColor
    ) -> None:
        super().__init__()
        self._begins, self._ends, self._colour = begins, ends, colour
        self._low, self._height = heights[0], heights[1] - heights[0]
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:  # noqa: N802
        """From the first shade to the last."""
        if not len(self._begins):
            return QRectF()
        first, last = float(self._begins[0]), float(self._ends[-1])
        return QRectF(first, self._low, last - first, self._height)

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Fill each stretch that is in sight."""
        box = self.getViewBox()
        (start, stop), _ = box.viewRange()
        begins, ends = np.maximum(self._begins, start), np.minimum(self._ends, stop)
        pixel = (stop - start) / max(box.width(), 1.0)
        for number in np.flatnonzero(ends - begins >= pixel).tolist():
            begin, end = float(begins[number]), float(ends[number])
            painter.fillRect(QRectF(begin, self._low, end - begin, self._height), self._colour)
