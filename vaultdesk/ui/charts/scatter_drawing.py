"""The pyqtgraph side of a ScatterChart: axes below, the frontier, points and names on a sheet.

Brings pyqtgraph, so it is imported when the first chart is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from vaultdesk.ui import theme
from vaultdesk.ui.charts.canvas import (
    PAD,
    TextCanvas,
    box,
    dashed,
    limits,
    metrics,
    text_size,
    write,
)
from vaultdesk.ui.charts.label_places import beside
from vaultdesk.ui.charts.scatter_chart import Point, ScatterPlot, frontier, in_order
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

DOT, RING, REACH = 4.5, 9.0, 14.0
"""Pixels from the middle of a point to its edge, to its ring, and as far as the mouse reaches."""
AIR_ACROSS, AIR_UP = 0.08, 0.12


class ScatterDrawing(TextCanvas):
    """Draws a ScatterPlot into `widget`."""

    def __init__(self, hover: Callable[[str], None], choose: Callable[[str], None]) -> None:
        super().__init__()
        self.names: dict[str, QRectF] = {}
        """Where the names of points were written last, by their keys."""
        self._plot: ScatterPlot | None = None
        self._pointed = ""
        self._hover = hover
        self.widget.pressed.connect(lambda place: choose(self.key_at(place)))
        self.widget.left.connect(lambda: hover(""))

    def draw(self, plot: ScatterPlot) -> None:
        """Show this in place of what was shown."""
        self._plot = plot
        across = _wider([point.x for point in plot.points], AIR_ACROSS)
        heights = [point.y for point in plot.points] + [limit.at for limit in plot.limits]
        self._show_axes(plot.x, plot.y, across, _wider(heights, AIR_UP))
        self._sheet.update()

    def point(self, key: str) -> None:
        """Read out a point; "" for none."""
        self._pointed = key
        self._sheet.update()

    def key_at(self, scene: QPointF) -> str:
        """The key of the point, or of the name, at a place of the scene; "" for none."""
        place = self._sheet.mapFromScene(scene)
        named = [key for key, name in self.names.items() if name.contains(place)]
        points = () if self._plot is None else self._plot.points
        away = {point.key: (self._place(point) - place).manhattanLength() for point in points}
        nearest = min(away, key=lambda key: away[key], default="")
        if nearest and away[nearest] <= REACH:
            return nearest
        return named[0] if named else ""

    def _moved(self, place: QPointF) -> None:
        key = self.key_at(place)
        self.widget.setCursor(
            Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor
        )
        self._hover(key)

    def _place(self, point: Point) -> QPointF:
        return QPointF(self._sheet.x(point.x), self._sheet.y(point.y))

    def _paint(self, painter: QPainter) -> None:
        if self._plot is None:
            return
        self._paint_frontier(painter, self._plot)
        limits(painter, self._sheet, self._plot.limits)
        for point in self._plot.points:
            self._paint_point(painter, point, chosen=point.key == self._plot.chosen)
        self._paint_names(painter, self._plot)
        pointed = [point for point in self._plot.points if point.key == self._pointed]
        for point in pointed:
            self._paint_pointed(painter, self._plot, point)

    def _paint_frontier(self, painter: QPainter, plot: ScatterPlot) -> None:
        corners = [QPointF(self._sheet.x(x), self._sheet.y(y)) for x, y in frontier(plot)]
        if corners:
            room = self._sheet.room
            top, right = QPointF(corners[0].x(), room.top()), QPointF(room.right(), corners[-1].y())
            painter.setPen(dashed(theme.current().accent, width=1.5))
            painter.drawPolyline(QPolygonF([top, *corners, right]))

    def _paint_point(self, painter: QPainter, point: Point, *, chosen: bool) -> None:
        """Full on the frontier, hollow where dominated, with a ring if chosen."""
        now, place = theme.current(), self._place(point)
        tone = now.muted if point.dominated else now.accent
        if chosen:
            painter.setPen(dashed(now.text, width=2))
            painter.setBrush(theme.colour(now.selection))
            painter.drawEllipse(place, RING, RING)
        painter.setPen(dashed(tone, width=1.5))
        painter.setBrush(QColor(now.panel if point.dominated else tone))
        painter.drawEllipse(place, DOT, DOT)

    def _paint_names(self, painter: QPainter, plot: ScatterPlot) -> None:
        """The chosen one's first, then those of the frontier; no name stands on another."""
        order = sorted(
            in_order(plot), key=lambda point: (point.key != plot.chosen, point.dominated)
        )
        spots = [self._place(point) for point in order]
        sizes = [text_size(point.name) for point in order]
        self.names = {}
        for point, name in zip(
            order, beside(spots, sizes, self._sheet.room, RING + 1), strict=True
        ):
            if name is None:
                continue
            self.names[point.key] = name
            shown = theme.current().muted if point.dominated else theme.current().text
            self._lead(painter, self._place(point), name)
            write(painter, name.left(), name.top(), point.name, shown)

    def _lead(self, painter: QPainter, place: QPointF, name: QRectF) -> None:
        """A line to a name that stands away from its point."""
        near = QPointF(
            min(max(place.x(), name.left()), name.right()),
            min(max(place.y(), name.top()), name.bottom()),
        )
        if (near - place).manhattanLength() > 2 * RING:
            painter.setPen(dashed(theme.current().line))
            painter.drawLine(place, near)

    def _paint_pointed(self, painter: QPainter, plot: ScatterPlot, point: Point) -> None:
        place, room = self._place(point), self._sheet.room
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(dashed(theme.current().text, (2, 2)))
        painter.drawEllipse(place, RING + 3, RING + 3)
        rows = [
            point.name + (tr(", dominated") if point.dominated else ""),
            f"{plot.x.title} {plot.x.text(point.x)}".strip(),
            f"{plot.y.title} {plot.y.text(point.y)}".strip(),
        ]
        width = max(text_size(row)[0] for row in rows) + 2 * PAD
        height = len(rows) * metrics().height() + 4 * PAD
        left = (
            place.x() - width - RING - 6 if place.x() > room.center().x() else place.x() + RING + 6
        )
        top = place.y() - height - RING if place.y() > room.center().y() else place.y() + RING
        ground = QRectF(max(left, room.left()), top, width, height)
        box(painter, ground)
        painter.setPen(QColor(theme.current().text))
        inner = ground.adjusted(2 * PAD, 2 * PAD, -PAD, -PAD)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, "\n".join(rows))


def _wider(values: list[float], air: float) -> tuple[float, float]:
    """A range around all of these."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    more = air * (high - low) or air * abs(high) or 1.0
    return low - more, high + more
