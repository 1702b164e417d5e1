"""What the drawn sides of all charts share: a bare pyqtgraph plot, its axes and a sheet above it.

Brings pyqtgraph, so it is imported when the first chart is drawn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from vaultdesk.ui import theme
from vaultdesk.ui.charts.lazy_chart import Axis, Limit
from vaultdesk.ui.charts.time_chart import ink
from vaultdesk.ui.loan.gauge import Span, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

pg.setConfigOption("mouseRateLimit", 0)  # else the last move before the mouse rests may be lost

AIR = 0.06
"""Share of the values' height that is left free below them, and twice that above for names."""
TICK_POINTS, NAME_POINTS = 8, 8.5
TICK_LEVELS = 2
"""Coarse and fine ticks; each line of the grid takes 60 us to draw, and a third level has many."""
TICK_OFFSET = 5
GRID = 0.12
"""How strongly the lines across are drawn."""
MARGINS = 2, 8, 10, 2
"""Pixels around a plot and its axes: half a tick's text may stand out."""
PAD = 3.0
"""Pixels between a text and the edge of its ground."""


def range_of(lowest: float, highest: float) -> tuple[float, float]:
    """A range that holds both, with air."""
    air = AIR * (highest - lowest) or AIR * abs(highest) or 1.0
    return lowest - air, highest + 2 * air


class TextAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that writes its values as an Axis says."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(enable=False)  # the texts say their units
        self.axis = Axis()

    def show_axis(self, axis: Axis) -> None:
        """Take another scale, if it is another."""
        if axis != self.axis:
            self.axis = axis
            self.setLabel(axis.title or None)
            self.showLabel(bool(axis.title))
            self.setTicks([list(axis.ticks)] if axis.ticks else None)
            self.picture = None
            self.update()

    def tickValues(self, *args: Any) -> list[Any]:  # noqa: ANN401, N802
        """Round values; none so close to another that both read the same."""
        kept: list[Any] = []
        seen: set[str] = set()
        for spacing, values in super().tickValues(*args)[:TICK_LEVELS]:
            texts = [self.axis.text(value) for value in values]
            if kept and (len(set(texts)) < len(texts) or seen.intersection(texts)):
                break
            seen.update(texts)
            kept.append((spacing, values))
        return kept

    def tickStrings(self, values: Any, _scale: float, _spacing: float) -> list[str]:  # noqa: ANN401, N802
        """What stands at each tick."""
        return [self.axis.text(value) for value in values]


class Surface(pg.PlotWidget):  # type: ignore[misc]
    """A plot that tells what the left button does, in the scene's pixels."""

    moved = Signal(QPointF)
    """To each place: pyqtgraph's own signal leaves out what comes faster than 100 times a second,
    also the place where the mouse comes to rest."""

    pressed = Signal(QPointF)
    dragged = Signal(QPointF)
    released = Signal(QPointF)
    left = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Something may be grabbed here."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.mapToScene(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Something may be pointed at or dragged."""
        super().mouseMoveEvent(event)
        place = QPointF(self.mapToScene(event.position().toPoint()))
        self.moved.emit(place)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit(self.mapToScene(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """The mouse is elsewhere."""
        super().leaveEvent(event)
        self.left.emit()


class Canvas(ABC):
    """A plot without menus, buttons, frame or keyboard, in the colours of the theme."""

    def __init__(self, axes: dict[str, pg.AxisItem]) -> None:
        self.widget = Surface(axisItems=axes)
        self._item = self.widget.getPlotItem()
        self.widget.setMenuEnabled(False)
        self.widget.hideButtons()
        self.widget.setMouseEnabled(x=False, y=False)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self.widget.moved.connect(self._moved)
        self._dressed = ""

    @abstractmethod
    def _moved(self, place: QPointF) -> None:
        """Follow the mouse, given in the scene's pixels."""

    def _dress(self) -> None:
        """Colour ground and axes, if they wear another theme."""
        if self._dressed == theme.current().name:
            return
        self._dressed = theme.current().name
        self.widget.setBackground(theme.current().panel)
        for entry in self._item.axes.values():
            self._dress_axis(entry["item"], theme.current().muted)
        self._item.showGrid(x=False, y=True, alpha=GRID)

    def _dress_axis(self, axis: pg.AxisItem, ink: str) -> None:
        axis.setPen(theme.current().line)
        axis.setTextPen(ink)
        axis.setTickFont(theme.ui_font(TICK_POINTS))
        axis.label.setFont(theme.ui_font(NAME_POINTS))
        axis.label.setDefaultTextColor(QColor(ink))
        axis.setStyle(tickLength=-4, hideOverlappingLabels=True)


class Sheet(pg.GraphicsObject):  # type: ignore[misc]
    """Lies above a plot and its axes; `draw` paints on it in pixels, `room` being the plot's.

    `x` and `y` are where values stand, `value` is the x of a pixel.
    """

    def __init__(self, item: pg.PlotItem, draw: Callable[[QPainter], None]) -> None:
        super().__init__()
        self._item, self._draw = item, draw
        self._bounds = QRectF()
        self.setParentItem(item)
        self.setZValue(1000)
        item.vb.sigResized.connect(self._fit)
        item.vb.sigRangeChanged.connect(lambda *_changed: self.update())

    @property
    def room(self) -> QRectF:
        """The rectangle inside the axes."""
        place = self._item.vb.geometry()
        return QRectF(place)

    def x(self, value: float) -> float:
        """The pixel of a value across."""
        (low, high), _ = self._item.vb.viewRange()
        return float(self.room.left() + self.room.width() * (value - low) / (high - low))

    def y(self, value: float) -> float:
        """The pixel of a value upwards."""
        _, (low, high) = self._item.vb.viewRange()
        return float(self.room.bottom() - self.room.height() * (value - low) / (high - low))

    def values(self, scene: QPointF) -> QPointF:
        """What lies at a place of the scene."""
        place, room = self.mapFromScene(scene), self.room
        (left, right), (bottom, top) = self._item.vb.viewRange()
        across = (place.x() - room.left()) / max(room.width(), 1.0)
        up = (room.bottom() - place.y()) / max(room.height(), 1.0)
        return QPointF(left + across * (right - left), bottom + up * (top - bottom))

    def boundingRect(self) -> QRectF:  # noqa: N802
        """All of the plot."""
        return self._bounds

    def paint(
        self,
        painter: QPainter,
        _option: QStyleOptionGraphicsItem,
        _widget: QWidget | None = None,
    ) -> None:
        """Let the chart paint."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.ui_font(NAME_POINTS))
        self._draw(painter)

    def _fit(self) -> None:
        self.prepareGeometryChange()
        self._bounds = self._item.boundingRect()


class TextCanvas(Canvas):
    """A plot that is not zoomed, with its texts as an Axis has them and a sheet above it."""

    def __init__(self) -> None:
        self._x, self._y = TextAxis("bottom"), TextAxis("left")
        super().__init__({"bottom": self._x, "left": self._y})
        self._item.vb.disableAutoRange()
        self._item.layout.setContentsMargins(*MARGINS)
        self._sheet = Sheet(self._item, self._paint)

    def _show_axes(
        self, x: Axis, y: Axis, across: tuple[float, float], up: tuple[float, float]
    ) -> None:
        """Dress the axes and let them span these ranges."""
        self._dress()
        for axis in (self._x, self._y):
            # A tick at the edge has its text too; those of the two axes keep apart in the corner.
            axis.setStyle(hideOverlappingLabels=False, tickTextOffset=TICK_OFFSET)
        self._x.show_axis(x)
        self._y.show_axis(y)
        self._item.setRange(xRange=across, yRange=up, padding=0)

    @abstractmethod
    def _paint(self, painter: QPainter) -> None:
        """Paint on the sheet."""


def metrics(points: float = NAME_POINTS) -> QFontMetricsF:
    """Of the font that names are written in."""
    return QFontMetricsF(theme.ui_font(points))


def text_size(text: str) -> tuple[float, float]:
    """How wide and high a name is, with its ground."""
    of = metrics()
    return of.horizontalAdvance(text) + 2 * PAD, of.height()


def write(
    painter: QPainter, left: float, top: float, text: str, colour: str, strength: float = 0.82
) -> None:
    """A name on a ground of the panel's colour, so that lines below it do not cross its letters."""
    width, height = text_size(text)
    ground = QRectF(left, top, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.current().panel, strength))
    painter.drawRoundedRect(ground, 2, 2)
    painter.setPen(QColor(colour))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)


def dashed(colour: str, pattern: Sequence[float] = (), width: float = 1.0) -> QPen:
    """A pen; `pattern` is strokes and gaps in widths, none for a line without gaps."""
    pen = QPen(QColor(colour), width)
    if pattern:
        pen.setDashPattern(list(pattern))
    return pen


def box(painter: QPainter, place: QRectF) -> None:
    """The ground of what is read out at the cursor."""
    painter.setPen(dashed(theme.current().line))
    painter.setBrush(theme.colour(theme.current().raised, 0.94))
    painter.drawRoundedRect(place, 4, 4)


def limits(painter: QPainter, sheet: Sheet, levels: Sequence[Limit]) -> None:
    """A dashed line across at each level in sight, its name above it and over no other name."""
    room, height = sheet.room, metrics().height()
    inside = [one for one in levels if room.top() <= sheet.y(one.at) <= room.bottom()]
    seen = sorted(inside, key=lambda one: -one.at)
    spans = [Span(sheet.y(one.at) - height / 2 - 1, height) for one in seen]
    tops = spread(spans, room.top(), room.bottom(), 0) or []
    for one in seen:
        painter.setPen(dashed(ink(one.tone), (7, 4)))
        painter.drawLine(
            QPointF(room.left(), sheet.y(one.at)), QPointF(room.right(), sheet.y(one.at))
        )
    for one, top in zip(seen, tops, strict=False):
        write(painter, room.left() + 4, top, one.name, ink(one.tone))
